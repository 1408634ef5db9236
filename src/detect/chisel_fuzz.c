/* The first byte: 0 bytes as they are, 1 packed into a frame first, 2 and 3 the same, asked for owners. */
#include "detect/db_fuzz.h"
#include <zstd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    hm_buf packed = { 0 };
    hm_str bytes = { (const char *)data + 1, size - 1 };
    if (data[0] & 1 && hm_buf_room(&packed, ZSTD_compressBound(bytes.n))) {
        size_t n = ZSTD_compress(packed.p, packed.cap, bytes.p, bytes.n, 1);
        HM_BUG_ON(ZSTD_isError(n));
        bytes = (hm_str){ packed.p, n };
    }
    hm_str wanted = data[0] & 2 ? HM_STR("a\0etc/motd\0usr/bin/b") : HM_NONE;
    fuzz_detect(wanted.n ? detect_chisel_owner : detect_chisel, "srv/var/lib/chisel/manifest.wall", bytes, wanted);
    hm_buf_clear(&packed);
    return 0;
}
