/* lock - locking in: close descriptors, limits, capabilities, no new privileges, not dumpable, Landlock, seccomp.
 * The only platform code of the cage. Each step is listed in protocol.h (jail_step); all but Landlock must succeed,
 * seccomp may be missing with best_effort alone.
 * Invariants:
 * 1. After it, no path can be named, no socket made, no process or thread started, no memory made executable: the
 *    filter has no call for it, and what it has is bound to fixed descriptors where that is possible.
 * 2. A call that is not listed kills the process with SIGSYS, also by another architecture's numbers and by x32 ones.
 * 3. Landlock, where the kernel has it, handles every right that its version knows and allows none. */
#include "jail/lock.h"
#include "jail/protocol.h"
#include <errno.h>
#include <linux/capability.h>
#include <linux/close_range.h>
#include <seccomp.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

static hm_rc stuck(hm_err *err, jail_step step, int sys)
{
    hm_fail(err, HM_DENIED, DEFECT_JAIL_SETUP, HM_PLACE_NONE, 0, step);
    if (err)
        err->sys = sys;
    return HM_DENIED;
}

static int close_others(void)
{
    if (close_range(JAIL_FD_RING + 1, ~0U, 0) == 0)
        return 0;
    if (errno != ENOSYS)
        return errno;
    struct rlimit l;
    if (getrlimit(RLIMIT_NOFILE, &l) != 0)
        return errno;
    for (int fd = JAIL_FD_RING + 1; (rlim_t)fd < l.rlim_max && fd < 1 << 20; fd++)
        close(fd);
    return 0;
}

static int set_limits(const jail_lock_opts *o)
{
    const struct {
        __rlimit_resource_t what;
        rlim_t value;
    } LIMITS[] = {
        { RLIMIT_AS, o->memory_bytes },
        { RLIMIT_CPU, o->cpu_seconds },
        { RLIMIT_FSIZE, 0 },
        { RLIMIT_NPROC, 0 },
        { RLIMIT_CORE, 0 },
        { RLIMIT_NOFILE, JAIL_FD_RING + 1 + JAIL_FDS },
        { RLIMIT_MEMLOCK, 0 },
        { RLIMIT_MSGQUEUE, 0 },
    };
    for (size_t i = 0; i < HM_COUNT(LIMITS); i++) {
        struct rlimit now, want = { LIMITS[i].value, LIMITS[i].value };
        if (getrlimit(LIMITS[i].what, &now) != 0)
            return errno;
        if (now.rlim_max < want.rlim_max)
            want = (struct rlimit){ now.rlim_max, now.rlim_max };
        if (setrlimit(LIMITS[i].what, &want) != 0)
            return errno;
    }
    return 0;
}

static int drop_capabilities(void)
{
    struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };
    struct __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = { 0 };
    if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) != 0 && errno != EINVAL)
        return errno;
    return syscall(SYS_capset, &head, none) == 0 ? 0 : errno;
}

/* ---- Landlock: linux/landlock.h of Debian 12 knows version 2; the newer bits are written out here ---- */

enum { LANDLOCK_CREATE = 444, LANDLOCK_RESTRICT = 446, LANDLOCK_ASK_VERSION = 1 };

/* Returns the version in force, 0 when the kernel has none. */
static int landlock(void)
{
    struct {
        uint64_t fs, net, scoped;
    } rules = { 0 };
    static const struct {
        long abi;
        uint64_t fs, net, scoped;
    } KNOWN[] = {
        { 1, (1ULL << 13) - 1, 0, 0 }, /* execute, write, read, list, remove, make */
        { 2, 1ULL << 13, 0, 0 },       /* refer */
        { 3, 1ULL << 14, 0, 0 },       /* truncate */
        { 4, 0, 3, 0 },                /* bind and connect TCP */
        { 5, 1ULL << 15, 0, 0 },       /* ioctl on devices */
        { 6, 0, 0, 3 },                /* abstract unix sockets, signals */
    };
    long abi = syscall(LANDLOCK_CREATE, NULL, 0, LANDLOCK_ASK_VERSION);
    if (abi < 1)
        return 0;
    for (size_t i = 0; i < HM_COUNT(KNOWN); i++)
        if (abi >= KNOWN[i].abi) {
            rules.fs |= KNOWN[i].fs;
            rules.net |= KNOWN[i].net;
            rules.scoped |= KNOWN[i].scoped;
        }
    size_t size = abi >= 6 ? sizeof rules : abi >= 4 ? 2 * sizeof(uint64_t) : sizeof(uint64_t);
    long fd = syscall(LANDLOCK_CREATE, &rules, size, 0);
    if (fd < 0)
        return 0;
    long rc = syscall(LANDLOCK_RESTRICT, fd, 0);
    close((int)fd);
    return rc == 0 ? (int)abi : 0;
}

