/* yarn - yarn.lock of Yarn 1 ("classic") and of Yarn 2 and later ("berry", __metadata.version 4 to 10), with the
 * package.json beside it. Notation: yarn_lines.h.
 *
 *   classic  NAME@RANGE, NAME@RANGE: version, resolved (address, "#" and SHA-1 of the archive or commit), integrity,
 *            dependencies, optionalDependencies: NAME RANGE
 *   berry    "NAME@PROTOCOL:RANGE, ...": version, resolution "NAME@PROTOCOL:REFERENCE", checksum, linkType,
 *            dependencies, peerDependencies: NAME RANGE; dependenciesMeta: NAME: { optional }
 *
 * An edge is the look-up of NAME@RANGE among the keys. Where no key fits, the project overrides ranges ("resolutions"):
 * then the only entry of that name is meant, and if there are several, the edge stays open. Peers are no edges: which of
 * several packages fills one is nowhere written. The lock does not tell dependencies of runtime and of development
 * apart; package.json does for the project itself, and scopes follow where that decides (graph.h), else are unknown.
 * The checksum of berry is that of Yarn's own archive of a package, not of the published one: a property, no digest.
 * Invariant: an entry has one component; entries of the wrong form cost no other.
 * Enemy: the author of the lock (keys that repeat, millions of entries, names that are none). */
#include "base/limits.h"
#include "detect/graph.h"
#include "detect/npm.h"
#include "detect/yarn_lines.h"

enum { PROP_MAX = 256, BERRY_NEWEST = 10 };

typedef struct entry {
    hm_str key; /* the first one */
    hm_str name, range, alias;
    hm_str version, resolved, integrity; /* resolved: "resolution" of berry */
    hm_str checksum;
    uint64_t line;
    uint32_t comp;
    bool has_meta, member; /* member: of the workspace, with its dependencies of development among the others */
} entry;
typedef struct dep {
    uint32_t from; /* entry */
    hm_str name, range;
    bool optional;
} dep;
typedef enum section { NOTHING = 0, DEPENDENCIES, OPTIONAL, META, METADATA } section;
typedef struct lock {
    detect_doc doc;
    detect_graph graph;
    hm_map *keys; /* NAME@RANGE -> index of its entry */
    hm_map *meta; /* index of an entry, name -> 1: optional */
    hm_vec entries, deps;
    const codec_json *package; /* package.json, or NULL */
    uint32_t root;             /* component of the project, or PART_NO */
    section in;
    hm_str item; /* name of the block inside a section */
    bool berry, skip;
} lock;

static entry *entry_at(const lock *l, size_t i)
{
    return HM_VEC_AT(&l->entries, entry, i);
}

static void no_memory(lock *l)
{
    l->doc.bad = true;
}

/* NAME@RANGE, NAME may begin with '@'. */
static bool split_key(hm_str key, hm_str *ret_name, hm_str *ret_range)
{
    hm_str ns, base;
    size_t at = key.n ? 1 + hm_str_find(hm_str_from(key, 1), '@') : 0;
    *ret_name = hm_str_sub(key, 0, at);
    *ret_range = hm_str_from(key, at + 1);
    return detect_npm_name(*ret_name, &ns, &base);
}

/* ---- reading ---------------------------------------------------------------------------------------------------- */

static void map_put(lock *l, hm_map *m, hm_str key, size_t value, bool *ret_new)
{
    size_t was = hm_map_count(m);
    if (!hm_map_put(m, key, value))
        l->doc.key.bad = true;
    *ret_new = hm_map_count(m) > was;
}

static void add_key(lock *l, hm_str key, uint64_t line)
{
    entry *e = entry_at(l, l->entries.n - 1);
    bool fresh;
    hm_str name, range, bare;
    if (!split_key(key, &name, &range)) {
        detect_doc_gap(&l->doc, HM_FORMAT, DEFECT_BAD_VALUE, line, key);
        return;
    }
    map_put(l, l->keys, key, l->entries.n - 1, &fresh);
    if (!fresh)
        detect_doc_gap(&l->doc, HM_FORMAT, DEFECT_DUPLICATE, line, key);
    size_t bound = hm_str_search(key, HM_STR("::")); /* who asks for it, and other parameters */
    if (bound < key.n)
        map_put(l, l->keys, hm_str_sub(key, 0, bound), l->entries.n - 1, &fresh);
    if (!e->key.n) {
        e->key = key;
        e->name = name;
        e->range = range;
    }
    if (hm_str_starts(range, HM_STR("npm:")) && split_key(hm_str_from(range, 4), &bare, &range) && !l->berry) {
        e->alias = name; /* berry has the real name in its resolution */
        if (hm_str_eq(e->name, name))
            e->name = bare;
    }
}

