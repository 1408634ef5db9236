/* go - build information of Go programs (ELF, PE, Mach-O): Go toolchain, main module, modules built in, build settings,
 * as the linker leaves them for `go version -m` (debug/buildinfo and runtime/debug/mod.go of the Go sources).
 *
 *   section .go.buildinfo (ELF), __go_buildinfo (Mach-O), or 16-aligned in a writable segment:
 *   0 "\xff Go buildinf:" 14 pointer size 15 flags: 1 big endian, 2 inline
 *   inline (Go 1.18 on): 32 uleb n, version[n], uleb m, modules[m]
 *   else (to 1.17):      16 pointer to { pointer, length } of the version, then the same of the modules
 *   modules: 16 bytes, lines, 16 bytes; "path\tP" "mod\tP\tV[\tH]" "dep\tP\tV[\tH]" "=>\tP\tV\tH" "build\tK=V"
 *
 * Invariants:
 * 1. A file that does not claim build information (no such section, no magic) is not ours: HM_NOTFOUND, whatever its
 *    headers look like. What claims it and cannot be read is a gap.
 * 2. Texts are bounded by the segment that holds them, that is by the file.
 * 3. The one built in is the replacement; a replacement on disk has the module's name and no version.
 * 4. A program packed by UPX holds all of that compressed in a way of its own, which is not undone here: a gap.
 * The whole data segment is searched only where the section table is missing or damaged, or names other sections of Go's
 * (the linker puts the information first): to read a mebibyte of each of thousands of programs would cost more than the
 * rest of a scan.
 * Enemy: whoever built the file. */
#include "base/limits.h"
#include "detect/image.h"
#include "detect/lang.h"

enum {
    ALIGN = 16,
    HEADER = 32,
    SENTINEL = 16,
    SEARCH = 1 << 20,
    SEARCH_SHORT = 64 << 10, /* in programs that do not look like Go's */
    VERSION_BYTES = 4096,
    VALUE_MAX = 512
};
enum { BAD_MAGIC = 1, BAD_HEADER, BAD_POINTER, BAD_VERSION, BAD_MODULES, BAD_LINE }; /* arg0 of DEFECT_GO_BUILDINFO */
static const char MAGIC[] = "\xff Go buildinf:";

typedef struct reader {
    const detect_in *in;
    part_build *out;
    const detect_image *m;
    hm_str version, modules; /* as found; modules between the sentinels */
    uint64_t at;             /* file offset of the header, for errors */
} reader;

static hm_rc damaged(const reader *r, uint64_t addr, uint64_t which, hm_err *err)
{
    uint64_t offset = r->at;
    (void)detect_image_left(r->m, addr, &offset);
    return hm_fail(err, HM_FORMAT, DEFECT_GO_BUILDINFO, HM_PLACE_BYTE, offset, which);
}

/* ---- where it is ------------------------------------------------------------------------------------------------ */

/* First aligned magic in [addr, addr + n). */
static hm_rc search(const reader *r, uint64_t addr, uint64_t n, uint64_t *ret_addr, hm_err *err)
{
    uint64_t pad = (ALIGN - addr % ALIGN) % ALIGN, offset;
    if (n <= pad || pad > UINT64_MAX - addr)
        return HM_NOTFOUND;
    addr += pad;
    n -= pad;
    uint64_t left = detect_image_left(r->m, addr, &offset);
    if (n > left)
        n = left;
    if (n > SEARCH)
        n = SEARCH;
    if (n < HEADER)
        return HM_NOTFOUND;
    char *p = hm_arena_alloc(r->in->arena, (size_t)n);
    if (!p)
        return hm_arena_fail(r->in->arena, err);
    if (!detect_image_read(r->m, addr, p, (size_t)n))
        return hm_fail(err, HM_IO, DEFECT_READ, HM_PLACE_NONE, 0, 0);
    for (uint64_t i = 0; i <= n - HEADER; i += ALIGN)
        if (memcmp(p + i, MAGIC, sizeof MAGIC - 1) == 0) {
            *ret_addr = addr + i;
            return HM_OK;
        }
    return HM_NOTFOUND;
}

