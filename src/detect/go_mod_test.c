/* Go modules: go.mod, go.sum, go.work, vendor/modules.txt. */
#include "base/limits.h"
#include "detect/detect_test.h"
#include "detect/go_mod.h"

#define VIEW(p, text)                                                                                                  \
    {                                                                                                                  \
        .path = HM_STR(p), .bytes = HM_STR(text)                                                                       \
    }

TEST(go_mod_versions)
{
    static const char *const ORDER[] = { "v0.0.0-20200101000000-abcdef",
                                         "v0.1.0",
                                         "v1.0.0-1",
                                         "v1.0.0-alpha",
                                         "v1.0.0-alpha.1",
                                         "v1.0.0-alpha.2",
                                         "v1.0.0-alpha.10",
                                         "v1.0.0-rc",
                                         "v1.0.0",
                                         "v1.2.0",
                                         "v1.10.0",
                                         "v2.0.0+incompatible" };
    static const char *const BAD[] = { "", "1.0.0", "v1", "v1.0", "v1.0.x", "v1.0.0-", "v1.0.0.1", "latest" };
    for (size_t i = 0; i < HM_COUNT(ORDER); i++)
        for (size_t k = 0; k < HM_COUNT(ORDER); k++) {
            int c = detect_go_version_cmp(hm_str_c(ORDER[i]), hm_str_c(ORDER[k]));
            CHECK(ORDER[i], (c > 0) - (c < 0) == (i > k) - (i < k));
        }
    for (size_t i = 0; i < HM_COUNT(BAD); i++)
        CHECK(BAD[i], !detect_go_version(hm_str_c(BAD[i])));
}

