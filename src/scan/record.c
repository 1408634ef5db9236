/* record - settings and records of unpack.h, there and back. Pure. Enemy of unpack_get: a worker that a file took over. */
#include "base/limits.h"
#include "scan/unpack.h"

void scan_unpack_settings_put(hm_buf *out, const unpack_settings *s)
{
    hm_buf_le32(out, s->flags);
    hm_buf_le32(out, s->nesting);
    hm_buf_le64(out, s->file_bytes);
    hm_buf_le64(out, s->archive_bytes);
    hm_buf_le64(out, s->ratio);
    hm_buf_le64(out, s->entries);
    hm_buf_le64(out, s->resume);
}

bool scan_unpack_settings_get(hm_str in, unpack_settings *ret)
{
    hm_cur c = hm_cur_of(in);
    ret->flags = hm_cur_le32(&c);
    ret->nesting = hm_cur_le32(&c);
    ret->file_bytes = hm_cur_le64(&c);
    ret->archive_bytes = hm_cur_le64(&c);
    ret->ratio = hm_cur_le64(&c);
    ret->entries = hm_cur_le64(&c);
    ret->resume = hm_cur_le64(&c);
    return !c.bad && hm_cur_left(&c) == 0;
}

static void put_err(hm_buf *b, const hm_err *e)
{
    hm_buf_le32(b, (uint32_t)e->rc);
    hm_buf_le32(b, e->defect);
    hm_buf_le32(b, (uint32_t)e->sys);
    hm_buf_le32(b, e->place_kind);
    hm_buf_le64(b, e->place);
    for (size_t i = 0; i < HM_COUNT(e->arg); i++)
        hm_buf_le64(b, e->arg[i]);
}

static bool get_err(hm_cur *c, hm_err *ret)
{
    uint32_t rc = hm_cur_le32(c), defect = hm_cur_le32(c), sys = hm_cur_le32(c), kind = hm_cur_le32(c);
    uint64_t place = hm_cur_le64(c);
    *ret = (hm_err){ .place = place };
    for (size_t i = 0; i < HM_COUNT(ret->arg); i++)
        ret->arg[i] = hm_cur_le64(c);
    if (c->bad || rc == 0 || rc >= HM_RC_COUNT || defect >= HM_DEFECT_COUNT || sys > 4095 || kind > HM_PLACE_ENTRY)
        return false;
    ret->rc = (hm_rc)rc;
    ret->defect = (uint16_t)defect;
    ret->sys = (int)sys;
    ret->place_kind = (uint16_t)kind;
    return true;
}

void scan_unpack_put(hm_buf *out, const unpack_record *r)
{
    hm_buf_byte(out, (char)r->type);
    size_t at = out->n;
    hm_buf_le32(out, 0);
    switch (r->type) {
    case UNPACK_DOC:
    case UNPACK_KEEP:
        hm_buf_le32(out, (uint32_t)r->detector | (uint32_t)r->root_n << 16);
        hm_buf_le32(out, (uint32_t)r->path.n);
        hm_buf_str(out, r->path);
        hm_buf_str(out, r->bytes);
        break;
    case UNPACK_AT:
        hm_buf_le64(out, r->index);
        hm_buf_str(out, r->path);
        break;
    case UNPACK_LINK:
    case UNPACK_BLOB:
        hm_buf_le32(out, (uint32_t)r->path.n);
        hm_buf_str(out, r->path);
        hm_buf_str(out, r->bytes);
        break;
    case UNPACK_COUNT:
        for (size_t i = 0; i < HM_COUNT(r->count); i++)
            hm_buf_le64(out, r->count[i]);
        break;
    case UNPACK_LAYER_OF:
        hm_buf_str(out, r->path);
        break;
    case UNPACK_PATHS:
        hm_buf_byte(out, (char)r->set);
        hm_buf_str(out, r->bytes);
        break;
    case UNPACK_FAIL:
        put_err(out, &r->err);
        break;
    case UNPACK_TYPES:
        break;
    }
    if (out->bad)
        return;
    uint64_t n = out->n - at - 4;
    for (size_t i = 0; i < 4; i++)
        out->p[at + i] = (char)(n >> (8 * i) & 0xff);
}

static hm_rc broken(hm_err *err, uint64_t rule)
{
    return hm_fail(err, HM_FORMAT, DEFECT_WORKER_REPLY, HM_PLACE_NONE, 0, rule);
}

hm_rc scan_unpack_get(hm_str s, unpack_record *ret, size_t *ret_n, hm_err *err)
{
    hm_cur head = hm_cur_of(s);
    unpack_record r = { .type = (unpack_type)hm_cur_u8(&head) };
    uint32_t n = hm_cur_le32(&head);
    if (head.bad)
        return HM_NOTFOUND;
    if (r.type < UNPACK_DOC || r.type >= UNPACK_TYPES || n > UNPACK_RECORD_BYTES)
        return broken(err, 30);
    if (n > hm_cur_left(&head))
        return HM_NOTFOUND;
    hm_cur c = hm_cur_of(hm_cur_take(&head, n));
    switch (r.type) {
    case UNPACK_DOC:
    case UNPACK_KEEP:
        r.detector = hm_cur_le16(&c);
        r.root_n = hm_cur_le16(&c);
        r.path = hm_cur_take(&c, hm_cur_le32(&c));
        r.bytes = hm_cur_take(&c, hm_cur_left(&c));
        break;
    case UNPACK_AT:
        r.index = hm_cur_le64(&c);
        r.path = hm_cur_take(&c, hm_cur_left(&c));
        break;
    case UNPACK_LINK:
    case UNPACK_BLOB:
        r.path = hm_cur_take(&c, hm_cur_le32(&c));
        r.bytes = hm_cur_take(&c, hm_cur_left(&c));
        break;
    case UNPACK_COUNT:
        for (size_t i = 0; i < HM_COUNT(r.count); i++)
            r.count[i] = hm_cur_le64(&c);
        break;
    case UNPACK_LAYER_OF:
        r.path = hm_cur_take(&c, hm_cur_left(&c));
        break;
    case UNPACK_PATHS:
        r.set = hm_cur_u8(&c);
        r.bytes = hm_cur_take(&c, hm_cur_left(&c));
        break;
    case UNPACK_FAIL:
        if (!get_err(&c, &r.err))
            return broken(err, 31);
        break;
    case UNPACK_TYPES:
        break;
    }
    if (c.bad || hm_cur_left(&c) || r.path.n > JAIL_NAME_MAX || r.root_n > r.path.n || r.set >= UNPACK_SETS ||
        memchr(r.path.n ? r.path.p : "", 0, r.path.n) || (r.type == UNPACK_PATHS && r.bytes.n % 8))
        return broken(err, 32);
    *ret = r;
    *ret_n = head.at;
    return HM_OK;
}

/* FNV-1a, 64 bits, mixed at the end. Who wrote the image can make two of its own paths collide and so hide a file of its
 * own, which a white-out does with less effort. */
uint64_t scan_unpack_hash(hm_str path)
{
    uint64_t h = UNPACK_HASH;
    for (size_t i = 0; i < path.n; i++)
        h = unpack_hash_byte(h, path.p[i]);
    return unpack_hash_end(h);
}
