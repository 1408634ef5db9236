/* elf_note - what package an ELF file was built for, as distributions write it into the file (UAPI group, "ELF Package
 * Metadata"; systemd reads it in core dumps).
 *
 *   section .note.package, or segments of notes: name size:4 text size:4 type:4 name text, both padded to 4
 *   name "FDO", type 0xcafe1a7e, text JSON, NUL-padded:
 *   { "type": "deb" | "rpm" | ..., "name", "version", "architecture", "os", "osVersion", "osCpe", "appCpe" ... }
 *
 * Invariants: 1. The package named is the source package in most distributions, and no record that it is installed
 *                here: evidence of a binary, and the merge sets it below the package whose database owns the file.
 *             2. Without a word on the distribution there is no purl of it: the type stays as a property.
 * Enemy: whoever built the file. */
#include "codec/codec.h"
#include "detect/image.h"
#include "detect/lang.h"

enum { NOTE_TYPE = (int)0xcafe1a7e, NOTES_MAX = 64 << 10, TEXT_MAX = 512 };

/* Text of the first note of that kind; false: none. */
static bool find_note(hm_str notes, bool big, hm_str *ret)
{
    hm_cur c = hm_cur_of(notes);
    while (hm_cur_left(&c) >= 12) {
        uint32_t name_n = big ? hm_cur_be32(&c) : hm_cur_le32(&c), text_n = big ? hm_cur_be32(&c) : hm_cur_le32(&c);
        uint32_t type = big ? hm_cur_be32(&c) : hm_cur_le32(&c);
        hm_str name = hm_cur_take(&c, name_n);
        hm_cur_skip(&c, (4 - name_n % 4) % 4);
        hm_str text = hm_cur_take(&c, text_n);
        if (c.bad)
            return false;
        if (type == (uint32_t)NOTE_TYPE && name.n == 4 && memcmp(name.p, "FDO", 4) == 0) {
            *ret = text;
            return true;
        }
        size_t pad = (4 - text_n % 4) % 4;
        hm_cur_skip(&c, pad < hm_cur_left(&c) ? pad : hm_cur_left(&c));
    }
    return false;
}

static hm_rc read_notes(const detect_in *in, const detect_image *m, hm_str *ret, hm_err *err)
{
    const detect_section *s = detect_image_find(m, ".note.package");
    hm_str notes;
    if (s && !s->empty) {
        hm_rc rc = detect_image_bytes(in->arena, m->src, s->offset, s->bytes, NOTES_MAX, &notes, err);
        if (rc != HM_OK)
            return rc;
        return find_note(notes, m->big, ret) ? HM_OK
                                             : hm_fail(err, HM_FORMAT, DEFECT_ELF_NOTE, HM_PLACE_BYTE, s->offset, 0);
    }
    for (size_t i = 0; m->sections == 0 && i < m->notes && i < 8; i++) {
        if (m->note[i].file_bytes > NOTES_MAX)
            continue;
        hm_rc rc =
            detect_image_bytes(in->arena, m->src, m->note[i].offset, m->note[i].file_bytes, NOTES_MAX, &notes, err);
        if (rc != HM_OK)
            return rc;
        if (find_note(notes, m->big, ret))
            return HM_OK;
    }
    return HM_NOTFOUND;
}

static part_eco eco_of(hm_str type)
{
    static const struct {
        const char *type;
        part_eco eco;
    } TYPE[] = { { "deb", PART_ECO_DEB },
                 { "rpm", PART_ECO_RPM },
                 { "apk", PART_ECO_APK },
                 { "arch", PART_ECO_ALPM },
                 { "alpm", PART_ECO_ALPM } };
    for (size_t i = 0; i < HM_COUNT(TYPE); i++)
        if (hm_str_is(type, TYPE[i].type))
            return TYPE[i].eco;
    return PART_ECO_NONE;
}

