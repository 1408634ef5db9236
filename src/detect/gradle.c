/* gradle - what Gradle locked, verified and lists (Gradle's documentation: dependency locking, dependency verification,
 * version catalogs).
 *
 *   gradle.lockfile, buildscript-gradle.lockfile   GROUP:NAME:VERSION=CONFIGURATION,...     empty=CONFIGURATION,...
 *   dependency-locks/CONFIGURATION.lockfile        GROUP:NAME:VERSION                      (Gradle before 6.8)
 *   gradle/verification-metadata.xml               <component group name version><artifact name><sha256 value/> ...
 *   *.versions.toml                                [versions] [libraries] [plugins]
 *
 * Scope: that of the strongest configuration a line names; one of developmentOnly that productionRuntimeClasspath does
 * not hold is for development.
 * Verification metadata hold whatever Gradle looked at: components of which it got only the .pom or .module are no part of
 * the program (it took another version) and are left out; the others are less certain than a lock's.
 * A catalog lists what a build may use. Rich versions: strictly, else require, else prefer.
 * Enemy: the author of the files. */
#include "base/limits.h"
#include "detect/maven.h"

enum { TEXT_MAX = 256, SURE = 100, VERIFIED = 60, LISTED = 70, NAMED = 30 };

/* ---- locks ------------------------------------------------------------------------------------------------------ */

static bool has(hm_str s, const char *word)
{
    hm_str w = hm_str_c(word);
    for (size_t i = 0; s.n >= w.n && i <= s.n - w.n; i++)
        if (hm_str_eq_nocase(hm_str_sub(s, i, w.n), w))
            return true;
    return false;
}

static part_scope scope_of(hm_str configuration)
{
    static const char *const RUN[] = { "default", "runtime", "compile", "implementation", "api", "runtimeOnly" };
    if (hm_str_starts(configuration, HM_STR("test")) ||
        hm_str_search(configuration, HM_STR("Test")) < configuration.n || hm_str_is(configuration, "developmentOnly"))
        return PART_SCOPE_DEV;
    if (has(configuration, "runtimeClasspath"))
        return PART_SCOPE_RUNTIME;
    if (has(configuration, "compileClasspath") || hm_str_is(configuration, "compileOnly"))
        return PART_SCOPE_OPTIONAL;
    for (size_t i = 0; i < HM_COUNT(RUN); i++)
        if (hm_str_is(configuration, RUN[i]))
            return PART_SCOPE_RUNTIME;
    return PART_SCOPE_BUILD; /* annotation processors, the build script's class path, tools */
}

static part_scope scope_of_all(hm_str list)
{
    part_scope scope = PART_SCOPE_UNKNOWN;
    bool development = false, production = false;
    while (list.n) {
        hm_str one = hm_str_trim(hm_str_cut(list, ',', &list));
        if (one.n == 0)
            continue;
        development |= hm_str_is(one, "developmentOnly");
        production |= hm_str_is(one, "productionRuntimeClasspath");
        scope = part_scope_stronger(scope, scope_of(one));
    }
    return development && !production ? PART_SCOPE_DEV : scope;
}

/* "GROUP:NAME:VERSION" */
static bool split(hm_str s, part_desc *d, hm_str *ret_version)
{
    hm_str rest;
    d->ns = hm_str_cut(s, ':', &rest);
    d->name = hm_str_cut(rest, ':', ret_version);
    for (size_t i = 0; i < s.n; i++)
        if ((unsigned char)s.p[i] <= ' ' || s.p[i] == '/')
            return false;
    return d->ns.n && d->name.n && ret_version->n && hm_str_find(*ret_version, ':') == ret_version->n;
}

hm_rc detect_gradle_lock(const detect_in *in, part_build *out, hm_err *err)
{
    detect_doc doc;
    detect_doc_open(&doc, in, in->file, out);
    hm_str rest = in->file->bytes, line, base = hm_path_base(in->file->path);
    bool script = hm_str_is(base, "buildscript-gradle.lockfile");
    bool old = hm_str_is(hm_path_base(hm_path_dir(in->file->path)), "dependency-locks");
    for (uint64_t at = 1; hm_str_line(&rest, &line); at++) {
        hm_str text = hm_str_trim(line), list, version;
        if (text.n == 0 || text.p[0] == '#' || hm_str_starts(text, HM_STR("empty=")))
            continue;
        part_desc d = { .kind = PART_LIBRARY, .eco = PART_ECO_MAVEN };
        hm_str what = hm_str_cut(text, '=', &list);
        if (!split(what, &d, &version) || (what.n == text.n && !old)) {
            detect_doc_gap(&doc, HM_FORMAT, DEFECT_BAD_VALUE, at, text);
            continue;
        }
        if (old)
            list = hm_str_sub(base, 0, hm_str_rfind(base, '.'));
        d.scope = script ? PART_SCOPE_BUILD : scope_of_all(list);
        detect_version(&d, version, &doc.normal);
        uint32_t comp = detect_doc_add(&doc, &d, at);
        part_add_prop(out, comp, HM_STR("gradle:configurations"), detect_cut(hm_str_trim(list), TEXT_MAX));
    }
    return detect_doc_close(&doc, HM_OK, err);
}

