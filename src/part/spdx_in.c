/* spdx_in - SPDX 2.0 to 2.3 documents of other tools as JSON or YAML, and what these share with tag:value (spdx_tag.c).
 * Source: SPDX 2.3 (ISO/IEC 5962 is 2.2.1), clauses 6 to 8 and 11.
 *
 *   { spdxVersion, name, creationInfo { creators }, documentDescribes [ id ], packages [ package ],
 *     relationships [ { spdxElementId, relationshipType, relatedSpdxElement } ] }
 *   package { SPDXID, name, versionInfo, supplier, originator, downloadLocation, homepage, licenseDeclared,
 *             licenseConcluded, checksums, externalRefs, primaryPackagePurpose }
 *
 * NOASSERTION and NONE say nothing. Files and snippets are no components; relations to them are left out. Relations that
 * are dependencies or say what lies in what become edges, the others a property "spdx:TYPE" of the one they start from.
 * Enemy: see sbom_in.c. */
#include "part/sbom_in.h"

enum { MAJOR = 2 };

/* ---- shared by both forms ----------------------------------------------------------------------------------------- */

bool part_sbom_spdx_said(hm_str value)
{
    return value.n && !hm_str_is(value, "NOASSERTION") && !hm_str_is(value, "NONE");
}

hm_rc part_sbom_spdx_version(hm_str version, hm_err *err)
{
    uint64_t major;
    hm_str minor;
    if (!hm_str_starts(version, HM_STR("SPDX-")) ||
        !hm_str_u64(hm_str_cut(hm_str_from(version, 5), '.', &minor), &major))
        return hm_fail(err, HM_FORMAT, DEFECT_SBOM, HM_PLACE_NONE, 0, 0);
    if (major != MAJOR)
        return hm_fail(err, HM_UNSUPPORTED, DEFECT_UNSUPPORTED_VERSION, HM_PLACE_NONE, 0, major);
    return HM_OK;
}

/* "Organization: X (mail)" without its kind; *ret_kind may be empty */
static hm_str without_kind(hm_str s, hm_str *ret_kind)
{
    static const hm_str KIND[] = { HM_STR("Organization"), HM_STR("Person"), HM_STR("Tool") };
    hm_str rest, kind = hm_str_trim(hm_str_cut(s, ':', &rest));
    *ret_kind = HM_NONE;
    for (size_t i = 0; i < HM_COUNT(KIND); i++)
        if (hm_str_eq_nocase(kind, KIND[i])) {
            *ret_kind = KIND[i];
            return hm_str_trim(rest);
        }
    return hm_str_trim(s);
}

hm_str part_sbom_spdx_agent(sbom_in *s, hm_str text)
{
    hm_str kind;
    if (!part_sbom_spdx_said(text))
        return HM_NONE;
    text = without_kind(text, &kind);
    size_t open = hm_str_rfind(text, '(');
    if (open >= text.n || text.p[text.n - 1] != ')')
        return text;
    hm_str name = hm_str_trim(hm_str_sub(text, 0, open));
    hm_str mail = hm_str_trim(hm_str_sub(text, open + 1, text.n - open - 2));
    if (!mail.n)
        return name;
    if (hm_str_find(mail, '@') == mail.n)
        return text;
    return part_sbom_join(s, name, name.n ? HM_STR(" <") : HM_STR("<"), part_sbom_join(s, mail, HM_STR(">"), HM_NONE));
}

void part_sbom_spdx_creator(sbom_in *s, hm_str creator)
{
    hm_str kind, name = without_kind(creator, &kind);
    if (hm_str_is(kind, "Tool"))
        part_sbom_set_tool(s, name, HM_NONE);
    else
        part_sbom_set_author(s, part_sbom_spdx_agent(s, creator));
}

void part_sbom_spdx_reference(sbom_in *s, hm_str category, hm_str type, hm_str locator)
{
    sbom_item *it = &s->item;
    type = hm_path_base(type); /* an address of the type is allowed */
    bool purl = hm_str_is(type, "purl") || hm_str_starts(locator, HM_STR("pkg:"));
    bool cpe = hm_str_is(type, "cpe23Type") || hm_str_is(type, "cpe22Type");
    (void)category;
    if (purl && !it->purl.n)
        it->purl = locator;
    else if (cpe && !it->d.cpe.n)
        it->d.cpe = locator;
    else if (type.n)
        part_sbom_prop(s, part_sbom_join(s, HM_STR("spdx:"), hm_str_sub(type, 0, 64), HM_NONE), locator);
}

void part_sbom_spdx_download(sbom_in *s, hm_str location)
{
    static const hm_str VCS[] = { HM_STR("git+"), HM_STR("hg+"), HM_STR("svn+"), HM_STR("bzr+"), HM_STR("git:") };
    if (!part_sbom_spdx_said(location))
        return;
    for (size_t i = 0; i < HM_COUNT(VCS); i++)
        if (hm_str_starts(location, VCS[i])) {
            s->item.d.url_vcs = part_sbom_url(s, location);
            return;
        }
    s->item.d.url_dist = part_sbom_url(s, location);
}

