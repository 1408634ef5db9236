/* cyclonedx - what goes where in each version; whatever the strings hold, the document parses, ids are unique and every
 * reference has its target. Against the schemas: tests/cyclonedx-validate. */
#include "part/sample.h"
#include "base/test.h"
#include "codec/codec.h"

enum { WHEN_S = 1710000000 };

static const part_doc DOC = { .when = (hm_time)WHEN_S * 1000000,
                              .subject_name = { "host", 4 },
                              .subject_kind = PART_OS,
                              .tool_version = { "0.1.0", 5 } };

static hm_rc write_doc(sample_fill *fill, const part_doc *doc, unsigned version, hm_buf *out)
{
    HM_AUTO(sample_clear) sample s = { 0 };
    hm_rc rc = sample_make(&s, fill);
    return rc == HM_OK ? part_write_cyclonedx(&s.pack, doc, version, test_sink, out, NULL) : rc;
}

/* A piece of the document, and in which versions it is there. */
enum { IN14 = 1, IN15 = 2, IN16 = 4, IN17 = 8, ALL = 15 };
static const struct {
    unsigned in;
    const char *piece;
} PIECE[] = {
    { ALL, "\"bomFormat\": \"CycloneDX\"," },
    { IN14, "\"specVersion\": \"1.4\"" },
    { IN15, "\"specVersion\": \"1.5\"" },
    { IN16, "\"specVersion\": \"1.6\"" },
    { IN17, "\"specVersion\": \"1.7\"" },
    { ALL, "\"timestamp\": \"2024-03-09T16:00:00Z\"" },
    { IN15 | IN16 | IN17, "\"phase\": \"operations\"" },
    { IN14, "\"tools\": [\n      {\n        \"name\": \"hoshimori\",\n        \"version\": \"0.1.0\"\n      }\n    ]" },
    { IN15 | IN16 | IN17, "\"tools\": {\n      \"components\": [\n        {\n          \"type\": \"application\"," },
    { ALL, "\"component\": {\n      \"type\": \"operating-system\",\n      \"bom-ref\": \"hoshimori:subject\",\n"
           "      \"name\": \"host\"\n    }" },
    { ALL, "\"value\": \"srv/broken/package-lock.json: json_syntax at byte 42\"" },
    { ALL, "\"value\": \"srv/cut/METADATA: truncated at line 3 (Version)\"" },
    /* os */
    { ALL, "\"cpe\": \"cpe:2.3:o:debian:debian_linux:12:*:*:*:*:*:*:*\"" },
    { ALL, "\"name\": \"hoshimori:os:pretty_name\",\n          \"value\": \"Debian GNU/Linux 12 (bookworm)\"" },
    /* deb */
    { ALL, "\"supplier\": {\n        \"name\": \"Debian OpenSSL Team\",\n        \"contact\": [\n          {\n"
           "            \"name\": \"Debian OpenSSL Team\",\n            \"email\": \"pkg-openssl@lists.example.org\"" },
    { ALL, "\"purl\": \"pkg:deb/debian/libssl3@3.0.13-1~deb12u1?arch=amd64&distro=debian-12&upstream=openssl\"" },
    { IN14 | IN15, "\"expression\": \"Apache-2.0 AND (BSD-3-Clause OR GPL-2.0-only)\"\n        }" },
    { IN16 | IN17, "\"expression\": \"Apache-2.0 AND (BSD-3-Clause OR GPL-2.0-only)\",\n"
                   "          \"acknowledgement\": \"declared\"" },
    { IN14 | IN15, "\"license\": {\n            \"name\": \"see the copyright file\"\n          }" },
    { IN16 | IN17, "\"name\": \"see the copyright file\",\n            \"acknowledgement\": \"declared\"" },
    { ALL, "\"name\": \"hoshimori:source:name\",\n          \"value\": \"openssl\"" },
    { ALL, "\"name\": \"hoshimori:managed-by\",\n          \"value\": \"pkg:deb/debian/python3-requests@2.28.1%2Bdfsg-1"
           "?arch=all&distro=debian-12\"" },
    { ALL, "\"name\": \"hoshimori:version:literal\",\n          \"value\": \"2.28.1.0\"" },
    { IN14 | IN15, "\"author\": \"Kenneth Reitz <me@kenneth.example>\"" },
    { IN16 | IN17, "\"authors\": [\n        {\n          \"name\": \"Kenneth Reitz\",\n"
                   "          \"email\": \"me@kenneth.example\"" },
    /* npm */
    { ALL, "\"group\": \"@babel\",\n      \"name\": \"core\",\n      \"version\": \"7.24.0\",\n"
           "      \"scope\": \"required\"" },
    { ALL, "\"scope\": \"excluded\"" },
    { ALL, "\"name\": \"hoshimori:scope\",\n          \"value\": \"dev\"" },
    { ALL, "\"alg\": \"SHA-1\",\n          \"content\": \"a94a8fe5ccb19ba61c4c0873d391e987982fbbd3\"" },
    { ALL, "\"url\": \"https://registry.example/@babel/core/-/core%207.tgz\",\n          \"type\": \"distribution\"" },
    { ALL, "\"url\": \"ssh://git@git.example/babel/babel.git\",\n          \"type\": \"vcs\"" },
    { ALL, "\"url\": \"https://babel.dev/x#a%23b\",\n          \"type\": \"website\"" },
    { ALL, "\"name\": \"hoshimori:npm:bin\",\n          \"value\": \"left-pad\"" },
    { ALL, "\"name\": \"hoshimori:bundled\",\n          \"value\": \"true\"" },
    { IN14, "\"name\": \"hoshimori:evidence\",\n          \"value\": \"srv/shop/core.js\"" },
    { IN15,
      "\"identity\": {\n          \"field\": \"purl\",\n          \"confidence\": 0.95,\n          \"methods\": [\n"
      "            {\n              \"technique\": \"manifest-analysis\",\n              \"confidence\": 0.95,\n"
      "              \"value\": \"srv/shop/node_modules/@babel/core/package.json\"\n            },\n"
      "            {\n              \"technique\": \"filename\",\n              \"confidence\": 0.05," },
    { IN16 | IN17,
      "\"identity\": [\n          {\n            \"field\": \"purl\",\n            \"confidence\": 0.95," },
    { IN15, "\"location\": \"srv/shop/core.js\"\n" },
    { IN16 | IN17, "\"location\": \"srv/shop/core.js\",\n            \"line\": 12\n" },
    /* graph */
    { ALL, "\"ref\": \"hoshimori:subject\",\n      \"dependsOn\": [\n        " },
    { ALL,
      "\"ref\": \"project:srv/shop#shop@1.0.0\",\n      \"dependsOn\": [\n        \"pkg:npm/%40babel/core@7.24.0\",\n"
      "        \"pkg:npm/left-pad@1.3.0\"\n      ]" },
    { ALL, "\"ref\": \"pkg:npm/%40babel/core@7.24.0\"\n    }" },
    { ALL, "\"aggregate\": \"incomplete\",\n      \"assemblies\": [\n        \"hoshimori:subject\"\n      ]" },
    { ALL, "\"aggregate\": \"incomplete\",\n      \"dependencies\": [\n        \"pkg:deb/debian/python3-requests@" },
    { ALL, "\"aggregate\": \"complete\",\n      \"dependencies\": [\n        \"pkg:deb/debian/libssl3@" },
    { ALL, "\"aggregate\": \"unknown\",\n      \"dependencies\": [\n" },
    /* never */
    { 0, "secret" },
    { 0, "\"url\": \"no url" },
    { 0, "\"ref\": \"pkg:npm/left-pad@1.3.0\"" }, /* nothing is known of its dependencies: no entry */
    { 0, "\"purl\": \"pkg:generic/debian" },
    { 0, "vulnerabilit" },
};

