/* protocol_test - both directions of the wire: what is written is read back, what breaks a rule is refused by that rule. */
#include "base/test.h"
#include "jail/jail.h"
#include "jail/protocol.h"

/* ---- protocol: requests ---- */

TEST(requests_survive_the_wire)
{
    static const jail_request T[] = {
        { .seq = 0, .name = { "", 0 }, .extra = { "", 0 } },
        { .seq = 0xffffffff,
          .job = 7,
          .param = 9,
          .content = 65536,
          .ring_at = JAIL_RING_BYTES - 65536,
          .ring_n = 65536,
          .name = { "a", 1 },
          .extra = { "xyz", 3 },
          .extra_n = 3 },
        { .seq = 5, .flags = JAIL_REQ_FD, .content = 1ULL << 40, .name = { "1234567", 7 }, .extra = { "", 0 } },
        { .seq = 6,
          .flags = JAIL_REQ_FD | JAIL_REQ_EXTRA_FD,
          .content = 3,
          .extra_n = 0x10000000,
          .name = { "x", 1 },
          .extra = { "", 0 } },
    };
    TEST_BUF b = { .limit = JAIL_DATAGRAM };
    for (size_t i = 0; i < HM_COUNT(T); i++)
        CHECK("put", jail_request_put(&b, &T[i]));
    hm_cur c = hm_cur_of(hm_buf_view(&b));
    for (size_t i = 0; i < HM_COUNT(T); i++) {
        jail_request r;
        hm_err e = { 0 };
        CHECK_EQ("next", jail_request_next(&c, &r, &e), HM_OK);
        CHECK_EQ("seq", r.seq, T[i].seq);
        CHECK_EQ("job", r.job, T[i].job);
        CHECK_EQ("param", r.param, T[i].param);
        CHECK_EQ("content", r.content, T[i].content);
        CHECK_EQ("flags", r.flags, T[i].flags);
        CHECK_EQ("ring_at", r.ring_at, T[i].ring_at);
        CHECK_EQ("ring_n", r.ring_n, T[i].ring_n);
        CHECK_EQ("extra_n", r.extra_n, T[i].extra_n);
        CHECK_STR("name", r.name, T[i].name);
        CHECK_STR("extra", r.extra, T[i].extra);
    }
    jail_request r;
    CHECK_EQ("end", jail_request_next(&c, &r, NULL), HM_NOTFOUND);
}

TEST(requests_that_do_not_fit_are_not_put)
{
    TEST_BUF big = { 0 };
    CHECK("room", hm_buf_room(&big, JAIL_DATAGRAM));
    memset(big.p, 'n', JAIL_DATAGRAM);
    TEST_BUF b = { .limit = JAIL_DATAGRAM };
    jail_request r = { .name = { big.p, JAIL_NAME_MAX + 1 }, .extra = { "", 0 } };
    CHECK("name", !jail_request_put(&b, &r));
    r.name.n = JAIL_NAME_MAX;
    r.extra = (hm_str){ big.p, JAIL_EXTRA_INLINE + 1 };
    r.extra_n = JAIL_EXTRA_INLINE + 1;
    CHECK("extra", !jail_request_put(&b, &r));
    r.extra.n = r.extra_n = JAIL_EXTRA_INLINE;
    size_t n = 0;
    while (jail_request_put(&b, &r))
        n++;
    CHECK_EQ("whole ones only", n, 3);
    CHECK_EQ("length", b.n, 3 * (JAIL_REQUEST_HEAD + JAIL_NAME_MAX + JAIL_EXTRA_INLINE));
    hm_cur c = hm_cur_of(hm_buf_view(&b));
    for (size_t i = 0; i < 3; i++)
        CHECK_EQ("readable", jail_request_next(&c, &r, NULL), HM_OK);
}

