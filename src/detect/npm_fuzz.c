/* Any bytes as a lock file, and as the package.json of an installed package. */
#include "detect/lang_fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_text(detect_npm_lock, "srv/app/package-lock.json", data, size);
    fuzz_text(detect_npm_installed, "srv/node_modules/@s/n/package.json", data, size);
    fuzz_text(detect_npm_installed, "usr/share/nodejs/n/package.json", data, size);
    return 0;
}
