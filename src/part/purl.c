/* purl - package URLs, ECMA-427, with the rules of every type definition (purl_type.tbl.h).
 *
 *   pkg:TYPE/[NAMESPACE/]NAME[@VERSION][?KEY=VALUE[&KEY=VALUE]...][#SUBPATH]
 *
 * Reading: the subpath stands behind the last '#'; the qualifiers behind the first '?' (the text of the standard says
 * the last one, but an unescaped '?' occurs in URLs given as qualifier values and nowhere else); slashes around the
 * rest go; the type ends at the first '/'; the version stands behind the last '@', unless that one begins a segment
 * that is not the last ("npm/@babel/core"); the name is the last segment, and what is left the namespace. Then each
 * piece is percent-decoded, and parse and make go the same way (finish).
 *
 * Invariants of a part_purl that came out of here
 *   1. every piece is valid UTF-8 without NUL; type and name are not empty
 *   2. namespace and subpath have no empty segments, the subpath no "." or ".."
 *   3. quals are sorted by key, keys unique and lower case, values percent-encoded and not empty
 *   4. its text parses to the same part_purl again (the fuzz target holds it to that)
 * The enemy wrote the text. Work is linear in it, save the sort of the qualifiers (n log n). */
#include "part/part.h"

enum { NS_FREE, NS_MUST, NS_NEVER, NS_STRICT };
enum { NS_LOWER = 1, NS_UPPER = 2, NAME_LOWER = 4, VERSION_LOWER = 8, SUBPATH_LOWER = 16 };

typedef struct purl_work purl_work;
typedef hm_rc purl_rule(purl_work *w);
static purl_rule rule_chrome, rule_cocoapods, rule_cpan, rule_dashes, rule_git, rule_golang, rule_julia, rule_mlflow,
    rule_pub, rule_swid, rule_yocto;

typedef struct purl_type {
    const char *type;
    unsigned ns, fold;
    purl_rule *rule;
    const char *keys;
} purl_type;
static const purl_type TYPES[] = {
#define PURL_TYPE(type, ns, fold, rule, keys) { type, ns, fold, rule, keys },
#include "part/purl_type.tbl.h"
#undef PURL_TYPE
};
static const purl_type UNKNOWN = { "", NS_FREE, 0, NULL, "" };

typedef enum purl_piece { AT_TYPE, AT_NS, AT_NAME, AT_VERSION, AT_QUALS, AT_SUBPATH, AT_COUNT } purl_piece;
struct purl_work {
    hm_arena *a;
    hm_err *err;
    bool strict;
    hm_place place;        /* BYTE when there is a text, else NONE */
    uint64_t at[AT_COUNT]; /* where each piece begins in it */
    const purl_type *type;
    part_purl p;
};

static const hm_defect DEFECT_OF[AT_COUNT] = { DEFECT_PURL_TYPE,    DEFECT_PURL_NAMESPACE, DEFECT_PURL_NAME,
                                               DEFECT_PURL_VERSION, DEFECT_PURL_QUALIFIER, DEFECT_PURL_SUBPATH };

static hm_rc bad(purl_work *w, purl_piece piece)
{
    return hm_fail(w->err, HM_FORMAT, DEFECT_OF[piece], w->place, w->at[piece], 0);
}

static hm_rc bad_key(purl_work *w, hm_str key)
{
    hm_rc rc = bad(w, AT_QUALS);
    for (size_t i = 0; w->err && i < key.n && i < HM_ERR_AT - 1; i++)
        w->err->at[i] = key.p[i];
    return rc;
}

/* ---- percent encoding (ECMA-427 5.4) -------------------------------------------------------------------------- */

static bool is_plain(char c)
{
    return hm_is_alnum((unsigned char)c) || c == '.' || c == '-' || c == '_' || c == '~' || c == ':';
}

