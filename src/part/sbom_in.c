/* sbom_in - SBOM documents of other tools: which form bytes are of, and what the readers of all forms share.
 *
 *   bytes -> JSON  {bomFormat} CycloneDX | {spdxVersion} SPDX 2 | {@graph} SPDX 3 (not read) | {predicate} attestation
 *            XML   <bom> CycloneDX | <RDF> SPDX (not read)
 *            YAML  (by name) SPDX 2
 *            text  SPDXVersion: SPDX 2, tag:value
 *   components -> rows; references -> hm_map -> edges; what the model has no field for -> extra, raw, bounded
 *
 * Invariants: (1) cost is linear in the document, references are looked up in a map; (2) with `claimed`, every component
 * has PART_F_CLAIMED, evidence of PART_T_OTHER and the property claimed-by-sbom (docs/adr/0005); (3) a component that
 * cannot be read costs itself and a gap, nothing else.
 * Enemy: who wrote the document: doubled and dangling references, circles, texts of any size. */
#include "part/sbom_in.h"
#include "base/limits.h"

enum { CLAIM_CONFIDENCE = 30, SNIFF = 4096 };

/* ---- gaps, texts ------------------------------------------------------------------------------------------------ */

static hm_str cut(hm_str s, size_t max)
{
    size_t n = max;
    if (s.n <= max)
        return s;
    while (n && ((unsigned char)s.p[n] & 0xc0) == 0x80)
        n--;
    return hm_str_sub(s, 0, n ? n : max);
}

static void err_at(hm_err *e, hm_str at)
{
    size_t n = at.n < sizeof e->at - 1 ? at.n : sizeof e->at - 1;
    if (n)
        memcpy(e->at, at.p, n);
    memset(e->at + n, 0, sizeof e->at - n);
}

void part_sbom_gap(sbom_in *s, hm_rc rc, hm_defect defect, uint64_t line, hm_str at)
{
    hm_err e = { 0 };
    if (s->gaps > LIMIT_FILE_GAPS)
        return;
    if (s->gaps++ == LIMIT_FILE_GAPS)
        (void)hm_fail(&e, HM_LIMIT, DEFECT_TOO_MANY, HM_PLACE_NONE, 0, LIMIT_FILE_GAPS);
    else
        (void)hm_fail(&e, rc, defect, line ? HM_PLACE_LINE : HM_PLACE_NONE, line, 0);
    if (e.defect == (uint16_t)defect)
        err_at(&e, cut(at, sizeof e.at - 1));
    part_add_gap(s->out, s->in->path, &e);
}

hm_str part_sbom_join(sbom_in *s, hm_str x, hm_str y, hm_str z)
{
    const hm_str part[] = { x, y, z };
    size_t n;
    char *p = NULL;
    if (!hm_ckd_add(&n, x.n, y.n) && !hm_ckd_add(&n, n, z.n))
        p = hm_arena_alloc(s->in->arena, n + 1);
    if (!p) {
        s->bad = true;
        return HM_NONE;
    }
    char *to = p;
    for (size_t i = 0; i < HM_COUNT(part); to += part[i].n, i++)
        if (part[i].n)
            memcpy(to, part[i].p, part[i].n);
    return (hm_str){ p, n };
}

/* "a, b, c", at most SBOM_PROP_MAX bytes of each list */
static void add_to_list(sbom_in *s, hm_str *list, hm_str one)
{
    one = hm_str_trim(one);
    if (one.n && list->n < SBOM_PROP_MAX)
        *list = cut(part_sbom_join(s, *list, list->n ? HM_STR(", ") : HM_NONE, cut(one, SBOM_PROP_MAX)), SBOM_PROP_MAX);
}

void part_sbom_set_tool(sbom_in *s, hm_str name, hm_str version)
{
    if (name.n && s->tool.n < SBOM_PROP_MAX)
        add_to_list(s, &s->tool,
                    part_sbom_join(s, cut(name, SBOM_PROP_MAX), version.n ? HM_STR(" ") : HM_NONE,
                                   cut(version, SBOM_PROP_MAX)));
}

