/* cyclonedx_in - CycloneDX documents of other tools, JSON (1.2 to 1.7) and XML (1.0 to 1.7), ECMA-424.
 *
 *   bom { metadata { tools, authors, component }, components [ component ], dependencies [ { ref, dependsOn } ] }
 *   component { type, bom-ref, group, name, version, purl, cpe, supplier, licenses, hashes, scope,
 *               externalReferences, components [ component ] }
 *
 * Both forms are read through one view: a member of JSON is an attribute or a child element of XML, an array is an
 * element with children. What is in no field of ours stays as extra: in JSON the members as written, in XML the texts of
 * the elements.
 * Components in a component lie in it: an edge and PART_F_BUNDLED. Files without purl and CPE are no components of
 * ours (lists of all files of a system are common); an operating system is an application with its type as property, as
 * only an os-release makes one.
 * Invariants: no recursion (a list of what is still to be read); each component is looked at once.
 * Enemy: see sbom_in.c. */
#include "part/sbom_in.h"

enum { NEWEST_MAJOR = 1, RAW_DEPTH = 8 };

/* a value of either form; both NULL: not there */
typedef struct node {
    const codec_json *j;
    const codec_xml *x;
} node;
typedef struct todo {
    node v;
    uint32_t parent;
    uint32_t depth;
    hm_str raw, place;
} todo;

/* ---- the view ---------------------------------------------------------------------------------------------------- */

static node get(node n, const char *key)
{
    return (node){ codec_json_get(n.j, key), codec_xml_first(n.x, key) };
}

static bool there(node n)
{
    return n.j || n.x;
}

static hm_str self(node n)
{
    return n.x ? codec_xml_text(n.x) : codec_json_str(n.j);
}

static hm_str text(node n, const char *key)
{
    if (n.x)
        return codec_xml_has_attr(n.x, key) ? codec_xml_attr(n.x, key) : codec_xml_get_text(n.x, key);
    return codec_json_get_str(n.j, key);
}

typedef struct each {
    codec_json_iter j;
    const codec_xml *x;
} each;

static each each_of(node list)
{
    bool array = codec_json_type(list.j) == CODEC_ARR;
    return (each){ codec_json_each(array ? list.j : NULL), codec_xml_first(list.x, NULL) };
}

static bool next(each *e, node *ret)
{
    hm_str key;
    *ret = (node){ NULL, e->x };
    if (e->x) {
        e->x = codec_xml_next(e->x, NULL);
        return true;
    }
    return codec_json_next(&e->j, &key, &ret->j);
}

static bool is_object(node n)
{
    return n.x || codec_json_type(n.j) == CODEC_OBJ;
}

/* ---- one component ------------------------------------------------------------------------------------------------ */

static const char *const KNOWN[] = { "type",     "bom-ref", "name",  "version", "group",      "purl",     "cpe",
                                     "supplier", "author",  "scope", "hashes",  "components", "licenses", NULL };

static void set_type(sbom_in *s, part_desc *d, hm_str type)
{
    static const struct {
        const char *type;
        part_kind kind;
    } KIND[] = { { "application", PART_APPLICATION },
                 { "framework", PART_FRAMEWORK },
                 { "library", PART_LIBRARY },
                 { "container", PART_CONTAINER },
                 { "firmware", PART_FIRMWARE },
                 { "file", PART_FILE },
                 { "device", PART_DEVICE },
                 { "device-driver", PART_FIRMWARE },
                 { "operating-system", PART_APPLICATION },
                 { "platform", PART_FRAMEWORK } };
    d->kind = PART_LIBRARY;
    for (size_t i = 0; i < HM_COUNT(KIND); i++)
        if (hm_str_is(type, KIND[i].type)) {
            d->kind = KIND[i].kind;
            if (hm_str_is(type, part_kind_name(d->kind)))
                return;
        }
    part_sbom_prop(s, HM_STR("sbom-type"), type);
}

static hm_str agent(sbom_in *s, node n)
{
    hm_str name = text(n, "name"), mail = HM_NONE;
    each e = each_of(get(n, "contact"));
    node c = n.x ? get(n, "contact") : (node){ NULL, NULL };
    if (!c.x && !next(&e, &c))
        c = (node){ NULL, NULL };
    if (!name.n)
        name = text(c, "name");
    mail = text(c, "email");
    if (!mail.n || !name.n)
        return name.n ? name : mail;
    return part_sbom_join(s, name, HM_STR(" <"), part_sbom_join(s, mail, HM_STR(">"), HM_NONE));
}

