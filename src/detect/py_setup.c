/* py_setup - setup.py of setuptools, read as text and never run: string literals given to the keywords that name
 * requirements (setuptools' documentation: "Keywords"; lexis: The Python Language Reference, 2).
 *
 *   setup(name="x", version="1.0", license="MIT", install_requires=["a==1", 'b>=2; marker'],
 *         extras_require={"e": ["c"]}, tests_require=["d"], setup_requires=["e"])
 *
 * Invariants:
 * 1. Comments and other strings are passed over; only a list of literals right behind the keyword counts.
 * 2. What the program computes is unknown: a literal with a place for a value ("x==%s", "x=={}") is a gap, and a
 *    component without a version where it has a name; a name that is no literal gives no subject.
 * Enemy: the author of the file (quotes and brackets that do not end). */
#include "detect/py.h"

typedef struct lexer {
    hm_str s;
    size_t at;
    uint64_t line;
} lexer;
typedef enum token { END, WORD, STRING, MARK } token;
typedef struct lexeme {
    token kind;
    hm_str text; /* WORD: it; STRING: between the quotes, escapes as written */
    char mark;
    bool literal; /* STRING: not an f-string */
    uint64_t line;
} lexeme;

static int peek(const lexer *x, size_t ahead)
{
    return ahead < x->s.n - x->at ? (unsigned char)x->s.p[x->at + ahead] : -1;
}

static void string(lexer *x, lexeme *ret)
{
    int quote = peek(x, 0);
    size_t n = peek(x, 1) == quote && peek(x, 2) == quote ? 3 : 1;
    x->at += n;
    size_t from = x->at;
    for (; x->at < x->s.n; x->at++) {
        int c = peek(x, 0);
        if (c == '\\' && peek(x, 1) >= 0)
            x->at++;
        else if (c == quote && (n == 1 || (peek(x, 1) == quote && peek(x, 2) == quote)))
            break;
        else if (c == '\n' && n == 1)
            break; /* it does not end: so it did not begin */
        if (peek(x, 0) == '\n')
            x->line++;
    }
    ret->kind = STRING;
    ret->text = hm_str_sub(x->s, from, x->at - from);
    if (peek(x, 0) == quote)
        x->at += n;
}

static bool is_word(int c)
{
    return hm_is_alnum(c) || c == '_' || c >= 0x80;
}

static lexeme next(lexer *x)
{
    for (;;) {
        int c = peek(x, 0);
        lexeme ret = { .kind = END, .line = x->line, .literal = true };
        if (c < 0)
            return ret;
        if (c == '#') {
            while (peek(x, 0) >= 0 && peek(x, 0) != '\n')
                x->at++;
        } else if (hm_is_space(c) || c == '\\') {
            x->line += c == '\n';
            x->at++;
        } else if (c == '"' || c == '\'') {
            string(x, &ret);
            return ret;
        } else if (is_word(c)) {
            size_t from = x->at;
            while (is_word(peek(x, 0)))
                x->at++;
            ret.text = hm_str_sub(x->s, from, x->at - from);
            if ((peek(x, 0) == '"' || peek(x, 0) == '\'') && ret.text.n <= 2) { /* r"", b"", f"" */
                ret.literal = hm_str_find(ret.text, 'f') == ret.text.n && hm_str_find(ret.text, 'F') == ret.text.n;
                string(x, &ret);
                return ret;
            }
            ret.kind = WORD;
            return ret;
        } else {
            ret.kind = MARK;
            ret.mark = (char)c;
            x->at++;
            return ret;
        }
    }
}

static bool is_mark(const lexeme *t, char mark)
{
    return t->kind == MARK && t->mark == mark;
}

typedef struct found {
    detect_doc *doc;
    hm_str name, version, licence;
    hm_vec deps; /* of dep */
} found;
typedef struct dep {
    uint32_t comp;
    part_scope scope;
} dep;

static void take(found *f, const lexeme *t, part_scope scope)
{
    py_requirement r;
    hm_str text = hm_str_trim(t->text);
    bool open = !t->literal || hm_str_find(text, '{') < text.n || hm_str_find(text, '%') < text.n;
    bool read = detect_py_requirement(text, &r);
    if (open)
        detect_doc_gap(f->doc, HM_UNSUPPORTED, DEFECT_UNRESOLVED, t->line, text);
    else if (!read)
        detect_doc_gap(f->doc, HM_FORMAT, DEFECT_BAD_VALUE, t->line, text);
    if (!read)
        return;
    uint32_t comp = detect_py_declare(f->doc, &r, open ? HM_NONE : detect_py_exact(r.range), scope, t->line);
    dep *d = comp == PART_NO || f->doc->bad ? NULL : hm_vec_push(&f->deps, f->doc->in->arena);
    if (d)
        *d = (dep){ .comp = comp, .scope = scope };
    else
        f->doc->bad |= comp != PART_NO;
}

