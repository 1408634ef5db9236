/* .NET: what the SDK writes, locks, packages.config, .nuspec, Paket. */
#include "base/limits.h"
#include "detect/detect_test.h"
#include "detect/nuget.h"

#define HASH "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gISIjJCUmJygpKissLS4vMDEyMzQ1Njc4OTo7PD0+Pw=="
#define VIEW(p, text)                                                                                                  \
    {                                                                                                                  \
        .path = HM_STR(p), .bytes = HM_STR(text)                                                                       \
    }

TEST(nuget_ranges)
{
    static const struct {
        const char *range, *exact, *least; /* version without and with `least` */
    } CASE[] = {
        { "[1.0]", "1.0", "1.0" },
        { "[1.0, 1.0]", "1.0", "1.0" },
        { " [1.0-A,1.0-a] ", "1.0-A", "1.0-A" },
        { "1.0.0", NULL, "1.0.0" },
        { "[1.0, )", NULL, NULL },
        { "[1.0,]", NULL, NULL },
        { "(1.0)", NULL, NULL },
        { "[1.0, 2.0]", NULL, NULL },
        { "1.*", NULL, NULL },
        { "*", NULL, NULL },
        { "", NULL, NULL },
        { "$(V)", NULL, NULL },
        { "[]", NULL, NULL },
        { "[*]", NULL, NULL },
        { ">= 1", NULL, NULL },
    };
    for (size_t i = 0; i < HM_COUNT(CASE); i++) {
        hm_str v = HM_NONE;
        CHECK_EQ(CASE[i].range, detect_nuget_exact(hm_str_c(CASE[i].range), false, &v), CASE[i].exact != NULL);
        CHECK_STR(CASE[i].range, v, hm_str_c(CASE[i].exact));
        CHECK_EQ(CASE[i].range, detect_nuget_exact(hm_str_c(CASE[i].range), true, &v), CASE[i].least != NULL);
        CHECK_STR(CASE[i].range, v, hm_str_c(CASE[i].least));
    }
}

