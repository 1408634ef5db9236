/* buf - growable bytes on the heap. Invariants: n <= cap; with a limit, n <= limit; after `bad` nothing is added. */
#include "base/base.h"

void hm_buf_clear(hm_buf *b)
{
    free(b->p);
    *b = (hm_buf){ .limit = b->limit };
}

void hm_buf_reset(hm_buf *b)
{
    b->n = 0;
    b->bad = false;
}

bool hm_buf_room(hm_buf *b, size_t n)
{
    if (b->bad)
        return false;
    if (n <= b->cap - b->n)
        return true;
    size_t need;
    if (hm_ckd_add(&need, b->n, n) || (b->limit && need > b->limit)) {
        b->bad = true;
        return false;
    }
    size_t cap = b->cap ? b->cap : 256;
    while (cap < need)
        if (hm_ckd_mul(&cap, cap, (size_t)2)) {
            cap = need;
            break;
        }
    if (b->limit && cap > b->limit)
        cap = b->limit;
    char *p = realloc(b->p, cap);
    if (!p) {
        b->bad = true;
        return false;
    }
    b->p = p;
    b->cap = cap;
    return true;
}

void hm_buf_add(hm_buf *b, const void *p, size_t n)
{
    if (n == 0 || !hm_buf_room(b, n))
        return;
    memcpy(b->p + b->n, p, n);
    b->n += n;
}

void hm_buf_str(hm_buf *b, hm_str s)
{
    hm_buf_add(b, s.p, s.n);
}

void hm_buf_c(hm_buf *b, const char *s)
{
    hm_buf_str(b, hm_str_c(s));
}

void hm_buf_byte(hm_buf *b, char c)
{
    hm_buf_add(b, &c, 1);
}

void hm_buf_u64(hm_buf *b, uint64_t v)
{
    char t[20];
    size_t at = sizeof t;
    do {
        t[--at] = (char)('0' + v % 10);
        v /= 10;
    } while (v);
    hm_buf_add(b, t + at, sizeof t - at);
}

void hm_buf_hex(hm_buf *b, hm_str bytes)
{
    static const char DIGIT[] = "0123456789abcdef";
    for (size_t i = 0; i < bytes.n; i++) {
        uint8_t v = (uint8_t)bytes.p[i];
        hm_buf_byte(b, DIGIT[v >> 4]);
        hm_buf_byte(b, DIGIT[v & 15]);
    }
}

static void add_le(hm_buf *b, uint64_t v, size_t n)
{
    char t[8];
    for (size_t i = 0; i < n; i++)
        t[i] = (char)(uint8_t)(v >> (8 * i) & 0xff);
    hm_buf_add(b, t, n);
}

void hm_buf_le16(hm_buf *b, uint16_t v)
{
    add_le(b, v, 2);
}

void hm_buf_le32(hm_buf *b, uint32_t v)
{
    add_le(b, v, 4);
}

void hm_buf_le64(hm_buf *b, uint64_t v)
{
    add_le(b, v, 8);
}

hm_str hm_buf_view(const hm_buf *b)
{
    return b->n ? (hm_str){ b->p, b->n } : HM_NONE;
}

/* Code points that move or hide text on a terminal or page: bidi controls (U+061C among them), zero-width, line and
 * paragraph separator, byte order mark, annotation and tag characters, C1 controls. */
static bool deceptive(hm_str c)
{
    const uint8_t *p = (const uint8_t *)c.p;
    if (c.n == 2)
        return (p[0] == 0xc2 && p[1] < 0xa0) || (p[0] == 0xd8 && p[1] == 0x9c);
    if (c.n == 4)
        return p[0] == 0xf3 && p[1] == 0xa0 && (p[2] == 0x80 || p[2] == 0x81);
    if (c.n != 3)
        return false;
    if (p[0] == 0xe2 && p[1] == 0x80)
        return (p[2] >= 0x8b && p[2] <= 0x8f) || (p[2] >= 0xa8 && p[2] <= 0xae);
    if (p[0] == 0xe2 && p[1] == 0x81)
        return p[2] >= 0xa0 && p[2] <= 0xaf;
    if (p[0] == 0xef && p[1] == 0xbf)
        return p[2] >= 0xb9 && p[2] <= 0xbb;
    return p[0] == 0xef && p[1] == 0xbb && p[2] == 0xbf;
}

void hm_buf_printable(hm_buf *b, hm_str s, size_t max)
{
    size_t at = 0;
    while (at < s.n) {
        hm_str rest = hm_str_from(s, at);
        size_t n = hm_utf8_len(rest);
        hm_str c = hm_str_sub(rest, 0, n ? n : 1);
        if (max && at + c.n > max) {
            hm_buf_c(b, "\xe2\x80\xa6");
            return;
        }
        uint8_t first = (uint8_t)c.p[0];
        if (n && (first >= 0x80 ? !deceptive(c) : first >= 0x20 && first != 0x7f))
            hm_buf_str(b, c);
        else
            for (size_t i = 0; i < c.n; i++) {
                hm_buf_c(b, "\\x");
                hm_buf_hex(b, hm_str_sub(c, i, 1));
            }
        at += c.n;
    }
}