/* ---- verification metadata -------------------------------------------------------------------------------------- */

static bool is_metadata(hm_str artifact)
{
    return hm_str_ends(artifact, HM_STR(".pom")) || hm_str_ends(artifact, HM_STR(".module")) ||
           hm_str_ends(artifact, HM_STR("ivy.xml"));
}

static void add_digests(part_build *out, uint32_t comp, const codec_xml *artifact)
{
    static const struct {
        const char *name;
        part_alg alg;
    } ALG[] = { { "md5", PART_MD5 }, { "sha1", PART_SHA1 }, { "sha256", PART_SHA256 }, { "sha512", PART_SHA512 } };
    for (size_t i = 0; i < HM_COUNT(ALG); i++)
        part_add_digest(out, comp, ALG[i].alg, codec_xml_attr(codec_xml_first(artifact, ALG[i].name), "value"));
}

/* Digests are of the one artifact NAME-VERSION.ENDING; those of a platform's or other classifier's are not the part's. */
static const codec_xml *main_artifact(const codec_xml *component, hm_str name, hm_str version, bool *ret_only_metadata)
{
    const codec_xml *found = NULL;
    bool any = false, other = false;
    for (const codec_xml *e = codec_xml_first(component, "artifact"); e; e = codec_xml_next(e, "artifact")) {
        hm_str a = codec_xml_attr(e, "name");
        any = true;
        if (is_metadata(a))
            continue;
        other = true;
        size_t n = name.n + 1 + version.n;
        if (!found && a.n > n && a.p[n] == '.' && hm_str_starts(a, name) && a.p[name.n] == '-' &&
            hm_str_eq(hm_str_sub(a, name.n + 1, version.n), version))
            found = e;
    }
    *ret_only_metadata = any && !other;
    return found;
}

static void verified(detect_doc *doc, hm_map *seen, const codec_xml *e)
{
    static const char *const FIELD[] = { "group", "name", "version" };
    hm_str value[HM_COUNT(FIELD)];
    for (size_t i = 0; i < HM_COUNT(FIELD); i++) {
        value[i] = hm_str_trim(codec_xml_attr(e, FIELD[i]));
        if (value[i].n == 0)
            detect_doc_gap(doc, HM_FORMAT, DEFECT_MISSING_FIELD, codec_xml_line(e), hm_str_c(FIELD[i]));
    }
    part_desc d = { .kind = PART_LIBRARY, .eco = PART_ECO_MAVEN, .ns = value[0], .name = value[1] };
    bool only_metadata;
    const codec_xml *artifact = main_artifact(e, d.name, value[2], &only_metadata);
    if (d.name.n == 0 || only_metadata)
        return;
    hm_str key = HM_NONE;
    hm_buf_reset(&doc->key);
    for (size_t i = 0; i < HM_COUNT(FIELD); i++) {
        hm_buf_str(&doc->key, value[i]);
        hm_buf_byte(&doc->key, '\n');
    }
    if (doc->key.bad || !hm_arena_dup(doc->in->arena, hm_buf_view(&doc->key), &key)) {
        doc->bad |= !doc->key.bad;
        return;
    }
    uint64_t *there = hm_map_put(seen, key, 0);
    if (!there)
        doc->key.bad = true;
    if (!there || (*there)++)
        return;
    detect_version(&d, value[2], &doc->normal);
    uint32_t comp = part_add(doc->out, &d);
    part_add_evidence(doc->out, comp, doc->in->file->path, PART_T_MANIFEST,
                      codec_xml_first(e, "artifact") ? VERIFIED : NAMED, codec_xml_line(e));
    if (artifact)
        add_digests(doc->out, comp, artifact);
}

hm_rc detect_gradle_verification(const detect_in *in, part_build *out, hm_err *err)
{
    const codec_xml *root = NULL;
    detect_doc doc;
    detect_doc_open(&doc, in, in->file, out);
    hm_rc rc = codec_xml_read(in->arena, in->file->bytes, &root, err);
    if (rc == HM_OK && !hm_str_is(codec_xml_name(root), "verification-metadata")) {
        rc = hm_fail(err, HM_FORMAT, DEFECT_WRONG_TYPE, HM_PLACE_LINE, codec_xml_line(root), 0);
        detect_err_at(err, codec_xml_name(root));
    }
    hm_map *seen = hm_map_new();
    if (!seen)
        doc.key.bad = true;
    const codec_xml *e = rc == HM_OK ? codec_xml_first(codec_xml_first(root, "components"), "component") : NULL;
    for (; e && !doc.bad && !doc.key.bad; e = codec_xml_next(e, "component"))
        verified(&doc, seen, e);
    hm_map_free(seen);
    return detect_doc_close(&doc, rc, err);
}

/* ---- version catalogs ------------------------------------------------------------------------------------------- */

