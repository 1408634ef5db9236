/* sbom_in - the forms of documents and their defects, raw members, extras, and reading without a claim. What components
 * come out of which document: src/detect/sbom_test.c. */
#include "part/sbom_in.h"
#include "base/test.h"

typedef struct read {
    hm_arena *arena;
    part_build *build;
    part_pack p;
    hm_rc rc;
    hm_err err;
} read;

static void read_clear(read *r)
{
    part_build_free(r->build);
    hm_arena_free(r->arena);
}
#define READ HM_AUTO(read_clear) read

/* false: no memory */
static bool read_doc(read *r, const char *path, hm_str bytes, bool claimed)
{
    hm_str block;
    r->arena = hm_arena_new(64 << 20);
    r->build = part_build_new(64 << 20);
    if (!r->arena || !r->build)
        return false;
    const part_doc_in in = { .arena = r->arena, .path = hm_str_c(path), .claimed = claimed };
    r->rc = part_read_sbom(&in, bytes, r->build, &r->err);
    return r->rc != HM_NOMEM && r->rc == r->err.rc && part_build_finish(r->build, &block, NULL) == HM_OK &&
           part_pack_open(block, &r->p, NULL) == HM_OK;
}

static const struct {
    const char *name, *path, *in;
    hm_rc rc;
    hm_defect defect;
    uint64_t arg;
    size_t comps, gaps;
} FORM[] = {
    { "nothing", "a", " \n", HM_NOTFOUND, DEFECT_SBOM, 0, 0, 0 },
    { "other JSON", "a", "{\"a\":1}", HM_NOTFOUND, DEFECT_SBOM, 0, 0, 0 },
    { "broken JSON of another kind", "a", "{\"a\":", HM_NOTFOUND, DEFECT_SBOM, 0, 0, 0 },
    { "broken", "a", "{\"bomFormat\":\"CycloneDX\"", HM_TRUNC, DEFECT_TRUNCATED, 0, 0, 0 },
    { "other XML", "a", "<bom><components/></bom>", HM_NOTFOUND, DEFECT_SBOM, 0, 0, 0 },
    { "Maven's bom", "a", "<project xmlns=\"http://maven.apache.org/POM/4.0.0\"/>", HM_NOTFOUND, DEFECT_SBOM, 0, 0, 0 },
    { "text", "a", "hello", HM_NOTFOUND, DEFECT_SBOM, 0, 0, 0 },
    { "other YAML", "a.yml", "a: 1\n", HM_NOTFOUND, DEFECT_SBOM, 0, 0, 0 },
    { "SPDX 3", "a", "{\"@context\":\"https://spdx.org/rdf/3.0.1/spdx-context.jsonld\",\"@graph\":[]}", HM_UNSUPPORTED,
      DEFECT_UNSUPPORTED_VERSION, 3, 0, 0 },
    { "SPDX 1", "a", "SPDXVersion: SPDX-1.2\nPackageName: a\n", HM_UNSUPPORTED, DEFECT_UNSUPPORTED_VERSION, 1, 0, 0 },
    { "SPDX RDF", "a",
      "<r:RDF xmlns:r=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\" xmlns:s=\"http://spdx.org/rdf/terms#\"/>",
      HM_UNSUPPORTED, DEFECT_SBOM_FORM, 0, 0, 0 },
    { "CycloneDX 2", "a", "{\"bomFormat\":\"CycloneDX\",\"specVersion\":\"2.0\"}", HM_UNSUPPORTED,
      DEFECT_UNSUPPORTED_VERSION, 2, 0, 0 },
    { "no version", "a", "{\"bomFormat\":\"CycloneDX\",\"components\":[]}", HM_FORMAT, DEFECT_SBOM, 0, 0, 0 },
    { "CycloneDX 1.2", "a", "{\"bomFormat\":\"CycloneDX\",\"specVersion\":\"1.2\",\"components\":[{\"name\":\"a\"}]}",
      HM_OK, DEFECT_NONE, 0, 1, 0 },
    { "a byte order mark", "a",
      "\xef\xbb\xbf{\"bomFormat\":\"CycloneDX\",\"specVersion\":\"1.7\",\"components\":[{\"name\":\"a\"}]}", HM_OK,
      DEFECT_NONE, 0, 1, 0 },
    { "CycloneDX 1.0", "a",
      "<bom xmlns=\"http://cyclonedx.org/schema/bom/1.0\"><components><component type=\"library\"><name>a</name>"
      "</component></components></bom>",
      HM_OK, DEFECT_NONE, 0, 1, 0 },
    { "SPDX 2.2", "a", "SPDXVersion: SPDX-2.2\nPackageName: a\n", HM_OK, DEFECT_NONE, 0, 1, 0 },
    { "YAML", "a.spdx.yaml", "spdxVersion: SPDX-2.3\npackages:\n- name: a\n", HM_OK, DEFECT_NONE, 0, 1, 0 },
    { "a statement", "a",
      "{\"_type\":\"x\",\"predicateType\":\"y\",\"predicate\":{\"spdxVersion\":\"SPDX-2.3\",\"packages\":[{\"name\":\"a\","
      "\"comment\":\"c\"}]}}",
      HM_OK, DEFECT_NONE, 0, 1, 0 },
    { "bad components", "a",
      "{\"bomFormat\":\"CycloneDX\",\"specVersion\":\"1.5\",\"components\":[7,{},{\"name\":\"a\",\"bom-ref\":\"r\"},"
      "{\"name\":\"b\",\"bom-ref\":\"r\",\"purl\":\"pkg:\"}]}",
      HM_OK, DEFECT_NONE, 0, 2, 4 },
    { "components of another type", "a", "{\"bomFormat\":\"CycloneDX\",\"specVersion\":\"1.5\",\"components\":{}}",
      HM_OK, DEFECT_NONE, 0, 0, 1 },
    { "packages of another type", "a", "{\"spdxVersion\":\"SPDX-2.3\",\"packages\":{\"a\":1}}", HM_OK, DEFECT_NONE, 0,
      0, 1 },
    { "a text without end", "a", "SPDXVersion: SPDX-2.3\nPackageName: a\nPackageComment: <text>x\n", HM_OK, DEFECT_NONE,
      0, 1, 1 },
    { "a text that begins on the next line", "a", "SPDXVersion: SPDX-2.3\nPackageName: <text>\na\n</text>\n", HM_OK,
      DEFECT_NONE, 0, 1, 0 },
    { "a text that ends on an empty line", "a", "SPDXVersion: <text>\n</text>\n", HM_FORMAT, DEFECT_SBOM, 0, 0, 0 },
    { "a line that is none", "a", "SPDXVersion: SPDX-2.3\nhello\nPackageName: a\n", HM_OK, DEFECT_NONE, 0, 1, 1 },
};

