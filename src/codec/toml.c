/* toml - reader of TOML 1.0 (https://toml.io/en/v1.0.0), and of what 1.1 adds to it: newlines and a last comma in
 * inline tables, \e and \xHH, times without seconds. The document becomes nodes, as tables may be continued further
 * down, and then values of codec.h.
 *
 *   table -> member -> member ...     each node knows its first and last child and its next sibling
 *
 * Invariants:
 * 1. the text is a private copy that is known to be UTF-8; strings are decoded in place (no escape is shorter than what
 *    it stands for) and nodes hold 32-bit slices of it.
 * 2. a node's depth is at most CODEC_JSON_DEPTH, counted when it is made: no walk of ours or a consumer goes deeper.
 * 3. members of a table with more than FEW of them are found by the map (number of the table, key): cost is linear.
 * 4. `made` says what may still be added to a table: nothing to an inline one, see descend() and open_table().
 * 5. the first failure stays (fail()); everything returns false after it.
 * Integers that fit become u64, all other numbers stay text as written; dates and times are strings as written.
 * Enemy: the author of the document (depth, long tables, keys defined twice in all ways, bytes that are not UTF-8). */
#include "codec/toml_scalar.h"
#include "codec/tree.h"

enum { FEW = 8 };
#define NO UINT32_MAX

typedef enum kind { STR, BOOL, INT, NUM, ARRAY, TABLE } kind;
/* INLINE: closed (also arrays written as a value). BY_PATH: only named on the way to another. BY_HEADER: [it] was
 * there. BY_DOTS: keys with dots made it. ELEMENTS: an array of tables. */
typedef enum made { INLINE, BY_PATH, BY_HEADER, BY_DOTS, ELEMENTS } made;
typedef struct slice {
    uint32_t at, n;
} slice;
typedef struct node {
    uint8_t kind, made;
    uint16_t depth;
    uint32_t first, last, next, count;
    slice key;
    union {
        slice text;
        uint64_t number;
    } as;
} node;
typedef struct reader {
    hm_arena *arena;
    char *p;
    size_t n, at;
    size_t skipped; /* byte order mark */
    hm_vec nodes;
    hm_map *members;
    hm_buf wanted;
    hm_err err; /* the first failure */
} reader;

static bool fail(reader *r, hm_rc rc, hm_defect defect, size_t where)
{
    if (r->err.rc == HM_OK)
        (void)hm_fail(&r->err, rc, defect, HM_PLACE_BYTE, r->skipped + where,
                      defect == DEFECT_TOO_DEEP ? CODEC_JSON_DEPTH : 0);
    return false;
}

static bool syntax(reader *r)
{
    return fail(r, HM_FORMAT, DEFECT_TOML_SYNTAX, r->at);
}

static bool arena_full(reader *r)
{
    if (r->err.rc == HM_OK)
        (void)hm_arena_fail(r->arena, &r->err);
    return false;
}

static bool heap_full(reader *r)
{
    if (r->err.rc == HM_OK)
        (void)hm_fail(&r->err, HM_NOMEM, DEFECT_NOMEM, HM_PLACE_NONE, 0, 0);
    return false;
}

static int peek(const reader *r, size_t ahead)
{
    return ahead < r->n - r->at ? (unsigned char)r->p[r->at + ahead] : -1;
}

static bool next_is(reader *r, char c)
{
    if (peek(r, 0) != c)
        return false;
    r->at++;
    return true;
}

static node *node_at(const reader *r, uint32_t i)
{
    return hm_vec_at(&r->nodes, i);
}

static hm_str text_of(const reader *r, slice s)
{
    return (hm_str){ r->p + s.at, s.n };
}

/* ---- members ---------------------------------------------------------------------------------------------------- */

/* Bytes by which the map knows a member. */
static hm_str member_key(reader *r, uint32_t table, slice key)
{
    hm_buf_reset(&r->wanted);
    hm_buf_le32(&r->wanted, table);
    hm_buf_str(&r->wanted, text_of(r, key));
    return hm_buf_view(&r->wanted);
}

static bool remember(reader *r, uint32_t table, uint32_t i)
{
    hm_str key = member_key(r, table, node_at(r, i)->key);
    if (r->wanted.bad || (!r->members && !(r->members = hm_map_new())))
        return heap_full(r);
    if (!hm_arena_dup(r->arena, key, &key))
        return arena_full(r);
    return hm_map_put(r->members, key, i) != NULL || heap_full(r);
}

