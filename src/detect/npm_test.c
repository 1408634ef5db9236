/* npm: lock files of all three versions, what node takes for a name, where things come from; installed packages. */
#include "base/limits.h"
#include "detect/js_test.h"

static const struct {
    const char *name, *in, *want;
} LOCK[] = {
    { "no packages, but a version: an empty project", "{\"lockfileVersion\":1}", "r app [ASKN]\n" },
    { "neither packages nor version", "{\"name\":\"x\"}", "! npm_no_packages\n" },
    { "not an object", "[]", "! wrong_type\n" },
    { "not JSON", "{", "! truncated 1\n" },
    { "empty file", "", "! empty\n" },
    { "a later version is tried, and named",
      "{\"lockfileVersion\":4,\"packages\":{\"\":{\"name\":\"a\",\"version\":\"1\"},\"node_modules/b\":{\"version\":\"2\"}}}",
      "r a@1 [ASK]\n"
      "r b@2 [K]\n"
      "! npm_lock_version 0 4\n" },
    { "the root and its lists",
      "{\"lockfileVersion\":3,\"packages\":{\"\":{\"name\":\"@me/a\",\"version\":\"1.0.0\",\"license\":\"MIT\","
      "\"dependencies\":{\"b\":\"*\",\"@s/c\":\"*\",\"gone\":\"*\",\"o\":\"*\"},\"devDependencies\":{\"d\":\"*\",\"p\":\"*\"},"
      "\"optionalDependencies\":{\"o\":\"*\",\"absent\":\"*\"},\"peerDependencies\":{\"p\":\"*\",\"q\":\"*\",\"r\":\"*\",\"nope\":\"*\"},"
      "\"peerDependenciesMeta\":{\"r\":{\"optional\":true}}},"
      "\"node_modules/b\":{\"version\":\"v1.2.3\",\"resolved\":\"https://u:p@r.example/b.tgz\","
      "\"integrity\":\"sha1-AAECAwQFBgcICQoLDA0ODxAREhM= sha512-no\",\"license\":\"MIT\",\"hasInstallScript\":true,"
      "\"deprecated\":\"do not\"},"
      "\"node_modules/@s/c\":{\"version\":\"1.0.0\"},\"node_modules/d\":{\"version\":\"1.0.0\",\"dev\":true,\"optional\":true},"
      "\"node_modules/o\":{\"version\":\"1.0.0\",\"optional\":true},"
      "\"node_modules/p\":{\"version\":\"1.0.0\",\"peer\":true},\"node_modules/q\":{\"version\":\"1.0.0\",\"devOptional\":true},"
      "\"node_modules/r\":{\"version\":\"1.0.0\",\"extraneous\":true,\"inBundle\":true}}}",
      "r @me/a@1.0.0 [ASKO] licence=MIT >1r >2r >3d >4o >5d >6r >7o\n"
      "r b@1.2.3 [K] literal=v1.2.3 licence=MIT dist=https://r.example/b.tgz hash=00010203 npm:deprecated=do not npm:hasInstallScript=true\n"
      "r @s/c@1.0.0 [K]\n"
      "d d@1.0.0 [K]\n"
      "o o@1.0.0 [K]\n"
      "r p@1.0.0 [K]\n"
      "o q@1.0.0 [K]\n"
      "- r@1.0.0 [KB]\n" },
    { "nested ones first, then upwards; never sideways",
      "{\"lockfileVersion\":2,\"packages\":{\"\":{\"name\":\"a\",\"version\":\"1\",\"dependencies\":{\"b\":\"*\",\"x\":\"*\"}},"
      "\"node_modules/b\":{\"version\":\"1\",\"dependencies\":{\"c\":\"*\",\"x\":\"*\"}},"
      "\"node_modules/b/node_modules/c\":{\"version\":\"2\",\"dependencies\":{\"x\":\"*\",\"d\":\"*\",\"c\":\"*\"}},"
      "\"node_modules/x\":{\"version\":\"1\",\"dependencies\":{\"c\":\"*\"}},"
      "\"node_modules/b/node_modules/x\":{\"version\":\"2\"},\"node_modules/d\":{\"version\":\"1\"}}}",
      "r a@1 [ASK] >1r >3r\n"
      "r b@1 [K] >2r >4r\n"
      "r c@2 [K] >4r >5r\n"
      "r x@1 [KO]\n"
      "r x@2 [K]\n"
      "r d@1 [K]\n" },
    { "aliases",
      "{\"lockfileVersion\":3,\"packages\":{\"\":{\"name\":\"a\",\"version\":\"1\",\"dependencies\":{\"al\":\"npm:@s/real@1\"}},"
      "\"node_modules/al\":{\"name\":\"@s/real\",\"version\":\"1.0.0\"}}}",
      "r a@1 [ASK] >1r\n"
      "r @s/real@1.0.0 [K] npm:alias=al\n" },
    { "workspaces and links are the project's own",
      "{\"lockfileVersion\":3,\"packages\":{\"\":{\"name\":\"a\",\"version\":\"1\",\"workspaces\":[\"p/*\"]},"
      "\"node_modules/@s/w\":{\"resolved\":\"p/w\",\"link\":true},\"node_modules/v\":{\"resolved\":\"p/v\",\"link\":true},"
      "\"node_modules/lost\":{\"resolved\":\"../lost\",\"link\":true},"
      "\"p/w\":{\"name\":\"@s/w\",\"version\":\"0.1.0\",\"dependencies\":{\"v\":\"*\",\"x\":\"*\",\"y\":\"*\"},\"devDependencies\":{\"no\":\"*\"}},"
      "\"p/v\":{\"version\":\"0.2.0\",\"dependencies\":{\"x\":\"*\"}},\"p/w/node_modules/x\":{\"version\":\"1\"},"
      "\"node_modules/x\":{\"version\":\"2\"},\"../out\":{\"version\":\"3\",\"dependencies\":{\"x\":\"*\"}},"
      "\"p/@t/n\":{\"version\":\"4\"}}}",
      "r a@1 [ASK] >1r >2r >7r\n"
      "r @s/w@0.1.0 [SKOL] >2r >3r\n"
      "r v@0.2.0 [SKL] >4r\n"
      "r x@1 [K]\n"
      "r x@2 [K]\n"
      "r out@3 [SKOL]\n"
      "r @t/n@4 [SKL]\n"
      "r lost [SLN]\n" },
    { "links in a circle",
      "{\"lockfileVersion\":3,\"packages\":{\"node_modules/b\":{\"resolved\":\"node_modules/c\",\"link\":true},"
      "\"node_modules/c\":{\"resolved\":\"node_modules/b\",\"link\":true}}}",
      "r b [SLN]\n"
      "r c [SLN]\n" },
    { "sources",
      "{\"lockfileVersion\":3,\"packages\":{"
      "\"node_modules/g\":{\"version\":\"1.0.0\",\"resolved\":\"git+ssh://git:secret@h.example/o/r.git#abc\"},"
      "\"node_modules/h\":{\"version\":\"1.0.0\",\"resolved\":\"git+https://token@h.example/o/r.git#abc\"},"
      "\"node_modules/i\":{\"version\":\"1.0.0\",\"resolved\":\"https://h.example/o/r.git#abc\"},"
      "\"node_modules/j\":{\"version\":\"1.0.0\",\"resolved\":\"file:../j.tgz\",\"integrity\":\"sha1-AAECAwQFBgcICQoLDA0ODxAREhM=\"},"
      "\"node_modules/k\":{\"version\":\"1.0.0\",\"resolved\":\"git@h.example:o/r.git\"},"
      "\"node_modules/l\":{\"version\":\"1.0.0\",\"resolved\":false}}}",
      "r g@1.0.0 [K] quals=vcs_url=git%2Bssh:%2F%2Fgit%40h.example%2Fo%2Fr.git%40abc vcs=git+ssh://git@h.example/o/r.git#abc\n"
      "r h@1.0.0 [K] quals=vcs_url=git%2Bhttps:%2F%2Fh.example%2Fo%2Fr.git%40abc vcs=git+https://h.example/o/r.git#abc\n"
      "r i@1.0.0 [K] quals=vcs_url=git%2Bhttps:%2F%2Fh.example%2Fo%2Fr.git%40abc vcs=git+https://h.example/o/r.git#abc\n"
      "r j@1.0.0 [KL] hash=00010203\n"
      "r k@1.0.0 [K] quals=vcs_url=git%40h.example:o%2Fr.git vcs=git@h.example:o/r.git\n"
      "r l@1.0.0 [K]\n" },
    { "wrong types cost one entry each",
      "{\"lockfileVersion\":3,\"packages\":{\"\":{\"name\":\"a\",\"version\":\"1\",\"dependencies\":[\"b\"]},\"node_modules/b\":7,"
      "\"node_modules/c\":{\"version\":1},\"node_modules/d\":{\"version\":\"1\",\"dependencies\":\"x\",\"integrity\":{}},"
      "\"node_modules/e\":{\"name\":5,\"version\":\"1\"},\"node_modules/\":{\"version\":\"1\"},\"node_modules/@s\":{\"version\":\"1\"},"
      "\"node_modules/f\":{\"version\":\"1\"},\"./node_modules/f\":{\"version\":\"2\"}}}",
      "r a@1 [ASK]\n"
      "r c [KN]\n"
      "r d@1 [K]\n"
      "r e@1 [K]\n"
      "r f@1 [K]\n"
      "r f@2 [K]\n"
      "! wrong_type node_modules/b\n"
      "! duplicate ./node_modules/f\n"
      "! wrong_type node_modules/c\n"
      "! wrong_type node_modules/d\n"
      "! wrong_type node_modules/e\n"
      "! bad_value node_modules\n"
      "! bad_value node_modules/@s\n"
      "! wrong_type dependencies\n"
      "! wrong_type node_modules/d\n" },
    { "packages of a wrong type: the list of version 1 is read",
      "{\"lockfileVersion\":2,\"packages\":[],\"dependencies\":{\"b\":{\"version\":\"1.0.0\"}}}",
      "r app [ASKON] >1r\n"
      "r b@1.0.0 [K]\n"
      "! wrong_type packages\n" },
    { "empty packages beside a list of version 1",
      "{\"lockfileVersion\":2,\"packages\":{},\"dependencies\":{\"b\":{\"version\":\"1.0.0\"}}}",
      "r app [ASKON] >1r\n"
      "r b@1.0.0 [K]\n" },
    { "version 1",
      "{\"name\":\"a\",\"version\":\"1.0.0\",\"lockfileVersion\":1,\"requires\":true,\"dependencies\":{"
      "\"b\":{\"version\":\"1.0.0\",\"requires\":{\"c\":\"*\",\"o\":\"*\",\"gone\":\"*\"},\"dependencies\":{\"c\":{\"version\":\"2.0.0\",\"bundled\":true,"
      "\"requires\":{\"d\":\"*\"}}}},\"c\":{\"version\":\"1.0.0\",\"dev\":true},\"d\":{\"version\":\"1.0.0\",\"requires\":true},"
      "\"o\":{\"version\":\"1.0.0\",\"optional\":true},\"@s/al\":{\"version\":\"npm:@t/real@3.0.0\"},"
      "\"g\":{\"version\":\"github:o/r#abc\",\"from\":\"github:o/r\"},\"h\":{\"version\":\"https://x.example/h-1.tgz\"},"
      "\"f\":{\"version\":\"file:../f\"},\"t\":{\"version\":\"file:t.tgz\"}}}",
      "r a@1.0.0 [ASKO] >1r >3d >6r >7r >8r >9r >10r\n"
      "r b@1.0.0 [KO] >2r >5o\n"
      "r c@2.0.0 [KB] >4r\n"
      "d c@1.0.0 [K]\n"
      "r d@1.0.0 [K]\n"
      "o o@1.0.0 [K]\n"
      "r @t/real@3.0.0 [K] npm:alias=@s/al\n"
      "r g [KN] quals=vcs_url=git%2Bhttps:%2F%2Fgithub.com%2Fo%2Fr.git%40abc vcs=git+https://github.com/o/r.git#abc\n"
      "r h [KN] dist=https://x.example/h-1.tgz\n"
      "r f [SKLN]\n"
      "r t [KLN]\n" },
    { "version 1, hosts for short",
      "{\"lockfileVersion\":1,\"name\":\"a\",\"version\":\"1\",\"dependencies\":{\"b\":{\"version\":\"gitlab:o/r.git#abc\"},"
      "\"c\":{\"version\":\"bitbucket:o/r\"},\"d\":{\"version\":\"gist:0a1b#c\"}}}",
      "r a@1 [ASKO] >1r >2r >3r\n"
      "r b [KN] quals=vcs_url=git%2Bhttps:%2F%2Fgitlab.com%2Fo%2Fr.git%40abc vcs=git+https://gitlab.com/o/r.git#abc\n"
      "r c [KN] quals=vcs_url=git%2Bhttps:%2F%2Fbitbucket.org%2Fo%2Fr.git vcs=git+https://bitbucket.org/o/r.git\n"
      "r d [KN] quals=vcs_url=git%2Bhttps:%2F%2Fgist.github.com%2F0a1b.git%40c "
      "vcs=git+https://gist.github.com/0a1b.git#c\n" },
    { "version 1, wrong types",
      "{\"lockfileVersion\":1,\"dependencies\":{\"b\":[],\"c\":{\"version\":\"1\",\"dependencies\":[1],\"requires\":\"x\"},\"a/b\":{},"
      "\"\":{},\"d\":{\"version\":null}}}",
      "r app [ASKON] >1r >2r\n"
      "r c@1 [K]\n"
      "r d [KN]\n"
      "! wrong_type b\n"
      "! wrong_type c\n"
      "! bad_value a/b\n"
      "! bad_value\n"
      "! wrong_type c\n" },
};

