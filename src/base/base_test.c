/* base - arena, buffer, map, sort, cursor, strings, time: their contracts. */
#include "base/test.h"

TEST(arena_keeps_its_budget)
{
    HM_AUTO(hm_arena_freep) hm_arena *a = hm_arena_new(1000);
    CHECK("new", a != NULL);
    char *p = hm_arena_alloc(a, 600);
    CHECK("fits", p != NULL);
    for (int i = 0; i < 600; i++)
        CHECK("zeroed", p[i] == 0);
    hm_err e = { 0 };
    CHECK("over", hm_arena_alloc(a, 600) == NULL);
    CHECK_EQ("reason", hm_arena_fail(a, &e), HM_LIMIT);
    CHECK_EQ("defect", e.defect, DEFECT_BUDGET);
    CHECK("overflow", hm_arena_array(a, SIZE_MAX / 2, 3) == NULL);
    memset(p, 1, 600);
    hm_arena_reset(a, 1000);
    p = hm_arena_alloc(a, 600);
    CHECK("again", p != NULL);
    CHECK("zeroed again", p[0] == 0 && p[599] == 0);
}

TEST(arena_grow_keeps_content)
{
    HM_AUTO(hm_arena_freep) hm_arena *a = hm_arena_new(1 << 20);
    CHECK("new", a != NULL);
    hm_vec v = { .size = sizeof(uint32_t) };
    for (uint32_t i = 0; i < 5000; i++) {
        uint32_t *x = hm_vec_push(&v, a);
        CHECK("push", x != NULL);
        CHECK_EQ("fresh", *x, 0);
        *x = i;
    }
    for (uint32_t i = 0; i < 5000; i++)
        CHECK_EQ("kept", *HM_VEC_AT(&v, uint32_t, i), i);
}

TEST(buffer_limit_is_sticky)
{
    TEST_BUF b = { .limit = 10 };
    hm_buf_c(&b, "12345");
    hm_buf_c(&b, "1234567");
    CHECK("bad", b.bad);
    hm_buf_c(&b, "x");
    CHECK_STR("unchanged", hm_buf_view(&b), HM_STR("12345"));
}

TEST(printable_hides_nothing)
{
    static const struct {
        hm_str in;
        const char *want;
        size_t max;
    } T[] = {
        { HM_STR("abc 日本"), "abc 日本", 0 },
        { HM_STR("a\x1b[31m\n"), "a\\x1b[31m\\x0a", 0 },
        { HM_STR("\xff\xc0\x80"), "\\xff\\xc0\\x80", 0 },
        { HM_STR("a\xe2\x80\xae"
                 "b"),
          "a\\xe2\\x80\\xaeb", 0 }, /* right-to-left override */
        { HM_STR("a\xd8\x9c\xef\xbf\xb9\xf3\xa0\x81\x81"), "a\\xd8\\x9c\\xef\\xbf\\xb9\\xf3\\xa0\\x81\\x81", 0 },
        { HM_STR("\xd8\x9b\xef\xbf\xbd\xf3\xa0\x84\x80"), "\xd8\x9b\xef\xbf\xbd\xf3\xa0\x84\x80", 0 }, /* neighbours */
        { HM_STR("日本語"), "日本…", 7 },
        { HM_STR("\xc2\x9b"), "\\xc2\\x9b", 0 }, /* C1 control */
    };
    for (size_t i = 0; i < HM_COUNT(T); i++) {
        TEST_BUF b = { 0 };
        hm_buf_printable(&b, T[i].in, T[i].max);
        CHECK_STR(T[i].want, hm_buf_view(&b), hm_str_c(T[i].want));
    }
}

TEST(map_finds_what_was_put)
{
    HM_AUTO(hm_map_freep) hm_map *m = hm_map_new();
    CHECK("new", m != NULL);
    char key[2000][8];
    for (unsigned i = 0; i < 2000; i++) {
        int n = snprintf(key[i], sizeof key[i], "%u", i);
        uint64_t *v = hm_map_put(m, (hm_str){ key[i], (size_t)n }, i);
        CHECK("put", v != NULL);
    }
    uint64_t v = 0;
    CHECK_EQ("count", hm_map_count(m), 2000);
    for (unsigned i = 0; i < 2000; i++) {
        CHECK("get", hm_map_get(m, hm_str_c(key[i]), &v));
        CHECK_EQ(key[i], v, i);
    }
    CHECK("absent", !hm_map_get(m, HM_STR("x"), &v));
    uint64_t *again = hm_map_put(m, HM_STR("7"), 99);
    CHECK("again", again && *again == 7);
    CHECK("empty key", hm_map_put(m, HM_NONE, 5) != NULL && hm_map_get(m, HM_NONE, &v) && v == 5);
}

static int by_tens(const void *a, const void *b, void *ctx)
{
    (void)ctx;
    int x = *(const int *)a / 10, y = *(const int *)b / 10;
    return (x > y) - (x < y);
}

