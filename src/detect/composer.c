/* composer - PHP: composer.lock, vendor/composer/installed.json and the project's composer.json (Composer's
 * documentation: "The composer.json schema", and the arrays that its Locker and its installed repository write).
 *
 *   composer.lock     { packages: [P...], packages-dev: [P...], aliases: [{ package, version, alias }] }
 *   installed.json    [P...] (Composer 1), { packages: [P...], dev-package-names: [NAME...] } (Composer 2)
 *   P                 { name: "vendor/package", version, source: { type, url, reference }, dist: { type, url, reference,
 *                       shasum }, require, provide, replace, license, authors, homepage, type, abandoned }
 *
 * Invariants:
 * 1. A name without a slash in `require` is the platform (php, ext-json, lib-icu, composer-plugin-api): no component.
 * 2. A component offers its name, and what it provides or replaces, in the project's directory; composer.json asks
 *    there. So the project's own dependencies are found in a lock and in an installed tree alike. Where neither is, what
 *    composer.json asks for is a component with the range that it declares.
 * 3. Names are compared in lower case; what is written stays.
 * Versions: a leading "v" goes (the literal is kept). "dev-main" or "2.x-dev" is a branch, not a version that compares:
 * such a component is told apart by its commit (vcs_url) and marked composer:branch.
 * A lock or manifest inside an installed package is what its author had, and nothing of this project.
 * Enemy: the author of the file (names that repeat, thousands of providers of one name). */
#include "base/limits.h"
#include "detect/doc.h"
#include "detect/npm.h" /* the licence field has the same forms: a text, or a list to choose from */

enum { PROP_MAX = 256, MOST_AUTHORS = 32 };

typedef struct package {
    const codec_json *v;
    hm_str name; /* lower case */
    uint32_t comp;
} package;
typedef struct reader {
    detect_doc doc;
    hm_str env;
    hm_map *dev;
    hm_vec packages;
} reader;

static bool split_name(hm_str full, part_desc *d)
{
    size_t slash = hm_str_find(full, '/');
    d->ns = hm_str_sub(full, 0, slash);
    d->name = hm_str_from(full, slash + 1);
    return d->ns.n && d->name.n && hm_str_find(d->name, '/') == d->name.n;
}

static bool is_branch(hm_str version)
{
    return hm_str_starts(version, HM_STR("dev-")) || hm_str_ends(version, HM_STR("-dev"));
}

/* A repository as SPDX and purl write it: "git+https://h/o/r.git", '#' or '@' and the commit. */
static void describe_source(reader *r, const codec_json *source, bool branch, part_desc *d)
{
    hm_arena *a = r->doc.in->arena;
    hm_str type = codec_json_get_str(source, "type"), url = codec_json_get_str(source, "url");
    hm_str commit = codec_json_get_str(source, "reference");
    if (url.n == 0)
        return;
    if (hm_str_is(type, "path")) {
        d->flags |= PART_F_LOCAL;
        return;
    }
    if (type.n && hm_str_search(url, HM_STR("://")) < url.n)
        url = detect_join(a, type, HM_STR("+"), url);
    url = detect_url(a, url);
    d->url_vcs = commit.n ? detect_join(a, url, HM_STR("#"), commit) : url;
    if (branch) {
        hm_buf_reset(&r->doc.quals);
        part_qual_add(&r->doc.quals, HM_STR("vcs_url"), commit.n ? detect_join(a, url, HM_STR("@"), commit) : url);
        d->quals = hm_buf_view(&r->doc.quals);
    }
}

static void describe_version(reader *r, hm_str written, part_desc *d)
{
    hm_str v = written;
    if (v.n > 1 && (v.p[0] == 'v' || v.p[0] == 'V') && hm_is_digit(v.p[1]))
        v = hm_str_from(v, 1);
    detect_version(d, v, &r->doc.normal);
    if (!hm_str_eq(d->version, written))
        d->literal = written;
}

static void describe_people(reader *r, const codec_json *v, part_desc *d)
{
    const codec_json *authors = codec_json_get(v, "authors"), *x;
    hm_str key;
    size_t n = 0;
    hm_buf_reset(&r->doc.author);
    for (codec_json_iter it = codec_json_each(authors); n < MOST_AUTHORS && codec_json_next(&it, &key, &x); n++)
        detect_doc_person(&r->doc, codec_json_get_str(x, "name"), codec_json_get_str(x, "email"));
    d->author = hm_buf_view(&r->doc.author);
    d->url_home = detect_url(r->doc.in->arena, codec_json_get_str(v, "homepage"));
    detect_npm_licence(r->doc.in->arena, v, d, &r->doc.licence);
}

