/* worker - the child: locks itself in, says HELLO, then takes requests and answers them one after the other, in order.
 * Everything that the C library would open later (locale, time zone, character tables) is opened before.
 * Life: start (argv of spawn.c) -> locked in -> receive -> run -> answer -> receive ... -> end of file: exit 0.
 * Invariants: 1. nothing of a job lives on after its answer: arena reset, descriptors closed, large memory given back.
 * 2. a request that does not decode, or comes without its descriptors, ends the worker: the parent is broken. */
#include "base/limits.h"
#include "jail/jail.h"
#include "jail/lock.h"
#include "jail/protocol.h"
#include <errno.h>
#include <iconv.h>
#include <locale.h>
#include <malloc.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

enum { EXIT_USAGE = 2, EXIT_JAIL = 77, EXIT_PROTOCOL = 76, KEEP_BYTES = 1 << 20, KEEP_MMAP = 256 << 10 };

typedef struct worker {
    const jail_job_row *jobs;
    size_t job_count;
    const char *ring;
    iconv_t cp932; /* kept open so that its table stays loaded; (iconv_t)-1: this system has none */
    hm_arena *arena;
    hm_buf out;
    uint64_t cpu_us; /* at the end of the last job */
    int fds[JAIL_FDS];
    size_t fd_count, fd_next;
    uint8_t in[JAIL_DATAGRAM];
} worker;

static void warm(worker *w)
{
    setlocale(LC_CTYPE, "C.UTF-8");
    tzset();
    w->cp932 = iconv_open("UTF-8", "CP932");
    if (w->cp932 != (iconv_t)-1) {
        char in[] = "\x93\x8c", out[8], *from = in, *to = out; /* U+6771 */
        size_t in_n = 2, out_n = sizeof out;
        (void)iconv(w->cp932, &from, &in_n, &to, &out_n);
    }
    mallopt(M_MMAP_THRESHOLD, KEEP_MMAP); /* large blocks go back to the system when freed, always */
    mallopt(M_TRIM_THRESHOLD, KEEP_BYTES);
}

/* ---- frames out ---- */

static bool send_frame(const jail_frame *f)
{
    uint8_t head[JAIL_FRAME_HEAD + JAIL_ERROR_BYTES];
    char *bytes = (char *)(uintptr_t)f->bytes.p; /* iovec is not const; sendmsg only reads */
    struct iovec v[] = { { head, jail_frame_head(f, head) }, { bytes, f->bytes.n } };
    struct msghdr m = { .msg_iov = v, .msg_iovlen = HM_COUNT(v) };
    ssize_t n;
    do
        n = sendmsg(JAIL_FD_SOCKET, &m, MSG_NOSIGNAL);
    while (n < 0 && errno == EINTR);
    return n >= 0;
}

static bool answer(uint32_t seq, const hm_err *e, hm_str bytes, uint64_t cpu_us)
{
    jail_frame f = { .type = JAIL_DATA, .seq = seq, .total = bytes.n };
    while (bytes.n > JAIL_PIECE) {
        f.bytes = hm_str_sub(bytes, 0, JAIL_PIECE);
        if (!send_frame(&f))
            return false;
        bytes = hm_str_from(bytes, JAIL_PIECE);
    }
    f.type = JAIL_END;
    f.bytes = bytes;
    f.err = *e;
    f.cpu_us = cpu_us;
    return send_frame(&f);
}

bool jail_send(const jail_in *in, hm_str bytes)
{
    while (bytes.n) {
        jail_frame f = { .type = JAIL_PART, .seq = in->seq, .bytes = hm_str_sub(bytes, 0, JAIL_PIECE) };
        if (!send_frame(&f))
            return false;
        bytes = hm_str_from(bytes, f.bytes.n);
    }
    return true;
}

static bool hello(const jail_state *s, const hm_err *e)
{
    jail_frame f = { .type = JAIL_HELLO,
                     .seq = JAIL_PROTOCOL,
                     .cpu_us = (uint64_t)(unsigned)s->landlock_abi,
                     .total = (s->seccomp ? JAIL_HAS_SECCOMP : 0U) | (s->landlock ? JAIL_HAS_LANDLOCK : 0U) |
                              (s->no_new_privs ? JAIL_HAS_NO_NEW_PRIVS : 0U) | (s->rlimits ? JAIL_HAS_RLIMITS : 0U),
                     .err = *e };
    return send_frame(&f);
}

/* ---- requests in ---- */

