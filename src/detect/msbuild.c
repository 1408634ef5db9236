/* msbuild - projects of .NET: *.csproj, *.vbproj, *.fsproj with the Directory.Packages.props and Directory.Build.props
 * above them (MSBuild and NuGet documentation: "PackageReference", "Central Package Management", "Customize your
 * build"). They are programs of MSBuild; they are read, never evaluated.
 *
 *   <PropertyGroup [Condition]> <Name>value with $(Other)</Name>
 *   <ItemGroup [Condition]> <PackageReference Include="Id" Version="1.0" [VersionOverride] [PrivateAssets="all"]/>
 *     <PackageVersion Include="Id" Version="1.0"/> (central) <GlobalPackageReference/> <ProjectReference Include="..\x"/>
 *     <PackageDownload/> <DotNetCliToolReference/>
 *
 * Invariants:
 * 1. All alternatives are kept: what stands under a condition is a component that says the condition.
 * 2. A property is looked up in its file, in the nearest Directory.Packages.props, then in every Directory.Build.props
 *    upwards; a central version likewise upwards. What is not found is a gap that names it (DEFECT_UNRESOLVED).
 * 3. "1.0" is the least version, and what NuGet takes where it exists; other ranges have no version.
 * 4. Central versions are components only where no project of the target is below them: else what is used is known.
 * 5. Expansion is bounded in rounds and bytes, the way upwards in levels, and what projects take over from above in
 *    edges: past that their dependencies are open.
 * Enemy: the author of the files (properties of themselves, projects without number). */
#include "codec/codec.h"
#include "base/limits.h"
#include "detect/nuget.h"

enum { NO = 0xffffffff, PROP_MAX = 256, ROUNDS = 16, VALUE_MAX = 1024, DEPTH = 8, LEVELS = 32, INHERITED = 1 << 20 };
typedef enum kind { K_REFERENCE, K_GLOBAL, K_DOWNLOAD, K_TOOL, K_CENTRAL, K_PROJECT } kind;

typedef struct item {
    kind is;
    hm_str id, version, condition;
    uint64_t line;
    uint32_t comp;
    bool update, is_private;
} item;
typedef struct file {
    const detect_view *view;
    hm_str dir;
    const codec_xml *root;
    hm_map *props, *central; /* lower-case name or id -> index of a value */
    hm_vec items;
    uint32_t build, packages; /* nearest file of that kind above, or NO */
    uint32_t comp;
    bool project, is_build, below; /* below: a project uses this file */
} file;
typedef struct value {
    hm_str text;
    bool conditional;
} value;
typedef struct reader {
    detect_doc doc;
    hm_vec files, values;
    hm_map *by_path, *build_dirs, *packages_dirs;
    size_t inherited; /* edges to what stands in files above */
} reader;

static file *file_at(const reader *r, uint32_t i)
{
    return HM_VEC_AT(&r->files, file, i);
}

static bool put(reader *r, hm_map *m, hm_str key, uint64_t v)
{
    uint64_t *p = m ? hm_map_put(m, key, v) : NULL;
    if (p)
        *p = v;
    else
        r->doc.key.bad = true;
    return p;
}

/* ---- reading ---------------------------------------------------------------------------------------------------- */

static hm_str both(reader *r, hm_str outer, hm_str inner)
{
    return outer.n && inner.n ? detect_join(r->doc.in->arena, outer, HM_STR(" and "), inner) : outer.n ? outer : inner;
}

/* The last value counts; one under a condition does not replace one without. */
static void set_value(reader *r, hm_map *m, hm_str name, hm_str text, bool conditional)
{
    uint64_t at;
    name = detect_doc_lower(&r->doc, name);
    if (hm_map_get(m, name, &at)) {
        value *v = HM_VEC_AT(&r->values, value, (size_t)at);
        if (!conditional || v->conditional)
            *v = (value){ text, conditional };
        return;
    }
    value *v = r->doc.bad ? NULL : hm_vec_push(&r->values, r->doc.in->arena);
    if (!v) {
        r->doc.bad = true;
        return;
    }
    *v = (value){ text, conditional };
    put(r, m, name, r->values.n - 1);
}

