/* inflate: fixed streams of every kind, what is refused and where, the bounds on output, packed here and unpacked. */
#include "base/limits.h"
#include "base/test.h"
#include "codec/codec.h"
#include <zlib.h>

#define RAW_HELLO "\xcb\x48\xcd\xc9\xc9\x07\x00"                          /* "hello" */
#define ZLIB_HELLO "\x78\x9c\xcb\x48\xcd\xc9\xc9\x07\x00\x06\x2c\x02\x15" /* Adler-32 062c0215 */
#define GZIP_HEAD "\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03"
#define GZIP_HELLO GZIP_HEAD RAW_HELLO "\x86\xa6\x10\x36\x05\x00\x00\x00" /* CRC-32 3610a686 */

static const struct {
    const char *name;
    codec_zip kind;
    hm_str in;
    size_t max;
    hm_rc rc;
    hm_defect defect;
    uint64_t place;
    const char *want;
} CASES[] = {
    { "raw", CODEC_RAW, HM_STR(RAW_HELLO), 99, HM_OK, DEFECT_NONE, 0, "hello" },
    { "zlib", CODEC_ZLIB, HM_STR(ZLIB_HELLO), 99, HM_OK, DEFECT_NONE, 0, "hello" },
    { "gzip", CODEC_GZIP, HM_STR(GZIP_HELLO), 99, HM_OK, DEFECT_NONE, 0, "hello" },
    { "two members", CODEC_GZIP, HM_STR(GZIP_HELLO GZIP_HELLO), 99, HM_OK, DEFECT_NONE, 0, "hellohello" },
    { "zeros behind", CODEC_GZIP, HM_STR(GZIP_HELLO "\0\0\0"), 99, HM_OK, DEFECT_NONE, 0, "hello" },
    { "zeros behind zlib", CODEC_ZLIB, HM_STR(ZLIB_HELLO "\0"), 99, HM_OK, DEFECT_NONE, 0, "hello" },
    { "others behind", CODEC_GZIP, HM_STR(GZIP_HELLO "\0x"), 99, HM_FORMAT, DEFECT_COMPRESSED, 25, NULL },
    { "others behind zlib", CODEC_ZLIB, HM_STR(ZLIB_HELLO ZLIB_HELLO), 99, HM_FORMAT, DEFECT_COMPRESSED, 13, NULL },
    { "second member damaged", CODEC_GZIP, HM_STR(GZIP_HELLO "\x1f\x8bxxxxxxxx"), 99, HM_FORMAT, DEFECT_COMPRESSED, 29,
      NULL },
    { "second member cut", CODEC_GZIP, HM_STR(GZIP_HELLO "\x1f"), 99, HM_TRUNC, DEFECT_TRUNCATED, 26, NULL },
    { "empty content", CODEC_RAW, HM_STR("\x03\x00"), 0, HM_OK, DEFECT_NONE, 0, "" },
    { "exactly max", CODEC_RAW, HM_STR(RAW_HELLO), 5, HM_OK, DEFECT_NONE, 0, "hello" },
    { "one over max", CODEC_RAW, HM_STR(RAW_HELLO), 4, HM_LIMIT, DEFECT_TOO_LARGE, 0, NULL },
    { "nothing allowed", CODEC_RAW, HM_STR(RAW_HELLO), 0, HM_LIMIT, DEFECT_TOO_LARGE, 0, NULL },
    { "empty", CODEC_ZLIB, HM_STR(""), 99, HM_TRUNC, DEFECT_EMPTY, 0, NULL },
    { "cut", CODEC_ZLIB, HM_STR("\x78\x9c\xcb\x48\xcd"), 99, HM_TRUNC, DEFECT_TRUNCATED, 5, NULL },
    { "cut in the check sum", CODEC_ZLIB, HM_STR("\x78\x9c\xcb\x48\xcd\xc9\xc9\x07\x00\x06"), 99, HM_TRUNC,
      DEFECT_TRUNCATED, 10, NULL },
    { "wrong check sum", CODEC_ZLIB, HM_STR("\x78\x9c\xcb\x48\xcd\xc9\xc9\x07\x00\x06\x2c\x02\x16"), 99, HM_FORMAT,
      DEFECT_COMPRESSED, 13, NULL },
    { "of another kind", CODEC_ZLIB, HM_STR(GZIP_HELLO), 99, HM_FORMAT, DEFECT_COMPRESSED, 2, NULL },
    { "no block type", CODEC_RAW, HM_STR("\x07"), 99, HM_FORMAT, DEFECT_COMPRESSED, 1, NULL },
    { "wants a dictionary", CODEC_ZLIB, HM_STR("\x78\xbb\x06\x2c\x02\x15\x03\x00"), 99, HM_FORMAT, DEFECT_COMPRESSED, 6,
      NULL },
};

TEST(inflate_cases)
{
    for (size_t i = 0; i < HM_COUNT(CASES); i++) {
        HM_AUTO(hm_arena_freep) hm_arena *a = hm_arena_new(1 << 20);
        hm_str out = HM_STR("untouched");
        hm_err e = { 0 };
        CHECK("memory", a != NULL);
        hm_rc rc = codec_inflate(a, CASES[i].kind, CASES[i].in, CASES[i].max, &out, &e);
        CHECK(CASES[i].name, rc == e.rc);
        CHECK_EQ(CASES[i].name, rc, CASES[i].rc);
        CHECK_EQ(CASES[i].name, e.defect, CASES[i].defect);
        CHECK_EQ(CASES[i].name, e.place, CASES[i].place);
        CHECK_STR(CASES[i].name, out, rc == HM_OK ? hm_str_c(CASES[i].want) : HM_STR("untouched"));
    }
}

