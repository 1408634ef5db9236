/* pe - PE headers, section table and data directories (Microsoft "PE Format"), see image.h.
 *
 *   0 "MZ" ... 60 offset of "PE\0\0" | machine:2 sections:2 time:4 symbols:4 symbol count:4 optional size:2 flags:2
 *   optional header: magic:2 (0x10b: 32 bit, 0x20b: 64 bit) ... base (at 28:4 or 24:8) ... directory count (at 92 or 108)
 *   directories: (address:4 bytes:4)*, of which 2 is resources, 14 the header of managed code
 *   section: name:8 memory:4 address:4 bytes:4 offset:4 ... flags:4 (40 bytes)
 *   behind the symbols (18 bytes each): length:4 and long names; a section names one as "/decimal"
 *
 * Invariants: 1. What is given out lies in the file: sections are cut where it ends.
 *             2. A file that begins with MZ and has no PE header (DOS, 16-bit Windows) is not ours.
 * Enemy: whoever built the file. */
#include "detect/image_int.h"

enum { SECTION_BYTES = 40, OPTIONAL_MAX = 240, IS_DLL = 0x2000, NAMES_MAX = 1 << 20 };

typedef struct header {
    uint64_t at, symbols;
    uint32_t symbol_count;
    uint16_t sections, optional_bytes;
} header;

static void read_optional(detect_image *m, hm_str bytes)
{
    hm_cur c = hm_cur_of(bytes);
    m->is64 = hm_cur_le16(&c) == 0x20b;
    hm_cur_seek(&c, m->is64 ? 24 : 28);
    m->base = m->is64 ? hm_cur_le64(&c) : hm_cur_le32(&c);
    hm_cur_seek(&c, m->is64 ? 108 : 92);
    uint32_t n = hm_cur_le32(&c);
    size_t first = c.at;
    if (n > 2) {
        hm_cur_seek(&c, first + (size_t)2 * 8);
        m->resource = hm_cur_le32(&c);
        m->resource_bytes = hm_cur_le32(&c);
    }
    if (n > 14) {
        hm_cur_seek(&c, first + (size_t)14 * 8);
        m->clr = hm_cur_le32(&c);
        m->clr_bytes = hm_cur_le32(&c);
    }
}

/* Table of long names; empty where there is none. */
static hm_rc read_names(hm_arena *a, const detect_image *m, const header *h, hm_str *ret, hm_err *err)
{
    uint64_t at = h->symbols + (uint64_t)h->symbol_count * 18;
    uint8_t raw[4];
    *ret = HM_NONE;
    if (h->symbols == 0 || !image_inside(m->src, at, 4))
        return HM_OK;
    if (!m->src->read(m->src->ctx, at, raw, 4))
        return hm_fail(err, HM_IO, DEFECT_READ, HM_PLACE_NONE, 0, 0);
    hm_cur c = hm_cur_of((hm_str){ (const char *)raw, 4 });
    uint32_t n = hm_cur_le32(&c);
    if (n > NAMES_MAX || !image_inside(m->src, at, n))
        return HM_OK;
    return detect_image_bytes(a, m->src, at, n, NAMES_MAX, ret, err);
}

static hm_rc section_name(hm_arena *a, const detect_image *m, const header *h, const char *raw, hm_str *names,
                          bool *have_names, hm_str *ret, hm_err *err)
{
    uint64_t at;
    hm_str name = image_name(raw, 8);
    *ret = name;
    if (name.n < 2 || name.p[0] != '/' || !hm_str_u64(hm_str_from(name, 1), &at))
        return HM_OK;
    if (!*have_names) {
        hm_rc rc = read_names(a, m, h, names, err);
        if (rc != HM_OK)
            return rc;
        *have_names = true;
    }
    if (at < names->n) {
        enum { NAME_MAX_BYTES = 256 }; /* a name that many sections share is not measured whole each time */
        size_t most = names->n - (size_t)at;
        *ret = image_name(names->p + at, most < NAME_MAX_BYTES ? most : NAME_MAX_BYTES);
    }
    return HM_OK;
}

static uint32_t flags_of(uint32_t raw)
{
    return (raw >> 29 & 1 ? DETECT_SEG_X : 0U) | (raw >> 31 ? DETECT_SEG_W : 0U) | (raw >> 30 & 1 ? DETECT_SEG_R : 0U);
}

