/* plan - which image is meant, and the layers it is made of (plan.h). Pure.
 * The choice: the wanted platform; without one the only image, else the first for this machine's system and processor,
 * else the first. Where several images have the same platform, the first that is named. What is not there is passed over
 * where it was not asked for. Enemy: the author of the image. */
#include "scan/plan_int.h"

/* ---- the choice ---- */

static bool is_platform(const plan_cand *c, hm_str os, hm_str arch, hm_str variant)
{
    hm_str a = c->arch, v = c->variant;
    scan_plan_alike(&a, &v);
    return hm_str_eq(c->os, os) && hm_str_eq(a, arch) && (variant.n == 0 || hm_str_eq(v, variant));
}

static bool present(const plan_cand *c)
{
    return c->manifest || c->docker;
}

typedef struct choice {
    plan_choice why;
    size_t at;
} choice;

/* The first candidate; with a platform: of it. SIZE_MAX: none. */
static size_t first(const plan_find *f, const hm_str platform[3], bool absent_too)
{
    for (size_t i = 0; i < f->cand.n; i++) {
        const plan_cand *c = HM_VEC_AT(&f->cand, plan_cand, i);
        if (!c->other && (absent_too || present(c)) &&
            (!platform || is_platform(c, platform[0], platform[1], platform[2])))
            return i;
    }
    return SIZE_MAX;
}

static size_t count(const plan_find *f, bool absent_too)
{
    size_t n = 0;
    for (size_t i = 0; i < f->cand.n; i++) {
        const plan_cand *c = HM_VEC_AT(&f->cand, plan_cand, i);
        n += !c->other && (absent_too || present(c));
    }
    return n;
}

/* "linux/amd64 linux/arm64" into err->at, as many as find place. */
static void list_platforms(const plan_find *f, hm_err *err)
{
    HM_AUTO(hm_buf_clear) hm_buf b = { 0 };
    for (size_t i = 0; i < f->cand.n && b.n < sizeof err->at; i++) {
        const plan_cand *c = HM_VEC_AT(&f->cand, plan_cand, i);
        if (c->other || c->os.n == 0)
            continue;
        hm_buf_c(&b, b.n ? " " : "");
        hm_buf_str(&b, c->os);
        hm_buf_byte(&b, '/');
        hm_buf_str(&b, c->arch);
        if (c->variant.n) {
            hm_buf_byte(&b, '/');
            hm_buf_str(&b, c->variant);
        }
    }
    size_t n = b.n < sizeof err->at - 1 ? b.n : sizeof err->at - 1;
    if (n)
        memcpy(err->at, b.p, n);
}

static hm_rc absent(hm_err *err, hm_str path)
{
    hm_fail(err, HM_NOTFOUND, DEFECT_IMAGE_BLOB, HM_PLACE_NONE, 0, 0);
    size_t n = path.n < sizeof err->at - 1 ? path.n : sizeof err->at - 1;
    if (n && err)
        memcpy(err->at, path.p, n);
    return HM_NOTFOUND;
}

static hm_rc needs(const plan_find *f, hm_err *err)
{
    for (size_t i = 0; i < f->note.n; i++)
        if (HM_VEC_AT(&f->note, plan_note, i)->kind == PLAN_NEED)
            return absent(err, HM_VEC_AT(&f->note, plan_note, i)->path);
    return HM_OK;
}

