/* py_requirements - requirements and constraints files of pip, all of a target together, as they include each other
 * (pip's documentation: "Requirements File Format", "Constraints Files").
 *
 *   name==1.0 ; marker --hash=sha256:HEX \        a backslash joins lines; "# ..." at the start or after a blank
 *   -r FILE   -c FILE   -e PATH-or-URL            PATH/to.whl   https://host/x.zip   git+https://host/x@v1#egg=x
 *
 * Invariants:
 * 1. Each file is read once and speaks for itself, so includes in a circle end; what is included and not there is a gap.
 * 2. A file that is only used as constraints (-c) makes no components: it gives versions to names without one, in the
 *    files that use it and those that these include.
 * 3. FILE.in beside FILE.txt is what FILE.txt was compiled from: it only adds what that lacks.
 * 4. Options that say where and how to install name no component.
 * Text is UTF-8, or UTF-16 with its mark, as PowerShell writes it.
 * Enemy: the author of the files (lines without end, a million includes). */
#include "base/limits.h"
#include "detect/py.h"

typedef struct entry {
    py_requirement want;
    hm_str key;     /* normal name; empty: no name */
    hm_str options; /* "--hash=..." and others behind the requirement */
    uint64_t line;
    bool editable;
} entry;
typedef struct source {
    const detect_view *file;
    hm_vec entries;     /* of entry */
    hm_vec includes;    /* of uint32_t: -r */
    hm_vec constraints; /* of uint32_t: -c */
    uint32_t under;     /* source + 1 whose constraints hold here */
    bool included, constraining;
} source;
typedef struct group {
    detect_doc doc;
    hm_vec sources;
    hm_map *index; /* "p" path -> source; "n" source, name: it names it, "v" source, name -> exact version (hm_str *) */
} group;

static source *source_at(const group *g, size_t i)
{
    return hm_vec_at(&g->sources, i);
}

static hm_str index_key(group *g, char kind, uint32_t number, hm_str key)
{
    hm_buf_reset(&g->doc.quals);
    hm_buf_byte(&g->doc.quals, kind);
    hm_buf_le32(&g->doc.quals, number);
    hm_buf_str(&g->doc.quals, key);
    return hm_buf_view(&g->doc.quals);
}

static bool index_get(group *g, char kind, uint32_t number, hm_str key, uint64_t *ret)
{
    hm_str text = index_key(g, kind, number, key);
    return !g->doc.quals.bad && hm_map_get(g->index, text, ret);
}

static void index_put(group *g, char kind, uint32_t number, hm_str key, uint64_t value)
{
    hm_str text = index_key(g, kind, number, key);
    if (g->doc.quals.bad)
        return;
    g->doc.bad |= !hm_arena_dup(g->doc.in->arena, text, &text);
    if (!g->doc.bad && !hm_map_put(g->index, text, value))
        g->doc.key.bad = true;
}

/* ---- text ------------------------------------------------------------------------------------------------------- */

static void put_utf8(hm_buf *b, uint32_t c)
{
    if (c < 0x80) {
        hm_buf_byte(b, (char)c);
    } else if (c < 0x800) {
        hm_buf_byte(b, (char)(0xc0 | c >> 6));
        hm_buf_byte(b, (char)(0x80 | (c & 63)));
    } else if (c < 0x10000) {
        hm_buf_byte(b, (char)(0xe0 | c >> 12));
        hm_buf_byte(b, (char)(0x80 | (c >> 6 & 63)));
        hm_buf_byte(b, (char)(0x80 | (c & 63)));
    } else {
        hm_buf_byte(b, (char)(0xf0 | c >> 18));
        hm_buf_byte(b, (char)(0x80 | (c >> 12 & 63)));
        hm_buf_byte(b, (char)(0x80 | (c >> 6 & 63)));
        hm_buf_byte(b, (char)(0x80 | (c & 63)));
    }
}

