/* kinds - which files are archives by their names, and when one is looked into. A new kind is one row. */
#include "scan/scan_int.h"

static const scan_kind KIND[] = {
    /* what a program carries its parts in: always looked into */
    { "*.jar", SCAN_ZIP, SCAN_ALWAYS, true },
    { "*.war", SCAN_ZIP, SCAN_ALWAYS, true },
    { "*.ear", SCAN_ZIP, SCAN_ALWAYS, true },
    { "*.par", SCAN_ZIP, SCAN_ALWAYS, true },
    { "*.sar", SCAN_ZIP, SCAN_ALWAYS, true },
    { "*.nar", SCAN_ZIP, SCAN_ALWAYS, true },
    { "*.kar", SCAN_ZIP, SCAN_ALWAYS, true },
    { "*.jpi", SCAN_ZIP, SCAN_ALWAYS, true },
    { "*.hpi", SCAN_ZIP, SCAN_ALWAYS, true },
    { "*.whl", SCAN_ZIP, SCAN_ALWAYS, false },
    { "*.egg", SCAN_ZIP, SCAN_ALWAYS, false },
    { "*.nupkg", SCAN_ZIP, SCAN_ALWAYS, false },
    /* packages: in a tree what they say of themselves, as a target all that is in them */
    { "*.deb", SCAN_STREAM, SCAN_ITSELF, false },
    { "*.udeb", SCAN_STREAM, SCAN_ITSELF, false },
    { "*.ipk", SCAN_STREAM, SCAN_ITSELF, false },
    { "control.tar*", SCAN_STREAM, SCAN_ITSELF, false }, /* in them */
    { "*.apk", SCAN_STREAM, SCAN_ITSELF, false },
    { "*.pkg.tar.*", SCAN_STREAM, SCAN_ITSELF, false },
    { "*.gem", SCAN_STREAM, SCAN_ITSELF, false },
    { "*.crate", SCAN_STREAM, SCAN_ITSELF, false },
    /* the rest: as a target, or inside one */
    { "*.rpm", SCAN_STREAM, SCAN_ASKED, false },
    { "*.tar", SCAN_STREAM, SCAN_ASKED, false },
    { "*.tar.*", SCAN_STREAM, SCAN_ASKED, false },
    { "*.tgz", SCAN_STREAM, SCAN_ASKED, false },
    { "*.tbz2", SCAN_STREAM, SCAN_ASKED, false },
    { "*.txz", SCAN_STREAM, SCAN_ASKED, false },
    { "*.tzst", SCAN_STREAM, SCAN_ASKED, false },
    { "*.cpio", SCAN_STREAM, SCAN_ASKED, false },
    { "*.cpio.*", SCAN_STREAM, SCAN_ASKED, false },
    { "*.zip", SCAN_ZIP, SCAN_ASKED, false },
};

const char *scan_archive_pattern(size_t i, scan_when *ret_when)
{
    if (i >= HM_COUNT(KIND))
        return NULL;
    *ret_when = KIND[i].when;
    return KIND[i].pattern;
}

const scan_kind *scan_kind_of(hm_str path)
{
    hm_str name = hm_path_base(path);
    size_t dot = hm_str_rfind(name, '.');
    if (dot == name.n || name.n - dot > 8)
        return NULL;
    for (size_t i = 0; i < HM_COUNT(KIND); i++)
        if (scan_may_match(hm_str_c(KIND[i].pattern), name) && hm_glob(hm_str_c(KIND[i].pattern), name))
            return &KIND[i];
    return NULL;
}
