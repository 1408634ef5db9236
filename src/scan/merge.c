/* merge - one pack with one row per component (part_id), out of the gathered one: the second half of the merge.
 * Order: components by part_id, evidence by path, gaps by path; so the same input gives the same bytes whatever the
 * order of the answers was. Steps: group equal ids -> unite fields (first found wins, scopes: the strongest) -> apply
 * copyright claims -> mark what an OS package owns -> edges, also across documents (needs and provides) -> gaps.
 * What only an SBOM claims (PART_F_CLAIMED) joins what was seen under the same id and changes little of it: it fills a few
 * empty fields, which the property claimed-fields names (docs/adr/0005). */
#include "base/limits.h"
#include "scan/scan_int.h"

/* one gathered component */
typedef struct member {
    uint32_t id_at, id_n, comp;
    bool claimed; /* PART_F_CLAIMED: behind those that were seen */
} member;

typedef struct merge {
    const part_pack *p; /* gathered */
    part_build *out;
    hm_arena *arena;
    hm_buf ids;
    member *order;    /* sorted by (id, claimed, comp) */
    uint32_t *to;     /* gathered component -> merged one */
    hm_map *packages; /* eco, root, name -> first gathered component + 1 */
    hm_map *envs;     /* env of a provide -> its number, from 1: keys below need not hash whole paths */
    hm_map *provides; /* eco, number of env, name -> first provide row + 1 */
    uint32_t *next_provide;
    hm_str above_of; /* the env that `above` was made for */
    hm_vec above;    /* of uint32_t: numbers of the envs that node looks through from there, nearest first */
    uint32_t *seen;  /* merged component -> the one that got an edge to it last, + 1 */
    uint8_t *seen_scope;
    size_t links;   /* edges found so far; over LIMIT_LINKS the rest stays open */
    uint64_t steps; /* taken by all look-ups of PART_FIND_ALL */
    hm_map *claims; /* eco, root, name -> first claim row + 1 */
    uint32_t *next_claim;
    hm_map *owned; /* path -> owned row + 1 */
    hm_buf key;    /* scratch */
    hm_buf scratch, filled;
} merge;

static hm_str make_key(merge *m, uint32_t eco, hm_str a, hm_str b)
{
    hm_buf_reset(&m->key);
    hm_buf_le32(&m->key, eco);
    hm_buf_str(&m->key, a);
    hm_buf_byte(&m->key, 0);
    hm_buf_str(&m->key, b);
    return hm_buf_view(&m->key);
}

/* Adds row `i` to the list of its key; newest first, lists are turned around by filling from the last row. */
static bool chain(merge *m, hm_map *map, uint32_t *next, hm_str key, uint32_t i)
{
    uint64_t seen;
    if (!hm_map_get(map, key, &seen)) {
        hm_str kept;
        if (!hm_arena_dup(m->arena, key, &kept))
            return false;
        return hm_map_put(map, kept, (uint64_t)i + 1) != NULL;
    }
    uint64_t *first = hm_map_put(map, key, 0);
    if (!first)
        return false;
    next[i] = (uint32_t)*first;
    *first = (uint64_t)i + 1;
    return true;
}

static hm_str id_of(const merge *m, const member *x)
{
    return hm_str_sub(hm_buf_view(&m->ids), x->id_at, x->id_n);
}

static int by_id(const void *a, const void *b, void *ctx)
{
    const member *x = a, *y = b;
    int c = hm_str_cmp(id_of(ctx, x), id_of(ctx, y));
    if (c)
        return c;
    if (x->claimed != y->claimed)
        return x->claimed ? 1 : -1;
    return (x->comp > y->comp) - (x->comp < y->comp);
}