/* UTF-16 with its mark to UTF-8 in the arena; half a pair becomes U+FFFD. */
static hm_str from_utf16(group *g, hm_str in)
{
    bool big = (unsigned char)in.p[0] == 0xfe;
    hm_buf out = { 0 };
    hm_cur c = hm_cur_of(hm_str_from(in, 2));
    while (hm_cur_left(&c) >= 2) {
        uint32_t unit = big ? hm_cur_be16(&c) : hm_cur_le16(&c);
        if (unit >= 0xd800 && unit < 0xdc00 && hm_cur_left(&c) >= 2) {
            hm_cur again = c;
            uint32_t low = big ? hm_cur_be16(&c) : hm_cur_le16(&c);
            if (low >= 0xdc00 && low < 0xe000) {
                put_utf8(&out, 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00));
                continue;
            }
            c = again;
        }
        put_utf8(&out, unit >= 0xd800 && unit < 0xe000 ? 0xfffd : unit);
    }
    hm_str text = HM_NONE;
    if (out.bad)
        g->doc.key.bad = true;
    else if (!hm_arena_dup(g->doc.in->arena, hm_buf_view(&out), &text))
        g->doc.bad = true;
    hm_buf_clear(&out);
    return text;
}

static hm_str text_of(group *g, const detect_view *file)
{
    hm_str s = file->bytes;
    if (hm_str_starts(s, HM_STR("\xff\xfe")) || hm_str_starts(s, HM_STR("\xfe\xff")))
        return from_utf16(g, s);
    if (hm_str_starts(s, HM_STR("\xef\xbb\xbf")))
        s = hm_str_from(s, 3);
    if (!hm_utf8_ok(s))
        detect_doc_gap(&g->doc, HM_FORMAT, DEFECT_UTF8, 0, HM_NONE);
    return s;
}

static bool is_comment(hm_str line)
{
    hm_str t = hm_str_trim(line);
    return t.n && t.p[0] == '#';
}

/* Next line of requirements, without its comment; in `joined` where a backslash joins several, which is empty else. */
static bool logical_line(hm_str *rest, hm_buf *joined, uint64_t *line_no, hm_str *ret)
{
    hm_str line;
    hm_buf_reset(joined);
    if (!hm_str_line(rest, &line))
        return false;
    ++*line_no;
    if (hm_str_ends(line, HM_STR("\\")) && !is_comment(line)) {
        for (;;) {
            bool more = hm_str_ends(line, HM_STR("\\")) && !is_comment(line);
            if (is_comment(line))
                hm_buf_byte(joined, ' '); /* so that it is one here, too */
            hm_buf_str(joined, more ? hm_str_sub(line, 0, line.n - 1) : line);
            if (!more || !hm_str_line(rest, &line))
                break;
            ++*line_no;
        }
        line = hm_buf_view(joined);
    }
    for (size_t i = 0; i < line.n; i++)
        if (line.p[i] == '#' && (i == 0 || hm_is_space(line.p[i - 1]))) {
            line = hm_str_sub(line, 0, i);
            break;
        }
    *ret = hm_str_trim(line);
    return true;
}

/* ---- options ---------------------------------------------------------------------------------------------------- */

typedef enum option { OPT_NONE, OPT_REQUIREMENT, OPT_CONSTRAINT, OPT_EDITABLE, OPT_OTHER, OPT_UNKNOWN } option;
static const struct {
    const char *text; /* long ones take " value" or "=value", short ones "value" or " value" */
    option option;
} OPTION[] = {
    { "--requirement", OPT_REQUIREMENT },
    { "-r", OPT_REQUIREMENT },
    { "--constraint", OPT_CONSTRAINT },
    { "-c", OPT_CONSTRAINT },
    { "--editable", OPT_EDITABLE },
    { "-e", OPT_EDITABLE },
    { "--index-url", OPT_OTHER },
    { "--extra-index-url", OPT_OTHER },
    { "--pypi-url", OPT_OTHER },
    { "-i", OPT_OTHER },
    { "--no-index", OPT_OTHER },
    { "--find-links", OPT_OTHER },
    { "-f", OPT_OTHER },
    { "--no-binary", OPT_OTHER },
    { "--only-binary", OPT_OTHER },
    { "--prefer-binary", OPT_OTHER },
    { "--require-hashes", OPT_OTHER },
    { "--pre", OPT_OTHER },
    { "--trusted-host", OPT_OTHER },
    { "--use-feature", OPT_OTHER },
    { "--process-dependency-links", OPT_OTHER },
    { "--allow-external", OPT_OTHER },
    { "--allow-unverified", OPT_OTHER },
    { "--always-unzip", OPT_OTHER },
    { "-Z", OPT_OTHER },
    { "--use-wheel", OPT_OTHER },
    { "--no-use-wheel", OPT_OTHER },
};

