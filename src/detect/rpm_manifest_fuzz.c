/* The first byte: 0 a list of packages, 1 content sets, 2 packages of Container-Optimized OS. */
#include "detect/db_fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static detect_fn *const FN[] = { detect_rpm_manifest, detect_rpm_content_sets, detect_cos_packages };
    if (size)
        fuzz_detect(FN[data[0] % HM_COUNT(FN)], "srv/x", (hm_str){ (const char *)data + 1, size - 1 }, HM_NONE);
    return 0;
}
