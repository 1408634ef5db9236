/* parse - the command line and the environment to cmd_args. Pure: argv and a lookup function in, values out.
 * Order of precedence: command line, then variable. The enemy is a typing error: everything unknown is refused, with the
 * nearest known name. */
#include "cmd/cmd_int.h"

typedef struct parser {
    hm_arena *arena;
    cmd_env *env;
    int argc, at;
    char **argv;
    cmd_args *args;
    hm_vec given, operand;
    const char **hint;
    hm_err *err;
} parser;

static hm_rc refuse(hm_err *err, hm_defect defect, hm_str head, hm_str tail)
{
    hm_rc rc = hm_fail(err, HM_FORMAT, defect, HM_PLACE_NONE, 0, 0);
    if (err) {
        head = hm_str_sub(head, 0, sizeof err->at - 1);
        tail = hm_str_sub(tail, 0, sizeof err->at - 1 - head.n);
        memcpy(err->at, head.p, head.n);
        memcpy(err->at + head.n, tail.p, tail.n);
        err->at[head.n + tail.n] = '\0';
    }
    return rc;
}

static hm_rc refuse_pair(hm_err *err, hm_defect defect, const char *dashes, const char *name, hm_str value)
{
    char head[HM_ERR_AT];
    int n = snprintf(head, sizeof head, "%s%s=", dashes, name);
    return refuse(err, defect, (hm_str){ head, n < 0 ? 0 : (size_t)n }, value);
}

hm_rc cmd_bad_value(cmd_opt_id id, const char *value, hm_defect defect, hm_err *err)
{
    return refuse_pair(err, defect, "--", cmd_opt_of(id)->name, hm_str_c(value));
}

bool cmd_number_parse(cmd_kind kind, hm_str s, uint64_t *ret)
{
    unsigned shift = 0;
    if (kind == CMD_BYTES && s.n > 1) {
        char unit = hm_lower(s.p[s.n - 1]);
        shift = unit == 'k' ? 10 : unit == 'm' ? 20 : unit == 'g' ? 30 : 0;
        if (shift)
            s.n--;
    }
    uint64_t n = 0;
    if (!hm_str_u64(s, &n) || hm_ckd_mul(&n, n, (uint64_t)1 << shift))
        return false;
    *ret = n;
    return true;
}

static bool among(const char *values, hm_str v)
{
    hm_str rest = hm_str_c(values);
    while (rest.n)
        if (hm_str_eq(hm_str_cut(rest, '|', &rest), v))
            return true;
    return false;
}

static bool value_ok(const cmd_opt *o, hm_str v)
{
    uint64_t n = 0;
    switch (o->kind) {
    case CMD_CHOICE:
        return among(o->values, v);
    case CMD_NUMBER:
    case CMD_BYTES:
        return cmd_number_parse(o->kind, v, &n) && n >= o->lowest && n <= o->highest;
    case CMD_TEXT:
        return v.n > 0;
    case CMD_FLAG:
    default:
        return true;
    }
}

static hm_rc give(parser *p, cmd_opt_id id, const char *value)
{
    cmd_given *g = hm_vec_push(&p->given, p->arena);
    if (!g)
        return hm_arena_fail(p->arena, p->err);
    *g = (cmd_given){ .opt = id, .value = value };
    p->args->help |= id == CMD_O_HELP;
    p->args->version |= id == CMD_O_VERSION;
    return HM_OK;
}

/* One option that was found. `value` NULL: not attached; then the next argument is it. `shown`: as typed, for errors. */
static hm_rc option(parser *p, cmd_opt_id id, const char *value, hm_str shown)
{
    const cmd_opt *o = cmd_opt_of(id);
    if (o->kind == CMD_FLAG) {
        if (value)
            return refuse(p->err, DEFECT_USAGE_NO_VALUE, shown, HM_NONE);
        return give(p, id, NULL);
    }
    if (!value) {
        if (p->at >= p->argc)
            return refuse(p->err, DEFECT_USAGE_NEEDS_VALUE, shown, HM_NONE);
        value = p->argv[p->at++];
    }
    if (!value_ok(o, hm_str_c(value)))
        return refuse_pair(p->err, DEFECT_USAGE_VALUE, "--", o->name, hm_str_c(value));
    return give(p, id, value);
}

