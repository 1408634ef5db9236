/* gemspec - gem specifications: of installed gems (DIR/specifications/NAME-VERSION.gemspec, written by RubyGems), of
 * gems that Bundler took from git (DIR/bundler/gems/NAME-COMMIT/), and of the project itself. They are Ruby programs;
 * they are read by patterns and never run.
 *
 *   # stub: NAME VERSION PLATFORM PATHS...      (written by RubyGems; the platform is taken from it)
 *   Gem::Specification.new do |s|
 *     s.name = "rss".freeze                      a text: "..." '...' %q<...>
 *     s.licenses = ["Ruby".freeze, "BSD-2-Clause".freeze]
 *     s.add_runtime_dependency(%q<rexml>.freeze, [">= 0"])
 *   end
 *
 * Invariants:
 * 1. One pass over tokens, no nesting followed: a statement is VARIABLE . WORD and the texts up to its end.
 * 2. What is not a text or a constant set to a text in the same file is not guessed: the version is a gap that names
 *    the constant (DEFECT_UNRESOLVED).
 * 3. Of several statements about one dependency the first counts: older files say all again for older RubyGems.
 * Several licences are a choice, as their authors mean it ("Ruby", "BSD-2-Clause").
 * Installed gems offer their name in their folder of specifications, default gems in the folder above.
 * Enemy: the author of the file (texts that never end, statements without number). */
#include "base/limits.h"
#include "detect/gem.h"

enum { PROP_MAX = 256, MOST_TEXTS = 32 };

/* ---- tokens ----------------------------------------------------------------------------------------------------- */

typedef enum tok { T_END, T_LINE, T_WORD, T_TEXT, T_MARK } tok;
typedef struct scanner {
    hm_arena *a;
    hm_str s;
    size_t at;
    uint64_t line;
    tok kind;
    hm_str text;    /* WORD, TEXT (decoded), MARK (one byte) */
    bool computed;  /* TEXT with #{...} in it */
    bool words;     /* TEXT of %w: several, with blanks between them */
    bool cut;       /* a text that never ends: nothing behind it is read */
    hm_str heredoc; /* the end of the text that begins in the next line: such texts are passed over */
} scanner;

static bool is_word(char c)
{
    return hm_is_alnum((unsigned char)c) || c == '_' || (unsigned char)c >= 0x80;
}

static char closing(char open)
{
    return open == '<' ? '>' : open == '(' ? ')' : open == '[' ? ']' : open == '{' ? '}' : open;
}

/* Text up to `end`; *at is behind its opening. Escapes of "..." are those that occur in names and licences. */
static void read_text(scanner *c, size_t from, char open, char end, bool escapes)
{
    size_t i = from, depth = 0, slashes = 0, n = 0;
    for (; i < c->s.n && (c->s.p[i] != end || depth); i++) {
        if (c->s.p[i] == '\\') {
            slashes++;
            i++;
        } else if (open != end && c->s.p[i] == open) {
            depth++;
        } else if (c->s.p[i] == end) {
            depth--;
        }
        if (i < c->s.n && c->s.p[i] == '\n')
            c->line++;
    }
    if (i >= c->s.n) {
        c->cut = true;
        c->kind = T_END;
        c->at = c->s.n;
        return;
    }
    hm_str raw = hm_str_sub(c->s, from, i - from);
    c->at = i + 1;
    c->kind = T_TEXT;
    c->text = raw;
    c->computed = escapes && hm_str_search(raw, HM_STR("#{")) < raw.n;
    char *to = slashes ? hm_arena_alloc(c->a, raw.n) : NULL;
    if (!to)
        return;
    for (i = 0; i < raw.n; i++) {
        char x = raw.p[i];
        if (x == '\\' && i + 1 < raw.n) {
            x = raw.p[++i];
            x = escapes && x == 'n' ? '\n' : escapes && x == 't' ? '\t' : x;
        }
        to[n++] = x;
    }
    c->text = (hm_str){ to, n };
}

static void skip_blanks(scanner *c)
{
    while (c->at < c->s.n) {
        char x = c->s.p[c->at];
        if (x == '#') {
            while (c->at < c->s.n && c->s.p[c->at] != '\n')
                c->at++;
        } else if (x == '\\' && c->at + 1 < c->s.n && c->s.p[c->at + 1] == '\n') {
            c->at += 2;
            c->line++;
        } else if (x == ' ' || x == '\t' || x == '\r') {
            c->at++;
        } else {
            return;
        }
    }
}

