/* job - the worker's side: a claimed file to its detector, the detector's components to a part_pack block.
 * Owner query (jail_in.extra): u32 wanted_n, wanted (NUL-separated, sorted), then per package file list:
 * u32 detector, u32 root_n, u32 path_n, u64 size, path, content. Written by our parent, read as carefully as any. */
#include "base/limits.h"
#include "scan/scan_int.h"

uint32_t scan_param(uint16_t detector, uint16_t root_n)
{
    return (uint32_t)detector | (uint32_t)root_n << 16;
}

static bool read_src(void *ctx, uint64_t at, void *to, size_t n)
{
    return jail_in_read(ctx, at, to, n);
}

static hm_rc finish(part_build *b, hm_rc rc, hm_buf *out, hm_err *err)
{
    hm_str block;
    part_pack p;
    hm_err e = { 0 };
    hm_rc built = part_build_finish(b, &block, &e);
    if (built == HM_OK)
        built = part_pack_open(block, &p, &e); /* a fault of ours that the parent must hear of, not an empty answer */
    if (built == HM_OK && p.comp_n + p.gap_n + p.claim_n + p.owned_n + p.extra_n > 0)
        hm_buf_str(out, block);
    if (rc == HM_OK && built != HM_OK) {
        *err = e;
        return built;
    }
    if (rc == HM_OK && out->bad)
        return hm_fail(err, HM_LIMIT, DEFECT_BUDGET, HM_PLACE_NONE, 0, out->limit);
    return rc;
}

hm_rc scan_job_detect(const jail_in *in, hm_buf *out, hm_err *err)
{
    const detect_row *row = detect_get(in->param & 0xffff);
    if (!row)
        return hm_fail(err, HM_BUG, DEFECT_JOB_UNKNOWN, HM_PLACE_NONE, 0, in->param);
    HM_AUTO(part_build_freep) part_build *b = part_build_new((size_t)in->budget_bytes);
    if (!b)
        return hm_fail(err, HM_NOMEM, DEFECT_NOMEM, HM_PLACE_NONE, 0, 0);
    part_build_detector(b, (uint16_t)(in->param & 0xffff));
    jail_in copy = *in;
    detect_src src = { .size = in->size, .read = read_src, .ctx = &copy };
    detect_view view = { .path = in->name };
    if (row->flags & DETECT_SEEK)
        view.src = &src;
    else {
        hm_rc rc = jail_in_all(in, &view.bytes, err);
        if (rc != HM_OK)
            return rc;
    }
    detect_in d = { .file = &view, .root = hm_str_sub(in->name, 0, in->param >> 16), .arena = in->arena };
    hm_rc rc = row->fn(&d, b, err);
    return finish(b, rc, out, err);
}

void scan_owner_frame(hm_buf *out, uint16_t detector, uint16_t root_n, hm_str path, hm_str content)
{
    hm_buf_le32(out, detector);
    hm_buf_le32(out, root_n);
    hm_buf_le32(out, (uint32_t)path.n);
    hm_buf_le64(out, content.n);
    hm_buf_str(out, path);
    hm_buf_str(out, content);
}

hm_rc scan_job_owner(const jail_in *in, hm_buf *out, hm_err *err)
{
    HM_AUTO(part_build_freep) part_build *b = part_build_new((size_t)in->budget_bytes);
    if (!b)
        return hm_fail(err, HM_NOMEM, DEFECT_NOMEM, HM_PLACE_NONE, 0, 0);
    hm_cur c = hm_cur_of(in->extra);
    hm_str wanted = hm_cur_take(&c, hm_cur_le32(&c));
    hm_rc rc = HM_OK;
    while (hm_cur_left(&c) && rc == HM_OK) {
        uint32_t detector = hm_cur_le32(&c), root_n = hm_cur_le32(&c), path_n = hm_cur_le32(&c);
        uint64_t size = hm_cur_le64(&c);
        detect_view view = { .path = hm_cur_take(&c, path_n) };
        view.bytes = hm_cur_take(&c, size <= hm_cur_left(&c) ? (size_t)size : SIZE_MAX);
        const detect_row *row = detect_get(detector);
        if (c.bad || !row || !(row->flags & DETECT_OWNER))
            return hm_fail(err, HM_BUG, DEFECT_JOB_UNKNOWN, HM_PLACE_NONE, 0, detector);
        part_build_detector(b, (uint16_t)detector);
        detect_in d = { .file = &view, .root = hm_str_sub(view.path, 0, root_n), .wanted = wanted, .arena = in->arena };
        hm_err e = { 0 };
        if (row->fn(&d, b, &e) != HM_OK) { /* one list that cannot be read costs the others nothing */
            part_add_gap(b, view.path, &e);
            if (e.rc == HM_NOMEM || e.rc == HM_LIMIT) {
                rc = e.rc;
                *err = e;
            }
        }
    }
    return finish(b, rc, out, err);
}