static bool has_or(hm_str s)
{
    return hm_str_search(s, HM_STR(" OR ")) < s.n;
}

/* All of a list hold: joined by AND. */
static hm_str licences(sbom_in *s, node list)
{
    hm_str one[2] = { HM_NONE, HM_NONE };
    each e = each_of(list);
    node n;
    size_t found = 0;
    hm_buf_reset(&s->text);
    while (next(&e, &n)) {
        node l = n.j ? get(n, "license") : n;
        hm_str id = n.j ? text(n, "expression") : HM_NONE;
        if (n.x && hm_str_is(codec_xml_name(n.x), "expression"))
            id = self(n);
        if (!id.n)
            id = text(l, "id");
        if (!id.n)
            id = text(l, "name");
        if (!id.n || s->text.n > 4096)
            continue;
        one[found ? 1 : 0] = id;
        if (++found == 1)
            continue;
        const hm_str add[2] = { one[0], one[1] };
        for (size_t i = found == 2 ? 0 : 1; i < 2; i++) {
            if (s->text.n)
                hm_buf_c(&s->text, " AND ");
            hm_buf_c(&s->text, has_or(add[i]) ? "(" : "");
            hm_buf_str(&s->text, add[i]);
            hm_buf_c(&s->text, has_or(add[i]) ? ")" : "");
        }
    }
    return found > 1 ? hm_buf_view(&s->text) : one[0];
}

/* False: there are references that have no field. */
static bool references(sbom_in *s, part_desc *d, node list)
{
    each e = each_of(list);
    node n;
    bool all = true;
    while (next(&e, &n)) {
        hm_str type = text(n, "type"), url = text(n, "url");
        hm_str *to = hm_str_is(type, "distribution") ? &d->url_dist
                     : hm_str_is(type, "vcs")        ? &d->url_vcs
                     : hm_str_is(type, "website")    ? &d->url_home
                                                     : NULL;
        if (to && !to->n)
            *to = part_sbom_url(s, url);
        else
            all = false;
    }
    return all;
}

static void set_scope(sbom_in *s, part_desc *d, hm_str scope)
{
    if (hm_str_is(scope, "required"))
        d->scope = PART_SCOPE_RUNTIME;
    else if (hm_str_is(scope, "optional"))
        d->scope = PART_SCOPE_OPTIONAL;
    else if (hm_str_is(scope, "excluded"))
        d->scope = PART_SCOPE_DEV;
    else
        part_sbom_prop(s, HM_STR("sbom-scope"), scope);
}

/* The texts of elements that have no field, as elements. */
static void xml_extra(sbom_in *s, uint32_t comp, const codec_xml *x, hm_str place)
{
    hm_buf_reset(&s->text);
    for (const codec_xml *e = codec_xml_first(x, NULL); e; e = codec_xml_next(e, NULL)) {
        hm_str name = codec_xml_name(e), value = codec_xml_text(e);
        bool known = s->text.n + 2 * name.n + value.n + 8 > SBOM_EXTRA_MAX;
        for (size_t i = 0; !known && KNOWN[i]; i++)
            known = hm_str_is(name, KNOWN[i]);
        if (known)
            continue;
        hm_buf_byte(&s->text, '<');
        hm_buf_str(&s->text, name);
        hm_buf_byte(&s->text, '>');
        for (size_t i = 0; i < value.n; i++)
            if (value.p[i] == '<' || value.p[i] == '&')
                hm_buf_c(&s->text, value.p[i] == '<' ? "&lt;" : "&amp;");
            else
                hm_buf_byte(&s->text, value.p[i]);
        hm_buf_c(&s->text, "</");
        hm_buf_str(&s->text, name);
        hm_buf_byte(&s->text, '>');
    }
    part_sbom_extra(s, comp, place, hm_buf_view(&s->text));
}

static void extra(sbom_in *s, uint32_t comp, const todo *t, bool with_references)
{
    const char *known[HM_COUNT(KNOWN) + 1];
    memcpy(known, KNOWN, sizeof KNOWN);
    known[HM_COUNT(KNOWN) - 1] = with_references ? NULL : "externalReferences";
    known[HM_COUNT(KNOWN)] = NULL;
    if (t->v.x)
        xml_extra(s, comp, t->v.x, t->place);
    else if (t->raw.n)
        part_sbom_extra_rest(s, comp, t->raw, known, t->place);
}

