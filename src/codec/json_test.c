/* json reader: what is accepted, where it stops and why, and that accessors forgive every wrong type. */
#include "base/test.h"
#include "codec/codec.h"

enum { BUDGET = 8 << 20 };

TEST(json_reads_values)
{
    HM_AUTO(hm_arena_freep) hm_arena *a = hm_arena_new(BUDGET);
    CHECK("arena", a != NULL);
    const codec_json *r = NULL;
    hm_err e = { 0 };
    CHECK_EQ("read",
             codec_json_read(
                 a,
                 HM_STR("\xef\xbb\xbf {\"s\":\"a\\u0000\\ud83c\\udf1f\",\"n\":18446744073709551615,\"m\":-1,\"f\":3.5,"
                        "\"big\":123456789012345678901234567890,\"inf\":1e999,\"t\":true,\"x\":null,"
                        "\"a\":[1,[2],{},\"z\"],\"e\":[],\"s\":\"second\"}\n"),
                 &r, &e),
             HM_OK);
    uint64_t n = 0;
    CHECK_EQ("object", codec_json_type(r), CODEC_OBJ);
    CHECK_EQ("members", codec_json_count(r), 11);
    CHECK_STR("first of two, with NUL", codec_json_get_str(r, "s"), HM_STR("a\0\xf0\x9f\x8c\x9f"));
    CHECK("u64", codec_json_u64(codec_json_get(r, "n"), &n) && n == UINT64_MAX);
    CHECK("negative", !codec_json_u64(codec_json_get(r, "m"), &n));
    CHECK("real", !codec_json_u64(codec_json_get(r, "f"), &n));
    CHECK_EQ("real type", codec_json_type(codec_json_get(r, "f")), CODEC_NUM);
    CHECK_EQ("big", codec_json_type(codec_json_get(r, "big")), CODEC_NUM);
    CHECK_EQ("infinite", codec_json_type(codec_json_get(r, "inf")), CODEC_NUM);
    CHECK("big is no u64", !codec_json_u64(codec_json_get(r, "big"), &n));
    CHECK_STR("big is no text", codec_json_str(codec_json_get(r, "big")), HM_NONE);
    CHECK("true", codec_json_bool(codec_json_get(r, "t")));
    CHECK("number is not true", !codec_json_bool(codec_json_get(r, "n")));
    CHECK_EQ("null", codec_json_type(codec_json_get(r, "x")), CODEC_NULL);
    CHECK("absent", codec_json_get(r, "absent") == NULL);
    const codec_json *v;
    hm_str key;
    codec_json_iter it = codec_json_each(codec_json_get(r, "a"));
    static const codec_type WANT[] = { CODEC_NUM, CODEC_ARR, CODEC_OBJ, CODEC_STR };
    size_t i = 0;
    for (; codec_json_next(&it, &key, &v); i++) {
        CHECK("count", i < HM_COUNT(WANT));
        CHECK_EQ("element", codec_json_type(v), WANT[i]);
        CHECK_EQ("no key", key.n, 0);
    }
    CHECK_EQ("elements", i, 4);
    it = codec_json_each(r);
    hm_str last = HM_NONE;
    for (i = 0; codec_json_next(&it, &key, &v); i++)
        last = codec_json_str(v);
    CHECK_EQ("all members", i, 11);
    CHECK_STR("order kept", last, HM_STR("second"));
    it = codec_json_each(codec_json_get(r, "e"));
    CHECK("empty array", !codec_json_next(&it, &key, &v));
}

TEST(json_accessors_forgive)
{
    HM_AUTO(hm_arena_freep) hm_arena *a = hm_arena_new(BUDGET);
    CHECK("arena", a != NULL);
    const codec_json *r = NULL, *v;
    hm_err e = { 0 };
    uint64_t n = 7;
    hm_str key;
    CHECK_EQ("scalar root", codec_json_read(a, HM_STR("\"text\""), &r, &e), HM_OK);
    const codec_json *both[] = { NULL, r };
    for (size_t i = 0; i < 2; i++) {
        CHECK("get", codec_json_get(both[i], "k") == NULL);
        CHECK("get_str", codec_json_get_str(both[i], "k").n == 0);
        CHECK("count", codec_json_count(both[i]) == 0);
        CHECK("bool", !codec_json_bool(both[i]));
        CHECK("u64", !codec_json_u64(both[i], &n) && n == 7);
        codec_json_iter it = codec_json_each(both[i]);
        CHECK("each", !codec_json_next(&it, &key, &v));
    }
    CHECK_EQ("null type", codec_json_type(NULL), CODEC_NULL);
    CHECK("null is no string", !codec_json_is_str(NULL));
    CHECK("string", codec_json_is_str(r));
    CHECK_STR("text", codec_json_str(r), HM_STR("text"));
}

