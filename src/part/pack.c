/* pack - the SBOM model as one flat block: builder and checked reader.
 *
 *   "HMPP" layout:u8 0 0 0 | size:u64 | heap_at:u64 heap_n:u64 | table directory: { at:u64, n:u64 } per table |
 *   rows of table 0, 1, ... (each table aligned to 8) | string heap
 *
 * All integers little-endian as in memory (static assertion below). Invariants, which part_pack_open checks and
 * part_build_finish makes true:
 * 1. Every slice lies in the heap; every index is below the count of its table (or PART_NO where allowed).
 * 2. Rows with a `comp` are sorted by it, and comp.X_first/X_count name exactly its rows, for evidence, digest, prop
 *    and edge.
 * 3. Edges of one component are sorted by `to`, each target once; no edge to itself.
 * 4. Enums are in range, digests are lower-case hex of their algorithm's length, padding is zero.
 * 5. Bytes of the block not named by header and directory do not exist: tables and heap follow one another.
 * The enemy: a block that a worker under foreign control wrote. */
#include "part/part.h"
#include "codec/codec.h"

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "part_pack is written as it lies in memory");
_Static_assert(sizeof(part_comp) % 8 == 4 || sizeof(part_comp) % 8 == 0, "rows are aligned to 4 at least");

static const char MAGIC[4] = { 'H', 'M', 'P', 'P' };

enum {
#define X(member, type) T_##member,
    PART_TABLES(X)
#undef X
        T_COUNT
};

static const size_t ROW_SIZE[T_COUNT] = {
#define X(member, type) sizeof(type),
    PART_TABLES(X)
#undef X
};

typedef struct dir_row {
    uint64_t at, n;
} dir_row;
typedef struct header {
    char magic[4];
    uint8_t layout, zero[3];
    uint64_t size, heap_at, heap_n;
    dir_row dir[T_COUNT];
} header;

static const uint8_t HEX_LENGTH[PART_ALG_COUNT] = {
    [PART_MD5] = 32, [PART_SHA1] = 40, [PART_SHA256] = 64, [PART_SHA384] = 96, [PART_SHA512] = 128,
};

static bool is_hex(hm_str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (!hm_is_digit(s.p[i]) && !(s.p[i] >= 'a' && s.p[i] <= 'f'))
            return false;
    return true;
}

/* ---- reading ---------------------------------------------------------------------------------------------------- */

hm_str part_text(const part_pack *p, part_ref r)
{
    return hm_str_sub(p->heap, r.at, r.n);
}

static bool ref_ok(const part_pack *p, part_ref r)
{
    return r.n <= p->heap.n && r.at <= p->heap.n - r.n;
}

