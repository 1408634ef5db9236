/* os_release: quoting as the shell has it, what becomes of each name, CPE names, bad lines. */
#include "base/limits.h"
#include "detect/detect_test.h"

static const char PATH[] = "etc/os-release";

static const struct {
    const char *name, *in, *want;
} CASE[] = {
    { "Debian",
      "PRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\nNAME=\"Debian GNU/Linux\"\nVERSION_ID=\"12\"\n"
      "VERSION=\"12 (bookworm)\"\nVERSION_CODENAME=bookworm\nID=debian\nHOME_URL=\"https://www.debian.org/\"\n",
      "r debian@12 [] no-eco home=https://www.debian.org/ line=1 os:pretty_name=Debian GNU/Linux 12 (bookworm) "
      "os:codename=bookworm\n" },
    { "Fedora",
      "NAME=Fedora\nID=fedora\nVERSION_ID=17\nID_LIKE='rhel centos'\nVARIANT_ID=server\n"
      "CPE_NAME=\"cpe:/o:fedoraproject:fedora:17\"\n",
      "r fedora@17 [] no-eco cpe=cpe:2.3:o:fedoraproject:fedora:17:*:*:*:*:*:*:* line=1 os:id_like=rhel centos "
      "os:variant_id=server\n" },
    { "no version, comments, blank lines", "\n# ID=x\n  \nID=arch # really\n", "r arch [N] no-eco line=4\n" },
    { "no ID", "NAME=x\n", "r linux [N] no-eco line=1\n" },
    { "empty ID", "ID=\nVERSION_ID=\"\"\n", "r linux [N] no-eco line=1\n" },
    { "last one counts", "ID=a\nID=b\n", "r b [N] no-eco line=1\n" },
    { "carriage return, no line end", "ID=a\r\nVERSION_ID='1'\r", "r a@1 [] no-eco line=1\n" },
    { "escapes", "ID=a\\ b\nVERSION_ID=\"1\\\"2\\\\3\\$4\\`5\\n\"\nPRETTY_NAME='a\\b\"c$d`'\n",
      "r a b@1\"2\\3$4`5\\n [] no-eco line=1 os:pretty_name=a\\b\"c$d`\n" },
    { "quotes inside a word of the other kind", "ID=\"a'b\"\nVERSION_ID='c\"d'\n", "r a'b@c\"d [] no-eco line=1\n" },
    { "indented", "  ID=a\n", "r a [N] no-eco line=1\n" },
    { "bad lines", "ID=a\nfoo\n=b\nX Y=1\nexport A=b\n1A=b\nVERSION_ID=\"1\n",
      "r a [N] no-eco line=1\n! os_release 2\n! os_release 3\n"
      "! os_release 4\n! os_release 5\n! os_release 6\n! os_release 7\n" },
    { "bad values",
      "ID=a b\nID='b'c\nID=$X\nID=\"`x`\"\nID=a;b\nID=a\"b\"\nID=a\\\nID=\"a\\\nID=\"a\"#c\nVERSION_ID=1\n",
      "r linux@1 [] no-eco line=10\n! os_release 1\n! os_release 2\n"
      "! os_release 3\n! os_release 4\n! os_release 5\n! os_release 6\n! os_release 7\n! os_release 8\n"
      "! os_release 9\n" },
    { "only bad lines", "asdf\n", "! os_release 1\n" },
    { "nothing", "", "! empty\n" },
    { "nothing said", "# x\n\n", "! empty\n" },
};

TEST(os_release_cases)
{
    for (size_t i = 0; i < HM_COUNT(CASE); i++) {
        CHECK_SAID(CASE[i].name, hm_str_c(CASE[i].want), .fn = detect_os_release, .path = PATH,
                   .bytes = hm_str_c(CASE[i].in));
    }
}

TEST(os_release_nul)
{
    CHECK_SAID("line", HM_STR("r c [N] no-eco root=r line=2\n! os_release 1\n"), .fn = detect_os_release,
               .path = "r/etc/os-release", .root = "r", .bytes = HM_STR("ID=a\0b\nID=c\n"));
}

