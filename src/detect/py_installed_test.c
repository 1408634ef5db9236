/* Single files of Python and conda: conda-meta, direct_url.json, requires.txt, setup.py. */
#include "detect/detect_test.h"

#define COMMIT "0123456789abcdef0123456789abcdef01234567"
#define SUM "e7a2e47a1fbe209ee101dd6d61285226744c6c8d3c21c8dc878ba6cb9f467f3a"

static const struct {
    const char *name, *path, *in, *want;
} ROW[] = {
    { "conda", "env/conda-meta/a-1-h_0.json",
      "{\"name\":\"a\",\"version\":\"1\",\"build\":\"h_0\",\"channel\":\"https://u:p@h.example/main/linux-64\","
      "\"subdir\":\"linux-64\",\"depends\":[\"B >=1,<2\",\"__glibc >=2\",\"ch::d\",\"e>1\",\"f[x=1]\",\"?\"],"
      "\"url\":\"https://h.example/main/linux-64/a-1-h_0.conda\",\"license\":\"BSD-3-Clause\",\"sha256\":\"" SUM "\","
      "\"requested_spec\":\"a\"}",
      "r a@1 [K] quals=build=h_0&channel=https:%2F%2Fh.example%2Fmain&subdir=linux-64&type=conda licence=BSD-3-Clause "
      "dist=https://h.example/main/linux-64/a-1-h_0.conda hash=e7a2e47a conda:requested=a +env:a ?r:env:B ?r:env:d "
      "?r:env:e ?r:env:f\n"
      "! bad_value depends\n" },
    { "conda, little said", "conda-meta/a.json", "{\"name\":\"a\",\"depends\":1,\"url\":\"x.tar.bz2\"}",
      "r a [KN] quals=type=tar.bz2 dist=x.tar.bz2 +:a\n! missing_field version\n! wrong_type depends\n" },
    { "conda, a name that is none", "conda-meta/a.json", "{\"name\":\"a b\"}", "! bad_value name\n" },
    { "conda, no object", "conda-meta/a.json", "[]", "! wrong_type\n" },
    { "from a repository", "s/My_x-1.0.dist-info/direct_url.json",
      "{\"url\":\"https://u:p@h.example/x.git\",\"subdirectory\":\"d\",\"vcs_info\":{\"vcs\":\"git\",\"commit_id\":\"" COMMIT
      "\",\"requested_revision\":\"v1\"}}",
      "- My_x@1.0 [] vcs=git+https://h.example/x.git#" COMMIT " python:revision=v1 python:subdirectory=d\n" },
    { "from an archive", "s/x-1.0RC1.dist-info/direct_url.json",
      "{\"url\":\"https://h.example/x.zip\",\"archive_info\":{\"hashes\":{\"sha256\":\"" SUM "\",\"md5\":\"\"}}}",
      "- x@1.0rc1 [] literal=1.0RC1 dist=https://h.example/x.zip hash=e7a2e47a\n" },
    { "from an archive, as it was once written", "s/x-1.dist-info/direct_url.json",
      "{\"url\":\"https://h.example/x.zip\",\"archive_info\":{\"hash\":\"sha256=" SUM "\"}}",
      "- x@1 [] dist=https://h.example/x.zip hash=e7a2e47a\n" },
    { "from a folder", "s/x-1.dist-info/direct_url.json",
      "{\"url\":\"file:///src/x\",\"dir_info\":{\"editable\":true}}",
      "- x@1 [L] declared-path=file:///src/x python:editable=true\n" },
    { "nothing said", "s/x-1.dist-info/direct_url.json", "{}", "! missing_field url\n" },
    { "a folder without a version", "s/x.dist-info/direct_url.json", "{\"url\":\"file:///x\"}", "" },
    { "no object", "s/x-1.dist-info/direct_url.json", "1", "! wrong_type\n" },
    { "requires", "s/x-1-py3.9.egg-info/requires.txt",
      "a\nB.b>=1\nc; m\n# d\n\n[x]\ne\n[:m]\nf\n[y:m]\ng\n?\n[:n]\n?\n",
      "- x@1 [K] ?r:s:a ?r:s:b-b ?o:s:c ?o:s:f\n! bad_value 14 ?\n" },
    { "requires of an egg", "s/x-1-py3.9.egg/EGG-INFO/requires.txt", "a\n", "- x@1 [K] ?r:s:a\n" },
    { "requires without a version", "s/x.egg-info/requires.txt", "a\n", "" },
    { "setup", "setup.py",
      "from setuptools import setup\n'''setup(install_requires=[\"no\"])'''\n# install_requires=['no']\n"
      "name = 'no'\nsetup(name='app', version=\"1.0\", license='MIT', # x\n"
      "  install_requires=['a==1', \"b>=2; m\", 'c'\n , r'd', 'e==%s' % v, 'f=={}'.format(x(1)), f'g', '?'],\n"
      "  extras_require={'x': ['h'], 'y': ['i==1', 'h']}, tests_require=('j',), setup_requires='k'\n)\n",
      "r a@1 [] line=6\n"
      "r b [N] line=6 declared-range=>=2 python:marker=m\n"
      "r c [N] line=6\n"
      "r d [N] line=7\n"
      "r e [N] line=7 declared-range===%s\n"
      "r f [N] line=7 declared-range==={}\n"
      "r g [N] line=7\n"
      "o h [N] line=8\n"
      "o i@1 [] line=8\n"
      "d j [N] line=8\n"
      "b k [N] line=8\n"
      "r app@1.0 [ASKL] licence=MIT >0r >1r >2r >3r >4r >5r >6r >7o >8o >9d >10b\n"
      "! unresolved 7 e==%s\n"
      "! unresolved 7 f=={}\n"
      "! unresolved 7 g\n"
      "! bad_value 7 ?\n" },
    { "setup with other values", "setup.py",
      "setup(install_requires=}, extras_require=x]['q'], tests_require=\"\"\"a\n b==1\n\"\"\")\n",
      "d a [N] line=1\nd b@1 [] line=1\n" },
    { "setup that is computed", "setup.py", "setup(name=N, version='1' + x, install_requires=read())\n", "" },
    { "setup that does not end", "setup.py", "setup(install_requires=['a', ('b', \"c\n'''d",
      "r a [N] line=1\nr b [N] line=1\nr c [N] line=1\nr d [N] line=2\n" },
};

