/* elf - see elf.h.
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
#include "detect/elf.h"
#include "base/limits.h"

enum { STRINGS_MAX = 16 << 20, PT_LOAD_TYPE = 1, XNUM = 0xffff };

typedef struct layout {
    hm_cur c;
    bool is64, big;
} layout;

static uint16_t u16(layout *l)
{
    return l->big ? hm_cur_be16(&l->c) : hm_cur_le16(&l->c);
}

static uint32_t u32(layout *l)
{
    return l->big ? hm_cur_be32(&l->c) : hm_cur_le32(&l->c);
}

static uint64_t word(layout *l)
{
    if (!l->is64)
        return u32(l);
    return l->big ? hm_cur_be64(&l->c) : hm_cur_le64(&l->c);
}

static bool inside(const detect_src *src, uint64_t at, uint64_t n)
{
    return n <= src->size && at <= src->size - n;
}

typedef struct header {
    uint64_t phoff, shoff;
    uint32_t phnum, shnum, shstrndx;
    uint16_t phentsize, shentsize;
} header;

typedef struct raw_section {
    uint32_t name, type, link, info;
    uint64_t addr, offset, bytes;
} raw_section;

static raw_section section_at(layout *l, size_t at)
{
    raw_section s = { 0 };
    hm_cur_seek(&l->c, at);
    s.name = u32(l);
    s.type = u32(l);
    (void)word(l); /* flags */
    s.addr = word(l);
    s.offset = word(l);
    s.bytes = word(l);
    s.link = u32(l);
    s.info = u32(l);
    return s;
}

static hm_rc cannot_read(hm_err *err)
{
    return hm_fail(err, HM_IO, DEFECT_READ, HM_PLACE_NONE, 0, 0);
}

static hm_rc read_block(hm_arena *a, const detect_src *src, uint64_t at, uint64_t n, layout *l, hm_err *err)
{
    if (n > SIZE_MAX)
        return hm_fail(err, HM_LIMIT, DEFECT_TOO_LARGE, HM_PLACE_NONE, 0, SIZE_MAX);
    char *p = hm_arena_alloc(a, (size_t)n);
    if (!p)
        return hm_arena_fail(a, err);
    if (n && !src->read(src->ctx, at, p, (size_t)n))
        return cannot_read(err);
    l->c = hm_cur_of((hm_str){ p, (size_t)n });
    return HM_OK;
}