/* "<<~END", "<<-'END'": the rest of the line is read, what follows is not. */
static void begin_heredoc(scanner *c)
{
    size_t i = c->at + 2;
    if (i < c->s.n && (c->s.p[i] == '-' || c->s.p[i] == '~'))
        i++;
    if (i < c->s.n && (c->s.p[i] == '"' || c->s.p[i] == '\''))
        i++;
    size_t from = i;
    while (i < c->s.n && is_word(c->s.p[i]))
        i++;
    if (i > from && c->s.p[from] >= 'A' && c->s.p[from] <= 'Z')
        c->heredoc = hm_str_sub(c->s, from, i - from);
}

static void end_heredoc(scanner *c)
{
    hm_str rest = hm_str_from(c->s, c->at), line, end = c->heredoc;
    bool found = false;
    c->heredoc = HM_NONE;
    while (!found && hm_str_line(&rest, &line)) {
        found = hm_str_eq(hm_str_trim(line), end);
        c->line++;
    }
    c->cut |= !found;
    c->at = c->s.n - rest.n;
}

static void next(scanner *c)
{
    skip_blanks(c);
    c->computed = c->words = false;
    if (c->at >= c->s.n) {
        c->kind = T_END;
        return;
    }
    size_t from = c->at;
    char x = c->s.p[from];
    if (x == '\n' || x == ';') {
        c->line += x == '\n';
        c->at++;
        c->kind = T_LINE;
        if (x == '\n' && c->heredoc.n)
            end_heredoc(c);
    } else if (x == '"' || x == '\'') {
        read_text(c, from + 1, x, x, x == '"');
    } else if (x == '%' && from + 2 < c->s.n &&
               (c->s.p[from + 1] == 'q' || c->s.p[from + 1] == 'Q' || c->s.p[from + 1] == 'w') &&
               !is_word(c->s.p[from + 2]) && !hm_is_space((unsigned char)c->s.p[from + 2])) {
        read_text(c, from + 3, c->s.p[from + 2], closing(c->s.p[from + 2]), c->s.p[from + 1] == 'Q');
        c->words = c->s.p[from + 1] == 'w';
    } else if (is_word(x)) {
        while (c->at < c->s.n && is_word(c->s.p[c->at]))
            c->at++;
        if (c->at < c->s.n && (c->s.p[c->at] == '?' || c->s.p[c->at] == '!'))
            c->at++;
        c->kind = T_WORD;
        c->text = hm_str_sub(c->s, from, c->at - from);
    } else {
        if (x == '<' && from + 1 < c->s.n && c->s.p[from + 1] == '<' && c->heredoc.n == 0)
            begin_heredoc(c);
        c->at++;
        c->kind = T_MARK;
        c->text = hm_str_sub(c->s, from, 1);
    }
}

static bool mark(const scanner *c, char x)
{
    return c->kind == T_MARK && c->text.p[0] == x;
}

/* ---- statements ------------------------------------------------------------------------------------------------- */

typedef struct texts {
    hm_str text[MOST_TEXTS];
    size_t n;
    hm_str constant; /* what stands for a text that is not there: "A::VERSION" */
} texts;
typedef struct spec {
    detect_doc doc;
    scanner scan;
    hm_str variable;
    bool found;    /* Gem::Specification.new */
    bool resolved; /* a lock beside the project's specification says what it gets */
    bool open;     /* a dependency whose name is computed */
    hm_str name, version, platform, home, vcs;
    hm_str unresolved; /* constant that the version is */
    uint64_t version_line;
    texts licences, authors, mails;
    hm_vec wishes;
    hm_map *wished;
} spec;
typedef struct wish {
    hm_str name, range;
    uint64_t line;
    bool dev;
} wish;

static void keep_text(const scanner *c, texts *ret)
{
    hm_str rest = c->text;
    while (ret->n < MOST_TEXTS) {
        if (!c->words) {
            ret->text[ret->n++] = rest;
            return;
        }
        rest = hm_str_trim(rest);
        size_t n = 0;
        while (n < rest.n && !hm_is_space((unsigned char)rest.p[n]))
            n++;
        if (n == 0)
            return;
        ret->text[ret->n++] = hm_str_sub(rest, 0, n);
        rest = hm_str_from(rest, n);
    }
}

