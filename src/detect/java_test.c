/* Java archives: file names, manifests, what an archive is and what it contains; the entries as an archive has them. */
#include "detect/group_test.h"
#include "detect/java.h"
#include "detect/maven.h"

TEST(java_file_names)
{
    static const struct {
        const char *in, *name, *version, *classifier, *type;
    } CASE[] = {
        { "commons-lang3-3.12.0.jar", "commons-lang3", "3.12.0", "", "jar" },
        { "commons-lang3-3.12.0-sources.jar", "commons-lang3", "3.12.0", "sources", "jar" },
        { "log4j-1.2-api-2.17.1.jar", "log4j-1.2-api", "2.17.1", "", "jar" },
        { "log4j-1.2-api-2.17.1-tests.jar", "log4j-1.2-api", "2.17.1", "tests", "jar" },
        { "guava-31.1-jre.jar", "guava", "31.1-jre", "", "jar" },
        { "app-1.0-20240102.030405-7.war", "app", "1.0-20240102.030405-7", "", "war" },
        { "app-1.0-SNAPSHOT.EAR", "app", "1.0-SNAPSHOT", "", "ear" },
        { "netty-tcnative-2.0.61.Final-linux-x86_64.jar", "netty-tcnative", "2.0.61.Final", "linux-x86_64", "jar" },
        { "hibernate-core-6.0.0-Beta2-redhat-1.jar", "hibernate-core", "6.0.0-Beta2-redhat-1", "", "jar" },
        { "cats-core_2.13-2.9.0.jar", "cats-core_2.13", "2.9.0", "", "jar" },
        { "scala-library_2.13.jar", "scala-library_2.13", "", "", "jar" },
        { "org.eclipse.core_3.7.1.v2011.jar", "org.eclipse.core", "3.7.1.v2011", "", "jar" },
        { "h2-1.4.200.jar", "h2", "1.4.200", "", "jar" },
        { "bcprov-jdk15on-1.70.jar", "bcprov-jdk15on", "1.70", "", "jar" },
        { "servlet.jar", "servlet", "", "", "jar" },
        { "a-b-.jar", "a-b-", "", "", "jar" },
        { "-1.jar", "-1", "", "", "jar" },
        { ".jar", ".jar", "", "", "" },
        { "x.tar.gz", "x.tar.gz", "", "", "" },
        { "", "", "", "", "" },
    };
    for (size_t i = 0; i < HM_COUNT(CASE); i++) {
        detect_java_name n = detect_java_file_name(hm_str_c(CASE[i].in));
        CHECK_STR(CASE[i].in, n.name, hm_str_c(CASE[i].name));
        CHECK_STR(CASE[i].in, n.version, hm_str_c(CASE[i].version));
        CHECK_STR(CASE[i].in, n.classifier, hm_str_c(CASE[i].classifier));
        CHECK_STR(CASE[i].in, n.type, hm_str_c(CASE[i].type));
        CHECK_EQ(CASE[i].in, n.archive, CASE[i].type[0] != '\0');
    }
}

#define POM(dir, g, a, v)                                                                                              \
    "== " dir "!/META-INF/maven/" g "/" a "/pom.properties\n#Generated\nversion=" v "\ngroupId=" g "\nartifactId=" a   \
    "\n"
#define MF(dir) "== " dir "!/META-INF/MANIFEST.MF\nManifest-Version: 1.0\n"

