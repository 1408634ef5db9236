/* go_mod - Go modules as a project declares them: go.mod, the go.sum beside it, and the go.work that unites several
 * (Go Modules Reference: "go.mod files", "go.sum files", "Workspaces").
 *
 *   go.mod   module M | go 1.23 | toolchain go1.23.6 | require P V [// indirect] | replace P [V] => P V | => DIR
 *            | exclude P V | retract ... | tool PACKAGE
 *   go.sum   P V h1:BASE64            hash of a module's files
 *            P V/go.mod h1:BASE64     hash of its go.mod alone
 *   go.work  use DIR | replace ...
 *
 * Invariants:
 * 1. What is built in is the replacement: of that very version, else of all versions, of the workspace before the
 *    module. A directory has the module's name and no version.
 * 2. From go 1.17 on go.mod lists every module of the build. Before, the others are found in go.sum alone: of each
 *    module that go.mod does not name, the highest version whose files were hashed.
 * 3. The module asks for what is not marked indirect; who asks for the others is not said anywhere.
 * 4. `go` and `toolchain` name the least that is asked for, not what builds: stdlib is a component without version.
 * 5. A member of a workspace that another member requires is that member, not a component.
 * Files below a module cache (PATH@VERSION) are those of others.
 * Enemy: the author of the files (lines without number, modules that repeat). */
#include "detect/go_mod.h"
#include "base/limits.h"

enum { NO = 0xffffffff, PROP_MAX = 256 };

typedef struct require {
    hm_str path, version;
    uint64_t line;
    bool indirect;
} require;
typedef struct module {
    const detect_view *mod, *sum;
    hm_str path, go, toolchain;
    uint32_t comp, work; /* subject; index of the go.work, or NO */
    hm_vec requires;
    hm_map *replaced; /* "P" or "P@V" -> index in the reader's replacements */
    uint64_t go_line;
} module;
typedef struct replacement {
    hm_str to, version; /* version empty: a directory */
} replacement;
typedef struct work {
    const detect_view *file;
    hm_map *replaced, *members; /* members: module path -> index of the module */
} work;
typedef struct reader {
    detect_doc doc;
    hm_vec modules, works, replacements;
    hm_map *dirs; /* directory -> index of the module */
} reader;

static bool put(reader *r, hm_map *m, hm_str key, uint64_t value)
{
    uint64_t *v = m ? hm_map_put(m, key, value) : NULL;
    if (v)
        *v = value;
    else
        r->doc.key.bad = true;
    return v;
}

static hm_str with_version(reader *r, hm_str path, hm_str version)
{
    if (version.n == 0)
        return path;
    hm_str key = detect_join(r->doc.in->arena, path, HM_STR("@"), version);
    r->doc.bad |= key.n == 0;
    return key;
}

/* ---- reading ---------------------------------------------------------------------------------------------------- */

static void bad_line(reader *r, const detect_go_line *l)
{
    detect_doc_gap(&r->doc, HM_FORMAT, DEFECT_BAD_VALUE, l->line, l->n ? l->tok[0] : l->verb);
}

/* P [V] => P V, P [V] => DIR */
static void read_replace(reader *r, const detect_go_line *l, hm_map **map)
{
    size_t arrow = l->n > 1 && hm_str_is(l->tok[1], "=>") ? 1 : 2, left = l->n > arrow ? l->n - arrow - 1 : 0;
    if (l->n < arrow + 2 || l->n > arrow + 3 || !hm_str_is(l->tok[arrow], "=>") ||
        (left == 1) != detect_go_is_path(l->tok[arrow + 1]) || (left == 2 && !detect_go_version(l->tok[arrow + 2]))) {
        bad_line(r, l);
        return;
    }
    replacement *p = hm_vec_push(&r->replacements, r->doc.in->arena);
    if (!p) {
        r->doc.bad = true;
        return;
    }
    *p = (replacement){ l->tok[arrow + 1], left == 2 ? l->tok[arrow + 2] : HM_NONE };
    if (!*map)
        *map = hm_map_new();
    put(r, *map, with_version(r, l->tok[0], arrow == 2 ? l->tok[1] : HM_NONE), r->replacements.n - 1);
}

