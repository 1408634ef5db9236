/* rust_audit - the list of crates that cargo-auditable leaves in a Rust program (format: the auditable-serde crate,
 * README and JSON schema of the cargo-auditable project).
 *
 *   section .dep-v0 of ELF, PE, Mach-O (segment __DATA): zlib
 *   { "packages": [ { "name", "version", "source": "crates.io" | "git" | "local" | "registry" | other,
 *                     "kind": "runtime" (left out) | "build", "dependencies": [index ...], "root": true } ... ],
 *     "format": n }
 *
 * Invariants: 1. Only a program with that section is ours; what it holds and cannot be read is a gap.
 *             2. A package that cannot be named costs itself alone; indices keep their meaning.
 *             3. A crate from a path is no crate of the registry, even if that has one of its name: PART_F_LOCAL.
 * Enemy: whoever built the program. */
#include "base/limits.h"
#include "codec/codec.h"
#include "detect/image.h"
#include "detect/lang.h"

enum { TEXT_MAX = 512 };

typedef struct work {
    const detect_in *in;
    part_build *out;
    detect_lang_gaps gaps;
    uint32_t *comp; /* package -> component, PART_NO: left out */
    bool *build;    /* package -> is needed at build time alone */
    size_t n;
} work;

static void package_gap(work *w, size_t i, hm_defect defect, const char *field)
{
    detect_lang_gap(&w->gaps, HM_FORMAT, defect, HM_PLACE_ENTRY, i + 1, 0, hm_str_c(field));
}

static uint32_t add_package(work *w, size_t i, const codec_json *v, hm_buf *normal)
{
    hm_str name = codec_json_get_str(v, "name"), version = codec_json_get_str(v, "version");
    hm_str source = codec_json_get_str(v, "source"), kind = codec_json_get_str(v, "kind");
    bool root = codec_json_bool(codec_json_get(v, "root"));
    if (name.n == 0) {
        package_gap(w, i, codec_json_type(v) == CODEC_OBJ ? DEFECT_MISSING_FIELD : DEFECT_WRONG_TYPE, "name");
        return PART_NO;
    }
    part_desc d = { .kind = root ? PART_APPLICATION : PART_LIBRARY,
                    .scope = hm_str_is(kind, "build") ? PART_SCOPE_BUILD : PART_SCOPE_RUNTIME,
                    .eco = PART_ECO_CARGO,
                    .flags = PART_F_DEPS_KNOWN,
                    .name = name };
    if (kind.n && !hm_str_is(kind, "build") && !hm_str_is(kind, "runtime"))
        package_gap(w, i, DEFECT_BAD_VALUE, "kind");
    if (version.n == 0)
        package_gap(w, i, DEFECT_MISSING_FIELD, "version");
    if (hm_str_is(source, "local"))
        d.flags |= PART_F_LOCAL;
    w->build[i] = d.scope == PART_SCOPE_BUILD;
    detect_version(&d, version, normal);
    uint32_t c = part_add(w->out, &d);
    part_add_evidence(w->out, c, w->in->file->path, PART_T_BINARY, 100, 0);
    if (!hm_str_is(source, "crates.io"))
        part_add_prop(w->out, c, HM_STR("cargo:source"), detect_cut(source, TEXT_MAX));
    return c;
}

static void add_edges(work *w, size_t i, const codec_json *v)
{
    const codec_json *list = codec_json_get(v, "dependencies"), *item;
    hm_str key;
    if (list && codec_json_type(list) != CODEC_ARR)
        package_gap(w, i, DEFECT_WRONG_TYPE, "dependencies");
    for (codec_json_iter it = codec_json_each(list); codec_json_next(&it, &key, &item);) {
        uint64_t to;
        if (!codec_json_u64(item, &to) || to >= w->n) {
            package_gap(w, i, DEFECT_BAD_VALUE, "dependencies");
            continue;
        }
        if (w->comp[i] == PART_NO || w->comp[to] == PART_NO || w->comp[i] == w->comp[to])
            continue;
        part_add_edge(w->out, w->comp[i], w->comp[to], w->build[to] ? PART_SCOPE_BUILD : PART_SCOPE_RUNTIME);
    }
}

static hm_rc read_list(const detect_in *in, part_build *out, hm_str json, hm_err *err)
{
    const codec_json *root, *list, *item;
    hm_str key;
    hm_rc rc = codec_json_read(in->arena, json, &root, err);
    if (rc != HM_OK)
        return rc;
    list = codec_json_get(root, "packages");
    if (codec_json_type(list) != CODEC_ARR) {
        rc = hm_fail(err, HM_FORMAT, DEFECT_MISSING_FIELD, HM_PLACE_NONE, 0, 0);
        detect_err_at(err, HM_STR("packages"));
        return rc;
    }
    work w = { .in = in, .out = out, .gaps = { .out = out, .path = in->file->path }, .n = codec_json_count(list) };
    w.comp = hm_arena_array(in->arena, w.n + 1, sizeof *w.comp);
    w.build = hm_arena_array(in->arena, w.n + 1, sizeof *w.build);
    if (!w.comp || !w.build)
        return hm_arena_fail(in->arena, err);
    hm_buf normal = { 0 };
    size_t i = 0;
    for (codec_json_iter it = codec_json_each(list); codec_json_next(&it, &key, &item) && !part_build_bad(out);) {
        w.comp[i] = add_package(&w, i, item, &normal);
        i++;
    }
    i = 0;
    for (codec_json_iter it = codec_json_each(list); codec_json_next(&it, &key, &item) && !part_build_bad(out);)
        add_edges(&w, i++, item);
    bool bad = normal.bad;
    hm_buf_clear(&normal);
    return bad ? detect_no_memory(err) : HM_OK;
}

static hm_rc read_program(const detect_in *in, const detect_image *m, part_build *out, hm_err *err)
{
    const detect_section *s = detect_image_find(m, ".dep-v0");
    hm_str packed = HM_NONE, json = HM_NONE;
    if (!s || s->empty) /* empty: debug symbols split off */
        return HM_NOTFOUND;
    hm_rc rc = detect_image_bytes(in->arena, m->src, s->offset, s->bytes, LIMIT_AUDIT_BYTES, &packed, err);
    if (rc == HM_OK)
        rc = codec_inflate(in->arena, CODEC_ZLIB, packed, LIMIT_AUDIT_BYTES, &json, err);
    return rc == HM_OK ? read_list(in, out, json, err) : rc;
}

hm_rc detect_rust_audit(const detect_in *in, part_build *out, hm_err *err)
{
    return detect_image_run(in, out, read_program, err);
}
