/* Any bytes as a copyright file; up to the first line end as the text of links. */
#include "detect/db_fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    hm_str text = { (const char *)data, size }, rest, link = hm_str_cut(text, '\n', &rest);
    fuzz_detect(detect_dpkg_copyright, "srv/usr/share/doc/x/copyright", text, HM_NONE);
    fuzz_detect(detect_dpkg_copyright_link, "srv/usr/share/doc/x/copyright", link, HM_NONE);
    fuzz_detect(detect_dpkg_copyright_link, "srv/usr/share/doc/x", link, HM_NONE);
    return 0;
}
