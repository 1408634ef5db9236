/* ecosystem - the map of ecosystems and distributions. */
#include "base/test.h"
#include "codec/codec.h"
#include "part/part.h"

TEST(ecosystem_map)
{
    for (unsigned i = PART_ECO_NONE + 1; i < PART_ECO_COUNT; i++) {
        const part_eco_row *r = part_eco_get((part_eco)i);
        CHECK("type", r->purl_type);
        CHECK_EQ(r->purl_type, part_eco_of_purl_type(hm_str_c(r->purl_type)), i);
        CHECK(r->purl_type, (unsigned)r->order < VERSION_ORDER_COUNT);
    }
    CHECK_EQ("types of the standard, and opkg", PART_ECO_COUNT - 1, 43);
    CHECK_EQ("unknown", part_eco_of_purl_type(HM_STR("NPM")), PART_ECO_NONE);
    CHECK_EQ("unknown", part_eco_of_purl_type(HM_NONE), PART_ECO_NONE);
    CHECK("none", !part_eco_get(PART_ECO_NONE)->purl_type && !part_eco_get(PART_ECO_NONE)->osv);
    CHECK("range", part_eco_get((part_eco)PART_ECO_COUNT) == part_eco_get(PART_ECO_NONE));
    CHECK_STR("osv", hm_str_c(part_eco_get(PART_ECO_CARGO)->osv), HM_STR("crates.io"));
    CHECK_EQ("order", part_eco_get(PART_ECO_DEB)->order, VERSION_DEB);
}

/* Every name we write is one that the OSV schema lists. */
TEST(ecosystem_names_are_in_the_schema)
{
    const char *shared = test_shared();
    if (!shared)
        TEST_SKIP("no shared data");
    TEST_BUF path = { 0 }, text = { 0 };
    hm_buf_c(&path, shared);
    hm_buf_add(&path, "/osv-schema/validation/schema.json", sizeof "/osv-schema/validation/schema.json");
    CHECK("memory", !path.bad);
    CHECK(path.p, test_read(path.p, &text));
    HM_AUTO(hm_arena_freep) hm_arena *a = hm_arena_new(16 << 20);
    CHECK("memory", a);
    const codec_json *root = NULL, *v;
    hm_err e;
    CHECK_EQ(path.p, codec_json_read(a, hm_buf_view(&text), &root, &e), HM_OK);
    const codec_json *names = codec_json_get(codec_json_get(codec_json_get(root, "$defs"), "ecosystemName"), "enum");
    CHECK("enum", codec_json_count(names) > 40);
    static const char *const DISTRO[] = { "almalinux", "alpaquita", "alpine",    "azurelinux",   "chainguard", "debian",
                                          "mageia",    "minimos",   "photon",    "rhel",         "rocky",      "sles",
                                          "ubuntu",    "wolfi",     "openeuler", "opensuse-leap" };
    size_t found = 0, want = HM_COUNT(DISTRO);
    hm_str key;
    for (unsigned i = PART_ECO_NONE + 1; i < PART_ECO_COUNT; i++)
        want += part_eco_get((part_eco)i)->osv != NULL;
    for (codec_json_iter it = codec_json_each(names); codec_json_next(&it, &key, &v);) {
        for (unsigned i = PART_ECO_NONE + 1; i < PART_ECO_COUNT; i++)
            found += hm_str_eq(codec_json_str(v), hm_str_c(part_eco_get((part_eco)i)->osv));
        for (size_t i = 0; i < HM_COUNT(DISTRO); i++) {
            TEST_BUF out = { 0 };
            hm_str rest;
            CHECK(DISTRO[i], part_distro_osv(hm_str_c(DISTRO[i]), HM_STR("23.09"), &out));
            found += hm_str_eq(hm_str_cut(hm_buf_view(&out), ':', &rest), codec_json_str(v));
        }
    }
    CHECK_EQ("names in the schema", found, want);
}

