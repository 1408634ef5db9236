/* rpm - from an rpm header to a component: name, version-release, epoch, architecture, source package, module, what it
 * needs and offers. rpm's docs/manual/tags.md, dependencies.md; purl type rpm.
 *
 * 1. An epoch that is not given is not written: rpm compares it as 0, and advisories write both forms.
 * 2. gpg-pubkey are keys that rpm keeps as packages: counted, no components.
 * 3. A package without name, version or release is a gap; all else that is missing or odd costs that field alone.
 * The enemy is who wrote the package or the tree that is scanned. */
#include "base/limits.h"
#include "detect/rpm.h"

enum { FLAG_RPMLIB = 1 << 24 }; /* a feature of rpm itself */

void detect_rpm_clear(rpm_reader *r)
{
    hm_buf_clear(&r->version);
    hm_buf_clear(&r->quals);
    hm_buf_clear(&r->scratch);
}

static void gap(rpm_reader *r, hm_defect defect, uint64_t entry, uint64_t arg, hm_str at)
{
    detect_lang_gap(&r->gaps, HM_FORMAT, defect, entry ? HM_PLACE_ENTRY : HM_PLACE_NONE, entry, arg, at);
}

/* No blanks and controls; a name is also no path. */
static bool is_token(hm_str s, char but)
{
    for (size_t i = 0; i < s.n; i++)
        if ((unsigned char)s.p[i] <= ' ' || s.p[i] == 0x7f || s.p[i] == but)
            return false;
    return s.n > 0;
}

bool detect_rpm_source(hm_str file, hm_str *ret_name, hm_str *ret_version)
{
    size_t dot = hm_str_ends(file, HM_STR(".nosrc.rpm")) ? 10 : hm_str_ends(file, HM_STR(".src.rpm")) ? 8 : 0;
    hm_str s = hm_str_sub(file, 0, file.n - dot);
    size_t release = hm_str_rfind(s, '-'), version = hm_str_rfind(hm_str_sub(s, 0, release < s.n ? release : 0), '-');
    if (dot == 0 || release == s.n || version >= release || version == 0 || !is_token(s, '/'))
        return false;
    *ret_name = hm_str_sub(s, 0, version);
    *ret_version = hm_str_from(s, version + 1);
    return true;
}

/* Texts that stand for nothing. */
static hm_str said(hm_str s)
{
    s = hm_str_trim(s);
    return hm_str_is(s, "(none)") || hm_str_is(s, "None") ? HM_NONE : s;
}

/* "(a if b)", "(a or b)": boolean dependencies, which need the whole set of installed packages to be decided. */
static bool is_rich(hm_str name)
{
    return name.n && name.p[0] == '(';
}

static void add_needs(rpm_reader *r, const rpm_header *h, uint32_t comp, uint64_t entry)
{
    rpm_value names = h->value[RPM_REQUIRENAME];
    hm_str name, last = HM_NONE;
    bool open = false;
    for (uint32_t i = 0; names.count; i++) {
        uint32_t flags = 0;
        if (!detect_rpm_text(&names, &name)) {
            gap(r, DEFECT_BAD_VALUE, entry, 0, HM_STR("REQUIRENAME"));
            break;
        }
        (void)detect_rpm_number(&h->value[RPM_REQUIREFLAGS], i, &flags);
        if (is_rich(name)) {
            open = true;
        } else if (name.n && !(flags & FLAG_RPMLIB) && !hm_str_eq(name, last)) {
            part_add_need(r->out, comp, PART_SCOPE_RUNTIME, PART_FIND_HERE, 0, PART_ECO_RPM, r->root, name);
            last = name;
        }
    }
    if (open && comp != PART_NO)
        part_build_comp(r->out, comp)->flags |= PART_F_DEPS_OPEN;
}

/* Files that some package requires by their path. */
static void provide_files(rpm_reader *r, const rpm_header *h, uint32_t comp)
{
    rpm_value names = h->value[RPM_BASENAMES], dirs = h->value[RPM_DIRNAMES];
    hm_vec number = { .size = sizeof(uint32_t) };
    hm_str name, dir;
    bool any = false;
    while (detect_rpm_text(&dirs, &dir)) {
        uint64_t found = 0;
        uint32_t *to = hm_vec_push(&number, r->in->arena);
        if (!to) {
            r->scratch.bad = true;
            return;
        }
        any |= hm_map_get(r->required.dir, dir, &found);
        *to = (uint32_t)found;
    }
    for (uint32_t i = 0, at; any && comp != PART_NO && detect_rpm_text(&names, &name); i++) {
        uint64_t found;
        if (!detect_rpm_number(&h->value[RPM_DIRINDEXES], i, &at) || at >= number.n)
            continue;
        at = *HM_VEC_AT(&number, uint32_t, at);
        if (at == 0)
            continue;
        hm_buf_reset(&r->scratch);
        hm_buf_le32(&r->scratch, at);
        hm_buf_str(&r->scratch, name);
        if (!hm_map_get(r->required.name, hm_buf_view(&r->scratch), &found))
            continue;
        rpm_path *path = HM_VEC_AT(&r->required.text, rpm_path, (size_t)found);
        if (path->by != comp + 1)
            part_add_provide(r->out, comp, r->root, path->text);
        path->by = comp + 1;
    }
}

