/* json - reader half of JSON (RFC 8259) on yyjson, which gets its memory from the arena. The lax form (comments, a comma
 * before a closing bracket: bun.lock, deno.jsonc, tsconfig) is made strict first: what it adds becomes spaces, so places
 * stay true and one lexer alone decides what is a string and what a comment.
 * Invariants:
 * 1. nesting is counted before the parse: no consumer meets more than CODEC_JSON_DEPTH levels, so it may recurse.
 * 2. yyjson parses a private padded copy in place; strings of the tree point into that copy, values into one block.
 * 3. yyjson never frees: the tree lives and dies with the arena, and nothing of it is on the heap.
 * 4. a codec_json is a yyjson_val under another name; in an object the value follows its key.
 * Numbers that fit no 64-bit integer or double stay raw text (type number), so a huge one is no syntax error.
 * Enemy: the author of the document (depth, counts, lying escapes, bytes that are not UTF-8). */
#include "codec/codec.h"
#include <yyjson.h>

typedef struct alc_ctx {
    hm_arena *arena;
    size_t values; /* upper bound of values in the text, counted with the depth */
    char *block;   /* the block of values, sized for all of them at once: growing in an arena leaves holes */
    size_t capacity;
} alc_ctx;

static void *alc_malloc(void *ctx, size_t size)
{
    alc_ctx *c = ctx;
    size_t need, cap = size;
    if (c->block || hm_ckd_mul(&need, c->values, sizeof(yyjson_val)))
        return hm_arena_alloc(c->arena, size);
    while (cap < need) /* the steps in which yyjson would grow it: then each of them fits */
        if (hm_ckd_add(&cap, cap, cap / 2 + 64))
            return hm_arena_alloc(c->arena, size);
    c->block = hm_arena_alloc(c->arena, cap);
    c->capacity = cap;
    return c->block;
}

static void *alc_realloc(void *ctx, void *p, size_t was, size_t size)
{
    alc_ctx *c = ctx;
    if (p && p == c->block && size <= c->capacity)
        return p;
    return hm_arena_grow(c->arena, p, was, size);
}

static void alc_free(void *ctx, void *p)
{
    (void)ctx;
    (void)p; /* the arena ends it */
}

/* Nesting and number of values, blind to grammar: in valid JSON each value is followed by one of these marks or the
 * end, and brackets outside of strings nest. false: deeper than allowed, *ret_at is the bracket. */
static bool measure(hm_str s, size_t *ret_values, size_t *ret_at)
{
    size_t depth = 0, values = 2;
    for (size_t i = 0; i < s.n; i++) {
        switch (s.p[i]) {
        case '"':
            for (i++; i < s.n && s.p[i] != '"'; i++)
                if (s.p[i] == '\\')
                    i++;
            break;
        case '[':
        case '{':
            values++;
            if (++depth > CODEC_JSON_DEPTH) {
                *ret_at = i;
                return false;
            }
            break;
        case ']':
        case '}':
            if (depth)
                depth--;
            break;
        case ',':
        case ':':
            values++;
            break;
        default:
            break;
        }
    }
    *ret_values = values;
    return true;
}

static hm_rc refuse(hm_arena *a, const yyjson_read_err *e, hm_str text, size_t skipped, hm_err *err)
{
    size_t at = e->pos < text.n ? e->pos : text.n;
    if (e->code == YYJSON_READ_ERROR_MEMORY_ALLOCATION)
        return hm_arena_fail(a, err);
    if (e->code == YYJSON_READ_ERROR_UNEXPECTED_END)
        return hm_fail(err, HM_TRUNC, DEFECT_TRUNCATED, HM_PLACE_BYTE, skipped + text.n, 0);
    if (e->code == YYJSON_READ_ERROR_INVALID_STRING && at < text.n && (unsigned char)text.p[at] >= 0x80 &&
        hm_utf8_len(hm_str_from(text, at)) == 0)
        return hm_fail(err, HM_FORMAT, DEFECT_UTF8, HM_PLACE_BYTE, skipped + at, 0);
    return hm_fail(err, HM_FORMAT, DEFECT_JSON_SYNTAX, HM_PLACE_BYTE, skipped + at, 0);
}

