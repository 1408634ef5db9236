/* cargo_lock - Rust: all Cargo.lock and Cargo.toml of a target together (The Cargo Book: "Cargo.toml vs Cargo.lock",
 * "The Manifest Format", "Source Replacement").
 *
 *   version = 3                          absent in versions 1 and 2
 *   [root]                               version 1: the package of the folder itself, as below
 *   [[package]]
 *   name, version, source                source "registry+URL", "sparse+URL", "git+URL?branch=b#COMMIT"; none: on disk
 *   checksum                             SHA-256 of the .crate; version 1: [metadata] "checksum NAME VERSION (SOURCE)"
 *   dependencies = [ "NAME", "NAME VERSION", "NAME VERSION (SOURCE)" ]     as short as it is unambiguous
 *
 * Invariants:
 * 1. Crates are found by the text that names them: each is indexed under all forms of it, so cost is linear.
 * 2. A crate without source is local. It is a subject where it is the root, or where no other crate needs it.
 * 3. A lock tells neither build nor test dependencies apart: scopes come from the manifests of local crates, and go on
 *    to what those need, the strongest one; without manifests they stay unknown.
 * 4. A lock inside a package of another lock or a fetched one (vendored, published) says nothing: Cargo ignores it.
 * Enemy: the author of the files (names without end, edges in circles, the same crate twice). */
#include "base/limits.h"
#include "detect/cargo.h"

enum { NAME_MOST = 512, NEWEST = 4 };

static cargo_lock *lock_at(const cargo *c, size_t i)
{
    return hm_vec_at(&c->locks, i);
}

static cargo_crate *crate_at(const cargo *c, size_t i)
{
    return hm_vec_at(&c->crates, i);
}

static void *push(cargo *c, hm_vec *v)
{
    void *x = c->doc.bad || v->n >= CARGO_NO ? NULL : hm_vec_push(v, c->doc.in->arena);
    c->doc.bad |= x == NULL;
    return x;
}

/* ---- the index -------------------------------------------------------------------------------------------------- */

static hm_str index_key(cargo *c, char kind, uint32_t number, hm_str key)
{
    hm_buf *b = &c->doc.key;
    hm_buf_reset(b);
    hm_buf_byte(b, kind);
    hm_buf_le32(b, number);
    hm_buf_str(b, key);
    return hm_buf_view(b);
}

void detect_cargo_index(cargo *c, char kind, uint32_t number, hm_str key, uint64_t value)
{
    hm_str text = index_key(c, kind, number, key);
    if (c->doc.key.bad)
        return;
    c->doc.bad |= !hm_arena_dup(c->doc.in->arena, text, &text);
    if (!c->doc.bad && !hm_map_put(c->index, text, value))
        c->doc.key.bad = true; /* the heap is full: the close says so */
}

bool detect_cargo_find(cargo *c, char kind, uint32_t number, hm_str key, uint64_t *ret)
{
    hm_str text = index_key(c, kind, number, key);
    return !c->doc.key.bad && hm_map_get(c->index, text, ret);
}

/* ---- crates of one lock ----------------------------------------------------------------------------------------- */

/* Under all texts that a dependency may name it by. */
static void index_crate(cargo *c, uint32_t lock, uint32_t i)
{
    const cargo_crate *x = crate_at(c, i);
    hm_arena *a = c->doc.in->arena;
    hm_str exact = detect_join(a, x->name, HM_STR(" "), x->version);
    detect_cargo_index(c, 'c', lock, x->name, i);
    detect_cargo_index(c, 'c', lock, exact, i);
    if (x->source.n == 0)
        return;
    hm_str open = detect_join(a, exact, HM_STR(" ("), x->source);
    detect_cargo_index(c, 'c', lock, detect_join(a, open, HM_STR(")"), HM_NONE), i);
    size_t commit = hm_str_find(x->source, '#');
    if (commit < x->source.n && open.n) /* empty: no memory, which the arena tells in the end */
        detect_cargo_index(c, 'c', lock,
                           detect_join(a, hm_str_sub(open, 0, open.n - (x->source.n - commit)), HM_STR(")"), HM_NONE),
                           i);
}

static hm_str text_field(cargo *c, const codec_json *v, const char *field, hm_str at)
{
    const codec_json *f = codec_json_get(v, field);
    if (f && !codec_json_is_str(f))
        detect_doc_wrong_type(&c->doc, at);
    return codec_json_str(f);
}

