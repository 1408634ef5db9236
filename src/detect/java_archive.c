/* java_archive - what a Java archive is, and what was packed into it (jar, war, ear and their kin).
 *
 *   META-INF/MANIFEST.MF                         what it says of itself
 *   META-INF/maven/GROUP/ARTIFACT/pom.properties  group, artifact, version: of itself and of each artifact whose contents
 *                                pom.xml          were copied into it ("shaded")
 *   NAME-VERSION.jar                              its own name
 *
 * All these entries of one archive come together; an archive that has none of them comes with no files.
 * Its own identity, best first (confidence): the pom.properties that fits its name and version (95), that fits its name
 * (90), the only one, unless name or manifest say otherwise (80); coordinates in the manifest (85), a manifest that agrees
 * with the name (70), the manifest (60), the name with a version (40), a name (20). All other pom.properties are parts
 * that are bundled. A group is never guessed: where none of these states it, and name and manifest are not those of a
 * well-known artifact (java_group.tbl.h), the component has none, which is said (property maven:group-id), and what its manifest says instead is kept as java:bundle and java:module.
 * Dependencies: of the archive's pom.xml, looked for among the archives beside it; and all archives that lie in it.
 * Enemy: who made the archive. */
#include "detect/java.h"
#include "detect/maven.h"

enum { TEXT_MAX = 256 };

/* what an artifact's entries say; pom: its pom.xml, or DETECT_NO_POM */
typedef struct artifact {
    hm_str group, name, version;
    const detect_view *file;
    uint32_t pom, comp;
} artifact;
typedef struct jar {
    detect_doc doc;
    detect_poms poms;
    const detect_in *in;
    part_build *out;
    hm_vec artifacts;
    hm_map *by_dir; /* folder of pom.properties -> artifact + 1 */
    const detect_view *manifest;
    detect_java_manifest m;
    detect_java_name name;
    size_t own; /* artifact that is the archive itself; artifacts.n: none */
} jar;
/* the archive itself, as far as known */
typedef struct identity {
    hm_str group, name, version, literal;
    unsigned confidence;
    bool by_name, by_manifest; /* which evidence it rests on beside a pom */
    bool known_name;           /* group of java_group.tbl.h */
} identity;

static artifact *artifact_at(const jar *j, size_t i)
{
    return HM_VEC_AT(&j->artifacts, artifact, i);
}

/* ---- entries ---------------------------------------------------------------------------------------------------- */

static void add_artifact(jar *j, hm_str group, hm_str name, hm_str version, const detect_view *file, uint32_t pom)
{
    detect_doc_file(&j->doc, file);
    if (!detect_java_is_id(name)) {
        detect_doc_gap(&j->doc, HM_FORMAT, name.n ? DEFECT_BAD_VALUE : DEFECT_MISSING_FIELD, 0, HM_STR("artifactId"));
        return;
    }
    if (group.n == 0)
        detect_doc_gap(&j->doc, HM_FORMAT, DEFECT_MISSING_FIELD, 0, HM_STR("groupId"));
    artifact *a = hm_vec_push(&j->artifacts, j->in->arena);
    uint64_t *slot = a ? hm_map_put(j->by_dir, hm_path_dir(file->path), j->artifacts.n) : NULL;
    if (!a)
        j->doc.bad = true;
    else if (!slot)
        j->doc.key.bad = true;
    else
        *a = (artifact){ .group = group, .name = name, .version = version, .file = file, .pom = pom, .comp = PART_NO };
}

