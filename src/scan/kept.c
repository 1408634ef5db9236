/* kept - files that are not answered one by one but after the walk: groups, whose files depend on each other, and the
 * file lists of packages, which are asked who owns what was found. Both are read then, and go to the jail as frames. */
#include "base/limits.h"
#include "scan/image.h"
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

/* Package file lists that travel in one owner query. */
enum { OWNER_BATCH_BYTES = 4 << 20 };

/* Content on disk, owned by the caller; what the system or a limit said goes to err. */
static hm_rc read_from_disk(const scan_walk *w, const char *path, uint64_t limit, char **ret, size_t *ret_n,
                            hm_err *err)
{
    int sys = 0, fd = os_open_below(w->root_fd, path, O_RDONLY, &sys);
    struct stat st;
    if (fd < 0 || fstat(fd, &st) != 0) {
        sys = fd < 0 ? sys : errno;
        if (fd >= 0)
            close(fd);
        return hm_fail_sys(err, DEFECT_OPEN, sys);
    }
    hm_rc rc = HM_OK;
    uint64_t size = S_ISREG(st.st_mode) && st.st_size > 0 ? (uint64_t)st.st_size : 0;
    char *bytes = size <= limit && size < SIZE_MAX ? malloc((size_t)size + 1) : NULL;
    size_t n = 0;
    ssize_t got = 0;
    while (bytes && n < size && (got = read(fd, bytes + n, (size_t)size - n)) > 0)
        n += (size_t)got;
    if (got < 0)
        rc = hm_fail_sys(err, DEFECT_READ, errno);
    else if (size > limit) {
        rc = hm_fail(err, HM_LIMIT, DEFECT_TOO_LARGE, HM_PLACE_NONE, 0, limit);
        if (err)
            err->arg[1] = size;
    } else if (!bytes)
        rc = hm_fail(err, HM_NOMEM, DEFECT_NOMEM, HM_PLACE_NONE, 0, 0);
    close(fd);
    if (rc == HM_OK) {
        *ret = bytes;
        *ret_n = n;
    } else
        free(bytes);
    return rc;
}

static hm_rc frame_from_disk(const scan_walk *w, const scan_kept_file *f, hm_buf *out, hm_err *err)
{
    char *bytes = NULL;
    size_t n = 0;
    hm_rc rc = read_from_disk(w, f->path, scan_row_limit(detect_get(f->detector), &w->opts->limits), &bytes, &n, err);
    if (rc == HM_OK)
        scan_frame_put(out, f->detector, f->root_n, hm_str_c(f->path), (hm_str){ bytes, n });
    free(bytes);
    return rc;
}

/* Appends a kept file to a query; one that cannot be read is a gap (false) and costs the others nothing. */
static bool add_frame(const scan_walk *w, const scan_kept_file *f, hm_buf *out)
{
    hm_err e = { 0 };
    if (f->bytes) {
        scan_frame_put(out, f->detector, f->root_n, hm_str_c(f->path), (hm_str){ f->bytes, f->bytes_n });
        return true;
    }
    if (frame_from_disk(w, f, out, &e) == HM_OK)
        return true;
    scan_collect_gap(w->collect, hm_str_c(f->path), &e);
    return false;
}

/* Completes a job about the kept file and hands it over; its descriptor is taken in every case. */
static void submit(const scan_walk *w, const scan_kept_file *f, jail_job *j, const hm_buf *extra)
{
    scan_collect *c = w->collect;
    hm_err e;
    scan_hit hit = { .detector = f->detector, .root_n = f->root_n };
    size_t doc = scan_collect_doc(c, hm_str_c(f->path), &hit);
    hm_rc rc = extra->bad ? hm_fail(&e, HM_NOMEM, DEFECT_NOMEM, HM_PLACE_NONE, 0, 0) : HM_OK;
    if (doc == SIZE_MAX || rc != HM_OK) {
        if (j->fd >= 0)
            close(j->fd);
    } else {
        j->tag = doc;
        j->extra = hm_buf_view(extra);
        rc = jail_submit(w->pool, j, &e);
    }
    if (doc != SIZE_MAX && rc != HM_OK)
        scan_collect_err(c, doc, &e);
}

