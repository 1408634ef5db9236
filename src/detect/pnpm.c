/* pnpm - pnpm-lock.yaml, lockfileVersion 5.x, 6.x and 9.0, with the package.json beside it.
 *
 *   importers: { DIRECTORY: I }, or one I at the top     I = { dependencies, optionalDependencies, devDependencies:
 *                                                              { NAME: REF | { specifier, version: REF } } }
 *   packages:  { KEY: { resolution, name, version, dev, optional, deprecated, engines, D } }   (before 9: each variant)
 *   snapshots: { KEY: { D } }                                                           (9: variants of the packages)
 *   D = dependencies, optionalDependencies: { NAME: REF }
 *   KEY = /NAME/VERSION_PEERS (5), /NAME@VERSION(PEERS) (6), NAME@VERSION(PEERS) (9), HOST/... or what REF says: file:,
 *         addresses of repositories and archives.    REF = VERSION with its peers, KEY (an alias), link:DIRECTORY
 *
 * The file may hold several documents (version 11 keeps what pnpm itself needs in a first one): all are read as one.
 * Invariants:
 * 1. variants of a package by peers are one component; its edges are those of all variants.
 * 2. an edge is a look-up of the few forms that NAME and REF can have as a key; nothing is searched.
 * Scopes: before 9 as the entries say (dev before optional, as npm.c has it), in 9 by the ways from the projects.
 * A project is named by package.json (the one beside the lock), by who links to it, else by its directory.
 * Enemy: the author of the lock. */
#include "base/limits.h"
#include "detect/graph.h"
#include "detect/npm.h"

enum { PROP_MAX = 256 };

typedef struct package {
    hm_str key;
    const codec_json *v;
    uint32_t comp;
    part_scope scope; /* by its flags */
    bool aliased;     /* it has its property */
} package;
typedef struct importer {
    hm_str path, name; /* name: as those call it who link to it */
    const codec_json *v;
    uint32_t comp;
} importer;
typedef struct lock {
    detect_doc doc;
    detect_graph graph;
    hm_map *keys;    /* KEY without peers, and with them -> index of its package */
    hm_map *by_path; /* importer */
    hm_map *patched; /* NAME@VERSION or NAME -> index of patches */
    hm_map *linked;  /* path outside of the lock -> component */
    hm_vec packages, importers, patches;
    const codec_json *manifest;
    unsigned newest; /* major version of the newest document */
    bool by_flags;
} lock;

static package *package_at(const lock *l, size_t i)
{
    return HM_VEC_AT(&l->packages, package, i);
}

/* ---- keys ------------------------------------------------------------------------------------------------------- */

static bool is_version(hm_str s)
{
    return s.n && hm_is_digit((unsigned char)s.p[0]) && hm_str_find(s, '/') == s.n;
}

/* NAME@REST, or NAME/VERSION of version 5 (its peers behind '_' go). */
static bool split_plain(hm_str s, hm_str *ret_name, hm_str *ret_rest)
{
    hm_str ns, base;
    size_t at = s.n ? 1 + hm_str_find(hm_str_from(s, 1), '@') : 0;
    *ret_name = hm_str_sub(s, 0, at);
    *ret_rest = hm_str_from(s, at + 1);
    if (at < s.n && detect_npm_name(*ret_name, &ns, &base))
        return true;
    size_t from = hm_str_starts(s, HM_STR("@")) ? hm_str_find(s, '/') + 1 : 0;
    if (from >= s.n)
        return false;
    size_t slash = from + hm_str_find(hm_str_from(s, from), '/');
    *ret_name = hm_str_sub(s, 0, slash);
    *ret_rest = hm_str_from(s, slash + 1);
    *ret_rest = hm_str_sub(*ret_rest, 0, hm_str_find(*ret_rest, '_'));
    return is_version(*ret_rest) && detect_npm_name(*ret_name, &ns, &base);
}

/* KEY without its peers in parentheses. */
static hm_str without_peers(hm_str key)
{
    return hm_str_sub(key, 0, hm_str_find(key, '('));
}

