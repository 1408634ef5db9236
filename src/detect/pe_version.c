/* pe_version - the version resource of PE files (Microsoft "PE Format", section .rsrc; "VS_VERSIONINFO structure").
 *
 *   directory: ... named:2 ids:2, then (id:4 offset:4)*: type 16 -> name -> language -> address:4 bytes:4
 *   block: length:2 value length:2 type:2 key (UTF-16, NUL) padding to 4, value, padding, blocks in it
 *     VS_VERSION_INFO: value fixed numbers (0xfeef04bd at 0, file at 8, product at 16) | StringFileInfo | 8 hex digits:
 *     language and code page | KEY: value UTF-16, its length in characters
 *
 * Invariants: 1. Blocks lie in each other; each loop takes a block of 6 bytes or more, three levels and no more.
 *             2. Of several languages US English or the neutral one is read, else the first.
 * Enemy: whoever built the file. */
#include "detect/pe_version.h"
#include "base/limits.h"

enum { RESOURCE_MAX = 128 << 10, ENTRIES_MAX = 4096, TYPE_VERSION = 16, TEXT_MAX = 512, SUB = (int)0x80000000 };

static hm_rc damaged(const detect_image *m, uint64_t addr, hm_err *err)
{
    uint64_t offset = 0;
    (void)detect_image_left(m, addr, &offset);
    return hm_fail(err, HM_FORMAT, DEFECT_PE, HM_PLACE_BYTE, offset, 0);
}

/* Entries of a directory, 8 bytes each. */
static hm_rc entries_of(hm_arena *a, const detect_image *m, uint32_t at, hm_str *ret, hm_err *err)
{
    char head[16];
    uint64_t addr = m->base + m->resource + at, offset;
    if (!detect_image_read(m, addr, head, sizeof head))
        return damaged(m, addr, err);
    hm_cur c = hm_cur_of((hm_str){ head, sizeof head });
    hm_cur_seek(&c, 12);
    size_t n = (size_t)hm_cur_le16(&c) + hm_cur_le16(&c);
    if (n > ENTRIES_MAX || detect_image_left(m, addr + 16, &offset) < n * 8)
        return damaged(m, addr, err);
    return detect_image_bytes(a, m->src, n ? offset : 0, n * 8, (uint64_t)ENTRIES_MAX * 8, ret, err);
}

/* Offset that an entry leads to: the first whose id is `want`, else `other`, else (any) the first of all. */
static bool pick(hm_str entries, uint32_t want, uint32_t other, bool any, uint32_t *ret)
{
    bool found = false;
    uint32_t rank = 0;
    hm_cur c = hm_cur_of(entries);
    while (hm_cur_left(&c)) {
        uint32_t id = hm_cur_le32(&c), to = hm_cur_le32(&c), mine = id == want ? 3 : id == other ? 2 : any ? 1 : 0;
        if (mine > rank) {
            rank = mine;
            *ret = to;
            found = true;
        }
    }
    return found;
}

static hm_rc find_resource(hm_arena *a, const detect_image *m, hm_str *ret, hm_err *err)
{
    static const struct {
        uint32_t want, other;
        bool any;
    } LEVEL[] = { { TYPE_VERSION, TYPE_VERSION, false }, { 1, 1, true }, { 0x409, 0, true } };
    uint32_t at = 0;
    char data[8];
    for (unsigned i = 0; i < HM_COUNT(LEVEL); i++) {
        hm_str entries = HM_NONE;
        hm_rc rc = entries_of(a, m, at, &entries, err);
        if (rc != HM_OK)
            return rc;
        if (!pick(entries, LEVEL[i].want, LEVEL[i].other, LEVEL[i].any, &at)) {
            if (i == 0)
                return HM_NOTFOUND;
            return damaged(m, m->base + m->resource, err);
        }
        if (!(at & (uint32_t)SUB) != (i == 2))
            return damaged(m, m->base + m->resource, err);
        at &= ~(uint32_t)SUB;
    }
    if (!detect_image_read(m, m->base + m->resource + at, data, sizeof data))
        return damaged(m, m->base + m->resource, err);
    hm_cur c = hm_cur_of((hm_str){ data, sizeof data });
    uint64_t addr = m->base + hm_cur_le32(&c), n = hm_cur_le32(&c), offset;
    if (n > RESOURCE_MAX || detect_image_left(m, addr, &offset) < n || n == 0)
        return damaged(m, addr, err);
    return detect_image_bytes(a, m->src, offset, n, RESOURCE_MAX, ret, err);
}

/* one block of the resource; key and value as they are, UTF-16 */
typedef struct block {
    hm_str key, value, inner;
} block;

