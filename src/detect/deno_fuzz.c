/* Any bytes as a deno.lock, and as the deno.json beside one. */
#include "detect/lang_fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The part before the first NUL byte is the manifest, if there is one. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    hm_str rest, all = { (const char *)data, size }, head = hm_str_cut(all, '\0', &rest);
    detect_view package = { .path = HM_STR("srv/app/deno.lock"), .bytes = head };
    detect_view file = { .path = HM_STR("srv/app/deno.lock"), .bytes = head.n < size ? rest : all };
    fuzz_in(detect_deno_lock, (detect_in){ .file = &file, .companion = head.n < size ? &package : NULL }, size);
    return 0;
}
