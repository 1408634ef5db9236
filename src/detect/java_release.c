/* java_release - the file `release` at the root of a Java runtime (the JDK's make/ReleaseFile.gmk writes it).
 *
 *   IMPLEMENTOR="Eclipse Adoptium"
 *   JAVA_VERSION="17.0.9"
 *   JAVA_RUNTIME_VERSION="17.0.9+9"
 *   IMAGE_TYPE="JDK"
 *   MODULES="java.base java.compiler ..."
 *
 * Many things are called `release`: without JAVA_VERSION it is another file (HM_NOTFOUND, no gap).
 * Whether it is a JDK or a JRE: IMAGE_TYPE, else the module jdk.compiler, else neither is said. The CPE is given where
 * the file says what it is: Oracle's commercial builds; who distributes a build of OpenJDK is in `supplier`.
 * Enemy: the author of the file. */
#include "detect/doc.h"

enum { TEXT_MAX = 256 };

typedef struct facts {
    hm_str version, runtime, implementor, implementor_version, image, modules, build_type, source;
} facts;

static hm_str unquoted(hm_str s)
{
    s = hm_str_trim(s);
    return s.n >= 2 && s.p[0] == '"' && s.p[s.n - 1] == '"' ? hm_str_sub(s, 1, s.n - 2) : s;
}

static bool has_word(hm_str list, const char *word)
{
    while (list.n)
        if (hm_str_is(hm_str_cut(list, ' ', &list), word))
            return true;
    return false;
}

static facts read_facts(hm_str bytes)
{
    facts f = { 0 };
    const struct {
        const char *key;
        hm_str *to;
    } FIELD[] = { { "JAVA_VERSION", &f.version },    { "JAVA_RUNTIME_VERSION", &f.runtime },
                  { "IMPLEMENTOR", &f.implementor }, { "IMPLEMENTOR_VERSION", &f.implementor_version },
                  { "IMAGE_TYPE", &f.image },        { "MODULES", &f.modules },
                  { "BUILD_TYPE", &f.build_type },   { "SOURCE", &f.source } };
    hm_str line;
    while (hm_str_line(&bytes, &line)) {
        hm_str value, key = hm_str_cut(line, '=', &value);
        for (size_t i = 0; i < HM_COUNT(FIELD); i++)
            if (hm_str_is(key, FIELD[i].key))
                *FIELD[i].to = unquoted(value);
    }
    return f;
}

hm_rc detect_java_release(const detect_in *in, part_build *out, hm_err *err)
{
    facts f = read_facts(in->file->bytes);
    if (f.version.n == 0 || f.version.n > TEXT_MAX || !hm_is_digit(f.version.p[0]))
        return hm_fail(err, HM_NOTFOUND, DEFECT_NOT_FOUND, HM_PLACE_NONE, 0, 0);
    detect_doc doc;
    detect_doc_open(&doc, in, in->file, out);
    part_desc d = { .kind = PART_APPLICATION, .eco = PART_ECO_GENERIC, .ns = HM_STR("java") };
    bool jdk = hm_str_is(f.image, "JDK") || has_word(f.modules, "jdk.compiler");
    bool jre = hm_str_is(f.image, "JRE") || (!jdk && f.modules.n);
    d.name = jdk ? HM_STR("jdk") : jre ? HM_STR("jre") : HM_STR("java");
    detect_version(&d, f.version, &doc.normal);
    d.supplier = detect_cut(f.implementor, TEXT_MAX);
    hm_buf_reset(&doc.key);
    bool plain = true; /* nothing that a CPE would have to quote, save the dots and the underscore it allows */
    for (size_t i = 0; i < f.version.n; i++)
        plain = plain && (hm_is_alnum(f.version.p[i]) || f.version.p[i] == '.' || f.version.p[i] == '_');
    if (hm_str_is(f.implementor, "Oracle Corporation") && hm_str_is(f.build_type, "commercial") && plain &&
        (jdk || jre)) {
        hm_buf_c(&doc.key, "cpe:2.3:a:oracle:");
        hm_buf_str(&doc.key, d.name);
        hm_buf_byte(&doc.key, ':');
        hm_buf_str(&doc.key, f.version);
        hm_buf_c(&doc.key, ":*:*:*:*:*:*:*");
        d.cpe = hm_buf_view(&doc.key);
    }
    uint32_t comp = detect_doc_add(&doc, &d, 0);
    part_add_prop(out, comp, HM_STR("java:runtime-version"), detect_cut(f.runtime, TEXT_MAX));
    part_add_prop(out, comp, HM_STR("java:implementor-version"), detect_cut(f.implementor_version, TEXT_MAX));
    part_add_prop(out, comp, HM_STR("java:source"), detect_cut(hm_str_trim(f.source), TEXT_MAX));
    return detect_doc_close(&doc, HM_OK, err);
}
