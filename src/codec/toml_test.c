/* toml reader: what the standard accepts and refuses, where it stops and why. Documents are compared as one line of
 * JSON: numbers kept as text are written as #text. */
#include "base/test.h"
#include "codec/codec.h"

enum { BUDGET = 8 << 20 };

static void say(const codec_json *v, hm_buf *out)
{
    hm_str key;
    const codec_json *x;
    uint64_t n;
    bool first = true;
    switch (codec_json_type(v)) {
    case CODEC_OBJ:
    case CODEC_ARR:
        hm_buf_byte(out, codec_json_type(v) == CODEC_OBJ ? '{' : '[');
        for (codec_json_iter it = codec_json_each(v); codec_json_next(&it, &key, &x); first = false) {
            hm_buf_c(out, first ? "" : ",");
            if (codec_json_type(v) == CODEC_OBJ) {
                hm_buf_str(out, key);
                hm_buf_byte(out, ':');
            }
            say(x, out); /* no deeper than CODEC_JSON_DEPTH */
        }
        hm_buf_byte(out, codec_json_type(v) == CODEC_OBJ ? '}' : ']');
        break;
    case CODEC_STR:
        hm_buf_byte(out, '"');
        hm_buf_str(out, codec_json_str(v));
        hm_buf_byte(out, '"');
        break;
    case CODEC_BOOL:
        hm_buf_c(out, codec_json_bool(v) ? "true" : "false");
        break;
    case CODEC_NUM:
        if (codec_json_u64(v, &n)) {
            hm_buf_u64(out, n);
        } else {
            hm_buf_byte(out, '#');
            hm_buf_str(out, codec_json_number(v));
        }
        break;
    case CODEC_NULL:
    default:
        hm_buf_c(out, "null");
        break;
    }
}

