/* bun - bun.lock (lockfileVersion 0 to 2: JSON with commas before brackets), with the package.json beside it; and
 * bun.lockb, the binary form before it, which is said to be there and not read.
 *
 *   workspaces: { DIRECTORY: { name, version, D } }           "" is the project itself
 *   packages:   { PLACE: [ "NAME@RESOLUTION", ... ] }         ... = registry or archive, { D, bundled }, integrity: as many
 *                                                             of them as the kind of resolution has
 *   D = dependencies, optionalDependencies, devDependencies, peerDependencies: { NAME: range }, optionalPeers: [ NAME ]
 *   PLACE = "a/@s/b/c": c for b for a; what is not there is looked for one step up, as in nested node_modules
 *   RESOLUTION = version, workspace:, file:, link:, path or address of an archive, repository#commit, root:
 *
 * Invariants: places are interned as (parent, name) pairs; a look-up takes at most LIMIT_NPM_NESTING steps; a parent is
 * made before its child. Enemy: the author of the lock. */
#include "base/limits.h"
#include "detect/graph.h"
#include "detect/npm.h"

enum { NO = 0xffffffff, PROP_MAX = 256, NEWEST = 2 };

typedef struct place {
    uint32_t parent, comp;
} place;
typedef struct asker {
    const codec_json *info;
    uint32_t comp, place;
    bool member;
} asker;
typedef struct lock {
    detect_doc doc;
    detect_graph graph;
    hm_map *segment, *child;                  /* name -> number; (place, number) -> place */
    hm_map *member;                           /* directory -> component */
    hm_map *patched;                          /* NAME@VERSION -> index of patches */
    hm_vec places, askers, patches, optional; /* optional, by number: the asker + 1 that has it as an optional peer */
    const codec_json *root, *manifest;
    uint32_t project;
    bool too_deep;
} lock;

/* ---- places ----------------------------------------------------------------------------------------------------- */

static uint32_t segment_of(lock *l, hm_str name, bool make)
{
    uint64_t v;
    if (hm_map_get(l->segment, name, &v))
        return (uint32_t)v;
    size_t n = hm_map_count(l->segment);
    if (!make || n >= NO)
        return NO;
    l->doc.bad |= !hm_vec_push(&l->optional, l->doc.in->arena);
    if (l->doc.bad || !hm_map_put(l->segment, name, n)) {
        l->doc.key.bad |= !l->doc.bad; /* the map's own memory, not the arena's */
        return NO;
    }
    return (uint32_t)n;
}

static uint32_t child_of(const lock *l, uint32_t parent, uint32_t segment)
{
    const uint32_t pair[2] = { parent, segment };
    uint64_t v;
    return hm_map_get(l->child, (hm_str){ (const char *)pair, sizeof pair }, &v) ? (uint32_t)v : NO;
}

static uint32_t make_child(lock *l, uint32_t parent, hm_str name)
{
    uint32_t segment = segment_of(l, name, true);
    uint32_t i = segment == NO ? NO : child_of(l, parent, segment);
    if (segment == NO || i != NO)
        return i;
    uint32_t *pair = hm_arena_array(l->doc.in->arena, 2, sizeof *pair); /* the map borrows its keys */
    place *p = pair && l->places.n < NO ? hm_vec_push(&l->places, l->doc.in->arena) : NULL;
    if (p) {
        *p = (place){ .parent = parent, .comp = PART_NO };
        i = (uint32_t)(l->places.n - 1);
        pair[0] = parent;
        pair[1] = segment;
    }
    l->doc.bad |= !p;
    if (!p || !hm_map_put(l->child, (hm_str){ (const char *)pair, 2 * sizeof *pair }, i)) {
        l->doc.key.bad |= p != NULL;
        return NO;
    }
    return i;
}

