/* deno - deno.lock, versions 1 to 5, with the deno.json beside it.
 *
 *   1     { URL: SHA-256 }
 *   2     { version, remote: { URL: SHA-256 }, npm: { specifiers: { REQ: ID }, packages: { ID: { integrity,
 *           dependencies: { NAME: ID } } } } }
 *   3     { version, remote, packages: { specifiers: { npm:REQ: npm:ID }, npm: {...}, jsr: { ID: { integrity,
 *           dependencies: [ SPECIFIER ] } } }, workspace: W }
 *   4, 5  { version, remote, specifiers: { npm:REQ: VERSION }, npm: { ID: { integrity, dependencies: [ NAME | ID |
 *           ALIAS@npm:ID ], optionalDependencies, optionalPeers } }, jsr, workspace: W }
 *   W   = { dependencies: [ SPECIFIER ], packageJson: { dependencies }, members: { DIRECTORY: W } }
 *   ID  = NAME@VERSION, in npm with "_" and its peers behind
 *
 * Sections are looked for in all of these places, whatever the version says.
 * A remote module is a component: the package and version that its address names ("/x/oak@v12.6.1/mod.ts"; on the hosts
 * that hand out packages of npm, that package), which then stands for all of its files; else the single file, with its
 * digest. Packages of JSR have no type of purl: they are generic ones, marked with deno:source.
 * Deno knows no dependencies of development: what deno.json imports is of runtime; what package.json lists is of unknown
 * scope, as those of development are among it.
 * Enemy: the author of the lock (names that repeat, circles, addresses of any form). */
#include "base/limits.h"
#include "detect/graph.h"
#include "detect/npm.h"

enum { PROP_MAX = 256, NEWEST = 5 };

typedef struct package {
    const codec_json *v;
    uint32_t comp;
    bool jsr;
} package;
typedef struct lock {
    detect_doc doc;
    detect_graph graph;
    hm_map *ids;        /* "npm:NAME@VERSION", with peers and without; "jsr:..." -> component */
    hm_map *specifiers; /* SPECIFIER -> index of answers */
    hm_map *remotes;    /* root of a remote module -> component */
    hm_vec packages, answers;
    const codec_json *root, *manifest;
} lock;

static void put(lock *l, hm_map *m, hm_str key, uint64_t value)
{
    if (!hm_map_put(m, key, value))
        l->doc.key.bad = true;
}

static bool split_id(hm_str id, hm_str *ret_name, hm_str *ret_rest)
{
    size_t at = id.n ? 1 + hm_str_find(hm_str_from(id, 1), '@') : 0;
    *ret_name = hm_str_sub(id, 0, at);
    *ret_rest = hm_str_from(id, at + 1);
    return at <= id.n && ret_name->n > 0;
}

/* ---- packages --------------------------------------------------------------------------------------------------- */

static void add_package(lock *l, hm_str id, const codec_json *v, bool jsr)
{
    part_desc d = { .kind = PART_LIBRARY, .eco = jsr ? PART_ECO_GENERIC : PART_ECO_NPM, .flags = PART_F_DEPS_KNOWN };
    hm_arena *a = l->doc.in->arena;
    hm_str name, version, head = jsr ? HM_STR("jsr:") : HM_STR("npm:");
    hm_str full = detect_join(a, head, id, HM_NONE);
    uint64_t was;
    if (codec_json_type(v) != CODEC_OBJ) {
        detect_doc_wrong_type(&l->doc, detect_cut(id, PROP_MAX));
        return;
    }
    if (!split_id(id, &name, &version) || !detect_npm_name(name, &d.ns, &d.name) || !version.n) {
        detect_doc_gap(&l->doc, HM_FORMAT, DEFECT_BAD_VALUE, 0, detect_cut(id, PROP_MAX));
        return;
    }
    if (!jsr)
        version = hm_str_sub(version, 0, hm_str_find(version, '_'));
    d.url_dist = detect_url(a, codec_json_get_str(v, "tarball"));
    detect_version(&d, version, &l->doc.normal);
    hm_str common = detect_join(a, head, name, detect_join(a, HM_STR("@"), version, HM_NONE));
    bool known = hm_map_get(l->ids, common, &was);
    uint32_t comp = known ? (uint32_t)was : detect_doc_add(&l->doc, &d, 0);
    package *p = hm_vec_push(&l->packages, a);
    if (!p || !full.n || !common.n) {
        l->doc.bad = true;
        return;
    }
    *p = (package){ .v = v, .comp = comp, .jsr = jsr };
    put(l, l->ids, full, comp);
    if (known)
        return;
    put(l, l->ids, common, comp);
    detect_doc_name(&l->doc, detect_join(a, head, name, HM_NONE), comp);
    hm_str integrity = codec_json_get_str(v, "integrity");
    if (jsr) {
        part_add_digest(l->doc.out, comp, PART_SHA256, integrity);
        part_add_prop(l->doc.out, comp, HM_STR("deno:source"), HM_STR("jsr"));
    } else {
        part_add_integrity(l->doc.out, comp, integrity);
    }
    if (codec_json_bool(codec_json_get(v, "deprecated")))
        part_add_prop(l->doc.out, comp, HM_STR("npm:deprecated"), HM_STR("true"));
    if (codec_json_bool(codec_json_get(v, "scripts")))
        part_add_prop(l->doc.out, comp, HM_STR("npm:hasInstallScript"), HM_STR("true"));
}