static void read_crate(cargo *c, uint32_t lock, const codec_json *v, bool root)
{
    hm_str name = codec_json_get_str(v, "name");
    if (codec_json_type(v) != CODEC_OBJ) {
        detect_doc_wrong_type(&c->doc, HM_STR("package"));
        return;
    }
    if (name.n == 0 || name.n > NAME_MOST) {
        detect_doc_gap(&c->doc, HM_FORMAT, name.n ? DEFECT_BAD_VALUE : DEFECT_MISSING_FIELD, 0, HM_STR("name"));
        return;
    }
    cargo_crate x = { .v = v, .name = name, .manifest = CARGO_NO, .comp = PART_NO, .root = root };
    x.version = text_field(c, v, "version", name);
    x.source = text_field(c, v, "source", name);
    if (x.version.n == 0)
        detect_doc_gap(&c->doc, HM_FORMAT, DEFECT_MISSING_FIELD, 0, HM_STR("version"));
    uint32_t i = (uint32_t)c->crates.n;
    cargo_crate *to = push(c, &c->crates);
    if (!to)
        return;
    *to = x;
    uint64_t other;
    hm_str exact = detect_join(c->doc.in->arena, name, HM_STR(" "), x.version);
    if (detect_cargo_find(c, 'c', lock, exact, &other) && hm_str_eq(crate_at(c, (size_t)other)->source, x.source))
        detect_doc_gap(&c->doc, HM_FORMAT, DEFECT_DUPLICATE, 0, exact);
    index_crate(c, lock, i);
}

static void read_lock(cargo *c, const detect_view *file, const codec_json *root)
{
    const codec_json *v, *packages = codec_json_get(root, "package"), *one = codec_json_get(root, "root");
    uint64_t version = 0;
    hm_str key;
    uint32_t i = (uint32_t)c->locks.n;
    cargo_lock *l = push(c, &c->locks);
    if (!l)
        return;
    *l = (cargo_lock){ .file = file, .dir = hm_path_dir(file->path), .doc = root, .first = (uint32_t)c->crates.n };
    detect_cargo_index(c, 'l', 0, l->dir, i);
    const codec_json *written = codec_json_get(root, "version");
    if (written && !codec_json_u64(written, &version))
        detect_doc_wrong_type(&c->doc, HM_STR("version"));
    if (version > NEWEST) {
        char text[24];
        snprintf(text, sizeof text, "%llu", (unsigned long long)version);
        detect_doc_gap(&c->doc, HM_UNSUPPORTED, DEFECT_LOCK_VERSION, 0, hm_str_c(text));
    }
    if (packages && codec_json_type(packages) != CODEC_ARR)
        detect_doc_wrong_type(&c->doc, HM_STR("package"));
    else if (!packages && !one && !written)
        detect_doc_gap(&c->doc, HM_FORMAT, DEFECT_MISSING_FIELD, 0, HM_STR("package"));
    if (one)
        read_crate(c, i, one, true);
    if (codec_json_type(packages) == CODEC_ARR)
        for (codec_json_iter it = codec_json_each(packages); codec_json_next(&it, &key, &v) && !c->doc.bad;)
            read_crate(c, i, v, false);
    l = lock_at(c, i);
    l->n = (uint32_t)c->crates.n - l->first;
}

/* ---- which manifest is which crate ------------------------------------------------------------------------------ */

/* The header of a manifest that `cargo publish` wrote, or a place where Cargo keeps what it fetched:
 * registry/src/HOST-HASH/NAME-VERSION, git/checkouts/NAME-HASH/COMMIT. */
bool detect_cargo_fetched(const detect_view *file)
{
    static const char *const PLACE[] = { "registry/src/", "cargo/registry/", "git/checkouts/", ".crate!/" };
    hm_str path = file->path, place = hm_path_base(hm_path_dir(hm_path_dir(path)));
    size_t dash = hm_str_rfind(place, '-'), hex = 0;
    for (size_t i = 0; i < HM_COUNT(PLACE); i++)
        if (hm_str_search(path, hm_str_c(PLACE[i])) < path.n)
            return true;
    while (dash + 1 + hex < place.n &&
           (hm_is_digit(place.p[dash + 1 + hex]) || (place.p[dash + 1 + hex] >= 'a' && place.p[dash + 1 + hex] <= 'f')))
        hex++;
    return (hex == 16 && dash + 17 == place.n) ||
           hm_str_starts(file->bytes, HM_STR("# THIS FILE IS AUTOMATICALLY GENERATED BY CARGO"));
}

