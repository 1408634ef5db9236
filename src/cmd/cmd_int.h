#pragma once
/* cmd_int - what the files of this room share: the table as rows, parsed arguments, and the context of one run. */
#include "base/base.h"
#include "cmd/cmd.h"
#include "os/os.h"
#include "text/text.h"

/* ---- the table --------------------------------------------------------------------------------------------------- */

/* cmd_verb.needs: what the dispatcher leaves to a verb; everything else it takes away before the call */
enum {
    CMD_NEED_NET = 1,
    CMD_NEED_STORE = 2,
    CMD_NEED_JAIL = 4,
    CMD_WRITES = 8,
};
typedef enum cmd_verb_id {
    CMD_V_ANY = 0, /* of an option: belongs to every verb */
#define CMD_VERB(id, name, operands, needs, least, most, help, about, fn) CMD_V_##id,
#include "cmd/commands.tbl.h"
    CMD_V_COUNT
} cmd_verb_id;
typedef enum cmd_opt_id {
#define CMD_OPT(id, verb, name, letter, kind, values, lowest, highest, var, help, repeat) CMD_O_##id,
#include "cmd/commands.tbl.h"
    CMD_O_COUNT
} cmd_opt_id;
typedef enum cmd_format_id {
#define CMD_FORMAT(id, name, lowest, highest, help) CMD_F_##id,
#include "cmd/commands.tbl.h"
    CMD_F_COUNT
} cmd_format_id;
typedef enum cmd_kind { CMD_FLAG, CMD_CHOICE, CMD_NUMBER, CMD_BYTES, CMD_TEXT } cmd_kind;

typedef struct cmd_verb {
    const char *name, *operands;
    unsigned needs, least, most; /* operands: how many */
    enum text_key help, about;
} cmd_verb;
typedef struct cmd_opt {
    const char *name;
    const char *values;       /* CHOICE: "a|b"; else how the value is called in help */
    const char *var;          /* NULL: none */
    uint64_t lowest, highest; /* NUMBER, BYTES */
    cmd_verb_id verb;
    cmd_kind kind;
    enum text_key help;
    char letter; /* 0: none */
    bool repeat;
} cmd_opt;
typedef struct cmd_format {
    const char *name;
    unsigned lowest, highest;
    enum text_key help;
} cmd_format;
typedef struct cmd_exit {
    int status;
    enum text_key help;
} cmd_exit;
typedef struct cmd_example {
    cmd_verb_id verb;
    const char *command;
    enum text_key help;
} cmd_example;
const cmd_verb *cmd_verb_of(cmd_verb_id id); /* CMD_V_ANY and out of range: NULL */
cmd_verb_id cmd_verb_find(hm_str name);      /* CMD_V_ANY: no such verb */
const cmd_opt *cmd_opt_of(cmd_opt_id id);
const cmd_format *cmd_format_of(cmd_format_id id);
size_t cmd_exits(const cmd_exit **ret);
size_t cmd_examples(const cmd_example **ret);
bool cmd_opt_in(const cmd_opt *o, cmd_verb_id verb); /* may it be given with this verb? */
/* The nearest name that a person may have meant (at most a third of the letters wrong), or NULL. Options for verb. */
const char *cmd_near_verb(hm_str word);
const char *cmd_near_opt(hm_str name, cmd_verb_id verb);

/* ---- arguments ----------------------------------------------------------------------------------------------------- */

typedef struct cmd_given {
    cmd_opt_id opt;
    const char *value; /* FLAG: NULL */
} cmd_given;
typedef struct cmd_args {
    cmd_verb_id verb; /* CMD_V_ANY: none given */
    const char **operand;
    size_t operand_n;
    const cmd_given *given; /* from the command line, then from the environment what the line left open */
    size_t given_n;
    bool help, version; /* asked for, wherever they stood */
} cmd_args;
typedef const char *cmd_env(const char *name); /* NULL: unset or empty */
/* GNU style: --name=value, --name value, -n value, -nvalue, bundled letters, "--" ends the options, "-" is an operand.
 * Options of a verb follow it; global ones stand anywhere. Values are checked by kind. Variables: those of the verb,
 * where the line does not give the option; a repeatable one holds several values separated by commas.
 * Arena: everything new; the rest is borrowed from argv and env. Errors: DEFECT_USAGE_*; *ret_hint: a name to offer in
 * the message, or NULL. `verb` and `help` of *args are set also then, as far as they were seen. */