static void begin_entry(lock *l, const yarn_item *it)
{
    l->in = NOTHING;
    l->skip = false;
    if (hm_str_is(it->name, "__metadata")) {
        l->berry = true;
        l->in = METADATA;
        return;
    }
    entry *e = l->entries.n < UINT32_MAX ? hm_vec_push(&l->entries, l->doc.in->arena) : NULL;
    if (!e) {
        no_memory(l);
        return;
    }
    *e = (entry){ .line = it->line, .comp = PART_NO };
}

static void add_keys(lock *l, const yarn_item *it)
{
    hm_str rest = it->name;
    if (!l->berry) {
        add_key(l, it->name, it->line);
        return;
    }
    while (rest.n) { /* one text with all keys */
        size_t n = hm_str_search(rest, HM_STR(", "));
        add_key(l, hm_str_trim(hm_str_sub(rest, 0, n)), it->line);
        rest = hm_str_from(rest, n + 2);
    }
}

static void set_field(lock *l, const yarn_item *it)
{
    if (l->in == METADATA) {
        uint64_t v;
        if (hm_str_is(it->name, "version") && (!hm_str_u64(it->value, &v) || v > BERRY_NEWEST))
            detect_doc_gap(&l->doc, HM_UNSUPPORTED, DEFECT_LOCK_VERSION, it->line, it->value);
        return;
    }
    l->in = NOTHING;
    entry *e = entry_at(l, l->entries.n - 1);
    if (hm_str_is(it->name, "version"))
        e->version = it->value;
    else if (hm_str_is(it->name, l->berry ? "resolution" : "resolved"))
        e->resolved = it->value;
    else if (hm_str_is(it->name, "integrity"))
        e->integrity = it->value;
    else if (hm_str_is(it->name, "checksum"))
        e->checksum = it->value;
}

static void add_dep(lock *l, const yarn_item *it)
{
    dep *d = l->deps.n < UINT32_MAX ? hm_vec_push(&l->deps, l->doc.in->arena) : NULL;
    if (d)
        *d = (dep){
            .from = (uint32_t)(l->entries.n - 1), .name = it->name, .range = it->value, .optional = l->in == OPTIONAL
        };
    else
        no_memory(l);
}

/* Key of l->meta, in the arena; empty: no memory. */
static hm_str meta_key(lock *l, uint32_t of, hm_str name)
{
    char number[4] = { (char)(of & 0xff), (char)(of >> 8 & 0xff), (char)(of >> 16 & 0xff), (char)(of >> 24 & 0xff) };
    return detect_join(l->doc.in->arena, (hm_str){ number, 4 }, name, HM_NONE);
}

static void add_meta(lock *l, const yarn_item *it)
{
    bool fresh;
    if (!hm_str_is(it->name, "optional") || !hm_str_is(it->value, "true"))
        return;
    entry_at(l, l->entries.n - 1)->has_meta = true;
    hm_str key = meta_key(l, (uint32_t)(l->entries.n - 1), l->item);
    if (key.n)
        map_put(l, l->meta, key, 1, &fresh);
    else
        no_memory(l);
}

static section section_of(hm_str name)
{
    if (hm_str_is(name, "dependencies"))
        return DEPENDENCIES;
    if (hm_str_is(name, "optionalDependencies"))
        return OPTIONAL;
    return hm_str_is(name, "dependenciesMeta") ? META : NOTHING;
}

static void take_item(lock *l, const yarn_item *it, bool *more_keys)
{
    bool first = it->depth == 0 && !*more_keys;
    if (it->kind == YARN_BAD) {
        detect_doc_gap(&l->doc, HM_FORMAT, DEFECT_LOCK_LINE, it->line, detect_cut(it->value, PROP_MAX));
        l->skip |= it->depth == 0 && first; /* what follows belongs to no entry that we know */
        *more_keys = false;
        return;
    }
    if (it->kind == YARN_KEY) {
        if (first)
            begin_entry(l, it);
        *more_keys = it->more;
        if (l->in != METADATA && !l->doc.bad)
            add_keys(l, it);
        return;
    }
    *more_keys = false;
    if (l->skip)
        return;
    if (l->in != METADATA && l->entries.n == 0) {
        detect_doc_gap(&l->doc, HM_FORMAT, DEFECT_LOCK_LINE, it->line, it->name);
        return;
    }
    if (it->depth == 1 && it->kind == YARN_FIELD)
        set_field(l, it);
    else if (it->depth == 1 && l->in != METADATA)
        l->in = section_of(it->name);
    else if (it->depth == 2 && it->kind == YARN_BLOCK)
        l->item = it->name;
    else if (it->depth == 2 && (l->in == DEPENDENCIES || l->in == OPTIONAL))
        add_dep(l, it);
    else if (it->depth == 3 && l->in == META)
        add_meta(l, it);
}