static hm_str field(const codec_xml *e, const char *name)
{
    hm_str v = hm_str_trim(codec_xml_attr(e, name));
    return v.n ? v : codec_xml_get_text(e, name);
}

static void add_item(reader *r, file *f, kind is, const codec_xml *e, hm_str condition)
{
    hm_str ids = hm_str_trim(codec_xml_attr(e, "Include")), update = hm_str_trim(codec_xml_attr(e, "Update"));
    hm_str version = field(e, "VersionOverride"), assets = field(e, "PrivateAssets");
    uint64_t line = codec_xml_line(e);
    condition = both(r, condition, hm_str_trim(codec_xml_attr(e, "Condition")));
    if (ids.n == 0 && codec_xml_has_attr(e, "Remove"))
        return;
    if (ids.n == 0 && update.n == 0) {
        detect_doc_gap(&r->doc, HM_FORMAT, codec_xml_has_attr(e, "Include") ? DEFECT_BAD_VALUE : DEFECT_MISSING_FIELD,
                       line, HM_STR("Include"));
        return;
    }
    bool is_private = is == K_GLOBAL;
    while (assets.n)
        is_private |= hm_str_eq_nocase(hm_str_trim(hm_str_cut(assets, ';', &assets)), HM_STR("all"));
    for (hm_str rest = ids.n ? ids : update; rest.n;) {
        hm_str id = hm_str_trim(hm_str_cut(rest, ';', &rest));
        item *i = id.n && !r->doc.bad ? hm_vec_push(&f->items, r->doc.in->arena) : NULL;
        if (i)
            *i = (item){ .is = is,
                         .id = id,
                         .version = version.n ? version : field(e, "Version"),
                         .condition = condition,
                         .line = line,
                         .comp = PART_NO,
                         .update = ids.n == 0,
                         .is_private = is_private };
        else
            r->doc.bad |= id.n > 0;
    }
}

static void read_items(reader *r, file *f, const codec_xml *group, hm_str condition)
{
    static const struct {
        const char *name;
        kind is;
    } KIND[] = { { "PackageReference", K_REFERENCE }, { "GlobalPackageReference", K_GLOBAL },
                 { "PackageDownload", K_DOWNLOAD },   { "DotNetCliToolReference", K_TOOL },
                 { "PackageVersion", K_CENTRAL },     { "ProjectReference", K_PROJECT } };
    for (const codec_xml *e = codec_xml_first(group, NULL); e && !r->doc.bad; e = codec_xml_next(e, NULL))
        for (size_t i = 0; i < HM_COUNT(KIND); i++)
            if (hm_str_is(codec_xml_name(e), KIND[i].name))
                add_item(r, f, KIND[i].is, e, condition);
}

static void read_group(reader *r, file *f, const codec_xml *e, hm_str condition)
{
    if (hm_str_is(codec_xml_name(e), "ItemGroup")) {
        read_items(r, f, e, condition);
        return;
    }
    for (const codec_xml *p = codec_xml_first(e, NULL); p && !r->doc.bad; p = codec_xml_next(p, NULL))
        set_value(r, f->props, codec_xml_name(p), codec_xml_text(p),
                  condition.n || hm_str_trim(codec_xml_attr(p, "Condition")).n);
}

/* Groups stand in the project, in Choose/When/Otherwise and in targets. */
static void read_groups(reader *r, file *f)
{
    struct {
        const codec_xml *next;
        hm_str condition;
    } stack[DEPTH];
    size_t depth = 1;
    stack[0].next = codec_xml_first(f->root, NULL);
    stack[0].condition = HM_NONE;
    while (depth && !r->doc.bad) {
        const codec_xml *e = stack[depth - 1].next;
        if (!e) {
            depth--;
            continue;
        }
        stack[depth - 1].next = codec_xml_next(e, NULL);
        hm_str name = codec_xml_name(e);
        hm_str condition = both(r, stack[depth - 1].condition, hm_str_trim(codec_xml_attr(e, "Condition")));
        if (hm_str_is(name, "ItemGroup") || hm_str_is(name, "PropertyGroup")) {
            read_group(r, f, e, condition);
        } else if (hm_str_is(name, "Choose") || hm_str_is(name, "When") || hm_str_is(name, "Otherwise") ||
                   hm_str_is(name, "Target")) {
            if (depth == DEPTH) {
                detect_lang_gap(&r->doc.gaps, HM_LIMIT, DEFECT_TOO_DEEP, HM_PLACE_LINE, codec_xml_line(e), DEPTH,
                                HM_NONE);
                continue;
            }
            stack[depth].next = codec_xml_first(e, NULL);
            stack[depth++].condition = condition;
        }
    }
}

