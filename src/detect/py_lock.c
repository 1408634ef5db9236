/* py_lock - what the readers of Python's locks share: packages by their normal name, edges between them, scopes that
 * spread from what the project asks for.
 *
 * Invariants:
 * 1. A package has the scope that the lock says of it; where it says none, the strongest in which the project's own
 *    dependencies lead to it; where nobody says what the project asks for, none.
 * 2. What the project declares and the lock lacks becomes a declared component: nothing is lost between the two.
 * 3. Components of packages follow each other, so the index of one gives the package.
 * Enemy: the author of the files (one name a thousand times, edges in circles). */
#include "base/limits.h"
#include "detect/py.h"

py_package *detect_py_package_at(const py_lock *l, size_t i)
{
    return hm_vec_at(&l->packages, i);
}

bool detect_py_named(detect_doc *d, const codec_json *v, part_desc *desc)
{
    const codec_json *version = codec_json_get(v, "version");
    *desc = (part_desc){
        .kind = PART_LIBRARY, .eco = PART_ECO_PYPI, .flags = PART_F_DEPS_KNOWN, .name = codec_json_get_str(v, "name")
    };
    if (codec_json_type(v) != CODEC_OBJ) {
        detect_doc_wrong_type(d, HM_STR("package"));
        return false;
    }
    if (!detect_py_is_name(desc->name)) {
        detect_doc_gap(d, HM_FORMAT, desc->name.n ? DEFECT_BAD_VALUE : DEFECT_MISSING_FIELD, 0, HM_STR("name"));
        return false;
    }
    if (version && !codec_json_is_str(version))
        detect_doc_wrong_type(d, desc->name);
    detect_version(desc, codec_json_str(version), &d->normal);
    return true;
}

/* The same package of the same version again: an entry for its extras, or for other platforms. */
static py_package *same(const py_lock *l, hm_str exact)
{
    uint32_t comp = detect_doc_find(l->doc, exact);
    return comp == PART_NO || comp - l->first >= l->packages.n ? NULL : detect_py_package_at(l, comp - l->first);
}

py_package *detect_py_package(py_lock *l, const codec_json *v, const part_desc *d)
{
    detect_doc *doc = l->doc;
    hm_str key = detect_py_key(doc, d->name), exact, source = d->url_vcs.n ? d->url_vcs : d->url_dist;
    hm_str version = d->literal.n ? d->literal : d->version; /* as it is written, so as others name it */
    exact = detect_join(doc->in->arena, key, HM_STR("\t"), version);
    hm_str whole = detect_join(doc->in->arena, exact, HM_STR("\t"), source);
    py_package *p = same(l, whole);
    if (p) {
        if (!part_build_bad(doc->out)) {
            part_comp *c = part_build_comp(doc->out, p->comp);
            c->scope = (uint8_t)part_scope_stronger((part_scope)c->scope, d->scope);
            p->scope = (part_scope)c->scope;
        }
        return p;
    }
    p = doc->bad ? NULL : hm_vec_push(&l->packages, doc->in->arena);
    if (!p) {
        doc->bad = true;
        return NULL;
    }
    *p = (py_package){ .v = v, .key = key, .comp = detect_doc_add(doc, d, 0), .scope = d->scope };
    if (l->packages.n == 1)
        l->first = p->comp;
    detect_doc_name(doc, key, p->comp);
    detect_doc_name(doc, whole, p->comp);
    if (source.n)
        detect_doc_name(doc, exact, p->comp);
    return p;
}

bool detect_py_edge(py_lock *l, uint32_t from, hm_str name, part_scope scope)
{
    uint32_t at = 0, comp;
    size_t n = 0;
    while (n < LIMIT_PROVIDERS && detect_doc_each(l->doc, name, &at, &comp)) {
        n++;
        if (comp - l->first >= l->packages.n || comp - l->first == from)
            continue;
        py_edge *e = l->doc->bad ? NULL : hm_vec_push(&l->edges, l->doc->in->arena);
        if (!e) {
            l->doc->bad = true;
            return true;
        }
        *e = (py_edge){ .from = from, .to = comp - l->first, .scope = scope };
    }
    return n > 0;
}

/* ---- the project ------------------------------------------------------------------------------------------------ */

typedef struct asking {
    py_lock *lock;
    hm_str self; /* normal name of the project */
    uint32_t subject;
    const detect_view *file;
} asking;

static void ask(void *ctx, const py_requirement *r, bool poetry, part_scope scope)
{
    asking *a = ctx;
    detect_doc *d = a->lock->doc;
    hm_str key = r->name.n ? detect_py_key(d, r->name) : HM_NONE;
    if (key.n && hm_str_eq(key, a->self)) /* its own extras */
        return;
    if (key.n && detect_py_edge(a->lock, UINT32_MAX, key, scope))
        return;
    uint32_t comp =
        detect_py_declare(d, r, poetry ? detect_py_exact_poetry(r->range) : detect_py_exact(r->range), scope, 0);
    if (comp != PART_NO && a->subject != PART_NO)
        part_add_edge(d->out, a->subject, comp, scope);
}