static void add_packages(lock *l, const codec_json *all, bool jsr)
{
    hm_str id;
    const codec_json *v;
    if (codec_json_type(all) != CODEC_OBJ && all)
        detect_doc_wrong_type(&l->doc, jsr ? HM_STR("jsr") : HM_STR("npm"));
    if (codec_json_type(all) != CODEC_OBJ)
        return;
    for (codec_json_iter it = codec_json_each(all);
         !l->doc.bad && !part_build_bad(l->doc.out) && codec_json_next(&it, &id, &v);)
        add_package(l, id, v, jsr);
}

/* ---- remote modules --------------------------------------------------------------------------------------------- */

/* Hosts that hand out packages of npm, and what stands before the package in a path. */
static const struct {
    hm_str host, before;
} CDN[] = {
    { HM_STR("esm.sh"), HM_STR("") },
    { HM_STR("cdn.esm.sh"), HM_STR("") },
    { HM_STR("unpkg.com"), HM_STR("") },
    { HM_STR("cdn.skypack.dev"), HM_STR("") },
    { HM_STR("cdn.jsdelivr.net"), HM_STR("npm/") },
    { HM_STR("esm.run"), HM_STR("") },
};

static bool is_cdn(hm_str host, hm_str path)
{
    for (size_t i = 0; i < HM_COUNT(CDN); i++)
        if (hm_str_eq(host, CDN[i].host) && hm_str_starts(path, CDN[i].before))
            return true;
    return false;
}

/* The first "NAME@VERSION" of a path: before it, the scope ("@s") in front of it, what follows; false: there is none. */
typedef struct named_path {
    hm_str before, scope, name, version;
    size_t end; /* of the version in the path */
} named_path;

static bool find_version(hm_str path, named_path *ret)
{
    size_t from = 0, last = 0; /* last: start of the segment before */
    while (from < path.n) {
        hm_str segment = hm_str_from(path, from);
        segment = hm_str_sub(segment, 0, hm_str_find(segment, '/'));
        segment = hm_str_sub(segment, 0, hm_str_find(segment, '?'));
        size_t at = segment.n ? 1 + hm_str_find(hm_str_from(segment, 1), '@') : 0;
        if (at < segment.n && at + 1 < segment.n) {
            hm_str scope = hm_str_sub(path, last, from ? from - 1 - last : 0);
            bool scoped = from > 0 && scope.n > 1 && scope.p[0] == '@';
            size_t start = scoped ? last : from;
            *ret = (named_path){ .before = hm_str_sub(path, 0, start ? start - 1 : 0),
                                 .scope = scoped ? scope : HM_NONE,
                                 .name = hm_str_sub(segment, 0, at),
                                 .version = hm_str_from(segment, at + 1),
                                 .end = from + segment.n };
            return segment.p[0] != '@';
        }
        last = from;
        from += hm_str_find(hm_str_from(path, from), '/') + 1;
    }
    return false;
}

