/* sqlite - one table's blobs out of an SQLite database that is not ours, in a place where no file can be opened.
 * Pages come from a read callback; frames of a write-ahead log left beside the database lie over them.
 * https://www.sqlite.org/fileformat2.html (2.1 header, 4 WAL).
 *
 *   log   := magic:be32 format:be32 page_size:be32 checkpoint:be32 salt[8] sum[8]  frames
 *   frame := page:be32 pages_after_commit:be32 salt[8] sum[8]  page bytes
 *
 * 1. A frame counts when its salt is the log's, its sum (over all before it) is right, and a later frame, or it itself,
 *    ends a transaction (pages_after_commit > 0): what SQLite itself takes.
 * 2. The library sees a read-only database in rollback mode: bytes 18 and 19 of the header say 1. It is told that the
 *    file never changes, so it asks for no lock, journal or shared memory; of our VFS it gets xRead and xFileSize, all
 *    else says no. Nothing is opened, timed or made random by the system: the VFS is the default one while it is open,
 *    and the name it bears is its own address, so that two of them are two.
 * 3. The schema is the enemy's program: views, triggers, functions, virtual tables and extensions are off, an
 *    authorizer lets through what our three statements need, a progress handler counts steps, the library's heap has a
 *    hard limit while it is open, and values are measured before they are read.
 * The enemy is who wrote the database. */
#include "base/limits.h"
#include "codec/codec.h"
#include <sqlite3.h>

enum {
    LOG_HEAD = 32,
    FRAME_HEAD = 24,
    STEP_OPS = 1000,  /* virtual machine steps between two calls of the progress handler */
    FREE_CALLS = 200, /* of it; and one for each 16 KiB, as a row takes a handful of steps and some bytes */
    BYTES_PER_CALL = 16 << 10,
    NAME_BYTES = 32,
};
#define HEAP_BYTES (LIMIT_SQLITE_VALUE * 2 + (32 << 20))

struct codec_sqlite {
    codec_sqlite_src src;
    sqlite3_vfs vfs;
    char name[NAME_BYTES];
    sqlite3 *db;
    hm_map *frame; /* page number (as in the log) -> place of its newest committed bytes in the log */
    uint64_t size; /* of the database with the log */
    uint32_t page; /* bytes of a page, 0: no log that counts */
    uint64_t calls;
    uint64_t taken; /* bytes of values read: no byte of a sound database belongs to two of them */
    sqlite3_int64 heap_was;
    bool registered, failed; /* failed: a read was not answered */
};

/* what SQLite keeps for an open file */
typedef struct file {
    sqlite3_file base; /* first */
    codec_sqlite *s;
} file;

/* ---- the log ------------------------------------------------------------------------------------------------------ */

typedef struct sum {
    uint32_t a, b;
    bool big; /* words are big-endian */
} sum;

HM_WRAPS static void sum_add(sum *s, hm_str bytes)
{
    hm_cur c = hm_cur_of(bytes);
    while (hm_cur_left(&c) >= 8) {
        uint32_t x = s->big ? hm_cur_be32(&c) : hm_cur_le32(&c);
        uint32_t y = s->big ? hm_cur_be32(&c) : hm_cur_le32(&c);
        s->a += x + s->b;
        s->b += y + s->a;
    }
}

static bool page_size_ok(uint32_t n)
{
    return n >= 512 && n <= 65536 && (n & (n - 1)) == 0;
}

