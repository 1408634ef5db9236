/* Python projects: what locks say, alone and beside their pyproject.toml, and what a pyproject.toml says by itself. */
#include "detect/detect_test.h"

enum { MOST_FILES = 5 };
#define COMMIT "0123456789abcdef0123456789abcdef01234567"
#define SUM "sha256:e7a2e47a1fbe209ee101dd6d61285226744c6c8d3c21c8dc878ba6cb9f467f3a"
static const struct {
    const char *name;
    struct {
        const char *path, *text;
    } file[MOST_FILES];
    const char *want;
} CASE[] = {
    { "poetry 1.5 with its project",
      { { "p/poetry.lock",
          "[[package]]\nname = \"a\"\nversion = \"1.0\"\noptional = false\n"
          "[package.dependencies]\nB-b = {version = \">=1\", markers = \"x\"}\nopt = {version = \"*\", optional = true}\n"
          "[[package]]\nname = \"b.b\"\nversion = \"2.0\"\n"
          "[[package]]\nname = \"c\"\nversion = \"1.0\"\n[package.dependencies]\nd = [{version = \"<2\"}, {version = \"2\"}]\ngone = \"*\"\n"
          "[[package]]\nname = \"d\"\nversion = \"1.0\"\nfiles = [{file = \"d\", hash = \"" SUM "\"}]\n"
          "[[package]]\nname = \"d\"\nversion = \"2.0\"\n[package.source]\ntype = \"directory\"\nurl = \"../d\"\n"
          "[[package]]\nname = \"opt\"\nversion = \"1.0\"\n"
          "[[package]]\nname = \"none\"\nversion = \"1.0\"\n"
          "[metadata]\nlock-version = \"2.0\"\n[metadata.files]\nd = [{file = \"d-1.0.tar.gz\", hash = \"" SUM
          "\"}]\n" },
        { "p/pyproject.toml",
          "[tool.poetry]\nname = \"app\"\nversion = \"0.1.0\"\nlicense = \"MIT\"\nauthors = [\"A <a@b>\"]\n"
          "repository = \"https://h.example/app\"\n"
          "[tool.poetry.dependencies]\npython = \"^3.8\"\nA = \"^1\"\nopt = {version = \"*\", optional = true}\n"
          "late = \"1.2.3\"\nlater = \"^2\"\n"
          "[tool.poetry.group.test.dependencies]\nc = \"*\"\n"
          "[build-system]\nrequires = [\"poetry-core>=1\"]\n" } },
      "r a@1.0 [K] >1r >5o\n"
      "r b.b@2.0 [K]\n"
      "d c@1.0 [KO] >3r >4r\n"
      "d d@1.0 [K] hash=e7a2e47a hash=e7a2e47a\n"
      "d d@2.0 [KL] declared-path=../d\n"
      "o opt@1.0 [K]\n"
      "- none@1.0 [K]\n"
      "r app@0.1.0 [ASKL] author=A <a@b> licence=MIT vcs=https://h.example/app in=p/pyproject.toml >0r >2d >5o >8r >9r "
      ">10b\n"
      "r late@1.2.3 [] in=p/pyproject.toml declared-range=1.2.3\n"
      "r later [N] in=p/pyproject.toml declared-range=^2\n"
      "b poetry-core [N] in=p/pyproject.toml declared-range=>=1\n" },
    { "pdm with extras entries and its project",
      { { "pdm.lock",
          "[metadata]\ngroups = [\"default\"]\nlock_version = \"4.5.0\"\n"
          "[[package]]\nname = \"a\"\nversion = \"1\"\ngroups = [\"default\"]\n"
          "[[package]]\nname = \"a\"\nversion = \"1\"\nextras = [\"x\"]\ngroups = [\"default\"]\n"
          "dependencies = [\"a==1\", \"b>=1; os_name == 'nt'\", \"!\"]\n"
          "[[package]]\nname = \"b\"\nversion = \"1\"\ngroups = [\"docs\", \"tool\"]\n"
          "[[package]]\nname = \"l\"\nversion = \"1\"\npath = \"./l\"\neditable = true\ngroups = [\"tool\"]\n" },
        { "pyproject.toml",
          "[project]\nname = \"app\"\ndynamic = [\"version\"]\ndependencies = [\"a[x]\"]\n"
          "[project.optional-dependencies]\ndocs = [\"b\", \"app[x]\"]\n[dependency-groups]\ntool = [\"l\", {include-group = \"q\"}]\n" } },
      "r a@1 [K] python:group=default >1r\n"
      "o b@1 [K] python:group=docs python:group=tool\n"
      "d l@1 [KL] python:group=tool declared-path=./l python:editable=true\n"
      "r app [ASKLN] in=pyproject.toml >0r >1o >2d\n"
      "! bad_value !\n" },
    { "uv workspace",
      { { "m/pyproject.toml", "[project]\nname = \"member\"\nversion = \"1\"\ndependencies = [\"x>=1\"]\n" },
        { "other/pyproject.toml", "[project]\nname = \"other\"\nversion = \"1\"\ndependencies = [\"x==1.5\"]\n" },
        { "pyproject.toml", "[project]\nname = \"root\"\nversion = \"1\"\n" },
        { "uv.lock",
          "version = 1\n[manifest]\nmembers = [\"member\", \"root\"]\n"
          "[[package]]\nname = \"member\"\nversion = \"1\"\nsource = { editable = \"m\" }\ndependencies = [{ name = \"x\", version = \"1\" }]\n"
          "[[package]]\nname = \"root\"\nversion = \"1\"\nsource = { virtual = \".\" }\ndependencies = [{ name = \"member\" }]\n"
          "[package.dev-dependencies]\ndev = [{ name = \"x\", version = \"2\" }, { name = \"u\" }, { name = \"gone\" }]\n"
          "[package.optional-dependencies]\ne = [{ name = \"own\" }]\n"
          "[[package]]\nname = \"x\"\nversion = \"1\"\nsource = { registry = \"https://u:p@h.example/simple\" }\nresolution-markers = [\"a\"]\n"
          "[[package]]\nname = \"x\"\nversion = \"2\"\nsource = { git = \"https://h.example/x?rev=v2#" COMMIT "\" }\n"
          "dependencies = [{ name = \"deep\" }]\n[package.optional-dependencies]\ne = [{ name = \"u\" }]\n"
          "[[package]]\nname = \"u\"\nversion = \"3\"\nsource = { url = \"https://h.example/u-3.zip\" }\nsdist = { hash = \"" SUM
          "\" }\n"
          "[[package]]\nname = \"own\"\nversion = \"1\"\nsource = { directory = \"../own\" }\n"
          "[[package]]\nname = \"deep\"\nsource = { registry = \"x\" }\n" } },
      "r member@1 [ASKL] in=uv.lock declared-path=m python:editable=true >2r\n"
      "r root@1 [ASKOL] in=uv.lock >0r >3d >4d >5o\n"
      "r x@1 [K] in=uv.lock python:index=https://h.example/simple python:marker=a\n"
      "d x@2 [K] quals=vcs_url=git%2Bhttps:%2F%2Fh.example%2Fx%40" COMMIT " vcs=git+https://h.example/x#" COMMIT
      " in=uv.lock >4r >6r\n"
      "d u@3 [K] dist=https://h.example/u-3.zip in=uv.lock hash=e7a2e47a\n"
      "o own@1 [KL] in=uv.lock declared-path=../own\n"
      "d deep [KN] in=uv.lock python:index=x\n"
      "r other@1 [ASKL] in=other/pyproject.toml >8r\n"
      "r x@1.5 [] in=other/pyproject.toml\n" },
    { "pylock with its project",
      { { "pylock.dev.toml",
          "lock-version = \"1.0\"\ndefault-groups = [\"main\"]\n"
          "[[packages]]\nname = \"a\"\nversion = \"1\"\nmarker = \"'main' in dependency_groups and os_name=='nt'\"\n"
          "dependencies = [{ name = \"b\", version = \"2\" }, { name = \"gone\" }]\n"
          "[[packages]]\nname = \"b\"\nversion = \"1\"\n[[packages]]\nname = \"b\"\nversion = \"2\"\n"
          "marker = \"'lint' in dependency_groups\"\n"
          "[[packages]]\nname = \"c\"\narchive = { url = \"https://h.example/c.zip\", hashes = { sha256 = "
          "\"e7a2e47a1fbe209ee101dd6d61285226744c6c8d3c21c8dc878ba6cb9f467f3a\" } }\n" },
        { "pyproject.toml", "[project]\nname = \"app\"\nversion = \"1\"\ndependencies = [\"a\", \"zz>=1\"]\n" } },
      "r a@1 [KO] python:marker='main' in dependency_groups and os_name=='nt' >2r\n"
      "- b@1 []\n"
      "d b@2 [] python:marker='lint' in dependency_groups\n"
      "- c [N] dist=https://h.example/c.zip hash=e7a2e47a\n"
      "r app@1 [ASKL] in=pyproject.toml >0r >5r\n"
      "r zz [N] in=pyproject.toml declared-range=>=1\n" },
    { "a project in all notations",
      { { "pyproject.toml",
          "[project]\nname = \"App\"\nversion = \"1.0\"\nlicense = { text = \"MIT\" }\nauthors = [{ name = \"A\", email = \"a@b\" }]\n"
          "urls = { Homepage = \"https://h.example\", Source = \"https://h.example/s\" }\n"
          "dependencies = [\"a==1\", \"b @ git+https://h.example/b@v1\", 5, \"??\"]\n"
          "[project.optional-dependencies]\nall = [\"app[x]\"]\nx = [\"a==1\", \"c\"]\n"
          "[dependency-groups]\ndev = [\"d~=1.0\", { include-group = \"x\" }]\n"
          "[tool.pdm.dev-dependencies]\nt = [\"-e file:///x#egg=y\", \"e\"]\n[tool.uv]\ndev-dependencies = [\"f\"]\n"
          "[tool.poetry.dependencies]\ng = { git = \"https://h.example/g\", tag = \"v2\" }\nh = { path = \"../h\" }\n"
          "i = [{ version = \"1.0\", markers = \"x\" }, { version = \"2.*\" }]\nj = \"==3\"\nk = \"1.0 || 2.0\"\n"
          "[tool.poetry.dev-dependencies]\nl = { url = \"https://h.example/l-4.0.zip\" }\nm = 1\n" } },
      "r App@1.0 [ASKL] author=A <a@b> licence=MIT vcs=https://h.example/s home=https://h.example >1r >2r >3o >4r >5r >6r "
      ">7r >8r >9r >10d >11d >12d >13d >14d >15d\n"
      "r a@1 []\n"
      "r b [N] quals=vcs_url=git%2Bhttps:%2F%2Fh.example%2Fb%40v1 vcs=git+https://h.example/b#v1\n"
      "o c [N]\n"
      "r g [N] quals=vcs_url=git%2Bhttps:%2F%2Fh.example%2Fg%40v2 vcs=git+https://h.example/g#v2\n"
      "r h [LN] declared-path=../h\n"
      "r i@1.0 [] declared-range=1.0 python:marker=x\n"
      "r i [N] declared-range=2.*\n"
      "r j@3 []\n"
      "r k [N] declared-range=1.0 || 2.0\n"
      "d d [N] declared-range=~=1.0\n"
      "d l@4.0 [] dist=https://h.example/l-4.0.zip\n"
      "d m [N]\n"
      "d y [LN]\n"
      "d e [N]\n"
      "d f [N]\n"
      "! wrong_type dependencies\n"
      "! bad_value ??\n"
      "! wrong_type m\n" },
    { "what is wrong is said, the rest is read",
      { { "Pipfile.lock",
          "{\"default\": {\"a\": {\"version\": \"*\", \"path\": \".\"}, \"-\": {}, \"b\": 1}, \"develop\": 1}" },
        { "pdm.lock", "package = 1\n" },
        { "poetry.lock",
          "package = [1, {}, {name = \"-\"}, {name = \"a\", version = 1, groups = 1, dependencies = 1}]\n"
          "[metadata]\nlock-version = \"9.0\"\n" },
        { "pylock.toml", "x = 1\n" },
        { "uv.lock", "version = 2\npackage = [{name = \"a\", dependencies = 1, dev-dependencies = 1}]\n" } },
      "r a [LN] declared-path=.\n"
      "r b [N]\n"
      "- a [KN] in=poetry.lock\n"
      "- a [KN] in=uv.lock\n"
      "! bad_value -\n"
      "! wrong_type b\n"
      "! wrong_type develop\n"
      "! wrong_type package in=pdm.lock\n"
      "! lock_version 9.0 in=poetry.lock\n"
      "! wrong_type package in=poetry.lock\n"
      "! missing_field name in=poetry.lock\n"
      "! bad_value name in=poetry.lock\n"
      "! wrong_type a in=poetry.lock\n"
      "! wrong_type groups in=poetry.lock\n"
      "! wrong_type dependencies in=poetry.lock\n"
      "! missing_field packages in=pylock.toml\n"
      "! lock_version 2 in=uv.lock\n"
      "! wrong_type dependencies in=uv.lock\n"
      "! wrong_type dev-dependencies in=uv.lock\n" },
    { "a lock that cannot be read leaves the project to itself",
      { { "poetry.lock", "[[\n" },
        { "pyproject.toml", "[project]\nname = \"app\"\nversion = \"1\"\ndependencies = [\"a==1\"]\n" } },
      "r app@1 [ASKL] in=pyproject.toml >1r\nr a@1 [] in=pyproject.toml\n! toml_syntax 2\n" },
};

