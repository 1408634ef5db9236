/* spawn - starts a worker with posix_spawn: no code of ours runs between fork and exec, so threads do not matter.
 * The child's descriptors are those of protocol.h (7); it closes all others itself before it reads a byte. */
#include "jail/spawn.h"
#include "jail/protocol.h"
#include "os/os.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>
#ifndef F_SEAL_FUTURE_WRITE
#define F_SEAL_FUTURE_WRITE 0x0010
#endif

enum { FIRST_OWN_FD = 16, ARG_TEXT = 24 }; /* above every number that dup2 will take in the child */

static hm_rc no_ring(hm_err *err, int sys)
{
    hm_fail(err, HM_DENIED, DEFECT_JAIL_SETUP, HM_PLACE_NONE, 0, JAIL_STEP_RING);
    if (err)
        err->sys = sys;
    return HM_DENIED;
}

/* The same file through a descriptor that cannot write; -1 where /proc is not there. */
static int read_only(int fd)
{
    char path[sizeof "/proc/self/fd/" + ARG_TEXT];
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    return open(path, O_RDONLY | O_CLOEXEC);
}

hm_rc jail_ring_new(char **ret_map, int *ret_fd, hm_err *err)
{
    int fd = memfd_create("hoshimori-ring", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (fd < 0 || ftruncate(fd, JAIL_RING_BYTES) != 0) {
        int sys = errno;
        if (fd >= 0)
            close(fd);
        return no_ring(err, sys);
    }
    void *map = mmap(NULL, JAIL_RING_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    bool sealed = fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_FUTURE_WRITE) == 0;
    int sys = errno;
    if (!sealed)
        (void)fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW);
    int reader = read_only(fd);
    if (reader >= 0 || !sealed) {
        close(fd);
        fd = reader;
    }
    if (map == MAP_FAILED || fd < 0) {
        jail_ring_free(map == MAP_FAILED ? NULL : map, fd);
        return no_ring(err, sys);
    }
    *ret_map = map;
    *ret_fd = fd;
    return HM_OK;
}

void jail_ring_free(char *map, int fd)
{
    if (map)
        munmap(map, JAIL_RING_BYTES);
    if (fd >= 0)
        close(fd);
}

hm_rc jail_memfd(hm_str bytes, int *ret_fd, hm_err *err)
{
    int fd = memfd_create("hoshimori-extra", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (fd < 0)
        return hm_fail_sys(err, DEFECT_WRITE, errno);
    while (bytes.n) {
        ssize_t n = write(fd, bytes.p, bytes.n);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0) {
            int sys = n < 0 ? errno : EIO;
            close(fd);
            return hm_fail_sys(err, DEFECT_WRITE, sys);
        }
        bytes = hm_str_from(bytes, (size_t)n);
    }
    if (fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL) != 0) {
        int sys = errno;
        close(fd);
        return hm_fail_sys(err, DEFECT_WRITE, sys);
    }
    *ret_fd = fd;
    return HM_OK;
}

/* What of our environment a worker gets: nothing that code of ours reads. Its time zone is always UTC, so that results
 * depend on nobody's; and without TZ the C library looks for /etc/localtime at each use (libarchive's zip reader), which
 * the cage answers with death. */
static size_t environment(char **out, size_t cap)
{
    static const char *const KEEP[] = { "LD_LIBRARY_PATH=", "ASAN_OPTIONS=", "UBSAN_OPTIONS=",
                                        "LSAN_OPTIONS=",    "TSAN_OPTIONS=", "MSAN_OPTIONS=" };
    size_t n = 0;
    out[n++] = (char *)(uintptr_t) "TZ=UTC0"; /* posix_spawn does not write to it */
    for (char **e = environ; e && *e; e++)
        for (size_t i = 0; i < HM_COUNT(KEEP) && n + 1 < cap; i++)
            if (strncmp(*e, KEEP[i], strlen(KEEP[i])) == 0) {
                out[n++] = *e;
                break;
            }
    out[n] = NULL;
    return n;
}