static const struct {
    const char *name, *archive, *in, *want;
} CASE[] = {
    { "its own pom, among shaded ones", "lib/app-1.0.jar",
      MF("lib/app-1.0.jar") "Implementation-Vendor: Me\n" POM("lib/app-1.0.jar", "o.a", "other", "2") POM(
          "lib/app-1.0.jar", "o.m", "app",
          "1.0") "== lib/app-1.0.jar!/META-INF/maven/o.m/app/pom.xml\n"
                 "<project><groupId>o.m</groupId><artifactId>app</artifactId><version>1.0</version><url>https://h.example/</url>"
                 "<licenses><license><name>MIT License</name></license></licenses><organization><name>Org</name></organization>"
                 "<dependencies><dependency><groupId>${project.groupId}</groupId><artifactId>x</artifactId><version>1</version></dependency>"
                 "<dependency><groupId>t</groupId><artifactId>t</artifactId><version>1</version><scope>test</scope></dependency>"
                 "<dependency><groupId>p</groupId><artifactId>o</artifactId><version>1</version><optional>true</optional></dependency></dependencies></project>\n",
      "- o.m/app@1.0 [K] supplier=Org licence=MIT home=https://h.example/ in=lib/app-1.0.jar!/META-INF/maven/o.m/app/pom.properties >1r +lib:o.m:app *r:lib/app-1.0.jar:! ?r:lib:o.m:x ?o:lib:p:o\n"
      "- o.a/other@2 [B] in=lib/app-1.0.jar!/META-INF/maven/o.a/other/pom.properties\n" },
    { "nested, with a classifier", "a.war!/WEB-INF/lib/x-1-linux.jar",
      POM("a.war!/WEB-INF/lib/x-1-linux.jar", "g", "x", "1"),
      "- g/x@1 [] quals=classifier=linux +a.war:! +a.war!/WEB-INF/lib:g:x *r:a.war!/WEB-INF/lib/x-1-linux.jar:!\n" },
    { "a classifier that looks like a version", "l-9.0-empty-to.jar",
      POM("l-9.0-empty-to.jar", "g", "l", "9.0-empty-to"), "- g/l@9.0-empty-to [] +:g:l *r:l-9.0-empty-to.jar:!\n" },
    { "well-known by one thing alone is not known", "spring-core-5.jar",
      MF("spring-core-5.jar") "Automatic-Module-Name: org.me\nImplementation-Title: spring-aop\n",
      "- spring-core@5 [] in=spring-core-5.jar maven:group-id=unknown java:module=org.me java:title=spring-aop *r:spring-core-5.jar:!\n" },
    { "well-known by the beginning of both", "spring-boot-web-5.jar",
      MF("spring-boot-web-5.jar") "Automatic-Module-Name: spring.boot.web\n",
      "- org.springframework.boot/spring-boot-web@5 [] in=spring-boot-web-5.jar maven:group-id=known name java:module=spring.boot.web +:org.springframework.boot:spring-boot-web *r:spring-boot-web-5.jar:!\n" },
    { "renamed: the only pom", "lib/renamed.jar", POM("lib/renamed.jar", "g", "x", "1"),
      "- g/x@1 [] +lib:g:x *r:lib/renamed.jar:!\n" },
    { "the only pom is of another", "lib/my-2.0.jar", POM("lib/my-2.0.jar", "g", "x", "1"),
      "- my@2.0 [] in=lib/my-2.0.jar maven:group-id=unknown >1r *r:lib/my-2.0.jar:!\n"
      "- g/x@1 [B]\n" },
    { "the manifest says that the only pom is of another", "lib/my.jar",
      MF("lib/my.jar") "Implementation-Title: my\nImplementation-Version: 2.0\nBundle-Version: 2.0.0\n" POM(
          "lib/my.jar", "g", "x", "1"),
      "- my@2.0 [] in=lib/my.jar maven:group-id=unknown >1r *r:lib/my.jar:!\n"
      "- g/x@1 [B] in=lib/my.jar!/META-INF/maven/g/x/pom.properties\n" },
    { "fits by name alone", "x.jar", POM("x.jar", "g", "x", "1") POM("x.jar", "g", "y", "1"),
      "- g/x@1 [] >1r +:g:x *r:x.jar:!\n"
      "- g/y@1 [B] in=x.jar!/META-INF/maven/g/y/pom.properties\n" },
    { "a bundle's file name", "p/com.google.guava_30.1.0.jar",
      POM("p/com.google.guava_30.1.0.jar", "com.google", "guava", "30.1.0"),
      "- com.google/guava@30.1.0 [] +p:com.google:guava *r:p/com.google.guava_30.1.0.jar:!\n" },
    { "a bundle's file name, among shaded ones", "p/com.google.guava_30.1.0.jar",
      POM("p/com.google.guava_30.1.0.jar", "a", "z", "1")
          POM("p/com.google.guava_30.1.0.jar", "com.google", "guava", "30.1.0"),
      "- com.google/guava@30.1.0 [] in=p/com.google.guava_30.1.0.jar!/META-INF/maven/com.google/guava/pom.properties >1r "
      "+p:com.google:guava *r:p/com.google.guava_30.1.0.jar:!\n"
      "- a/z@1 [B]\n" },
    { "two, and the name is of neither", "app.jar", POM("app.jar", "g", "x", "1") POM("app.jar", "g", "y", "1"),
      "- app [N] in=app.jar maven:group-id=unknown >1r >2r *r:app.jar:!\n"
      "- g/x@1 [B]\n"
      "- g/y@1 [B] in=app.jar!/META-INF/maven/g/y/pom.properties\n" },
    { "the longer of two that fit", "a-b-1.jar", POM("a-b-1.jar", "g", "a", "b-1") POM("a-b-1.jar", "g", "a-b", "1"),
      "- g/a-b@1 [] in=a-b-1.jar!/META-INF/maven/g/a-b/pom.properties >1r +:g:a-b *r:a-b-1.jar:!\n"
      "- g/a@b-1 [B]\n" },
    { "manifest and name agree", "spring-web-5.3.26.jar",
      MF("spring-web-5.3.26.jar") "Implementation-Title: spring-web\nAutomatic-Module-Name: spring.web\nImplementation-Version: 5.3.26\n"
                                  "Created-By: 1.8.0_345 (Oracle Corporation)\n",
      "- org.springframework/spring-web@5.3.26 [] in=spring-web-5.3.26.jar maven:group-id=known name java:module=spring.web +:org.springframework:spring-web *r:spring-web-5.3.26.jar:!\n" },
    { "a bundle with wrapped lines and a licence", "failureaccess-1.0.1.jar",
      MF("failureaccess-1.0.1.jar") "Bundle-License: http://www.apache.org/licenses/LICENSE-2.0.txt;link=\"x\n y\"\nBundle-SymbolicName: com.google.guava.\n failureaccess;singleton:=true\n"
                                    "Bundle-Version: 1.0.1\nBundle-DocURL: https://u:p@h.example/\nBundle-Vendor: V\n",
      "- failureaccess@1.0.1 [] supplier=V licence=Apache-2.0 home=https://h.example/ in=failureaccess-1.0.1.jar maven:group-id=unknown java:bundle=com.google.guava.failureaccess *r:failureaccess-1.0.1.jar:!\n" },
    { "a group written by Maven", "x-1.jar",
      MF("x-1.jar") "Created-By: Apache Maven 3.5.0\nImplementation-Vendor-Id: org.x.y\nImplementation-Version: 1\n",
      "- org.x.y/x@1 [] in=x-1.jar +:org.x.y:x *r:x-1.jar:!\n" },
    { "an organization written by Maven 1", "c-1.jar",
      MF("c-1.jar") "Created-By: Apache Maven\nImplementation-Vendor-Id: org.apache\nImplementation-Version: 1\n",
      "- c@1 [] in=c-1.jar maven:group-id=unknown java:vendor-id=org.apache *r:c-1.jar:!\n" },
    { "a vendor id written by Ant", "ivy-2.4.0.jar",
      MF("ivy-2.4.0.jar") "Ant-Version: Apache Ant 1.9.3\nImplementation-Vendor-Id: org.apache\nImplementation-Version: 2.4.0\nBundle-SymbolicName: org.apache.ivy\n",
      "- org.apache.ivy/ivy@2.4.0 [] in=ivy-2.4.0.jar maven:group-id=known name java:bundle=org.apache.ivy java:vendor-id=org.apache +:org.apache.ivy:ivy *r:ivy-2.4.0.jar:!\n" },
    { "no version in the name", "guava.jar",
      MF("guava.jar") "Bundle-SymbolicName: com.google.guava\nBundle-Version: 31.1.0.jre\n",
      "- guava@31.1.0.jre [] in=guava.jar maven:group-id=unknown java:bundle=com.google.guava *r:guava.jar:!\n" },
    { "another name in the manifest", "tool.jar",
      MF("tool.jar") "Implementation-Title: the-tool\nImplementation-Version: 3\n",
      "- the-tool@3 [] in=tool.jar maven:group-id=unknown *r:tool.jar:!\n" },
    { "coordinates in a title", "server.jar",
      MF("server.jar") "Implementation-Title: org.elasticsearch#server;8.14.3\nImplementation-Version: 8.14.3\n",
      "- org.elasticsearch/server@8.14.3 [] java:title=org.elasticsearch#server;8.14.3 +:org.elasticsearch:server *r:server.jar:!\n" },
    { "a plug-in of Jenkins", "git.hpi",
      MF("git.hpi") "Group-Id: org.jenkins-ci.plugins\nShort-Name: git\nPlugin-Version: 4.1 (private)\nLong-Name: Git\n",
      "- org.jenkins-ci.plugins/git@4.1 [] literal=4.1 (private) quals=type=hpi +:org.jenkins-ci.plugins:git *r:git.hpi:!\n" },
    { "an archive of NiFi", "n-1.nar", MF("n-1.nar") "Nar-Group: o.n\nNar-Id: n-nar\nNar-Version: 1\n",
      "- o.n/n-nar@1 [] quals=type=nar +:o.n:n-nar *r:n-1.nar:!\n" },
    { "words that are no names", "x.jar",
      MF("x.jar") "Implementation-Title: %pluginName\nImplementation-Version: ${v}\nBundle-SymbolicName: no spaces\n",
      "- x [N] in=x.jar maven:group-id=unknown java:bundle=no spaces java:title=%pluginName *r:x.jar:!\n" },
    { "a version of a part", "axis-1.4.jar",
      MF("axis-1.4.jar") "\nName: org/apache/axis\nImplementation-Title: Apache Axis\nImplementation-Version: 1.4 1855 April\n",
      "- axis@1.4 [] in=axis-1.4.jar maven:group-id=unknown *r:axis-1.4.jar:!\n" },
    { "and no other", "axis.jar",
      MF("axis.jar") "\nName: org/apache/axis\nImplementation-Title: Apache Axis\nImplementation-Version: 1.4 1855 April\n",
      "- axis@1.4 [] literal=1.4 1855 April in=axis.jar maven:group-id=unknown *r:axis.jar:!\n" },
    { "a program", "boot.jar",
      MF("boot.jar") "Start-Class: a.B\nImplementation-Title: boot\nImplementation-Version: 1\n",
      "- boot@1 [A] in=boot.jar maven:group-id=unknown *r:boot.jar:!\n" },
    { "a web application", "w.war", MF("w.war"),
      "- w [AN] quals=type=war in=w.war maven:group-id=unknown *r:w.war:!\n" },
    { "without a group", "l/y-2.4.0.jar", "== l/y-2.4.0.jar!/pom.properties\nversion=2.4.0\nartifactId=y\n",
      "- y@2.4.0 [] maven:group-id=unknown *r:l/y-2.4.0.jar:!\n"
      "! missing_field groupId\n" },
    { "broken pieces", "z-1.jar",
      "== z-1.jar!/META-INF/MANIFEST.MF\nno attribute\n: x\nImplementation-Version: 1\n== z-1.jar!/META-INF/maven/a/b/pom.properties\nversion=1\n"
      "== z-1.jar!/META-INF/maven/a/c/pom.properties\nversion : ${project.version}\ngroupId a\nartifactId:c\n"
      "== z-1.jar!/META-INF/maven/a/d/pom.xml\n<project>\n== z-1.jar!/META-INF/maven/a/e/pom.xml\n<project><parent><groupId>a</groupId><version>3</version></parent><artifactId>e</artifactId></project>\n",
      "- z@1 [] in=z-1.jar maven:group-id=unknown >1r >2r *r:z-1.jar:!\n"
      "- a/c [BN] in=z-1.jar!/META-INF/maven/a/c/pom.properties\n"
      "- a/e@3 [B] in=z-1.jar!/META-INF/maven/a/e/pom.xml\n"
      "! fields_syntax 1\n"
      "! fields_syntax 2\n"
      "! missing_field artifactId in=z-1.jar!/META-INF/maven/a/b/pom.properties\n"
      "! truncated 1 in=z-1.jar!/META-INF/maven/a/d/pom.xml\n" },
    { "manifests of others inside", "q-1.jar",
      "== q-1.jar!/WEB-INF/classes/META-INF/MANIFEST.MF\nImplementation-Version: 1\n",
      "- q@1 [] in=q-1.jar maven:group-id=unknown *r:q-1.jar:!\n" },
    { "poms in an archive of another kind", "src.zip", POM("src.zip", "g", "x", "1") MF("src.zip"), "- g/x@1 []\n" },
};

