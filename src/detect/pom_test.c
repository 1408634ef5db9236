/* Maven poms: one and many, parents, managed versions, imports, variables, scopes; what cannot be known; bounds. */
#include "base/limits.h"
#include "detect/group_test.h"

#define DEP(g, a, v) "<dependency><groupId>" g "</groupId><artifactId>" a "</artifactId>" v "</dependency>"
#define V(v) "<version>" v "</version>"
#define GAV(g, a, v) "<groupId>" g "</groupId><artifactId>" a "</artifactId>" V(v)
#define DEPS(d) "<dependencies>" d "</dependencies>"
#define MANAGE(d) "<dependencyManagement><dependencies>" d "</dependencies></dependencyManagement>"

static const struct {
    const char *name, *in, *want;
} CASE[] = {
    { "one project",
      "== app/pom.xml\n<project>" GAV(
          "org.me", "app",
          "1.0-SNAPSHOT") "<packaging>war</packaging>\n<url>https://u:p@h.example/${project.artifactId}</url>"
                          "<licenses><license><name>The Apache Software License, Version 2.0</name></license></licenses>"
                          "<organization><name>Me Inc.</name></organization><developers><developer><name>A B</name><email>a@b</email>"
                          "</developer><developer><id>c</id></developer></developers><scm><url>https://h.example/${pom.artifactId}.git</url></scm>\n" DEPS(
                              DEP("g", "a", V("1")) "\n" DEP("g", "b", V("2") "<scope>test</scope>")
                                  DEP("g", "c", V("3") "<scope>provided</scope>")
                                      DEP("g", "d", V("4") "<optional>true</optional>")
                                          DEP("g", "e", V("5") "<scope>runtime</scope><type>jar</type>")
                                              DEP("g", "f", V("6") "<scope>system</scope>") DEP(
                                                  "g", "h",
                                                  V("7") "<type>zip</type><classifier>x/y</classifier>")) "</project>",
      "r org.me/app@1.0-SNAPSHOT [ASK] author=A B <a@b> supplier=Me Inc. licence=Apache-2.0 vcs=https://h.example/app.git home=https://h.example/app line=1 >1r >2d >3o >4o >5r >6r >7r\n"
      "r g/a@1 [] line=3\n"
      "d g/b@2 [] line=4\n"
      "o g/c@3 [] line=4 maven:scope=provided\n"
      "o g/d@4 [] line=4\n"
      "r g/e@5 [] line=4\n"
      "r g/f@6 [L] line=4 maven:scope=system\n"
      "r g/h@7 [] quals=classifier=x%2Fy&type=zip line=4\n" },
    { "parent and modules",
      "== pom.xml\n<project>" GAV(
          "g", "parent",
          "${revision}") "<packaging>pom</packaging>"
                         "<properties><revision>3</revision><v.x>1</v.x></properties><modules><module>core</module><module>web/pom.xml</module></modules>" MANAGE(
                             DEP("x", "x", V("${v.x}")) DEP("${project.groupId}", "core", V("${project.version}")))
                             DEPS(DEP(
                                 "all", "have",
                                 V("9") "<scope>test</scope>")) "</project>"
                                                                "\n== core/pom.xml\n<project><parent>" GAV(
                                                                    "g", "parent",
                                                                    "${revision}") "</parent><artifactId>core</artifactId>"
                                                                                   "<properties><v.x>2</v.x></properties>" DEPS(DEP(
                                                                                       "x", "x",
                                                                                       "")) "</project>"
                                                                                            "\n== web/pom.xml\n<project><parent>" GAV("g", "parent", "${revision}") "</parent><artifactId>web</artifactId>" DEPS(
                                                                                                DEP("g", "core",
                                                                                                    "") DEP("x", "x",
                                                                                                            "")
                                                                                                    DEP("all", "have",
                                                                                                        V("8"))) "</project>",
      "r g/parent@3 [ASK] line=1 >3d\n"
      "r g/core@3 [ASKL] in=core/pom.xml line=1 >3d >4r\n"
      "r g/web@3 [ASKL] in=web/pom.xml line=1 >1r >5r >6r\n"
      "d all/have@9 [] line=1\n"
      "r x/x@2 [] in=core/pom.xml line=1\n"
      "r x/x@1 [] in=web/pom.xml line=1\n"
      "r all/have@8 [] in=web/pom.xml line=1\n" },
    { "a parent by its name, an imported list, and the order of both",
      "== a/pom.xml\n<project><parent>" GAV("p", "p", "1") "<relativePath/></parent><artifactId>a</artifactId>" MANAGE(
          DEP("b", "bom1", V("1") "<type>pom</type><scope>import</scope>")
              DEP("b", "bom2", V("1") "<type>pom</type><scope>import</scope>"))
          DEPS(DEP("x", "own", "") DEP("x", "one", "") DEP("x", "both", "") DEP("x", "two", "") DEP("x", "deep", "") DEP(
              "x", "scope",
              "")) "<properties><v>child</v></properties></project>"
                   "\n== bom1/pom.xml\n<project>" GAV("b", "bom1", "1") "<properties><v>bom</v></properties>" MANAGE(
                       DEP("x", "own", V("no")) DEP("x", "one", V("1-${v}")) DEP("x", "both", V("1"))
                           DEP("b", "bom3",
                               V("1") "<type>pom</type><scope>import</scope>")) "</project>"
                                                                                "\n== bom2/pom.xml\n<project>" GAV(
                                                                                    "b", "bom2", "1")
                                                                                    MANAGE(DEP("x", "both", V("2")) DEP("x", "two", V("2")) DEP(
                                                                                        "x", "deep",
                                                                                        V("2"))) "</project>"
                                                                                                 "\n== bom3/pom.xml\n<project>" GAV(
                                                                                                     "b", "bom3",
                                                                                                     "1")
                                                                                                     MANAGE(DEP(
                                                                                                         "x", "deep",
                                                                                                         V("3"))) "</project>"
                                                                                                                  "\n== else/where/pom.xml\n<project>" GAV(
                                                                                                                      "p",
                                                                                                                      "p",
                                                                                                                      "1")
                                                                                                                      MANAGE(
                                                                                                                          DEP("x",
                                                                                                                              "own",
                                                                                                                              V("0-${v}"))
                                                                                                                              DEP("x",
                                                                                                                                  "scope",
                                                                                                                                  V("5") "<scope>test</scope>")) "<properties><v>parent</v></properties></project>",
      "r p/a@1 [ASK] line=1 >5r >6r >7r >8r >9r >10d\n"
      "r b/bom1@1 [ASK] in=bom1/pom.xml line=1\n"
      "r b/bom2@1 [ASK] in=bom2/pom.xml line=1\n"
      "r b/bom3@1 [ASK] in=bom3/pom.xml line=1\n"
      "r p/p@1 [ASK] in=else/where/pom.xml line=1\n"
      "r x/own@0-child [] line=1\n"
      "r x/one@1-bom [] line=1\n"
      "r x/both@1 [] line=1\n"
      "r x/two@2 [] line=1\n"
      "r x/deep@3 [] line=1\n"
      "d x/scope@5 [] line=1\n" },
    { "versions that are ranges or words",
      "== pom.xml\n<project>" GAV("g", "a", "1")
          DEPS(DEP("x", "a", V("[1.0,2.0)")) DEP("x", "b", V("[1.5]")) DEP("x", "c", V("LATEST"))
                   DEP("x", "d", V("(,1],[2,)")) DEP("x", "e", V("${range}"))
                       DEP("x", "f", V("1.0.0.RELEASE"))) "<properties><range>[9,)</range></properties></project>",
      "r g/a@1 [ASK] line=1 >1r >2r >3r >4r >5r >6r\n"
      "r x/a [N] line=1 declared-range=[1.0,2.0)\n"
      "r x/b@1.5 [] line=1\n"
      "r x/c [N] line=1 declared-range=LATEST\n"
      "r x/d [N] line=1 declared-range=(,1],[2,)\n"
      "r x/e [N] line=1 declared-range=[9,)\n"
      "r x/f@1.0.0.RELEASE [] line=1\n" },
    { "what is not there",
      "== pom.xml\n<project><parent>" GAV("s", "boot-parent", "3.1") "</parent><artifactId>a</artifactId>" DEPS(
          DEP("x", "a", "") DEP("x", "b", "") DEP("x", "c", V("${c.version}")) DEP("x", "d", V("4"))
              DEP("${og}", "e",
                  V("5"))) "</project>"
                           "\n== q/pom.xml\n<project>" GAV("s", "q", "1")
                               MANAGE(DEP("s", "bom", V("${bom}") "<type>pom</type><scope>import</scope>"))
                                   DEPS(DEP("x", "a", "")) "</project>"
                                                           "\n== r/pom.xml\n<project>" GAV("s", "r", "${changelist}")
                                                               DEPS(DEP("x", "a", "") DEP("", "y", V("1"))
                                                                        DEP("x", "", "")) "</project>"
                                                                                          "\n== s/pom.xml\n<project/>",
      "r s/a@3.1 [ASKO] line=1 >3r >4r >5r >6r\n"
      "r s/q@1 [ASK] in=q/pom.xml line=1 >3r\n"
      "r s/r [ASKN] in=r/pom.xml line=1 declared-range=${changelist} >3r\n"
      "r x/a [N] line=1 in=q/pom.xml line=1 in=r/pom.xml line=1\n"
      "r x/b [N] line=1\n"
      "r x/c [N] line=1 declared-range=${c.version}\n"
      "r x/d@4 [] line=1\n"
      "! unresolved 1 changelist in=r/pom.xml\n"
      "! missing_field 1 artifactId in=s/pom.xml\n"
      "! unresolved s:boot-parent:3.1\n"
      "! unresolved c.version\n"
      "! unresolved 1 ${og}\n"
      "! unresolved s:bom:${bom} in=q/pom.xml\n"
      "! missing_field 1 dependency/groupId in=r/pom.xml\n"
      "! missing_field 1 dependency/artifactId in=r/pom.xml\n"
      "! missing_field 1 a:version in=r/pom.xml\n" },
    { "declared two times: the last counts",
      "== pom.xml\n<project>" GAV("g", "a", "1")
          DEPS(DEP("x", "a", V("1")) DEP("x", "a", V("2")) DEP("x", "a", V("3") "<type>pom</type>")) "</project>",
      "r g/a@1 [ASK] line=1 >1r >2r\n"
      "r x/a@2 [] line=1\n"
      "r x/a@3 [] quals=type=pom line=1\n"
      "! duplicate 1 x:a\n" },
    { "circles",
      "== a/pom.xml\n<project><parent>" GAV("g", "b", "1") "<relativePath>../b</relativePath></parent>" GAV("g", "a",
                                                                                                            "1")
          DEPS(DEP(
              "x",
              "x",
              V("${one}"))) "<properties><one>${two}</one></properties></project>"
                            "\n== b/pom.xml\n<project><parent>" GAV(
                                "g",
                                "a",
                                "1") "<relativePath>../a/pom.xml</relativePath></parent>" GAV("g", "b", "1")
                                MANAGE(DEP(
                                    "g",
                                    "b",
                                    V("1") "<type>pom</type><scope>import</scope>")) "<properties><two>${one}</two></properties></project>",
      "r g/a@1 [ASK] line=1 >2r\n"
      "r g/b@1 [ASK] in=b/pom.xml line=1 >2r\n"
      "r x/x [N] line=1 declared-range=${one}\n"
      "! too_many 0 256 dependencyManagement\n"
      "! unresolved one\n"
      "! too_deep 0 32 parent\n"
      "! too_many 0 256 dependencyManagement in=b/pom.xml\n"
      "! unresolved one in=b/pom.xml\n"
      "! too_deep 0 32 parent in=b/pom.xml\n" },
    { "a parent outside of the target, and one at the path that is another",
      "== pom.xml\n<project><parent>" GAV("g", "up", "1") "</parent><artifactId>a</artifactId></project>"
                                                          "\n== m/pom.xml\n<project><parent>" GAV(
                                                              "g", "other",
                                                              "1") "</parent><artifactId>m</artifactId></project>",
      "r g/a@1 [ASKO] line=1\n"
      "r g/m@1 [ASKO] in=m/pom.xml line=1\n" },
    { "profiles are left out and said",
      "== pom.xml\n<project>" GAV("g", "a", "1") "<profiles><profile><id>ci</id>" DEPS(DEP(
          "x", "x",
          V("1"))) "</profile><profile><id>none</id></profile></profiles><build><plugins><plugin>" DEPS(DEP("y", "y",
                                                                                                            V("1"))) "</plugin></plugins></build></project>",
      "r g/a@1 [ASK] line=1 maven:profiles=ci\n" },
    { "bad files cost themselves alone",
      "== a/pom.xml\n<project>\n<dependencies></project>\n== b/pom.xml\n<html/>\n== c/pom.xml\n<project>" GAV(
          "g", "c", "1") "</project>"
                         "\n== d/META-INF/maven/x/y/pom.xml\nnot looked at\n== e/pom.xml\n",
      "r g/c@1 [ASK] in=c/pom.xml line=1\n"
      "! xml_syntax 2\n"
      "! wrong_type 1 html in=b/pom.xml\n"
      "! empty 1 in=e/pom.xml\n" },
    { "model 4.1: parents and siblings without versions",
      "== pom.xml\n<project root='true'>" GAV(
          "g", "p",
          "7") "<subprojects><subproject>a</subproject><subproject>b</subproject></subprojects></project>"
               "\n== a/pom.xml\n<project><parent/><artifactId>a</artifactId></project>"
               "\n== b/pom.xml\n<project><parent><relativePath>../pom.xml</relativePath></parent><artifactId>b</artifactId>" DEPS(
                   DEP("g", "a", "")) "</project>",
      "r g/p@7 [ASK] line=1\n"
      "r g/a@7 [ASKL] in=a/pom.xml line=1\n"
      "r g/b@7 [ASKL] in=b/pom.xml line=1 >1r\n" },
};

