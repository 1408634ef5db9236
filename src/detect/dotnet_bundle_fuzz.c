/* Any bytes: as a program; as the deps.json and as a compressed assembly of a bundle; as changes to a bundle. */
#include "detect/bundle_make.h"
#include "detect/lang_fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool read_view(void *ctx, uint64_t at, void *to, size_t n)
{
    const hm_str *s = ctx;
    HM_BUG_ON(n > s->n || at > s->n - n); /* image.c promises to ask only for what is there */
    memcpy(to, s->p + at, n);
    return true;
}

static void fuzz_program(hm_str bytes)
{
    detect_src src = { .size = bytes.n, .read = read_view, .ctx = &bytes };
    detect_view file = { .path = HM_STR("opt/app/app"), .src = &src };
    fuzz_view(detect_dotnet_bundle, &file, bytes.n + (1 << 14));
}

static void fuzz_bundle(const make_file *f, size_t n, unsigned format, const uint8_t *patch, size_t patches)
{
    hm_buf b = { 0 };
    make_bundle(&b, format % 3, format & 4 ? 6 : format & 8 ? 2 : 1, f, n);
    for (size_t i = 0; !b.bad && i + 3 <= patches; i += 3)
        b.p[((size_t)patch[i] << 8 | patch[i + 1]) % b.n] = (char)patch[i + 2];
    if (!b.bad)
        fuzz_program(hm_buf_view(&b));
    hm_buf_clear(&b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    hm_str in = { (const char *)data, size };
    unsigned format = size ? data[0] : 0;
    fuzz_program(in);
    const make_file deps[] = { { 1, "a.dll", HM_STR("MZ"), 0, 0 }, { 3, "a.deps.json", in, 0, 0 } };
    const make_file packed[] = { { 1, "a.dll", in, size, 4096 } };
    const make_file plain[] = { { 1, "a.dll", HM_STR("MZ\0\0"), 0, 0 },
                                { 3, "a.deps.json", HM_STR("{\"libraries\":{\"A/1.0.0\":{}}}"), 0, 0 } };
    fuzz_bundle(deps, 2, format, NULL, 0);
    fuzz_bundle(packed, 1, 4 | format % 3, NULL, 0);
    fuzz_bundle(plain, 1 + (format >> 7), format, data, size);
    return 0;
}
