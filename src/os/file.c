/* file - whole files in, whole files out.
 * os_writer, as a state machine (who moves it):
 *   open (os_writer_open) -> writing (os_writer_put) -> published | failed (os_writer_close) | dropped (os_writer_abandon)
 * Invariants:
 * 1. A regular file at `path` is replaced by rename or not at all: no reader sees half of one.
 * 2. What is no regular file (a device, a pipe, /dev/stdout) is written in place: it is never replaced.
 * 3. The temporary file is gone after every close and abandon.
 * 4. `sys` keeps the first error; after it nothing is written. */
#include "os/os.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/auxv.h>
#include <sys/stat.h>
#include <unistd.h>

enum { CHUNK = 64 << 10 };

struct os_writer {
    int fd;        /* -1: none */
    bool standard; /* fd 1: not ours to close */
    int sys;
    char *path, *temp; /* both NULL when written in place */
    hm_buf buf;
};

/* ---- reading ---- */

static hm_rc read_all(int fd, uint64_t max_bytes, hm_buf *out, hm_err *err)
{
    size_t start = out->n;
    struct stat st;
    uint64_t expect = 0;
    if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size > 0)
        expect = (uint64_t)st.st_size;
    if (expect > max_bytes) {
        hm_rc rc = hm_fail(err, HM_LIMIT, DEFECT_TOO_LARGE, HM_PLACE_NONE, 0, max_bytes);
        if (err)
            err->arg[1] = expect;
        return rc;
    }
    if (expect && expect < SIZE_MAX - 1 && (!out->limit || expect < out->limit - start))
        (void)hm_buf_room(out, (size_t)expect + 1); /* one more byte, so that the end is seen without growing */
    for (;;) {
        uint64_t have = out->n - start;
        size_t want = out->cap - out->n;
        if (want == 0)
            want = CHUNK;
        if (out->limit && want > out->limit - out->n)
            want = out->limit - out->n;
        char beyond;
        ssize_t got;
        if (want == 0 || have == max_bytes) { /* full: is there one more byte? */
            got = read(fd, &beyond, 1);
            if (got > 0) {
                uint64_t limit = have == max_bytes ? max_bytes : have;
                out->n = start;
                return hm_fail(err, HM_LIMIT, DEFECT_TOO_LARGE, HM_PLACE_NONE, 0, limit);
            }
        } else {
            if (want > max_bytes - have)
                want = (size_t)(max_bytes - have);
            if (!hm_buf_room(out, want)) {
                out->n = start;
                return hm_fail(err, HM_NOMEM, DEFECT_NOMEM, HM_PLACE_NONE, 0, 0);
            }
            got = read(fd, out->p + out->n, want);
            if (got > 0)
                out->n += (size_t)got;
        }
        if (got == 0)
            return HM_OK;
        if (got < 0 && errno != EINTR) {
            out->n = start;
            return hm_fail_sys(err, DEFECT_READ, errno);
        }
    }
}

hm_rc os_read_file(const char *path, uint64_t max_bytes, hm_buf *out, hm_err *err)
{
    if (out->bad)
        return hm_fail(err, HM_NOMEM, DEFECT_NOMEM, HM_PLACE_NONE, 0, 0);
    if (strcmp(path, "-") == 0)
        return read_all(STDIN_FILENO, max_bytes, out, err);
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (fd < 0)
        return hm_fail_sys(err, DEFECT_OPEN, errno);
    hm_rc rc = read_all(fd, max_bytes, out, err);
    close(fd);
    return rc;
}

/* ---- writing ---- */

static bool in_place(const char *path)
{
    static const char *const HEAD[] = { "/dev/", "/proc/" };
    for (size_t i = 0; i < HM_COUNT(HEAD); i++)
        if (strncmp(path, HEAD[i], strlen(HEAD[i])) == 0)
            return true;
    struct stat st;
    return stat(path, &st) == 0 && !S_ISREG(st.st_mode);
}

