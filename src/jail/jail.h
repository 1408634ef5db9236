#pragma once
/* jail - parsers in cages. A pool of worker processes (libexec/hoshimori/worker), one per core, that take jobs (files
 * as passed read-only descriptors, or bytes through a shared read-only ring) and reply with frames that the parent
 * decodes as hostile. Knows no parser: the executable hands jail_worker_main a const job table.
 * Threat model: docs/THREAT-MODEL.md; protocol and state: protocol.h. */
#include "base/base.h"

enum { JAIL_VIEW_MAX = 2, JAIL_NAME_MAX = 4096, JAIL_SMALL = 64 << 10 };

/* ---- the parent ------------------------------------------------------------------------------------------------ */

typedef struct jail_pool jail_pool;
typedef struct jail_reply {
    uint64_t tag;    /* of the job */
    hm_err err;      /* err.rc HM_OK: the job's function succeeded. Death: HM_IO/DEFECT_WORKER_DIED, time: HM_TIMEOUT */
    hm_str bytes;    /* what the job wrote, also beside a failure; aligned to 16; borrowed during the callback */
    uint64_t cpu_us; /* time the worker spent on it */
    bool part;       /* bytes that the job sent ahead (jail_send): further replies of the tag follow */
} jail_reply;
/* Called from the pool's own thread, one reply at a time; every accepted job gets exactly one beside its parts (also when the pool is
 * closed or fails: DEFECT_INTERRUPTED, or why it failed). May call jail_submit, which then does not wait; nothing else
 * of the pool. A slow callback holds the workers up, but costs them no time limit. */
typedef void jail_done(void *ctx, const jail_reply *reply);
typedef struct jail_opts {
    const char *worker_path;
    unsigned workers;      /* 1 to 64 */
    uint64_t memory_bytes; /* address-space limit of one worker (RLIMIT_AS), 0: 2 GiB + 256 MiB */
    uint32_t time_ms;      /* per job, measured by the parent from the job's start; 0: 10 minutes */
    bool best_effort;      /* --jail=best-effort: a missing seccomp is reported instead of fatal */
    jail_done *done;
    void *ctx;
} jail_opts;
/* what holds, for reports */
typedef struct jail_state {
    bool seccomp, landlock, no_new_privs, rlimits;
    int landlock_abi; /* 0: the kernel has none */
} jail_state;
/* Starts the pool's thread and one worker, the others when there is work for them. Fails closed: HM_DENIED
 * DEFECT_JAIL_SETUP when a worker could not lock itself in (and not best_effort). Builds with an address, thread or
 * memory sanitizer have no cage (protocol.h, JAIL_OFF): jail_state says so. */
hm_rc jail_open(const jail_opts *o, jail_pool **ret_pool, hm_err *err) HM_MUST;
jail_state jail_state_of(const jail_pool *p);
typedef struct jail_job {
    uint32_t job;   /* index in the worker's job table */
    uint32_t param; /* free for the job: detector id */
    uint64_t tag;
    hm_str name;   /* path as shown to the job, at most JAIL_NAME_MAX */
    hm_str extra;  /* further bytes for the job (owner queries), may be large: sent through a memfd when over 16 KiB */
    int fd;        /* >= 0: file content by descriptor; taken over (closed) in every case */
    hm_str bytes;  /* fd < 0: content, at most JAIL_SMALL, copied before return */
    uint64_t size; /* of the content behind fd, for the budget: 64 MiB + 6 x (size + extra), at most 2 GiB */
} jail_job;
/* Thread-safe; blocks while the queue is full. HM_LIMIT/DEFECT_TOO_LARGE for a name too long; HM_DENIED/DEFECT_READ for
 * a descriptor that is no file or pipe open for reading alone; why the pool failed, when it has. */
hm_rc jail_submit(jail_pool *p, const jail_job *j, hm_err *err) HM_MUST;
/* Waits until every accepted job was answered; fails with the reason when the pool has failed (then all are answered,
 * too: workers died at start three times in a row, and none is left). */
hm_rc jail_drain(jail_pool *p, hm_err *err) HM_MUST;
bool jail_wait(jail_pool *p, uint32_t ms); /* as jail_drain, at most so long; true: all were answered */
jail_pool *jail_close(jail_pool *p);       /* NULL-safe; kills what still runs, joins the thread */
void jail_closep(jail_pool **p);
/* Sum over the workers' places of the largest resident size that a worker had there: an upper bound of what all had at
 * one time. Needs /proc; 0 without. */
uint64_t jail_peak_bytes(const jail_pool *p);

/* From now on neither this process nor its children can open a socket that is not AF_UNIX. Sets NO_NEW_PRIVS. Call it
 * before any thread exists. HM_DENIED DEFECT_JAIL_SETUP: the kernel has no seccomp. */
hm_rc jail_no_network(hm_err *err) HM_MUST;

/* ---- the worker -------------------------------------------------------------------------------------------------- */

typedef struct jail_in {
    uint32_t param;
    hm_str name, extra;
    hm_str bytes; /* small content, or empty with fd >= 0 */
    int fd;       /* pread only */
    uint64_t size;
    hm_arena *arena; /* budget of this job */
    uint64_t budget_bytes;
    uint32_t seq; /* of the protocol */
} jail_in;
/* Sends bytes to the parent ahead of the answer, so that they outlive what may happen to the worker later in the job.
 * False: the parent is gone. Only for a job that runs in a worker (jail_worker_main). */
bool jail_send(const jail_in *in, hm_str bytes);
/* Reads all of the content (ring or descriptor) into the arena. HM_LIMIT DEFECT_BUDGET, HM_IO DEFECT_READ,
 * HM_CONFLICT DEFECT_CHANGED when the file is shorter than it was. */
hm_rc jail_in_all(const jail_in *in, hm_str *ret_bytes, hm_err *err) HM_MUST;
bool jail_in_is_pipe(const jail_in *in); /* then it is read in order alone, by jail_in_some */
/* At most n bytes from `at` on (of a pipe: the next ones); 0 at the end, -1: errno tells. */
int64_t jail_in_some(const jail_in *in, uint64_t at, void *to, size_t n);
bool jail_in_read(const jail_in *in, uint64_t at, void *to, size_t n); /* exactly n bytes, or false */
/* A job writes its result to `out` (as much as it has, also when it fails). */
typedef hm_rc jail_job_fn(const jail_in *in, hm_buf *out, hm_err *err);
typedef struct jail_job_row {
    const char *name;
    jail_job_fn *fn;
} jail_job_row;
/* The whole life of a worker: lock in, answer jobs, end at end of file. Returns the exit status. */
int jail_worker_main(int argc, char **argv, const jail_job_row *jobs, size_t n);