/* Comments, and commas before a closing bracket, become spaces. A comma stays where there is no value before it, and an
 * open comment stays: both are errors for the parser, in their place. */
static void make_strict(char *p, size_t n)
{
    size_t comma = n, i = 0; /* comma: the last one, if a closing bracket may still drop it */
    char before = 0;         /* last byte that is neither space nor comment */
    while (i < n) {
        size_t from = i;
        if (p[i] == '"') {
            for (i++; i < n && p[i] != '"'; i++)
                if (p[i] == '\\')
                    i++;
            i = i < n ? i + 1 : n;
            before = '"';
            comma = n;
        } else if (p[i] == '/' && i + 1 < n && p[i + 1] == '/') {
            while (i < n && p[i] != '\n' && p[i] != '\r')
                i++;
            memset(p + from, ' ', i - from);
        } else if (p[i] == '/' && i + 1 < n && p[i + 1] == '*') {
            for (i += 2; i < n && !(p[i] == '/' && p[i - 1] == '*' && i > from + 2); i++)
                ;
            if (i == n)
                return;
            i++;
            for (size_t k = from; k < i; k++)
                if (p[k] != '\n' && p[k] != '\r')
                    p[k] = ' ';
        } else if (hm_is_space((unsigned char)p[i])) {
            i++;
        } else {
            if (p[i] == ',')
                comma = before == ',' || before == '[' || before == '{' || before == ':' || !before ? n : i;
            else if ((p[i] == ']' || p[i] == '}') && comma < n)
                p[comma] = ' ';
            if (p[i] != ',')
                comma = n;
            before = p[i++];
        }
    }
}

static hm_rc read_text(hm_arena *a, hm_str in, bool lax, const codec_json **ret_root, hm_err *err)
{
    size_t skipped = hm_str_starts(in, HM_STR("\xef\xbb\xbf")) ? 3 : 0, at = 0, room;
    hm_str text = hm_str_from(in, skipped);
    if (hm_ckd_add(&room, text.n, (size_t)YYJSON_PADDING_SIZE))
        return hm_fail(err, HM_LIMIT, DEFECT_TOO_LARGE, HM_PLACE_NONE, 0, SIZE_MAX);
    char *copy = hm_arena_alloc(a, room); /* zeroed: the padding yyjson asks for */
    if (!copy)
        return hm_arena_fail(a, err);
    memcpy(copy, text.p, text.n);
    if (lax)
        make_strict(copy, text.n);
    text.p = copy;
    if (hm_str_trim(text).n == 0) /* nothing but comments */
        return hm_fail(err, HM_TRUNC, DEFECT_EMPTY, HM_PLACE_BYTE, in.n, 0);
    alc_ctx ctx = { .arena = a };
    if (!measure(text, &ctx.values, &at))
        return hm_fail(err, HM_LIMIT, DEFECT_TOO_DEEP, HM_PLACE_BYTE, skipped + at, CODEC_JSON_DEPTH);
    const yyjson_alc alc = { .malloc = alc_malloc, .realloc = alc_realloc, .free = alc_free, .ctx = &ctx };
    yyjson_read_err e = { 0 };
    yyjson_doc *doc = yyjson_read_opts(copy, text.n, YYJSON_READ_INSITU | YYJSON_READ_BIGNUM_AS_RAW, &alc, &e);
    if (!doc)
        return refuse(a, &e, hm_str_from(in, skipped), skipped, err);
    *ret_root = (const codec_json *)yyjson_doc_get_root(doc);
    return HM_OK;
}

