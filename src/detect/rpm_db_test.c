/* rpm: headers, databases with and without a log, package files, owners, formats that are not read. */
#include "base/limits.h"
#include "detect/detect_test.h"
#include "detect/rpm.h"
#include <sqlite3.h>

enum { INT32 = 4, STRING = 6, BIN = 7, ARRAY = 8, I18N = 9 };
/* One tag of a header to be made: `value` NUL-separated texts, or raw bytes. */
typedef struct tag {
    uint32_t tag, type, count;
    hm_str value;
} tag;
#define TEXT(n, s)                                                                                                     \
    {                                                                                                                  \
        n, STRING, 1, HM_STR(s "\0")                                                                                   \
    }
#define NVR TEXT(1000, "bash"), TEXT(1001, "5.1"), TEXT(1002, "2.el9")

static void be32(hm_buf *b, uint32_t v)
{
    const char x[4] = { (char)(v >> 24), (char)(v >> 16), (char)(v >> 8), (char)v };
    hm_buf_add(b, x, sizeof x);
}

/* Tags up to the first that is 0. */
static void make_header(const tag *t, hm_buf *out)
{
    TEST_BUF data = { 0 };
    uint32_t n = 0, at = 0;
    while (t[n].tag)
        n++;
    for (uint32_t i = 0; i < n; i++)
        hm_buf_str(&data, t[i].value);
    be32(out, n);
    be32(out, (uint32_t)data.n);
    for (uint32_t i = 0; i < n; i++) {
        be32(out, t[i].tag);
        be32(out, t[i].type);
        be32(out, at);
        be32(out, t[i].count);
        at += (uint32_t)t[i].value.n;
    }
    hm_buf_str(out, hm_buf_view(&data));
    out->bad |= data.bad;
}

static const tag FULL[] = {
    { 63, BIN, 16, HM_STR("0123456789abcdef") },
    NVR,
    { 1003, INT32, 1, HM_STR("\0\0\0\0") },
    TEXT(1022, "x86_64"),
    TEXT(1044, "bash-5.1-2.el9.src.rpm"),
    { 1014, I18N, 2, HM_STR("Apache-2.0\0Ap\0") },
    TEXT(1011, "Vendor, Inc."),
    TEXT(1015, "P <p@x>"),
    TEXT(1020, "https://h.example/"),
    TEXT(5096, "nodejs:18:9020:rhel9"),
    TEXT(273, "ab12"),
    { 268, BIN, 3, HM_STR("sig") },
    { 1047, ARRAY, 3, HM_STR("bash\0/bin/x\0config(bash)\0") },
    { 1049, ARRAY, 6, HM_STR("/bin/sh\0rpmlib(X)\0(a or b)\0libc.so.6()(64bit)\0libc.so.6()(64bit)\0config(bash)\0") },
    { 1048, INT32, 6, HM_STR("\0\0\0\0\1\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0") },
    { 1117, ARRAY, 3, HM_STR("sh\0METADATA\0x\0") },
    { 1118, ARRAY, 2, HM_STR("/bin/\0/usr/lib/python3/site-packages/a.dist-info/\0") },
    { 1116, INT32, 3, HM_STR("\0\0\0\0\0\0\0\1\0\0\0\7") },
    { 0 },
};
#define FULL_HEAD                                                                                                      \
    " bash@5.1-2.el9 [KO] quals=arch=x86_64&epoch=0 author=P <p@x> supplier=Vendor, Inc. licence=Apache-2.0 "          \
    "home=https://h.example/"
#define FULL_TAIL " rpm:modularity_label=nodejs:18:9020:rhel9 rpm:header_sha256=ab12 rpm:signature=rsa"

static hm_rc one_header(const detect_in *in, part_build *out, hm_err *err)
{
    rpm_reader r = { .in = in, .out = out, .gaps = { out, in->file->path, 0 }, .root = in->root };
    rpm_header h;
    size_t used;
    hm_rc rc = detect_rpm_header(in->file->bytes, &h, &used, err);
    if (rc == HM_OK) {
        (void)detect_rpm_package(&r, &h, 7);
        rc = detect_rpm_end(&r, err);
    }
    detect_rpm_clear(&r);
    return rc;
}