/* Texts up to the end of the statement: a line's end outside of brackets and behind a word or text, or `if`. */
static void collect(spec *g, texts *ret)
{
    scanner *c = &g->scan;
    size_t depth = 0, constant_from = 0, constant_to = 0;
    bool open = false; /* the statement goes on: an operator or a comma is the last thing */
    memset(ret, 0, sizeof *ret);
    for (;; next(c)) {
        if (c->kind == T_END || (c->kind == T_LINE && !depth && !open))
            break;
        if (c->kind == T_LINE)
            continue;
        if (c->kind == T_WORD && !depth && (hm_str_is(c->text, "if") || hm_str_is(c->text, "unless")))
            break;
        open = c->kind == T_MARK && (c->text.p[0] == ',' || c->text.p[0] == '=' || c->text.p[0] == '+');
        if (c->kind == T_TEXT) {
            if (c->computed)
                ret->constant = c->text;
            else
                keep_text(c, ret);
        } else if (c->kind == T_WORD) {
            if (constant_to != c->at - c->text.n)
                constant_from = c->at - c->text.n;
            constant_to = c->at;
            if (ret->n == 0 && ret->constant.n == 0 && depth == 0)
                ret->constant = hm_str_sub(c->s, constant_from, constant_to - constant_from);
            else if (ret->n == 0 && ret->constant.p == c->s.p + constant_from)
                ret->constant.n = constant_to - constant_from;
        } else if (mark(c, ':') || mark(c, '.')) {
            constant_to += constant_to + 1 == c->at;
        } else if (mark(c, '(') || mark(c, '[') || mark(c, '{')) {
            depth++;
        } else if ((mark(c, ')') || mark(c, ']') || mark(c, '}')) && depth) {
            depth--;
        }
    }
}

/* = "text", = Gem::Version.new("text"), = CONSTANT: the text, or (`ret_unknown`) what stands for it. */
static hm_str scalar(spec *g, hm_str *ret_unknown)
{
    static const char *const METHOD[] = { ".freeze", ".dup", ".to_s", ".strip" };
    scanner *c = &g->scan;
    texts t;
    uint64_t at;
    *ret_unknown = HM_NONE;
    if (mark(c, '='))
        next(c);
    if (c->kind == T_TEXT && !c->computed && !c->words) {
        hm_str text = c->text;
        next(c);
        bool more = c->kind == T_MARK && !mark(c, '.'); /* "1." + MINOR */
        collect(g, &t);
        if (!more)
            return text;
        *ret_unknown = text;
        return HM_NONE;
    }
    collect(g, &t);
    if (hm_str_is(t.constant, "Gem::Version.new") && t.n == 1)
        return t.text[0];
    for (size_t i = 0; i < HM_COUNT(METHOD); i++)
        if (hm_str_ends(t.constant, hm_str_c(METHOD[i])))
            t.constant.n -= strlen(METHOD[i]);
    if (hm_map_get(g->doc.names, t.constant, &at))
        return *HM_VEC_AT(&g->doc.named, hm_str, (size_t)at);
    *ret_unknown = t.constant.n ? t.constant : t.n ? t.text[0] : HM_NONE;
    return HM_NONE;
}

static void add_wish(spec *g, const texts *t, uint64_t line, bool dev)
{
    g->open |= t->n == 0; /* a variable: some more, and nobody says which */
    if (t->n == 0 || g->doc.bad)
        return;
    uint64_t before = hm_map_count(g->wished);
    if (!hm_map_put(g->wished, t->text[0], 1)) {
        g->doc.key.bad = true;
        return;
    }
    wish *w = hm_map_count(g->wished) > before ? hm_vec_push(&g->wishes, g->doc.in->arena) : NULL;
    if (!w) {
        g->doc.bad |= hm_map_count(g->wished) > before;
        return;
    }
    *w = (wish){ .name = t->text[0], .range = t->n > 1 ? t->text[1] : HM_NONE, .line = line, .dev = dev };
    for (size_t i = 2; i < t->n; i++)
        w->range = detect_join(g->doc.in->arena, w->range, HM_STR(", "), t->text[i]);
}

static void set_metadata(spec *g, const texts *t)
{
    for (size_t i = 0; i + 1 < t->n; i++)
        if (hm_str_is(t->text[i], "source_code_uri"))
            g->vcs = t->text[i + 1];
        else if (hm_str_is(t->text[i], "homepage_uri") && g->home.n == 0)
            g->home = t->text[i + 1];
}

