/* licence - expressions, other names, and the tables behind them. */
#include "base/limits.h"
#include "base/test.h"
#include "part/part.h"

static const struct {
    const char *in, *want; /* want NULL: not known, and then: */
    hm_rc rc;
    uint64_t place;
    const char *at;
} T[] = {
    /* ids */
    { "MIT", "MIT", 0, 0, 0 },
    { " apache-2.0\n", "Apache-2.0", 0, 0, 0 },
    { "Apache-2.0+", "Apache-2.0+", 0, 0, 0 },
    { "GPL-2.0", "GPL-2.0-only", 0, 0, 0 },
    { "GPL-2.0+", "GPL-2.0-or-later", 0, 0, 0 },
    { "gpl-2.0-OR-later", "GPL-2.0-or-later", 0, 0, 0 },
    { "GFDL-1.3-no-invariants-only", "GFDL-1.3-no-invariants-only", 0, 0, 0 },
    { "GPL-2.0-only+", NULL, HM_NOTFOUND, 0, "GPL-2.0-only+" },
    { "MIT +", NULL, HM_NOTFOUND, 0, "MIT +" },
    { "LicenseRef-a.b-1", "LicenseRef-a.b-1", 0, 0, 0 },
    { "licenseref-A", "LicenseRef-A", 0, 0, 0 },
    { "DocumentRef-x:LicenseRef-y", "DocumentRef-x:LicenseRef-y", 0, 0, 0 },
    { "LicenseRef-", NULL, HM_NOTFOUND, 0, "LicenseRef-" },
    { "LicenseRef-a_b", NULL, HM_NOTFOUND, 0, "LicenseRef-a_b" },
    { "DocumentRef-:LicenseRef-y", NULL, HM_NOTFOUND, 0, "DocumentRef-:LicenseRef-y" },
    { "DocumentRef-x:MIT", NULL, HM_NOTFOUND, 0, "DocumentRef-x:MIT" },
    /* operators, precedence, parentheses */
    { "MIT or ISC", "MIT OR ISC", 0, 0, 0 },
    { "MIT|ISC", "MIT OR ISC", 0, 0, 0 },
    { "(MIT OR ISC) AND Zlib", "(MIT OR ISC) AND Zlib", 0, 0, 0 },
    { "MIT OR (ISC AND Zlib)", "MIT OR ISC AND Zlib", 0, 0, 0 },
    { "MIT AND (ISC AND (Zlib))", "MIT AND ISC AND Zlib", 0, 0, 0 },
    { "((MIT OR ISC)) AND X11", "(MIT OR ISC) AND X11", 0, 0, 0 },
    { "((MIT OR ISC) OR X11) AND Zlib", "(MIT OR ISC OR X11) AND Zlib", 0, 0, 0 },
    { "X11 AND ((MIT OR ISC) AND Zlib)", "X11 AND (MIT OR ISC) AND Zlib", 0, 0, 0 },
    { "X11 OR ((MIT OR ISC) AND Zlib)", "X11 OR (MIT OR ISC) AND Zlib", 0, 0, 0 },
    { "(MIT)", "MIT", 0, 0, 0 },
    { "MIT AND(ISC)", "MIT AND ISC", 0, 0, 0 },
    { "A AND B", NULL, HM_NOTFOUND, 0, "A" },
    { "MIT AND B", NULL, HM_NOTFOUND, 8, "B" },
    { "", NULL, HM_FORMAT, 0, "" },
    { "()", NULL, HM_FORMAT, 1, "" },
    { "(MIT", NULL, HM_FORMAT, 4, "" },
    { "MIT)", NULL, HM_FORMAT, 3, "" },
    { "MIT (ISC)", NULL, HM_FORMAT, 4, "" },
    { "AND MIT", NULL, HM_FORMAT, 0, "" },
    { "MIT AND", NULL, HM_FORMAT, 7, "" },
    { "MIT OR AND ISC", NULL, HM_FORMAT, 7, "" },
    { "| MIT", NULL, HM_FORMAT, 0, "" },
    { "MIT ISC", NULL, HM_NOTFOUND, 0, "MIT ISC" },
    /* exceptions */
    { "gpl-2.0 with classpath-exception-2.0", "GPL-2.0-only WITH Classpath-exception-2.0", 0, 0, 0 },
    { "Apache-2.0 with LLVM exception", "Apache-2.0 WITH LLVM-exception", 0, 0, 0 },
    { "GPL-2+ with Font exception", "GPL-2.0-or-later WITH Font-exception-2.0", 0, 0, 0 },
    { "MIT WITH AdditionRef-x", "MIT WITH AdditionRef-x", 0, 0, 0 },
    { "MIT WITH DocumentRef-a:AdditionRef-x", "MIT WITH DocumentRef-a:AdditionRef-x", 0, 0, 0 },
    { "LicenseRef-z WITH LLVM-exception OR MIT", "LicenseRef-z WITH LLVM-exception OR MIT", 0, 0, 0 },
    { "Expat with Libtool exception and X11", "MIT WITH Libtool-exception AND X11", 0, 0, 0 },
    { "GPL-2+ with Autoconf exception", NULL, HM_NOTFOUND, 12, "Autoconf exception" },
    { "MIT WITH ISC", NULL, HM_NOTFOUND, 9, "ISC" },
    { "LLVM-exception", NULL, HM_NOTFOUND, 0, "LLVM-exception" },
    { "MIT WITH", NULL, HM_FORMAT, 8, "" },
    { "(MIT) WITH LLVM-exception", NULL, HM_FORMAT, 6, "" },
    { "MIT/ISC WITH LLVM-exception", NULL, HM_FORMAT, 13, "" },
    { "MIT WITH LLVM-exception WITH LLVM-exception", NULL, HM_FORMAT, 24, "" },
    { "eCos-2.0 WITH LLVM-exception", NULL, HM_FORMAT, 14, "" },
    /* deprecated ids */
    { "GPL-2.0-with-GCC-exception", "GPL-2.0-only WITH GCC-exception-2.0", 0, 0, 0 },
    { "wxWindows AND MIT", "LGPL-2.0-or-later WITH WxWindows-exception-3.1 AND MIT", 0, 0, 0 },
    { "BSD-2-Clause-FreeBSD", "BSD-2-Clause-Views", 0, 0, 0 },
    /* PyPI, npm, Maven */
    { "MIT License", "MIT", 0, 0, 0 },
    { "The MIT Licence", "MIT", 0, 0, 0 },
    { "Apache 2.0", "Apache-2.0", 0, 0, 0 },
    { "Apache License, Version 2.0", "Apache-2.0", 0, 0, 0 },
    { "The Apache Software License, Version 2.0.", "Apache-2.0", 0, 0, 0 },
    { "Modified BSD License", "BSD-3-Clause", 0, 0, 0 },
    { "GPL v2 or later", "GPL-2.0-or-later", 0, 0, 0 },
    { "GPL v2 or later OR MIT", "GPL-2.0-or-later OR MIT", 0, 0, 0 },
    { "GNU GPL version 3 only", "GPL-3.0-only", 0, 0, 0 },
    { "GPLv2 or (at your option) any later version", "GPL-2.0-or-later", 0, 0, 0 },
    { "Artistic License 2.0", "Artistic-2.0", 0, 0, 0 },
    { "License :: OSI Approved :: MIT License", "MIT", 0, 0, 0 },
    { "License :: OSI Approved :: GNU General Public License v2 or later (GPLv2+)", "GPL-2.0-or-later", 0, 0, 0 },
    { "License :: OSI Approved :: BSD License", NULL, HM_NOTFOUND, 0, "License :: OSI Approved :: BSD License" },
    { "UNLICENSED", NULL, HM_NOTFOUND, 0, "UNLICENSED" },
    { "SEE LICENSE IN x.md", NULL, HM_NOTFOUND, 0, "SEE LICENSE IN x.md" },
    { "Apache Software License", NULL, HM_NOTFOUND, 0, "Apache Software License" },
    { "MIT, BSD-2-Clause", NULL, HM_NOTFOUND, 0, "MIT, BSD-2-Clause" },
    { "Apache 2.0 only", NULL, HM_NOTFOUND, 0, "Apache 2.0 only" },
    { "Apache 9", NULL, HM_NOTFOUND, 0, "Apache 9" },
    /* Cargo, CRAN, CPAN */
    { "MIT/Apache-2.0", "MIT OR Apache-2.0", 0, 0, 0 },
    { "(MIT/Apache-2.0) AND Zlib", "(MIT OR Apache-2.0) AND Zlib", 0, 0, 0 },
    { "MIT/X11", NULL, HM_NOTFOUND, 0, "MIT/X11" },
    { "MIT/", NULL, HM_NOTFOUND, 0, "MIT/" },
    { "MIT/other", NULL, HM_NOTFOUND, 0, "MIT/other" },
    { "zlib/libpng", "Zlib", 0, 0, 0 },
    { "GPL-2 | GPL-3", "GPL-2.0-only OR GPL-3.0-only", 0, 0, 0 },
    { "GPL (>= 2)", "GPL-2.0-or-later", 0, 0, 0 },
    { "GPL (>= 2", NULL, HM_NOTFOUND, 0, "GPL" },
    { "GPL (2)", NULL, HM_NOTFOUND, 0, "GPL" },
    { "MIT + file LICENSE", "MIT", 0, 0, 0 },
    { "perl_5", "GPL-1.0-or-later OR Artistic-1.0-Perl", 0, 0, 0 },
    { "Perl and MIT", "(GPL-1.0-or-later OR Artistic-1.0-Perl) AND MIT", 0, 0, 0 },
    /* Debian copyright format 1.0 */
    { "Expat", "MIT", 0, 0, 0 },
    { "BSD-3-clause", "BSD-3-Clause", 0, 0, 0 },
    { "GPL-1+ or Artistic", "GPL-1.0-or-later OR Artistic-1.0-Perl", 0, 0, 0 },
    { "GPL-1+ or Artistic, and Expat", "(GPL-1.0-or-later OR Artistic-1.0-Perl) AND MIT", 0, 0, 0 },
    { "MIT or ISC, and X11 or Zlib, or Expat", "(MIT OR ISC) AND (X11 OR Zlib) OR MIT", 0, 0, 0 },
    { "(MIT or ISC, and X11) and Zlib", "(MIT OR ISC) AND X11 AND Zlib", 0, 0, 0 },
    { "Artistic", NULL, HM_NOTFOUND, 0, "Artistic" },
    { "GPL-2+ or Artistic", NULL, HM_NOTFOUND, 10, "Artistic" },
    { "LGPL-2.1+", "LGPL-2.1-or-later", 0, 0, 0 },
    { "GFDL-NIV-1.3+", "GFDL-1.3-no-invariants-or-later", 0, 0, 0 },
    { "MPL-2", "MPL-2.0", 0, 0, 0 },
    { "public-domain", NULL, HM_NOTFOUND, 0, "public-domain" },
    { "GPL", NULL, HM_NOTFOUND, 0, "GPL" },
    { "BSD", NULL, HM_NOTFOUND, 0, "BSD" },
    { "LGPLv3+_or_GPLv2+", "LGPL-3.0-or-later OR GPL-2.0-or-later", 0, 0, 0 },
    /* Fedora's old names */
    { "GPLv2+ and (LGPLv2+ or MIT) and ASL 2.0", "GPL-2.0-or-later AND (LGPL-2.0-or-later OR MIT) AND Apache-2.0", 0, 0,
      0 },
    { "GPL+ or Artistic", "GPL-1.0-or-later OR Artistic-1.0-Perl", 0, 0, 0 },
    /* prose */
    { "Permission is hereby granted, free of charge, to any person obtaining a copy", NULL, HM_NOTFOUND, 0, NULL },
    { "\xff\xfe", NULL, HM_NOTFOUND, 0, NULL },
};

