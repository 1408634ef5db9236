/* requirements: what a line of pip's files says, how files include and constrain each other, in which encodings. */
#include "detect/detect_test.h"
#include "detect/py.h"

static const struct {
    const char *name;
    hm_str in;
    const char *want;
} LINE[] = {
    { "names and versions",
      HM_STR(
          "A.b_C==1.0RC1\nb===x-1\nc (==1.0)\nd >= 1, <2\ne~=1.4\nf==1.*\ng\nh==1.0,<2\ni [x, y] == 2 ; os_name=='nt'\n"),
      "r A.b_C@1.0rc1 [] literal=1.0RC1 line=1\n"
      "r b@x-1 [] line=2\n"
      "r c@1.0 [] line=3\n"
      "r d [N] line=4 declared-range=>= 1, <2\n"
      "r e [N] line=5 declared-range=~=1.4\n"
      "r f [N] line=6 declared-range===1.*\n"
      "r g [N] line=7\n"
      "r h@1.0 [] line=8 declared-range===1.0,<2\n"
      "r i@2 [] line=9 python:extras=x, y python:marker=os_name=='nt'\n" },
    { "the same name twice", HM_STR("a==1 ; python_version<'3'\na==2 ; python_version>='3'\na==2\nA==2\n"),
      "r a@1 [] line=1 python:marker=python_version<'3'\n"
      "r a@2 [] line=2 python:marker=python_version>='3'\n" },
    { "addresses",
      HM_STR("a @ https://u:p@h.example/a-1.0.tar.gz#sha256=00 ; os_name=='nt'\n"
             "git+https://h.example/b.git@v1#egg=b[x]&subdirectory=s\n-e git+ssh://git@h.example/c@main#egg=c\n"
             "https://h.example/d-2.1-py3-none-any.whl\n--editable=hg+https://h.example/e#egg=e\n"
             "https://h.example/nothing\nf @ git+https://h.example/f\nfile:///x/g-1.0.zip\n"),
      "r a@1.0 [] dist=https://h.example/a-1.0.tar.gz line=1 python:marker=os_name=='nt'\n"
      "r b [N] quals=vcs_url=git%2Bhttps:%2F%2Fh.example%2Fb.git%40v1 vcs=git+https://h.example/b.git#v1 line=2\n"
      "r c [N] quals=vcs_url=git%2Bssh:%2F%2Fgit%40h.example%2Fc%40main vcs=git+ssh://git@h.example/c#main line=3 "
      "python:editable=true\n"
      "r d@2.1 [] dist=https://h.example/d-2.1-py3-none-any.whl line=4\n"
      "r e [N] quals=vcs_url=hg%2Bhttps:%2F%2Fh.example%2Fe vcs=hg+https://h.example/e line=5 python:editable=true\n"
      "r f [N] quals=vcs_url=git%2Bhttps:%2F%2Fh.example%2Ff vcs=git+https://h.example/f line=7\n"
      "r g@1.0 [L] line=8\n"
      "! bad_value 6 https://h.example/nothing\n" },
    { "paths", HM_STR("-e .\n.\n-e ./libs/own\n../x/y-1.0-py3-none-any.whl\nlibs/z/[e]\n-e .[dev]\n./w#egg=v\n"),
      "r own [LN] line=3 declared-path=./libs/own python:editable=true\n"
      "r y@1.0 [L] line=4 declared-path=../x/y-1.0-py3-none-any.whl\n"
      "r z [LN] line=5 declared-path=libs/z/ python:extras=e\n"
      "r v [LN] line=7 declared-path=./w\n" },
    { "lines",
      HM_STR("a==1 # c\nb==1#c\n# x \\\nc==1 \\\n # y\nd== \\\r\n  1 \\\r\n  --hash=sha256:"
             "e7a2e47a1fbe209ee101dd6d61285226744c6c8d3c21c8dc878ba6cb9f467f3a \\\n --hash sha1:"
             "0123456789abcdef0123456789abcdef01234567\n\ne==1 \\"),
      "r a@1 [] line=1\n"
      "r b@1#c [] line=2\n"
      "r c@1 [] line=4\n"
      "r d@1 [] line=6 hash=e7a2e47a hash=01234567\n"
      "r e@1 [] line=11\n" },
    { "options",
      HM_STR(
          "-i https://x\n--index-url=https://x\n--extra-index-url https://x\n-f .\n--pre\n--no-binary :all:\n--frob\n-x\n"
          "a==1 --global-option=\"x\" -C y=z\n"),
      "r a@1 [] line=9\n! bad_value 7 --frob\n! bad_value 8 -x\n" },
    { "what is none", HM_STR("a b\n==1\n-\na==\n[x]\na[x\n?\na ! 1\nok==1\na==${V}\n"),
      "r ok@1 [] line=9\n"
      "r a [N] line=10 declared-range===${V}\n"
      "! bad_value 1 a b\n! bad_value 2 ==1\n! bad_value 3 -\n! bad_value 4 a==\n! bad_value 5 [x]\n! bad_value 6 a[x\n"
      "! bad_value 7 ?\n! bad_value 8 a ! 1\n! unresolved 10 ==${V}\n" },
    { "marks and encodings",
      HM_STR("\xef\xbb\xbf"
             "a==1\n"),
      "r a@1 [] line=1\n" },
    { "UTF-16 as Windows has it",
      HM_STR("\xff\xfe"
             "a\0=\0=\0"
             "1\0\r\0\n\0b\0\x3d\xd8\x00\xdc\n\0"),
      "r a@1 [] line=1\n! bad_value 2 b\xf0\x9f\x90\x80\n" },
    { "UTF-16 the other way",
      HM_STR("\xfe\xff\0a\0=\0=\0"
             "1\xd8"),
      "r a@1 [] line=1\n" },
    { "no text", HM_STR("a==1\n# \xff\n"), "r a@1 [] line=1\n! not_utf8\n" },
    { "nothing", HM_STR(""), "" },
};

