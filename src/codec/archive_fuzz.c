/* Archives: first byte: 1 cannot be sought, 2 contents are read, 4 entries are read as archives. Names that come out are
 * clean, and what was said once is said again. */
#include "base/limits.h"
#include "codec/codec.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int64_t pull(void *ctx, uint64_t at, void *to, size_t n)
{
    const hm_str *s = ctx;
    if (at >= s->n)
        return 0;
    n = n < s->n - (size_t)at ? n : s->n - (size_t)at;
    memcpy(to, s->p + at, n);
    return (int64_t)n;
}

static void check_name(hm_str s)
{
    HM_BUG_ON(s.n > LIMIT_PATH_BYTES);
    while (s.n) {
        hm_str part = hm_str_cut(s, '/', &s);
        HM_BUG_ON(part.n == 0 || hm_str_is(part, ".") || hm_str_is(part, ".."));
    }
}

static void walk(const codec_pull *src, unsigned how, int depth)
{
    static const codec_archive_limits LIMIT = { .out_bytes = 4 << 20, .ratio = 200, .entries = 1000 };
    codec_archive *a = NULL;
    codec_entry x;
    hm_err e = { 0 }, again = { 0 };
    hm_rc rc = codec_archive_open(src, &LIMIT, &a, &e);
    HM_BUG_ON((rc == HM_OK) != (a != NULL));
    while (a && ((rc = codec_archive_next(a, &x, &e)) == HM_OK || rc == HM_UNSUPPORTED)) {
        if (rc != HM_OK)
            continue;
        check_name(x.path);
        if (x.type == CODEC_ENTRY_HARDLINK)
            check_name(x.link);
        if (how & 4 && depth < 3 && x.type == CODEC_ENTRY_FILE) {
            codec_pull in = codec_archive_inner(a);
            walk(&in, how, depth + 1);
        } else if (how & 2) {
            hm_arena *arena = hm_arena_new(2 << 20);
            hm_str content;
            if (arena && codec_archive_content(a, arena, 1 << 20, &content, &e) == HM_OK)
                HM_BUG_ON(content.n > 1 << 20);
            hm_arena_free(arena);
        }
    }
    if (a && rc != HM_NOTFOUND)
        HM_BUG_ON(codec_archive_next(a, &x, &again) != rc || again.defect != e.defect);
    codec_archive_close(a);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    hm_str s = { (const char *)data + 1, size - 1 };
    codec_pull src = { pull, &s, data[0] & 1 ? UINT64_MAX : s.n, !(data[0] & 1) };
    walk(&src, data[0], 0);
    return 0;
}