/* Place of a key, its last name in *ret_name; NO: no such key, or no memory. */
static uint32_t make_place(lock *l, hm_str key, hm_str *ret_name)
{
    uint32_t at = 0;
    if (!key.n || key.n > LIMIT_PATH_BYTES)
        return NO;
    while (key.n && at != NO) {
        hm_str ns, base;
        size_t n = hm_str_find(key, '/');
        if (key.p[0] == '@' && n < key.n)
            n += 1 + hm_str_find(hm_str_from(key, n + 1), '/');
        *ret_name = hm_str_sub(key, 0, n);
        if (!detect_npm_name(*ret_name, &ns, &base))
            return NO;
        at = make_child(l, at, *ret_name);
        key = hm_str_from(key, n + 1);
    }
    return at;
}

static uint32_t resolve(lock *l, uint32_t at, uint32_t segment)
{
    for (unsigned steps = 0; segment != NO; steps++) {
        uint32_t in = child_of(l, at, segment);
        if (in != NO && HM_VEC_AT(&l->places, place, in)->comp != PART_NO)
            return HM_VEC_AT(&l->places, place, in)->comp;
        if (at == 0)
            break;
        if (steps == LIMIT_NPM_NESTING) {
            l->too_deep = true;
            break;
        }
        at = HM_VEC_AT(&l->places, place, at)->parent;
    }
    return PART_NO;
}

/* ---- components ------------------------------------------------------------------------------------------------- */

static void add_asker(lock *l, const codec_json *info, uint32_t comp, uint32_t at, bool member)
{
    asker *a = comp != PART_NO ? hm_vec_push(&l->askers, l->doc.in->arena) : NULL;
    if (a)
        *a = (asker){ .info = info, .comp = comp, .place = at, .member = member };
    else
        l->doc.bad |= comp != PART_NO;
}

static void add_member(lock *l, hm_str path, const codec_json *v)
{
    part_desc d = { .kind = PART_LIBRARY,
                    .scope = PART_SCOPE_RUNTIME,
                    .eco = PART_ECO_NPM,
                    .flags = PART_F_SUBJECT | PART_F_DEPS_KNOWN };
    hm_str name = codec_json_get_str(v, "name"), version = codec_json_get_str(v, "version"),
           folder = hm_path_base(path);
    uint64_t was;
    if (codec_json_type(v) != CODEC_OBJ) {
        detect_doc_wrong_type(&l->doc, path.n ? detect_cut(path, PROP_MAX) : HM_STR("workspaces"));
        return;
    }
    if (path.n == 0) {
        d.kind = PART_APPLICATION;
        folder = hm_path_base(hm_path_dir(l->doc.in->file->path));
        if (!version.n)
            version = codec_json_get_str(l->manifest, "version");
        detect_npm_licence(l->doc.in->arena, l->manifest, &d, &l->doc.licence);
    } else {
        d.flags |= PART_F_LOCAL;
    }
    if (hm_map_get(l->member, path, &was)) {
        detect_doc_gap(&l->doc, HM_FORMAT, DEFECT_DUPLICATE, 0, detect_cut(path, PROP_MAX));
        return;
    }
    if (!detect_npm_name(name, &d.ns, &d.name) && !detect_npm_name(folder, &d.ns, &d.name))
        return;
    detect_version(&d, version, &l->doc.normal);
    uint32_t comp = detect_doc_add(&l->doc, &d, 0);
    if (!hm_map_put(l->member, path, comp))
        l->doc.key.bad = true;
    if (path.n == 0) {
        l->project = comp;
        add_asker(l, v, comp, 0, true);
    } else if (name.n) { /* its own packages lie below its name */
        hm_str last;
        uint32_t at = make_place(l, name, &last);
        add_asker(l, v, comp, at == NO ? 0 : at, true);
    }
}

static bool is_local(hm_str r)
{
    return hm_str_starts(r, HM_STR("file:")) || hm_str_starts(r, HM_STR("link:")) || hm_str_starts(r, HM_STR("./")) ||
           hm_str_starts(r, HM_STR("../")) || hm_str_starts(r, HM_STR("/"));
}