static void read_require(reader *r, module *m, const detect_go_line *l)
{
    if (l->n != 2) {
        bad_line(r, l);
        return;
    }
    require *q = hm_vec_push(&m->requires, r->doc.in->arena);
    if (!q) {
        r->doc.bad = true;
        return;
    }
    hm_str rest;
    hm_str first = hm_str_trim(hm_str_cut(l->comment, ';', &rest));
    *q = (require){ l->tok[0], l->tok[1], l->line, hm_str_is(first, "indirect") };
}

static void keep_line(reader *r, const module *m, const detect_go_line *l, hm_str key)
{
    hm_str text = HM_NONE;
    for (size_t i = 0; i < l->n && i < GO_TOKENS; i++)
        text = text.n ? detect_join(r->doc.in->arena, text, HM_STR(" "), l->tok[i]) : l->tok[i];
    if (m->comp != PART_NO)
        part_add_prop(r->doc.out, m->comp, key, detect_cut(text, PROP_MAX));
}

static void add_subject(reader *r, module *m, uint64_t line)
{
    part_desc d = { .kind = PART_APPLICATION,
                    .scope = PART_SCOPE_RUNTIME,
                    .eco = PART_ECO_GOLANG,
                    .flags = PART_F_SUBJECT | PART_F_DEPS_KNOWN | PART_F_NO_VERSION };
    detect_go_name(&d, m->path);
    m->comp = detect_doc_add(&r->doc, &d, line);
}

static void read_directive(reader *r, module *m, const detect_go_line *l)
{
    static const char *const KNOWN[] = { "godebug", "ignore" };
    if (hm_str_is(l->verb, "module") && l->n == 1 && m->path.n == 0 && l->tok[0].n) {
        m->path = l->tok[0];
        add_subject(r, m, l->line);
    } else if (hm_str_is(l->verb, "go") && l->n == 1) {
        m->go = l->tok[0];
        m->go_line = m->go_line ? m->go_line : l->line;
    } else if (hm_str_is(l->verb, "toolchain") && l->n == 1) {
        m->toolchain = l->tok[0];
        m->go_line = l->line;
    } else if (hm_str_is(l->verb, "require")) {
        read_require(r, m, l);
    } else if (hm_str_is(l->verb, "replace")) {
        read_replace(r, l, &m->replaced);
    } else if (hm_str_is(l->verb, "exclude") && l->n == 2) {
        keep_line(r, m, l, HM_STR("go:exclude"));
    } else if (hm_str_is(l->verb, "retract") && l->n) {
        keep_line(r, m, l, HM_STR("go:retract"));
    } else if (hm_str_is(l->verb, "tool") && l->n == 1) {
        keep_line(r, m, l, HM_STR("go:tool"));
    } else {
        bool known = false;
        for (size_t i = 0; i < HM_COUNT(KNOWN); i++)
            known = known || hm_str_is(l->verb, KNOWN[i]);
        if (!known)
            detect_doc_gap(&r->doc, HM_FORMAT, DEFECT_BAD_VALUE, l->line, l->verb);
    }
}

static void read_module(reader *r, const detect_view *file)
{
    module *m = hm_vec_push(&r->modules, r->doc.in->arena);
    detect_go_line l;
    detect_doc_file(&r->doc, file);
    if (!m) {
        r->doc.bad = true;
        return;
    }
    *m = (module){ .mod = file, .comp = PART_NO, .work = NO, .requires = { .size = sizeof(require) } };
    put(r, r->dirs, hm_path_dir(file->path), r->modules.n - 1);
    if (hm_str_trim(file->bytes).n == 0) {
        detect_lang_gap(&r->doc.gaps, HM_TRUNC, DEFECT_EMPTY, HM_PLACE_BYTE, 0, 0, HM_NONE);
        return;
    }
    for (detect_go_lines lines = detect_go_lines_of(file->bytes); !r->doc.bad && detect_go_lines_next(&lines, &l);)
        read_directive(r, m, &l);
    if (m->path.n == 0)
        detect_doc_gap(&r->doc, HM_FORMAT, DEFECT_MISSING_FIELD, 0, HM_STR("module"));
}