static size_t encoded_size(hm_str s, bool slash)
{
    size_t n = s.n;
    for (size_t i = 0; i < s.n; i++)
        if (!is_plain(s.p[i]) && !(slash && s.p[i] == '/'))
            n += 2; /* cannot wrap: s.n bytes lie in memory, three times them in the address space of a purl */
    return n;
}

static size_t encode(char *to, hm_str s, bool slash)
{
    static const char HEX[] = "0123456789ABCDEF";
    size_t n = 0;
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        if (is_plain(s.p[i]) || (slash && c == '/')) {
            to[n++] = s.p[i];
        } else {
            to[n++] = '%';
            to[n++] = HEX[c >> 4];
            to[n++] = HEX[c & 15];
        }
    }
    return n;
}

static void put_encoded(hm_buf *out, hm_str s, bool slash)
{
    size_t n = encoded_size(s, slash);
    if (s.n && hm_buf_room(out, n)) {
        encode(out->p + out->n, s, slash);
        out->n += n;
    }
}

static int hex(char c)
{
    if (hm_is_digit((unsigned char)c))
        return c - '0';
    c = hm_lower(c);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Decodes into the arena (what has no escape stays where it is). Escapes must be whole. */
static hm_rc decode(purl_work *w, hm_str s, uint64_t at, hm_str *ret)
{
    if (hm_str_find(s, '%') == s.n) {
        *ret = s;
        return HM_OK;
    }
    char *to = hm_arena_alloc(w->a, s.n);
    if (!to)
        return hm_arena_fail(w->a, w->err);
    size_t n = 0;
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] != '%') {
            to[n++] = s.p[i];
            continue;
        }
        int high = i + 2 < s.n ? hex(s.p[i + 1]) : -1, low = i + 2 < s.n ? hex(s.p[i + 2]) : -1;
        if (high < 0 || low < 0)
            return hm_fail(w->err, HM_FORMAT, DEFECT_PURL_ESCAPE, w->place, at + i, 0);
        to[n++] = (char)(high * 16 + low);
        i += 2;
    }
    *ret = (hm_str){ to, n };
    return HM_OK;
}

/* ---- pieces ---------------------------------------------------------------------------------------------------- */

static hm_rc check_text(purl_work *w, hm_str s, uint64_t at)
{
    if (!hm_utf8_ok(s))
        return hm_fail(w->err, HM_FORMAT, DEFECT_UTF8, w->place, at, 0);
    if (s.n && memchr(s.p, 0, s.n))
        return hm_fail(w->err, HM_FORMAT, DEFECT_NUL_BYTE, w->place, at, 0);
    return HM_OK;
}

/* Replaces *s by a copy through f, unless f changes nothing. */
static hm_rc map(purl_work *w, hm_str *s, char (*f)(char))
{
    size_t i = 0;
    while (i < s->n && f(s->p[i]) == s->p[i])
        i++;
    if (i == s->n)
        return HM_OK;
    char *to = hm_arena_alloc(w->a, s->n);
    if (!to)
        return hm_arena_fail(w->a, w->err);
    for (i = 0; i < s->n; i++)
        to[i] = f(s->p[i]);
    s->p = to;
    return HM_OK;
}

static char upper(char c)
{
    return c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
}

static char dash(char c)
{
    return c == '_' ? '-' : c;
}

static char underscore(char c)
{
    return hm_is_alnum((unsigned char)c) ? c : '_';
}

/* Drops empty segments, and with `dots` those that are "." or "..". */
static hm_rc clean_path(purl_work *w, hm_str *s, bool dots)
{
    if (s->n == 0)
        return HM_OK;
    char *to = hm_arena_alloc(w->a, s->n);
    if (!to)
        return hm_arena_fail(w->a, w->err);
    size_t n = 0;
    for (hm_str rest = *s; rest.n;) {
        hm_str segment = hm_str_cut(rest, '/', &rest);
        if (segment.n == 0 || (dots && (hm_str_is(segment, ".") || hm_str_is(segment, ".."))))
            continue;
        if (n)
            to[n++] = '/';
        memcpy(to + n, segment.p, segment.n);
        n += segment.n;
    }
    *s = (hm_str){ to, n };
    return HM_OK;
}

