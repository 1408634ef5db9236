#pragma once
/* go_image - makes small programs, for tests and fuzz targets: ELF, PE and Mach-O, both classes and byte orders, with and
 * without a section table; and build information of Go for them, texts inline or behind pointers. */
#include "base/base.h"

enum { IMAGE_ADDR = 0x400000 };

typedef struct image {
    hm_buf b;
    bool is64, big;
} image;

static inline void image_put(image *m, uint64_t v, unsigned bytes)
{
    for (unsigned i = 0; i < bytes; i++) {
        unsigned shift = 8 * (m->big ? bytes - 1 - i : i);
        hm_buf_byte(&m->b, (char)(uint8_t)(v >> shift & 0xff));
    }
}

static inline void image_word(image *m, uint64_t v)
{
    image_put(m, v, m->is64 ? 8 : 4);
}

static inline void image_pad(image *m, size_t to)
{
    while (m->b.n < to && !m->b.bad)
        hm_buf_byte(&m->b, 0);
}

/* of an image */
typedef struct image_plan {
    bool is64, big, no_sections;
    const char *section;     /* name of the one section beside the strings; NULL: .go.buildinfo */
    uint32_t section_type;   /* 0: PROGBITS */
    uint64_t section_bytes;  /* 0: those of the data */
    hm_str data;             /* the data segment, at IMAGE_ADDR */
    bool library, long_name; /* PE, Mach-O: no program; PE: name of the section among the long ones */
    uint32_t resource, clr;  /* PE: relative addresses */
} image_plan;

/* header | data segment | strings | section table; program headers after the header. */
static inline void image_make(image *m, const image_plan *p)
{
    static const char STRINGS[] = "\0.shstrtab\0";
    const char *name = p->section ? p->section : ".go.buildinfo";
    size_t header = p->is64 ? 64 : 52, ph = p->is64 ? 56 : 32, sh = p->is64 ? 64 : 40, data = 256;
    size_t strings = data + p->data.n, names = sizeof STRINGS - 1 + strlen(name) + 1;
    size_t table = (strings + names + 7) & ~(size_t)7;
    *m = (image){ .is64 = p->is64, .big = p->big };
    hm_buf_add(&m->b,
               "\x7f"
               "ELF",
               4);
    hm_buf_byte(&m->b, p->is64 ? 2 : 1);
    hm_buf_byte(&m->b, p->big ? 2 : 1);
    hm_buf_byte(&m->b, 1);
    image_pad(m, 16);
    image_put(m, 2, 2);
    image_put(m, 62, 2);
    image_put(m, 1, 4);
    image_word(m, IMAGE_ADDR);
    image_word(m, header);
    image_word(m, p->no_sections ? 0 : table);
    image_put(m, 0, 4);
    image_put(m, header, 2);
    image_put(m, ph, 2);
    image_put(m, 2, 2);
    image_put(m, sh, 2);
    image_put(m, p->no_sections ? 0 : 3, 2);
    image_put(m, p->no_sections ? 0 : 2, 2);
    for (unsigned i = 0; i < 2; i++) { /* a read-only segment somewhere else, then the data */
        image_put(m, 1, 4);
        if (p->is64)
            image_put(m, i ? 6 : 5, 4);
        image_word(m, i ? data : 0);
        image_word(m, i ? IMAGE_ADDR : 0x10000);
        image_word(m, 0);
        image_word(m, i ? p->data.n : 16);
        image_word(m, i ? p->data.n + 4096 : 16);
        if (!p->is64)
            image_put(m, i ? 6 : 5, 4);
        image_word(m, 4096);
    }
    image_pad(m, data);
    hm_buf_str(&m->b, p->data);
    hm_buf_add(&m->b, STRINGS, sizeof STRINGS - 1);
    hm_buf_add(&m->b, name, strlen(name) + 1);
    if (p->no_sections)
        return;
    image_pad(m, table + sh);
    for (unsigned i = 0; i < 2; i++) {
        image_put(m, i ? 1 : sizeof STRINGS - 1, 4);
        image_put(m, i ? 3 : p->section_type ? p->section_type : 1, 4);
        image_word(m, 0);
        image_word(m, i ? 0 : IMAGE_ADDR);
        image_word(m, i ? strings : data);
        image_word(m, i ? names : p->section_bytes ? p->section_bytes : p->data.n);
        image_put(m, 0, 4);
        image_put(m, 0, 4);
        image_word(m, 16);
        image_word(m, 0);
    }
}

