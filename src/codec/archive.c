/* archive - entries of tar, cpio, zip, ar and rpm payloads, one after the other (libarchive).
 * libarchive keeps its own heap: it runs in the worker alone, under the worker's memory limit. What is ours: the limits,
 * the names, and the order of calls.
 * Invariants:
 * 1. All bytes that come out of a compressed archive or one that cannot be sought are counted, also those of entries
 *    that nobody wants: skipping them by ourselves, block by block, is what stops a bomb.
 * 2. No name that leaves here has an empty, "." or ".." segment, begins with a slash, or is longer than a path.
 * 3. After a failure that is not the entry's own, every further call fails the same way.
 * Enemy: the author of the archive (sizes that lie, bombs, names, cycles, sparse files of any size). */
#include "base/limits.h"
#include "codec/codec.h"
#include <archive.h>
#include <archive_entry.h>
#include <errno.h>

enum { PIECE = 64 << 10, RATIO_FROM = 1 << 20 };

struct codec_archive {
    struct archive *a;
    struct archive_entry *entry; /* the current one; NULL: none */
    codec_pull src;
    codec_archive_limits limits;
    uint64_t at;     /* of src */
    uint64_t out;    /* invariant 1 */
    uint64_t number; /* of the current entry, from 1 */
    bool must_read;  /* skipped bytes are counted */
    bool read_failed, too_long;
    hm_err dead; /* invariant 3 */
    hm_buf path, link;
    char piece[PIECE];
};

/* ---- libarchive's side ---- */

static la_ssize_t on_read(struct archive *a, void *ctx, const void **ret)
{
    codec_archive *x = ctx;
    int64_t n = x->src.pull(x->src.ctx, x->at, x->piece, PIECE);
    if (n < 0 || n > PIECE) {
        x->read_failed = true;
        archive_set_error(a, EIO, "read");
        return -1;
    }
    x->at += (uint64_t)n;
    if (!x->src.seekable && x->limits.out_bytes && x->at > x->limits.out_bytes) {
        x->too_long = true;
        return -1;
    }
    *ret = x->piece;
    return (la_ssize_t)n;
}

static la_int64_t on_skip(struct archive *a, void *ctx, la_int64_t n)
{
    codec_archive *x = ctx;
    (void)a;
    if (!x->src.seekable || n < 0 || x->at > x->src.size)
        return 0;
    uint64_t left = x->src.size - x->at, step = (uint64_t)n < left ? (uint64_t)n : left;
    x->at += step;
    return (la_int64_t)step;
}

static la_int64_t on_seek(struct archive *a, void *ctx, la_int64_t to, int whence)
{
    codec_archive *x = ctx;
    (void)a;
    uint64_t base = whence == SEEK_SET ? 0 : whence == SEEK_CUR ? x->at : x->src.size, at;
    if (to < 0 ? hm_ckd_sub(&at, base, (uint64_t)-to) : hm_ckd_add(&at, base, (uint64_t)to))
        return ARCHIVE_FATAL;
    if (at > x->src.size || at > INT64_MAX)
        return ARCHIVE_FATAL;
    x->at = at;
    return (la_int64_t)at;
}

/* ---- failures ---- */

static hm_rc die(codec_archive *x, hm_rc rc, hm_defect defect, uint64_t arg0, uint64_t arg1, hm_err *err)
{
    hm_fail(&x->dead, rc, defect, HM_PLACE_ENTRY, x->number, arg0);
    x->dead.arg[1] = arg1;
    x->entry = NULL;
    if (err)
        *err = x->dead;
    return rc;
}

/* What libarchive says no to. */
static hm_rc die_of(codec_archive *x, hm_err *err)
{
    if (x->read_failed)
        return die(x, HM_IO, DEFECT_READ, 0, 0, err);
    if (x->too_long)
        return die(x, HM_LIMIT, DEFECT_ARCHIVE_BYTES, x->limits.out_bytes, x->at, err);
    if (archive_errno(x->a) == ENOMEM)
        return die(x, HM_NOMEM, DEFECT_NOMEM, 0, 0, err);
    if (x->number <= 1) {
        hm_fail(&x->dead, HM_FORMAT, DEFECT_NOT_ARCHIVE, HM_PLACE_NONE, 0, 0);
        x->entry = NULL;
        if (err)
            *err = x->dead;
        return HM_FORMAT;
    }
    return die(x, HM_FORMAT, DEFECT_ARCHIVE, 0, 0, err);
}

/* Bytes came out. */
static hm_rc count(codec_archive *x, uint64_t n, hm_err *err)
{
    la_int64_t raw = archive_filter_bytes(x->a, -1);
    uint64_t in = raw > 0 ? (uint64_t)raw : 0;
    x->out += n;
    if (x->limits.out_bytes && x->out > x->limits.out_bytes)
        return die(x, HM_LIMIT, DEFECT_ARCHIVE_BYTES, x->limits.out_bytes, x->out, err);
    if (x->limits.ratio && x->out > RATIO_FROM && x->out / x->limits.ratio > in)
        return die(x, HM_LIMIT, DEFECT_RATIO, x->limits.ratio, x->out, err);
    return HM_OK;
}

