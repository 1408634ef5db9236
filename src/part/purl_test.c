/* purl - the 586 vectors of the standard, hostile text, and what the library adds to the standard. */
#include "base/test.h"
#include "codec/codec.h"
#include "part/part.h"

/* ---- vectors (HM_SHARED/purl/tests, purl-test schema 0.2) -----------------------------------------------------
 *
 * How the three test types are read:
 *   parse     `input` is a text that claims to be a purl: read strictly; the pieces compare decoded, null is empty.
 *   validate  "roundtrip an input purl to canonical": read as we read foreign documents (part_purl_parse), written out.
 *   build     pieces to text: part_qual_add for each qualifier, part_purl_make, part_purl_text. A null type or name is
 *             empty and must fail.
 * Why parse is strict: gem and rpm have one and the same text ("?Platform=java") that parse must refuse and validate
 * must mend; what is strict about keys: see purl.c, read_qual.
 * test_group tells required from recommended vectors: both are run. With expected_failure nothing else is compared. */

typedef struct tally {
    size_t run, failed;
} tally;

static const char *const FILES[] = {
    "spec/specification", "types/alpm",      "types/apk",
    "types/bazel",        "types/bitbucket", "types/bitnami",
    "types/brew",         "types/cargo",     "types/chrome-extension",
    "types/cocoapods",    "types/composer",  "types/conan",
    "types/conda",        "types/cpan",      "types/cran",
    "types/deb",          "types/docker",    "types/gem",
    "types/generic",      "types/git",       "types/github",
    "types/golang",       "types/hackage",   "types/hex",
    "types/huggingface",  "types/julia",     "types/luarocks",
    "types/maven",        "types/mlflow",    "types/npm",
    "types/nuget",        "types/oci",       "types/opam",
    "types/otp",          "types/pub",       "types/pypi",
    "types/qpkg",         "types/rpm",       "types/swid",
    "types/swift",        "types/vcpkg",     "types/vscode-extension",
    "types/yocto",
};
enum { VECTORS = 586 };

static bool same_quals(hm_arena *a, hm_str got, const codec_json *want)
{
    codec_json_iter it = codec_json_each(want);
    hm_str key, value;
    const codec_json *v;
    size_t n = 0;
    for (; codec_json_next(&it, &key, &v); n++)
        if (!part_qual_get(a, got, key, &value) || !hm_str_eq(value, codec_json_str(v)))
            return false;
    for (; got.n; n--)
        hm_str_cut(got, '&', &got);
    return n == 0;
}

static bool parse_vector(hm_arena *a, const codec_json *t, bool fail)
{
    part_purl p;
    hm_err e = { 0 };
    const codec_json *want = codec_json_get(t, "expected_output");
    if (part_purl_parse_strict(a, codec_json_get_str(t, "input"), &p, &e) != HM_OK)
        return fail && e.rc == HM_FORMAT;
    return !fail && hm_str_eq(p.type, codec_json_get_str(want, "type")) &&
           hm_str_eq(p.ns, codec_json_get_str(want, "namespace")) &&
           hm_str_eq(p.name, codec_json_get_str(want, "name")) &&
           hm_str_eq(p.version, codec_json_get_str(want, "version")) &&
           hm_str_eq(p.subpath, codec_json_get_str(want, "subpath")) &&
           same_quals(a, p.quals, codec_json_get(want, "qualifiers"));
}

static bool text_vector(hm_arena *a, const codec_json *t, bool fail, bool build)
{
    part_purl p;
    hm_err e = { 0 };
    hm_rc rc;
    TEST_BUF text = { 0 };
    const codec_json *in = codec_json_get(t, "input");
    if (build) {
        TEST_BUF quals = { 0 };
        codec_json_iter it = codec_json_each(codec_json_get(in, "qualifiers"));
        hm_str key;
        const codec_json *v;
        while (codec_json_next(&it, &key, &v))
            part_qual_add(&quals, key, codec_json_str(v));
        part_purl pieces = { .type = codec_json_get_str(in, "type"),
                             .ns = codec_json_get_str(in, "namespace"),
                             .name = codec_json_get_str(in, "name"),
                             .version = codec_json_get_str(in, "version"),
                             .subpath = codec_json_get_str(in, "subpath"),
                             .quals = hm_buf_view(&quals) };
        rc = quals.bad ? HM_NOMEM : part_purl_make(a, &pieces, &p, &e);
    } else
        rc = part_purl_parse(a, codec_json_str(in), &p, &e);
    if (rc != HM_OK)
        return fail && e.rc == HM_FORMAT;
    part_purl_text(&p, &text);
    return !fail && !text.bad && hm_str_eq(hm_buf_view(&text), codec_json_get_str(t, "expected_output"));
}

