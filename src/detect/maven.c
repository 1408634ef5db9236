/* maven - see maven.h. Source: Maven's POM reference and "Introduction to the Dependency Mechanism".
 *
 *   <project> <parent> G A V <relativePath/> </parent> G A V <properties> <name>value</name> </properties>
 *     <dependencyManagement> <dependencies> <dependency> G A V type classifier scope </dependency> ...
 *     <dependencies> <dependency> ... </dependencies> <modules> <module>dir</module> ... </project>
 *
 * Invariants:
 * 1. Every walk up the parents ends after LIMIT_POM_PARENTS steps, so parents in a circle are harmless.
 * 2. `values` keeps by (pom, name) what a pom itself says; what it inherits is found by walking, so the cost of reading
 *    is the size of the files and not poms times ancestors.
 * 3. A value is expanded in the eyes of the pom that uses it (a child's property changes what its parent manages), an
 *    imported one in the eyes of the imported pom. Expansion is bounded in depth, substitutions and bytes.
 * 4. The list of those who manage versions for one pom ends at LIMIT_POM_IMPORTS.
 * Keys of managed versions are expanded by the pom that declares them.
 * Enemy: the author of the poms (circles of parents, imports and variables, doubling variables). */
#include "detect/maven.h"
#include "base/limits.h"

enum { EXPAND_MAX = 4096, EXPAND_DEPTH = 8, EXPAND_STEPS = 64, IMPORT_DEPTH = 16, LICENCE_MAX = 256 };

typedef struct import {
    uint32_t pom;
    const codec_xml *dependency;
} import;
/* who manages, and in whose eyes its values are read */
typedef struct manager {
    uint32_t pom, eyes;
} manager;

static detect_pom *pom_at(const detect_poms *p, uint32_t i)
{
    return HM_VEC_AT(&p->poms, detect_pom, i);
}

static bool heap_ok(detect_poms *p, const void *got)
{
    if (!got)
        p->doc->key.bad = true;
    return got != NULL;
}

static bool arena_ok(detect_poms *p, const void *got)
{
    if (!got)
        p->doc->bad = true;
    return got != NULL;
}

void detect_poms_open(detect_poms *p, detect_doc *doc)
{
    *p = (detect_poms){ .doc = doc,
                        .poms = { .size = sizeof(detect_pom) },
                        .imports = { .size = sizeof(import) },
                        .scopes = { .size = sizeof(manager) },
                        .by_path = hm_map_new(),
                        .by_name = hm_map_new(),
                        .by_artifact = hm_map_new(),
                        .values = hm_map_new() };
    if (!p->by_path || !p->by_name || !p->by_artifact || !p->values)
        doc->key.bad = true;
}

void detect_poms_close(detect_poms *p)
{
    p->by_path = hm_map_free(p->by_path);
    p->by_name = hm_map_free(p->by_name);
    p->by_artifact = hm_map_free(p->by_artifact);
    p->values = hm_map_free(p->values);
    p->doc->key.bad |= p->text.bad;
    hm_buf_clear(&p->text);
}

static bool failed(const detect_poms *p)
{
    return p->doc->bad || p->doc->key.bad;
}

size_t detect_poms_count(const detect_poms *p)
{
    return failed(p) ? 0 : p->poms.n;
}

const detect_pom *detect_poms_get(const detect_poms *p, uint32_t i)
{
    return pom_at(p, i);
}

