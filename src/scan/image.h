#pragma once
/* image - one container image while it is scanned: what its archives' records say of it, and, once all of them are
 * answered, which of the documents found in its layers are still to be seen in it, and from which layer each part is.
 *
 * Layers are numbered as they come (1, 2, ...); positions are those of the plan, from 1, lowest first. A document has the
 * number of its layer until scan_image_finish, then the position; 0: of no layer. */
#include "scan/plan.h"
#include "scan/scan_int.h"
#include "scan/unpack.h"

/* ---- what is where (image_view.c; pure) ---- */

/* All paths of all layers, by hash: rows are hash with the position in their lowest 12 bits, sorted. */
enum { SCAN_VIEW_POSITIONS = 4095, SCAN_VIEW_DEPTH = 128 };
typedef struct scan_view {
    uint64_t *row[UNPACK_SETS];
    size_t n[UNPACK_SETS], cap[UNPACK_SETS];
} scan_view;
bool scan_view_add(scan_view *v, unsigned set, uint32_t position, const uint64_t *hash, size_t n) HM_MUST;
bool scan_view_sort(scan_view *v) HM_MUST; /* after the last add, before the first question; false: no memory */
void scan_view_clear(scan_view *v);
typedef enum scan_seen { SCAN_STAYS = 0, SCAN_REPLACED, SCAN_GONE } scan_seen;
/* What becomes of the file `path` in the layers after `position` up to `last`: an archive's entry "a.jar!/b" as the
 * archive. Directories deeper than SCAN_VIEW_DEPTH are not asked about. */
scan_seen scan_view_of(const scan_view *v, hm_str path, uint32_t position, uint32_t last);

bool scan_view_has_file(const scan_view *v, hm_str path); /* anything but a directory, in any layer */

/* ---- the image; records by the pool's thread, all else when the pool rests ---- */

scan_image *scan_image_new(void) HM_MUST;
scan_image *scan_image_free(scan_image *i);
/* What follows is in this layer: its number; 0: no memory. One that begins again forgets what was said of it. */
uint32_t scan_image_layer(scan_image *i, hm_str path);
void scan_image_blob(scan_image *i, hm_str path, hm_str bytes);
void scan_image_link(scan_image *i, hm_str path, hm_str target); /* as stored: "../HEX/layer.tar" */
void scan_image_paths(scan_image *i, uint32_t layer, unsigned set, hm_str hashes);
void scan_image_fail(scan_image *i, uint32_t layer, const hm_err *e);
/* When all archives are answered: drops documents and kept files that are not seen in the image, gives the others their
 * layer, adds gaps. Fails when the platform asked for is not there, or memory is. Nothing happens when there is none. */
hm_rc scan_image_finish(scan_image *i, scan_walk *w, hm_err *err) HM_MUST;
/* Where the evidence `path` of component `comp` of a document is from: diff_id, else digest, else the blob's path. */
hm_str scan_image_text(const scan_image *i, const scan_doc *doc, size_t comp, hm_str path);
/* The target's directory is an OCI layout: reads its descriptions and submits its layers (image_layout.c). */
hm_rc scan_image_layout(scan_image *i, scan_walk *w, hm_err *err) HM_MUST;
/* Has the plan made from the blobs so far; HM_OK also when it says no: see scan_image_plan. */
hm_rc scan_image_ask(scan_image *i, scan_walk *w, bool final, hm_err *err) HM_MUST;
const plan *scan_image_plan(const scan_image *i);
bool scan_image_has(const scan_image *i, hm_str blob);
bool scan_image_usr_merged(const scan_image *i, hm_str root); /* is `bin` in that root no directory? */
/* Name, digest, purl and properties of the image, in the arena (image_subject.c); false: no memory. */
bool scan_image_describe(hm_arena *a, const plan *p, scan_subject *ret) HM_MUST;
const scan_subject *scan_image_subject(const scan_image *i); /* NULL: there is no image */