static bool is_archive(hm_str r)
{
    return hm_str_ends(r, HM_STR(".tgz")) || hm_str_ends(r, HM_STR(".tar.gz")) || hm_str_ends(r, HM_STR(".tar"));
}

static void describe(lock *l, hm_str resolution, hm_str second, part_desc *d)
{
    hm_str version = HM_NONE;
    if (is_local(resolution) || (is_archive(resolution) && hm_str_search(resolution, HM_STR("://")) == resolution.n)) {
        d->flags |= PART_F_LOCAL;
        if (!is_archive(resolution)) {
            d->flags |= PART_F_SUBJECT;
            d->scope = PART_SCOPE_RUNTIME;
        }
    } else if (resolution.n && hm_is_digit((unsigned char)resolution.p[0])) {
        version = resolution;
        if (is_archive(second))
            d->url_dist = detect_url(l->doc.in->arena, second);
    } else {
        (void)detect_npm_source(l->doc.in->arena, resolution, true, d, &l->doc.quals);
    }
    detect_version(d, version, &l->doc.normal);
}

/* What one entry says beside its first text, in the order of its kind. */
typedef struct tuple {
    hm_str id, second, integrity;
    const codec_json *info;
} tuple;

static bool read_tuple(const codec_json *v, tuple *t)
{
    hm_str key;
    const codec_json *x;
    size_t i = 0;
    if (codec_json_type(v) != CODEC_ARR)
        return false;
    for (codec_json_iter it = codec_json_each(v); i < 8 && codec_json_next(&it, &key, &x); i++) {
        hm_str s = codec_json_str(x);
        if (i == 0 && !codec_json_is_str(x))
            return false;
        if (i == 0)
            t->id = s;
        else if (i == 1 && codec_json_is_str(x))
            t->second = s;
        else if (codec_json_type(x) == CODEC_OBJ)
            t->info = x;
        else if (hm_str_starts(s, HM_STR("sha")))
            t->integrity = s;
    }
    return i > 0;
}

static void read_patches(lock *l)
{
    hm_str key;
    const codec_json *patches = codec_json_get(l->root, "patchedDependencies"), *v;
    for (codec_json_iter it = codec_json_each(patches); !l->doc.bad && codec_json_next(&it, &key, &v);) {
        hm_str *path = hm_vec_push(&l->patches, l->doc.in->arena);
        l->doc.bad |= path == NULL;
        if (path)
            *path = codec_json_str(v);
        if (path && !hm_map_put(l->patched, key, l->patches.n - 1))
            l->doc.key.bad = true;
    }
}

static void add_patch(lock *l, hm_str id, uint32_t comp)
{
    uint64_t i;
    if (hm_map_get(l->patched, id, &i))
        part_add_prop(l->doc.out, comp, HM_STR("npm:patched"),
                      detect_cut(*HM_VEC_AT(&l->patches, hm_str, (size_t)i), PROP_MAX));
}

