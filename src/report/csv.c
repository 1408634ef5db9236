/* csv - one line for each component (RFC 4180), columns that stay as they are: new ones come at the end.
 * A byte order mark first: without it spreadsheet programs on Japanese Windows read UTF-8 as Shift_JIS. Values hold no
 * line ends: control characters and bytes that are no UTF-8 appear as \xNN; what a spreadsheet would take for a formula
 * gets an apostrophe (codec_csv_field). */
#include "codec/codec.h"
#include "report/report_int.h"

enum { SCRATCH_BYTES = 64 << 20 };

static const char *const COLUMN[] = {
    "id",     "kind",       "ecosystem",        "group",    "name",     "version",        "literal_version",
    "scope",  "licence",    "licence_declared", "supplier", "author",   "source_name",    "source_version",
    "distro", "managed_by", "project",          "hashes",   "evidence", "evidence_count", "depends_on_count",
    "purl",   "cpe",        "claimed"
};

typedef struct row {
    report_pipe o;
    hm_buf cell, shown;
    const part_pack *p;
} row;

static void put(row *r, hm_str value, bool last)
{
    hm_buf_reset(&r->shown);
    hm_buf_printable(&r->shown, value, 0);
    r->o.no_memory = r->o.no_memory || r->shown.bad;
    codec_csv_field(&r->o.b, hm_buf_view(&r->shown), last);
}

static void put_ref(row *r, part_ref ref)
{
    put(r, part_text(r->p, ref), false);
}

static void put_number(row *r, uint64_t n)
{
    hm_buf_u64(&r->o.b, n);
    hm_buf_byte(&r->o.b, ',');
}

static void put_hashes(row *r, const part_comp *c)
{
    hm_buf_reset(&r->cell);
    for (size_t i = 0; i < c->digest_count; i++) {
        const part_digest *d = &r->p->digest[c->digest_first + i];
        if (i)
            hm_buf_byte(&r->cell, ' ');
        hm_buf_c(&r->cell, part_alg_name(d->alg));
        hm_buf_byte(&r->cell, ':');
        hm_buf_str(&r->cell, part_text(r->p, d->hex));
    }
    r->o.no_memory = r->o.no_memory || r->cell.bad;
    put(r, hm_buf_view(&r->cell), false);
}

static void put_row(row *r, const part_refs *refs, hm_arena *scratch, size_t i)
{
    const part_comp *c = &r->p->comp[i];
    put(r, part_refs_get(refs, i), false);
    put(r, hm_str_c(part_kind_name(c->kind)), false);
    put(r, c->kind == PART_OS ? HM_NONE : hm_str_c(report_eco_name(c->eco)), false);
    const part_ref texts[] = { c->ns, c->name, c->version, c->literal };
    for (size_t k = 0; k < HM_COUNT(texts); k++)
        put_ref(r, texts[k]);
    put(r, hm_str_c(part_scope_name(c->scope)), false);
    const part_ref more[] = { c->licence,     c->licence_raw,    c->supplier, c->author,
                              c->source_name, c->source_version, c->distro };
    for (size_t k = 0; k < HM_COUNT(more); k++)
        put_ref(r, more[k]);
    put(r, c->flags & PART_F_MANAGED ? part_refs_get(refs, c->owner) : HM_NONE, false);
    put(r, c->flags & PART_F_SUBJECT ? HM_STR("yes") : HM_STR("no"), false);
    put_hashes(r, c);
    put(r, c->evidence_count ? part_text(r->p, r->p->evidence[c->evidence_first].path) : HM_NONE, false);
    put_number(r, c->evidence_count);
    put_number(r, c->edge_count);
    hm_buf_reset(&r->cell);
    bool has = part_comp_purl(scratch, r->p, c, true, &r->cell);
    r->o.no_memory = r->o.no_memory || r->cell.bad || hm_arena_fail(scratch, NULL) == HM_NOMEM;
    hm_arena_reset(scratch, SCRATCH_BYTES);
    put(r, has ? hm_buf_view(&r->cell) : HM_NONE, false);
    put(r, part_text(r->p, c->cpe), false);
    put(r, c->flags & PART_F_CLAIMED ? HM_STR("yes") : HM_STR("no"), true);
}

hm_rc report_csv(const report_in *in, const report_style *style, part_sink *sink, void *ctx, hm_err *err)
{
    (void)style;
    HM_AUTO(part_refs_freep) part_refs *refs = part_refs_new(in->pack);
    HM_AUTO(hm_arena_freep) hm_arena *scratch = hm_arena_new(SCRATCH_BYTES);
    row r = { .o = { .sink = sink, .ctx = ctx }, .p = in->pack };
    r.o.no_memory = !refs || !scratch;
    hm_buf_c(&r.o.b, "\xef\xbb\xbf");
    for (size_t i = 0; i < HM_COUNT(COLUMN); i++)
        codec_csv_field(&r.o.b, hm_str_c(COLUMN[i]), i + 1 == HM_COUNT(COLUMN));
    for (size_t i = 0; i < in->pack->comp_n && !r.o.no_memory; i++) {
        put_row(&r, refs, scratch, i);
        report_flow(&r.o);
    }
    hm_buf_clear(&r.cell);
    hm_buf_clear(&r.shown);
    return report_done(&r.o, err);
}
