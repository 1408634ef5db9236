/* Any bytes as METADATA and as PKG-INFO. */
#include "detect/lang_fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_text(detect_python_dist_info, "lib/site-packages/x.dist-info/METADATA", data, size);
    fuzz_text(detect_python_egg_info, "lib/site-packages/x.egg/EGG-INFO/PKG-INFO", data, size);
    return 0;
}
