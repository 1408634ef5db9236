/* npm_installed - package.json of an installed package: .../node_modules/NAME, .../node_modules/@SCOPE/NAME, and
 * share/nodejs/... where distributions install (npm documentation, package.json; old forms of npm 1 to 6 included).
 * A package.json with neither name nor version only sets options for a folder: no package. What it depends on is looked
 * up by the merge as node does it: in its own node_modules, then upwards; from share/nodejs also right there, because
 * distributions put that folder on node's path; its peers too, which stand beside it. Scope is unknown: being installed does not say why.
 * Enemy: the author of the package. */
#include "detect/npm.h"

enum { PEOPLE_MAX = 512, PERSON_MAX = 200 };

/* Splits ".../node_modules/@s/n" into the environment ".../node_modules" and the installed name "@s/n". */
static bool split_place(hm_str package_dir, hm_str *ret_env, hm_str *ret_name, bool *ret_shared)
{
    hm_str env = hm_path_dir(package_dir), ns, name;
    if (hm_str_starts(hm_path_base(env), HM_STR("@")))
        env = hm_path_dir(env);
    *ret_shared = hm_str_is(env, "share/nodejs") || hm_str_ends(env, HM_STR("/share/nodejs"));
    hm_str installed = hm_str_from(package_dir, env.n ? env.n + 1 : 0);
    if (!*ret_shared && !hm_str_is(hm_path_base(env), "node_modules"))
        return false;
    if (installed.n == 0 || installed.p[0] == '.' || !detect_npm_name(installed, &ns, &name))
        return false;
    *ret_env = env;
    *ret_name = installed;
    return true;
}

/* "Name <mail>" of a person: a text as it is, without "(url)", or an object. */
static void add_person(hm_buf *out, const codec_json *v)
{
    hm_str name = codec_json_str(v), mail = HM_NONE;
    if (codec_json_is_str(v)) {
        name = hm_str_sub(name, 0, hm_str_find(name, '('));
    } else {
        name = codec_json_get_str(v, "name");
        mail = codec_json_get_str(v, "email");
    }
    name = detect_cut(hm_str_trim(name), PERSON_MAX);
    mail = detect_cut(hm_str_trim(mail), PERSON_MAX);
    if ((name.n == 0 && mail.n == 0) || out->n > PEOPLE_MAX)
        return;
    if (out->n)
        hm_buf_c(out, ", ");
    hm_buf_str(out, name);
    if (mail.n) {
        hm_buf_c(out, name.n ? " <" : "<");
        hm_buf_str(out, mail);
        hm_buf_c(out, ">");
    }
}

static void people(hm_buf *out, const codec_json *package)
{
    static const char *const FIELD[] = { "author", "contributors", "maintainers" };
    for (size_t i = 0; i < HM_COUNT(FIELD) && out->n == 0; i++) {
        const codec_json *v = codec_json_get(package, FIELD[i]), *x;
        hm_str key;
        if (codec_json_type(v) != CODEC_ARR) {
            add_person(out, v);
            continue;
        }
        for (codec_json_iter it = codec_json_each(v); out->n <= PEOPLE_MAX && codec_json_next(&it, &key, &x);)
            add_person(out, x);
    }
}

/* "user/repo" of the `repository` field means GitHub. */
static void repository(hm_arena *a, const codec_json *package, part_desc *d, hm_buf *quals)
{
    const codec_json *v = codec_json_get(package, "repository");
    hm_str url = hm_str_trim(codec_json_is_str(v) ? codec_json_str(v) : codec_json_get_str(v, "url")), ns, name;
    part_desc found = { 0 };
    if (url.n == 0)
        return;
    ns = hm_str_cut(url, '/', &name);
    if (hm_str_find(url, ':') == url.n && ns.n && name.n && hm_str_find(name, '/') == name.n && ns.p[0] != '.' &&
        ns.p[0] != '@')
        url = detect_join(a, HM_STR("github:"), url, HM_NONE);
    (void)detect_npm_source(a, url, false, &found, quals);
    d->url_vcs = found.url_vcs.n ? found.url_vcs : found.url_dist;
}

/* Names that optionalDependencies or peerDependenciesMeta call optional, whatever other lists say of them. */
static hm_map *optional_names(const codec_json *package)
{
    hm_map *names = hm_map_new();
    const codec_json *v;
    hm_str name;
    bool ok = names != NULL;
    for (codec_json_iter it = codec_json_each(codec_json_get(package, "optionalDependencies"));
         ok && codec_json_next(&it, &name, &v);)
        ok = hm_map_put(names, name, 1) != NULL;
    for (codec_json_iter it = codec_json_each(codec_json_get(package, "peerDependenciesMeta"));
         ok && codec_json_next(&it, &name, &v);)
        ok = !codec_json_bool(codec_json_get(v, "optional")) || hm_map_put(names, name, 1) != NULL;
    return ok ? names : hm_map_free(names);
}

