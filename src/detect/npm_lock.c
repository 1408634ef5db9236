/* npm_lock - package-lock.json and npm-shrinkwrap.json, lockfileVersion 1, 2, 3 (npm documentation, package-lock.json).
 *
 *   1:    { name, version, dependencies: { NAME: { version, resolved, integrity, requires: { NAME: range },
 *           dependencies: {...nested in its node_modules...} } } }
 *   2, 3: { name, version, packages: { "": root, "node_modules/a/node_modules/b": {...}, "packages/w": workspace,
 *           "node_modules/w": { link: true, resolved: "packages/w" } } }        (2 also repeats the form of 1)
 *
 * Both become a tree of directories with an entry ("node") at some of them; what a package gets for a name is decided
 * as node decides it: its own node_modules, then those of the directories above it.
 * Invariants:
 * 1. Directories are interned as (parent, segment) pairs, so work on keys is linear in their bytes.
 * 2. dir.up names the nearest directory above that has a node_modules; a look-up takes at most LIMIT_NPM_NESTING steps.
 * 3. An entry of a wrong type is a gap that names its key, and costs no other entry.
 * 4. A parent directory is created before its child: one pass over the table fixes all `up`.
 * Choices: `dev` wins over `optional` (an optional part of a development tool); `devOptional` is OPTIONAL, because an
 * installation without development parts still installs it. A lock of version 1 does not list what the root asks for:
 * the packages that no other one requires are taken, and the root keeps PART_F_DEPS_OPEN.
 * Enemy: the author of the lock (deep keys, links in a circle, names that repeat, millions of tiny entries). */
#include "base/limits.h"
#include "detect/npm.h"

enum { NO = 0xffffffff, PROP_MAX = 256 };

typedef struct dir {
    uint32_t parent, modules, up, node; /* modules: the child "node_modules"; NO: none */
    bool outside;                       /* ".." from the lock's directory: nothing above it is known */
} dir;
typedef struct node {
    hm_str key;  /* as the lock names it, for gaps */
    hm_str name; /* installed under this name, from the path; empty for workspaces and the root */
    const codec_json *v;
    uint32_t dir, comp, link; /* link: node that it points to, or NO */
    part_scope scope;
    bool root, is_link, required;
} node;
typedef struct lock {
    const detect_in *in;
    part_build *out;
    detect_lang_gaps gaps;
    hm_map *segment, *child; /* text -> number; (dir, segment) -> dir */
    hm_vec dirs, nodes;
    uint32_t modules_segment;
    const codec_json *doc;
    bool v1, too_deep;
    hm_buf licence, normal, quals;
    uint32_t *edge_from; /* by component: the last component + 1 that got an edge to it */
    size_t edge_from_n;
} lock;

static dir *dir_at(const lock *l, uint32_t i)
{
    return HM_VEC_AT(&l->dirs, dir, i);
}

static node *node_at(const lock *l, uint32_t i)
{
    return HM_VEC_AT(&l->nodes, node, i);
}

/* ---- directories ------------------------------------------------------------------------------------------------ */

static uint32_t new_dir(lock *l, uint32_t parent)
{
    uint32_t i = (uint32_t)l->dirs.n;
    dir *d = i < NO ? hm_vec_push(&l->dirs, l->in->arena) : NULL;
    if (!d)
        return NO;
    *d = (dir){ .parent = parent, .modules = NO, .up = NO, .node = NO };
    return i;
}

/* Number of a segment; NO: not there (make false) or no memory (make true). */
static uint32_t segment_of(lock *l, hm_str s, bool make)
{
    uint64_t v = NO;
    if (!make)
        return hm_map_get(l->segment, s, &v) ? (uint32_t)v : NO;
    uint64_t *p = hm_map_put(l->segment, s, hm_map_count(l->segment));
    return p && *p < NO ? (uint32_t)*p : NO;
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
    if (segment == NO)
        return NO;
    uint32_t i = child_of(l, parent, segment);
    if (i != NO)
        return i;
    i = new_dir(l, parent);
    uint32_t *pair = hm_arena_array(l->in->arena, 2, sizeof *pair); /* the map borrows its keys */
    if (i == NO || !pair)
        return NO;
    pair[0] = parent;
    pair[1] = segment;
    if (!hm_map_put(l->child, (hm_str){ (const char *)pair, 2 * sizeof *pair }, i))
        return NO;
    if (segment == l->modules_segment)
        dir_at(l, parent)->modules = i;
    dir_at(l, i)->outside = hm_str_is(name, "..") && (parent == 0 || dir_at(l, parent)->outside);
    return i;
}

