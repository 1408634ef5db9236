/* cargo: what locks of all versions and manifests say, alone and together, and which of them count. */
#include "detect/detect_test.h"

#define REG "registry+https://github.com/rust-lang/crates.io-index"
#define SUM "e7a2e47a1fbe209ee101dd6d61285226744c6c8d3c21c8dc878ba6cb9f467f3a"

enum { MOST_FILES = 5 };
static const struct {
    const char *name;
    struct {
        const char *path, *text;
    } file[MOST_FILES];
    const char *want;
} CASE[] = {
    { "sources, several versions of a crate, and what a dependency is called",
      { { "p/Cargo.lock",
          "version = 4\n"
          "[[package]]\nname = \"app\"\nversion = \"0.1.0\"\ndependencies = [\n \"a 1.0.0\",\n \"a 2.0.0\",\n"
          " \"g 0.1.0 (git+https://h.example/g?branch=main)\", \"lib\", \"own\", \"gone\"]\n"
          "[[package]]\nname = \"a\"\nversion = \"1.0.0\"\nsource = \"" REG "\"\nchecksum = \"" SUM "\"\n"
          "[[package]]\nname = \"a\"\nversion = \"2.0.0\"\nsource = \"sparse+https://r.example/crates.io-index\"\n"
          "dependencies = [\"a 1.0.0\"]\n"
          "[[package]]\nname = \"g\"\nversion = \"0.1.0\"\n"
          "source = \"git+https://u:p@h.example/g?branch=main#0123456789abcdef0123456789abcdef01234567\"\n"
          "[[package]]\nname = \"g\"\nversion = \"0.1.0\"\n"
          "source = \"git+https://h.example/g?branch=main#0123456789abcdef0123456789abcdef01234567\"\n"
          "[[package]]\nname = \"lib\"\nversion = \"0.2.0\"\n"
          "[[package]]\nname = \"own\"\nversion = \"1.0.0\"\nsource = \"registry+https://r.example/index\"\n" } },
      "r app@0.1.0 [ASKOL] >1- >2- >4- >5- >6-\n"
      "- a@1.0.0 [K] hash=e7a2e47a\n"
      "- a@2.0.0 [K] >1-\n"
      "- g@0.1.0 [K] quals=vcs_url=git%2Bhttps:%2F%2Fh.example%2Fg%400123456789abcdef0123456789abcdef01234567 "
      "vcs=git+https://h.example/g#0123456789abcdef0123456789abcdef01234567\n"
      "- g@0.1.0 [K] quals=vcs_url=git%2Bhttps:%2F%2Fh.example%2Fg%400123456789abcdef0123456789abcdef01234567 "
      "vcs=git+https://h.example/g#0123456789abcdef0123456789abcdef01234567\n"
      "- lib@0.2.0 [KL]\n"
      "- own@1.0.0 [K] quals=repository_url=https:%2F%2Fr.example%2Findex\n" },
    { "version 1",
      { { "Cargo.lock",
          "[root]\nname = \"app\"\nversion = \"0.1.0\"\ndependencies = [\"a 1.0.0 (" REG ")\"]\n"
          "[[package]]\nname = \"a\"\nversion = \"1.0.0\"\nsource = \"" REG "\"\n"
          "[metadata]\n\"checksum a 1.0.0 (" REG ")\" = \"" SUM "\"\n\"checksum b 1.0.0 (x)\" = \"<none>\"\n" } },
      "r app@0.1.0 [ASKL] >1-\n"
      "- a@1.0.0 [K] hash=e7a2e47a\n" },
    { "scopes come from the manifests",
      { { "w/Cargo.lock",
          "version = 3\n"
          "[[package]]\nname = \"app\"\nversion = \"0.1.0\"\n"
          "dependencies = [\"b\", \"d\", \"m\", \"o\", \"r\", \"x\"]\n"
          "[[package]]\nname = \"m\"\nversion = \"0.3.0\"\ndependencies = [\"t\"]\n"
          "[[package]]\nname = \"b\"\nversion = \"1.0.0\"\nsource = \"" REG "\"\ndependencies = [\"deep\"]\n"
          "[[package]]\nname = \"d\"\nversion = \"1.0.0\"\nsource = \"" REG "\"\ndependencies = [\"deep\", \"only\"]\n"
          "[[package]]\nname = \"o\"\nversion = \"1.0.0\"\nsource = \"" REG "\"\n"
          "[[package]]\nname = \"r\"\nversion = \"1.0.0\"\nsource = \"" REG "\"\n"
          "[[package]]\nname = \"t\"\nversion = \"1.0.0\"\nsource = \"" REG "\"\n"
          "[[package]]\nname = \"x\"\nversion = \"1.0.0\"\nsource = \"" REG "\"\n"
          "[[package]]\nname = \"deep\"\nversion = \"1.0.0\"\nsource = \"" REG "\"\ndependencies = [\"only\"]\n"
          "[[package]]\nname = \"only\"\nversion = \"1.0.0\"\nsource = \"" REG "\"\ndependencies = [\"d\"]\n" },
        { "w/Cargo.toml",
          "[package]\nname = \"app\"\nversion.workspace = true\nlicense = \"MIT/Apache-2.0\"\nauthors = [\"A <a@b>\"]\n"
          "repository = \"https://h.example/app\"\n"
          "[dependencies]\nr = { workspace = true }\no = { version = \"1\", optional = true }\nm = { path = \"m\" }\n"
          "[dev-dependencies]\nd = \"1\"\n[build-dependencies]\nb = \"1\"\n"
          "[target.'cfg(windows)'.dependencies]\nren = { package = \"x\", version = \"1\" }\n"
          "[workspace]\nmembers = [\"m\"]\n[workspace.package]\nversion = \"0.1.0\"\n"
          "[workspace.dependencies]\nr = \"1\"\n" },
        { "w/m/Cargo.toml", "[package]\nname = \"m\"\nversion = \"0.3.0\"\n[dependencies]\nt = \"1\"\n" } },
      "r app@0.1.0 [ASKL] author=A <a@b> licence=MIT OR Apache-2.0 vcs=https://h.example/app in=w/Cargo.toml "
      ">1r >2b >3d >4o >5r >7r\n"
      "r m@0.3.0 [KL] in=w/m/Cargo.toml >6r\n"
      "b b@1.0.0 [K] >8-\n"
      "b d@1.0.0 [K] >8- >9-\n"
      "o o@1.0.0 [K]\n"
      "r r@1.0.0 [K]\n"
      "r t@1.0.0 [K]\n"
      "r x@1.0.0 [K]\n"
      "b deep@1.0.0 [K] >9-\n"
      "b only@1.0.0 [K] >3-\n" },
    { "vendored crates and their own locks",
      { { "Cargo.lock", "version = 3\n[[package]]\nname = \"a\"\nversion = \"1.0.0\"\nsource = \"" REG "\"\n" },
        { "vendor/a/Cargo.lock", "version = 3\n[[package]]\nname = \"no\"\nversion = \"1.0.0\"\n" },
        { "vendor/a/Cargo.toml",
          "[package]\nname = \"a\"\nversion = \"1.0.0\"\nlicense = \"MIT\"\n[dependencies]\nno = \"1\"\n" },
        { "x/registry/src/i-1/b-1.0.0/Cargo.lock", "version = 3\n[[package]]\nname = \"no\"\nversion = \"1.0.0\"\n" },
        { "x/registry/src/i-1/b-1.0.0/Cargo.toml",
          "[package]\nname = \"b\"\nversion = \"1.0.0\"\nlicense = \"ISC\"\n[dependencies]\nno = \"1\"\n" } },
      "- a@1.0.0 [K] licence=MIT in=vendor/a/Cargo.toml\n"
      "- b@1.0.0 [] licence=ISC in=x/registry/src/i-1/b-1.0.0/Cargo.toml\n" },
    { "fetched crates, wherever they are looked at",
      { { "i.example-1949cf8c6b5b557f/b-1.0.0/Cargo.lock",
          "version = 3\n[[package]]\nname = \"no\"\nversion = \"1.0.0\"\n" },
        { "i.example-1949cf8c6b5b557f/b-1.0.0/Cargo.toml",
          "[package]\nname = \"b\"\nversion = \"1.0.0\"\n[dependencies]\nno = \"1\"\n" },
        { "c-1.0.0/Cargo.lock", "version = 3\n[[package]]\nname = \"no\"\nversion = \"1.0.0\"\n" },
        { "c-1.0.0/Cargo.toml",
          "# THIS FILE IS AUTOMATICALLY GENERATED BY CARGO\n[package]\nname = \"c\"\nversion = \"1.0.0\"\n"
          "[dependencies]\nno = \"1\"\n" } },
      "- b@1.0.0 [] in=i.example-1949cf8c6b5b557f/b-1.0.0/Cargo.toml\n"
      "- c@1.0.0 [] in=c-1.0.0/Cargo.toml\n" },
    { "manifests without a lock",
      { { "a/Cargo.toml",
          "[package]\nname = \"a\"\nversion = \"1.0.0\"\n"
          "[dependencies]\nb = { path = \"../b\", version = \"1\" }\nc = \"=1.2.3\"\nd = \"=1.2\"\ne = { version = \">=1, <3\" }\n"
          "f = { path = \"../../out\" }\ng = { path = \"../gone\" }\n"
          "h = { git = \"https://h.example/h\", rev = \"0123456789abcdef0123456789abcdef01234567\" }\n"
          "[target.x.dependencies]\nc = \"=1.2.3\"\n[target.y.dev-dependencies]\nd = \"=1.2\"\n" },
        { "b/Cargo.toml",
          "[package]\nname = \"b\"\nversion = \"1.1.0\"\n[dev-dependencies]\na = { path = \"./../a/.\" }\n" },
        { "v/Cargo.toml", "[workspace]\nmembers = []\n" } },
      "r a@1.0.0 [ASKL] >1r >2r >3r >4r >5r >6r >7r\n"
      "r b@1.1.0 [ASKL] in=b/Cargo.toml >0d\n"
      "r c@1.2.3 []\n"
      "r d [N] declared-range==1.2\n"
      "r e [N] declared-range=>=1, <3\n"
      "r f [LN] declared-path=../../out\n"
      "r g [LN] declared-path=../gone\n"
      "r h [N] quals=vcs_url=git%2Bhttps:%2F%2Fh.example%2Fh%400123456789abcdef0123456789abcdef01234567 "
      "vcs=git+https://h.example/h#0123456789abcdef0123456789abcdef01234567\n" },
    { "what is wrong is said, the rest is read",
      { { "Cargo.lock",
          "version = 9\npackage = [ 1, {}, { name = \"a\" }, { name = \"b\", version = 1, dependencies = \"x\" },\n"
          " { name = \"c\", version = \"1\", dependencies = [ 1, \"a\" ] }, { name = \"c\", version = \"1\" } ]\n" },
        { "x/Cargo.toml", "package = 1\ntarget = 1\n[dependencies]\na = 1\n" },
        { "y/Cargo.lock", "x = \n" },
        { "z/Cargo.lock", " \n" } },
      "- a [KLN]\n"
      "r b [ASKLN]\n"
      "r c@1 [ASKL] >0-\n"
      "r c@1 [ASKL]\n"
      "r a [N] in=x/Cargo.toml\n"
      "! lock_version 9\n"
      "! wrong_type package\n"
      "! missing_field name\n"
      "! missing_field version\n"
      "! wrong_type b\n"
      "! missing_field version\n"
      "! duplicate c 1\n"
      "! wrong_type package in=x/Cargo.toml\n"
      "! toml_syntax 4 in=y/Cargo.lock\n"
      "! empty in=z/Cargo.lock\n"
      "! wrong_type dependencies\n"
      "! wrong_type dependencies\n"
      "! wrong_type a in=x/Cargo.toml\n"
      "! wrong_type target in=x/Cargo.toml\n" },
};

