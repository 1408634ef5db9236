/* rpm_manifest, cos: packages of images without a database. */
#include "detect/detect_test.h"

TEST(rpm_manifest_cases)
{
    static const struct {
        const char *name, *in, *want;
    } T[] = {
        { "all fields",
          "bash\t5.1.8-4.cm2\t1690000000\t1680000000\tMicrosoft Corporation\t(none)\t12\tx86_64\t0\tbash-5.1.8-4.cm2.src.rpm\n"
          "\nlibs\t1-1\t1\t1\t(none)\t2\t12\tnoarch\t2\tother-1-1.src.rpm\r\n"
          "zero\t1-1\t1\t1\tV\t0\t12\t(none)\t0\t(none)\nnine\t1-1\t1\t1\tV\t(none)\t12\tx86_64\t9\tnine-1-1.src.rpm",
          "r bash@5.1.8-4.cm2 [] quals=arch=x86_64 supplier=Microsoft Corporation line=1 +:bash\n"
          "r libs@1-1 [] quals=arch=noarch&epoch=2 source=other/1-1 line=3 +:libs\n"
          "r zero@1-1 [] quals=epoch=0 supplier=V line=4 +:zero\n"
          "r nine@1-1 [] quals=arch=x86_64&epoch=9 supplier=V line=5 +:nine\n" },
        { "a key is no package", "gpg-pubkey\ta-b\t1\t1\tV\t(none)\t0\t(none)\t0\t(none)\n", "" },
        { "lines of another form",
          "a\t1-1\nb\t1\t1\t1\tV\t0\t1\tx\t0\tb\na b\t1-1\t1\t1\tV\t0\t1\tx\t0\tb\nc\t1-1\t1\t1\tV\t0\t1\tx\t0\tb\n",
          "r c@1-1 [] quals=arch=x&epoch=0 supplier=V line=4 +:c\n! bad_value 1\n! bad_value 2\n! bad_value 3\n" },
        { "empty", "\n", "! empty\n" },
    };
    for (size_t i = 0; i < HM_COUNT(T); i++)
        CHECK_SAID(T[i].name, hm_str_c(T[i].want), .fn = detect_rpm_manifest,
                   .path = "var/lib/rpmmanifest/container-manifest-2", .bytes = hm_str_c(T[i].in));
}

TEST(rpm_content_sets)
{
    static const struct {
        const char *name, *in;
        size_t sets;
        hm_rc want;
    } T[] = {
        { "two", "{\"metadata\":{},\"content_sets\":[\"a-rpms\",\"b-rpms\",7,\"\"]}", 2, HM_OK },
        { "none", "{\"metadata\":{}}", 0, HM_OK },
        { "null", "{\"content_sets\":null}", 0, HM_OK },
        { "another type", "{\"content_sets\":\"a\"}", 0, HM_FORMAT },
        { "no JSON", "x", 0, HM_FORMAT },
    };
    for (size_t i = 0; i < HM_COUNT(T); i++) {
        DETECT_TRIED d = { 0 };
        CHECK(T[i].name,
              detect_try_run(&(detect_try){ .fn = detect_rpm_content_sets, .path = "x", .bytes = hm_str_c(T[i].in) },
                             &d));
        CHECK_EQ(T[i].name, d.rc, T[i].want);
        CHECK_EQ(T[i].name, d.pack.extra_n, T[i].sets);
        if (T[i].sets)
            CHECK_STR(T[i].name, part_text(&d.pack, d.pack.extra[1].raw), HM_STR("b-rpms"));
    }
}

TEST(cos_cases)
{
    CHECK_SAID("odd",
               HM_STR("r cos/a-b/c@1-r1 [] cos:version=7\nr cos/d@7 [] cos:version=7\nr cos/e [N]\n"
                      "! missing_field 4 name\n! wrong_type buildTimePackages\n"),
               .fn = detect_cos_packages, .path = "etc/cos-package-info.json",
               .bytes = HM_STR("{\"installedPackages\":[{\"category\":\"a-b\",\"name\":\"c\",\"version\":\"7\","
                               "\"ebuild_version\":\"1-r1\"},{\"name\":\"d\",\"version\":\"7\"},{\"name\":\"e\"},{}],"
                               "\"buildTimePackages\":7}"));
}

TEST(cos_fixtures)
{
    static const struct {
        const char *file, *want;
    } T[] = {
        { "empty.json", "" },
        { "invalid", "! json_syntax\n" },
        { "single.json", "r cos/dev-lang/python-exec@2.0.1-r1 [] cos:version=17162.336.16\n"
                         "b cos/app-admin/eselect@1.4.8 [] cos:version=17162.336.16\n" },
        { "multiple.json", "r cos/dev-lang/python-exec@2.0.1-r1 [] cos:version=17162.336.16\n"
                           "r cos/sys-libs/zlib@1.2.11-r5 [] cos:version=17162.336.17\n"
                           "r cos/sys-apps/baselayout@2.2-r2 [] cos:version=17162.336.18\n"
                           "r cos/sys-libs/ncurses@6.4_p20230424 [] cos:version=17162.336.19\n"
                           "b cos/app-admin/eselect@1.4.8 [] cos:version=17162.336.16\n"
                           "b cos/app-admin/perl-cleaner@2.20 [] cos:version=17162.336.16\n"
                           "b cos/app-arch/libarchive@3.5.2-r1 [] cos:version=17162.336.16\n"
                           "b cos/app-arch/unzip@6.0_p26 [] cos:version=17162.336.16\n" },
    };
    if (!test_shared())
        TEST_SKIP("no shared data");
    for (size_t i = 0; i < HM_COUNT(T); i++) {
        TEST_BUF in = { 0 };
        char name[64];
        snprintf(name, sizeof name, "cos/%s", T[i].file);
        CHECK(name, fixture(name, &in));
        CHECK_SAID(name, hm_str_c(T[i].want), .fn = detect_cos_packages, .path = "x", .bytes = hm_buf_view(&in));
    }
}
