/* copyright - licences of Debian packages: usr/share/doc/PACKAGE/copyright.
 *
 * Machine-readable files (DEP-5, copyright-format 1.0) start with a paragraph that has a Format field. Their licences are
 * the short names on the first line of License in the paragraphs that have Files, or, where none has, in the header:
 *
 *   names := name { ("and" | "or" | ", and" | ", or") name }     name := NAME [ "with" words "exception" ]
 *
 * "and" binds more than "or", a comma before either makes it bind least (7.2); part_licence knows that.
 * 1. All paragraphs hold at once: a licence in the claim is what one paragraph says, or a member of its outermost "and".
 *    Members that are SPDX are joined with AND, sorted, each once; the others are claimed as literal text.
 * 2. Nothing is guessed from licence texts. A file of free form gives only the files of usr/share/common-licenses that
 *    it refers to, as literal text: a reference is no expression.
 * 3. Free form is legal: not understood is no gap. A file that says it is machine-readable and has a line that is no
 *    field, no continuation and no comment is a gap; the rest is read.
 * A package whose directory or copyright file is a link takes the licence of the package linked to (detector link).
 * The enemy is who wrote the tree that is scanned. */
#include "base/limits.h"
#include "codec/codec.h"
#include "detect/db_int.h"

/* Bytes of one literal name and of all together: what stands there may be a sentence. */
enum { RAW_NAME = 100, RAW_ALL = 1000 };
/* A longer synopsis is a text, not an expression. */
enum { SYNOPSIS = 1000 };

/* each once */
typedef struct names {
    hm_map *seen;
    hm_vec list; /* hm_str */
} names;

typedef struct reader {
    const detect_in *in;
    names synopses, spdx, raw;
    hm_buf text, expr; /* scratch */
    bool failed;       /* out of memory or budget */
    bool budget;       /* it was the arena */
} reader;

static void names_init(reader *r, names *l)
{
    *l = (names){ .seen = hm_map_new(), .list = { .size = sizeof(hm_str) } };
    if (!l->seen)
        r->failed = true;
}

/* false: known already, or out of memory. */
static bool names_add(reader *r, names *l, hm_str s, bool copy)
{
    uint64_t unused;
    if (r->failed || hm_map_get(l->seen, s, &unused))
        return false;
    hm_str *slot = copy && !hm_arena_dup(r->in->arena, s, &s) ? NULL : hm_vec_push(&l->list, r->in->arena);
    if (!slot || !hm_map_put(l->seen, s, 1)) {
        r->budget = !slot;
        r->failed = true;
        return false;
    }
    *slot = s;
    return true;
}

static int by_bytes(const void *a, const void *b, void *ctx)
{
    (void)ctx;
    return hm_str_cmp(*(const hm_str *)a, *(const hm_str *)b);
}

static void names_sort(reader *r, names *l)
{
    if (!hm_sort(l->list.p, l->list.n, sizeof(hm_str), by_bytes, NULL))
        r->failed = true;
}

/* ---- one synopsis -------------------------------------------------------------------------------------------------- */

static hm_str next_word(hm_str *rest)
{
    size_t i = 0, n;
    while (i < rest->n && hm_is_space(rest->p[i]))
        i++;
    for (n = i; n < rest->n && !hm_is_space(rest->p[n]);)
        n++;
    hm_str w = hm_str_sub(*rest, i, n - i);
    *rest = hm_str_from(*rest, n);
    return w;
}

static bool is_word(hm_str w, const char *s)
{
    return hm_str_eq_nocase(w, hm_str_c(s));
}

/* Adds the SPDX expression of a synopsis or of a member of it; false: it has none. */
static bool add_expression(reader *r, hm_str text)
{
    hm_buf_reset(&r->expr);
    if (text.n > SYNOPSIS)
        return false;
    hm_rc rc = part_licence(text, &r->expr, NULL);
    if (r->expr.bad || rc == HM_NOMEM)
        r->failed = true;
    if (rc != HM_OK || r->failed)
        return false;
    (void)names_add(r, &r->spdx, hm_buf_view(&r->expr), true);
    return true;
}

/* Cuts at a character's border. */
static hm_str cut(hm_str s, size_t max)
{
    if (s.n <= max)
        return s;
    while (max && ((uint8_t)s.p[max] & 0xc0) == 0x80)
        max--;
    return hm_str_trim(hm_str_sub(s, 0, max));
}

