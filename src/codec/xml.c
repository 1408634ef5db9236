/* xml - reader half of XML (XML 1.0 and Namespaces in XML 1.0) on expat: its events become a tree in the arena.
 *
 *   <p:name xmlns:p="URI" attr="value">text<child/>more text</p:name>
 *
 * Invariants:
 * 1. expat gets the document in one call, so it reads from our bytes and keeps no copy of a long token.
 * 2. `stack` holds the open elements; one more than CODEC_XML_DEPTH ends the parse, so no consumer meets more levels.
 * 3. The text of all open elements lies in one buffer, that of an inner one above that of the outer one; an end tag
 *    takes its part off the top. So the text of an element is in one piece, and each byte is copied a fixed number of
 *    times.
 * 4. Names are kept once (`names`); `prefix` maps a prefix to its innermost binding, which knows the one it hides.
 *    Namespaces are resolved here: expat's own way writes the URI anew for each prefixed attribute, which a long URI
 *    turns into quadratic work.
 * 5. A DOCTYPE with an internal subset ends the parse before a declaration in it is used: no entity, no default
 *    attribute is ever expanded, and no handler for external ones exists.
 * expat allocates with malloc: its hooks carry no context that could lead to an arena. What it keeps grows with distinct
 * names and with the attributes of one element, and each of those costs more in the arena than there: the budget of the
 * arena ends both.
 * Enemy: the author of the document (depth, counts, entities, long URIs, lying encodings). */
#include "codec/codec.h"
#include <expat.h>

_Static_assert(sizeof(XML_Char) == 1, "expat gives UTF-8");

enum { INPUT_MAX = 1 << 30, NO_BINDING = 0, REPLACEMENT = 0xfffd };

typedef struct attribute {
    hm_str name, value;
    bool prefixed;
} attribute;
struct codec_xml {
    hm_str name, ns, text;
    const attribute *attr;
    codec_xml *child, *next;
    uint32_t attr_n;
    uint32_t line; /* input is at most INPUT_MAX bytes, so are lines */
};
/* a name as written, kept once */
typedef struct written {
    hm_str local, prefix;
} written;
typedef struct binding {
    hm_str prefix, uri;
    uint64_t hides; /* number of the binding it hides + 1, NO_BINDING: none */
} binding;
typedef struct level {
    codec_xml *element, *last; /* last: newest child */
    size_t text_from, bindings;
} level;
typedef struct reader {
    hm_arena *arena;
    XML_Parser parser;
    hm_map *names, *prefix;
    hm_vec bindings;
    hm_buf text;
    level stack[CODEC_XML_DEPTH];
    size_t depth;
    codec_xml *root;
    uint64_t lines_before; /* lines skipped before what expat sees */
    hm_rc rc;              /* why the parse was stopped */
    hm_err *err;
} reader;

static uint64_t line_of(const reader *r)
{
    return (uint64_t)XML_GetCurrentLineNumber(r->parser) + r->lines_before;
}

/* Ends the parse; the first reason stays. */
static void stop(reader *r, hm_rc rc)
{
    if (r->rc == HM_OK)
        r->rc = rc;
    (void)XML_StopParser(r->parser, XML_FALSE);
}

static void stop_memory(reader *r)
{
    if (r->rc == HM_OK)
        stop(r, hm_arena_fail(r->arena, r->err));
}

static void stop_heap(reader *r)
{
    if (r->rc == HM_OK)
        stop(r, hm_fail(r->err, HM_NOMEM, DEFECT_NOMEM, HM_PLACE_NONE, 0, 0));
}

/* ---- names and namespaces --------------------------------------------------------------------------------------- */

