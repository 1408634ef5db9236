/* copyright: DEP-5 synopses to SPDX, what stays literal, free form, files that break their promise, links. */
#include "base/limits.h"
#include "detect/detect_test.h"

#define HEAD "Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\nUpstream-Name: x\n\n"
static const char PATH[] = "usr/share/doc/p/copyright";

/* One synopsis a paragraph, separated by '|'. */
static const struct {
    const char *synopses, *want;
} DEP5[] = {
    { "Expat", "p licence MIT\n" },
    { "GPL-2+", "p licence GPL-2.0-or-later\n" },
    { "gpl-2+", "p licence GPL-2.0-or-later\n" },
    { "GPL-2+|Expat|GPL-2+|BSD-3-clause", "p licence BSD-3-Clause AND GPL-2.0-or-later AND MIT\n" },
    { "GPL-2+ or Artistic-2.0", "p licence GPL-2.0-or-later OR Artistic-2.0\n" },
    { "GPL-2+ or Artistic-2.0|Expat", "p licence (GPL-2.0-or-later OR Artistic-2.0) AND MIT\n" },
    { "GPL-2+ and Expat", "p licence GPL-2.0-or-later AND MIT\n" },
    { "GPL-2+ AND Expat|Expat", "p licence GPL-2.0-or-later AND MIT\n" },
    { "Expat or Zlib and ISC", "p licence MIT OR Zlib AND ISC\n" },
    { "Expat or Zlib, and ISC", "p licence ISC AND (MIT OR Zlib)\n" },
    { "Expat and Zlib, or ISC", "p licence MIT AND Zlib OR ISC\n" },
    { "Expat or Zlib, and ISC, or X11", "p licence (MIT OR Zlib) AND ISC OR X11\n" },
    { "Expat, and Zlib and ISC", "p licence ISC AND MIT AND Zlib\n" },
    { "Apache-2.0 with LLVM exception", "p licence Apache-2.0 WITH LLVM-exception\n" },
    { "GPL-2 with Linux-syscall-note exception or Expat", "p licence GPL-2.0-only WITH Linux-syscall-note OR MIT\n" },
    { "GPL-2+ with Libtool exception, and Expat or Zlib",
      "p licence GPL-2.0-or-later WITH Libtool-exception AND (MIT OR Zlib)\n" },
    { "GPL-3 with GCC Runtime Library exception", "p licence GPL-3.0-only WITH GCC-exception-3.1\n" },
    { "GPL-2 with Classpath-exception-2.0", "p licence GPL-2.0-only WITH Classpath-exception-2.0\n" },
    { "GPL-3+ with Bison exception", "p raw GPL-3+ with Bison exception\n" },
    { "Expat and Zork", "p licence MIT\np raw Zork\n" },
    { "Zork, and Expat and Zeta", "p licence MIT\np raw Zeta, Zork\n" },
    { "Expat or Zork", "p raw Expat or Zork\n" },
    { "Expat, or Zork and Zlib", "p raw Expat, or Zork and Zlib\n" },
    { "Zeta|Zork|Zork and Expat", "p licence MIT\np raw Zeta, Zork\n" },
    { "GPL-2+ with A exception and B exception", "p raw GPL-2+ with A exception and B exception\n" },
    { "public domain", "p raw public domain\n" },
    { "Permission to use, copy, modify, and distribute this software and its",
      "p raw Permission to use, copy, modify, and distribute this software and its\n" },
    { "and", "p raw and\n" },
    { "Expat and", "p raw Expat and\n" },
    { "or Expat", "p raw or Expat\n" },
    { "Expat,", "p licence MIT\n" },
    { "Expat with", "p raw Expat with\n" },
    { "Expat with exception", "p raw Expat with exception\n" },
};

TEST(copyright_synopses)
{
    for (size_t i = 0; i < HM_COUNT(DEP5); i++) {
        TEST_BUF in = { 0 };
        hm_buf_c(&in, HEAD);
        for (hm_str rest = hm_str_c(DEP5[i].synopses); rest.n;) {
            hm_buf_c(&in, "Files: *\nCopyright: me\nLicense: ");
            hm_buf_str(&in, hm_str_cut(rest, '|', &rest));
            hm_buf_c(&in, "\n text of it\n .\n more\n\n");
        }
        CHECK("made", !in.bad);
        CHECK_SAID(DEP5[i].synopses, hm_str_c(DEP5[i].want), .fn = detect_dpkg_copyright, .path = PATH,
                   .bytes = hm_buf_view(&in));
    }
}

