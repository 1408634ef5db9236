/* Tests of the command line: options in every spelling, variables, refusals with hints, -o. */
#include "base/test.h"
#include "cmd/cmd_int.h"

static const char *no_env(const char *name)
{
    (void)name;
    return NULL;
}

static const char *some_env(const char *name)
{
    static const char *const SET[][2] = {
        { "HOSHIMORI_JOBS", "3" },  { "HOSHIMORI_EXCLUDE", "a,b*,c" },
        { "HOSHIMORI_QUIET", "0" }, { "HOSHIMORI_ONE_FILE_SYSTEM", "yes" },
        { "HOSHIMORI_LANG", "ja" }, { "LANG", "en_GB.UTF-8" },
    };
    for (size_t i = 0; i < HM_COUNT(SET); i++)
        if (strcmp(SET[i][0], name) == 0)
            return SET[i][1];
    return NULL;
}

static const char *bad_env(const char *name)
{
    return strcmp(name, "HOSHIMORI_JOBS") == 0 ? "many" : NULL;
}

static const char *bad_flag(const char *name)
{
    return strcmp(name, "HOSHIMORI_QUIET") == 0 ? "perhaps" : NULL;
}

enum { WORDS = 12 };
typedef struct line {
    const char *name;
    const char *argv[WORDS];
} line;

/* What one line, or several after each other, came to. */
typedef struct parsed {
    hm_arena *arena;
    cmd_args args;
    const char *hint;
    hm_err err;
} parsed;

static void parsed_clear(parsed *p)
{
    hm_arena_free(p->arena);
}
#define PARSED HM_AUTO(parsed_clear) parsed

/* The parser borrows argv and changes nothing in it; main's type is char **. */
static hm_rc parse(parsed *p, const line *l, cmd_env *env)
{
    char *argv[WORDS];
    if (!p->arena)
        p->arena = hm_arena_new(1 << 20);
    if (!p->arena)
        return HM_NOMEM;
    memset(&p->args, 0xa5, sizeof p->args); /* the parser sets all of it */
    p->hint = "not set";
    int n = 0;
    argv[n++] = (char *)(uintptr_t) "hoshimori";
    for (size_t i = 0; i + 1 < WORDS && l->argv[i]; i++)
        argv[n++] = (char *)(uintptr_t)l->argv[i];
    return cmd_parse(p->arena, n, argv, env, &p->args, &p->hint, &p->err);
}

static bool out_of_memory(hm_rc rc)
{
    return test_fault() && (rc == HM_NOMEM || rc == HM_LIMIT);
}

TEST(options_in_every_spelling)
{
    static const line T[] = {
        { "long with =", { "scan", "/x", "--jobs=7", "--quiet", "--gaps=ok", "--subject=a=b" } },
        { "long with a word", { "scan", "--jobs", "7", "/x", "--gaps", "ok", "-q", "--subject", "a=b" } },
        { "letters", { "scan", "-j7", "-q", "--gaps=ok", "--subject=a=b", "/x" } },
        { "bundled", { "scan", "-qj", "7", "--gaps=ok", "--subject=a=b", "--", "/x" } },
        { "global ones first", { "-q", "--lang=en", "scan", "--subject", "a=b", "/x", "--gaps=ok", "-j", "7" } },
        { "the last wins",
          { "scan", "-j1", "--gaps=fail", "-qj7", "--gaps=ok", "--subject=x", "--subject=a=b", "/x" } },
    };
    for (size_t i = 0; i < HM_COUNT(T); i++) {
        PARSED p = { 0 };
        CHECK_EQ(T[i].name, parse(&p, &T[i], no_env), HM_OK);
        CHECK_EQ(T[i].name, p.args.verb, CMD_V_SCAN);
        CHECK_EQ(T[i].name, p.args.operand_n, 1);
        CHECK_STR(T[i].name, hm_str_c(p.args.operand[0]), HM_STR("/x"));
        CHECK_EQ(T[i].name, cmd_number(&p.args, CMD_O_JOBS, 0), 7);
        CHECK_EQ(T[i].name, cmd_number(&p.args, CMD_O_MAX_TIME, 55), 55);
        CHECK(T[i].name, cmd_flag(&p.args, CMD_O_QUIET) && !cmd_flag(&p.args, CMD_O_ONE_FS));
        CHECK(T[i].name, cmd_is(&p.args, CMD_O_GAPS, "ok") && !cmd_is(&p.args, CMD_O_JAIL, "strict"));
        CHECK_STR(T[i].name, hm_str_c(cmd_value(&p.args, CMD_O_SUBJECT)), HM_STR("a=b"));
    }
}

