/* unpack - the worker's side of an archive: every entry to the detectors that claim it, archives inside archives to any
 * depth that the settings allow, and what came of it as records (unpack.h).
 * Invariants:
 * 1. One entry's content is in memory at a time, and with it the content of the archives that it lies in (only zips:
 *    streams are read through). Each depth has its own arena; it is reset entry by entry.
 * 2. Looks (a file's detectors, a group's) are numbered in the order of the walk. Before each, all that was found and
 *    its number are sent: what it does to this process costs nothing else. A run that is begun again walks the same way
 *    and repeats neither the looks before `resume` nor what was said then (replaying).
 * 3. What one entry fails with is a gap of that entry; what stops an archive is a gap of the archive.
 * Enemy: the author of the archive. */
#include "base/limits.h"
#include "codec/codec.h"
#include "scan/unpack.h"

typedef struct unpack {
    const jail_in *in;
    hm_buf *out;
    unpack_settings set;
    scan_dispatch *dispatch;
    part_build *build;
    uint64_t count[6];    /* COUNT */
    uint64_t looks;       /* so far */
    bool gone;            /* the parent is */
    hm_map *kept_by_path; /* of claimed files, small ones: for hard links to them; -> index in kept */
    hm_vec kept;          /* hm_str */
    hm_arena *kept_bytes;
    hm_vec hash[UNPACK_SETS];
    hm_arena *hashes;
} unpack;
enum { N_ENTRIES = 0, N_FILES, N_DIRS, N_LINKS, N_CLAIMED, N_BYTES };

/* one archive being read */
typedef struct level {
    unpack *u;
    const struct level *outer;
    codec_archive *a;
    hm_arena *arena; /* of one entry's content */
    hm_arena *group; /* of files kept until the archive's end */
    hm_vec files;    /* group_file */
    hm_str archive;  /* its path without "!"; empty: transparent */
    hm_buf path;     /* of the entry, from the target on */
    size_t prefix_n; /* bytes of path before the entry's own */
    uint32_t flags, nesting;
    bool java;
} level;
typedef struct group_file {
    size_t row;
    detect_view view;
} group_file;

/* ---- records ---- */

static void flush(unpack *u)
{
    if (u->out->n && !jail_send(u->in, hm_buf_view(u->out)))
        u->gone = true;
    hm_buf_reset(u->out);
}

static void put(unpack *u, const unpack_record *r)
{
    scan_unpack_put(u->out, r);
    if (u->out->n > JAIL_SMALL)
        flush(u);
}

static bool replaying(const unpack *u)
{
    return u->looks < u->set.resume;
}

static void put_doc(unpack *u, size_t detector, size_t root_n, hm_str path, hm_rc rc, const hm_err *e)
{
    hm_buf block = { .limit = u->out->limit };
    hm_err built = { 0 };
    if (rc != HM_OK)
        part_add_gap(u->build, path, e);
    rc = scan_job_finish(u->build, HM_OK, &block, &built);
    if (rc != HM_OK) { /* no memory for it: say so in a small one */
        part_build_reset(u->build, (size_t)u->in->budget_bytes);
        hm_buf_reset(&block);
        part_add_gap(u->build, path, &built);
        rc = scan_job_finish(u->build, HM_OK, &block, &built);
    }
    if (rc == HM_OK && block.n && !replaying(u)) {
        unpack_record r = { .type = UNPACK_DOC,
                            .detector = (uint16_t)detector,
                            .root_n = (uint16_t)root_n,
                            .path = path,
                            .bytes = hm_buf_view(&block) };
        put(u, &r);
    }
    hm_buf_clear(&block);
}

static void start_doc(unpack *u, size_t detector)
{
    part_build_reset(u->build, (size_t)u->in->budget_bytes);
    part_build_detector(u->build, (uint16_t)detector);
}

static void gap(unpack *u, hm_str path, const hm_err *e)
{
    start_doc(u, UINT16_MAX);
    put_doc(u, UINT16_MAX, 0, path, e->rc, e);
}

