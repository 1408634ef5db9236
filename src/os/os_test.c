/* os_test - files that appear whole or not at all, and paths that do not leave their root, by both ways of opening. */
#include "base/test.h"
#include "os/os_int.h"
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

typedef struct tree {
    char dir[40];
    int fd;
} tree;

static void remove_at(int dir, unsigned depth)
{
    DIR *d = depth < 8 ? fdopendir(dir) : NULL;
    for (struct dirent *e; d && (e = readdir(d)) != NULL;) {
        if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
            continue;
        if (unlinkat(dirfd(d), e->d_name, 0) == 0)
            continue;
        int fd = openat(dirfd(d), e->d_name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        if (fd >= 0)
            remove_at(fd, depth + 1);
        unlinkat(dirfd(d), e->d_name, AT_REMOVEDIR);
    }
    if (d)
        closedir(d);
}

static void tree_clear(tree *t)
{
    if (t->fd >= 0) {
        remove_at(dup(t->fd), 0);
        close(t->fd);
        rmdir(t->dir);
    }
}

static bool put(const tree *t, const char *name, hm_str bytes)
{
    int fd = openat(t->fd, name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    bool ok = fd >= 0 && write(fd, bytes.p, bytes.n) == (ssize_t)bytes.n;
    if (fd >= 0)
        close(fd);
    return ok;
}

#define TREE(name)                                                                                                     \
    HM_AUTO(tree_clear) tree name = { .dir = "/tmp/os-test-XXXXXX", .fd = -1 };                                        \
    CHECK("mkdtemp", mkdtemp(name.dir) != NULL);                                                                       \
    name.fd = open(name.dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);                                                      \
    CHECK("tree", name.fd >= 0)

static const char *in_tree(const tree *t, const char *name, char path[128])
{
    snprintf(path, 128, "%s/%s", t->dir, name);
    return path;
}

static bool holds(const char *path, hm_str want)
{
    hm_buf b = { 0 };
    bool ok = os_read_file(path, 1 << 20, &b, NULL) == HM_OK && hm_str_eq(hm_buf_view(&b), want);
    hm_buf_clear(&b);
    return ok;
}

static size_t entries(const tree *t)
{
    size_t n = 0;
    DIR *d = opendir(t->dir);
    while (d && readdir(d))
        n++;
    if (d)
        closedir(d);
    return n > 2 ? n - 2 : 0;
}

/* ---- reading ---- */

TEST(a_file_is_read_up_to_its_limit)
{
    TREE(t);
    char path[128];
    CHECK("put", put(&t, "five", HM_STR("12345")) && put(&t, "empty", HM_NONE));
    static const struct {
        const char *name;
        const char *file;
        uint64_t max;
        size_t limit;
        hm_rc rc;
        hm_defect defect;
    } T[] = {
        { "fits", "five", 5, 0, HM_OK, DEFECT_NONE },
        { "room left", "five", 1 << 20, 0, HM_OK, DEFECT_NONE },
        { "no bound", "five", UINT64_MAX, 0, HM_OK, DEFECT_NONE },
        { "one too many", "five", 4, 0, HM_LIMIT, DEFECT_TOO_LARGE },
        { "nothing allowed", "five", 0, 0, HM_LIMIT, DEFECT_TOO_LARGE },
        { "empty", "empty", 0, 0, HM_OK, DEFECT_NONE },
        { "buffer's own limit holds it", "five", 100, 7, HM_OK, DEFECT_NONE },
        { "buffer's own limit", "five", 100, 6, HM_LIMIT, DEFECT_TOO_LARGE },
        { "absent", "none", 100, 0, HM_NOTFOUND, DEFECT_OPEN },
        { "directory", ".", 100, 0, HM_IO, DEFECT_READ },
    };
    for (size_t i = 0; i < HM_COUNT(T); i++) {
        TEST_BUF b = { .limit = T[i].limit };
        hm_buf_c(&b, "==");
        CHECK("start", !b.bad);
        hm_err e = { 0 };
        CHECK_EQ(T[i].name, os_read_file(in_tree(&t, T[i].file, path), T[i].max, &b, &e), T[i].rc);
        CHECK_EQ(T[i].name, e.defect, T[i].defect);
        CHECK_STR(T[i].name, hm_buf_view(&b), T[i].rc ? HM_STR("==") : T[i].max ? HM_STR("==12345") : HM_STR("=="));
    }
}

TEST(a_file_without_size_is_read_to_its_end)
{
    TEST_BUF b = { 0 };
    CHECK_EQ("proc", os_read_file("/proc/self/status", 1 << 20, &b, NULL), HM_OK);
    CHECK("something", b.n > 100);
    int pair[2];
    CHECK("pipe", pipe2(pair, O_CLOEXEC) == 0);
    char path[64];
    snprintf(path, sizeof path, "/proc/self/fd/%d", pair[0]);
    CHECK("write", write(pair[1], "abc", 3) == 3);
    close(pair[1]);
    hm_buf_reset(&b);
    hm_rc rc = os_read_file(path, 3, &b, NULL);
    close(pair[0]);
    int over[2];
    CHECK("pipe", pipe2(over, O_CLOEXEC) == 0);
    snprintf(path, sizeof path, "/proc/self/fd/%d", over[0]);
    ssize_t put_n = write(over[1], "abcd", 4);
    close(over[1]);
    TEST_BUF c = { 0 };
    hm_err e = { 0 };
    hm_rc over_rc = os_read_file(path, 3, &c, &e);
    close(over[0]);
    CHECK("one more than allowed, seen only at the end", put_n == 4 && over_rc != HM_OK && c.n == 0);
    CHECK("defect", e.rc == HM_NOMEM || (e.defect == DEFECT_TOO_LARGE && e.arg[0] == 3));
    CHECK_EQ("pipe", rc, HM_OK);
    CHECK_STR("pipe", hm_buf_view(&b), HM_STR("abc"));
}

/* ---- writing ---- */

static void drop(os_writer **w)
{
    os_writer_abandon(*w);
    *w = NULL;
}

static hm_rc finish(os_writer **w, hm_err *err)
{
    os_writer *mine = *w;
    *w = NULL;
    return os_writer_close(mine, err);
}

TEST(a_written_file_replaces_the_old_one_whole)
{
    TREE(t);
    char path[128], link[128];
    in_tree(&t, "out.json", path);
    in_tree(&t, "link", link);
    TEST_BUF big = { 0 };
    for (size_t i = 0; i < 200000; i++)
        hm_buf_byte(&big, (char)('a' + (char)(i % 26)));
    CHECK("big", !big.bad);

    HM_AUTO(drop) os_writer *w = NULL;
    hm_err e = { 0 };
    CHECK_EQ("open", os_writer_open(path, &w, &e), HM_OK);
    CHECK("put", os_writer_put(w, HM_STR("old ")) && os_writer_put(w, HM_STR("one")));
    CHECK("not there yet", access(path, F_OK) != 0);
    CHECK_EQ("close", finish(&w, &e), HM_OK);
    CHECK("there", holds(path, HM_STR("old one")));
    CHECK_EQ("nothing else", entries(&t), 1);

    CHECK("mode", chmod(path, 0640) == 0 && symlink("out.json", link) == 0);
    CHECK_EQ("open", os_writer_open(link, &w, &e), HM_OK);
    for (size_t at = 0; at < big.n;) { /* pieces below, at and over the buffer's size */
        size_t n = at % 7 == 0 ? 70000 : 65536 - at % 3;
        CHECK("put", os_writer_put(w, hm_str_sub(hm_buf_view(&big), at, n)));
        at += n;
    }
    CHECK("old until closed", holds(path, HM_STR("old one")));
    CHECK_EQ("close", finish(&w, &e), HM_OK);
    CHECK("new", holds(path, hm_buf_view(&big)));
    struct stat st;
    CHECK("link stays", lstat(link, &st) == 0 && S_ISLNK(st.st_mode));
    CHECK("mode stays", stat(path, &st) == 0 && (st.st_mode & 0777) == 0640);
    CHECK_EQ("nothing else", entries(&t), 2);
}

TEST(an_abandoned_or_impossible_file_leaves_nothing)
{
    TREE(t);
    char path[128];
    CHECK("put", put(&t, "f", HM_STR("before")));
    HM_AUTO(drop) os_writer *w = NULL;
    hm_err e = { 0 };
    CHECK_EQ("open", os_writer_open(in_tree(&t, "f", path), &w, &e), HM_OK);
    bool ok = os_writer_put(w, HM_STR("after"));
    drop(&w);
    CHECK("put", ok);
    CHECK("before", holds(path, HM_STR("before")));
    CHECK_EQ("alone", entries(&t), 1);
    os_writer_abandon(NULL);
    CHECK("no such directory", os_writer_open(in_tree(&t, "no/f", path), &w, &e) != HM_OK);
    CHECK_EQ("defect", e.defect, e.rc == HM_NOMEM ? e.defect : DEFECT_WRITE);
    CHECK("a directory", os_writer_open(t.dir, &w, &e) != HM_OK);
    CHECK_EQ("alone", entries(&t), 1);
}

TEST(a_device_is_written_and_not_replaced)
{
    os_writer *w = NULL;
    hm_err e = { 0 };
    CHECK_EQ("null", os_writer_open("/dev/null", &w, &e), HM_OK);
    bool ok = os_writer_put(w, HM_STR("x"));
    CHECK_EQ("close", os_writer_close(w, &e), HM_OK);
    CHECK("put", ok);
    struct stat st;
    CHECK("still a device", stat("/dev/null", &st) == 0 && S_ISCHR(st.st_mode));
    CHECK_EQ("full", os_writer_open("/dev/full", &w, &e), HM_OK);
    (void)os_writer_put(w, HM_STR("x"));
    CHECK_EQ("full", os_writer_close(w, &e), HM_IO);
    CHECK_EQ("full", e.sys, ENOSPC);
    CHECK_EQ("full", e.defect, DEFECT_WRITE);
    TREE(t);
    char path[128];
    CHECK("pipe", mkfifo(in_tree(&t, "pipe", path), 0600) == 0);
    int reader = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    char back[8] = "";
    hm_rc rc = os_writer_open(path, &w, &e);
    if (rc == HM_OK) {
        ok = os_writer_put(w, HM_STR("piped"));
        rc = os_writer_close(w, &e);
    }
    ssize_t n = read(reader, back, sizeof back);
    close(reader);
    CHECK_EQ("pipe", rc, HM_OK);
    CHECK("piped", ok && n == 5 && memcmp(back, "piped", 5) == 0);
    CHECK("still a pipe", stat(path, &st) == 0 && S_ISFIFO(st.st_mode));
}

/* Standard output whose reader went away: an error, not a signal, and sticky. */
TEST(a_reader_that_went_away_is_an_error)
{
    os_ignore_sigpipe();
    int pair[2], saved = dup(STDOUT_FILENO);
    fflush(stdout);
    CHECK("pipe", pipe2(pair, O_CLOEXEC) == 0 && dup2(pair[1], STDOUT_FILENO) >= 0);
    close(pair[1]);
    close(pair[0]);
    os_writer *w = NULL;
    hm_err e = { 0 };
    static const char MUCH[200000] = "x";
    bool second = true;
    hm_rc open_rc = os_writer_open("-", &w, &e), rc = HM_OK;
    if (open_rc == HM_OK) {
        (void)os_writer_put(w, (hm_str){ MUCH, sizeof MUCH });
        second = os_writer_put(w, HM_STR("y"));
        rc = os_writer_close(w, &e);
    }
    dup2(saved, STDOUT_FILENO);
    close(saved);
    CHECK_EQ("open", open_rc, HM_OK);
    CHECK("sticky", !second);
    CHECK_EQ("rc", rc, HM_IO);
    CHECK_EQ("sys", e.sys, EPIPE);
    CHECK("stdout was not closed", fcntl(STDOUT_FILENO, F_GETFD) >= 0);
}

/* ---- below a root ---- */

typedef int opener(int root, const char *rel, int flags, int *ret_sys);

TEST(nothing_leaves_the_root)
{
    TREE(t);
    CHECK("dirs", mkdirat(t.fd, "a", 0755) == 0 && mkdirat(t.fd, "a/b", 0755) == 0);
    CHECK("files", put(&t, "a/b/f", HM_STR("file")) && put(&t, "top", HM_STR("top")));
    CHECK("links", symlinkat("/etc", t.fd, "abs") == 0 && symlinkat("..", t.fd, "up") == 0 &&
                       symlinkat("a", t.fd, "inside") == 0 && symlinkat("f", t.fd, "a/b/l") == 0 &&
                       symlinkat("none", t.fd, "dangling") == 0 && symlinkat("loop", t.fd, "loop") == 0);
    CHECK("pipe", mkfifoat(t.fd, "pipe", 0600) == 0);
    char name256[300], deep[5000];
    memset(name256, 'n', 256);
    name256[256] = '\0';
    memset(deep, 'd', sizeof deep);
    deep[sizeof deep - 1] = '\0';
    const struct {
        const char *rel;
        int flags, sys; /* 0: opens */
    } T[] = {
        { "top", O_RDONLY, 0 },
        { "a/b/f", O_RDONLY, 0 },
        { "a//b/./f", O_RDONLY, 0 },
        { "./top", O_RDONLY, 0 },
        { "a/b", O_RDONLY | O_DIRECTORY, 0 },
        { "a/b/", O_RDONLY, 0 },
        { ".", O_RDONLY | O_DIRECTORY, 0 },
        { "pipe", O_RDONLY, 0 }, /* without waiting for a writer */
        { "dangling", O_PATH | O_NOFOLLOW, 0 },
        { "a/b/f", O_PATH, 0 },
        { "", O_RDONLY, EINVAL },
        { "/etc/passwd", O_RDONLY, EXDEV },
        { "/", O_RDONLY, EXDEV },
        { "..", O_RDONLY, EXDEV },
        { "../etc", O_RDONLY, EXDEV },
        { "a/../top", O_RDONLY, EXDEV },
        { "a/..", O_RDONLY, EXDEV },
        { "abs", O_RDONLY, ELOOP },
        { "abs/passwd", O_RDONLY, ELOOP },
        { "abs", O_PATH, ELOOP },
        { "up", O_RDONLY | O_DIRECTORY, ELOOP },
        { "up/tmp", O_RDONLY, ELOOP },
        { "inside/b/f", O_RDONLY, ELOOP },
        { "a/b/l", O_RDONLY, ELOOP },
        { "loop", O_RDONLY, ELOOP },
        { "dangling", O_RDONLY, ELOOP },
        { "none", O_RDONLY, ENOENT },
        { "none/f", O_RDONLY, ENOENT },
        { "top/f", O_RDONLY, ENOTDIR },
        { "top/", O_RDONLY, ENOTDIR },
        { "top", O_RDONLY | O_DIRECTORY, ENOTDIR },
        { name256, O_RDONLY, ENAMETOOLONG },
        { deep, O_RDONLY, ENAMETOOLONG },
        { "new", O_RDWR | O_CREAT, EINVAL },
        { "top", O_RDWR | O_TRUNC, EINVAL },
    };
    opener *const OPEN[] = { os_open_below, os_open_below_steps };
    for (size_t i = 0; i < HM_COUNT(T); i++)
        for (size_t k = 0; k < HM_COUNT(OPEN); k++) {
            int sys = 0, fd = OPEN[k](t.fd, T[i].rel, T[i].flags, &sys);
            int fd_flags = fd >= 0 ? fcntl(fd, F_GETFD) : 0, how = fd >= 0 ? fcntl(fd, F_GETFL) : 0;
            if (fd >= 0)
                close(fd);
            CHECK(T[i].rel, (fd >= 0) == (T[i].sys == 0));
            CHECK_EQ(T[i].rel, sys, T[i].sys);
            CHECK(T[i].rel, fd < 0 || fd_flags & FD_CLOEXEC);
            CHECK(T[i].rel, fd < 0 || how & (O_NONBLOCK | O_PATH));
        }
    CHECK("the root is still ours", fcntl(t.fd, F_GETFD) >= 0);
    CHECK("top is whole", faccessat(t.fd, "new", F_OK, 0) != 0);
}

/* A directory that turns into a link to / and back, as fast as it can. */
typedef struct swapper {
    int root;
    _Atomic bool stop;
} swapper;
static void *swap(void *ctx)
{
    swapper *s = ctx;
    while (!s->stop)
        renameat2(s->root, "d", s->root, "l", RENAME_EXCHANGE);
    return NULL;
}

TEST(a_race_does_not_leave_the_root)
{
    TREE(t);
    CHECK("tree",
          mkdirat(t.fd, "d", 0755) == 0 && put(&t, "d/passwd", HM_STR("ours")) && symlinkat("/etc", t.fd, "l") == 0);
    swapper s = { .root = t.fd };
    pthread_t thread;
    CHECK_EQ("thread", pthread_create(&thread, NULL, swap, &s), 0);
    opener *const OPEN[] = { os_open_below, os_open_below_steps };
    bool foreign = false;
    size_t opened = 0, refused = 0;
    for (size_t i = 0; i < (test_fault() ? 100U : 20000U); i++) {
        int sys = 0, fd = OPEN[i % 2](t.fd, "d/passwd", O_RDONLY, &sys);
        char back[5] = "";
        if (fd < 0) {
            refused++;
            continue;
        }
        opened++;
        foreign = foreign || pread(fd, back, 4, 0) != 4 || strcmp(back, "ours") != 0;
        close(fd);
    }
    s.stop = true;
    pthread_join(thread, NULL);
    CHECK("ours alone", !foreign);
    CHECK("both happened", test_fault() || (opened && refused));
}

TEST(file_systems_are_told_apart)
{
    int proc = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC),
        sys = open("/sys", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int dev = open("/dev", O_RDONLY | O_DIRECTORY | O_CLOEXEC), tmp = open("/tmp", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    /* in a bare root they are plain folders: only what is mounted is judged */
    bool p = access("/proc/self", F_OK) != 0 || os_is_pseudo_fs(proc);
    bool s = access("/sys/kernel", F_OK) != 0 || os_is_pseudo_fs(sys);
    bool d = access("/dev/pts/ptmx", F_OK) != 0 || dev < 0 || os_is_pseudo_fs(dev);
    bool f = os_is_pseudo_fs(tmp);
    bool network = os_is_network_fs(proc) || os_is_network_fs(tmp);
    close(proc);
    close(sys);
    close(dev);
    close(tmp);
    CHECK("proc", p);
    CHECK("sys", s);
    CHECK("dev", d);
    CHECK("tmp", !f);
    CHECK("network", !network);
    CHECK("no descriptor", !os_is_pseudo_fs(-1) && !os_is_network_fs(-1));
    static const struct {
        const char *name;
        uint64_t magic;
        bool pseudo, network;
    } T[] = {
        { "proc", 0x9fa0, true, false },        { "sysfs", 0x62656572, true, false },
        { "cgroup2", 0x63677270, true, false }, { "autofs", 0x187, true, false },
        { "nfs", 0x6969, false, true },         { "smb3", 0xfe534d42, false, true },
        { "9p", 0x01021997, false, true },      { "ext4", 0xef53, false, false },
        { "xfs", 0x58465342, false, false },    { "overlay", 0x794c7630, false, false },
        { "tmpfs", 0x01021994, false, false },  { "btrfs", 0x9123683e, false, false },
        { "fuse", 0x65735546, false, false },   { "squashfs", 0x73717368, false, false },
    };
    for (size_t i = 0; i < HM_COUNT(T); i++) {
        CHECK_EQ(T[i].name, os_pseudo_magic(T[i].magic), T[i].pseudo);
        CHECK_EQ(T[i].name, os_network_magic(T[i].magic), T[i].network);
    }
}

/* ---- machine ---- */

TEST(time_is_fixed_by_source_date_epoch_alone)
{
    static const struct {
        const char *value;
        bool fixed;
        hm_time t;
    } T[] = {
        { "1700000000", true, 1700000000LL * 1000000 },
        { "0", true, 0 },
        { "253402300799", true, 253402300799LL * 1000000 },
        { "253402300800", false, 0 },
        { "", false, 0 },
        { "-1", false, 0 },
        { "12x", false, 0 },
        { "99999999999999999999", false, 0 },
    };
    hm_time now = os_now();
    CHECK("after 2024", now > 1704067200LL * 1000000);
    for (size_t i = 0; i < HM_COUNT(T); i++) {
        bool fixed = !T[i].fixed;
        setenv("SOURCE_DATE_EPOCH", T[i].value, 1);
        hm_time t = os_now_or_epoch(&fixed);
        unsetenv("SOURCE_DATE_EPOCH");
        CHECK_EQ(T[i].value, fixed, T[i].fixed);
        CHECK(T[i].value, fixed ? t == T[i].t : t >= now);
    }
    uint64_t a = os_monotonic_us(), b = os_monotonic_us();
    CHECK("does not go back", b >= a);
}

TEST(the_machine_is_described)
{
    CHECK("cores", os_cores() >= 1 && os_cores() <= 64);
    CHECK("peak", os_peak_bytes() > 100 << 10);
    uint8_t a[32] = { 0 }, b[32] = { 0 };
    CHECK("random", os_random(a, sizeof a) && os_random(b, sizeof b));
    CHECK("differs", memcmp(a, b, sizeof a) != 0);
    setenv("OS_TEST", "", 1);
    CHECK("empty is unset", os_env("OS_TEST") == NULL);
    setenv("OS_TEST", "v", 1);
    CHECK("value", os_env("OS_TEST") && strcmp(os_env("OS_TEST"), "v") == 0);
    unsetenv("OS_TEST");
    CHECK("unset", os_env("OS_TEST") == NULL);
}

TEST(a_signal_is_seen_and_kills_nobody)
{
    pid_t pid = fork();
    if (pid == 0) {
        os_catch_signals();
        int before = os_caught_signal();
        raise(SIGTERM);
        _exit(before == 0 && os_caught_signal() == SIGTERM && os_caught_signal() == SIGTERM ? 7 : 8);
    }
    int status = 0;
    CHECK("wait", waitpid(pid, &status, 0) == pid);
    CHECK("seen", WIFEXITED(status) && WEXITSTATUS(status) == 7);
}

TEST(helpers_are_found_beside_the_program)
{
    TEST_BUF path = { 0 };
    hm_err e = { 0 };
    hm_buf_c(&path, "");
    CHECK("absent", os_helper_path("no-such-helper", &path, &e) != HM_OK);
    CHECK("absent", e.rc == HM_NOMEM || (e.rc == HM_NOTFOUND && e.defect == DEFECT_SPAWN));
    CHECK_EQ("untouched", path.n, 0);
    char self[4096];
    ssize_t n = readlink("/proc/self/exe", self, sizeof self);
    CHECK("self", n > 0);
    hm_str exe = { self, (size_t)n };
    char name[256];
    snprintf(name, sizeof name, "%.*s", (int)hm_path_base(exe).n, hm_path_base(exe).p);
    CHECK_EQ("self", os_helper_path(name, &path, &e), HM_OK);
    CHECK_STR("self", hm_buf_view(&path), exe);
    CHECK("usable as a C string", strlen(path.p) == path.n);
}

/* ---- terminal ---- */

TEST(what_is_no_terminal_gets_no_colour_and_no_progress)
{
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);
    bool tty = os_is_tty(null), colour = os_want_colour(null);
    unsigned columns = os_columns(null);
    int saved = dup(STDERR_FILENO);
    dup2(null, STDERR_FILENO);
    os_progress *p = os_progress_new(true), *off = os_progress_new(false);
    bool due = os_progress_due(p);
    os_progress_show(p, HM_STR("nothing"));
    os_progress_free(p);
    dup2(saved, STDERR_FILENO);
    close(saved);
    close(null);
    CHECK("tty", !tty && !colour);
    CHECK_EQ("columns", columns, 80);
    CHECK("no progress", !p && !off && !due);
}

TEST(progress_draws_one_line_and_erases_it)
{
    int master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
    CHECK("terminal", master >= 0 && grantpt(master) == 0 && unlockpt(master) == 0);
    char name[64];
    CHECK("name", ptsname_r(master, name, sizeof name) == 0);
    int slave = open(name, O_RDWR | O_NOCTTY | O_CLOEXEC), saved = dup(STDERR_FILENO);
    dup2(slave, STDERR_FILENO);
    os_progress *p = os_progress_new(true);
    bool first = os_progress_due(p), second = os_progress_due(p);
    os_progress_show(p, HM_STR("10 files"));
    os_progress_free(p);
    setenv("TERM", "xterm", 1);
    bool colour = os_want_colour(slave);
    setenv("NO_COLOR", "1", 1);
    bool no_colour = os_want_colour(slave);
    unsetenv("NO_COLOR");
    setenv("TERM", "dumb", 1);
    bool dumb = os_want_colour(slave);
    dup2(saved, STDERR_FILENO);
    close(saved);
    char seen[64] = "";
    fcntl(master, F_SETFL, O_NONBLOCK);
    ssize_t n = read(master, seen, sizeof seen - 1);
    close(slave);
    close(master);
    CHECK("colour", colour && !no_colour && !dumb);
    CHECK("made", p != NULL);
    CHECK("once in a while", first && !second);
    CHECK_STR("drawn and erased", ((hm_str){ seen, n > 0 ? (size_t)n : 0 }), HM_STR("\r10 files\x1b[K\r\x1b[K"));
}
