/* tree builder: what is built reads as if it were parsed, and wrong orders, depth and budget are refused. */
#include "base/test.h"
#include "codec/tree.h"

enum { BUDGET = 8 << 20 };

static void sample(codec_tree *t)
{
    codec_tree_obj(t);
    codec_tree_key(t, HM_STR("s"));
    codec_tree_str(t, HM_STR("a\0b"));
    codec_tree_key(t, HM_STR("n"));
    codec_tree_u64(t, UINT64_MAX);
    codec_tree_key(t, HM_STR("f"));
    codec_tree_num(t, HM_STR("1.50"));
    codec_tree_key(t, HM_STR("a"));
    codec_tree_arr(t);
    codec_tree_bool(t, true);
    codec_tree_obj(t);
    codec_tree_end(t);
    codec_tree_null(t);
    codec_tree_end(t);
    codec_tree_key(t, HM_STR("last"));
    codec_tree_bool(t, false);
    codec_tree_end(t);
}

TEST(tree_reads_as_parsed)
{
    for (unsigned i = 0; i < 2; i++) {
        HM_AUTO(hm_arena_freep) hm_arena *a = hm_arena_new(BUDGET);
        CHECK("arena", a != NULL);
        codec_tree *t = codec_tree_new(a, i ? 2 : 0, i == 0);
        CHECK("tree", t != NULL);
        const codec_json *r = NULL, *v;
        hm_err e = { 0 };
        uint64_t n = 0;
        hm_str key;
        sample(t);
        CHECK_EQ("finish", codec_tree_finish(t, &r, &e), HM_OK);
        CHECK_EQ("members", codec_json_count(r), 5);
        CHECK_STR("string", codec_json_get_str(r, "s"), HM_STR("a\0b"));
        CHECK("number", codec_json_u64(codec_json_get(r, "n"), &n) && n == UINT64_MAX);
        CHECK_EQ("float", codec_json_type(codec_json_get(r, "f")), CODEC_NUM);
        CHECK_STR("as text", codec_json_number(codec_json_get(r, "f")), HM_STR("1.50"));
        CHECK_STR("no string", codec_json_str(codec_json_get(r, "f")), HM_NONE);
        CHECK_STR("no raw", codec_json_number(codec_json_get(r, "n")), HM_NONE);
        CHECK_EQ("array", codec_json_count(codec_json_get(r, "a")), 3);
        CHECK_EQ("behind the array", codec_json_type(codec_json_get(r, "last")), CODEC_BOOL);
        static const codec_type WANT[] = { CODEC_BOOL, CODEC_OBJ, CODEC_NULL };
        codec_json_iter it = codec_json_each(codec_json_get(r, "a"));
        for (size_t k = 0; codec_json_next(&it, &key, &v); k++)
            CHECK_EQ("element", codec_json_type(v), WANT[k]);
    }
}

TEST(tree_repeats_values)
{
    HM_AUTO(hm_arena_freep) hm_arena *a = hm_arena_new(BUDGET);
    CHECK("arena", a != NULL);
    codec_tree *t = codec_tree_new(a, 0, true);
    CHECK("tree", t != NULL);
    const codec_json *r = NULL;
    hm_err e = { 0 };
    codec_tree_arr(t);
    size_t first = codec_tree_at(t);
    sample(t);
    size_t scalar = codec_tree_at(t);
    codec_tree_str(t, HM_STR("x"));
    codec_tree_obj(t);
    codec_tree_key(t, HM_STR("again"));
    codec_tree_again(t, first);
    codec_tree_key(t, HM_STR("x"));
    codec_tree_again(t, scalar);
    codec_tree_end(t);
    codec_tree_end(t);
    CHECK_EQ("finish", codec_tree_finish(t, &r, &e), HM_OK);
    CHECK_EQ("three", codec_json_count(r), 3);
    const codec_json *v = NULL;
    hm_str key;
    codec_json_iter it = codec_json_each(r);
    for (int i = 0; i < 3; i++)
        CHECK("next", codec_json_next(&it, &key, &v));
    CHECK_EQ("copy", codec_json_count(codec_json_get(codec_json_get(v, "again"), "a")), 3);
    CHECK_STR("scalar", codec_json_get_str(v, "x"), HM_STR("x"));
}

static codec_tree *nested(hm_arena *a, size_t depth)
{
    codec_tree *t = codec_tree_new(a, 0, false);
    for (size_t i = 0; t && i < depth; i++)
        codec_tree_arr(t);
    return t;
}

