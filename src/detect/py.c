/* py - see py.h. Requirements: the Python packaging specifications "Dependency specifiers" (PEP 508), "Version
 * specifiers" (PEP 440), "Names and normalization" (PEP 503); addresses: "Direct URL", pip's documentation of VCS support.
 *
 *   name [extra, extra] >=1, <2 ; marker      name [extra] (>=1) ; marker      name @ url ; marker
 *   git+https://host/path@REVISION#egg=name&subdirectory=sub
 *   NAME-VERSION(-BUILD)-PYTHON-ABI-PLATFORM.whl          NAME-VERSION.tar.gz
 *
 * Invariants:
 * 1. "==1.*" and everything else that fits several versions is a range: only "==V" and "===V" name one.
 * 2. Names are compared as PEP 503 says and shown as written.
 * 3. Markers are kept as a property and never decide whether there is a component.
 * Enemy: the author of the text. */
#include "detect/py.h"

/* ---- names ------------------------------------------------------------------------------------------------------ */

static bool is_dash(char c)
{
    return c == '-' || c == '_' || c == '.';
}

bool detect_py_is_name(hm_str name)
{
    if (name.n == 0 || name.n > PY_NAME_MAX || !hm_is_alnum(name.p[0]) || !hm_is_alnum(name.p[name.n - 1]))
        return false;
    for (size_t i = 0; i < name.n; i++)
        if (!hm_is_alnum(name.p[i]) && !is_dash(name.p[i]))
            return false;
    return true;
}

void detect_py_normal(hm_buf *out, hm_str name)
{
    for (size_t i = 0; i < name.n; i++)
        if (!is_dash(name.p[i]))
            hm_buf_byte(out, hm_lower(name.p[i]));
        else if (i == 0 || !is_dash(name.p[i - 1]))
            hm_buf_byte(out, '-');
}

hm_str detect_py_key(detect_doc *d, hm_str name)
{
    hm_str key = HM_NONE;
    hm_buf_reset(&d->key);
    detect_py_normal(&d->key, name);
    if (!d->key.bad && !hm_arena_dup(d->in->arena, hm_buf_view(&d->key), &key))
        d->bad = true;
    return key;
}

/* ---- requirements ----------------------------------------------------------------------------------------------- */

static bool is_operator(hm_str s)
{
    static const char *const OPERATOR[] = { "==", "===", "!=", "<=", ">=", "<", ">", "~=" };
    for (size_t i = 0; i < HM_COUNT(OPERATOR); i++)
        if (hm_str_is(s, OPERATOR[i]))
            return true;
    return false;
}

bool detect_py_requirement(hm_str text, py_requirement *ret)
{
    hm_str s = hm_str_trim(text), rest;
    size_t n = 0;
    *ret = (py_requirement){ 0 };
    while (n < s.n && (hm_is_alnum(s.p[n]) || is_dash(s.p[n])))
        n++;
    ret->name = hm_str_sub(s, 0, n);
    if (!detect_py_is_name(ret->name))
        return false;
    rest = hm_str_trim(hm_str_from(s, n));
    if (rest.n && rest.p[0] == '[') {
        hm_str extras = hm_str_from(rest, 1);
        if (hm_str_find(extras, ']') == extras.n)
            return false;
        ret->extras = hm_str_trim(hm_str_cut(extras, ']', &rest));
        rest = hm_str_trim(rest);
    }
    if (rest.n && rest.p[0] == '@') { /* a ';' may belong to the address: a marker needs a blank before it */
        size_t end = hm_str_search(rest, HM_STR(" ;"));
        ret->url = hm_str_trim(hm_str_sub(rest, 1, end - 1));
        ret->marker = hm_str_trim(hm_str_from(rest, end < rest.n ? end + 2 : end));
        return ret->url.n > 0;
    }
    ret->range = hm_str_trim(hm_str_cut(rest, ';', &rest));
    ret->marker = hm_str_trim(rest);
    hm_str r = ret->range;
    if (r.n > 1 && r.p[0] == '(' && r.p[r.n - 1] == ')')
        r = ret->range = hm_str_trim(hm_str_sub(r, 1, r.n - 2));
    while (r.n) { /* each clause: an operator and a version without blanks in it */
        hm_str clause = hm_str_trim(hm_str_cut(r, ',', &r));
        size_t op = 0;
        while (op < clause.n && strchr("=<>!~", clause.p[op]))
            op++;
        hm_str version = hm_str_trim(hm_str_from(clause, op));
        if (op == 0 ? clause.n > 0 : version.n == 0 || !is_operator(hm_str_sub(clause, 0, op)))
            return false;
        for (size_t i = 0; i < version.n; i++)
            if (hm_is_space(version.p[i]))
                return false;
    }
    return true;
}

