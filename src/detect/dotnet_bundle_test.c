/* .NET single-file programs: in all formats and versions of the header, with and without deps.json, compressed, and what
 * is damaged. */
#include "detect/bundle_make.h"
#include "detect/detect_test.h"
#include <zlib.h>

#define DEPS                                                                                                           \
    "{\"runtimeTarget\":{\"name\":\"N\"},\"targets\":{\"N\":{\"App/1.0.0\":{\"dependencies\":{\"Pkg\":\"1.2.0\"}},"    \
    "\"Pkg/1.2.0\":{}}},\"libraries\":{\"App/1.0.0\":{\"type\":\"project\"},\"Pkg/1.2.0\":{\"type\":\"package\"}}}"
#define WANT "r App@1.0.0 [ASKL] >1r\nr Pkg@1.2.0 [K]\n"

static bool said(hm_str bytes, hm_buf *out)
{
    return detect_said(&(detect_try){ .fn = detect_dotnet_bundle, .path = "opt/app/app", .bytes = bytes, .seek = true },
                       out, NULL);
}

static bool deflated(hm_str text, hm_buf *out)
{
    z_stream z = { 0 };
    if (deflateInit2(&z, 9, Z_DEFLATED, -15, 9, Z_DEFAULT_STRATEGY) != Z_OK)
        return false;
    size_t room = deflateBound(&z, text.n);
    bool ok = hm_buf_room(out, room);
    if (ok) {
        z.next_in = (Bytef *)(uintptr_t)text.p;
        z.avail_in = (uInt)text.n;
        z.next_out = (Bytef *)out->p;
        z.avail_out = (uInt)room;
        ok = deflate(&z, Z_FINISH) == Z_STREAM_END;
        out->n = room - z.avail_out;
    }
    deflateEnd(&z);
    return ok;
}

static bool assembly(const char *name, hm_buf *out)
{
    hm_buf data = { 0 };
    image m;
    uint32_t clr = make_clr(&data, &(make_assembly){ .name = name, .version = { 1, 2, 3, 4 } }, NULL, 0, 0, false);
    image_make_pe(&m, &(image_plan){ .is64 = true, .library = true, .data = hm_buf_view(&data), .clr = clr });
    hm_buf_str(out, hm_buf_view(&m.b));
    bool ok = !m.b.bad && !data.bad && !out->bad;
    hm_buf_clear(&m.b);
    hm_buf_clear(&data);
    return ok;
}

TEST(bundle_of_every_format_and_version)
{
    static const unsigned MAJOR[] = { 1, 2, 6 };
    TEST_BUF dll = { 0 };
    TEST_BUF zip = { 0 };
    CHECK("memory", assembly("Some", &dll) && deflated(HM_STR(DEPS), &zip));
    for (unsigned i = 0; i < 9; i++) {
        unsigned major = MAJOR[i % 3];
        TEST_BUF file = { 0 };
        TEST_BUF out = { 0 };
        make_file f[] = { { 1, "app.dll", hm_buf_view(&dll), 0, 0 },
                          { 3, "app.deps.json", HM_STR(DEPS), 0, 0 },
                          { 4, "app.runtimeconfig.json", HM_STR("{}"), 0, 0 } };
        if (i == 8)
            f[1] = (make_file){ 3, "app.deps.json", hm_buf_view(&zip), zip.n, sizeof DEPS - 1 };
        char label[32];
        snprintf(label, sizeof label, "bundle %u", i);
        make_bundle(&file, i / 3, major, f, HM_COUNT(f));
        CHECK(label, !file.bad && said(hm_buf_view(&file), &out));
        CHECK_STR(label, hm_buf_view(&out), HM_STR(WANT));
    }
}

