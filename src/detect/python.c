/* python - installed Python distributions: METADATA of *.dist-info (core metadata 2.x, PEP 566, 639, 643) and PKG-INFO of
 * *.egg-info and EGG-INFO (PEP 314 on), all headers as in RFC 822; a blank line ends them, what follows is the
 * description and is not read.
 *
 *   SITE/NAME-VERSION.dist-info/METADATA     SITE/NAME.egg-info     SITE/NAME.egg-info/PKG-INFO
 *   SITE/NAME.egg/EGG-INFO/PKG-INFO          (SITE is the environment that names are looked up in)
 *
 * Invariants:
 * 1. The first of repeated single fields counts, as in importlib.metadata; field names are case-insensitive.
 * 2. Requirements behind an `extra` marker belong to nobody who did not ask for the extra: left out. Other markers
 *    make the need OPTIONAL. Markers are not evaluated: they speak of another machine's interpreter.
 * 3. Names that are compared are normalised (PEP 503), names that are shown are not.
 * 4. Old PKG-INFO keeps its requirements in requires.txt beside it: without Requires-Dist nothing is known of them.
 * Enemy: the author of the package. */
#include "detect/py.h"

enum { PERSON_MAX = 256, CLASSIFIERS_MAX = 256, NAME_MAX_BYTES = 512 };

typedef struct facts {
    hm_str name, version, author, author_mail, maintainer, maintainer_mail, licence, expression, home;
    hm_str url_home, url_vcs; /* Project-URL by label */
    hm_str classifier;        /* the only licence classifier */
    unsigned classifiers;
    uint64_t bad_line, fields;
} facts;
typedef struct buffers {
    hm_buf licence, normal, author, supplier, classifiers, name;
} buffers;

static bool unknown(hm_str s)
{
    return s.n == 0 || hm_str_eq_nocase(s, HM_STR("UNKNOWN")) || hm_str_eq_nocase(s, HM_STR("None"));
}

static void keep_first(hm_str *field, hm_str value)
{
    value = hm_str_trim(value);
    if (field->n == 0 && !unknown(value))
        *field = value;
}

static hm_str normal_name(hm_buf *out, hm_str name)
{
    hm_buf_reset(out);
    detect_py_normal(out, name);
    return hm_buf_view(out);
}

/* ---- fields ----------------------------------------------------------------------------------------------------- */

/* Labels that the well-known ones are written as: letters only, lower case. */
static void project_url(facts *f, hm_str value)
{
    static const char *const HOME[] = { "homepage", "home" };
    static const char *const VCS[] = { "source", "repository", "sourcecode", "github", "code", "gitlab" };
    hm_str url, label = hm_str_cut(value, ',', &url);
    char text[16];
    size_t n = 0;
    for (size_t i = 0; i < label.n && n < sizeof text; i++)
        if (hm_is_alnum(label.p[i]))
            text[n++] = hm_lower(label.p[i]);
    for (size_t i = 0; i < HM_COUNT(HOME); i++)
        if (hm_str_is((hm_str){ text, n }, HOME[i]))
            keep_first(&f->url_home, url);
    for (size_t i = 0; i < HM_COUNT(VCS); i++)
        if (hm_str_is((hm_str){ text, n }, VCS[i]))
            keep_first(&f->url_vcs, url);
}

static void classifier(facts *f, hm_str value, hm_buf *all)
{
    const hm_str head = HM_STR("License :: ");
    if (!hm_str_starts(value, head))
        return;
    size_t n = 0;
    for (size_t i = 0; i + 1 < value.n; i++)
        if (value.p[i] == ':' && value.p[i + 1] == ':')
            n = i + 2;
    hm_str last = hm_str_trim(hm_str_from(value, n));
    if (last.n == 0 || hm_str_is(last, "OSI Approved")) /* says nothing by itself */
        return;
    if (f->classifiers++)
        hm_buf_c(all, "; ");
    else
        f->classifier = last;
    if (all->n < CLASSIFIERS_MAX)
        hm_buf_str(all, detect_cut(last, CLASSIFIERS_MAX));
}

