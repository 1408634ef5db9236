/* release_file: names and versions as os-release would give them. */
#include "detect/detect_test.h"

static const struct {
    const char *path, *in, *want;
} CASE[] = {
    { "etc/debian_version", "12.5\n", "r debian@12 [] no-eco line=1 os:full_version=12.5\n" },
    { "etc/debian_version", "trixie/sid\n",
      "r debian [N] no-eco line=1 os:codename=trixie/sid os:full_version=trixie/sid\n" },
    { "etc/debian_version", "\n", "! os_release 1\n" },
    { "etc/alpine-release", "3.19.1\n", "r alpine@3.19.1 [] no-eco line=1\n" },
    { "etc/alpine-release", "3.20_alpha20240329\n", "r alpine@3.20_alpha20240329 [] no-eco line=1\n" },
    { "etc/alpine-release", "edge\n", "! os_release 1\n" },
    { "etc/arch-release", "", "r arch [N] no-eco line=1\n" },
    { "etc/redhat-release", "Red Hat Enterprise Linux release 9.3 (Plow)\n",
      "r rhel@9.3 [] no-eco line=1 os:pretty_name=Red Hat Enterprise Linux release 9.3 (Plow) os:codename=Plow\n" },
    { "etc/redhat-release", "Red Hat Enterprise Linux Server release 6.10 (Santiago)\n",
      "r rhel@6.10 [] no-eco line=1 os:pretty_name=Red Hat Enterprise Linux Server release 6.10 (Santiago) "
      "os:codename=Santiago\n" },
    { "etc/centos-release", "CentOS Linux release 7.9.2009 (Core)",
      "r centos@7 [] no-eco line=1 os:pretty_name=CentOS Linux release 7.9.2009 (Core) os:codename=Core "
      "os:full_version=7.9.2009\n" },
    { "etc/centos-release", "CentOS Stream release 9\n",
      "r centos@9 [] no-eco line=1 os:pretty_name=CentOS Stream release 9\n" },
    { "etc/rocky-release", "Rocky Linux release 8.9 (Green Obsidian)\n",
      "r rocky@8.9 [] no-eco line=1 os:pretty_name=Rocky Linux release 8.9 (Green Obsidian) os:codename=Green Obsidian\n" },
    { "etc/system-release", "Amazon Linux release 2 (Karoo)\n",
      "r amzn@2 [] no-eco line=1 os:pretty_name=Amazon Linux release 2 (Karoo) os:codename=Karoo\n" },
    { "etc/mariner-release", "CBL-Mariner 2.0.20230811\nMARINER_BUILD_NUMBER=x\n",
      "r mariner@2.0 [] no-eco line=1 os:pretty_name=CBL-Mariner 2.0.20230811 os:full_version=2.0.20230811\n" },
    { "etc/photon-release", "VMware Photon OS 4.0\n",
      "r photon@4.0 [] no-eco line=1 os:pretty_name=VMware Photon OS 4.0\n" },
    { "etc/SuSE-release", "SUSE Linux Enterprise Server 11 (x86_64)\nVERSION = 11\nPATCHLEVEL = 4\n",
      "r sles@11.4 [] no-eco line=1 os:pretty_name=SUSE Linux Enterprise Server 11 (x86_64) os:full_version=11\n" },
    { "etc/SuSE-release", "openSUSE 13.1 (x86_64)\nVERSION = 13.1\nCODENAME = Bottle\n",
      "r opensuse@13.1 [] no-eco line=1 os:pretty_name=openSUSE 13.1 (x86_64)\n" },
    { "etc/lsb-release",
      "DISTRIB_ID=Ubuntu\nDISTRIB_RELEASE=22.04\nDISTRIB_CODENAME=jammy\nDISTRIB_DESCRIPTION=\"Ubuntu 22.04\"\n",
      "r ubuntu@22.04 [] no-eco line=1 os:pretty_name=Ubuntu 22.04 os:codename=jammy\n" },
    { "etc/lsb-release", "LSB_VERSION=1\n", "" },
    { "etc/openwrt_release", "DISTRIB_ID='OpenWrt'\nDISTRIB_RELEASE='23.05.2'\n",
      "r openwrt@23.05.2 [] no-eco line=1\n" },
    { "etc/foo-release", "Foo Linux release 1.0 beta\n",
      "r foo-linux@1.0 [] no-eco line=1 os:pretty_name=Foo Linux release 1.0 beta\n" },
    { "etc/foo-release", "hello\n", "" },
    { "etc/foo-release", "", "" },
    { "etc/redhat-release", "hello\n", "! os_release 1\n" },
    { "etc/redhat-release", "", "! os_release 1\n" },
};

TEST(release_file_cases)
{
    for (size_t i = 0; i < HM_COUNT(CASE); i++)
        CHECK_SAID(CASE[i].in, hm_str_c(CASE[i].want), .fn = detect_release_file, .path = CASE[i].path,
                   .bytes = hm_str_c(CASE[i].in));
}

TEST(release_file_keeps_its_root)
{
    CHECK_SAID("root", HM_STR("r alpine@3.1 [] no-eco root=srv line=1\n"), .fn = detect_release_file,
               .path = "srv/etc/alpine-release", .root = "srv", .bytes = HM_STR("3.1\n"));
}
