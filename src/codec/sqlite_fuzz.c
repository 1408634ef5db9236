/* le32 n, n bytes of a write-ahead log, a database: never more bytes than it has are given out, twice gives the same. */
#include "codec/codec.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool read_at(void *ctx, uint64_t at, void *to, size_t n)
{
    const hm_str *s = ctx;
    HM_BUG_ON(at > s->n || n > s->n - at);
    memcpy(to, s->p + at, n);
    return true;
}

HM_WRAPS static hm_rc count(void *ctx, uint64_t row, hm_str value, const hm_err *bad, hm_err *err)
{
    uint64_t *sum = ctx;
    (void)err;
    HM_BUG_ON(bad && (bad->rc == HM_OK || bad->rc == HM_NOMEM));
    *sum = *sum * 31 + row + value.n + (bad ? bad->defect : 0);
    return HM_OK;
}

static uint64_t run(hm_str db, hm_str log)
{
    codec_sqlite_src src = { .size = db.n, .read = read_at, .ctx = &db, .log = log };
    codec_sqlite *s = NULL;
    hm_err e = { 0 };
    uint64_t sum = 0;
    hm_rc rc = codec_sqlite_open(&src, &s, &e);
    if (rc == HM_OK)
        rc = codec_sqlite_blobs(s, "Packages", "blob", count, &sum, &e);
    HM_BUG_ON(rc != e.rc || rc == HM_BUG || rc == HM_NOMEM);
    codec_sqlite_close(s);
    return sum;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    hm_cur c = hm_cur_of((hm_str){ (const char *)data, size });
    uint32_t n = hm_cur_le32(&c);
    hm_str log = hm_cur_take(&c, n), db = hm_cur_take(&c, hm_cur_left(&c));
    if (!c.bad)
        HM_BUG_ON(run(db, log) != run(db, log));
    return 0;
}
