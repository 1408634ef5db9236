/* dpkg: which stanzas are components and what each says; gaps by line; owners of files. */
#include "base/limits.h"
#include "detect/db_test.h"

#define OK "Status: install ok installed\n"
static const char STATUS[] = "var/lib/dpkg/status";

static const struct {
    const char *name, *in, *want;
} CASE[] = {
    { "empty database", "", "" },
    { "all fields",
      "Package: util-linux-extra\n" OK "Priority: standard\nMaintainer: util-linux packagers <u@x>\n"
      "Architecture: amd64\nSource: util-linux (2.38.1-5)\nVersion: 2.38.1-5+b1\nHomepage: https://h/\nEssential: yes\n"
      "Pre-Depends: libc6 (>= 2.34)\nDepends: a:any (>= 1), b | c (<< 2) | d:native,\n e [amd64] <!nocheck>\n"
      "Recommends: r\nSuggests: s\nBreaks: t (<< 1)\nProvides: v (= 1), w\nConffiles:\n /etc/x 00\nDescription: x\n y\n",
      "util-linux-extra 2.38.1-5+b1 arch=amd64 from util-linux/2.38.1-5 by util-linux packagers <u@x> at https://h/ "
      "line 1 deb:essential=yes +v +w >libc6 >a >b#1 >c#1 >d#1 >e\n" },
    { "epoch kept, source without version, field names in any case",
      "package: git-core\nSTATUS: install ok installed\nSource: git\nVersion: 1:2.14.2-1\n",
      "git-core 1:2.14.2-1 from git/1:2.14.2-1 line 1\n" },
    { "groups count on", "Package: a\n" OK "Version: 1\nPre-Depends: b | c\nDepends: d | e, f\n",
      "a 1 line 1 >b#1 >c#1 >d#2 >e#2 >f\n" },
    { "states",
      "Package: a\nStatus: hold ok installed\nVersion: 1\n\nPackage: b\nStatus: deinstall reinstreq installed\n"
      "Version: 1\n\nPackage: c\nStatus: deinstall ok config-files\nVersion: 1\n\nPackage: d\n"
      "Status: install ok unpacked\nVersion: 1\n\nPackage: e\nStatus: install reinstreq half-installed\n\n"
      "Package: f\nStatus: install ok half-configured\nVersion: 1\n\nPackage: g\nStatus: unknown ok not-installed\n\n"
      "Package: h\nStatus: install ok triggers-pending\nVersion: 1\n\nPackage: i\n"
      "Status: install ok triggers-awaited\nVersion: 1\n",
      "a 1 line 1\nb 1 line 5\nh 1 line 27\ni 1 line 31\n" },
    { "states that are none",
      "Package: a\nStatus: installed\nVersion: 1\n\nPackage: b\nStatus: install ok installed now\nVersion: 1\n\n"
      "Package: c\nStatus: install ok x\nVersion: 1\n\nPackage: d\nStatus:\nVersion: 1\n\nPackage: e\nVersion: 1\n",
      "! bad_value 2 Status\n! bad_value 6 Status\n! bad_value 10 Status\n! bad_value 14 Status\n"
      "! missing_field 17 Status\n" },
    { "missing fields",
      "Version: 1\n" OK "\nPackage: a\n" OK "\nX: y\n\nPackage:\n" OK "Version: 1\n\nPackage: ok\n" OK "Version: 1\n",
      "ok 1 line 13\n! missing_field 1 Package\n! missing_field 4 Version\n! missing_field 7 Package\n"
      "! missing_field 9 Package\n" },
    { "names and versions that are none",
      "Package: a b\n" OK "Version: 1\n\nPackage: -a\n" OK "Version: 1\n\nPackage: a/b\n" OK
      "Version: 1\n\nPackage: a\n" OK "Version: 1 2\n\nPackage: a\n" OK "Version: 1\n 2\n",
      "! bad_value 1 Package\n! bad_value 5 Package\n! bad_value 9 Package\n! bad_value 15 Version\n"
      "! bad_value 19 Version\n" },
    { "not a record, then one", "asdf\n\nyolo\n x\n\nPackage: a\n" OK "Version: 1\n",
      "a 1 line 6\n! dpkg_record 1\n! dpkg_record 3\n" },
    { "a bad line inside a stanza", "Package: a\n" OK "bad\nworse\nVersion: 1\n", "a 1 line 1\n! dpkg_record 3\n" },
    { "a field twice", "Package: a\n" OK "Version: 1\nPackage: b\nVersion: 2\n",
      "a 1 line 1\n! duplicate 4 Package\n" },
    { "relations that are none",
      "Package: a\n" OK "Version: 1\nSource: (1)\nProvides: $x\nDepends: b, ${misc:Depends}, ,\n",
      "a 1 line 1 >b\n! bad_value 4 Source\n! bad_value 5 Provides\n! bad_value 6 Depends\n" },
    { "source version that is none", "Package: a\n" OK "Version: 1\nSource: b (2 3)\n",
      "a 1 from b/1 line 1\n! bad_value 4 Source\n" },
    { "source without closing", "Package: a\n" OK "Version: 1\nSource: b (2\n", "a 1 from b/2 line 1\n" },
    { "carriage returns, no line end",
      "Package: a\r\nStatus: install ok installed\r\nVersion: 1\r\n\r\nPackage: b\r\n" OK "Version: 2",
      "a 1 line 1\nb 2 line 5\n" },
    { "cut inside a stanza", "Package: a\n" OK "Version: 1\n\nPackage: b\n" OK "Ver",
      "a 1 line 1\n! dpkg_record 7\n"
      "! missing_field 5 Version\n" },
};