/* One datagram into w->in and w->fds; -1: broken. */
static ssize_t receive(worker *w)
{
    union {
        struct cmsghdr head;
        char room[CMSG_SPACE(JAIL_FDS * sizeof(int))];
    } control;
    struct iovec v = { w->in, sizeof w->in };
    struct msghdr m = { .msg_iov = &v, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control };
    ssize_t n;
    do
        n = recvmsg(JAIL_FD_SOCKET, &m, 0);
    while (n < 0 && errno == EINTR);
    w->fd_count = w->fd_next = 0;
    if (n < 0)
        return errno == ECONNRESET ? 0 : -1;
    for (struct cmsghdr *c = CMSG_FIRSTHDR(&m); c; c = CMSG_NXTHDR(&m, c)) {
        if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
            return -1;
        size_t fds = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
        if (fds > JAIL_FDS - w->fd_count)
            return -1;
        memcpy(w->fds + w->fd_count, CMSG_DATA(c), fds * sizeof(int));
        w->fd_count += fds;
    }
    return m.msg_flags & (MSG_TRUNC | MSG_CTRUNC) ? -1 : n;
}

static int next_fd(worker *w)
{
    return w->fd_next < w->fd_count ? w->fds[w->fd_next++] : -1;
}

static bool pread_all(int fd, uint64_t at, char *to, size_t n)
{
    while (n) {
        if (at > INT64_MAX)
            return false;
        ssize_t got = pread(fd, to, n, (off_t)at);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0) {
            if (got == 0)
                errno = 0;
            return false;
        }
        to += got;
        at += (uint64_t)got;
        n -= (size_t)got;
    }
    return true;
}

static hm_rc read_into(hm_arena *a, int fd, uint64_t size, hm_str *ret, hm_err *err)
{
    if (size > SIZE_MAX - 1)
        return hm_fail(err, HM_LIMIT, DEFECT_BUDGET, HM_PLACE_NONE, 0, size);
    char *p = hm_arena_alloc(a, (size_t)size);
    if (!p)
        return hm_arena_fail(a, err);
    if (!pread_all(fd, 0, p, (size_t)size)) {
        if (errno)
            return hm_fail_sys(err, DEFECT_READ, errno);
        return hm_fail(err, HM_CONFLICT, DEFECT_CHANGED, HM_PLACE_NONE, 0, 0);
    }
    *ret = (hm_str){ p, (size_t)size };
    return HM_OK;
}

hm_rc jail_in_all(const jail_in *in, hm_str *ret_bytes, hm_err *err)
{
    if (in->fd >= 0)
        return read_into(in->arena, in->fd, in->size, ret_bytes, err);
    if (JAIL_OFF) /* a block of its own, so that the sanitizer sees a read past the end */
        return hm_arena_dup(in->arena, in->bytes, ret_bytes) ? HM_OK : hm_arena_fail(in->arena, err);
    *ret_bytes = in->bytes;
    return HM_OK;
}

bool jail_in_is_pipe(const jail_in *in)
{
    char c;
    return in->fd >= 0 && pread(in->fd, &c, 0, 0) < 0 && errno == ESPIPE;
}

int64_t jail_in_some(const jail_in *in, uint64_t at, void *to, size_t n)
{
    if (in->fd < 0) {
        if (at >= in->bytes.n)
            return 0;
        n = n < in->bytes.n - (size_t)at ? n : in->bytes.n - (size_t)at;
        memcpy(to, in->bytes.p + at, n);
        return (int64_t)n;
    }
    for (;;) {
        ssize_t got = at <= INT64_MAX ? pread(in->fd, to, n, (off_t)at) : -1;
        if (got < 0 && errno == ESPIPE)
            got = read(in->fd, to, n);
        if (got >= 0 || errno != EINTR)
            return got;
    }
}

bool jail_in_read(const jail_in *in, uint64_t at, void *to, size_t n)
{
    if (in->fd >= 0)
        return pread_all(in->fd, at, to, n);
    if (at > in->bytes.n || n > in->bytes.n - at)
        return false;
    if (n)
        memcpy(to, in->bytes.p + at, n);
    return true;
}

static uint64_t cpu_now(void)
{
    struct timespec t;
    if (clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t) != 0)
        return 0;
    return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