static uint32_t find(reader *r, uint32_t table, slice key)
{
    if (node_at(r, table)->count > FEW) {
        uint64_t at = NO;
        hm_str want = member_key(r, table, key);
        if (r->wanted.bad)
            (void)heap_full(r);
        else if (r->members)
            (void)hm_map_get(r->members, want, &at);
        return (uint32_t)at;
    }
    hm_str want = text_of(r, key);
    for (uint32_t i = node_at(r, table)->first; i != NO; i = node_at(r, i)->next)
        if (hm_str_eq(text_of(r, node_at(r, i)->key), want))
            return i;
    return NO;
}

/* A new last child. NO: too deep or no memory. */
static uint32_t add(reader *r, uint32_t parent, slice key, kind k, made m)
{
    uint32_t i = (uint32_t)r->nodes.n;
    uint16_t depth = parent == NO ? 0 : (uint16_t)(node_at(r, parent)->depth + 1);
    if (depth >= CODEC_JSON_DEPTH && k >= ARRAY) {
        (void)fail(r, HM_LIMIT, DEFECT_TOO_DEEP, r->at);
        return NO;
    }
    node *x = hm_vec_push(&r->nodes, r->arena);
    if (!x) {
        (void)arena_full(r);
        return NO;
    }
    *x = (node){
        .kind = (uint8_t)k, .made = (uint8_t)m, .depth = depth, .first = NO, .last = NO, .next = NO, .key = key
    };
    if (parent == NO)
        return i;
    node *up = node_at(r, parent);
    if (up->last == NO)
        up->first = i;
    else
        node_at(r, up->last)->next = i;
    up->last = i;
    up->count++;
    if (up->kind != TABLE || up->count <= FEW)
        return i;
    if (up->count > FEW + 1)
        return remember(r, parent, i) ? i : NO;
    for (uint32_t child = up->first; child != NO; child = node_at(r, child)->next)
        if (!remember(r, parent, child))
            return NO;
    return i;
}

static bool duplicate(reader *r, slice key, size_t where)
{
    bool first = r->err.rc == HM_OK;
    (void)fail(r, HM_FORMAT, DEFECT_DUPLICATE, where);
    hm_str name = hm_str_sub(text_of(r, key), 0, sizeof r->err.at - 1);
    if (first)
        memcpy(r->err.at, name.p, name.n);
    return false;
}

/* ---- blanks, comments, line ends -------------------------------------------------------------------------------- */

static void blanks(reader *r)
{
    while (peek(r, 0) == ' ' || peek(r, 0) == '\t')
        r->at++;
}

static bool line_end(reader *r)
{
    if (next_is(r, '\n'))
        return true;
    if (peek(r, 0) != '\r' || peek(r, 1) != '\n')
        return false;
    r->at += 2;
    return true;
}

static bool is_control(int c)
{
    return (c >= 0 && c < ' ' && c != '\t') || c == 0x7f;
}

static bool comment(reader *r)
{
    if (!next_is(r, '#'))
        return true;
    while (r->at < r->n && !is_control(peek(r, 0)))
        r->at++;
    return r->at == r->n || peek(r, 0) == '\n' || (peek(r, 0) == '\r' && peek(r, 1) == '\n') || syntax(r);
}

/* Blanks, comments and line ends between elements. */
static bool space(reader *r)
{
    do {
        blanks(r);
        if (!comment(r))
            return false;
    } while (line_end(r));
    return true;
}

/* ---- strings ---------------------------------------------------------------------------------------------------- */

/* n hex digits at r->at, as UTF-8 to *to. */
static bool unicode(reader *r, unsigned digits, size_t *to)
{
    uint32_t c = 0;
    for (unsigned i = 0; i < digits; i++) {
        int d = codec_toml_hex(peek(r, 0));
        if (d < 0)
            return syntax(r);
        c = c << 4 | (uint32_t)d;
        r->at++;
    }
    if (c > 0x10ffff || (c >= 0xd800 && c < 0xe000)) {
        r->at--;
        return syntax(r);
    }
    char *p = r->p + *to;
    if (c < 0x80) {
        p[0] = (char)c;
        *to += 1;
    } else if (c < 0x800) {
        p[0] = (char)(0xc0 | c >> 6);
        p[1] = (char)(0x80 | (c & 63));
        *to += 2;
    } else if (c < 0x10000) {
        p[0] = (char)(0xe0 | c >> 12);
        p[1] = (char)(0x80 | (c >> 6 & 63));
        p[2] = (char)(0x80 | (c & 63));
        *to += 3;
    } else {
        p[0] = (char)(0xf0 | c >> 18);
        p[1] = (char)(0x80 | (c >> 12 & 63));
        p[2] = (char)(0x80 | (c >> 6 & 63));
        p[3] = (char)(0x80 | (c & 63));
        *to += 4;
    }
    return true;
}