static bool type_ok(hm_str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (!hm_is_alnum((unsigned char)s.p[i]) && s.p[i] != '.' && s.p[i] != '-')
            return false;
    return s.n && !hm_is_digit((unsigned char)s.p[0]);
}

static const purl_type *type_of(hm_str s)
{
    for (size_t i = 0; i < HM_COUNT(TYPES); i++)
        if (hm_str_is(s, TYPES[i].type))
            return &TYPES[i];
    return &UNKNOWN;
}

/* ---- qualifiers ------------------------------------------------------------------------------------------------ */

typedef struct qual {
    hm_str key, value; /* value decoded */
} qual;

static bool key_ok(hm_str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (!hm_is_alnum((unsigned char)s.p[i]) && s.p[i] != '.' && s.p[i] != '-' && s.p[i] != '_')
            return false;
    return s.n && !hm_is_digit((unsigned char)s.p[0]);
}

static bool key_defined(const purl_type *type, hm_str key)
{
    for (hm_str rest = hm_str_c(type->keys); rest.n;)
        if (hm_str_eq(hm_str_cut(rest, ' ', &rest), key))
            return true;
    return false;
}

static int by_key(const void *a, const void *b, void *ctx)
{
    (void)ctx;
    return hm_str_cmp(((const qual *)a)->key, ((const qual *)b)->key);
}

static bool is_guid(hm_str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (i == 8 || i == 13 || i == 18 || i == 23 ? s.p[i] != '-' : hex(s.p[i]) < 0)
            return false;
    return s.n == 36;
}

static hm_rc read_qual(purl_work *w, hm_str pair, uint64_t at, hm_vec *v)
{
    hm_str value, key = hm_str_cut(pair, '=', &value), literal = key;
    if (!key_ok(key))
        return bad_key(w, key);
    hm_rc rc = map(w, &key, hm_lower);
    if (rc == HM_OK)
        rc = decode(w, value, at + literal.n + 1, &value);
    if (rc == HM_OK)
        rc = check_text(w, value, at);
    if (rc != HM_OK)
        return rc;
    /* The vectors of the standard refuse "Platform" for gem and "Arch" for rpm, and take "repositorY_url" for maven:
     * a key that the type defines is to be spelled as defined. */
    if (w->strict && !hm_str_eq(key, literal) && key_defined(w->type, key))
        return bad_key(w, literal);
    if (value.n == 0)
        return HM_OK;
    if (hm_str_is(w->p.type, "swid") && hm_str_is(key, "tag_id") && is_guid(value))
        rc = map(w, &value, hm_lower);
    qual *q = rc == HM_OK ? hm_vec_push(v, w->a) : NULL;
    if (!q)
        return rc == HM_OK ? hm_arena_fail(w->a, w->err) : rc;
    *q = (qual){ key, value };
    return HM_OK;
}

static hm_rc canonical_quals(purl_work *w)
{
    if (w->p.quals.n == 0)
        return HM_OK;
    hm_vec v = { .size = sizeof(qual) };
    hm_rc rc = HM_OK;
    uint64_t at = w->at[AT_QUALS];
    for (hm_str rest = w->p.quals; rest.n && rc == HM_OK;) {
        hm_str pair = hm_str_cut(rest, '&', &rest);
        if (pair.n)
            rc = read_qual(w, pair, at, &v);
        at += pair.n + 1;
    }
    if (rc != HM_OK)
        return rc;
    if (!hm_sort(v.p, v.n, sizeof(qual), by_key, NULL))
        return hm_fail(w->err, HM_NOMEM, DEFECT_NOMEM, HM_PLACE_NONE, 0, 0);
    const qual *q = v.p;
    size_t size = 0;
    for (size_t i = 0; i < v.n; i++) {
        if (i > 0 && hm_str_eq(q[i - 1].key, q[i].key))
            return bad_key(w, q[i].key);
        size += q[i].key.n + encoded_size(q[i].value, false) + 2;
    }
    char *to = hm_arena_alloc(w->a, size);
    if (!to)
        return hm_arena_fail(w->a, w->err);
    size_t n = 0;
    for (size_t i = 0; i < v.n; i++) {
        if (i > 0)
            to[n++] = '&';
        memcpy(to + n, q[i].key.p, q[i].key.n);
        n += q[i].key.n;
        to[n++] = '=';
        n += encode(to + n, q[i].value, false);
    }
    w->p.quals = (hm_str){ to, n };
    return HM_OK;
}

