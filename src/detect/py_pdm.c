/* py_pdm - pdm.lock (lock_version 2 to 4) and pylock.toml (PEP 751, lock-version 1).
 *
 *   [[package]] name, version, extras, groups, marker, dependencies = ["name>=1; marker"], files = [ { file|url, hash } ],
 *     git, revision, ref | url | path, editable            [metadata] groups, lock_version
 *
 *   lock-version, extras, dependency-groups, default-groups
 *   [[packages]] name, version, marker, index, dependencies = [ { name, version, ... } ], wheels = [ { name, url,
 *     hashes } ], sdist, archive = { url | path, hashes }, directory = { path, editable }, vcs = { type, url, commit-id }
 *
 * Invariants:
 * 1. pdm writes "name" and "name[extra]" as two entries of one version: one component.
 * 2. Group default is what runs. Which others are for development is in pyproject.toml; without it their names say so.
 * 3. PEP 751 has scopes in markers: 'x' in extras, 'x' in dependency_groups, save for the default groups. A lock that
 *    lists neither extras nor groups was made for one purpose, and does not say which.
 * Enemy: the author of the file. */
#include "detect/py.h"

static void check_version(detect_doc *d, hm_str version, const char *known)
{
    if (version.n && hm_str_find(hm_str_c(known), version.p[0]) == strlen(known))
        detect_doc_gap(d, HM_UNSUPPORTED, DEFECT_LOCK_VERSION, 0, version);
}

static bool said_for_development(hm_str group)
{
    static const char *const WORD[] = { "dev",     "develop", "development", "test", "tests",
                                        "testing", "lint",    "doc",         "docs" };
    for (size_t i = 0; i < HM_COUNT(WORD); i++)
        if (hm_str_eq_nocase(group, hm_str_c(WORD[i])))
            return true;
    return false;
}

/* Is `group` a key of the table? */
static bool has_group(detect_doc *d, const codec_json *table, hm_str group)
{
    const codec_json *v;
    hm_str key, want = detect_py_key(d, group);
    size_t n = 0;
    for (codec_json_iter it = codec_json_each(table); n++ < 256 && codec_json_next(&it, &key, &v);)
        if (hm_str_eq(detect_py_key(d, key), want))
            return true;
    return false;
}

static part_scope group_scope(detect_doc *d, hm_str group, const py_project *p)
{
    if (hm_str_is(group, "default"))
        return PART_SCOPE_RUNTIME;
    if (p) {
        const codec_json *project = codec_json_get(p->doc, "project");
        const codec_json *pdm = codec_json_get(codec_json_get(p->doc, "tool"), "pdm");
        if (has_group(d, codec_json_get(project, "optional-dependencies"), group))
            return PART_SCOPE_OPTIONAL;
        if (has_group(d, codec_json_get(p->doc, "dependency-groups"), group) ||
            has_group(d, codec_json_get(pdm, "dev-dependencies"), group))
            return PART_SCOPE_DEV;
    }
    return said_for_development(group) ? PART_SCOPE_DEV : PART_SCOPE_OPTIONAL;
}

static void pdm_package(py_lock *l, const codec_json *v, const py_project *project)
{
    enum { MOST_GROUPS = 64 };
    detect_doc *d = l->doc;
    const codec_json *x;
    hm_str key, path = codec_json_get_str(v, "path"), git = codec_json_get_str(v, "git");
    hm_str commit = codec_json_get_str(v, "revision");
    part_desc desc;
    if (!detect_py_named(d, v, &desc))
        return;
    size_t n = 0;
    for (codec_json_iter it = codec_json_each(codec_json_get(v, "groups"));
         n++ < MOST_GROUPS && codec_json_next(&it, &key, &x);)
        desc.scope = part_scope_stronger(desc.scope, group_scope(d, codec_json_str(x), project));
    detect_py_repository(d, HM_STR("git"), git, commit.n ? commit : codec_json_get_str(v, "ref"), &desc);
    desc.url_dist = detect_url(d->in->arena, codec_json_get_str(v, "url"));
    if (path.n)
        desc.flags |= PART_F_LOCAL;
    size_t had = l->packages.n;
    const py_package *p = detect_py_package(l, v, &desc);
    if (!p || had == l->packages.n)
        return;
    for (codec_json_iter it = codec_json_each(codec_json_get(v, "files")); codec_json_next(&it, &key, &x);)
        detect_py_add_hash(d, p->comp, codec_json_get_str(x, "hash"));
    for (codec_json_iter it = codec_json_each(codec_json_get(v, "groups")); codec_json_next(&it, &key, &x);)
        detect_py_prop(d, p->comp, "python:group", codec_json_str(x));
    detect_py_prop(d, p->comp, "python:marker", codec_json_get_str(v, "marker"));
    detect_py_prop(d, p->comp, "declared-path", path);
    if (codec_json_bool(codec_json_get(v, "editable")))
        detect_py_prop(d, p->comp, "python:editable", HM_STR("true"));
}

