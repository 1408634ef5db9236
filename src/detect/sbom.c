/* sbom - SBOM documents that lie in the target: what they claim is kept as a claim (docs/adr/0005), never as something
 * seen. The reading is part_read_sbom. Two rows: names that only an SBOM has, and names that many things have (bom.json,
 * bom.xml), where another kind of file is no gap. */
#include "detect/detect.h"

static hm_rc read_claims(const detect_in *in, part_build *out, hm_err *err)
{
    const part_doc_in doc = { .arena = in->arena, .path = in->file->path, .claimed = true };
    return part_read_sbom(&doc, in->file->bytes, out, err);
}

/* "var/lib/db/sbom/x.spdx.json" is the other row's. */
static bool has_sure_name(hm_str path)
{
    for (size_t i = 0; i < detect_count(); i++)
        if (detect_get(i)->fn == detect_sbom)
            for (const char *const *p = detect_get(i)->patterns; *p; p++)
                if (hm_glob(hm_str_c(*p), hm_path_base(path)))
                    return true;
    return false;
}

hm_rc detect_sbom_other(const detect_in *in, part_build *out, hm_err *err)
{
    if (has_sure_name(in->file->path))
        return hm_fail(err, HM_NOTFOUND, DEFECT_SBOM, HM_PLACE_NONE, 0, 0);
    return read_claims(in, out, err);
}

hm_rc detect_sbom(const detect_in *in, part_build *out, hm_err *err)
{
    hm_err e = { 0 };
    hm_rc rc = read_claims(in, out, &e);
    if (rc == HM_NOTFOUND) /* its name says that it is one */
        rc = e.rc = HM_FORMAT;
    if (rc != HM_OK && err)
        *err = e;
    return rc;
}
