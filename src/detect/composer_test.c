/* Composer: locks, what is installed, the project's manifest. */
#include "base/limits.h"
#include "detect/detect_test.h"

static const struct {
    const char *name, *in, *want;
} LOCK[] = {
    { "all fields",
      "{\"packages\":[{\"name\":\"a/b\",\"version\":\"v1.2.3\","
      "\"source\":{\"type\":\"git\",\"url\":\"https://t@h.example/a/b.git\",\"reference\":\"abc\"},"
      "\"dist\":{\"type\":\"zip\",\"url\":\"https://u:p@h.example/b.zip\",\"shasum\":\"000102030405060708090a0b0c0d0e0f10111213\"},"
      "\"require\":{\"php\":\">=8\",\"ext-json\":\"*\",\"composer-plugin-api\":\"2\",\"C/d\":\"^1\",\"c/gone\":\"1\"},"
      "\"type\":\"composer-plugin\",\"license\":[\"MIT\",\"GPL-2.0-only\"],\"homepage\":\"https://h.example/\","
      "\"authors\":[{\"name\":\"A B\",\"email\":\"a@b\"},{\"name\":\"C\"},{\"email\":\"d@e\"},{},7],\"abandoned\":true}],"
      "\"packages-dev\":[{\"name\":\"c/D\",\"version\":\"2.0.0\",\"type\":\"library\",\"license\":\"proprietary\",\"abandoned\":\"x/y\"}]}",
      "r a/b@1.2.3 [KO] literal=v1.2.3 author=A B <a@b>, C, <d@e> licence=MIT OR GPL-2.0-only dist=https://h.example/b.zip "
      "vcs=git+https://h.example/a/b.git#abc home=https://h.example/ hash=00010203 composer:type=composer-plugin "
      "composer:abandoned=true >1r +srv/app:a/b\n"
      "d c/D@2.0.0 [K] raw=proprietary composer:abandoned=x/y +srv/app:c/d\n" },
    { "branches are told apart by their commit",
      "{\"packages\":[{\"name\":\"a/b\",\"version\":\"dev-main\",\"source\":{\"type\":\"git\",\"url\":\"https://h.example/a.git\",\"reference\":\"abc\"}},"
      "{\"name\":\"a/c\",\"version\":\"2.x-dev\"},{\"name\":\"a/d\",\"version\":\"1.0.0-dev1\"}],"
      "\"aliases\":[{\"package\":\"a/b\",\"version\":\"dev-main\",\"alias\":\"1.5.0\"},{\"package\":\"no/ne\",\"alias\":\"1\"}]}",
      "r a/b@dev-main [K] quals=vcs_url=git%2Bhttps:%2F%2Fh.example%2Fa.git%40abc vcs=git+https://h.example/a.git#abc "
      "composer:branch=true composer:alias=1.5.0 +srv/app:a/b\n"
      "r a/c@2.x-dev [K] composer:branch=true +srv/app:a/c\n"
      "r a/d@1.0.0-dev1 [K] +srv/app:a/d\n" },
    { "from a path",
      "{\"packages\":[{\"name\":\"a/b\",\"version\":\"1\",\"dist\":{\"type\":\"path\",\"url\":\"../b\",\"reference\":\"abc\"}},"
      "{\"name\":\"a/c\",\"version\":\"1\",\"source\":{\"type\":\"path\",\"url\":\"../c\"}}]}",
      "r a/b@1 [KL] +srv/app:a/b\n"
      "r a/c@1 [KL] +srv/app:a/c\n" },
    { "what provides and replaces others: the package itself first",
      "{\"packages\":[{\"name\":\"a/x\",\"version\":\"1\",\"require\":{\"v/log\":\"*\",\"r/one\":\"*\",\"a/z\":\"*\"}},"
      "{\"name\":\"a/y\",\"version\":\"1\",\"provide\":{\"v/log\":\"1\",\"a/z\":\"1\",\"php\":\"8\"},\"replace\":{\"R/one\":\"self.version\",\"a/y\":\"1\"}},"
      "{\"name\":\"a/w\",\"version\":\"1\",\"provide\":{\"v/log\":\"1\"}},{\"name\":\"a/z\",\"version\":\"1\"},{\"name\":\"a/q\",\"version\":\"1\",\"require\":{\"a/z\":\"*\"}}]}",
      "r a/x@1 [K] >1r >2r >3r +srv/app:a/x\n"
      "r a/y@1 [K] +srv/app:a/y +srv/app:r/one +srv/app:v/log +srv/app:a/z\n"
      "r a/w@1 [K] +srv/app:a/w +srv/app:v/log\n"
      "r a/z@1 [K] +srv/app:a/z\n"
      "r a/q@1 [K] >3r +srv/app:a/q\n" },
    { "a name two times",
      "{\"packages\":[{\"name\":\"a/b\",\"version\":\"1\"},{\"name\":\"A/B\",\"version\":\"2\"}],\"packages-dev\":[]}",
      "r a/b@1 [K] +srv/app:a/b\n"
      "r A/B@2 [K] +srv/app:a/b\n"
      "! duplicate A/B\n" },
    { "wrong types cost one entry each",
      "{\"packages\":[7,{\"version\":\"1\"},{\"name\":\"a\"},{\"name\":\"a/b/c\"},{\"name\":\"/b\"},{\"name\":\"a/\"},"
      "{\"name\":\"a/b\",\"version\":1},{\"name\":\"a/c\",\"version\":\"1\",\"require\":[],\"license\":[],\"authors\":\"x\"},"
      "{\"name\":\"a/d\",\"version\":\"\",\"require\":[\"a/c\"]}],\"packages-dev\":{}}",
      "r a/b [KN] +srv/app:a/b\n"
      "r a/c@1 [K] +srv/app:a/c\n"
      "r a/d [KN] +srv/app:a/d\n"
      "! wrong_type packages\n"
      "! missing_field name\n"
      "! bad_value a\n"
      "! bad_value a/b/c\n"
      "! bad_value /b\n"
      "! bad_value a/\n"
      "! wrong_type a/b\n"
      "! wrong_type packages-dev\n"
      "! wrong_type a/d\n" },
    { "no lists", "{\"content-hash\":\"x\"}", "! missing_field packages\n" },
    { "not an object", "null", "! wrong_type\n" },
    { "not JSON", "this", "! json_syntax\n" },
    { "cut", "{\"packages\":[", "! truncated 13\n" },
};

