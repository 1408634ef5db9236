/* Any bytes as a lock, an installed list and a manifest of Composer. */
#include "detect/lang_fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_text(detect_composer_lock, "srv/app/composer.lock", data, size);
    fuzz_text(detect_composer_installed, "srv/app/vendor/composer/installed.json", data, size);
    const hm_str bytes = { (const char *)data, size };
    const detect_view files[] = { { .path = HM_STR("a/composer.json"), .bytes = bytes },
                                  { .path = HM_STR("b/composer.json"), .bytes = bytes },
                                  { .path = HM_STR("b/composer.lock"), .bytes = bytes } };
    fuzz_group(detect_composer_json, files, HM_COUNT(files), size);
    return 0;
}
