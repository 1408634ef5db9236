/* report - what people and programs are shown. Structure of the page, of the JSON and of the CSV is checked from the
 * outside as well (tests/report-check). */
#include "part/sample.h"
#include "base/test.h"
#include "codec/codec.h"
#include "report/report_sample.h"

static bool refuse(void *ctx, hm_str bytes)
{
    (void)ctx;
    (void)bytes;
    return false;
}

static const char *detector(unsigned id)
{
    return id == 9 ? "npm-lock" : "dpkg-status";
}

static const report_skip SKIP[] = { { { "root/\x1b[2J", 9 }, "permission" }, { { "proc", 4 }, "pseudo-file-system" } };

static report_fn *const ALL[] = { report_table, report_csv, report_purls, report_html, report_json };

/* One report of one sample; `change` may set the input up differently. */
static hm_rc make(sample_fill *fill, void (*change)(report_in *in), report_fn *fn, text_lang lang, hm_buf *out)
{
    HM_AUTO(sample_clear) sample s = { 0 };
    hm_rc rc = sample_make(&s, fill);
    if (rc != HM_OK)
        return rc;
    report_in in = report_sample_in(&s.pack);
    in.skip = SKIP;
    in.skip_n = HM_COUNT(SKIP);
    in.detector_name = detector;
    in.jail_landlock = true;
    in.exit_status = 3;
    report_style style = { .lang = lang, .columns = 80 };
    if (change)
        change(&in);
    return fn(&in, &style, test_sink, out, NULL);
}

TEST(table_in_english)
{
    TEST_BUF out = { 0 };
    CHECK_EQ("write", make(sample_small, NULL, report_table, TEXT_EN, &out), HM_OK);
    static const hm_str HEAD =
        HM_STR("Target        /srv/host\n"
               "System        Debian GNU/Linux 12 (bookworm)\n"
               "Components    4; inside OS packages, not counted twice: 1; projects themselves,\n"
               "              not counted: 1\n"
               "\n"
               "  ecosystem     components   runtime    dev/build  in OS packages\n"
               "  deb                    2         2            0               0\n"
               "  npm                    2         1            1               0\n"
               "  pypi                   0         0            0               1\n"
               "  total                  4         3            1               1\n"
               "\n"
               "Licences      3 of 4 known\n"
               "Dependencies  3; complete for 2 components\n");
    CHECK_STR("head", hm_str_sub(hm_buf_view(&out), 0, HEAD.n), HEAD);
    CHECK("gaps", test_holds(&out, "\nNot understood: 2\n  srv/broken/package-lock.json\n    byte 42: "));
    CHECK("skipped",
          test_holds(&out, "\nLeft out: 1 without permission, 2 on other file systems, 0 excluded\n"
                           "  root/\\x1b[2J (no permission)\n  proc (file system of the kernel)\n  and 1 more\n"));
    CHECK("cost", test_holds(&out, "\nTime, memory  1.2 s, 42.0 MiB at most, all processes together\n"));
    CHECK("next",
          test_holds(&out, "\nNext          Look at what was not understood, above.\n              Exit status 3 "));
    CHECK("page", test_holds(&out, "hoshimori scan /srv/host -o html=report.html\n"));
    CHECK("jail is full: no line", !test_holds(&out, "Jail"));
    CHECK("no colour", !test_holds(&out, "\x1b"));
}

TEST(table_in_japanese)
{
    TEST_BUF out = { 0 };
    CHECK_EQ("write", make(sample_small, NULL, report_table, TEXT_JA, &out), HM_OK);
    static const hm_str HEAD = HM_STR("対象          /srv/host\n"
                                      "OS            Debian GNU/Linux 12 (bookworm)\n");
    CHECK_STR("head", hm_str_sub(hm_buf_view(&out), 0, HEAD.n), HEAD);
    CHECK("columns", test_holds(&out, "\n  種類                部品    実行時 開発・ビルド        OS管理内\n"
                                      "  deb                    2         2            0               0\n"));
    CHECK("licences", test_holds(&out, "\nライセンス    4件のうち3件が判明\n"));
}

static void odd_input(report_in *in)
{
    in->target = HM_STR("/srv/a b;rm -rf $HOME/\x1b[31m");
    in->interrupted = true;
    in->jail_seccomp = in->jail_landlock = false;
    in->exit_status = 0;
    in->detector_name = NULL;
}