TEST(composer_lock_cases)
{
    for (size_t i = 0; i < HM_COUNT(LOCK); i++) {
        TEST_BUF out = { 0 };
        CHECK(LOCK[i].name, detect_said(&(detect_try){ .fn = detect_composer_lock,
                                                       .path = "srv/app/composer.lock",
                                                       .bytes = hm_str_c(LOCK[i].in) },
                                        &out, NULL));
        CHECK_STR(LOCK[i].name, hm_buf_view(&out), hm_str_c(LOCK[i].want));
    }
}

static const struct {
    const char *name, *path, *in, *want;
} OTHER[] = {
    { "Composer 2", "srv/app/vendor/composer/installed.json",
      "{\"packages\":[{\"name\":\"a/b\",\"version\":\"1.0.0\",\"version_normalized\":\"1.0.0.0\",\"require\":{\"x/y\":\"*\"}},"
      "{\"name\":\"x/Y\",\"version\":\"2.0.0\"}],\"dev\":true,\"dev-package-names\":[\"x/y\"]}",
      "r a/b@1.0.0 [K] >1r +srv/app:a/b\n"
      "d x/Y@2.0.0 [K] +srv/app:x/y\n" },
    { "Composer 2 without names", "vendor/composer/installed.json",
      "{\"packages\":[{\"name\":\"a/b\",\"version\":\"1.0.0\"}]}", "- a/b@1.0.0 [K] +:a/b\n" },
    { "Composer 1", "vendor/composer/installed.json", "[{\"name\":\"a/b\",\"version\":\"1.0.0\"}]",
      "- a/b@1.0.0 [K] +:a/b\n" },
    { "neither", "vendor/composer/installed.json", "{\"versions\":{}}", "! wrong_type\n" },
};

TEST(composer_installed)
{
    for (size_t i = 0; i < HM_COUNT(OTHER); i++)
        CHECK_SAID(OTHER[i].name, hm_str_c(OTHER[i].want), .fn = detect_composer_installed, .path = OTHER[i].path,
                   .bytes = hm_str_c(OTHER[i].in));
}