TEST(cyclonedx_says_everything_in_its_place)
{
    for (unsigned v = 14; v <= 17; v++) {
        TEST_BUF out = { 0 };
        CHECK_EQ("write", write_doc(sample_small, &DOC, v, &out), HM_OK);
        for (size_t i = 0; i < HM_COUNT(PIECE); i++)
            CHECK(PIECE[i].piece, test_holds(&out, PIECE[i].piece) == ((PIECE[i].in >> (v - 14) & 1) != 0));
    }
}

/* Every bom-ref once, every reference with its target, lists without repetition. */
static void check_refs(test_ctx *t_, const codec_json *root)
{
    HM_AUTO(hm_map_freep) hm_map *refs = hm_map_new();
    HM_AUTO(hm_map_freep) hm_map *seen = hm_map_new();
    CHECK("maps", refs && seen);
    uint64_t *own = hm_map_put(refs, HM_STR("hoshimori:subject"), 1);
    CHECK("memory", own != NULL);
    hm_str key;
    const codec_json *c, *d;
    for (codec_json_iter i = codec_json_each(codec_json_get(root, "components")); codec_json_next(&i, &key, &c);) {
        uint64_t *n = hm_map_put(refs, codec_json_get_str(c, "bom-ref"), 0);
        CHECK("memory", n != NULL);
        CHECK_EQ("bom-ref once", ++*n, 1);
        CHECK("bom-ref not empty", codec_json_get_str(c, "bom-ref").n > 0);
    }
    for (codec_json_iter i = codec_json_each(codec_json_get(root, "dependencies")); codec_json_next(&i, &key, &c);) {
        uint64_t n;
        CHECK("ref exists", hm_map_get(refs, codec_json_get_str(c, "ref"), &n));
        hm_map_reset(seen);
        for (codec_json_iter k = codec_json_each(codec_json_get(c, "dependsOn")); codec_json_next(&k, &key, &d);) {
            CHECK("target exists", hm_map_get(refs, codec_json_str(d), &n));
            uint64_t *once = hm_map_put(seen, codec_json_str(d), 0);
            CHECK("memory", once != NULL);
            CHECK_EQ("target once", ++*once, 1);
        }
    }
}