static const struct {
    const char *name;
    detect_fn *fn;
    const char *path, *in, *want;
} CASE[] = {
    { "deps.json: kinds of libraries", detect_dotnet_deps, "out/App.deps.json",
      "{\"runtimeTarget\":{\"name\":\"N/x\"},\"targets\":{\"N\":{},\"N/x\":{"
      "\"App/1.0.0\":{\"dependencies\":{\"Pkg\":\"1.2.0\",\"Lib\":\"2.0.0\",\"Gone\":\"1.0.0\",\"runtimepack.Core.Runtime\":\"6.0.1\"}},"
      "\"Lib/2.0.0\":{\"dependencies\":{\"pkg\":\"1.2.0\"}},\"PKG/1.2.0\":{\"dependencies\":{\"PKG\":\"1.2.0\"}},"
      "\"runtimepack.Core.Runtime/6.0.1\":{},\"Only/1.0\":{\"type\":\"package\"}}},"
      "\"libraries\":{\"App/1.0.0\":{\"type\":\"project\",\"sha512\":\"\"},\"Pkg/1.2.0\":{\"type\":\"package\",\"serviceable\":true,\"sha512\":\"sha512-" HASH
      "\"},"
      "\"Lib/2.0.0\":{\"type\":\"project\"},\"runtimepack.Core.Runtime/6.0.1\":{\"type\":\"runtimepack\"},\"Ref/1.0.0.0\":{\"type\":\"reference\"}}}",
      "r App@1.0.0 [ASKOL] >1r >2r >3r\n"
      "r Pkg@1.2.0 [K] hash=00010203 nuget:serviceable=true\n"
      "r Lib@2.0.0 [ASKL] >1r\n"
      "r Core.Runtime@6.0.1 [KB] nuget:type=runtimepack\n"
      "r Ref@1.0.0 [L] literal=1.0.0.0 nuget:type=reference\n"
      "r Only@1.0.0 [K] literal=1.0\n" },
    { "deps.json: two versions in two targets", detect_dotnet_deps, "A.deps.json",
      "{\"targets\":{\"N\":{\"A/1.0.0\":{\"dependencies\":{\"B\":\"1.0.0\"}},\"B/1.0.0\":{}},\"M\":{\"A/1.0.0\":{\"dependencies\":{\"B\":\"1.0.0\"}},\"B/2.0.0\":{}}},"
      "\"libraries\":{\"A/1.0.0\":{},\"B/1.0.0\":{},\"B/2.0.0\":{}}}",
      "r A@1.0.0 [K] >1r >2r\n"
      "r B@1.0.0 [K]\n"
      "r B@2.0.0 [K]\n" },
    { "deps.json: wrong types cost one entry each", detect_dotnet_deps, "A.deps.json",
      "{\"targets\":{\"N\":{\"A/1.0.0\":{\"dependencies\":[\"B\"]},\"C\":7,\"D/1.0.0\":7}},"
      "\"libraries\":{\"A/1.0.0\":{},\"a/1.0.0\":{},\"B\":{},\"\":{},\"E/1.0.0\":[]}}",
      "r A@1.0.0 [K]\n"
      "r B [N]\n"
      "! duplicate a/1.0.0\n"
      "! bad_value B\n"
      "! wrong_type\n"
      "! wrong_type E/1.0.0\n"
      "! wrong_type C\n"
      "! wrong_type D/1.0.0\n"
      "! wrong_type A/1.0.0\n" },
    { "deps.json: lists of a wrong type", detect_dotnet_deps, "A.deps.json", "{\"libraries\":[],\"targets\":[{}]}",
      "! wrong_type libraries\n! wrong_type targets\n" },
    { "deps.json: neither", detect_dotnet_deps, "A.deps.json", "{}", "! missing_field libraries\n" },
    { "deps.json: cut", detect_dotnet_deps, "A.deps.json", "{\"libraries\":", "! truncated 13\n" },
    { "deps.json: not an object", detect_dotnet_deps, "A.deps.json", "[]", "! wrong_type\n" },
    { "assets: what the project asks for, and what for the build alone", detect_nuget_assets,
      "app/obj/project.assets.json",
      "{\"version\":3,\"targets\":{\"net8.0\":{\"A/1.0.0\":{\"type\":\"package\",\"dependencies\":{\"b\":\"[1.0.0, )\",\"Tool2\":\"1.0.0\"}},\"B/1.1.0\":{\"type\":\"package\"},"
      "\"Tool/1.0.0\":{},\"Tool2/1.0.0\":{},\"Lib/1.0.0\":{\"type\":\"project\"},\"Std/2.0.3\":{}}},"
      "\"libraries\":{\"A/1.0.0\":{\"type\":\"package\",\"sha512\":\"" HASH
      "\"},\"B/1.1.0\":{},\"Tool/1.0.0\":{},\"Tool2/1.0.0\":{},\"Lib/1.0.0\":{\"type\":\"project\"},\"Std/2.0.3\":{}},"
      "\"projectFileDependencyGroups\":{\"net8.0\":[\"a >= 1.0.0\",\"Tool >= 1.0.0\",\"Tool2 >= 1.0.0\",\"Lib >= 1.0.0\",\"Std >= 2.0.3\",\"Gone >= 1\"],\"other\":[\"B >= 1\"]},"
      "\"project\":{\"version\":\"1.0.0\",\"restore\":{\"projectName\":\"My.App\"},\"frameworks\":{\"net8.0\":{\"dependencies\":{"
      "\"Tool\":{\"suppressParent\":\"All\"},\"tool2\":{\"suppressParent\":\"all\"},\"Std\":{\"suppressParent\":\"All\",\"autoReferenced\":true}},"
      "\"downloadDependencies\":[{\"name\":\"Pack\",\"version\":\"[8.0.0, 8.0.0]\"},{\"name\":\"Pack\",\"version\":\"[8.0.0, 8.0.0]\"},{\"name\":\"Other\",\"version\":\"[8.0.0, )\"},{}]}}}}",
      "r A@1.0.0 [K] hash=00010203 >1r >3r\n"
      "r B@1.1.0 [K]\n"
      "d Tool@1.0.0 [K]\n"
      "r Tool2@1.0.0 [K]\n"
      "r Lib@1.0.0 [ASKL]\n"
      "r Std@2.0.3 [K]\n"
      "r My.App@1.0.0 [ASKO] >0r >1r >2d >3d >4r >5r\n"
      "b Pack@8.0.0 []\n"
      "b Other [N] declared-range=[8.0.0, )\n" },
    { "assets: a later version is tried, and named", detect_nuget_assets, "obj/project.assets.json",
      "{\"version\":9,\"targets\":{},\"libraries\":{\"A/1.0.0\":{}}}", "r A@1.0.0 []\n! lock_version 9\n" },
    { "lock: kinds, frameworks, runtimes", detect_nuget_lock, "app/packages.lock.json",
      "{\"version\":2,\"dependencies\":{\"net6.0\":{\"A\":{\"type\":\"Direct\",\"requested\":\"[1.0.0, )\",\"resolved\":\"1.0.0\",\"contentHash\":\"" HASH
      "\",\"dependencies\":{\"b\":\"1.0.0\",\"gone\":\"1\"}},"
      "\"B\":{\"type\":\"Transitive\",\"resolved\":\"1.0.0\"},\"C\":{\"type\":\"CentralTransitive\",\"requested\":\"[2.0.0, )\",\"resolved\":\"2.0.0\"},"
      "\"lib\":{\"type\":\"Project\",\"dependencies\":{\"C\":\"[2.0.0, )\"}}},"
      "\"net6.0/linux-x64\":{\"B\":{\"type\":\"Transitive\",\"resolved\":\"1.1.0\",\"dependencies\":{\"C\":\"1\",\"B\":\"1\"}},\"a\":{\"type\":\"Direct\",\"resolved\":\"1.0.0\",\"dependencies\":{\"B\":\"1\"}}}}}",
      "r app [ASKN] >1r >4r\n"
      "r A@1.0.0 [KO] hash=00010203 >2r >5r\n"
      "r B@1.0.0 [K]\n"
      "r C@2.0.0 [K]\n"
      "r lib [ASKLN] >3r\n"
      "r B@1.1.0 [K] >3r\n" },
    { "lock: wrong types", detect_nuget_lock, "packages.lock.json",
      "{\"version\":3,\"dependencies\":{\"x\":[],\"net6.0\":{\"A\":7,\"B\":{\"type\":\"Direct\",\"requested\":\"[1, )\"},\"C\":{\"resolved\":\"1.0.0\",\"dependencies\":[1]}}}}",
      "r B [KN] declared-range=[1, )\n"
      "r C@1.0.0 [K]\n"
      "! lock_version 3\n"
      "! wrong_type x\n"
      "! wrong_type A\n"
      "! missing_field B\n"
      "! wrong_type c\n" },
    { "lock: no lists", detect_nuget_lock, "packages.lock.json", "{\"version\":1}", "! missing_field dependencies\n" },
    { "lock: list of a wrong type", detect_nuget_lock, "packages.lock.json", "{\"dependencies\":[]}",
      "! wrong_type dependencies\n" },
    { "lock: not an object", detect_nuget_lock, "packages.lock.json", "7", "! wrong_type\n" },
    { "packages.config", detect_nuget_config, "app/packages.config",
      "<?xml version=\"1.0\"?>\n<packages>\n<package id=\"A\" version=\"1.0\" targetFramework=\"net46\" />\n"
      "<package id=\"B\" version=\"2.0.0.0\" developmentDependency=\"True\"/>\n<package version=\"1\"/>\n<package id=\"C\"/>\n<other/>\n</packages>",
      "r A@1.0.0 [] literal=1.0 line=3 nuget:target-framework=net46\n"
      "d B@2.0.0 [] literal=2.0.0.0 line=4\n"
      "r C [N] line=6\n"
      "! missing_field 5 id\n"
      "! missing_field 6 C\n" },
    { "packages.config of something else", detect_nuget_config, "packages.config", "<x/>", "! wrong_type 1 x\n" },
    { "packages.config, no XML", detect_nuget_config, "packages.config", "not\nxml\n", "! xml_syntax 1\n" },
    { "nuspec: installed", detect_nuspec, "home/.nuget/packages/a.b/1.0.0/a.b.nuspec",
      "<?xml version=\"1.0\"?><package xmlns=\"urn:x\"><metadata><id>A.B</id><version>1.0.0</version><authors>Me, You</authors><owners>Us</owners>"
      "<license type=\"expression\">MIT OR Apache-2.0</license><projectUrl>https://h.example/</projectUrl>"
      "<repository type=\"git\" url=\"https://h.example/a.git\" commit=\"abc\" /><dependencies><dependency id=\"X\" version=\"1.0\"/>"
      "<group targetFramework=\"net6.0\"><dependency id=\"Y\" version=\"[1.0, )\" exclude=\"Build\"/><dependency version=\"1\"/></group></dependencies></metadata></package>",
      "- A.B@1.0.0 [K] author=Me, You supplier=Us licence=MIT OR Apache-2.0 vcs=git+https://h.example/a.git#abc home=https://h.example/ line=1 "
      "+home/.nuget/packages:a.b ?r:home/.nuget/packages:x ?r:home/.nuget/packages:y\n"
      "! missing_field 1 id\n" },
    { "nuspec: of a project", detect_nuspec, "src/Me.nuspec",
      "<package>\n<metadata>\n<id>$id$</id>\n<version>$version$</version>\n<licenseUrl>https://l.example/</licenseUrl><repository url=\"git@h:a\"/>\n"
      "<dependencies><dependency id=\"X\" version=\"[1.0]\"/><dependency id=\"x\" version=\"[1.0]\"/>\n<dependency id=\"Y\" version=\"1.0\"/></dependencies></metadata></package>",
      "r Me [ASKN] raw=https://l.example/ vcs=git@h:a line=2 >1r >2r\n"
      "r X@1.0.0 [] literal=1.0 line=6\n"
      "r Y [N] line=7 declared-range=1.0\n"
      "! unresolved 3 $id$\n"
      "! unresolved 4 $version$\n" },
    { "nuspec: no version", detect_nuspec, "p/a/1/a.nuspec", "<package><metadata><id>a</id></metadata></package>",
      "- a [KN] line=1 +p:a\n! missing_field 1 version\n" },
    { "nuspec: no id", detect_nuspec, "a.nuspec", "<package><metadata/></package>", "! missing_field 1 id\n" },
    { "nuspec: no package", detect_nuspec, "a.nuspec", "<p/>", "! wrong_type 1 p\n" },
    { "nuspec: another kind of package", detect_nuspec, "ProgramData/chocolatey/lib/a/a.nuspec", "<p/>", "" },
};