/* n bytes: zeros, or text that does not shrink much; packed by zlib. */
static bool packed(size_t n, bool zeros, int window, hm_buf *plain, hm_buf *out)
{
    uint32_t x = 1;
    for (size_t i = 0; i < n; i++) {
        x = (uint32_t)((uint64_t)x * 48271 % 2147483647);
        hm_buf_byte(plain, zeros ? 0 : (char)(uint8_t)('a' + x % 26));
    }
    z_stream z = { 0 };
    if (plain->bad || deflateInit2(&z, 9, Z_DEFLATED, window, 9, Z_DEFAULT_STRATEGY) != Z_OK)
        return false;
    size_t room = deflateBound(&z, n);
    bool ok = hm_buf_room(out, room);
    if (ok) {
        z.next_in = (Bytef *)plain->p;
        z.avail_in = (uInt)n;
        z.next_out = (Bytef *)out->p;
        z.avail_out = (uInt)room;
        ok = deflate(&z, Z_FINISH) == Z_STREAM_END;
        out->n = room - z.avail_out;
    }
    deflateEnd(&z);
    return ok;
}

TEST(inflate_gives_back_what_was_packed)
{
    static const int WINDOW[] = { [CODEC_ZLIB] = 15, [CODEC_GZIP] = 31, [CODEC_RAW] = -15 };
    for (unsigned kind = CODEC_ZLIB; kind <= CODEC_RAW; kind++) {
        TEST_BUF plain = { 0 };
        TEST_BUF zip = { 0 };
        HM_AUTO(hm_arena_freep) hm_arena *a = hm_arena_new(16 << 20);
        hm_str out = HM_NONE;
        CHECK("memory", a && packed(test_fault() ? 70000 : 2000000, false, WINDOW[kind], &plain, &zip));
        CHECK_EQ("read", codec_inflate(a, (codec_zip)kind, hm_buf_view(&zip), 16 << 20, &out, NULL), HM_OK);
        CHECK("same", hm_str_eq(out, hm_buf_view(&plain)));
    }
}

TEST(inflate_ratio)
{
    if (test_fault())
        TEST_SKIP("needs more room than its budget");
    TEST_BUF plain = { 0 };
    TEST_BUF bomb = { 0 };
    TEST_BUF small = { 0 };
    HM_AUTO(hm_arena_freep) hm_arena *a = hm_arena_new(64 << 20);
    hm_str out = HM_NONE;
    hm_err e = { 0 };
    CHECK("memory", a && packed((size_t)8 << 20, true, 15, &plain, &bomb));
    CHECK_EQ("a thousandfold", codec_inflate(a, CODEC_ZLIB, hm_buf_view(&bomb), SIZE_MAX, &out, &e), HM_LIMIT);
    CHECK_EQ("a thousandfold", e.defect, DEFECT_RATIO);
    CHECK_EQ("a thousandfold", e.arg[0], LIMIT_RATIO);
    CHECK_EQ("stopped at", e.arg[1], bomb.n * LIMIT_RATIO);
    hm_buf_reset(&plain);
    CHECK("memory", packed((size_t)LIMIT_RATIO_FREE, true, 15, &plain, &small));
    CHECK_EQ("the same below the threshold", codec_inflate(a, CODEC_ZLIB, hm_buf_view(&small), SIZE_MAX, &out, &e),
             HM_OK);
    CHECK_EQ("the same below the threshold", out.n, LIMIT_RATIO_FREE);
    hm_buf_reset(&plain);
    hm_buf_reset(&small);
    CHECK("memory", packed((size_t)LIMIT_RATIO_FREE + 1, true, 15, &plain, &small));
    CHECK_EQ("one byte over it", codec_inflate(a, CODEC_ZLIB, hm_buf_view(&small), SIZE_MAX, &out, &e), HM_LIMIT);
    CHECK_EQ("one byte over it", e.defect, DEFECT_RATIO);
}

TEST(inflate_keeps_the_budget)
{
    TEST_BUF plain = { 0 };
    TEST_BUF zip = { 0 };
    HM_AUTO(hm_arena_freep) hm_arena *a = hm_arena_new(60000); /* zlib's own state fits, the content does not */
    HM_AUTO(hm_arena_freep) hm_arena *tiny = hm_arena_new(100);
    hm_str out = HM_NONE;
    hm_err e = { 0 };
    CHECK("memory", a && tiny && packed(100000, false, 15, &plain, &zip));
    CHECK_EQ("content", codec_inflate(a, CODEC_ZLIB, hm_buf_view(&zip), SIZE_MAX, &out, &e), HM_LIMIT);
    CHECK_EQ("content", e.defect, DEFECT_BUDGET);
    CHECK_EQ("state", codec_inflate(tiny, CODEC_ZLIB, hm_buf_view(&zip), SIZE_MAX, &out, &e), HM_LIMIT);
    CHECK_EQ("state", e.defect, DEFECT_BUDGET);
}