static hm_rc long_option(parser *p, const char *arg)
{
    hm_str value, all = hm_str_c(arg + 2), name = hm_str_cut(all, '=', &value);
    bool attached = name.n < all.n;
    for (unsigned i = 0; i < CMD_O_COUNT; i++) {
        const cmd_opt *o = cmd_opt_of((cmd_opt_id)i);
        if (cmd_opt_in(o, p->args->verb) && hm_str_is(name, o->name))
            return option(p, (cmd_opt_id)i, attached ? arg + 2 + name.n + 1 : NULL,
                          hm_str_sub(hm_str_c(arg), 0, name.n + 2));
    }
    *p->hint = cmd_near_opt(name, p->args->verb);
    return refuse(p->err, DEFECT_USAGE_OPTION, hm_str_sub(hm_str_c(arg), 0, name.n + 2), HM_NONE);
}

/* "-qo FILE": letters without a value may be bundled, the first with one takes the rest, or the next argument. */
static hm_rc letters(parser *p, const char *arg)
{
    for (const char *c = arg + 1; *c; c++) {
        char shown[3] = { '-', *c, '\0' };
        const cmd_opt *o = NULL;
        unsigned i = 0;
        for (; i < CMD_O_COUNT; i++) {
            o = cmd_opt_of((cmd_opt_id)i);
            if (o->letter == *c && cmd_opt_in(o, p->args->verb))
                break;
        }
        if (i == CMD_O_COUNT)
            return refuse(p->err, DEFECT_USAGE_OPTION, hm_str_c(shown), HM_NONE);
        if (o->kind != CMD_FLAG)
            return option(p, (cmd_opt_id)i, c[1] ? c + 1 : NULL, hm_str_c(shown));
        hm_rc rc = option(p, (cmd_opt_id)i, NULL, hm_str_c(shown));
        if (rc != HM_OK)
            return rc;
    }
    return HM_OK;
}

static hm_rc operand(parser *p, const char *arg)
{
    if (p->args->verb == CMD_V_ANY) {
        p->args->verb = cmd_verb_find(hm_str_c(arg));
        if (p->args->verb != CMD_V_ANY)
            return HM_OK;
        *p->hint = cmd_near_verb(hm_str_c(arg));
        return refuse(p->err, DEFECT_USAGE_VERB, hm_str_c(arg), HM_NONE);
    }
    const char **slot = hm_vec_push(&p->operand, p->arena);
    if (!slot)
        return hm_arena_fail(p->arena, p->err);
    *slot = arg;
    return HM_OK;
}

static hm_rc command_line(parser *p)
{
    bool options = true;
    while (p->at < p->argc) {
        const char *arg = p->argv[p->at++];
        hm_rc rc;
        if (options && strcmp(arg, "--") == 0) {
            options = false;
            continue;
        }
        if (options && arg[0] == '-' && arg[1] == '-')
            rc = long_option(p, arg);
        else if (options && arg[0] == '-' && arg[1])
            rc = letters(p, arg);
        else
            rc = operand(p, arg);
        if (rc != HM_OK)
            return rc;
    }
    return HM_OK;
}

/* ---- variables ------------------------------------------------------------------------------------------------------- */

