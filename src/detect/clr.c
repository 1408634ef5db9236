/* clr - metadata of managed code (ECMA-335, partition II: 24 the layout, 22 the tables, 25.3.3 the header).
 *
 *   PE directory 14: bytes:4 version:2+2 metadata address:4 bytes:4 ...
 *   metadata: "BSJB" version:2+2 0:4 length:4 text[length] flags:2 streams:2
 *     | stream: offset:4 bytes:4 name, NUL, padded to 4
 *   stream "#~" (or "#-"): 0:4 version:1+1 heap sizes:1 1:1 present:8 sorted:8 rows:4 for each bit of present
 *     | rows of table 0, 1, 2 ...: the width of a column depends on the rows of the tables that it points into
 *   table 0x20 Assembly: hash:4 version:2x4 flags:4 key:B name:S culture:S
 *   table 0x23 AssemblyRef: version:2x4 flags:4 key:B name:S culture:S hash:B
 *
 * Invariants: 1. Rows are reached by arithmetic over the counts, in 64 bits, and read one by one: what a count claims
 *                and the file does not hold ends in a failed read, not in an allocation.
 *             2. Texts are cut at TEXT_MAX.
 * Enemy: whoever built the file. */
#include "detect/clr.h"
#include "base/limits.h"

enum { TEXT_MAX = 256, STREAMS_MAX = 32, TABLES = 64, ASSEMBLY = 0x20, ASSEMBLY_REF = 0x23 };
enum { BAD_HEADER = 1, BAD_ROOT, BAD_STREAMS, BAD_TABLES, BAD_ROWS }; /* arg0 of DEFECT_CLR */

/* Columns: '2' and '4' bytes; S G B an index into strings, GUIDs, blobs; other letters an index into a table, or into
 * one of several (INDEX). clang-format off: one table a line */
// clang-format off
static const char *const COLUMNS[ASSEMBLY_REF + 1] = {
    "2SGGG", /* 00 Module */
    "rSS", /* 01 TypeRef */
    "4SStFM", /* 02 TypeDef */
    "F", /* 03 FieldPtr */
    "2SB", /* 04 Field */
    "M", /* 05 MethodPtr */
    "422SBP", /* 06 MethodDef */
    "P", /* 07 ParamPtr */
    "22S", /* 08 Param */
    "Tt", /* 09 InterfaceImpl */
    "pSB", /* 0a MemberRef */
    "2cB", /* 0b Constant */
    "ayB", /* 0c CustomAttribute */
    "fB", /* 0d FieldMarshal */
    "2dB", /* 0e DeclSecurity */
    "24T", /* 0f ClassLayout */
    "4F", /* 10 FieldLayout */
    "B", /* 11 StandAloneSig */
    "TE", /* 12 EventMap */
    "E", /* 13 EventPtr */
    "2St", /* 14 Event */
    "TQ", /* 15 PropertyMap */
    "Q", /* 16 PropertyPtr */
    "2SB", /* 17 Property */
    "2Ms", /* 18 MethodSemantics */
    "Tmm", /* 19 MethodImpl */
    "S", /* 1a ModuleRef */
    "B", /* 1b TypeSpec */
    "2wSU", /* 1c ImplMap */
    "4F", /* 1d FieldRVA */
    "44", /* 1e EncLog */
    "4", /* 1f EncMap */
    "422224BSS", /* 20 Assembly */
    "4", /* 21 AssemblyProcessor */
    "444", /* 22 AssemblyOS */
    "22224BSSB", /* 23 AssemblyRef */
};
// clang-format on

/* what an index may point into: the wider form is used once a table has 2^(16 - tag) rows or more */
static const struct {
    char letter;
    uint8_t tag; /* bits that say which of the tables */
    uint8_t n;
    uint8_t table[22];
} INDEX[] = {
    { 'F', 0, 1, { 0x04 } },
    { 'M', 0, 1, { 0x06 } },
    { 'P', 0, 1, { 0x08 } },
    { 'T', 0, 1, { 0x02 } },
    { 'E', 0, 1, { 0x14 } },
    { 'Q', 0, 1, { 0x17 } },
    { 'U', 0, 1, { 0x1a } },
    { 't', 2, 3, { 0x02, 0x01, 0x1b } }, /* TypeDefOrRef */
    { 'c', 2, 3, { 0x04, 0x08, 0x17 } }, /* HasConstant */
    { 'a', 5, 22, { 0x06, 0x04, 0x01, 0x02, 0x08, 0x09, 0x0a, 0x00, 0x0e, 0x17, 0x14,
                    0x11, 0x1a, 0x1b, 0x20, 0x23, 0x26, 0x27, 0x28, 0x2a, 0x2c, 0x2b } }, /* HasCustomAttribute */
    { 'f', 1, 2, { 0x04, 0x08 } },                                                        /* HasFieldMarshal */
    { 'd', 2, 3, { 0x02, 0x06, 0x20 } },                                                  /* HasDeclSecurity */
    { 'p', 3, 5, { 0x02, 0x01, 0x1a, 0x06, 0x1b } },                                      /* MemberRefParent */
    { 's', 1, 2, { 0x14, 0x17 } },                                                        /* HasSemantics */
    { 'm', 1, 2, { 0x06, 0x0a } },                                                        /* MethodDefOrRef */
    { 'w', 1, 2, { 0x04, 0x06 } },                                                        /* MemberForwarded */
    { 'y', 3, 2, { 0x06, 0x0a } },                                                        /* CustomAttributeType */
    { 'r', 2, 4, { 0x00, 0x1a, 0x23, 0x01 } },                                            /* ResolutionScope */
};