/* Other sections that only Go's linker makes: then the one looked for was renamed or stripped. */
static bool looks_like_go(const detect_image *m)
{
    static const hm_str HEAD[] = { HM_STR(".go."),  HM_STR(".gopcln"),  HM_STR(".gosym"), HM_STR(".note.go"),
                                   HM_STR("__go_"), HM_STR("__gopcln"), HM_STR("__gosym") };
    for (size_t i = 0; i < m->sections; i++)
        for (size_t k = 0; k < HM_COUNT(HEAD); k++)
            if (hm_str_starts(m->section[i].name, HEAD[k]))
                return true;
    return false;
}

static hm_rc search_data(reader *r, uint64_t *ret_addr, hm_err *err)
{
    bool whole = r->m->sections == 0 || r->m->sections_damaged || looks_like_go(r->m);
    uint64_t left = whole ? SEARCH : SEARCH_SHORT;
    for (size_t i = 0; i < r->m->segments && left; i++) {
        const detect_segment *g = &r->m->segment[i];
        if ((g->flags & (DETECT_SEG_X | DETECT_SEG_W)) != DETECT_SEG_W)
            continue;
        uint64_t n = g->file_bytes < left ? g->file_bytes : left;
        hm_rc rc = search(r, g->addr, n, ret_addr, err);
        if (rc != HM_NOTFOUND)
            return rc;
        left -= n;
    }
    return HM_NOTFOUND;
}

static hm_rc locate(reader *r, uint64_t *ret_addr, hm_err *err)
{
    const detect_section *s = detect_image_find(r->m, r->m->kind == DETECT_MACHO ? "__go_buildinfo" : ".go.buildinfo");
    if (!s)
        return search_data(r, ret_addr, err);
    if (s->empty) /* debug symbols split off */
        return HM_NOTFOUND;
    r->at = s->offset;
    if (r->m->segments_damaged)
        return hm_fail(err, HM_FORMAT, DEFECT_ELF, HM_PLACE_BYTE, 0, 0);
    hm_rc rc = search(r, s->addr, s->bytes, ret_addr, err);
    return rc == HM_NOTFOUND ? damaged(r, s->addr, BAD_MAGIC, err) : rc;
}

/* UPX leaves "UPX!" behind the headers of an ELF file without sections, and names the sections of a PE file. */
static bool is_packed(const detect_image *m)
{
    enum { HEAD_BYTES = 1024 };
    char head[HEAD_BYTES];
    if (m->kind == DETECT_PE)
        return detect_image_find(m, "UPX0") && detect_image_find(m, "UPX1");
    if (m->kind != DETECT_ELF || m->sections || m->src->size < HEAD_BYTES ||
        !m->src->read(m->src->ctx, 0, head, HEAD_BYTES))
        return false;
    return hm_str_search((hm_str){ head, HEAD_BYTES }, HM_STR("UPX!")) < HEAD_BYTES;
}

/* ---- the two texts ---------------------------------------------------------------------------------------------- */

static hm_rc text_at(const reader *r, uint64_t addr, uint64_t n, uint64_t most, uint64_t which, hm_str *ret,
                     hm_err *err)
{
    uint64_t offset;
    *ret = HM_NONE;
    if (n == 0)
        return HM_OK;
    if (n > most || detect_image_left(r->m, addr, &offset) < n)
        return damaged(r, addr, which, err);
    char *p = hm_arena_alloc(r->in->arena, (size_t)n);
    if (!p)
        return hm_arena_fail(r->in->arena, err);
    if (!detect_image_read(r->m, addr, p, (size_t)n))
        return hm_fail(err, HM_IO, DEFECT_READ, HM_PLACE_NONE, 0, 0);
    *ret = (hm_str){ p, (size_t)n };
    return HM_OK;
}

