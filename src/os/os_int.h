#pragma once
/* os_int - what the tests of this room reach besides os.h. */
#include "os/os.h"

/* os_open_below without openat2: component by component with O_NOFOLLOW. Same results, same errno. */
int os_open_below_steps(int root_fd, const char *rel, int flags, int *ret_sys);
bool os_pseudo_magic(uint64_t magic);
bool os_network_magic(uint64_t magic);