TEST(sort_is_stable)
{
    int v[101];
    for (int i = 0; i < 101; i++)
        v[i] = 1000 - i * 7 % 101;
    CHECK("memory", hm_sort(v, 101, sizeof v[0], by_tens, NULL));
    for (int i = 1; i < 101; i++)
        CHECK("ordered", v[i - 1] / 10 <= v[i] / 10);
    int w[] = { 12, 11, 10, 1 };
    CHECK("memory", hm_sort(w, 4, sizeof w[0], by_tens, NULL));
    CHECK("stable", w[0] == 1 && w[1] == 12 && w[2] == 11 && w[3] == 10);
}

TEST(cursor_failure_is_sticky)
{
    hm_cur c = hm_cur_of(HM_STR("\x01\x02\x03\x04\x05"));
    CHECK_EQ("le16", hm_cur_le16(&c), 0x0201);
    CHECK_EQ("be16", hm_cur_be16(&c), 0x0304);
    CHECK_EQ("past", hm_cur_le32(&c), 0);
    CHECK("bad", c.bad);
    CHECK_EQ("stays", hm_cur_u8(&c), 0);
    hm_cur u = hm_cur_of(HM_STR("\xe5\x8e\x26\xff\xff\xff\xff\xff\xff\xff\xff\xff\x7f"));
    CHECK_EQ("uleb", hm_cur_uleb(&u), 624485);
    (void)hm_cur_uleb(&u);
    CHECK("uleb too long", u.bad);
}

TEST(strings)
{
    hm_str rest, line, text = HM_STR("a\r\nb\n\nc");
    uint64_t v;
    static const char *const WANT[] = { "a", "b", "", "c" };
    for (size_t i = 0; i < 4; i++) {
        CHECK("line", hm_str_line(&text, &line));
        CHECK_STR("line", line, hm_str_c(WANT[i]));
    }
    CHECK("end", !hm_str_line(&text, &line));
    CHECK_STR("cut", hm_str_cut(HM_STR("k=v=w"), '=', &rest), HM_STR("k"));
    CHECK_STR("rest", rest, HM_STR("v=w"));
    CHECK("u64", hm_str_u64(HM_STR("18446744073709551615"), &v) && v == UINT64_MAX);
    CHECK("over", !hm_str_u64(HM_STR("18446744073709551616"), &v));
    CHECK("sign", !hm_str_u64(HM_STR("+1"), &v));
    CHECK("empty", !hm_str_u64(HM_NONE, &v));
    CHECK_STR("base", hm_path_base(HM_STR("a/b/c")), HM_STR("c"));
    CHECK_STR("dir", hm_path_dir(HM_STR("a/b/c")), HM_STR("a/b"));
    CHECK("glob", hm_glob(HM_STR("*.dist-info"), HM_STR("x.dist-info")) && hm_glob(HM_STR("a*b*c"), HM_STR("aXbbYc")));
    CHECK("no glob", !hm_glob(HM_STR("*.list"), HM_STR("x.lists")) && !hm_glob(HM_STR("?"), HM_NONE));
    CHECK("order", hm_str_cmp(HM_STR("ab"), HM_STR("abc")) < 0 && hm_str_cmp(HM_STR("b"), HM_STR("abc")) > 0);
    CHECK("utf8",
          hm_utf8_ok(HM_STR("é日😀")) && !hm_utf8_ok(HM_STR("\xed\xa0\x80")) && !hm_utf8_ok(HM_STR("\xf4\x90\x80\x80")));
}

TEST(time_round_trip)
{
    static const struct {
        const char *in, *out;
    } T[] = {
        { "2026-11-23T03:28:06Z", "2026-11-23T03:28:06Z" },
        { "2026-11-23T12:28:06.5+09:00", "2026-11-23T03:28:06Z" },
        { "1969-12-31T23:59:59Z", "1969-12-31T23:59:59Z" },
        { "2024-02-29T00:00:00-00:30", "2024-02-29T00:30:00Z" },
        { "0001-01-01T00:00:00Z", "0001-01-01T00:00:00Z" },
        { "9999-12-31T23:59:59Z", "9999-12-31T23:59:59Z" },
        { "2023-02-29T00:00:00Z", NULL },
        { "2023-13-01T00:00:00Z", NULL },
        { "2023-01-01T24:00:00Z", NULL },
        { "2023-01-01T00:00:00", NULL },
        { "2023-01-01", NULL },
    };
    for (size_t i = 0; i < HM_COUNT(T); i++) {
        hm_time t = 0;
        bool ok = hm_time_parse(hm_str_c(T[i].in), &t);
        CHECK_EQ(T[i].in, ok, T[i].out != NULL);
        char out[HM_TIME_TEXT];
        hm_time_text(t, out);
        if (ok)
            CHECK_STR(T[i].in, hm_str_c(out), hm_str_c(T[i].out));
    }
    hm_date d = 0;
    CHECK("date", hm_date_parse(HM_STR("1970-01-02"), &d) && d == 1 && hm_date_of(-1) == -1);
}