/* The package that an entry is: looked up again, as two entries may be one. */
static uint32_t package_of(const py_lock *l, const codec_json *v)
{
    hm_str name = codec_json_get_str(v, "name");
    hm_str version = codec_json_get_str(v, "version");
    hm_str exact = detect_join(l->doc->in->arena, detect_py_key(l->doc, name), HM_STR("\t"), version);
    uint32_t comp = detect_doc_find(l->doc, exact);
    if (comp == PART_NO)
        comp = detect_doc_find(l->doc, detect_join(l->doc->in->arena, exact, HM_STR("\t"), HM_NONE));
    return comp == PART_NO ? PART_NO : comp - l->first;
}

static void pdm_edges(py_lock *l, const codec_json *v)
{
    const codec_json *deps = codec_json_get(v, "dependencies"), *x;
    hm_str key;
    py_requirement r;
    uint32_t from = package_of(l, v);
    if (deps && codec_json_type(deps) != CODEC_ARR)
        detect_doc_wrong_type(l->doc, HM_STR("dependencies"));
    else if (from < l->packages.n)
        for (codec_json_iter it = codec_json_each(deps); codec_json_next(&it, &key, &x) && !l->doc->bad;) {
            if (!detect_py_requirement(codec_json_str(x), &r))
                detect_doc_gap(l->doc, HM_FORMAT, DEFECT_BAD_VALUE, 0, codec_json_str(x));
            else if (!detect_py_edge(l, from, detect_py_key(l->doc, r.name), PART_SCOPE_RUNTIME) && r.marker.n == 0)
                detect_doc_open_deps(l->doc, detect_py_package_at(l, from)->comp);
        }
}

void detect_py_pdm(detect_doc *d, const codec_json *lock, const py_project *project)
{
    py_lock l = { .doc = d, .packages.size = sizeof(py_package), .edges.size = sizeof(py_edge) };
    const codec_json *packages = codec_json_get(lock, "package"), *metadata = codec_json_get(lock, "metadata"), *v;
    hm_str key;
    check_version(d, codec_json_get_str(metadata, "lock_version"), "234");
    if (packages && codec_json_type(packages) != CODEC_ARR) {
        detect_doc_wrong_type(d, HM_STR("package"));
        packages = NULL;
    } else if (!packages && !metadata) {
        detect_doc_gap(d, HM_FORMAT, DEFECT_MISSING_FIELD, 0, HM_STR("package"));
    }
    for (codec_json_iter it = codec_json_each(packages); codec_json_next(&it, &key, &v) && !d->bad;)
        pdm_package(&l, v, project);
    for (codec_json_iter it = codec_json_each(packages); codec_json_next(&it, &key, &v) && !d->bad;)
        pdm_edges(&l, v);
    uint32_t subject = detect_py_project(&l, project);
    detect_py_spread(&l, subject, project != NULL);
}

/* ---- pylock.toml ------------------------------------------------------------------------------------------------ */

static bool in_list(const codec_json *list, hm_str value)
{
    const codec_json *v;
    hm_str key;
    size_t n = 0;
    for (codec_json_iter it = codec_json_each(list); n++ < 256 && codec_json_next(&it, &key, &v);)
        if (hm_str_eq(codec_json_str(v), value))
            return true;
    return false;
}

/* 'x' in extras, 'x' in dependency_groups: the strongest of what the marker names. */
static part_scope marker_scope(hm_str marker, const codec_json *defaults)
{
    part_scope scope = PART_SCOPE_UNKNOWN;
    for (size_t i = 0; i < marker.n;) {
        char c = marker.p[i];
        if (c != '"' && c != '\'') {
            i++;
            continue;
        }
        hm_str value = hm_str_from(marker, i + 1);
        value = hm_str_sub(value, 0, hm_str_find(value, c));
        i += value.n + 2;
        hm_str rest = hm_str_trim(hm_str_sub(hm_str_from(marker, i), 0, 64));
        if (!hm_str_starts(rest, HM_STR("in ")))
            continue;
        rest = hm_str_trim(hm_str_from(rest, 3));
        if (hm_str_starts(rest, HM_STR("extras")))
            scope = part_scope_stronger(scope, PART_SCOPE_OPTIONAL);
        else if (hm_str_starts(rest, HM_STR("dependency_groups")))
            scope = part_scope_stronger(scope, in_list(defaults, value) ? PART_SCOPE_RUNTIME : PART_SCOPE_DEV);
    }
    return scope;
}