static uint32_t add(sbom_in *s, const todo *t, bool subject)
{
    sbom_item *it = part_sbom_fresh(s);
    part_desc *d = &it->d;
    node n = t->v, p;
    if (!is_object(n)) {
        part_sbom_gap(s, HM_FORMAT, DEFECT_WRONG_TYPE, 0, t->place);
        return PART_NO;
    }
    it->ref = text(n, "bom-ref");
    it->purl = text(n, "purl");
    it->line = codec_xml_line(n.x);
    d->cpe = text(n, "cpe");
    d->ns = text(n, "group");
    d->name = text(n, "name");
    d->version = text(n, "version");
    set_type(s, d, text(n, "type"));
    if (d->kind == PART_FILE && !it->purl.n && !d->cpe.n && !subject)
        return PART_NO;
    set_scope(s, d, text(n, "scope"));
    d->supplier = agent(s, get(n, "supplier"));
    if (!d->supplier.n)
        d->supplier = agent(s, get(n, "manufacturer"));
    if (!d->supplier.n)
        d->supplier = text(n, "publisher");
    d->author = text(n, "author");
    each e = each_of(get(n, "authors"));
    if (!d->author.n && next(&e, &p))
        d->author = text(p, "name");
    it->licence = licences(s, get(n, "licenses"));
    e = each_of(get(n, "hashes"));
    while (next(&e, &p))
        part_sbom_sum(s, text(p, "alg"), p.x ? self(p) : text(p, "content"));
    bool all = references(s, d, get(n, "externalReferences"));
    if (subject && s->in->claimed)
        part_sbom_prop(s, HM_STR("sbom-role"), HM_STR("subject"));
    if (t->parent != PART_NO && !subject)
        d->flags |= PART_F_BUNDLED;
    uint32_t comp = part_sbom_add(s);
    if (comp != PART_NO)
        extra(s, comp, t, !all);
    return comp;
}

/* ---- all of them -------------------------------------------------------------------------------------------------- */

static hm_str numbered(sbom_in *s, hm_str place, size_t i)
{
    hm_buf_reset(&s->text);
    hm_buf_u64(&s->text, i);
    return part_sbom_join(s, place, HM_STR("/components/"), hm_buf_view(&s->text));
}

static void put_all(sbom_in *s, hm_vec *list, node owner, uint32_t parent, const todo *from)
{
    each e = each_of(get(owner, "components"));
    hm_str raw = HM_NONE, key, place = from->place;
    uint32_t depth = from->depth + 1;
    node n;
    if (owner.j && codec_json_get(owner.j, "components") &&
        codec_json_type(codec_json_get(owner.j, "components")) != CODEC_ARR)
        part_sbom_gap(s, HM_FORMAT, DEFECT_WRONG_TYPE, 0, HM_STR("components"));
    if (depth <= RAW_DEPTH)
        raw = part_sbom_raw_inside(part_sbom_raw_get(from->raw, "components"));
    for (size_t i = 0; !s->bad && next(&e, &n); i++) {
        todo *t = hm_vec_push(list, s->in->arena);
        if (!t) {
            s->bad = true;
            return;
        }
        *t = (todo){ .v = n, .parent = parent, .depth = depth };
        if (!part_sbom_raw_next(&raw, false, &key, &t->raw))
            t->raw = HM_NONE;
        if (t->raw.n || n.x)
            t->place = depth <= RAW_DEPTH ? numbered(s, place, i) : place;
    }
}

static void read_list(sbom_in *s, hm_vec *list)
{
    while (list->n && !s->bad && !part_build_bad(s->out)) { /* in order: what comes first is taken first */
        size_t n = list->n;
        for (size_t i = 0; i < n; i++) {
            todo t = *HM_VEC_AT(list, todo, i);
            uint32_t comp = add(s, &t, false);
            if (comp != PART_NO && t.parent != PART_NO)
                part_sbom_edge(s, t.parent, comp, PART_SCOPE_UNKNOWN);
            put_all(s, list, t.v, comp != PART_NO ? comp : t.parent, &t);
        }
        memmove(list->p, (char *)list->p + n * list->size, (list->n - n) * list->size);
        list->n -= n;
    }
}

