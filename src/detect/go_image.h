#pragma once
/* go_image - makes small ELF files with Go build information, for tests and the fuzz target: both classes and byte orders,
 * with and without a section table, texts inline or behind pointers. */
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
    const char *section;    /* name of the one section beside the strings; NULL: .go.buildinfo */
    uint32_t section_type;  /* 0: PROGBITS */
    uint64_t section_bytes; /* 0: those of the data */
    hm_str data;            /* the data segment, at IMAGE_ADDR */
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
