/* time - civil dates and RFC 3339 texts, proleptic Gregorian, UTC inside. No clock, no time zone data, no locale. */
#include "base/base.h"

enum { US = 1000000, DAY_S = 86400 };
static const int64_t MIN_DAY = -719162, MAX_DAY = 2932896; /* 0001-01-01, 9999-12-31 */

static int64_t days_of(int64_t y, int64_t m, int64_t d)
{
    /* Years counted from March, so that the leap day is the last of its year. */
    y -= m <= 2;
    int64_t era = (y >= 0 ? y : y - 399) / 400;
    int64_t yoe = y - era * 400;
    int64_t doy = (153 * (m > 2 ? m - 3 : m + 9) + 2) / 5 + d - 1;
    int64_t doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;
    return era * 146097 + doe - 719468;
}

static void civil_of(int64_t z, int64_t *y, int64_t *m, int64_t *d)
{
    z += 719468;
    int64_t era = (z >= 0 ? z : z - 146096) / 146097;
    int64_t doe = z - era * 146097;
    int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    int64_t mp = (5 * doy + 2) / 153;
    *d = doy - (153 * mp + 2) / 5 + 1;
    *m = mp < 10 ? mp + 3 : mp - 9;
    *y = yoe + era * 400 + (*m <= 2);
}

static void put(char *p, int64_t v, int digits)
{
    for (int i = digits - 1; i >= 0; i--) {
        p[i] = (char)('0' + v % 10);
        v /= 10;
    }
}

void hm_date_text(hm_date d, char out[HM_DATE_TEXT])
{
    int64_t day = d < MIN_DAY ? MIN_DAY : d > MAX_DAY ? MAX_DAY : d;
    int64_t y, m, dd;
    civil_of(day, &y, &m, &dd);
    put(out, y, 4);
    out[4] = '-';
    put(out + 5, m, 2);
    out[7] = '-';
    put(out + 8, dd, 2);
    out[10] = 0;
}

hm_date hm_date_of(hm_time t)
{
    int64_t us = (int64_t)DAY_S * US;
    int64_t d = t / us - (t % us < 0);
    return (hm_date)d;
}

void hm_time_text(hm_time t, char out[HM_TIME_TEXT])
{
    int64_t s = t / US - (t % US < 0);
    int64_t day = s / DAY_S - (s % DAY_S < 0), rest = s - day * DAY_S;
    if (day < MIN_DAY) {
        day = MIN_DAY;
        rest = 0;
    }
    if (day > MAX_DAY) {
        day = MAX_DAY;
        rest = DAY_S - 1;
    }
    hm_date_text((hm_date)day, out);
    out[10] = 'T';
    put(out + 11, rest / 3600, 2);
    out[13] = ':';
    put(out + 14, rest / 60 % 60, 2);
    out[16] = ':';
    put(out + 17, rest % 60, 2);
    out[19] = 'Z';
    out[20] = 0;
}

static bool digits(hm_str *s, size_t n, int64_t *ret)
{
    uint64_t v;
    if (s->n < n || !hm_str_u64(hm_str_sub(*s, 0, n), &v))
        return false;
    *s = hm_str_from(*s, n);
    *ret = (int64_t)v;
    return true;
}

static bool mark(hm_str *s, char c)
{
    if (s->n == 0 || s->p[0] != c)
        return false;
    *s = hm_str_from(*s, 1);
    return true;
}

static bool date_part(hm_str *s, int64_t *ret_day)
{
    static const int LENGTH[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    int64_t y, m, d;
    if (!digits(s, 4, &y) || !mark(s, '-') || !digits(s, 2, &m) || !mark(s, '-') || !digits(s, 2, &d))
        return false;
    if (y < 1 || m < 1 || m > 12 || d < 1)
        return false;
    bool leap = (y % 4 == 0 && y % 100 != 0) || y % 400 == 0;
    if (d > LENGTH[m - 1] + (m == 2 && leap))
        return false;
    *ret_day = days_of(y, m, d);
    return true;
}

bool hm_date_parse(hm_str s, hm_date *ret)
{
    int64_t day;
    if (!date_part(&s, &day) || s.n)
        return false;
    *ret = (hm_date)day;
    return true;
}

bool hm_time_parse(hm_str s, hm_time *ret)
{
    int64_t day, h, mi, sec, frac = 0, off = 0;
    if (!date_part(&s, &day) || (!mark(&s, 'T') && !mark(&s, 't') && !mark(&s, ' ')))
        return false;
    if (!digits(&s, 2, &h) || !mark(&s, ':') || !digits(&s, 2, &mi) || !mark(&s, ':') || !digits(&s, 2, &sec))
        return false;
    if (h > 23 || mi > 59 || sec > 60)
        return false;
    if (mark(&s, '.')) {
        int64_t unit = US / 10;
        size_t n = 0;
        while (s.n && hm_is_digit(s.p[0])) {
            frac += unit * (s.p[0] - '0');
            unit /= 10;
            s = hm_str_from(s, 1);
            n++;
        }
        if (n == 0)
            return false;
    }
    if (!mark(&s, 'Z') && !mark(&s, 'z')) {
        bool minus = s.n && s.p[0] == '-';
        int64_t oh, om;
        if (!mark(&s, minus ? '-' : '+') || !digits(&s, 2, &oh) || !mark(&s, ':') || !digits(&s, 2, &om))
            return false;
        if (oh > 23 || om > 59)
            return false;
        off = (oh * 60 + om) * 60 * (minus ? -1 : 1);
    }
    if (s.n)
        return false;
    *ret = (day * DAY_S + h * 3600 + mi * 60 + sec - off) * US + frac;
    return true;
}
