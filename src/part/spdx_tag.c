/* spdx_tag - SPDX 2.0 to 2.3 documents of other tools as tag:value text (SPDX 2.3, annex on tag:value).
 *
 *   Tag: value                   one line, "#" begins a comment line
 *   Tag: <text>value ...</text>  over any number of lines
 *   PackageName: begins a package; FileName:, SnippetSPDXID:, LicenseID: end it; Relationship: may stand anywhere
 *
 * Invariants: one pass over lines, relations are kept and resolved at the end. Enemy: see sbom_in.c. */
#include "part/sbom_in.h"

typedef struct relation {
    hm_str from, type, to;
} relation;
typedef struct tags {
    sbom_in *s;
    hm_vec relations;
    bool in_package;
    hm_str declared, concluded;
    uint64_t line, start;
    hm_buf rest; /* lines of the package that have no field */
} tags;

static void end_package(tags *t)
{
    sbom_in *s = t->s;
    if (!t->in_package)
        return;
    t->in_package = false;
    part_sbom_spdx_licence(s, t->declared, t->concluded);
    s->item.line = t->start;
    uint32_t comp = part_sbom_add(s);
    if (comp == PART_NO || !t->rest.n)
        return;
    hm_buf_reset(&s->text);
    hm_buf_u64(&s->text, t->start);
    part_sbom_extra(s, comp, part_sbom_join(s, HM_STR("line "), hm_buf_view(&s->text), HM_NONE), hm_buf_view(&t->rest));
}

static void begin_package(tags *t, hm_str name)
{
    end_package(t);
    part_sbom_fresh(t->s)->d.name = name;
    t->in_package = true;
    t->declared = t->concluded = HM_NONE;
    t->start = t->line;
    hm_buf_reset(&t->rest);
}

static hm_str word(hm_str *rest)
{
    *rest = hm_str_trim(*rest);
    size_t n = 0;
    while (n < rest->n && !hm_is_space((unsigned char)rest->p[n]))
        n++;
    hm_str w = hm_str_sub(*rest, 0, n);
    *rest = hm_str_trim(hm_str_from(*rest, n));
    return w;
}

static void package_tag(tags *t, hm_str tag, hm_str value, hm_str whole)
{
    sbom_in *s = t->s;
    part_desc *d = &s->item.d;
    hm_str rest = value, a, b;
    if (hm_str_is(tag, "SPDXID")) {
        s->item.ref = value;
    } else if (hm_str_is(tag, "PackageVersion")) {
        d->version = part_sbom_spdx_said(value) ? value : HM_NONE;
    } else if (hm_str_is(tag, "PackageSupplier")) {
        d->supplier = part_sbom_spdx_agent(s, value);
    } else if (hm_str_is(tag, "PackageOriginator")) {
        d->author = part_sbom_spdx_agent(s, value);
    } else if (hm_str_is(tag, "PackageDownloadLocation")) {
        part_sbom_spdx_download(s, value);
    } else if (hm_str_is(tag, "PackageHomePage")) {
        d->url_home = part_sbom_spdx_said(value) ? part_sbom_url(s, value) : HM_NONE;
    } else if (hm_str_is(tag, "PackageLicenseDeclared")) {
        t->declared = value;
    } else if (hm_str_is(tag, "PackageLicenseConcluded")) {
        t->concluded = value;
    } else if (hm_str_is(tag, "PrimaryPackagePurpose")) {
        part_sbom_spdx_purpose(s, value);
    } else if (hm_str_is(tag, "PackageChecksum")) {
        a = hm_str_cut(value, ':', &b);
        part_sbom_sum(s, hm_str_trim(a), b);
    } else if (hm_str_is(tag, "ExternalRef")) {
        a = word(&rest);
        b = word(&rest);
        part_sbom_spdx_reference(s, a, b, rest);
    } else if (!hm_str_is(tag, "FilesAnalyzed") && t->rest.n + whole.n < SBOM_EXTRA_MAX) {
        hm_buf_str(&t->rest, whole);
        hm_buf_byte(&t->rest, '\n');
    }
}

