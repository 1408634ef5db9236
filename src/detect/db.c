/* db - see db_int.h. Invariants of the search: from <= to <= all.n; both stand at the start of a path or at the end. */
#include "detect/db_int.h"
#include "base/limits.h"

enum { USR = 4 }; /* length of "usr/" */

static void set_at(hm_err *e, hm_str at)
{
    size_t n = at.n < sizeof e->at ? at.n : sizeof e->at - 1;
    if (n)
        memcpy(e->at, at.p, n);
    e->at[n] = 0;
}

void detect_gap(detect_gaps *g, hm_rc rc, hm_defect defect, uint64_t line, hm_str at)
{
    hm_err e;
    if (g->n++ >= LIMIT_FILE_GAPS)
        return;
    hm_fail(&e, rc, defect, line ? HM_PLACE_LINE : HM_PLACE_NONE, line,
            defect == DEFECT_FIELDS_LINE ? LIMIT_FIELD_LINE : 0);
    set_at(&e, at);
    part_add_gap(g->out, g->in->file->path, &e);
}

hm_rc detect_gaps_end(const detect_gaps *g, bool no_memory, hm_err *err)
{
    if (no_memory)
        return hm_fail(err, HM_NOMEM, DEFECT_NOMEM, HM_PLACE_NONE, 0, 0);
    if (g->n > LIMIT_FILE_GAPS)
        return hm_fail(err, HM_LIMIT, DEFECT_TOO_MANY, HM_PLACE_NONE, 0, LIMIT_FILE_GAPS);
    return HM_OK;
}

bool detect_is_deb_name(hm_str s)
{
    if (s.n == 0 || !hm_is_alnum(s.p[0]))
        return false;
    for (size_t i = 1; i < s.n; i++)
        if (!hm_is_alnum(s.p[i]) && hm_str_find(HM_STR("+-._"), s.p[i]) == 4)
            return false;
    return true;
}

/* First path in [from, to) of `all` that is not less than head + tail; `to` if there is none. */
static size_t lower_bound(hm_str all, size_t from, size_t to, hm_str head, hm_str tail)
{
    while (from < to) {
        size_t mid = from + (to - from) / 2;
        const char *z = memrchr(all.p + from, 0, mid - from);
        size_t start = z ? (size_t)(z - all.p) + 1 : from;
        size_t n = hm_str_find(hm_str_sub(all, start, to - start), 0);
        hm_str path = hm_str_sub(all, start, n);
        int c = hm_str_cmp(hm_str_sub(path, 0, head.n), head);
        if (c == 0)
            c = hm_str_cmp(hm_str_from(path, head.n), tail);
        if (c >= 0)
            to = start;
        else
            from = n < to - start ? start + n + 1 : to;
    }
    return from;
}

void detect_wanted_clear(detect_wanted *w)
{
    hm_buf_clear(&w->key);
}

/* What systems with a merged /usr moved there. */
static bool is_merged(hm_str dir)
{
    static const char *const TOP[] = { "bin/", "sbin/", "lib/", "lib32/", "lib64/", "libo32/", "libx32/" };
    for (size_t i = 0; i < HM_COUNT(TOP); i++)
        if (hm_str_starts(dir, hm_str_c(TOP[i])))
            return true;
    return false;
}

static void search_dir(detect_wanted *w, size_t which, hm_str key)
{
    size_t from = lower_bound(w->all, 0, w->all.n, key, HM_NONE);
    w->range[which].from = from;
    /* '0' follows '/': the first path that no longer starts with the directory */
    w->range[which].to = lower_bound(w->all, from, w->all.n, hm_str_sub(key, 0, key.n - 1), HM_STR("0"));
}

void detect_wanted_dir(detect_wanted *w, hm_str dir)
{
    hm_str key = hm_buf_view(&w->key);
    if (dir.n ? key.n == USR + dir.n + 1 && hm_str_eq(hm_str_sub(key, USR, dir.n), dir) : key.n == USR)
        return;
    hm_buf_reset(&w->key);
    hm_buf_c(&w->key, "usr/");
    hm_buf_str(&w->key, dir);
    if (dir.n)
        hm_buf_byte(&w->key, '/');
    memset(w->range, 0, sizeof w->range);
    if (w->key.bad)
        return;
    key = hm_buf_view(&w->key);
    if (dir.n)
        search_dir(w, 0, hm_str_from(key, USR));
    else
        w->range[0].to = w->all.n;
    if (is_merged(hm_str_from(key, USR)))
        search_dir(w, 1, key);
}

static hm_str find_in(const detect_wanted *w, size_t which, hm_str key, hm_str name)
{
    size_t from = w->range[which].from, to = w->range[which].to;
    size_t at = lower_bound(w->all, from, to, key, name);
    if (at >= to)
        return HM_NONE;
    hm_str path = hm_str_from(w->all, at);
    path = hm_str_sub(path, 0, hm_str_find(path, 0));
    return hm_str_starts(path, key) && hm_str_eq(hm_str_from(path, key.n), name) ? path : HM_NONE;
}

hm_str detect_wanted_find(const detect_wanted *w, hm_str name)
{
    hm_str key = hm_buf_view(&w->key), found;
    if (w->key.bad || key.n < USR || name.n == 0)
        return HM_NONE;
    found = find_in(w, 0, hm_str_from(key, USR), name);
    return found.n ? found : find_in(w, 1, key, name);
}
