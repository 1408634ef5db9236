#pragma once
/* image_int - what the readers of the three formats share. */
#include "base/limits.h"
#include "detect/image.h"

/* a cursor with byte order and word size */
typedef struct image_cur {
    hm_cur c;
    bool is64, big;
} image_cur;

static inline uint16_t image_u16(image_cur *l)
{
    return l->big ? hm_cur_be16(&l->c) : hm_cur_le16(&l->c);
}

static inline uint32_t image_u32(image_cur *l)
{
    return l->big ? hm_cur_be32(&l->c) : hm_cur_le32(&l->c);
}

static inline uint64_t image_u64(image_cur *l)
{
    return l->big ? hm_cur_be64(&l->c) : hm_cur_le64(&l->c);
}

static inline uint64_t image_word(image_cur *l)
{
    return l->is64 ? image_u64(l) : image_u32(l);
}

static inline bool image_inside(const detect_src *src, uint64_t at, uint64_t n)
{
    return n <= src->size && at <= src->size - n;
}

static inline void image_cover(detect_image *m, uint64_t at, uint64_t n)
{
    if (image_inside(m->src, at, n) && at + n > m->covered)
        m->covered = at + n;
}

/* Bytes up to the first NUL, at most `most`. */
static inline hm_str image_name(const char *p, size_t most)
{
    return (hm_str){ p, strnlen(p, most) };
}

/* All three: HM_NOTFOUND where the magic is another one; else as detect_image_open. `m` has src and from. */
hm_rc detect_elf_open(hm_arena *a, detect_image *m, hm_err *err) HM_MUST;
hm_rc detect_pe_open(hm_arena *a, detect_image *m, hm_err *err) HM_MUST;
hm_rc detect_macho_open(hm_arena *a, detect_image *m, uint64_t bytes, hm_err *err) HM_MUST;
/* Offset and length of a slice of a universal file; HM_NOTFOUND: not such a file, or no such slice. */
hm_rc detect_macho_slice(const detect_src *src, unsigned which, uint64_t *ret_from, uint64_t *ret_bytes, hm_err *err)
    HM_MUST;