static void gap_of(unpack *u, hm_str path, hm_rc rc, hm_defect defect, uint64_t arg0, uint64_t arg1)
{
    hm_err e;
    hm_fail(&e, rc, defect, HM_PLACE_NONE, 0, arg0);
    e.arg[1] = arg1;
    gap(u, path, &e);
}

/* ---- layers ---- */

static void note_path(unpack *u, unsigned set, hm_str path)
{
    uint64_t *h = hm_vec_push(&u->hash[set], u->hashes);
    if (h)
        *h = scan_unpack_hash(path);
}

static void put_sets(unpack *u)
{
    for (unsigned s = 0; s < UNPACK_SETS; s++) {
        const char *p = u->hash[s].p;
        for (size_t at = 0, all = u->hash[s].n * 8; at < all; at += JAIL_SMALL) {
            size_t n = all - at < JAIL_SMALL ? all - at : JAIL_SMALL;
            unpack_record r = { .type = UNPACK_PATHS, .set = (uint8_t)s, .bytes = { p + at, n } };
            put(u, &r);
        }
    }
}

static void reset_sets(unpack *u)
{
    for (unsigned s = 0; s < UNPACK_SETS; s++)
        u->hash[s] = (hm_vec){ .size = 8 };
    hm_arena_reset(u->hashes, LIMIT_BUDGET_MAX);
}

/* White-outs are no files (OCI image spec, layer.md): true when this is one. */
static bool white_out(level *l, hm_str path)
{
    hm_str name = hm_path_base(path), dir = hm_path_dir(path);
    if (!hm_str_starts(name, HM_STR(".wh.")))
        return false;
    if (hm_str_is(name, ".wh..wh..opq"))
        note_path(l->u, UNPACK_SET_OPAQUE, dir);
    else {
        HM_AUTO(hm_buf_clear) hm_buf b = { 0 };
        hm_buf_str(&b, dir);
        if (dir.n)
            hm_buf_byte(&b, '/');
        hm_buf_str(&b, hm_str_from(name, 4));
        note_path(l->u, UNPACK_SET_GONE, hm_buf_view(&b));
    }
    return true;
}

/* ---- one file ---- */

/* What a gap of the archive itself is put to. */
static hm_str name_of(const level *l)
{
    return l->archive.n ? l->archive : l->u->in->name;
}

static void detect(level *l, const scan_hit *hit, hm_str content)
{
    const detect_row *row = detect_get(hit->detector);
    detect_src src = { .size = content.n, .read = scan_read_bytes, .ctx = &content };
    detect_view view = { .path = hm_buf_view(&l->path) };
    if (row->flags & DETECT_SEEK)
        view.src = &src;
    else
        view.bytes = content;
    detect_in in = {
        .file = &view, .root = hm_str_sub(view.path, 0, hit->root_n), .arena = l->arena, .archive = l->archive
    };
    hm_err e = { 0 };
    start_doc(l->u, hit->detector);
    hm_rc rc = row->flags & DETECT_EXEC ? scan_job_magic(&in, l->u->build, &e) : row->fn(&in, l->u->build, &e);
    if (rc == HM_NOTFOUND && row->flags & DETECT_QUIET)
        rc = HM_OK;
    put_doc(l->u, hit->detector, hit->root_n, view.path, rc, &e);
}

/* A file of a group waits for the others: here until the archive's end, in the parent until the target's. */
static void keep(level *l, const scan_hit *hit, hm_str content)
{
    const detect_row *row = detect_get(hit->detector);
    if (l->archive.n == 0 || !(row->flags & DETECT_GROUP)) {
        if (replaying(l->u))
            return;
        unpack_record r = { .type = UNPACK_KEEP,
                            .detector = hit->detector,
                            .root_n = hit->root_n,
                            .path = hm_buf_view(&l->path),
                            .bytes = content };
        put(l->u, &r);
        return;
    }
    group_file *f = hm_vec_push(&l->files, l->group);
    hm_err e;
    if (!f || !hm_arena_dup(l->group, hm_buf_view(&l->path), &f->view.path) ||
        !hm_arena_dup(l->group, content, &f->view.bytes)) {
        if (f)
            l->files.n--;
        hm_arena_fail(l->group, &e);
        gap(l->u, hm_buf_view(&l->path), &e);
        return;
    }
    f->row = hit->detector;
}

