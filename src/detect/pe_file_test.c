/* Windows programs: version resources of every shape, assemblies with and without them, which version is taken, where a
 * package says more, what is damaged; and the files of the shared fixtures. */
#include "base/limits.h"
#include "detect/detect_test.h"
#include "detect/pe_make.h"

typedef struct plan {
    const char *path, *texts; /* texts NULL: no version resource */
    uint16_t file[4], product[4];
    make_assembly self; /* name NULL: native, or a module */
    bool managed, library, wide, other;
    const char *ref[3];
} plan;

static bool make(const plan *p, image *m)
{
    hm_buf data = { 0 }, version = { 0 };
    uint32_t clr = 0;
    if (p->texts) {
        make_version(&version, p->texts, p->file[0] || p->product[0] ? p->file : NULL, p->product);
        make_resources(&data, hm_buf_view(&version), p->other);
    }
    if (p->managed) {
        make_assembly ref[3] = { { .name = p->ref[0] }, { .name = p->ref[1] }, { .name = p->ref[2] } };
        size_t refs = 0;
        while (refs < 3 && p->ref[refs])
            refs++;
        clr = make_clr(&data, &p->self, ref, refs, 3, p->wide);
    }
    image_make_pe(m, &(image_plan){ .is64 = !p->wide,
                                    .section = ".text",
                                    .data = hm_buf_view(&data),
                                    .library = p->library,
                                    .resource = p->texts ? MAKE_RVA : 0,
                                    .clr = clr });
    bool ok = !data.bad && !version.bad && !m->b.bad;
    hm_buf_clear(&data);
    hm_buf_clear(&version);
    return ok;
}

static bool said(const char *path, hm_str bytes, hm_buf *out)
{
    return detect_said(&(detect_try){ .fn = detect_pe_file, .path = path, .bytes = bytes, .seek = true }, out, NULL);
}

static const struct {
    const char *name;
    plan p;
    const char *want;
} CASES[] = {
    { "native library: the product and its version",
      { .texts =
            "CompanyName=The Makers\nFileDescription=d\nFileVersion=1, 2, 3, 4\nProductName=Thing \nProductVersion=3.0.8\n",
        .file = { 1, 2, 3, 4 },
        .product = { 3, 0, 8, 0 },
        .library = true },
      "r Thing@3.0.8 [] no-eco supplier=The Makers pe:FileVersion=1, 2, 3, 4\n" },
    { "another language first", { .texts = "ProductName=T\nProductVersion=1\n", .other = true }, "r T@1 [A] no-eco\n" },
    { "no product: the file's own name",
      { .texts = "OriginalFilename=zlib1.DLL\nFileVersion=v1.2.13\n", .library = true },
      "r zlib1@1.2.13 [] no-eco literal=v1.2.13 pe:FileVersion=v1.2.13\n" },
    { "neither: the internal one", { .texts = "InternalName=in\nFileVersion=1\n" }, "r in@1 [A] no-eco\n" },
    { "neither: the name it has here",
      { .path = "opt/x/Tool.exe", .texts = "FileVersion=1\n" },
      "r Tool@1 [A] no-eco\n" },
    { "words behind the version",
      { .texts = "ProductName=W\nProductVersion=10.0.19041.1 (WinBuild.160101.0800)\n" },
      "r W@10.0.19041.1 [A] no-eco literal=10.0.19041.1 (WinBuild.160101.0800)\n" },
    { "a product version of words: the file's",
      { .texts = "ProductName=W\nProductVersion=Release\nFileVersion=2.1 build 7\n" },
      "r W@2.1 [A] no-eco literal=2.1 build 7 pe:FileVersion=2.1 build 7\n" },
    { "no texts of versions: the numbers",
      { .texts = "ProductName=W\n", .file = { 1, 0, 0, 1 }, .product = { 5, 6, 0, 0 } },
      "r W@5.6.0.0 [A] no-eco\n" },
    { "numbers of the file",
      { .texts = "ProductName=W\n", .file = { 1, 0, 0, 65535 } },
      "r W@1.0.0.65535 [A] no-eco\n" },
    { "no version at all", { .texts = "ProductName=W\nProductVersion=beta\n" }, "r W [AN] no-eco literal=beta\n" },
    { "a resource that says nothing", { .texts = "CompanyName=C\n" }, "! not_found\n" },
    { "no resource", { .texts = NULL }, "! not_found\n" },
    { "assembly: informational version without the commit, name of the assembly",
      { .texts =
            "CompanyName=Newtonsoft\nFileVersion=13.0.3.27908\nProductName=Json.NET\nProductVersion=13.0.3+abcdef\nComments=c\n"
            "LegalCopyright=l\n",
        .file = { 13, 0, 3, 27908 },
        .product = { 13, 0, 3, 0 },
        .self = { "Newtonsoft.Json", NULL, { 13, 0, 0, 0 } },
        .managed = true,
        .library = true,
        .ref = { "System.Runtime", "netstandard" } },
      "r Newtonsoft.Json@13.0.3 [K] no-eco literal=13.0.3+abcdef supplier=Newtonsoft dotnet:assembly-version=13.0.0.0 "
      "pe:FileVersion=13.0.3.27908 pe:ProductName=Json.NET pe:LegalCopyright=l pe:Comments=c +opt/app:newtonsoft.json "
      "?r:opt/app:system.runtime#1 ?r:opt/app:system.runtime#1 ?r:opt/app:netstandard#2 ?r:opt/app:netstandard#2\n" },
    { "assembly without a resource, wide indices",
      { .self = { "A", NULL, { 1, 2, 3, 4 } }, .managed = true, .wide = true, .ref = { "B" } },
      "r A@1.2.3.4 [AK] no-eco dotnet:assembly-version=1.2.3.4 +opt/app:a ?r:opt/app:b#1 ?r:opt/app:b#1\n" },
    { "what the SDK fills in is no supplier",
      { .texts = "CompanyName=A\nProductName=A\nProductVersion=1.0.0\n",
        .self = { "A", NULL, { 1 } },
        .managed = true },
      "r A@1.0.0 [AK] no-eco dotnet:assembly-version=1.0.0.0 pe:ProductName=A +opt/app:a\n" },
    { "satellite",
      { .self = { "A.resources", "de", { 1, 0, 0, 1 } }, .managed = true, .library = true },
      "r A.resources@1.0.0.1 [K] no-eco dotnet:assembly-version=1.0.0.1 dotnet:culture=de\n" },
    { "module of another file's assembly", { .managed = true, .library = true }, "" },
    { "in NuGet's folder of packages",
      { .path = "root/.nuget/packages/newtonsoft.json/13.0.3/lib/net6.0/Newtonsoft.Json.dll",
        .texts = "ProductVersion=13.0.3+abc\n",
        .self = { "Newtonsoft.Json", NULL, { 13 } },
        .managed = true },
      "r Newtonsoft.Json@13.0.3 [K] dotnet:assembly-version=13.0.0.0 "
      "+root/.nuget/packages/newtonsoft.json/13.0.3/lib/net6.0:newtonsoft.json\n" },
    { "there, but of another name",
      { .path = "root/.nuget/packages/xunit/2.4/lib/net6.0/xunit.core.dll",
        .self = { "xunit.core", NULL, { 2, 4 } },
        .managed = true },
      "r xunit.core@2.4.0.0 [AK] no-eco dotnet:assembly-version=2.4.0.0 +root/.nuget/packages/xunit/2.4/lib/net6.0:xunit.core\n" },
};

