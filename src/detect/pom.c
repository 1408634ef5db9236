/* pom - Maven projects: all pom.xml files of a target together (format: maven.c).
 *
 * Each pom is a subject; one that another lists as its module is local to that build. What it depends on, by itself or
 * through parents that are there, becomes a component; one that is a subject of the same version becomes an edge.
 * Versions are those that Maven would take: the dependency's own, else that of the nearest dependencyManagement (its
 * own, its parents', imported ones), with properties as the project sees them.
 * What is left out, and said: dependencies of profiles (property maven:profiles of the subject). What transitive
 * dependencies there are, a pom does not say.
 * A version that needs a file or variable that is not there: PART_F_NO_VERSION, the text as declared-range, and one gap
 * for each such file or variable and pom.
 * Invariants:
 * 1. `seen` keeps by (pom, key of the dependency) the last declaration in that pom: a repeated one counts last, as in
 *    Maven, and what a parent declares counts only where the child does not.
 * 2. `made` keeps by coordinates the component, so poms of one target share it.
 * 3. Dependencies taken from parents end at LIMIT_POM_INHERITED for all poms together: it is the one list that can grow
 *    faster than the files.
 * Poms below META-INF/maven are those of archives, unpacked or built into classes, and are read there.
 * Enemy: the author of the poms. */
#include "base/limits.h"
#include "detect/maven.h"

enum { RANGE_MAX = 256 };

typedef struct project {
    detect_doc doc;
    detect_poms poms;
    part_build *out;
    hm_map *seen, *made, *told;
    uint32_t *comp; /* by pom */
    uint64_t inherited;
} project;

static hm_arena *arena(const project *j)
{
    return j->doc.in->arena;
}

/* Key in the arena: number, text, then more texts after NUL bytes. */
static hm_str key_of(project *j, uint32_t number, const hm_str *part, size_t n)
{
    hm_str key = HM_NONE;
    hm_buf *b = &j->doc.key;
    hm_buf_reset(b);
    hm_buf_le32(b, number);
    for (size_t i = 0; i < n; i++) {
        hm_buf_str(b, part[i]);
        hm_buf_byte(b, '\0');
    }
    if (!b->bad && !hm_arena_dup(arena(j), hm_buf_view(b), &key))
        j->doc.bad = true;
    return key;
}

/* The slot of a key; NULL: no memory (noted). */
static uint64_t *slot_of(project *j, hm_map *m, hm_str key)
{
    uint64_t *slot = j->doc.bad || j->doc.key.bad ? NULL : hm_map_put(m, key, 0);
    if (!slot && !j->doc.bad)
        j->doc.key.bad = true;
    return slot;
}

/* One gap for each pom and reason. */
static void tell(project *j, uint32_t pom, hm_rc rc, hm_defect defect, uint64_t line, uint64_t arg, hm_str at)
{
    uint64_t *told = slot_of(j, j->told, key_of(j, pom, (hm_str[]){ hm_str_c(hm_defect_name(defect)), at }, 2));
    if (!told || *told)
        return;
    *told = 1;
    detect_lang_gaps g = { .out = j->out, .path = detect_poms_get(&j->poms, pom)->file->path };
    detect_lang_gap(&g, rc, defect, line ? HM_PLACE_LINE : HM_PLACE_NONE, line, arg, at);
}

/* ---- subjects --------------------------------------------------------------------------------------------------- */

static void name_profiles(project *j, uint32_t i)
{
    const codec_xml *all = codec_xml_first(detect_poms_get(&j->poms, i)->root, "profiles");
    hm_buf *b = &j->doc.quals;
    hm_buf_reset(b);
    for (const codec_xml *e = codec_xml_first(all, "profile"); e && b->n < RANGE_MAX; e = codec_xml_next(e, "profile"))
        if (codec_xml_first(codec_xml_first(e, "dependencies"), "dependency")) {
            hm_str id = codec_xml_get_text(e, "id");
            hm_buf_c(b, b->n ? ", " : "");
            hm_buf_str(b, id.n ? detect_cut(id, RANGE_MAX) : HM_STR("default"));
        }
    part_add_prop(j->out, j->comp[i], HM_STR("maven:profiles"), hm_buf_view(b));
}

