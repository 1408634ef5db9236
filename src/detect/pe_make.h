#pragma once
/* pe_make - makes what Windows programs say of themselves, for tests and fuzz targets: version resources and metadata of
 * managed code, as the data of one section (image_make_pe). */
#include "detect/go_image.h"

enum { MAKE_RVA = 0x1000 };

static inline void make_le(hm_buf *b, uint64_t v, unsigned bytes)
{
    for (unsigned i = 0; i < bytes; i++)
        hm_buf_byte(b, i < 8 ? (char)(uint8_t)(v >> (8 * i) & 0xff) : 0);
}

static inline void make_pad(hm_buf *b, size_t align)
{
    while (b->n % align && !b->bad)
        hm_buf_byte(b, 0);
}

static inline void make_utf16(hm_buf *b, hm_str ascii)
{
    for (size_t i = 0; i < ascii.n; i++)
        make_le(b, (unsigned char)ascii.p[i], 2);
    make_le(b, 0, 2);
}

/* length, value length, type, key, value, what is inside; `value` as it is, `units` its length as written */
static inline void make_block(hm_buf *out, const char *key, unsigned type, hm_str value, size_t units, hm_str inner)
{
    hm_buf b = { 0 };
    make_le(&b, 0, 2);
    make_le(&b, units, 2);
    make_le(&b, type, 2);
    make_utf16(&b, hm_str_c(key));
    make_pad(&b, 4);
    hm_buf_str(&b, value);
    if (inner.n) {
        make_pad(&b, 4);
        hm_buf_str(&b, inner);
    }
    if (!b.bad && b.n >= 2) {
        b.p[0] = (char)(uint8_t)(b.n & 0xff);
        b.p[1] = (char)(uint8_t)(b.n >> 8 & 0xff);
    }
    make_pad(out, 4);
    hm_buf_str(out, hm_buf_view(&b));
    out->bad |= b.bad;
    hm_buf_clear(&b);
}

/* "Key=value\nKey=value\n" as the texts of a version resource. */
static inline void make_version(hm_buf *out, const char *texts, const uint16_t file[4], const uint16_t product[4])
{
    hm_buf strings = { 0 }, table = { 0 }, info = { 0 }, fixed = { 0 };
    hm_str rest = hm_str_c(texts), line;
    while (hm_str_line(&rest, &line)) {
        hm_buf value = { 0 };
        char key[32] = "";
        hm_str text, name = hm_str_cut(line, '=', &text);
        memcpy(key, name.p, name.n < sizeof key ? name.n : sizeof key - 1);
        make_utf16(&value, text);
        make_block(&strings, key, 1, hm_buf_view(&value), value.n / 2, HM_NONE);
        strings.bad |= value.bad;
        hm_buf_clear(&value);
    }
    make_block(&table, "040904b0", 1, HM_NONE, 0, hm_buf_view(&strings));
    make_block(&info, "VarFileInfo", 1, HM_NONE, 0, HM_NONE);
    make_block(&info, "StringFileInfo", 1, HM_NONE, 0, hm_buf_view(&table));
    if (file) {
        make_le(&fixed, 0xfeef04bd, 4);
        make_le(&fixed, 0x10000, 4);
        for (unsigned i = 0; i < 4; i++)
            make_le(&fixed, file[i ^ 1], 2);
        for (unsigned i = 0; i < 4; i++)
            make_le(&fixed, product[i ^ 1], 2);
        make_le(&fixed, 0, 28);
    }
    make_block(out, "VS_VERSION_INFO", 0, hm_buf_view(&fixed), fixed.n, hm_buf_view(&info));
    out->bad |= strings.bad || table.bad || info.bad || fixed.bad;
    hm_buf_clear(&strings);
    hm_buf_clear(&table);
    hm_buf_clear(&info);
    hm_buf_clear(&fixed);
}

/* Directories of resources, at MAKE_RVA, that lead to these bytes; another language before it where `other` says so. */
static inline void make_resources(hm_buf *out, hm_str version, bool other)
{
    static const uint32_t ID[] = { 16, 1, 0x409 };
    uint32_t last = other ? 80 : 72;
    for (unsigned i = 0; i < 3; i++) {
        make_le(out, 0, 8);
        make_le(out, 0, 4);
        make_le(out, 0, 2);
        make_le(out, i == 2 && other ? 2 : 1, 2);
        if (i == 2 && other) {
            make_le(out, 0x407, 4);
            make_le(out, 0, 4); /* leads into the directory itself: must not be read */
        }
        make_le(out, ID[i], 4);
        make_le(out, i == 2 ? last : (24 * (i + 1)) | 0x80000000U, 4);
    }
    make_le(out, MAKE_RVA + last + 16, 4);
    make_le(out, version.n, 4);
    make_le(out, 0, 8);
    hm_buf_str(out, version);
    make_pad(out, 4);
}