void detect_poms_add(detect_poms *p, const detect_view *file)
{
    const codec_xml *root = NULL;
    hm_err e = { 0 };
    if (failed(p))
        return;
    hm_rc rc = codec_xml_read(p->doc->in->arena, file->bytes, &root, &e);
    if (rc == HM_NOMEM) {
        p->doc->key.bad = true;
        return;
    }
    if (rc == HM_OK && !hm_str_is(codec_xml_name(root), "project")) {
        rc = hm_fail(&e, HM_FORMAT, DEFECT_WRONG_TYPE, HM_PLACE_LINE, codec_xml_line(root), 0);
        detect_err_at(&e, codec_xml_name(root));
    }
    if (rc != HM_OK) {
        part_add_gap(p->doc->out, file->path, &e);
        return;
    }
    detect_pom *x = p->poms.n < DETECT_NO_POM ? hm_vec_push(&p->poms, p->doc->in->arena) : NULL;
    if (!arena_ok(p, x))
        return;
    const codec_xml *parent = codec_xml_first(root, "parent");
    *x = (detect_pom){ .file = file, .root = root, .parent = DETECT_NO_POM, .has_parent = parent != NULL };
    x->artifact = codec_xml_get_text(root, "artifactId");
    x->group = codec_xml_get_text(codec_xml_first(root, "groupId") ? root : parent, "groupId");
    x->version = codec_xml_get_text(codec_xml_first(root, "version") ? root : parent, "version");
}

/* ---- names ------------------------------------------------------------------------------------------------------ */

static hm_str name_of(detect_poms *p, hm_str group, hm_str artifact, hm_str version)
{
    hm_buf *b = &p->doc->key;
    hm_buf_reset(b);
    hm_buf_str(b, group);
    hm_buf_byte(b, ':');
    hm_buf_str(b, artifact);
    if (version.n) {
        hm_buf_byte(b, ':');
        hm_buf_str(b, version);
    }
    return hm_buf_view(b);
}

static void index_name(detect_poms *p, hm_map *m, hm_str name, uint32_t i)
{
    uint64_t there;
    if (p->doc->key.bad || hm_map_get(m, name, &there))
        return;
    if (!hm_arena_dup(p->doc->in->arena, name, &name))
        p->doc->bad = true;
    else
        (void)heap_ok(p, hm_map_put(m, name, (uint64_t)i + 1));
}

static uint32_t find_in(const hm_map *m, hm_str name)
{
    uint64_t v;
    return hm_map_get(m, name, &v) ? (uint32_t)(v - 1) : DETECT_NO_POM;
}

uint32_t detect_poms_find(detect_poms *p, hm_str group, hm_str artifact, hm_str version)
{
    return find_in(version.n ? p->by_name : p->by_artifact, name_of(p, group, artifact, version));
}

uint32_t detect_poms_up(const detect_poms *p, uint32_t i, unsigned *steps)
{
    if ((*steps)++ == 0)
        return i;
    return *steps > LIMIT_POM_PARENTS ? DETECT_NO_POM : pom_at(p, i)->parent;
}

/* ---- values ----------------------------------------------------------------------------------------------------- */

static hm_str value_key(detect_poms *p, uint32_t i, char kind, hm_str name)
{
    hm_buf *b = &p->doc->key;
    hm_buf_reset(b);
    hm_buf_le32(b, i);
    hm_buf_byte(b, kind);
    hm_buf_str(b, name);
    return hm_buf_view(b);
}

static void put_value(detect_poms *p, hm_str key, const codec_xml *e, bool again)
{
    uint64_t there;
    if (p->doc->key.bad || (!again && hm_map_get(p->values, key, &there)))
        return;
    uint64_t v = (uint64_t)(uintptr_t)e;
    if (!hm_arena_dup(p->doc->in->arena, key, &key)) {
        p->doc->bad = true;
        return;
    }
    uint64_t *slot = hm_map_put(p->values, key, v);
    if (heap_ok(p, slot))
        *slot = v;
}

static const codec_xml *get_value(const detect_poms *p, hm_str key)
{
    uint64_t v;
    return hm_map_get(p->values, key, &v) ? (const codec_xml *)(uintptr_t)v : NULL;
}

