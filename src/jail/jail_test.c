/* jail_test - the pool against workers that die, stall, lie and try to get out.
 * Escapes are expected to end in SIGSYS; builds with a sanitizer have no cage and skip those (counted as skipped). */
#include "base/limits.h"
#include "base/test.h"
#include "jail/jail_int.h"
#include "jail/jail_test_jobs.h"
#include "jail/protocol.h"
#include "jail/spawn.h"
#include "os/os.h"
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* ---- a book of replies ---- */

enum { KEEP = 160, MAX_TAGS = 4096 };
typedef struct reply {
    unsigned times;
    hm_err err;
    size_t n;
    uint64_t sum;   /* over all bytes */
    uint64_t parts; /* bytes sent ahead */
    bool aligned;
    char head[KEEP];
} reply;
typedef struct book {
    reply *r; /* by tag */
    size_t n;
    jail_pool *pool; /* for callbacks that submit */
    uint64_t chain;
} book;

static HM_WRAPS void note(void *ctx, const jail_reply *in)
{
    book *b = ctx;
    if (in->tag >= b->n)
        return;
    reply *r = &b->r[in->tag];
    if (in->part) {
        r->parts += r->times == 0 ? in->bytes.n : UINT32_MAX; /* none comes after the answer */
        return;
    }
    r->times++;
    r->err = in->err;
    r->n = in->bytes.n;
    r->aligned = (uintptr_t)in->bytes.p % 16 == 0 || in->bytes.n == 0;
    memcpy(r->head, in->bytes.p, in->bytes.n < KEEP ? in->bytes.n : KEEP);
    uint64_t s = 0;
    for (size_t i = 0; i < in->bytes.n; i++)
        s = s * 31 + (uint8_t)in->bytes.p[i];
    r->sum = s;
}

static hm_str kept(const reply *r)
{
    return (hm_str){ r->head, r->n < KEEP ? r->n : KEEP };
}

static void book_clear(book *b)
{
    free(b->r);
    b->r = NULL;
}

static const char *helper(hm_buf *path)
{
    hm_buf_clear(path);
    return os_helper_path("jail_test_worker", path, NULL) == HM_OK ? path->p : "";
}

/* Book before pool: the pool is closed first and answers into the book. */
#define OPEN_POOL(count, how)                                                                                          \
    TEST_BUF path_ = { 0 };                                                                                            \
    HM_AUTO(book_clear) book b = { .r = calloc(MAX_TAGS, sizeof *b.r), .n = MAX_TAGS };                                \
    HM_AUTO(jail_closep) jail_pool *pool = NULL;                                                                       \
    hm_err e = { 0 };                                                                                                  \
    jail_opts o_ = { .worker_path = helper(&path_), .workers = (count), .time_ms = 20000, .done = note, .ctx = &b };   \
    how;                                                                                                               \
    CHECK("book", b.r != NULL);                                                                                        \
    CHECK_EQ("open", jail_open(&o_, &pool, &e), HM_OK);                                                                \
    b.pool = pool

static hm_rc submit(jail_pool *p, uint32_t job, uint32_t param, uint64_t tag, hm_str bytes)
{
    char name[32];
    snprintf(name, sizeof name, "dir/file-%llu", (unsigned long long)tag);
    jail_job j = { .job = job, .param = param, .tag = tag, .name = hm_str_c(name), .fd = -1, .bytes = bytes };
    return jail_submit(p, &j, NULL);
}

static bool right_echo(const reply *r, uint64_t tag, hm_str bytes)
{
    char want[KEEP];
    int n = snprintf(want, sizeof want, "dir/file-%llu||%.*s", (unsigned long long)tag, (int)bytes.n, bytes.p);
    return r->times == 1 && r->err.rc == HM_OK && r->aligned && hm_str_eq(kept(r), (hm_str){ want, (size_t)n });
}

static int file_of(hm_str bytes, int flags)
{
    char path[] = "/tmp/jail-test-XXXXXX";
    int fd = mkstemp(path);
    bool ok = fd >= 0 && write(fd, bytes.p, bytes.n) == (ssize_t)bytes.n;
    if (fd >= 0)
        close(fd);
    fd = ok ? open(path, flags | O_CLOEXEC) : -1;
    unlink(path);
    return fd;
}

/* ---- the pool ---- */