/* "cpe:/o:VENDOR:PRODUCT:VERSION" or "cpe:2.3:o:VENDOR:PRODUCT:VERSION:..."; false: another text. */
static bool cpe_os(hm_str cpe, hm_str *ret_product, hm_str *ret_version)
{
    static const hm_str HEAD[] = { HM_STR("cpe:/o:"), HM_STR("cpe:2.3:o:") };
    for (size_t i = 0; i < HM_COUNT(HEAD); i++) {
        if (!hm_str_starts(cpe, HEAD[i]))
            continue;
        hm_str rest = hm_str_from(cpe, HEAD[i].n);
        (void)hm_str_cut(rest, ':', &rest);
        *ret_product = hm_str_cut(rest, ':', &rest);
        *ret_version = hm_str_cut(rest, ':', &rest);
        if (hm_str_ends(*ret_product, HM_STR("_linux")))
            *ret_product = hm_str_sub(*ret_product, 0, ret_product->n - 6);
        return ret_product->n > 0;
    }
    return false;
}

/* "debian-12" into out, empty where the note does not say. */
static hm_str distro_of(const codec_json *v, hm_buf *out)
{
    hm_str os = codec_json_get_str(v, "os"), version = codec_json_get_str(v, "osVersion"), product, of_cpe;
    if (cpe_os(codec_json_get_str(v, "osCpe"), &product, &of_cpe)) {
        if (os.n == 0)
            os = product;
        if (version.n == 0 && !hm_str_is(of_cpe, "*") && !hm_str_is(of_cpe, "-"))
            version = of_cpe;
    }
    if (os.n == 0 || os.n > 64 || version.n > 64)
        return HM_NONE;
    hm_buf_str(out, os);
    if (version.n) {
        hm_buf_byte(out, '-');
        hm_buf_str(out, version);
    }
    return hm_buf_view(out);
}

static hm_rc add_package(const detect_in *in, const detect_image *m, const codec_json *v, part_build *out, hm_err *err)
{
    hm_buf distro = { 0 }, quals = { 0 }, normal = { 0 };
    hm_str type = detect_cut(codec_json_get_str(v, "type"), TEXT_MAX), cpe = codec_json_get_str(v, "appCpe");
    part_desc d = { .kind = m->program ? PART_APPLICATION : PART_LIBRARY,
                    .scope = PART_SCOPE_RUNTIME,
                    .name = codec_json_get_str(v, "name"),
                    .distro = distro_of(v, &distro) };
    if (d.name.n == 0) {
        hm_buf_clear(&distro);
        hm_rc rc = hm_fail(err, HM_FORMAT, DEFECT_MISSING_FIELD, HM_PLACE_NONE, 0, 0);
        detect_err_at(err, HM_STR("name"));
        return rc;
    }
    if (d.distro.n)
        d.eco = eco_of(type);
    if (hm_str_starts(cpe, HM_STR("cpe:2.3:")))
        d.cpe = cpe;
    part_qual_add(&quals, HM_STR("arch"), codec_json_get_str(v, "architecture"));
    d.quals = hm_buf_view(&quals);
    detect_version(&d, codec_json_get_str(v, "version"), &normal);
    bool bad = distro.bad || quals.bad || normal.bad;
    uint32_t c = bad ? PART_NO : part_add(out, &d);
    if (!bad) {
        part_add_evidence(out, c, in->file->path, PART_T_BINARY, 90, 0);
        part_add_prop(out, c, HM_STR("elf:package-type"), type);
    }
    hm_buf_clear(&distro);
    hm_buf_clear(&quals);
    hm_buf_clear(&normal);
    return bad ? detect_no_memory(err) : HM_OK;
}

static hm_rc read_program(const detect_in *in, const detect_image *m, part_build *out, hm_err *err)
{
    hm_str text = HM_NONE;
    const codec_json *root;
    if (m->kind != DETECT_ELF)
        return HM_NOTFOUND;
    hm_rc rc = read_notes(in, m, &text, err);
    if (rc != HM_OK)
        return rc;
    while (text.n && text.p[text.n - 1] == 0)
        text.n--;
    rc = codec_json_read(in->arena, text, &root, err);
    return rc == HM_OK ? add_package(in, m, root, out, err) : rc;
}

hm_rc detect_elf_note(const detect_in *in, part_build *out, hm_err *err)
{
    return detect_image_run(in, out, read_program, err);
}