static void read_file(reader *r, const detect_view *view)
{
    hm_err e = { 0 };
    const codec_xml *root;
    hm_str base = hm_path_base(view->path);
    bool is_build = hm_str_eq_nocase(base, HM_STR("Directory.Build.props"));
    bool is_packages = hm_str_eq_nocase(base, HM_STR("Directory.Packages.props"));
    detect_doc_file(&r->doc, view);
    hm_rc rc = codec_xml_read(r->doc.in->arena, view->bytes, &root, &e);
    r->doc.key.bad |= rc == HM_NOMEM;
    if (rc == HM_OK && !hm_str_is(codec_xml_name(root), "Project")) {
        rc = hm_fail(&e, HM_FORMAT, DEFECT_WRONG_TYPE, HM_PLACE_LINE, codec_xml_line(root), 0);
        detect_err_at(&e, codec_xml_name(root));
    }
    if (rc != HM_OK) {
        if (rc != HM_NOMEM)
            part_add_gap(r->doc.out, view->path, &e);
        return;
    }
    file *f = hm_vec_push(&r->files, r->doc.in->arena);
    if (!f) {
        r->doc.bad = true;
        return;
    }
    *f = (file){ .view = view,
                 .dir = hm_path_dir(view->path),
                 .root = root,
                 .props = hm_map_new(),
                 .central = hm_map_new(),
                 .items = { .size = sizeof(item) },
                 .build = NO,
                 .packages = NO,
                 .comp = PART_NO,
                 .project = !is_build && !is_packages,
                 .is_build = is_build };
    r->doc.key.bad |= !f->props || !f->central;
    if (!f->props || !f->central)
        return;
    read_groups(r, f);
    for (size_t i = 0; i < f->items.n; i++) {
        const item *t = HM_VEC_AT(&f->items, item, i);
        if (t->is == K_CENTRAL)
            set_value(r, f->central, t->id, t->version, t->condition.n);
    }
    if (is_build || is_packages)
        put(r, is_build ? r->build_dirs : r->packages_dirs, f->dir, r->files.n - 1);
    else
        put(r, r->by_path, detect_doc_lower(&r->doc, view->path), r->files.n - 1);
}

/* ---- looking up ------------------------------------------------------------------------------------------------- */

static uint32_t nearest(const hm_map *dirs, hm_str dir, bool above)
{
    uint64_t at;
    if (!above && hm_map_get(dirs, dir, &at))
        return (uint32_t)at;
    while (dir.n) {
        dir = hm_path_dir(dir);
        if (hm_map_get(dirs, dir, &at))
            return (uint32_t)at;
    }
    return NO;
}

static void tie_files(reader *r)
{
    for (uint32_t i = 0; i < r->files.n; i++) {
        file *f = file_at(r, i);
        bool packages = !f->project && !f->is_build;
        f->build = nearest(r->build_dirs, f->dir, f->is_build);
        f->packages = nearest(r->packages_dirs, f->dir, packages);
    }
    for (uint32_t i = 0; i < r->files.n; i++)
        if (file_at(r, i)->project)
            for (uint32_t p = file_at(r, i)->packages; p != NO && !file_at(r, p)->below; p = file_at(r, p)->packages)
                file_at(r, p)->below = true;
}

static bool lookup(const reader *r, const file *f, hm_str name, hm_str *ret)
{
    uint64_t at;
    bool found = hm_map_get(f->props, name, &at);
    if (f->project && (hm_str_is(name, "msbuildthisfiledirectory") || hm_str_is(name, "msbuildprojectdirectory"))) {
        *ret = HM_STR("./");
        return true;
    }
    unsigned level = 0;
    for (uint32_t p = f->packages; !found && p != NO && level < LEVELS; p = file_at(r, p)->packages, level++)
        found = hm_map_get(file_at(r, p)->props, name, &at);
    level = 0;
    for (uint32_t p = f->build; !found && p != NO && level < LEVELS; p = file_at(r, p)->build, level++)
        found = hm_map_get(file_at(r, p)->props, name, &at);
    if (found)
        *ret = HM_VEC_AT(&r->values, value, (size_t)at)->text;
    return found;
}