static void send(const scan_walk *w, uint32_t job, const scan_kept_file *f, hm_str name, const hm_buf *frames)
{
    jail_job j = { .job = job, .name = name, .fd = -1 };
    submit(w, f, &j, frames);
}

/* ---- groups ------------------------------------------------------------------------------------------------------------ */

static hm_str archive_of(const scan_kept_file *f)
{
    return hm_str_sub(hm_str_c(f->path), 0, f->archive_n);
}

static int by_group(const void *a, const void *b, void *ctx)
{
    (void)ctx;
    const scan_kept_file *x = a, *y = b;
    if (x->detector != y->detector)
        return x->detector < y->detector ? -1 : 1;
    int c = hm_str_cmp(archive_of(x), archive_of(y));
    return c ? c : strcmp(x->path, y->path);
}

static bool same_group(const scan_kept_file *x, const scan_kept_file *y)
{
    return x->detector == y->detector && hm_str_eq(archive_of(x), archive_of(y));
}

/* A group of more than LIMIT_GROUP_BYTES goes in several pieces: neighbours by path stay together, and what one piece
 * needs of another its detector says itself. */
hm_rc scan_run_groups(scan_walk *w, hm_err *err)
{
    scan_collect *c = w->collect;
    HM_AUTO(hm_buf_clear) hm_buf frames = { 0 };
    const scan_kept_file *first = NULL;
    if (!hm_sort(c->kept_file, c->kept_files, sizeof *c->kept_file, by_group, NULL))
        return hm_fail(err, HM_NOMEM, DEFECT_NOMEM, HM_PLACE_NONE, 0, 0);
    for (size_t i = 0; i <= c->kept_files && !w->interrupted; i++) {
        const scan_kept_file *f = i < c->kept_files ? &c->kept_file[i] : NULL;
        if (frames.n && (!f || !same_group(first, f) || frames.n > LIMIT_GROUP_BYTES)) {
            send(w, SCAN_JOB_GROUP, first, archive_of(first), &frames);
            hm_buf_reset(&frames);
        }
        if (!f || !(detect_get(f->detector)->flags & DETECT_GROUP))
            continue;
        if (frames.n == 0)
            first = f;
        if (add_frame(w, f, &frames)) { /* read now: counted with those that were read in the walk */
            w->count.claimed++;
            c->parsed++;
        }
    }
    return HM_OK;
}

/* ---- ownership pass ---------------------------------------------------------------------------------------------------- */

typedef struct owner_pass {
    scan_walk *w;
    hm_buf wanted, batch;
    hm_str root;
    size_t first, n; /* kept files of the batch: the first, and how many it has */
} owner_pass;

static void start_batch(owner_pass *p)
{
    hm_buf_reset(&p->batch);
    hm_buf_le32(&p->batch, (uint32_t)p->wanted.n);
    hm_buf_str(&p->batch, hm_buf_view(&p->wanted));
    p->n = 0;
}

static void send_batch(const owner_pass *p)
{
    const scan_kept_file *f = &p->w->collect->kept_file[p->first];
    if (p->n)
        send(p->w, SCAN_JOB_OWNER, f, hm_str_c(f->path), &p->batch);
}

/* A package database that is too large to travel: it goes alone, as a descriptor, what is wanted and its companion as
 * the job's further bytes. One that cannot be opened was said when its packages were read. */