static bool model_value(const detect_pom *x, hm_str field, hm_str *ret)
{
    const codec_xml *parent = codec_xml_first(x->root, "parent");
    if (hm_str_is(field, "groupId"))
        *ret = x->group;
    else if (hm_str_is(field, "artifactId"))
        *ret = x->artifact;
    else if (hm_str_is(field, "version"))
        *ret = x->version;
    else if (hm_str_is(field, "packaging"))
        *ret = codec_xml_first(x->root, "packaging") ? codec_xml_get_text(x->root, "packaging") : HM_STR("jar");
    else if (hm_str_is(field, "parent.groupId"))
        *ret = codec_xml_get_text(parent, "groupId");
    else if (hm_str_is(field, "parent.artifactId"))
        *ret = codec_xml_get_text(parent, "artifactId");
    else if (hm_str_is(field, "parent.version"))
        *ret = codec_xml_get_text(parent, "version");
    else if (hm_str_is(field, "name") || hm_str_is(field, "url"))
        *ret = codec_xml_get_text(x->root, field.p[0] == 'n' ? "name" : "url");
    else
        return false;
    return ret->n > 0;
}

static bool variable(detect_poms *p, uint32_t i, hm_str name, hm_str *ret)
{
    const detect_pom *x = pom_at(p, i);
    if ((hm_str_starts(name, HM_STR("project.")) && model_value(x, hm_str_from(name, 8), ret)) ||
        (hm_str_starts(name, HM_STR("pom.")) && model_value(x, hm_str_from(name, 4), ret)))
        return true;
    unsigned steps = 0;
    for (uint32_t at = i; (at = detect_poms_up(p, at, &steps)) != DETECT_NO_POM;) {
        const codec_xml *e = get_value(p, value_key(p, at, 'p', name));
        if (e) {
            *ret = codec_xml_text(e);
            return true;
        }
    }
    return model_value(x, name, ret); /* the old form without prefix */
}

static bool expand(detect_poms *p, uint32_t i, hm_str text, unsigned depth, unsigned *steps, hm_str *ret_unknown)
{
    while (text.n) {
        size_t at = hm_str_search(text, HM_STR("${"));
        hm_str rest, name = hm_str_cut(hm_str_from(text, at + 2), '}', &rest), value = HM_NONE;
        bool closed = at < text.n && at + 2 + name.n < text.n;
        hm_buf_str(&p->text, closed ? hm_str_sub(text, 0, at) : text);
        if (!closed)
            break;
        if (p->text.n > EXPAND_MAX || depth == EXPAND_DEPTH || ++*steps > EXPAND_STEPS ||
            !variable(p, i, name, &value) || value.n > EXPAND_MAX) {
            *ret_unknown = name;
            return false;
        }
        if (!expand(p, i, value, depth + 1, steps, ret_unknown))
            return false;
        text = rest;
    }
    return true;
}

bool detect_poms_expand(detect_poms *p, uint32_t i, hm_str text, hm_str *ret, hm_str *ret_unknown)
{
    unsigned steps = 0;
    *ret = text;
    if (text.n > EXPAND_MAX || hm_str_search(text, HM_STR("${")) == text.n)
        return true;
    hm_buf_reset(&p->text);
    if (!expand(p, i, text, 0, &steps, ret_unknown))
        return false;
    if (!p->text.bad && !hm_arena_dup(p->doc->in->arena, hm_str_trim(hm_buf_view(&p->text)), ret))
        p->doc->bad = true;
    return true;
}

hm_str detect_poms_text(detect_poms *p, uint32_t i, hm_str text)
{
    hm_str out, unknown;
    (void)detect_poms_expand(p, i, text, &out, &unknown);
    return out;
}

/* ---- links ------------------------------------------------------------------------------------------------------ */

/* Path `to` as seen from the directory of `from`, without "." and "..", in the arena; empty: leads out of the target. */
static hm_str path_from(detect_poms *p, hm_str from, hm_str to)
{
    char *out = hm_arena_alloc(p->doc->in->arena, from.n + to.n + 2);
    if (!arena_ok(p, out))
        return HM_NONE;
    size_t n = hm_path_dir(from).n;
    memcpy(out, from.p, n);
    while (to.n) {
        hm_str rest, part = hm_str_cut(to, '/', &rest);
        if (hm_str_is(part, "..")) {
            if (n == 0)
                return HM_NONE;
            n = hm_path_dir((hm_str){ out, n }).n;
        } else if (part.n && !hm_str_is(part, ".")) {
            if (n)
                out[n++] = '/';
            memcpy(out + n, part.p, part.n);
            n += part.n;
        }
        to = rest;
    }
    return (hm_str){ out, n };
}