/* ---- seccomp ---- */

static int filter(void)
{
    struct row {
        int call;
        unsigned n;
        struct scmp_arg_cmp arg[2];
    };
    const uint32_t low = 0xffffffff; /* arguments that are int: the upper half of the register is noise */
    const scmp_datum_t self = (scmp_datum_t)getpid();
    const struct row ALLOW[] = {
        { SCMP_SYS(recvmsg), 1, { SCMP_A0(SCMP_CMP_MASKED_EQ, low, JAIL_FD_SOCKET) } },
        { SCMP_SYS(sendmsg), 1, { SCMP_A0(SCMP_CMP_MASKED_EQ, low, JAIL_FD_SOCKET) } },
        { SCMP_SYS(pread64), 0, { { 0 } } },
        { SCMP_SYS(read), 0, { { 0 } } }, /* standard input that comes as a pipe */
        { SCMP_SYS(close), 1, { SCMP_A0(SCMP_CMP_GE, JAIL_FD_RING + 1, 0) } },
        { SCMP_SYS(write),
          1,
          { SCMP_A0(SCMP_CMP_MASKED_EQ, low, STDERR_FILENO) } }, /* last words of abort; /dev/null */
        { SCMP_SYS(brk), 0, { { 0 } } },
        { SCMP_SYS(mmap),
          2,
          { SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0), SCMP_A3(SCMP_CMP_MASKED_EQ, MAP_ANONYMOUS, MAP_ANONYMOUS) } },
        { SCMP_SYS(mprotect), 1, { SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0) } },
        { SCMP_SYS(munmap), 0, { { 0 } } },
        { SCMP_SYS(mremap), 0, { { 0 } } },
        { SCMP_SYS(madvise), 0, { { 0 } } },
        { SCMP_SYS(futex), 0, { { 0 } } }, /* malloc's locks, never contended in one thread */
        { SCMP_SYS(clock_gettime), 0, { { 0 } } },
        { SCMP_SYS(gettid), 0, { { 0 } } }, /* these four: abort() ends in SIGABRT, so that our faults look like ours */
        { SCMP_SYS(getpid), 0, { { 0 } } },
        { SCMP_SYS(rt_sigprocmask), 0, { { 0 } } },
        { SCMP_SYS(tgkill), 1, { SCMP_A0(SCMP_CMP_MASKED_EQ, low, self) } },
        { SCMP_SYS(restart_syscall), 0, { { 0 } } },
        { SCMP_SYS(exit), 0, { { 0 } } },
        { SCMP_SYS(exit_group), 0, { { 0 } } },
    };
    scmp_filter_ctx f = seccomp_init(SCMP_ACT_KILL_PROCESS);
    if (!f)
        return ENOMEM;
    int rc = seccomp_attr_set(f, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS);
    for (size_t i = 0; !rc && i < HM_COUNT(ALLOW); i++)
        rc = seccomp_rule_add_array(f, SCMP_ACT_ALLOW, ALLOW[i].call, ALLOW[i].n, ALLOW[i].arg);
    errno = 0;
    if (!rc)
        rc = seccomp_load(f);
    int sys = rc == -ECANCELED && errno ? errno : -rc; /* the kernel refused: its own reason is in errno */
    seccomp_release(f);
    return sys;
}

hm_rc jail_lock_in(const jail_lock_opts *o, jail_state *ret_state, hm_err *err)
{
    jail_state s = { 0 };
    int sys = close_others();
    if (sys)
        return stuck(err, JAIL_STEP_CLOSE, sys);
    if (JAIL_OFF) {
        *ret_state = s;
        return HM_OK;
    }
    sys = set_limits(o);
    if (sys)
        return stuck(err, JAIL_STEP_RLIMITS, sys);
    s.rlimits = true;
    sys = drop_capabilities();
    if (sys)
        return stuck(err, JAIL_STEP_CAPS, sys);
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        return stuck(err, JAIL_STEP_NO_NEW_PRIVS, errno);
    s.no_new_privs = true;
    if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0)
        return stuck(err, JAIL_STEP_DUMPABLE, errno);
    s.landlock_abi = landlock();
    s.landlock = s.landlock_abi > 0;
    sys = filter();
    if (sys && !o->best_effort)
        return stuck(err, JAIL_STEP_SECCOMP, sys);
    s.seccomp = sys == 0;
    *ret_state = s;
    return HM_OK;
}