/* A version, or a range, which stays one. */
static void set_version(lock *l, part_desc *d, hm_str version, hm_str *ret_range)
{
    bool exact = hm_is_digit((unsigned char)version.p[0]) ||
                 (version.n > 1 && version.p[0] == 'v' && hm_is_digit((unsigned char)version.p[1]));
    *ret_range = exact ? HM_NONE : version;
    detect_version(d, exact ? version : HM_NONE, &l->doc.normal);
}

static void add_remote(lock *l, hm_str url, hm_str digest)
{
    part_desc d = { .kind = PART_LIBRARY, .eco = PART_ECO_GENERIC };
    hm_arena *a = l->doc.in->arena;
    named_path p;
    hm_str path, range = HM_NONE;
    uint64_t was;
    size_t scheme = hm_str_search(url, HM_STR("://"));
    hm_str host = hm_str_cut(hm_str_from(url, scheme + 3), '/', &path);
    size_t skipped = url.n - path.n;
    host = hm_str_from(host, hm_str_rfind(host, '@') < host.n ? hm_str_rfind(host, '@') + 1 : 0);
    if (scheme == url.n || !host.n || !path.n) {
        detect_doc_gap(&l->doc, HM_FORMAT, DEFECT_BAD_VALUE, 0, detect_cut(url, PROP_MAX));
        return;
    }
    bool named = find_version(path, &p);
    hm_str root = named ? hm_str_sub(url, 0, skipped + p.end) : url;
    if (hm_map_get(l->remotes, root, &was))
        return;
    if (named && is_cdn(host, path)) {
        d.eco = PART_ECO_NPM;
        d.ns = p.scope;
        d.name = p.name;
    } else if (named) {
        d.ns = p.before.n ? detect_join(a, host, HM_STR("/"), p.before) : host;
        if (p.scope.n)
            d.ns = detect_join(a, d.ns, HM_STR("/"), p.scope);
        d.name = p.name;
    } else {
        hm_str dir = hm_path_dir(hm_str_sub(path, 0, hm_str_find(path, '?')));
        d.kind = PART_FILE;
        d.ns = dir.n ? detect_join(a, host, HM_STR("/"), dir) : host;
        d.name = hm_path_base(hm_str_sub(path, 0, hm_str_find(path, '?')));
        if (!d.name.n)
            d.name = host;
    }
    if (named)
        set_version(l, &d, p.version, &range);
    else
        d.flags |= PART_F_NO_VERSION;
    d.url_dist = detect_url(a, root);
    uint32_t comp = detect_doc_add(&l->doc, &d, 0);
    put(l, l->remotes, root, comp);
    part_add_prop(l->doc.out, comp, HM_STR("deno:source"), HM_STR("remote"));
    part_add_prop(l->doc.out, comp, HM_STR("declared-range"), detect_cut(range, PROP_MAX));
    if (!named)
        part_add_digest(l->doc.out, comp, PART_SHA256, digest);
}

static void add_remotes(lock *l, const codec_json *all)
{
    hm_str url;
    const codec_json *v;
    if (codec_json_type(all) != CODEC_OBJ && all)
        detect_doc_wrong_type(&l->doc, HM_STR("remote"));
    if (codec_json_type(all) != CODEC_OBJ)
        return;
    for (codec_json_iter it = codec_json_each(all);
         !l->doc.bad && !part_build_bad(l->doc.out) && codec_json_next(&it, &url, &v);) {
        if (!codec_json_is_str(v))
            detect_doc_wrong_type(&l->doc, detect_cut(url, PROP_MAX));
        else if (url.n > LIMIT_PATH_BYTES)
            detect_doc_gap(&l->doc, HM_LIMIT, DEFECT_BAD_VALUE, 0, detect_cut(url, PROP_MAX));
        else
            add_remote(l, url, codec_json_str(v));
    }
}

/* ---- edges ------------------------------------------------------------------------------------------------------ */

static uint32_t by_id(const lock *l, hm_str id)
{
    uint64_t comp;
    return hm_map_get(l->ids, id, &comp) ? (uint32_t)comp : PART_NO;
}

