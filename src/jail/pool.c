/* pool - the parent: a queue of jobs, up to 64 workers, one thread that talks to all of them, and the public side.
 *
 *   jail_submit -> incoming (under the lock) -> ready (pool thread) -> peer.out (sent, unanswered) -> done(), freed
 *                                                  ^--------------- death of the worker ----------/
 * Invariants and who may touch what: pool_int.h. What happens with one worker: peer.c. */
#include "jail/pool_int.h"
#include "base/limits.h"
#include "os/os.h"
#include <poll.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

/* ---- answers ---- */

void jail_pool_answer(jail_pool *p, jail_task *j, const hm_err *e, hm_str bytes, uint64_t cpu_us)
{
    HM_BUG_ON(!j);
    jail_reply r = { .tag = j->tag, .err = *e, .bytes = bytes, .cpu_us = cpu_us };
    p->o.done(p->o.ctx, &r);
    size_t bytes_n = j->bytes_n + jail_task_extra(j).n, fds = jail_task_fds(j);
    jail_task_free(j);
    pthread_mutex_lock(&p->mu);
    p->answered++;
    p->pending_bytes -= bytes_n;
    p->pending_fds -= fds;
    /* half empty, so that submitters wake for many at once */
    if (p->accepted - p->answered <= (uint64_t)p->o.workers * JAIL_WINDOW &&
        p->pending_bytes <= JAIL_PENDING_BYTES / 2 && p->pending_fds <= JAIL_PENDING_FDS / 2)
        pthread_cond_broadcast(&p->room);
    if (p->accepted == p->answered)
        pthread_cond_broadcast(&p->drained);
    pthread_mutex_unlock(&p->mu);
}

void jail_pool_answer_all(jail_pool *p, jail_tasks *l, const hm_err *e)
{
    for (jail_task *j; (j = jail_tasks_pop(l)) != NULL;)
        jail_pool_answer(p, j, e, HM_NONE, 0);
}

/* ---- the end of the pool ---- */

void jail_pool_fatal(jail_pool *p, const hm_err *why)
{
    pthread_mutex_lock(&p->mu);
    bool first = !p->fatal;
    if (first) {
        p->fatal = true;
        p->why = *why;
    }
    jail_tasks_append(&p->ready, &p->incoming);
    pthread_cond_broadcast(&p->opened);
    pthread_cond_broadcast(&p->room);
    pthread_mutex_unlock(&p->mu);
    if (!first)
        return;
    for (unsigned i = 0; i < p->o.workers; i++)
        jail_peer_condemn(p, &p->peer[i], NULL);
    jail_pool_answer_all(p, &p->ready, why);
    pthread_mutex_lock(&p->mu); /* a drain that began with nothing unanswered */
    pthread_cond_broadcast(&p->drained);
    pthread_mutex_unlock(&p->mu);
}

bool jail_pool_is_barren(const jail_pool *p)
{
    for (unsigned i = 0; i < p->o.workers; i++)
        if (p->peer[i].in.state != JAIL_DOWN)
            return false;
    return p->barren >= JAIL_BARREN_STARTS;
}

void jail_pool_unfit(jail_pool *p, jail_step step, uint64_t detail)
{
    hm_err e;
    hm_fail(&e, HM_DENIED, DEFECT_JAIL_SETUP, HM_PLACE_NONE, 0, step);
    e.arg[1] = detail;
    jail_pool_fatal(p, &e);
}

/* ---- sharing out ---- */

static bool wants_more(const jail_peer *s)
{
    return jail_peer_alive(s) && s->message.n == 0 && s->out.n <= JAIL_LOW_WATER;
}

/* After so many vain starts no more until a worker that is still up has answered or cost a job. */
static bool starts_help(const jail_pool *p)
{
    return !p->fatal && p->barren < JAIL_BARREN_STARTS;
}

static bool may_start(const jail_pool *p, uint64_t now)
{
    return starts_help(p) && p->next_start_us <= now + JAIL_START_BURST_US;
}