TEST(jobs_are_answered_each_once)
{
    OPEN_POOL(2, );
    TEST_BUF big = { 0 };
    CHECK("room", hm_buf_room(&big, 200000));
    for (uint32_t i = 0; i < 200000; i++)
        hm_buf_byte(&big, (char)(uint8_t)(i % 251));
    CHECK("bytes", !big.bad);
    char sum[32], sum_small[32];
    uint64_t s = 0, s_small = 0;
    for (size_t i = 0; i < big.n; i++) {
        s += (uint8_t)big.p[i];
        s_small += i < JAIL_SMALL ? (uint8_t)big.p[i] : 0;
    }
    snprintf(sum, sizeof sum, "%llu", (unsigned long long)s);
    snprintf(sum_small, sizeof sum_small, "%llu", (unsigned long long)s_small);

    CHECK_EQ("empty", submit(pool, JOB_ECHO, 0, 0, HM_NONE), HM_OK);
    CHECK_EQ("small", submit(pool, JOB_ECHO, 0, 1, HM_STR("bytes")), HM_OK);
    CHECK_EQ("largest small", submit(pool, JOB_SUM, 1000, 2, (hm_str){ big.p, JAIL_SMALL }), HM_OK);
    jail_job j = { .job = JOB_SUM, .tag = 3, .param = 4096, .fd = file_of(hm_buf_view(&big), O_RDONLY), .size = big.n };
    CHECK_EQ("file", jail_submit(pool, &j, NULL), HM_OK);
    j = (jail_job){ .job = JOB_ECHO,
                    .tag = 4,
                    .name = HM_STR("n"),
                    .fd = file_of(HM_STR("in a file"), O_RDONLY),
                    .size = 9,
                    .extra = HM_STR("ex") };
    CHECK_EQ("file as a whole", jail_submit(pool, &j, NULL), HM_OK);
    j = (jail_job){ .job = JOB_ECHO, .tag = 5, .fd = file_of(HM_STR("short"), O_RDONLY), .size = 6 };
    CHECK_EQ("shorter than it was", jail_submit(pool, &j, NULL), HM_OK);
    j = (jail_job){ .job = JOB_ECHO, .tag = 6, .fd = -1, .extra = { big.p, JAIL_EXTRA_INLINE } };
    CHECK_EQ("extra inline", jail_submit(pool, &j, NULL), HM_OK);
    j.tag = 7;
    j.extra = hm_buf_view(&big);
    CHECK_EQ("extra through a descriptor", jail_submit(pool, &j, NULL), HM_OK);
    CHECK_EQ("unknown", submit(pool, 999, 0, 8, HM_NONE), HM_OK);
    CHECK_EQ("failing", submit(pool, JOB_FAILING, 34, 9, HM_NONE), HM_OK);
    CHECK_EQ("silent", submit(pool, JOB_SILENT_FAILURE, 0, 10, HM_NONE), HM_OK);
    CHECK_EQ("environment", submit(pool, JOB_ENVIRONMENT, 0, 11, HM_NONE), HM_OK);
    CHECK_EQ("drain", jail_drain(pool, &e), HM_OK);

    for (uint64_t i = 0; i <= 11; i++)
        CHECK_EQ("once", b.r[i].times, 1);
    CHECK("empty", right_echo(&b.r[0], 0, HM_NONE));
    CHECK("small", right_echo(&b.r[1], 1, HM_STR("bytes")));
    CHECK_STR("largest small", kept(&b.r[2]), hm_str_c(sum_small));
    CHECK_STR("file", kept(&b.r[3]), hm_str_c(sum));
    CHECK_STR("file as a whole", kept(&b.r[4]), HM_STR("n|ex|in a file"));
    CHECK_EQ("shorter", b.r[5].err.defect, DEFECT_CHANGED);
    CHECK_EQ("shorter", b.r[5].err.rc, HM_CONFLICT);
    CHECK_EQ("extra inline", b.r[6].n, JAIL_EXTRA_INLINE + 2);
    CHECK_EQ("extra through a descriptor", b.r[7].n, big.n + 2);
    CHECK("its bytes", memcmp(b.r[7].head + 1, big.p, KEEP - 1) == 0);
    CHECK_EQ("unknown", b.r[8].err.defect, DEFECT_JOB_UNKNOWN);
    CHECK_EQ("unknown", b.r[8].err.arg[0], 999);
    CHECK_EQ("failing", b.r[9].err.rc, HM_FORMAT);
    CHECK_EQ("failing", b.r[9].err.defect, DEFECT_JSON_SYNTAX);
    CHECK_EQ("place", b.r[9].err.place, 7);
    CHECK_EQ("arg", b.r[9].err.arg[0], 34);
    CHECK_EQ("arg", b.r[9].err.arg[3], UINT64_MAX);
    CHECK_STR("at", hm_str_c(b.r[9].err.at), HM_STR("/a/b"));
    CHECK_STR("partial result", kept(&b.r[9]), HM_STR("partial"));
    CHECK_EQ("silent", b.r[10].err.rc, HM_TRUNC);
    CHECK("nothing of ours but the time zone",
          JAIL_OFF || hm_str_search(kept(&b.r[11]), HM_STR("HM_")) == kept(&b.r[11]).n);
}

/* Content of every size goes around the ring many times: none is torn, none overwritten before its answer. */
TEST(the_ring_goes_around)
{
    OPEN_POOL(2, );
    TEST_BUF fill = { 0 };
    CHECK("room", hm_buf_room(&fill, JAIL_SMALL));
    uint64_t n = test_fault() ? 60 : 1500;
    for (uint64_t i = 0; i < n; i++) {
        size_t size = i % 3 == 0 ? JAIL_SMALL - (size_t)(i % 97) : (size_t)(i * 7919 % JAIL_SMALL);
        memset(fill.p, (int)(i % 255 + 1), size);
        CHECK_EQ("submit", submit(pool, JOB_SUM, 4096, i, (hm_str){ fill.p, size }), HM_OK);
    }
    CHECK_EQ("drain", jail_drain(pool, &e), HM_OK);
    for (uint64_t i = 0; i < n; i++) {
        size_t size = i % 3 == 0 ? JAIL_SMALL - (size_t)(i % 97) : (size_t)(i * 7919 % JAIL_SMALL);
        uint64_t sum = 0;
        CHECK_EQ("once", b.r[i].times, 1);
        CHECK("number", hm_str_u64(kept(&b.r[i]), &sum));
        CHECK_EQ("sum", sum, size * (i % 255 + 1));
    }
}

