/* number - figures as people write them. Grouped by three with a comma in both languages; sizes with binary units (as in
 * limits.h); durations in the two largest units that say something. Integers only, rounded half up. */
#include "text/text_int.h"

void text_num(hm_buf *out, uint64_t n)
{
    char digit[20], grouped[26];
    size_t d = 0, g = sizeof grouped;
    do {
        digit[d++] = (char)('0' + n % 10);
        n /= 10;
    } while (n);
    for (size_t i = 0; i < d; i++) {
        if (i && i % 3 == 0)
            grouped[--g] = ',';
        grouped[--g] = digit[i];
    }
    hm_buf_add(out, grouped + g, sizeof grouped - g);
}

/* n / unit in tenths, rounded half up; unit at most 2^60. */
static uint64_t tenths(uint64_t n, uint64_t unit)
{
    return n / unit * 10 + (n % unit * 10 + unit / 2) / unit;
}

static void put_tenths(hm_buf *out, uint64_t t)
{
    text_num(out, t / 10);
    hm_buf_byte(out, '.');
    hm_buf_u64(out, t % 10);
}

void text_bytes(hm_buf *out, uint64_t n)
{
    static const char *const UNIT[] = { " B", " KiB", " MiB", " GiB", " TiB", " PiB", " EiB" };
    if (n < 1024) {
        text_num(out, n);
        hm_buf_c(out, UNIT[0]);
        return;
    }
    size_t u = 1;
    while (u + 1 < HM_COUNT(UNIT) && tenths(n, (uint64_t)1 << (10 * u)) >= 10240)
        u++;
    put_tenths(out, tenths(n, (uint64_t)1 << (10 * u)));
    hm_buf_c(out, UNIT[u]);
}

void text_ms(hm_buf *out, text_lang lang, uint64_t ms)
{
    if (ms < 1000) {
        say_dur_ms(out, lang, ms);
    } else if (ms < 59950) {
        hm_buf t = { 0 };
        put_tenths(&t, tenths(ms, 1000));
        say_dur_s(out, lang, hm_buf_view(&t));
        out->bad |= t.bad;
        hm_buf_clear(&t);
    } else {
        uint64_t s = ms / 1000 + (ms % 1000 >= 500);
        if (s < 3600)
            say_dur_min(out, lang, s / 60, s % 60);
        else
            say_dur_h(out, lang, s / 3600, s % 3600 / 60);
    }
}
