/* merge - one component per id, claims, ownership, edges across documents, gaps; the order of answers never shows. */
#include "base/limits.h"
#include "base/test.h"
#include "scan/scan_int.h"

typedef struct world {
    scan_collect c;
    part_build *gathered, *out;
    part_pack p;
} world;

static void world_clear(world *w)
{
    scan_collect_clear(&w->c);
    pthread_mutex_destroy(&w->c.mu);
    part_build_free(w->gathered);
    part_build_free(w->out);
}
#define WORLD HM_AUTO(world_clear) world
#define WORLD_EMPTY                                                                                                    \
    {                                                                                                                  \
        .c = {.mu = PTHREAD_MUTEX_INITIALIZER }                                                                        \
    }

typedef void fill_fn(part_build *b);

/* One answered document, as the pool's thread would hand it over. */
static bool answer(world *w, const char *path, uint16_t detector, uint16_t root_n, fill_fn *fill)
{
    HM_AUTO(part_build_freep) part_build *b = part_build_new(1 << 20);
    scan_hit hit = { .detector = detector, .root_n = root_n };
    size_t doc = scan_collect_doc(&w->c, hm_str_c(path), &hit);
    hm_str block;
    if (!b || doc == SIZE_MAX)
        return false;
    part_build_detector(b, detector);
    fill(b);
    if (part_build_finish(b, &block, NULL) != HM_OK)
        return false;
    jail_reply r = { .tag = doc, .bytes = block };
    scan_collect_done(&w->c, &r);
    return !w->c.nomem;
}

static bool finish(world *w)
{
    hm_str block;
    part_pack g;
    w->gathered = part_build_new(1 << 22);
    w->out = part_build_new(1 << 22);
    return w->gathered && w->out && scan_gather(&w->c, w->gathered, NULL) == HM_OK &&
           part_build_finish(w->gathered, &block, NULL) == HM_OK && part_pack_open(block, &g, NULL) == HM_OK &&
           scan_merge_pack(&g, w->out, NULL) == HM_OK && part_build_finish(w->out, &block, NULL) == HM_OK &&
           part_pack_open(block, &w->p, NULL) == HM_OK;
}

static size_t find(const world *w, const char *name)
{
    for (size_t i = 0; i < w->p.comp_n; i++)
        if (hm_str_is(part_text(&w->p, w->p.comp[i].name), name))
            return i;
    return SIZE_MAX;
}

static bool has_edge(const world *w, const char *from, const char *to)
{
    size_t f = find(w, from), t = find(w, to);
    if (f == SIZE_MAX || t == SIZE_MAX)
        return false;
    const part_comp *c = &w->p.comp[f];
    for (size_t i = 0; i < c->edge_count; i++)
        if (w->p.edge[c->edge_first + i].to == t)
            return true;
    return false;
}

static void os_debian(part_build *b)
{
    uint32_t c = part_add(b, &(part_desc){ .kind = PART_OS, .name = HM_STR("debian"), .version = HM_STR("12") });
    part_add_evidence(b, c, HM_STR("etc/os-release"), PART_T_MANIFEST, 100, 0);
}

static void deb(part_build *b, const char *name, const char *arch, uint32_t *ret)
{
    hm_buf q = { 0 };
    part_qual_add(&q, HM_STR("arch"), hm_str_c(arch));
    uint32_t c = part_add(b, &(part_desc){ .eco = PART_ECO_DEB,
                                           .name = hm_str_c(name),
                                           .version = HM_STR("1.0-1"),
                                           .quals = hm_buf_view(&q),
                                           .flags = PART_F_DEPS_KNOWN });
    hm_buf_clear(&q);
    part_add_evidence(b, c, HM_STR("var/lib/dpkg/status"), PART_T_MANIFEST, 100, 1);
    part_add_provide(b, c, HM_NONE, hm_str_c(name));
    *ret = c;
}