TEST(nuget_cases)
{
    for (size_t i = 0; i < HM_COUNT(CASE); i++)
        CHECK_SAID(CASE[i].name, hm_str_c(CASE[i].want), .fn = CASE[i].fn, .path = CASE[i].path,
                   .bytes = hm_str_c(CASE[i].in));
    CHECK_SAID("nuspec in an archive", HM_STR("- a@1.0.0 [K] line=1\n"), .fn = detect_nuspec,
               .path = "x.nupkg!/a.nuspec", .archive = "x.nupkg",
               .bytes =
                   HM_STR("<package><metadata><id>a</id><version>1.0.0</version><dependencies><dependency id=\"b\"/>"
                          "</dependencies></metadata></package>"));
}

static const struct {
    const char *name;
    detect_view file[3];
    size_t n;
    const char *want;
} PAKET[] = {
    { "a lock, and what the project asks for",
      { VIEW("p/paket.dependencies",
             "source https://registry.example/v3 // c\nframework: net6.0\nnuget a ~> 1 storage: none\nnuget gone\n"
             "github o/r:main f.fs\ngroup Test\n  nuget b >= 2\n  clitool a\n"),
        VIEW(
            "p/paket.lock",
            "REDIRECTS: ON\nNUGET\n  remote: https://registry.example/v3\n    A (1.0) - restriction: >= net45\n      B (>= 1.0)\n      none\n    B (1.1)\n"
            "GITHUB\n  remote: o/r\n    f.fs (abc)\n      X\n    g.fs (abc)\nGIT\n  remote: https://t@h.example/x.git\n    main (def)\n"
            "GROUP Test\nNUGET\n    B (2.0)\n      A (1)\n    b (3.0)\n") },
      2,
      "r p [ASKON] >1r >5r >6r\n"
      "r A@1.0.0 [KO] literal=1.0 in=p/paket.lock line=4 >2r\n"
      "r B@1.1.0 [K] literal=1.1 in=p/paket.lock line=7\n"
      "r o/r@abc [] in=p/paket.lock line=10\n"
      "r main@def [] dist=https://h.example/x.git in=p/paket.lock line=15\n"
      "r B@2.0.0 [KO] literal=2.0 in=p/paket.lock line=18 paket:group=Test\n"
      "r b@3.0.0 [K] literal=3.0 in=p/paket.lock line=20 paket:group=Test\n"
      "! duplicate 20 b in=p/paket.lock\n" },
    { "no lock: ranges",
      { VIEW(
          "q/paket.dependencies",
          "nuget A\nnuget B 1.0\nnuget C == 2.0 lowest_matching: true # c\nnuget D ~> 1.2\nnuget\ngithub o/r:1.0// c\ngithub o\nodd word\nclitool E = 3.0\n") },
      1,
      "r q [ASKN] >1r >2r >3r >4r >5r >6b\n"
      "r A [N] line=1\n"
      "r B@1.0.0 [] literal=1.0 line=2\n"
      "r C@2.0.0 [] literal=2.0 line=3\n"
      "r D [N] line=4 declared-range=~> 1.2\n"
      "r o/r@1.0 [] line=6\n"
      "b E@3.0.0 [] literal=3.0 line=9\n"
      "! bad_value 5 nuget\n"
      "! bad_value 7 o\n"
      "! bad_value 8 odd word\n" },
    { "the group that stands before any other has a name",
      { VIEW("m/paket.dependencies", "group Main\n  nuget A\n"), VIEW("m/paket.lock", "NUGET\n    A (1.0.0)\n") },
      2,
      "r m [ASKN] >1r\n"
      "r A@1.0.0 [K] in=m/paket.lock line=2\n" },
    { "locks alone, bad lines",
      { VIEW("a/paket.lock", "Odd\nNUGET\n    A\n        B (1)\n"), VIEW("b/paket.lock", "") },
      2,
      "! bad_value 1 Odd\n"
      "! bad_value 3 A\n"
      "! bad_value 4 B (1)\n"
      "! empty in=b/paket.lock\n" },
};

