/* dpkg - the package database of Debian and its kin: var/lib/dpkg/status, and one file a package in status.d of
 * images without dpkg (distroless); opkg's status and control files, which have the same form; the control file inside
 * a package file. deb822 stanzas, deb-control(5), dpkg's lib/dpkg/parse.c, policy 5.6 and 7.1.
 *
 *   Package: util-linux-extra        name; letters, digits and "+-._", starting with a letter or digit
 *   Status: install ok installed     wanted, error, state: only the state decides
 *   Source: util-linux (2.38.1-5)    version only where it differs from the binary's
 *   Depends: a (>= 1) | b:any, c     comma: and; bar: or
 *
 * 1. A component comes only from a stanza whose state says that the package is on the system. dpkg always writes the
 *    state, so in `status` a stanza without it is a gap; status.d has none.
 * 2. A stanza that cannot be read is a gap with its line; the stanzas after it are read. A bad line inside a stanza is
 *    a gap, too, and what the stanza says beside it still counts.
 * 3. An empty status is a database without packages (dpkg takes it for one); an empty file in status.d is a gap.
 * The enemy is who wrote the tree that is scanned. */
#include "base/limits.h"
#include "codec/codec.h"
#include "detect/db_int.h"

typedef enum slot {
    PACKAGE = 0,
    STATUS,
    VERSION,
    ARCH,
    SOURCE,
    SOURCE_NAME,
    LICENCE,
    CPE_ID,
    MAINTAINER,
    HOMEPAGE,
    ESSENTIAL,
    PROVIDES,
    PRE_DEPENDS,
    DEPENDS,
    SLOT_COUNT
} slot;
static const char *const SLOT_NAME[SLOT_COUNT] = {
    [PACKAGE] = "Package",         [STATUS] = "Status",          [VERSION] = "Version",     [ARCH] = "Architecture",
    [SOURCE] = "Source",           [SOURCE_NAME] = "SourceName", [LICENCE] = "License",     [CPE_ID] = "CPE-ID",
    [MAINTAINER] = "Maintainer",   [HOMEPAGE] = "Homepage",      [ESSENTIAL] = "Essential", [PROVIDES] = "Provides",
    [PRE_DEPENDS] = "Pre-Depends", [DEPENDS] = "Depends",
};

typedef struct stanza {
    uint64_t line; /* of its first line, 0: nothing yet */
    uint64_t fields;
    codec_field bad; /* first line that is no field, line 0: none */
    uint64_t dup;    /* line of the first field given twice, 0: none */
    slot dup_slot;
    hm_str value[SLOT_COUNT];
    uint64_t at[SLOT_COUNT]; /* line, 0: absent */
} stanza;

typedef struct reader {
    detect_gaps gaps;
    hm_str root; /* where the packages are installed */
    hm_buf quals, scratch;
    part_eco eco; /* deb, or opkg: its licences, and its sources by path, are read here */
    bool needs_status;
    bool file; /* the control file of a package that nobody installed yet */
} reader;

static void stanza_field(stanza *s, const codec_field *f)
{
    s->fields++;
    for (slot i = PACKAGE; i < SLOT_COUNT; i++) {
        if (hm_lower(f->name.p[0]) != hm_lower(SLOT_NAME[i][0]) || !hm_str_eq_nocase(f->name, hm_str_c(SLOT_NAME[i])))
            continue;
        if (s->at[i] == 0) {
            s->at[i] = f->line;
            s->value[i] = f->value;
        } else if (s->dup == 0) {
            s->dup = f->line;
            s->dup_slot = i;
        }
        return;
    }
}

static bool is_version(hm_str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] <= ' ' || s.p[i] >= 0x7f)
            return false;
    return s.n > 0;
}

/* Ubuntu's extended maintenance marks its builds: fixes of these versions are in a feed of their own. */
static bool is_esm(hm_str version)
{
    return hm_str_search(version, HM_STR("+esm")) < version.n || hm_str_search(version, HM_STR("~esm")) < version.n;
}

