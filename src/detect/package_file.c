/* package_file - what a package file says of itself: .PKGINFO at the top of an apk (Alpine) or pacman (Arch) package, and
 * metadata.gz of a gem. Rows inside archives; deb and ipk are read by dpkg.c, rpm by rpm_file.c.
 *
 *   .PKGINFO := { "key = value" EOL | "#" any EOL }    keys may come again: license, depend, provides
 *   metadata.gz := gzip of a YAML Gem::Specification   name, version.version, platform, licenses, dependencies ..
 *
 * 1. Such a package is installed in no root: the archive's path stands for one, so that no dependency and no
 *    distribution comes from the target.
 * 2. Which of both a .PKGINFO is of is said by its own keys, then by its first line, then by the archive's name.
 * The enemy is who made the package. */
#include "base/limits.h"
#include "codec/codec.h"
#include "detect/db_int.h"
#include "detect/doc.h"

enum { PROP_MAX = 256 };

typedef struct info {
    hm_str name, version, arch, url, packager, maintainer, origin, base, xdata, datahash;
    uint64_t line;              /* of the first assignment */
    bool by_abuild, by_makepkg; /* as the comment at the top says */
} info;

typedef struct reader {
    detect_gaps gaps;
    hm_buf quals, licence, all;
    info i;
} reader;

/* "key = value"; false: another form. */
static bool assignment(hm_str line, hm_str *ret_key, hm_str *ret_value)
{
    *ret_key = hm_str_trim(hm_str_cut(line, '=', ret_value));
    *ret_value = hm_str_trim(*ret_value);
    return ret_key->n > 0 && hm_str_find(line, '=') < line.n;
}

static void set(reader *r, hm_str key, hm_str value)
{
    const struct {
        const char *key;
        hm_str *to;
    } FIELD[] = { { "pkgname", &r->i.name },     { "pkgver", &r->i.version },    { "arch", &r->i.arch },
                  { "url", &r->i.url },          { "packager", &r->i.packager }, { "maintainer", &r->i.maintainer },
                  { "origin", &r->i.origin },    { "pkgbase", &r->i.base },      { "xdata", &r->i.xdata },
                  { "datahash", &r->i.datahash } };
    for (size_t i = 0; i < HM_COUNT(FIELD); i++)
        if (hm_str_is(key, FIELD[i].key)) {
            if (FIELD[i].to->n == 0)
                *FIELD[i].to = value;
            return;
        }
    if (hm_str_is(key, "license") && value.n) {
        hm_buf_c(&r->all, r->all.n ? " AND " : "");
        hm_buf_str(&r->all, value);
    }
}

static bool is_pacman(const reader *r)
{
    if (r->i.base.n || r->i.xdata.n)
        return true;
    if (r->i.origin.n || r->i.datahash.n)
        return false;
    return r->i.by_makepkg ||
           (!r->i.by_abuild && hm_str_search(r->gaps.in->archive, HM_STR(".pkg.tar")) < r->gaps.in->archive.n);
}

/* Name of a dependency, without version constraint; empty: a conflict, or none. */
static hm_str wanted_name(hm_str value)
{
    size_t n = 0;
    if (value.n && value.p[0] == '!')
        return HM_NONE;
    while (n < value.n && hm_str_find(HM_STR("=<>~@ "), value.p[n]) == 6)
        n++;
    return hm_str_sub(value, 0, n);
}

static uint32_t emit(reader *r)
{
    const detect_in *in = r->gaps.in;
    const info *i = &r->i;
    bool pacman = is_pacman(r);
    part_qual_add(&r->quals, HM_STR("arch"), i->arch);
    hm_str source = pacman ? i->base : i->origin;
    part_desc d = {
        .kind = PART_LIBRARY,
        .eco = pacman ? PART_ECO_ALPM : PART_ECO_APK,
        .flags = PART_F_DEPS_KNOWN,
        .name = i->name,
        .version = i->version,
        .quals = hm_buf_view(&r->quals),
        .source_name = source.n ? source : i->name,
        .source_version = i->version,
        .supplier = i->maintainer.n ? i->maintainer : i->packager,
        .url_home = detect_url(in->arena, i->url),
        .root = in->archive,
        .env = in->archive,
    };
    if (r->all.n)
        part_desc_licence(&d, hm_buf_view(&r->all), &r->licence);
    uint32_t comp = part_add(r->gaps.out, &d);
    part_add_evidence(r->gaps.out, comp, in->file->path, PART_T_MANIFEST, 100, i->line);
    part_add_prop(r->gaps.out, comp, HM_STR("package:file"), HM_STR("yes"));
    part_add_provide(r->gaps.out, comp, in->archive, i->name);
    return comp;
}

/* Second pass, over the keys that come again. */
static void relations(reader *r, uint32_t comp)
{
    hm_str rest = r->gaps.in->file->bytes, line, key, value;
    part_eco eco = is_pacman(r) ? PART_ECO_ALPM : PART_ECO_APK;
    while (hm_str_line(&rest, &line)) {
        if (!assignment(line, &key, &value))
            continue;
        hm_str name = wanted_name(value);
        if (name.n && hm_str_is(key, "depend"))
            part_add_need(r->gaps.out, comp, PART_SCOPE_RUNTIME, PART_FIND_HERE, 0, eco, r->gaps.in->archive, name);
        else if (name.n && hm_str_is(key, "provides"))
            part_add_provide(r->gaps.out, comp, r->gaps.in->archive, name);
    }
}

static bool is_token(hm_str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] <= ' ' || s.p[i] >= 0x7f)
            return false;
    return s.n > 0;
}