static bool has_word(hm_str text, const char *word)
{
    for (hm_str w; (w = next_word(&text)).n;)
        if (is_word(w, word))
            return true;
    return false;
}

/* ", or" anywhere: then the synopsis is one member. */
static bool has_comma_or(hm_str text)
{
    bool comma = false;
    for (hm_str w; (w = next_word(&text)).n; comma = w.p[w.n - 1] == ',')
        if (comma && is_word(w, "or"))
            return true;
    return false;
}

/* Walks the members of the outermost "and": the parts between ", and", and where a part has no "or", what "and" joins
 * in it. Linear: each part is looked through once when it is entered. */
typedef struct members {
    hm_str rest, part; /* behind the part; what is left of the part */
    bool whole;        /* the part has an "or": it is one member */
} members;

static void enter_part(members *m)
{
    hm_str scan = m->rest, last = HM_NONE, w;
    m->part = m->rest;
    m->whole = false;
    while ((w = next_word(&scan)).n) {
        if (last.n && last.p[last.n - 1] == ',' && is_word(w, "and")) {
            m->part.n = (size_t)(w.p - m->part.p);
            break;
        }
        m->whole = m->whole || is_word(w, "or");
        last = w;
    }
    m->rest = w.n ? scan : HM_NONE;
}

static bool next_member(members *m, hm_str *ret_member)
{
    if (hm_str_trim(m->part).n == 0)
        enter_part(m);
    m->part = hm_str_trim(m->part);
    if (m->part.n == 0)
        return false;
    hm_str start = m->part, w;
    size_t n = 0;
    while ((w = next_word(&m->part)).n && (m->whole || !is_word(w, "and")))
        n = (size_t)(w.p + w.n - start.p);
    if (n && start.p[n - 1] == ',')
        n--;
    *ret_member = hm_str_sub(start, 0, n);
    return true;
}

/* All members look like names: one word, or words with an exception. Sentences do not. */
static bool is_list_of_names(hm_str synopsis)
{
    hm_str last = HM_NONE, words = synopsis;
    for (hm_str w; (w = next_word(&words)).n;)
        last = w;
    if (is_word(last, "and"))
        return false;
    members all = { .rest = synopsis };
    for (hm_str m; next_member(&all, &m);) {
        hm_str rest = m;
        (void)next_word(&rest);
        if (m.n == 0 || (hm_str_trim(rest).n && !has_word(m, "with") && !has_word(m, "or")))
            return false;
    }
    return true;
}

static void add_synopsis(reader *r, hm_str synopsis)
{
    hm_str member;
    members all = { .rest = synopsis };
    bool list = synopsis.n <= SYNOPSIS && !has_comma_or(synopsis) && is_list_of_names(synopsis);
    while (list && !r->failed && next_member(&all, &member))
        if (!add_expression(r, member))
            (void)names_add(r, &r->raw, cut(member, RAW_NAME), false);
    if (!list && !add_expression(r, synopsis))
        (void)names_add(r, &r->raw, cut(synopsis, RAW_NAME), false);
}

/* ---- the file -------------------------------------------------------------------------------------------------------- */

typedef struct paragraph {
    bool any, files, format, upstream;
    hm_vec licence; /* hm_str: synopses */
} paragraph;

static bool is_format(hm_str value)
{
    static const char *const WORDS[] = { "copyright-format", "dep5", "DEP-5", "CopyrightFormat" };
    for (size_t i = 0; i < HM_COUNT(WORDS); i++)
        if (hm_str_search(value, hm_str_c(WORDS[i])) < value.n)
            return true;
    return false;
}

static void paragraph_field(reader *r, paragraph *p, const codec_field *f)
{
    p->any = true;
    if (is_word(f->name, "files")) {
        p->files = true;
    } else if (is_word(f->name, "format") || is_word(f->name, "format-specification")) {
        p->format = p->format || is_format(f->value);
    } else if (is_word(f->name, "upstream-name")) {
        p->upstream = true;
    } else if (is_word(f->name, "license") || is_word(f->name, "licence")) {
        hm_str value = f->value, line = HM_NONE;
        (void)hm_str_line(&value, &line);
        line = hm_str_trim(line);
        hm_str *slot = line.n ? hm_vec_push(&p->licence, r->in->arena) : NULL;
        if (slot)
            *slot = line;
        else if (line.n)
            r->failed = r->budget = true;
    }
}