/* A statement about the specification; the scanner stands behind its word. */
static void statement(spec *g, hm_str word, uint64_t line)
{
    texts t;
    hm_str unknown;
    if (hm_str_is(word, "name")) {
        g->name = scalar(g, &unknown);
    } else if (hm_str_is(word, "version")) {
        g->version = scalar(g, &g->unresolved);
        g->version_line = line;
    } else if (hm_str_is(word, "platform")) {
        collect(g, &t);
        if (t.n == 1)
            g->platform = t.text[0];
    } else if (hm_str_is(word, "license") || hm_str_is(word, "licenses")) {
        collect(g, &g->licences);
    } else if (hm_str_is(word, "author") || hm_str_is(word, "authors")) {
        collect(g, &g->authors);
    } else if (hm_str_is(word, "email")) {
        collect(g, &g->mails);
    } else if (hm_str_is(word, "homepage")) {
        g->home = scalar(g, &unknown);
    } else if (hm_str_is(word, "metadata")) {
        collect(g, &t);
        set_metadata(g, &t);
    } else if (hm_str_is(word, "add_dependency") || hm_str_is(word, "add_runtime_dependency")) {
        collect(g, &t);
        add_wish(g, &t, line, false);
    } else if (hm_str_is(word, "add_development_dependency")) {
        collect(g, &t);
        add_wish(g, &t, line, true);
    }
}

/* CONSTANT = "text": kept for the version. */
static void constant(spec *g, hm_str word)
{
    texts t;
    if (word.n == 0 || word.p[0] < 'A' || word.p[0] > 'Z' || !mark(&g->scan, '='))
        return;
    next(&g->scan);
    if (g->scan.kind != T_TEXT || g->scan.computed || g->doc.bad)
        return;
    collect(g, &t);
    hm_str *text = hm_vec_push(&g->doc.named, g->doc.in->arena);
    if (!text || t.n == 0)
        g->doc.bad |= !text;
    else if (!hm_map_put(g->doc.names, word, g->doc.named.n - 1))
        g->doc.key.bad = true;
    else
        *text = t.text[0];
}

/* Behind "Gem::Specification.new": up to "do |X|". */
static void begin(spec *g)
{
    scanner *c = &g->scan;
    for (; c->kind != T_END && c->kind != T_LINE; next(c))
        if (mark(c, '|')) {
            next(c);
            g->found = c->kind == T_WORD;
            g->variable = g->found ? c->text : HM_NONE;
            return;
        }
}

static void read_spec(spec *g)
{
    static const char *const NEW[] = { "Gem", ":", ":", "Specification", ".", "new" };
    scanner *c = &g->scan;
    size_t matched = 0;
    next(c);
    while (c->kind != T_END && !g->doc.bad) {
        if (!g->found) {
            bool same = hm_str_is(c->text, NEW[matched]) && (c->kind == T_WORD || c->kind == T_MARK);
            matched = same ? matched + 1 : c->kind == T_WORD && hm_str_is(c->text, NEW[0]);
            if (matched == HM_COUNT(NEW)) {
                matched = 0;
                begin(g);
                continue;
            }
        }
        if (c->kind != T_WORD) {
            next(c);
            continue;
        }
        hm_str word = c->text;
        uint64_t line = c->line;
        next(c);
        if (!g->found) {
            constant(g, word);
        } else if (hm_str_eq(word, g->variable) && mark(c, '.')) {
            next(c);
            hm_str field = c->kind == T_WORD ? c->text : HM_NONE;
            if (c->kind == T_WORD)
                next(c);
            statement(g, field, line);
        }
    }
}

/* ---- the component ---------------------------------------------------------------------------------------------- */

/* "# stub: NAME VERSION PLATFORM PATHS" */
static hm_str stub_platform(hm_str bytes)
{
    hm_str line, rest = hm_str_sub(bytes, 0, 4096);
    while (hm_str_line(&rest, &line))
        if (hm_str_starts(line, HM_STR("# stub: "))) {
            hm_str words = hm_str_from(line, 8);
            (void)hm_str_cut(words, ' ', &words);
            (void)hm_str_cut(words, ' ', &words);
            return hm_str_cut(words, ' ', &words);
        }
    return HM_NONE;
}

