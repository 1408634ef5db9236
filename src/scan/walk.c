/* walk - all directories below the target, on all cores, never out of it.
 * Work is a shared stack of directories; each thread takes one, opens it by a path on which no link is followed
 * (os_open_below), reads it, pushes its directories and submits its claimed files. Files are opened relative to the
 * directory's descriptor with O_NOFOLLOW and must be regular.
 * Invariants: 1. `busy` counts threads holding a directory; the walk is over when the stack is empty and busy is 0.
 * 2. Only the directory's own descriptor and one file are open per thread.
 * 3. What waits on the stack costs its own name: the path before it is kept once for all directories of one folder. As
 *    the newest goes first, few folders are kept at a time, whatever the length of their paths.
 * The enemy: whoever arranges the tree, also while we read it. */
#include "base/limits.h"
#include "codec/codec.h"
#include "scan/unpack.h"
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

typedef struct folder { /* path of a directory with others in it that wait */
    _Atomic size_t users;
    size_t n;
    char path[];
} folder;

typedef struct dir_item {
    folder *in; /* one use of it is ours; NULL: the target itself */
    char *name; /* owned; "" is the target */
    dev_t dev;  /* of the parent */
    uint32_t depth;
} dir_item;

/* shared by the threads */
typedef struct walker {
    scan_walk *w;
    pthread_mutex_t mu;
    pthread_cond_t more, over;
    dir_item *stack;
    size_t n, cap;
    unsigned busy, alive;
    bool nomem;
} walker;

/* one thread's own */
typedef struct self {
    walker *k;
    char *path; /* LIMIT_PATH_BYTES + 1 + NAME_MAX + 1 */
    size_t path_n, dir_n;
    char *small;  /* JAIL_SMALL */
    folder *here; /* the directory being read, once it was needed */
    dir_item *found;
    size_t found_n, found_cap;
    scan_count count;
    bool nomem;
} self;

uint64_t scan_row_limit(const detect_row *r, const scan_limits *l)
{
    uint64_t general = l->file_bytes ? l->file_bytes : LIMIT_FILE_BYTES;
    if (r->max_bytes == LIMIT_FILE_BYTES)
        return general;
    return r->max_bytes == UINT64_MAX || r->max_bytes < general ? r->max_bytes : general;
}

static hm_str path_of(const self *s)
{
    return (hm_str){ s->path, s->path_n };
}

static void gap(self *s, hm_rc rc, hm_defect defect, int sys, uint64_t arg0, uint64_t arg1)
{
    hm_err e;
    if (sys)
        hm_fail_sys(&e, defect, sys);
    else
        hm_fail(&e, rc, defect, HM_PLACE_NONE, 0, arg0);
    e.arg[1] = arg1;
    scan_collect_gap(s->k->w->collect, path_of(s), &e);
}

/* extra: content of the companion. */
static void submit(self *s, const scan_hit *hit, int fd, hm_str bytes, uint64_t size, hm_str extra)
{
    scan_walk *w = s->k->w;
    size_t doc = scan_collect_doc(w->collect, path_of(s), hit);
    if (doc == SIZE_MAX) {
        if (fd >= 0)
            close(fd);
        s->nomem |= !w->collect->full;
        w->stop |= w->collect->full;
        return;
    }
    jail_job job = { .job = SCAN_JOB_DETECT,
                     .param = scan_param(hit->detector, hit->root_n),
                     .tag = doc,
                     .name = path_of(s),
                     .fd = fd,
                     .bytes = bytes,
                     .extra = extra,
                     .size = size };
    hm_err e;
    s->count.claimed++;
    s->count.bytes += size;
    if (jail_submit(w->pool, &job, &e) != HM_OK) {
        scan_collect_err(w->collect, doc, &e);
        w->collect->parsed++;
    }
}

/* Content of a small file; false: the system said no, errno tells. Shorter than it was is no error here: the detector
 * sees what there is. */
static bool read_small(int fd, char *to, size_t size, size_t *ret_n)
{
    size_t n = 0;
    while (n < size) {
        ssize_t got = read(fd, to + n, size - n);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return false;
        if (got == 0)
            break;
        n += (size_t)got;
    }
    *ret_n = n;
    return true;
}