static option option_of(hm_str line, hm_str *ret_value)
{
    if (line.n == 0 || line.p[0] != '-')
        return OPT_NONE;
    for (size_t i = 0; i < HM_COUNT(OPTION); i++) {
        hm_str t = hm_str_c(OPTION[i].text), rest = hm_str_from(line, t.n);
        bool is_long = t.p[1] == '-';
        if (!hm_str_starts(line, t) || (is_long && rest.n && rest.p[0] != '=' && !hm_is_space(rest.p[0])))
            continue;
        rest = hm_str_trim(rest);
        if (rest.n && rest.p[0] == '=')
            rest = hm_str_trim(hm_str_from(rest, 1));
        if (rest.n > 1 && (rest.p[0] == '"' || rest.p[0] == '\'') && rest.p[rest.n - 1] == rest.p[0])
            rest = hm_str_sub(rest, 1, rest.n - 2);
        *ret_value = rest;
        return OPTION[i].option;
    }
    return OPT_UNKNOWN;
}

/* ---- reading one file ------------------------------------------------------------------------------------------- */

/* `to` as seen from the folder of `from`; empty: outside of the target, or not a path. */
static hm_str relative(group *g, hm_str from, hm_str to)
{
    hm_str dir = hm_path_dir(from), rest = to, part;
    if (to.n > LIMIT_PATH_BYTES || hm_str_starts(to, HM_STR("/")))
        return HM_NONE;
    while (rest.n) {
        part = hm_str_cut(rest, '/', &rest);
        if (hm_str_is(part, "..") && dir.n == 0)
            return HM_NONE;
        if (hm_str_is(part, ".."))
            dir = hm_path_dir(dir);
        else if (part.n && !hm_str_is(part, "."))
            dir = dir.n ? detect_join(g->doc.in->arena, dir, HM_STR("/"), part) : part;
    }
    return dir;
}

static void include(group *g, uint32_t from, hm_str value, bool constraint, uint64_t line)
{
    uint64_t to;
    hm_str path = relative(g, source_at(g, from)->file->path, value);
    if (path.n == 0 || !index_get(g, 'p', 0, path, &to)) {
        detect_doc_gap(&g->doc, HM_NOTFOUND, DEFECT_INCLUDE, line, detect_url(g->doc.in->arena, value));
        return;
    }
    source *s = source_at(g, from), *t = source_at(g, (size_t)to);
    uint32_t *row = hm_vec_push(constraint ? &s->constraints : &s->includes, g->doc.in->arena);
    if (!row) {
        g->doc.bad = true;
        return;
    }
    *row = (uint32_t)to;
    t->included |= !constraint;
    t->constraining |= constraint;
}

static bool is_path(hm_str s)
{
    static const char *const END[] = { ".whl", ".zip", ".tar.gz", ".tar.bz2", ".tgz" };
    for (size_t i = 0; i < HM_COUNT(END); i++)
        if (hm_str_ends(s, hm_str_c(END[i])))
            return true;
    return s.n && (s.p[0] == '.' || s.p[0] == '/' || hm_str_find(s, '/') < s.n);
}

static bool is_url(hm_str s)
{
    size_t colon = hm_str_find(s, ':');
    for (size_t i = 0; i < colon; i++)
        if (!hm_is_alnum(s.p[i]) && s.p[i] != '+' && s.p[i] != '-' && s.p[i] != '.')
            return false;
    return colon > 1 && colon < s.n &&
           (hm_str_starts(hm_str_from(s, colon), HM_STR("://")) || hm_str_starts(s, HM_STR("file:")));
}