TEST(npm_lock_cases)
{
    for (size_t i = 0; i < HM_COUNT(LOCK); i++) {
        CHECK_SAID(LOCK[i].name, hm_str_c(LOCK[i].want), .fn = detect_npm_lock, .path = "srv/app/package-lock.json",
                   .bytes = hm_str_c(LOCK[i].in));
    }
}

TEST(npm_lock_subject_needs_a_name)
{
    static const struct {
        const char *path, *in, *want;
    } CASE[] = {
        { "package-lock.json", "{\"lockfileVersion\":3,\"packages\":{\"\":{}}}", "" },
        { "a/package-lock.json", "{\"lockfileVersion\":3,\"packages\":{\"\":{}}}", "r a [ASKN]\n" },
        { "a/npm-shrinkwrap.json", "{\"name\":\"n\",\"version\":\"1\",\"lockfileVersion\":3,\"packages\":{}}",
          "r n@1 [ASK]\n" },
        { "a/package-lock.json", "{\"name\":\"../x\",\"lockfileVersion\":3,\"packages\":{\"\":{\"name\":5}}}",
          "r a [ASKN]\n" },
        /* published by accident with a package that is installed here */
        { "a/node_modules/x/package-lock.json",
          "{\"lockfileVersion\":3,\"packages\":{\"\":{},\"node_modules/y\":{\"version\":\"1\"}}}", "" },
        { "node_modules/x/npm-shrinkwrap.json", "not even JSON", "" },
    };
    for (size_t i = 0; i < HM_COUNT(CASE); i++) {
        CHECK_SAID(CASE[i].in, hm_str_c(CASE[i].want), .fn = detect_npm_lock, .path = CASE[i].path,
                   .bytes = hm_str_c(CASE[i].in));
    }
}

