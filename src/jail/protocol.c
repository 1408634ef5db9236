/* protocol - encoding, decoding and the permit table: pure functions, fuzzed from both sides. See protocol.h. */
#include "jail/protocol.h"
#include "base/limits.h"
#include "jail/jail.h"

/* ---- requests ---- */

static size_t padded(size_t n)
{
    return (n + 7) & ~(size_t)7;
}

bool jail_request_put(hm_buf *b, const jail_request *r)
{
    if (r->name.n > JAIL_NAME_MAX || (!(r->flags & JAIL_REQ_EXTRA_FD) && r->extra.n > JAIL_EXTRA_INLINE))
        return false;
    size_t extra_n = r->flags & JAIL_REQ_EXTRA_FD ? 0 : r->extra.n;
    size_t whole = padded(JAIL_REQUEST_HEAD + r->name.n + extra_n);
    if (b->bad || whole > JAIL_DATAGRAM - b->n || !hm_buf_room(b, whole))
        return false;
    size_t end = b->n + whole;
    hm_buf_le32(b, (uint32_t)whole);
    hm_buf_le32(b, r->seq);
    hm_buf_le32(b, r->job);
    hm_buf_le32(b, r->param);
    hm_buf_le64(b, r->content);
    hm_buf_le32(b, r->ring_at);
    hm_buf_le32(b, r->ring_n);
    hm_buf_le32(b, (uint32_t)r->name.n);
    hm_buf_le32(b, r->extra_n);
    hm_buf_le64(b, r->flags);
    hm_buf_str(b, r->name);
    hm_buf_add(b, r->extra.p, extra_n);
    while (b->n < end)
        hm_buf_byte(b, '\0');
    return true;
}

static hm_rc bad_request(hm_err *err, const hm_cur *c, uint64_t rule)
{
    return hm_fail(err, HM_FORMAT, DEFECT_WORKER_REPLY, HM_PLACE_BYTE, c->at, rule);
}

hm_rc jail_request_next(hm_cur *c, jail_request *ret, hm_err *err)
{
    if (hm_cur_left(c) == 0 && !c->bad)
        return HM_NOTFOUND;
    size_t start = c->at;
    jail_request r = { 0 };
    size_t whole = hm_cur_le32(c);
    r.seq = hm_cur_le32(c);
    r.job = hm_cur_le32(c);
    r.param = hm_cur_le32(c);
    r.content = hm_cur_le64(c);
    r.ring_at = hm_cur_le32(c);
    r.ring_n = hm_cur_le32(c);
    size_t name_n = hm_cur_le32(c);
    r.extra_n = hm_cur_le32(c);
    uint64_t flags = hm_cur_le64(c);
    if (c->bad || flags & ~(uint64_t)(JAIL_REQ_FD | JAIL_REQ_EXTRA_FD))
        return bad_request(err, c, 1);
    r.flags = (uint32_t)flags;
    if (name_n > JAIL_NAME_MAX)
        return bad_request(err, c, 2);
    r.name = hm_cur_take(c, name_n);
    if (!(r.flags & JAIL_REQ_EXTRA_FD)) {
        if (r.extra_n > JAIL_EXTRA_INLINE)
            return bad_request(err, c, 3);
        r.extra = hm_cur_take(c, r.extra_n);
    }
    if (c->bad || whole != padded(c->at - start))
        return bad_request(err, c, 4);
    while (c->at - start < whole && !c->bad)
        if (hm_cur_u8(c) != 0)
            return bad_request(err, c, 5);
    if (c->bad)
        return bad_request(err, c, 4);
    if (r.flags & JAIL_REQ_FD ? r.ring_at || r.ring_n
                              : r.ring_n > JAIL_SMALL || r.ring_at > JAIL_RING_BYTES ||
                                    r.ring_n > JAIL_RING_BYTES - r.ring_at || r.content != r.ring_n)
        return bad_request(err, c, 6);
    *ret = r;
    return HM_OK;
}

/* ---- replies ---- */

bool jail_permits(jail_worker_state s, uint8_t type)
{
    enum { HELLO = 1 << JAIL_HELLO, DATA = 1 << JAIL_DATA, END = 1 << JAIL_END, PART = 1 << JAIL_PART };
    static const uint8_t PERMIT[JAIL_WORKER_STATES] = {
        [JAIL_DOWN] = 0,
        [JAIL_STARTING] = HELLO,
        [JAIL_IDLE] = 0,
        [JAIL_BUSY] = DATA | END | PART,
        [JAIL_INSIDE] = DATA | END,
        [JAIL_DYING] = 0,
    };
    return (unsigned)s < JAIL_WORKER_STATES && type < 8 && PERMIT[s] >> type & 1;
}

static uint8_t *le(uint8_t *to, uint64_t v, size_t n)
{
    for (size_t i = 0; i < n; i++)
        *to++ = (uint8_t)(v >> (8 * i) & 0xff);
    return to;
}

size_t jail_frame_head(const jail_frame *f, uint8_t out[JAIL_FRAME_HEAD + JAIL_ERROR_BYTES])
{
    uint8_t *p = out;
    bool failed = f->err.rc != HM_OK;
    p = le(p, f->type, 1);
    p = le(p, (unsigned)f->err.rc, 1);
    p = le(p, failed ? f->err.defect : 0, 2);
    p = le(p, f->seq, 4);
    p = le(p, f->cpu_us, 8);
    p = le(p, f->total, 8);
    p = le(p, f->bytes.n, 4);
    p = le(p, failed ? JAIL_ERROR_BYTES : 0, 4);
    if (failed) {
        size_t at_n = strnlen(f->err.at, HM_ERR_AT - 1);
        p = le(p, (uint32_t)f->err.sys, 4);
        p = le(p, f->err.place_kind, 2);
        p = le(p, at_n, 2);
        p = le(p, f->err.place, 8);
        for (size_t i = 0; i < HM_COUNT(f->err.arg); i++)
            p = le(p, f->err.arg[i], 8);
        memset(p, 0, HM_ERR_AT);
        memcpy(p, f->err.at, at_n);
        p += HM_ERR_AT;
    }
    return (size_t)(p - out);
}

