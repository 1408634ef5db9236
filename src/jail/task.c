/* task - one accepted job in the parent, its content copied or held by descriptor, and lists of them. What a list does is
 * what its name says; who holds which list when is pool_int.h's. The enemy is elsewhere: these bytes are only carried. */
#include "jail/pool_int.h"
#include "base/limits.h"
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

/* A descriptor that goes to a worker is a file or pipe, open for reading alone. */
static hm_rc check_fd(int fd, hm_err *err)
{
    struct stat st;
    int flags = fcntl(fd, F_GETFL);
    if (flags < 0 || fstat(fd, &st) != 0)
        return hm_fail_sys(err, DEFECT_READ, errno);
    if ((flags & O_ACCMODE) != O_RDONLY || flags & O_PATH || !(S_ISREG(st.st_mode) || S_ISFIFO(st.st_mode)))
        return hm_fail_sys(err, DEFECT_READ, EPERM);
    return HM_OK;
}

hm_rc jail_task_new(const jail_job *in, jail_task **ret_job, hm_err *err)
{
    if (in->name.n > JAIL_NAME_MAX)
        return hm_fail(err, HM_LIMIT, DEFECT_TOO_LARGE, HM_PLACE_NONE, 0, JAIL_NAME_MAX);
    if (in->fd < 0 && in->bytes.n > JAIL_SMALL)
        return hm_fail(err, HM_LIMIT, DEFECT_TOO_LARGE, HM_PLACE_NONE, 0, JAIL_SMALL);
    if (in->extra.n > LIMIT_FILE_BYTES)
        return hm_fail(err, HM_LIMIT, DEFECT_TOO_LARGE, HM_PLACE_NONE, 0, LIMIT_FILE_BYTES);
    hm_rc rc = in->fd >= 0 ? check_fd(in->fd, err) : HM_OK;
    if (rc)
        return rc;
    size_t bytes_n = in->fd >= 0 ? 0 : in->bytes.n, extra_n = in->extra.n > JAIL_EXTRA_INLINE ? 0 : in->extra.n;
    jail_task *j = malloc(sizeof *j + in->name.n + extra_n + bytes_n);
    if (!j)
        return hm_fail(err, HM_NOMEM, DEFECT_NOMEM, HM_PLACE_NONE, 0, 0);
    *j = (jail_task){ .tag = in->tag,
                      .size = in->fd >= 0 ? in->size : bytes_n,
                      .job = in->job,
                      .param = in->param,
                      .fd = -1,
                      .extra_fd = -1,
                      .name_n = (uint32_t)in->name.n,
                      .extra_n = (uint32_t)in->extra.n,
                      .bytes_n = (uint32_t)bytes_n };
    char *to = j->data;
    if (in->name.n)
        memcpy(to, in->name.p, in->name.n);
    if (extra_n)
        memcpy(to + in->name.n, in->extra.p, extra_n);
    if (bytes_n)
        memcpy(to + in->name.n + extra_n, in->bytes.p, bytes_n);
    if (in->extra.n != extra_n)
        rc = jail_memfd(in->extra, &j->extra_fd, err);
    if (rc) {
        free(j);
        return rc;
    }
    j->fd = in->fd;
    *ret_job = j;
    return HM_OK;
}

void jail_tasks_push(jail_tasks *l, jail_task *j)
{
    j->next = NULL;
    if (l->last)
        l->last->next = j;
    else
        l->first = j;
    l->last = j;
    l->n++;
}

jail_task *jail_tasks_pop(jail_tasks *l)
{
    jail_task *j = l->first;
    if (!j)
        return NULL;
    l->first = j->next;
    if (!l->first)
        l->last = NULL;
    l->n--;
    j->next = NULL;
    return j;
}

/* All of `from` before all of `l`. */
void jail_tasks_prepend(jail_tasks *l, jail_tasks *from)
{
    if (!from->first)
        return;
    from->last->next = l->first;
    if (!l->last)
        l->last = from->last;
    l->first = from->first;
    l->n += from->n;
    *from = (jail_tasks){ 0 };
}

void jail_tasks_append(jail_tasks *l, jail_tasks *from)
{
    jail_tasks_prepend(from, l);
    *l = *from;
    *from = (jail_tasks){ 0 };
}

void jail_task_free(jail_task *j)
{
    HM_BUG_ON(!j);
    if (j->fd >= 0)
        close(j->fd);
    if (j->extra_fd >= 0)
        close(j->extra_fd);
    free(j);
}

hm_str jail_task_name(const jail_task *j)
{
    return (hm_str){ j->data, j->name_n };
}

hm_str jail_task_extra(const jail_task *j)
{
    return (hm_str){ j->data + j->name_n, j->extra_fd >= 0 ? 0 : j->extra_n };
}

hm_str jail_task_bytes(const jail_task *j)
{
    return (hm_str){ j->data + j->name_n + (j->extra_fd >= 0 ? 0 : j->extra_n), j->bytes_n };
}

size_t jail_task_fds(const jail_task *j)
{
    return (size_t)(j->fd >= 0) + (size_t)(j->extra_fd >= 0);
}
