/* paket - paket.lock and paket.dependencies of Paket, a package manager of .NET (its documentation, "The paket.lock
 * file", "The paket.dependencies file").
 *
 *   paket.lock           RESTRICTION: ... | STORAGE: ... | REDIRECTS: ...   options
 *                        NUGET | GITHUB | GIT | GIST | HTTP                 a source; at its indent of 2 "remote: URL"
 *                            Id (version) [- options]                      4 spaces: a package, or file (commit)
 *                              Id (range)                                   6 spaces: what it asks for
 *                        GROUP name                                         what follows belongs to it
 *   paket.dependencies   nuget Id [range] [options] | clitool ... | github owner/repo[:commit] [file] | git URL [commit]
 *                        | group name | other words are settings
 *
 * Invariants: both files of a folder are read together: where there is a lock, the dependencies only say what the
 * project asks for; without one they are components with the range that they name. A group is a world of its own.
 * Enemy: the author of the files (groups and packages without number). */
#include "detect/nuget.h"

enum { PROP_MAX = 256 };
typedef enum source { SOURCE_NONE, SOURCE_NUGET, SOURCE_GITHUB, SOURCE_OTHER } source;
typedef struct wish {
    hm_str group, id;
    uint32_t comp;
} wish;
typedef struct reader {
    detect_doc doc; /* names: "group\nid" in lower case */
    hm_vec wishes;
    hm_str group, remote;
    source from;
    uint32_t package, project;
} reader;

static hm_str in_group(reader *r, hm_str group, hm_str id)
{
    hm_str key = detect_join(r->doc.in->arena, group, HM_STR("\n"), id);
    r->doc.bad |= key.n == 0;
    return detect_doc_lower(&r->doc, key);
}

static void bad(reader *r, uint64_t line, hm_str text)
{
    detect_doc_gap(&r->doc, HM_FORMAT, DEFECT_BAD_VALUE, line, text);
}

static void add_group(reader *r, uint32_t comp)
{
    part_add_prop(r->doc.out, comp, HM_STR("paket:group"), detect_cut(r->group, PROP_MAX));
}

/* owner/repo at a commit */
static uint32_t add_github(reader *r, hm_str repository, hm_str commit, uint64_t line)
{
    part_desc d = { .kind = PART_LIBRARY,
                    .scope = PART_SCOPE_RUNTIME,
                    .eco = PART_ECO_GITHUB,
                    .ns = hm_path_dir(repository),
                    .name = hm_path_base(repository) };
    if (d.ns.n == 0 || d.name.n == 0) {
        bad(r, line, repository);
        return PART_NO;
    }
    hm_str key = in_group(r, repository, commit);
    uint32_t comp = detect_doc_find(&r->doc, key);
    if (comp != PART_NO) /* several files of one repository */
        return comp;
    detect_version(&d, commit, &r->doc.normal);
    comp = detect_doc_add(&r->doc, &d, line);
    detect_doc_name(&r->doc, key, comp);
    add_group(r, comp);
    return comp;
}

/* ---- paket.lock ------------------------------------------------------------------------------------------------- */

static void lock_package(reader *r, hm_str text, uint64_t line)
{
    hm_str rest, id = hm_str_cut(text, ' ', &rest), inner = HM_NONE;
    size_t open = hm_str_find(rest, '(');
    r->package = PART_NO;
    if (open < rest.n)
        inner = hm_str_trim(hm_str_cut(hm_str_from(rest, open + 1), ')', &rest));
    if (r->from == SOURCE_GITHUB) {
        r->package = add_github(r, r->remote.n ? r->remote : id, inner, line);
        return;
    }
    if (r->from == SOURCE_OTHER) { /* files, and repositories elsewhere */
        part_desc d = { .kind = PART_LIBRARY,
                        .scope = PART_SCOPE_RUNTIME,
                        .eco = PART_ECO_GENERIC,
                        .name = id,
                        .url_dist = detect_url(r->doc.in->arena, r->remote) };
        detect_version(&d, inner, &r->doc.normal);
        if (id.n)
            r->package = detect_doc_add(&r->doc, &d, line);
        if (r->package != PART_NO)
            add_group(r, r->package);
        return;
    }
    hm_str key = in_group(r, r->group, id);
    if (r->from != SOURCE_NUGET || inner.n == 0 || id.n == 0) {
        bad(r, line, text);
        return;
    }
    if (detect_doc_find(&r->doc, key) != PART_NO)
        detect_doc_gap(&r->doc, HM_FORMAT, DEFECT_DUPLICATE, line, id);
    const detect_nuget_part p = {
        .id = id, .version = inner, .scope = PART_SCOPE_RUNTIME, .flags = PART_F_DEPS_KNOWN, .line = line
    };
    r->package = detect_nuget_add(&r->doc, &p);
    detect_doc_name(&r->doc, key, r->package);
    add_group(r, r->package);
}