static bool find_qual(hm_str quals, hm_str key, hm_str *ret_encoded)
{
    while (quals.n) {
        hm_str value, pair = hm_str_cut(quals, '&', &quals);
        if (hm_str_eq(hm_str_cut(pair, '=', &value), key)) {
            *ret_encoded = value;
            return true;
        }
    }
    return false;
}

/* ---- rules of single types --------------------------------------------------------------------------------------- */

/* Name: 32 letters a to p. Version: one to four numbers. */
static hm_rc rule_chrome(purl_work *w)
{
    for (size_t i = 0; i < w->p.name.n; i++)
        if (w->p.name.p[i] < 'a' || w->p.name.p[i] > 'p')
            return bad(w, AT_NAME);
    if (w->p.name.n != 32)
        return bad(w, AT_NAME);
    hm_str v = w->p.version;
    size_t dots = 0;
    for (size_t i = 0; i < v.n; i++) {
        bool digit = hm_is_digit((unsigned char)v.p[i]), inner = i > 0 && i + 1 < v.n;
        if (!digit && !(v.p[i] == '.' && inner && v.p[i - 1] != '.' && ++dots < 4))
            return bad(w, AT_VERSION);
    }
    return HM_OK;
}

static hm_rc rule_cocoapods(purl_work *w)
{
    for (size_t i = 0; i < w->p.name.n; i++)
        if (hm_is_space((unsigned char)w->p.name.p[i]) || w->p.name.p[i] == '+')
            return bad(w, AT_NAME);
    return w->p.name.p[0] == '.' ? bad(w, AT_NAME) : HM_OK;
}

/* A distribution ("URI-PackageURL"), not a module ("URI::PackageURL"). */
static hm_rc rule_cpan(purl_work *w)
{
    return hm_str_search(w->p.name, HM_STR("::")) < w->p.name.n ? bad(w, AT_NAME) : HM_OK;
}

/* PyPI and Hackage: kebab-case. A dot in a PyPI name stays (PEP 503 folds it as well; the type definition does not). */
static hm_rc rule_dashes(purl_work *w)
{
    return map(w, &w->p.name, dash);
}

/* Namespace is the host, name the whole path on it. The definition calls both case-sensitive, its vector folds
 * "github/Package-url/purl-Spec": what is known of GitHub (and Bitbucket, by their types) holds here too. */
static hm_rc rule_git(purl_work *w)
{
    part_purl *p = &w->p;
    size_t host = hm_str_find(p->ns, '/');
    if (host < p->ns.n || hm_str_find(p->name, '/') < p->name.n) {
        size_t n = p->ns.n + 1 + p->name.n;
        char *all = hm_arena_alloc(w->a, n);
        if (!all)
            return hm_arena_fail(w->a, w->err);
        memcpy(all, p->ns.p, p->ns.n);
        all[p->ns.n] = '/';
        memcpy(all + p->ns.n + 1, p->name.p, p->name.n);
        hm_str path = { all, n };
        hm_rc rc = clean_path(w, &path, false);
        if (rc != HM_OK)
            return rc;
        p->ns = hm_str_cut(path, '/', &p->name);
        if (p->name.n == 0)
            return bad(w, AT_NAME);
    }
    static const char *const FOLD[] = { "github", "github.com", "bitbucket", "bitbucket.org" };
    for (size_t i = 0; i < HM_COUNT(FOLD); i++)
        if (hm_str_eq_nocase(p->ns, hm_str_c(FOLD[i]))) {
            hm_rc rc = map(w, &p->ns, hm_lower);
            return rc == HM_OK ? map(w, &p->name, hm_lower) : rc;
        }
    return HM_OK;
}