TEST(the_state_says_what_holds)
{
    OPEN_POOL(1, );
    jail_state s = jail_state_of(pool);
    CHECK_EQ("seccomp", s.seccomp, !JAIL_OFF);
    CHECK_EQ("rlimits", s.rlimits, !JAIL_OFF);
    CHECK_EQ("no new privileges", s.no_new_privs, !JAIL_OFF);
    CHECK_EQ("landlock is no claim", s.landlock, s.landlock_abi > 0);
    CHECK_EQ("job", submit(pool, JOB_ECHO, 0, 0, HM_STR("x")), HM_OK);
    CHECK_EQ("drain", jail_drain(pool, &e), HM_OK);
    uint64_t peak = jail_peak_bytes(pool);
    CHECK("peak is known", peak > 500 << 10);
    CHECK("an idle worker is small", JAIL_OFF || peak < 5 << 20);
}

TEST(large_answers_come_whole)
{
    OPEN_POOL(2, );
    uint32_t mib = test_fault() ? 1 : 40;
    for (uint64_t i = 0; i < 3; i++)
        CHECK_EQ("submit", submit(pool, JOB_LARGE, mib, i, HM_NONE), HM_OK);
    CHECK_EQ("drain", jail_drain(pool, &e), HM_OK);
    for (size_t i = 0; i < 3; i++) {
        CHECK_EQ("rc", b.r[i].err.rc, HM_OK);
        CHECK_EQ("bytes", b.r[i].n, (size_t)mib << 20);
        CHECK("aligned", b.r[i].aligned);
        CHECK_EQ("same", b.r[i].sum, b.r[0].sum);
        for (size_t k = 0; k < KEEP; k++)
            CHECK_EQ("content", (uint8_t)b.r[i].head[k], k * 31 & 0xff);
    }
}

TEST(memory_of_a_job_has_a_bound)
{
    OPEN_POOL(1, );
    CHECK_EQ("submit", submit(pool, JOB_ARENA_BOMB, 0, 0, HM_NONE), HM_OK);
    CHECK_EQ("submit", submit(pool, JOB_OUT_BOMB, 0, 1, HM_NONE), HM_OK);
    CHECK_EQ("submit", submit(pool, JOB_LARGE, 65, 2, HM_NONE), HM_OK);
    if (!JAIL_OFF)
        CHECK_EQ("submit", submit(pool, JOB_HEAP_BOMB, 0, 3, HM_NONE), HM_OK);
    CHECK_EQ("submit", submit(pool, JOB_ECHO, 0, 4, HM_STR("still there")), HM_OK);
    CHECK_EQ("drain", jail_drain(pool, &e), HM_OK);
    for (size_t i = 0; i < 3; i++) {
        CHECK_EQ("rc", b.r[i].err.rc, HM_LIMIT);
        CHECK_EQ("defect", b.r[i].err.defect, DEFECT_BUDGET);
        CHECK_EQ("no cut answer", b.r[i].n, 0);
    }
    CHECK_EQ("budget", b.r[0].err.arg[0], 64ULL << 20);
    if (!JAIL_OFF) {
        uint64_t mib = 0;
        CHECK("a number", hm_str_u64(kept(&b.r[3]), &mib));
        CHECK("address space", mib > 1500 && mib <= 2304);
    }
    CHECK("the worker lived on", right_echo(&b.r[4], 4, HM_STR("still there")));
}

static bool is_closed(int fd)
{
    return fcntl(fd, F_GETFD) < 0 && errno == EBADF;
}

TEST(only_files_open_for_reading_are_passed)
{
    OPEN_POOL(1, );
    int pair[2];
    CHECK("pipe", pipe2(pair, O_CLOEXEC) == 0);
    const struct {
        const char *name;
        int fd;
    } T[] = {
        { "read and write", file_of(HM_STR("x"), O_RDWR) },    { "write", file_of(HM_STR("x"), O_WRONLY) },
        { "path only", open("/etc", O_PATH | O_CLOEXEC) },     { "directory", open("/", O_RDONLY | O_CLOEXEC) },
        { "device", open("/dev/null", O_RDONLY | O_CLOEXEC) }, { "write end of a pipe", pair[1] },
    };
    for (size_t i = 0; i < HM_COUNT(T); i++) {
        CHECK(T[i].name, T[i].fd >= 0);
        jail_job j = { .job = JOB_ECHO, .fd = T[i].fd, .size = 1 };
        CHECK("refused", jail_submit(pool, &j, &e) != HM_OK);
        CHECK(T[i].name, e.rc == HM_NOMEM || (e.rc == HM_DENIED && e.defect == DEFECT_READ));
        CHECK(T[i].name, is_closed(T[i].fd));
    }
    close(pair[0]);
    TEST_BUF big = { 0 };
    CHECK("room", hm_buf_room(&big, JAIL_SMALL + 1));
    memset(big.p, 'x', JAIL_SMALL + 1);
    jail_job j = { .fd = file_of(HM_STR("x"), O_RDONLY), .name = { big.p, JAIL_NAME_MAX + 1 } };
    CHECK("name", jail_submit(pool, &j, &e) != HM_OK);
    CHECK("closed", is_closed(j.fd));
    CHECK_EQ("name", e.defect, DEFECT_TOO_LARGE);
    j = (jail_job){ .fd = -1, .bytes = { big.p, JAIL_SMALL + 1 } };
    CHECK_EQ("bytes", jail_submit(pool, &j, &e), HM_LIMIT);
    j = (jail_job){ .fd = 9999 };
    CHECK("no such descriptor", jail_submit(pool, &j, &e) != HM_OK);
    CHECK_EQ("nothing was accepted", jail_drain(pool, &e), HM_OK);
}