/* Reads the frames; what is torn or of an older log is not there, as for SQLite. False: no memory. */
static bool read_log(codec_sqlite *s)
{
    hm_str log = s->src.log;
    hm_cur c = hm_cur_of(log);
    uint32_t magic = hm_cur_be32(&c), format = hm_cur_be32(&c), page = hm_cur_be32(&c);
    hm_cur_skip(&c, 4);
    hm_str salt = hm_cur_take(&c, 8);
    uint32_t sum_a = hm_cur_be32(&c), sum_b = hm_cur_be32(&c);
    sum x = { .big = magic & 1 };
    if (c.bad || (magic & ~1U) != 0x377f0682 || format != 3007000 || !page_size_ok(page))
        return true;
    sum_add(&x, hm_str_sub(log, 0, LOG_HEAD - 8));
    if (x.a != sum_a || x.b != sum_b)
        return true;
    size_t done = LOG_HEAD; /* end of the last transaction */
    uint32_t pages = 0;
    while (hm_cur_left(&c) >= FRAME_HEAD + page) {
        hm_str head = hm_str_sub(log, c.at, 8);
        uint32_t number = hm_cur_be32(&c), after = hm_cur_be32(&c);
        hm_str frame_salt = hm_cur_take(&c, 8);
        sum_a = hm_cur_be32(&c);
        sum_b = hm_cur_be32(&c);
        sum_add(&x, head);
        sum_add(&x, hm_cur_take(&c, page));
        if (number == 0 || !hm_str_eq(frame_salt, salt) || x.a != sum_a || x.b != sum_b)
            break;
        if (after) {
            done = c.at;
            pages = after;
        }
    }
    for (size_t at = LOG_HEAD; at < done; at += FRAME_HEAD + page) {
        uint64_t *place = hm_map_put(s->frame, hm_str_sub(log, at, 4), 0);
        if (!place)
            return false;
        *place = at + FRAME_HEAD;
    }
    if (pages) {
        s->page = page;
        s->size = (uint64_t)pages * page;
    }
    return true;
}

/* ---- what SQLite reads ---------------------------------------------------------------------------------------------- */

/* Bytes that lie within one page, or of a database without log. */
static bool read_piece(const codec_sqlite *s, uint64_t at, char *to, size_t n)
{
    uint64_t place, number = s->page ? at / s->page + 1 : 0;
    const char key[4] = { (char)(number >> 24), (char)(number >> 16), (char)(number >> 8), (char)number };
    if (number && hm_map_get(s->frame, (hm_str){ key, sizeof key }, &place)) {
        memcpy(to, s->src.log.p + place + at % s->page, n);
        return true;
    }
    return at <= s->src.size && n <= s->src.size - at && s->src.read(s->src.ctx, at, to, n);
}

static int file_read(sqlite3_file *f, void *to, int amount, sqlite3_int64 offset)
{
    codec_sqlite *s = ((file *)f)->s;
    char *p = to;
    uint64_t at = (uint64_t)offset, n = (uint64_t)amount, left = at < s->size ? s->size - at : 0;
    size_t want = n < left ? (size_t)n : (size_t)left;
    memset(p + want, 0, (size_t)n - want);
    for (size_t k = 0; k < want;) {
        uint64_t in_page = s->page ? s->page - (at + k) % s->page : want;
        size_t piece = in_page < want - k ? (size_t)in_page : want - k;
        if (!read_piece(s, at + k, p + k, piece)) {
            s->failed = true;
            return SQLITE_IOERR_READ;
        }
        k += piece;
    }
    for (uint64_t k = 18; k < 20; k++) /* the versions that ask for a log */
        if (k >= at && k - at < want && p[k - at] == 2)
            p[k - at] = 1;
    return want < n ? SQLITE_IOERR_SHORT_READ : SQLITE_OK;
}

static int file_size(sqlite3_file *f, sqlite3_int64 *ret)
{
    *ret = (sqlite3_int64)((file *)f)->s->size;
    return SQLITE_OK;
}

static int file_nothing(sqlite3_file *f)
{
    (void)f;
    return SQLITE_OK;
}

static int file_flag(sqlite3_file *f, int x)
{
    (void)f;
    (void)x;
    return SQLITE_OK;
}

static int file_write(sqlite3_file *f, const void *p, int n, sqlite3_int64 at)
{
    (void)f;
    (void)p;
    (void)n;
    (void)at;
    return SQLITE_READONLY;
}

static int file_truncate(sqlite3_file *f, sqlite3_int64 n)
{
    (void)f;
    (void)n;
    return SQLITE_READONLY;
}

static int file_reserved(sqlite3_file *f, int *ret)
{
    (void)f;
    *ret = 0;
    return SQLITE_OK;
}

static int file_control(sqlite3_file *f, int op, void *arg)
{
    (void)f;
    (void)op;
    (void)arg;
    return SQLITE_NOTFOUND;
}

static int file_traits(sqlite3_file *f)
{
    (void)f;
    return SQLITE_IOCAP_IMMUTABLE;
}

