/* plan_find - which images and platforms the descriptions name: manifest.json of docker-archives, index.json and what it
 * leads to, to depth PLAN_DEPTH. Pure.
 * Invariants: every description is parsed once and its manifests are taken once, however often it is named, so that the
 * cost is linear in the bytes given; all that is named and not understood is a note. Enemy: the author of the image. */
#include "scan/plan_int.h"

static bool media_index(hm_str type)
{
    return hm_str_is(type, "application/vnd.oci.image.index.v1+json") ||
           hm_str_is(type, "application/vnd.docker.distribution.manifest.list.v2+json");
}

static bool media_old(hm_str type)
{
    return hm_str_starts(type, HM_STR("application/vnd.docker.distribution.manifest.v1+"));
}

static bool media_config(hm_str type)
{
    return type.n == 0 || hm_str_is(type, "application/vnd.oci.image.config.v1+json") ||
           hm_str_is(type, "application/vnd.docker.container.image.v1+json") ||
           hm_str_is(type, "application/octet-stream"); /* early registries */
}

hm_str scan_plan_cut(hm_str s)
{
    if (s.n <= PLAN_TEXT)
        return s;
    size_t n = PLAN_TEXT;
    while (n && ((uint8_t)s.p[n] & 0xc0) == 0x80)
        n--;
    return hm_str_sub(s, 0, n);
}

void scan_plan_note(plan_find *f, plan_note_kind kind, hm_str path, hm_str text)
{
    if (f->note.n >= PLAN_ROWS)
        return;
    plan_note *n = hm_vec_push(&f->note, f->arena);
    f->no_memory |= !n;
    if (n)
        *n = (plan_note){ .kind = kind, .path = path, .text = scan_plan_cut(text) };
    if (n && f->note.n == PLAN_ROWS) { /* the last place says that there were more */
        *n = (plan_note){ .kind = PLAN_GAP };
        hm_fail(&n->err, HM_LIMIT, DEFECT_TOO_MANY, HM_PLACE_NONE, 0, PLAN_ROWS);
    }
}

void scan_plan_err(plan_find *f, hm_str path, const hm_err *e)
{
    size_t n = f->note.n;
    scan_plan_note(f, PLAN_GAP, path, HM_NONE);
    if (f->note.n > n && f->note.n < PLAN_ROWS)
        HM_VEC_AT(&f->note, plan_note, n)->err = *e;
}

void scan_plan_gap(plan_find *f, hm_str path, hm_rc rc, hm_defect defect, hm_str at)
{
    hm_err e;
    hm_fail(&e, rc, defect, HM_PLACE_NONE, 0, 0);
    size_t n = at.n < sizeof e.at - 1 ? at.n : sizeof e.at - 1;
    if (n && !memchr(at.p, 0, n))
        memcpy(e.at, at.p, n);
    scan_plan_err(f, path, &e);
}

hm_str scan_plan_blob_path(plan_find *f, hm_str digest)
{
    hm_str enc, alg = hm_str_cut(digest, ':', &enc);
    char *p = scan_plan_digest_ok(digest) ? hm_arena_alloc(f->arena, 6 + alg.n + 1 + enc.n + 1) : NULL;
    if (!p) {
        f->no_memory |= scan_plan_digest_ok(digest);
        return HM_NONE;
    }
    memcpy(p, "blobs/", 6);
    memcpy(p + 6, alg.p, alg.n);
    p[6 + alg.n] = '/';
    memcpy(p + 7 + alg.n, enc.p, enc.n);
    return (hm_str){ p, 7 + alg.n + enc.n };
}

static plan_file *file_of(const plan_find *f, hm_str path)
{
    uint64_t at;
    return hm_map_get(f->by_path, path, &at) && at ? &f->file[at - 1] : NULL;
}

bool scan_plan_given(const plan_find *f, hm_str path)
{
    return file_of(f, path) != NULL;
}

