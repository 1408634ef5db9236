/* dotnet_bundle - .NET programs published as one file: the host with everything else behind it (the .NET runtime's design
 * "The Single-file Bundler"; header.h, manifest and file_entry of its host).
 *
 *   in the host's data: offset of the header:8 (0: no bundle), then 32 bytes that mark the place
 *   header:   major:4 minor:4 files:4 id:text
 *             [2 on] deps.json offset:8 bytes:8, runtimeconfig.json offset:8 bytes:8, flags:8
 *   each file: offset:8 bytes:8 [6 on] compressed bytes:8 (0: as it is)  kind:1 path:text
 *   text: length in 7-bit groups, lowest first, then UTF-8. Kinds: 1 assembly, 2 native, 3 deps.json, 4 runtimeconfig
 *   compressed: bare deflate. Versions 1 (.NET Core 3), 2 (.NET 5), 6 (.NET 6 on).
 *
 * What the program is made of stands in its deps.json, which the reader of such files reads. Only a program without one is
 * known by the assemblies themselves.
 *
 * Invariants: 1. The mark is looked for in the writable data of programs alone, and (but for Mach-O, where the link
 *                segment is made to cover it) only where something was appended to the image.
 *             2. Files lie inside the file; unpacked ones are bounded by the bytes that the manifest names, by
 *                LIMIT_FILE_BYTES and by the ratio of codec_inflate.
 *             3. Evidence names the program: what is in a bundle has no path of its own on the machine.
 * Enemy: whoever built the file. */
#include "base/limits.h"
#include "codec/codec.h"
#include "detect/image.h"
#include "detect/lang.h"

enum { MARK_BYTES = 32, CHUNK = 64 << 10, SEARCH = 16 << 20, MANIFEST_MAX = 8 << 20, NAME_MAX_BYTES = 1024 };
enum { KIND_ASSEMBLY = 1, KIND_DEPS = 3 };
enum { BAD_OFFSET = 1, BAD_HEADER, BAD_ENTRY, BAD_FILE }; /* arg0 of DEFECT_BUNDLE */
static const uint8_t MARK[MARK_BYTES] = { 0x8b, 0x12, 0x02, 0xb9, 0x6a, 0x61, 0x20, 0x38, 0x72, 0x7b, 0x93,
                                          0x02, 0x14, 0xd7, 0xa0, 0x32, 0x13, 0xf5, 0xb9, 0xe6, 0xef, 0xae,
                                          0x33, 0x18, 0xee, 0x3b, 0x2d, 0xce, 0x24, 0xb3, 0x6a, 0xae };

typedef struct entry {
    uint64_t offset, bytes, packed;
    uint8_t kind;
    hm_str path;
} entry;

static hm_rc damaged(uint64_t at, unsigned which, hm_err *err)
{
    return hm_fail(err, HM_FORMAT, DEFECT_BUNDLE, HM_PLACE_BYTE, at, which);
}

/* ---- the mark ----------------------------------------------------------------------------------------------------------- */

/* Reads [offset, offset + n) in chunks that overlap. HM_NOTFOUND: no mark. */
static hm_rc search(const detect_image *m, char *chunk, uint64_t offset, uint64_t n, uint64_t *ret_header, hm_err *err)
{
    const size_t head = 8, whole = head + MARK_BYTES;
    while (n >= whole) {
        size_t take = n < CHUNK ? (size_t)n : CHUNK;
        if (!m->src->read(m->src->ctx, offset, chunk, take))
            return hm_fail(err, HM_IO, DEFECT_READ, HM_PLACE_NONE, 0, 0);
        for (const char *p = chunk + head, *end = chunk + take - MARK_BYTES + 1; p < end; p++) {
            p = memchr(p, MARK[0], (size_t)(end - p));
            if (!p)
                break;
            if (memcmp(p, MARK, MARK_BYTES) == 0) {
                hm_cur c = hm_cur_of((hm_str){ p - head, head });
                *ret_header = hm_cur_le64(&c);
                return *ret_header ? HM_OK : HM_NOTFOUND;
            }
        }
        offset += take - (whole - 1);
        n -= take - (whole - 1);
    }
    return HM_NOTFOUND;
}

static hm_rc find_header(const detect_in *in, const detect_image *m, uint64_t *ret_header, hm_err *err)
{
    uint64_t left = SEARCH;
    char *chunk = NULL;
    if (!m->program || (m->kind != DETECT_MACHO && m->src->size <= m->covered))
        return HM_NOTFOUND;
    for (size_t i = 0; i < m->segments && left; i++) {
        const detect_segment *s = &m->segment[i];
        if ((s->flags & (DETECT_SEG_W | DETECT_SEG_X)) != DETECT_SEG_W)
            continue;
        if (!chunk && !(chunk = hm_arena_alloc(in->arena, CHUNK)))
            return hm_arena_fail(in->arena, err);
        uint64_t n = s->file_bytes < left ? s->file_bytes : left;
        hm_rc rc = search(m, chunk, s->offset, n, ret_header, err);
        if (rc != HM_NOTFOUND)
            return rc;
        left -= n;
    }
    return HM_NOTFOUND;
}