/* Shares the ready jobs out: each worker at most its part, so that none has a queue while another is idle. */
static void assign(jail_pool *p, uint64_t now)
{
    for (unsigned i = 0; i < p->o.workers && p->ready.first; i++) {
        jail_peer *s = &p->peer[i];
        if (!wants_more(s))
            continue;
        size_t share = (p->ready.n + p->out_n + p->o.workers - 1) / p->o.workers;
        if (share > JAIL_WINDOW)
            share = JAIL_WINDOW;
        for (;;) {
            while (p->ready.first && s->out.n < share && jail_peer_add(p, s))
                ;
            if (s->message.n || s->out.n || !p->ready.first)
                break;
            hm_err e; /* it does not fit an empty worker: no memory for the message */
            hm_fail(&e, HM_NOMEM, DEFECT_NOMEM, HM_PLACE_NONE, 0, 0);
            hm_buf_clear(&s->message);
            jail_pool_answer(p, jail_tasks_pop(&p->ready), &e, HM_NONE, 0);
        }
        if (s->message.n)
            jail_peer_flush(p, s, now);
    }
    size_t starting = 0;
    for (unsigned i = 0; i < p->o.workers; i++)
        starting += p->peer[i].in.state == JAIL_STARTING;
    for (unsigned i = 0; i < p->o.workers && p->ready.n > starting && may_start(p, now); i++)
        if (p->peer[i].in.state == JAIL_DOWN) {
            if (!jail_peer_start(p, &p->peer[i], now))
                return;
            starting++;
        }
}

/* ---- the thread ---- */

static void late(jail_pool *p, uint64_t now)
{
    for (unsigned i = 0; i < p->o.workers; i++) {
        jail_peer *s = &p->peer[i];
        if (s->deadline_us > now)
            continue;
        hm_err e;
        hm_fail(&e, HM_TIMEOUT, DEFECT_WORKER_TIMEOUT, HM_PLACE_NONE, 0,
                s->in.state == JAIL_STARTING ? p->start_ms : p->o.time_ms);
        if (s->in.state == JAIL_STARTING && !p->open)
            jail_pool_fatal(p, &e);
        jail_peer_condemn(p, s, &e);
    }
}

static void forgive(jail_pool *p, uint64_t us)
{
    for (unsigned i = 0; i < p->o.workers; i++)
        if (p->peer[i].deadline_us != UINT64_MAX)
            p->peer[i].deadline_us += us;
}

/* Milliseconds until something is due; -1: nothing is. */
static int due_ms(const jail_pool *p, uint64_t now)
{
    uint64_t first = UINT64_MAX;
    size_t down = 0, starting = 0;
    for (unsigned i = 0; i < p->o.workers; i++) {
        if (p->peer[i].deadline_us < first)
            first = p->peer[i].deadline_us;
        down += p->peer[i].in.state == JAIL_DOWN;
        starting += p->peer[i].in.state == JAIL_STARTING;
    }
    if (down && p->ready.n > starting && starts_help(p)) { /* assign will start one then, so this does not spin */
        uint64_t start = p->next_start_us > JAIL_START_BURST_US ? p->next_start_us - JAIL_START_BURST_US : 0;
        first = start < first ? start : first;
    }
    if (first == UINT64_MAX)
        return -1;
    uint64_t ms = first > now ? (first - now) / 1000 + 1 : 0;
    return ms > 60000 ? 60000 : (int)ms;
}

static bool has_room(const jail_pool *p)
{
    for (unsigned i = 0; i < p->o.workers; i++)
        if (p->peer[i].in.state == JAIL_DOWN || wants_more(&p->peer[i]))
            return true;
    return p->fatal;
}

/* Splices what was submitted; says whether the pool is being closed. */
static bool collect(jail_pool *p)
{
    pthread_mutex_lock(&p->mu);
    jail_tasks_append(&p->ready, &p->incoming);
    bool closing = p->closing;
    pthread_mutex_unlock(&p->mu);
    return closing;
}