TEST(requirements_lines)
{
    for (size_t i = 0; i < HM_COUNT(LINE); i++)
        CHECK_SAID(LINE[i].name, hm_str_c(LINE[i].want), .fn = detect_python_requirements, .path = "p/requirements.txt",
                   .bytes = LINE[i].in);
}

enum { MOST_FILES = 6 };
static const struct {
    const char *name;
    struct {
        const char *path, *text;
    } file[MOST_FILES];
    const char *want;
} GROUP[] = {
    { "scope by name",
      { { "dev-requirements.txt", "a==1\n" },
        { "devices-requirements.txt", "b==1\n" },
        { "requirements/test.txt", "c==1\n" },
        { "requirements_Dev.txt", "d==1\n" } },
      "d a@1 [] line=1\nr b@1 [] in=devices-requirements.txt line=1\n"
      "d c@1 [] in=requirements/test.txt line=1\nd d@1 [] in=requirements_Dev.txt line=1\n" },
    { "includes in a circle, and one that is not there",
      { { "requirements/a.txt", "-r b.txt\n-r../requirements.txt\n--requirement=gone.txt\na==1\n" },
        { "requirements/b.txt", "-r ./a.txt\nb==1\n" },
        { "requirements.txt", "c==1\n-r ../../x.txt\n-r /etc/x.txt\n" } },
      "r a@1 [] line=4\nr b@1 [] in=requirements/b.txt line=2\nr c@1 [] in=requirements.txt line=1\n"
      "! include 3 gone.txt\n! include 2 ../../x.txt in=requirements.txt\n! include 3 /etc/x.txt in=requirements.txt\n" },
    { "constraints give versions and nothing else",
      { { "constraints-more.txt", "C==3\n-c constraints.txt\nd>1\n" },
        { "constraints.txt", "a==1.5\nb==2.5\nz==9\n" },
        { "other-requirements.txt", "a\n" },
        { "requirements.txt", "-c constraints-more.txt\na>1\nb==2\nc\nd\n-r requirements/x.txt\n" },
        { "requirements/x.txt", "z\n" } },
      "r a [N] in=other-requirements.txt line=1\n"
      "r a@1.5 [] in=requirements.txt line=2 declared-range=>1\n"
      "r b@2 [] in=requirements.txt line=3\n"
      "r c@3 [] in=requirements.txt line=4\n"
      "r d [N] in=requirements.txt line=5\n"
      "r z@9 [] in=requirements/x.txt line=1\n" },
    { "what was compiled, and from what",
      { { "requirements.in", "a>=1\nb\n" }, { "requirements.txt", "A==1.2\n    # via -r requirements.in\n" } },
      "r b [N] line=2\nr A@1.2 [] in=requirements.txt line=1\n" },
};

