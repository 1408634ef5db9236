/* gem_lock - Gemfile.lock and gems.locked, as Bundler's LockfileGenerator writes and its LockfileParser reads them.
 *
 *   GEM | GIT | PATH | PLUGIN SOURCE        a source; 2 spaces: "remote: URL", "revision: COMMIT", "type: T", "specs:"
 *       name (version[-platform])           4 spaces: a gem
 *         name (range)                      6 spaces: what it asks for at run time
 *   PLATFORMS | RUBY VERSION | BUNDLED WITH  values
 *   DEPENDENCIES                             2 spaces: "name (range)[!]", what the project asks for
 *   CHECKSUMS                                2 spaces: "name (version[-platform]) sha256=HEX[,...]"
 *
 * Invariants:
 * 1. The first '-' in the parentheses begins the platform: gem versions have none. Variants of one gem for several
 *    platforms are several components, told apart by the qualifier; who asks for the gem gets an edge to each.
 * 2. Ranges may name what comes later in the file, checksums stand behind all gems: lines are read once, edges and
 *    checksums are joined afterwards.
 * 3. The lock does not say which group of the Gemfile a gem is in: its scope is not known.
 * The gem of `PATH remote: .` is the project; else the project goes by its folder. A lock inside an installed gem is
 * what its author had, and nothing of this project (aquasecurity/trivy#756).
 * Enemy: the author of the file (names that repeat, dependencies without number). */
#include "base/limits.h"
#include "detect/gem.h"

enum { PROP_MAX = 256 };
typedef enum section {
    S_NONE,
    S_GEM,
    S_GIT,
    S_PATH,
    S_PLUGIN,
    S_PLATFORMS,
    S_DEPENDENCIES,
    S_CHECKSUMS,
    S_RUBY,
    S_BUNDLER,
    S_UNKNOWN
} section;
static const struct {
    const char *head;
    section is;
} SECTION[] = { { "GEM", S_GEM },
                { "GIT", S_GIT },
                { "PATH", S_PATH },
                { "PLUGIN SOURCE", S_PLUGIN },
                { "PLATFORMS", S_PLATFORMS },
                { "DEPENDENCIES", S_DEPENDENCIES },
                { "CHECKSUMS", S_CHECKSUMS },
                { "RUBY VERSION", S_RUBY },
                { "BUNDLED WITH", S_BUNDLER } };

typedef struct wish {
    uint32_t comp; /* PART_NO: the project */
    hm_str name;
} wish;
typedef struct checksum {
    hm_str gem, sums; /* "name (version)" */
    uint64_t line;
} checksum;
typedef struct lock {
    detect_doc doc;
    hm_str env;
    section in;
    hm_str remote, revision, type; /* of the source at hand */
    size_t remotes;
    hm_vec wishes, checksums;
    hm_str ruby, bundler;
    uint32_t gem, project; /* gem whose dependencies follow; the project's own */
} lock;

bool detect_gem_dir_of(hm_str path, detect_gem_dir *ret)
{
    hm_str dir = hm_path_dir(path);
    for (size_t inside = 0; dir.n; inside++, dir = hm_path_dir(dir)) {
        hm_str name = hm_path_base(dir), up = hm_path_dir(dir);
        size_t dash = hm_str_rfind(name, '-');
        if (!hm_str_is(hm_path_base(up), "gems") || dash == 0 || dash + 1 >= name.n)
            continue;
        bool git = hm_str_is(hm_path_base(hm_path_dir(up)), "bundler"), version = false;
        for (size_t i = 1; i + 1 < name.n; i++)
            version = version || (name.p[i] == '-' && hm_is_digit(name.p[i + 1]));
        if (!git && !version)
            continue;
        *ret = (detect_gem_dir){ .name = name, .git = git, .inside = inside };
        return true;
    }
    return false;
}

hm_str detect_gem_version(hm_str text, hm_str *ret_platform)
{
    hm_str platform, version = hm_str_cut(text, '-', &platform);
    *ret_platform = hm_str_is(platform, "ruby") ? HM_NONE : platform;
    return version;
}

void detect_gem_quals(detect_doc *d, hm_str platform, hm_str repository, hm_str commit, part_desc *desc)
{
    hm_arena *a = d->in->arena;
    hm_buf_reset(&d->quals);
    part_qual_add(&d->quals, HM_STR("platform"), platform);
    if (repository.n) {
        bool plain =
            hm_str_search(repository, HM_STR("://")) < repository.n && !hm_str_starts(repository, HM_STR("git"));
        hm_str url = detect_url(a, plain ? detect_join(a, HM_STR("git+"), repository, HM_NONE) : repository);
        desc->url_vcs = commit.n ? detect_join(a, url, HM_STR("#"), commit) : url;
        part_qual_add(&d->quals, HM_STR("vcs_url"), commit.n ? detect_join(a, url, HM_STR("@"), commit) : url);
    }
    desc->quals = hm_buf_view(&d->quals);
}

