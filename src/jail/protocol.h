#pragma once
/* protocol - what parent and worker say to each other, and when. One SOCK_SEQPACKET socket (descriptor 3 of the worker),
 * so a datagram is a message: there is no resynchronisation. All integers little-endian. The parent holds every worker
 * for hostile: a file may have taken it over. The worker checks the parent's requests as well, against our own faults.
 *
 * Request datagram: 1 to 32 requests, each padded with zeros to 8; descriptors (SCM_RIGHTS) in the order of requests.
 *   0       4     8     12      16        24        28       32       36        40       48
 *   +-------+-----+-----+-------+---------+---------+--------+--------+---------+--------+------+-------+-----+
 *   | whole | seq | job | param | content | ring_at | ring_n | name_n | extra_n | flags  | name | extra | pad |
 *   +-------+-----+-----+-------+---------+---------+--------+--------+---------+--------+------+-------+-----+
 *   flags: 1 = the content is a passed descriptor (else ring[ring_at, ring_n)), 2 = extra is one, too (else inline).
 *
 * Reply datagram: one frame.
 *   0      1    2        4     8        16      24        28      32
 *   +------+----+--------+-----+--------+-------+---------+-------+---------------------+-----------------+
 *   | type | rc | defect | seq | cpu_us | total | bytes_n | err_n | error (err_n = 144) | bytes (bytes_n) |
 *   +------+----+--------+-----+--------+-------+---------+-------+---------------------+-----------------+
 *   error: sys le32 | place_kind le16 | at_n le16 | place le64 | arg 4 x le64 | at 96 bytes
 *   HELLO: seq = protocol version, cpu_us = Landlock ABI, total = JAIL_HAS_* bits; rc and error when locking in failed.
 *   DATA:  next bytes of the answer to `seq`; total = bytes of the whole answer.
 *   END:   the last bytes (all of them where they fit) and the outcome.
 *   PART:  bytes ahead of the answer to `seq`, handed on at once: what a long job has until now. total is 0.
 *
 * State of a worker as the parent sees it -> who moves it (peer.c):
 *   DOWN -> STARTING jail_peer_start | STARTING -> IDLE on HELLO | IDLE -> BUSY jail_peer_flush | BUSY -> INSIDE on DATA |
 *   BUSY stays on PART | BUSY, INSIDE -> BUSY or IDLE on END | any -> DYING jail_peer_condemn | any but DOWN -> DOWN bury
 *
 * Invariants (jail_inbox_take and jail_request_next hold 1 to 6):
 * 1. A frame is taken only when the permit table allows its type in the worker's state; all else ends the worker.
 * 2. `seq` of DATA and END is that of the first unanswered request: answers come in order, none twice, none unasked.
 * 3. A datagram is exactly head + err_n + bytes_n long, unused fields are zero, and carries no descriptor.
 * 4. Parts come only before the answer begins. The bytes of an answer never pass `total`, `total` never changes and never passes the job's budget; memory is
 *    taken for bytes that are there, not for bytes that are announced.
 * 5. rc, defect, place_kind are in range, `at` is NUL-terminated by us: the rest of the program may index by them.
 * 6. A request lies wholly in its datagram and its ring slice wholly in the ring.
 * 7. The worker's descriptors: 0 and 1 /dev/null, 2 /dev/null (the parent's in sanitizer builds), 3 the socket, 4 the
 *    ring, and the passed ones, all of them read-only or sealed.
 * 8. A slice of the ring is written by the parent only while no unanswered request names it. */
#include "base/base.h"

enum {
    JAIL_PROTOCOL = 1,
    JAIL_FD_SOCKET = 3,
    JAIL_FD_RING = 4,
    JAIL_RING_BYTES = 512 << 10,
    JAIL_DATAGRAM = 64 << 10, /* longest message in both directions */
    JAIL_BATCH = 32,          /* requests in one datagram */
    JAIL_FDS = 2 * JAIL_BATCH,
    JAIL_EXTRA_INLINE = 16 << 10,
    JAIL_REQUEST_HEAD = 48,
    JAIL_FRAME_HEAD = 32,
    JAIL_ERROR_BYTES = 48 + HM_ERR_AT,
    JAIL_PIECE = JAIL_DATAGRAM - JAIL_FRAME_HEAD - JAIL_ERROR_BYTES,
};
enum { JAIL_REQ_FD = 1, JAIL_REQ_EXTRA_FD = 2 };
enum { JAIL_HAS_SECCOMP = 1, JAIL_HAS_LANDLOCK = 2, JAIL_HAS_NO_NEW_PRIVS = 4, JAIL_HAS_RLIMITS = 8 };

