/* error - an hm_err as a sentence: where, what is wrong (and what was expected), what the system said, what to do.
 *
 *   PATH: line 3: WHAT: "AT" (EACCES: permission denied). REMEDY
 *
 * PATH and AT are foreign bytes and are made printable; everything else is our own. */
#include "text/text_int.h"
#include <errno.h>

static const struct {
    int sys;
    enum text_key key;
} SYS[] = {
    { EACCES, TEXT_SYS_EACCES },   { EPERM, TEXT_SYS_EPERM },   { ENOENT, TEXT_SYS_ENOENT },
    { ENOTDIR, TEXT_SYS_ENOTDIR }, { EISDIR, TEXT_SYS_EISDIR }, { EEXIST, TEXT_SYS_EEXIST },
    { ENOSPC, TEXT_SYS_ENOSPC },   { EDQUOT, TEXT_SYS_EDQUOT }, { EROFS, TEXT_SYS_EROFS },
    { EIO, TEXT_SYS_EIO },         { ENOMEM, TEXT_SYS_ENOMEM }, { EMFILE, TEXT_SYS_EMFILE },
    { ENFILE, TEXT_SYS_ENFILE },   { ELOOP, TEXT_SYS_ELOOP },   { ENAMETOOLONG, TEXT_SYS_ENAMETOOLONG },
    { EFBIG, TEXT_SYS_EFBIG },     { EBADF, TEXT_SYS_EBADF },   { EPIPE, TEXT_SYS_EPIPE },
    { EINVAL, TEXT_SYS_EINVAL },   { ENOSYS, TEXT_SYS_ENOSYS }, { EAGAIN, TEXT_SYS_EAGAIN },
    { ENOEXEC, TEXT_SYS_ENOEXEC }, { EBUSY, TEXT_SYS_EBUSY },   { ETIMEDOUT, TEXT_SYS_ETIMEDOUT },
};

/* " (ENOSPC: no space left)"; a number that is not in our table keeps libc's English words. */
static void put_sys(hm_buf *out, text_lang lang, int sys)
{
    if (sys == 0)
        return;
    const char *name = strerrorname_np(sys), *words = strerrordesc_np(sys);
    for (size_t i = 0; i < HM_COUNT(SYS); i++)
        if (SYS[i].sys == sys)
            words = text_get(lang, SYS[i].key);
    hm_buf_c(out, " (");
    if (name)
        hm_buf_c(out, name);
    else
        hm_buf_u64(out, (uint64_t)(unsigned)sys);
    if (words) {
        hm_buf_c(out, ": ");
        hm_buf_c(out, words);
    }
    hm_buf_c(out, ")");
}

static void put_place(hm_buf *out, text_lang lang, const hm_err *err)
{
    switch (err->place_kind) {
    case HM_PLACE_BYTE:
        say_place_byte(out, lang, err->place);
        break;
    case HM_PLACE_LINE:
        say_place_line(out, lang, err->place);
        break;
    case HM_PLACE_ENTRY:
        say_place_entry(out, lang, err->place);
        break;
    default:
        return;
    }
    hm_buf_c(out, ": ");
}

static void put_defect(hm_buf *out, text_lang lang, const hm_err *err, size_t which)
{
    unsigned defect = err->defect < HM_DEFECT_COUNT ? err->defect : DEFECT_UNKNOWN;
    text_arg arg[HM_COUNT(err->arg)];
    for (size_t i = 0; i < HM_COUNT(arg); i++)
        arg[i] = (text_arg){ .type = TEXT_ARG_NUM, .n = err->arg[i] };
    text_fill(out, lang, text_defect_key[defect][which], arg, HM_COUNT(arg), false);
}

void text_error_what(hm_buf *out, text_lang lang, const hm_err *err)
{
    put_place(out, lang, err);
    put_defect(out, lang, err, 0);
    size_t n = strnlen(err->at, sizeof err->at);
    if (n)
        say_at(out, lang, (hm_str){ err->at, n });
    if (err->defect != DEFECT_NOT_TARGET && err->defect != DEFECT_NOT_FOUND) /* these say it themselves */
        put_sys(out, lang, err->sys);
}

void text_error_remedy(hm_buf *out, text_lang lang, const hm_err *err)
{
    put_defect(out, lang, err, 1);
}

void text_error(hm_buf *out, text_lang lang, hm_str path, const hm_err *err)
{
    if (path.n) {
        hm_buf_printable(out, path, 0);
        hm_buf_c(out, ": ");
    }
    text_error_what(out, lang, err);
    hm_buf_c(out, text_get(lang, TEXT_FULL_STOP));
    text_error_remedy(out, lang, err);
}