static const struct {
    const char *name;
    tag tags[24];
    const char *want;
} HEADER[] = {
    { "no epoch, no source, a licence that is no expression",
      { NVR, TEXT(1014, "GPLv2+ and BSD") },
      "r bash@5.1-2.el9 [] raw=GPLv2+ and BSD +:bash\n" },
    { "source of another name and version",
      { NVR, TEXT(1044, "b-a-7^x-1.src.rpm"), TEXT(1022, "noarch") },
      "r bash@5.1-2.el9 [] quals=arch=noarch source=b-a/7^x-1 +:bash\n" },
    { "a source package itself",
      { NVR, TEXT(1022, "x86_64"), { 1106, INT32, 1, HM_STR("\0\0\0\1") } },
      "r bash@5.1-2.el9 [] quals=arch=src +:bash\n" },
    { "no source and none said",
      { NVR, TEXT(1044, "(none)"), TEXT(1011, "(none)"), TEXT(1015, "P") },
      "r bash@5.1-2.el9 [] supplier=P +:bash\n" },
    { "a source that is no file name",
      { NVR, TEXT(1044, "bash") },
      "r bash@5.1-2.el9 [] +:bash\n! bad_value 7 SOURCERPM\n" },
    { "the last of a tag counts: what the installation added",
      { NVR, TEXT(1002, "3"), TEXT(1022, "i686"), TEXT(1022, "i386") },
      "r bash@5.1-3 [] quals=arch=i386 +:bash\n" },
    { "a key is no package", { TEXT(1000, "gpg-pubkey"), TEXT(1001, "a"), TEXT(1002, "b") }, "" },
    { "no name", { TEXT(1001, "a"), TEXT(1002, "b") }, "! missing_field 7 NAME\n" },
    { "no release", { TEXT(1000, "a"), TEXT(1001, "b"), TEXT(1002, "") }, "! missing_field 7 RELEASE\n" },
    { "a name with a blank", { TEXT(1000, "a b"), TEXT(1001, "a"), TEXT(1002, "b") }, "! bad_value 7 NAME\n" },
    { "a name with a slash", { TEXT(1000, "../a"), TEXT(1001, "a"), TEXT(1002, "b") }, "! bad_value 7 NAME\n" },
    { "a text without its end",
      { NVR, { 1022, STRING, 1, HM_STR("x86") } },
      "r bash@5.1-2.el9 [] +:bash\n! rpm_tag 7 1 1022\n" },
    { "types that do not fit",
      { NVR, { 1022, INT32, 1, HM_STR("\0\0\0\0") }, { 1003, STRING, 1, HM_STR("1\0") }, { 9999, 17, 1, HM_STR("x") } },
      "r bash@5.1-2.el9 [] +:bash\n! rpm_tag 7 3 1022\n" },
    { "more texts than there are",
      { NVR, { 1049, ARRAY, 3, HM_STR("a\0b\0\0") }, { 1047, ARRAY, 2, HM_STR("a\0b") } },
      "r bash@5.1-2.el9 [K] +:bash +:a ?r:a ?r:b\n! bad_value 7 PROVIDENAME\n" },
    { "more numbers than there are",
      { NVR, { 1003, INT32, 2, HM_STR("\0\0\0\1") } },
      "r bash@5.1-2.el9 [] +:bash\n! rpm_tag 7 1 1003\n" },
};

TEST(rpm_headers)
{
    for (size_t i = 0; i < HM_COUNT(HEADER); i++) {
        TEST_BUF in = { 0 };
        make_header(HEADER[i].tags, &in);
        CHECK(HEADER[i].name, !in.bad);
        CHECK_SAID(HEADER[i].name, hm_str_c(HEADER[i].want), .fn = one_header, .path = "x", .bytes = hm_buf_view(&in));
    }
}

