#pragma once
/* report_sample - one input of the reports with everything in it, for the tests; `skip` and `detector_name` are the
 * test's own. */
#include "report/report.h"

static inline report_in report_sample_in(const part_pack *p)
{
    return (report_in){ .pack = p,
                        .command = HM_STR("scan"),
                        .target = HM_STR("/srv/host"),
                        .when = 1710000000LL * 1000000,
                        .tool_version = "0.1.0",
                        .dirs = 1234,
                        .files = 56789,
                        .claimed = 812,
                        .bytes = 12345678,
                        .denied = 1,
                        .skipped_fs = 2,
                        .time_us = 1234567,
                        .peak_bytes = 42 << 20,
                        .jail_seccomp = true,
                        .exit_status = p->gap_n ? 3 : 0 };
}
