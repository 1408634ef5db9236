/* bun.lock: components, edges, scopes, projects, and what is not understood; bun.lockb. */
#include "base/limits.h"
#include "detect/js_test.h"

static const struct {
    const char *name, *in, *package, *want;
} CASE[] = {
    { "workspaces, peers, aliases, patches, bundled",
      "{\n"
      "  // written by hand\n"
      "  \"lockfileVersion\": 1,\n"
      "  \"configVersion\": 1,\n"
      "  \"workspaces\": {\n"
      "    \"\": { \"name\": \"@o/app\", \"dependencies\": { \"a\": \"^1\", \"m\": \"workspace:*\", \"gone\": \"1\" }, \"devDependencies\": { \"d\": \"^1\" },\n"
      "          \"optionalDependencies\": { \"o\": \"^1\", \"also-gone\": \"1\" }, \"peerDependencies\": { \"p\": \"*\" }, },\n"
      "    \"packages/m\": { \"name\": \"m\", \"version\": \"1.2.3\", \"devDependencies\": { \"d\": \"^2\" }, \"dependencies\": { \"al\": \"npm:@s/r@1\" } },\n"
      "    \"packages/n\": { },\n"
      "  },\n"
      "  \"patchedDependencies\": { \"a@1.0.0\": \"patches/a@1.0.0.patch\" },\n"
      "  \"packages\": {\n"
      "    \"a\": [\"a@1.0.0\", \"https://registry.example/a/-/a-1.0.0.tgz\", { \"dependencies\": { \"d\": \"^1\" }, \"peerDependencies\": { \"p\": \"*\", \"q\": \"*\", \"r\": \"*\" }, \"optionalPeers\": [\"q\", \"none\", 7] }, \"sha1-AAECAwQFBgcICQoLDA0ODxAREhM=\"],\n"
      "    \"al\": [\"@s/r@1.0.0\", \"\", {}, \"sha512-AA==\"],\n"
      "    \"d\": [\"d@1.10.0\", \"\", { \"bundled\": true }, \"sha512-AA==\"],\n"
      "    \"m\": [\"m@workspace:packages/m\"],\n"
      "    \"o\": [\"o@1.0.0\", \"\", { \"dependencies\": { \"p\": \"*\" }, \"peerDependencies\": { \"q\": \"*\" } }, \"\"],\n"
      "    \"p\": [\"p@1.0.0\", \"\", {}, \"\"],\n"
      "    \"q\": [\"q@1.0.0\", \"\", {}, \"\"],\n"
      "    \"a/p\": [\"p@2.0.0\", \"\", {}, \"\"],\n"
      "    \"m/d\": [\"d@2.0.0\", \"\", { \"dependencies\": { \"e\": \"*\" } }, \"\"],\n"
      "    \"m/d/@s/f\": [\"@s/f@1.0.0\", \"\", {}, \"\"],\n"
      "    \"e\": [\"e@1.0.0\", \"\", { \"dependencies\": { \"@s/f\": \"*\" } }, \"\"],\n"
      "  },\n"
      "}\n",
      "{\"name\":\"other\",\"version\":\"7.0.0\",\"license\":\"MIT\"}",
      "r @o/app@7.0.0 [ASKO] licence=MIT >1r >3r >5d >6o >7r\n"
      "r m@1.2.3 [SKL] >4r >10d\n"
      "r n [SKLN]\n"
      "r a@1.0.0 [K] dist=https://registry.example/a/-/a-1.0.0.tgz hash=00010203 npm:patched=patches/a@1.0.0.patch >5r >8o >9r\n"
      "r @s/r@1.0.0 [K] npm:alias=al\n"
      "r d@1.10.0 [KB]\n"
      "o o@1.0.0 [K] >7r >8r\n"
      "r p@1.0.0 [K]\n"
      "o q@1.0.0 [K]\n"
      "r p@2.0.0 [K]\n"
      "d d@2.0.0 [K] >12r\n"
      "- @s/f@1.0.0 [K]\n"
      "d e@1.0.0 [KO]\n" },
    { "kinds of resolution",
      "{\"lockfileVersion\":0,\"workspaces\":{\"\":{}},\"packages\":{\n"
      "\"app\":[\"app@root:\",{\"bin\":{}}],\n"
      "\"w\":[\"w@workspace:not/there\",{}],\n"
      "\"f\":[\"f@file:../f\",{}],\n"
      "\"l\":[\"l@link:../l\",{}],\n"
      "\"t\":[\"t@./t.tgz\",{},\"sha512-AA==\"],\n"
      "\"u\":[\"u@https://u:p@h.example/u.tgz\",{},\"sha512-AA==\"],\n"
      "\"g\":[\"g@github:o/r#0001020\",{},\"o-r-0001020\"],\n"
      "\"h\":[\"h@git+ssh://git@h.example/o/r.git#0001020\",{},\"0001020\",\"sha512-AA==\"],\n"
      "\"v\":[\"v@\",{}],\n"
      "\"x\":[\"x@custom:thing\",{}]}}",
      NULL,
      "r app [ASKN]\n"
      "- w [KLN]\n"
      "r f [SKLN]\n"
      "r l [SKLN]\n"
      "- t [KLN]\n"
      "- u [KN] dist=https://h.example/u.tgz\n"
      "- g [KN] quals=vcs_url=git%2Bhttps:%2F%2Fgithub.com%2Fo%2Fr.git%400001020 vcs=git+https://github.com/o/r.git#0001020\n"
      "- h [KN] quals=vcs_url=git%2Bssh:%2F%2Fgit%40h.example%2Fo%2Fr.git%400001020 vcs=git+ssh://git@h.example/o/r.git#0001020\n"
      "- v [KN]\n"
      "- x [KN]\n" },
    { "wrong types",
      "{\"lockfileVersion\":1,\"workspaces\":{\"\":7,\"m\":[]},\"packages\":{\"a\":{},\"b\":[],\"c\":[7],\"d\":[\"d@1.0.0\",\"\",[],\"\"],\"e\":[\"e@1.0.0\",\"\",{\"dependencies\":[\"x\"]},\"\"]}}",
      NULL,
      "- d@1.0.0 [K]\n"
      "- e@1.0.0 [K]\n"
      "! wrong_type workspaces\n"
      "! wrong_type m\n"
      "! wrong_type a\n"
      "! wrong_type b\n"
      "! wrong_type c\n"
      "! wrong_type dependencies\n" },
    { "lists of wrong types", "{\"lockfileVersion\":1,\"workspaces\":[],\"packages\":7}", NULL,
      "! wrong_type workspaces\n"
      "! wrong_type packages\n" },
    { "names that are none",
      "{\"lockfileVersion\":1,\"packages\":{\"\":[\"a@1.0.0\"],\"a/\":[\"a@1.0.0\"],\"@s\":[\"a@1.0.0\"],\"a//b\":[\"b@1.0.0\"],\"c\":[\"@1.0.0\"],\"d\":[\"\"],\"e\":[\"e\"],\"@s/x/y\":[\"y@1.0.0\"]}}",
      NULL,
      "- a@1.0.0 [K]\n"
      "- e [KN]\n"
      "- y@1.0.0 [K]\n"
      "! bad_value\n"
      "! bad_value @s\n"
      "! bad_value a//b\n"
      "! bad_value c\n"
      "! bad_value d\n" },
    { "twice",
      "{\"lockfileVersion\":1,\"workspaces\":{\"\":{},\"m\":{},\"m\":{}},\"packages\":{\"a\":[\"a@1.0.0\"],\"a\":[\"a@2.0.0\"]}}",
      NULL,
      "r app [ASKN]\n"
      "r m [SKLN]\n"
      "- a@1.0.0 [K]\n"
      "- a@2.0.0 [K]\n"
      "! duplicate m\n"
      "! duplicate a\n" },
    { "an unknown version", "{\"lockfileVersion\":3,\"packages\":{\"a\":[\"a@1.0.0\"]}}", NULL,
      "- a@1.0.0 [K]\n"
      "! lock_version 3\n" },
    { "a version that is none", "{\"lockfileVersion\":\"x\",\"packages\":{\"a\":[\"a@1.0.0\"]}}", NULL,
      "- a@1.0.0 [K]\n"
      "! lock_version\n" },
    { "not an object", "[]", NULL, "! wrong_type\n" },
    { "cut", "{\"lockfileVersion\":1,", NULL, "! truncated 21\n" },
    { "empty", "// nothing", NULL, "! empty 10\n" },
    { "a manifest that is none", "{\"lockfileVersion\":1}", "{\"name\":}", "! json_syntax 8 package.json\n" },
};

