/* yarn.lock of every generation: components, edges, scopes by the package.json beside it, and what is not understood. */
#include "base/limits.h"
#include "detect/detect_test.h"

static const struct {
    const char *name, *in, *package, *want;
} CASE[] = {
    { "classic: ranges, digests, edges, what is missing",
      "# yarn lockfile v1\n"
      "\n"
      "\n"
      "a@^1.0.0, a@~1.0.1:\n"
      "  version \"1.0.2\"\n"
      "  resolved \"https://u:p@registry.example/a/-/a-1.0.2.tgz#000102030405060708090a0b0c0d0e0f10111213\"\n"
      "  integrity sha1-AAECAwQFBgcICQoLDA0ODxAREhM=\n"
      "  dependencies:\n"
      "    b \"^2.0.0\"\n"
      "    \"@s/c\" \"*\"\n"
      "    gone \"1\"\n"
      "  optionalDependencies:\n"
      "    o \"1\"\n"
      "    also-gone \"1\"\n"
      "\n"
      "b@^2.0.0:\n"
      "  version \"2.0.0\"\n"
      "  resolved \"https://registry.example/b/-/b-2.0.0.tgz#000102030405060708090a0b0c0d0e0f10111213\"\n"
      "  integrity sha512-AAAA\n"
      "\n"
      "\"@s/c@*\":\n"
      "  version \"3.0.0\"\n"
      "\n"
      "o@1:\n"
      "  version \"1.0.0\"\n",
      NULL,
      "- a@1.0.2 [KO] dist=https://registry.example/a/-/a-1.0.2.tgz line=4 hash=00010203 >1r >2r >3o\n"
      "- b@2.0.0 [K] dist=https://registry.example/b/-/b-2.0.0.tgz line=16 hash=00010203\n"
      "- @s/c@3.0.0 [K] line=21\n"
      "- o@1.0.0 [K] line=24\n" },
    { "classic: aliases",
      "# yarn lockfile v1\n"
      "\n"
      "\n"
      "\"al@npm:a@^1.0.0\", \"al@npm:a@^1.0.1\":\n"
      "  version \"1.0.2\"\n"
      "\n"
      "\"@x/al2@npm:@s/a@^1.0.0\", \"@s/a@^1\":\n"
      "  version \"1.0.3\"\n"
      "  dependencies:\n"
      "    al \"npm:a@^1.0.1\"\n",
      NULL,
      "- a@1.0.2 [K] line=4 npm:alias=al\n"
      "- @s/a@1.0.3 [K] line=7 npm:alias=@x/al2 >0r\n" },
    { "classic: sources",
      "# yarn lockfile v1\n"
      "\n"
      "\n"
      "\"g1@git+ssh://git@h.example/o/r.git#main\":\n"
      "  version \"1.0.0\"\n"
      "  resolved \"git+ssh://git@h.example/o/r.git#0001020304050607080900010203040506070809\"\n"
      "\n"
      "g2@o/r:\n"
      "  version \"1.0.0\"\n"
      "  resolved \"https://codeload.github.com/o/r/tar.gz/0001020304050607080900010203040506070809\"\n"
      "\n"
      "\"g3@https://h.example/o/r\":\n"
      "  version \"1.0.0\"\n"
      "  resolved \"https://h.example/o/r#0001020304050607080900010203040506070809\"\n"
      "\n"
      "\"t1@https://h.example/t.tgz\":\n"
      "  version \"1.0.0\"\n"
      "  resolved \"https://h.example/t.tgz#0001020304050607080900010203040506070809\"\n"
      "\n"
      "t2@^1.0.0:\n"
      "  version \"1.0.0\"\n"
      "  resolved \"https://h.example/download/t2/1.0.0/abc#0001020304050607080900010203040506070809\"\n"
      "\n"
      "\"d1@file:../d1\":\n"
      "  version \"1.0.0\"\n"
      "\n"
      "\"d2@file:./d2.tgz\":\n"
      "  version \"1.0.0\"\n"
      "  resolved \"file:./d2.tgz#0001020304050607080900010203040506070809\"\n"
      "\n"
      "\"d3@link:../d3\":\n"
      "  version \"0.0.0\"\n"
      "\n"
      "\"b1@bitbucket:o/r\":\n"
      "  version \"1.0.0\"\n"
      "  resolved \"https://bitbucket.org/o/r/get/0001020304050607080900010203040506070809.tar.gz#1001020304050607080900010203040506070809\"\n"
      "\n"
      "\"b2@https://bitbucket.org/o/r/get/00010203.zip\":\n"
      "  version \"1.0.0\"\n"
      "  resolved \"https://bitbucket.org/o/r/get/00010203.zip\"\n"
      "\n"
      "\"l1@gitlab:o/r\":\n"
      "  version \"1.0.0\"\n"
      "  resolved \"https://gitlab.com/o/r/repository/archive.tar.gz?ref=0001020304050607080900010203040506070809\"\n",
      NULL,
      "- g1@1.0.0 [K] quals=vcs_url=git%2Bssh:%2F%2Fgit%40h.example%2Fo%2Fr.git%400001020304050607080900010203040506070809 vcs=git+ssh://git@h.example/o/r.git#0001020304050607080900010203040506070809 line=4\n"
      "- g2@1.0.0 [K] quals=vcs_url=git%2Bhttps:%2F%2Fgithub.com%2Fo%2Fr.git%400001020304050607080900010203040506070809 dist=https://codeload.github.com/o/r/tar.gz/0001020304050607080900010203040506070809 vcs=git+https://github.com/o/r.git#0001020304050607080900010203040506070809 line=8\n"
      "- g3@1.0.0 [K] quals=vcs_url=git%2Bhttps:%2F%2Fh.example%2Fo%2Fr%400001020304050607080900010203040506070809 vcs=git+https://h.example/o/r#0001020304050607080900010203040506070809 line=12\n"
      "- t1@1.0.0 [K] dist=https://h.example/t.tgz line=16 hash=00010203\n"
      "- t2@1.0.0 [K] dist=https://h.example/download/t2/1.0.0/abc line=20 hash=00010203\n"
      "r d1@1.0.0 [SKL] line=24\n"
      "- d2@1.0.0 [KL] line=27 hash=00010203\n"
      "r d3@0.0.0 [SKL] line=31\n"
      "- b1@1.0.0 [K] quals=vcs_url=git%2Bhttps:%2F%2Fbitbucket.org%2Fo%2Fr.git%400001020304050607080900010203040506070809 dist=https://bitbucket.org/o/r/get/0001020304050607080900010203040506070809.tar.gz vcs=git+https://bitbucket.org/o/r.git#0001020304050607080900010203040506070809 line=34 hash=10010203\n"
      "- b2@1.0.0 [K] dist=https://bitbucket.org/o/r/get/00010203.zip line=38\n"
      "- l1@1.0.0 [K] quals=vcs_url=git%2Bhttps:%2F%2Fgitlab.com%2Fo%2Fr.git%400001020304050607080900010203040506070809 dist=https://gitlab.com/o/r/repository/archive.tar.gz?ref=0001020304050607080900010203040506070809 vcs=git+https://gitlab.com/o/r.git#0001020304050607080900010203040506070809 line=42\n" },
    { "classic: a name where a range is overridden, and where it is open",
      "# yarn lockfile v1\n"
      "\n"
      "\n"
      "a@1.0.0:\n"
      "  version \"1.0.0\"\n"
      "  dependencies:\n"
      "    b \"^9\"\n"
      "    c \"^9\"\n"
      "\n"
      "b@1.0.0:\n"
      "  version \"1.0.0\"\n"
      "\n"
      "c@1.0.0:\n"
      "  version \"1.0.0\"\n"
      "\n"
      "c@2.0.0:\n"
      "  version \"2.0.0\"\n",
      NULL,
      "- a@1.0.0 [KO] line=4 >1r\n"
      "- b@1.0.0 [K] line=10\n"
      "- c@1.0.0 [K] line=13\n"
      "- c@2.0.0 [K] line=16\n" },
    { "classic: scopes by the manifest",
      "# yarn lockfile v1\n"
      "\n"
      "\n"
      "a@^1:\n"
      "  version \"1.0.0\"\n"
      "  dependencies:\n"
      "    x \"1\"\n"
      "\n"
      "b@^1:\n"
      "  version \"1.0.0\"\n"
      "  dependencies:\n"
      "    x \"1\"\n"
      "    y \"1\"\n"
      "  optionalDependencies:\n"
      "    z \"1\"\n"
      "\n"
      "c@^1:\n"
      "  version \"1.0.0\"\n"
      "  dependencies:\n"
      "    y \"1\"\n"
      "    z \"1\"\n"
      "    w \"1\"\n"
      "\n"
      "w@1, x@1:\n"
      "  version \"1.0.0\"\n"
      "\n"
      "y@1:\n"
      "  version \"1.0.0\"\n"
      "\n"
      "z@1:\n"
      "  version \"1.0.0\"\n"
      "\n"
      "stray@1:\n"
      "  version \"1.0.0\"\n",
      "{\"name\":\"@o/app\",\"version\":\"2.0.0\",\"license\":\"MIT\",\"dependencies\":{\"a\":\"^1\",\"gone\":\"1\"},\"optionalDependencies\":{\"b\":\"^1\"},\"devDependencies\":{\"c\":\"^1\"}}",
      "r @o/app@2.0.0 [ASKO] licence=MIT >1r >2o >3d\n"
      "r a@1.0.0 [K] line=4 >4r\n"
      "o b@1.0.0 [K] line=9 >4r >5r >6o\n"
      "d c@1.0.0 [K] line=17 >4r >5r >6r\n"
      "r w@1.0.0 [K] line=24\n"
      "o y@1.0.0 [K] line=27\n"
      "o z@1.0.0 [K] line=30\n"
      "- stray@1.0.0 [K] line=33\n" },
    { "classic: with a workspace only what is runtime is sure",
      "# yarn lockfile v1\n"
      "\n"
      "\n"
      "a@^1:\n"
      "  version \"1.0.0\"\n"
      "\n"
      "b@^1:\n"
      "  version \"1.0.0\"\n",
      "{\"private\":true,\"workspaces\":[\"packages/*\"],\"dependencies\":{\"a\":\"^1\"},\"devDependencies\":{\"b\":\"^1\"}}",
      "r app [ASKN] >1r >2d\n"
      "r a@1.0.0 [K] line=4\n"
      "- b@1.0.0 [K] line=7\n" },
    { "classic: a manifest that is none",
      "# yarn lockfile v1\n"
      "\n"
      "\n"
      "a@^1:\n"
      "  version \"1.0.0\"\n",
      "{",
      "- a@1.0.0 [K] line=4\n"
      "! truncated 1 package.json\n" },
    { "classic: names in quotes, CRLF, byte order mark",
      "\357\273\277# yarn lockfile v1\r\n"
      "\r\n"
      "\"a\\u0062@1\":\r\n"
      "  \"version\" \"1.0.0\"\r\n",
      NULL, "- ab@1.0.0 [K] line=3\n" },
    { "berry: protocols",
      "__metadata:\n"
      "  version: 8\n"
      "  cacheKey: 10c0\n"
      "\n"
      "\"a@npm:1, a@npm:^1.0.0\":\n"
      "  version: 1.0.2\n"
      "  resolution: \"a@npm:1.0.2::__archiveUrl=https%3A%2F%2Fu%3Ap%40h.example%2Fa.tgz\"\n"
      "  dependencies:\n"
      "    b: \"npm:^2\"\n"
      "    \"@s/c\": ^3\n"
      "  peerDependencies:\n"
      "    p: \"*\"\n"
      "  dependenciesMeta:\n"
      "    \"@s/c\":\n"
      "      optional: true\n"
      "    b:\n"
      "      built: false\n"
      "  checksum: 10c0/0011\n"
      "  languageName: node\n"
      "  linkType: hard\n"
      "\n"
      "\"@s/c@npm:^3\":\n"
      "  version: 3.0.0\n"
      "  resolution: \"@s/c@npm:3.0.0\"\n"
      "\n"
      "\"al@npm:b@^2, b@npm:^2\":\n"
      "  version: 2.0.0\n"
      "  resolution: \"b@npm:2.0.0\"\n"
      "\n"
      "\"app@workspace:.\":\n"
      "  version: 0.0.0-use.local\n"
      "  resolution: \"app@workspace:.\"\n"
      "  dependencies:\n"
      "    a: \"npm:1\"\n"
      "    l: \"link:./l\"\n"
      "    m: \"workspace:*\"\n"
      "    p: \"patch:p@npm%3A1.0.0#~/.yarn/patches/p.patch\"\n"
      "  languageName: unknown\n"
      "  linkType: soft\n"
      "\n"
      "\"f@file:./f::locator=app%40workspace%3A.\":\n"
      "  version: 1.0.0\n"
      "  resolution: \"f@file:./f#./f::hash=00&locator=app%40workspace%3A.\"\n"
      "\n"
      "\"g@https://github.com/o/r.git#main\":\n"
      "  version: 1.0.0\n"
      "  resolution: \"g@https://github.com/o/r.git#commit=0001020304050607080900010203040506070809&workspace=g\"\n"
      "\n"
      "\"l@link:./l::locator=app%40workspace%3A.\":\n"
      "  version: 0.0.0-use.local\n"
      "  resolution: \"l@link:./l::locator=app%40workspace%3A.\"\n"
      "\n"
      "\"m@workspace:*, m@workspace:packages/m\":\n"
      "  version: 0.0.0-use.local\n"
      "  resolution: \"m@workspace:packages/m\"\n"
      "  dependencies:\n"
      "    al: \"npm:b@^2\"\n"
      "\n"
      "\"p@npm:1.0.0\":\n"
      "  version: 1.0.0\n"
      "  resolution: \"p@npm:1.0.0\"\n"
      "\n"
      "\"p@patch:p@npm%3A1.0.0#~/.yarn/patches/p.patch\":\n"
      "  version: 1.0.0\n"
      "  resolution: \"p@patch:p@npm%3A1.0.0#~/.yarn/patches/p.patch::version=1.0.0&hash=00\"\n"
      "\n"
      "\"t@https://h.example/t.tgz\":\n"
      "  version: 1.0.0\n"
      "  resolution: \"t@https://h.example/t.tgz\"\n"
      "\n"
      "\"u@file:./u.tgz::locator=app%40workspace%3A.\":\n"
      "  version: 1.0.0\n"
      "  resolution: \"u@file:./u.tgz#./u.tgz::hash=00&locator=app%40workspace%3A.\"\n",
      NULL,
      "- a@1.0.2 [K] dist=https://h.example/a.tgz line=5 yarn:checksum=10c0/0011 >1o >2r\n"
      "o @s/c@3.0.0 [K] line=22\n"
      "- b@2.0.0 [K] line=26 npm:alias=al\n"
      "r app [ASKN] line=30 >0- >6- >7- >9-\n"
      "r f@1.0.0 [SKL] line=41\n"
      "- g@1.0.0 [K] quals=vcs_url=git%2Bhttps:%2F%2Fgithub.com%2Fo%2Fr.git%400001020304050607080900010203040506070809 vcs=git+https://github.com/o/r.git#0001020304050607080900010203040506070809 line=45\n"
      "r l [SKLN] line=49\n"
      "r m [SKLN] line=53 >2-\n"
      "- p@1.0.0 [K] line=59\n"
      "- p@1.0.0 [K] line=63 npm:patched=~/.yarn/patches/p.patch\n"
      "- t@1.0.0 [K] dist=https://h.example/t.tgz line=67\n"
      "- u@1.0.0 [KL] line=71\n" },
    { "berry: scopes by the manifest; a member leaves them open",
      "__metadata:\n"
      "  version: 6\n"
      "\n"
      "\"app@workspace:.\":\n"
      "  version: 0.0.0-use.local\n"
      "  resolution: \"app@workspace:.\"\n"
      "  dependencies:\n"
      "    a: ^1\n"
      "    d: ^1\n"
      "    e: ^1\n"
      "\n"
      "\"m@workspace:m\":\n"
      "  version: 0.0.0-use.local\n"
      "  resolution: \"m@workspace:m\"\n"
      "  dependencies:\n"
      "    e: ^1\n"
      "\n"
      "\"a@npm:^1\":\n"
      "  version: 1.0.0\n"
      "  resolution: \"a@npm:1.0.0\"\n"
      "\n"
      "\"d@npm:^1\":\n"
      "  version: 1.0.0\n"
      "  resolution: \"d@npm:1.0.0\"\n"
      "\n"
      "\"e@npm:^1\":\n"
      "  version: 1.0.0\n"
      "  resolution: \"e@npm:1.0.0\"\n",
      "{\"name\":\"app\",\"version\":\"1.2.3\",\"license\":\"MIT\",\"workspaces\":[\"m\"],\"dependencies\":{\"a\":\"^1\"},\"devDependencies\":{\"d\":\"^1\",\"e\":\"^1\"}}",
      "r app@1.2.3 [ASK] licence=MIT line=4 >2r >3d >4d\n"
      "r m [SKLN] line=12 >4-\n"
      "r a@1.0.0 [K] line=18\n"
      "d d@1.0.0 [K] line=22\n"
      "- e@1.0.0 [K] line=26\n" },
    { "berry: a key of great length",
      "__metadata:\n"
      "  version: 4\n"
      "\n"
      "? \"a@npm:1, a@npm:^1\"\n"
      ":\n"
      "  version: 1.0.0\n"
      "  resolution: \"a@npm:1.0.0\"\n"
      "  dependencies:\n"
      "    a: ^1\n",
      NULL, "- a@1.0.0 [K] line=4\n" },
    { "berry: versions",
      "__metadata:\n"
      "  version: 99\n"
      "\n"
      "\"a@npm:1\":\n"
      "  version: 1.0.0\n"
      "  resolution: \"a@npm:1.0.0\"\n",
      NULL,
      "- a@1.0.0 [K] line=4\n"
      "! lock_version 2 99\n" },
    { "berry: a version that is none",
      "__metadata:\n"
      "  version: \"x\"\n",
      NULL, "! lock_version 2 x\n" },
    { "a merge that is not finished",
      "# yarn lockfile v1\n"
      "\n"
      "\n"
      "<<<<<<< HEAD\n"
      "a@1:\n"
      "  version \"1.0.0\"\n"
      "=======\n"
      "a@1:\n"
      "  version \"1.0.1\"\n"
      ">>>>>>> other\n"
      "b@1:\n"
      "  version \"1.0.0\"\n",
      NULL,
      "- a@1.0.0 [K] line=5\n"
      "- a@1.0.1 [K] line=8\n"
      "- b@1.0.0 [K] line=11\n"
      "! lock_line 4 <<<<<<< HEAD\n"
      "! lock_line 7 =======\n"
      "! duplicate 8 a@1\n"
      "! lock_line 10 >>>>>>> other\n" },
    { "lines that are none",
      "  version \"1\"\n"
      "a@1\n"
      "  version \"1.0.0\"\n"
      "b@1:\n"
      "   version \"1.0.0\"\n"
      "\tversion \"1.0.0\"\n"
      "  version\n"
      "  integrity \"open\n"
      "  resolved \"x\" y\n"
      "  dependencies:\n"
      "    c\n"
      "    d \"1\"\n"
      "        e \"1\"\n"
      "c@1, :\n"
      "  version \"1\"\n"
      "\"d@1\n",
      NULL,
      "- b [KON] line=4\n"
      "- c@1 [K] line=14\n"
      "! lock_line 1 version\n"
      "! lock_line 2 a@1\n"
      "! lock_line 5    version \"1.0.0\"\n"
      "! lock_line 6 \tversion \"1.0.0\"\n"
      "! lock_line 7 version\n"
      "! lock_line 8 integrity \"open\n"
      "! lock_line 9 resolved \"x\" y\n"
      "! lock_line 11 c\n"
      "! lock_line 13         e \"1\"\n"
      "! lock_line 14 :\n"
      "! lock_line 16 \"d@1\n" },
    { "names that are none",
      "# yarn lockfile v1\n"
      "\n"
      "\n"
      "a/b@1:\n"
      "  version \"1\"\n"
      "\n"
      "@s@1:\n"
      "  version \"1\"\n"
      "\n"
      "\"\":\n"
      "  version \"1\"\n"
      "\n"
      "@:\n"
      "  version \"1\"\n"
      "\n"
      "ok@1, a/b@2:\n"
      "  version \"1\"\n"
      "\n"
      "name-alone:\n"
      "  version \"1\"\n",
      NULL,
      "- ok@1 [K] line=16\n"
      "- name-alone@1 [K] line=19\n"
      "! bad_value 4 a/b@1\n"
      "! bad_value 7 @s@1\n"
      "! bad_value 10\n"
      "! bad_value 13 @\n"
      "! bad_value 16 a/b@2\n" },
    { "twice",
      "# yarn lockfile v1\n"
      "\n"
      "\n"
      "a@1:\n"
      "  version \"1.0.0\"\n"
      "\n"
      "a@1, a@2:\n"
      "  version \"2.0.0\"\n",
      NULL,
      "- a@1.0.0 [K] line=4\n"
      "- a@2.0.0 [K] line=7\n"
      "! duplicate 7 a@1\n" },
    { "no version",
      "# yarn lockfile v1\n"
      "\n"
      "\n"
      "a@1:\n"
      "  resolved \"https://h.example/a.tgz\"\n",
      NULL, "- a [KN] dist=https://h.example/a.tgz line=4\n" },
    { "comments alone",
      "# yarn lockfile v1\n"
      "\n"
      "\n",
      NULL, "" },
    { "nothing", "", NULL, "" },
    { "JSON", "{\"name\":\"x\"}", NULL, "! lock_line 1 {\"name\":\"x\"}\n" },
};