static const struct {
    const char *name;
    hm_str in;
    const char *want;
} GOOD[] = {
    { "nothing", HM_STR(""), "{}" },
    { "byte order mark", HM_STR("\xef\xbb\xbf# c\r\na=1"), "{a:1}" },
    { "bare and quoted keys", HM_STR("a-_1=1\n1.2=2\n\"a b\"=3\n'c\\n'=4\n\"\"=5\n\"t\\t\\u00e9\"=6\n"),
      "{a-_1:1,1:{2:2},a b:3,c\\n:4,:5,t\t\xc3\xa9:6}" },
    { "dotted keys", HM_STR("a . 'b'.c = 1\na.b.d=2\na.e=3"), "{a:{b:{c:1,d:2},e:3}}" },
    { "tables in any order", HM_STR("[x.y.z.w]\n[x]\nk=1\n[ x . q ]#c\n"), "{x:{y:{z:{w:{}}},k:1,q:{}}}" },
    { "a table below dotted keys", HM_STR("[f]\na.c=1\n[f.a.t]\ns=2\n"), "{f:{a:{c:1,t:{s:2}}}}" },
    { "dotted keys into a table that was only named", HM_STR("[a.b.c]\nz=9\n[a]\nb.t=9\n"), "{a:{b:{c:{z:9},t:9}}}" },
    { "arrays of tables", HM_STR("[[p]]\nn=1\n[p.q]\nx=1\n[[p.r]]\ny=1\n[[p.r]]\n[[p]]\n[p.q]\nx=2\n[z]\n"),
      "{p:[{n:1,q:{x:1},r:[{y:1},{}]},{q:{x:2}}],z:{}}" },
    { "inline tables", HM_STR("a={}\nb={ x=1, y.z='q' , y.w={ } }\n"), "{a:{},b:{x:1,y:{z:\"q\",w:{}}}}" },
    { "inline tables of 1.1", HM_STR("b={\n x=1, # c\n y=2,\n}\n"), "{b:{x:1,y:2}}" },
    { "arrays", HM_STR("a=[ 1 ,\n# c\n'x', [ [ ] , ], {q=1},\n]\nb=[]"), "{a:[1,\"x\",[[]],{q:1}],b:[]}" },
    { "strings", HM_STR("a=\"q\\\"\\\\\\b\\t\\n\\f\\r\\e\\x41\\u3042\\U0001F31F\"\nb='c:\\x'\nc=''\nd=\"\"\n"),
      "{a:\"q\"\\\b\t\n\f\r\x1b"
      "A\xe3\x81\x82\xf0\x9f\x8c\x9f\",b:\"c:\\x\",c:\"\",d:\"\"}" },
    { "long strings",
      HM_STR("a=\"\"\"\r\none\r\n  two \\   \n\n\t three\"\"\"\nb='''\n'q'\n''x'''\nc=\"\"\"\"\"\"\n"
             "d=\"\"\"a\"\"b\"\"\"\"\"\ne=''''a''''\n"),
      "{a:\"one\n  two three\",b:\"'q'\n''x\",c:\"\",d:\"a\"\"b\"\"\",e:\"'a'\"}" },
    { "integers",
      HM_STR("a=[0,+0,-0,42,+1_000,-17,0xDEAD_beef,0o755,0b1101,18446744073709551615,18446744073709551616]"),
      "{a:[0,0,0,42,1000,#-17,3735928559,493,13,18446744073709551615,#18446744073709551616]}" },
    { "floats", HM_STR("a=[1.0,-0.0,+3.14_15,5e+22,1e06,-2E-2,6.6e-3,inf,-inf,+nan]"),
      "{a:[#1.0,#-0.0,#+3.14_15,#5e+22,#1e06,#-2E-2,#6.6e-3,#inf,#-inf,#+nan]}" },
    { "truth", HM_STR("a=true\nb=false # c\n"), "{a:true,b:false}" },
    { "times",
      HM_STR("a=1979-05-27T07:32:00Z\nb=1979-05-27 07:32:00.999-07:00 # c\nc=1979-05-27t07:32:00\nd=1979-05-27 \n"
             "e=07:32:00.5\nf=[2024-02-29, 23:59]\n"),
      "{a:\"1979-05-27T07:32:00Z\",b:\"1979-05-27 07:32:00.999-07:00\",c:\"1979-05-27t07:32:00\",d:\"1979-05-27\","
      "e:\"07:32:00.5\",f:[\"2024-02-29\",\"23:59\"]}" },
    { "many members", HM_STR("a.a=1\nb=1\nc=1\nd=1\ne=1\nf=1\ng=1\nh=1\ni=1\nj=1\na.k=2\n[l]\n[a.m]\n[[n]]\n[[n]]\n"),
      "{a:{a:1,k:2,m:{}},b:1,c:1,d:1,e:1,f:1,g:1,h:1,i:1,j:1,l:{},n:[{},{}]}" },
};

TEST(toml_accepts)
{
    for (size_t i = 0; i < HM_COUNT(GOOD); i++) {
        HM_AUTO(hm_arena_freep) hm_arena *a = hm_arena_new(BUDGET);
        TEST_BUF out = { 0 };
        const codec_json *r = NULL;
        hm_err e = { 0 };
        CHECK("arena", a != NULL);
        CHECK_EQ(GOOD[i].name, codec_toml_read(a, GOOD[i].in, &r, &e), HM_OK);
        say(r, &out);
        CHECK_STR(GOOD[i].name, hm_buf_view(&out), hm_str_c(GOOD[i].want));
    }
}

