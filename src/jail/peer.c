/* peer - one worker process as the parent sees it: its beginning, what is sent to it, what comes back, its end.
 * States are protocol.h's: DOWN -> STARTING (jail_peer_start) -> IDLE (take_hello) -> BUSY, INSIDE (jail_peer_flush,
 * next_first) -> IDLE ...; DYING (jail_peer_condemn) -> DOWN (bury). All of it runs on the pool's thread.
 * The enemy is the worker: frames are judged in protocol.c before anything here acts. Invariants: pool_int.h. */
#include "jail/pool_int.h"
#include "os/os.h"
#include <errno.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* ---- a worker's end ---- */

/* Takes the jobs off a slot: blames the first if it was sent and `why` says so, the rest goes back. */
void jail_peer_settle(jail_pool *p, jail_peer *s, const hm_err *why)
{
    jail_task *first = s->sent_n && why ? jail_tasks_pop(&s->out) : NULL;
    p->out_n -= s->out.n + (first ? 1 : 0);
    jail_tasks_prepend(&p->ready, &s->out);
    s->sent_n = 0;
    s->out_bytes = 0;
    s->ring_tail = s->ring_head;
    s->fd_count = 0;
    hm_buf_reset(&s->message);
    hm_buf_clear(&s->in.bytes);
    if (first) {
        s->useful = true;
        jail_pool_answer(p, first, why, HM_NONE, 0);
    }
}

/* Kills a worker for `why`; it is buried when its socket ends. */
void jail_peer_condemn(jail_pool *p, jail_peer *s, const hm_err *why)
{
    if (s->in.state == JAIL_DOWN || s->in.state == JAIL_DYING)
        return;
    kill(s->pid, SIGKILL);
    s->in.state = JAIL_DYING;
    s->deadline_us = UINT64_MAX;
    jail_peer_settle(p, s, why);
}

