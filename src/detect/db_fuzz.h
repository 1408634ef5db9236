#pragma once
/* Fuzz targets of package databases: runs one detector; whatever it emitted must make a block that checks. */
#include "detect/detect.h"

static inline void fuzz_detect(detect_fn *fn, const char *path, hm_str bytes, hm_str wanted)
{
    hm_arena *a = hm_arena_new(64 << 20);
    part_build *b = part_build_new(256 << 20);
    detect_view file = { .path = hm_str_c(path), .bytes = bytes };
    detect_in in = { .file = &file, .root = HM_STR("srv"), .wanted = wanted, .arena = a };
    hm_str block = HM_NONE;
    hm_err err = { 0 };
    part_pack pack;
    if (a && b) {
        hm_rc rc = fn(&in, b, &err);
        HM_BUG_ON(rc != err.rc);
        HM_BUG_ON(part_build_finish(b, &block, NULL) != HM_OK);
        HM_BUG_ON(part_pack_open(block, &pack, NULL) != HM_OK);
        for (size_t i = 0; i < pack.owned_n; i++) {
            hm_str path_owned = part_text(&pack, pack.owned[i].path);
            HM_BUG_ON(path_owned.n == 0 || hm_str_search(wanted, path_owned) == wanted.n);
        }
    }
    part_build_free(b);
    hm_arena_free(a);
}
