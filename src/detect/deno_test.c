/* deno.lock of versions 1 to 5: packages, remote modules, edges, scopes, and what is not understood. */
#include "base/limits.h"
#include "detect/detect_test.h"

static const struct {
    const char *name, *in, *package, *want;
} CASE[] = {
    { "version 1",
      "{\"https://deno.land/std@0.100.0/path/mod.ts\":\"0001020304050607080900010203040506070809000102030405060708090001\",\"https://deno.land/std@0.100.0/fmt/colors.ts\":\"0001020304050607080900010203040506070809000102030405060708090001\",\"https://h.example/dir/mod.ts?x=1\":\"0001020304050607080900010203040506070809000102030405060708090001\"}",
      NULL,
      "- deno.land/std@0.100.0 [] dist=https://deno.land/std@0.100.0 deno:source=remote\n"
      "- h.example/dir/mod.ts [N] dist=https://h.example/dir/mod.ts?x=1 hash=00010203 deno:source=remote\n"
      "r app [ASKON]\n" },
    { "version 2",
      "{\"version\":\"2\",\"remote\":{},\"npm\":{\"specifiers\":{\"a@1\":\"a@1.0.0_b@2.0.0\"},\"packages\":{\n"
      "\"a@1.0.0_b@2.0.0\":{\"integrity\":\"sha1-AAECAwQFBgcICQoLDA0ODxAREhM=\",\"dependencies\":{\"b\":\"b@2.0.0\",\"gone\":\"gone@1.0.0\"}},\n"
      "\"b@2.0.0\":{\"integrity\":\"sha512-AA==\",\"dependencies\":{}}}}}",
      NULL,
      "- a@1.0.0 [KO] hash=00010203 >1r\n"
      "- b@2.0.0 [K]\n"
      "r app [ASKN]\n" },
    { "version 3",
      "{\"version\":\"3\",\"packages\":{\n"
      "\"specifiers\":{\"jsr:@s/a@^1\":\"jsr:@s/a@1.0.0\",\"npm:b@2\":\"npm:b@2.0.0\",\"npm:d@1\":\"npm:d@1.0.0\"},\n"
      "\"jsr\":{\"@s/a@1.0.0\":{\"integrity\":\"0001020304050607080900010203040506070809000102030405060708090001\",\"dependencies\":[\"jsr:@s/c@1.0.0\",\"npm:b@2\",\"jsr:@s/gone@1\"]},\"@s/c@1.0.0\":{\"integrity\":\"x\"}},\n"
      "\"npm\":{\"b@2.0.0\":{\"integrity\":\"sha512-AA==\",\"dependencies\":{\"al\":\"@s/c@3.0.0\"}},\"@s/c@3.0.0\":{\"dependencies\":{}},\"d@1.0.0\":{}}},\n"
      "\"remote\":{},\"workspace\":{\"dependencies\":[\"jsr:@s/a@^1\"],\"packageJson\":{\"dependencies\":[\"npm:d@1\"]},\n"
      "\"members\":{\"packages/m\":{\"dependencies\":[\"jsr:@s/c@1.0.0\"]}}}}",
      "{\"name\":\"@me/proj\",\"version\":\"0.1.0\",\"license\":\"MIT\",}",
      "r @s/a@1.0.0 [KO] hash=00010203 deno:source=jsr >1r >2r\n"
      "r @s/c@1.0.0 [K] deno:source=jsr\n"
      "r b@2.0.0 [K] >3r\n"
      "r @s/c@3.0.0 [K]\n"
      "- d@1.0.0 [K]\n"
      "r @me/proj@0.1.0 [ASK] licence=MIT >0r >4-\n"
      "r m [SKLN] >1r\n" },
    { "versions 4 and 5",
      "{\"version\":\"5\",\"specifiers\":{\"jsr:@s/a@^1\":\"1.0.0\",\"npm:b@2\":\"2.0.0_p@1.0.0\",\"npm:@t/x@*\":\"1.0.0\"},\n"
      "\"jsr\":{\"@s/a@1.0.0\":{\"integrity\":\"0001020304050607080900010203040506070809000102030405060708090001\",\"dependencies\":[\"npm:@t/x@*\"]}},\n"
      "\"npm\":{\"b@2.0.0_p@1.0.0\":{\"integrity\":\"sha512-AA==\",\"dependencies\":[\"c@1.0.0\",\"p\",\"al@npm:@t/x\"],\"optionalDependencies\":[\"o\",\"gone\"],\"optionalPeers\":[\"q@npm:q@1.0.0\"],\"scripts\":true,\"tarball\":\"https://h.example/b.tgz\"},\n"
      "\"b@2.0.0_p@2.0.0\":{\"dependencies\":[\"c@2.0.0\"]},\n"
      "\"c@1.0.0\":{\"deprecated\":true},\"c@2.0.0\":{},\"p@1.0.0\":{},\"p@2.0.0\":{},\"o@1.0.0\":{},\"q@1.0.0\":{},\"@t/x@1.0.0\":{}},\n"
      "\"redirects\":{},\"workspace\":{\"dependencies\":[\"npm:b@2\",\"jsr:@s/a@^1\"]}}",
      NULL,
      "r @s/a@1.0.0 [K] hash=00010203 deno:source=jsr >8r\n"
      "r b@2.0.0 [K] dist=https://h.example/b.tgz npm:hasInstallScript=true >2r >3r >4r >6o >7o >8r\n"
      "r c@1.0.0 [K] npm:deprecated=true\n"
      "r c@2.0.0 [K]\n"
      "r p@1.0.0 [K]\n"
      "- p@2.0.0 [K]\n"
      "o o@1.0.0 [K]\n"
      "o q@1.0.0 [K]\n"
      "r @t/x@1.0.0 [K]\n"
      "r app [ASKN] >0r >1r\n" },
    { "remote modules",
      "{\"version\":\"4\",\"remote\":{\n"
      "\"https://deno.land/std@0.224.0/path/mod.ts\":\"0001020304050607080900010203040506070809000102030405060708090001\",\"https://deno.land/x/oak@v12.6.1/mod.ts\":\"0001020304050607080900010203040506070809000102030405060708090001\",\"https://deno.land/x/oak@v12.6.1/b.ts\":\"0001020304050607080900010203040506070809000102030405060708090001\",\n"
      "\"https://esm.sh/canvas-confetti@1.6.0\":\"0001020304050607080900010203040506070809000102030405060708090001\",\"https://esm.sh/v135/@s/n@1.2.3/es2022/n.mjs\":\"0001020304050607080900010203040506070809000102030405060708090001\",\"https://esm.sh/react@^18?target=es2022\":\"0001020304050607080900010203040506070809000102030405060708090001\",\n"
      "\"https://cdn.jsdelivr.net/npm/lodash@4.17.21/x.js\":\"0001020304050607080900010203040506070809000102030405060708090001\",\"https://cdn.jsdelivr.net/gh/o/r@1.0.0/x.js\":\"0001020304050607080900010203040506070809000102030405060708090001\",\"https://unpkg.com/lodash-es@4.17.21/lodash.js\":\"0001020304050607080900010203040506070809000102030405060708090001\",\n"
      "\"https://u:p@h.example/@s/n@2.0.0/m.ts\":\"0001020304050607080900010203040506070809000102030405060708090001\",\"https://h.example/m.ts\":\"0001020304050607080900010203040506070809000102030405060708090001\",\"https://h.example/d/\":\"0001020304050607080900010203040506070809000102030405060708090001\",\"https://h.example/@x\":\"0001020304050607080900010203040506070809000102030405060708090001\",\"https://h.example/@@1/y\":\"0001020304050607080900010203040506070809000102030405060708090001\",\"https://h.example/a@/b\":\"0001020304050607080900010203040506070809000102030405060708090001\",\"file\":\"\",\"https://\":\"\",\"x\":7}}",
      NULL,
      "- deno.land/std@0.224.0 [] dist=https://deno.land/std@0.224.0 deno:source=remote\n"
      "- deno.land/x/oak@v12.6.1 [] dist=https://deno.land/x/oak@v12.6.1 deno:source=remote\n"
      "- canvas-confetti@1.6.0 [] dist=https://esm.sh/canvas-confetti@1.6.0 deno:source=remote\n"
      "- @s/n@1.2.3 [] dist=https://esm.sh/v135/@s/n@1.2.3 deno:source=remote\n"
      "- react [N] dist=https://esm.sh/react@^18 deno:source=remote declared-range=^18\n"
      "- lodash@4.17.21 [] dist=https://cdn.jsdelivr.net/npm/lodash@4.17.21 deno:source=remote\n"
      "- cdn.jsdelivr.net/gh/o/r@1.0.0 [] dist=https://cdn.jsdelivr.net/gh/o/r@1.0.0 deno:source=remote\n"
      "- lodash-es@4.17.21 [] dist=https://unpkg.com/lodash-es@4.17.21 deno:source=remote\n"
      "- h.example/@s/n@2.0.0 [] dist=https://h.example/@s/n@2.0.0 deno:source=remote\n"
      "- h.example/m.ts [N] dist=https://h.example/m.ts hash=00010203 deno:source=remote\n"
      "- h.example/d/h.example [N] dist=https://h.example/d/ hash=00010203 deno:source=remote\n"
      "- h.example/@x [N] dist=https://h.example/@x hash=00010203 deno:source=remote\n"
      "- h.example/@@1/y [N] dist=https://h.example/@@1/y hash=00010203 deno:source=remote\n"
      "- h.example/a@/b [N] dist=https://h.example/a@/b hash=00010203 deno:source=remote\n"
      "r app [ASKON]\n"
      "! bad_value file\n"
      "! bad_value https://\n"
      "! wrong_type x\n" },
    { "wrong types",
      "{\"version\":\"4\",\"specifiers\":[],\"npm\":{\"a@1.0.0\":7,\"b@1.0.0\":{\"dependencies\":[7,\"\"]}},\"jsr\":[],\"remote\":7,\"workspace\":[]}",
      NULL,
      "- b@1.0.0 [K]\n"
      "r app [ASKN]\n"
      "! wrong_type jsr\n"
      "! wrong_type a@1.0.0\n"
      "! wrong_type remote\n"
      "! wrong_type dependencies\n"
      "! wrong_type dependencies\n" },
    { "names that are none",
      "{\"version\":\"4\",\"npm\":{\"\":{},\"a\":{},\"@s@1.0.0\":{},\"a@\":{},\"@\":{}},\"jsr\":{\"x\":{}}}", NULL,
      "r app [ASKN]\n"
      "! bad_value x\n"
      "! bad_value\n"
      "! bad_value a\n"
      "! bad_value @s@1.0.0\n"
      "! bad_value a@\n"
      "! bad_value @\n" },
    { "an unknown version", "{\"version\":\"9\",\"npm\":{\"a@1.0.0\":{}}}", NULL,
      "- a@1.0.0 [K]\n"
      "r app [ASKN]\n"
      "! lock_version 9\n" },
    { "a version that is none", "{\"version\":4,\"npm\":{\"a@1.0.0\":{}}}", NULL,
      "- a@1.0.0 [K]\n"
      "r app [ASKN]\n"
      "! lock_version\n" },
    { "not an object", "[]", NULL, "! wrong_type\n" },
    { "not JSON", "{", NULL, "! truncated 1\n" },
    { "a manifest that is none", "{\"version\":\"4\"}", "{\"name\":}",
      "r app [ASKN]\n"
      "! json_syntax 8 deno.json\n" },
};

