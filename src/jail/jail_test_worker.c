/* jail_test_worker - a worker whose jobs do what a taken-over parser would do. Test program only: jail_test.c starts
 * it. The job numbers are those of jail_test_jobs.h. */
#include "jail/jail.h"
#include "jail/jail_test_jobs.h"
#include "jail/protocol.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

static hm_rc echo(const jail_in *in, hm_buf *out, hm_err *err)
{
    hm_str all;
    hm_rc rc = jail_in_all(in, &all, err);
    if (rc)
        return rc;
    hm_buf_str(out, in->name);
    hm_buf_byte(out, '|');
    hm_buf_str(out, in->extra);
    hm_buf_byte(out, '|');
    hm_buf_str(out, all);
    return HM_OK;
}

/* Sum of the content's bytes, read in pieces of `param`. */
static hm_rc sum(const jail_in *in, hm_buf *out, hm_err *err)
{
    uint64_t total = 0, at = 0;
    uint8_t piece[4096];
    size_t step = in->param && in->param <= sizeof piece ? in->param : sizeof piece;
    while (at < in->size) {
        size_t n = in->size - at < step ? (size_t)(in->size - at) : step;
        if (!jail_in_read(in, at, piece, n))
            return hm_fail(err, HM_CONFLICT, DEFECT_CHANGED, HM_PLACE_BYTE, at, 0);
        for (size_t i = 0; i < n; i++)
            total += piece[i];
        at += n;
    }
    hm_buf_u64(out, total);
    return HM_OK;
}

static hm_rc failing(const jail_in *in, hm_buf *out, hm_err *err)
{
    hm_buf_c(out, "partial");
    hm_fail(err, HM_FORMAT, DEFECT_JSON_SYNTAX, HM_PLACE_LINE, 7, in->param);
    err->sys = 5;
    err->arg[3] = UINT64_MAX;
    snprintf(err->at, sizeof err->at, "/a/b");
    return HM_FORMAT;
}

static hm_rc silent_failure(const jail_in *in, hm_buf *out, hm_err *err)
{
    (void)in;
    (void)out;
    (void)err;
    return HM_TRUNC;
}

/* `param` MiB of answer, byte i is i * 31. */
static hm_rc large(const jail_in *in, hm_buf *out, hm_err *err)
{
    size_t n = (size_t)in->param << 20;
    if (!hm_buf_room(out, n))
        return hm_fail(err, HM_LIMIT, DEFECT_BUDGET, HM_PLACE_NONE, 0, n);
    for (size_t i = 0; i < n; i++)
        out->p[i] = (char)(uint8_t)(i * 31 & 0xff);
    out->n = n;
    return HM_OK;
}

static hm_rc arena_bomb(const jail_in *in, hm_buf *out, hm_err *err)
{
    (void)out;
    for (;;)
        if (!hm_arena_alloc(in->arena, 1 << 16))
            return hm_arena_fail(in->arena, err);
}

static hm_rc out_bomb(const jail_in *in, hm_buf *out, hm_err *err)
{
    (void)err;
    char piece[4096] = { 0 };
    while (!out->bad)
        hm_buf_add(out, piece, sizeof piece);
    (void)in;
    return HM_OK; /* says so, but the answer was cut: the worker must not believe it */
}

/* A foreign library's heap: only the address-space limit holds it. */
static hm_rc heap_bomb(const jail_in *in, hm_buf *out, hm_err *err)
{
    (void)in;
    (void)err;
    size_t got = 0;
    void *volatile p;
    while ((p = malloc(64 << 20)) != NULL && got < (size_t)16 << 30)
        got += 64 << 20;        /* leaked on purpose: the process ends with it */
    hm_buf_u64(out, got >> 20); // NOLINT(clang-analyzer-unix.Malloc)
    return HM_OK;
}

static hm_rc spin(const jail_in *in, hm_buf *out, hm_err *err)
{
    (void)in;
    (void)out;
    (void)err;
    volatile bool for_ever = true;
    while (for_ever)
        ;
    return HM_OK;
}

static hm_rc segv(const jail_in *in, hm_buf *out, hm_err *err)
{
    (void)in;
    (void)out;
    (void)err;
    if (JAIL_OFF)
        raise(SIGKILL); /* a report of the sanitizer is not wanted here */
    volatile uintptr_t nowhere = 16;
    *(volatile char *)nowhere = 1;
    return HM_OK;
}

static hm_rc aborting(const jail_in *in, hm_buf *out, hm_err *err)
{
    (void)out;
    (void)err;
    HM_BUG_ON(in->fd < 1000);
    return HM_OK;
}

