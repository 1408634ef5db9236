/* nuget_json - what the .NET SDK writes as targets and libraries: NAME.deps.json beside a program (the host's
 * documentation, "runtime configuration files") and obj/project.assets.json (NuGet's LockFileFormat 2 and 3).
 *
 *   targets          { FRAMEWORK[/RUNTIME]: { "Id/1.0": { type, dependencies: { Id: version }, runtime, ... } } }
 *   libraries        { "Id/1.0": { type: package | project | reference | runtimepack, serviceable, sha512, path } }
 *   runtimeTarget    deps.json: { name: the target that runs }
 *   project          assets: { version, restore: { projectName }, frameworks: { F: { dependencies, downloadDependencies } } }
 *   projectFileDependencyGroups  assets: { FRAMEWORK: ["Id >= 1.0", ...] }, what the project itself asks for
 *
 * Invariants:
 * 1. A library is one component, however many targets name it; edges of all targets are united. A dependency names an
 *    id; in one target an id has one version, so it is looked up in that target. What the target does not have leaves
 *    dependencies open, it is no component (anchore/syft#4208).
 * 2. Projects are the project's own (local), what a runtime pack is made of is a package of NuGet.
 * 3. What only the build takes (suppressParent All, not referenced by itself by the SDK) and no package asks for is for
 *    development; downloaded packs are for the build.
 * Enemy: the author of the file (keys without number, ids that repeat in other cases). */
#include "codec/codec.h"
#include "detect/nuget.h"

typedef struct library {
    hm_str key, id, version; /* key as written: "Id/1.0" */
    uint32_t comp;
} library;
typedef struct reader {
    detect_doc doc;              /* names: "target\nid" and "id" -> component */
    hm_map *known;               /* key in lower case -> index of the library */
    hm_map *is_private, *needed; /* ids in lower case: for the build alone; asked for by a library */
    hm_vec libraries;
    const codec_json *json;
    uint32_t project;
} reader;

static void split_key(hm_str key, hm_str *ret_id, hm_str *ret_version)
{
    *ret_id = hm_str_cut(key, '/', ret_version);
}

static library *library_of(reader *r, hm_str key)
{
    uint64_t at;
    return hm_map_get(r->known, detect_doc_lower(&r->doc, key), &at) ? HM_VEC_AT(&r->libraries, library, (size_t)at)
                                                                     : NULL;
}

static void add_library(reader *r, hm_str key, const codec_json *v)
{
    hm_str id, version, type = codec_json_get_str(v, "type");
    bool own = hm_str_is(type, "project") || hm_str_is(type, "msbuildproject");
    detect_nuget_part p = { .scope = PART_SCOPE_RUNTIME, .local = own };
    split_key(key, &id, &version);
    if (codec_json_type(v) != CODEC_OBJ || id.n == 0) {
        detect_doc_wrong_type(&r->doc, key);
        return;
    }
    if (version.n == 0)
        detect_doc_gap(&r->doc, HM_FORMAT, DEFECT_BAD_VALUE, 0, key);
    if (hm_str_is(type, "runtimepack")) {
        const hm_str head = HM_STR("runtimepack.");
        p.flags |= PART_F_BUNDLED;
        if (hm_str_starts(id, head) && id.n > head.n)
            id = hm_str_from(id, head.n);
    }
    if (hm_str_is(type, "reference") || hm_str_is(type, "referenceassembly"))
        p.flags |= PART_F_LOCAL; /* a file of the project or of the SDK */
    library *l = r->doc.bad ? NULL : hm_vec_push(&r->libraries, r->doc.in->arena);
    uint64_t *known = l ? hm_map_put(r->known, detect_doc_lower(&r->doc, key), r->libraries.n - 1) : NULL;
    if (!known) {
        r->doc.bad |= !l;
        r->doc.key.bad |= l != NULL;
        return;
    }
    if (*known != r->libraries.n - 1) {
        detect_doc_gap(&r->doc, HM_FORMAT, DEFECT_DUPLICATE, 0, key);
        r->libraries.n--;
        return;
    }
    p.id = id;
    p.version = version;
    *l = (library){ .key = key, .id = id, .version = version, .comp = detect_nuget_add(&r->doc, &p) };
    hm_str hash = codec_json_get_str(v, "sha512");
    if (hash.n)
        part_add_integrity(r->doc.out, l->comp,
                           hm_str_starts(hash, HM_STR("sha512-"))
                               ? hash
                               : detect_join(r->doc.in->arena, HM_STR("sha512-"), hash, HM_NONE));
    if (p.flags)
        part_add_prop(r->doc.out, l->comp, HM_STR("nuget:type"), type);
    if (codec_json_bool(codec_json_get(v, "serviceable")))
        part_add_prop(r->doc.out, l->comp, HM_STR("nuget:serviceable"), HM_STR("true"));
}

static hm_str target_key(reader *r, hm_str target, hm_str id)
{
    hm_str key = detect_join(r->doc.in->arena, target, HM_STR("\n"), id);
    r->doc.bad |= key.n == 0;
    return detect_doc_lower(&r->doc, key);
}

