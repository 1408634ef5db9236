/* normal - the normal form of a literal version, as far as an ordering defines one.
 *
 *   PEP 440   [v][N!]N(.N)*[{a|b|rc}N][.postN][.devN][+local]   spellings folded as "Normalization" says
 *   SemVer    MAJOR.MINOR.PATCH[-pre][+build]                   a leading "v" or "=" and white space go
 *   NuGet     N.N[.N[.N]][-pre][+build]                         as NuGetVersion.ToNormalizedString, in lower case
 *
 * Invariants: linear in the bytes, no allocation but the output, numbers of any length (digits are never converted).
 * What is not in the grammar is appended as it is, so that nothing is lost. The enemy wrote the literal. */
#include "version/version.h"

static size_t digits(hm_str s, size_t at)
{
    size_t n = 0;
    while (at + n < s.n && hm_is_digit(s.p[at + n]))
        n++;
    return n;
}

static void put_number(hm_buf *out, hm_str s)
{
    while (s.n > 1 && s.p[0] == '0')
        s = hm_str_from(s, 1);
    hm_buf_str(out, s);
}

static void put_lower(hm_buf *out, hm_str s)
{
    for (size_t i = 0; i < s.n; i++)
        hm_buf_byte(out, hm_lower(s.p[i]));
}

static bool is_zero(hm_str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] != '0')
            return false;
    return true;
}

/* ---- PEP 440, appendix B ----------------------------------------------------------------------------------- */

/* A spelling and its normal one; longer spellings before their own heads. */
typedef struct word {
    const char *spelled, *normal;
} word;
static const word PRE[] = { { "alpha", "a" },    { "a", "a" },    { "beta", "b" }, { "b", "b" },
                            { "preview", "rc" }, { "pre", "rc" }, { "c", "rc" },   { "rc", "rc" } };
static const word POST[] = { { "post", ".post" }, { "rev", ".post" }, { "r", ".post" } };
static const word DEV[] = { { "dev", ".dev" } };

static bool is_sep(hm_str s, size_t at)
{
    return at < s.n && (s.p[at] == '-' || s.p[at] == '_' || s.p[at] == '.');
}

/* [sep] word [sep] [digits] at *at; moves *at and appends the normal form. */
static bool segment(hm_str s, size_t *at, const word *words, size_t n_words, hm_buf *out)
{
    size_t i = *at + is_sep(s, *at);
    for (size_t w = 0; w < n_words; w++) {
        size_t n = strlen(words[w].spelled);
        if (!hm_str_eq_nocase(hm_str_sub(s, i, n), hm_str_c(words[w].spelled)))
            continue;
        i += n;
        i += is_sep(s, i);
        n = digits(s, i);
        hm_buf_c(out, words[w].normal);
        if (n)
            put_number(out, hm_str_sub(s, i, n));
        else
            hm_buf_byte(out, '0');
        *at = i + n;
        return true;
    }
    return false;
}

static bool local(hm_str s, hm_buf *out)
{
    hm_buf_byte(out, '+');
    for (size_t at = 0;;) {
        size_t n = 0;
        bool number = true;
        for (; at + n < s.n && hm_is_alnum(s.p[at + n]); n++)
            number = number && hm_is_digit(s.p[at + n]);
        if (n == 0)
            return false;
        if (number)
            put_number(out, hm_str_sub(s, at, n));
        else
            put_lower(out, hm_str_sub(s, at, n));
        at += n;
        if (at == s.n)
            return true;
        if (!is_sep(s, at))
            return false;
        hm_buf_byte(out, '.');
        at++;
    }
}

