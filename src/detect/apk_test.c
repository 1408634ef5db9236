/* apk: packages, gaps by line, owners of files. */
#include "detect/db_test.h"

static const char DB[] = "lib/apk/db/installed";

static const struct {
    const char *name, *in, *want;
} CASE[] = {
    { "empty database", "", "" },
    { "all fields",
      "C:Q1x=\nP:ssl_client\nV:1.36.0-r9\nA:x86_64\nS:1\nT:text: more\nU:https://h/\nL:GPL-2.0-only\no:busybox\n"
      "m:M <m@x>\nc:00\nD:so:libc.musl-x86_64.so.1 busybox=1.36.0-r9  a>=1 b<2 c~3 d@edge !e /bin/sh pc:z>=1\n"
      "i:busybox libssl3\np:so:libx.so.1=1 cmd:ssl_client=1.36.0-r9 v\nF:usr\nM:0:0:755\nR:a\na:0:0:755\nZ:Q1x=\n",
      "ssl_client 1.36.0-r9 arch=x86_64 from busybox/1.36.0-r9 by M <m@x> at https://h/ licence GPL-2.0-only line 1 "
      "+so:libx.so.1 +cmd:ssl_client +v >so:libc.musl-x86_64.so.1 >busybox >a >b >c >d >/bin/sh >pc:z\n" },
    { "several, many blank lines, no line end", "\n\nP:a\nV:1\n\n\n\nP:b\nV:2", "a 1 line 3\nb 2 line 8\n" },
    { "carriage returns", "P:a\r\nV:1\r\n\r\nP:b\r\nV:2\r\n", "a 1 line 1\nb 2 line 4\n" },
    { "not a record, then one", "asdf\n\nyolo\nx\n\nP:a\nV:1\n", "a 1 line 6\n! apk_record 1\n! apk_record 3\n" },
    { "bad line inside", "P:a\nbad\n1:x\nV:1\n", "a 1 line 1\n! apk_record 2\n" },
    { "missing", "V:1\n\nP:a\n\nP:\nV:1\n\nP:b\nV:\n\nP:ok\nV:1\n",
      "ok 1 line 11\n! missing_field 1 P\n! missing_field 3 V\n! missing_field 5 P\n! missing_field 8 V\n" },
    { "no token", "P:a b\nV:1\n\nP:a\nV:1 2\n\nP:\xff\nV:1\n", "! bad_value 1 P\n! bad_value 4 V\n! bad_value 7 P\n" },
    { "twice", "P:a\nV:1\nP:b\nV:2\n", "a 1 line 1\n! duplicate 3 P\n" },
    { "dependencies that are none", "P:a\nV:1\nD:= b\n", "a 1 line 1 >b\n! bad_value 3 D\n" },
    { "cut", "P:a\nV:1\n\nP:b\nV", "a 1 line 1\n! apk_record 5\n! missing_field 4 V\n" },
};

TEST(apk_installed_cases)
{
    for (size_t i = 0; i < HM_COUNT(CASE); i++) {
        TEST_BUF out = { 0 };
        CHECK(CASE[i].name, detected(detect_apk_installed, DB, "", hm_str_c(CASE[i].in), HM_NONE, &out));
        CHECK_STR(CASE[i].name, hm_buf_view(&out), hm_str_c(CASE[i].want));
    }
}

static const struct {
    const char *file, *head; /* the output starts so */
    size_t lines;
} FIXTURE[] = {
    { "empty", "", 0 },
    { "invalid", "! apk_record 1\n! apk_record 3\n", 2 },
    { "single",
      "alpine-baselayout-data 3.4.3-r1 arch=x86_64 from alpine-baselayout/3.4.3-r1 by Natanael Copa "
      "<ncopa@alpinelinux.org> at https://git.alpinelinux.org/cgit/aports/tree/main/alpine-baselayout licence "
      "GPL-2.0-only line 1\n",
      1 },
    { "different-arch", "alpine-baselayout-data 3.4.3-r1 arch=noarch from alpine-baselayout/3.4.3-r1 by ", 1 },
    { "no-origin", "pkgname 1.2.3 arch=x86_64 licence GPL-2.0-only line 1\n", 1 },
    { "installed",
      "alpine-baselayout 3.4.3-r1 arch=x86_64 by Natanael Copa <ncopa@alpinelinux.org> at "
      "https://git.alpinelinux.org/cgit/aports/tree/main/alpine-baselayout licence GPL-2.0-only line 1 "
      ">alpine-baselayout-data >/bin/sh\n",
      15 },
};

TEST(apk_fixtures)
{
    if (!test_shared())
        TEST_SKIP("no shared data");
    for (size_t i = 0; i < HM_COUNT(FIXTURE); i++) {
        TEST_BUF in = { 0 }, out = { 0 };
        char name[256];
        size_t lines = 0;
        snprintf(name, sizeof name, "apk/%s", FIXTURE[i].file);
        CHECK(name, fixture(name, &in));
        CHECK(name, detected(detect_apk_installed, DB, "", hm_buf_view(&in), HM_NONE, &out));
        hm_str head = hm_str_c(FIXTURE[i].head);
        CHECK_STR(name, hm_str_sub(hm_buf_view(&out), 0, head.n), head);
        for (size_t k = 0; k < out.n; k++)
            lines += out.p[k] == '\n';
        CHECK_EQ(name, lines, FIXTURE[i].lines);
    }
    TEST_BUF in = { 0 }, out = { 0 };
    CHECK("owner", fixture("apk/installed", &in));
    CHECK("owner", detected(detect_apk_owner, DB, "", hm_buf_view(&in),
                            HM_STR("bin/busybox\0etc/motd\0etc/nothing\0lib/libz.so.1.2.13\0sbin/apk"), &out));
    CHECK_STR("owner", hm_buf_view(&out),
              HM_STR("etc/motd < alpine-baselayout\nsbin/apk < apk-tools\nbin/busybox < busybox\n"
                     "lib/libz.so.1.2.13 < zlib\n"));
}

TEST(apk_owners)
{
    TEST_BUF out = { 0 };
    CHECK("run", detected(detect_apk_owner, DB, "",
                          HM_STR("P:a\nF:\nR:top\nF:etc\nR:x\nR:y\nF:etc/d\nR:x\nbad\n\nR:x\nP:b\nR:top2\nF:bin\nR:c\n"
                                 "F:opt\nR:c\nP:late\nR:z"),
                          HM_STR("etc/d/x\0etc/x\0opt/z\0top\0top2\0usr/bin/c\0usr/opt/c\0x"), &out));
    CHECK_STR("owned", hm_buf_view(&out),
              HM_STR("top < a\netc/x < a\netc/d/x < a\ntop2 < b\nusr/bin/c < b\nopt/z < b\n"));
    hm_buf_reset(&out);
    CHECK("run", detected(detect_apk_owner, DB, "", HM_STR("P:a\nF:etc\nR:x\n"), HM_NONE, &out));
    CHECK_STR("nothing wanted", hm_buf_view(&out), HM_NONE);
}