TEST(rpm_header_cut)
{
    TEST_BUF in = { 0 };
    make_header(FULL, &in);
    for (size_t n = 0; n < in.n; n += test_fault() ? 97 : 1)
        CHECK_SAID("cut", n < 8 ? HM_STR("! rpm_header\n") : HM_NONE, .fn = n < 8 ? one_header : detect_rpm_owner,
                   .path = "x", .bytes = hm_str_sub(hm_buf_view(&in), 0, n), .seek = n >= 8);
    static const struct {
        const char *name;
        hm_str in;
        const char *want;
    } T[] = {
        { "no entries", HM_STR("\0\0\0\0\0\0\0\0"), "! rpm_header\n" },
        { "more entries than rpm allows", HM_STR("\0\1\0\0\0\0\0\0"), "! rpm_header\n" },
        { "more data than rpm allows", HM_STR("\0\0\0\1\x7f\0\0\0"), "! rpm_header\n" },
        { "more entries than bytes", HM_STR("\0\0\0\2\0\0\0\0"), "! rpm_header 8\n" },
        { "more data than bytes", HM_STR("\0\0\0\1\0\0\1\0\0\0\3\xe8\0\0\0\6\0\0\0\0\0\0\0\1"), "! rpm_header 24\n" },
    };
    for (size_t i = 0; i < HM_COUNT(T); i++)
        CHECK_SAID(T[i].name, hm_str_c(T[i].want), .fn = one_header, .path = "x", .bytes = T[i].in);
}

/* ---- databases ---------------------------------------------------------------------------------------------------------- */

static bool make_db(const hm_buf *row, size_t n, hm_buf *out)
{
    sqlite3 *db = NULL;
    sqlite3_stmt *q = NULL;
    sqlite3_int64 size = 0;
    bool ok = sqlite3_open(":memory:", &db) == SQLITE_OK &&
              sqlite3_exec(db, "CREATE TABLE 'Packages' (hnum INTEGER PRIMARY KEY AUTOINCREMENT, blob BLOB NOT NULL)",
                           NULL, NULL, NULL) == SQLITE_OK &&
              sqlite3_prepare_v2(db, "INSERT INTO Packages(blob) VALUES(?)", -1, &q, NULL) == SQLITE_OK;
    for (size_t i = 0; ok && i < n; i++) {
        ok = sqlite3_bind_blob64(q, 1, row[i].p ? row[i].p : "", row[i].n, SQLITE_STATIC) == SQLITE_OK &&
             sqlite3_step(q) == SQLITE_DONE && sqlite3_reset(q) == SQLITE_OK;
    }
    (void)sqlite3_finalize(q);
    unsigned char *p = ok ? sqlite3_serialize(db, "main", &size, 0) : NULL;
    if (p)
        hm_buf_add(out, p, (size_t)size);
    sqlite3_free(p);
    sqlite3_close(db);
    return p && !out->bad;
}