/* A backslash that ends its line takes all white space behind it away; false: it does not end its line. */
static bool joined_lines(reader *r)
{
    size_t from = r->at;
    blanks(r);
    if (!line_end(r)) {
        r->at = from;
        return false;
    }
    do
        blanks(r);
    while (line_end(r));
    return true;
}

/* Behind the backslash. */
static bool escape(reader *r, bool lines, size_t *to)
{
    static const char FROM[] = "btnfre\"\\", TO[] = "\b\t\n\f\r\x1b\"\\";
    if (lines && joined_lines(r))
        return true;
    int c = peek(r, 0);
    const char *hit = c > 0 ? strchr(FROM, c) : NULL;
    if (hit) {
        r->p[(*to)++] = TO[hit - FROM];
        r->at++;
        return true;
    }
    if (c != 'u' && c != 'U' && c != 'x')
        return syntax(r);
    r->at++;
    return unicode(r, c == 'x' ? 2 : c == 'u' ? 4 : 8, to);
}

/* A string at its opening quote; `lines`: three quotes mean a string of several lines. */
static bool string(reader *r, bool lines, slice *ret)
{
    int quote = peek(r, 0);
    r->at++;
    bool three = peek(r, 0) == quote && peek(r, 1) == quote && lines;
    if (three) {
        r->at += 2;
        (void)line_end(r);
    }
    size_t from = r->at, to = from;
    for (;;) {
        int c = peek(r, 0);
        if (c == quote && three && !(peek(r, 1) == quote && peek(r, 2) == quote)) {
            r->p[to++] = (char)c;
            r->at++;
        } else if (c == quote) {
            size_t n = three ? 3 : 1;
            while (three && n < 5 && peek(r, n) == quote) /* up to two quotes right before the end belong to it */
                n++;
            for (size_t i = three ? 3 : n; i < n; i++)
                r->p[to++] = (char)quote;
            r->at += n;
            break;
        } else if (c == '\\' && quote == '"') {
            r->at++;
            if (!escape(r, three, &to))
                return false;
        } else if (three && line_end(r)) {
            r->p[to++] = '\n';
        } else if (c < 0 || is_control(c)) {
            return syntax(r);
        } else {
            r->p[to++] = (char)c;
            r->at++;
        }
    }
    *ret = (slice){ (uint32_t)from, (uint32_t)(to - from) };
    return true;
}

/* ---- keys ------------------------------------------------------------------------------------------------------- */

static bool is_bare(int c)
{
    return hm_is_alnum(c) || c == '-' || c == '_';
}

static bool key_part(reader *r, slice *ret)
{
    if (peek(r, 0) == '"' || peek(r, 0) == '\'')
        return string(r, false, ret);
    size_t from = r->at;
    while (is_bare(peek(r, 0)))
        r->at++;
    *ret = (slice){ (uint32_t)from, (uint32_t)(r->at - from) };
    return r->at > from || syntax(r);
}

static bool more_key(reader *r)
{
    blanks(r);
    if (!next_is(r, '.'))
        return false;
    blanks(r);
    return true;
}

/* The table of a part of a dotted key: a new one, or one that such keys or paths made. */
static uint32_t descend(reader *r, uint32_t table, slice key, size_t where)
{
    uint32_t i = find(r, table, key);
    if (r->err.rc != HM_OK)
        return NO;
    if (i == NO)
        return add(r, table, key, TABLE, BY_DOTS);
    node *x = node_at(r, i);
    if (x->kind != TABLE || (x->made != BY_DOTS && x->made != BY_PATH)) {
        (void)duplicate(r, key, where);
        return NO;
    }
    x->made = BY_DOTS;
    return i;
}

/* ---- values ----------------------------------------------------------------------------------------------------- */

