/* Gradle's locks, verification metadata and catalogs; locks of sbt; the release file of a Java runtime. */
#include "detect/detect_test.h"

#define XML(body)                                                                                                      \
    "<verification-metadata xmlns='https://schema.gradle.org/dependency-verification'>\n<components>" body             \
    "</components></verification-metadata>"

static const struct {
    const char *name;
    detect_fn *fn;
    const char *path, *in, *want;
} CASE[] = {
    { "scopes of a lock", detect_gradle_lock, "app/gradle.lockfile",
      "# by Gradle\r\na.b:c:1.0=compileClasspath,runtimeClasspath,testRuntimeClasspath\nt:t:1=testCompileClasspath,testRuntimeClasspath\n"
      "o:o:1=compileClasspath\nan:an:1=annotationProcessor\nd:d:1=developmentOnly,runtimeClasspath\n"
      "d:e:1=developmentOnly,productionRuntimeClasspath,runtimeClasspath\nr:r:1=releaseRuntimeClasspath\nn:n:1=\nold:old:1=default,archives\nempty=x,y\n",
      "r a.b/c@1.0 [] line=2 gradle:configurations=compileClasspath,runtimeClasspath,testRuntimeClasspath\n"
      "d t/t@1 [] line=3 gradle:configurations=testCompileClasspath,testRuntimeClasspath\n"
      "o o/o@1 [] line=4 gradle:configurations=compileClasspath\n"
      "b an/an@1 [] line=5 gradle:configurations=annotationProcessor\n"
      "d d/d@1 [] line=6 gradle:configurations=developmentOnly,runtimeClasspath\n"
      "r d/e@1 [] line=7 gradle:configurations=developmentOnly,productionRuntimeClasspath,runtimeClasspath\n"
      "r r/r@1 [] line=8 gradle:configurations=releaseRuntimeClasspath\n"
      "- n/n@1 [] line=9\n"
      "r old/old@1 [] line=10 gradle:configurations=default,archives\n" },
    { "the build script's own", detect_gradle_lock, "buildscript-gradle.lockfile", "a:b:1=classpath\nempty=\n",
      "b a/b@1 [] line=1 gradle:configurations=classpath\n" },
    { "before Gradle 6.8", detect_gradle_lock, "gradle/dependency-locks/testRuntimeClasspath.lockfile", "# x\na:b:1\n",
      "d a/b@1 [] line=2 gradle:configurations=testRuntimeClasspath\n" },
    { "lines that are none", detect_gradle_lock, "gradle.lockfile",
      ">>>\na:b=x\na:b:1\na:b:1:2=x\n:b:1=x\na b:c:1=x\na::1=x\na:b:=x\n",
      "! bad_value 1 >>>\n"
      "! bad_value 2 a:b=x\n"
      "! bad_value 3 a:b:1\n"
      "! bad_value 4 a:b:1:2=x\n"
      "! bad_value 5 :b:1=x\n"
      "! bad_value 6 a b:c:1=x\n"
      "! bad_value 7 a::1=x\n"
      "! bad_value 8 a:b:=x\n" },
    { "metadata", detect_gradle_verification, "gradle/verification-metadata.xml",
      XML("<component group='g' name='a' version='1'><artifact name='a-1.jar'><sha256 value='"
          "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
          "'/><sha1 value='bad'/></artifact><artifact name='a-1.pom'><sha256 value='"
          "1123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
          "'/></artifact></component>\n"
          "<component group='g' name='bom' version='2'><artifact name='bom-2.pom'/></component><component group='g' name='m' version='2'><artifact name='m-2.module'/></component>"
          "<component group='g' name='n' version='2'><artifact name='n-2-linux.jar'><sha256 value='"
          "2123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
          "'/></artifact></component>"
          "<component group='g' name='bare' version='2'/><component group='g' name='bare' version='2'/><component name='x'/><component/>"),
      "- g/a@1 [] line=2 hash=01234567\n"
      "- g/n@2 [] line=3\n"
      "- g/bare@2 [] line=3\n"
      "- x [N] line=3\n"
      "! missing_field 3 group\n"
      "! missing_field 3 version\n"
      "! missing_field 3 group\n"
      "! missing_field 3 name\n"
      "! missing_field 3 version\n" },
    { "another document", detect_gradle_verification, "gradle/verification-metadata.xml", "\n<x/>",
      "! wrong_type 2 x\n" },
    { "broken", detect_gradle_verification, "gradle/verification-metadata.xml", "<x>", "! truncated 1\n" },
    { "a catalog", detect_gradle_catalog, "gradle/libs.versions.toml",
      "[versions]\nk='1.9.0'\nr={strictly='[1.7, 1.8[',prefer='1.7.25'}\nq={prefer='3'}\n"
      "[libraries]\na='g:a:1'\nb={module='g:b',version.ref='k'}\nc={group='g',name='c',version='2!!'}\nd={module='g:d',version.ref='r'}\n"
      "e={module='g:e',version={ref='q'}}\nf={module='g:f'}\ng={module='g:g',version='1.+'}\nh={module='g:h',version='latest.release'}\n"
      "i={module='g:i',version.ref='gone'}\nj={module='g'}\nk=7\nl='g:l'\nm={version='1'}\nn={module='g:n',version=1}\n"
      "[plugins]\np={id='o.p',version.ref='k'}\nq='o.q:2'\nr={version='1'}\n[bundles]\nx=['a']\n",
      "- g/a@1 []\n"
      "- g/b@1.9.0 []\n"
      "- g/c@2 []\n"
      "- g/d [N] declared-range=[1.7, 1.8[\n"
      "- g/e@3 []\n"
      "- g/f [N]\n"
      "- g/g [N] declared-range=1.+\n"
      "- g/h [N] declared-range=latest.release\n"
      "- g/i [N]\n"
      "- g/n [N]\n"
      "b o.p/o.p.gradle.plugin@1.9.0 []\n"
      "b o.q/o.q.gradle.plugin@2 []\n"
      "! unresolved gone\n"
      "! missing_field j\n"
      "! wrong_type k\n"
      "! bad_value l\n"
      "! missing_field m\n"
      "! wrong_type n\n"
      "! missing_field r\n" },
    { "no TOML", detect_gradle_catalog, "gradle/libs.versions.toml", "[libraries\n", "! toml_syntax 10\n" },
    { "sbt", detect_sbt_lock, "build.sbt.lock",
      "{\"lockVersion\":1,\"timestamp\":\"2024-01-01T00:00:00Z\",\"configurations\":[\"compile\",\"test\"],\"dependencies\":["
      "{\"org\":\"ch.qos.logback\",\"name\":\"logback-classic\",\"version\":\"1.2.3\",\"artifacts\":[{\"name\":\"logback-classic.jar\",\"hash\":\"sha1:7c4f3c474fb2c041d8028740440937705ebb473a\"}],\"configurations\":[\"test\",\"compile\"]},"
      "{\"org\":\"t\",\"name\":\"t\",\"version\":\"1\",\"artifacts\":[],\"configurations\":[\"test\"]},{\"org\":\"p\",\"name\":\"p\",\"version\":\"1\",\"configurations\":[\"provided\"]},"
      "{\"org\":\"b\",\"name\":\"b\",\"configurations\":[\"scala-tool\"]},{\"name\":\"x\"},{\"org\":\"x\"},7]}",
      "r ch.qos.logback/logback-classic@1.2.3 [] hash=7c4f3c47 sbt:configurations=test,compile\n"
      "d t/t@1 [] sbt:configurations=test\n"
      "o p/p@1 [] sbt:configurations=provided\n"
      "b b/b [N] sbt:configurations=scala-tool\n"
      "! missing_field version\n"
      "! missing_field org\n"
      "! missing_field name\n"
      "! wrong_type dependencies\n" },
    { "sbt of another version", detect_sbt_lock, "build.sbt.lock", "{\"lockVersion\":2}",
      "! unsupported_version 0 2\n" },
    { "sbt without a list", detect_sbt_lock, "build.sbt.lock", "{\"lockVersion\":1,\"dependencies\":{}}",
      "! wrong_type dependencies\n" },
    { "a JDK", detect_java_release, "opt/jdk/release",
      "IMPLEMENTOR=\"Eclipse Adoptium\"\nIMPLEMENTOR_VERSION=\"Temurin-17.0.9+9\"\nJAVA_RUNTIME_VERSION=\"17.0.9+9\"\nJAVA_VERSION=\"17.0.9\"\n"
      "MODULES=\"java.base java.compiler\"\nSOURCE=\".:git:abc\"\nIMAGE_TYPE=\"JDK\"\n",
      "- java/jdk@17.0.9 [A] supplier=Eclipse Adoptium java:runtime-version=17.0.9+9 java:implementor-version=Temurin-17.0.9+9 java:source=.:git:abc\n" },
    { "by its modules", detect_java_release, "jvm/release",
      "IMPLEMENTOR=\"Debian\"\r\nJAVA_VERSION=\"17.0.15\"\r\nMODULES=\"java.base jdk.compiler\"\r\n",
      "- java/jdk@17.0.15 [A] supplier=Debian\n" },
    { "a JRE", detect_java_release, "jvm/release", "JAVA_VERSION=\"21\"\nMODULES=\"java.base\"\nSOURCE=\" \"\n",
      "- java/jre@21 [A]\n" },
    { "neither", detect_java_release, "jre/release", "JAVA_VERSION=\"1.8.0_392\"\nOS_NAME=\"Linux\"\n",
      "- java/java@1.8.0_392 [A]\n" },
    { "Oracle's own", detect_java_release, "jvm/release",
      "IMPLEMENTOR=\"Oracle Corporation\"\nBUILD_TYPE=\"commercial\"\nIMAGE_TYPE=\"JDK\"\nJAVA_VERSION=\"17.0.9\"\n",
      "- java/jdk@17.0.9 [A] supplier=Oracle Corporation cpe=cpe:2.3:a:oracle:jdk:17.0.9:*:*:*:*:*:*:*\n" },
    { "Oracle's OpenJDK", detect_java_release, "jvm/release",
      "IMPLEMENTOR=\"Oracle Corporation\"\nIMAGE_TYPE=\"JDK\"\nJAVA_VERSION=\"17.0.9\"\n",
      "- java/jdk@17.0.9 [A] supplier=Oracle Corporation\n" },
    { "another release file", detect_java_release, "etc/release", "NAME=x\nJAVA_VERSION=\"\"\n", "! not_found\n" },
};

