/* cyclonedx - a pack as CycloneDX JSON 1.4, 1.5, 1.6 (ECMA-424) or 1.7, written as it comes.
 *
 * What goes where, beyond the obvious:
 *   bom-ref           part_id; the subject (metadata.component) is "hoshimori:subject"
 *   scope             runtime required, optional optional, dev and build excluded (1.6: "test and other non-runtime
 *                     purposes", not reachable at run time); the exact word is in hoshimori:scope
 *   licenses          an SPDX expression, else the declared text as license.name; both are what somebody declared
 *   evidence          identity by method (1.5 one object, 1.6 on an array), each file as occurrence; 1.4 has neither:
 *                     hoshimori:evidence
 *   dependencies      an entry for each component with edges or with known dependencies (an empty entry says "none");
 *                     the subject depends on whatever nothing else depends on, so that the graph hangs together
 *   compositions      the inventory itself is never called complete: incomplete with gaps, else unknown; dependency
 *                     lists are complete, incomplete (some unresolved) or unknown, component by component
 *   lifecycles        operations for a tree with an operating system, post-build where binaries were read; else left out
 *   hoshimori:*       properties, names in docs/cyclonedx.md
 * URLs are made valid URI references (RFC 3986) or become a property; passwords in them are left out.
 * The serial number is SHA-256 over what the document is made of, the time left out: specification version, subject,
 * program version and the pack's bytes. Memory: the ids (refs.c), one bit per component, one component's text.
 * The enemy wrote every string. */
#include "codec/codec.h"
#include "crypt/crypt.h"
#include "part/part.h"

enum { SCRATCH_BYTES = 64 << 20, VERSION_MAX = 1024 };

static const char *const KIND[PART_KIND_COUNT] = {
    [PART_LIBRARY] = "library",     [PART_APPLICATION] = "application", [PART_FRAMEWORK] = "framework",
    [PART_OS] = "operating-system", [PART_CONTAINER] = "container",     [PART_FIRMWARE] = "firmware",
    [PART_FILE] = "file",           [PART_DEVICE] = "device",
};
static const char *const SCOPE[PART_SCOPE_COUNT] = {
    [PART_SCOPE_UNKNOWN] = "unknown", [PART_SCOPE_RUNTIME] = "runtime", [PART_SCOPE_OPTIONAL] = "optional",
    [PART_SCOPE_DEV] = "dev",         [PART_SCOPE_BUILD] = "build",
};
static const char *const TECHNIQUE[PART_T_COUNT] = {
    [PART_T_MANIFEST] = "manifest-analysis", [PART_T_BINARY] = "binary-analysis",      [PART_T_FILENAME] = "filename",
    [PART_T_HASH] = "hash-comparison",       [PART_T_SOURCE] = "source-code-analysis", [PART_T_OTHER] = "other",
};
static const char *const ALG[PART_ALG_COUNT] = {
    [PART_MD5] = "MD5",        [PART_SHA1] = "SHA-1",     [PART_SHA256] = "SHA-256",
    [PART_SHA384] = "SHA-384", [PART_SHA512] = "SHA-512",
};

const char *part_kind_name(unsigned kind)
{
    return kind < PART_KIND_COUNT ? KIND[kind] : "library";
}

const char *part_scope_name(unsigned scope)
{
    return scope < PART_SCOPE_COUNT ? SCOPE[scope] : "unknown";
}

const char *part_technique_name(unsigned t)
{
    return t < PART_T_COUNT ? TECHNIQUE[t] : "other";
}

const char *part_alg_name(unsigned alg)
{
    return alg < PART_ALG_COUNT ? ALG[alg] : "unknown";
}

typedef struct writer {
    const part_pack *p;
    const part_doc *doc;
    const part_refs *refs;
    unsigned version; /* 14 to 17 */
    codec_out *o;
    hm_arena *scratch;
    hm_buf text, text2; /* small texts in the making */
    uint8_t *inner;     /* bit per component: something depends on it */
    bool no_memory;     /* one of the small texts failed at some point */
} writer;

static const hm_str SUBJECT = { "hoshimori:subject", 17 };

static hm_str text_of(const writer *w, part_ref r)
{
    return part_text(w->p, r);
}

