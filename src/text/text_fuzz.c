/* Fuzz target of text: foreign bytes through width, fit, wrap, fold and an error's `at`. First byte: columns. */
#include "text/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    if (n < 2)
        return 0;
    size_t columns = data[0];
    text_lang lang = data[1] & 1 ? TEXT_JA : TEXT_EN;
    hm_str s = { (const char *)data + 2, n - 2 };
    hm_buf out = { 0 };
    text_fit(&out, s, columns, true);
    HM_BUG_ON(text_width(hm_buf_view(&out)) != columns);
    HM_BUG_ON(!hm_utf8_ok(hm_buf_view(&out)));
    hm_buf_reset(&out);
    text_wrap(&out, s, columns, data[1] >> 4);
    HM_BUG_ON(!hm_utf8_ok(hm_buf_view(&out)));
    hm_buf_reset(&out);
    hm_err e = { .rc = HM_FORMAT, .defect = data[0], .place_kind = data[1] % 5, .place = columns, .sys = data[1] };
    memcpy(e.at, s.p, s.n < sizeof e.at ? s.n : sizeof e.at);
    text_error(&out, lang, s, &e);
    HM_BUG_ON(!hm_utf8_ok(hm_buf_view(&out)));
    hm_buf_clear(&out);
    text_lang got;
    (void)text_lang_parse(s, &got);
    hm_arena *a = hm_arena_new(1 << 20);
    hm_str folded, again;
    hm_err err;
    if (a && text_fold(a, s, &folded, &err) == HM_OK) {
        HM_BUG_ON(!hm_utf8_ok(folded));
        hm_rc rc = text_fold(a, folded, &again, &err);
        HM_BUG_ON(rc == HM_FORMAT); /* what we made is text */
    }
    hm_arena_free(a);
    return 0;
}