hm_rc cmd_parse(hm_arena *a, int argc, char **argv, cmd_env *env, cmd_args *args, const char **ret_hint, hm_err *err)
    HM_MUST;
/* --lang or HOSHIMORI_LANG, else by the locale: asked before everything else, so that complaints are in it. */
text_lang cmd_lang(int argc, char **argv, cmd_env *env);
const char *cmd_value(const cmd_args *args, cmd_opt_id id); /* the last one given; NULL: none */
bool cmd_flag(const cmd_args *args, cmd_opt_id id);
bool cmd_is(const cmd_args *args, cmd_opt_id id, const char *choice);                 /* the value given is this */
uint64_t cmd_number(const cmd_args *args, cmd_opt_id id, uint64_t unset);             /* NUMBER, BYTES */
bool cmd_number_parse(cmd_kind kind, hm_str s, uint64_t *ret);                        /* BYTES: "512K", "1G" */
hm_rc cmd_bad_value(cmd_opt_id id, const char *value, hm_defect defect, hm_err *err); /* at: --name=value */

/* one -o */
typedef struct cmd_output {
    cmd_format_id format;
    unsigned version;
    const char *file; /* NULL: standard output */
} cmd_output;
/* Every -o, or the table where none is given. Two for one place: DEFECT_USAGE_TWICE. Arena. */
hm_rc cmd_outputs(hm_arena *a, const cmd_args *args, cmd_output **ret, size_t *ret_n, hm_err *err) HM_MUST;

/* ---- one run ------------------------------------------------------------------------------------------------------- */

typedef enum cmd_level { CMD_LOG_NONE = 0, CMD_LOG_ERROR, CMD_LOG_INFO } cmd_level;
typedef struct cmd_ctx {
    text_lang lang;
    bool quiet, colour;
    unsigned columns; /* of standard output; 80 where it is no terminal */
    cmd_level log;
    const cmd_args *args;
    hm_arena *arena;
    cmd_env *env;
} cmd_ctx;
typedef int cmd_fn(const cmd_ctx *c); /* returns the exit status */
/* What the row of that name finds; NULL: no text (a test sees that). */
const char *cmd_detector_text(text_lang lang, const char *name);
cmd_fn cmd_scan, cmd_detectors, cmd_doctor, cmd_help, cmd_version, cmd_completion;

/* Texts, made from the table; to `out`. */
void cmd_help_text(hm_buf *out, text_lang lang, unsigned columns, cmd_verb_id verb); /* CMD_V_ANY: the program */
void cmd_manual_text(hm_buf *out, text_lang lang);                                   /* roff, hoshimori(1) */
void cmd_bash_text(hm_buf *out);
void cmd_zsh_text(hm_buf *out, text_lang lang);

/* To standard output; the status: CMD_OK, or CMD_MISSING after saying why it could not be written. A reader that went
 * away (EPIPE) is no failure. */
int cmd_print(const cmd_ctx *c, const hm_buf *b);
int cmd_written(const cmd_ctx *c, const char *file, const hm_err *err); /* judges a failed write */
void cmd_words(hm_str line);                                            /* one line to standard error */
void cmd_complain(const cmd_ctx *c, hm_str path, const hm_err *err, const char *hint);
int cmd_status_of(const hm_err *err); /* the exit status that fits an error */

/* logfmt on standard error: ts=... level=... event=... key=value. Foreign bytes are escaped and cut at 256. */
typedef struct cmd_kv {
    const char *key;
    hm_str s;
    uint64_t n; /* used when s.p is NULL */
} cmd_kv;
void cmd_log(const cmd_ctx *c, cmd_level level, const char *event, const cmd_kv *kv, size_t n);
void cmd_log_line(hm_buf *out, hm_time ts, cmd_level level, const char *event, const cmd_kv *kv, size_t n);