static hm_rc inline_text(const reader *r, uint64_t *addr, uint64_t most, uint64_t which, hm_str *ret, hm_err *err)
{
    uint8_t raw[10];
    uint64_t offset, n = detect_image_left(r->m, *addr, &offset);
    if (n > sizeof raw)
        n = sizeof raw;
    if (!detect_image_read(r->m, *addr, raw, (size_t)n))
        return hm_fail(err, HM_IO, DEFECT_READ, HM_PLACE_NONE, 0, 0);
    hm_cur c = hm_cur_of((hm_str){ (const char *)raw, (size_t)n });
    uint64_t length = hm_cur_uleb(&c);
    if (c.bad)
        return damaged(r, *addr, which, err);
    *addr += c.at;
    hm_rc rc = text_at(r, *addr, length, most, which, ret, err);
    *addr += ret->n;
    return rc;
}

static uint64_t pointer(hm_cur *c, unsigned size, bool big)
{
    if (size == 4)
        return big ? hm_cur_be32(c) : hm_cur_le32(c);
    return big ? hm_cur_be64(c) : hm_cur_le64(c);
}

static hm_rc pointed_text(const reader *r, uint64_t addr, unsigned size, bool big, uint64_t most, uint64_t which,
                          hm_str *ret, hm_err *err)
{
    uint8_t raw[16];
    *ret = HM_NONE;
    if (addr == 0)
        return HM_OK;
    if (!detect_image_read(r->m, addr, raw, (size_t)2 * size))
        return damaged(r, addr, which, err);
    hm_cur c = hm_cur_of((hm_str){ (const char *)raw, (size_t)2 * size });
    uint64_t at = pointer(&c, size, big), n = pointer(&c, size, big);
    return text_at(r, at, n, most, which, ret, err);
}

static hm_rc read_texts(reader *r, uint64_t addr, hm_err *err)
{
    uint8_t raw[HEADER];
    hm_str all = HM_NONE;
    hm_rc rc;
    if (!detect_image_read(r->m, addr, raw, sizeof raw))
        return damaged(r, addr, BAD_HEADER, err);
    unsigned size = raw[14], flags = raw[15];
    if (flags & 2) {
        uint64_t at = addr + HEADER;
        rc = inline_text(r, &at, VERSION_BYTES, BAD_VERSION, &r->version, err);
        if (rc == HM_OK)
            rc = inline_text(r, &at, UINT64_MAX, BAD_MODULES, &all, err);
    } else {
        if (size != 4 && size != 8)
            return damaged(r, addr, BAD_POINTER, err);
        bool big = flags & 1;
        hm_cur c = hm_cur_of((hm_str){ (const char *)raw, sizeof raw });
        hm_cur_skip(&c, 16);
        uint64_t version = pointer(&c, size, big), modules = pointer(&c, size, big);
        rc = pointed_text(r, version, size, big, VERSION_BYTES, BAD_VERSION, &r->version, err);
        if (rc == HM_OK)
            rc = pointed_text(r, modules, size, big, UINT64_MAX, BAD_MODULES, &all, err);
    }
    if (rc != HM_OK)
        return rc;
    if (r->version.n == 0)
        return damaged(r, addr, BAD_VERSION, err);
    if (all.n > 2 * (size_t)SENTINEL &&
        all.p[all.n - SENTINEL - 1] == '\n') /* else built without modules, as Go reads it */
        r->modules = hm_str_sub(all, SENTINEL, all.n - 2 * (size_t)SENTINEL);
    return HM_OK;
}

/* ---- modules ---------------------------------------------------------------------------------------------------- */

typedef struct module {
    hm_str path, version, sum;
} module;

/* "P\tV" or "P\tV\tH". */
static bool module_of(hm_str columns, module *ret)
{
    hm_str rest, more;
    ret->path = hm_str_cut(columns, '\t', &rest);
    if (ret->path.n == columns.n)
        return false;
    ret->version = hm_str_cut(rest, '\t', &more);
    ret->sum = hm_str_cut(more, '\t', &rest);
    return ret->path.n && ret->sum.n == more.n;
}

static bool on_disk(hm_str path)
{
    return hm_str_is(path, ".") || hm_str_is(path, "..") || hm_str_starts(path, HM_STR("./")) ||
           hm_str_starts(path, HM_STR("../")) || hm_str_starts(path, HM_STR("/"));
}

