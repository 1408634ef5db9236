/* Projects of .NET with the files above them. */
#include "base/limits.h"
#include "detect/detect_test.h"

#define VIEW(p, text)                                                                                                  \
    {                                                                                                                  \
        .path = HM_STR(p), .bytes = HM_STR(text)                                                                       \
    }
#define PROJECT(items) "<Project>\n" items "\n</Project>"

static const struct {
    const char *name;
    detect_view file[5];
    size_t n;
    const char *want;
} TREE[] = {
    { "a project and what it says of itself",
      { VIEW(
          "app/App.csproj",
          "<Project Sdk=\"Microsoft.NET.Sdk\">\n<PropertyGroup><TargetFrameworks>net6.0;net8.0</TargetFrameworks><AssemblyName>My.App</AssemblyName>"
          "<VersionPrefix>1.2.0</VersionPrefix><Authors>Me</Authors><PackageLicenseExpression>MIT</PackageLicenseExpression>"
          "<RepositoryUrl>https://t@h.example/r.git</RepositoryUrl><JsonVersion>13.0.1</JsonVersion></PropertyGroup>\n<ItemGroup>\n"
          "<PackageReference Include=\"Json\" Version=\"$(jsonversion)\" />\n<PackageReference Include=\"Child\"><Version>[2.0]</Version><PrivateAssets>All</PrivateAssets></PackageReference>\n"
          "<PackageReference Include=\"Range\" Version=\"[1.0, 2.0)\"/>\n<PackageReference Include=\"Star;Two\" Version=\"1.*\"/>\n"
          "<PackageReference Update=\"json\" PrivateAssets=\"runtime;all\"/>\n<PackageReference Update=\"Sdk.Given\" Version=\"4.0.0\"/>\n"
          "<PackageReference Remove=\"X\"/>\n<PackageDownload Include=\"Pack\" Version=\"[8.0.0]\"/>\n<DotNetCliToolReference Include=\"Cli\" Version=\"2.0.0\"/>\n</ItemGroup></Project>") },
      1,
      "r My.App@1.2.0 [ASK] author=Me licence=MIT vcs=https://h.example/r.git nuget:target-framework=net6.0;net8.0 >1d >2d >3r >4r >5r >6r >7b >8b\n"
      "d Json@13.0.1 [] line=4\n"
      "d Child@2.0.0 [] literal=2.0 line=5\n"
      "r Range [N] line=6 declared-range=[1.0, 2.0)\n"
      "r Star [N] line=7 declared-range=1.*\n"
      "r Two [N] line=7 declared-range=1.*\n"
      "r Sdk.Given@4.0.0 [] line=9\n"
      "b Pack@8.0.0 [] line=11\n"
      "b Cli@2.0.0 [] line=12\n" },
    { "versions and properties from above",
      { VIEW(
            "s/Directory.Build.props",
            PROJECT(
                "<PropertyGroup><V>1.0.0</V><Own>no</Own></PropertyGroup><ItemGroup><PackageReference Include=\"All\" Version=\"$(V)\"/></ItemGroup>")),
        VIEW(
            "s/Directory.Packages.props",
            PROJECT(
                "<PropertyGroup><W>$(V)-w</W></PropertyGroup><ItemGroup><PackageVersion Include=\"A\" Version=\"$(W)\"/>"
                "<PackageVersion Include=\"Unused\" Version=\"9.0.0\"/><PackageVersion Include=\"B\" Version=\"3.0.0\"/>"
                "<GlobalPackageReference Include=\"G\" Version=\"2.0.0\"/></ItemGroup>")),
        VIEW(
            "s/a/A.csproj",
            PROJECT(
                "<PropertyGroup><Own>1</Own><Version>$(Own).0.0</Version></PropertyGroup><ItemGroup><PackageReference Include=\"a\"/>"
                "<PackageReference Include=\"B\" VersionOverride=\"4.0.0\"/><ProjectReference Include=\"..\\b\\b.fsproj\"/><ProjectReference Include=\"$(MSBuildThisFileDirectory)../gone/Gone.csproj\"/></ItemGroup>")),
        VIEW(
            "s/b/B.fsproj",
            PROJECT(
                "<ItemGroup><PackageReference Include=\"None\"/><ProjectReference Include=\"$(Dir)X.csproj\"/></ItemGroup>")),
        VIEW("s/c/Directory.Build.props", "<Project/>") },
      5,
      "r All@1.0.0 [] line=2\n"
      "d G@2.0.0 [] in=s/Directory.Packages.props line=2\n"
      "r A@1.0.0 [ASK] in=s/a/A.csproj >0r >1d >3r >4r >5r >7r\n"
      "r a@1.0.0-w [] in=s/a/A.csproj line=2\n"
      "r B@4.0.0 [] in=s/a/A.csproj line=2\n"
      "r B [ASKN] in=s/b/B.fsproj >0r >1d >6r >8r\n"
      "r None [N] in=s/b/B.fsproj line=2\n"
      "r Gone [ASLN] in=s/a/A.csproj line=2\n"
      "r X [ASLN] in=s/b/B.fsproj line=2\n"
      "! unresolved 2 None in=s/b/B.fsproj\n"
      "! include 2 $(MSBuildThisFileDirectory)../gone/Gone.csproj in=s/a/A.csproj\n"
      "! unresolved 2 Dir in=s/b/B.fsproj\n" },
    { "central versions alone",
      { VIEW("Directory.Packages.props",
             PROJECT("<ItemGroup><PackageVersion Include=\"A\" Version=\"1.0.0\"/></ItemGroup>")) },
      1,
      "- A@1.0.0 [] line=2\n" },
    { "conditions: all are kept",
      { VIEW(
          "A.csproj",
          PROJECT(
              "<PropertyGroup Condition=\"'a'\"><V>1.0.0</V></PropertyGroup><PropertyGroup><V>2.0.0</V></PropertyGroup><PropertyGroup><V Condition=\"b\">3.0.0</V></PropertyGroup>\n"
              "<ItemGroup Condition=\"'$(TargetFramework)' == 'net6.0'\"><PackageReference Include=\"P\" Version=\"1.0.0\"/></ItemGroup>\n"
              "<Choose><When Condition=\"w\"><ItemGroup><PackageReference Include=\"P\" Version=\"2.0.0\" Condition=\"c\"/></ItemGroup></When>\n"
              "<Otherwise><ItemGroup><PackageReference Include=\"p\" Version=\"2.0.0\"/><PackageReference Include=\"Q\" Version=\"$(V)\"/></ItemGroup></Otherwise></Choose>")) },
      1,
      "r A [ASKN] >1r >2r >3r\n"
      "r P@1.0.0 [] line=3 nuget:condition='$(TargetFramework)' == 'net6.0'\n"
      "r P@2.0.0 [] line=4 nuget:condition=w and c\n"
      "r Q@2.0.0 [] line=5\n" },
    { "properties of themselves",
      { VIEW(
          "A.csproj",
          PROJECT(
              "<PropertyGroup><A>$(B)$(B)</A><B>$(A)$(A)</B><C>$(C)</C><D></D></PropertyGroup>\n<ItemGroup><PackageReference Include=\"P\" Version=\"$(A)\"/>\n"
              "<PackageReference Include=\"Q\" Version=\"$(C)\"/>\n<PackageReference Include=\"R\" Version=\"$(D)1.0.0\"/><PackageReference Include=\"S\" Version=\"$(open\"/></ItemGroup>")) },
      1,
      "r A [ASKN] >1r >2r >3r >4r\n"
      "r P [N] line=3 declared-range=$(A)\n"
      "r Q [N] line=4 declared-range=$(C)\n"
      "r R@1.0.0 [] line=5\n"
      "r S [N] line=5 declared-range=$(open\n"
      "! unresolved 3 A\n"
      "! unresolved 4 C\n"
      "! unresolved 5 open\n" },
    { "bad files and items cost themselves alone",
      { VIEW("A.csproj", "not\nxml"), VIEW("B.csproj", "<html/>"),
        VIEW(
            "C.vbproj",
            PROJECT(
                "<ItemGroup><PackageReference/>\n<PackageReference Include=\"\"/><PackageReference Include=\" ; A\" Version=\"1.0.0\"/><ProjectReference Include=\"C.vbproj\"/></ItemGroup>")),
        VIEW(
            "D.csproj",
            PROJECT(
                "<Target><Choose><When><Choose><When><Choose><When><Choose><When/></Choose></When></Choose></When></Choose></When></Choose></Target>")) },
      4,
      "r C [ASKN] in=C.vbproj >1r\n"
      "r A@1.0.0 [] in=C.vbproj line=3\n"
      "r D [ASKN] in=D.csproj\n"
      "! xml_syntax 1\n"
      "! wrong_type 1 html in=B.csproj\n"
      "! missing_field 2 Include in=C.vbproj\n"
      "! bad_value 3 Include in=C.vbproj\n"
      "! too_deep 2 8 in=D.csproj\n" },
};

