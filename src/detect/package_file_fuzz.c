/* The first byte: 0 .PKGINFO, 1 metadata.gz as it is, 2 packed first. */
#include "codec/codec.h"
#include "detect/detect.h"
#include <zlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool gzip(hm_str in, hm_buf *out)
{
    z_stream z = { 0 };
    if (deflateInit2(&z, 1, Z_DEFLATED, MAX_WBITS + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK)
        return false;
    uLong room = deflateBound(&z, in.n);
    bool ok = hm_buf_room(out, room);
    if (ok) {
        hm_buf copy = { 0 };
        hm_buf_str(&copy, in);
        z.next_in = (Bytef *)copy.p;
        z.avail_in = (uInt)in.n;
        z.next_out = (Bytef *)out->p;
        z.avail_out = (uInt)room;
        ok = deflate(&z, Z_FINISH) == Z_STREAM_END;
        out->n = z.total_out;
        hm_buf_clear(&copy);
    }
    deflateEnd(&z);
    return ok;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    hm_buf packed = { 0 };
    hm_str bytes = { (const char *)data + 1, size - 1 }, block = HM_NONE;
    bool gem = data[0] % 3 > 0;
    if (data[0] % 3 == 2 && gzip(bytes, &packed))
        bytes = hm_buf_view(&packed);
    const detect_view file = { .path = gem ? HM_STR("d/x.gem!/metadata.gz") : HM_STR("d/x.apk!/.PKGINFO"),
                               .bytes = bytes };
    hm_arena *a = hm_arena_new((1 << 20) + 64 * size);
    part_build *b = part_build_new((1 << 20) + 1024 * size);
    const detect_in in = { .file = &file, .arena = a, .archive = hm_str_sub(file.path, 0, 7) };
    hm_err err = { 0 };
    part_pack pack;
    if (a && b) {
        hm_rc rc = (gem ? detect_gem_metadata : detect_pkginfo)(&in, b, &err);
        HM_BUG_ON(rc != err.rc || rc == HM_BUG || rc == HM_NOMEM);
        HM_BUG_ON(part_build_finish(b, &block, NULL) != HM_OK);
        HM_BUG_ON(part_pack_open(block, &pack, NULL) != HM_OK);
        for (size_t i = 0; i < pack.comp_n; i++)
            HM_BUG_ON(pack.comp[i].name.n == 0 || pack.comp[i].version.n == 0 || pack.comp[i].evidence_count != 1);
    }
    part_build_free(b);
    hm_arena_free(a);
    hm_buf_clear(&packed);
    return 0;
}
