/* python: which headers count, where names are looked up, which requirements hold, which licence is said. */
#include "detect/detect_test.h"

#define HEAD "Metadata-Version: 2.1\nName: x\nVersion: 1.0\n"
static const char PATH[] = "lib/site-packages/x-1.0.dist-info/METADATA";

static const struct {
    const char *name, *in, *want;
} CASE[] = {
    { "all fields",
      "Metadata-Version: 2.1\nName: My_Pkg.x\nVersion: 1.0RC1\nAuthor: A B\nAuthor-email: a@b\nMaintainer: M\n"
      "Home-page: https://u:p@h.example/\nProject-URL: Source Code, https://h.example/src\nLicense: MIT\n"
      "Requires-Dist: B-c__d (>=1.0)\nRequires-Dist: e[extra1,extra2]>=2 ; python_version < \"3.8\"\n"
      "Requires-Dist: f; extra == 'test'\nRequires-Dist: g @ https://h.example/g;x.whl\n"
      "Requires-Dist: h @ https://h.example/h.whl ; sys_platform == \"win32\"\n"
      "Requires-Dist: i; python_version < \"3\" or extra == \"t\"\nRequires-Dist: j; sys_platform == \"extra\"\n"
      "Requires-Dist: k>1,<2\nRequires-Dist: l; (extra=='a') and os_name=='nt'\n",
      "- My_Pkg.x@1.0rc1 [K] literal=1.0RC1 author=A B <a@b> supplier=M licence=MIT vcs=https://h.example/src home=https://h.example/ +lib/site-packages:my-pkg-x ?r:lib/site-packages:b-c-d ?o:lib/site-packages:e ?r:lib/site-packages:g ?o:lib/site-packages:h ?o:lib/site-packages:i ?o:lib/site-packages:j ?r:lib/site-packages:k\n" },
    { "the description is not read", HEAD "\nName: y\nLicense: MIT\nRequires-Dist: z\n",
      "- x@1.0 [K] +lib/site-packages:x\n" },
    { "blank lines first, names in any case, carriage returns", "\r\n\r\nname: x\r\nVERSION: 1\r\n\r\nVersion: 2\r\n",
      "- x@1 [K] +lib/site-packages:x\n" },
    { "the first of repeated fields", "Name: a\nName: b\nVersion: 1\nVersion: 2\n",
      "- a@1 [K] +lib/site-packages:a\n" },
    { "said to be unknown", HEAD "License: UNKNOWN\nAuthor: UNKNOWN\nHome-page: UNKNOWN\nAuthor-email: None\n",
      "- x@1.0 [K] +lib/site-packages:x\n" },
    { "mail with names in it", HEAD "Author: A\nAuthor-email: B <b@c>, D <d@e>\nMaintainer-email: m@n\n",
      "- x@1.0 [K] author=B <b@c>, D <d@e> supplier=<m@n> +lib/site-packages:x\n" },
    { "home by label",
      HEAD "Project-URL: Home Page, https://h.example\nProject-URL: GitHub, https://h.example/g\n"
           "Project-URL: Repository, https://h.example/r\nProject-URL: none\n",
      "- x@1.0 [K] vcs=https://h.example/g home=https://h.example +lib/site-packages:x\n" },
    { "not a PEP 440 version", "Name: x\nVersion: 2020.x-beta\n", "- x@2020.x-beta [K] +lib/site-packages:x\n" },
    { "expression first",
      HEAD
      "License: BSD\nLicense-Expression: MIT OR Apache-2.0\nClassifier: License :: OSI Approved :: ISC License (ISCL)\n",
      "- x@1.0 [K] licence=MIT OR Apache-2.0 +lib/site-packages:x\n" },
    { "classifier for a text that is none",
      HEAD
      "License: see file\nClassifier: License :: OSI Approved :: GNU General Public License v2 or later (GPLv2+)\n",
      "- x@1.0 [K] licence=GPL-2.0-or-later +lib/site-packages:x\n" },
    { "classifier with an id", HEAD "Classifier: License :: OSI Approved :: Boost Software License 1.0 (BSL-1.0)\n",
      "- x@1.0 [K] licence=BSL-1.0 +lib/site-packages:x\n" },
    { "classifier that names no one licence", HEAD "Classifier: License :: OSI Approved :: BSD License\n",
      "- x@1.0 [K] raw=BSD License +lib/site-packages:x\n" },
    { "two classifiers",
      HEAD "Classifier: License :: OSI Approved :: MIT License\nClassifier: License :: OSI Approved\n"
           "Classifier: License :: OSI Approved :: Apache Software License\nClassifier: Topic :: X\n",
      "- x@1.0 [K] raw=MIT License; Apache Software License +lib/site-packages:x\n" },
    { "a whole licence text", HEAD "License: Copyright A\n        All rights\n",
      "- x@1.0 [K] raw=Copyright A +lib/site-packages:x\n" },
    { "a whole text, but a classifier",
      HEAD "License: Copyright A\n        All rights\nClassifier: License :: OSI Approved :: MIT License\n",
      "- x@1.0 [K] licence=MIT +lib/site-packages:x\n" },
    { "no version", "Name: x\nSummary: y\n",
      "- x [KN] +lib/site-packages:x\n"
      "! missing_field Version\n" },
    { "no name", "Version: 1\n", "! missing_field Name\n" },
    { "a name that is none", "Name: a b\nVersion: 1\n", "! bad_value Name\n" },
    { "empty", "", "! empty\n" },
    { "blank", " \n\n", "! empty\n" },
    { "no fields", "\x7f\x01\x02junk\n\x03\n", "! python_metadata 1\n" },
    { "a line that is no field", HEAD "no field here\nRequires-Dist: a\n",
      "- x@1.0 [K] +lib/site-packages:x ?r:lib/site-packages:a\n"
      "! fields_syntax 4\n" },
    { "requirements that are none", HEAD "Requires-Dist: ;x\nRequires-Dist:\nRequires-Dist: (a)\nRequires-Dist: a\n",
      "- x@1.0 [K] +lib/site-packages:x ?r:lib/site-packages:a\n"
      "! bad_value 4 Requires-Dist\n"
      "! bad_value 5 Requires-Dist\n"
      "! bad_value 6 Requires-Dist\n" },
    { "quotes that do not end", HEAD "Requires-Dist: a; x == \"extra\nRequires-Dist: b; x == 'extra\"\n",
      "- x@1.0 [K] +lib/site-packages:x ?o:lib/site-packages:a ?o:lib/site-packages:b\n" },
};