TEST(requirements_groups)
{
    for (size_t i = 0; i < HM_COUNT(GROUP); i++) {
        detect_view files[MOST_FILES];
        size_t n = 0;
        for (; n < MOST_FILES && GROUP[i].file[n].path; n++)
            files[n] =
                (detect_view){ .path = hm_str_c(GROUP[i].file[n].path), .bytes = hm_str_c(GROUP[i].file[n].text) };
        CHECK_SAID(GROUP[i].name, hm_str_c(GROUP[i].want), .fn = detect_python_requirements, .files = files,
                   .file_n = n);
    }
}

TEST(requirements_fixtures)
{
    static const struct {
        const char *file, *want;
    } FILES[] = {
        { "comments.txt", "r PyCrypto@1.2a0 [] literal=1.2-alpha line=2\nr GMPY2@1 [] line=3\nr SymPy@1.2 [] line=6\n"
                          "r requests@1.0 [] line=7\nr six@1.2 [] line=8\n" },
        { "env_var.txt",
          "r asdf@1.2 [] line=1\nr qwert [N] line=2 declared-range===${MY_VARIABLE_1}\nr another@1.0 [] line=3\n"
          "! unresolved 2 ==${MY_VARIABLE_1}\n" },
        { "example.txt",
          "r pytest [N] line=3\nr pytest-cov [N] line=4\nr beautifulsoup4 [N] line=5\nr docopt@0.6.1 [] line=8\n"
          "r requests [N] line=9 declared-range=>= 2.8.1, == 2.8.* python:extras=security "
          "python:marker=python_version < \"2.7\"\n"
          "r urllib3 [N] dist=https://github.com/urllib3/urllib3/archive/refs/tags/1.26.8.zip line=10\n"
          "r keyring [N] line=13 declared-range=>= 4.1.1\nr coverage [N] line=15 declared-range=!= 3.5\n"
          "r Mopidy-Dirble [N] line=17 declared-range=~= 1.1\n"
          "r numpy@1.9.2 [L] line=25 declared-path=./downloads/numpy-1.9.2-cp34-none-win32.whl\n"
          "r wxPython_Phoenix@3.0.3.dev1820+49a8884 [] "
          "dist=http://wxpython.org/Phoenix/snapshot-builds/"
          "wxPython_Phoenix-3.0.3.dev1820+49a8884-cp34-none-win_amd64.whl line=28\n"
          "! include 21 other-requirements.txt\n! include 22 constraints.txt\n" },
        { "extras.txt",
          "r pyjwt@2.1.0 [] line=1 python:extras=crypto\nr celery@4.4.7 [] line=2 python:extras=redis, pytest\n" },
        { "invalid.txt", "r urllib3 [N] dist=https://github.com/urllib3/urllib3/archive/refs/tags/==1.26.8.zip line=4\n"
                         "! bad_value 1 asdf==\n! bad_value 2 ==1.0\n! bad_value 3 asdf 1.0\n" },
        { "loop.txt", "! include 2 other-loop.txt\n" },
        { "multiline_and_comments.txt", "r pkgA@1.0 [] line=3\nr pkgB@2.0 [] line=7\n" },
        { "no_version.txt", "r PyCrypto [N] line=1\nr GMPY2 [N] line=2\nr SymPy [N] line=3\n" },
        { "other-loop.txt", "! include 2 loop.txt\n" },
        { "other-requirements.txt", "r pandas@2.2.3 [] line=1\n" },
        { "per_req_options.txt",
          "r foo1@1.0 [] line=1\nr foo2@1.0 [] line=3\nr foo3@1.0 [] line=5\nr foo4@1.0 [] line=7\n"
          "r foo5@1.0 [] line=9 python:marker=python_version < \"2.7\"\nr foo6@1.0 [] line=11\nr foo8@1.0 [] line=15\n"
          "r foo9@1.0 [] line=17\nr foo11@1.0 [] line=22\nr foo12@1.0 [] line=24\nr foo13@1.0 [] line=26\n"
          "r foo14@1.0 [] line=28\nr foo16-Client@1.0 [] line=32\nr foo17--hash@1.0 [] line=34\n"
          "r foo18-Client@1.0 [] line=36\n"
          "! bad_value 13 foo7==1.0 unexpected_text_before_options_stays_around\n! bad_value 20 foo10==\n"
          "! bad_value 30 foo15==\n" },
        { "trailing_backslash.txt", "r pkg1@1.0 [] line=1\n" },
        { "with_versions.txt",
          "r nltk@3.2.2 [] line=1\nr tabulate@0.7.7 [] line=2\nr newspaper3k [N] line=3 declared-range=>=0.2.2\n"
          "r asdf [N] line=4 declared-range===0.7.*\nr qwerty@0.1 [] line=5\nr hy-phen@1.2 [] line=7\n"
          "r under_score@1.3 [] line=8\nr pkg.dot.name@5.0.0 [] line=9\n"
          "r combination-._-.also_-._valid [N] line=10 declared-range=>=3.5\nr yolo@1.0 [] line=11\n"
          "r pkg [N] line=12 declared-range=<=1.2.3\n" },
    };
    if (!test_shared())
        TEST_SKIP("no shared data");
    for (size_t i = 0; i < HM_COUNT(FILES); i++) {
        char name[128];
        TEST_BUF in = { 0 };
        snprintf(name, sizeof name, "python/requirements/%s", FILES[i].file);
        CHECK(name, fixture(name, &in));
        CHECK_SAID(name, hm_str_c(FILES[i].want), .fn = detect_python_requirements, .path = "requirements.txt",
                   .bytes = hm_buf_view(&in));
    }
    TEST_BUF a = { 0 };
    TEST_BUF b = { 0 };
    CHECK("loop", fixture("python/requirements/loop.txt", &a) && fixture("python/requirements/other-loop.txt", &b));
    const detect_view files[] = { { .path = HM_STR("loop.txt"), .bytes = hm_buf_view(&a) },
                                  { .path = HM_STR("other-loop.txt"), .bytes = hm_buf_view(&b) } };
    CHECK_SAID("loop", HM_NONE, .fn = detect_python_requirements, .files = files, .file_n = 2);
}