static const struct {
    hm_str in;
    unsigned defect, place;
    const char *at;
} BAD[] = {
    { HM_STR("a"), DEFECT_TOML_SYNTAX, 1, "" },
    { HM_STR("a="), DEFECT_TOML_SYNTAX, 2, "" },
    { HM_STR("= 1"), DEFECT_TOML_SYNTAX, 0, "" },
    { HM_STR("\xef\xbb\xbf= 1"), DEFECT_TOML_SYNTAX, 3, "" },
    { HM_STR("a=1 b=2"), DEFECT_TOML_SYNTAX, 4, "" },
    { HM_STR("a=1\rb=2"), DEFECT_TOML_SYNTAX, 3, "" },
    { HM_STR("a\n=1"), DEFECT_TOML_SYNTAX, 1, "" },
    { HM_STR("a.=1"), DEFECT_TOML_SYNTAX, 2, "" },
    { HM_STR("\"\"\"a\"\"\"=1"), DEFECT_TOML_SYNTAX, 2, "" },
    { HM_STR("# \x01"), DEFECT_TOML_SYNTAX, 2, "" },
    { HM_STR("# \x7f"), DEFECT_TOML_SYNTAX, 2, "" },
    { HM_STR("a=\0"), DEFECT_TOML_SYNTAX, 2, "" },
    { HM_STR("a=\"\0\""), DEFECT_TOML_SYNTAX, 3, "" },
    { HM_STR("a='x\n'"), DEFECT_TOML_SYNTAX, 4, "" },
    { HM_STR("a=\"x"), DEFECT_TOML_SYNTAX, 4, "" },
    { HM_STR("a=\"\"\"x\"\""), DEFECT_TOML_SYNTAX, 8, "" },
    { HM_STR("a='''x''''''"), DEFECT_TOML_SYNTAX, 11, "" },
    { HM_STR("a='''\r'''"), DEFECT_TOML_SYNTAX, 5, "" },
    { HM_STR("a=\"\\q\""), DEFECT_TOML_SYNTAX, 4, "" },
    { HM_STR("a=\"\\u12\""), DEFECT_TOML_SYNTAX, 7, "" },
    { HM_STR("a=\"\\ud800\""), DEFECT_TOML_SYNTAX, 8, "" },
    { HM_STR("a=\"\\U00110000\""), DEFECT_TOML_SYNTAX, 12, "" },
    { HM_STR("a=\"x\\ \ny\""), DEFECT_TOML_SYNTAX, 5, "" },
    { HM_STR("a=\"\xff\""), DEFECT_UTF8, 3, "" },
    { HM_STR("a=\"\xc3"), DEFECT_UTF8, 3, "" },
    { HM_STR("[a"), DEFECT_TOML_SYNTAX, 2, "" },
    { HM_STR("[]"), DEFECT_TOML_SYNTAX, 1, "" },
    { HM_STR("[[a]"), DEFECT_TOML_SYNTAX, 4, "" },
    { HM_STR("[a] b=1"), DEFECT_TOML_SYNTAX, 4, "" },
    { HM_STR("[ [a]]"), DEFECT_TOML_SYNTAX, 2, "" },
    { HM_STR("[a]\n[a]"), DEFECT_DUPLICATE, 5, "a" },
    { HM_STR("[a]\nb=1\n[a.b]"), DEFECT_DUPLICATE, 11, "b" },
    { HM_STR("[a]\nb=1\n[a.b.c]"), DEFECT_DUPLICATE, 11, "b" },
    { HM_STR("[a]\n[[a]]"), DEFECT_DUPLICATE, 6, "a" },
    { HM_STR("[[a]]\n[a]"), DEFECT_DUPLICATE, 7, "a" },
    { HM_STR("a=[]\n[[a]]"), DEFECT_DUPLICATE, 7, "a" },
    { HM_STR("a={}\n[a.b]"), DEFECT_DUPLICATE, 6, "a" },
    { HM_STR("a={}\na.b=1"), DEFECT_DUPLICATE, 5, "a" },
    { HM_STR("a={b={}, b.c=1}"), DEFECT_DUPLICATE, 9, "b" },
    { HM_STR("a={b=1,\"b\"=2}"), DEFECT_DUPLICATE, 7, "b" },
    { HM_STR("a=1\na=2"), DEFECT_DUPLICATE, 4, "a" },
    { HM_STR("a.b=1\na=2"), DEFECT_DUPLICATE, 6, "a" },
    { HM_STR("a=1\na.b=2"), DEFECT_DUPLICATE, 4, "a" },
    { HM_STR("[f]\na.c=1\n[f.a]"), DEFECT_DUPLICATE, 13, "a" },
    { HM_STR("[a.b.c]\n[a]\nb.t=9\n[a.b]"), DEFECT_DUPLICATE, 21, "b" },
    { HM_STR("[a.b.c]\n[a]\nb.c.t=9"), DEFECT_DUPLICATE, 14, "c" },
    { HM_STR("[[a.b]]\n[a]\nb.y=2"), DEFECT_DUPLICATE, 12, "b" },
    { HM_STR("a=1\nb=1\nc=1\nd=1\ne=1\nf=1\ng=1\nh=1\ni=1\nj=1\ni=2"), DEFECT_DUPLICATE, 40, "i" },
    { HM_STR("a=[1,,2]"), DEFECT_TOML_SYNTAX, 5, "" },
    { HM_STR("a=[1 2]"), DEFECT_TOML_SYNTAX, 5, "" },
    { HM_STR("a=[1"), DEFECT_TOML_SYNTAX, 4, "" },
    { HM_STR("a={b=1"), DEFECT_TOML_SYNTAX, 6, "" },
    { HM_STR("a={,}"), DEFECT_TOML_SYNTAX, 3, "" },
    { HM_STR("a=True"), DEFECT_TOML_SYNTAX, 2, "" },
    { HM_STR("a=01"), DEFECT_TOML_SYNTAX, 2, "" },
    { HM_STR("a=1__0"), DEFECT_TOML_SYNTAX, 2, "" },
    { HM_STR("a=_1"), DEFECT_TOML_SYNTAX, 2, "" },
    { HM_STR("a=1_"), DEFECT_TOML_SYNTAX, 2, "" },
    { HM_STR("a=+0x1"), DEFECT_TOML_SYNTAX, 2, "" },
    { HM_STR("a=0X1"), DEFECT_TOML_SYNTAX, 2, "" },
    { HM_STR("a=0b2"), DEFECT_TOML_SYNTAX, 2, "" },
    { HM_STR("a=0x"), DEFECT_TOML_SYNTAX, 2, "" },
    { HM_STR("a=.5"), DEFECT_TOML_SYNTAX, 2, "" },
    { HM_STR("a=5."), DEFECT_TOML_SYNTAX, 2, "" },
    { HM_STR("a=5.e1"), DEFECT_TOML_SYNTAX, 2, "" },
    { HM_STR("a=1e"), DEFECT_TOML_SYNTAX, 2, "" },
    { HM_STR("a=03.1"), DEFECT_TOML_SYNTAX, 2, "" },
    { HM_STR("a=++1"), DEFECT_TOML_SYNTAX, 2, "" },
    { HM_STR("a=1.2.3"), DEFECT_TOML_SYNTAX, 2, "" },
    { HM_STR("a=2023-02-29"), DEFECT_TOML_SYNTAX, 2, "" },
    { HM_STR("a=1979-05-27T24:00:00"), DEFECT_TOML_SYNTAX, 2, "" },
    { HM_STR("a=1979-05-27T"), DEFECT_TOML_SYNTAX, 2, "" },
    { HM_STR("a=1979-05-27 07:32:00+24:00"), DEFECT_TOML_SYNTAX, 2, "" },
    { HM_STR("a=1979-05-27T07:32:00."), DEFECT_TOML_SYNTAX, 2, "" },
    { HM_STR("a=7:32:00"), DEFECT_TOML_SYNTAX, 2, "" },
    { HM_STR("PK\x03\x04"), DEFECT_TOML_SYNTAX, 2, "" },
};