TEST(ecosystem_distributions)
{
    static const struct {
        const char *id, *version, *want; /* want NULL: no feed is known */
    } T[] = {
        { "debian", "12", "Debian:12" },
        { "debian", "12.5", "Debian:12" },
        { "debian", "", NULL }, /* testing and unstable */
        { "debian", "sid", NULL },
        { "debian", "12.", NULL },
        { "debian", "12..5", NULL },
        { "debian", ".12", NULL },
        { "ubuntu", "22.04", "Ubuntu:22.04:LTS" },
        { "ubuntu", "22.04.3", "Ubuntu:22.04:LTS" },
        { "ubuntu", "23.04", "Ubuntu:23.04" },
        { "ubuntu", "22.10", "Ubuntu:22.10" },
        { "ubuntu", "24", NULL },
        { "alpine", "3.20.3", "Alpine:v3.20" },
        { "alpine", "3.20", "Alpine:v3.20" },
        { "alpine", "3.21.0_alpha20240807", NULL }, /* edge */
        { "alpine", "3", NULL },
        { "rocky", "9.4", "Rocky Linux:9" },
        { "almalinux", "8.10", "AlmaLinux:8" },
        { "rhel", "9.4", "Red Hat:enterprise_linux:9" },
        { "wolfi", "20230201", "Wolfi" },
        { "chainguard", "", "Chainguard" },
        { "mageia", "9", "Mageia:9" },
        { "photon", "5.0", "Photon OS:5.0" },
        { "azurelinux", "3.0", "Azure Linux:3" },
        { "mariner", "2.0", "Azure Linux:2" },
        { "opensuse-leap", "15.5", "openSUSE:Leap 15.5" },
        { "opensuse-leap-micro", "5.5", "openSUSE:Leap Micro 5.5" },
        { "opensuse-tumbleweed", "20240801", "openSUSE:Tumbleweed" },
        { "sles", "15.5", "SUSE:Linux Enterprise Server 15 SP5" },
        { "sles", "15", "SUSE:Linux Enterprise Server 15" },
        { "sles", "16.0", "SUSE:Linux Enterprise Server 16.0" },
        { "sles_sap", "15.4", "SUSE:Linux Enterprise Server for SAP Applications 15 SP4" },
        { "sled", "15.4", "SUSE:Linux Enterprise Desktop 15 SP4" },
        { "sle-micro", "5.5", "SUSE:Linux Enterprise Micro 5.5" },
        { "sl-micro", "6.0", "SUSE:Linux Micro 6.0" },
        { "sles", "99999999999999999999.1", "SUSE:Linux Enterprise Server 99999999999999999999.1" },
        { "openEuler", "22.03-LTS-SP1", "openEuler:22.03-LTS-SP1" },
        { "openEuler", "22.03", NULL },
        { "openEuler", "23.09", "openEuler:23.09" },
        { "openEuler", "23.09-LTS", NULL },
        { "openEuler", "22.03-LTS:x", NULL },
        { "alpaquita", "stream", "Alpaquita:stream" },
        { "alpaquita", "a b", NULL },
        { "alpaquita", "", NULL },
        { "fedora", "40", NULL },
        { "amzn", "2023", NULL },
        { "centos", "7", NULL },
        { "linuxmint", "22", NULL },
        { "raspbian", "12", NULL },
        { "", "", NULL },
    };
    for (size_t i = 0; i < HM_COUNT(T); i++) {
        TEST_BUF out = { 0 };
        hm_buf_c(&out, "=");
        bool ok = part_distro_osv(hm_str_c(T[i].id), hm_str_c(T[i].version), &out);
        CHECK("memory", !out.bad);
        CHECK_EQ(T[i].id, ok, T[i].want != NULL);
        CHECK_STR(T[i].version, hm_str_from(hm_buf_view(&out), 1), hm_str_c(T[i].want));
    }
    CHECK_STR("itself", part_distro_namespace(HM_STR("linuxmint")), HM_STR("linuxmint"));
    CHECK_STR("debian", part_distro_namespace(HM_STR("debian")), HM_STR("debian"));
    CHECK_STR("vendor", part_distro_namespace(HM_STR("rhel")), HM_STR("redhat"));
    CHECK_STR("vendor", part_distro_namespace(HM_STR("opensuse-leap")), HM_STR("opensuse"));
    CHECK_STR("none", part_distro_namespace(HM_NONE), HM_NONE);
}