static void add_hashes(detect_doc *d, uint32_t comp, const codec_json *file)
{
    const codec_json *v;
    hm_str name;
    for (codec_json_iter it = codec_json_each(codec_json_get(file, "hashes")); codec_json_next(&it, &name, &v);)
        detect_py_add_hash(d, comp, detect_join(d->in->arena, name, HM_STR(":"), codec_json_str(v)));
}

static void pylock_package(py_lock *l, const codec_json *v, const codec_json *defaults, bool scopes)
{
    detect_doc *d = l->doc;
    const codec_json *vcs = codec_json_get(v, "vcs"), *directory = codec_json_get(v, "directory");
    const codec_json *archive = codec_json_get(v, "archive"), *x;
    hm_str key, marker = codec_json_get_str(v, "marker"), path = codec_json_get_str(directory, "path");
    part_desc desc;
    if (!detect_py_named(d, v, &desc))
        return;
    if (!codec_json_get(v, "dependencies"))
        desc.flags &= ~(uint32_t)PART_F_DEPS_KNOWN; /* it is optional: absent says nothing */
    desc.scope = marker_scope(marker, defaults);
    if (desc.scope == PART_SCOPE_UNKNOWN && scopes)
        desc.scope = PART_SCOPE_RUNTIME;
    hm_str commit = codec_json_get_str(vcs, "commit-id");
    detect_py_repository(d, codec_json_get_str(vcs, "type"), codec_json_get_str(vcs, "url"), commit, &desc);
    desc.url_dist = detect_url(d->in->arena, codec_json_get_str(archive, "url"));
    path = path.n ? path : codec_json_get_str(archive, "path");
    path = path.n ? path : codec_json_get_str(vcs, "path");
    if (path.n)
        desc.flags |= PART_F_LOCAL;
    if (hm_str_is(path, ".")) {
        desc.flags |= PART_F_SUBJECT;
        desc.kind = PART_APPLICATION;
        desc.scope = PART_SCOPE_RUNTIME;
    }
    size_t had = l->packages.n;
    const py_package *p = detect_py_package(l, v, &desc);
    if (!p || had == l->packages.n)
        return;
    add_hashes(d, p->comp, codec_json_get(v, "sdist"));
    add_hashes(d, p->comp, archive);
    for (codec_json_iter it = codec_json_each(codec_json_get(v, "wheels")); codec_json_next(&it, &key, &x);)
        add_hashes(d, p->comp, x);
    detect_py_prop(d, p->comp, "python:marker", marker);
    detect_py_prop(d, p->comp, "python:index", detect_url(d->in->arena, codec_json_get_str(v, "index")));
    detect_py_prop(d, p->comp, "declared-path", path);
    if (codec_json_bool(codec_json_get(directory, "editable")))
        detect_py_prop(d, p->comp, "python:editable", HM_STR("true"));
}

static void pylock_edges(py_lock *l, uint32_t from)
{
    const py_package *p = detect_py_package_at(l, from);
    const codec_json *v;
    hm_str key;
    for (codec_json_iter it = codec_json_each(codec_json_get(p->v, "dependencies"));
         codec_json_next(&it, &key, &v) && !l->doc->bad;) {
        hm_str name = detect_py_key(l->doc, codec_json_get_str(v, "name")), version = codec_json_get_str(v, "version");
        hm_str exact = detect_join(l->doc->in->arena, name, HM_STR("\t"), version);
        exact = detect_join(l->doc->in->arena, exact, HM_STR("\t"), HM_NONE);
        if (!(version.n && detect_py_edge(l, from, exact, PART_SCOPE_RUNTIME)) &&
            !detect_py_edge(l, from, name, PART_SCOPE_RUNTIME))
            detect_doc_open_deps(l->doc, p->comp);
    }
}

void detect_py_pylock(detect_doc *d, const codec_json *lock, const py_project *project)
{
    py_lock l = { .doc = d, .packages.size = sizeof(py_package), .edges.size = sizeof(py_edge) };
    const codec_json *packages = codec_json_get(lock, "packages"), *v;
    hm_str key;
    bool scopes = codec_json_get(lock, "extras") || codec_json_get(lock, "dependency-groups");
    check_version(d, codec_json_get_str(lock, "lock-version"), "1");
    if (!packages)
        detect_doc_gap(d, HM_FORMAT, DEFECT_MISSING_FIELD, 0, HM_STR("packages"));
    else if (codec_json_type(packages) != CODEC_ARR)
        detect_doc_wrong_type(d, HM_STR("packages"));
    else
        for (codec_json_iter it = codec_json_each(packages); codec_json_next(&it, &key, &v) && !d->bad;)
            pylock_package(&l, v, codec_json_get(lock, "default-groups"), scopes);
    for (uint32_t i = 0; i < l.packages.n && !d->bad; i++)
        pylock_edges(&l, i);
    uint32_t subject = detect_py_project(&l, project);
    detect_py_spread(&l, subject, false);
}