TEST(java_archives)
{
    for (size_t i = 0; i < HM_COUNT(CASE); i++) {
        TEST_BUF out = { 0 };
        CHECK(CASE[i].name, group_said(detect_java_archive, CASE[i].archive, hm_str_c(CASE[i].in), &out));
        CHECK_STR(CASE[i].name, hm_buf_view(&out), hm_str_c(CASE[i].want));
    }
}

TEST(java_archives_without_entries)
{
    static const struct {
        const char *path, *archive, *want;
    } NONE[] = {
        { "lib/x-1.2.jar!", "lib/x-1.2.jar",
          "- x@1.2 [] in=lib/x-1.2.jar maven:group-id=unknown *r:lib/x-1.2.jar:!\n" },
        { "a.war!/l/x.jar!", "a.war!/l/x.jar",
          "- x [N] in=a.war!/l/x.jar maven:group-id=unknown +a.war:! *r:a.war!/l/x.jar:!\n" },
        { "x.zip!", "x.zip", "" },
    };
    for (size_t i = 0; i < HM_COUNT(NONE); i++)
        CHECK_SAID(NONE[i].path, hm_str_c(NONE[i].want), .fn = detect_java_archive, .path = NONE[i].path,
                   .archive = NONE[i].archive);
}

TEST(java_unpacked)
{
    CHECK_SAID("pom.properties", HM_STR("- g/x@1 []\n"), .fn = detect_java_unpacked,
               .path = "srv/app/META-INF/maven/g/x/pom.properties",
               .bytes = HM_STR("groupId=g\r\nartifactId=x\r\nversion=1\r\n"));
    CHECK_SAID("in an archive", HM_NONE, .fn = detect_java_unpacked, .archive = "x.jar",
               .path = "x.jar!/META-INF/maven/g/x/pom.properties", .bytes = HM_STR("groupId=g\nartifactId=x\n"));
    CHECK_SAID("empty", HM_STR("! missing_field artifactId\n"), .fn = detect_java_unpacked,
               .path = "srv/app/META-INF/maven/g/x/pom.properties", .bytes = HM_STR(""));
}