static uint32_t make_path(lock *l, uint32_t from, hm_str path)
{
    while (path.n && from != NO) {
        hm_str rest, name = hm_str_cut(path, '/', &rest);
        if (name.n && !hm_str_is(name, "."))
            from = make_child(l, from, name);
        path = rest;
    }
    return from;
}

static uint32_t find_path(lock *l, hm_str path)
{
    uint32_t at = 0;
    while (path.n && at != NO) {
        hm_str rest, name = hm_str_cut(path, '/', &rest);
        if (name.n && !hm_str_is(name, ".")) {
            uint32_t segment = segment_of(l, name, false);
            at = segment == NO ? NO : child_of(l, at, segment);
        }
        path = rest;
    }
    return at;
}

static void fix_up(lock *l)
{
    for (uint32_t i = 1; i < l->dirs.n; i++) {
        dir *d = dir_at(l, i), *p = dir_at(l, d->parent);
        if (!d->outside)
            d->up = p->modules != NO ? d->parent : p->up;
    }
}

/* Entry that a package in directory `at` gets for `name`, NO: none. */
static uint32_t resolve(lock *l, uint32_t at, hm_str name)
{
    hm_str ns, base;
    if (!detect_npm_name(name, &ns, &base))
        return NO;
    uint32_t s_ns = ns.n ? segment_of(l, ns, false) : NO, s_base = segment_of(l, base, false);
    if (s_base == NO || (ns.n && s_ns == NO))
        return NO;
    if (dir_at(l, at)->modules == NO)
        at = dir_at(l, at)->up;
    for (unsigned steps = 0; at != NO; at = dir_at(l, at)->up) {
        if (++steps > LIMIT_NPM_NESTING) {
            l->too_deep = true;
            return NO;
        }
        uint32_t in = dir_at(l, at)->modules;
        if (ns.n)
            in = child_of(l, in, s_ns);
        if (in != NO)
            in = child_of(l, in, s_base);
        if (in != NO && dir_at(l, in)->node != NO)
            return dir_at(l, in)->node;
    }
    return NO;
}

/* ---- entries ---------------------------------------------------------------------------------------------------- */

static void wrong_type(lock *l, hm_str key)
{
    detect_lang_gap(&l->gaps, HM_FORMAT, DEFECT_WRONG_TYPE, HM_PLACE_NONE, 0, 0, key);
}

static bool flag(const codec_json *entry, const char *name)
{
    return codec_json_bool(codec_json_get(entry, name));
}

static part_scope scope_of(const codec_json *entry)
{
    if (flag(entry, "dev"))
        return PART_SCOPE_DEV;
    if (flag(entry, "optional") || flag(entry, "devOptional"))
        return PART_SCOPE_OPTIONAL;
    return flag(entry, "extraneous") ? PART_SCOPE_UNKNOWN : PART_SCOPE_RUNTIME;
}

static hm_rc add_node(lock *l, hm_str key, hm_str name, uint32_t at, const codec_json *v, hm_err *err)
{
    if (codec_json_type(v) != CODEC_OBJ) {
        wrong_type(l, key);
        return HM_OK;
    }
    node *n = at != NO && l->nodes.n < NO ? hm_vec_push(&l->nodes, l->in->arena) : NULL;
    if (!n)
        return hm_arena_fail(l->in->arena, err);
    *n = (node){ .key = key, .name = name, .v = v, .dir = at, .comp = PART_NO, .link = NO };
    n->root = at == 0;
    n->is_link = flag(v, "link");
    n->scope = scope_of(v);
    if (dir_at(l, at)->node != NO)
        detect_lang_gap(&l->gaps, HM_FORMAT, DEFECT_DUPLICATE, HM_PLACE_NONE, 0, 0, key);
    dir_at(l, at)->node = (uint32_t)(l->nodes.n - 1);
    return HM_OK;
}

/* The name a path installs under: what follows the last "node_modules/", if it is a package's name. */
static hm_str installed_name(hm_str path)
{
    const hm_str modules = HM_STR("node_modules");
    size_t names = 0, from = path.n;
    while (from > 0 && names < 3) { /* at most two segments may follow */
        hm_str head = hm_str_sub(path, 0, from);
        size_t slash = hm_str_rfind(head, '/');
        size_t start = slash == head.n ? 0 : slash + 1;
        if (hm_str_eq(hm_str_from(head, start), modules)) {
            hm_str ns, base, name = hm_str_from(path, from + 1);
            return names && detect_npm_name(name, &ns, &base) ? name : HM_NONE;
        }
        names++;
        from = start ? start - 1 : 0;
    }
    return HM_NONE;
}