TEST(rpm_databases)
{
    static const tag OTHER[] = { TEXT(1000, "sh"),
                                 TEXT(1001, "1"),
                                 TEXT(1002, "1"),
                                 { 1049, ARRAY, 3, HM_STR("/bin/sh\0/bin/none\0/usr/bin/env\0") },
                                 { 1117, ARRAY, 2, HM_STR("env\0env\0") },
                                 { 1118, ARRAY, 2, HM_STR("/usr/bin/\0/bin/\0") },
                                 { 1116, INT32, 2, HM_STR("\0\0\0\0\0\0\0\1") },
                                 { 0 } };
    static const tag KEY[] = { TEXT(1000, "gpg-pubkey"), TEXT(1001, "a"), TEXT(1002, "b"), { 0 } };
    hm_buf row[5] = { 0 };
    TEST_BUF db = { 0 };
    make_header(FULL, &row[0]);
    make_header(KEY, &row[1]);
    hm_buf_c(&row[2], "junk");
    make_header(OTHER, &row[3]);
    make_header(KEY, &row[4]);
    bool made = make_db(row, HM_COUNT(row), &db);
    for (size_t i = 0; i < HM_COUNT(row); i++)
        hm_buf_clear(&row[i]);
    CHECK("made", made);
    CHECK_SAID("packages",
               HM_STR("r" FULL_HEAD " root=srv" FULL_TAIL
                      " +srv:bash +srv:/bin/x +srv:config(bash) +srv:/bin/sh ?r:srv:/bin/sh "
                      "?r:srv:libc.so.6()(64bit) ?r:srv:config(bash)\n"
                      "r sh@1-1 [K] root=srv +srv:sh +srv:/usr/bin/env ?r:srv:/bin/sh "
                      "?r:srv:/bin/none ?r:srv:/usr/bin/env\n! rpm_header 3\n"),
               .fn = detect_rpm_db, .path = "srv/var/lib/rpm/rpmdb.sqlite", .root = "srv", .bytes = hm_buf_view(&db),
               .seek = true);
    CHECK_SAID(
        "owners",
        HM_STR(
            "usr/bin/sh < bash\nusr/lib/python3/site-packages/a.dist-info/METADATA < bash\nusr/bin/env < sh\nusr/bin/env < sh\n"),
        .fn = detect_rpm_owner, .path = "var/lib/rpm/rpmdb.sqlite", .bytes = hm_buf_view(&db), .seek = true,
        .wanted = HM_STR("usr/bin/env\0usr/bin/sh\0usr/bin/x\0usr/lib/python3/site-packages/a.dist-info/METADATA"));
    CHECK_SAID("nothing wanted", HM_NONE, .fn = detect_rpm_owner, .path = "x", .bytes = hm_buf_view(&db), .seek = true);
    DETECT_TRIED d = { 0 };
    CHECK("keys", detect_try_run(
                      &(detect_try){ .fn = detect_rpm_db, .path = "x", .bytes = hm_buf_view(&db), .seek = true }, &d));
    CHECK_EQ("keys are counted", d.pack.extra_n, 1);
    CHECK_STR("keys are counted", part_text(&d.pack, d.pack.extra[0].raw), HM_STR("2"));
    TEST_BUF empty = { 0 };
    CHECK("made", make_db(NULL, 0, &empty));
    CHECK_SAID("no packages", HM_NONE, .fn = detect_rpm_db, .path = "x", .bytes = hm_buf_view(&empty), .seek = true);
    for (size_t i = 0; i + 8 < empty.n; i++)
        if (memcmp(empty.p + i, "Packages", 8) == 0)
            empty.p[i] = 'p' + 1;
    CHECK_SAID("no such table", HM_STR("! missing_field Packages\n"), .fn = detect_rpm_db, .path = "x",
               .bytes = hm_buf_view(&empty), .seek = true);
    CHECK_SAID("empty file", HM_STR("! empty\n"), .fn = detect_rpm_db, .path = "x", .bytes = HM_NONE, .seek = true);
    CHECK_SAID("no database", HM_STR("! sqlite 0 26\n"), .fn = detect_rpm_db, .path = "x", .bytes = HM_STR("asdf\n"),
               .seek = true);
    CHECK_SAID("owners of no database", HM_NONE, .fn = detect_rpm_owner, .path = "x", .bytes = HM_STR("asdf\n"),
               .seek = true, .wanted = HM_STR("x"));
}

static const tag OLD[] = { NVR, { 1027, ARRAY, 3, HM_STR("/bin/sh\0relative\0/etc/x\0") }, { 0 } };

TEST(rpm_owners_of_old_headers)
{
    hm_buf row[1] = { 0 };
    TEST_BUF db = { 0 };
    make_header(OLD, &row[0]);
    bool made = make_db(row, 1, &db);
    hm_buf_clear(&row[0]);
    CHECK("made", made);
    CHECK_SAID("owners", HM_STR("usr/bin/sh < bash\netc/x < bash\n"), .fn = detect_rpm_owner, .path = "x",
               .bytes = hm_buf_view(&db), .seek = true, .wanted = HM_STR("etc/x\0relative\0usr/bin/sh"));
}

/* ---- package files -------------------------------------------------------------------------------------------------------- */

static void make_file(hm_buf *out)
{
    static const tag SIGNATURES[] = { { 267, BIN, 1, HM_STR("d") }, TEXT(273, "cd34"), { 0 } };
    static const char MAGIC[] = "\x8e\xad\xe8\x01\0\0\0";
    hm_buf_add(out, "\xed\xab\xee\xdb\3\0\0\0", 8);
    for (size_t i = 8; i < 96; i++)
        hm_buf_byte(out, 'x');
    hm_buf_add(out, MAGIC, 8);
    make_header(SIGNATURES, out);
    while (out->n % 8)
        hm_buf_byte(out, 0);
    hm_buf_add(out, MAGIC, 8);
    make_header(FULL, out);
    hm_buf_c(out, "payload");
}

