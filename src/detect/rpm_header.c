/* rpm_header - rpm's header: index and data, see rpm.h. rpm's lib/header.c, docs/manual/format_header.md.
 *
 * 1. Only the tags of RPM_SLOTS are looked at, each at its last entry: the cost is the index and those values, however
 *    many entries point at the same bytes.
 * 2. Every value lies in the data, with as many elements as its count says, before it is used; a text without a NUL does
 *    not exist.
 * The enemy is who wrote the package or the tree that is scanned. */
#include "detect/rpm.h"
#include "base/limits.h"

enum {
    HEAD = 8,
    ENTRY = 16,
    MAX_ENTRIES = 0xffff, /* rpm's own limits */
    MAX_DATA = 256 << 20,
    TYPE_INT32 = 4,
    TYPE_STRING = 6,
    TYPE_BIN = 7,
    TYPE_STRING_ARRAY = 8,
    TYPE_I18NSTRING = 9,
};

static const struct {
    uint32_t tag;
    rpm_kind kind;
} SLOT[RPM_SLOT_COUNT] = {
#define X(slot, tag, kind) [slot] = { tag, kind },
    RPM_SLOTS(X)
#undef X
};

static rpm_slot slot_of(uint32_t tag)
{
    rpm_slot i = RPM_NAME;
    while (i < RPM_SLOT_COUNT && SLOT[i].tag != tag)
        i++;
    return i;
}

/* Bytes of one element, 0: texts, which end with a NUL. */
static bool width_of(uint32_t type, uint32_t *ret)
{
    static const uint8_t WIDTH[] = { 0, 1, 1, 2, 4, 8, 0, 1, 0, 0 };
    if (type >= HM_COUNT(WIDTH))
        return false;
    *ret = WIDTH[type];
    return true;
}

static bool value_of(rpm_kind kind, uint32_t type, hm_str at, uint32_t count, rpm_value *ret)
{
    hm_str text = hm_str_sub(at, 0, hm_str_find(at, 0));
    switch (kind) {
    case RPM_TEXT: /* of translations the first is the untranslated one */
        if ((type != TYPE_STRING && type != TYPE_STRING_ARRAY && type != TYPE_I18NSTRING) || text.n == at.n)
            return false;
        *ret = (rpm_value){ text, 1 };
        return true;
    case RPM_TEXTS:
        *ret = (rpm_value){ at, count };
        return type == TYPE_STRING_ARRAY || type == TYPE_I18NSTRING || (type == TYPE_STRING && count == 1);
    case RPM_NUMBERS:
        *ret = (rpm_value){ hm_str_sub(at, 0, (size_t)count * 4), count };
        return type == TYPE_INT32;
    case RPM_BYTES:
        *ret = (rpm_value){ hm_str_sub(at, 0, count), count };
        return type == TYPE_BIN;
    }
    return false;
}

/* One entry of the index; false: it does not hold together. */
static bool read_entry(hm_cur *index, hm_str data, rpm_header *h, uint32_t *ret_tag)
{
    uint32_t tag = hm_cur_be32(index), type = hm_cur_be32(index), offset = hm_cur_be32(index);
    uint32_t count = hm_cur_be32(index), width;
    *ret_tag = tag;
    if (!width_of(type, &width) || offset > data.n || count > MAX_DATA)
        return false;
    hm_str at = hm_str_from(data, offset);
    if ((width ? (uint64_t)count * width : type ? count : 0) > at.n)
        return false;
    rpm_slot i = slot_of(tag);
    rpm_value v;
    if (i == RPM_SLOT_COUNT || count == 0)
        return true;
    if (!value_of(SLOT[i].kind, type, at, count, &v))
        return false;
    h->value[i] = v;
    return true;
}

uint64_t detect_rpm_header_size(hm_str head)
{
    hm_cur c = hm_cur_of(head);
    uint32_t entries = hm_cur_be32(&c), bytes = hm_cur_be32(&c);
    if (c.bad || entries == 0 || entries > MAX_ENTRIES || bytes > MAX_DATA)
        return 0;
    return HEAD + (uint64_t)entries * ENTRY + bytes;
}

hm_rc detect_rpm_header(hm_str blob, rpm_header *ret, size_t *ret_used, hm_err *err)
{
    uint64_t size = detect_rpm_header_size(blob);
    if (size == 0)
        return hm_fail(err, HM_FORMAT, DEFECT_RPM_HEADER, HM_PLACE_BYTE, 0, 0);
    if (size > blob.n)
        return hm_fail(err, HM_TRUNC, DEFECT_RPM_HEADER, HM_PLACE_BYTE, blob.n, 0);
    hm_cur c = hm_cur_of(blob);
    uint32_t entries = hm_cur_be32(&c), bytes = hm_cur_be32(&c), tag;
    rpm_header h = { 0 };
    hm_str data = hm_str_sub(blob, HEAD + (size_t)entries * ENTRY, bytes);
    for (uint32_t i = 0; i < entries; i++)
        if (!read_entry(&c, data, &h, &tag) && h.bad++ == 0)
            h.bad_tag = tag;
    *ret = h;
    *ret_used = (size_t)size;
    return HM_OK;
}

bool detect_rpm_number(const rpm_value *v, uint32_t i, uint32_t *ret)
{
    if (i >= v->count)
        return false;
    hm_cur c = hm_cur_of(hm_str_from(v->bytes, (size_t)i * 4));
    *ret = hm_cur_be32(&c);
    return !c.bad;
}

bool detect_rpm_text(rpm_value *v, hm_str *ret)
{
    size_t n = hm_str_find(v->bytes, 0);
    if (v->count == 0 || n == v->bytes.n)
        return false;
    *ret = hm_str_sub(v->bytes, 0, n);
    v->bytes = hm_str_from(v->bytes, n + 1);
    v->count--;
    return true;
}