static int open_file(int dir_fd, const char *name)
{
    return openat(dir_fd, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
}

/* Content of the file beside `name` whose name has `end` added, or is what follows "/"; none is no failure. False: a gap of it was noted. */
static bool companion(self *s, int dir_fd, const char *name, const char *end, uint64_t limit, char **ret, size_t *ret_n)
{
    char beside[2 * NAME_MAX];
    struct stat st;
    snprintf(beside, sizeof beside, "%s%s", end[0] == '/' ? "" : name, end + (end[0] == '/'));
    int fd = open_file(dir_fd, beside);
    if (fd < 0) {
        if (errno != ENOENT)
            gap(s, HM_IO, DEFECT_OPEN, errno, 0, 0);
        return errno == ENOENT;
    }
    bool ok = fstat(fd, &st) == 0;
    uint64_t size = ok && S_ISREG(st.st_mode) && st.st_size > 0 ? (uint64_t)st.st_size : 0;
    if (!ok)
        gap(s, HM_IO, DEFECT_OPEN, errno, 0, 0);
    else if (size > limit) {
        gap(s, HM_LIMIT, DEFECT_TOO_LARGE, 0, limit, size);
        ok = false;
    } else if (size) {
        *ret = malloc((size_t)size);
        ok = *ret && read_small(fd, *ret, (size_t)size, ret_n);
        if (!*ret)
            gap(s, HM_NOMEM, DEFECT_NOMEM, 0, 0, 0);
        else if (!ok) {
            gap(s, HM_IO, DEFECT_READ, errno, 0, 0);
            free(*ret);
            *ret = NULL;
        }
    }
    close(fd);
    return ok;
}

static void claim_file(self *s, int dir_fd, const char *name, const scan_hit *hit)
{
    const detect_row *row = detect_get(hit->detector);
    if (row->flags & (DETECT_OWNER | DETECT_GROUP)) {
        scan_collect_keep(s->k->w->collect, path_of(s), hit, NULL);
        return;
    }
    struct stat st;
    int fd = open_file(dir_fd, name);
    if (fd < 0 && errno == ENOENT) /* gone meanwhile: nothing is there to read */
        return;
    if (fd < 0 || fstat(fd, &st) != 0) {
        gap(s, HM_IO, DEFECT_OPEN, errno, 0, 0);
        if (fd >= 0)
            close(fd);
        return;
    }
    uint64_t size = st.st_size > 0 ? (uint64_t)st.st_size : 0, limit = scan_row_limit(row, &s->k->w->opts->limits);
    if (!S_ISREG(st.st_mode) || size < row->min_bytes) {
        close(fd);
        return;
    }
    if (size > limit) {
        gap(s, HM_LIMIT, DEFECT_TOO_LARGE, 0, limit, size);
        close(fd);
        return;
    }
    if (size > JAIL_SMALL || row->companion) {
        char *extra = NULL;
        size_t extra_n = 0;
        if (row->companion && !companion(s, dir_fd, name, row->companion, limit, &extra, &extra_n)) {
            close(fd);
            return;
        }
        submit(s, hit, fd, HM_NONE, size, (hm_str){ extra, extra_n });
        free(extra);
        return;
    }
    size_t n;
    bool ok = read_small(fd, s->small, (size_t)size, &n);
    int sys = errno;
    close(fd);
    if (ok)
        submit(s, hit, -1, (hm_str){ s->small, n }, n, HM_NONE);
    else
        gap(s, HM_IO, DEFECT_READ, sys, 0, 0);
}

/* A file that may be of interest cannot be looked at: without permission it is listed as directories are, gone
 * meanwhile it is nothing, all else (an I/O error, no descriptor left) is a gap. */
static void cannot_look(self *s, hm_defect defect, int sys)
{
    if (sys == EACCES || sys == EPERM) {
        s->count.denied++;
        scan_collect_skip(s->k->w->collect, SCAN_DENIED, path_of(s));
    } else if (sys != ENOENT)
        gap(s, HM_IO, defect, sys, 0, 0);
}

/* Executables, whatever their name, and files whose name says that they may be some: the first bytes decide. `any`: look
 * at every file. False: no row claims it. */
static bool claim_exec(self *s, int dir_fd, const char *name, bool any)
{
    struct stat st;
    const scan_dispatch *d = s->k->w->collect->dispatch;
    if (fstatat(dir_fd, name, &st, AT_SYMLINK_NOFOLLOW) != 0) {
        cannot_look(s, DEFECT_STAT, errno);
        return true;
    }
    if (!S_ISREG(st.st_mode) || !scan_dispatch_look(d, path_of(s), any || st.st_mode & 0111, (uint64_t)st.st_size))
        return false;
    int fd = open_file(dir_fd, name);
    if (fd < 0) {
        cannot_look(s, DEFECT_OPEN, errno);
        return true;
    }
    char head[SCAN_HEAD];
    ssize_t n = pread(fd, head, sizeof head, 0);
    if (n < 0)
        cannot_look(s, DEFECT_READ, errno);
    size_t row = n > 0 ? scan_magic_next(0, (hm_str){ head, (size_t)n }) : SIZE_MAX;
    if (row == SIZE_MAX) {
        close(fd);
        return n < 0;
    }
    scan_hit hit = { .detector = (uint16_t)row };
    submit(s, &hit, fd, HM_NONE, (uint64_t)st.st_size, HM_NONE);
    return true;
}

static void claim_archive(self *s, int dir_fd, const char *name, uint32_t flags)
{
    struct stat st;
    int fd = open_file(dir_fd, name);
    if (fd < 0 || fstat(fd, &st) != 0)
        cannot_look(s, DEFECT_OPEN, errno);
    else if (S_ISREG(st.st_mode) && st.st_size > 0) {
        s->count.claimed++;
        s->count.bytes += (uint64_t)st.st_size;
        scan_archive_submit(s->k->w, path_of(s), flags, fd, (uint64_t)st.st_size);
        return;
    }
    if (fd >= 0)
        close(fd);
}

static void claim_link(self *s, int dir_fd, const char *name)
{
    scan_hit hit[SCAN_HITS];
    size_t n = scan_dispatch_find(s->k->w->collect->dispatch, path_of(s), true, false, hit);
    s->count.links++;
    if (n == 0)
        return;
    ssize_t len = readlinkat(dir_fd, name, s->small, LIMIT_PATH_BYTES);
    if (len < 0) {
        if (errno != EINVAL) /* another kind of file meanwhile */
            cannot_look(s, DEFECT_READ, errno);
        return;
    }
    for (size_t i = 0; i < n; i++)
        submit(s, &hit[i], -1, (hm_str){ s->small, (size_t)len }, (uint64_t)len, HM_NONE);
}

static bool excluded(const self *s)
{
    for (const char *const *p = s->k->w->opts->exclude; p && *p; p++)
        if (hm_glob(hm_str_c(*p), path_of(s)))
            return true;
    return false;
}

static void leave_folder(folder *f)
{
    if (f && atomic_fetch_sub(&f->users, 1) == 1)
        free(f);
}

static void clear_item(const dir_item *d)
{
    leave_folder(d->in);
    free(d->name);
}

/* The path of the directory being read, to be shared by those found in it; NULL: no memory. */
static folder *folder_here(self *s)
{
    if (!s->here) {
        s->here = malloc(sizeof *s->here + s->dir_n);
        if (!s->here)
            return NULL;
        s->here->users = 1;
        s->here->n = s->dir_n;
        memcpy(s->here->path, s->path, s->dir_n);
    }
    return s->here;
}

static void found_dir(self *s, const char *name, dev_t dev, uint32_t depth)
{
    if (depth > LIMIT_WALK_DEPTH) {
        gap(s, HM_LIMIT, DEFECT_TOO_DEEP, 0, LIMIT_WALK_DEPTH, 0);
        return;
    }
    if (s->found_n == s->found_cap) {
        size_t cap = s->found_cap ? s->found_cap * 2 : 64;
        dir_item *p = realloc(s->found, cap * sizeof *p);
        if (!p) {
            s->nomem = true;
            return;
        }
        s->found = p;
        s->found_cap = cap;
    }
    folder *in = folder_here(s);
    char *copy = in ? strdup(name) : NULL;
    if (!copy) {
        s->nomem = true;
        return;
    }
    in->users++;
    s->found[s->found_n++] = (dir_item){ in, copy, dev, depth };
}

static unsigned char type_of(self *s, int dir_fd, const struct dirent *e)
{
    struct stat st;
    if (e->d_type != DT_UNKNOWN)
        return e->d_type;
    if (fstatat(dir_fd, e->d_name, &st, AT_SYMLINK_NOFOLLOW) != 0) {
        cannot_look(s, DEFECT_STAT, errno);
        return DT_UNKNOWN;
    }
    return S_ISDIR(st.st_mode) ? DT_DIR : S_ISREG(st.st_mode) ? DT_REG : S_ISLNK(st.st_mode) ? DT_LNK : DT_UNKNOWN;
}

/* What a package manager keeps to install it again is no part of the machine. */
static bool in_cache(hm_str path)
{
    hm_str cache = HM_STR("var/cache/");
    size_t at = hm_str_search(path, cache);
    return at < path.n && (at == 0 || path.p[at - 1] == '/');
}

static void one_entry(self *s, int dir_fd, const struct dirent *e, dev_t dev, uint32_t depth)
{
    size_t n = strlen(e->d_name);
    bool slash = s->dir_n > 0;
    if (s->dir_n + slash + n > LIMIT_PATH_BYTES) {
        s->path_n = s->dir_n;
        gap(s, HM_LIMIT, DEFECT_TOO_LARGE, 0, LIMIT_PATH_BYTES, s->dir_n + slash + n);
        return;
    }
    if (slash)
        s->path[s->dir_n] = '/';
    memcpy(s->path + s->dir_n + slash, e->d_name, n + 1);
    s->path_n = s->dir_n + slash + n;
    s->count.entries++;
    if (s->k->w->opts->exclude && excluded(s)) {
        s->count.excluded++;
        scan_collect_skip(s->k->w->collect, SCAN_EXCLUDED, path_of(s));
        return;
    }
    unsigned char type = type_of(s, dir_fd, e);
    if (type == DT_DIR)
        found_dir(s, e->d_name, dev, depth + 1);
    else if (type == DT_LNK)
        claim_link(s, dir_fd, e->d_name);
    else if (type == DT_REG) {
        scan_hit hit[SCAN_HITS];
        size_t hits = scan_dispatch_find(s->k->w->collect->dispatch, path_of(s), false, false, hit);
        s->count.files++;
        for (size_t i = 0; i < hits; i++)
            claim_file(s, dir_fd, e->d_name, &hit[i]);
        const scan_kind *kind = scan_kind_of(path_of(s));
        if (kind && kind->when == SCAN_ITSELF && in_cache(path_of(s)) && !s->k->w->opts->all_archives)
            return;
        if (kind && (kind->when != SCAN_ASKED || s->k->w->opts->all_archives))
            claim_archive(s, dir_fd, e->d_name,
                          s->k->w->opts->all_archives ? UNPACK_ALL
                          : kind->when == SCAN_ITSELF ? UNPACK_ITSELF
                                                      : 0U);
        else if (hits == 0)
            (void)claim_exec(s, dir_fd, e->d_name, false);
    }
}

/* Is this directory, on another device than its parent, one to enter? Says why not. */
static bool enter_device(self *s, int fd)
{
    int why;
    if (os_is_pseudo_fs(fd))
        why = SCAN_PSEUDO_FS;
    else if (os_is_network_fs(fd))
        why = SCAN_NETWORK_FS;
    else if (s->k->w->opts->one_file_system)
        why = SCAN_OTHER_FS;
    else
        return true;
    s->count.skipped_fs++;
    scan_collect_skip(s->k->w->collect, why, path_of(s));
    return false;
}

static void one_dir(self *s, const dir_item *d)
{
    scan_walk *w = s->k->w;
    size_t name_n = strlen(d->name), above = d->in ? d->in->n : 0;
    if (above) {
        memcpy(s->path, d->in->path, above);
        s->path[above++] = '/';
    }
    memcpy(s->path + above, d->name, name_n + 1);
    s->path_n = s->dir_n = above + name_n;
    int sys = 0;
    int fd = os_open_below(w->root_fd, s->dir_n ? s->path : ".", O_RDONLY | O_DIRECTORY, &sys);
    if (fd < 0) {
        if (sys == EACCES || sys == EPERM) {
            s->count.denied++;
            scan_collect_skip(w->collect, SCAN_DENIED, path_of(s));
        } else if (sys != ENOENT) /* gone meanwhile: nothing was there to read */
            gap(s, HM_IO, DEFECT_LIST_DIR, sys, 0, 0);
        return;
    }
    struct stat st;
    if (fstat(fd, &st) != 0) {
        gap(s, HM_IO, DEFECT_LIST_DIR, errno, 0, 0);
        close(fd);
        return;
    }
    if (d->depth && st.st_dev != d->dev && !enter_device(s, fd)) {
        close(fd);
        return;
    }
    DIR *dir = fdopendir(fd);
    if (!dir) {
        s->nomem |= errno == ENOMEM;
        gap(s, HM_IO, DEFECT_LIST_DIR, errno, 0, 0);
        close(fd);
        return;
    }
    s->count.dirs++;
    uint64_t files = s->count.files, entries = s->count.entries, claimed = s->count.claimed, bytes = s->count.bytes;
    uint64_t limit = w->opts->limits.entries ? w->opts->limits.entries : LIMIT_ENTRIES;
    const struct dirent *e;
    for (;;) {
        errno = 0;
        if (!(e = readdir(dir)))
            break;
        if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
            continue;
        if (w->stop || s->count.entries - entries > limit)
            break;
        one_entry(s, fd, e, st.st_dev, d->depth);
    }
    if (!e && errno) {
        s->path_n = s->dir_n;
        gap(s, HM_IO, DEFECT_LIST_DIR, errno, 0, 0);
    }
    closedir(dir);
    w->live_dirs++;
    w->live_files += s->count.files - files;
    w->live_claimed += s->count.claimed - claimed;
    w->live_bytes += s->count.bytes - bytes;
    uint64_t fresh = s->count.entries - entries, seen = atomic_fetch_add(&w->live_entries, fresh) + fresh;
    if (seen > limit && !atomic_exchange(&w->stop, true)) {
        s->path_n = 0;
        gap(s, HM_LIMIT, DEFECT_TOO_MANY, 0, limit, 0);
    }
}

/* Moves what this thread found to the shared stack. Under the mutex. */
static void push_found(walker *k, self *s)
{
    if (s->found_n > k->cap - k->n) {
        size_t cap = k->cap ? k->cap : 256;
        while (cap - k->n < s->found_n)
            cap *= 2;
        dir_item *p = realloc(k->stack, cap * sizeof *p);
        if (!p) {
            k->nomem = true;
            for (size_t i = 0; i < s->found_n; i++)
                clear_item(&s->found[i]);
            s->found_n = 0;
            return;
        }
        k->stack = p;
        k->cap = cap;
    }
    if (s->found_n)
        memcpy(k->stack + k->n, s->found, s->found_n * sizeof *s->found);
    k->n += s->found_n;
    s->found_n = 0;
    pthread_cond_broadcast(&k->more);
}

void scan_count_add(scan_count *to, const scan_count *c)
{
    to->dirs += c->dirs;
    to->files += c->files;
    to->entries += c->entries;
    to->claimed += c->claimed;
    to->bytes += c->bytes;
    to->denied += c->denied;
    to->skipped_fs += c->skipped_fs;
    to->links += c->links;
    to->excluded += c->excluded;
}

static void *thread_main(void *arg)
{
    walker *k = arg;
    self s = { .k = k };
    s.path = malloc(LIMIT_PATH_BYTES + 1 + NAME_MAX + 1);
    s.small = malloc(JAIL_SMALL);
    pthread_mutex_lock(&k->mu);
    if (!s.path || !s.small)
        k->nomem = true;
    while (!k->nomem) {
        while (k->n == 0 && k->busy > 0 && !k->nomem)
            pthread_cond_wait(&k->more, &k->mu);
        if (k->n == 0 || k->nomem)
            break;
        dir_item d = k->stack[--k->n];
        k->busy++;
        pthread_mutex_unlock(&k->mu);
        if (!k->w->stop)
            one_dir(&s, &d);
        leave_folder(s.here);
        s.here = NULL;
        clear_item(&d);
        pthread_mutex_lock(&k->mu);
        k->nomem |= s.nomem;
        push_found(k, &s);
        k->busy--;
    }
    scan_count_add(&k->w->count, &s.count);
    pthread_cond_broadcast(&k->more);
    k->alive--;
    pthread_cond_signal(&k->over);
    pthread_mutex_unlock(&k->mu);
    free(s.path);
    free(s.small);
    free(s.found);
    return NULL;
}

hm_rc scan_walk_file(scan_walk *w, const char *name, hm_err *err)
{
    walker k = { .w = w };
    self s = { .k = &k, .path = malloc(LIMIT_PATH_BYTES + 1 + NAME_MAX + 1), .small = malloc(JAIL_SMALL) };
    scan_hit hit[SCAN_HITS];
    size_t n = strlen(name);
    if (s.path && s.small && n <= NAME_MAX) {
        memcpy(s.path, name, n + 1);
        s.path_n = n;
        s.count.files = s.count.entries = 1;
        const scan_kind *kind = scan_kind_of(path_of(&s));
        size_t hits = scan_dispatch_find(w->collect->dispatch, path_of(&s), false, false, hit);
        for (size_t i = 0; i < hits; i++)
            claim_file(&s, w->root_fd, name, &hit[i]);
        /* a package is a part itself; what only holds files is not */
        bool package = kind && (kind->when != SCAN_ASKED || hits);
        if (kind || (hits == 0 && !claim_exec(&s, w->root_fd, name, true)))
            claim_archive(&s, w->root_fd, name, UNPACK_ALL | (package ? 0U : UNPACK_TRANSPARENT | UNPACK_IMAGE));
        scan_count_add(&w->count, &s.count);
    }
    bool ok = s.path && s.small && !s.nomem && !w->collect->nomem;
    free(s.path);
    free(s.small);
    return ok ? HM_OK : hm_fail(err, HM_NOMEM, DEFECT_NOMEM, HM_PLACE_NONE, 0, 0);
}

static scan_count live(scan_walk *w)
{
    return (scan_count){ .dirs = w->live_dirs,
                         .files = w->live_files,
                         .entries = w->live_entries,
                         .claimed = w->live_claimed,
                         .bytes = w->live_bytes,
                         .parsed = w->collect->parsed };
}

bool scan_walk_tick(scan_walk *w)
{
    if (!w->opts->tick)
        return true;
    scan_count now = live(w);
    return w->opts->tick(w->opts->ctx, &now);
}

hm_rc scan_walk_run(scan_walk *w, unsigned threads, hm_err *err)
{
    walker k = { .w = w };
    pthread_t id[64];
    pthread_condattr_t clock;
    HM_BUG_ON(threads == 0 || threads > HM_COUNT(id));
    pthread_mutex_init(&k.mu, NULL);
    pthread_cond_init(&k.more, NULL);
    pthread_condattr_init(&clock);
    pthread_condattr_setclock(&clock, CLOCK_MONOTONIC);
    pthread_cond_init(&k.over, &clock);
    pthread_condattr_destroy(&clock);
    k.stack = malloc(256 * sizeof *k.stack);
    char *top = calloc(1, 1);
    unsigned started = 0;
    if (k.stack && top) {
        k.cap = 256;
        k.stack[k.n++] = (dir_item){ .name = top };
        pthread_mutex_lock(&k.mu);
        for (; started < threads; started++)
            if (pthread_create(&id[started], NULL, thread_main, &k) != 0)
                break;
        k.alive = started;
        while (k.alive) {
            struct timespec until;
            clock_gettime(CLOCK_MONOTONIC, &until);
            until.tv_nsec += 50 * 1000000L;
            if (until.tv_nsec >= 1000000000L) {
                until.tv_sec++;
                until.tv_nsec -= 1000000000L;
            }
            pthread_cond_timedwait(&k.over, &k.mu, &until);
            pthread_mutex_unlock(&k.mu);
            if (!scan_walk_tick(w))
                w->stop = w->interrupted = true;
            pthread_mutex_lock(&k.mu);
        }
        pthread_mutex_unlock(&k.mu);
        for (unsigned i = 0; i < started; i++)
            pthread_join(id[i], NULL);
        for (size_t i = 0; i < k.n; i++)
            clear_item(&k.stack[i]);
    } else
        free(top);
    free(k.stack);
    pthread_cond_destroy(&k.more);
    pthread_cond_destroy(&k.over);
    pthread_mutex_destroy(&k.mu);
    if (!started || k.nomem || w->collect->nomem)
        return hm_fail(err, HM_NOMEM, DEFECT_NOMEM, HM_PLACE_NONE, 0, 0);
    return HM_OK;
}
