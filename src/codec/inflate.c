/* inflate - deflate streams in memory (RFC 1951), bare, as zlib (RFC 1950) or as gzip members in a row (RFC 1952).
 *
 *   bytes -> [member: header, deflate blocks, check sum] ... [zero padding] -> bytes in the arena
 *
 * Invariants:
 * 1. Output never passes `max`; past LIMIT_RATIO_FREE it never passes LIMIT_RATIO times the input either.
 * 2. All memory, that of zlib's state too, comes from the arena: its budget holds for both.
 * 3. The whole input is accounted for: behind the last member only zero bytes may stand (sections and tapes pad).
 * 4. Every turn of the loop takes input or gives output, so the cost is linear in the sum of both.
 * Enemy: whoever made the stream; check sums are part of what they made. */
#define ZLIB_CONST
#include "base/limits.h"
#include "codec/codec.h"
#include <limits.h>
#include <zlib.h>

enum { FIRST_BYTES = 4096 };

static voidpf take(voidpf arena, uInt n, uInt size)
{
    return hm_arena_array(arena, n, size);
}

static void leave(voidpf arena, voidpf p)
{
    (void)arena;
    (void)p; /* ends with the arena */
}

typedef struct sink {
    hm_arena *a;
    char *p;
    size_t n, cap, max, ratio_max; /* ratio_max: what the input may become */
} sink;

static size_t ceiling(const sink *s)
{
    return s->max < s->ratio_max ? s->max : s->ratio_max;
}

/* Room for at least one byte more. */
static hm_rc widen(sink *s, hm_err *err)
{
    size_t top = ceiling(s);
    if (s->n < s->cap)
        return HM_OK;
    if (s->n >= top) {
        hm_rc rc = hm_fail(err, HM_LIMIT, s->max <= s->ratio_max ? DEFECT_TOO_LARGE : DEFECT_RATIO, HM_PLACE_NONE, 0,
                           s->max <= s->ratio_max ? s->max : LIMIT_RATIO);
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

static bool only_zeros(const char *p, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (p[i])
            return false;
    return true;
}

/* One member: takes it from *in, adds what it holds to s. */
static hm_rc member(z_stream *z, hm_str *in, uint64_t base, sink *s, hm_err *err)
{
    char past = 0; /* one byte of room behind a full output: shows whether the stream wants more, or just its end */
    for (;;) {
        uInt feed = in->n > UINT_MAX ? UINT_MAX : (uInt)in->n;
        bool full = s->n == s->cap && s->n == ceiling(s);
        if (!full) {
            hm_rc rc = widen(s, err);
            if (rc != HM_OK)
                return rc;
        }
        size_t room = full ? 1 : s->cap - s->n;
        uInt space = room > UINT_MAX ? UINT_MAX : (uInt)room;
        z->next_in = (const Bytef *)in->p;
        z->avail_in = feed;
        z->next_out = full ? (Bytef *)&past : (Bytef *)s->p + s->n;
        z->avail_out = space;
        int said = inflate(z, Z_NO_FLUSH);
        size_t taken = feed - z->avail_in, given = space - z->avail_out;
        *in = hm_str_from(*in, taken);
        if (given && full)
            return widen(s, err);
        s->n += given;
        if (said == Z_STREAM_END)
            return HM_OK;
        if (said == Z_MEM_ERROR)
            return hm_arena_fail(s->a, err);
        if (said == Z_BUF_ERROR || (said == Z_OK && taken == 0 && given == 0))
            return hm_fail(err, HM_TRUNC, DEFECT_TRUNCATED, HM_PLACE_BYTE, base - in->n, 0);
        if (said != Z_OK)
            return hm_fail(err, HM_FORMAT, DEFECT_COMPRESSED, HM_PLACE_BYTE, base - in->n, 0);
    }
}

hm_rc codec_inflate(hm_arena *a, codec_zip kind, hm_str in, size_t max, hm_str *ret_out, hm_err *err)
{
    static const int WINDOW[] = { [CODEC_ZLIB] = MAX_WBITS, [CODEC_GZIP] = MAX_WBITS + 16, [CODEC_RAW] = -MAX_WBITS };
    if (in.n == 0)
        return hm_fail(err, HM_TRUNC, DEFECT_EMPTY, HM_PLACE_NONE, 0, 0);
    sink s = { .a = a, .max = max };
    if (hm_ckd_mul(&s.ratio_max, in.n, (size_t)LIMIT_RATIO))
        s.ratio_max = SIZE_MAX;
    if (s.ratio_max < LIMIT_RATIO_FREE)
        s.ratio_max = LIMIT_RATIO_FREE;
    z_stream z = { .zalloc = take, .zfree = leave, .opaque = a };
    if (inflateInit2(&z, WINDOW[kind]) != Z_OK)
        return hm_arena_fail(a, err);
    hm_str rest = in;
    hm_rc rc = member(&z, &rest, in.n, &s, err);
    while (rc == HM_OK && kind == CODEC_GZIP && rest.n && rest.p[0] == '\x1f') {
        if (inflateReset(&z) != Z_OK)
            return hm_fail(err, HM_BUG, DEFECT_UNKNOWN, HM_PLACE_NONE, 0, 0);
        rc = member(&z, &rest, in.n, &s, err);
    }
    if (rc == HM_OK && !only_zeros(rest.p, rest.n))
        rc = hm_fail(err, HM_FORMAT, DEFECT_COMPRESSED, HM_PLACE_BYTE, in.n - rest.n, 0);
    if (rc == HM_OK)
        *ret_out = s.n ? (hm_str){ s.p, s.n } : HM_NONE;
    return rc;
}