static hm_rc bad_reply(hm_err *err, uint64_t rule)
{
    return hm_fail(err, HM_FORMAT, DEFECT_WORKER_REPLY, HM_PLACE_NONE, 0, rule);
}

hm_rc jail_frame_decode(hm_str datagram, jail_frame *ret, hm_err *err)
{
    hm_cur c = hm_cur_of(datagram);
    jail_frame f = { .type = hm_cur_u8(&c) };
    uint8_t rc = hm_cur_u8(&c);
    uint16_t defect = hm_cur_le16(&c);
    f.seq = hm_cur_le32(&c);
    f.cpu_us = hm_cur_le64(&c);
    f.total = hm_cur_le64(&c);
    size_t bytes_n = hm_cur_le32(&c), err_n = hm_cur_le32(&c);
    if (c.bad || f.type < JAIL_HELLO || f.type > JAIL_PART)
        return bad_reply(err, 1);
    if (rc >= HM_RC_COUNT || defect >= HM_DEFECT_COUNT || err_n != (rc ? JAIL_ERROR_BYTES : 0) || (!rc && defect))
        return bad_reply(err, 2);
    if (err_n) {
        f.err.rc = (hm_rc)rc;
        f.err.defect = defect;
        uint32_t sys = hm_cur_le32(&c);
        f.err.place_kind = hm_cur_le16(&c);
        size_t at_n = hm_cur_le16(&c);
        f.err.place = hm_cur_le64(&c);
        for (size_t i = 0; i < HM_COUNT(f.err.arg); i++)
            f.err.arg[i] = hm_cur_le64(&c);
        hm_str at = hm_cur_take(&c, HM_ERR_AT);
        if (c.bad || sys > 4095 || f.err.place_kind > HM_PLACE_ENTRY || at_n >= HM_ERR_AT)
            return bad_reply(err, 3);
        f.err.sys = (int)sys;
        for (size_t i = 0; i < at.n; i++)
            if (i < at_n)
                f.err.at[i] = at.p[i];
            else if (at.p[i])
                return bad_reply(err, 3);
    }
    f.bytes = hm_cur_take(&c, bytes_n);
    if (c.bad || hm_cur_left(&c))
        return bad_reply(err, 4);
    if ((f.type == JAIL_DATA || f.type == JAIL_PART) && (rc || f.cpu_us || bytes_n == 0))
        return bad_reply(err, 5);
    if (f.type == JAIL_PART && f.total)
        return bad_reply(err, 5);
    if (f.type == JAIL_HELLO && (bytes_n || f.cpu_us > INT32_MAX || f.total > 15 || f.seq != JAIL_PROTOCOL))
        return bad_reply(err, 5);
    *ret = f;
    return HM_OK;
}

hm_rc jail_inbox_take(jail_inbox *in, hm_str datagram, jail_got *ret_got, jail_frame *ret_frame, hm_err *err)
{
    jail_frame f = { 0 };
    hm_rc rc = jail_frame_decode(datagram, &f, err);
    if (rc)
        return rc;
    if (!jail_permits(in->state, f.type))
        return bad_reply(err, 10);
    if (f.type == JAIL_HELLO) {
        *ret_got = JAIL_GOT_HELLO;
        *ret_frame = f;
        return HM_OK;
    }
    size_t have = in->state == JAIL_INSIDE ? in->bytes.n : 0;
    if (f.seq != in->seq)
        return bad_reply(err, 11);
    if (f.type == JAIL_PART) {
        *ret_got = JAIL_GOT_PART;
        *ret_frame = f;
        return HM_OK;
    }
    if (in->state == JAIL_INSIDE ? f.total != in->total : f.total > in->limit)
        return bad_reply(err, 12);
    if (f.bytes.n > f.total - have)
        return bad_reply(err, 13);
    if (f.type == JAIL_END && f.bytes.n != f.total - have)
        return bad_reply(err, 14);
    if (in->state == JAIL_BUSY && f.type == JAIL_END) { /* all in one frame: nothing to keep */
        *ret_got = JAIL_GOT_ANSWER;
        *ret_frame = f;
        return HM_OK;
    }
    if (in->state == JAIL_BUSY) {
        hm_buf_reset(&in->bytes);
        in->bytes.limit = (size_t)f.total;
        in->total = f.total;
        in->state = JAIL_INSIDE;
    }
    hm_buf_str(&in->bytes, f.bytes);
    if (in->bytes.bad)
        return hm_fail(err, HM_NOMEM, DEFECT_NOMEM, HM_PLACE_NONE, 0, 0);
    f.bytes = hm_buf_view(&in->bytes);
    *ret_got = f.type == JAIL_END ? JAIL_GOT_ANSWER : JAIL_GOT_MORE;
    *ret_frame = f;
    return HM_OK;
}

uint64_t jail_budget(uint64_t content, uint64_t extra)
{
    uint64_t size, most = (LIMIT_BUDGET_MAX - LIMIT_BUDGET_BASE) / LIMIT_BUDGET_FACTOR;
    return hm_ckd_add(&size, content, extra) || size > most ? LIMIT_BUDGET_MAX
                                                            : LIMIT_BUDGET_BASE + LIMIT_BUDGET_FACTOR * size;
}