/* Text with its $(properties) filled in; *ret_unknown: the first that is not known, then the text is as written. */
static hm_str expand(reader *r, const file *f, hm_str text, hm_str *ret_unknown)
{
    hm_str now = text;
    *ret_unknown = text.n > VALUE_MAX ? text : HM_NONE;
    for (unsigned round = 0; !ret_unknown->n && hm_str_search(now, HM_STR("$(")) < now.n; round++) {
        hm_buf *b = &r->doc.quals;
        hm_str rest = now;
        hm_buf_reset(b);
        while (rest.n) {
            size_t from = hm_str_search(rest, HM_STR("$("));
            hm_buf_str(b, hm_str_sub(rest, 0, from));
            if (from == rest.n)
                break;
            size_t end = from + hm_str_find(hm_str_from(rest, from), ')');
            hm_str name = hm_str_trim(hm_str_sub(rest, from + 2, end > from + 2 ? end - from - 2 : 0)), v;
            if (end == rest.n || !lookup(r, f, detect_doc_lower(&r->doc, name), &v) || round == ROUNDS ||
                b->n + v.n > VALUE_MAX) {
                *ret_unknown = name.n ? name : text;
                return text;
            }
            hm_buf_str(b, v);
            rest = hm_str_from(rest, end + 1);
        }
        if (!hm_arena_dup(r->doc.in->arena, hm_buf_view(b), &now)) {
            r->doc.bad = true;
            return text;
        }
    }
    return hm_str_trim(now);
}

static hm_str central_version(const reader *r, const file *f, hm_str id)
{
    uint64_t at;
    bool packages = !f->project && !f->is_build;
    if (packages && hm_map_get(f->central, id, &at))
        return HM_VEC_AT(&r->values, value, (size_t)at)->text;
    unsigned level = 0;
    for (uint32_t p = f->packages; p != NO && level < LEVELS; p = file_at(r, p)->packages, level++)
        if (hm_map_get(file_at(r, p)->central, id, &at))
            return HM_VEC_AT(&r->values, value, (size_t)at)->text;
    return HM_NONE;
}

/* ---- components ------------------------------------------------------------------------------------------------- */

static hm_str known(reader *r, const file *f, const char *name)
{
    hm_str v, unknown;
    if (!lookup(r, f, detect_doc_lower(&r->doc, hm_str_c(name)), &v))
        return HM_NONE;
    v = expand(r, f, v, &unknown);
    return unknown.n ? HM_NONE : v;
}

static void add_subject(reader *r, file *f)
{
    hm_arena *a = r->doc.in->arena;
    hm_str base = hm_path_base(f->view->path), version = known(r, f, "Version"), url = known(r, f, "RepositoryUrl");
    part_desc d = { .kind = PART_APPLICATION,
                    .scope = PART_SCOPE_RUNTIME,
                    .eco = PART_ECO_NUGET,
                    .flags = PART_F_SUBJECT | PART_F_DEPS_KNOWN,
                    .name = known(r, f, "PackageId"),
                    .author = detect_cut(known(r, f, "Authors"), VALUE_MAX),
                    .url_home = detect_url(a, known(r, f, "PackageProjectUrl")),
                    .url_vcs = detect_url(a, url) };
    if (d.name.n == 0)
        d.name = known(r, f, "AssemblyName");
    if (d.name.n == 0)
        d.name = hm_str_sub(base, 0, hm_str_rfind(base, '.'));
    if (d.name.n == 0)
        d.name = base;
    if (version.n == 0)
        version = known(r, f, "VersionPrefix");
    hm_str licence = known(r, f, "PackageLicenseExpression"), frameworks = known(r, f, "TargetFrameworks");
    hm_buf_reset(&r->doc.licence);
    if (licence.n)
        part_desc_licence(&d, licence, &r->doc.licence);
    detect_version(&d, version, &r->doc.normal);
    f->comp = detect_doc_add(&r->doc, &d, 0);
    part_add_prop(r->doc.out, f->comp, HM_STR("nuget:target-framework"),
                  detect_cut(frameworks.n ? frameworks : known(r, f, "TargetFramework"), PROP_MAX));
}