/* Libraries that a target has, under their ids; runtime packs under both of their names. */
static void name_target(reader *r, hm_str target, const codec_json *entries)
{
    const codec_json *v;
    hm_str key, id, version;
    for (codec_json_iter it = codec_json_each(entries); codec_json_next(&it, &key, &v) && !r->doc.bad;) {
        library *l = library_of(r, key);
        if (!l) { /* in a target, and not in the list */
            add_library(r, key, v);
            l = library_of(r, key);
        }
        if (!l)
            continue;
        split_key(l->key, &id, &version);
        detect_doc_name(&r->doc, target_key(r, target, id), l->comp);
        detect_doc_name(&r->doc, detect_doc_lower(&r->doc, l->id), l->comp);
        if (!part_build_bad(r->doc.out))
            part_build_comp(r->doc.out, l->comp)->flags |= PART_F_DEPS_KNOWN;
    }
}

static void link_target(reader *r, hm_str target, const codec_json *entries)
{
    const codec_json *v, *x;
    hm_str key, id;
    for (codec_json_iter it = codec_json_each(entries); codec_json_next(&it, &key, &v) && !r->doc.bad;) {
        const library *l = library_of(r, key);
        const codec_json *deps = codec_json_get(v, "dependencies");
        if (!l)
            continue;
        if (codec_json_type(deps) != CODEC_OBJ) {
            if (codec_json_type(deps) != CODEC_NULL)
                detect_doc_wrong_type(&r->doc, key);
            continue;
        }
        for (codec_json_iter d = codec_json_each(deps); codec_json_next(&d, &id, &x) && !part_build_bad(r->doc.out);) {
            library *to = library_of(r, detect_nuget_key(&r->doc, id, codec_json_str(x)));
            uint32_t comp = detect_doc_find(&r->doc, target_key(r, target, id));
            if (comp == PART_NO && to)
                comp = to->comp;
            if (comp == PART_NO)
                detect_doc_open_deps(&r->doc, l->comp);
            else if (comp != l->comp)
                part_add_edge(r->doc.out, l->comp, comp, PART_SCOPE_RUNTIME);
            if (!hm_map_put(r->needed, detect_doc_lower(&r->doc, id), 1))
                r->doc.key.bad = true;
        }
    }
}

static void read_libraries(reader *r)
{
    const codec_json *libraries = codec_json_get(r->json, "libraries"), *targets = codec_json_get(r->json, "targets"),
                     *v;
    hm_str key;
    if (codec_json_type(libraries) != CODEC_OBJ && codec_json_type(libraries) != CODEC_NULL)
        detect_doc_wrong_type(&r->doc, HM_STR("libraries"));
    if (codec_json_type(targets) != CODEC_OBJ && codec_json_type(targets) != CODEC_NULL)
        detect_doc_wrong_type(&r->doc, HM_STR("targets"));
    if (codec_json_type(libraries) == CODEC_OBJ)
        for (codec_json_iter it = codec_json_each(libraries); codec_json_next(&it, &key, &v) && !r->doc.bad;)
            add_library(r, key, v);
    if (codec_json_type(targets) != CODEC_OBJ)
        return;
    for (codec_json_iter it = codec_json_each(targets); codec_json_next(&it, &key, &v);)
        name_target(r, key, v);
    for (codec_json_iter it = codec_json_each(targets); codec_json_next(&it, &key, &v);)
        link_target(r, key, v);
}

static hm_rc open_reader(reader *r, const detect_in *in, part_build *out, hm_err *err)
{
    *r = (reader){ .libraries = { .size = sizeof(library) }, .project = PART_NO, .known = hm_map_new() };
    detect_doc_open(&r->doc, in, in->file, out);
    r->is_private = hm_map_new();
    r->needed = hm_map_new();
    r->doc.key.bad = !r->known || !r->is_private || !r->needed;
    r->doc.bad |= r->doc.key.bad;
    hm_rc rc = codec_json_read(in->arena, in->file->bytes, &r->json, err);
    if (rc == HM_OK && codec_json_type(r->json) != CODEC_OBJ)
        return hm_fail(err, HM_FORMAT, DEFECT_WRONG_TYPE, HM_PLACE_BYTE, 0, 0);
    if (rc == HM_OK && !codec_json_get(r->json, "libraries") && !codec_json_get(r->json, "targets")) {
        rc = hm_fail(err, HM_FORMAT, DEFECT_MISSING_FIELD, HM_PLACE_NONE, 0, 0);
        detect_err_at(err, HM_STR("libraries"));
    }
    return rc;
}

static hm_rc close_reader(reader *r, hm_rc rc, hm_err *err)
{
    hm_map_freep(&r->known);
    hm_map_freep(&r->is_private);
    hm_map_freep(&r->needed);
    return detect_doc_close(&r->doc, rc, err);
}

hm_rc detect_dotnet_deps(const detect_in *in, part_build *out, hm_err *err)
{
    reader r;
    hm_rc rc = open_reader(&r, in, out, err);
    if (rc == HM_OK && !r.doc.bad)
        read_libraries(&r);
    return close_reader(&r, rc, err);
}