static hm_rc required(hm_str value, const char *name, hm_err *err)
{
    if (is_token(value))
        return HM_OK;
    hm_rc rc = hm_fail(err, HM_FORMAT, value.n ? DEFECT_BAD_VALUE : DEFECT_MISSING_FIELD, HM_PLACE_NONE, 0, 0);
    detect_err_at(err, hm_str_c(name));
    return rc;
}

hm_rc detect_pkginfo(const detect_in *in, part_build *out, hm_err *err)
{
    reader r = { .gaps = { .in = in, .out = out } };
    hm_str rest = in->file->bytes, line, key, value;
    if (hm_path_dir(in->file->path).n != in->archive.n + 1) /* not at the top: a file of what is packed */
        return HM_OK;
    for (uint64_t n = 1; hm_str_line(&rest, &line); n++) {
        if (hm_str_trim(line).n == 0)
            continue;
        if (line.p[0] == '#') {
            r.i.by_abuild |= hm_str_search(line, HM_STR("abuild")) < line.n;
            r.i.by_makepkg |= hm_str_search(line, HM_STR("makepkg")) < line.n;
        } else if (assignment(line, &key, &value)) {
            r.i.line = r.i.line ? r.i.line : n;
            set(&r, key, value);
        } else
            detect_gap(&r.gaps, HM_FORMAT, DEFECT_BAD_VALUE, n, HM_NONE);
    }
    hm_rc rc = required(r.i.name, "pkgname", err);
    if (rc == HM_OK)
        rc = required(r.i.version, "pkgver", err);
    if (rc == HM_OK) {
        relations(&r, emit(&r));
        rc = detect_gaps_end(&r.gaps, r.quals.bad || r.licence.bad || r.all.bad, err);
    }
    hm_buf_clear(&r.quals);
    hm_buf_clear(&r.licence);
    hm_buf_clear(&r.all);
    return rc;
}

/* ---- gems ---------------------------------------------------------------------------------------------------------------- */

/* Text, or all texts of a list with `between` them, in the arena of the buffer. */
static void join(const codec_json *v, const char *between, hm_buf *out)
{
    hm_str key;
    const codec_json *one;
    hm_buf_str(out, codec_json_str(v));
    if (codec_json_type(v) == CODEC_ARR)
        for (codec_json_iter it = codec_json_each(v); codec_json_next(&it, &key, &one);) {
            hm_str s = detect_cut(codec_json_str(one), PROP_MAX);
            if (s.n && out->n)
                hm_buf_c(out, between);
            hm_buf_str(out, s);
        }
}

static void gem_needs(detect_doc *d, uint32_t comp, const codec_json *list)
{
    const codec_json *v;
    hm_str key;
    for (codec_json_iter it = codec_json_each(list); codec_json_next(&it, &key, &v);) {
        hm_str name = codec_json_get_str(v, "name"), type = codec_json_get_str(v, "type");
        if (name.n && !hm_str_is(type, ":development")) /* nobody installs those of others */
            part_add_need(d->out, comp, PART_SCOPE_RUNTIME, PART_FIND_HERE, 0, PART_ECO_GEM, d->in->archive, name);
    }
}

static hm_rc read_gem(detect_doc *d, const codec_json *spec, hm_err *err)
{
    hm_str platform = codec_json_get_str(spec, "platform");
    const codec_json *version = codec_json_get(spec, "version");
    hm_str literal =
        codec_json_type(version) == CODEC_OBJ ? codec_json_get_str(version, "version") : codec_json_str(version);
    part_desc desc = { .kind = PART_LIBRARY,
                       .eco = PART_ECO_GEM,
                       .flags = PART_F_DEPS_KNOWN,
                       .name = codec_json_get_str(spec, "name"),
                       .url_home = detect_url(d->in->arena, codec_json_get_str(spec, "homepage")),
                       .env = d->in->archive };
    hm_rc rc = required(desc.name, "name", err);
    if (rc == HM_OK)
        rc = required(literal, "version", err);
    if (rc != HM_OK)
        return rc;
    detect_version(&desc, literal, &d->normal);
    if (platform.n && !hm_str_is(platform, "ruby"))
        part_qual_add(&d->quals, HM_STR("platform"), platform);
    desc.quals = hm_buf_view(&d->quals);
    join(codec_json_get(spec, "licenses"), " OR ", &d->key);
    if (d->key.n)
        part_desc_licence(&desc, hm_buf_view(&d->key), &d->licence);
    join(codec_json_get(spec, "authors"), ", ", &d->author);
    desc.author = hm_buf_view(&d->author);
    uint32_t comp = detect_doc_add(d, &desc, 0);
    part_add_prop(d->out, comp, HM_STR("package:file"), HM_STR("yes"));
    gem_needs(d, comp, codec_json_get(spec, "dependencies"));
    return HM_OK;
}

hm_rc detect_gem_metadata(const detect_in *in, part_build *out, hm_err *err)
{
    const codec_json *docs = NULL, *spec = NULL;
    hm_str text, key;
    if (!hm_str_ends(in->archive, HM_STR(".gem")) || hm_path_dir(in->file->path).n != in->archive.n + 1)
        return HM_OK; /* of another archive */
    hm_rc rc = codec_inflate(in->arena, CODEC_GZIP, in->file->bytes, 16 << 20, &text, err);
    if (rc == HM_OK)
        rc = codec_yaml_read(in->arena, text, &docs, err);
    if (rc != HM_OK)
        return rc;
    codec_json_iter it = codec_json_each(docs);
    if (!codec_json_next(&it, &key, &spec) || codec_json_type(spec) != CODEC_OBJ)
        return hm_fail(err, HM_FORMAT, DEFECT_WRONG_TYPE, HM_PLACE_NONE, 0, 0);
    detect_doc d = { 0 };
    detect_doc_open(&d, in, in->file, out);
    rc = read_gem(&d, spec, err);
    return detect_doc_close(&d, rc, err);
}