/* Module paths are case-sensitive (github.com/BurntSushi/toml), their host is not. */
static hm_rc rule_golang(purl_work *w)
{
    hm_str *s = w->p.ns.n ? &w->p.ns : &w->p.name;
    size_t host = hm_str_find(*s, '/');
    hm_str folded = hm_str_sub(*s, 0, host), rest = hm_str_from(*s, host);
    hm_rc rc = map(w, &folded, hm_lower);
    if (rc != HM_OK || rest.n == 0) {
        *s = rc == HM_OK ? folded : *s;
        return rc;
    }
    char *to = hm_arena_alloc(w->a, s->n);
    if (!to)
        return hm_arena_fail(w->a, w->err);
    memcpy(to, folded.p, host);
    memcpy(to + host, rest.p, rest.n);
    s->p = to;
    return HM_OK;
}

/* Names repeat across registries: the uuid is required. A name has no dot but the ".jl" of its repository. */
static hm_rc rule_julia(purl_work *w)
{
    hm_str uuid;
    while (w->p.name.n > 3 && hm_str_ends(w->p.name, HM_STR(".jl")))
        w->p.name.n -= 3;
    return find_qual(w->p.quals, HM_STR("uuid"), &uuid) ? HM_OK : bad_key(w, HM_STR("uuid"));
}

/* The server decides on case: Databricks folds names, Azure ML does not; of others nothing is known. */
static hm_rc rule_mlflow(purl_work *w)
{
    hm_str url;
    if (!part_qual_get(w->a, w->p.quals, HM_STR("repository_url"), &url))
        return HM_OK;
    size_t scheme = hm_str_search(url, HM_STR("://"));
    hm_str host = scheme < url.n ? hm_str_from(url, scheme + 3) : url;
    host = hm_str_sub(host, 0, hm_str_find(host, '/'));
    return hm_str_search(host, HM_STR("databricks")) < host.n ? map(w, &w->p.name, hm_lower) : HM_OK;
}

static hm_rc rule_pub(purl_work *w)
{
    return map(w, &w->p.name, underscore);
}

/* At most name and regid of the creator in the namespace; the tag id is what identifies. */
static hm_rc rule_swid(purl_work *w)
{
    hm_str id;
    if (hm_str_find(w->p.ns, '/') != hm_str_rfind(w->p.ns, '/'))
        return bad(w, AT_NS);
    return find_qual(w->p.quals, HM_STR("tag_id"), &id) ? HM_OK : bad_key(w, HM_STR("tag_id"));
}

/* "The URL scheme is mandatory and shall be one of https, http, ssh, or git." */
static hm_rc rule_yocto(purl_work *w)
{
    static const char *const SCHEME[] = { "https://", "http://", "ssh://", "git://" };
    hm_str url;
    if (!w->strict || !part_qual_get(w->a, w->p.quals, HM_STR("repository_url"), &url))
        return HM_OK;
    for (size_t i = 0; i < HM_COUNT(SCHEME); i++)
        if (hm_str_starts(url, hm_str_c(SCHEME[i])))
            return HM_OK;
    return bad_key(w, HM_STR("repository_url"));
}

/* ---- the common way -------------------------------------------------------------------------------------------- */