static detect_fn *detector_of(const char *path)
{
    hm_str p = hm_str_c(path);
    return hm_str_ends(p, HM_STR("direct_url.json")) ? detect_python_direct_url
           : hm_str_ends(p, HM_STR(".json"))         ? detect_conda_meta
           : hm_str_ends(p, HM_STR("requires.txt"))  ? detect_python_requires
                                                     : detect_python_setup;
}

TEST(python_single_files)
{
    for (size_t i = 0; i < HM_COUNT(ROW); i++)
        CHECK_SAID(ROW[i].name, hm_str_c(ROW[i].want), .fn = detector_of(ROW[i].path), .path = ROW[i].path,
                   .bytes = hm_str_c(ROW[i].in));
}

TEST(python_single_fixtures)
{
#define JUPYTER                                                                                                        \
    "quals=build=py39hf3db000&channel=https:%2F%2Frepo.anaconda.com%2Fpkgs%2Fmain&subdir=linux-64 "                    \
    "licence=BSD-3-Clause hash=d3f84c3f +env:jupyterlab ?r:env:jupyterlab_server ?r:env:nbclassic ?r:env:python "      \
    "?r:env:tornado\n"
    static const struct {
        const char *file, *path, *want;
    } FILES[] = {
        { "condameta/empty", "env/conda-meta/x.json", "! missing_field name\n" },
        { "condameta/invalid", "env/conda-meta/x.json", "! json_syntax\n" },
        { "condameta/noname", "env/conda-meta/x.json", "! missing_field name\n" },
        { "condameta/noversion", "env/conda-meta/x.json", "r jupyterlab [KN] " JUPYTER "! missing_field version\n" },
        { "condameta/valid", "env/conda-meta/x.json", "r jupyterlab@3.1.12 [K] " JUPYTER },
        { "setup/empty", "setup.py", "" },
        { "setup/empty_2", "setup.py", "" },
        { "setup/template", "setup.py",
          "r xmlschema [N] line=21 declared-range==={}\nr requests@2.25.1 [] line=22\n"
          "r lxml [N] line=23 declared-range=>=4.6.2\nr Jinja2@2.11.3 [] line=24 python:marker=python_version<\"3.6\"\n"
          "! unresolved 20 %s==6.5.1\n! unresolved 21 xmlschema=={}\n" },
        { "setup/valid", "setup.py",
          "r pysaml2@6.5.1 [] line=20\nr xmlschema@1.7.1 [] line=21\nr requests@2.25.1 [] line=22\n"
          "r lxml [N] line=23 declared-range=>=4.6.2\nr Jinja2@2.11.3 [] line=24\nr pkg1@0.1.1 [] line=25\n"
          "r pkg2@0.1.2 [] line=25\nr foo [N] line=26 declared-range=>=2.20,<3.0\n"
          "r pydantic [N] line=27 declared-range=>=1.8.2,<2.0\nr certifi [N] line=28 declared-range=>=2017.4.17\n"
          "r pkg3 [N] line=29 declared-range=<= 1.2.3\nr foo [N] line=31\n" },
        { "setup/valid_2", "setup.py",
          "r accelerate@0.26.1 [] line=19\nr transformers@4.37.2 [] line=20\nr datasets@2.16.1 [] line=21\n"
          "r wandb [N] line=22\nr wandb [N] line=23 declared-range=>3\nr mteb [N] line=24 declared-range=>=1.4.0\n"
          "r test@0.0.1 [ASKL] raw=Apache >0r >1r >2r >3r >4r >5r\n" },
        { "setup/valid_3", "setup.py",
          "r biopython [N] line=29\nr pysam [N] line=30 declared-range=>0.10.0.0\nr pandas [N] line=31\n"
          "r numpy [N] line=32\nr scipy [N] line=33\nr matplotlib [N] line=34\nr python-dateutil [N] line=35\n"
          "r seaborn [N] line=36\nr nanoplotter [N] line=37 declared-range=>=0.13.1\n"
          "r nanoget [N] line=38 declared-range=>=0.11.0\nr nanomath [N] line=39 declared-range=>=0.12.0\n"
          "r foo [ASKLN] >0r >1r >2r >3r >4r >5r >6r >7r >8r >9r >10r\n" },
    };
    if (!test_shared())
        TEST_SKIP("no shared data");
    for (size_t i = 0; i < HM_COUNT(FILES); i++) {
        char name[128];
        TEST_BUF in = { 0 };
        snprintf(name, sizeof name, "python/%s", FILES[i].file);
        CHECK(name, fixture(name, &in));
        CHECK_SAID(name, hm_str_c(FILES[i].want), .fn = detector_of(FILES[i].path), .path = FILES[i].path,
                   .bytes = hm_buf_view(&in));
    }
}
