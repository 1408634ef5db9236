#pragma once
/* gem - what Ruby's lock files and gem specifications share. */
#include "detect/doc.h"

/* Where a file lies among installed gems (DIR/gems/NAME-VERSION/..., DIR/bundler/gems/NAME-COMMIT/...). */
typedef struct detect_gem_dir {
    hm_str name;   /* of the folder: "rack-2.2.3" */
    bool git;      /* below bundler/gems */
    size_t inside; /* folders between it and the file */
} detect_gem_dir;
bool detect_gem_dir_of(hm_str path, detect_gem_dir *ret);
/* "1.13.3-x86_64-linux" into version and platform ("ruby" is none). */
hm_str detect_gem_version(hm_str text, hm_str *ret_platform);
/* Qualifiers platform and (commit or repository known) vcs_url, and url_vcs. */
void detect_gem_quals(detect_doc *d, hm_str platform, hm_str repository, hm_str commit, part_desc *desc);