void part_sbom_set_author(sbom_in *s, hm_str name)
{
    if (s->author.n >= SBOM_PROP_MAX)
        return;
    add_to_list(s, &s->author, name);
}

void part_sbom_set_subject(sbom_in *s, hm_str ns, hm_str name, hm_str version)
{
    hm_str full = part_sbom_join(s, cut(ns, SBOM_PROP_MAX), ns.n ? HM_STR("/") : HM_NONE, cut(name, SBOM_PROP_MAX));
    if (name.n)
        add_to_list(s, &s->subject,
                    part_sbom_join(s, full, version.n ? HM_STR("@") : HM_NONE, cut(version, SBOM_PROP_MAX)));
}

hm_str part_sbom_url(sbom_in *s, hm_str url)
{
    url = hm_str_trim(url);
    size_t scheme = hm_str_search(url, HM_STR("://"));
    if (scheme == url.n)
        return url;
    size_t from = scheme + 3, end = from;
    while (end < url.n && url.p[end] != '/' && url.p[end] != '?' && url.p[end] != '#')
        end++;
    hm_str authority = hm_str_sub(url, from, end - from), user = HM_NONE;
    size_t at = hm_str_rfind(authority, '@');
    if (at == authority.n)
        return url;
    user = hm_str_sub(authority, 0, at);
    bool web = hm_str_ends(hm_str_sub(url, 0, scheme), HM_STR("http")) ||
               hm_str_ends(hm_str_sub(url, 0, scheme), HM_STR("https"));
    size_t colon = hm_str_find(user, ':');
    if (!web && colon == user.n)
        return url;
    hm_str keep = web ? HM_NONE : hm_str_sub(user, 0, colon);
    return part_sbom_join(s, hm_str_sub(url, 0, from), keep, hm_str_from(url, from + at + (keep.n ? 0 : 1)));
}

/* ---- one component ---------------------------------------------------------------------------------------------- */

sbom_item *part_sbom_fresh(sbom_in *s)
{
    sbom_item *it = &s->item;
    *it = (sbom_item){ .sums = it->sums, .props = it->props };
    it->sums.n = it->props.n = 0;
    return it;
}

static void push_pair(sbom_in *s, hm_vec *v, hm_str key, hm_str value)
{
    sbom_pair *p = hm_vec_push(v, s->in->arena);
    if (p)
        *p = (sbom_pair){ key, value };
    else
        s->bad = true;
}

void part_sbom_sum(sbom_in *s, hm_str alg, hm_str hex)
{
    push_pair(s, &s->item.sums, alg, hm_str_trim(hex));
}

void part_sbom_prop(sbom_in *s, hm_str key, hm_str value)
{
    if (value.n)
        push_pair(s, &s->item.props, key, cut(value, SBOM_PROP_MAX));
}

/* Maven's default type says nothing, and other tools write it always; the distribution of an OS package has a field. */
static void take_quals(sbom_in *s, part_desc *d, hm_str quals)
{
    hm_str rest = quals, value;
    bool os = part_is_os_package(d->eco);
    hm_buf_reset(&s->quals);
    while (rest.n) {
        hm_str pair = hm_str_cut(rest, '&', &rest), key = hm_str_cut(pair, '=', &value);
        if ((os && (hm_str_is(key, "distro") || hm_str_is(key, "upstream"))) ||
            (d->eco == PART_ECO_MAVEN && hm_str_is(pair, "type=jar")))
            continue;
        if (s->quals.n)
            hm_buf_byte(&s->quals, '&');
        hm_buf_str(&s->quals, pair);
    }
    d->quals = hm_buf_view(&s->quals);
    if (!os)
        return;
    if (part_qual_get(s->in->arena, quals, HM_STR("distro"), &value))
        d->distro = cut(value, SBOM_PROP_MAX);
    if (part_qual_get(s->in->arena, quals, HM_STR("upstream"), &value))
        d->source_name = hm_str_cut(value, '@', &d->source_version);
}