static void read_entries(jar *j)
{
    size_t root = j->in->archive.n ? j->in->archive.n + 2 : 0; /* "ARCHIVE!/" */
    for (size_t i = 0; i < j->in->file_n; i++) {
        const detect_view *f = &j->in->files[i];
        hm_str base = hm_path_base(f->path);
        if (hm_str_is(base, "pom.properties")) {
            detect_java_pom p = detect_java_properties(f->bytes);
            add_artifact(j, p.group, p.artifact, p.version, f, DETECT_NO_POM);
        } else if (hm_str_is(base, "pom.xml")) {
            detect_poms_add(&j->poms, f);
        } else if (hm_str_is(hm_str_from(f->path, root), "META-INF/MANIFEST.MF") && j->name.archive) {
            j->manifest = f;
            detect_doc_file(&j->doc, f);
            detect_java_read_manifest(&j->doc, f->bytes, &j->m);
        }
    }
    detect_poms_link(&j->poms);
    for (uint32_t i = 0; i < detect_poms_count(&j->poms); i++) {
        const detect_pom *p = detect_poms_get(&j->poms, i);
        uint64_t there;
        if (hm_map_get(j->by_dir, hm_path_dir(p->file->path), &there)) {
            artifact_at(j, (size_t)there - 1)->pom = i;
            continue;
        }
        hm_str version, unknown;
        if (!detect_poms_expand(&j->poms, i, p->version, &version, &unknown))
            version = HM_NONE;
        add_artifact(j, detect_poms_text(&j->poms, i, p->group), detect_poms_text(&j->poms, i, p->artifact), version,
                     p->file, i);
    }
}

/* ---- which of them the archive is ------------------------------------------------------------------------------- */

/* `s` begins with NAME-VERSION, and nothing of either goes on. */
static bool named_so(hm_str s, hm_str name, hm_str version)
{
    if (!hm_str_starts(s, name) || s.n < name.n + 1 || (s.p[name.n] != '-' && s.p[name.n] != '_'))
        return false;
    s = hm_str_from(s, name.n + 1);
    return version.n && hm_str_starts(s, version) && (s.n == version.n || s.p[version.n] == '-');
}

/* What stands behind NAME-VERSION- in a stem that ends so or goes on so. */
static hm_str behind(hm_str stem, hm_str name, hm_str version)
{
    size_t at = hm_str_search(stem, name);
    return hm_str_from(stem, at + name.n + 1 + version.n + 1);
}

static bool agrees(hm_str version, hm_str said)
{
    return said.n == 0 || hm_str_eq(version, said);
}

/* 3: fits name and version; 2: fits the name; 1: nothing speaks against it; 0: another artifact */
static int fits(const jar *j, const artifact *a)
{
    hm_str stem = j->name.stem, dotted = stem;
    if (!j->name.archive)
        return 0;
    if (named_so(stem, a->name, a->version))
        return 3;
    size_t tail = hm_str_search(stem, a->name); /* GROUP.NAME-VERSION, of bundles */
    if (tail && tail < stem.n && stem.p[tail - 1] == '.')
        dotted = hm_str_from(stem, tail);
    if (named_so(dotted, a->name, a->version))
        return 3;
    if (hm_str_eq(j->name.name, a->name) || hm_str_eq(stem, a->name))
        return 2;
    hm_str said = detect_java_version(j->m.version);
    if (!agrees(a->version, j->name.version))
        return 0;
    return agrees(a->version, said) || agrees(a->version, j->m.bundle_version) || hm_str_eq(j->m.title, a->name);
}

static void choose(jar *j, int *ret_fit)
{
    int best = 0;
    j->own = j->artifacts.n;
    for (size_t i = 0; i < j->artifacts.n; i++) {
        int fit = fits(j, artifact_at(j, i));
        if (fit == 1 && j->artifacts.n > 1)
            fit = 0;
        if (fit > best ||
            (fit == best && fit && artifact_at(j, i)->name.n > artifact_at(j, j->own)->name.n)) { /* the longer name */
            best = fit;
            j->own = i;
        }
    }
    *ret_fit = best;
}

/* "org.elasticsearch#server;8.14.3", as a plug-in of Gradle writes it */
static bool ivy_title(hm_str title, identity *w)
{
    hm_str rest, group = hm_str_cut(title, '#', &rest), version, name = hm_str_cut(rest, ';', &version);
    if (!detect_java_is_id(group) || !detect_java_is_id(name) || !detect_java_version(version).n)
        return false;
    *w = (identity){ .group = group, .name = name, .version = version, .confidence = 85, .by_manifest = true };
    return true;
}

