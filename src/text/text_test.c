/* Tests of text: languages, figures, errors in both languages, widths, wrapping, folding. */
#include "base/test.h"
#include "text/text.h"
#include <errno.h>

TEST(lang_is_parsed_from_names_and_locales)
{
    static const struct {
        const char *in;
        bool ok;
        text_lang want;
    } T[] = {
        { "ja", true, TEXT_JA },        { "ja_JP.UTF-8", true, TEXT_JA }, { "JA", true, TEXT_JA },
        { "en", true, TEXT_EN },        { "en-GB", true, TEXT_EN },       { "C.UTF-8", true, TEXT_EN },
        { "POSIX", true, TEXT_EN },     { "ja@x", true, TEXT_JA },        { "de_DE.UTF-8", false, TEXT_EN },
        { "japanese", false, TEXT_EN }, { "", false, TEXT_EN },           { "_JP", false, TEXT_EN },
    };
    for (size_t i = 0; i < HM_COUNT(T); i++) {
        text_lang got = TEXT_EN;
        CHECK_EQ(T[i].in, text_lang_parse(hm_str_c(T[i].in), &got), T[i].ok);
        CHECK_EQ(T[i].in, got, T[i].want);
    }
    CHECK_EQ("first wins", text_lang_of_env("ja_JP.UTF-8", "en", "en"), TEXT_JA);
    CHECK_EQ("empty is unset", text_lang_of_env("", NULL, "ja_JP.UTF-8"), TEXT_JA);
    CHECK_EQ("an unknown one decides too", text_lang_of_env("de_DE.UTF-8", "ja", "ja"), TEXT_EN);
    CHECK_EQ("none", text_lang_of_env(NULL, NULL, NULL), TEXT_EN);
    CHECK_STR("name", hm_str_c(text_lang_name(TEXT_JA)), HM_STR("ja"));
}

TEST(figures_read_as_people_write_them)
{
    static const struct {
        uint64_t n;
        const char *num, *bytes;
    } T[] = {
        { 0, "0", "0 B" },
        { 999, "999", "999 B" },
        { 1000, "1,000", "1,000 B" },
        { 1023, "1,023", "1,023 B" },
        { 1024, "1,024", "1.0 KiB" },
        { 1536, "1,536", "1.5 KiB" },
        { 20971520, "20,971,520", "20.0 MiB" },
        { 1048575, "1,048,575", "1.0 MiB" },
        { 1048524, "1,048,524", "1,023.9 KiB" },
        { UINT64_MAX, "18,446,744,073,709,551,615", "16.0 EiB" },
    };
    for (size_t i = 0; i < HM_COUNT(T); i++) {
        TEST_BUF a = { 0 }, b = { 0 };
        text_num(&a, T[i].n);
        text_bytes(&b, T[i].n);
        CHECK("memory", !a.bad && !b.bad);
        CHECK_STR(T[i].num, hm_buf_view(&a), hm_str_c(T[i].num));
        CHECK_STR(T[i].num, hm_buf_view(&b), hm_str_c(T[i].bytes));
    }
}

TEST(durations_in_both_languages)
{
    static const struct {
        uint64_t ms;
        const char *en, *ja;
    } T[] = {
        { 0, "0 ms", "0ミリ秒" },
        { 999, "999 ms", "999ミリ秒" },
        { 1000, "1.0 s", "1.0秒" },
        { 1249, "1.2 s", "1.2秒" },
        { 1250, "1.3 s", "1.3秒" },
        { 59949, "59.9 s", "59.9秒" },
        { 59950, "1 min 0 s", "1分0秒" },
        { 185000, "3 min 5 s", "3分5秒" },
        { 3599499, "59 min 59 s", "59分59秒" },
        { 3599500, "1 h 0 min", "1時間0分" },
        { 7500000, "2 h 5 min", "2時間5分" },
    };
    for (size_t i = 0; i < HM_COUNT(T); i++) {
        TEST_BUF en = { 0 }, ja = { 0 };
        text_ms(&en, TEXT_EN, T[i].ms);
        text_ms(&ja, TEXT_JA, T[i].ms);
        CHECK("memory", !en.bad && !ja.bad);
        CHECK_STR(T[i].en, hm_buf_view(&en), hm_str_c(T[i].en));
        CHECK_STR(T[i].en, hm_buf_view(&ja), hm_str_c(T[i].ja));
    }
}