/* ---- the manifest ------------------------------------------------------------------------------------------------------- */

static hm_str text_of(hm_cur *c)
{
    uint64_t n = hm_cur_uleb(c);
    if (n > NAME_MAX_BYTES)
        c->bad = true;
    return hm_cur_take(c, c->bad ? 0 : (size_t)n);
}

static bool next_entry(hm_cur *c, uint32_t major, entry *ret)
{
    ret->offset = hm_cur_le64(c);
    ret->bytes = hm_cur_le64(c);
    ret->packed = major >= 6 ? hm_cur_le64(c) : 0;
    ret->kind = hm_cur_u8(c);
    ret->path = text_of(c);
    return !c->bad;
}

static hm_rc content_of(const detect_in *in, const detect_image *m, const entry *e, hm_str *ret, hm_err *err)
{
    hm_str raw;
    hm_rc rc = detect_image_bytes(in->arena, m->src, m->from + e->offset, e->packed ? e->packed : e->bytes,
                                  LIMIT_FILE_BYTES, &raw, err);
    if (rc == HM_TRUNC)
        return damaged(m->from + e->offset, BAD_FILE, err);
    if (rc != HM_OK || !e->packed) {
        *ret = raw;
        return rc;
    }
    if (e->bytes > LIMIT_FILE_BYTES)
        return hm_fail(err, HM_LIMIT, DEFECT_TOO_LARGE, HM_PLACE_NONE, 0, LIMIT_FILE_BYTES);
    rc = codec_inflate(in->arena, CODEC_RAW, raw, (size_t)e->bytes, ret, err);
    if (rc == HM_OK && ret->n != e->bytes)
        rc = damaged(m->from + e->offset, BAD_FILE, err);
    return rc;
}

static bool read_memory(void *ctx, uint64_t at, void *to, size_t n)
{
    const hm_str *s = ctx;
    if (n > s->n || at > s->n - n)
        return false;
    memcpy(to, s->p + at, n);
    return true;
}

/* One file of the bundle; what is wrong with it is a gap that names it, and the others are still read. */
static void read_file(const detect_in *in, const detect_image *m, const entry *e, detect_fn *fn, part_build *out)
{
    hm_str bytes = HM_NONE;
    hm_err err = { 0 };
    detect_in inner = *in;
    hm_rc rc = content_of(in, m, e, &bytes, &err);
    const detect_src src = { .size = bytes.n, .read = read_memory, .ctx = &bytes };
    const detect_view view = { .path = in->file->path, .bytes = bytes, .src = &src };
    inner.file = &view;
    inner.kept = NULL;
    if (rc == HM_OK)
        rc = fn(&inner, out, &err);
    if (rc == HM_OK || rc == HM_NOTFOUND)
        return;
    detect_err_at(&err, e->path);
    part_add_gap(out, in->file->path, &err);
}

static hm_rc read_manifest(const detect_in *in, const detect_image *m, uint64_t header, part_build *out, hm_err *err)
{
    hm_str bytes;
    if (header > m->src->size - m->from || m->src->size - m->from - header < 13)
        return damaged(m->covered, BAD_OFFSET, err);
    uint64_t at = m->from + header, n = m->src->size - at;
    hm_rc rc =
        detect_image_bytes(in->arena, m->src, at, n < MANIFEST_MAX ? n : MANIFEST_MAX, MANIFEST_MAX, &bytes, err);
    if (rc != HM_OK)
        return rc;
    hm_cur c = hm_cur_of(bytes);
    uint32_t major = hm_cur_le32(&c);
    (void)hm_cur_le32(&c);
    uint32_t files = hm_cur_le32(&c);
    (void)text_of(&c);
    if (major >= 2)
        hm_cur_skip(&c, 40);
    if (c.bad || files > hm_cur_left(&c) / 18)
        return damaged(at, BAD_HEADER, err);
    if (major < 1 || (major > 2 && major != 6))
        return hm_fail(err, HM_UNSUPPORTED, DEFECT_UNSUPPORTED_VERSION, HM_PLACE_BYTE, at, major);
    const hm_cur first = c;
    entry e;
    bool described = false;
    for (uint32_t i = 0; i < files; i++) {
        if (!next_entry(&c, major, &e)) {
            rc = damaged(at + c.at, BAD_ENTRY, err);
            break;
        }
        if (e.kind == KIND_DEPS) {
            read_file(in, m, &e, detect_dotnet_deps, out);
            described = true;
        }
    }
    c = first;
    for (uint32_t i = 0; i < files && !described && next_entry(&c, major, &e) && !part_build_bad(out); i++)
        if (e.kind == KIND_ASSEMBLY)
            read_file(in, m, &e, detect_pe_file, out);
    return rc;
}

static hm_rc read_program(const detect_in *in, const detect_image *m, part_build *out, hm_err *err)
{
    uint64_t header = 0;
    hm_rc rc = find_header(in, m, &header, err);
    return rc == HM_OK ? read_manifest(in, m, header, out, err) : rc;
}

hm_rc detect_dotnet_bundle(const detect_in *in, part_build *out, hm_err *err)
{
    return detect_image_run(in, out, read_program, err);
}