static hm_rc choose(const plan_find *f, choice *ret, hm_err *err)
{
    const plan_question *q = f->q;
    hm_str want[3], own[3];
    bool all = !q->final; /* what is not there may still come */
    size_t n = count(f, all);
    if (q->wanted.n) {
        scan_plan_platform(q->wanted, &want[0], &want[1], &want[2]);
        ret->why = PLAN_ASKED;
        ret->at = first(f, want, all);
        if (ret->at == SIZE_MAX && (ret->at = first(f, want, true)) != SIZE_MAX)
            return absent(err, HM_VEC_AT(&f->cand, plan_cand, ret->at)->path);
        if (ret->at == SIZE_MAX && count(f, true)) {
            hm_fail(err, HM_NOTFOUND, DEFECT_IMAGE_PLATFORM, HM_PLACE_NONE, 0, 0);
            list_platforms(f, err);
            return HM_NOTFOUND;
        }
    } else {
        scan_plan_platform(q->machine, &own[0], &own[1], &own[2]);
        ret->why = PLAN_MACHINE;
        ret->at = n > 1 ? first(f, own, all) : SIZE_MAX;
        if (ret->at == SIZE_MAX) {
            ret->why = n > 1 ? PLAN_FIRST : PLAN_ONLY;
            ret->at = first(f, NULL, all);
        }
        if (ret->at == SIZE_MAX && (ret->at = first(f, NULL, true)) != SIZE_MAX)
            return absent(err, HM_VEC_AT(&f->cand, plan_cand, ret->at)->path);
    }
    if (ret->at != SIZE_MAX)
        return HM_OK;
    if (f->old)
        return hm_fail(err, HM_UNSUPPORTED, DEFECT_IMAGE_OLD, HM_PLACE_NONE, 0, 0);
    hm_fail(err, HM_NOTFOUND, DEFECT_IMAGE_NONE, HM_PLACE_NONE, 0, 0);
    for (size_t i = 0; i < f->note.n; i++) { /* what it is instead */
        const plan_note *note = HM_VEC_AT(&f->note, plan_note, i);
        if (note->kind == PLAN_OTHER && note->text.n < sizeof err->at && !memchr(note->text.p, 0, note->text.n)) {
            memcpy(err->at, note->text.p, note->text.n);
            break;
        }
    }
    return HM_NOTFOUND;
}

/* ---- what it is made of ---- */

typedef struct maker {
    plan_find *f;
    plan *p;
    hm_vec layer, label, image;
} maker;

static plan_layer *add_layer(maker *m, hm_str in)
{
    if (m->layer.n >= PLAN_LAYERS) {
        if (m->layer.n == PLAN_LAYERS) {
            hm_err e;
            hm_fail(&e, HM_LIMIT, DEFECT_TOO_MANY, HM_PLACE_NONE, 0, PLAN_LAYERS);
            scan_plan_err(m->f, in, &e);
        }
        return NULL;
    }
    plan_layer *l = hm_vec_push(&m->layer, m->f->arena);
    m->f->no_memory |= !l;
    return l;
}

static void oci_layers(maker *m, const plan_cand *c)
{
    codec_json_iter it = codec_json_each(codec_json_get(c->manifest, "layers"));
    const codec_json *d;
    for (hm_str key; codec_json_next(&it, &key, &d) && !m->f->no_memory;) {
        hm_str digest = codec_json_get_str(d, "digest"), path = scan_plan_blob_path(m->f, digest);
        hm_str type = scan_plan_cut(codec_json_get_str(d, "mediaType"));
        plan_layer *l = add_layer(m, c->path);
        if (!l)
            return;
        *l = (plan_layer){ .path = path, .digest = digest, .media_type = type };
        (void)codec_json_u64(codec_json_get(d, "size"), &l->size);
        l->foreign = hm_str_search(type, HM_STR(".nondistributable.")) < type.n ||
                     hm_str_search(type, HM_STR(".foreign.")) < type.n;
        if (path.n == 0)
            scan_plan_gap(m->f, c->path, HM_FORMAT, DEFECT_BAD_VALUE, HM_STR("layers.digest"));
        else if (hm_str_ends(type, HM_STR("+encrypted")))
            scan_plan_gap(m->f, path, HM_UNSUPPORTED, DEFECT_ENCRYPTED, HM_NONE);
    }
}

