/* py_project - Python projects: pyproject.toml and the locks beside it (poetry.lock, pdm.lock, uv.lock, Pipfile.lock,
 * pylock.toml), all of a target together (specifications "pyproject.toml" = PEP 621, "Dependency groups" = PEP 735,
 * PEP 518 for [build-system]; Poetry's and PDM's documentation for their tables).
 *
 *   [project] name, version, dependencies = ["a>=1"]     [project.optional-dependencies] EXTRA = ["b"]
 *   [dependency-groups] GROUP = ["c", { include-group = "x" }]        [build-system] requires = ["d"]
 *   [tool.poetry] dependencies = { python = "^3", e = "^1", f = { version, optional, git, path } }, dev-dependencies,
 *     group.GROUP.dependencies           [tool.pdm.dev-dependencies] GROUP = [...]     [tool.uv] dev-dependencies = [...]
 *
 * Invariants:
 * 1. Each lock is read with the pyproject.toml of its folder; one that no lock speaks for declares by itself: exact pins
 *    as versions, all else as ranges.
 * 2. A file that cannot be read is a gap and takes no other file with it.
 * Enemy: the author of the files. */
#include "base/limits.h"
#include "detect/py.h"

/* ---- what a pyproject.toml declares ----------------------------------------------------------------------------- */

static void each_text(detect_doc *d, const codec_json *list, const char *where, py_each *each, void *ctx,
                      part_scope scope)
{
    const codec_json *v;
    hm_str key;
    if (list && codec_json_type(list) != CODEC_ARR) {
        detect_doc_wrong_type(d, hm_str_c(where));
        return;
    }
    for (codec_json_iter it = codec_json_each(list); codec_json_next(&it, &key, &v) && !d->bad;) {
        py_requirement r;
        if (codec_json_type(v) == CODEC_OBJ) /* { include-group = "x" }: that group stands there itself */
            continue;
        if (!codec_json_is_str(v)) {
            detect_doc_wrong_type(d, hm_str_c(where));
            continue;
        }
        if (hm_str_starts(codec_json_str(v), HM_STR("-e "))) /* PDM: its name is in the address */
            r = (py_requirement){ .url = hm_str_trim(hm_str_from(codec_json_str(v), 3)) };
        else if (!detect_py_requirement(codec_json_str(v), &r)) {
            detect_doc_gap(d, HM_FORMAT, DEFECT_BAD_VALUE, 0, codec_json_str(v));
            continue;
        }
        each(ctx, &r, false, scope);
    }
}

static void each_group(detect_doc *d, const codec_json *groups, const char *where, py_each *each, void *ctx,
                       part_scope scope)
{
    const codec_json *list;
    hm_str key;
    if (groups && codec_json_type(groups) != CODEC_OBJ) {
        detect_doc_wrong_type(d, hm_str_c(where));
        return;
    }
    for (codec_json_iter it = codec_json_each(groups); codec_json_next(&it, &key, &list);)
        each_text(d, list, where, each, ctx, scope);
}

/* One dependency in Poetry's notation; `v` is its text or table. */
static void poetry_one(detect_doc *d, hm_str name, const codec_json *v, py_each *each, void *ctx, part_scope scope)
{
    hm_arena *a = d->in->arena;
    py_requirement r = { .name = name,
                         .range = codec_json_is_str(v) ? codec_json_str(v) : codec_json_get_str(v, "version") };
    hm_str git = codec_json_get_str(v, "git"), rev = codec_json_get_str(v, "rev"), url = codec_json_get_str(v, "url");
    rev = rev.n ? rev : codec_json_get_str(v, "tag");
    rev = rev.n ? rev : codec_json_get_str(v, "branch");
    r.marker = codec_json_get_str(v, "markers");
    r.path = codec_json_get_str(v, "path");
    r.path = r.path.n ? r.path : codec_json_get_str(v, "file");
    r.url = url;
    if (git.n) {
        r.url = detect_join(a, HM_STR("git+"), git, HM_NONE);
        if (rev.n)
            r.url = detect_join(a, r.url, HM_STR("@"), rev);
    }
    if (!codec_json_is_str(v) && codec_json_type(v) != CODEC_OBJ)
        detect_doc_wrong_type(d, name);
    if (!detect_py_is_name(name)) {
        detect_doc_gap(d, HM_FORMAT, DEFECT_BAD_VALUE, 0, name);
        return;
    }
    if (hm_str_is(r.range, "*"))
        r.range = HM_NONE;
    bool optional = codec_json_bool(codec_json_get(v, "optional"));
    each(ctx, &r, true, optional && scope == PART_SCOPE_RUNTIME ? PART_SCOPE_OPTIONAL : scope);
}

