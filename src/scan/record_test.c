/* record - what the worker writes the parent reads back, in pieces of any size; what breaks a rule is refused. */
#include "base/test.h"
#include "scan/unpack.h"

static const unpack_record SAMPLE[] = {
    { .type = UNPACK_DOC, .detector = 3, .root_n = 2, .path = { "a.jar!/b", 8 }, .bytes = { "block", 5 } },
    { .type = UNPACK_DOC, .detector = UINT16_MAX, .path = { "x", 1 }, .bytes = { "", 0 } },
    { .type = UNPACK_KEEP, .detector = 1, .path = { "var/lib/x", 9 }, .bytes = { "\0\1", 2 } },
    { .type = UNPACK_AT, .index = 1ULL << 40, .path = { "now", 3 }, .bytes = { "", 0 } },
    { .type = UNPACK_LINK, .path = { "l", 1 }, .bytes = { "../t", 4 } },
    { .type = UNPACK_COUNT, .count = { 1, 2, 3, 4, 5, UINT64_MAX }, .path = { "", 0 }, .bytes = { "", 0 } },
    { .type = UNPACK_LAYER_OF, .path = { "blobs/sha256/00", 15 }, .bytes = { "", 0 } },
    { .type = UNPACK_LAYER_OF, .path = { "", 0 }, .bytes = { "", 0 } },
    { .type = UNPACK_BLOB, .path = { "index.json", 10 }, .bytes = { "{}", 2 } },
    { .type = UNPACK_PATHS, .set = UNPACK_SET_GONE, .path = { "", 0 }, .bytes = { "12345678", 8 } },
    { .type = UNPACK_FAIL,
      .path = { "", 0 },
      .bytes = { "", 0 },
      .err = { .rc = HM_FORMAT,
               .defect = DEFECT_ARCHIVE,
               .place_kind = HM_PLACE_ENTRY,
               .place = 7,
               .arg = { 1, 2, 3, 4 } } },
};

TEST(records_survive_the_wire)
{
    TEST_BUF b = { 0 };
    for (size_t i = 0; i < HM_COUNT(SAMPLE); i++)
        scan_unpack_put(&b, &SAMPLE[i]);
    if (b.bad)
        return; /* the fault run */
    hm_str left = hm_buf_view(&b);
    for (size_t i = 0; i < HM_COUNT(SAMPLE); i++) {
        unpack_record r;
        size_t n = 0;
        hm_err e = { 0 };
        CHECK_EQ("get", scan_unpack_get(left, &r, &n, &e), HM_OK);
        for (size_t cut = 0; cut < n; cut++)
            CHECK_EQ("not all there", scan_unpack_get(hm_str_sub(left, 0, cut), &r, &n, &e), HM_NOTFOUND);
        CHECK_EQ("get", scan_unpack_get(left, &r, &n, &e), HM_OK);
        CHECK_EQ("type", r.type, SAMPLE[i].type);
        CHECK_EQ("detector", r.detector, SAMPLE[i].detector);
        CHECK_EQ("root", r.root_n, SAMPLE[i].root_n);
        CHECK_EQ("index", r.index, SAMPLE[i].index);
        CHECK_EQ("set", r.set, SAMPLE[i].set);
        CHECK_STR("path", r.path, SAMPLE[i].path);
        CHECK_STR("bytes", r.bytes, SAMPLE[i].bytes);
        CHECK("counts", memcmp(r.count, SAMPLE[i].count, sizeof r.count) == 0);
        CHECK("error", r.err.rc == SAMPLE[i].err.rc && r.err.defect == SAMPLE[i].err.defect &&
                           r.err.place == SAMPLE[i].err.place && r.err.arg[3] == SAMPLE[i].err.arg[3]);
        left = hm_str_from(left, n);
    }
    CHECK_EQ("all", left.n, 0);
}

TEST(settings_survive_the_wire)
{
    const unpack_settings s = { 5, 16, 1, 2, 3, 4, UINT64_MAX };
    unpack_settings got = { 0 };
    TEST_BUF b = { 0 };
    scan_unpack_settings_put(&b, &s);
    if (b.bad)
        return;
    CHECK("all", scan_unpack_settings_get(hm_buf_view(&b), &got) && memcmp(&s, &got, sizeof s) == 0);
    CHECK("short", !scan_unpack_settings_get(hm_str_sub(hm_buf_view(&b), 0, b.n - 1), &got));
    hm_buf_byte(&b, 0);
    CHECK("long", !scan_unpack_settings_get(hm_buf_view(&b), &got));
}

TEST(records_that_break_a_rule_are_refused)
{
    static const struct {
        const char *name, *bytes;
        size_t n;
    } T[] = {
        { "type 0", "\0\0\0\0\0", 5 },
        { "type too high", "\x0a\0\0\0\0", 5 },
        { "too long", "\1\xff\xff\xff\xff", 5 },
        { "path longer than the record", "\1\x08\0\0\0\0\0\0\0\x09\0\0\0", 13 },
        { "root longer than the path", "\1\x09\0\0\0\0\0\2\0\1\0\0\0x", 14 },
        { "NUL in the path", "\1\x09\0\0\0\0\0\0\0\1\0\0\0\0", 14 },
        { "a set that is none", "\x08\x01\0\0\0\4", 6 },
        { "half a hash", "\x08\x05\0\0\0\0abcd", 10 },
        { "counts too short", "\5\4\0\0\0abcd", 9 },
        { "bytes behind",
          "\5\x31\0\0\0"
          "0123456789012345678901234567890123456789012345678",
          54 },
        { "an error that is none",
          "\x09\x38\0\0\0"
          "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
          "\0\0\0\0\0\0\0\0\0\0\0\0",
          61 },
    };
    for (size_t i = 0; i < HM_COUNT(T); i++) {
        unpack_record r;
        size_t n;
        hm_err e = { 0 };
        CHECK_EQ(T[i].name, scan_unpack_get((hm_str){ T[i].bytes, T[i].n }, &r, &n, &e), HM_FORMAT);
        CHECK_EQ(T[i].name, e.defect, DEFECT_WORKER_REPLY);
    }
}

TEST(archives_are_known_by_their_names)
{
    static const struct {
        const char *path;
        int when; /* -1: none */
    } T[] = {
        { "a/b.jar", SCAN_ALWAYS },
        { "b.jar.bak", -1 },
        { "x.tar.gz", SCAN_ASKED },
        { "control.tar.xz", SCAN_ITSELF },
        { "data.tar.xz", SCAN_ASKED },
        { "x.deb", SCAN_ITSELF },
        { "jar", -1 },
        { "", -1 },
        { "x.zip", SCAN_ASKED },
    };
    for (size_t i = 0; i < HM_COUNT(T); i++) {
        const scan_kind *k = scan_kind_of(hm_str_c(T[i].path));
        CHECK_EQ(T[i].path, k ? (int)k->when : -1, T[i].when);
    }
}