typedef struct reader {
    hm_arena *a;
    const detect_image *m;
    uint64_t root;                   /* address of the metadata */
    uint64_t strings, strings_bytes; /* address of the heap */
    uint64_t tables, tables_bytes;
    uint8_t heaps;
    uint32_t rows[TABLES];
} reader;

static hm_rc damaged(const reader *r, uint64_t addr, unsigned which, hm_err *err)
{
    uint64_t offset = 0;
    (void)detect_image_left(r->m, addr, &offset);
    return hm_fail(err, HM_FORMAT, DEFECT_CLR, HM_PLACE_BYTE, offset, which);
}

static unsigned index_bytes(const reader *r, char column)
{
    for (size_t i = 0; i < HM_COUNT(INDEX); i++) {
        if (INDEX[i].letter != column)
            continue;
        uint32_t most = 0;
        for (size_t k = 0; k < INDEX[i].n; k++)
            if (r->rows[INDEX[i].table[k]] > most)
                most = r->rows[INDEX[i].table[k]];
        return most < 1U << (16 - INDEX[i].tag) ? 2 : 4;
    }
    return 0; /* of no table */
}

static unsigned column_bytes(const reader *r, char column)
{
    switch (column) {
    case '2':
        return 2;
    case '4':
        return 4;
    case 'S':
        return r->heaps & 1 ? 4 : 2;
    case 'G':
        return r->heaps & 2 ? 4 : 2;
    case 'B':
        return r->heaps & 4 ? 4 : 2;
    default:
        return index_bytes(r, column);
    }
}

static unsigned row_bytes(const reader *r, unsigned table)
{
    unsigned n = 0;
    for (const char *c = COLUMNS[table]; *c; c++)
        n += column_bytes(r, *c);
    return n;
}

static hm_rc find_streams(reader *r, uint64_t bytes, hm_err *err)
{
    char head[16], row[8 + 32];
    if (bytes < 20 || !detect_image_read(r->m, r->root, head, sizeof head))
        return damaged(r, r->root, BAD_ROOT, err);
    hm_cur c = hm_cur_of((hm_str){ head, sizeof head });
    if (hm_cur_be32(&c) != 0x42534a42)
        return damaged(r, r->root, BAD_ROOT, err);
    hm_cur_skip(&c, 8);
    uint64_t at = r->root + 16 + (uint64_t)hm_cur_le32(&c);
    if (at - r->root > bytes - 4 || !detect_image_read(r->m, at, head, 4))
        return damaged(r, r->root, BAD_ROOT, err);
    c = hm_cur_of((hm_str){ head + 2, 2 });
    unsigned streams = hm_cur_le16(&c);
    at += 4;
    for (unsigned i = 0; i < streams && i < STREAMS_MAX; i++) {
        uint64_t offset, left = detect_image_left(r->m, at, &offset);
        size_t n = left < sizeof row ? (size_t)left : sizeof row;
        if (n < 12 || !detect_image_read(r->m, at, row, n))
            return damaged(r, at, BAD_STREAMS, err);
        c = hm_cur_of((hm_str){ row, n });
        uint64_t from = hm_cur_le32(&c), size = hm_cur_le32(&c);
        hm_str name = { row + 8, strnlen(row + 8, n - 8) };
        if (name.n == n - 8 || from > bytes || size > bytes - from)
            return damaged(r, at, BAD_STREAMS, err);
        if (hm_str_is(name, "#Strings")) {
            r->strings = r->root + from;
            r->strings_bytes = size;
        } else if (hm_str_is(name, "#~") || hm_str_is(name, "#-")) {
            r->tables = r->root + from;
            r->tables_bytes = size;
        }
        at += 8 + ((name.n + 4) & ~(uint64_t)3);
    }
    return r->tables && r->strings ? HM_OK : damaged(r, r->root, BAD_STREAMS, err);
}

/* Counts of rows; *ret_at is where the rows of table 0 begin. */
static hm_rc count_rows(reader *r, uint64_t *ret_at, hm_err *err)
{
    char head[24], counts[TABLES * 4];
    if (r->tables_bytes < sizeof head || !detect_image_read(r->m, r->tables, head, sizeof head))
        return damaged(r, r->tables, BAD_TABLES, err);
    hm_cur c = hm_cur_of((hm_str){ head, sizeof head });
    hm_cur_skip(&c, 6);
    r->heaps = hm_cur_u8(&c);
    hm_cur_skip(&c, 1);
    uint64_t present = hm_cur_le64(&c);
    size_t n = (size_t)__builtin_popcountll(present) * 4;
    if (n && !detect_image_read(r->m, r->tables + sizeof head, counts, n))
        return damaged(r, r->tables, BAD_TABLES, err);
    c = hm_cur_of((hm_str){ counts, n });
    for (unsigned i = 0; i < TABLES; i++)
        r->rows[i] = present >> i & 1 ? hm_cur_le32(&c) : 0;
    *ret_at = r->tables + sizeof head + n + (r->heaps & 0x40 ? 4 : 0); /* 0x40: one more number there */
    return HM_OK;
}