static void read_work(reader *r, const detect_view *file)
{
    work *w = hm_vec_push(&r->works, r->doc.in->arena);
    detect_go_line l;
    hm_str dir;
    detect_doc_file(&r->doc, file);
    if (!w) {
        r->doc.bad = true;
        return;
    }
    *w = (work){ .file = file, .members = hm_map_new() };
    for (detect_go_lines lines = detect_go_lines_of(file->bytes); !r->doc.bad && detect_go_lines_next(&lines, &l);) {
        uint64_t at;
        if (hm_str_is(l.verb, "replace")) {
            read_replace(r, &l, &w->replaced);
        } else if (hm_str_is(l.verb, "use") && l.n == 1) {
            if (l.tok[0].n > LIMIT_PATH_BYTES || !detect_doc_path(&r->doc, hm_path_dir(file->path), l.tok[0], &dir) ||
                !hm_map_get(r->dirs, dir, &at)) {
                detect_doc_gap(&r->doc, HM_NOTFOUND, DEFECT_INCLUDE, l.line, l.tok[0]);
                continue;
            }
            module *m = HM_VEC_AT(&r->modules, module, (size_t)at);
            if (m->work == NO)
                m->work = (uint32_t)(r->works.n - 1);
            if (m->path.n)
                put(r, w->members, m->path, at);
        } else if (!hm_str_is(l.verb, "go") && !hm_str_is(l.verb, "toolchain") && !hm_str_is(l.verb, "godebug")) {
            detect_doc_gap(&r->doc, HM_FORMAT, DEFECT_BAD_VALUE, l.line, l.verb);
        }
    }
}

/* ---- components ------------------------------------------------------------------------------------------------- */

static const replacement *look_up(reader *r, const hm_map *m, const require *q)
{
    uint64_t at;
    if (!m)
        return NULL;
    hm_buf_reset(&r->doc.key);
    hm_buf_str(&r->doc.key, q->path);
    hm_buf_byte(&r->doc.key, '@');
    hm_buf_str(&r->doc.key, q->version);
    if (hm_map_get(m, hm_buf_view(&r->doc.key), &at) || hm_map_get(m, q->path, &at))
        return HM_VEC_AT(&r->replacements, replacement, (size_t)at);
    return NULL;
}

/* The component of a requirement, made once in `seen` ("P@V" of what is built in). */
static uint32_t add_require(reader *r, const module *m, hm_map *seen, const require *q)
{
    part_build *out = r->doc.out;
    const work *w = m->work == NO ? NULL : HM_VEC_AT(&r->works, work, m->work);
    const replacement *by = look_up(r, w ? w->replaced : NULL, q);
    if (!by)
        by = look_up(r, m->replaced, q);
    bool local = by && by->version.n == 0;
    hm_str path = by && !local ? by->to : q->path, version = by ? by->version : q->version;
    part_desc d = {
        .kind = PART_LIBRARY, .scope = PART_SCOPE_RUNTIME, .eco = PART_ECO_GOLANG, .flags = local ? PART_F_LOCAL : 0u
    };
    hm_str key = with_version(r, path, local ? by->to : version);
    uint64_t *known = r->doc.bad ? NULL : hm_map_put(seen, key, PART_NO);
    if (!known) {
        r->doc.key.bad |= !r->doc.bad;
        return PART_NO;
    }
    if (*known != PART_NO)
        return (uint32_t)*known;
    detect_go_name(&d, path);
    bool range = !local && !detect_go_version(version); /* a branch, before the go command has seen the file */
    detect_version(&d, range ? HM_NONE : version, &r->doc.normal);
    if (local)
        d.literal = q->version;
    uint32_t comp = detect_doc_add(&r->doc, &d, q->line);
    *known = comp;
    if (range)
        part_add_prop(out, comp, HM_STR("declared-range"), detect_cut(version, PROP_MAX));
    if (local)
        part_add_prop(out, comp, HM_STR("go:replaced-by"), detect_cut(by->to, PROP_MAX));
    else if (by)
        part_add_prop(out, comp, HM_STR("go:replaces"), with_version(r, q->path, q->version));
    if (q->indirect)
        part_add_prop(out, comp, HM_STR("go:indirect"), HM_STR("true"));
    return comp;
}