static bool stated(hm_str group, hm_str name, hm_str version, identity *w)
{
    if (!detect_java_is_id(group) || !detect_java_is_id(name))
        return false;
    *w = (identity){ .group = group,
                     .name = name,
                     .version = detect_java_version(version),
                     .literal = version,
                     .confidence = 85,
                     .by_manifest = true };
    return true;
}

/* The last part of a dotted name is `name`: com.google.guava and guava. */
static bool last_part(hm_str dotted, hm_str name)
{
    return hm_str_eq(dotted, name) ||
           (dotted.n > name.n && hm_str_ends(dotted, name) && dotted.p[dotted.n - name.n - 1] == '.');
}

static void identify_without_pom(const jar *j, identity *w)
{
    const detect_java_manifest *m = &j->m;
    if (ivy_title(m->title, w) || stated(m->plugin_group, m->plugin_name, m->plugin_version, w) ||
        stated(m->nar_group, m->nar_name, m->nar_version, w))
        return;
    hm_str bundle = hm_str_trim(hm_str_sub(m->bundle, 0, hm_str_find(m->bundle, ';')));
    hm_str said = m->version.n && detect_java_version(m->version).n ? m->version
                  : detect_java_version(m->bundle_version).n        ? m->bundle_version
                                                                    : m->entry_version;
    *w = (identity){ .name = j->name.name, .version = j->name.version, .by_name = true };
    if (w->version.n) {
        w->confidence = 40;
        if (hm_str_eq(detect_java_version(m->version), w->version) || hm_str_starts(m->bundle_version, w->version)) {
            w->confidence = 70;
            w->by_manifest = true;
        }
    } else {
        w->version = detect_java_version(said);
        w->literal = said;
        w->by_manifest = w->version.n > 0;
        w->confidence = w->by_manifest ? 60 : 20;
        hm_str other = detect_java_is_id(m->title) ? m->title : detect_java_is_id(bundle) ? bundle : m->module;
        if (w->by_manifest && detect_java_is_id(other) && !last_part(other, w->name))
            w->name = other;
    }
    /* Maven writes the group there; others, and Maven 1, the organization: "org.apache" */
    bool maven = hm_str_search(m->created_by, HM_STR("Maven")) < m->created_by.n ||
                 hm_str_search(m->archiver, HM_STR("Plexus")) < m->archiver.n;
    hm_str id = m->vendor_id;
    if (maven && detect_java_is_id(id) && hm_str_find(id, '.') < hm_str_rfind(id, '.') && hm_str_rfind(id, '.') < id.n)
        w->group = m->vendor_id;
    hm_str known = w->group.n || w->name.n == 0 ? HM_NONE : detect_java_group(m, w->name);
    if (known.n) {
        w->group = known;
        w->known_name = true;
    }
}

/* ---- components ------------------------------------------------------------------------------------------------- */

static void describe(jar *j, part_desc *d, const artifact *a)
{
    if (a && a->pom != DETECT_NO_POM)
        detect_poms_describe(&j->poms, a->pom, d);
}

static void describe_by_manifest(jar *j, part_desc *d)
{
    const detect_java_manifest *m = &j->m;
    if (!d->supplier.n)
        d->supplier = detect_cut(m->vendor.n ? m->vendor : m->bundle_vendor, TEXT_MAX);
    if (!d->url_home.n)
        d->url_home = detect_url(j->in->arena, detect_cut(m->bundle_url.n ? m->bundle_url : m->url, TEXT_MAX));
    if (d->licence.n || d->licence_raw.n)
        return;
    hm_str one = m->bundle_licence;
    if (hm_str_find(one, ',') == one.n) /* attributes follow after ";" */
        one = hm_str_sub(one, 0, hm_str_find(one, ';'));
    detect_licence_text(d, one, &j->doc.licence);
}

