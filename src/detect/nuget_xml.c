/* nuget_xml - the older XML files of NuGet: packages.config of a project, and the .nuspec of a package (NuGet
 * documentation, "packages.config reference" and ".nuspec reference").
 *
 *   <packages><package id version targetFramework developmentDependency="true"/></packages>
 *   <package><metadata><id/><version/><authors/><license type="expression">MIT</license><projectUrl/>
 *     <repository type url commit/><dependencies><group targetFramework><dependency id version exclude/></group>
 *
 * A .nuspec lies in ID/VERSION/ of a folder of installed packages, or in a .nupkg: then it is that package. Elsewhere
 * it is the description of a project that makes one, with tokens such as $version$ that its build fills in.
 * packages.config lists everything, also what others need; who needs it is not said.
 * Enemy: the author of the file. */
#include "codec/codec.h"
#include "detect/nuget.h"

enum { PROP_MAX = 256 };

static hm_str attr(const codec_xml *e, const char *name)
{
    return hm_str_trim(codec_xml_attr(e, name));
}

static hm_rc read_root(const detect_in *in, const char *name, const codec_xml **ret, hm_err *err)
{
    hm_rc rc = codec_xml_read(in->arena, in->file->bytes, ret, err);
    if (rc == HM_OK && !hm_str_is(codec_xml_name(*ret), name)) {
        rc = hm_fail(err, HM_FORMAT, DEFECT_WRONG_TYPE, HM_PLACE_LINE, codec_xml_line(*ret), 0);
        detect_err_at(err, codec_xml_name(*ret));
    }
    return rc;
}

hm_rc detect_nuget_config(const detect_in *in, part_build *out, hm_err *err)
{
    const codec_xml *root, *e;
    hm_rc rc = read_root(in, "packages", &root, err);
    if (rc != HM_OK)
        return rc;
    detect_doc d;
    detect_doc_open(&d, in, in->file, out);
    for (e = codec_xml_first(root, "package"); e && !d.bad && !part_build_bad(out); e = codec_xml_next(e, "package")) {
        bool dev = hm_str_eq_nocase(attr(e, "developmentDependency"), HM_STR("true"));
        const detect_nuget_part p = { .id = attr(e, "id"),
                                      .version = attr(e, "version"),
                                      .scope = dev ? PART_SCOPE_DEV : PART_SCOPE_RUNTIME,
                                      .line = codec_xml_line(e) };
        if (p.id.n == 0 || p.version.n == 0)
            detect_doc_gap(&d, HM_FORMAT, DEFECT_MISSING_FIELD, p.line, p.id.n ? p.id : HM_STR("id"));
        if (p.id.n == 0)
            continue;
        uint32_t comp = detect_nuget_add(&d, &p);
        part_add_prop(out, comp, HM_STR("nuget:target-framework"), detect_cut(attr(e, "targetFramework"), PROP_MAX));
    }
    return detect_doc_close(&d, HM_OK, err);
}

/* ---- .nuspec ---------------------------------------------------------------------------------------------------- */

typedef struct spec {
    detect_doc doc;
    hm_str env; /* folder of installed packages; empty: none */
    bool project;
    uint32_t comp;
    hm_str version;
} spec;

static void describe(spec *s, const codec_xml *m, part_desc *d)
{
    const codec_xml *licence = codec_xml_first(m, "license"), *repository = codec_xml_first(m, "repository");
    hm_arena *a = s->doc.in->arena;
    hm_str url = attr(repository, "url"), commit = attr(repository, "commit"), type = attr(repository, "type");
    d->author = detect_cut(codec_xml_get_text(m, "authors"), 1024);
    d->supplier = detect_cut(codec_xml_get_text(m, "owners"), 1024);
    d->url_home = detect_url(a, codec_xml_get_text(m, "projectUrl"));
    if (hm_str_is(attr(licence, "type"), "expression"))
        part_desc_licence(d, codec_xml_text(licence), &s->doc.licence);
    else if (codec_xml_get_text(m, "licenseUrl").n) /* before 2018: an address alone */
        d->licence_raw = detect_cut(detect_url(a, codec_xml_get_text(m, "licenseUrl")), PROP_MAX);
    if (url.n) {
        if (type.n && hm_str_search(url, HM_STR("://")) < url.n && !hm_str_starts(url, HM_STR("git")))
            url = detect_join(a, type, HM_STR("+"), url);
        url = detect_url(a, url);
        d->url_vcs = commit.n ? detect_join(a, url, HM_STR("#"), commit) : url;
    }
}

