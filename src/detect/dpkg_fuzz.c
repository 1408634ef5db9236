/* dpkg's files; the first byte says which: 0 status, 1 status.d, 2 list, 3 md5sums, 6 opkg's list
 * (then wanted paths up to an empty line, then the file), 4 opkg status, 5 control in a package file. */
#include "detect/db_fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    unsigned kind = data[0] % 7;
    hm_str rest = { (const char *)data + 1, size - 1 }, line;
    if (kind == 0)
        fuzz_detect(detect_dpkg_status, "srv/var/lib/dpkg/status", rest, HM_NONE);
    if (kind == 1)
        fuzz_detect(detect_dpkg_status_d, "srv/var/lib/dpkg/status.d/x", rest, HM_NONE);
    if (kind == 4)
        fuzz_detect(detect_opkg_status, "srv/usr/lib/opkg/status", rest, HM_NONE);
    if (kind == 5)
        fuzz_detect(detect_deb_control, "srv/x.ipk!/control.tar.gz!/control", rest, HM_NONE);
    if (kind < 2 || kind == 4 || kind == 5)
        return 0;
    hm_buf wanted = { 0 };
    while (hm_str_line(&rest, &line) && line.n) {
        hm_buf_str(&wanted, line);
        hm_buf_byte(&wanted, 0);
    }
    if (kind == 2)
        fuzz_detect(detect_dpkg_list, "srv/var/lib/dpkg/info/x:amd64.list", rest, hm_buf_view(&wanted));
    else if (kind == 6)
        fuzz_detect(detect_opkg_list, "srv/usr/lib/opkg/info/x.list", rest, hm_buf_view(&wanted));
    else
        fuzz_detect(detect_dpkg_md5sums, "srv/var/lib/dpkg/status.d/x.md5sums", rest, hm_buf_view(&wanted));
    hm_buf_clear(&wanted);
    return 0;
}
