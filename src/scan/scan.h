#pragma once
/* scan - a tree or host root to one SBOM: walk, dispatch, jailed detection, ownership pass, merge. */
#include "base/base.h"
#include "detect/detect.h"
#include "jail/jail.h"
#include "part/part.h"

/* The worker's jobs, for the table in main/worker.c; all reply with a part_pack (nothing when it would be empty).
 * DETECT: one file, param = detector and root. OWNER: who owns the wanted paths, from several package file lists.
 * GROUP: all files of one row with DETECT_GROUP; name = the archive they lie in, if any. ARCHIVE: all that an archive or
 * an image's layer holds, as records (unpack.h). PLAN: which layers an image is made of (plan.h). */
enum { SCAN_JOB_DETECT = 0, SCAN_JOB_OWNER, SCAN_JOB_GROUP, SCAN_JOB_ARCHIVE, SCAN_JOB_PLAN };
hm_rc scan_job_detect(const jail_in *in, hm_buf *out, hm_err *err);
hm_rc scan_job_group(const jail_in *in, hm_buf *out, hm_err *err);
hm_rc scan_job_archive(const jail_in *in, hm_buf *out, hm_err *err);
hm_rc scan_job_owner(const jail_in *in, hm_buf *out, hm_err *err);
hm_rc scan_job_plan(const jail_in *in, hm_buf *out, hm_err *err);

/* Archives that are looked into: the i-th pattern of names, NULL past the last one; and when. */
typedef enum scan_when { SCAN_ALWAYS = 0, SCAN_ITSELF, SCAN_ASKED } scan_when;
const char *scan_archive_pattern(size_t i, scan_when *ret_when);

/* 0: the default of limits.h */
typedef struct scan_limits {
    uint64_t file_bytes;    /* per parsed file */
    uint64_t entries;       /* directory entries looked at */
    uint64_t time_ms;       /* per file */
    uint64_t archive_bytes; /* read from one archive */
    uint64_t ratio;         /* of unpacked to packed bytes */
    uint32_t nesting;       /* archives in archives */
} scan_limits;
struct scan_count;
typedef struct scan_opts {
    const char *target; /* directory, archive, image or other file; "-": an archive on standard input */
    const char *worker_path;
    unsigned workers; /* 0: one per core */
    bool best_effort_jail;
    bool one_file_system;
    bool all_archives;          /* also those in a tree that are no packages (tar, zip, cpio, rpm) */
    const char *platform;       /* of an image with several: "os/arch" or "os/arch/variant"; NULL: this machine's */
    const char *const *exclude; /* globs on paths relative to the target, NULL-terminated; may be NULL */
    scan_limits limits;
    /* Called from time to time from the calling thread; false stops the scan (the result then says interrupted). */
    bool (*tick)(void *ctx, const struct scan_count *now);
    void *ctx;
} scan_opts;
typedef struct scan_count {
    uint64_t dirs, files, entries; /* seen by the walk */
    uint64_t claimed, parsed;      /* files that a detector claims; answered so far */
    uint64_t bytes;                /* of claimed files */
    uint64_t denied;               /* directories without permission: listed, not a reason for exit status 3 */
    uint64_t skipped_fs;           /* pseudo and network file systems not entered */
    uint64_t links;                /* symbolic links seen (never followed) */
    uint64_t excluded;
} scan_count;
/* what was left out on purpose, or could not be listed */
typedef struct scan_skip {
    enum { SCAN_DENIED, SCAN_PSEUDO_FS, SCAN_NETWORK_FS, SCAN_OTHER_FS, SCAN_EXCLUDED } why;
    hm_str path;
} scan_skip;
typedef struct scan_result scan_result;
hm_rc scan_run(const scan_opts *o, scan_result **ret_r, hm_err *err) HM_MUST;
scan_result *scan_free(scan_result *r);
void scan_freep(scan_result **r);
const part_pack *scan_pack(const scan_result *r); /* merged, sorted by part_id; gaps included, sorted by path */
scan_count scan_count_of(const scan_result *r);
size_t scan_skips(const scan_result *r,
                  const scan_skip **ret); /* sorted by path; at most 1,000 kept, the rest counted */
jail_state scan_jail(const scan_result *r);
uint64_t scan_peak_bytes(const scan_result *r); /* all processes of the program */
uint64_t scan_time_us(const scan_result *r);
bool scan_interrupted(const scan_result *r);
/* What the target says it is. */
typedef struct scan_subject {
    hm_str name, version, purl; /* empty: not known; version: a digest */
    const part_doc_prop *prop;
    size_t props;
} scan_subject;
/* Of a container image; NULL: the target is none. */
const scan_subject *scan_subject_of(const scan_result *r);
