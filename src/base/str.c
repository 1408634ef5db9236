/* str - byte slices: comparison, cutting, numbers, paths, UTF-8, globs. Pure; ASCII rules only, no locale. */
#include "base/base.h"

hm_str hm_str_c(const char *s)
{
    return s ? (hm_str){ s, strlen(s) } : HM_NONE;
}

bool hm_str_eq(hm_str a, hm_str b)
{
    return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

char hm_lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

bool hm_str_eq_nocase(hm_str a, hm_str b)
{
    if (a.n != b.n)
        return false;
    for (size_t i = 0; i < a.n; i++)
        if (hm_lower(a.p[i]) != hm_lower(b.p[i]))
            return false;
    return true;
}

bool hm_str_is(hm_str a, const char *s)
{
    return hm_str_eq(a, hm_str_c(s));
}

int hm_str_cmp(hm_str a, hm_str b)
{
    size_t n = a.n < b.n ? a.n : b.n;
    int c = n ? memcmp(a.p, b.p, n) : 0;
    if (c != 0)
        return c;
    return a.n < b.n ? -1 : a.n > b.n;
}

bool hm_str_starts(hm_str s, hm_str head)
{
    return s.n >= head.n && hm_str_eq((hm_str){ s.p, head.n }, head);
}

bool hm_str_ends(hm_str s, hm_str tail)
{
    return s.n >= tail.n && hm_str_eq((hm_str){ s.p + (s.n - tail.n), tail.n }, tail);
}

hm_str hm_str_from(hm_str s, size_t from)
{
    return from < s.n ? (hm_str){ s.p + from, s.n - from } : HM_NONE;
}

hm_str hm_str_sub(hm_str s, size_t from, size_t n)
{
    hm_str t = hm_str_from(s, from);
    if (n < t.n)
        t.n = n;
    return t;
}

bool hm_is_alpha(int c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool hm_is_digit(int c)
{
    return c >= '0' && c <= '9';
}

bool hm_is_alnum(int c)
{
    return hm_is_alpha(c) || hm_is_digit(c);
}

bool hm_is_space(int c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

hm_str hm_str_trim(hm_str s)
{
    size_t i = 0, n = s.n;
    while (i < n && hm_is_space(s.p[i]))
        i++;
    while (n > i && hm_is_space(s.p[n - 1]))
        n--;
    return hm_str_sub(s, i, n - i);
}

size_t hm_str_find(hm_str s, char c)
{
    const char *p = s.n ? memchr(s.p, c, s.n) : NULL;
    return p ? (size_t)(p - s.p) : s.n;
}

size_t hm_str_rfind(hm_str s, char c)
{
    const char *p = s.n ? memrchr(s.p, c, s.n) : NULL;
    return p ? (size_t)(p - s.p) : s.n;
}

size_t hm_str_search(hm_str s, hm_str needle)
{
    if (needle.n == 0)
        return 0;
    const char *p = s.n ? memmem(s.p, s.n, needle.p, needle.n) : NULL;
    return p ? (size_t)(p - s.p) : s.n;
}

hm_str hm_str_cut(hm_str s, char sep, hm_str *rest)
{
    size_t i = hm_str_find(s, sep);
    *rest = hm_str_from(s, i < s.n ? i + 1 : s.n);
    return hm_str_sub(s, 0, i);
}

bool hm_str_line(hm_str *rest, hm_str *ret_line)
{
    if (rest->n == 0)
        return false;
    hm_str line = hm_str_cut(*rest, '\n', rest);
    if (line.n && line.p[line.n - 1] == '\r')
        line.n--;
    *ret_line = line;
    return true;
}

bool hm_str_u64(hm_str s, uint64_t *ret)
{
    uint64_t v = 0;
    if (s.n == 0)
        return false;
    for (size_t i = 0; i < s.n; i++) {
        if (!hm_is_digit(s.p[i]))
            return false;
        uint64_t d = (uint64_t)(s.p[i] - '0');
        if (hm_ckd_mul(&v, v, (uint64_t)10) || hm_ckd_add(&v, v, d))
            return false;
    }
    *ret = v;
    return true;
}

hm_str hm_path_base(hm_str path)
{
    size_t i = hm_str_rfind(path, '/');
    return i < path.n ? hm_str_from(path, i + 1) : path;
}

hm_str hm_path_dir(hm_str path)
{
    size_t i = hm_str_rfind(path, '/');
    return i < path.n ? hm_str_sub(path, 0, i) : HM_NONE;
}

size_t hm_utf8_len(hm_str s)
{
    if (s.n == 0)
        return 0;
    const uint8_t *p = (const uint8_t *)s.p;
    if (p[0] < 0x80)
        return 1;
    size_t n;
    uint8_t lo = 0x80, hi = 0xbf; /* range of the second byte: excludes overlong forms, surrogates, > U+10FFFF */
    if (p[0] >= 0xc2 && p[0] <= 0xdf)
        n = 2;
    else if (p[0] >= 0xe0 && p[0] <= 0xef) {
        n = 3;
        if (p[0] == 0xe0)
            lo = 0xa0;
        if (p[0] == 0xed)
            hi = 0x9f;
    } else if (p[0] >= 0xf0 && p[0] <= 0xf4) {
        n = 4;
        if (p[0] == 0xf0)
            lo = 0x90;
        if (p[0] == 0xf4)
            hi = 0x8f;
    } else
        return 0;
    if (s.n < n || p[1] < lo || p[1] > hi)
        return 0;
    for (size_t i = 2; i < n; i++)
        if (p[i] < 0x80 || p[i] > 0xbf)
            return 0;
    return n;
}

bool hm_utf8_ok(hm_str s)
{
    size_t at = 0;
    while (at < s.n) {
        if ((uint8_t)s.p[at] < 0x80) {
            at++;
            continue;
        }
        size_t n = hm_utf8_len(hm_str_from(s, at));
        if (n == 0)
            return false;
        at += n;
    }
    return true;
}

bool hm_glob(hm_str pattern, hm_str name)
{
    size_t p = 0, s = 0, star = SIZE_MAX, mark = 0;
    while (s < name.n) {
        if (p < pattern.n && pattern.p[p] == '*') {
            star = p++;
            mark = s;
        } else if (p < pattern.n && (pattern.p[p] == '?' || pattern.p[p] == name.p[s])) {
            p++;
            s++;
        } else if (star != SIZE_MAX) {
            p = star + 1;
            s = ++mark;
        } else
            return false;
    }
    while (p < pattern.n && pattern.p[p] == '*')
        p++;
    return p == pattern.n;
}