static void add_subject(project *j, uint32_t i)
{
    const detect_pom *x = detect_poms_get(&j->poms, i);
    hm_str version, unknown;
    part_desc d = { .kind = PART_APPLICATION,
                    .scope = PART_SCOPE_RUNTIME,
                    .eco = PART_ECO_MAVEN,
                    .flags = PART_F_SUBJECT | PART_F_DEPS_KNOWN };
    uint64_t line = codec_xml_line(x->root);
    d.ns = detect_poms_text(&j->poms, i, x->group);
    d.name = detect_poms_text(&j->poms, i, x->artifact);
    if (x->module)
        d.flags |= PART_F_LOCAL;
    if (d.name.n == 0 || d.ns.n == 0)
        tell(j, i, HM_FORMAT, DEFECT_MISSING_FIELD, line, 0, d.name.n ? HM_STR("groupId") : HM_STR("artifactId"));
    if (d.name.n == 0)
        return;
    bool known = detect_poms_expand(&j->poms, i, x->version, &version, &unknown);
    if (!known)
        tell(j, i, HM_NOTFOUND, DEFECT_UNRESOLVED, line, 0, unknown);
    else if (version.n == 0)
        tell(j, i, HM_FORMAT, DEFECT_MISSING_FIELD, line, 0, HM_STR("version"));
    detect_version(&d, known ? version : HM_NONE, &j->doc.normal);
    detect_poms_describe(&j->poms, i, &d);
    j->comp[i] = part_add(j->out, &d);
    part_add_evidence(j->out, j->comp[i], x->file->path, PART_T_MANIFEST, 100, line);
    if (!known)
        part_add_prop(j->out, j->comp[i], HM_STR("declared-range"), detect_cut(x->version, RANGE_MAX));
    name_profiles(j, i);
}

/* ---- dependencies ----------------------------------------------------------------------------------------------- */

/* The component of a dependency, made where it is met first. */
static uint32_t component(project *j, const detect_maven_dep *d, uint32_t declared_in, uint64_t line, part_scope scope)
{
    hm_str exact = d->has_version ? detect_maven_exact(d->version) : HM_NONE;
    hm_str range = exact.n ? HM_NONE : detect_cut(d->has_version ? d->version : d->raw, RANGE_MAX);
    hm_str path = detect_poms_get(&j->poms, declared_in)->file->path;
    uint64_t *made =
        slot_of(j, j->made,
                key_of(j, 0, (hm_str[]){ d->group, d->artifact, exact, range, d->type, d->classifier, d->scope }, 6));
    if (!made)
        return PART_NO;
    uint32_t comp;
    if (*made) {
        comp = (uint32_t)(*made - 1);
        part_comp *c = part_build_bad(j->out) ? NULL : part_build_comp(j->out, comp);
        if (c)
            c->scope = (uint8_t)part_scope_stronger((part_scope)c->scope, scope);
    } else {
        part_desc x = {
            .kind = PART_LIBRARY, .scope = scope, .eco = PART_ECO_MAVEN, .ns = d->group, .name = d->artifact
        };
        if (hm_str_is(d->scope, "system"))
            x.flags |= PART_F_LOCAL;
        detect_version(&x, exact, &j->doc.normal);
        x.quals = detect_maven_quals(&j->doc, d->classifier, d->type);
        comp = part_add(j->out, &x);
        part_add_prop(j->out, comp, HM_STR("declared-range"), range);
        if (hm_str_is(d->scope, "provided") || hm_str_is(d->scope, "system"))
            part_add_prop(j->out, comp, HM_STR("maven:scope"), d->scope);
        if (comp != PART_NO)
            *made = (uint64_t)comp + 1;
    }
    uint64_t *proof = comp == PART_NO ? NULL : slot_of(j, j->made, key_of(j, comp + 1, &path, 1));
    if (proof && !*proof) {
        *proof = 1;
        part_add_evidence(j->out, comp, path, PART_T_MANIFEST, 100, line);
    }
    return comp;
}

/* A pom of these files that is what the dependency asks for. */
static uint32_t subject_of(project *j, const detect_maven_dep *d)
{
    uint32_t i = d->has_version ? detect_poms_find(&j->poms, d->group, d->artifact, d->version) : DETECT_NO_POM;
    return i == DETECT_NO_POM ? PART_NO : j->comp[i];
}

static void add_dependency(project *j, uint32_t i, uint32_t declared_in, const codec_xml *e, const detect_maven_dep *d)
{
    part_scope scope = detect_maven_scope(d->scope, d->optional);
    uint64_t line = codec_xml_line(e);
    uint32_t to = subject_of(j, d);
    if (to == PART_NO)
        to = component(j, d, declared_in, line, scope);
    if (j->comp[i] != PART_NO && to != PART_NO && to != j->comp[i])
        part_add_edge(j->out, j->comp[i], to, scope);
    if (d->has_version)
        return;
    if (d->raw.n)
        tell(j, i, HM_NOTFOUND, DEFECT_UNRESOLVED, 0, 0, d->unknown.n ? d->unknown : d->raw);
    else if (j->poms.missing.n)
        tell(j, i, HM_NOTFOUND, DEFECT_UNRESOLVED, 0, 0, j->poms.missing);
    else
        tell(j, i, HM_FORMAT, DEFECT_MISSING_FIELD, line, 0,
             detect_join(arena(j), d->artifact, HM_STR(":"), HM_STR("version")));
}

/* Key by which declarations replace each other; the type and classifier count. */
static hm_str seen_key(project *j, uint32_t i, const detect_maven_dep *d)
{
    return key_of(j, i, (hm_str[]){ d->group, d->artifact, d->type, d->classifier }, 4);
}

static bool open_name(hm_str name)
{
    return hm_str_search(name, HM_STR("${")) < name.n;
}

