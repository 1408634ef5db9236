/* Any bytes: as a program; as the packed list in programs of each format; as the list itself, packed here. */
#include "detect/go_image.h"
#include "detect/lang_fuzz.h"
#include <zlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool read_view(void *ctx, uint64_t at, void *to, size_t n)
{
    const hm_str *s = ctx;
    HM_BUG_ON(n > s->n || at > s->n - n); /* image.c promises to ask only for what is there */
    memcpy(to, s->p + at, n);
    return true;
}

static void fuzz_program(hm_str bytes, size_t size)
{
    detect_src src = { .size = bytes.n, .read = read_view, .ctx = &bytes };
    detect_view file = { .path = HM_STR("usr/bin/prog"), .src = &src };
    fuzz_view(detect_rust_audit, &file, size + (1 << 16));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    hm_str in = { (const char *)data, size };
    hm_buf zip = { 0 };
    image m = { 0 };
    fuzz_program(in, size);
    uLongf n = compressBound(size);
    if (size && hm_buf_room(&zip, n) && compress2((Bytef *)zip.p, &n, data, size, 1) == Z_OK) {
        zip.n = n;
        image_plan plan = {
            .is64 = size & 1, .big = size & 2, .section = ".dep-v0", .data = data[0] & 1 ? in : hm_buf_view(&zip)
        };
        (data[0] & 2 ? image_make : data[0] & 4 ? image_make_pe : image_make_macho)(&m, &plan);
        if (!m.b.bad)
            fuzz_program(hm_buf_view(&m.b), m.b.n);
    }
    hm_buf_clear(&m.b);
    hm_buf_clear(&zip);
    return 0;
}