/* The purl says what it is; where it says another version than the document, that one stays as the literal one. */
static void take_purl(sbom_in *s, sbom_item *it, const part_purl *p)
{
    part_desc *d = &it->d;
    part_eco eco = part_eco_of_purl_type(p->type);
    hm_str written = d->version;
    if (!d->name.n)
        d->name = p->name;
    if (eco == PART_ECO_NONE) {
        part_sbom_prop(s, HM_STR("sbom-purl"), it->purl);
        if (!d->version.n)
            d->version = p->version;
        return;
    }
    d->eco = eco;
    d->ns = p->ns;
    d->name = p->name;
    size_t slash = hm_str_find(p->name, '/');
    if (eco == PART_ECO_NPM && !p->ns.n && p->name.n && p->name.p[0] == '@' && slash + 1 < p->name.n) {
        d->ns = hm_str_sub(p->name, 0, slash); /* "pkg:npm/%40s%2Fa", against the rules and often seen */
        d->name = hm_str_from(p->name, slash + 1);
    }
    d->subpath = p->subpath;
    take_quals(s, d, p->quals);
    if (p->version.n) {
        d->version = p->version;
        if (!hm_str_eq(written, p->version))
            d->literal = written;
    }
}

static void normal_version(sbom_in *s, part_desc *d)
{
    hm_str found = d->version;
    hm_buf_reset(&s->normal);
    if (!found.n) {
        d->flags |= PART_F_NO_VERSION;
        return;
    }
    (void)version_normal(part_eco_get(d->eco)->order, found, &s->normal);
    if (!s->normal.n || hm_str_eq(hm_buf_view(&s->normal), found))
        return;
    d->version = hm_buf_view(&s->normal);
    if (!d->literal.n)
        d->literal = found;
}

static bool is_hex(hm_str s, size_t n)
{
    for (size_t i = 0; i < s.n; i++)
        if (!hm_is_digit((unsigned char)s.p[i]) && (hm_lower(s.p[i]) < 'a' || hm_lower(s.p[i]) > 'f'))
            return false;
    return s.n == n;
}

/* "SHA-256", "SHA256", "sha256" */
static bool same_alg(hm_str a, const char *name)
{
    for (size_t i = 0; i < a.n; i++) {
        if (a.p[i] == '-')
            continue;
        while (*name == '-')
            name++;
        if (!*name || hm_lower(a.p[i]) != hm_lower(*name))
            return false;
        name++;
    }
    return !*name;
}

static void add_sum(sbom_in *s, uint32_t comp, const sbom_pair *sum)
{
    static const size_t DIGITS[PART_ALG_COUNT] = { 32, 40, 64, 96, 128 };
    char lower[128];
    for (unsigned a = 0; a < PART_ALG_COUNT; a++) {
        if (!same_alg(sum->key, part_alg_name(a)))
            continue;
        if (!is_hex(sum->value, DIGITS[a])) {
            part_sbom_gap(s, HM_FORMAT, DEFECT_BAD_VALUE, s->item.line, sum->key);
            return;
        }
        for (size_t i = 0; i < sum->value.n; i++)
            lower[i] = hm_lower(sum->value.p[i]);
        part_add_digest(s->out, comp, (part_alg)a, (hm_str){ lower, sum->value.n });
        return;
    }
    hm_buf_reset(&s->text);
    hm_buf_c(&s->text, "hash:");
    hm_buf_str(&s->text, cut(sum->key, 32));
    part_add_prop(s->out, comp, hm_buf_view(&s->text), cut(sum->value, SBOM_PROP_MAX));
}

static void add_claim(sbom_in *s, uint32_t comp)
{
    part_add_prop(s->out, comp, HM_STR("claimed-by-sbom"), s->in->path);
    part_add_prop(s->out, comp, HM_STR("sbom-tool"), s->tool);
    part_add_prop(s->out, comp, HM_STR("sbom-author"), s->author);
    part_add_prop(s->out, comp, HM_STR("sbom-subject"), s->subject);
}