static void needs(part_build *out, detect_lang_gaps *gaps, uint32_t comp, const codec_json *package, const char *list,
                  const hm_map *optional, hm_str dir, hm_str shared, uint32_t *group)
{
    const codec_json *deps = codec_json_get(package, list), *v;
    hm_str name, ns, base;
    if (codec_json_type(deps) != CODEC_OBJ) {
        /* An empty list is how some old tools wrote "none". */
        if (codec_json_type(deps) != CODEC_NULL && codec_json_count(deps) + (codec_json_type(deps) != CODEC_ARR))
            detect_lang_gap(gaps, HM_FORMAT, DEFECT_WRONG_TYPE, HM_PLACE_NONE, 0, 0, hm_str_c(list));
        return;
    }
    for (codec_json_iter it = codec_json_each(deps); codec_json_next(&it, &name, &v);) {
        if (!detect_npm_name(name, &ns, &base)) {
            detect_lang_gap(gaps, HM_FORMAT, DEFECT_BAD_VALUE, HM_PLACE_NONE, 0, 0, name);
            continue;
        }
        uint64_t found;
        part_scope scope = hm_map_get(optional, name, &found) ? PART_SCOPE_OPTIONAL : PART_SCOPE_RUNTIME;
        uint32_t g = shared.n ? ++*group : 0;
        part_add_need(out, comp, scope, PART_FIND_UP, g, PART_ECO_NPM, dir, name);
        if (g)
            part_add_need(out, comp, scope, PART_FIND_HERE, g, PART_ECO_NPM, shared, name);
    }
}

static hm_str text_field(detect_lang_gaps *gaps, const codec_json *package, const char *field)
{
    const codec_json *v = codec_json_get(package, field);
    if (codec_json_type(v) != CODEC_NULL && !codec_json_is_str(v))
        detect_lang_gap(gaps, HM_FORMAT, DEFECT_WRONG_TYPE, HM_PLACE_NONE, 0, 0, hm_str_c(field));
    return hm_str_trim(codec_json_str(v));
}

typedef struct buffers {
    hm_buf licence, normal, quals, people;
} buffers;

static hm_rc read_package(const detect_in *in, part_build *out, buffers *b, hm_err *err)
{
    hm_str dir = hm_path_dir(in->file->path), env, installed;
    bool shared;
    if (!split_place(dir, &env, &installed, &shared))
        return HM_OK;
    const codec_json *package = NULL;
    hm_rc rc = codec_json_read(in->arena, in->file->bytes, &package, err);
    if (rc != HM_OK)
        return rc;
    if (codec_json_type(package) != CODEC_OBJ)
        return hm_fail(err, HM_FORMAT, DEFECT_WRONG_TYPE, HM_PLACE_BYTE, 0, 0);
    detect_lang_gaps gaps = { .out = out, .path = in->file->path };
    part_desc d = { .kind = PART_LIBRARY, .eco = PART_ECO_NPM, .flags = PART_F_DEPS_KNOWN };
    hm_str name = text_field(&gaps, package, "name"), version = text_field(&gaps, package, "version");
    if (name.n == 0 && version.n == 0)
        return HM_OK;
    if (!detect_npm_name(name, &d.ns, &d.name)) {
        if (name.n)
            detect_lang_gap(&gaps, HM_FORMAT, DEFECT_BAD_VALUE, HM_PLACE_NONE, 0, 0, HM_STR("name"));
        (void)detect_npm_name(installed, &d.ns, &d.name);
    }
    detect_version(&d, version, &b->normal);
    detect_npm_licence(in->arena, package, &d, &b->licence);
    people(&b->people, package);
    d.author = hm_buf_view(&b->people);
    d.url_home = detect_url(in->arena, hm_str_trim(codec_json_get_str(package, "homepage")));
    repository(in->arena, package, &d, &b->quals);
    hm_str vcs = d.url_vcs;
    if (detect_npm_source(in->arena, codec_json_get_str(package, "_resolved"), true, &d, &b->quals) != NPM_FROM_VCS)
        d.url_vcs = vcs;
    uint32_t comp = part_add(out, &d), group = 0;
    part_add_evidence(out, comp, in->file->path, PART_T_MANIFEST, 100, 0);
    part_add_integrity(out, comp, codec_json_get_str(package, "_integrity"));
    part_add_digest(out, comp, PART_SHA1, codec_json_get_str(package, "_shasum"));
    hm_str real = d.ns.n ? detect_join(in->arena, d.ns, HM_STR("/"), d.name) : d.name;
    if (!hm_str_eq(real, installed))
        part_add_prop(out, comp, HM_STR("npm:alias"), installed);
    part_add_provide(out, comp, env, installed);
    hm_str share = shared ? env : HM_NONE;
    HM_AUTO(hm_map_freep) hm_map *optional = optional_names(package);
    if (!optional)
        return detect_no_memory(err);
    needs(out, &gaps, comp, package, "dependencies", optional, dir, share, &group);
    needs(out, &gaps, comp, package, "optionalDependencies", optional, dir, share, &group);
    needs(out, &gaps, comp, package, "peerDependencies", optional, dir, share, &group);
    return b->licence.bad || b->normal.bad || b->quals.bad || b->people.bad ? detect_no_memory(err) : HM_OK;
}

hm_rc detect_npm_installed(const detect_in *in, part_build *out, hm_err *err)
{
    buffers b = { 0 };
    hm_rc rc = read_package(in, out, &b, err);
    hm_buf_clear(&b.licence);
    hm_buf_clear(&b.normal);
    hm_buf_clear(&b.quals);
    hm_buf_clear(&b.people);
    return rc;
}