static void check_same(test_ctx *t_, const char *label, hm_str canonical)
{
    TEST_BUF again = { 0 };
    hm_err e = { 0 };
    CHECK_EQ(label, part_licence(canonical, &again, &e), HM_OK);
    CHECK_STR(label, hm_buf_view(&again), canonical);
}

TEST(licence_expressions)
{
    for (size_t i = 0; i < HM_COUNT(T); i++) {
        TEST_BUF out = { 0 };
        hm_buf_c(&out, "=");
        hm_err e = { 0 };
        hm_rc rc = part_licence(hm_str_c(T[i].in), &out, &e);
        CHECK_EQ(T[i].in, rc, T[i].want ? HM_OK : T[i].rc);
        CHECK_STR(T[i].in, hm_str_from(hm_buf_view(&out), 1), hm_str_c(T[i].want));
        if (T[i].want) {
            check_same(t_, T[i].in, hm_str_c(T[i].want));
        } else {
            CHECK_EQ(T[i].in, e.defect, DEFECT_LICENCE_SYNTAX);
            CHECK_EQ(T[i].in, e.place_kind, HM_PLACE_BYTE);
            CHECK_EQ(T[i].in, e.place, T[i].place);
            if (T[i].at)
                CHECK_STR(T[i].in, hm_str_c(e.at), hm_str_c(T[i].at));
        }
    }
}