TEST(msbuild_trees)
{
    for (size_t i = 0; i < HM_COUNT(TREE); i++)
        CHECK_SAID(TREE[i].name, hm_str_c(TREE[i].want), .fn = detect_msbuild, .files = TREE[i].file,
                   .file_n = TREE[i].n);
}

TEST(msbuild_fixtures)
{
    static const struct {
        const char *file, *path, *want;
    } CASE[] = {
        { "csproj/valid", "p/P.csproj", "r P [ASKN] >1r\nr LiteDB@5.0.12 [] line=3\n" },
        { "csproj/noversion", "p/P.csproj", "r P [ASKN] >1r\nr LiteDB [N] line=3\n! unresolved 3 LiteDB\n" },
        { "csproj/emptyversion", "p/P.csproj", "r P [ASKN] >1r\nr LiteDB [N] line=3\n! unresolved 3 LiteDB\n" },
        { "csproj/nopackage", "p/P.csproj", "r P [ASKN]\n! missing_field 3 Include\n" },
        { "csproj/emptyinclude", "p/P.csproj", "r P [ASKN]\n! bad_value 3 Include\n" },
        { "csproj/invalid", "p/P.csproj", "! xml_syntax 1\n" },
        { "nugetcpm/valid", "p/Directory.Packages.props", "r LiteDB@5.0.12 [] line=3\n" },
        { "nugetcpm/noversion", "p/Directory.Packages.props", "r LiteDB [N] line=3\n! unresolved 3 LiteDB\n" },
        { "nugetcpm/emptyversion", "p/Directory.Packages.props", "r LiteDB [N] line=3\n! unresolved 3 LiteDB\n" },
        { "nugetcpm/nopackage", "p/Directory.Packages.props", "! missing_field 3 Include\n" },
        { "nugetcpm/emptyinclude", "p/Directory.Packages.props", "! bad_value 3 Include\n" },
        { "nugetcpm/invalid", "p/Directory.Packages.props", "! xml_syntax 1\n" },
    };
    if (!test_shared())
        TEST_SKIP("no shared data");
    for (size_t i = 0; i < HM_COUNT(CASE); i++) {
        char name[128];
        TEST_BUF in = { 0 };
        snprintf(name, sizeof name, "dotnet/%s", CASE[i].file);
        CHECK(name, fixture(name, &in));
        const detect_view file = { .path = hm_str_c(CASE[i].path), .bytes = hm_buf_view(&in) };
        CHECK_SAID(name, hm_str_c(CASE[i].want), .fn = detect_msbuild, .files = &file, .file_n = 1);
    }
}