static void status(part_build *b)
{
    uint32_t a, i386, x, y, virtual;
    deb(b, "app", "amd64", &a);
    deb(b, "libx", "i386", &i386);
    deb(b, "libx", "amd64", &x);
    deb(b, "python3-thing", "all", &y);
    deb(b, "postfix", "amd64", &virtual);
    part_add_provide(b, virtual, HM_NONE, HM_STR("mail-transport-agent"));
    part_add_need(b, a, PART_SCOPE_RUNTIME, PART_FIND_HERE, 1, PART_ECO_DEB, HM_NONE, HM_STR("libx"));
    part_add_need(b, a, PART_SCOPE_RUNTIME, PART_FIND_HERE, 2, PART_ECO_DEB, HM_NONE, HM_STR("exim"));
    part_add_need(b, a, PART_SCOPE_RUNTIME, PART_FIND_HERE, 2, PART_ECO_DEB, HM_NONE, HM_STR("mail-transport-agent"));
    part_add_need(b, y, PART_SCOPE_RUNTIME, PART_FIND_HERE, 1, PART_ECO_DEB, HM_NONE, HM_STR("nowhere"));
}

static void thing(part_build *b)
{
    uint32_t c = part_add(b, &(part_desc){ .eco = PART_ECO_PYPI, .name = HM_STR("Thing"), .version = HM_STR("2") });
    part_add_evidence(b, c, HM_STR("usr/lib/python3/Thing-2.dist-info/METADATA"), PART_T_MANIFEST, 100, 0);
}

static void other(part_build *b)
{
    uint32_t c = part_add(b, &(part_desc){ .eco = PART_ECO_PYPI, .name = HM_STR("other"), .version = HM_STR("3") });
    part_add_evidence(b, c, HM_STR("opt/other.dist-info/METADATA"), PART_T_MANIFEST, 100, 0);
}

static void owners(part_build *b)
{
    part_add_owned(b, PART_ECO_DEB, HM_STR("lib/python3/Thing-2.dist-info/METADATA"), HM_STR("python3-thing"));
}

static void copyright(part_build *b)
{
    part_add_claim(b, PART_ECO_DEB, HM_NONE, HM_STR("libx"), PART_CLAIM_LICENCE, HM_STR("MIT"));
    part_add_claim(b, PART_ECO_DEB, HM_NONE, HM_STR("app"), PART_CLAIM_ALIAS, HM_STR("libx"));
    part_add_claim(b, PART_ECO_DEB, HM_NONE, HM_STR("postfix"), PART_CLAIM_ALIAS, HM_STR("postfix"));
}

static bool debian_world(world *w, bool backwards)
{
    static const struct {
        const char *path;
        fill_fn *fill;
    } D[] = { { "etc/os-release", os_debian },
              { "var/lib/dpkg/status", status },
              { "usr/lib/python3/Thing-2.dist-info/METADATA", thing },
              { "opt/other.dist-info/METADATA", other },
              { "var/lib/dpkg/info/python3-thing.list", owners },
              { "usr/share/doc/libx/copyright", copyright } };
    for (size_t i = 0; i < HM_COUNT(D); i++) {
        size_t k = backwards ? HM_COUNT(D) - 1 - i : i;
        if (!answer(w, D[k].path, 0, 0, D[k].fill))
            return false;
    }
    return finish(w);
}

TEST(merge_of_a_small_machine)
{
    WORLD w = WORLD_EMPTY;
    CHECK("built", debian_world(&w, false));
    CHECK_EQ("components", w.p.comp_n, 8);
    size_t app = find(&w, "app"), thing_at = find(&w, "Thing"), other_at = find(&w, "other");
    CHECK("found", app != SIZE_MAX && thing_at != SIZE_MAX && other_at != SIZE_MAX);
    CHECK_STR("distribution", part_text(&w.p, w.p.comp[app].distro), HM_STR("debian-12"));
    CHECK_STR("licence by alias", part_text(&w.p, w.p.comp[app].licence), HM_STR("MIT"));
    CHECK("managed", w.p.comp[thing_at].flags & PART_F_MANAGED);
    CHECK_EQ("owner", w.p.comp[thing_at].owner, find(&w, "python3-thing"));
    CHECK("not managed", !(w.p.comp[other_at].flags & PART_F_MANAGED) && w.p.comp[other_at].owner == PART_NO);
    CHECK("edge", has_edge(&w, "app", "libx"));
    CHECK_EQ("same architecture only", w.p.comp[app].edge_count, 2);
    CHECK("virtual package", has_edge(&w, "app", "postfix"));
    CHECK("all met", !(w.p.comp[app].flags & PART_F_DEPS_OPEN));
    CHECK("open", w.p.comp[find(&w, "python3-thing")].flags & PART_F_DEPS_OPEN);
}