#define VIEW(p, text)                                                                                                  \
    {                                                                                                                  \
        .path = HM_STR(p), .bytes = HM_STR(text)                                                                       \
    }
#define APP                                                                                                            \
    "{\"name\":\"me/app\",\"version\":\"v1.0.0\",\"license\":\"MIT\",\"authors\":[{\"name\":\"A\"}],"                  \
    "\"require\":{\"php\":\"^8.1\",\"A/b\":\"^1.0\"},\"require-dev\":{\"c/d\":\"v1.2.3\",\"c/e\":\"=2.0\"}}"
#define ME "r me/app@1.0.0 [ASK] literal=v1.0.0 author=A licence=MIT composer:platform=php ^8.1 "

TEST(composer_manifests)
{
    static const struct {
        const char *name;
        detect_view file[3];
        size_t n;
        const char *want;
    } CASE[] = {
        { "beside a lock",
          { VIEW("srv/composer.json", APP), VIEW("srv/composer.lock", "") },
          2,
          ME "?r:srv:a/b ?d:srv:c/d ?d:srv:c/e\n" },
        { "installed",
          { VIEW("composer.json", APP), VIEW("vendor/a/b/composer.json", "{") },
          2,
          ME "?r:a/b ?d:c/d ?d:c/e\n" },
        { "installed in a folder of another name",
          { VIEW("composer.json", APP), VIEW("lib/a/b/composer.json", "{"),
            VIEW("lib/composer/autoload_real.php", "") },
          3,
          ME "?r:a/b ?d:c/d ?d:c/e\n" },
        { "in the folder of installed packages",
          { VIEW("a/b/composer.json", "{"), VIEW("composer/autoload_real.php", "") },
          2,
          "" },
        { "neither: as declared",
          { VIEW("srv/composer.json", APP), VIEW("other/composer.lock", "") },
          1,
          ME ">1r >2d >3d\n"
             "r A/b [N] declared-range=^1.0\n"
             "d c/d@1.2.3 [] literal=v1.2.3\n"
             "d c/e@2.0 []\n" },
        { "a project without a name goes by its folder",
          { VIEW("srv/app/composer.json", "{\"require\":{\"a/b\":\"*\",\"a/b/c\":\"1\",\"a/d\":7}}") },
          1,
          "r app [ASKN] >1r >2r\n"
          "r a/b [N] declared-range=*\n"
          "r a/d [N]\n"
          "! bad_value a/b/c\n" },
        { "nor a folder",
          { VIEW("composer.json", "{\"require-dev\":[1]}") },
          1,
          "r composer.json [ASKN]\n! wrong_type require-dev\n" },
        { "a name that is none",
          { VIEW("composer.json", "{\"name\":\"app\",\"version\":7,\"require\":[]}") },
          1,
          "r app [ASKN]\n! bad_value name\n! wrong_type version\n" },
        { "settings alone", { VIEW("composer.json", "{\"config\":{}}") }, 1, "" },
        { "a bad file costs itself alone",
          { VIEW("a/composer.json", "[]"), VIEW("b/composer.json", "{"),
            VIEW("c/composer.json", "{\"name\":\"me/c\"}") },
          3,
          "r me/c [ASKN] in=c/composer.json\n! wrong_type\n! truncated 1 in=b/composer.json\n" },
        { "of others", { VIEW("vendor/x/y/composer.json", "{"), VIEW("node_modules/z/composer.json", "{") }, 2, "" },
        { "not installed yet", { VIEW("srv/vendor/composer.json", "{") }, 1, "! truncated 1\n" },
    };
    for (size_t i = 0; i < HM_COUNT(CASE); i++)
        CHECK_SAID(CASE[i].name, hm_str_c(CASE[i].want), .fn = detect_composer_json, .files = CASE[i].file,
                   .file_n = CASE[i].n);
}

/* What lies inside an installed package is its author's, and not read at all. */
TEST(composer_of_others)
{
    static const struct {
        detect_fn *fn;
        const char *path;
        bool read;
    } CASE[] = {
        { detect_composer_lock, "a/vendor/x/y/composer.lock", false },
        { detect_composer_lock, "vendor/x/y/tests/composer.lock", false },
        { detect_composer_lock, "vendor/composer.lock", true },
    };
    for (size_t i = 0; i < HM_COUNT(CASE); i++) {
        TEST_BUF out = { 0 };
        CHECK(CASE[i].path,
              detect_said(&(detect_try){ .fn = CASE[i].fn, .path = CASE[i].path, .bytes = HM_STR("{") }, &out, NULL));
        CHECK_STR(CASE[i].path, hm_buf_view(&out), hm_str_c(CASE[i].read ? "! truncated 1\n" : ""));
    }
}