TEST(pe_file_cases)
{
    for (size_t i = 0; i < HM_COUNT(CASES); i++) {
        TEST_BUF out = { 0 };
        image m;
        bool ok =
            make(&CASES[i].p, &m) && said(CASES[i].p.path ? CASES[i].p.path : "opt/app/p", hm_buf_view(&m.b), &out);
        hm_buf_clear(&m.b);
        CHECK(CASES[i].name, ok);
        CHECK_STR(CASES[i].name, hm_buf_view(&out), hm_str_c(CASES[i].want));
    }
}

TEST(pe_file_texts_of_any_characters)
{
    static const struct {
        uint16_t unit[4];
        hm_str want;
    } TEXT[] = {
        { { 0x661f, 0x5b88 }, HM_STR("\xe6\x98\x9f\xe5\xae\x88") },
        { { 0xe9 }, HM_STR("\xc3\xa9") },
        { { 0xd83d, 0xde00, 'x' }, HM_STR("\xf0\x9f\x98\x80x") },
        { { 0xd83d, 'x' }, HM_STR("\xef\xbf\xbdx") },
        { { 0xde00, 'x' }, HM_STR("\xef\xbf\xbdx") },
    };
    for (size_t i = 0; i < HM_COUNT(TEXT); i++) {
        const plan p = { .texts = "ProductName=abcd\nProductVersion=1\n" };
        image m;
        DETECT_TRIED d = { 0 };
        bool ok = make(&p, &m);
        size_t at = ok ? hm_str_search(hm_buf_view(&m.b), HM_STR("a\0b\0c\0d\0")) : 0;
        for (unsigned k = 0; ok && k < 4; k++) {
            m.b.p[at + (size_t)2 * k] = (char)(uint8_t)(TEXT[i].unit[k] & 0xff);
            m.b.p[at + (size_t)2 * k + 1] = (char)(uint8_t)(TEXT[i].unit[k] >> 8);
        }
        ok =
            ok && detect_try_run(
                      &(detect_try){ .fn = detect_pe_file, .path = "p", .bytes = hm_buf_view(&m.b), .seek = true }, &d);
        hm_buf_clear(&m.b);
        const part_comp *c = ok && d.pack.comp_n == 1 ? d.pack.comp : NULL;
        CHECK("read", c != NULL);
        CHECK_STR("text", c ? part_text(&d.pack, c->name) : HM_NONE, TEXT[i].want);
    }
}