TEST(merge_does_not_show_the_order_of_answers)
{
    WORLD a = WORLD_EMPTY;
    WORLD b = WORLD_EMPTY;
    CHECK("forwards", debian_world(&a, false));
    CHECK("backwards", debian_world(&b, true));
    CHECK_STR("same bytes", a.p.block, b.p.block);
}

/* A program whose note names a package: the source of what is installed, and one that is installed by that name. */
static void notes(part_build *b)
{
    static const char *const NAME[] = { "app-source", "app" };
    for (size_t i = 0; i < HM_COUNT(NAME); i++) {
        uint32_t c = part_add(b, &(part_desc){ .eco = PART_ECO_DEB,
                                               .name = hm_str_c(NAME[i]),
                                               .version = HM_STR("1.0-1"),
                                               .quals = HM_STR("arch=amd64"),
                                               .distro = HM_STR("debian-12") });
        part_add_evidence(b, c, HM_STR("usr/bin/app"), PART_T_BINARY, 90, 0);
    }
}

static void note_owners(part_build *b)
{
    part_add_owned(b, PART_ECO_DEB, HM_STR("usr/bin/app"), HM_STR("app"));
}

TEST(merge_sets_package_notes_below_the_package)
{
    WORLD w = WORLD_EMPTY;
    CHECK("built", answer(&w, "etc/os-release", 0, 0, os_debian) && answer(&w, "usr/bin/app", 0, 0, notes) &&
                       answer(&w, "var/lib/dpkg/status", 0, 0, status) &&
                       answer(&w, "var/lib/dpkg/info/app.list", 0, 0, note_owners) && finish(&w));
    size_t source = find(&w, "app-source"), app = find(&w, "app");
    CHECK("found", source != SIZE_MAX && app != SIZE_MAX);
    CHECK("managed", w.p.comp[source].flags & PART_F_MANAGED);
    CHECK_EQ("owner", w.p.comp[source].owner, app);
    CHECK("the package itself is not", !(w.p.comp[app].flags & PART_F_MANAGED));
    CHECK_EQ("both evidences", w.p.comp[app].evidence_count, 2);
}

static void lock(part_build *b)
{
    uint32_t app = part_add(b, &(part_desc){ .kind = PART_APPLICATION,
                                             .eco = PART_ECO_NPM,
                                             .flags = PART_F_SUBJECT,
                                             .name = HM_STR("app"),
                                             .version = HM_STR("1.0.0") });
    uint32_t x = part_add(b, &(part_desc){ .eco = PART_ECO_NPM,
                                           .name = HM_STR("x"),
                                           .version = HM_STR("1.0.0"),
                                           .scope = PART_SCOPE_DEV,
                                           .licence = HM_STR("MIT") });
    part_add_evidence(b, app, HM_STR("p/package-lock.json"), PART_T_MANIFEST, 100, 0);
    part_add_evidence(b, x, HM_STR("p/package-lock.json"), PART_T_MANIFEST, 100, 0);
    part_add_evidence(b, x, HM_STR("p/package-lock.json"), PART_T_MANIFEST, 100, 0);
    part_add_digest(b, x, PART_SHA1, HM_STR("a94a8fe5ccb19ba61c4c0873d391e987982fbbd3"));
    part_add_edge(b, app, x, PART_SCOPE_DEV);
}

static void installed_x(part_build *b)
{
    uint32_t x = part_add(b, &(part_desc){ .eco = PART_ECO_NPM,
                                           .name = HM_STR("x"),
                                           .version = HM_STR("1.0.0"),
                                           .scope = PART_SCOPE_RUNTIME,
                                           .author = HM_STR("me") });
    part_add_evidence(b, x, HM_STR("p/node_modules/x/package.json"), PART_T_MANIFEST, 100, 0);
    part_add_digest(b, x, PART_SHA1, HM_STR("a94a8fe5ccb19ba61c4c0873d391e987982fbbd3"));
    part_add_provide(b, x, HM_STR("p/node_modules"), HM_STR("x"));
    part_add_need(b, x, PART_SCOPE_RUNTIME, PART_FIND_UP, 1, PART_ECO_NPM, HM_STR("p/node_modules/x"), HM_STR("y"));
}

