/* image - see image.h. Life: records of the archive's job (or of one job for each layer of a layout) -> the plan of its
 * descriptions, made in the jail and decoded here -> what is seen -> the layer of every part.
 * A part's layer is the lowest from which on it was in every version of its file up to the one that is seen: the package
 * database of a base image is written anew by each layer that installs something, and what was in it stays the base's.
 * Enemy: a worker that a file took over (records, plan), and the author of the image behind it. */
#include "base/limits.h"
#include "scan/image.h"
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

typedef struct image_layer {
    char *path; /* of its blob; owned */
    hm_vec hash[UNPACK_SETS];
    uint64_t *set[UNPACK_SETS];
    size_t n[UNPACK_SETS], cap[UNPACK_SETS];
    hm_err *fail; /* owned */
    uint32_t position;
} image_layer;
typedef struct image_text {
    char *path, *bytes; /* owned */
    size_t n;
} image_text;

struct scan_image {
    image_layer *layer;
    size_t layers, layer_cap;
    image_text *blob, *link;
    size_t blobs, blob_cap, links, link_cap;
    hm_map *by_path; /* of layers: number; keys are theirs */
    uint64_t held;   /* bytes of blobs and hashes */
    bool nomem, full;
    /* of the plan */
    hm_arena *arena;
    char *plan_bytes;
    plan plan;
    hm_err plan_err;
    bool planned;
    scan_view view;
    hm_map *of_file; /* path of a kept file that is seen -> position; keys are the collection's */
    scan_subject subject;
};

scan_image *scan_image_new(void)
{
    scan_image *i = calloc(1, sizeof *i);
    if (i && (!(i->by_path = hm_map_new()) || !(i->of_file = hm_map_new()) ||
              !(i->arena = hm_arena_new(LIMIT_BUDGET_BASE * 4))))
        return scan_image_free(i);
    return i;
}

static void forget(scan_image *i, image_layer *l)
{
    HM_BUG_ON(!l);
    for (unsigned s = 0; s < UNPACK_SETS; s++) {
        free(l->set[s]);
        i->held -= l->cap[s] * sizeof(uint64_t);
        l->set[s] = NULL;
        l->n[s] = l->cap[s] = 0;
    }
    free(l->fail);
    l->fail = NULL;
}

static void free_texts(image_text *t, size_t n)
{
    for (size_t k = 0; k < n; k++) {
        free(t[k].path);
        free(t[k].bytes);
    }
    free(t);
}

scan_image *scan_image_free(scan_image *i)
{
    if (i) {
        for (size_t k = 0; k < i->layers; k++) {
            forget(i, &i->layer[k]);
            free(i->layer[k].path);
        }
        free(i->layer);
        free_texts(i->blob, i->blobs);
        free_texts(i->link, i->links);
        hm_map_free(i->by_path);
        hm_map_free(i->of_file);
        hm_arena_free(i->arena);
        scan_view_clear(&i->view);
        free(i->plan_bytes);
        free(i);
    }
    return NULL;
}

/* ---- records ---- */

/* Place for n more bytes; false: no more is kept of this image. */
static bool hold(scan_image *i, uint64_t n)
{
    if (n > LIMIT_KEPT_BYTES || i->held > LIMIT_KEPT_BYTES - n) {
        i->full = true;
        return false;
    }
    i->held += n;
    return true;
}

static bool room(scan_image *i, void **p, size_t n, size_t *cap, size_t size)
{
    if (n < *cap)
        return true;
    size_t want = *cap ? *cap * 2 : 16;
    void *q = realloc(*p, want * size);
    if (!q) {
        i->nomem = true;
        return false;
    }
    *p = q;
    *cap = want;
    return true;
}

uint32_t scan_image_layer(scan_image *i, hm_str path)
{
    uint64_t number;
    if (hm_map_get(i->by_path, path, &number)) {
        forget(i, &i->layer[number - 1]);
        return (uint32_t)number;
    }
    void *p = i->layer;
    if (i->layers >= UINT32_MAX - 1 || !hold(i, sizeof *i->layer + path.n) ||
        !room(i, &p, i->layers, &i->layer_cap, sizeof *i->layer))
        return 0;
    i->layer = p;
    char *copy = scan_copy_text(path);
    if (!copy || !hm_map_put(i->by_path, (hm_str){ copy, path.n }, i->layers + 1)) {
        free(copy);
        i->nomem = true;
        return 0;
    }
    i->layer[i->layers] = (image_layer){ .path = copy };
    return (uint32_t)++i->layers;
}

