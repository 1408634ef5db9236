/* Ruby: locks of Bundler, gem specifications of installed gems and of the project. */
#include "base/limits.h"
#include "detect/detect_test.h"
#include "detect/gem.h"

#define SUMS "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"

static const struct {
    const char *name, *in, *want;
} LOCK[] = {
    { "sources, platforms, checksums",
      "GIT\n  remote: https://t@h.example/o/r.git\n  revision: abc\n  branch: b\n  specs:\n    g (1.0)\n      a (~> 1)\n\n"
      "GIT\n  remote: git@h.example:o/s.git\n  revision: def\n  specs:\n    h (1.0)\n\n"
      "PATH\n  remote: vendor/p\n  specs:\n    p (0.1)\n      a\n      gone\n\n"
      "PLUGIN SOURCE\n  remote: https://p.example/\n  type: odd\n  specs:\n    q (2)\n\n"
      "GEM\n  remote: https://u:p@registry.example/\n  specs:\n    a (1.0.0)\n    a (1.0.0-x86_64-linux)\n    b (2.0.rc1-java)\n      a (>= 1, < 3)\n\n"
      "PLATFORMS\n  ruby\n  x86_64-linux\n\nDEPENDENCIES\n  b (~> 2)\n  g!\n  none\n\n"
      "CHECKSUMS\n  a (1.0.0) sha256=" SUMS "\n  a (1.0.0-x86_64-linux)\n  b (2.0.rc1-java) md5=1,sha256=" SUMS
      "\n  c (1) sha256=" SUMS "\n\n"
      "RUBY VERSION\n   ruby 3.0.2p107\n\nBUNDLED WITH\n   2.2.28\n",
      "- g@1.0 [K] quals=vcs_url=git%2Bhttps:%2F%2Fh.example%2Fo%2Fr.git%40abc vcs=git+https://h.example/o/r.git#abc line=6 >4r >5r +srv/app:g\n"
      "- h@1.0 [K] quals=vcs_url=git%40h.example:o%2Fs.git%40def vcs=git@h.example:o/s.git#def line=13 +srv/app:h\n"
      "- p@0.1 [KOL] line=18 gem:path=vendor/p >4r >5r +srv/app:p\n"
      "- q@2 [K] line=26 gem:plugin-source=odd +srv/app:q\n"
      "- a@1.0.0 [K] line=31 hash=00010203 gem:source=https://registry.example/ +srv/app:a\n"
      "- a@1.0.0 [K] quals=platform=x86_64-linux line=32 gem:source=https://registry.example/ +srv/app:a\n"
      "- b@2.0.rc1 [K] quals=platform=java line=33 hash=00010203 gem:source=https://registry.example/ >4r >5r +srv/app:b\n"
      "- app [ASKON] gem:ruby-version=ruby 3.0.2p107 gem:bundled-with=2.2.28 >0- >6-\n"
      "! bad_value 49 c (1)\n" },
    { "the project is a gem",
      "PATH\n  remote: .\n  specs:\n    me (0.1)\n      a\n\nGEM\n  remote: r1\n  remote: r2\n  specs:\n    a (1)\n    dev (1-ruby)\n\n"
      "DEPENDENCIES\n  dev\n  me!\n",
      "- me@0.1 [ASKL] line=4 >1r >2- +srv/app:me\n"
      "- a@1 [K] line=11 +srv/app:a\n"
      "- dev@1 [K] line=12 +srv/app:dev\n" },
    { "what is no line of a lock",
      "odd\n<<<<<<< HEAD\nGEM\n  specs:\n    a\n        deep (1)\n   three\n    (1)\n    b (\n\n\nDEPENDENCIES\n  !\n  a\n",
      "- a [KN] line=5 +srv/app:a\n"
      "- b [KN] line=9 +srv/app:b\n"
      "- app [ASKN] >0-\n"
      "! bad_value 1 odd\n"
      "! bad_value 2 <<<<<<< HEAD\n"
      "! bad_value 5 a\n"
      "! bad_value 6 deep (1)\n"
      "! bad_value 7 three\n"
      "! bad_value 8 specs\n"
      "! bad_value 9 b\n" },
    { "before any section", "  a (1)\n", "- app [ASKN]\n! bad_value 1 a (1)\n" },
    { "ends of lines", "GEM\r\n  specs:\r\n    a (1)  \r\n", "- a@1 [K] line=3 +srv/app:a\n- app [ASKN]\n" },
    { "nothing", " \n", "! empty\n" },
};

