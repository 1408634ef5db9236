/* Fuzz target for both sides of the wire. First byte 'q': the rest is one request datagram, as a worker reads it.
 * 'r': a taken-over worker: the next three bytes are the budget of each answer, then datagrams, each after its length
 * (le16), run through the parent's inbox; a request is put before it whenever none is unanswered. */
#include "jail/jail.h"
#include "jail/protocol.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void requests(hm_str datagram)
{
    hm_cur c = hm_cur_of(datagram);
    hm_buf again = { .limit = JAIL_DATAGRAM };
    jail_request r;
    hm_err e = { 0 };
    hm_rc rc;
    while ((rc = jail_request_next(&c, &r, &e)) == HM_OK) {
        HM_BUG_ON(r.ring_n > JAIL_RING_BYTES || r.ring_at > JAIL_RING_BYTES - r.ring_n);
        HM_BUG_ON(r.name.n > JAIL_NAME_MAX);
        size_t end = again.n;
        if (!again.bad && jail_request_put(&again, &r)) /* what was read is what would have been written */
            HM_BUG_ON(memcmp(again.p + end, datagram.p + c.at - (again.n - end), again.n - end) != 0);
    }
    HM_BUG_ON(rc == HM_NOTFOUND && c.at != datagram.n);
    HM_BUG_ON(rc != HM_NOTFOUND && (rc != HM_FORMAT || e.defect != DEFECT_WORKER_REPLY));
    hm_buf_clear(&again);
}

static void replies(hm_str s)
{
    hm_cur c = hm_cur_of(s);
    jail_inbox in = { .state = JAIL_STARTING };
    uint64_t limit = hm_cur_u8(&c);
    limit = limit << 16 | hm_cur_le16(&c);
    while (hm_cur_left(&c)) {
        hm_str d = hm_cur_take(&c, hm_cur_le16(&c));
        jail_got got = JAIL_GOT_MORE;
        jail_frame f;
        hm_err e = { 0 };
        hm_rc rc = c.bad ? HM_FORMAT : jail_inbox_take(&in, d, &got, &f, &e);
        if (rc != HM_OK) {
            HM_BUG_ON(!c.bad && (rc != HM_FORMAT || e.defect != DEFECT_WORKER_REPLY));
            break;
        }
        HM_BUG_ON((unsigned)f.err.rc >= HM_RC_COUNT || f.err.defect >= HM_DEFECT_COUNT);
        HM_BUG_ON(f.err.place_kind > HM_PLACE_ENTRY || f.err.at[HM_ERR_AT - 1]);
        if (got == JAIL_GOT_MORE) {
            HM_BUG_ON(in.state != JAIL_INSIDE || in.bytes.n > in.total || in.total > limit);
            continue;
        }
        if (got == JAIL_GOT_PART) {
            HM_BUG_ON(in.state != JAIL_BUSY || f.bytes.n == 0 || f.seq != in.seq);
            continue;
        }
        HM_BUG_ON((got == JAIL_GOT_HELLO) != (in.state == JAIL_STARTING));
        HM_BUG_ON(got == JAIL_GOT_ANSWER && (f.bytes.n != f.total || f.total > limit || f.seq != in.seq));
        for (size_t i = 0; i < f.bytes.n; i++) /* touched, so that the sanitizer sees where they lie */
            HM_BUG_ON(f.bytes.p[i] == 1 && !f.bytes.n);
        in.seq = got == JAIL_GOT_HELLO ? 0 : in.seq + 1U;
        in.state = JAIL_BUSY;
        in.limit = limit;
    }
    hm_buf_clear(&in.bytes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    hm_str s = { (const char *)data, size };
    if (size && data[0] == 'q')
        requests(hm_str_from(s, 1));
    else if (size && data[0] == 'r')
        replies(hm_str_from(s, 1));
    return 0;
}