static hm_rc variable(parser *p, cmd_opt_id id, const char *text)
{
    const cmd_opt *o = cmd_opt_of(id);
    hm_str rest = hm_str_c(text);
    if (o->kind == CMD_FLAG) {
        if (among("1|yes|true|on", rest))
            return give(p, id, NULL);
        if (among("0|no|false|off", rest))
            return HM_OK;
        return refuse_pair(p->err, DEFECT_USAGE_VALUE, "", o->var, rest);
    }
    while (rest.n) {
        hm_str one = rest, copy;
        if (o->repeat)
            one = hm_str_cut(rest, ',', &rest);
        else
            rest = HM_NONE;
        if (!value_ok(o, one))
            return refuse_pair(p->err, DEFECT_USAGE_VALUE, "", o->var, one);
        if (!hm_arena_dup(p->arena, one, &copy))
            return hm_arena_fail(p->arena, p->err);
        hm_rc rc = give(p, id, copy.p);
        if (rc != HM_OK)
            return rc;
    }
    return HM_OK;
}

static hm_rc environment(parser *p)
{
    size_t from_line = p->given.n;
    for (unsigned i = 0; i < CMD_O_COUNT; i++) {
        const cmd_opt *o = cmd_opt_of((cmd_opt_id)i);
        const char *text = o->var && cmd_opt_in(o, p->args->verb) ? p->env(o->var) : NULL;
        bool set = false;
        for (size_t g = 0; g < from_line; g++)
            set |= HM_VEC_AT(&p->given, cmd_given, g)->opt == (cmd_opt_id)i;
        hm_rc rc = text && !set ? variable(p, (cmd_opt_id)i, text) : HM_OK;
        if (rc != HM_OK)
            return rc;
    }
    return HM_OK;
}

hm_rc cmd_parse(hm_arena *a, int argc, char **argv, cmd_env *env, cmd_args *args, const char **ret_hint, hm_err *err)
{
    *args = (cmd_args){ .verb = CMD_V_ANY };
    *ret_hint = NULL;
    parser p = { .arena = a,
                 .env = env,
                 .argc = argc,
                 .at = 1,
                 .argv = argv,
                 .args = args,
                 .given = { .size = sizeof(cmd_given) },
                 .operand = { .size = sizeof(const char *) },
                 .hint = ret_hint,
                 .err = err };
    hm_rc rc = command_line(&p);
    if (rc == HM_OK)
        rc = environment(&p);
    if (rc != HM_OK)
        return rc;
    args->given = p.given.p;
    args->given_n = p.given.n;
    args->operand = p.operand.p;
    args->operand_n = p.operand.n;
    const cmd_verb *v = cmd_verb_of(args->verb);
    if (v && !args->help && !args->version && (args->operand_n < v->least || args->operand_n > v->most)) {
        rc = refuse(err, DEFECT_USAGE_OPERAND, hm_str_c(args->operand_n > v->most ? args->operand[v->most] : ""),
                    HM_NONE);
        if (err) {
            err->arg[0] = v->least;
            err->arg[1] = v->most;
        }
    }
    return rc;
}

text_lang cmd_lang(int argc, char **argv, cmd_env *env)
{
    static const hm_str NAME = { "--lang=", 7 };
    text_lang lang = text_lang_of_env(env("LC_ALL"), env("LC_MESSAGES"), env("LANG"));
    if (env("HOSHIMORI_LANG"))
        (void)text_lang_parse(hm_str_c(env("HOSHIMORI_LANG")), &lang);
    for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
        hm_str arg = hm_str_c(argv[i]);
        if (hm_str_starts(arg, NAME))
            (void)text_lang_parse(hm_str_from(arg, NAME.n), &lang);
        else if (hm_str_is(arg, "--lang") && i + 1 < argc)
            (void)text_lang_parse(hm_str_c(argv[i + 1]), &lang);
    }
    return lang;
}

/* ---- what was given ---------------------------------------------------------------------------------------------------- */

const char *cmd_value(const cmd_args *args, cmd_opt_id id)
{
    for (size_t i = args->given_n; i > 0; i--)
        if (args->given[i - 1].opt == id)
            return args->given[i - 1].value;
    return NULL;
}

