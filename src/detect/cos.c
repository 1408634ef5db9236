/* cos - etc/cos-package-info.json of Google's Container-Optimized OS, which has no package manager at run time: the
 * Gentoo packages that it holds, and those that it was built with.
 *
 *   { "installedPackages": [ { "category": C, "name": N, "version": BUILD, "ebuild_version": V }, .. ],
 *     "buildTimePackages": [ .. ] }
 *
 * The version is that of the ebuild; where only the build number of the system is given, that one.
 * The enemy is who wrote the tree that is scanned. */
#include "codec/codec.h"
#include "detect/lang.h"

static void add_package(const detect_in *in, part_build *out, const codec_json *v, part_scope scope)
{
    hm_str category = codec_json_get_str(v, "category"), build = codec_json_get_str(v, "version");
    hm_str version = codec_json_get_str(v, "ebuild_version");
    part_desc d = {
        .kind = PART_LIBRARY,
        .scope = scope,
        .eco = PART_ECO_GENERIC,
        .ns = detect_join(in->arena, HM_STR("cos"), category.n ? HM_STR("/") : HM_NONE, category),
        .name = codec_json_get_str(v, "name"),
        .version = version.n ? version : build,
    };
    if (d.version.n == 0)
        d.flags |= PART_F_NO_VERSION;
    uint32_t comp = part_add(out, &d);
    part_add_evidence(out, comp, in->file->path, PART_T_MANIFEST, 100, 0);
    part_add_prop(out, comp, HM_STR("cos:version"), build);
}

hm_rc detect_cos_packages(const detect_in *in, part_build *out, hm_err *err)
{
    static const struct {
        const char *key;
        part_scope scope;
    } LIST[] = { { "installedPackages", PART_SCOPE_RUNTIME }, { "buildTimePackages", PART_SCOPE_BUILD } };
    detect_lang_gaps gaps = { out, in->file->path, 0 };
    const codec_json *root = NULL, *v;
    hm_str key;
    hm_rc rc = codec_json_read(in->arena, in->file->bytes, &root, err);
    if (rc != HM_OK)
        return rc;
    for (size_t i = 0; i < HM_COUNT(LIST); i++) {
        const codec_json *list = codec_json_get(root, LIST[i].key);
        uint64_t n = 0;
        if (list && codec_json_type(list) != CODEC_ARR)
            detect_lang_gap(&gaps, HM_FORMAT, DEFECT_WRONG_TYPE, HM_PLACE_NONE, 0, 0, hm_str_c(LIST[i].key));
        else
            for (codec_json_iter it = codec_json_each(list); codec_json_next(&it, &key, &v);) {
                n++;
                if (codec_json_get_str(v, "name").n)
                    add_package(in, out, v, LIST[i].scope);
                else
                    detect_lang_gap(&gaps, HM_FORMAT, DEFECT_MISSING_FIELD, HM_PLACE_ENTRY, n, 0, HM_STR("name"));
            }
    }
    return HM_OK;
}
