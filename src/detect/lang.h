#pragma once
/* lang - what the detectors of language packages share: gaps inside one file, versions, addresses, bounded text. */
#include "detect/detect.h"

/* Gaps inside one file: the first LIMIT_FILE_GAPS by name, then one that says so. Init with out and path. */
typedef struct detect_lang_gaps {
    part_build *out;
    hm_str path;
    uint64_t n;
} detect_lang_gaps;
void detect_lang_gap(detect_lang_gaps *g, hm_rc rc, hm_defect defect, hm_place kind, uint64_t place, uint64_t arg0,
                     hm_str at);
void detect_err_at(hm_err *err, hm_str at); /* sets err->at, cut to fit; NULL is allowed */

hm_rc detect_no_memory(hm_err *err);
/* Sets version, and literal where it differs; empty: PART_F_NO_VERSION. `normal` must live until part_add. */
void detect_version(part_desc *d, hm_str literal, hm_buf *normal);
hm_str detect_cut(hm_str s, size_t max); /* at most max bytes, not within a UTF-8 sequence */
/* Address without secrets: user and password of http(s), password of others are left out. Borrows `url` where nothing
 * changes, else in the arena; empty when memory ran out. */
hm_str detect_url(hm_arena *a, hm_str url);
hm_str detect_join(hm_arena *a, hm_str x, hm_str y, hm_str z); /* concatenation; empty when memory ran out */