static hm_str first_line(hm_str value)
{
    hm_str line = HM_NONE;
    (void)hm_str_line(&value, &line);
    return hm_str_trim(line);
}

/* Takes the next word of *rest, empty at the end. */
static hm_str word(hm_str *rest)
{
    hm_str s = hm_str_trim(*rest);
    size_t i = 0;
    while (i < s.n && !hm_is_space(s.p[i]))
        i++;
    *rest = hm_str_from(s, i);
    return hm_str_sub(s, 0, i);
}

typedef enum state { STATE_BAD, STATE_ABSENT, STATE_INSTALLED } state;
/* "install ok installed". Packages that wait for a trigger are unpacked and configured: they are installed. */
static state state_of(hm_str status)
{
    static const char *const GONE[] = { "not-installed", "config-files", "half-installed", "unpacked",
                                        "half-configured" };
    hm_str want = word(&status), error = word(&status), now = word(&status);
    if (want.n == 0 || error.n == 0 || word(&status).n)
        return STATE_BAD;
    if (hm_str_is(now, "installed") || hm_str_is(now, "triggers-awaited") || hm_str_is(now, "triggers-pending"))
        return STATE_INSTALLED;
    for (size_t i = 0; i < HM_COUNT(GONE); i++)
        if (hm_str_is(now, GONE[i]))
            return STATE_ABSENT;
    return STATE_BAD;
}

/* Name of one dependency, without version constraint, architecture and build profile. */
static hm_str relation_name(hm_str alt)
{
    size_t i = 0;
    alt = hm_str_trim(alt);
    while (i < alt.n && !hm_is_space(alt.p[i]) && hm_str_find(HM_STR("([<:"), alt.p[i]) == 4)
        i++;
    return hm_str_sub(alt, 0, i);
}

/* Emits the needs of a Depends-like field; false: a part of it is no package name. */
static bool needs(const reader *r, uint32_t comp, hm_str value, uint32_t *group)
{
    bool ok = true;
    while (value.n) {
        hm_str clause = hm_str_cut(value, ',', &value);
        bool choice = hm_str_find(clause, '|') < clause.n;
        if (choice)
            ++*group;
        while (clause.n) {
            hm_str name = relation_name(hm_str_cut(clause, '|', &clause));
            if (detect_is_deb_name(name))
                part_add_need(r->gaps.out, comp, PART_SCOPE_RUNTIME, PART_FIND_HERE, choice ? *group : 0, r->eco,
                              r->root, name);
            else
                ok = ok && name.n == 0;
        }
    }
    return ok;
}

static bool provides(const reader *r, uint32_t comp, hm_str value)
{
    bool ok = true;
    while (value.n) {
        hm_str name = relation_name(hm_str_cut(value, ',', &value));
        if (detect_is_deb_name(name))
            part_add_provide(r->gaps.out, comp, r->root, name);
        else
            ok = ok && name.n == 0;
    }
    return ok;
}

static void bad_value(reader *r, const stanza *s, slot i)
{
    detect_gap(&r->gaps, HM_FORMAT, DEFECT_BAD_VALUE, s->at[i], hm_str_c(SLOT_NAME[i]));
}

/* Source of a Debian package, "name (version)", the version only where it differs. */
static void deb_source(reader *r, const stanza *s, part_desc *d)
{
    hm_str source = first_line(s->value[SOURCE]), name = relation_name(source);
    d->source_name = d->name;
    d->source_version = d->version;
    if (detect_is_deb_name(name)) {
        hm_str open = hm_str_from(source, hm_str_find(source, '(') + 1);
        hm_str given = hm_str_trim(hm_str_sub(open, 0, hm_str_find(open, ')')));
        d->source_name = name;
        if (is_version(given))
            d->source_version = given;
        else if (given.n)
            bad_value(r, s, SOURCE);
    } else if (source.n)
        bad_value(r, s, SOURCE);
}

