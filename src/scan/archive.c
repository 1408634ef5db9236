/* archive - the parent's side of archives: jobs out, records in (unpack.h), one more run when a file inside has cost the
 * worker its life. Each record is held for hostile: it speaks only of what lies in its own archive.
 *
 * Life of one: scan_archive_submit -> parts of records -> answer. A worker that dies: a gap of the file that was looked
 * at, and the job again from the next one on, at most LIMIT_ARCHIVE_DEATHS times. */
#include "base/limits.h"
#include "codec/codec.h"
#include "scan/image.h"
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

/* Touched by the pool's thread alone once it was submitted. */
struct scan_archive {
    scan_archive *next; /* of the collection's list */
    scan_walk *w;
    char *path;     /* owned */
    hm_buf records; /* received, not yet a whole one */
    unpack_settings set;
    uint64_t size;
    int fd;   /* a second descriptor of a target that cannot be opened by path again; else -1 */
    char *at; /* the file that is looked at now; owned, may be NULL */
    uint64_t look;
    unsigned deaths;
    uint32_t layer; /* of an image, that the records are in now; 0: none */
    bool is_layer;  /* from beginning to end */
    bool lied;
};

static hm_rc send_job(scan_archive *a, size_t doc, int fd, hm_err *err)
{
    HM_AUTO(hm_buf_clear) hm_buf extra = { 0 };
    scan_unpack_settings_put(&extra, &a->set);
    if (extra.bad) {
        close(fd);
        return hm_fail(err, HM_NOMEM, DEFECT_NOMEM, HM_PLACE_NONE, 0, 0);
    }
    jail_job job = { .job = SCAN_JOB_ARCHIVE,
                     .tag = doc,
                     .name = hm_str_c(a->path),
                     .extra = hm_buf_view(&extra),
                     .fd = fd,
                     .size = a->size };
    return jail_submit(a->w->pool, &job, err);
}

static uint64_t or_default(uint64_t v, uint64_t otherwise)
{
    return v ? v : otherwise;
}

static void submit(scan_walk *w, hm_str path, uint32_t flags, uint32_t layer, int fd, uint64_t size)
{
    scan_collect *c = w->collect;
    const scan_limits *l = &w->opts->limits;
    const scan_hit none = { .detector = UINT16_MAX };
    scan_archive *a = calloc(1, sizeof *a);
    size_t doc = a ? scan_collect_doc(c, path, &none) : SIZE_MAX;
    hm_err e = { 0 };
    if (doc == SIZE_MAX) {
        c->nomem |= !a;
        free(a);
        close(fd);
        return;
    }
    *a = (scan_archive){ .w = w,
                         .path = scan_copy_text(path),
                         .set = { .flags = flags,
                                  .nesting = l->nesting ? l->nesting : LIMIT_NESTING,
                                  .file_bytes = or_default(l->file_bytes, LIMIT_FILE_BYTES),
                                  .archive_bytes = or_default(l->archive_bytes, LIMIT_ARCHIVE_BYTES),
                                  .ratio = or_default(l->ratio, LIMIT_RATIO),
                                  .entries = or_default(l->entries, LIMIT_ENTRIES) },
                         .size = size,
                         .layer = layer,
                         .is_layer = layer != 0,
                         .fd = w->root_fd < 0 ? fcntl(fd, F_DUPFD_CLOEXEC, 3) : -1 };
    pthread_mutex_lock(&c->mu);
    a->next = c->archives;
    c->archives = a;
    c->doc[doc].archive = a;
    pthread_mutex_unlock(&c->mu);
    if (!a->path) {
        c->nomem = true;
        close(fd);
        return;
    }
    if (send_job(a, doc, fd, &e) != HM_OK) {
        scan_collect_err(c, doc, &e);
        c->parsed++;
    }
}

void scan_archive_submit(scan_walk *w, hm_str path, uint32_t flags, int fd, uint64_t size)
{
    submit(w, path, flags, 0, fd, size);
}

void scan_archive_submit_layer(scan_walk *w, hm_str path, uint32_t number, int fd, uint64_t size)
{
    submit(w, path, UNPACK_TRANSPARENT | UNPACK_LAYER | UNPACK_ALL, number, fd, size);
}

void scan_archives_clear(scan_collect *c)
{
    for (scan_archive *a = c->archives, *next; a; a = next) {
        next = a->next;
        if (a->fd >= 0)
            close(a->fd);
        hm_buf_clear(&a->records);
        free(a->path);
        free(a->at);
        free(a);
    }
    c->archives = NULL;
}

/* ---- records ---- */

/* Does the path lie in the archive, and its root? */
static bool is_inside(const scan_archive *a, const unpack_record *r)
{
    size_t n = strlen(a->path);
    if (a->set.flags & UNPACK_TRANSPARENT)
        return r->path.n > 0;
    if (r->path.n == n)
        return r->root_n == 0 && hm_str_is(r->path, a->path); /* the archive itself */
    return hm_str_starts(r->path, hm_str_c(a->path)) && r->path.p[n] == '!' && (r->root_n == 0 || r->root_n > n);
}

static bool is_row(uint16_t detector, uint32_t flags)
{
    const detect_row *row = detect_get(detector);
    return row && (flags == 0 || row->flags & flags);
}