TEST(table_says_what_is_out_of_the_ordinary)
{
    TEST_BUF out = { 0 };
    CHECK_EQ("write", make(sample_small, odd_input, report_table, TEXT_EN, &out), HM_OK);
    CHECK("stopped", hm_str_starts(hm_buf_view(&out), HM_STR("STOPPED BEFORE THE END")));
    CHECK("jail", test_holds(&out, "\nJail          not in force"));
    CHECK("target is not put into a command", test_holds(&out, "hoshimori scan TARGET -o html=report.html\n"));
    CHECK("escaped", test_holds(&out, "/srv/a b;rm -rf $HOME/\\x1b[31m\n"));
    CHECK("status 0", !test_holds(&out, "Exit status"));
}

static void long_target(report_in *in)
{
    in->target = HM_STR("/srv/a/b/c/d/e/f/g/h/i/j/k/l/m/n/o");
}

TEST(table_keeps_commands_on_one_line)
{
    TEST_BUF out = { 0 };
    CHECK_EQ("write", make(sample_small, long_target, report_table, TEXT_EN, &out), HM_OK);
    CHECK("long target", test_holds(&out, " hoshimori scan TARGET -o cyclonedx=sbom.cdx.json\n"));
}

static void no_skips(report_in *in)
{
    in->denied = in->skipped_fs = in->excluded = in->skip_n = 0;
    in->jail_landlock = false;
    in->exit_status = 0;
}

TEST(table_of_nothing)
{
    TEST_BUF out = { 0 };
    CHECK_EQ("write", make(sample_nothing, no_skips, report_table, TEXT_EN, &out), HM_OK);
    CHECK_STR("all", hm_buf_view(&out),
              HM_STR("Target        /srv/host\n"
                     "System        no operating system found below the target\n"
                     "Components    none: below the target lies nothing that a detector knows\n"
                     "Files         56,789 files in 1,234 folders seen, 812 of them read (11.8 MiB)\n"
                     "Gaps          none among the files read\n"
                     "Jail          seccomp in force; this kernel offers no Landlock beside it\n"
                     "Time, memory  1.2 s, 42.0 MiB at most, all processes together\n"
                     "\n"
                     "Next          Name a folder that holds lock files, installed packages or a whole\n"
                     "              root: hoshimori scan /\n"));
}

static void many_gaps(part_build *b)
{
    for (int i = 0; i < 25; i++)
        sample_gap(b, i % 2 ? HM_STR("x") : HM_STR("y"), HM_TRUNC, DEFECT_TRUNCATED, HM_PLACE_NONE, 0, "");
    for (int i = 0; i < 9; i++)
        part_add(b, &(part_desc){ .kind = PART_OS, .name = HM_STR("os"), .root = i == 8 ? HM_NONE : HM_STR("below") });
}

TEST(table_counts_what_it_does_not_show)
{
    TEST_BUF out = { 0 };
    CHECK_EQ("write", make(many_gaps, NULL, report_table, TEXT_EN, &out), HM_OK);
    CHECK("counted", test_holds(&out, "\n  and 5 more: all of them are in -o json=FILE and -o html=FILE\n"));
    size_t shown = 0;
    for (hm_str line, rest = hm_buf_view(&out); hm_str_line(&rest, &line);)
        shown += hm_str_is(line, "  x") || hm_str_is(line, "  y");
    CHECK_EQ("shown", shown, 20);
    CHECK("systems",
          test_holds(&out, "\nSystem        os\n              os (below)\n              os (below)\n"
                           "              os (below)\n              and 5 more: see the list in -o html=FILE\n"));
}

static void gaps_of_a_kind(part_build *b)
{
    for (int i = 0; i < 25; i++)
        sample_gap(b, HM_STR("x"), HM_TRUNC, i < 23 ? DEFECT_TRUNCATED : DEFECT_UTF8, HM_PLACE_NONE, 0, "");
    sample_gap(b, HM_STR("z"), HM_TRUNC, DEFECT_UTF8, HM_PLACE_NONE, 0, "");
}

TEST(table_shows_gaps_of_a_kind_once)
{
    TEST_BUF out = { 0 };
    CHECK_EQ("write", make(gaps_of_a_kind, NULL, report_table, TEXT_EN, &out), HM_OK);
    CHECK("all", test_holds(&out, "\nNot understood: 26\n"));
    CHECK("first kind", test_holds(&out, "(and 22 more"));
    CHECK("second", test_holds(&out, "(and 1 more"));
    CHECK("other file", test_holds(&out, "\n  z\n"));
    CHECK("none left", !test_holds(&out, "all of them are in"));
}