/* Next block of *rest; false: none left, or what is left is none. */
static bool next_block(hm_str *rest, block *ret)
{
    hm_cur c = hm_cur_of(*rest);
    size_t n = hm_cur_le16(&c), value = hm_cur_le16(&c);
    bool text = hm_cur_le16(&c) == 1;
    if (c.bad || n < 6 || n > rest->n)
        return false;
    c.n = n;
    size_t key = c.at;
    while (!c.bad && hm_cur_le16(&c) != 0)
        ;
    if (c.bad)
        return false;
    ret->key = hm_str_sub(*rest, key, c.at - key - 2);
    if (c.at % 4)
        hm_cur_skip(&c, 4 - c.at % 4 < hm_cur_left(&c) ? 4 - c.at % 4 : hm_cur_left(&c));
    if (text)
        value *= 2; /* some count bytes: then the cut at the end of the block below puts it right */
    ret->value = hm_str_sub(*rest, c.at, value < hm_cur_left(&c) ? value : hm_cur_left(&c));
    hm_cur_skip(&c, ret->value.n);
    if (c.at % 4)
        hm_cur_skip(&c, 4 - c.at % 4 < hm_cur_left(&c) ? 4 - c.at % 4 : hm_cur_left(&c));
    ret->inner = hm_str_sub(*rest, c.at, n - c.at);
    size_t step = (n + 3) & ~(size_t)3;
    *rest = hm_str_from(*rest, step);
    return true;
}

static bool key_is(hm_str key, const char *ascii)
{
    size_t n = strlen(ascii);
    if (key.n != 2 * n)
        return false;
    for (size_t i = 0; i < n; i++)
        if (key.p[2 * i] != ascii[i] || key.p[2 * i + 1] != 0)
            return false;
    return true;
}

static size_t put_utf8(char *to, uint32_t u)
{
    static const uint8_t HEAD[] = { 0, 0, 0xc0, 0xe0, 0xf0 };
    size_t n = u < 0x80 ? 1 : u < 0x800 ? 2 : u < 0x10000 ? 3 : 4;
    if (n == 1) {
        *to = (char)(uint8_t)u;
        return 1;
    }
    for (size_t i = n - 1; i > 0; i--, u >>= 6)
        to[i] = (char)(uint8_t)(0x80 | (u & 0x3f));
    *to = (char)(uint8_t)(HEAD[n] | u);
    return n;
}

/* Up to the first NUL; lone surrogates become U+FFFD. */
static bool utf16(hm_arena *a, hm_str value, hm_str *ret)
{
    char text[TEXT_MAX + 4];
    size_t n = 0;
    hm_cur c = hm_cur_of(value);
    while (hm_cur_left(&c) >= 2 && n < TEXT_MAX) {
        uint32_t u = hm_cur_le16(&c);
        if (u == 0)
            break;
        if (u >= 0xd800 && u < 0xe000) {
            hm_cur peek = c;
            uint32_t low = u < 0xdc00 && hm_cur_left(&c) >= 2 ? hm_cur_le16(&peek) : 0;
            if (low >= 0xdc00 && low < 0xe000) {
                u = 0x10000 + ((u - 0xd800) << 10) + (low - 0xdc00);
                c = peek;
            } else
                u = 0xfffd;
        }
        n += put_utf8(text + n, u);
    }
    return hm_arena_dup(a, hm_str_trim((hm_str){ text, n }), ret);
}

static bool read_texts(hm_arena *a, hm_str table, detect_pe_version *v)
{
    const struct {
        const char *key;
        hm_str *to;
    } TEXT[] = {
#define X(text) { #text, &v->text },
        PE_TEXTS(X)
#undef X
    };
    block b;
    while (next_block(&table, &b))
        for (size_t i = 0; i < HM_COUNT(TEXT); i++)
            if (TEXT[i].to->n == 0 && key_is(b.key, TEXT[i].key) && !utf16(a, b.value, TEXT[i].to))
                return false;
    return true;
}

static void read_fixed(hm_str value, detect_pe_version *v)
{
    hm_cur c = hm_cur_of(value);
    if (hm_cur_le32(&c) != 0xfeef04bd)
        return;
    hm_cur_seek(&c, 8);
    uint32_t n[4];
    for (unsigned i = 0; i < 4; i++)
        n[i] = hm_cur_le32(&c);
    if (c.bad)
        return;
    v->fixed = true;
    for (unsigned i = 0; i < 2; i++) {
        v->file[(size_t)2 * i] = (uint16_t)(n[i] >> 16);
        v->file[(size_t)2 * i + 1] = (uint16_t)(n[i] & 0xffff);
        v->product[(size_t)2 * i] = (uint16_t)(n[2 + i] >> 16);
        v->product[(size_t)2 * i + 1] = (uint16_t)(n[2 + i] & 0xffff);
    }
}

hm_rc detect_pe_version_read(hm_arena *a, const detect_image *m, detect_pe_version *ret, hm_err *err)
{
    detect_pe_version v = { 0 };
    block root = { 0 }, info = { 0 }, table = { 0 };
    hm_str rest = HM_NONE;
    if (m->kind != DETECT_PE || m->resource == 0)
        return HM_NOTFOUND;
    hm_rc rc = find_resource(a, m, &rest, err);
    if (rc != HM_OK)
        return rc;
    if (!next_block(&rest, &root) || !key_is(root.key, "VS_VERSION_INFO"))
        return damaged(m, m->base + m->resource, err);
    read_fixed(root.value, &v);
    while (next_block(&root.inner, &info))
        if (key_is(info.key, "StringFileInfo"))
            while (next_block(&info.inner, &table))
                if (!read_texts(a, table.inner, &v))
                    return hm_arena_fail(a, err);
    *ret = v;
    return HM_OK;
}