static void describe(spec *g, part_desc *d)
{
    hm_buf_reset(&g->doc.author);
    bool paired = g->authors.n == g->mails.n;
    for (size_t i = 0; i < g->authors.n; i++)
        detect_doc_person(&g->doc, g->authors.text[i], paired ? g->mails.text[i] : HM_NONE);
    d->author = hm_buf_view(&g->doc.author);
    hm_buf_reset(&g->doc.key);
    for (size_t i = 0; i < g->licences.n; i++) {
        if (g->doc.key.n)
            hm_buf_c(&g->doc.key, " OR ");
        if (part_licence(g->licences.text[i], &g->doc.key, NULL) != HM_OK)
            hm_buf_str(&g->doc.key, detect_cut(g->licences.text[i], PROP_MAX));
    }
    hm_buf_reset(&g->doc.licence);
    if (g->doc.key.n)
        part_desc_licence(d, hm_buf_view(&g->doc.key), &g->doc.licence);
    d->url_home = detect_url(g->doc.in->arena, g->home);
    detect_version(d, g->version, &g->doc.normal);
}

typedef enum place { OF_PROJECT, INSTALLED, DEFAULT_GEM, FROM_GIT } place;

/* What no lock resolves is a component as far as it is declared; "1.0" and "= 1.0" are that version. */
static uint32_t declare(spec *g, const wish *w, part_scope scope)
{
    part_desc d = { .kind = PART_LIBRARY, .scope = scope, .eco = PART_ECO_GEM, .name = w->name };
    hm_str v = hm_str_starts(w->range, HM_STR("=")) ? hm_str_trim(hm_str_from(w->range, 1)) : w->range;
    bool exact = v.n && hm_is_digit((unsigned char)v.p[0]) && hm_str_find(v, ',') == v.n;
    detect_version(&d, exact ? v : HM_NONE, &g->doc.normal);
    uint32_t comp = detect_doc_add(&g->doc, &d, w->line);
    if (!exact)
        part_add_prop(g->doc.out, comp, HM_STR("declared-range"), detect_cut(w->range, PROP_MAX));
    return comp;
}

static void emit(spec *g, place at, const detect_gem_dir *dir)
{
    hm_str path = g->doc.gaps.path, env = hm_path_dir(path);
    part_build *out = g->doc.out;
    bool project = at == OF_PROJECT;
    part_desc d = { .kind = project ? PART_APPLICATION : PART_LIBRARY,
                    .scope = project ? PART_SCOPE_RUNTIME : PART_SCOPE_UNKNOWN,
                    .eco = PART_ECO_GEM,
                    .name = g->name,
                    .flags = PART_F_DEPS_KNOWN };
    d.flags |= (project ? PART_F_SUBJECT : 0u) | (g->open ? PART_F_DEPS_OPEN : 0u);
    if (at == DEFAULT_GEM)
        env = hm_path_dir(env);
    if (at == FROM_GIT) /* DIR/bundler/gems/X/x.gemspec asks where DIR/specifications are */
        env = detect_join(g->doc.in->arena, hm_str_sub(path, 0, hm_str_search(path, HM_STR("bundler/gems/"))),
                          HM_STR("specifications"), HM_NONE);
    describe(g, &d);
    detect_gem_quals(&g->doc, hm_str_is(g->platform, "ruby") ? HM_NONE : g->platform, HM_NONE, HM_NONE, &d);
    d.url_vcs = detect_url(g->doc.in->arena, g->vcs);
    uint32_t comp = detect_doc_add(&g->doc, &d, 0);
    if (at == DEFAULT_GEM)
        part_add_prop(out, comp, HM_STR("gem:default"), HM_STR("true"));
    if (at == FROM_GIT)
        part_add_prop(out, comp, HM_STR("gem:commit"), hm_str_from(dir->name, hm_str_rfind(dir->name, '-') + 1));
    if (!project)
        part_add_provide(out, comp, env, g->name);
    for (size_t i = 0; i < g->wishes.n && !part_build_bad(out); i++) {
        const wish *w = HM_VEC_AT(&g->wishes, wish, i);
        part_scope scope = w->dev ? PART_SCOPE_DEV : PART_SCOPE_RUNTIME;
        if (w->dev && !project) /* nobody installs those of others */
            continue;
        if (!project || g->resolved)
            part_add_need(out, comp, scope, PART_FIND_HERE, 0, PART_ECO_GEM, env, w->name);
        else
            part_add_edge(out, comp, declare(g, w, scope), scope);
    }
}

static place place_of(hm_str path, const detect_gem_dir *dir)
{
    hm_str up = hm_path_dir(path), name = hm_path_base(up);
    if (hm_str_is(name, "specifications"))
        return INSTALLED;
    if (hm_str_is(name, "default") && hm_str_is(hm_path_base(hm_path_dir(up)), "specifications"))
        return DEFAULT_GEM;
    return dir->git ? FROM_GIT : OF_PROJECT;
}

