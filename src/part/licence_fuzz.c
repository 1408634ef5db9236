/* licence - what is understood is written in a form that is understood as itself. */
#include "part/part.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    hm_buf once = { 0 }, twice = { 0 };
    hm_err e = { 0 };
    hm_str in = { (const char *)data, size };
    if (part_licence(in, &once, &e) == HM_OK) {
        HM_BUG_ON(once.n == 0 || !hm_utf8_ok(hm_buf_view(&once)));
        hm_rc rc = part_licence(hm_buf_view(&once), &twice, &e);
        HM_BUG_ON(rc != HM_LIMIT && (rc != HM_OK || !hm_str_eq(hm_buf_view(&once), hm_buf_view(&twice))));
    } else
        HM_BUG_ON(once.n != 0 || e.rc == HM_OK);
    hm_buf_clear(&once);
    hm_buf_clear(&twice);
    part_desc d = { 0 };
    hm_buf scratch = { 0 };
    part_desc_licence(&d, in, &scratch);
    HM_BUG_ON(d.licence_raw.n > 256);
    hm_buf_clear(&scratch);
    return 0;
}