typedef struct make_assembly {
    const char *name, *culture;
    uint16_t version[4];
} make_assembly;

static inline uint32_t make_string(hm_buf *heap, const char *s)
{
    if (!s)
        return 0;
    uint32_t at = (uint32_t)heap->n;
    hm_buf_add(heap, s, strlen(s) + 1);
    return at;
}

static inline void make_assembly_row(hm_buf *rows, hm_buf *heap, const make_assembly *x, bool self, unsigned index)
{
    if (self)
        make_le(rows, 0x8004, 4);
    for (unsigned i = 0; i < 4; i++)
        make_le(rows, x->version[i], 2);
    make_le(rows, 0, 4);
    make_le(rows, 0, index);
    make_le(rows, make_string(heap, x->name), index);
    make_le(rows, make_string(heap, x->culture), index);
    if (!self)
        make_le(rows, 0, index);
}

/* Header of managed code at the end of `out` (its place is returned), and metadata: one module, `attributes` custom
 * attributes, the assembly (name NULL: none), those it refers to. */
static inline uint32_t make_clr(hm_buf *out, const make_assembly *self, const make_assembly *ref, size_t refs,
                                unsigned attributes, bool wide)
{
    hm_buf rows = { 0 }, heap = { 0 }, tables = { 0 };
    unsigned index = wide ? 4 : 2;
    hm_buf_byte(&heap, 0);
    make_le(&rows, 0, 2 + 4 * index);         /* Module */
    for (unsigned i = 0; i < attributes; i++) /* CustomAttribute: what it belongs to has 5 bits of 16 as its tag */
        make_le(&rows, 0, (refs < 1U << 11 ? 2U : 4U) + 2 + index);
    if (self->name)
        make_assembly_row(&rows, &heap, self, true, index);
    for (size_t i = 0; i < refs; i++)
        make_assembly_row(&rows, &heap, &ref[i], false, index);
    make_le(&tables, 0, 4);
    make_le(&tables, 2, 2);
    make_le(&tables, wide ? 7 : 0, 1);
    make_le(&tables, 1, 1);
    make_le(&tables, 1 | (attributes ? 1ULL << 12 : 0) | (self->name ? 1ULL << 32 : 0) | (refs ? 1ULL << 35 : 0), 8);
    make_le(&tables, 0, 8);
    make_le(&tables, 1, 4);
    if (attributes)
        make_le(&tables, attributes, 4);
    if (self->name)
        make_le(&tables, 1, 4);
    if (refs)
        make_le(&tables, refs, 4);
    hm_buf_str(&tables, hm_buf_view(&rows));
    make_pad(&tables, 4);
    make_pad(&heap, 4);
    make_pad(out, 4);
    size_t at = out->n, streams = 16 + 12 + 4 + (8 + 4) + (8 + 12);
    make_le(out, 72, 4);
    make_le(out, 2, 2);
    make_le(out, 5, 2);
    make_le(out, MAKE_RVA + at + 72, 4);
    make_le(out, streams + tables.n + heap.n, 4);
    while (out->n < at + 72 && !out->bad)
        hm_buf_byte(out, 0);
    hm_buf_c(out, "BSJB");
    make_le(out, 1, 2);
    make_le(out, 1, 2);
    make_le(out, 0, 4);
    make_le(out, 12, 4);
    hm_buf_add(out, "v4.0.30319\0\0", 12);
    make_le(out, 0, 2);
    make_le(out, 2, 2);
    make_le(out, streams, 4);
    make_le(out, tables.n, 4);
    hm_buf_add(out, "#~\0\0", 4);
    make_le(out, streams + tables.n, 4);
    make_le(out, heap.n, 4);
    hm_buf_add(out, "#Strings\0\0\0\0", 12);
    hm_buf_str(out, hm_buf_view(&tables));
    hm_buf_str(out, hm_buf_view(&heap));
    out->bad |= rows.bad || heap.bad || tables.bad;
    hm_buf_clear(&rows);
    hm_buf_clear(&heap);
    hm_buf_clear(&tables);
    return (uint32_t)(MAKE_RVA + at);
}