/* Name and version (or address) that a key says; false: neither. */
static bool split_key(hm_str key, hm_str *ret_name, hm_str *ret_rest)
{
    key = without_peers(key);
    if (hm_str_starts(key, HM_STR("/")))
        return split_plain(hm_str_from(key, 1), ret_name, ret_rest);
    if (hm_str_starts(key, HM_STR("file:")))
        return false;
    if (split_plain(key, ret_name, ret_rest) && (hm_str_find(key, '@') < key.n || is_version(*ret_rest)))
        return true;
    size_t host = hm_str_find(key, '/');
    if (!split_plain(hm_str_from(key, host + 1), ret_name, ret_rest))
        return false;
    return is_version(*ret_rest);
}

/* ---- reading ---------------------------------------------------------------------------------------------------- */

static bool put(lock *l, hm_map *m, hm_str key, size_t value)
{
    size_t was = hm_map_count(m);
    if (!hm_map_put(m, key, value))
        l->doc.key.bad = true;
    return hm_map_count(m) > was;
}

static bool flag(const codec_json *v, const char *name)
{
    return codec_json_bool(codec_json_get(v, name));
}

/* An address of an archive or repository, a directory, by `resolution`. */
static void describe_source(lock *l, const codec_json *v, hm_str rest, part_desc *d)
{
    hm_arena *a = l->doc.in->arena;
    const codec_json *r = codec_json_get(v, "resolution");
    hm_str repo = codec_json_get_str(r, "repo"), commit = codec_json_get_str(r, "commit");
    hm_str tarball = codec_json_get_str(r, "tarball");
    if (codec_json_get_str(r, "directory").n) {
        d->flags |= PART_F_LOCAL | PART_F_SUBJECT;
        d->scope = PART_SCOPE_RUNTIME;
    } else if (repo.n) {
        if (hm_str_starts(repo, HM_STR("http:")) || hm_str_starts(repo, HM_STR("https:")))
            repo = detect_join(a, HM_STR("git+"), repo, HM_NONE);
        if (commit.n)
            repo = detect_join(a, repo, HM_STR("#"), commit);
        (void)detect_npm_source(a, repo, true, d, &l->doc.quals);
    } else if (tarball.n) {
        (void)detect_npm_source(a, tarball, true, d, &l->doc.quals);
    } else if (!is_version(rest)) {
        (void)detect_npm_source(a, rest, true, d, &l->doc.quals);
    }
}

static void add_props(lock *l, uint32_t comp, const codec_json *v, hm_str name, hm_str version)
{
    part_build *out = l->doc.out;
    uint64_t i;
    hm_str id = detect_join(l->doc.in->arena, name, HM_STR("@"), version);
    part_add_prop(out, comp, HM_STR("npm:deprecated"), detect_cut(codec_json_get_str(v, "deprecated"), PROP_MAX));
    part_add_prop(out, comp, HM_STR("npm:engines"),
                  detect_cut(codec_json_get_str(codec_json_get(v, "engines"), "node"), PROP_MAX));
    if (flag(v, "requiresBuild"))
        part_add_prop(out, comp, HM_STR("npm:hasInstallScript"), HM_STR("true"));
    if (hm_map_get(l->patched, id, &i) || hm_map_get(l->patched, name, &i))
        part_add_prop(out, comp, HM_STR("npm:patched"),
                      detect_cut(*HM_VEC_AT(&l->patches, hm_str, (size_t)i), PROP_MAX));
}

static part_scope scope_of(const codec_json *v)
{
    if (flag(v, "dev"))
        return PART_SCOPE_DEV;
    return flag(v, "optional") ? PART_SCOPE_OPTIONAL : PART_SCOPE_RUNTIME;
}

