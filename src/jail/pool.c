/* pool - the parent: a queue of jobs, up to 64 workers, one thread that talks to all of them.
 * The enemy is the worker: any file may have taken one over. Frames are judged in protocol.c before anything here acts.
 *
 *   jail_submit -> incoming (under the lock) -> ready (pool thread) -> slot.out (sent, unanswered) -> done(), freed
 *                                                  ^--------------- death of the worker ----------/
 * Threads: `mu` guards the fields under it in struct jail_pool and slot.pid/peak for other threads; all else belongs to
 * the pool's thread. It alone starts workers, as the kernel kills them when the thread that started them ends.
 * Invariants:
 * 1. Every accepted job is in exactly one of incoming, ready, one slot's out; each is answered once, then freed.
 * 2. out is in the order of seq; the first `sent_n` of it were sent. Only the first can be answered or blamed.
 * 3. The deadline of a slot is that of its first unanswered job, counted from when it became that; time that this
 *    thread itself was away (callbacks, a stopped program) does not count.
 * 4. A worker that breaks the protocol, is late or dies costs its first unanswered job; the rest goes back in order.
 * 5. Three workers in a row that die without having answered or cost a job end the pool: all jobs get that error.
 * 6. Starts are limited (START_GAP_US, START_BURST_US), so that killer files cannot turn us into a fork bomb. */
#include "base/limits.h"
#include "jail/jail.h"
#include "jail/jail_int.h"
#include "jail/protocol.h"
#include "jail/spawn.h"
#include "os/os.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
    MAX_WORKERS = 64,
    WINDOW = JAIL_BATCH,      /* most unanswered jobs of one worker */
    LOW_WATER = 12,           /* refilled from here on, so that requests travel in batches */
    WINDOW_BYTES = 256 << 10, /* content sent ahead; a larger file is alone */
    PENDING_BYTES = 8 << 20,  /* copied content of unanswered jobs, all workers */
    PENDING_FDS = 128,
    FRAMES = 16,           /* received at once */
    FRAMES_PER_TURN = 256, /* then the others have their turn */
    START_GAP_US = 2000,   /* between two starts, save for a burst */
    START_BURST_US = 64 * START_GAP_US,
    BARREN_STARTS = 3,
    START_MS = 30000, /* to say HELLO */
    AWAY_US = 1000000,
    REAP_MS = 5000,
};
#define DEFAULT_MEMORY ((2ULL << 30) + (256ULL << 20))
#define MIN_CPU_SECONDS 3600ULL

typedef struct job {
    struct job *next;
    uint64_t tag, size, ring_end;
    uint32_t job, param, seq;
    int fd, extra_fd;
    uint32_t name_n, extra_n, bytes_n;
    char data[]; /* name, extra (unless extra_fd), content (unless fd) */
} job;
typedef struct list {
    job *first, *last;
    size_t n;
} list;

typedef struct slot {
    pid_t pid; /* 0: none */
    int socket, ring_fd;
    char *ring;
    uint64_t ring_head, ring_tail; /* positions that only grow; modulo JAIL_RING_BYTES is the place */
    jail_inbox in;
    list out;
    size_t sent_n;
    uint64_t out_bytes, deadline_us, peak_bytes;
    uint32_t next_seq;
    bool useful;    /* answered or cost a job */
    hm_buf message; /* of the jobs in out that are not sent */
    int fds[JAIL_FDS];
    size_t fd_count;
} slot;

struct jail_pool {
    jail_opts o;
    char *path;
    uint32_t start_ms;
    slot *slots;
    list ready;
    size_t out_n; /* sum over the slots */
    uint64_t next_start_us;
    unsigned barren;
    int wake_fd;
    pthread_t thread;
    uint8_t *frames; /* FRAMES x JAIL_DATAGRAM */

    pthread_mutex_t mu;
    pthread_cond_t room, drained, opened;
    list incoming;
    uint64_t accepted, answered;
    size_t pending_bytes, pending_fds;
    bool asleep, closing, open, fatal;
    hm_err why; /* of fatal */
    jail_state state;
};

/* ---- lists of jobs ---- */

static void push(list *l, job *j)
{
    j->next = NULL;
    if (l->last)
        l->last->next = j;
    else
        l->first = j;
    l->last = j;
    l->n++;
}