static hm_rc read_packages(lock *l, const codec_json *packages, hm_err *err)
{
    hm_str key;
    const codec_json *v;
    for (codec_json_iter it = codec_json_each(packages); codec_json_next(&it, &key, &v);) {
        if (key.n > LIMIT_PATH_BYTES) {
            detect_lang_gap(&l->gaps, HM_LIMIT, DEFECT_TOO_LARGE, HM_PLACE_NONE, 0, LIMIT_PATH_BYTES, key);
            continue;
        }
        uint32_t at = make_path(l, 0, key);
        if (at == NO)
            return hm_arena_fail(l->in->arena, err);
        while (key.n && key.p[key.n - 1] == '/')
            key.n--;
        hm_rc rc = add_node(l, key, installed_name(key), at, v, err);
        if (rc != HM_OK)
            return rc;
    }
    return HM_OK;
}

static hm_rc read_dependencies(lock *l, const codec_json *top, hm_err *err)
{
    struct {
        codec_json_iter it;
        uint32_t dir;
    } stack[CODEC_JSON_DEPTH / 2 + 1];
    size_t depth = 1;
    stack[0].it = codec_json_each(top);
    stack[0].dir = 0;
    while (depth) {
        hm_str name, ns, base;
        const codec_json *v;
        if (!codec_json_next(&stack[depth - 1].it, &name, &v)) {
            depth--;
            continue;
        }
        if (!detect_npm_name(name, &ns, &base) || name.n > LIMIT_PATH_BYTES) {
            detect_lang_gap(&l->gaps, HM_FORMAT, DEFECT_BAD_VALUE, HM_PLACE_NONE, 0, 0, name);
            continue;
        }
        uint32_t at = make_child(l, stack[depth - 1].dir, HM_STR("node_modules"));
        at = at == NO ? NO : make_path(l, at, name);
        if (at == NO)
            return hm_arena_fail(l->in->arena, err);
        hm_rc rc = add_node(l, name, name, at, v, err);
        if (rc != HM_OK)
            return rc;
        const codec_json *nested = codec_json_get(v, "dependencies");
        if (codec_json_type(nested) == CODEC_OBJ) {
            HM_BUG_ON(depth == HM_COUNT(stack)); /* each level is two levels of JSON */
            stack[depth].it = codec_json_each(nested);
            stack[depth++].dir = at;
        } else if (codec_json_type(nested) != CODEC_NULL) {
            wrong_type(l, name);
        }
    }
    return HM_OK;
}

/* ---- components ------------------------------------------------------------------------------------------------- */

static hm_str text_field(lock *l, const node *n, const char *field)
{
    const codec_json *v = codec_json_get(n->v, field);
    if (codec_json_type(v) != CODEC_NULL && !codec_json_is_str(v))
        wrong_type(l, n->key);
    return codec_json_str(v);
}

static void add_subject(lock *l, node *n)
{
    part_desc d = { .kind = PART_APPLICATION,
                    .scope = PART_SCOPE_RUNTIME,
                    .eco = PART_ECO_NPM,
                    .flags = PART_F_SUBJECT | PART_F_DEPS_KNOWN };
    hm_str name = codec_json_get_str(n->v, "name"), version = codec_json_get_str(n->v, "version");
    if (name.n == 0)
        name = codec_json_get_str(l->doc, "name");
    if (!detect_npm_name(name, &d.ns, &d.name) &&
        !detect_npm_name(hm_path_base(hm_path_dir(l->in->file->path)), &d.ns, &d.name))
        return;
    detect_version(&d, version.n ? version : codec_json_get_str(l->doc, "version"), &l->normal);
    detect_npm_licence(l->in->arena, n->v, &d, &l->licence);
    n->comp = part_add(l->out, &d);
    part_add_evidence(l->out, n->comp, l->in->file->path, PART_T_MANIFEST, 100, 0);
}

