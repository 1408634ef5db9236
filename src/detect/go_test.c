/* Go programs: images of ELF files made here, in both classes and byte orders, with and without tables, in the format of
 * pointers (to Go 1.17) and inline; what lies about itself is a gap only if it claims build information. */
#include "base/limits.h"
#include "detect/image.h"
#include "detect/go_image.h"
#include "detect/detect_test.h"

static bool said(hm_str bytes, hm_buf *out, hm_rc *ret_rc)
{
    return detect_said(&(detect_try){ .fn = detect_go_binary, .path = "usr/bin/prog", .bytes = bytes, .seek = true },
                       out, ret_rc);
}

#define MODULES                                                                                                                                                   \
    "path\texample.com/a/cmd\nmod\texample.com/a/v2\tv2.0.1\th1:AA=\ndep\texample.com/B\tv1.0.0\th1:BB=\n"                                                        \
    "dep\texample.com/c\tv0.0.0-20200101000000-abcdefabcdef\n=>\texample.com/fork\tv1.1.0\th1:CC=\n"                                                              \
    "dep\texample.com/d\tv1.0.0\n=>\t./local\t(devel)\t\nbuild\tGOOS=linux\nbuild\t-ldflags=\"-s -X \\\"a.token=b c\\\" -X 'm/x.Version=1.2-3' -X=k.secret=v\"\n" \
    "build\tDefaultGODEBUG=x=1\nbuild\tvcs.revision=abc\n"
#define WANT                                                                                                           \
    "r example.com/a/v2@v2.0.1 [AK] go:h1=h1:AA= go:GOOS=linux go:linked-version=1.2-3 go:vcs.revision=abc >0r >2r "   \
    ">3r >4r\nr example.com/B@v1.0.0 [] go:h1=h1:BB=\n"                                                                \
    "r example.com/fork@v1.1.0 [] go:h1=h1:CC= go:replaces=example.com/c@v0.0.0-20200101000000-abcdefabcdef\n"         \
    "r example.com/d [LN] literal=v1.0.0 go:replaced-by=./local\n"

TEST(go_reads_every_layout)
{
    for (unsigned i = 0; i < 16; i++) {
        bool is64 = i & 1, big = i & 2, pointers = i & 4, no_sections = i & 8;
        TEST_BUF data = { 0 };
        TEST_BUF out = { 0 };
        image m;
        hm_rc rc = HM_BUG;
        if (pointers)
            image_pointers(&data, is64, big, "go1.17.3", hm_str_c(MODULES));
        else
            image_inline(&data, no_sections ? 4096 : 0, "go1.21.3", hm_str_c(MODULES));
        image_make(&m,
                   &(image_plan){ .is64 = is64, .big = big, .no_sections = no_sections, .data = hm_buf_view(&data) });
        bool ok = !m.b.bad && !data.bad && said(hm_buf_view(&m.b), &out, &rc);
        hm_buf_clear(&m.b);
        char label[32];
        snprintf(label, sizeof label, "layout %u", i);
        CHECK(label, ok);
        CHECK_EQ(label, rc, HM_OK);
        hm_str text = hm_buf_view(&out), first, rest;
        first = hm_str_cut(text, '\n', &rest);
        CHECK_STR(label, first,
                  pointers ? HM_STR("r stdlib@1.17.3 [] literal=go1.17.3")
                           : HM_STR("r stdlib@1.21.3 [] literal=go1.21.3"));
        CHECK_STR(label, rest, HM_STR(WANT));
    }
}

