/* normal - normal forms: a normal form is its own normal form. */
#include "version/version.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    version_order order = (version_order)(data[0] % VERSION_ORDER_COUNT);
    hm_str in = { (const char *)data + 1, size - 1 };
    hm_buf once = { 0 }, twice = { 0 };
    bool ok = version_normal(order, in, &once);
    bool again = version_normal(order, hm_buf_view(&once), &twice);
    HM_BUG_ON(!once.bad && !twice.bad && (ok != again || !hm_str_eq(hm_buf_view(&once), hm_buf_view(&twice))));
    hm_buf_clear(&once);
    hm_buf_clear(&twice);
    version_deb v = version_deb_split(in);
    HM_BUG_ON(v.epoch.n + v.upstream.n + v.revision.n > in.n);
    return 0;
}