uint32_t detect_py_project(py_lock *l, const py_project *p)
{
    if (!p)
        return PART_NO;
    detect_doc *d = l->doc;
    const detect_lang_gaps gaps = d->gaps;
    detect_doc_file(d, p->file);
    asking a = { .lock = l, .subject = detect_py_subject(d, p), .file = p->file };
    const codec_json *project = codec_json_get(p->doc, "project");
    const codec_json *poetry = codec_json_get(codec_json_get(p->doc, "tool"), "poetry");
    hm_str name = codec_json_get_str(project, "name");
    name = name.n ? name : codec_json_get_str(poetry, "name");
    a.self = detect_py_key(d, name);
    detect_py_each(d, p->doc, ask, &a);
    d->gaps = gaps;
    return a.subject;
}

/* ---- scopes ----------------------------------------------------------------------------------------------------- */

/* Edges sorted by package: those of package i are order[start[i]] up to order[start[i + 1]]. */
typedef struct graph {
    uint32_t *start, *order, *todo;
    size_t n, todo_n;
} graph;

static bool graph_of(const py_lock *l, graph *g)
{
    hm_arena *a = l->doc->in->arena;
    size_t n = l->packages.n;
    *g = (graph){ .start = hm_arena_array(a, n + 2, sizeof *g->start),
                  .order = hm_arena_array(a, l->edges.n + 1, sizeof *g->order),
                  .todo = hm_arena_array(a, n + 1, sizeof *g->todo),
                  .n = n };
    if (!g->start || !g->order || !g->todo)
        return false;
    for (size_t i = 0; i < l->edges.n; i++) {
        uint32_t from = HM_VEC_AT(&l->edges, py_edge, i)->from;
        if (from != UINT32_MAX)
            g->start[from + 2]++;
    }
    for (size_t i = 2; i < n + 2; i++)
        g->start[i] += g->start[i - 1];
    for (size_t i = 0; i < l->edges.n; i++) {
        uint32_t from = HM_VEC_AT(&l->edges, py_edge, i)->from;
        if (from != UINT32_MAX)
            g->order[g->start[from + 1]++] = (uint32_t)i;
    }
    return true;
}

static bool is_root(const py_lock *l, uint32_t package)
{
    uint32_t comp = package == UINT32_MAX ? PART_NO : detect_py_package_at(l, package)->comp;
    return comp == PART_NO || part_build_comp(l->doc->out, comp)->flags & PART_F_SUBJECT;
}

static void reach(py_lock *l, graph *g, uint32_t to, part_scope scope)
{
    py_package *p = detect_py_package_at(l, to);
    if (p->scope != PART_SCOPE_UNKNOWN)
        return;
    p->scope = scope;
    g->todo[g->todo_n++] = to; /* once for each package */
}

static bool runs(const py_lock *l, uint32_t package)
{
    return package != UINT32_MAX && detect_py_package_at(l, package)->scope == PART_SCOPE_RUNTIME;
}

/* From what roots ask for in `scope`, and optional parts of what runs, along the edges. */
static void spread(py_lock *l, graph *g, part_scope scope)
{
    g->todo_n = 0;
    for (size_t i = 0; i < l->edges.n; i++) {
        const py_edge *e = HM_VEC_AT(&l->edges, py_edge, i);
        if (e->scope == scope && (is_root(l, e->from) || (scope == PART_SCOPE_OPTIONAL && runs(l, e->from))))
            reach(l, g, e->to, scope);
    }
    for (size_t done = 0; done < g->todo_n; done++) {
        uint32_t from = g->todo[done];
        for (uint32_t k = g->start[from]; k < g->start[from + 1] && !is_root(l, from); k++) {
            const py_edge *e = HM_VEC_AT(&l->edges, py_edge, g->order[k]);
            if (scope != PART_SCOPE_RUNTIME || e->scope == PART_SCOPE_RUNTIME)
                reach(l, g, e->to, scope);
        }
    }
}

void detect_py_spread(py_lock *l, uint32_t subject, bool scopes)
{
    static const part_scope ORDER[] = { PART_SCOPE_RUNTIME, PART_SCOPE_OPTIONAL, PART_SCOPE_BUILD, PART_SCOPE_DEV };
    detect_doc *d = l->doc;
    graph g;
    if (d->bad || part_build_bad(d->out))
        return;
    if (scopes && !graph_of(l, &g)) {
        d->bad = true;
        return;
    }
    for (size_t i = 0; scopes && i < HM_COUNT(ORDER); i++)
        spread(l, &g, ORDER[i]);
    for (size_t i = 0; scopes && i < l->packages.n; i++) {
        const py_package *p = detect_py_package_at(l, i);
        part_build_comp(d->out, p->comp)->scope = (uint8_t)p->scope;
    }
    for (size_t i = 0; i < l->edges.n; i++) {
        const py_edge *e = HM_VEC_AT(&l->edges, py_edge, i);
        uint32_t from = e->from == UINT32_MAX ? subject : detect_py_package_at(l, e->from)->comp;
        if (from != PART_NO)
            part_add_edge(d->out, from, detect_py_package_at(l, e->to)->comp, e->scope);
    }
}