/* ---- open, close ---- */

codec_archive *codec_archive_close(codec_archive *x)
{
    if (x) {
        archive_read_free(x->a);
        hm_buf_clear(&x->path);
        hm_buf_clear(&x->link);
        free(x);
    }
    return NULL;
}

void codec_archive_closep(codec_archive **x)
{
    *x = codec_archive_close(*x);
}

static bool wants(struct archive *a, bool seekable)
{
    int ok =
        archive_read_support_filter_gzip(a) | archive_read_support_filter_bzip2(a) | archive_read_support_filter_xz(a) |
        archive_read_support_filter_lzma(a) | archive_read_support_filter_zstd(a) | archive_read_support_filter_rpm(a) |
        archive_read_support_format_tar(a) | archive_read_support_format_cpio(a) | archive_read_support_format_ar(a) |
        (seekable ? archive_read_support_format_zip(a) : archive_read_support_format_zip_streamable(a));
    return ok == ARCHIVE_OK;
}

hm_rc codec_archive_open(const codec_pull *src, const codec_archive_limits *l, codec_archive **ret_a, hm_err *err)
{
    codec_archive *x = calloc(1, sizeof *x);
    if (!x)
        return hm_fail(err, HM_NOMEM, DEFECT_NOMEM, HM_PLACE_NONE, 0, 0);
    x->src = *src;
    x->limits = *l;
    x->path.limit = x->link.limit = LIMIT_PATH_BYTES;
    x->a = archive_read_new();
    if (!x->a || !wants(x->a, src->seekable)) {
        codec_archive_close(x);
        return hm_fail(err, HM_NOMEM, DEFECT_NOMEM, HM_PLACE_NONE, 0, 0);
    }
    archive_read_set_read_callback(x->a, on_read);
    archive_read_set_skip_callback(x->a, on_skip);
    if (src->seekable)
        archive_read_set_seek_callback(x->a, on_seek);
    archive_read_set_callback_data(x->a, x);
    if (archive_read_open1(x->a) != ARCHIVE_OK) {
        hm_rc rc = die_of(x, err);
        codec_archive_close(x);
        return rc;
    }
    x->must_read = !src->seekable || archive_filter_count(x->a) > 1;
    *ret_a = x;
    return HM_OK;
}

/* ---- names ---- */

/* Without empty and "." segments; false: it leads out, is empty or too long. */
static bool clean(hm_str s, hm_buf *out)
{
    hm_buf_reset(out);
    while (s.n) {
        hm_str segment = hm_str_cut(s, '/', &s);
        if (segment.n == 0 || hm_str_is(segment, "."))
            continue;
        if (hm_str_is(segment, ".."))
            return false;
        if (out->n)
            hm_buf_byte(out, '/');
        hm_buf_str(out, segment);
    }
    bool good = !out->bad;
    if (out->bad)
        hm_buf_reset(out);
    return good;
}

static hm_str name_of(const char *raw, const char *utf8)
{
    return raw ? hm_str_c(raw) : utf8 ? hm_str_c(utf8) : HM_NONE;
}

/* ---- entries ---- */

static hm_rc skip(codec_archive *x, hm_err *err)
{
    const void *p;
    size_t n;
    la_int64_t at;
    while (x->must_read) {
        int r = archive_read_data_block(x->a, &p, &n, &at);
        if (r == ARCHIVE_EOF)
            return HM_OK;
        if (r == ARCHIVE_RETRY)
            continue;
        if (r != ARCHIVE_OK && r != ARCHIVE_WARN)
            return die_of(x, err);
        hm_rc rc = count(x, n, err);
        if (rc != HM_OK)
            return rc;
    }
    return HM_OK;
}

static codec_entry_type type_of(struct archive_entry *e)
{
    if (archive_entry_hardlink(e) || archive_entry_hardlink_utf8(e))
        return CODEC_ENTRY_HARDLINK;
    switch (archive_entry_filetype(e)) {
    case AE_IFREG:
    case 0: /* ar, and zip files made without a system's modes */
        return CODEC_ENTRY_FILE;
    case AE_IFDIR:
        return CODEC_ENTRY_DIR;
    case AE_IFLNK:
        return CODEC_ENTRY_SYMLINK;
    default:
        return CODEC_ENTRY_OTHER;
    }
}

static hm_rc bad_name(const codec_archive *x, hm_str name, hm_err *err)
{
    hm_fail(err, HM_UNSUPPORTED, DEFECT_ARCHIVE_PATH, HM_PLACE_ENTRY, x->number, 0);
    if (err) {
        size_t n = name.n < sizeof err->at - 1 ? name.n : sizeof err->at - 1;
        memcpy(err->at, name.p, n);
        err->at[n] = 0;
    }
    return HM_UNSUPPORTED;
}