static const struct {
    const char *name;
    detect_view file[4];
    size_t n;
    const char *want;
} GROUP[] = {
    { "direct, indirect, replaced, excluded",
      { VIEW(
          "app/go.mod",
          "// Deprecated: x\nmodule example.com/me // c\n\ngo 1.21\ntoolchain go1.22.3\nrequire example.com/a v1.0.0\n"
          "require (\n\texample.com/b v0.0.0-20210101000000-abcdef // indirect; why\n\t\"example.com/c/v2\" v2.0.0\n"
          "\texample.com/d v3.0.0+incompatible\n\texample.com/e v1.0.0\n\texample.com/f main\n)\n"
          "replace (\n\texample.com/c/v2 => ../c\n\texample.com/d => example.com/dd v1.0.0\n"
          "\texample.com/d v3.0.0+incompatible => example.com/d3 v3.1.0+incompatible\n\texample.com/e v2.0.0 => ./no\n)\n"
          "exclude example.com/x v1.0.0\nretract [v1.0.0, v1.1.0] // bad\nretract v0.1.0\ntool example.com/a/cmd\ngodebug x=y\n") },
      1,
      "r example.com/me [ASKN] line=2 go:exclude=example.com/x v1.0.0 go:retract=[v1.0.0, v1.1.0] go:retract=v0.1.0 "
      "go:tool=example.com/a/cmd >1r >2r >4r >5r >6r >7r\n"
      "r stdlib [N] line=5 declared-range=>=1.22.3\n"
      "r example.com/a@v1.0.0 [] line=6\n"
      "r example.com/b@v0.0.0-20210101000000-abcdef [] line=8 go:indirect=true\n"
      "r example.com/c/v2 [LN] literal=v2.0.0 line=9 go:replaced-by=../c\n"
      "r example.com/d3@v3.1.0+incompatible [] line=10 go:replaces=example.com/d@v3.0.0+incompatible\n"
      "r example.com/e@v1.0.0 [] line=11\n"
      "r example.com/f [N] line=12 declared-range=main\n" },
    { "hashes", /* as of 1.17 go.sum names nothing of its own */
      { VIEW("go.mod",
             "module me\ngo 1.17\nrequire a.b/c v1.0.0\nrequire a.b/d v1.0.0\nreplace a.b/d => a.b/e v1.2.0\n"),
        VIEW("go.sum",
             "a.b/c v1.0.0 h1:AAAA=\na.b/c v1.0.0/go.mod h1:BBBB=\na.b/d v1.0.0 h1:CCCC=\na.b/e v1.2.0 h1:DDDD=\n"
             "a.b/z v1.0.0 h1:EEEE=\nodd\na.b/c v1.0.0 h1: x\n") },
      2,
      "r me [ASKN] line=1 >1r >2r >3r\n"
      "r stdlib [N] line=2 declared-range=>=1.17\n"
      "r a.b/c@v1.0.0 [] line=3 go:h1=h1:AAAA=\n"
      "r a.b/e@v1.2.0 [] line=4 go:replaces=a.b/d@v1.0.0 go:h1=h1:DDDD=\n"
      "! bad_value 6 odd in=go.sum\n"
      "! bad_value 7 a.b/c v1.0.0 h1: x in=go.sum\n" },
    { "before 1.17 the others are in go.sum, the highest of each",
      { VIEW("go.mod", "module me\nrequire a.b/c v1.0.0\n"),
        VIEW("go.sum", "a.b/c v1.1.0 h1:AAAA=\na.b/d v1.9.0 h1:B9=\na.b/d v1.10.0 h1:B10=\na.b/d v1.2.0 h1:B2=\n"
                       "a.b/e v1.0.0/go.mod h1:EEEE=\nodd\n") },
      2,
      "r me [ASKN] line=1 >1r\n"
      "r a.b/c@v1.0.0 [] line=2\n"
      "r a.b/d@v1.10.0 [] in=go.sum line=3 go:indirect=true go:h1=h1:B10=\n"
      "! bad_value 6 odd in=go.sum\n" },
    { "a workspace",
      { VIEW("w/a/go.mod", "module me/a\nrequire me/b v0.0.0\nrequire x/y v1.0.0\n"),
        VIEW("w/b/go.mod", "module me/b\nrequire x/y v1.0.0\nreplace x/y => ./no\n"),
        VIEW("w/go.work",
             "go 1.21\nuse ./a\nuse (\n\tb\n\t../gone\n\t../../out\n\t/abs\n)\nreplace x/y => x/z v1.1.0\nodd 1\n"),
        VIEW("w/lone/go.mod", "module me/c\nrequire me/b v0.0.1\n") },
      4,
      "r me/a [ASKLN] line=1 go:workspace=w/go.work >1r >3r\n"
      "r me/b [ASKLN] in=w/b/go.mod line=1 go:workspace=w/go.work >4r\n"
      "r me/c [ASKN] in=w/lone/go.mod line=1 >5r\n"
      "r x/z@v1.1.0 [] line=3 go:replaces=x/y@v1.0.0\n"
      "r x/z@v1.1.0 [] in=w/b/go.mod line=2 go:replaces=x/y@v1.0.0\n"
      "r me/b@v0.0.1 [] in=w/lone/go.mod line=2\n"
      "! include 5 ../gone in=w/go.work\n"
      "! include 6 ../../out in=w/go.work\n"
      "! include 7 /abs in=w/go.work\n"
      "! bad_value 10 odd in=w/go.work\n" },
    { "bad lines cost one line each",
      { VIEW(
          "go.mod",
          "module \"\"\nmodule a b\nrequire x\nrequire x => y\nreplace a => b\nreplace a => ../b v1.0.0\nreplace a => b latest\n"
          "replace a b c\nreplace\nmodule me\nmodule two\nodd\ngo\nrequire 1 2 3 4 5 6 7 8 9 10\nrequire q v1.0.0\n") },
      1,
      "r me [ASKN] line=10 >1r\n"
      "r q@v1.0.0 [] line=15\n"
      "! bad_value 1 module\n"
      "! bad_value 2 module\n"
      "! bad_value 3 x\n"
      "! bad_value 4 x\n"
      "! bad_value 5 a\n"
      "! bad_value 6 a\n"
      "! bad_value 7 a\n"
      "! bad_value 8 a\n"
      "! bad_value 9 replace\n"
      "! bad_value 11 module\n"
      "! bad_value 12 odd\n"
      "! bad_value 13 go\n"
      "! bad_value 14 1\n" },
    { "the cache of modules",
      { VIEW("go/pkg/mod/a.b/c@v1.0.0/go.mod", "odd"), VIEW("go/pkg/mod/a.b/c@v1.0.0/go.work", "odd") },
      2,
      "" },
    { "a sum alone", { VIEW("go.sum", "a.b/c v1.0.0 h1:AAAA=\n") }, 1, "" },
};