static job *pop(list *l)
{
    job *j = l->first;
    if (!j)
        return NULL;
    l->first = j->next;
    if (!l->first)
        l->last = NULL;
    l->n--;
    j->next = NULL;
    return j;
}

/* All of `from` before all of `l`. */
static void prepend(list *l, list *from)
{
    if (!from->first)
        return;
    from->last->next = l->first;
    if (!l->last)
        l->last = from->last;
    l->first = from->first;
    l->n += from->n;
    *from = (list){ 0 };
}

static void append(list *l, list *from)
{
    prepend(from, l);
    *l = *from;
    *from = (list){ 0 };
}

static void job_free(job *j)
{
    HM_BUG_ON(!j);
    if (j->fd >= 0)
        close(j->fd);
    if (j->extra_fd >= 0)
        close(j->extra_fd);
    free(j);
}

static hm_str job_name(const job *j)
{
    return (hm_str){ j->data, j->name_n };
}

static hm_str job_extra(const job *j)
{
    return (hm_str){ j->data + j->name_n, j->extra_fd >= 0 ? 0 : j->extra_n };
}

static hm_str job_bytes(const job *j)
{
    return (hm_str){ j->data + j->name_n + (j->extra_fd >= 0 ? 0 : j->extra_n), j->bytes_n };
}

static size_t job_fds(const job *j)
{
    return (size_t)(j->fd >= 0) + (size_t)(j->extra_fd >= 0);
}

/* ---- answers ---- */

static void answer(jail_pool *p, job *j, const hm_err *e, hm_str bytes, uint64_t cpu_us)
{
    HM_BUG_ON(!j);
    jail_reply r = { .tag = j->tag, .err = *e, .bytes = bytes, .cpu_us = cpu_us };
    p->o.done(p->o.ctx, &r);
    size_t bytes_n = j->bytes_n + job_extra(j).n, fds = job_fds(j);
    job_free(j);
    pthread_mutex_lock(&p->mu);
    p->answered++;
    p->pending_bytes -= bytes_n;
    p->pending_fds -= fds;
    /* half empty, so that submitters wake for many at once */
    if (p->accepted - p->answered <= (uint64_t)p->o.workers * WINDOW && p->pending_bytes <= PENDING_BYTES / 2 &&
        p->pending_fds <= PENDING_FDS / 2)
        pthread_cond_broadcast(&p->room);
    if (p->accepted == p->answered)
        pthread_cond_broadcast(&p->drained);
    pthread_mutex_unlock(&p->mu);
}

static void answer_all(jail_pool *p, list *l, const hm_err *e)
{
    for (job *j; (j = pop(l)) != NULL;)
        answer(p, j, e, HM_NONE, 0);
}

/* ---- a worker's end ---- */

/* Takes the jobs off a slot: blames the first if it was sent and `why` says so, the rest goes back. */
static void settle(jail_pool *p, slot *s, const hm_err *why)
{
    job *first = s->sent_n && why ? pop(&s->out) : NULL;
    p->out_n -= s->out.n + (first ? 1 : 0);
    prepend(&p->ready, &s->out);
    s->sent_n = 0;
    s->out_bytes = 0;
    s->ring_tail = s->ring_head;
    s->fd_count = 0;
    hm_buf_reset(&s->message);
    hm_buf_clear(&s->in.bytes);
    if (first) {
        s->useful = true;
        answer(p, first, why, HM_NONE, 0);
    }
}

/* Kills a worker for `why`; it is buried when its socket ends. */
static void condemn(jail_pool *p, slot *s, const hm_err *why)
{
    if (s->in.state == JAIL_DOWN || s->in.state == JAIL_DYING)
        return;
    kill(s->pid, SIGKILL);
    s->in.state = JAIL_DYING;
    s->deadline_us = UINT64_MAX;
    settle(p, s, why);
}