static hm_rc quit(const jail_in *in, hm_buf *out, hm_err *err)
{
    (void)out;
    (void)err;
    _exit((int)in->param);
}

static hm_rc environment(const jail_in *in, hm_buf *out, hm_err *err)
{
    (void)in;
    (void)err;
    extern char **environ;
    for (char **e = environ; *e; e++) {
        hm_buf_c(out, *e);
        hm_buf_byte(out, '\n');
    }
    return HM_OK;
}

/* Which descriptors from 3 on are open and readable? */
static hm_rc descriptors(const jail_in *in, hm_buf *out, hm_err *err)
{
    (void)in;
    (void)err;
    char c;
    for (int fd = 3; fd < 256; fd++)
        if (pread(fd, &c, 1, 0) >= 0 || errno != EBADF) {
            hm_buf_u64(out, (uint64_t)fd);
            hm_buf_byte(out, ' ');
        }
    return HM_OK;
}

/* ---- escapes: with the filter each of them ends in SIGSYS ---- */

static hm_rc escape(const jail_in *in, hm_buf *out, hm_err *err)
{
    (void)err;
    long rc = -1;
    switch (in->param) {
    case ESCAPE_OPEN:
        rc = open("/etc/passwd", O_RDONLY | O_CLOEXEC);
        break;
    case ESCAPE_OPENAT2:
        rc = syscall(437, AT_FDCWD, "/", NULL, 0);
        break;
    case ESCAPE_SOCKET:
        rc = socket(AF_INET, SOCK_STREAM, 0);
        break;
    case ESCAPE_FORK:
        rc = fork();
        if (rc == 0)
            _exit(0);
        break;
    case ESCAPE_EXEC: {
        char *none[] = { NULL };
        rc = execve("/bin/true", none, none);
        break;
    }
    case ESCAPE_EXEC_MMAP:
        rc = mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED ? -1 : 0;
        break;
    case ESCAPE_EXEC_MPROTECT: {
        void *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        rc = mprotect(p, 4096, PROT_READ | PROT_EXEC);
        break;
    }
    case ESCAPE_MMAP_FILE: /* the ring, once more and writable */
        rc = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, JAIL_FD_RING, 0) == MAP_FAILED ? -1 : 0;
        break;
    case ESCAPE_KILL_PARENT:
        rc = kill(getppid(), 0);
        break;
    case ESCAPE_TGKILL_OTHER:
        rc = syscall(SYS_tgkill, 1, 1, 0);
        break;
    case ESCAPE_PTRACE:
        rc = ptrace(PTRACE_TRACEME, 0, NULL, NULL);
        break;
    case ESCAPE_WRITE_RING:
        rc = write(JAIL_FD_RING, "x", 1);
        break;
    case ESCAPE_WRITE_STDOUT:
        rc = write(STDOUT_FILENO, "x", 1);
        break;
    case ESCAPE_CLOSE_SOCKET:
        rc = close(JAIL_FD_SOCKET);
        break;
    case ESCAPE_STAT: {
        struct stat st;
        rc = stat("/", &st);
        break;
    }
    case ESCAPE_PRCTL:
        rc = syscall(SYS_prctl, 38, 0, 0, 0, 0);
        break;
    case ESCAPE_IOCTL:
        rc = syscall(SYS_ioctl, 2, 0x5412, "x"); /* TIOCSTI: types into a terminal */
        break;
#if defined(__x86_64__)
    case ESCAPE_X32:
        rc = syscall(0x40000000 + SYS_getpid);
        break;
    case ESCAPE_I386:
        __asm__ volatile("int $0x80" : "=a"(rc) : "a"(20) : "memory"); /* getpid of the 32-bit table */
        break;
#endif
    default:
        break;
    }
    hm_buf_u64(out, rc < 0 ? (uint64_t)errno : 0);
    return HM_OK;
}

/* ---- a worker that was taken over and now speaks to the parent ---- */

static void say(const void *head, size_t n, size_t more)
{
    static const char ZERO[128 << 10] = { 0 };
    struct iovec v[] = { { (void *)(uintptr_t)head, n }, { (void *)(uintptr_t)ZERO, more } };
    struct msghdr m = { .msg_iov = v, .msg_iovlen = 2 };
    (void)!sendmsg(JAIL_FD_SOCKET, &m, MSG_NOSIGNAL);
}