TEST(sbom_forms)
{
    for (size_t i = 0; i < HM_COUNT(FORM); i++) {
        READ r = { 0 };
        CHECK(FORM[i].name, read_doc(&r, FORM[i].path, hm_str_c(FORM[i].in), true));
        CHECK_EQ(FORM[i].name, r.rc, FORM[i].rc);
        CHECK_EQ(FORM[i].name, r.err.defect, FORM[i].defect);
        CHECK_EQ(FORM[i].name, r.err.arg[0], FORM[i].arg);
        CHECK_EQ(FORM[i].name, r.p.comp_n, FORM[i].comps);
        CHECK_EQ(FORM[i].name, r.p.gap_n, FORM[i].gaps);
    }
}

TEST(sbom_raw_members)
{
    hm_str object = HM_STR("{ \"a\" : [1,{\"b\":\"}\\\"]\"}] ,\"c\":\"x\\\\\", \"d\":-1.5e3\n,\"e\":{}}");
    hm_str rest = part_sbom_raw_inside(object), key, value;
    static const char *const WANT[] = { "a", "[1,{\"b\":\"}\\\"]\"}]", "c", "\"x\\\\\"", "d", "-1.5e3", "e", "{}" };
    for (size_t i = 0; i < HM_COUNT(WANT); i += 2) {
        CHECK(WANT[i], part_sbom_raw_next(&rest, true, &key, &value));
        CHECK_STR(WANT[i], key, hm_str_c(WANT[i]));
        CHECK_STR(WANT[i], value, hm_str_c(WANT[i + 1]));
    }
    CHECK("end", !part_sbom_raw_next(&rest, true, &key, &value));
    CHECK_STR("get", part_sbom_raw_get(object, "d"), HM_STR("-1.5e3"));
    CHECK_EQ("absent", part_sbom_raw_get(object, "x").n, 0);
    rest = HM_STR("\"a\": ");
    CHECK("cut", !part_sbom_raw_next(&rest, true, &key, &value));
    rest = HM_STR("\"a");
    CHECK("cut in the key", !part_sbom_raw_next(&rest, true, &key, &value));
}