static void take_licences(reader *r, const paragraph *p)
{
    for (size_t i = 0; i < p->licence.n && !r->failed; i++) {
        hm_str synopsis = *HM_VEC_AT(&p->licence, hm_str, i);
        if (names_add(r, &r->synopses, synopsis, false))
            add_synopsis(r, synopsis);
    }
}

typedef struct outcome {
    bool claims;     /* says that it is machine-readable */
    codec_field bad; /* first bad line, line 0: none */
} outcome;

static outcome read_paragraphs(reader *r)
{
    codec_fields f = codec_fields_of(r->in->file->bytes);
    paragraph p = { .licence = { .size = sizeof(hm_str) } }, header = { 0 };
    outcome o = { 0 };
    codec_field field;
    bool first = true;
    for (codec_step step = CODEC_FIELD; step != CODEC_END && !r->failed;) {
        step = codec_fields_next(&f, &field);
        if (step == CODEC_FIELD) {
            paragraph_field(r, &p, &field);
        } else if (step == CODEC_BAD_LINE) {
            if (o.bad.line == 0 && field.value.p[0] != '#')
                o.bad = field;
            p.any = true;
        } else if (p.any) {
            if (first) {
                o.claims = p.format;
                if (!p.format && !p.upstream)
                    return o;
                header = p;
                p.licence = (hm_vec){ .size = sizeof(hm_str) };
            }
            if (p.files)
                take_licences(r, first ? &header : &p);
            first = false;
            p = (paragraph){ .licence = p.licence };
            p.licence.n = 0;
        }
    }
    if (r->spdx.list.n == 0 && r->raw.list.n == 0)
        take_licences(r, &header);
    return o;
}

/* Free form: the common licences it refers to. */
static void read_references(reader *r)
{
    static const char PLACE[] = "/usr/share/common-licenses/";
    hm_str rest = r->in->file->bytes, place = { PLACE, sizeof PLACE - 1 };
    for (size_t at; !r->failed && (at = hm_str_search(rest, place)) < rest.n;) {
        size_t n = 0;
        rest = hm_str_from(rest, at + place.n);
        while (n < rest.n && (hm_is_alnum(rest.p[n]) || hm_str_find(HM_STR("+-."), rest.p[n]) < 3))
            n++;
        while (n && !hm_is_alnum(rest.p[n - 1]) && rest.p[n - 1] != '+')
            n--;
        if (n && n <= RAW_NAME)
            (void)names_add(r, &r->raw, hm_str_sub(rest, 0, n), false);
    }
}

/* An OR outside of parentheses. */
static bool is_choice(hm_str expr)
{
    size_t depth = 0;
    for (size_t i = 0; i < expr.n; i++) {
        if (expr.p[i] == '(')
            depth++;
        else if (expr.p[i] == ')' && depth)
            depth--;
        else if (depth == 0 && hm_str_starts(hm_str_from(expr, i), HM_STR(" OR ")))
            return true;
    }
    return false;
}

static void claim(reader *r, part_build *out, hm_str package)
{
    names_sort(r, &r->spdx);
    names_sort(r, &r->raw);
    hm_buf_reset(&r->text);
    for (size_t i = 0; i < r->spdx.list.n; i++) {
        hm_str expr = *HM_VEC_AT(&r->spdx.list, hm_str, i);
        bool parens = r->spdx.list.n > 1 && is_choice(expr);
        hm_buf_c(&r->text, i ? " AND " : "");
        hm_buf_c(&r->text, parens ? "(" : "");
        hm_buf_str(&r->text, expr);
        hm_buf_c(&r->text, parens ? ")" : "");
    }
    hm_buf_reset(&r->expr);
    for (size_t i = 0; i < r->raw.list.n; i++) {
        hm_str name = *HM_VEC_AT(&r->raw.list, hm_str, i);
        if (name.n + 2 > RAW_ALL - r->expr.n)
            break;
        hm_buf_c(&r->expr, i ? ", " : "");
        hm_buf_str(&r->expr, name);
    }
    if (r->text.bad || r->expr.bad)
        r->failed = true;
    if (r->failed)
        return;
    if (r->text.n)
        part_add_claim(out, PART_ECO_DEB, r->in->root, package, PART_CLAIM_LICENCE, hm_buf_view(&r->text));
    if (r->expr.n)
        part_add_claim(out, PART_ECO_DEB, r->in->root, package, PART_CLAIM_LICENCE_RAW, hm_buf_view(&r->expr));
}