/* The manifests of the fixtures, as of an archive of that name. */
TEST(java_fixtures)
{
    static const struct {
        const char *folder, *archive, *want;
    } FIXTURE[] = {
        { "axis", "axis-1.4.jar", "- axis@1.4 [] in=axis-1.4.jar maven:group-id=unknown *r:axis-1.4.jar:!\n" },
        { "combine-manifest-filename", "ivy-2.4.0.jar",
          "- org.apache.ivy/ivy@2.4.0 [] supplier=Apache Software Foundation home=http://ant.apache.org/ivy/ in=ivy-2.4.0.jar maven:group-id=known name java:bundle=org.apache.ivy java:title=org.apache.ivy java:vendor-id=org.apache +:org.apache.ivy:ivy *r:ivy-2.4.0.jar:!\n" },
        { "invalid-ids", "x-1.2.3.jar", "- x@1.2.3 [] in=x-1.2.3.jar maven:group-id=unknown *r:x-1.2.3.jar:!\n" },
        { "known-group-id", "spring-web-5.3.26.jar",
          "- org.springframework/spring-web@5.3.26 [] in=spring-web-5.3.26.jar maven:group-id=known name java:module=spring.web +:org.springframework:spring-web *r:spring-web-5.3.26.jar:!\n" },
        { "manifest-implementation-title", "server.jar",
          "- org.elasticsearch/server@8.14.3 [] java:title=org.elasticsearch#server;8.14.3 +:org.elasticsearch:server *r:server.jar:!\n" },
        { "manifest-no-group-id", "some-package-1.2.3.jar",
          "- some-package@1.2.3 [] in=some-package-1.2.3.jar maven:group-id=unknown *r:some-package-1.2.3.jar:!\n" },
        { "manifest-symbolicname", "failureaccess-1.0.1.jar",
          "- failureaccess@1.0.1 [] licence=Apache-2.0 home=https://github.com/google/guava/ in=failureaccess-1.0.1.jar maven:group-id=unknown java:bundle=com.google.guava.failureaccess *r:failureaccess-1.0.1.jar:!\n" },
    };
    if (!test_shared())
        TEST_SKIP("no shared data");
    for (size_t i = 0; i < HM_COUNT(FIXTURE); i++) {
        char name[128], path[128];
        TEST_BUF in = { 0 };
        TEST_BUF out = { 0 };
        snprintf(name, sizeof name, "java/archive/%s/MANIFEST.MF", FIXTURE[i].folder);
        snprintf(path, sizeof path, "%s!/META-INF/MANIFEST.MF", FIXTURE[i].archive);
        CHECK(name, fixture(name, &in));
        const detect_view view = { .path = hm_str_c(path), .bytes = hm_buf_view(&in) };
        CHECK(name, detect_said(
                        &(detect_try){
                            .fn = detect_java_archive, .files = &view, .file_n = 1, .archive = FIXTURE[i].archive },
                        &out, NULL));
        CHECK_STR(name, hm_buf_view(&out), hm_str_c(FIXTURE[i].want));
    }
}