/* Waits for the end of a killed process, at most JAIL_REAP_MS (one that hangs in the kernel must not hang us too). */
bool jail_peer_reap(jail_pool *p, jail_peer *s, int *ret_status)
{
    struct rusage u = { 0 };
    pid_t got = 0;
    for (int waited_us = 0, nap_us = 20; waited_us < JAIL_REAP_MS * 1000; waited_us += nap_us) {
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
static void bury(jail_pool *p, jail_peer *s)
{
    kill(s->pid, SIGKILL);
    int status = 0;
    jail_peer_reap(p, s, &status);
    close(s->socket);
    s->socket = -1;
    bool said_hello = s->in.state != JAIL_STARTING;
    if (s->in.state != JAIL_DYING) {
        hm_err e;
        hm_fail(&e, HM_IO, DEFECT_WORKER_DIED, HM_PLACE_NONE, 0, WIFSIGNALED(status) ? (unsigned)WTERMSIG(status) : 0);
        e.arg[1] = WIFEXITED(status) ? (unsigned)WEXITSTATUS(status) : 0;
        jail_peer_settle(p, s, &e);
    }
    s->in.state = JAIL_DOWN;
    s->deadline_us = UINT64_MAX;
    p->barren = s->useful ? 0 : p->barren + 1;
    if (jail_pool_is_barren(p) || (!p->open && !said_hello))
        jail_pool_unfit(p, JAIL_STEP_START, WIFSIGNALED(status) ? (unsigned)WTERMSIG(status) : 0);
}

/* ---- a worker's beginning ---- */

bool jail_peer_start(jail_pool *p, jail_peer *s, uint64_t now)
{
    hm_err e = { 0 };
    hm_rc rc = HM_OK;
    if (!s->ring)
        rc = jail_ring_new(&s->ring, &s->ring_fd, &e);
    uint64_t seconds = (uint64_t)p->o.time_ms / 1000 * 60;
    jail_spawn_opts so = { .path = p->path,
                           .memory_bytes = p->o.memory_bytes,
                           .cpu_seconds = seconds < JAIL_MIN_CPU_SECONDS ? JAIL_MIN_CPU_SECONDS : seconds,
                           .best_effort = p->o.best_effort };
    p->next_start_us = (p->next_start_us > now ? p->next_start_us : now) + JAIL_START_GAP_US;
    pid_t pid = 0;
    if (rc == HM_OK)
        rc = jail_spawn(&so, s->ring_fd, &pid, &s->socket, &e);
    if (rc != HM_OK) {
        p->next_start_us = now + JAIL_START_BURST_US + 100000; /* what is short now may be there again then */
        p->barren++;
        if (!p->open || jail_pool_is_barren(p))
            jail_pool_fatal(p, &e);
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

static void take_hello(jail_pool *p, jail_peer *s, const jail_frame *f)
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
        jail_pool_fatal(p, &e);
    } else if (!JAIL_OFF && ((!st.seccomp && !p->o.best_effort) || !st.no_new_privs || !st.rlimits))
        jail_pool_unfit(p, JAIL_STEP_SECCOMP, 0);
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

bool jail_peer_alive(const jail_peer *s)
{
    return s->in.state == JAIL_IDLE || s->in.state == JAIL_BUSY || s->in.state == JAIL_INSIDE;
}

/* The first unanswered job is another one now. */
static void next_first(jail_pool *p, jail_peer *s, uint64_t now)
{
    if (s->sent_n == 0) {
        s->in.state = JAIL_IDLE;
        s->deadline_us = UINT64_MAX;
        return;
    }
    s->in.state = JAIL_BUSY;
    s->in.seq = s->out.first->seq;
    s->in.limit = jail_budget(s->out.first->size, s->out.first->extra_n);
    s->deadline_us = now + (uint64_t)p->o.time_ms * 1000;
}

void jail_peer_flush(jail_pool *p, jail_peer *s, uint64_t now)
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
static bool ring_take(jail_peer *s, size_t n, uint32_t *ret_at, uint64_t *ret_end)
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
bool jail_peer_add(jail_pool *p, jail_peer *s)
{
    jail_task *j = p->ready.first;
    if (s->out.n && (j->size > JAIL_WINDOW_BYTES || s->out_bytes > JAIL_WINDOW_BYTES - j->size))
        return false;
    if (jail_task_fds(j) > JAIL_FDS - s->fd_count)
        return false;
    jail_request r = { .seq = s->next_seq,
                       .job = j->job,
                       .param = j->param,
                       .content = j->size,
                       .name = jail_task_name(j),
                       .extra_n = j->extra_n,
                       .extra = jail_task_extra(j) };
    hm_str bytes = jail_task_bytes(j);
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
    jail_tasks_push(&s->out, jail_tasks_pop(&p->ready));
    p->out_n++;
    return true;
}

/* ---- receiving ---- */

static void take_answer(jail_pool *p, jail_peer *s, const jail_frame *f, uint64_t now)
{
    jail_task *j = jail_tasks_pop(&s->out);
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
    jail_pool_answer(p, j, &f->err, f->bytes, f->cpu_us);
    if (s->in.bytes.cap > (size_t)JAIL_SMALL * 16)
        hm_buf_clear(&s->in.bytes);
    next_first(p, s, now);
}

static void take_datagram(jail_pool *p, jail_peer *s, hm_str d, uint64_t now)
{
    jail_got got;
    jail_frame f;
    hm_err e;
    if (s->in.state == JAIL_DYING)
        return;
    if (jail_inbox_take(&s->in, d, &got, &f, &e) != HM_OK)
        jail_peer_condemn(p, s, &e);
    else if (got == JAIL_GOT_HELLO)
        take_hello(p, s, &f);
    else if (got == JAIL_GOT_PART) {
        const jail_reply r = { .tag = s->out.first->tag, .bytes = f.bytes, .part = true };
        p->o.done(p->o.ctx, &r);
    } else if (got == JAIL_GOT_ANSWER)
        take_answer(p, s, &f, now);
}

void jail_peer_receive(jail_pool *p, jail_peer *s, uint64_t now)
{
    for (int turn = 0; turn < JAIL_FRAMES_PER_TURN / JAIL_FRAMES; turn++) {
        struct mmsghdr m[JAIL_FRAMES];
        struct iovec v[JAIL_FRAMES];
        memset(m, 0, sizeof m);
        for (size_t i = 0; i < JAIL_FRAMES; i++) {
            v[i] = (struct iovec){ p->frames + i * JAIL_DATAGRAM, JAIL_DATAGRAM };
            m[i].msg_hdr.msg_iov = &v[i];
            m[i].msg_hdr.msg_iovlen = 1;
        }
        int n = recvmmsg(s->socket, m, JAIL_FRAMES, MSG_DONTWAIT, NULL);
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
        if (n < JAIL_FRAMES)
            return;
    }
}