static bool same(hm_str a, hm_str b)
{
    return a.n && hm_str_eq(a, b);
}

/* What the archive's pom says it needs, as the names of artifacts beside it. */
static void add_needs(jar *j, uint32_t comp, uint32_t pom)
{
    const codec_xml *all = codec_xml_first(detect_poms_get(&j->poms, pom)->root, "dependencies");
    hm_str beside = hm_path_dir(j->in->archive);
    detect_maven_dep x;
    detect_poms_scope(&j->poms, pom);
    for (const codec_xml *e = codec_xml_first(all, "dependency"); e; e = codec_xml_next(e, "dependency")) {
        if (!detect_poms_dep(&j->poms, pom, e, &x) || hm_str_is(x.scope, "test") || hm_str_is(x.scope, "provided"))
            continue;
        hm_buf_reset(&j->doc.key);
        hm_buf_str(&j->doc.key, x.group);
        hm_buf_byte(&j->doc.key, ':');
        hm_buf_str(&j->doc.key, x.artifact);
        part_add_need(j->out, comp, detect_maven_scope(x.scope, x.optional), PART_FIND_HERE, 0, PART_ECO_MAVEN, beside,
                      hm_buf_view(&j->doc.key));
    }
}

static void link_archive(jar *j, uint32_t comp, const part_desc *d)
{
    hm_str archive = j->in->archive, beside = hm_path_dir(archive), up = archive;
    part_add_need(j->out, comp, PART_SCOPE_RUNTIME, PART_FIND_ALL, 0, PART_ECO_MAVEN, archive, HM_STR("!"));
    for (size_t i = archive.n; i > 1; i--)
        if (archive.p[i - 1] == '/' && archive.p[i - 2] == '!') {
            part_add_provide(j->out, comp, hm_str_sub(up, 0, i - 2), HM_STR("!"));
            break;
        }
    if (!d->ns.n)
        return;
    hm_buf_reset(&j->doc.key);
    hm_buf_str(&j->doc.key, d->ns);
    hm_buf_byte(&j->doc.key, ':');
    hm_buf_str(&j->doc.key, d->name);
    part_add_provide(j->out, comp, beside, hm_buf_view(&j->doc.key));
}

static uint32_t add_own(jar *j, int fit)
{
    const artifact *a = j->own < j->artifacts.n ? artifact_at(j, j->own) : NULL;
    const detect_java_manifest *m = &j->m;
    identity w = { 0 };
    if (a)
        w = (identity){ .group = a->group,
                        .name = a->name,
                        .version = a->version,
                        .confidence = fit == 3   ? 95
                                      : fit == 2 ? 90
                                                 : 80 };
    else
        identify_without_pom(j, &w);
    bool program = hm_str_is(j->name.type, "war") || hm_str_is(j->name.type, "ear") || m->start_class.n;
    part_desc d = { .kind = program ? PART_APPLICATION : PART_LIBRARY, .eco = PART_ECO_MAVEN };
    d.ns = w.group;
    d.name = w.name.n ? w.name : j->name.stem;
    detect_version(&d, w.version, &j->doc.normal);
    if (w.literal.n && !hm_str_eq(w.literal, d.version))
        d.literal = detect_cut(w.literal, TEXT_MAX);
    hm_str classifier = j->name.classifier;
    if (a) /* what follows the name that it is known to have */
        classifier = fit == 3 ? behind(j->name.stem, a->name, a->version) : HM_NONE;
    d.quals = detect_maven_quals(&j->doc, classifier, hm_str_is(j->name.type, "jar") ? HM_NONE : j->name.type);
    describe(j, &d, a);
    describe_by_manifest(j, &d);
    if (a && a->pom != DETECT_NO_POM && !detect_poms_get(&j->poms, a->pom)->has_parent)
        d.flags |= PART_F_DEPS_KNOWN;
    uint32_t comp = part_add(j->out, &d);
    if (a)
        part_add_evidence(j->out, comp, a->file->path, PART_T_MANIFEST, w.confidence, 0);
    if (w.by_manifest && j->manifest)
        part_add_evidence(j->out, comp, j->manifest->path, PART_T_MANIFEST, w.confidence, 0);
    if (w.by_name || (!a && !j->manifest))
        part_add_evidence(j->out, comp, j->in->archive, PART_T_FILENAME, w.by_manifest ? 40 : w.confidence, 0);
    if (!d.ns.n || w.known_name)
        part_add_prop(j->out, comp, HM_STR("maven:group-id"), w.known_name ? HM_STR("known name") : HM_STR("unknown"));
    if (!a) {
        if (!same(m->bundle, d.name))
            part_add_prop(j->out, comp, HM_STR("java:bundle"),
                          detect_cut(hm_str_sub(m->bundle, 0, hm_str_find(m->bundle, ';')), TEXT_MAX));
        if (!same(m->module, d.name))
            part_add_prop(j->out, comp, HM_STR("java:module"), detect_cut(m->module, TEXT_MAX));
        if (!same(m->title, d.name))
            part_add_prop(j->out, comp, HM_STR("java:title"), detect_cut(m->title, TEXT_MAX));
        if (!same(m->vendor_id, d.ns))
            part_add_prop(j->out, comp, HM_STR("java:vendor-id"), detect_cut(m->vendor_id, TEXT_MAX));
    }
    link_archive(j, comp, &d);
    if (a && a->pom != DETECT_NO_POM)
        add_needs(j, comp, a->pom);
    return comp;
}