static const struct {
    const char *name, *version, *modules, *want;
} TEXT[] = {
    { "release candidate", "go1.22rc1", "mod\ta.b/c\t(devel)\n",
      "r stdlib@1.22rc1 [] literal=go1.22rc1\n"
      "r a.b/c [AKN] >0r\n" },
    { "experiment", "go1.19.2 X:boringcrypto", "mod\ta\tv1\n",
      "r stdlib@1.19.2 [] literal=go1.19.2 X:boringcrypto\n"
      "r a@v1 [AK] >0r\n" },
    { "experiment, newer form", "go1.27.0-X:jsonv2", "mod\ta\tv1\n",
      "r stdlib@1.27.0 [] literal=go1.27.0-X:jsonv2\n"
      "r a@v1 [AK] >0r\n" },
    { "development", "devel go1.23-abcdef Mon Jan 1", "mod\ta\tv1\n",
      "r stdlib@1.23-abcdef [] literal=devel go1.23-abcdef Mon Jan 1\n"
      "r a@v1 [AK] >0r\n" },
    { "development, old form", "devel +abcdef Mon Jan 1", "mod\ta\tv1\n",
      "r stdlib [N] literal=devel +abcdef Mon Jan 1\n"
      "r a@v1 [AK] >0r\n" },
    { "without modules", "go1.20", "",
      "r stdlib@1.20 [] literal=go1.20\n"
      "r prog [AN] no-eco >0r\n" },
    { "a tool of the toolchain", "go1.20", "path\tcmd/go\nbuild\tGOOS=linux\n",
      "r stdlib@1.20 [] literal=go1.20\n"
      "r cmd/go@1.20 [A] go:GOOS=linux >0r\n" },
    { "no module of its own", "go1.20", "path\tcommand-line-arguments\ndep\ta.b/c\tv1.0.0\th1:x=\n",
      "r stdlib@1.20 [] literal=go1.20\n"
      "r prog [AKN] no-eco go:path=command-line-arguments >0r >2r\n"
      "r a.b/c@v1.0.0 [] go:h1=h1:x=\n" },
    { "no module, but an import path", "go1.20", "path\ta.b/c/cmd/prog\n",
      "r stdlib@1.20 [] literal=go1.20\n"
      "r a.b/c/cmd/prog [AN] no-eco go:path=a.b/c/cmd/prog >0r\n" },
    { "under another file name", "go1.20", "path\ta.b/c\n",
      "r stdlib@1.20 [] literal=go1.20\n"
      "r a.b/c/prog [AN] no-eco go:path=a.b/c >0r\n" },
    { "lines that are none", "go1.20",
      "mod\ta\n=>\tb\tv1\t\ndep\t\tv1\ndep\ta\tv1\th\tmore\ndep\tok/x\tv1\n=>\tshort\nnew\tline\nbuild\tno\n",
      "r stdlib@1.20 [] literal=go1.20\n"
      "r prog [AKN] no-eco >0r >2r\n"
      "r ok/x@v1 []\n"
      "! go_buildinfo 1 6 mod\ta\n"
      "! go_buildinfo 2 6 =>\tb\tv1\t\n"
      "! go_buildinfo 3 6 dep\t\tv1\n"
      "! go_buildinfo 4 6 dep\ta\tv1\th\tmore\n"
      "! go_buildinfo 6 6 =>\tshort\n" },
    { "two main modules", "go1.20", "mod\ta/b\tv1\nmod\tc/d\tv2\n",
      "r stdlib@1.20 [] literal=go1.20\n"
      "r a/b@v1 [AK] >0r >2r\n"
      "r c/d@v2 []\n" },
    { "a slash at the end", "go1.20", "mod\ta/\tv1\n",
      "r stdlib@1.20 [] literal=go1.20\n"
      "r a/@v1 [AK] >0r\n" },
    { "last line without end: no modules, as Go reads it", "go1.20", "mod\ta/b\tv1\ndep\tc/d\tv2",
      "r stdlib@1.20 [] literal=go1.20\nr prog [AN] no-eco >0r\n" },
};

TEST(go_module_texts)
{
    for (size_t i = 0; i < HM_COUNT(TEXT); i++) {
        TEST_BUF data = { 0 };
        TEST_BUF out = { 0 };
        image m;
        hm_rc rc = HM_BUG;
        image_inline(&data, 0, TEXT[i].version, hm_str_c(TEXT[i].modules));
        image_make(&m, &(image_plan){ .is64 = true, .data = hm_buf_view(&data) });
        bool ok = !m.b.bad && !data.bad && said(hm_buf_view(&m.b), &out, &rc);
        hm_buf_clear(&m.b);
        CHECK(TEXT[i].name, ok);
        CHECK_STR(TEXT[i].name, hm_buf_view(&out), hm_str_c(TEXT[i].want));
    }
}

