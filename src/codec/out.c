/* out - JSON written as it comes, without a tree: one buffer, one flag pair per open level.
 *
 * Invariants: 1. depth <= OUT_DEPTH; a member carries a key exactly when the innermost level is an object (both are
 * our own faults, not the input's). 2. What is written is valid RFC 8259 in UTF-8 whatever bytes the strings hold: a
 * byte that is no UTF-8 becomes the text \xNN. 3. After the sink said no, nothing is handed to it any more.
 * The enemy wrote the strings: control characters, bidirectional controls, line separators and the like are written
 * as \u escapes, so that the output is harmless on a terminal and in a script, and still the same value to a parser. */
#include "codec/codec.h"

enum { OUT_DEPTH = 32, OUT_BUF = 32 << 10, OUT_DECIMAL_MAX = 18 };

struct codec_out {
    codec_sink *sink;
    void *ctx;
    bool compact, bad;
    unsigned depth;
    uint64_t object, filled; /* bit d: level d is an object; has a member */
    size_t n;
    char buf[OUT_BUF];
};

codec_out *codec_out_new(codec_sink *sink, void *ctx, bool compact)
{
    codec_out *o = malloc(sizeof *o);
    if (!o)
        return NULL;
    o->sink = sink;
    o->ctx = ctx;
    o->compact = compact;
    o->bad = false;
    o->depth = 0;
    o->object = o->filled = 0;
    o->n = 0;
    return o;
}

codec_out *codec_out_free(codec_out *o)
{
    free(o);
    return NULL;
}

void codec_out_freep(codec_out **o)
{
    *o = codec_out_free(*o);
}

static void flush(codec_out *o)
{
    if (o->n && !o->bad && !o->sink(o->ctx, (hm_str){ o->buf, o->n }))
        o->bad = true;
    o->n = 0;
}

static void put(codec_out *o, const char *p, size_t n)
{
    while (n > OUT_BUF - o->n) {
        size_t part = OUT_BUF - o->n;
        memcpy(o->buf + o->n, p, part);
        o->n += part;
        p += part;
        n -= part;
        flush(o);
    }
    memcpy(o->buf + o->n, p, n);
    o->n += n;
}

static void put_byte(codec_out *o, char c)
{
    if (o->n == OUT_BUF)
        flush(o);
    o->buf[o->n++] = c;
}

static void put_c(codec_out *o, const char *s)
{
    put(o, s, strlen(s));
}

static void put_hex(codec_out *o, const char *head, unsigned v, unsigned digits)
{
    char t[4];
    for (unsigned i = 0; i < digits; i++)
        t[i] = "0123456789abcdef"[v >> (4 * (digits - 1 - i)) & 15];
    put_c(o, head);
    put(o, t, digits);
}

/* Basic-plane characters that are valid in JSON and yet move, hide or end text where the output is shown: DEL and C1
 * controls, zero-width and bidirectional controls, line and paragraph separators, the byte order mark. */
static bool deceptive(unsigned c)
{
    return (c >= 0x7f && c < 0xa0) || c == 0x061c || (c >= 0x200b && c <= 0x200f) || (c >= 0x2028 && c <= 0x202e) ||
           (c >= 0x2060 && c <= 0x206f) || c == 0xfeff;
}

static void put_escaped(codec_out *o, unsigned c)
{
    switch (c) {
    case '"':
        put_c(o, "\\\"");
        break;
    case '\\':
        put_c(o, "\\\\");
        break;
    case '\n':
        put_c(o, "\\n");
        break;
    case '\r':
        put_c(o, "\\r");
        break;
    case '\t':
        put_c(o, "\\t");
        break;
    default:
        put_hex(o, "\\u", c, 4);
        break;
    }
}

static unsigned code_point(const uint8_t *p, size_t n)
{
    if (n == 2)
        return (p[0] & 0x1fU) << 6 | (p[1] & 0x3fU);
    return n == 3 ? (p[0] & 0x0fU) << 12 | (p[1] & 0x3fU) << 6 | (p[2] & 0x3fU) : 0x10000;
}

