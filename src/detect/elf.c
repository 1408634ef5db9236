/* elf - ELF headers, segments and sections (System V ABI, chapters 4 and 5), see image.h.
 *
 *   0 "\x7fELF" class data version ... | 16 type:2 machine:2 version:4 entry:W phoff:W shoff:W flags:4 ehsize:2
 *   phentsize:2 phnum:2 shentsize:2 shnum:2 shstrndx:2            (W: 4 or 8 bytes by class)
 *   program header, 64: type:4 flags:4 offset:8 vaddr:8 paddr:8 filesz:8 memsz:8 align:8
 *                   32: type:4 offset:4 vaddr:4 paddr:4 filesz:4 memsz:4 flags:4 align:4
 *   section header: name:4 type:4 flags:W addr:W offset:W size:W link:4 info:4 align:W entsize:W
 *
 * Invariants:
 * 1. Tables are bounded by LIMIT_ELF_SECTIONS and by the file before anything is allocated for them.
 * 2. A segment given out has its file bytes inside the file (cut where the file ends early), so reads below it hold.
 * 3. Counts over 0xffff stand in section 0 (extended numbering), which is read first.
 * Enemy: whoever built the file. Every figure in it may lie. */
#include "detect/image_int.h"

enum {
    STRINGS_MAX = 16 << 20,
    NOBITS = 8,
    PT_LOAD_TYPE = 1,
    PT_INTERP_TYPE = 3,
    PT_NOTE_TYPE = 4,
    ET_EXEC_TYPE = 2,
    XNUM = 0xffff
};

typedef struct header {
    uint64_t phoff, shoff;
    uint32_t phnum, shnum, shstrndx;
    uint16_t phentsize, shentsize;
} header;

typedef struct raw_section {
    uint32_t name, type, link, info;
    uint64_t addr, offset, bytes;
} raw_section;

static raw_section section_at(image_cur *l, size_t at)
{
    raw_section s = { 0 };
    hm_cur_seek(&l->c, at);
    s.name = image_u32(l);
    s.type = image_u32(l);
    (void)image_word(l); /* flags */
    s.addr = image_word(l);
    s.offset = image_word(l);
    s.bytes = image_word(l);
    s.link = image_u32(l);
    s.info = image_u32(l);
    return s;
}

static hm_rc read_block(hm_arena *a, const detect_src *src, uint64_t at, uint64_t n, image_cur *l, hm_err *err)
{
    hm_str bytes;
    hm_rc rc = detect_image_bytes(a, src, at, n, SIZE_MAX, &bytes, err);
    if (rc == HM_OK)
        l->c = hm_cur_of(bytes);
    return rc;
}

/* Section 0 holds what did not fit into the header. */
static hm_rc extended(hm_arena *a, detect_image *e, image_cur *l, header *h, hm_err *err)
{
    uint64_t size = l->is64 ? 64 : 40;
    if (h->phnum != XNUM && !(h->shoff && h->shnum == 0) && h->shstrndx != XNUM)
        return HM_OK;
    if (h->shentsize != size || !image_inside(e->src, h->shoff, size) || h->shoff == 0) {
        e->sections_damaged = true;
        return HM_OK;
    }
    hm_rc rc = read_block(a, e->src, h->shoff, size, l, err);
    if (rc != HM_OK)
        return rc;
    raw_section s = section_at(l, 0);
    if (h->phnum == XNUM)
        h->phnum = s.info;
    if (h->shnum == 0)
        h->shnum = s.bytes > UINT32_MAX ? UINT32_MAX : (uint32_t)s.bytes;
    if (h->shstrndx == XNUM)
        h->shstrndx = s.link;
    return HM_OK;
}

static hm_rc read_segments(hm_arena *a, detect_image *e, image_cur *l, const header *h, hm_err *err)
{
    uint64_t size = l->is64 ? 56 : 32, bytes = h->phnum * size;
    if (h->phnum == 0)
        return HM_OK;
    e->segments_damaged = true; /* until they are read */
    if (h->phentsize != size || h->phnum > LIMIT_ELF_SECTIONS || !image_inside(e->src, h->phoff, bytes))
        return HM_OK;
    hm_rc rc = read_block(a, e->src, h->phoff, bytes, l, err);
    detect_segment *seg = rc == HM_OK ? hm_arena_array(a, h->phnum, sizeof *seg) : NULL;
    if (rc != HM_OK)
        return rc;
    if (!seg)
        return hm_arena_fail(a, err);
    for (uint32_t i = 0; i < h->phnum; i++) {
        detect_segment s = { 0 };
        hm_cur_seek(&l->c, (size_t)(i * size));
        uint32_t type = image_u32(l);
        if (l->is64)
            s.flags = image_u32(l);
        s.offset = image_word(l);
        s.addr = image_word(l);
        (void)image_word(l); /* physical address */
        s.file_bytes = image_word(l);
        (void)image_word(l); /* bytes in memory */
        if (!l->is64)
            s.flags = image_u32(l);
        e->program |= type == PT_INTERP_TYPE;
        if ((type != PT_LOAD_TYPE && type != PT_NOTE_TYPE) || s.offset >= e->src->size)
            continue;
        if (s.file_bytes > e->src->size - s.offset)
            s.file_bytes = e->src->size - s.offset;
        if (s.file_bytes == 0 || s.file_bytes > UINT64_MAX - s.addr)
            continue;
        image_cover(e, s.offset, s.file_bytes);
        if (type == PT_LOAD_TYPE)
            seg[e->segments++] = s;
        else
            seg[h->phnum - ++e->notes] = s; /* from behind: each row is one or the other */
    }
    e->segment = seg;
    e->note = seg + (h->phnum - e->notes);
    e->segments_damaged = false;
    return HM_OK;
}