/* Version 1 keeps the source in `version`. */
static void describe_v1(lock *l, part_desc *d, hm_str *version)
{
    if (hm_str_starts(*version, HM_STR("npm:"))) { /* npm:NAME@VERSION, NAME may start with '@' */
        hm_str spec = hm_str_from(*version, 4), ns, name;
        size_t at = hm_str_rfind(spec, '@');
        if (at && at < spec.n && detect_npm_name(hm_str_sub(spec, 0, at), &ns, &name)) {
            d->ns = ns;
            d->name = name;
            *version = hm_str_from(spec, at + 1);
        }
        return;
    }
    hm_str from = *version;
    detect_npm_from kind = detect_npm_source(l->in->arena, from, true, d, &l->quals);
    if (kind == NPM_FROM_NONE)
        return;
    *version = HM_NONE;
    if (kind == NPM_FROM_PATH && !hm_str_ends(from, HM_STR(".tgz")) && !hm_str_ends(from, HM_STR(".tar.gz")) &&
        !hm_str_ends(from, HM_STR(".tar")))
        d->flags |= PART_F_SUBJECT; /* a directory beside the project */
}

static void add_package(lock *l, node *n)
{
    part_desc d = { .kind = PART_LIBRARY, .scope = n->scope, .eco = PART_ECO_NPM, .flags = PART_F_DEPS_KNOWN };
    hm_str path_name = n->name.n ? n->name : hm_path_base(n->key), written = HM_NONE;
    if (!n->name.n) /* a workspace or the target of a link: "@s/x" is named by its last two directories */
        if (hm_str_starts(hm_path_base(hm_path_dir(n->key)), HM_STR("@")))
            path_name = hm_str_from(n->key, hm_path_dir(hm_path_dir(n->key)).n);
    while (path_name.n && path_name.p[0] == '/')
        path_name = hm_str_from(path_name, 1);
    if (!l->v1)
        written = text_field(l, n, "name");
    if (hm_str_is(path_name, "node_modules") || /* the folder itself */
        (!detect_npm_name(written, &d.ns, &d.name) && !detect_npm_name(path_name, &d.ns, &d.name))) {
        detect_lang_gap(&l->gaps, HM_FORMAT, DEFECT_BAD_VALUE, HM_PLACE_NONE, 0, 0, n->key);
        return;
    }
    if (!n->name.n || n->is_link)
        d.flags |= PART_F_LOCAL | PART_F_SUBJECT;
    if (n->is_link) /* to something that the lock does not describe */
        d.flags &= ~(uint32_t)PART_F_DEPS_KNOWN;
    if (flag(n->v, "inBundle") || flag(n->v, "bundled"))
        d.flags |= PART_F_BUNDLED;
    hm_str version = text_field(l, n, "version");
    if (l->v1)
        describe_v1(l, &d, &version);
    else if (n->is_link)
        version = HM_NONE;
    hm_str resolved = codec_json_get_str(n->v, "resolved"); /* false in some old locks */
    if (!n->is_link && !d.url_vcs.n)
        (void)detect_npm_source(l->in->arena, resolved, true, &d, &l->quals);
    detect_version(&d, version, &l->normal);
    detect_npm_licence(l->in->arena, n->v, &d, &l->licence);
    hm_str real = d.ns.n ? detect_join(l->in->arena, d.ns, HM_STR("/"), d.name) : d.name;
    n->comp = part_add(l->out, &d);
    part_add_evidence(l->out, n->comp, l->in->file->path, PART_T_MANIFEST, 100, 0);
    part_add_integrity(l->out, n->comp, text_field(l, n, "integrity"));
    if (n->name.n && !n->is_link && !hm_str_eq(real, n->name))
        part_add_prop(l->out, n->comp, HM_STR("npm:alias"), detect_cut(n->name, PROP_MAX));
    part_add_prop(l->out, n->comp, HM_STR("npm:deprecated"),
                  detect_cut(codec_json_get_str(n->v, "deprecated"), PROP_MAX));
    if (flag(n->v, "hasInstallScript"))
        part_add_prop(l->out, n->comp, HM_STR("npm:hasInstallScript"), HM_STR("true"));
}

static void add_components(lock *l)
{
    for (uint32_t i = 0; i < l->nodes.n && !part_build_bad(l->out); i++) {
        node *n = node_at(l, i);
        if (n->root)
            add_subject(l, n);
        else if (!n->is_link)
            add_package(l, n);
    }
    for (uint32_t i = 0; i < l->nodes.n && !part_build_bad(l->out); i++) {
        node *n = node_at(l, i);
        if (n->root || !n->is_link)
            continue;
        hm_str to = text_field(l, n, "resolved");
        uint32_t at = to.n && to.n <= LIMIT_PATH_BYTES ? find_path(l, to) : NO;
        uint32_t target = at == NO ? NO : dir_at(l, at)->node;
        if (target != NO && !node_at(l, target)->is_link) { /* a link to a link could go round */
            n->link = target;
            n->comp = node_at(l, target)->comp;
        } else {
            add_package(l, n);
        }
    }
}