static bool find_ids(merge *m)
{
    size_t n = m->p->comp_n;
    m->order = calloc(n + 1, sizeof *m->order);
    m->to = calloc(n + 1, sizeof *m->to);
    HM_AUTO(hm_arena_freep) hm_arena *scratch = hm_arena_new(LIMIT_BUDGET_BASE);
    if (!m->order || !m->to || !scratch)
        return false;
    for (size_t i = 0; i < n; i++) {
        size_t at = m->ids.n;
        hm_arena_reset(scratch, LIMIT_BUDGET_BASE);
        part_id(scratch, m->p, &m->p->comp[i], &m->ids);
        if (m->ids.bad || m->ids.n > UINT32_MAX)
            return false;
        m->order[i] = (member){ (uint32_t)at, (uint32_t)(m->ids.n - at), (uint32_t)i,
                                (m->p->comp[i].flags & PART_F_CLAIMED) != 0 };
    }
    return hm_sort(m->order, n, sizeof *m->order, by_id, m);
}

/* On a merged /usr the package's list may say lib/x where the walk saw usr/lib/x: both spellings find the owner. */
static bool index_owned(merge *m, const part_owned *o, size_t i)
{
    hm_str path = part_text(m->p, o->path), root = part_text(m->p, o->root), merged;
    if (!hm_map_put(m->owned, path, i + 1))
        return false;
    hm_str rel = root.n ? hm_str_from(path, root.n + 1) : path;
    if (hm_str_starts(rel, HM_STR("usr/")))
        return true;
    hm_buf_reset(&m->scratch);
    hm_buf_str(&m->scratch, hm_str_sub(path, 0, path.n - rel.n));
    hm_buf_c(&m->scratch, "usr/");
    hm_buf_str(&m->scratch, rel);
    return hm_arena_dup(m->arena, hm_buf_view(&m->scratch), &merged) && hm_map_put(m->owned, merged, i + 1);
}

static hm_str provide_key(merge *m, uint32_t eco, uint64_t env, hm_str name)
{
    hm_buf_reset(&m->key);
    hm_buf_le32(&m->key, eco);
    hm_buf_le64(&m->key, env);
    hm_buf_str(&m->key, name);
    return hm_buf_view(&m->key);
}

/* A provider of its own name, not of a virtual one. */
static bool provides_itself(const part_pack *p, const part_provide *v)
{
    return hm_str_eq(part_text(p, p->comp[v->comp].name), part_text(p, v->name));
}

/* Lists begin with those that bear the name themselves: a look-up reads LIMIT_PROVIDERS of a list. */
static bool index_provides(merge *m)
{
    const part_pack *p = m->p;
    for (int real = 0; real < 2; real++)
        for (size_t i = p->provide_n; i > 0; i--) {
            const part_provide *v = &p->provide[i - 1];
            if (provides_itself(p, v) != (real == 1))
                continue;
            const uint64_t *env = hm_map_put(m->envs, part_text(p, v->env), hm_map_count(m->envs) + 1);
            if (!env || !chain(m, m->provides, m->next_provide,
                               provide_key(m, p->comp[v->comp].eco, *env, part_text(p, v->name)), (uint32_t)(i - 1)))
                return false;
        }
    return true;
}

static bool index_rows(merge *m)
{
    const part_pack *p = m->p;
    m->packages = hm_map_new();
    m->envs = hm_map_new();
    m->provides = hm_map_new();
    m->claims = hm_map_new();
    m->owned = hm_map_new();
    m->next_provide = calloc(p->provide_n + 1, sizeof *m->next_provide);
    m->next_claim = calloc(p->claim_n + 1, sizeof *m->next_claim);
    m->seen = calloc(p->comp_n + 1, sizeof *m->seen);
    m->seen_scope = calloc(p->comp_n + 1, sizeof *m->seen_scope);
    m->above = (hm_vec){ .size = sizeof(uint32_t) };
    if (!m->packages || !m->envs || !m->provides || !m->claims || !m->owned || !m->next_provide || !m->next_claim ||
        !m->seen || !m->seen_scope)
        return false;
    for (size_t i = 0; i < p->comp_n; i++) {
        const part_comp *c = &p->comp[i];
        hm_str key;
        if (!scan_installed(p, c))
            continue;
        if (!hm_arena_dup(m->arena, make_key(m, c->eco, part_text(p, c->root), part_text(p, c->name)), &key) ||
            !hm_map_put(m->packages, key, i + 1))
            return false;
    }
    if (!index_provides(m))
        return false;
    for (size_t i = p->claim_n; i > 0; i--) {
        const part_claim *c = &p->claim[i - 1];
        if (!chain(m, m->claims, m->next_claim, make_key(m, c->eco, part_text(p, c->root), part_text(p, c->name)),
                   (uint32_t)(i - 1)))
            return false;
    }
    for (size_t i = 0; i < p->owned_n; i++)
        if (!index_owned(m, &p->owned[i], i))
            return false;
    return true;
}

