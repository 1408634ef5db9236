/* plan - images in both forms, platforms, what is left out, and the way of a plan through bytes. */
#include "base/test.h"
#include "scan/plan.h"

/* digests that differ in their first digit */
#define REST "0000000000000000000000000000000000000000000000000000000000000000"
#define HEX(d) d "000000000000000000000000000000000000000000000000000000000000000"
#define SHA(d) "sha256:" HEX(d)
#define BLOB(d) "blobs/sha256/" HEX(d)
#define OCI_LAYER "application/vnd.oci.image.layer.v1.tar"
#define OCI_MANIFEST "application/vnd.oci.image.manifest.v1+json"
#define OCI_INDEX "application/vnd.oci.image.index.v1+json"
#define OCI_CONFIG "application/vnd.oci.image.config.v1+json"
#define DESC(type, d) "\"mediaType\":\"" type "\",\"digest\":\"" SHA(d) "\",\"size\":7"
#define PLATFORM(os, arch) "\"platform\":{\"os\":\"" os "\",\"architecture\":\"" arch "\"}"
#define MANIFEST(config, layers)                                                                                       \
    "{\"schemaVersion\":2,\"mediaType\":\"" OCI_MANIFEST                                                               \
    "\",\"config\":{" DESC(OCI_CONFIG, config) "},\"layers\":[" layers "]}"
#define CONFIG(arch, ids)                                                                                              \
    "{\"os\":\"linux\",\"architecture\":\"" arch                                                                       \
    "\",\"created\":\"2024-01-02T03:04:05Z\",\"config\":{\"Labels\":{\"a\":\"b\"}},"                                   \
    "\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[" ids "]},\"history\":[{\"created_by\":\"ADD /\"},{\"created_by\":" \
    "\"ENV x\",\"empty_layer\":true},{\"created_by\":\"RUN y\"}]}"
#define LAYOUT "{\"imageLayoutVersion\":\"1.0.0\"}"

typedef struct file {
    const char *path, *text;
} file;
enum { FILES = 12 };

/* What is known of a plan, as one line. */
static void say(const plan *p, hm_rc rc, const hm_err *e, hm_buf *out)
{
    static const char *const WHY[PLAN_CHOICES] = { "none", "asked", "machine", "only", "first" };
    static const char *const NOTE[PLAN_NOTE_KINDS] = { "need", "gap", "attest", "other" };
    hm_buf_c(out, rc == HM_OK ? WHY[p->choice] : hm_defect_name(e->defect));
    if (rc != HM_OK && e->at[0]) {
        hm_buf_byte(out, '(');
        hm_buf_c(out, e->at);
        hm_buf_byte(out, ')');
    }
    if (p->os.n) {
        hm_buf_byte(out, ' ');
        hm_buf_str(out, p->os);
        hm_buf_byte(out, '/');
        hm_buf_str(out, p->arch);
        hm_buf_c(out, p->variant.n ? "/" : "");
        hm_buf_str(out, p->variant);
    }
    for (size_t i = 0; i < p->layers; i++) {
        const plan_layer *l = &p->layer[i];
        hm_str short_path = hm_str_starts(l->path, HM_STR("blobs/sha256/")) ? hm_str_sub(l->path, 13, 1) : l->path;
        hm_buf_c(out, " [");
        hm_buf_str(out, short_path);
        hm_buf_byte(out, ':');
        hm_buf_str(out, hm_str_sub(l->digest, 7, 1));
        hm_buf_byte(out, ':');
        hm_buf_str(out, hm_str_sub(l->diff_id, 7, 1));
        hm_buf_byte(out, ':');
        hm_buf_str(out, l->created_by);
        hm_buf_c(out, l->foreign ? ":foreign]" : "]");
    }
    for (size_t i = 0; i < p->names; i++) {
        hm_buf_c(out, " =");
        hm_buf_str(out, p->name[i]);
    }
    hm_buf_c(out, " images ");
    hm_buf_u64(out, p->images);
    for (size_t i = 0; i < p->notes; i++) {
        hm_buf_c(out, "; ");
        hm_buf_c(out, p->note[i].kind == PLAN_GAP ? hm_defect_name(p->note[i].err.defect) : NOTE[p->note[i].kind]);
        hm_buf_byte(out, ' ');
        hm_buf_str(out, hm_str_starts(p->note[i].path, HM_STR("blobs/sha256/")) ? hm_str_sub(p->note[i].path, 13, 1)
                                                                                : p->note[i].path);
        if (p->note[i].kind == PLAN_ATTEST || p->note[i].kind == PLAN_OTHER) {
            hm_buf_byte(out, ' ');
            hm_buf_str(out, p->note[i].text);
        }
    }
}