/* ---- lines ------------------------------------------------------------------------------------------------------ */

/* "name (inner)rest" */
static hm_str split_spec(hm_str text, hm_str *ret_inner, hm_str *ret_rest)
{
    hm_str rest, name = hm_str_cut(text, ' ', &rest);
    *ret_inner = *ret_rest = HM_NONE;
    if (rest.n && rest.p[0] == '(') {
        *ret_inner = hm_str_cut(hm_str_from(rest, 1), ')', ret_rest);
    } else {
        *ret_rest = rest;
    }
    return name;
}

static void add_wish(lock *l, uint32_t comp, hm_str text)
{
    hm_str inner, rest, name = split_spec(text, &inner, &rest);
    while (name.n && name.p[name.n - 1] == '!')
        name.n--;
    wish *w = l->doc.bad || name.n == 0 ? NULL : hm_vec_push(&l->wishes, l->doc.in->arena);
    if (w)
        *w = (wish){ comp, name };
    else
        l->doc.bad |= name.n > 0;
}

static void add_gem(lock *l, hm_str text, uint64_t line)
{
    hm_str inner, rest, platform, name = split_spec(text, &inner, &rest);
    hm_str version = detect_gem_version(inner, &platform);
    part_desc d = { .kind = PART_LIBRARY, .eco = PART_ECO_GEM, .name = name, .flags = PART_F_DEPS_KNOWN };
    l->gem = PART_NO;
    if (name.n == 0 || name.p[0] == '(') {
        detect_doc_gap(&l->doc, HM_FORMAT, DEFECT_BAD_VALUE, line, HM_STR("specs"));
        return;
    }
    if (version.n == 0)
        detect_doc_gap(&l->doc, HM_FORMAT, DEFECT_BAD_VALUE, line, name);
    bool project = l->in == S_PATH && hm_str_is(l->remote, ".");
    if (l->in == S_PATH)
        d.flags |= PART_F_LOCAL;
    if (project) {
        d.flags |= PART_F_SUBJECT;
        d.kind = PART_APPLICATION;
    }
    detect_version(&d, version, &l->doc.normal);
    detect_gem_quals(&l->doc, platform, l->in == S_GIT ? l->remote : HM_NONE, l->revision, &d);
    l->gem = detect_doc_add(&l->doc, &d, line);
    if (project && l->project == PART_NO)
        l->project = l->gem;
    if (l->in == S_GEM && l->remotes == 1)
        part_add_prop(l->doc.out, l->gem, HM_STR("gem:source"),
                      detect_cut(detect_url(l->doc.in->arena, l->remote), PROP_MAX));
    if (l->in == S_PATH && !project)
        part_add_prop(l->doc.out, l->gem, HM_STR("gem:path"), detect_cut(l->remote, PROP_MAX));
    if (l->in == S_PLUGIN)
        part_add_prop(l->doc.out, l->gem, HM_STR("gem:plugin-source"), detect_cut(l->type, PROP_MAX));
    detect_doc_name(&l->doc, name, l->gem);
    detect_doc_name(&l->doc, hm_str_sub(text, 0, text.n - rest.n), l->gem); /* for CHECKSUMS */
    part_add_provide(l->doc.out, l->gem, l->env, name);
}

static void source_line(lock *l, size_t indent, hm_str text, uint64_t line)
{
    if (indent == 2) {
        hm_str value, key = hm_str_cut(text, ':', &value);
        value = hm_str_trim(value);
        if (hm_str_is(key, "remote")) {
            l->remote = value;
            l->remotes++;
        } else if (hm_str_is(key, "revision")) {
            l->revision = value;
        } else if (hm_str_is(key, "type")) {
            l->type = value;
        }
    } else if (indent == 4) {
        add_gem(l, text, line);
    } else if (indent == 6) {
        if (l->gem != PART_NO)
            add_wish(l, l->gem, text);
    } else {
        detect_doc_gap(&l->doc, HM_FORMAT, DEFECT_BAD_VALUE, line, text);
    }
}

static void checksum_line(lock *l, hm_str text, uint64_t line)
{
    hm_str inner, sums, name = split_spec(text, &inner, &sums);
    checksum *c = l->doc.bad ? NULL : hm_vec_push(&l->checksums, l->doc.in->arena);
    (void)name;
    if (c)
        *c = (checksum){ hm_str_sub(text, 0, text.n - sums.n), hm_str_trim(sums), line };
    else
        l->doc.bad = true;
}