TEST(gem_lock_cases)
{
    for (size_t i = 0; i < HM_COUNT(LOCK); i++)
        CHECK_SAID(LOCK[i].name, hm_str_c(LOCK[i].want), .fn = detect_gem_lock, .path = "srv/app/Gemfile.lock",
                   .bytes = hm_str_c(LOCK[i].in));
}

TEST(gem_installed_dirs)
{
    static const struct {
        const char *path, *name;
        bool git;
        size_t inside;
    } CASE[] = {
        { "v/ruby/3.1.0/gems/rack-2.2.3/Gemfile.lock", "rack-2.2.3", false, 0 },
        { "v/gems/rack-test-2.2.3-java/spec/app/Gemfile.lock", "rack-test-2.2.3-java", false, 2 },
        { "v/bundler/gems/rack-0a1b/Gemfile.lock", "rack-0a1b", true, 0 },
        { "gems/rack/Gemfile.lock", NULL, false, 0 },
        { "gems/rack-test/Gemfile.lock", NULL, false, 0 },
        { "gems/-1/Gemfile.lock", NULL, false, 0 },
        { "gems/a-/Gemfile.lock", NULL, false, 0 },
        { "Gemfile.lock", NULL, false, 0 },
    };
    for (size_t i = 0; i < HM_COUNT(CASE); i++) {
        detect_gem_dir d = { 0 };
        CHECK_EQ(CASE[i].path, detect_gem_dir_of(hm_str_c(CASE[i].path), &d), CASE[i].name != NULL);
        CHECK_STR(CASE[i].path, d.name, hm_str_c(CASE[i].name));
        CHECK_EQ(CASE[i].path, d.git, CASE[i].git);
        CHECK_EQ(CASE[i].path, d.inside, CASE[i].inside);
        CHECK_SAID(CASE[i].path, CASE[i].name ? HM_NONE : HM_STR("! empty\n"), .fn = detect_gem_lock,
                   .path = CASE[i].path, .bytes = HM_STR(""));
    }
}