static uint32_t add_module(const reader *r, part_kind kind, const module *m, const module *replaced_by)
{
    const module *built = replaced_by ? replaced_by : m;
    bool local = replaced_by && on_disk(replaced_by->path);
    hm_str path = local ? m->path : built->path, version = local ? HM_NONE : built->version;
    size_t slash = hm_str_rfind(path, '/');
    part_desc d = { .kind = kind, .scope = PART_SCOPE_RUNTIME, .eco = PART_ECO_GOLANG };
    d.ns = slash < path.n ? hm_str_sub(path, 0, slash) : HM_NONE;
    d.name = slash < path.n ? hm_str_from(path, slash + 1) : path;
    if (d.name.n == 0) { /* "a/": no module is called so; kept whole, not lost */
        d.ns = HM_NONE;
        d.name = path;
    }
    if (hm_str_is(version, "(devel)") || version.n == 0)
        d.flags |= PART_F_NO_VERSION;
    else
        d.version = version;
    if (local) {
        d.flags |= PART_F_LOCAL;
        d.literal = m->version;
    }
    uint32_t comp = part_add(r->out, &d);
    part_add_evidence(r->out, comp, r->in->file->path, PART_T_BINARY, 95, 0);
    part_add_prop(r->out, comp, HM_STR("go:h1"), built->sum);
    if (local)
        part_add_prop(r->out, comp, HM_STR("go:replaced-by"), replaced_by->path);
    else if (replaced_by)
        part_add_prop(r->out, comp, HM_STR("go:replaces"),
                      m->version.n ? detect_join(r->in->arena, m->path, HM_STR("@"), m->version) : m->path);
    return comp;
}

/* "go1.21.3", "go1.19.2 X:boringcrypto", "devel go1.23-abc Mon ...", "devel +abc ...". */
static uint32_t add_stdlib(const reader *r)
{
    hm_str v = hm_str_trim(r->version), rest, number;
    if (hm_str_starts(v, HM_STR("devel ")))
        number = hm_str_cut(hm_str_from(v, 6), ' ', &rest);
    else
        number = hm_str_cut(v, ' ', &rest);
    number = hm_str_sub(number, 0, hm_str_search(number, HM_STR("-X:")));
    bool known = hm_str_starts(number, HM_STR("go")) && number.n > 2 && hm_is_digit(number.p[2]);
    part_desc d = { .kind = PART_LIBRARY,
                    .scope = PART_SCOPE_RUNTIME,
                    .eco = PART_ECO_GOLANG,
                    .name = HM_STR("stdlib"),
                    .version = known ? hm_str_from(number, 2) : HM_NONE,
                    .literal = detect_cut(v, VALUE_MAX),
                    .flags = known ? 0 : PART_F_NO_VERSION };
    uint32_t comp = part_add(r->out, &d);
    part_add_evidence(r->out, comp, r->in->file->path, PART_T_BINARY, 95, 0);
    return comp;
}

/* The program itself, where no line names its module: tools of the toolchain go by their import path and its version,
 * others by their file's name, below their import path: "server" is the name of many programs that are not the same. */
static uint32_t add_program(const reader *r, hm_str path)
{
    part_desc d = { .kind = PART_APPLICATION, .scope = PART_SCOPE_RUNTIME, .flags = PART_F_NO_VERSION };
    bool tool = hm_str_starts(path, HM_STR("cmd/")) && path.n > 4 && hm_str_starts(r->version, HM_STR("go"));
    hm_str rest, version = hm_str_cut(r->version, ' ', &rest);
    if (tool) {
        module m = { .path = path, .version = hm_str_from(version, 2) };
        return add_module(r, PART_APPLICATION, &m, NULL);
    }
    d.name = hm_path_base(r->in->file->path);
    if (d.name.n == 0)
        d.name = HM_STR("program");
    if (hm_str_find(path, '/') < path.n)
        d.ns = hm_str_eq(hm_path_base(path), d.name) ? hm_path_dir(path) : path;
    d.ns = detect_cut(d.ns, VALUE_MAX);
    uint32_t comp = part_add(r->out, &d);
    part_add_evidence(r->out, comp, r->in->file->path, PART_T_BINARY, 95, 0);
    part_add_prop(r->out, comp, HM_STR("go:path"), detect_cut(path, VALUE_MAX));
    return comp;
}

