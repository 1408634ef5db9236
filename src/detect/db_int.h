#pragma once
/* db - what the readers of package databases (dpkg, apk, os-release) share: gaps by line with a ceiling, and the search
 * in the wanted paths of an ownership query. */
#include "detect/detect.h"

/* Gaps of one file. At most LIMIT_FILE_GAPS are kept by name: a hostile database of bad lines must not crowd out its
 * good records. */
typedef struct detect_gaps {
    const detect_in *in;
    part_build *out;
    uint64_t n;
} detect_gaps;
void detect_gap(detect_gaps *g, hm_rc rc, hm_defect defect, uint64_t line, hm_str at);
/* What the detector returns: HM_NOMEM when its scratch failed, HM_LIMIT/DEFECT_TOO_MANY when gaps were left out. */
hm_rc detect_gaps_end(const detect_gaps *g, bool no_memory, hm_err *err);

/* Name of a Debian package (policy 5.6.1; dpkg also takes upper case and '_'). */
bool detect_is_deb_name(hm_str s);

/* Search in `wanted` (NUL-separated, sorted bytewise), one directory at a time: package databases list a directory's
 * files together, and most directories hold nothing wanted. Two binary searches per new directory, none per file in a
 * directory without wanted paths; no index is built, so a query costs nothing beyond its own lines.
 * A database from before the merge of /usr says bin/x where the walk, which follows no link, finds usr/bin/x: the
 * merged directories are looked up in both places. */
typedef struct detect_wanted {
    hm_str all;
    hm_buf key; /* "usr/", then the directory with its slash (none for the root) */
    struct {
        size_t from, to; /* bytes of `all` with the paths below the directory; below usr/ and the directory */
    } range[2];
} detect_wanted;
void detect_wanted_clear(detect_wanted *w);
/* Chooses a directory: relative to the root, no slash at its ends, empty for the root itself. */
void detect_wanted_dir(detect_wanted *w, hm_str dir);
/* The wanted path of that name in it, as a slice of `all`; empty: not wanted. */
hm_str detect_wanted_find(const detect_wanted *w, hm_str name);
