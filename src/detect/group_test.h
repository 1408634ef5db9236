#pragma once
/* Tests of rows that read files together: several files in one text, each begun by a line "== PATH". */
#include "detect/detect_test.h"

enum { GROUP_FILES = 16 };

static inline size_t group_split(hm_str text, detect_view view[GROUP_FILES])
{
    size_t n = 0;
    while (text.n && n < GROUP_FILES) {
        hm_str rest, path = hm_str_cut(hm_str_from(text, 3), '\n', &rest);
        size_t end = hm_str_search(rest, HM_STR("\n== "));
        view[n++] = (detect_view){ .path = path, .bytes = hm_str_sub(rest, 0, end) };
        text = hm_str_from(rest, end + 1);
    }
    return n;
}

static inline bool group_said(detect_fn *fn, const char *archive, hm_str text, hm_buf *out)
{
    detect_view view[GROUP_FILES];
    size_t n = group_split(text, view);
    return detect_said(&(detect_try){ .fn = fn, .files = view, .file_n = n, .archive = archive }, out, NULL);
}
