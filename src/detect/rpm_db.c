/* rpm_db - rpm's database: rpmdb.sqlite, table Packages(hnum, blob), one header (rpm.h) a row; with the write-ahead log
 * that a machine which was switched off, or copied while running, leaves beside it.
 *
 * 1. Two passes over the rows: the first notes which paths packages require ("/bin/sh"), so that the second can offer
 *    those files, and no others, by name. Nothing of the file lists is kept.
 * 2. A row that is no header is a gap with its number; the rows after it are read.
 * 3. The formats of older systems, Berkeley DB and ndb, are not read yet, and each such database is a gap: an empty
 *    result must not look like an empty machine.
 * The enemy is who wrote the tree that is scanned. */
#include "base/limits.h"
#include "detect/db_int.h"
#include "detect/rpm.h"

static hm_rc open_db(const detect_in *in, codec_sqlite **ret_db, hm_err *err)
{
    const detect_src *src = in->file->src;
    codec_sqlite_src from = { .size = src->size, .read = src->read, .ctx = src->ctx };
    if (in->companion)
        from.log = in->companion->bytes;
    return codec_sqlite_open(&from, ret_db, err);
}

static hm_rc all_rows(const detect_in *in, codec_sqlite *db, codec_sqlite_visit *visit, void *ctx, hm_err *err)
{
    (void)in;
    hm_rc rc = codec_sqlite_blobs(db, "Packages", "blob", visit, ctx, err);
    if (rc == HM_NOTFOUND) /* a database of something else, or one that rpm has only begun to make */
        rc = hm_fail(err, HM_FORMAT, DEFECT_MISSING_FIELD, HM_PLACE_NONE, 0, 0);
    if (rc == HM_FORMAT && err && err->defect == DEFECT_MISSING_FIELD)
        detect_err_at(err, HM_STR("Packages"));
    return rc;
}

/* ---- first pass: what is required by its path ------------------------------------------------------------------------ */

static bool note_path(rpm_reader *r, hm_str path)
{
    hm_str dir = hm_str_sub(path, 0, path.n - hm_path_base(path).n), kept;
    hm_arena *a = r->in->arena;
    uint64_t seen, *number;
    if (!hm_map_get(r->required.dir, dir, &seen)) {
        if (!hm_arena_dup(a, dir, &kept))
            return false;
        seen = hm_map_count(r->required.dir) + 1;
        if (seen > UINT32_MAX || !hm_map_put(r->required.dir, kept, seen))
            return false;
    }
    hm_buf_reset(&r->scratch);
    hm_buf_le32(&r->scratch, (uint32_t)seen);
    hm_buf_str(&r->scratch, hm_path_base(path));
    if (r->scratch.bad || hm_map_get(r->required.name, hm_buf_view(&r->scratch), &seen))
        return !r->scratch.bad;
    if (!hm_arena_dup(a, hm_buf_view(&r->scratch), &kept))
        return false;
    number = hm_map_put(r->required.name, kept, r->required.text.n);
    rpm_path *to = number ? hm_vec_push(&r->required.text, a) : NULL;
    return to && hm_arena_dup(a, path, &to->text);
}

static hm_rc note_paths(void *ctx, uint64_t row, hm_str value, const hm_err *bad, hm_err *err)
{
    rpm_reader *r = ctx;
    rpm_header h;
    size_t used;
    hm_str name;
    (void)row;
    if (bad || detect_rpm_header(value, &h, &used, NULL) != HM_OK)
        return HM_OK;
    rpm_value names = h.value[RPM_REQUIRENAME];
    while (detect_rpm_text(&names, &name))
        if (name.n && name.p[0] == '/' && name.n <= LIMIT_PATH_BYTES && !note_path(r, name))
            return r->scratch.bad ? detect_no_memory(err) : hm_arena_fail(r->in->arena, err);
    return HM_OK;
}

/* ---- second pass: packages -------------------------------------------------------------------------------------------- */

static void row_gap(rpm_reader *r, uint64_t row, const hm_err *e)
{
    detect_lang_gap(&r->gaps, e->rc, (hm_defect)e->defect, HM_PLACE_ENTRY, row, e->arg[0], hm_str_c(e->at));
}

static hm_rc one_package(void *ctx, uint64_t row, hm_str value, const hm_err *bad, hm_err *err)
{
    rpm_reader *r = ctx;
    rpm_header h;
    size_t used;
    hm_err e = { 0 };
    (void)err;
    if (bad)
        row_gap(r, row, bad);
    else if (detect_rpm_header(value, &h, &used, &e) != HM_OK)
        row_gap(r, row, &e);
    else
        (void)detect_rpm_package(r, &h, row);
    return HM_OK;
}

hm_rc detect_rpm_db(const detect_in *in, part_build *out, hm_err *err)
{
    HM_AUTO(codec_sqlite_closep) codec_sqlite *db = NULL;
    HM_AUTO(hm_map_freep) hm_map *dir = hm_map_new();
    HM_AUTO(hm_map_freep) hm_map *name = hm_map_new();
    rpm_reader r = { .in = in, .out = out, .gaps = { out, in->file->path, 0 }, .root = in->root };
    if (!dir || !name)
        return detect_no_memory(err);
    r.required = (rpm_paths){ dir, name, { .size = sizeof(rpm_path) } };
    hm_rc rc = open_db(in, &db, err);
    if (rc != HM_OK)
        return rc;
    rc = all_rows(in, db, note_paths, &r, err);
    if (rc == HM_OK || rc == HM_FORMAT || rc == HM_LIMIT) { /* damaged: what can be read is read, and says so */
        hm_err e = { 0 };
        rc = all_rows(in, db, one_package, &r, &e);
        if (err)
            *err = e;
    }
    if (rc == HM_OK)
        rc = detect_rpm_end(&r, err);
    if (r.keys) {
        hm_buf_reset(&r.scratch);
        hm_buf_u64(&r.scratch, r.keys);
        part_add_extra(out, PART_NO, PART_FMT_NONE, HM_STR("rpm:gpg_pubkeys"), hm_buf_view(&r.scratch));
    }
    detect_rpm_clear(&r);
    return rc;
}