uint32_t part_sbom_add(sbom_in *s)
{
    sbom_item *it = &s->item;
    part_desc *d = &it->d;
    part_purl p;
    hm_err e = { 0 };
    if (d->eco == PART_ECO_NONE)
        d->eco = PART_ECO_GENERIC;
    if (it->purl.n) {
        hm_rc rc = part_purl_parse(s->in->arena, it->purl, &p, &e);
        if (rc == HM_OK)
            take_purl(s, it, &p);
        else if (rc == HM_NOMEM)
            s->nomem = true;
        else if (rc == HM_LIMIT)
            s->bad = true;
        else
            part_sbom_gap(s, rc, (hm_defect)e.defect, it->line, it->purl);
    }
    if (!d->name.n) {
        part_sbom_gap(s, HM_FORMAT, DEFECT_MISSING_FIELD, it->line, it->ref.n ? it->ref : HM_STR("name"));
        return PART_NO;
    }
    if (it->licence.n)
        part_desc_licence(d, it->licence, &s->licence);
    normal_version(s, d);
    if (s->in->claimed)
        d->flags |= PART_F_CLAIMED;
    uint32_t comp = part_add(s->out, d);
    if (comp == PART_NO) /* the builder remembers why */
        return PART_NO;
    hm_str *label = hm_vec_push(&s->labels, s->in->arena);
    if (label)
        *label = it->purl.n ? it->purl : d->name;
    else
        s->bad = true;
    part_add_evidence(s->out, comp, s->in->path, s->in->claimed ? PART_T_OTHER : PART_T_MANIFEST,
                      s->in->claimed ? CLAIM_CONFIDENCE : 100, it->line);
    if (s->in->claimed)
        add_claim(s, comp);
    for (size_t i = 0; i < it->sums.n; i++)
        add_sum(s, comp, HM_VEC_AT(&it->sums, sbom_pair, i));
    for (size_t i = 0; i < it->props.n; i++) {
        const sbom_pair *x = HM_VEC_AT(&it->props, sbom_pair, i);
        part_add_prop(s->out, comp, x->key, x->value);
    }
    if (it->ref.n) {
        const uint64_t *at = hm_map_put(s->refs, it->ref, comp);
        s->nomem |= !at;
        if (at && *at != comp)
            part_sbom_gap(s, HM_CONFLICT, DEFECT_DUPLICATE, it->line, it->ref);
    }
    return comp;
}

hm_str part_sbom_label(const sbom_in *s, uint32_t comp)
{
    return comp - s->first < s->labels.n ? *HM_VEC_AT(&s->labels, hm_str, comp - s->first) : HM_NONE;
}

uint32_t part_sbom_find(const sbom_in *s, hm_str ref)
{
    uint64_t comp;
    return ref.n && hm_map_get(s->refs, ref, &comp) ? (uint32_t)comp : PART_NO;
}

void part_sbom_flag(sbom_in *s, uint32_t comp, uint32_t flag)
{
    if (comp != PART_NO && comp < part_build_count(s->out))
        part_build_comp(s->out, comp)->flags |= flag;
}

void part_sbom_edge(sbom_in *s, uint32_t from, uint32_t to, part_scope scope)
{
    if (from == PART_NO || from == to)
        return;
    if (to == PART_NO)
        part_sbom_flag(s, from, PART_F_DEPS_OPEN);
    else
        part_add_edge(s->out, from, to, scope);
}

/* ---- raw JSON --------------------------------------------------------------------------------------------------- */

static size_t after_space(hm_str s, size_t at)
{
    while (at < s.n && (hm_is_space((unsigned char)s.p[at]) || s.p[at] == ','))
        at++;
    return at;
}

static size_t after_string(hm_str s, size_t at)
{
    for (at++; at < s.n && s.p[at] != '"'; at++)
        if (s.p[at] == '\\')
            at++;
    return at < s.n ? at + 1 : s.n;
}

static size_t after_value(hm_str s, size_t at)
{
    size_t depth = 0;
    while (at < s.n) {
        char c = s.p[at];
        if (c == '"') {
            at = after_string(s, at);
        } else if (c == '{' || c == '[') {
            depth++;
            at++;
        } else if (c == '}' || c == ']') {
            if (depth == 0)
                return at;
            depth--;
            at++;
        } else if (depth == 0 && (c == ',' || hm_is_space((unsigned char)c))) {
            return at;
        } else {
            at++;
            continue;
        }
        if (depth == 0)
            return at;
    }
    return s.n;
}

