/* py_poetry - poetry.lock, lock-version 1.x and 2.x, and Pipfile.lock.
 *
 *   [[package]] name, version, optional, markers, category = "main" | "dev" (1.x), groups = ["main", ...] (2.1)
 *     files = [ { file, hash } ]         [package.dependencies] NAME = "range" | { version, markers, optional } | [ ... ]
 *     [package.source] type = "git" | "url" | "file" | "directory" | "legacy", url, reference, resolved_reference
 *   [metadata] lock-version              [metadata.files] NAME = [ { file, hash } ] (1.x)
 *
 *   { "_meta": ..., "default" | "develop" | CATEGORY: { NAME: { version: "==1.0", hashes, index, markers, extras,
 *     git, ref, path, file, editable } } }
 *
 * Invariants:
 * 1. Group main is what runs, optional where its packages are; every other group is for development.
 * 2. Without category and groups (1.5 to 1.8) the lock says nothing of scopes: pyproject.toml does.
 * 3. Hashes under [metadata.files] go to the version that the file's name says, where a name has several.
 * 4. Pipfile.lock knows no dependencies between packages, and none of the project's.
 * Enemy: the author of the file. */
#include "detect/py.h"

static bool lock_version(detect_doc *d, hm_str version, const char *known)
{
    if (version.n == 0 || hm_str_find(hm_str_c(known), version.p[0]) < strlen(known))
        return true;
    detect_doc_gap(d, HM_UNSUPPORTED, DEFECT_LOCK_VERSION, 0, version);
    return false;
}

static part_scope poetry_scope(detect_doc *d, const codec_json *v)
{
    const codec_json *groups = codec_json_get(v, "groups"), *x;
    hm_str key, category = codec_json_get_str(v, "category");
    bool main_group = hm_str_is(category, "main"), optional = codec_json_bool(codec_json_get(v, "optional"));
    if (groups && codec_json_type(groups) != CODEC_ARR)
        detect_doc_wrong_type(d, HM_STR("groups"));
    for (codec_json_iter it = codec_json_each(groups); codec_json_next(&it, &key, &x);)
        main_group |= hm_str_is(codec_json_str(x), "main");
    if (main_group)
        return optional ? PART_SCOPE_OPTIONAL : PART_SCOPE_RUNTIME;
    return category.n || codec_json_count(groups) ? PART_SCOPE_DEV : PART_SCOPE_UNKNOWN;
}

static void poetry_source(detect_doc *d, const codec_json *source, part_desc *desc)
{
    hm_str type = codec_json_get_str(source, "type"), url = codec_json_get_str(source, "url");
    if (hm_str_is(type, "git")) {
        hm_str commit = codec_json_get_str(source, "resolved_reference");
        detect_py_repository(d, type, url, commit.n ? commit : codec_json_get_str(source, "reference"), desc);
    } else if (hm_str_is(type, "url")) {
        desc->url_dist = detect_url(d->in->arena, url);
    } else if (hm_str_is(type, "file") || hm_str_is(type, "directory")) {
        desc->flags |= PART_F_LOCAL;
    }
}

static void add_files(detect_doc *d, uint32_t comp, const codec_json *files)
{
    const codec_json *v;
    hm_str key;
    for (codec_json_iter it = codec_json_each(files); codec_json_next(&it, &key, &v);)
        detect_py_add_hash(d, comp, codec_json_get_str(v, "hash"));
}

/* [metadata.files]: by name alone. */
static void old_files(py_lock *l, const codec_json *files)
{
    const codec_json *list, *v;
    hm_str name, key, file_name, version;
    for (codec_json_iter it = codec_json_each(files); codec_json_next(&it, &name, &list) && !l->doc->bad;) {
        uint32_t at = 0, comp, first = PART_NO;
        hm_str normal = detect_py_key(l->doc, name);
        size_t n = 0;
        while (n < 2 && detect_doc_each(l->doc, normal, &at, &comp)) {
            first = n++ == 0 ? comp : first;
        }
        if (n == 1)
            add_files(l->doc, first, list);
        for (codec_json_iter k = codec_json_each(list); n > 1 && codec_json_next(&k, &key, &v);)
            if (detect_py_archive(codec_json_get_str(v, "file"), name, &file_name, &version)) {
                comp = detect_doc_find(l->doc,
                                       detect_join(l->doc->in->arena, normal, HM_STR("\t"),
                                                   detect_join(l->doc->in->arena, version, HM_STR("\t"), HM_NONE)));
                detect_py_add_hash(l->doc, comp, codec_json_get_str(v, "hash"));
            }
    }
}

