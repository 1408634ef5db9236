/* The first byte chooses the file's name. */
#include "detect/db_fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const NAME[] = { "srv/etc/debian_version", "srv/etc/alpine-release", "srv/etc/redhat-release",
                                        "srv/etc/SuSE-release",   "srv/etc/lsb-release",    "srv/etc/arch-release" };
    if (size)
        fuzz_detect(detect_release_file, NAME[data[0] % HM_COUNT(NAME)], (hm_str){ (const char *)data + 1, size - 1 },
                    HM_NONE);
    return 0;
}