static void say_frame(uint8_t type, uint32_t seq, uint64_t total, size_t bytes_n)
{
    uint8_t head[JAIL_FRAME_HEAD + JAIL_ERROR_BYTES];
    jail_frame f = { .type = type, .seq = seq, .total = total, .bytes = { "", bytes_n } };
    size_t n = jail_frame_head(&f, head);
    say(head, n, bytes_n);
}

/* The test makes it the first job of its worker: seq 0. */
static hm_rc hostile(const jail_in *in, hm_buf *out, hm_err *err)
{
    (void)out;
    (void)err;
    uint8_t raw[64];
    memset(raw, 0xa5, sizeof raw);
    switch (in->param) {
    case HOSTILE_RANDOM:
        say(raw, sizeof raw, 0);
        break;
    case HOSTILE_SHORT:
        raw[0] = JAIL_END;
        say(raw, 7, 0);
        break;
    case HOSTILE_EMPTY:
        say(raw, 0, 0);
        break;
    case HOSTILE_OVERSIZED:
        say(raw, sizeof raw, 100 << 10);
        break;
    case HOSTILE_WRONG_SEQ:
        say_frame(JAIL_END, 77777, 0, 0);
        break;
    case HOSTILE_SECOND_HELLO:
        say_frame(JAIL_HELLO, JAIL_PROTOCOL, 0, 0);
        break;
    case HOSTILE_HUGE_TOTAL:
        say_frame(JAIL_DATA, 0, UINT64_MAX, 16);
        break;
    case HOSTILE_ANSWERS_TWICE: /* and leaves the parent with one too many */
        say_frame(JAIL_END, 0, 0, 0);
        say_frame(JAIL_END, 0, 0, 0);
        break;
    case HOSTILE_HALF: /* announces, begins, dies */
        say_frame(JAIL_DATA, 0, 1000, 10);
        _exit(3);
    case HOSTILE_FLOOD: /* no end */
        for (;;)
            say_frame(JAIL_DATA, 0, jail_budget(0, 0), 32 << 10);
    case HOSTILE_DESCRIPTOR: {
        union {
            struct cmsghdr head;
            char room[CMSG_SPACE(sizeof(int))];
        } c = { .head = { .cmsg_len = CMSG_LEN(sizeof(int)), .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS } };
        int fd = JAIL_FD_RING;
        memcpy(CMSG_DATA(&c.head), &fd, sizeof fd);
        uint8_t head[JAIL_FRAME_HEAD + JAIL_ERROR_BYTES];
        jail_frame f = { .type = JAIL_END };
        struct iovec v = { head, jail_frame_head(&f, head) };
        struct msghdr m = { .msg_iov = &v, .msg_iovlen = 1, .msg_control = &c, .msg_controllen = sizeof c };
        (void)!sendmsg(JAIL_FD_SOCKET, &m, MSG_NOSIGNAL);
        break;
    }
    default:
        break;
    }
    volatile bool for_ever = true;
    while (for_ever) /* the parent ends us; if it does not, the test's time does */
        ;
    return HM_OK;
}

static hm_rc parts(const jail_in *in, hm_buf *out, hm_err *err)
{
    static const char PART[100000];
    (void)err;
    for (uint32_t i = 0; i < in->param; i++)
        if (!jail_send(in, (hm_str){ PART, sizeof PART }))
            return HM_IO;
    if (hm_str_is(in->bytes, "die"))
        abort();
    hm_buf_str(out, in->bytes);
    return HM_OK;
}

static const jail_job_row JOBS[] = {
    [JOB_ECHO] = { "echo", echo },
    [JOB_SUM] = { "sum", sum },
    [JOB_FAILING] = { "failing", failing },
    [JOB_SILENT_FAILURE] = { "silent-failure", silent_failure },
    [JOB_LARGE] = { "large", large },
    [JOB_ARENA_BOMB] = { "arena-bomb", arena_bomb },
    [JOB_OUT_BOMB] = { "out-bomb", out_bomb },
    [JOB_HEAP_BOMB] = { "heap-bomb", heap_bomb },
    [JOB_SPIN] = { "spin", spin },
    [JOB_SEGV] = { "segv", segv },
    [JOB_ABORT] = { "abort", aborting },
    [JOB_EXIT] = { "exit", quit },
    [JOB_ENVIRONMENT] = { "environment", environment },
    [JOB_DESCRIPTORS] = { "descriptors", descriptors },
    [JOB_ESCAPE] = { "escape", escape },
    [JOB_HOSTILE] = { "hostile", hostile },
    [JOB_PARTS] = { "parts", parts },
};

int main(int argc, char **argv)
{
    return jail_worker_main(argc, argv, JOBS, HM_COUNT(JOBS));
}