TEST(bundle_without_deps_is_its_assemblies)
{
    TEST_BUF dll = { 0 };
    TEST_BUF other = { 0 };
    TEST_BUF zip = { 0 };
    TEST_BUF file = { 0 };
    TEST_BUF out = { 0 };
    CHECK("memory", assembly("One", &dll) && assembly("Two", &other) && deflated(hm_buf_view(&other), &zip));
    const make_file f[] = { { 1, "One.dll", hm_buf_view(&dll), 0, 0 },
                            { 2, "native.so", HM_STR("MZ"), 0, 0 },
                            { 1, "Four.dll", hm_buf_view(&zip), zip.n, other.n + 1 },
                            { 1, "Two.dll", hm_buf_view(&zip), zip.n, other.n },
                            { 1, "Three.dll", HM_STR("\x07xxx"), 4, 100 },
                            { 1, "Five.dll", hm_buf_view(&zip), zip.n, other.n - 1 },
                            { 1, "Six.dll", HM_STR("no assembly"), 0, 0 } };
    make_bundle(&file, MAKE_ELF, 6, f, HM_COUNT(f));
    CHECK("read", !file.bad && said(hm_buf_view(&file), &out));
    CHECK_STR("all", hm_buf_view(&out),
              HM_STR("r One@1.2.3.4 [K] no-eco dotnet:assembly-version=1.2.3.4 +opt/app:one\n"
                     "r Two@1.2.3.4 [K] no-eco dotnet:assembly-version=1.2.3.4 +opt/app:two\n"
                     "! dotnet_bundle 1570 4 Four.dll\n! compressed 1 Three.dll\n! too_large 0 1023 Five.dll\n"));
}

/* Changes to a bundle in order: what it is then. */
TEST(bundle_damage)
{
    static const make_file F[] = { { 3, "a.deps.json", HM_STR(DEPS), 0, 0 } };
    static const struct {
        const char *name;
        unsigned major;
        int offset; /* value of the header's offset where >= 0 */
        size_t cut; /* bytes taken from the end */
        size_t at;  /* of the header: byte changed, or 0 */
        unsigned char to;
        const char *want; /* begin of the last line */
    } CASES[] = {
        { "the host of a program in many files", 6, 0, 0, 0, 0, "! not_found" },
        { "header beyond the file", 6, 0x7fffff, 0, 0, 0, "! dotnet_bundle" },
        { "header cut", 6, -1, 40, 0, 0, "! dotnet_bundle" },
        { "last name cut", 6, -1, 1, 0, 0, "! dotnet_bundle" },
        { "a version to come", 7, -1, 0, 0, 0, "! unsupported_version" },
        { "more files than bytes", 6, -1, 0, 9, 0xff, "! dotnet_bundle" },
        { "a file beyond the file", 6, -1, 0, 12 + 5 + 40 + 3, 0x7f, "! dotnet_bundle" },
        { "no JSON", 6, -1, 0, 12 + 5 + 40 + 8, 3, "! truncated" },
    };
    for (size_t i = 0; i < HM_COUNT(CASES); i++) {
        TEST_BUF file = { 0 };
        TEST_BUF out = { 0 };
        make_bundle(&file, MAKE_ELF, CASES[i].major, F, 1);
        size_t header = 12 + 5 + (CASES[i].major >= 2 ? 40U : 0U) + (CASES[i].major >= 6 ? 25U : 17U) + 1 + 11;
        CHECK("memory", !file.bad && file.n > header);
        hm_str all = hm_buf_view(&file);
        size_t mark = hm_str_search(all, HM_STR("\x8b\x12\x02\xb9\x6a\x61"));
        if (CASES[i].offset >= 0)
            for (unsigned k = 0; k < 8; k++)
                file.p[mark - 8 + k] = (char)(uint8_t)((uint64_t)CASES[i].offset >> (8 * k) & 0xff);
        if (CASES[i].at)
            file.p[file.n - header + CASES[i].at] = (char)CASES[i].to;
        CHECK(CASES[i].name, said(hm_str_sub(all, 0, all.n - CASES[i].cut), &out));
        CHECK_STR(CASES[i].name, hm_str_sub(hm_buf_view(&out), 0, strlen(CASES[i].want)), hm_str_c(CASES[i].want));
    }
}

