/* Any bytes: as a program, as the modules of a program in order, as changes to a program in order. */
#include "detect/go_image.h"
#include "detect/lang_fuzz.h"

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
    fuzz_view(detect_go_binary, &file, size);
}

/* The bytes as the modules of a program that is in order otherwise. */
static void fuzz_modules(hm_str text)
{
    hm_buf data = { 0 }, modules = { 0 };
    image m;
    hm_buf_str(&modules, hm_str_sub(text, 0, 8000));
    hm_buf_c(&modules, "\n"); /* without it they would be none */
    image_inline(&data, 0, "go1.20", hm_buf_view(&modules));
    image_make(&m, &(image_plan){ .is64 = true, .data = hm_buf_view(&data) });
    if (!m.b.bad && !data.bad && !modules.bad)
        fuzz_program(hm_buf_view(&m.b), m.b.n);
    hm_buf_clear(&m.b);
    hm_buf_clear(&data);
    hm_buf_clear(&modules);
}

/* A program in order, of the layout that the first byte names, then bytes of it changed: three bytes say where and to
 * what. */
static void fuzz_patched(const uint8_t *at, size_t n)
{
    bool is64 = n && at[0] & 1, big = n && at[0] & 2, no_sections = n && at[0] & 8;
    hm_buf data = { 0 };
    image m;
    if (n && at[0] & 4)
        image_pointers(&data, is64, big, "go1.17", HM_STR("mod\ta/b\tv1\n"));
    else
        image_inline(&data, 0, "go1.20", HM_STR("mod\ta/b\tv1\n"));
    image_plan plan = { .is64 = is64, .big = big, .no_sections = no_sections, .data = hm_buf_view(&data) };
    (n && at[0] & 16 ? image_make_pe : n && at[0] & 32 ? image_make_macho : image_make)(&m, &plan);
    if (n && at[0] & 64) {
        hm_buf fat = { 0 };
        image_make_fat(&fat, &m, 1, is64);
        hm_buf_clear(&m.b);
        m.b = fat;
    }
    for (size_t i = 1; !m.b.bad && i + 3 <= n; i += 3)
        m.b.p[((size_t)at[i] << 8 | at[i + 1]) % m.b.n] = (char)at[i + 2];
    if (!m.b.bad && !data.bad)
        fuzz_program(hm_buf_view(&m.b), m.b.n);
    hm_buf_clear(&m.b);
    hm_buf_clear(&data);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_program((hm_str){ (const char *)data, size }, size);
    fuzz_modules((hm_str){ (const char *)data, size });
    fuzz_patched(data, size);
    return 0;
}
