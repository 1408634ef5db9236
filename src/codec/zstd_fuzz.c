/* Any bytes as Zstandard frames: the bounds hold, nothing is given out on failure, twice gives the same. */
#include "base/limits.h"
#include "codec/codec.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    enum { MOST = 1 << 18 };
    hm_str in = { (const char *)data, size }, out = HM_NONE, again = HM_NONE;
    hm_arena *a = hm_arena_new((size_t)4 * MOST);
    hm_err e = { 0 };
    if (!a)
        return 0;
    hm_rc rc = codec_unzstd(a, in, MOST, &out, &e);
    HM_BUG_ON(rc != e.rc || rc == HM_BUG || rc == HM_NOMEM);
    HM_BUG_ON(rc != HM_OK && out.n != 0);
    HM_BUG_ON(out.n > MOST || e.place > size);
    if (rc == HM_OK && codec_unzstd(a, in, out.n, &again, NULL) == HM_OK)
        HM_BUG_ON(!hm_str_eq(out, again));
    hm_arena_free(a);
    return 0;
}
