/* rpm_manifest - what images of rpm systems say of themselves without a database: the list of packages that Azure Linux
 * leaves in images without rpm, and the repositories that Red Hat's images were built from.
 *
 *   var/lib/rpmmanifest/container-manifest-2   one package a line, ten fields between tabs, as `rpm -qa --qf` wrote them:
 *       name  version-release  installed  built  vendor  epoch-or-(none)  size  arch  epoch  source.rpm
 *   root/buildinfo/content_manifests/X.json    { "content_sets": ["rhel-9-for-x86_64-baseos-rpms", ..], .. }
 *
 * The ninth field is 0 both for the epoch 0 and for none: the sixth tells them apart where it is not "(none)". A line of
 * another form is a gap with its number; the others are read.
 * The enemy is who wrote the tree that is scanned. */
#include "base/limits.h"
#include "codec/codec.h"
#include "detect/db_int.h"
#include "detect/rpm.h"

enum { NAME, VERSION, VENDOR = 4, EPOCH_OR_NONE, ARCH = 7, EPOCH, SOURCE, FIELDS };

static bool is_token(hm_str s)
{
    for (size_t i = 0; i < s.n; i++)
        if ((unsigned char)s.p[i] <= ' ' || s.p[i] == 0x7f || s.p[i] == '/')
            return false;
    return s.n > 0;
}

static hm_str said(hm_str s)
{
    return hm_str_is(s, "(none)") ? HM_NONE : s;
}

static void emit(const detect_in *in, part_build *out, const hm_str field[FIELDS], uint64_t line, hm_buf *quals)
{
    uint64_t epoch;
    hm_str given = said(field[EPOCH_OR_NONE]);
    if (given.n == 0 && !hm_str_is(field[EPOCH], "0"))
        given = field[EPOCH];
    hm_buf_reset(quals);
    part_qual_add(quals, HM_STR("arch"), said(field[ARCH]));
    if (hm_str_u64(given, &epoch))
        part_qual_add(quals, HM_STR("epoch"), given);
    part_desc d = {
        .kind = PART_LIBRARY,
        .scope = PART_SCOPE_RUNTIME,
        .eco = PART_ECO_RPM,
        .name = field[NAME],
        .version = field[VERSION],
        .quals = hm_buf_view(quals),
        .supplier = said(field[VENDOR]),
        .root = in->root,
        .env = in->root,
    };
    (void)detect_rpm_source(said(field[SOURCE]), &d.source_name, &d.source_version);
    uint32_t comp = part_add(out, &d);
    part_add_evidence(out, comp, in->file->path, PART_T_MANIFEST, 100, line);
    part_add_provide(out, comp, in->root, d.name);
}

hm_rc detect_rpm_manifest(const detect_in *in, part_build *out, hm_err *err)
{
    detect_gaps gaps = { .in = in, .out = out };
    hm_buf quals = { 0 };
    hm_str rest = in->file->bytes, line;
    if (hm_str_trim(rest).n == 0)
        return hm_fail(err, HM_FORMAT, DEFECT_EMPTY, HM_PLACE_NONE, 0, 0);
    for (uint64_t n = 1; hm_str_line(&rest, &line); n++) {
        hm_str field[FIELDS] = { 0 };
        size_t found = 0;
        if (hm_str_trim(line).n == 0)
            continue;
        for (hm_str left = line; left.n && found < FIELDS; found++)
            field[found] = hm_str_cut(left, '\t', &left);
        if (found == FIELDS && is_token(field[NAME]) && hm_str_find(field[VERSION], '-') < field[VERSION].n &&
            is_token(field[VERSION])) {
            if (!hm_str_is(field[NAME], "gpg-pubkey"))
                emit(in, out, field, n, &quals);
        } else
            detect_gap(&gaps, HM_FORMAT, DEFECT_BAD_VALUE, n, HM_NONE);
    }
    hm_rc rc = detect_gaps_end(&gaps, quals.bad, err);
    hm_buf_clear(&quals);
    return rc;
}

/* Which repositories the packages came from decides which advisories are about them; no package names its own. Kept
 * beside the components, as facts of the image. */
hm_rc detect_rpm_content_sets(const detect_in *in, part_build *out, hm_err *err)
{
    const codec_json *root = NULL, *v;
    hm_str key;
    hm_rc rc = codec_json_read(in->arena, in->file->bytes, &root, err);
    if (rc != HM_OK)
        return rc;
    const codec_json *sets = codec_json_get(root, "content_sets");
    if (sets && codec_json_type(sets) != CODEC_ARR && codec_json_type(sets) != CODEC_NULL) {
        rc = hm_fail(err, HM_FORMAT, DEFECT_WRONG_TYPE, HM_PLACE_NONE, 0, 0);
        detect_err_at(err, HM_STR("content_sets"));
        return rc;
    }
    for (codec_json_iter it = codec_json_each(sets); codec_json_next(&it, &key, &v);)
        if (codec_json_str(v).n)
            part_add_extra(out, PART_NO, PART_FMT_NONE, HM_STR("rpm:content_set"), codec_json_str(v));
    return HM_OK;
}
