/* below - files below a root that no link can leave. The enemy owns every name and link in the tree and may change
 * them while we look.
 * Invariants: 1. a path that is absolute, empty or has a ".." is refused before the kernel sees it (EXDEV, EINVAL).
 * 2. no link is followed, in no place of the path (ELOOP); with O_PATH|O_NOFOLLOW a link itself may be opened.
 * 3. both ways (openat2, steps) give the same descriptor or the same errno. 4. nothing is ever created. */
#include "os/os_int.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <unistd.h>

static int refused(const char *rel, int flags)
{
    hm_str rest = hm_str_c(rel);
    if (rest.n == 0 || flags & (O_CREAT | O_TRUNC))
        return EINVAL;
    if (rest.n >= PATH_MAX)
        return ENAMETOOLONG;
    if (rel[0] == '/')
        return EXDEV;
    while (rest.n)
        if (hm_str_is(hm_str_cut(rest, '/', &rest), ".."))
            return EXDEV;
    return 0;
}

/* O_PATH takes no other flags; O_NONBLOCK keeps a pipe or device from holding us up. */
static int own_flags(int flags)
{
    return flags & O_PATH ? flags | O_CLOEXEC : flags | O_CLOEXEC | O_NONBLOCK | O_NOCTTY;
}

static bool is_link(int dir, const char *name)
{
    struct stat st;
    return fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISLNK(st.st_mode);
}

int os_open_below_steps(int root_fd, const char *rel, int flags, int *ret_sys)
{
    int sys = refused(rel, flags);
    if (sys) {
        *ret_sys = sys;
        return -1;
    }
    hm_str rest = hm_str_c(rel);
    int dir = root_fd, fd = -1;
    bool must_be_dir = hm_str_ends(rest, HM_STR("/"));
    while (rest.n && rest.p[rest.n - 1] == '/')
        rest.n--;
    do {
        hm_str part = hm_str_cut(rest, '/', &rest);
        char name[NAME_MAX + 1];
        bool last = rest.n == 0;
        if (part.n > NAME_MAX) {
            sys = ENAMETOOLONG;
            break;
        }
        if (part.n == 0 && !last)
            continue;
        memcpy(name, part.p, part.n);
        name[part.n] = '\0';
        int how = last ? own_flags(flags) | O_NOFOLLOW | (must_be_dir ? O_DIRECTORY : 0)
                       : O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
        fd = openat(dir, name, how);
        if (fd < 0)
            sys = errno == ENOTDIR && is_link(dir, name) ? ELOOP : errno;
        else if (last && flags & O_PATH && !(flags & O_NOFOLLOW) && is_link(dir, name)) {
            close(fd); /* O_PATH|O_NOFOLLOW opens a link, which was not asked for */
            fd = -1;
            sys = ELOOP;
        }
        if (dir != root_fd)
            close(dir);
        dir = fd;
    } while (rest.n && fd >= 0);
    if (fd < 0)
        *ret_sys = sys;
    return fd;
}

int os_open_below(int root_fd, const char *rel, int flags, int *ret_sys)
{
    int sys = refused(rel, flags);
    if (sys) {
        *ret_sys = sys;
        return -1;
    }
    struct open_how how = { .flags = (uint64_t)(unsigned)own_flags(flags),
                            .resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS };
    for (int tries = 0; tries < 8; tries++) {
        long fd = syscall(SYS_openat2, root_fd, rel, &how, sizeof how);
        if (fd >= 0)
            return (int)fd;
        if (errno == EINTR || errno == EAGAIN) /* EAGAIN: a rename on the way, see openat2(2) */
            continue;
        if (errno == ENOSYS || errno == EPERM || errno == E2BIG)
            return os_open_below_steps(root_fd, rel, flags, ret_sys);
        *ret_sys = errno;
        return -1;
    }
    return os_open_below_steps(root_fd, rel, flags, ret_sys);
}

/* ---- file system types: statfs(2), linux/magic.h ---- */

bool os_pseudo_magic(uint64_t magic)
{
    static const uint32_t MAGIC[] = {
        0x9fa0,     /* proc */
        0x62656572, /* sysfs */
        0x1cd1,     /* devpts */
        0x27e0eb,   /* cgroup */
        0x63677270, /* cgroup2 */
        0x64626720, /* debugfs */
        0x74726163, /* tracefs */
        0x73636673, /* securityfs */
        0xf97cff8c, /* selinux */
        0x5a3c69f0, /* apparmor */
        0x43415d53, /* smack */
        0xcafe4a11, /* bpf */
        0x6165676c, /* pstore */
        0xde5e81e4, /* efivarfs */
        0x42494e4d, /* binfmt_misc */
        0x62656570, /* configfs */
        0x19800202, /* mqueue */
        0x958458f6, /* hugetlbfs */
        0x65735543, /* fusectl */
        0x6e736673, /* nsfs */
        0x50495045, /* pipefs */
        0x534f434b, /* sockfs */
        0x0187,     /* autofs: looking into it would mount things */
        0x67596969, /* rpc_pipefs */
        0x6e667364, /* nfsd */
        0x07655821, /* resctrl */
        0xabba1974, /* xenfs */
        0x09041934, /* anon_inode */
    };
    for (size_t i = 0; i < HM_COUNT(MAGIC); i++)
        if (MAGIC[i] == magic)
            return true;
    return false;
}

bool os_network_magic(uint64_t magic)
{
    static const uint32_t MAGIC[] = {
        0x6969,     /* nfs */
        0xff534d42, /* cifs */
        0xfe534d42, /* smb2, smb3 */
        0x517b,     /* smbfs */
        0x01021997, /* 9p */
        0x5346414f, /* afs */
        0x6b414653, /* kafs */
        0x00c36400, /* ceph */
        0x73757245, /* coda */
        0x47504653, /* gpfs */
        0x0bd00bd0, /* lustre */
        0x7461636f, /* ocfs2 */
        0x01161970, /* gfs2 */
        0x013111a8, /* ibrix */
        0xaad7aaea, /* panfs */
        0x786f4256, /* vboxsf */
        0xbacbacbc, /* vmhgfs */
        0x564c,     /* ncp */
        0xbeefdead, /* snfs */
    };
    for (size_t i = 0; i < HM_COUNT(MAGIC); i++)
        if (MAGIC[i] == magic)
            return true;
    return false;
}

static bool fs_magic(int fd, uint64_t *ret)
{
    struct statfs fs;
    int rc;
    do
        rc = fstatfs(fd, &fs);
    while (rc != 0 && errno == EINTR);
    if (rc == 0)
        *ret = (uint32_t)fs.f_type; /* 32 bits of meaning, sign-extended by some */
    return rc == 0;
}

/* devtmpfs says it is a tmpfs (or ramfs), which may hold files of its own; what tells it apart is that its devices are fixed:
 * /dev/null is the device 1:3. */
static bool is_dev(int fd)
{
    struct stat st;
    return fstatat(fd, "null", &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISCHR(st.st_mode) && st.st_rdev == makedev(1, 3);
}

bool os_is_pseudo_fs(int fd)
{
    uint64_t magic;
    return fs_magic(fd, &magic) &&
           (os_pseudo_magic(magic) || ((magic == 0x01021994 || magic == 0x858458f6) && is_dev(fd)));
}

bool os_is_network_fs(int fd)
{
    uint64_t magic;
    return fs_magic(fd, &magic) && os_network_magic(magic);
}
