#pragma once
/* Tests of detectors: a detector runs on what it is given, and what it emitted is said in lines of text, to be compared
 * with what must be there (CHECK_SAID), or stays as a pack to be counted in (detect_try_run).
 *   SCOPE NS/NAME@VERSION [FLAGS] key=value ... >INDEX:SCOPE ... +ENV:NAME ... ?SCOPE:ENV:NAME#GROUP ... (^: looked up, *: all)
 *   NAME licence|raw|alias VALUE
 *   PATH < PACKAGE
 *   ! DEFECT PLACE ARG AT in=PATH
 * FLAGS: A application, S subject, M managed, K dependencies known, O open, B bundled, L local, N no version, C claimed. What is
 * empty or 0 is left out, as is a source that is the package itself; in=PATH stands where evidence or gap is not of the
 * file itself, and for a second evidence; an archive may be the evidence of what lies in it. */
#include "base/test.h"
#include "detect/detect.h"

/* All but `fn` and `path` (or `files`) may be left out. */
typedef struct detect_try {
    detect_fn *fn;
    const char *path;
    hm_str bytes;
    bool seek;             /* the bytes are given by read(), as to rows with DETECT_SEEK */
    const detect_src *src; /* a source of the test's own, instead of the bytes */
    const char *root;
    hm_str wanted;            /* owner queries */
    const detect_view *files; /* rows with DETECT_GROUP, instead of path and bytes */
    size_t file_n;
    const detect_view *companion;
    const char *archive;
} detect_try;

/* What a try left; texts of the pack lie in `build`. */
typedef struct detect_tried {
    hm_arena *arena;
    part_build *build;
    part_pack pack;
    hm_rc rc;
    hm_err err;
} detect_tried;

static inline void detect_tried_clear(detect_tried *d)
{
    part_build_free(d->build);
    hm_arena_free(d->arena);
    *d = (detect_tried){ 0 };
}
#define DETECT_TRIED HM_AUTO(detect_tried_clear) detect_tried

static inline bool try_read(void *ctx, uint64_t at, void *to, size_t n)
{
    const hm_str *s = ctx;
    if (n > s->n || at > s->n - n)
        return false;
    memcpy(to, s->p + at, n);
    return true;
}

static inline hm_str try_path(const detect_try *t)
{
    return t->file_n ? t->files[0].path : hm_str_c(t->path);
}

static inline bool try_given(const detect_try *t, hm_str path)
{
    bool given = hm_str_eq(path, try_path(t)) || (t->archive && hm_str_is(path, t->archive)) ||
                 (t->companion && hm_str_eq(path, t->companion->path));
    for (size_t i = 0; i < t->file_n; i++)
        given = given || hm_str_eq(path, t->files[i].path);
    return given;
}

/* false: no memory (fault run), or what it emitted breaks a promise that all detectors make: a block that checks,
 * evidence for each component, none but files it was given, and a failure that says what it is. */
static inline bool detect_try_run(const detect_try *t, detect_tried *ret)
{
    hm_str bytes = t->bytes, block;
    const detect_src from_bytes = { .size = bytes.n, .read = try_read, .ctx = &bytes };
    detect_view file = { .path = try_path(t), .bytes = bytes };
    if (t->file_n)
        file = t->files[0];
    else if (t->src || t->seek)
        file = (detect_view){ .path = file.path, .src = t->src ? t->src : &from_bytes };
    ret->arena = hm_arena_new(64 << 20);
    ret->build = part_build_new(256 << 20);
    if (!ret->arena || !ret->build)
        return false;
    const detect_in in = { .file = &file,
                           .root = t->root ? hm_str_c(t->root) : HM_NONE,
                           .wanted = t->wanted,
                           .arena = ret->arena,
                           .files = t->files,
                           .file_n = t->file_n,
                           .companion = t->companion,
                           .archive = t->archive ? hm_str_c(t->archive) : HM_NONE };
    ret->rc = t->fn(&in, ret->build, &ret->err);
    if (ret->rc == HM_NOMEM || ret->rc != ret->err.rc || part_build_finish(ret->build, &block, NULL) != HM_OK ||
        part_pack_open(block, &ret->pack, NULL) != HM_OK)
        return false;
    const part_pack *p = &ret->pack;
    for (size_t i = 0; i < p->comp_n; i++)
        if (p->comp[i].evidence_count == 0)
            return false;
    for (size_t i = 0; i < p->evidence_n; i++)
        if (!try_given(t, part_text(p, p->evidence[i].path)))
            return false;
    return true;
}