/* What is no Go program is not ours; what says it is one and is damaged is a gap. */
TEST(go_claims)
{
    TEST_BUF good = { 0 };
    TEST_BUF late = { 0 };
    image_inline(&good, 0, "go1.20", hm_str_c("mod\ta/b\tv1\n"));
    image_inline(&late, (1 << 20) + 16, "go1.20", hm_str_c("mod\ta/b\tv1\n"));
    hm_str g = hm_buf_view(&good);
    const hm_str magic = hm_str_sub(g, 0, 32);
    const struct {
        const char *name;
        image_plan p;
        hm_rc rc;
        const char *want;
    } CASES[] = {
        { "section renamed",
          { .is64 = true, .section = ".data", .data = g },
          HM_OK,
          "r stdlib@1.20 [] literal=go1.20\nr a/b@v1 [AK] >0r\n" },
        { "not a program of Go's: not searched to the end",
          { .is64 = true, .section = ".got", .data = hm_str_from(hm_buf_view(&late), (1 << 20) + 16 - (64 << 10)) },
          HM_NOTFOUND,
          "! not_found\n" },
        { "section renamed, others of Go's there",
          { .is64 = true,
            .section = ".gopclntab",
            .data = hm_str_from(hm_buf_view(&late), (1 << 20) + 16 - (64 << 10)) },
          HM_OK,
          "r stdlib@1.20 [] literal=go1.20\nr a/b@v1 [AK] >0r\n" },
        { "symbols split off", { .is64 = true, .section_type = 8, .data = g }, HM_NOTFOUND, "! not_found\n" },
        { "symbols split off, larger than the file",
          { .is64 = true, .section_type = 8, .section_bytes = 1 << 20, .data = g },
          HM_NOTFOUND,
          "! not_found\n" },
        { "section larger than the file: the data is searched",
          { .is64 = true, .section_bytes = 1 << 20, .data = g },
          HM_OK,
          "r stdlib@1.20 [] literal=go1.20\nr a/b@v1 [AK] >0r\n" },
        { "no table, no magic",
          { .no_sections = true, .data = HM_STR("0123456789abcdef0123456789abcdef") },
          HM_NOTFOUND,
          "! not_found\n" },
        { "too far in",
          { .no_sections = true, .is64 = true, .data = hm_buf_view(&late) },
          HM_NOTFOUND,
          "! not_found\n" },
        { "not on its border",
          { .no_sections = true, .is64 = true, .data = hm_str_from(hm_buf_view(&late), (1 << 20) + 8) },
          HM_NOTFOUND,
          "! not_found\n" },
        { "empty section", { .is64 = true, .data = HM_STR("") }, HM_FORMAT, "! go_buildinfo 256 1\n" },
        { "no magic in it",
          { .is64 = true, .data = HM_STR("0123456789abcdef0123456789abcdef") },
          HM_FORMAT,
          "! go_buildinfo 256 1\n" },
        { "no texts", { .is64 = true, .data = magic }, HM_FORMAT, "! go_buildinfo 256 4\n" },
        { "version cut", { .is64 = true, .data = hm_str_sub(g, 0, 36) }, HM_FORMAT, "! go_buildinfo 289 4\n" },
        { "modules cut",
          { .is64 = true, .data = hm_str_sub(g, 0, g.n ? g.n - 1 : 0) },
          HM_FORMAT,
          "r stdlib@1.20 [] literal=go1.20\nr prog [AN] no-eco >0r\n! go_buildinfo 297 5\n" },
        { "version longer than any",
          { .is64 = true,
            .data = HM_STR("\xff Go buildinf:\x08\x02"
                           "0123456789abcdef"
                           "\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01") },
          HM_FORMAT,
          "! go_buildinfo 256 4\n" },
        { "length that is none",
          { .is64 = true,
            .data = HM_STR("\xff Go buildinf:\x08\x02"
                           "0123456789abcdef"
                           "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff") },
          HM_FORMAT,
          "! go_buildinfo 288 4\n" },
        { "pointers of three bytes",
          { .is64 = true,
            .data = HM_STR("\xff Go buildinf:\x03\x00"
                           "0123456789abcdef") },
          HM_FORMAT,
          "! go_buildinfo 256 3\n" },
        { "pointers to nowhere",
          { .is64 = true,
            .data = HM_STR("\xff Go buildinf:\x08\x00"
                           "0123456789abcdef") },
          HM_FORMAT,
          "! go_buildinfo 256 4\n" },
        { "no version",
          { .is64 = true,
            .data = HM_STR("\xff Go buildinf:\x08\x02"
                           "0123456789abcdef"
                           "\0\0") },
          HM_FORMAT,
          "! go_buildinfo 256 4\n" },
        { "null pointers",
          { .is64 = true,
            .data = HM_STR("\xff Go buildinf:\x08\x00"
                           "\0\0\0\0\0\0\0\0"
                           "\0\0\0\0\0\0\0\0") },
          HM_FORMAT,
          "! go_buildinfo 256 4\n" },
    };
    CHECK("memory", !good.bad && !late.bad);
    for (size_t i = 0; i < HM_COUNT(CASES); i++) {
        TEST_BUF out = { 0 };
        image m;
        hm_rc rc = HM_BUG;
        image_make(&m, &CASES[i].p);
        bool ok = !m.b.bad && said(hm_buf_view(&m.b), &out, &rc);
        hm_buf_clear(&m.b);
        CHECK(CASES[i].name, ok);
        CHECK_EQ(CASES[i].name, rc, CASES[i].rc);
        CHECK_STR(CASES[i].name, hm_buf_view(&out), hm_str_c(CASES[i].want));
    }
}