void part_sbom_spdx_licence(sbom_in *s, hm_str declared, hm_str concluded)
{
    s->item.licence = part_sbom_spdx_said(declared) ? declared : part_sbom_spdx_said(concluded) ? concluded : HM_NONE;
}

void part_sbom_spdx_purpose(sbom_in *s, hm_str purpose)
{
    static const struct {
        const char *purpose;
        part_kind kind;
    } KIND[] = { { "APPLICATION", PART_APPLICATION }, { "FRAMEWORK", PART_FRAMEWORK }, { "LIBRARY", PART_LIBRARY },
                 { "CONTAINER", PART_CONTAINER },     { "DEVICE", PART_DEVICE },       { "FIRMWARE", PART_FIRMWARE } };
    for (size_t i = 0; i < HM_COUNT(KIND); i++)
        if (hm_str_is(purpose, KIND[i].purpose)) {
            s->item.d.kind = KIND[i].kind;
            return;
        }
    if (hm_str_is(purpose, "OPERATING-SYSTEM") || hm_str_is(purpose, "OPERATING_SYSTEM"))
        s->item.d.kind = PART_APPLICATION;
    part_sbom_prop(s, HM_STR("sbom-type"), purpose);
}

/* Relations that become edges: `turned` ones start from the dependency. */
static const struct {
    const char *type;
    part_scope scope;
    bool turned;
} EDGE[] = { { "DEPENDS_ON", PART_SCOPE_UNKNOWN, false },
             { "CONTAINS", PART_SCOPE_UNKNOWN, false },
             { "STATIC_LINK", PART_SCOPE_UNKNOWN, false },
             { "DYNAMIC_LINK", PART_SCOPE_UNKNOWN, false },
             { "HAS_PREREQUISITE", PART_SCOPE_UNKNOWN, false },
             { "DEPENDENCY_OF", PART_SCOPE_UNKNOWN, true },
             { "CONTAINED_BY", PART_SCOPE_UNKNOWN, true },
             { "PREREQUISITE_FOR", PART_SCOPE_UNKNOWN, true },
             { "RUNTIME_DEPENDENCY_OF", PART_SCOPE_RUNTIME, true },
             { "PROVIDED_DEPENDENCY_OF", PART_SCOPE_RUNTIME, true },
             { "OPTIONAL_DEPENDENCY_OF", PART_SCOPE_OPTIONAL, true },
             { "DEV_DEPENDENCY_OF", PART_SCOPE_DEV, true },
             { "TEST_DEPENDENCY_OF", PART_SCOPE_DEV, true },
             { "BUILD_DEPENDENCY_OF", PART_SCOPE_BUILD, true },
             { "BUILD_TOOL_OF", PART_SCOPE_BUILD, true },
             { "DEV_TOOL_OF", PART_SCOPE_DEV, true },
             { "TEST_TOOL_OF", PART_SCOPE_DEV, true } };

static void describes(sbom_in *s, hm_str ref)
{
    uint32_t comp = part_sbom_find(s, ref);
    if (comp != PART_NO && s->in->claimed)
        part_add_prop(s->out, comp, HM_STR("sbom-role"), HM_STR("subject"));
}

void part_sbom_spdx_relation(sbom_in *s, hm_str from, hm_str type, hm_str to)
{
    uint32_t a = part_sbom_find(s, from), b = part_sbom_find(s, to);
    bool outside = hm_str_is(to, "NOASSERTION") || hm_str_starts(to, HM_STR("DocumentRef-"));
    if (hm_str_is(type, "DESCRIBES")) {
        describes(s, to);
        return;
    }
    if (hm_str_is(type, "DESCRIBED_BY")) {
        describes(s, from);
        return;
    }
    for (size_t i = 0; i < HM_COUNT(EDGE); i++) {
        if (!hm_str_is(type, EDGE[i].type))
            continue;
        if (EDGE[i].turned)
            part_sbom_edge(s, b, a, EDGE[i].scope);
        else if (b != PART_NO || outside)
            part_sbom_edge(s, a, b, EDGE[i].scope);
        else if (hm_str_is(to, "NONE") && hm_str_is(type, "DEPENDS_ON"))
            part_sbom_flag(s, a, PART_F_DEPS_KNOWN);
        return;
    }
    if (a == PART_NO || b == PART_NO || type.n == 0)
        return;
    hm_buf_reset(&s->text);
    hm_buf_c(&s->text, "spdx:");
    hm_buf_str(&s->text, hm_str_sub(type, 0, 64));
    part_add_prop(s->out, a, hm_buf_view(&s->text), hm_str_sub(part_sbom_label(s, b), 0, SBOM_PROP_MAX));
}

/* ---- JSON and YAML ------------------------------------------------------------------------------------------------ */