TEST(a_death_costs_one_job)
{
    static const struct {
        const char *name;
        uint32_t job, param;
        hm_rc rc;
        hm_defect defect;
        uint64_t arg0, arg1; /* signal, exit status; without the cage the sanitizer's: not compared */
        bool cage;
    } T[] = {
        { "segv", JOB_SEGV, 0, HM_IO, DEFECT_WORKER_DIED, SIGSEGV, 0, true },
        { "abort", JOB_ABORT, 0, HM_IO, DEFECT_WORKER_DIED, SIGABRT, 0, true },
        { "exit 0", JOB_EXIT, 0, HM_IO, DEFECT_WORKER_DIED, 0, 0, false },
        { "exit 9", JOB_EXIT, 9, HM_IO, DEFECT_WORKER_DIED, 0, 9, false },
        { "spin", JOB_SPIN, 0, HM_TIMEOUT, DEFECT_WORKER_TIMEOUT, 1000, 0, false },
    };
    for (unsigned workers = 1; workers <= 3; workers += 2)
        for (size_t i = 0; i < HM_COUNT(T); i++) {
            if (test_fault() && T[i].job != JOB_EXIT)
                continue;
            OPEN_POOL(workers, o_.time_ms = 1000);
            for (uint64_t k = 0; k < 40; k++)
                CHECK_EQ("submit",
                         k == 20 ? submit(pool, T[i].job, T[i].param, k, HM_NONE)
                                 : submit(pool, JOB_ECHO, 0, k, HM_STR("y")),
                         HM_OK);
            CHECK_EQ("drain", jail_drain(pool, &e), HM_OK);
            for (uint64_t k = 0; k < 40; k++)
                if (k != 20)
                    CHECK(T[i].name, right_echo(&b.r[k], k, HM_STR("y")));
            CHECK_EQ(T[i].name, b.r[20].times, 1);
            CHECK_EQ(T[i].name, b.r[20].err.rc, T[i].rc);
            CHECK_EQ(T[i].name, b.r[20].err.defect, T[i].defect);
            if (!T[i].cage || !JAIL_OFF) {
                CHECK_EQ(T[i].name, b.r[20].err.arg[0], T[i].arg0);
                CHECK_EQ(T[i].name, b.r[20].err.arg[1], T[i].arg1);
            }
        }
}

TEST(two_thousand_jobs_every_hundredth_a_killer)
{
    enum { JOBS = 2000 };
    OPEN_POOL(4, o_.time_ms = 1000);
    uint64_t n = test_fault() ? 150 : JOBS;
    for (uint64_t i = 0; i < n; i++) {
        uint32_t killer = i % 500 == 499 && !test_fault() ? JOB_SPIN : i % 200 == 99 ? JOB_SEGV : JOB_EXIT;
        hm_rc rc =
            i % 100 == 99 ? submit(pool, killer, 1, i, HM_NONE) : submit(pool, JOB_ECHO, 0, i, HM_STR("content"));
        CHECK_EQ("submit", rc, HM_OK);
    }
    CHECK_EQ("drain", jail_drain(pool, &e), HM_OK);
    for (uint64_t i = 0; i < n; i++) {
        if (i % 100 != 99) {
            CHECK("right answer", right_echo(&b.r[i], i, HM_STR("content")));
            continue;
        }
        CHECK_EQ("once", b.r[i].times, 1);
        bool spun = i % 500 == 499 && !test_fault();
        CHECK_EQ("named", b.r[i].err.defect, spun ? DEFECT_WORKER_TIMEOUT : DEFECT_WORKER_DIED);
    }
}