/* Asks as the parent does, through bytes both ways. */
static void ask(test_ctx *t_, const char *name, const file *f, const char *wanted, bool final, const char *want)
{
    HM_AUTO(hm_arena_freep) hm_arena *a = hm_arena_new(8 << 20), *b = hm_arena_new(8 << 20);
    TEST_BUF q = { 0 }, out = { 0 }, line = { 0 };
    CHECK(name, a && b);
    scan_plan_ask(&q, final, hm_str_c(wanted), HM_STR("linux/amd64"));
    for (size_t i = 0; i < FILES && f[i].path; i++)
        scan_plan_ask_blob(&q, hm_str_c(f[i].path), hm_str_c(f[i].text));
    CHECK(name, !q.bad);
    jail_in in = { .extra = hm_buf_view(&q), .arena = a, .fd = -1 };
    hm_err e = { 0 }, e2 = { 0 };
    plan p = { 0 };
    hm_rc rc = scan_job_plan(&in, &out, &e);
    CHECK(name, rc != HM_NOMEM && !out.bad);
    CHECK_EQ(name, scan_plan_get(b, hm_buf_view(&out), &p, &e2), HM_OK);
    say(&p, rc, &e, &line);
    CHECK_STR(name, hm_buf_view(&line), hm_str_c(want));
}

#define TWO_LAYERS "{" DESC(OCI_LAYER "+gzip", "1") "},{" DESC(OCI_LAYER "+zstd", "2") "}"
#define TWO_IDS "\"" SHA("3") "\",\"" SHA("4") "\""
#define INDEX(rows) "{\"schemaVersion\":2,\"manifests\":[" rows "]}"

