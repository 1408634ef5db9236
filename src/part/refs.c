/* refs - the identity of every component of a pack, made once, each one only one time: what documents use as bom-ref
 * and reports as id. A merged pack has no two components of one part_id; packs from elsewhere may: the second one
 * becomes "ID#2", and so on, also where "ID#2" is itself somebody's id.
 * Costs the ids' text and 16 bytes per component; linear, also when all ids are equal. */
#include "part/part.h"

enum { SCRATCH_BYTES = 64 << 20 };

struct part_refs {
    size_t n;
    hm_str *ref;
    hm_buf text;     /* ids one after the other */
    hm_arena *extra; /* ids with a number behind them */
};

part_refs *part_refs_free(part_refs *r)
{
    if (r) {
        free(r->ref);
        hm_buf_clear(&r->text);
        hm_arena_free(r->extra);
        free(r);
    }
    return NULL;
}

void part_refs_freep(part_refs **r)
{
    *r = part_refs_free(*r);
}

hm_str part_refs_get(const part_refs *r, size_t comp)
{
    return comp < r->n ? r->ref[comp] : HM_NONE;
}

/* Another id for a component whose id was taken; *next is the number to try first. */
static bool number(part_refs *r, hm_map *taken, size_t i, uint64_t next)
{
    hm_buf t = { 0 };
    hm_str base = r->ref[i], kept = HM_NONE;
    uint64_t old;
    for (;; next++) {
        hm_buf_reset(&t);
        hm_buf_str(&t, base);
        hm_buf_byte(&t, '#');
        hm_buf_u64(&t, next);
        if (t.bad || !hm_map_get(taken, hm_buf_view(&t), &old))
            break;
    }
    bool ok = !t.bad && hm_arena_dup(r->extra, hm_buf_view(&t), &kept);
    hm_buf_clear(&t);
    uint64_t *of_kept = ok ? hm_map_put(taken, kept, 2) : NULL, *of_base = of_kept ? hm_map_put(taken, base, 0) : NULL;
    if (!of_base)
        return false;
    *of_base = next + 1;
    r->ref[i] = kept;
    return true;
}

static bool make_unique(part_refs *r)
{
    HM_AUTO(hm_map_freep) hm_map *taken = hm_map_new();
    r->extra = hm_arena_new(SIZE_MAX / 2);
    if (!taken || !r->extra)
        return false;
    for (size_t i = 0; i < r->n; i++)
        if (!hm_map_put(taken, r->ref[i], 1)) /* 1: nobody took it yet; else the number to try next */
            return false;
    for (size_t i = 0; i < r->n; i++) {
        uint64_t *next = hm_map_put(taken, r->ref[i], 0);
        if (!next)
            return false;
        if (*next == 1)
            *next = 2;
        else if (!number(r, taken, i, *next))
            return false;
    }
    return true;
}

static bool fill(part_refs *r, const part_pack *p)
{
    HM_AUTO(hm_arena_freep) hm_arena *scratch = hm_arena_new(SCRATCH_BYTES);
    r->ref = calloc(p->comp_n ? p->comp_n : 1, sizeof *r->ref);
    if (!scratch || !r->ref)
        return false;
    for (size_t i = 0; i < p->comp_n; i++) {
        size_t from = r->text.n;
        part_id(scratch, p, &p->comp[i], &r->text);
        r->ref[i].n = r->text.n - from;
        if (hm_arena_fail(scratch, NULL) == HM_NOMEM) /* a digest in place of a purl would be another identity */
            return false;
        hm_arena_reset(scratch, SCRATCH_BYTES);
    }
    if (r->text.bad)
        return false;
    const char *at = r->text.p ? r->text.p : "";
    bool sorted = true; /* strictly: then no two are equal, which is what a merged pack looks like */
    for (size_t i = 0; i < p->comp_n; i++) {
        r->ref[i].p = at;
        at += r->ref[i].n;
        sorted = sorted && (i == 0 || hm_str_cmp(r->ref[i - 1], r->ref[i]) < 0);
    }
    return sorted || make_unique(r);
}

part_refs *part_refs_new(const part_pack *p)
{
    part_refs *r = calloc(1, sizeof *r);
    if (!r)
        return NULL;
    r->n = p->comp_n;
    return fill(r, p) ? r : part_refs_free(r);
}
