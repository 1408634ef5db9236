/* identity - keys, ids and purls of components. */
#include "base/test.h"
#include "part/part.h"

TEST(identity_of_components)
{
    static const struct {
        part_desc d;
        const char *purl, *key, *id;
    } T[] = {
        { { .eco = PART_ECO_DEB,
            .name = HM_STR("libssl3"),
            .version = HM_STR("1:3.0.1-1+b1"),
            .distro = HM_STR("debian-12"),
            .quals = HM_STR("arch=amd64"),
            .source_name = HM_STR("openssl"),
            .source_version = HM_STR("1:3.0.1-1") },
          "pkg:deb/debian/libssl3@1:3.0.1-1%2Bb1?arch=amd64&distro=debian-12&upstream=openssl%401:3.0.1-1",
          "pkg:deb/debian/libssl3?distro=debian-12",
          "pkg:deb/debian/libssl3@1:3.0.1-1%2Bb1?arch=amd64&distro=debian-12" },
        { { .eco = PART_ECO_DEB,
            .name = HM_STR("x"),
            .version = HM_STR("1"),
            .source_name = HM_STR("x"),
            .source_version = HM_STR("1") },
          "pkg:deb/unknown/x@1",
          "pkg:deb/unknown/x",
          "pkg:deb/unknown/x@1" },
        { { .eco = PART_ECO_NPM, .ns = HM_STR("@babel"), .name = HM_STR("core"), .version = HM_STR("7.0.0") },
          "pkg:npm/%40babel/core@7.0.0",
          "pkg:npm/%40babel/core",
          "pkg:npm/%40babel/core@7.0.0" },
        { { .eco = PART_ECO_PYPI, .name = HM_STR("Foo_Bar"), .version = HM_STR("1.0") },
          "pkg:pypi/foo-bar@1.0",
          "pkg:pypi/foo-bar",
          "pkg:pypi/foo-bar@1.0" },
        { { .eco = PART_ECO_NPM,
            .flags = PART_F_SUBJECT,
            .name = HM_STR("app"),
            .version = HM_STR("1.0.0"),
            .env = HM_STR("srv/app") },
          NULL,
          "project:srv/app#app",
          "project:srv/app#app@1.0.0" },
        { { .eco = PART_ECO_NONE, .name = HM_STR("thing"), .version = HM_STR("1") },
          "pkg:generic/thing@1",
          "pkg:generic/thing",
          "pkg:generic/thing@1" },
    };
    for (size_t i = 0; i < HM_COUNT(T); i++) {
        HM_AUTO(part_build_freep) part_build *b = part_build_new(1 << 16);
        HM_AUTO(hm_arena_freep) hm_arena *a = hm_arena_new(1 << 16);
        CHECK("new", a && b);
        part_add(b, &T[i].d);
        hm_str block;
        part_pack p;
        hm_err e = { 0 };
        CHECK_EQ("finish", part_build_finish(b, &block, &e), HM_OK);
        CHECK_EQ("open", part_pack_open(block, &p, &e), HM_OK);
        TEST_BUF purl = { 0 }, key = { 0 }, id = { 0 };
        bool ok = part_comp_purl(a, &p, p.comp, true, &purl);
        part_key(a, &p, p.comp, &key);
        part_id(a, &p, p.comp, &id);
        CHECK_EQ("purl", ok, T[i].purl != NULL);
        CHECK_STR("purl", hm_buf_view(&purl), hm_str_c(T[i].purl));
        CHECK_STR("key", hm_buf_view(&key), hm_str_c(T[i].key));
        CHECK_STR("id", hm_buf_view(&id), hm_str_c(T[i].id));
    }
}

TEST(identity_without_purl_is_a_digest)
{
    HM_AUTO(part_build_freep) part_build *b = part_build_new(1 << 16);
    HM_AUTO(hm_arena_freep) hm_arena *a = hm_arena_new(1 << 16);
    CHECK("new", a && b);
    part_add(b, &(part_desc){ .kind = PART_OS, .name = HM_STR("debian"), .version = HM_STR("12") });
    part_add(b, &(part_desc){ .kind = PART_OS, .name = HM_STR("debian1"), .version = HM_STR("2") });
    hm_str block;
    part_pack p;
    hm_err e = { 0 };
    CHECK_EQ("finish", part_build_finish(b, &block, &e), HM_OK);
    CHECK_EQ("open", part_pack_open(block, &p, &e), HM_OK);
    TEST_BUF x = { 0 }, y = { 0 };
    part_id(a, &p, &p.comp[0], &x);
    part_id(a, &p, &p.comp[1], &y);
    CHECK_EQ("length", x.n, 5 + 32);
    CHECK("distinct", !hm_str_eq(hm_buf_view(&x), hm_buf_view(&y)));
}