static const sqlite3_io_methods FILE_METHODS = {
    .iVersion = 1,
    .xClose = file_nothing,
    .xRead = file_read,
    .xWrite = file_write,
    .xTruncate = file_truncate,
    .xSync = file_flag,
    .xFileSize = file_size,
    .xLock = file_flag,
    .xUnlock = file_flag,
    .xCheckReservedLock = file_reserved,
    .xFileControl = file_control,
    .xSectorSize = file_nothing,
    .xDeviceCharacteristics = file_traits,
};

static int vfs_open(sqlite3_vfs *v, const char *name, sqlite3_file *f, int flags, int *ret_flags)
{
    f->pMethods = NULL;
    if (!name || !(flags & SQLITE_OPEN_MAIN_DB)) /* journals, temporary files */
        return SQLITE_CANTOPEN;
    f->pMethods = &FILE_METHODS;
    ((file *)f)->s = v->pAppData;
    if (ret_flags)
        *ret_flags = SQLITE_OPEN_READONLY;
    return SQLITE_OK;
}

static int vfs_delete(sqlite3_vfs *v, const char *name, int sync)
{
    (void)v;
    (void)name;
    (void)sync;
    return SQLITE_READONLY;
}

static int vfs_access(sqlite3_vfs *v, const char *name, int flags, int *ret)
{
    (void)v;
    (void)name;
    (void)flags;
    *ret = 0;
    return SQLITE_OK;
}

static int vfs_path(sqlite3_vfs *v, const char *name, int room, char *out)
{
    (void)v;
    (void)snprintf(out, (size_t)room, "%s", name);
    return SQLITE_OK;
}

static int vfs_random(sqlite3_vfs *v, int n, char *out)
{
    (void)v;
    memset(out, 0, (size_t)n); /* nothing that is read depends on it */
    return n;
}

static int vfs_sleep(sqlite3_vfs *v, int us)
{
    (void)v;
    return us;
}

static int vfs_time(sqlite3_vfs *v, double *ret)
{
    (void)v;
    *ret = 0;
    return SQLITE_OK;
}

static int vfs_error(sqlite3_vfs *v, int n, char *out)
{
    (void)v;
    (void)n;
    (void)out;
    return 0;
}

/* ---- open ------------------------------------------------------------------------------------------------------------ */

/* Our statements read the schema table and rows of one table; views bear a name in the last argument. */
static int allow(void *ctx, int action, const char *a, const char *b, const char *base, const char *view)
{
    (void)ctx;
    (void)a;
    (void)b;
    (void)base;
    return (action == SQLITE_SELECT || action == SQLITE_READ) && !view ? SQLITE_OK : SQLITE_DENY;
}

static int count_steps(void *ctx)
{
    codec_sqlite *s = ctx;
    return ++s->calls > FREE_CALLS + s->size / BYTES_PER_CALL;
}

static hm_rc failed(const codec_sqlite *s, int code, hm_err *err)
{
    if (code == SQLITE_NOMEM)
        return hm_fail(err, HM_LIMIT, DEFECT_BUDGET, HM_PLACE_NONE, 0, HEAP_BYTES);
    if (s->failed && (code & 0xff) == SQLITE_IOERR)
        return hm_fail(err, HM_CONFLICT, DEFECT_CHANGED, HM_PLACE_NONE, 0, 0);
    if (code == SQLITE_INTERRUPT || code == SQLITE_TOOBIG)
        return hm_fail(err, HM_LIMIT, DEFECT_SQLITE, HM_PLACE_NONE, 0, (uint64_t)code);
    return hm_fail(err, HM_FORMAT, DEFECT_SQLITE, HM_PLACE_NONE, 0, (uint64_t)(code & 0xff));
}

