/* collect - what comes back from the jail, kept until the merge. The walk's threads reserve documents, the pool's thread
 * fills them; both under one leaf mutex. A block is checked when it is merged: here it is only bytes. */
#include "base/limits.h"
#include "scan/image.h"

enum { SKIPS_KEPT = 1000 };

char *scan_copy_text(hm_str s)
{
    char *p = malloc(s.n + 1);
    if (p) {
        memcpy(p, s.p, s.n);
        p[s.n] = 0;
    }
    return p;
}

/* Room for one more element; false: no memory (noted). Under the mutex. */
static bool room(scan_collect *c, void **p, size_t n, size_t *cap, size_t size)
{
    if (n < *cap)
        return true;
    size_t want = *cap ? *cap * 2 : 64;
    void *q = realloc(*p, want * size);
    if (!q) {
        c->nomem = true;
        return false;
    }
    *p = q;
    *cap = want;
    return true;
}

/* Makes place for n bytes; false: full. Under the mutex. */
static bool keep(scan_collect *c, uint64_t n)
{
    uint64_t max = c->kept_max ? c->kept_max : LIMIT_KEPT_BYTES;
    if (n > max || c->kept > max - n) {
        c->full = true;
        return false;
    }
    c->kept += n;
    return true;
}

size_t scan_collect_doc(scan_collect *c, hm_str path, const scan_hit *hit)
{
    size_t at = SIZE_MAX;
    char *copy = scan_copy_text(path);
    pthread_mutex_lock(&c->mu);
    void *p = c->doc;
    if (copy && !keep(c, sizeof *c->doc + path.n)) {
        free(copy);
    } else if (copy && room(c, &p, c->docs, &c->doc_cap, sizeof *c->doc)) {
        c->doc = p;
        at = c->docs++;
        c->doc[at] = (scan_doc){ .path = copy, .detector = hit->detector, .root_n = hit->root_n, .layer = hit->layer };
    } else {
        c->nomem = true;
        free(copy);
    }
    pthread_mutex_unlock(&c->mu);
    return at;
}

static hm_err *copy_err(const hm_err *e)
{
    hm_err *copy = malloc(sizeof *copy);
    if (copy)
        *copy = *e;
    return copy;
}

void scan_collect_err(scan_collect *c, size_t doc, const hm_err *e)
{
    hm_err *copy = copy_err(e);
    pthread_mutex_lock(&c->mu);
    if (copy && !c->doc[doc].err) {
        c->doc[doc].err = copy;
        c->kept += sizeof *copy;
    } else {
        c->nomem |= !copy;
        free(copy);
    }
    pthread_mutex_unlock(&c->mu);
}

void scan_collect_gap(scan_collect *c, hm_str path, const hm_err *e)
{
    const scan_hit none = { .detector = UINT16_MAX };
    size_t doc = scan_collect_doc(c, path, &none);
    if (doc != SIZE_MAX)
        scan_collect_err(c, doc, e);
}

void scan_collect_block(scan_collect *c, hm_str path, const scan_hit *hit, hm_str block)
{
    hm_err e;
    size_t doc = scan_collect_doc(c, path, hit);
    if (doc == SIZE_MAX)
        return;
    pthread_mutex_lock(&c->mu);
    bool place = keep(c, block.n);
    char *copy = place ? malloc(block.n) : NULL;
    if (copy) {
        memcpy(copy, block.p, block.n);
        c->doc[doc].block = copy;
        c->doc[doc].block_n = block.n;
    }
    c->nomem |= place && !copy;
    pthread_mutex_unlock(&c->mu);
    if (!place) {
        hm_fail(&e, HM_LIMIT, DEFECT_SCAN_BUDGET, HM_PLACE_NONE, 0, c->kept_max ? c->kept_max : LIMIT_KEPT_BYTES);
        scan_collect_err(c, doc, &e);
    }
}