/* The distribution is part of each package's id: a megabyte of it, times all packages, would fill memory and disk. */
TEST(os_release_values_that_go_into_every_id_are_short)
{
    for (size_t n = LIMIT_OS_VALUE; n <= LIMIT_OS_VALUE + 1; n++) {
        TEST_BUF in = { 0 }, want = { 0 };
        hm_buf_c(&in, "ID=a\nVERSION_ID=\"");
        for (size_t i = 0; i < n; i++)
            hm_buf_byte(&in, '9');
        CHECK("made", !in.bad);
        hm_str value = hm_str_from(hm_buf_view(&in), in.n - n);
        hm_buf_c(&want, n == LIMIT_OS_VALUE ? "r a@" : "r a [N] no-eco line=1\n! bad_value 2 VERSION_ID\n");
        if (n == LIMIT_OS_VALUE) {
            hm_buf_str(&want, value);
            hm_buf_c(&want, " [] no-eco line=1\n");
        }
        hm_buf_c(&in, "\"\n");
        CHECK("made", !in.bad && !want.bad);
        CHECK_SAID("said", hm_buf_view(&want), .fn = detect_os_release, .path = PATH, .bytes = hm_buf_view(&in));
    }
}

/* "-": stays literal, as a property. */
static const struct {
    const char *in, *want;
} CPE[] = {
    { "cpe:/o:redhat:enterprise_linux:9::baseos", "cpe:2.3:o:redhat:enterprise_linux:9:*:baseos:*:*:*:*:*" },
    { "cpe:/o:A:B", "cpe:2.3:o:a:b:*:*:*:*:*:*:*:*" },
    { "cpe:/a:a:b:1.2-3_4:-:~~pro~linux~x86~z:ja", "cpe:2.3:a:a:b:1.2-3_4:-:*:ja:pro:linux:x86:z" },
    { "cpe:/a:a:b%21c%2f:%01%02::~e", "cpe:2.3:a:a:b\\!c\\/:?*:*:e:*:*:*:*:*" },
    { "cpe:/h:a:b:1~2", "cpe:2.3:h:a:b:1\\~2:*:*:*:*:*:*:*" },
    { "cpe:2.3:o:amazon:amazon_linux:2:*:*:*:*:*:*:*", "cpe:2.3:o:amazon:amazon_linux:2:*:*:*:*:*:*:*" },
    { "cpe:2.3:o:a:b\\:c:2:*:*:*:*:*:*:*", "cpe:2.3:o:a:b\\:c:2:*:*:*:*:*:*:*" },
    { "cpe:2.3:o:amazon:amazon_linux:2023", "-" },
    { "cpe:2.3:o:a::2:*:*:*:*:*:*:*", "-" },
    { "cpe:2.3:o:a:b:2:*:*:*:*:*:*:*:*", "-" },
    { "cpe:2.3:o:a b:b:2:*:*:*:*:*:*:*", "-" },
    { "cpe:/x:a:b", "-" },
    { "cpe:/o", "-" },
    { "cpe:/", "-" },
    { "cpe:/o:a:b%2", "-" },
    { "cpe:/o:a:b%zz", "-" },
    { "cpe:/o:a:b%00", "-" },
    { "cpe:/o:a:b%ff", "-" },
    { "cpe:/o:a:b!", "-" },
    { "cpe:/o:a:b:1:2:~a~b~c~d~e~f:g", "-" },
    { "cpe:/o:a:b:1:2:3:4:5", "-" },
    { "o:a:b", "-" },
};

TEST(os_release_cpe)
{
    for (size_t i = 0; i < HM_COUNT(CPE); i++) {
        TEST_BUF in = { 0 }, want = { 0 };
        hm_buf_c(&in, "CPE_NAME='");
        hm_buf_c(&in, CPE[i].in);
        hm_buf_c(&in, "'\n");
        const char *cpe = CPE[i].want;
        bool literal = cpe[0] == '-';
        hm_buf_c(&want, literal ? "r linux [N] no-eco line=1 os:cpe_name=" : "r linux [N] no-eco cpe=");
        hm_buf_c(&want, literal ? CPE[i].in : cpe);
        hm_buf_c(&want, literal ? "\n" : " line=1\n");
        CHECK("made", !in.bad && !want.bad);
        CHECK_SAID(CPE[i].in, hm_buf_view(&want), .fn = detect_os_release, .path = PATH, .bytes = hm_buf_view(&in));
    }
}
