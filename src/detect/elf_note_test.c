/* Package notes of ELF files: in a section or a segment, of every distribution, and what is wrong with them. */
#include "detect/detect_test.h"
#include "detect/go_image.h"

static void put32(hm_buf *b, uint32_t v, bool big)
{
    for (unsigned i = 0; i < 4; i++)
        hm_buf_byte(b, (char)(uint8_t)(v >> (big ? 24 - 8 * i : 8 * i) & 0xff));
}

static void note(hm_buf *b, bool big, hm_str owner, uint32_t type, hm_str text)
{
    put32(b, (uint32_t)owner.n, big);
    put32(b, (uint32_t)text.n, big);
    put32(b, type, big);
    hm_buf_str(b, owner);
    for (size_t i = owner.n; i % 4; i++)
        hm_buf_byte(b, 0);
    hm_buf_str(b, text);
    for (size_t i = text.n; i % 4; i++)
        hm_buf_byte(b, 0);
}

static bool said(hm_str bytes, hm_buf *out)
{
    return detect_said(&(detect_try){ .fn = detect_elf_note, .path = "usr/bin/p", .bytes = bytes, .seek = true }, out,
                       NULL);
}

static bool note_said(const image_plan *plan, hm_buf *out)
{
    image m;
    image_make(&m, plan);
    bool ok = !m.b.bad && said(hm_buf_view(&m.b), out);
    hm_buf_clear(&m.b);
    return ok;
}

static const struct {
    const char *name, *json, *want;
} NOTE[] = {
    { "Debian's",
      "{\"type\":\"deb\",\"os\":\"debian\",\"osVersion\":\"13\",\"name\":\"a\",\"version\":\"1:2-3\",\"architecture\":\"amd64\"}",
      "r a@1:2-3 [A] quals=arch=amd64 elf:package-type=deb\n" },
    { "Fedora's",
      "{\"type\":\"rpm\",\"name\":\"systemd\",\"version\":\"250-1.fc36\",\"architecture\":\"x86_64\","
      "\"osCpe\":\"cpe:/o:fedoraproject:fedora:36\"}",
      "r systemd@250-1.fc36 [A] quals=arch=x86_64 elf:package-type=rpm\n" },
    { "no word on the distribution", "{\"type\":\"deb\",\"name\":\"a\",\"version\":\"1\"}",
      "r a@1 [A] no-eco elf:package-type=deb\n" },
    { "another kind of package",
      "{\"type\":\"nix\",\"os\":\"nixos\",\"name\":\"a\",\"version\":\"1\",\"appCpe\":\"cpe:2.3:a:v:a:1:*:*:*:*:*:*:*\"}",
      "r a@1 [A] no-eco cpe=cpe:2.3:a:v:a:1:*:*:*:*:*:*:* elf:package-type=nix\n" },
    { "no version", "{\"type\":\"apk\",\"osCpe\":\"cpe:2.3:o:alpine:alpine_linux:3.20:*\",\"name\":\"a\"}",
      "r a [AN] elf:package-type=apk\n" },
    { "no name", "{\"type\":\"deb\"}", "! missing_field name\n" },
    { "no JSON", "{\"type\":\"deb\"", "! truncated 13\n" },
    { "empty", "", "! empty\n" },
};

TEST(elf_note_texts)
{
    for (size_t i = 0; i < HM_COUNT(NOTE); i++)
        for (unsigned k = 0; k < 4; k++) {
            bool is64 = k & 1, big = k & 2;
            TEST_BUF notes = { 0 };
            TEST_BUF out = { 0 };
            note(&notes, big, HM_STR("GNU\0"), 3, HM_STR("0123456789"));
            note(&notes, big, HM_STR("FDO\0"), 0xcafe1a7e, hm_str_c(NOTE[i].json));
            CHECK(NOTE[i].name, !notes.bad && note_said(&(image_plan){ .is64 = is64,
                                                                       .big = big,
                                                                       .section = ".note.package",
                                                                       .data = hm_buf_view(&notes) },
                                                        &out));
            CHECK_STR(NOTE[i].name, hm_buf_view(&out), hm_str_c(NOTE[i].want));
        }
}