/* Strings of a list, or of the lists in a dictionary (its keys, before a ':', are no requirements). */
static void take_list(found *f, lexer *x, part_scope scope)
{
    lexeme t = next(x);
    size_t depth = 0;
    if (t.kind == STRING) { /* one text, a requirement on each line */
        hm_str rest = t.text;
        while (hm_str_line(&rest, &t.text) && !f->doc->bad)
            if (hm_str_trim(t.text).n)
                take(f, &t, scope);
        return;
    }
    while (t.kind != END && !f->doc->bad) {
        bool closes = is_mark(&t, ']') || is_mark(&t, ')') || is_mark(&t, '}');
        if (is_mark(&t, '[') || is_mark(&t, '(') || is_mark(&t, '{'))
            depth++;
        else if (depth == 0 || (closes && --depth == 0))
            return;
        lexer before = *x;
        lexeme ahead = next(x);
        if (t.kind == STRING && is_mark(&ahead, '.')) { /* "...".format(value): its own brackets */
            t.literal = false;
            before = *x;
            (void)next(x);
            ahead = next(x);
            for (size_t open = is_mark(&ahead, '('); open && ahead.kind != END;) {
                ahead = next(x);
                open += is_mark(&ahead, '(');
                open -= is_mark(&ahead, ')');
                before = *x;
            }
        }
        if (t.kind == STRING && !is_mark(&ahead, ':'))
            take(f, &t, scope);
        *x = before;
        t = next(x);
    }
}

static void take_text(lexer *x, hm_str *to)
{
    lexer before = *x;
    lexeme t = next(x), behind;
    if (t.kind == STRING && t.literal && to->n == 0) {
        before = *x;
        behind = next(x);
        if (is_mark(&behind, ',') || is_mark(&behind, ')'))
            *to = t.text;
    }
    *x = before;
}

static void read_setup(found *f, lexer *x)
{
    static const struct {
        const char *word;
        part_scope scope;
    } LIST[] = { { "install_requires", PART_SCOPE_RUNTIME },
                 { "extras_require", PART_SCOPE_OPTIONAL },
                 { "tests_require", PART_SCOPE_DEV },
                 { "setup_requires", PART_SCOPE_BUILD } };
    const struct {
        const char *word;
        hm_str *to;
    } TEXT[] = { { "name", &f->name }, { "version", &f->version }, { "license", &f->licence } };
    bool called = false;
    for (lexeme t = next(x); t.kind != END && !f->doc->bad; t = next(x)) {
        if (t.kind != WORD)
            continue;
        lexer before = *x;
        lexeme behind = next(x);
        lexer value = *x;
        called |= hm_str_is(t.text, "setup") && is_mark(&behind, '(');
        lexeme twice = next(x);
        *x = before;
        if (!is_mark(&behind, '=') || is_mark(&twice, '='))
            continue;
        for (size_t i = 0; i < HM_COUNT(LIST); i++)
            if (hm_str_is(t.text, LIST[i].word)) {
                *x = value;
                take_list(f, x, LIST[i].scope);
            }
        for (size_t i = 0; i < HM_COUNT(TEXT); i++)
            if (called && hm_str_is(t.text, TEXT[i].word)) {
                *x = value;
                take_text(x, TEXT[i].to);
            }
    }
}

hm_rc detect_python_setup(const detect_in *in, part_build *out, hm_err *err)
{
    detect_doc d;
    lexer x = { .s = in->file->bytes, .line = 1 };
    found f = { .doc = &d, .deps.size = sizeof(dep) };
    detect_doc_open(&d, in, in->file, out);
    if (!d.bad)
        read_setup(&f, &x);
    if (!d.bad && detect_py_is_name(f.name)) {
        part_desc desc = { .kind = PART_APPLICATION,
                           .scope = PART_SCOPE_RUNTIME,
                           .eco = PART_ECO_PYPI,
                           .flags = PART_F_SUBJECT | PART_F_LOCAL | PART_F_DEPS_KNOWN,
                           .name = f.name };
        detect_version(&desc, f.version, &d.normal);
        if (f.licence.n)
            part_desc_licence(&desc, f.licence, &d.licence);
        uint32_t subject = detect_doc_add(&d, &desc, 0);
        for (size_t i = 0; i < f.deps.n; i++) {
            const dep *to = HM_VEC_AT(&f.deps, dep, i);
            part_add_edge(out, subject, to->comp, to->scope);
        }
    }
    return detect_doc_close(&d, HM_OK, err);
}
