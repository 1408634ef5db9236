/* dispatch - from main() to a verb and back: language, arguments, privileges away, call, exit status.
 * Every verb but those with CMD_NEED_NET runs where the kernel refuses to open network sockets. */
#include "cmd/cmd_int.h"
#include "jail/jail.h"
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

static cmd_fn *const FN[CMD_V_COUNT] = {
#define CMD_VERB(id, name, operands, needs, least, most, help, about, fn) [CMD_V_##id] = fn,
#include "cmd/commands.tbl.h"
};

int cmd_version(const cmd_ctx *c)
{
    HM_AUTO(hm_buf_clear) hm_buf b = { 0 };
    hm_buf_c(&b, "hoshimori " HM_VERSION "\n");
    return cmd_print(c, &b);
}

int cmd_help(const cmd_ctx *c)
{
    HM_AUTO(hm_buf_clear) hm_buf b = { 0 };
    cmd_verb_id verb = c->args->verb;
    if (verb == CMD_V_HELP && !c->args->help) {
        verb = CMD_V_ANY;
        if (c->args->operand_n) {
            hm_str word = hm_str_c(c->args->operand[0]);
            verb = cmd_verb_find(word);
            if (verb == CMD_V_ANY) {
                hm_err err;
                (void)hm_fail(&err, HM_NOTFOUND, DEFECT_USAGE_VERB, HM_PLACE_NONE, 0, 0);
                word = hm_str_sub(word, 0, sizeof err.at - 1);
                memcpy(err.at, word.p, word.n);
                cmd_complain(c, HM_NONE, &err, cmd_near_verb(word));
                return CMD_USAGE;
            }
        }
    }
    if (cmd_flag(c->args, CMD_O_MAN))
        cmd_manual_text(&b, c->lang);
    else
        cmd_help_text(&b, c->lang, c->columns, verb);
    return cmd_print(c, &b);
}

int cmd_completion(const cmd_ctx *c)
{
    HM_AUTO(hm_buf_clear) hm_buf b = { 0 };
    const char *shell = c->args->operand[0];
    if (strcmp(shell, "bash") == 0)
        cmd_bash_text(&b);
    else if (strcmp(shell, "zsh") == 0)
        cmd_zsh_text(&b, c->lang);
    else {
        hm_err err;
        (void)hm_fail(&err, HM_NOTFOUND, DEFECT_USAGE_CHOICE, HM_PLACE_NONE, 0, 0);
        (void)snprintf(err.at, sizeof err.at, "%s", shell);
        cmd_complain(c, HM_NONE, &err, NULL);
        return CMD_USAGE;
    }
    return cmd_print(c, &b);
}

/* Called by name, without anything: what there is, on standard error, as for every wrong call. */
static int no_verb(const cmd_ctx *c)
{
    HM_AUTO(hm_buf_clear) hm_buf b = { 0 };
    cmd_help_text(&b, c->lang, os_is_tty(STDERR_FILENO) ? os_columns(STDERR_FILENO) : 80, CMD_V_ANY);
    if (!b.bad)
        fwrite(b.p, 1, b.n, stderr);
    return CMD_USAGE;
}

/* A file opened later must not become standard input, output or error because that was closed: then the place is held
 * by a descriptor on which every use fails (reading of 1 and 2, writing of 0). */
static void hold_standard(void)
{
    for (int fd = 0; fd <= 2; fd++)
        if (fcntl(fd, F_GETFD) < 0 && errno == EBADF && open("/dev/null", fd == 0 ? O_WRONLY : O_RDONLY) != fd)
            return;
}

static int run(cmd_ctx *c)
{
    const cmd_args *args = c->args;
    if (args->version)
        return cmd_version(c);
    if (args->help)
        return cmd_help(c);
    const cmd_verb *v = cmd_verb_of(args->verb);
    if (!v)
        return no_verb(c);
    hm_err err = { 0 };
    if (!(v->needs & CMD_NEED_NET) && jail_no_network(&err) != HM_OK) {
        /* The tools that only show a text go on: they open nothing. A scan goes on only where that was said. */
        bool strict =
            (v->needs & CMD_NEED_JAIL) && args->verb != CMD_V_DOCTOR && !cmd_is(args, CMD_O_JAIL, "best-effort");
        if (strict) {
            cmd_complain(c, HM_NONE, &err, NULL);
            return cmd_status_of(&err);
        }
        cmd_log(c, CMD_LOG_ERROR, "no_network_filter", &(cmd_kv){ "sys", { NULL, 0 }, (uint64_t)(unsigned)err.sys }, 1);
    }
    return FN[args->verb](c);
}

static cmd_level level_of(const cmd_args *args)
{
    if (cmd_is(args, CMD_O_LOG_LEVEL, "info"))
        return CMD_LOG_INFO;
    return cmd_is(args, CMD_O_LOG_LEVEL, "error") ? CMD_LOG_ERROR : CMD_LOG_NONE;
}

int cmd_main(int argc, char **argv)
{
    hold_standard();
    os_ignore_sigpipe();
    cmd_args args = { 0 };
    cmd_ctx c = { .lang = cmd_lang(argc, argv, os_env), .args = &args, .env = os_env };
    hm_err err = { 0 };
    HM_AUTO(hm_arena_freep) hm_arena *arena = hm_arena_new(64 << 20);
    if (!arena) {
        (void)hm_fail(&err, HM_NOMEM, DEFECT_NOMEM, HM_PLACE_NONE, 0, 0);
        cmd_complain(&c, HM_NONE, &err, NULL);
        return CMD_FAULT;
    }
    c.arena = arena;
    const char *near = NULL;
    if (cmd_parse(arena, argc, argv, os_env, &args, &near, &err) != HM_OK) {
        HM_AUTO(hm_buf_clear) hm_buf hint = { 0 };
        if (near) {
            hm_buf_c(&hint, err.defect == DEFECT_USAGE_OPTION ? "--" : "");
            hm_buf_add(&hint, near, strlen(near) + 1);
        }
        cmd_complain(&c, HM_NONE, &err, near && !hint.bad ? hint.p : NULL);
        return cmd_status_of(&err);
    }
    c.quiet = cmd_flag(&args, CMD_O_QUIET);
    c.log = level_of(&args);
    c.columns = os_is_tty(STDOUT_FILENO) ? os_columns(STDOUT_FILENO) : 80;
    c.colour =
        cmd_is(&args, CMD_O_COLOR, "always") || (!cmd_is(&args, CMD_O_COLOR, "never") && os_want_colour(STDOUT_FILENO));
    return run(&c);
}