TEST(broken_requests_are_refused)
{
    static const struct {
        const char *name;
        size_t at;
        uint32_t value;
        uint64_t rule;
    } T[] = {
        { "whole too small", 0, 48, 4 },
        { "whole too large", 0, 64, 4 },
        { "unknown flag", 40, 4, 1 },
        { "flags above", 44, 1, 1 },
        { "name past the end", 32, 100, 4 },
        { "name too long", 32, JAIL_NAME_MAX + 1, 2 },
        { "extra too long", 36, 1U << 20, 3 },
        { "extra past the end", 36, 100, 4 },
        { "padding not zero", 52, 1, 5 },
        { "ring past its end", 24, JAIL_RING_BYTES - 4, 6 },
        { "ring far past it", 24, 0xffffffff, 6 },
        { "slice too long", 28, JAIL_SMALL + 1, 6 },
        { "content is not the slice", 16, 9, 6 },
        { "descriptor and slice", 40, 1, 6 },
    };
    TEST_BUF b = { 0 };
    jail_request r = {
        .seq = 1, .content = 8, .ring_at = 64, .ring_n = 8, .name = { "n", 1 }, .extra = { "e", 1 }, .extra_n = 1
    };
    CHECK("put", jail_request_put(&b, &r));
    CHECK_EQ("length", b.n, 56);
    for (size_t i = 0; i < HM_COUNT(T); i++) {
        char raw[56];
        memcpy(raw, b.p, sizeof raw);
        for (size_t k = 0; k < 4; k++)
            raw[T[i].at + k] = (char)(uint8_t)(T[i].value >> (8 * k) & 0xff);
        hm_cur c = hm_cur_of((hm_str){ raw, sizeof raw });
        hm_err e = { 0 };
        CHECK_EQ(T[i].name, jail_request_next(&c, &r, &e), HM_FORMAT);
        CHECK_EQ(T[i].name, e.defect, DEFECT_WORKER_REPLY);
        CHECK_EQ(T[i].name, e.arg[0], T[i].rule);
    }
    for (size_t n = 1; n < b.n; n++) {
        hm_cur c = hm_cur_of((hm_str){ b.p, n });
        CHECK_EQ("truncated", jail_request_next(&c, &r, NULL), HM_FORMAT);
    }
}

/* ---- protocol: replies ---- */

static hm_str frame_bytes(uint8_t *out, const jail_frame *f)
{
    size_t n = jail_frame_head(f, out);
    memcpy(out + n, f->bytes.p, f->bytes.n);
    return (hm_str){ (char *)out, n + f->bytes.n };
}

TEST(frames_survive_the_wire)
{
    uint8_t raw[512];
    jail_frame f = { .type = JAIL_END, .seq = 0x80000001, .cpu_us = 1ULL << 50, .total = 5, .bytes = { "hello", 5 } };
    jail_frame g = { 0 };
    CHECK_EQ("ok", jail_frame_decode(frame_bytes(raw, &f), &g, NULL), HM_OK);
    CHECK_EQ("seq", g.seq, f.seq);
    CHECK_EQ("cpu", g.cpu_us, f.cpu_us);
    CHECK_EQ("total", g.total, f.total);
    CHECK_EQ("rc", g.err.rc, HM_OK);
    CHECK_STR("bytes", g.bytes, f.bytes);
    hm_fail(&f.err, HM_FORMAT, DEFECT_JSON_SYNTAX, HM_PLACE_LINE, 12, 34);
    f.err.sys = 22;
    f.err.arg[3] = UINT64_MAX;
    memset(f.err.at, 'k', sizeof f.err.at - 1);
    CHECK_EQ("failed", jail_frame_decode(frame_bytes(raw, &f), &g, NULL), HM_OK);
    CHECK("error", g.err.rc == f.err.rc && g.err.sys == 22 && g.err.defect == f.err.defect &&
                       g.err.place_kind == HM_PLACE_LINE && g.err.place == 12);
    CHECK("its arguments", memcmp(g.err.arg, f.err.arg, sizeof g.err.arg) == 0);
    CHECK_STR("its place", hm_str_c(g.err.at), hm_str_c(f.err.at));
    CHECK_STR("bytes beside it", g.bytes, f.bytes);
    hm_str whole = frame_bytes(raw, &f);
    for (size_t n = 0; n < whole.n; n++)
        CHECK_EQ("truncated", jail_frame_decode((hm_str){ whole.p, n }, &g, NULL), HM_FORMAT);
    raw[whole.n] = 0;
    CHECK_EQ("one more", jail_frame_decode((hm_str){ whole.p, whole.n + 1 }, &g, NULL), HM_FORMAT);
}