static uint64_t row_limit(const unpack *u, const detect_row *row)
{
    const scan_limits l = { .file_bytes = u->set.file_bytes };
    return scan_row_limit(row, &l);
}

/* Content of the current entry; false: a gap of it was noted, or nothing is to be said. */
static bool content(level *l, uint64_t limit, hm_str *ret)
{
    hm_err e = { 0 };
    hm_rc rc = codec_archive_content(l->a, l->arena, limit, ret, &e);
    if (rc != HM_OK)
        gap(l->u, hm_buf_view(&l->path), &e);
    return rc == HM_OK;
}

/* Before a look; false: it was looked at already. */
static bool may_look(unpack *u, hm_str path)
{
    if (u->looks++ < u->set.resume)
        return false;
    unpack_record r = { .type = UNPACK_AT, .index = u->looks - 1, .path = path };
    scan_unpack_put(u->out, &r);
    flush(u);
    return true;
}

enum { KEPT_FILE = 1 << 20, KEPT_ALL = 32 << 20 };

/* A hard link later in the archive may stand for it. Where there is no more room the link becomes a gap. */
static void remember(level *l, hm_str path, hm_str bytes)
{
    unpack *u = l->u;
    hm_str copy, key;
    if (l->archive.n || bytes.n > KEPT_FILE || !hm_arena_dup(u->kept_bytes, path, &key) ||
        !hm_arena_dup(u->kept_bytes, bytes, &copy))
        return;
    hm_str *to = hm_vec_push(&u->kept, u->kept_bytes);
    uint64_t *at = to ? hm_map_put(u->kept_by_path, key, u->kept.n - 1) : NULL;
    if (to)
        *to = copy;
    if (at)
        *at = u->kept.n - 1;
}

static void forget(unpack *u)
{
    hm_map_reset(u->kept_by_path);
    hm_arena_reset(u->kept_bytes, KEPT_ALL);
    u->kept = (hm_vec){ .size = sizeof(hm_str) };
}

static void give(level *l, const scan_hit *hit, size_t hits, hm_str bytes, bool fresh)
{
    for (size_t i = 0; i < hits; i++) {
        const detect_row *row = detect_get(hit[i].detector);
        if (bytes.n > row_limit(l->u, row) || bytes.n < row->min_bytes)
            continue;
        l->u->count[N_CLAIMED]++;
        l->u->count[N_BYTES] += bytes.n;
        if (row->flags & (DETECT_GROUP | DETECT_OWNER))
            keep(l, &hit[i], bytes);
        else if (fresh)
            detect(l, &hit[i], bytes);
    }
}

/* Claimed by name. *ret_bytes: its content; no change: it was not read. */
static void claimed(level *l, const codec_entry *e, const scan_hit *hit, size_t hits, hm_str *ret_bytes)
{
    uint64_t most = 0;
    hm_str bytes = HM_NONE;
    for (size_t i = 0; i < hits; i++) {
        uint64_t limit = row_limit(l->u, detect_get(hit[i].detector));
        if (e->size != UINT64_MAX && e->size > limit)
            gap_of(l->u, hm_buf_view(&l->path), HM_LIMIT, DEFECT_TOO_LARGE, limit, e->size);
        else if (limit > most)
            most = limit;
    }
    if (most > l->u->set.file_bytes) /* rows that would take any size: in an archive it has to be in memory */
        most = l->u->set.file_bytes;
    bool fresh = may_look(l->u, hm_buf_view(&l->path));
    if (most == 0 || !content(l, most, &bytes))
        return;
    *ret_bytes = bytes;
    remember(l, e->path, bytes);
    give(l, hit, hits, bytes, fresh);
}

/* Perhaps an executable: the first bytes decide. */
static void look(level *l)
{
    hm_str bytes;
    if (!may_look(l->u, hm_buf_view(&l->path)) || !content(l, l->u->set.file_bytes, &bytes))
        return;
    size_t row = scan_magic_next(0, hm_str_sub(bytes, 0, SCAN_HEAD));
    if (row == SIZE_MAX)
        return;
    scan_hit hit = { .detector = (uint16_t)row };
    l->u->count[N_CLAIMED]++;
    l->u->count[N_BYTES] += bytes.n;
    detect(l, &hit, bytes);
}