static void add_groups(detect_doc *d, uint32_t comp, const codec_json *groups)
{
    const codec_json *v;
    hm_str key;
    for (codec_json_iter it = codec_json_each(groups); codec_json_next(&it, &key, &v);)
        detect_py_prop(d, comp, "python:group", codec_json_str(v));
}

static void poetry_package(py_lock *l, const codec_json *v)
{
    detect_doc *d = l->doc;
    const codec_json *source = codec_json_get(v, "source");
    part_desc desc;
    if (!detect_py_named(d, v, &desc))
        return;
    desc.scope = poetry_scope(d, v);
    poetry_source(d, source, &desc);
    size_t had = l->packages.n;
    const py_package *p = detect_py_package(l, v, &desc);
    if (!p || had == l->packages.n)
        return;
    add_files(d, p->comp, codec_json_get(v, "files"));
    add_groups(d, p->comp, codec_json_get(v, "groups"));
    detect_py_prop(d, p->comp, "python:marker", codec_json_get_str(v, "markers"));
    if (hm_str_is(codec_json_get_str(source, "type"), "legacy"))
        detect_py_prop(d, p->comp, "python:index", detect_url(d->in->arena, codec_json_get_str(source, "url")));
    if (desc.flags & PART_F_LOCAL)
        detect_py_prop(d, p->comp, "declared-path", codec_json_get_str(source, "url"));
    if (codec_json_bool(codec_json_get(v, "develop")))
        detect_py_prop(d, p->comp, "python:editable", HM_STR("true"));
}

static bool is_optional(const codec_json *spec)
{
    return codec_json_bool(codec_json_get(spec, "optional"));
}

static void poetry_edges(py_lock *l, uint32_t from)
{
    const py_package *p = detect_py_package_at(l, from);
    const codec_json *deps = codec_json_get(p->v, "dependencies"), *v;
    hm_str key;
    if (deps && codec_json_type(deps) != CODEC_OBJ) {
        detect_doc_wrong_type(l->doc, HM_STR("dependencies"));
        return;
    }
    for (codec_json_iter it = codec_json_each(deps); codec_json_next(&it, &key, &v) && !l->doc->bad;) {
        bool optional = is_optional(v);
        if (!detect_py_edge(l, from, detect_py_key(l->doc, key), optional ? PART_SCOPE_OPTIONAL : PART_SCOPE_RUNTIME) &&
            codec_json_is_str(v)) /* with markers it may be for another platform */
            detect_doc_open_deps(l->doc, p->comp);
    }
}

void detect_py_poetry(detect_doc *d, const codec_json *lock, const py_project *project)
{
    py_lock l = { .doc = d, .packages.size = sizeof(py_package), .edges.size = sizeof(py_edge) };
    const codec_json *packages = codec_json_get(lock, "package"), *metadata = codec_json_get(lock, "metadata"), *v;
    hm_str key;
    (void)lock_version(d, codec_json_get_str(metadata, "lock-version"), "12");
    if (packages && codec_json_type(packages) != CODEC_ARR)
        detect_doc_wrong_type(d, HM_STR("package"));
    else if (!packages && !metadata)
        detect_doc_gap(d, HM_FORMAT, DEFECT_MISSING_FIELD, 0, HM_STR("package"));
    else
        for (codec_json_iter it = codec_json_each(packages); codec_json_next(&it, &key, &v) && !d->bad;)
            poetry_package(&l, v);
    old_files(&l, codec_json_get(metadata, "files"));
    for (uint32_t i = 0; i < l.packages.n && !d->bad; i++)
        poetry_edges(&l, i);
    uint32_t subject = detect_py_project(&l, project);
    detect_py_spread(&l, subject, project != NULL);
}