TEST(hostile_frames_are_refused)
{
    static const struct {
        const char *name;
        uint8_t type, failed;
        uint16_t at;
        uint16_t value;
        uint64_t rule;
    } T[] = {
        { "type 0", JAIL_END, 0, 0, 0, 1 },
        { "type 5", JAIL_END, 0, 0, 5, 1 },
        { "type 255", JAIL_END, 0, 0, 255, 1 },
        { "rc out of range", JAIL_END, 1, 1, HM_RC_COUNT, 2 },
        { "defect out of range", JAIL_END, 1, 2, HM_DEFECT_COUNT, 2 },
        { "rc without error", JAIL_END, 0, 1, HM_IO, 2 },
        { "error without rc", JAIL_END, 1, 1, 0, 2 },
        { "defect without rc", JAIL_END, 0, 2, 1, 2 },
        { "error too short", JAIL_END, 1, 28, JAIL_ERROR_BYTES - 1, 2 },
        { "errno out of range", JAIL_END, 1, 34, 1, 3 },
        { "place kind", JAIL_END, 1, 36, HM_PLACE_ENTRY + 1, 3 },
        { "key not terminated", JAIL_END, 1, 38, HM_ERR_AT, 3 },
        { "key longer than said", JAIL_END, 1, 38, 1, 3 },
        { "bytes past the end", JAIL_END, 0, 24, 6, 4 },
        { "bytes before the end", JAIL_END, 0, 24, 4, 4 },
        { "bytes, high half", JAIL_END, 0, 26, 0x8000, 4 },
        { "data with error", JAIL_DATA, 1, 4, 0, 5 },
        { "data with time", JAIL_DATA, 0, 8, 1, 5 },
        { "part with error", JAIL_PART, 1, 4, 0, 5 },
        { "part with time", JAIL_PART, 0, 8, 1, 5 },
        { "part with a total", JAIL_PART, 0, 16, 1, 5 },
        { "hello with bytes", JAIL_HELLO, 0, 4, JAIL_PROTOCOL, 5 },
    };
    for (size_t i = 0; i < HM_COUNT(T); i++) {
        uint8_t raw[512];
        jail_frame f = { .type = T[i].type, .total = 5, .bytes = { "hello", 5 } }, g;
        if (T[i].failed) {
            hm_fail(&f.err, HM_FORMAT, DEFECT_JSON_SYNTAX, HM_PLACE_LINE, 1, 2);
            snprintf(f.err.at, sizeof f.err.at, "key");
        }
        hm_str s = frame_bytes(raw, &f);
        raw[T[i].at] = (uint8_t)(T[i].value & 0xff);
        if (T[i].value > 255 || T[i].at >= 2)
            raw[T[i].at + 1] = (uint8_t)(T[i].value >> 8);
        hm_err e = { 0 };
        CHECK_EQ(T[i].name, jail_frame_decode(s, &g, &e), HM_FORMAT);
        CHECK_EQ(T[i].name, e.defect, DEFECT_WORKER_REPLY);
        CHECK_EQ(T[i].name, e.arg[0], T[i].rule);
    }
    uint8_t raw[512];
    jail_frame g, hello = { .type = JAIL_HELLO, .seq = JAIL_PROTOCOL, .total = 15, .cpu_us = 6, .bytes = { "", 0 } };
    CHECK_EQ("hello", jail_frame_decode(frame_bytes(raw, &hello), &g, NULL), HM_OK);
    hello.total = 16;
    CHECK_EQ("unknown bit", jail_frame_decode(frame_bytes(raw, &hello), &g, NULL), HM_FORMAT);
    hello.total = 15;
    hello.seq = JAIL_PROTOCOL + 1;
    CHECK_EQ("another protocol", jail_frame_decode(frame_bytes(raw, &hello), &g, NULL), HM_FORMAT);
    jail_frame empty = { .type = JAIL_DATA, .bytes = { "", 0 } };
    CHECK_EQ("data without bytes", jail_frame_decode(frame_bytes(raw, &empty), &g, NULL), HM_FORMAT);
}

TEST(the_permit_table_is_this)
{
    static const char *const T[JAIL_WORKER_STATES] = {
        [JAIL_DOWN] = ".....", [JAIL_STARTING] = ".H...", [JAIL_IDLE] = ".....",
        [JAIL_BUSY] = "..DEP", [JAIL_INSIDE] = "..DE.",   [JAIL_DYING] = ".....",
    };
    for (size_t s = 0; s < HM_COUNT(T); s++)
        for (unsigned type = 0; type < 256; type++)
            CHECK_EQ(T[s], jail_permits((jail_worker_state)s, (uint8_t)type), type < 5 && T[s][type] != '.');
    CHECK("out of range", !jail_permits(JAIL_WORKER_STATES, JAIL_END));
}

static void inbox_clear(jail_inbox *in)
{
    hm_buf_clear(&in->bytes);
}