/* strconv.Unquote for the escapes that occur in flags; others stay as they are written. */
static hm_str unquote(hm_arena *a, hm_str s)
{
    if (s.n < 2 || (s.p[0] != '"' && s.p[0] != '`') || s.p[s.n - 1] != s.p[0])
        return s;
    bool raw = s.p[0] == '`';
    s = hm_str_sub(s, 1, s.n - 2);
    char *p = raw ? NULL : hm_arena_alloc(a, s.n);
    if (!p)
        return s;
    size_t n = 0;
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i], next = i + 1 < s.n ? s.p[i + 1] : 0;
        if (c == '\\' && (next == '\\' || next == '"' || next == 'n' || next == 't' || next == 'r')) {
            c = next == 'n' ? '\n' : next == 't' ? '\t' : next == 'r' ? '\r' : next;
            i++;
        }
        p[n++] = c;
    }
    return (hm_str){ p, n };
}

/* Next word of linker flags: blanks separate, single or double quotes hold together. */
static hm_str flag_word(hm_str *rest)
{
    hm_str s = hm_str_trim(*rest);
    char quote = s.n && (s.p[0] == '"' || s.p[0] == '\'') ? s.p[0] : 0;
    size_t i = quote ? 1 : 0;
    while (i < s.n && (quote ? s.p[i] != quote : !hm_is_space(s.p[i])))
        i++;
    *rest = hm_str_from(s, quote ? i + 1 : i);
    return quote ? hm_str_sub(s, 1, i - 1) : hm_str_sub(s, 0, i);
}

/* "-X main.version=1.2.3 -X main.token=...": builds pass secrets this way, and an SBOM travels. So only variables that
 * are called version are kept, with their values; of the other flags nothing. */
static void add_linked_version(const reader *r, uint32_t comp, hm_str flags)
{
    while (flags.n) {
        hm_str w = flag_word(&flags), value;
        if (hm_str_is(w, "-X"))
            w = flag_word(&flags);
        else if (hm_str_starts(w, HM_STR("-X=")))
            w = hm_str_from(w, 3);
        else
            continue;
        hm_str name = hm_str_cut(w, '=', &value), last = hm_str_from(name, hm_str_rfind(name, '.') + 1);
        if (hm_str_eq_nocase(last, HM_STR("version")) && value.n <= 64)
            part_add_prop(r->out, comp, HM_STR("go:linked-version"), value);
    }
}

static void add_setting(const reader *r, uint32_t comp, hm_str line)
{
    static const char *const KEEP[][2] = {
        { "GOOS", "go:GOOS" },
        { "GOARCH", "go:GOARCH" },
        { "CGO_ENABLED", "go:CGO_ENABLED" },
        { "GOFIPS140", "go:GOFIPS140" },
        { "-buildmode", "go:buildmode" },
        { "-tags", "go:tags" },
        { "vcs", "go:vcs" },
        { "vcs.revision", "go:vcs.revision" },
        { "vcs.time", "go:vcs.time" },
        { "vcs.modified", "go:vcs.modified" },
    };
    hm_str value, key = hm_str_cut(line, '=', &value);
    if (hm_str_is(key, "-ldflags"))
        add_linked_version(r, comp, unquote(r->in->arena, value));
    for (size_t i = 0; i < HM_COUNT(KEEP); i++)
        if (hm_str_is(key, KEEP[i][0]))
            part_add_prop(r->out, comp, hm_str_c(KEEP[i][1]), detect_cut(unquote(r->in->arena, value), VALUE_MAX));
}

/* What one line is, past its keyword. */
typedef enum line_kind { LINE_OTHER = 0, LINE_PATH, LINE_MOD, LINE_DEP, LINE_REPLACE, LINE_BUILD } line_kind;
static line_kind kind_of(hm_str line, hm_str *ret_rest)
{
    static const struct {
        hm_str head;
        line_kind kind;
    } HEAD[] = {
        { HM_STR("path\t"), LINE_PATH },  { HM_STR("mod\t"), LINE_MOD },     { HM_STR("dep\t"), LINE_DEP },
        { HM_STR("=>\t"), LINE_REPLACE }, { HM_STR("build\t"), LINE_BUILD },
    };
    for (size_t i = 0; i < HM_COUNT(HEAD); i++)
        if (hm_str_starts(line, HEAD[i].head)) {
            *ret_rest = hm_str_from(line, HEAD[i].head.n);
            return HEAD[i].kind;
        }
    return LINE_OTHER;
}