static void vector(const char *file, const codec_json *t, tally *count)
{
    HM_AUTO(hm_arena_freep) hm_arena *a = hm_arena_new(1 << 20);
    hm_str type = codec_json_get_str(t, "test_type");
    bool fail = codec_json_bool(codec_json_get(t, "expected_failure")), ok = false;
    if (!a)
        return;
    if (hm_str_is(type, "parse"))
        ok = parse_vector(a, t, fail);
    else if (hm_str_is(type, "build") || hm_str_is(type, "validate"))
        ok = text_vector(a, t, fail, hm_str_is(type, "build"));
    else
        return; /* a test type we do not know is not run, and the count shows it */
    count->run++;
    if (ok)
        return;
    count->failed++;
    if (!test_fault()) {
        hm_str what = codec_json_get_str(t, "description"), in = codec_json_get_str(t, "input");
        fprintf(stderr, "%s %.*s: %.*s: %.*s\n", file, (int)type.n, type.p, (int)what.n, what.p, (int)in.n, in.p);
    }
}

TEST(purl_vectors)
{
    const char *shared = test_shared();
    if (!shared)
        TEST_SKIP("no shared data");
    tally count = { 0 };
    for (size_t i = 0; i < (test_fault() ? 1 : HM_COUNT(FILES)); i++) {
        TEST_BUF path = { 0 }, text = { 0 };
        hm_buf_c(&path, shared);
        hm_buf_c(&path, "/purl/tests/");
        hm_buf_c(&path, FILES[i]);
        hm_buf_add(&path, "-test.json", sizeof "-test.json");
        CHECK("memory", !path.bad);
        CHECK(path.p, test_read(path.p, &text));
        HM_AUTO(hm_arena_freep) hm_arena *a = hm_arena_new(64 << 20);
        CHECK("memory", a);
        const codec_json *root = NULL, *t;
        hm_err e;
        CHECK_EQ(path.p, codec_json_read(a, hm_buf_view(&text), &root, &e), HM_OK);
        codec_json_iter it = codec_json_each(codec_json_get(root, "tests"));
        hm_str key;
        while (codec_json_next(&it, &key, &t))
            vector(FILES[i], t, &count);
    }
    CHECK_EQ("failed", count.failed, 0);
    if (!test_fault())
        CHECK_EQ("run", count.run, VECTORS);
}

/* ---- own cases ---------------------------------------------------------------------------------------------------- */