TEST(toml_refuses)
{
    for (size_t i = 0; i < HM_COUNT(BAD); i++) {
        HM_AUTO(hm_arena_freep) hm_arena *a = hm_arena_new(BUDGET);
        const codec_json *r = NULL;
        hm_err e = { 0 };
        char name[64];
        snprintf(name, sizeof name, "%zu: %s", i, BAD[i].in.p);
        CHECK("arena", a != NULL);
        CHECK_EQ(name, codec_toml_read(a, BAD[i].in, &r, &e), HM_FORMAT);
        CHECK(name, r == NULL);
        CHECK_EQ(name, e.defect, BAD[i].defect);
        CHECK_EQ(name, e.place_kind, HM_PLACE_BYTE);
        CHECK_EQ(name, e.place, BAD[i].place);
        CHECK_STR(name, hm_str_c(e.at), hm_str_c(BAD[i].at));
    }
}

/* n times `piece`, then `tail` */
static bool repeated(hm_buf *out, size_t n, const char *piece, const char *tail)
{
    for (size_t i = 0; i < n; i++)
        hm_buf_c(out, piece);
    hm_buf_c(out, tail);
    return !out->bad;
}

TEST(toml_bounds_depth)
{
    static const struct {
        const char *head, *piece, *tail;
        size_t n; /* the deepest that is read: root and what the head opens count */
        bool closes;
    } DEEP[] = {
        { "a=", "[", "", CODEC_JSON_DEPTH - 1, true },        { "a=", "[{a=", "", (CODEC_JSON_DEPTH - 1) / 2, false },
        { "[a", ".a", "]\n", CODEC_JSON_DEPTH - 2, false },   { "a", ".a", "=1\n", CODEC_JSON_DEPTH - 1, false },
        { "[[a", ".a", "]]\n", CODEC_JSON_DEPTH - 3, false },
    };
    for (size_t i = 0; i < HM_COUNT(DEEP); i++)
        for (size_t more = 0; more < 2; more++) {
            HM_AUTO(hm_arena_freep) hm_arena *a = hm_arena_new(BUDGET);
            TEST_BUF in = { 0 };
            hm_buf_c(&in, DEEP[i].head);
            CHECK("text", a && repeated(&in, DEEP[i].n + more, DEEP[i].piece, DEEP[i].tail));
            if (DEEP[i].closes)
                CHECK("text", repeated(&in, DEEP[i].n + more, "]", ""));
            const codec_json *r = NULL;
            hm_err e = { 0 };
            hm_rc want = i == 1 ? HM_FORMAT : HM_OK; /* that one does not end */
            CHECK_EQ(DEEP[i].piece, codec_toml_read(a, hm_buf_view(&in), &r, &e), more ? HM_LIMIT : want);
            if (more)
                CHECK_EQ(DEEP[i].piece, e.defect, DEFECT_TOO_DEEP);
        }
}