TEST(bun_cases)
{
    for (size_t i = 0; i < HM_COUNT(CASE); i++) {
        const detect_view package = { .path = HM_STR("srv/app/bun.lock"),
                                      .bytes = hm_str_c(CASE[i].package ? CASE[i].package : "") };
        CHECK_SAID(CASE[i].name, hm_str_c(CASE[i].want), .fn = detect_bun_lock, .path = "srv/app/bun.lock",
                   .bytes = hm_str_c(CASE[i].in), .companion = CASE[i].package ? &package : NULL);
    }
}

/* Packages and the project, dependencies that have an entry. */
TEST(bun_fixtures)
{
    static const lock_fixture FIXTURE[] = {
        { "alias.json5", 5, 4, 0, 0, 0, "" },
        { "bad-tuple.json5", 2, 1, 0, 0, 2, "wrong_type" },
        { "blog-sample.json5", 2, 1, 0, 0, 0, "" },
        { "commits.json5", 19, 18, 16, 0, 0, "" },
        { "empty.json5", 0, 0, 0, 0, 1, "missing_field" },
        { "files.json5", 3, 2, 0, 0, 0, "" },
        { "nested-dependencies-dup.json5", 8, 8, 4, 0, 0, "" },
        { "nested-dependencies.json5", 10, 9, 6, 0, 0, "" },
        { "no-packages.json5", 1, 0, 0, 0, 0, "" },
        { "not-json.txt", 0, 0, 0, 0, 1, "json_syntax" },
        { "one-package-dev.json5", 2, 1, 0, 0, 0, "" },
        { "one-package.json5", 2, 1, 0, 0, 0, "" },
        { "optional-package.json5", 4, 3, 0, 2, 0, "" },
        { "peer-dependencies-explicit.json5", 3, 3, 0, 0, 0, "" },
        { "peer-dependencies-implicit.json5", 3, 2, 0, 0, 0, "" },
        { "same-package-different-groups.json5", 3, 3, 0, 0, 0, "" },
        { "scoped-packages-mixed.json5", 6, 5, 1, 0, 0, "" },
        { "scoped-packages.json5", 2, 1, 0, 0, 0, "" },
        { "two-packages.json5", 3, 2, 0, 0, 0, "" },
    };
    check_locks(t_, detect_bun_lock, "bunlock", "p/bun.lock", FIXTURE, HM_COUNT(FIXTURE));
}