/* ---- archives ---- */

/* ret_why: what makes the outermost one none; else untouched. */
static void walk(unpack *u, const level *outer, const codec_pull *src, hm_str archive, hm_str prefix, uint32_t flags,
                 uint32_t nesting, bool java, hm_err *ret_why);

static int64_t pull_view(void *ctx, uint64_t at, void *to, size_t n)
{
    const hm_str *s = ctx;
    if (at >= s->n)
        return 0;
    n = n < s->n - (size_t)at ? n : s->n - (size_t)at;
    memcpy(to, s->p + at, n);
    return (int64_t)n;
}

/* Is the entry an archive to be looked into? */
static const scan_kind *inner_kind(const level *l, hm_str path)
{
    const scan_kind *k = scan_kind_of(path);
    if (!k || (k->when == SCAN_ASKED && !(l->flags & UNPACK_ALL)))
        return NULL;
    if (l->flags & UNPACK_ITSELF && !hm_glob(HM_STR("control.tar*"), hm_path_base(path)))
        return NULL;
    return k;
}

/* bytes: its content, if it was read already. */
static void inner(level *l, const scan_kind *k, hm_str bytes)
{
    hm_str path = hm_buf_view(&l->path);
    if (l->nesting == 0) {
        gap_of(l->u, path, HM_LIMIT, DEFECT_TOO_DEEP, l->u->set.nesting, 0);
        return;
    }
    HM_AUTO(hm_buf_clear) hm_buf prefix = { 0 };
    hm_buf_str(&prefix, path);
    hm_buf_c(&prefix, "!/");
    uint32_t flags = l->flags & UNPACK_ALL ? UNPACK_ALL : k->when == SCAN_ITSELF ? UNPACK_ITSELF : 0;
    codec_pull src;
    if (k->how == SCAN_STREAM && bytes.n == 0)
        src = codec_archive_inner(l->a);
    else if (bytes.n || content(l, l->u->set.file_bytes, &bytes))
        src = (codec_pull){ .pull = pull_view, .ctx = &bytes, .size = bytes.n, .seekable = true };
    else
        return;
    walk(l->u, l, &src, path, hm_buf_view(&prefix), flags, l->nesting - 1, k->java, NULL);
}

static bool is_hex(hm_str s, size_t least)
{
    for (size_t i = 0; i < s.n; i++)
        if (!((s.p[i] >= '0' && s.p[i] <= '9') || (s.p[i] >= 'a' && s.p[i] <= 'f')))
            return false;
    return s.n >= least;
}

/* Blobs of an image: blobs/sha256/HEX (OCI), HEX/layer.tar (docker) and what others write. */
static bool is_blob(hm_str path)
{
    hm_str name = hm_path_base(path), dir = hm_path_dir(path);
    if (hm_str_is(name, "layer.tar"))
        return is_hex(dir, 64);
    if (dir.n == 0) /* HEX.tar (skopeo, podman), HEX.tar.gz (crane, kaniko) */
        return is_hex(hm_str_sub(name, 0, hm_str_find(name, '.')), 64) &&
               (hm_str_ends(name, HM_STR(".tar")) || hm_str_ends(name, HM_STR(".tar.gz")));
    return hm_str_is(hm_path_dir(dir), "blobs") && is_hex(name, 32);
}

static bool is_description(hm_str path)
{
    hm_str digest = HM_STR("sha256:"); /* crane calls a configuration so */
    return hm_str_is(path, "manifest.json") || hm_str_is(path, "index.json") || hm_str_is(path, "oci-layout") ||
           hm_str_is(path, "repositories") ||
           (hm_str_starts(path, digest) && is_hex(hm_str_from(path, digest.n), 64)) ||
           (hm_str_ends(path, HM_STR(".json")) && is_hex(hm_str_sub(path, 0, path.n - 5), 64));
}

static void put_blob(level *l, hm_str path, hm_str bytes)
{
    unpack_record r = { .type = UNPACK_BLOB, .path = path, .bytes = bytes };
    put(l->u, &r);
}