TEST(dates_in_both_languages)
{
    TEST_BUF en = { 0 }, ja = { 0 };
    say_when(&en, TEXT_EN, HM_STR("2026"), HM_STR("11"), HM_STR("23"), HM_STR("03:28"));
    say_when(&ja, TEXT_JA, HM_STR("2026"), HM_STR("11"), HM_STR("23"), HM_STR("03:28"));
    CHECK("memory", !en.bad && !ja.bad);
    CHECK_STR("en", hm_buf_view(&en), HM_STR("2026-11-23 03:28 UTC"));
    CHECK_STR("ja", hm_buf_view(&ja), HM_STR("2026年11月23日 03:28 (UTC)"));
}

TEST(foreign_arguments_are_made_printable)
{
    TEST_BUF b = { 0 };
    say_at(&b, TEXT_EN, HM_STR("a\x1b[31m\xff"));
    CHECK("memory", !b.bad);
    CHECK_STR("escape", hm_buf_view(&b), HM_STR(": \"a\\x1b[31m\\xff\""));
}

TEST(errors_say_where_what_and_what_to_do)
{
    static const struct {
        const char *name, *path;
        hm_err err;
        const char *en, *ja;
    } T[] = {
        { "line",
          "etc/os-release",
          { .rc = HM_FORMAT, .defect = DEFECT_OS_RELEASE, .place_kind = HM_PLACE_LINE, .place = 3 },
          "etc/os-release: line 3: not an os-release line; NAME=value was expected. Correct the line (see `man os-release`).",
          "etc/os-release: 3行目: os-release の行として読めません。NAME=値 の形が必要です。行を直してください (`man "
          "os-release` を参照)。" },
        { "byte and at",
          "a\nb",
          { .rc = HM_FORMAT,
            .defect = DEFECT_JSON_SYNTAX,
            .place_kind = HM_PLACE_BYTE,
            .place = 1234567,
            .at = "/x\x7f" },
          "a\\x0ab: byte 1,234,567: not JSON at this place (RFC 8259): \"/x\\x7f\". Create the file again with the tool that "
          "wrote it.",
          "a\\x0ab: 1,234,567バイト目: この位置が JSON (RFC 8259) として正しくありません: "
          "「/x\\x7f」。元のツールでファイルを作り直してください。" },
        { "system, no path",
          "",
          { .rc = HM_DENIED, .defect = DEFECT_OPEN, .sys = EACCES },
          "cannot be opened (EACCES: permission denied). Check that it exists and that you may read it.",
          "開けません (EACCES: アクセス権がありません)。存在するか、読み取り権限があるかを確認してください。" },
        { "a number that is not in our table",
          "x",
          { .rc = HM_IO, .defect = DEFECT_READ, .sys = ESTALE },
          "x: cannot be read (ESTALE: Stale file handle). Check the permissions and the disk, then try again.",
          "x: 読み取れません (ESTALE: Stale file handle)。権限とディスクの状態を確認し、もう一度実行してください。" },
        { "no errno at all",
          "x",
          { .rc = HM_IO, .defect = DEFECT_READ, .sys = 4711 },
          "x: cannot be read (4711). Check the permissions and the disk, then try again.",
          "x: 読み取れません (4711)。権限とディスクの状態を確認し、もう一度実行してください。" },
        { "arguments by their type",
          "big",
          { .rc = HM_LIMIT, .defect = DEFECT_TOO_LARGE, .arg = { 256 << 20, 300 << 20 } },
          "big: larger than the limit of 256.0 MiB (300.0 MiB). If the file is right and the limit is that of "
          "`--max-file-bytes`, raise it; the limits of single formats are fixed (`hoshimori detectors` lists them).",
          "big: 上限 256.0 MiB を超えています (300.0 MiB)。正しいファイルで、上限が `--max-file-bytes` "
          "のものであれば上げてください。形式ごとの上限は固定です (`hoshimori detectors` に一覧があります)。" },
        { "record",
          "x",
          { .rc = HM_TIMEOUT,
            .defect = DEFECT_WORKER_TIMEOUT,
            .place_kind = HM_PLACE_ENTRY,
            .place = 2,
            .arg = { 600000 } },
          "x: record 2: not read within 10 min 0 s. Raise the limit with `--max-time` if the file is right.",
          "x: 2件目: 10分0秒以内に読み終わりませんでした。正しいファイルであれば `--max-time` で上限を上げてください。" },
    };
    for (size_t i = 0; i < HM_COUNT(T); i++) {
        TEST_BUF en = { 0 }, ja = { 0 };
        text_error(&en, TEXT_EN, hm_str_c(T[i].path), &T[i].err);
        text_error(&ja, TEXT_JA, hm_str_c(T[i].path), &T[i].err);
        CHECK("memory", !en.bad && !ja.bad);
        CHECK_STR(T[i].name, hm_buf_view(&en), hm_str_c(T[i].en));
        CHECK_STR(T[i].name, hm_buf_view(&ja), hm_str_c(T[i].ja));
    }
}