/* DIR/.NAME.RANDOM, created for us alone; mode as umask says, or as the file that will be replaced has it. */
static int make_temp(os_writer *w)
{
    struct stat st;
    HM_BUG_ON(!w->path);
    mode_t mode = stat(w->path, &st) == 0 ? st.st_mode & 0777 : 0;
    hm_str path = hm_str_c(w->path), dir = hm_path_dir(path), name = hm_path_base(path);
    for (int tries = 0; tries < 16; tries++) {
        hm_buf t = { 0 };
        uint8_t random[6];
        if (!os_random(random, sizeof random))
            return EIO;
        hm_buf_str(&t, dir);
        if (dir.n || path.p[0] == '/')
            hm_buf_byte(&t, '/');
        hm_buf_byte(&t, '.');
        hm_buf_str(&t, hm_str_sub(name, 0, NAME_MAX - 20));
        hm_buf_byte(&t, '.');
        hm_buf_hex(&t, (hm_str){ (const char *)random, sizeof random });
        hm_buf_byte(&t, '\0');
        if (t.bad) {
            hm_buf_clear(&t);
            return ENOMEM;
        }
        int fd = open(t.p, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
        if (fd >= 0) {
            if (mode)
                (void)fchmod(fd, mode); /* where the file system knows no modes, nothing is lost */
            w->fd = fd;
            w->temp = t.p;
            return 0;
        }
        int sys = errno;
        hm_buf_clear(&t);
        if (sys != EEXIST)
            return sys;
    }
    return EEXIST;
}

static os_writer *writer_free(os_writer *w)
{
    if (!w)
        return NULL;
    if (w->fd >= 0 && !w->standard)
        close(w->fd);
    if (w->temp)
        unlink(w->temp);
    free(w->temp);
    free(w->path);
    hm_buf_clear(&w->buf);
    free(w);
    return NULL;
}

static int set_path(os_writer *w, const char *path)
{
    size_t n = strlen(path) + 1;
    w->path = malloc(n);
    if (!w->path)
        return ENOMEM;
    memcpy(w->path, path, n);
    return 0;
}

hm_rc os_writer_open(const char *path, os_writer **ret_w, hm_err *err)
{
    os_writer *w = calloc(1, sizeof *w);
    if (!w)
        return hm_fail(err, HM_NOMEM, DEFECT_NOMEM, HM_PLACE_NONE, 0, 0);
    w->fd = -1;
    int sys = 0;
    if (!path || strcmp(path, "-") == 0 || strcmp(path, "/dev/stdout") == 0) {
        w->fd = STDOUT_FILENO;
        w->standard = true;
    } else if (in_place(path)) {
        w->fd = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
        sys = w->fd < 0 ? errno : 0;
    } else {
        char real[PATH_MAX]; /* through a link: the file it names is replaced, not the link */
        const char *target = realpath(path, real);
        if (!target && errno == ENOENT)
            target = path;
        sys = target ? set_path(w, target) : errno;
        if (!sys)
            sys = make_temp(w);
    }
    if (!sys && !hm_buf_room(&w->buf, CHUNK))
        sys = ENOMEM;
    if (sys) {
        writer_free(w);
        return hm_fail_sys(err, DEFECT_WRITE, sys);
    }
    *ret_w = w;
    return HM_OK;
}

static void write_out(os_writer *w, hm_str s)
{
    while (s.n && !w->sys) {
        ssize_t n = write(w->fd, s.p, s.n);
        if (n >= 0)
            s = hm_str_from(s, (size_t)n);
        else if (errno != EINTR)
            w->sys = errno;
    }
}

bool os_writer_put(void *writer, hm_str bytes)
{
    os_writer *w = writer;
    if (bytes.n > CHUNK - w->buf.n) {
        write_out(w, hm_buf_view(&w->buf));
        hm_buf_reset(&w->buf);
    }
    if (bytes.n >= CHUNK)
        write_out(w, bytes);
    else
        hm_buf_str(&w->buf, bytes);
    return w->sys == 0;
}

static void sync_dir(const char *path)
{
    hm_str dir = hm_path_dir(hm_str_c(path));
    hm_buf d = { 0 };
    hm_buf_str(&d, dir.n ? dir : path[0] == '/' ? HM_STR("/") : HM_STR("."));
    hm_buf_byte(&d, '\0');
    int fd = d.bad ? -1 : open(d.p, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    hm_buf_clear(&d);
    if (fd >= 0) {
        (void)fsync(fd); /* the file is there already; only its survival of a power cut hangs on this */
        close(fd);
    }
}

hm_rc os_writer_close(os_writer *w, hm_err *err)
{
    write_out(w, hm_buf_view(&w->buf));
    int sys = w->sys;
    if (!sys && w->temp) {
        if (fsync(w->fd) != 0 && errno != EINVAL && errno != EROFS)
            sys = errno;
        int fd = w->fd;
        w->fd = -1;
        if (close(fd) != 0 && !sys && errno != EINTR)
            sys = errno;
        if (!sys && rename(w->temp, w->path) != 0)
            sys = errno;
        if (!sys) {
            free(w->temp);
            w->temp = NULL;
            sync_dir(w->path);
        }
    }
    writer_free(w);
    return sys ? hm_fail_sys(err, DEFECT_WRITE, sys) : HM_OK;
}

void os_writer_abandon(os_writer *w)
{
    writer_free(w);
}

/* ---- helper programs ---- */

static bool executable(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 && S_ISREG(st.st_mode) && access(path, X_OK) == 0;
}

hm_rc os_helper_path(const char *name, hm_buf *ret_path, hm_err *err)
{
    static const char *const PLACE[] = { "/../libexec/hoshimori/", "/" };
    char self[PATH_MAX];
    ssize_t n = readlink("/proc/self/exe", self, sizeof self);
    if (n < 0) { /* a bare root without /proc: what the kernel was asked to execute */
        const char *asked = (const char *)getauxval(AT_EXECFN); // NOLINT(performance-no-int-to-ptr)
        n = asked && realpath(asked, self) ? (ssize_t)strlen(self) : -1;
    }
    if (n <= 0 || (size_t)n == sizeof self)
        return hm_fail_sys(err, DEFECT_SPAWN, n < 0 ? errno : ENAMETOOLONG);
    hm_str dir = hm_path_dir((hm_str){ self, (size_t)n });
    for (size_t i = 0; i < HM_COUNT(PLACE); i++) {
        hm_buf path = { 0 };
        hm_buf_str(&path, dir);
        hm_buf_c(&path, PLACE[i]);
        hm_buf_c(&path, name);
        hm_buf_byte(&path, '\0');
        bool found = !path.bad && executable(path.p);
        if (found && hm_buf_room(ret_path, path.n)) {
            hm_buf_add(ret_path, path.p, path.n - 1);
            ret_path->p[ret_path->n] = '\0'; /* not counted: usable as a C string */
        }
        bool bad = path.bad || ret_path->bad;
        hm_buf_clear(&path);
        if (bad)
            return hm_fail(err, HM_NOMEM, DEFECT_NOMEM, HM_PLACE_NONE, 0, 0);
        if (found)
            return HM_OK;
    }
    return hm_fail_sys(err, DEFECT_SPAWN, ENOENT);
}