/* The pom at a path, or in the directory of that path. */
static uint32_t pom_at_path(detect_poms *p, hm_str from, hm_str to)
{
    hm_str path = path_from(p, from, to);
    uint32_t i = find_in(p->by_path, path);
    if (i != DETECT_NO_POM || hm_str_ends(path, HM_STR(".xml")) || p->doc->bad)
        return i;
    return find_in(p->by_path, detect_join(p->doc->in->arena, path, path.n ? HM_STR("/") : HM_NONE, HM_STR("pom.xml")));
}

static void link_parent(detect_poms *p, uint32_t i)
{
    detect_pom *x = pom_at(p, i);
    const codec_xml *parent = codec_xml_first(x->root, "parent"), *rel = codec_xml_first(parent, "relativePath");
    if (!parent)
        return;
    hm_str group = codec_xml_get_text(parent, "groupId"), artifact = codec_xml_get_text(parent, "artifactId"),
           version = codec_xml_get_text(parent, "version");
    hm_str path = rel ? codec_xml_text(rel) : HM_STR("../pom.xml");
    uint32_t at = path.n && path.n <= LIMIT_PATH_BYTES ? pom_at_path(p, x->file->path, path) : DETECT_NO_POM;
    if (at != DETECT_NO_POM && at != i) {
        const detect_pom *y = pom_at(p, at);
        bool open = hm_str_find(version, '$') < version.n || hm_str_find(y->version, '$') < y->version.n;
        bool bare = group.n == 0 && artifact.n == 0; /* model 4.1: the path alone */
        if (bare || (hm_str_eq(y->group, group) && hm_str_eq(y->artifact, artifact) &&
                     (open || hm_str_eq(y->version, version)))) {
            x->parent = at;
            if (bare && !x->group.n)
                x->group = y->group;
            if (bare && !x->version.n)
                x->version = y->version;
            return;
        }
    }
    at = detect_poms_find(p, group, artifact, version);
    x->parent = at == i ? DETECT_NO_POM : at;
}

static void mark_modules(detect_poms *p, uint32_t i)
{
    static const char *const LISTS[][2] = { { "modules", "module" }, { "subprojects", "subproject" } };
    for (size_t k = 0; k < HM_COUNT(LISTS); k++) {
        const codec_xml *m = codec_xml_first(codec_xml_first(pom_at(p, i)->root, LISTS[k][0]), LISTS[k][1]);
        for (; m && !p->doc->bad; m = codec_xml_next(m, LISTS[k][1])) {
            hm_str path = codec_xml_text(m);
            uint32_t at = path.n && path.n <= LIMIT_PATH_BYTES ? pom_at_path(p, pom_at(p, i)->file->path, path) : i;
            if (at != DETECT_NO_POM && at != i)
                pom_at(p, at)->module = true;
        }
    }
}

/* "group:artifact:type:classifier" in the arena */
static hm_str dependency_key(detect_poms *p, const detect_maven_dep *d)
{
    hm_str key = HM_NONE;
    hm_buf *b = &p->doc->key;
    (void)name_of(p, d->group, d->artifact, d->type.n ? d->type : HM_STR("jar"));
    hm_buf_byte(b, ':');
    hm_buf_str(b, d->classifier);
    if (!b->bad && !hm_arena_dup(p->doc->in->arena, hm_buf_view(b), &key))
        p->doc->bad = true;
    return key;
}

static bool read_names(detect_poms *p, uint32_t i, const codec_xml *dependency, detect_maven_dep *d)
{
    *d = (detect_maven_dep){ .group = detect_poms_text(p, i, codec_xml_get_text(dependency, "groupId")),
                             .artifact = detect_poms_text(p, i, codec_xml_get_text(dependency, "artifactId")),
                             .type = detect_poms_text(p, i, codec_xml_get_text(dependency, "type")),
                             .classifier = detect_poms_text(p, i, codec_xml_get_text(dependency, "classifier")) };
    if (hm_str_is(d->type, "jar"))
        d->type = HM_NONE;
    return d->group.n && d->artifact.n;
}