static const struct {
    const char *name;
    file f[FILES];
    const char *wanted, *want;
} T[] = {
    { "nothing", { { "oci-layout", LAYOUT }, { "index.json", INDEX("") } }, "", "image_none images 0" },
    { "no image at all", { { "manifest.json", "{\"name\":\"a web application\"}" } }, "", "image_none images 0" },
    { "one image, platform from the configuration",
      { { "oci-layout", LAYOUT },
        { "index.json",
          INDEX("{" DESC(OCI_MANIFEST, "a") ",\"annotations\":{\"org.opencontainers.image.ref.name\":\"t\"}}") },
        { BLOB("a"), MANIFEST("c", TWO_LAYERS) },
        { BLOB("c"), CONFIG("arm64", TWO_IDS) } },
      "",
      "only linux/arm64 [1:1:3:ADD /] [2:2:4:RUN y] =t images 1" },
    { "docker-archive, two images, shared layer",
      { { "manifest.json",
          "[{\"Config\":\"" HEX("c") ".json\",\"RepoTags\":[\"b:1\",\"a:1\",\"b:1\"],\"Layers\":[\"" HEX(
              "1") "/layer.tar\",\"x/layer.tar\"]},"
                   "{\"Config\":\"" HEX("d") ".json\",\"RepoTags\":null,\"Layers\":[\"x/layer.tar\"]}]" },
        { HEX("c") ".json", CONFIG("amd64", TWO_IDS) },
        { HEX("d") ".json", CONFIG("amd64", "\"" SHA("3") "\"") } },
      "",
      "machine linux/amd64 [" HEX("1") "/layer.tar::3:ADD /] [x/layer.tar::4:RUN y] =a:1 =b:1 images 2" },
    { "both forms of one image",
      { { "oci-layout", LAYOUT },
        { "index.json", INDEX("{" DESC(OCI_MANIFEST, "a") "}") },
        { "manifest.json", "[{\"Config\":\"" BLOB("c") "\",\"RepoTags\":[\"a:1\"],\"Layers\":[\"" BLOB("1") "\"]}]" },
        { BLOB("a"), MANIFEST("c", TWO_LAYERS) },
        { BLOB("c"), CONFIG("amd64", TWO_IDS) } },
      "",
      "only linux/amd64 [1:1:3:ADD /] [2:2:4:RUN y] =a:1 images 1" },
    { "index without its manifest, docker's form is there",
      { { "index.json", INDEX("{" DESC(OCI_MANIFEST, "a") "," PLATFORM("linux", "arm64") "}") },
        { "manifest.json", "[{\"Config\":\"" BLOB("c") "\",\"Layers\":[\"" BLOB("1") "\"]}]" },
        { BLOB("c"), CONFIG("amd64", "\"" SHA("3") "\"") } },
      "",
      "only linux/amd64 [1:1:3:] images 2" },
    { "nested index, the machine's platform",
      { { "index.json", INDEX("{" DESC(OCI_INDEX, "f") ",\"annotations\":{\"io.containerd.image.name\":\"r/n:1\"}}") },
        { BLOB("f"),
          INDEX("{" DESC(OCI_MANIFEST, "b") "," PLATFORM("linux", "arm64") "},{" DESC(OCI_MANIFEST, "a") "," PLATFORM(
              "linux",
              "amd64") "},"
                       "{" DESC(OCI_MANIFEST, "e") "," PLATFORM(
                           "unknown",
                           "unknown") ",\"annotations\":{"
                                      "\"vnd.docker.reference.type\":\"attestation-manifest\",\"vnd.docker.reference.digest\":\"" SHA(
                                          "a") "\"}}") },
        { BLOB("a"), MANIFEST("c", TWO_LAYERS) },
        { BLOB("b"), MANIFEST("d", TWO_LAYERS) },
        { BLOB("c"), CONFIG("amd64", TWO_IDS) },
        { BLOB("d"), CONFIG("arm64", TWO_IDS) },
        { BLOB("e"), "{\"schemaVersion\":2,\"layers\":[{\"digest\":\"" SHA(
                         "9") "\",\"annotations\":{\"in-toto.io/predicate-type\":"
                              "\"https://spdx.dev/Document\"}}]}" } },
      "",
      "machine linux/amd64 [1:1:3:ADD /] [2:2:4:RUN y] =r/n:1 images 2; attest 9 https://spdx.dev/Document" },
    { "asked for by another spelling",
      { { "index.json",
          INDEX(
              "{" DESC(OCI_MANIFEST, "b") ",\"platform\":{\"os\":\"linux\",\"architecture\":\"arm\",\"variant\":\"v6\"}},{" DESC(
                  OCI_MANIFEST, "a") "," PLATFORM("linux", "arm64") "}") },
        { BLOB("a"), MANIFEST("c", TWO_LAYERS) },
        { BLOB("c"), CONFIG("arm64", TWO_IDS) } },
      "linux/aarch64/v8",
      "asked linux/arm64 [1:1:3:ADD /] [2:2:4:RUN y] images 2" },
    { "asked for and not there",
      { { "index.json", INDEX("{" DESC(OCI_MANIFEST, "b") "," PLATFORM("linux", "s390x") "},{" DESC(
                            OCI_MANIFEST, "a") "," PLATFORM("linux", "arm64") "}") },
        { BLOB("a"), MANIFEST("c", TWO_LAYERS) } },
      "linux/riscv64",
      "image_platform(linux/s390x linux/arm64) images 2" },
    { "asked for, named, and its manifest left out",
      { { "index.json", INDEX("{" DESC(OCI_MANIFEST, "b") "," PLATFORM("linux", "s390x") "}") } },
      "linux/s390x",
      "image_blob(" BLOB("b") ") images 1" },
    { "no platform of this machine: the first that is there",
      { { "index.json",
          INDEX("{" DESC(OCI_MANIFEST, "b") "," PLATFORM("linux", "s390x") "},{" DESC(OCI_MANIFEST, "a") "," PLATFORM(
              "windows", "arm64") "},{" DESC(OCI_MANIFEST, "d") "," PLATFORM("plan9", "386") "}") },
        { BLOB("a"), MANIFEST("c", TWO_LAYERS) },
        { BLOB("d"), MANIFEST("c", TWO_LAYERS) },
        { BLOB("c"), CONFIG("arm64", TWO_IDS) } },
      "",
      "first windows/arm64 [1:1:3:ADD /] [2:2:4:RUN y] images 3" },
    { "an artifact and a signature are no images",
      { { "index.json", INDEX("{" DESC(OCI_MANIFEST, "a") "},{" DESC(OCI_MANIFEST, "b") "}") },
        { BLOB("a"), "{\"schemaVersion\":2,\"config\":{" DESC("application/vnd.cncf.helm.config.v1+json",
                                                              "c") "},\"layers\":[]}" },
        { BLOB("b"), "{\"schemaVersion\":2,\"config\":{" DESC(OCI_CONFIG, "c") "},\"layers\":[{" DESC(
                         "application/vnd.dev.cosign.simplesigning.v1+json", "5") "}]}" } },
      "",
      "image_none(application/vnd.cncf.helm.config.v1+json) images 0; other a application/vnd.cncf.helm.config.v1+json; other b "
      "application/vnd.dev.cosign.simplesigning.v1+json" },
    { "foreign layer, bad digest, configuration without enough ids",
      { { "index.json", INDEX("{" DESC(OCI_MANIFEST, "a") "}") },
        { BLOB("a"),
          MANIFEST("c", "{" DESC("application/vnd.docker.image.rootfs.foreign.diff.tar.gzip",
                                 "1") "},"
                                      "{\"digest\":\"sha256:../../etc/passwd\"},{" DESC(OCI_LAYER, "2") "}") },
        { BLOB("c"), CONFIG("amd64", TWO_IDS) } },
      "",
      "only linux/amd64 [1:1:::foreign] [2:2::] images 1; bad_value a; bad_value c" },
    { "schema 1",
      { { "index.json", INDEX("{" DESC("application/vnd.docker.distribution.manifest.v1+prettyjws", "a") "}") } },
      "",
      "image_old images 0; image_old a" },
    { "before manifest.json",
      { { "repositories", "{\"a\":{\"1\":\"x\"}}" } },
      "",
      "image_old images 0; image_old repositories" },
    { "paths that lead out",
      { { "manifest.json",
          "[{\"Config\":\"../c.json\",\"Layers\":[\"1/layer.tar\"]},{\"Config\":\"c.json\",\"Layers\":[\"/etc/x\",\"a/../b\",\"ok\"]}]" },
        { "c.json", "{\"os\":\"linux\",\"architecture\":\"amd64\"}" } },
      "",
      "only linux/amd64 [ok:::] images 1; bad_value manifest.json; bad_value manifest.json; bad_value manifest.json; "
      "bad_value c.json" },
    { "an index that names itself",
      { { "index.json", INDEX("{" DESC(OCI_INDEX, "f") "}") },
        { BLOB("f"), INDEX("{" DESC(OCI_INDEX, "f") "},{" DESC(OCI_MANIFEST, "a") "}") },
        { BLOB("a"), MANIFEST("c", "") } },
      "",
      "only images 1; image_blob c" },
    { "broken description",
      { { "index.json", INDEX("{" DESC(OCI_MANIFEST, "a") "}") }, { BLOB("a"), "{\"schemaVersion\":2," } },
      "",
      "image_blob(" BLOB("a") ") images 1; truncated a" },
    { "crane",
      { { "manifest.json",
          "[{\"Config\":\"" SHA("c") "\",\"RepoTags\":[\"r/n:1\"],\"Layers\":[\"" HEX("1") ".tar.gz\"]}]" },
        { SHA("c"), CONFIG("amd64", "\"" SHA("3") "\"") } },
      "",
      "only linux/amd64 [" HEX("1") ".tar.gz::3:] =r/n:1 images 1" },
};

