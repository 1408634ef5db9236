/* macho - Mach-O headers, segments and sections, and the slices of universal files (Apple "Mach-O Programming Topics",
 * <mach-o/loader.h>, <mach-o/fat.h>), see image.h.
 *
 *   fe ed fa ce (32 bit) or fe ed fa cf (64 bit), or the same reversed: little-endian
 *   cpu:4 subtype:4 type:4 commands:4 command bytes:4 flags:4 [reserved:4] | command: kind:4 bytes:4 ...
 *   kind 0x1 (W=4), 0x19 (W=8): name:16 addr:W memory:W offset:W bytes:W most:4 protection:4 sections:4 flags:4
 *     | section: name:16 segment:16 addr:W bytes:W offset:4 align:4 relocations:4 count:4 flags:4 ... (68 or 80 bytes)
 *   universal, always big-endian: ca fe ba be (32) or ca fe ba bf (64) slices:4
 *     | slice: cpu:4 subtype:4 offset:W bytes:W align:4 [reserved:4]
 *
 * Invariants: 1. Offsets count from the slice's begin and stay inside it.
 *             2. ca fe ba be is a Java class too: there the next four bytes are its version, 45 or more; a universal
 *                file has fewer slices.
 * Enemy: whoever built the file. */
#include "detect/image_int.h"

enum { COMMANDS_MAX = 4 << 20, SLICES = 45, EXECUTE_TYPE = 2, SEGMENT_32 = 0x1, SEGMENT_64 = 0x19, ZEROFILL = 1 };

hm_rc detect_macho_slice(const detect_src *src, unsigned which, uint64_t *ret_from, uint64_t *ret_bytes, hm_err *err)
{
    char raw[32];
    if (src->size < sizeof raw)
        return HM_NOTFOUND;
    if (!src->read(src->ctx, 0, raw, 8))
        return hm_fail(err, HM_IO, DEFECT_READ, HM_PLACE_NONE, 0, 0);
    hm_cur c = hm_cur_of((hm_str){ raw, 8 });
    uint32_t magic = hm_cur_be32(&c), n = hm_cur_be32(&c);
    bool wide = magic == 0xcafebabf;
    if ((magic != 0xcafebabe && !wide) || n == 0 || n >= SLICES || which >= n)
        return HM_NOTFOUND;
    size_t row = wide ? 32 : 20;
    uint64_t at = 8 + (uint64_t)which * row;
    if (!image_inside(src, at, row))
        return hm_fail(err, HM_FORMAT, DEFECT_MACHO, HM_PLACE_BYTE, at, 0);
    if (!src->read(src->ctx, at, raw, row))
        return hm_fail(err, HM_IO, DEFECT_READ, HM_PLACE_NONE, 0, 0);
    c = hm_cur_of((hm_str){ raw, row });
    hm_cur_skip(&c, 8);
    uint64_t from = wide ? hm_cur_be64(&c) : hm_cur_be32(&c), bytes = wide ? hm_cur_be64(&c) : hm_cur_be32(&c);
    if (!image_inside(src, from, bytes))
        return hm_fail(err, HM_FORMAT, DEFECT_MACHO, HM_PLACE_BYTE, at, 0);
    *ret_from = from;
    *ret_bytes = bytes;
    return HM_OK;
}

/* growing tables and the bounds of the slice */
typedef struct work {
    hm_arena *a;
    detect_image *m;
    uint64_t bytes; /* of the slice */
    hm_vec segment, section;
} work;

/* Makes an offset of the slice one of the file, cuts n; false: not in the slice at all. */
static bool place(const work *w, uint64_t *at, uint64_t *n)
{
    if (*at >= w->bytes)
        return false;
    if (*n > w->bytes - *at)
        *n = w->bytes - *at;
    *at += w->m->from;
    return true;
}

static bool add_section(work *w, image_cur *l)
{
    detect_section s = { 0 };
    hm_str raw = hm_cur_take(&l->c, 16);
    s.name = image_name(raw.p, raw.n);
    hm_cur_skip(&l->c, 16);
    s.addr = image_word(l);
    s.bytes = image_word(l);
    s.offset = image_u32(l);
    hm_cur_skip(&l->c, 12);
    s.empty = (image_u32(l) & 0xff) == ZEROFILL;
    hm_cur_skip(&l->c, l->is64 ? 12 : 8);
    uint64_t n = s.bytes;
    if (l->c.bad || (!s.empty && (!place(w, &s.offset, &n) || n < s.bytes))) {
        w->m->sections_damaged = true;
        return true;
    }
    detect_section *to = hm_vec_push(&w->section, w->a);
    if (to)
        *to = s;
    return to != NULL;
}