static void read_lines(lock *l)
{
    yarn_lines y = detect_yarn_lines(l->doc.in->arena, l->doc.in->file->bytes);
    yarn_item it;
    bool more_keys = false;
    while (detect_yarn_next(&y, &it) != YARN_END && !l->doc.bad)
        take_item(l, &it, &more_keys);
    l->doc.bad |= y.no_memory;
}

/* ---- components ------------------------------------------------------------------------------------------------- */

static bool is_archive(hm_str path)
{
    path = hm_str_sub(path, 0, hm_str_find(path, '#'));
    path = hm_str_sub(path, 0, hm_str_find(path, '?'));
    return hm_str_ends(path, HM_STR(".tgz")) || hm_str_ends(path, HM_STR(".tar.gz")) ||
           hm_str_ends(path, HM_STR(".tar"));
}

static bool is_hex(hm_str s, size_t n)
{
    for (size_t i = 0; i < s.n; i++)
        if (!hm_is_digit((unsigned char)s.p[i]) && !(hm_lower(s.p[i]) >= 'a' && hm_lower(s.p[i]) <= 'f'))
            return false;
    return s.n == n;
}

static bool is_url(hm_str s)
{
    return hm_str_starts(s, HM_STR("http:")) || hm_str_starts(s, HM_STR("https:"));
}

static void local(part_desc *d, hm_str path)
{
    d->flags |= PART_F_LOCAL;
    if (!is_archive(path))
        d->flags |= PART_F_SUBJECT; /* a directory beside the project */
}

/* A repository: "#" and the commit at the end, and written so that npm.h knows it. */
static void repository(lock *l, part_desc *d, hm_str url, hm_str commit)
{
    hm_arena *a = l->doc.in->arena;
    hm_str base = hm_str_sub(url, 0, hm_str_find(url, '#'));
    if (is_url(base))
        base = detect_join(a, HM_STR("git+"), base, HM_NONE);
    url = commit.n ? detect_join(a, base, HM_STR("#"), commit) : base;
    (void)detect_npm_source(a, url, true, d, &l->doc.quals);
}

static hm_str describe_classic(lock *l, const entry *e, part_desc *d)
{
    hm_str sha1 = HM_NONE, fragment, base = hm_str_cut(e->resolved, '#', &fragment);
    if (e->resolved.n == 0) {
        if (hm_str_starts(e->range, HM_STR("file:")) || hm_str_starts(e->range, HM_STR("link:")))
            local(d, e->range);
        return sha1;
    }
    if (hm_str_starts(base, HM_STR("file:"))) {
        local(d, base);
        return is_hex(fragment, 40) ? fragment : sha1;
    }
    bool web = is_url(base), asked = is_url(e->range) || hm_str_find(e->range, '/') < e->range.n;
    if (!web || hm_str_ends(base, HM_STR(".git")) || (asked && !e->integrity.n && !is_archive(base) && fragment.n)) {
        hm_str wanted = hm_str_from(e->range, hm_str_find(e->range, '#') + 1);
        repository(l, d, base, fragment.n ? fragment : is_hex(wanted, 40) ? wanted : HM_NONE);
        return sha1;
    }
    if (is_hex(fragment, 40)) {
        sha1 = fragment;
        (void)detect_npm_source(l->doc.in->arena, base, true, d, &l->doc.quals);
    } else {
        (void)detect_npm_source(l->doc.in->arena, e->resolved, true, d, &l->doc.quals);
    }
    return sha1;
}

/* The part of a berry reference after "commit=", in git addresses; empty: no repository. */
static hm_str commit_of(hm_str reference)
{
    static const char *const MARK[] = { "#commit=", "#commit:", "&commit=" };
    for (size_t i = 0; i < HM_COUNT(MARK); i++) {
        hm_str mark = hm_str_c(MARK[i]);
        size_t at = hm_str_search(reference, mark);
        if (at < reference.n)
            return hm_str_sub(reference, at + mark.n, hm_str_find(hm_str_from(reference, at + mark.n), '&'));
    }
    return HM_NONE;
}