TEST(go_mod_groups)
{
    for (size_t i = 0; i < HM_COUNT(GROUP); i++)
        CHECK_SAID(GROUP[i].name, hm_str_c(GROUP[i].want), .fn = detect_go_mod, .files = GROUP[i].file,
                   .file_n = GROUP[i].n);
}

static const struct {
    const char *name, *in, *want;
} VENDOR[] = {
    { "modules with packages",
      "# a.b/c v1.0.0\n## explicit; go 1.20\na.b/c\na.b/c/d\n# a.b/e v0.5.6 => x.y/f v1.4.5\nx.y/f\n# a.b/g v1.0.0 => ./g\n##explicit\na.b/g\n"
      "# a.b/h v1.0.0\n## explicit\n# a.b/i => x.y/i v0.2.0\na.b/i\n# a.b/c v1.0.0\na.b/c/z\n",
      "r a.b/c@v1.0.0 [B] line=1 go:explicit=true\n"
      "r x.y/f@v1.4.5 [B] line=5 go:replaces=a.b/e@v0.5.6\n"
      "r a.b/g [BLN] literal=v1.0.0 line=7 go:replaced-by=./g\n"
      "r x.y/i@v0.2.0 [B] line=12 go:replaces=a.b/i\n" },
    { "bad lines",
      "a.b/none\n# one\na.b/one\n# a.b/c nope\na.b/c\n# a.b/v2 v1.0.0\na.b/v2\n# a.b/v3 v3.0.0\na.b/v3\n# a.b/d v1.0.0 => x y z\na.b/d\n"
      "# a.b/d v1.0.0 => x.y/z\na.b/d\ntwo words\n#  \n# gopkg.in/v2 v1.0.0\ngopkg.in/v2\n# a.b/v2 v9.0.0+incompatible\na.b/v2\n",
      "r a.b/v3@v3.0.0 [B] line=8\n"
      "r a.b/d [BLN] literal=v1.0.0 line=12 go:replaced-by=x.y/z\n"
      "r gopkg.in/v2@v1.0.0 [B] line=16\n"
      "r a.b/v2@v9.0.0+incompatible [B] line=18\n"
      "! bad_value 1 a.b/none\n"
      "! bad_value 2 one\n"
      "! bad_value 4 a.b/c nope\n"
      "! bad_value 6 a.b/v2 v1.0.0\n"
      "! bad_value 10 a.b/d v1.0.0 => x y z\n"
      "! bad_value 14 two words\n" },
    { "nothing", "", "" },
};

TEST(go_mod_vendor)
{
    for (size_t i = 0; i < HM_COUNT(VENDOR); i++)
        CHECK_SAID(VENDOR[i].name, hm_str_c(VENDOR[i].want), .fn = detect_go_vendor, .path = "vendor/modules.txt",
                   .bytes = hm_str_c(VENDOR[i].in));
}

