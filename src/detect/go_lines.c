/* go_lines - the line format of go.mod and go.work (Go Modules Reference, "Lexical elements"): one directive a line, or
 * a block of them in parentheses; words bare, "quoted" or `quoted`; "//" begins a comment. And the order of versions
 * (SemVer 2.0.0, 11), as far as lists of modules need it. Everything is a slice of the text; one pass.
 * Enemy: the author of the file. */
#include "detect/go_mod.h"

detect_go_lines detect_go_lines_of(hm_str text)
{
    return (detect_go_lines){ .rest = text };
}

/* Next word of *s; false: none. */
static bool word(hm_str *s, hm_str *ret)
{
    *s = hm_str_trim(*s);
    if (s->n == 0)
        return false;
    char q = s->p[0];
    if (q == '"' || q == '`') {
        hm_str rest;
        *ret = hm_str_cut(hm_str_from(*s, 1), q, &rest);
        *s = rest;
        return true;
    }
    size_t n = 0;
    while (n < s->n && !hm_is_space((unsigned char)s->p[n]) && s->p[n] != '(' && s->p[n] != ')')
        n++;
    n += n == 0;
    *ret = hm_str_sub(*s, 0, n);
    *s = hm_str_from(*s, n);
    return true;
}

static hm_str without_comment(hm_str s, hm_str *ret_comment)
{
    char quote = 0;
    *ret_comment = HM_NONE;
    for (size_t i = 0; i < s.n; i++) {
        char x = s.p[i];
        if (quote) {
            quote = x == quote ? 0 : quote;
        } else if (x == '"' || x == '`') {
            quote = x;
        } else if (x == '/' && i + 1 < s.n && s.p[i + 1] == '/') {
            *ret_comment = hm_str_trim(hm_str_from(s, i + 2));
            return hm_str_sub(s, 0, i);
        }
    }
    return s;
}

bool detect_go_lines_next(detect_go_lines *r, detect_go_line *ret)
{
    hm_str text;
    while (hm_str_line(&r->rest, &text)) {
        r->line++;
        *ret = (detect_go_line){ .verb = r->block, .line = r->line };
        text = without_comment(text, &ret->comment);
        hm_str w;
        while (ret->n <= GO_TOKENS && word(&text, &w)) {
            if (ret->verb.n == 0)
                ret->verb = w;
            else if (ret->n == GO_TOKENS)
                ret->n++;
            else
                ret->tok[ret->n++] = w;
        }
        if (r->block.n && ret->n == 1 && hm_str_is(ret->tok[0], ")")) {
            r->block = HM_NONE;
            continue;
        }
        if (!r->block.n && ret->n == 1 && hm_str_is(ret->tok[0], "(")) {
            r->block = ret->verb;
            continue;
        }
        if (ret->n || (ret->verb.n && !r->block.n))
            return true;
    }
    return false;
}

/* ---- versions --------------------------------------------------------------------------------------------------- */

static hm_str number(hm_str *s)
{
    size_t n = 0;
    while (n < s->n && hm_is_digit(s->p[n]))
        n++;
    hm_str v = hm_str_sub(*s, 0, n);
    *s = hm_str_from(*s, n);
    return v;
}

/* [v]A.B.C[-pre][+meta] */
static bool split(hm_str v, hm_str part[3], hm_str *ret_pre)
{
    hm_str meta;
    v = hm_str_cut(v, '+', &meta);
    if (v.n == 0 || v.p[0] != 'v')
        return false;
    v = hm_str_from(v, 1);
    for (size_t i = 0; i < 3; i++) {
        part[i] = number(&v);
        if (part[i].n == 0 || (i < 2 && (v.n == 0 || v.p[0] != '.')))
            return false;
        v = hm_str_from(v, i < 2);
    }
    *ret_pre = hm_str_from(v, 1);
    return v.n == 0 || (v.p[0] == '-' && v.n > 1);
}

bool detect_go_version(hm_str v)
{
    hm_str part[3], pre;
    return split(v, part, &pre);
}

static int by_number(hm_str a, hm_str b)
{
    while (a.n > 1 && a.p[0] == '0')
        a = hm_str_from(a, 1);
    while (b.n > 1 && b.p[0] == '0')
        b = hm_str_from(b, 1);
    return a.n != b.n ? (a.n < b.n ? -1 : 1) : hm_str_cmp(a, b);
}

static bool all_digits(hm_str s)
{
    hm_str rest = s;
    return number(&rest).n == s.n && s.n;
}

int detect_go_version_cmp(hm_str a, hm_str b)
{
    hm_str pa[3], pb[3], ra, rb;
    bool oka = split(a, pa, &ra), okb = split(b, pb, &rb);
    if (!oka || !okb)
        return oka - okb;
    for (size_t i = 0; i < 3; i++) {
        int c = by_number(pa[i], pb[i]);
        if (c)
            return c;
    }
    if (ra.n == 0 || rb.n == 0) /* a release is after its pre-releases */
        return (ra.n == 0) - (rb.n == 0);
    while (ra.n && rb.n) {
        hm_str xa = hm_str_cut(ra, '.', &ra), xb = hm_str_cut(rb, '.', &rb);
        bool na = all_digits(xa), nb = all_digits(xb);
        int c = na && nb ? by_number(xa, xb) : na != nb ? (na ? -1 : 1) : hm_str_cmp(xa, xb);
        if (c)
            return c;
    }
    return (ra.n > 0) - (rb.n > 0);
}

bool detect_go_is_path(hm_str r)
{
    return hm_str_is(r, ".") || hm_str_is(r, "..") || hm_str_starts(r, HM_STR("./")) ||
           hm_str_starts(r, HM_STR("../")) || hm_str_starts(r, HM_STR("/")) || hm_str_starts(r, HM_STR(".\\")) ||
           hm_str_starts(r, HM_STR("..\\")) || (r.n > 1 && r.p[1] == ':');
}

void detect_go_name(part_desc *d, hm_str module_path)
{
    d->ns = hm_path_dir(module_path);
    d->name = hm_path_base(module_path);
    if (d->name.n == 0) { /* "x/": as it is written */
        d->ns = HM_NONE;
        d->name = module_path;
    }
}
