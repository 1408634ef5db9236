/* Any bytes as each lock, beside a pyproject.toml: what stands behind the first NUL byte. */
#include "detect/lang_fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const LOCK[] = { "a/Pipfile.lock", "a/pdm.lock", "a/poetry.lock", "a/pylock.toml", "a/uv.lock" };
    hm_str all = { (const char *)data, size }, project, lock = hm_str_cut(all, '\0', &project);
    for (size_t i = 0; i < HM_COUNT(LOCK); i++) {
        const detect_view files[] = { { .path = hm_str_c(LOCK[i]), .bytes = lock },
                                      { .path = HM_STR("a/pyproject.toml"), .bytes = project } };
        fuzz_group(detect_python_project, files, HM_COUNT(files), size);
    }
    fuzz_text(detect_python_project, "pyproject.toml", data, size);
    return 0;
}
