/* words - what every command does at its end: say a line, complain, write to standard output, choose the exit status. */
#include "cmd/cmd_int.h"
#include <errno.h>
#include <unistd.h>

int cmd_worse(int a, int b)
{
    static const int ORDER[] = { CMD_FAULT, CMD_USAGE, CMD_MISSING, CMD_BROKEN, CMD_GAPS };
    for (size_t i = 0; i < HM_COUNT(ORDER); i++)
        if (a == ORDER[i] || b == ORDER[i])
            return ORDER[i];
    return a ? a : b;
}

void cmd_words(hm_str line)
{
    HM_AUTO(hm_buf_clear) hm_buf b = { 0 };
    if (os_is_tty(STDERR_FILENO)) {
        text_wrap(&b, line, os_columns(STDERR_FILENO), 0);
    } else {
        hm_buf_str(&b, line);
        hm_buf_byte(&b, '\n');
    }
    if (!b.bad)
        fwrite(b.p, 1, b.n, stderr); /* one write a line; where nobody reads it, nobody can be told */
}

void cmd_complain(const cmd_ctx *c, hm_str path, const hm_err *err, const char *hint)
{
    HM_AUTO(hm_buf_clear) hm_buf b = { 0 };
    hm_buf_c(&b, "hoshimori: ");
    if (path.n) {
        hm_buf_printable(&b, path, 0);
        hm_buf_c(&b, ": ");
    }
    text_error_what(&b, c->lang, err);
    hm_buf_c(&b, text_get(c->lang, TEXT_FULL_STOP));
    if (hint)
        say_did_you_mean(&b, c->lang, hm_str_c(hint));
    text_error_remedy(&b, c->lang, err);
    cmd_words(hm_buf_view(&b));
    const cmd_kv kv[] = { { "rc", hm_str_c(hm_rc_name(err->rc)), 0 },
                          { "defect", hm_str_c(hm_defect_name(err->defect)), 0 },
                          { "sys", { NULL, 0 }, (uint64_t)(unsigned)err->sys },
                          { "path", path, 0 },
                          { "at", hm_str_c(err->at), 0 } };
    cmd_log(c, CMD_LOG_ERROR, "failed", kv, HM_COUNT(kv));
}

int cmd_status_of(const hm_err *err)
{
    switch (err->defect) {
    case DEFECT_USAGE_VERB:
    case DEFECT_USAGE_OPTION:
    case DEFECT_USAGE_NEEDS_VALUE:
    case DEFECT_USAGE_NO_VALUE:
    case DEFECT_USAGE_VALUE:
    case DEFECT_USAGE_OPERAND:
    case DEFECT_USAGE_TWICE:
    case DEFECT_NOT_FOUND: /* these: of the target that was named */
    case DEFECT_NOT_TARGET:
    case DEFECT_IMAGE_PLATFORM:
    case DEFECT_IMAGE_BLOB:
    case DEFECT_OPEN:
    case DEFECT_STAT:
    case DEFECT_LIST_DIR:
        return CMD_USAGE;
    case DEFECT_WRITE:
    case DEFECT_SPAWN:
    case DEFECT_JAIL_SETUP:
        return CMD_MISSING;
    default:
        return CMD_FAULT;
    }
}

int cmd_written(const cmd_ctx *c, const char *file, const hm_err *err)
{
    if (err->rc == HM_OK || (!file && err->sys == EPIPE)) /* a reader that went away has what it wanted */
        return CMD_OK;
    cmd_complain(c, file ? hm_str_c(file) : hm_str_c(text_get(c->lang, TEXT_STDOUT)), err, NULL);
    return cmd_status_of(err);
}

int cmd_print(const cmd_ctx *c, const hm_buf *b)
{
    os_writer *w = NULL;
    hm_err err = { 0 };
    if (b->bad)
        (void)hm_fail(&err, HM_NOMEM, DEFECT_NOMEM, HM_PLACE_NONE, 0, 0);
    else if (os_writer_open(NULL, &w, &err) == HM_OK) {
        (void)os_writer_put(w, hm_buf_view(b));
        if (os_writer_close(w, &err) == HM_OK)
            return CMD_OK;
    }
    return cmd_written(c, NULL, &err);
}
