/* Tests of what is made from the table (help, manual, completion), of log lines and of exit statuses. */
#include "base/test.h"
#include "cmd/cmd_int.h"
#include "detect/detect.h"

/* No line wider than the terminal, except one whose only word is too wide (a label, an example). */
static bool fits(hm_str text, size_t columns)
{
    hm_str line;
    while (hm_str_line(&text, &line))
        if (text_width(line) > columns && hm_str_search(line, HM_STR("hoshimori ")) == line.n &&
            hm_str_search(line, HM_STR("--")) == line.n)
            return false;
    return true;
}

TEST(help_holds_every_row_and_fits)
{
    static const unsigned COLUMNS[] = { 40, 80, 100, 5000 };
    for (unsigned lang = test_fault() ? TEXT_JA : 0; lang < TEXT_LANG_COUNT; lang++)
        for (size_t k = 0; k < (test_fault() ? 1 : HM_COUNT(COLUMNS)); k++)
            for (unsigned v = CMD_V_ANY; v < (test_fault() ? CMD_V_SCAN + 1 : CMD_V_COUNT); v++) {
                TEST_BUF b = { 0 };
                cmd_help_text(&b, (text_lang)lang, COLUMNS[k], (cmd_verb_id)v);
                CHECK("memory", !b.bad);
                hm_str all = hm_buf_view(&b);
                CHECK("width", fits(all, COLUMNS[k] > 100 ? 100 : COLUMNS[k]));
                CHECK("text", hm_utf8_ok(all) && all.p[all.n - 1] == '\n');
                for (unsigned i = 0; i < CMD_O_COUNT; i++) {
                    const cmd_opt *o = cmd_opt_of((cmd_opt_id)i);
                    bool there = test_holds(&b, o->name);
                    CHECK(o->name, there || !cmd_opt_in(o, (cmd_verb_id)v));
                }
                for (unsigned i = CMD_V_ANY + 1; i < CMD_V_COUNT; i++) {
                    const char *name = cmd_verb_of((cmd_verb_id)i)->name;
                    CHECK(name, test_holds(&b, name) || v != CMD_V_ANY);
                }
            }
}

TEST(manual_is_roff_and_complete)
{
    for (unsigned lang = test_fault() ? TEXT_JA : 0; lang < TEXT_LANG_COUNT; lang++) {
        TEST_BUF b = { 0 };
        cmd_manual_text(&b, (text_lang)lang);
        CHECK("memory", !b.bad);
        hm_str all = hm_buf_view(&b), rest = all, line;
        while (hm_str_line(&rest, &line)) {
            static const char *const MACRO[] = { ".TH ", ".SH ",  ".SS ",  ".TP",      ".PP",
                                                 ".IP ", ".\\\"", ".ad l", ".ds AD l", ".nh" };
            bool known = line.n == 0 || (line.p[0] != '.' && line.p[0] != '\'');
            for (size_t i = 0; i < HM_COUNT(MACRO); i++)
                known |= hm_str_starts(line, hm_str_c(MACRO[i]));
            CHECK("macro", known);
        }
        for (unsigned i = 0; i < CMD_O_COUNT; i++) {
            const cmd_opt *o = cmd_opt_of((cmd_opt_id)i);
            CHECK("variable", !o->var || test_holds(&b, o->var));
        }
        CHECK("escaped", test_holds(&b, "\\-\\-exclude"));
        CHECK("no mark left", hm_str_find(all, '\x01') == all.n);
        CHECK("limit from limits.h", test_holds(&b, "256.0 MiB"));
    }
}

TEST(completions_hold_every_name)
{
    TEST_BUF bash = { 0 }, zsh = { 0 };
    cmd_bash_text(&bash);
    cmd_zsh_text(&zsh, TEXT_JA);
    CHECK("memory", !bash.bad && !zsh.bad);
    for (unsigned i = 0; i < CMD_O_COUNT; i++) {
        const char *name = cmd_opt_of((cmd_opt_id)i)->name;
        CHECK(name, test_holds(&bash, name));
        CHECK(name, test_holds(&zsh, name));
    }
    CHECK("choice", test_holds(&bash, "'strict best-effort'"));
    CHECK("brackets are escaped", test_holds(&zsh, "--lang=["));
}

