/* doctor - `hoshimori doctor`: what people need to know when something is wrong. Starts one worker to see what the cage
 * of this kernel really holds. Exit status 4 when a scan could not run. */
#include "cmd/cmd_int.h"
#include "jail/jail.h"

enum { LABEL = 24, FACT = 4096 };

static void row(hm_buf *out, const cmd_ctx *c, enum text_key label, hm_str value)
{
    text_fit(out, hm_str_c(text_get(c->lang, label)), LABEL, true);
    hm_buf_byte(out, ' ');
    hm_buf_printable(out, value, 0);
    hm_buf_byte(out, '\n');
}

static void row_yes(hm_buf *out, const cmd_ctx *c, enum text_key label, bool yes)
{
    row(out, c, label, hm_str_c(text_get(c->lang, yes ? TEXT_DOCTOR_HOLDS : TEXT_DOCTOR_MISSING)));
}

static void kernel(hm_buf *out, const cmd_ctx *c)
{
    HM_AUTO(hm_buf_clear) hm_buf b = { 0 };
    hm_err err;
    hm_rc rc = os_read_file("/proc/sys/kernel/osrelease", FACT, &b, &err);
    row(out, c, TEXT_DOCTOR_KERNEL, rc == HM_OK ? hm_str_trim(hm_buf_view(&b)) : HM_STR("?"));
}

/* "ja (LANG=ja_JP.UTF-8)": the language and what decided it. */
static void language(hm_buf *out, const cmd_ctx *c)
{
    static const char *const FROM[] = { "HOSHIMORI_LANG", "LC_ALL", "LC_MESSAGES", "LANG" };
    HM_AUTO(hm_buf_clear) hm_buf b = { 0 };
    hm_buf_c(&b, text_lang_name(c->lang));
    for (size_t i = 0; i < HM_COUNT(FROM); i++) {
        const char *v = c->env(FROM[i]);
        if (!v)
            continue;
        hm_buf_c(&b, " (");
        hm_buf_c(&b, FROM[i]);
        hm_buf_c(&b, "=");
        hm_buf_c(&b, v);
        hm_buf_c(&b, ")");
        break;
    }
    out->bad |= b.bad;
    row(out, c, TEXT_DOCTOR_LANGUAGE, hm_buf_view(&b));
}

static void ignore_reply(void *ctx, const jail_reply *reply)
{
    (void)ctx;
    (void)reply;
}

/* Starts one worker and says what holds; false: a scan could not run. */
static bool jail(hm_buf *out, const cmd_ctx *c, const char *worker)
{
    const jail_opts opts = { .worker_path = worker, .workers = 1, .best_effort = true, .done = ignore_reply };
    HM_AUTO(jail_closep) jail_pool *pool = NULL;
    hm_err err = { 0 };
    if (jail_open(&opts, &pool, &err) != HM_OK) {
        HM_AUTO(hm_buf_clear) hm_buf b = { 0 };
        text_error(&b, c->lang, HM_NONE, &err);
        out->bad |= b.bad;
        row(out, c, TEXT_DOCTOR_JAIL, hm_buf_view(&b));
        return false;
    }
    const jail_state s = jail_state_of(pool);
    row_yes(out, c, TEXT_DOCTOR_SECCOMP, s.seccomp);
    row_yes(out, c, TEXT_DOCTOR_NO_NEW_PRIVS, s.no_new_privs);
    row_yes(out, c, TEXT_DOCTOR_RLIMITS, s.rlimits);
    HM_AUTO(hm_buf_clear) hm_buf b = { 0 };
    if (s.landlock)
        say_doctor_landlock_abi(&b, c->lang, (uint64_t)(unsigned)s.landlock_abi);
    else
        hm_buf_c(&b, text_get(c->lang, TEXT_DOCTOR_LANDLOCK_NONE));
    out->bad |= b.bad;
    row(out, c, TEXT_DOCTOR_LANDLOCK, hm_buf_view(&b));
    return s.seccomp && s.no_new_privs && s.rlimits;
}

int cmd_doctor(const cmd_ctx *c)
{
    HM_AUTO(hm_buf_clear) hm_buf out = { 0 }, worker = { 0 }, cores = { 0 };
    hm_err err = { 0 };
    row(&out, c, TEXT_DOCTOR_VERSION, HM_STR("hoshimori " HM_VERSION));
    kernel(&out, c);
    text_num(&cores, os_cores());
    row(&out, c, TEXT_DOCTOR_CORES, hm_buf_view(&cores));
    language(&out, c);
    bool ok = os_helper_path("worker", &worker, &err) == HM_OK;
    row(&out, c, TEXT_DOCTOR_WORKER, ok ? hm_buf_view(&worker) : hm_str_c(text_get(c->lang, TEXT_DOCTOR_MISSING)));
    hm_buf_byte(&worker, '\0');
    ok = ok && !worker.bad && jail(&out, c, worker.p);
    hm_buf_byte(&out, '\n');
    text_wrap(&out, hm_str_c(text_get(c->lang, ok ? TEXT_DOCTOR_CAN_SCAN : TEXT_DOCTOR_CANNOT_SCAN)), c->columns, 0);
    return cmd_worse(cmd_print(c, &out), ok ? CMD_OK : CMD_MISSING);
}