static void set_fatal(jail_pool *p, const hm_err *why)
{
    pthread_mutex_lock(&p->mu);
    bool first = !p->fatal;
    if (first) {
        p->fatal = true;
        p->why = *why;
    }
    append(&p->ready, &p->incoming);
    pthread_cond_broadcast(&p->opened);
    pthread_cond_broadcast(&p->room);
    pthread_mutex_unlock(&p->mu);
    if (!first)
        return;
    for (unsigned i = 0; i < p->o.workers; i++)
        condemn(p, &p->slots[i], NULL);
    answer_all(p, &p->ready, why);
    pthread_mutex_lock(&p->mu); /* a drain that began with nothing unanswered */
    pthread_cond_broadcast(&p->drained);
    pthread_mutex_unlock(&p->mu);
}

static void fail_setup(jail_pool *p, jail_step step, uint64_t detail)
{
    hm_err e;
    hm_fail(&e, HM_DENIED, DEFECT_JAIL_SETUP, HM_PLACE_NONE, 0, step);
    e.arg[1] = detail;
    set_fatal(p, &e);
}

/* Waits for the end of a killed process, at most REAP_MS (one that hangs in the kernel must not hang us too). */
static bool reap(jail_pool *p, slot *s, int *ret_status)
{
    struct rusage u = { 0 };
    pid_t got = 0;
    for (int waited_us = 0, nap_us = 20; waited_us < REAP_MS * 1000; waited_us += nap_us) {
        pthread_mutex_lock(&p->mu);
        got = wait4(s->pid, ret_status, WNOHANG, &u);
        if (got != 0)
            s->pid = 0;
        pthread_mutex_unlock(&p->mu);
        if (got != 0)
            break;
        struct timespec t = { 0, nap_us * 1000L };
        nanosleep(&t, NULL);
        nap_us = nap_us < 2000 ? nap_us * 2 : nap_us;
    }
    if (got <= 0) { /* ECHILD: SIGCHLD is ignored, so the kernel took it */
        *ret_status = 0;
        return false;
    }
    /* ru_maxrss also holds what we were at the time of the start: it says something only when it is more than that. */
    uint64_t peak = u.ru_maxrss > 0 ? (uint64_t)u.ru_maxrss * 1024 : 0;
    if (peak > s->peak_bytes && peak > os_peak_bytes())
        s->peak_bytes = peak;
    return true;
}

/* The socket ended: the process is gone, or will be now. */
static void bury(jail_pool *p, slot *s)
{
    kill(s->pid, SIGKILL);
    int status = 0;
    reap(p, s, &status);
    close(s->socket);
    s->socket = -1;
    bool said_hello = s->in.state != JAIL_STARTING;
    if (s->in.state != JAIL_DYING) {
        hm_err e;
        hm_fail(&e, HM_IO, DEFECT_WORKER_DIED, HM_PLACE_NONE, 0, WIFSIGNALED(status) ? (unsigned)WTERMSIG(status) : 0);
        e.arg[1] = WIFEXITED(status) ? (unsigned)WEXITSTATUS(status) : 0;
        settle(p, s, &e);
    }
    s->in.state = JAIL_DOWN;
    s->deadline_us = UINT64_MAX;
    p->barren = s->useful ? 0 : p->barren + 1;
    if (p->barren >= BARREN_STARTS || (!p->open && !said_hello))
        fail_setup(p, JAIL_STEP_START, WIFSIGNALED(status) ? (unsigned)WTERMSIG(status) : 0);
}

/* ---- a worker's beginning ---- */

static bool start_worker(jail_pool *p, slot *s, uint64_t now)
{
    hm_err e = { 0 };
    hm_rc rc = HM_OK;
    if (!s->ring)
        rc = jail_ring_new(&s->ring, &s->ring_fd, &e);
    uint64_t seconds = (uint64_t)p->o.time_ms / 1000 * 60;
    jail_spawn_opts so = { .path = p->path,
                           .memory_bytes = p->o.memory_bytes,
                           .cpu_seconds = seconds < MIN_CPU_SECONDS ? MIN_CPU_SECONDS : seconds,
                           .best_effort = p->o.best_effort };
    p->next_start_us = (p->next_start_us > now ? p->next_start_us : now) + START_GAP_US;
    pid_t pid = 0;
    if (rc == HM_OK)
        rc = jail_spawn(&so, s->ring_fd, &pid, &s->socket, &e);
    if (rc != HM_OK) {
        p->next_start_us = now + START_BURST_US + 100000; /* what is short now may be there again then */
        if (!p->open || ++p->barren >= BARREN_STARTS)
            set_fatal(p, &e);
        return false;
    }
    pthread_mutex_lock(&p->mu);
    s->pid = pid;
    pthread_mutex_unlock(&p->mu);
    s->in.state = JAIL_STARTING;
    s->deadline_us = now + (uint64_t)p->start_ms * 1000;
    s->useful = false;
    return true;
}