static const struct {
    const char *in, *want; /* canonical text, or NULL and then: */
    hm_defect defect;
    uint64_t place;
} T[] = {
    { "PKG:npm/a@1", "pkg:npm/a@1", 0, 0 },
    { "pkg:npm/%40babel/core@7", "pkg:npm/%40babel/core@7", 0, 0 },
    { "pkg:npm/@babel/core@7", "pkg:npm/%40babel/core@7", 0, 0 },
    { "pkg:github/a/b@feature/x", "pkg:github/a/b@feature%2Fx", 0, 0 },
    { "pkg:golang/github.com%2FBurntSushi/toml@v1", "pkg:golang/github.com/BurntSushi/toml@v1", 0, 0 },
    { "pkg:golang/GitHub.com/BurntSushi/toml", "pkg:golang/github.com/BurntSushi/toml", 0, 0 },
    { "pkg:golang/stdlib@1.22", "pkg:golang/stdlib@1.22", 0, 0 },
    { "pkg:pypi/Zope.Interface_x@1.0RC1", "pkg:pypi/zope.interface-x@1.0rc1", 0, 0 },
    { "pkg:pub/Foo-Bar.baz", "pkg:pub/foo_bar_baz", 0, 0 },
    { "pkg:hackage/Foo_Bar", "pkg:hackage/Foo-Bar", 0, 0 },
    { "pkg:julia/A.jl.jl?uuid=x", "pkg:julia/A?uuid=x", 0, 0 },
    { "pkg:cpan/gdt/URI-PackageURL", "pkg:cpan/GDT/URI-PackageURL", 0, 0 },
    { "pkg:swid/A/b/c?tag_id=75B8C285-FA7B-485B-B199-4745E3004D0D",
      "pkg:swid/A/b/c?tag_id=75b8c285-fa7b-485b-b199-4745e3004d0d", 0, 0 },
    { "pkg:swid/A/b/c?tag_id=75B8C285", "pkg:swid/A/b/c?tag_id=75B8C285", 0, 0 },
    { "pkg:mlflow/A?repository_url=https://x.cloud.databricks.com/y",
      "pkg:mlflow/a?repository_url=https:%2F%2Fx.cloud.databricks.com%2Fy", 0, 0 },
    { "pkg:mlflow/A?repository_url=https://x/databricks", "pkg:mlflow/A?repository_url=https:%2F%2Fx%2Fdatabricks", 0,
      0 },
    { "pkg:git/GitHub.com/A/B/c", "pkg:git/github.com/a/b/c", 0, 0 },
    { "pkg:git/example.org/A/B", "pkg:git/example.org/A/B", 0, 0 },
    { "pkg:yocto/core/x?repository_url=host/x", "pkg:yocto/core/x?repository_url=host%2Fx", 0, 0 },
    { "pkg:generic/a?url=https://h/?p=1&b=2", "pkg:generic/a?b=2&url=https:%2F%2Fh%2F%3Fp%3D1", 0, 0 },
    { "pkg:generic/a?&x=1&&y=&z", "pkg:generic/a?x=1", 0, 0 },
    { "pkg:generic/a#./x/../%2e%2E//y/", "pkg:generic/a#x/y", 0, 0 },
    { "pkg:generic/a@#?", "pkg:generic/a#%3F", 0, 0 },
    { "pkg:generic/%E6%98%9F@%e5%ae%88", "pkg:generic/%E6%98%9F@%E5%AE%88", 0, 0 },
    { "pkg:generic/a b+c~d_e", "pkg:generic/a%20b%2Bc~d_e", 0, 0 },
    { "pkg:generic//x//y//z/", "pkg:generic/x/y/z", 0, 0 },
    { "pkg:UnHeard.of-1/Ns/Name@V", "pkg:unheard.of-1/Ns/Name@V", 0, 0 },
    { "pkg:chrome-extension/DLPNGALGNEFJEIEFHMPKLPFIOHADPGLK@1.2.3.4",
      "pkg:chrome-extension/dlpngalgnefjeiefhmpklpfiohadpglk@1.2.3.4", 0, 0 },
    { "", NULL, DEFECT_PURL_SCHEME, 0 },
    { "pkg", NULL, DEFECT_PURL_SCHEME, 0 },
    { "npm:a", NULL, DEFECT_PURL_SCHEME, 0 },
    { "pkg:", NULL, DEFECT_PURL_TYPE, 4 },
    { "pkg:///", NULL, DEFECT_PURL_TYPE, 7 },
    { "pkg:a+b/c", NULL, DEFECT_PURL_TYPE, 4 },
    { "pkg:npm", NULL, DEFECT_PURL_NAME, 8 },
    { "pkg:npm/@1", NULL, DEFECT_PURL_NAME, 8 },
    { "pkg:npm/@babel/", NULL, DEFECT_PURL_NAME, 8 },
    { "pkg:npm/a%2", NULL, DEFECT_PURL_ESCAPE, 9 },
    { "pkg:npm/a%g0", NULL, DEFECT_PURL_ESCAPE, 9 },
    { "pkg:npm/a@1?k=%zz", NULL, DEFECT_PURL_ESCAPE, 14 },
    { "pkg:npm/a@%", NULL, DEFECT_PURL_ESCAPE, 10 },
    { "pkg:npm/a#%", NULL, DEFECT_PURL_ESCAPE, 10 },
    { "pkg:npm/x/%ff/a", NULL, DEFECT_UTF8, 8 },
    { "pkg:npm/a\xc3", NULL, DEFECT_UTF8, 8 },
    { "pkg:npm/a%00b", NULL, DEFECT_NUL_BYTE, 8 },
    { "pkg:npm/a?k=%00", NULL, DEFECT_NUL_BYTE, 10 },
    { "pkg:npm/a?1k=v", NULL, DEFECT_PURL_QUALIFIER, 10 },
    { "pkg:npm/a?k%20=v", NULL, DEFECT_PURL_QUALIFIER, 10 },
    { "pkg:npm/a?=v", NULL, DEFECT_PURL_QUALIFIER, 10 },
    { "pkg:npm/a?k=1&K=2", NULL, DEFECT_PURL_QUALIFIER, 10 },
    { "pkg:cargo/ns/a", NULL, DEFECT_PURL_NAMESPACE, 10 },
    { "pkg:deb/a@1", NULL, DEFECT_PURL_NAMESPACE, 8 },
    { "pkg:swid/a/b/c/d?tag_id=x", NULL, DEFECT_PURL_NAMESPACE, 9 },
    { "pkg:swid/a", NULL, DEFECT_PURL_QUALIFIER, 10 },
    { "pkg:julia/A?uuid=", NULL, DEFECT_PURL_QUALIFIER, 12 },
    { "pkg:cpan/A::B", NULL, DEFECT_PURL_NAME, 9 },
    { "pkg:cocoapods/a%20b", NULL, DEFECT_PURL_NAME, 14 },
    { "pkg:cocoapods/a+b", NULL, DEFECT_PURL_NAME, 14 },
    { "pkg:cocoapods/.a", NULL, DEFECT_PURL_NAME, 14 },
    { "pkg:chrome-extension/dlpngalgnefjeiefhmpklpfiohadpglk@1..2", NULL, DEFECT_PURL_VERSION, 53 },
    { "pkg:chrome-extension/dlpngalgnefjeiefhmpklpfiohadpglk@1.", NULL, DEFECT_PURL_VERSION, 53 },
    { "pkg:chrome-extension/dlpngalgnefjeiefhmpklpfiohadpglkk", NULL, DEFECT_PURL_NAME, 21 },
};