TEST(nuget_paket)
{
    for (size_t i = 0; i < HM_COUNT(PAKET); i++)
        CHECK_SAID(PAKET[i].name, hm_str_c(PAKET[i].want), .fn = detect_paket, .files = PAKET[i].file,
                   .file_n = PAKET[i].n);
}

TEST(nuget_fixtures)
{
    static const struct {
        const char *file;
        detect_fn *fn;
        const char *path;
        size_t comps, edges, gaps;
        const char *has;
    } FILES[] = {
        { "depsjson/valid", detect_dotnet_deps, "o/TestLibrary.deps.json", 3, 1, 0,
          "r AWSSDK.Core@3.7.10.6 [K] hash=907041f9 nuget:serviceable=true\n" },
        { "depsjson/nopackagename", detect_dotnet_deps, "o/TestLibrary.deps.json", 3, 1, 1,
          "! bad_value Microsoft.Extensions.DependencyInjection\n" },
        { "depsjson/empty", detect_dotnet_deps, "o/x.deps.json", 0, 0, 0, "! missing_field libraries\n" },
        { "depsjson/invalid", detect_dotnet_deps, "o/x.deps.json", 0, 0, 0, "! json_syntax" },
        { "packageslockjson/valid/packages.lock.json", detect_nuget_lock, "proj/packages.lock.json", 9, 10, 0,
          "r Core.Dep@1.24.0 [K] hash=fbfa88d6 " },
        { "packageslockjson/invalid/invalid", detect_nuget_lock, "proj/packages.lock.json", 0, 0, 0, "! json_syntax" },
        { "projectassetsjson/valid/project.assets.json", detect_nuget_assets, "proj/obj/project.assets.json", 31, 107,
          0, "d Microsoft.SourceLink.GitHub@1.0.0-beta2-19351-01 [K] hash=" },
        { "projectassetsjson/invalid/invalid", detect_nuget_assets, "proj/obj/project.assets.json", 0, 0, 0,
          "! json_syntax" },
        { "packagesconfig/valid", detect_nuget_config, "p/packages.config", 2, 0, 0,
          "d Microsoft.Net.Compilers@1.0.0 [] line=4 nuget:target-framework=net46\n" },
        { "packagesconfig/noversion", detect_nuget_config, "p/packages.config", 2, 0, 1,
          "d Microsoft.Net.Compilers [N] line=4 " },
        { "packagesconfig/nopackage", detect_nuget_config, "p/packages.config", 1, 0, 1, "! missing_field 4 id\n" },
        { "packagesconfig/invalid", detect_nuget_config, "p/packages.config", 0, 0, 0, "! xml_syntax 1\n" },
        { "paketlock/paket.lock", detect_paket, "p/paket.lock", 8, 0, 0, "r Newtonsoft.Json@12.0.3 [K] line=6\n" },
        { "paketlock/empty-lock-dir/paket.lock", detect_paket, "p/paket.lock", 0, 0, 1, "! empty\n" },
        { "paketlock/invalid-lock/paket.lock", detect_paket, "p/paket.lock", 0, 0, 1,
          "! bad_value 1 This is not a valid paket.lock file\n" },
        { "paketdependencies/paket.dependencies", detect_paket, "p/paket.dependencies", 14, 13, 0,
          "r Newtonsoft.Json@12.0.3 [] line=5\n" },
        { "paketdependencies/duplicate/paket.dependencies", detect_paket, "p/paket.dependencies", 3, 2, 0,
          "r NUnit [N] line=5 paket:group=Test\n" },
        { "paketdependencies/empty-deps/paket.dependencies", detect_paket, "p/paket.dependencies", 0, 0, 1,
          "! empty\n" },
        { "paketdependencies/invalid/paket.dependencies", detect_paket, "p/paket.dependencies", 1, 0, 1,
          "! bad_value 1 This is not a valid " },
    };
    if (!test_shared())
        TEST_SKIP("no shared data");
    for (size_t i = 0; i < HM_COUNT(FILES); i++) {
        char name[160];
        TEST_BUF in = { 0 };
        TEST_BUF out = { 0 };
        DETECT_TRIED d = { 0 };
        snprintf(name, sizeof name, "dotnet/%s", FILES[i].file);
        CHECK(name, fixture(name, &in));
        const detect_view file = { .path = hm_str_c(FILES[i].path), .bytes = hm_buf_view(&in) };
        detect_try t = { .fn = FILES[i].fn, .path = FILES[i].path, .bytes = hm_buf_view(&in) };
        if (t.fn == detect_paket)
            t = (detect_try){ .fn = t.fn, .files = &file, .file_n = 1 };
        CHECK(name, detect_try_run(&t, &d));
        CHECK_EQ(name, d.pack.comp_n, FILES[i].comps);
        CHECK_EQ(name, d.pack.edge_n, FILES[i].edges);
        CHECK_EQ(name, d.pack.gap_n, FILES[i].gaps);
        CHECK(name, detect_said(&t, &out, NULL));
        CHECK(FILES[i].has, hm_str_search(hm_buf_view(&out), hm_str_c(FILES[i].has)) < out.n);
    }
}
