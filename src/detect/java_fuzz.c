/* Any bytes as entries of an archive, split at NUL bytes, and as its file name. */
#include "detect/java.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { FILES = 5 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const PATH[FILES] = { "x-1.jar!/META-INF/MANIFEST.MF",
                                             "x-1.jar!/META-INF/maven/g/a/pom.properties",
                                             "x-1.jar!/META-INF/maven/g/a/pom.xml", "x-1.jar!/pom.properties",
                                             "x-1.jar!/META-INF/maven/g/b/pom.xml" };
    detect_view view[FILES] = { 0 };
    hm_str rest = { (const char *)data, size };
    size_t n = 0;
    detect_java_name name = detect_java_file_name(rest);
    HM_BUG_ON(name.name.n + name.version.n + name.classifier.n > size);
    do {
        view[n].path = hm_str_c(PATH[n]);
        view[n].bytes = hm_str_cut(rest, '\0', &rest);
    } while (++n < FILES && rest.n);
    hm_arena *a = hm_arena_new((1 << 20) + 256 * size);
    part_build *b = part_build_new((4 << 20) + 4096 * size);
    detect_in in = { .file = view, .arena = a, .files = view, .file_n = n, .archive = HM_STR("x-1.jar") };
    hm_str block = HM_NONE;
    hm_err err = { 0 };
    part_pack pack;
    if (a && b) {
        hm_rc rc = detect_java_archive(&in, b, &err);
        HM_BUG_ON(rc != err.rc || rc == HM_BUG || rc == HM_NOMEM);
        HM_BUG_ON(part_build_finish(b, &block, NULL) != HM_OK);
        HM_BUG_ON(part_pack_open(block, &pack, NULL) != HM_OK || (rc == HM_OK && pack.comp_n == 0));
        for (size_t i = 0; i < pack.comp_n; i++)
            HM_BUG_ON(pack.comp[i].name.n == 0 || pack.comp[i].evidence_count == 0 ||
                      !!(pack.comp[i].flags & PART_F_NO_VERSION) != (pack.comp[i].version.n == 0));
    }
    part_build_free(b);
    hm_arena_free(a);
    return 0;
}
