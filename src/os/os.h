#pragma once
/* os - what the kernel offers, with errors as values: files, directories below a root that no link can leave, clock,
 * random bytes, processes, terminal and progress. The only room besides jail with system calls. */
#include "base/base.h"
#include <dirent.h>
#include <sys/types.h>

/* ---- files ---- */
/* Whole file into out (which keeps its limit): HM_LIMIT DEFECT_TOO_LARGE over max_bytes; "-" is standard input. */
hm_rc os_read_file(const char *path, uint64_t max_bytes, hm_buf *out, hm_err *err) HM_MUST;
/* Written beside, synced and renamed over `path`: a reader sees the old or the new file. */
typedef struct os_writer os_writer;
/* path NULL or "-": standard output (no rename). */
hm_rc os_writer_open(const char *path, os_writer **ret_w, hm_err *err) HM_MUST;
bool os_writer_put(void *w, hm_str bytes);                /* a part_sink/codec_sink; buffered; sticky failure */
hm_rc os_writer_close(os_writer *w, hm_err *err) HM_MUST; /* flush and publish; frees w always */
void os_writer_abandon(os_writer *w);                     /* NULL-safe: drops what was written */
/* Directory of the running executable, and the helper program NAME beside it: DIR/../libexec/hoshimori/NAME where
 * installed, else DIR/NAME (build folder). HM_NOTFOUND when neither is an executable file. */
hm_rc os_helper_path(const char *name, hm_buf *ret_path, hm_err *err) HM_MUST;

/* ---- below a root ---- */
/* Opens `rel` below root_fd without following any link on the way (openat2 RESOLVE_BENEATH|NO_SYMLINKS|NO_MAGICLINKS;
 * step by step with O_NOFOLLOW where the kernel lacks it). O_CLOEXEC|O_NONBLOCK|O_NOCTTY are added. -1: *sys. */
int os_open_below(int root_fd, const char *rel, int flags, int *ret_sys);
/* File system types that hold no files of their own: proc, sysfs, devtmpfs, cgroup, ... (by statfs magic). */
bool os_is_pseudo_fs(int fd);
bool os_is_network_fs(int fd);

/* ---- time, chance, machine ---- */
hm_time os_now(void);                     /* CLOCK_REALTIME */
hm_time os_now_or_epoch(bool *ret_fixed); /* SOURCE_DATE_EPOCH when set and valid */
uint64_t os_monotonic_us(void);
bool os_random(void *p, size_t n);
unsigned os_cores(void);              /* by affinity, 1 to 64 */
uint64_t os_peak_bytes(void);         /* peak resident size of this process */
const char *os_env(const char *name); /* NULL when unset or empty */

/* ---- terminal ---- */
bool os_is_tty(int fd);
unsigned os_columns(int fd); /* 80 when unknown */
bool os_want_colour(int fd); /* a terminal, TERM not dumb, NO_COLOR unset */
/* One status line on stderr, redrawn at most 10 times a second, erased at the end; nothing when stderr is no terminal
 * or quiet. Thread-safe counters; the text of the line is made by the caller. */
typedef struct os_progress os_progress;
os_progress *os_progress_new(bool enabled);
bool os_progress_due(os_progress *p); /* time for a redraw? */
void os_progress_show(os_progress *p, hm_str line);
void os_progress_free(os_progress *p); /* erases the line; NULL-safe */
/* SIGINT, SIGTERM and SIGHUP set a flag instead of ending the program (the jail's workers die with their parent). */
void os_catch_signals(void);
int os_caught_signal(void); /* 0: none */
void os_ignore_sigpipe(void);