/* The mark counts where it must be: in writable data, of a program, with something appended. */
TEST(bundle_claims)
{
    static const make_file F[] = { { 3, "a.deps.json", HM_STR(DEPS), 0, 0 } };
    TEST_BUF file = { 0 };
    TEST_BUF out = { 0 };
    make_bundle(&file, MAKE_ELF, 2, F, 1);
    CHECK("memory", !file.bad);
    file.p[16] = 3; /* a library */
    CHECK("read", said(hm_buf_view(&file), &out));
    CHECK_STR("library", hm_buf_view(&out), HM_STR("! not_found\n"));
    file.p[16] = 2;
    file.p[64 + 56 + 4] = 5; /* data that cannot be written to */
    hm_buf_reset(&out);
    CHECK("read", said(hm_buf_view(&file), &out));
    CHECK_STR("constant", hm_buf_view(&out), HM_STR("! not_found\n"));
}

/* Every byte of image and header changed, and every prefix. */
TEST(bundle_survives_damage)
{
    static const make_file F[] = { { 3, "a.deps.json", HM_STR(DEPS), 0, 0 }, { 1, "a.dll", HM_STR("MZ"), 0, 0 } };
    for (unsigned format = 0; format < 3; format++) {
        TEST_BUF file = { 0 };
        make_bundle(&file, format, 6, F, HM_COUNT(F));
        CHECK("memory", !file.bad);
        size_t step = test_fault() ? 97 : 1;
        for (size_t n = 0; n < file.n; n += step) {
            TEST_BUF out = { 0 };
            CHECK("cut", said(hm_str_sub(hm_buf_view(&file), 0, n), &out));
        }
        for (size_t i = 0; i < file.n; i += step)
            for (unsigned k = 0; k < 3; k++) {
                TEST_BUF out = { 0 };
                char was = file.p[i];
                file.p[i] = (char)(uint8_t)(k == 0 ? 0xff : k == 1 ? 0 : 0x7f);
                CHECK("changed", said(hm_buf_view(&file), &out));
                file.p[i] = was;
            }
    }
}

TEST(bundle_fixtures)
{
    TEST_BUF in = { 0 };
    TEST_BUF out = { 0 };
    if (!fixture("dotnet/dotnetpe/HelloWorldApp.exe", &in))
        TEST_SKIP("no shared fixtures");
    CHECK("host", said(hm_buf_view(&in), &out));
    CHECK_STR("a host that bundles nothing", hm_buf_view(&out), HM_STR("! not_found\n"));
    /* the same host with a bundle behind it, as publishing writes it */
    size_t mark = hm_str_search(hm_buf_view(&in), HM_STR("\x8b\x12\x02\xb9\x6a\x61"));
    CHECK("mark", mark < in.n && mark > 8);
    uint64_t at = in.n + sizeof DEPS - 1;
    for (unsigned k = 0; k < 8; k++)
        in.p[mark - 8 + k] = (char)(uint8_t)(at >> (8 * k) & 0xff);
    uint64_t deps = in.n;
    hm_buf_c(&in, DEPS);
    make_le(&in, 6, 4);
    make_le(&in, 0, 4);
    make_le(&in, 1, 4);
    hm_buf_c(&in, "\x02id");
    make_le(&in, deps, 8);
    make_le(&in, sizeof DEPS - 1, 8);
    make_le(&in, 0, 24);
    make_le(&in, deps, 8);
    make_le(&in, sizeof DEPS - 1, 8);
    make_le(&in, 0, 8);
    make_le(&in, 3, 1);
    hm_buf_c(&in, "\x18HelloWorldApp.deps.json!");
    hm_buf_reset(&out);
    CHECK("bundle", !in.bad && said(hm_buf_view(&in), &out));
    CHECK_STR("a host that bundles a program", hm_buf_view(&out), HM_STR(WANT));
}