static hm_str text_field(reader *r, const codec_json *v, const char *field, hm_str at)
{
    const codec_json *f = codec_json_get(v, field);
    if (codec_json_type(f) != CODEC_NULL && !codec_json_is_str(f))
        detect_doc_wrong_type(&r->doc, at);
    return codec_json_str(f);
}

static void add_props(reader *r, const package *p, bool branch)
{
    part_build *out = r->doc.out;
    hm_str type = codec_json_get_str(p->v, "type");
    const codec_json *abandoned = codec_json_get(p->v, "abandoned");
    if (branch)
        part_add_prop(out, p->comp, HM_STR("composer:branch"), HM_STR("true"));
    if (!hm_str_is(type, "library"))
        part_add_prop(out, p->comp, HM_STR("composer:type"), detect_cut(type, PROP_MAX));
    if (codec_json_bool(abandoned))
        part_add_prop(out, p->comp, HM_STR("composer:abandoned"), HM_STR("true"));
    else
        part_add_prop(out, p->comp, HM_STR("composer:abandoned"), detect_cut(codec_json_str(abandoned), PROP_MAX));
}

static void add_package(reader *r, const codec_json *v, part_scope scope)
{
    hm_str written = codec_json_get_str(v, "name");
    part_desc d = { .kind = PART_LIBRARY, .scope = scope, .eco = PART_ECO_COMPOSER, .flags = PART_F_DEPS_KNOWN };
    if (codec_json_type(v) != CODEC_OBJ) {
        detect_doc_wrong_type(&r->doc, HM_STR("packages"));
        return;
    }
    if (written.n == 0 || !split_name(written, &d)) {
        detect_doc_gap(&r->doc, HM_FORMAT, written.n ? DEFECT_BAD_VALUE : DEFECT_MISSING_FIELD, 0,
                       written.n ? written : HM_STR("name"));
        return;
    }
    hm_str version = text_field(r, v, "version", written);
    const codec_json *dist = codec_json_get(v, "dist");
    bool branch = is_branch(version), path = hm_str_is(codec_json_get_str(dist, "type"), "path");
    describe_version(r, version, &d);
    describe_source(r, codec_json_get(v, "source"), branch, &d);
    if (path)
        d.flags |= PART_F_LOCAL;
    else
        d.url_dist = detect_url(r->doc.in->arena, codec_json_get_str(dist, "url"));
    describe_people(r, v, &d);
    package *p = r->doc.bad ? NULL : hm_vec_push(&r->packages, r->doc.in->arena);
    if (!p) {
        r->doc.bad = true;
        return;
    }
    *p = (package){ .v = v, .name = detect_doc_lower(&r->doc, written), .comp = detect_doc_add(&r->doc, &d, 0) };
    part_add_digest(r->doc.out, p->comp, PART_SHA1, codec_json_get_str(dist, "shasum"));
    add_props(r, p, branch);
    if (detect_doc_find(&r->doc, p->name) != PART_NO)
        detect_doc_gap(&r->doc, HM_FORMAT, DEFECT_DUPLICATE, 0, written);
    detect_doc_name(&r->doc, p->name, p->comp);
    part_add_provide(r->doc.out, p->comp, r->env, p->name);
}

static void add_packages(reader *r, const codec_json *list, part_scope scope, const char *what)
{
    const codec_json *v;
    hm_str key;
    if (codec_json_type(list) != CODEC_ARR && codec_json_type(list) != CODEC_NULL)
        detect_doc_wrong_type(&r->doc, hm_str_c(what));
    else
        for (codec_json_iter it = codec_json_each(list);
             codec_json_next(&it, &key, &v) && !part_build_bad(r->doc.out);) {
            uint64_t is_dev;
            bool dev = r->dev && hm_map_get(r->dev, detect_doc_lower(&r->doc, codec_json_get_str(v, "name")), &is_dev);
            add_package(r, v, dev ? PART_SCOPE_DEV : scope);
        }
}