/* node_modules in node_modules: `levels` of them, the innermost asks for a name that only the outermost has. */
static void nested(hm_buf *b, unsigned levels)
{
    hm_buf_c(
        b,
        "{\"lockfileVersion\":3,\"packages\":{\"\":{\"name\":\"r\",\"version\":\"1\"},\"node_modules/top\":{\"version\":\"1\"}");
    for (unsigned i = 1; i <= levels; i++) {
        hm_buf_c(b, ",\"");
        for (unsigned k = 0; k < i; k++)
            hm_buf_c(b, k ? "/node_modules/a" : "node_modules/a");
        hm_buf_c(b, i < levels ? "\":{\"version\":\"1\"}" : "\":{\"version\":\"1\",\"dependencies\":{\"top\":\"*\"}}");
    }
    hm_buf_c(b, "}}");
}

TEST(npm_lock_nesting_is_bounded)
{
    for (unsigned levels = LIMIT_NPM_NESTING; levels <= LIMIT_NPM_NESTING + 1; levels++) {
        TEST_BUF in = { 0 };
        TEST_BUF out = { 0 };
        nested(&in, levels);
        CHECK("text", !in.bad);
        CHECK(
            "read",
            detect_said(&(detect_try){ .fn = detect_npm_lock, .path = "package-lock.json", .bytes = hm_buf_view(&in) },
                        &out, NULL));
        bool found = test_holds(&out, "r a@1 [K] >1r\n");
        bool gap = test_holds(&out, "! too_deep 0 128\n");
        CHECK_EQ("found", found, levels == LIMIT_NPM_NESTING);
        CHECK_EQ("gap", gap, levels > LIMIT_NPM_NESTING);
    }
}

