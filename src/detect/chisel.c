/* chisel - var/lib/chisel/manifest.wall: what of which Ubuntu packages an image was cut from. Zstandard-packed lines of
 * JSON ("jsonwall"), sorted; https://documentation.ubuntu.com/chisel.
 *
 *   {"jsonwall":"1.0","schema":"1.0","count":N}                     first line
 *   {"kind":"package","name":N,"version":V,"sha256":S,"arch":A}     the digest is that of the .deb
 *   {"kind":"slice","name":"PACKAGE_SLICE"}   {"kind":"path","path":P,"slices":[..],..}   {"kind":"content",..}
 *
 * 1. A package is a component whatever its slices hold; which ones were taken is a property.
 * 2. The manifest names no source package: none is guessed from the name.
 * 3. A line that is no object is a gap with its number; the others are read.
 * The enemy is who wrote the tree that is scanned. */
#include "base/limits.h"
#include "codec/codec.h"
#include "detect/db_int.h"

typedef struct reader {
    detect_gaps gaps;
    hm_buf quals;
    hm_map *package; /* name -> component */
    hm_vec slice;    /* of hm_str, in the order of the file */
    bool header;
} reader;

typedef bool line_fn(reader *r, const codec_json *line, uint64_t n);

/* Package of "PACKAGE_SLICE"; empty: not such a name. */
static hm_str package_of(hm_str slice)
{
    size_t bar = hm_str_find(slice, '_'); /* neither half has one in its name */
    return bar < slice.n ? hm_str_sub(slice, 0, bar) : HM_NONE;
}

static void add_package(reader *r, const codec_json *line, uint64_t n)
{
    part_build *out = r->gaps.out;
    const detect_in *in = r->gaps.in;
    hm_str name = codec_json_get_str(line, "name"), version = codec_json_get_str(line, "version");
    if (name.n == 0 || version.n == 0) {
        detect_gap(&r->gaps, HM_FORMAT, DEFECT_MISSING_FIELD, n, name.n ? HM_STR("version") : HM_STR("name"));
        return;
    }
    if (!detect_is_deb_name(name)) {
        detect_gap(&r->gaps, HM_FORMAT, DEFECT_BAD_VALUE, n, HM_STR("name"));
        return;
    }
    hm_buf_reset(&r->quals);
    part_qual_add(&r->quals, HM_STR("arch"), codec_json_get_str(line, "arch"));
    const part_desc d = {
        .kind = PART_LIBRARY,
        .scope = PART_SCOPE_RUNTIME,
        .eco = PART_ECO_DEB,
        .name = name,
        .version = version,
        .quals = hm_buf_view(&r->quals),
        .root = in->root,
        .env = in->root,
    };
    uint32_t comp = part_add(out, &d);
    part_add_evidence(out, comp, in->file->path, PART_T_MANIFEST, 100, n);
    part_add_digest(out, comp, PART_SHA256, codec_json_get_str(line, "sha256"));
    part_add_provide(out, comp, in->root, name);
    if (comp != PART_NO && !hm_map_put(r->package, name, comp))
        r->quals.bad = true;
}

static bool component_line(reader *r, const codec_json *line, uint64_t n)
{
    hm_str kind = codec_json_get_str(line, "kind"), name = codec_json_get_str(line, "name");
    if (hm_str_is(kind, "package")) {
        add_package(r, line, n);
    } else if (hm_str_is(kind, "slice") && package_of(name).n) {
        hm_str *to = hm_vec_push(&r->slice, r->gaps.in->arena);
        if (!to)
            return false;
        *to = name;
    }
    return true;
}

