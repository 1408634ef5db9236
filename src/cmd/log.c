/* log - one line a happening on standard error, logfmt, English: ts=... level=... event=... key=value.
 * A value with a blank, quote, equals sign or backslash in it, and an empty one, is quoted; inside, quote and backslash
 * carry a backslash. Foreign bytes are made printable first and cut at 256: no line can be forged. */
#include "cmd/cmd_int.h"

enum { CUT = 256 };

static void put_value(hm_buf *out, hm_str s)
{
    HM_AUTO(hm_buf_clear) hm_buf t = { 0 };
    hm_buf_printable(&t, s, CUT);
    out->bad |= t.bad;
    hm_str v = hm_buf_view(&t);
    bool quote = v.n == 0;
    for (size_t i = 0; i < v.n; i++)
        quote |= v.p[i] == ' ' || v.p[i] == '"' || v.p[i] == '=' || v.p[i] == '\\';
    if (!quote) {
        hm_buf_str(out, v);
        return;
    }
    hm_buf_byte(out, '"');
    for (size_t i = 0; i < v.n; i++) {
        if (v.p[i] == '"' || v.p[i] == '\\')
            hm_buf_byte(out, '\\');
        hm_buf_byte(out, v.p[i]);
    }
    hm_buf_byte(out, '"');
}

void cmd_log_line(hm_buf *out, hm_time ts, cmd_level level, const char *event, const cmd_kv *kv, size_t n)
{
    char when[HM_TIME_TEXT];
    hm_time_text(ts, when);
    hm_buf_c(out, "ts=");
    hm_buf_c(out, when);
    hm_buf_c(out, level == CMD_LOG_ERROR ? " level=error event=" : " level=info event=");
    hm_buf_c(out, event);
    for (size_t i = 0; i < n; i++) {
        hm_buf_byte(out, ' ');
        hm_buf_c(out, kv[i].key);
        hm_buf_byte(out, '=');
        if (kv[i].s.p)
            put_value(out, kv[i].s);
        else
            hm_buf_u64(out, kv[i].n);
    }
    hm_buf_byte(out, '\n');
}

void cmd_log(const cmd_ctx *c, cmd_level level, const char *event, const cmd_kv *kv, size_t n)
{
    if (level > c->log)
        return;
    HM_AUTO(hm_buf_clear) hm_buf line = { 0 };
    cmd_log_line(&line, os_now(), level, event, kv, n);
    if (!line.bad)
        fwrite(line.p, 1, line.n, stderr);
}
