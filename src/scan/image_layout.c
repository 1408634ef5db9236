/* image_layout - a directory that is an OCI layout (oci-layout, index.json, blobs/): its descriptions are read as the plan
 * asks for them, then each layer of the one image goes to the jail as an archive of its own, side by side.
 * Enemy: who arranges the directory; names of blobs come from a plan whose paths were checked (plan_wire.c), and no link
 * is followed on the way to them. */
#include "base/limits.h"
#include "scan/image.h"
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

enum { ROUNDS = 64 };

/* A small file of the layout to the image's blobs; false: it is not there, or a gap says why not. */
static bool read_blob(scan_image *i, scan_walk *w, const char *path)
{
    int sys = 0, fd = os_open_below(w->root_fd, path, O_RDONLY | O_NONBLOCK, &sys);
    struct stat st;
    hm_err e = { 0 };
    if (fd < 0 && sys == ENOENT)
        return false;
    char *bytes = NULL;
    size_t n = 0;
    ssize_t got = 0;
    if (fd < 0 || fstat(fd, &st) != 0)
        hm_fail_sys(&e, DEFECT_OPEN, fd < 0 ? sys : errno);
    else if (!S_ISREG(st.st_mode))
        hm_fail(&e, HM_FORMAT, DEFECT_OPEN, HM_PLACE_NONE, 0, 0);
    else if (st.st_size > UNPACK_BLOB_BYTES) {
        hm_fail(&e, HM_LIMIT, DEFECT_TOO_LARGE, HM_PLACE_NONE, 0, UNPACK_BLOB_BYTES);
        e.arg[1] = (uint64_t)st.st_size;
    } else if (!(bytes = malloc((size_t)st.st_size + 1)))
        hm_fail(&e, HM_NOMEM, DEFECT_NOMEM, HM_PLACE_NONE, 0, 0);
    while (bytes && n < (size_t)st.st_size && (got = read(fd, bytes + n, (size_t)st.st_size - n)) > 0)
        n += (size_t)got;
    if (got < 0)
        hm_fail_sys(&e, DEFECT_READ, errno);
    if (fd >= 0)
        close(fd);
    if (e.rc == HM_OK)
        scan_image_blob(i, hm_str_c(path), (hm_str){ bytes, n });
    else
        scan_collect_gap(w->collect, hm_str_c(path), &e);
    free(bytes);
    return e.rc == HM_OK;
}

static void submit_layer(scan_image *i, scan_walk *w, hm_str layer)
{
    char path[JAIL_NAME_MAX + 1];
    struct stat st;
    int sys = 0;
    snprintf(path, sizeof path, "%.*s", (int)layer.n, layer.p);
    int fd = os_open_below(w->root_fd, path, O_RDONLY | O_NONBLOCK, &sys);
    if (fd < 0 && sys == ENOENT)
        return; /* scan_image_finish says that it did not come */
    if (fd < 0 || fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
        hm_err e;
        hm_fail_sys(&e, DEFECT_OPEN, fd < 0 ? sys : errno ? errno : EINVAL);
        if (fd >= 0)
            close(fd);
        scan_collect_gap(w->collect, layer, &e);
        return;
    }
    uint32_t number = scan_image_layer(i, layer);
    if (number == 0) {
        close(fd);
        w->collect->nomem = true;
        return;
    }
    scan_archive_submit_layer(w, layer, number, fd, st.st_size > 0 ? (uint64_t)st.st_size : 0);
}

hm_rc scan_image_layout(scan_image *i, scan_walk *w, hm_err *err)
{
    char path[JAIL_NAME_MAX + 1];
    const plan *p = scan_image_plan(i);
    (void)read_blob(i, w, "oci-layout");
    (void)read_blob(i, w, "index.json");
    hm_rc rc = HM_OK;
    bool final = false;
    for (int round = 0; rc == HM_OK; round++) { /* each round needs something new, or is the last one */
        bool more = false;
        rc = scan_image_ask(i, w, final, err);
        if (final || rc != HM_OK || p->choice != PLAN_NONE)
            break;
        for (size_t k = 0; k < p->notes; k++)
            if (p->note[k].kind == PLAN_NEED) {
                snprintf(path, sizeof path, "%.*s", (int)p->note[k].path.n, p->note[k].path.p);
                more = (!scan_image_has(i, p->note[k].path) && read_blob(i, w, path)) || more;
            }
        final = !more || round >= ROUNDS;
    }
    if (rc != HM_OK)
        return w->interrupted ? HM_OK : rc;
    for (size_t k = 0; k < p->layers; k++) {
        bool again = false;
        for (size_t j = 0; j < k && !again; j++)
            again = hm_str_eq(p->layer[j].path, p->layer[k].path);
        if (!again)
            submit_layer(i, w, p->layer[k].path);
    }
    return HM_OK;
}