/* An artifact whose contents were copied into the archive, or which lies unpacked in it. */
static void add_other(jar *j, const artifact *a, uint32_t own)
{
    part_desc d = { .kind = PART_LIBRARY, .eco = PART_ECO_MAVEN, .ns = a->group, .name = a->name };
    if (own != PART_NO)
        d.flags |= PART_F_BUNDLED;
    detect_version(&d, a->version, &j->doc.normal);
    describe(j, &d, a);
    uint32_t comp = part_add(j->out, &d);
    part_add_evidence(j->out, comp, a->file->path, PART_T_MANIFEST, 90, 0);
    if (!d.ns.n)
        part_add_prop(j->out, comp, HM_STR("maven:group-id"), HM_STR("unknown"));
    if (own != PART_NO)
        part_add_edge(j->out, own, comp, PART_SCOPE_RUNTIME);
}

static bool failed(const jar *j)
{
    return j->doc.bad || j->doc.key.bad;
}

hm_rc detect_java_archive(const detect_in *in, part_build *out, hm_err *err)
{
    int fit = 0;
    uint32_t own = PART_NO;
    jar j = { .in = in, .out = out, .artifacts = { .size = sizeof(artifact) }, .by_dir = hm_map_new() };
    j.name = detect_java_file_name(hm_path_base(in->archive));
    detect_doc_open(&j.doc, in, in->file, out);
    detect_poms_open(&j.poms, &j.doc);
    if (!j.by_dir)
        j.doc.key.bad = true;
    if (!failed(&j))
        read_entries(&j);
    choose(&j, &fit);
    if (!failed(&j) && j.name.archive)
        own = add_own(&j, fit);
    for (size_t i = 0; i < j.artifacts.n && !failed(&j); i++)
        if (i != j.own)
            add_other(&j, artifact_at(&j, i), own);
    detect_poms_close(&j.poms);
    hm_map_free(j.by_dir);
    return detect_doc_close(&j.doc, HM_OK, err);
}

/* META-INF/maven outside of archives: an unpacked archive, or classes that were built. */
hm_rc detect_java_unpacked(const detect_in *in, part_build *out, hm_err *err)
{
    if (in->archive.n) /* read with the rest of its archive */
        return HM_OK;
    const detect_in one = { .file = in->file, .arena = in->arena, .files = in->file, .file_n = 1 };
    return detect_java_archive(&one, out, err);
}
