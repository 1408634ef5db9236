/* Any bytes as records: what is given out lies inside the text, in order, and covers every line. */
#include "base/limits.h"
#include "codec/codec.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    hm_str text = { (const char *)data, size };
    codec_fields f = codec_fields_of(text);
    codec_field v;
    const char *last = text.p;
    uint64_t line = 0;
    bool ended = false;
    for (codec_step s; (s = codec_fields_next(&f, &v)) != CODEC_END;) {
        HM_BUG_ON(s == CODEC_RECORD_END && ended);
        ended = s == CODEC_RECORD_END;
        if (ended)
            continue;
        HM_BUG_ON(v.line <= line || v.line >= f.line);
        line = v.line;
        HM_BUG_ON(v.value.p < last || v.value.p + v.value.n > text.p + text.n);
        last = v.value.p + v.value.n;
        HM_BUG_ON((v.name.n == 0) != (s == CODEC_BAD_LINE));
        HM_BUG_ON(s == CODEC_BAD_LINE && hm_str_find(v.value, '\n') != v.value.n);
        hm_str rest = v.value, part;
        while (codec_value_line(&rest, &part))
            HM_BUG_ON(hm_str_find(part, '\n') != part.n);
    }
    HM_BUG_ON(f.rest.n != 0);
    hm_buf out = { 0 };
    if (codec_base64(text, &out))
        HM_BUG_ON(!out.bad && out.n > size);
    hm_buf_reset(&out);
    codec_csv_field(&out, text, size & 1);
    HM_BUG_ON(!out.bad && out.n < size);
    hm_buf_clear(&out);
    return 0;
}