/* Half a megabyte of what could cost more than its length. */
TEST(toml_costs_what_it_is_long)
{
    static const char *const PIECE[] = {
        "[[a]]\n", "[a.b.c.d.e.f.g.h.i.j]\n", "'", "a=\"\"\"\n", "\\", "{", "#\n", "1,"
    };
    if (test_fault())
        return;
    for (size_t i = 0; i < HM_COUNT(PIECE); i++) {
        HM_AUTO(hm_arena_freep) hm_arena *a = hm_arena_new(64 << 20);
        TEST_BUF in = { 0 };
        hm_buf_c(&in, i == 7 ? "a=[" : "");
        CHECK("text", a && repeated(&in, (512 << 10) / strlen(PIECE[i]), PIECE[i], ""));
        const codec_json *r = NULL;
        (void)!codec_toml_read(a, hm_buf_view(&in), &r, NULL);
    }
    HM_AUTO(hm_arena_freep) hm_arena *a = hm_arena_new(64 << 20);
    TEST_BUF in = { 0 };
    for (uint64_t i = 0; i < 40000; i++) {
        hm_buf_c(&in, "k");
        hm_buf_u64(&in, i);
        hm_buf_c(&in, "=1\n");
    }
    const codec_json *r = NULL;
    CHECK("text", a && !in.bad);
    CHECK_EQ("many keys", codec_toml_read(a, hm_buf_view(&in), &r, NULL), HM_OK);
    CHECK_EQ("all there", codec_json_count(r), 40000);
    hm_buf_c(&in, "k39998=2\n");
    hm_err e = { 0 };
    CHECK_EQ("one twice", codec_toml_read(a, hm_buf_view(&in), &r, &e), HM_FORMAT);
    CHECK_STR("which", hm_str_c(e.at), HM_STR("k39998"));
}

TEST(toml_keeps_to_its_budget)
{
    HM_AUTO(hm_arena_freep) hm_arena *a = hm_arena_new(16 << 10);
    TEST_BUF in = { 0 };
    hm_buf_c(&in, "a=[");
    CHECK("text", a && repeated(&in, 4000, "1,", "]"));
    const codec_json *r = NULL;
    hm_err e = { 0 };
    CHECK_EQ("budget", codec_toml_read(a, hm_buf_view(&in), &r, &e), HM_LIMIT);
    CHECK_EQ("defect", e.defect, DEFECT_BUDGET);
}