static bool may_start(const jail_pool *p, uint64_t now)
{
    return !p->fatal && p->next_start_us <= now + START_BURST_US;
}

static void take_hello(jail_pool *p, slot *s, const jail_frame *f)
{
    jail_state st = { .seccomp = f->total & JAIL_HAS_SECCOMP,
                      .landlock = f->total & JAIL_HAS_LANDLOCK,
                      .no_new_privs = f->total & JAIL_HAS_NO_NEW_PRIVS,
                      .rlimits = f->total & JAIL_HAS_RLIMITS,
                      .landlock_abi = (int)f->cpu_us };
    if (f->err.rc != HM_OK) {
        hm_err e;
        hm_fail(&e, HM_DENIED, DEFECT_JAIL_SETUP, HM_PLACE_NONE, 0, f->err.arg[0]);
        e.sys = f->err.sys;
        set_fatal(p, &e);
    } else if (!JAIL_OFF && ((!st.seccomp && !p->o.best_effort) || !st.no_new_privs || !st.rlimits))
        fail_setup(p, JAIL_STEP_SECCOMP, 0);
    else {
        s->in.state = JAIL_IDLE;
        s->deadline_us = UINT64_MAX;
        pthread_mutex_lock(&p->mu);
        p->state = st;
        p->open = true;
        pthread_cond_broadcast(&p->opened);
        pthread_mutex_unlock(&p->mu);
    }
}

/* ---- sending ---- */

static bool alive(const slot *s)
{
    return s->in.state == JAIL_IDLE || s->in.state == JAIL_BUSY || s->in.state == JAIL_INSIDE;
}

/* The first unanswered job is another one now. */
static void next_first(jail_pool *p, slot *s, uint64_t now)
{
    if (s->sent_n == 0) {
        s->in.state = JAIL_IDLE;
        s->deadline_us = UINT64_MAX;
        return;
    }
    s->in.state = JAIL_BUSY;
    s->in.seq = s->out.first->seq;
    s->in.limit = jail_budget(s->out.first->size);
    s->deadline_us = now + (uint64_t)p->o.time_ms * 1000;
}

static void flush(jail_pool *p, slot *s, uint64_t now)
{
    union {
        struct cmsghdr head;
        char room[CMSG_SPACE(JAIL_FDS * sizeof(int))];
    } control;
    struct iovec v = { s->message.p, s->message.n };
    struct msghdr m = { .msg_iov = &v, .msg_iovlen = 1 };
    if (s->fd_count) {
        memset(&control, 0, sizeof control);
        m.msg_control = &control;
        m.msg_controllen = CMSG_SPACE(s->fd_count * sizeof(int));
        control.head.cmsg_level = SOL_SOCKET;
        control.head.cmsg_type = SCM_RIGHTS;
        control.head.cmsg_len = CMSG_LEN(s->fd_count * sizeof(int));
        memcpy(CMSG_DATA(&control.head), s->fds, s->fd_count * sizeof(int));
    }
    ssize_t n;
    do
        n = sendmsg(s->socket, &m, MSG_NOSIGNAL | MSG_DONTWAIT);
    while (n < 0 && errno == EINTR);
    if (n < 0) { /* full: tried again when the worker has read; dead: its end is received; else: not for ever */
        if (s->deadline_us == UINT64_MAX)
            s->deadline_us = now + (uint64_t)p->o.time_ms * 1000;
        return;
    }
    hm_buf_reset(&s->message);
    s->fd_count = 0;
    bool first = s->sent_n == 0;
    s->sent_n = s->out.n;
    if (first)
        next_first(p, s, now);
}