static void start_section(lock *l, hm_str head, uint64_t line)
{
    l->in = S_UNKNOWN;
    l->remote = l->revision = l->type = HM_NONE;
    l->remotes = 0;
    l->gem = PART_NO;
    for (size_t i = 0; i < HM_COUNT(SECTION); i++)
        if (hm_str_is(head, SECTION[i].head))
            l->in = SECTION[i].is;
    if (l->in == S_UNKNOWN) /* also the marks of a merge that was not finished */
        detect_doc_gap(&l->doc, HM_FORMAT, DEFECT_BAD_VALUE, line, head);
}

static void read_line(lock *l, hm_str text, uint64_t line)
{
    size_t indent = 0;
    while (text.n && (text.p[text.n - 1] == ' ' || text.p[text.n - 1] == '\t'))
        text.n--;
    while (indent < text.n && text.p[indent] == ' ')
        indent++;
    text = hm_str_from(text, indent);
    if (text.n == 0)
        return;
    if (indent == 0) {
        start_section(l, text, line);
        return;
    }
    switch (l->in) {
    case S_GEM:
    case S_GIT:
    case S_PATH:
    case S_PLUGIN:
        source_line(l, indent, text, line);
        break;
    case S_DEPENDENCIES:
        add_wish(l, PART_NO, text);
        break;
    case S_CHECKSUMS:
        checksum_line(l, text, line);
        break;
    case S_RUBY:
        l->ruby = text;
        break;
    case S_BUNDLER:
        l->bundler = text;
        break;
    case S_PLATFORMS:
    case S_UNKNOWN: /* said at its head */
        break;
    case S_NONE:
    default:
        detect_doc_gap(&l->doc, HM_FORMAT, DEFECT_BAD_VALUE, line, text);
        break;
    }
}

/* ---- what is joined when all is read ------------------------------------------------------------------------------ */

static void add_project(lock *l)
{
    part_desc d = { .kind = PART_APPLICATION,
                    .eco = PART_ECO_GEM,
                    .name = hm_path_base(l->env),
                    .flags = PART_F_SUBJECT | PART_F_DEPS_KNOWN | PART_F_NO_VERSION };
    if (l->project == PART_NO && d.name.n)
        l->project = detect_doc_add(&l->doc, &d, 0);
    if (l->project == PART_NO)
        return;
    part_add_prop(l->doc.out, l->project, HM_STR("gem:ruby-version"), detect_cut(l->ruby, PROP_MAX));
    part_add_prop(l->doc.out, l->project, HM_STR("gem:bundled-with"), detect_cut(l->bundler, PROP_MAX));
}

static void join_all(lock *l)
{
    for (size_t i = 0; i < l->wishes.n && !part_build_bad(l->doc.out); i++) {
        const wish *w = HM_VEC_AT(&l->wishes, wish, i);
        bool own = w->comp == PART_NO;
        uint32_t comp = own ? l->project : w->comp;
        if (comp != PART_NO && !detect_doc_edge(&l->doc, comp, w->name, own ? PART_SCOPE_UNKNOWN : PART_SCOPE_RUNTIME))
            detect_doc_open_deps(&l->doc, comp);
    }
    for (size_t i = 0; i < l->checksums.n && !part_build_bad(l->doc.out); i++) {
        const checksum *c = HM_VEC_AT(&l->checksums, checksum, i);
        uint32_t comp = detect_doc_find(&l->doc, c->gem);
        hm_str rest = c->sums;
        if (comp == PART_NO)
            detect_doc_gap(&l->doc, HM_FORMAT, DEFECT_BAD_VALUE, c->line, c->gem);
        while (rest.n && comp != PART_NO) {
            hm_str hex, alg = hm_str_cut(hm_str_trim(hm_str_cut(rest, ',', &rest)), '=', &hex);
            if (hm_str_is(alg, "sha256"))
                part_add_digest(l->doc.out, comp, PART_SHA256, hex);
            else if (hm_str_is(alg, "sha512"))
                part_add_digest(l->doc.out, comp, PART_SHA512, hex);
        }
    }
}

hm_rc detect_gem_lock(const detect_in *in, part_build *out, hm_err *err)
{
    lock l = { .env = hm_path_dir(in->file->path),
               .gem = PART_NO,
               .project = PART_NO,
               .wishes = { .size = sizeof(wish) },
               .checksums = { .size = sizeof(checksum) } };
    detect_gem_dir dir;
    if (detect_gem_dir_of(in->file->path, &dir))
        return HM_OK;
    if (hm_str_trim(in->file->bytes).n == 0)
        return hm_fail(err, HM_TRUNC, DEFECT_EMPTY, HM_PLACE_BYTE, 0, 0);
    detect_doc_open(&l.doc, in, in->file, out);
    hm_str rest = in->file->bytes, text;
    for (uint64_t line = 1; hm_str_line(&rest, &text) && !l.doc.bad && !part_build_bad(out); line++)
        read_line(&l, text, line);
    if (!l.doc.bad) {
        add_project(&l);
        join_all(&l);
    }
    return detect_doc_close(&l.doc, HM_OK, err);
}