static void read_managed(detect_poms *p, uint32_t i)
{
    const codec_xml *all = codec_xml_first(codec_xml_first(pom_at(p, i)->root, "dependencyManagement"), "dependencies");
    for (const codec_xml *e = codec_xml_first(all, "dependency"); e && !failed(p);
         e = codec_xml_next(e, "dependency")) {
        detect_maven_dep d;
        if (!read_names(p, i, e, &d))
            continue;
        if (hm_str_is(codec_xml_get_text(e, "scope"), "import")) {
            import *row = hm_vec_push(&p->imports, p->doc->in->arena);
            if (arena_ok(p, row))
                *row = (import){ i, e };
            continue;
        }
        hm_str key = dependency_key(p, &d);
        put_value(p, value_key(p, i, 'm', key), e, false);
    }
}

void detect_poms_link(detect_poms *p)
{
    for (uint32_t i = 0; i < p->poms.n && !failed(p); i++) {
        const detect_pom *x = pom_at(p, i);
        index_name(p, p->by_path, x->file->path, i);
        index_name(p, p->by_name, name_of(p, x->group, x->artifact, x->version), i);
        const codec_xml *properties = codec_xml_first(x->root, "properties");
        for (const codec_xml *e = codec_xml_first(properties, NULL); e && !failed(p); e = codec_xml_next(e, NULL))
            put_value(p, value_key(p, i, 'p', codec_xml_name(e)), e, true);
    }
    for (uint32_t i = 0; i < p->poms.n && !failed(p); i++) {
        link_parent(p, i);
        mark_modules(p, i);
    }
    for (uint32_t i = 0; i < p->poms.n && !failed(p); i++) { /* names with variables: known now */
        const detect_pom *x = pom_at(p, i);
        hm_str group = detect_poms_text(p, i, x->group), artifact = detect_poms_text(p, i, x->artifact),
               version = detect_poms_text(p, i, x->version);
        index_name(p, p->by_name, name_of(p, group, artifact, version), i);
        index_name(p, p->by_artifact, name_of(p, group, artifact, HM_NONE), i);
    }
    for (uint32_t i = 0; i < p->poms.n && !failed(p); i++)
        read_managed(p, i);
}

/* ---- who manages versions --------------------------------------------------------------------------------------- */

static void note_missing(detect_poms *p, uint32_t i, hm_str group, hm_str artifact, hm_str version)
{
    if (p->missing.n)
        return;
    hm_str name =
        name_of(p, detect_poms_text(p, i, group), detect_poms_text(p, i, artifact), detect_poms_text(p, i, version));
    if (!p->doc->key.bad && !hm_arena_dup(p->doc->in->arena, name, &p->missing))
        p->doc->bad = true;
}

static size_t first_import(const detect_poms *p, uint32_t pom)
{
    size_t low = 0, high = p->imports.n; /* rows are in the order of poms */
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        if (HM_VEC_AT(&p->imports, import, mid)->pom < pom)
            low = mid + 1;
        else
            high = mid;
    }
    return low;
}