static hm_str distro_of(const detect_tried *d)
{
    return d->pack.comp_n == 1 ? part_text(&d->pack, d->pack.comp[0].distro) : HM_NONE;
}

TEST(elf_note_distributions)
{
    static const char *const CASES[][2] = {
        { "\"os\":\"debian\"", "debian" },
        { "\"os\":\"ubuntu\",\"osVersion\":\"24.04\"", "ubuntu-24.04" },
        { "\"osCpe\":\"cpe:/o:fedoraproject:fedora:36\"", "fedora-36" },
        { "\"osCpe\":\"cpe:2.3:o:alpine:alpine_linux:3.20:*:*\"", "alpine-3.20" },
        { "\"os\":\"x\",\"osCpe\":\"cpe:/o:v:p:-\"", "x" },
        { "\"osCpe\":\"cpe:/a:v:p:1\"", "" },
    };
    for (size_t i = 0; i < HM_COUNT(CASES); i++) {
        TEST_BUF json = { 0 };
        TEST_BUF notes = { 0 };
        DETECT_TRIED d = { 0 };
        image m;
        hm_buf_c(&json, "{\"type\":\"deb\",\"name\":\"a\",\"version\":\"1\",");
        hm_buf_c(&json, CASES[i][0]);
        hm_buf_c(&json, "}");
        note(&notes, false, HM_STR("FDO\0"), 0xcafe1a7e, hm_buf_view(&json));
        image_make(&m, &(image_plan){ .is64 = true, .section = ".note.package", .data = hm_buf_view(&notes) });
        bool ok =
            !m.b.bad && !notes.bad && !json.bad &&
            detect_try_run(
                &(detect_try){ .fn = detect_elf_note, .path = "p", .bytes = hm_buf_view(&m.b), .seek = true }, &d);
        hm_buf_clear(&m.b);
        CHECK(CASES[i][0], ok);
        CHECK_STR(CASES[i][0], distro_of(&d), hm_str_c(CASES[i][1]));
        CHECK_EQ("technique", d.pack.evidence[0].technique, PART_T_BINARY);
    }
}

TEST(elf_note_places)
{
    TEST_BUF good = { 0 };
    TEST_BUF other = { 0 };
    TEST_BUF out = { 0 };
    note(&good, false, HM_STR("FDO\0"), 0xcafe1a7e, HM_STR("{\"name\":\"a\",\"version\":\"1\"}\0\0"));
    note(&other, false, HM_STR("FDO\0"), 1, HM_STR("{}"));
    note(&other, false, HM_STR("fdo\0"), 0xcafe1a7e, HM_STR("{}"));
    CHECK("memory", !good.bad && !other.bad);
    image m;
    image_make(&m, &(image_plan){ .is64 = true, .no_sections = true, .data = hm_buf_view(&good) });
    if (!m.b.bad)
        m.b.p[64 + 56] = 4; /* the second segment holds notes */
    bool ok = !m.b.bad && said(hm_buf_view(&m.b), &out);
    hm_buf_clear(&m.b);
    CHECK("segment", ok);
    CHECK_STR("segment", hm_buf_view(&out), HM_STR("r a@1 [A] no-eco\n"));
    const struct {
        const char *name;
        image_plan plan;
        const char *want;
    } CASES[] = {
        { "another section", { .is64 = true, .section = ".note", .data = hm_buf_view(&good) }, "! not_found\n" },
        { "split off",
          { .is64 = true, .section = ".note.package", .section_type = 8, .data = hm_buf_view(&good) },
          "! not_found\n" },
        { "none of that kind in it",
          { .is64 = true, .section = ".note.package", .data = hm_buf_view(&other) },
          "! elf_note 256\n" },
        { "cut",
          { .is64 = true, .section = ".note.package", .data = hm_str_sub(hm_buf_view(&good), 0, 30) },
          "! elf_note 256\n" },
    };
    for (size_t i = 0; i < HM_COUNT(CASES); i++) {
        hm_buf_reset(&out);
        CHECK(CASES[i].name, note_said(&CASES[i].plan, &out));
        CHECK_STR(CASES[i].name, hm_buf_view(&out), hm_str_c(CASES[i].want));
    }
}
