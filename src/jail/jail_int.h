#pragma once
/* jail_int - what the tests of this room reach besides jail.h. */
#include "jail/jail.h"

/* jail_open with the time a worker has to lock itself in and say HELLO. */
hm_rc jail_open_tuned(const jail_opts *o, uint32_t start_ms, jail_pool **ret_pool, hm_err *err) HM_MUST;
