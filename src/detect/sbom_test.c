/* sbom - what SBOM documents of all forms claim; the fixtures; which names which row takes. */
#include "detect/detect_test.h"

static const struct {
    const char *name, *in, *want;
} CASE[] = {
    { "CycloneDX JSON, all fields",
      "{\"bomFormat\":\"CycloneDX\",\"specVersion\":\"1.6\",\"metadata\":{\"tools\":{\"components\":[{\"name\":\"t\","
      "\"version\":\"1\"}]},\"authors\":[{\"name\":\"A\"}],\"component\":{\"type\":\"container\",\"name\":\"img\",\"version\":"
      "\"v1\",\"bom-ref\":\"s\"}},\"components\":[{\"type\":\"framework\",\"bom-ref\":\"c\",\"group\":\"g\",\"name\":\"n\","
      "\"version\":\"1.0\",\"purl\":\"pkg:maven/g/n@1.0?type=jar&classifier=x\",\"cpe\":\"cpe:2.3:a:g:n:1.0:*:*:*:*:*:*:*\","
      "\"supplier\":{\"name\":\"S\",\"contact\":[{\"email\":\"s@x.example\"}]},\"authors\":[{\"name\":\"W\"}],\"licenses\":[{"
      "\"license\":{\"id\":\"MIT\"}},{\"expression\":\"Apache-2.0 OR BSD-3-Clause\"}],\"scope\":\"optional\",\"hashes\":[{"
      "\"alg\":\"SHA-1\",\"content\":\"00112233445566778899AABBCCDDEEFF00112233\"},{\"alg\":\"BLAKE3\",\"content\":\"ff\"}],"
      "\"externalReferences\":[{\"type\":\"vcs\",\"url\":\"https://u:p@h.example/r\"},{\"type\":\"distribution\",\"url\":"
      "\"https://h.example/n.jar\"},{\"type\":\"website\",\"url\":\"https://w.example\"},{\"type\":\"chat\",\"url\":\"x\"}]}],"
      "\"dependencies\":[{\"ref\":\"s\",\"dependsOn\":[\"c\",\"nowhere\"]},{\"ref\":\"c\",\"dependsOn\":[]}]}",
      "- img@v1 [KOC] claimed-by-sbom=x/sbom.cdx.json sbom-tool=t 1 sbom-author=A sbom-subject=img@v1 sbom-role=subject >1-\n"
      "o g/n@1.0 [KC] quals=classifier=x author=W supplier=S <s@x.example> licence=MIT AND (Apache-2.0 OR BSD-3-Clause) dist=https://h.example/n.jar vcs=https://h.example/r home=https://w.example cpe=cpe:2.3:a:g:n:1.0:*:*:*:*:*:*:* hash=00112233 claimed-by-sbom=x/sbom.cdx.json sbom-tool=t 1 sbom-author=A sbom-subject=img@v1 hash:BLAKE3=ff\n" },
    { "a broken purl costs the purl alone",
      "{\"bomFormat\":\"CycloneDX\",\"specVersion\":\"1.4\",\"components\":[{\"type\":\"library\",\"name\":\"n\",\"version\":"
      "\"1\",\"purl\":\"npm/n@1\"}]}",
      "- n@1 [C] claimed-by-sbom=x/sbom.cdx.json\n"
      "! purl_scheme npm/n@1\n" },
    { "purls: OS packages, npm's scope escaped, unknown types, other versions",
      "{\"bomFormat\":\"CycloneDX\",\"specVersion\":\"1.4\",\"components\":["
      "{\"name\":\"bash\",\"version\":\"5.2-1\",\"purl\":\"pkg:deb/debian/bash@5.2-1?arch=amd64&distro=debian-12&upstream=b%404\"},"
      "{\"name\":\"@s/a\",\"version\":\"1\",\"purl\":\"pkg:npm/%40s%2Fa@1.0.0\"},"
      "{\"name\":\"p\",\"version\":\"3\",\"purl\":\"pkg:dhi/p@3\"},"
      "{\"purl\":\"pkg:pypi/Big_Name@01.0\"},{\"type\":\"file\",\"name\":\"/etc/x\"},"
      "{\"type\":\"operating-system\",\"name\":\"debian\",\"version\":\"12\"},{\"type\":\"data\",\"name\":\"d\",\"scope\":\"excluded\"}]}",
      "- debian/bash@5.2-1 [C] quals=arch=amd64 source=b/4 claimed-by-sbom=x/sbom.cdx.json\n"
      "- @s/a@1.0.0 [C] literal=1 claimed-by-sbom=x/sbom.cdx.json\n"
      "- p@3 [C] claimed-by-sbom=x/sbom.cdx.json sbom-purl=pkg:dhi/p@3\n"
      "- big-name@1.0 [C] literal=01.0 claimed-by-sbom=x/sbom.cdx.json\n"
      "- debian@12 [AC] claimed-by-sbom=x/sbom.cdx.json sbom-type=operating-system\n"
      "d d [NC] claimed-by-sbom=x/sbom.cdx.json sbom-type=data\n" },
    { "relations of SPDX, in both directions",
      "{\"spdxVersion\":\"SPDX-2.3\",\"name\":\"d\",\"packages\":[{\"SPDXID\":\"A\",\"name\":\"a\",\"versionInfo\":\"1\",\"supplier\":\"Organization: O (o@x.example)\",\"downloadLocation\":\"git+https://u:p@h.example/r\",\"licenseDeclared\":\"NOASSERTION\",\"licenseConcluded\":\"MIT\"},{\"SPDXID\":\"B\",\"name\":\"b\",\"versionInfo\":\"2\",\"primaryPackagePurpose\":\"APPLICATION\"},{\"SPDXID\":\"C\",\"name\":\"c\",\"versionInfo\":\"3\",\"primaryPackagePurpose\":\"SOURCE\"}],\"relationships\":[{\"spdxElementId\":\"SPDXRef-DOCUMENT\",\"relationshipType\":\"DESCRIBES\",\"relatedSpdxElement\":\"A\"},{\"spdxElementId\":\"A\",\"relationshipType\":\"DEPENDS_ON\",\"relatedSpdxElement\":\"B\"},{\"spdxElementId\":\"C\",\"relationshipType\":\"DEV_DEPENDENCY_OF\",\"relatedSpdxElement\":\"A\"},{\"spdxElementId\":\"B\",\"relationshipType\":\"CONTAINS\",\"relatedSpdxElement\":\"C\"},{\"spdxElementId\":\"B\",\"relationshipType\":\"DEPENDS_ON\",\"relatedSpdxElement\":\"NONE\"},{\"spdxElementId\":\"C\",\"relationshipType\":\"DEPENDS_ON\",\"relatedSpdxElement\":\"NOASSERTION\"},{\"spdxElementId\":\"A\",\"relationshipType\":\"CONTAINS\",\"relatedSpdxElement\":\"SPDXRef-File-x\"}]}",
      "- a@1 [C] supplier=O <o@x.example> licence=MIT vcs=git+https://h.example/r claimed-by-sbom=x/sbom.cdx.json sbom-subject=d sbom-role=subject >1- >2d\n"
      "- b@2 [AKC] claimed-by-sbom=x/sbom.cdx.json sbom-subject=d >2-\n"
      "- c@3 [OC] claimed-by-sbom=x/sbom.cdx.json sbom-subject=d sbom-type=SOURCE\n" },
    { "CycloneDX XML, all fields",
      "<bom xmlns=\"http://cyclonedx.org/schema/bom/1.4\"><metadata><tools><tool><vendor>v</vendor><name>t</name><version>1</version></tool></tools><authors><author><name>A</name></author></authors></metadata><components><component type=\"library\" bom-ref=\"c\"><supplier><name>S</name><contact><email>s@x.example</email></contact></supplier><group>@s</group><name>n</name><version>1.0.0</version><scope>required</scope><hashes><hash alg=\"MD5\">00112233445566778899aabbccddeeff</hash></hashes><licenses><license><id>MIT</id></license><license><name>Own</name></license></licenses><purl>pkg:npm/%40s/n@1.0.0</purl><externalReferences><reference type=\"website\"><url>https://w.example</url></reference></externalReferences></component><component type=\"library\" bom-ref=\"d\"><name>d</name></component></components><dependencies><dependency ref=\"c\"><dependency ref=\"d\"/></dependency></dependencies></bom>",
      "r @s/n@1.0.0 [KC] supplier=S <s@x.example> raw=MIT AND Own home=https://w.example line=1 hash=00112233 claimed-by-sbom=x/sbom.cdx.json sbom-tool=t 1 sbom-author=A >1-\n"
      "- d [NC] line=1 claimed-by-sbom=x/sbom.cdx.json sbom-tool=t 1 sbom-author=A\n" },
};

