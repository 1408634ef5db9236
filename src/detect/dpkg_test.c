/* dpkg: which stanzas are components and what each says; gaps by line; owners of files. */
#include "base/limits.h"
#include "detect/detect_test.h"

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
      "r util-linux-extra@2.38.1-5+b1 [K] quals=arch=amd64 source=util-linux/2.38.1-5 supplier=util-linux packagers "
      "<u@x> home=https://h/ line=1 deb:essential=yes +:util-linux-extra +:v +:w ?r:libc6 ?r:a ?r:b#1 ?r:c#1 ?r:d#1 "
      "?r:e\n" },
    { "epoch kept, source without version, field names in any case",
      "package: git-core\nSTATUS: install ok installed\nSource: git\nVersion: 1:2.14.2-1\n",
      "r git-core@1:2.14.2-1 [K] source=git/1:2.14.2-1 line=1 +:git-core\n" },
    { "groups count on", "Package: a\n" OK "Version: 1\nPre-Depends: b | c\nDepends: d | e, f\n",
      "r a@1 [K] line=1 +:a ?r:b#1 ?r:c#1 ?r:d#2 ?r:e#2 ?r:f\n" },
    { "states",
      "Package: a\nStatus: hold ok installed\nVersion: 1\n\nPackage: b\nStatus: deinstall reinstreq installed\n"
      "Version: 1\n\nPackage: c\nStatus: deinstall ok config-files\nVersion: 1\n\nPackage: d\n"
      "Status: install ok unpacked\nVersion: 1\n\nPackage: e\nStatus: install reinstreq half-installed\n\n"
      "Package: f\nStatus: install ok half-configured\nVersion: 1\n\nPackage: g\nStatus: unknown ok not-installed\n\n"
      "Package: h\nStatus: install ok triggers-pending\nVersion: 1\n\nPackage: i\n"
      "Status: install ok triggers-awaited\nVersion: 1\n",
      "r a@1 [K] line=1 +:a\nr b@1 [K] line=5 +:b\nr h@1 [K] line=27 +:h\n"
      "r i@1 [K] line=31 +:i\n" },
    { "states that are none",
      "Package: a\nStatus: installed\nVersion: 1\n\nPackage: b\nStatus: install ok installed now\nVersion: 1\n\n"
      "Package: c\nStatus: install ok x\nVersion: 1\n\nPackage: d\nStatus:\nVersion: 1\n\nPackage: e\nVersion: 1\n",
      "! bad_value 2 Status\n! bad_value 6 Status\n! bad_value 10 Status\n! bad_value 14 Status\n"
      "! missing_field 17 Status\n" },
    { "missing fields",
      "Version: 1\n" OK "\nPackage: a\n" OK "\nX: y\n\nPackage:\n" OK "Version: 1\n\nPackage: ok\n" OK "Version: 1\n",
      "r ok@1 [K] line=13 +:ok\n! missing_field 1 Package\n"
      "! missing_field 4 Version\n! missing_field 7 Package\n! missing_field 9 Package\n" },
    { "names and versions that are none",
      "Package: a b\n" OK "Version: 1\n\nPackage: -a\n" OK "Version: 1\n\nPackage: a/b\n" OK
      "Version: 1\n\nPackage: a\n" OK "Version: 1 2\n\nPackage: a\n" OK "Version: 1\n 2\n",
      "! bad_value 1 Package\n! bad_value 5 Package\n! bad_value 9 Package\n! bad_value 15 Version\n"
      "! bad_value 19 Version\n" },
    { "not a record, then one", "asdf\n\nyolo\n x\n\nPackage: a\n" OK "Version: 1\n",
      "r a@1 [K] line=6 +:a\n! dpkg_record 1\n! dpkg_record 3\n" },
    { "a bad line inside a stanza", "Package: a\n" OK "bad\nworse\nVersion: 1\n",
      "r a@1 [K] line=1 +:a\n! dpkg_record 3\n" },
    { "a field twice", "Package: a\n" OK "Version: 1\nPackage: b\nVersion: 2\n",
      "r a@1 [K] line=1 +:a\n! duplicate 4 Package\n" },
    { "relations that are none",
      "Package: a\n" OK "Version: 1\nSource: (1)\nProvides: $x\nDepends: b, ${misc:Depends}, ,\n",
      "r a@1 [K] line=1 +:a ?r:b\n! bad_value 4 Source\n"
      "! bad_value 5 Provides\n! bad_value 6 Depends\n" },
    { "source version that is none", "Package: a\n" OK "Version: 1\nSource: b (2 3)\n",
      "r a@1 [K] source=b/1 line=1 +:a\n! bad_value 4 Source\n" },
    { "source without closing", "Package: a\n" OK "Version: 1\nSource: b (2\n", "r a@1 [K] source=b/2 line=1 +:a\n" },
    { "carriage returns, no line end",
      "Package: a\r\nStatus: install ok installed\r\nVersion: 1\r\n\r\nPackage: b\r\n" OK "Version: 2",
      "r a@1 [K] line=1 +:a\nr b@2 [K] line=5 +:b\n" },
    { "cut inside a stanza", "Package: a\n" OK "Version: 1\n\nPackage: b\n" OK "Ver",
      "r a@1 [K] line=1 +:a\n! dpkg_record 7\n! missing_field 5 Version\n" },
};

