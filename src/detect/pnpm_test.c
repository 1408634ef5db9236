/* pnpm-lock.yaml of versions 5, 6 and 9: components, edges, scopes, projects, and what is not understood. */
#include "base/limits.h"
#include "detect/js_test.h"

static const struct {
    const char *name, *in, *package, *want;
} CASE[] = {
    { "version 5: variants, aliases, hosts",
      "lockfileVersion: 5.4\n"
      "specifiers:\n"
      "  a: ^1.0.0\n"
      "dependencies:\n"
      "  a: 1.0.0_react@17.0.2+x@1.0.0\n"
      "  al: /@s/b/2.0.0\n"
      "  h: registry.example/h/3.0.0\n"
      "devDependencies:\n"
      "  d: 1.10.0\n"
      "optionalDependencies:\n"
      "  o: 1.0.0\n"
      "packages:\n"
      "  /a/1.0.0_react@17.0.2+x@1.0.0:\n"
      "    resolution: {integrity: sha1-AAECAwQFBgcICQoLDA0ODxAREhM=}\n"
      "    deprecated: no more\n"
      "    engines: {node: '>=4'}\n"
      "    requiresBuild: true\n"
      "    dependencies:\n"
      "      '@s/b': 2.0.0\n"
      "      react: 17.0.2\n"
      "    dev: false\n"
      "  /a/1.0.0_react@18.0.0:\n"
      "    dependencies: {gone: 1.0.0}\n"
      "    optionalDependencies: {o: 1.0.0, also-gone: 1.0.0, react: 17.0.2}\n"
      "    dev: true\n"
      "  /@s/b/2.0.0: {dev: false}\n"
      "  registry.example/h/3.0.0: {dev: false}\n"
      "  /d/1.10.0: {dev: true}\n"
      "  /e/1.0.0: {dev: true, optional: true}\n"
      "  /o/1.0.0: {dev: false, optional: true}\n"
      "  /react/17.0.2:\n",
      NULL,
      "r a@1.0.0 [KO] hash=00010203 npm:deprecated=no more npm:engines=>=4 npm:hasInstallScript=true >1r >5o >6r\n"
      "r @s/b@2.0.0 [K] npm:alias=al\n"
      "r h@3.0.0 [K]\n"
      "d d@1.10.0 [K]\n"
      "d e@1.0.0 [K]\n"
      "o o@1.0.0 [K]\n"
      "r react@17.0.2 [K]\n"
      "r app [ASKN] >0r >1r >2r >3d >5o\n" },
    { "version 5: a workspace",
      "lockfileVersion: 5.3\n"
      "importers:\n"
      "  .:\n"
      "    specifiers: {}\n"
      "  packages/x:\n"
      "    specifiers: {}\n"
      "    dependencies:\n"
      "      '@w/y': link:../y\n"
      "      out: link:../../../out\n"
      "  packages/y:\n"
      "    specifiers: {a: 1.0.0}\n"
      "    devDependencies: {a: 1.0.0}\n"
      "    dependencies: {out2: link:../../../out}\n"
      "packages:\n"
      "  /a/1.0.0: {dev: true}\n",
      NULL,
      "d a@1.0.0 [K]\n"
      "r app [ASKN]\n"
      "r x [SKLN] >3r >4r\n"
      "r @w/y [SKLN] >0d >4r\n"
      "r out [SLN]\n" },
    { "version 6: specifiers, peers, patches, aliases",
      "lockfileVersion: '6.0'\n"
      "settings: {autoInstallPeers: true}\n"
      "patchedDependencies:\n"
      "  a@1.0.0: {hash: xyz, path: patches/a@1.0.0.patch}\n"
      "dependencies:\n"
      "  a: {specifier: ^1, version: 1.0.0(patch_hash=xyz)(react@18.0.0)}\n"
      "  al: {specifier: npm:b@2, version: /b@2.0.0}\n"
      "packages:\n"
      "  /a@1.0.0(patch_hash=xyz)(react@18.0.0):\n"
      "    resolution: {integrity: sha512-AA==}\n"
      "    dependencies: {react: 18.0.0}\n"
      "    dev: false\n"
      "    patched: true\n"
      "  /b@2.0.0: {dev: false}\n"
      "  /react@18.0.0: {dev: false}\n",
      NULL,
      "r a@1.0.0 [K] npm:patched=patches/a@1.0.0.patch >2r\n"
      "r b@2.0.0 [K] npm:alias=al\n"
      "r react@18.0.0 [K]\n"
      "r app [ASKN] >0r >1r\n" },
    { "sources",
      "lockfileVersion: '6.0'\n"
      "packages:\n"
      "  github.com/o/r/0001020304050607080900010203040506070809:\n"
      "    resolution: {tarball: https://codeload.github.com/o/r/tar.gz/0001020304050607080900010203040506070809}\n"
      "    name: r\n"
      "    version: 1.0.0\n"
      "  git@h.example+o/g/00010203:\n"
      "    resolution: {commit: '00010203', repo: https://u:p@h.example/o/g.git, type: git}\n"
      "    name: g\n"
      "    version: 2.0.0\n"
      "  '@h.example/t.tgz':\n"
      "    resolution: {tarball: https://h.example/t.tgz}\n"
      "    name: t\n"
      "    version: 3.0.0\n"
      "  file:../f:\n"
      "    resolution: {directory: ../f, type: directory}\n"
      "    name: f\n"
      "    version: 4.0.0\n"
      "  file:u.tgz:\n"
      "    resolution: {integrity: sha512-AA==, tarball: file:u.tgz}\n"
      "    name: u\n"
      "    version: 5.0.0\n",
      NULL,
      "r r@1.0.0 [K] quals=vcs_url=git%2Bhttps:%2F%2Fgithub.com%2Fo%2Fr.git%400001020304050607080900010203040506070809 dist=https://codeload.github.com/o/r/tar.gz/0001020304050607080900010203040506070809 vcs=git+https://github.com/o/r.git#0001020304050607080900010203040506070809\n"
      "r g@2.0.0 [K] quals=vcs_url=git%2Bhttps:%2F%2Fh.example%2Fo%2Fg.git%4000010203 vcs=git+https://h.example/o/g.git#00010203\n"
      "r t@3.0.0 [K] dist=https://h.example/t.tgz\n"
      "r f@4.0.0 [SKL]\n"
      "r u@5.0.0 [KL]\n"
      "r app [ASKN]\n" },
    { "version 9: scopes by the ways from the projects",
      "lockfileVersion: '9.0'\n"
      "settings: {autoInstallPeers: true}\n"
      "catalogs:\n"
      "  default:\n"
      "    a: {specifier: ^1.0.0, version: 1.0.0}\n"
      "patchedDependencies:\n"
      "  x: patches-digest\n"
      "importers:\n"
      "  .:\n"
      "    dependencies:\n"
      "      a: {specifier: 'catalog:', version: 1.0.0(x@1.0.0)}\n"
      "    devDependencies:\n"
      "      d: {specifier: ^1, version: 1.0.0}\n"
      "      al: {specifier: npm:@s/r@1, version: '@s/r@1.0.0'}\n"
      "    optionalDependencies:\n"
      "      o: {specifier: ^1, version: 1.0.0}\n"
      "packages:\n"
      "  a@1.0.0:\n"
      "    resolution: {integrity: sha512-AA==, tarball: https://registry.example/a.tgz}\n"
      "    peerDependencies: {x: '*'}\n"
      "  d@1.0.0: {resolution: {integrity: sha512-AA==}}\n"
      "  '@s/r@1.0.0': {resolution: {integrity: sha512-AA==}}\n"
      "  o@1.0.0: {resolution: {integrity: sha512-AA==}}\n"
      "  x@1.0.0: {resolution: {integrity: sha512-AA==}}\n"
      "  y@1.0.0: {resolution: {integrity: sha512-AA==}}\n"
      "  z@1.0.0: {resolution: {integrity: sha512-AA==}}\n"
      "  stray@1.0.0: {resolution: {integrity: sha512-AA==}}\n"
      "snapshots:\n"
      "  a@1.0.0(x@1.0.0):\n"
      "    dependencies: {x: 1.0.0}\n"
      "  d@1.0.0:\n"
      "    dependencies: {x: 1.0.0, y: 1.0.0}\n"
      "    optionalDependencies: {z: 1.0.0}\n"
      "  o@1.0.0:\n"
      "    dependencies: {y: 1.0.0}\n"
      "  '@s/r@1.0.0': {}\n"
      "  x@1.0.0: {}\n"
      "  y@1.0.0: {optional: true}\n"
      "  z@1.0.0: {}\n"
      "  alone@1.0.0(x@1.0.0): {dependencies: {x: 1.0.0}}\n",
      "{\"name\":\"@o/app\",\"version\":\"3.2.1\",\"license\":\"MIT\"}",
      "r a@1.0.0 [K] dist=https://registry.example/a.tgz >4r\n"
      "d d@1.0.0 [K] >4r >5r >6o\n"
      "d @s/r@1.0.0 [K] npm:alias=al\n"
      "o o@1.0.0 [K] >5r\n"
      "r x@1.0.0 [K] npm:patched=patches-digest\n"
      "o y@1.0.0 [K]\n"
      "d z@1.0.0 [K]\n"
      "- stray@1.0.0 [K]\n"
      "- alone@1.0.0 [K] >4r\n"
      "r @o/app@3.2.1 [ASK] licence=MIT >0r >1d >2d >3o\n" },
    { "version 9: sources and links",
      "lockfileVersion: '9.0'\n"
      "importers:\n"
      "  .:\n"
      "    dependencies:\n"
      "      f: {specifier: 'file:../f', version: 'file:../f'}\n"
      "      g: {specifier: 'github:o/r', version: 'https://codeload.github.com/o/r/tar.gz/00010203'}\n"
      "      h: {specifier: 'git+ssh://git@h.example/o/h.git', version: 'git+ssh://git@h.example/o/h.git#00010203'}\n"
      "      m: {specifier: 'workspace:*', version: 'link:packages/m'}\n"
      "  packages/m: {}\n"
      "packages:\n"
      "  f@file:../f: {resolution: {directory: ../f, type: directory}}\n"
      "  g@https://codeload.github.com/o/r/tar.gz/00010203:\n"
      "    resolution: {tarball: 'https://codeload.github.com/o/r/tar.gz/00010203'}\n"
      "    version: 2.0.0\n"
      "  h@git+ssh://git@h.example/o/h.git#00010203:\n"
      "    resolution: {commit: '00010203', repo: 'git@h.example:o/h.git', type: git}\n"
      "    version: 1.0.0\n"
      "snapshots:\n"
      "  f@file:../f: {}\n",
      NULL,
      "r f [SKLN]\n"
      "r g@2.0.0 [K] quals=vcs_url=git%2Bhttps:%2F%2Fgithub.com%2Fo%2Fr.git%4000010203 dist=https://codeload.github.com/o/r/tar.gz/00010203 vcs=git+https://github.com/o/r.git#00010203\n"
      "r h@1.0.0 [K] quals=vcs_url=git%40h.example:o%2Fh.git%4000010203 vcs=git@h.example:o/h.git#00010203\n"
      "r app [ASKN] >0r >1r >2r >4r\n"
      "r m [SKLN]\n" },
    { "two documents",
      "---\n"
      "lockfileVersion: '9.0'\n"
      "importers:\n"
      "  .:\n"
      "    configDependencies: {}\n"
      "    packageManagerDependencies:\n"
      "      pnpm: {specifier: 11.0.0, version: 11.0.0}\n"
      "packages:\n"
      "  pnpm@11.0.0: {resolution: {integrity: sha512-AA==}}\n"
      "snapshots:\n"
      "  pnpm@11.0.0: {}\n"
      "---\n"
      "lockfileVersion: '9.0'\n"
      "importers:\n"
      "  .:\n"
      "    dependencies:\n"
      "      a: {specifier: 1.0.0, version: 1.0.0}\n"
      "packages:\n"
      "  a@1.0.0: {resolution: {integrity: sha512-AA==}}\n"
      "snapshots:\n"
      "  a@1.0.0: {}\n",
      NULL,
      "d pnpm@11.0.0 [K]\n"
      "r a@1.0.0 [K]\n"
      "r app [ASKN] >0d >1r\n" },
    { "an unknown version", "lockfileVersion: 12.0\n", NULL,
      "r app [ASKN]\n"
      "! lock_version 12.0\n" },
    { "an old version",
      "lockfileVersion: 4\n"
      "packages:\n"
      "  /a/1.0.0: {}\n",
      NULL,
      "r a@1.0.0 [K]\n"
      "r app [ASKN]\n"
      "! lock_version 4\n" },
    { "no version",
      "packages:\n"
      "  /a/1.0.0: {}\n",
      NULL,
      "- a@1.0.0 [K]\n"
      "r app [ASKN]\n"
      "! missing_field lockfileVersion\n" },
    { "wrong types",
      "lockfileVersion: 5.4\n"
      "dependencies: [a]\n"
      "importers: x\n"
      "packages:\n"
      "  /a/1.0.0: x\n"
      "  /b/1.0.0:\n"
      "    dependencies: [a]\n"
      "  /c/1.0.0:\n"
      "  /c/1.0.0:\n",
      NULL,
      "r b@1.0.0 [K]\n"
      "r c@1.0.0 [K]\n"
      "! wrong_type importers\n"
      "! wrong_type /a/1.0.0\n"
      "! duplicate /c/1.0.0\n"
      "! wrong_type dependencies\n" },
    { "wrong types of projects",
      "lockfileVersion: 9.0\n"
      "importers:\n"
      "  .: [x]\n"
      "  m:\n"
      "packages: [a]\n"
      "snapshots: x\n",
      NULL,
      "r m [SKLN]\n"
      "! wrong_type .\n"
      "! wrong_type packages\n"
      "! wrong_type snapshots\n" },
    { "names that are none",
      "lockfileVersion: '6.0'\n"
      "packages:\n"
      "  /@s@1.0.0: {}\n"
      "  a/b/c@1: {}\n"
      "  '': {}\n"
      "  /: {}\n"
      "  x: {name: a/b}\n"
      "  /ok@1.0.0: {name: '', version: ''}\n",
      NULL,
      "r ok@1.0.0 [K]\n"
      "r app [ASKN]\n"
      "! bad_value /@s@1.0.0\n"
      "! bad_value a/b/c@1\n"
      "! bad_value\n"
      "! bad_value /\n"
      "! bad_value x\n" },
    { "twice the same project",
      "lockfileVersion: 9.0\n"
      "importers:\n"
      "  .: {}\n"
      "  ./: {}\n"
      "  a/..: {}\n"
      "  /: {}\n",
      NULL, "r app [ASKN]\n" },
    { "a document of nothing",
      "---\n"
      "---\n"
      "lockfileVersion: 9.0\n",
      NULL, "r app [ASKN]\n" },
    { "not YAML", "a: [\n", NULL, "! yaml_syntax 2\n" },
    { "empty", "", NULL, "! empty 1\n" },
    { "a manifest that is none", "lockfileVersion: 9.0\n", "[]",
      "r app [ASKN]\n"
      "! wrong_type package.json\n" },
};