static void docker_layers(maker *m, const plan_cand *c)
{
    const codec_json *v;
    codec_json_iter it = codec_json_each(codec_json_get(c->docker, "Layers"));
    for (hm_str key; codec_json_next(&it, &key, &v) && !m->f->no_memory;) {
        hm_str path = codec_json_str(v), alg, hex = hm_path_base(path);
        plan_layer *l = add_layer(m, HM_STR("manifest.json"));
        if (!l)
            return;
        if (!scan_plan_path_ok(path)) {
            scan_plan_gap(m->f, HM_STR("manifest.json"), HM_FORMAT, DEFECT_BAD_VALUE, HM_STR("Layers"));
            continue;
        }
        l->path = path;
        alg = hm_path_base(hm_path_dir(path));
        if (!hm_str_starts(path, HM_STR("blobs/")) || alg.n > 16 || hex.n > 200)
            continue;
        char text[256];
        int n = snprintf(text, sizeof text, "%.*s:%.*s", (int)alg.n, alg.p, (int)hex.n, hex.p);
        if (scan_plan_digest_ok((hm_str){ text, (size_t)n }))
            m->f->no_memory |= !hm_arena_dup(m->f->arena, (hm_str){ text, (size_t)n }, &l->digest);
    }
}

/* diff_ids and history of the configuration, one for one to the layers. */
static void from_config(maker *m, const codec_json *config, hm_str path)
{
    plan_layer *l = m->layer.p;
    hm_str key;
    const codec_json *v, *ids = codec_json_get(codec_json_get(config, "rootfs"), "diff_ids");
    codec_json_iter it = codec_json_each(ids);
    size_t n = 0;
    if (codec_json_count(ids) != m->layer.n)
        scan_plan_gap(m->f, path, HM_FORMAT, DEFECT_BAD_VALUE, HM_STR("rootfs.diff_ids"));
    else
        while (codec_json_next(&it, &key, &v) && n < m->layer.n) {
            hm_str id = codec_json_str(v);
            if (scan_plan_digest_ok(id))
                l[n].diff_id = id;
            else
                scan_plan_gap(m->f, path, HM_FORMAT, DEFECT_BAD_VALUE, HM_STR("rootfs.diff_ids"));
            n++;
        }
    const codec_json *history = codec_json_get(config, "history");
    for (n = 0, it = codec_json_each(history); codec_json_next(&it, &key, &v);)
        n += !codec_json_bool(codec_json_get(v, "empty_layer"));
    if (n != m->layer.n) /* it need not be there, nor whole */
        return;
    for (n = 0, it = codec_json_each(history); codec_json_next(&it, &key, &v) && n < m->layer.n;)
        if (!codec_json_bool(codec_json_get(v, "empty_layer")))
            l[n++].created_by = scan_plan_cut(codec_json_get_str(v, "created_by"));
}

static void labels(maker *m, const codec_json *config, hm_str path)
{
    const codec_json *v;
    hm_str key;
    codec_json_iter it = codec_json_each(codec_json_get(codec_json_get(config, "config"), "Labels"));
    while (it.object && codec_json_next(&it, &key, &v)) {
        if (m->label.n == PLAN_ROWS) {
            hm_err e;
            hm_fail(&e, HM_LIMIT, DEFECT_TOO_MANY, HM_PLACE_NONE, 0, PLAN_ROWS);
            scan_plan_err(m->f, path, &e);
            return;
        }
        plan_label *l = hm_vec_push(&m->label, m->f->arena);
        m->f->no_memory |= !l;
        if (!l)
            return;
        *l = (plan_label){ scan_plan_cut(key), scan_plan_cut(codec_json_str(v)) };
    }
}