static void add_managers(detect_poms *p, uint32_t eyes, unsigned depth)
{
    unsigned steps = 0;
    uint32_t top = eyes;
    for (uint32_t at = eyes; (at = detect_poms_up(p, at, &steps)) != DETECT_NO_POM && !failed(p); top = at) {
        manager *m = p->scopes.n < LIMIT_POM_IMPORTS ? hm_vec_push(&p->scopes, p->doc->in->arena) : NULL;
        if (!m) {
            p->doc->bad |= p->scopes.n < LIMIT_POM_IMPORTS;
            p->crowded |= !p->doc->bad;
            return;
        }
        *m = (manager){ at, eyes };
    }
    const detect_pom *last = pom_at(p, top);
    const codec_xml *parent = codec_xml_first(last->root, "parent");
    if (last->parent == DETECT_NO_POM && parent)
        note_missing(p, top, codec_xml_get_text(parent, "groupId"), codec_xml_get_text(parent, "artifactId"),
                     codec_xml_get_text(parent, "version"));
    steps = 0;
    for (uint32_t at = eyes; (at = detect_poms_up(p, at, &steps)) != DETECT_NO_POM && !failed(p);)
        for (size_t k = first_import(p, at); k < p->imports.n && HM_VEC_AT(&p->imports, import, k)->pom == at; k++) {
            const codec_xml *e = HM_VEC_AT(&p->imports, import, k)->dependency;
            detect_maven_dep d;
            (void)read_names(p, eyes, e, &d);
            d.version = detect_poms_text(p, eyes, codec_xml_get_text(e, "version"));
            uint32_t bom = d.version.n ? detect_poms_find(p, d.group, d.artifact, d.version) : DETECT_NO_POM;
            if (bom == DETECT_NO_POM || depth == IMPORT_DEPTH)
                note_missing(p, eyes, d.group, d.artifact, d.version);
            else
                add_managers(p, bom, depth + 1);
            if (p->crowded || failed(p))
                return;
        }
}

void detect_poms_scope(detect_poms *p, uint32_t i)
{
    p->scopes.n = 0;
    p->missing = HM_NONE;
    p->crowded = false;
    add_managers(p, i, 0);
}

bool detect_poms_dep(detect_poms *p, uint32_t i, const codec_xml *dependency, detect_maven_dep *ret)
{
    if (!read_names(p, i, dependency, ret))
        return false;
    ret->raw = codec_xml_get_text(dependency, "version");
    ret->scope = detect_poms_text(p, i, codec_xml_get_text(dependency, "scope"));
    ret->optional = hm_str_is(detect_poms_text(p, i, codec_xml_get_text(dependency, "optional")), "true");
    uint32_t eyes = i;
    if (ret->raw.n == 0 || ret->scope.n == 0) {
        hm_str key = dependency_key(p, ret);
        for (size_t k = 0; k < p->scopes.n && !failed(p); k++) {
            const manager *m = HM_VEC_AT(&p->scopes, manager, k);
            const codec_xml *e = get_value(p, value_key(p, m->pom, 'm', key));
            if (!e)
                continue;
            if (ret->raw.n == 0) {
                ret->raw = codec_xml_get_text(e, "version");
                eyes = m->eyes;
            }
            if (ret->scope.n == 0)
                ret->scope = detect_poms_text(p, m->eyes, codec_xml_get_text(e, "scope"));
            break;
        }
    }
    if (ret->raw.n == 0) { /* model 4.1: a module of the same build */
        uint32_t at = detect_poms_find(p, ret->group, ret->artifact, HM_NONE);
        if (at != DETECT_NO_POM && pom_at(p, at)->module && p->missing.n == 0) {
            ret->raw = pom_at(p, at)->version;
            eyes = at;
        }
    }
    ret->has_version = detect_poms_expand(p, eyes, ret->raw, &ret->version, &ret->unknown) && ret->raw.n;
    return true;
}

/* ---- words ------------------------------------------------------------------------------------------------------ */

part_scope detect_maven_scope(hm_str scope, bool optional)
{
    if (hm_str_is(scope, "test"))
        return PART_SCOPE_DEV;
    if (optional || hm_str_is(scope, "provided"))
        return PART_SCOPE_OPTIONAL;
    return PART_SCOPE_RUNTIME;
}

hm_str detect_maven_exact(hm_str text)
{
    if (hm_str_is(text, "LATEST") || hm_str_is(text, "RELEASE"))
        return HM_NONE;
    if (text.n > 2 && text.p[0] == '[' && text.p[text.n - 1] == ']') {
        hm_str inner = hm_str_trim(hm_str_sub(text, 1, text.n - 2));
        if (hm_str_find(inner, ',') == inner.n && hm_str_find(inner, '[') == inner.n)
            return inner;
    }
    for (size_t i = 0; i < text.n; i++)
        if (strchr("[](),${}", text.p[i]) || (unsigned char)text.p[i] <= ' ')
            return HM_NONE;
    return text;
}