/* Every prefix of an image, and every byte of its headers changed: found, not found or a gap, nothing else. */
TEST(go_survives_damage)
{
    TEST_BUF data = { 0 };
    image m;
    image_inline(&data, 0, "go1.20", hm_str_c("mod\ta/b\tv1\n"));
    image_make(&m, &(image_plan){ .is64 = true, .data = hm_buf_view(&data) });
    bool ok = !m.b.bad && !data.bad;
    size_t found = 0, step = test_fault() ? 97 : 1;
    for (size_t n = 0; ok && n < m.b.n; n += step) {
        TEST_BUF out = { 0 };
        hm_rc rc = HM_BUG;
        ok = said(hm_str_sub(hm_buf_view(&m.b), 0, n), &out, &rc) &&
             (rc == HM_OK || rc == HM_NOTFOUND || rc == HM_FORMAT);
        found += rc == HM_OK;
    }
    for (size_t i = 0; ok && i < m.b.n; i += step) {
        if (i == 256)
            i = 256 + data.n;
        for (unsigned k = 0; k < 3; k++) {
            TEST_BUF out = { 0 };
            hm_rc rc = HM_BUG;
            char was = m.b.p[i];
            m.b.p[i] = (char)(uint8_t)(k == 0 ? 0xff : k == 1 ? 0 : 0x7f);
            ok = ok && said(hm_buf_view(&m.b), &out, &rc) && (rc == HM_OK || rc == HM_NOTFOUND || rc == HM_FORMAT);
            m.b.p[i] = was;
        }
    }
    hm_buf_clear(&m.b);
    CHECK("damaged", ok);
    CHECK("a file cut behind the segment is still read", found > 0 || test_fault());
}

