/* cargo_toml - Rust: Cargo.toml, the manifest of a package or workspace (The Cargo Book: "The Manifest Format",
 * "Specifying Dependencies", "Workspaces"). Read together with the locks, see cargo_lock.c.
 *
 *   [package] name, version, license, authors, homepage, repository       "x.workspace = true": as [workspace.package]
 *   [dependencies] [build-dependencies] [dev-dependencies] [target.'...'.dependencies]
 *   NAME = "1.2" or { version, git, rev, tag, branch, path, package, optional, workspace = true, registry-index }
 *
 * Invariants:
 * 1. "1.2" is a range (as "^1.2"); only "=1.2.3" names one version. No other version is ever said.
 * 2. A renamed dependency (package = "x") is the package that it renames.
 * 3. A manifest that a lock lists adds to the lock's crate; only one that none lists speaks for itself here.
 * Enemy: the author of the file. */
#include "base/limits.h"
#include "detect/cargo.h"

enum { PROP_MAX = 256, MOST_AUTHORS = 32 };

/* ---- package ---------------------------------------------------------------------------------------------------- */

void detect_cargo_manifest(cargo *c, const detect_view *file, const codec_json *root)
{
    static const char *const OTHER[] = { "package", "project" }; /* the second was the first, long ago */
    uint32_t i = (uint32_t)c->manifests.n;
    cargo_manifest *m = c->doc.bad || i == CARGO_NO ? NULL : hm_vec_push(&c->manifests, c->doc.in->arena);
    if (!m) {
        c->doc.bad = true;
        return;
    }
    *m = (cargo_manifest){ .file = file,
                           .dir = hm_path_dir(file->path),
                           .doc = root,
                           .workspace = CARGO_NO,
                           .crate = CARGO_NO,
                           .comp = PART_NO };
    for (size_t k = 0; k < HM_COUNT(OTHER) && !m->package; k++)
        m->package = codec_json_get(root, OTHER[k]);
    if (m->package && codec_json_type(m->package) != CODEC_OBJ) {
        detect_doc_wrong_type(&c->doc, HM_STR("package"));
        m->package = NULL;
    }
    hm_str dir = m->dir, key;
    const codec_json *v, *workspace = codec_json_get(root, "workspace");
    detect_cargo_index(c, 'm', 0, dir, i);
    if (codec_json_type(workspace) != CODEC_OBJ)
        return;
    detect_cargo_index(c, 'w', 0, dir, i);
    const codec_json *deps = codec_json_get(workspace, "dependencies");
    if (codec_json_type(deps) != CODEC_OBJ)
        return;
    for (codec_json_iter it = codec_json_each(deps); codec_json_next(&it, &key, &v);)
        detect_cargo_index(c, 'd', i, key, (uint64_t)(uintptr_t)v);
}

/* A field of [package], or the workspace's where it says so. */
static const codec_json *field(const cargo *c, const cargo_manifest *m, const char *name)
{
    const codec_json *v = codec_json_get(m->package, name);
    if (codec_json_type(v) != CODEC_OBJ || !codec_json_bool(codec_json_get(v, "workspace")))
        return v;
    if (m->workspace == CARGO_NO)
        return NULL;
    const codec_json *root = codec_json_get(cargo_manifest_at(c, m->workspace)->doc, "workspace");
    return codec_json_get(codec_json_get(root, "package"), name);
}

void detect_cargo_manifest_names(cargo *c, uint32_t i)
{
    cargo_manifest *m = cargo_manifest_at(c, i);
    uint64_t root;
    for (hm_str dir = m->dir;; dir = hm_path_dir(dir)) {
        if (detect_cargo_find(c, 'w', 0, dir, &root)) {
            m->workspace = (uint32_t)root;
            break;
        }
        if (dir.n == 0)
            break;
    }
    if (!m->package)
        return;
    m->name = codec_json_get_str(m->package, "name");
    m->version = codec_json_str(field(c, m, "version"));
    if (m->version.n == 0 && !codec_json_get(m->package, "version"))
        m->version = HM_STR("0.0.0"); /* what Cargo writes for a package without one */
}

void detect_cargo_describe(cargo *c, const cargo_manifest *m, part_desc *d)
{
    const codec_json *v;
    hm_str key, author;
    size_t n = 0;
    hm_str licence = codec_json_str(field(c, m, "license"));
    if (licence.n) { /* "MIT/Apache-2.0" is how it was once written */
        size_t slash = hm_str_find(licence, '/');
        hm_str either = slash < licence.n ? detect_join(c->doc.in->arena, hm_str_sub(licence, 0, slash), HM_STR(" OR "),
                                                        hm_str_from(licence, slash + 1))
                                          : licence;
        part_desc_licence(d, either, &c->doc.licence);
        if (d->licence.n == 0)
            d->licence_raw = detect_cut(licence, PROP_MAX);
    }
    hm_buf_reset(&c->doc.author);
    for (codec_json_iter it = codec_json_each(field(c, m, "authors"));
         n < MOST_AUTHORS && codec_json_next(&it, &key, &v); n++) {
        author = codec_json_str(v);
        detect_doc_person(&c->doc, detect_cut(author, PROP_MAX), HM_NONE);
    }
    d->author = hm_buf_view(&c->doc.author);
    d->url_home = detect_url(c->doc.in->arena, codec_json_str(field(c, m, "homepage")));
    if (d->url_vcs.n == 0)
        d->url_vcs = detect_url(c->doc.in->arena, codec_json_str(field(c, m, "repository")));
}