const codec_json *scan_plan_load(plan_find *f, hm_str path, hm_str digest)
{
    plan_file *file = file_of(f, path);
    hm_err e;
    if (!file && !f->q->final) { /* 0 in the map: it was asked for already */
        size_t n = hm_map_count(f->by_path);
        f->no_memory |= !hm_map_put(f->by_path, path, 0);
        if (hm_map_count(f->by_path) > n) {
            f->needs = true;
            scan_plan_note(f, PLAN_NEED, path, digest);
        }
    }
    if (!file)
        return NULL;
    if (file->state == PLAN_UNREAD) {
        file->state = PLAN_READ;
        if (codec_json_read(f->arena, file->bytes, &file->json, &e) != HM_OK) {
            file->state = PLAN_BROKEN;
            file->json = NULL;
            scan_plan_err(f, path, &e);
        }
    }
    return file->json;
}

/* ---- platforms ---- */

static hm_str plain_word(hm_str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (!hm_is_alnum((uint8_t)s.p[i]) && s.p[i] != '.' && s.p[i] != '_' && s.p[i] != '-')
            return HM_NONE;
    return s.n <= 64 ? s : HM_NONE;
}

void scan_plan_alike(hm_str *arch, hm_str *variant)
{
    static const struct {
        const char *from, *from_variant, *to, *to_variant; /* variant NULL: any, kept */
    } SAME[] = {
        { "x86_64", NULL, "amd64", NULL }, { "x86-64", NULL, "amd64", NULL }, { "aarch64", NULL, "arm64", NULL },
        { "i386", NULL, "386", NULL },     { "i686", NULL, "386", NULL },     { "armhf", "", "arm", "v7" },
        { "armel", "", "arm", "v6" },      { "arm64", "v8", "arm64", "" },    { "arm64", "8", "arm64", "" },
        { "amd64", "v1", "amd64", "" },    { "arm", "", "arm", "v7" },        { "arm", "7", "arm", "v7" },
        { "arm", "6", "arm", "v6" },       { "arm", "5", "arm", "v5" },
    };
    for (size_t i = 0; i < HM_COUNT(SAME); i++) {
        if (!hm_str_is(*arch, SAME[i].from) || (SAME[i].from_variant && !hm_str_is(*variant, SAME[i].from_variant)))
            continue;
        *arch = hm_str_c(SAME[i].to);
        if (SAME[i].to_variant)
            *variant = hm_str_c(SAME[i].to_variant);
    }
}

void scan_plan_platform(hm_str text, hm_str *ret_os, hm_str *ret_arch, hm_str *ret_variant)
{
    hm_str rest;
    *ret_os = hm_str_cut(text, '/', &rest);
    *ret_arch = hm_str_cut(rest, '/', ret_variant);
    scan_plan_alike(ret_arch, ret_variant);
}

static void take_platform(plan_cand *c, const codec_json *p)
{
    hm_str os = plain_word(codec_json_get_str(p, "os")), arch = plain_word(codec_json_get_str(p, "architecture"));
    if (os.n == 0 && arch.n == 0)
        return;
    c->os = os;
    c->arch = arch;
    c->variant = plain_word(codec_json_get_str(p, "variant"));
}

/* ---- candidates ---- */

static void add_name(plan_find *f, size_t cand, hm_str name)
{
    name = scan_plan_cut(name);
    if (name.n == 0)
        return;
    plan_cand *c = HM_VEC_AT(&f->cand, plan_cand, cand);
    if (c->name.n == 0)
        c->name = name;
    plan_named *n = hm_vec_push(&f->name, f->arena);
    f->no_memory |= !n;
    if (n)
        *n = (plan_named){ cand, name };
}