/* ---- the tables --------------------------------------------------------------------------------------------------- */

static const char *const IDS[] = {
#define LICENCE_ID(id) id,
#include "part/licence.tbl.h"
};
static const char *const EXCEPTIONS[] = {
#define LICENCE_EXCEPTION(id) id,
#include "part/licence.tbl.h"
};
static const char *const ALIASES[][2] = {
#define LICENCE_ALIAS(key, to) { key, to },
#include "part/licence_alias.tbl.h"
};
static const char *const EXCEPTION_ALIASES[][2] = {
#define LICENCE_EXCEPTION_ALIAS(key, to) { key, to },
#include "part/licence_alias.tbl.h"
};

static void lower(const char *s, char to[128])
{
    size_t n = strlen(s);
    for (size_t i = 0; i < n && i < 127; i++)
        to[i] = hm_lower(s[i]);
    to[n < 127 ? n : 127] = '\0';
}

static bool sorted(const char *a, const char *b)
{
    char x[128], y[128];
    lower(a, x);
    lower(b, y);
    return strcmp(x, y) < 0;
}

TEST(licence_tables_are_sorted_and_sound)
{
    CHECK_STR("version", hm_str_c(part_licence_list_version()), HM_STR("3.28.0"));
    for (size_t i = 0; i < HM_COUNT(IDS); i++) {
        char x[128];
        hm_str official = HM_NONE;
        lower(IDS[i], x);
        CHECK(IDS[i], i == 0 || sorted(IDS[i - 1], IDS[i]));
        CHECK(IDS[i], part_licence_id(hm_str_c(x), &official));
        CHECK_STR("official", official, hm_str_c(IDS[i]));
    }
    for (size_t i = 1; i < HM_COUNT(EXCEPTIONS); i++)
        CHECK(EXCEPTIONS[i], sorted(EXCEPTIONS[i - 1], EXCEPTIONS[i]));
    hm_str none = HM_STR("x");
    CHECK("exceptions are no licences", !part_licence_id(HM_STR("LLVM-exception"), &none));
    CHECK("a head", !part_licence_id(HM_STR("MI"), &none));
    CHECK("a tail", !part_licence_id(HM_STR("MITx"), &none));
    CHECK("empty", !part_licence_id(HM_NONE, &none));
    CHECK("NUL", !part_licence_id(HM_STR("MIT\0"), &none));
    CHECK("NUL", !part_licence_id(HM_STR("MIT\0\0\0Nokia"), &none));
    CHECK_STR("untouched", none, HM_STR("x"));
}