/* Rows i of a table whose `comp` is c: consecutive from *next on. False when first/count say something else. */
#define GROUP_OK(p, table, c, next)                                                                                    \
    ((p)->comp[c].table##_first == (next) && (p)->comp[c].table##_count <= (p)->table##_n - (next))

static bool comps_ok(const part_pack *p)
{
    size_t evidence = 0, digest = 0, prop = 0, edge = 0;
    for (size_t i = 0; i < p->comp_n; i++) {
        const part_comp *c = &p->comp[i];
        if (c->kind >= PART_KIND_COUNT || c->scope >= PART_SCOPE_COUNT || c->eco >= PART_ECO_COUNT)
            return false;
        if (c->owner != PART_NO && c->owner >= p->comp_n)
            return false;
#define X(field)                                                                                                       \
    if (!ref_ok(p, c->field))                                                                                          \
        return false;
        PART_TEXTS(X)
#undef X
        if (!GROUP_OK(p, evidence, i, evidence) || !GROUP_OK(p, digest, i, digest) || !GROUP_OK(p, prop, i, prop) ||
            !GROUP_OK(p, edge, i, edge))
            return false;
        for (size_t k = 0; k < c->evidence_count; k++)
            if (p->evidence[evidence + k].comp != i)
                return false;
        for (size_t k = 0; k < c->digest_count; k++)
            if (p->digest[digest + k].comp != i)
                return false;
        for (size_t k = 0; k < c->prop_count; k++)
            if (p->prop[prop + k].comp != i)
                return false;
        for (size_t k = 0; k < c->edge_count; k++) {
            const part_edge *e = &p->edge[edge + k];
            if (e->comp != i || e->to >= p->comp_n || e->to == i || e->scope >= PART_SCOPE_COUNT || e->pad)
                return false;
            if (k && e[-1].to >= e->to)
                return false;
        }
        evidence += c->evidence_count;
        digest += c->digest_count;
        prop += c->prop_count;
        edge += c->edge_count;
    }
    return evidence == p->evidence_n && digest == p->digest_n && prop == p->prop_n && edge == p->edge_n;
}

static bool small_tables_ok(const part_pack *p)
{
    for (size_t i = 0; i < p->evidence_n; i++) {
        const part_evidence *e = &p->evidence[i];
        if (e->technique >= PART_T_COUNT || e->confidence > 100 || !ref_ok(p, e->path) || !ref_ok(p, e->layer))
            return false;
    }
    for (size_t i = 0; i < p->digest_n; i++) {
        const part_digest *d = &p->digest[i];
        if (d->alg >= PART_ALG_COUNT || d->hex.n != HEX_LENGTH[d->alg] || !ref_ok(p, d->hex) ||
            !is_hex(part_text(p, d->hex)))
            return false;
    }
    for (size_t i = 0; i < p->prop_n; i++)
        if (!ref_ok(p, p->prop[i].key) || !ref_ok(p, p->prop[i].value) || p->prop[i].pad)
            return false;
    for (size_t i = 0; i < p->need_n; i++) {
        const part_need *n = &p->need[i];
        if (n->comp >= p->comp_n || (i && n[-1].comp > n->comp) || n->scope >= PART_SCOPE_COUNT ||
            n->how > PART_FIND_ALL || n->eco >= PART_ECO_COUNT || !ref_ok(p, n->env) || !ref_ok(p, n->name))
            return false;
    }
    for (size_t i = 0; i < p->provide_n; i++) {
        const part_provide *v = &p->provide[i];
        if (v->comp >= p->comp_n || (i && v[-1].comp > v->comp) || v->pad || !ref_ok(p, v->env) || !ref_ok(p, v->name))
            return false;
    }
    for (size_t i = 0; i < p->claim_n; i++) {
        const part_claim *c = &p->claim[i];
        if (c->eco >= PART_ECO_COUNT || c->field > PART_CLAIM_ALIAS || c->pad || !ref_ok(p, c->root) ||
            !ref_ok(p, c->name) || !ref_ok(p, c->value))
            return false;
    }
    for (size_t i = 0; i < p->owned_n; i++) {
        const part_owned *o = &p->owned[i];
        if (o->eco >= PART_ECO_COUNT || o->pad || !ref_ok(p, o->root) || !ref_ok(p, o->path) || !ref_ok(p, o->package))
            return false;
    }
    for (size_t i = 0; i < p->gap_n; i++) {
        const part_gap *g = &p->gap[i];
        if (g->rc >= HM_RC_COUNT || g->defect >= HM_DEFECT_COUNT || g->place_kind > HM_PLACE_ENTRY || g->pad ||
            !ref_ok(p, g->path) || !ref_ok(p, g->at))
            return false;
    }
    for (size_t i = 0; i < p->extra_n; i++) {
        const part_extra *x = &p->extra[i];
        if ((x->comp != PART_NO && x->comp >= p->comp_n) || (i && x[-1].comp > x->comp) || x->format > PART_FMT_SPDX ||
            !ref_ok(p, x->place) || !ref_ok(p, x->raw))
            return false;
    }
    return true;
}

enum { RULE_HEADER = 1, RULE_TABLES, RULE_COMPONENTS, RULE_ROWS }; /* arg0 of DEFECT_PACK */

static hm_rc bad_pack(hm_err *err, uint64_t rule)
{
    return hm_fail(err, HM_FORMAT, DEFECT_PACK, HM_PLACE_NONE, 0, rule);
}

hm_rc part_pack_open(hm_str block, part_pack *ret_pack, hm_err *err)
{
    header h;
    if (block.n < sizeof h || (uintptr_t)block.p % 8)
        return bad_pack(err, RULE_HEADER);
    memcpy(&h, block.p, sizeof h);
    if (memcmp(h.magic, MAGIC, sizeof MAGIC) != 0 || h.layout != PART_LAYOUT || h.zero[0] | h.zero[1] | h.zero[2] ||
        h.size != block.n)
        return bad_pack(err, RULE_HEADER);
    part_pack p = { .block = block };
    uint64_t at = sizeof h;
    const void *row[T_COUNT];
    for (size_t t = 0; t < T_COUNT; t++) {
        for (; at % 8 && at < block.n; at++)
            if (block.p[at])
                return bad_pack(err, RULE_TABLES);
        if (at % 8 || h.dir[t].at != at || at > block.n || h.dir[t].n > (block.n - at) / ROW_SIZE[t] ||
            h.dir[t].n >= PART_NO)
            return bad_pack(err, RULE_TABLES);
        row[t] = block.p + at;
        at += h.dir[t].n * ROW_SIZE[t];
    }
    if (h.heap_at != at || h.heap_n != block.n - at)
        return bad_pack(err, RULE_TABLES);
    p.heap = (hm_str){ block.p + at, block.n - (size_t)at };
#define X(member, type)                                                                                                \
    p.member = (const type *)row[T_##member];                                                                          \
    p.member##_n = (size_t)h.dir[T_##member].n;
    PART_TABLES(X)
#undef X
    if (!small_tables_ok(&p))
        return bad_pack(err, RULE_ROWS);
    if (!comps_ok(&p))
        return bad_pack(err, RULE_COMPONENTS);
    *ret_pack = p;
    return HM_OK;
}

/* ---- building --------------------------------------------------------------------------------------------------- */

typedef struct intern_slot {
    uint32_t hash;
    part_ref ref; /* n 0: free (the empty text is never interned) */
} intern_slot;

struct part_build {
    hm_buf table[T_COUNT], heap, block;
    size_t n[T_COUNT];
    intern_slot *slot;
    size_t cap, used; /* of slot; cap is a power of two or 0 */
    uint64_t key[2];
    size_t limit, total;
    bool bad, over;
    uint16_t detector;
};

part_build *part_build_new(size_t limit_bytes)
{
    part_build *b = calloc(1, sizeof *b);
    if (!b)
        return NULL;
    b->limit = limit_bytes;
    hm_hash_key(b->key);
    return b;
}

part_build *part_build_free(part_build *b)
{
    if (b) {
        for (size_t t = 0; t < T_COUNT; t++)
            hm_buf_clear(&b->table[t]);
        hm_buf_clear(&b->heap);
        hm_buf_clear(&b->block);
        free(b->slot);
        free(b);
    }
    return NULL;
}

void part_build_freep(part_build **b)
{
    *b = part_build_free(*b);
}

/* Memory up to this stays for the next document; more is given back. */
enum { KEEP_BYTES = 1 << 20 };

static void recycle(hm_buf *b)
{
    if (b->cap > KEEP_BYTES)
        hm_buf_clear(b);
    else
        hm_buf_reset(b);
}

void part_build_reset(part_build *b, size_t limit_bytes)
{
    for (size_t t = 0; t < T_COUNT; t++) {
        recycle(&b->table[t]);
        b->n[t] = 0;
    }
    recycle(&b->heap);
    recycle(&b->block);
    if (b->cap * sizeof *b->slot > KEEP_BYTES) {
        free(b->slot);
        b->slot = NULL;
        b->cap = 0;
    } else if (b->slot)
        memset(b->slot, 0, b->cap * sizeof *b->slot);
    b->used = 0;
    b->limit = limit_bytes;
    b->total = 0;
    b->bad = b->over = false;
    b->detector = 0;
}

static bool account(part_build *b, size_t n)
{
    if (b->bad)
        return false;
    if (n > b->limit - b->total) {
        b->bad = b->over = true;
        return false;
    }
    b->total += n;
    return true;
}

static void *add_row(part_build *b, size_t t)
{
    size_t size = ROW_SIZE[t];
    if (!account(b, size))
        return NULL;
    if (b->n[t] >= PART_NO - 1 || !hm_buf_room(&b->table[t], size)) {
        b->bad = true;
        return NULL;
    }
    void *row = b->table[t].p + b->table[t].n;
    memset(row, 0, size);
    b->table[t].n += size;
    b->n[t]++;
    return row;
}

static hm_str heap_text(const part_build *b, part_ref r)
{
    return hm_str_sub(hm_buf_view(&b->heap), r.at, r.n);
}

static intern_slot *probe(const part_build *b, hm_str s, uint32_t hash)
{
    size_t i = hash & (b->cap - 1);
    while (b->slot[i].ref.n && !(b->slot[i].hash == hash && hm_str_eq(heap_text(b, b->slot[i].ref), s)))
        i = (i + 1) & (b->cap - 1);
    return &b->slot[i];
}

static bool grow_slots(part_build *b)
{
    size_t cap = b->cap ? b->cap * 2 : 64;
    intern_slot *was = b->slot, *now = calloc(cap, sizeof *now);
    if (!now)
        return false;
    for (size_t i = 0; i < b->cap; i++)
        if (was[i].ref.n) {
            size_t k = was[i].hash & (cap - 1);
            while (now[k].ref.n)
                k = (k + 1) & (cap - 1);
            now[k] = was[i];
        }
    free(was);
    b->slot = now;
    b->cap = cap;
    return true;
}

/* Texts longer than this are not looked up (they hardly repeat), only copied. Paths are shorter: a file names its own
 * once for each of its dependencies. */
enum { INTERN_MAX = 4096 };

static part_ref intern(part_build *b, hm_str s)
{
    if (s.n == 0 || b->bad)
        return (part_ref){ 0 };
    intern_slot *slot = NULL;
    if (s.n <= INTERN_MAX) {
        if (b->used >= b->cap / 2 && !grow_slots(b)) {
            b->bad = true;
            return (part_ref){ 0 };
        }
        uint32_t hash = (uint32_t)(hm_str_hash(s, b->key) & 0xffffffff);
        slot = probe(b, s, hash);
        if (slot->ref.n)
            return slot->ref;
        slot->hash = hash;
    }
    if (!account(b, s.n))
        return (part_ref){ 0 };
    if (s.n > UINT32_MAX - b->heap.n) {
        b->bad = b->over = true;
        return (part_ref){ 0 };
    }
    part_ref r = { (uint32_t)b->heap.n, (uint32_t)s.n };
    hm_buf_str(&b->heap, s);
    if (b->heap.bad) {
        b->bad = true;
        return (part_ref){ 0 };
    }
    if (slot) {
        slot->ref = r;
        b->used++;
    }
    return r;
}

uint32_t part_add(part_build *b, const part_desc *d)
{
#define X(field) part_ref r_##field = intern(b, d->field);
    PART_TEXTS(X)
#undef X
    part_comp *c = add_row(b, T_comp);
    if (!c)
        return PART_NO;
    c->kind = (uint8_t)d->kind;
    c->scope = (uint8_t)d->scope;
    c->eco = (uint16_t)d->eco;
    c->flags = d->flags;
    c->owner = PART_NO;
#define X(field) c->field = r_##field;
    PART_TEXTS(X)
#undef X
    return (uint32_t)(b->n[T_comp] - 1);
}

/* Calls after a failed part_add name PART_NO: the builder is bad by then and they do nothing. */
static bool comp_ok(part_build *b, uint32_t comp)
{
    HM_BUG_ON(!b->bad && comp >= b->n[T_comp]);
    return !b->bad;
}

static void copy_evidence(part_build *b, uint32_t comp, hm_str path, hm_str layer, const part_evidence *from)
{
    if (!comp_ok(b, comp))
        return;
    part_ref rp = intern(b, path), rl = intern(b, layer);
    part_evidence *e = add_row(b, T_evidence);
    if (e) {
        *e = *from;
        e->comp = comp;
        e->path = rp;
        e->layer = rl;
    }
}

void part_add_evidence(part_build *b, uint32_t comp, hm_str path, part_technique t, unsigned confidence, uint64_t line)
{
    part_evidence e = { .detector = b->detector,
                        .technique = (uint8_t)t,
                        .confidence = (uint8_t)(confidence > 100 ? 100 : confidence),
                        .line = line };
    copy_evidence(b, comp, path, HM_NONE, &e);
}

void part_copy_evidence(part_build *b, uint32_t comp, const part_pack *p, const part_evidence *e)
{
    copy_evidence(b, comp, part_text(p, e->path), part_text(p, e->layer), e);
}

void part_copy_evidence_in(part_build *b, uint32_t comp, const part_pack *p, const part_evidence *e, hm_str layer)
{
    copy_evidence(b, comp, part_text(p, e->path), layer, e);
}

void part_add_digest(part_build *b, uint32_t comp, part_alg alg, hm_str hex)
{
    char lower[128] = { 0 };
    if (alg >= PART_ALG_COUNT || hex.n != HEX_LENGTH[alg] || !comp_ok(b, comp))
        return;
    for (size_t i = 0; i < hex.n; i++)
        lower[i] = hm_lower(hex.p[i]);
    hm_str s = { lower, hex.n };
    if (!is_hex(s))
        return;
    part_ref r = intern(b, s);
    part_digest *d = add_row(b, T_digest);
    if (d) {
        d->comp = comp;
        d->alg = alg;
        d->hex = r;
    }
}

void part_add_digest_bytes(part_build *b, uint32_t comp, part_alg alg, hm_str bytes)
{
    static const char DIGIT[] = "0123456789abcdef";
    char hex[128] = { 0 };
    if (alg >= PART_ALG_COUNT || bytes.n * 2 != HEX_LENGTH[alg])
        return;
    for (size_t i = 0; i < bytes.n; i++) {
        uint8_t v = (uint8_t)bytes.p[i];
        hex[2 * i] = DIGIT[v >> 4];
        hex[2 * i + 1] = DIGIT[v & 15];
    }
    part_add_digest(b, comp, alg, (hm_str){ hex, bytes.n * 2 });
}

void part_add_integrity(part_build *b, uint32_t comp, hm_str sri)
{
    static const struct {
        const char *name;
        part_alg alg;
    } ALG[] = { { "sha1", PART_SHA1 },
                { "sha256", PART_SHA256 },
                { "sha384", PART_SHA384 },
                { "sha512", PART_SHA512 },
                { "md5", PART_MD5 } };
    hm_buf bytes = { .limit = 256 };
    while (sri.n) {
        hm_str rest, word = hm_str_trim(hm_str_cut(sri, ' ', &rest));
        hm_str value, name = hm_str_cut(word, '-', &value), options;
        value = hm_str_cut(value, '?', &options);
        sri = rest;
        for (size_t i = 0; i < HM_COUNT(ALG); i++)
            if (hm_str_is(name, ALG[i].name)) {
                hm_buf_reset(&bytes);
                if (codec_base64(value, &bytes) && !bytes.bad)
                    part_add_digest_bytes(b, comp, ALG[i].alg, hm_buf_view(&bytes));
            }
    }
    hm_buf_clear(&bytes);
}

void part_add_prop(part_build *b, uint32_t comp, hm_str key, hm_str value)
{
    if (value.n == 0 || !comp_ok(b, comp))
        return;
    part_ref k = intern(b, key), v = intern(b, value);
    part_prop *p = add_row(b, T_prop);
    if (p)
        *p = (part_prop){ .comp = comp, .key = k, .value = v };
}

void part_add_edge(part_build *b, uint32_t from, uint32_t to, part_scope scope)
{
    if (!comp_ok(b, from) || !comp_ok(b, to) || from == to)
        return;
    part_edge *e = add_row(b, T_edge);
    if (e)
        *e = (part_edge){ .comp = from, .to = to, .scope = (uint32_t)scope };
}

void part_add_need(part_build *b, uint32_t comp, part_scope scope, part_how how, uint32_t group, part_eco eco,
                   hm_str env, hm_str name)
{
    if (!comp_ok(b, comp))
        return;
    part_ref re = intern(b, env), rn = intern(b, name);
    part_need *n = add_row(b, T_need);
    if (n)
        *n = (part_need){ .comp = comp,
                          .scope = (uint16_t)scope,
                          .how = (uint16_t)how,
                          .group = group,
                          .eco = (uint32_t)eco,
                          .env = re,
                          .name = rn };
}

void part_add_provide(part_build *b, uint32_t comp, hm_str env, hm_str name)
{
    if (!comp_ok(b, comp))
        return;
    part_ref re = intern(b, env), rn = intern(b, name);
    part_provide *p = add_row(b, T_provide);
    if (p)
        *p = (part_provide){ .comp = comp, .env = re, .name = rn };
}

void part_add_claim(part_build *b, part_eco eco, hm_str root, hm_str name, part_claim_field f, hm_str value)
{
    part_ref rr = intern(b, root), rn = intern(b, name), rv = intern(b, value);
    part_claim *c = add_row(b, T_claim);
    if (c)
        *c = (part_claim){ .eco = (uint16_t)eco, .field = (uint16_t)f, .root = rr, .name = rn, .value = rv };
}

void part_add_owned(part_build *b, part_eco eco, hm_str path, hm_str package)
{
    part_add_owned_in(b, eco, HM_NONE, path, package);
}

void part_add_owned_in(part_build *b, part_eco eco, hm_str root, hm_str path, hm_str package)
{
    part_ref rr = intern(b, root), rp = intern(b, path), rk = intern(b, package);
    part_owned *o = add_row(b, T_owned);
    if (o)
        *o = (part_owned){ .eco = (uint32_t)eco, .root = rr, .path = rp, .package = rk };
}

static part_gap *add_gap(part_build *b, hm_str path, hm_str at)
{
    part_ref rp = intern(b, path), ra = intern(b, at);
    part_gap *g = add_row(b, T_gap);
    if (g) {
        g->path = rp;
        g->at = ra;
    }
    return g;
}

void part_add_gap(part_build *b, hm_str path, const hm_err *e)
{
    part_gap *g = add_gap(b, path, (hm_str){ e->at, strnlen(e->at, sizeof e->at) });
    if (!g)
        return;
    g->rc = (uint16_t)e->rc;
    g->defect = e->defect;
    g->place_kind = e->place_kind;
    g->place = e->place;
    g->detector = b->detector;
    g->sys = e->sys;
    memcpy(g->arg, e->arg, sizeof g->arg);
}

void part_copy_gap(part_build *b, const part_pack *p, const part_gap *from)
{
    part_gap *g = add_gap(b, part_text(p, from->path), part_text(p, from->at));
    if (g) {
        part_ref rp = g->path, ra = g->at;
        *g = *from;
        g->path = rp;
        g->at = ra;
    }
}

void part_gap_err(const part_pack *p, const part_gap *g, hm_err *ret)
{
    hm_str at = part_text(p, g->at);
    *ret = (hm_err){
        .rc = (hm_rc)g->rc, .sys = g->sys, .defect = g->defect, .place_kind = g->place_kind, .place = g->place
    };
    memcpy(ret->arg, g->arg, sizeof ret->arg);
    size_t n = at.n < sizeof ret->at - 1 ? at.n : sizeof ret->at - 1;
    memcpy(ret->at, at.p, n);
}

void part_add_extra(part_build *b, uint32_t comp, part_format format, hm_str place, hm_str raw)
{
    if (comp != PART_NO && !comp_ok(b, comp))
        return;
    part_ref rp = intern(b, place), rr = intern(b, raw);
    part_extra *x = add_row(b, T_extra);
    if (x)
        *x = (part_extra){ .comp = comp, .format = (uint32_t)format, .place = rp, .raw = rr };
}

size_t part_build_count(const part_build *b)
{
    return b->n[T_comp];
}

part_comp *part_build_comp(part_build *b, uint32_t i)
{
    HM_BUG_ON(i >= b->n[T_comp]);
    return (part_comp *)(void *)b->table[T_comp].p + i;
}

void part_build_detector(part_build *b, uint16_t detector)
{
    b->detector = detector;
}

bool part_build_bad(const part_build *b)
{
    return b->bad;
}

/* ---- finishing -------------------------------------------------------------------------------------------------- */

/* The first member of every row that has one is `comp`: checked here for the generic sort below. */
_Static_assert(offsetof(part_evidence, comp) == 0 && offsetof(part_digest, comp) == 0 &&
                   offsetof(part_prop, comp) == 0 && offsetof(part_edge, comp) == 0 && offsetof(part_need, comp) == 0 &&
                   offsetof(part_provide, comp) == 0 && offsetof(part_extra, comp) == 0,
               "comp comes first");

static int by_comp(const void *a, const void *b, void *ctx)
{
    (void)ctx;
    uint32_t x, y;
    memcpy(&x, a, sizeof x);
    memcpy(&y, b, sizeof y);
    return (x > y) - (x < y);
}

static int by_edge(const void *a, const void *b, void *ctx)
{
    const part_edge *x = a, *y = b;
    int c = by_comp(a, b, ctx);
    if (c)
        return c;
    return (x->to > y->to) - (x->to < y->to);
}

static bool sort_table(part_build *b, size_t t, hm_cmp_fn *cmp)
{
    char *p = b->table[t].p;
    size_t size = ROW_SIZE[t];
    for (size_t i = 1; i < b->n[t]; i++)
        if (cmp(p + (i - 1) * size, p + i * size, NULL) > 0)
            return hm_sort(p, b->n[t], size, cmp, NULL);
    return true;
}

/* Runtime beats optional beats build beats development beats unknown. */
part_scope part_scope_stronger(part_scope a, part_scope b)
{
    static const uint8_t RANK[PART_SCOPE_COUNT] = {
        [PART_SCOPE_UNKNOWN] = 0,  [PART_SCOPE_DEV] = 1,     [PART_SCOPE_BUILD] = 2,
        [PART_SCOPE_OPTIONAL] = 3, [PART_SCOPE_RUNTIME] = 4,
    };
    return RANK[a] >= RANK[b] ? a : b;
}

static void unite_edges(part_build *b)
{
    part_edge *e = (part_edge *)(void *)b->table[T_edge].p;
    size_t n = 0;
    for (size_t i = 0; i < b->n[T_edge]; i++)
        if (n && e[n - 1].comp == e[i].comp && e[n - 1].to == e[i].to)
            e[n - 1].scope = (uint32_t)part_scope_stronger((part_scope)e[n - 1].scope, (part_scope)e[i].scope);
        else
            e[n++] = e[i];
    b->n[T_edge] = n;
    b->table[T_edge].n = n * sizeof *e;
}

#define COUNT_GROUPS(b, member, type)                                                                                  \
    do {                                                                                                               \
        const type *row = (const type *)(void *)(b)->table[T_##member].p;                                              \
        size_t at = 0;                                                                                                 \
        for (size_t c = 0; c < (b)->n[T_comp]; c++) {                                                                  \
            size_t from = at;                                                                                          \
            while (at < (b)->n[T_##member] && row[at].comp == c)                                                       \
                at++;                                                                                                  \
            comp[c].member##_first = (uint32_t)from;                                                                   \
            comp[c].member##_count = (uint32_t)(at - from);                                                            \
        }                                                                                                              \
    } while (0)

hm_rc part_build_finish(part_build *b, hm_str *ret_block, hm_err *err)
{
    if (!b->bad)
        b->bad = !sort_table(b, T_evidence, by_comp) || !sort_table(b, T_digest, by_comp) ||
                 !sort_table(b, T_prop, by_comp) || !sort_table(b, T_edge, by_edge) ||
                 !sort_table(b, T_need, by_comp) || !sort_table(b, T_provide, by_comp) ||
                 !sort_table(b, T_extra, by_comp);
    if (!b->bad) {
        unite_edges(b);
        part_comp *comp = (part_comp *)(void *)b->table[T_comp].p;
        COUNT_GROUPS(b, evidence, part_evidence);
        COUNT_GROUPS(b, digest, part_digest);
        COUNT_GROUPS(b, prop, part_prop);
        COUNT_GROUPS(b, edge, part_edge);
    }
    header h = { .layout = PART_LAYOUT };
    memcpy(h.magic, MAGIC, sizeof MAGIC);
    uint64_t at = sizeof h;
    for (size_t t = 0; t < T_COUNT; t++) {
        at = (at + 7) & ~7ULL;
        h.dir[t] = (dir_row){ at, b->n[t] };
        at += b->n[t] * ROW_SIZE[t];
    }
    h.heap_at = at;
    h.heap_n = b->heap.n;
    h.size = at + b->heap.n;
    hm_buf_clear(&b->block);
    if (b->bad || !hm_buf_room(&b->block, (size_t)h.size)) {
        b->bad = true;
        return b->over ? hm_fail(err, HM_LIMIT, DEFECT_BUDGET, HM_PLACE_NONE, 0, b->limit)
                       : hm_fail(err, HM_NOMEM, DEFECT_NOMEM, HM_PLACE_NONE, 0, 0);
    }
    hm_buf_add(&b->block, &h, sizeof h);
    for (size_t t = 0; t < T_COUNT; t++) { /* each table is given back once it is copied: the peak is one of them */
        static const char ZERO[8] = { 0 };
        hm_buf_add(&b->block, ZERO, (size_t)h.dir[t].at - b->block.n);
        hm_buf_add(&b->block, b->table[t].p, b->table[t].n);
        recycle(&b->table[t]);
    }
    hm_buf_str(&b->block, hm_buf_view(&b->heap));
    recycle(&b->heap);
    *ret_block = hm_buf_view(&b->block);
    return HM_OK;
}