/* A value that is neither string nor array nor table: up to what may follow one. */
static bool scalar(reader *r, uint32_t parent, slice key)
{
    size_t from = r->at, n = 0;
    while (r->at + n < r->n && !strchr(" \t\r\n,]}#", r->p[from + n] ? r->p[from + n] : ' '))
        n++;
    hm_str s = { r->p + from, n };
    if (n == 10 && codec_toml_is_date(s) && peek(r, 10) == ' ' &&
        hm_is_digit(peek(r, 11))) { /* "1979-05-27 07:32:00" */
        for (n = 11; r->at + n < r->n && (is_bare(r->p[from + n]) || strchr(":.+", r->p[from + n])); n++) {
        }
        s.n = n;
    }
    node x = { .as.text = { (uint32_t)from, (uint32_t)n } };
    uint64_t number = 0;
    switch (codec_toml_scalar(s, &number)) {
    case CODEC_TOML_BOOL:
        x.kind = BOOL;
        x.as.number = number;
        break;
    case CODEC_TOML_INT:
        x.kind = INT;
        x.as.number = number;
        break;
    case CODEC_TOML_NUMBER:
        x.kind = NUM;
        break;
    case CODEC_TOML_TIME:
        x.kind = STR;
        break;
    case CODEC_TOML_NONE:
    default:
        return syntax(r);
    }
    r->at += n;
    uint32_t i = add(r, parent, key, (kind)x.kind, INLINE);
    if (i == NO)
        return false;
    node_at(r, i)->as = x.as;
    return true;
}

static bool value(reader *r, uint32_t parent, slice key);

static bool key_value(reader *r, uint32_t table)
{
    slice key = { 0 };
    size_t where = r->at;
    if (!key_part(r, &key))
        return false;
    while (more_key(r)) {
        table = descend(r, table, key, where);
        where = r->at;
        if (table == NO || !key_part(r, &key))
            return false;
    }
    if (!next_is(r, '='))
        return syntax(r);
    blanks(r);
    if (find(r, table, key) != NO)
        return duplicate(r, key, where);
    return r->err.rc == HM_OK && value(r, table, key);
}

/* Elements up to `end`, which is taken too. Recursion is bounded by add(): an element of depth 256 holds nothing. */
static bool elements(reader *r, uint32_t in, char end)
{
    r->at++;
    for (;;) {
        if (!space(r))
            return false;
        if (next_is(r, end))
            return true;
        if (!(end == ']' ? value(r, in, (slice){ 0, 0 }) : key_value(r, in)) || !space(r))
            return false;
        if (next_is(r, end))
            return true;
        if (!next_is(r, ','))
            return syntax(r);
    }
}

static bool value(reader *r, uint32_t parent, slice key)
{
    int c = peek(r, 0);
    if (c == '"' || c == '\'') {
        slice s = { 0 };
        if (!string(r, true, &s))
            return false;
        uint32_t i = add(r, parent, key, STR, INLINE);
        if (i == NO)
            return false;
        node_at(r, i)->as.text = s;
        return true;
    }
    if (c == '[' || c == '{') {
        uint32_t i = add(r, parent, key, c == '[' ? ARRAY : TABLE, INLINE);
        return i != NO && elements(r, i, c == '[' ? ']' : '}');
    }
    return scalar(r, parent, key);
}

/* ---- headers ---------------------------------------------------------------------------------------------------- */

/* A table on the way of a header's path. */
static uint32_t pass(reader *r, uint32_t table, slice key, size_t where)
{
    uint32_t i = find(r, table, key);
    if (r->err.rc != HM_OK)
        return NO;
    if (i == NO)
        return add(r, table, key, TABLE, BY_PATH);
    const node *x = node_at(r, i);
    if (x->made == ELEMENTS)
        return x->last; /* the newest element is meant; there is one */
    if (x->kind != TABLE || x->made == INLINE) {
        (void)duplicate(r, key, where);
        return NO;
    }
    return i;
}

/* What a header opens: a table once, an element of an array each time. */
static uint32_t open_table(reader *r, uint32_t table, slice key, bool element, size_t where)
{
    uint32_t i = find(r, table, key);
    if (r->err.rc != HM_OK)
        return NO;
    if (i == NO && !element)
        return add(r, table, key, TABLE, BY_HEADER);
    if (i == NO)
        i = add(r, table, key, ARRAY, ELEMENTS);
    if (i == NO)
        return NO;
    node *x = node_at(r, i);
    if (element && x->made == ELEMENTS)
        return add(r, i, (slice){ 0, 0 }, TABLE, BY_HEADER);
    if (!element && x->kind == TABLE && x->made == BY_PATH) {
        x->made = BY_HEADER;
        return i;
    }
    (void)duplicate(r, key, where);
    return NO;
}