static void each_poetry(detect_doc *d, const codec_json *deps, const char *where, py_each *each, void *ctx,
                        part_scope scope)
{
    const codec_json *v, *one;
    hm_str name, key;
    if (deps && codec_json_type(deps) != CODEC_OBJ) {
        detect_doc_wrong_type(d, hm_str_c(where));
        return;
    }
    for (codec_json_iter it = codec_json_each(deps); codec_json_next(&it, &name, &v) && !d->bad;) {
        if (hm_str_is(name, "python"))
            continue;
        if (codec_json_type(v) == CODEC_ARR)
            for (codec_json_iter k = codec_json_each(v); codec_json_next(&k, &key, &one) && !d->bad;)
                poetry_one(d, name, one, each, ctx, scope);
        else
            poetry_one(d, name, v, each, ctx, scope);
    }
}

void detect_py_each(detect_doc *d, const codec_json *doc, py_each *each, void *ctx)
{
    const codec_json *project = codec_json_get(doc, "project"), *tool = codec_json_get(doc, "tool"), *v;
    const codec_json *poetry = codec_json_get(tool, "poetry"), *groups = codec_json_get(poetry, "group");
    hm_str key;
    each_text(d, codec_json_get(project, "dependencies"), "dependencies", each, ctx, PART_SCOPE_RUNTIME);
    each_group(d, codec_json_get(project, "optional-dependencies"), "optional-dependencies", each, ctx,
               PART_SCOPE_OPTIONAL);
    each_poetry(d, codec_json_get(poetry, "dependencies"), "dependencies", each, ctx, PART_SCOPE_RUNTIME);
    each_group(d, codec_json_get(doc, "dependency-groups"), "dependency-groups", each, ctx, PART_SCOPE_DEV);
    each_poetry(d, codec_json_get(poetry, "dev-dependencies"), "dev-dependencies", each, ctx, PART_SCOPE_DEV);
    for (codec_json_iter it = codec_json_each(groups); codec_json_next(&it, &key, &v) && !d->bad;)
        each_poetry(d, codec_json_get(v, "dependencies"), "dependencies", each, ctx, PART_SCOPE_DEV);
    each_group(d, codec_json_get(codec_json_get(tool, "pdm"), "dev-dependencies"), "dev-dependencies", each, ctx,
               PART_SCOPE_DEV);
    each_text(d, codec_json_get(codec_json_get(tool, "uv"), "dev-dependencies"), "dev-dependencies", each, ctx,
              PART_SCOPE_DEV);
    each_text(d, codec_json_get(codec_json_get(doc, "build-system"), "requires"), "requires", each, ctx,
              PART_SCOPE_BUILD);
}

static void describe(detect_doc *d, const codec_json *project, const codec_json *poetry, part_desc *desc)
{
    enum { MOST_AUTHORS = 32 };
    const codec_json *licence = codec_json_get(project ? project : poetry, "license"), *v;
    const codec_json *urls = codec_json_get(project, "urls");
    hm_str key, text = codec_json_is_str(licence) ? codec_json_str(licence) : codec_json_get_str(licence, "text");
    hm_str line = hm_str_sub(text, 0, hm_str_find(text, '\n'));
    size_t n = 0;
    if (line.n)
        part_desc_licence(desc, line, &d->licence);
    hm_buf_reset(&d->author);
    for (codec_json_iter it = codec_json_each(codec_json_get(project ? project : poetry, "authors"));
         n < MOST_AUTHORS && codec_json_next(&it, &key, &v); n++)
        if (codec_json_is_str(v))
            detect_doc_person(d, detect_cut(codec_json_str(v), PY_NAME_MAX), HM_NONE);
        else
            detect_doc_person(d, detect_cut(codec_json_get_str(v, "name"), PY_NAME_MAX),
                              detect_cut(codec_json_get_str(v, "email"), PY_NAME_MAX));
    desc->author = hm_buf_view(&d->author);
    n = 0;
    for (codec_json_iter it = codec_json_each(urls); n++ < MOST_AUTHORS && codec_json_next(&it, &key, &v);) {
        if (hm_str_eq_nocase(key, HM_STR("homepage")))
            desc->url_home = detect_url(d->in->arena, codec_json_str(v));
        else if (hm_str_eq_nocase(key, HM_STR("repository")) || hm_str_eq_nocase(key, HM_STR("source")))
            desc->url_vcs = detect_url(d->in->arena, codec_json_str(v));
    }
    if (desc->url_home.n == 0)
        desc->url_home = detect_url(d->in->arena, codec_json_get_str(poetry, "homepage"));
    if (desc->url_vcs.n == 0)
        desc->url_vcs = detect_url(d->in->arena, codec_json_get_str(poetry, "repository"));
}