static void add_package(reader *r, const file *f, hm_map *seen, item *t)
{
    hm_str unknown, lower = detect_doc_lower(&r->doc, t->id), raw = t->version;
    if (raw.n == 0 && t->is != K_DOWNLOAD && t->is != K_TOOL)
        raw = central_version(r, f, lower);
    detect_nuget_part p = { .id = t->id, .line = t->line };
    p.range = expand(r, f, raw, &unknown);
    p.scope = t->is == K_CENTRAL                       ? PART_SCOPE_UNKNOWN
              : t->is == K_DOWNLOAD || t->is == K_TOOL ? PART_SCOPE_BUILD
              : t->is_private                          ? PART_SCOPE_DEV
                                                       : PART_SCOPE_RUNTIME;
    if (unknown.n || raw.n == 0)
        detect_doc_gap(&r->doc, HM_NOTFOUND, DEFECT_UNRESOLVED, t->line, unknown.n ? unknown : t->id);
    else
        (void)detect_nuget_exact(p.range, true, &p.version);
    hm_str key = detect_nuget_key(&r->doc, t->id, p.range);
    uint64_t *at = r->doc.bad ? NULL : hm_map_put(seen, key, PART_NO);
    if (!at) {
        r->doc.key.bad |= !r->doc.bad;
        return;
    }
    if (*at == PART_NO)
        *at = detect_nuget_add(&r->doc, &p);
    t->comp = (uint32_t)*at;
    part_add_prop(r->doc.out, t->comp, HM_STR("nuget:condition"), detect_cut(t->condition, PROP_MAX));
}

/* What a file names itself. "Update" gives a version to what is included beside it, or to what the SDK includes. */
static void add_packages(reader *r, file *f)
{
    HM_AUTO(hm_map_freep) hm_map *seen = hm_map_new();
    HM_AUTO(hm_map_freep) hm_map *included = hm_map_new();
    r->doc.key.bad |= !seen || !included;
    if (!seen || !included)
        return;
    detect_doc_file(&r->doc, f->view);
    for (size_t i = 0; i < f->items.n && !r->doc.bad; i++) {
        const item *t = HM_VEC_AT(&f->items, item, i);
        if (!t->update && (t->is == K_REFERENCE || t->is == K_GLOBAL))
            put(r, included, detect_doc_lower(&r->doc, t->id), i);
    }
    for (size_t i = 0; i < f->items.n && !r->doc.bad; i++) {
        item *t = HM_VEC_AT(&f->items, item, i);
        uint64_t at;
        if (t->update && t->is == K_REFERENCE && hm_map_get(included, detect_doc_lower(&r->doc, t->id), &at)) {
            item *to = HM_VEC_AT(&f->items, item, (size_t)at);
            to->version = t->version.n ? t->version : to->version;
            to->is_private |= t->is_private;
            t->is = K_PROJECT; /* done: no component of its own */
            t->id = HM_NONE;
        }
    }
    for (size_t i = 0; i < f->items.n && !r->doc.bad && !part_build_bad(r->doc.out); i++) {
        item *t = HM_VEC_AT(&f->items, item, i);
        if (t->is != K_PROJECT && (t->is != K_CENTRAL || (!f->project && !f->is_build && !f->below)))
            add_package(r, f, seen, t);
    }
}

static void link_items(reader *r, const file *project, const file *f)
{
    for (size_t i = 0; i < f->items.n && !part_build_bad(r->doc.out); i++) {
        const item *t = HM_VEC_AT(&f->items, item, i);
        part_scope scope = t->is == K_REFERENCE && !t->is_private      ? PART_SCOPE_RUNTIME
                           : t->is == K_REFERENCE || t->is == K_GLOBAL ? PART_SCOPE_DEV
                                                                       : PART_SCOPE_BUILD;
        if (t->comp == PART_NO || t->is == K_CENTRAL)
            continue;
        if (f != project && r->inherited++ >= INHERITED) {
            detect_doc_open_deps(&r->doc, project->comp);
            return;
        }
        part_add_edge(r->doc.out, project->comp, t->comp, scope);
    }
}