static plan_cand *add_cand(plan_find *f)
{
    if (f->cand.n >= PLAN_ROWS) {
        if (f->cand.n == PLAN_ROWS)
            scan_plan_gap(f, HM_NONE, HM_LIMIT, DEFECT_TOO_MANY, HM_NONE);
        return NULL;
    }
    plan_cand *c = hm_vec_push(&f->cand, f->arena);
    f->no_memory |= !c;
    return c;
}

/* What a manifest says of itself: is it an image, and of which platform? */
void scan_plan_manifest(plan_find *f, plan_cand *c)
{
    const codec_json *config = codec_json_get(c->manifest, "config");
    hm_str type = codec_json_get_str(config, "mediaType"), digest = codec_json_get_str(config, "digest");
    hm_str kind = codec_json_get_str(c->manifest, "artifactType");
    if (!media_config(type) || codec_json_type(config) != CODEC_OBJ) {
        c->other = true;
        scan_plan_note(f, PLAN_OTHER, c->path, kind.n ? kind : type.n ? type : HM_STR("no configuration"));
        return;
    }
    const codec_json *subject = codec_json_get(c->manifest, "subject");
    const codec_json *layers = codec_json_get(c->manifest, "layers"), *layer;
    size_t n = 0, strange = 0;
    hm_str first = HM_NONE;
    codec_json_iter it = codec_json_each(layers);
    for (hm_str key; codec_json_next(&it, &key, &layer);) {
        hm_str t = codec_json_get_str(layer, "mediaType");
        n++;
        if (t.n && !hm_str_starts(t, HM_STR("application/vnd.oci.image.layer.")) &&
            !hm_str_starts(t, HM_STR("application/vnd.docker.image.rootfs."))) {
            strange++;
            first = t;
        }
    }
    if (codec_json_type(subject) == CODEC_OBJ || (n && strange == n)) { /* a signature, an SBOM put beside an image */
        c->other = true;
        scan_plan_note(f, PLAN_OTHER, c->path, kind.n ? kind : first.n ? first : HM_STR("referrer"));
    }
    c->config_path = scan_plan_blob_path(f, digest);
    if (c->config_path.n == 0)
        scan_plan_gap(f, c->path, HM_FORMAT, DEFECT_BAD_VALUE, HM_STR("config.digest"));
    else if (c->os.n == 0 && !c->other)
        take_platform(c, scan_plan_load(f, c->config_path, digest));
}

typedef struct names {
    hm_str full, ref; /* io.containerd.image.name, org.opencontainers.image.ref.name */
} names;

static names names_of(const codec_json *descriptor, names outer)
{
    const codec_json *a = codec_json_get(descriptor, "annotations");
    hm_str full = codec_json_get_str(a, "io.containerd.image.name");
    hm_str ref = codec_json_get_str(a, "org.opencontainers.image.ref.name");
    return full.n || ref.n ? (names){ full, ref } : outer;
}

static void walk_index(plan_find *f, const codec_json *index, hm_str path, names outer, unsigned depth);

static void attestation(plan_find *f, const codec_json *d, hm_str path, hm_str digest)
{
    plan_cand *c = f->attest.n < PLAN_ROWS ? hm_vec_push(&f->attest, f->arena) : NULL;
    f->no_memory |= !c && f->attest.n < PLAN_ROWS;
    if (c)
        *c = (plan_cand){ .path = path,
                          .digest = digest,
                          .attests =
                              codec_json_get_str(codec_json_get(d, "annotations"), "vnd.docker.reference.digest") };
}

static void manifest_of(plan_find *f, const codec_json *d, const codec_json *blob, hm_str path, hm_str digest, names n)
{
    uint64_t *at = hm_map_put(f->by_manifest, path, 0);
    f->no_memory |= !at;
    if (!at)
        return;
    if (*at == 0) {
        plan_cand *c = add_cand(f);
        if (!c)
            return;
        *at = f->cand.n;
        *c = (plan_cand){ .path = path, .digest = digest, .manifest = blob };
        take_platform(c, codec_json_get(d, "platform"));
        if (!blob && c->os.n == 0) /* only the manifest knows */
            c->manifest = blob = scan_plan_load(f, path, digest);
        if (blob)
            scan_plan_manifest(f, c);
    }
    add_name(f, (size_t)*at - 1, n.full.n ? n.full : n.ref);
}

