#pragma once
/* bundle_make - makes .NET single-file programs, for tests and the fuzz target: an image, files, the header. */
#include "detect/pe_make.h"

typedef struct make_file {
    unsigned kind;
    const char *path;
    hm_str bytes;
    uint64_t
        packed; /* length as it stands in the bundle where that is compressed: `bytes` are these, `whole` unpacked */
    uint64_t whole;
} make_file;

enum { MAKE_ELF = 0, MAKE_PE, MAKE_MACHO };
/* The image of that format with the mark in its data, the files, the header; offsets of all are right. */
static inline void make_bundle(hm_buf *out, unsigned format, unsigned major, const make_file *file, size_t n)
{
    static const char MARK[] = "\x8b\x12\x02\xb9\x6a\x61\x20\x38\x72\x7b\x93\x02\x14\xd7\xa0\x32"
                               "\x13\xf5\xb9\xe6\xef\xae\x33\x18\xee\x3b\x2d\xce\x24\xb3\x6a\xae";
    hm_buf data = { 0 }, tail = { 0 }, header = { 0 };
    uint64_t size = 0;
    for (unsigned pass = 0; pass < 2; pass++) { /* the second knows how long the image is */
        image m;
        hm_buf_reset(&data);
        hm_buf_c(&data, "\x8b\x12\x02 some other data before it ");
        make_le(&data, pass ? size + tail.n : 0, 8);
        hm_buf_add(&data, MARK, 32);
        hm_buf_c(&data, "more");
        image_plan plan = { .is64 = true, .section = ".data", .data = hm_buf_view(&data) };
        (format == MAKE_ELF ? image_make : format == MAKE_PE ? image_make_pe : image_make_macho)(&m, &plan);
        if (!m.b.bad && format == MAKE_ELF)
            m.b.p[16] = 2; /* ET_EXEC */
        size = m.b.n;
        if (pass)
            hm_buf_str(out, hm_buf_view(&m.b));
        out->bad |= m.b.bad;
        hm_buf_clear(&m.b);
        if (pass)
            break;
        make_le(&header, major, 4);
        make_le(&header, 0, 4);
        make_le(&header, n, 4);
        hm_buf_c(&header, "\x04work");
        if (major >= 2)
            for (unsigned k = 0; k < 5; k++)
                make_le(&header, 0, 8);
        for (size_t i = 0; i < n; i++) {
            make_le(&header, size + tail.n, 8);
            make_le(&header, file[i].packed ? file[i].whole : file[i].bytes.n, 8);
            if (major >= 6)
                make_le(&header, file[i].packed, 8);
            make_le(&header, file[i].kind, 1);
            make_le(&header, strlen(file[i].path), 1);
            hm_buf_c(&header, file[i].path);
            hm_buf_str(&tail, file[i].bytes);
        }
    }
    hm_buf_str(out, hm_buf_view(&tail));
    hm_buf_str(out, hm_buf_view(&header));
    out->bad |= data.bad || tail.bad || header.bad;
    hm_buf_clear(&data);
    hm_buf_clear(&tail);
    hm_buf_clear(&header);
}
