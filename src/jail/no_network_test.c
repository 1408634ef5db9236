/* Tests of no_network, each in a child of its own: a filter cannot be taken back. */
#include "base/test.h"
#include "jail/jail.h"
#include <errno.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* The errno with which a socket of that family is refused, 0 if it is given. */
static int asked(int family)
{
    int fd = socket(family, SOCK_DGRAM, 0);
    if (fd < 0)
        return errno;
    close(fd);
    return 0;
}

static int child(void)
{
    int pair[2];
    hm_err err = { 0 };
    if (jail_no_network(&err) != HM_OK)
        return 77;
    if (asked(AF_INET) != EPERM || asked(AF_INET6) != EPERM || asked(AF_NETLINK) != EPERM || asked(AF_PACKET) != EPERM)
        return 1;
    if (asked(AF_UNIX) != 0 || socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair) != 0)
        return 2;
    /* the kernel looks at the low 32 bits only: a family with others set is the same family */
    if (syscall(SYS_socket, (long)0x100000000 + AF_INET, SOCK_DGRAM, 0) != -1 || errno != EPERM)
        return 3;
    if (syscall(SYS_io_uring_setup, 1, NULL) != -1 || errno != ENOSYS)
        return 4;
    return jail_no_network(&err) == HM_OK ? 0 : 5; /* twice does no harm */
}

TEST(only_local_sockets_are_left)
{
    fflush(NULL);
    pid_t pid = fork();
    CHECK("fork", pid >= 0);
    if (pid == 0)
        _exit(child());
    int status = 0;
    CHECK("wait", waitpid(pid, &status, 0) == pid);
    CHECK("ends by itself", WIFEXITED(status));
    if (WEXITSTATUS(status) == 77)
        TEST_SKIP("this kernel has no seccomp");
    CHECK_EQ("which check", WEXITSTATUS(status), 0);
    CHECK_EQ("the parent is as before", asked(AF_INET) == EPERM, 0);
}
