/* term - the terminal and its one status line. The line is drawn whole in one write, so that threads do not mix. */
#include "os/os.h"
#include <stdatomic.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { REDRAW_US = 100000 };

struct os_progress {
    _Atomic uint64_t last_us; /* of the last redraw; 0: none yet */
    atomic_bool drawn;
};

bool os_is_tty(int fd)
{
    return isatty(fd) == 1;
}

unsigned os_columns(int fd)
{
    struct winsize w;
    return ioctl(fd, TIOCGWINSZ, &w) == 0 && w.ws_col > 0 ? w.ws_col : 80;
}

bool os_want_colour(int fd)
{
    const char *term = os_env("TERM");
    return os_is_tty(fd) && term && strcmp(term, "dumb") != 0 && !os_env("NO_COLOR");
}

os_progress *os_progress_new(bool enabled)
{
    if (!enabled || !os_is_tty(STDERR_FILENO))
        return NULL;
    return calloc(1, sizeof(os_progress));
}

bool os_progress_due(os_progress *p)
{
    if (!p)
        return false;
    uint64_t now = os_monotonic_us(), last = atomic_load(&p->last_us);
    if (last != 0 && (now < last || now - last < REDRAW_US))
        return false;
    return atomic_compare_exchange_strong(&p->last_us, &last, now);
}

static void put(hm_str s)
{
    while (s.n) {
        ssize_t n = write(STDERR_FILENO, s.p, s.n);
        if (n <= 0)
            return; /* only a status line: the next redraw follows */
        s = hm_str_from(s, (size_t)n);
    }
}

void os_progress_show(os_progress *p, hm_str line)
{
    if (!p)
        return;
    HM_AUTO(hm_buf_clear) hm_buf b = { 0 };
    hm_buf_byte(&b, '\r');
    hm_buf_str(&b, line);
    hm_buf_c(&b, "\x1b[K");
    if (!b.bad)
        put(hm_buf_view(&b));
    atomic_store(&p->drawn, true);
}

void os_progress_free(os_progress *p)
{
    if (!p)
        return;
    if (atomic_load(&p->drawn))
        put(HM_STR("\r\x1b[K"));
    free(p);
}
