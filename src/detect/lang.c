/* lang - see lang.h. Pure; memory from the arena of the file, or the caller's buffer. */
#include "detect/lang.h"
#include "base/limits.h"

void detect_err_at(hm_err *err, hm_str at)
{
    if (!err)
        return;
    size_t n = at.n < sizeof err->at - 1 ? at.n : sizeof err->at - 1;
    memcpy(err->at, at.p, n);
    memset(err->at + n, 0, sizeof err->at - n);
}

void detect_lang_gap(detect_lang_gaps *g, hm_rc rc, hm_defect defect, hm_place kind, uint64_t place, uint64_t arg0,
                     hm_str at)
{
    hm_err e = { 0 };
    if (g->n > LIMIT_FILE_GAPS)
        return;
    if (g->n++ == LIMIT_FILE_GAPS) {
        (void)hm_fail(&e, HM_LIMIT, DEFECT_TOO_MANY, HM_PLACE_NONE, 0, LIMIT_FILE_GAPS);
    } else {
        (void)hm_fail(&e, rc, defect, kind, place, arg0);
        detect_err_at(&e, at);
    }
    part_add_gap(g->out, g->path, &e);
}

hm_rc detect_no_memory(hm_err *err)
{
    return hm_fail(err, HM_NOMEM, DEFECT_NOMEM, HM_PLACE_NONE, 0, 0);
}

void detect_version(part_desc *d, hm_str literal, hm_buf *normal)
{
    hm_buf_reset(normal);
    if (literal.n)
        (void)version_normal(part_eco_get(d->eco)->order, literal, normal);
    d->version = normal->n ? hm_buf_view(normal) : literal;
    if (!hm_str_eq(d->version, literal))
        d->literal = literal;
    if (d->version.n == 0)
        d->flags |= PART_F_NO_VERSION;
}

hm_str detect_cut(hm_str s, size_t max)
{
    if (s.n <= max)
        return s;
    size_t n = max;
    while (n && ((unsigned char)s.p[n] & 0xc0) == 0x80)
        n--;
    return hm_str_sub(s, 0, n ? n : max);
}

hm_str detect_join(hm_arena *a, hm_str x, hm_str y, hm_str z)
{
    size_t n;
    if (hm_ckd_add(&n, x.n, y.n) || hm_ckd_add(&n, n, z.n))
        return HM_NONE;
    char *p = hm_arena_alloc(a, n);
    if (!p)
        return HM_NONE;
    const hm_str part[] = { x, y, z };
    char *to = p;
    for (size_t i = 0; i < HM_COUNT(part); to += part[i].n, i++)
        if (part[i].n) /* an empty one may have no address */
            memcpy(to, part[i].p, part[i].n);
    return (hm_str){ p, n };
}

hm_str detect_url(hm_arena *a, hm_str url)
{
    size_t scheme = hm_str_search(url, HM_STR("://"));
    if (scheme == url.n)
        return url;
    size_t from = scheme + 3, end = from;
    while (end < url.n && url.p[end] != '/' && url.p[end] != '?' && url.p[end] != '#')
        end++;
    hm_str authority = hm_str_sub(url, from, end - from);
    size_t at = hm_str_rfind(authority, '@');
    if (at == authority.n)
        return url;
    hm_str user = hm_str_sub(authority, 0, at), keep = HM_NONE;
    bool web = hm_str_ends(hm_str_sub(url, 0, scheme), HM_STR("http")) ||
               hm_str_ends(hm_str_sub(url, 0, scheme), HM_STR("https"));
    if (!web) {
        size_t colon = hm_str_find(user, ':');
        if (colon == user.n)
            return url;
        keep = hm_str_sub(user, 0, colon);
    }
    return detect_join(a, hm_str_sub(url, 0, from), keep, hm_str_from(url, from + at + (keep.n ? 0 : 1)));
}