/* Counts that do not fit into the header stand in section 0: each of the three alone, then all. */
TEST(elf_counts_that_need_section_zero)
{
    for (unsigned which = 1; which < 8; which++) {
        TEST_BUF data = { 0 };
        TEST_BUF out = { 0 };
        image m;
        hm_rc rc = HM_BUG;
        image_inline(&data, 0, "go1.20", HM_STR("mod\ta/b\tv1\n"));
        image_make(&m, &(image_plan){ .is64 = true, .data = hm_buf_view(&data) });
        bool ok = !m.b.bad && !data.bad;
        if (ok) {
            uint64_t table = 0;
            memcpy(&table, m.b.p + 40, 8);
            if (which & 1) { /* segments: info */
                memcpy(m.b.p + 56, "\xff\xff", 2);
                m.b.p[table + 44] = 2;
            }
            if (which & 2) { /* sections: size */
                memcpy(m.b.p + 60, "\0\0", 2);
                m.b.p[table + 32] = 3;
            }
            if (which & 4) { /* strings: link */
                memcpy(m.b.p + 62, "\xff\xff", 2);
                m.b.p[table + 40] = 2;
            }
            ok = said(hm_buf_view(&m.b), &out, &rc);
        }
        hm_buf_clear(&m.b);
        CHECK("read", ok);
        CHECK_EQ("read", rc, HM_OK);
        CHECK_STR("read", hm_buf_view(&out), HM_STR("r stdlib@1.20 [] literal=go1.20\nr a/b@v1 [AK] >0r\n"));
    }
}

static bool never(void *ctx, uint64_t at, void *to, size_t n)
{
    (void)ctx;
    (void)at;
    (void)to;
    (void)n;
    return false;
}

TEST(go_read_errors_are_gaps)
{
    TEST_BUF out = { 0 };
    detect_src src = { .size = 4096, .read = never };
    hm_rc rc = HM_BUG;
    CHECK("read", detect_said(&(detect_try){ .fn = detect_go_binary, .path = "p", .src = &src }, &out, &rc));
    CHECK_EQ("read", rc, HM_IO);
    CHECK_STR("read", hm_buf_view(&out), HM_STR("! cannot_read\n"));
}

TEST(go_modules_up_to_the_limit)
{
    if (test_fault())
        TEST_SKIP("needs more room than its budget");
    TEST_BUF lines = { 0 };
    TEST_BUF data = { 0 };
    image m;
    for (size_t i = 0; i < LIMIT_GO_MODULES + 5; i++) {
        hm_buf_c(&lines, "dep\ta.b/c");
        hm_buf_u64(&lines, i);
        hm_buf_c(&lines, "\tv1\n");
    }
    image_inline(&data, 0, "go1.20", hm_buf_view(&lines));
    image_make(&m, &(image_plan){ .is64 = true, .data = hm_buf_view(&data) });
    DETECT_TRIED d = { 0 };
    bool ok =
        !m.b.bad && !lines.bad && !data.bad &&
        detect_try_run(
            &(detect_try){ .fn = detect_go_binary, .path = "bin/prog", .bytes = hm_buf_view(&m.b), .seek = true }, &d);
    hm_buf_clear(&m.b);
    CHECK("read", ok);
    CHECK_EQ("read", d.rc, HM_OK);
    CHECK_EQ("modules, program, stdlib", d.pack.comp_n, LIMIT_GO_MODULES + 2);
    CHECK_EQ("gap", d.pack.gap_n, 1);
    CHECK_EQ("defect", d.pack.gap[0].defect, DEFECT_TOO_MANY);
    CHECK_EQ("line", d.pack.gap[0].place, LIMIT_GO_MODULES + 1);
}

/* A table of as many sections as may be is read; one more, and it counts as damaged: then the data is searched. The one
 * section by name has no bytes, so what was done can be told apart. */