/* ---- fields of one merged component ------------------------------------------------------------------------------------ */

static void apply_claims(merge *m, part_desc *d)
{
    const part_pack *p = m->p;
    hm_str name = d->name;
    for (int hops = 0; hops < 4; hops++) { /* aliases may point in a circle */
        uint64_t at;
        hm_str alias = HM_NONE;
        if (!hm_map_get(m->claims, make_key(m, (uint32_t)d->eco, d->root, name), &at))
            return;
        for (; at; at = m->next_claim[at - 1]) {
            const part_claim *c = &p->claim[at - 1];
            hm_str value = part_text(p, c->value);
            if (c->field == PART_CLAIM_ALIAS)
                alias = value;
            else if (c->field == PART_CLAIM_LICENCE && d->licence.n == 0)
                d->licence = value;
            else if (c->field == PART_CLAIM_LICENCE_RAW && d->licence_raw.n == 0)
                d->licence_raw = value;
        }
        if (alias.n == 0 || d->licence.n || d->licence_raw.n)
            return;
        name = alias;
    }
}

/* Copies the rows of all members, sorted and each once. cmp orders rows of the gathered pack completely. */
typedef struct row_set {
    hm_vec row; /* of uint32_t: indices into the table */
} row_set;

static bool collect_rows(merge *m, row_set *s, const member *from, size_t n, size_t first_at, size_t count_at)
{
    s->row = (hm_vec){ .size = sizeof(uint32_t) };
    for (size_t i = 0; i < n; i++) {
        const char *c = (const char *)&m->p->comp[from[i].comp];
        uint32_t first, count;
        memcpy(&first, c + first_at, sizeof first);
        memcpy(&count, c + count_at, sizeof count);
        for (uint32_t k = 0; k < count; k++) {
            uint32_t *x = hm_vec_push(&s->row, m->arena);
            if (!x)
                return false;
            *x = first + k;
        }
    }
    return true;
}

static int by_evidence(const void *a, const void *b, void *ctx)
{
    const part_pack *p = ctx;
    const part_evidence *x = &p->evidence[*(const uint32_t *)a], *y = &p->evidence[*(const uint32_t *)b];
    int c = hm_str_cmp(part_text(p, x->path), part_text(p, y->path));
    if (c == 0)
        c = hm_str_cmp(part_text(p, x->layer), part_text(p, y->layer));
    if (c == 0)
        c = (x->detector > y->detector) - (x->detector < y->detector);
    return c;
}

static int by_digest(const void *a, const void *b, void *ctx)
{
    const part_pack *p = ctx;
    const part_digest *x = &p->digest[*(const uint32_t *)a], *y = &p->digest[*(const uint32_t *)b];
    int c = (x->alg > y->alg) - (x->alg < y->alg);
    return c ? c : hm_str_cmp(part_text(p, x->hex), part_text(p, y->hex));
}

static int by_prop(const void *a, const void *b, void *ctx)
{
    const part_pack *p = ctx;
    const part_prop *x = &p->prop[*(const uint32_t *)a], *y = &p->prop[*(const uint32_t *)b];
    int c = hm_str_cmp(part_text(p, x->key), part_text(p, y->key));
    return c ? c : hm_str_cmp(part_text(p, x->value), part_text(p, y->value));
}

typedef void copy_row(merge *m, uint32_t to, uint32_t row);

static void copy_evidence(merge *m, uint32_t to, uint32_t row)
{
    part_copy_evidence(m->out, to, m->p, &m->p->evidence[row]);
}

static void copy_digest(merge *m, uint32_t to, uint32_t row)
{
    const part_digest *d = &m->p->digest[row];
    part_add_digest(m->out, to, (part_alg)d->alg, part_text(m->p, d->hex));
}

