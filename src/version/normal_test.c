/* normal, deb - normal forms of literal versions, and the split of Debian ones. */
#include "base/test.h"
#include "version/version.h"

typedef struct row {
    const char *in, *want; /* want NULL: not in the grammar, stays as it is */
} row;

static void check_rows(test_ctx *t_, version_order order, const row *rows, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        TEST_BUF out = { 0 };
        hm_buf_c(&out, "=");
        bool ok = version_normal(order, hm_str_c(rows[i].in), &out);
        CHECK("memory", !out.bad);
        CHECK_EQ(rows[i].in, ok, rows[i].want != NULL);
        CHECK_STR(rows[i].in, hm_str_from(hm_buf_view(&out), 1), hm_str_c(rows[i].want ? rows[i].want : rows[i].in));
    }
}

TEST(normal_pep440)
{
    static const row T[] = {
        { "1.0", "1.0" },
        { "1", "1" },
        { "v1.0", "1.0" },
        { " V1.0\n", "1.0" },
        { "01.002.000", "1.2.0" },
        { "0!1.0", "1.0" },
        { "007!1.0", "7!1.0" },
        { "1.1ALPHA1", "1.1a1" },
        { "1.1-beta_2", "1.1b2" },
        { "1.1.c3", "1.1rc3" },
        { "1.1pre", "1.1rc0" },
        { "1.1preview007", "1.1rc7" },
        { "1.2a", "1.2a0" },
        { "1.2.post", "1.2.post0" },
        { "1.2-post2", "1.2.post2" },
        { "1.2post2", "1.2.post2" },
        { "1.2-r4", "1.2.post4" },
        { "1.2.rev-4", "1.2.post4" },
        { "1.0-1", "1.0.post1" },
        { "1.0a--1", "1.0a0.post1" },
        { "1.0_dev", "1.0.dev0" },
        { "1.0DEV4", "1.0.dev4" },
        { "1.0a.dev1", "1.0a0.dev1" },
        { "1.0b2.post345.dev456", "1.0b2.post345.dev456" },
        { "1.0+Ubuntu-1", "1.0+ubuntu.1" },
        { "1.0+001.0a", "1.0+1.0a" },
        { "1.0.dev1+g1234_5", "1.0.dev1+g1234.5" },
        { "99999999999999999999999999.1", "99999999999999999999999999.1" },
        { "1.11.1.dev1", "1.11.1.dev1" },
        { "", NULL },
        { "v", NULL },
        { "1!", NULL },
        { "1.", NULL },
        { "1.0-", NULL },
        { "1.0+", NULL },
        { "1.0+a.", NULL },
        { "1.0+a..b", NULL },
        { "1.0+a+b", NULL },
        { "1.0p1", NULL },
        { "1.0a1b1", NULL },
        { "1.0.dev1.post1", NULL },
        { "1.0-revision1", NULL },
        { "2013b of tz", NULL },
        { "french toast", NULL },
        { "1.0\xff", NULL },
    };
    check_rows(t_, VERSION_PEP440, T, HM_COUNT(T));
}

TEST(normal_semver)
{
    static const row T[] = {
        { "1.2.3", "1.2.3" },
        { "v1.2.3", "1.2.3" },
        { " = v1.2.3 ", "1.2.3" },
        { "=1.2.3", "1.2.3" },
        { "1.2.3-rc.1+build.01", "1.2.3-rc.1+build.01" },
        { "1.0.0--", "1.0.0--" },
        { "0.0.0-0a", "0.0.0-0a" },
        { "1.2", NULL },
        { "v1.2", NULL },
        { "01.2.3", NULL },
        { "1.2.3.4", NULL },
        { "1.2.3-", NULL },
        { "1.2.3-01", NULL },
        { "1.2.3-a..b", NULL },
        { "1.2.3+", NULL },
        { "1.2.3+a_b", NULL },
        { "==1.2.3", NULL },
        { "latest", NULL },
        { "", NULL },
    };
    check_rows(t_, VERSION_SEMVER, T, HM_COUNT(T));
}

TEST(normal_nuget)
{
    static const row T[] = {
        { "1.0", "1.0.0" },
        { "1", "1.0.0" },
        { "1.00.0.1", "1.0.0.1" },
        { "1.01.1", "1.1.1" },
        { "1.0.0.0", "1.0.0" },
        { "1.0.0.00-RC1+sha.5", "1.0.0-rc1" },
        { "6.0.1304", "6.0.1304" },
        { "2.0.0-Beta.01", "2.0.0-beta.01" },
        { "1.0.0.0.0", NULL },
        { "1.0.", NULL },
        { "1.0-", NULL },
        { "1.0+", NULL },
        { "x", NULL },
        { "", NULL },
    };
    check_rows(t_, VERSION_NUGET, T, HM_COUNT(T));
}

TEST(normal_of_orders_without_one)
{
    static const row T[] = { { "v1.2.3+incompatible", "v1.2.3+incompatible" }, { " A ", " A " }, { "", NULL } };
    check_rows(t_, VERSION_GO, T, HM_COUNT(T));
    check_rows(t_, VERSION_DEB, T, HM_COUNT(T));
    check_rows(t_, VERSION_NONE, T, HM_COUNT(T));
}

TEST(deb_split)
{
    static const struct {
        const char *in, *epoch, *upstream, *revision;
    } T[] = {
        { "1:2.4.47-2+b1", "1", "2.4.47", "2+b1" },
        { "2.36-9+deb12u10", "", "2.36", "9+deb12u10" },
        { "20230311", "", "20230311", "" },
        { "1.0-rc1-3", "", "1.0-rc1", "3" },
        { "0:1:2-3", "0", "1:2", "3" },
        { "a:1-2", "", "a:1", "2" },
        { ":1-2", "", ":1", "2" },
        { "1:", "1", "", "" },
        { "-", "", "", "" },
        { "", "", "", "" },
    };
    for (size_t i = 0; i < HM_COUNT(T); i++) {
        version_deb v = version_deb_split(hm_str_c(T[i].in));
        CHECK_STR(T[i].in, v.epoch, hm_str_c(T[i].epoch));
        CHECK_STR(T[i].in, v.upstream, hm_str_c(T[i].upstream));
        CHECK_STR(T[i].in, v.revision, hm_str_c(T[i].revision));
    }
}

TEST(normal_is_linear)
{
    size_t n = test_fault() ? 1000 : 1 << 20;
    TEST_BUF in = { 0 }, out = { 0 };
    for (size_t i = 0; i < n; i++)
        hm_buf_c(&in, i % 2 ? "." : "0");
    CHECK("memory", !in.bad);
    for (unsigned o = 0; o < VERSION_ORDER_COUNT; o++) {
        hm_buf_reset(&out);
        version_normal((version_order)o, hm_buf_view(&in), &out);
        CHECK("memory", !out.bad);
        CHECK_EQ("as it was", out.n, in.n); /* ends in a dot: in no grammar */
    }
}