TEST(an_answer_is_put_together_and_bounded)
{
    static const struct {
        const char *name;
        struct {
            uint8_t type;
            uint32_t seq;
            uint64_t total;
            const char *bytes;
        } f[4];
        uint64_t rule; /* of the last; 0: an answer, "abcdef" */
    } T[] = {
        { "one frame", { { JAIL_END, 9, 6, "abcdef" } }, 0 },
        { "two frames", { { JAIL_DATA, 9, 6, "abc" }, { JAIL_END, 9, 6, "def" } }, 0 },
        { "three, last empty", { { JAIL_DATA, 9, 6, "abc" }, { JAIL_DATA, 9, 6, "def" }, { JAIL_END, 9, 6, "" } }, 0 },
        { "a part first", { { JAIL_PART, 9, 0, "xy" }, { JAIL_PART, 9, 0, "z" }, { JAIL_END, 9, 6, "abcdef" } }, 0 },
        { "a part of another", { { JAIL_PART, 8, 0, "xy" } }, 11 },
        { "a part inside", { { JAIL_DATA, 9, 6, "abc" }, { JAIL_PART, 9, 0, "xy" } }, 10 },
        { "hello again", { { JAIL_HELLO, JAIL_PROTOCOL, 0, "" } }, 10 },
        { "another seq", { { JAIL_END, 8, 0, "" } }, 11 },
        { "another seq inside", { { JAIL_DATA, 9, 6, "abc" }, { JAIL_END, 10, 6, "def" } }, 11 },
        { "over the budget", { { JAIL_DATA, 9, 101, "abc" } }, 12 },
        { "the most there is", { { JAIL_DATA, 9, UINT64_MAX, "abc" } }, 12 },
        { "total changes", { { JAIL_DATA, 9, 6, "abc" }, { JAIL_END, 9, 7, "def" } }, 12 },
        { "more than total", { { JAIL_DATA, 9, 6, "abc" }, { JAIL_DATA, 9, 6, "defg" } }, 13 },
        { "more at once", { { JAIL_END, 9, 2, "abc" } }, 13 },
        { "less than total", { { JAIL_DATA, 9, 6, "abc" }, { JAIL_END, 9, 6, "de" } }, 14 },
        { "nothing of it", { { JAIL_END, 9, 6, "" } }, 14 },
    };
    for (size_t i = 0; i < HM_COUNT(T); i++) {
        HM_AUTO(inbox_clear) jail_inbox in = { .state = JAIL_BUSY, .seq = 9, .limit = 100 };
        for (size_t k = 0; k < 4 && T[i].f[k].type; k++) {
            uint8_t raw[256];
            jail_frame f = { .type = T[i].f[k].type,
                             .seq = T[i].f[k].seq,
                             .total = T[i].f[k].total,
                             .bytes = hm_str_c(T[i].f[k].bytes) },
                       g = { 0 };
            jail_got got = JAIL_GOT_MORE;
            hm_err e = { 0 };
            bool last = k == 3 || !T[i].f[k + 1].type;
            hm_rc rc = jail_inbox_take(&in, frame_bytes(raw, &f), &got, &g, &e);
            CHECK_EQ(T[i].name, rc, last && T[i].rule ? HM_FORMAT : HM_OK);
            CHECK_EQ(T[i].name, e.arg[0], last ? T[i].rule : 0);
            if (!last || T[i].rule)
                CHECK_EQ(T[i].name, got, !last && f.type == JAIL_PART ? JAIL_GOT_PART : JAIL_GOT_MORE);
            if (last && !T[i].rule) {
                CHECK_EQ(T[i].name, got, JAIL_GOT_ANSWER);
                CHECK_STR(T[i].name, g.bytes, HM_STR("abcdef"));
            }
        }
    }
}

TEST(the_budget_grows_with_the_file_to_a_bound)
{
    CHECK_EQ("none", jail_budget(0, 0), 64ULL << 20);
    CHECK_EQ("one", jail_budget(1, 0), (64ULL << 20) + 6);
    CHECK_EQ("10 MiB", jail_budget(10 << 20, 0), 124ULL << 20);
    CHECK_EQ("bound", jail_budget(1ULL << 40, 0), 2ULL << 30);
    CHECK_EQ("extra", jail_budget(1, 2), (64ULL << 20) + 18);
    CHECK_EQ("too much to add", jail_budget(UINT64_MAX, 1), 2ULL << 30);
    CHECK_EQ("all", jail_budget(UINT64_MAX, 0), 2ULL << 30);
}