/* false: the parent is gone. */
static bool run(worker *w, const jail_request *r, int fd, int extra_fd)
{
    uint64_t budget = jail_budget(r->content, r->extra_n);
    hm_err err = { 0 };
    hm_rc rc = HM_OK;
    hm_arena_reset(w->arena, (size_t)budget);
    hm_buf_reset(&w->out);
    w->out.limit = (size_t)budget;
    jail_in in = { .param = r->param,
                   .name = r->name,
                   .extra = r->extra,
                   .bytes = fd < 0 ? (hm_str){ w->ring + r->ring_at, r->ring_n } : HM_NONE,
                   .fd = fd,
                   .size = r->content,
                   .arena = w->arena,
                   .budget_bytes = budget,
                   .seq = r->seq };
    if (extra_fd >= 0)
        rc = read_into(w->arena, extra_fd, r->extra_n, &in.extra, &err);
    if (rc == HM_OK)
        rc = r->job < w->job_count ? w->jobs[r->job].fn(&in, &w->out, &err)
                                   : hm_fail(&err, HM_UNSUPPORTED, DEFECT_JOB_UNKNOWN, HM_PLACE_NONE, 0, r->job);
    if (w->out.bad) { /* a cut result is none */
        if (rc == HM_OK)
            rc = hm_fail(&err, HM_LIMIT, DEFECT_BUDGET, HM_PLACE_NONE, 0, budget);
        hm_buf_reset(&w->out);
    }
    if (rc == HM_OK)
        err = (hm_err){ 0 };
    else if (err.rc == HM_OK)
        hm_fail(&err, rc, DEFECT_UNKNOWN, HM_PLACE_NONE, 0, 0);
    uint64_t cpu = cpu_now(), spent = cpu > w->cpu_us ? cpu - w->cpu_us : 0;
    w->cpu_us = cpu;
    bool alive = answer(r->seq, &err, hm_buf_view(&w->out), spent);
    if (fd >= 0)
        close(fd);
    if (extra_fd >= 0)
        close(extra_fd);
    size_t used = hm_arena_used(w->arena);
    bool large = used > KEEP_BYTES || w->out.cap > KEEP_BYTES;
    if (w->out.cap > KEEP_BYTES)
        hm_buf_clear(&w->out);
    if (large) {
        hm_arena_reset(w->arena, 0);
        malloc_trim(0);
    }
    return alive;
}

static int serve(worker *w)
{
    for (;;) {
        ssize_t n = receive(w);
        if (n <= 0)
            return n == 0 ? 0 : EXIT_PROTOCOL;
        hm_cur c = { .p = w->in, .n = (size_t)n };
        jail_request r;
        hm_rc rc;
        while ((rc = jail_request_next(&c, &r, NULL)) == HM_OK) {
            int fd = r.flags & JAIL_REQ_FD ? next_fd(w) : -1;
            int extra_fd = r.flags & JAIL_REQ_EXTRA_FD ? next_fd(w) : -1;
            if ((fd < 0) == !!(r.flags & JAIL_REQ_FD) || (extra_fd < 0) == !!(r.flags & JAIL_REQ_EXTRA_FD))
                return EXIT_PROTOCOL;
            if (!run(w, &r, fd, extra_fd))
                return 0;
        }
        if (rc != HM_NOTFOUND || w->fd_next != w->fd_count)
            return EXIT_PROTOCOL;
    }
}

/* argv: NAME --jail PARENT MEMORY CPU_SECONDS BEST_EFFORT */
static bool arguments(int argc, char **argv, uint64_t ret[4])
{
    if (argc != 6 || strcmp(argv[1], "--jail") != 0)
        return false;
    for (int i = 0; i < 4; i++)
        if (!hm_str_u64(hm_str_c(argv[i + 2]), &ret[i]))
            return false;
    return true;
}

int jail_worker_main(int argc, char **argv, const jail_job_row *jobs, size_t n)
{
    uint64_t arg[4];
    if (!arguments(argc, argv, arg))
        return EXIT_USAGE;
    signal(SIGINT, SIG_IGN); /* from the terminal, to the whole group: the parent decides */
    signal(SIGHUP, SIG_IGN);
    jail_state state = { 0 };
    hm_err err = { 0 };
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || (uint64_t)getppid() != arg[0])
        hm_fail(&err, HM_DENIED, DEFECT_JAIL_SETUP, HM_PLACE_NONE, 0, JAIL_STEP_ORPHAN);
    worker *w = calloc(1, sizeof *w);
    hm_arena *arena = hm_arena_new(0);
    void *ring = mmap(NULL, JAIL_RING_BYTES, PROT_READ, MAP_SHARED, JAIL_FD_RING, 0);
    if (!w || !arena || ring == MAP_FAILED) {
        free(w);
        hm_arena_free(arena);
        hm_fail(&err, HM_DENIED, DEFECT_JAIL_SETUP, HM_PLACE_NONE, 0, JAIL_STEP_RING);
        (void)hello(&state, &err);
        return EXIT_JAIL;
    }
    w->jobs = jobs;
    w->job_count = n;
    w->arena = arena;
    w->ring = ring;
    warm(w);
    jail_lock_opts lock = { .memory_bytes = arg[1], .cpu_seconds = arg[2], .best_effort = arg[3] != 0 };
    int status = EXIT_JAIL;
    if (err.rc == HM_OK && jail_lock_in(&lock, &state, &err) == HM_OK) {
        w->cpu_us = cpu_now();
        status = hello(&state, &err) ? serve(w) : 0;
    } else
        (void)hello(&state, &err);
    hm_arena_free(w->arena);
    hm_buf_clear(&w->out);
    if (w->cp932 != (iconv_t)-1 && JAIL_OFF)
        iconv_close(w->cp932); /* in the cage its closing may unload a library: not worth a system call */
    free(w);
    return status;
}