TEST(bun_binary_is_named)
{
    CHECK_SAID("here", HM_STR("! lock_binary\n"), .fn = detect_bun_binary, .path = "srv/app/bun.lockb");
    CHECK_SAID("of a package", HM_NONE, .fn = detect_bun_binary, .path = "node_modules/x/bun.lockb");
    CHECK_SAID("text of a package", HM_NONE, .fn = detect_bun_lock, .path = "node_modules/x/bun.lock",
               .bytes = HM_STR("{"));
}

/* a in a in a ...: the innermost asks for a name that only the outermost has. */
TEST(bun_nesting_is_bounded)
{
    for (unsigned levels = LIMIT_NPM_NESTING; levels <= LIMIT_NPM_NESTING + 1; levels++) {
        TEST_BUF in = { 0 };
        TEST_BUF out = { 0 };
        hm_buf_c(&in, "{\"lockfileVersion\":1,\"packages\":{\"top\":[\"top@1\"],\"");
        for (unsigned k = 0; k < levels; k++)
            hm_buf_c(&in, k ? "/a" : "a");
        hm_buf_c(&in, "\":[\"a@1\",\"\",{\"dependencies\":{\"top\":\"*\"}}]}}");
        CHECK("text", !in.bad);
        CHECK("read", detect_said(&(detect_try){ .fn = detect_bun_lock, .path = "bun.lock", .bytes = hm_buf_view(&in) },
                                  &out, NULL));
        bool found = hm_str_search(hm_buf_view(&out), HM_STR("- a@1 [K] >0r\n")) < out.n;
        bool gap = hm_str_search(hm_buf_view(&out), HM_STR("! too_deep 0 128\n")) < out.n;
        CHECK_EQ("found", found, levels == LIMIT_NPM_NESTING);
        CHECK_EQ("gap", gap, levels > LIMIT_NPM_NESTING);
    }
}
