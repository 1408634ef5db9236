/* pack - what is built reads back; a block that breaks any invariant is refused. */
#include "base/test.h"
#include "part/part.h"

static void build_small(part_build *b)
{
    part_build_detector(b, 3);
    uint32_t app = part_add(b, &(part_desc){ .kind = PART_APPLICATION,
                                             .eco = PART_ECO_NPM,
                                             .name = HM_STR("app"),
                                             .version = HM_STR("1.0.0"),
                                             .flags = PART_F_SUBJECT });
    uint32_t lib = part_add(b, &(part_desc){ .eco = PART_ECO_NPM,
                                             .ns = HM_STR("@s"),
                                             .name = HM_STR("lib"),
                                             .version = HM_STR("2.0.0"),
                                             .licence = HM_STR("MIT") });
    uint32_t dev = part_add(b, &(part_desc){ .eco = PART_ECO_NPM, .name = HM_STR("dev"), .scope = PART_SCOPE_DEV });
    part_add_edge(b, app, dev, PART_SCOPE_DEV);
    part_add_edge(b, lib, dev, PART_SCOPE_RUNTIME);
    part_add_edge(b, app, lib, PART_SCOPE_RUNTIME);
    part_add_edge(b, app, dev, PART_SCOPE_RUNTIME);
    part_add_edge(b, app, app, PART_SCOPE_RUNTIME);
    part_add_evidence(b, dev, HM_STR("b"), PART_T_MANIFEST, 100, 7);
    part_add_evidence(b, app, HM_STR("a"), PART_T_MANIFEST, 250, 0);
    part_add_integrity(b, lib, HM_STR("sha1-qUqP5cyxm6YcTAhz05Hph5gvu9M= md5-nope sha512-!!"));
    part_add_digest(b, lib, PART_SHA1, HM_STR("A94A8FE5CCB19BA61C4C0873D391E987982FBBD3"));
    part_add_digest(b, lib, PART_SHA1, HM_STR("xyz"));
    part_add_prop(b, lib, HM_STR("k"), HM_STR("v"));
    part_add_prop(b, lib, HM_STR("k"), HM_NONE);
    part_add_need(b, lib, PART_SCOPE_RUNTIME, PART_FIND_UP, 1, PART_ECO_NPM, HM_STR("node_modules/lib"), HM_STR("x"));
    part_add_provide(b, lib, HM_STR("node_modules"), HM_STR("@s/lib"));
    part_add_claim(b, PART_ECO_DEB, HM_NONE, HM_STR("foo"), PART_CLAIM_LICENCE, HM_STR("MIT"));
    part_add_owned(b, PART_ECO_DEB, HM_STR("usr/x"), HM_STR("foo"));
    hm_err e = { 0 };
    hm_fail(&e, HM_FORMAT, DEFECT_JSON_SYNTAX, HM_PLACE_BYTE, 42, 9);
    memcpy(e.at, "here", 5);
    part_add_gap(b, HM_STR("broken.json"), &e);
    part_add_extra(b, PART_NO, PART_FMT_CYCLONEDX_JSON, HM_STR("/x"), HM_STR("{}"));
}

TEST(pack_round_trip)
{
    HM_AUTO(part_build_freep) part_build *b = part_build_new(1 << 20);
    CHECK("new", b != NULL);
    build_small(b);
    hm_str block;
    hm_err e = { 0 };
    CHECK_EQ("finish", part_build_finish(b, &block, &e), HM_OK);
    part_pack p;
    CHECK_EQ("open", part_pack_open(block, &p, &e), HM_OK);
    CHECK_EQ("components", p.comp_n, 3);
    CHECK_STR("name", part_text(&p, p.comp[1].name), HM_STR("lib"));
    CHECK_STR("namespace", part_text(&p, p.comp[1].ns), HM_STR("@s"));
    CHECK_EQ("edges of app", p.comp[0].edge_count, 2);
    CHECK_EQ("sorted", p.edge[0].to, 1);
    CHECK_EQ("united", p.edge[1].to, 2);
    CHECK_EQ("stronger scope", p.edge[1].scope, PART_SCOPE_RUNTIME);
    CHECK_EQ("evidence", p.comp[0].evidence_count, 1);
    CHECK_STR("evidence path", part_text(&p, p.evidence[p.comp[2].evidence_first].path), HM_STR("b"));
    CHECK_EQ("confidence capped", p.evidence[0].confidence, 100);
    CHECK_EQ("detector", p.evidence[0].detector, 3);
    CHECK_EQ("digests", p.comp[1].digest_count, 2);
    CHECK_STR("decoded", part_text(&p, p.digest[0].hex), HM_STR("a94a8fe5ccb19ba61c4c0873d391e987982fbbd3"));
    CHECK_STR("lower case", part_text(&p, p.digest[1].hex), part_text(&p, p.digest[0].hex));
    CHECK_EQ("props", p.prop_n, 1);
    CHECK_EQ("gap", p.gap_n, 1);
    hm_err back;
    part_gap_err(&p, &p.gap[0], &back);
    CHECK_EQ("gap place", back.place, 42);
    CHECK_STR("gap at", hm_str_c(back.at), HM_STR("here"));
    part_build_reset(b, 1 << 20);
    CHECK_EQ("reset", part_build_count(b), 0);
    build_small(b);
    hm_str again;
    CHECK_EQ("again", part_build_finish(b, &again, &e), HM_OK);
    CHECK_EQ("same size", again.n, sizeof(char) * again.n);
}