/* The crate of the nearest lock above (or beside, with `beside`) that lists the manifest's package. */
static uint32_t listed(cargo *c, const cargo_manifest *m, bool beside)
{
    hm_str dir = m->dir, exact = detect_join(c->doc.in->arena, m->name, HM_STR(" "), m->version);
    uint64_t lock, crate;
    for (bool first = true; m->name.n; first = false) {
        if ((beside || !first) && detect_cargo_find(c, 'l', 0, dir, &lock) && !lock_at(c, (size_t)lock)->published &&
            detect_cargo_find(c, 'c', (uint32_t)lock, exact, &crate))
            return (uint32_t)crate;
        if (dir.n == 0)
            break;
        dir = hm_path_dir(dir);
    }
    return CARGO_NO;
}

static void match_manifests(cargo *c)
{
    uint64_t m;
    for (uint32_t i = 0; i < c->manifests.n; i++)
        detect_cargo_manifest_names(c, i);
    for (uint32_t i = 0; i < c->locks.n; i++) {
        cargo_lock *l = lock_at(c, i);
        l->published = detect_cargo_fetched(l->file);
        if (l->published || !detect_cargo_find(c, 'm', 0, l->dir, &m))
            continue;
        if (detect_cargo_fetched(cargo_manifest_at(c, (uint32_t)m)->file)) {
            l->published = true;
            continue;
        }
        uint32_t crate = listed(c, cargo_manifest_at(c, (uint32_t)m), false);
        l->published = crate != CARGO_NO && crate_at(c, crate)->source.n;
    }
    for (uint32_t i = 0; i < c->manifests.n; i++) {
        cargo_manifest *x = cargo_manifest_at(c, i);
        x->crate = listed(c, x, true);
        if (x->crate != CARGO_NO && crate_at(c, x->crate)->manifest == CARGO_NO)
            crate_at(c, x->crate)->manifest = i;
    }
}

/* ---- edges and scopes ------------------------------------------------------------------------------------------- */

/* Notes the scope in which a manifest wants a crate. */
static void note_scope(cargo *c, uint32_t manifest, hm_str key, const codec_json *spec, part_scope scope)
{
    uint64_t before;
    hm_str name = detect_cargo_dependency_name(key, spec);
    if (!detect_cargo_find(c, 's', manifest, name, &before)) {
        detect_cargo_index(c, 's', manifest, name, scope);
        return;
    }
    hm_str text = index_key(c, 's', manifest, name); /* there already: no copy is made */
    uint64_t *to = c->doc.key.bad ? NULL : hm_map_put(c->index, text, scope);
    if (to)
        *to = part_scope_stronger((part_scope)before, scope);
}

static void link_crate(cargo *c, uint32_t lock, uint32_t i)
{
    const codec_json *deps = codec_json_get(crate_at(c, i)->v, "dependencies"), *v;
    hm_str key;
    uint64_t to, scope;
    crate_at(c, i)->first_edge = (uint32_t)c->edges.n;
    if (deps && codec_json_type(deps) != CODEC_ARR) {
        detect_doc_wrong_type(&c->doc, HM_STR("dependencies"));
        return;
    }
    for (codec_json_iter it = codec_json_each(deps); codec_json_next(&it, &key, &v) && !c->doc.bad;) {
        if (!codec_json_is_str(v)) {
            detect_doc_wrong_type(&c->doc, HM_STR("dependencies"));
            continue;
        }
        cargo_edge *e = push(c, &c->edges);
        if (!e)
            return;
        *e = (cargo_edge){ .to = CARGO_NO };
        if (detect_cargo_find(c, 'c', lock, codec_json_str(v), &to)) {
            cargo_crate *t = crate_at(c, (size_t)to);
            t->wanted |= to != i;
            e->to = (uint32_t)to;
            uint32_t m = crate_at(c, i)->source.n ? CARGO_NO : crate_at(c, i)->manifest;
            if (m != CARGO_NO && detect_cargo_find(c, 's', m, t->name, &scope))
                e->scope = (part_scope)scope;
        }
    }
    crate_at(c, i)->edges = (uint32_t)c->edges.n - crate_at(c, i)->first_edge;
}