static void descriptor(plan_find *f, const codec_json *d, hm_str in, names outer, unsigned depth)
{
    hm_str type = codec_json_get_str(d, "mediaType"), digest = codec_json_get_str(d, "digest");
    hm_str path = scan_plan_blob_path(f, digest);
    const codec_json *notes = codec_json_get(d, "annotations"), *platform = codec_json_get(d, "platform");
    names n = names_of(d, outer);
    if (path.n == 0) {
        if (!f->no_memory)
            scan_plan_gap(f, in, HM_FORMAT, DEFECT_BAD_VALUE, HM_STR("manifests.digest"));
        return;
    }
    if (codec_json_get_str(notes, "vnd.docker.reference.type").n ||
        (hm_str_is(codec_json_get_str(platform, "os"), "unknown") &&
         hm_str_is(codec_json_get_str(platform, "architecture"), "unknown"))) {
        attestation(f, d, path, digest);
        return;
    }
    const codec_json *blob = NULL;
    if (file_of(f, path) || media_index(type) || type.n == 0)
        blob = scan_plan_load(f, path, digest);
    uint64_t version = 0;
    (void)codec_json_u64(codec_json_get(blob, "schemaVersion"), &version);
    if (media_old(type) || (blob && (version == 1 || codec_json_get(blob, "fsLayers")))) {
        f->old = true;
        scan_plan_gap(f, path, HM_UNSUPPORTED, DEFECT_IMAGE_OLD, HM_STR("schemaVersion 1"));
        return;
    }
    if (media_index(type) || codec_json_type(codec_json_get(blob, "manifests")) == CODEC_ARR) {
        plan_file *file = file_of(f, path);
        if (!blob) {
            if (f->q->final && !(file && file->state == PLAN_BROKEN))
                scan_plan_gap(f, path, HM_NOTFOUND, DEFECT_IMAGE_BLOB, HM_NONE);
        } else if (depth >= PLAN_DEPTH) {
            hm_err e;
            hm_fail(&e, HM_LIMIT, DEFECT_TOO_DEEP, HM_PLACE_NONE, 0, PLAN_DEPTH);
            scan_plan_err(f, path, &e);
        } else if (file && !file->visited) {
            file->visited = true;
            walk_index(f, blob, path, n, depth + 1);
        }
        return;
    }
    manifest_of(f, d, blob, path, digest, n);
}

/* Recursion is bounded by PLAN_DEPTH, and each index is walked once. */
static void walk_index(plan_find *f, const codec_json *index, hm_str path, names outer, unsigned depth)
{
    codec_json_iter it = codec_json_each(codec_json_get(index, "manifests"));
    const codec_json *d;
    for (hm_str key; !it.object && codec_json_next(&it, &key, &d) && !f->no_memory;) {
        f->described = true;
        if (++f->visits > PLAN_VISITS) {
            if (f->visits == PLAN_VISITS + 1)
                scan_plan_gap(f, path, HM_LIMIT, DEFECT_TOO_MANY, HM_NONE);
            return;
        }
        descriptor(f, d, path, outer, depth);
    }
}

/* ---- docker-archive: [{"Config":"HEX.json","RepoTags":[...],"Layers":["HEX/layer.tar",...]}] ---- */

static size_t cand_with_config(const plan_find *f, hm_str config)
{
    for (size_t i = 0; i < f->cand.n; i++) {
        const plan_cand *c = HM_VEC_AT(&f->cand, plan_cand, i);
        if (!c->docker && hm_str_eq(c->config_path, config))
            return i;
    }
    return SIZE_MAX;
}