/* The image id is the digest of its configuration: named by the manifest, or by the file's name. */
static hm_str config_digest(maker *m, const plan_cand *c)
{
    hm_str d = codec_json_get_str(codec_json_get(c->manifest, "config"), "digest"), alg = HM_STR("sha256");
    if (!c->docker)
        return scan_plan_digest_ok(d) ? d : HM_NONE;
    hm_str name = hm_path_base(c->config_path);
    if (scan_plan_digest_ok(name)) /* crane */
        return name;
    if (hm_str_ends(name, HM_STR(".json")))
        name.n -= 5;
    if (hm_str_starts(c->config_path, HM_STR("blobs/")))
        alg = hm_path_base(hm_path_dir(c->config_path));
    if (alg.n > 16 || name.n > 200)
        return HM_NONE;
    char text[256];
    int n = snprintf(text, sizeof text, "%.*s:%.*s", (int)alg.n, alg.p, (int)name.n, name.p);
    d = (hm_str){ text, (size_t)n };
    if (!scan_plan_digest_ok(d))
        return HM_NONE;
    m->f->no_memory |= !hm_arena_dup(m->f->arena, d, &d);
    return m->f->no_memory ? HM_NONE : d;
}

static void describe(maker *m, const plan_cand *c)
{
    plan *p = m->p;
    p->digest = c->digest;
    p->id = config_digest(m, c);
    p->media_type = scan_plan_cut(codec_json_get_str(c->manifest, "mediaType"));
    p->os = c->os;
    p->arch = c->arch;
    p->variant = c->variant;
    const codec_json *config = c->config_path.n ? scan_plan_load(m->f, c->config_path, p->id) : NULL;
    if (c->docker)
        docker_layers(m, c);
    else
        oci_layers(m, c);
    if (config && !m->f->no_memory) {
        p->os_version = scan_plan_cut(codec_json_get_str(config, "os.version"));
        p->created = scan_plan_cut(codec_json_get_str(config, "created"));
        p->author = scan_plan_cut(codec_json_get_str(config, "author"));
        from_config(m, config, c->config_path);
        labels(m, config, c->config_path);
    } else if (c->config_path.n && m->f->q->final && !scan_plan_given(m->f, c->config_path))
        scan_plan_gap(m->f, c->config_path, HM_NOTFOUND, DEFECT_IMAGE_BLOB, HM_NONE);
    /* a layer without a place is a gap already: the others keep their order */
    plan_layer *l = m->layer.p;
    size_t n = 0;
    for (size_t i = 0; i < m->layer.n; i++)
        if (l[i].path.n)
            l[n++] = l[i];
    m->layer.n = n;
}

/* ---- what is said beside it ---- */

static void attestations(maker *m, const plan_cand *chosen)
{
    for (size_t i = 0; i < m->f->attest.n && !m->f->no_memory; i++) {
        const plan_cand *a = HM_VEC_AT(&m->f->attest, plan_cand, i);
        if (a->attests.n && !hm_str_eq(a->attests, chosen->digest))
            continue;
        const codec_json *manifest = scan_plan_load(m->f, a->path, a->digest), *d;
        codec_json_iter it = codec_json_each(codec_json_get(manifest, "layers"));
        for (hm_str key; codec_json_next(&it, &key, &d) && !m->f->no_memory;) {
            hm_str type = codec_json_get_str(codec_json_get(d, "annotations"), "in-toto.io/predicate-type");
            hm_str path = scan_plan_blob_path(m->f, codec_json_get_str(d, "digest"));
            if (path.n)
                scan_plan_note(m->f, PLAN_ATTEST, path, type);
        }
    }
}

static int by_text(const void *a, const void *b, void *ctx)
{
    (void)ctx;
    const hm_str *x = a, *y = b;
    return hm_str_cmp(*x, *y);
}