static const written *name_of(reader *r, const XML_Char *text)
{
    hm_str whole = hm_str_c(text);
    uint64_t found;
    if (hm_map_get(r->names, whole, &found))
        return (const written *)(uintptr_t)found;
    written *w = hm_arena_alloc(r->arena, sizeof *w);
    if (!w || !hm_arena_dup(r->arena, whole, &whole)) {
        stop_memory(r);
        return NULL;
    }
    size_t colon = hm_str_find(whole, ':');
    bool split = colon > 0 && colon + 1 < whole.n;
    w->local = split ? hm_str_from(whole, colon + 1) : whole;
    w->prefix = split ? hm_str_sub(whole, 0, colon) : HM_NONE;
    if (!hm_map_put(r->names, whole, (uint64_t)(uintptr_t)w)) {
        stop_heap(r);
        return NULL;
    }
    return w;
}

static void bind(reader *r, hm_str prefix, hm_str uri)
{
    uint64_t *now = hm_map_put(r->prefix, prefix, NO_BINDING);
    binding *b = now ? hm_vec_push(&r->bindings, r->arena) : NULL;
    if (!now) {
        stop_heap(r);
    } else if (!b) {
        stop_memory(r);
    } else {
        *b = (binding){ .prefix = prefix, .uri = uri, .hides = *now };
        *now = r->bindings.n;
    }
}

static void unbind_to(reader *r, size_t n)
{
    while (r->bindings.n > n) {
        const binding *b = HM_VEC_AT(&r->bindings, binding, r->bindings.n - 1);
        uint64_t *now = hm_map_put(r->prefix, b->prefix, NO_BINDING); /* is there: allocates nothing */
        if (now)
            *now = b->hides;
        r->bindings.n--;
    }
}

static hm_str uri_of(const reader *r, hm_str prefix)
{
    uint64_t i;
    if (!hm_map_get(r->prefix, prefix, &i) || i == NO_BINDING)
        return HM_NONE;
    return HM_VEC_AT(&r->bindings, binding, (size_t)i - 1)->uri;
}

/* ---- events ----------------------------------------------------------------------------------------------------- */

static bool read_attributes(reader *r, codec_xml *e, const XML_Char **pairs)
{
    size_t n = 0;
    while (pairs[2 * n])
        n++;
    attribute *attr = n ? hm_arena_array(r->arena, n, sizeof *attr) : NULL;
    if (n && !attr) {
        stop_memory(r);
        return false;
    }
    e->attr = attr;
    for (size_t i = 0; i < n && r->rc == HM_OK; i++) {
        const written *w = name_of(r, pairs[2 * i]);
        hm_str value = HM_NONE;
        if (!w)
            break;
        if (*pairs[2 * i + 1] && !hm_arena_dup(r->arena, hm_str_c(pairs[2 * i + 1]), &value)) {
            stop_memory(r);
            break;
        }
        if (hm_str_is(w->prefix, "xmlns"))
            bind(r, w->local, value);
        else if (w->prefix.n == 0 && hm_str_is(w->local, "xmlns"))
            bind(r, HM_NONE, value);
        else if (attr)
            attr[e->attr_n++] = (attribute){ .name = w->local, .value = value, .prefixed = w->prefix.n > 0 };
    }
    return r->rc == HM_OK;
}

static void XMLCALL on_start(void *ctx, const XML_Char *name, const XML_Char **pairs)
{
    reader *r = ctx;
    if (r->rc != HM_OK)
        return;
    if (r->depth == CODEC_XML_DEPTH) {
        stop(r, hm_fail(r->err, HM_LIMIT, DEFECT_TOO_DEEP, HM_PLACE_LINE, line_of(r), CODEC_XML_DEPTH));
        return;
    }
    size_t bindings = r->bindings.n;
    const written *w = name_of(r, name);
    codec_xml *e = w ? hm_arena_alloc(r->arena, sizeof *e) : NULL;
    if (!e) {
        stop_memory(r);
        return;
    }
    if (!read_attributes(r, e, pairs))
        return;
    e->name = w->local;
    e->ns = uri_of(r, w->prefix);
    e->text = HM_NONE;
    e->line = (uint32_t)line_of(r);
    if (r->depth) {
        level *up = &r->stack[r->depth - 1];
        if (up->last)
            up->last->next = e;
        else
            up->element->child = e;
        up->last = e;
    } else {
        r->root = e;
    }
    r->stack[r->depth++] = (level){ .element = e, .text_from = r->text.n, .bindings = bindings };
}