/* Every line of every sample in both languages at three widths. */
TEST(table_fits_its_columns)
{
    static sample_fill *const FILL[] = { sample_small, sample_hostile, many_gaps, sample_nothing };
    static const unsigned COLUMNS[] = { 40, 80, 120 };
    for (size_t i = 0; i < HM_COUNT(FILL) * HM_COUNT(COLUMNS) * 2; i += test_fault() ? 9 : 1) {
        HM_AUTO(sample_clear) sample s = { 0 };
        TEST_BUF out = { 0 };
        CHECK_EQ("sample", sample_make(&s, FILL[i / 6]), HM_OK);
        report_in in = { .pack = &s.pack,
                         .target = HM_STR(SAMPLE_SCRIPT SAMPLE_SCRIPT SAMPLE_BYTES),
                         .tool_version = "1",
                         .skip = SKIP,
                         .skip_n = 2,
                         .denied = UINT32_MAX,
                         .files = UINT64_MAX,
                         .peak_bytes = UINT64_MAX,
                         .time_us = UINT64_MAX };
        report_style style = { .lang = i & 1 ? TEXT_JA : TEXT_EN, .columns = COLUMNS[i / 2 % 3] };
        CHECK_EQ("write", report_table(&in, &style, test_sink, &out, NULL), HM_OK);
        for (hm_str line, rest = hm_buf_view(&out); hm_str_line(&rest, &line);)
            CHECK(line.p, text_width(line) <= style.columns);
    }
}

TEST(table_colours_only_when_asked)
{
    HM_AUTO(sample_clear) sample s = { 0 };
    TEST_BUF out = { 0 };
    CHECK_EQ("sample", sample_make(&s, sample_small), HM_OK);
    report_in in = { .pack = &s.pack, .target = HM_STR("/"), .tool_version = "1" };
    report_style style = { .lang = TEXT_EN, .columns = 80, .colour = true };
    CHECK_EQ("write", report_table(&in, &style, test_sink, &out, NULL), HM_OK);
    CHECK("heading", test_holds(&out, "\x1b[1m\x1b[33mNot understood: 2\x1b[0m\n"));
    CHECK("label", test_holds(&out, "\x1b[1mTarget       \x1b[0m /\n"));
}

TEST(purls_are_sorted_and_unique)
{
    TEST_BUF out = { 0 };
    CHECK_EQ("write", make(sample_small, NULL, report_purls, TEXT_EN, &out), HM_OK);
    CHECK_STR("all", hm_buf_view(&out),
              HM_STR("pkg:deb/debian/libssl3@3.0.13-1~deb12u1?arch=amd64&distro=debian-12&upstream=openssl\n"
                     "pkg:deb/debian/python3-requests@2.28.1%2Bdfsg-1?arch=all&distro=debian-12\n"
                     "pkg:npm/%40babel/core@7.24.0\n"
                     "pkg:npm/left-pad@1.3.0\n"
                     "pkg:pypi/requests@2.28.1\n"));
}

static void same_twice(part_build *b)
{
    static const hm_str NAME[] = { HM_STR("b"), HM_STR("a"), HM_STR("b"), HM_STR("a") };
    for (size_t i = 0; i < HM_COUNT(NAME); i++)
        part_add(b, &(part_desc){ .eco = PART_ECO_NPM, .name = NAME[i], .version = HM_STR("1") });
}

TEST(purls_of_the_same_twice)
{
    TEST_BUF out = { 0 };
    CHECK_EQ("write", make(same_twice, NULL, report_purls, TEXT_EN, &out), HM_OK);
    CHECK_STR("all", hm_buf_view(&out), HM_STR("pkg:npm/a@1\npkg:npm/b@1\n"));
}