static hm_buf *fresh(writer *w, hm_buf *b)
{
    w->no_memory = w->no_memory || b->bad;
    hm_buf_reset(b);
    return b;
}

/* ---- properties ------------------------------------------------------------------------------------------------- */

/* The array "properties" is opened by the first property and closed by the caller when `open` says so. */
static void property_of(writer *w, bool *open, hm_str name, hm_str value)
{
    if (!*open)
        codec_out_arr(w->o, "properties");
    *open = true;
    codec_out_obj(w->o, NULL);
    codec_out_str(w->o, "name", name);
    codec_out_str(w->o, "value", value);
    codec_out_end(w->o);
}

static void property(writer *w, bool *open, const char *name, hm_str value)
{
    if (value.n)
        property_of(w, open, hm_str_c(name), value);
}

static void property_flag(writer *w, bool *open, const part_comp *c, uint32_t flag, const char *name)
{
    if (c->flags & flag)
        property(w, open, name, HM_STR("true"));
}

/* ---- people and URLs ---------------------------------------------------------------------------------------------- */

/* A mail address plain enough for every validator: dot-atoms of ASCII, a dot in the domain. */
static bool is_mail(hm_str s)
{
    size_t at = hm_str_find(s, '@');
    if (at == 0 || at + 1 >= s.n || s.n > 254)
        return false;
    bool dot = false;
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i], was = i ? s.p[i - 1] : '.';
        bool domain = i > at;
        if (i == at) {
            if (was == '.')
                return false;
        } else if (c == '.') {
            if (was == '.' || was == '@' || was == '-' || i + 1 == s.n)
                return false;
            dot = dot || domain;
        } else if (c == '-') {
            if (domain && (was == '.' || was == '@' || i + 1 == s.n))
                return false;
        } else if (!hm_is_alnum((uint8_t)c) && (domain || !(c == '_' || c == '+' || c == '%')))
            return false;
    }
    return dot;
}

/* "Name <mail>" to {name, contact:[{name, email}]} (organization) or {name, email} (person); else {name}. */
static void write_party(writer *w, const char *key, hm_str s, bool organization)
{
    hm_str name = hm_str_trim(s), mail = HM_NONE;
    size_t at = hm_str_rfind(name, '<');
    if (at < name.n && name.p[name.n - 1] == '>') {
        hm_str inner = hm_str_trim(hm_str_sub(name, at + 1, name.n - at - 2));
        if (is_mail(inner)) {
            mail = inner;
            name = hm_str_trim(hm_str_sub(name, 0, at));
        }
    }
    codec_out_obj(w->o, key);
    codec_out_str(w->o, "name", name.n ? name : mail);
    if (mail.n && organization) {
        codec_out_arr(w->o, "contact");
        codec_out_obj(w->o, NULL);
        codec_out_str_if(w->o, "name", name);
        codec_out_str(w->o, "email", mail);
        codec_out_end(w->o);
        codec_out_end(w->o);
    } else if (mail.n)
        codec_out_str(w->o, "email", mail);
    codec_out_end(w->o);
}