/* Virtual names come after all real ones: a package that is there is meant before one that replaces it. */
static void add_virtual(reader *r, const char *list)
{
    size_t n = r->packages.n;
    for (size_t i = 0; i < n && !part_build_bad(r->doc.out); i++) {
        const package *p = HM_VEC_AT(&r->packages, package, i);
        const codec_json *names = codec_json_get(p->v, list), *v;
        hm_str key;
        for (codec_json_iter it = codec_json_each(names); codec_json_next(&it, &key, &v);) {
            uint64_t known = 0;
            hm_str name = detect_doc_lower(&r->doc, key);
            if (hm_str_find(name, '/') == name.n || hm_str_eq(name, p->name))
                continue;
            part_add_provide(r->doc.out, p->comp, r->env, name);
            if (hm_map_get(r->doc.names, name, &known) && known <= n)
                continue; /* the package itself is there */
            detect_doc_name(&r->doc, name, p->comp);
        }
    }
}

static void add_edges(reader *r)
{
    for (size_t i = 0; i < r->packages.n && !part_build_bad(r->doc.out); i++) {
        const package *p = HM_VEC_AT(&r->packages, package, i);
        const codec_json *require = codec_json_get(p->v, "require"), *v;
        hm_str key;
        if (codec_json_type(require) != CODEC_OBJ) {
            if (codec_json_count(require)) /* PHP writes an empty one as [] */
                detect_doc_wrong_type(&r->doc, p->name);
            continue;
        }
        for (codec_json_iter it = codec_json_each(require); codec_json_next(&it, &key, &v);) {
            hm_str name = detect_doc_lower(&r->doc, key);
            if (hm_str_find(name, '/') == name.n)
                continue;
            if (!detect_doc_edge(&r->doc, p->comp, name, PART_SCOPE_RUNTIME))
                detect_doc_open_deps(&r->doc, p->comp);
        }
    }
}

static void add_aliases(reader *r, const codec_json *aliases)
{
    const codec_json *v;
    hm_str key;
    for (codec_json_iter it = codec_json_each(aliases); codec_json_next(&it, &key, &v);) {
        uint32_t comp = detect_doc_find(&r->doc, detect_doc_lower(&r->doc, codec_json_get_str(v, "package")));
        if (comp != PART_NO)
            part_add_prop(r->doc.out, comp, HM_STR("composer:alias"),
                          detect_cut(codec_json_get_str(v, "alias"), PROP_MAX));
    }
}

static hm_rc open_doc(reader *r, const detect_in *in, part_build *out, const codec_json **ret_doc, hm_err *err)
{
    *r = (reader){ .packages = { .size = sizeof(package) } };
    detect_doc_open(&r->doc, in, in->file, out);
    return codec_json_read(in->arena, in->file->bytes, ret_doc, err);
}

static void read_all(reader *r)
{
    add_virtual(r, "replace");
    add_virtual(r, "provide");
    add_edges(r);
}

hm_rc detect_composer_lock(const detect_in *in, part_build *out, hm_err *err)
{
    reader r;
    const codec_json *doc;
    if (detect_path_in(in->file->path, HM_STR("vendor"), 2))
        return HM_OK;
    hm_rc rc = open_doc(&r, in, out, &doc, err);
    const codec_json *packages = rc == HM_OK ? codec_json_get(doc, "packages") : NULL;
    const codec_json *dev = rc == HM_OK ? codec_json_get(doc, "packages-dev") : NULL;
    r.env = hm_path_dir(in->file->path);
    if (rc == HM_OK && codec_json_type(doc) != CODEC_OBJ)
        rc = hm_fail(err, HM_FORMAT, DEFECT_WRONG_TYPE, HM_PLACE_BYTE, 0, 0);
    if (rc == HM_OK && !packages && !dev) {
        rc = hm_fail(err, HM_FORMAT, DEFECT_MISSING_FIELD, HM_PLACE_NONE, 0, 0);
        detect_err_at(err, HM_STR("packages"));
    }
    if (rc == HM_OK && !r.doc.bad) {
        add_packages(&r, packages, PART_SCOPE_RUNTIME, "packages");
        add_packages(&r, dev, PART_SCOPE_DEV, "packages-dev");
        read_all(&r);
        add_aliases(&r, codec_json_get(doc, "aliases"));
    }
    return detect_doc_close(&r.doc, rc, err);
}

