#pragma once
/* scan_int - what the files of this room share: dispatch, walk, the collected packs, merge. */
#include "os/os.h"
#include "scan/scan.h"
#include <pthread.h>
#include <stdatomic.h>

/* ---- dispatch (dispatch.c): which detector rows claim a path ------------------------------------------------------ */

enum { SCAN_HITS = 8 }; /* more rows than this never claim one path: checked by a test over the table */
typedef struct scan_dispatch scan_dispatch;
typedef struct scan_hit {
    uint16_t detector;
    uint16_t root_n; /* DETECT_ROOTED: length of the path before the pattern, without the slash */
    uint32_t layer;  /* of an image (image.h); 0: none */
} scan_hit;
scan_dispatch *scan_dispatch_new(void) HM_MUST;
scan_dispatch *scan_dispatch_free(scan_dispatch *d);
/* Rows that claim `path` as a regular file (link false) or symbolic link (link true) by name, in a directory or inside
 * an archive. Rows by magic are not among them. Returns their number, at most SCAN_HITS. Cost: one hash look-up and the
 * wildcard rows. */
size_t scan_dispatch_find(const scan_dispatch *d, hm_str path, bool link, bool inside, scan_hit out[SCAN_HITS]);
bool scan_may_match(hm_str glob, hm_str name); /* false: hm_glob would say no; cheap */
/* Is it worth reading the first bytes of this regular file, which no row claims by name? */
bool scan_dispatch_look(const scan_dispatch *d, hm_str path, bool executable, uint64_t size);
enum { SCAN_HEAD = 16 }; /* bytes that decide */
/* First row by magic from row `from` on; SIZE_MAX: none (more). */
size_t scan_magic_next(size_t from, hm_str head);

/* ---- archives by name (kinds.c) ------------------------------------------------------------------------------------- */

typedef struct scan_kind {
    const char *pattern; /* of the last segment */
    enum {
        SCAN_ZIP = 0, /* has its directory at the end: sought, so read into memory where it lies in another one */
        SCAN_STREAM
    } how;
    scan_when when; /* see the table */
    bool java;      /* it is a component itself, whatever is in it */
} scan_kind;
const scan_kind *scan_kind_of(hm_str path); /* NULL: none */

/* ---- what a scan collects ------------------------------------------------------------------------------------------- */

/* one answered file, or one owner query */
typedef struct scan_doc {
    char *path;  /* relative to the target, NUL-terminated; owned */
    char *block; /* part_pack block, owned; NULL: none */
    size_t block_n;
    uint16_t detector, root_n;
    uint32_t layer;       /* of an image: its number, later its position (image.h); 0: none */
    uint32_t *comp_layer; /* owned; the same by component, where they differ; else NULL */
    hm_err *err;          /* owned; NULL: no failure */
    struct scan_archive
        *archive; /* owned by the collection's list; the answer is that of an archive's job; else NULL */
} scan_doc;
/* a file of a group or a package's file list, kept until the walk is over (kept.c) */
typedef struct scan_kept_file {
    char *path;  /* relative to the target, NUL-terminated; owned */
    char *bytes; /* content, owned; NULL: to be read from the target */
    size_t bytes_n;
    uint16_t detector, root_n;
    uint32_t layer;     /* as of a document */
    uint16_t archive_n; /* length of the path of the archive it lies in, without "!"; 0: none */
} scan_kept_file;

/* filled by the walk's threads (under mu) and the pool's thread */
typedef struct scan_collect {
    pthread_mutex_t mu;
    scan_doc *doc;
    size_t docs, doc_cap;
    scan_kept_file *kept_file;
    size_t kept_files, kept_cap;
    scan_skip *skip; /* path.p owned */
    size_t skips, skip_cap;
    _Atomic bool nomem;
    uint64_t kept, kept_max; /* bytes held; kept_max 0: LIMIT_KEPT_BYTES */
    _Atomic bool full;       /* something found no place: the merge says so */
    scan_dispatch *dispatch;
    struct scan_archive *archives; /* all of them (archive.c) */
    struct scan_image *image;      /* what may be an image (image.h) */
    _Atomic uint64_t parsed;
    scan_count inner; /* seen inside archives; pool thread */
} scan_collect;
char *scan_copy_text(hm_str s); /* NUL-terminated, for free(); NULL: no memory */
/* Reserves a document and returns its number, which is the job's tag; SIZE_MAX: no memory, or `full`. Thread-safe. */
size_t scan_collect_doc(scan_collect *c, hm_str path, const scan_hit *hit);
void scan_collect_err(scan_collect *c, size_t doc, const hm_err *e); /* thread-safe */
void scan_collect_done(void *collect, const jail_reply *r);          /* a jail_done */
void scan_collect_skip(scan_collect *c, int why, hm_str path);
bool scan_collect_sort_skips(scan_collect *c); /* by path, the first 1,000 are kept; false: no memory */
/* bytes: its content, where it cannot be read from the target later (inside an archive); else NULL. */
void scan_collect_keep(scan_collect *c, hm_str path, const scan_hit *hit, const hm_str *bytes);
/* A document that is answered already: a file inside an archive. */
void scan_collect_block(scan_collect *c, hm_str path, const scan_hit *hit, hm_str block);
void scan_collect_gap(scan_collect *c, hm_str path, const hm_err *e); /* a gap of no detector */
void scan_collect_clear(scan_collect *c);
/* Effective size limit of a row under the options. */
uint64_t scan_row_limit(const detect_row *r, const scan_limits *l);