TEST(csv_has_one_line_a_component)
{
    TEST_BUF out = { 0 };
    CHECK_EQ("write", make(sample_small, NULL, report_csv, TEXT_JA, &out), HM_OK);
    CHECK("mark and columns",
          hm_str_starts(hm_buf_view(&out),
                        HM_STR("\xef\xbb\xbfid,kind,ecosystem,group,name,version,literal_version,scope,"
                               "licence,licence_declared,supplier,author,source_name,source_version,"
                               "distro,managed_by,project,hashes,evidence,evidence_count,"
                               "depends_on_count,purl,cpe,claimed\r\n")));
    CHECK("row",
          test_holds(&out,
                     "\r\npkg:npm/%40babel/core@7.24.0,library,npm,'@babel,core,7.24.0,,runtime,MIT,,,"
                     "The Babel Team (https://babel.dev/team),,,,,no,SHA-1:a94a8fe5ccb19ba61c4c0873d391e987982fbbd3"
                     ",srv/shop/package-lock.json,3,0,pkg:npm/%40babel/core@7.24.0,,no\r\n"));
    CHECK("managed",
          test_holds(&out, ",pkg:deb/debian/python3-requests@2.28.1%2Bdfsg-1?arch=all&distro=debian-12,no,,usr/lib/"));
    hm_buf_reset(&out);
    CHECK_EQ("hostile", make(sample_hostile, NULL, report_csv, TEXT_EN, &out), HM_OK);
    size_t lines = 0;
    for (hm_str line, rest = hm_buf_view(&out); hm_str_line(&rest, &line);)
        lines++;
    CHECK_EQ("lines", lines, 17);
    CHECK("formula", test_holds(&out, ",\"'=HYPERLINK(\"\"http://x\"\",\"\"y\"\")\","));
    CHECK("utf-8", hm_utf8_ok(hm_buf_view(&out)));
}

TEST(html_lets_nothing_through)
{
    for (text_lang lang = TEXT_EN; lang <= TEXT_JA; lang++) {
        TEST_BUF out = { 0 };
        CHECK_EQ("write", make(sample_hostile, odd_input, report_html, lang, &out), HM_OK);
        hm_str s = hm_buf_view(&out);
        size_t scripts = 0;
        for (size_t at; (at = hm_str_search(s, HM_STR("<script"))) < s.n; s = hm_str_from(s, at + 7))
            scripts++;
        CHECK_EQ("only our script", scripts, 1);
        CHECK("no image", !test_holds(&out, "<img"));
        CHECK("escaped", test_holds(&out, "&lt;/script&gt;&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&lt;img src=x "
                                          "onerror=alert(1)&gt;&quot;&#39;&amp;"));
        CHECK("bidi", test_holds(&out, "a\\xe2\\x80\\xaegnp.exe"));
        CHECK("bytes", test_holds(&out, "caf\\xe9\\xff\\xfe\\x80 \\x01\\x1b[31m"));
        CHECK("utf-8", hm_utf8_ok(hm_buf_view(&out)));
        CHECK("policy", test_holds(&out, "content=\"default-src 'none'; base-uri 'none'; form-action 'none'; "
                                         "style-src 'sha256-"));
        CHECK("language", test_holds(&out, lang == TEXT_JA ? "<html lang=\"ja\">" : "<html lang=\"en\">"));
    }
}

TEST(html_shows_what_was_found)
{
    TEST_BUF out = { 0 };
    CHECK_EQ("write", make(sample_small, NULL, report_html, TEXT_EN, &out), HM_OK);
    static const char *const PIECE[] = {
        "<title>Components of /srv/host</title>",
        "<dd class=\"text\">Debian GNU/Linux 12 (bookworm)</dd>",
        "<dt>Licences</dt><dd>3 <small>/ 4</small></dd>",
        "<tr><th scope=\"row\">npm<td class=\"n\">2<td class=\"n\">1<td class=\"n\">1<td class=\"n\">0\n",
        "<tr><th scope=row>@babel/core<td>7.24.0<td>npm<td>runtime<td>MIT<td>srv/shop/package-lock.json<br>and 2 more "
        "files\n",
        "<tr><th scope=row>requests<td>2.28.1<td>pypi<td>not known<td>not known<td>usr/lib/python3/dist-packages/"
        "requests.egg-info<br>inside python3-requests\n",
        "<tr><th scope=row>shop<td>1.0.0<td>npm<td>project<td><td>",
        "<tr><th scope=\"row\">srv/broken/package-lock.json<td>byte 42: ",
        "<tr><th scope=\"row\">root/\\x1b[2J<td>no permission\n",
    };
    for (size_t i = 0; i < HM_COUNT(PIECE); i++)
        CHECK(PIECE[i], test_holds(&out, PIECE[i]));
    CHECK("nothing that changes from run to run", !test_holds(&out, "1.2 s") && !test_holds(&out, "42.0 MiB"));
}