TEST(dpkg_status_cases)
{
    for (size_t i = 0; i < HM_COUNT(CASE); i++) {
        TEST_BUF out = { 0 };
        CHECK(CASE[i].name, detected(detect_dpkg_status, STATUS, "", hm_str_c(CASE[i].in), HM_NONE, &out));
        CHECK_STR(CASE[i].name, hm_buf_view(&out), hm_str_c(CASE[i].want));
    }
}

TEST(dpkg_status_keeps_its_root)
{
    TEST_BUF out = { 0 };
    CHECK("run", detected(detect_dpkg_status, "srv/chroot/var/lib/dpkg/status", "srv/chroot",
                          HM_STR("Package: a\n" OK "Version: 1\n"), HM_NONE, &out));
    CHECK_STR("root", hm_buf_view(&out), HM_STR("a 1 root srv/chroot line 1\n"));
}

TEST(dpkg_status_d)
{
    TEST_BUF out = { 0 };
    CHECK("run", detected(detect_dpkg_status_d, "var/lib/dpkg/status.d/foo", "",
                          HM_STR("Package: foo\nVersion: 1\n\nPackage: bar\nStatus: deinstall ok config-files\n"
                                 "Version: 1\n\nVersion: 2\n"),
                          HM_NONE, &out));
    CHECK_STR("no state needed", hm_buf_view(&out), HM_STR("foo 1 line 1\n! missing_field 8 Package\n"));
    hm_buf_reset(&out);
    CHECK("run", detected(detect_dpkg_status_d, "var/lib/dpkg/status.d/foo", "", HM_STR("\n \n"), HM_NONE, &out));
    CHECK_STR("empty", hm_buf_view(&out), HM_STR("! empty\n"));
    hm_buf_reset(&out);
    CHECK("run", detected(detect_dpkg_status_d, "var/lib/dpkg/status.d/foo.md5sums", "", HM_STR("x"), HM_NONE, &out));
    CHECK_STR("digests", hm_buf_view(&out), HM_NONE);
}

TEST(dpkg_limits)
{
    TEST_BUF text = { 0 }, out = { 0 };
    CHECK("room", hm_buf_room(&text, LIMIT_FIELD_LINE + 4096));
    for (size_t i = 0; i < LIMIT_FILE_GAPS + 5; i++)
        hm_buf_c(&text, "a\n\n");
    hm_buf_c(&text, "Package: last\n" OK "Version: 1\n");
    CHECK("run", detected(detect_dpkg_status, STATUS, "", hm_buf_view(&text), HM_NONE, &out));
    CHECK_STR("after bad stanzas", hm_str_sub(hm_buf_view(&out), 0, 17), HM_STR("last 1 line 2011\n"));
    CHECK("gaps are bounded", hm_str_ends(hm_buf_view(&out), HM_STR("! dpkg_record 1999\n! too_many\n")));
    hm_buf_reset(&text);
    hm_buf_reset(&out);
    hm_buf_c(&text, "Package: a\n" OK "Version: 1\nX: ");
    for (size_t i = 0; i < LIMIT_FIELD_LINE; i++)
        hm_buf_byte(&text, 'x');
    CHECK("run", detected(detect_dpkg_status, STATUS, "", hm_buf_view(&text), HM_NONE, &out));
    CHECK_STR("long line", hm_buf_view(&out), HM_STR("a 1 line 1\n! fields_line_too_long 4\n"));
}

