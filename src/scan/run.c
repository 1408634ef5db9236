/* run - one scan from beginning to end: jail, walk, kept files, merge.
 * Data flows one way: walk -> jailed detection (single files, then groups and owners: kept.c) -> collected blocks -> gathered pack -> merged pack. */
#include "base/limits.h"
#include "scan/scan_int.h"
#include <errno.h>
#include <fcntl.h>
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

bool scan_interrupted(const scan_result *r)
{
    return r->interrupted;
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
    if (rc == HM_OK)
        rc = scan_run_groups(&w, err);
    if (rc == HM_OK && await_answers(&w))
        rc = scan_ask_owners(&w, err);
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