static void installed_y(part_build *b)
{
    uint32_t y = part_add(b, &(part_desc){ .eco = PART_ECO_NPM, .name = HM_STR("y"), .version = HM_STR("2.0.0") });
    part_add_evidence(b, y, HM_STR("node_modules/y/package.json"), PART_T_MANIFEST, 100, 0);
    part_add_provide(b, y, HM_STR("node_modules"), HM_STR("y"));
}

TEST(merge_unites_lock_and_installed)
{
    WORLD w = WORLD_EMPTY;
    CHECK("lock", answer(&w, "p/package-lock.json", 1, 0, lock));
    CHECK("x", answer(&w, "p/node_modules/x/package.json", 2, 0, installed_x));
    CHECK("y", answer(&w, "node_modules/y/package.json", 2, 0, installed_y));
    CHECK("merged", finish(&w));
    CHECK_EQ("components", w.p.comp_n, 3);
    const part_comp *x = &w.p.comp[find(&w, "x")];
    CHECK_EQ("evidence", x->evidence_count, 2);
    CHECK_EQ("digest once", x->digest_count, 1);
    CHECK_EQ("scope", x->scope, PART_SCOPE_RUNTIME);
    CHECK_STR("licence", part_text(&w.p, x->licence), HM_STR("MIT"));
    CHECK_STR("author", part_text(&w.p, x->author), HM_STR("me"));
    CHECK_STR("subject's place", part_text(&w.p, w.p.comp[find(&w, "app")].env), HM_STR("p"));
    CHECK("upwards", has_edge(&w, "x", "y"));
    CHECK("root", has_edge(&w, "app", "x"));
}

TEST(merge_keeps_gaps)
{
    WORLD w = WORLD_EMPTY;
    scan_hit hit = { 0 };
    hm_err e;
    hm_fail(&e, HM_FORMAT, DEFECT_JSON_SYNTAX, HM_PLACE_BYTE, 7, 0);
    size_t z = scan_collect_doc(&w.c, HM_STR("z"), &hit);
    CHECK("doc", z != SIZE_MAX);
    scan_collect_err(&w.c, z, &e);
    size_t bad = scan_collect_doc(&w.c, HM_STR("bad"), &hit);
    CHECK("doc", bad != SIZE_MAX);
    char garbage[64] = "HMPPgarbage";
    jail_reply r = { .tag = bad, .bytes = { garbage, sizeof garbage } };
    scan_collect_done(&w.c, &r);
    CHECK("merged", finish(&w));
    CHECK_EQ("gaps", w.p.gap_n, 2);
    CHECK_STR("sorted", part_text(&w.p, w.p.gap[0].path), HM_STR("bad"));
    CHECK_EQ("reply", w.p.gap[0].defect, DEFECT_WORKER_REPLY);
    CHECK_EQ("place", w.p.gap[1].place, 7);
}

TEST(wanted_is_sorted_and_below_the_root)
{
    WORLD w = WORLD_EMPTY;
    CHECK("thing", answer(&w, "b", 0, 0, thing));
    CHECK("other", answer(&w, "a", 0, 0, other));
    CHECK("status", answer(&w, "s", 0, 0, status));
    TEST_BUF out = { 0 };
    HM_AUTO(scan_paths_clear) scan_paths found = { 0 };
    CHECK_EQ("found", scan_paths_of(&w.c, &found, NULL), HM_OK);
    CHECK_EQ("wanted", scan_wanted(&found, HM_NONE, true, &out, NULL), HM_OK);
    CHECK_STR("paths", hm_buf_view(&out),
              HM_STR("lib/python3/Thing-2.dist-info/METADATA\0opt/other.dist-info/METADATA\0"
                     "usr/lib/python3/Thing-2.dist-info/METADATA\0"));
    hm_buf_reset(&out);
    CHECK_EQ("wanted", scan_wanted(&found, HM_STR("opt"), false, &out, NULL), HM_OK);
    CHECK_STR("below opt", hm_buf_view(&out), HM_STR("other.dist-info/METADATA\0"));
    hm_buf_reset(&out);
    CHECK_EQ("wanted", scan_wanted(&found, HM_NONE, false, &out, NULL), HM_OK);
    CHECK_STR("as they are", hm_buf_view(&out),
              HM_STR("opt/other.dist-info/METADATA\0usr/lib/python3/Thing-2.dist-info/METADATA\0"));
    hm_buf_reset(&out);
    CHECK_EQ("wanted", scan_wanted(&found, HM_STR("op"), true, &out, NULL), HM_OK);
    CHECK_STR("a name is no folder", hm_buf_view(&out), HM_NONE);
}