TEST(dpkg_status_cases)
{
    for (size_t i = 0; i < HM_COUNT(CASE); i++) {
        CHECK_SAID(CASE[i].name, hm_str_c(CASE[i].want), .fn = detect_dpkg_status, .path = STATUS,
                   .bytes = hm_str_c(CASE[i].in));
    }
}

TEST(dpkg_status_keeps_its_root)
{
    CHECK_SAID("root", HM_STR("r a@1 [K] root=srv/chroot line=1 +srv/chroot:a\n"), .fn = detect_dpkg_status,
               .path = "srv/chroot/var/lib/dpkg/status", .root = "srv/chroot",
               .bytes = HM_STR("Package: a\n" OK "Version: 1\n"));
}

TEST(dpkg_status_d)
{
    CHECK_SAID("no state needed", HM_STR("r foo@1 [K] line=1 +:foo\n! missing_field 8 Package\n"),
               .fn = detect_dpkg_status_d, .path = "var/lib/dpkg/status.d/foo",
               .bytes = HM_STR("Package: foo\nVersion: 1\n\nPackage: bar\nStatus: deinstall ok config-files\n"
                               "Version: 1\n\nVersion: 2\n"));
    CHECK_SAID("empty", HM_STR("! empty\n"), .fn = detect_dpkg_status_d, .path = "var/lib/dpkg/status.d/foo",
               .bytes = HM_STR("\n \n"));
    CHECK_SAID("digests", HM_NONE, .fn = detect_dpkg_status_d, .path = "var/lib/dpkg/status.d/foo.md5sums",
               .bytes = HM_STR("x"));
}

TEST(dpkg_limits)
{
    TEST_BUF text = { 0 }, out = { 0 };
    CHECK("room", hm_buf_room(&text, LIMIT_FIELD_LINE + 4096));
    for (size_t i = 0; i < LIMIT_FILE_GAPS + 5; i++)
        hm_buf_c(&text, "a\n\n");
    hm_buf_c(&text, "Package: last\n" OK "Version: 1\n");
    CHECK("run", detect_said(&(detect_try){ .fn = detect_dpkg_status, .path = STATUS, .bytes = hm_buf_view(&text) },
                             &out, NULL));
    CHECK("after bad stanzas", hm_str_starts(hm_buf_view(&out), HM_STR("r last@1 [K] line=2011 +:last\n")));
    CHECK("gaps are bounded", hm_str_ends(hm_buf_view(&out), HM_STR("! dpkg_record 1999\n! too_many 0 1000\n")));
    hm_buf_reset(&text);
    hm_buf_c(&text, "Package: a\n" OK "Version: 1\nX: ");
    for (size_t i = 0; i < LIMIT_FIELD_LINE; i++)
        hm_buf_byte(&text, 'x');
    CHECK_SAID("long line", HM_STR("r a@1 [K] line=1 +:a\n! fields_line_too_long 4 1048576\n"),
               .fn = detect_dpkg_status, .path = STATUS, .bytes = hm_buf_view(&text));
}