/* *ret_version: as the entry says, or empty where that is no version. */
static hm_str describe_berry(lock *l, entry *e, part_desc *d, hm_str *version)
{
    static const char *const PATH[] = { "file:", "link:", "portal:", "exec:" };
    hm_str name, reference, patched = HM_NONE, params, archive;
    if (!split_key(e->resolved, &name, &reference))
        return patched;
    size_t bound = hm_str_search(reference, HM_STR("::"));
    params = hm_str_from(reference, bound + 2);
    reference = hm_str_sub(reference, 0, bound);
    if (hm_str_starts(reference, HM_STR("workspace:"))) {
        *version = HM_NONE;
        e->member = true;
        d->flags |= PART_F_SUBJECT;
        if (hm_str_is(reference, "workspace:."))
            d->kind = PART_APPLICATION;
        else
            d->flags |= PART_F_LOCAL;
        return patched;
    }
    for (size_t i = 0; i < HM_COUNT(PATH); i++)
        if (hm_str_starts(reference, hm_str_c(PATH[i]))) {
            local(d, reference);
            if (hm_str_is(*version, "0.0.0-use.local"))
                *version = HM_NONE;
            return patched;
        }
    if (hm_str_starts(reference, HM_STR("patch:")))
        return hm_str_from(reference, hm_str_find(reference, '#') + 1);
    hm_str commit = commit_of(reference);
    if (commit.n)
        repository(l, d, reference, commit);
    else if (!hm_str_starts(reference, HM_STR("npm:")))
        (void)detect_npm_source(l->doc.in->arena, reference, true, d, &l->doc.quals);
    else if (part_qual_get(l->doc.in->arena, params, HM_STR("__archiveUrl"), &archive))
        d->url_dist = detect_url(l->doc.in->arena, archive);
    return patched;
}

static bool name_of(const lock *l, entry *e, part_desc *d)
{
    hm_str name, reference;
    if (!e->key.n) /* its keys are none: said */
        return false;
    if (l->berry && split_key(e->resolved, &name, &reference)) {
        if (!hm_str_eq(name, e->name))
            e->alias = e->name;
        e->name = name;
    }
    return detect_npm_name(e->name, &d->ns, &d->name);
}

static void add_entry(lock *l, entry *e)
{
    part_desc d = { .kind = PART_LIBRARY, .eco = PART_ECO_NPM, .flags = PART_F_DEPS_KNOWN };
    hm_str version = e->version, patched = HM_NONE, sha1 = HM_NONE;
    if (!name_of(l, e, &d))
        return;
    if (l->berry)
        patched = describe_berry(l, e, &d, &version);
    else
        sha1 = describe_classic(l, e, &d);
    if (d.flags & PART_F_SUBJECT)
        d.scope = PART_SCOPE_RUNTIME;
    if (d.kind == PART_APPLICATION && l->package) {
        version = codec_json_get_str(l->package, "version");
        detect_npm_licence(l->doc.in->arena, l->package, &d, &l->doc.licence);
    }
    detect_version(&d, version, &l->doc.normal);
    e->comp = detect_doc_add(&l->doc, &d, e->line);
    if (d.kind == PART_APPLICATION)
        l->root = e->comp;
    part_add_integrity(l->doc.out, e->comp, e->integrity);
    if (hm_str_search(e->integrity, HM_STR("sha1-")) == e->integrity.n)
        part_add_digest(l->doc.out, e->comp, PART_SHA1, sha1);
    part_add_prop(l->doc.out, e->comp, HM_STR("npm:alias"), detect_cut(e->alias, PROP_MAX));
    part_add_prop(l->doc.out, e->comp, HM_STR("npm:patched"), detect_cut(patched, PROP_MAX));
    part_add_prop(l->doc.out, e->comp, HM_STR("yarn:checksum"), detect_cut(e->checksum, PROP_MAX));
    detect_doc_name(&l->doc, e->alias.n ? e->alias : e->name, e->comp);
}

/* The project of a classic lock, which has no entry of its own. */
static void add_project(lock *l)
{
    part_desc d = { .kind = PART_APPLICATION,
                    .scope = PART_SCOPE_RUNTIME,
                    .eco = PART_ECO_NPM,
                    .flags = PART_F_SUBJECT | PART_F_DEPS_KNOWN };
    if (!l->package || (!detect_npm_name(codec_json_get_str(l->package, "name"), &d.ns, &d.name) &&
                        !detect_npm_name(hm_path_base(hm_path_dir(l->doc.in->file->path)), &d.ns, &d.name)))
        return;
    detect_version(&d, codec_json_get_str(l->package, "version"), &l->doc.normal);
    detect_npm_licence(l->doc.in->arena, l->package, &d, &l->doc.licence);
    l->root = detect_doc_add(&l->doc, &d, 0);
}