/* An address or a path in place of a name; its last part may be [extras]. */
static void take_place(hm_str text, py_requirement *r)
{
    size_t end = hm_str_search(text, HM_STR(" ;"));
    r->marker = hm_str_trim(hm_str_from(text, end < text.n ? end + 2 : end));
    text = hm_str_trim(hm_str_sub(text, 0, end));
    size_t open = hm_str_rfind(text, '[');
    if (hm_str_ends(text, HM_STR("]")) && open < text.n) {
        r->extras = hm_str_sub(text, open + 1, text.n - open - 2);
        text = hm_str_sub(text, 0, open);
    }
    if (is_url(text)) {
        r->url = text;
        return;
    }
    hm_str fragment, path = hm_str_cut(text, '#', &fragment), base;
    r->path = path;
    if (hm_str_starts(fragment, HM_STR("egg=")) && detect_py_is_name(hm_str_from(fragment, 4)))
        r->name = hm_str_from(fragment, 4);
    while (hm_str_ends(path, HM_STR("/")))
        path = hm_str_sub(path, 0, path.n - 1);
    base = hm_path_base(path);
    hm_str name, version;
    if (r->name.n == 0 && detect_py_is_name(base) && !detect_py_archive(base, HM_NONE, &name, &version))
        r->name = base; /* a folder: what it is called is all that is said here */
}

static void read_line(group *g, uint32_t i, hm_str line, uint64_t no)
{
    hm_str value = HM_NONE;
    entry e = { .line = no };
    option o = option_of(line, &value);
    if (o == OPT_OTHER)
        return;
    if (o == OPT_REQUIREMENT || o == OPT_CONSTRAINT) {
        include(g, i, value, o == OPT_CONSTRAINT, no);
        return;
    }
    if (o == OPT_UNKNOWN) {
        detect_doc_gap(&g->doc, HM_FORMAT, DEFECT_BAD_VALUE, no, detect_url(g->doc.in->arena, line));
        return;
    }
    hm_str text = o == OPT_EDITABLE ? value : line;
    size_t n = 0; /* options begin at the first word that starts with a dash */
    while (n < text.n && !(hm_is_space(text.p[n]) && n + 1 < text.n && text.p[n + 1] == '-'))
        n++;
    e.options = hm_str_from(text, n);
    text = hm_str_trim(hm_str_sub(text, 0, n));
    e.editable = o == OPT_EDITABLE;
    if (is_url(text) || !detect_py_requirement(text, &e.want)) {
        e.want = (py_requirement){ 0 };
        if (!is_url(text) && !is_path(text) && !e.editable) {
            detect_doc_gap(&g->doc, HM_FORMAT, DEFECT_BAD_VALUE, no, text);
            return;
        }
        take_place(text, &e.want);
        hm_str rest = e.want.path;
        while (rest.n && (rest.p[0] == '.' || rest.p[0] == '/'))
            rest = hm_str_from(rest, 1);
        if (e.want.url.n == 0 && rest.n == 0)
            return; /* "." and "..": the project itself, which speaks for itself */
    } else if (hm_str_search(e.want.range, HM_STR("${")) < e.want.range.n) {
        detect_doc_gap(&g->doc, HM_UNSUPPORTED, DEFECT_UNRESOLVED, no, e.want.range);
    }
    entry *to = g->doc.bad ? NULL : hm_vec_push(&source_at(g, i)->entries, g->doc.in->arena);
    if (!to) {
        g->doc.bad = true;
        return;
    }
    *to = e;
}

static void read_source(group *g, uint32_t i)
{
    const detect_view *file = source_at(g, i)->file;
    hm_str line, rest;
    hm_buf joined = { 0 };
    uint64_t no = 0, first = 1;
    detect_doc_file(&g->doc, file);
    for (rest = text_of(g, file); !g->doc.bad && !joined.bad && logical_line(&rest, &joined, &no, &line);
         first = no + 1)
        if (line.n) {
            if (joined.n && !hm_arena_dup(g->doc.in->arena, line, &line)) {
                g->doc.bad = true;
                break;
            }
            read_line(g, i, line, first);
        }
    g->doc.key.bad |= joined.bad;
    hm_buf_clear(&joined);
    for (size_t k = 0; k < source_at(g, i)->entries.n && !g->doc.bad; k++) {
        entry *e = hm_vec_at(&source_at(g, i)->entries, k);
        hm_str key = e->key = e->want.name.n ? detect_py_key(&g->doc, e->want.name) : HM_NONE;
        hm_str exact = detect_py_exact(e->want.range), *kept;
        if (key.n)
            index_put(g, 'n', i, key, 1);
        if (key.n == 0 || exact.n == 0)
            continue;
        kept = hm_arena_alloc(g->doc.in->arena, sizeof *kept);
        if (!kept) {
            g->doc.bad = true;
            break;
        }
        *kept = exact;
        index_put(g, 'v', i, key, (uint64_t)(uintptr_t)kept);
    }
}