static const struct {
    const char *file, *want;
} FIXTURE[] = {
    { "empty", "" },
    { "invalid", "! dpkg_record 1\n! dpkg_record 3\n" },
    { "nopackage", "r foo@1.0 [K] line=1 +:foo\nr bar@2.0 [K] line=20 +:bar\n"
                   "! missing_field 5 Package\n" },
    { "noversion", "r foo@1.0 [K] line=1 +:foo\nr bar@2.0 [K] line=20 +:bar\n"
                   "! missing_field 5 Version\n" },
    { "single", "r acl@2.3.1-3 [K] quals=arch=amd64 supplier=Guillem Jover <guillem@debian.org> "
                "home=https://savannah.nongnu.org/projects/acl/ line=1 +:acl ?r:libacl1 ?r:libc6\n" },
    { "statusfield", "r wantinstall_installed@1.0 [K] line=1 +:wantinstall_installed\n"
                     "r wantdeinstall_installed@1.0 [K] line=5 +:wantdeinstall_installed\n"
                     "r wantpurge_installed@1.0 [K] line=17 +:wantpurge_installed\n"
                     "! missing_field 25 Status\n" },
    { "trailingnewlines", "r acl@2.3.1-3 [K] quals=arch=amd64 supplier=Guillem Jover <guillem@debian.org> "
                          "home=https://savannah.nongnu.org/projects/acl/ line=1 +:acl ?r:libacl1 ?r:libc6\n" },
    { "transitional",
      "r iceweasel@78.13.0esr-1~deb10u1 [K] quals=arch=all source=firefox-esr/78.13.0esr-1~deb10u1 "
      "supplier=Maintainers of Mozilla-related packages <team+pkg-mozilla@tracker.debian.org> line=1 +:iceweasel "
      "?r:firefox-esr\n" },
    { "transitional_dummy",
      "r git-core@1:2.14.2-1 [K] quals=arch=all source=git/1:2.14.2-1 supplier=Gerrit Pape <pape@smarden.org> "
      "home=https://git-scm.com/ line=1 +:git-core ?r:git\n" },
    { "transitional_empty",
      "r runit-systemd@2.1.2-54+usrmerge [K] quals=arch=all source=runit/2.1.2-54+usrmerge supplier=Lorenzo Puliti "
      "<plorenzo@disroot.org> home=http://smarden.org/runit/ line=1 +:runit-systemd\n" },
    { "valid",
      "r accountsservice@22.08.8-6 [K] quals=arch=amd64 supplier=Debian freedesktop.org maintainers "
      "<pkg-freedesktop-maintainers@lists.alioth.debian.org> "
      "home=https://www.freedesktop.org/wiki/Software/AccountsService/ line=1 +:accountsservice "
      "?r:default-dbus-system-bus#1 ?r:dbus-system-bus#1 ?r:libaccountsservice0 ?r:libc6 ?r:libglib2.0-0 "
      "?r:libpolkit-gobject-1-0\n"
      "r acl@2.3.1-3 [K] quals=arch=amd64 supplier=Guillem Jover <guillem@debian.org> "
      "home=https://savannah.nongnu.org/projects/acl/ line=19 +:acl ?r:libacl1 ?r:libc6\n"
      "r adduser@3.131 [K] quals=arch=all supplier=Debian Adduser Developers <adduser@packages.debian.org> line=35 "
      "+:adduser ?r:passwd\n"
      "r admin-session@2023.06.26.c543406313-00 [K] quals=arch=amd64 supplier=nobody@google.com line=75 "
      "+:admin-session ?r:grtev5-x86-runtimes\n"
      "r attr@1:2.5.1-4 [K] quals=arch=amd64 supplier=Guillem Jover <guillem@debian.org> "
      "home=https://savannah.nongnu.org/projects/attr/ line=87 +:attr ?r:libattr1 ?r:libc6\n"
      "r libacl1@2.3.1-3 [K] quals=arch=amd64 source=acl/2.3.1-3 supplier=Guillem Jover <guillem@debian.org> "
      "home=https://savannah.nongnu.org/projects/acl/ line=104 +:libacl1 ?r:libc6\n"
      "r util-linux-extra@2.38.1-5+b1 [K] quals=arch=amd64 source=util-linux/2.38.1-5 supplier=util-linux packagers "
      "<util-linux@packages.debian.org> line=120 +:util-linux-extra ?r:libaudit1 ?r:libc6 ?r:libsmartcols1\n" },
};