static bool take_record(scan_collect *c, scan_archive *a, const unpack_record *r)
{
    scan_hit hit = { .detector = r->detector, .root_n = r->root_n, .layer = a->layer };
    scan_image *image = a->set.flags & (UNPACK_IMAGE | UNPACK_LAYER) ? c->image : NULL;
    switch (r->type) {
    case UNPACK_DOC:
        if (!is_inside(a, r) || !(r->detector == UINT16_MAX || is_row(r->detector, 0)))
            return false;
        scan_collect_block(c, r->path, &hit, r->bytes);
        break;
    case UNPACK_KEEP:
        if (!is_inside(a, r) || !is_row(r->detector, DETECT_GROUP | DETECT_OWNER))
            return false;
        scan_collect_keep(c, r->path, &hit, &r->bytes);
        break;
    case UNPACK_AT:
        free(a->at);
        a->at = scan_copy_text(r->path);
        a->look = r->index;
        break;
    case UNPACK_COUNT:
        c->inner.entries += r->count[0];
        c->inner.files += r->count[1];
        c->inner.dirs += r->count[2];
        c->inner.links += r->count[3];
        c->inner.claimed += r->count[4];
        c->inner.bytes += r->count[5];
        c->parsed += r->count[4];
        break;
    case UNPACK_LINK:
        if (image && a->layer == 0)
            scan_image_link(image, r->path, r->bytes);
        break;
    case UNPACK_LAYER_OF:
        if (!image || a->is_layer)
            return false;
        a->layer = r->path.n ? scan_image_layer(image, r->path) : 0;
        break;
    case UNPACK_BLOB:
        if (!image)
            return false;
        scan_image_blob(image, r->path, r->bytes);
        break;
    case UNPACK_PATHS:
        if (image)
            scan_image_paths(image, a->layer, r->set, r->bytes);
        break;
    case UNPACK_FAIL:
        if (image)
            scan_image_fail(image, a->layer, &r->err);
        break;
    case UNPACK_TYPES:
        return false;
    }
    return true;
}

/* All whole records of what was received. */
static void take_records(scan_collect *c, scan_archive *a, hm_str bytes, hm_err *err)
{
    hm_buf_str(&a->records, bytes);
    hm_str left = hm_buf_view(&a->records);
    unpack_record r;
    size_t n;
    hm_rc rc = a->records.bad ? hm_fail(err, HM_NOMEM, DEFECT_NOMEM, HM_PLACE_NONE, 0, 0) : HM_OK;
    while (rc == HM_OK && (rc = scan_unpack_get(left, &r, &n, err)) == HM_OK) {
        if (!take_record(c, a, &r))
            rc = hm_fail(err, HM_FORMAT, DEFECT_WORKER_REPLY, HM_PLACE_NONE, 0, 33);
        left = hm_str_from(left, n);
    }
    a->lied = rc != HM_NOTFOUND;
    if (a->lied || left.n == 0)
        hm_buf_clear(&a->records);
    else if (left.p != a->records.p) {
        memmove(a->records.p, left.p, left.n);
        a->records.n = left.n;
    }
}

/* ---- the end of a run ---- */

static int open_again(const scan_archive *a, hm_err *err)
{
    int sys = 0, fd;
    if (a->w->root_fd >= 0)
        fd = os_open_below(a->w->root_fd, a->path, O_RDONLY, &sys);
    else {
        fd = fcntl(a->fd, F_DUPFD_CLOEXEC, 3);
        sys = errno;
    }
    if (fd < 0)
        hm_fail_sys(err, DEFECT_OPEN, sys);
    return fd;
}

/* The worker died over a file inside: that is its gap, and all after it is read by the next worker. */
static bool resume(scan_collect *c, scan_archive *a, size_t doc, const hm_err *why)
{
    hm_err e = *why;
    if (why->defect != DEFECT_WORKER_DIED || !a->at)
        return false;
    const scan_hit in_layer = { .detector = UINT16_MAX, .layer = a->layer };
    size_t at = scan_collect_doc(c, hm_str_c(a->at), &in_layer);
    if (at != SIZE_MAX)
        scan_collect_err(c, at, why);
    if (a->size == 0) /* a pipe is not read twice */
        return false;
    if (++a->deaths >= LIMIT_ARCHIVE_DEATHS) {
        hm_fail(&e, HM_LIMIT, DEFECT_TOO_MANY, HM_PLACE_NONE, 0, LIMIT_ARCHIVE_DEATHS);
        scan_collect_err(c, doc, &e);
        return true;
    }
    a->set.resume = a->look + 1;
    if (!a->is_layer)
        a->layer = 0;
    else if (c->image) /* its paths come once more */
        (void)scan_image_layer(c->image, hm_str_c(a->path));
    hm_buf_reset(&a->records);
    free(a->at);
    a->at = NULL;
    int fd = open_again(a, &e);
    if (fd < 0 || send_job(a, doc, fd, &e) != HM_OK) {
        scan_collect_err(c, doc, &e);
        return true;
    }
    c->parsed--; /* the one more answer that comes */
    return true;
}

void scan_archive_take(scan_collect *c, size_t doc, const jail_reply *r)
{
    pthread_mutex_lock(&c->mu);
    scan_archive *a = c->doc[doc].archive;
    pthread_mutex_unlock(&c->mu);
    hm_err e = { 0 };
    bool lied_before = a->lied;
    if (!a->lied)
        take_records(c, a, r->bytes, &e);
    if (a->lied && !lied_before)
        scan_collect_err(c, doc, &e);
    if (r->part)
        return;
    c->parsed++;
    if (a->lied || (r->err.rc != HM_OK && resume(c, a, doc, &r->err)))
        return;
    if (r->err.rc != HM_OK)
        scan_collect_err(c, doc, &r->err);
    else if (a->records.n) { /* it ended within a record */
        hm_fail(&e, HM_FORMAT, DEFECT_WORKER_REPLY, HM_PLACE_NONE, 0, 34);
        scan_collect_err(c, doc, &e);
    }
}
