/* out - whatever the strings hold, the JSON is valid; the layout; the buffer's borders; a sink that fails. */
#include "base/test.h"
#include "codec/codec.h"

typedef struct sink {
    hm_buf *out;
    size_t calls, fail_from; /* the n-th call fails, 0: none */
} sink;

static bool take(void *ctx, hm_str bytes)
{
    sink *s = ctx;
    if (++s->calls >= s->fail_from && s->fail_from)
        return false;
    hm_buf_str(s->out, bytes);
    return !s->out->bad;
}

static const struct {
    const char *name;
    hm_str in, want;
} STRING[] = {
    { "plain", HM_STR("abc/ <b>'"), HM_STR("\"abc/ <b>'\"\n") },
    { "empty", HM_STR(""), HM_STR("\"\"\n") },
    { "quote and backslash", HM_STR("a\"b\\c"), HM_STR("\"a\\\"b\\\\c\"\n") },
    { "controls", HM_STR("\n\r\t\b\0\x1f\x7f"), HM_STR("\"\\n\\r\\t\\u0008\\u0000\\u001f\\u007f\"\n") },
    { "two, three, four bytes", HM_STR("é星🌟"), HM_STR("\"é星🌟\"\n") },
    { "last before surrogates", HM_STR("\xed\x9f\xbf"), HM_STR("\"\xed\x9f\xbf\"\n") },
    { "surrogate", HM_STR("\xed\xa0\x80"), HM_STR("\"\\\\xed\\\\xa0\\\\x80\"\n") },
    { "overlong", HM_STR("\xc0\xaf"), HM_STR("\"\\\\xc0\\\\xaf\"\n") },
    { "lone continuation", HM_STR("a\x80z"), HM_STR("\"a\\\\x80z\"\n") },
    { "cut short", HM_STR("a\xe6\x98"), HM_STR("\"a\\\\xe6\\\\x98\"\n") },
    { "after the last plane", HM_STR("\xf4\x90\x80\x80"), HM_STR("\"\\\\xf4\\\\x90\\\\x80\\\\x80\"\n") },
    { "line separators", HM_STR("\u2028\u2029"), HM_STR("\"\\u2028\\u2029\"\n") },
    { "bidirectional", HM_STR("\u202e\u2066\u061c\u200f"), HM_STR("\"\\u202e\\u2066\\u061c\\u200f\"\n") },
    { "neighbours of those", HM_STR("\u202f\u2027\u2070\u200a"), HM_STR("\"\u202f\u2027\u2070\u200a\"\n") },
    { "c1", HM_STR("\xc2\x80\xc2\x9f\xc2\xa0"), HM_STR("\"\\u0080\\u009f\xc2\xa0\"\n") },
    { "byte order mark", HM_STR("\xef\xbb\xbf"), HM_STR("\"\\ufeff\"\n") },
};

TEST(out_writes_any_bytes_as_valid_json)
{
    for (size_t i = 0; i < HM_COUNT(STRING); i++) {
        TEST_BUF b = { 0 };
        sink s = { .out = &b };
        HM_AUTO(codec_out_freep) codec_out *o = codec_out_new(take, &s, true);
        CHECK(STRING[i].name, o != NULL);
        codec_out_str(o, NULL, STRING[i].in);
        CHECK(STRING[i].name, codec_out_finish(o));
        CHECK_STR(STRING[i].name, hm_buf_view(&b), STRING[i].want);
    }
}

static void write_all(codec_out *o)
{
    codec_out_obj(o, NULL);
    codec_out_c(o, "a", "x");
    codec_out_str_if(o, "none", HM_NONE);
    codec_out_str_if(o, "some", HM_STR("y"));
    codec_out_arr(o, "list");
    codec_out_u64(o, NULL, 0);
    codec_out_u64(o, NULL, UINT64_MAX);
    codec_out_i64(o, NULL, INT64_MIN);
    codec_out_i64(o, NULL, -1);
    codec_out_i64(o, NULL, 7);
    codec_out_obj(o, NULL);
    codec_out_end(o);
    codec_out_arr(o, NULL);
    codec_out_end(o);
    codec_out_end(o);
    codec_out_bool(o, "t", true);
    codec_out_bool(o, "f", false);
    codec_out_null(o, "n");
    codec_out_obj(o, "o\"");
    codec_out_c(o, "k", "");
    codec_out_end(o);
    codec_out_end(o);
}

