/* Any bytes as a lock of Bundler and as gem specifications at all their places. */
#include "detect/lang_fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_text(detect_gem_lock, "srv/app/Gemfile.lock", data, size);
    fuzz_text(detect_gemspec, "var/lib/gems/3.1.0/specifications/default/n-1.gemspec", data, size);
    fuzz_text(detect_gemspec, "v/ruby/3.1.0/bundler/gems/n-0a1b2c/n.gemspec", data, size);
    const hm_str bytes = { (const char *)data, size };
    const detect_view files[] = { { .path = HM_STR("a/me.gemspec"), .bytes = bytes },
                                  { .path = HM_STR("b/Gemfile.lock"), .bytes = bytes },
                                  { .path = HM_STR("b/me.gemspec"), .bytes = bytes } };
    fuzz_group(detect_gem_project, files, HM_COUNT(files), size);
    return 0;
}