/* ---- edges ------------------------------------------------------------------------------------------------------ */

static void deps_open(lock *l, uint32_t comp)
{
    if (comp != PART_NO && !part_build_bad(l->out))
        part_build_comp(l->out, comp)->flags |= PART_F_DEPS_OPEN;
}

static void edge(lock *l, uint32_t from, uint32_t to, part_scope scope)
{
    if (to == PART_NO || to >= l->edge_from_n || l->edge_from[to] == from + 1)
        return; /* the first list that names a package decides on its scope */
    l->edge_from[to] = from + 1;
    part_add_edge(l->out, from, to, scope);
}

enum { MUST = 1, OPTIONAL_HERE = 2 };

static void edges_of(lock *l, const node *n, const char *list, part_scope scope, unsigned how)
{
    const codec_json *deps = codec_json_get(n->v, list), *v;
    hm_str name;
    if (codec_json_type(deps) != CODEC_OBJ) {
        bool v1_mark = l->v1 && codec_json_type(deps) == CODEC_BOOL; /* "requires": true */
        if (codec_json_type(deps) != CODEC_NULL && !v1_mark)
            wrong_type(l, n->key.n ? n->key : hm_str_c(list));
        return;
    }
    for (codec_json_iter it = codec_json_each(deps); codec_json_next(&it, &name, &v);) {
        uint32_t to = resolve(l, n->dir, name);
        if (to == NO) {
            if (how & MUST)
                deps_open(l, n->comp);
            continue;
        }
        node *t = node_at(l, to);
        t->required = true;
        bool optional = how & OPTIONAL_HERE && t->scope == PART_SCOPE_OPTIONAL && n->scope != PART_SCOPE_OPTIONAL;
        edge(l, n->comp, t->comp, optional ? PART_SCOPE_OPTIONAL : scope);
    }
}

/* Peers marked optional in peerDependenciesMeta are optional; npm leaves missing peers alone. */
static void peer_edges(lock *l, const node *n)
{
    const codec_json *deps = codec_json_get(n->v, "peerDependencies"), *v;
    const codec_json *meta = codec_json_get(n->v, "peerDependenciesMeta");
    hm_str name;
    for (codec_json_iter it = codec_json_each(meta); codec_json_next(&it, &name, &v);) {
        uint32_t to = codec_json_bool(codec_json_get(v, "optional")) ? resolve(l, n->dir, name) : NO;
        if (to != NO)
            edge(l, n->comp, node_at(l, to)->comp, PART_SCOPE_OPTIONAL);
    }
    if (codec_json_type(deps) != CODEC_NULL)
        edges_of(l, n, "peerDependencies", PART_SCOPE_RUNTIME, 0);
}

static hm_rc add_edges(lock *l, hm_err *err)
{
    l->edge_from_n = part_build_count(l->out);
    l->edge_from = hm_arena_array(l->in->arena, l->edge_from_n, sizeof *l->edge_from);
    if (!l->edge_from)
        return hm_arena_fail(l->in->arena, err);
    uint32_t root = NO;
    for (uint32_t i = 0; i < l->nodes.n && !part_build_bad(l->out); i++) {
        const node *n = node_at(l, i);
        if (n->root)
            root = i;
        if (n->comp == PART_NO || n->is_link || n->v == l->doc)
            continue;
        if (l->v1) {
            edges_of(l, n, "requires", PART_SCOPE_RUNTIME, MUST | OPTIONAL_HERE);
            continue;
        }
        edges_of(l, n, "optionalDependencies", PART_SCOPE_OPTIONAL, 0);
        edges_of(l, n, "dependencies", PART_SCOPE_RUNTIME, MUST);
        edges_of(l, n, "devDependencies", PART_SCOPE_DEV, n->root ? MUST : 0);
        peer_edges(l, n);
    }
    if (root == NO || node_at(l, root)->comp == PART_NO)
        return HM_OK;
    const node *r = node_at(l, root);
    bool unlisted = r->v == l->doc; /* nothing says what the root asks for */
    bool workspaces = codec_json_type(codec_json_get(r->v, "workspaces")) != CODEC_NULL;
    for (uint32_t i = 0; i < l->nodes.n; i++) {
        const node *n = node_at(l, i);
        if (n->root || n->comp == PART_NO)
            continue;
        uint32_t up = dir_at(l, n->dir)->up;
        if (up == 0 && (unlisted ? !n->required : workspaces && n->is_link))
            edge(l, r->comp, n->comp, n->scope);
    }
    if (unlisted && l->nodes.n > 1)
        deps_open(l, r->comp);
    return HM_OK;
}

