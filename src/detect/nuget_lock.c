/* nuget_lock - packages.lock.json of NuGet (PackagesLockFileFormat 1 and 2).
 *
 *   { version, dependencies: { FRAMEWORK[/RUNTIME]: { Id: { type: Direct | Transitive | Project | CentralTransitive,
 *     requested: range, resolved: version, contentHash: BASE64 of SHA-512, dependencies: { Id: range } } } } }
 *
 * Invariants: one component for each id and version, whatever frameworks name it; a dependency is what the same
 * framework resolved for the id, with a runtime what its framework did. The project goes by its folder and asks for
 * what is Direct and for its projects.
 * Enemy: the author of the file (ids in several cases, thousands of frameworks). */
#include "detect/nuget.h"

typedef struct entry {
    hm_str id; /* lower case */
    const codec_json *v;
    uint32_t comp;
    hm_str framework;
} entry;
typedef struct reader {
    detect_doc doc; /* names: "id/version", and "framework\nid" */
    hm_vec entries;
    uint32_t project;
} reader;

static hm_str in_framework(reader *r, hm_str framework, hm_str id)
{
    hm_str key = detect_join(r->doc.in->arena, framework, HM_STR("\n"), id);
    r->doc.bad |= key.n == 0;
    return key;
}

static void add_entry(reader *r, hm_str framework, hm_str id, const codec_json *v)
{
    hm_str type = codec_json_get_str(v, "type"), version = codec_json_get_str(v, "resolved");
    bool own = hm_str_is(type, "Project");
    if (codec_json_type(v) != CODEC_OBJ || id.n == 0) {
        detect_doc_wrong_type(&r->doc, id);
        return;
    }
    if (!own && version.n == 0)
        detect_doc_gap(&r->doc, HM_FORMAT, DEFECT_MISSING_FIELD, 0, id);
    hm_str key = detect_nuget_key(&r->doc, id, version), lower = detect_doc_lower(&r->doc, id);
    uint32_t comp = detect_doc_find(&r->doc, key);
    entry *e = r->doc.bad ? NULL : hm_vec_push(&r->entries, r->doc.in->arena);
    if (!e) {
        r->doc.bad = true;
        return;
    }
    if (comp == PART_NO) {
        const detect_nuget_part p = { .id = id,
                                      .version = version,
                                      .range = codec_json_get_str(v, "requested"),
                                      .scope = PART_SCOPE_RUNTIME,
                                      .flags = PART_F_DEPS_KNOWN,
                                      .local = own };
        comp = detect_nuget_add(&r->doc, &p);
        detect_doc_name(&r->doc, key, comp);
        hm_str hash = codec_json_get_str(v, "contentHash");
        if (hash.n)
            part_add_integrity(r->doc.out, comp, detect_join(r->doc.in->arena, HM_STR("sha512-"), hash, HM_NONE));
    }
    *e = (entry){ lower, v, comp, framework };
    detect_doc_name(&r->doc, in_framework(r, framework, lower), comp);
    bool direct = hm_str_is(type, "Direct") || own;
    if (direct && r->project != PART_NO)
        part_add_edge(r->doc.out, r->project, comp, PART_SCOPE_RUNTIME);
}

static void add_edges(reader *r)
{
    for (size_t i = 0; i < r->entries.n && !r->doc.bad && !part_build_bad(r->doc.out); i++) {
        const entry *e = HM_VEC_AT(&r->entries, entry, i);
        const codec_json *deps = codec_json_get(e->v, "dependencies"), *v;
        hm_str id, rest, base = hm_str_cut(e->framework, '/', &rest);
        if (codec_json_type(deps) != CODEC_OBJ && codec_json_type(deps) != CODEC_NULL) {
            detect_doc_wrong_type(&r->doc, e->id);
            continue;
        }
        for (codec_json_iter it = codec_json_each(deps); codec_json_next(&it, &id, &v) && !r->doc.bad;) {
            hm_str lower = detect_doc_lower(&r->doc, id);
            if (!detect_doc_edge(&r->doc, e->comp, in_framework(r, e->framework, lower), PART_SCOPE_RUNTIME) &&
                !detect_doc_edge(&r->doc, e->comp, in_framework(r, base, lower), PART_SCOPE_RUNTIME))
                detect_doc_open_deps(&r->doc, e->comp);
        }
    }
}

static void add_project(reader *r)
{
    part_desc d = { .kind = PART_APPLICATION,
                    .scope = PART_SCOPE_RUNTIME,
                    .eco = PART_ECO_NUGET,
                    .name = hm_path_base(hm_path_dir(r->doc.in->file->path)),
                    .flags = PART_F_SUBJECT | PART_F_DEPS_KNOWN | PART_F_NO_VERSION };
    r->project = d.name.n ? detect_doc_add(&r->doc, &d, 0) : PART_NO;
}

hm_rc detect_nuget_lock(const detect_in *in, part_build *out, hm_err *err)
{
    reader r = { .entries = { .size = sizeof(entry) } };
    const codec_json *json = NULL, *frameworks = NULL, *f, *v;
    uint64_t version = 1;
    hm_str framework, id;
    detect_doc_open(&r.doc, in, in->file, out);
    hm_rc rc = codec_json_read(in->arena, in->file->bytes, &json, err);
    if (rc == HM_OK) {
        frameworks = codec_json_get(json, "dependencies");
        if (codec_json_type(json) != CODEC_OBJ)
            rc = hm_fail(err, HM_FORMAT, DEFECT_WRONG_TYPE, HM_PLACE_BYTE, 0, 0);
        else if (codec_json_type(frameworks) != CODEC_OBJ) {
            rc = hm_fail(err, HM_FORMAT, frameworks ? DEFECT_WRONG_TYPE : DEFECT_MISSING_FIELD, HM_PLACE_NONE, 0, 0);
            detect_err_at(err, HM_STR("dependencies"));
        }
    }
    if (rc == HM_OK && codec_json_u64(codec_json_get(json, "version"), &version) && version > 2) {
        char number[24];
        snprintf(number, sizeof number, "%llu", (unsigned long long)version);
        detect_doc_gap(&r.doc, HM_UNSUPPORTED, DEFECT_LOCK_VERSION, 0, hm_str_c(number));
    }
    if (rc == HM_OK && !r.doc.bad) {
        add_project(&r);
        for (codec_json_iter it = codec_json_each(frameworks); codec_json_next(&it, &framework, &f);) {
            if (codec_json_type(f) != CODEC_OBJ)
                detect_doc_wrong_type(&r.doc, framework);
            else
                for (codec_json_iter k = codec_json_each(f); codec_json_next(&k, &id, &v) && !r.doc.bad;)
                    add_entry(&r, framework, id, v);
        }
        add_edges(&r);
    }
    return detect_doc_close(&r.doc, rc, err);
}