TEST(licence_aliases_lead_to_listed_ids)
{
    for (size_t i = 0; i < HM_COUNT(ALIASES); i++) {
        TEST_BUF out = { 0 };
        hm_err e = { 0 };
        CHECK(ALIASES[i][0], i == 0 || strcmp(ALIASES[i - 1][0], ALIASES[i][0]) < 0);
        hm_rc rc = part_licence(hm_str_c(ALIASES[i][0]), &out, &e);
        CHECK_EQ(ALIASES[i][0], rc, *ALIASES[i][1] ? HM_OK : HM_NOTFOUND);
        CHECK_STR(ALIASES[i][0], hm_buf_view(&out), hm_str_c(ALIASES[i][1]));
        if (*ALIASES[i][1])
            check_same(t_, ALIASES[i][0], hm_buf_view(&out));
    }
    for (size_t i = 0; i < HM_COUNT(EXCEPTION_ALIASES); i++) {
        TEST_BUF in = { 0 }, out = { 0 }, want = { 0 };
        hm_err e = { 0 };
        CHECK("sorted", i == 0 || strcmp(EXCEPTION_ALIASES[i - 1][0], EXCEPTION_ALIASES[i][0]) < 0);
        hm_buf_c(&in, "MIT with ");
        hm_buf_c(&in, EXCEPTION_ALIASES[i][0]);
        hm_buf_c(&want, "MIT WITH ");
        hm_buf_c(&want, EXCEPTION_ALIASES[i][1]);
        CHECK_EQ(EXCEPTION_ALIASES[i][0], part_licence(hm_buf_view(&in), &out, &e), HM_OK);
        CHECK_STR(EXCEPTION_ALIASES[i][0], hm_buf_view(&out), hm_buf_view(&want));
        check_same(t_, EXCEPTION_ALIASES[i][0], hm_buf_view(&out));
    }
}