TEST(purl_parse)
{
    for (size_t i = 0; i < HM_COUNT(T); i++) {
        HM_AUTO(hm_arena_freep) hm_arena *a = hm_arena_new(1 << 16);
        CHECK("memory", a);
        TEST_BUF text = { 0 };
        part_purl p = { .type = HM_STR("untouched") }, again;
        hm_err e = { 0 };
        hm_rc rc = part_purl_parse(a, hm_str_c(T[i].in), &p, &e);
        if (!T[i].want) {
            CHECK_EQ(T[i].in, rc, HM_FORMAT);
            CHECK_STR(T[i].in, hm_str_c(hm_defect_name(e.defect)), hm_str_c(hm_defect_name(T[i].defect)));
            CHECK_EQ(T[i].in, e.place_kind, HM_PLACE_BYTE);
            CHECK_EQ(T[i].in, e.place, T[i].place);
            CHECK_STR(T[i].in, p.type, HM_STR("untouched"));
            continue;
        }
        CHECK_EQ(T[i].in, rc, HM_OK);
        part_purl_text(&p, &text);
        CHECK_STR(T[i].in, hm_buf_view(&text), hm_str_c(T[i].want));
        CHECK_EQ(T[i].in, part_purl_parse(a, hm_buf_view(&text), &again, &e), HM_OK);
        CHECK_EQ(T[i].in, part_purl_make(a, &p, &again, &e), HM_OK);
        hm_buf_reset(&text);
        part_purl_text(&again, &text);
        CHECK_STR(T[i].in, hm_buf_view(&text), hm_str_c(T[i].want));
    }
}

TEST(purl_strict_refuses_what_is_mended)
{
    static const char *const S[] = { "pkg:gem/a?Platform=x", "pkg:golang/stdlib",
                                     "pkg:huggingface/gpt2", "pkg:golang/a%2fb/c",
                                     "pkg:npm/a#b%2Fc",      "pkg:yocto/core/x?repository_url=host/x" };
    for (size_t i = 0; i < HM_COUNT(S); i++) {
        HM_AUTO(hm_arena_freep) hm_arena *a = hm_arena_new(1 << 16);
        CHECK("memory", a);
        part_purl p;
        hm_err e;
        CHECK_EQ(S[i], part_purl_parse(a, hm_str_c(S[i]), &p, &e), HM_OK);
        CHECK_EQ(S[i], part_purl_parse_strict(a, hm_str_c(S[i]), &p, &e), HM_FORMAT);
    }
}

