/* run - one scan from beginning to end: jail, walk, ownership queries, merge.
 * Data flows one way: walk -> jailed detection -> collected blocks -> gathered pack -> merged pack. */
#include "base/limits.h"
#include "scan/scan_int.h"
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

/* Package file lists that travel in one owner query. */
enum { OWNER_BATCH_BYTES = 4 << 20 };
_Static_assert(LIMIT_KEPT_BYTES <= UINT32_MAX, "refs of 32 bits name all that is kept");

struct scan_result {
    scan_collect collect;
    part_build *build;
    part_pack pack;
    scan_count count;
    jail_state jail;
    uint64_t peak_bytes, time_us;
    bool interrupted;
};

scan_result *scan_free(scan_result *r)
{
    if (r) {
        scan_collect_clear(&r->collect);
        pthread_mutex_destroy(&r->collect.mu);
        part_build_free(r->build);
        free(r);
    }
    return NULL;
}

void scan_freep(scan_result **r)
{
    *r = scan_free(*r);
}

const part_pack *scan_pack(const scan_result *r)
{
    return &r->pack;
}

scan_count scan_count_of(const scan_result *r)
{
    return r->count;
}

size_t scan_skips(const scan_result *r, const scan_skip **ret)
{
    *ret = r->collect.skip;
    return r->collect.skips;
}

jail_state scan_jail(const scan_result *r)
{
    return r->jail;
}

uint64_t scan_peak_bytes(const scan_result *r)
{
    return r->peak_bytes;
}

uint64_t scan_time_us(const scan_result *r)
{
    return r->time_us;
}

bool scan_interrupted(const scan_result *r)
{
    return r->interrupted;
}

/* ---- ownership pass --------------------------------------------------------------------------------------------------- */

typedef struct owner_pass {
    scan_walk *w;
    hm_buf wanted, batch;
    hm_str root;
    size_t first, n; /* owner files of the batch */
} owner_pass;

static void start_batch(owner_pass *p)
{
    hm_buf_reset(&p->batch);
    hm_buf_le32(&p->batch, (uint32_t)p->wanted.n);
    hm_buf_str(&p->batch, hm_buf_view(&p->wanted));
    p->n = 0;
}

static void send_batch(owner_pass *p)
{
    scan_collect *c = p->w->collect;
    hm_err e;
    if (p->n == 0)
        return;
    const scan_owner_file *f = &c->owner[p->first];
    scan_hit hit = { .detector = f->detector, .root_n = f->root_n };
    size_t doc = scan_collect_doc(c, hm_str_c(f->path), &hit);
    if (doc == SIZE_MAX)
        return;
    jail_job job = {
        .job = SCAN_JOB_OWNER, .tag = doc, .name = hm_str_c(f->path), .extra = hm_buf_view(&p->batch), .fd = -1
    };
    hm_rc rc =
        p->batch.bad ? hm_fail(&e, HM_NOMEM, DEFECT_NOMEM, HM_PLACE_NONE, 0, 0) : jail_submit(p->w->pool, &job, &e);
    if (rc != HM_OK)
        scan_collect_err(c, doc, &e);
}

/* Appends the content of a list; a list that cannot be read is a gap and costs the others nothing. */
static void add_list(owner_pass *p, const scan_owner_file *f)
{
    scan_collect *c = p->w->collect;
    hm_err e = { 0 };
    int sys = 0, fd = os_open_below(p->w->root_fd, f->path, O_RDONLY, &sys);
    struct stat st;
    if (fd < 0 || fstat(fd, &st) != 0) {
        hm_fail_sys(&e, DEFECT_OPEN, fd < 0 ? sys : errno);
        scan_collect_gap(c, hm_str_c(f->path), &e);
        if (fd >= 0)
            close(fd);
        return;
    }
    uint64_t size = S_ISREG(st.st_mode) && st.st_size > 0 ? (uint64_t)st.st_size : 0;
    uint64_t limit = scan_row_limit(detect_get(f->detector), &p->w->opts->limits);
    char *bytes = size <= limit && size < SIZE_MAX ? malloc((size_t)size + 1) : NULL;
    size_t n = 0;
    ssize_t got = 0;
    while (bytes && n < size && (got = read(fd, bytes + n, (size_t)size - n)) > 0)
        n += (size_t)got;
    if (got < 0)
        hm_fail_sys(&e, DEFECT_READ, errno);
    else if (size > limit) {
        hm_fail(&e, HM_LIMIT, DEFECT_TOO_LARGE, HM_PLACE_NONE, 0, limit);
        e.arg[1] = size;
    } else if (!bytes)
        hm_fail(&e, HM_NOMEM, DEFECT_NOMEM, HM_PLACE_NONE, 0, 0);
    close(fd);
    if (e.rc != HM_OK)
        scan_collect_gap(c, hm_str_c(f->path), &e);
    else {
        scan_owner_frame(&p->batch, f->detector, f->root_n, hm_str_c(f->path), (hm_str){ bytes, n });
        p->n++;
    }
    free(bytes);
}

static int by_root_and_path(const void *a, const void *b, void *ctx)
{
    (void)ctx;
    const scan_owner_file *x = a, *y = b;
    int c = hm_str_cmp(hm_str_sub(hm_str_c(x->path), 0, x->root_n), hm_str_sub(hm_str_c(y->path), 0, y->root_n));
    return c ? c : strcmp(x->path, y->path);
}