hm_rc codec_archive_next(codec_archive *x, codec_entry *ret, hm_err *err)
{
    if (x->dead.rc) {
        if (err)
            *err = x->dead;
        return x->dead.rc;
    }
    if (x->entry) {
        hm_rc rc = skip(x, err);
        if (rc != HM_OK)
            return rc;
    }
    int r;
    do
        r = archive_read_next_header(x->a, &x->entry);
    while (r == ARCHIVE_RETRY);
    x->number++;
    if (r == ARCHIVE_EOF) {
        x->entry = NULL;
        return HM_NOTFOUND;
    }
    if (r != ARCHIVE_OK && r != ARCHIVE_WARN)
        return die_of(x, err);
    if (x->limits.entries && x->number > x->limits.entries)
        return die(x, HM_LIMIT, DEFECT_TOO_MANY, x->limits.entries, 0, err);
    x->must_read = !x->src.seekable || archive_filter_count(x->a) > 1;
    hm_str name = name_of(archive_entry_pathname(x->entry), archive_entry_pathname_utf8(x->entry));
    codec_entry e = { .type = type_of(x->entry), .index = x->number - 1, .size = UINT64_MAX };
    if (!clean(name, &x->path) || (x->path.n == 0 && e.type != CODEC_ENTRY_DIR))
        return bad_name(x, name, err);
    e.path = hm_buf_view(&x->path);
    if (e.type == CODEC_ENTRY_HARDLINK) {
        hm_str to = name_of(archive_entry_hardlink(x->entry), archive_entry_hardlink_utf8(x->entry));
        if (!clean(to, &x->link))
            return bad_name(x, to, err);
        e.link = hm_buf_view(&x->link);
    } else if (e.type == CODEC_ENTRY_SYMLINK)
        e.link = name_of(archive_entry_symlink(x->entry), archive_entry_symlink_utf8(x->entry));
    if (archive_entry_size_is_set(x->entry) && archive_entry_size(x->entry) >= 0)
        e.size = (uint64_t)archive_entry_size(x->entry);
    e.executable = archive_entry_perm(x->entry) & 0111;
    e.encrypted = archive_entry_is_encrypted(x->entry);
    *ret = e;
    return HM_OK;
}

static hm_rc too_large(const codec_archive *x, uint64_t max, uint64_t size, hm_err *err)
{
    hm_fail(err, HM_LIMIT, DEFECT_TOO_LARGE, HM_PLACE_ENTRY, x->number, max);
    if (err)
        err->arg[1] = size;
    return HM_LIMIT;
}

hm_rc codec_archive_content(codec_archive *x, hm_arena *arena, uint64_t max, hm_str *ret, hm_err *err)
{
    HM_BUG_ON(!x->entry);
    if (archive_entry_is_encrypted(x->entry))
        return hm_fail(err, HM_UNSUPPORTED, DEFECT_ENCRYPTED, HM_PLACE_ENTRY, x->number, 0);
    uint64_t size = archive_entry_size_is_set(x->entry) && archive_entry_size(x->entry) > 0
                        ? (uint64_t)archive_entry_size(x->entry)
                        : 0;
    if (size > max)
        return too_large(x, max, size, err);
    size_t cap = size ? (size_t)size + 1 : PIECE, n = 0; /* pages of what never comes are never touched */
    char *p = hm_arena_alloc(arena, cap);
    if (!p)
        return hm_arena_fail(arena, err);
    for (;;) {
        if (n == cap) {
            size_t more = cap * 2; /* no size was given, or it lied */
            char *q = hm_arena_grow(arena, p, cap, more);
            if (!q)
                return hm_arena_fail(arena, err);
            p = q;
            cap = more;
        }
        la_ssize_t got = archive_read_data(x->a, p + n, cap - n);
        if (got == ARCHIVE_RETRY)
            continue;
        if (got < 0)
            return die_of(x, err);
        if (got == 0)
            break;
        n += (size_t)got;
        hm_rc rc = count(x, (uint64_t)got, err);
        if (rc != HM_OK)
            return rc;
        if (n > max)
            return too_large(x, max, n, err);
    }
    *ret = (hm_str){ p, n };
    return HM_OK;
}

/* ---- an archive inside an entry ---- */

static int64_t pull_inner(void *ctx, uint64_t at, void *to, size_t n)
{
    codec_archive *x = ctx;
    (void)at; /* always in order */
    if (!x->entry || x->dead.rc)
        return -1;
    la_ssize_t got;
    do
        got = archive_read_data(x->a, to, n);
    while (got == ARCHIVE_RETRY);
    if (got < 0) {
        (void)die_of(x, NULL);
        return -1;
    }
    return got;
}

codec_pull codec_archive_inner(codec_archive *x)
{
    return (codec_pull){ .pull = pull_inner, .ctx = x, .size = UINT64_MAX, .seekable = false };
}