static bool header(reader *r, uint32_t *ret_table)
{
    r->at++;
    bool element = next_is(r, '[');
    uint32_t table = 0;
    slice key = { 0 };
    blanks(r);
    size_t where = r->at;
    if (!key_part(r, &key))
        return false;
    while (more_key(r)) {
        table = pass(r, table, key, where);
        where = r->at;
        if (table == NO || !key_part(r, &key))
            return false;
    }
    if (!next_is(r, ']') || (element && !next_is(r, ']')))
        return syntax(r);
    *ret_table = open_table(r, table, key, element, where);
    return *ret_table != NO;
}

static bool document(reader *r)
{
    uint32_t table = add(r, NO, (slice){ 0, 0 }, TABLE, BY_HEADER);
    while (r->err.rc == HM_OK) {
        if (!space(r))
            return false;
        if (r->at == r->n)
            return true;
        if (!(peek(r, 0) == '[' ? header(r, &table) : key_value(r, table)))
            return false;
        blanks(r);
        if (!comment(r))
            return false;
        if (r->at < r->n && !line_end(r))
            return syntax(r);
    }
    return false;
}

/* ---- the whole -------------------------------------------------------------------------------------------------- */

static void give_value(const reader *r, const node *x, codec_tree *t)
{
    switch ((kind)x->kind) {
    case STR:
        codec_tree_str(t, text_of(r, x->as.text));
        break;
    case NUM:
        codec_tree_num(t, text_of(r, x->as.text));
        break;
    case BOOL:
        codec_tree_bool(t, x->as.number != 0);
        break;
    case INT:
        codec_tree_u64(t, x->as.number);
        break;
    case ARRAY:
        codec_tree_arr(t);
        break;
    case TABLE:
    default:
        codec_tree_obj(t);
        break;
    }
}

/* Depth first; up[] are the nodes around, at most one for each level. */
static void give(const reader *r, codec_tree *t)
{
    uint32_t up[CODEC_JSON_DEPTH + 1], i = 0;
    size_t depth = 0;
    for (;;) {
        const node *x = node_at(r, i);
        if (depth && node_at(r, up[depth - 1])->kind == TABLE)
            codec_tree_key(t, text_of(r, x->key));
        give_value(r, x, t);
        if (x->kind >= ARRAY) {
            if (x->first != NO) {
                up[depth++] = i;
                i = x->first;
                continue;
            }
            codec_tree_end(t);
        }
        while (x->next == NO && depth) {
            codec_tree_end(t);
            x = node_at(r, up[--depth]);
        }
        if (depth == 0)
            return;
        i = x->next;
    }
}

hm_rc codec_toml_read(hm_arena *a, hm_str in, const codec_json **ret_root, hm_err *err)
{
    size_t skipped = hm_str_starts(in, HM_STR("\xef\xbb\xbf")) ? 3 : 0;
    hm_str text = hm_str_from(in, skipped);
    if (text.n >= NO)
        return hm_fail(err, HM_LIMIT, DEFECT_TOO_LARGE, HM_PLACE_NONE, 0, NO);
    for (size_t i = 0, n; i < text.n; i += n) {
        n = hm_utf8_len(hm_str_from(text, i));
        if (n == 0)
            return hm_fail(err, HM_FORMAT, DEFECT_UTF8, HM_PLACE_BYTE, skipped + i, 0);
    }
    if (!hm_arena_dup(a, text, &text))
        return hm_arena_fail(a, err);
    union {
        const char *in;
        char *own;
    } copy = { .in = text.p }; /* the arena's copy is ours to change */
    reader r = { .arena = a, .p = copy.own, .n = text.n, .skipped = skipped, .nodes.size = sizeof(node) };
    bool read = document(&r);
    hm_map_freep(&r.members);
    hm_buf_clear(&r.wanted);
    if (!read) {
        if (err)
            *err = r.err;
        return r.err.rc;
    }
    codec_tree *t = codec_tree_new(a, 2 * r.nodes.n, false);
    if (!t)
        return hm_arena_fail(a, err);
    give(&r, t);
    return codec_tree_finish(t, ret_root, err);
}