TEST(escapes_end_in_sigsys)
{
    static const struct {
        const char *name;
        uint32_t what;
    } T[] = {
        { "open", ESCAPE_OPEN },
        { "openat2", ESCAPE_OPENAT2 },
        { "socket", ESCAPE_SOCKET },
        { "fork", ESCAPE_FORK },
        { "exec", ESCAPE_EXEC },
        { "executable mmap", ESCAPE_EXEC_MMAP },
        { "executable mprotect", ESCAPE_EXEC_MPROTECT },
        { "mapping a file", ESCAPE_MMAP_FILE },
        { "kill", ESCAPE_KILL_PARENT },
        { "tgkill of another", ESCAPE_TGKILL_OTHER },
        { "ptrace", ESCAPE_PTRACE },
        { "writing the ring", ESCAPE_WRITE_RING },
        { "writing stdout", ESCAPE_WRITE_STDOUT },
        { "closing the socket", ESCAPE_CLOSE_SOCKET },
        { "stat", ESCAPE_STAT },
        { "prctl", ESCAPE_PRCTL },
        { "terminal ioctl", ESCAPE_IOCTL },
#if defined(__x86_64__)
        { "x32", ESCAPE_X32 },
        { "i386", ESCAPE_I386 },
#endif
    };
    if (JAIL_OFF)
        TEST_SKIP("no cage under a sanitizer");
    OPEN_POOL(2, );
    uint64_t tag = 0;
    for (size_t i = 0; i < HM_COUNT(T); i++) {
        CHECK_EQ("submit", submit(pool, JOB_ECHO, 0, tag++, HM_STR("a")), HM_OK);
        CHECK_EQ("submit", submit(pool, JOB_ESCAPE, T[i].what, tag++, HM_NONE), HM_OK);
    }
    CHECK_EQ("drain", jail_drain(pool, &e), HM_OK);
    for (size_t i = 0; i < HM_COUNT(T); i++) {
        const reply *r = &b.r[2 * i + 1];
        CHECK("its neighbour", right_echo(&b.r[2 * i], 2 * i, HM_STR("a")));
        CHECK_EQ(T[i].name, r->times, 1);
        CHECK_EQ(T[i].name, r->err.defect, DEFECT_WORKER_DIED);
        /* a kernel without 32-bit calls answers int 0x80 with SIGSEGV */
        CHECK(T[i].name, r->err.arg[0] == SIGSYS || (T[i].what == ESCAPE_I386 && r->err.arg[0] == SIGSEGV));
    }
}

TEST(the_ring_cannot_be_written_even_without_a_filter)
{
    char *map = NULL;
    int fd = -1;
    hm_err e = { 0 };
    CHECK_EQ("ring", jail_ring_new(&map, &fd, &e), HM_OK);
    map[JAIL_RING_BYTES - 1] = 'x';
    CHECK("write", write(fd, "y", 1) < 0);
    CHECK("map", mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0) == MAP_FAILED);
    CHECK("truncate", ftruncate(fd, 0) < 0);
    void *p = mmap(NULL, JAIL_RING_BYTES, PROT_READ, MAP_SHARED, fd, 0);
    CHECK("read", p != MAP_FAILED && ((char *)p)[JAIL_RING_BYTES - 1] == 'x');
    CHECK("upgrade", mprotect(p, 4096, PROT_READ | PROT_WRITE) < 0);
    munmap(p, JAIL_RING_BYTES);
    jail_ring_free(map, fd);
    CHECK_EQ("memfd", jail_memfd(HM_STR("abc"), &fd, &e), HM_OK);
    CHECK("write", write(fd, "y", 1) < 0);
    char back[4] = "";
    CHECK("read", pread(fd, back, 4, 0) == 3 && memcmp(back, "abc", 3) == 0);
    close(fd);
}

TEST(a_worker_has_the_agreed_descriptors_alone)
{
    int null = open("/dev/null", O_RDONLY | O_CLOEXEC);
    int leaked = fcntl(null, F_DUPFD, 50); /* without close-on-exec, as a careless caller leaves them */
    close(null);
    {
        OPEN_POOL(1, );
        CHECK_EQ("submit", submit(pool, JOB_DESCRIPTORS, 0, 0, HM_STR("x")), HM_OK);
        CHECK_EQ("drain", jail_drain(pool, &e), HM_OK); /* one at a time: requests of a batch bring theirs together */
        jail_job j = { .job = JOB_DESCRIPTORS, .tag = 1, .fd = file_of(HM_STR("x"), O_RDONLY), .size = 1 };
        CHECK_EQ("submit", jail_submit(pool, &j, NULL), HM_OK);
        CHECK_EQ("drain", jail_drain(pool, &e), HM_OK);
        CHECK_EQ("submit", submit(pool, JOB_DESCRIPTORS, 0, 2, HM_STR("x")), HM_OK);
        CHECK_EQ("drain", jail_drain(pool, &e), HM_OK);
        CHECK_STR("small", kept(&b.r[0]), HM_STR("3 4 "));
        CHECK_STR("by descriptor", kept(&b.r[1]), HM_STR("3 4 5 "));
        CHECK_STR("closed again", kept(&b.r[2]), HM_STR("3 4 "));
    }
    close(leaked);
}

