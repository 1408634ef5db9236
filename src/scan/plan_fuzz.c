/* Both directions of a plan. The first byte says how the rest is read:
 *   even: a plan, as a worker under foreign control may answer; what decodes must come back the same from its own bytes
 *   odd:  descriptions of an image: pieces that begin with 0x01, each a path up to 0x02 and its content; the answer of
 *         the job must decode */
#include "scan/plan.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { BUDGET = 64 << 20 };

static void decode(hm_str in)
{
    HM_AUTO(hm_arena_freep) hm_arena *a = hm_arena_new(BUDGET);
    HM_AUTO(hm_buf_clear) hm_buf one = { 0 }, two = { 0 };
    plan p = { 0 }, again = { 0 };
    hm_err e = { 0 };
    if (!a || scan_plan_get(a, in, &p, &e) != HM_OK)
        return;
    scan_plan_put(&one, &p);
    HM_BUG_ON(scan_plan_get(a, hm_buf_view(&one), &again, &e) != HM_OK);
    scan_plan_put(&two, &again);
    HM_BUG_ON(!hm_str_eq(hm_buf_view(&one), hm_buf_view(&two)));
}

static void make(bool final, hm_str in)
{
    HM_AUTO(hm_arena_freep) hm_arena *a = hm_arena_new(BUDGET), *b = hm_arena_new(BUDGET);
    HM_AUTO(hm_buf_clear) hm_buf ask = { 0 }, out = { 0 };
    if (!a || !b)
        return;
    hm_str rest = HM_NONE, piece = hm_str_cut(in, 1, &rest);
    scan_plan_ask(&ask, final, piece, HM_STR("linux/amd64"));
    while (rest.n) {
        hm_str content;
        piece = hm_str_cut(rest, 1, &rest);
        hm_str path = hm_str_cut(piece, 2, &content);
        scan_plan_ask_blob(&ask, path, content);
    }
    jail_in job = { .extra = hm_buf_view(&ask), .arena = a, .fd = -1 };
    hm_err e = { 0 };
    plan p = { 0 };
    hm_rc rc = scan_job_plan(&job, &out, &e);
    HM_BUG_ON(rc != HM_OK && e.defect == DEFECT_NONE);
    HM_BUG_ON(!out.bad && scan_plan_get(b, hm_buf_view(&out), &p, &e) != HM_OK);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    hm_str in = { (const char *)data + 1, size - 1 };
    if (data[0] & 1)
        make(!(data[0] & 2), in);
    else
        decode(in);
    return 0;
}