TEST(cyclonedx_holds_hostile_text)
{
    for (unsigned v = 14; v <= 17; v++) {
        TEST_BUF out = { 0 };
        HM_AUTO(hm_arena_freep) hm_arena *a = hm_arena_new(64 << 20);
        const codec_json *root;
        CHECK("arena", a != NULL);
        CHECK_EQ("write", write_doc(sample_hostile, &DOC, v, &out), HM_OK);
        CHECK_EQ("parses", codec_json_read(a, hm_buf_view(&out), &root, NULL), HM_OK);
        CHECK_EQ("all there", codec_json_count(codec_json_get(root, "components")), 16);
        check_refs(t_, root);
        for (size_t i = 0; i < out.n; i++)
            CHECK("no control character", (uint8_t)out.p[i] >= 0x20 || out.p[i] == '\n');
        CHECK("no bidi", !test_holds(&out, "\u202e") && !test_holds(&out, "\u2066"));
        CHECK("bytes as text", test_holds(&out, "caf\\\\xe9\\\\xff\\\\xfe\\\\x80 \\u0001\\u001b[31m"));
        CHECK("numbered",
              test_holds(&out, "\"bom-ref\": \"project:#x#3\"") && test_holds(&out, "\"bom-ref\": \"project:#x#4\""));
        CHECK("whose id it is keeps it", !test_holds(&out, "project:#x#2#2"));
        CHECK("gap", test_holds(&out, "bad_value at entry 7 (<b>\\\\xff\\\\x1b)"));
    }
}

TEST(cyclonedx_versions_have_a_limit)
{
    TEST_BUF out = { 0 };
    CHECK_EQ("write", write_doc(sample_hostile, &DOC, 16, &out), HM_OK);
    hm_str s = hm_buf_view(&out);
    size_t at = hm_str_search(s, HM_STR("\"version\": \"99999"));
    CHECK("there", at < s.n);
    CHECK_EQ("1024 characters", hm_str_find(hm_str_from(s, at + 12), '"'), 1024);
}

static hm_str serial(const hm_buf *b)
{
    hm_str s = hm_buf_view(b);
    return hm_str_sub(s, hm_str_search(s, HM_STR("urn:uuid:")), 9 + 36);
}

TEST(cyclonedx_serial_follows_the_content)
{
    TEST_BUF a = { 0 }, b = { 0 }, c = { 0 }, d = { 0 }, e = { 0 };
    part_doc later = DOC, random = DOC;
    later.when += 1000000;
    random.serial_random = true;
    memset(random.random, 0xab, sizeof random.random);
    CHECK_EQ("a", write_doc(sample_small, &DOC, 16, &a), HM_OK);
    CHECK_EQ("b", write_doc(sample_small, &later, 16, &b), HM_OK);
    CHECK_EQ("c", write_doc(sample_hostile, &DOC, 16, &c), HM_OK);
    CHECK_EQ("d", write_doc(sample_small, &random, 16, &d), HM_OK);
    CHECK_EQ("e", write_doc(sample_small, &DOC, 16, &e), HM_OK);
    CHECK_STR("same input, same bytes", hm_buf_view(&a), hm_buf_view(&e));
    CHECK_STR("time does not matter", serial(&a), serial(&b));
    CHECK("content does", !hm_str_eq(serial(&a), serial(&c)));
    CHECK_STR("random", serial(&d), HM_STR("urn:uuid:abababab-abab-4bab-abab-abababababab"));
    CHECK("version 8", serial(&a).p[9 + 14] == '8');
}

TEST(cyclonedx_of_nothing)
{
    TEST_BUF out = { 0 };
    part_doc none = DOC;
    none.subject_name = HM_NONE;
    CHECK_EQ("write", write_doc(sample_nothing, &none, 16, &out), HM_OK);
    CHECK("no subject", !test_holds(&out, "hoshimori:subject"));
    CHECK("unknown", test_holds(&out, "\"compositions\": [\n    {\n      \"aggregate\": \"unknown\"\n    }\n  ]\n}\n"));
    CHECK("no phase", !test_holds(&out, "lifecycles"));
}