static bool same_version(project *j, uint32_t i, const codec_xml *e, hm_str version)
{
    detect_maven_dep d;
    return detect_poms_dep(&j->poms, i, e, &d) && hm_str_eq(d.version, version);
}

/* Dependencies that pom `from` (i itself or one of its parents) declares, for pom i. */
static void read_dependencies(project *j, uint32_t i, uint32_t from)
{
    const codec_xml *all = codec_xml_first(detect_poms_get(&j->poms, from)->root, "dependencies");
    detect_maven_dep d;
    for (const codec_xml *e = codec_xml_first(all, "dependency"); e; e = codec_xml_next(e, "dependency")) {
        if (from != i && ++j->inherited > LIMIT_POM_INHERITED) {
            tell(j, i, HM_LIMIT, DEFECT_TOO_MANY, 0, LIMIT_POM_INHERITED, HM_NONE);
            return;
        }
        if (!detect_poms_dep(&j->poms, i, e, &d)) {
            if (from == i)
                tell(j, i, HM_FORMAT, DEFECT_MISSING_FIELD, codec_xml_line(e), 0,
                     d.group.n ? HM_STR("dependency/artifactId") : HM_STR("dependency/groupId"));
            continue;
        }
        uint64_t *seen = slot_of(j, j->seen, seen_key(j, i, &d));
        if (!seen)
            return;
        if (*seen && from == i && !same_version(j, i, (const codec_xml *)(uintptr_t)*seen, d.version))
            tell(j, i, HM_FORMAT, DEFECT_DUPLICATE, codec_xml_line(e), 0,
                 detect_join(arena(j), d.group, HM_STR(":"), d.artifact));
        if (!*seen || from == i)
            *seen = (uint64_t)(uintptr_t)e;
    }
    for (const codec_xml *e = codec_xml_first(all, "dependency"); e && !part_build_bad(j->out);
         e = codec_xml_next(e, "dependency")) {
        if (!detect_poms_dep(&j->poms, i, e, &d))
            continue;
        const uint64_t *seen = slot_of(j, j->seen, seen_key(j, i, &d));
        if (!seen)
            return;
        if (*seen != (uint64_t)(uintptr_t)e)
            continue;
        if (open_name(d.group) || open_name(d.artifact))
            tell(j, i, HM_NOTFOUND, DEFECT_UNRESOLVED, codec_xml_line(e), 0, open_name(d.group) ? d.group : d.artifact);
        else
            add_dependency(j, i, from, e, &d);
    }
}

static void read_project(project *j, uint32_t i)
{
    unsigned steps = 0;
    uint32_t last = i;
    detect_poms_scope(&j->poms, i);
    if (j->poms.crowded)
        tell(j, i, HM_LIMIT, DEFECT_TOO_MANY, 0, LIMIT_POM_IMPORTS, HM_STR("dependencyManagement"));
    for (uint32_t at = i; (at = detect_poms_up(&j->poms, at, &steps)) != DETECT_NO_POM; last = at)
        if (at != i || steps == 1)
            read_dependencies(j, i, at);
    const detect_pom *top = detect_poms_get(&j->poms, last);
    if (top->parent != DETECT_NO_POM)
        tell(j, i, HM_LIMIT, DEFECT_TOO_DEEP, 0, LIMIT_POM_PARENTS, HM_STR("parent"));
    else if (top->has_parent && j->comp[i] != PART_NO) /* a parent that is not here may add dependencies */
        detect_doc_open_deps(&j->doc, j->comp[i]);
}

hm_rc detect_maven_pom(const detect_in *in, part_build *out, hm_err *err)
{
    project j = { .out = out, .seen = hm_map_new(), .made = hm_map_new(), .told = hm_map_new() };
    detect_doc_open(&j.doc, in, in->file, out);
    detect_poms_open(&j.poms, &j.doc);
    if (!j.seen || !j.made || !j.told)
        j.doc.key.bad = true;
    for (size_t i = 0; i < in->file_n; i++)
        if (!detect_path_in(in->files[i].path, HM_STR("META-INF"), 1))
            detect_poms_add(&j.poms, &in->files[i]);
    detect_poms_link(&j.poms);
    size_t n = detect_poms_count(&j.poms);
    j.comp = n ? hm_arena_array(in->arena, n, sizeof *j.comp) : NULL;
    j.doc.bad |= n && !j.comp;
    for (uint32_t i = 0; i < n && j.comp; i++)
        j.comp[i] = PART_NO;
    for (uint32_t i = 0; i < n && !j.doc.bad && !j.doc.key.bad; i++)
        add_subject(&j, i);
    for (uint32_t i = 0; i < n && !j.doc.bad && !j.doc.key.bad; i++)
        read_project(&j, i);
    detect_poms_close(&j.poms);
    hm_map_free(j.seen);
    hm_map_free(j.made);
    hm_map_free(j.told);
    return detect_doc_close(&j.doc, HM_OK, err);
}