TEST(out_lays_out)
{
    static const hm_str WANT[] = {
        HM_STR("{\n  \"a\": \"x\",\n  \"some\": \"y\",\n  \"list\": [\n    0,\n    18446744073709551615,\n"
               "    -9223372036854775808,\n    -1,\n    7,\n    {},\n    []\n  ],\n  \"t\": true,\n  \"f\": false,\n"
               "  \"n\": null,\n  \"o\\\"\": {\n    \"k\": \"\"\n  }\n}\n"),
        HM_STR(
            "{\"a\":\"x\",\"some\":\"y\",\"list\":[0,18446744073709551615,-9223372036854775808,-1,7,{},[]],\"t\":true,"
            "\"f\":false,\"n\":null,\"o\\\"\":{\"k\":\"\"}}\n"),
    };
    for (size_t i = 0; i < 2; i++) {
        TEST_BUF b = { 0 };
        sink s = { .out = &b };
        HM_AUTO(codec_out_freep) codec_out *o = codec_out_new(take, &s, i == 1);
        CHECK("new", o != NULL);
        write_all(o);
        CHECK("finish", codec_out_finish(o));
        CHECK_STR(i ? "compact" : "indented", hm_buf_view(&b), WANT[i]);
    }
}

static const struct {
    uint64_t v;
    unsigned digits;
    hm_str want;
} DECIMAL[] = {
    { 95, 2, HM_STR("0.95\n") }, { 100, 2, HM_STR("1\n") },          { 0, 2, HM_STR("0\n") },
    { 90, 2, HM_STR("0.9\n") },  { 5, 2, HM_STR("0.05\n") },         { 12345, 3, HM_STR("12.345\n") },
    { 7, 0, HM_STR("7\n") },     { 100005, 5, HM_STR("1.00005\n") }, { 1, 18, HM_STR("0.000000000000000001\n") },
    { 10, 0, HM_STR("10\n") },
};

TEST(out_decimals_are_exact)
{
    for (size_t i = 0; i < HM_COUNT(DECIMAL); i++) {
        TEST_BUF b = { 0 };
        sink s = { .out = &b };
        HM_AUTO(codec_out_freep) codec_out *o = codec_out_new(take, &s, false);
        CHECK("new", o != NULL);
        codec_out_decimal(o, NULL, DECIMAL[i].v, DECIMAL[i].digits);
        CHECK("finish", codec_out_finish(o));
        CHECK_STR(DECIMAL[i].want.p, hm_buf_view(&b), DECIMAL[i].want);
    }
}

TEST(out_pieces_make_the_whole)
{
    static const size_t LEN[] = { 32766, 32767, 32768, 32769, 70000, 131072 }; /* around the inner buffer's borders */
    for (size_t i = 0; i < HM_COUNT(LEN); i++) {
        TEST_BUF big = { 0 }, b = { 0 };
        for (size_t k = 0; k < LEN[i]; k++)
            hm_buf_byte(&big, (char)('a' + k % 26));
        sink s = { .out = &b };
        HM_AUTO(codec_out_freep) codec_out *o = codec_out_new(take, &s, false);
        CHECK("new", o != NULL && !big.bad);
        codec_out_str(o, NULL, hm_buf_view(&big));
        CHECK("finish", codec_out_finish(o));
        CHECK_EQ("length", b.n, LEN[i] + 3);
        CHECK_STR("content", hm_str_sub(hm_buf_view(&b), 1, LEN[i]), hm_buf_view(&big));
    }
}

TEST(out_tells_when_the_sink_failed)
{
    TEST_BUF big = { 0 }, b = { 0 };
    for (size_t k = 0; k < 100000; k++)
        hm_buf_byte(&big, 'a');
    CHECK("memory", !big.bad);
    for (size_t from = 1; from <= 4; from++) {
        hm_buf_reset(&b);
        sink s = { .out = &b, .fail_from = from };
        HM_AUTO(codec_out_freep) codec_out *o = codec_out_new(take, &s, false);
        CHECK("new", o != NULL);
        codec_out_str(o, NULL, hm_buf_view(&big));
        CHECK("finish", !codec_out_finish(o));
        CHECK_EQ("not asked again", s.calls, from);
    }
}

TEST(out_nests_to_its_limit)
{
    TEST_BUF b = { 0 };
    sink s = { .out = &b };
    HM_AUTO(codec_out_freep) codec_out *o = codec_out_new(take, &s, true);
    CHECK("new", o != NULL);
    for (int i = 0; i < 16; i++) {
        codec_out_arr(o, NULL);
        codec_out_obj(o, NULL);
        if (i < 15)
            codec_out_arr(o, "a");
        if (i >= 0 && i < 15)
            codec_out_end(o);
        codec_out_end(o);
    }
    for (int i = 0; i < 16; i++)
        codec_out_arr(o, NULL);
    for (int i = 0; i < 32; i++)
        codec_out_end(o);
    CHECK("finish", codec_out_finish(o));
    CHECK_STR("text", hm_str_sub(hm_buf_view(&b), 0, 12), HM_STR("[{\"a\":[]},[{"));
}
