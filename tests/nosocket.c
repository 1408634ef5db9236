/* nosocket COMMAND ARGS... - runs it where every call that has to do with the network kills the whole process (SIGSYS).
 * socketpair of AF_UNIX stays: the program talks to its own workers over one. For tests/binaries. */
#include <errno.h>
#include <seccomp.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    static const int KILLED[] = { SCMP_SYS(socket), SCMP_SYS(connect), SCMP_SYS(bind),          SCMP_SYS(listen),
                                  SCMP_SYS(accept), SCMP_SYS(accept4), SCMP_SYS(io_uring_setup) };
    if (argc < 2) {
        fprintf(stderr, "usage: nosocket COMMAND [ARGS]\n");
        return 2;
    }
    scmp_filter_ctx f = seccomp_init(SCMP_ACT_ALLOW);
    int rc = f ? 0 : -ENOMEM;
    for (size_t i = 0; i < sizeof KILLED / sizeof *KILLED && rc == 0; i++)
        rc = seccomp_rule_add(f, SCMP_ACT_KILL_PROCESS, KILLED[i], 0);
    if (rc == 0)
        rc = seccomp_rule_add(f, SCMP_ACT_KILL_PROCESS, SCMP_SYS(socketpair), 1, SCMP_A0_32(SCMP_CMP_NE, AF_UNIX, 0));
    if (rc == 0)
        rc = seccomp_load(f);
    if (rc == 0) {
        execvp(argv[1], argv + 1);
        rc = -errno;
    }
    fprintf(stderr, "nosocket: %s: %s\n", argv[1], strerror(-rc));
    return 126;
}
