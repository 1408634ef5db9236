/* job - the worker's side: a claimed file to its detector, the detector's components to a part_pack block.
 * Kept files travel in jail_in.extra as frames: u32 detector, u32 root_n, u32 path_n, u64 size, path, content. A group
 * is a row of frames; an owner query has u32 wanted_n and what is wanted (NUL-separated, sorted) before them; of a
 * seekable owner row, which comes alone, the further bytes are u32 wanted_n, what is wanted, and its companion. Written by
 * our parent, read as carefully as any. */
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

bool scan_read_bytes(void *ctx, uint64_t at, void *to, size_t n)
{
    const hm_str *s = ctx;
    if (at > s->n || n > s->n - at)
        return false;
    if (n)
        memcpy(to, s->p + at, n);
    return true;
}

hm_rc scan_job_finish(part_build *b, hm_rc rc, hm_buf *out, hm_err *err)
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

hm_rc scan_job_magic(const detect_in *in, part_build *b, hm_err *err)
{
    char head[SCAN_HEAD];
    const detect_src *src = in->file->src;
    size_t n = src->size < sizeof head ? (size_t)src->size : sizeof head;
    if (!src->read(src->ctx, 0, head, n))
        return hm_fail(err, HM_CONFLICT, DEFECT_CHANGED, HM_PLACE_NONE, 0, 0);
    void *kept = NULL;
    detect_in shared = *in;
    shared.kept = &kept;
    for (size_t i = scan_magic_next(0, (hm_str){ head, n }); i != SIZE_MAX;
         i = scan_magic_next(i + 1, (hm_str){ head, n })) {
        const detect_row *row = detect_get(i);
        hm_err e = { 0 };
        part_build_detector(b, (uint16_t)i);
        hm_rc rc = row->fn(&shared, b, &e);
        if (rc != HM_OK && !(rc == HM_NOTFOUND && row->flags & DETECT_QUIET))
            part_add_gap(b, in->file->path, &e);
    }
    return HM_OK;
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
    hm_cur extra = hm_cur_of(in->extra);
    hm_str wanted = row->flags & DETECT_OWNER ? hm_cur_take(&extra, hm_cur_le32(&extra)) : HM_NONE;
    detect_view beside = { .path = in->name, .bytes = hm_str_from(in->extra, extra.at) };
    detect_in d = { .file = &view,
                    .root = hm_str_sub(in->name, 0, in->param >> 16),
                    .wanted = wanted,
                    .arena = in->arena,
                    .companion = row->companion && beside.bytes.n ? &beside : NULL };
    hm_rc rc = row->flags & DETECT_EXEC ? scan_job_magic(&d, b, err) : row->fn(&d, b, err);
    return scan_job_finish(b, rc, out, err);
}

void scan_frame_put(hm_buf *out, uint16_t detector, uint16_t root_n, hm_str path, hm_str content)
{
    hm_buf_le32(out, detector);
    hm_buf_le32(out, root_n);
    hm_buf_le32(out, (uint32_t)path.n);
    hm_buf_le64(out, content.n);
    hm_buf_str(out, path);
    hm_buf_str(out, content);
}

/* one kept file */
typedef struct frame {
    uint32_t detector, root_n;
    const detect_row *row;
    detect_view view;
} frame;

/* False: the frame does not hold together, or its row is not of that kind. */
static bool frame_get(hm_cur *c, uint32_t kind, frame *ret)
{
    ret->detector = hm_cur_le32(c);
    ret->root_n = hm_cur_le32(c);
    uint32_t path_n = hm_cur_le32(c);
    uint64_t size = hm_cur_le64(c);
    ret->view = (detect_view){ .path = hm_cur_take(c, path_n) };
    ret->view.bytes = hm_cur_take(c, size <= hm_cur_left(c) ? (size_t)size : SIZE_MAX);
    ret->row = detect_get(ret->detector);
    return !c->bad && ret->row && ret->row->flags & kind;
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
        frame f;
        if (!frame_get(&c, DETECT_OWNER, &f))
            return hm_fail(err, HM_BUG, DEFECT_JOB_UNKNOWN, HM_PLACE_NONE, 0, f.detector);
        part_build_detector(b, (uint16_t)f.detector);
        detect_src src = { .size = f.view.bytes.n, .read = scan_read_bytes, .ctx = &f.view.bytes };
        if (f.row->flags & DETECT_SEEK)
            f.view.src = &src;
        detect_in d = {
            .file = &f.view, .root = hm_str_sub(f.view.path, 0, f.root_n), .wanted = wanted, .arena = in->arena
        };
        hm_err e = { 0 };
        if (f.row->fn(&d, b, &e) != HM_OK) { /* one list that cannot be read costs the others nothing */
            part_add_gap(b, f.view.path, &e);
            if (e.rc == HM_NOMEM || e.rc == HM_LIMIT) {
                rc = e.rc;
                *err = e;
            }
        }
    }
    return scan_job_finish(b, rc, out, err);
}

hm_rc scan_job_group(const jail_in *in, hm_buf *out, hm_err *err)
{
    HM_AUTO(part_build_freep) part_build *b = part_build_new((size_t)in->budget_bytes);
    if (!b)
        return hm_fail(err, HM_NOMEM, DEFECT_NOMEM, HM_PLACE_NONE, 0, 0);
    hm_vec files = { .size = sizeof(detect_view) };
    hm_cur c = hm_cur_of(in->extra);
    frame f = { 0 };
    while (hm_cur_left(&c)) {
        if (!frame_get(&c, DETECT_GROUP, &f))
            return hm_fail(err, HM_BUG, DEFECT_JOB_UNKNOWN, HM_PLACE_NONE, 0, f.detector);
        detect_view *to = hm_vec_push(&files, in->arena);
        if (!to)
            return hm_arena_fail(in->arena, err);
        *to = f.view;
    }
    if (files.n == 0)
        return HM_OK;
    part_build_detector(b, (uint16_t)f.detector);
    const detect_view *first = HM_VEC_AT(&files, detect_view, 0);
    detect_in d = { .file = first,
                    .root = hm_str_sub(first->path, 0, f.root_n),
                    .arena = in->arena,
                    .files = first,
                    .file_n = files.n,
                    .archive = in->name };
    return scan_job_finish(b, f.row->fn(&d, b, err), out, err);
}