/* ---- jobs (job.c): param of SCAN_JOB_DETECT, and the content of SCAN_JOB_OWNER ---------------------------------------- */

uint32_t scan_param(uint16_t detector, uint16_t root_n);
/* The block of what was emitted, appended to out; nothing when it would be empty. rc, err: what the detector said. */
hm_rc scan_job_finish(part_build *b, hm_rc rc, hm_buf *out, hm_err *err);
/* detect_src.read over a hm_str in memory. */
bool scan_read_bytes(void *ctx, uint64_t at, void *to, size_t n);
/* All rows by magic over one executable, each under its own name; what one fails with is a gap. */
hm_rc scan_job_magic(const detect_in *in, part_build *b, hm_err *err);
/* Appends one kept file to a query: detector, root length, path, content. */
void scan_frame_put(hm_buf *out, uint16_t detector, uint16_t root_n, hm_str path, hm_str content);

/* ---- walk (walk.c) ---------------------------------------------------------------------------------------------------- */

typedef struct scan_walk {
    const scan_opts *opts;
    int root_fd;
    jail_pool *pool;
    scan_collect *collect;
    scan_count count; /* under collect->mu at the end; live figures in the atomics below */
    _Atomic uint64_t live_dirs, live_files, live_entries, live_claimed, live_bytes;
    _Atomic bool stop; /* by a limit or by the caller */
    bool interrupted;  /* by the caller */
} scan_walk;
void scan_count_add(scan_count *to, const scan_count *c);
/* Walks with `threads` threads, submitting claimed files; calls tick from the calling thread. */
hm_rc scan_walk_run(scan_walk *w, unsigned threads, hm_err *err) HM_MUST;
/* The one file `name` right in root_fd, whatever it is: what claims it by name or magic, else as an archive. */
hm_rc scan_walk_file(scan_walk *w, const char *name, hm_err *err) HM_MUST;
bool scan_walk_tick(scan_walk *w); /* false: stop */
bool scan_await(scan_walk *w);     /* all answers, ticking; false: stopped */

/* ---- archives, the parent's side (archive.c) ---------------------------------------------------------------------------- */

typedef struct scan_archive scan_archive;
typedef struct scan_image scan_image;
/* Has the archive `path` (relative to the target; for the target itself its name) read in the jail: flags of unpack.h.
 * Takes fd over; `size` of a pipe is 0. Thread-safe. */
void scan_archive_submit(scan_walk *w, hm_str path, uint32_t flags, int fd, uint64_t size);
/* A blob of an OCI layout that is layer `number` of the image. */
void scan_archive_submit_layer(scan_walk *w, hm_str path, uint32_t number, int fd, uint64_t size);
void scan_archive_take(scan_collect *c, size_t doc, const jail_reply *r); /* one of its replies; pool thread */
void scan_archives_clear(scan_collect *c);

/* ---- kept files (kept.c): to be called after the walk, groups first, and owners when all else is answered ------------- */

hm_rc scan_run_groups(scan_walk *w, hm_err *err) HM_MUST;
hm_rc scan_ask_owners(scan_walk *w, hm_err *err) HM_MUST;

/* ---- merge (gather.c, merge.c) ------------------------------------------------------------------------------------------ */

/* All answered documents, checked, into one pack; their blocks are freed. */
hm_rc scan_gather(scan_collect *c, part_build *out, hm_err *err) HM_MUST;
/* One component per part_id; edges across documents, claims and ownership applied; everything sorted. */
hm_rc scan_merge_pack(const part_pack *gathered, part_build *out, hm_err *err) HM_MUST;
/* An OS package that a package database or file speaks of: not the name of one that a program bears (elf_note.c). */
bool scan_installed(const part_pack *p, const part_comp *c);
void scan_desc_of(const part_pack *p, const part_comp *c, part_desc *ret);
bool scan_doc_open(scan_doc *doc, part_pack *ret);
/* Paths at which components were found that an OS package may own, sorted: made once, asked for each root. */
typedef struct scan_paths {
    hm_buf text, refs; /* refs: part_ref into text */
} scan_paths;
hm_rc scan_paths_of(scan_collect *c, scan_paths *ret, hm_err *err) HM_MUST;
void scan_paths_clear(scan_paths *l);
/* NUL-terminated sorted paths, relative to `root`, of those below it. Costs what is below it. */
hm_rc scan_wanted(const scan_paths *l, hm_str root, bool usr_merged, hm_buf *out, hm_err *err) HM_MUST;