static hm_rc fold(purl_work *w)
{
    const struct {
        unsigned flag;
        hm_str *piece;
        char (*f)(char);
    } F[] = {
        { NS_LOWER, &w->p.ns, hm_lower },           { NS_UPPER, &w->p.ns, upper },
        { NAME_LOWER, &w->p.name, hm_lower },       { VERSION_LOWER, &w->p.version, hm_lower },
        { SUBPATH_LOWER, &w->p.subpath, hm_lower },
    };
    hm_rc rc = HM_OK;
    for (size_t i = 0; i < HM_COUNT(F) && rc == HM_OK; i++)
        if (w->type->fold & F[i].flag)
            rc = map(w, F[i].piece, F[i].f);
    return rc;
}

/* w->p holds decoded pieces, quals as they came. */
static hm_rc finish(purl_work *w, part_purl *ret_purl)
{
    part_purl *p = &w->p;
    if (!type_ok(p->type))
        return bad(w, AT_TYPE);
    hm_rc rc = map(w, &p->type, hm_lower);
    if (rc != HM_OK)
        return rc;
    w->type = type_of(p->type);
    const struct {
        hm_str s;
        purl_piece at;
    } TEXT[] = { { p->ns, AT_NS }, { p->name, AT_NAME }, { p->version, AT_VERSION }, { p->subpath, AT_SUBPATH } };
    for (size_t i = 0; i < HM_COUNT(TEXT); i++)
        if ((rc = check_text(w, TEXT[i].s, w->at[TEXT[i].at])) != HM_OK)
            return rc;
    if ((rc = clean_path(w, &p->ns, false)) != HM_OK || (rc = clean_path(w, &p->subpath, true)) != HM_OK ||
        (rc = fold(w)) != HM_OK)
        return rc;
    if (p->name.n == 0)
        return bad(w, AT_NAME);
    bool ns_needed = w->type->ns == NS_MUST || (w->type->ns == NS_STRICT && w->strict);
    if (p->ns.n ? w->type->ns == NS_NEVER : ns_needed)
        return bad(w, AT_NS);
    if ((rc = canonical_quals(w)) != HM_OK || (w->type->rule && (rc = w->type->rule(w)) != HM_OK))
        return rc;
    *ret_purl = *p;
    return HM_OK;
}

static bool escaped_slash(hm_str s)
{
    return hm_str_search(s, HM_STR("%2F")) < s.n || hm_str_search(s, HM_STR("%2f")) < s.n;
}

static hm_rc parse(hm_arena *a, hm_str text, bool strict, part_purl *ret_purl, hm_err *err)
{
    purl_work w = { .a = a, .err = err, .strict = strict, .place = HM_PLACE_BYTE };
    hm_str s;
    if (!hm_arena_dup(a, text, &s))
        return hm_arena_fail(a, err);
    if (!hm_str_eq_nocase(hm_str_sub(s, 0, 4), HM_STR("pkg:")))
        return hm_fail(err, HM_FORMAT, DEFECT_PURL_SCHEME, HM_PLACE_BYTE, 0, 0);
    size_t from = 4, end = hm_str_rfind(s, '#');
    hm_str subpath = hm_str_from(s, end + (end < s.n)), quals = HM_NONE;
    w.at[AT_SUBPATH] = end;
    s = hm_str_sub(s, 0, end);
    end = hm_str_find(s, '?');
    quals = hm_str_from(s, end + (end < s.n));
    w.at[AT_QUALS] = end + (end < s.n);
    while (from < end && s.p[from] == '/')
        from++;
    while (end > from && s.p[end - 1] == '/')
        end--;
    w.at[AT_TYPE] = w.at[AT_NAME] = w.at[AT_NS] = from;
    hm_str rest = hm_str_sub(s, from, end - from);
    w.p.type = hm_str_cut(rest, '/', &rest);
    if (!type_ok(w.p.type))
        return bad(&w, AT_TYPE);
    size_t at = from + w.p.type.n + 1; /* of rest */
    w.at[AT_NS] = at;
    size_t sign = hm_str_rfind(rest, '@');
    bool starts_segment = sign < rest.n && (sign == 0 || rest.p[sign - 1] == '/');
    if (starts_segment && hm_str_find(hm_str_from(rest, sign), '/') < rest.n - sign)
        sign = rest.n;
    hm_str version = hm_str_from(rest, sign + (sign < rest.n));
    w.at[AT_VERSION] = at + sign;
    rest = hm_str_sub(rest, 0, sign);
    size_t slash = hm_str_rfind(rest, '/');
    hm_str ns = slash < rest.n ? hm_str_sub(rest, 0, slash) : HM_NONE;
    hm_str name = slash < rest.n ? hm_str_from(rest, slash + 1) : rest;
    w.at[AT_NAME] = at + (slash < rest.n ? slash + 1 : 0);
    if (strict && (escaped_slash(ns) || escaped_slash(subpath)))
        return bad(&w, escaped_slash(ns) ? AT_NS : AT_SUBPATH);
    hm_rc rc;
    if ((rc = decode(&w, ns, w.at[AT_NS], &w.p.ns)) != HM_OK ||
        (rc = decode(&w, name, w.at[AT_NAME], &w.p.name)) != HM_OK ||
        (rc = decode(&w, version, w.at[AT_VERSION] + 1, &w.p.version)) != HM_OK ||
        (rc = decode(&w, subpath, w.at[AT_SUBPATH] + 1, &w.p.subpath)) != HM_OK)
        return rc;
    w.p.quals = quals;
    return finish(&w, ret_purl);
}