TEST(npm_lock_bounds_keys_and_gaps)
{
    TEST_BUF in = { 0 };
    TEST_BUF out = { 0 };
    hm_buf_c(&in, "{\"lockfileVersion\":3,\"packages\":{\"node_modules/ok\":{\"version\":\"1\"},\"");
    for (unsigned i = 0; i <= LIMIT_PATH_BYTES / 2; i++)
        hm_buf_c(&in, "a/");
    hm_buf_c(&in, "\":{}");
    for (unsigned i = 0; i < LIMIT_FILE_GAPS + 5; i++)
        hm_buf_c(&in, ",\"node_modules/x\":1");
    hm_buf_c(&in, "}}");
    CHECK("text", !in.bad);
    CHECK("read",
          detect_said(&(detect_try){ .fn = detect_npm_lock, .path = "package-lock.json", .bytes = hm_buf_view(&in) },
                      &out, NULL));
    hm_str text = hm_buf_view(&out);
    CHECK("good one", hm_str_starts(text, HM_STR("r ok@1 [K]\n! too_large 0 4095 a/a/")));
    CHECK("last gap", hm_str_ends(text, HM_STR("! wrong_type node_modules/x\n! too_many 0 1000\n")));
    size_t lines = 0;
    for (hm_str line; hm_str_line(&text, &line);)
        lines++;
    CHECK_EQ("gaps", lines, 1 + LIMIT_FILE_GAPS + 1);
}