TEST(plan_says_what_is_there)
{
    for (size_t i = 0; i < HM_COUNT(T); i++)
        ask(t_, T[i].name, T[i].f, T[i].wanted, true, T[i].want);
}

/* A directory is read by and by: each answer names what is to be read next. */
TEST(plan_asks_for_what_it_needs)
{
    file f[FILES] = {
        { "oci-layout", LAYOUT },
        { "index.json",
          INDEX("{" DESC(OCI_INDEX, "f") "},{" DESC(OCI_MANIFEST, "d") "," PLATFORM("linux", "arm64") "}") },
    };
    ask(t_, "index", f, "", false, "image_blob(" BLOB("f") ") images 1; need f");
    f[2] = (file){ BLOB("f"), INDEX("{" DESC(OCI_MANIFEST, "a") "," PLATFORM("linux", "amd64") "}") };
    ask(t_, "manifest", f, "", false, "image_blob(" BLOB("a") ") images 2; need a");
    f[3] = (file){ BLOB("a"), MANIFEST("c", TWO_LAYERS) };
    ask(t_, "configuration", f, "", false, "image_blob(" BLOB("c") ") linux/amd64 images 2; need c");
    f[4] = (file){ BLOB("c"), CONFIG("amd64", TWO_IDS) };
    ask(t_, "whole", f, "", false, "machine linux/amd64 [1:1:3:ADD /] [2:2:4:RUN y] images 2");
}