hm_rc codec_json_read(hm_arena *a, hm_str in, const codec_json **ret_root, hm_err *err)
{
    return read_text(a, in, false, ret_root, err);
}

hm_rc codec_json_read_lax(hm_arena *a, hm_str in, const codec_json **ret_root, hm_err *err)
{
    return read_text(a, in, true, ret_root, err);
}

/* ---- accessors ---- */

static yyjson_val *val(const codec_json *v)
{
    /* yyjson's read accessors take a pointer to non-const and do not write. */
    union {
        const codec_json *in;
        yyjson_val *out;
    } u = { .in = v };
    return u.out;
}

static const codec_json *node(const yyjson_val *v)
{
    return (const codec_json *)v;
}

codec_type codec_json_type(const codec_json *v)
{
    switch (yyjson_get_type(val(v))) {
    case YYJSON_TYPE_BOOL:
        return CODEC_BOOL;
    case YYJSON_TYPE_NUM:
    case YYJSON_TYPE_RAW:
        return CODEC_NUM;
    case YYJSON_TYPE_STR:
        return CODEC_STR;
    case YYJSON_TYPE_ARR:
        return CODEC_ARR;
    case YYJSON_TYPE_OBJ:
        return CODEC_OBJ;
    default:
        return CODEC_NULL;
    }
}

hm_str codec_json_str(const codec_json *v)
{
    yyjson_val *x = val(v);
    return yyjson_is_str(x) ? (hm_str){ unsafe_yyjson_get_str(x), unsafe_yyjson_get_len(x) } : HM_NONE;
}

bool codec_json_is_str(const codec_json *v)
{
    return yyjson_is_str(val(v));
}

bool codec_json_bool(const codec_json *v)
{
    return yyjson_is_true(val(v));
}

bool codec_json_u64(const codec_json *v, uint64_t *ret)
{
    yyjson_val *x = val(v);
    if (!yyjson_is_uint(x))
        return false;
    *ret = unsafe_yyjson_get_uint(x);
    return true;
}

hm_str codec_json_number(const codec_json *v)
{
    yyjson_val *x = val(v);
    return yyjson_is_raw(x) ? (hm_str){ yyjson_get_raw(x), unsafe_yyjson_get_len(x) } : HM_NONE;
}

size_t codec_json_count(const codec_json *v)
{
    yyjson_val *x = val(v);
    return yyjson_is_ctn(x) ? unsafe_yyjson_get_len(x) : 0;
}

const codec_json *codec_json_get(const codec_json *obj, const char *key)
{
    const codec_json *v;
    hm_str name, want = hm_str_c(key);
    if (codec_json_type(obj) != CODEC_OBJ)
        return NULL;
    for (codec_json_iter it = codec_json_each(obj); codec_json_next(&it, &name, &v);)
        if (hm_str_eq(name, want))
            return v;
    return NULL;
}

hm_str codec_json_get_str(const codec_json *obj, const char *key)
{
    return codec_json_str(codec_json_get(obj, key));
}

codec_json_iter codec_json_each(const codec_json *arr_or_obj)
{
    yyjson_val *x = val(arr_or_obj);
    if (!yyjson_is_ctn(x) || unsafe_yyjson_get_len(x) == 0)
        return (codec_json_iter){ 0 };
    return (codec_json_iter){ .next = node(unsafe_yyjson_get_first(x)),
                              .left = unsafe_yyjson_get_len(x),
                              .object = yyjson_is_obj(x) };
}

bool codec_json_next(codec_json_iter *it, hm_str *ret_key, const codec_json **ret_value)
{
    if (it->left == 0)
        return false;
    yyjson_val *x = val(it->next);
    if (it->object) {
        *ret_key = codec_json_str(node(x));
        x++;
    } else {
        *ret_key = HM_NONE;
    }
    *ret_value = node(x);
    if (--it->left)
        it->next = node(unsafe_yyjson_get_next(x));
    return true;
}