TEST(every_defect_has_words_in_both_languages)
{
    for (unsigned d = 0; d <= HM_DEFECT_COUNT; d++)
        for (unsigned l = 0; l < TEXT_LANG_COUNT; l++) {
            hm_err e = { .rc = HM_FORMAT, .defect = (uint16_t)d, .arg = { 1, 2, 3, 4 } };
            memset(e.at, 'a', sizeof e.at); /* no NUL: must not be read past its end */
            TEST_BUF what = { 0 }, todo = { 0 };
            text_error_what(&what, (text_lang)l, &e);
            text_error_remedy(&todo, (text_lang)l, &e);
            CHECK("memory", !what.bad && !todo.bad);
            CHECK(hm_defect_name(d), what.n > sizeof e.at && todo.n > 3);
            char more[sizeof e.at + 1];
            memset(more, 'a', sizeof more);
            CHECK("no byte behind `at`", hm_str_search(hm_buf_view(&what), (hm_str){ more, sizeof more }) == what.n);
            CHECK(hm_defect_name(d), hm_utf8_ok(hm_buf_view(&what)) && hm_utf8_ok(hm_buf_view(&todo)));
        }
}

TEST(width_counts_columns)
{
    static const struct {
        hm_str in;
        size_t want;
    } T[] = {
        { { "", 0 }, 0 },
        { { "abc", 3 }, 3 },
        { { "日本", 6 }, 4 },
        { { "ｱ", 3 }, 1 },                /* half-width katakana */
        { { "e\xcc\x81", 3 }, 1 },        /* combining acute */
        { { "\xff", 1 }, 4 },             /* no UTF-8 */
        { { "\xe3\x81", 2 }, 8 },         /* cut short */
        { { "\x1b", 1 }, 4 },             /* control */
        { { "\xe2\x80\xae", 3 }, 12 },    /* right-to-left override */
        { { "\xf0\x9f\x98\x80", 4 }, 2 }, /* emoji */
    };
    for (size_t i = 0; i < HM_COUNT(T); i++)
        CHECK_EQ("width", text_width(T[i].in), T[i].want);
}

TEST(fit_cuts_and_pads_to_the_column)
{
    static const struct {
        const char *in;
        size_t columns;
        bool pad;
        const char *want;
    } T[] = {
        { "abc", 5, true, "abc  " },
        { "abc", 5, false, "abc" },
        { "abc", 3, true, "abc" },
        { "abcd", 3, true, "ab…" },
        { "日本語", 6, true, "日本語" },
        { "日本語", 5, true, "日本…" },
        { "日本語", 4, true, "日… " },
        { "日本語", 1, true, "…" },
        { "abc", 0, true, "" },
        { "", 3, true, "   " },
        { "a\tb", 6, true, "a\\x09b" },
        { "a\tb", 5, true, "a…   " },
        { "ae\xcc\x81", 2, true, "ae\xcc\x81" },
    };
    for (size_t i = 0; i < HM_COUNT(T); i++) {
        TEST_BUF b = { 0 };
        text_fit(&b, hm_str_c(T[i].in), T[i].columns, T[i].pad);
        CHECK("memory", !b.bad);
        CHECK_STR(T[i].in, hm_buf_view(&b), hm_str_c(T[i].want));
    }
}

TEST(wrap_breaks_where_people_would)
{
    static const struct {
        const char *in;
        size_t columns, indent;
        const char *want;
    } T[] = {
        { "one two three four", 12, 0, "one two\nthree four\n" },
        { "one two three four", 14, 2, "  one two\n  three four\n" },
        { "onetwothreefour", 10, 0, "onetwothre\nefour\n" },
        { "一二三四五六七", 12, 0, "一二三四五六\n七\n" },
        { "一二三四五六。七", 12, 0, "一二三四五\n六。七\n" }, /* no line begins with a full stop */
        { "一二三四五「六」", 12, 0, "一二三四五\n「六」\n" }, /* none ends with an opening mark */
        { "一二三四五シャツ", 12, 0, "一二三四五\nシャツ\n" }, /* small kana stay with theirs */
        { "一二三 hoshimori 四", 11, 0, "一二三\nhoshimori\n四\n" },
        { "一二三四hoshimori四", 12, 0, "一二三四\nhoshimori四\n" },
        { "a\n\nb", 12, 0, "a\n\nb\n" },
        { "a   ", 12, 0, "a\n" },
        { "", 12, 0, "" },
        { "a\x1b"
          "b",
          12, 0, "a\\x1bb\n" },
        { "e\xcc\x81"
          "23456789日",
          11, 0,
          "e\xcc\x81"
          "23456789日\n" },
    };
    for (size_t i = 0; i < HM_COUNT(T); i++) {
        TEST_BUF b = { 0 };
        text_wrap(&b, hm_str_c(T[i].in), T[i].columns, T[i].indent);
        CHECK("memory", !b.bad);
        CHECK_STR(T[i].in, hm_buf_view(&b), hm_str_c(T[i].want));
    }
}