static bool refuse(void *ctx, hm_str bytes)
{
    (void)ctx;
    (void)bytes;
    return false;
}

TEST(cyclonedx_fails_as_it_should)
{
    static const uint8_t NO_ROWS = 0;
    part_pack p = { .heap = { (const char *)&NO_ROWS, 0 } };
    hm_err e = { 0 };
    CHECK_EQ("version 13", part_write_cyclonedx(&p, &DOC, 13, refuse, NULL, &e), HM_UNSUPPORTED);
    CHECK_EQ("version 18", part_write_cyclonedx(&p, &DOC, 18, refuse, NULL, &e), HM_UNSUPPORTED);
    CHECK_EQ("named", e.arg[0], 18);
    CHECK_EQ("sink", part_write_cyclonedx(&p, &DOC, 16, refuse, NULL, &e), HM_IO);
    CHECK_EQ("defect", e.defect, DEFECT_WRITE);
}

static void large_small(part_build *b)
{
    sample_large(b, test_fault() ? 20 : 2000);
}

static void large_ten(part_build *b)
{
    sample_large(b, test_fault() ? 40 : 20000);
}

TEST(cyclonedx_grows_with_its_input)
{
    TEST_BUF a = { 0 }, b = { 0 };
    CHECK_EQ("small", write_doc(large_small, &DOC, 16, &a), HM_OK);
    CHECK_EQ("ten times", write_doc(large_ten, &DOC, 16, &b), HM_OK);
    CHECK("bytes", test_fault() || (b.n > 9 * a.n && b.n < 11 * a.n));
}

static void systems(part_build *b)
{
    part_add(b, &(part_desc){ .eco = PART_ECO_NPM, .name = HM_STR("aa") });
    part_add(b, &(part_desc){ .kind = PART_OS, .name = HM_STR("below"), .root = HM_STR("srv/chroot") });
    part_add(b, &(part_desc){ .kind = PART_OS, .name = HM_STR("own") });
}

TEST(cyclonedx_own_system_comes_first)
{
    TEST_BUF out = { 0 };
    CHECK_EQ("write", write_doc(systems, &DOC, 16, &out), HM_OK);
    hm_str s = hm_buf_view(&out);
    size_t own = hm_str_search(s, HM_STR("\"name\": \"own\"")), aa = hm_str_search(s, HM_STR("\"name\": \"aa\"")),
           below = hm_str_search(s, HM_STR("\"name\": \"below\""));
    CHECK("order", own < aa && aa < below && below < s.n);
}

/* All ids equal: numbering them one by one must not try every number for each. */
TEST(refs_of_equal_ids_are_linear)
{
    HM_AUTO(sample_clear) sample s = { 0 };
    size_t n = test_fault() ? 5 : 200000;
    CHECK_EQ("new", sample_new(&s), HM_OK);
    for (size_t i = 0; i < n; i++)
        part_add(s.build, &(part_desc){ .eco = PART_ECO_NPM, .name = HM_STR("a") });
    CHECK_EQ("open", sample_open(&s), HM_OK);
    HM_AUTO(part_refs_freep) part_refs *r = part_refs_new(&s.pack);
    TEST_BUF last = { 0 };
    CHECK("refs", r != NULL);
    hm_buf_c(&last, "pkg:npm/a#");
    hm_buf_u64(&last, n);
    CHECK_STR("first", part_refs_get(r, 0), HM_STR("pkg:npm/a"));
    CHECK_STR("second", part_refs_get(r, 1), HM_STR("pkg:npm/a#2"));
    CHECK_STR("last", part_refs_get(r, n - 1), hm_buf_view(&last));
    CHECK_STR("beyond", part_refs_get(r, n), HM_NONE);
}

TEST(names_are_total)
{
    CHECK_STR("kind", hm_str_c(part_kind_name(PART_OS)), HM_STR("operating-system"));
    CHECK_STR("scope", hm_str_c(part_scope_name(99)), HM_STR("unknown"));
    CHECK_STR("technique", hm_str_c(part_technique_name(PART_T_BINARY)), HM_STR("binary-analysis"));
    CHECK_STR("algorithm", hm_str_c(part_alg_name(PART_SHA384)), HM_STR("SHA-384"));
    for (unsigned i = 0; i < 99; i++)
        CHECK("never NULL", part_kind_name(i) && part_scope_name(i) && part_technique_name(i) && part_alg_name(i));
}
