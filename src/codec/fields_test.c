/* fields: what is a field, a record's end, a bad line, and where each stands; values are given out whole. */
#include "base/limits.h"
#include "base/test.h"
#include "codec/codec.h"

/* Steps as text: "line:name=value" per field, "--" record end, "line!bad" bad line; values' newlines as '|'. */
static void walk(hm_str text, hm_buf *out)
{
    codec_fields f = codec_fields_of(text);
    codec_field v;
    for (codec_step s; (s = codec_fields_next(&f, &v)) != CODEC_END;) {
        if (out->n)
            hm_buf_byte(out, ' ');
        if (s == CODEC_RECORD_END) {
            hm_buf_c(out, "--");
            continue;
        }
        hm_buf_u64(out, v.line);
        hm_buf_byte(out, s == CODEC_BAD_LINE ? '!' : ':');
        if (s == CODEC_FIELD) {
            hm_buf_str(out, v.name);
            hm_buf_byte(out, '=');
        }
        for (size_t i = 0; i < v.value.n; i++)
            hm_buf_byte(out, v.value.p[i] == '\n' ? '|' : v.value.p[i]);
    }
}

static const struct {
    const char *name;
    hm_str in;
    const char *want;
} WALK[] = {
    { "nothing", HM_STR(""), "" },
    { "one field", HM_STR("A: b\n"), "1:A=b" },
    { "no line end", HM_STR("A: b"), "1:A=b" },
    { "no value", HM_STR("A:\nB: \n"), "1:A= 2:B=" },
    { "no blank after the colon, colon in value", HM_STR("A:b:c\n"), "1:A=b:c" },
    { "blanks around a value", HM_STR("A: \t b c \t\n"), "1:A=b c" },
    { "two records", HM_STR("A: 1\n\nB: 2\n"), "1:A=1 -- 3:B=2" },
    { "many blank lines", HM_STR("\n\nA: 1\n\n \n\t\n\nB: 2\n\n\n"), "-- 3:A=1 -- 8:B=2 --" },
    { "carriage returns", HM_STR("A: 1\r\n\r\nB: 2\r\n c\r\nC: 3\r"), "1:A=1 -- 3:B=2\r| c 5:C=3" },
    { "continuations", HM_STR("A: 1\n b\n\tc \nB: 2\n"), "1:A=1| b|\tc  4:B=2" },
    { "first line empty", HM_STR("A: \n b\n .\n c"), "1:A=| b| .| c" },
    { "first line keeps its end before continuations", HM_STR("A: 1 \n b"), "1:A=1 | b" },
    { "white line inside a field", HM_STR("A: 1\n        \n x\nB: 2\n"), "1:A=1|        | x 4:B=2" },
    { "bad line", HM_STR("A: 1\nasdf\nB: 2\n"), "1:A=1 2!asdf 3:B=2" },
    { "bad line takes its continuations", HM_STR("asdf\n x\n y\nB: 2\n"), "1!asdf 4:B=2" },
    { "continuation of nothing", HM_STR(" x\n y\nB: 2\n"), "1! x 3:B=2" },
    { "names", HM_STR("#a: 1\n-b: 2\n: 3\na b: 4\n\x80: 5\nX-y_9/!: 6\n"),
      "1!#a: 1 2!-b: 2 3!: 3 4!a b: 4 5!\x80: 5 6:X-y_9/!=6" },
    { "byte order mark",
      HM_STR("\xef\xbb\xbf"
             "A: 1"),
      "1:A=1" },
    { "NUL is a byte like others", HM_STR("A: 1\0002\nB\0: 3\n"), NULL },
};

TEST(fields_walks)
{
    for (size_t i = 0; i < HM_COUNT(WALK); i++) {
        TEST_BUF b = { 0 };
        walk(WALK[i].in, &b);
        CHECK_STR(WALK[i].name, hm_buf_view(&b), WALK[i].want ? hm_str_c(WALK[i].want) : HM_STR("1:A=1\0002 2!B\0: 3"));
    }
}

TEST(fields_bounds_a_line)
{
    TEST_BUF b = { 0 };
    CHECK("room", hm_buf_room(&b, 3 * LIMIT_FIELD_LINE));
    hm_buf_c(&b, "A: ");
    while (b.n < LIMIT_FIELD_LINE)
        hm_buf_byte(&b, 'x');
    hm_buf_c(&b, "\nB:\n ");
    while (b.n < 2 * LIMIT_FIELD_LINE + 6)
        hm_buf_byte(&b, 'y');
    hm_buf_c(&b, "\nC: 1\nD:");
    while (b.n < 3 * LIMIT_FIELD_LINE)
        hm_buf_byte(&b, 'z');
    CHECK("made", !b.bad);
    codec_fields f = codec_fields_of(hm_buf_view(&b));
    codec_field v = { 0 };
    CHECK_EQ("exactly the limit", codec_fields_next(&f, &v), CODEC_FIELD);
    CHECK_EQ("its value", v.value.n, LIMIT_FIELD_LINE - 3);
    CHECK_EQ("field before it", codec_fields_next(&f, &v), CODEC_FIELD);
    CHECK_STR("does not hold it", v.value, HM_NONE);
    CHECK_EQ("too long continuation", codec_fields_next(&f, &v), CODEC_BAD_LINE);
    CHECK("its length tells", v.value.n > LIMIT_FIELD_LINE);
    CHECK_EQ("its line", v.line, 3);
    CHECK_EQ("goes on", codec_fields_next(&f, &v), CODEC_FIELD);
    CHECK_STR("name", v.name, HM_STR("C"));
    CHECK_EQ("last", codec_fields_next(&f, &v), CODEC_FIELD);
    CHECK_EQ("end", codec_fields_next(&f, &v), CODEC_END);
    CHECK_EQ("end stays", codec_fields_next(&f, &v), CODEC_END);
}

TEST(fields_value_lines)
{
    hm_str rest = HM_STR("first \n  second\r\n .\n\t\n ..\n last"), line = HM_NONE;
    static const char *const WANT[] = { "first", "second", "", "", "..", "last" };
    for (size_t i = 0; i < HM_COUNT(WANT); i++) {
        CHECK(WANT[i], codec_value_line(&rest, &line));
        CHECK_STR(WANT[i], line, hm_str_c(WANT[i]));
    }
    CHECK("end", !codec_value_line(&rest, &line));
}
