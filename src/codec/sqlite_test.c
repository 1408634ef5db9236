/* sqlite: values of a table, logs beside a database, and databases made to hurt. */
#include "base/limits.h"
#include "base/test.h"
#include "codec/codec.h"
#include <sqlite3.h>
#include <unistd.h>

/* The bytes of a database that these statements make. false: SQLite said no. */
static bool make(const char *sql, hm_buf *out)
{
    sqlite3 *db = NULL;
    sqlite3_int64 n = 0;
    bool ok = sqlite3_open(":memory:", &db) == SQLITE_OK && sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK;
    unsigned char *p = ok ? sqlite3_serialize(db, "main", &n, 0) : NULL;
    if (p)
        hm_buf_add(out, p, (size_t)n);
    sqlite3_free(p);
    sqlite3_close(db);
    return p && !out->bad;
}

static bool read_at(void *ctx, uint64_t at, void *to, size_t n)
{
    const hm_str *s = ctx;
    if (at > s->n || n > s->n - at)
        return false;
    memcpy(to, s->p + at, n);
    return true;
}

static hm_rc say(void *ctx, uint64_t row, hm_str value, const hm_err *bad, hm_err *err)
{
    hm_buf *out = ctx;
    hm_buf_u64(out, row);
    hm_buf_c(out, bad ? "!" : "=");
    if (bad)
        hm_buf_c(out, hm_defect_name(bad->defect));
    else if (value.n > 20)
        hm_buf_u64(out, value.n);
    else
        hm_buf_str(out, value);
    hm_buf_byte(out, ' ');
    return hm_str_is(value, "stop") ? hm_fail(err, HM_CONFLICT, DEFECT_DUPLICATE, HM_PLACE_NONE, 0, 0) : HM_OK;
}

/* "ROW=VALUE ROW!DEFECT ... DEFECT of the whole"; false: no memory. */
static bool run(hm_str db, hm_str log, hm_buf *out)
{
    codec_sqlite_src src = { .size = db.n, .read = read_at, .ctx = &db, .log = log };
    HM_AUTO(codec_sqlite_closep) codec_sqlite *s = NULL;
    hm_err e = { 0 };
    hm_rc rc = codec_sqlite_open(&src, &s, &e);
    if (rc == HM_OK)
        rc = codec_sqlite_blobs(s, "T", "v", say, out, &e);
    if (rc != HM_OK)
        hm_buf_c(out, hm_defect_name(e.defect));
    return rc != HM_NOMEM && rc == e.rc && !out->bad;
}

static const struct {
    const char *name, *sql, *want;
} CASE[] = {
    { "rows in order", "CREATE TABLE t(h INTEGER PRIMARY KEY, v BLOB); INSERT INTO t VALUES(7,'b'),(3,'a'),(9,'')",
      "3=a 7=b 9= " },
    { "no rows", "CREATE TABLE 'T'(h INTEGER PRIMARY KEY AUTOINCREMENT, v BLOB NOT NULL)", "" },
    { "long values over many pages",
      "PRAGMA page_size=512; CREATE TABLE T(v); INSERT INTO T VALUES(zeroblob(300000)),('x'),(zeroblob(100000))",
      "1=300000 2=x 3=100000 " },
    { "no value and numbers are not bytes", "CREATE TABLE T(v); INSERT INTO T VALUES(NULL),('x'),(7)",
      "1!sqlite 2=x 3!sqlite " },
    { "the visitor ends it", "CREATE TABLE T(v); INSERT INTO T VALUES('a'),('stop'),('b')", "1=a 2=stop duplicate" },
    { "no table", "CREATE TABLE U(v)", "sqlite" },
    { "no column", "CREATE TABLE T(w); INSERT INTO T VALUES('a'),('b')", "1!sqlite 2!sqlite " },
    { "a view", "CREATE TABLE U(v); INSERT INTO U VALUES('a'); CREATE VIEW T AS SELECT v FROM U", "sqlite" },
    { "a view that never ends",
      "CREATE VIEW T(v) AS WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x+1 FROM c) SELECT x FROM c", "sqlite" },
    { "a virtual table", "CREATE VIRTUAL TABLE T USING fts5(v)", "sqlite" },
    { "without rowid", "CREATE TABLE T(v PRIMARY KEY) WITHOUT ROWID; INSERT INTO T VALUES('a')", "sqlite" },
    { "a column that is computed", "CREATE TABLE T(a, v AS (printf('%.*c', 60000000, 'x'))); INSERT INTO T VALUES(1)",
      "1!sqlite " },
};