TEST(dpkg_fixtures)
{
    if (!test_shared())
        TEST_SKIP("no shared data");
    for (size_t i = 0; i < HM_COUNT(FIXTURE); i++) {
        TEST_BUF in = { 0 };
        char name[256];
        snprintf(name, sizeof name, "dpkg/dpkg/%s", FIXTURE[i].file);
        CHECK(name, fixture(name, &in));
        CHECK_SAID(name, hm_str_c(FIXTURE[i].want), .fn = detect_dpkg_status, .path = STATUS,
                   .bytes = hm_buf_view(&in));
    }
    TEST_BUF in = { 0 };
    CHECK("status.d", fixture("dpkg/dpkg/status.d/foo", &in));
    CHECK_SAID("status.d", HM_STR("r foo@1.2.3 [K] quals=arch=amd64 supplier=someone line=1 +:foo\n"),
               .fn = detect_dpkg_status_d, .path = "var/lib/dpkg/status.d/foo", .bytes = hm_buf_view(&in));
    hm_buf_clear(&in);
    CHECK("md5sums", fixture("dpkg/dpkg/status.d/foo.md5sums", &in));
    CHECK_SAID("md5sums", HM_STR("usr/lib/os-release < foo\nusr/share/base-files/dot.profile.md5sums < foo\n"),
               .fn = detect_dpkg_md5sums, .path = "var/lib/dpkg/status.d/foo.md5sums", .bytes = hm_buf_view(&in),
               .wanted = HM_STR("usr/lib/os-release\0usr/share/base-files/dot.profile.md5sums\0usr/x\0"));
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
        CHECK_SAID(OWNER[i].name, hm_str_c(OWNER[i].want), .fn = detect_dpkg_list,
                   .path = "x/var/lib/dpkg/info/p:amd64.list", .root = "x", .bytes = hm_str_c(OWNER[i].list),
                   .wanted = OWNER[i].wanted);
    }
}

TEST(dpkg_md5sums_owners)
{
    CHECK_SAID("owned", HM_STR("usr/a < p\nusr/b < p\nusr/d < p\n! dpkg_record 3\n"), .fn = detect_dpkg_md5sums,
               .path = "var/lib/dpkg/status.d/p.md5sums",
               .bytes = HM_STR("07d31e7e63800ab1b7966980709c51eb  usr/a\n07D31E7E63800AB1B7966980709C51EB *./usr/b\n"
                               "07d31e7e63800ab1b7966980709c51eg  usr/c\n07d31e7e63800ab1b7966980709c51eb usr/c\n"
                               "07d31e7e63800ab1b7966980709c51eb  \nshort\n07d31e7e63800ab1b7966980709c51eb  usr/d"),
               .wanted = HM_STR("usr/a\0usr/b\0usr/c\0usr/d"));
}

/* Every path of a large set is found, and no other. */
TEST(dpkg_list_finds_each)
{
    TEST_BUF wanted = { 0 }, list = { 0 }, want = { 0 };
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
    CHECK("made", !wanted.bad && !list.bad && !want.bad);
    CHECK_SAID("all", hm_buf_view(&want), .fn = detect_dpkg_list, .path = "var/lib/dpkg/info/p.list",
               .bytes = hm_buf_view(&list), .wanted = hm_buf_view(&wanted));
}

/* ---- opkg, package files ----------------------------------------------------------------------------------------------- */

TEST(opkg_cases)
{
    CHECK_SAID("status", HM_STR("r a@1-r1 [K] quals=arch=mips line=1 opkg:essential=yes +:a +:liba ?r:libc ?r:b\n"),
               .fn = detect_opkg_status, .path = "usr/lib/opkg/status",
               .bytes =
                   HM_STR("Package: a\nVersion: 1-r1\nDepends: libc, b (>= 2)\nProvides: liba\nStatus: install user "
                          "installed\nEssential: yes\nArchitecture: mips\n\nPackage: c\nVersion: 1\nStatus: unknown ok "
                          "not-installed\n"));
    CHECK_SAID("control",
               HM_STR("r ubusd@2-r1 [K] source=ubus/2-r1 supplier=F <f@x> licence=LGPL-2.1-only home=https://h.example "
                      "line=1 opkg:cpe_id=cpe:/a:x:ubus +:ubusd\n"),
               .fn = detect_opkg_control, .path = "usr/lib/opkg/info/ubusd.control",
               .bytes = HM_STR("Package: ubusd\nVersion: 2-r1\nSource: package/system/ubus\nSourceName: ubus\nLicense: "
                               "LGPL-2.1\nMaintainer: F <f@x>\nCPE-ID: cpe:/a:x:ubus\nHomepage: https://h.example\n"));
    CHECK_SAID("source by its path, a licence that is none", HM_STR("r a@1 [K] source=ubus/1 raw=own line=1 +:a\n"),
               .fn = detect_opkg_control, .path = "x",
               .bytes = HM_STR("Package: a\nVersion: 1\nSource: feeds/base/package/system/ubus\nLicense: own\n"));
    CHECK_SAID("empty control", HM_STR("! empty\n"), .fn = detect_opkg_control, .path = "x", .bytes = HM_STR("\n"));
    CHECK_SAID("owners", HM_STR("sbin/a < p\netc/b < p\n"), .fn = detect_opkg_list, .path = "usr/lib/opkg/info/p.list",
               .bytes = HM_STR("/sbin/a\n/etc/b\t0100644\t0\n/etc/c\n"), .wanted = HM_STR("etc/b\0sbin/a"));
}