TEST(pe_file_references_up_to_the_limit)
{
    if (test_fault())
        TEST_SKIP("needs more room than its budget");
    for (size_t over = 0; over < 2; over++) {
        enum { MOST = LIMIT_ASSEMBLY_REFS + 1 };
        HM_AUTO(hm_arena_freep) hm_arena *a = hm_arena_new(1 << 20);
        DETECT_TRIED d = { 0 };
        hm_buf data = { 0 };
        image m;
        make_assembly *ref = a ? hm_arena_array(a, MOST, sizeof *ref) : NULL;
        for (size_t i = 0; ref && i < MOST; i++)
            ref[i].name = "x";
        uint32_t clr = ref ? make_clr(&data, &(make_assembly){ .name = "A" }, ref, MOST - 1 + over, 3, true) : 0;
        image_make_pe(&m, &(image_plan){ .is64 = true, .section = ".text", .data = hm_buf_view(&data), .clr = clr });
        bool ok = ref && !data.bad && !m.b.bad &&
                  detect_try_run(
                      &(detect_try){ .fn = detect_pe_file, .path = "p", .bytes = hm_buf_view(&m.b), .seek = true }, &d);
        hm_buf_clear(&data);
        hm_buf_clear(&m.b);
        CHECK("read", ok);
        CHECK_EQ("references", d.pack.need_n, 2 * LIMIT_ASSEMBLY_REFS);
        CHECK_EQ("gap", d.pack.gap_n, over);
        CHECK("defect", !over || (d.pack.gap && d.pack.gap[0].defect == DEFECT_TOO_MANY));
    }
}

/* Every byte of headers, resources and metadata changed, and every prefix: read, not ours, or a gap that names it. */
TEST(pe_file_survives_damage)
{
    const plan p = {
        .texts = "ProductName=T\nProductVersion=1\n", .self = { "A", NULL, { 1 } }, .managed = true, .ref = { "B" }
    };
    image m;
    bool ok = make(&p, &m);
    size_t step = test_fault() ? 97 : 1, damaged = 0;
    for (size_t n = 0; ok && n < m.b.n; n += step) {
        TEST_BUF out = { 0 };
        ok = said("p", hm_str_sub(hm_buf_view(&m.b), 0, n), &out);
    }
    for (size_t i = 0; ok && i < m.b.n; i += step)
        for (unsigned k = 0; k < 3; k++) {
            TEST_BUF out = { 0 };
            char was = m.b.p[i];
            m.b.p[i] = (char)(uint8_t)(k == 0 ? 0xff : k == 1 ? 0 : 0x7f);
            ok = ok && said("p", hm_buf_view(&m.b), &out);
            damaged += hm_str_search(hm_buf_view(&out), HM_STR("! dotnet_metadata")) < out.n ||
                       hm_str_search(hm_buf_view(&out), HM_STR("! pe")) < out.n;
            m.b.p[i] = was;
        }
    hm_buf_clear(&m.b);
    CHECK("damaged", ok);
    CHECK("gaps", damaged > 10 || test_fault());
}

static const struct {
    const char *name, *want;
} FIXTURE[] = {
    { "Empty.dll", "! not_found\n" },
    { "Invalid.dll", "! not_found\n" },
    { "HelloWorldApp.exe", "r HelloWorldApp@1.0.0 [A] no-eco pe:FileVersion=1.0.0.0\n" },
    { "HelloWorldApp.dll",
      "r HelloWorldApp@1.0.0 [AK] no-eco dotnet:assembly-version=1.0.0.0 pe:FileVersion=1.0.0.0 pe:ProductName=HelloWorldApp "
      "+dotnet/dotnetpe:helloworldapp ?r:dotnet/dotnetpe:system.runtime#1 ?r:dotnet/dotnetpe:system.runtime#1 "
      "?r:dotnet/dotnetpe:system.collections#2 ?r:dotnet/dotnetpe:system.collections#2 ?r:dotnet/dotnetpe:newtonsoft.json#3 "
      "?r:dotnet/dotnetpe:newtonsoft.json#3 ?r:dotnet/dotnetpe:system.console#4 ?r:dotnet/dotnetpe:system.console#4 "
      "?r:dotnet/dotnetpe:flurl.http#5 ?r:dotnet/dotnetpe:flurl.http#5 ?r:dotnet/dotnetpe:system.net.http#6 "
      "?r:dotnet/dotnetpe:system.net.http#6\n" },
};

TEST(pe_file_fixtures)
{
    for (size_t i = 0; i < HM_COUNT(FIXTURE); i++) {
        TEST_BUF in = { 0 };
        TEST_BUF out = { 0 };
        char name[256];
        snprintf(name, sizeof name, "dotnet/dotnetpe/%s", FIXTURE[i].name);
        if (!fixture(name, &in))
            TEST_SKIP("no shared fixtures");
        CHECK(name, said(name, hm_buf_view(&in), &out));
        CHECK_STR(name, hm_buf_view(&out), hm_str_c(FIXTURE[i].want));
    }
}