/* ---- owners ------------------------------------------------------------------------------------------------------------ */

typedef struct owner {
    const detect_in *in;
    part_build *out;
    detect_wanted wanted;
    hm_vec dir; /* of hm_str: directories of one package, empty where nothing in them is wanted */
} owner;

/* Relative to the root; false: none, or longer than a path may be. */
static bool relative(hm_str path, hm_str *ret)
{
    bool ok = path.n > 1 && path.p[0] == '/' && path.n <= LIMIT_PATH_BYTES;
    *ret = ok ? hm_str_from(path, 1) : HM_NONE;
    return ok;
}

static void look_up(owner *o, hm_str package, hm_str dir, hm_str name)
{
    detect_wanted_dir(&o->wanted, hm_str_sub(dir, 0, dir.n ? dir.n - 1 : 0));
    hm_str found = detect_wanted_find(&o->wanted, name);
    if (found.n)
        part_add_owned(o->out, PART_ECO_RPM, found, package);
}

/* "/usr/bin/" as "usr/bin/" where something in it is wanted; the root itself has no wanted files of its own. */
static hm_str wanted_dir(owner *o, hm_str dir)
{
    hm_str rel;
    if (!relative(dir, &rel) || !hm_str_ends(rel, HM_STR("/")))
        return HM_NONE;
    detect_wanted_dir(&o->wanted, hm_str_sub(rel, 0, rel.n - 1));
    bool any = o->wanted.range[0].from < o->wanted.range[0].to || o->wanted.range[1].from < o->wanted.range[1].to;
    return any ? rel : HM_NONE;
}

static hm_rc owned_by(void *ctx, uint64_t row, hm_str value, const hm_err *bad, hm_err *err)
{
    owner *o = ctx;
    rpm_header h;
    size_t used;
    (void)row;
    if (bad || detect_rpm_header(value, &h, &used, NULL) != HM_OK || h.value[RPM_NAME].bytes.n == 0)
        return HM_OK; /* said when the packages were read */
    rpm_value dirs = h.value[RPM_DIRNAMES], names = h.value[RPM_BASENAMES], old = h.value[RPM_OLDFILENAMES];
    hm_str package = h.value[RPM_NAME].bytes, dir, name;
    bool any = false;
    o->dir.n = 0;
    while (detect_rpm_text(&dirs, &dir)) {
        hm_str *to = hm_vec_push(&o->dir, o->in->arena);
        if (!to)
            return hm_arena_fail(o->in->arena, err);
        *to = wanted_dir(o, dir);
        any |= to->n > 0;
    }
    for (uint32_t i = 0, at; any && detect_rpm_text(&names, &name); i++)
        if (detect_rpm_number(&h.value[RPM_DIRINDEXES], i, &at) && at < o->dir.n) {
            dir = *HM_VEC_AT(&o->dir, hm_str, at);
            if (dir.n)
                look_up(o, package, dir, name);
        }
    while (detect_rpm_text(&old, &name)) /* whole paths, in packages of old */
        if (relative(name, &dir)) {
            name = hm_path_base(dir);
            look_up(o, package, hm_str_sub(dir, 0, dir.n - name.n), name);
        }
    return HM_OK;
}

hm_rc detect_rpm_owner(const detect_in *in, part_build *out, hm_err *err)
{
    HM_AUTO(codec_sqlite_closep) codec_sqlite *db = NULL;
    owner o = { .in = in, .out = out, .wanted = { .all = in->wanted }, .dir = { .size = sizeof(hm_str) } };
    hm_err e = { 0 };
    if (in->wanted.n == 0 || open_db(in, &db, &e) != HM_OK)
        return HM_OK; /* said when the packages were read */
    hm_rc rc = all_rows(in, db, owned_by, &o, &e);
    bool bad = o.wanted.key.bad;
    detect_wanted_clear(&o.wanted);
    if (bad)
        return detect_no_memory(err);
    if (rc == HM_NOMEM || (rc == HM_LIMIT && e.defect == DEFECT_BUDGET)) {
        if (err)
            *err = e;
        return rc;
    }
    return HM_OK;
}

/* ---- formats that are not read yet --------------------------------------------------------------------------------------- */

hm_rc detect_rpm_db_other(const detect_in *in, part_build *out, hm_err *err)
{
    const detect_src *src = in->file->src;
    char head[16] = { 0 };
    (void)out;
    if (src->size == 0)
        return hm_fail(err, HM_TRUNC, DEFECT_EMPTY, HM_PLACE_NONE, 0, 0);
    if (!src->read(src->ctx, 0, head, src->size < sizeof head ? (size_t)src->size : sizeof head))
        return hm_fail(err, HM_CONFLICT, DEFECT_CHANGED, HM_PLACE_NONE, 0, 0);
    bool hash = memcmp(head + 12, "\x61\x15\x06\0", 4) == 0 || memcmp(head + 12, "\0\x06\x15\x61", 4) == 0;
    bool ndb = memcmp(head, "RpmP", 4) == 0;
    hm_rc rc = hm_fail(err, hash || ndb ? HM_UNSUPPORTED : HM_FORMAT, DEFECT_PACKAGE_DATABASE, HM_PLACE_NONE, 0, 0);
    detect_err_at(err, hash ? HM_STR("Berkeley DB") : ndb ? HM_STR("ndb") : HM_STR("unknown"));
    return rc;
}
