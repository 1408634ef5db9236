/* Audit lists of Rust programs: in all formats of programs, what their packages say, what is wrong with them; and the
 * programs of the shared fixtures. */
#include "base/limits.h"
#include "detect/detect_test.h"
#include "detect/go_image.h"
#include <zlib.h>

static bool packed(hm_str text, hm_buf *out)
{
    uLongf n = compressBound(text.n);
    if (!hm_buf_room(out, n) || compress2((Bytef *)out->p, &n, (const Bytef *)text.p, text.n, 9) != Z_OK)
        return false;
    out->n = n;
    return true;
}

static bool said(hm_str bytes, hm_buf *out)
{
    return detect_said(&(detect_try){ .fn = detect_rust_audit, .path = "bin/p", .bytes = bytes, .seek = true }, out,
                       NULL);
}

#define TWO                                                                                                            \
    "{\"packages\":[{\"name\":\"a\",\"version\":\"1.0.0\",\"source\":\"crates.io\"},"                                  \
    "{\"name\":\"p\",\"version\":\"0.1.0\",\"source\":\"local\",\"dependencies\":[0],\"root\":true}]}"
#define WANT_TWO "r a@1.0.0 [K]\nr p@0.1.0 [AKL] cargo:source=local >0r\n"

TEST(rust_audit_in_every_format)
{
    for (unsigned i = 0; i < 24; i++) {
        bool is64 = i & 1, big = i & 2;
        unsigned format = i / 4;
        TEST_BUF zip = { 0 };
        TEST_BUF out = { 0 };
        TEST_BUF fat = { 0 };
        image m = { 0 };
        char label[32];
        snprintf(label, sizeof label, "format %u", i);
        bool ok = packed(HM_STR(TWO), &zip);
        image_plan plan = { .is64 = is64, .big = big, .section = ".dep-v0", .data = hm_buf_view(&zip) };
        plan.long_name = format == 2;
        (format == 0 ? image_make : format < 3 ? image_make_pe : image_make_macho)(&m, &plan);
        hm_str bytes = hm_buf_view(&m.b);
        if (format >= 4) {
            image_make_fat(&fat, &m, 1, format == 5);
            bytes = hm_buf_view(&fat);
        }
        ok = ok && !m.b.bad && !fat.bad && said(bytes, &out);
        hm_buf_clear(&m.b);
        CHECK(label, ok);
        CHECK_STR(label, hm_buf_view(&out), HM_STR(WANT_TWO));
    }
}

static const struct {
    const char *name, *json, *want;
} LIST[] = {
    { "build dependencies, other sources, the index of one that follows",
      "{\"packages\":[{\"name\":\"b\",\"version\":\"1\",\"source\":\"git\",\"kind\":\"build\",\"dependencies\":[1]},"
      "{\"name\":\"c\",\"version\":\"2.0.0-rc.1+x\",\"source\":\"registry\",\"kind\":\"runtime\"},"
      "{\"name\":\"r\",\"version\":\"3\",\"source\":\"crates.io\",\"root\":true,\"dependencies\":[0,1]}],\"format\":9}",
      "b b@1 [K] cargo:source=git >1r\nr c@2.0.0-rc.1+x [K] cargo:source=registry\nr r@3 [AK] >0b >1r\n" },
    { "one damaged package costs itself",
      "{\"packages\":[7,{\"version\":\"1\"},{\"name\":\"c\",\"kind\":\"odd\",\"dependencies\":{}},"
      "{\"name\":\"d\",\"version\":\"1\",\"dependencies\":[0,1,2,3,4,-1,\"x\"]}]}",
      "r c [KN]\nr d@1 [K] >0r\n! wrong_type 1 name\n! missing_field 2 name\n! bad_value 3 kind\n"
      "! missing_field 3 version\n! wrong_type 3 dependencies\n! bad_value 4 dependencies\n! bad_value 4 dependencies\n"
      "! bad_value 4 dependencies\n" },
    { "no packages", "{\"packages\":[]}", "" },
    { "no list", "{}", "! missing_field packages\n" },
    { "list of another type", "{\"packages\":{}}", "! missing_field packages\n" },
    { "no JSON", "{\"packages\":[", "! truncated 13\n" },
};

