/* cur - the one decoder of binary input. Invariant: at <= n always; after `bad` every read gives 0 or empty. */
#include "base/base.h"

hm_cur hm_cur_of(hm_str s)
{
    return (hm_cur){ .p = (const uint8_t *)s.p, .n = s.n };
}

size_t hm_cur_left(const hm_cur *c)
{
    return c->bad ? 0 : c->n - c->at;
}

hm_str hm_cur_take(hm_cur *c, size_t n)
{
    if (c->bad || n > c->n - c->at) {
        c->bad = true;
        return HM_NONE;
    }
    hm_str s = { n ? (const char *)c->p + c->at : "", n };
    c->at += n;
    return s;
}

void hm_cur_skip(hm_cur *c, size_t n)
{
    (void)hm_cur_take(c, n);
}

void hm_cur_seek(hm_cur *c, size_t at)
{
    if (c->bad || at > c->n)
        c->bad = true;
    else
        c->at = at;
}

static uint64_t read_bytes(hm_cur *c, size_t n, bool big)
{
    hm_str s = hm_cur_take(c, n);
    uint64_t v = 0;
    for (size_t i = 0; i < s.n; i++)
        v = v << 8 | (uint8_t)s.p[big ? i : s.n - 1 - i];
    return v;
}

uint8_t hm_cur_u8(hm_cur *c)
{
    return (uint8_t)read_bytes(c, 1, false);
}

uint16_t hm_cur_le16(hm_cur *c)
{
    return (uint16_t)read_bytes(c, 2, false);
}

uint32_t hm_cur_le32(hm_cur *c)
{
    return (uint32_t)read_bytes(c, 4, false);
}

uint64_t hm_cur_le64(hm_cur *c)
{
    return read_bytes(c, 8, false);
}

uint16_t hm_cur_be16(hm_cur *c)
{
    return (uint16_t)read_bytes(c, 2, true);
}

uint32_t hm_cur_be32(hm_cur *c)
{
    return (uint32_t)read_bytes(c, 4, true);
}

uint64_t hm_cur_be64(hm_cur *c)
{
    return read_bytes(c, 8, true);
}

uint64_t hm_cur_uleb(hm_cur *c)
{
    uint64_t v = 0;
    for (unsigned shift = 0; shift < 70; shift += 7) {
        uint8_t b = hm_cur_u8(c);
        if (c->bad)
            return 0;
        uint64_t bits = b & 0x7f;
        if (shift == 63 && bits > 1)
            break;
        v |= bits << shift;
        if (!(b & 0x80))
            return v;
    }
    c->bad = true;
    return 0;
}
