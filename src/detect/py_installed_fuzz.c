/* Any bytes as each of the single files of Python and conda. */
#include "detect/lang_fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_text(detect_conda_meta, "env/conda-meta/x-1-0.json", data, size);
    fuzz_text(detect_python_direct_url, "s/x-1.dist-info/direct_url.json", data, size);
    fuzz_text(detect_python_requires, "s/x-1-py3.egg-info/requires.txt", data, size);
    fuzz_text(detect_python_setup, "setup.py", data, size);
    return 0;
}