static void read_modules(const reader *r)
{
    detect_lang_gaps gaps = { .out = r->out, .path = r->in->file->path };
    hm_str rest = r->modules, line, text, path = HM_NONE, end;
    uint32_t main_comp = PART_NO, stdlib = add_stdlib(r);
    uint64_t number = 0, modules = 0;
    for (hm_str scan = rest; hm_str_line(&scan, &line);)
        if (kind_of(line, &text) == LINE_PATH)
            path = text;
    while (rest.n && !part_build_bad(r->out)) {
        line = hm_str_cut(rest, '\n', &end);
        rest = end;
        number++;
        line_kind kind = kind_of(line, &text);
        if (kind == LINE_REPLACE) /* one that no module came before */
            detect_lang_gap(&gaps, HM_FORMAT, DEFECT_GO_BUILDINFO, HM_PLACE_LINE, number, BAD_LINE, line);
        if (kind != LINE_MOD && kind != LINE_DEP)
            continue;
        module m, by;
        if (!module_of(text, &m)) {
            detect_lang_gap(&gaps, HM_FORMAT, DEFECT_GO_BUILDINFO, HM_PLACE_LINE, number, BAD_LINE, line);
            continue;
        }
        if (++modules > LIMIT_GO_MODULES) {
            detect_lang_gap(&gaps, HM_LIMIT, DEFECT_TOO_MANY, HM_PLACE_LINE, number, LIMIT_GO_MODULES, HM_NONE);
            break;
        }
        hm_str next = hm_str_cut(rest, '\n', &end);
        bool replaced = false;
        if (kind_of(next, &text) == LINE_REPLACE) {
            replaced = module_of(text, &by);
            rest = end;
            number++;
            if (!replaced)
                detect_lang_gap(&gaps, HM_FORMAT, DEFECT_GO_BUILDINFO, HM_PLACE_LINE, number, BAD_LINE, next);
        }
        if (kind == LINE_MOD && main_comp == PART_NO) {
            main_comp = add_module(r, PART_APPLICATION, &m, replaced ? &by : NULL);
            continue;
        }
        if (main_comp == PART_NO) /* the main module's line comes first, if there is one */
            main_comp = add_program(r, path);
        part_add_edge(r->out, main_comp, add_module(r, PART_LIBRARY, &m, replaced ? &by : NULL), PART_SCOPE_RUNTIME);
    }
    if (main_comp == PART_NO)
        main_comp = add_program(r, path);
    part_add_edge(r->out, main_comp, stdlib, PART_SCOPE_RUNTIME);
    for (rest = r->modules; hm_str_line(&rest, &line);)
        if (kind_of(line, &text) == LINE_BUILD)
            add_setting(r, main_comp, text);
    if (modules && !part_build_bad(r->out)) /* tools of the toolchain name none, though they have some */
        part_build_comp(r->out, main_comp)->flags |= PART_F_DEPS_KNOWN;
}

static hm_rc read_program(const detect_in *in, const detect_image *m, part_build *out, hm_err *err)
{
    reader r = { .in = in, .out = out, .m = m };
    uint64_t addr = 0;
    hm_rc rc = locate(&r, &addr, err);
    if (rc == HM_NOTFOUND && is_packed(m))
        return hm_fail(err, HM_UNSUPPORTED, DEFECT_PACKED, HM_PLACE_NONE, 0, 0);
    if (rc == HM_OK)
        rc = read_texts(&r, addr, err);
    if (r.version.n) /* also where the modules could not be read */
        read_modules(&r);
    return rc;
}

hm_rc detect_go_binary(const detect_in *in, part_build *out, hm_err *err)
{
    return detect_image_run(in, out, read_program, err);
}
