/* go_vendor - vendor/modules.txt of Go, as `go mod vendor` writes and the go command reads it.
 *
 *   # PATH VERSION [=> PATH VERSION | => DIR]     a module; without packages below it, it is named for the record only
 *   # PATH => ...                                 a replacement for every version
 *   ## explicit; go 1.21                          about the module above
 *   PACKAGE                                       a package of it that is here
 *
 * Invariants: a module is a component when a package of it follows, once; what is built in is the replacement. A line
 * that is none of these is a gap and costs no other.
 * Enemy: the author of the file. */
#include "detect/go_mod.h"

typedef struct module {
    hm_str path, version, to, to_version;
    uint64_t line;
    bool any, local, explicit, done;
} module;
typedef struct reader {
    detect_doc doc;
    module m;
    bool after_bad; /* packages of a module that was said to be bad */
} reader;

/* "example.com/m/v2" is of major 2; gopkg.in writes ".v2". Up to v1, and +incompatible, need none. */
static bool major_fits(hm_str path, hm_str version)
{
    hm_str base = hm_path_base(path), digits;
    if (hm_str_starts(path, HM_STR("gopkg.in/")) || hm_str_ends(version, HM_STR("+incompatible")) || base.n < 2 ||
        base.p[0] != 'v' || !hm_is_digit(base.p[1]))
        return true;
    digits = hm_str_from(base, 1);
    uint64_t n;
    return !hm_str_u64(digits, &n) || (hm_str_starts(hm_str_from(version, 1), digits) && version.n > digits.n + 1 &&
                                       version.p[digits.n + 1] == '.');
}

static void bad(reader *r, uint64_t line, hm_str text)
{
    detect_doc_gap(&r->doc, HM_FORMAT, DEFECT_BAD_VALUE, line, text);
}

static void start_module(reader *r, hm_str text, uint64_t line)
{
    hm_str rest = hm_str_trim(text), f[6];
    size_t n = 0;
    while (rest.n && n < HM_COUNT(f)) {
        f[n++] = hm_str_cut(rest, ' ', &rest);
        rest = hm_str_trim(rest);
    }
    module m = { .line = line, .any = true, .path = n ? f[0] : HM_NONE };
    size_t i = 1;
    r->m = (module){ 0 };
    r->after_bad = true;
    if (n > i && detect_go_version(f[i]))
        m.version = f[i++];
    if (m.path.n == 0 || (i == 1 && (n < 2 || !hm_str_is(f[1], "=>"))) ||
        (m.version.n && !major_fits(m.path, m.version))) {
        bad(r, line, text);
        return;
    }
    if (n > i) {
        bool arrow = hm_str_is(f[i], "=>") && rest.n == 0;
        m.local = arrow && n == i + 2;
        if (!m.local && !(arrow && n == i + 3 && detect_go_version(f[i + 2]))) {
            bad(r, line, text);
            return;
        }
        m.to = f[i + 1];
        m.to_version = m.local ? HM_NONE : f[i + 2];
    }
    r->m = m;
    r->after_bad = false;
}

static void add_module(reader *r)
{
    module *m = &r->m;
    part_build *out = r->doc.out;
    hm_arena *a = r->doc.in->arena;
    part_desc d = { .kind = PART_LIBRARY,
                    .scope = PART_SCOPE_RUNTIME,
                    .eco = PART_ECO_GOLANG,
                    .flags = PART_F_BUNDLED | (m->local ? PART_F_LOCAL : 0u) };
    bool replaced = m->to.n && !m->local;
    hm_str version = replaced ? m->to_version : m->local ? HM_NONE : m->version;
    hm_str key = detect_join(a, replaced ? m->to : m->path, HM_STR("@"), m->local ? m->to : version);
    m->done = true;
    if (detect_doc_find(&r->doc, key) != PART_NO)
        return;
    detect_go_name(&d, replaced ? m->to : m->path);
    detect_version(&d, version, &r->doc.normal);
    if (m->local)
        d.literal = m->version;
    uint32_t comp = detect_doc_add(&r->doc, &d, m->line);
    detect_doc_name(&r->doc, key, comp);
    if (m->local)
        part_add_prop(out, comp, HM_STR("go:replaced-by"), m->to);
    else if (replaced)
        part_add_prop(out, comp, HM_STR("go:replaces"),
                      m->version.n ? detect_join(a, m->path, HM_STR("@"), m->version) : m->path);
    if (m->explicit)
        part_add_prop(out, comp, HM_STR("go:explicit"), HM_STR("true"));
}

hm_rc detect_go_vendor(const detect_in *in, part_build *out, hm_err *err)
{
    reader r = { 0 };
    detect_doc_open(&r.doc, in, in->file, out);
    hm_str rest = in->file->bytes, text;
    for (uint64_t line = 1; hm_str_line(&rest, &text) && !r.doc.bad && !part_build_bad(out); line++) {
        text = hm_str_trim(text);
        if (text.n == 0)
            continue;
        if (hm_str_starts(text, HM_STR("## "))) {
            hm_str more = hm_str_from(text, 3);
            while (more.n)
                r.m.explicit |= hm_str_is(hm_str_trim(hm_str_cut(more, ';', &more)), "explicit");
        } else if (hm_str_starts(text, HM_STR("# "))) {
            start_module(&r, hm_str_from(text, 2), line);
        } else if (r.m.any && (hm_str_find(text, ' ') == text.n)) {
            if (!r.m.done)
                add_module(&r);
        } else if (!r.after_bad || hm_str_find(text, ' ') < text.n) {
            bad(&r, line, text);
        }
    }
    return detect_doc_close(&r.doc, HM_OK, err);
}