/* What local crates want in `scope`, and all that this needs and that has no stronger scope. */
static void spread(cargo *c, const cargo_lock *l, part_scope scope, hm_vec *todo)
{
    todo->n = 0;
    for (uint32_t i = l->first; i < l->first + l->n; i++) {
        const cargo_crate *x = crate_at(c, i);
        for (uint32_t k = 0; x->source.n == 0 && k < x->edges; k++) {
            const cargo_edge *e = hm_vec_at(&c->edges, x->first_edge + k);
            if (e->scope != scope || e->to == CARGO_NO || crate_at(c, e->to)->scope != PART_SCOPE_UNKNOWN)
                continue;
            uint32_t *next = push(c, todo);
            if (!next)
                return;
            *next = e->to;
            crate_at(c, e->to)->scope = scope;
        }
    }
    while (todo->n) {
        const cargo_crate *x = crate_at(c, *HM_VEC_AT(todo, uint32_t, todo->n - 1));
        todo->n--;
        for (uint32_t k = 0; x->source.n && k < x->edges; k++) {
            const cargo_edge *e = hm_vec_at(&c->edges, x->first_edge + k);
            if (e->to == CARGO_NO || crate_at(c, e->to)->scope != PART_SCOPE_UNKNOWN)
                continue;
            uint32_t *next = push(c, todo);
            if (!next)
                return;
            *next = e->to;
            crate_at(c, e->to)->scope = scope;
        }
    }
}

/* ---- components ------------------------------------------------------------------------------------------------- */

void detect_cargo_source(cargo *c, hm_str source, part_desc *d)
{
    hm_arena *a = c->doc.in->arena;
    hm_str commit, url = detect_url(a, hm_str_cut(source, '#', &commit));
    hm_buf_reset(&c->doc.quals);
    if (hm_str_starts(source, HM_STR("git+"))) {
        hm_str plain = hm_str_sub(url, 0, hm_str_find(url, '?')); /* ?branch=, ?tag=, ?rev= */
        d->url_vcs = commit.n ? detect_join(a, plain, HM_STR("#"), commit) : plain;
        part_qual_add(&c->doc.quals, HM_STR("vcs_url"), commit.n ? detect_join(a, plain, HM_STR("@"), commit) : plain);
    } else if (!hm_str_ends(url, HM_STR("/crates.io-index"))) { /* the default one, however it is reached */
        size_t plus = hm_str_find(url, '+');
        part_qual_add(&c->doc.quals, HM_STR("repository_url"), plus < url.n ? hm_str_from(url, plus + 1) : url);
    }
    d->quals = hm_buf_view(&c->doc.quals);
}

static void add_crate(cargo *c, const cargo_lock *l, uint32_t i)
{
    cargo_crate *x = crate_at(c, i);
    const cargo_manifest *m = x->manifest == CARGO_NO ? NULL : cargo_manifest_at(c, x->manifest);
    part_desc d = {
        .kind = PART_LIBRARY, .scope = x->scope, .eco = PART_ECO_CARGO, .flags = PART_F_DEPS_KNOWN, .name = x->name
    };
    if (x->source.n) {
        detect_cargo_source(c, x->source, &d);
    } else {
        bool here = m && hm_str_eq(m->dir, l->dir);
        d.flags |= PART_F_LOCAL;
        if (x->root || here || !x->wanted) {
            d.flags |= PART_F_SUBJECT;
            d.kind = PART_APPLICATION;
            d.scope = PART_SCOPE_RUNTIME;
        }
    }
    detect_version(&d, x->version, &c->doc.normal);
    if (m)
        detect_cargo_describe(c, m, &d);
    x->comp = detect_doc_add(&c->doc, &d, 0);
    part_add_digest(c->doc.out, x->comp, PART_SHA256, codec_json_get_str(x->v, "checksum"));
    if (m)
        part_add_evidence(c->doc.out, x->comp, m->file->path, PART_T_MANIFEST, 100, 0);
}

/* Version 1: "checksum NAME VERSION (SOURCE)" = "HEX" or "<none>". */
static void checksums(cargo *c, uint32_t lock, const codec_json *metadata)
{
    const hm_str head = HM_STR("checksum ");
    const codec_json *v;
    hm_str key;
    uint64_t i;
    for (codec_json_iter it = codec_json_each(metadata); codec_json_next(&it, &key, &v);)
        if (hm_str_starts(key, head) && detect_cargo_find(c, 'c', lock, hm_str_from(key, head.n), &i))
            part_add_digest(c->doc.out, crate_at(c, (size_t)i)->comp, PART_SHA256, codec_json_str(v));
}