/* Place for n bytes in the ring; false: not now. */
static bool ring_take(slot *s, size_t n, uint32_t *ret_at, uint64_t *ret_end)
{
    uint64_t at = s->ring_head, left = JAIL_RING_BYTES - at % JAIL_RING_BYTES;
    if (n > left)
        at += left;
    if (at + n - s->ring_tail > JAIL_RING_BYTES)
        return false;
    *ret_at = (uint32_t)(at % JAIL_RING_BYTES);
    *ret_end = at + n;
    return true;
}

/* Adds the first ready job to the slot's message; false: it does not fit now. */
static bool add_ready(jail_pool *p, slot *s)
{
    job *j = p->ready.first;
    if (s->out.n && (j->size > WINDOW_BYTES || s->out_bytes > WINDOW_BYTES - j->size))
        return false;
    if (job_fds(j) > JAIL_FDS - s->fd_count)
        return false;
    jail_request r = { .seq = s->next_seq,
                       .job = j->job,
                       .param = j->param,
                       .content = j->size,
                       .name = job_name(j),
                       .extra_n = j->extra_n,
                       .extra = job_extra(j) };
    hm_str bytes = job_bytes(j);
    j->ring_end = s->ring_head;
    if (j->fd >= 0)
        r.flags |= JAIL_REQ_FD;
    else if (!ring_take(s, bytes.n, &r.ring_at, &j->ring_end))
        return false;
    else
        r.ring_n = (uint32_t)bytes.n;
    if (j->extra_fd >= 0)
        r.flags |= JAIL_REQ_EXTRA_FD;
    if (!jail_request_put(&s->message, &r))
        return false;
    if (bytes.n)
        memcpy(s->ring + r.ring_at, bytes.p, bytes.n);
    s->ring_head = j->ring_end;
    if (j->fd >= 0)
        s->fds[s->fd_count++] = j->fd;
    if (j->extra_fd >= 0)
        s->fds[s->fd_count++] = j->extra_fd;
    j->seq = s->next_seq;
    s->next_seq = s->next_seq == UINT32_MAX ? 0 : s->next_seq + 1;
    s->out_bytes += j->size;
    push(&s->out, pop(&p->ready));
    p->out_n++;
    return true;
}

static bool wants_more(const slot *s)
{
    return alive(s) && s->message.n == 0 && s->out.n <= LOW_WATER;
}

/* Shares the ready jobs out: each worker at most its part, so that none has a queue while another is idle. */
static void assign(jail_pool *p, uint64_t now)
{
    for (unsigned i = 0; i < p->o.workers && p->ready.first; i++) {
        slot *s = &p->slots[i];
        if (!wants_more(s))
            continue;
        size_t share = (p->ready.n + p->out_n + p->o.workers - 1) / p->o.workers;
        if (share > WINDOW)
            share = WINDOW;
        for (;;) {
            while (p->ready.first && s->out.n < share && add_ready(p, s))
                ;
            if (s->message.n || s->out.n || !p->ready.first)
                break;
            hm_err e; /* it does not fit an empty worker: no memory for the message */
            hm_fail(&e, HM_NOMEM, DEFECT_NOMEM, HM_PLACE_NONE, 0, 0);
            hm_buf_clear(&s->message);
            answer(p, pop(&p->ready), &e, HM_NONE, 0);
        }
        if (s->message.n)
            flush(p, s, now);
    }
    size_t starting = 0;
    for (unsigned i = 0; i < p->o.workers; i++)
        starting += p->slots[i].in.state == JAIL_STARTING;
    for (unsigned i = 0; i < p->o.workers && p->ready.n > starting && may_start(p, now); i++)
        if (p->slots[i].in.state == JAIL_DOWN) {
            if (!start_worker(p, &p->slots[i], now))
                return;
            starting++;
        }
}

/* ---- receiving ---- */

static void take_answer(jail_pool *p, slot *s, const jail_frame *f, uint64_t now)
{
    job *j = pop(&s->out);
    HM_BUG_ON(!j || s->sent_n == 0 || j->seq != f->seq);
    s->sent_n--;
    p->out_n--;
    s->out_bytes -= j->size;
    s->ring_tail = j->ring_end;
    s->useful = true;
    p->barren = 0;
    if (j->size > (size_t)JAIL_SMALL * 16) { /* a large one: look at what it took before the next hides it */
        uint64_t peak = jail_peak_of(s->pid);
        pthread_mutex_lock(&p->mu);
        if (peak > s->peak_bytes)
            s->peak_bytes = peak;
        pthread_mutex_unlock(&p->mu);
    }
    answer(p, j, &f->err, f->bytes, f->cpu_us);
    if (s->in.bytes.cap > (size_t)JAIL_SMALL * 16)
        hm_buf_clear(&s->in.bytes);
    next_first(p, s, now);
}