/* A version that stands for one alone; also without Gradle's dynamic forms ("1.+", "latest.release"). */
static hm_str exact(hm_str s)
{
    if (hm_str_ends(s, HM_STR("!!")))
        s = hm_str_sub(s, 0, s.n - 2);
    if (hm_str_ends(s, HM_STR("+")) || hm_str_starts(s, HM_STR("latest.")))
        return HM_NONE;
    return detect_maven_exact(s);
}

static hm_str rich(const codec_json *v)
{
    static const char *const FIELD[] = { "strictly", "require", "prefer" };
    for (size_t i = 0; i < HM_COUNT(FIELD); i++)
        if (codec_json_get_str(v, FIELD[i]).n)
            return codec_json_get_str(v, FIELD[i]);
    return codec_json_str(v);
}

typedef struct catalog {
    detect_doc doc;
    hm_map *versions; /* name in [versions] -> value */
} catalog;

static hm_str version_of(catalog *c, const codec_json *v, hm_str alias)
{
    const codec_json *ref = codec_json_get(v, "ref");
    uint64_t found;
    if (!ref) {
        if (v && codec_json_type(v) != CODEC_OBJ && !codec_json_is_str(v))
            detect_doc_wrong_type(&c->doc, alias);
        return rich(v);
    }
    if (hm_map_get(c->versions, codec_json_str(ref), &found))
        return rich((const codec_json *)(uintptr_t)found);
    detect_doc_gap(&c->doc, HM_NOTFOUND, DEFECT_UNRESOLVED, 0, codec_json_str(ref));
    return HM_NONE;
}

static void listed(catalog *c, part_desc *d, hm_str version)
{
    hm_str one = exact(version);
    detect_version(d, one, &c->doc.normal);
    uint32_t comp = part_add(c->doc.out, d);
    part_add_evidence(c->doc.out, comp, c->doc.in->file->path, PART_T_MANIFEST, LISTED, 0);
    if (!one.n)
        part_add_prop(c->doc.out, comp, HM_STR("declared-range"), detect_cut(version, TEXT_MAX));
}

static void library(catalog *c, hm_str alias, const codec_json *v)
{
    part_desc d = { .kind = PART_LIBRARY, .eco = PART_ECO_MAVEN };
    hm_str version = HM_NONE, module = codec_json_get_str(v, "module");
    if (codec_json_is_str(v)) {
        if (split(codec_json_str(v), &d, &version))
            listed(c, &d, version);
        else
            detect_doc_gap(&c->doc, HM_FORMAT, DEFECT_BAD_VALUE, 0, alias);
        return;
    }
    if (codec_json_type(v) != CODEC_OBJ) {
        detect_doc_wrong_type(&c->doc, alias);
        return;
    }
    d.ns = module.n ? hm_str_cut(module, ':', &d.name) : codec_json_get_str(v, "group");
    if (!module.n)
        d.name = codec_json_get_str(v, "name");
    if (d.ns.n && d.name.n)
        listed(c, &d, version_of(c, codec_json_get(v, "version"), alias));
    else
        detect_doc_gap(&c->doc, HM_FORMAT, DEFECT_MISSING_FIELD, 0, alias);
}

/* A plug-in is found by the artifact ID:ID.gradle.plugin. */
static void plugin(catalog *c, hm_str alias, const codec_json *v)
{
    part_desc d = { .kind = PART_LIBRARY, .eco = PART_ECO_MAVEN, .scope = PART_SCOPE_BUILD };
    hm_str version = HM_NONE;
    if (codec_json_is_str(v)) {
        d.ns = hm_str_cut(codec_json_str(v), ':', &version);
    } else {
        d.ns = codec_json_get_str(v, "id");
        version = d.ns.n ? version_of(c, codec_json_get(v, "version"), alias) : HM_NONE;
    }
    d.name = d.ns.n ? detect_join(c->doc.in->arena, d.ns, HM_STR(".gradle.plugin"), HM_NONE) : HM_NONE;
    if (d.name.n)
        listed(c, &d, version);
    else
        detect_doc_gap(&c->doc, HM_FORMAT, DEFECT_MISSING_FIELD, 0, alias);
}

hm_rc detect_gradle_catalog(const detect_in *in, part_build *out, hm_err *err)
{
    catalog c = { .versions = hm_map_new() };
    const codec_json *root = NULL, *v;
    hm_str key;
    detect_doc_open(&c.doc, in, in->file, out);
    hm_rc rc = codec_toml_read(in->arena, in->file->bytes, &root, err);
    if (!c.versions)
        c.doc.key.bad = true;
    if (rc == HM_OK && c.versions) {
        codec_json_iter it = codec_json_each(codec_json_get(root, "versions"));
        while (codec_json_next(&it, &key, &v))
            if (!hm_map_put(c.versions, key, (uint64_t)(uintptr_t)v))
                c.doc.key.bad = true;
        for (it = codec_json_each(codec_json_get(root, "libraries")); codec_json_next(&it, &key, &v);)
            library(&c, key, v);
        for (it = codec_json_each(codec_json_get(root, "plugins")); codec_json_next(&it, &key, &v);)
            plugin(&c, key, v);
    }
    hm_map_free(c.versions);
    return detect_doc_close(&c.doc, rc, err);
}
