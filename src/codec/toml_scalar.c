/* toml_scalar - what a bare value of TOML is: truth, an integer, another number, a date or time (TOML 1.0, "Integer",
 * "Float", "Boolean", "Offset Date-Time" and those behind it).
 * Invariant: the whole text is of that kind, to its last byte; nothing is converted but integers that fit.
 * Enemy: the author of the document. */
#include "codec/toml_scalar.h"

int codec_toml_hex(int c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    int low = c | 0x20;
    return low >= 'a' && low <= 'f' ? low - 'a' + 10 : -1;
}

/* Digits with single underscores between them. Length, 0: none or wrong. */
static size_t digits(hm_str s, unsigned base)
{
    size_t i = 0;
    for (; i < s.n; i++) {
        int d = codec_toml_hex((unsigned char)s.p[i]);
        if (s.p[i] == '_' && i && s.p[i - 1] != '_')
            continue;
        if (d < 0 || (unsigned)d >= base)
            break;
    }
    return i && s.p[i - 1] == '_' ? 0 : i;
}

static bool integer(hm_str s, unsigned base, uint64_t *ret)
{
    uint64_t v = 0;
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] != '_' &&
            (hm_ckd_mul(&v, v, (uint64_t)base) || hm_ckd_add(&v, v, (uint64_t)codec_toml_hex((unsigned char)s.p[i]))))
            return false;
    *ret = v;
    return true;
}

/* "12:30", "12:30:15", "12:30:15.25" at the start of s. Length, 0: none. */
static size_t clock_time(hm_str s)
{
    static const unsigned MAX[] = { 23, 59, 60 };
    size_t i = 0;
    for (unsigned part = 0; part < 3; part++) {
        if (part && (i == s.n || s.p[i] != ':'))
            return part == 2 ? i : 0;
        i += part ? 1 : 0;
        if (s.n - i < 2 || !hm_is_digit(s.p[i]) || !hm_is_digit(s.p[i + 1]) ||
            (unsigned)((s.p[i] - '0') * 10 + s.p[i + 1] - '0') > MAX[part])
            return 0;
        i += 2;
    }
    if (i == s.n || s.p[i] != '.')
        return i;
    size_t from = ++i;
    while (i < s.n && hm_is_digit(s.p[i]))
        i++;
    return i > from ? i : 0;
}

/* "+09:00" or "Z": the whole of s. */
static bool zone(hm_str s)
{
    if (s.n == 1 && (s.p[0] | 0x20) == 'z')
        return true;
    return s.n == 6 && (s.p[0] == '+' || s.p[0] == '-') && clock_time(hm_str_from(s, 1)) == 5;
}

bool codec_toml_is_date(hm_str s)
{
    hm_date d;
    return s.n >= 10 && hm_date_parse(hm_str_sub(s, 0, 10), &d);
}

static bool is_time(hm_str s)
{
    if (!codec_toml_is_date(s))
        return s.n && clock_time(s) == s.n;
    if (s.n == 10)
        return true;
    hm_str rest = hm_str_from(s, 11);
    size_t n = s.p[10] == 'T' || s.p[10] == 't' || s.p[10] == ' ' ? clock_time(rest) : 0;
    return n && (n == rest.n || zone(hm_str_from(rest, n)));
}

static bool is_float(hm_str s)
{
    hm_str t = s.n && (s.p[0] == '+' || s.p[0] == '-') ? hm_str_from(s, 1) : s;
    if (hm_str_is(t, "inf") || hm_str_is(t, "nan"))
        return true;
    size_t whole = digits(t, 10);
    if (whole == 0 || (whole > 1 && t.p[0] == '0'))
        return false;
    t = hm_str_from(t, whole);
    if (t.n && t.p[0] == '.') {
        size_t n = digits(hm_str_from(t, 1), 10);
        if (n == 0)
            return false;
        t = hm_str_from(t, n + 1);
    }
    if (t.n && (t.p[0] | 0x20) == 'e') {
        t = hm_str_from(t, t.n > 1 && (t.p[1] == '+' || t.p[1] == '-') ? 2 : 1);
        size_t n = digits(t, 10);
        if (n == 0)
            return false;
        t = hm_str_from(t, n);
    }
    return t.n == 0;
}

static bool is_integer(hm_str s, unsigned *base, hm_str *ret_digits)
{
    static const char MARK[] = "xob";
    static const unsigned BASE[] = { 16, 8, 2 };
    hm_str t = s.n && (s.p[0] == '+' || s.p[0] == '-') ? hm_str_from(s, 1) : s;
    *base = 10;
    if (t.n == s.n && t.n > 2 && t.p[0] == '0')
        for (size_t i = 0; i < 3; i++)
            if (t.p[1] == MARK[i]) {
                *base = BASE[i];
                t = hm_str_from(t, 2);
                break;
            }
    *ret_digits = t;
    return t.n && digits(t, *base) == t.n && !(*base == 10 && t.n > 1 && t.p[0] == '0');
}

codec_toml_kind codec_toml_scalar(hm_str s, uint64_t *ret_number)
{
    unsigned base;
    hm_str plain = HM_NONE;
    uint64_t number = 0;
    if (hm_str_is(s, "true") || hm_str_is(s, "false")) {
        *ret_number = s.p[0] == 't';
        return CODEC_TOML_BOOL;
    }
    if (is_integer(s, &base, &plain)) {
        if (!integer(plain, base, &number) || (s.p[0] == '-' && number))
            return CODEC_TOML_NUMBER;
        *ret_number = number;
        return CODEC_TOML_INT;
    }
    return is_float(s) ? CODEC_TOML_NUMBER : is_time(s) ? CODEC_TOML_TIME : CODEC_TOML_NONE;
}
