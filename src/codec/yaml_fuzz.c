/* Fuzz target: any bytes as YAML; what was accepted is walked whole, counted against its own counts. */
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

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t budget = (64 << 10) + 256 * size;
    hm_arena *a = hm_arena_new(budget);
    if (!a)
        return 0;
    const codec_json *docs = NULL;
    hm_err e = { 0 };
    hm_rc rc = codec_yaml_read(a, (hm_str){ (const char *)data, size }, &docs, &e);
    HM_BUG_ON(rc == HM_OK && codec_json_type(docs) != CODEC_ARR);
    HM_BUG_ON(rc == HM_OK && walk(docs, 0) > budget);
    HM_BUG_ON(rc != HM_OK && (e.rc != rc || e.defect == DEFECT_NONE || docs || rc == HM_BUG));
    hm_arena_free(a);
    return 0;
}