static void names_of(maker *m, size_t chosen)
{
    hm_str *name = hm_arena_array(m->f->arena, m->f->name.n + 1, sizeof *name);
    size_t n = 0, kept = 0;
    m->f->no_memory |= !name;
    for (size_t i = 0; name && i < m->f->name.n; i++) {
        const plan_named *x = HM_VEC_AT(&m->f->name, plan_named, i);
        if (x->cand == chosen)
            name[n++] = x->name;
    }
    if (!name || !hm_sort(name, n, sizeof *name, by_text, NULL)) {
        m->f->no_memory = true;
        return;
    }
    for (size_t i = 0; i < n; i++)
        if (kept == 0 || !hm_str_eq(name[kept - 1], name[i]))
            name[kept++] = name[i];
    if (kept > PLAN_ROWS) {
        scan_plan_gap(m->f, HM_NONE, HM_LIMIT, DEFECT_TOO_MANY, HM_NONE);
        kept = PLAN_ROWS;
    }
    m->p->name = name;
    m->p->names = kept;
}

static void images(maker *m, size_t chosen)
{
    for (size_t i = 0; i < m->f->cand.n && !m->f->no_memory; i++) {
        const plan_cand *c = HM_VEC_AT(&m->f->cand, plan_cand, i);
        if (c->other && i != chosen)
            continue;
        plan_image *x = hm_vec_push(&m->image, m->f->arena);
        m->f->no_memory |= !x;
        if (x)
            *x = (plan_image){ .digest = c->digest,
                               .os = c->os,
                               .arch = c->arch,
                               .variant = c->variant,
                               .name = c->name,
                               .present = present(c),
                               .chosen = i == chosen };
    }
}

static hm_rc make(maker *m, hm_err *err)
{
    plan_find *f = m->f;
    choice chosen = { PLAN_NONE, SIZE_MAX };
    hm_rc rc = scan_plan_find(f, err);
    while (rc == HM_OK && !f->no_memory) { /* each turn settles a candidate, but for want of memory */
        rc = f->needs ? needs(f, err) : choose(f, &chosen, err);
        if (rc != HM_OK)
            break;
        plan_cand *c = HM_VEC_AT(&f->cand, plan_cand, chosen.at);
        if (present(c))
            break;
        c->manifest = scan_plan_load(f, c->path, c->digest);
        if (c->manifest)
            scan_plan_manifest(f, c); /* it may turn out to be no image: then the next one */
        else if (!f->needs)           /* given and broken, as a note says */
            c->other = true;
    }
    if (rc == HM_OK && !f->no_memory) {
        const plan_cand *c = HM_VEC_AT(&f->cand, plan_cand, chosen.at);
        describe(m, c);
        attestations(m, c);
        names_of(m, chosen.at);
        rc = f->needs ? needs(f, err) : HM_OK;
    }
    images(m, chosen.at);
    if (f->no_memory)
        return hm_arena_fail(f->arena, err);
    if (rc == HM_OK) {
        m->p->choice = chosen.why;
        m->p->layer = m->layer.p;
        m->p->layers = m->layer.n;
    }
    return rc;
}

hm_rc scan_plan_make(hm_arena *a, const plan_question *q, plan *ret, hm_err *err)
{
    HM_AUTO(hm_map_freep) hm_map *by_path = hm_map_new(), *by_manifest = hm_map_new();
    plan p = { 0 };
    plan_find f = { .arena = a,
                    .q = q,
                    .by_path = by_path,
                    .by_manifest = by_manifest,
                    .cand = { .size = sizeof(plan_cand) },
                    .attest = { .size = sizeof(plan_cand) },
                    .name = { .size = sizeof(plan_named) },
                    .note = { .size = sizeof(plan_note) } };
    maker m = { .f = &f,
                .p = &p,
                .layer = { .size = sizeof(plan_layer) },
                .label = { .size = sizeof(plan_label) },
                .image = { .size = sizeof(plan_image) } };
    if (!by_path || !by_manifest)
        return hm_fail(err, HM_NOMEM, DEFECT_NOMEM, HM_PLACE_NONE, 0, 0);
    hm_rc rc = make(&m, err);
    p.label = m.label.p;
    p.labels = m.label.n;
    p.image = m.image.p;
    p.images = m.image.n;
    p.note = f.note.p;
    p.notes = f.note.n;
    *ret = p;
    return rc;
}
