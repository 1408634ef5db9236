/* Any bytes as an apk database; then its owners of two paths. */
#include "detect/db_fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    hm_str text = { (const char *)data, size };
    fuzz_detect(detect_apk_installed, "srv/lib/apk/db/installed", text, HM_NONE);
    fuzz_detect(detect_apk_owner, "srv/lib/apk/db/installed", text, HM_STR("a\0etc/motd\0usr/bin/b\0usr/lib/x"));
    return 0;
}