static void set_limits(sqlite3 *db)
{
    static const struct {
        int what, value;
    } LIMITS[] = {
        { SQLITE_LIMIT_LENGTH, LIMIT_SQLITE_VALUE },
        { SQLITE_LIMIT_SQL_LENGTH, 1 << 16 },
        { SQLITE_LIMIT_COLUMN, 256 },
        { SQLITE_LIMIT_EXPR_DEPTH, 32 },
        { SQLITE_LIMIT_COMPOUND_SELECT, 4 },
        { SQLITE_LIMIT_VDBE_OP, 100000 },
        { SQLITE_LIMIT_FUNCTION_ARG, 8 },
        { SQLITE_LIMIT_ATTACHED, 0 },
        { SQLITE_LIMIT_TRIGGER_DEPTH, 1 },
        { SQLITE_LIMIT_WORKER_THREADS, 0 },
    };
    static const struct {
        int what, value;
    } CONFIG[] = {
        { SQLITE_DBCONFIG_DEFENSIVE, 1 },   { SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0 },
        { SQLITE_DBCONFIG_ENABLE_VIEW, 0 }, { SQLITE_DBCONFIG_ENABLE_TRIGGER, 0 },
        { SQLITE_DBCONFIG_ENABLE_FKEY, 0 }, { SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0 },
    };
    for (size_t i = 0; i < HM_COUNT(LIMITS); i++)
        (void)sqlite3_limit(db, LIMITS[i].what, LIMITS[i].value);
    for (size_t i = 0; i < HM_COUNT(CONFIG); i++)
        (void)sqlite3_db_config(db, CONFIG[i].what, CONFIG[i].value, NULL);
}

static int open_db(codec_sqlite *s)
{
    char uri[NAME_BYTES + 32];
    s->vfs = (sqlite3_vfs){
        .iVersion = 1,
        .szOsFile = sizeof(file),
        .mxPathname = sizeof uri,
        .zName = s->name,
        .pAppData = s,
        .xOpen = vfs_open,
        .xDelete = vfs_delete,
        .xAccess = vfs_access,
        .xFullPathname = vfs_path,
        .xRandomness = vfs_random,
        .xSleep = vfs_sleep,
        .xCurrentTime = vfs_time,
        .xGetLastError = vfs_error,
    };
    (void)snprintf(s->name, sizeof s->name, "hm-%p", (void *)s);
    int code = sqlite3_vfs_register(&s->vfs, 1);
    if (code != SQLITE_OK)
        return code;
    s->registered = true;
    s->heap_was = sqlite3_hard_heap_limit64(HEAP_BYTES);
    code = sqlite3_open_v2("file:db?immutable=1", &s->db, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX,
                           s->name);
    if (code != SQLITE_OK)
        return code;
    set_limits(s->db);
    sqlite3_progress_handler(s->db, STEP_OPS, count_steps, s);
    code = sqlite3_exec(s->db, "PRAGMA cell_size_check=1; PRAGMA temp_store=2; PRAGMA mmap_size=0", NULL, NULL, NULL);
    if (code == SQLITE_OK)
        code = sqlite3_set_authorizer(s->db, allow, NULL);
    return code;
}

codec_sqlite *codec_sqlite_close(codec_sqlite *s)
{
    if (s) {
        (void)sqlite3_close(s->db);
        if (s->registered) {
            (void)sqlite3_vfs_unregister(&s->vfs);
            (void)sqlite3_hard_heap_limit64(s->heap_was);
        }
        hm_map_free(s->frame);
        free(s);
    }
    return NULL;
}

void codec_sqlite_closep(codec_sqlite **s)
{
    *s = codec_sqlite_close(*s);
}

hm_rc codec_sqlite_open(const codec_sqlite_src *src, codec_sqlite **ret_db, hm_err *err)
{
    static const char MAGIC[16] = "SQLite format 3";
    char head[sizeof MAGIC];
    codec_sqlite *s = calloc(1, sizeof *s);
    if (!s || !(s->frame = hm_map_new())) {
        codec_sqlite_close(s);
        return hm_fail(err, HM_NOMEM, DEFECT_NOMEM, HM_PLACE_NONE, 0, 0);
    }
    s->src = *src;
    s->size = src->size;
    hm_rc rc = HM_OK;
    if (!read_log(s))
        rc = hm_fail(err, HM_NOMEM, DEFECT_NOMEM, HM_PLACE_NONE, 0, 0);
    else if (s->size == 0)
        rc = hm_fail(err, HM_TRUNC, DEFECT_EMPTY, HM_PLACE_NONE, 0, 0);
    else if (s->size < sizeof head || !read_piece(s, 0, head, sizeof head) || memcmp(head, MAGIC, sizeof head) != 0)
        rc = hm_fail(err, HM_FORMAT, DEFECT_SQLITE, HM_PLACE_BYTE, 0, SQLITE_NOTADB);
    if (rc == HM_OK) {
        int code = open_db(s);
        if (code != SQLITE_OK)
            rc = failed(s, code, err);
    }
    if (rc != HM_OK) {
        codec_sqlite_close(s);
        return rc;
    }
    *ret_db = s;
    return HM_OK;
}