TEST(html_grows_lightly)
{
    HM_AUTO(sample_clear) sample s = { 0 };
    TEST_BUF out = { 0 };
    size_t n = test_fault() ? 20 : 20000;
    CHECK_EQ("new", sample_new(&s), HM_OK);
    sample_large(s.build, n);
    CHECK_EQ("open", sample_open(&s), HM_OK);
    report_in in = { .pack = &s.pack, .target = HM_STR("/"), .tool_version = "1" };
    report_style style = { .lang = TEXT_JA };
    CHECK_EQ("write", report_html(&in, &style, test_sink, &out, NULL), HM_OK);
    CHECK("bytes a row", out.n < 20000 + 150 * n);
}

TEST(json_holds_everything)
{
    TEST_BUF out = { 0 };
    HM_AUTO(hm_arena_freep) hm_arena *a = hm_arena_new(64 << 20);
    const codec_json *root, *v;
    hm_str key;
    CHECK("arena", a != NULL);
    CHECK_EQ("write", make(sample_small, NULL, report_json, TEXT_EN, &out), HM_OK);
    CHECK_EQ("parses", codec_json_read(a, hm_buf_view(&out), &root, NULL), HM_OK);
    CHECK_STR("schema", codec_json_get_str(root, "schema"), HM_STR("urn:hoshimori:result:1"));
    CHECK_STR("time", codec_json_get_str(root, "time"), HM_STR("2024-03-09T16:00:00Z"));
    CHECK_EQ("components", codec_json_count(codec_json_get(root, "components")), 7);
    CHECK_EQ("gaps", codec_json_count(codec_json_get(root, "gaps")), 2);
    codec_json_iter i = codec_json_each(codec_json_get(root, "gaps"));
    CHECK("first", codec_json_next(&i, &key, &v));
    CHECK_STR("code", codec_json_get_str(v, "code"), HM_STR("format"));
    CHECK_STR("defect", codec_json_get_str(v, "defect"), HM_STR("json_syntax"));
    CHECK_STR("place", codec_json_get_str(codec_json_get(v, "place"), "kind"), HM_STR("byte"));
    CHECK_STR("detector", codec_json_get_str(v, "detector"), HM_STR("npm-lock"));
    CHECK("message", codec_json_get_str(v, "message").n > 10 && codec_json_get_str(v, "remedy").n > 10);
    CHECK("managed", test_holds(&out, "\"managed_by\": \"pkg:deb/debian/python3-requests@"));
    CHECK("edge", test_holds(&out, "\"id\": \"pkg:npm/left-pad@1.3.0\",\n          \"scope\": \"dev\""));
    CHECK("args", test_holds(&out, "\"args\": [\n        \"4096\"\n      ]"));
    hm_buf_reset(&out);
    CHECK_EQ("hostile", make(sample_hostile, odd_input, report_json, TEXT_JA, &out), HM_OK);
    CHECK_EQ("parses", codec_json_read(a, hm_buf_view(&out), &root, NULL), HM_OK);
    CHECK("no detector", !test_holds(&out, "\"detector\""));
}

TEST(count_is_what_the_reports_say)
{
    HM_AUTO(sample_clear) sample s = { 0 };
    CHECK_EQ("sample", sample_make(&s, sample_small), HM_OK);
    CHECK_EQ("count", report_count(&s.pack), 4);
}

TEST(reports_are_the_same_twice)
{
    sample_fill *fill = test_fault() ? same_twice : sample_hostile;
    for (size_t i = 0; i < HM_COUNT(ALL); i++) {
        TEST_BUF a = { 0 }, b = { 0 };
        CHECK_EQ("a", make(fill, NULL, ALL[i], TEXT_JA, &a), HM_OK);
        CHECK_EQ("b", make(fill, NULL, ALL[i], TEXT_JA, &b), HM_OK);
        CHECK("not empty", a.n > 0);
        CHECK_STR("bytes", hm_buf_view(&a), hm_buf_view(&b));
    }
}

TEST(reports_tell_when_the_sink_fails)
{
    HM_AUTO(sample_clear) sample s = { 0 };
    CHECK_EQ("sample", sample_make(&s, sample_small), HM_OK);
    report_in in = { .pack = &s.pack, .target = HM_STR("/"), .tool_version = "1" };
    report_style style = { .lang = TEXT_EN };
    for (size_t i = 0; i < HM_COUNT(ALL); i++) {
        hm_err e = { 0 };
        CHECK_EQ("rc", ALL[i](&in, &style, refuse, NULL, &e), HM_IO);
        CHECK_EQ("defect", e.defect, DEFECT_WRITE);
    }
}