TEST(rpm_files)
{
    TEST_BUF in = { 0 };
    make_file(&in);
    CHECK("made", !in.bad);
    size_t header_end = in.n - 7;
    CHECK_SAID("file",
               HM_STR("-" FULL_HEAD " root=a/x.rpm" FULL_TAIL " package:file=yes +a/x.rpm:bash +a/x.rpm:/bin/x "
                      "+a/x.rpm:config(bash) ?r:a/x.rpm:/bin/sh ?r:a/x.rpm:libc.so.6()(64bit) "
                      "?r:a/x.rpm:config(bash)\n"),
               .fn = detect_rpm_file, .path = "a/x.rpm", .bytes = hm_buf_view(&in), .seek = true);
    for (size_t n = 0; n < header_end; n += test_fault() ? 131 : 1) {
        DETECT_TRIED d = { 0 };
        CHECK("cut", detect_try_run(&(detect_try){ .fn = detect_rpm_file,
                                                   .path = "x",
                                                   .seek = true,
                                                   .bytes = hm_str_sub(hm_buf_view(&in), 0, n) },
                                    &d));
        CHECK_EQ("cut", d.rc, n < 6 ? HM_NOTFOUND : HM_TRUNC);
        CHECK_EQ("cut", d.pack.comp_n, 0);
    }
    static const struct {
        const char *name;
        size_t at;
        char to;
        const char *want;
    } T[] = {
        { "not an rpm file", 0, 'P', "! not_found\n" },
        { "another version", 4, 9, "! unsupported_version 4 9\n" },
        { "no signature header", 96, 0, "! rpm_header 96\n" },
        { "no header", 96 + 16 + 32 + 8, 0, "! rpm_header 152\n" },
    };
    for (size_t i = 0; i < HM_COUNT(T); i++) {
        char was = in.p[T[i].at];
        in.p[T[i].at] = T[i].to;
        CHECK_SAID(T[i].name, hm_str_c(T[i].want), .fn = detect_rpm_file, .path = "x", .bytes = hm_buf_view(&in),
                   .seek = true);
        in.p[T[i].at] = was;
    }
}

TEST(rpm_other_databases)
{
    static const struct {
        const char *name;
        hm_str in;
        const char *want;
    } T[] = {
        { "hash", HM_STR("0123456789ab\x61\x15\x06\0more"), "! package_database_format Berkeley DB\n" },
        { "hash of a big-endian machine", HM_STR("0123456789ab\0\x06\x15\x61"),
          "! package_database_format Berkeley DB\n" },
        { "ndb", HM_STR("RpmP\0\0"), "! package_database_format ndb\n" },
        { "text", HM_STR("asdf\n"), "! package_database_format unknown\n" },
        { "empty", HM_STR(""), "! empty\n" },
    };
    for (size_t i = 0; i < HM_COUNT(T); i++)
        CHECK_SAID(T[i].name, hm_str_c(T[i].want), .fn = detect_rpm_db_other, .path = "var/lib/rpm/Packages",
                   .bytes = T[i].in, .seek = true);
}

TEST(rpm_fixtures)
{
    static const struct {
        const char *file;
        detect_fn *fn;
        const char *want;
    } T[] = {
        { "rpm/empty.sqlite", detect_rpm_db, "! empty\n" },
        { "rpm/invalid", detect_rpm_db, "! sqlite 0 26\n" },
        { "rpm/invalid", detect_rpm_db_other, "! package_database_format unknown\n" },
        { "rpm/Packages_epoch", detect_rpm_db_other, "! package_database_format Berkeley DB\n" },
    };
    if (!test_shared())
        TEST_SKIP("no shared data");
    for (size_t i = 0; i < HM_COUNT(T); i++) {
        TEST_BUF in = { 0 };
        CHECK(T[i].file, fixture(T[i].file, &in));
        CHECK_SAID(T[i].file, hm_str_c(T[i].want), .fn = T[i].fn, .path = "x", .bytes = hm_buf_view(&in), .seek = true);
    }
}