static void XMLCALL on_end(void *ctx, const XML_Char *name)
{
    reader *r = ctx;
    (void)name;
    if (r->rc != HM_OK)
        return;
    HM_BUG_ON(r->depth == 0);
    const level *l = &r->stack[--r->depth];
    hm_str text = hm_str_trim(hm_str_from(hm_buf_view(&r->text), l->text_from));
    if (text.n && !hm_arena_dup(r->arena, text, &l->element->text)) {
        stop_memory(r);
        return;
    }
    r->text.n = l->text_from;
    unbind_to(r, l->bindings);
}

static void XMLCALL on_text(void *ctx, const XML_Char *s, int n)
{
    reader *r = ctx;
    if (r->rc != HM_OK || n <= 0)
        return;
    hm_buf_add(&r->text, s, (size_t)n);
    if (r->text.bad)
        stop_heap(r);
}

static void XMLCALL on_skipped(void *ctx, const XML_Char *name, int is_parameter)
{
    reader *r = ctx;
    if (r->rc != HM_OK || is_parameter || r->depth == 0)
        return;
    hm_buf_byte(&r->text, '&');
    hm_buf_c(&r->text, name);
    hm_buf_byte(&r->text, ';');
    if (r->text.bad)
        stop_heap(r);
}

static void XMLCALL on_doctype(void *ctx, const XML_Char *name, const XML_Char *system, const XML_Char *public,
                               int internal_subset)
{
    reader *r = ctx;
    (void)name;
    (void)system;
    (void)public;
    if (internal_subset && r->rc == HM_OK)
        stop(r, hm_fail(r->err, HM_FORMAT, DEFECT_XML_DOCTYPE, HM_PLACE_LINE, line_of(r), 0));
}

/* ---- encodings that expat does not know -------------------------------------------------------------------------- */

/* windows-1252, bytes 80 to 9f; 0: not assigned */
static const uint16_t WINDOWS_1252[32] = {
    0x20ac, 0,      0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160,
    0x2039, 0x0152, 0,      0x017d, 0,      0,      0x2018, 0x2019, 0x201c, 0x201d, 0x2022,
    0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0,      0x017e, 0x0178,
};
/* Encodings in which a byte below 80 that means markup ('<', '>', '&', quotes, digits of names) is never part of
 * something else: the structure can be read without their tables. */
static const char *const HOLDS_ASCII[] = {
    "shift_jis", "shift-jis", "sjis",    "x-sjis",    "ms_kanji",   "windows-31j", "ms932",
    "cp932",     "euc-jp",    "euc-kr",  "gb2312",    "gbk",        "gb18030",     "big5",
    "koi8-r",    "koi8-u",    "tis-620", "macintosh", "x-macroman",
};
static const char *const FAMILIES[] = { "windows-12", "cp12", "iso-8859-", "iso8859-", "iso8859_" };

static bool holds_ascii(hm_str name)
{
    for (size_t i = 0; i < HM_COUNT(HOLDS_ASCII); i++)
        if (hm_str_eq_nocase(name, hm_str_c(HOLDS_ASCII[i])))
            return true;
    for (size_t i = 0; i < HM_COUNT(FAMILIES); i++) {
        hm_str family = hm_str_c(FAMILIES[i]);
        if (name.n > family.n && hm_str_eq_nocase(hm_str_sub(name, 0, family.n), family))
            return true;
    }
    return false;
}