static void lock_wish(reader *r, hm_str text)
{
    hm_str rest, id = hm_str_cut(text, ' ', &rest);
    wish *w = r->doc.bad || r->package == PART_NO || r->from != SOURCE_NUGET
                  ? NULL
                  : hm_vec_push(&r->wishes, r->doc.in->arena);
    if (w)
        *w = (wish){ r->group, id, r->package };
    else
        r->doc.bad |= r->package != PART_NO && r->from == SOURCE_NUGET;
}

static bool lock_head(reader *r, hm_str text)
{
    static const struct {
        const char *head;
        source from;
    } HEAD[] = { { "NUGET", SOURCE_NUGET },
                 { "GITHUB", SOURCE_GITHUB },
                 { "GIT", SOURCE_OTHER },
                 { "GIST", SOURCE_OTHER },
                 { "HTTP", SOURCE_OTHER } };
    r->remote = HM_NONE;
    r->package = PART_NO;
    r->from = SOURCE_NONE;
    for (size_t i = 0; i < HM_COUNT(HEAD); i++)
        if (hm_str_is(text, HEAD[i].head)) {
            r->from = HEAD[i].from;
            return true;
        }
    if (hm_str_starts(text, HM_STR("GROUP "))) {
        r->group = hm_str_trim(hm_str_from(text, 6));
        return true;
    }
    for (size_t i = 0; i < text.n; i++) /* an option: capitals and a colon */
        if (text.p[i] == ':')
            return i > 0;
        else if (text.p[i] != '-' && (text.p[i] < 'A' || text.p[i] > 'Z'))
            return false;
    return false;
}

static void read_lock(reader *r, const detect_view *file)
{
    hm_str rest = file->bytes, text;
    r->group = HM_NONE;
    r->from = SOURCE_NONE;
    for (uint64_t line = 1; hm_str_line(&rest, &text) && !r->doc.bad && !part_build_bad(r->doc.out); line++) {
        size_t indent = 0;
        while (indent < text.n && text.p[indent] == ' ')
            indent++;
        text = hm_str_trim(text);
        if (text.n == 0)
            continue;
        if (indent == 0) {
            if (!lock_head(r, text))
                bad(r, line, text);
        } else if (indent == 2) {
            if (hm_str_starts(text, HM_STR("remote:")))
                r->remote = hm_str_trim(hm_str_from(text, 7));
        } else if (indent == 4) {
            lock_package(r, text, line);
        } else if (indent == 6) {
            lock_wish(r, text);
        } else {
            bad(r, line, text);
        }
    }
    for (size_t i = 0; i < r->wishes.n && !r->doc.bad; i++) {
        const wish *w = HM_VEC_AT(&r->wishes, wish, i);
        if (!detect_doc_edge(&r->doc, w->comp, in_group(r, w->group, w->id), PART_SCOPE_RUNTIME))
            detect_doc_open_deps(&r->doc, w->comp);
    }
}

/* ---- paket.dependencies ------------------------------------------------------------------------------------------- */

static hm_str word(hm_str *rest)
{
    *rest = hm_str_trim(*rest);
    size_t n = 0;
    while (n < rest->n && !hm_is_space((unsigned char)rest->p[n]))
        n++;
    hm_str w = hm_str_sub(*rest, 0, n);
    *rest = hm_str_trim(hm_str_from(*rest, n));
    return w;
}

/* The range is what stands before the first option ("name: value"). */
static hm_str range_of(hm_str rest)
{
    hm_str all = rest;
    while (rest.n) {
        hm_str before = rest, w = word(&rest);
        if (w.n && w.p[w.n - 1] == ':')
            return hm_str_trim(hm_str_sub(all, 0, (size_t)(before.p - all.p)));
    }
    return all;
}

static void ask(reader *r, uint32_t comp, part_scope scope)
{
    if (r->project != PART_NO && comp != PART_NO)
        part_add_edge(r->doc.out, r->project, comp, scope);
}

static void depend_nuget(reader *r, hm_str rest, bool locked, part_scope scope, uint64_t line)
{
    detect_nuget_part p = { .id = word(&rest), .scope = scope, .line = line };
    p.range = range_of(rest);
    if (p.id.n == 0) {
        bad(r, line, HM_STR("nuget"));
        return;
    }
    if (locked) {
        if (!detect_doc_edge(&r->doc, r->project, in_group(r, r->group, p.id), scope) && r->project != PART_NO)
            detect_doc_open_deps(&r->doc, r->project);
        return;
    }
    hm_str exact = hm_str_starts(p.range, HM_STR("=="))  ? hm_str_from(p.range, 2)
                   : hm_str_starts(p.range, HM_STR("=")) ? hm_str_from(p.range, 1)
                                                         : p.range;
    (void)detect_nuget_exact(exact, true, &p.version);
    uint32_t comp = detect_nuget_add(&r->doc, &p);
    add_group(r, comp);
    ask(r, comp, scope);
}

