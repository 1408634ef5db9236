/* Any bytes: as a program; as resources or metadata of one that is in order; as changes to one that is, three bytes each. */
#include "detect/lang_fuzz.h"
#include "detect/pe_make.h"

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
    detect_view file = { .path = HM_STR("opt/a/1.0/lib/x/A.dll"), .src = &src };
    fuzz_view(detect_pe_file, &file, bytes.n + (1 << 12));
}

static void fuzz_section(const image_plan *p)
{
    image m;
    image_make_pe(&m, p);
    if (!m.b.bad)
        fuzz_program(hm_buf_view(&m.b));
    hm_buf_clear(&m.b);
}

static void fuzz_patched(const uint8_t *at, size_t n)
{
    static const uint16_t ONE[4] = { 1, 0, 0, 1 };
    static const make_assembly REF[] = { { .name = "B" }, { .name = "C", .culture = "de" } };
    hm_buf section = { 0 }, version = { 0 };
    image m;
    make_version(&version, "ProductName=T\nProductVersion=1.0+x\nCompanyName=C\n", ONE, ONE);
    make_resources(&section, hm_buf_view(&version), n && at[0] & 1);
    uint32_t clr = make_clr(&section, &(make_assembly){ .name = "A" }, REF, 2, 2, n && at[0] & 2);
    image_make_pe(&m, &(image_plan){ .is64 = n && at[0] & 4,
                                     .section = ".text",
                                     .data = hm_buf_view(&section),
                                     .resource = MAKE_RVA,
                                     .clr = clr });
    for (size_t i = 1; !m.b.bad && i + 3 <= n; i += 3)
        m.b.p[((size_t)at[i] << 8 | at[i + 1]) % m.b.n] = (char)at[i + 2];
    if (!m.b.bad && !section.bad && !version.bad)
        fuzz_program(hm_buf_view(&m.b));
    hm_buf_clear(&m.b);
    hm_buf_clear(&section);
    hm_buf_clear(&version);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    hm_str in = { (const char *)data, size };
    hm_buf section = { 0 };
    fuzz_program(in);
    fuzz_section(&(image_plan){ .is64 = true, .section = ".rsrc", .data = in, .resource = MAKE_RVA });
    make_resources(&section, in, false);
    fuzz_section(&(image_plan){ .section = ".rsrc", .data = hm_buf_view(&section), .resource = MAKE_RVA });
    hm_buf_reset(&section);
    make_le(&section, 72, 4);
    make_le(&section, 5, 4);
    make_le(&section, MAKE_RVA + 16, 4);
    make_le(&section, size, 4);
    hm_buf_str(&section, in);
    fuzz_section(&(image_plan){ .section = ".text", .data = hm_buf_view(&section), .clr = MAKE_RVA });
    hm_buf_clear(&section);
    fuzz_patched(data, size);
    return 0;
}
