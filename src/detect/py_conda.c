/* py_conda - packages of conda environments: conda-meta/NAME-VERSION-BUILD.json, one for each (conda's documentation:
 * "Package metadata", the fields of repodata; CEP 12 on records in environments).
 *
 *   { name, version, build | build_string, build_number, channel, subdir, depends: ["name >=1,<2", ...], constrains,
 *     license, md5, sha256, url, noarch, link, requested_spec }
 *
 * Invariants:
 * 1. An environment is the folder around conda-meta: names are looked up there.
 * 2. Names that start with "__" are the machine's (__glibc, __unix): nothing to find.
 * 3. A package that somebody asked for by name keeps that as a property; all are what runs.
 * Enemy: the author of the package. */
#include "detect/py.h"

static bool is_conda_name(hm_str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (!hm_is_alnum(s.p[i]) && !strchr("-_.", s.p[i] ? s.p[i] : ' '))
            return false;
    return s.n && s.n <= PY_NAME_MAX;
}

/* "https://host/pkgs/main/linux-64" or "conda-forge": without what only says the machine. */
static hm_str channel_of(hm_str channel, hm_str subdir)
{
    if (subdir.n && hm_str_ends(channel, subdir) && channel.n > subdir.n && channel.p[channel.n - subdir.n - 1] == '/')
        channel = hm_str_sub(channel, 0, channel.n - subdir.n - 1);
    return channel;
}

static void text_list(detect_doc *d, uint32_t comp, const codec_json *doc, hm_str env)
{
    const codec_json *depends = codec_json_get(doc, "depends"), *v;
    hm_str key;
    if (depends && codec_json_type(depends) != CODEC_ARR) {
        detect_doc_wrong_type(d, HM_STR("depends"));
        return;
    }
    for (codec_json_iter it = codec_json_each(depends); codec_json_next(&it, &key, &v);) {
        hm_str spec = hm_str_trim(codec_json_str(v)), channel = HM_NONE;
        size_t mark = hm_str_search(spec, HM_STR("::")), n = 0;
        if (mark < spec.n)
            channel = hm_str_sub(spec, 0, mark + 2);
        spec = hm_str_from(spec, channel.n);
        while (n < spec.n && !hm_is_space(spec.p[n]) && !strchr("=<>!~[", spec.p[n] ? spec.p[n] : ' '))
            n++;
        spec = hm_str_sub(spec, 0, n);
        if (hm_str_starts(spec, HM_STR("__")))
            continue;
        if (!is_conda_name(spec))
            detect_doc_gap(d, HM_FORMAT, DEFECT_BAD_VALUE, 0, HM_STR("depends"));
        else
            part_add_need(d->out, comp, PART_SCOPE_RUNTIME, PART_FIND_HERE, 0, PART_ECO_CONDA, env, spec);
    }
}

static void read_record(detect_doc *d, const codec_json *doc, hm_str path)
{
    hm_str name = codec_json_get_str(doc, "name"), build = codec_json_get_str(doc, "build");
    hm_str subdir = codec_json_get_str(doc, "subdir"), url = codec_json_get_str(doc, "url");
    hm_str env = hm_path_dir(hm_path_dir(path));
    part_desc desc = { .kind = PART_LIBRARY,
                       .scope = PART_SCOPE_RUNTIME,
                       .eco = PART_ECO_CONDA,
                       .flags = PART_F_DEPS_KNOWN,
                       .name = name };
    if (!is_conda_name(name)) {
        detect_doc_gap(d, HM_FORMAT, name.n ? DEFECT_BAD_VALUE : DEFECT_MISSING_FIELD, 0, HM_STR("name"));
        return;
    }
    detect_version(&desc, codec_json_get_str(doc, "version"), &d->normal);
    if (desc.version.n == 0)
        detect_doc_gap(d, HM_FORMAT, DEFECT_MISSING_FIELD, 0, HM_STR("version"));
    build = build.n ? build : codec_json_get_str(doc, "build_string");
    hm_buf_reset(&d->quals);
    part_qual_add(&d->quals, HM_STR("build"), build);
    part_qual_add(&d->quals, HM_STR("channel"),
                  channel_of(detect_url(d->in->arena, codec_json_get_str(doc, "channel")), subdir));
    part_qual_add(&d->quals, HM_STR("subdir"), subdir);
    if (hm_str_ends(url, HM_STR(".conda")))
        part_qual_add(&d->quals, HM_STR("type"), HM_STR("conda"));
    else if (hm_str_ends(url, HM_STR(".tar.bz2")))
        part_qual_add(&d->quals, HM_STR("type"), HM_STR("tar.bz2"));
    desc.quals = hm_buf_view(&d->quals);
    desc.url_dist = detect_url(d->in->arena, url);
    hm_str licence = codec_json_get_str(doc, "license");
    if (licence.n)
        part_desc_licence(&desc, licence, &d->licence);
    uint32_t comp = detect_doc_add(d, &desc, 0);
    part_add_digest(d->out, comp, PART_MD5, codec_json_get_str(doc, "md5"));
    part_add_digest(d->out, comp, PART_SHA256, codec_json_get_str(doc, "sha256"));
    part_add_provide(d->out, comp, env, name);
    detect_py_prop(d, comp, "conda:requested", codec_json_get_str(doc, "requested_spec"));
    text_list(d, comp, doc, env);
}

hm_rc detect_conda_meta(const detect_in *in, part_build *out, hm_err *err)
{
    const codec_json *doc = NULL;
    detect_doc d;
    hm_rc rc = codec_json_read(in->arena, in->file->bytes, &doc, err);
    if (rc != HM_OK)
        return rc;
    if (codec_json_type(doc) != CODEC_OBJ)
        return hm_fail(err, HM_FORMAT, DEFECT_WRONG_TYPE, HM_PLACE_BYTE, 0, 0);
    detect_doc_open(&d, in, in->file, out);
    if (!d.bad)
        read_record(&d, doc, in->file->path);
    return detect_doc_close(&d, HM_OK, err);
}