TEST(plan_bounds_depth_and_length)
{
    HM_AUTO(hm_arena_freep) hm_arena *a = hm_arena_new(64 << 20);
    plan_blob blob[12];
    CHECK("arena", a != NULL);
    for (size_t i = 0; i < HM_COUNT(blob); i++) { /* each leads to the next */
        char text[300], path[100];
        snprintf(path, sizeof path, "blobs/sha256/%064zx", i);
        snprintf(text, sizeof text,
                 "{\"schemaVersion\":2,\"manifests\":[{\"mediaType\":\"" OCI_INDEX "\",\"digest\":\"sha256:%064zx\"}]}",
                 i + 1);
        CHECK("text", hm_arena_dup(a, hm_str_c(i ? path : "index.json"), &blob[i].path) &&
                          hm_arena_dup(a, hm_str_c(text), &blob[i].bytes));
    }
    plan_question q = { .final = true, .blob = blob, .blobs = HM_COUNT(blob) };
    plan p = { 0 };
    hm_err e = { 0 };
    CHECK("none", scan_plan_make(a, &q, &p, &e) == HM_NOTFOUND);
    CHECK_EQ("notes", p.notes, 1);
    CHECK_EQ("depth", p.note[0].err.defect, DEFECT_TOO_DEEP);
    TEST_BUF many = { 0 };
    hm_buf_c(&many, "[{\"Config\":\"c.json\",\"Layers\":[\"a\"");
    for (size_t i = 0; i < 2000; i++)
        hm_buf_c(&many, ",\"a\"");
    hm_buf_c(&many, "]}]");
    CHECK("many", !many.bad);
    blob[0] = (plan_blob){ HM_STR("manifest.json"), hm_buf_view(&many) };
    blob[1] = (plan_blob){ HM_STR("c.json"), HM_STR("{}") };
    q.blobs = 2;
    CHECK_EQ("read", scan_plan_make(a, &q, &p, &e), HM_OK);
    CHECK_EQ("layers", p.layers, PLAN_LAYERS);
    CHECK_EQ("said", p.note[0].err.defect, DEFECT_TOO_MANY);
}