static void add_text(scan_image *i, image_text **t, size_t *n, size_t *cap, hm_str path, hm_str bytes)
{
    void *p = *t;
    if (!hold(i, sizeof **t + path.n + bytes.n) || !room(i, &p, *n, cap, sizeof **t))
        return;
    *t = p;
    image_text x = { .path = scan_copy_text(path), .bytes = malloc(bytes.n + 1), .n = bytes.n };
    if (!x.path || !x.bytes) {
        free(x.path);
        free(x.bytes);
        i->nomem = true;
        return;
    }
    if (bytes.n)
        memcpy(x.bytes, bytes.p, bytes.n);
    (*t)[(*n)++] = x;
}

void scan_image_blob(scan_image *i, hm_str path, hm_str bytes)
{
    if (bytes.n <= UNPACK_BLOB_BYTES)
        add_text(i, &i->blob, &i->blobs, &i->blob_cap, path, bytes);
}

void scan_image_link(scan_image *i, hm_str path, hm_str target)
{
    add_text(i, &i->link, &i->links, &i->link_cap, path, target);
}

void scan_image_paths(scan_image *i, uint32_t layer, unsigned set, hm_str hashes)
{
    size_t n = hashes.n / 8;
    if (layer == 0 || layer > i->layers || set >= UNPACK_SETS || n == 0)
        return;
    image_layer *l = &i->layer[layer - 1];
    if (l->n[set] + n > l->cap[set]) {
        size_t cap = l->cap[set] * 2 > l->n[set] + n ? l->cap[set] * 2 : l->n[set] + n;
        if (!hold(i, (cap - l->cap[set]) * sizeof(uint64_t)))
            return;
        uint64_t *p = realloc(l->set[set], cap * sizeof *p);
        if (!p) {
            i->held -= (cap - l->cap[set]) * sizeof(uint64_t);
            i->nomem = true;
            return;
        }
        l->set[set] = p;
        l->cap[set] = cap;
    }
    hm_cur c = hm_cur_of(hashes);
    for (size_t k = 0; k < n; k++)
        l->set[set][l->n[set]++] = hm_cur_le64(&c);
}

void scan_image_fail(scan_image *i, uint32_t layer, const hm_err *e)
{
    if (layer == 0 || layer > i->layers || i->layer[layer - 1].fail)
        return;
    hm_err *copy = malloc(sizeof *copy);
    i->nomem |= !copy;
    if (copy)
        *copy = *e;
    i->layer[layer - 1].fail = copy;
}

/* ---- the plan ---- */

/* This machine as the images' authors call it (the names of Go). */
static void machine(hm_buf *out)
{
    struct utsname u;
    if (uname(&u) != 0)
        return;
    hm_buf_c(out, "linux/"); /* what containers hold, whatever runs here */
    hm_buf_c(out, u.machine);
}

/* One answer of the jail, on a document of its own that the merge never sees. */
hm_rc scan_image_ask(scan_image *i, scan_walk *w, bool final, hm_err *err)
{
    HM_AUTO(hm_buf_clear) hm_buf q = { 0 }, own = { 0 };
    scan_collect *c = w->collect;
    const scan_hit none = { .detector = UINT16_MAX };
    machine(&own);
    scan_plan_ask(&q, final, hm_str_c(w->opts->platform), hm_buf_view(&own));
    for (size_t k = 0; k < i->blobs; k++)
        scan_plan_ask_blob(&q, hm_str_c(i->blob[k].path), (hm_str){ i->blob[k].bytes, i->blob[k].n });
    size_t doc = q.bad || own.bad ? SIZE_MAX : scan_collect_doc(c, HM_STR(""), &none);
    if (doc == SIZE_MAX)
        return hm_fail(err, HM_NOMEM, DEFECT_NOMEM, HM_PLACE_NONE, 0, 0);
    jail_job job = { .job = SCAN_JOB_PLAN, .tag = doc, .name = HM_STR("image"), .extra = hm_buf_view(&q), .fd = -1 };
    hm_rc rc = jail_submit(w->pool, &job, err);
    if (rc != HM_OK)
        return rc;
    if (!scan_await(w))
        return hm_fail(err, HM_IO, DEFECT_INTERRUPTED, HM_PLACE_NONE, 0, 0);
    scan_doc *d = &c->doc[doc];
    free(i->plan_bytes);
    i->plan_bytes = d->block;
    hm_str bytes = { d->block, d->block_n };
    i->plan_err = d->err ? *d->err : (hm_err){ 0 };
    free(d->err);
    d->block = NULL;
    d->err = NULL;
    i->plan = (plan){ 0 };
    hm_arena_reset(i->arena, LIMIT_BUDGET_BASE * 4);
    hm_err e = { 0 };
    if (bytes.p && scan_plan_get(i->arena, bytes, &i->plan, &e) != HM_OK) {
        i->plan = (plan){ 0 };
        i->plan_err = e;
    } else if (!bytes.p && i->plan_err.rc == HM_OK)
        hm_fail(&i->plan_err, HM_FORMAT, DEFECT_WORKER_REPLY, HM_PLACE_NONE, 0, 41);
    if (i->plan_err.rc != HM_OK)
        i->plan.choice = PLAN_NONE;
    i->planned = i->plan.choice != PLAN_NONE;
    return HM_OK;
}

