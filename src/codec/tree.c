/* tree - the immutable values of yyjson, built by hand in the layout of its reader: one array in document order, an
 * object or array before what it holds, `ofs` = bytes from it to what follows its last value, a key before its value.
 * Invariants:
 * 1. open[] holds the objects and arrays not ended yet, outermost first; at most CODEC_JSON_DEPTH, so consumers may
 *    recurse.
 * 2. `keyed` is true between a key and its value; a value is added only where one is due.
 * 3. after a failure nothing is added; the first one is kept.
 * Enemy: the author of the document behind the caller (depth, size, aliases that multiply). */
#include "codec/tree.h"
#include <yyjson.h>

struct codec_tree {
    hm_arena *arena;
    hm_vec values; /* yyjson_val */
    size_t open[CODEC_JSON_DEPTH];
    size_t depth, roots;
    bool copies, keyed;
    hm_rc why;
};

codec_tree *codec_tree_new(hm_arena *a, size_t values, bool copies)
{
    codec_tree *t = hm_arena_alloc(a, sizeof *t);
    if (!t)
        return NULL;
    *t = (codec_tree){ .arena = a, .values.size = sizeof(yyjson_val), .copies = copies };
    if (values) {
        t->values.p = hm_arena_array(a, values, sizeof(yyjson_val));
        if (!t->values.p)
            return NULL;
        t->values.cap = values;
    }
    return t;
}

static void fail(codec_tree *t, hm_rc why)
{
    if (t->why == HM_OK)
        t->why = why;
}

static yyjson_val *at(const codec_tree *t, size_t i)
{
    return hm_vec_at(&t->values, i);
}

/* A fresh value, counted in what holds it; NULL: not now, or no memory (HM_NOMEM stands for both reasons here). */
static yyjson_val *add(codec_tree *t, uint64_t tag)
{
    if (t->why != HM_OK)
        return NULL;
    if (t->depth) {
        yyjson_val *in = at(t, t->open[t->depth - 1]);
        if (unsafe_yyjson_is_obj(in) && !t->keyed) {
            fail(t, HM_BUG);
            return NULL;
        }
        in->tag += 1U << YYJSON_TAG_BIT;
    } else {
        t->roots++;
    }
    t->keyed = false;
    yyjson_val *v = hm_vec_push(&t->values, t->arena);
    if (!v) {
        fail(t, HM_NOMEM);
        return NULL;
    }
    v->tag = tag;
    return v;
}

static void begin(codec_tree *t, uint64_t type)
{
    if (t->depth >= CODEC_JSON_DEPTH)
        fail(t, HM_LIMIT);
    size_t here = t->values.n;
    yyjson_val *v = add(t, type);
    if (!v)
        return;
    v->uni.ofs = sizeof *v; /* until it ends */
    t->open[t->depth++] = here;
}

void codec_tree_obj(codec_tree *t)
{
    begin(t, YYJSON_TYPE_OBJ);
}

void codec_tree_arr(codec_tree *t)
{
    begin(t, YYJSON_TYPE_ARR);
}

void codec_tree_end(codec_tree *t)
{
    if (t->why != HM_OK)
        return;
    if (t->depth == 0 || t->keyed) {
        fail(t, HM_BUG);
        return;
    }
    size_t from = t->open[--t->depth];
    at(t, from)->uni.ofs = (t->values.n - from) * sizeof(yyjson_val);
}

static void set_text(codec_tree *t, yyjson_val *v, hm_str s)
{
    if (t->copies && !hm_arena_dup(t->arena, s, &s))
        fail(t, HM_NOMEM);
    v->uni.str = s.p;
    v->tag |= (uint64_t)s.n << YYJSON_TAG_BIT;
}