TEST(yarn_cases)
{
    for (size_t i = 0; i < HM_COUNT(CASE); i++) {
        const detect_view package = { .path = HM_STR("srv/app/yarn.lock"),
                                      .bytes = hm_str_c(CASE[i].package ? CASE[i].package : "") };
        CHECK_SAID(CASE[i].name, hm_str_c(CASE[i].want), .fn = detect_yarn_lock, .path = "srv/app/yarn.lock",
                   .bytes = hm_str_c(CASE[i].in), .companion = CASE[i].package ? &package : NULL);
    }
}

/* Counts by reading the files: entries, and their dependencies that have an entry. */
TEST(yarn_fixtures)
{
    static const struct {
        const char *file;
        size_t comps, edges;
    } FIXTURE[] = {
        { "commits.v1.lock", 18, 0 },
        { "commits.v2.lock", 7, 0 },
        { "empty.v1.lock", 0, 0 },
        { "empty.v2.lock", 0, 0 },
        { "exclude-root.v2.lock", 3, 3 },
        { "files.v1.lock", 6, 3 },
        { "files.v2.lock", 1, 0 },
        { "metadata-only.v2.lock", 0, 0 },
        { "multiple-constraints.v1.lock", 2, 0 },
        { "multiple-versions.v1.lock", 4, 0 },
        { "multiple-versions.v2.lock", 3, 0 },
        { "no-version.v1.lock", 1, 0 },
        { "one-package.v1.lock", 1, 0 },
        { "one-package.v2.lock", 1, 0 },
        { "scoped-packages.v1.lock", 2, 0 },
        { "scoped-packages.v2.lock", 3, 0 },
        { "two-packages.v1.lock", 2, 0 },
        { "two-packages.v2.lock", 2, 0 },
        { "with-aliases.v1.lock", 3, 0 },
        { "with-aliases.v2.lock", 4, 3 },
        { "with-build-string.v1.lock", 2, 0 },
        { "with-build-string.v2.lock", 3, 2 },
        { "with-prerelease.v1.lock", 5, 0 },
        { "with-prerelease.v2.lock", 3, 0 },
        { "with-quotes.v1.lock", 2, 0 },
        { "with-quotes.v2.lock", 2, 0 },
    };
    if (!test_shared())
        TEST_SKIP("no shared data");
    for (size_t i = 0; i < HM_COUNT(FIXTURE); i++) {
        char name[128];
        TEST_BUF in = { 0 };
        snprintf(name, sizeof name, "javascript/yarnlock/%s", FIXTURE[i].file);
        CHECK(name, fixture(name, &in));
        DETECT_TRIED d = { 0 };
        CHECK(name, detect_try_run(
                        &(detect_try){ .fn = detect_yarn_lock, .path = "p/yarn.lock", .bytes = hm_buf_view(&in) }, &d));
        CHECK_EQ(name, d.rc, HM_OK);
        CHECK_EQ(name, d.pack.comp_n, FIXTURE[i].comps);
        CHECK_EQ(name, d.pack.edge_n, FIXTURE[i].edges);
        CHECK_EQ(name, d.pack.gap_n, 0);
    }
}

/* Ten times the entries cost ten times the memory (twice that, where arrays just doubled). */
TEST(yarn_grows_with_its_bytes)
{
    size_t used[2] = { 0 };
    for (size_t round = 0; round < 2; round++) {
        size_t n = (test_fault() ? 20 : 2000) * (round ? (size_t)10 : 1);
        TEST_BUF in = { 0 };
        for (size_t i = 0; i < n; i++) {
            hm_buf_c(&in, "p");
            hm_buf_u64(&in, i);
            hm_buf_c(&in, "@1, p@");
            hm_buf_u64(&in, i);
            hm_buf_c(&in, ":\n  version \"1\"\n  dependencies:\n    p");
            hm_buf_u64(&in, (i * 7919) % n);
            hm_buf_c(&in, " 1\n    p x\n");
        }
        CHECK("text", !in.bad);
        DETECT_TRIED d = { 0 };
        CHECK("read", detect_try_run(
                          &(detect_try){ .fn = detect_yarn_lock, .path = "yarn.lock", .bytes = hm_buf_view(&in) }, &d));
        CHECK_EQ("all", d.pack.comp_n, n);
        used[round] = hm_arena_used(d.arena);
    }
    CHECK("linear", used[1] < used[0] * 20);
}
