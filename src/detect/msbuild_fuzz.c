/* Any bytes as the files of one tree of projects (parts are split at "--" lines). */
#include "detect/lang_fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const PATH[] = { "s/Directory.Build.props", "s/Directory.Packages.props", "s/a/A.csproj",
                                        "s/b/B.fsproj" };
    hm_str rest = { (const char *)data, size };
    detect_view file[HM_COUNT(PATH)] = { 0 };
    for (size_t i = 0; i < HM_COUNT(PATH); i++) {
        size_t at = hm_str_search(rest, HM_STR("\n--\n"));
        file[i] = (detect_view){ .path = hm_str_c(PATH[i]), .bytes = hm_str_sub(rest, 0, at) };
        rest = hm_str_from(rest, at + 4);
    }
    fuzz_group(detect_msbuild, file, HM_COUNT(file), size);
    return 0;
}