/* What has no field stays, with its place. */
TEST(sbom_extras)
{
    static const struct {
        const char *name, *in, *place, *raw;
        size_t n, at;
    } T[] = {
        { "CycloneDX JSON",
          "{\"bomFormat\":\"CycloneDX\",\"specVersion\":\"1.6\",\"serialNumber\":\"urn:x\",\"components\":[{\"name\":\"a\"},"
          "{\"name\":\"b\",\"components\":[{\"name\":\"c\",\"swid\":{\"t\":0.5}}]}]}",
          "p#/components/1/components/0", "{\"swid\":{\"t\":0.5}}", 2, 0 },
        { "of the document", "{\"bomFormat\":\"CycloneDX\",\"specVersion\":\"1.6\",\"serialNumber\":\"urn:x\"}",
          "p#/serialNumber", "\"urn:x\"", 1, 0 },
        { "CycloneDX XML",
          "<bom xmlns=\"http://cyclonedx.org/schema/bom/1.4\"><components><component type=\"library\"><name>a</name>"
          "<copyright>x &lt;y&gt;</copyright></component></components></bom>",
          "p#/components/0", "<copyright>x &lt;y></copyright>", 1, 0 },
        { "SPDX JSON", "{\"spdxVersion\":\"SPDX-2.3\",\"packages\":[{\"name\":\"a\",\"comment\":\"c\",\"x\":1}]}",
          "p#/packages/0", "{\"comment\":\"c\",\"x\":1}", 1, 0 },
        { "SPDX tag:value", "SPDXVersion: SPDX-2.3\nPackageName: a\nPackageSummary: s\n", "p#line 2",
          "PackageSummary: s\n", 1, 0 },
    };
    for (size_t i = 0; i < HM_COUNT(T); i++) {
        READ r = { 0 };
        CHECK(T[i].name, read_doc(&r, "p", hm_str_c(T[i].in), true));
        CHECK_EQ(T[i].name, r.p.extra_n, T[i].n);
        CHECK_STR(T[i].name, part_text(&r.p, r.p.extra[T[i].at].place), hm_str_c(T[i].place));
        CHECK_STR(T[i].name, part_text(&r.p, r.p.extra[T[i].at].raw), hm_str_c(T[i].raw));
    }
}

TEST(sbom_without_a_claim)
{
    READ r = { 0 };
    CHECK("read",
          read_doc(&r, "p",
                   HM_STR("{\"bomFormat\":\"CycloneDX\",\"specVersion\":\"1.6\",\"metadata\":{\"component\":{\"name\":"
                          "\"s\"}},\"components\":[{\"name\":\"a\"}]}"),
                   false));
    CHECK_EQ("components", r.p.comp_n, 2);
    CHECK_EQ("properties", r.p.prop_n, 0);
    for (size_t i = 0; i < r.p.comp_n; i++) {
        CHECK_EQ("flags", r.p.comp[i].flags & PART_F_CLAIMED, 0);
        CHECK_EQ("technique", r.p.evidence[i].technique, PART_T_MANIFEST);
    }
}

/* A thousand components that all name one another by a reference that is not there, and many levels. */
TEST(sbom_nested_and_many)
{
    TEST_BUF b = { 0 };
    size_t depth = 120, n = test_fault() ? 20 : 20000;
    READ r = { 0 }, q = { 0 };
    hm_buf_c(&b, "{\"bomFormat\":\"CycloneDX\",\"specVersion\":\"1.6\"");
    for (size_t i = 0; i < depth; i++)
        hm_buf_c(&b, ",\"components\":[{\"name\":\"n\"");
    for (size_t i = 0; i < depth; i++)
        hm_buf_c(&b, "}]");
    hm_buf_c(&b, "}");
    CHECK("deep", !b.bad && read_doc(&r, "p", hm_buf_view(&b), true));
    CHECK_EQ("deep", r.p.comp_n, depth);
    CHECK_EQ("edges", r.p.edge_n, depth - 1);
    hm_buf_reset(&b);
    hm_buf_c(&b, "SPDXVersion: SPDX-2.3\n");
    for (size_t i = 0; i < n; i++)
        hm_buf_c(&b, "PackageName: p\nSPDXID: A\nRelationship: A DEPENDS_ON NOASSERTION\nRelationship: A OTHER A\n");
    CHECK("many", !b.bad && read_doc(&q, "p", hm_buf_view(&b), true));
    CHECK_EQ("many", q.p.comp_n, n);
}
