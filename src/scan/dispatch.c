/* dispatch - from a path to the detector rows that claim it.
 * Each pattern is a list of segment globs matched against the last segments of the path. Patterns whose last segment is
 * literal are found by one hash look-up of the file's name; the others (few) are tried by their last segment first.
 * Built once from the detector table, then read-only: shared by the walk's threads. */
#include "scan/scan_int.h"

typedef struct pattern {
    hm_str text, last; /* last segment of it */
    uint16_t detector;
    bool rooted, inside, outside;
    size_t next; /* next pattern with the same last segment, SIZE_MAX: none */
} pattern;

struct scan_dispatch {
    pattern *file, *wild; /* literal and wildcard last segments, regular files */
    size_t files, wilds;
    pattern *link; /* symbolic links: all, few */
    size_t links;
    pattern *look; /* suffixes of files that are looked at for a magic without an execute bit */
    size_t looks;
    hm_map *by_name; /* last segment -> first index in file */
    uint64_t min_exec;
};

static bool is_wild(hm_str s)
{
    return hm_str_find(s, '*') < s.n || hm_str_find(s, '?') < s.n;
}

/* The ends of both, where the pattern has no wildcard there: most files are told apart by them alone. */
bool scan_may_match(hm_str glob, hm_str name)
{
    if (glob.n == 0 || name.n == 0)
        return true;
    char first = glob.p[0], last = glob.p[glob.n - 1];
    return (last == '*' || last == '?' || last == name.p[name.n - 1]) &&
           (first == '*' || first == '?' || first == name.p[0]);
}

static void count_rows(scan_dispatch *d)
{
    for (size_t i = 0; i < detect_count(); i++) {
        const detect_row *r = detect_get(i);
        for (const char *const *p = r->patterns; *p; p++) {
            if (r->flags & DETECT_EXEC)
                d->looks++;
            else if (r->flags & DETECT_LINK)
                d->links++;
            else if (is_wild(hm_path_base(hm_str_c(*p))))
                d->wilds++;
            else
                d->files++;
        }
    }
}

scan_dispatch *scan_dispatch_free(scan_dispatch *d)
{
    if (d) {
        free(d->file);
        free(d->wild);
        free(d->link);
        free(d->look);
        hm_map_free(d->by_name);
        free(d);
    }
    return NULL;
}

scan_dispatch *scan_dispatch_new(void)
{
    scan_dispatch *d = calloc(1, sizeof *d);
    if (!d)
        return NULL;
    count_rows(d);
    d->file = calloc(d->files + 1, sizeof *d->file);
    d->wild = calloc(d->wilds + 1, sizeof *d->wild);
    d->link = calloc(d->links + 1, sizeof *d->link);
    d->look = calloc(d->looks + 1, sizeof *d->look);
    d->by_name = hm_map_new();
    if (!d->file || !d->wild || !d->link || !d->look || !d->by_name)
        return scan_dispatch_free(d);
    d->files = d->wilds = d->links = d->looks = 0;
    d->min_exec = UINT64_MAX;
    for (size_t i = 0; i < detect_count(); i++) {
        const detect_row *r = detect_get(i);
        if (r->flags & DETECT_EXEC && r->min_bytes < d->min_exec)
            d->min_exec = r->min_bytes;
        for (const char *const *p = r->patterns; *p; p++) {
            pattern x = { .text = hm_str_c(*p),
                          .last = hm_path_base(hm_str_c(*p)),
                          .detector = (uint16_t)i,
                          .rooted = (r->flags & DETECT_ROOTED) != 0,
                          .inside = (r->flags & DETECT_INSIDE) != 0,
                          .outside = (r->flags & DETECT_OUTSIDE) != 0,
                          .next = SIZE_MAX };
            hm_str last = hm_path_base(x.text);
            if (r->flags & DETECT_EXEC)
                d->look[d->looks++] = x;
            else if (r->flags & DETECT_LINK)
                d->link[d->links++] = x;
            else if (is_wild(last))
                d->wild[d->wilds++] = x;
            else {
                uint64_t *first = hm_map_put(d->by_name, last, SIZE_MAX);
                if (!first)
                    return scan_dispatch_free(d);
                x.next = (size_t)*first;
                *first = d->files;
                d->file[d->files++] = x;
            }
        }
    }
    return d;
}

/* Does the pattern match the last segments of path? *ret_before = length of the path before them, without the slash. */
static bool tail_matches(hm_str pat, hm_str path, size_t *ret_before)
{
    for (;;) {
        hm_str p = hm_path_base(pat), s = hm_path_base(path);
        if (!hm_glob(p, s) || (s.n == 0 && p.n))
            return false;
        if (p.n == pat.n) { /* that was the pattern's first segment */
            *ret_before = s.n == path.n ? 0 : path.n - s.n - 1;
            return true;
        }
        if (s.n == path.n)
            return false;
        pat = hm_path_dir(pat);
        path = hm_path_dir(path);
    }
}

static size_t try_pattern(const pattern *x, hm_str path, bool inside, scan_hit out[SCAN_HITS], size_t n)
{
    size_t before;
    if (n == SCAN_HITS || (inside ? x->outside : x->inside) || !tail_matches(x->text, path, &before))
        return n;
    for (size_t i = 0; i < n; i++)
        if (out[i].detector == x->detector)
            return n;
    out[n] = (scan_hit){ .detector = x->detector, .root_n = x->rooted ? (uint16_t)before : 0 };
    return n + 1;
}

size_t scan_dispatch_find(const scan_dispatch *d, hm_str path, bool link, bool inside, scan_hit out[SCAN_HITS])
{
    size_t n = 0;
    if (link) {
        for (size_t i = 0; i < d->links; i++)
            n = try_pattern(&d->link[i], path, inside, out, n);
        return n;
    }
    hm_str name = hm_path_base(path);
    uint64_t at;
    if (hm_map_get(d->by_name, name, &at))
        for (size_t i = (size_t)at; i != SIZE_MAX; i = d->file[i].next)
            n = try_pattern(&d->file[i], path, inside, out, n);
    for (size_t i = 0; i < d->wilds; i++)
        if (scan_may_match(d->wild[i].last, name) && hm_glob(d->wild[i].last, name))
            n = try_pattern(&d->wild[i], path, inside, out, n);
    return n;
}

bool scan_dispatch_look(const scan_dispatch *d, hm_str path, bool executable, uint64_t size)
{
    if (size < d->min_exec)
        return false;
    size_t before;
    for (size_t i = 0; i < d->looks && !executable; i++)
        executable =
            scan_may_match(d->look[i].last, hm_path_base(path)) && tail_matches(d->look[i].text, path, &before);
    return executable;
}

static bool has_magic(const detect_row *r, hm_str head)
{
    for (const detect_magic *m = r->magic; m->n; m++)
        if (hm_str_starts(head, (hm_str){ m->bytes, m->n }))
            return true;
    return false;
}

size_t scan_magic_next(size_t from, hm_str head)
{
    for (size_t i = from; i < detect_count(); i++) {
        const detect_row *r = detect_get(i);
        if (r->flags & DETECT_EXEC && has_magic(r, head))
            return i;
    }
    return SIZE_MAX;
}