hm_str detect_maven_quals(detect_doc *doc, hm_str classifier, hm_str type)
{
    hm_buf_reset(&doc->quals);
    part_qual_add(&doc->quals, HM_STR("classifier"), classifier);
    part_qual_add(&doc->quals, HM_STR("type"), type);
    return hm_buf_view(&doc->quals);
}

/* Several licences: Maven does not say whether all or any of them hold, so they stay a text. */
static void set_licence(detect_poms *p, uint32_t i, const codec_xml *licenses, part_desc *d)
{
    detect_doc *doc = p->doc;
    const codec_xml *one = codec_xml_first(licenses, "license"), *more = codec_xml_next(one, "license");
    hm_str name = detect_poms_text(p, i, codec_xml_get_text(one, "name")),
           url = detect_poms_text(p, i, codec_xml_get_text(one, "url"));
    if (!more) {
        detect_licence_text(d, name.n ? name : url, &doc->licence);
        if (!d->licence.n && url.n) { /* a name that says nothing beside an address that does */
            part_desc by_url = { 0 };
            hm_str raw = d->licence_raw;
            hm_buf_reset(&doc->licence);
            detect_licence_text(&by_url, url, &doc->licence);
            d->licence = by_url.licence;
            d->licence_raw = by_url.licence.n ? HM_NONE : raw;
        }
        return;
    }
    hm_buf_reset(&doc->licence);
    for (; one && doc->licence.n < LICENCE_MAX; one = codec_xml_next(one, "license")) {
        name = detect_poms_text(p, i, codec_xml_get_text(one, "name"));
        hm_buf_c(&doc->licence, doc->licence.n ? "; " : "");
        hm_buf_str(&doc->licence, detect_cut(name.n ? name : codec_xml_get_text(one, "url"), LICENCE_MAX));
    }
    d->licence_raw = detect_cut(hm_buf_view(&doc->licence), LICENCE_MAX);
}

void detect_poms_describe(detect_poms *p, uint32_t i, part_desc *d)
{
    const codec_xml *licenses = NULL, *organization = NULL, *developers = NULL, *own = pom_at(p, i)->root;
    unsigned steps = 0;
    for (uint32_t at = i; (at = detect_poms_up(p, at, &steps)) != DETECT_NO_POM;) {
        const codec_xml *root = pom_at(p, at)->root;
        licenses = licenses ? licenses : codec_xml_first(root, "licenses");
        organization = organization ? organization : codec_xml_first(root, "organization");
        developers = developers ? developers : codec_xml_first(root, "developers");
    }
    hm_buf_reset(&p->doc->licence);
    hm_buf_reset(&p->doc->author);
    if (codec_xml_first(licenses, "license"))
        set_licence(p, i, licenses, d);
    d->supplier = detect_cut(detect_poms_text(p, i, codec_xml_get_text(organization, "name")), LICENCE_MAX);
    for (const codec_xml *e = codec_xml_first(developers, "developer"); e; e = codec_xml_next(e, "developer"))
        detect_doc_person(p->doc, detect_poms_text(p, i, codec_xml_get_text(e, "name")),
                          detect_poms_text(p, i, codec_xml_get_text(e, "email")));
    d->author = hm_buf_view(&p->doc->author);
    d->url_home = detect_url(p->doc->in->arena, detect_poms_text(p, i, codec_xml_get_text(own, "url")));
    const codec_xml *scm = codec_xml_first(own, "scm");
    hm_str vcs = detect_poms_text(p, i, codec_xml_get_text(scm, "url"));
    if (vcs.n == 0) /* "scm:git:https://..." */
        (void)hm_str_cut(hm_str_from(detect_poms_text(p, i, codec_xml_get_text(scm, "connection")), 4), ':', &vcs);
    d->url_vcs = detect_url(p->doc->in->arena, vcs);
}