TEST(java_licence_addresses)
{
    static const struct {
        const char *in, *id, *raw;
    } ADDRESS[] = {
        { "http://www.apache.org/licenses/LICENSE-2.0.txt", "Apache-2.0", "" },
        { " https://www.apache.org/licenses/LICENSE-2.0.html", "Apache-2.0", "" },
        { "https://opensource.org/licenses/mit-license.php", "", "https://opensource.org/licenses/mit-license.php" },
        { "http://opensource.org/licenses/bsd-3-clause/", "BSD-3-Clause", "" },
        { "https://www.eclipse.org/legal/epl-v20.html", "EPL-2.0", "" },
        { "https://h.example/LICENSE", "", "https://h.example/LICENSE" },
        { "MIT", "MIT", "" },
        { "https://", "", "https://" },
        { "", "", "" },
    };
    for (size_t i = 0; i < HM_COUNT(ADDRESS); i++) {
        TEST_BUF scratch = { 0 };
        part_desc d = { 0 };
        detect_licence_text(&d, hm_str_c(ADDRESS[i].in), &scratch);
        CHECK(ADDRESS[i].in, !scratch.bad);
        CHECK_STR(ADDRESS[i].in, d.licence, hm_str_c(ADDRESS[i].id));
        CHECK_STR(ADDRESS[i].in, d.licence_raw, hm_str_c(ADDRESS[i].raw));
    }
}