TEST(plan_decoder_refuses)
{
    static const struct {
        const char *name;
        hm_str in;
    } BAD[] = {
        { "empty", { "", 0 } },
        { "no head", { "\3\0\0\0\0", 5 } },
        { "short", { "\1\7\0\0\0\0", 6 } },
        { "choice", { "\1\45\0\0\0\11\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 42 } },
    };
    HM_AUTO(hm_arena_freep) hm_arena *a = hm_arena_new(1 << 20);
    CHECK("arena", a != NULL);
    for (size_t i = 0; i < HM_COUNT(BAD); i++) {
        plan p = { 0 };
        hm_err e = { 0 };
        CHECK_EQ(BAD[i].name, scan_plan_get(a, BAD[i].in, &p, &e), HM_FORMAT);
        CHECK_EQ(BAD[i].name, e.defect, DEFECT_WORKER_REPLY);
    }
}

/* Each plan is whole but for one thing. */
TEST(plan_decoder_refuses_what_it_holds)
{
    static char long_text[PLAN_TEXT + 2];
    const plan_layer layer[] = { { .path = HM_STR("a") },
                                 { .path = HM_STR("..") },
                                 { .path = HM_STR("/a") },
                                 { .path = HM_STR("a//b") },
                                 { .path = HM_STR("a/../b") },
                                 { .path = { "a\0b", 3 } },
                                 { .path = HM_NONE },
                                 { .path = HM_STR("a"), .digest = HM_STR("sha256:x") },
                                 { .path = HM_STR("a"), .diff_id = HM_STR("x") },
                                 { .path = HM_STR("a"), .created_by = { long_text, sizeof long_text } } };
    const plan_note note[] = { { .kind = PLAN_NEED, .path = HM_STR("a") },
                               { .kind = PLAN_NEED },
                               { .kind = PLAN_NEED, .path = HM_STR("../a") },
                               { .kind = PLAN_NOTE_KINDS },
                               { .kind = PLAN_GAP },
                               { .kind = PLAN_GAP, .err = { .rc = HM_FORMAT, .defect = HM_DEFECT_COUNT } } };
    for (size_t i = 0; i < HM_COUNT(layer) + HM_COUNT(note) + 2; i++) {
        HM_AUTO(hm_arena_freep) hm_arena *a = hm_arena_new(1 << 20);
        TEST_BUF out = { 0 };
        plan p = { .choice = PLAN_ONLY }, got = { 0 };
        size_t k = i < HM_COUNT(layer) ? SIZE_MAX : i - HM_COUNT(layer);
        if (i < HM_COUNT(layer)) {
            p.layer = &layer[i];
            p.layers = 1;
        } else if (k < HM_COUNT(note)) {
            p.note = &note[k];
            p.notes = 1;
        } else if (k == HM_COUNT(note))
            p.id = HM_STR("sha256:..");
        else { /* layers of no image */
            p = (plan){ .layer = layer, .layers = 1 };
        }
        scan_plan_put(&out, &p);
        hm_err e = { 0 };
        CHECK("arena", a && !out.bad);
        CHECK_EQ("refused", scan_plan_get(a, hm_buf_view(&out), &got, &e), i == 0 || k == 0 ? HM_OK : HM_FORMAT);
    }
}

TEST(plan_digest_syntax)
{
    static const char *const GOOD[] = { SHA("a"), "sha512:" REST REST, "multihash+base58:QmRZxt2b1FVZ",
                                        "sha256+b64u:LCa0a2j_xo" };
    static const char *const BAD[] = {
        "",       "sha256", "sha256:", ":" REST, "sha256:abc",  "sha256:" REST "0", "SHA256:" REST, "sha256:../../x",
        "a..b:1", "a+:1",   "+a:1",    "x:a/b",  "sha512:" REST
    };
    for (size_t i = 0; i < HM_COUNT(GOOD); i++)
        CHECK(GOOD[i], scan_plan_digest_ok(hm_str_c(GOOD[i])));
    for (size_t i = 0; i < HM_COUNT(BAD); i++)
        CHECK(BAD[i], !scan_plan_digest_ok(hm_str_c(BAD[i])));
}