static void add_package(lock *l, hm_str key, const codec_json *v)
{
    part_desc d = { .kind = PART_LIBRARY, .eco = PART_ECO_NPM, .flags = PART_F_DEPS_KNOWN };
    tuple t = { .id = HM_NONE, .second = HM_NONE, .integrity = HM_NONE };
    hm_str last = HM_NONE;
    uint64_t member;
    if (!read_tuple(v, &t)) {
        detect_doc_wrong_type(&l->doc, detect_cut(key, PROP_MAX));
        return;
    }
    size_t at = t.id.n ? 1 + hm_str_find(hm_str_from(t.id, 1), '@') : 0;
    hm_str name = hm_str_sub(t.id, 0, at), resolution = hm_str_from(t.id, at + 1);
    uint32_t here = make_place(l, key, &last);
    if (l->doc.bad || l->doc.key.bad)
        return;
    if (here == NO || !detect_npm_name(name, &d.ns, &d.name)) {
        detect_doc_gap(&l->doc, HM_FORMAT, DEFECT_BAD_VALUE, 0, detect_cut(key, PROP_MAX));
        return;
    }
    uint32_t *comp = &HM_VEC_AT(&l->places, place, here)->comp;
    if (*comp != PART_NO)
        detect_doc_gap(&l->doc, HM_FORMAT, DEFECT_DUPLICATE, 0, detect_cut(key, PROP_MAX));
    if (hm_str_starts(resolution, HM_STR("root:"))) {
        *comp = l->project;
        return;
    }
    if (hm_str_starts(resolution, HM_STR("workspace:")) &&
        hm_map_get(l->member, hm_str_from(resolution, 10), &member)) {
        *comp = (uint32_t)member;
        return;
    }
    describe(l, resolution, t.second, &d);
    if (codec_json_bool(codec_json_get(t.info, "bundled")))
        d.flags |= PART_F_BUNDLED;
    *comp = detect_doc_add(&l->doc, &d, 0);
    part_add_integrity(l->doc.out, *comp, t.integrity);
    if (!hm_str_eq(last, name))
        part_add_prop(l->doc.out, *comp, HM_STR("npm:alias"), detect_cut(last, PROP_MAX));
    add_patch(l, t.id, *comp);
    add_asker(l, t.info, *comp, here, false);
}

/* ---- edges ------------------------------------------------------------------------------------------------------ */

static void edges_of(lock *l, uint32_t who, const char *list, part_scope scope, bool must)
{
    const asker *a = HM_VEC_AT(&l->askers, asker, who);
    const codec_json *deps = codec_json_get(a->info, list), *v;
    hm_str name;
    if (codec_json_type(deps) != CODEC_OBJ) {
        if (codec_json_type(deps) != CODEC_NULL)
            detect_doc_wrong_type(&l->doc, hm_str_c(list));
        return;
    }
    for (codec_json_iter it = codec_json_each(deps); !l->doc.bad && codec_json_next(&it, &name, &v);) {
        uint32_t segment = segment_of(l, name, false), to = resolve(l, a->place, segment);
        bool optional = !must && segment != NO && *HM_VEC_AT(&l->optional, uint32_t, segment) == who + 1;
        detect_graph_edge(&l->graph, a->comp, to, optional ? PART_SCOPE_OPTIONAL : scope);
        if (to == PART_NO && must)
            detect_doc_open_deps(&l->doc, a->comp);
    }
}

static void add_edges(lock *l)
{
    hm_str key;
    const codec_json *v;
    for (uint32_t i = 0; i < l->askers.n && !l->doc.bad && !part_build_bad(l->doc.out); i++) {
        const asker *a = HM_VEC_AT(&l->askers, asker, i);
        const codec_json *peers = codec_json_get(a->info, "optionalPeers");
        for (codec_json_iter it = codec_json_each(peers); codec_json_next(&it, &key, &v);) {
            uint32_t segment = segment_of(l, codec_json_str(v), false);
            if (segment != NO)
                *HM_VEC_AT(&l->optional, uint32_t, segment) = i + 1;
        }
        edges_of(l, i, "optionalDependencies", PART_SCOPE_OPTIONAL, false);
        edges_of(l, i, "dependencies", PART_SCOPE_RUNTIME, true);
        edges_of(l, i, "peerDependencies", PART_SCOPE_RUNTIME, false);
        if (a->member)
            edges_of(l, i, "devDependencies", PART_SCOPE_DEV, true);
    }
    detect_graph_close(&l->graph, true);
    if (l->too_deep)
        detect_lang_gap(&l->doc.gaps, HM_LIMIT, DEFECT_TOO_DEEP, HM_PLACE_NONE, 0, LIMIT_NPM_NESTING, HM_NONE);
}

/* ---- the whole -------------------------------------------------------------------------------------------------- */