enum { CROWD = LIMIT_PROVIDERS + 40 };

/* Everybody provides and needs one virtual name. */
static void crowd(part_build *b)
{
    hm_buf name = { 0 };
    for (uint64_t i = 0; i < CROWD; i++) {
        hm_buf_reset(&name);
        hm_buf_c(&name, "p");
        hm_buf_u64(&name, i);
        uint32_t c = part_add(b, &(part_desc){ .eco = PART_ECO_DEB,
                                               .name = hm_buf_view(&name),
                                               .version = HM_STR("1"),
                                               .flags = PART_F_DEPS_KNOWN });
        part_add_provide(b, c, HM_NONE, hm_buf_view(&name));
        part_add_provide(b, c, HM_NONE, HM_STR("x"));
        if (i == CROWD - 1)
            part_add_provide(b, c, HM_NONE, HM_STR("rare"));
        for (uint32_t k = 1; k <= 3; k++) /* x | x | x */
            part_add_need(b, c, PART_SCOPE_RUNTIME, PART_FIND_HERE, 1, PART_ECO_DEB, HM_NONE, HM_STR("x"));
    }
    uint32_t user = part_add(
        b, &(part_desc){
               .eco = PART_ECO_DEB, .name = HM_STR("user"), .version = HM_STR("1"), .flags = PART_F_DEPS_KNOWN });
    part_add_need(b, user, PART_SCOPE_RUNTIME, PART_FIND_HERE, 1, PART_ECO_DEB, HM_NONE, HM_STR("rare"));
    hm_buf_clear(&name);
}

/* An archive with more in it than a name has providers, and one with nothing in it. */
static void contents(part_build *b)
{
    hm_buf name = { 0 };
    for (uint64_t i = 0; i < CROWD + 2; i++) {
        hm_buf_reset(&name);
        hm_buf_c(&name, "j");
        hm_buf_u64(&name, i);
        uint32_t c = part_add(b, &(part_desc){ .eco = PART_ECO_MAVEN,
                                               .ns = HM_STR("g"),
                                               .name = hm_buf_view(&name),
                                               .version = HM_STR("1"),
                                               .flags = PART_F_DEPS_KNOWN });
        part_add_need(b, c, PART_SCOPE_RUNTIME, PART_FIND_ALL, 0, PART_ECO_MAVEN,
                      i ? hm_buf_view(&name) : HM_STR("a.war"), HM_STR("!"));
        if (i && i <= CROWD)
            part_add_provide(b, c, HM_STR("a.war"), HM_STR("!"));
    }
    hm_buf_clear(&name);
}

TEST(merge_links_all_that_an_archive_contains)
{
    WORLD w = WORLD_EMPTY;
    CHECK("answer", answer(&w, "s", 0, 0, contents));
    CHECK("merged", finish(&w));
    CHECK_EQ("edges", w.p.edge_n, CROWD);
    for (size_t i = 0; i < w.p.comp_n; i++)
        CHECK("none is open", !(w.p.comp[i].flags & PART_F_DEPS_OPEN));
    for (size_t i = 0; i < w.p.edge_n; i++)
        CHECK_STR("from the archive", part_text(&w.p, w.p.comp[w.p.edge[i].comp].name), HM_STR("j0"));
}

static void crowd_and_x(part_build *b)
{
    crowd(b);
    uint32_t x = part_add(b, &(part_desc){ .eco = PART_ECO_DEB, .name = HM_STR("x"), .version = HM_STR("2") });
    part_add_provide(b, x, HM_NONE, HM_STR("x"));
}