TEST(elf_sections_up_to_the_limit)
{
    if (test_fault())
        TEST_SKIP("needs more room than its budget");
    for (uint64_t over = 0; over < 2; over++) {
        TEST_BUF data = { 0 };
        TEST_BUF out = { 0 };
        image m;
        hm_rc rc = HM_BUG;
        uint64_t table = 0, n = LIMIT_ELF_SECTIONS + over;
        image_inline(&data, 0, "go1.20", HM_STR("mod\ta/b\tv1\n"));
        image_make(&m, &(image_plan){ .is64 = true, .section_type = 8, .data = hm_buf_view(&data) });
        bool ok = !m.b.bad && !data.bad;
        if (ok) {
            memcpy(&table, m.b.p + 40, 8);
            memcpy(m.b.p + 60, "\0\0", 2);
            memcpy(m.b.p + table + 32, &n, 8);
            image_pad(&m, (size_t)(table + n * 64));
            ok = !m.b.bad && said(hm_buf_view(&m.b), &out, &rc);
        }
        hm_buf_clear(&m.b);
        CHECK("read", ok);
        CHECK_STR("sections", hm_buf_view(&out),
                  over ? HM_STR("r stdlib@1.20 [] literal=go1.20\nr a/b@v1 [AK] >0r\n") : HM_STR("! not_found\n"));
    }
}

/* PE and Mach-O: by class, byte order, with pointers and inline, in a section of its name or of another, in slices. */
TEST(go_in_every_format)
{
    for (unsigned i = 0; i < 64; i++) {
        bool is64 = i & 1, big = i & 2, pointers = i & 4, renamed = i & 8, pe = i & 16, fat = i & 32;
        if (pe && (big || fat))
            continue;
        TEST_BUF data = { 0 };
        TEST_BUF out = { 0 };
        TEST_BUF both = { 0 };
        image m[2];
        hm_rc rc = HM_BUG;
        if (pointers)
            image_pointers(&data, is64, big, "go1.17.3", hm_str_c(MODULES));
        else
            image_inline(&data, 0, "go1.17.3", hm_str_c(MODULES));
        for (unsigned k = 0; k < 2; k++)
            (pe ? image_make_pe : image_make_macho)(&m[k], &(image_plan){ .is64 = is64,
                                                                          .big = big,
                                                                          .no_sections = renamed && !pe && k,
                                                                          .section = renamed ? ".x" : NULL,
                                                                          .data = hm_buf_view(&data) });
        if (fat)
            image_make_fat(&both, m, 2, is64);
        bool ok =
            !m[0].b.bad && !m[1].b.bad && !data.bad && !both.bad && said(hm_buf_view(fat ? &both : &m[0].b), &out, &rc);
        hm_buf_clear(&m[0].b);
        hm_buf_clear(&m[1].b);
        char label[32];
        snprintf(label, sizeof label, "format %u", i);
        CHECK(label, ok);
        CHECK_EQ(label, rc, HM_OK);
        const hm_str want = HM_STR("r stdlib@1.17.3 [] literal=go1.17.3\n" WANT);
        CHECK_STR(label, hm_str_sub(hm_buf_view(&out), 0, want.n), want);
        CHECK_EQ(label, out.n, fat ? 2 * want.n : want.n); /* indices have one digit in both */
    }
}