TEST(lies_cost_the_liar)
{
    static const struct {
        const char *name;
        uint32_t what;
        hm_rc rc;
        hm_defect defect;
    } T[] = {
        { "random", HOSTILE_RANDOM, HM_FORMAT, DEFECT_WORKER_REPLY },
        { "short", HOSTILE_SHORT, HM_FORMAT, DEFECT_WORKER_REPLY },
        { "empty", HOSTILE_EMPTY, HM_IO, DEFECT_WORKER_DIED },
        { "oversized", HOSTILE_OVERSIZED, HM_FORMAT, DEFECT_WORKER_REPLY },
        { "wrong seq", HOSTILE_WRONG_SEQ, HM_FORMAT, DEFECT_WORKER_REPLY },
        { "second hello", HOSTILE_SECOND_HELLO, HM_FORMAT, DEFECT_WORKER_REPLY },
        { "huge total", HOSTILE_HUGE_TOTAL, HM_FORMAT, DEFECT_WORKER_REPLY },
        { "half", HOSTILE_HALF, HM_IO, DEFECT_WORKER_DIED },
        { "flood", HOSTILE_FLOOD, HM_FORMAT, DEFECT_WORKER_REPLY },
        { "descriptor", HOSTILE_DESCRIPTOR, HM_FORMAT, DEFECT_WORKER_REPLY },
    };
    for (size_t i = 0; i < HM_COUNT(T); i++) {
        if (test_fault() && T[i].what == HOSTILE_FLOOD)
            continue;
        OPEN_POOL(1, );
        CHECK_EQ("submit", submit(pool, JOB_HOSTILE, T[i].what, 0, HM_NONE), HM_OK);
        for (uint64_t k = 1; k < 10; k++)
            CHECK_EQ("submit", submit(pool, JOB_ECHO, 0, k, HM_STR("z")), HM_OK);
        CHECK_EQ("drain", jail_drain(pool, &e), HM_OK);
        CHECK_EQ(T[i].name, b.r[0].times, 1);
        CHECK_EQ(T[i].name, b.r[0].err.rc, T[i].rc);
        CHECK_EQ(T[i].name, b.r[0].err.defect, T[i].defect);
        for (uint64_t k = 1; k < 10; k++)
            CHECK(T[i].name, right_echo(&b.r[k], k, HM_STR("z")));
    }
}

/* A worker that was taken over may answer its own job and spoil one more: no third. */
TEST(an_answer_too_many_is_seen)
{
    OPEN_POOL(1, );
    CHECK_EQ("submit", submit(pool, JOB_HOSTILE, HOSTILE_ANSWERS_TWICE, 0, HM_NONE), HM_OK);
    for (uint64_t k = 1; k < 10; k++)
        CHECK_EQ("submit", submit(pool, JOB_ECHO, 0, k, HM_STR("z")), HM_OK);
    CHECK_EQ("drain", jail_drain(pool, &e), HM_OK);
    unsigned spoiled = 0;
    for (uint64_t k = 1; k < 10; k++) {
        CHECK_EQ("once", b.r[k].times, 1);
        spoiled += b.r[k].err.defect == DEFECT_WORKER_REPLY;
        CHECK("right or named", b.r[k].err.defect == DEFECT_WORKER_REPLY || right_echo(&b.r[k], k, HM_STR("z")));
    }
    CHECK("at most one", spoiled <= 1);
}

/* ---- the pool's own life ---- */

typedef struct link_path {
    char dir[32], path[48];
} link_path;
static void link_clear(link_path *l)
{
    unlink(l->path);
    rmdir(l->dir);
}

TEST(a_pool_that_cannot_cage_does_not_open)
{
    static const struct {
        const char *path;
        uint32_t start_ms;
        hm_rc rc;
        hm_defect defect;
    } T[] = {
        { "/nonexistent/worker", 20000, HM_NOTFOUND, DEFECT_SPAWN },
        { "/etc/passwd", 20000, HM_DENIED, DEFECT_SPAWN },
        { "/bin/false", 20000, HM_DENIED, DEFECT_JAIL_SETUP }, /* ends without a word */
        { NULL, 100, HM_TIMEOUT, DEFECT_WORKER_TIMEOUT },      /* lives without a word */
    };
    HM_AUTO(link_clear) link_path l = { .dir = "/tmp/jail-test-XXXXXX" };
    CHECK("dir", mkdtemp(l.dir) != NULL);
    snprintf(l.path, sizeof l.path, "%s/worker", l.dir);
    int fd = open(l.path, O_WRONLY | O_CREAT | O_CLOEXEC, 0700);
    CHECK("script", dprintf(fd, "#!/bin/sh\nexec sleep 60\n") > 0);
    close(fd);
    for (size_t i = 0; i < HM_COUNT(T); i++) {
        book b = { 0 };
        jail_opts o = { .worker_path = T[i].path ? T[i].path : l.path, .workers = 2, .done = note, .ctx = &b };
        HM_AUTO(jail_closep) jail_pool *pool = NULL;
        hm_err e = { 0 };
        hm_rc rc = jail_open_tuned(&o, T[i].start_ms, &pool, &e);
        if (rc == HM_NOMEM)
            return; /* the fault run */
        CHECK_EQ(o.worker_path, rc, T[i].rc);
        CHECK_EQ(o.worker_path, e.defect, T[i].defect);
        CHECK(o.worker_path, pool == NULL);
    }
}