/* ---- edges ------------------------------------------------------------------------------------------------------ */

/* Component that NAME@RANGE stands for, or PART_NO. */
static uint32_t resolve(lock *l, hm_str name, hm_str range)
{
    hm_buf *key = &l->doc.key;
    uint64_t i;
    uint32_t at = 0, comp = PART_NO, other;
    for (unsigned form = 0; form < 2; form++) { /* a classic key without a range is the name; berry left "npm:" out */
        hm_buf_reset(key);
        hm_buf_str(key, name);
        if (range.n)
            hm_buf_byte(key, '@');
        if (form)
            hm_buf_c(key, "npm:");
        hm_buf_str(key, range);
        if (hm_map_get(l->keys, hm_buf_view(key), &i))
            return entry_at(l, (size_t)i)->comp;
    }
    if (!detect_doc_each(&l->doc, name, &at, &comp))
        return PART_NO;
    return detect_doc_each(&l->doc, name, &at, &other) ? PART_NO : comp;
}

static void project_edges(lock *l, const char *list, part_scope scope)
{
    hm_str name;
    const codec_json *deps = codec_json_get(l->package, list), *v;
    for (codec_json_iter it = codec_json_each(deps); codec_json_next(&it, &name, &v);) {
        uint32_t to = resolve(l, name, codec_json_str(v));
        detect_graph_edge(&l->graph, l->root, to, scope);
        if (to == PART_NO && scope == PART_SCOPE_RUNTIME)
            detect_doc_open_deps(&l->doc, l->root);
    }
}

static void add_edges(lock *l)
{
    uint64_t set;
    if (l->package && l->root != PART_NO) {
        project_edges(l, "optionalDependencies", PART_SCOPE_OPTIONAL);
        project_edges(l, "dependencies", PART_SCOPE_RUNTIME);
        project_edges(l, "devDependencies", PART_SCOPE_DEV);
    }
    for (size_t i = 0; i < l->deps.n && !l->doc.bad; i++) {
        const dep *d = HM_VEC_AT(&l->deps, dep, i);
        const entry *e = entry_at(l, d->from);
        if (e->comp == PART_NO || part_build_bad(l->doc.out) || (l->package && e->comp == l->root))
            continue;
        bool optional = d->optional;
        if (e->has_meta) {
            hm_str key = meta_key(l, d->from, d->name);
            optional = optional || (key.n && hm_map_get(l->meta, key, &set));
        }
        part_scope scope = optional ? PART_SCOPE_OPTIONAL : PART_SCOPE_RUNTIME;
        if (e->member && !optional)
            scope = PART_SCOPE_UNKNOWN;
        uint32_t to = resolve(l, d->name, d->range);
        detect_graph_edge(&l->graph, e->comp, to, scope);
        if (to == PART_NO && !optional)
            detect_doc_open_deps(&l->doc, e->comp);
    }
    /* Members of a classic workspace ask for packages, too, and the lock does not say for which. */
    l->graph.unsure = !l->berry && codec_json_type(codec_json_get(l->package, "workspaces")) != CODEC_NULL;
    detect_graph_close(&l->graph, true);
}

hm_rc detect_yarn_lock(const detect_in *in, part_build *out, hm_err *err)
{
    lock l = { .entries.size = sizeof(entry), .deps.size = sizeof(dep), .root = PART_NO };
    hm_rc rc = HM_OK;
    if (detect_path_in(in->file->path, HM_STR("node_modules"), 0)) /* published by accident */
        return HM_OK;
    detect_doc_open(&l.doc, in, in->file, out);
    detect_graph_open(&l.graph, &l.doc);
    l.package = detect_npm_beside(&l.doc, "package.json");
    l.keys = hm_map_new();
    l.meta = hm_map_new();
    if (l.keys && l.meta && !l.doc.bad) {
        read_lines(&l);
        if (!l.berry)
            add_project(&l);
        for (size_t i = 0; i < l.entries.n && !l.doc.bad; i++)
            add_entry(&l, entry_at(&l, i));
        add_edges(&l);
    } else {
        rc = detect_no_memory(err);
    }
    hm_map_freep(&l.keys);
    hm_map_freep(&l.meta);
    return detect_doc_close(&l.doc, rc, err);
}