/* ---- Pipfile.lock ----------------------------------------------------------------------------------------------- */

static void pipfile_package(py_lock *l, hm_str name, const codec_json *v, part_scope scope)
{
    static const char *const PLACE[] = { "path", "file" };
    detect_doc *d = l->doc;
    const codec_json *x;
    hm_str key, version = codec_json_get_str(v, "version"), git = codec_json_get_str(v, "git"), path = HM_NONE;
    part_desc desc = { .kind = PART_LIBRARY, .scope = scope, .eco = PART_ECO_PYPI, .name = name };
    if (codec_json_type(v) != CODEC_OBJ ||
        (codec_json_get(v, "version") && !codec_json_is_str(codec_json_get(v, "version"))))
        detect_doc_wrong_type(d, name);
    if (!detect_py_is_name(name)) {
        detect_doc_gap(d, HM_FORMAT, DEFECT_BAD_VALUE, 0, name.n ? name : HM_STR("name"));
        return;
    }
    detect_version(&desc, detect_py_exact(version), &d->normal);
    detect_py_repository(d, HM_STR("git"), git, codec_json_get_str(v, "ref"), &desc);
    for (size_t i = 0; i < HM_COUNT(PLACE); i++) {
        hm_str place = codec_json_get_str(v, PLACE[i]);
        if (place.n && hm_str_search(place, HM_STR("://")) < place.n && !hm_str_starts(place, HM_STR("file:")))
            desc.url_dist = detect_url(d->in->arena, place);
        else if (place.n)
            path = place;
    }
    if (path.n)
        desc.flags |= PART_F_LOCAL;
    size_t had = l->packages.n;
    const py_package *p = detect_py_package(l, v, &desc);
    if (!p || had == l->packages.n)
        return;
    for (codec_json_iter it = codec_json_each(codec_json_get(v, "hashes")); codec_json_next(&it, &key, &x);)
        detect_py_add_hash(d, p->comp, codec_json_str(x));
    if (desc.version.n == 0)
        detect_py_prop(d, p->comp, "declared-range", hm_str_is(version, "*") ? HM_NONE : version);
    detect_py_prop(d, p->comp, "declared-path", path);
    detect_py_prop(d, p->comp, "python:marker", codec_json_get_str(v, "markers"));
    for (codec_json_iter it = codec_json_each(codec_json_get(v, "extras")); codec_json_next(&it, &key, &x);)
        detect_py_prop(d, p->comp, "python:extras", codec_json_str(x));
    if (codec_json_bool(codec_json_get(v, "editable")))
        detect_py_prop(d, p->comp, "python:editable", HM_STR("true"));
}

void detect_py_pipfile(detect_doc *d, const codec_json *lock, const py_project *project)
{
    py_lock l = { .doc = d, .packages.size = sizeof(py_package), .edges.size = sizeof(py_edge) };
    const codec_json *list, *v;
    hm_str category, name;
    (void)project; /* Pipfile declares, not pyproject.toml */
    for (codec_json_iter it = codec_json_each(lock); codec_json_next(&it, &category, &list);) {
        if (hm_str_is(category, "_meta"))
            continue;
        part_scope scope = hm_str_is(category, "default")   ? PART_SCOPE_RUNTIME
                           : hm_str_is(category, "develop") ? PART_SCOPE_DEV
                                                            : PART_SCOPE_OPTIONAL;
        if (codec_json_type(list) != CODEC_OBJ) {
            detect_doc_wrong_type(d, category);
            continue;
        }
        for (codec_json_iter k = codec_json_each(list); codec_json_next(&k, &name, &v) && !d->bad;)
            pipfile_package(&l, name, v, scope);
    }
    if (!codec_json_get(lock, "_meta") && l.packages.n == 0)
        detect_doc_gap(d, HM_FORMAT, DEFECT_MISSING_FIELD, 0, HM_STR("_meta"));
}
