/* Fuzz target: any bytes as TOML; what was accepted is walked whole, counted against its own counts. */
#include "codec/codec.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static size_t walk(const codec_json *v, unsigned depth)
{
    HM_BUG_ON(depth > CODEC_JSON_DEPTH);
    size_t n = 0, seen = 0;
    hm_str key;
    const codec_json *x;
    HM_BUG_ON(!hm_utf8_ok(codec_json_str(v)) || (codec_json_type(v) == CODEC_NULL));
    for (codec_json_iter it = codec_json_each(v); codec_json_next(&it, &key, &x); n++) {
        HM_BUG_ON(!hm_utf8_ok(key));
        seen += walk(x, depth + 1);
    }
    HM_BUG_ON(n != codec_json_count(v));
    return seen + 1;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    hm_arena *a = hm_arena_new((64 << 10) + 256 * size);
    if (!a)
        return 0;
    const codec_json *root = NULL;
    hm_err e = { 0 };
    hm_rc rc = codec_toml_read(a, (hm_str){ (const char *)data, size }, &root, &e);
    HM_BUG_ON(rc == HM_OK && (codec_json_type(root) != CODEC_OBJ || walk(root, 0) > size + 1));
    HM_BUG_ON(rc != HM_OK && (e.rc != rc || e.defect == DEFECT_NONE || root));
    HM_BUG_ON(rc == HM_NOMEM || rc == HM_BUG || (rc == HM_LIMIT && e.defect == DEFECT_BUDGET));
    hm_arena_free(a);
    return 0;
}