uint32_t detect_py_subject(detect_doc *d, const py_project *p)
{
    const codec_json *project = codec_json_get(p->doc, "project");
    const codec_json *poetry = codec_json_get(codec_json_get(p->doc, "tool"), "poetry");
    hm_str name = codec_json_get_str(project, "name"), version = codec_json_get_str(project, "version");
    name = name.n ? name : codec_json_get_str(poetry, "name");
    if (project && codec_json_type(project) != CODEC_OBJ)
        detect_doc_wrong_type(d, HM_STR("project"));
    else if (project && name.n == 0)
        detect_doc_gap(d, HM_FORMAT, DEFECT_MISSING_FIELD, 0, HM_STR("name"));
    if (name.n && !detect_py_is_name(name)) {
        detect_doc_gap(d, HM_FORMAT, DEFECT_BAD_VALUE, 0, HM_STR("name"));
        return PART_NO;
    }
    if (name.n == 0)
        return PART_NO;
    part_desc desc = { .kind = PART_APPLICATION,
                       .scope = PART_SCOPE_RUNTIME,
                       .eco = PART_ECO_PYPI,
                       .flags = PART_F_SUBJECT | PART_F_LOCAL | PART_F_DEPS_KNOWN,
                       .name = name };
    detect_version(&desc, version.n ? version : codec_json_get_str(poetry, "version"), &d->normal);
    describe(d, codec_json_type(project) == CODEC_OBJ ? project : NULL, poetry, &desc);
    uint32_t comp = detect_doc_add(d, &desc, 0);
    const codec_json *v;
    hm_str key;
    for (codec_json_iter it = codec_json_each(codec_json_get(project, "dynamic")); codec_json_next(&it, &key, &v);)
        if (hm_str_is(codec_json_str(v), "dependencies")) /* its build says them */
            detect_doc_open_deps(d, comp);
    return comp;
}

/* ---- the group -------------------------------------------------------------------------------------------------- */

static const struct {
    const char *name;
    py_lock_fn *read;
    bool json;
} LOCK[] = {
    { "poetry.lock", detect_py_poetry, false }, { "pdm.lock", detect_py_pdm, false },
    { "uv.lock", detect_py_uv, false },         { "Pipfile.lock", detect_py_pipfile, true },
    { "pylock.toml", detect_py_pylock, false },
};

typedef struct group {
    const detect_in *in;
    part_build *out;
    hm_vec projects; /* of py_project */
    hm_map *by_dir;
    bool bad, no_memory;
} group;

static size_t lock_kind(hm_str path)
{
    hm_str base = hm_path_base(path);
    for (size_t i = 0; i < HM_COUNT(LOCK); i++)
        if (hm_str_is(base, LOCK[i].name))
            return i;
    return hm_str_starts(base, HM_STR("pylock.")) ? HM_COUNT(LOCK) - 1 : HM_COUNT(LOCK);
}

static void keep_failure(group *g, const detect_view *file, hm_rc rc, const hm_err *e)
{
    if (rc == HM_NOMEM)
        g->no_memory = true;
    else if (rc != HM_OK)
        part_add_gap(g->out, file->path, e);
}

/* The document of a file; NULL: there is a gap. */
static const codec_json *open_file(group *g, const detect_view *file, bool json)
{
    const codec_json *root = NULL;
    hm_err e = { 0 };
    hm_rc rc;
    if (hm_str_trim(file->bytes).n == 0)
        rc = hm_fail(&e, HM_TRUNC, DEFECT_EMPTY, HM_PLACE_BYTE, 0, 0);
    else if (json)
        rc = codec_json_read(g->in->arena, file->bytes, &root, &e);
    else
        rc = codec_toml_read(g->in->arena, file->bytes, &root, &e);
    if (rc == HM_OK && codec_json_type(root) != CODEC_OBJ)
        rc = hm_fail(&e, HM_FORMAT, DEFECT_WRONG_TYPE, HM_PLACE_BYTE, 0, 0);
    keep_failure(g, file, rc, &e);
    return rc == HM_OK ? root : NULL;
}