TEST(workers_that_die_at_start_end_the_pool_without_a_hang)
{
    HM_AUTO(link_clear) link_path l = { .dir = "/tmp/jail-test-XXXXXX" };
    TEST_BUF real = { 0 };
    CHECK("dir", mkdtemp(l.dir) != NULL);
    snprintf(l.path, sizeof l.path, "%s/worker", l.dir);
    CHECK("link", symlink(helper(&real), l.path) == 0);
    OPEN_POOL(2, o_.worker_path = l.path);
    CHECK_EQ("first", submit(pool, JOB_ECHO, 0, 0, HM_STR("a")), HM_OK);
    CHECK_EQ("drain", jail_drain(pool, &e), HM_OK);
    CHECK("unlink", unlink(l.path) == 0 && symlink("/bin/false", l.path) == 0);
    for (uint64_t k = 1; k < 50; k++)
        if (submit(pool, JOB_EXIT, 1, k, HM_NONE) != HM_OK)
            break;
    CHECK_EQ("drain", jail_drain(pool, &e), HM_DENIED);
    CHECK_EQ("why", e.defect, DEFECT_JAIL_SETUP);
    CHECK("before", right_echo(&b.r[0], 0, HM_STR("a")));
    unsigned named = 0;
    for (uint64_t k = 1; k < 50; k++) {
        CHECK("at most once", b.r[k].times <= 1);
        named += b.r[k].err.defect == DEFECT_WORKER_DIED;
    }
    CHECK_EQ("the first killer was named", named, 1);
    CHECK_EQ("closed for new ones", submit(pool, JOB_ECHO, 0, 60, HM_NONE), HM_DENIED);
    CHECK_EQ("not accepted", b.r[60].times, 0);
}

/* What a job sent ahead comes before its answer, and stays when the worker dies. */
TEST(parts_come_ahead_and_outlive_the_worker)
{
    OPEN_POOL(2, );
    CHECK_EQ("parts", submit(pool, JOB_PARTS, 30, 0, HM_STR("end")), HM_OK);
    CHECK_EQ("none", submit(pool, JOB_PARTS, 0, 1, HM_STR("end")), HM_OK);
    CHECK_EQ("dies", submit(pool, JOB_PARTS, 3, 2, HM_STR("die")), HM_OK);
    CHECK_EQ("after", submit(pool, JOB_ECHO, 0, 3, HM_STR("a")), HM_OK);
    CHECK_EQ("drain", jail_drain(pool, &e), HM_OK);
    CHECK_EQ("parts", b.r[0].parts, 3000000);
    CHECK_STR("answer", kept(&b.r[0]), HM_STR("end"));
    CHECK_EQ("none", b.r[1].parts, 0);
    CHECK_EQ("parts of the dead", b.r[2].parts, 300000);
    CHECK_EQ("death", b.r[2].err.defect, DEFECT_WORKER_DIED);
    CHECK("after", right_echo(&b.r[3], 3, HM_STR("a")));
}

/* A worker that still works is not given up because no second one can be started beside it. */
TEST(vain_starts_wait_for_the_worker_that_is_up)
{
    HM_AUTO(link_clear) link_path l = { .dir = "/tmp/jail-test-XXXXXX" };
    TEST_BUF real = { 0 };
    CHECK("dir", mkdtemp(l.dir) != NULL);
    snprintf(l.path, sizeof l.path, "%s/worker", l.dir);
    CHECK("link", symlink(helper(&real), l.path) == 0);
    OPEN_POOL(2, o_.worker_path = l.path; o_.time_ms = 1500);
    CHECK("unlink", unlink(l.path) == 0 && symlink("/bin/false", l.path) == 0);
    CHECK_EQ("spin", submit(pool, JOB_SPIN, 0, 0, HM_NONE), HM_OK);
    CHECK_EQ("echo", submit(pool, JOB_ECHO, 0, 1, HM_STR("a")), HM_OK);
    CHECK_EQ("echo", submit(pool, JOB_ECHO, 0, 2, HM_STR("b")), HM_OK);
    CHECK_EQ("drain", jail_drain(pool, &e), HM_DENIED);
    CHECK_EQ("its own end", b.r[0].err.defect, DEFECT_WORKER_TIMEOUT);
    for (uint64_t k = 1; k < 3; k++) {
        CHECK_EQ("once", b.r[k].times, 1);
        CHECK_EQ("then none is left", b.r[k].err.defect, DEFECT_JAIL_SETUP);
    }
}

TEST(closing_answers_what_is_left)
{
    TEST_BUF path = { 0 };
    HM_AUTO(book_clear) book b = { .r = calloc(MAX_TAGS, sizeof *b.r), .n = MAX_TAGS };
    CHECK("book", b.r != NULL);
    jail_opts o = { .worker_path = helper(&path), .workers = 2, .done = note, .ctx = &b };
    jail_pool *pool = NULL;
    CHECK_EQ("open", jail_open(&o, &pool, NULL), HM_OK);
    size_t accepted = 0;
    for (uint64_t k = 0; k < 60; k++)
        accepted += submit(pool, JOB_SPIN, 0, k, HM_NONE) == HM_OK;
    pool = jail_close(pool);
    CHECK("null", pool == NULL);
    size_t answered = 0;
    for (uint64_t k = 0; k < 60; k++) {
        answered += b.r[k].times;
        CHECK("interrupted", b.r[k].times == 0 || b.r[k].err.rc == HM_NOMEM || b.r[k].err.defect == DEFECT_INTERRUPTED);
    }
    CHECK_EQ("each once", answered, accepted);
    CHECK("null-safe", jail_close(NULL) == NULL);
}

static void note_and_submit(void *ctx, const jail_reply *in)
{
    book *b = ctx;
    note(ctx, in);
    if (in->tag < b->chain)
        (void)!submit(b->pool, JOB_ECHO, 0, in->tag + 1, HM_STR("chain"));
}

