/* pe_file - what a Windows program or library says of itself: the version resource of any, the assembly's name of managed
 * code (.NET), and which assemblies that refers to.
 *
 * Which version is the version: a version resource has up to four. FileVersion counts builds ("13.0.3.27908",
 * "10.0.1 (WinBuild.160101)"), ProductVersion is what its maker released ("13.0.3+COMMIT"), each as text and as
 * numbers; an assembly has one more, which stays at "13.0.0.0" so that programs keep loading. So: the text of
 * ProductVersion, else that of FileVersion, else the numbers of the product, of the file, of the assembly; all that was
 * found stays as a property.
 *
 * Invariants: 1. A native file is known by its product, or, where it names none, by its own name; and only with a version
 *                resource. No package URL is made up for it, nor for an assembly: one assembly comes in many packages.
 *             2. An assembly in NuGet's folder of packages (ID/VERSION/lib/...) that bears the package's id is that
 *                package: the path says so.
 *             3. Assemblies find each other in their folder, without regard to case, as the runtime does.
 * Enemy: whoever built the file. */
#include "base/limits.h"
#include "detect/clr.h"
#include "detect/lang.h"
#include "detect/pe_version.h"

enum { VERSION_MAX = 64, NAME_MAX_BYTES = 256 };

typedef struct work {
    const detect_in *in;
    const detect_image *m;
    part_build *out;
    detect_pe_version v;
    detect_clr clr;
    bool has_version, managed;
    char number[4][24]; /* texts of the four numbers: file, product, assembly, version with dots for commas */
    hm_buf normal;
} work;

static hm_str number_text(char to[24], const uint16_t n[4])
{
    if (!(n[0] | n[1] | n[2] | n[3]))
        return HM_NONE;
    int len = snprintf(to, 24, "%u.%u.%u.%u", (unsigned)n[0], (unsigned)n[1], (unsigned)n[2], (unsigned)n[3]);
    return (hm_str){ to, len > 0 ? (size_t)len : 0 };
}

/* "1, 2, 3, 4" as "1.2.3.4", in the arena. */
static hm_str without_commas(hm_arena *a, hm_str s)
{
    hm_str out;
    if (hm_str_find(s, ',') == s.n || !hm_arena_dup(a, s, &out))
        return s;
    char *p = (char *)(uintptr_t)out.p;
    size_t n = 0;
    for (size_t i = 0; i < s.n; i++)
        if (!hm_is_space(s.p[i]))
            p[n++] = s.p[i] == ',' ? '.' : s.p[i];
    return (hm_str){ p, n };
}

/* The version within a text of a version resource: empty if it holds none. */
static hm_str version_in(hm_arena *a, hm_str text)
{
    hm_str s = hm_str_trim(without_commas(a, text));
    if (s.n > 1 && (s.p[0] == 'v' || s.p[0] == 'V') && hm_is_digit(s.p[1]))
        s = hm_str_from(s, 1);
    size_t n = 0;
    while (n < s.n && (hm_is_alnum(s.p[n]) || memchr(".-_~", s.p[n], 4)))
        n++;
    if (n == 0 || n > VERSION_MAX || !hm_is_digit(s.p[0]))
        return HM_NONE;
    return hm_str_sub(s, 0, n);
}

static hm_str pick_version(work *w, hm_str *ret_literal)
{
    hm_arena *a = w->in->arena;
    const hm_str found[][2] = {
        { version_in(a, w->v.ProductVersion), w->v.ProductVersion },
        { version_in(a, w->v.FileVersion), w->v.FileVersion },
        { number_text(w->number[0], w->v.product), HM_NONE },
        { number_text(w->number[1], w->v.file), HM_NONE },
        { number_text(w->number[2], w->clr.self.version), HM_NONE },
    };
    for (size_t i = 0; i < HM_COUNT(found); i++)
        if (found[i][0].n) {
            *ret_literal = hm_str_eq(found[i][0], found[i][1]) ? HM_NONE : found[i][1];
            return found[i][0];
        }
    *ret_literal = w->v.ProductVersion.n ? w->v.ProductVersion : w->v.FileVersion;
    return HM_NONE;
}

static hm_str without_suffix(hm_str name)
{
    static const hm_str END[] = { HM_STR(".dll"), HM_STR(".exe"), HM_STR(".mui") };
    for (size_t i = 0; i < HM_COUNT(END); i++)
        if (name.n > END[i].n && hm_str_eq_nocase(hm_str_from(name, name.n - END[i].n), END[i]))
            return hm_str_sub(name, 0, name.n - END[i].n);
    return name;
}

/* The product; else the file's own name. */
static hm_str native_name(const work *w)
{
    const hm_str name[] = { w->v.ProductName, without_suffix(w->v.OriginalFilename), without_suffix(w->v.InternalName),
                            without_suffix(hm_path_base(w->in->file->path)) };
    for (size_t i = 0; i < HM_COUNT(name); i++)
        if (name[i].n)
            return detect_cut(name[i], NAME_MAX_BYTES);
    return HM_NONE;
}

/* ".../ID/VERSION/lib/..." where ID is the assembly's name: the package's version. */
static bool in_package(hm_str path, hm_str id, hm_str *ret_version)
{
    static const char *const BELOW[] = { "lib", "ref", "runtimes", "tools", "analyzers", "build", "buildTransitive" };
    hm_str parent = HM_NONE, before = HM_NONE;
    for (hm_str rest = path, segment; rest.n;) {
        segment = hm_str_cut(rest, '/', &rest);
        for (size_t i = 0; i < HM_COUNT(BELOW); i++)
            if (hm_str_is(segment, BELOW[i]) && rest.n && before.n && hm_str_eq_nocase(before, id) && parent.n &&
                hm_is_digit(parent.p[0]) && parent.n <= VERSION_MAX) {
                *ret_version = parent;
                return true;
            }
        before = parent;
        parent = segment;
    }
    return false;
}

