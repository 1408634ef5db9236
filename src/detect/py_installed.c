/* py_installed - what lies beside the metadata of an installed Python distribution: direct_url.json of *.dist-info
 * (specification "Recording the Direct URL Origin of installed distributions", PEP 610) and requires.txt of *.egg-info
 * (setuptools' documentation of egg metadata).
 *
 *   SITE/NAME-VERSION.dist-info/direct_url.json
 *     { url, subdirectory, vcs_info: { vcs, commit_id, requested_revision } | archive_info: { hash, hashes }
 *       | dir_info: { editable } }
 *   SITE/NAME-VERSION(-pyX.Y).egg-info/requires.txt, NAME-VERSION-pyX.Y.egg/EGG-INFO/requires.txt
 *     requirement lines, then [extra] or [extra:marker] or [:marker] and more lines
 *
 * Invariants:
 * 1. Folder names say whose they are: the component is united with that of METADATA or PKG-INFO by its purl. Where the
 *    folder names no version, nothing is said here.
 * 2. Requirements of an extra belong to nobody who did not ask for it; those under a marker alone are optional, as in
 *    METADATA.
 * Enemy: the author of the package. */
#include "detect/py.h"

/* "Name-1.0.dist-info", "Name-1.0-py3.9.egg-info", "Name-1.0-py3.9.egg": names have no dash there. */
static bool folder_says(hm_str folder, part_desc *d, hm_buf *normal)
{
    static const char *const END[] = { ".dist-info", ".egg-info", ".egg" };
    hm_str rest = folder, version;
    for (size_t i = 0; i < HM_COUNT(END); i++)
        if (hm_str_ends(folder, hm_str_c(END[i]))) {
            rest = hm_str_sub(folder, 0, folder.n - strlen(END[i]));
            break;
        }
    d->name = hm_str_cut(rest, '-', &rest);
    version = hm_str_cut(rest, '-', &rest);
    if (!detect_py_is_name(d->name) || version.n == 0)
        return false;
    detect_version(d, version, normal);
    return true;
}

static void direct_url(detect_doc *d, const codec_json *doc, part_desc *desc)
{
    const codec_json *vcs = codec_json_get(doc, "vcs_info"), *archive = codec_json_get(doc, "archive_info");
    const codec_json *dir = codec_json_get(doc, "dir_info"), *v;
    hm_str key, url = codec_json_get_str(doc, "url"), revision = codec_json_get_str(vcs, "requested_revision");
    if (url.n == 0) {
        detect_doc_gap(d, HM_FORMAT, DEFECT_MISSING_FIELD, 0, HM_STR("url"));
        return;
    }
    if (codec_json_type(vcs) == CODEC_OBJ) { /* no qualifier: the purl must stay that of METADATA */
        detect_py_repository(d, codec_json_get_str(vcs, "vcs"), url, codec_json_get_str(vcs, "commit_id"), desc);
        desc->quals = HM_NONE;
    } else if (codec_json_type(dir) == CODEC_OBJ || hm_str_starts(url, HM_STR("file:"))) {
        desc->flags |= PART_F_LOCAL;
    } else {
        desc->url_dist = detect_url(d->in->arena, url);
    }
    uint32_t comp = detect_doc_add(d, desc, 0);
    for (codec_json_iter it = codec_json_each(codec_json_get(archive, "hashes")); codec_json_next(&it, &key, &v);)
        detect_py_add_hash(d, comp, detect_join(d->in->arena, key, HM_STR(":"), codec_json_str(v)));
    hm_str hash = codec_json_get_str(archive, "hash");
    if (hash.n && !codec_json_get(archive, "hashes")) { /* the old notation: "sha256=HEX" */
        hm_str hex, name = hm_str_cut(hash, '=', &hex);
        detect_py_add_hash(d, comp, detect_join(d->in->arena, name, HM_STR(":"), hex));
    }
    if (desc->flags & PART_F_LOCAL)
        detect_py_prop(d, comp, "declared-path", url);
    detect_py_prop(d, comp, "python:revision", revision);
    detect_py_prop(d, comp, "python:subdirectory", codec_json_get_str(doc, "subdirectory"));
    if (codec_json_bool(codec_json_get(dir, "editable")))
        detect_py_prop(d, comp, "python:editable", HM_STR("true"));
}

hm_rc detect_python_direct_url(const detect_in *in, part_build *out, hm_err *err)
{
    const codec_json *doc = NULL;
    detect_doc d;
    part_desc desc = { .kind = PART_LIBRARY, .eco = PART_ECO_PYPI };
    hm_rc rc = codec_json_read(in->arena, in->file->bytes, &doc, err);
    if (rc != HM_OK)
        return rc;
    if (codec_json_type(doc) != CODEC_OBJ)
        return hm_fail(err, HM_FORMAT, DEFECT_WRONG_TYPE, HM_PLACE_BYTE, 0, 0);
    detect_doc_open(&d, in, in->file, out);
    if (!d.bad && folder_says(hm_path_base(hm_path_dir(in->file->path)), &desc, &d.normal))
        direct_url(&d, doc, &desc);
    return detect_doc_close(&d, HM_OK, err);
}

static void requires_lines(detect_doc *d, uint32_t comp, hm_str env, hm_str text)
{
    part_scope scope = PART_SCOPE_RUNTIME;
    hm_str line;
    uint64_t no = 0;
    bool others = false; /* in the section of an extra */
    for (hm_str rest = text; hm_str_line(&rest, &line);) {
        no++;
        line = hm_str_trim(line);
        if (line.n == 0 || line.p[0] == '#')
            continue;
        if (line.p[0] == '[') {
            others = line.n > 1 && line.p[1] != ':';
            scope = PART_SCOPE_OPTIONAL;
            continue;
        }
        py_requirement r;
        if (others)
            continue;
        if (!detect_py_requirement(line, &r)) {
            detect_doc_gap(d, HM_FORMAT, DEFECT_BAD_VALUE, no, line);
            continue;
        }
        part_add_need(d->out, comp, r.marker.n ? PART_SCOPE_OPTIONAL : scope, PART_FIND_HERE, 0, PART_ECO_PYPI, env,
                      detect_py_key(d, r.name));
    }
}

hm_rc detect_python_requires(const detect_in *in, part_build *out, hm_err *err)
{
    detect_doc d;
    part_desc desc = { .kind = PART_LIBRARY, .eco = PART_ECO_PYPI, .flags = PART_F_DEPS_KNOWN };
    hm_str folder = hm_path_dir(in->file->path);
    if (hm_str_is(hm_path_base(folder), "EGG-INFO"))
        folder = hm_path_dir(folder);
    detect_doc_open(&d, in, in->file, out);
    if (!d.bad && folder_says(hm_path_base(folder), &desc, &d.normal)) {
        uint32_t comp = detect_doc_add(&d, &desc, 0);
        requires_lines(&d, comp, hm_path_dir(folder), in->file->bytes);
    }
    return detect_doc_close(&d, HM_OK, err);
}