/* ---- dependencies ----------------------------------------------------------------------------------------------- */

hm_str detect_cargo_dependency_name(hm_str key, const codec_json *spec)
{
    hm_str package = codec_json_get_str(spec, "package");
    return package.n ? package : key;
}

static void each_in(cargo *c, uint32_t manifest, const codec_json *table, const char *list, part_scope scope,
                    cargo_each *each)
{
    const codec_json *deps = codec_json_get(table, list), *v;
    hm_str key;
    uint64_t shared;
    if (deps && codec_json_type(deps) != CODEC_OBJ) {
        detect_doc_wrong_type(&c->doc, hm_str_c(list));
        return;
    }
    for (codec_json_iter it = codec_json_each(deps); codec_json_next(&it, &key, &v) && !c->doc.bad;) {
        bool optional = codec_json_bool(codec_json_get(v, "optional"));
        uint32_t root = cargo_manifest_at(c, manifest)->workspace;
        if (codec_json_bool(codec_json_get(v, "workspace")) && root != CARGO_NO &&
            detect_cargo_find(c, 'd', root, key, &shared))
            v = (const codec_json *)(uintptr_t)shared;
        each(c, manifest, key, v, optional && scope == PART_SCOPE_RUNTIME ? PART_SCOPE_OPTIONAL : scope);
    }
}

void detect_cargo_each(cargo *c, uint32_t manifest, cargo_each *each)
{
    static const struct {
        const char *list;
        part_scope scope;
    } LIST[] = {
        { "dependencies", PART_SCOPE_RUNTIME },     { "build-dependencies", PART_SCOPE_BUILD },
        { "build_dependencies", PART_SCOPE_BUILD }, { "dev-dependencies", PART_SCOPE_DEV },
        { "dev_dependencies", PART_SCOPE_DEV },
    };
    const codec_json *root = cargo_manifest_at(c, manifest)->doc, *targets = codec_json_get(root, "target"), *v;
    hm_str key;
    for (size_t i = 0; i < HM_COUNT(LIST); i++)
        each_in(c, manifest, root, LIST[i].list, LIST[i].scope, each);
    if (targets && codec_json_type(targets) != CODEC_OBJ)
        detect_doc_wrong_type(&c->doc, HM_STR("target"));
    else
        for (codec_json_iter it = codec_json_each(targets); codec_json_next(&it, &key, &v) && !c->doc.bad;)
            for (size_t i = 0; i < HM_COUNT(LIST); i++)
                each_in(c, manifest, v, LIST[i].list, LIST[i].scope, each);
}

/* ---- a manifest by itself --------------------------------------------------------------------------------------- */

void detect_cargo_alone(cargo *c, uint32_t i)
{
    cargo_manifest *m = cargo_manifest_at(c, i);
    detect_doc_file(&c->doc, m->file);
    if (!m->package) {
        if (!codec_json_get(m->doc, "workspace") && !codec_json_get(m->doc, "package"))
            detect_doc_gap(&c->doc, HM_FORMAT, DEFECT_MISSING_FIELD, 0, HM_STR("package"));
        return;
    }
    if (m->name.n == 0 || m->name.n > PROP_MAX) {
        detect_doc_gap(&c->doc, HM_FORMAT, m->name.n ? DEFECT_BAD_VALUE : DEFECT_MISSING_FIELD, 0, HM_STR("name"));
        return;
    }
    bool others = detect_cargo_fetched(m->file);
    part_desc d = { .kind = others ? PART_LIBRARY : PART_APPLICATION, .eco = PART_ECO_CARGO, .name = m->name };
    if (!others) {
        d.scope = PART_SCOPE_RUNTIME;
        d.flags = PART_F_SUBJECT | PART_F_LOCAL | PART_F_DEPS_KNOWN;
    }
    detect_version(&d, m->version, &c->doc.normal);
    detect_cargo_describe(c, m, &d);
    m->comp = detect_doc_add(&c->doc, &d, 0);
}

/* "=1.2.3" and nothing else. */
static hm_str exact_version(hm_str range)
{
    hm_str v = hm_str_trim(range);
    if (v.n == 0 || v.p[0] != '=')
        return HM_NONE;
    v = hm_str_trim(hm_str_from(v, 1));
    size_t dots = 0;
    for (size_t i = 0; i < v.n && v.p[i] != '-' && v.p[i] != '+'; i++) {
        if (!hm_is_digit(v.p[i]) && v.p[i] != '.')
            return HM_NONE;
        dots += v.p[i] == '.';
    }
    return dots == 2 && hm_str_find(v, ',') == v.n ? v : HM_NONE;
}