TEST(gradle_and_kin)
{
    for (size_t i = 0; i < HM_COUNT(CASE); i++) {
        TEST_BUF out = { 0 };
        CHECK(CASE[i].name,
              detect_said(&(detect_try){ .fn = CASE[i].fn, .path = CASE[i].path, .bytes = hm_str_c(CASE[i].in) }, &out,
                          NULL));
        CHECK_STR(CASE[i].name, hm_buf_view(&out), hm_str_c(CASE[i].want));
    }
}

static const struct {
    const char *file;
    detect_fn *fn;
    size_t comps, gaps;
    const char *want; /* stands in what is said */
} FIXTURE[] = {
    { "gradlelockfile/5-pkg", detect_gradle_lock, 5, 0,
      "d org.springframework.boot/spring-boot-devtools@2.7.6 [] line=7 " },
    { "gradlelockfile/one-pkg", detect_gradle_lock, 1, 0,
      "r org.springframework.security/spring-security-crypto@5.7.3 [] line=4 " },
    { "gradlelockfile/only-comments", detect_gradle_lock, 0, 0, "" },
    { "gradlelockfile/only-empty", detect_gradle_lock, 0, 0, "" },
    { "gradlelockfile/with-bad-pkg", detect_gradle_lock, 2, 4,
      "! bad_value 3 >>>\n! bad_value 4 ////\n! bad_value 9 a\n! bad_value 10 b\n" },
    { "gradleverificationmetadataxml/attribute-order.xml", detect_gradle_verification, 1, 0,
      "- org.apache.pdfbox/pdfbox@2.0.17 [] line=6 hash=7e11e54a\n" },
    { "gradleverificationmetadataxml/duplicates.xml", detect_gradle_verification, 1, 0, "line=5 hash=7e11e54a\n" },
    { "gradleverificationmetadataxml/empty.xml", detect_gradle_verification, 0, 0, "" },
    { "gradleverificationmetadataxml/missing-attribute.xml", detect_gradle_verification, 2, 3,
      "- org.apache.pdfbox/pdfbox [N] line=" },
    { "gradleverificationmetadataxml/multi-line.xml", detect_gradle_verification, 1, 0, "hash=7e11e54a" },
    { "gradleverificationmetadataxml/multiple-versions.xml", detect_gradle_verification, 14, 0,
      "- androidx.activity/activity@1.6.0 [] line=" },
    { "gradleverificationmetadataxml/not-xml.txt", detect_gradle_verification, 0, 1, "! xml_syntax 1\n" },
    { "gradleverificationmetadataxml/odd-versions.xml", detect_gradle_verification, 26, 0,
      "- com.google.errorprone/javac@9+181-r4173-1 [] line=" },
    { "gradleverificationmetadataxml/one-package.xml", detect_gradle_verification, 1, 0,
      "- org.apache.pdfbox/pdfbox@2.0.17 [] line=10 hash=7e11e54a\n" },
    { "gradleverificationmetadataxml/single-quotes.xml", detect_gradle_verification, 1, 0, "hash=7e11e54a" },
    { "gradleverificationmetadataxml/two-packages.xml", detect_gradle_verification, 2, 0,
      "- com.github.javaparser/javaparser-core@3.6.11 [] line=18\n" },
    { "gradleversioncatalog/empty.versions.toml", detect_gradle_catalog, 0, 0, "" },
    { "gradleversioncatalog/invalid.versions.toml", detect_gradle_catalog, 0, 1, "! toml_syntax" },
    { "gradleversioncatalog/libs.versions.toml", detect_gradle_catalog, 10, 0,
      "- org.codehaus.groovy/groovy@3.0.5 []\n- org.apache.commons/commons-lang3@3.12.0 []\n- org.example/strict@2.0 []\n"
      "- org.example/req@1.5 []\n- org.example/pref@1.0 []\n- org.codehaus.groovy/groovy-json@3.0.5 []\n- org.example/noversion [N]\n"
      "b com.github.ben-manes.versions/com.github.ben-manes.versions.gradle.plugin@0.45.0 []\n" },
    { "gradleversioncatalog/not-toml.txt", detect_gradle_catalog, 0, 1, "! toml_syntax" },
};

TEST(gradle_fixtures)
{
    if (!test_shared())
        TEST_SKIP("no shared data");
    for (size_t i = 0; i < HM_COUNT(FIXTURE); i++) {
        char name[128];
        TEST_BUF in = { 0 };
        TEST_BUF out = { 0 };
        DETECT_TRIED d = { 0 };
        snprintf(name, sizeof name, "java/%s", FIXTURE[i].file);
        CHECK(name, fixture(name, &in));
        const detect_try t = { .fn = FIXTURE[i].fn, .path = "p/gradle.lockfile", .bytes = hm_buf_view(&in) };
        CHECK(name, detect_try_run(&t, &d) && detect_said(&t, &out, NULL));
        CHECK_EQ(name, d.pack.comp_n, FIXTURE[i].comps);
        CHECK_EQ(name, d.pack.gap_n + (d.rc != HM_OK), FIXTURE[i].gaps);
        CHECK(name, hm_str_search(hm_buf_view(&out), hm_str_c(FIXTURE[i].want)) < out.n || !FIXTURE[i].want[0]);
    }
}