const plan *scan_image_plan(const scan_image *i)
{
    return &i->plan;
}

bool scan_image_has(const scan_image *i, hm_str blob)
{
    for (size_t k = 0; k < i->blobs; k++)
        if (hm_str_eq(hm_str_c(i->blob[k].path), blob))
            return true;
    return false;
}

/* The layer of that path, also by links of docker's to the same layer elsewhere; 0: it did not come. */
static uint32_t number_of(const scan_image *i, hm_str path)
{
    uint64_t number;
    char joined[JAIL_NAME_MAX + 1];
    for (int hops = 0; hops < 8; hops++) {
        if (hm_map_get(i->by_path, path, &number))
            return (uint32_t)number;
        size_t k = 0;
        while (k < i->links && !hm_str_eq(hm_str_c(i->link[k].path), path))
            k++;
        if (k == i->links)
            return 0;
        hm_str target = { i->link[k].bytes, i->link[k].n }, dir = hm_path_dir(path);
        while (hm_str_starts(target, HM_STR("../")) && dir.n) {
            target = hm_str_from(target, 3);
            dir = hm_path_dir(dir);
        }
        int n =
            snprintf(joined, sizeof joined, "%.*s%s%.*s", (int)dir.n, dir.p, dir.n ? "/" : "", (int)target.n, target.p);
        if (n < 0 || (size_t)n >= sizeof joined)
            return 0;
        hm_str next = hm_str_c(joined);
        for (k = 0; k < i->links && !hm_str_eq(hm_str_c(i->link[k].path), next); k++)
            ;
        if (k < i->links)
            path = hm_str_c(i->link[k].path); /* outlives `joined` */
        else
            return hm_map_get(i->by_path, next, &number) ? (uint32_t)number : 0;
    }
    return 0;
}

static void gap(scan_walk *w, hm_str path, hm_rc rc, hm_defect defect)
{
    hm_err e;
    hm_fail(&e, rc, defect, HM_PLACE_NONE, 0, 0);
    scan_collect_gap(w->collect, path, &e);
}

static bool noted(const scan_image *i, hm_str path)
{
    for (size_t k = 0; k < i->plan.notes; k++)
        if (i->plan.note[k].kind == PLAN_GAP && hm_str_eq(i->plan.note[k].path, path))
            return true;
    return false;
}

/* Positions of the layers that came, all their paths in one view; gaps of those that did not. */
static bool place_layers(scan_image *i, scan_walk *w)
{
    for (size_t k = 0; k < i->plan.layers; k++) {
        const plan_layer *p = &i->plan.layer[k];
        uint32_t number = number_of(i, p->path);
        image_layer *l = number ? &i->layer[number - 1] : NULL;
        bool first = l && l->position == 0;
        if (!l && !noted(i, p->path))
            gap(w, p->path, HM_NOTFOUND, p->foreign ? DEFECT_IMAGE_FOREIGN : DEFECT_IMAGE_BLOB);
        if (!l)
            continue;
        if (first && l->fail && !noted(i, p->path))
            scan_collect_gap(w->collect, p->path, l->fail);
        l->position = (uint32_t)k + 1; /* twice in one image: the higher place is what is seen */
        for (unsigned s = 0; s < UNPACK_SETS; s++)
            if (!scan_view_add(&i->view, s, l->position, l->set[s], l->n[s]))
                return false;
    }
    for (size_t k = 0; k < i->layers; k++)
        forget(i, &i->layer[k]);
    return scan_view_sort(&i->view);
}

static uint32_t position_of(const scan_image *i, uint32_t number)
{
    return number && number <= i->layers ? i->layer[number - 1].position : 0;
}

/* ---- what is seen ---- */

