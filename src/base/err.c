/* err - errors as values and their stable names; the end of the program for our own faults. */
#include "base/base.h"
#include <errno.h>

static const char *const DEFECT_NAME[] = {
#define HM_DEFECT(id, name) [id] = name,
#include "base/defect.tbl.h"
#undef HM_DEFECT
};

static const char *const RC_NAME[HM_RC_COUNT] = {
    [HM_OK] = "ok",
    [HM_NOMEM] = "no_memory",
    [HM_LIMIT] = "limit",
    [HM_TRUNC] = "truncated",
    [HM_FORMAT] = "format",
    [HM_UNSUPPORTED] = "unsupported",
    [HM_NOTFOUND] = "not_found",
    [HM_CONFLICT] = "conflict",
    [HM_DENIED] = "denied",
    [HM_IO] = "io",
    [HM_TIMEOUT] = "timeout",
    [HM_BUG] = "bug",
};

const char *hm_defect_name(unsigned defect)
{
    return defect < HM_DEFECT_COUNT ? DEFECT_NAME[defect] : "unknown";
}

const char *hm_rc_name(unsigned rc)
{
    return rc < HM_RC_COUNT ? RC_NAME[rc] : "unknown";
}

hm_rc hm_fail(hm_err *err, hm_rc rc, hm_defect defect, hm_place kind, uint64_t place, uint64_t arg0)
{
    if (err)
        *err = (hm_err){
            .rc = rc, .defect = (uint16_t)defect, .place_kind = (uint16_t)kind, .place = place, .arg = { arg0 }
        };
    return rc;
}

hm_rc hm_fail_sys(hm_err *err, hm_defect defect, int sys)
{
    hm_rc rc = HM_IO;
    if (sys == ENOENT || sys == ENOTDIR)
        rc = HM_NOTFOUND;
    else if (sys == EACCES || sys == EPERM)
        rc = HM_DENIED;
    else if (sys == ENOMEM)
        rc = HM_NOMEM;
    else if (sys == ETIMEDOUT)
        rc = HM_TIMEOUT;
    hm_fail(err, rc, defect, HM_PLACE_NONE, 0, 0);
    if (err)
        err->sys = sys;
    return rc;
}

void hm_bug(const char *file, int line, const char *what)
{
    fprintf(stderr, "hoshimori: internal fault at %s:%d: %s\n", file, line, what);
    abort();
}