/* Ten times the packages cost ten times the memory, not a hundred. */
TEST(npm_lock_grows_with_its_bytes)
{
    size_t used[2] = { 0 };
    for (size_t round = 0; round < 2; round++) {
        size_t n = (test_fault() ? 20 : 2000) * (round ? (size_t)10 : 1);
        TEST_BUF in = { 0 };
        hm_buf_c(&in, "{\"lockfileVersion\":3,\"packages\":{\"\":{\"name\":\"r\",\"version\":\"1\"}");
        for (size_t i = 0; i < n; i++) {
            hm_buf_c(&in, ",\"node_modules/p");
            hm_buf_u64(&in, i);
            hm_buf_c(&in, "\":{\"version\":\"1\",\"dependencies\":{\"p");
            hm_buf_u64(&in, (i * 7919) % n);
            hm_buf_c(&in, "\":\"*\",\"nobody\":\"*\"}}");
        }
        hm_buf_c(&in, "}}");
        CHECK("text", !in.bad);
        DETECT_TRIED d = { 0 };
        CHECK("read",
              detect_try_run(
                  &(detect_try){ .fn = detect_npm_lock, .path = "package-lock.json", .bytes = hm_buf_view(&in) }, &d));
        CHECK_EQ("read", d.rc, HM_OK);
        CHECK_EQ("all", d.pack.comp_n, n + 1);
        used[round] = hm_arena_used(d.arena);
    }
    CHECK("linear", used[1] < used[0] * 15);
}