TEST(breaks_are_marked_where_a_line_may_end)
{
    static const struct {
        const char *in, *want;
    } T[] = {
        { "plain words", "plain words" },
        { "一二。三", "一|二。|三" },
        { "「一」x (二)", "「一」|x (二)" },
        { "a一", "a|一" },
        { "一\n二", "一\n二" },
        { "", "" },
    };
    for (size_t i = 0; i < HM_COUNT(T); i++) {
        TEST_BUF b = { 0 };
        text_breaks(&b, hm_str_c(T[i].in), "|");
        CHECK("memory", !b.bad);
        CHECK_STR(T[i].in, hm_buf_view(&b), hm_str_c(T[i].want));
    }
}

TEST(fold_makes_variants_equal)
{
    static const struct {
        const char *in, *want;
    } T[] = {
        { "ABC", "abc" },
        { "ＡＢＣ", "abc" },
        { "ｶﾞｽ", "ガス" },
        { "か\xe3\x82\x99", "が" },
        { "Straße", "strasse" },
        { "㈱", "(株)" },
        { "a\xc2\xad"
          "b",
          "ab" }, /* soft hyphen */
        { "", "" },
    };
    HM_AUTO(hm_arena_freep) hm_arena *a = hm_arena_new(1 << 20);
    CHECK("memory", a != NULL);
    for (size_t i = 0; i < HM_COUNT(T); i++) {
        hm_str got = HM_NONE;
        hm_err err = { 0 };
        CHECK_EQ(T[i].in, text_fold(a, hm_str_c(T[i].in), &got, &err), HM_OK);
        CHECK_STR(T[i].in, got, hm_str_c(T[i].want));
        CHECK_EQ(T[i].in, text_fold(a, got, &got, &err), HM_OK);
        CHECK_STR("idempotent", got, hm_str_c(T[i].want));
    }
}

TEST(fold_refuses_what_is_no_text_or_costs_too_much)
{
    HM_AUTO(hm_arena_freep) hm_arena *a = hm_arena_new(1 << 20), *small = hm_arena_new(64);
    CHECK("memory", a && small);
    hm_str got = HM_STR("untouched");
    hm_err err = { 0 };
    CHECK_EQ("utf-8", text_fold(a, HM_STR("ab\xff"), &got, &err), HM_FORMAT);
    CHECK_EQ("place", err.place, 2);
    CHECK_STR("untouched", got, HM_STR("untouched"));
    TEST_BUF marks = { 0 };
    hm_buf_c(&marks, "a");
    for (int i = 0; i < 200; i++)
        hm_buf_c(&marks, i % 2 ? "\xcc\x81" : "\xcc\xa3");
    CHECK("memory", !marks.bad);
    CHECK_EQ("marks", text_fold(a, hm_buf_view(&marks), &got, &err), HM_LIMIT);
    CHECK_EQ("marks", err.defect, DEFECT_TOO_MANY);
    hm_rc rc = text_fold(small, HM_STR("0123456789012345678901234567890123456789"), &got, &err);
    CHECK("budget", rc == HM_LIMIT || (test_fault() && rc == HM_NOMEM));
}

TEST(cost_grows_with_the_input_only)
{
    if (test_fault())
        return;
    TEST_BUF in = { 0 }, out = { 0 };
    for (int i = 0; i < 100000; i++)
        hm_buf_c(&in, i % 3 ? "日本" : "「");
    CHECK("memory", !in.bad);
    text_wrap(&out, hm_buf_view(&in), 80, 4);
    text_fit(&out, hm_buf_view(&in), 100, false);
    CHECK("width", text_width(hm_buf_view(&in)) > 300000);
    CHECK("all there", out.n > in.n);
}
