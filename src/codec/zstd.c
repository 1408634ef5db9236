/* zstd - Zstandard frames in memory (RFC 8878), one or several in a row, skippable ones among them.
 *
 *   bytes -> [magic, header (window, size), blocks, check sum] ... -> bytes in the arena
 *
 * 1. Output never passes `max`; past LIMIT_RATIO_FREE it never passes LIMIT_RATIO times the input either.
 * 2. The library's window is at most WINDOW_LOG: what it keeps is bounded whatever a header asks for. It comes from the
 *    heap, as the library takes an allocator in its experimental interface alone.
 * 3. The whole input is accounted for: it ends where a frame ends.
 * Enemy: whoever made the stream. */
#include "base/limits.h"
#include "codec/codec.h"
#include <zstd.h>
#include <zstd_errors.h>

enum { WINDOW_LOG = 23, FIRST_BYTES = 4096 };

typedef struct sink {
    hm_arena *a;
    char *p;
    size_t n, cap, max, ratio_max;
} sink;

static hm_rc widen(sink *s, hm_err *err)
{
    size_t top = s->max < s->ratio_max ? s->max : s->ratio_max;
    if (s->n < s->cap)
        return HM_OK;
    if (s->n >= top) {
        bool large = s->max <= s->ratio_max;
        hm_rc rc = hm_fail(err, HM_LIMIT, large ? DEFECT_TOO_LARGE : DEFECT_RATIO, HM_PLACE_NONE, 0,
                           large ? s->max : LIMIT_RATIO);
        if (err)
            err->arg[1] = s->n;
        return rc;
    }
    size_t cap = s->cap > top / 2 ? top : s->cap * 2;
    if (cap < FIRST_BYTES)
        cap = top < FIRST_BYTES ? top : FIRST_BYTES;
    char *p = hm_arena_grow(s->a, s->p, s->cap, cap);
    if (!p)
        return hm_arena_fail(s->a, err);
    s->p = p;
    s->cap = cap;
    return HM_OK;
}

static hm_rc refused(size_t code, uint64_t at, hm_err *err)
{
    ZSTD_ErrorCode e = ZSTD_getErrorCode(code);
    if (e == ZSTD_error_memory_allocation)
        return hm_fail(err, HM_NOMEM, DEFECT_NOMEM, HM_PLACE_NONE, 0, 0);
    if (e == ZSTD_error_frameParameter_windowTooLarge)
        return hm_fail(err, HM_LIMIT, DEFECT_BUDGET, HM_PLACE_BYTE, at, 1U << WINDOW_LOG);
    return hm_fail(err, HM_FORMAT, DEFECT_COMPRESSED, HM_PLACE_BYTE, at, 0);
}

static hm_rc unpack(ZSTD_DCtx *z, hm_str in, sink *s, hm_err *err)
{
    ZSTD_inBuffer from = { in.p, in.n, 0 };
    size_t left = 1; /* 0: at the end of a frame */
    bool flushed = true;
    while (from.pos < from.size || !flushed) {
        char past = 0; /* room behind a full output: shows whether the stream wants more */
        size_t was = from.pos;
        bool full = s->n == s->cap && s->n == (s->max < s->ratio_max ? s->max : s->ratio_max);
        if (!full) {
            hm_rc rc = widen(s, err);
            if (rc != HM_OK)
                return rc;
        }
        ZSTD_outBuffer to = { full ? &past : s->p + s->n, full ? 1 : s->cap - s->n, 0 };
        left = ZSTD_decompressStream(z, &to, &from);
        if (ZSTD_isError(left))
            return refused(left, was, err);
        if (full && to.pos)
            return widen(s, err);
        if (!full)
            s->n += to.pos;
        flushed = left == 0 || to.pos < to.size;
        if (from.pos == was && to.pos == 0) /* nothing taken, nothing given: it waits for input that is not there */
            break;
    }
    return left == 0 ? HM_OK : hm_fail(err, HM_TRUNC, DEFECT_TRUNCATED, HM_PLACE_BYTE, in.n, 0);
}

hm_rc codec_unzstd(hm_arena *a, hm_str in, size_t max, hm_str *ret_out, hm_err *err)
{
    if (in.n == 0)
        return hm_fail(err, HM_TRUNC, DEFECT_EMPTY, HM_PLACE_NONE, 0, 0);
    sink s = { .a = a, .max = max };
    if (hm_ckd_mul(&s.ratio_max, in.n, (size_t)LIMIT_RATIO))
        s.ratio_max = SIZE_MAX;
    if (s.ratio_max < LIMIT_RATIO_FREE)
        s.ratio_max = LIMIT_RATIO_FREE;
    ZSTD_DCtx *z = ZSTD_createDCtx();
    if (!z)
        return hm_fail(err, HM_NOMEM, DEFECT_NOMEM, HM_PLACE_NONE, 0, 0);
    hm_rc rc = ZSTD_isError(ZSTD_DCtx_setParameter(z, ZSTD_d_windowLogMax, WINDOW_LOG))
                   ? hm_fail(err, HM_BUG, DEFECT_COMPRESSED, HM_PLACE_NONE, 0, 0)
                   : unpack(z, in, &s, err);
    ZSTD_freeDCtx(z);
    if (rc == HM_OK)
        *ret_out = (hm_str){ s.p ? s.p : "", s.n };
    return rc;
}