static void check_version(lock *l)
{
    const codec_json *v = codec_json_get(l->root, "lockfileVersion");
    uint64_t version;
    hm_str text = HM_NONE;
    if (codec_json_u64(v, &version) && version <= NEWEST)
        return;
    if (!v) {
        detect_doc_gap(&l->doc, HM_FORMAT, DEFECT_MISSING_FIELD, 0, HM_STR("lockfileVersion"));
        return;
    }
    hm_buf_reset(&l->doc.key);
    if (codec_json_u64(v, &version)) {
        hm_buf_u64(&l->doc.key, version);
        text = hm_buf_view(&l->doc.key);
    }
    detect_doc_gap(&l->doc, HM_UNSUPPORTED, DEFECT_LOCK_VERSION, 0, text);
}

static hm_rc read_lock(lock *l, hm_err *err)
{
    hm_str key;
    const codec_json *v;
    hm_rc rc = codec_json_read_lax(l->doc.in->arena, l->doc.in->file->bytes, &l->root, err);
    if (rc != HM_OK)
        return rc;
    if (codec_json_type(l->root) != CODEC_OBJ)
        return hm_fail(err, HM_FORMAT, DEFECT_WRONG_TYPE, HM_PLACE_BYTE, 0, 0);
    check_version(l);
    place *top = hm_vec_push(&l->places, l->doc.in->arena);
    if (!top)
        return hm_arena_fail(l->doc.in->arena, err);
    *top = (place){ .parent = 0, .comp = PART_NO };
    const codec_json *members = codec_json_get(l->root, "workspaces"), *packages = codec_json_get(l->root, "packages");
    if (codec_json_type(members) != CODEC_OBJ && members)
        detect_doc_wrong_type(&l->doc, HM_STR("workspaces"));
    if (codec_json_type(packages) != CODEC_OBJ && packages)
        detect_doc_wrong_type(&l->doc, HM_STR("packages"));
    if (codec_json_type(members) == CODEC_OBJ)
        for (codec_json_iter it = codec_json_each(members); !l->doc.bad && codec_json_next(&it, &key, &v);)
            add_member(l, key, v);
    read_patches(l);
    if (codec_json_type(packages) == CODEC_OBJ)
        for (codec_json_iter it = codec_json_each(packages);
             !l->doc.bad && !part_build_bad(l->doc.out) && codec_json_next(&it, &key, &v);)
            add_package(l, key, v);
    add_edges(l);
    return HM_OK;
}

hm_rc detect_bun_lock(const detect_in *in, part_build *out, hm_err *err)
{
    lock l = { .places.size = sizeof(place),
               .askers.size = sizeof(asker),
               .patches.size = sizeof(hm_str),
               .optional.size = sizeof(uint32_t),
               .project = PART_NO };
    hm_rc rc;
    if (detect_path_in(in->file->path, HM_STR("node_modules"), 0)) /* published by accident */
        return HM_OK;
    detect_doc_open(&l.doc, in, in->file, out);
    detect_graph_open(&l.graph, &l.doc);
    l.manifest = detect_npm_beside(&l.doc, "package.json");
    l.segment = hm_map_new();
    l.child = hm_map_new();
    l.member = hm_map_new();
    l.patched = hm_map_new();
    if (l.segment && l.child && l.member && l.patched && !l.doc.bad)
        rc = read_lock(&l, err);
    else
        rc = detect_no_memory(err);
    hm_map_freep(&l.segment);
    hm_map_freep(&l.child);
    hm_map_freep(&l.member);
    hm_map_freep(&l.patched);
    return detect_doc_close(&l.doc, rc, err);
}

hm_rc detect_bun_binary(const detect_in *in, part_build *out, hm_err *err)
{
    (void)out;
    if (detect_path_in(in->file->path, HM_STR("node_modules"), 0))
        return HM_OK;
    return hm_fail(err, HM_UNSUPPORTED, DEFECT_LOCK_BINARY, HM_PLACE_NONE, 0, 0);
}