/* ---- constraints ------------------------------------------------------------------------------------------------ */

/* The exact versions of all that `from` is constrained by, also by what its constraints include, under 'c'. */
static bool gather_constraints(group *g, uint32_t from, hm_vec *todo, hm_vec *seen, size_t *work)
{
    todo->n = 0;
    source *s = source_at(g, from);
    for (size_t k = 0; k < s->constraints.n; k++) {
        uint32_t *row = hm_vec_push(todo, g->doc.in->arena);
        if (!row) {
            g->doc.bad = true;
            return true;
        }
        *row = *HM_VEC_AT(&s->constraints, uint32_t, k);
    }
    while (todo->n && !g->doc.bad) {
        uint32_t c = *HM_VEC_AT(todo, uint32_t, todo->n - 1);
        todo->n--;
        uint32_t *mark = HM_VEC_AT(seen, uint32_t, c);
        if (*mark == from + 1)
            continue;
        *mark = from + 1;
        const source *t = source_at(g, c);
        size_t cost = t->entries.n + t->includes.n + t->constraints.n + 1;
        if (cost > *work)
            return false;
        *work -= cost;
        for (size_t k = 0; k < t->entries.n; k++) {
            const entry *e = hm_vec_at(&t->entries, k);
            uint64_t version, before;
            if (e->key.n && index_get(g, 'v', c, e->key, &version) && !index_get(g, 'c', from, e->key, &before))
                index_put(g, 'c', from, e->key, version);
        }
        for (size_t k = 0; k < t->includes.n + t->constraints.n; k++) {
            uint32_t *row = hm_vec_push(todo, g->doc.in->arena);
            if (!row) {
                g->doc.bad = true;
                return true;
            }
            *row = k < t->includes.n ? *HM_VEC_AT(&t->includes, uint32_t, k)
                                     : *HM_VEC_AT(&t->constraints, uint32_t, k - t->includes.n);
        }
    }
    return true;
}

/* Constraints hold in the file that names them and in what it includes; the first one to claim a file keeps it. */
static void spread_constraints(group *g)
{
    enum { WORK = 1000000 }; /* lines of constraints that are looked at: many files may use the same ones */
    hm_vec todo = { .size = sizeof(uint32_t) }, seen = { .size = sizeof(uint32_t) };
    size_t work = WORK;
    for (uint32_t i = 0; i < g->sources.n; i++)
        g->doc.bad |= !hm_vec_push(&seen, g->doc.in->arena);
    for (uint32_t i = 0; i < g->sources.n && !g->doc.bad; i++) {
        if (source_at(g, i)->constraints.n == 0)
            continue;
        if (!gather_constraints(g, i, &todo, &seen, &work)) {
            detect_doc_file(&g->doc, source_at(g, i)->file);
            detect_lang_gap(&g->doc.gaps, HM_LIMIT, DEFECT_TOO_MANY, HM_PLACE_NONE, 0, WORK, HM_NONE);
            return;
        }
        source_at(g, i)->under = i + 1;
    }
    for (uint32_t i = 0; i < g->sources.n && !g->doc.bad; i++) {
        if (source_at(g, i)->under != i + 1)
            continue;
        todo.n = 0;
        uint32_t *row = hm_vec_push(&todo, g->doc.in->arena);
        if (!row) {
            g->doc.bad = true;
            return;
        }
        *row = i;
        while (todo.n) {
            const source *s = source_at(g, *HM_VEC_AT(&todo, uint32_t, todo.n - 1));
            todo.n--;
            for (size_t k = 0; k < s->includes.n; k++) {
                source *t = source_at(g, *HM_VEC_AT(&s->includes, uint32_t, k));
                if (t->under)
                    continue;
                t->under = i + 1;
                if (!(row = hm_vec_push(&todo, g->doc.in->arena))) {
                    g->doc.bad = true;
                    return;
                }
                *row = *HM_VEC_AT(&s->includes, uint32_t, k);
            }
        }
    }
}

/* ---- components ------------------------------------------------------------------------------------------------- */

