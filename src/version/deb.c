/* deb - versions of Debian packages, Debian policy 5.6.12: [epoch:]upstream[-revision]. The epoch ends at the first
 * colon and is a number; the revision starts behind the last hyphen. */
#include "version/version.h"

version_deb version_deb_split(hm_str version)
{
    version_deb v = { .epoch = HM_NONE, .upstream = version, .revision = HM_NONE };
    size_t colon = hm_str_find(version, ':'), digits = 0;
    while (digits < colon && hm_is_digit(version.p[digits]))
        digits++;
    if (colon < version.n && colon > 0 && digits == colon) {
        v.epoch = hm_str_sub(version, 0, colon);
        v.upstream = hm_str_from(version, colon + 1);
    }
    size_t hyphen = hm_str_rfind(v.upstream, '-');
    if (hyphen < v.upstream.n) {
        v.revision = hm_str_from(v.upstream, hyphen + 1);
        v.upstream = hm_str_sub(v.upstream, 0, hyphen);
    }
    return v;
}