TEST(sbom_cases)
{
    for (size_t i = 0; i < HM_COUNT(CASE); i++)
        CHECK_SAID(CASE[i].name, hm_str_c(CASE[i].want), .fn = detect_sbom, .path = "x/sbom.cdx.json",
                   .bytes = hm_str_c(CASE[i].in));
}

static const struct {
    const char *file;
    bool other; /* the row of names that many things have */
    const char *want;
} FIXTURE[] = {
    { "cdx/minimal.cdx.json", false,
      "- com.example.group/fooBar@1.2.3 [KC] quals=project_path=: vcs=https://github.com/znsio/specmatic-gradle-plugin.git claimed-by-sbom=cdx/minimal.cdx.json sbom-tool=cyclonedx-gradle-plugin 2.2.0 sbom-subject=com.example.group/fooBar@1.2.3 sbom-role=subject\n" },
    { "cdx/sbom-with-locations.cdx.json", false,
      "- @gar/promisify@1.1.3 [C] claimed-by-sbom=cdx/sbom-with-locations.cdx.json\n" },
    { "cdx/sbom-with-nested-comps.cdx.json", false,
      "- openssl@1.1.1 [C] claimed-by-sbom=cdx/sbom-with-nested-comps.cdx.json\n"
      "- Nginx@1.21.1 [AC] cpe=cpe:2.3:a:nginx:nginx:1.21.1 claimed-by-sbom=cdx/sbom-with-nested-comps.cdx.json >2-\n"
      "- rustls@0.23.13 [BC] claimed-by-sbom=cdx/sbom-with-nested-comps.cdx.json\n" },
    { "cdx/sbom.bom.json", true,
      "- openssl@1.1.1 [C] claimed-by-sbom=cdx/sbom.bom.json\n"
      "- Nginx@1.21.1 [AC] cpe=cpe:2.3:a:nginx:nginx:1.21.1 claimed-by-sbom=cdx/sbom.bom.json\n" },
    { "cdx/sbom.bom.xml", true,
      "- openssl@1.1.1 [C] line=4 claimed-by-sbom=cdx/sbom.bom.xml\n"
      "- Nginx@1.21.1 [AC] cpe=cpe:2.3:a:nginx:nginx:1.21.1 line=9 claimed-by-sbom=cdx/sbom.bom.xml\n" },
    { "cdx/sbom.cdx.json", false,
      "- openssl@1.1.1 [C] claimed-by-sbom=cdx/sbom.cdx.json\n"
      "- Nginx@1.21.1 [AC] cpe=cpe:2.3:a:nginx:nginx:1.21.1 claimed-by-sbom=cdx/sbom.cdx.json\n" },
    { "cdx/sbom.cdx.xml", false,
      "- openssl@1.1.1 [C] line=4 claimed-by-sbom=cdx/sbom.cdx.xml\n"
      "- Nginx@1.21.1 [AC] cpe=cpe:2.3:a:nginx:nginx:1.21.1 line=9 claimed-by-sbom=cdx/sbom.cdx.xml\n" },
    { "cdx/invalid_sbom.cdxjson", true, "! sbom\n" },
    { "cdx/random_file.ext", true, "! sbom\n" },
    { "cdx/sbom.cdx.json.foo.ext", true, "! sbom\n" },
    { "spdx/ancestor_of.spdx.json", false,
      "- v1_2_15 [NC] claimed-by-sbom=spdx/ancestor_of.spdx.json sbom-author=Google sbom-subject=ancestor-of-test spdx:DownstreamSourceURI=path/to/log4j/v1_2_15\n"
      "- log4j/log4j@1.2.15 [C] cpe=cpe:2.3:a:apache:log4j:1.2.15:*:*:*:*:*:*:* claimed-by-sbom=spdx/ancestor_of.spdx.json sbom-author=Google sbom-subject=ancestor-of-test spdx:ANCESTOR_OF=v1_2_15\n" },
    { "spdx/descendant_of.spdx.json", false,
      "- v1_2_15 [NC] claimed-by-sbom=spdx/descendant_of.spdx.json sbom-author=Google sbom-subject=descendant-of-test spdx:DownstreamSourceURI=path/to/log4j/v1_2_15 spdx:DESCENDANT_OF=pkg:maven/log4j/log4j@1.2.15\n"
      "- log4j/log4j@1.2.15 [C] cpe=cpe:2.3:a:apache:log4j:1.2.15:*:*:*:*:*:*:* claimed-by-sbom=spdx/descendant_of.spdx.json sbom-author=Google sbom-subject=descendant-of-test\n" },
    { "spdx/external_refs.spdx.json", false,
      "- flatbuffers [NC] supplier=Some Company LLC claimed-by-sbom=spdx/external_refs.spdx.json sbom-author=Some Company LLC sbom-subject=sample-sbom spdx:SourceURI=third_party/flatbuffers\n"
      "- some_company/flatbuffers@25.9.23 [C] licence=Apache-2.0 cpe=cpe:2.3:a:some_company:flatbuffers:25.9.23:*:*:*:*:*:*:* claimed-by-sbom=spdx/external_refs.spdx.json sbom-author=Some Company LLC sbom-subject=sample-sbom\n"
      "- custom-pkg@1.0.0 [C] claimed-by-sbom=spdx/external_refs.spdx.json sbom-author=Some Company LLC sbom-subject=sample-sbom spdx:vcs=git+https://example.com/repo@v1.0.0\n" },
    { "spdx/independent_packages_descendant.spdx.json", false,
      "- child@1.0.0 [C] claimed-by-sbom=spdx/independent_packages_descendant.spdx.json sbom-author=Google sbom-subject=independent-descendant-test spdx:ExtraChildRef=child-ref-value spdx:DESCENDANT_OF=pkg:generic/parent@2.0.0\n"
      "- parent@2.0.0 [C] claimed-by-sbom=spdx/independent_packages_descendant.spdx.json sbom-author=Google sbom-subject=independent-descendant-test\n" },
    { "spdx/minimal.spdx.json", false, "" },
    { "spdx/multi_descendant.spdx.json", false,
      "- v5_arm [NC] claimed-by-sbom=spdx/multi_descendant.spdx.json sbom-author=Google sbom-subject=multi-descendant-test spdx:DownstreamSourceURI=some/downstream/location spdx:DESCENDANT_OF=pkg:generic/google/pkg@5.0\n"
      "- x86 [NC] claimed-by-sbom=spdx/multi_descendant.spdx.json sbom-author=Google sbom-subject=multi-descendant-test spdx:DownstreamSourceURI=another/downstream/location spdx:DESCENDANT_OF=pkg:generic/google/pkg@5.0\n"
      "- google/pkg@5.0 [C] claimed-by-sbom=spdx/multi_descendant.spdx.json sbom-author=Google sbom-subject=multi-descendant-test\n" },
    { "spdx/overlapping_refs.spdx.json", false,
      "- v1_2_15 [NC] claimed-by-sbom=spdx/overlapping_refs.spdx.json sbom-author=Google sbom-subject=descendant-of-test spdx:DownstreamSourceURI=path/to/log4j/v1_2_15 spdx:DESCENDANT_OF=pkg:maven/log4j/log4j@1.2.15\n"
      "- log4j/log4j@1.2.15 [C] cpe=cpe:2.3:a:apache:log4j:1.2.15:*:*:*:*:*:*:* claimed-by-sbom=spdx/overlapping_refs.spdx.json sbom-author=Google sbom-subject=descendant-of-test spdx:DownstreamSourceURI=path/to/log4j/v1_2_15\n" },
    { "spdx/purl_and_cpe.spdx.json", false,
      "- nginx@1.21.1 [C] dist=http://example.org/nginx.rar cpe=cpe:2.3:a:nginx:nginx:1.21.1 claimed-by-sbom=spdx/purl_and_cpe.spdx.json sbom-author=John Doe sbom-subject=examplesbom sbom-role=subject\n"
      "- openssl@1.1.1l [C] dist=http://example.org/openssl.rar claimed-by-sbom=spdx/purl_and_cpe.spdx.json sbom-author=John Doe sbom-subject=examplesbom sbom-role=subject\n" },
    { "spdx/sbom.spdx", false,
      "- Nginx [NC] dist=http://example.org/nginx.rar cpe=cpe:2.3:a:nginx:nginx:1.21.1 line=16 claimed-by-sbom=spdx/sbom.spdx sbom-author=John Doe sbom-subject=examplesbom sbom-role=subject\n"
      "- openssl@1.1.1l [C] dist=http://example.org/nginx.rar line=28 claimed-by-sbom=spdx/sbom.spdx sbom-author=John Doe sbom-subject=examplesbom sbom-role=subject\n" },
    { "spdx/sbom.spdx.json", false,
      "- Nginx [NC] dist=http://example.org/nginx.rar cpe=cpe:2.3:a:nginx:nginx:1.21.1 claimed-by-sbom=spdx/sbom.spdx.json sbom-author=John Doe sbom-subject=examplesbom sbom-role=subject\n"
      "- openssl@1.1.1l [C] dist=http://example.org/nginx.rar claimed-by-sbom=spdx/sbom.spdx.json sbom-author=John Doe sbom-subject=examplesbom sbom-role=subject\n" },
    { "spdx/sbom.spdx.yml", false,
      "- Nginx [NC] dist=http://example.org/nginx.rar cpe=cpe:2.3:a:nginx:nginx:1.21.1 claimed-by-sbom=spdx/sbom.spdx.yml sbom-author=John Doe sbom-subject=examplesbom sbom-role=subject\n"
      "- openssl@1.1.1l [C] dist=http://example.org/nginx.rar claimed-by-sbom=spdx/sbom.spdx.yml sbom-author=John Doe sbom-subject=examplesbom sbom-role=subject\n" },
    { "spdx/sbom.spdx.rdf", false, "! sbom_form SPDX RDF\n" },
    { "spdx/invalid_sbom.spdx", false, "! sbom\n" },
    { "spdx/random_file.ext", true, "! sbom\n" },
    { "spdx/sbom.spdx.foo.ext", true, "! sbom\n" },
    { "spdx/dhi/.spdx.dhi-pkg-python.json", false,
      "- dhi/pkg-python@3.14.3-debian13 [C] quals=os_name=debian&os_version=13&platform=linux%2Famd64 author=Docker, Inc. supplier=Docker, Inc. dist=https://dhi.docker.com/catalog/pkg-python claimed-by-sbom=spdx/dhi/.spdx.dhi-pkg-python.json sbom-tool=dhi/build sbom-author=Docker, Inc. sbom-subject=SPDX document for dhi/pkg-python 3.14.3-debian13\n" },
    { "spdx/dhi/.spdx.dhi-python.json", false, "- dhi/python@3.14.3-debian13-dev [C] quals=os_name=debian&os_version=13&platform=linux%2Famd64 author=Docker, Inc. supplier=Docker, Inc. dist=https://dhi.docker.com/catalog/python claimed-by-sbom=spdx/dhi/.spdx.dhi-python.json sbom-tool=dhi/build sbom-author=Docker, Inc. sbom-subject=SPDX document for dhi/python 3.14.3-debian13-dev\n" },
    { "spdx/dhi/.spdx.python.json", false,
      "- python@3.14.3 [C] licence=PSF-2.0 dist=https://www.python.org/ftp/python/3.14.3/Python-3.14.3.tar.xz claimed-by-sbom=spdx/dhi/.spdx.python.json sbom-tool=dhi/build sbom-author=Docker, Inc. sbom-subject=SPDX document for python 3.14.3 sbom-purl=pkg:dhi/python@3.14.3\n" },
};

