/* yaml reader: what becomes of each form, where it stops and why, bounds on depth and aliases. */
#include "base/test.h"
#include "codec/codec.h"

enum { BUDGET = 8 << 20 };

/* The tree as JSON text without quotes: type by its mark. */
static void print(hm_buf *out, const codec_json *v, unsigned depth)
{
    hm_str key;
    const codec_json *x;
    bool first = true;
    switch (codec_json_type(v)) {
    case CODEC_NULL:
        hm_buf_c(out, "null");
        return;
    case CODEC_BOOL:
        hm_buf_c(out, codec_json_bool(v) ? "true" : "false");
        return;
    case CODEC_NUM:
        hm_buf_c(out, "#");
        return;
    case CODEC_STR:
        hm_buf_byte(out, '\'');
        hm_buf_str(out, codec_json_str(v));
        hm_buf_byte(out, '\'');
        return;
    case CODEC_ARR:
    case CODEC_OBJ:
    default:
        break;
    }
    bool object = codec_json_type(v) == CODEC_OBJ;
    hm_buf_byte(out, object ? '{' : '[');
    for (codec_json_iter it = codec_json_each(v); depth <= CODEC_JSON_DEPTH && codec_json_next(&it, &key, &x);) {
        if (!first)
            hm_buf_byte(out, ',');
        first = false;
        if (object) {
            hm_buf_str(out, key);
            hm_buf_byte(out, ':');
        }
        print(out, x, depth + 1);
    }
    hm_buf_byte(out, object ? '}' : ']');
}

static const struct {
    const char *name;
    hm_str in;
    const char *want;
} GOOD[] = {
    { "block", HM_STR("a: 1\nb:\n  - x\n  - y: z\n"), "[{a:'1',b:['x',{y:'z'}]}]" },
    { "versions stay text", HM_STR("- 1.10\n- 0x10\n- 1e3\n- 2001-01-01\n- 010\n- yes\n- .inf\n"),
      "[['1.10','0x10','1e3','2001-01-01','010','yes','.inf']]" },
    { "nothing is null", HM_STR("a:\nb: ''\nc: |\n  t\n"), "[{a:null,b:'',c:'t\n'}]" },
    { "flow", HM_STR("{a: [1, {b: c}], 'd': \"e\\u661f\"}"), "[{a:['1',{b:'c'}],d:'e\xe6\x98\x9f'}]" },
    { "alias", HM_STR("a: &x [1, 2]\nb: *x\nc: &y t\n*y : v\nd: {e: *x}\n"),
      "[{a:['1','2'],b:['1','2'],c:'t',t:'v',d:{e:['1','2']}}]" },
    { "a name given again", HM_STR("[&x 1, *x, &x 2, *x]"), "[['1','1','2','2']]" },
    { "key with a name", HM_STR("&k a: 1\nb: *k\n"), "[{a:'1',b:'a'}]" },
    { "merge key", HM_STR("a: &x {b: 1}\nc:\n  <<: *x\n  d: 2\n"), "[{a:{b:'1'},c:{<<:{b:'1'},d:'2'}}]" },
    { "doubled keys", HM_STR("a: 1\na: 2\n"), "[{a:'1',a:'2'}]" },
    { "documents", HM_STR("---\na: 1\n---\n- b\n...\n---\nc\n"), "[{a:'1'},['b'],'c']" },
    { "empty document", HM_STR("---\n"), "[null]" },
    { "tags", HM_STR("a: !!str true\nb: !x {c: !!int 1}\n"), "[{a:'true',b:{c:'1'}}]" },
    { "mark, CRLF, comments", HM_STR("\xef\xbb\xbf# c\r\na: 1 # d\r\n"), "[{a:'1'}]" },
    { "keys of every kind", HM_STR("~: 1\ntrue: 2\n? b\n: 3\n?\n: 4\n"), "[{~:'1',true:'2',b:'3',:'4'}]" },
};

TEST(yaml_reads_values)
{
    for (size_t i = 0; i < HM_COUNT(GOOD); i++) {
        HM_AUTO(hm_arena_freep) hm_arena *a = hm_arena_new(BUDGET);
        TEST_BUF out = { 0 };
        CHECK("arena", a != NULL);
        const codec_json *r = NULL;
        hm_err e = { 0 };
        CHECK_EQ(GOOD[i].name, codec_yaml_read(a, GOOD[i].in, &r, &e), HM_OK);
        print(&out, r, 0);
        CHECK("memory", !out.bad);
        CHECK_STR(GOOD[i].name, hm_buf_view(&out), hm_str_c(GOOD[i].want));
    }
}