/* Many packages that provide one name, and one that asks for it. */
TEST(composer_providers_are_bounded)
{
    for (size_t n = LIMIT_PROVIDERS; n <= LIMIT_PROVIDERS + 1; n++) {
        TEST_BUF in = { 0 };
        TEST_BUF out = { 0 };
        hm_buf_c(&in, "{\"packages\":[{\"name\":\"a/x\",\"version\":\"1\",\"require\":{\"v/v\":\"*\"}}");
        for (size_t i = 0; i < n; i++) {
            hm_buf_c(&in, ",{\"name\":\"p/p");
            hm_buf_u64(&in, i);
            hm_buf_c(&in, "\",\"version\":\"1\",\"provide\":{\"v/v\":\"1\"}}");
        }
        hm_buf_c(&in, "]}");
        CHECK("text", !in.bad);
        CHECK(
            "read",
            detect_said(&(detect_try){ .fn = detect_composer_lock, .path = "composer.lock", .bytes = hm_buf_view(&in) },
                        &out, NULL));
        CHECK("open", hm_str_starts(hm_buf_view(&out), n > LIMIT_PROVIDERS ? HM_STR("r a/x@1 [KO] >1r >")
                                                                           : HM_STR("r a/x@1 [K] >1r >2r ")));
    }
}

TEST(composer_fixtures)
{
    static const struct {
        const char *file;
        const char *want; /* begins with */
        size_t lines;     /* components and gaps */
    } CASE[] = {
        { "one-package.json",
          "r sentry/sdk@2.0.4 [KO] author=Sentry <accounts@sentry.io> licence=MIT "
          "dist=https://api.github.com/repos/getsentry/sentry-php-sdk/zipball/4c115873c86ad5bd0ac6d962db70ca53bf8fb874 "
          "vcs=git+https://github.com/getsentry/sentry-php-sdk.git#4c115873c86ad5bd0ac6d962db70ca53bf8fb874 "
          "composer:type=metapackage +proj:sentry/sdk\n",
          1 },
        { "one-package-dev.json", "d sentry/sdk@2.0.4 [KO] ", 1 },
        { "two-packages.json", "r sentry/sdk@2.0.4 [KO] ", 2 },
        { "two-packages-alt.json", "r sentry/sdk@2.0.4 [KO] ", 2 },
        { "duplicate-packages.json",
          "r sentry/sdk@2.0.4 [K] +proj:sentry/sdk\n"
          "r sentry/sdk@2.0.5 [K] +proj:sentry/sdk\n"
          "d sentry/sdk@3.0.0-dev [K] composer:branch=true +proj:sentry/sdk\n"
          "! duplicate sentry/sdk\n"
          "! duplicate sentry/sdk\n",
          5 },
        { "empty.json", "", 0 },
        { "drupal-packages.json", "r drupal/core@10.4.5 [KO] ", 4 },
        { "not-json.txt", "! json_syntax\n", 1 },
        { "null.jsontest", "! wrong_type\n", 1 },
    };
    if (!test_shared())
        TEST_SKIP("no shared data");
    for (size_t i = 0; i < HM_COUNT(CASE); i++) {
        char name[128];
        TEST_BUF in = { 0 };
        TEST_BUF out = { 0 };
        snprintf(name, sizeof name, "php/composerlock/%s", CASE[i].file);
        CHECK(name, fixture(name, &in));
        CHECK(name,
              detect_said(
                  &(detect_try){ .fn = detect_composer_lock, .path = "proj/composer.lock", .bytes = hm_buf_view(&in) },
                  &out, NULL));
        hm_str text = hm_buf_view(&out), line;
        CHECK_STR(name, hm_str_sub(text, 0, strlen(CASE[i].want)), hm_str_c(CASE[i].want));
        size_t lines = 0;
        while (hm_str_line(&text, &line))
            lines++;
        CHECK_EQ(name, lines, CASE[i].lines);
    }
}