static void package(sbom_in *s, const codec_json *v, hm_str raw, size_t i)
{
    static const char *const KNOWN[] = { "SPDXID",
                                         "name",
                                         "versionInfo",
                                         "supplier",
                                         "originator",
                                         "homepage",
                                         "licenseDeclared",
                                         "licenseConcluded",
                                         "downloadLocation",
                                         "checksums",
                                         "externalRefs",
                                         "primaryPackagePurpose",
                                         "filesAnalyzed",
                                         "hasFiles",
                                         NULL };
    sbom_item *it = part_sbom_fresh(s);
    part_desc *d = &it->d;
    hm_str key, home = codec_json_get_str(v, "homepage"), purpose = codec_json_get_str(v, "primaryPackagePurpose");
    const codec_json *x;
    if (codec_json_type(v) != CODEC_OBJ) {
        part_sbom_gap(s, HM_FORMAT, DEFECT_WRONG_TYPE, 0, HM_STR("packages"));
        return;
    }
    it->ref = codec_json_get_str(v, "SPDXID");
    d->name = codec_json_get_str(v, "name");
    d->version = codec_json_get_str(v, "versionInfo");
    if (!part_sbom_spdx_said(d->version))
        d->version = HM_NONE;
    d->supplier = part_sbom_spdx_agent(s, codec_json_get_str(v, "supplier"));
    d->author = part_sbom_spdx_agent(s, codec_json_get_str(v, "originator"));
    part_sbom_spdx_licence(s, codec_json_get_str(v, "licenseDeclared"), codec_json_get_str(v, "licenseConcluded"));
    part_sbom_spdx_download(s, codec_json_get_str(v, "downloadLocation"));
    if (part_sbom_spdx_said(home))
        d->url_home = part_sbom_url(s, home);
    if (purpose.n)
        part_sbom_spdx_purpose(s, purpose);
    for (codec_json_iter it2 = codec_json_each(codec_json_get(v, "checksums")); codec_json_next(&it2, &key, &x);)
        part_sbom_sum(s, codec_json_get_str(x, "algorithm"), codec_json_get_str(x, "checksumValue"));
    for (codec_json_iter it2 = codec_json_each(codec_json_get(v, "externalRefs")); codec_json_next(&it2, &key, &x);)
        part_sbom_spdx_reference(s, codec_json_get_str(x, "referenceCategory"), codec_json_get_str(x, "referenceType"),
                                 codec_json_get_str(x, "referenceLocator"));
    uint32_t comp = part_sbom_add(s);
    if (comp == PART_NO || !raw.n)
        return;
    hm_buf_reset(&s->text);
    hm_buf_u64(&s->text, i);
    part_sbom_extra_rest(s, comp, raw, KNOWN, part_sbom_join(s, HM_STR("/packages/"), hm_buf_view(&s->text), HM_NONE));
}

hm_rc part_sbom_spdx_json(sbom_in *s, const codec_json *root, hm_str raw, hm_err *err)
{
    const codec_json *v, *packages = codec_json_get(root, "packages");
    hm_rc rc = part_sbom_spdx_version(codec_json_get_str(root, "spdxVersion"), err);
    hm_str key, one, rest;
    size_t i = 0;
    if (rc != HM_OK)
        return rc;
    s->format = PART_FMT_SPDX;
    part_sbom_set_subject(s, HM_NONE, codec_json_get_str(root, "name"), HM_NONE);
    const codec_json *creation = codec_json_get(root, "creationInfo");
    for (codec_json_iter it = codec_json_each(codec_json_get(creation, "creators")); codec_json_next(&it, &key, &v);)
        part_sbom_spdx_creator(s, codec_json_str(v));
    rest = part_sbom_raw_inside(part_sbom_raw_get(raw, "packages"));
    if (packages && codec_json_type(packages) != CODEC_ARR)
        part_sbom_gap(s, HM_FORMAT, DEFECT_WRONG_TYPE, 0, HM_STR("packages"));
    for (codec_json_iter it = codec_json_each(codec_json_type(packages) == CODEC_ARR ? packages : NULL);
         !s->bad && !part_build_bad(s->out) && codec_json_next(&it, &key, &v); i++) {
        if (!part_sbom_raw_next(&rest, false, &key, &one))
            one = HM_NONE;
        package(s, v, one, i);
    }
    for (codec_json_iter it = codec_json_each(codec_json_get(root, "documentDescribes"));
         codec_json_next(&it, &key, &v);)
        describes(s, codec_json_str(v));
    for (codec_json_iter it = codec_json_each(codec_json_get(root, "relationships")); codec_json_next(&it, &key, &v);)
        part_sbom_spdx_relation(s, codec_json_get_str(v, "spdxElementId"), codec_json_get_str(v, "relationshipType"),
                                codec_json_get_str(v, "relatedSpdxElement"));
    part_sbom_extra(s, PART_NO, HM_STR("/creationInfo"), part_sbom_raw_get(raw, "creationInfo"));
    return HM_OK;
}
