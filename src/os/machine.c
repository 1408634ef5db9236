/* machine - time, chance, cores, memory, environment, signals.
 * Signals without a handler and so without a global: the three are blocked in the first thread before any other starts,
 * stay pending, and os_caught_signal looks. What was ignored (nohup) stays ignored. Started programs must unblock. */
#include "os/os.h"
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <time.h>

hm_time os_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return (hm_time)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

hm_time os_now_or_epoch(bool *ret_fixed)
{
    const char *text = os_env("SOURCE_DATE_EPOCH");
    uint64_t seconds = 0;
    /* 253402300799: the last second of year 9999, the last that RFC 3339 can say */
    bool fixed = text && hm_str_u64(hm_str_c(text), &seconds) && seconds <= 253402300799ULL;
    if (ret_fixed)
        *ret_fixed = fixed;
    return fixed ? (hm_time)seconds * 1000000 : os_now();
}

uint64_t os_monotonic_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

bool os_random(void *p, size_t n)
{
    char *to = p;
    while (n) {
        ssize_t got = getrandom(to, n, 0);
        if (got > 0) {
            to += got;
            n -= (size_t)got;
        } else if (got == 0 || errno != EINTR)
            return false;
    }
    return true;
}

unsigned os_cores(void)
{
    enum { MAX_CPU = 8192, MAX_CORES = 64 };
    cpu_set_t set[MAX_CPU / CPU_SETSIZE];
    CPU_ZERO_S(sizeof set, set);
    if (sched_getaffinity(0, sizeof set, set) != 0)
        return 1;
    int n = CPU_COUNT_S(sizeof set, set);
    return n < 1 ? 1 : n > MAX_CORES ? MAX_CORES : (unsigned)n;
}

/* VmHWM first: ru_maxrss also counts the program that started us, up to the exec. */
uint64_t os_peak_bytes(void)
{
    HM_AUTO(hm_buf_clear) hm_buf text = { 0 };
    hm_str rest, line;
    uint64_t kib;
    if (os_read_file("/proc/self/status", 1 << 20, &text, NULL) == HM_OK) {
        rest = hm_buf_view(&text);
        while (hm_str_line(&rest, &line))
            if (hm_str_starts(line, HM_STR("VmHWM:"))) {
                line = hm_str_trim(hm_str_from(line, 6));
                if (hm_str_u64(hm_str_cut(line, ' ', &line), &kib) && kib < UINT64_MAX / 1024)
                    return kib * 1024;
            }
    }
    struct rusage u;
    return getrusage(RUSAGE_SELF, &u) == 0 && u.ru_maxrss > 0 ? (uint64_t)u.ru_maxrss * 1024 : 0;
}

const char *os_env(const char *name)
{
    const char *v = getenv(name);
    return v && *v ? v : NULL;
}

/* ---- signals ---- */

static void the_three(sigset_t *s)
{
    sigemptyset(s);
    sigaddset(s, SIGINT);
    sigaddset(s, SIGTERM);
    sigaddset(s, SIGHUP);
}

void os_catch_signals(void)
{
    sigset_t s;
    the_three(&s);
    sigprocmask(SIG_BLOCK, &s, NULL);
    signal(SIGCHLD, SIG_DFL); /* ignored by a careless parent, ended workers would vanish and their numbers be reused */
}

int os_caught_signal(void)
{
    static const int THREE[] = { SIGINT, SIGTERM, SIGHUP };
    sigset_t s;
    if (sigpending(&s) == 0)
        for (size_t i = 0; i < HM_COUNT(THREE); i++)
            if (sigismember(&s, THREE[i]) == 1)
                return THREE[i];
    return 0;
}

void os_ignore_sigpipe(void)
{
    signal(SIGPIPE, SIG_IGN);
}