TEST(yaml_plain_scalars)
{
    HM_AUTO(hm_arena_freep) hm_arena *a = hm_arena_new(BUDGET);
    TEST_BUF out = { 0 };
    const codec_json *r = NULL;
    hm_err e = { 0 };
    CHECK("arena", a != NULL);
    CHECK_EQ(
        "read",
        codec_yaml_read(a, HM_STR("- true\n- false\n- null\n- ~\n-\n- 'true'\n- \"null\"\n- \"\"\n- True\n"), &r, &e),
        HM_OK);
    print(&out, r, 0);
    CHECK("memory", !out.bad);
    CHECK_STR("values", hm_buf_view(&out), HM_STR("[[true,false,null,null,null,'true','null','','True']]"));
}

static const struct {
    const char *name;
    hm_str in;
    hm_rc want;
    hm_defect defect;
    uint64_t place;
} BAD[] = {
    { "empty", HM_STR(""), HM_TRUNC, DEFECT_EMPTY, 1 },
    { "only a comment", HM_STR("# x\n"), HM_TRUNC, DEFECT_EMPTY, 2 },
    { "tab", HM_STR("a:\n\tb: 1\n"), HM_FORMAT, DEFECT_YAML_SYNTAX, 2 },
    { "open bracket", HM_STR("a: [1,\n"), HM_FORMAT, DEFECT_YAML_SYNTAX, 2 },
    { "open string", HM_STR("a: \"x\n"), HM_FORMAT, DEFECT_YAML_SYNTAX, 2 },
    { "two values", HM_STR("a: 1\n- b\n"), HM_FORMAT, DEFECT_YAML_SYNTAX, 2 },
    { "unknown alias", HM_STR("\na: *x\n"), HM_FORMAT, DEFECT_YAML_SYNTAX, 2 },
    { "alias of another document", HM_STR("&x a\n---\n*x\n"), HM_FORMAT, DEFECT_YAML_SYNTAX, 3 },
    { "a value within itself", HM_STR("&x\na: 1\nb: [*x]\n"), HM_FORMAT, DEFECT_YAML_SYNTAX, 3 },
    { "a mapping as a key", HM_STR("a: 1\n{b: c} : 1\n"), HM_UNSUPPORTED, DEFECT_WRONG_TYPE, 2 },
    { "a list as a key by alias", HM_STR("a: &x [1]\n*x : 1\n"), HM_UNSUPPORTED, DEFECT_WRONG_TYPE, 2 },
    { "Latin-1", HM_STR("a: caf\xe9\n"), HM_FORMAT, DEFECT_UTF8, 6 },
    { "UTF-16", HM_STR("\xff\xfe[\0001\0]\0"), HM_FORMAT, DEFECT_UTF8, 0 },
    { "control character", HM_STR("a: \x01\n"), HM_FORMAT, DEFECT_UTF8, 3 },
};

TEST(yaml_says_where_and_why)
{
    for (size_t i = 0; i < HM_COUNT(BAD); i++) {
        HM_AUTO(hm_arena_freep) hm_arena *a = hm_arena_new(BUDGET);
        CHECK("arena", a != NULL);
        const codec_json *r = NULL;
        hm_err e = { 0 };
        CHECK_EQ(BAD[i].name, codec_yaml_read(a, BAD[i].in, &r, &e), BAD[i].want);
        CHECK_EQ(BAD[i].name, e.defect, BAD[i].defect);
        CHECK_EQ(BAD[i].name, e.place, BAD[i].place);
        CHECK(BAD[i].name, r == NULL);
    }
}