TEST(a_callback_may_submit)
{
    OPEN_POOL(1, o_.done = note_and_submit);
    b.chain = 300;
    CHECK_EQ("first", submit(pool, JOB_ECHO, 0, 0, HM_STR("chain")), HM_OK);
    CHECK_EQ("drain", jail_drain(pool, &e), HM_OK);
    for (uint64_t k = 0; k <= 300 && !test_fault(); k++)
        CHECK("link", right_echo(&b.r[k], k, HM_STR("chain")));
}

typedef struct many {
    jail_pool *pool;
    uint64_t from, n, accepted;
} many;
static void *submit_many(void *ctx)
{
    many *m = ctx;
    for (uint64_t i = 0; i < m->n; i++)
        m->accepted += submit(m->pool, JOB_ECHO, 0, m->from + i, HM_STR("thread")) == HM_OK;
    return NULL;
}

TEST(many_threads_submit)
{
    enum { THREADS = 4 };
    OPEN_POOL(2, );
    many m[THREADS];
    pthread_t t[THREADS];
    uint64_t n = test_fault() ? 20 : 1000, accepted = 0;
    for (size_t i = 0; i < THREADS; i++) {
        m[i] = (many){ .pool = pool, .from = i * n, .n = n };
        CHECK_EQ("thread", pthread_create(&t[i], NULL, submit_many, &m[i]), 0);
    }
    for (size_t i = 0; i < THREADS; i++) {
        pthread_join(t[i], NULL);
        accepted += m[i].accepted;
    }
    CHECK_EQ("drain", jail_drain(pool, &e), HM_OK);
    uint64_t answered = 0;
    for (uint64_t k = 0; k < THREADS * n; k++)
        answered += b.r[k].times;
    CHECK_EQ("all", answered, accepted);
    CHECK("peak while it works", jail_peak_bytes(pool) > 0);
    if (!test_fault())
        for (uint64_t k = 0; k < THREADS * n; k++)
            CHECK("right", right_echo(&b.r[k], k, HM_STR("thread")));
}

/* Is the process gone, or only a name in the table? */
static bool gone(pid_t pid)
{
    char path[64], text[512] = "";
    snprintf(path, sizeof path, "/proc/%d/stat", pid);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return true;
    ssize_t n = read(fd, text, sizeof text - 1);
    close(fd);
    const char *end = n > 0 ? strrchr(text, ')') : NULL;
    return !end || end[1] == '\0' || end[2] == 'Z' || end[2] == 'X';
}

static pid_t first_child(pid_t of)
{
    char path[64], text[512] = "";
    snprintf(path, sizeof path, "/proc/%d/task", of);
    DIR *d = opendir(path);
    pid_t found = 0;
    for (struct dirent *t; d && (t = readdir(d)) != NULL;) {
        char file[400];
        snprintf(file, sizeof file, "%s/%s/children", path, t->d_name);
        int fd = open(file, O_RDONLY | O_CLOEXEC);
        ssize_t n = fd < 0 ? 0 : read(fd, text, sizeof text - 1);
        if (fd >= 0)
            close(fd);
        if (n > 0)
            found = (pid_t)strtol(text, NULL, 10);
    }
    if (d)
        closedir(d);
    return found;
}

TEST(workers_die_with_their_parent)
{
    if (test_fault() || JAIL_OFF)
        return; /* a forked child of a test that has threads or counts allocations proves nothing */
    pid_t parent = fork();
    if (parent == 0) {
        hm_buf path = { 0 };
        book b = { 0 };
        jail_opts o = { .worker_path = helper(&path), .workers = 1, .done = note, .ctx = &b };
        jail_pool *pool = NULL;
        if (jail_open(&o, &pool, NULL) != HM_OK || submit(pool, JOB_SPIN, 0, 0, HM_NONE) != HM_OK)
            _exit(1);
        for (;;)
            pause();
    }
    CHECK("fork", parent > 0);
    pid_t worker = 0;
    struct timespec nap = { 0, 10000000 };
    for (int i = 0; i < 500 && worker == 0; i++) {
        nanosleep(&nap, NULL);
        worker = first_child(parent);
    }
    nanosleep(&(struct timespec){ 0, 200000000 }, NULL); /* it spins by now: end of file alone would not end it */
    CHECK("a worker", worker > 0 && !gone(worker));
    kill(parent, SIGKILL);
    waitpid(parent, NULL, 0);
    bool dead = false;
    for (int i = 0; i < 500 && !dead; i++) {
        nanosleep(&nap, NULL);
        dead = gone(worker);
    }
    CHECK("dead", dead);
}

TEST(a_worker_started_by_hand_ends)
{
    TEST_BUF path = { 0 };
    const char *worker = helper(&path);
    CHECK("there", *worker != '\0');
    pid_t pid = fork();
    if (pid == 0) {
        execl(worker, worker, "--jail", "1", "0", "0", (char *)NULL);
        _exit(99);
    }
    int status = 0;
    CHECK("wait", waitpid(pid, &status, 0) == pid);
    CHECK("usage", WIFEXITED(status) && WEXITSTATUS(status) == 2);
}