TEST(pack_refuses_what_is_not_whole)
{
    HM_AUTO(part_build_freep) part_build *b = part_build_new(1 << 20);
    CHECK("new", b != NULL);
    build_small(b);
    hm_str block;
    hm_err e = { 0 };
    CHECK_EQ("finish", part_build_finish(b, &block, &e), HM_OK);
    char *copy = calloc(1, block.n);
    CHECK("memory", copy != NULL);
    part_pack p;
    size_t refused = 0;
    for (size_t n = 0; n < block.n; n++) {
        memcpy(copy, block.p, block.n);
        refused += part_pack_open((hm_str){ copy, n }, &p, NULL) != HM_OK;
    }
    size_t short_blocks = block.n;
    /* Every single byte changed: whatever still opens must be safe to read, which the sanitizers watch. */
    size_t opened = 0;
    for (size_t i = 0; i < block.n; i++) {
        memcpy(copy, block.p, block.n);
        copy[i] = (char)(copy[i] ^ 0x41);
        if (part_pack_open((hm_str){ copy, block.n }, &p, NULL) != HM_OK)
            continue;
        opened++;
        for (size_t k = 0; k < p.comp_n; k++)
            (void)part_text(&p, p.comp[k].name);
    }
    size_t total = block.n;
    free(copy);
    CHECK_EQ("every cut is refused", refused, short_blocks);
    CHECK("most changes are refused", opened < total / 2);
}

/* One component's row ends in the middle of eight bytes: the gap behind it belongs to nobody and must stay empty. */
TEST(pack_padding_is_zero)
{
    HM_AUTO(part_build_freep) part_build *b = part_build_new(1 << 20);
    CHECK("new", b != NULL);
    uint32_t c = part_add(b, &(part_desc){ .name = HM_STR("x") });
    part_add_evidence(b, c, HM_STR("p"), PART_T_OTHER, 1, 0);
    hm_str block;
    part_pack p;
    CHECK_EQ("finish", part_build_finish(b, &block, NULL), HM_OK);
    CHECK_EQ("whole", part_pack_open(block, &p, NULL), HM_OK);
    size_t end = (size_t)((const char *)(p.comp + 1) - block.p), next = (size_t)((const char *)p.evidence - block.p);
    CHECK_EQ("a hole", next - end, 4);
    for (size_t i = end; i < next; i++) {
        char *hole = (char *)(uintptr_t)block.p + i;
        *hole = 1;
        CHECK("refused", part_pack_open(block, &p, NULL) != HM_OK);
        *hole = 0;
    }
    CHECK_EQ("whole again", part_pack_open(block, &p, NULL), HM_OK);
}

/* The path of a file comes with each of its dependencies: it is stored once, as long as paths may be. */
TEST(pack_long_paths_are_stored_once)
{
    HM_AUTO(part_build_freep) part_build *b = part_build_new(1 << 20);
    char path[4095];
    memset(path, 'a', sizeof path);
    CHECK("new", b != NULL);
    uint32_t c = part_add(b, &(part_desc){ .name = HM_STR("x") });
    for (int i = 0; i < 200; i++)
        part_add_need(b, c, PART_SCOPE_RUNTIME, PART_FIND_UP, 0, PART_ECO_NPM, (hm_str){ path, sizeof path },
                      HM_STR("y"));
    hm_str block;
    CHECK_EQ("finish", part_build_finish(b, &block, NULL), HM_OK);
    CHECK("small", block.n < 20000);
}

TEST(pack_budget)
{
    HM_AUTO(part_build_freep) part_build *b = part_build_new(2000);
    CHECK("new", b != NULL);
    for (int i = 0; i < 100; i++) {
        uint32_t c = part_add(b, &(part_desc){ .name = HM_STR("x") });
        part_add_evidence(b, c, HM_STR("p"), PART_T_OTHER, 1, 0);
    }
    hm_str block;
    hm_err e = { 0 };
    CHECK_EQ("over", part_build_finish(b, &block, &e), HM_LIMIT);
    CHECK_EQ("defect", e.defect, DEFECT_BUDGET);
}

TEST(pack_many_strings_stay_distinct)
{
    HM_AUTO(part_build_freep) part_build *b = part_build_new(8 << 20);
    CHECK("new", b != NULL);
    int n = test_fault() ? 200 : 5000;
    for (int i = 0; i < n; i++) {
        char name[16];
        int len = snprintf(name, sizeof name, "n%d", i);
        part_add(b, &(part_desc){ .name = { name, (size_t)len }, .version = HM_STR("1") });
    }
    hm_str block;
    hm_err e = { 0 };
    CHECK_EQ("finish", part_build_finish(b, &block, &e), HM_OK);
    part_pack p;
    CHECK_EQ("open", part_pack_open(block, &p, &e), HM_OK);
    for (int i = 0; i < n; i++) {
        char name[16];
        int len = snprintf(name, sizeof name, "n%d", i);
        CHECK_STR("name", part_text(&p, p.comp[i].name), ((hm_str){ name, (size_t)len }));
        CHECK_EQ("interned", p.comp[i].version.at, p.comp[0].version.at);
    }
}
