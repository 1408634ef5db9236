/* arena - bounded memory for one task.
 * Layout: a chain of blocks, newest first; an allocation is a bump in the newest. Invariants:
 * 1. used <= budget, where used counts rounded requests, not block slack.
 * 2. memory handed out is zero (fresh blocks come from calloc, a reused block is cleared on reset).
 * 3. `last` is the newest allocation in the newest block or NULL; only it can grow in place.
 * Under address sanitizer every allocation is a block of its own, so an overrun meets a red zone. */
#include "base/base.h"

#if defined(__SANITIZE_ADDRESS__)
#define ARENA_ALONE 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ARENA_ALONE 1
#endif
#endif
#ifndef ARENA_ALONE
#define ARENA_ALONE 0
#endif

enum { ALIGN = 16, FIRST_BLOCK = 8 << 10, MAX_BLOCK = 1 << 20 };

typedef struct block {
    struct block *next;
    size_t size, at;
    _Alignas(ALIGN) char bytes[];
} block;

struct hm_arena {
    block *top;
    char *last;
    size_t budget, used, next_size;
    hm_rc why;
};

hm_arena *hm_arena_new(size_t budget_bytes)
{
    hm_arena *a = calloc(1, sizeof *a);
    if (!a)
        return NULL;
    a->budget = budget_bytes;
    a->next_size = FIRST_BLOCK;
    return a;
}

static void free_chain(block *b)
{
    while (b) {
        block *next = b->next;
        free(b);
        b = next;
    }
}

hm_arena *hm_arena_free(hm_arena *a)
{
    if (a) {
        free_chain(a->top);
        free(a);
    }
    return NULL;
}

void hm_arena_freep(hm_arena **a)
{
    *a = hm_arena_free(*a);
}

void hm_arena_reset(hm_arena *a, size_t budget_bytes)
{
    block *keep = a->top;
    if (keep && !ARENA_ALONE && keep->size <= MAX_BLOCK) {
        free_chain(keep->next);
        keep->next = NULL;
        memset(keep->bytes, 0, keep->at);
        keep->at = 0;
    } else {
        free_chain(a->top);
        a->top = NULL;
        a->next_size = FIRST_BLOCK;
    }
    a->last = NULL;
    a->used = 0;
    a->budget = budget_bytes;
    a->why = HM_OK;
}

static bool new_block(hm_arena *a, size_t need)
{
    size_t size = ARENA_ALONE || need > a->next_size ? need : a->next_size;
    size_t whole;
    if (hm_ckd_add(&whole, size, sizeof(block)))
        return false;
    block *b = calloc(1, whole);
    if (!b)
        return false;
    b->size = size;
    b->next = a->top;
    a->top = b;
    if (a->next_size < MAX_BLOCK)
        a->next_size *= 2;
    return true;
}

void *hm_arena_alloc(hm_arena *a, size_t n)
{
    size_t need;
    if (hm_ckd_add(&need, n, (size_t)(ALIGN - 1))) {
        a->why = HM_LIMIT;
        return NULL;
    }
    need &= ~(size_t)(ALIGN - 1);
    if (need == 0)
        need = ALIGN;
    if (need > a->budget - a->used) {
        a->why = HM_LIMIT;
        return NULL;
    }
    if ((!a->top || ARENA_ALONE || need > a->top->size - a->top->at) && !new_block(a, ARENA_ALONE && n ? n : need)) {
        a->why = HM_NOMEM;
        return NULL;
    }
    block *b = a->top;
    char *p = b->bytes + b->at;
    b->at += ARENA_ALONE ? b->size : need;
    a->used += need;
    a->last = p;
    return p;
}

void *hm_arena_array(hm_arena *a, size_t n, size_t size)
{
    size_t bytes;
    if (hm_ckd_mul(&bytes, n, size)) {
        a->why = HM_LIMIT;
        return NULL;
    }
    return hm_arena_alloc(a, bytes);
}

void *hm_arena_grow(hm_arena *a, void *p, size_t was, size_t n)
{
    if (p && n <= was)
        return p;
    if (!ARENA_ALONE && p && p == a->last) {
        block *b = a->top;
        size_t start = (size_t)(a->last - b->bytes), need;
        if (!hm_ckd_add(&need, n, (size_t)(ALIGN - 1))) {
            need &= ~(size_t)(ALIGN - 1);
            size_t old = b->at - start;
            if (need <= b->size - start && need - old <= a->budget - a->used) {
                b->at = start + need;
                a->used += need - old;
                return p;
            }
        }
    }
    void *q = hm_arena_alloc(a, n);
    if (q && p && was)
        memcpy(q, p, was);
    return q;
}

bool hm_arena_dup(hm_arena *a, hm_str s, hm_str *ret)
{
    size_t n;
    if (hm_ckd_add(&n, s.n, (size_t)1)) {
        a->why = HM_LIMIT;
        return false;
    }
    char *p = hm_arena_alloc(a, n);
    if (!p)
        return false;
    if (s.n)
        memcpy(p, s.p, s.n);
    *ret = (hm_str){ p, s.n };
    return true;
}

size_t hm_arena_used(const hm_arena *a)
{
    return a->used;
}

hm_rc hm_arena_fail(const hm_arena *a, hm_err *err)
{
    if (a->why == HM_NOMEM)
        return hm_fail(err, HM_NOMEM, DEFECT_NOMEM, HM_PLACE_NONE, 0, 0);
    return hm_fail(err, HM_LIMIT, DEFECT_BUDGET, HM_PLACE_NONE, 0, a->budget);
}

/* ---- vectors ---- */

void *hm_vec_push(hm_vec *v, hm_arena *a)
{
    HM_BUG_ON(v->size == 0);
    if (v->n == v->cap) {
        size_t cap = v->cap ? v->cap : 8, bytes;
        if (v->cap && hm_ckd_mul(&cap, cap, (size_t)2)) {
            a->why = HM_LIMIT;
            return NULL;
        }
        if (hm_ckd_mul(&bytes, cap, v->size)) {
            a->why = HM_LIMIT;
            return NULL;
        }
        void *p = hm_arena_grow(a, v->p, v->n * v->size, bytes);
        if (!p)
            return NULL;
        v->p = p;
        v->cap = cap;
    }
    return (char *)v->p + v->size * v->n++;
}

void *hm_vec_at(const hm_vec *v, size_t i)
{
    HM_BUG_ON(i >= v->n);
    return (char *)v->p + v->size * i;
}
