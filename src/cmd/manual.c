/* manual - hoshimori(1) as roff (man macros), in either language, from the table and limits.h.
 * Text is escaped for roff: backslash, a dot or quote that begins a line, and hyphens that must stay hyphens. */
#include "base/limits.h"
#include "cmd/cmd_int.h"

/* Text for roff; line ends in it become paragraphs. Japanese has no blanks: MARK stands where a line may break. */
#define MARK "\x01"
static void put(hm_buf *out, hm_str text)
{
    HM_AUTO(hm_buf_clear) hm_buf marked = { 0 };
    text_breaks(&marked, text, MARK);
    out->bad |= marked.bad;
    hm_str s = hm_buf_view(&marked);
    bool begin = true, bold = false;
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        if (begin && (c == '.' || c == '\''))
            hm_buf_c(out, "\\&");
        begin = false;
        if (c == '\\') {
            hm_buf_c(out, "\\e");
        } else if (c == '-') {
            hm_buf_c(out, "\\-");
        } else if (c == MARK[0]) {
            hm_buf_c(out, "\\:");
        } else if (c == '`') { /* `code` is set bold */
            bold = !bold;
            hm_buf_c(out, bold ? "\\fB" : "\\fR");
        } else if (c == '\n') {
            hm_buf_c(out, "\n.PP\n");
            while (i + 1 < s.n && s.p[i + 1] == '\n')
                i++;
            begin = true;
        } else {
            hm_buf_byte(out, c);
        }
    }
    hm_buf_byte(out, '\n');
}

static void put_key(hm_buf *out, text_lang lang, enum text_key key)
{
    put(out, hm_str_c(text_get(lang, key)));
}

static void section(hm_buf *out, const char *macro, text_lang lang, enum text_key key)
{
    hm_buf_c(out, macro);
    hm_buf_c(out, " \"");
    hm_buf_c(out, text_get(lang, key));
    hm_buf_c(out, "\"\n");
}

static void plain(hm_buf *out, const char *s)
{
    for (; *s; s++) {
        if (*s == '-' || *s == '\\')
            hm_buf_byte(out, '\\');
        hm_buf_byte(out, *s == '\\' ? 'e' : *s);
    }
}

static void put_options(hm_buf *out, text_lang lang, cmd_verb_id verb)
{
    for (unsigned i = 0; i < CMD_O_COUNT; i++) {
        const cmd_opt *o = cmd_opt_of((cmd_opt_id)i);
        if (o->verb != verb)
            continue;
        hm_buf_c(out, ".TP\n");
        if (o->letter) {
            hm_buf_c(out, "\\fB\\-");
            hm_buf_byte(out, o->letter);
            hm_buf_c(out, "\\fR, ");
        }
        hm_buf_c(out, "\\fB\\-\\-");
        plain(out, o->name);
        hm_buf_c(out, "\\fR");
        if (o->kind != CMD_FLAG) {
            hm_buf_c(out, "=\\fI");
            plain(out, o->values);
            hm_buf_c(out, "\\fR");
        }
        hm_buf_c(out, "\n");
        put_key(out, lang, o->help);
    }
}

static void put_verb(hm_buf *out, text_lang lang, cmd_verb_id verb)
{
    const cmd_verb *v = cmd_verb_of(verb);
    hm_buf_c(out, ".SS \"hoshimori ");
    hm_buf_c(out, v->name);
    hm_buf_c(out, *v->operands ? " " : "");
    hm_buf_c(out, v->operands);
    hm_buf_c(out, "\"\n");
    put_key(out, lang, v->about);
    put_options(out, lang, verb);
}

static void put_limits(hm_buf *out, text_lang lang)
{
    section(out, ".SH", lang, TEXT_MAN_LIMITS);
    put_key(out, lang, TEXT_MAN_LIMITS_ABOUT);
    HM_AUTO(hm_buf_clear) hm_buf t = { 0 };
    say_limit_file(&t, lang, LIMIT_FILE_BYTES);
    hm_buf_byte(&t, '\n');
    say_limit_entries(&t, lang, LIMIT_ENTRIES);
    hm_buf_byte(&t, '\n');
    say_limit_time(&t, lang, LIMIT_FILE_MS);
    hm_buf_byte(&t, '\n');
    say_limit_budget(&t, lang, LIMIT_BUDGET_BASE, LIMIT_BUDGET_FACTOR, LIMIT_BUDGET_MAX);
    hm_buf_byte(&t, '\n');
    say_limit_walk(&t, lang, LIMIT_WALK_DEPTH, LIMIT_PATH_BYTES);
    hm_buf_byte(&t, '\n');
    say_limit_copyright(&t, lang, LIMIT_COPYRIGHT_BYTES);
    hm_buf_byte(&t, '\n');
    say_limit_line(&t, lang, LIMIT_FIELD_LINE);
    hm_buf_byte(&t, '\n');
    say_limit_gaps(&t, lang, LIMIT_GAPS);
    hm_buf_byte(&t, '\n');
    say_limit_binary(&t, lang, LIMIT_ELF_SECTIONS, LIMIT_GO_MODULES);
    hm_buf_byte(&t, '\n');
    say_limit_links(&t, lang, LIMIT_PROVIDERS, LIMIT_NPM_NESTING);
    hm_buf_byte(&t, '\n');
    say_limit_scan(&t, lang, LIMIT_KEPT_BYTES, LIMIT_GATHERED_BYTES, LIMIT_LINKS);
    hm_buf_byte(&t, '\n');
    say_limit_lists(&t, lang, LIMIT_LIST_BYTES, LIMIT_OS_VALUE);
    hm_buf_byte(&t, '\n');
    say_limit_licence(&t, lang, LIMIT_LICENCE_BYTES, LIMIT_LICENCE_DEPTH);
    hm_buf_byte(&t, '\n');
    say_limit_file_gaps(&t, lang, LIMIT_FILE_GAPS);
    hm_buf_byte(&t, '\n');
    say_limit_archive(&t, lang, LIMIT_ARCHIVE_BYTES, LIMIT_RATIO, LIMIT_NESTING, LIMIT_ARCHIVE_DEATHS);
    hm_buf_byte(&t, '\n');
    say_limit_group(&t, lang, LIMIT_GROUP_BYTES);
    hm_buf_byte(&t, '\n');
    say_limit_pom(&t, lang, LIMIT_POM_PARENTS, LIMIT_POM_IMPORTS, LIMIT_POM_INHERITED);
    hm_buf_byte(&t, '\n');
    say_limit_inside(&t, lang, LIMIT_SQLITE_VALUE, LIMIT_AUDIT_BYTES, LIMIT_ASSEMBLY_REFS);
    out->bad |= t.bad;
    hm_str rest = hm_buf_view(&t), line;
    while (hm_str_line(&rest, &line)) {
        hm_buf_c(out, ".IP \\(bu 2\n");
        put(out, line);
    }
}