TEST(pnpm_cases)
{
    for (size_t i = 0; i < HM_COUNT(CASE); i++) {
        const detect_view package = { .path = HM_STR("srv/app/pnpm-lock.yaml"),
                                      .bytes = hm_str_c(CASE[i].package ? CASE[i].package : "") };
        CHECK_SAID(CASE[i].name, hm_str_c(CASE[i].want), .fn = detect_pnpm_lock, .path = "srv/app/pnpm-lock.yaml",
                   .bytes = hm_str_c(CASE[i].in), .companion = CASE[i].package ? &package : NULL);
    }
}

/* Packages and the project, dependencies that have an entry. */
TEST(pnpm_fixtures)
{
    static const lock_fixture FIXTURE[] = {
        { "commits.v9.yaml", 3, 2, 0, 0, 0, "" },
        { "commits.yaml", 6, 3, 0, 0, 0, "" },
        { "empty.yaml", 0, 0, 0, 0, 1, "empty" },
        { "exotic.yaml", 8, 0, 0, 0, 2, "bad_value" },
        { "files.yaml", 6, 0, 0, 0, 1, "bad_value" },
        { "invalid-path.yaml", 2, 0, 0, 0, 1, "bad_value" },
        { "invalid-paths.yaml", 2, 0, 0, 0, 2, "bad_value" },
        { "missing-packages.yaml", 1, 0, 0, 0, 0, "" },
        { "mixed-groups.v53.yaml", 4, 3, 1, 1, 0, "" },
        { "mixed-groups.v54.yaml", 4, 3, 1, 1, 0, "" },
        { "mixed-groups.v6.yaml", 4, 3, 1, 1, 0, "" },
        { "mixed-groups.v9.yaml", 4, 3, 1, 1, 0, "" },
        { "multiple-packages.yaml", 15, 17, 0, 0, 0, "" },
        { "multiple-versions.v9.yaml", 4, 1, 0, 0, 0, "" },
        { "multiple-versions.yaml", 4, 1, 0, 0, 0, "" },
        { "no-packages.v9.yaml", 1, 0, 0, 0, 0, "" },
        { "no-packages.yaml", 1, 0, 0, 0, 0, "" },
        { "not-yaml.txt", 0, 0, 0, 0, 1, "wrong_type" },
        { "one-package-dev.v9.yaml", 2, 1, 1, 0, 0, "" },
        { "one-package-dev.yaml", 2, 1, 0, 0, 0, "" },
        { "one-package-v6-lockfile.yaml", 2, 1, 0, 0, 0, "" },
        { "one-package.v9.yaml", 2, 1, 0, 0, 0, "" },
        { "one-package.yaml", 2, 1, 0, 0, 0, "" },
        { "peer-dependencies-advanced-rc-v6.yaml", 6, 7, 0, 0, 0, "" },
        { "peer-dependencies-advanced-v6.yaml", 6, 7, 0, 0, 0, "" },
        { "peer-dependencies-advanced.v9.yaml", 14, 34, 0, 0, 0, "" },
        { "peer-dependencies-advanced.yaml", 10, 22, 0, 0, 0, "" },
        { "peer-dependencies-v6.yaml", 6, 7, 0, 0, 0, "" },
        { "peer-dependencies.v9.yaml", 3, 2, 0, 0, 0, "" },
        { "peer-dependencies.yaml", 3, 3, 0, 0, 0, "" },
        { "scoped-packages-v6-lockfile.yaml", 2, 1, 0, 0, 0, "" },
        { "scoped-packages.v9.yaml", 2, 1, 0, 0, 0, "" },
        { "scoped-packages.yaml", 2, 1, 0, 0, 0, "" },
        { "tarball.yaml", 2, 1, 1, 0, 0, "" },
    };
    check_locks(t_, detect_pnpm_lock, "pnpmlock", "p/pnpm-lock.yaml", FIXTURE, HM_COUNT(FIXTURE));
}

