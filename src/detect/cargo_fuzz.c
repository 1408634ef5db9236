/* Any bytes as a lock, as a manifest, and both together: the manifest behind the first NUL byte. */
#include "detect/lang_fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    hm_str all = { (const char *)data, size }, manifest, lock = hm_str_cut(all, '\0', &manifest);
    const detect_view files[] = { { .path = HM_STR("a/Cargo.lock"), .bytes = lock },
                                  { .path = HM_STR("a/Cargo.toml"), .bytes = manifest },
                                  { .path = HM_STR("a/b/Cargo.toml"), .bytes = manifest },
                                  { .path = HM_STR("a/b/Cargo.lock"), .bytes = lock } };
    fuzz_group(detect_cargo, files, HM_COUNT(files), size);
    fuzz_text(detect_cargo, "Cargo.toml", data, size);
    return 0;
}