static void add_lock(cargo *c, uint32_t i, hm_vec *todo)
{
    static const part_scope ORDER[] = { PART_SCOPE_RUNTIME, PART_SCOPE_OPTIONAL, PART_SCOPE_BUILD, PART_SCOPE_DEV };
    const cargo_lock *l = lock_at(c, i);
    uint32_t end = l->first + l->n;
    detect_doc_file(&c->doc, l->file);
    for (uint32_t k = l->first; k < end; k++)
        link_crate(c, i, k);
    for (size_t k = 0; k < HM_COUNT(ORDER); k++)
        spread(c, l, ORDER[k], todo);
    for (uint32_t k = l->first; k < end && !part_build_bad(c->doc.out) && !c->doc.bad; k++)
        add_crate(c, l, k);
    if (part_build_bad(c->doc.out) || c->doc.bad) /* not all of them have a component: nothing more is said of them */
        return;
    for (uint32_t k = l->first; k < end; k++) {
        const cargo_crate *x = crate_at(c, k);
        for (uint32_t n = 0; n < x->edges; n++) {
            const cargo_edge *e = hm_vec_at(&c->edges, x->first_edge + n);
            if (e->to == CARGO_NO)
                detect_doc_open_deps(&c->doc, x->comp);
            else
                part_add_edge(c->doc.out, x->comp, crate_at(c, e->to)->comp, e->scope);
        }
    }
    if (codec_json_type(codec_json_get(l->doc, "metadata")) == CODEC_OBJ)
        checksums(c, i, codec_json_get(l->doc, "metadata"));
}

/* ---- the whole -------------------------------------------------------------------------------------------------- */

static void read_file(cargo *c, const detect_view *file)
{
    const codec_json *root = NULL;
    hm_err e = { 0 };
    detect_doc_file(&c->doc, file);
    hm_rc rc = codec_toml_read(c->doc.in->arena, file->bytes, &root, &e);
    if (rc == HM_OK && hm_str_trim(file->bytes).n == 0)
        rc = hm_fail(&e, HM_TRUNC, DEFECT_EMPTY, HM_PLACE_BYTE, 0, 0);
    if (rc == HM_NOMEM) {
        c->doc.key.bad = true;
    } else if (rc != HM_OK) {
        part_add_gap(c->doc.out, file->path, &e);
    } else if (hm_str_ends(file->path, HM_STR(".toml"))) {
        detect_cargo_manifest(c, file, root);
    } else {
        read_lock(c, file, root);
    }
}

static void read_all(cargo *c)
{
    const detect_in *in = c->doc.in;
    hm_vec todo = { .size = sizeof(uint32_t) };
    for (size_t i = 0; i < (in->file_n ? in->file_n : 1) && !c->doc.bad; i++)
        read_file(c, in->file_n ? &in->files[i] : in->file);
    match_manifests(c);
    for (uint32_t i = 0; i < c->manifests.n; i++) {
        const cargo_manifest *m = cargo_manifest_at(c, i);
        if (m->crate != CARGO_NO && crate_at(c, m->crate)->source.n == 0) {
            detect_doc_file(&c->doc, m->file);
            detect_cargo_each(c, i, note_scope);
        }
    }
    for (uint32_t i = 0; i < c->locks.n && !c->doc.bad; i++)
        if (!lock_at(c, i)->published)
            add_lock(c, i, &todo);
    for (uint32_t i = 0; i < c->manifests.n && !c->doc.bad; i++) {
        cargo_manifest *m = cargo_manifest_at(c, i);
        if (m->crate != CARGO_NO)
            m->comp = crate_at(c, m->crate)->comp;
        else
            detect_cargo_alone(c, i);
    }
    for (uint32_t i = 0; i < c->manifests.n && !c->doc.bad; i++)
        if (cargo_manifest_at(c, i)->crate == CARGO_NO && !detect_cargo_fetched(cargo_manifest_at(c, i)->file))
            detect_cargo_declared(c, i);
}

hm_rc detect_cargo(const detect_in *in, part_build *out, hm_err *err)
{
    cargo c = { .locks.size = sizeof(cargo_lock),
                .manifests.size = sizeof(cargo_manifest),
                .crates.size = sizeof(cargo_crate),
                .edges.size = sizeof(cargo_edge),
                .index = hm_map_new() };
    detect_doc_open(&c.doc, in, in->file, out);
    if (c.index && c.doc.names)
        read_all(&c);
    hm_rc rc = c.index ? HM_OK : detect_no_memory(err);
    hm_map_freep(&c.index);
    return detect_doc_close(&c.doc, rc, err);
}