static inline void say(hm_buf *out, const char *key, hm_str value)
{
    if (value.n == 0)
        return;
    hm_buf_c(out, key);
    hm_buf_str(out, value);
}

static inline void say_number(hm_buf *out, const char *key, uint64_t value)
{
    if (value == 0)
        return;
    hm_buf_c(out, key);
    hm_buf_u64(out, value);
}

/* `path` is known: only another one is said. */
static inline void say_in(hm_buf *out, hm_str path, hm_str in)
{
    if (!hm_str_eq(path, in))
        say(out, " in=", in);
}

static inline void say_component(hm_buf *out, const part_pack *p, uint32_t i, hm_str path)
{
    static const char SCOPE[] = "-rodb";
    static const struct {
        uint32_t flag;
        char letter;
    } FLAG[] = { { PART_F_SUBJECT, 'S' },    { PART_F_MANAGED, 'M' }, { PART_F_DEPS_KNOWN, 'K' },
                 { PART_F_DEPS_OPEN, 'O' },  { PART_F_BUNDLED, 'B' }, { PART_F_LOCAL, 'L' },
                 { PART_F_NO_VERSION, 'N' }, { PART_F_CLAIMED, 'C' } };
    const part_comp *c = &p->comp[i];
    hm_str name = part_text(p, c->name), version = part_text(p, c->version);
    hm_str source = part_text(p, c->source_name), source_version = part_text(p, c->source_version);
    hm_buf_byte(out, SCOPE[c->scope]);
    say(out, " ", part_text(p, c->ns));
    hm_buf_c(out, c->ns.n ? "/" : " ");
    hm_buf_str(out, name);
    say(out, "@", version);
    hm_buf_c(out, " [");
    if (c->kind == PART_APPLICATION)
        hm_buf_byte(out, 'A');
    for (size_t k = 0; k < HM_COUNT(FLAG); k++)
        if (c->flags & FLAG[k].flag)
            hm_buf_byte(out, FLAG[k].letter);
    hm_buf_c(out, "]");
    if (c->eco == PART_ECO_NONE)
        hm_buf_c(out, " no-eco");
    say(out, " literal=", part_text(p, c->literal));
    say(out, " quals=", part_text(p, c->quals));
    if (!hm_str_eq(source, name) || !hm_str_eq(source_version, version)) {
        say(out, " source=", source);
        say(out, "/", source_version);
    }
    say(out, " author=", part_text(p, c->author));
    say(out, " supplier=", part_text(p, c->supplier));
    say(out, " licence=", part_text(p, c->licence));
    say(out, " raw=", part_text(p, c->licence_raw));
    say(out, " dist=", part_text(p, c->url_dist));
    say(out, " vcs=", part_text(p, c->url_vcs));
    say(out, " home=", part_text(p, c->url_home));
    say(out, " cpe=", part_text(p, c->cpe));
    say(out, " root=", part_text(p, c->root));
    for (uint32_t k = 0; k < c->evidence_count; k++) {
        const part_evidence *e = &p->evidence[c->evidence_first + k];
        say_in(out, k ? HM_NONE : path, part_text(p, e->path));
        say_number(out, " line=", e->line);
    }
    for (uint32_t k = 0; k < c->digest_count; k++)
        say(out, " hash=", hm_str_sub(part_text(p, p->digest[c->digest_first + k].hex), 0, 8));
    for (uint32_t k = 0; k < c->prop_count; k++) {
        say(out, " ", part_text(p, p->prop[c->prop_first + k].key));
        say(out, "=", part_text(p, p->prop[c->prop_first + k].value));
    }
    for (uint32_t k = 0; k < c->edge_count; k++) {
        const part_edge *e = &p->edge[c->edge_first + k];
        hm_buf_c(out, " >");
        hm_buf_u64(out, e->to);
        hm_buf_byte(out, SCOPE[e->scope]);
    }
    for (size_t k = 0; k < p->provide_n; k++)
        if (p->provide[k].comp == i) {
            hm_buf_c(out, " +");
            hm_buf_str(out, part_text(p, p->provide[k].env));
            say(out, ":", part_text(p, p->provide[k].name));
        }
    for (size_t k = 0; k < p->need_n; k++)
        if (p->need[k].comp == i) {
            hm_buf_c(out, p->need[k].how == PART_FIND_UP ? " ^" : p->need[k].how == PART_FIND_ALL ? " *" : " ?");
            hm_buf_byte(out, SCOPE[p->need[k].scope]);
            say(out, ":", part_text(p, p->need[k].env));
            say(out, ":", part_text(p, p->need[k].name));
            say_number(out, "#", p->need[k].group);
        }
    hm_buf_byte(out, '\n');
}