TEST(tree_bounds_depth)
{
    for (size_t more = 0; more < 2; more++) {
        HM_AUTO(hm_arena_freep) hm_arena *a = hm_arena_new(BUDGET);
        CHECK("arena", a != NULL);
        codec_tree *t = nested(a, CODEC_JSON_DEPTH + more);
        CHECK("tree", t != NULL);
        for (size_t i = 0; i < CODEC_JSON_DEPTH + more; i++)
            codec_tree_end(t);
        const codec_json *r = NULL;
        hm_err e = { 0 };
        CHECK_EQ("finish", codec_tree_finish(t, &r, &e), more ? HM_LIMIT : HM_OK);
        CHECK_EQ("defect", e.defect, more ? DEFECT_TOO_DEEP : DEFECT_NONE);
    }
    /* a copy may not go deeper either */
    for (size_t more = 0; more < 2; more++) {
        HM_AUTO(hm_arena_freep) hm_arena *a = hm_arena_new(BUDGET);
        CHECK("arena", a != NULL);
        codec_tree *t = nested(a, 1);
        CHECK("tree", t != NULL);
        size_t from = codec_tree_at(t);
        for (int i = 0; i < 100; i++)
            codec_tree_arr(t);
        for (int i = 0; i < 100; i++)
            codec_tree_end(t);
        for (size_t i = 0; i < CODEC_JSON_DEPTH - 101 + more; i++)
            codec_tree_arr(t);
        codec_tree_again(t, from);
        for (size_t i = 0; i < CODEC_JSON_DEPTH - 100 + more; i++)
            codec_tree_end(t);
        const codec_json *r = NULL;
        hm_err e = { 0 };
        CHECK_EQ("finish", codec_tree_finish(t, &r, &e), more ? HM_LIMIT : HM_OK);
    }
}

TEST(tree_bounds_budget)
{
    HM_AUTO(hm_arena_freep) hm_arena *a = hm_arena_new(64 << 10);
    CHECK("arena", a != NULL);
    codec_tree *t = nested(a, 1);
    CHECK("tree", t != NULL);
    size_t from = codec_tree_at(t);
    codec_tree_arr(t);
    codec_tree_null(t);
    codec_tree_null(t);
    codec_tree_end(t);
    for (int i = 0; i < 60; i++) { /* doubles each time */
        size_t next = codec_tree_at(t);
        codec_tree_arr(t);
        codec_tree_again(t, from);
        codec_tree_again(t, from);
        codec_tree_end(t);
        from = next;
    }
    codec_tree_end(t);
    CHECK("bad", codec_tree_bad(t));
    const codec_json *r = NULL;
    hm_err e = { 0 };
    CHECK_EQ("budget", codec_tree_finish(t, &r, &e), HM_LIMIT);
    CHECK_EQ("defect", e.defect, DEFECT_BUDGET);
}

TEST(tree_refuses_wrong_orders)
{
    static const char *const CALLS[] = { /* o a e k s: obj, arr, end, key, str; r: again 0 */
                                         "",    "o",  "e",    "s s", "k",  "os", "okk",
                                         "oke", "ak", "okse", "or",  "ar", "r",  "osk"
    };
    for (size_t i = 0; i < HM_COUNT(CALLS); i++) {
        HM_AUTO(hm_arena_freep) hm_arena *a = hm_arena_new(BUDGET);
        CHECK("arena", a != NULL);
        codec_tree *t = codec_tree_new(a, 0, false);
        CHECK("tree", t != NULL);
        for (const char *c = CALLS[i]; *c; c++) {
            if (*c == 'o')
                codec_tree_obj(t);
            else if (*c == 'a')
                codec_tree_arr(t);
            else if (*c == 'e')
                codec_tree_end(t);
            else if (*c == 'k')
                codec_tree_key(t, HM_STR("k"));
            else if (*c == 's')
                codec_tree_str(t, HM_STR("s"));
            else if (*c == 'r')
                codec_tree_again(t, 0);
        }
        const codec_json *r = NULL;
        hm_err e = { 0 };
        bool right = hm_str_is(hm_str_c(CALLS[i]), "okse");
        CHECK_EQ(CALLS[i], codec_tree_finish(t, &r, &e), right ? HM_OK : HM_BUG);
    }
}
