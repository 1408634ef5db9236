/* image - what is seen through layers, and what an image is called. */
#include "base/test.h"
#include "scan/image.h"

/* "1f:a/b 2g:a 3o: " : position, set, path */
static bool fill(scan_view *v, const char *text)
{
    hm_str rest = hm_str_c(text);
    while (rest.n) {
        hm_str word = hm_str_cut(rest, ' ', &rest);
        static const char SET[] = "fdgo";
        uint64_t h = scan_unpack_hash(hm_str_from(word, 3));
        if (!scan_view_add(v, (unsigned)(strchr(SET, word.p[1]) - SET), (uint32_t)(word.p[0] - '0'), &h, 1))
            return false;
    }
    return scan_view_sort(v);
}

static void clear_view(scan_view *v)
{
    scan_view_clear(v);
}

TEST(image_sees_through_layers)
{
    static const struct {
        const char *layers, *path;
        uint32_t position, last;
        scan_seen want;
    } T[] = {
        { "1f:a/b", "a/b", 1, 3, SCAN_STAYS },
        { "1f:a/b 2d:a", "a/b", 1, 3, SCAN_STAYS },
        { "1f:a/b 2f:a/b", "a/b", 1, 3, SCAN_REPLACED },
        { "1f:a/b 2f:a/b", "a/b", 2, 3, SCAN_STAYS },
        { "1f:a/b 3f:a/b", "a/b", 1, 2, SCAN_STAYS },
        { "1f:a/b 2d:a/b", "a/b", 1, 3, SCAN_REPLACED },
        { "1f:a/b 2f:a", "a/b", 1, 3, SCAN_GONE },
        { "1f:a/b 3g:a/b", "a/b", 1, 3, SCAN_GONE },
        { "1f:a/b 2g:a", "a/b", 1, 3, SCAN_GONE },
        { "1f:a/b 2g:a 2f:a/b", "a/b", 2, 3, SCAN_STAYS },
        { "1f:a/b/c 2o:a", "a/b/c", 1, 3, SCAN_GONE },
        { "1f:a/b/c 2o:a/b", "a/b/c", 1, 3, SCAN_GONE },
        { "1f:a/b/c 2o:a/b/c", "a/b/c", 1, 3, SCAN_STAYS },
        { "1f:a/b 2o:", "a/b", 1, 3, SCAN_GONE },
        { "1f:ab 2g:a 2f:a 2o:a", "ab", 1, 3, SCAN_STAYS },
        { "1f:x/a.jar", "x/a.jar!/b/c", 1, 3, SCAN_STAYS },
        { "1f:x/a.jar 2f:x/a.jar", "x/a.jar!/b/c", 1, 3, SCAN_REPLACED },
        { "1f:x/a.jar 2f:x/a.jar", "x/a.jar!", 1, 3, SCAN_REPLACED },
        { "1f:x/a.jar 2g:x/a.jar", "x/a.jar!/b.jar!/c", 1, 3, SCAN_GONE },
        { "1f:x!/y 2f:x!/y", "x!/y", 1, 3, SCAN_REPLACED },
        { "1f:x!/y 2g:x!", "x!/y", 1, 3, SCAN_GONE },
    };
    for (size_t i = 0; i < HM_COUNT(T); i++) {
        HM_AUTO(clear_view) scan_view v = { 0 };
        CHECK(T[i].layers, fill(&v, T[i].layers));
        CHECK_EQ(T[i].layers, scan_view_of(&v, hm_str_c(T[i].path), T[i].position, T[i].last), T[i].want);
    }
}

TEST(image_has_a_purl_when_name_and_digest_are_known)
{
#define DIGEST "sha256:0000000000000000000000000000000000000000000000000000000000000001"
    static const struct {
        const char *name, *digest, *want;
    } T[] = {
        { "alpine:3.18", DIGEST, "pkg:oci/alpine@" DIGEST "?arch=arm64&repository_url=alpine&tag=3.18" },
        { "r.example:5000/T/App", DIGEST, "pkg:oci/app@" DIGEST "?arch=arm64&repository_url=r.example:5000%2FT%2FApp" },
        { "r.example:5000/a:1@" DIGEST, DIGEST,
          "pkg:oci/a@" DIGEST "?arch=arm64&repository_url=r.example:5000%2Fa&tag=1" },
        { "latest", DIGEST, "" },
        { "alpine:3.18", "", "" },
        { "", DIGEST, "" },
    };
    for (size_t i = 0; i < HM_COUNT(T); i++) {
        HM_AUTO(hm_arena_freep) hm_arena *a = hm_arena_new(1 << 20);
        hm_str name = hm_str_c(T[i].name);
        plan p = { .choice = PLAN_ONLY,
                   .digest = hm_str_c(T[i].digest),
                   .os = HM_STR("linux"),
                   .arch = HM_STR("arm64"),
                   .name = &name,
                   .names = name.n > 0 };
        scan_subject s = { 0 };
        CHECK("made", a && scan_image_describe(a, &p, &s));
        CHECK_STR(T[i].name, s.purl, hm_str_c(T[i].want));
    }
}

/* What a worker under foreign control may say of an image without end, or twice. */
TEST(image_takes_records_as_they_come)
{
    scan_image *i = scan_image_new();
    CHECK("new", i != NULL);
    uint32_t a = scan_image_layer(i, HM_STR("a")), b = scan_image_layer(i, HM_STR("b"));
    hm_err e = { .rc = HM_FORMAT };
    scan_image_paths(i, a, UNPACK_SET_FILES, (hm_str){ "12345678abcdefgh", 16 });
    scan_image_paths(i, a, UNPACK_SET_FILES, (hm_str){ "1234567", 7 });
    scan_image_paths(i, 77, UNPACK_SET_FILES, (hm_str){ "12345678", 8 });
    scan_image_fail(i, a, &e);
    scan_image_fail(i, a, &e);
    scan_image_fail(i, 0, &e);
    scan_image_blob(i, HM_STR("index.json"), HM_STR("{}"));
    scan_image_blob(i, HM_STR("index.json"), HM_NONE);
    scan_image_link(i, HM_STR("x"), HM_STR("x"));
    bool ok = scan_image_layer(i, HM_STR("a")) == a && a != b && scan_image_has(i, HM_STR("index.json"));
    scan_image_free(i);
    CHECK("numbers", ok);
}