TEST(deno_cases)
{
    for (size_t i = 0; i < HM_COUNT(CASE); i++) {
        const detect_view package = { .path = HM_STR("srv/app/deno.lock"),
                                      .bytes = hm_str_c(CASE[i].package ? CASE[i].package : "") };
        CHECK_SAID(CASE[i].name, hm_str_c(CASE[i].want), .fn = detect_deno_lock, .path = "srv/app/deno.lock",
                   .bytes = hm_str_c(CASE[i].in), .companion = CASE[i].package ? &package : NULL);
    }
}

/* Fixtures of kinds that no row claims, and why. */
TEST(javascript_files_left_out)
{
    static const struct {
        const char *folder, *name, *why;
    } LEFT[] = {
        { "denojson", "deno.json", "wishes (ranges): deno.lock says what became of them; it is read beside that lock" },
        { "denotssource", "importSpecifiers.ts", "sources: what they import is in deno.lock or in an installed tree" },
        { "packagejson", "package.json", "wishes (ranges): the locks say what became of them; it is read beside them" },
    };
    for (size_t i = 0; i < HM_COUNT(LEFT); i++)
        for (size_t k = 0; k < detect_count(); k++)
            for (const char *const *p = detect_get(k)->patterns; *p; p++)
                CHECK(LEFT[i].why, !hm_glob(hm_str_c(*p), hm_str_c(LEFT[i].name)));
}