/* DOS header | PE headers | one section, at 512 and IMAGE_ADDR; `relative` of a byte of the data: 0x1000 + its place. */
static inline void image_make_pe(image *m, const image_plan *p)
{
    const char *name = p->section ? p->section : ".data";
    size_t optional = p->is64 ? 240 : 224;
    uint64_t base = IMAGE_ADDR - 0x1000;
    *m = (image){ .is64 = p->is64 };
    hm_buf_c(&m->b, "MZ");
    image_pad(m, 60);
    image_put(m, 64, 4);
    hm_buf_add(&m->b, "PE\0\0", 4);
    image_put(m, p->is64 ? 0x8664 : 0x14c, 2);
    image_put(m, 1, 2);
    image_put(m, 0, 4);
    image_put(m, p->long_name ? 512 + p->data.n : 0, 4); /* symbols: none, but names behind them */
    image_put(m, 0, 4);
    image_put(m, optional, 2);
    image_put(m, p->library ? 0x2002 : 2, 2);
    size_t at = m->b.n;
    image_put(m, p->is64 ? 0x20b : 0x10b, 2);
    image_pad(m, at + (p->is64 ? 24 : 28));
    image_word(m, base);
    image_pad(m, at + (p->is64 ? 108 : 92));
    image_put(m, 16, 4);
    image_pad(m, at + (p->is64 ? 112 : 96) + 16);
    image_put(m, p->resource, 4);
    image_put(m, p->resource ? p->data.n : 0, 4);
    image_pad(m, at + (p->is64 ? 112 : 96) + 112);
    image_put(m, p->clr, 4);
    image_put(m, p->clr ? 72 : 0, 4);
    image_pad(m, at + optional);
    at = m->b.n;
    hm_buf_c(&m->b, p->long_name ? "/4" : name);
    image_pad(m, at + 8);
    image_put(m, p->section_bytes ? p->section_bytes : p->data.n, 4);
    image_put(m, 0x1000, 4);
    image_put(m, (p->data.n + 511) & ~(size_t)511, 4);
    image_put(m, 512, 4);
    image_pad(m, at + 36);
    image_put(m, 0xc0000040, 4);
    image_pad(m, 512);
    hm_buf_str(&m->b, p->data);
    if (p->long_name) {
        image_put(m, 4 + strlen(name) + 1, 4);
        hm_buf_add(&m->b, name, strlen(name) + 1);
    }
    image_pad(m, 512 + ((p->data.n + 511) & ~(size_t)511));
}

/* header | commands: one segment with one section, at 512 and IMAGE_ADDR */
static inline void image_make_macho(image *m, const image_plan *p)
{
    const char *name = p->section ? p->section : "__go_buildinfo";
    size_t head = p->is64 ? 32 : 28, command = p->is64 ? 72 : 56, row = p->is64 ? 80 : 68;
    *m = (image){ .is64 = p->is64, .big = p->big };
    image_put(m, p->is64 ? 0xfeedfacf : 0xfeedface, 4);
    image_put(m, 7, 4);
    image_put(m, 3, 4);
    image_put(m, p->library ? 6 : 2, 4);
    image_put(m, p->no_sections ? 1 : 2, 4);
    image_put(m, command + (p->no_sections ? 0 : row + 8), 4);
    image_pad(m, head);
    if (!p->no_sections) { /* some other command first */
        image_put(m, 0x1b, 4);
        image_put(m, 8, 4);
    }
    size_t at = m->b.n;
    image_put(m, p->is64 ? 0x19 : 1, 4);
    image_put(m, command + (p->no_sections ? 0 : row), 4);
    hm_buf_c(&m->b, "__DATA");
    image_pad(m, at + 24);
    image_word(m, IMAGE_ADDR);
    image_word(m, p->data.n + 4096);
    image_word(m, 512);
    image_word(m, p->data.n);
    image_put(m, 3, 4);
    image_put(m, 3, 4);
    image_put(m, p->no_sections ? 0 : 1, 4);
    image_put(m, 0, 4);
    at = m->b.n;
    if (!p->no_sections) {
        hm_buf_c(&m->b, name);
        image_pad(m, at + 16);
        hm_buf_c(&m->b, "__DATA");
        image_pad(m, at + 32);
        image_word(m, IMAGE_ADDR);
        image_word(m, p->section_bytes ? p->section_bytes : p->data.n);
        image_put(m, 512, 4);
    }
    image_pad(m, 512);
    hm_buf_str(&m->b, p->data);
}