/* Steps of locking in: arg0 of DEFECT_JAIL_SETUP. */
typedef enum jail_step {
    JAIL_STEP_NONE = 0,
    JAIL_STEP_START, /* the program did not start or was not a worker */
    JAIL_STEP_RING,  /* shared memory that the worker cannot write */
    JAIL_STEP_CLOSE, /* descriptors */
    JAIL_STEP_RLIMITS,
    JAIL_STEP_CAPS,
    JAIL_STEP_NO_NEW_PRIVS,
    JAIL_STEP_DUMPABLE,
    JAIL_STEP_SECCOMP,
    JAIL_STEP_ORPHAN, /* the parent was gone already */
} jail_step;

/* The parser cage does not work under these: their run-time opens files, maps its shadow memory and starts threads. The
 * state says so (seccomp false), and only a pool that was built the same way takes such a worker. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define JAIL_OFF 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || __has_feature(memory_sanitizer)
#define JAIL_OFF 1
#endif
#endif
#ifndef JAIL_OFF
#define JAIL_OFF 0
#endif

/* ---- requests ---- */

typedef struct jail_request {
    uint32_t seq, job, param;
    uint32_t flags;
    uint64_t content; /* bytes of the content */
    uint32_t ring_at, ring_n, extra_n;
    hm_str name, extra; /* extra is empty when it comes by descriptor */
} jail_request;
/* Appends to b (limit JAIL_DATAGRAM): false, b unchanged, when it does not fit. */
bool jail_request_put(hm_buf *b, const jail_request *r) HM_MUST;
/* Next request of a datagram: slices point into it. HM_NOTFOUND at its end, HM_FORMAT when it breaks invariant 6. */
hm_rc jail_request_next(hm_cur *c, jail_request *ret, hm_err *err) HM_MUST;

/* ---- replies ---- */

typedef enum jail_frame_type { JAIL_HELLO = 1, JAIL_DATA, JAIL_END, JAIL_PART } jail_frame_type;
typedef enum jail_worker_state {
    JAIL_DOWN = 0,
    JAIL_STARTING, /* no word yet */
    JAIL_IDLE,     /* nothing asked */
    JAIL_BUSY,     /* a request is unanswered */
    JAIL_INSIDE,   /* its answer has begun */
    JAIL_DYING,    /* killed by us: nothing more is believed */
    JAIL_WORKER_STATES
} jail_worker_state;
bool jail_permits(jail_worker_state s, uint8_t type); /* the permit table */

typedef struct jail_frame {
    uint8_t type;
    uint32_t seq;
    uint64_t cpu_us, total;
    hm_err err;
    hm_str bytes;
} jail_frame;
/* Head and error of one frame, to be followed by f->bytes; returns their length. */
size_t jail_frame_head(const jail_frame *f, uint8_t out[JAIL_FRAME_HEAD + JAIL_ERROR_BYTES]);
/* HM_FORMAT DEFECT_WORKER_REPLY (arg0: which rule) when the datagram breaks invariants 3 and 5. */
hm_rc jail_frame_decode(hm_str datagram, jail_frame *ret, hm_err *err) HM_MUST;

/* What the parent has of one worker's answer. */
typedef struct jail_inbox {
    jail_worker_state state;
    uint32_t seq;   /* first unanswered request (BUSY, INSIDE) */
    uint64_t limit; /* of its answer */
    uint64_t total; /* announced (INSIDE) */
    hm_buf bytes;   /* so far (INSIDE) */
} jail_inbox;
typedef enum jail_got { JAIL_GOT_HELLO, JAIL_GOT_MORE, JAIL_GOT_PART, JAIL_GOT_ANSWER } jail_got;
/* One datagram. JAIL_GOT_PART: ret_frame has its bytes. JAIL_GOT_ANSWER: ret_frame has outcome and all bytes of the answer (valid until the next take), the
 * caller sets the next seq, limit and state. HM_FORMAT DEFECT_WORKER_REPLY: invariants 1 to 5; HM_NOMEM. */
hm_rc jail_inbox_take(jail_inbox *in, hm_str datagram, jail_got *ret_got, jail_frame *ret_frame, hm_err *err) HM_MUST;

/* Memory for one job: 64 MiB + 6 x (content + extra), at most 2 GiB (base/limits.h). */
uint64_t jail_budget(uint64_t content, uint64_t extra);