TEST(sqlite_cases)
{
    for (size_t i = 0; i < HM_COUNT(CASE); i++) {
        TEST_BUF db = { 0 }, out = { 0 };
        CHECK(CASE[i].name, make(CASE[i].sql, &db));
        CHECK(CASE[i].name, run(hm_buf_view(&db), HM_NONE, &out));
        CHECK_STR(CASE[i].name, hm_buf_view(&out), hm_str_c(CASE[i].want));
    }
}

/* Each walk over the rows gives the same, however much of the file they are. */
TEST(sqlite_walks)
{
    TEST_BUF db = { 0 };
    CHECK("make", make("CREATE TABLE T(v); INSERT INTO T VALUES(zeroblob(900000)),('x')", &db));
    hm_str bytes = hm_buf_view(&db);
    codec_sqlite_src src = { .size = db.n, .read = read_at, .ctx = &bytes };
    HM_AUTO(codec_sqlite_closep) codec_sqlite *s = NULL;
    CHECK_EQ("open", codec_sqlite_open(&src, &s, NULL), HM_OK);
    for (int i = 0; i < 4; i++) {
        TEST_BUF out = { 0 };
        CHECK_EQ("walk", codec_sqlite_blobs(s, "T", "v", say, &out, NULL), HM_OK);
        CHECK_STR("walk", hm_buf_view(&out), HM_STR("1=900000 2=x "));
    }
}

TEST(sqlite_no_database)
{
    static const struct {
        const char *name;
        hm_str in;
        const char *want;
    } T[] = {
        { "empty", HM_STR(""), "empty" },
        { "text", HM_STR("asdf\n"), "sqlite" },
        { "the name alone", HM_STR("SQLite format 3\0"), "sqlite" },
        { "another format", HM_STR("SQLite format 4\0 and so on"), "sqlite" },
    };
    for (size_t i = 0; i < HM_COUNT(T); i++) {
        TEST_BUF out = { 0 };
        CHECK(T[i].name, run(T[i].in, HM_NONE, &out));
        CHECK_STR(T[i].name, hm_buf_view(&out), hm_str_c(T[i].want));
    }
}

/* Every cut and every changed byte: an answer, never more than there is. */
TEST(sqlite_damaged)
{
    TEST_BUF db = { 0 };
    CHECK("make",
          make("PRAGMA page_size=512; CREATE TABLE T(v); INSERT INTO T VALUES(zeroblob(2000)),('x'),('y')", &db));
    for (size_t n = 0; n < db.n; n += test_fault() ? 1000 : 7) {
        TEST_BUF out = { 0 };
        CHECK("cut", run(hm_str_sub(hm_buf_view(&db), 0, n), HM_NONE, &out));
        CHECK("cut", n == 0 || hm_str_search(hm_buf_view(&out), HM_STR("sqlite")) < out.n ||
                         hm_str_is(hm_buf_view(&out), "1=2000 2=x 3=y ")); /* of the last page the end is empty */
    }
    for (size_t i = 0; i < db.n; i += test_fault() ? 1000 : 5) {
        TEST_BUF out = { 0 };
        db.p[i] ^= 0x55;
        CHECK("changed", run(hm_buf_view(&db), HM_NONE, &out));
        db.p[i] ^= 0x55;
    }
}

static hm_rc add_up(void *ctx, uint64_t row, hm_str value, const hm_err *bad, hm_err *err)
{
    (void)row;
    (void)bad;
    (void)err;
    *(uint64_t *)ctx += value.n;
    return HM_OK;
}

