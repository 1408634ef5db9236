/* An owner query as the worker gets it (job.c): any bytes as frames. What is answered must open. */
#include "scan/scan_int.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    HM_AUTO(hm_arena_freep) hm_arena *a = hm_arena_new(16 << 20);
    HM_AUTO(hm_buf_clear) hm_buf out = { .limit = 16 << 20 };
    if (!a)
        return 0;
    jail_in in = { .name = HM_STR("var/lib/dpkg/info/a.list"),
                   .extra = { (const char *)data, size },
                   .fd = -1,
                   .arena = a,
                   .budget_bytes = 16 << 20 };
    hm_err e = { 0 };
    part_pack p;
    (void)scan_job_owner(&in, &out, &e);
    HM_BUG_ON(out.n && part_pack_open(hm_buf_view(&out), &p, NULL) != HM_OK);
    return 0;
}
