/* identity - what makes two descriptions the same component (DESIGN.md, "Identity"): part_key and part_id, and the
 * purl that is printed. Everything that merges, compares or refers to components goes through here.
 *
 *   part_key  pkg:TYPE/NS/NAME            + "?distro=ID-VERSION" for OS packages
 *   part_id   pkg:TYPE/NS/NAME@VERSION    + "?" the qualifiers that identify (below), distro among them
 *   no purl:  the CPE, else "part:" and the first 128 bits of SHA-256 over (kind, supplier, name, version)
 *   subjects: "project:" ENV "#" NAME "@" VERSION - the scanned project itself is no package of a registry. */
#include "crypt/crypt.h"
#include "part/part.h"

/* Qualifiers without which two different things would share an id. */
static const char *const IDENTIFYING[] = { "arch",      "channel",  "classifier", "distro", "epoch",
                                           "file_name", "platform", "type",       "uuid",   "vcs_url" };

static bool identifies(hm_str key)
{
    for (size_t i = 0; i < HM_COUNT(IDENTIFYING); i++)
        if (hm_str_is(key, IDENTIFYING[i]))
            return true;
    return false;
}

bool part_is_os_package(unsigned eco)
{
    return eco == PART_ECO_DEB || eco == PART_ECO_APK || eco == PART_ECO_RPM || eco == PART_ECO_ALPM ||
           eco == PART_ECO_OPKG;
}

/* "opensuse-leap-15.5" is ID "opensuse-leap", VERSION_ID "15.5"; "debian" has no version. */
void part_distro_split(hm_str distro, hm_str *ret_id, hm_str *ret_version)
{
    size_t i = hm_str_rfind(distro, '-');
    if (i + 1 < distro.n && hm_is_digit(distro.p[i + 1])) {
        *ret_id = hm_str_sub(distro, 0, i);
        *ret_version = hm_str_from(distro, i + 1);
    } else {
        *ret_id = distro;
        *ret_version = HM_NONE;
    }
}

/* Normalised purl of a component; false: its fields make none, or there is no memory (then out->bad: an id must not
 * turn into another kind of id). `distro` and `upstream` go among the qualifiers. */
static bool purl_of(hm_arena *scratch, const part_pack *p, const part_comp *c, bool with_upstream, part_purl *ret,
                    hm_buf *out)
{
    if (c->flags & PART_F_SUBJECT || c->kind == PART_OS || c->name.n == 0)
        return false;
    hm_str type = hm_str_c(part_eco_get((part_eco)c->eco)->purl_type);
    part_purl in = { .type = type.n ? type : HM_STR("generic"),
                     .ns = part_text(p, c->ns),
                     .name = part_text(p, c->name),
                     .version = part_text(p, c->version),
                     .subpath = part_text(p, c->subpath) };
    hm_buf quals = { 0 };
    hm_buf_str(&quals, part_text(p, c->quals));
    if (part_is_os_package(c->eco)) {
        hm_str id, version, distro = part_text(p, c->distro);
        part_distro_split(distro, &id, &version);
        if (in.ns.n == 0)
            in.ns = part_distro_namespace(id);
        if (in.ns.n == 0)
            in.ns = HM_STR("unknown"); /* no os-release beside the database: said, not guessed */
        if (distro.n)
            part_qual_add(&quals, HM_STR("distro"), distro);
        hm_str source = part_text(p, c->source_name), source_version = part_text(p, c->source_version);
        bool same = hm_str_eq(source, in.name) && (source_version.n == 0 || hm_str_eq(source_version, in.version));
        if (with_upstream && source.n && !same) {
            hm_buf up = { 0 };
            hm_buf_str(&up, source);
            if (source_version.n && !hm_str_eq(source_version, in.version)) {
                hm_buf_byte(&up, '@');
                hm_buf_str(&up, source_version);
            }
            part_qual_add(&quals, HM_STR("upstream"), hm_buf_view(&up));
            quals.bad |= up.bad;
            hm_buf_clear(&up);
        }
    }
    in.quals = hm_buf_view(&quals);
    hm_rc rc = quals.bad ? HM_NOMEM : part_purl_make(scratch, &in, ret, NULL);
    out->bad |= rc == HM_NOMEM;
    hm_buf_clear(&quals);
    return rc == HM_OK;
}

bool part_comp_purl(hm_arena *scratch, const part_pack *p, const part_comp *c, bool with_upstream, hm_buf *out)
{
    part_purl purl;
    if (!purl_of(scratch, p, c, with_upstream, &purl, out))
        return false;
    part_purl_text(&purl, out);
    return true;
}

static void digest_id(const part_pack *p, const part_comp *c, bool with_version, hm_buf *out)
{
    uint8_t digest[CRYPT_SHA256_BYTES];
    crypt_sha256 h;
    crypt_sha256_init(&h);
    const char kind = (char)c->kind;
    const hm_str field[] = { { &kind, 1 },
                             part_text(p, c->supplier),
                             part_text(p, c->name),
                             with_version ? part_text(p, c->version) : HM_NONE };
    for (size_t i = 0; i < HM_COUNT(field); i++) {
        uint64_t n = field[i].n; /* lengths first, so that fields cannot run into each other */
        crypt_sha256_add(&h, (hm_str){ (const char *)&n, sizeof n });
        crypt_sha256_add(&h, field[i]);
    }
    crypt_sha256_end(&h, digest);
    hm_buf_c(out, "part:");
    hm_buf_hex(out, (hm_str){ (const char *)digest, 16 });
}

static void identify(hm_arena *scratch, const part_pack *p, const part_comp *c, bool with_version, hm_buf *out)
{
    part_purl purl;
    hm_str cpe = part_text(p, c->cpe);
    if (c->flags & PART_F_SUBJECT) {
        hm_buf_c(out, "project:");
        hm_buf_printable(out, part_text(p, c->env), 0);
        hm_buf_byte(out, '#');
        hm_buf_printable(out, part_text(p, c->ns), 0);
        if (c->ns.n)
            hm_buf_byte(out, '/');
        hm_buf_printable(out, part_text(p, c->name), 0);
        if (with_version && c->version.n) {
            hm_buf_byte(out, '@');
            hm_buf_printable(out, part_text(p, c->version), 0);
        }
    } else if (purl_of(scratch, p, c, false, &purl, out)) {
        hm_buf kept = { 0 };
        hm_str rest = purl.quals;
        while (rest.n) {
            hm_str value, pair = hm_str_cut(rest, '&', &rest), key = hm_str_cut(pair, '=', &value);
            if (with_version ? identifies(key) : hm_str_is(key, "distro")) {
                if (kept.n)
                    hm_buf_byte(&kept, '&');
                hm_buf_str(&kept, pair);
            }
        }
        purl.quals = hm_buf_view(&kept);
        purl.subpath = HM_NONE;
        if (!with_version)
            purl.version = HM_NONE;
        part_purl_text(&purl, out);
        out->bad |= kept.bad;
        hm_buf_clear(&kept);
    } else if (cpe.n) {
        hm_buf_printable(out, cpe, 0);
    } else
        digest_id(p, c, with_version, out);
}

void part_key(hm_arena *scratch, const part_pack *p, const part_comp *c, hm_buf *out)
{
    identify(scratch, p, c, false, out);
}

void part_id(hm_arena *scratch, const part_pack *p, const part_comp *c, hm_buf *out)
{
    identify(scratch, p, c, true, out);
}