TEST(sbom_fixtures)
{
    for (size_t i = 0; i < HM_COUNT(FIXTURE); i++) {
        TEST_BUF in = { 0 };
        if (!fixture(FIXTURE[i].file, &in))
            TEST_SKIP("no shared fixtures");
        CHECK_SAID(FIXTURE[i].file, hm_str_c(FIXTURE[i].want), .fn = FIXTURE[i].other ? detect_sbom_other : detect_sbom,
                   .path = FIXTURE[i].file, .bytes = hm_buf_view(&in));
    }
}

static bool matches(const char *path, detect_fn *fn)
{
    for (size_t i = 0; i < detect_count(); i++)
        if (detect_get(i)->fn == fn)
            for (const char *const *p = detect_get(i)->patterns; *p; p++)
                if (hm_glob(hm_path_base(hm_str_c(*p)), hm_path_base(hm_str_c(path))))
                    return true;
    return false;
}

TEST(sbom_names)
{
    static const struct {
        const char *path;
        bool sure, other;
    } T[] = { { "a/x.cdx.json", true, false },
              { "bom.xml", false, true },
              { "opt/bitnami/git/.spdx-git.spdx", true, false },
              { "x.dist-info/sboms/auditwheel.cdx.json", true, true },
              { "opt/docker/sbom/.spdx.python.json", true, false },
              { "invalid_sbom.cdxjson", false, false },
              { "random_file.ext", false, false },
              { "sbom.cdx.json.foo.ext", false, false },
              { "sbom.spdx.foo.ext", false, false } };
    for (size_t i = 0; i < HM_COUNT(T); i++) {
        CHECK_EQ(T[i].path, matches(T[i].path, detect_sbom), T[i].sure);
        if (!hm_str_starts(hm_path_base(hm_str_c(T[i].path)), HM_STR("auditwheel")))
            continue;
        CHECK_EQ(T[i].path, matches(T[i].path, detect_sbom_other), T[i].other);
    }
    CHECK_SAID(
        "a sure name is read once", HM_STR("! sbom\n"), .fn = detect_sbom_other, .path = "x.dist-info/sboms/a.cdx.json",
        .bytes = HM_STR("{\"bomFormat\":\"CycloneDX\",\"specVersion\":\"1.4\",\"components\":[{\"name\":\"a\"}]}"));
    CHECK_SAID("a name of many things", HM_STR("! sbom\n"), .fn = detect_sbom_other, .path = "bom.json",
               .bytes = HM_STR("{\"parts\":[]}"));
}