/* OpenWrt names the source, and where it lies in its tree: "feeds/base/package/system/ubus". */
static void opkg_source(reader *r, const stanza *s, part_desc *d)
{
    hm_str name = first_line(s->value[SOURCE_NAME]), path = first_line(s->value[SOURCE]);
    if (name.n == 0)
        name = hm_path_base(path);
    d->source_name = detect_is_deb_name(name) ? name : d->name;
    d->source_version = d->version;
    hm_buf_reset(&r->scratch);
    if (s->value[LICENCE].n)
        part_desc_licence(d, first_line(s->value[LICENCE]), &r->scratch);
}

static void emit(reader *r, const stanza *s)
{
    part_build *out = r->gaps.out;
    const detect_in *in = r->gaps.in;
    part_desc d = {
        .kind = PART_LIBRARY,
        .scope = r->file ? PART_SCOPE_UNKNOWN : PART_SCOPE_RUNTIME,
        .eco = r->eco,
        .flags = PART_F_DEPS_KNOWN,
        .name = s->value[PACKAGE],
        .version = s->value[VERSION],
        .supplier = first_line(s->value[MAINTAINER]),
        .url_home = first_line(s->value[HOMEPAGE]),
        .root = r->root,
        .env = r->root,
    };
    if (r->eco == PART_ECO_DEB)
        deb_source(r, s, &d);
    else
        opkg_source(r, s, &d);
    hm_buf_reset(&r->quals);
    hm_str arch = first_line(s->value[ARCH]);
    if (arch.n)
        part_qual_add(&r->quals, HM_STR("arch"), arch);
    d.quals = hm_buf_view(&r->quals);
    uint32_t comp = part_add(out, &d), group = 0;
    part_add_evidence(out, comp, in->file->path, PART_T_MANIFEST, 100, s->line);
    if (hm_str_eq_nocase(first_line(s->value[ESSENTIAL]), HM_STR("yes")))
        part_add_prop(out, comp, r->eco == PART_ECO_DEB ? HM_STR("deb:essential") : HM_STR("opkg:essential"),
                      HM_STR("yes"));
    if (r->eco == PART_ECO_DEB && is_esm(d.version))
        part_add_prop(out, comp, HM_STR("deb:esm"), HM_STR("yes"));
    if (r->eco != PART_ECO_DEB)
        part_add_prop(out, comp, HM_STR("opkg:cpe_id"), first_line(s->value[CPE_ID]));
    if (r->file)
        part_add_prop(out, comp, HM_STR("package:file"), HM_STR("yes"));
    part_add_provide(out, comp, r->root, d.name);
    if (!provides(r, comp, s->value[PROVIDES]))
        bad_value(r, s, PROVIDES);
    for (slot i = PRE_DEPENDS; i <= DEPENDS; i++)
        if (!needs(r, comp, s->value[i], &group))
            bad_value(r, s, i);
}

static void missing(reader *r, const stanza *s, slot i)
{
    detect_gap(&r->gaps, HM_FORMAT, DEFECT_MISSING_FIELD, s->line, hm_str_c(SLOT_NAME[i]));
}

static void stanza_end(reader *r, const stanza *s)
{
    if (s->bad.line) {
        bool large = s->bad.value.n > LIMIT_FIELD_LINE;
        detect_gap(&r->gaps, large ? HM_LIMIT : HM_FORMAT, large ? DEFECT_FIELDS_LINE : DEFECT_DPKG_RECORD, s->bad.line,
                   HM_NONE);
    }
    if (s->fields == 0)
        return;
    if (s->dup)
        detect_gap(&r->gaps, HM_FORMAT, DEFECT_DUPLICATE, s->dup, hm_str_c(SLOT_NAME[s->dup_slot]));
    if (s->at[STATUS]) {
        state now = state_of(s->value[STATUS]);
        if (now == STATE_BAD)
            bad_value(r, s, STATUS);
        if (now != STATE_INSTALLED)
            return;
    } else if (r->needs_status) {
        missing(r, s, s->at[PACKAGE] ? STATUS : PACKAGE);
        return;
    }
    if (s->value[PACKAGE].n == 0)
        missing(r, s, PACKAGE);
    else if (!detect_is_deb_name(s->value[PACKAGE]))
        bad_value(r, s, PACKAGE);
    else if (s->value[VERSION].n == 0)
        missing(r, s, VERSION);
    else if (!is_version(s->value[VERSION]))
        bad_value(r, s, VERSION);
    else
        emit(r, s);
}