TEST(yaml_depth_is_bounded)
{
    for (size_t depth = CODEC_JSON_DEPTH - 1; depth <= CODEC_JSON_DEPTH + 1; depth++) {
        HM_AUTO(hm_arena_freep) hm_arena *a = hm_arena_new(BUDGET);
        TEST_BUF b = { 0 };
        CHECK("arena", a != NULL);
        for (size_t i = 1; i < depth; i++) /* the array of documents is the first level */
            hm_buf_c(&b, i % 2 ? "{a: " : "[");
        for (size_t i = depth - 1; i > 0; i--)
            hm_buf_c(&b, i % 2 ? "}" : "]");
        CHECK("text", !b.bad);
        const codec_json *r = NULL;
        hm_err e = { 0 };
        CHECK_EQ("depth", codec_yaml_read(a, hm_buf_view(&b), &r, &e), depth <= CODEC_JSON_DEPTH ? HM_OK : HM_LIMIT);
        CHECK_EQ("depth", e.defect, depth <= CODEC_JSON_DEPTH ? DEFECT_NONE : DEFECT_TOO_DEEP);
    }
}

TEST(yaml_depth_by_alias_is_bounded)
{
    HM_AUTO(hm_arena_freep) hm_arena *a = hm_arena_new(BUDGET);
    TEST_BUF b = { 0 };
    CHECK("arena", a != NULL);
    hm_buf_c(&b, "- &a ");
    for (size_t i = 0; i < CODEC_JSON_DEPTH / 2; i++)
        hm_buf_c(&b, "[");
    for (size_t i = 0; i < CODEC_JSON_DEPTH / 2; i++)
        hm_buf_c(&b, "]");
    hm_buf_c(&b, "\n- ");
    for (size_t i = 0; i < CODEC_JSON_DEPTH / 2; i++)
        hm_buf_c(&b, "[");
    hm_buf_c(&b, "*a");
    for (size_t i = 0; i < CODEC_JSON_DEPTH / 2; i++)
        hm_buf_c(&b, "]");
    CHECK("text", !b.bad);
    const codec_json *r = NULL;
    hm_err e = { 0 };
    CHECK_EQ("depth", codec_yaml_read(a, hm_buf_view(&b), &r, &e), HM_LIMIT);
    CHECK_EQ("depth", e.defect, DEFECT_TOO_DEEP);
    CHECK_EQ("line", e.place, 2);
}

/* Each line is ten times the one before: a few hundred bytes that mean 10^9 values. */
TEST(yaml_aliases_keep_the_budget)
{
    HM_AUTO(hm_arena_freep) hm_arena *a = hm_arena_new(BUDGET);
    TEST_BUF b = { 0 };
    CHECK("arena", a != NULL);
    hm_buf_c(&b, "a0: &a0 x\n");
    for (unsigned i = 1; i < 10; i++) {
        hm_buf_byte(&b, 'a');
        hm_buf_u64(&b, i);
        hm_buf_c(&b, ": &a");
        hm_buf_u64(&b, i);
        hm_buf_c(&b, " [");
        for (unsigned k = 0; k < 10; k++) {
            hm_buf_c(&b, k ? ",*a" : "*a");
            hm_buf_u64(&b, i - 1);
        }
        hm_buf_c(&b, "]\n");
    }
    CHECK("text", !b.bad);
    const codec_json *r = NULL;
    hm_err e = { 0 };
    CHECK_EQ("budget", codec_yaml_read(a, hm_buf_view(&b), &r, &e), HM_LIMIT);
    CHECK_EQ("budget", e.defect, DEFECT_BUDGET);
}

TEST(yaml_directives_are_bounded)
{
    HM_AUTO(hm_arena_freep) hm_arena *a = hm_arena_new(BUDGET);
    TEST_BUF b = { 0 };
    CHECK("arena", a != NULL);
    for (unsigned i = 0; i < 65; i++) {
        hm_buf_c(&b, "%TAG !a");
        hm_buf_u64(&b, i);
        hm_buf_c(&b, i % 3 ? "! tag:x\r" : "! tag:x\xc2\x85");
    }
    hm_buf_c(&b, "---\na\n");
    CHECK("text", !b.bad);
    const codec_json *r = NULL;
    hm_err e = { 0 };
    CHECK_EQ("many", codec_yaml_read(a, hm_buf_view(&b), &r, &e), HM_LIMIT);
    CHECK_EQ("many", e.defect, DEFECT_TOO_MANY);
    CHECK_EQ("one less", codec_yaml_read(a, hm_str_from(hm_buf_view(&b), sizeof "%TAG !a0! tag:x\x85"), &r, &e), HM_OK);
}