/* PART_NO: it has no name. */
static uint32_t add_component(lock *l, hm_str key, const codec_json *v)
{
    part_desc d = { .kind = PART_LIBRARY, .eco = PART_ECO_NPM, .flags = PART_F_DEPS_KNOWN };
    hm_str name = HM_NONE, rest = HM_NONE, written = codec_json_get_str(v, "name");
    bool split = split_key(key, &name, &rest);
    if (written.n)
        name = written;
    if ((!split && !written.n) || !detect_npm_name(name, &d.ns, &d.name)) {
        detect_doc_gap(&l->doc, HM_FORMAT, DEFECT_BAD_VALUE, 0, detect_cut(key, PROP_MAX));
        return PART_NO;
    }
    hm_str version = codec_json_get_str(v, "version");
    if (!version.n && split && is_version(rest))
        version = rest;
    describe_source(l, v, split ? rest : key, &d);
    detect_version(&d, version, &l->doc.normal);
    uint32_t comp = detect_doc_add(&l->doc, &d, 0);
    part_add_integrity(l->doc.out, comp, codec_json_get_str(codec_json_get(v, "resolution"), "integrity"));
    add_props(l, comp, v, name, version);
    return comp;
}

/* What is common to all variants of a package by peers, as a key: version 5 has them behind '_'. */
static hm_str common_key(lock *l, hm_str key, const codec_json *v)
{
    hm_str name, rest;
    key = without_peers(key);
    if (codec_json_get_str(v, "name").n || !hm_str_starts(key, HM_STR("/")) || !split_key(key, &name, &rest))
        return key;
    return detect_join(l->doc.in->arena, name, HM_STR("@"), rest);
}

static void add_package(lock *l, hm_str key, const codec_json *v, bool snapshot)
{
    uint64_t was;
    hm_str common = common_key(l, key, v);
    if (codec_json_type(v) != CODEC_OBJ && codec_json_type(v) != CODEC_NULL) {
        detect_doc_wrong_type(&l->doc, detect_cut(key, PROP_MAX));
        return;
    }
    uint32_t comp = hm_map_get(l->keys, common, &was) ? package_at(l, (size_t)was)->comp : PART_NO;
    if (comp == PART_NO)
        comp = add_component(l, key, v);
    package *p = comp != PART_NO && l->packages.n < UINT32_MAX ? hm_vec_push(&l->packages, l->doc.in->arena) : NULL;
    if (!p) {
        l->doc.bad |= comp != PART_NO;
        return;
    }
    *p = (package){ .key = key, .v = v, .comp = comp, .scope = scope_of(v) };
    bool fresh = put(l, l->keys, key, l->packages.n - 1);
    if (!fresh && !snapshot)
        detect_doc_gap(&l->doc, HM_FORMAT, DEFECT_DUPLICATE, 0, detect_cut(key, PROP_MAX));
    (void)put(l, l->keys, common, l->packages.n - 1);
}

static void add_packages(lock *l, const codec_json *doc, const char *list)
{
    hm_str key;
    const codec_json *all = codec_json_get(doc, list), *v;
    if (codec_json_type(all) != CODEC_OBJ && codec_json_type(all) != CODEC_NULL)
        detect_doc_wrong_type(&l->doc, hm_str_c(list));
    if (codec_json_type(all) != CODEC_OBJ)
        return;
    for (codec_json_iter it = codec_json_each(all);
         !l->doc.bad && !part_build_bad(l->doc.out) && codec_json_next(&it, &key, &v);)
        add_package(l, key, v, list[0] == 's');
}

static void add_patches(lock *l, const codec_json *doc)
{
    hm_str key;
    const codec_json *v;
    for (codec_json_iter it = codec_json_each(codec_json_get(doc, "patchedDependencies"));
         codec_json_next(&it, &key, &v);) {
        hm_str *path = hm_vec_push(&l->patches, l->doc.in->arena);
        if (!path) {
            l->doc.bad = true;
            return;
        }
        *path = codec_json_get_str(v, "path");
        if (!path->n) /* the newest has the digest alone */
            *path = codec_json_str(v);
        (void)put(l, l->patched, key, l->patches.n - 1);
    }
}

/* ---- projects --------------------------------------------------------------------------------------------------- */

static const struct {
    const char *name;
    part_scope scope;
} LISTS[] = {
    { "optionalDependencies", PART_SCOPE_OPTIONAL },
    { "dependencies", PART_SCOPE_RUNTIME },
    { "devDependencies", PART_SCOPE_DEV },
    { "configDependencies", PART_SCOPE_DEV }, /* of pnpm's own settings */
    { "packageManagerDependencies", PART_SCOPE_DEV },
};