static int child_files(posix_spawn_file_actions_t *a, int socket, int ring_fd)
{
    int sys = posix_spawn_file_actions_addopen(a, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    if (!sys)
        sys = posix_spawn_file_actions_addopen(a, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    if (!sys && !JAIL_OFF) /* foreign bytes never reach a terminal; under a sanitizer its report must be seen */
        sys = posix_spawn_file_actions_addopen(a, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    if (!sys)
        sys = posix_spawn_file_actions_adddup2(a, socket, JAIL_FD_SOCKET);
    if (!sys)
        sys = posix_spawn_file_actions_adddup2(a, ring_fd, JAIL_FD_RING);
    return sys;
}

static int child_signals(posix_spawnattr_t *attr)
{
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    int sys = posix_spawnattr_setsigmask(attr, &none);
    if (!sys)
        sys = posix_spawnattr_setsigdefault(attr, &all);
    if (!sys)
        sys = posix_spawnattr_setflags(attr, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    return sys;
}

static int start(const jail_spawn_opts *o, int socket, int ring_fd, pid_t *ret_pid)
{
    char name[] = "hoshimori-worker", jail[] = "--jail", parent[ARG_TEXT], memory[ARG_TEXT], cpu[ARG_TEXT], effort[2];
    char *path = (char *)(uintptr_t)o->path;
    char *argv[] = { name, jail, parent, memory, cpu, effort, NULL };
    char *env[16];
    snprintf(parent, sizeof parent, "%lld", (long long)getpid());
    snprintf(memory, sizeof memory, "%llu", (unsigned long long)o->memory_bytes);
    snprintf(cpu, sizeof cpu, "%llu", (unsigned long long)o->cpu_seconds);
    snprintf(effort, sizeof effort, "%d", o->best_effort);
    environment(env, HM_COUNT(env));

    posix_spawn_file_actions_t files;
    posix_spawnattr_t attr;
    int sys = posix_spawn_file_actions_init(&files);
    if (sys)
        return sys;
    sys = posix_spawnattr_init(&attr);
    if (!sys) {
        sys = child_files(&files, socket, ring_fd);
        if (!sys)
            sys = child_signals(&attr);
        if (!sys)
            sys = posix_spawn(ret_pid, path, &files, &attr, argv, env);
        posix_spawnattr_destroy(&attr);
    }
    posix_spawn_file_actions_destroy(&files);
    return sys;
}

static void close_all(const int *fd, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (fd[i] >= 0)
            close(fd[i]);
}

hm_rc jail_spawn(const jail_spawn_opts *o, int ring_fd, pid_t *ret_pid, int *ret_socket, hm_err *err)
{
    int pair[2] = { -1, -1 };
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0)
        return hm_fail_sys(err, DEFECT_SPAWN, errno);
    int fds[] = { pair[0], pair[1], fcntl(pair[1], F_DUPFD_CLOEXEC, FIRST_OWN_FD),
                  fcntl(ring_fd, F_DUPFD_CLOEXEC, FIRST_OWN_FD) };
    int sys = fds[2] < 0 || fds[3] < 0 ? EMFILE : start(o, fds[2], fds[3], ret_pid);
    if (sys) {
        close_all(fds, HM_COUNT(fds));
        return hm_fail_sys(err, DEFECT_SPAWN, sys);
    }
    close_all(fds + 1, HM_COUNT(fds) - 1);
    *ret_socket = pair[0];
    return HM_OK;
}

uint64_t jail_peak_of(pid_t pid)
{
    char path[sizeof "/proc//status" + ARG_TEXT];
    char text[8192]; /* no heap: called while a worker is being buried */
    snprintf(path, sizeof path, "/proc/%lld/status", (long long)pid);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof text);
    if (fd >= 0)
        close(fd);
    hm_str rest = { text, n > 0 ? (size_t)n : 0 }, line;
    uint64_t kib;
    while (hm_str_line(&rest, &line))
        if (hm_str_starts(line, HM_STR("VmHWM:"))) {
            line = hm_str_trim(hm_str_from(line, 6));
            if (hm_str_u64(hm_str_cut(line, ' ', &line), &kib) && kib < UINT64_MAX / 1024)
                return kib * 1024;
        }
    return 0;
}