TEST(pom_groups)
{
    for (size_t i = 0; i < HM_COUNT(CASE); i++) {
        TEST_BUF out = { 0 };
        CHECK(CASE[i].name, group_said(detect_maven_pom, NULL, hm_str_c(CASE[i].in), &out));
        CHECK_STR(CASE[i].name, hm_buf_view(&out), hm_str_c(CASE[i].want));
    }
}

/* Read beside parent/pom.xml, which only the one that names it uses. */
static const struct {
    const char *name, *want;
} FIXTURE[] = {
    { "ambiguous-interpolation.xml", "r com.example/common-lib@1.0.0 [] line=13\n"
                                     "! missing_field 1 artifactId\n" },
    { "empty.xml", "r com.mycompany.app/my-app@1 [ASK] line=1\n" },
    { "encoding.xml", "r com.mycompany.app/my-app@1.0.0 [ASK] home=http://www.example.com line=3 >1r\n"
                      "r junit/junit@4.12 [] line=16\n" },
    { "explicit-jar.xml", "r org.different/my-lib@1.0.0 [] line=12\n"
                          "r com.example/my-lib@1.0.0 [] quals=type=pom line=17\n"
                          "r com.example/my-lib@1.0.0 [] line=23\n"
                          "! missing_field 1 artifactId\n" },
    { "interpolate-drop.xml", "r com.example/actual-artifact@1.0.0 [] line=11\n"
                              "! missing_field 1 artifactId\n"
                              "! missing_field 8 dependency/groupId\n" },
    { "interpolation.xml", "r io.library/my-library@1.0-SNAPSHOT [ASK] line=2 >1r >2r >3r\n"
                           "r org.mine/mypackage@1.0.0 [] line=18\n"
                           "r org.mine/my.package@2.3.4 [] line=24\n"
                           "r org.mine/ranged-package [N] line=30 declared-range=[9.4.35.v20201120,9.5)\n" },
    { "invalid-syntax.xml", "! xml_syntax 3\n" },
    { "multi-version.xml", "r abc/example.com@1.1.1 [] line=13\n"
                           "! missing_field 6 artifactId\n"
                           "! duplicate 13 abc:example.com\n" },
    { "not-pom.txt", "! xml_syntax 1\n" },
    { "one-package.xml", "r org.apache.maven/maven-artifact@1.0.0 [] line=7\n"
                         "! missing_field 1 artifactId\n" },
    { "plugin-dependency.xml", "r com.example/test-app@1.0.0 [ASK] line=1 >1r\n"
                               "r com.example/hijack-lib@1.0.0 [] line=27\n" },
    { "profiles.xml", "! missing_field 1 artifactId\n" },
    { "transitive.xml", "r com.mycompany.app/my-app@1.0 [ASK] line=1 >1r >2r >3r\n"
                        "r org.direct/alice@1.0.0 [] line=17\n"
                        "r org.direct/bob@2.0.0 [] line=22\n"
                        "r org.direct/chris@3.0.0 [] line=27\n" },
    { "two-packages.xml", "r io.netty/netty-all@4.1.42.Final [] line=7\n"
                          "r org.slf4j/slf4j-log4j12@1.7.25 [] line=12\n"
                          "! missing_field 1 artifactId\n" },
    { "with-dependency-management.xml", "r io.netty/netty-all@4.1.9 [] line=7\n"
                                        "r org.slf4j/slf4j-log4j12@1.7.25 [] line=12\n"
                                        "! missing_field 1 artifactId\n" },
    { "with-multiple-classifiers.xml", "r com.example/my-lib@1.0.0 [] quals=classifier=sources line=8\n"
                                       "r com.example/my-lib@1.0.0 [] line=14\n"
                                       "! missing_field 1 artifactId\n" },
    { "with-parent.xml", "r com.mycompany.app/my-app@1.0 [ASKO] line=1 >2r >3r >4r >5r >6r\n"
                         "r org.local/parent-pom@1.0 [ASKO] in=p/parent/pom.xml line=1 >6r\n"
                         "r org.alice/alice@1.0.0 [] line=18\n"
                         "r org.bob/bob@2.0.0 [] line=23\n"
                         "r org.chuck/chuck@3.0.0 [] line=28\n"
                         "r org.frank/frank [N] line=32\n"
                         "r org.dave/dave@4.0.0 [] in=p/parent/pom.xml line=15\n"
                         "! unresolved org.upstream:parent-pom:1.0\n" },
    { "with-scope.xml", "r abc/xyz@1.2.3 [] line=3\n"
                        "d junit/junit@4.12 [] line=9\n"
                        "! missing_field 1 artifactId\n" },
    { "with-type-classifier.xml", "r abc/xyz@1.0.0 [] quals=classifier=sources&type=pom line=3\n"
                                  "! missing_field 1 artifactId\n" },
};

