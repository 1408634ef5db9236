#pragma once
/* lock - a process locks itself in. Order as in docs/adr/0003-jail.md; there is no way back out. */
#include "base/base.h"
#include "jail/jail.h"

typedef struct jail_lock_opts {
    uint64_t memory_bytes, cpu_seconds;
    bool best_effort; /* a missing seccomp is not fatal */
} jail_lock_opts;
/* HM_DENIED DEFECT_JAIL_SETUP (arg0: step, sys). *ret_state says what holds. */
hm_rc jail_lock_in(const jail_lock_opts *o, jail_state *ret_state, hm_err *err) HM_MUST;