/* Universal file of n slices. */
static inline void image_make_fat(hm_buf *out, const image *slice, size_t n, bool wide)
{
    image m = { .is64 = wide, .big = true };
    size_t at = 1024;
    image_put(&m, wide ? 0xcafebabf : 0xcafebabe, 4);
    image_put(&m, n, 4);
    for (size_t i = 0; i < n; i++) {
        image_put(&m, 7, 4);
        image_put(&m, 3, 4);
        image_word(&m, at);
        image_word(&m, slice[i].b.n);
        image_put(&m, 10, 4);
        if (wide)
            image_put(&m, 0, 4);
        at += (slice[i].b.n + 1023) & ~(size_t)1023;
    }
    at = 1024;
    for (size_t i = 0; i < n; i++) {
        image_pad(&m, at);
        hm_buf_str(&m.b, hm_buf_view(&slice[i].b));
        at += (slice[i].b.n + 1023) & ~(size_t)1023;
    }
    hm_buf_str(out, hm_buf_view(&m.b));
    out->bad |= m.b.bad;
    hm_buf_clear(&m.b);
}

static inline void image_sentinel(hm_buf *b)
{
    for (unsigned i = 0; i < 16; i++)
        hm_buf_byte(b, (char)(0x30 + i));
}

/* Data segment with build information. `shift` bytes stand before it. */
static inline void image_inline(hm_buf *b, size_t shift, const char *version, hm_str modules)
{
    for (size_t i = 0; i < shift; i++)
        hm_buf_byte(b, 'x');
    hm_buf_add(b, "\xff Go buildinf:\x08\x02", 16);
    for (unsigned i = 0; i < 16; i++)
        hm_buf_byte(b, 0);
    hm_buf_byte(b, (char)strlen(version));
    hm_buf_c(b, version);
    size_t n = modules.n + 32;
    hm_buf_byte(b, (char)(uint8_t)((n & 0x7f) | 0x80)); /* two bytes at least: the offsets in the cases count on it */
    for (n >>= 7; n > 0x7f; n >>= 7)
        hm_buf_byte(b, (char)(uint8_t)((n & 0x7f) | 0x80));
    hm_buf_byte(b, (char)(uint8_t)n);
    image_sentinel(b);
    hm_buf_str(b, modules);
    image_sentinel(b);
}

/* The format of pointers: header, two string headers, the texts. */
static inline void image_pointers(hm_buf *b, bool is64, bool big, const char *version, hm_str modules)
{
    image m = { .is64 = is64, .big = big };
    unsigned w = is64 ? 8 : 4;
    hm_buf_add(&m.b, "\xff Go buildinf:", 14);
    hm_buf_byte(&m.b, (char)w);
    hm_buf_byte(&m.b, big ? 1 : 0);
    image_word(&m, IMAGE_ADDR + 32);
    image_word(&m, IMAGE_ADDR + 32 + 2 * w);
    image_pad(&m, 32);
    image_word(&m, IMAGE_ADDR + 128);
    image_word(&m, strlen(version));
    image_word(&m, IMAGE_ADDR + 256);
    image_word(&m, modules.n + 32);
    image_pad(&m, 128);
    hm_buf_c(&m.b, version);
    image_pad(&m, 256);
    image_sentinel(&m.b);
    hm_buf_str(&m.b, modules);
    image_sentinel(&m.b);
    hm_buf_str(b, hm_buf_view(&m.b));
    if (m.b.bad)
        b->bad = true;
    hm_buf_clear(&m.b);
}