TEST(images_that_are_none)
{
    TEST_BUF elf = { 0 };
    hm_buf_c(&elf, "\x7f"
                   "ELF\x02\x01\x01");
    while (elf.n < 900 && !elf.bad)
        hm_buf_byte(&elf, 0);
    if (!elf.bad) {
        elf.p[52] = 64; /* program headers: none */
        memcpy(elf.p + 300, "UPX!", 4);
    }
    while (elf.n < 4096 && !elf.bad)
        hm_buf_byte(&elf, 0);
    image pe;
    image_make_pe(&pe, &(image_plan){ .is64 = true, .section = "UPX0", .data = HM_STR("0123456789") });
    bool ok = !pe.b.bad && !elf.bad;
    TEST_BUF upx = { 0 };
    if (ok) { /* a second section */
        size_t row = 64 + 24 + 240;
        memcpy(pe.b.p + row + 40, pe.b.p + row, 40);
        pe.b.p[row + 43] = '1';
        pe.b.p[70] = 2;
        hm_buf_str(&upx, hm_buf_view(&pe.b));
    }
    hm_buf_clear(&pe.b);
    CHECK("memory", ok && !upx.bad);
    const struct {
        const char *name;
        hm_str bytes;
        const char *want;
    } CASES[] = {
        { "Java class", HM_STR("\xca\xfe\xba\xbe\0\0\0\x34\0\1\2\3\4\5\6\7\10\1\2\3\4\5\6\7\10\1\2\3\4\5\6\7\10"),
          "! not_found\n" },
        { "no slices", HM_STR("\xca\xfe\xba\xbe\0\0\0\0\0\1\2\3\4\5\6\7\10\1\2\3\4\5\6\7\10\1\2\3\4\5\6\7\10"),
          "! not_found\n" },
        { "slice beyond the file",
          HM_STR("\xca\xfe\xba\xbe\0\0\0\1\0\1\2\3\4\5\6\7\10\1\2\3\4\5\6\7\10\1\2\3\4\5\6\7\10"), "! not_found\n" },
        { "DOS",
          HM_STR("MZ\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1"
                 "\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1"),
          "! not_found\n" },
        { "Mach-O whose commands are longer than the file",
          HM_STR("\xcf\xfa\xed\xfe\7\0\0\0\3\0\0\0\2\0\0\0\2\0\0\0\xff\xff\0\0\0\0\0\0\0\0\0\0"), "! not_found\n" },
        { "packed ELF", hm_buf_view(&elf), "! packed_program\n" },
        { "packed PE", hm_buf_view(&upx), "! packed_program\n" },
    };
    for (size_t i = 0; i < HM_COUNT(CASES); i++) {
        TEST_BUF out = { 0 };
        hm_rc rc = HM_BUG;
        CHECK(CASES[i].name, said(CASES[i].bytes, &out, &rc));
        CHECK_STR(CASES[i].name, hm_buf_view(&out), hm_str_c(CASES[i].want));
    }
}

/* As go_survives_damage, for the other formats. */
TEST(images_survive_damage)
{
    for (unsigned f = 0; f < 3; f++) {
        TEST_BUF data = { 0 };
        TEST_BUF fat = { 0 };
        image m;
        image_inline(&data, 0, "go1.20", hm_str_c("mod\ta/b\tv1\n"));
        (f ? image_make_macho : image_make_pe)(&m, &(image_plan){ .is64 = f < 2, .data = hm_buf_view(&data) });
        image_make_fat(&fat, &m, f == 2, false);
        hm_str all = hm_buf_view(f == 2 ? &fat : &m.b);
        bool ok = !m.b.bad && !data.bad && !fat.bad;
        size_t step = test_fault() ? 97 : 1, head = f == 2 ? 1024 + 512 : 512;
        for (size_t n = 0; ok && n < all.n; n += step) {
            TEST_BUF out = { 0 };
            hm_rc rc = HM_BUG;
            ok = said(hm_str_sub(all, 0, n), &out, &rc) && (rc == HM_OK || rc == HM_NOTFOUND || rc == HM_FORMAT);
        }
        char *p = f == 2 ? fat.p : m.b.p;
        for (size_t i = 0; ok && i < head; i += step)
            for (unsigned k = 0; k < 3; k++) {
                TEST_BUF out = { 0 };
                hm_rc rc = HM_BUG;
                char was = p[i];
                p[i] = (char)(uint8_t)(k == 0 ? 0xff : k == 1 ? 0 : 0x7f);
                ok = ok && said(all, &out, &rc) && (rc == HM_OK || rc == HM_NOTFOUND || rc == HM_FORMAT);
                p[i] = was;
            }
        hm_buf_clear(&m.b);
        CHECK("damaged", ok);
    }
}

TEST(go_fixtures)
{
    TEST_BUF in = { 0 };
    TEST_BUF out = { 0 };
    hm_rc rc = HM_BUG;
    if (!fixture("golang/gobinary/dummy", &in))
        TEST_SKIP("no shared fixtures");
    CHECK("dummy", said(hm_buf_view(&in), &out, &rc));
    CHECK_STR("dummy: a text that says it is none", hm_buf_view(&out), HM_STR("! not_found\n"));
}