static void wait_for_news(jail_pool *p, struct pollfd *fd, uint64_t *now)
{
    uint64_t before = os_monotonic_us();
    if (before - *now > JAIL_AWAY_US)
        forgive(p, before - *now); /* our callbacks took that long */
    int ms = due_ms(p, before);
    bool room = has_room(p);
    pthread_mutex_lock(&p->mu);
    if (p->closing || (p->incoming.first && room))
        ms = 0;
    p->asleep = ms != 0 && room;
    pthread_mutex_unlock(&p->mu);
    for (unsigned i = 0; i < p->o.workers; i++) {
        const jail_peer *s = &p->peer[i];
        short out = jail_peer_alive(s) && s->message.n ? POLLOUT : 0;
        fd[i] = (struct pollfd){ .fd = s->in.state == JAIL_DOWN ? -1 : s->socket, .events = (short)(POLLIN | out) };
    }
    fd[p->o.workers] = (struct pollfd){ .fd = p->wake_fd, .events = POLLIN };
    int n = poll(fd, p->o.workers + 1, ms);
    for (unsigned i = 0; n <= 0 && i <= p->o.workers; i++)
        fd[i].revents = 0;
    pthread_mutex_lock(&p->mu);
    p->asleep = false;
    pthread_mutex_unlock(&p->mu);
    *now = os_monotonic_us();
    uint64_t most = ms < 0 ? UINT64_MAX : (uint64_t)ms * 1000 + JAIL_AWAY_US;
    if (*now - before > most)
        forgive(p, *now - before - (uint64_t)ms * 1000); /* the program was stopped */
    if (fd[p->o.workers].revents) {
        uint64_t count;
        ssize_t got = read(p->wake_fd, &count, sizeof count);
        (void)got; /* only to make it unreadable again */
    }
}

static void end_workers(jail_pool *p)
{
    hm_err e;
    hm_fail(&e, HM_IO, DEFECT_INTERRUPTED, HM_PLACE_NONE, 0, 0);
    for (unsigned i = 0; i < p->o.workers; i++) {
        jail_peer *s = &p->peer[i];
        if (s->in.state == JAIL_DOWN)
            continue;
        if (!JAIL_OFF || s->in.state != JAIL_IDLE)
            kill(s->pid, SIGKILL); /* an idle one under a sanitizer ends by itself and looks for leaks */
        jail_peer_settle(p, s, NULL);
        close(s->socket);
        s->socket = -1;
    }
    for (unsigned i = 0; i < p->o.workers; i++) {
        jail_peer *s = &p->peer[i];
        int status;
        if (s->in.state != JAIL_DOWN)
            jail_peer_reap(p, s, &status);
        s->in.state = JAIL_DOWN;
    }
    collect(p);
    jail_pool_answer_all(p, &p->ready, &e);
}

static void *pool_main(void *ctx)
{
    jail_pool *p = ctx;
    struct pollfd fd[JAIL_MAX_WORKERS + 1];
    uint64_t now = os_monotonic_us();
    jail_peer_start(p, &p->peer[0], now);
    while (!collect(p)) {
        if (p->fatal)
            jail_pool_answer_all(p, &p->ready, &p->why);
        else if (p->open)
            assign(p, now);
        wait_for_news(p, fd, &now);
        for (unsigned i = 0; i < p->o.workers; i++) {
            jail_peer *s = &p->peer[i];
            if (fd[i].revents & POLLOUT && jail_peer_alive(s) && s->message.n)
                jail_peer_flush(p, s, now);
            if (fd[i].revents & (POLLIN | POLLHUP | POLLERR) && s->in.state != JAIL_DOWN)
                jail_peer_receive(p, s, now);
        }
        late(p, now);
    }
    end_workers(p);
    return NULL;
}

/* ---- the public side ---- */