static hm_rc read_stanzas(reader *r, hm_err *err)
{
    const detect_in *in = r->gaps.in;
    codec_fields f = codec_fields_of(in->file->bytes);
    stanza s = { 0 };
    codec_field field;
    codec_step step;
    do {
        step = codec_fields_next(&f, &field);
        switch (step) {
        case CODEC_FIELD:
            if (s.line == 0)
                s.line = field.line;
            stanza_field(&s, &field);
            break;
        case CODEC_BAD_LINE:
            if (s.line == 0)
                s.line = field.line;
            if (s.bad.line == 0)
                s.bad = field;
            break;
        case CODEC_RECORD_END:
        case CODEC_END:
            if (s.line)
                stanza_end(r, &s);
            s = (stanza){ 0 };
            break;
        }
    } while (step != CODEC_END);
    hm_rc rc = detect_gaps_end(&r->gaps, r->quals.bad || r->scratch.bad, err);
    hm_buf_clear(&r->quals);
    hm_buf_clear(&r->scratch);
    return rc;
}

static hm_rc read_database(const detect_in *in, part_build *out, part_eco eco, bool needs_status, hm_err *err)
{
    reader r = { .gaps = { .in = in, .out = out }, .root = in->root, .eco = eco, .needs_status = needs_status };
    return read_stanzas(&r, err);
}

hm_rc detect_dpkg_status(const detect_in *in, part_build *out, hm_err *err)
{
    return read_database(in, out, PART_ECO_DEB, true, err);
}

hm_rc detect_dpkg_status_d(const detect_in *in, part_build *out, hm_err *err)
{
    if (hm_str_ends(in->file->path, HM_STR(".md5sums")))
        return HM_OK; /* stands beside the stanza; detect_dpkg_md5sums reads it when owners are asked for */
    if (hm_str_trim(in->file->bytes).n == 0)
        return hm_fail(err, HM_FORMAT, DEFECT_EMPTY, HM_PLACE_NONE, 0, 0);
    return read_database(in, out, PART_ECO_DEB, false, err);
}

hm_rc detect_opkg_status(const detect_in *in, part_build *out, hm_err *err)
{
    return read_database(in, out, PART_ECO_OPKG, true, err);
}

/* One file a package beside the status, without a state, and with what the status leaves out. */
hm_rc detect_opkg_control(const detect_in *in, part_build *out, hm_err *err)
{
    if (hm_str_trim(in->file->bytes).n == 0)
        return hm_fail(err, HM_FORMAT, DEFECT_EMPTY, HM_PLACE_NONE, 0, 0);
    return read_database(in, out, PART_ECO_OPKG, false, err);
}

/* "x.deb!/control.tar.xz!/control", also of an ipk: the package that the file x.deb is. It is installed in no root: the
 * archive's path stands for one, so that no dependency and no distribution comes from the target. */
hm_rc detect_deb_control(const detect_in *in, part_build *out, hm_err *err)
{
    hm_str package = hm_str_sub(in->file->path, 0, hm_str_rfind(in->archive, '!'));
    package = hm_str_is(hm_str_sub(in->file->path, package.n, 1), "!") ? package : in->file->path;
    reader r = { .gaps = { .in = in, .out = out },
                 .root = package,
                 .eco = hm_str_ends(package, HM_STR(".ipk")) ? PART_ECO_OPKG : PART_ECO_DEB,
                 .file = true };
    if (hm_str_trim(in->file->bytes).n == 0)
        return hm_fail(err, HM_FORMAT, DEFECT_EMPTY, HM_PLACE_NONE, 0, 0);
    return read_stanzas(&r, err);
}
