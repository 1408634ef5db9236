/* graph - see graph.h. Invariants:
 * 1. edges are sorted by their origin once (counting sort), so closing is linear in components and edges.
 * 2. a pass follows the edges of its own scope and of those before it, from all that is reached so far; a component
 *    keeps the scope of the pass that reached it first.
 * Enemy: the author of the lock (millions of edges, circles). */
#include "detect/graph.h"

typedef struct edge {
    uint32_t from, to;
    uint32_t scope;
} edge;
typedef struct work {
    const edge *edges; /* by origin */
    uint32_t *first;   /* by component, and one more */
    uint32_t *queue;
    uint8_t *reached; /* by component: pass + 1 */
    size_t n, queued;
} work;

static const part_scope PASS[] = { PART_SCOPE_RUNTIME, PART_SCOPE_UNKNOWN, PART_SCOPE_OPTIONAL, PART_SCOPE_DEV };

static unsigned pass_of(uint32_t scope)
{
    for (unsigned i = 0; i < HM_COUNT(PASS); i++)
        if ((uint32_t)PASS[i] == scope)
            return i;
    return HM_COUNT(PASS) - 1;
}

void detect_graph_open(detect_graph *g, detect_doc *doc)
{
    *g = (detect_graph){ .doc = doc, .edges.size = sizeof(edge) };
}

void detect_graph_edge(detect_graph *g, uint32_t from, uint32_t to, part_scope scope)
{
    if (from == PART_NO || to == PART_NO || from == to || g->doc->bad)
        return;
    edge *e = g->edges.n < UINT32_MAX ? hm_vec_push(&g->edges, g->doc->in->arena) : NULL;
    if (!e) {
        g->doc->bad = true;
        return;
    }
    *e = (edge){ .from = from, .to = to, .scope = (uint32_t)scope };
}

static bool sort_edges(const detect_graph *g, work *w)
{
    hm_arena *a = g->doc->in->arena;
    edge *sorted = hm_arena_array(a, g->edges.n, sizeof *sorted);
    uint32_t *next = hm_arena_array(a, w->n + 1, sizeof *next);
    w->first = hm_arena_array(a, w->n + 1, sizeof *w->first);
    if ((!sorted && g->edges.n) || !next || !w->first)
        return false;
    for (size_t i = 0; i < g->edges.n; i++)
        w->first[HM_VEC_AT(&g->edges, edge, i)->from + 1]++;
    for (size_t i = 0; i < w->n; i++) {
        w->first[i + 1] += w->first[i];
        next[i] = w->first[i];
    }
    for (size_t i = 0; i < g->edges.n; i++) {
        const edge *e = HM_VEC_AT(&g->edges, edge, i);
        sorted[next[e->from]++] = *e;
    }
    w->edges = sorted;
    return true;
}

/* An edge per pair, with the strongest scope that was given. */
static bool add_edges(const detect_graph *g, const work *w)
{
    uint32_t *seen = hm_arena_array(g->doc->in->arena, w->n, sizeof *seen); /* by component: index of its edge + 1 */
    edge *mine = hm_arena_array(g->doc->in->arena, g->edges.n, sizeof *mine);
    if (!seen || !mine) /* never NULL for want of rows: an arena gives a place for none, too */
        return false;
    for (size_t i = 0; i < w->n; i++) {
        uint32_t from = w->first[i], n = from;
        for (uint32_t k = from; k < w->first[i + 1]; k++) {
            const edge *e = &w->edges[k];
            uint32_t at = seen[e->to];
            if (at > from && at <= n && mine[at - 1].to == e->to) {
                mine[at - 1].scope =
                    (uint32_t)part_scope_stronger((part_scope)mine[at - 1].scope, (part_scope)e->scope);
                continue;
            }
            mine[n++] = *e;
            seen[e->to] = n;
        }
        for (uint32_t k = from; k < n; k++)
            part_add_edge(g->doc->out, mine[k].from, mine[k].to, (part_scope)mine[k].scope);
    }
    return true;
}

static void reach(work *w, uint32_t comp, unsigned pass)
{
    if (w->reached[comp])
        return;
    w->reached[comp] = (uint8_t)(pass + 1);
    w->queue[w->queued++] = comp;
}

static bool set_scopes(const detect_graph *g, work *w)
{
    part_build *out = g->doc->out;
    w->queue = hm_arena_array(g->doc->in->arena, w->n, sizeof *w->queue);
    w->reached = hm_arena_array(g->doc->in->arena, w->n, sizeof *w->reached);
    if (w->n && (!w->queue || !w->reached))
        return false;
    for (size_t i = 0; i < w->n; i++)
        if (part_build_comp(out, (uint32_t)i)->flags & PART_F_SUBJECT)
            reach(w, (uint32_t)i, 0);
    unsigned passes = g->unsure ? 1 : HM_COUNT(PASS);
    for (unsigned pass = 0; pass < passes; pass++)
        for (size_t at = 0; at < w->queued; at++) {
            uint32_t from = w->queue[at];
            for (uint32_t k = w->first[from]; k < w->first[from + 1]; k++)
                if (pass_of(w->edges[k].scope) <= pass)
                    reach(w, w->edges[k].to, pass);
        }
    for (size_t i = 0; i < w->n; i++) {
        part_comp *c = part_build_comp(out, (uint32_t)i);
        if (!(c->flags & PART_F_SUBJECT))
            c->scope = (uint8_t)(w->reached[i] ? PASS[w->reached[i] - 1] : PART_SCOPE_UNKNOWN);
    }
    return true;
}

void detect_graph_close(detect_graph *g, bool scopes)
{
    if (g->doc->bad || part_build_bad(g->doc->out))
        return;
    work w = { .n = part_build_count(g->doc->out) };
    if (!sort_edges(g, &w) || !add_edges(g, &w) || (scopes && !set_scopes(g, &w)))
        g->doc->bad = true;
}