#define NEW "Gem::Specification.new do |s|\n"
static const struct {
    const char *name, *path, *in, *want;
} SPEC[] = {
    { "as RubyGems writes it", "v/specifications/n-1.0-java.gemspec",
      "# stub: n 1.0 java lib\n\n" NEW "  s.name = %q<n>.freeze\n  s.version = \"1.0\"\n"
      "  s.required_rubygems_version = Gem::Requirement.new(\">= 0\") if s.respond_to? :required_rubygems_version=\n"
      "  s.authors = [\"A \\\"B\\\"\".freeze,\n    'C']\n  s.email = [\"a@b\", \"c@d\"]\n  s.licenses = [\"Ruby\".freeze, \"MIT\"]\n"
      "  s.homepage = \"https://u:p@h.example/\".freeze\n"
      "  s.metadata = { \"homepage_uri\" => \"x\", \"source_code_uri\" => \"https://v.example\" } if s.respond_to? :metadata=\n"
      "  if s.respond_to? :add_runtime_dependency then\n    s.add_runtime_dependency(%q<x>.freeze, [\">= 0\", \"< 2\"])\n"
      "    s.add_development_dependency(%q<y>.freeze, [\">= 0\"])\n  else\n    s.add_dependency(%q<x>.freeze, [\">= 0\"])\n"
      "    s.add_dependency(%q<y>.freeze, [\">= 0\"])\n  end\nend\n",
      "- n@1.0 [K] quals=platform=java author=A \"B\" <a@b>, C <c@d> licence=Ruby OR MIT vcs=https://v.example "
      "home=https://h.example/ +v/specifications:n ?r:v/specifications:x\n" },
    { "a default gem", "v/specifications/default/n-1.gemspec",
      NEW "s.name='n';s.version='1';s.license='No Such'\ns.platform = Gem::Platform::RUBY\ns.author = 'A'\nend",
      "- n@1 [K] author=A raw=No Such gem:default=true +v/specifications:n\n" },
    { "from git", "v/bundler/gems/n-0a1b/n.gemspec", NEW "s.name='n'\ns.version=N::VERSION\ns.add_dependency 'x'\nend",
      "- n [KN] gem:commit=0a1b +v/specifications:n ?r:v/specifications:x\n! unresolved 3 N::VERSION\n" },
    { "another one in it", "v/bundler/gems/n-0a1b/spec/m.gemspec", NEW "s.name='m'\nend", "" },
    { "inside an installed gem", "v/gems/n-1/n.gemspec", "", "" },
    { "the project", "srv/me.gemspec",
      "V='2'\n" NEW "s.name='me'\ns.version=V.freeze\ns.add_dependency('x', '~> 1', '>= 1.2')\n"
      "s.add_development_dependency \"y\"\ns.license=\"MIT\"\ns.platform='java'\nend",
      "r me@2 [ASK] quals=platform=java licence=MIT >1r >2d\nr x [N] line=5 declared-range=~> 1, >= 1.2\nd y [N] line=6\n" },
    { "texts that are not the version", "me.gemspec", NEW "s.name='me'\ns.version = File.read('VERSION').strip\nend",
      "r me [ASKN]\n! unresolved 3 File.read\n" },
    { "computed", "me.gemspec", NEW "s.name='me'\ns.version = \"1.#{x}\"\ns.add_dependency z\nend",
      "r me [ASKON]\n! unresolved 3 1.#{x}\n" },
    { "put together", "me.gemspec", NEW "s.name='me'\ns.version = \"1.\" + x\nend",
      "r me [ASKN]\n! unresolved 3 1.\n" },
    { "as an object", "me.gemspec", NEW "s.name='me'\ns.version = Gem::Version.new(\"1.2\")\nend", "r me@1.2 [ASK]\n" },
    { "a text below, with an apostrophe", "me.gemspec",
      NEW
      "s.description = <<~END\n  it doesn't matter, s.name = 'no'\n  END\ns.name='me'\ns.version='1'\ns.licenses=%w[MIT Ruby]\nend",
      "r me@1 [ASK] licence=MIT OR Ruby\n" },
    { "a text below without end", "me.gemspec", NEW "s.name='me'\ns.version='1'\ns.summary = <<END\nx\n",
      "r me@1 [ASK]\n! truncated 6\n" },
    { "a comment", "me.gemspec", NEW "s.name='me' # s.name = 'no'\n# s.version='2'\ns.version= \\\n '1'\nend",
      "r me@1 [ASK]\n" },
    { "no name", "me.gemspec", NEW "s.version='1'\nend", "! missing_field name\n" },
    { "no version", "me.gemspec", NEW "s.name='me'\nend", "r me [ASKN]\n! missing_field version\n" },
    { "a text that never ends", "me.gemspec", NEW "s.version='1'\ns.name=\"me\n", "! missing_field 4 name\n" },
    { "no specification", "me.gemspec", "puts 1\n", "! missing_field Gem::Specification\n" },
    { "nothing", "me.gemspec", "", "! empty\n" },
};

TEST(gem_spec_cases)
{
    for (size_t i = 0; i < HM_COUNT(SPEC); i++) {
        const detect_view file = { .path = hm_str_c(SPEC[i].path), .bytes = hm_str_c(SPEC[i].in) };
        bool installed = hm_str_starts(file.path, HM_STR("v/"));
        CHECK_SAID(SPEC[i].name, installed ? hm_str_c(SPEC[i].want) : HM_NONE, .fn = detect_gemspec,
                   .path = SPEC[i].path, .bytes = file.bytes);
        CHECK_SAID(SPEC[i].name, installed ? HM_NONE : hm_str_c(SPEC[i].want), .fn = detect_gem_project, .files = &file,
                   .file_n = 1);
    }
}

TEST(gem_projects)
{
    static const detect_view FILES[] = {
        { .path = HM_STR("a/a.gemspec"),
          .bytes = HM_STR(
              NEW "s.name='a'\ns.version='1'\ns.add_dependency 'x', '~> 1'\ns.add_development_dependency 'y'\nend") },
        { .path = HM_STR("b/Gemfile.lock") },
        { .path = HM_STR("b/b.gemspec"),
          .bytes = HM_STR(
              NEW "s.name='b'\ns.version='1'\ns.add_dependency 'x', '~> 1'\ns.add_development_dependency 'y'\nend") },
        { .path = HM_STR("c/c.gemspec") },
        { .path = HM_STR("d/d.gemspec"),
          .bytes = HM_STR(
              NEW
              "s.name='d'\ns.add_dependency 'x', '1.0'\ns.add_dependency 'y', '= 2.0'\ns.add_dependency 'z', '1', '2'\nend") },
    };
    CHECK_SAID("locked or not",
               HM_STR("r a@1 [ASK] >1r >2d\n"
                      "r x [N] line=4 declared-range=~> 1\n"
                      "d y [N] line=5\n"
                      "r b@1 [ASK] in=b/b.gemspec ?r:b:x ?d:b:y\n"
                      "r d [ASKN] in=d/d.gemspec >5r >6r >7r\n"
                      "r x@1.0 [] in=d/d.gemspec line=3\n"
                      "r y@2.0 [] in=d/d.gemspec line=4\n"
                      "r z [N] in=d/d.gemspec line=5 declared-range=1, 2\n"
                      "! empty in=c/c.gemspec\n"
                      "! missing_field version in=d/d.gemspec\n"),
               .fn = detect_gem_project, .files = FILES, .file_n = HM_COUNT(FILES));
}