static hm_str ref_of(const codec_json *v)
{
    return codec_json_is_str(v) ? codec_json_str(v) : codec_json_get_str(v, "version");
}

/* base/path with "." and ".." resolved; what leads out keeps its "..". In the arena. */
static hm_str join_path(lock *l, hm_str base, hm_str path)
{
    hm_str parts[2] = { base, path };
    char *to = hm_arena_alloc(l->doc.in->arena, base.n + path.n + 2);
    size_t n = 0, floor = 0; /* nothing before floor can be taken back */
    if (!to) {
        l->doc.bad = true;
        return HM_NONE;
    }
    for (size_t i = 0; i < 2; i++)
        for (hm_str rest = parts[i], name; rest.n;) {
            name = hm_str_cut(rest, '/', &rest);
            bool up = hm_str_is(name, "..");
            if (name.n == 0 || hm_str_is(name, "."))
                continue;
            if (up && n > floor) {
                while (n > floor && to[--n] != '/')
                    ;
                continue;
            }
            if (n)
                to[n++] = '/';
            memcpy(to + n, name.p, name.n);
            n += name.n;
            if (up)
                floor = n;
        }
    return n ? (hm_str){ to, n } : HM_STR(".");
}

static void add_importer(lock *l, hm_str path, const codec_json *v)
{
    uint64_t was;
    bool twice = hm_map_get(l->by_path, path, &was);
    importer *i = hm_vec_push(&l->importers, l->doc.in->arena);
    if (!i) {
        l->doc.bad = true;
        return;
    }
    *i = (importer){ .path = path, .name = HM_NONE, .v = v, .comp = PART_NO };
    if (!twice)
        (void)put(l, l->by_path, path, l->importers.n - 1);
}

static void add_importers(lock *l, const codec_json *doc)
{
    hm_str path;
    const codec_json *all = codec_json_get(doc, "importers"), *v;
    if (codec_json_type(all) == CODEC_NULL) {
        add_importer(l, HM_STR("."), doc);
        return;
    }
    if (codec_json_type(all) != CODEC_OBJ) {
        detect_doc_wrong_type(&l->doc, HM_STR("importers"));
        return;
    }
    for (codec_json_iter it = codec_json_each(all); !l->doc.bad && codec_json_next(&it, &path, &v);) {
        if (codec_json_type(v) != CODEC_OBJ && codec_json_type(v) != CODEC_NULL)
            detect_doc_wrong_type(&l->doc, detect_cut(path, PROP_MAX));
        else
            add_importer(l, join_path(l, HM_NONE, path), v);
    }
}

/* Who is linked to has the name that is asked for. */
static void name_importers(lock *l)
{
    for (size_t i = 0; i < l->importers.n; i++) {
        const importer *from = HM_VEC_AT(&l->importers, importer, i);
        for (size_t k = 0; k < HM_COUNT(LISTS); k++) {
            hm_str name;
            const codec_json *deps = codec_json_get(from->v, LISTS[k].name), *v;
            for (codec_json_iter it = codec_json_each(deps); !l->doc.bad && codec_json_next(&it, &name, &v);) {
                uint64_t to;
                hm_str ref = ref_of(v);
                if (hm_str_starts(ref, HM_STR("link:")) &&
                    hm_map_get(l->by_path, join_path(l, from->path, hm_str_from(ref, 5)), &to))
                    HM_VEC_AT(&l->importers, importer, (size_t)to)->name = name;
            }
        }
    }
}

static void describe_importer(lock *l, importer *i)
{
    part_desc d = { .kind = PART_LIBRARY,
                    .scope = PART_SCOPE_RUNTIME,
                    .eco = PART_ECO_NPM,
                    .flags = PART_F_SUBJECT | PART_F_DEPS_KNOWN };
    bool root = hm_str_is(i->path, ".");
    const codec_json *m = root ? l->manifest : NULL;
    hm_str folder = hm_path_base(root ? hm_path_dir(l->doc.in->file->path) : i->path);
    if (root)
        d.kind = PART_APPLICATION;
    else
        d.flags |= PART_F_LOCAL;
    if (!detect_npm_name(codec_json_get_str(m, "name"), &d.ns, &d.name) && !detect_npm_name(i->name, &d.ns, &d.name) &&
        !detect_npm_name(folder, &d.ns, &d.name))
        return;
    detect_npm_licence(l->doc.in->arena, m, &d, &l->doc.licence);
    detect_version(&d, codec_json_get_str(m, "version"), &l->doc.normal);
    i->comp = detect_doc_add(&l->doc, &d, 0);
}