TEST(names_hold_nothing_that_a_shell_would_take)
{
    for (unsigned i = 0; i < CMD_O_COUNT; i++) {
        const cmd_opt *o = cmd_opt_of((cmd_opt_id)i);
        for (const char *c = o->name; *c; c++)
            CHECK(o->name, hm_is_alnum(*c) || *c == '-');
        for (const char *c = o->kind == CMD_CHOICE ? o->values : ""; *c; c++)
            CHECK(o->name, hm_is_alnum(*c) || *c == '-' || *c == '|');
        for (unsigned k = i + 1; k < CMD_O_COUNT; k++) {
            const cmd_opt *p = cmd_opt_of((cmd_opt_id)k);
            bool meet = p->verb == o->verb || p->verb == CMD_V_ANY || o->verb == CMD_V_ANY;
            CHECK(o->name, !meet || (strcmp(o->name, p->name) != 0 && (!o->letter || o->letter != p->letter)));
        }
    }
}

TEST(log_lines_cannot_be_forged)
{
    static const struct {
        hm_str in;
        const char *want;
    } T[] = {
        { { "plain", 5 }, "plain" },           { { "", 0 }, "\"\"" },
        { { "a b", 3 }, "\"a b\"" },           { { "a=b", 3 }, "\"a=b\"" },
        { { "a\"b\\", 4 }, "\"a\\\"b\\\\\"" }, { { "a\nts=0", 6 }, "\"a\\\\x0ats=0\"" },
        { { "\xff", 1 }, "\"\\\\xff\"" },      { { "日本", 6 }, "日本" },
    };
    for (size_t i = 0; i < HM_COUNT(T); i++) {
        const cmd_kv kv[] = { { "path", T[i].in, 0 }, { "n", { NULL, 0 }, 42 } };
        TEST_BUF b = { 0 }, want = { 0 };
        cmd_log_line(&b, 0, CMD_LOG_ERROR, "event", kv, HM_COUNT(kv));
        hm_buf_c(&want, "ts=1970-01-01T00:00:00Z level=error event=event path=");
        hm_buf_c(&want, T[i].want);
        hm_buf_c(&want, " n=42\n");
        CHECK("memory", !b.bad && !want.bad);
        CHECK_STR(T[i].want, hm_buf_view(&b), hm_buf_view(&want));
    }
    char big[1000];
    memset(big, 'x', sizeof big);
    TEST_BUF b = { 0 };
    cmd_log_line(&b, 0, CMD_LOG_INFO, "e", &(cmd_kv){ "k", { big, sizeof big }, 0 }, 1);
    CHECK("cut", !b.bad && b.n < 320);
}

TEST(the_worse_status_wins)
{
    static const struct {
        int a, b, want;
    } T[] = { { 0, 0, 0 }, { 0, 3, 3 }, { 3, 1, 1 }, { 1, 4, 4 }, { 4, 2, 2 }, { 2, 70, 70 }, { 0, 130, 130 } };
    for (size_t i = 0; i < HM_COUNT(T); i++) {
        CHECK_EQ("worse", cmd_worse(T[i].a, T[i].b), T[i].want);
        CHECK_EQ("worse", cmd_worse(T[i].b, T[i].a), T[i].want);
    }
}

TEST(errors_get_their_exit_status)
{
    static const struct {
        hm_defect d;
        int want;
    } T[] = {
        { DEFECT_NOT_TARGET, CMD_USAGE }, { DEFECT_OPEN, CMD_USAGE },         { DEFECT_WRITE, CMD_MISSING },
        { DEFECT_SPAWN, CMD_MISSING },    { DEFECT_JAIL_SETUP, CMD_MISSING }, { DEFECT_NOMEM, CMD_FAULT },
        { DEFECT_PACK, CMD_FAULT },       { DEFECT_USAGE_TWICE, CMD_USAGE },
    };
    for (size_t i = 0; i < HM_COUNT(T); i++) {
        const hm_err e = { .defect = (uint16_t)T[i].d };
        CHECK_EQ(hm_defect_name((unsigned)T[i].d), cmd_status_of(&e), T[i].want);
    }
}

TEST(every_detector_has_words_in_both_languages)
{
    for (size_t i = 0; i < detect_count(); i++)
        for (int l = 0; l < TEXT_LANG_COUNT; l++)
            CHECK(detect_get(i)->name, cmd_detector_text((text_lang)l, detect_get(i)->name) != NULL);
}