static void take_tag(tags *t, hm_str tag, hm_str value, hm_str whole)
{
    sbom_in *s = t->s;
    if (hm_str_is(tag, "PackageName")) {
        begin_package(t, value);
    } else if (hm_str_is(tag, "FileName") || hm_str_is(tag, "SnippetSPDXID") || hm_str_is(tag, "LicenseID")) {
        end_package(t);
    } else if (hm_str_is(tag, "Relationship")) {
        relation *r = hm_vec_push(&t->relations, s->in->arena);
        hm_str rest = value, from = word(&rest), type = word(&rest);
        if (!r)
            s->bad = true;
        else
            *r = (relation){ from, type, word(&rest) };
    } else if (hm_str_is(tag, "Creator")) {
        part_sbom_spdx_creator(s, value);
    } else if (hm_str_is(tag, "DocumentName")) {
        part_sbom_set_subject(s, HM_NONE, value, HM_NONE);
    } else if (t->in_package) {
        package_tag(t, tag, value, whole);
    }
}

/* The value from "<text>" to "</text>", which may stand on a later line; false: it never ends. */
static bool long_value(tags *t, hm_str first, hm_str *rest, hm_str *ret)
{
    hm_str end = HM_STR("</text>"), line;
    const char *from = first.p + 6; /* an empty slice may have another address than its place */
    first = hm_str_from(first, 6);
    size_t at = hm_str_search(first, end);
    if (at < first.n) {
        *ret = hm_str_trim(hm_str_sub(first, 0, at));
        return true;
    }
    while (hm_str_line(rest, &line)) { /* lines lie one behind the other in the text */
        t->line++;
        at = hm_str_search(line, end);
        if (at < line.n) {
            *ret = hm_str_trim((hm_str){ from, (size_t)(line.p - from) + at });
            return true;
        }
    }
    return false;
}

static hm_rc read_tags(tags *t, hm_str text, hm_err *err)
{
    sbom_in *s = t->s;
    hm_str rest = text, line, value;
    bool known = false;
    if (hm_str_starts(rest, HM_STR("\xef\xbb\xbf")))
        rest = hm_str_from(rest, 3);
    while (!s->bad && !part_build_bad(s->out) && hm_str_line(&rest, &line)) {
        t->line++;
        line = hm_str_trim(line);
        if (!line.n || line.p[0] == '#')
            continue;
        hm_str tag = hm_str_trim(hm_str_cut(line, ':', &value));
        if (tag.n + 1 > line.n || line.p[tag.n] != ':') {
            part_sbom_gap(s, HM_FORMAT, DEFECT_BAD_VALUE, t->line, line);
            continue;
        }
        value = hm_str_trim(value);
        uint64_t at = t->line;
        if (hm_str_starts(value, HM_STR("<text>")) && !long_value(t, value, &rest, &value)) {
            part_sbom_gap(s, HM_TRUNC, DEFECT_TRUNCATED, at, tag);
            break;
        }
        if (!known && hm_str_is(tag, "SPDXVersion")) {
            hm_rc rc = part_sbom_spdx_version(value, err);
            if (rc != HM_OK)
                return rc;
            known = true;
        } else {
            take_tag(t, tag, value, line);
        }
    }
    end_package(t);
    for (size_t i = 0; i < t->relations.n; i++) {
        const relation *r = HM_VEC_AT(&t->relations, relation, i);
        part_sbom_spdx_relation(s, r->from, r->type, r->to);
    }
    return known ? HM_OK : hm_fail(err, HM_NOTFOUND, DEFECT_SBOM, HM_PLACE_NONE, 0, 0);
}

hm_rc part_sbom_spdx_tag(sbom_in *s, hm_str text, hm_err *err)
{
    tags t = { .s = s, .relations = { .size = sizeof(relation) } };
    s->format = PART_FMT_SPDX;
    hm_rc rc = read_tags(&t, text, err);
    s->nomem |= t.rest.bad;
    hm_buf_clear(&t.rest);
    return rc;
}