/* ---- read ------------------------------------------------------------------------------------------------------------ */

/* A real table of that name; views and virtual tables have no root page. */
static int find_table(sqlite3 *db, const char *table, bool *ret_found)
{
    sqlite3_stmt *q = NULL;
    int code = sqlite3_prepare_v2(db, "SELECT type, name, rootpage FROM sqlite_schema", -1, &q, NULL);
    *ret_found = false;
    while (code == SQLITE_OK && !*ret_found && (code = sqlite3_step(q)) == SQLITE_ROW) {
        code = SQLITE_OK;
        const unsigned char *type = sqlite3_column_text(q, 0), *name = sqlite3_column_text(q, 1);
        *ret_found = type && name && sqlite3_stricmp((const char *)type, "table") == 0 &&
                     sqlite3_stricmp((const char *)name, table) == 0 && sqlite3_column_int64(q, 2) > 1;
    }
    (void)sqlite3_finalize(q);
    return code == SQLITE_DONE ? SQLITE_OK : code;
}

/* One value into the buffer; what is wrong with it is the visitor's to say. */
static int read_value(codec_sqlite *s, const char *table, const char *column, sqlite3_int64 row, sqlite3_blob **blob,
                      hm_buf *to)
{
    int code;
    if (s->taken > s->size)
        return SQLITE_CORRUPT;
    if (*blob) {
        code = sqlite3_blob_reopen(*blob, row);
    } else {
        code = sqlite3_blob_open(s->db, "main", table, column, row, 0, blob);
    }
    if (code != SQLITE_OK) { /* after a failure it cannot be used again */
        (void)sqlite3_blob_close(*blob);
        *blob = NULL;
        return code;
    }
    int n = sqlite3_blob_bytes(*blob);
    if (n > LIMIT_SQLITE_VALUE)
        return SQLITE_TOOBIG;
    s->taken += (uint64_t)n;
    hm_buf_reset(to);
    if (!hm_buf_room(to, (size_t)n + 1))
        return SQLITE_NOMEM;
    code = n ? sqlite3_blob_read(*blob, to->p, n, 0) : SQLITE_OK;
    if (code == SQLITE_OK) {
        to->n = (size_t)n;
    } else {
        (void)sqlite3_blob_close(*blob);
        *blob = NULL;
    }
    return code;
}

hm_rc codec_sqlite_blobs(codec_sqlite *s, const char *table, const char *column, codec_sqlite_visit *visit, void *ctx,
                         hm_err *err)
{
    bool found;
    s->calls = s->taken = 0; /* each walk has a budget of its own */
    int code = find_table(s->db, table, &found);
    if (code != SQLITE_OK)
        return failed(s, code, err);
    if (!found)
        return hm_fail(err, HM_NOTFOUND, DEFECT_SQLITE, HM_PLACE_NONE, 0, SQLITE_NOTFOUND);
    HM_AUTO(hm_buf_clear) hm_buf sql = { 0 }, value = { 0 };
    hm_buf_c(&sql, "SELECT rowid FROM \"");
    hm_buf_c(&sql, table);
    hm_buf_add(&sql, "\"", 2);
    if (sql.bad)
        return hm_fail(err, HM_NOMEM, DEFECT_NOMEM, HM_PLACE_NONE, 0, 0);
    sqlite3_stmt *q = NULL;
    sqlite3_blob *blob = NULL;
    hm_rc rc = HM_OK;
    code = sqlite3_prepare_v2(s->db, sql.p, -1, &q, NULL);
    while (rc == HM_OK && code == SQLITE_OK && (code = sqlite3_step(q)) == SQLITE_ROW) {
        sqlite3_int64 row = sqlite3_column_int64(q, 0);
        hm_err bad = { 0 };
        code = read_value(s, table, column, row, &blob, &value);
        hm_rc got = code == SQLITE_OK ? HM_OK : failed(s, code, &bad);
        code = SQLITE_OK;
        rc = visit(ctx, (uint64_t)row, got == HM_OK ? hm_buf_view(&value) : HM_NONE, got == HM_OK ? NULL : &bad, err);
    }
    (void)sqlite3_blob_close(blob);
    (void)sqlite3_finalize(q);
    return rc != HM_OK || code == SQLITE_DONE ? rc : failed(s, code, err);
}