static hm_rc result(const reader *r, const outcome *o, bool found, hm_err *err)
{
    if (r->budget)
        return hm_arena_fail(r->in->arena, err);
    if (r->failed)
        return hm_fail(err, HM_NOMEM, DEFECT_NOMEM, HM_PLACE_NONE, 0, 0);
    if (o->claims && o->bad.line && o->bad.value.n > LIMIT_FIELD_LINE)
        return hm_fail(err, HM_LIMIT, DEFECT_FIELDS_LINE, HM_PLACE_LINE, o->bad.line, LIMIT_FIELD_LINE);
    if (o->claims && o->bad.line)
        return hm_fail(err, HM_FORMAT, DEFECT_FIELDS_SYNTAX, HM_PLACE_LINE, o->bad.line, 0);
    if (o->claims && !found) {
        hm_rc rc = hm_fail(err, HM_FORMAT, DEFECT_MISSING_FIELD, HM_PLACE_NONE, 0, 0);
        if (err)
            memcpy(err->at, "License", sizeof "License");
        return rc;
    }
    return HM_OK;
}

hm_rc detect_dpkg_copyright(const detect_in *in, part_build *out, hm_err *err)
{
    reader r = { .in = in };
    outcome o = { 0 };
    names_init(&r, &r.synopses);
    names_init(&r, &r.spdx);
    names_init(&r, &r.raw);
    if (!r.failed)
        o = read_paragraphs(&r);
    bool found = r.spdx.list.n || r.raw.list.n;
    if (!r.failed && !found)
        read_references(&r);
    if (!r.failed)
        claim(&r, out, hm_path_base(hm_path_dir(in->file->path)));
    hm_rc rc = result(&r, &o, found, err);
    hm_map_free(r.synopses.seen);
    hm_map_free(r.spdx.seen);
    hm_map_free(r.raw.seen);
    hm_buf_clear(&r.text);
    hm_buf_clear(&r.expr);
    return rc;
}

/* usr/share/doc/PACKAGE -> OTHER, ../doc/OTHER, /usr/share/doc/OTHER;
 * usr/share/doc/PACKAGE/copyright -> ../OTHER/copyright and the same from the root. Other links say nothing. */
hm_rc detect_dpkg_copyright_link(const detect_in *in, part_build *out, hm_err *err)
{
    static const char DOC[] = "usr/share/doc/";
    (void)err;
    hm_str doc = { DOC, sizeof DOC - 1 }, path = in->file->path, to = in->file->bytes, rest;
    path = hm_str_from(path, in->root.n ? in->root.n + 1 : 0);
    if (!hm_str_starts(path, doc))
        return HM_OK;
    hm_str package = hm_str_cut(hm_str_from(path, doc.n), '/', &rest);
    bool absolute = to.n && to.p[0] == '/' && hm_str_starts(hm_str_from(to, 1), doc);
    if (rest.n && !hm_str_is(rest, "copyright"))
        return HM_OK;
    if (absolute)
        to = hm_str_from(to, doc.n + 1);
    else if (rest.n && hm_str_starts(to, HM_STR("../")))
        to = hm_str_from(to, 3);
    else if (rest.n)
        return HM_OK;
    else if (hm_str_starts(to, HM_STR("../doc/")))
        to = hm_str_from(to, 7);
    else if (hm_str_starts(to, HM_STR("./")))
        to = hm_str_from(to, 2);
    hm_str other = hm_str_cut(to, '/', &to);
    if (!hm_str_eq(to, rest) || !detect_is_deb_name(other) || !detect_is_deb_name(package) || hm_str_eq(other, package))
        return HM_OK;
    part_add_claim(out, PART_ECO_DEB, in->root, package, PART_CLAIM_ALIAS, other);
    return HM_OK;
}