/* ---- the whole -------------------------------------------------------------------------------------------------- */

static hm_rc read_lock(lock *l, const codec_json *packages, const codec_json *dependencies, hm_err *err)
{
    l->segment = hm_map_new();
    l->child = hm_map_new();
    if (!l->segment || !l->child)
        return detect_no_memory(err);
    l->modules_segment = segment_of(l, HM_STR("node_modules"), true);
    if (l->modules_segment == NO || new_dir(l, NO) == NO)
        return hm_arena_fail(l->in->arena, err);
    hm_rc rc;
    if (l->v1) {
        rc = add_node(l, HM_NONE, HM_NONE, 0, l->doc, err);
        if (rc == HM_OK)
            rc = read_dependencies(l, dependencies, err);
    } else {
        rc = read_packages(l, packages, err);
        if (rc == HM_OK && dir_at(l, 0)->node == NO && codec_json_get_str(l->doc, "name").n)
            rc = add_node(l, HM_NONE, HM_NONE, 0, l->doc, err);
    }
    if (rc != HM_OK)
        return rc;
    fix_up(l);
    add_components(l);
    rc = add_edges(l, err);
    if (l->too_deep)
        detect_lang_gap(&l->gaps, HM_LIMIT, DEFECT_TOO_DEEP, HM_PLACE_NONE, 0, LIMIT_NPM_NESTING, HM_NONE);
    if (rc == HM_OK && (l->licence.bad || l->normal.bad || l->quals.bad))
        rc = detect_no_memory(err);
    return rc;
}

/* A lock inside an installed package was published with it by accident: it says what its author had, nothing of what is
 * installed here. (npm-shrinkwrap.json is meant to be published, and is honoured by what the installer then did.) */
static bool is_published(hm_str path)
{
    return hm_str_starts(path, HM_STR("node_modules/")) || hm_str_search(path, HM_STR("/node_modules/")) < path.n;
}

hm_rc detect_npm_lock(const detect_in *in, part_build *out, hm_err *err)
{
    lock l = { .in = in,
               .out = out,
               .gaps = { .out = out, .path = in->file->path },
               .dirs = { .size = sizeof(dir) },
               .nodes = { .size = sizeof(node) } };
    if (is_published(in->file->path))
        return HM_OK;
    hm_rc rc = codec_json_read(in->arena, in->file->bytes, &l.doc, err);
    if (rc != HM_OK)
        return rc;
    if (codec_json_type(l.doc) != CODEC_OBJ)
        return hm_fail(err, HM_FORMAT, DEFECT_WRONG_TYPE, HM_PLACE_BYTE, 0, 0);
    uint64_t version = 0;
    bool versioned = codec_json_u64(codec_json_get(l.doc, "lockfileVersion"), &version);
    if (versioned && version > 3)
        detect_lang_gap(&l.gaps, HM_UNSUPPORTED, DEFECT_NPM_LOCK_VERSION, HM_PLACE_NONE, 0, version, HM_NONE);
    const codec_json *packages = codec_json_get(l.doc, "packages");
    const codec_json *dependencies = codec_json_get(l.doc, "dependencies");
    if (codec_json_type(packages) != CODEC_OBJ && codec_json_type(packages) != CODEC_NULL)
        wrong_type(&l, HM_STR("packages"));
    bool has_packages = codec_json_type(packages) == CODEC_OBJ;
    bool has_dependencies = codec_json_type(dependencies) == CODEC_OBJ;
    if (!has_dependencies && codec_json_type(dependencies) != CODEC_NULL)
        wrong_type(&l, HM_STR("dependencies"));
    if (!has_packages && !has_dependencies && !versioned)
        return hm_fail(err, HM_FORMAT, DEFECT_NPM_NO_PACKAGES, HM_PLACE_NONE, 0, 0);
    l.v1 = !has_packages || (codec_json_count(packages) == 0 && has_dependencies);
    rc = read_lock(&l, packages, dependencies, err);
    hm_map_freep(&l.segment);
    hm_map_freep(&l.child);
    hm_buf_clear(&l.licence);
    hm_buf_clear(&l.normal);
    hm_buf_clear(&l.quals);
    return rc;
}
