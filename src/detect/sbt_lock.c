/* sbt_lock - build.sbt.lock of the plug-in sbt-dependency-lock (its README).
 *
 *   { lockVersion: 1, configurations: [...], dependencies: [
 *       { org, name, version, artifacts: [ { name, hash: "sha1:HEX" } ], configurations: ["compile", "test" ...] } ] }
 *
 * Scope: that of the strongest configuration. The digest is the part's where it has one artifact.
 * Enemy: the author of the file. */
#include "detect/doc.h"

enum { TEXT_MAX = 256 };

static part_scope scope_of(hm_str configuration)
{
    if (hm_str_is(configuration, "compile") || hm_str_is(configuration, "runtime") ||
        hm_str_is(configuration, "default"))
        return PART_SCOPE_RUNTIME;
    if (hm_str_is(configuration, "optional") || hm_str_is(configuration, "provided"))
        return PART_SCOPE_OPTIONAL;
    if (hm_str_is(configuration, "test") || hm_str_is(configuration, "it"))
        return PART_SCOPE_DEV;
    return PART_SCOPE_BUILD;
}

static void dependency(detect_doc *doc, const codec_json *v)
{
    part_desc d = { .kind = PART_LIBRARY, .eco = PART_ECO_MAVEN };
    const codec_json *artifacts = codec_json_get(v, "artifacts"), *x;
    hm_str key;
    if (codec_json_type(v) != CODEC_OBJ) {
        detect_doc_wrong_type(doc, HM_STR("dependencies"));
        return;
    }
    d.ns = codec_json_get_str(v, "org");
    d.name = codec_json_get_str(v, "name");
    if (d.ns.n == 0 || d.name.n == 0) {
        detect_doc_gap(doc, HM_FORMAT, DEFECT_MISSING_FIELD, 0, d.name.n ? HM_STR("org") : HM_STR("name"));
        return;
    }
    detect_version(&d, codec_json_get_str(v, "version"), &doc->normal);
    if (d.version.n == 0)
        detect_doc_gap(doc, HM_FORMAT, DEFECT_MISSING_FIELD, 0, HM_STR("version"));
    hm_buf_reset(&doc->quals);
    for (codec_json_iter it = codec_json_each(codec_json_get(v, "configurations")); codec_json_next(&it, &key, &x);) {
        d.scope = part_scope_stronger(d.scope, scope_of(codec_json_str(x)));
        if (doc->quals.n < TEXT_MAX) {
            hm_buf_c(&doc->quals, doc->quals.n ? "," : "");
            hm_buf_str(&doc->quals, detect_cut(codec_json_str(x), TEXT_MAX));
        }
    }
    uint32_t comp = detect_doc_add(doc, &d, 0);
    part_add_prop(doc->out, comp, HM_STR("sbt:configurations"), detect_cut(hm_buf_view(&doc->quals), TEXT_MAX));
    if (codec_json_count(artifacts) != 1)
        return;
    codec_json_iter it = codec_json_each(artifacts);
    if (codec_json_next(&it, &key, &x)) {
        hm_str hex, alg = hm_str_cut(codec_json_get_str(x, "hash"), ':', &hex);
        if (hm_str_is(alg, "sha1"))
            part_add_digest(doc->out, comp, PART_SHA1, hex);
        else if (hm_str_is(alg, "sha256"))
            part_add_digest(doc->out, comp, PART_SHA256, hex);
    }
}

hm_rc detect_sbt_lock(const detect_in *in, part_build *out, hm_err *err)
{
    const codec_json *root = NULL, *v;
    hm_str key;
    uint64_t version = 0;
    detect_doc doc;
    detect_doc_open(&doc, in, in->file, out);
    hm_rc rc = codec_json_read(in->arena, in->file->bytes, &root, err);
    if (rc == HM_OK && (!codec_json_u64(codec_json_get(root, "lockVersion"), &version) || version != 1))
        rc = hm_fail(err, HM_UNSUPPORTED, DEFECT_UNSUPPORTED_VERSION, HM_PLACE_NONE, 0, version);
    if (rc == HM_OK && codec_json_type(codec_json_get(root, "dependencies")) != CODEC_ARR) {
        rc = hm_fail(err, HM_FORMAT, DEFECT_WRONG_TYPE, HM_PLACE_NONE, 0, 0);
        detect_err_at(err, HM_STR("dependencies"));
    }
    codec_json_iter it = codec_json_each(rc == HM_OK ? codec_json_get(root, "dependencies") : NULL);
    while (codec_json_next(&it, &key, &v))
        dependency(&doc, v);
    return detect_doc_close(&doc, rc, err);
}
