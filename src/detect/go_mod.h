#pragma once
/* go_mod - the line format that go.mod and go.work share, and names and versions of Go modules. */
#include "detect/doc.h"

enum { GO_TOKENS = 8 };
/* One directive, a line of a block as if it stood alone: "require ( a v1 )" gives verb "require", a, v1. */
typedef struct detect_go_line {
    hm_str verb, tok[GO_TOKENS], comment;
    size_t n; /* tokens behind the verb; GO_TOKENS + 1: more than fit */
    uint64_t line;
} detect_go_line;
typedef struct detect_go_lines {
    hm_str rest, block;
    uint64_t line;
} detect_go_lines;
detect_go_lines detect_go_lines_of(hm_str text);
bool detect_go_lines_next(detect_go_lines *r, detect_go_line *ret); /* false at the end; slices of the text */

bool detect_go_version(hm_str v);              /* "v1.2.3", with pre-release and +meta: what the go command writes */
int detect_go_version_cmp(hm_str a, hm_str b); /* order of such versions */
bool detect_go_is_path(hm_str replacement);    /* a directory, not a module */
void detect_go_name(part_desc *d, hm_str module_path); /* namespace and name */
