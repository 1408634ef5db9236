/* apk - Alpine's package database lib/apk/db/installed (apk-tools 2; usr/lib/apk/db/installed with apk-tools 3), which
 * Wolfi and Chainguard share. apk-tools doc/apk-package.5, src/database.c.
 *
 *   file := { package EOL }          package := { letter ':' value EOL }
 *   P name  V version  A architecture  o origin (source)  L licence  m maintainer  U home page
 *   D dependencies, p provides: names with optional "=version" (<, >, ~ too), blanks between; "!name" is a conflict
 *   F directory  R file in it
 *
 * 1. A component comes from a package with P and V. Names may be "so:libz.so.1", "cmd:sh", "pc:zlib", "/bin/sh".
 * 2. A line that is not letter, colon, value is a gap, one a package; what the package says beside it still counts.
 * 3. An empty database is one without packages (apk add --initdb makes it). Unknown letters are passed over.
 * The enemy is who wrote the tree that is scanned. */
#include "base/limits.h"
#include "detect/db_int.h"

typedef struct package {
    uint64_t line; /* of its first line, 0: nothing yet */
    uint64_t bad;  /* first line of another form, 0: none */
    uint64_t dup;  /* line of a second P or V, 0: none */
    char dup_letter;
    bool fields;
    uint64_t depends_at;
    hm_str name, version, arch, origin, licence, maintainer, home, depends, provides;
} package;

typedef struct reader {
    detect_gaps gaps;
    hm_buf quals, scratch;
} reader;

/* Printable ASCII without blanks. */
static bool is_token(hm_str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] <= ' ' || s.p[i] >= 0x7f)
            return false;
    return s.n > 0;
}

/* Next name of a list: constraint and repository tag cut off. false at the end. */
static bool next_name(hm_str *rest, hm_str *ret_name, bool *ret_conflict)
{
    while (rest->n) {
        hm_str token = hm_str_cut(*rest, ' ', rest);
        if (token.n == 0)
            continue;
        *ret_conflict = token.p[0] == '!';
        size_t i = *ret_conflict, n = i;
        while (n < token.n && hm_str_find(HM_STR("=<>~@"), token.p[n]) == 5)
            n++;
        *ret_name = hm_str_sub(token, i, n - i);
        return true;
    }
    return false;
}

static void emit(reader *r, const package *p)
{
    part_build *out = r->gaps.out;
    const detect_in *in = r->gaps.in;
    hm_buf_reset(&r->quals);
    hm_buf_reset(&r->scratch);
    if (p->arch.n)
        part_qual_add(&r->quals, HM_STR("arch"), p->arch);
    part_desc d = {
        .kind = PART_LIBRARY,
        .scope = PART_SCOPE_RUNTIME,
        .eco = PART_ECO_APK,
        .flags = PART_F_DEPS_KNOWN,
        .name = p->name,
        .version = p->version,
        .quals = hm_buf_view(&r->quals),
        .source_name = p->origin.n ? p->origin : p->name,
        .source_version = p->version,
        .supplier = p->maintainer,
        .url_home = p->home,
        .root = in->root,
        .env = in->root,
    };
    if (p->licence.n)
        part_desc_licence(&d, p->licence, &r->scratch);
    uint32_t comp = part_add(out, &d);
    part_add_evidence(out, comp, in->file->path, PART_T_MANIFEST, 100, p->line);
    if (p->name.p[0] == '.') /* made by `apk add --virtual`: a name for what was added with it */
        part_add_prop(out, comp, HM_STR("apk:virtual"), HM_STR("yes"));
    part_add_provide(out, comp, in->root, p->name);
    bool conflict = false, ok = true;
    hm_str name, rest = p->provides;
    while (next_name(&rest, &name, &conflict))
        if (name.n && !conflict)
            part_add_provide(out, comp, in->root, name);
    rest = p->depends;
    while (next_name(&rest, &name, &conflict)) {
        ok = ok && name.n;
        if (name.n && !conflict)
            part_add_need(out, comp, PART_SCOPE_RUNTIME, PART_FIND_HERE, 0, PART_ECO_APK, in->root, name);
    }
    if (!ok)
        detect_gap(&r->gaps, HM_FORMAT, DEFECT_BAD_VALUE, p->depends_at, HM_STR("D"));
}