hm_str detect_py_exact(hm_str range)
{
    hm_str rest = range;
    while (rest.n) {
        hm_str clause = hm_str_trim(hm_str_cut(rest, ',', &rest));
        if (!hm_str_starts(clause, HM_STR("==")))
            continue;
        bool literal = hm_str_starts(clause, HM_STR("==="));
        hm_str v = hm_str_trim(hm_str_from(clause, literal ? 3 : 2));
        if (v.n && (literal || hm_str_find(v, '*') == v.n) && hm_str_find(v, '$') == v.n)
            return v;
    }
    return HM_NONE;
}

hm_str detect_py_exact_poetry(hm_str range)
{
    hm_str v = hm_str_trim(range);
    if (v.n && hm_is_digit(v.p[0]) && hm_str_find(v, '*') == v.n && hm_str_find(v, ',') == v.n &&
        hm_str_find(v, '|') == v.n && hm_str_find(v, ' ') == v.n)
        return v;
    return hm_str_find(v, '|') == v.n ? detect_py_exact(v) : HM_NONE;
}

bool detect_py_marker_has(hm_str marker, const char *word)
{
    size_t n = strlen(word);
    for (size_t i = 0; i < marker.n;) {
        char c = marker.p[i];
        if (c == '"' || c == '\'') {
            i += hm_str_find(hm_str_from(marker, i + 1), c) + 2;
        } else if (hm_is_alpha(c)) {
            size_t from = i;
            while (i < marker.n && (hm_is_alnum(marker.p[i]) || marker.p[i] == '_'))
                i++;
            if (i - from == n && memcmp(marker.p + from, word, n) == 0)
                return true;
        } else {
            i++;
        }
    }
    return false;
}

/* ---- addresses -------------------------------------------------------------------------------------------------- */

void detect_py_repository(detect_doc *d, hm_str type, hm_str url, hm_str commit, part_desc *desc)
{
    hm_arena *a = d->in->arena;
    if (url.n == 0)
        return;
    if (type.n && hm_str_search(url, HM_STR("://")) < url.n)
        url = detect_join(a, type, HM_STR("+"), url);
    url = detect_url(a, url);
    desc->url_vcs = commit.n ? detect_join(a, url, HM_STR("#"), commit) : url;
    hm_buf_reset(&d->quals);
    part_qual_add(&d->quals, HM_STR("vcs_url"), commit.n ? detect_join(a, url, HM_STR("@"), commit) : url);
    desc->quals = hm_buf_view(&d->quals);
}

static hm_str without_suffix(hm_str file)
{
    static const char *const SUFFIX[] = { ".tar.gz", ".tar.bz2", ".tar.xz", ".tgz", ".zip" };
    for (size_t i = 0; i < HM_COUNT(SUFFIX); i++)
        if (hm_str_ends(file, hm_str_c(SUFFIX[i])))
            return hm_str_sub(file, 0, file.n - strlen(SUFFIX[i]));
    return HM_NONE;
}

static bool same_name(hm_str a, hm_str b)
{
    size_t i = 0, k = 0;
    while (i < a.n && k < b.n) {
        bool dash = is_dash(a.p[i]);
        if (dash != is_dash(b.p[k]) || (!dash && hm_lower(a.p[i]) != hm_lower(b.p[k])))
            return false;
        do
            i++;
        while (dash && i < a.n && is_dash(a.p[i]));
        do
            k++;
        while (dash && k < b.n && is_dash(b.p[k]));
    }
    return i == a.n && k == b.n;
}

bool detect_py_archive(hm_str file, hm_str name, hm_str *ret_name, hm_str *ret_version)
{
    hm_str stem = without_suffix(file), rest;
    if (hm_str_ends(file, HM_STR(".whl"))) {
        *ret_name = hm_str_cut(file, '-', &rest);
        *ret_version = hm_str_cut(rest, '-', &rest);
        return rest.n && detect_py_is_name(*ret_name);
    }
    size_t dash = hm_str_rfind(stem, '-');
    hm_str version = hm_str_from(stem, dash + 1);
    *ret_name = hm_str_sub(stem, 0, dash);
    if (version.n == 0 || !hm_is_digit(version.p[0]) || !detect_py_is_name(*ret_name) ||
        (name.n && !same_name(name, *ret_name)))
        return false;
    *ret_version = version;
    return true;
}