void codec_tree_key(codec_tree *t, hm_str key)
{
    if (t->why != HM_OK)
        return;
    if (t->depth == 0 || t->keyed || !unsafe_yyjson_is_obj(at(t, t->open[t->depth - 1]))) {
        fail(t, HM_BUG);
        return;
    }
    yyjson_val *v = hm_vec_push(&t->values, t->arena);
    if (!v) {
        fail(t, HM_NOMEM);
        return;
    }
    v->tag = YYJSON_TYPE_STR;
    set_text(t, v, key);
    t->keyed = true;
}

void codec_tree_str(codec_tree *t, hm_str s)
{
    yyjson_val *v = add(t, YYJSON_TYPE_STR);
    if (v)
        set_text(t, v, s);
}

void codec_tree_num(codec_tree *t, hm_str text)
{
    yyjson_val *v = add(t, YYJSON_TYPE_RAW);
    if (v)
        set_text(t, v, text);
}

void codec_tree_bool(codec_tree *t, bool value)
{
    (void)add(t, (uint64_t)YYJSON_TYPE_BOOL | (value ? YYJSON_SUBTYPE_TRUE : YYJSON_SUBTYPE_FALSE));
}

void codec_tree_u64(codec_tree *t, uint64_t value)
{
    yyjson_val *v = add(t, (uint64_t)YYJSON_TYPE_NUM | YYJSON_SUBTYPE_UINT);
    if (v)
        v->uni.u64 = value;
}

void codec_tree_null(codec_tree *t)
{
    (void)add(t, YYJSON_TYPE_NULL);
}

size_t codec_tree_at(const codec_tree *t)
{
    return t->values.n;
}

/* Levels of the value that begins at `from`; a value's end is never before that of what it holds. */
static size_t levels(const codec_tree *t, size_t from, size_t end)
{
    size_t ends[CODEC_JSON_DEPTH], n = 0, most = 0;
    for (size_t i = from; i < end; i++) {
        while (n && ends[n - 1] <= i)
            n--;
        const yyjson_val *v = at(t, i);
        if ((v->tag & YYJSON_TYPE_MASK) < YYJSON_TYPE_ARR)
            continue;
        ends[n++] = i + v->uni.ofs / sizeof *v; /* n: it was built within the limit */
        most = n > most ? n : most;
    }
    return most;
}

void codec_tree_again(codec_tree *t, size_t from)
{
    if (t->why != HM_OK)
        return;
    for (size_t i = 0; i < t->depth; i++)
        if (t->open[i] == from)
            fail(t, HM_BUG); /* a value within itself */
    if (from >= t->values.n) {
        fail(t, HM_BUG);
        return;
    }
    size_t n = (at(t, from)->tag & YYJSON_TYPE_MASK) < YYJSON_TYPE_ARR ? 1 : at(t, from)->uni.ofs / sizeof(yyjson_val);
    if (t->why == HM_OK && levels(t, from, from + n) > CODEC_JSON_DEPTH - t->depth)
        fail(t, HM_LIMIT);
    yyjson_val *v = add(t, 0);
    for (size_t i = 0; v && i < n; i++) {
        const yyjson_val copy = *at(t, from + i);
        *v = copy;
        if (i + 1 < n && !(v = hm_vec_push(&t->values, t->arena)))
            fail(t, HM_NOMEM);
    }
}

size_t codec_tree_depth(const codec_tree *t)
{
    return t->depth;
}

bool codec_tree_bad(const codec_tree *t)
{
    return t->why != HM_OK;
}

hm_rc codec_tree_finish(codec_tree *t, const codec_json **ret_root, hm_err *err)
{
    if (t->why == HM_OK && (t->depth || t->roots != 1))
        fail(t, HM_BUG);
    if (t->why == HM_LIMIT)
        return hm_fail(err, HM_LIMIT, DEFECT_TOO_DEEP, HM_PLACE_NONE, 0, CODEC_JSON_DEPTH);
    if (t->why == HM_NOMEM)
        return hm_arena_fail(t->arena, err);
    if (t->why != HM_OK)
        return hm_fail(err, HM_BUG, DEFECT_UNKNOWN, HM_PLACE_NONE, 0, 0);
    *ret_root = t->values.p;
    return HM_OK;
}
