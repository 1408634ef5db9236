/* Any bytes as requirements: parts between NUL bytes are files that may include and constrain each other. */
#include "detect/lang_fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const PATH[] = { "a.txt", "constraints.txt", "requirements.in", "requirements.txt" };
    detect_view files[HM_COUNT(PATH)];
    hm_str rest = { (const char *)data, size };
    for (size_t i = 0; i < HM_COUNT(PATH); i++)
        files[i] = (detect_view){ .path = hm_str_c(PATH[i]), .bytes = hm_str_cut(rest, '\0', &rest) };
    fuzz_group(detect_python_requirements, files, HM_COUNT(PATH), size);
    fuzz_text(detect_python_requirements, "requirements.txt", data, size);
    return 0;
}