static void take_field(facts *f, hm_str name, hm_str value, hm_buf *classifiers)
{
    const struct {
        const char *name;
        hm_str *to;
    } FIELD[] = {
        { "Name", &f->name },
        { "Version", &f->version },
        { "Author", &f->author },
        { "Author-email", &f->author_mail },
        { "Maintainer", &f->maintainer },
        { "Maintainer-email", &f->maintainer_mail },
        { "License", &f->licence },
        { "License-Expression", &f->expression },
        { "Home-page", &f->home },
    };
    for (size_t i = 0; i < HM_COUNT(FIELD); i++)
        if (hm_str_eq_nocase(name, hm_str_c(FIELD[i].name))) {
            keep_first(FIELD[i].to, value);
            return;
        }
    if (hm_str_eq_nocase(name, HM_STR("Classifier")))
        classifier(f, hm_str_trim(value), classifiers);
    else if (hm_str_eq_nocase(name, HM_STR("Project-URL")))
        project_url(f, value);
}

/* Next header; false at the end of the headers. Bad lines are counted and passed over. */
static bool next_header(codec_fields *r, facts *f, codec_field *ret)
{
    for (;;) {
        switch (codec_fields_next(r, ret)) {
        case CODEC_FIELD:
            f->fields++;
            return true;
        case CODEC_RECORD_END:
            if (f->fields) /* blank lines before the first header */
                return false;
            break;
        case CODEC_BAD_LINE:
            if (!f->bad_line)
                f->bad_line = ret->line;
            break;
        case CODEC_END:
        default:
            return false;
        }
    }
}

/* ---- requirements (PEP 508) ------------------------------------------------------------------------------------- */

static void requirement(part_build *out, uint32_t comp, hm_str env, hm_str value, hm_buf *name, detect_lang_gaps *gaps,
                        uint64_t line)
{
    hm_str marker, spec = hm_str_trim(hm_str_cut(value, ';', &marker));
    size_t n = 0;
    while (n < spec.n && (hm_is_alnum(spec.p[n]) || spec.p[n] == '-' || spec.p[n] == '_' || spec.p[n] == '.'))
        n++;
    if (hm_str_find(spec, '@') <
        spec.n) { /* NAME @ URL: a ';' may belong to the address, a marker needs a blank before */
        size_t at = hm_str_search(value, HM_STR(" ;"));
        marker = hm_str_from(value, at < value.n ? at + 2 : value.n);
    }
    bool extra = detect_py_marker_has(marker, "extra"), either = detect_py_marker_has(marker, "or");
    if (n == 0 || n > NAME_MAX_BYTES) {
        detect_lang_gap(gaps, HM_FORMAT, DEFECT_BAD_VALUE, HM_PLACE_LINE, line, 0, HM_STR("Requires-Dist"));
        return;
    }
    if (extra && !either)
        return;
    part_add_need(out, comp, hm_str_trim(marker).n ? PART_SCOPE_OPTIONAL : PART_SCOPE_RUNTIME, PART_FIND_HERE, 0,
                  PART_ECO_PYPI, env, normal_name(name, hm_str_sub(spec, 0, n)));
}

/* ---- licence ---------------------------------------------------------------------------------------------------- */