/* Installed packages are looked up in their folder. What a project will ask for is a range of its own. */
static void depends(spec *s, const codec_xml *e)
{
    hm_str id = attr(e, "id"), range = attr(e, "version");
    uint64_t line = codec_xml_line(e);
    if (id.n == 0) {
        detect_doc_gap(&s->doc, HM_FORMAT, DEFECT_MISSING_FIELD, line, HM_STR("id"));
        return;
    }
    if (!s->project) {
        if (s->env.n)
            part_add_need(s->doc.out, s->comp, PART_SCOPE_RUNTIME, PART_FIND_HERE, 0, PART_ECO_NUGET, s->env,
                          detect_doc_lower(&s->doc, id));
        return;
    }
    detect_nuget_part p = { .id = id, .range = range, .scope = PART_SCOPE_RUNTIME, .line = line };
    (void)detect_nuget_exact(range, false, &p.version);
    hm_str key = detect_nuget_key(&s->doc, id, range);
    uint32_t comp = detect_doc_find(&s->doc, key);
    if (comp == PART_NO) {
        comp = detect_nuget_add(&s->doc, &p);
        detect_doc_name(&s->doc, key, comp);
    }
    part_add_edge(s->doc.out, s->comp, comp, PART_SCOPE_RUNTIME);
}

/* DIR/ID/VERSION/ID.nuspec, or in an archive. */
static bool is_installed(const detect_in *in, hm_str id, hm_str *ret_env)
{
    hm_str dir = hm_path_dir(in->file->path), up = hm_path_dir(dir);
    *ret_env = HM_NONE;
    if (in->archive.n)
        return true;
    if (!hm_str_eq_nocase(hm_path_base(up), id))
        return false;
    *ret_env = hm_path_dir(up);
    return true;
}

static bool has_token(hm_str s)
{
    hm_str rest;
    (void)hm_str_cut(s, '$', &rest);
    return hm_str_find(rest, '$') < rest.n;
}

static void read_spec(spec *s, const codec_xml *m)
{
    hm_str id = codec_xml_get_text(m, "id"), version = codec_xml_get_text(m, "version");
    const codec_xml *deps = codec_xml_first(m, "dependencies"), *e, *g;
    s->project = !is_installed(s->doc.in, id, &s->env);
    if (has_token(id)) {
        detect_doc_gap(&s->doc, HM_NOTFOUND, DEFECT_UNRESOLVED, codec_xml_line(codec_xml_first(m, "id")), id);
        id = hm_path_base(s->doc.in->file->path);
        id = hm_str_sub(id, 0, hm_str_rfind(id, '.'));
    }
    if (has_token(version)) {
        detect_doc_gap(&s->doc, HM_NOTFOUND, DEFECT_UNRESOLVED, codec_xml_line(codec_xml_first(m, "version")), version);
        version = HM_NONE;
    } else if (version.n == 0) {
        detect_doc_gap(&s->doc, HM_FORMAT, DEFECT_MISSING_FIELD, codec_xml_line(m), HM_STR("version"));
    }
    part_desc d = { .kind = s->project ? PART_APPLICATION : PART_LIBRARY,
                    .scope = s->project ? PART_SCOPE_RUNTIME : PART_SCOPE_UNKNOWN,
                    .eco = PART_ECO_NUGET,
                    .name = id,
                    .flags = (s->project ? PART_F_SUBJECT : 0u) | PART_F_DEPS_KNOWN };
    describe(s, m, &d);
    detect_version(&d, version, &s->doc.normal);
    s->comp = detect_doc_add(&s->doc, &d, codec_xml_line(m));
    if (s->env.n)
        part_add_provide(s->doc.out, s->comp, s->env, detect_doc_lower(&s->doc, id));
    for (e = codec_xml_first(deps, "dependency"); e && !s->doc.bad; e = codec_xml_next(e, "dependency"))
        depends(s, e);
    for (g = codec_xml_first(deps, "group"); g && !s->doc.bad; g = codec_xml_next(g, "group"))
        for (e = codec_xml_first(g, "dependency"); e && !s->doc.bad; e = codec_xml_next(e, "dependency"))
            depends(s, e);
}

hm_rc detect_nuspec(const detect_in *in, part_build *out, hm_err *err)
{
    const codec_xml *root, *m;
    spec s = { 0 };
    if (detect_path_in(in->file->path, HM_STR("chocolatey"), 1)) /* packages of another kind with the same form */
        return HM_OK;
    hm_rc rc = read_root(in, "package", &root, err);
    if (rc != HM_OK)
        return rc;
    m = codec_xml_first(root, "metadata");
    if (codec_xml_get_text(m, "id").n == 0) {
        rc = hm_fail(err, HM_FORMAT, DEFECT_MISSING_FIELD, HM_PLACE_LINE, codec_xml_line(m ? m : root), 0);
        detect_err_at(err, HM_STR("id"));
        return rc;
    }
    detect_doc_open(&s.doc, in, in->file, out);
    if (!s.doc.bad)
        read_spec(&s, m);
    return detect_doc_close(&s.doc, HM_OK, err);
}