static void read_dev_names(reader *r, const codec_json *names)
{
    const codec_json *v;
    hm_str key;
    r->dev = hm_map_new();
    r->doc.key.bad |= !r->dev;
    for (codec_json_iter it = codec_json_each(names); r->dev && codec_json_next(&it, &key, &v);)
        if (!hm_map_put(r->dev, detect_doc_lower(&r->doc, codec_json_str(v)), 1))
            r->doc.key.bad = true;
}

/* Composer 1 does not say which packages are for development: their scope is not known. */
hm_rc detect_composer_installed(const detect_in *in, part_build *out, hm_err *err)
{
    reader r;
    const codec_json *doc;
    hm_rc rc = open_doc(&r, in, out, &doc, err);
    r.env = hm_path_dir(hm_path_dir(hm_path_dir(in->file->path)));
    if (rc == HM_OK && codec_json_type(doc) == CODEC_ARR) {
        add_packages(&r, doc, PART_SCOPE_UNKNOWN, "packages");
        read_all(&r);
    } else if (rc == HM_OK && codec_json_type(doc) == CODEC_OBJ && codec_json_get(doc, "packages")) {
        const codec_json *names = codec_json_get(doc, "dev-package-names");
        read_dev_names(&r, names);
        add_packages(&r, codec_json_get(doc, "packages"), names ? PART_SCOPE_RUNTIME : PART_SCOPE_UNKNOWN, "packages");
        read_all(&r);
    } else if (rc == HM_OK) {
        rc = hm_fail(err, HM_FORMAT, DEFECT_WRONG_TYPE, HM_PLACE_BYTE, 0, 0);
    }
    hm_map_freep(&r.dev);
    return detect_doc_close(&r.doc, rc, err);
}

/* ---- composer.json ---------------------------------------------------------------------------------------------- */

static bool is_digits_and_dots(hm_str v)
{
    size_t i = v.n && (v.p[0] == 'v' || v.p[0] == '=') ? 1 : 0, from = i;
    while (i < v.n && (hm_is_digit(v.p[i]) || v.p[i] == '.'))
        i++;
    return i > from && i == v.n;
}

/* What nothing beside the manifest resolves is a component as far as it is declared. */
static void declare(reader *r, uint32_t comp, hm_str name, hm_str range, part_scope scope)
{
    part_desc d = { .kind = PART_LIBRARY, .scope = scope, .eco = PART_ECO_COMPOSER };
    if (!split_name(name, &d)) {
        detect_doc_gap(&r->doc, HM_FORMAT, DEFECT_BAD_VALUE, 0, name);
        return;
    }
    bool exact = is_digits_and_dots(range);
    if (exact)
        describe_version(r, range.p[0] == '=' ? hm_str_from(range, 1) : range, &d);
    else
        detect_version(&d, HM_NONE, &r->doc.normal);
    uint32_t to = detect_doc_add(&r->doc, &d, 0);
    if (!exact)
        part_add_prop(r->doc.out, to, HM_STR("declared-range"), detect_cut(range, PROP_MAX));
    part_add_edge(r->doc.out, comp, to, scope);
}

static void asks(reader *r, uint32_t comp, const codec_json *doc, const char *list, part_scope scope, bool resolved)
{
    const codec_json *names = codec_json_get(doc, list), *v;
    hm_str key;
    if (codec_json_type(names) != CODEC_OBJ) {
        if (codec_json_count(names))
            detect_doc_wrong_type(&r->doc, hm_str_c(list));
        return;
    }
    for (codec_json_iter it = codec_json_each(names); codec_json_next(&it, &key, &v) && !part_build_bad(r->doc.out);) {
        hm_str range = hm_str_trim(codec_json_str(v));
        if (hm_str_find(key, '/') == key.n) /* php, ext-json: of what it runs on */
            part_add_prop(r->doc.out, comp, HM_STR("composer:platform"),
                          detect_cut(detect_join(r->doc.in->arena, key, HM_STR(" "), range), PROP_MAX));
        else if (resolved)
            part_add_need(r->doc.out, comp, scope, PART_FIND_HERE, 0, PART_ECO_COMPOSER, r->env,
                          detect_doc_lower(&r->doc, key));
        else
            declare(r, comp, key, range, scope);
    }
}