static hm_rc judge(spec *g, hm_err *err)
{
    const char *missing = !g->found ? "Gem::Specification" : g->name.n == 0 ? "name" : NULL;
    if (missing) {
        hm_fail(err, HM_FORMAT, DEFECT_MISSING_FIELD, g->scan.cut ? HM_PLACE_LINE : HM_PLACE_NONE,
                g->scan.cut ? g->scan.line : 0, 0);
        detect_err_at(err, hm_str_c(missing));
        return HM_FORMAT;
    }
    if (g->version.n == 0 && g->unresolved.n)
        detect_doc_gap(&g->doc, HM_NOTFOUND, DEFECT_UNRESOLVED, g->version_line, g->unresolved);
    else if (g->version.n == 0)
        detect_doc_gap(&g->doc, HM_FORMAT, DEFECT_MISSING_FIELD, 0, HM_STR("version"));
    if (g->scan.cut)
        detect_doc_gap(&g->doc, HM_TRUNC, DEFECT_TRUNCATED, g->scan.line, HM_NONE);
    return HM_OK;
}

static hm_rc read_one(const detect_in *in, const detect_view *file, place at, const detect_gem_dir *dir, bool resolved,
                      part_build *out, hm_err *err)
{
    if (hm_str_trim(file->bytes).n == 0)
        return hm_fail(err, HM_TRUNC, DEFECT_EMPTY, HM_PLACE_BYTE, 0, 0);
    spec g = { .scan = { .a = in->arena, .s = file->bytes, .line = 1 },
               .wishes = { .size = sizeof(wish) },
               .resolved = resolved };
    detect_doc_open(&g.doc, in, file, out);
    g.doc.named.size = sizeof(hm_str); /* constants of the file: the only names here */
    g.wished = hm_map_new();
    hm_rc rc = HM_OK;
    if (!g.doc.bad && g.wished) {
        read_spec(&g);
        if (g.platform.n == 0)
            g.platform = stub_platform(file->bytes);
        rc = judge(&g, err);
        if (rc == HM_OK)
            emit(&g, at, dir);
    } else {
        g.doc.key.bad = true;
    }
    g.wished = hm_map_free(g.wished);
    return detect_doc_close(&g.doc, rc, err);
}

/* Installed gems. */
hm_rc detect_gemspec(const detect_in *in, part_build *out, hm_err *err)
{
    detect_gem_dir dir = { 0 };
    (void)detect_gem_dir_of(in->file->path, &dir);
    place at = place_of(in->file->path, &dir);
    if (at == OF_PROJECT)
        return HM_OK;
    if (at == FROM_GIT && !hm_str_ends(hm_path_dir(in->file->path), dir.name)) /* of another gem that lies in it */
        return HM_OK;
    return read_one(in, in->file, at, &dir, false, out, err);
}

/* Projects that are gems, together with the locks beside them. What lies in an installed gem is told of by its
 * specification. */
hm_rc detect_gem_project(const detect_in *in, part_build *out, hm_err *err)
{
    HM_AUTO(hm_map_freep) hm_map *locked = hm_map_new();
    hm_rc rc = locked ? HM_OK : detect_no_memory(err);
    for (size_t i = 0; i < in->file_n && rc == HM_OK; i++)
        if (!hm_str_ends(in->files[i].path, HM_STR(".gemspec")) &&
            !hm_map_put(locked, hm_path_dir(in->files[i].path), 1))
            rc = detect_no_memory(err);
    for (size_t i = 0; i < in->file_n && rc == HM_OK && !part_build_bad(out); i++) {
        const detect_view *f = &in->files[i];
        detect_gem_dir dir = { 0 };
        hm_err e = { 0 };
        uint64_t known;
        if (!hm_str_ends(f->path, HM_STR(".gemspec")) || detect_gem_dir_of(f->path, &dir) ||
            place_of(f->path, &dir) != OF_PROJECT)
            continue;
        rc = read_one(in, f, OF_PROJECT, &dir, hm_map_get(locked, hm_path_dir(f->path), &known), out, &e);
        if (rc == HM_FORMAT || rc == HM_TRUNC) { /* one file costs itself alone */
            part_add_gap(out, f->path, &e);
            rc = HM_OK;
        } else if (rc != HM_OK) {
            *err = e;
        }
    }
    return rc;
}