static void ask_database(const owner_pass *p, const scan_kept_file *f)
{
    const scan_walk *w = p->w;
    const detect_row *row = detect_get(f->detector);
    uint64_t limit = scan_row_limit(row, &w->opts->limits);
    HM_AUTO(hm_buf_clear) hm_buf extra = { 0 }, beside = { 0 };
    char *bytes = NULL;
    size_t n = 0;
    int sys = 0, fd = os_open_below(w->root_fd, f->path, O_RDONLY, &sys);
    struct stat st;
    if (fd < 0 || fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) || (uint64_t)st.st_size > limit) {
        if (fd >= 0)
            close(fd);
        return;
    }
    hm_buf_le32(&extra, (uint32_t)p->wanted.n);
    hm_buf_str(&extra, hm_buf_view(&p->wanted));
    hm_buf_c(&beside, f->path);
    hm_buf_c(&beside, row->companion ? row->companion : "");
    hm_buf_byte(&beside, 0);
    if (row->companion && !beside.bad && read_from_disk(w, beside.p, limit, &bytes, &n, NULL) == HM_OK)
        hm_buf_add(&extra, bytes, n);
    free(bytes);
    jail_job j = { .job = SCAN_JOB_DETECT,
                   .param = scan_param(f->detector, f->root_n),
                   .name = hm_str_c(f->path),
                   .fd = fd,
                   .size = (uint64_t)st.st_size };
    submit(w, f, &j, &extra);
}

static int by_root_and_path(const void *a, const void *b, void *ctx)
{
    (void)ctx;
    const scan_kept_file *x = a, *y = b;
    int c = hm_str_cmp(hm_str_sub(hm_str_c(x->path), 0, x->root_n), hm_str_sub(hm_str_c(y->path), 0, y->root_n));
    return c ? c : strcmp(x->path, y->path);
}

static bool usr_merged(const scan_walk *w, hm_str root)
{
    char path[LIMIT_PATH_BYTES + 8];
    struct stat st;
    if (w->collect->image && scan_image_plan(w->collect->image)->choice != PLAN_NONE)
        return scan_image_usr_merged(w->collect->image, root);
    snprintf(path, sizeof path, "%.*s%sbin", (int)root.n, root.p, root.n ? "/" : "");
    return fstatat(w->root_fd, path, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISLNK(st.st_mode);
}

hm_rc scan_ask_owners(scan_walk *w, hm_err *err)
{
    scan_collect *c = w->collect;
    owner_pass p = { .w = w };
    uint64_t asked = 0;
    bool begun = false;
    scan_paths found;
    if (c->kept_files == 0)
        return HM_OK;
    if (!hm_sort(c->kept_file, c->kept_files, sizeof *c->kept_file, by_root_and_path, NULL))
        return hm_fail(err, HM_NOMEM, DEFECT_NOMEM, HM_PLACE_NONE, 0, 0);
    hm_rc rc = scan_paths_of(c, &found, err);
    if (rc != HM_OK)
        return rc;
    for (size_t i = 0; i < c->kept_files && rc == HM_OK && !w->interrupted; i++) {
        if (!(detect_get(c->kept_file[i].detector)->flags & DETECT_OWNER))
            continue;
        hm_str root = hm_str_sub(hm_str_c(c->kept_file[i].path), 0, c->kept_file[i].root_n);
        if (!begun || !hm_str_eq(root, p.root)) {
            begun = true;
            send_batch(&p);
            hm_buf_reset(&p.wanted);
            rc = scan_wanted(&found, root, usr_merged(w, root), &p.wanted, err);
            p.root = root;
            p.first = i;
            asked += p.wanted.n;
            if (asked >
                LIMIT_KEPT_BYTES) { /* roots in roots in roots: what lies below all of them is asked for by each */
                c->full = true;
                hm_buf_reset(&p.wanted);
            }
            start_batch(&p);
        } else if (p.batch.n >
                   OWNER_BATCH_BYTES + 2 * p.wanted.n) { /* what is wanted goes with each: half of all at most */
            send_batch(&p);
            p.first = i;
            start_batch(&p);
        }
        bool alone = detect_get(c->kept_file[i].detector)->flags & DETECT_SEEK && !c->kept_file[i].bytes;
        if (rc == HM_OK && p.wanted.n && alone)
            ask_database(&p, &c->kept_file[i]);
        else if (rc == HM_OK && p.wanted.n)
            p.n += add_frame(w, &c->kept_file[i], &p.batch);
    }
    if (rc == HM_OK && begun)
        send_batch(&p);
    scan_paths_clear(&found);
    hm_buf_clear(&p.wanted);
    hm_buf_clear(&p.batch);
    return rc;
}