static uint32_t index_of(const reader *r, hm_cur *c, char column)
{
    return column_bytes(r, column) == 4 ? hm_cur_le32(c) : hm_cur_le16(c);
}

static hm_rc text_at(const reader *r, uint32_t index, hm_str *ret, hm_err *err)
{
    char raw[TEXT_MAX];
    uint64_t offset, addr = r->strings + index, left = detect_image_left(r->m, addr, &offset);
    *ret = HM_NONE;
    if (index == 0)
        return HM_OK;
    if (index >= r->strings_bytes || left == 0)
        return damaged(r, r->strings, BAD_ROWS, err);
    if (left > r->strings_bytes - index)
        left = r->strings_bytes - index;
    size_t n = left < sizeof raw ? (size_t)left : sizeof raw;
    if (!detect_image_read(r->m, addr, raw, n))
        return damaged(r, addr, BAD_ROWS, err);
    return hm_arena_dup(r->a, (hm_str){ raw, strnlen(raw, n) }, ret) ? HM_OK : hm_arena_fail(r->a, err);
}

static hm_rc assembly_at(const reader *r, uint64_t addr, unsigned table, detect_assembly *ret, hm_err *err)
{
    char raw[40];
    unsigned n = row_bytes(r, table);
    if (!detect_image_read(r->m, addr, raw, n))
        return damaged(r, addr, BAD_ROWS, err);
    hm_cur c = hm_cur_of((hm_str){ raw, n });
    if (table == ASSEMBLY)
        hm_cur_skip(&c, 4); /* hash algorithm */
    for (unsigned i = 0; i < 4; i++)
        ret->version[i] = hm_cur_le16(&c);
    hm_cur_skip(&c, 4); /* flags */
    (void)index_of(r, &c, 'B');
    uint32_t name = index_of(r, &c, 'S'), culture = index_of(r, &c, 'S');
    hm_rc rc = text_at(r, name, &ret->name, err);
    return rc == HM_OK ? text_at(r, culture, &ret->culture, err) : rc;
}

static hm_rc read_assemblies(const reader *r, uint64_t at, detect_clr *ret, hm_err *err)
{
    uint64_t from[ASSEMBLY_REF + 1] = { 0 };
    for (unsigned i = 0; i <= ASSEMBLY_REF; i++) {
        from[i] = at;
        at += (uint64_t)r->rows[i] * row_bytes(r, i); /* 36 times 2^32 * 40 at most */
    }
    if (r->rows[ASSEMBLY]) {
        hm_rc rc = assembly_at(r, from[ASSEMBLY], ASSEMBLY, &ret->self, err);
        if (rc != HM_OK)
            return rc;
    }
    ret->refs_all = r->rows[ASSEMBLY_REF];
    uint64_t offset, left = detect_image_left(r->m, from[ASSEMBLY_REF], &offset), row = row_bytes(r, ASSEMBLY_REF);
    size_t n = ret->refs_all < LIMIT_ASSEMBLY_REFS ? (size_t)ret->refs_all : (size_t)LIMIT_ASSEMBLY_REFS;
    if (n == 0)
        return HM_OK;
    if (n > left / row)
        return damaged(r, from[ASSEMBLY_REF], BAD_ROWS, err);
    detect_assembly *ref = hm_arena_array(r->a, n, sizeof *ref);
    if (!ref)
        return hm_arena_fail(r->a, err);
    for (size_t i = 0; i < n; i++) {
        hm_rc rc = assembly_at(r, from[ASSEMBLY_REF] + i * row, ASSEMBLY_REF, &ref[i], err);
        if (rc != HM_OK)
            return rc;
    }
    ret->ref = ref;
    ret->refs = n;
    return HM_OK;
}

hm_rc detect_clr_read(hm_arena *a, const detect_image *m, detect_clr *ret, hm_err *err)
{
    char head[16];
    reader r = { .a = a, .m = m };
    uint64_t at = 0;
    if (m->kind != DETECT_PE || m->clr == 0)
        return HM_NOTFOUND;
    if (!detect_image_read(m, m->base + m->clr, head, sizeof head))
        return damaged(&r, m->base + m->clr, BAD_HEADER, err);
    hm_cur c = hm_cur_of((hm_str){ head, sizeof head });
    hm_cur_skip(&c, 8);
    r.root = m->base + hm_cur_le32(&c);
    uint64_t bytes = hm_cur_le32(&c);
    detect_clr out = { 0 };
    hm_rc rc = find_streams(&r, bytes, err);
    if (rc == HM_OK)
        rc = count_rows(&r, &at, err);
    if (rc == HM_OK)
        rc = read_assemblies(&r, at, &out, err);
    if (rc == HM_OK)
        *ret = out;
    return rc;
}