static void pool_free(jail_pool *p)
{
    for (unsigned i = 0; p->peer && i < p->o.workers; i++) {
        jail_peer *s = &p->peer[i];
        jail_ring_free(s->ring, s->ring_fd);
        hm_buf_clear(&s->message);
        hm_buf_clear(&s->in.bytes);
    }
    if (p->wake_fd >= 0)
        close(p->wake_fd);
    free(p->peer);
    free(p->frames);
    free(p->path);
    pthread_mutex_destroy(&p->mu);
    pthread_cond_destroy(&p->room);
    pthread_cond_destroy(&p->drained);
    pthread_cond_destroy(&p->opened);
    free(p);
}

/* Signals stay with the threads of the program. */
static int start_thread(jail_pool *p)
{
    sigset_t all, old;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &old);
    int sys = pthread_create(&p->thread, NULL, pool_main, p);
    pthread_sigmask(SIG_SETMASK, &old, NULL);
    return sys;
}

hm_rc jail_open_tuned(const jail_opts *o, uint32_t start_ms, jail_pool **ret_pool, hm_err *err)
{
    jail_pool *p = calloc(1, sizeof *p);
    if (!p)
        return hm_fail(err, HM_NOMEM, DEFECT_NOMEM, HM_PLACE_NONE, 0, 0);
    p->o = *o;
    p->o.workers = o->workers < 1 ? 1 : o->workers > JAIL_MAX_WORKERS ? JAIL_MAX_WORKERS : o->workers;
    if (!p->o.memory_bytes)
        p->o.memory_bytes = JAIL_DEFAULT_MEMORY;
    if (!p->o.time_ms)
        p->o.time_ms = LIMIT_FILE_MS;
    p->start_ms = start_ms;
    pthread_mutex_init(&p->mu, NULL);
    pthread_cond_init(&p->room, NULL);
    pthread_cond_init(&p->drained, NULL);
    pthread_cond_init(&p->opened, NULL);
    p->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    p->peer = calloc(p->o.workers, sizeof *p->peer);
    p->frames = malloc((size_t)JAIL_FRAMES * JAIL_DATAGRAM);
    size_t path_n = strlen(o->worker_path) + 1;
    p->path = malloc(path_n);
    if (!p->peer || !p->frames || !p->path || p->wake_fd < 0) {
        pool_free(p);
        return hm_fail(err, HM_NOMEM, DEFECT_NOMEM, HM_PLACE_NONE, 0, 0);
    }
    memcpy(p->path, o->worker_path, path_n);
    for (unsigned i = 0; i < p->o.workers; i++) {
        p->peer[i].socket = p->peer[i].ring_fd = -1;
        p->peer[i].deadline_us = UINT64_MAX;
        p->peer[i].message.limit = JAIL_DATAGRAM;
    }
    int sys = start_thread(p);
    if (sys) {
        pool_free(p);
        return hm_fail_sys(err, DEFECT_SPAWN, sys);
    }
    pthread_mutex_lock(&p->mu);
    while (!p->open && !p->fatal)
        pthread_cond_wait(&p->opened, &p->mu);
    bool fatal = p->fatal;
    hm_err why = p->why;
    pthread_mutex_unlock(&p->mu);
    if (fatal) {
        jail_close(p);
        if (err)
            *err = why;
        return why.rc;
    }
    *ret_pool = p;
    return HM_OK;
}

hm_rc jail_open(const jail_opts *o, jail_pool **ret_pool, hm_err *err)
{
    return jail_open_tuned(o, JAIL_START_MS, ret_pool, err);
}

jail_state jail_state_of(const jail_pool *p)
{
    jail_pool *q = (jail_pool *)(uintptr_t)p; /* the lock is no part of what a caller sees */
    pthread_mutex_lock(&q->mu);
    jail_state s = q->state;
    pthread_mutex_unlock(&q->mu);
    return s;
}

