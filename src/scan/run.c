/* run - one scan from beginning to end: jail, walk, kept files, merge.
 * Data flows one way: walk -> jailed detection (single files, then groups and owners: kept.c) -> collected blocks -> gathered pack -> merged pack. */
#include "base/limits.h"
#include "codec/codec.h"
#include "scan/image.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

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

const scan_subject *scan_subject_of(const scan_result *r)
{
    return scan_image_subject(r->collect.image);
}

bool scan_interrupted(const scan_result *r)
{
    return r->interrupted;
}

/* What is scanned: a directory; one file in it; or an archive that comes by a descriptor. */
typedef struct target {
    int dir_fd, pipe_fd; /* -1: none */
    uint64_t pipe_size;
    char *real;       /* owned */
    const char *name; /* in real; NULL: the directory itself */
} target;

/* Waits for the answers, with the caller's tick going on; false: the caller wants to stop. */
bool scan_await(scan_walk *w)
{
    while (!w->interrupted && !jail_wait(w->pool, 50))
        if (!scan_walk_tick(w))
            w->stop = w->interrupted = true;
    return !w->interrupted;
}

/* A file that nobody knows is no target: the one answer there is says that it is no archive either. */
static hm_rc check_target(const scan_collect *c, const target *t, hm_err *err)
{
    if (t->dir_fd >= 0 && !t->name)
        return HM_OK;
    for (size_t i = 0; i < c->docs; i++)
        if (c->docs == 1 && c->doc[i].err && c->doc[i].err->defect == DEFECT_NOT_ARCHIVE &&
            !scan_kind_of(hm_str_c(c->doc[i].path)))
            return hm_fail(err, HM_UNSUPPORTED, DEFECT_NOT_TARGET, HM_PLACE_NONE, 0, 0);
    return HM_OK;
}

/* ---- the whole ---------------------------------------------------------------------------------------------------------- */

/* An OCI layout: oci-layout and index.json in the directory. */
static bool is_layout(int dir_fd)
{
    struct stat st;
    return fstatat(dir_fd, "oci-layout", &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(st.st_mode) &&
           fstatat(dir_fd, "index.json", &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(st.st_mode);
}

static hm_rc detect_all(const scan_opts *o, scan_result *r, target *t, hm_err *err)
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
    scan_walk w = { .opts = o, .root_fd = t->dir_fd, .pool = pool, .collect = &r->collect };
    if (t->pipe_fd >= 0) {
        scan_archive_submit(&w, HM_STR("-"), UNPACK_ALL | UNPACK_TRANSPARENT | UNPACK_IMAGE, t->pipe_fd, t->pipe_size);
        t->pipe_fd = -1;
    } else
        rc = t->name                ? scan_walk_file(&w, t->name, err)
             : is_layout(t->dir_fd) ? scan_image_layout(r->collect.image, &w, err)
                                    : scan_walk_run(&w, threads, err);
    if (rc == HM_OK && scan_await(&w)) /* archives hand files of groups in with their answers */
        rc = scan_image_finish(r->collect.image, &w, err);
    if (rc == HM_OK && !w.interrupted)
        rc = scan_run_groups(&w, err);
    if (rc == HM_OK && scan_await(&w))
        rc = scan_ask_owners(&w, err);
    if (rc == HM_OK && scan_await(&w))
        rc = jail_drain(pool, err);
    r->count = w.count;
    scan_count_add(&r->count, &r->collect.inner);
    r->count.parsed = r->collect.parsed;
    r->interrupted = w.interrupted;
    if (rc == HM_OK)
        rc = check_target(&r->collect, t, err);
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

static hm_rc open_target(const char *path, target *ret, hm_err *err)
{
    struct stat st;
    *ret = (target){ .dir_fd = -1, .pipe_fd = -1 };
    if (strcmp(path, "-") == 0) {
        ret->pipe_fd = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3);
        if (ret->pipe_fd < 0 || fstat(ret->pipe_fd, &st) != 0)
            return hm_fail_sys(err, DEFECT_OPEN, errno);
        ret->pipe_size = S_ISREG(st.st_mode) && st.st_size > 0 ? (uint64_t)st.st_size : 0;
        return HM_OK;
    }
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0 || fstat(fd, &st) != 0) {
        int sys = errno;
        if (fd >= 0)
            close(fd);
        return hm_fail_sys(err, DEFECT_OPEN, sys);
    }
    if (S_ISDIR(st.st_mode)) {
        ret->dir_fd = fd;
        return HM_OK;
    }
    close(fd);
    if (!S_ISREG(st.st_mode))
        return hm_fail(err, HM_UNSUPPORTED, DEFECT_NOT_TARGET, HM_PLACE_NONE, 0, 0);
    ret->real = realpath(path, NULL); /* the file that was named is wanted, also through a link */
    char *slash = ret->real ? strrchr(ret->real, '/') : NULL;
    if (!slash)
        return hm_fail_sys(err, DEFECT_OPEN, errno);
    *slash = 0;
    ret->name = slash + 1;
    ret->dir_fd = open(*ret->real ? ret->real : "/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return ret->dir_fd < 0 ? hm_fail_sys(err, DEFECT_OPEN, errno) : HM_OK;
}

static void close_target(target *t)
{
    if (t->dir_fd >= 0)
        close(t->dir_fd);
    if (t->pipe_fd >= 0)
        close(t->pipe_fd);
    free(t->real);
}

hm_rc scan_run(const scan_opts *o, scan_result **ret_r, hm_err *err)
{
    uint64_t start = os_monotonic_us();
    HM_AUTO(close_target) target t = { .dir_fd = -1, .pipe_fd = -1 };
    hm_rc rc = open_target(o->target, &t, err);
    if (rc != HM_OK)
        return rc;
    scan_result *r = calloc(1, sizeof *r);
    if (!r)
        return hm_fail(err, HM_NOMEM, DEFECT_NOMEM, HM_PLACE_NONE, 0, 0);
    pthread_mutex_init(&r->collect.mu, NULL);
    r->collect.dispatch = scan_dispatch_new();
    r->collect.image = scan_image_new();
    rc = r->collect.dispatch && r->collect.image ? detect_all(o, r, &t, err)
                                                 : hm_fail(err, HM_NOMEM, DEFECT_NOMEM, HM_PLACE_NONE, 0, 0);
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
