/* Any bytes as a lock, an installed list and a manifest of Composer. */
#include "detect/lang_fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_text(detect_composer_lock, "srv/app/composer.lock", data, size);
    fuzz_text(detect_composer_installed, "srv/app/vendor/composer/installed.json", data, size);
    fuzz_text(detect_composer_json, "composer.json", data, size);
    return 0;
}