static const struct {
    const char *name;
    hm_str in;
    hm_rc want;
    hm_defect defect;
    uint64_t place;
} BAD[] = {
    { "empty", HM_STR(""), HM_TRUNC, DEFECT_EMPTY, 0 },
    { "blank", HM_STR(" \n"), HM_TRUNC, DEFECT_EMPTY, 2 },
    { "only a mark", HM_STR("\xef\xbb\xbf"), HM_TRUNC, DEFECT_EMPTY, 3 },
    { "open object", HM_STR("{\"a\":1"), HM_TRUNC, DEFECT_TRUNCATED, 6 },
    { "open string", HM_STR("[\"abc"), HM_TRUNC, DEFECT_TRUNCATED, 5 },
    { "half literal", HM_STR("[tru"), HM_TRUNC, DEFECT_TRUNCATED, 4 },
    { "trailing comma", HM_STR("[1,]"), HM_FORMAT, DEFECT_JSON_SYNTAX, 2 },
    { "comment", HM_STR("/* x */ {}"), HM_FORMAT, DEFECT_JSON_SYNTAX, 0 },
    { "behind the end", HM_STR("{} {}"), HM_FORMAT, DEFECT_JSON_SYNTAX, 3 },
    { "single quotes", HM_STR("{'a':1}"), HM_FORMAT, DEFECT_JSON_SYNTAX, 1 },
    { "NaN", HM_STR("[NaN]"), HM_FORMAT, DEFECT_JSON_SYNTAX, 1 },
    { "leading zero", HM_STR("[01]"), HM_FORMAT, DEFECT_JSON_SYNTAX, 1 },
    { "raw NUL", HM_STR("[\"a\0b\"]"), HM_FORMAT, DEFECT_JSON_SYNTAX, 3 },
    { "lone surrogate", HM_STR("[\"\\ud800\"]"), HM_FORMAT, DEFECT_JSON_SYNTAX, 8 },
    { "Latin-1", HM_STR("[\"caf\xe9\"]"), HM_FORMAT, DEFECT_UTF8, 5 },
    { "mark, then error", HM_STR("\xef\xbb\xbf[1,]"), HM_FORMAT, DEFECT_JSON_SYNTAX, 5 },
    { "UTF-16", HM_STR("\xff\xfe{\0}\0"), HM_FORMAT, DEFECT_JSON_SYNTAX, 0 },
};

TEST(json_says_where_and_why)
{
    for (size_t i = 0; i < HM_COUNT(BAD); i++) {
        HM_AUTO(hm_arena_freep) hm_arena *a = hm_arena_new(BUDGET);
        CHECK("arena", a != NULL);
        const codec_json *r = NULL;
        hm_err e = { 0 };
        CHECK_EQ(BAD[i].name, codec_json_read(a, BAD[i].in, &r, &e), BAD[i].want);
        CHECK_EQ(BAD[i].name, e.defect, BAD[i].defect);
        CHECK_EQ(BAD[i].name, e.place, BAD[i].place);
        CHECK_EQ(BAD[i].name, e.place_kind, HM_PLACE_BYTE);
        CHECK(BAD[i].name, r == NULL);
    }
}

TEST(json_depth_is_bounded)
{
    for (size_t depth = CODEC_JSON_DEPTH - 1; depth <= CODEC_JSON_DEPTH + 1; depth++) {
        HM_AUTO(hm_arena_freep) hm_arena *a = hm_arena_new(BUDGET);
        TEST_BUF b = { 0 };
        CHECK("arena", a != NULL);
        for (size_t i = 0; i < depth; i++)
            hm_buf_c(&b, i % 2 ? "{\"[\\\"{\":" : "[\"]\",");
        hm_buf_c(&b, "1");
        for (size_t i = depth; i > 0; i--)
            hm_buf_c(&b, i % 2 == 0 ? "}" : "]");
        CHECK("text", !b.bad);
        const codec_json *r = NULL;
        hm_err e = { 0 };
        hm_rc rc = codec_json_read(a, hm_buf_view(&b), &r, &e);
        CHECK_EQ("depth", rc, depth <= CODEC_JSON_DEPTH ? HM_OK : HM_LIMIT);
        CHECK_EQ("depth", e.defect, depth <= CODEC_JSON_DEPTH ? DEFECT_NONE : DEFECT_TOO_DEEP);
    }
}