static bool is_hex(char c)
{
    return hm_is_digit((uint8_t)c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

/* Appends s; what RFC 3986 does not allow as pchar or in `also` is percent-encoded, finished escapes stay. */
static void add_escaped(hm_buf *out, hm_str s, const char *also)
{
    static const char DIGIT[] = "0123456789ABCDEF";
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        bool escape = c == '%' && i + 2 < s.n && is_hex(s.p[i + 1]) && is_hex(s.p[i + 2]);
        if (escape || hm_is_alnum((uint8_t)c) || (c && strchr("-._~!$&'()*+,;=", c)) || (c && strchr(also, c))) {
            hm_buf_byte(out, c);
            continue;
        }
        hm_buf_byte(out, '%');
        hm_buf_byte(out, DIGIT[(uint8_t)c >> 4]);
        hm_buf_byte(out, DIGIT[(uint8_t)c & 15]);
    }
}

/* Length of the scheme before its colon, 0: there is none. */
static size_t scheme_length(hm_str s)
{
    size_t n = 0;
    while (n < s.n && (hm_is_alnum((uint8_t)s.p[n]) || (n && (s.p[n] == '+' || s.p[n] == '-' || s.p[n] == '.'))))
        n++;
    return n && n < s.n && s.p[n] == ':' && hm_is_alpha((uint8_t)s.p[0]) ? n : 0;
}

/* [user@]host[:port]; a user with a password is left out. false: no authority of RFC 3986. */
static bool add_authority(hm_buf *out, hm_str a)
{
    size_t at = hm_str_rfind(a, '@');
    if (at < a.n) {
        hm_str user = hm_str_sub(a, 0, at);
        a = hm_str_from(a, at + 1);
        if (hm_str_find(user, ':') == user.n) {
            add_escaped(out, user, "");
            hm_buf_byte(out, '@');
        }
    }
    if (a.n && a.p[0] == '[') {
        size_t end = hm_str_find(a, ']'), colons = 0;
        for (size_t i = 1; i < end; i++) {
            colons += a.p[i] == ':';
            if (!is_hex(a.p[i]) && a.p[i] != ':' && a.p[i] != '.')
                return false;
        }
        if (end == a.n || colons < 2 || colons > 7)
            return false;
        hm_buf_str(out, hm_str_sub(a, 0, end + 1));
        a = hm_str_from(a, end + 1);
        if (a.n && a.p[0] != ':')
            return false;
    } else {
        size_t end = hm_str_find(a, ':');
        add_escaped(out, hm_str_sub(a, 0, end), "");
        a = hm_str_from(a, end);
    }
    for (size_t i = 1; i < a.n; i++)
        if (!hm_is_digit((uint8_t)a.p[i]))
            return false;
    hm_buf_str(out, a);
    return true;
}

/* A URI reference of RFC 3986 that means what `s` means; scp-like "user@host:path" becomes ssh. false: there is none. */
static bool add_uri(hm_buf *out, hm_str s)
{
    s = hm_str_trim(s);
    size_t scheme = scheme_length(s), slash = hm_str_find(s, '/'), colon = hm_str_find(s, ':');
    bool authority = false;
    hm_str host;
    if (scheme) {
        hm_buf_str(out, hm_str_sub(s, 0, scheme + 1));
        s = hm_str_from(s, scheme + 1);
        authority = hm_str_starts(s, HM_STR("//"));
    } else if (colon < slash && hm_str_find(s, '@') < colon) {
        hm_buf_c(out, "ssh://");
        if (!add_authority(out, hm_str_sub(s, 0, colon)))
            return false;
        s = hm_str_from(s, colon + 1);
        if (!hm_str_starts(s, HM_STR("/")))
            hm_buf_byte(out, '/');
    } else if (colon < slash || s.n == 0)
        return false;
    else
        authority = hm_str_starts(s, HM_STR("//"));
    if (authority) {
        s = hm_str_from(s, 2);
        size_t end = 0;
        while (end < s.n && !strchr("/?#", s.p[end] ? s.p[end] : 'x'))
            end++;
        host = hm_str_sub(s, 0, end);
        s = hm_str_from(s, end);
        hm_buf_c(out, "//");
        if (!add_authority(out, host))
            return false;
    }
    hm_str fragment, path = hm_str_cut(s, '#', &fragment);
    add_escaped(out, path, ":@/?");
    if (path.n < s.n) {
        hm_buf_byte(out, '#');
        add_escaped(out, fragment, ":@/?");
    }
    return true;
}

static bool uri_into_text(writer *w, part_ref r)
{
    return r.n && add_uri(fresh(w, &w->text), text_of(w, r)) && !w->text.bad;
}

static void write_urls(writer *w, const part_comp *c)
{
    const struct {
        const char *type;
        part_ref url;
    } all[] = { { "distribution", c->url_dist }, { "vcs", c->url_vcs }, { "website", c->url_home } };
    bool open = false;
    for (size_t i = 0; i < HM_COUNT(all); i++) {
        if (!uri_into_text(w, all[i].url))
            continue;
        if (!open)
            codec_out_arr(w->o, "externalReferences");
        open = true;
        codec_out_obj(w->o, NULL);
        codec_out_str(w->o, "url", hm_buf_view(&w->text));
        codec_out_c(w->o, "type", all[i].type);
        codec_out_end(w->o);
    }
    if (open)
        codec_out_end(w->o);
}

/* ---- one component ------------------------------------------------------------------------------------------------ */

static void write_version(writer *w, hm_str v)
{
    size_t at = 0, chars = 0; /* 1.6 allows 1,024 characters; a byte that is no UTF-8 is written as four */
    while (at < v.n) {
        size_t n = hm_utf8_len(hm_str_from(v, at)), cost = n ? 1 : 4;
        if (chars + cost > VERSION_MAX)
            break;
        chars += cost;
        at += n ? n : 1;
    }
    codec_out_str_if(w->o, "version", hm_str_sub(v, 0, at));
}

static void write_hashes(writer *w, const part_comp *c)
{
    const part_digest *d = w->p->digest + c->digest_first;
    if (!c->digest_count)
        return;
    codec_out_arr(w->o, "hashes");
    for (size_t i = 0; i < c->digest_count; i++) {
        if (i && d[i].alg == d[i - 1].alg && hm_str_eq(text_of(w, d[i].hex), text_of(w, d[i - 1].hex)))
            continue;
        codec_out_obj(w->o, NULL);
        codec_out_c(w->o, "alg", part_alg_name(d[i].alg));
        codec_out_str(w->o, "content", text_of(w, d[i].hex));
        codec_out_end(w->o);
    }
    codec_out_end(w->o);
}

static void write_licences(writer *w, const part_comp *c)
{
    bool raw = c->licence.n == 0;
    hm_str s = text_of(w, raw ? c->licence_raw : c->licence);
    if (!s.n)
        return;
    codec_out_arr(w->o, "licenses");
    codec_out_obj(w->o, NULL);
    if (raw) {
        codec_out_obj(w->o, "license");
        codec_out_str(w->o, "name", s);
    } else
        codec_out_str(w->o, "expression", s);
    if (w->version >= 16)
        codec_out_c(w->o, "acknowledgement", "declared");
    if (raw)
        codec_out_end(w->o);
    codec_out_end(w->o);
    codec_out_end(w->o);
}

static void write_identity(writer *w, const part_comp *c, bool has_purl)
{
    const part_evidence *e = w->p->evidence + c->evidence_first, *best[PART_T_COUNT] = { NULL };
    unsigned top = 0;
    for (size_t i = 0; i < c->evidence_count; i++) {
        if (!best[e[i].technique] || e[i].confidence > best[e[i].technique]->confidence)
            best[e[i].technique] = &e[i];
        if (e[i].confidence > top)
            top = e[i].confidence;
    }
    if (w->version >= 16)
        codec_out_arr(w->o, "identity");
    codec_out_obj(w->o, w->version >= 16 ? NULL : "identity");
    codec_out_c(w->o, "field", has_purl ? "purl" : "name");
    codec_out_decimal(w->o, "confidence", top, 2);
    codec_out_arr(w->o, "methods");
    for (size_t t = 0; t < PART_T_COUNT; t++) {
        if (!best[t])
            continue;
        codec_out_obj(w->o, NULL);
        codec_out_c(w->o, "technique", TECHNIQUE[t]);
        codec_out_decimal(w->o, "confidence", best[t]->confidence, 2);
        codec_out_str_if(w->o, "value", text_of(w, best[t]->path));
        codec_out_end(w->o);
    }
    codec_out_end(w->o);
    codec_out_end(w->o);
    if (w->version >= 16)
        codec_out_end(w->o);
}

static void write_evidence(writer *w, const part_comp *c, bool has_purl)
{
    const part_evidence *e = w->p->evidence + c->evidence_first;
    if (!c->evidence_count || w->version < 15)
        return;
    codec_out_obj(w->o, "evidence");
    write_identity(w, c, has_purl);
    codec_out_arr(w->o, "occurrences");
    for (size_t i = 0; i < c->evidence_count; i++) {
        codec_out_obj(w->o, NULL);
        codec_out_str(w->o, "location", text_of(w, e[i].path));
        if (e[i].line && e[i].line <= INT32_MAX && w->version >= 16)
            codec_out_u64(w->o, "line", e[i].line);
        if (e[i].layer.n && w->version >= 16) {
            hm_buf_c(fresh(w, &w->text), "layer ");
            hm_buf_str(&w->text, text_of(w, e[i].layer));
            codec_out_str(w->o, "additionalContext", hm_buf_view(&w->text));
        }
        codec_out_end(w->o);
    }
    codec_out_end(w->o);
    codec_out_end(w->o);
}

static void write_properties(writer *w, const part_comp *c)
{
    bool open = false;
    if (c->scope != PART_SCOPE_UNKNOWN)
        property(w, &open, "hoshimori:scope", hm_str_c(part_scope_name(c->scope)));
    property(w, &open, "hoshimori:version:literal", text_of(w, c->literal));
    property(w, &open, "hoshimori:source:name", text_of(w, c->source_name));
    property(w, &open, "hoshimori:source:version", text_of(w, c->source_version));
    property(w, &open, "hoshimori:distro", text_of(w, c->distro));
    property(w, &open, "hoshimori:root", text_of(w, c->root));
    if (c->licence.n)
        property(w, &open, "hoshimori:licence:declared", text_of(w, c->licence_raw));
    if (c->flags & PART_F_MANAGED && c->owner != PART_NO)
        property(w, &open, "hoshimori:managed-by", part_refs_get(w->refs, c->owner));
    property_flag(w, &open, c, PART_F_SUBJECT, "hoshimori:project");
    property_flag(w, &open, c, PART_F_BUNDLED, "hoshimori:bundled");
    property_flag(w, &open, c, PART_F_LOCAL, "hoshimori:local");
    property_flag(w, &open, c, PART_F_NO_VERSION, "hoshimori:no-version");
    property_flag(w, &open, c, PART_F_CLAIMED, "hoshimori:claimed-only");
    const part_ref url[] = { c->url_dist, c->url_vcs, c->url_home };
    static const char *const URL_NAME[] = { "hoshimori:url:distribution", "hoshimori:url:vcs",
                                            "hoshimori:url:website" };
    for (size_t i = 0; i < HM_COUNT(url); i++)
        if (url[i].n && !uri_into_text(w, url[i]))
            property(w, &open, URL_NAME[i], text_of(w, url[i]));
    for (size_t i = 0; i < c->prop_count; i++) {
        const part_prop *f = &w->p->prop[c->prop_first + i];
        hm_buf_c(fresh(w, &w->text), "hoshimori:");
        hm_buf_str(&w->text, text_of(w, f->key));
        property_of(w, &open, hm_buf_view(&w->text), text_of(w, f->value));
    }
    for (size_t i = 0; i < c->evidence_count; i++) {
        const part_evidence *e = &w->p->evidence[c->evidence_first + i];
        if (e->layer.n && (i == 0 || !hm_str_eq(text_of(w, e[-1].layer), text_of(w, e->layer))))
            property(w, &open, "hoshimori:layer", text_of(w, e->layer));
    }
    if (w->version < 15)
        for (size_t i = 0; i < c->evidence_count; i++)
            property(w, &open, "hoshimori:evidence", text_of(w, w->p->evidence[c->evidence_first + i].path));
    if (open)
        codec_out_end(w->o);
}

static const char *cyclonedx_scope(unsigned scope)
{
    switch ((part_scope)scope) {
    case PART_SCOPE_RUNTIME:
        return "required";
    case PART_SCOPE_OPTIONAL:
        return "optional";
    case PART_SCOPE_DEV:
    case PART_SCOPE_BUILD:
        return "excluded";
    case PART_SCOPE_UNKNOWN:
    case PART_SCOPE_COUNT:
        break;
    }
    return NULL;
}

static void write_component(writer *w, size_t i)
{
    const part_comp *c = &w->p->comp[i];
    codec_out *o = w->o;
    bool has_purl = part_comp_purl(w->scratch, w->p, c, true, fresh(w, &w->text2)) && !w->text2.bad;
    w->no_memory = w->no_memory || hm_arena_fail(w->scratch, NULL) == HM_NOMEM;
    hm_arena_reset(w->scratch, SCRATCH_BYTES);
    codec_out_obj(o, NULL);
    codec_out_c(o, "type", part_kind_name(c->kind));
    codec_out_str(o, "bom-ref", part_refs_get(w->refs, i));
    if (c->supplier.n)
        write_party(w, "supplier", text_of(w, c->supplier), true);
    if (c->author.n && w->version >= 16) {
        codec_out_arr(o, "authors");
        write_party(w, NULL, text_of(w, c->author), false);
        codec_out_end(o);
    } else
        codec_out_str_if(o, "author", text_of(w, c->author));
    codec_out_str_if(o, "group", text_of(w, c->ns));
    codec_out_str(o, "name", text_of(w, c->name));
    write_version(w, text_of(w, c->version));
    if (cyclonedx_scope(c->scope))
        codec_out_c(o, "scope", cyclonedx_scope(c->scope));
    write_hashes(w, c);
    write_licences(w, c);
    codec_out_str_if(o, "cpe", text_of(w, c->cpe));
    if (has_purl)
        codec_out_str(o, "purl", hm_buf_view(&w->text2));
    write_urls(w, c);
    write_evidence(w, c, has_purl);
    write_properties(w, c);
    codec_out_end(o);
}

/* ---- around the components ----------------------------------------------------------------------------------------- */

/* "PATH: json_syntax at byte 42 (KEY)". */
static void gap_text(writer *w, const part_gap *g)
{
    static const char *const AT[] = { [HM_PLACE_NONE] = NULL,
                                      [HM_PLACE_BYTE] = " at byte ",
                                      [HM_PLACE_LINE] = " at line ",
                                      [HM_PLACE_ENTRY] = " at entry " };
    hm_buf *t = fresh(w, &w->text);
    hm_buf_printable(t, text_of(w, g->path), 0);
    hm_buf_c(t, ": ");
    hm_buf_c(t, hm_defect_name(g->defect));
    if (g->place_kind < HM_COUNT(AT) && AT[g->place_kind]) {
        hm_buf_c(t, AT[g->place_kind]);
        hm_buf_u64(t, g->place);
    }
    if (g->at.n) {
        hm_buf_c(t, " (");
        hm_buf_printable(t, text_of(w, g->at), 0);
        hm_buf_c(t, ")");
    }
}

static void write_lifecycles(writer *w)
{
    const char *phase = NULL;
    for (size_t i = 0; i < w->p->evidence_n && !phase; i++)
        if (w->p->evidence[i].technique == PART_T_BINARY)
            phase = "post-build";
    for (size_t i = 0; i < w->p->comp_n; i++)
        if (w->p->comp[i].kind == PART_OS)
            phase = "operations";
    if (!phase || w->version < 15)
        return;
    codec_out_arr(w->o, "lifecycles");
    codec_out_obj(w->o, NULL);
    codec_out_c(w->o, "phase", phase);
    codec_out_end(w->o);
    codec_out_end(w->o);
}

static void write_metadata(writer *w)
{
    codec_out *o = w->o;
    char when[HM_TIME_TEXT];
    codec_out_obj(o, "metadata");
    hm_time_text(w->doc->when, when);
    codec_out_c(o, "timestamp", when);
    write_lifecycles(w);
    if (w->version >= 15) {
        codec_out_obj(o, "tools");
        codec_out_arr(o, "components");
    } else
        codec_out_arr(o, "tools");
    codec_out_obj(o, NULL);
    if (w->version >= 15)
        codec_out_c(o, "type", "application");
    codec_out_c(o, "name", "hoshimori");
    write_version(w, w->doc->tool_version);
    codec_out_end(o);
    codec_out_end(o);
    if (w->version >= 15)
        codec_out_end(o);
    if (w->doc->subject_name.n) {
        codec_out_obj(o, "component");
        codec_out_c(o, "type", part_kind_name(w->doc->subject_kind));
        codec_out_str(o, "bom-ref", SUBJECT);
        codec_out_str(o, "name", w->doc->subject_name);
        write_version(w, w->doc->subject_version);
        codec_out_str_if(o, "purl", w->doc->subject_purl);
        bool any = false;
        for (size_t i = 0; i < w->doc->props; i++)
            property_of(w, &any, w->doc->prop[i].name, w->doc->prop[i].value);
        if (any)
            codec_out_end(o);
        codec_out_end(o);
    }
    bool open = false;
    for (size_t i = 0; i < w->p->gap_n; i++) {
        gap_text(w, &w->p->gap[i]);
        property(w, &open, "hoshimori:gap", hm_buf_view(&w->text));
    }
    if (open)
        codec_out_end(o);
    codec_out_end(o);
}

static bool is_inner(const writer *w, size_t i)
{
    return w->inner[i / 8] >> (i % 8) & 1;
}

static void write_dependencies(writer *w)
{
    codec_out_arr(w->o, "dependencies");
    if (w->doc->subject_name.n) {
        codec_out_obj(w->o, NULL);
        codec_out_str(w->o, "ref", SUBJECT);
        codec_out_arr(w->o, "dependsOn");
        for (size_t i = 0; i < w->p->comp_n; i++)
            if (!is_inner(w, i))
                codec_out_str(w->o, NULL, part_refs_get(w->refs, i));
        codec_out_end(w->o);
        codec_out_end(w->o);
    }
    for (size_t i = 0; i < w->p->comp_n; i++) {
        const part_comp *c = &w->p->comp[i];
        if (!c->edge_count && !(c->flags & PART_F_DEPS_KNOWN))
            continue;
        codec_out_obj(w->o, NULL);
        codec_out_str(w->o, "ref", part_refs_get(w->refs, i));
        if (c->edge_count) {
            codec_out_arr(w->o, "dependsOn");
            for (size_t k = 0; k < c->edge_count; k++) /* sorted by target and each once: the pack's invariant 3 */
                codec_out_str(w->o, NULL, part_refs_get(w->refs, w->p->edge[c->edge_first + k].to));
            codec_out_end(w->o);
        }
        codec_out_end(w->o);
    }
    codec_out_end(w->o);
}

typedef enum aggregate { COMPLETE, INCOMPLETE, UNKNOWN } aggregate;
static const char *const AGGREGATE[] = { [COMPLETE] = "complete", [INCOMPLETE] = "incomplete", [UNKNOWN] = "unknown" };

static aggregate aggregate_of(const part_comp *c)
{
    if (c->flags & PART_F_DEPS_OPEN)
        return INCOMPLETE;
    return c->flags & PART_F_DEPS_KNOWN ? COMPLETE : UNKNOWN;
}

static void write_compositions(writer *w)
{
    codec_out *o = w->o;
    codec_out_arr(o, "compositions");
    codec_out_obj(o, NULL);
    codec_out_c(o, "aggregate", AGGREGATE[w->p->gap_n ? INCOMPLETE : UNKNOWN]);
    if (w->doc->subject_name.n) {
        codec_out_arr(o, "assemblies");
        codec_out_str(o, NULL, SUBJECT);
        codec_out_end(o);
    }
    codec_out_end(o);
    for (aggregate a = COMPLETE; a <= UNKNOWN; a++) {
        bool open = false;
        for (size_t i = 0; i < w->p->comp_n; i++) {
            if (aggregate_of(&w->p->comp[i]) != a)
                continue;
            if (!open) {
                codec_out_obj(o, NULL);
                codec_out_c(o, "aggregate", AGGREGATE[a]);
                codec_out_arr(o, "dependencies");
                open = true;
            }
            codec_out_str(o, NULL, part_refs_get(w->refs, i));
        }
        if (open) {
            codec_out_end(o);
            codec_out_end(o);
        }
    }
    codec_out_end(o);
}

static void write_document(writer *w, const char *serial)
{
    static const char *const SPEC[] = { "1.4", "1.5", "1.6", "1.7" };
    static const char *const SCHEMA[] = { "http://cyclonedx.org/schema/bom-1.4.schema.json",
                                          "http://cyclonedx.org/schema/bom-1.5.schema.json",
                                          "http://cyclonedx.org/schema/bom-1.6.schema.json",
                                          "http://cyclonedx.org/schema/bom-1.7.schema.json" };
    codec_out_obj(w->o, NULL);
    codec_out_c(w->o, "$schema", SCHEMA[w->version - 14]);
    codec_out_c(w->o, "bomFormat", "CycloneDX");
    codec_out_c(w->o, "specVersion", SPEC[w->version - 14]);
    codec_out_c(w->o, "serialNumber", serial);
    codec_out_u64(w->o, "version", 1);
    write_metadata(w);
    codec_out_arr(w->o, "components");
    /* Readers take the first operating system they meet for the one of the target: it comes first. */
    for (int rest = 0; rest < 2; rest++)
        for (size_t i = 0; i < w->p->comp_n; i++) {
            const part_comp *c = &w->p->comp[i];
            if ((c->kind == PART_OS && c->root.n == 0) != rest)
                write_component(w, i);
        }
    codec_out_end(w->o);
    write_dependencies(w);
    write_compositions(w);
    codec_out_end(w->o);
}

enum { SERIAL_TEXT = 9 + CRYPT_UUID_TEXT };

static void make_serial(const writer *w, char out[SERIAL_TEXT])
{
    const part_doc *d = w->doc;
    memcpy(out, "urn:uuid:", 9);
    if (d->serial_random) {
        crypt_uuid_text(d->random, 4, out + 9);
        return;
    }
    const uint64_t number[] = { w->version, d->subject_kind, d->subject_name.n, d->subject_version.n,
                                d->tool_version.n };
    const hm_str part[] = {
        { (const char *)number, sizeof number }, d->subject_name, d->subject_version, d->tool_version, w->p->block
    };
    crypt_sha256 h;
    uint8_t digest[CRYPT_SHA256_BYTES];
    crypt_sha256_init(&h);
    for (size_t i = 0; i < HM_COUNT(part); i++)
        crypt_sha256_add(&h, part[i]);
    crypt_sha256_end(&h, digest);
    crypt_uuid_text(digest, 8, out + 9);
}

static bool find_inner(writer *w)
{
    w->inner = calloc(w->p->comp_n / 8 + 1, 1);
    if (!w->inner)
        return false;
    for (size_t i = 0; i < w->p->edge_n; i++) {
        size_t to = w->p->edge[i].to;
        w->inner[to / 8] = (uint8_t)(w->inner[to / 8] | 1U << to % 8);
    }
    return true;
}

static hm_rc write_all(writer *w, part_sink *sink, void *ctx, hm_err *err)
{
    char serial[SERIAL_TEXT];
    if (!w->refs || !w->scratch || !find_inner(w))
        return hm_fail(err, HM_NOMEM, DEFECT_NOMEM, HM_PLACE_NONE, 0, 0);
    make_serial(w, serial);
    w->o = codec_out_new(sink, ctx, false);
    if (!w->o)
        return hm_fail(err, HM_NOMEM, DEFECT_NOMEM, HM_PLACE_NONE, 0, 0);
    write_document(w, serial);
    bool sent = codec_out_finish(w->o);
    w->o = codec_out_free(w->o);
    if (w->no_memory || w->text.bad || w->text2.bad)
        return hm_fail(err, HM_NOMEM, DEFECT_NOMEM, HM_PLACE_NONE, 0, 0);
    return sent ? HM_OK : hm_fail(err, HM_IO, DEFECT_WRITE, HM_PLACE_NONE, 0, 0);
}

hm_rc part_write_cyclonedx(const part_pack *p, const part_doc *doc, unsigned spec_version, part_sink *sink, void *ctx,
                           hm_err *err)
{
    if (spec_version < 14 || spec_version > 17)
        return hm_fail(err, HM_UNSUPPORTED, DEFECT_UNSUPPORTED_VERSION, HM_PLACE_NONE, 0, spec_version);
    HM_AUTO(part_refs_freep) part_refs *refs = part_refs_new(p);
    HM_AUTO(hm_arena_freep) hm_arena *scratch = hm_arena_new(SCRATCH_BYTES);
    writer w = { .p = p, .doc = doc, .refs = refs, .version = spec_version, .scratch = scratch };
    hm_rc rc = write_all(&w, sink, ctx, err);
    hm_buf_clear(&w.text);
    hm_buf_clear(&w.text2);
    free(w.inner);
    return rc;
}
