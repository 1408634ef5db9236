/* small - base64 (RFC 4648, sections 4 and 5) and CSV fields (RFC 4180) that no spreadsheet takes for a formula. */
#include "codec/codec.h"

static int base64_digit(char c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    if (c == '+' || c == '-')
        return 62;
    return c == '/' || c == '_' ? 63 : -1;
}

bool codec_base64(hm_str text, hm_buf *out)
{
    size_t n = text.n, was = out->n;
    while (n && text.n - n < 2 && text.p[n - 1] == '=')
        n--;
    if ((n != text.n && text.n % 4 != 0) || n % 4 == 1)
        return false;
    uint32_t acc = 0;
    unsigned bits = 0;
    for (size_t i = 0; i < n; i++) {
        int digit = base64_digit(text.p[i]);
        if (digit < 0) {
            out->n = was;
            return false;
        }
        acc = (acc & 0xff) << 6 | (uint32_t)digit;
        bits += 6;
        if (bits >= 8) {
            bits -= 8;
            hm_buf_byte(out, (char)(uint8_t)(acc >> bits & 0xff));
        }
    }
    if (acc & ((1U << bits) - 1)) { /* bits that no encoder leaves: two texts would mean one value */
        out->n = was;
        return false;
    }
    return true;
}

/* Excel and its kin run a cell that starts so; in Japanese locales the full-width forms as well. */
static bool is_formula(hm_str v)
{
    static const char *const WIDE[] = { "\xef\xbc\x9d", "\xef\xbc\x8b", "\xef\xbc\x8d", "\xef\xbc\xa0" }; /* = + - @ */
    if (v.n == 0)
        return false;
    for (size_t i = 0; i < HM_COUNT(WIDE); i++)
        if (hm_str_starts(v, hm_str_c(WIDE[i])))
            return true;
    return hm_str_find(HM_STR("=+-@\t\r\n"), v.p[0]) < 7;
}

void codec_csv_field(hm_buf *out, hm_str value, bool last)
{
    bool formula = is_formula(value), quote = value.n && (value.p[0] == ' ' || value.p[value.n - 1] == ' ');
    for (size_t i = 0; i < value.n && !quote; i++)
        quote = value.p[i] == '"' || value.p[i] == ',' || value.p[i] == '\n' || value.p[i] == '\r';
    if (quote)
        hm_buf_byte(out, '"');
    if (formula)
        hm_buf_byte(out, '\'');
    while (quote && value.n) {
        size_t i = hm_str_find(value, '"');
        hm_buf_str(out, hm_str_sub(value, 0, i));
        if (i < value.n)
            hm_buf_c(out, "\"\"");
        value = hm_str_from(value, i + 1);
    }
    hm_buf_str(out, value);
    if (quote)
        hm_buf_byte(out, '"');
    hm_buf_c(out, last ? "\r\n" : ",");
}