/* True: it was part of an image, and is done. */
static bool of_image(level *l, const codec_entry *e)
{
    hm_str path = hm_buf_view(&l->path), bytes = HM_NONE;
    bool blob = is_blob(path);
    if (blob && e->type == CODEC_ENTRY_SYMLINK) { /* docker: the same layer again */
        unpack_record r = { .type = UNPACK_LINK, .path = path, .bytes = e->link };
        put(l->u, &r);
        return true;
    }
    if ((!blob && !is_description(path)) || e->type != CODEC_ENTRY_FILE)
        return false;
    codec_pull src = codec_archive_inner(l->a);
    if (e->size <= UNPACK_BLOB_BYTES || !blob) {
        if (!content(l, UNPACK_BLOB_BYTES, &bytes))
            return true;
        hm_str text = hm_str_trim(hm_str_sub(bytes, 0, 64));
        if (!blob || (text.n && (text.p[0] == '{' || text.p[0] == '['))) {
            put_blob(l, path, bytes);
            return true;
        }
        src = (codec_pull){ .pull = pull_view, .ctx = &bytes, .size = bytes.n, .seekable = true };
    }
    unpack_record r = { .type = UNPACK_LAYER_OF, .path = path };
    put(l->u, &r);
    walk(l->u, l, &src, HM_NONE, HM_NONE, UNPACK_TRANSPARENT | UNPACK_LAYER | (l->flags & UNPACK_ALL), l->nesting,
         false, NULL);
    r.path = HM_NONE;
    put(l->u, &r);
    return true;
}

static void file_entry(level *l, const codec_entry *e)
{
    scan_hit hit[SCAN_HITS];
    hm_str path = hm_buf_view(&l->path);
    const scan_kind *k = inner_kind(l, path);
    size_t hits = scan_dispatch_find(l->u->dispatch, path, false, l->archive.n > 0, hit);
    if (l->flags & UNPACK_ITSELF) { /* only rows for what is inside a package */
        size_t n = 0;
        for (size_t i = 0; i < hits; i++)
            if (detect_get(hit[i].detector)->flags & DETECT_INSIDE)
                hit[n++] = hit[i];
        hits = n;
    }
    hm_str bytes = HM_NONE;
    if (hits)
        claimed(l, e, hit, hits, &bytes);
    if (k)
        inner(l, k, bytes);
    else if (hits == 0 && !(l->flags & UNPACK_ITSELF) &&
             scan_dispatch_look(l->u->dispatch, path, e->executable, e->size))
        look(l);
}

static void link_entry(level *l, const codec_entry *e)
{
    scan_hit hit[SCAN_HITS];
    hm_str path = hm_buf_view(&l->path);
    bool symbolic = e->type == CODEC_ENTRY_SYMLINK;
    size_t hits = scan_dispatch_find(l->u->dispatch, path, symbolic, l->archive.n > 0, hit);
    l->u->count[N_LINKS]++;
    if (symbolic)
        for (size_t i = 0; i < hits && (i || may_look(l->u, path)); i++)
            detect(l, &hit[i], e->link);
    else if (hits) {
        uint64_t at;
        hm_err err;
        bool fresh = may_look(l->u, path);
        if (hm_map_get(l->u->kept_by_path, e->link, &at))
            give(l, hit, hits, *HM_VEC_AT(&l->u->kept, hm_str, (size_t)at), fresh);
        else {
            hm_fail(&err, HM_UNSUPPORTED, DEFECT_HARD_LINK, HM_PLACE_NONE, 0, 0);
            size_t n = e->link.n < sizeof err.at - 1 ? e->link.n : sizeof err.at - 1;
            memcpy(err.at, e->link.p, n);
            err.at[n] = 0;
            gap(l->u, path, &err);
        }
    }
}