static void package_end(reader *r, const package *p)
{
    if (p->bad)
        detect_gap(&r->gaps, HM_FORMAT, DEFECT_APK_RECORD, p->bad, HM_NONE);
    if (p->dup)
        detect_gap(&r->gaps, HM_FORMAT, DEFECT_DUPLICATE, p->dup, (hm_str){ &p->dup_letter, 1 });
    if (!p->fields)
        return;
    if (p->name.n == 0)
        detect_gap(&r->gaps, HM_FORMAT, DEFECT_MISSING_FIELD, p->line, HM_STR("P"));
    else if (!is_token(p->name))
        detect_gap(&r->gaps, HM_FORMAT, DEFECT_BAD_VALUE, p->line, HM_STR("P"));
    else if (p->version.n == 0)
        detect_gap(&r->gaps, HM_FORMAT, DEFECT_MISSING_FIELD, p->line, HM_STR("V"));
    else if (!is_token(p->version))
        detect_gap(&r->gaps, HM_FORMAT, DEFECT_BAD_VALUE, p->line, HM_STR("V"));
    else
        emit(r, p);
}

/* A second name or version makes it unclear which package this is: the first counts and a gap says so. */
static void set_once(package *p, hm_str *field, char letter, hm_str value, uint64_t line)
{
    if (field->n == 0) {
        *field = value;
    } else if (p->dup == 0) {
        p->dup = line;
        p->dup_letter = letter;
    }
}

static bool is_field(hm_str line)
{
    return line.n >= 2 && line.p[1] == ':' && hm_is_alpha(line.p[0]);
}

static void package_field(package *p, hm_str line, uint64_t n)
{
    hm_str value = hm_str_from(line, 2);
    p->fields = true;
    switch (line.p[0]) {
    case 'P':
        set_once(p, &p->name, 'P', value, n);
        break;
    case 'V':
        set_once(p, &p->version, 'V', value, n);
        break;
    case 'A':
        p->arch = value;
        break;
    case 'o':
        p->origin = value;
        break;
    case 'L':
        p->licence = value;
        break;
    case 'm':
        p->maintainer = value;
        break;
    case 'U':
        p->home = value;
        break;
    case 'D':
        p->depends = value;
        p->depends_at = n;
        break;
    case 'p':
        p->provides = value;
        break;
    default:
        break;
    }
}

hm_rc detect_apk_installed(const detect_in *in, part_build *out, hm_err *err)
{
    reader r = { .gaps = { .in = in, .out = out } };
    package p = { 0 };
    hm_str rest = in->file->bytes, line;
    for (uint64_t n = 1; hm_str_line(&rest, &line); n++) {
        if (line.n == 0) {
            if (p.line)
                package_end(&r, &p);
            p = (package){ 0 };
            continue;
        }
        if (p.line == 0)
            p.line = n;
        if (is_field(line))
            package_field(&p, line, n);
        else if (p.bad == 0)
            p.bad = n;
    }
    if (p.line)
        package_end(&r, &p);
    hm_rc rc = detect_gaps_end(&r.gaps, r.quals.bad || r.scratch.bad, err);
    hm_buf_clear(&r.quals);
    hm_buf_clear(&r.scratch);
    return rc;
}

/* Malformed lines were reported when the database was read: here they are passed over. */
hm_rc detect_apk_owner(const detect_in *in, part_build *out, hm_err *err)
{
    detect_gaps gaps = { .in = in, .out = out };
    detect_wanted w = { .all = in->wanted };
    hm_str rest = in->file->bytes, line, owner = HM_NONE;
    detect_wanted_dir(&w, HM_NONE);
    while (in->wanted.n && hm_str_line(&rest, &line)) {
        if (line.n == 0) {
            owner = HM_NONE;
            detect_wanted_dir(&w, HM_NONE);
        }
        if (!is_field(line))
            continue;
        hm_str value = hm_str_from(line, 2);
        if (line.p[0] == 'P' && owner.n == 0) {
            owner = value;
        } else if (line.p[0] == 'F') {
            detect_wanted_dir(&w, value);
        } else if (line.p[0] == 'R' && owner.n) {
            hm_str found = detect_wanted_find(&w, value);
            if (found.n)
                part_add_owned(out, PART_ECO_APK, found, owner);
        }
    }
    hm_rc rc = detect_gaps_end(&gaps, w.key.bad, err);
    detect_wanted_clear(&w);
    return rc;
}