static void read_manifest(reader *r, const codec_json *doc, bool resolved)
{
    hm_str name = codec_json_get_str(doc, "name");
    part_desc d = { .kind = PART_APPLICATION,
                    .scope = PART_SCOPE_RUNTIME,
                    .eco = PART_ECO_COMPOSER,
                    .flags = PART_F_SUBJECT | PART_F_DEPS_KNOWN };
    if (name.n == 0 && !codec_json_get(doc, "require") && !codec_json_get(doc, "require-dev"))
        return; /* settings alone */
    if (!split_name(name, &d)) {
        d.ns = HM_NONE;
        d.name = name.n ? name : hm_path_base(r->env);
        if (name.n)
            detect_doc_gap(&r->doc, HM_FORMAT, DEFECT_BAD_VALUE, 0, HM_STR("name"));
    }
    if (d.name.n == 0)
        d.name = HM_STR("composer.json");
    describe_version(r, text_field(r, doc, "version", HM_STR("version")), &d);
    describe_people(r, doc, &d);
    uint32_t comp = detect_doc_add(&r->doc, &d, 0);
    asks(r, comp, doc, "require", PART_SCOPE_RUNTIME, resolved);
    asks(r, comp, doc, "require-dev", PART_SCOPE_DEV, resolved);
}

static hm_rc manifest(const detect_in *in, const detect_view *file, bool resolved, part_build *out, hm_err *err)
{
    reader r = { .packages = { .size = sizeof(package) }, .env = hm_path_dir(file->path) };
    const codec_json *doc;
    hm_err e = { 0 };
    detect_doc_open(&r.doc, in, file, out);
    hm_rc rc = codec_json_read(in->arena, file->bytes, &doc, &e);
    if (rc == HM_OK && codec_json_type(doc) != CODEC_OBJ)
        rc = hm_fail(&e, HM_FORMAT, DEFECT_WRONG_TYPE, HM_PLACE_BYTE, 0, 0);
    if (rc == HM_OK && !r.doc.bad)
        read_manifest(&r, doc, resolved);
    else if (rc != HM_OK && rc != HM_NOMEM)
        part_add_gap(out, file->path, &e);
    else
        r.doc.key.bad = true;
    return detect_doc_close(&r.doc, HM_OK, err);
}

/* Is the file of an installed package: two folders below one that Composer has put its loader in, or that has the usual
 * name? Gives that folder. */
static bool is_installed(const hm_map *vendors, hm_str path, hm_str *ret_vendor)
{
    hm_str dir = hm_path_dir(path);
    uint64_t known;
    for (size_t inside = 0; dir.n; inside++) {
        dir = hm_path_dir(dir);
        *ret_vendor = dir;
        if (inside > 0 && (hm_map_get(vendors, dir, &known) || hm_str_is(hm_path_base(dir), "vendor")))
            return true;
    }
    return false;
}

/* Manifests of a target, together with the locks, and what marks folders of installed packages: where either is there,
 * it is known what the project gets, and the manifest only says that it asks. */
hm_rc detect_composer_json(const detect_in *in, part_build *out, hm_err *err)
{
    HM_AUTO(hm_map_freep) hm_map *resolved = hm_map_new();
    HM_AUTO(hm_map_freep) hm_map *vendors = hm_map_new();
    bool full = resolved && vendors;
    hm_str vendor;
    uint64_t known;
    for (size_t i = 0; i < in->file_n && full; i++) {
        hm_str path = in->files[i].path, dir = hm_path_dir(path), base = hm_path_base(path);
        if (hm_str_is(base, "composer.lock"))
            full = hm_map_put(resolved, dir, 1);
        else if (hm_str_is(base, "autoload_real.php"))
            full = hm_map_put(vendors, hm_path_dir(dir), 1) && hm_map_put(resolved, hm_path_dir(hm_path_dir(dir)), 1);
        else if (detect_path_in(path, HM_STR("vendor"), 2) && is_installed(vendors, path, &vendor))
            full = hm_map_put(resolved, hm_path_dir(vendor), 1);
    }
    if (!full)
        return detect_no_memory(err);
    hm_rc rc = HM_OK;
    for (size_t i = 0; i < in->file_n && rc == HM_OK && !part_build_bad(out); i++) {
        hm_str path = in->files[i].path;
        if (hm_str_is(hm_path_base(path), "composer.json") && !is_installed(vendors, path, &vendor) &&
            !detect_path_in(path, HM_STR("node_modules"), 1))
            rc = manifest(in, &in->files[i], hm_map_get(resolved, hm_path_dir(path), &known), out, err);
    }
    return rc;
}