/* The words of the file's name say that it is for development. */
static bool for_development(hm_str path)
{
    static const char *const WORD[] = { "dev", "devel", "develop", "development", "test", "tests", "testing" };
    hm_str base = hm_path_base(path);
    for (size_t i = 0; i < base.n;) {
        size_t n = 0;
        while (i + n < base.n && hm_is_alnum(base.p[i + n]))
            n++;
        for (size_t k = 0; k < HM_COUNT(WORD); k++)
            if (hm_str_eq_nocase(hm_str_sub(base, i, n), hm_str_c(WORD[k])))
                return true;
        i += n + 1;
    }
    return false;
}

/* "--hash=sha256:HEX" and "--hash sha256:HEX", any number of them. */
static void add_hashes(group *g, uint32_t comp, hm_str options)
{
    hm_str rest = options;
    const hm_str mark = HM_STR("--hash");
    for (;;) {
        size_t at = hm_str_search(rest, mark), n = 0;
        if (at == rest.n)
            return;
        rest = hm_str_from(rest, at + mark.n);
        if (rest.n && (rest.p[0] == '=' || hm_is_space(rest.p[0])))
            rest = hm_str_trim(hm_str_from(rest, 1));
        while (n < rest.n && !hm_is_space(rest.p[n]))
            n++;
        detect_py_add_hash(&g->doc, comp, hm_str_sub(rest, 0, n));
        rest = hm_str_from(rest, n);
    }
}

static void add_source(group *g, uint32_t i)
{
    const source *s = source_at(g, i);
    hm_str path = s->file->path;
    uint64_t txt = UINT64_MAX, found;
    part_scope scope = for_development(path) ? PART_SCOPE_DEV : PART_SCOPE_RUNTIME;
    detect_doc_file(&g->doc, s->file);
    if (hm_str_ends(path, HM_STR(".in")) &&
        !index_get(g, 'p', 0, detect_join(g->doc.in->arena, hm_str_sub(path, 0, path.n - 3), HM_STR(".txt"), HM_NONE),
                   &txt))
        txt = UINT64_MAX;
    for (size_t k = 0; k < s->entries.n && !g->doc.bad && !part_build_bad(g->doc.out); k++) {
        const entry *e = hm_vec_at(&s->entries, k);
        hm_str key = e->key;
        if (key.n && txt != UINT64_MAX && index_get(g, 'n', (uint32_t)txt, key, &found))
            continue;
        hm_str version = detect_py_exact(e->want.range);
        if (version.n == 0 && key.n && s->under && index_get(g, 'c', s->under - 1, key, &found))
            version = *(const hm_str *)(uintptr_t)found;
        uint32_t comp = detect_py_declare(&g->doc, &e->want, version, scope, e->line);
        if (e->editable)
            detect_py_prop(&g->doc, comp, "python:editable", HM_STR("true"));
        add_hashes(g, comp, e->options);
    }
}

static bool is_constraints(hm_str path)
{
    return hm_str_starts(hm_path_base(path), HM_STR("constraints"));
}

static void read_group(group *g)
{
    const detect_in *in = g->doc.in;
    size_t n = in->file_n ? in->file_n : 1;
    for (size_t i = 0; i < n && !g->doc.bad; i++) {
        source *s = hm_vec_push(&g->sources, in->arena);
        if (!s) {
            g->doc.bad = true;
            return;
        }
        *s = (source){ .file = in->file_n ? &in->files[i] : in->file,
                       .entries.size = sizeof(entry),
                       .includes.size = sizeof(uint32_t),
                       .constraints.size = sizeof(uint32_t) };
        index_put(g, 'p', 0, s->file->path, i);
    }
    for (uint32_t i = 0; i < n && !g->doc.bad; i++)
        read_source(g, i);
    spread_constraints(g);
    for (uint32_t i = 0; i < n && !g->doc.bad; i++) {
        const source *s = source_at(g, i);
        if (s->included || !(s->constraining || is_constraints(s->file->path)))
            add_source(g, i);
    }
}

hm_rc detect_python_requirements(const detect_in *in, part_build *out, hm_err *err)
{
    group g = { .sources.size = sizeof(source), .index = hm_map_new() };
    detect_doc_open(&g.doc, in, in->file, out);
    if (g.index && g.doc.names)
        read_group(&g);
    hm_rc rc = g.index ? HM_OK : detect_no_memory(err);
    hm_map_freep(&g.index);
    return detect_doc_close(&g.doc, rc, err);
}