/* Lines to fn; the first says what the file is. */
static hm_rc read_lines(reader *r, line_fn *fn, hm_err *err)
{
    hm_arena *a = r->gaps.in->arena;
    hm_str text, line;
    hm_rc rc = codec_unzstd(a, r->gaps.in->file->bytes, LIMIT_FILE_BYTES, &text, err);
    for (uint64_t n = 1; rc == HM_OK && hm_str_line(&text, &line); n++) {
        const codec_json *root = NULL;
        hm_err e = { 0 };
        if (hm_str_trim(line).n == 0)
            continue;
        hm_rc got = codec_json_read(a, line, &root, &e);
        if (got == HM_NOMEM || (got == HM_LIMIT && e.defect == DEFECT_BUDGET)) {
            if (err)
                *err = e;
            return got;
        }
        if (got != HM_OK || codec_json_type(root) != CODEC_OBJ) {
            detect_gap(&r->gaps, HM_FORMAT, got == HM_OK ? DEFECT_WRONG_TYPE : (hm_defect)e.defect, n, HM_NONE);
            continue;
        }
        if (!r->header && codec_json_get_str(root, "jsonwall").n == 0)
            return hm_fail(err, HM_FORMAT, DEFECT_MISSING_FIELD, HM_PLACE_LINE, n, 0);
        if (r->header && !fn(r, root, n))
            return hm_arena_fail(a, err);
        r->header = true;
    }
    return rc;
}

/* Slices of one package follow one another. */
static void add_slices(reader *r)
{
    for (size_t i = 0; i < r->slice.n; i++) {
        hm_str slice = *HM_VEC_AT(&r->slice, hm_str, i);
        uint64_t comp;
        if (hm_map_get(r->package, package_of(slice), &comp))
            part_add_prop(r->gaps.out, (uint32_t)comp, HM_STR("chisel:slice"), slice);
    }
}

hm_rc detect_chisel(const detect_in *in, part_build *out, hm_err *err)
{
    HM_AUTO(hm_map_freep) hm_map *package = hm_map_new();
    reader r = { .gaps = { .in = in, .out = out }, .package = package, .slice = { .size = sizeof(hm_str) } };
    if (!package)
        return hm_fail(err, HM_NOMEM, DEFECT_NOMEM, HM_PLACE_NONE, 0, 0);
    hm_rc rc = read_lines(&r, component_line, err);
    add_slices(&r);
    if (rc == HM_OK)
        rc = detect_gaps_end(&r.gaps, r.quals.bad, err);
    hm_buf_clear(&r.quals);
    return rc;
}

/* ---- owners ------------------------------------------------------------------------------------------------------------ */

typedef struct owner {
    reader r;
    detect_wanted wanted;
} owner;

static bool owner_line(reader *r, const codec_json *line, uint64_t n)
{
    owner *o = (owner *)(void *)r; /* its first member */
    hm_str path = codec_json_get_str(line, "path"), key;
    (void)n;
    if (!hm_str_is(codec_json_get_str(line, "kind"), "path") || path.n < 2 || path.p[0] != '/')
        return true;
    path = hm_str_from(path, 1);
    detect_wanted_dir(&o->wanted, hm_path_dir(path));
    hm_str found = detect_wanted_find(&o->wanted, hm_path_base(path));
    const codec_json *slice = NULL;
    codec_json_iter it = codec_json_each(codec_json_get(line, "slices"));
    if (found.n && codec_json_next(&it, &key, &slice)) {
        hm_str package = package_of(codec_json_str(slice));
        if (package.n)
            part_add_owned(r->gaps.out, PART_ECO_DEB, found, package);
    }
    return true;
}

hm_rc detect_chisel_owner(const detect_in *in, part_build *out, hm_err *err)
{
    owner o = { .r = { .gaps = { .in = in, .out = out } }, .wanted = { .all = in->wanted } };
    hm_err e = { 0 };
    if (in->wanted.n == 0)
        return HM_OK;
    hm_rc rc = read_lines(&o.r, owner_line, &e);
    bool bad = o.wanted.key.bad;
    detect_wanted_clear(&o.wanted);
    if (bad)
        return hm_fail(err, HM_NOMEM, DEFECT_NOMEM, HM_PLACE_NONE, 0, 0);
    if (rc == HM_NOMEM && err)
        *err = e;
    return rc == HM_NOMEM ? rc : HM_OK; /* all else was said when the packages were read */
}
