/* Any bytes: as a program, as notes in one that is in order otherwise, as the text of a note. */
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
    fuzz_view(detect_elf_note, &file, size);
}

static void fuzz_notes(hm_str notes, bool is64)
{
    image m = { 0 };
    image_make(&m, &(image_plan){ .is64 = is64, .section = ".note.package", .data = notes });
    if (!m.b.bad)
        fuzz_program(hm_buf_view(&m.b), m.b.n);
    hm_buf_clear(&m.b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    hm_str in = { (const char *)data, size };
    hm_buf note = { 0 };
    fuzz_program(in, size);
    fuzz_notes(in, size & 1);
    hm_buf_le32(&note, 4);
    hm_buf_le32(&note, (uint32_t)size);
    hm_buf_le32(&note, 0xcafe1a7e);
    hm_buf_add(&note, "FDO", 4);
    hm_buf_str(&note, in);
    if (!note.bad)
        fuzz_notes(hm_buf_view(&note), size & 2);
    hm_buf_clear(&note);
    return 0;
}