TEST(deb_control_cases)
{
    static const char CONTROL[] = "Package: a\nVersion: 1\nSource: s (2)\nDepends: b\nLicense: MIT\n";
    CHECK_SAID("deb", HM_STR("- a@1 [K] source=s/2 root=d/a.deb line=1 package:file=yes +d/a.deb:a ?r:d/a.deb:b\n"),
               .fn = detect_deb_control, .path = "d/a.deb!/control.tar.xz!/control",
               .archive = "d/a.deb!/control.tar.xz", .bytes = hm_str_c(CONTROL));
    CHECK_SAID("ipk", HM_STR("- a@1 [K] licence=MIT root=a.ipk line=1 package:file=yes +a.ipk:a ?r:a.ipk:b\n"),
               .fn = detect_deb_control, .path = "a.ipk!/control.tar.gz!/control", .archive = "a.ipk!/control.tar.gz",
               .bytes = HM_STR("Package: a\nVersion: 1\nSource: x/a\nDepends: b\nLicense: MIT\n"));
    CHECK_SAID("the inner archive alone", HM_STR("- a@1 [K] root=control.tar line=1 package:file=yes +control.tar:a\n"),
               .fn = detect_deb_control, .path = "control.tar!/control", .archive = "control.tar",
               .bytes = HM_STR("Package: a\nVersion: 1\n"));
    CHECK_SAID("empty", HM_STR("! empty\n"), .fn = detect_deb_control, .path = "control.tar!/control",
               .archive = "control.tar", .bytes = HM_NONE);
    CHECK_SAID("esm", HM_STR("r a@1.2+esm1 [K] line=1 deb:esm=yes +:a\n"), .fn = detect_dpkg_status, .path = STATUS,
               .bytes = HM_STR("Package: a\n" OK "Version: 1.2+esm1\n"));
}

TEST(opkg_fixtures)
{
#define UBUS                                                                                                           \
    "r ubus@2024.10.20~252a9b0c-r1 [K] quals=arch=x86_64 line=1 +:ubus ?r:libc ?r:libubus20241020 "                    \
    "?r:libblobmsg-json20240329 ?r:ubusd\n"
#define BUSYBOX(line) "r busybox@1.36.1-r2 [K] quals=arch=x86_64 line=" line " opkg:essential=yes +:busybox ?r:libc\n"
    static const struct {
        const char *file, *want;
    } T[] = {
        { "empty", "" },
        { "invalid", "! dpkg_record 1\n! dpkg_record 3\n" },
        { "single", UBUS },
        { "trailingnewlines", UBUS },
        { "transitional", UBUS },
        { "valid",
          UBUS "r libuci20130104@2023.08.10~5781664d-r1 [K] quals=arch=x86_64 line=9 +:libuci20130104 +:libuci "
               "?r:libc ?r:libubox20240329\n" BUSYBOX("19") },
        { "nopackage", UBUS BUSYBOX("17") "! missing_field 9 Package\n" },
        { "noversion", UBUS BUSYBOX("18") "! missing_field 9 Version\n" },
        { "statusfield", "r wantinstall_installed@1.0 [K] line=1 +:wantinstall_installed\n"
                         "r wantpurge_installed@1.0 [K] line=13 +:wantpurge_installed\n! missing_field 21 Status\n" },
    };
    if (!test_shared())
        TEST_SKIP("no shared data");
    for (size_t i = 0; i < HM_COUNT(T); i++) {
        TEST_BUF in = { 0 };
        char name[64];
        snprintf(name, sizeof name, "dpkg/opkg/%s", T[i].file);
        CHECK(name, fixture(name, &in));
        CHECK_SAID(name, hm_str_c(T[i].want), .fn = detect_opkg_status, .path = "usr/lib/opkg/status",
                   .bytes = hm_buf_view(&in));
    }
}