/* A page that names one row 600 times: what is read stays within what the file has. */
TEST(sqlite_shared_row)
{
    enum { PAGE = 4096, BYTES = 489 + 4092 * 70, TIMES = 600 }; /* of so many bytes 489 lie in the row's own page */
    TEST_BUF db = { 0 };
    CHECK("make", make("PRAGMA page_size=4096; CREATE TABLE T(v); INSERT INTO T VALUES(zeroblob(286920))", &db));
    char *page =
        db.p + PAGE; /* the table's: 13, free:be16, rows:be16, start:be16, fragments, then place:be16 of each */
    CHECK("page", db.n > (size_t)2 * PAGE && page[0] == 13 && page[4] == 1);
    page[3] = (char)(TIMES >> 8);
    page[4] = (char)(TIMES & 0xff);
    for (size_t i = 1; i < TIMES; i++)
        memcpy(page + 8 + 2 * i, page + 8, 2);
    hm_str bytes = hm_buf_view(&db);
    codec_sqlite_src src = { .size = db.n, .read = read_at, .ctx = &bytes };
    HM_AUTO(codec_sqlite_closep) codec_sqlite *s = NULL;
    uint64_t sum = 0;
    CHECK_EQ("open", codec_sqlite_open(&src, &s, NULL), HM_OK);
    hm_rc rc = codec_sqlite_blobs(s, "T", "v", add_up, &sum, NULL);
    CHECK("read", rc != HM_NOMEM && sum > 0 && sum <= db.n + BYTES);
}

static bool file_bytes(const char *dir, const char *name, hm_buf *out)
{
    char path[256];
    snprintf(path, sizeof path, "%s/%s", dir, name);
    return test_read(path, out);
}

/* The database and the log of a writer that did not come to its end. */
static bool make_log(const char *dir, hm_buf *db, hm_buf *log)
{
    static const char SQL[] =
        "PRAGMA page_size=1024; PRAGMA journal_mode=WAL; CREATE TABLE T(v); INSERT INTO T VALUES('old'),(zeroblob(3000));"
        "PRAGMA wal_checkpoint(TRUNCATE); PRAGMA wal_autocheckpoint=0;"
        "INSERT INTO T VALUES('new'); UPDATE T SET v='changed' WHERE rowid=1; INSERT INTO T VALUES(zeroblob(9000));";
    char path[256];
    sqlite3 *s = NULL;
    snprintf(path, sizeof path, "%s/a", dir);
    bool ok = sqlite3_open(path, &s) == SQLITE_OK && sqlite3_exec(s, SQL, NULL, NULL, NULL) == SQLITE_OK;
    ok = ok && file_bytes(dir, "a", db) && file_bytes(dir, "a-wal", log);
    sqlite3_close(s);
    static const char *const MADE[] = { "a", "a-wal", "a-shm" };
    for (size_t i = 0; i < HM_COUNT(MADE); i++) {
        snprintf(path, sizeof path, "%s/%s", dir, MADE[i]);
        unlink(path);
    }
    return ok;
}

TEST(sqlite_log)
{
    char dir[] = "/tmp/sqlite_test-XXXXXX";
    CHECK("folder", mkdtemp(dir) != NULL);
    TEST_BUF db = { 0 }, log = { 0 };
    bool made = make_log(dir, &db, &log);
    rmdir(dir);
    CHECK("made", made);
    static const char OLD[] = "1=old 2=3000 ", NEW[] = "1=changed 2=3000 3=new 4=9000 ";
    const struct {
        const char *name, *want;
        size_t n;       /* bytes of the log */
        size_t changed; /* byte changed, 0: none */
    } T[] = {
        { "no log", OLD, 0, 0 },
        { "whole", NEW, log.n, 0 },
        { "a torn last frame: its transaction is not there", "1=changed 2=3000 3=new ", log.n - 1, 0 },
        { "a torn first frame", OLD, 32 + 24 + 1023, 0 },
        { "first transaction alone", "1=old 2=3000 3=new ", 32 + 24 + 1024, 0 },
        { "half a header", OLD, 31, 0 },
        { "a header that is none", OLD, log.n, 1 },
        { "a page size that is none", OLD, log.n, 10 },
        { "wrong sum of the header", OLD, log.n, 30 },
        { "wrong salt of a frame", OLD, log.n, 32 + 8 },
        { "wrong sum of a frame", OLD, log.n, 32 + 17 },
        { "wrong bytes of a page", OLD, log.n, 32 + 24 + 500 },
    };
    for (size_t i = 0; i < HM_COUNT(T); i++) {
        TEST_BUF out = { 0 };
        log.p[T[i].changed] ^= T[i].changed ? 0x10 : 0;
        bool ran = run(hm_buf_view(&db), hm_str_sub(hm_buf_view(&log), 0, T[i].n), &out);
        log.p[T[i].changed] ^= T[i].changed ? 0x10 : 0;
        CHECK(T[i].name, ran);
        CHECK_STR(T[i].name, hm_buf_view(&out), hm_str_c(T[i].want));
    }
}