static void put_string(codec_out *o, hm_str s)
{
    put_byte(o, '"');
    size_t from = 0, at = 0; /* [from, at) needs no change and is not yet written */
    while (at < s.n) {
        uint8_t b = (uint8_t)s.p[at];
        if (b >= 0x20 && b < 0x7f && b != '"' && b != '\\') {
            at++;
            continue;
        }
        hm_str rest = hm_str_from(s, at);
        size_t n = b < 0x80 ? 1 : hm_utf8_len(rest);
        unsigned c = n < 2 ? b : code_point((const uint8_t *)rest.p, n);
        if (n >= 2 && !deceptive(c)) {
            at += n;
            continue;
        }
        put(o, s.p + from, at - from);
        if (n)
            put_escaped(o, c);
        else
            put_hex(o, "\\\\x", b, 2);
        at += n ? n : 1;
        from = at;
    }
    if (at > from)
        put(o, s.p + from, at - from);
    put_byte(o, '"');
}

static void new_line(codec_out *o)
{
    static const char BLANK[2 * OUT_DEPTH + 1] = "                                                                ";
    if (o->compact)
        return;
    put_c(o, "\n");
    put(o, BLANK, (size_t)o->depth * 2);
}

/* What stands before a value: comma, line, key. */
static void before(codec_out *o, const char *key)
{
    uint64_t bit = 1ULL << o->depth;
    HM_BUG_ON((o->object & bit ? 1 : 0) != (key ? 1 : 0));
    HM_BUG_ON(o->depth == 0 && (o->filled & 1)); /* one value at the top */
    if (o->filled & bit)
        put_c(o, ",");
    o->filled |= bit;
    if (o->depth)
        new_line(o);
    if (!key)
        return;
    put_string(o, hm_str_c(key));
    put_c(o, o->compact ? ":" : ": ");
}

static void open_level(codec_out *o, const char *key, bool object)
{
    before(o, key);
    put_c(o, object ? "{" : "[");
    HM_BUG_ON(o->depth >= OUT_DEPTH);
    o->depth++;
    uint64_t bit = 1ULL << o->depth;
    o->filled &= ~bit;
    o->object = object ? o->object | bit : o->object & ~bit;
}

void codec_out_obj(codec_out *o, const char *key)
{
    open_level(o, key, true);
}

void codec_out_arr(codec_out *o, const char *key)
{
    open_level(o, key, false);
}

void codec_out_end(codec_out *o)
{
    HM_BUG_ON(o->depth == 0);
    uint64_t bit = 1ULL << o->depth;
    o->depth--;
    if (o->filled & bit)
        new_line(o);
    put_c(o, o->object & bit ? "}" : "]");
}

void codec_out_str(codec_out *o, const char *key, hm_str v)
{
    before(o, key);
    put_string(o, v);
}

void codec_out_str_if(codec_out *o, const char *key, hm_str v)
{
    if (v.n)
        codec_out_str(o, key, v);
}

void codec_out_c(codec_out *o, const char *key, const char *v)
{
    codec_out_str(o, key, hm_str_c(v));
}

static void put_u64(codec_out *o, uint64_t v, unsigned least)
{
    char t[20];
    size_t at = sizeof t;
    do {
        t[--at] = (char)('0' + v % 10);
        v /= 10;
    } while (v || sizeof t - at < least);
    put(o, t + at, sizeof t - at);
}

void codec_out_u64(codec_out *o, const char *key, uint64_t v)
{
    before(o, key);
    put_u64(o, v, 1);
}

void codec_out_i64(codec_out *o, const char *key, int64_t v)
{
    before(o, key);
    if (v < 0)
        put_c(o, "-");
    put_u64(o, v < 0 ? (uint64_t) - (v + 1) + 1 : (uint64_t)v, 1);
}

void codec_out_decimal(codec_out *o, const char *key, uint64_t v, unsigned digits)
{
    HM_BUG_ON(digits > OUT_DECIMAL_MAX);
    before(o, key);
    while (digits && v % 10 == 0) {
        v /= 10;
        digits--;
    }
    uint64_t unit = 1;
    for (unsigned i = 0; i < digits; i++)
        unit *= 10;
    put_u64(o, v / unit, 1);
    if (!digits)
        return;
    put_c(o, ".");
    put_u64(o, v % unit, digits);
}

void codec_out_bool(codec_out *o, const char *key, bool v)
{
    before(o, key);
    put_c(o, v ? "true" : "false");
}

void codec_out_null(codec_out *o, const char *key)
{
    before(o, key);
    put_c(o, "null");
}

bool codec_out_finish(codec_out *o)
{
    HM_BUG_ON(o->depth != 0);
    put_c(o, "\n");
    flush(o);
    return !o->bad;
}