TEST(json_keeps_the_budget)
{
    TEST_BUF b = { 0 };
    hm_buf_c(&b, "[");
    size_t n = test_fault() ? 100 : 200000;
    for (size_t i = 0; i < n; i++)
        hm_buf_c(&b, "1,"); /* the worst: 16 bytes of tree for 2 of text */
    hm_buf_c(&b, "1]");
    CHECK("text", !b.bad);
    const codec_json *r = NULL;
    hm_err e = { 0 };
    HM_AUTO(hm_arena_freep) hm_arena *small = hm_arena_new(b.n * 4);
    CHECK("arena", small != NULL);
    CHECK_EQ("over", codec_json_read(small, hm_buf_view(&b), &r, &e), HM_LIMIT);
    CHECK_EQ("over", e.defect, DEFECT_BUDGET);
    HM_AUTO(hm_arena_freep) hm_arena *large = hm_arena_new(b.n * 16 + 4096);
    CHECK("arena", large != NULL);
    CHECK_EQ("fits", codec_json_read(large, hm_buf_view(&b), &r, &e), HM_OK);
    CHECK_EQ("all", codec_json_count(r), n + 1);
}

static const struct {
    const char *name;
    hm_str in;
    hm_rc want;
    size_t count;
    uint64_t place;
} LAX[] = {
    { "strict", HM_STR("[1,\"a,]\"]"), HM_OK, 2, 0 },
    { "commas", HM_STR("[1,{\"a\":2,},[3 , ] ,\n]"), HM_OK, 3, 0 },
    { "comments", HM_STR("// a \"\n[1, /* , ] \" */ 2 // ]\r\n, /**/ ] /* end */ // no line end"), HM_OK, 2, 0 },
    { "marks in strings", HM_STR("[\"//\",\"/*\",\"\\\"/*\",\"*/\"]"), HM_OK, 4, 0 },
    { "comma before a comment", HM_STR("[1, // one\n]"), HM_OK, 1, 0 },
    { "comma alone", HM_STR("[,]"), HM_FORMAT, 0, 1 },
    { "two commas", HM_STR("[1,,]"), HM_FORMAT, 0, 3 },
    { "comma for a value", HM_STR("{\"a\":,}"), HM_FORMAT, 0, 5 },
    { "comma behind all", HM_STR("[1],"), HM_FORMAT, 0, 3 },
    { "open comment", HM_STR("[1] /* ] "), HM_FORMAT, 0, 4 },
    { "slash, star, slash is open", HM_STR("[1] /*/"), HM_FORMAT, 0, 4 },
    { "a slash", HM_STR("[1] /"), HM_FORMAT, 0, 4 },
    { "only a comment", HM_STR("// x"), HM_TRUNC, 0, 4 },
    { "open string", HM_STR("[\"// \\"), HM_TRUNC, 0, 6 },
    { "open string, then a bracket", HM_STR("[1,\""), HM_TRUNC, 0, 4 },
};

TEST(json_lax)
{
    for (size_t i = 0; i < HM_COUNT(LAX); i++) {
        HM_AUTO(hm_arena_freep) hm_arena *a = hm_arena_new(BUDGET);
        CHECK("arena", a != NULL);
        const codec_json *r = NULL;
        hm_err e = { 0 };
        CHECK_EQ(LAX[i].name, codec_json_read_lax(a, LAX[i].in, &r, &e), LAX[i].want);
        CHECK_EQ(LAX[i].name, codec_json_count(r), LAX[i].count);
        CHECK_EQ(LAX[i].name, e.place, LAX[i].place);
    }
}

/* A quote in a comment must not hide brackets from the count of levels. */
TEST(json_lax_depth_is_bounded)
{
    HM_AUTO(hm_arena_freep) hm_arena *a = hm_arena_new(BUDGET);
    TEST_BUF b = { 0 };
    CHECK("arena", a != NULL);
    hm_buf_c(&b, "/*\"*/");
    for (size_t i = 0; i <= CODEC_JSON_DEPTH; i++)
        hm_buf_c(&b, "[ //\"\n");
    CHECK("text", !b.bad);
    const codec_json *r = NULL;
    hm_err e = { 0 };
    CHECK_EQ("depth", codec_json_read_lax(a, hm_buf_view(&b), &r, &e), HM_LIMIT);
    CHECK_EQ("depth", e.defect, DEFECT_TOO_DEEP);
}