static bool full(const jail_pool *p)
{
    return p->accepted - p->answered >= (uint64_t)p->o.workers * JAIL_WINDOW * 2 ||
           p->pending_bytes >= JAIL_PENDING_BYTES || p->pending_fds >= JAIL_PENDING_FDS;
}

hm_rc jail_submit(jail_pool *p, const jail_job *in, hm_err *err)
{
    jail_task *j = NULL;
    hm_rc rc = jail_task_new(in, &j, err);
    if (rc) {
        if (in->fd >= 0)
            close(in->fd);
        return rc;
    }
    HM_BUG_ON(!j);
    bool wake = false;
    pthread_mutex_lock(&p->mu);
    /* from a callback we would wait for ourselves: that thread may go over the bound */
    if (!pthread_equal(pthread_self(), p->thread))
        while (full(p) && !p->fatal)
            pthread_cond_wait(&p->room, &p->mu);
    if (p->fatal) {
        rc = p->why.rc;
        if (err)
            *err = p->why;
    } else if (p->closing) {
        rc = hm_fail(err, HM_IO, DEFECT_INTERRUPTED, HM_PLACE_NONE, 0, 0);
    } else {
        p->accepted++;
        p->pending_bytes += j->bytes_n + jail_task_extra(j).n;
        p->pending_fds += jail_task_fds(j);
        jail_tasks_push(&p->incoming, j);
        wake = p->asleep;
        p->asleep = false;
    }
    pthread_mutex_unlock(&p->mu);
    if (rc)
        jail_task_free(j);
    if (wake) // NOLINT(clang-analyzer-unix.Malloc): the queue keeps the job
        (void)eventfd_write(p->wake_fd, 1);
    return rc;
}

bool jail_wait(jail_pool *p, uint32_t ms)
{
    struct timespec until;
    HM_BUG_ON(pthread_equal(pthread_self(), p->thread));
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += ms / 1000;
    until.tv_nsec += (long)(ms % 1000) * 1000000L;
    if (until.tv_nsec >= 1000000000L) {
        until.tv_sec++;
        until.tv_nsec -= 1000000000L;
    }
    pthread_mutex_lock(&p->mu);
    while (p->answered != p->accepted)
        if (pthread_cond_clockwait(&p->drained, &p->mu, CLOCK_MONOTONIC, &until) != 0)
            break;
    bool all = p->answered == p->accepted;
    pthread_mutex_unlock(&p->mu);
    return all;
}

hm_rc jail_drain(jail_pool *p, hm_err *err)
{
    HM_BUG_ON(pthread_equal(pthread_self(), p->thread)); /* a callback cannot wait for its own end */
    pthread_mutex_lock(&p->mu);
    while (p->answered != p->accepted)
        pthread_cond_wait(&p->drained, &p->mu);
    hm_rc rc = p->fatal ? p->why.rc : HM_OK;
    if (rc && err)
        *err = p->why;
    pthread_mutex_unlock(&p->mu);
    return rc;
}

uint64_t jail_peak_bytes(const jail_pool *p)
{
    jail_pool *q = (jail_pool *)(uintptr_t)p;
    uint64_t sum = 0;
    pthread_mutex_lock(&q->mu);
    for (unsigned i = 0; i < q->o.workers; i++) {
        jail_peer *s = &q->peer[i];
        uint64_t peak = s->pid ? jail_peak_of(s->pid) : 0;
        if (peak > s->peak_bytes)
            s->peak_bytes = peak;
        sum += s->peak_bytes;
    }
    pthread_mutex_unlock(&q->mu);
    return sum;
}

jail_pool *jail_close(jail_pool *p)
{
    if (!p)
        return NULL;
    pthread_mutex_lock(&p->mu);
    p->closing = true;
    pthread_mutex_unlock(&p->mu);
    (void)eventfd_write(p->wake_fd, 1);
    pthread_join(p->thread, NULL);
    pool_free(p);
    return NULL;
}

void jail_closep(jail_pool **p)
{
    *p = jail_close(*p);
}