TEST(merge_links_a_crowd_of_providers_only_so_far)
{
    WORLD w = WORLD_EMPTY, v = WORLD_EMPTY;
    CHECK("crowd", answer(&w, "s", 0, 0, crowd));
    CHECK("merged", finish(&w));
    size_t p9 = find(&w, "p9"), user = find(&w, "user");
    CHECK("there", p9 != SIZE_MAX && user != SIZE_MAX);
    CHECK("not all of them",
          w.p.comp[p9].edge_count == LIMIT_PROVIDERS || w.p.comp[p9].edge_count == LIMIT_PROVIDERS - 1);
    CHECK("and it says so", w.p.comp[p9].flags & PART_F_DEPS_OPEN);
    CHECK_EQ("one provider", w.p.comp[user].edge_count, 1);
    CHECK("all found", !(w.p.comp[user].flags & PART_F_DEPS_OPEN));
    /* who bears the name comes first, however many others there are and wherever it stands */
    CHECK("crowd", answer(&v, "s", 0, 0, crowd_and_x));
    CHECK("merged", finish(&v));
    p9 = find(&v, "p9");
    CHECK_EQ("the real one", v.p.comp[p9].edge_count, 1);
    CHECK_STR("is x", part_text(&v.p, v.p.comp[v.p.edge[v.p.comp[p9].edge_first].to].version), HM_STR("2"));
}

/* "x | x | x ..." of one package, provided by many: 5,000 times 64 edges would be 5 MB, more than the merged pack may
 * take here; each counts once. */
static void repeated(part_build *b)
{
    crowd(b);
    uint32_t c = part_add(b, &(part_desc){ .eco = PART_ECO_DEB, .name = HM_STR("again"), .version = HM_STR("1") });
    for (uint32_t i = 0; i < 5000; i++)
        part_add_need(b, c, i ? PART_SCOPE_OPTIONAL : PART_SCOPE_RUNTIME, PART_FIND_HERE, 1, PART_ECO_DEB, HM_NONE,
                      HM_STR("x"));
}

TEST(merge_takes_repeated_alternatives_once)
{
    WORLD w = WORLD_EMPTY;
    CHECK("repeated", answer(&w, "s", 0, 0, repeated));
    CHECK("merged", finish(&w));
    size_t again = find(&w, "again");
    CHECK("there", again != SIZE_MAX);
    CHECK_EQ("edges", w.p.comp[again].edge_count, LIMIT_PROVIDERS);
    CHECK_EQ("the strongest scope", w.p.edge[w.p.comp[again].edge_first].scope, PART_SCOPE_RUNTIME);
}

/* ---- what a worker under foreign control may answer, and what one scan keeps ---------------------------------------- */

static void hidden(part_build *b)
{
    uint32_t c = part_add(
        b, &(part_desc){ .eco = PART_ECO_NPM, .name = HM_STR("h"), .version = HM_STR("1"), .flags = PART_F_MANAGED });
    part_add_evidence(b, c, HM_STR("h/package.json"), PART_T_MANIFEST, 100, 0);
}

static void long_os(part_build *b)
{
    static const char NAME[LIMIT_OS_VALUE + 1] = { 'x' };
    (void)part_add(b, &(part_desc){ .kind = PART_OS, .name = { NAME, sizeof NAME }, .version = HM_STR("1") });
}

TEST(merge_believes_no_worker_who_owns_what)
{
    WORLD w = WORLD_EMPTY;
    CHECK("h", answer(&w, "h/package.json", 2, 0, hidden));
    CHECK("os", answer(&w, "etc/os-release", 2, 0, long_os));
    CHECK("status", answer(&w, "var/lib/dpkg/status", 2, 0, status));
    CHECK("merged", finish(&w));
    CHECK("counted", !(w.p.comp[find(&w, "h")].flags & PART_F_MANAGED));
    CHECK_STR("not in every id", part_text(&w.p, w.p.comp[find(&w, "app")].distro), HM_NONE);
}

TEST(merge_says_what_one_scan_had_no_place_for)
{
    WORLD w = WORLD_EMPTY;
    CHECK("x", answer(&w, "a", 2, 0, installed_x));
    w.c.kept_max = w.c.kept + 200;
    CHECK("y", answer(&w, "b", 2, 0, installed_y)); /* known, but its block has no place */
    w.c.kept_max = w.c.kept;
    CHECK("full", scan_collect_doc(&w.c, HM_STR("c"), &(scan_hit){ 0 }) == SIZE_MAX && w.c.full && !w.c.nomem);
    CHECK("merged", finish(&w));
    CHECK("the others stay", find(&w, "x") != SIZE_MAX && find(&w, "y") == SIZE_MAX);
    CHECK_EQ("gaps", w.p.gap_n, 2);
    CHECK_EQ("of the scan", w.p.gap[0].defect, DEFECT_SCAN_BUDGET);
    CHECK_STR("of no file", part_text(&w.p, w.p.gap[0].path), HM_NONE);
    CHECK_STR("of one", part_text(&w.p, w.p.gap[1].path), HM_STR("b"));
    CHECK_EQ("of one", w.p.gap[1].defect, DEFECT_SCAN_BUDGET);
}