TEST(pom_fixtures)
{
    if (!test_shared())
        TEST_SKIP("no shared data");
    for (size_t i = 0; i < HM_COUNT(FIXTURE); i++) {
        char name[128];
        TEST_BUF in = { 0 };
        TEST_BUF up = { 0 };
        TEST_BUF out = { 0 };
        snprintf(name, sizeof name, "java/pomxml/%s", FIXTURE[i].name);
        CHECK(name, fixture(name, &in) && fixture("java/pomxml/parent/pom.xml", &up));
        bool parent = hm_str_search(hm_buf_view(&in), HM_STR("./parent/pom.xml")) < in.n;
        const detect_view view[] = { { .path = HM_STR("p/pom.xml"), .bytes = hm_buf_view(&in) },
                                     { .path = HM_STR("p/parent/pom.xml"), .bytes = hm_buf_view(&up) } };
        CHECK(name, detect_said(&(detect_try){ .fn = detect_maven_pom, .files = view, .file_n = parent ? 2 : 1 }, &out,
                                NULL));
        CHECK_STR(name, hm_buf_view(&out), hm_str_c(FIXTURE[i].want));
    }
}

/* Texts that grow when expanded. */
TEST(pom_bounds)
{
    static const struct {
        const char *name, *in, *want;
    } BOUND[] = {
        { "substitutions",
          "<properties><a>${b}${b}${b}${b}${b}${b}${b}${b}${b}</a>"
          "<b>${c}${c}${c}${c}${c}${c}${c}${c}${c}</b><c>1</c></properties>",
          "r g/a [ASKN] line=1 declared-range=${a}\n! unresolved 1 c\n" },
        { "depth",
          "<properties><a>${b}</a><b>${c}</b><c>${d}</c><d>${e}</d><e>${f}</e><f>${g}</f><g>${h}</g><h>1</h></properties>",
          "r g/a@1 [ASK] line=1\n" },
        { "deeper",
          "<properties><a>${b}</a><b>${c}</b><c>${d}</c><d>${e}</d><e>${f}</e><f>${g}</f><g>${h}</g><h>${i}</h>"
          "<i>1</i></properties>",
          "r g/a [ASKN] line=1 declared-range=${a}\n! unresolved 1 i\n" },
    };
    for (size_t i = 0; i < HM_COUNT(BOUND); i++) {
        TEST_BUF in = { 0 };
        TEST_BUF out = { 0 };
        hm_buf_c(&in, "== pom.xml\n<project>" GAV("g", "a", "${a}"));
        hm_buf_c(&in, BOUND[i].in);
        hm_buf_c(&in, "</project>");
        CHECK(BOUND[i].name, !in.bad && group_said(detect_maven_pom, NULL, hm_buf_view(&in), &out));
        CHECK_STR(BOUND[i].name, hm_buf_view(&out), hm_str_c(BOUND[i].want));
    }
}