static void one_entry(level *l, const codec_entry *e)
{
    unpack *u = l->u;
    u->count[N_ENTRIES]++;
    l->path.n = l->prefix_n;
    hm_buf_str(&l->path, e->path);
    if (l->path.bad) {
        gap_of(u, name_of(l), HM_LIMIT, DEFECT_TOO_LARGE, LIMIT_PATH_BYTES, l->prefix_n + e->path.n);
        l->path.bad = false;
        return;
    }
    if (l->flags & UNPACK_LAYER) {
        if (white_out(l, e->path))
            return;
        note_path(u, e->type == CODEC_ENTRY_DIR ? UNPACK_SET_DIRS : UNPACK_SET_FILES, e->path);
    }
    if (e->type == CODEC_ENTRY_DIR) {
        u->count[N_DIRS]++;
        return;
    }
    if (e->type == CODEC_ENTRY_FILE)
        u->count[N_FILES]++;
    if (l->flags & UNPACK_IMAGE && of_image(l, e))
        return;
    if (e->type == CODEC_ENTRY_FILE)
        file_entry(l, e);
    else if (e->type != CODEC_ENTRY_OTHER)
        link_entry(l, e);
    hm_arena_reset(l->arena, (size_t)u->in->budget_bytes);
}

static int by_row_and_path(const void *a, const void *b, void *ctx)
{
    (void)ctx;
    const group_file *x = a, *y = b;
    return x->row != y->row ? (x->row < y->row ? -1 : 1) : hm_str_cmp(x->view.path, y->view.path);
}

static void run_group(level *l, size_t row, const detect_view *file, const detect_view *files, size_t n)
{
    detect_in in = { .file = file, .arena = l->arena, .files = files, .file_n = n, .archive = l->archive };
    hm_err e = { 0 };
    if (!may_look(l->u, file->path))
        return;
    hm_arena_reset(l->arena, (size_t)l->u->in->budget_bytes);
    start_doc(l->u, row);
    hm_rc rc = detect_get(row)->fn(&in, l->u->build, &e);
    put_doc(l->u, row, 0, file->path, rc, &e);
}

/* At the end of an archive: its groups. One whose parts have names, but nothing to say so, is still a part itself. */
static void run_groups(level *l)
{
    size_t java = SIZE_MAX;
    for (size_t i = 0; l->java && i < detect_count(); i++)
        if (hm_str_is(hm_str_c(detect_get(i)->name), "java-archive"))
            java = i;
    if (!hm_sort(l->files.p, l->files.n, sizeof(group_file), by_row_and_path, NULL))
        return;
    detect_view *view = hm_arena_array(l->group, l->files.n + 1, sizeof *view);
    if (!view) {
        gap_of(l->u, l->archive, HM_NOMEM, DEFECT_NOMEM, 0, 0);
        return;
    }
    for (size_t i = 0, end; i < l->files.n; i = end) {
        size_t row = HM_VEC_AT(&l->files, group_file, i)->row;
        for (end = i; end < l->files.n && HM_VEC_AT(&l->files, group_file, end)->row == row; end++)
            view[end] = HM_VEC_AT(&l->files, group_file, end)->view;
        run_group(l, row, &view[i], &view[i], end - i);
        if (row == java)
            java = SIZE_MAX;
    }
    if (java != SIZE_MAX) {
        hm_buf_reset(&l->path);
        hm_buf_str(&l->path, l->archive);
        hm_buf_byte(&l->path, '!');
        detect_view none = { .path = hm_buf_view(&l->path), .bytes = HM_STR("") };
        run_group(l, java, &none, &none, 0);
    }
}

static void stopped(level *l, hm_err *e)
{
    if (l->flags & UNPACK_LAYER) {
        unpack_record r = { .type = UNPACK_FAIL, .err = *e };
        put(l->u, &r);
    } else
        gap(l->u, name_of(l), e);
}