static void describe_importers(lock *l)
{
    uint64_t first;
    for (size_t i = 0; i < l->importers.n && !part_build_bad(l->doc.out); i++) {
        importer *x = HM_VEC_AT(&l->importers, importer, i);
        if (hm_map_get(l->by_path, x->path, &first) && first < i)
            x->comp = HM_VEC_AT(&l->importers, importer, (size_t)first)->comp;
        else
            describe_importer(l, x);
    }
}

/* ---- edges ------------------------------------------------------------------------------------------------------ */

/* A directory that a project links to: another project, or one that the lock does not describe. */
static uint32_t link_to(lock *l, hm_str from, hm_str name, hm_str path)
{
    part_desc d = { .kind = PART_LIBRARY,
                    .scope = PART_SCOPE_RUNTIME,
                    .eco = PART_ECO_NPM,
                    .flags = PART_F_SUBJECT | PART_F_LOCAL | PART_F_NO_VERSION };
    uint64_t i;
    path = join_path(l, from, path);
    if (hm_map_get(l->by_path, path, &i))
        return HM_VEC_AT(&l->importers, importer, (size_t)i)->comp;
    if (hm_map_get(l->linked, path, &i))
        return (uint32_t)i;
    if (l->doc.bad || !detect_npm_name(name, &d.ns, &d.name))
        return PART_NO;
    uint32_t comp = detect_doc_add(&l->doc, &d, 0);
    (void)put(l, l->linked, path, comp);
    return comp;
}

/* Package that NAME: REF stands for. */
static package *resolve(lock *l, hm_str name, hm_str ref)
{
    static const struct {
        const char *head, *middle;
    } FORM[] = { { "", "@" }, { "/", "@" }, { "/", "/" } };
    hm_buf *key = &l->doc.key;
    uint64_t i;
    for (size_t k = 0; k < HM_COUNT(FORM); k++) {
        hm_buf_reset(key);
        hm_buf_c(key, FORM[k].head);
        hm_buf_str(key, name);
        hm_buf_c(key, FORM[k].middle);
        hm_buf_str(key, ref);
        if (hm_map_get(l->keys, hm_buf_view(key), &i))
            return package_at(l, (size_t)i);
    }
    return hm_map_get(l->keys, ref, &i) ? package_at(l, (size_t)i) : NULL;
}

static bool bears(const package *p, hm_str name)
{
    hm_str ns, base, known, rest;
    if (codec_json_get_str(p->v, "name").n)
        return hm_str_eq(codec_json_get_str(p->v, "name"), name);
    return !detect_npm_name(name, &ns, &base) || !split_key(p->key, &known, &rest) || hm_str_eq(known, name);
}

static void edges_of(lock *l, uint32_t from, hm_str path, const codec_json *v, const char *list, part_scope scope)
{
    hm_str name;
    const codec_json *deps = codec_json_get(v, list), *x;
    if (codec_json_type(deps) != CODEC_OBJ && codec_json_type(deps) != CODEC_NULL)
        detect_doc_wrong_type(&l->doc, hm_str_c(list));
    if (codec_json_type(deps) != CODEC_OBJ)
        return;
    for (codec_json_iter it = codec_json_each(deps);
         !l->doc.bad && !part_build_bad(l->doc.out) && codec_json_next(&it, &name, &x);) {
        hm_str ref = ref_of(x);
        package *p = NULL;
        uint32_t to = PART_NO;
        if (hm_str_starts(ref, HM_STR("link:")))
            to = link_to(l, path, name, hm_str_from(ref, 5));
        else if ((p = resolve(l, name, ref)) != NULL)
            to = p->comp;
        detect_graph_edge(&l->graph, from, to, scope);
        if (to == PART_NO && scope != PART_SCOPE_OPTIONAL)
            detect_doc_open_deps(&l->doc, from);
        if (p && !p->aliased && !bears(p, name)) {
            p->aliased = true;
            part_add_prop(l->doc.out, to, HM_STR("npm:alias"), detect_cut(name, PROP_MAX));
        }
    }
}