TEST(python_project_cases)
{
    for (size_t i = 0; i < HM_COUNT(CASE); i++) {
        detect_view files[MOST_FILES];
        size_t n = 0;
        for (; n < MOST_FILES && CASE[i].file[n].path; n++)
            files[n] = (detect_view){ .path = hm_str_c(CASE[i].file[n].path), .bytes = hm_str_c(CASE[i].file[n].text) };
        CHECK_SAID(CASE[i].name, hm_str_c(CASE[i].want), .fn = detect_python_project, .files = files, .file_n = n);
    }
}

/* More than two digests in a row become their number. */
static void fold_digests(hm_str in, hm_buf *out)
{
    const hm_str mark = HM_STR(" hash=");
    while (in.n) {
        size_t n = 0, from = hm_str_search(in, mark), end = from;
        hm_buf_str(out, hm_str_sub(in, 0, from));
        for (; hm_str_starts(hm_str_from(in, end), mark); n++)
            end += mark.n + 8;
        if (n > 2) {
            hm_buf_c(out, " hashes=");
            hm_buf_u64(out, n);
        } else {
            hm_buf_str(out, hm_str_sub(in, from, end - from));
        }
        in = hm_str_from(in, end);
    }
}

TEST(python_project_fixtures)
{
    static const struct {
        const char *folder, *path;
    } PLACE[] = {
        { "pdmlock/", "p/pdm.lock" },   { "pipfilelock/", "p/Pipfile.lock" },     { "poetrylock/", "p/poetry.lock" },
        { "pylock/", "p/pylock.toml" }, { "pyprojecttoml/", "p/pyproject.toml" }, { "uvlock/", "p/uv.lock" }
    };
    static const struct {
        const char *file, *want;
    } FILES[] = {
        { "pdmlock/dev-dependency.toml",
          "d pyroute2@0.7.11 [K] hash=95852e70 python:group=dev >2r\n"
          "r toml@0.10.2 [K] hash=806143ae hash=b3bda1d1 python:group=default\n"
          "d win-inet-pton@1.1.0 [K] hash=eaf0193c hash=dd03d942 python:group=dev python:marker=platform_system == \"Windows\"\n" },
        { "pdmlock/empty-file.toml", "! empty\n" },
        { "pdmlock/empty.toml", "" },
        { "pdmlock/git-dependency.toml",
          "r toml@0.10.2 [K] quals=vcs_url=git%2Bhttps:%2F%2Fgithub.com%2Fuiri%2Ftoml.git%4065bab7582ce14c55cdeec2244c65ea23039c9e6f vcs=git+https://github.com/uiri/toml.git#65bab7582ce14c55cdeec2244c65ea23039c9e6f python:group=default\n" },
        { "pdmlock/names-outside-package-block.toml", "r first-pkg@1.0.0 [K] python:group=default\n"
                                                      "r second-pkg@2.0.0 [K] python:group=default\n" },
        { "pdmlock/not-toml.txt", "! toml_syntax 5\n" },
        { "pdmlock/optional-dependency.toml",
          "o pyroute2@0.7.11 [K] hash=95852e70 python:group=tmp >2r\n"
          "r toml@0.10.2 [K] hash=806143ae hash=b3bda1d1 python:group=default\n"
          "o win-inet-pton@1.1.0 [K] hash=eaf0193c hash=dd03d942 python:group=tmp python:marker=platform_system == \"Windows\"\n" },
        { "pdmlock/single-package.toml", "r toml@0.10.2 [K] hash=806143ae hash=b3bda1d1 python:group=default\n" },
        { "pdmlock/two-packages.toml", "r six@1.16.0 [K] hash=8abb2f1d hash=1e61c374 python:group=default\n"
                                       "r toml@0.10.2 [K] hash=806143ae hash=b3bda1d1 python:group=default\n" },
        { "pipfilelock/empty-file", "! empty\n" },
        { "pipfilelock/empty.json", "" },
        { "pipfilelock/minified.json", "r markupsafe@2.1.1 [] hash=0212a686 python:marker=python_version >= '3.7'\n" },
        { "pipfilelock/multiple-packages.json",
          "r itsdangerous@2.1.2 [] hash=2c234911 hash=5dbbc68b\n"
          "r pluggy@1.0.1 [] python:marker=python_version >= '3.6'\n"
          "r markupsafe@2.1.1 [] hashes=40 python:marker=python_version >= '3.7'\n"
          "d pluggy@1.0.0 [] hash=4224373b hash=74134bbf python:marker=python_version >= '3.6'\n" },
        { "pipfilelock/no-version.json",
          "r markupsafe [N] quals=vcs_url=git%2Bhttps:%2F%2Fgithub.com%2Fpallets%2Fmarkupsafe%40b36054111bc1e8bbadb5d0d60158feb72926f467 vcs=git+https://github.com/pallets/markupsafe#b36054111bc1e8bbadb5d0d60158feb72926f467 python:editable=true\n"
          "d itsdangerous [N] quals=vcs_url=git%2Bhttps:%2F%2Fgithub.com%2Fpallets%2Fitsdangerous%40de09cad488a4d7c7bbcbcdb8e1c2dfde64325f48 vcs=git+https://github.com/pallets/itsdangerous#de09cad488a4d7c7bbcbcdb8e1c2dfde64325f48 python:editable=true\n" },
        { "pipfilelock/not-json.txt", "! json_syntax\n" },
        { "pipfilelock/one-package-dev.json",
          "d markupsafe@2.1.1 [] hashes=40 python:marker=python_version >= '3.7'\n" },
        { "pipfilelock/one-package.json", "r markupsafe@2.1.1 [] hashes=40 python:marker=python_version >= '3.7'\n" },
        { "pipfilelock/two-packages-alt.json",
          "r itsdangerous@2.1.2 [] hash=2c234911 hash=5dbbc68b\n"
          "r markupsafe@2.1.1 [] hashes=40 python:marker=python_version >= '3.7'\n" },
        { "pipfilelock/two-packages.json", "r itsdangerous@2.1.2 [] hash=2c234911 hash=5dbbc68b\n"
                                           "d markupsafe@2.1.1 [] hashes=40 python:marker=python_version >= '3.7'\n" },
        { "poetrylock/empty-file.lock", "! empty\n" },
        { "poetrylock/empty.lock", "" },
        { "poetrylock/multiple-packages.v2.lock",
          "o async-timeout@5.0.1 [K] hash=39e38095 hash=d9321a7a python:group=main python:marker=extra == \"caching\" and python_full_version < \"3.11.3\"\n"
          "d factory-boy@3.3.1 [K] hash=7b1113c4 hash=8317aa52 python:group=dev >2r\n"
          "d faker@33.3.0 [K] hash=ae074d9c hash=2abb551a python:group=dev python:group=test >6r >9r\n"
          "r proto-plus@1.22.0 [K] hash=c2e6693f hash=a27192d8 python:group=main python:marker=python_version < \"3.10\" >5r\n"
          "r proto-plus@1.23.0 [K] hash=89075171 hash=a829c79e python:group=main python:marker=python_version >= \"3.10\" >5r\n"
          "r protobuf@4.25.5 [K] hashes=11 python:group=main\n"
          "d python-dateutil@2.9.0.post0 [K] hash=37dd5420 hash=a8b2bc7b python:group=dev python:group=test >8r\n"
          "o redis@5.2.1 [K] hash=ee7e1056 hash=16f2e22d python:group=main python:marker=extra == \"caching\" >0r\n"
          "r six@1.17.0 [K] hash=4721f391 hash=ff70335d python:group=main python:group=dev python:group=test\n"
          "d typing-extensions@4.12.2 [K] hash=04e5ca03 hash=1a7ead55 python:group=dev python:group=test\n"
          "d urllib3@2.3.0 [K] hash=1cee9ad3 hash=f8c5449b python:group=dev\n" },
        { "poetrylock/names-outside-package-block.lock", "- first-pkg@1.0.0 [K]\n"
                                                         "- second-pkg@2.0.0 [K]\n" },
        { "poetrylock/not-toml.txt", "! toml_syntax 5\n" },
        { "poetrylock/one-package-with-metadata.lock", "r emoji@2.0.0 [K] hash=297fac7e\n" },
        { "poetrylock/one-package.lock", "r numpy@1.23.3 [K]\n" },
        { "poetrylock/optional-package.lock", "o numpy@1.23.3 [K]\n" },
        { "poetrylock/source-git.lock",
          "r ike@0.2.0 [K] quals=vcs_url=git%2Bhttps:%2F%2Fgithub.com%2Fdzshn%2Fike%40cd66602cd29f61a2d2e7fb995fef1e61708c034d vcs=git+https://github.com/dzshn/ike#cd66602cd29f61a2d2e7fb995fef1e61708c034d\n" },
        { "poetrylock/source-legacy.lock", "r appdirs@1.4.4 [K] python:index=https://piwheels.org/simple\n" },
        { "poetrylock/two-packages.lock", "r proto-plus@1.22.0 [K] >1r\n"
                                          "r protobuf@4.21.5 [K]\n" },
        { "pylock/commits.toml",
          "- click@8.2.1 [] hash=27c491cc hash=61a3265b python:index=https://pypi.example/simple\n"
          "- mleroc@0.1.0 [] quals=vcs_url=git%2Bhttps:%2F%2Fgithub.com%2FVeggente%2Fmleroc.git%40735093f03c4d8be70bfaaae44074ac92d7419b6d vcs=git+https://github.com/Veggente/mleroc.git#735093f03c4d8be70bfaaae44074ac92d7419b6d\n"
          "r net-inf-eval [ASLN] declared-path=. python:editable=true\n"
          "- packaging@24.2 [] hash=c228a6dc hash=09abb1bc python:index=https://pypi.example/simple\n"
          "- pathspec@0.12.1 [] hash=a482d515 hash=a0d503e1 python:index=https://pypi.example/simple\n"
          "- python-dateutil@2.9.0.post0 [] hash=37dd5420 hash=a8b2bc7b python:index=https://pypi.example/simple\n"
          "- scikit-learn@1.6.1 [] hashes=20 python:index=https://pypi.example/simple\n"
          "- tqdm@4.67.1 [] hash=f8aef9c5 hash=26445eca python:index=https://pypi.example/simple\n" },
        { "pylock/empty.toml", "! empty\n" },
        { "pylock/example.toml", "- attrs@25.1.0 [] hash=c75a69e2\n"
                                 "- cattrs@24.1.2 [K] hash=67c7495b >0r\n"
                                 "- numpy@2.2.3 [] hash=83807d44 hash=3b787adb\n" },
        { "pylock/names-outside-package-block.toml", "- first-pkg@1.0.0 []\n"
                                                     "- second-pkg@2.0.0 []\n" },
        { "pylock/not-toml.txt", "! toml_syntax 5\n" },
        { "pylock/pdm-full.toml",
          "o certifi@2025.1.31 [] hash=3d5da692 hash=ca78db45 python:marker=python_version >= \"3.6\" and \"security\" in extras\n"
          "r chardet@3.0.4 [] hash=84ab92ed hash=fc323ffc python:marker=os_name == \"nt\" and \"default\" in dependency_groups\n"
          "o charset-normalizer@2.0.12 [] hash=2857e29f hash=6881edbe python:marker=python_version >= \"3.6\" and \"security\" in extras\n"
          "o colorama@0.3.9 [] hash=48eb22f4 hash=463f8483 python:marker=sys_platform == \"win32\" and \"tests\" in extras\n"
          "r idna@2.7 [] hash=684a38a6 hash=156a6814 python:marker=\"default\" in dependency_groups or \"security\" in extras\n"
          "o py@1.4.34 [] hash=0f2d585d hash=2ccb79b0 python:marker=\"tests\" in extras\n"
          "o pytest@3.2.5 [] hash=6d5bd4f7 hash=241d7e77 python:marker=\"tests\" in extras\n"
          "o requests@2.27.1 [] hash=68d7c56f hash=f22fa1e5 python:marker=python_version >= \"3.6\" and \"security\" in extras\n"
          "o setuptools@39.2.0 [] hash=f7cddbb5 hash=8fca9275 python:marker=\"tests\" in extras\n"
          "o urllib3@1.26.20 [] hash=40c2dc0c hash=0ed14ccf python:marker=python_version >= \"3.6\" and \"security\" in extras\n" },
        { "pylock/pip-full.toml", "- annotated-types@0.7.0 [] hash=1f02e8b4\n"
                                  "- packaging@25.0 [] hash=29572ef2\n"
                                  "- pyproject-toml@0.1.0 [] hash=96bf8d47\n"
                                  "- setuptools@80.9.0 [] hash=062d3422\n"
                                  "- wheel@0.45.1 [] hash=708e7481\n" },
        { "pylock/pip-just-self.toml", "r hspaans-github-io [ASLN] declared-path=. python:editable=true\n" },
        { "pyprojecttoml/dynamic_deps.toml", "r my-package@1.0.0 [ASKOL]\n" },
        { "pyprojecttoml/empty_deps.toml", "r my-package@1.0.0 [ASKL]\n" },
        { "pyprojecttoml/env_markers.toml",
          "r my-package@1.0.0 [ASKL] >1r >2r\n"
          "r requests [N] declared-range=>=2.20.0 python:marker=python_version >= \"3.8\"\n"
          "r importlib-metadata@6.0.0 [] python:marker=python_version < \"3.10\"\n" },
        { "pyprojecttoml/extras_syntax.toml", "r my-package@1.0.0 [ASKL] >1r >2r\n"
                                              "r flask@3.1.1 [] python:extras=async\n"
                                              "r requests [N] declared-range=>=2.20.0 python:extras=security\n" },
        { "pyprojecttoml/malformed.toml", "! toml_syntax 5\n" },
        { "pyprojecttoml/no_project_table.toml", "b hatchling [N]\n" },
        { "pyprojecttoml/optional_deps.toml", "r my-package@1.0.0 [ASKL] >1r >2o >3o >4o >5b\n"
                                              "r requests@2.32.0 []\n"
                                              "o pytest [N] declared-range=>=7.0.0\n"
                                              "o black@23.1.0 []\n"
                                              "o aiohttp [N] declared-range=>=3.8.0\n"
                                              "b hatchling [N]\n" },
        { "pyprojecttoml/simple_deps.toml", "r my-package@1.0.0 [ASKL] >1r >2r >3r >4b\n"
                                            "r requests@2.32.0 []\n"
                                            "r flask [N] declared-range=>=3.0.0\n"
                                            "r numpy [N]\n"
                                            "b hatchling [N]\n" },
        { "uvlock/empty.lock", "! empty\n" },
        { "uvlock/grouped-packages.lock",
          "o black@24.10.0 [K] hashes=18 python:index=https://pypi.example/simple >1r >6r >7r >8r >9r >12r >13r\n"
          "o click@8.1.7 [K] hash=ca9853ad hash=ae74fb96 python:index=https://pypi.example/simple >2r\n"
          "o colorama@0.4.6 [K] hash=08695f5c hash=4f1d9991 python:index=https://pypi.example/simple\n"
          "r emoji@2.14.0 [K] hash=f68ac289 hash=fcc936bf python:index=https://pypi.example/simple\n"
          "o flake8@7.1.1 [K] hash=049d0584 hash=597477df python:index=https://pypi.example/simple >5r >10r >11r\n"
          "o mccabe@0.7.0 [K] hash=348e0240 hash=6c2d30ab python:index=https://pypi.example/simple\n"
          "o mypy-extensions@1.0.0 [K] hash=75dbf895 hash=4392f6c0 python:index=https://pypi.example/simple\n"
          "o packaging@24.2 [K] hash=c228a6dc hash=09abb1bc python:index=https://pypi.example/simple\n"
          "o pathspec@0.12.1 [K] hash=a482d515 hash=a0d503e1 python:index=https://pypi.example/simple\n"
          "o platformdirs@4.3.6 [K] hash=357fb2ac hash=73e575e1 python:index=https://pypi.example/simple\n"
          "o pycodestyle@2.12.1 [K] hash=6838eae0 hash=46f0fb92 python:index=https://pypi.example/simple\n"
          "o pyflakes@3.2.0 [K] hash=1c61603f hash=84b5be13 python:index=https://pypi.example/simple\n"
          "o tomli@2.2.1 [K] hashes=32 python:index=https://pypi.example/simple\n"
          "o typing-extensions@4.12.2 [K] hash=1a7ead55 hash=04e5ca03 python:index=https://pypi.example/simple\n"
          "r uv-lockfiles@0.1.0 [ASKL] >0o >1o >3r >4o\n" },
        { "uvlock/names-outside-package-block.lock", "- first-pkg@1.0.0 [K]\n"
                                                     "- second-pkg@2.0.0 [K]\n" },
        { "uvlock/no-dependencies.lock", "r uv-lockfiles@0.1.0 [ASKL]\n" },
        { "uvlock/no-packages.lock", "" },
        { "uvlock/not-toml.txt", "! toml_syntax 5\n" },
        { "uvlock/one-package.lock",
          "r emoji@2.14.0 [K] hash=f68ac289 hash=fcc936bf python:index=https://pypi.example/simple\n"
          "r uv-lockfiles@0.1.0 [ASKL] >0r\n" },
        { "uvlock/source-git.lock",
          "r ruff@0.8.1 [K] quals=vcs_url=git%2Bhttps:%2F%2Fgithub.com%2Fastral-sh%2Fruff%4084748be16341b76e073d117329f7f5f4ee2941ad vcs=git+https://github.com/astral-sh/ruff#84748be16341b76e073d117329f7f5f4ee2941ad\n"
          "r uv-lockfiles@0.1.0 [ASKL] >0r\n" },
        { "uvlock/two-packages.lock",
          "r emoji@2.14.0 [K] hash=f68ac289 hash=fcc936bf python:index=https://pypi.example/simple\n"
          "r protobuf@4.25.5 [K] hashes=7 python:index=https://pypi.example/simple\n"
          "r uv-lockfiles@0.1.0 [ASKL] >0r >1r\n" },
    };
    if (!test_shared())
        TEST_SKIP("no shared data");
    for (size_t i = 0; i < HM_COUNT(FILES); i++) {
        char name[128];
        TEST_BUF in = { 0 };
        TEST_BUF out = { 0 };
        TEST_BUF folded = { 0 };
        snprintf(name, sizeof name, "python/%s", FILES[i].file);
        CHECK(name, fixture(name, &in));
        detect_try t = { .fn = detect_python_project, .bytes = hm_buf_view(&in) };
        for (size_t k = 0; k < HM_COUNT(PLACE); k++)
            if (hm_str_starts(hm_str_c(FILES[i].file), hm_str_c(PLACE[k].folder)))
                t.path = PLACE[k].path;
        CHECK(name, detect_said(&t, &out, NULL));
        fold_digests(hm_buf_view(&out), &folded);
        CHECK_STR(name, hm_buf_view(&folded), hm_str_c(FILES[i].want));
    }
}

/* One name in thousands of versions, all of which ask for it. */
TEST(python_project_cost)
{
    TEST_BUF in = { 0 };
    size_t n = test_fault() ? 5 : 3000;
    hm_buf_c(&in, "version = 1\n");
    for (uint64_t i = 0; i < n; i++) {
        hm_buf_c(&in, "[[package]]\nname = \"a\"\nversion = \"1.");
        hm_buf_u64(&in, i);
        hm_buf_c(&in, "\"\ndependencies = [{ name = \"a\" }]\n");
    }
    DETECT_TRIED d = { 0 };
    const detect_try t = { .fn = detect_python_project, .path = "uv.lock", .bytes = hm_buf_view(&in) };
    CHECK("runs", !in.bad && detect_try_run(&t, &d));
    CHECK_EQ("all there", d.pack.comp_n, n);
}
