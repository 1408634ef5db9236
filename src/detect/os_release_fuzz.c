/* Any bytes as os-release. */
#include "detect/db_fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_detect(detect_os_release, "srv/etc/os-release", (hm_str){ (const char *)data, size }, HM_NONE);
    return 0;
}