static const struct {
    const char *file, *want;
} FIXTURE[] = {
    { "empty", "" },
    { "invalid", "! dpkg_record 1\n! dpkg_record 3\n" },
    { "nopackage", "foo 1.0 line 1\nbar 2.0 line 20\n! missing_field 5 Package\n" },
    { "noversion", "foo 1.0 line 1\nbar 2.0 line 20\n! missing_field 5 Version\n" },
    { "single",
      "acl 2.3.1-3 arch=amd64 by Guillem Jover <guillem@debian.org> at https://savannah.nongnu.org/projects/acl/ "
      "line 1 >libacl1 >libc6\n" },
    { "statusfield", "wantinstall_installed 1.0 line 1\nwantdeinstall_installed 1.0 line 5\n"
                     "wantpurge_installed 1.0 line 17\n! missing_field 25 Status\n" },
    { "trailingnewlines", "acl 2.3.1-3 arch=amd64 by Guillem Jover <guillem@debian.org> at "
                          "https://savannah.nongnu.org/projects/acl/ line 1 >libacl1 >libc6\n" },
    { "transitional",
      "iceweasel 78.13.0esr-1~deb10u1 arch=all from firefox-esr/78.13.0esr-1~deb10u1 by Maintainers of Mozilla-related "
      "packages <team+pkg-mozilla@tracker.debian.org> line 1 >firefox-esr\n" },
    { "transitional_dummy", "git-core 1:2.14.2-1 arch=all from git/1:2.14.2-1 by Gerrit Pape <pape@smarden.org> at "
                            "https://git-scm.com/ line 1 >git\n" },
    { "transitional_empty", "runit-systemd 2.1.2-54+usrmerge arch=all from runit/2.1.2-54+usrmerge by Lorenzo Puliti "
                            "<plorenzo@disroot.org> at http://smarden.org/runit/ line 1\n" },
    { "valid",
      "accountsservice 22.08.8-6 arch=amd64 by Debian freedesktop.org maintainers "
      "<pkg-freedesktop-maintainers@lists.alioth.debian.org> at https://www.freedesktop.org/wiki/Software/AccountsService/ "
      "line 1 >default-dbus-system-bus#1 >dbus-system-bus#1 >libaccountsservice0 >libc6 >libglib2.0-0 "
      ">libpolkit-gobject-1-0\n"
      "acl 2.3.1-3 arch=amd64 by Guillem Jover <guillem@debian.org> at https://savannah.nongnu.org/projects/acl/ line 19 "
      ">libacl1 >libc6\n"
      "adduser 3.131 arch=all by Debian Adduser Developers <adduser@packages.debian.org> line 35 >passwd\n"
      "admin-session 2023.06.26.c543406313-00 arch=amd64 by nobody@google.com line 75 >grtev5-x86-runtimes\n"
      "attr 1:2.5.1-4 arch=amd64 by Guillem Jover <guillem@debian.org> at https://savannah.nongnu.org/projects/attr/ line "
      "87 >libattr1 >libc6\n"
      "libacl1 2.3.1-3 arch=amd64 from acl/2.3.1-3 by Guillem Jover <guillem@debian.org> at "
      "https://savannah.nongnu.org/projects/acl/ line 104 >libc6\n"
      "util-linux-extra 2.38.1-5+b1 arch=amd64 from util-linux/2.38.1-5 by util-linux packagers "
      "<util-linux@packages.debian.org> line 120 >libaudit1 >libc6 >libsmartcols1\n" },
};

TEST(dpkg_fixtures)
{
    if (!test_shared())
        TEST_SKIP("no shared data");
    for (size_t i = 0; i < HM_COUNT(FIXTURE); i++) {
        TEST_BUF in = { 0 }, out = { 0 };
        char name[256];
        snprintf(name, sizeof name, "dpkg/dpkg/%s", FIXTURE[i].file);
        CHECK(name, fixture(name, &in));
        CHECK(name, detected(detect_dpkg_status, STATUS, "", hm_buf_view(&in), HM_NONE, &out));
        CHECK_STR(name, hm_buf_view(&out), hm_str_c(FIXTURE[i].want));
    }
    TEST_BUF in = { 0 }, out = { 0 };
    CHECK("status.d", fixture("dpkg/dpkg/status.d/foo", &in));
    CHECK("status.d", detected(detect_dpkg_status_d, "var/lib/dpkg/status.d/foo", "", hm_buf_view(&in), HM_NONE, &out));
    CHECK_STR("status.d", hm_buf_view(&out), HM_STR("foo 1.2.3 arch=amd64 by someone line 1\n"));
    hm_buf_reset(&out);
    hm_buf_clear(&in);
    CHECK("md5sums", fixture("dpkg/dpkg/status.d/foo.md5sums", &in));
    CHECK("md5sums", detected(detect_dpkg_md5sums, "var/lib/dpkg/status.d/foo.md5sums", "", hm_buf_view(&in),
                              HM_STR("usr/lib/os-release\0usr/share/base-files/dot.profile.md5sums\0usr/x\0"), &out));
    CHECK_STR("md5sums", hm_buf_view(&out),
              HM_STR("usr/lib/os-release < foo\nusr/share/base-files/dot.profile.md5sums < foo\n"));
}

