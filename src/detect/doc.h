#pragma once
/* doc - one lock file or manifest while it is read: where its components go, its gaps, the names by which they ask for
 * each other, and the buffers that descriptions borrow from. Failure is sticky: go on, detect_doc_close says it. */
#include "codec/codec.h"
#include "detect/lang.h"

typedef struct detect_doc {
    const detect_in *in;
    part_build *out;
    detect_lang_gaps gaps;
    hm_map *names; /* name -> first row + 1 of `named` */
    hm_vec named;
    hm_buf licence, normal, quals, author, key;
    bool bad; /* out of budget or memory */
} detect_doc;

/* `file`: the one that gaps and evidence name. */
void detect_doc_open(detect_doc *d, const detect_in *in, const detect_view *file, part_build *out);
/* Frees; rc as it is, save where that is HM_OK and memory was not enough. */
hm_rc detect_doc_close(detect_doc *d, hm_rc rc, hm_err *err);
/* Another file of a group: gaps and evidence name it from now on. */
void detect_doc_file(detect_doc *d, const detect_view *file);
void detect_doc_wrong_type(detect_doc *d, hm_str at);
/* Gap with a line (0: none). */
void detect_doc_gap(detect_doc *d, hm_rc rc, hm_defect defect, uint64_t line, hm_str at);
/* part_add and its evidence: manifest analysis, sure. */
uint32_t detect_doc_add(detect_doc *d, const part_desc *desc, uint64_t line);
/* ASCII lower case, in the arena; s itself where nothing changes. */
hm_str detect_doc_lower(detect_doc *d, hm_str s);
/* `name` (borrowed: from the file or the arena) stands for `comp`; several components may bear it. */
void detect_doc_name(detect_doc *d, hm_str name, uint32_t comp);
/* First component of that name, or PART_NO. */
uint32_t detect_doc_find(const detect_doc *d, hm_str name);
/* Edges to all of that name, at most LIMIT_PROVIDERS; false: there is none. */
bool detect_doc_edge(detect_doc *d, uint32_t from, hm_str name, part_scope scope);
/* Components of that name, one after the other; start with *at = 0, false at the end. */
bool detect_doc_each(const detect_doc *d, hm_str name, uint32_t *at, uint32_t *ret_comp);
void detect_doc_open_deps(detect_doc *d, uint32_t comp); /* sets PART_F_DEPS_OPEN */
/* "Name <mail>" of one person onto d->author, after ", " where there is one; both empty: nothing. */
void detect_doc_person(detect_doc *d, hm_str name, hm_str mail);
/* True where `path` has a directory `name` with at least `below` directories between it and the file. */
bool detect_path_in(hm_str path, hm_str name, size_t below);
/* `path` seen from `dir`, without "." and ".."; false: it leaves the target, or memory ran out. */
bool detect_doc_path(detect_doc *d, hm_str dir, hm_str path, hm_str *ret);