TEST(operands_that_look_like_options)
{
    static const line T = { "after --", { "scan", "--", "--jobs=0" } }, D = { "dash", { "scan", "-" } };
    PARSED p = { 0 };
    CHECK_EQ(T.name, parse(&p, &T, no_env), HM_OK);
    CHECK_STR(T.name, hm_str_c(p.args.operand[0]), HM_STR("--jobs=0"));
    CHECK_EQ(D.name, parse(&p, &D, no_env), HM_OK);
    CHECK_STR(D.name, hm_str_c(p.args.operand[0]), HM_STR("-"));
}

TEST(what_is_wrong_is_named)
{
    static const struct {
        line l;
        hm_defect defect;
        const char *at, *hint;
    } T[] = {
        { { "verb", { "scna", "." } }, DEFECT_USAGE_VERB, "scna", "scan" },
        { { "far from all", { "frobnicate" } }, DEFECT_USAGE_VERB, "frobnicate", "" },
        { { "option", { "scan", ".", "--exlude=x" } }, DEFECT_USAGE_OPTION, "--exlude", "exclude" },
        { { "swapped letters", { "scan", ".", "--laguange" } }, DEFECT_USAGE_OPTION, "--laguange", "" },
        { { "neighbours swapped", { "help", "--mna" } }, DEFECT_USAGE_OPTION, "--mna", "man" },
        { { "cut short", { "scan", ".", "--max-f=1" } }, DEFECT_USAGE_OPTION, "--max-f", "max-file-bytes" },
        { { "option of another verb", { "doctor", "--jobs=1" } }, DEFECT_USAGE_OPTION, "--jobs", "" },
        { { "before its verb", { "--jobs=1", "scan", "." } }, DEFECT_USAGE_OPTION, "--jobs", "" },
        { { "letter", { "scan", "-qz", "." } }, DEFECT_USAGE_OPTION, "-z", "" },
        { { "no value", { "scan", ".", "--jobs" } }, DEFECT_USAGE_NEEDS_VALUE, "--jobs", "" },
        { { "no value of a letter", { "scan", ".", "-qo" } }, DEFECT_USAGE_NEEDS_VALUE, "-o", "" },
        { { "value of a flag", { "scan", ".", "--quiet=1" } }, DEFECT_USAGE_NO_VALUE, "--quiet", "" },
        { { "zero jobs", { "scan", ".", "--jobs=0" } }, DEFECT_USAGE_VALUE, "--jobs=0", "" },
        { { "too many jobs", { "scan", ".", "-j65" } }, DEFECT_USAGE_VALUE, "--jobs=65", "" },
        { { "no number", { "scan", ".", "-j-1" } }, DEFECT_USAGE_VALUE, "--jobs=-1", "" },
        { { "no choice", { "scan", ".", "--gaps=o" } }, DEFECT_USAGE_VALUE, "--gaps=o", "" },
        { { "two choices", { "scan", ".", "--gaps=ok|fail" } }, DEFECT_USAGE_VALUE, "--gaps=ok|fail", "" },
        { { "empty text", { "scan", ".", "--subject=" } }, DEFECT_USAGE_VALUE, "--subject=", "" },
        { { "too few", { "scan" } }, DEFECT_USAGE_OPERAND, "", "" },
        { { "too many", { "scan", "a", "b" } }, DEFECT_USAGE_OPERAND, "b", "" },
        { { "overflow", { "scan", ".", "--max-file-bytes=18446744073709551615G" } },
          DEFECT_USAGE_VALUE,
          "--max-file-bytes=18446744073709551615G",
          "" },
        { { "long",
            { "scan", ".",
              "--jobs=12345678901234567890123456789012345678901234567890123456789012345678901234567890123456789"
              "012345678901234567890" } },
          DEFECT_USAGE_VALUE,
          "--jobs=1234567890123456789012345678901234567890123456789012345678901234567890123456789012345678",
          "" },
    };
    for (size_t i = 0; i < HM_COUNT(T); i++) {
        PARSED p = { 0 };
        hm_rc rc = parse(&p, &T[i].l, no_env);
        if (out_of_memory(rc))
            return;
        CHECK_EQ(T[i].l.name, rc, HM_FORMAT);
        CHECK_EQ(T[i].l.name, p.err.defect, T[i].defect);
        CHECK_STR(T[i].l.name, hm_str_c(p.err.at), hm_str_c(T[i].at));
        CHECK_STR(T[i].l.name, hm_str_c(p.hint), hm_str_c(T[i].hint));
        CHECK_EQ(T[i].l.name, cmd_status_of(&p.err), CMD_USAGE);
    }
}