static int XMLCALL on_encoding(void *ctx, const XML_Char *name, XML_Encoding *info)
{
    reader *r = ctx;
    hm_str n = hm_str_c(name);
    bool cp1252 = hm_str_eq_nocase(n, HM_STR("windows-1252")) || hm_str_eq_nocase(n, HM_STR("cp1252"));
    bool latin1 = hm_str_eq_nocase(n, HM_STR("iso8859-1")) || hm_str_eq_nocase(n, HM_STR("iso8859_1")) ||
                  hm_str_eq_nocase(n, HM_STR("latin1"));
    bool latin9 = hm_str_eq_nocase(n, HM_STR("iso-8859-15")) || hm_str_eq_nocase(n, HM_STR("iso8859-15"));
    if (!cp1252 && !latin1 && !latin9 && !holds_ascii(n)) {
        if (r->rc == HM_OK) {
            r->rc = hm_fail(r->err, HM_UNSUPPORTED, DEFECT_XML_ENCODING, HM_PLACE_LINE, line_of(r), 0);
            if (r->err) {
                size_t cut = n.n < sizeof r->err->at - 1 ? n.n : sizeof r->err->at - 1;
                memcpy(r->err->at, n.p, cut);
                r->err->at[cut] = '\0';
            }
        }
        return XML_STATUS_ERROR;
    }
    for (int b = 0; b < 256; b++) {
        int c = b;
        if (cp1252 && b >= 0x80 && b < 0xa0)
            c = WINDOWS_1252[b - 0x80] ? WINDOWS_1252[b - 0x80] : REPLACEMENT;
        else if (b >= 0x80 && !cp1252 && !latin1 && !latin9)
            c = REPLACEMENT;
        else if (b >= 0x80 && b < 0xa0)
            c = REPLACEMENT;
        info->map[b] = c;
    }
    if (latin9) {
        static const struct {
            uint8_t byte;
            uint16_t is;
        } OTHER[] = { { 0xa4, 0x20ac }, { 0xa6, 0x160 }, { 0xa8, 0x161 }, { 0xb4, 0x17d },
                      { 0xb8, 0x17e },  { 0xbc, 0x152 }, { 0xbd, 0x153 }, { 0xbe, 0x178 } };
        for (size_t i = 0; i < HM_COUNT(OTHER); i++)
            info->map[OTHER[i].byte] = OTHER[i].is;
    }
    info->data = NULL;
    info->convert = NULL;
    info->release = NULL;
    return XML_STATUS_OK;
}

/* ---- the whole -------------------------------------------------------------------------------------------------- */

static hm_rc refuse(const reader *r, hm_str text, hm_err *err)
{
    enum XML_Error why = XML_GetErrorCode(r->parser);
    XML_Index at = XML_GetCurrentByteIndex(r->parser);
    uint64_t line = line_of(r);
    if (why == XML_ERROR_NO_MEMORY)
        return hm_fail(err, HM_NOMEM, DEFECT_NOMEM, HM_PLACE_NONE, 0, 0);
    if (why == XML_ERROR_NO_ELEMENTS || why == XML_ERROR_UNCLOSED_TOKEN || why == XML_ERROR_UNCLOSED_CDATA_SECTION ||
        why == XML_ERROR_PARTIAL_CHAR)
        return hm_fail(err, HM_TRUNC, DEFECT_TRUNCATED, HM_PLACE_LINE, line, 0);
    if (why == XML_ERROR_INVALID_TOKEN && at >= 0 && (uint64_t)at < text.n && (unsigned char)text.p[at] >= 0x80 &&
        hm_utf8_len(hm_str_from(text, (size_t)at)) == 0)
        return hm_fail(err, HM_FORMAT, DEFECT_UTF8, HM_PLACE_LINE, line, 0);
    return hm_fail(err, HM_FORMAT, DEFECT_XML_SYNTAX, HM_PLACE_LINE, line, 0);
}