static void take_datagram(jail_pool *p, slot *s, hm_str d, uint64_t now)
{
    jail_got got;
    jail_frame f;
    hm_err e;
    if (s->in.state == JAIL_DYING)
        return;
    if (jail_inbox_take(&s->in, d, &got, &f, &e) != HM_OK)
        condemn(p, s, &e);
    else if (got == JAIL_GOT_HELLO)
        take_hello(p, s, &f);
    else if (got == JAIL_GOT_ANSWER)
        take_answer(p, s, &f, now);
}

static void receive(jail_pool *p, slot *s, uint64_t now)
{
    for (int turn = 0; turn < FRAMES_PER_TURN / FRAMES; turn++) {
        struct mmsghdr m[FRAMES];
        struct iovec v[FRAMES];
        memset(m, 0, sizeof m);
        for (size_t i = 0; i < FRAMES; i++) {
            v[i] = (struct iovec){ p->frames + i * JAIL_DATAGRAM, JAIL_DATAGRAM };
            m[i].msg_hdr.msg_iov = &v[i];
            m[i].msg_hdr.msg_iovlen = 1;
        }
        int n = recvmmsg(s->socket, m, FRAMES, MSG_DONTWAIT, NULL);
        if (n < 0 && (errno == EINTR || errno == ECONNRESET)) /* reset: what was sent before is still there */
            continue;
        if (n < 0 && errno == EAGAIN)
            return;
        for (int i = 0; i < n; i++) {
            if (m[i].msg_len == 0) { /* end of file, or an empty datagram, which no worker sends */
                n = 0;
                break;
            }
            hm_str d = { v[i].iov_base, m[i].msg_len };
            if (m[i].msg_hdr.msg_flags & (MSG_TRUNC | MSG_CTRUNC))
                d.n = 0; /* too long, or with a descriptor: decodes as broken */
            take_datagram(p, s, d, now);
        }
        if (n <= 0) {
            bury(p, s);
            return;
        }
        if (n < FRAMES)
            return;
    }
}

/* ---- the thread ---- */

static void late(jail_pool *p, uint64_t now)
{
    for (unsigned i = 0; i < p->o.workers; i++) {
        slot *s = &p->slots[i];
        if (s->deadline_us > now)
            continue;
        hm_err e;
        hm_fail(&e, HM_TIMEOUT, DEFECT_WORKER_TIMEOUT, HM_PLACE_NONE, 0,
                s->in.state == JAIL_STARTING ? p->start_ms : p->o.time_ms);
        if (s->in.state == JAIL_STARTING && !p->open)
            set_fatal(p, &e);
        condemn(p, s, &e);
    }
}

static void forgive(jail_pool *p, uint64_t us)
{
    for (unsigned i = 0; i < p->o.workers; i++)
        if (p->slots[i].deadline_us != UINT64_MAX)
            p->slots[i].deadline_us += us;
}