bool part_sbom_raw_next(hm_str *rest, bool object, hm_str *ret_key, hm_str *ret_value)
{
    hm_str s = *rest;
    size_t at = after_space(s, 0);
    *ret_key = HM_NONE;
    if (at >= s.n)
        return false;
    if (object) {
        size_t end = s.p[at] == '"' ? after_string(s, at) : s.n;
        *ret_key = hm_str_sub(s, at + 1, end - at > 2 ? end - at - 2 : 0);
        at = after_space(s, end);
        if (at >= s.n || s.p[at] != ':')
            return false;
        at = after_space(s, at + 1);
    }
    size_t end = after_value(s, at);
    *ret_value = hm_str_sub(s, at, end - at);
    *rest = hm_str_from(s, end);
    return end > at;
}

hm_str part_sbom_raw_inside(hm_str value)
{
    value = hm_str_trim(value);
    return value.n >= 2 && (value.p[0] == '{' || value.p[0] == '[') ? hm_str_sub(value, 1, value.n - 2) : HM_NONE;
}

hm_str part_sbom_raw_get(hm_str object, const char *key)
{
    hm_str rest = part_sbom_raw_inside(object), k, v;
    while (part_sbom_raw_next(&rest, true, &k, &v))
        if (hm_str_is(k, key))
            return v;
    return HM_NONE;
}

void part_sbom_extra(sbom_in *s, uint32_t comp, hm_str place, hm_str raw)
{
    if (!raw.n || raw.n > SBOM_EXTRA_ALL - s->extras)
        return;
    s->extras += raw.n;
    part_add_extra(s->out, comp, s->format, part_sbom_join(s, s->in->path, HM_STR("#"), place), raw);
}

void part_sbom_extra_rest(sbom_in *s, uint32_t comp, hm_str object, const char *const *known, hm_str place)
{
    hm_str rest = part_sbom_raw_inside(object), key, value;
    hm_buf_reset(&s->text);
    while (part_sbom_raw_next(&rest, true, &key, &value)) {
        bool skip = value.n > SBOM_EXTRA_MAX - 8 || s->text.n + key.n + value.n + 8 > SBOM_EXTRA_MAX;
        for (size_t i = 0; !skip && known[i]; i++)
            skip = hm_str_is(key, known[i]);
        if (skip)
            continue;
        hm_buf_c(&s->text, s->text.n ? "," : "{");
        hm_buf_byte(&s->text, '"');
        hm_buf_str(&s->text, key);
        hm_buf_c(&s->text, "\":");
        hm_buf_str(&s->text, value);
    }
    if (s->text.n) {
        hm_buf_byte(&s->text, '}');
        part_sbom_extra(s, comp, place, hm_buf_view(&s->text));
    }
}

/* ---- forms ------------------------------------------------------------------------------------------------------ */

static hm_rc no_sbom(hm_err *err)
{
    return hm_fail(err, HM_NOTFOUND, DEFECT_SBOM, HM_PLACE_NONE, 0, 0);
}

static hm_rc not_read(hm_err *err, const char *form)
{
    hm_fail(err, HM_UNSUPPORTED, DEFECT_SBOM_FORM, HM_PLACE_NONE, 0, 0);
    if (err)
        err_at(err, hm_str_c(form));
    return HM_UNSUPPORTED;
}

/* A broken file that nowhere speaks of an SBOM is some other file. */
static bool speaks_of_sbom(hm_str bytes)
{
    hm_str head = hm_str_sub(bytes, 0, SNIFF);
    return hm_str_search(head, HM_STR("CycloneDX")) < head.n || hm_str_search(head, HM_STR("cyclonedx")) < head.n ||
           hm_str_search(head, HM_STR("SPDX")) < head.n || hm_str_search(head, HM_STR("spdx")) < head.n;
}