static hm_rc read_sections(hm_arena *a, detect_image *e, image_cur *l, const header *h, hm_err *err)
{
    uint64_t size = l->is64 ? 64 : 40, bytes = h->shnum * size;
    if (h->shoff == 0 || h->shnum == 0)
        return HM_OK;
    e->sections_damaged = true; /* until it is read whole */
    if (h->shentsize != size || h->shnum > LIMIT_ELF_SECTIONS || !image_inside(e->src, h->shoff, bytes) ||
        h->shstrndx >= h->shnum)
        return HM_OK;
    hm_rc rc = read_block(a, e->src, h->shoff, bytes, l, err);
    if (rc != HM_OK)
        return rc;
    raw_section strings = section_at(l, (size_t)(h->shstrndx * size));
    if (strings.type == NOBITS || strings.bytes > STRINGS_MAX || !image_inside(e->src, strings.offset, strings.bytes))
        return HM_OK;
    image_cur text = { 0 };
    rc = read_block(a, e->src, strings.offset, strings.bytes, &text, err);
    detect_section *sec = rc == HM_OK ? hm_arena_array(a, h->shnum, sizeof *sec) : NULL;
    if (rc != HM_OK)
        return rc;
    if (!sec)
        return hm_arena_fail(a, err);
    for (uint32_t i = 0; i < h->shnum; i++) {
        raw_section s = section_at(l, (size_t)(i * size));
        if (s.name >= text.c.n || (s.type != NOBITS && !image_inside(e->src, s.offset, s.bytes)))
            continue;
        enum { NAME_MAX_BYTES = 256 }; /* a name that many sections share is not measured whole each time */
        size_t most = text.c.n - s.name;
        if (s.type != NOBITS)
            image_cover(e, s.offset, s.bytes);
        sec[e->sections++] = (detect_section){ .name = image_name((const char *)text.c.p + s.name,
                                                                  most < NAME_MAX_BYTES ? most : NAME_MAX_BYTES),
                                               .addr = s.addr,
                                               .offset = s.offset,
                                               .bytes = s.bytes,
                                               .empty = s.type == NOBITS };
    }
    e->section = sec;
    e->sections_damaged = e->sections < h->shnum;
    return HM_OK;
}

hm_rc detect_elf_open(hm_arena *a, detect_image *m, hm_err *err)
{
    uint8_t raw[64] = { 0 };
    const detect_src *src = m->src;
    size_t n = src->size < sizeof raw ? (size_t)src->size : sizeof raw;
    if (n < 20)
        return HM_NOTFOUND;
    if (!src->read(src->ctx, 0, raw, n))
        return hm_fail(err, HM_IO, DEFECT_READ, HM_PLACE_NONE, 0, 0);
    if (memcmp(raw,
               "\x7f"
               "ELF",
               4) != 0)
        return HM_NOTFOUND;
    image_cur l = { .is64 = raw[4] == 2, .big = raw[5] == 2 };
    if (raw[4] < 1 || raw[4] > 2 || raw[5] < 1 || raw[5] > 2 || raw[6] != 1 || n < (l.is64 ? 64U : 52U))
        return hm_fail(err, HM_FORMAT, DEFECT_ELF, HM_PLACE_BYTE, 4, 0);
    detect_image e = { .src = src, .kind = DETECT_ELF, .is64 = l.is64, .big = l.big };
    header h = { 0 };
    l.c = hm_cur_of((hm_str){ (const char *)raw, n });
    hm_cur_seek(&l.c, 16);
    e.program = image_u16(&l) == ET_EXEC_TYPE;
    (void)image_u16(&l);  /* machine */
    (void)image_u32(&l);  /* version */
    (void)image_word(&l); /* entry */
    h.phoff = image_word(&l);
    h.shoff = image_word(&l);
    (void)image_u32(&l); /* flags */
    (void)image_u16(&l); /* size of this header */
    h.phentsize = image_u16(&l);
    h.phnum = image_u16(&l);
    h.shentsize = image_u16(&l);
    h.shnum = image_u16(&l);
    h.shstrndx = image_u16(&l);
    hm_rc rc = extended(a, &e, &l, &h, err);
    if (rc == HM_OK)
        rc = read_sections(a, &e, &l, &h, err);
    if (rc == HM_OK)
        rc = read_segments(a, &e, &l, &h, err);
    if (rc == HM_OK && h.shentsize)
        image_cover(&e, h.shoff, (uint64_t)h.shnum * h.shentsize);
    if (rc == HM_OK)
        *m = e;
    return rc;
}
