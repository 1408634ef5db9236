/* small: base64 vectors of RFC 4648 and what is refused; CSV fields. */
#include "base/test.h"
#include "codec/codec.h"

static const struct {
    const char *text;
    hm_str want;
    bool ok;
} B64[] = {
    { "", HM_STR(""), true },
    { "Zg==", HM_STR("f"), true },
    { "Zm8=", HM_STR("fo"), true },
    { "Zm9v", HM_STR("foo"), true },
    { "Zm9vYg==", HM_STR("foob"), true },
    { "Zm9vYmE=", HM_STR("fooba"), true },
    { "Zm9vYmFy", HM_STR("foobar"), true },
    { "Zg", HM_STR("f"), true },
    { "Zm8", HM_STR("fo"), true },
    { "+/+/", HM_STR("\xfb\xff\xbf"), true },
    { "-_-_", HM_STR("\xfb\xff\xbf"), true },
    { "AAAA", HM_STR("\0\0\0"), true },
    { "Z", HM_NONE, false },
    { "Zm9vY", HM_NONE, false },
    { "Zg=", HM_NONE, false },
    { "Zg===", HM_NONE, false },
    { "Z===", HM_NONE, false },
    { "====", HM_NONE, false },
    { "=", HM_NONE, false },
    { "Zm9v=", HM_NONE, false },
    { "Zm=v", HM_NONE, false },
    { "Zh==", HM_NONE, false }, /* bits left over */
    { "Zm9=", HM_NONE, false },
    { "Zm9v\n", HM_NONE, false },
    { "Zm 9v", HM_NONE, false },
    { "Zm9v\xff\xff\xff\xff", HM_NONE, false },
};

TEST(base64_vectors)
{
    for (size_t i = 0; i < HM_COUNT(B64); i++) {
        TEST_BUF b = { 0 };
        hm_buf_c(&b, "<");
        bool ok = codec_base64(hm_str_c(B64[i].text), &b);
        CHECK("memory", !b.bad);
        CHECK(B64[i].text, ok == B64[i].ok);
        CHECK_STR(B64[i].text, hm_str_from(hm_buf_view(&b), 1), B64[i].want);
    }
}

static const struct {
    const char *value, *want;
} CSV[] = {
    { "", "" },
    { "plain text", "plain text" },
    { "a,b", "\"a,b\"" },
    { "a\"b\"", "\"a\"\"b\"\"\"" },
    { "\"", "\"\"\"\"" },
    { "a\nb", "\"a\nb\"" },
    { "a\rb", "\"a\rb\"" },
    { " a", "\" a\"" },
    { "a ", "\"a \"" },
    { "=1+1", "'=1+1" },
    { "+1", "'+1" },
    { "-1", "'-1" },
    { "@SUM(A1)", "'@SUM(A1)" },
    { "\tx", "'\tx" },
    { "\rx", "\"'\rx\"" },
    { "=a,\"b\"", "\"'=a,\"\"b\"\"\"" },
    { "a=1", "a=1" },
    { "\xef\xbc\x9d"
      "1",
      "'\xef\xbc\x9d"
      "1" },
    { "日本", "日本" },
};

TEST(csv_fields)
{
    for (size_t i = 0; i < HM_COUNT(CSV); i++) {
        TEST_BUF b = { 0 }, want = { 0 };
        hm_buf_c(&want, CSV[i].want);
        hm_buf_c(&want, ",x\r\n");
        codec_csv_field(&b, hm_str_c(CSV[i].value), false);
        codec_csv_field(&b, HM_STR("x"), true);
        CHECK("memory", !b.bad && !want.bad);
        CHECK_STR(CSV[i].value, hm_buf_view(&b), hm_buf_view(&want));
    }
}