static void copy_prop(merge *m, uint32_t to, uint32_t row)
{
    const part_prop *x = &m->p->prop[row];
    part_add_prop(m->out, to, part_text(m->p, x->key), part_text(m->p, x->value));
}

static bool unite_rows(merge *m, uint32_t to, const member *from, size_t n, size_t first_at, size_t count_at,
                       hm_cmp_fn *cmp, copy_row *copy)
{
    row_set s;
    void *pack = (void *)(uintptr_t)m->p;
    if (!collect_rows(m, &s, from, n, first_at, count_at) || !hm_sort(s.row.p, s.row.n, s.row.size, cmp, pack))
        return false;
    for (size_t i = 0; i < s.row.n; i++)
        if (i == 0 || cmp(hm_vec_at(&s.row, i - 1), hm_vec_at(&s.row, i), pack) != 0)
            copy(m, to, *HM_VEC_AT(&s.row, uint32_t, i));
    return true;
}

/* The OS package that owns every place where the component was seen, or PART_NO. */
static uint32_t owner_of(merge *m, const member *from, size_t n)
{
    const part_pack *p = m->p;
    uint32_t owner = PART_NO;
    for (size_t i = 0; i < n; i++) {
        const part_comp *c = &p->comp[from[i].comp];
        for (uint32_t k = 0; k < c->evidence_count; k++) {
            uint64_t at, package;
            if (!hm_map_get(m->owned, part_text(p, p->evidence[c->evidence_first + k].path), &at))
                return PART_NO;
            const part_owned *o = &p->owned[at - 1];
            if (!hm_map_get(m->packages, make_key(m, o->eco, part_text(p, o->root), part_text(p, o->package)),
                            &package))
                return PART_NO;
            if (owner == PART_NO)
                owner = (uint32_t)package - 1;
        }
    }
    return owner;
}

static void fill(merge *m, hm_str *field, hm_str value, const char *name)
{
    if (field->n || !value.n)
        return;
    *field = value;
    hm_buf_c(&m->filled, m->filled.n ? " " : "");
    hm_buf_c(&m->filled, name);
}

/* What SBOMs say of a component that was seen fills these fields where nothing else did. */
static void fill_from_claims(merge *m, part_desc *d, const member *from, size_t n)
{
    hm_buf_reset(&m->filled);
    for (size_t i = 0; i < n; i++) {
        part_desc more;
        scan_desc_of(m->p, &m->p->comp[from[i].comp], &more);
        fill(m, &d->supplier, more.supplier, "supplier");
        fill(m, &d->author, more.author, "author");
        if (!d->licence_raw.n)
            fill(m, &d->licence, more.licence, "licence");
        if (!d->licence.n)
            fill(m, &d->licence_raw, more.licence_raw, "licence_raw");
        fill(m, &d->url_dist, more.url_dist, "url_dist");
        fill(m, &d->url_vcs, more.url_vcs, "url_vcs");
        fill(m, &d->url_home, more.url_home, "url_home");
    }
}

/* How many of the members were seen: they come first. Where none was, all count. */
static size_t seen_of(const member *from, size_t n)
{
    size_t seen = 0;
    while (seen < n && !from[seen].claimed)
        seen++;
    return seen ? seen : n;
}