TEST(cargo_cases)
{
    for (size_t i = 0; i < HM_COUNT(CASE); i++) {
        detect_view files[MOST_FILES];
        size_t n = 0;
        for (; n < MOST_FILES && CASE[i].file[n].path; n++)
            files[n] = (detect_view){ .path = hm_str_c(CASE[i].file[n].path), .bytes = hm_str_c(CASE[i].file[n].text) };
        CHECK_SAID(CASE[i].name, hm_str_c(CASE[i].want), .fn = detect_cargo, .files = files, .file_n = n);
    }
}

TEST(cargo_fixtures)
{
    static const struct {
        const char *file, *want;
    } FILES[] = {
        { "cargolock/duplicate.lock", "- syn@1.0.73 [K] hash=f71489ff\n- syn@2.0.0 [K]\n" },
        { "cargolock/empty.lock", "" },
        { "cargolock/many-packages.lock",
          "- zstd@0.11.2 [K] hash=20cc9603\n- aho-corasick@0.7.18 [K] hash=13770d4f >2-\n- memchr@2.4.1 [K] hash=308ccb09\n"
          "- syn@1.0.109 [K] hash=72b64191\n- libc@0.2.140 [K] hash=99227334\n- syn@2.0.15 [K] hash=a34fcf3e\n" },
        { "cargolock/not-toml.txt", "! toml_syntax 5\n" },
        { "cargolock/one-package.lock", "- addr2line@0.15.2 [KO] hash=e7a2e47a\n" },
        { "cargolock/package-with-build-string.lock", "- wasi@0.10.2+wasi-snapshot-preview1 [K] hash=fd6fbd9a\n" },
        { "cargolock/package-with-comments.lock",
          "- addr2line@0.15.2 [K]\n"
          "- syn@1.0.73 [K] "
          "quals=vcs_url=git%2Bhttps:%2F%2Fgithub.com%2Frust-lang%2Fcargo%40061a9ab4cfabf2a403dbeab4bbcb8ff97d344dff "
          "vcs=git+https://github.com/rust-lang/cargo#061a9ab4cfabf2a403dbeab4bbcb8ff97d344dff\n" },
        { "cargolock/two-packages-with-local.lock",
          "- addr2line@0.15.2 [KO] hash=e7a2e47a\nr local-rust-pkg@0.1.0 [ASKL]\n" },
        { "cargolock/two-packages.lock", "- addr2line@0.15.2 [KO] hash=e7a2e47a\n- syn@1.0.73 [KO] hash=f71489ff\n" },
#define HELLO "r hello_world@0.1.0 [ASKL]"
#define REGEX "quals=vcs_url=git%2Bhttps:%2F%2Fgithub.com%2Frust-lang%2Fregex.git"
#define REGEX_VCS " vcs=git+https://github.com/rust-lang/regex.git"
        { "cargotoml/git-dependency-tagged.toml", HELLO " >1r\nr regex [N] " REGEX REGEX_VCS " declared-ref=0.0.1\n" },
        { "cargotoml/git-dependency-with-commit.toml",
          HELLO " >1r\nr regex [N] " REGEX "%400c0990399270277832fbb5b91a1fa118e6f63dba" REGEX_VCS
                "#0c0990399270277832fbb5b91a1fa118e6f63dba\n" },
        { "cargotoml/git-dependency-with-pr.toml",
          HELLO " >1r\nr regex [N] " REGEX REGEX_VCS " declared-ref=refs/pull/493/head\n" },
        { "cargotoml/invalid-dependency.toml", HELLO " >1r\nr regex [N] declared-ref=0.0.1\n! wrong_type regex\n" },
        { "cargotoml/no-dependency.toml", HELLO "\n" },
        { "cargotoml/not-toml.txt", "! toml_syntax 5\n" },
        { "cargotoml/only-version-dependency.toml", HELLO " >1r\nr regex [N] declared-range=0.0.1\n" },
        { "cargotoml/two-dependencies.toml",
          HELLO " >1r >2r\nr regex [N] " REGEX REGEX_VCS " declared-ref=0.0.1\nr futures [N] declared-range=0.3\n" },
    };
    if (!test_shared())
        TEST_SKIP("no shared data");
    for (size_t i = 0; i < HM_COUNT(FILES); i++) {
        char name[128];
        TEST_BUF in = { 0 };
        snprintf(name, sizeof name, "rust/%s", FILES[i].file);
        CHECK(name, fixture(name, &in));
        bool lock = hm_str_search(hm_str_c(name), HM_STR("cargolock")) < strlen(name);
        CHECK_SAID(name, hm_str_c(FILES[i].want), .fn = detect_cargo, .path = lock ? "p/Cargo.lock" : "p/Cargo.toml",
                   .bytes = hm_buf_view(&in));
    }
}

/* Names that repeat, and dependencies on them, cost no more than their length. */
TEST(cargo_costs_what_it_is_long)
{
    TEST_BUF in = { 0 };
    hm_buf_c(&in, "version = 3\n");
    size_t n = test_fault() ? 10 : 5000;
    for (uint64_t i = 0; i < n; i++) {
        hm_buf_c(&in, "[[package]]\nname = \"a\"\nversion = \"1.0.");
        hm_buf_u64(&in, i);
        hm_buf_c(&in, "\"\nsource = \"" REG "\"\ndependencies = [\"a\", \"a 1.0.1\"]\n");
    }
    DETECT_TRIED d = { 0 };
    const detect_try t = { .fn = detect_cargo, .path = "Cargo.lock", .bytes = hm_buf_view(&in) };
    CHECK("runs", !in.bad && detect_try_run(&t, &d));
    CHECK_EQ("all there", d.pack.comp_n, n);
}
