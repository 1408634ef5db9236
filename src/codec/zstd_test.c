/* zstd: frames, their ends, and the bounds. */
#include "base/limits.h"
#include "base/test.h"
#include "codec/codec.h"
#include <zstd.h>

/* Adds a frame of n bytes that repeat. */
static bool pack(size_t n, const char *what, int level, hm_buf *out)
{
    HM_AUTO(hm_buf_clear) hm_buf text = { 0 };
    for (size_t i = 0, k = strlen(what); i < n; i++)
        hm_buf_byte(&text, what[i % k]);
    size_t room = ZSTD_compressBound(n);
    if (text.bad || !hm_buf_room(out, room))
        return false;
    size_t got = ZSTD_compress(out->p + out->n, room, n ? text.p : "", n, level);
    if (ZSTD_isError(got))
        return false;
    out->n += got;
    return true;
}

TEST(zstd_cases)
{
    static const struct {
        const char *name;
        size_t n, frames, max, cut; /* cut: bytes left out at the end */
        hm_rc want;
        hm_defect defect;
    } T[] = {
        { "one", 100, 1, 1000, 0, HM_OK, DEFECT_NONE },
        { "nothing in it", 0, 1, 1000, 0, HM_OK, DEFECT_NONE },
        { "three in a row", 70000, 3, 1 << 20, 0, HM_OK, DEFECT_NONE },
        { "just as large as it may be", 5000, 1, 5000, 0, HM_OK, DEFECT_NONE },
        { "one byte too large", 5001, 1, 5000, 0, HM_LIMIT, DEFECT_TOO_LARGE },
        { "cut", 5000, 1, 5000, 3, HM_TRUNC, DEFECT_TRUNCATED },
        { "cut in the second", 5000, 2, 50000, 3, HM_TRUNC, DEFECT_TRUNCATED },
        { "a bomb", 50 << 20, 1, 100 << 20, 0, HM_LIMIT, DEFECT_RATIO },
    };
    for (size_t i = 0; i < HM_COUNT(T); i++) {
        TEST_BUF in = { 0 };
        HM_AUTO(hm_arena_freep) hm_arena *a = hm_arena_new(64 << 20);
        hm_str out = HM_NONE;
        hm_err e = { 0 };
        if (test_fault() && T[i].n > 100000)
            continue;
        for (size_t k = 0; k < T[i].frames; k++)
            CHECK(T[i].name, pack(T[i].n, "abcdefg", 3, &in));
        CHECK("memory", a);
        hm_rc rc = codec_unzstd(a, hm_str_sub(hm_buf_view(&in), 0, in.n - T[i].cut), T[i].max, &out, &e);
        CHECK_EQ(T[i].name, rc, T[i].want);
        CHECK_EQ(T[i].name, e.defect, T[i].defect);
        CHECK_EQ(T[i].name, out.n, rc == HM_OK ? T[i].n * T[i].frames : 0);
        for (size_t k = 0; k < out.n; k++)
            if (out.p[k] != "abcdefg"[k % T[i].n % 7])
                CHECK(T[i].name, false);
    }
}

TEST(zstd_none)
{
    static const struct {
        const char *name;
        hm_str in;
        hm_defect want;
    } T[] = {
        { "empty", HM_STR(""), DEFECT_EMPTY },
        { "text", HM_STR("asdf and so on"), DEFECT_COMPRESSED },
        { "magic alone", HM_STR("\x28\xb5\x2f\xfd"), DEFECT_TRUNCATED },
        { "text behind a frame", HM_STR("\x28\xb5\x2f\xfd\x20\0\1\0\0junk"), DEFECT_COMPRESSED },
        { "a window of gigabytes", HM_STR("\x28\xb5\x2f\xfd\0\xb0\1\0\0"), DEFECT_BUDGET },
    };
    for (size_t i = 0; i < HM_COUNT(T); i++) {
        HM_AUTO(hm_arena_freep) hm_arena *a = hm_arena_new(1 << 20);
        hm_str out = HM_NONE;
        hm_err e = { 0 };
        CHECK("memory", a);
        CHECK(T[i].name, codec_unzstd(a, T[i].in, 1000, &out, &e) != HM_OK);
        CHECK_EQ(T[i].name, e.defect, T[i].want);
    }
    HM_AUTO(hm_arena_freep) hm_arena *a = hm_arena_new(1 << 20);
    hm_str out = HM_STR("x");
    CHECK("memory", a);
    CHECK_EQ("a frame to be skipped", codec_unzstd(a, HM_STR("\x50\x2a\x4d\x18\2\0\0\0ab"), 1000, &out, NULL), HM_OK);
    CHECK_EQ("a frame to be skipped", out.n, 0);
}