static const struct {
    const char *name;
    hm_str wanted;
    const char *list, *want;
} OWNER[] = {
    { "nothing wanted", HM_STR(""), "/a\n", "" },
    { "some", HM_STR("a\0usr/bin/b\0usr/lib/x/c d\0usr/lib/x/y/z\0usr/lib/x0"),
      "/.\n/a\n/usr\n/usr/bin\n/usr/bin/bb\n/usr/bin/b\n/usr/lib/x\n/usr/lib/x/c d\n/usr/lib/x/y\n/usr/lib/x/y/z\n"
      "/usr/lib/x0\n/usr/lib/x/\n",
      "a < p\nusr/bin/b < p\nusr/lib/x/c d < p\nusr/lib/x/y/z < p\nusr/lib/x0 < p\n" },
    { "neighbours", HM_STR("u/a\0u/a-\0u/a-/f\0u/a.b\0u/a/f\0u/a/g\0u/a0\0u/a0/f\0u/b"),
      "/u/a/f\n/u/a-/f\n/u/a/g\n/u/a0/f\n/u/a/h\n/u/a\n/u/c\n/v\n",
      "u/a/f < p\nu/a-/f < p\nu/a/g < p\nu/a0/f < p\nu/a < p\n" },
    { "merged /usr", HM_STR("lib/m\0usr/bin/b\0usr/lib/m\0usr/lib/x/y\0usr/opt/o"),
      "/bin/b\n/lib/x/y\n/lib/m\n/opt/o\n/bin\n", "usr/bin/b < p\nusr/lib/x/y < p\nlib/m < p\n" },
    { "no line end, trailing NUL", HM_STR("a\0b\0"), "/a\n/b", "a < p\nb < p\n" },
    { "bad lines", HM_STR("a\0b"), "a\n\n/b\nusr\n", "b < p\n! dpkg_record 1\n" },
};

TEST(dpkg_list_owners)
{
    for (size_t i = 0; i < HM_COUNT(OWNER); i++) {
        TEST_BUF out = { 0 };
        CHECK(OWNER[i].name, detected(detect_dpkg_list, "x/var/lib/dpkg/info/p:amd64.list", "x",
                                      hm_str_c(OWNER[i].list), OWNER[i].wanted, &out));
        CHECK_STR(OWNER[i].name, hm_buf_view(&out), hm_str_c(OWNER[i].want));
    }
}

TEST(dpkg_md5sums_owners)
{
    TEST_BUF out = { 0 };
    CHECK("run", detected(detect_dpkg_md5sums, "var/lib/dpkg/status.d/p.md5sums", "",
                          HM_STR("07d31e7e63800ab1b7966980709c51eb  usr/a\n07D31E7E63800AB1B7966980709C51EB *./usr/b\n"
                                 "07d31e7e63800ab1b7966980709c51eg  usr/c\n07d31e7e63800ab1b7966980709c51eb usr/c\n"
                                 "07d31e7e63800ab1b7966980709c51eb  \nshort\n07d31e7e63800ab1b7966980709c51eb  usr/d"),
                          HM_STR("usr/a\0usr/b\0usr/c\0usr/d"), &out));
    CHECK_STR("owned", hm_buf_view(&out), HM_STR("usr/a < p\nusr/b < p\nusr/d < p\n! dpkg_record 3\n"));
}

/* Every path of a large set is found, and no other. */
TEST(dpkg_list_finds_each)
{
    TEST_BUF wanted = { 0 }, list = { 0 }, out = { 0 }, want = { 0 };
    for (unsigned d = 10; d < (test_fault() ? 12 : 40); d++)
        for (unsigned f = 10; f < 60; f++) {
            char path[64];
            snprintf(path, sizeof path, "usr/lib/d%u/f%u", d, f);
            hm_buf_add(&wanted, path, strlen(path) + 1);
            hm_buf_c(&list, "/");
            hm_buf_c(&list, path);
            hm_buf_c(&list, "\n/");
            hm_buf_c(&list, path);
            hm_buf_c(&list, "x\n");
            hm_buf_c(&want, path);
            hm_buf_c(&want, " < p\n");
        }
    CHECK("run",
          detected(detect_dpkg_list, "var/lib/dpkg/info/p.list", "", hm_buf_view(&list), hm_buf_view(&wanted), &out));
    CHECK("made", !wanted.bad && !list.bad && !want.bad);
    CHECK_STR("all", hm_buf_view(&out), hm_buf_view(&want));
}
