/* purl - what parses has a text that parses to the same again (invariant 4 of purl.c), and making it changes nothing. */
#include "part/part.h"

static void same(const part_purl *p, const part_purl *q)
{
    HM_BUG_ON(!hm_str_eq(p->type, q->type) || !hm_str_eq(p->ns, q->ns) || !hm_str_eq(p->name, q->name) ||
              !hm_str_eq(p->version, q->version) || !hm_str_eq(p->quals, q->quals) ||
              !hm_str_eq(p->subpath, q->subpath));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    hm_arena *a = hm_arena_new(16 << 20);
    hm_buf text = { 0 };
    part_purl p, q;
    hm_err e = { 0 };
    hm_str in = { (const char *)data, size };
    bool strict = part_purl_parse_strict(a, in, &p, &e) == HM_OK;
    HM_BUG_ON(!strict && e.rc == HM_OK);
    if (part_purl_parse(a, in, &p, &e) == HM_OK) {
        part_purl_text(&p, &text);
        HM_BUG_ON(part_purl_parse(a, hm_buf_view(&text), &q, &e) != HM_OK);
        same(&p, &q);
        HM_BUG_ON(part_purl_make(a, &p, &q, &e) != HM_OK);
        same(&p, &q);
    } else {
        HM_BUG_ON(strict || e.rc == HM_OK);
    }
    hm_buf_clear(&text);
    hm_arena_free(a);
    return 0;
}