hm_rc part_purl_parse(hm_arena *a, hm_str text, part_purl *ret_purl, hm_err *err)
{
    return parse(a, text, false, ret_purl, err);
}

hm_rc part_purl_parse_strict(hm_arena *a, hm_str text, part_purl *ret_purl, hm_err *err)
{
    return parse(a, text, true, ret_purl, err);
}

hm_rc part_purl_make(hm_arena *a, const part_purl *in, part_purl *ret_purl, hm_err *err)
{
    purl_work w = { .a = a, .err = err, .place = HM_PLACE_NONE };
    if (!hm_arena_dup(a, in->type, &w.p.type) || !hm_arena_dup(a, in->ns, &w.p.ns) ||
        !hm_arena_dup(a, in->name, &w.p.name) || !hm_arena_dup(a, in->version, &w.p.version) ||
        !hm_arena_dup(a, in->subpath, &w.p.subpath) || !hm_arena_dup(a, in->quals, &w.p.quals))
        return hm_arena_fail(a, err);
    return finish(&w, ret_purl);
}

void part_purl_text(const part_purl *p, hm_buf *out)
{
    hm_buf_c(out, "pkg:");
    hm_buf_str(out, p->type);
    hm_buf_byte(out, '/');
    if (p->ns.n) {
        put_encoded(out, p->ns, true);
        hm_buf_byte(out, '/');
    }
    put_encoded(out, p->name, hm_str_is(p->type, "git")); /* there the name is a path */
    if (p->version.n) {
        hm_buf_byte(out, '@');
        put_encoded(out, p->version, false);
    }
    if (p->quals.n) {
        hm_buf_byte(out, '?');
        hm_buf_str(out, p->quals);
    }
    if (p->subpath.n) {
        hm_buf_byte(out, '#');
        put_encoded(out, p->subpath, true);
    }
}

void part_qual_add(hm_buf *quals, hm_str key, hm_str value)
{
    if (value.n == 0)
        return;
    if (quals->n)
        hm_buf_byte(quals, '&');
    hm_buf_str(quals, key);
    hm_buf_byte(quals, '=');
    put_encoded(quals, value, false);
}

bool part_qual_get(hm_arena *a, hm_str quals, hm_str key, hm_str *ret_value)
{
    purl_work w = { .a = a, .place = HM_PLACE_NONE };
    hm_str value, decoded;
    if (!find_qual(quals, key, &value) || decode(&w, value, 0, &decoded) != HM_OK)
        return false;
    return hm_arena_dup(a, decoded, ret_value);
}