TEST(go_mod_fixtures)
{
#define STDLIB(line, v) "r stdlib [N] line=" line " declared-range=>=" v "\n"
#define NET(v, line) "r golang.org/x/net@" v " [] line=" line "\n"
#define TOML(line) "r github.com/BurntSushi/toml@v1.0.0 [] line=" line "\n"
#define MINE "r my-library [ASKN] line=1 "
    static const struct {
        const char *mod, *sum, *want;
    } CASE[] = {
        { "empty", NULL, "! empty\n" },
        { "not-go-mod", NULL, "! bad_value 1 this\n! missing_field module\n" },
        { "one-package", NULL, MINE ">1r\n" TOML("4") },
        { "two-packages", NULL,
          MINE ">1r >2r >3r\n" STDLIB("3", "1.17") TOML("6") "r gopkg.in/yaml.v2@v2.4.0 [] line=7\n" },
        { "toolchain", NULL, MINE ">1r >2r\n" STDLIB("5", "1.23.6") TOML("8") },
        { "toolchain-with-suffix", NULL, MINE ">1r >2r\n" STDLIB("5", "1.23.6-xyz") TOML("8") },
        { "indirect-packages", NULL,
          MINE ">1r >2r >3r\n" STDLIB("3", "1.17")
              TOML("6") "r gopkg.in/yaml.v2@v2.4.0 [] line=7\n"
                        "r github.com/mattn/go-colorable@v0.1.9 [] line=11 go:indirect=true\n"
                        "r github.com/mattn/go-isatty@v0.0.14 [] line=12 go:indirect=true\n"
                        "r golang.org/x/sys@v0.0.0-20210630005230-0f9fa26af87c [] line=13 go:indirect=true\n" },
        { "replace-one", NULL,
          "r example.com/fork/net@v1.4.5 [] line=2 go:replaces=golang.org/x/net@v1.2.3\n! missing_field module\n" },
        { "replace-different", NULL,
          "r example.com/fork/foe@v1.4.5 [] line=2 go:replaces=golang.org/x/net@v1.2.3\n"
          "r example.com/fork/foe@v1.4.2 [] line=3 go:replaces=golang.org/x/net@v0.5.6\n! missing_field module\n" },
        { "replace-local", NULL,
          "r golang.org/x/net [LN] literal=v1.2.3 line=2 go:replaced-by=./fork/net\n" TOML(
              "3") "! missing_field module\n" },
        { "replace-mixed", NULL,
          "r example.com/fork/net@v1.4.5 [] line=2 go:replaces=golang.org/x/net@v1.2.3\n" NET(
              "v0.5.6", "3") "! missing_field module\n" },
        { "replace-no-version", NULL,
          "r example.com/fork/net@v1.4.5 [] line=2 go:replaces=golang.org/x/net@v1.2.3\n! missing_field module\n" },
        { "replace-not-required", NULL, NET("v0.5.6", "2") TOML("3") "! missing_field module\n" },
        { "indirect-1.16", "indirect-1.16",
          "r test [ASKN] line=1 >1r >2r\n" STDLIB(
              "3",
              "1.16") "r github.com/sirupsen/logrus@v1.9.3 [] line=5 go:h1=h1:dueUQJ1C2q9oE3F7wvmSGAaVtTmUizReu6fjN8uqzbQ=\n"
                      "r github.com/davecgh/go-spew@v1.1.1 [] in=p/go.sum line=2 go:indirect=true go:h1=h1:vj9j/u1bqnvCEfJOwUhtlOARqs3+rkHYY13jYWTU97c=\n"
                      "r github.com/pmezard/go-difflib@v1.0.0 [] in=p/go.sum line=4 go:indirect=true go:h1=h1:4DBwDE0NGyQoBHbLQYPwSUPoCMWR5BEzIk/f1lZbAQM=\n"
                      "r github.com/stretchr/testify@v1.7.0 [] in=p/go.sum line=9 go:indirect=true go:h1=h1:nwc3DEeHmmLAfoZucVR881uASk0Mfjw8xYJ99tb5CcY=\n"
                      "r golang.org/x/sys@v0.0.0-20220715151400-c0bba94af5f8 [] in=p/go.sum line=11 go:indirect=true go:h1=h1:0A+M6Uqn+Eje4kHMK80dtF3JCXC4ykBgQG4Fe06QRhQ=\n"
                      "r gopkg.in/yaml.v3@v3.0.0-20200313102051-9f266ea9e77c [] in=p/go.sum line=14 go:indirect=true go:h1=h1:dUUwHk2QECo/6vqA44rthZ8ie2QXMNeKRTHCNY2nXvo=\n" },
        { "indirect-1.23", "indirect-1.23",
          "r test [ASKN] line=1 >1r >2r\n" STDLIB(
              "3", "1.23") "r github.com/sirupsen/logrus@v1.9.3 [] line=5\n"
                           "r golang.org/x/sys@v0.0.0-20220715151400-c0bba94af5f8 [] line=7 go:indirect=true\n"
                           "! bad_value 1 Wrongly formatted, this file should not be used!!! in=p/go.sum\n" },
    };
    if (!test_shared())
        TEST_SKIP("no shared data");
    for (size_t i = 0; i < HM_COUNT(CASE); i++) {
        char name[128];
        TEST_BUF mod = { 0 };
        TEST_BUF sum = { 0 };
        snprintf(name, sizeof name, "golang/gomod/%s.mod", CASE[i].mod);
        CHECK(name, fixture(name, &mod));
        if (CASE[i].sum) {
            snprintf(name, sizeof name, "golang/gomod/%s.sum", CASE[i].sum);
            CHECK(name, fixture(name, &sum));
        }
        const detect_view file[] = { { .path = HM_STR("p/go.mod"), .bytes = hm_buf_view(&mod) },
                                     { .path = HM_STR("p/go.sum"), .bytes = hm_buf_view(&sum) } };
        CHECK_SAID(name, hm_str_c(CASE[i].want), .fn = detect_go_mod, .files = file, .file_n = CASE[i].sum ? 2 : 1);
    }
}

