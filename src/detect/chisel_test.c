/* chisel: packages, their slices, owners, lines that are none. */
#include "detect/detect_test.h"
#include <zstd.h>

static bool pack(hm_str text, hm_buf *out)
{
    size_t room = ZSTD_compressBound(text.n);
    if (!hm_buf_room(out, room))
        return false;
    out->n = ZSTD_compress(out->p, room, text.p, text.n, 3);
    return !ZSTD_isError(out->n);
}

#define HEAD "{\"jsonwall\":\"1.0\",\"schema\":\"1.0\",\"count\":9}\n"
#define SUM "61e29c7504f020539b7d6112302b66e8ea5b6da00eb8b685dace384715fb11eb"
static const char WALL[] = HEAD
    "{\"kind\":\"content\",\"slice\":\"a_bins\",\"path\":\"/usr/bin/a\"}\n"
    "{\"kind\":\"package\",\"name\":\"a\",\"version\":\"1:2-3\",\"sha256\":\"" SUM "\",\"arch\":\"amd64\"}\n"
    "{\"kind\":\"package\",\"name\":\"b-c\",\"version\":\"4\"}\n"
    "{\"kind\":\"path\",\"path\":\"/usr/bin/a\",\"slices\":[\"a_bins\",\"b-c_x\"]}\n"
    "{\"kind\":\"path\",\"path\":\"/bin/\",\"slices\":[\"a_bins\"]}\n"
    "{\"kind\":\"path\",\"path\":\"/lib/c\",\"slices\":[\"b-c_libs\"]}\n"
    "{\"kind\":\"path\",\"path\":\"/etc/d\",\"slices\":[]}\n"
    "{\"kind\":\"slice\",\"name\":\"a_bins\"}\n{\"kind\":\"slice\",\"name\":\"a_config\"}\n{\"kind\":\"slice\",\"name\":\"z_y\"}\n";

static const struct {
    const char *name, *in, *want;
} CASE[] = {
    { "all", WALL,
      "r a@1:2-3 [] quals=arch=amd64 line=3 hash=61e29c75 chisel:slice=a_bins chisel:slice=a_config +:a\n"
      "r b-c@4 [] line=4 +:b-c\n" },
    { "no packages", HEAD, "" },
    { "lines that are none",
      HEAD
      "[]\n{\n\n{\"kind\":\"package\",\"name\":\"a\"}\n{\"kind\":\"package\",\"version\":\"1\"}\n"
      "{\"kind\":\"package\",\"name\":\"/a\",\"version\":\"1\"}\n{\"kind\":\"package\",\"name\":\"b\",\"version\":\"1\"}",
      "r b@1 [] line=8 +:b\n! wrong_type 2\n! truncated 3\n! missing_field 5 version\n! missing_field 6 name\n"
      "! bad_value 7 name\n" },
    { "another file", "{\"kind\":\"package\",\"name\":\"a\",\"version\":\"1\"}\n", "! missing_field 1\n" },
};

TEST(chisel_cases)
{
    for (size_t i = 0; i < HM_COUNT(CASE); i++) {
        TEST_BUF in = { 0 };
        CHECK(CASE[i].name, pack(hm_str_c(CASE[i].in), &in));
        CHECK_SAID(CASE[i].name, hm_str_c(CASE[i].want), .fn = detect_chisel, .path = "var/lib/chisel/manifest.wall",
                   .bytes = hm_buf_view(&in));
    }
    CHECK_SAID("empty", HM_STR("! empty\n"), .fn = detect_chisel, .path = "x", .bytes = HM_NONE);
    CHECK_SAID("not packed", HM_STR("! compressed\n"), .fn = detect_chisel, .path = "x", .bytes = hm_str_c(WALL));
}

TEST(chisel_owners)
{
    TEST_BUF in = { 0 };
    CHECK("pack", pack(hm_str_c(WALL), &in));
    CHECK_SAID("owners", HM_STR("usr/bin/a < a\nusr/lib/c < b-c\n"), .fn = detect_chisel_owner, .path = "x",
               .bytes = hm_buf_view(&in), .wanted = HM_STR("etc/d\0usr/bin/a\0usr/lib/c"));
    CHECK_SAID("none wanted", HM_NONE, .fn = detect_chisel_owner, .path = "x", .bytes = hm_buf_view(&in));
    CHECK_SAID("not packed", HM_NONE, .fn = detect_chisel_owner, .path = "x", .bytes = HM_STR("x"),
               .wanted = HM_STR("a"));
}

TEST(chisel_fixtures)
{
#define UBUNTU_BASE(line) "r base-files@13ubuntu10.2 [] quals=arch=amd64 line=" line " hash=61e29c75 "
    static const struct {
        const char *file, *want;
    } T[] = {
        { "empty", "! empty\n" },
        { "invalid", "! json_syntax 1\n! json_syntax 3\n" },
        { "single",
          UBUNTU_BASE(
              "22") "chisel:slice=base-files_base chisel:slice=base-files_bin "
                    "chisel:slice=base-files_chisel chisel:slice=base-files_copyright chisel:slice=base-files_etc "
                    "chisel:slice=base-files_home chisel:slice=base-files_lib chisel:slice=base-files_tmp "
                    "chisel:slice=base-files_var +:base-files\n" },
        { "openssl",
          UBUNTU_BASE(
              "54") "chisel:slice=base-files_chisel chisel:slice=base-files_copyright chisel:slice=base-files_lib "
                    "chisel:slice=base-files_var +:base-files\n"
                    "r libc6@2.39-0ubuntu8.4 [] quals=arch=amd64 line=55 hash=b2e8d573 chisel:slice=libc6_config "
                    "chisel:slice=libc6_copyright chisel:slice=libc6_libs +:libc6\n"
                    "r libssl3t64@3.0.13-0ubuntu3.5 [] quals=arch=amd64 line=56 hash=31df0a4d chisel:slice=libssl3t64_copyright "
                    "chisel:slice=libssl3t64_libs +:libssl3t64\n"
                    "r openssl@3.0.13-0ubuntu3.5 [] quals=arch=amd64 line=57 hash=00f9b292 chisel:slice=openssl_bins "
                    "chisel:slice=openssl_config chisel:slice=openssl_copyright chisel:slice=openssl_data +:openssl\n" },
    };
    if (!test_shared())
        TEST_SKIP("no shared data");
    for (size_t i = 0; i < HM_COUNT(T); i++) {
        TEST_BUF in = { 0 };
        char name[64];
        snprintf(name, sizeof name, "chisel/chisel/%s.wall", T[i].file);
        CHECK(name, fixture(name, &in));
        CHECK_SAID(name, hm_str_c(T[i].want), .fn = detect_chisel, .path = "x", .bytes = hm_buf_view(&in));
    }
    TEST_BUF in = { 0 };
    CHECK("owners", fixture("chisel/chisel/openssl.wall", &in));
    CHECK_SAID("owners", HM_STR("usr/bin/openssl < openssl\n"), .fn = detect_chisel_owner, .path = "x",
               .bytes = hm_buf_view(&in), .wanted = HM_STR("usr/bin/nothing\0usr/bin/openssl"));
}