static void add_edges(lock *l)
{
    for (size_t i = 0; i < l->importers.n; i++) {
        const importer *x = HM_VEC_AT(&l->importers, importer, i);
        for (size_t k = 0; k < HM_COUNT(LISTS) && x->comp != PART_NO; k++)
            edges_of(l, x->comp, x->path, x->v, LISTS[k].name, LISTS[k].scope);
    }
    for (size_t i = 0; i < l->packages.n; i++)
        for (size_t k = 0; k < 2; k++)
            edges_of(l, package_at(l, i)->comp, HM_STR("."), package_at(l, i)->v, LISTS[k].name, LISTS[k].scope);
    detect_graph_close(&l->graph, !l->by_flags);
    for (size_t i = 0; l->by_flags && i < l->packages.n && !part_build_bad(l->doc.out); i++) {
        part_comp *c = part_build_comp(l->doc.out, package_at(l, i)->comp);
        if (!(c->flags & PART_F_SUBJECT))
            c->scope = (uint8_t)part_scope_stronger((part_scope)c->scope, package_at(l, i)->scope);
    }
}

/* ---- the whole -------------------------------------------------------------------------------------------------- */

static void read_document(lock *l, const codec_json *doc)
{
    hm_str version = codec_json_get_str(doc, "lockfileVersion");
    uint64_t major = 0;
    if (codec_json_type(doc) == CODEC_NULL)
        return;
    if (codec_json_type(doc) != CODEC_OBJ) {
        detect_doc_wrong_type(&l->doc, HM_NONE);
        return;
    }
    if (!version.n)
        detect_doc_gap(&l->doc, HM_FORMAT, DEFECT_MISSING_FIELD, 0, HM_STR("lockfileVersion"));
    else if (!hm_str_u64(hm_str_sub(version, 0, hm_str_find(version, '.')), &major) || major < 5 || major > 9)
        detect_doc_gap(&l->doc, HM_UNSUPPORTED, DEFECT_LOCK_VERSION, 0, detect_cut(version, PROP_MAX));
    l->by_flags |= major < 9 && major;
    add_patches(l, doc);
    add_importers(l, doc);
    add_packages(l, doc, "packages");
    add_packages(l, doc, "snapshots");
}

static hm_rc read_lock(lock *l, hm_err *err)
{
    hm_str key;
    const codec_json *docs, *doc;
    hm_rc rc = codec_yaml_read(l->doc.in->arena, l->doc.in->file->bytes, &docs, err);
    if (rc != HM_OK)
        return rc;
    for (codec_json_iter it = codec_json_each(docs); codec_json_next(&it, &key, &doc);)
        read_document(l, doc);
    name_importers(l);
    describe_importers(l);
    add_edges(l);
    return HM_OK;
}

hm_rc detect_pnpm_lock(const detect_in *in, part_build *out, hm_err *err)
{
    lock l = { .packages.size = sizeof(package), .importers.size = sizeof(importer), .patches.size = sizeof(hm_str) };
    hm_rc rc;
    if (detect_path_in(in->file->path, HM_STR("node_modules"), 0)) /* published by accident */
        return HM_OK;
    detect_doc_open(&l.doc, in, in->file, out);
    detect_graph_open(&l.graph, &l.doc);
    l.manifest = detect_npm_beside(&l.doc, "package.json");
    l.keys = hm_map_new();
    l.by_path = hm_map_new();
    l.patched = hm_map_new();
    l.linked = hm_map_new();
    if (l.keys && l.by_path && l.patched && l.linked && !l.doc.bad)
        rc = read_lock(&l, err);
    else
        rc = detect_no_memory(err);
    hm_map_freep(&l.keys);
    hm_map_freep(&l.by_path);
    hm_map_freep(&l.patched);
    hm_map_freep(&l.linked);
    return detect_doc_close(&l.doc, rc, err);
}