static void drop_doc(scan_doc *d)
{
    free(d->block);
    free(d->err);
    d->block = NULL;
    d->err = NULL;
    d->layer = 0;
}

static int by_version(const void *a, const void *b, void *ctx)
{
    const scan_collect *c = ctx;
    const scan_doc *x = &c->doc[*(const uint32_t *)a], *y = &c->doc[*(const uint32_t *)b];
    int n = strcmp(x->path, y->path);
    if (n == 0)
        n = (x->detector > y->detector) - (x->detector < y->detector);
    return n ? n : (x->layer > y->layer) - (x->layer < y->layer);
}

static void key_of(const part_pack *p, const part_comp *c, hm_buf *out)
{
    hm_buf_reset(out);
    hm_buf_le16(out, c->eco);
    const part_ref text[] = { c->ns, c->name, c->version, c->quals };
    for (size_t k = 0; k < HM_COUNT(text); k++) {
        hm_buf_le32(out, text[k].n);
        hm_buf_str(out, part_text(p, text[k]));
    }
}

typedef struct chain {
    hm_map *was, *is; /* component -> position from which on it was in every version */
    hm_arena *was_keys, *is_keys;
    hm_buf key;
} chain;

/* One version of a file after those before it; false: no memory. `last`: it may be what is seen. */
static bool next_version(chain *ch, scan_doc *d, bool last)
{
    part_pack p;
    hm_map_reset(ch->is);
    hm_arena_reset(ch->is_keys, LIMIT_KEPT_BYTES);
    bool opened = scan_doc_open(d, &p);
    if (opened && last && !d->comp_layer && p.comp_n) {
        d->comp_layer = calloc(p.comp_n, sizeof *d->comp_layer);
        if (!d->comp_layer)
            return false;
    }
    for (size_t k = 0; opened && k < p.comp_n; k++) {
        uint64_t from = d->layer;
        hm_str kept;
        key_of(&p, &p.comp[k], &ch->key);
        hm_map_get(ch->was, hm_buf_view(&ch->key), &from);
        if (ch->key.bad || !hm_arena_dup(ch->is_keys, hm_buf_view(&ch->key), &kept) || !hm_map_put(ch->is, kept, from))
            return false;
        if (last)
            d->comp_layer[k] = (uint32_t)from;
    }
    hm_map *m = ch->was;
    hm_arena *a = ch->was_keys;
    ch->was = ch->is;
    ch->was_keys = ch->is_keys;
    ch->is = m;
    ch->is_keys = a;
    return true;
}

/* All versions of one file, lowest first: the last one may be seen, the others are not. */
static bool versions(scan_image *i, scan_collect *c, const uint32_t *row, size_t n, chain *ch)
{
    uint32_t top = (uint32_t)i->plan.layers;
    scan_doc *last = &c->doc[row[n - 1]];
    hm_str path = hm_str_c(last->path);
    bool ok = true, seen = scan_view_of(&i->view, path, last->layer, top) == SCAN_STAYS;
    if (n > 1 && seen) {
        hm_map_reset(ch->was);
        hm_arena_reset(ch->was_keys, LIMIT_KEPT_BYTES);
        for (size_t k = 0; k < n && ok; k++) {
            scan_doc *d = &c->doc[row[k]];
            uint32_t before = k ? c->doc[row[k - 1]].layer : 0;
            if (k && (d->layer <= before || scan_view_of(&i->view, path, before, d->layer - 1) == SCAN_GONE))
                hm_map_reset(ch->was); /* it was away in between */
            ok = next_version(ch, d, k == n - 1);
        }
    }
    for (size_t k = 0; k < n - seen; k++)
        drop_doc(&c->doc[row[k]]);
    return ok;
}

static bool see_docs(scan_image *i, scan_collect *c)
{
    uint32_t *row = calloc(c->docs + 1, sizeof *row);
    chain ch = { hm_map_new(), hm_map_new(), hm_arena_new(LIMIT_KEPT_BYTES), hm_arena_new(LIMIT_KEPT_BYTES), { 0 } };
    bool ok = row && ch.was && ch.is && ch.was_keys && ch.is_keys && c->docs < UINT32_MAX;
    size_t n = 0;
    for (size_t k = 0; ok && k < c->docs; k++) {
        scan_doc *d = &c->doc[k];
        if (d->layer == 0)
            continue;
        d->layer = position_of(i, d->layer);
        if (d->layer)
            row[n++] = (uint32_t)k;
        else
            drop_doc(d); /* of another platform */
    }
    ok = ok && hm_sort(row, n, sizeof *row, by_version, c);
    for (size_t k = 0, end; ok && k < n; k = end) {
        const scan_doc *d = &c->doc[row[k]];
        for (end = k + 1;
             end < n && c->doc[row[end]].detector == d->detector && strcmp(c->doc[row[end]].path, d->path) == 0;)
            end++;
        ok = versions(i, c, &row[k], end - k, &ch);
    }
    free(row);
    hm_map_free(ch.was);
    hm_map_free(ch.is);
    hm_arena_free(ch.was_keys);
    hm_arena_free(ch.is_keys);
    hm_buf_clear(&ch.key);
    return ok;
}

