/* Fuzz target: any bytes as JSON; what was accepted is walked whole, counted against its own counts. */
#include "codec/codec.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static size_t walk(const codec_json *v, unsigned depth)
{
    HM_BUG_ON(depth > CODEC_JSON_DEPTH);
    size_t n = 0, seen = 0;
    hm_str key;
    const codec_json *x;
    HM_BUG_ON(!hm_utf8_ok(codec_json_str(v)));
    for (codec_json_iter it = codec_json_each(v); codec_json_next(&it, &key, &x); n++) {
        HM_BUG_ON(!hm_utf8_ok(key));
        seen += walk(x, depth + 1);
    }
    HM_BUG_ON(n != codec_json_count(v));
    return seen + 1;
}

static hm_rc try_read(hm_str in, bool lax)
{
    hm_arena *a = hm_arena_new((64 << 10) + 64 * in.n);
    if (!a)
        return HM_NOMEM;
    const codec_json *root = NULL;
    hm_err e = { 0 };
    hm_rc rc = lax ? codec_json_read_lax(a, in, &root, &e) : codec_json_read(a, in, &root, &e);
    HM_BUG_ON(rc == HM_OK && walk(root, 0) > in.n);
    HM_BUG_ON(rc != HM_OK && (e.rc != rc || e.defect == DEFECT_NONE || root));
    hm_arena_free(a);
    return rc;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    hm_str in = { (const char *)data, size };
    hm_rc strict = try_read(in, false), lax = try_read(in, true);
    HM_BUG_ON(strict == HM_OK && lax != HM_OK); /* whatever is strict is lax as well */
    return 0;
}
