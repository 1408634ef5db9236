/* Any bytes as a stream of each kind: the bounds hold, nothing is given out on failure, twice gives the same. */
#include "base/limits.h"
#include "codec/codec.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    enum { MOST = 1 << 18 };
    hm_str in = { (const char *)data, size };
    for (unsigned kind = CODEC_ZLIB; kind <= CODEC_RAW; kind++) {
        hm_arena *a = hm_arena_new((size_t)4 * MOST);
        hm_str out = HM_NONE, again = HM_NONE;
        hm_err e = { 0 };
        if (!a)
            return 0;
        hm_rc rc = codec_inflate(a, (codec_zip)kind, in, MOST, &out, &e);
        HM_BUG_ON(rc != e.rc || rc == HM_BUG || rc == HM_NOMEM);
        HM_BUG_ON(rc != HM_OK && out.n != 0);
        HM_BUG_ON(out.n > MOST || e.place > size);
        if (rc == HM_OK && codec_inflate(a, (codec_zip)kind, in, out.n, &again, NULL) == HM_OK)
            HM_BUG_ON(!hm_str_eq(out, again));
        hm_arena_free(a);
    }
    return 0;
}