static bool see_kept_files(scan_image *i, scan_collect *c)
{
    size_t n = 0;
    for (size_t k = 0; k < c->kept_files; k++) {
        scan_kept_file *f = &c->kept_file[k];
        if (f->layer) {
            uint32_t at = position_of(i, f->layer);
            if (at == 0 || scan_view_of(&i->view, hm_str_c(f->path), at, (uint32_t)i->plan.layers) != SCAN_STAYS) {
                free(f->path);
                free(f->bytes);
                continue;
            }
            f->layer = at;
            if (!hm_map_put(i->of_file, hm_str_c(f->path), at))
                i->nomem = true;
        }
        c->kept_file[n++] = *f;
    }
    c->kept_files = n;
    return !i->nomem;
}

hm_str scan_image_text(const scan_image *i, const scan_doc *doc, size_t comp, hm_str path)
{
    uint64_t at = doc->comp_layer ? doc->comp_layer[comp] : doc->layer;
    if (at == 0 && !hm_map_get(i->of_file, path, &at))
        return HM_NONE;
    if (!i->planned)
        return at <= i->layers ? hm_str_c(i->layer[at - 1].path) : HM_NONE;
    if (at == 0 || at > i->plan.layers)
        return HM_NONE;
    const plan_layer *l = &i->plan.layer[at - 1];
    return l->diff_id.n ? l->diff_id : l->digest.n ? l->digest : l->path;
}

bool scan_image_usr_merged(const scan_image *i, hm_str root)
{
    HM_AUTO(hm_buf_clear) hm_buf b = { 0 };
    hm_buf_str(&b, root);
    hm_buf_c(&b, root.n ? "/bin" : "bin");
    return !b.bad && scan_view_has_file(&i->view, hm_buf_view(&b));
}

/* ---- the end ---- */

static hm_str described_by(const scan_image *i)
{
    for (size_t k = 0; k < i->blobs; k++)
        if (strcmp(i->blob[k].path, "index.json") == 0)
            return HM_STR("index.json");
    return HM_STR("manifest.json");
}

const scan_subject *scan_image_subject(const scan_image *i)
{
    return i->planned ? &i->subject : NULL;
}

hm_rc scan_image_finish(scan_image *i, scan_walk *w, hm_err *err)
{
    scan_collect *c = w->collect;
    hm_rc rc = HM_OK;
    if (i->layers == 0 && i->blobs == 0)
        return HM_OK;
    if (!i->planned)
        rc = scan_image_ask(i, w, true, err);
    if (rc != HM_OK)
        return w->interrupted ? HM_OK : rc;
    for (size_t k = 0; k < i->plan.notes; k++)
        if (i->plan.note[k].kind == PLAN_GAP && (i->planned || i->layers || i->plan_err.defect != DEFECT_IMAGE_NONE))
            scan_collect_gap(c, i->plan.note[k].path, &i->plan.note[k].err);
    if (!i->planned) {
        if (i->plan_err.defect == DEFECT_IMAGE_PLATFORM ||
            (w->opts->platform && i->plan_err.defect == DEFECT_IMAGE_BLOB)) {
            *err = i->plan_err;
            return err->rc;
        }
        if (i->layers || i->plan_err.defect != DEFECT_IMAGE_NONE || scan_image_has(i, HM_STR("oci-layout")))
            scan_collect_gap(c, described_by(i), &i->plan_err);
        return HM_OK;
    }
    if (i->full)
        gap(w, described_by(i), HM_LIMIT, DEFECT_SCAN_BUDGET);
    if (i->nomem || !place_layers(i, w) || !see_docs(i, c) || !see_kept_files(i, c) ||
        !scan_image_describe(i->arena, &i->plan, &i->subject))
        return hm_fail(err, HM_NOMEM, DEFECT_NOMEM, HM_PLACE_NONE, 0, 0);
    return HM_OK;
}