static void add_stdlib(reader *r, const module *m)
{
    hm_str v = m->toolchain.n ? m->toolchain : m->go;
    part_desc d = { .kind = PART_LIBRARY,
                    .scope = PART_SCOPE_RUNTIME,
                    .eco = PART_ECO_GOLANG,
                    .name = HM_STR("stdlib"),
                    .flags = PART_F_NO_VERSION };
    if (hm_str_starts(v, HM_STR("go")))
        v = hm_str_from(v, 2);
    if (v.n == 0 || !hm_is_digit(v.p[0])) /* "toolchain default" */
        return;
    uint32_t comp = detect_doc_add(&r->doc, &d, m->go_line);
    part_add_prop(r->doc.out, comp, HM_STR("declared-range"),
                  detect_cut(detect_join(r->doc.in->arena, HM_STR(">="), v, HM_NONE), PROP_MAX));
    if (m->comp != PART_NO)
        part_add_edge(r->doc.out, m->comp, comp, PART_SCOPE_RUNTIME);
}

/* "1.16", "1.16.3" and none at all: go.mod does not list everything. */
static bool is_before_1_17(hm_str go)
{
    hm_str rest, minor;
    uint64_t a, b = 0;
    hm_str major = hm_str_cut(go, '.', &rest);
    minor = hm_str_cut(rest, '.', &rest);
    size_t digits = 0;
    while (digits < minor.n && hm_is_digit(minor.p[digits]))
        digits++;
    if (!hm_str_u64(major, &a) || (digits && !hm_str_u64(hm_str_sub(minor, 0, digits), &b)))
        return go.n == 0;
    return a < 1 || (a == 1 && b < 17);
}

typedef struct summed {
    hm_str path, version, hash;
    uint64_t line;
} summed;

/* Next line that hashes a module's files; false at the end. */
static bool next_sum(reader *r, hm_str *rest, uint64_t *line, summed *ret)
{
    hm_str text, more;
    while (hm_str_line(rest, &text)) {
        ++*line;
        text = hm_str_trim(text);
        ret->path = hm_str_cut(text, ' ', &more);
        ret->version = hm_str_cut(hm_str_trim(more), ' ', &more);
        ret->hash = hm_str_trim(more);
        ret->line = *line;
        bool mod = hm_str_ends(ret->version, HM_STR("/go.mod"));
        if (text.n == 0)
            continue;
        if (mod)
            ret->version.n -= 7;
        if (ret->hash.n == 0 || hm_str_find(ret->hash, ' ') < ret->hash.n || !detect_go_version(ret->version))
            detect_doc_gap(&r->doc, HM_FORMAT, DEFECT_BAD_VALUE, *line, detect_cut(text, HM_ERR_AT));
        else if (!mod)
            return true;
    }
    return false;
}

/* Modules that go.sum alone names: the highest version of each. */
static void add_from_sum(reader *r, const module *m, hm_map *seen, hm_map *named)
{
    hm_vec best = { .size = sizeof(summed) };
    hm_str rest = m->sum->bytes;
    uint64_t line = 0;
    summed s;
    while (!r->doc.bad && next_sum(r, &rest, &line, &s)) {
        uint64_t *at = hm_map_put(named, s.path, best.n + 1);
        if (!at) {
            r->doc.key.bad = true;
            return;
        }
        if (*at == 0) /* go.mod names it */
            continue;
        summed *b = *at <= best.n ? HM_VEC_AT(&best, summed, (size_t)*at - 1) : hm_vec_push(&best, r->doc.in->arena);
        if (!b)
            r->doc.bad = true;
        else if (b->path.n == 0 || detect_go_version_cmp(b->version, s.version) < 0)
            *b = s;
    }
    for (size_t i = 0; i < best.n && !r->doc.bad && !part_build_bad(r->doc.out); i++) {
        const summed *b = HM_VEC_AT(&best, summed, i);
        const require q = { .path = b->path, .version = b->version, .line = b->line, .indirect = true };
        (void)add_require(r, m, seen, &q);
    }
}

static void add_hashes(reader *r, const module *m, const hm_map *seen)
{
    hm_str rest = m->sum->bytes;
    detect_lang_gaps quiet = r->doc.gaps;
    uint64_t line = 0, comp;
    summed s;
    quiet.n = LIMIT_FILE_GAPS + 1; /* said when the file was read the first time */
    if (is_before_1_17(m->go))
        r->doc.gaps = quiet;
    while (!r->doc.bad && next_sum(r, &rest, &line, &s)) {
        hm_buf_reset(&r->doc.key);
        hm_buf_str(&r->doc.key, s.path);
        hm_buf_byte(&r->doc.key, '@');
        hm_buf_str(&r->doc.key, s.version);
        if (hm_map_get(seen, hm_buf_view(&r->doc.key), &comp) && comp != PART_NO)
            part_add_prop(r->doc.out, (uint32_t)comp, HM_STR("go:h1"), detect_cut(s.hash, PROP_MAX));
    }
}