static void add_provides(rpm_reader *r, const rpm_header *h, uint32_t comp, hm_str own, uint64_t entry)
{
    rpm_value names = h->value[RPM_PROVIDENAME];
    hm_str name, last = HM_NONE;
    part_add_provide(r->out, comp, r->root, own);
    while (names.count) {
        if (!detect_rpm_text(&names, &name)) {
            gap(r, DEFECT_BAD_VALUE, entry, 0, HM_STR("PROVIDENAME"));
            break;
        }
        if (name.n && !hm_str_eq(name, own) && !hm_str_eq(name, last))
            part_add_provide(r->out, comp, r->root, name);
        last = name;
    }
    if (r->required.dir)
        provide_files(r, h, comp);
}

static void set_quals(rpm_reader *r, const rpm_header *h, bool source)
{
    uint32_t epoch;
    hm_buf_reset(&r->quals);
    hm_str arch = said(h->value[RPM_ARCH].bytes);
    if (source)
        arch = HM_STR("src"); /* its own says where it was made */
    if (arch.n)
        part_qual_add(&r->quals, HM_STR("arch"), arch);
    if (detect_rpm_number(&h->value[RPM_EPOCH], 0, &epoch)) {
        hm_buf_reset(&r->scratch);
        hm_buf_u64(&r->scratch, epoch);
        part_qual_add(&r->quals, HM_STR("epoch"), hm_buf_view(&r->scratch));
    }
}

static void add_props(rpm_reader *r, const rpm_header *h, uint32_t comp)
{
    const char *signature = h->value[RPM_OPENPGP].count     ? "openpgp"
                            : h->value[RPM_RSAHEADER].count ? "rsa"
                            : h->value[RPM_DSAHEADER].count ? "dsa"
                                                            : "";
    part_add_prop(r->out, comp, HM_STR("rpm:modularity_label"), said(h->value[RPM_MODULARITYLABEL].bytes));
    part_add_prop(r->out, comp, HM_STR("rpm:header_sha256"), h->value[RPM_SHA256HEADER].bytes);
    part_add_prop(r->out, comp, HM_STR("rpm:signature"), hm_str_c(signature));
}

static uint32_t emit(rpm_reader *r, const rpm_header *h, uint64_t entry)
{
    bool source = h->value[RPM_SOURCERPM].count == 0 && h->value[RPM_SOURCEPACKAGE].count > 0;
    hm_str vendor = said(h->value[RPM_VENDOR].bytes), packager = said(h->value[RPM_PACKAGER].bytes);
    hm_buf_reset(&r->version);
    hm_buf_str(&r->version, h->value[RPM_VERSION].bytes);
    hm_buf_byte(&r->version, '-');
    hm_buf_str(&r->version, h->value[RPM_RELEASE].bytes);
    set_quals(r, h, source);
    part_desc d = {
        .kind = PART_LIBRARY,
        .scope = r->file ? PART_SCOPE_UNKNOWN : PART_SCOPE_RUNTIME,
        .eco = PART_ECO_RPM,
        .flags = h->value[RPM_REQUIRENAME].count || h->value[RPM_PROVIDENAME].count ? PART_F_DEPS_KNOWN : 0,
        .name = h->value[RPM_NAME].bytes,
        .version = hm_buf_view(&r->version),
        .quals = hm_buf_view(&r->quals),
        .supplier = vendor.n ? vendor : packager,
        .author = vendor.n ? packager : HM_NONE,
        .url_home = said(h->value[RPM_URL].bytes),
        .root = r->root,
        .env = r->root,
    };
    hm_str from = said(h->value[RPM_SOURCERPM].bytes);
    if (source) {
        d.source_name = d.name;
        d.source_version = d.version;
    } else if (from.n && !detect_rpm_source(from, &d.source_name, &d.source_version))
        gap(r, DEFECT_BAD_VALUE, entry, 0, HM_STR("SOURCERPM"));
    hm_buf_reset(&r->scratch);
    if (h->value[RPM_LICENSE].bytes.n)
        part_desc_licence(&d, h->value[RPM_LICENSE].bytes, &r->scratch);
    uint32_t comp = part_add(r->out, &d);
    part_add_evidence(r->out, comp, r->in->file->path, PART_T_MANIFEST, 100, 0);
    add_props(r, h, comp);
    if (r->file)
        part_add_prop(r->out, comp, HM_STR("package:file"), HM_STR("yes"));
    return comp;
}

uint32_t detect_rpm_package(rpm_reader *r, const rpm_header *h, uint64_t entry)
{
    static const struct {
        rpm_slot slot;
        const char *name;
    } NEEDED[] = { { RPM_NAME, "NAME" }, { RPM_VERSION, "VERSION" }, { RPM_RELEASE, "RELEASE" } };
    if (h->bad) {
        hm_buf_reset(&r->scratch);
        hm_buf_u64(&r->scratch, h->bad_tag);
        gap(r, DEFECT_RPM_TAG, entry, h->bad, hm_buf_view(&r->scratch));
    }
    for (size_t i = 0; i < HM_COUNT(NEEDED); i++) {
        const rpm_value *v = &h->value[NEEDED[i].slot];
        if (v->bytes.n && is_token(v->bytes, '/'))
            continue;
        gap(r, v->bytes.n ? DEFECT_BAD_VALUE : DEFECT_MISSING_FIELD, entry, 0, hm_str_c(NEEDED[i].name));
        return PART_NO;
    }
    if (hm_str_is(h->value[RPM_NAME].bytes, "gpg-pubkey")) {
        r->keys++;
        return PART_NO;
    }
    uint32_t comp = emit(r, h, entry);
    add_provides(r, h, comp, h->value[RPM_NAME].bytes, entry);
    add_needs(r, h, comp, entry);
    return comp;
}

hm_rc detect_rpm_end(const rpm_reader *r, hm_err *err)
{
    if (r->version.bad || r->quals.bad || r->scratch.bad)
        return detect_no_memory(err);
    return HM_OK;
}