static bool add_segment(work *w, image_cur *l)
{
    detect_segment s = { 0 };
    hm_cur_skip(&l->c, 16);
    s.addr = image_word(l);
    (void)image_word(l); /* memory */
    s.offset = image_word(l);
    s.file_bytes = image_word(l);
    (void)image_u32(l); /* the most that protection can become */
    s.flags = image_u32(l);
    /* read 1, write 2, execute 4 */
    s.flags = (s.flags & 2) | (s.flags & 4 ? DETECT_SEG_X : 0U) | (s.flags & 1 ? DETECT_SEG_R : 0U);
    uint32_t sections = image_u32(l);
    (void)image_u32(l);
    if (l->c.bad) {
        w->m->segments_damaged = true;
        return true;
    }
    if (s.file_bytes && place(w, &s.offset, &s.file_bytes) && s.file_bytes <= UINT64_MAX - s.addr) {
        detect_segment *to = hm_vec_push(&w->segment, w->a);
        if (!to)
            return false;
        *to = s;
        image_cover(w->m, s.offset, s.file_bytes);
    }
    size_t row = l->is64 ? 80 : 68;
    if (sections > hm_cur_left(&l->c) / row) {
        w->m->sections_damaged = true;
        return true;
    }
    for (uint32_t i = 0; i < sections; i++)
        if (!add_section(w, l))
            return false;
    return true;
}

/* Stops at the first command that does not fit: what follows it cannot be found. */
static bool read_commands(work *w, image_cur *l, uint32_t commands)
{
    for (uint32_t i = 0; i < commands; i++) {
        size_t at = l->c.at;
        uint32_t kind = image_u32(l), bytes = image_u32(l);
        if (l->c.bad || bytes < 8 || bytes > l->c.n - at) {
            w->m->segments_damaged = w->m->sections_damaged = true;
            return true;
        }
        image_cur one = *l;
        one.c.n = at + bytes;
        if (kind == (l->is64 ? SEGMENT_64 : SEGMENT_32) && !add_segment(w, &one))
            return false;
        hm_cur_seek(&l->c, at + bytes);
    }
    return true;
}

hm_rc detect_macho_open(hm_arena *a, detect_image *m, uint64_t bytes, hm_err *err)
{
    char raw[32];
    const detect_src *src = m->src;
    detect_image x = { .src = src, .kind = DETECT_MACHO, .from = m->from };
    if (bytes < sizeof raw)
        return HM_NOTFOUND;
    if (!src->read(src->ctx, m->from, raw, sizeof raw))
        return hm_fail(err, HM_IO, DEFECT_READ, HM_PLACE_NONE, 0, 0);
    image_cur l = { .c = hm_cur_of((hm_str){ raw, sizeof raw }), .big = true };
    uint32_t magic = image_u32(&l);
    x.big = magic == 0xfeedface || magic == 0xfeedfacf;
    x.is64 = magic == 0xfeedfacf || magic == 0xcffaedfe;
    if (!x.big && !x.is64 && magic != 0xcefaedfe)
        return HM_NOTFOUND;
    l.big = x.big;
    l.is64 = x.is64;
    hm_cur_skip(&l.c, 8);
    x.program = image_u32(&l) == EXECUTE_TYPE;
    uint32_t commands = image_u32(&l), n = image_u32(&l);
    uint64_t at = x.is64 ? 32 : 28;
    if (n > bytes - at || n > COMMANDS_MAX || commands > n / 8)
        return hm_fail(err, HM_FORMAT, DEFECT_MACHO, HM_PLACE_BYTE, m->from + 16, 0);
    hm_str list;
    hm_rc rc = detect_image_bytes(a, src, m->from + at, n, COMMANDS_MAX, &list, err);
    if (rc != HM_OK)
        return rc;
    l.c = hm_cur_of(list);
    work w = { .a = a, .m = &x, .bytes = bytes, .segment.size = sizeof(detect_segment) };
    w.section.size = sizeof(detect_section);
    if (!read_commands(&w, &l, commands))
        return hm_arena_fail(a, err);
    x.segment = w.segment.p;
    x.segments = w.segment.n;
    x.section = w.section.p;
    x.sections = w.section.n;
    *m = x;
    return HM_OK;
}