static const struct {
    const char *name, *path, *in, *want;
} INSTALLED[] = {
    { "all fields", "srv/node_modules/@s/n/package.json",
      "{\"name\":\"@s/n\",\"version\":\"=1.2.3\",\"author\":{\"name\":\"A B\",\"email\":\"a@b\",\"url\":\"u\"},\"license\":\"MIT\","
      "\"homepage\":\"https://u:p@h.example/\",\"repository\":{\"type\":\"git\",\"url\":\"git+https://t@h.example/o/r.git\"},"
      "\"dependencies\":{\"a\":\"1\",\"@t/b\":\"2\"},\"optionalDependencies\":{\"o\":\"1\"},\"devDependencies\":{\"d\":\"1\"},"
      "\"_resolved\":\"https://r.example/n.tgz\",\"_integrity\":\"sha1-AAECAwQFBgcICQoLDA0ODxAREhM=\"}",
      "- @s/n@1.2.3 [K] literal==1.2.3 author=A B <a@b> licence=MIT dist=https://r.example/n.tgz vcs=git+https://h.example/o/r.git home=https://h.example/ hash=00010203 +srv/node_modules:@s/n ^r:srv/node_modules/@s/n:a ^r:srv/node_modules/@s/n:@t/b ^o:srv/node_modules/@s/n:o\n" },
    { "author as text, old licence list, GitHub for short", "node_modules/x/package.json",
      "{\"name\":\"x\",\"version\":\"1\",\"author\":\"A <a@b> (http://u)\",\"licenses\":[{\"type\":\"MIT\"},{\"type\":\"Apache-2.0\"}],"
      "\"repository\":\"o/r\"}",
      "- x@1 [K] author=A <a@b> licence=MIT OR Apache-2.0 vcs=git+https://github.com/o/r.git +node_modules:x\n" },
    { "licence object, contributors", "node_modules/x/package.json",
      "{\"name\":\"x\",\"version\":\"1\",\"license\":{\"type\":\"No Such\"},\"contributors\":[\"A\",{\"name\":\"B\"},7,{}],\"repository\":7}",
      "- x@1 [K] author=A, B raw=No Such +node_modules:x\n" },
    { "a list with an unknown licence", "node_modules/x/package.json",
      "{\"name\":\"x\",\"version\":\"1\",\"licenses\":[\"MIT\",{\"type\":\"Mine own\"},{}]}",
      "- x@1 [K] raw=MIT OR Mine own +node_modules:x\n" },
    { "installed under another name", "a/node_modules/al/package.json", "{\"name\":\"real\",\"version\":\"1\"}",
      "- real@1 [K] npm:alias=al +a/node_modules:al\n" },
    { "no name", "a/node_modules/@s/al/package.json", "{\"version\":\"1\"}", "- @s/al@1 [K] +a/node_modules:@s/al\n" },
    { "no version", "a/node_modules/al/package.json", "{\"name\":\"al\"}", "- al [KN] +a/node_modules:al\n" },
    { "neither: settings of a folder", "a/node_modules/al/package.json",
      "{\"type\":\"module\",\"dependencies\":{\"x\":\"1\"}}", "" },
    { "shared folder of a distribution", "usr/share/nodejs/x/package.json",
      "{\"name\":\"x\",\"version\":\"1\",\"dependencies\":{\"y\":\"1\",\"z\":\"1\"}}",
      "- x@1 [K] +usr/share/nodejs:x ^r:usr/share/nodejs/x:y#1 ?r:usr/share/nodejs:y#1 ^r:usr/share/nodejs/x:z#2 ?r:usr/share/nodejs:z#2\n" },
    { "scope in it", "usr/share/nodejs/@s/x/package.json", "{\"name\":\"@s/x\",\"version\":\"1\"}",
      "- @s/x@1 [K] +usr/share/nodejs:@s/x\n" },
    { "inside a package", "node_modules/x/node_modules/y/package.json",
      "{\"name\":\"y\",\"version\":\"1\",\"dependencies\":{\"x\":\"1\"}}",
      "- y@1 [K] +node_modules/x/node_modules:y ^r:node_modules/x/node_modules/y:x\n" },
    { "peers, and what is optional after all", "node_modules/x/package.json",
      "{\"name\":\"x\",\"version\":\"1\",\"dependencies\":{\"o\":\"1\"},\"optionalDependencies\":{\"o\":\"1\"},"
      "\"peerDependencies\":{\"p\":\"1\",\"q\":\"1\",\"r\":\"1\"},\"peerDependenciesMeta\":{\"q\":{\"optional\":true},\"r\":{\"optional\":0},\"z\":7}}",
      "- x@1 [K] +node_modules:x ^o:node_modules/x:o ^o:node_modules/x:o ^r:node_modules/x:p ^o:node_modules/x:q ^r:node_modules/x:r\n" },
    { "not a package's folder", "node_modules/x/lib/package.json", "{\"name\":\"x\",\"version\":\"1\"}", "" },
    { "a scope's folder", "node_modules/@s/package.json", "{\"name\":\"x\",\"version\":\"1\"}", "" },
    { "a hidden folder", "node_modules/.cache/package.json", "{\"name\":\"x\",\"version\":\"1\"}", "" },
    { "somewhere else", "srv/package.json", "{", "" },
    { "wrong types", "node_modules/x/package.json",
      "{\"name\":\"x\",\"version\":1,\"dependencies\":[\"a\"],\"optionalDependencies\":[],\"license\":7,\"author\":[]}",
      "- x [KN] +node_modules:x\n"
      "! wrong_type version\n"
      "! wrong_type dependencies\n" },
    { "names that are none", "node_modules/x/package.json",
      "{\"name\":\"a/b\",\"version\":\"1\",\"dependencies\":{\"\":\"1\",\"@x\":\"1\",\"y\":\"1\"}}",
      "- x@1 [K] +node_modules:x ^r:node_modules/x:y\n"
      "! bad_value name\n"
      "! bad_value\n"
      "! bad_value @x\n" },
    { "not an object", "node_modules/x/package.json", "[]", "! wrong_type\n" },
    { "cut", "node_modules/x/package.json", "{\"name\":\"x\"", "! truncated 11\n" },
    { "from git", "node_modules/x/package.json",
      "{\"name\":\"x\",\"version\":\"1\",\"_resolved\":\"git://h.example/x.git#abc\",\"repository\":\"https://h.example/x\",\"_shasum\":\"000102030405060708090a0b0c0d0e0f10111213\"}",
      "- x@1 [K] quals=vcs_url=git:%2F%2Fh.example%2Fx.git%40abc vcs=git://h.example/x.git#abc hash=00010203 +node_modules:x\n" },
};