static inline void say_gap(hm_buf *out, const hm_err *e)
{
    hm_buf_c(out, "! ");
    hm_buf_c(out, hm_defect_name(e->defect));
    if (e->place || e->arg[0]) {
        hm_buf_byte(out, ' ');
        hm_buf_u64(out, e->place);
    }
    say_number(out, " ", e->arg[0]);
    say(out, " ", hm_str_c(e->at));
}

static inline void say_pack(hm_buf *out, const part_pack *p, hm_str path)
{
    static const char *const CLAIM[] = { "licence", "raw", "alias" };
    for (uint32_t i = 0; i < p->comp_n; i++)
        say_component(out, p, i, path);
    for (size_t i = 0; i < p->claim_n; i++) {
        say(out, "", part_text(p, p->claim[i].name));
        say(out, " ", hm_str_c(CLAIM[p->claim[i].field]));
        say(out, " ", part_text(p, p->claim[i].value));
        hm_buf_byte(out, '\n');
    }
    for (size_t i = 0; i < p->owned_n; i++) {
        say(out, "", part_text(p, p->owned[i].path));
        say(out, " < ", part_text(p, p->owned[i].package));
        hm_buf_byte(out, '\n');
    }
    for (size_t i = 0; i < p->gap_n; i++) {
        hm_err e;
        part_gap_err(p, &p->gap[i], &e);
        say_gap(out, &e);
        say_in(out, path, part_text(p, p->gap[i].path));
        hm_buf_byte(out, '\n');
    }
}

/* Everything that was emitted, in order, and the failure as the last gap; false as detect_try_run. ret_rc may be NULL. */
static inline bool detect_said(const detect_try *t, hm_buf *out, hm_rc *ret_rc)
{
    DETECT_TRIED d = { 0 };
    if (!detect_try_run(t, &d))
        return false;
    say_pack(out, &d.pack, try_path(t));
    if (d.rc != HM_OK) {
        say_gap(out, &d.err);
        hm_buf_byte(out, '\n');
    }
    if (ret_rc)
        *ret_rc = d.rc;
    return !out->bad;
}

static inline bool check_said(test_ctx *t_, const detect_try *t, hm_str want, const char *file, int line,
                              const char *label)
{
    TEST_BUF out = { 0 };
    return test_check(t_, detect_said(t, &out, NULL), file, line, label, "detected") &&
           test_check_str(t_, hm_buf_view(&out), want, file, line, label);
}
/* CHECK_SAID("empty", HM_STR("! empty\n"), .fn = detect_os_release, .path = "etc/os-release", .bytes = HM_STR("")) */
#define CHECK_SAID(label, want, ...)                                                                                   \
    do {                                                                                                               \
        if (!check_said(t_, &(detect_try){ __VA_ARGS__ }, (want), __FILE__, __LINE__, (label)))                        \
            return;                                                                                                    \
    } while (0)

/* A file of the shared fixtures. false: not there. */
static inline bool fixture(const char *name, hm_buf *out)
{
    char path[4096];
    if (!test_shared())
        return false;
    snprintf(path, sizeof path, "%s/fixtures/%s", test_shared(), name);
    return test_read(path, out);
}