static bool unite(merge *m, const member *from, size_t n)
{
    const part_pack *p = m->p;
    part_desc d, more;
    size_t seen = seen_of(from, n);
    scan_desc_of(p, &p->comp[from[0].comp], &d);
    bool installed = scan_installed(p, &p->comp[from[0].comp]);
    for (size_t i = 1; i < seen; i++) {
        installed |= scan_installed(p, &p->comp[from[i].comp]);
        scan_desc_of(p, &p->comp[from[i].comp], &more);
        d.scope = part_scope_stronger(d.scope, more.scope);
        d.flags |= more.flags;
        if (d.kind == PART_LIBRARY)
            d.kind = more.kind;
        if (more.root.n < d.root.n) /* of several roots the outermost is named: the target before a chroot in it */
            d.root = more.root;
#define X(field)                                                                                                       \
    if (d.field.n == 0)                                                                                                \
        d.field = more.field;
        PART_TEXTS(X)
#undef X
    }
    uint32_t owner = PART_NO;
    if (installed)
        apply_claims(m, &d);
    else if (d.kind != PART_OS)
        owner = owner_of(m, from, seen);
    fill_from_claims(m, &d, from + seen, n - seen);
    if (owner != PART_NO)
        d.flags |= PART_F_MANAGED;
    uint32_t to = part_add(m->out, &d);
    if (to == PART_NO)
        return false;
    if (seen < n)
        part_add_prop(m->out, to, HM_STR("claimed-fields"), hm_buf_view(&m->filled));
    part_build_comp(m->out, to)->owner = owner; /* a gathered number: turned into a merged one when all are known */
    for (size_t i = 0; i < n; i++)
        m->to[from[i].comp] = to;
    return unite_rows(m, to, from, n, offsetof(part_comp, evidence_first), offsetof(part_comp, evidence_count),
                      by_evidence, copy_evidence) &&
           unite_rows(m, to, from, seen, offsetof(part_comp, digest_first), offsetof(part_comp, digest_count),
                      by_digest, copy_digest) &&
           unite_rows(m, to, from, n, offsetof(part_comp, prop_first), offsetof(part_comp, prop_count), by_prop,
                      copy_prop);
}

static bool unite_all(merge *m)
{
    for (size_t i = 0; i < m->p->comp_n;) {
        size_t n = 1;
        while (i + n < m->p->comp_n && hm_str_eq(id_of(m, &m->order[i]), id_of(m, &m->order[i + n])))
            n++;
        if (!unite(m, &m->order[i], n))
            return false;
        i += n;
    }
    for (uint32_t i = 0; i < part_build_count(m->out); i++) {
        part_comp *c = part_build_comp(m->out, i);
        if (c->owner != PART_NO)
            c->owner = m->to[c->owner];
    }
    return true;
}

/* ---- dependencies ------------------------------------------------------------------------------------------------------- */

/* Each edge once while the needs of one component are gone through: "x | x | x" must not become a million rows. */
static void add_edge(merge *m, uint32_t from, uint32_t to, part_scope scope)
{
    if (from == to) /* it needs what it provides itself */
        return;
    if (m->seen[to] == from + 1 && part_scope_stronger((part_scope)m->seen_scope[to], scope) == m->seen_scope[to])
        return;
    if (m->links >= LIMIT_LINKS) {
        m->links = LIMIT_LINKS + 1;
        part_build_comp(m->out, from)->flags |= PART_F_DEPS_OPEN;
        return;
    }
    m->links++;
    m->seen[to] = from + 1;
    m->seen_scope[to] = (uint8_t)scope;
    part_add_edge(m->out, from, to, scope);
}

/* A component of that very name beats virtual ones, the same architecture beats the others. */
static int rank_of(const part_pack *p, const part_need *n, const part_provide *v)
{
    hm_str quals = part_text(p, p->comp[n->comp].quals);
    return (provides_itself(p, v) ? 2 : 0) + (hm_str_eq(part_text(p, p->comp[v->comp].quals), quals) ? 1 : 0);
}

/* Adds edges to the best of all that provide `name` in `env` (its number; 0: nothing there provides anything). False:
 * nobody provides it. Of more than LIMIT_PROVIDERS the first are taken, and the dependencies stay open. */
static bool link_provided(merge *m, const part_need *n, uint64_t env, hm_str name)
{
    const part_pack *p = m->p;
    uint64_t first, at;
    if (!env || !hm_map_get(m->provides, provide_key(m, n->eco, env, name), &first))
        return false;
    int best = -1;
    unsigned looked = 0;
    for (at = first; at && looked < LIMIT_PROVIDERS; at = m->next_provide[at - 1], looked++) {
        int rank = rank_of(p, n, &p->provide[at - 1]);
        if (rank > best)
            best = rank;
    }
    if (at)
        part_build_comp(m->out, m->to[n->comp])->flags |= PART_F_DEPS_OPEN;
    looked = 0;
    for (at = first; at && looked < LIMIT_PROVIDERS; at = m->next_provide[at - 1], looked++)
        if (rank_of(p, n, &p->provide[at - 1]) == best)
            add_edge(m, m->to[n->comp], m->to[p->provide[at - 1].comp], (part_scope)n->scope);
    return true;
}

