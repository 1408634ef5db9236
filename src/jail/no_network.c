/* no_network - the filter of the main process of every command that needs no network: sockets of families other than
 * AF_UNIX are refused (EPERM), for it and all its children. io_uring can open sockets without a system call that a filter
 * sees, so it is refused as well (ENOSYS: programs then do without it).
 * Refused rather than killed: a library that a site preloads into every program may look for the network and fail. */
#include "jail/jail.h"
#include <errno.h>
#include <seccomp.h>
#include <sys/socket.h>

/* libseccomp says -ECANCELED where the kernel refused and keeps the kernel's own reason in errno. */
static int reason(int rc)
{
    return rc == -ECANCELED && errno ? errno : -rc;
}

hm_rc jail_no_network(hm_err *err)
{
    scmp_filter_ctx f = seccomp_init(SCMP_ACT_ALLOW);
    if (!f)
        return hm_fail(err, HM_NOMEM, DEFECT_NOMEM, HM_PLACE_NONE, 0, 0);
    /* A filter sees the family as 64 bits, the kernel as an int: only the low half may be compared. */
    int rc = seccomp_rule_add(f, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(socket), 1, SCMP_A0_32(SCMP_CMP_NE, AF_UNIX, 0));
    if (rc == 0)
        rc = seccomp_rule_add(f, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(io_uring_setup), 0);
    errno = 0;
    if (rc == 0)
        rc = seccomp_load(f);
    int sys = rc == 0 ? 0 : reason(rc);
    seccomp_release(f);
    if (rc == 0)
        return HM_OK;
    (void)hm_fail_sys(err, DEFECT_JAIL_SETUP, sys);
    if (err)
        err->rc = HM_DENIED;
    return HM_DENIED;
}