static hm_rc read_sections(hm_arena *a, detect_image *m, const header *h, hm_err *err)
{
    uint64_t at = h->at + 24 + h->optional_bytes, bytes = (uint64_t)h->sections * SECTION_BYTES;
    hm_str table, names = HM_NONE;
    bool have_names = false;
    m->sections_damaged = m->segments_damaged = true; /* until they are read */
    if (h->sections == 0 || !image_inside(m->src, at, bytes))
        return HM_OK;
    hm_rc rc = detect_image_bytes(a, m->src, at, bytes, SIZE_MAX, &table, err);
    if (rc != HM_OK)
        return rc;
    detect_section *sec = hm_arena_array(a, h->sections, sizeof *sec);
    detect_segment *seg = hm_arena_array(a, h->sections, sizeof *seg);
    if (!sec || !seg)
        return hm_arena_fail(a, err);
    hm_cur c = hm_cur_of(table);
    for (size_t i = 0; i < h->sections; i++) {
        detect_section s = { 0 };
        hm_str raw = hm_cur_take(&c, 8);
        uint32_t memory = hm_cur_le32(&c);
        s.addr = m->base + hm_cur_le32(&c);
        uint32_t size = hm_cur_le32(&c);
        s.offset = hm_cur_le32(&c);
        hm_cur_skip(&c, 12);
        uint32_t flags = hm_cur_le32(&c);
        uint64_t left = s.offset < m->src->size ? m->src->size - s.offset : 0;
        uint64_t there = size < left ? size : left;
        rc = section_name(a, m, h, raw.p, &names, &have_names, &s.name, err);
        if (rc != HM_OK)
            return rc;
        s.empty = size == 0;
        s.bytes = memory && memory < size ? memory : size; /* `size` is rounded up, `memory` is what was meant */
        if (there == size || s.bytes <= there)
            sec[m->sections++] = s;
        image_cover(m, s.offset, there);
        if (there && s.addr <= UINT64_MAX - there)
            seg[m->segments++] =
                (detect_segment){ .addr = s.addr, .offset = s.offset, .file_bytes = there, .flags = flags_of(flags) };
    }
    m->section = sec;
    m->segment = seg;
    m->segments_damaged = false;
    m->sections_damaged = m->sections < h->sections;
    return HM_OK;
}

hm_rc detect_pe_open(hm_arena *a, detect_image *m, hm_err *err)
{
    char raw[64], head[24], optional[OPTIONAL_MAX];
    const detect_src *src = m->src;
    if (src->size < sizeof raw)
        return HM_NOTFOUND;
    if (!src->read(src->ctx, 0, raw, sizeof raw))
        return hm_fail(err, HM_IO, DEFECT_READ, HM_PLACE_NONE, 0, 0);
    hm_cur c = hm_cur_of((hm_str){ raw, sizeof raw });
    if (hm_cur_be16(&c) != 0x4d5a)
        return HM_NOTFOUND;
    hm_cur_seek(&c, 60);
    header h = { .at = hm_cur_le32(&c) };
    if (!image_inside(src, h.at, sizeof head))
        return HM_NOTFOUND;
    if (!src->read(src->ctx, h.at, head, sizeof head))
        return hm_fail(err, HM_IO, DEFECT_READ, HM_PLACE_NONE, 0, 0);
    c = hm_cur_of((hm_str){ head, sizeof head });
    if (hm_cur_be32(&c) != 0x50450000)
        return HM_NOTFOUND;
    (void)hm_cur_le16(&c); /* machine */
    h.sections = hm_cur_le16(&c);
    (void)hm_cur_le32(&c); /* time */
    h.symbols = hm_cur_le32(&c);
    h.symbol_count = hm_cur_le32(&c);
    h.optional_bytes = hm_cur_le16(&c);
    detect_image p = { .src = src, .kind = DETECT_PE, .program = !(hm_cur_le16(&c) & IS_DLL) };
    size_t n = h.optional_bytes < sizeof optional ? h.optional_bytes : sizeof optional;
    if (n < 96 || !image_inside(src, h.at + sizeof head, n))
        return hm_fail(err, HM_FORMAT, DEFECT_PE, HM_PLACE_BYTE, h.at + 20, 0);
    if (!src->read(src->ctx, h.at + sizeof head, optional, n))
        return hm_fail(err, HM_IO, DEFECT_READ, HM_PLACE_NONE, 0, 0);
    read_optional(&p, (hm_str){ optional, n });
    hm_rc rc = read_sections(a, &p, &h, err);
    if (rc == HM_OK)
        *m = p;
    return rc;
}