/* A path of the manifest's folder: the manifest there, or CARGO_NO. */
static uint32_t manifest_in(cargo *c, const cargo_manifest *from, hm_str path)
{
    hm_str dir = from->dir, rest = path, part;
    uint64_t found;
    if (path.n > LIMIT_PATH_BYTES || hm_str_starts(path, HM_STR("/")))
        return CARGO_NO;
    while (rest.n) {
        part = hm_str_cut(rest, '/', &rest);
        if (hm_str_is(part, "..") && dir.n == 0)
            return CARGO_NO;
        if (hm_str_is(part, ".."))
            dir = hm_path_dir(dir);
        else if (part.n && !hm_str_is(part, "."))
            dir = dir.n ? detect_join(c->doc.in->arena, dir, HM_STR("/"), part) : part;
    }
    return detect_cargo_find(c, 'm', 0, dir, &found) ? (uint32_t)found : CARGO_NO;
}

static bool is_commit(hm_str rev)
{
    for (size_t i = 0; i < rev.n; i++)
        if (!hm_is_digit(rev.p[i]) && !(hm_lower(rev.p[i]) >= 'a' && hm_lower(rev.p[i]) <= 'f'))
            return false;
    return rev.n == 40 || rev.n == 64;
}

static hm_str text(cargo *c, const codec_json *spec, const char *name, hm_str at)
{
    const codec_json *v = codec_json_get(spec, name);
    if (v && !codec_json_is_str(v))
        detect_doc_wrong_type(&c->doc, at);
    return codec_json_str(v);
}

static void declare(cargo *c, uint32_t manifest, hm_str key, const codec_json *spec, part_scope scope)
{
    hm_arena *a = c->doc.in->arena;
    uint32_t from = cargo_manifest_at(c, manifest)->comp;
    hm_str name = detect_cargo_dependency_name(key, spec);
    if (codec_json_type(spec) != CODEC_OBJ && !codec_json_is_str(spec))
        detect_doc_wrong_type(&c->doc, name);
    if (name.n == 0 || name.n > PROP_MAX) {
        detect_doc_gap(&c->doc, HM_FORMAT, DEFECT_BAD_VALUE, 0, HM_STR("dependencies"));
        return;
    }
    hm_str range = codec_json_is_str(spec) ? codec_json_str(spec) : text(c, spec, "version", name);
    hm_str path = text(c, spec, "path", name), git = text(c, spec, "git", name), rev = text(c, spec, "rev", name);
    hm_str ref = rev.n ? rev : text(c, spec, "tag", name);
    ref = ref.n ? ref : text(c, spec, "branch", name);
    uint32_t other = path.n ? manifest_in(c, cargo_manifest_at(c, manifest), path) : CARGO_NO;
    if (other != CARGO_NO && cargo_manifest_at(c, other)->comp != PART_NO) {
        if (from != PART_NO && from != cargo_manifest_at(c, other)->comp)
            part_add_edge(c->doc.out, from, cargo_manifest_at(c, other)->comp, scope);
        return;
    }
    part_desc d = { .kind = PART_LIBRARY, .scope = scope, .eco = PART_ECO_CARGO, .name = name };
    if (git.n)
        detect_cargo_source(
            c,
            detect_join(a, HM_STR("git+"), git, is_commit(rev) ? detect_join(a, HM_STR("#"), rev, HM_NONE) : HM_NONE),
            &d);
    if (path.n)
        d.flags |= PART_F_LOCAL;
    detect_version(&d, exact_version(range), &c->doc.normal);
    /* the same crate for several platforms, or twice: one component */
    hm_str same = detect_join(a, name, HM_STR(" "), d.version);
    same = detect_join(a, same, HM_STR(" "), range.n ? range : d.url_vcs);
    uint64_t before;
    uint32_t comp;
    if (detect_cargo_find(c, 'D', manifest, same, &before)) {
        comp = (uint32_t)before;
        part_comp *had = part_build_bad(c->doc.out) ? NULL : part_build_comp(c->doc.out, comp);
        if (had)
            had->scope = (uint8_t)part_scope_stronger((part_scope)had->scope, scope);
    } else {
        comp = detect_doc_add(&c->doc, &d, 0);
        detect_cargo_index(c, 'D', manifest, same, comp);
        part_add_prop(c->doc.out, comp, HM_STR("declared-range"), detect_cut(d.version.n ? HM_NONE : range, PROP_MAX));
        part_add_prop(c->doc.out, comp, HM_STR("declared-ref"), detect_cut(is_commit(rev) ? HM_NONE : ref, PROP_MAX));
        part_add_prop(c->doc.out, comp, HM_STR("declared-path"), detect_cut(path, PROP_MAX));
    }
    if (from != PART_NO)
        part_add_edge(c->doc.out, from, comp, scope);
}

void detect_cargo_declared(cargo *c, uint32_t i)
{
    detect_doc_file(&c->doc, cargo_manifest_at(c, i)->file);
    detect_cargo_each(c, i, declare);
}