static hm_rc parse(reader *r, hm_str text)
{
    uint64_t key[2];
    hm_hash_key(key);
    (void)XML_SetHashSalt(r->parser, (unsigned long)(key[0] | 1)); /* 0 would let it ask the system */
    XML_SetUserData(r->parser, r);
    XML_SetElementHandler(r->parser, on_start, on_end);
    XML_SetCharacterDataHandler(r->parser, on_text);
    XML_SetStartDoctypeDeclHandler(r->parser, on_doctype);
    XML_SetSkippedEntityHandler(r->parser, on_skipped);
    XML_SetUnknownEncodingHandler(r->parser, on_encoding, r);
    /* Says that there may be declarations we do not have, so an unknown entity is skipped and no error. With parameter
     * entities off (the default) nothing is asked for. */
    (void)XML_UseForeignDTD(r->parser, XML_TRUE);
    enum XML_Status status = XML_Parse(r->parser, text.p, (int)text.n, XML_TRUE);
    if (r->rc != HM_OK)
        return r->rc;
    return status == XML_STATUS_OK && r->root ? HM_OK : refuse(r, text, r->err);
}

hm_rc codec_xml_read(hm_arena *a, hm_str in, const codec_xml **ret_root, hm_err *err)
{
    hm_str text = in;
    uint64_t skipped = 0;
    for (; text.n > 1 && hm_is_space(text.p[0]) && text.p[1]; text = hm_str_from(text, 1)) /* seen before "<?xml" */
        skipped += text.p[0] == '\n';
    if (hm_str_trim(text).n == 0 || hm_str_is(text, "\xef\xbb\xbf"))
        return hm_fail(err, HM_TRUNC, DEFECT_EMPTY, HM_PLACE_LINE, skipped + 1, 0);
    if (text.n > INPUT_MAX)
        return hm_fail(err, HM_LIMIT, DEFECT_TOO_LARGE, HM_PLACE_NONE, 0, INPUT_MAX);
    reader *r = hm_arena_alloc(a, sizeof *r);
    if (!r)
        return hm_arena_fail(a, err);
    *r = (reader){ .arena = a, .bindings = { .size = sizeof(binding) }, .lines_before = skipped, .err = err };
    r->names = hm_map_new();
    r->prefix = hm_map_new();
    r->parser = XML_ParserCreate(NULL);
    hm_rc rc =
        r->names && r->prefix && r->parser ? parse(r, text) : hm_fail(err, HM_NOMEM, DEFECT_NOMEM, HM_PLACE_NONE, 0, 0);
    if (r->parser)
        XML_ParserFree(r->parser);
    hm_map_free(r->names);
    hm_map_free(r->prefix);
    hm_buf_clear(&r->text);
    if (rc == HM_OK)
        *ret_root = r->root;
    return rc;
}

/* ---- accessors ---- */

hm_str codec_xml_name(const codec_xml *e)
{
    return e ? e->name : HM_NONE;
}

hm_str codec_xml_ns(const codec_xml *e)
{
    return e ? e->ns : HM_NONE;
}

uint64_t codec_xml_line(const codec_xml *e)
{
    return e ? e->line : 0;
}

hm_str codec_xml_text(const codec_xml *e)
{
    return e ? e->text : HM_NONE;
}

static const codec_xml *named(const codec_xml *e, const char *name)
{
    while (e && name && !hm_str_is(e->name, name))
        e = e->next;
    return e;
}

const codec_xml *codec_xml_first(const codec_xml *e, const char *name)
{
    return e ? named(e->child, name) : NULL;
}

const codec_xml *codec_xml_next(const codec_xml *e, const char *name)
{
    return e ? named(e->next, name) : NULL;
}

hm_str codec_xml_get_text(const codec_xml *e, const char *child)
{
    return codec_xml_text(codec_xml_first(e, child));
}

static const attribute *find_attr(const codec_xml *e, const char *name)
{
    const attribute *found = NULL;
    for (size_t i = 0; e && i < e->attr_n; i++)
        if (hm_str_is(e->attr[i].name, name) && (!found || !e->attr[i].prefixed))
            found = &e->attr[i];
    return found;
}

hm_str codec_xml_attr(const codec_xml *e, const char *name)
{
    const attribute *x = find_attr(e, name);
    return x ? x->value : HM_NONE;
}

bool codec_xml_has_attr(const codec_xml *e, const char *name)
{
    return find_attr(e, name) != NULL;
}
