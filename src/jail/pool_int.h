#pragma once
/* pool_int - what task.c, peer.c and pool.c share: the parent's side of the jail.
 *
 * Threads: `mu` guards the fields under it in struct jail_pool and peer.pid and peer.peak_bytes for other threads; all
 * else belongs to the pool's thread. It alone starts workers, as the kernel kills them when the thread that started them
 * ends.
 * Invariants:
 * 1. Every accepted job is in exactly one of incoming, ready, one peer's out; each is answered once, then freed.
 * 2. out is in the order of seq; the first `sent_n` of it were sent. Only the first can be answered or blamed.
 * 3. The deadline of a peer is that of its first unanswered job, counted from when it became that; time that the pool's
 *    thread itself was away (callbacks, a stopped program) does not count.
 * 4. A worker that breaks the protocol, is late or dies costs its first unanswered job; the rest goes back in order.
 * 5. After three workers in a row that died without having answered or cost a job none is started until one that is up
 *    does either; when none is up, that ends the pool: all jobs get that error.
 * 6. Starts are limited (JAIL_START_GAP_US, JAIL_START_BURST_US), so that killer files cannot turn us into a fork bomb. */
#include "jail/jail.h"
#include "jail/jail_int.h"
#include "jail/protocol.h"
#include "jail/spawn.h"
#include <pthread.h>

enum {
    JAIL_MAX_WORKERS = 64,
    JAIL_WINDOW = JAIL_BATCH,      /* most unanswered jobs of one worker */
    JAIL_LOW_WATER = 12,           /* refilled from here on, so that requests travel in batches */
    JAIL_WINDOW_BYTES = 256 << 10, /* content sent ahead; a larger file is alone */
    JAIL_PENDING_BYTES = 8 << 20,  /* copied content of unanswered jobs, all workers */
    JAIL_PENDING_FDS = 128,
    JAIL_FRAMES = 16,           /* received at once */
    JAIL_FRAMES_PER_TURN = 256, /* then the others have their turn */
    JAIL_START_GAP_US = 2000,   /* between two starts, save for a burst */
    JAIL_START_BURST_US = 64 * JAIL_START_GAP_US,
    JAIL_BARREN_STARTS = 3,
    JAIL_START_MS = 30000, /* to say HELLO */
    JAIL_AWAY_US = 1000000,
    JAIL_REAP_MS = 5000,
};
#define JAIL_DEFAULT_MEMORY ((2ULL << 30) + (256ULL << 20))
#define JAIL_MIN_CPU_SECONDS 3600ULL

/* An accepted job. */
typedef struct jail_task {
    struct jail_task *next;
    uint64_t tag, size, ring_end;
    uint32_t job, param, seq;
    int fd, extra_fd;
    uint32_t name_n, extra_n, bytes_n;
    char data[]; /* name, extra (unless extra_fd), content (unless fd) */
} jail_task;
typedef struct jail_tasks {
    jail_task *first, *last;
    size_t n;
} jail_tasks;

/* One worker and what it was given. */
typedef struct jail_peer {
    pid_t pid; /* 0: none */
    int socket, ring_fd;
    char *ring;
    uint64_t ring_head, ring_tail; /* positions that only grow; modulo JAIL_RING_BYTES is the place */
    jail_inbox in;
    jail_tasks out;
    size_t sent_n;
    uint64_t out_bytes, deadline_us, peak_bytes;
    uint32_t next_seq;
    bool useful;    /* answered or cost a job */
    hm_buf message; /* of the jobs in out that are not sent */
    int fds[JAIL_FDS];
    size_t fd_count;
} jail_peer;

struct jail_pool {
    jail_opts o;
    char *path;
    uint32_t start_ms;
    jail_peer *peer;
    jail_tasks ready;
    size_t out_n; /* sum over the peers */
    uint64_t next_start_us;
    unsigned barren;
    int wake_fd;
    pthread_t thread;
    uint8_t *frames; /* JAIL_FRAMES x JAIL_DATAGRAM */

    pthread_mutex_t mu;
    pthread_cond_t room, drained, opened;
    jail_tasks incoming;
    uint64_t accepted, answered;
    size_t pending_bytes, pending_fds;
    bool asleep, closing, open, fatal;
    hm_err why; /* of fatal */
    jail_state state;
};

/* ---- task.c ---- */

/* The job with its content; takes in->fd over only on success. */
hm_rc jail_task_new(const jail_job *in, jail_task **ret_task, hm_err *err) HM_MUST;
void jail_task_free(jail_task *j); /* closes its descriptors */
hm_str jail_task_name(const jail_task *j);
hm_str jail_task_extra(const jail_task *j); /* empty when it travels by descriptor */
hm_str jail_task_bytes(const jail_task *j);
size_t jail_task_fds(const jail_task *j);
void jail_tasks_push(jail_tasks *l, jail_task *j);
jail_task *jail_tasks_pop(jail_tasks *l);                 /* NULL: empty */
void jail_tasks_prepend(jail_tasks *l, jail_tasks *from); /* all of `from` before all of `l`; from is empty then */
void jail_tasks_append(jail_tasks *l, jail_tasks *from);

/* ---- peer.c ---- */

bool jail_peer_start(jail_pool *p, jail_peer *s, uint64_t now_us); /* false: not started, the pool knows why */
bool jail_peer_alive(const jail_peer *s);
bool jail_peer_add(jail_pool *p, jail_peer *s); /* the first ready job to its message; false: does not fit now */
void jail_peer_flush(jail_pool *p, jail_peer *s, uint64_t now_us);
void jail_peer_receive(jail_pool *p, jail_peer *s, uint64_t now_us);
void jail_peer_condemn(jail_pool *p, jail_peer *s,
                       const hm_err *why);                            /* kills it; its first job is answered with why */
void jail_peer_settle(jail_pool *p, jail_peer *s, const hm_err *why); /* takes its jobs off; why NULL: none is blamed */
bool jail_peer_reap(jail_pool *p, jail_peer *s, int *ret_status);

/* ---- pool.c ---- */

void jail_pool_answer(jail_pool *p, jail_task *j, const hm_err *e, hm_str bytes, uint64_t cpu_us); /* and frees it */
void jail_pool_answer_all(jail_pool *p, jail_tasks *l, const hm_err *e);
void jail_pool_fatal(jail_pool *p, const hm_err *why); /* the pool has failed: every job gets why */
bool jail_pool_is_barren(const jail_pool *p); /* starts are vain and no worker is left that could still answer */
void jail_pool_unfit(jail_pool *p, jail_step step, uint64_t detail); /* fatal: no cage */