/* A line of parents that ends at the limit and one that is longer; imports likewise. */
TEST(pom_limits_are_reached)
{
    enum { ROOM = LIMIT_POM_IMPORTS + 2 };
    if (test_fault())
        return;
    for (int over = 0; over < 2; over++) {
        detect_view *view = calloc(ROOM, sizeof *view);
        char(*path)[32] = calloc(ROOM, sizeof *path), (*text)[512] = calloc(ROOM, sizeof *text);
        CHECK("memory", view && path && text);
        size_t n = LIMIT_POM_PARENTS + (size_t)over;
        for (size_t i = 0; i < n; i++) {
            snprintf(path[i], sizeof path[i], "p%zu/pom.xml", i);
            snprintf(text[i], sizeof text[i],
                     "<project>%s<parent><groupId>g</groupId><artifactId>p%zu</artifactId>"
                     "<version>1</version></parent><artifactId>p%zu</artifactId></project>",
                     i + 1 == n ? "<!--" : "", i + 1, i);
            if (i + 1 == n)
                snprintf(text[i], sizeof text[i],
                         "<project><groupId>g</groupId><version>1</version><artifactId>p%zu</artifactId></project>", i);
            view[i] = (detect_view){ .path = hm_str_c(path[i]), .bytes = hm_str_c(text[i]) };
        }
        TEST_BUF out = { 0 };
        CHECK("parents", detect_said(&(detect_try){ .fn = detect_maven_pom, .files = view, .file_n = n }, &out, NULL));
        CHECK_EQ("parents", hm_str_search(hm_buf_view(&out), HM_STR("! too_deep 0 32 parent")) < out.n, over);
        /* one pom that imports others: itself and LIMIT - 1 of them are asked */
        TEST_BUF one = { 0 };
        hm_buf_c(
            &one,
            "<project><groupId>g</groupId><artifactId>all</artifactId><version>1</version><dependencyManagement><dependencies>");
        n = LIMIT_POM_IMPORTS + (size_t)over;
        for (size_t i = 1; i < n; i++) {
            snprintf(path[i], sizeof path[i], "p%zu/pom.xml", i);
            snprintf(text[i], sizeof text[i],
                     "<project><groupId>g</groupId><artifactId>p%zu</artifactId><version>1</version></project>", i);
            view[i] = (detect_view){ .path = hm_str_c(path[i]), .bytes = hm_str_c(text[i]) };
            hm_buf_c(
                &one,
                "<dependency><groupId>g</groupId><version>1</version><scope>import</scope><type>pom</type><artifactId>p");
            hm_buf_u64(&one, i);
            hm_buf_c(&one, "</artifactId></dependency>");
        }
        hm_buf_c(&one, "</dependencies></dependencyManagement></project>");
        view[0].bytes = hm_buf_view(&one);
        hm_buf_reset(&out);
        CHECK("imports", detect_said(&(detect_try){ .fn = detect_maven_pom, .files = view, .file_n = n }, &out, NULL));
        CHECK_EQ("imports", hm_str_search(hm_buf_view(&out), HM_STR("! too_many 0 256 dependencyManagement")) < out.n,
                 over);
        free(view);
        free(path);
        free(text);
    }
    /* what 251 modules take from a parent with 1,000 dependencies is more than the limit */
    TEST_BUF parent = { 0 };
    hm_buf_c(&parent, "<project><groupId>g</groupId><artifactId>p</artifactId><version>1</version><dependencies>");
    for (uint64_t i = 0; i < 1000; i++) {
        hm_buf_c(&parent, "<dependency><groupId>g</groupId><artifactId>a");
        hm_buf_u64(&parent, i);
        hm_buf_c(&parent, "</artifactId><version>1</version></dependency>");
    }
    hm_buf_c(&parent, "</dependencies></project>");
    detect_view *view = calloc(252, sizeof *view);
    CHECK("memory", view);
    view[0] = (detect_view){ .path = HM_STR("pom.xml"), .bytes = hm_buf_view(&parent) };
    for (size_t i = 1; i < 252; i++)
        view[i] = (detect_view){ .path = HM_STR("m/pom.xml"),
                                 .bytes = HM_STR("<project><parent>" GAV(
                                     "g", "p", "1") "</parent><artifactId>m</artifactId></project>") };
    DETECT_TRIED d = { 0 };
    CHECK("inherited", detect_try_run(&(detect_try){ .fn = detect_maven_pom, .files = view, .file_n = 252 }, &d));
    CHECK_EQ("components", d.pack.comp_n, 1252);
    CHECK_EQ("edges", d.pack.edge_n, 251000);
    CHECK_EQ("one gap", d.pack.gap_n, 1);
    CHECK_EQ("limit", d.pack.gap[0].arg[0], LIMIT_POM_INHERITED);
    free(view);
}