enum { BOMB_TEXT = 1 << 20, BOMB_ROWS = LIMIT_GATHERED_BYTES / BOMB_TEXT / 2 };

/* A block of half a megabyte of rows in which each names one text of a megabyte, twice. */
static bool bomb(world *w)
{
    HM_AUTO(part_build_freep) part_build *b = part_build_new(8 << 20);
    TEST_BUF text = { 0 };
    hm_str block;
    part_pack p;
    scan_hit hit = { .detector = 1 };
    size_t doc = scan_collect_doc(&w->c, HM_STR("bomb"), &hit);
    if (!b || doc == SIZE_MAX || !hm_buf_room(&text, BOMB_TEXT))
        return false;
    memset(text.p, 'x', BOMB_TEXT);
    text.n = BOMB_TEXT;
    for (size_t i = 0; i < BOMB_ROWS; i++)
        (void)part_add(b, &(part_desc){ .eco = PART_ECO_NPM, .name = i ? HM_NONE : hm_buf_view(&text) });
    if (part_build_finish(b, &block, NULL) != HM_OK || part_pack_open(block, &p, NULL) != HM_OK)
        return false;
    part_comp *c = (part_comp *)(uintptr_t)p.comp; /* the builder's own memory */
    for (size_t i = 1; i < BOMB_ROWS; i++)
        c[i].name = c[i].version = c[0].name;
    jail_reply r = { .tag = doc, .bytes = block };
    scan_collect_done(&w->c, &r);
    return !w->c.nomem && part_pack_open(block, &p, NULL) == HM_OK;
}

TEST(merge_copies_no_block_that_names_one_text_a_thousand_times)
{
    WORLD w = WORLD_EMPTY;
    CHECK("bomb", bomb(&w));
    CHECK("y", answer(&w, "y", 2, 0, installed_y));
    CHECK("merged", finish(&w));
    CHECK_EQ("y alone", w.p.comp_n, 1);
    CHECK_EQ("gap", w.p.gap_n, 1);
    CHECK_EQ("says why", w.p.gap[0].defect, DEFECT_SCAN_BUDGET);
    CHECK_STR("says which", part_text(&w.p, w.p.gap[0].path), HM_STR("bomb"));
}

/* ---- what SBOMs in the target claim ----------------------------------------------------------------------------------- */

static uint32_t claim_of(part_build *b, part_desc d)
{
    d.flags |= PART_F_CLAIMED;
    uint32_t c = part_add(b, &d);
    part_add_evidence(b, c, HM_STR("a.cdx.json"), PART_T_OTHER, 30, 0);
    part_add_prop(b, c, HM_STR("claimed-by-sbom"), HM_STR("a.cdx.json"));
    return c;
}

static void claims(part_build *b)
{
    uint32_t app = claim_of(b, (part_desc){ .kind = PART_APPLICATION,
                                            .scope = PART_SCOPE_DEV,
                                            .eco = PART_ECO_DEB,
                                            .ns = HM_STR("debian"),
                                            .name = HM_STR("app"),
                                            .version = HM_STR("1.0-1"),
                                            .distro = HM_STR("debian-12.5"),
                                            .quals = HM_STR("arch=amd64"),
                                            .cpe = HM_STR("cpe:2.3:a:x:app:1.0:*:*:*:*:*:*:*"),
                                            .flags = PART_F_DEPS_OPEN,
                                            .licence = HM_STR("ISC"),
                                            .supplier = HM_STR("S") });
    uint32_t seen = claim_of(
        b,
        (part_desc){ .eco = PART_ECO_PYPI, .name = HM_STR("Thing"), .version = HM_STR("2"), .licence = HM_STR("MIT") });
    uint32_t ghost = claim_of(b, (part_desc){ .eco = PART_ECO_NPM, .name = HM_STR("ghost"), .version = HM_STR("1") });
    (void)claim_of(b, (part_desc){ .eco = PART_ECO_DEB,
                                   .ns = HM_STR("ubuntu"),
                                   .name = HM_STR("elsewhere"),
                                   .version = HM_STR("1"),
                                   .distro = HM_STR("ubuntu-22.04") });
    (void)claim_of(b, (part_desc){ .eco = PART_ECO_DEB,
                                   .ns = HM_STR("debian"),
                                   .name = HM_STR("older"),
                                   .version = HM_STR("1"),
                                   .distro = HM_STR("debian-1") });
    (void)claim_of(b, (part_desc){ .kind = PART_OS, .name = HM_STR("alpine"), .version = HM_STR("3") });
    part_add_digest(b, seen, PART_MD5, HM_STR("00112233445566778899aabbccddeeff"));
    part_add_edge(b, app, ghost, PART_SCOPE_UNKNOWN);
    part_add_edge(b, seen, ghost, PART_SCOPE_UNKNOWN);
}