/* ---- references -------------------------------------------------------------------------------------------------------- */

static hm_str folded(hm_arena *a, hm_str s)
{
    hm_str out;
    if (!hm_arena_dup(a, s, &out))
        return HM_NONE;
    for (char *p = (char *)(uintptr_t)out.p, *end = p + out.n; p < end; p++)
        *p = hm_lower(*p);
    return out;
}

static void add_references(work *w, uint32_t comp)
{
    hm_str env = hm_path_dir(w->in->file->path), self = folded(w->in->arena, w->clr.self.name);
    if (self.n && w->clr.self.culture.n == 0)
        part_add_provide(w->out, comp, env, self);
    for (size_t i = 0; i < w->clr.refs; i++) {
        hm_str name = folded(w->in->arena, w->clr.ref[i].name);
        if (name.n == 0)
            continue;
        static const part_eco ECO[] = { PART_ECO_NONE, PART_ECO_NUGET };
        for (size_t k = 0; k < HM_COUNT(ECO); k++) /* whichever of both it is there */
            part_add_need(w->out, comp, PART_SCOPE_RUNTIME, PART_FIND_HERE, (uint32_t)i + 1, ECO[k], env, name);
    }
    if (w->clr.refs_all > w->clr.refs) {
        hm_err e = { 0 };
        (void)hm_fail(&e, HM_LIMIT, DEFECT_TOO_MANY, HM_PLACE_NONE, 0, LIMIT_ASSEMBLY_REFS);
        part_add_gap(w->out, w->in->file->path, &e);
    }
}

/* ---- the component ----------------------------------------------------------------------------------------------------- */

static void add_properties(work *w, uint32_t comp, hm_str version)
{
    const struct {
        const char *key;
        hm_str value;
    } PROP[] = {
        { "dotnet:assembly-version", number_text(w->number[3], w->clr.self.version) },
        { "dotnet:culture", w->clr.self.culture },
        { "pe:FileVersion", hm_str_eq(w->v.FileVersion, version) ? HM_NONE : w->v.FileVersion },
        { "pe:ProductName", w->managed ? w->v.ProductName : HM_NONE },
        { "pe:LegalCopyright", w->v.LegalCopyright },
        { "pe:Comments", w->v.Comments },
    };
    for (size_t i = 0; i < HM_COUNT(PROP); i++)
        part_add_prop(w->out, comp, hm_str_c(PROP[i].key), PROP[i].value);
}

static void add_component(work *w)
{
    hm_str literal, packaged;
    bool named = w->managed && w->clr.self.name.n;
    part_desc d = { .kind = w->m->program ? PART_APPLICATION : PART_LIBRARY,
                    .scope = PART_SCOPE_RUNTIME,
                    .name = named ? w->clr.self.name : native_name(w),
                    .flags = w->managed ? PART_F_DEPS_KNOWN : 0 };
    unsigned confidence = named ? w->has_version ? 90 : 70 : w->v.ProductName.n ? 70 : 50;
    hm_str version = pick_version(w, &literal);
    if (d.name.n == 0)
        return;
    if (!hm_str_eq(w->v.CompanyName, d.name)) /* the SDK writes the assembly's name where nobody gave one */
        d.supplier = w->v.CompanyName;
    if (named && in_package(w->in->file->path, d.name, &packaged)) {
        d.eco = PART_ECO_NUGET;
        d.kind = PART_LIBRARY;
        detect_version(&d, packaged, &w->normal);
        confidence = 80;
    } else {
        d.version = version;
        d.literal = literal;
        if (version.n == 0)
            d.flags |= PART_F_NO_VERSION;
    }
    uint32_t c = part_add(w->out, &d);
    part_add_evidence(w->out, c, w->in->file->path, PART_T_BINARY, confidence, 0);
    add_properties(w, c, d.version);
    if (w->managed)
        add_references(w, c);
}

static hm_rc read_program(const detect_in *in, const detect_image *m, part_build *out, hm_err *err)
{
    work w = { .in = in, .m = m, .out = out };
    hm_err clr_err = { 0 };
    if (m->kind != DETECT_PE)
        return HM_NOTFOUND;
    hm_rc rc = detect_pe_version_read(in->arena, m, &w.v, err);
    if (rc == HM_NOMEM || rc == HM_LIMIT || rc == HM_IO)
        return rc;
    w.has_version = rc == HM_OK && (w.v.fixed || w.v.ProductVersion.n || w.v.FileVersion.n || w.v.ProductName.n);
    hm_rc clr = detect_clr_read(in->arena, m, &w.clr, &clr_err);
    w.managed = clr == HM_OK;
    if (w.has_version || (w.managed && w.clr.self.name.n))
        add_component(&w);
    bool bad = w.normal.bad, said = w.has_version || w.managed;
    hm_buf_clear(&w.normal);
    if (bad)
        return detect_no_memory(err);
    if (clr != HM_OK && clr != HM_NOTFOUND) {
        if (rc == HM_FORMAT) /* both are damaged: the other one is told as well */
            part_add_gap(out, in->file->path, err);
        *err = clr_err;
        return clr;
    }
    return rc == HM_NOTFOUND && said ? HM_OK : rc == HM_OK && !said ? HM_NOTFOUND : rc;
}

hm_rc detect_pe_file(const detect_in *in, part_build *out, hm_err *err)
{
    return detect_image_run(in, out, read_program, err);
}