/* A project beside this one: itself where it was read, else by the name of its file. */
static void link_project(reader *r, const file *f, const item *t)
{
    hm_str unknown, path = expand(r, f, t->id, &unknown), whole;
    char *p = hm_arena_alloc(r->doc.in->arena, path.n);
    uint64_t at;
    if (!p || path.n == 0 || path.n > LIMIT_PATH_BYTES) {
        r->doc.bad |= !p;
        return;
    }
    for (size_t i = 0; i < path.n; i++)
        p[i] = path.p[i] == '\\' ? '/' : path.p[i];
    path.p = p;
    if (!unknown.n && detect_doc_path(&r->doc, f->dir, path, &whole) &&
        hm_map_get(r->by_path, detect_doc_lower(&r->doc, whole), &at)) {
        uint32_t to = file_at(r, (uint32_t)at)->comp;
        if (to != f->comp && to != PART_NO)
            part_add_edge(r->doc.out, f->comp, to, PART_SCOPE_RUNTIME);
        return;
    }
    detect_doc_gap(&r->doc, HM_NOTFOUND, unknown.n ? DEFECT_UNRESOLVED : DEFECT_INCLUDE, t->line,
                   unknown.n ? unknown : t->id);
    hm_str base = hm_path_base(path), rest;
    while (unknown.n && hm_str_find(base, ')') < base.n) { /* "$(Dir)X.csproj" */
        (void)hm_str_cut(base, ')', &rest);
        base = rest;
    }
    const detect_nuget_part part = {
        .id = hm_str_sub(base, 0, hm_str_rfind(base, '.')), .line = t->line, .scope = PART_SCOPE_RUNTIME, .local = true
    };
    if (part.id.n)
        part_add_edge(r->doc.out, f->comp, detect_nuget_add(&r->doc, &part), PART_SCOPE_RUNTIME);
}

static void link_files(reader *r)
{
    for (uint32_t i = 0; i < r->files.n && !r->doc.bad && !part_build_bad(r->doc.out); i++) {
        const file *f = file_at(r, i);
        if (!f->project)
            continue;
        detect_doc_file(&r->doc, f->view);
        unsigned level = 0;
        link_items(r, f, f);
        for (uint32_t p = f->packages; p != NO && level < LEVELS; p = file_at(r, p)->packages, level++)
            link_items(r, f, file_at(r, p));
        level = 0;
        for (uint32_t p = f->build; p != NO && level < LEVELS; p = file_at(r, p)->build, level++)
            link_items(r, f, file_at(r, p));
        for (size_t k = 0; k < f->items.n && !r->doc.bad; k++)
            if (HM_VEC_AT(&f->items, item, k)->is == K_PROJECT)
                link_project(r, f, HM_VEC_AT(&f->items, item, k));
    }
}

hm_rc detect_msbuild(const detect_in *in, part_build *out, hm_err *err)
{
    reader r = { .files = { .size = sizeof(file) },
                 .values = { .size = sizeof(value) },
                 .by_path = hm_map_new(),
                 .build_dirs = hm_map_new(),
                 .packages_dirs = hm_map_new() };
    detect_doc_open(&r.doc, in, in->file, out);
    r.doc.key.bad = !r.by_path || !r.build_dirs || !r.packages_dirs;
    for (size_t i = 0; i < in->file_n && !r.doc.bad && !r.doc.key.bad; i++)
        read_file(&r, &in->files[i]);
    if (!r.doc.bad && !r.doc.key.bad) {
        tie_files(&r);
        for (uint32_t i = 0; i < r.files.n && !r.doc.bad && !part_build_bad(out); i++) {
            file *f = file_at(&r, i);
            detect_doc_file(&r.doc, f->view);
            if (f->project)
                add_subject(&r, f);
            add_packages(&r, f);
        }
        link_files(&r);
    }
    for (uint32_t i = 0; i < r.files.n; i++) {
        hm_map_free(file_at(&r, i)->props);
        hm_map_free(file_at(&r, i)->central);
    }
    hm_map_free(r.by_path);
    hm_map_free(r.build_dirs);
    hm_map_free(r.packages_dirs);
    return detect_doc_close(&r.doc, HM_OK, err);
}