/* "npm:REQ" or "jsr:REQ" */
static uint32_t by_specifier(lock *l, hm_str spec)
{
    uint64_t i;
    hm_str name, range;
    if (!hm_map_get(l->specifiers, spec, &i))
        return by_id(l, spec);
    hm_str answer = *HM_VEC_AT(&l->answers, hm_str, (size_t)i);
    if (hm_str_starts(answer, HM_STR("npm:")) || hm_str_starts(answer, HM_STR("jsr:")))
        return by_id(l, answer);
    hm_buf *key = &l->doc.key;
    hm_buf_reset(key);
    if (hm_str_find(answer, '@') < answer.n && !hm_is_digit((unsigned char)answer.p[0])) { /* version 2: an id */
        hm_buf_c(key, "npm:");
    } else if (split_id(hm_str_from(spec, 4), &name, &range)) {
        hm_buf_str(key, hm_str_sub(spec, 0, 4));
        hm_buf_str(key, name);
        hm_buf_byte(key, '@');
    }
    hm_buf_str(key, answer);
    return by_id(l, hm_buf_view(key));
}

/* A dependency among packages of npm: ID (versions 2 and 3), NAME, ID or ALIAS@npm:ID. */
static uint32_t by_dependency(lock *l, hm_str dep)
{
    hm_buf *key = &l->doc.key;
    size_t alias = hm_str_search(dep, HM_STR("@npm:"));
    if (alias < dep.n)
        dep = hm_str_from(dep, alias + 5);
    hm_buf_reset(key);
    hm_buf_c(key, "npm:");
    hm_buf_str(key, dep);
    uint32_t comp = by_id(l, hm_buf_view(key));
    return comp != PART_NO ? comp : detect_doc_find(&l->doc, hm_buf_view(key));
}

static void edges_of(lock *l, uint32_t from, const codec_json *list, bool jsr, part_scope scope)
{
    hm_str key;
    const codec_json *v;
    for (codec_json_iter it = codec_json_each(list); !l->doc.bad && codec_json_next(&it, &key, &v);) {
        hm_str s = codec_json_str(v);
        if (!s.n) {
            detect_doc_wrong_type(&l->doc, HM_STR("dependencies"));
            continue;
        }
        uint32_t to = jsr ? by_specifier(l, s) : by_dependency(l, s);
        detect_graph_edge(&l->graph, from, to, scope);
        if (to == PART_NO && scope != PART_SCOPE_OPTIONAL)
            detect_doc_open_deps(&l->doc, from);
    }
}

static void workspace_edges(lock *l, uint32_t from, const codec_json *w)
{
    edges_of(l, from, codec_json_get(w, "dependencies"), true, PART_SCOPE_RUNTIME);
    edges_of(l, from, codec_json_get(codec_json_get(w, "packageJson"), "dependencies"), true, PART_SCOPE_UNKNOWN);
}

static uint32_t add_project(lock *l, hm_str folder, const codec_json *manifest, bool member)
{
    part_desc d = { .kind = member ? PART_LIBRARY : PART_APPLICATION,
                    .scope = PART_SCOPE_RUNTIME,
                    .eco = PART_ECO_GENERIC,
                    .flags = PART_F_SUBJECT | PART_F_DEPS_KNOWN };
    if (member)
        d.flags |= PART_F_LOCAL;
    if (!detect_npm_name(codec_json_get_str(manifest, "name"), &d.ns, &d.name) &&
        !detect_npm_name(hm_path_base(folder), &d.ns, &d.name))
        return PART_NO;
    detect_version(&d, codec_json_get_str(manifest, "version"), &l->doc.normal);
    detect_npm_licence(l->doc.in->arena, manifest, &d, &l->doc.licence);
    return detect_doc_add(&l->doc, &d, 0);
}