static void depend_github(reader *r, hm_str rest, bool locked, uint64_t line)
{
    hm_str commit, repository = hm_str_cut(word(&rest), ':', &commit);
    if (!locked)
        ask(r, add_github(r, repository, commit, line), PART_SCOPE_RUNTIME);
}

/* "//" and "#" begin a comment, save within an address ("https://"). */
static hm_str without_comment(hm_str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] == '#' || (s.p[i] == '/' && i + 1 < s.n && s.p[i + 1] == '/' && (i == 0 || s.p[i - 1] != ':')))
            return hm_str_sub(s, 0, i);
    return s;
}

static void read_dependencies(reader *r, const detect_view *file, bool locked)
{
    static const char *const SETTING[] = { "source", "version", "cache", "external_lock", "gist", "http", "git" };
    hm_str rest = file->bytes, text;
    r->group = HM_NONE;
    for (uint64_t line = 1; hm_str_line(&rest, &text) && !r->doc.bad && !part_build_bad(r->doc.out); line++) {
        hm_str left = without_comment(text), first = word(&left);
        bool setting = first.n == 0 || first.p[first.n - 1] == ':';
        for (size_t i = 0; i < HM_COUNT(SETTING); i++)
            setting = setting || hm_str_eq_nocase(first, hm_str_c(SETTING[i]));
        if (hm_str_eq_nocase(first, HM_STR("nuget")))
            depend_nuget(r, left, locked, PART_SCOPE_RUNTIME, line);
        else if (hm_str_eq_nocase(first, HM_STR("clitool")))
            depend_nuget(r, left, locked, PART_SCOPE_BUILD, line);
        else if (hm_str_eq_nocase(first, HM_STR("github")))
            depend_github(r, left, locked, line);
        else if (hm_str_eq_nocase(first, HM_STR("group")))
            r->group = hm_str_is(left, "Main") ? HM_NONE : left; /* the name of what stands before any group */
        else if (!setting)
            bad(r, line, hm_str_trim(text));
    }
}

/* ---- a folder ---------------------------------------------------------------------------------------------------- */

static void add_project(reader *r, hm_str dir)
{
    part_desc d = { .kind = PART_APPLICATION,
                    .scope = PART_SCOPE_RUNTIME,
                    .eco = PART_ECO_NUGET,
                    .name = hm_path_base(dir),
                    .flags = PART_F_SUBJECT | PART_F_DEPS_KNOWN | PART_F_NO_VERSION };
    r->project = d.name.n ? detect_doc_add(&r->doc, &d, 0) : PART_NO;
}

static bool has_content(reader *r, const detect_view *file)
{
    if (hm_str_trim(file->bytes).n)
        return true;
    detect_lang_gap(&r->doc.gaps, HM_TRUNC, DEFECT_EMPTY, HM_PLACE_BYTE, 0, 0, HM_NONE);
    return false;
}

static hm_rc read_folder(const detect_in *in, const detect_view *lock, const detect_view *deps, part_build *out,
                         hm_err *err)
{
    reader r = { .wishes = { .size = sizeof(wish) }, .package = PART_NO, .project = PART_NO };
    detect_doc_open(&r.doc, in, lock ? lock : deps, out);
    bool locked = lock && has_content(&r, lock);
    if (deps && !r.doc.bad) {
        detect_doc_file(&r.doc, deps);
        if (!has_content(&r, deps))
            deps = NULL;
        else
            add_project(&r, hm_path_dir(deps->path));
    }
    if (locked && !r.doc.bad) {
        detect_doc_file(&r.doc, lock);
        read_lock(&r, lock);
    }
    if (deps && !r.doc.bad) {
        detect_doc_file(&r.doc, deps);
        read_dependencies(&r, deps, locked);
    }
    return detect_doc_close(&r.doc, HM_OK, err);
}

hm_rc detect_paket(const detect_in *in, part_build *out, hm_err *err)
{
    for (size_t i = 0; i < in->file_n; i++) { /* by path: both of a folder are neighbours */
        const detect_view *f = &in->files[i], *next = i + 1 < in->file_n ? f + 1 : NULL;
        bool is_lock = hm_str_is(hm_path_base(f->path), "paket.lock");
        hm_rc rc;
        if (!is_lock && next && hm_str_is(hm_path_base(next->path), "paket.lock") &&
            hm_str_eq(hm_path_dir(f->path), hm_path_dir(next->path))) {
            rc = read_folder(in, next, f, out, err);
            i++;
        } else {
            rc = read_folder(in, is_lock ? f : NULL, is_lock ? NULL : f, out, err);
        }
        if (rc != HM_OK)
            return rc;
    }
    return HM_OK;
}