static py_project *project_in(group *g, hm_str dir)
{
    uint64_t i;
    return hm_map_get(g->by_dir, dir, &i) ? hm_vec_at(&g->projects, (size_t)i) : NULL;
}

/* Members of a uv workspace are in its lock. */
static void mark_members(group *g, hm_str dir, const codec_json *lock)
{
    static const char *const PLACE[] = { "editable", "virtual", "directory" };
    const codec_json *v;
    hm_str key;
    for (codec_json_iter it = codec_json_each(codec_json_get(lock, "package")); codec_json_next(&it, &key, &v);)
        for (size_t i = 0; i < HM_COUNT(PLACE); i++) {
            hm_str path = codec_json_get_str(codec_json_get(v, "source"), PLACE[i]);
            if (path.n == 0 || path.n > LIMIT_PATH_BYTES)
                continue;
            py_project *p = project_in(g, dir.n ? detect_join(g->in->arena, dir, HM_STR("/"), path) : path);
            if (p)
                p->locked = true;
        }
}

static void read_lock(group *g, const detect_view *file, size_t kind)
{
    const codec_json *lock = open_file(g, file, LOCK[kind].json);
    py_project *p = project_in(g, hm_path_dir(file->path));
    detect_doc d;
    hm_err e = { 0 };
    if (!lock)
        return; /* then pyproject.toml declares by itself */
    detect_doc_open(&d, g->in, file, g->out);
    if (!d.bad)
        LOCK[kind].read(&d, lock, p);
    if (p)
        p->locked |= LOCK[kind].read != detect_py_pipfile;
    if (LOCK[kind].read == detect_py_uv)
        mark_members(g, hm_path_dir(file->path), lock);
    keep_failure(g, file, detect_doc_close(&d, HM_OK, &e), &e);
}

static void declare_alone(group *g, const py_project *p)
{
    detect_doc d;
    hm_err e = { 0 };
    detect_doc_open(&d, g->in, p->file, g->out);
    py_lock none = { .doc = &d, .packages.size = sizeof(py_package), .edges.size = sizeof(py_edge) };
    if (!d.bad)
        (void)detect_py_project(&none, p);
    keep_failure(g, p->file, detect_doc_close(&d, HM_OK, &e), &e);
}

static void read_group(group *g)
{
    size_t n = g->in->file_n ? g->in->file_n : 1;
    for (size_t i = 0; i < n; i++) {
        const detect_view *file = g->in->file_n ? &g->in->files[i] : g->in->file;
        if (!hm_str_is(hm_path_base(file->path), "pyproject.toml"))
            continue;
        const codec_json *doc = open_file(g, file, false);
        py_project *p = doc ? hm_vec_push(&g->projects, g->in->arena) : NULL;
        if (!p) {
            g->bad |= doc != NULL;
            continue;
        }
        *p = (py_project){ .file = file, .dir = hm_path_dir(file->path), .doc = doc };
        g->no_memory |= !hm_map_put(g->by_dir, p->dir, g->projects.n - 1);
    }
    for (size_t i = 0; i < n && !g->bad && !g->no_memory; i++) {
        const detect_view *file = g->in->file_n ? &g->in->files[i] : g->in->file;
        size_t kind = lock_kind(file->path);
        if (kind < HM_COUNT(LOCK))
            read_lock(g, file, kind);
    }
    for (size_t i = 0; i < g->projects.n && !g->bad && !g->no_memory; i++) {
        const py_project *p = hm_vec_at(&g->projects, i);
        if (!p->locked)
            declare_alone(g, p);
    }
}

hm_rc detect_python_project(const detect_in *in, part_build *out, hm_err *err)
{
    group g = { .in = in, .out = out, .projects.size = sizeof(py_project), .by_dir = hm_map_new() };
    if (g.by_dir)
        read_group(&g);
    else
        g.no_memory = true;
    hm_map_freep(&g.by_dir);
    if (g.bad)
        return hm_arena_fail(in->arena, err);
    return g.no_memory ? detect_no_memory(err) : HM_OK;
}