/* Ten times the quotes cost ten times the work: an open text ends the reading. */
TEST(gem_spec_hostile)
{
    static const char *const PIECE[] = { "\"\\", "%q<", "<<A\n", "s.", "[", "'\\'", "#{" };
    for (size_t i = 0; i < HM_COUNT(PIECE); i++) {
        TEST_BUF in = { 0 };
        TEST_BUF out = { 0 };
        hm_buf_c(&in, NEW);
        while (in.n < (test_fault() ? 2000u : 1u << 20) && !in.bad)
            hm_buf_c(&in, PIECE[i]);
        CHECK(PIECE[i],
              detect_said(
                  &(detect_try){ .fn = detect_gemspec, .path = "specifications/a.gemspec", .bytes = hm_buf_view(&in) },
                  &out, NULL));
    }
}

/* Components, edges and gaps that the files of the shared fixtures hold. */
TEST(gem_lock_fixtures)
{
    static const struct {
        const char *file;
        size_t comps, edges, gaps;
        const char *has; /* a line of it */
    } CASE[] = {
        { "has-git-gem.lock", 6, 5, 0,
          "- hanami-utils@2.0.0.alpha1 [K] quals=vcs_url=git%2Bhttps:%2F%2Fgithub.com%2Fhanami%2Futils.git%405904fc9a70683b8749aa2861257d0c8c01eae4aa "
          "vcs=git+https://github.com/hanami/utils.git#5904fc9a70683b8749aa2861257d0c8c01eae4aa line=15 >2r >4r +proj:hanami-utils\n" },
        { "has-local-gem.lock", 31, 43, 0,
          "- backbone-on-rails@1.2.0.0 [KL] line=4 gem:path=vendor/gem/backbone-on-rails " },
        { "invalid.lock", 2, 0, 1, "! bad_value 4 invalid-name\n" },
        { "multiple-gems.lock", 7, 6, 0, "- pry@0.14.1 [K] line=10 " },
        { "no-gem-section.lock", 1, 0, 0, "- proj [ASKN] gem:ruby-version=ruby 3.0.2p107 gem:bundled-with=2.2.28\n" },
        { "no-gems.lock", 1, 0, 0, "- proj [ASKN] " },
        { "no-spec-section.lock", 1, 0, 0, "- proj [ASKN] " },
        { "one-gem.lock", 2, 1, 0, "- ast@2.4.2 [K] line=4 " },
        { "rails.lock", 47, 96, 0, "- nokogiri@1.13.3 [K] quals=platform=x86_64-linux " },
        { "rubocop.lock", 11, 11, 0, "- rubocop@1.25.1 [K] line=11 " },
        { "some-gems.lock", 4, 3, 0, "- pry@0.14.1 [K] line=6 " },
        { "source-section-at-end.lock", 2, 1, 0, "- ast@2.4.2 [K] line=16 " },
    };
    if (!test_shared())
        TEST_SKIP("no shared data");
    for (size_t i = 0; i < HM_COUNT(CASE); i++) {
        char name[128];
        TEST_BUF in = { 0 };
        TEST_BUF out = { 0 };
        DETECT_TRIED d = { 0 };
        snprintf(name, sizeof name, "ruby/gemfilelock/%s", CASE[i].file);
        CHECK(name, fixture(name, &in));
        const detect_try t = { .fn = detect_gem_lock, .path = "proj/Gemfile.lock", .bytes = hm_buf_view(&in) };
        CHECK(name, detect_try_run(&t, &d));
        CHECK_EQ(name, d.pack.comp_n, CASE[i].comps);
        CHECK_EQ(name, d.pack.edge_n, CASE[i].edges);
        CHECK_EQ(name, d.pack.gap_n, CASE[i].gaps);
        CHECK(name, detect_said(&t, &out, NULL));
        CHECK(CASE[i].has, hm_str_search(hm_buf_view(&out), hm_str_c(CASE[i].has)) < out.n);
    }
}

