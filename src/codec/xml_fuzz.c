/* Fuzz target: any bytes as XML; what was accepted is walked whole. */
#include "codec/codec.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static size_t walk(const codec_xml *e, unsigned depth)
{
    size_t n = 1;
    HM_BUG_ON(depth > CODEC_XML_DEPTH || codec_xml_name(e).n == 0 || codec_xml_line(e) == 0);
    HM_BUG_ON(!hm_utf8_ok(codec_xml_name(e)) || !hm_utf8_ok(codec_xml_text(e)));
    HM_BUG_ON(codec_xml_ns(e).n && codec_xml_ns(e).n < 256 && !hm_utf8_ok(codec_xml_ns(e)));
    HM_BUG_ON(!hm_utf8_ok(codec_xml_attr(e, "a")));
    for (const codec_xml *c = codec_xml_first(e, NULL); c; c = codec_xml_next(c, NULL))
        n += walk(c, depth + 1);
    return n;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    hm_arena *a = hm_arena_new((64 << 10) + 256 * size);
    if (!a)
        return 0;
    const codec_xml *root = NULL;
    hm_err e = { 0 };
    hm_rc rc = codec_xml_read(a, (hm_str){ (const char *)data, size }, &root, &e);
    HM_BUG_ON(rc == HM_OK && walk(root, 1) > size);
    HM_BUG_ON(rc != HM_OK && (e.rc != rc || e.defect == DEFECT_NONE || root));
    hm_arena_free(a);
    return 0;
}