TEST(python_metadata_cases)
{
    for (size_t i = 0; i < HM_COUNT(CASE); i++) {
        CHECK_SAID(CASE[i].name, hm_str_c(CASE[i].want), .fn = detect_python_dist_info, .path = PATH,
                   .bytes = hm_str_c(CASE[i].in));
    }
}

/* Where names are looked up; without requirements an egg says nothing about them. */
static const struct {
    const char *path, *want;
    bool egg, requires;
} PLACE[] = {
    { "a/b/x.dist-info/METADATA", "- x@1 [K] +a/b:x\n", false, false },
    { "x.dist-info/METADATA", "- x@1 [K] +:x\n", false, false },
    { "a/x.egg-info", "- x@1 [] +a:x\n", true, false },
    { "a/x.egg-info/PKG-INFO", "- x@1 [] +a:x\n", true, false },
    { "a/x.egg-info/PKG-INFO", "- x@1 [K] +a:x ?r:a:y\n", true, true },
    { "a/x.egg/EGG-INFO/PKG-INFO", "- x@1 [] +a:x\n", true, false },
    { "a/x/EGG-INFO/PKG-INFO", "- x@1 [] +a/x:x\n", true, false },
};

TEST(python_places)
{
    for (size_t i = 0; i < HM_COUNT(PLACE); i++) {
        hm_str in =
            PLACE[i].requires ? HM_STR("Name: x\nVersion: 1\nRequires-Dist: y\n") : HM_STR("Name: x\nVersion: 1\n");
        CHECK_SAID(PLACE[i].path, hm_str_c(PLACE[i].want),
                   .fn = PLACE[i].egg ? detect_python_egg_info : detect_python_dist_info, .path = PLACE[i].path,
                   .bytes = in);
    }
}

TEST(python_fixtures)
{
    static const struct {
        const char *file, *want;
    } FILES[] = {
        { "mixed_case", "- httplib2@1.0 [K] author=Joe Gregorio <joe@bitworking.org> +s:httplib2\n" },
        { "special_chars", "- backports.ssl_match_hostname@3.5.0.1 [K] author=Python Packaging Authority "
                           "<distutils-sig@python.org> +s:backports-ssl-match-hostname\n" },
        { "repeated_pkginfo", "- root@1.0.0 [K] +s:root ?r:s:dep3 ?r:s:dep2 ?r:s:dep1\n" },
        { "empty", "! empty\n" },
        { "distinfo_meta", "- pip@22.2.2 [K] author=The pip developers <distutils-sig@python.org> licence=MIT "
                           "vcs=https://github.com/pypa/pip home=https://pip.pypa.io/ +s:pip\n" },
        { "egginfo", "- pycups@2.0.1 [K] author=Zdenek Dohnal <zdohnal@redhat.com> licence=GPL-2.0-or-later "
                     "home=https://github.com/zdohnal/pycups +s:pycups\n" },
        { "egginfo_pkginfo",
          "- setuptools@57.4.0 [K] author=Python Packaging Authority <distutils-sig@python.org> licence=MIT "
          "home=https://github.com/pypa/setuptools +s:setuptools\n" },
        { "malformed_pkginfo", "- passlib@1.7.4 [K] author=Eli Collins <elic@assurancetechnologies.com> raw=BSD "
                               "home=https://passlib.readthedocs.io +s:passlib\n! fields_syntax 12\n" },
        { "pkginfo", "- httplib2@0.20.4 [K] author=Joe Gregorio <joe@bitworking.org> licence=MIT "
                     "home=https://github.com/httplib2/httplib2 +s:httplib2\n" },
        { "pyopenssl-26.0.0.dist-info",
          "- pyOpenSSL@26.0.0 [K] author=The pyOpenSSL developers <cryptography-dev@python.org> licence=Apache-2.0 "
          "vcs=https://github.com/pyca/pyopenssl home=https://pyopenssl.org/ +s:pyopenssl ?r:s:cryptography "
          "?o:s:typing-extensions\n" },
    };
    if (!test_shared())
        TEST_SKIP("no shared data");
    for (size_t i = 0; i < HM_COUNT(FILES); i++) {
        char name[128];
        TEST_BUF in = { 0 };
        snprintf(name, sizeof name, "python/wheelegg/%s", FILES[i].file);
        CHECK(name, fixture(name, &in));
        CHECK_SAID(name, hm_str_c(FILES[i].want), .fn = detect_python_dist_info, .path = "s/x.dist-info/METADATA",
                   .bytes = hm_buf_view(&in));
    }
}