void detect_py_url(detect_doc *d, hm_str url, part_desc *desc)
{
    static const char *const VCS[] = { "git", "hg", "svn", "bzr" };
    hm_str fragment, plain = hm_str_cut(url, '#', &fragment), pair, name = HM_NONE, version = HM_NONE;
    while (fragment.n) {
        hm_str value, key;
        pair = hm_str_cut(fragment, '&', &fragment);
        key = hm_str_cut(pair, '=', &value);
        value = hm_str_sub(value, 0, hm_str_find(value, '['));
        if (hm_str_is(key, "egg") && desc->name.n == 0 && detect_py_is_name(value))
            desc->name = value;
    }
    for (size_t i = 0; i < HM_COUNT(VCS); i++)
        if (hm_str_starts(plain, hm_str_c(VCS[i])) && plain.n > strlen(VCS[i]) &&
            (plain.p[strlen(VCS[i])] == '+' || plain.p[strlen(VCS[i])] == ':')) {
            size_t at = hm_str_rfind(plain, '@'), slash = hm_str_rfind(plain, '/');
            bool revision = at < plain.n && slash < at;
            detect_py_repository(d, HM_NONE, hm_str_sub(plain, 0, revision ? at : plain.n),
                                 revision ? hm_str_from(plain, at + 1) : HM_NONE, desc);
            return;
        }
    if (hm_str_starts(plain, HM_STR("file:")))
        desc->flags |= PART_F_LOCAL;
    else
        desc->url_dist = detect_url(d->in->arena, plain);
    plain = hm_str_sub(plain, 0, hm_str_find(plain, '?'));
    if (detect_py_archive(hm_path_base(plain), desc->name, &name, &version)) {
        desc->name = desc->name.n ? desc->name : name;
        desc->version = version;
    }
}

/* ---- components ------------------------------------------------------------------------------------------------- */

void detect_py_prop(detect_doc *d, uint32_t comp, const char *key, hm_str value)
{
    if (comp != PART_NO)
        part_add_prop(d->out, comp, hm_str_c(key), detect_cut(value, PY_PROP_MAX));
}

void detect_py_add_hash(detect_doc *d, uint32_t comp, hm_str hash)
{
    static const struct {
        const char *name;
        part_alg alg;
    } ALG[] = { { "sha256", PART_SHA256 },
                { "sha512", PART_SHA512 },
                { "sha384", PART_SHA384 },
                { "sha1", PART_SHA1 },
                { "md5", PART_MD5 } };
    hm_str hex, name = hm_str_cut(hash, ':', &hex);
    for (size_t i = 0; i < HM_COUNT(ALG) && comp != PART_NO; i++)
        if (hm_str_is(name, ALG[i].name))
            part_add_digest(d->out, comp, ALG[i].alg, hex);
}

/* What tells one declaration from another in one file. */
static hm_str declaration_key(detect_doc *d, const part_desc *desc, const py_requirement *r)
{
    hm_arena *a = d->in->arena;
    hm_str key = detect_join(a, HM_STR("=\t"), detect_py_key(d, desc->name), HM_STR("\t"));
    key = detect_join(a, key, desc->version, HM_STR("\t"));
    key = detect_join(a, key, r->range, HM_STR("\t"));
    key = detect_join(a, key, desc->url_vcs.n ? desc->url_vcs : desc->url_dist, HM_STR("\t"));
    return detect_join(a, key, d->gaps.path, HM_NONE);
}

uint32_t detect_py_declare(detect_doc *d, const py_requirement *r, hm_str version, part_scope scope, uint64_t line)
{
    part_desc desc = { .kind = PART_LIBRARY, .scope = scope, .eco = PART_ECO_PYPI, .name = r->name };
    if (r->url.n)
        detect_py_url(d, r->url, &desc);
    if (r->path.n) {
        hm_str name, said;
        desc.flags |= PART_F_LOCAL;
        if (detect_py_archive(hm_path_base(r->path), desc.name, &name, &said)) {
            desc.name = desc.name.n ? desc.name : name;
            desc.version = said;
        }
    }
    if (!detect_py_is_name(desc.name)) {
        detect_doc_gap(d, HM_FORMAT, DEFECT_BAD_VALUE, line, detect_url(d->in->arena, r->url.n ? r->url : r->path));
        return PART_NO;
    }
    detect_version(&desc, version.n ? version : desc.version, &d->normal);
    hm_str key = declaration_key(d, &desc, r);
    uint32_t comp = detect_doc_find(d, key);
    if (comp != PART_NO) {
        if (!part_build_bad(d->out)) {
            part_comp *c = part_build_comp(d->out, comp);
            c->scope = (uint8_t)part_scope_stronger((part_scope)c->scope, scope);
        }
        return comp;
    }
    comp = detect_doc_add(d, &desc, line);
    detect_doc_name(d, key, comp);
    hm_str said = desc.literal.n ? desc.literal : desc.version;
    if (said.n == 0 || !hm_str_eq(detect_py_exact(r->range), said) || hm_str_find(r->range, ',') < r->range.n)
        detect_py_prop(d, comp, "declared-range", r->range);
    detect_py_prop(d, comp, "declared-path", r->path);
    detect_py_prop(d, comp, "python:extras", r->extras);
    detect_py_prop(d, comp, "python:marker", r->marker);
    return comp;
}