static void docker_entry(plan_find *f, const codec_json *e)
{
    hm_str config = codec_json_get_str(e, "Config"), tag;
    if (config.n == 0 || codec_json_type(codec_json_get(e, "Layers")) != CODEC_ARR)
        return;
    f->described = true;
    if (!scan_plan_path_ok(config)) {
        scan_plan_gap(f, HM_STR("manifest.json"), HM_FORMAT, DEFECT_BAD_VALUE, HM_STR("Config"));
        return;
    }
    size_t at = cand_with_config(f, config); /* newer docker writes both forms of the same image */
    if (at == SIZE_MAX) {
        plan_cand *c = add_cand(f);
        if (!c)
            return;
        at = f->cand.n - 1;
        *c = (plan_cand){ .docker = e, .config_path = config };
        take_platform(c, scan_plan_load(f, config, HM_NONE));
    }
    const codec_json *v;
    codec_json_iter it = codec_json_each(codec_json_get(e, "RepoTags"));
    while (codec_json_next(&it, &tag, &v))
        add_name(f, at, codec_json_str(v));
}

static void docker_archive(plan_find *f)
{
    const plan_file *file = file_of(f, HM_STR("manifest.json"));
    const codec_json *all = file ? scan_plan_load(f, file->path, HM_NONE) : NULL, *e;
    codec_json_iter it = codec_json_each(all);
    for (hm_str key; !it.object && codec_json_next(&it, &key, &e) && !f->no_memory;) {
        if (++f->visits > PLAN_VISITS)
            return;
        docker_entry(f, e);
    }
    const plan_file *old = f->described ? NULL : file_of(f, HM_STR("repositories"));
    if (old &&
        codec_json_count(scan_plan_load(f, old->path, HM_NONE)) > 0) { /* before manifest.json came (docker 1.10) */
        f->described = f->old = true;
        scan_plan_gap(f, HM_STR("repositories"), HM_UNSUPPORTED, DEFECT_IMAGE_OLD, HM_STR("repositories"));
    }
}

static void oci_layout(plan_find *f)
{
    const plan_file *layout = file_of(f, HM_STR("oci-layout")), *index = file_of(f, HM_STR("index.json"));
    if (layout) {
        hm_str v = codec_json_get_str(scan_plan_load(f, layout->path, HM_NONE), "imageLayoutVersion");
        if (v.n && !hm_str_starts(v, HM_STR("1.")))
            scan_plan_gap(f, layout->path, HM_UNSUPPORTED, DEFECT_LOCK_VERSION, v);
    }
    if (index)
        walk_index(f, scan_plan_load(f, index->path, HM_NONE), index->path, (names){ 0 }, 0);
    else if (layout)
        scan_plan_gap(f, HM_STR("index.json"), HM_NOTFOUND, DEFECT_IMAGE_BLOB, HM_NONE);
}

hm_rc scan_plan_find(plan_find *f, hm_err *err)
{
    f->file = hm_arena_array(f->arena, f->q->blobs + 1, sizeof *f->file);
    if (!f->file)
        return hm_arena_fail(f->arena, err);
    for (size_t i = 0; i < f->q->blobs; i++) {
        f->file[i] = (plan_file){ .path = f->q->blob[i].path, .bytes = f->q->blob[i].bytes };
        uint64_t *at = scan_plan_path_ok(f->file[i].path) ? hm_map_put(f->by_path, f->file[i].path, i + 1) : NULL;
        if (at)
            *at = i + 1; /* named twice in a tar: the later one holds */
        else if (scan_plan_path_ok(f->file[i].path))
            return hm_fail(err, HM_NOMEM, DEFECT_NOMEM, HM_PLACE_NONE, 0, 0);
    }
    oci_layout(f);
    if (!f->no_memory)
        docker_archive(f);
    return f->no_memory ? hm_arena_fail(f->arena, err) : HM_OK;
}
