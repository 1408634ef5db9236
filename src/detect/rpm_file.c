/* rpm_file - a package file (*.rpm): the package itself; its payload is an archive for others to open.
 *
 *   lead[96] { ed ab ee db, major, minor, kind:be16, ... }   signatures: header, padded to 8   header   payload
 *   header := 8e ad e8 01 0 0 0 0, then as in rpm.h
 *
 * The enemy is who made the file. */
#include "base/limits.h"
#include "detect/rpm.h"

enum { LEAD = 96, MAGIC = 8 };

/* Reads the header at *at into the arena and sets *at behind it. */
static hm_rc read_header(const detect_in *in, uint64_t *at, rpm_header *ret, hm_err *err)
{
    const detect_src *src = in->file->src;
    char head[MAGIC + 8];
    if (src->size < *at || src->size - *at < sizeof head)
        return hm_fail(err, HM_TRUNC, DEFECT_RPM_HEADER, HM_PLACE_BYTE, *at, 0);
    if (!src->read(src->ctx, *at, head, sizeof head))
        return hm_fail(err, HM_CONFLICT, DEFECT_CHANGED, HM_PLACE_NONE, 0, 0);
    uint64_t size = detect_rpm_header_size((hm_str){ head + MAGIC, 8 });
    if (memcmp(head, "\x8e\xad\xe8\x01", 4) != 0 || size == 0)
        return hm_fail(err, HM_FORMAT, DEFECT_RPM_HEADER, HM_PLACE_BYTE, *at, 0);
    if (src->size - *at - MAGIC < size)
        return hm_fail(err, HM_TRUNC, DEFECT_RPM_HEADER, HM_PLACE_BYTE, *at, 0);
    char *bytes = hm_arena_alloc(in->arena, (size_t)size);
    if (!bytes)
        return hm_arena_fail(in->arena, err);
    if (!src->read(src->ctx, *at + MAGIC, bytes, (size_t)size))
        return hm_fail(err, HM_CONFLICT, DEFECT_CHANGED, HM_PLACE_NONE, 0, 0);
    size_t used;
    *at += MAGIC + size;
    return detect_rpm_header((hm_str){ bytes, (size_t)size }, ret, &used, err);
}

hm_rc detect_rpm_file(const detect_in *in, part_build *out, hm_err *err)
{
    const detect_src *src = in->file->src;
    char lead[6] = { 0 };
    if (src->size >= sizeof lead && !src->read(src->ctx, 0, lead, sizeof lead))
        return hm_fail(err, HM_CONFLICT, DEFECT_CHANGED, HM_PLACE_NONE, 0, 0);
    if (src->size < sizeof lead || memcmp(lead, "\xed\xab\xee\xdb", 4) != 0) /* others end in .rpm, too */
        return hm_fail(err, HM_NOTFOUND, DEFECT_NOT_FOUND, HM_PLACE_NONE, 0, 0);
    if (src->size < LEAD)
        return hm_fail(err, HM_TRUNC, DEFECT_RPM_HEADER, HM_PLACE_BYTE, src->size, 0);
    if (lead[4] < 3 || lead[4] > 4)
        return hm_fail(err, HM_UNSUPPORTED, DEFECT_UNSUPPORTED_VERSION, HM_PLACE_BYTE, 4, (unsigned char)lead[4]);
    rpm_header signatures = { 0 }, header = { 0 };
    uint64_t at = LEAD;
    hm_rc rc = read_header(in, &at, &signatures, err);
    if (rc != HM_OK)
        return rc;
    at = (at + 7) & ~(uint64_t)7;
    rc = read_header(in, &at, &header, err);
    if (rc != HM_OK)
        return rc;
    static const rpm_slot SIGNATURE[] = { RPM_SHA256HEADER, RPM_DSAHEADER, RPM_RSAHEADER, RPM_OPENPGP };
    for (size_t i = 0; i < HM_COUNT(SIGNATURE); i++)
        if (header.value[SIGNATURE[i]].count == 0)
            header.value[SIGNATURE[i]] = signatures.value[SIGNATURE[i]];
    /* Not installed in any root: the file stands for one, so that no dependency and no distribution comes from there. */
    rpm_reader r = { .in = in, .out = out, .gaps = { out, in->file->path, 0 }, .root = in->file->path, .file = true };
    (void)detect_rpm_package(&r, &header, 0);
    rc = detect_rpm_end(&r, err);
    detect_rpm_clear(&r);
    return rc;
}