static hm_rc read_tree(sbom_in *s, const codec_json *root, hm_str raw, hm_err *err)
{
    const codec_json *inner = codec_json_get(root, "predicate");
    if (codec_json_type(inner) == CODEC_OBJ && codec_json_get(root, "predicateType")) { /* an in-toto statement */
        root = inner;
        raw = part_sbom_raw_get(raw, "predicate");
    }
    if (hm_str_is(codec_json_get_str(root, "bomFormat"), "CycloneDX"))
        return part_sbom_cyclonedx_json(s, root, raw, err);
    if (codec_json_is_str(codec_json_get(root, "spdxVersion")))
        return part_sbom_spdx_json(s, root, raw, err);
    if (codec_json_get(root, "@graph") && codec_json_get(root, "@context") && speaks_of_sbom(raw))
        return hm_fail(err, HM_UNSUPPORTED, DEFECT_UNSUPPORTED_VERSION, HM_PLACE_NONE, 0, 3);
    return no_sbom(err);
}

static hm_rc read_xml(sbom_in *s, hm_str bytes, hm_err *err)
{
    const codec_xml *root = NULL;
    hm_rc rc = codec_xml_read(s->in->arena, bytes, &root, err);
    if (rc != HM_OK)
        return rc;
    hm_str ns = codec_xml_ns(root);
    if (hm_str_is(codec_xml_name(root), "bom") && hm_str_search(ns, HM_STR("cyclonedx.org")) < ns.n)
        return part_sbom_cyclonedx_xml(s, root, err);
    if (hm_str_is(codec_xml_name(root), "RDF") && speaks_of_sbom(bytes))
        return not_read(err, "SPDX RDF");
    return no_sbom(err);
}

static hm_rc read_form(sbom_in *s, hm_str bytes, hm_err *err)
{
    const codec_json *root = NULL;
    hm_str head = bytes;
    hm_rc rc;
    if (hm_str_starts(head, HM_STR("\xef\xbb\xbf")))
        head = hm_str_from(head, 3);
    head = hm_str_trim(head);
    if (!head.n)
        return hm_fail(err, HM_TRUNC, DEFECT_EMPTY, HM_PLACE_NONE, 0, 0);
    if (head.p[0] == '{') {
        rc = codec_json_read(s->in->arena, bytes, &root, err);
        return rc == HM_OK ? read_tree(s, root, head, err) : rc;
    }
    if (head.p[0] == '<')
        return read_xml(s, bytes, err);
    if (hm_str_ends(s->in->path, HM_STR(".yml")) || hm_str_ends(s->in->path, HM_STR(".yaml"))) {
        codec_json_iter it;
        hm_str key;
        const codec_json *docs = NULL;
        rc = codec_yaml_read(s->in->arena, bytes, &docs, err);
        if (rc != HM_OK)
            return rc;
        it = codec_json_each(docs);
        return codec_json_next(&it, &key, &root) ? read_tree(s, root, HM_NONE, err) : no_sbom(err);
    }
    return hm_str_search(head, HM_STR("SPDXVersion:")) < head.n ? part_sbom_spdx_tag(s, bytes, err) : no_sbom(err);
}

hm_rc part_read_sbom(const part_doc_in *in, hm_str bytes, part_build *out, hm_err *err)
{
    sbom_in s = { .in = in, .out = out };
    hm_err e = { 0 };
    s.first = (uint32_t)part_build_count(out);
    s.labels.size = sizeof(hm_str);
    s.item.sums.size = s.item.props.size = sizeof(sbom_pair);
    s.refs = hm_map_new();
    hm_rc rc = s.refs ? read_form(&s, bytes, &e) : hm_fail(&e, HM_NOMEM, DEFECT_NOMEM, HM_PLACE_NONE, 0, 0);
    bool nomem = s.nomem || s.normal.bad || s.licence.bad || s.text.bad || s.quals.bad;
    hm_map_freep(&s.refs);
    hm_buf_clear(&s.normal);
    hm_buf_clear(&s.licence);
    hm_buf_clear(&s.text);
    hm_buf_clear(&s.quals);
    if (nomem && rc == HM_OK)
        rc = hm_fail(&e, HM_NOMEM, DEFECT_NOMEM, HM_PLACE_NONE, 0, 0);
    else if (s.bad && rc == HM_OK)
        rc = hm_arena_fail(in->arena, &e);
    if ((rc == HM_FORMAT || rc == HM_TRUNC) && !speaks_of_sbom(bytes))
        return no_sbom(err);
    if (rc != HM_OK && err)
        *err = e;
    return rc;
}