TEST(go_mod_vendor_fixtures)
{
    static const struct {
        const char *file, *want;
    } CASE[] = {
        { "empty", "" },
        { "invalid", "! bad_value 2 github.com/example/no-header\n"
                     "! bad_value 3 github.com/example/no-version\n"
                     "! bad_value 7 github.com/example/badversion nope\n"
                     "! bad_value 9 github.com/example/v2 v1.0.0\n"
                     "! bad_value 11 github.com/example/replaced v1.0.0 => not a local path\n" },
        { "valid", "r github.com/BurntSushi/toml@v1.2.1 [B] line=1 go:explicit=true\n"
                   "r golang.org/x/crypto@v0.31.0 [B] line=4 go:explicit=true\n"
                   "r example.com/fork/net@v1.4.5 [B] line=7 go:replaces=golang.org/x/net@v0.5.6 go:explicit=true\n"
                   "r example.com/local [BLN] literal=v1.0.0 line=10 go:replaced-by=./local go:explicit=true\n"
                   "r github.com/example/incompatible@v2.0.0+incompatible [B] line=15 go:explicit=true\n"
                   "r example.com/transitive@v0.2.0 [B] line=18\n"
                   "r example.com/afterheaderonly@v0.3.0 [B] line=26\n"
                   "r example.com/wildcard-fork@v0.2.0 [B] line=29 go:replaces=example.com/wildcard go:explicit=true\n"
                   "! bad_value 14 malformed\n" },
    };
    if (!test_shared())
        TEST_SKIP("no shared data");
    for (size_t i = 0; i < HM_COUNT(CASE); i++) {
        char name[128];
        TEST_BUF in = { 0 };
        snprintf(name, sizeof name, "golang/vendormodules/%s/vendor/modules.txt", CASE[i].file);
        CHECK(name, fixture(name, &in));
        CHECK_SAID(name, hm_str_c(CASE[i].want), .fn = detect_go_vendor, .path = "vendor/modules.txt",
                   .bytes = hm_buf_view(&in));
    }
}
