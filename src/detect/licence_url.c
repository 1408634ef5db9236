/* licence_url - addresses of licence texts that stand where a name is expected (poms, OSGi bundles). Pure. */
#include "detect/maven.h"

static const struct {
    const char *address; /* without scheme, "www." and what CUT names, lower case */
    const char *id;
} KNOWN[] = {
    { "apache.org/licenses/license-2.0", "Apache-2.0" },
    { "apache.org/license/license-2.0", "Apache-2.0" },
    { "creativecommons.org/publicdomain/zero/1.0", "CC0-1.0" },
    { "eclipse.org/legal/epl-2.0", "EPL-2.0" },
    { "eclipse.org/legal/epl-v10", "EPL-1.0" },
    { "eclipse.org/legal/epl-v20", "EPL-2.0" },
    { "eclipse.org/org/documents/edl-v10", "BSD-3-Clause" },
    { "eclipse.org/org/documents/epl-2.0", "EPL-2.0" },
    { "eclipse.org/org/documents/epl-v10", "EPL-1.0" },
    { "mozilla.org/en-us/mpl/2.0", "MPL-2.0" },
    { "mozilla.org/mpl/1.1", "MPL-1.1" },
    { "mozilla.org/mpl/2.0", "MPL-2.0" },
    { "mozilla.org/mpl/mpl-1.1", "MPL-1.1" },
};
/* Addresses that end with the id of the licence itself. */
static const char *const WITH_ID[] = { "opensource.org/licenses/", "opensource.org/license/", "spdx.org/licenses/" };
static const char *const CUT[] = { "/", ".txt", ".html", ".php", "/index" };

static hm_str without(hm_str s, const char *head)
{
    hm_str h = hm_str_c(head);
    return s.n > h.n && hm_str_eq_nocase(hm_str_sub(s, 0, h.n), h) ? hm_str_from(s, h.n) : s;
}

void detect_licence_text(part_desc *d, hm_str text, hm_buf *scratch)
{
    hm_str s = hm_str_trim(text), id = HM_NONE;
    s = without(without(without(s, "https://"), "http://"), "www.");
    if (s.n == hm_str_trim(text).n) {
        part_desc_licence(d, text, scratch);
        return;
    }
    for (size_t i = 0; i < HM_COUNT(CUT); i++) {
        hm_str tail = hm_str_c(CUT[i]);
        if (s.n > tail.n && hm_str_eq_nocase(hm_str_from(s, s.n - tail.n), tail))
            s = hm_str_sub(s, 0, s.n - tail.n);
    }
    for (size_t i = 0; i < HM_COUNT(KNOWN); i++)
        if (hm_str_eq_nocase(s, hm_str_c(KNOWN[i].address)))
            id = hm_str_c(KNOWN[i].id);
    for (size_t i = 0; i < HM_COUNT(WITH_ID); i++) {
        hm_str rest = without(s, WITH_ID[i]);
        if (rest.n != s.n && part_licence_id(rest, &rest))
            id = rest;
    }
    part_desc_licence(d, id.n ? id : text, scratch);
}