/* ---- limits, description -------------------------------------------------------------------------------------------- */

TEST(licence_limits)
{
    TEST_BUF deep = { 0 }, out = { 0 }, wide = { 0 };
    hm_err e = { 0 };
    for (int extra = 0; extra < 2; extra++) {
        hm_buf_reset(&deep);
        for (int i = 0; i < LIMIT_LICENCE_DEPTH + extra; i++)
            hm_buf_c(&deep, "perl and (");
        hm_buf_c(&deep, "perl/MIT");
        for (int i = 0; i < LIMIT_LICENCE_DEPTH + extra; i++)
            hm_buf_c(&deep, ")");
        CHECK("memory", !deep.bad);
        CHECK_EQ("depth", part_licence(hm_buf_view(&deep), &out, &e), extra ? HM_LIMIT : HM_OK);
    }
    CHECK_EQ("depth", e.defect, DEFECT_TOO_DEEP);
    CHECK_EQ("depth", e.arg[0], LIMIT_LICENCE_DEPTH);
    while (!wide.bad && wide.n <= LIMIT_LICENCE_BYTES - 5)
        hm_buf_c(&wide, wide.n ? "|perl" : "perl");
    CHECK("memory", !wide.bad);
    CHECK_EQ("wide", part_licence(hm_buf_view(&wide), &out, &e), HM_OK);
    hm_buf_c(&wide, "|MIT|MIT");
    CHECK_EQ("size", part_licence(hm_buf_view(&wide), &out, &e), HM_LIMIT);
    CHECK_EQ("size", e.defect, DEFECT_TOO_LARGE);
    CHECK_EQ("size", e.arg[0], LIMIT_LICENCE_BYTES);
    CHECK_EQ("size", e.arg[1], wide.n);
    TEST_BUF full = { .limit = 3 };
    CHECK_EQ("output", part_licence(HM_STR("Apache-2.0"), &full, &e), HM_NOMEM);
    CHECK_EQ("output", full.n, 0);
}

TEST(licence_of_a_description)
{
    part_desc d = { 0 };
    TEST_BUF scratch = { 0 };
    hm_buf_c(&scratch, "before");
    part_desc_licence(&d, HM_STR(" mit or isc "), &scratch);
    CHECK("memory", !scratch.bad);
    CHECK_STR("expression", d.licence, HM_STR("MIT OR ISC"));
    CHECK_EQ("no raw", d.licence_raw.n, 0);
    d = (part_desc){ 0 };
    part_desc_licence(&d, HM_STR(" BSD\n"), &scratch);
    CHECK_STR("raw", d.licence_raw, HM_STR("BSD"));
    CHECK_EQ("no expression", d.licence.n, 0);
    d = (part_desc){ 0 };
    part_desc_licence(&d, HM_STR(" \n"), &scratch);
    part_desc_licence(&d, HM_STR("UNKNOWN"), &scratch);
    part_desc_licence(&d, HM_STR("NOASSERTION"), &scratch);
    CHECK_EQ("nothing", d.licence_raw.n + d.licence.n, 0);
    char text[400];
    for (size_t i = 0; i < sizeof text; i++)
        text[i] = "\xe6\x98\x9f"[i % 3];
    part_desc_licence(&d, (hm_str){ text, 399 }, &scratch);
    CHECK_EQ("cut at a character", d.licence_raw.n, 255);
    part_desc_licence(&d, (hm_str){ text, 256 }, &scratch);
    CHECK_EQ("whole", d.licence_raw.n, 256);
}
