/* image - see image.h: what is the same for all formats.
 *
 * Invariants: 1. A segment or section that is given out lies in the file (cut, or left out), so reads in it hold.
 *             2. Nothing is allocated for a count before the bytes that it speaks of are known to be there.
 * Enemy: whoever built the file. Every figure in it may lie. */
#include "detect/image_int.h"

hm_rc detect_image_open(hm_arena *a, const detect_src *src, unsigned which, detect_image *ret_image, hm_err *err)
{
    detect_image m = { .src = src };
    uint64_t bytes = src->size, from = 0;
    hm_rc rc = HM_NOTFOUND;
    if (which == 0)
        rc = detect_elf_open(a, &m, err);
    if (which == 0 && rc == HM_NOTFOUND)
        rc = detect_pe_open(a, &m, err);
    if (which == 0 && rc == HM_NOTFOUND)
        rc = detect_macho_open(a, &m, bytes, err);
    if (rc == HM_NOTFOUND)
        rc = detect_macho_slice(src, which, &from, &bytes, err);
    if (rc == HM_OK && bytes != src->size) {
        m.from = from;
        rc = detect_macho_open(a, &m, bytes, err);
        m.universal = true;
    }
    if (rc == HM_OK)
        *ret_image = m;
    return rc;
}

/* The first slice as the row before this one opened it: five rows look at each of thousands of files. */
typedef struct first {
    const detect_src *src;
    detect_image m;
    hm_rc rc;
} first;

static hm_rc open_first(const detect_in *in, detect_image *ret, hm_err *err)
{
    const first *known = in->kept ? *in->kept : NULL;
    if (known && known->src == in->file->src) {
        if (known->rc == HM_OK)
            *ret = known->m;
        return known->rc;
    }
    hm_rc rc = detect_image_open(in->arena, in->file->src, 0, ret, err);
    if (rc == HM_FORMAT)
        rc = HM_NOTFOUND;
    first *keep = in->kept && (rc == HM_OK || rc == HM_NOTFOUND) ? hm_arena_alloc(in->arena, sizeof *keep) : NULL;
    if (keep) {
        *keep = (first){ .src = in->file->src, .rc = rc };
        if (rc == HM_OK)
            keep->m = *ret;
        *in->kept = keep;
    }
    return rc;
}

hm_rc detect_image_run(const detect_in *in, part_build *out, detect_image_fn *fn, hm_err *err)
{
    bool found = false;
    bool more = true;
    for (unsigned which = 0; more; which++) {
        detect_image m = { 0 };
        hm_rc rc = which ? detect_image_open(in->arena, in->file->src, which, &m, err) : open_first(in, &m, err);
        if (rc == HM_NOTFOUND)
            break;
        more = m.universal;
        if (rc == HM_OK)
            rc = fn(in, &m, out, err);
        if (rc != HM_OK && rc != HM_NOTFOUND)
            return rc;
        found |= rc == HM_OK;
    }
    return found ? HM_OK : hm_fail(err, HM_NOTFOUND, DEFECT_NOT_FOUND, HM_PLACE_NONE, 0, 0);
}

const detect_section *detect_image_find(const detect_image *m, const char *name)
{
    for (size_t i = 0; i < m->sections; i++)
        if (hm_str_is(m->section[i].name, name))
            return &m->section[i];
    return NULL;
}

uint64_t detect_image_left(const detect_image *m, uint64_t addr, uint64_t *ret_offset)
{
    for (size_t i = 0; i < m->segments; i++) {
        const detect_segment *s = &m->segment[i];
        if (addr >= s->addr && addr - s->addr < s->file_bytes) {
            *ret_offset = s->offset + (addr - s->addr);
            return s->file_bytes - (addr - s->addr);
        }
    }
    return 0;
}

bool detect_image_read(const detect_image *m, uint64_t addr, void *to, size_t n)
{
    uint64_t offset = 0;
    if (n == 0)
        return true;
    return detect_image_left(m, addr, &offset) >= n && m->src->read(m->src->ctx, offset, to, n);
}

hm_rc detect_image_bytes(hm_arena *a, const detect_src *src, uint64_t at, uint64_t n, uint64_t max, hm_str *ret_bytes,
                         hm_err *err)
{
    if (n > max || n > SIZE_MAX)
        return hm_fail(err, HM_LIMIT, DEFECT_TOO_LARGE, HM_PLACE_BYTE, at, max);
    if (!image_inside(src, at, n))
        return hm_fail(err, HM_TRUNC, DEFECT_TRUNCATED, HM_PLACE_BYTE, src->size, 0);
    char *p = hm_arena_alloc(a, (size_t)n);
    if (!p)
        return hm_arena_fail(a, err);
    if (n && !src->read(src->ctx, at, p, (size_t)n))
        return hm_fail(err, HM_IO, DEFECT_READ, HM_PLACE_NONE, 0, 0);
    *ret_bytes = (hm_str){ p, (size_t)n };
    return HM_OK;
}
