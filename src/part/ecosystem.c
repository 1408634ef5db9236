/* ecosystem - the only place that knows how ecosystems and distributions are called: purl type and distribution to OSV
 * ecosystem and version order (ecosystem.tbl.h, distro.tbl.h; OSV schema 1.7, "Defined ecosystems").
 *
 * A wrong name is worse than none: a feed of another release gives wrong verdicts with a reason that looks right. So a
 * VERSION_ID that does not have the form its distribution gives to releases (Alpine edge, Debian testing, an openEuler
 * LTS without its service pack) names no feed. The enemy wrote os-release. */
#include "part/part.h"

static const part_eco_row ECO[PART_ECO_COUNT] = {
#define PART_ECO(id, purl_type, osv, order) [id] = { purl_type, osv, order },
#include "part/ecosystem.tbl.h"
#undef PART_ECO
};

const part_eco_row *part_eco_get(part_eco eco)
{
    return &ECO[(unsigned)eco < PART_ECO_COUNT ? eco : PART_ECO_NONE];
}

part_eco part_eco_of_purl_type(hm_str type)
{
    for (unsigned i = PART_ECO_NONE + 1; i < PART_ECO_COUNT; i++)
        if (hm_str_is(type, ECO[i].purl_type))
            return (part_eco)i;
    return PART_ECO_NONE;
}

/* ---- distributions ------------------------------------------------------------------------------------------------ */

typedef enum distro_form {
    FORM_NONE,  /* no suffix: one rolling release */
    FORM_WHOLE, /* "5.0" */
    FORM_MAJOR, /* "9" of "9.4" */
    FORM_ALPINE,
    FORM_UBUNTU,
    FORM_EULER,
    FORM_RHEL,
    FORM_LEAP,
    FORM_LEAP_MICRO,
    FORM_TUMBLEWEED,
    FORM_SLES,
    FORM_SLES_SAP,
    FORM_SLED,
    FORM_SLE_MICRO,
    FORM_SL_MICRO,
} distro_form;
typedef struct distro {
    const char *id, *ns, *osv;
    distro_form form;
} distro;
static const distro DISTRO[] = {
#define PART_DISTRO(id, ns, osv, form) { id, ns, osv, form },
#include "part/distro.tbl.h"
#undef PART_DISTRO
};

static const distro *distro_of(hm_str id)
{
    for (size_t i = 0; i < HM_COUNT(DISTRO); i++)
        if (hm_str_eq_nocase(id, hm_str_c(DISTRO[i].id)))
            return &DISTRO[i];
    return NULL;
}

hm_str part_distro_namespace(hm_str id)
{
    const distro *d = distro_of(id);
    return d ? hm_str_c(d->ns) : id;
}

/* "12", "9.4", "3.20.1": numbers and dots alone; the first two numbers (minor empty without one). */
static bool numbers(hm_str v, hm_str *ret_major, hm_str *ret_minor)
{
    for (size_t i = 0; i < v.n; i++)
        if (!hm_is_digit((unsigned char)v.p[i]) && (v.p[i] != '.' || i == 0 || i + 1 == v.n || v.p[i - 1] == '.'))
            return false;
    hm_str rest;
    *ret_major = hm_str_cut(v, '.', &rest);
    *ret_minor = hm_str_cut(rest, '.', &rest);
    return v.n > 0;
}

/* A suffix that is a word of the vendor's own: no colon or blank that would change the ecosystem's structure. */
static bool plain(hm_str v)
{
    for (size_t i = 0; i < v.n; i++)
        if (!hm_is_alnum((unsigned char)v.p[i]) && v.p[i] != '.' && v.p[i] != '-')
            return false;
    return v.n > 0;
}

static void suffix(hm_buf *out, const char *head, hm_str v)
{
    hm_buf_byte(out, ':');
    hm_buf_c(out, head);
    hm_buf_str(out, v);
}