/* Licence classifiers whose text is no licence's name. Those with an id in parentheses need no row. */
static const struct {
    const char *text, *spdx;
} CLASSIFIER[] = {
    { "GNU Affero General Public License v3", "AGPL-3.0-only" },
    { "GNU Affero General Public License v3 or later (AGPLv3+)", "AGPL-3.0-or-later" },
    { "GNU General Public License v2 (GPLv2)", "GPL-2.0-only" },
    { "GNU General Public License v2 or later (GPLv2+)", "GPL-2.0-or-later" },
    { "GNU General Public License v3 (GPLv3)", "GPL-3.0-only" },
    { "GNU General Public License v3 or later (GPLv3+)", "GPL-3.0-or-later" },
    { "GNU Lesser General Public License v2 (LGPLv2)", "LGPL-2.0-only" },
    { "GNU Lesser General Public License v2 or later (LGPLv2+)", "LGPL-2.0-or-later" },
    { "GNU Lesser General Public License v3 (LGPLv3)", "LGPL-3.0-only" },
    { "GNU Lesser General Public License v3 or later (LGPLv3+)", "LGPL-3.0-or-later" },
    { "Mozilla Public License 1.0 (MPL)", "MPL-1.0" },
    { "Mozilla Public License 1.1 (MPL 1.1)", "MPL-1.1" },
    { "Mozilla Public License 2.0 (MPL 2.0)", "MPL-2.0" },
    { "Eclipse Public License 1.0 (EPL-1.0)", "EPL-1.0" },
    { "Eclipse Public License 2.0 (EPL-2.0)", "EPL-2.0" },
    { "European Union Public Licence 1.1 (EUPL 1.1)", "EUPL-1.1" },
    { "European Union Public Licence 1.2 (EUPL 1.2)", "EUPL-1.2" },
    { "CC0 1.0 Universal (CC0 1.0) Public Domain Dedication", "CC0-1.0" },
    { "CEA CNRS Inria Logiciel Libre License, version 2.1 (CeCILL-2.1)", "CECILL-2.1" },
    { "ISC License (ISCL)", "ISC" },
    { "MIT License", "MIT" },
    { "Python Software Foundation License", "PSF-2.0" },
    { "Universal Permissive License (UPL)", "UPL-1.0" },
    { "University of Illinois/NCSA Open Source License", "NCSA" },
};

static bool licence_of_classifier(hm_str text, hm_buf *out)
{
    for (size_t i = 0; i < HM_COUNT(CLASSIFIER); i++)
        if (hm_str_is(text, CLASSIFIER[i].text))
            return part_licence(hm_str_c(CLASSIFIER[i].spdx), out, NULL) == HM_OK;
    size_t open = hm_str_rfind(text, '(');
    if (open < text.n && hm_str_ends(text, HM_STR(")")))
        return part_licence(hm_str_sub(text, open + 1, text.n - open - 2), out, NULL) == HM_OK;
    return part_licence(text, out, NULL) == HM_OK;
}

/* An expression, wherever it stands, beats a text; the package's own words beat a classifier's. */
static void set_licence(part_desc *d, const facts *f, buffers *b)
{
    hm_str own = f->expression.n ? f->expression : f->licence, rest = own;
    bool one_line = hm_str_find(own, '\n') == own.n;
    hm_buf_reset(&b->licence);
    if (own.n && one_line) {
        if (part_licence(own, &b->licence, NULL) == HM_OK) {
            d->licence = hm_buf_view(&b->licence);
            return;
        }
        hm_buf_reset(&b->licence);
    }
    if (f->classifiers == 1 && licence_of_classifier(f->classifier, &b->licence)) {
        d->licence = hm_buf_view(&b->licence);
        return;
    }
    if (own.n && one_line)
        d->licence_raw = detect_cut(own, CLASSIFIERS_MAX);
    else if (f->classifiers)
        d->licence_raw = detect_cut(hm_buf_view(&b->classifiers), CLASSIFIERS_MAX);
    else if (codec_value_line(&rest, &own)) /* a whole licence text: its first line names it, if anything does */
        d->licence_raw = detect_cut(own, CLASSIFIERS_MAX);
}

static void person(hm_buf *out, hm_str name, hm_str mail)
{
    name = detect_cut(hm_str_sub(name, 0, hm_str_find(name, '\n')), PERSON_MAX);
    mail = detect_cut(hm_str_sub(mail, 0, hm_str_find(mail, '\n')), PERSON_MAX);
    if (hm_str_find(mail, '<') < mail.n) { /* "Name <mail>, Name <mail>" holds both */
        hm_buf_str(out, mail);
        return;
    }
    hm_buf_str(out, name);
    if (mail.n) {
        hm_buf_c(out, name.n ? " <" : "<");
        hm_buf_str(out, mail);
        hm_buf_c(out, ">");
    }
}

/* ---- the whole -------------------------------------------------------------------------------------------------- */