TEST(npm_installed_cases)
{
    for (size_t i = 0; i < HM_COUNT(INSTALLED); i++) {
        CHECK_SAID(INSTALLED[i].name, hm_str_c(INSTALLED[i].want), .fn = detect_npm_installed,
                   .path = INSTALLED[i].path, .bytes = hm_str_c(INSTALLED[i].in));
    }
}

/* Packages and the project, dependencies that have an entry. */
TEST(npm_fixtures)
{
    static const lock_fixture FIXTURE[] = {
        { "alias.v1.json", 4, 3, 0, 0, 0, "" },
        { "alias.v2.json", 4, 3, 0, 0, 0, "" },
        { "both/npm-shrinkwrap.json", 3, 2, 0, 0, 0, "" },
        { "both/package-lock.json", 3, 2, 0, 0, 0, "" },
        { "bundled-dependencies.v3.json", 4, 3, 1, 0, 0, "" },
        { "commits.v1.json", 16, 12, 8, 0, 0, "" },
        { "commits.v2.json", 15, 9, 10, 0, 0, "" },
        { "empty.v1.json", 1, 0, 0, 0, 0, "" },
        { "empty.v2.json", 1, 0, 0, 0, 0, "" },
        { "files.v1.json", 3, 2, 0, 0, 0, "" },
        { "files.v2.json", 4, 0, 3, 0, 0, "" },
        { "nested-dependencies-dup.v1.json", 74, 37, 0, 0, 0, "" },
        { "nested-dependencies-dup.v2.json", 37, 0, 0, 0, 0, "" },
        { "nested-dependencies.v1.json", 6, 5, 0, 0, 0, "" },
        { "nested-dependencies.v2.json", 6, 3, 0, 0, 0, "" },
        { "not-json.txt", 0, 0, 0, 0, 1, "json_syntax" },
        { "npm-shrinkwrap-only/npm-shrinkwrap.json", 3, 2, 0, 0, 0, "" },
        { "null.v2.jsontest", 0, 0, 0, 0, 1, "wrong_type" },
        { "one-package-dev.v1.json", 2, 1, 1, 0, 0, "" },
        { "one-package-dev.v2.json", 2, 1, 1, 0, 0, "" },
        { "one-package.v1.json", 2, 1, 0, 0, 0, "" },
        { "one-package.v2.json", 2, 1, 0, 0, 0, "" },
        { "optional-package.v1.json", 3, 2, 1, 1, 0, "" },
        { "optional-package.v2.json", 3, 1, 0, 2, 0, "" },
        { "package-lock-only/package-lock.json", 3, 2, 0, 0, 0, "" },
        { "same-package-different-groups.v1.json", 8, 3, 4, 1, 0, "" },
        { "same-package-different-groups.v2.json", 8, 0, 3, 2, 0, "" },
        { "scoped-packages.v1.json", 3, 2, 0, 0, 0, "" },
        { "scoped-packages.v2.json", 3, 0, 0, 0, 0, "" },
        { "two-packages.v1.json", 3, 2, 0, 0, 0, "" },
        { "two-packages.v2.json", 3, 2, 0, 0, 0, "" },
    };
    check_locks(t_, detect_npm_lock, "packagelockjson", "p/package-lock.json", FIXTURE, HM_COUNT(FIXTURE));
}
