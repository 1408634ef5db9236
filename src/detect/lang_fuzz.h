#pragma once
/* Fuzz targets of language packages: runs one detector on a view; whatever it emitted must make a block that checks. */
#include "detect/detect.h"

static inline void fuzz_in(detect_fn *fn, detect_in in, size_t size)
{
    hm_arena *a = hm_arena_new((1 << 20) + 64 * size);
    part_build *b = part_build_new((1 << 20) + 1024 * size);
    in.arena = a;
    hm_str block = HM_NONE;
    hm_err err = { 0 };
    part_pack pack;
    if (a && b) {
        hm_rc rc = fn(&in, b, &err);
        HM_BUG_ON(rc != err.rc || rc == HM_BUG || rc == HM_NOMEM);
        HM_BUG_ON(part_build_finish(b, &block, NULL) != HM_OK);
        HM_BUG_ON(part_pack_open(block, &pack, NULL) != HM_OK);
        for (size_t i = 0; i < pack.comp_n; i++)
            HM_BUG_ON(pack.comp[i].name.n == 0 || pack.comp[i].evidence_count < 1 ||
                      !!(pack.comp[i].flags & PART_F_NO_VERSION) != (pack.comp[i].version.n == 0));
    }
    part_build_free(b);
    hm_arena_free(a);
}

static inline void fuzz_view(detect_fn *fn, const detect_view *file, size_t size)
{
    fuzz_in(fn, (detect_in){ .file = file }, size);
}

/* The files of a row with DETECT_GROUP, by path. */
static inline void fuzz_group(detect_fn *fn, const detect_view *files, size_t n, size_t size)
{
    fuzz_in(fn, (detect_in){ .file = files, .files = files, .file_n = n }, size * n);
}

static inline void fuzz_text(detect_fn *fn, const char *path, const uint8_t *data, size_t size)
{
    detect_view file = { .path = hm_str_c(path), .bytes = { (const char *)data, size } };
    fuzz_view(fn, &file, size);
}