TEST(help_and_version_need_no_operands)
{
    static const line T[] = { { "help", { "scan", "--help" } },
                              { "version", { "scan", "-V" } },
                              { "alone", { "-h" } } };
    for (size_t i = 0; i < HM_COUNT(T); i++) {
        PARSED p = { 0 };
        CHECK_EQ(T[i].name, parse(&p, &T[i], no_env), HM_OK);
        CHECK_EQ(T[i].name, p.args.help, i != 1);
        CHECK_EQ(T[i].name, p.args.version, i == 1);
    }
}

TEST(variables_stand_behind_options)
{
    static const line A = { "variables", { "scan", "." } },
                      B = { "options win", { "scan", ".", "-j9", "--exclude=x" } };
    PARSED p = { 0 };
    CHECK_EQ(A.name, parse(&p, &A, some_env), HM_OK);
    CHECK_EQ(A.name, cmd_number(&p.args, CMD_O_JOBS, 0), 3);
    CHECK(A.name, cmd_flag(&p.args, CMD_O_ONE_FS) && !cmd_flag(&p.args, CMD_O_QUIET));
    size_t excludes = 0;
    for (size_t i = 0; i < p.args.given_n; i++)
        excludes += p.args.given[i].opt == CMD_O_EXCLUDE;
    CHECK_EQ(A.name, excludes, 3);
    CHECK_STR("last of the list", hm_str_c(cmd_value(&p.args, CMD_O_EXCLUDE)), HM_STR("c"));
    CHECK_EQ(B.name, parse(&p, &B, some_env), HM_OK);
    CHECK_EQ(B.name, cmd_number(&p.args, CMD_O_JOBS, 0), 9);
    CHECK_STR(B.name, hm_str_c(cmd_value(&p.args, CMD_O_EXCLUDE)), HM_STR("x"));
    hm_rc rc = parse(&p, &A, bad_env);
    CHECK("value", rc == HM_FORMAT || out_of_memory(rc));
    CHECK_STR("value", hm_str_c(p.err.at), HM_STR("HOSHIMORI_JOBS=many"));
    rc = parse(&p, &A, bad_flag);
    CHECK("flag", rc == HM_FORMAT || out_of_memory(rc));
    CHECK_STR("flag", hm_str_c(p.err.at), HM_STR("HOSHIMORI_QUIET=perhaps"));
}

TEST(language_is_known_before_anything_is_parsed)
{
    char *plain[] = { (char *)(uintptr_t) "hoshimori", (char *)(uintptr_t) "scan" };
    char *eq[] = { plain[0], (char *)(uintptr_t) "--bogus", (char *)(uintptr_t) "--lang=en" };
    char *word[] = { plain[0], (char *)(uintptr_t) "--lang", (char *)(uintptr_t) "en" };
    char *after[] = { plain[0], (char *)(uintptr_t) "--", (char *)(uintptr_t) "--lang=ja" };
    CHECK_EQ("none", cmd_lang(2, plain, no_env), TEXT_EN);
    CHECK_EQ("variable", cmd_lang(2, plain, some_env), TEXT_JA);
    CHECK_EQ("=", cmd_lang(3, eq, some_env), TEXT_EN);
    CHECK_EQ("word", cmd_lang(3, word, some_env), TEXT_EN);
    CHECK_EQ("operand", cmd_lang(3, after, no_env), TEXT_EN);
}

