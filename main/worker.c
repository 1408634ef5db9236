/* worker - parses outside bytes in a cage. This table ties the jail, which knows no parser, to the jobs. */
#include "jail/jail.h"
#include "scan/scan.h"

static const jail_job_row JOBS[] = {
    [SCAN_JOB_DETECT] = { "detect", scan_job_detect },    [SCAN_JOB_OWNER] = { "owner", scan_job_owner },
    [SCAN_JOB_GROUP] = { "group", scan_job_group },       [SCAN_JOB_PLAN] = { "plan", scan_job_plan },
    [SCAN_JOB_ARCHIVE] = { "archive", scan_job_archive },
};

int main(int argc, char **argv)
{
    return jail_worker_main(argc, argv, JOBS, HM_COUNT(JOBS));
}
