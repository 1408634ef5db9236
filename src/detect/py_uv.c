/* py_uv - uv.lock (version 1).
 *
 *   version = 1
 *   [manifest] members = [NAME...]
 *   [[package]] name, version, source = { registry | git | url | path | directory | editable | virtual = "..." }
 *     dependencies = [ { name, version, source, extra, marker } ]   [package.optional-dependencies] EXTRA = [ ... ]
 *     [package.dev-dependencies] GROUP = [ ... ]                     sdist = { url, hash }, wheels = [ { url, hash } ]
 *
 * Invariants:
 * 1. A package whose source is this folder, or that is a member of the workspace, is a subject; its lists say the
 *    scopes, from which they spread. Other packages on disk are local.
 * 2. Extras of other packages are in the lock because somebody asks for them: what they need is needed.
 * 3. A dependency names version (and source) only where a name has several.
 * Enemy: the author of the file. */
#include "detect/py.h"

static void uv_source(detect_doc *d, const codec_json *source, part_desc *desc, hm_str *ret_path)
{
    static const char *const LOCAL[] = { "path", "directory", "editable", "virtual" };
    hm_str commit, git = codec_json_get_str(source, "git"), url = codec_json_get_str(source, "url");
    git = hm_str_cut(git, '#', &commit);
    detect_py_repository(d, HM_STR("git"), hm_str_sub(git, 0, hm_str_find(git, '?')), commit, desc);
    desc->url_dist = detect_url(d->in->arena, url);
    for (size_t i = 0; i < HM_COUNT(LOCAL); i++)
        if (codec_json_is_str(codec_json_get(source, LOCAL[i]))) {
            desc->flags |= PART_F_LOCAL;
            *ret_path = codec_json_get_str(source, LOCAL[i]);
        }
}

static void uv_package(py_lock *l, const codec_json *v)
{
    detect_doc *d = l->doc;
    const codec_json *source = codec_json_get(v, "source"), *x;
    hm_str key, path = HM_NONE;
    part_desc desc;
    if (!detect_py_named(d, v, &desc))
        return;
    uv_source(d, source, &desc, &path);
    hm_str member = detect_join(d->in->arena, HM_STR("member\t"), detect_py_key(d, desc.name), HM_NONE);
    if (hm_str_is(path, ".") || detect_doc_find(d, member) != PART_NO) {
        desc.flags |= PART_F_SUBJECT;
        desc.kind = PART_APPLICATION;
        desc.scope = PART_SCOPE_RUNTIME;
    }
    size_t had = l->packages.n;
    const py_package *p = detect_py_package(l, v, &desc);
    if (!p || had == l->packages.n)
        return;
    detect_py_add_hash(d, p->comp, codec_json_get_str(codec_json_get(v, "sdist"), "hash"));
    for (codec_json_iter it = codec_json_each(codec_json_get(v, "wheels")); codec_json_next(&it, &key, &x);)
        detect_py_add_hash(d, p->comp, codec_json_get_str(x, "hash"));
    detect_py_prop(d, p->comp, "declared-path", hm_str_is(path, ".") ? HM_NONE : path);
    detect_py_prop(d, p->comp, "python:index", detect_url(d->in->arena, codec_json_get_str(source, "registry")));
    if (codec_json_get(source, "editable") && !hm_str_is(path, "."))
        detect_py_prop(d, p->comp, "python:editable", HM_STR("true"));
    for (codec_json_iter it = codec_json_each(codec_json_get(v, "resolution-markers")); codec_json_next(&it, &key, &x);)
        detect_py_prop(d, p->comp, "python:marker", codec_json_str(x));
}

static void uv_list(py_lock *l, uint32_t from, const codec_json *list, part_scope scope)
{
    hm_arena *a = l->doc->in->arena;
    const codec_json *v;
    hm_str key;
    if (list && codec_json_type(list) != CODEC_ARR) {
        detect_doc_wrong_type(l->doc, HM_STR("dependencies"));
        return;
    }
    for (codec_json_iter it = codec_json_each(list); codec_json_next(&it, &key, &v) && !l->doc->bad;) {
        hm_str name = detect_py_key(l->doc, codec_json_get_str(v, "name")), version = codec_json_get_str(v, "version");
        hm_str exact = detect_join(a, name, HM_STR("\t"), version);
        bool found = version.n && (detect_py_edge(l, from, exact, scope) ||
                                   detect_py_edge(l, from, detect_join(a, exact, HM_STR("\t"), HM_NONE), scope));
        if (!found && !detect_py_edge(l, from, name, scope))
            detect_doc_open_deps(l->doc, detect_py_package_at(l, from)->comp);
    }
}

static void uv_edges(py_lock *l, uint32_t from)
{
    const codec_json *v = detect_py_package_at(l, from)->v, *list;
    bool root = !part_build_bad(l->doc->out) &&
                part_build_comp(l->doc->out, detect_py_package_at(l, from)->comp)->flags & PART_F_SUBJECT;
    const struct {
        const char *name;
        part_scope scope;
    } TABLE[] = { { "optional-dependencies", PART_SCOPE_OPTIONAL }, { "dev-dependencies", PART_SCOPE_DEV } };
    hm_str key;
    uv_list(l, from, codec_json_get(v, "dependencies"), PART_SCOPE_RUNTIME);
    for (size_t i = 0; i < HM_COUNT(TABLE); i++) {
        const codec_json *table = codec_json_get(v, TABLE[i].name);
        if (table && codec_json_type(table) != CODEC_OBJ)
            detect_doc_wrong_type(l->doc, hm_str_c(TABLE[i].name));
        else if (root || i == 0) /* what others develop with is not in the lock */
            for (codec_json_iter it = codec_json_each(table); codec_json_next(&it, &key, &list);)
                uv_list(l, from, list, root ? TABLE[i].scope : PART_SCOPE_RUNTIME);
    }
}

void detect_py_uv(detect_doc *d, const codec_json *lock, const py_project *project)
{
    py_lock l = { .doc = d, .packages.size = sizeof(py_package), .edges.size = sizeof(py_edge) };
    const codec_json *packages = codec_json_get(lock, "package"), *v;
    hm_str key;
    uint64_t version = 0;
    if (!codec_json_u64(codec_json_get(lock, "version"), &version))
        detect_doc_gap(d, HM_FORMAT, DEFECT_MISSING_FIELD, 0, HM_STR("version"));
    else if (version != 1) {
        char text[24];
        snprintf(text, sizeof text, "%llu", (unsigned long long)version);
        detect_doc_gap(d, HM_UNSUPPORTED, DEFECT_LOCK_VERSION, 0, hm_str_c(text));
    }
    const codec_json *members = codec_json_get(codec_json_get(lock, "manifest"), "members");
    for (codec_json_iter it = codec_json_each(members); codec_json_next(&it, &key, &v) && !d->bad;)
        detect_doc_name(d, detect_join(d->in->arena, HM_STR("member\t"), detect_py_key(d, codec_json_str(v)), HM_NONE),
                        0);
    if (packages && codec_json_type(packages) != CODEC_ARR)
        detect_doc_wrong_type(d, HM_STR("package"));
    else
        for (codec_json_iter it = codec_json_each(packages); codec_json_next(&it, &key, &v) && !d->bad;)
            uv_package(&l, v);
    for (uint32_t i = 0; i < l.packages.n && !d->bad; i++)
        uv_edges(&l, i);
    (void)project; /* the lock says all that it could */
    detect_py_spread(&l, PART_NO, true);
}