static bool usr_merged(const scan_walk *w, hm_str root)
{
    char path[LIMIT_PATH_BYTES + 8];
    struct stat st;
    snprintf(path, sizeof path, "%.*s%sbin", (int)root.n, root.p, root.n ? "/" : "");
    return fstatat(w->root_fd, path, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISLNK(st.st_mode);
}

static hm_rc ask_owners(scan_walk *w, hm_err *err)
{
    scan_collect *c = w->collect;
    owner_pass p = { .w = w };
    uint64_t asked = 0;
    scan_paths found;
    if (c->owners == 0)
        return HM_OK;
    if (!hm_sort(c->owner, c->owners, sizeof *c->owner, by_root_and_path, NULL))
        return hm_fail(err, HM_NOMEM, DEFECT_NOMEM, HM_PLACE_NONE, 0, 0);
    hm_rc rc = scan_paths_of(c, &found, err);
    if (rc != HM_OK)
        return rc;
    for (size_t i = 0; i < c->owners && rc == HM_OK && !w->interrupted; i++) {
        hm_str root = hm_str_sub(hm_str_c(c->owner[i].path), 0, c->owner[i].root_n);
        if (i == 0 || !hm_str_eq(root, p.root)) {
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
        if (rc == HM_OK && p.wanted.n)
            add_list(&p, &c->owner[i]);
    }
    if (rc == HM_OK)
        send_batch(&p);
    scan_paths_clear(&found);
    hm_buf_clear(&p.wanted);
    hm_buf_clear(&p.batch);
    return rc;
}

/* Waits for the answers, with the caller's tick going on; false: the caller wants to stop. */
static bool await_answers(scan_walk *w)
{
    while (!w->interrupted && !jail_wait(w->pool, 50))
        if (!scan_walk_tick(w))
            w->stop = w->interrupted = true;
    return !w->interrupted;
}

/* ---- the whole ---------------------------------------------------------------------------------------------------------- */

static hm_rc detect_all(const scan_opts *o, scan_result *r, int root_fd, hm_err *err)
{
    unsigned threads = o->workers ? o->workers : os_cores();
    jail_opts jo = { .worker_path = o->worker_path,
                     .workers = threads,
                     .time_ms = (uint32_t)(o->limits.time_ms ? o->limits.time_ms : LIMIT_FILE_MS),
                     .best_effort = o->best_effort_jail,
                     .done = scan_collect_done,
                     .ctx = &r->collect };
    HM_AUTO(jail_closep) jail_pool *pool = NULL;
    hm_rc rc = jail_open(&jo, &pool, err);
    if (rc != HM_OK)
        return rc;
    r->jail = jail_state_of(pool);
    scan_walk w = { .opts = o, .root_fd = root_fd, .pool = pool, .collect = &r->collect };
    rc = scan_walk_run(&w, threads, err);
    if (rc == HM_OK && await_answers(&w))
        rc = ask_owners(&w, err);
    if (rc == HM_OK && await_answers(&w))
        rc = jail_drain(pool, err);
    r->count = w.count;
    r->count.parsed = r->collect.parsed;
    r->interrupted = w.interrupted;
    r->peak_bytes = jail_peak_bytes(pool);
    return rc;
}

static hm_rc merge_all(scan_result *r, hm_err *err)
{
    HM_AUTO(part_build_freep) part_build *gathered = part_build_new(LIMIT_BUDGET_MAX);
    r->build = part_build_new(LIMIT_BUDGET_MAX);
    if (!gathered || !r->build || !scan_collect_sort_skips(&r->collect))
        return hm_fail(err, HM_NOMEM, DEFECT_NOMEM, HM_PLACE_NONE, 0, 0);
    hm_str block = HM_NONE;
    part_pack p;
    hm_rc rc = scan_gather(&r->collect, gathered, err);
    if (rc == HM_OK)
        rc = part_build_finish(gathered, &block, err);
    if (rc == HM_OK)
        rc = part_pack_open(block, &p, err);
    if (rc == HM_OK)
        rc = scan_merge_pack(&p, r->build, err);
    if (rc == HM_OK)
        rc = part_build_finish(r->build, &block, err);
    if (rc == HM_OK)
        rc = part_pack_open(block, &r->pack, err);
    return rc;
}

hm_rc scan_run(const scan_opts *o, scan_result **ret_r, hm_err *err)
{
    uint64_t start = os_monotonic_us();
    int root_fd = open(o->target, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (root_fd < 0)
        return hm_fail_sys(err, errno == ENOTDIR ? DEFECT_NOT_DIR : DEFECT_OPEN, errno);
    scan_result *r = calloc(1, sizeof *r);
    if (!r) {
        close(root_fd);
        return hm_fail(err, HM_NOMEM, DEFECT_NOMEM, HM_PLACE_NONE, 0, 0);
    }
    pthread_mutex_init(&r->collect.mu, NULL);
    r->collect.dispatch = scan_dispatch_new();
    hm_rc rc = r->collect.dispatch ? detect_all(o, r, root_fd, err)
                                   : hm_fail(err, HM_NOMEM, DEFECT_NOMEM, HM_PLACE_NONE, 0, 0);
    close(root_fd);
    if (rc == HM_OK)
        rc = merge_all(r, err);
    if (rc != HM_OK) {
        scan_free(r);
        return rc;
    }
    r->peak_bytes += os_peak_bytes();
    r->time_us = os_monotonic_us() - start;
    *ret_r = r;
    return HM_OK;
}
