/* purls - the package URLs of a pack, one a line, sorted by bytes, each once; for `sort`, `comm`, `grep` and for other
 * tools. Projects and operating systems have none and are left out; so is what only an SBOM in the target claims. */
#include "report/report_int.h"

enum { SCRATCH_BYTES = 64 << 20 };

static int by_bytes(const void *a, const void *b, void *ctx)
{
    (void)ctx;
    return hm_str_cmp(*(const hm_str *)a, *(const hm_str *)b);
}

/* All purls one after the other in *text, their slices in list; *ret_n of them. */
static bool collect(const part_pack *p, hm_buf *text, hm_str *list, size_t *ret_n)
{
    HM_AUTO(hm_arena_freep) hm_arena *scratch = hm_arena_new(SCRATCH_BYTES);
    size_t n = 0;
    if (!scratch)
        return false;
    for (size_t i = 0; i < p->comp_n; i++) {
        size_t from = text->n;
        bool claimed = (p->comp[i].flags & PART_F_CLAIMED) != 0;
        bool has = !claimed && part_comp_purl(scratch, p, &p->comp[i], true, text);
        if (hm_arena_fail(scratch, NULL) == HM_NOMEM || text->bad)
            return false;
        hm_arena_reset(scratch, SCRATCH_BYTES);
        if (has)
            list[n++].n = text->n - from;
    }
    const char *at = text->p;
    for (size_t i = 0; i < n; i++) {
        list[i].p = at;
        at += list[i].n;
    }
    *ret_n = n;
    return hm_sort(list, n, sizeof *list, by_bytes, NULL);
}

hm_rc report_purls(const report_in *in, const report_style *style, part_sink *sink, void *ctx, hm_err *err)
{
    (void)style;
    report_pipe o = { .sink = sink, .ctx = ctx };
    hm_buf text = { 0 };
    hm_str *list = calloc(in->pack->comp_n + 1, sizeof *list);
    size_t n = 0;
    if (!list || !collect(in->pack, &text, list, &n))
        o.no_memory = true;
    for (size_t i = 0; i < n && !o.no_memory; i++) {
        if (i && hm_str_eq(list[i], list[i - 1]))
            continue;
        hm_buf_str(&o.b, list[i]);
        hm_buf_byte(&o.b, '\n');
        report_flow(&o);
    }
    hm_buf_clear(&text);
    free(list);
    return report_done(&o, err);
}