TEST(gem_spec_fixtures)
{
    static const struct {
        const char *file, *want;
    } CASE[] = {
        { "badspec", "! missing_field Gem::Specification\n" },
        { "empty", "! empty\n" },
        { "invalid", "! missing_field name\n" },
        { "rss-0.2.9",
          "- rss@0.2.9 [K] author=Kouhei Sutou <kou@cozmixng.org> licence=BSD-2-Clause home=https://github.com/ruby/rss "
          "+s/specifications:rss ?r:s/specifications:rexml\n" },
        { "yaml-0.2.1",
          "- yaml@0.2.1 [K] author=Aaron Patterson <aaron@tenderlovemaking.com>, SHIBATA Hiroshi <hsbt@ruby-lang.org> "
          "licence=Ruby OR BSD-2-Clause vcs=https://github.com/ruby/yaml home=https://github.com/ruby/yaml +s/specifications:yaml\n" },
        { "version_inline", "- example_inline@3.0.0 [K] +s/specifications:example_inline\n" },
        { "version_constant/version_constant",
          "- example_app [KN] +s/specifications:example_app\n! unresolved 7 ExampleApp::VERSION\n" },
        { "version_constant_class/version_constant_class",
          "- example_app [KN] +s/specifications:example_app\n! unresolved 7 ExampleApp::VERSION\n" },
        { "version_constant_conditional/version_constant_conditional",
          "- example_app_conditional [KN] +s/specifications:example_app_conditional\n! unresolved 7 ExampleApp::VERSION\n" },
        { "version_constant_different_casing/version_constant_different_casing",
          "- example_app [KN] +s/specifications:example_app\n! unresolved 7 ExampleApp::Version\n" },
        { "version_constant_dirname/version_constant_dirname",
          "- example_app_dirname [KN] +s/specifications:example_app_dirname\n! unresolved 7 ExampleApp::VERSION\n" },
        { "version_constant_expand/version_constant_expand",
          "- example_app_expand [KN] +s/specifications:example_app_expand\n! unresolved 7 ExampleApp::VERSION\n" },
        { "version_constant_expand_join/version_constant_expand_join",
          "- example_app_expand_join [KN] +s/specifications:example_app_expand_join\n! unresolved 7 ExampleApp::VERSION\n" },
        { "version_constant_freeze/version_constant_freeze",
          "- example_app_freeze [KN] +s/specifications:example_app_freeze\n! unresolved 7 ExampleApp::VERSION\n" },
        { "version_constant_join/version_constant_join",
          "- example_app_join [KN] +s/specifications:example_app_join\n! unresolved 7 ExampleApp::VERSION\n" },
        { "version_constant_join_multiline/version_constant_join_multiline",
          "- example_app_join_multiline [KN] +s/specifications:example_app_join_multiline\n! unresolved 11 ExampleApp::VERSION\n" },
        { "version_constant_missing/version_constant_missing",
          "- example_missing [KN] +s/specifications:example_missing\n! unresolved 7 ExampleApp::VERSION\n" },
        { "version_constant_require/version_constant_require",
          "- example_app_require [KN] +s/specifications:example_app_require\n! unresolved 8 ExampleApp::VERSION\n" },
        { "version_load_path/version_load_path",
          "- example_app [KN] +s/specifications:example_app\n! unresolved 9 ExampleApp::VERSION\n" },
        { "version_method/version_method",
          "- example_app [KN] +s/specifications:example_app\n! unresolved 7 ExampleApp.version\n" },
    };
    if (!test_shared())
        TEST_SKIP("no shared data");
    for (size_t i = 0; i < HM_COUNT(CASE); i++) {
        char name[160];
        TEST_BUF in = { 0 };
        snprintf(name, sizeof name, "ruby/gemspec/%s.gemspec", CASE[i].file);
        CHECK(name, fixture(name, &in));
        CHECK_SAID(name, hm_str_c(CASE[i].want), .fn = detect_gemspec, .path = "s/specifications/x.gemspec",
                   .bytes = hm_buf_view(&in));
    }
}
