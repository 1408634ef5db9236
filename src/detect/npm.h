#pragma once
/* npm - what lock files and installed packages share. Everything borrows from the JSON tree or the file's arena. */
#include "codec/codec.h"
#include "detect/doc.h"

/* "@scope/name" or "name" into purl namespace and name; false: neither (empty, further slashes). */
bool detect_npm_name(hm_str full, hm_str *ret_ns, hm_str *ret_name);
/* What an address in package.json or a lock stands for. */
typedef enum detect_npm_from { NPM_FROM_NONE = 0, NPM_FROM_WEB, NPM_FROM_VCS, NPM_FROM_PATH } detect_npm_from;
/* Sets url_dist, or url_vcs and (with `qualify`) the purl qualifier vcs_url, or PART_F_LOCAL. Hosts' short forms
 * (github:o/r) are written out; an archive that a host makes of a commit has both addresses. */
detect_npm_from detect_npm_source(hm_arena *a, hm_str address, bool qualify, part_desc *d, hm_buf *quals);
/* The manifest that is read with a lock (companion `name`): an object, or NULL; one that cannot be read is a gap of the
 * lock, which is read all the same. */
const codec_json *detect_npm_beside(detect_doc *d, const char *name);
/* `license`, or the old `licenses`, as a text, an object with `type`, or a list of these. */
void detect_npm_licence(hm_arena *a, const codec_json *package, part_desc *d, hm_buf *scratch);