static hm_rc read_metadata(const detect_in *in, part_build *out, hm_str env, bool requires_known, buffers *b,
                           hm_err *err)
{
    hm_str bytes = in->file->bytes;
    facts f = { 0 };
    codec_field field;
    detect_lang_gaps gaps = { .out = out, .path = in->file->path };
    if (hm_str_trim(bytes).n == 0)
        return hm_fail(err, HM_TRUNC, DEFECT_EMPTY, HM_PLACE_BYTE, 0, 0);
    size_t requirements = 0;
    for (codec_fields r = codec_fields_of(bytes); next_header(&r, &f, &field);) {
        take_field(&f, field.name, field.value, &b->classifiers);
        requirements += hm_str_eq_nocase(field.name, HM_STR("Requires-Dist"));
    }
    if (f.fields == 0)
        return hm_fail(err, HM_FORMAT, DEFECT_PY_METADATA, HM_PLACE_LINE, f.bad_line ? f.bad_line : 1, 0);
    if (f.bad_line)
        detect_lang_gap(&gaps, HM_FORMAT, DEFECT_FIELDS_SYNTAX, HM_PLACE_LINE, f.bad_line, 0, HM_NONE);
    if (f.version.n == 0)
        detect_lang_gap(&gaps, HM_FORMAT, DEFECT_MISSING_FIELD, HM_PLACE_NONE, 0, 0, HM_STR("Version"));
    if (f.name.n == 0) {
        detect_lang_gap(&gaps, HM_FORMAT, DEFECT_MISSING_FIELD, HM_PLACE_NONE, 0, 0, HM_STR("Name"));
        return HM_OK;
    }
    for (size_t i = 0; i < f.name.n; i++)
        if ((unsigned char)f.name.p[i] <= ' ' || f.name.p[i] == '/' || f.name.n > NAME_MAX_BYTES) {
            detect_lang_gap(&gaps, HM_FORMAT, DEFECT_BAD_VALUE, HM_PLACE_NONE, 0, 0, HM_STR("Name"));
            return HM_OK;
        }
    part_desc d = { .kind = PART_LIBRARY, .eco = PART_ECO_PYPI, .name = f.name };
    if (requires_known || requirements)
        d.flags |= PART_F_DEPS_KNOWN;
    detect_version(&d, f.version, &b->normal);
    set_licence(&d, &f, b);
    person(&b->author, f.author, f.author_mail);
    person(&b->supplier, f.maintainer, f.maintainer_mail);
    d.author = hm_buf_view(&b->author);
    d.supplier = hm_buf_view(&b->supplier);
    d.url_home = detect_url(in->arena, f.home.n ? f.home : f.url_home);
    d.url_vcs = detect_url(in->arena, f.url_vcs);
    uint32_t comp = part_add(out, &d);
    part_add_evidence(out, comp, in->file->path, PART_T_MANIFEST, 100, 0);
    part_add_provide(out, comp, env, normal_name(&b->name, f.name));
    facts again = { 0 };
    if (requirements)
        for (codec_fields r = codec_fields_of(bytes); next_header(&r, &again, &field);)
            if (hm_str_eq_nocase(field.name, HM_STR("Requires-Dist")))
                requirement(out, comp, env, field.value, &b->name, &gaps, field.line);
    if (b->licence.bad || b->normal.bad || b->author.bad || b->supplier.bad || b->classifiers.bad || b->name.bad)
        return detect_no_memory(err);
    return HM_OK;
}

static hm_rc read_at(const detect_in *in, part_build *out, hm_str env, bool requires_known, hm_err *err)
{
    buffers b = { 0 };
    hm_rc rc = read_metadata(in, out, env, requires_known, &b, err);
    hm_buf_clear(&b.licence);
    hm_buf_clear(&b.normal);
    hm_buf_clear(&b.author);
    hm_buf_clear(&b.supplier);
    hm_buf_clear(&b.classifiers);
    hm_buf_clear(&b.name);
    return rc;
}

hm_rc detect_python_dist_info(const detect_in *in, part_build *out, hm_err *err)
{
    return read_at(in, out, hm_path_dir(hm_path_dir(in->file->path)), true, err);
}

hm_rc detect_python_egg_info(const detect_in *in, part_build *out, hm_err *err)
{
    hm_str env = hm_path_dir(in->file->path);
    if (hm_str_ends(in->file->path, HM_STR("/PKG-INFO"))) {
        bool in_egg = hm_str_is(hm_path_base(env), "EGG-INFO");
        env = hm_path_dir(env);
        if (in_egg && hm_str_ends(env, HM_STR(".egg")))
            env = hm_path_dir(env);
    }
    return read_at(in, out, env, false, err);
}