static bool pep440(hm_str s, hm_buf *out)
{
    s = hm_str_trim(s);
    if (s.n && hm_lower(s.p[0]) == 'v')
        s = hm_str_from(s, 1);
    size_t at = digits(s, 0), n;
    if (at == 0)
        return false;
    if (at < s.n && s.p[at] == '!') {
        if (!is_zero(hm_str_sub(s, 0, at))) {
            put_number(out, hm_str_sub(s, 0, at));
            hm_buf_byte(out, '!');
        }
        s = hm_str_from(s, at + 1);
        at = digits(s, 0);
        if (at == 0)
            return false;
    }
    put_number(out, hm_str_sub(s, 0, at));
    while (at < s.n && s.p[at] == '.' && (n = digits(s, at + 1)) > 0) {
        hm_buf_byte(out, '.');
        put_number(out, hm_str_sub(s, at + 1, n));
        at += 1 + n;
    }
    segment(s, &at, PRE, HM_COUNT(PRE), out);
    if (at < s.n && s.p[at] == '-' && (n = digits(s, at + 1)) > 0) { /* "1.0-1" is 1.0.post1 */
        hm_buf_c(out, ".post");
        put_number(out, hm_str_sub(s, at + 1, n));
        at += 1 + n;
    } else
        segment(s, &at, POST, HM_COUNT(POST), out);
    segment(s, &at, DEV, HM_COUNT(DEV), out);
    return at == s.n || (s.p[at] == '+' && local(hm_str_from(s, at + 1), out));
}

/* ---- SemVer 2.0.0 and NuGet ---------------------------------------------------------------------------------- */

/* Dot-separated identifiers of [0-9A-Za-z-]; `strict`: numeric ones without leading zeros (SemVer clause 9). */
static bool identifiers(hm_str s, bool strict)
{
    for (size_t at = 0;; at++) {
        size_t n = 0;
        bool number = true;
        for (; at + n < s.n && (hm_is_alnum(s.p[at + n]) || s.p[at + n] == '-'); n++)
            number = number && hm_is_digit(s.p[at + n]);
        if (n == 0 || (strict && number && n > 1 && s.p[at] == '0'))
            return false;
        at += n;
        if (at == s.n)
            return true;
        if (s.p[at] != '.')
            return false;
    }
}

static bool semver(hm_str s, hm_buf *out)
{
    s = hm_str_trim(s);
    if (s.n && s.p[0] == '=')
        s = hm_str_trim(hm_str_from(s, 1));
    if (s.n && hm_lower(s.p[0]) == 'v')
        s = hm_str_from(s, 1);
    hm_str rest = s, build = HM_NONE;
    bool has_build = hm_str_find(rest, '+') < rest.n;
    rest = hm_str_cut(rest, '+', &build);
    size_t at = 0;
    for (int part = 0; part < 3; part++) {
        if (part > 0 && (at >= rest.n || rest.p[at++] != '.'))
            return false;
        size_t n = digits(rest, at);
        if (n == 0 || (n > 1 && rest.p[at] == '0'))
            return false;
        at += n;
    }
    if (at < rest.n && (rest.p[at] != '-' || !identifiers(hm_str_from(rest, at + 1), true)))
        return false;
    if (has_build && !identifiers(build, false))
        return false;
    hm_buf_str(out, s);
    return true;
}

static bool nuget(hm_str s, hm_buf *out)
{
    hm_str build = HM_NONE;
    s = hm_str_trim(s);
    bool has_build = hm_str_find(s, '+') < s.n;
    s = hm_str_cut(s, '+', &build);
    if (has_build && !identifiers(build, false))
        return false;
    size_t at = 0;
    int part = 0;
    for (;; part++) {
        size_t n = digits(s, at);
        if (n == 0 || part == 4)
            return false;
        if (part < 3 || !is_zero(hm_str_sub(s, at, n))) {
            if (part > 0)
                hm_buf_byte(out, '.');
            put_number(out, hm_str_sub(s, at, n));
        }
        at += n;
        if (at == s.n || s.p[at] != '.')
            break;
        at++;
    }
    for (; part < 2; part++)
        hm_buf_c(out, ".0");
    if (at == s.n)
        return true;
    if (s.p[at] != '-' || !identifiers(hm_str_from(s, at + 1), false))
        return false;
    put_lower(out, hm_str_from(s, at));
    return true;
}

bool version_normal(version_order order, hm_str literal, hm_buf *out)
{
    size_t was = out->n;
    bool ok;
    if (order == VERSION_PEP440)
        ok = pep440(literal, out);
    else if (order == VERSION_SEMVER)
        ok = semver(literal, out);
    else if (order == VERSION_NUGET)
        ok = nuget(literal, out);
    else {
        hm_buf_str(out, literal);
        return literal.n > 0;
    }
    if (!ok) {
        out->n = was;
        hm_buf_str(out, literal);
    }
    return ok;
}