/* Ten times the packages cost ten times the memory (twice that, where arrays just doubled). */
TEST(pnpm_grows_with_its_bytes)
{
    size_t used[2] = { 0 };
    for (size_t round = 0; round < 2; round++) {
        size_t n = (test_fault() ? 20 : 1000) * (round ? (size_t)10 : 1);
        TEST_BUF in = { 0 };
        hm_buf_c(&in, "lockfileVersion: '9.0'\nsnapshots:\n");
        for (size_t i = 0; i < n; i++) {
            hm_buf_c(&in, "  p");
            hm_buf_u64(&in, i);
            hm_buf_c(&in, "@1.0.0(x@1):\n    dependencies:\n      p");
            hm_buf_u64(&in, (i * 7919) % n);
            hm_buf_c(&in, ": 1.0.0(x@1)\n");
        }
        CHECK("text", !in.bad);
        DETECT_TRIED d = { 0 };
        CHECK("read",
              detect_try_run(
                  &(detect_try){ .fn = detect_pnpm_lock, .path = "pnpm-lock.yaml", .bytes = hm_buf_view(&in) }, &d));
        CHECK_EQ("all", d.pack.comp_n, n);
        used[round] = hm_arena_used(d.arena);
    }
    CHECK("linear", used[1] < used[0] * 20);
}