TEST(requirements_parse)
{
    static const struct {
        const char *in, *name, *extras, *range, *url, *marker;
    } ROW[] = {
        { "a", "a", "", "", "", "" },
        { " a.b-c [x,y](>=1,<2);m ", "a.b-c", "x,y", ">=1,<2", "", "m" },
        { "a@https://h.example/;x ; m", "a", "", "", "https://h.example/;x", "m" },
        { "a>=1,", "a", "", ">=1,", "", "" },
    };
    static const char *const NONE[] = {
        "", "-a", "a-", "a_==1", "a[", "a @", "a 1", "a==", "a>=1 2", "a >=1,=<", "\xff"
    };
    py_requirement r;
    for (size_t i = 0; i < HM_COUNT(ROW); i++) {
        CHECK(ROW[i].in, detect_py_requirement(hm_str_c(ROW[i].in), &r));
        CHECK_STR(ROW[i].in, r.name, hm_str_c(ROW[i].name));
        CHECK_STR(ROW[i].in, r.extras, hm_str_c(ROW[i].extras));
        CHECK_STR(ROW[i].in, r.range, hm_str_c(ROW[i].range));
        CHECK_STR(ROW[i].in, r.url, hm_str_c(ROW[i].url));
        CHECK_STR(ROW[i].in, r.marker, hm_str_c(ROW[i].marker));
    }
    for (size_t i = 0; i < HM_COUNT(NONE); i++)
        CHECK(NONE[i], !detect_py_requirement(hm_str_c(NONE[i]), &r));
}

/* Many files that include all others; many lines of one name. */
TEST(requirements_cost)
{
    enum { FILES = 200 };
    size_t n = test_fault() ? 3 : FILES;
    TEST_BUF in = { 0 };
    char path[FILES][40];
    detect_view files[FILES];
    for (size_t i = 0; i < n; i++) {
        snprintf(path[i], sizeof path[i], "requirements-%03zu.txt", i);
        hm_buf_c(&in, "-r requirements-");
        hm_buf_c(&in, path[i] + 13);
        hm_buf_c(&in, "\n-c requirements-");
        hm_buf_c(&in, path[i] + 13);
        hm_buf_c(&in, "\na==1\n");
    }
    for (size_t i = 0; i < n; i++)
        files[i] = (detect_view){ .path = hm_str_c(path[i]), .bytes = hm_buf_view(&in) };
    DETECT_TRIED d = { 0 };
    const detect_try t = { .fn = detect_python_requirements, .files = files, .file_n = n };
    CHECK("runs", !in.bad && detect_try_run(&t, &d));
    CHECK_EQ("one of each", d.pack.comp_n, n);
}