TEST(purl_make)
{
    HM_AUTO(hm_arena_freep) hm_arena *a = hm_arena_new(1 << 16);
    CHECK("memory", a);
    TEST_BUF quals = { 0 }, text = { 0 };
    part_qual_add(&quals, HM_STR("Vcs_url"), HM_STR("git+https://h/a?b#c&d=%"));
    part_qual_add(&quals, HM_STR("none"), HM_NONE);
    part_qual_add(&quals, HM_STR("arch"), HM_STR("all"));
    CHECK("memory", !quals.bad);
    part_purl p, in = { .type = HM_STR("DEB"),
                        .ns = HM_STR("/Debian/"),
                        .name = HM_STR("Lib%61"),
                        .version = HM_STR("1:2~3+4-5/6"),
                        .quals = hm_buf_view(&quals),
                        .subpath = HM_STR("a/../b#?") };
    hm_err e = { 0 };
    CHECK_EQ("make", part_purl_make(a, &in, &p, &e), HM_OK);
    part_purl_text(&p, &text);
    CHECK_STR(
        "text", hm_buf_view(&text),
        HM_STR("pkg:deb/debian/lib%2561@1:2~3%2B4-5%2F6?arch=all&vcs_url=git%2Bhttps:%2F%2Fh%2Fa%3Fb%23c%26d%3D%25"
               "#a/b%23%3F"));
    hm_str value;
    CHECK("get", part_qual_get(a, p.quals, HM_STR("vcs_url"), &value));
    CHECK_STR("get", value, HM_STR("git+https://h/a?b#c&d=%"));
    CHECK("absent", !part_qual_get(a, p.quals, HM_STR("none"), &value));
    CHECK("absent", !part_qual_get(a, HM_NONE, HM_STR("none"), &value));
    static const part_purl BAD[] = { { .name = HM_STR("x") },
                                     { .type = HM_STR("npm") },
                                     { .type = HM_STR("n/pm"), .name = HM_STR("x") },
                                     { .type = HM_STR("npm"), .name = HM_STR("\xff") },
                                     { .type = HM_STR("npm"), .name = HM_STR("a\0b") },
                                     { .type = HM_STR("npm"), .name = HM_STR("x"), .quals = HM_STR("a=%") },
                                     { .type = HM_STR("git"), .ns = HM_STR("h"), .name = HM_STR("//") },
                                     { .type = HM_STR("npm"), .name = HM_STR("x"), .quals = HM_STR("a=\xff") } };
    for (size_t i = 0; i < HM_COUNT(BAD); i++) {
        CHECK_EQ("bad", part_purl_make(a, &BAD[i], &p, &e), HM_FORMAT);
        CHECK_EQ("no text, no place", e.place_kind, HM_PLACE_NONE);
    }
}

TEST(purl_budget_and_size)
{
    HM_AUTO(hm_arena_freep) hm_arena *small = hm_arena_new(16);
    HM_AUTO(hm_arena_freep) hm_arena *a = hm_arena_new(256 << 20);
    CHECK("memory", a && small);
    part_purl p;
    hm_err e = { 0 };
    CHECK_EQ("budget", part_purl_parse(small, HM_STR("pkg:npm/aaaaaaaaaaaaaaaaaaaaaa"), &p, &e), HM_LIMIT);
    CHECK_EQ("budget", e.defect, DEFECT_BUDGET);
    /* A megabyte of each thing that repeats: linear work, or this test would not end. */
    static const char *const UNIT[] = { "/", "%41", "@", "?", "#", "&", "k&", "../", "%2F", "_", "=", "a/" };
    for (size_t u = 0; u < HM_COUNT(UNIT); u++) {
        TEST_BUF text = { 0 };
        hm_buf_c(&text, "pkg:pypi/x/");
        for (size_t n = 0; n < (test_fault() ? 100 : 1 << 20); n += strlen(UNIT[u]))
            hm_buf_c(&text, UNIT[u]);
        hm_buf_c(&text, "?a=b#c");
        CHECK("memory", !text.bad);
        hm_arena_reset(a, 256 << 20);
        if (part_purl_parse(a, hm_buf_view(&text), &p, &e) != HM_OK)
            CHECK_EQ(UNIT[u], e.rc, HM_FORMAT);
    }
    TEST_BUF many = { 0 };
    hm_buf_c(&many, "pkg:npm/a?");
    for (uint64_t i = 0; i < (test_fault() ? 10 : 100000); i++) {
        hm_buf_byte(&many, 'k');
        hm_buf_u64(&many, (i * 7919) % 100000);
        hm_buf_c(&many, "=v&");
    }
    CHECK("memory", !many.bad);
    hm_arena_reset(a, 256 << 20);
    CHECK_EQ("many qualifiers", part_purl_parse(a, hm_buf_view(&many), &p, &e), HM_OK);
}