TEST(rust_audit_lists)
{
    for (size_t i = 0; i < HM_COUNT(LIST); i++) {
        TEST_BUF zip = { 0 };
        TEST_BUF out = { 0 };
        image m = { 0 };
        bool ok = packed(hm_str_c(LIST[i].json), &zip);
        image_make(&m, &(image_plan){ .is64 = true, .section = ".dep-v0", .data = hm_buf_view(&zip) });
        ok = ok && !m.b.bad && said(hm_buf_view(&m.b), &out);
        hm_buf_clear(&m.b);
        CHECK(LIST[i].name, ok);
        CHECK_STR(LIST[i].name, hm_buf_view(&out), hm_str_c(LIST[i].want));
    }
}

TEST(rust_audit_sections)
{
    TEST_BUF zip = { 0 };
    CHECK("memory", packed(HM_STR(TWO), &zip));
    const struct {
        const char *name;
        image_plan plan;
        const char *want;
    } CASES[] = {
        { "another section", { .section = ".dep-v1", .data = hm_buf_view(&zip) }, "! not_found\n" },
        { "symbols split off",
          { .section = ".dep-v0", .section_type = 8, .data = HM_STR("0123456789") },
          "! not_found\n" },
        { "not packed", { .section = ".dep-v0", .data = HM_STR(TWO) }, "! compressed 2\n" },
        { "cut", { .section = ".dep-v0", .data = hm_str_sub(hm_buf_view(&zip), 0, 20) }, "! truncated 20\n" },
        { "nothing", { .section = ".dep-v0", .data = HM_STR("") }, "! empty\n" },
    };
    for (size_t i = 0; i < HM_COUNT(CASES); i++) {
        TEST_BUF out = { 0 };
        image m;
        image_make(&m, &CASES[i].plan);
        bool ok = !m.b.bad && said(hm_buf_view(&m.b), &out);
        hm_buf_clear(&m.b);
        CHECK(CASES[i].name, ok);
        CHECK_STR(CASES[i].name, hm_buf_view(&out), hm_str_c(CASES[i].want));
    }
}

/* A list that unpacks to more than its bound, or a bomb, is a gap. */
TEST(rust_audit_limits)
{
    if (test_fault())
        TEST_SKIP("needs more room than its budget");
    for (unsigned i = 0; i < 2; i++) {
        TEST_BUF plain = { 0 };
        TEST_BUF zip = { 0 };
        TEST_BUF out = { 0 };
        image m;
        uint32_t x = 1;
        for (size_t k = 0; k < LIMIT_AUDIT_BYTES + 1; k++) {
            x = (uint32_t)((uint64_t)x * 48271 % 2147483647);
            hm_buf_byte(&plain, i ? ' ' : (char)(uint8_t)(x & 0x7f));
        }
        bool ok = packed(hm_buf_view(&plain), &zip);
        image_make(&m, &(image_plan){ .section = ".dep-v0", .data = hm_buf_view(&zip) });
        ok = ok && !m.b.bad && said(hm_buf_view(&m.b), &out);
        hm_buf_clear(&m.b);
        CHECK("read", ok);
        CHECK_STR("too large, or too much smaller", hm_buf_view(&out),
                  i ? HM_STR("! ratio 0 200\n") : HM_STR("! too_large 0 16777216\n"));
    }
}

static const struct {
    const char *name, *want;
} FIXTURE[] = {
    { "no_deps/no_deps", "r no_deps@0.1.0 [AKL] cargo:source=local\n" },
    { "uses_serde_json/uses_serde_json",
      "r itoa@1.0.14 [K]\nr memchr@2.7.4 [K]\nr proc-macro2@1.0.92 [K] >9r\nr quote@1.0.38 [K] >2r\nr ryu@1.0.18 [K]\n"
      "r serde@1.0.217 [K] >6r\nr serde_derive@1.0.217 [K] >2r >3r >8r\nr serde_json@1.0.135 [K] >0r >1r >4r >5r\n"
      "r syn@2.0.95 [K] >2r >3r >9r\nr unicode-ident@1.0.14 [K]\n"
      "r uses_json@0.1.0 [AKL] cargo:source=local >5r >7r\n" },
    { "not_binary/not_binary", "! not_found\n" },
};

TEST(rust_audit_fixtures)
{
    for (size_t i = 0; i < HM_COUNT(FIXTURE); i++) {
        TEST_BUF in = { 0 };
        TEST_BUF out = { 0 };
        char name[256];
        snprintf(name, sizeof name, "rust/cargoauditable/%s", FIXTURE[i].name);
        if (!fixture(name, &in))
            TEST_SKIP("no shared fixtures");
        CHECK(name, said(hm_buf_view(&in), &out));
        CHECK_STR(name, hm_buf_view(&out), hm_str_c(FIXTURE[i].want));
    }
}