/* Releases of April in even years are the long-term ones. */
static void ubuntu(hm_buf *out, hm_str v, hm_str major, hm_str minor)
{
    suffix(out, "", v);
    if (hm_str_is(minor, "04") && (major.p[major.n - 1] - '0') % 2 == 0)
        hm_buf_c(out, ":LTS");
}

/* VERSION_ID is "22.03", and the feed wants the service pack ("22.03-LTS-SP1") that stands in VERSION alone: releases of
 * March in even years are long-term ones and need it; the others have no feed, but do have a name. */
static bool euler(hm_buf *out, hm_str v)
{
    hm_str rest, base = hm_str_cut(v, '-', &rest), major, minor;
    if (!numbers(base, &major, &minor) || !plain(v))
        return false;
    bool long_term = hm_str_is(minor, "03") && (major.p[major.n - 1] - '0') % 2 == 0;
    if (long_term != hm_str_starts(rest, HM_STR("LTS")))
        return false;
    suffix(out, "", v);
    return true;
}

/* "15.5" is marketed as "15 SP5" up to SLE 15; from 16 on by its number. */
static void suse(hm_buf *out, const char *product, hm_str v, hm_str major, hm_str minor)
{
    uint64_t n;
    suffix(out, product, HM_NONE);
    if (!hm_str_u64(major, &n) || n > 15) {
        hm_buf_str(out, v);
        return;
    }
    hm_buf_str(out, major);
    if (minor.n && !hm_str_is(minor, "0")) {
        hm_buf_c(out, " SP");
        hm_buf_str(out, minor);
    }
}

static bool form(hm_buf *out, distro_form f, hm_str v)
{
    hm_str major, minor;
    bool numeric = numbers(v, &major, &minor);
    if (f == FORM_NONE)
        return true;
    if (f == FORM_TUMBLEWEED) {
        suffix(out, "Tumbleweed", HM_NONE);
        return true;
    }
    if (f == FORM_EULER)
        return euler(out, v);
    if (f == FORM_WHOLE) {
        if (plain(v))
            suffix(out, "", v);
        return plain(v);
    }
    if (!numeric)
        return false;
    switch (f) {
    case FORM_ALPINE:
        if (minor.n == 0)
            return false;
        suffix(out, "v", hm_str_sub(v, 0, major.n + 1 + minor.n));
        break;
    case FORM_UBUNTU:
        if (minor.n == 0)
            return false;
        ubuntu(out, hm_str_sub(v, 0, major.n + 1 + minor.n), major, minor);
        break;
    case FORM_RHEL: /* the feed's suffix is a CPE: "enterprise_linux:9::appstream"; what follows "9" is the repository */
        suffix(out, "enterprise_linux:", major);
        break;
    case FORM_LEAP:
        suffix(out, "Leap ", v);
        break;
    case FORM_LEAP_MICRO:
        suffix(out, "Leap Micro ", v);
        break;
    case FORM_SLES:
        suse(out, "Linux Enterprise Server ", v, major, minor);
        break;
    case FORM_SLES_SAP:
        suse(out, "Linux Enterprise Server for SAP Applications ", v, major, minor);
        break;
    case FORM_SLED:
        suse(out, "Linux Enterprise Desktop ", v, major, minor);
        break;
    case FORM_SLE_MICRO:
        suffix(out, "Linux Enterprise Micro ", v);
        break;
    case FORM_SL_MICRO:
        suffix(out, "Linux Micro ", v);
        break;
    case FORM_MAJOR:
    case FORM_NONE:
    case FORM_WHOLE:
    case FORM_EULER:
    case FORM_TUMBLEWEED:
        suffix(out, "", major);
        break;
    }
    return true;
}

bool part_distro_osv(hm_str id, hm_str version_id, hm_buf *out)
{
    const distro *d = distro_of(id);
    if (!d || !d->osv)
        return false;
    size_t was = out->n;
    hm_buf_c(out, d->osv);
    if (form(out, d->form, version_id))
        return true;
    out->n = was;
    return false;
}
