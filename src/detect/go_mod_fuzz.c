/* Any bytes as go.mod, go.sum and go.work of one tree (parts are split at "--" lines), and as vendor/modules.txt. */
#include "detect/lang_fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const PATH[] = { "app/go.mod", "app/go.sum", "go.work", "lib/go.mod" };
    hm_str rest = { (const char *)data, size };
    detect_view file[HM_COUNT(PATH)] = { 0 };
    for (size_t i = 0; i < HM_COUNT(PATH); i++) {
        size_t at = hm_str_search(rest, HM_STR("\n--\n"));
        file[i] = (detect_view){ .path = hm_str_c(PATH[i]), .bytes = hm_str_sub(rest, 0, at) };
        rest = hm_str_from(rest, at + 4);
    }
    fuzz_group(detect_go_mod, file, HM_COUNT(file), size);
    fuzz_text(detect_go_vendor, "app/vendor/modules.txt", data, size);
    return 0;
}