bool cmd_flag(const cmd_args *args, cmd_opt_id id)
{
    for (size_t i = 0; i < args->given_n; i++)
        if (args->given[i].opt == id)
            return true;
    return false;
}

bool cmd_is(const cmd_args *args, cmd_opt_id id, const char *choice)
{
    const char *v = cmd_value(args, id);
    return v && strcmp(v, choice) == 0;
}

uint64_t cmd_number(const cmd_args *args, cmd_opt_id id, uint64_t unset)
{
    const char *v = cmd_value(args, id);
    uint64_t n = unset;
    if (v)
        (void)cmd_number_parse(cmd_opt_of(id)->kind, hm_str_c(v), &n);
    return n;
}

/* ---- -o ------------------------------------------------------------------------------------------------------------------ */

/* FORMAT[:VERSION][=FILE] */
static bool output_parse(const char *text, cmd_output *o)
{
    const char *file = strchr(text, '=');
    hm_str version, head = { text, file ? (size_t)(file - text) : strlen(text) },
                    name = hm_str_cut(head, ':', &version);
    bool versioned = name.n < head.n;
    *o = (cmd_output){ .format = CMD_F_COUNT, .file = file ? file + 1 : NULL };
    if (file && file[1] == '\0')
        return false;
    if (o->file && strcmp(o->file, "-") == 0)
        o->file = NULL;
    for (unsigned i = 0; i < CMD_F_COUNT; i++)
        if (hm_str_is(name, cmd_format_of((cmd_format_id)i)->name))
            o->format = (cmd_format_id)i;
    if (o->format == CMD_F_COUNT)
        return false;
    const cmd_format *f = cmd_format_of(o->format);
    if (!versioned) {
        o->version = f->lowest ? 16 : 0; /* 1.6 is what most readers take today */
        return true;
    }
    hm_str minor, major = hm_str_cut(version, '.', &minor);
    if (!f->lowest || major.n != 1 || minor.n != 1 || !hm_is_digit(major.p[0]) || !hm_is_digit(minor.p[0]))
        return false;
    o->version = (unsigned)(major.p[0] - '0') * 10 + (unsigned)(minor.p[0] - '0');
    return o->version >= f->lowest && o->version <= f->highest;
}

hm_rc cmd_outputs(hm_arena *a, const cmd_args *args, cmd_output **ret, size_t *ret_n, hm_err *err)
{
    hm_vec v = { .size = sizeof(cmd_output) };
    HM_AUTO(hm_map_freep) hm_map *places = hm_map_new();
    if (!places)
        return hm_fail(err, HM_NOMEM, DEFECT_NOMEM, HM_PLACE_NONE, 0, 0);
    for (size_t i = 0; i < args->given_n; i++) {
        if (args->given[i].opt != CMD_O_OUTPUT)
            continue;
        cmd_output o;
        if (!output_parse(args->given[i].value, &o))
            return cmd_bad_value(CMD_O_OUTPUT, args->given[i].value, DEFECT_USAGE_VALUE, err);
        uint64_t *seen = hm_map_put(places, hm_str_c(o.file ? o.file : "-"), 0);
        if (!seen)
            return hm_fail(err, HM_NOMEM, DEFECT_NOMEM, HM_PLACE_NONE, 0, 0);
        if ((*seen)++)
            return cmd_bad_value(CMD_O_OUTPUT, args->given[i].value, DEFECT_USAGE_TWICE, err);
        cmd_output *slot = hm_vec_push(&v, a);
        if (!slot)
            return hm_arena_fail(a, err);
        *slot = o;
    }
    if (v.n == 0) {
        cmd_output *slot = hm_vec_push(&v, a);
        if (!slot)
            return hm_arena_fail(a, err);
        *slot = (cmd_output){ .format = CMD_F_TABLE };
    }
    *ret = v.p;
    *ret_n = v.n;
    return HM_OK;
}
