#pragma once
/* spawn - one worker process and the memory it may only read. */
#include "base/base.h"
#include <sys/types.h>

/* Shared memory of JAIL_RING_BYTES: *ret_map writable for us, *ret_fd (close-on-exec) read-only for the worker, sealed
 * against size changes and, where the kernel knows it, against new writable mappings. Fails closed when neither the
 * seal nor a read-only descriptor can be had. */
hm_rc jail_ring_new(char **ret_map, int *ret_fd, hm_err *err) HM_MUST;
void jail_ring_free(char *map, int fd);
/* Read-only copy of `bytes` as a descriptor, sealed. */
hm_rc jail_memfd(hm_str bytes, int *ret_fd, hm_err *err) HM_MUST;

typedef struct jail_spawn_opts {
    const char *path;
    uint64_t memory_bytes, cpu_seconds;
    bool best_effort;
} jail_spawn_opts;
/* The calling thread must live as long as the worker: the kernel kills it when that thread ends. */
hm_rc jail_spawn(const jail_spawn_opts *o, int ring_fd, pid_t *ret_pid, int *ret_socket, hm_err *err) HM_MUST;
/* Peak resident bytes of a living process; 0: not known. */
uint64_t jail_peak_of(pid_t pid);