TEST(outputs)
{
    static const struct {
        line l;
        hm_rc want;
        hm_defect defect;
        size_t n;
        cmd_format_id format; /* of the last */
        unsigned version;
        const char *file;
    } T[] = {
        { { "default", { "scan", "." } }, HM_OK, DEFECT_NONE, 1, CMD_F_TABLE, 0, "" },
        { { "one", { "scan", ".", "-o", "json" } }, HM_OK, DEFECT_NONE, 1, CMD_F_JSON, 0, "" },
        { { "dash", { "scan", ".", "-o", "json=-" } }, HM_OK, DEFECT_NONE, 1, CMD_F_JSON, 0, "" },
        { { "two", { "scan", ".", "-o", "table", "-ocyclonedx:1.5=a=b" } },
          HM_OK,
          DEFECT_NONE,
          2,
          CMD_F_CYCLONEDX,
          15,
          "a=b" },
        { { "default version", { "scan", ".", "-ocyclonedx" } }, HM_OK, DEFECT_NONE, 1, CMD_F_CYCLONEDX, 16, "" },
        { { "no such version", { "scan", ".", "-ocyclonedx:1.3" } }, HM_FORMAT, DEFECT_USAGE_VALUE, 0, 0, 0, "" },
        { { "newer", { "scan", ".", "-ocyclonedx:1.8" } }, HM_FORMAT, DEFECT_USAGE_VALUE, 0, 0, 0, "" },
        { { "no version", { "scan", ".", "-ocyclonedx:" } }, HM_FORMAT, DEFECT_USAGE_VALUE, 0, 0, 0, "" },
        { { "version of one without", { "scan", ".", "-otable:1.0" } }, HM_FORMAT, DEFECT_USAGE_VALUE, 0, 0, 0, "" },
        { { "no such format", { "scan", ".", "-oxml" } }, HM_FORMAT, DEFECT_USAGE_VALUE, 0, 0, 0, "" },
        { { "no file", { "scan", ".", "-ojson=" } }, HM_FORMAT, DEFECT_USAGE_VALUE, 0, 0, 0, "" },
        { { "both to stdout", { "scan", ".", "-ojson", "-otable=-" } }, HM_FORMAT, DEFECT_USAGE_TWICE, 0, 0, 0, "" },
        { { "same file", { "scan", ".", "-ojson=x", "-otable=x" } }, HM_FORMAT, DEFECT_USAGE_TWICE, 0, 0, 0, "" },
    };
    for (size_t i = 0; i < HM_COUNT(T); i++) {
        PARSED p = { 0 };
        cmd_output *o = NULL;
        size_t n = 0;
        CHECK_EQ(T[i].l.name, parse(&p, &T[i].l, no_env), HM_OK);
        hm_rc rc = cmd_outputs(p.arena, &p.args, &o, &n, &p.err);
        if (out_of_memory(rc))
            return;
        CHECK_EQ(T[i].l.name, rc, T[i].want);
        if (rc != HM_OK) {
            CHECK_EQ(T[i].l.name, p.err.defect, T[i].defect);
            continue;
        }
        CHECK_EQ(T[i].l.name, n, T[i].n);
        CHECK_EQ(T[i].l.name, o[n - 1].format, T[i].format);
        CHECK_EQ(T[i].l.name, o[n - 1].version, T[i].version);
        CHECK_STR(T[i].l.name, hm_str_c(o[n - 1].file), hm_str_c(T[i].file));
    }
}

TEST(numbers_with_units)
{
    static const struct {
        const char *in;
        cmd_kind kind;
        bool ok;
        uint64_t want;
    } T[] = {
        { "12", CMD_NUMBER, true, 12 },
        { "12K", CMD_NUMBER, false, 0 },
        { "12K", CMD_BYTES, true, 12288 },
        { "2g", CMD_BYTES, true, 2147483648 },
        { "3M", CMD_BYTES, true, 3145728 },
        { "K", CMD_BYTES, false, 0 },
        { "", CMD_BYTES, false, 0 },
        { "1.5M", CMD_BYTES, false, 0 },
        { "99999999999999999999", CMD_NUMBER, false, 0 },
    };
    for (size_t i = 0; i < HM_COUNT(T); i++) {
        uint64_t n = 0;
        CHECK_EQ(T[i].in, cmd_number_parse(T[i].kind, hm_str_c(T[i].in), &n), T[i].ok);
        CHECK_EQ(T[i].in, n, T[i].want);
    }
}
