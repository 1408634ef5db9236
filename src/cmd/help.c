/* help - `hoshimori help`, `--help` and what follows a wrong call: made from the table, wrapped at the terminal's width. */
#include "cmd/cmd_int.h"

enum { LEFT = 2, LABEL = 26, NARROW = 40, WIDE = 100 };

static unsigned sane(unsigned columns)
{
    return columns < NARROW ? NARROW : columns > WIDE ? WIDE : columns;
}

static void heading(hm_buf *out, text_lang lang, enum text_key key)
{
    hm_buf_c(out, "\n");
    hm_buf_c(out, text_get(lang, key));
    hm_buf_c(out, "\n");
}

/* "  label      words words" with the words in a column of their own; a label too long for its column stands alone. */
static void item(hm_buf *out, unsigned columns, hm_str label, hm_str words)
{
    size_t indent = columns < 60 ? LEFT + 4 : LEFT + LABEL;
    size_t width = LEFT + text_width(label);
    hm_buf_c(out, "  ");
    hm_buf_str(out, label);
    HM_AUTO(hm_buf_clear) hm_buf body = { 0 };
    text_wrap(&body, words, columns, indent);
    out->bad |= body.bad;
    if (width + 2 > indent) {
        hm_buf_c(out, "\n");
        hm_buf_str(out, hm_buf_view(&body));
    } else {
        hm_buf_str(out, hm_str_from(hm_buf_view(&body), width));
    }
}

static void put_option(hm_buf *out, text_lang lang, unsigned columns, const cmd_opt *o)
{
    HM_AUTO(hm_buf_clear) hm_buf label = { 0 };
    if (o->letter) {
        hm_buf_byte(&label, '-');
        hm_buf_byte(&label, o->letter);
        hm_buf_c(&label, ", ");
    }
    hm_buf_c(&label, "--");
    hm_buf_c(&label, o->name);
    if (o->kind != CMD_FLAG) {
        hm_buf_byte(&label, '=');
        hm_buf_c(&label, o->values);
    }
    out->bad |= label.bad;
    item(out, columns, hm_buf_view(&label), hm_str_c(text_get(lang, o->help)));
}

static void put_options(hm_buf *out, text_lang lang, unsigned columns, cmd_verb_id verb)
{
    for (unsigned i = 0; i < CMD_O_COUNT; i++)
        if (cmd_opt_of((cmd_opt_id)i)->verb == verb)
            put_option(out, lang, columns, cmd_opt_of((cmd_opt_id)i));
}

static void put_formats(hm_buf *out, text_lang lang, unsigned columns)
{
    heading(out, lang, TEXT_HELP_FORMATS);
    for (unsigned i = 0; i < CMD_F_COUNT; i++) {
        const cmd_format *f = cmd_format_of((cmd_format_id)i);
        item(out, columns, hm_str_c(f->name), hm_str_c(text_get(lang, f->help)));
    }
}

static void put_exits(hm_buf *out, text_lang lang, unsigned columns)
{
    const cmd_exit *row;
    size_t n = cmd_exits(&row);
    heading(out, lang, TEXT_HELP_EXIT);
    for (size_t i = 0; i < n; i++) {
        HM_AUTO(hm_buf_clear) hm_buf label = { 0 };
        hm_buf_u64(&label, (uint64_t)(unsigned)row[i].status);
        out->bad |= label.bad;
        item(out, columns, hm_buf_view(&label), hm_str_c(text_get(lang, row[i].help)));
    }
}

static void put_examples(hm_buf *out, text_lang lang, unsigned columns, cmd_verb_id verb)
{
    const cmd_example *row;
    size_t n = cmd_examples(&row);
    bool any = false;
    for (size_t i = 0; i < n; i++) {
        if (verb != CMD_V_ANY && row[i].verb != verb)
            continue;
        if (!any)
            heading(out, lang, TEXT_HELP_EXAMPLES);
        any = true;
        hm_buf_c(out, "  ");
        hm_buf_c(out, row[i].command);
        hm_buf_c(out, "\n");
        text_wrap(out, hm_str_c(text_get(lang, row[i].help)), columns, LEFT + 4);
    }
}

static void help_program(hm_buf *out, text_lang lang, unsigned columns)
{
    hm_buf_c(out, text_get(lang, TEXT_HELP_USAGE));
    hm_buf_c(out, "hoshimori COMMAND [OPTION]... [OPERAND]...\n\n");
    text_wrap(out, hm_str_c(text_get(lang, TEXT_ABOUT_PROGRAM)), columns, 0);
    heading(out, lang, TEXT_HELP_COMMANDS);
    for (unsigned i = CMD_V_ANY + 1; i < CMD_V_COUNT; i++) {
        const cmd_verb *v = cmd_verb_of((cmd_verb_id)i);
        HM_AUTO(hm_buf_clear) hm_buf label = { 0 };
        hm_buf_c(&label, v->name);
        hm_buf_c(&label, *v->operands ? " " : "");
        hm_buf_c(&label, v->operands);
        out->bad |= label.bad;
        item(out, columns, hm_buf_view(&label), hm_str_c(text_get(lang, v->help)));
    }
    heading(out, lang, TEXT_HELP_GLOBAL);
    put_options(out, lang, columns, CMD_V_ANY);
    put_examples(out, lang, columns, CMD_V_ANY);
    put_exits(out, lang, columns);
    hm_buf_c(out, "\n");
    text_wrap(out, hm_str_c(text_get(lang, TEXT_HELP_MORE)), columns, 0);
}

static void help_verb(hm_buf *out, text_lang lang, unsigned columns, cmd_verb_id verb)
{
    const cmd_verb *v = cmd_verb_of(verb);
    hm_buf_c(out, text_get(lang, TEXT_HELP_USAGE));
    hm_buf_c(out, "hoshimori ");
    hm_buf_c(out, v->name);
    hm_buf_c(out, " [OPTION]...");
    hm_buf_c(out, *v->operands ? " " : "");
    hm_buf_c(out, v->operands);
    hm_buf_c(out, "\n\n");
    text_wrap(out, hm_str_c(text_get(lang, v->about)), columns, 0);
    bool own = false;
    for (unsigned i = 0; i < CMD_O_COUNT; i++)
        own |= cmd_opt_of((cmd_opt_id)i)->verb == verb;
    if (own) {
        heading(out, lang, TEXT_HELP_OPTIONS);
        put_options(out, lang, columns, verb);
    }
    if (verb == CMD_V_SCAN)
        put_formats(out, lang, columns);
    heading(out, lang, TEXT_HELP_GLOBAL);
    put_options(out, lang, columns, CMD_V_ANY);
    put_examples(out, lang, columns, verb);
    put_exits(out, lang, columns);
}

void cmd_help_text(hm_buf *out, text_lang lang, unsigned columns, cmd_verb_id verb)
{
    if (cmd_verb_of(verb))
        help_verb(out, lang, sane(columns), verb);
    else
        help_program(out, lang, sane(columns));
}
