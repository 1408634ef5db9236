/* Records of an archive's job as a worker that was taken over may send them: any bytes. What is taken is in range and is
 * what would have been written. */
#include "scan/unpack.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    hm_str left = { (const char *)data, size };
    unpack_record r;
    size_t n;
    hm_err e = { 0 };
    hm_rc rc;
    while ((rc = scan_unpack_get(left, &r, &n, &e)) == HM_OK) {
        hm_buf again = { 0 };
        HM_BUG_ON(n < 5 || n > left.n || r.type >= UNPACK_TYPES || r.set >= UNPACK_SETS || r.root_n > r.path.n);
        HM_BUG_ON(r.path.n > JAIL_NAME_MAX || (r.type == UNPACK_FAIL && r.err.rc == HM_OK));
        scan_unpack_put(&again, &r);
        HM_BUG_ON(!again.bad && !hm_str_eq(hm_buf_view(&again), hm_str_sub(left, 0, n)));
        hm_buf_clear(&again);
        left = hm_str_from(left, n);
    }
    HM_BUG_ON(rc != HM_NOTFOUND && (rc != HM_FORMAT || e.defect != DEFECT_WORKER_REPLY));
    return 0;
}