void scan_collect_done(void *collect, const jail_reply *r)
{
    scan_collect *c = collect;
    pthread_mutex_lock(&c->mu);
    bool archive = c->doc[r->tag].archive;
    pthread_mutex_unlock(&c->mu);
    if (archive) {
        scan_archive_take(c, (size_t)r->tag, r);
        return;
    }
    if (r->part) /* only an archive's job sends ahead */
        return;
    char *block = NULL;
    pthread_mutex_lock(&c->mu);
    bool place = keep(c, r->bytes.n);
    pthread_mutex_unlock(&c->mu);
    if (r->bytes.n && place) {
        block = malloc(r->bytes.n);
        if (block)
            memcpy(block, r->bytes.p, r->bytes.n);
    }
    pthread_mutex_lock(&c->mu);
    scan_doc *d = &c->doc[r->tag];
    d->block = block;
    d->block_n = block ? r->bytes.n : 0;
    if (r->bytes.n && place && !block)
        c->nomem = true;
    const detect_row *row = detect_get(d->detector);
    bool quiet = r->err.rc == HM_NOTFOUND && row && row->flags & DETECT_QUIET;
    pthread_mutex_unlock(&c->mu);
    if (!place) {
        hm_err e;
        hm_fail(&e, HM_LIMIT, DEFECT_SCAN_BUDGET, HM_PLACE_NONE, 0, c->kept_max ? c->kept_max : LIMIT_KEPT_BYTES);
        scan_collect_err(c, (size_t)r->tag, &e);
    } else if (r->err.rc != HM_OK && !quiet)
        scan_collect_err(c, (size_t)r->tag, &r->err);
    c->parsed++;
}

static int by_skip(const void *a, const void *b, void *ctx)
{
    (void)ctx;
    const scan_skip *x = a, *y = b;
    return hm_str_cmp(x->path, y->path);
}

/* Sorts, and drops all but the first SKIPS_KEPT by path: which ones stay must not depend on who was first. Under mu. */
static void keep_first_skips(scan_collect *c)
{
    if (!hm_sort(c->skip, c->skips, sizeof *c->skip, by_skip, NULL)) {
        c->nomem = true;
        return;
    }
    while (c->skips > SKIPS_KEPT)
        free((void *)(uintptr_t)c->skip[--c->skips].path.p);
}

bool scan_collect_sort_skips(scan_collect *c)
{
    pthread_mutex_lock(&c->mu);
    keep_first_skips(c);
    pthread_mutex_unlock(&c->mu);
    return !c->nomem;
}

void scan_collect_skip(scan_collect *c, int why, hm_str path)
{
    char *copy = scan_copy_text(path);
    pthread_mutex_lock(&c->mu);
    void *p = c->skip;
    if (copy && room(c, &p, c->skips, &c->skip_cap, sizeof *c->skip)) {
        c->skip = p;
        c->skip[c->skips].path = (hm_str){ copy, path.n };
        c->skip[c->skips++].why = (__typeof__(c->skip->why))why;
        if (c->skips >= (size_t)2 * SKIPS_KEPT)
            keep_first_skips(c);
    } else {
        c->nomem = true;
        free(copy);
    }
    pthread_mutex_unlock(&c->mu);
}

void scan_collect_keep(scan_collect *c, hm_str path, const scan_hit *hit, const hm_str *bytes)
{
    char *copy = scan_copy_text(path), *content = NULL;
    if (copy && bytes && !(content = scan_copy_text(*bytes))) {
        free(copy);
        copy = NULL;
    }
    pthread_mutex_lock(&c->mu);
    void *p = c->kept_file;
    if (copy && !keep(c, sizeof *c->kept_file + path.n + (bytes ? bytes->n : 0))) {
        free(copy);
        free(content);
    } else if (copy && room(c, &p, c->kept_files, &c->kept_cap, sizeof *c->kept_file)) {
        c->kept_file = p;
        c->kept_file[c->kept_files++] = (scan_kept_file){ .path = copy,
                                                          .bytes = content,
                                                          .bytes_n = bytes ? bytes->n : 0,
                                                          .detector = hit->detector,
                                                          .root_n = hit->root_n,
                                                          .layer = hit->layer };
    } else {
        c->nomem = true;
        free(copy);
        free(content);
    }
    pthread_mutex_unlock(&c->mu);
}

void scan_collect_clear(scan_collect *c)
{
    for (size_t i = 0; i < c->docs; i++) {
        free(c->doc[i].path);
        free(c->doc[i].block);
        free(c->doc[i].err);
        free(c->doc[i].comp_layer);
    }
    for (size_t i = 0; i < c->kept_files; i++) {
        free(c->kept_file[i].path);
        free(c->kept_file[i].bytes);
    }
    for (size_t i = 0; i < c->skips; i++)
        free((void *)(uintptr_t)c->skip[i].path.p);
    scan_archives_clear(c);
    c->image = scan_image_free(c->image);
    free(c->doc);
    free(c->kept_file);
    free(c->skip);
    scan_dispatch_free(c->dispatch);
}