static bool has_prop(const world *w, const char *name, const char *key, const char *value)
{
    const part_comp *c = &w->p.comp[find(w, name)];
    for (size_t i = 0; i < c->prop_count; i++)
        if (hm_str_is(part_text(&w->p, w->p.prop[c->prop_first + i].key), key) &&
            hm_str_is(part_text(&w->p, w->p.prop[c->prop_first + i].value), value))
            return true;
    return false;
}

TEST(merge_takes_claims_for_claims)
{
    WORLD w = WORLD_EMPTY;
    CHECK("claims", answer(&w, "a.cdx.json", 9, 0, claims)); /* before all that was seen */
    CHECK("os", answer(&w, "etc/os-release", 0, 0, os_debian));
    CHECK("status", answer(&w, "var/lib/dpkg/status", 0, 0, status));
    CHECK("thing", answer(&w, "usr/lib/python3/Thing-2.dist-info/METADATA", 0, 0, thing));
    CHECK("owners", answer(&w, "var/lib/dpkg/info/python3-thing.list", 0, 0, owners));
    CHECK("merged", finish(&w));
    CHECK_EQ("components", w.p.comp_n, 6 + 1 + 4);
    const part_comp *app = &w.p.comp[find(&w, "app")], *seen = &w.p.comp[find(&w, "Thing")];
    const part_comp *ghost = &w.p.comp[find(&w, "ghost")];
    CHECK_EQ("app is seen", app->flags & (PART_F_CLAIMED | PART_F_DEPS_KNOWN), PART_F_DEPS_KNOWN);
    CHECK_EQ("scope of what was seen", app->scope, PART_SCOPE_UNKNOWN);
    CHECK_EQ("kind of what was seen", app->kind, PART_LIBRARY);
    CHECK_EQ("no CPE from a claim", app->cpe.n, 0);
    CHECK_STR("distro", part_text(&w.p, app->distro), HM_STR("debian-12"));
    CHECK_EQ("no namespace of its own", app->ns.n, 0);
    CHECK_STR("an empty field", part_text(&w.p, app->licence), HM_STR("ISC"));
    CHECK_EQ("evidence of both", app->evidence_count, 2);
    CHECK("named", has_prop(&w, "app", "claimed-by-sbom", "a.cdx.json"));
    CHECK("fields named", has_prop(&w, "app", "claimed-fields", "supplier licence"));
    CHECK("its own dependencies", !has_edge(&w, "app", "ghost") && has_edge(&w, "app", "libx"));
    CHECK("none of its own", has_edge(&w, "Thing", "ghost"));
    CHECK_EQ("digest of a claim", seen->digest_count, 0);
    CHECK("owned where it was seen", (seen->flags & PART_F_MANAGED) != 0);
    CHECK("ghost", (ghost->flags & PART_F_CLAIMED) != 0 && !has_prop(&w, "ghost", "claimed-fields", ""));
    CHECK_STR("of another system", part_text(&w.p, w.p.comp[find(&w, "elsewhere")].ns), HM_STR("ubuntu"));
    CHECK_STR("of another version", part_text(&w.p, w.p.comp[find(&w, "older")].distro), HM_STR("debian-1"));
    CHECK_STR("one system", part_text(&w.p, w.p.comp[find(&w, "libx")].distro), HM_STR("debian-12"));
}