static void put_variables(hm_buf *out, text_lang lang)
{
    section(out, ".SH", lang, TEXT_MAN_ENVIRONMENT);
    put_key(out, lang, TEXT_MAN_ENVIRONMENT_ABOUT);
    for (unsigned i = 0; i < CMD_O_COUNT; i++) {
        const cmd_opt *o = cmd_opt_of((cmd_opt_id)i);
        if (!o->var)
            continue;
        hm_buf_c(out, ".TP\n\\fB");
        hm_buf_c(out, o->var);
        hm_buf_c(out, "\\fR\n\\fB\\-\\-");
        plain(out, o->name);
        hm_buf_c(out, "\\fR\n");
    }
    static const struct {
        const char *name;
        enum text_key help;
    } OTHER[] = {
        { "NO_COLOR", TEXT_ENV_NO_COLOR },
        { "SOURCE_DATE_EPOCH", TEXT_ENV_EPOCH },
        { "LC_ALL, LC_MESSAGES, LANG", TEXT_ENV_LOCALE },
    };
    for (size_t i = 0; i < HM_COUNT(OTHER); i++) {
        hm_buf_c(out, ".TP\n\\fB");
        hm_buf_c(out, OTHER[i].name);
        hm_buf_c(out, "\\fR\n");
        put_key(out, lang, OTHER[i].help);
    }
}

void cmd_manual_text(hm_buf *out, text_lang lang)
{
    hm_buf_c(out, ".\\\" Made by `hoshimori help --man` from the command table.\n");
    if (lang == TEXT_JA)
        hm_buf_c(out, ".ds AD l\n"); /* groff 1.23 reads it where .TH stands, and takes no later .ad */
    hm_buf_c(out, ".TH HOSHIMORI 1 \"\" \"Hoshimori " HM_VERSION "\" \"");
    hm_buf_c(out, text_get(lang, TEXT_MAN_BOOK));
    hm_buf_c(out, "\"\n");
    if (lang == TEXT_JA)
        hm_buf_c(out, ".ad l\n.nh\n"); /* stretched blanks read badly between Japanese words */
    section(out, ".SH", lang, TEXT_MAN_NAME);
    hm_buf_c(out, "hoshimori \\- ");
    put_key(out, lang, TEXT_MAN_TAGLINE);
    section(out, ".SH", lang, TEXT_MAN_SYNOPSIS);
    hm_buf_c(out, "\\fBhoshimori\\fR \\fICOMMAND\\fR [\\fIOPTION\\fR]... [\\fIOPERAND\\fR]...\n");
    section(out, ".SH", lang, TEXT_MAN_DESCRIPTION);
    put_key(out, lang, TEXT_ABOUT_PROGRAM);
    section(out, ".SH", lang, TEXT_MAN_COMMANDS);
    for (unsigned i = CMD_V_ANY + 1; i < CMD_V_COUNT; i++)
        put_verb(out, lang, (cmd_verb_id)i);
    section(out, ".SH", lang, TEXT_MAN_GLOBAL);
    put_options(out, lang, CMD_V_ANY);
    section(out, ".SH", lang, TEXT_MAN_FORMATS);
    for (unsigned i = 0; i < CMD_F_COUNT; i++) {
        const cmd_format *f = cmd_format_of((cmd_format_id)i);
        hm_buf_c(out, ".TP\n\\fB");
        hm_buf_c(out, f->name);
        hm_buf_c(out, "\\fR\n");
        put_key(out, lang, f->help);
    }
    section(out, ".SH", lang, TEXT_MAN_EXIT);
    const cmd_exit *e;
    size_t n = cmd_exits(&e);
    for (size_t i = 0; i < n; i++) {
        hm_buf_c(out, ".TP\n\\fB");
        hm_buf_u64(out, (uint64_t)(unsigned)e[i].status);
        hm_buf_c(out, "\\fR\n");
        put_key(out, lang, e[i].help);
    }
    hm_buf_c(out, ".PP\n");
    put_key(out, lang, TEXT_MAN_EXIT_ORDER);
    put_variables(out, lang);
    put_limits(out, lang);
    section(out, ".SH", lang, TEXT_MAN_EXAMPLES);
    const cmd_example *x;
    n = cmd_examples(&x);
    for (size_t i = 0; i < n; i++) {
        hm_buf_c(out, ".TP\n\\fB");
        plain(out, x[i].command);
        hm_buf_c(out, "\\fR\n");
        put_key(out, lang, x[i].help);
    }
}