static void dependencies(sbom_in *s, node list)
{
    each e = each_of(list);
    node n, to;
    while (next(&e, &n) && !part_build_bad(s->out)) {
        uint32_t from = part_sbom_find(s, text(n, "ref"));
        part_sbom_flag(s, from, PART_F_DEPS_KNOWN);
        each d = each_of(n.x ? n : get(n, "dependsOn"));
        while (next(&d, &to))
            if (!to.x || hm_str_is(codec_xml_name(to.x), "dependency"))
                part_sbom_edge(s, from, part_sbom_find(s, to.x ? text(to, "ref") : self(to)), PART_SCOPE_UNKNOWN);
    }
}

static void tool(sbom_in *s, node n)
{
    part_sbom_set_tool(s, text(n, "name"), text(n, "version"));
}

static void metadata(sbom_in *s, node m)
{
    node n, tools = get(m, "tools"), inner = get(tools, "components");
    each e = each_of(there(inner) ? inner : tools);
    while (next(&e, &n))
        tool(s, n);
    e = each_of(get(m, "authors"));
    while (next(&e, &n))
        part_sbom_set_author(s, text(n, "name"));
    if (!s->author.n)
        part_sbom_set_author(s, text(get(m, "manufacturer"), "name"));
    if (!s->author.n)
        part_sbom_set_author(s, text(get(m, "supplier"), "name"));
    n = get(m, "component");
    part_sbom_set_subject(s, text(n, "group"), text(n, "name"), text(n, "version"));
}

static void read_bom(sbom_in *s, node bom, hm_str raw)
{
    hm_vec list = { .size = sizeof(todo) };
    node meta = get(bom, "metadata");
    todo top = { .v = get(meta, "component"), .parent = PART_NO, .place = HM_STR("/metadata/component") };
    metadata(s, meta);
    top.raw = part_sbom_raw_get(part_sbom_raw_get(raw, "metadata"), "component");
    if (there(top.v)) {
        uint32_t subject = add(s, &top, true);
        put_all(s, &list, top.v, subject, &top);
    }
    put_all(s, &list, bom, PART_NO, &(todo){ .raw = raw, .place = HM_NONE });
    read_list(s, &list);
    dependencies(s, get(bom, "dependencies"));
}

/* What stands at the top of the document beside components, member by member. */
static void document_extra(sbom_in *s, hm_str raw)
{
    static const char *const READ[] = { "$schema", "bomFormat", "specVersion", "components", "dependencies" };
    hm_str rest = part_sbom_raw_inside(raw), key, value;
    while (part_sbom_raw_next(&rest, true, &key, &value)) {
        bool read = value.n > SBOM_EXTRA_DOC;
        for (size_t i = 0; i < HM_COUNT(READ); i++)
            read = read || hm_str_is(key, READ[i]);
        if (!read && key.n <= SBOM_PROP_MAX)
            part_sbom_extra(s, PART_NO, part_sbom_join(s, HM_STR("/"), key, HM_NONE), value);
    }
}

static hm_rc check_version(hm_str version, hm_err *err)
{
    uint64_t major = 0;
    hm_str minor;
    if (!hm_str_u64(hm_str_cut(version, '.', &minor), &major))
        return hm_fail(err, HM_FORMAT, DEFECT_SBOM, HM_PLACE_NONE, 0, 0);
    if (major != NEWEST_MAJOR)
        return hm_fail(err, HM_UNSUPPORTED, DEFECT_UNSUPPORTED_VERSION, HM_PLACE_NONE, 0, major);
    return HM_OK;
}

hm_rc part_sbom_cyclonedx_json(sbom_in *s, const codec_json *root, hm_str raw, hm_err *err)
{
    hm_rc rc = check_version(codec_json_get_str(root, "specVersion"), err);
    if (rc != HM_OK)
        return rc;
    s->format = PART_FMT_CYCLONEDX_JSON;
    read_bom(s, (node){ root, NULL }, raw);
    document_extra(s, raw);
    return HM_OK;
}

/* The version is the end of the namespace: "http://cyclonedx.org/schema/bom/1.4". */
hm_rc part_sbom_cyclonedx_xml(sbom_in *s, const codec_xml *root, hm_err *err)
{
    hm_str ns = codec_xml_ns(root);
    hm_rc rc = check_version(hm_path_base(ns), err);
    if (rc != HM_OK)
        return rc;
    s->format = PART_FMT_CYCLONEDX_XML;
    read_bom(s, (node){ NULL, root }, HM_NONE);
    return HM_OK;
}