static void walk(unpack *u, const level *outer, const codec_pull *src, hm_str archive, hm_str prefix, uint32_t flags,
                 uint32_t nesting, bool java, hm_err *ret_why)
{
    codec_archive_limits limits = { .out_bytes = u->set.archive_bytes, .ratio = u->set.ratio };
    level l = { .u = u,
                .outer = outer,
                .arena = hm_arena_new((size_t)u->in->budget_bytes),
                .group = hm_arena_new((size_t)u->in->budget_bytes),
                .files = { .size = sizeof(group_file) },
                .archive = archive,
                .path = { .limit = LIMIT_PATH_BYTES },
                .flags = flags,
                .nesting = nesting,
                .java = java };
    hm_err e = { 0 };
    codec_entry x;
    hm_buf_str(&l.path, prefix);
    l.prefix_n = l.path.n;
    hm_rc rc = HM_OK;
    if (!l.arena || !l.group || l.path.bad)
        rc = hm_fail(&e, HM_NOMEM, DEFECT_NOMEM, HM_PLACE_NONE, 0, 0);
    else
        rc = codec_archive_open(src, &limits, &l.a, &e);
    while (rc == HM_OK && !u->gone) {
        rc = codec_archive_next(l.a, &x, &e);
        if (rc == HM_OK && u->count[N_ENTRIES] >= u->set.entries)
            rc = hm_fail(&e, HM_LIMIT, DEFECT_TOO_MANY, HM_PLACE_NONE, 0, u->set.entries);
        if (rc == HM_OK)
            one_entry(&l, &x);
        else if (rc == HM_UNSUPPORTED) {
            gap(u, name_of(&l), &e);
            rc = HM_OK;
        }
    }
    if (!outer && e.defect == DEFECT_NOT_ARCHIVE && rc == HM_FORMAT)
        *ret_why = e;
    else if (rc != HM_NOTFOUND && rc != HM_OK)
        stopped(&l, &e);
    if (archive.n && l.arena && l.group && !(flags & UNPACK_ITSELF))
        run_groups(&l);
    if (archive.n == 0)
        forget(u);
    if (flags & UNPACK_LAYER) {
        put_sets(u);
        reset_sets(u);
    }
    codec_archive_close(l.a);
    hm_arena_free(l.arena);
    hm_arena_free(l.group);
    hm_buf_clear(&l.path);
}

/* ---- the job ---- */

static int64_t pull_in(void *ctx, uint64_t at, void *to, size_t n)
{
    const jail_in *in = ctx;
    return jail_in_some(in, at, to, n);
}

hm_rc scan_job_archive(const jail_in *in, hm_buf *out, hm_err *err)
{
    unpack u = { .in = in,
                 .out = out,
                 .dispatch = scan_dispatch_new(),
                 .build = part_build_new((size_t)in->budget_bytes),
                 .kept_by_path = hm_map_new(),
                 .kept_bytes = hm_arena_new(KEPT_ALL),
                 .hashes = hm_arena_new(LIMIT_BUDGET_MAX) };
    hm_rc rc = HM_OK;
    if (!u.dispatch || !u.build || !u.hashes || !u.kept_by_path || !u.kept_bytes)
        rc = hm_fail(err, HM_NOMEM, DEFECT_NOMEM, HM_PLACE_NONE, 0, 0);
    else if (!scan_unpack_settings_get(in->extra, &u.set))
        rc = hm_fail(err, HM_BUG, DEFECT_JOB_UNKNOWN, HM_PLACE_NONE, 0, 0);
    else {
        HM_AUTO(hm_buf_clear) hm_buf prefix = { 0 };
        jail_in copy = *in;
        codec_pull src = { .pull = pull_in, .ctx = &copy, .size = in->size, .seekable = !jail_in_is_pipe(in) };
        const scan_kind *k = scan_kind_of(in->name);
        hm_str archive = HM_NONE;
        if (!(u.set.flags & UNPACK_TRANSPARENT)) {
            archive = in->name;
            hm_buf_str(&prefix, in->name);
            hm_buf_c(&prefix, "!/");
        }
        reset_sets(&u);
        forget(&u);
        walk(&u, NULL, &src, archive, hm_buf_view(&prefix), u.set.flags, u.set.nesting, k && k->java, err);
        rc = err->rc;
        unpack_record r = { .type = UNPACK_COUNT };
        memcpy(r.count, u.count, sizeof r.count);
        put(&u, &r);
    }
    hm_arena_free(u.hashes);
    hm_arena_free(u.kept_bytes);
    hm_map_free(u.kept_by_path);
    part_build_free(u.build);
    scan_dispatch_free(u.dispatch);
    return rc;
}