static void emit(reader *r, module *m)
{
    hm_map *seen = hm_map_new(), *named = hm_map_new();
    detect_doc_file(&r->doc, m->mod);
    r->doc.key.bad |= !seen || !named;
    if (seen && named) {
        const work *w = m->work == NO ? NULL : HM_VEC_AT(&r->works, work, m->work);
        if (w && m->comp != PART_NO && !part_build_bad(r->doc.out)) {
            part_build_comp(r->doc.out, m->comp)->flags |= PART_F_LOCAL;
            part_add_prop(r->doc.out, m->comp, HM_STR("go:workspace"), w->file->path);
        }
        add_stdlib(r, m);
        for (size_t i = 0; i < m->requires.n && !r->doc.bad && !part_build_bad(r->doc.out); i++) {
            const require *q = HM_VEC_AT(&m->requires, require, i);
            uint64_t member = 0;
            bool own = w && w->members && hm_map_get(w->members, q->path, &member);
            uint32_t comp = own ? HM_VEC_AT(&r->modules, module, (size_t)member)->comp : add_require(r, m, seen, q);
            put(r, named, q->path, 0);
            if (!q->indirect && comp != PART_NO && m->comp != PART_NO && comp != m->comp)
                part_add_edge(r->doc.out, m->comp, comp, PART_SCOPE_RUNTIME);
        }
        if (m->sum) {
            detect_doc_file(&r->doc, m->sum);
            if (is_before_1_17(m->go))
                add_from_sum(r, m, seen, named);
            add_hashes(r, m, seen);
        }
    }
    hm_map_free(seen);
    hm_map_free(named);
}

static bool is_cached(hm_str path)
{
    for (hm_str dir = hm_path_dir(path); dir.n; dir = hm_path_dir(dir))
        if (hm_str_search(hm_path_base(dir), HM_STR("@v")) < hm_path_base(dir).n)
            return true;
    return false;
}

static void read_files(reader *r, const detect_in *in)
{
    for (size_t i = 0; i < in->file_n && !r->doc.bad; i++)
        if (hm_str_is(hm_path_base(in->files[i].path), "go.mod") && !is_cached(in->files[i].path))
            read_module(r, &in->files[i]);
    for (size_t i = 0; i < in->file_n && !r->doc.bad; i++) {
        uint64_t at;
        hm_str path = in->files[i].path;
        if (hm_str_is(hm_path_base(path), "go.work") && !is_cached(path))
            read_work(r, &in->files[i]);
        else if (hm_str_is(hm_path_base(path), "go.sum") && hm_map_get(r->dirs, hm_path_dir(path), &at))
            HM_VEC_AT(&r->modules, module, (size_t)at)->sum = &in->files[i];
    }
    for (size_t i = 0; i < r->modules.n && !r->doc.bad && !part_build_bad(r->doc.out); i++)
        emit(r, HM_VEC_AT(&r->modules, module, i));
}

hm_rc detect_go_mod(const detect_in *in, part_build *out, hm_err *err)
{
    reader r = { .modules = { .size = sizeof(module) },
                 .works = { .size = sizeof(work) },
                 .replacements = { .size = sizeof(replacement) },
                 .dirs = hm_map_new() };
    detect_doc_open(&r.doc, in, in->file, out);
    r.doc.key.bad = !r.dirs;
    if (r.dirs && r.doc.names)
        read_files(&r, in);
    for (size_t i = 0; i < r.modules.n; i++)
        hm_map_free(HM_VEC_AT(&r.modules, module, i)->replaced);
    for (size_t i = 0; i < r.works.n; i++) {
        hm_map_free(HM_VEC_AT(&r.works, work, i)->replaced);
        hm_map_free(HM_VEC_AT(&r.works, work, i)->members);
    }
    hm_map_free(r.dirs);
    return detect_doc_close(&r.doc, HM_OK, err);
}