static void add_edges(lock *l)
{
    hm_str path;
    const codec_json *workspace = codec_json_get(l->root, "workspace"), *v;
    uint32_t project = add_project(l, hm_path_dir(l->doc.in->file->path), l->manifest, false);
    for (codec_json_iter it = codec_json_each(codec_json_get(workspace, "members"));
         !l->doc.bad && !part_build_bad(l->doc.out) && codec_json_next(&it, &path, &v);) {
        uint32_t member = add_project(l, path, NULL, true);
        workspace_edges(l, member, v);
    }
    workspace_edges(l, project, workspace);
    if (hm_map_count(l->remotes)) /* its sources say which of them it imports */
        detect_doc_open_deps(&l->doc, project);
    for (size_t i = 0; i < l->packages.n && !part_build_bad(l->doc.out); i++) {
        const package *p = HM_VEC_AT(&l->packages, package, i);
        edges_of(l, p->comp, codec_json_get(p->v, "dependencies"), p->jsr, PART_SCOPE_RUNTIME);
        edges_of(l, p->comp, codec_json_get(p->v, "optionalDependencies"), false, PART_SCOPE_OPTIONAL);
        edges_of(l, p->comp, codec_json_get(p->v, "optionalPeers"), false, PART_SCOPE_OPTIONAL);
    }
    detect_graph_close(&l->graph, true);
}

/* ---- the whole -------------------------------------------------------------------------------------------------- */

static void read_specifiers(lock *l, const codec_json *all, bool bare)
{
    hm_str spec;
    const codec_json *v;
    for (codec_json_iter it = codec_json_each(all); !l->doc.bad && codec_json_next(&it, &spec, &v);) {
        hm_str *answer = hm_vec_push(&l->answers, l->doc.in->arena);
        if (bare)
            spec = detect_join(l->doc.in->arena, HM_STR("npm:"), spec, HM_NONE);
        if (!answer || !spec.p) {
            l->doc.bad = true;
            return;
        }
        *answer = codec_json_str(v);
        put(l, l->specifiers, spec, l->answers.n - 1);
    }
}

static hm_rc read_lock(lock *l, hm_err *err)
{
    hm_rc rc = codec_json_read(l->doc.in->arena, l->doc.in->file->bytes, &l->root, err);
    if (rc != HM_OK)
        return rc;
    if (codec_json_type(l->root) != CODEC_OBJ)
        return hm_fail(err, HM_FORMAT, DEFECT_WRONG_TYPE, HM_PLACE_BYTE, 0, 0);
    const codec_json *version = codec_json_get(l->root, "version");
    uint64_t n;
    if (!version) {
        add_remotes(l, l->root);
        add_edges(l);
        return HM_OK;
    }
    if (!hm_str_u64(codec_json_str(version), &n) || n > NEWEST)
        detect_doc_gap(&l->doc, HM_UNSUPPORTED, DEFECT_LOCK_VERSION, 0, detect_cut(codec_json_str(version), PROP_MAX));
    const codec_json *third = codec_json_get(l->root, "packages"), *npm = codec_json_get(l->root, "npm");
    const codec_json *second = codec_json_get(npm, "packages");
    read_specifiers(l, codec_json_get(l->root, "specifiers"), false);
    read_specifiers(l, codec_json_get(third, "specifiers"), false);
    read_specifiers(l, second ? codec_json_get(npm, "specifiers") : NULL, true);
    add_packages(l, codec_json_get(l->root, "jsr"), true);
    add_packages(l, codec_json_get(third, "jsr"), true);
    add_packages(l, second ? second : npm, false);
    add_packages(l, codec_json_get(third, "npm"), false);
    add_remotes(l, codec_json_get(l->root, "remote"));
    add_edges(l);
    return HM_OK;
}

hm_rc detect_deno_lock(const detect_in *in, part_build *out, hm_err *err)
{
    lock l = { .packages.size = sizeof(package), .answers.size = sizeof(hm_str) };
    hm_rc rc;
    if (detect_path_in(in->file->path, HM_STR("node_modules"), 0)) /* published by accident */
        return HM_OK;
    detect_doc_open(&l.doc, in, in->file, out);
    detect_graph_open(&l.graph, &l.doc);
    l.manifest = detect_npm_beside(&l.doc, "deno.json");
    l.ids = hm_map_new();
    l.specifiers = hm_map_new();
    l.remotes = hm_map_new();
    if (l.ids && l.specifiers && l.remotes && !l.doc.bad)
        rc = read_lock(&l, err);
    else
        rc = detect_no_memory(err);
    hm_map_freep(&l.ids);
    hm_map_freep(&l.specifiers);
    hm_map_freep(&l.remotes);
    return detect_doc_close(&l.doc, rc, err);
}