/* Milliseconds until something is due; -1: nothing is. */
static int due_ms(const jail_pool *p, uint64_t now)
{
    uint64_t first = UINT64_MAX;
    size_t down = 0, starting = 0;
    for (unsigned i = 0; i < p->o.workers; i++) {
        if (p->slots[i].deadline_us < first)
            first = p->slots[i].deadline_us;
        down += p->slots[i].in.state == JAIL_DOWN;
        starting += p->slots[i].in.state == JAIL_STARTING;
    }
    if (down && p->ready.n > starting && !p->fatal) { /* assign will start one then, so this does not spin */
        uint64_t start = p->next_start_us > START_BURST_US ? p->next_start_us - START_BURST_US : 0;
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
        if (p->slots[i].in.state == JAIL_DOWN || wants_more(&p->slots[i]))
            return true;
    return p->fatal;
}

/* Splices what was submitted; says whether the pool is being closed. */
static bool collect(jail_pool *p)
{
    pthread_mutex_lock(&p->mu);
    append(&p->ready, &p->incoming);
    bool closing = p->closing;
    pthread_mutex_unlock(&p->mu);
    return closing;
}

static void wait_for_news(jail_pool *p, struct pollfd *fd, uint64_t *now)
{
    uint64_t before = os_monotonic_us();
    if (before - *now > AWAY_US)
        forgive(p, before - *now); /* our callbacks took that long */
    int ms = due_ms(p, before);
    bool room = has_room(p);
    pthread_mutex_lock(&p->mu);
    if (p->closing || (p->incoming.first && room))
        ms = 0;
    p->asleep = ms != 0 && room;
    pthread_mutex_unlock(&p->mu);
    for (unsigned i = 0; i < p->o.workers; i++) {
        const slot *s = &p->slots[i];
        short out = alive(s) && s->message.n ? POLLOUT : 0;
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
    uint64_t most = ms < 0 ? UINT64_MAX : (uint64_t)ms * 1000 + AWAY_US;
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
        slot *s = &p->slots[i];
        if (s->in.state == JAIL_DOWN)
            continue;
        if (!JAIL_OFF || s->in.state != JAIL_IDLE)
            kill(s->pid, SIGKILL); /* an idle one under a sanitizer ends by itself and looks for leaks */
        settle(p, s, NULL);
        close(s->socket);
        s->socket = -1;
    }
    for (unsigned i = 0; i < p->o.workers; i++) {
        slot *s = &p->slots[i];
        int status;
        if (s->in.state != JAIL_DOWN)
            reap(p, s, &status);
        s->in.state = JAIL_DOWN;
    }
    collect(p);
    answer_all(p, &p->ready, &e);
}

static void *pool_main(void *ctx)
{
    jail_pool *p = ctx;
    struct pollfd fd[MAX_WORKERS + 1];
    uint64_t now = os_monotonic_us();
    start_worker(p, &p->slots[0], now);
    while (!collect(p)) {
        if (p->fatal)
            answer_all(p, &p->ready, &p->why);
        else if (p->open)
            assign(p, now);
        wait_for_news(p, fd, &now);
        for (unsigned i = 0; i < p->o.workers; i++) {
            slot *s = &p->slots[i];
            if (fd[i].revents & POLLOUT && alive(s) && s->message.n)
                flush(p, s, now);
            if (fd[i].revents & (POLLIN | POLLHUP | POLLERR) && s->in.state != JAIL_DOWN)
                receive(p, s, now);
        }
        late(p, now);
    }
    end_workers(p);
    return NULL;
}

/* ---- the public side ---- */

static void pool_free(jail_pool *p)
{
    for (unsigned i = 0; p->slots && i < p->o.workers; i++) {
        slot *s = &p->slots[i];
        jail_ring_free(s->ring, s->ring_fd);
        hm_buf_clear(&s->message);
        hm_buf_clear(&s->in.bytes);
    }
    if (p->wake_fd >= 0)
        close(p->wake_fd);
    free(p->slots);
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
    p->o.workers = o->workers < 1 ? 1 : o->workers > MAX_WORKERS ? MAX_WORKERS : o->workers;
    if (!p->o.memory_bytes)
        p->o.memory_bytes = DEFAULT_MEMORY;
    if (!p->o.time_ms)
        p->o.time_ms = LIMIT_FILE_MS;
    p->start_ms = start_ms;
    pthread_mutex_init(&p->mu, NULL);
    pthread_cond_init(&p->room, NULL);
    pthread_cond_init(&p->drained, NULL);
    pthread_cond_init(&p->opened, NULL);
    p->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    p->slots = calloc(p->o.workers, sizeof *p->slots);
    p->frames = malloc((size_t)FRAMES * JAIL_DATAGRAM);
    size_t path_n = strlen(o->worker_path) + 1;
    p->path = malloc(path_n);
    if (!p->slots || !p->frames || !p->path || p->wake_fd < 0) {
        pool_free(p);
        return hm_fail(err, HM_NOMEM, DEFECT_NOMEM, HM_PLACE_NONE, 0, 0);
    }
    memcpy(p->path, o->worker_path, path_n);
    for (unsigned i = 0; i < p->o.workers; i++) {
        p->slots[i].socket = p->slots[i].ring_fd = -1;
        p->slots[i].deadline_us = UINT64_MAX;
        p->slots[i].message.limit = JAIL_DATAGRAM;
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
    return jail_open_tuned(o, START_MS, ret_pool, err);
}

jail_state jail_state_of(const jail_pool *p)
{
    jail_pool *q = (jail_pool *)(uintptr_t)p; /* the lock is no part of what a caller sees */
    pthread_mutex_lock(&q->mu);
    jail_state s = q->state;
    pthread_mutex_unlock(&q->mu);
    return s;
}

/* A descriptor that goes to a worker is a file or pipe, open for reading alone. */
static hm_rc check_fd(int fd, hm_err *err)
{
    struct stat st;
    int flags = fcntl(fd, F_GETFL);
    if (flags < 0 || fstat(fd, &st) != 0)
        return hm_fail_sys(err, DEFECT_READ, errno);
    if ((flags & O_ACCMODE) != O_RDONLY || flags & O_PATH || !(S_ISREG(st.st_mode) || S_ISFIFO(st.st_mode)))
        return hm_fail_sys(err, DEFECT_READ, EPERM);
    return HM_OK;
}

static hm_rc make_job(const jail_job *in, job **ret_job, hm_err *err)
{
    if (in->name.n > JAIL_NAME_MAX)
        return hm_fail(err, HM_LIMIT, DEFECT_TOO_LARGE, HM_PLACE_NONE, 0, JAIL_NAME_MAX);
    if (in->fd < 0 && in->bytes.n > JAIL_SMALL)
        return hm_fail(err, HM_LIMIT, DEFECT_TOO_LARGE, HM_PLACE_NONE, 0, JAIL_SMALL);
    if (in->extra.n > LIMIT_FILE_BYTES)
        return hm_fail(err, HM_LIMIT, DEFECT_TOO_LARGE, HM_PLACE_NONE, 0, LIMIT_FILE_BYTES);
    hm_rc rc = in->fd >= 0 ? check_fd(in->fd, err) : HM_OK;
    if (rc)
        return rc;
    size_t bytes_n = in->fd >= 0 ? 0 : in->bytes.n, extra_n = in->extra.n > JAIL_EXTRA_INLINE ? 0 : in->extra.n;
    job *j = malloc(sizeof *j + in->name.n + extra_n + bytes_n);
    if (!j)
        return hm_fail(err, HM_NOMEM, DEFECT_NOMEM, HM_PLACE_NONE, 0, 0);
    *j = (job){ .tag = in->tag,
                .size = in->fd >= 0 ? in->size : bytes_n,
                .job = in->job,
                .param = in->param,
                .fd = -1,
                .extra_fd = -1,
                .name_n = (uint32_t)in->name.n,
                .extra_n = (uint32_t)in->extra.n,
                .bytes_n = (uint32_t)bytes_n };
    char *to = j->data;
    if (in->name.n)
        memcpy(to, in->name.p, in->name.n);
    if (extra_n)
        memcpy(to + in->name.n, in->extra.p, extra_n);
    if (bytes_n)
        memcpy(to + in->name.n + extra_n, in->bytes.p, bytes_n);
    if (in->extra.n != extra_n)
        rc = jail_memfd(in->extra, &j->extra_fd, err);
    if (rc) {
        free(j);
        return rc;
    }
    j->fd = in->fd;
    *ret_job = j;
    return HM_OK;
}

static bool full(const jail_pool *p)
{
    return p->accepted - p->answered >= (uint64_t)p->o.workers * WINDOW * 2 || p->pending_bytes >= PENDING_BYTES ||
           p->pending_fds >= PENDING_FDS;
}

hm_rc jail_submit(jail_pool *p, const jail_job *in, hm_err *err)
{
    job *j = NULL;
    hm_rc rc = make_job(in, &j, err);
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
        p->pending_bytes += j->bytes_n + job_extra(j).n;
        p->pending_fds += job_fds(j);
        push(&p->incoming, j);
        wake = p->asleep;
        p->asleep = false;
    }
    pthread_mutex_unlock(&p->mu);
    if (rc)
        job_free(j);
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
        slot *s = &q->slots[i];
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
