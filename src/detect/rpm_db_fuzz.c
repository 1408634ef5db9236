/* The first byte says what the rest is: a database (its packages, its owners), a header, a package file, an old database. */
#include "detect/rpm.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool read_at(void *ctx, uint64_t at, void *to, size_t n)
{
    const hm_str *s = ctx;
    HM_BUG_ON(at > s->n || n > s->n - at);
    memcpy(to, s->p + at, n);
    return true;
}

static hm_rc one_header(const detect_in *in, part_build *out, hm_err *err)
{
    rpm_reader r = { .in = in, .out = out, .gaps = { out, in->file->path, 0 }, .root = in->root };
    rpm_header h;
    size_t used = 0;
    hm_rc rc = detect_rpm_header(in->file->bytes, &h, &used, err);
    if (rc == HM_OK) {
        HM_BUG_ON(used > in->file->bytes.n);
        (void)detect_rpm_package(&r, &h, 1);
        rc = detect_rpm_end(&r, err);
    }
    detect_rpm_clear(&r);
    return rc;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static detect_fn *const FN[] = { detect_rpm_db, detect_rpm_owner, one_header, detect_rpm_file,
                                     detect_rpm_db_other };
    static const char WANTED[] = "bin/sh\0usr/bin/sh\0usr/lib/python3/site-packages/a.dist-info/METADATA";
    if (size == 0)
        return 0;
    detect_fn *fn = FN[data[0] % HM_COUNT(FN)];
    hm_str bytes = { (const char *)data + 1, size - 1 }, block = HM_NONE;
    const detect_src src = { .size = bytes.n, .read = read_at, .ctx = &bytes };
    const detect_view file = { .path = HM_STR("srv/var/lib/rpm/rpmdb.sqlite"), .bytes = bytes, .src = &src };
    hm_arena *a = hm_arena_new((1 << 20) + 64 * size);
    part_build *b = part_build_new((1 << 20) + 1024 * size);
    const detect_in in = { .file = &file,
                           .root = HM_STR("srv"),
                           .wanted = fn == detect_rpm_owner ? (hm_str){ WANTED, sizeof WANTED } : HM_NONE,
                           .arena = a };
    hm_err err = { 0 };
    part_pack pack;
    if (a && b) {
        hm_rc rc = fn(&in, b, &err);
        HM_BUG_ON(rc != err.rc || rc == HM_BUG || rc == HM_NOMEM);
        HM_BUG_ON(part_build_finish(b, &block, NULL) != HM_OK);
        HM_BUG_ON(part_pack_open(block, &pack, NULL) != HM_OK);
        for (size_t i = 0; i < pack.comp_n; i++)
            HM_BUG_ON(pack.comp[i].name.n == 0 || pack.comp[i].version.n == 0 || pack.comp[i].evidence_count != 1);
    }
    part_build_free(b);
    hm_arena_free(a);
    return 0;
}