static uint64_t env_number(const merge *m, hm_str env)
{
    uint64_t number;
    return hm_map_get(m->envs, env, &number) ? number : 0;
}

static bool note_above(merge *m, hm_str env)
{
    uint64_t number = env_number(m, env);
    uint32_t *x = number ? hm_vec_push(&m->above, m->arena) : NULL;
    if (x)
        *x = (uint32_t)number;
    return x || !number;
}

/* npm's look-up: env/node_modules, then node_modules of each folder above; folders named node_modules are passed over.
 * Debian's share/nodejs is a folder of modules itself. Kept from need to need: a package's come one after the other. */
static bool find_above(merge *m, hm_str env)
{
    if (m->above_of.p && hm_str_eq(m->above_of, env))
        return true;
    m->above_of = env;
    m->above.n = 0;
    for (;;) {
        hm_str last = hm_path_base(env);
        if (hm_str_is(last, "nodejs") && !note_above(m, env))
            return false;
        if (!hm_str_is(last, "node_modules")) {
            hm_buf_reset(&m->scratch);
            hm_buf_str(&m->scratch, env);
            hm_buf_c(&m->scratch, env.n ? "/node_modules" : "node_modules");
            if (m->scratch.bad || !note_above(m, hm_buf_view(&m->scratch)))
                return false;
        }
        if (env.n == 0)
            return true;
        env = hm_path_dir(env);
    }
}

static bool link_upwards(merge *m, const part_need *n, hm_str env, hm_str name)
{
    if (!find_above(m, env)) {
        m->scratch.bad = true;
        return false;
    }
    for (size_t i = 0; i < m->above.n; i++)
        if (link_provided(m, n, *HM_VEC_AT(&m->above, uint32_t, i), name))
            return true;
    return false;
}

/* All that provide it; the steps of all such look-ups together end at LIMIT_LINKS. */
static void link_every(merge *m, const part_need *n, uint64_t env, hm_str name)
{
    uint64_t at;
    if (!env || !hm_map_get(m->provides, provide_key(m, n->eco, env, name), &at))
        return;
    for (; at && m->steps < LIMIT_LINKS; at = m->next_provide[at - 1], m->steps++)
        add_edge(m, m->to[n->comp], m->to[m->p->provide[at - 1].comp], (part_scope)n->scope);
    if (at)
        part_build_comp(m->out, m->to[n->comp])->flags |= PART_F_DEPS_OPEN;
}

static bool link_need(merge *m, const part_need *n)
{
    hm_str env = part_text(m->p, n->env), name = part_text(m->p, n->name);
    if (n->how == PART_FIND_ALL) {
        link_every(m, n, env_number(m, env), name);
        return true;
    }
    return n->how == PART_FIND_UP ? link_upwards(m, n, env, name) : link_provided(m, n, env_number(m, env), name);
}

/* Dependencies that an SBOM claims of a component whose own evidence names them. */
static bool better_known(const merge *m, uint32_t comp)
{
    return m->p->comp[comp].flags & PART_F_CLAIMED &&
           (part_build_comp(m->out, m->to[comp])->flags & (PART_F_CLAIMED | PART_F_DEPS_KNOWN)) == PART_F_DEPS_KNOWN;
}

static void link_all(merge *m)
{
    const part_pack *p = m->p;
    for (size_t i = 0; i < p->edge_n; i++)
        if (!better_known(m, p->edge[i].comp))
            part_add_edge(m->out, m->to[p->edge[i].comp], m->to[p->edge[i].to], (part_scope)p->edge[i].scope);
    for (size_t i = 0; i < p->need_n;) {
        const part_need *n = &p->need[i];
        bool met = link_need(m, n);
        size_t k = 1; /* alternatives follow one another */
        while (n->group && i + k < p->need_n && n[k].comp == n->comp && n[k].group == n->group) {
            met |= link_need(m, &n[k]);
            k++;
        }
        if (!met && n->scope == PART_SCOPE_RUNTIME)
            part_build_comp(m->out, m->to[n->comp])->flags |= PART_F_DEPS_OPEN;
        i += k;
    }
}