static const struct {
    const char *name, *in, *want;
} FILES[] = {
    { "empty", "", "" },
    { "free form", "It is free.\nLicense: GPL-2\n", "" },
    { "references",
      "See `/usr/share/common-licenses/GPL-2'.\n\nAnd /usr/share/common-licenses/LGPL-2.1.\nAgain "
      "/usr/share/common-licenses/GPL-2, /usr/share/common-licenses/{BSD,GPL} and /usr/share/common-licenses/Apache-2.0",
      "p raw Apache-2.0, GPL-2, LGPL-2.1\n" },
    { "licence paragraphs and texts do not count",
      HEAD
      "Files: *\nCopyright: x\nLicense: Expat\n License: GPL-2\n /usr/share/common-licenses/GPL-3\n\nLicense: GPL-2\n x\n",
      "p licence MIT\n" },
    { "licence before files", HEAD "License: Expat\nFiles: *\n", "p licence MIT\n" },
    { "header licence only where no file has one",
      "Format: copyright-format\nLicense: Expat\n\nFiles: *\nLicense: Zlib\n", "p licence Zlib\n" },
    { "header licence", "Format: copyright-format\nLicense: Expat\n\nFiles: *\n", "p licence MIT\n" },
    { "older format name", "Format-Specification: http://dep.debian.net/deps/dep5/\n\nFiles: *\nLicense: Expat\n",
      "p licence MIT\n" },
    { "leading blank lines, comments, carriage returns",
      "\r\n\r\nFormat: copyright-format\r\n# note\r\n\r\n# ---\r\nFiles: *\r\nLicense: Expat\r\n text\r\n",
      "p licence MIT\n" },
    { "no format, but its fields", "Upstream-Name: x\n\nFiles: *\nLicense: Expat\n\nbad line\n", "p licence MIT\n" },
    { "white lines do not end a paragraph", HEAD "Files: a\nLicense: Expat\n text\n   \nFiles: b\nLicense: Zlib\n",
      "p licence MIT AND Zlib\n" },
    { "bad line", HEAD "Files: a\nLicense: Expat\nbad line\n\nFiles: b\nLicense: Zlib\nworse\n",
      "p licence MIT AND Zlib\n! fields_syntax 6\n" },
    { "no licence", HEAD "Files: *\nCopyright: x\n", "! missing_field License\n" },
    { "no licence but a reference", HEAD "Files: *\nLicense:\n /usr/share/common-licenses/GPL-2\n",
      "p raw GPL-2\n! missing_field License\n" },
};

TEST(copyright_files)
{
    for (size_t i = 0; i < HM_COUNT(FILES); i++) {
        CHECK_SAID(FILES[i].name, hm_str_c(FILES[i].want), .fn = detect_dpkg_copyright, .path = PATH,
                   .bytes = hm_str_c(FILES[i].in));
    }
}

TEST(copyright_literal_is_cut)
{
    TEST_BUF in = { 0 }, out = { 0 };
    hm_buf_c(&in, HEAD "Files: *\nLicense: xy");
    for (int i = 0; i < 60; i++)
        hm_buf_c(&in, "\xe6\x98\x9f");
    CHECK("run", detect_said(&(detect_try){ .fn = detect_dpkg_copyright, .path = PATH, .bytes = hm_buf_view(&in) },
                             &out, NULL));
    CHECK_EQ("at a character", out.n, sizeof "p raw xy\n" - 1 + 96);
    hm_buf_reset(&in);
    hm_buf_reset(&out);
    hm_buf_c(&in, HEAD);
    for (unsigned i = 0; i < 300; i++) {
        char text[64];
        snprintf(text, sizeof text, "Files: *\nLicense: unknown-%u\n\n", i);
        hm_buf_c(&in, text);
    }
    CHECK("run", detect_said(&(detect_try){ .fn = detect_dpkg_copyright, .path = PATH, .bytes = hm_buf_view(&in) },
                             &out, NULL));
    CHECK("all together", out.n > 900 && out.n < 1020);
}

static const struct {
    const char *path, *to, *want;
} LINK[] = {
    { "usr/share/doc/libx", "libx-common", "libx alias libx-common\n" },
    { "usr/share/doc/libx", "./libx-common", "libx alias libx-common\n" },
    { "usr/share/doc/libx", "../doc/libx-common", "libx alias libx-common\n" },
    { "usr/share/doc/libx", "/usr/share/doc/libx-common", "libx alias libx-common\n" },
    { "usr/share/doc/libx/copyright", "../libx-common/copyright", "libx alias libx-common\n" },
    { "usr/share/doc/libx/copyright", "/usr/share/doc/y/copyright", "libx alias y\n" },
    { "usr/share/doc/libx", "", "" },
    { "usr/share/doc/libx", "libx", "" },
    { "usr/share/doc/libx", "..", "" },
    { "usr/share/doc/libx", "../../etc", "" },
    { "usr/share/doc/libx", "a/b", "" },
    { "usr/share/doc/libx", "/etc/x", "" },
    { "usr/share/doc/libx", "a b", "" },
    { "usr/share/doc/libx/copyright", "copyright.gz", "" },
    { "usr/share/doc/libx/copyright", "../libx-common/README", "" },
    { "usr/share/doc/libx/copyright", "../libx-common", "" },
    { "usr/share/doc/libx/copyright", "../../../common-licenses/GPL-2", "" },
    { "usr/share/doc/libx/README", "../y/README", "" },
    { "usr/share/man/libx", "y", "" },
};

TEST(copyright_links)
{
    for (size_t i = 0; i < HM_COUNT(LINK); i++) {
        TEST_BUF path = { 0 };
        CHECK_SAID(LINK[i].to, hm_str_c(LINK[i].want), .fn = detect_dpkg_copyright_link, .path = LINK[i].path,
                   .bytes = hm_str_c(LINK[i].to));
        hm_buf_c(&path, "srv/r/");
        hm_buf_c(&path, LINK[i].path);
        hm_buf_byte(&path, 0);
        CHECK("made", !path.bad);
        CHECK_SAID(LINK[i].to, hm_str_c(LINK[i].want), .fn = detect_dpkg_copyright_link, .path = path.p,
                   .root = "srv/r", .bytes = hm_str_c(LINK[i].to));
    }
}