/* Section 0 holds what did not fit into the header. */
static hm_rc extended(hm_arena *a, detect_elf *e, layout *l, header *h, hm_err *err)
{
    uint64_t size = l->is64 ? 64 : 40;
    if (h->phnum != XNUM && !(h->shoff && h->shnum == 0) && h->shstrndx != XNUM)
        return HM_OK;
    if (h->shentsize != size || !inside(e->src, h->shoff, size) || h->shoff == 0) {
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

static hm_rc read_segments(hm_arena *a, detect_elf *e, layout *l, const header *h, hm_err *err)
{
    uint64_t size = l->is64 ? 56 : 32, bytes = h->phnum * size;
    if (h->phnum == 0)
        return HM_OK;
    e->segments_damaged = true; /* until they are read */
    if (h->phentsize != size || h->phnum > LIMIT_ELF_SECTIONS || !inside(e->src, h->phoff, bytes))
        return HM_OK;
    hm_rc rc = read_block(a, e->src, h->phoff, bytes, l, err);
    detect_elf_segment *seg = rc == HM_OK ? hm_arena_array(a, h->phnum, sizeof *seg) : NULL;
    if (rc != HM_OK)
        return rc;
    if (!seg)
        return hm_arena_fail(a, err);
    for (uint32_t i = 0; i < h->phnum; i++) {
        detect_elf_segment s = { 0 };
        hm_cur_seek(&l->c, (size_t)(i * size));
        uint32_t type = u32(l);
        if (l->is64)
            s.flags = u32(l);
        s.offset = word(l);
        s.addr = word(l);
        (void)word(l); /* physical address */
        s.file_bytes = word(l);
        s.mem_bytes = word(l);
        if (!l->is64)
            s.flags = u32(l);
        if (type != PT_LOAD_TYPE || s.offset >= e->src->size)
            continue;
        if (s.file_bytes > e->src->size - s.offset)
            s.file_bytes = e->src->size - s.offset;
        if (s.file_bytes == 0 || s.file_bytes > UINT64_MAX - s.addr)
            continue;
        seg[e->segments++] = s;
    }
    e->segment = seg;
    e->segments_damaged = false;
    return HM_OK;
}

static hm_rc read_sections(hm_arena *a, detect_elf *e, layout *l, const header *h, hm_err *err)
{
    uint64_t size = l->is64 ? 64 : 40, bytes = h->shnum * size;
    if (h->shoff == 0 || h->shnum == 0)
        return HM_OK;
    e->sections_damaged = true; /* until it is read whole */
    if (h->shentsize != size || h->shnum > LIMIT_ELF_SECTIONS || !inside(e->src, h->shoff, bytes) ||
        h->shstrndx >= h->shnum)
        return HM_OK;
    hm_rc rc = read_block(a, e->src, h->shoff, bytes, l, err);
    if (rc != HM_OK)
        return rc;
    raw_section strings = section_at(l, (size_t)(h->shstrndx * size));
    if (strings.type == DETECT_ELF_NOBITS || strings.bytes > STRINGS_MAX ||
        !inside(e->src, strings.offset, strings.bytes))
        return HM_OK;
    layout text = { 0 };
    rc = read_block(a, e->src, strings.offset, strings.bytes, &text, err);
    detect_elf_section *sec = rc == HM_OK ? hm_arena_array(a, h->shnum, sizeof *sec) : NULL;
    if (rc != HM_OK)
        return rc;
    if (!sec)
        return hm_arena_fail(a, err);
    for (uint32_t i = 0; i < h->shnum; i++) {
        raw_section s = section_at(l, (size_t)(i * size));
        if (s.name >= text.c.n || (s.type != DETECT_ELF_NOBITS && !inside(e->src, s.offset, s.bytes)))
            continue;
        const char *name = (const char *)text.c.p + s.name;
        enum { NAME_MAX_BYTES = 256 }; /* a name that many sections share is not measured whole each time */
        size_t most = text.c.n - s.name;
        sec[e->sections++] =
            (detect_elf_section){ .name = { name, strnlen(name, most < NAME_MAX_BYTES ? most : NAME_MAX_BYTES) },
                                  .addr = s.addr,
                                  .offset = s.offset,
                                  .bytes = s.bytes,
                                  .type = s.type };
    }
    e->section = sec;
    e->sections_damaged = e->sections < h->shnum;
    return HM_OK;
}

hm_rc detect_elf_open(hm_arena *a, const detect_src *src, detect_elf *ret_elf, hm_err *err)
{
    uint8_t raw[64] = { 0 };
    size_t n = src->size < sizeof raw ? (size_t)src->size : sizeof raw;
    if (n < 20)
        return HM_NOTFOUND;
    if (!src->read(src->ctx, 0, raw, n))
        return cannot_read(err);
    if (memcmp(raw,
               "\x7f"
               "ELF",
               4) != 0)
        return HM_NOTFOUND;
    layout l = { .is64 = raw[4] == 2, .big = raw[5] == 2 };
    if (raw[4] < 1 || raw[4] > 2 || raw[5] < 1 || raw[5] > 2 || raw[6] != 1 || n < (l.is64 ? 64U : 52U))
        return hm_fail(err, HM_FORMAT, DEFECT_ELF, HM_PLACE_BYTE, 4, 0);
    detect_elf e = { .src = src, .is64 = l.is64, .big = l.big };
    header h = { 0 };
    l.c = hm_cur_of((hm_str){ (const char *)raw, n });
    hm_cur_seek(&l.c, 18);
    e.machine = u16(&l);
    (void)u32(&l);  /* version */
    (void)word(&l); /* entry */
    h.phoff = word(&l);
    h.shoff = word(&l);
    (void)u32(&l); /* flags */
    (void)u16(&l); /* size of this header */
    h.phentsize = u16(&l);
    h.phnum = u16(&l);
    h.shentsize = u16(&l);
    h.shnum = u16(&l);
    h.shstrndx = u16(&l);
    hm_rc rc = extended(a, &e, &l, &h, err);
    if (rc == HM_OK)
        rc = read_sections(a, &e, &l, &h, err);
    if (rc == HM_OK)
        rc = read_segments(a, &e, &l, &h, err);
    if (rc == HM_OK)
        *ret_elf = e;
    return rc;
}

const detect_elf_section *detect_elf_find(const detect_elf *e, const char *name)
{
    for (size_t i = 0; i < e->sections; i++)
        if (hm_str_is(e->section[i].name, name))
            return &e->section[i];
    return NULL;
}

uint64_t detect_elf_left(const detect_elf *e, uint64_t addr, uint64_t *ret_offset)
{
    for (size_t i = 0; i < e->segments; i++) {
        const detect_elf_segment *s = &e->segment[i];
        if (addr >= s->addr && addr - s->addr < s->file_bytes) {
            *ret_offset = s->offset + (addr - s->addr);
            return s->file_bytes - (addr - s->addr);
        }
    }
    return 0;
}

bool detect_elf_read(const detect_elf *e, uint64_t addr, void *to, size_t n)
{
    uint64_t offset = 0;
    if (n == 0)
        return true;
    return detect_elf_left(e, addr, &offset) >= n && e->src->read(e->src->ctx, offset, to, n);
}