/* ---- gaps ------------------------------------------------------------------------------------------------------------------ */

static int by_gap(const void *a, const void *b, void *ctx)
{
    const part_pack *p = ctx;
    const part_gap *x = &p->gap[*(const uint32_t *)a], *y = &p->gap[*(const uint32_t *)b];
    int c = hm_str_cmp(part_text(p, x->path), part_text(p, y->path));
    if (c == 0)
        c = (x->place > y->place) - (x->place < y->place);
    return c ? c : (x->defect > y->defect) - (x->defect < y->defect);
}

/* What a limit of the whole scan left out: a gap of no file and no detector. */
static void limit_gap(merge *m, hm_defect defect, uint64_t limit, uint64_t more)
{
    hm_err e;
    hm_fail(&e, HM_LIMIT, defect, HM_PLACE_NONE, 0, limit);
    e.arg[1] = more;
    part_build_detector(m->out, UINT16_MAX);
    part_add_gap(m->out, HM_NONE, &e);
}

static bool copy_gaps(merge *m)
{
    const part_pack *p = m->p;
    uint32_t *order = calloc(p->gap_n + 1, sizeof *order);
    if (!order)
        return false;
    for (size_t i = 0; i < p->gap_n; i++)
        order[i] = (uint32_t)i;
    bool ok = hm_sort(order, p->gap_n, sizeof *order, by_gap, (void *)(uintptr_t)p);
    for (size_t i = 0; ok && i < p->gap_n && i < LIMIT_GAPS; i++)
        part_copy_gap(m->out, p, &p->gap[order[i]]);
    free(order);
    if (ok && p->gap_n > LIMIT_GAPS)
        limit_gap(m, DEFECT_TOO_MANY, LIMIT_GAPS, p->gap_n - LIMIT_GAPS);
    if (ok && m->links > LIMIT_LINKS)
        limit_gap(m, DEFECT_LINKS, LIMIT_LINKS, 0);
    return ok;
}

static void copy_extras(merge *m)
{
    for (size_t i = 0; i < m->p->extra_n; i++) {
        const part_extra *x = &m->p->extra[i];
        part_add_extra(m->out, x->comp == PART_NO ? PART_NO : m->to[x->comp], (part_format)x->format,
                       part_text(m->p, x->place), part_text(m->p, x->raw));
    }
}

static bool merge_pack(merge *m)
{
    if (!find_ids(m) || !index_rows(m) || !unite_all(m))
        return false;
    link_all(m);
    copy_extras(m);
    return copy_gaps(m) && !m->key.bad && !m->scratch.bad && !m->filled.bad;
}

hm_rc scan_merge_pack(const part_pack *gathered, part_build *out, hm_err *err)
{
    HM_AUTO(hm_arena_freep) hm_arena *arena = hm_arena_new(LIMIT_BUDGET_MAX);
    if (!arena)
        return hm_fail(err, HM_NOMEM, DEFECT_NOMEM, HM_PLACE_NONE, 0, 0);
    merge m = { .p = gathered, .out = out, .arena = arena };
    bool ok = merge_pack(&m);
    hm_buf_clear(&m.ids);
    hm_buf_clear(&m.key);
    hm_buf_clear(&m.scratch);
    hm_buf_clear(&m.filled);
    hm_map_free(m.packages);
    hm_map_free(m.envs);
    hm_map_free(m.provides);
    hm_map_free(m.claims);
    hm_map_free(m.owned);
    free(m.order);
    free(m.to);
    free(m.next_provide);
    free(m.next_claim);
    free(m.seen);
    free(m.seen_scope);
    return ok ? HM_OK : hm_fail(err, HM_NOMEM, DEFECT_NOMEM, HM_PLACE_NONE, 0, 0);
}