/* ---- project.assets.json ---------------------------------------------------------------------------------------- */

static void read_private(reader *r, const codec_json *frameworks)
{
    const codec_json *f, *d;
    hm_str key, id;
    for (codec_json_iter it = codec_json_each(frameworks); codec_json_next(&it, &key, &f);)
        for (codec_json_iter k = codec_json_each(codec_json_get(f, "dependencies")); codec_json_next(&k, &id, &d);)
            if (hm_str_eq_nocase(codec_json_get_str(d, "suppressParent"), HM_STR("All")) &&
                !codec_json_bool(codec_json_get(d, "autoReferenced")) &&
                !hm_map_put(r->is_private, detect_doc_lower(&r->doc, id), 1))
                r->doc.key.bad = true;
}

/* Packs that the SDK downloads to build with: "[8.0.0, 8.0.0]". */
static void read_downloads(reader *r, const codec_json *frameworks)
{
    const codec_json *f, *d;
    hm_str key, index;
    for (codec_json_iter it = codec_json_each(frameworks); codec_json_next(&it, &key, &f);)
        for (codec_json_iter k = codec_json_each(codec_json_get(f, "downloadDependencies"));
             codec_json_next(&k, &index, &d) && !r->doc.bad && !part_build_bad(r->doc.out);) {
            detect_nuget_part p = { .id = codec_json_get_str(d, "name"),
                                    .range = codec_json_get_str(d, "version"),
                                    .scope = PART_SCOPE_BUILD };
            (void)detect_nuget_exact(p.range, false, &p.version);
            hm_str name = detect_nuget_key(&r->doc, p.id, p.range);
            if (p.id.n == 0 || detect_doc_find(&r->doc, name) != PART_NO)
                continue;
            detect_doc_name(&r->doc, name, detect_nuget_add(&r->doc, &p));
        }
}

static void add_project(reader *r, const codec_json *project)
{
    hm_str dir = hm_path_dir(r->doc.in->file->path), name;
    part_desc d = { .kind = PART_APPLICATION,
                    .scope = PART_SCOPE_RUNTIME,
                    .eco = PART_ECO_NUGET,
                    .flags = PART_F_SUBJECT | PART_F_DEPS_KNOWN };
    name = codec_json_get_str(codec_json_get(project, "restore"), "projectName");
    if (hm_str_is(hm_path_base(dir), "obj"))
        dir = hm_path_dir(dir);
    d.name = name.n ? name : hm_path_base(dir);
    d.env = dir;
    detect_version(&d, codec_json_get_str(project, "version"), &r->doc.normal);
    if (d.name.n)
        r->project = detect_doc_add(&r->doc, &d, 0);
}

/* "Id >= 1.0": to the library that the target of that framework has, else to all of that id. */
static void link_project(reader *r, hm_str framework, hm_str text)
{
    hm_str rest, id = hm_str_cut(text, ' ', &rest), lower = detect_doc_lower(&r->doc, id);
    uint64_t value;
    uint32_t comp = detect_doc_find(&r->doc, target_key(r, framework, id));
    part_scope scope = hm_map_get(r->is_private, lower, &value) ? PART_SCOPE_DEV : PART_SCOPE_RUNTIME;
    bool needed = hm_map_get(r->needed, lower, &value);
    if (comp == PART_NO)
        comp = detect_doc_find(&r->doc, lower);
    if (comp == PART_NO) {
        detect_doc_open_deps(&r->doc, r->project);
        return;
    }
    if (scope == PART_SCOPE_DEV && !needed && !part_build_bad(r->doc.out))
        part_build_comp(r->doc.out, comp)->scope = PART_SCOPE_DEV;
    if (r->project != PART_NO)
        part_add_edge(r->doc.out, r->project, comp, scope);
}

hm_rc detect_nuget_assets(const detect_in *in, part_build *out, hm_err *err)
{
    reader r;
    hm_rc rc = open_reader(&r, in, out, err);
    const codec_json *project = rc == HM_OK ? codec_json_get(r.json, "project") : NULL;
    const codec_json *frameworks = codec_json_get(project, "frameworks"), *list, *text;
    uint64_t version = 3;
    hm_str key, index;
    if (rc == HM_OK && codec_json_u64(codec_json_get(r.json, "version"), &version) && version > 4) {
        char number[24];
        snprintf(number, sizeof number, "%llu", (unsigned long long)version);
        detect_doc_gap(&r.doc, HM_UNSUPPORTED, DEFECT_LOCK_VERSION, 0, hm_str_c(number));
    }
    if (rc == HM_OK && !r.doc.bad) {
        read_libraries(&r);
        add_project(&r, project);
        read_private(&r, frameworks);
        for (codec_json_iter it = codec_json_each(codec_json_get(r.json, "projectFileDependencyGroups"));
             codec_json_next(&it, &key, &list);)
            for (codec_json_iter k = codec_json_each(list); codec_json_next(&k, &index, &text) && !r.doc.bad;)
                link_project(&r, key, codec_json_str(text));
        read_downloads(&r, frameworks);
    }
    return close_reader(&r, rc, err);
}
