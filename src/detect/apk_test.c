/* apk: packages, gaps by line, owners of files. */
#include "detect/detect_test.h"

static const char DB[] = "lib/apk/db/installed";

static const struct {
    const char *name, *in, *want;
} CASE[] = {
    { "empty database", "", "" },
    { "all fields",
      "C:Q1x=\nP:ssl_client\nV:1.36.0-r9\nA:x86_64\nS:1\nT:text: more\nU:https://h/\nL:GPL-2.0-only\no:busybox\n"
      "m:M <m@x>\nc:00\nD:so:libc.musl-x86_64.so.1 busybox=1.36.0-r9  a>=1 b<2 c~3 d@edge !e /bin/sh pc:z>=1\n"
      "i:busybox libssl3\np:so:libx.so.1=1 cmd:ssl_client=1.36.0-r9 v\nF:usr\nM:0:0:755\nR:a\na:0:0:755\nZ:Q1x=\n",
      "r ssl_client@1.36.0-r9 [K] quals=arch=x86_64 source=busybox/1.36.0-r9 supplier=M <m@x> licence=GPL-2.0-only "
      "home=https://h/ line=1 +:ssl_client +:so:libx.so.1 +:cmd:ssl_client +:v ?r:so:libc.musl-x86_64.so.1 "
      "?r:busybox ?r:a ?r:b ?r:c ?r:d ?r:/bin/sh ?r:pc:z\n" },
    { "several, many blank lines, no line end", "\n\nP:a\nV:1\n\n\n\nP:b\nV:2",
      "r a@1 [K] line=3 +:a\nr b@2 [K] line=8 +:b\n" },
    { "carriage returns", "P:a\r\nV:1\r\n\r\nP:b\r\nV:2\r\n", "r a@1 [K] line=1 +:a\nr b@2 [K] line=4 +:b\n" },
    { "not a record, then one", "asdf\n\nyolo\nx\n\nP:a\nV:1\n",
      "r a@1 [K] line=6 +:a\n! apk_record 1\n! apk_record 3\n" },
    { "bad line inside", "P:a\nbad\n1:x\nV:1\n", "r a@1 [K] line=1 +:a\n! apk_record 2\n" },
    { "missing", "V:1\n\nP:a\n\nP:\nV:1\n\nP:b\nV:\n\nP:ok\nV:1\n",
      "r ok@1 [K] line=11 +:ok\n! missing_field 1 P\n! missing_field 3 V\n"
      "! missing_field 5 P\n! missing_field 8 V\n" },
    { "no token", "P:a b\nV:1\n\nP:a\nV:1 2\n\nP:\xff\nV:1\n", "! bad_value 1 P\n! bad_value 4 V\n! bad_value 7 P\n" },
    { "twice", "P:a\nV:1\nP:b\nV:2\n", "r a@1 [K] line=1 +:a\n! duplicate 3 P\n" },
    { "dependencies that are none", "P:a\nV:1\nD:= b\n", "r a@1 [K] line=1 +:a ?r:b\n! bad_value 3 D\n" },
    { "a virtual package", "P:.build-deps\nV:20240101.1\nA:noarch\nD:gcc\n",
      "r .build-deps@20240101.1 [K] quals=arch=noarch line=1 apk:virtual=yes +:.build-deps ?r:gcc\n" },
    { "cut", "P:a\nV:1\n\nP:b\nV", "r a@1 [K] line=1 +:a\n! apk_record 5\n! missing_field 4 V\n" },
};

TEST(apk_installed_cases)
{
    for (size_t i = 0; i < HM_COUNT(CASE); i++) {
        CHECK_SAID(CASE[i].name, hm_str_c(CASE[i].want), .fn = detect_apk_installed, .path = DB,
                   .bytes = hm_str_c(CASE[i].in));
    }
}

static const struct {
    const char *file, *head; /* the output starts so */
    size_t lines;
} FIXTURE[] = {
    { "empty", "", 0 },
    { "invalid", "! apk_record 1\n! apk_record 3\n", 2 },
    { "single",
      "r alpine-baselayout-data@3.4.3-r1 [K] quals=arch=x86_64 source=alpine-baselayout/3.4.3-r1 supplier=Natanael "
      "Copa <ncopa@alpinelinux.org> licence=GPL-2.0-only "
      "home=https://git.alpinelinux.org/cgit/aports/tree/main/alpine-baselayout line=1 +:alpine-baselayout-data\n",
      1 },
    { "different-arch",
      "r alpine-baselayout-data@3.4.3-r1 [K] quals=arch=noarch source=alpine-baselayout/3.4.3-r1 supplier=", 1 },
    { "no-origin", "r pkgname@1.2.3 [K] quals=arch=x86_64 licence=GPL-2.0-only line=1 +:pkgname\n", 1 },
    { "installed",
      "r alpine-baselayout@3.4.3-r1 [K] quals=arch=x86_64 supplier=Natanael Copa <ncopa@alpinelinux.org> "
      "licence=GPL-2.0-only home=https://git.alpinelinux.org/cgit/aports/tree/main/alpine-baselayout line=1 "
      "+:alpine-baselayout ?r:alpine-baselayout-data ?r:/bin/sh\n",
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
        CHECK(name, detect_said(&(detect_try){ .fn = detect_apk_installed, .path = DB, .bytes = hm_buf_view(&in) },
                                &out, NULL));
        hm_str head = hm_str_c(FIXTURE[i].head);
        CHECK_STR(name, hm_str_sub(hm_buf_view(&out), 0, head.n), head);
        for (size_t k = 0; k < out.n; k++)
            lines += out.p[k] == '\n';
        CHECK_EQ(name, lines, FIXTURE[i].lines);
    }
    TEST_BUF in = { 0 };
    CHECK("owner", fixture("apk/installed", &in));
    CHECK_SAID("owner",
               HM_STR("etc/motd < alpine-baselayout\nsbin/apk < apk-tools\nbin/busybox < busybox\n"
                      "lib/libz.so.1.2.13 < zlib\n"),
               .fn = detect_apk_owner, .path = DB, .bytes = hm_buf_view(&in),
               .wanted = HM_STR("bin/busybox\0etc/motd\0etc/nothing\0lib/libz.so.1.2.13\0sbin/apk"));
}

TEST(apk_owners)
{
    CHECK_SAID("owned", HM_STR("top < a\netc/x < a\netc/d/x < a\ntop2 < b\nusr/bin/c < b\nopt/z < b\n"),
               .fn = detect_apk_owner, .path = DB,
               .bytes = HM_STR("P:a\nF:\nR:top\nF:etc\nR:x\nR:y\nF:etc/d\nR:x\nbad\n\nR:x\nP:b\nR:top2\nF:bin\nR:c\n"
                               "F:opt\nR:c\nP:late\nR:z"),
               .wanted = HM_STR("etc/d/x\0etc/x\0opt/z\0top\0top2\0usr/bin/c\0usr/opt/c\0x"));
    CHECK_SAID("nothing wanted", HM_NONE, .fn = detect_apk_owner, .path = DB, .bytes = HM_STR("P:a\nF:etc\nR:x\n"));
}
