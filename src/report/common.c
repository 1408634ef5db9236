/* common - what the reports share: counts of a pack, names, the buffered way out. */
#include "report/report_int.h"

enum { FLOW_BYTES = 64 << 10 };

/* What lies inside an OS package is that package's: named, not counted twice. What only an SBOM claims was not seen. */
static void count_part(const part_comp *c, report_eco_sum *e)
{
    if (c->flags & PART_F_CLAIMED) {
        e->claimed++;
        return;
    }
    if (c->flags & PART_F_MANAGED) {
        e->managed++;
        return;
    }
    e->parts++;
    e->runtime += c->scope == PART_SCOPE_RUNTIME;
    e->dev += c->scope == PART_SCOPE_DEV || c->scope == PART_SCOPE_BUILD;
    e->licensed += c->licence.n || c->licence_raw.n;
    e->no_version += c->version.n == 0;
}

void report_sum_of(const part_pack *p, report_sum *ret)
{
    memset(ret, 0, sizeof *ret);
    ret->edges = p->edge_n;
    for (size_t i = 0; i < p->comp_n; i++) {
        const part_comp *c = &p->comp[i];
        bool known = (c->flags & (PART_F_DEPS_KNOWN | PART_F_DEPS_OPEN | PART_F_CLAIMED)) == PART_F_DEPS_KNOWN;
        if (c->flags & PART_F_CLAIMED)
            ret->edges -= c->edge_count;
        if (c->kind == PART_OS)
            ret->systems++;
        else if (c->flags & PART_F_SUBJECT)
            ret->projects++;
        else {
            ret->deps_known += known && !(c->flags & PART_F_MANAGED);
            count_part(c, &ret->all);
            count_part(
                c, &ret->eco[c->eco < PART_ECO_COUNT && c->eco ? c->eco : PART_ECO_GENERIC]); /* one name for both */
        }
    }
}

uint64_t report_count(const part_pack *p)
{
    report_sum s;
    report_sum_of(p, &s);
    return s.all.parts;
}

const char *report_eco_name(unsigned eco)
{
    const char *type = part_eco_get((part_eco)eco)->purl_type;
    return type && *type ? type : "generic";
}

hm_str report_detector(const report_in *in, unsigned id)
{
    return in->detector_name ? hm_str_c(in->detector_name(id)) : HM_NONE;
}

void report_system_name(const part_pack *p, const part_comp *c, hm_buf *out)
{
    for (size_t i = 0; i < c->prop_count; i++) {
        const part_prop *f = &p->prop[c->prop_first + i];
        if (hm_str_is(part_text(p, f->key), "os:pretty_name")) {
            hm_buf_printable(out, part_text(p, f->value), 200);
            return;
        }
    }
    hm_buf_printable(out, part_text(p, c->name), 100);
    if (c->version.n) {
        hm_buf_byte(out, ' ');
        hm_buf_printable(out, part_text(p, c->version), 100);
    }
}

const char *report_why(text_lang lang, const char *why)
{
    static const struct {
        const char *why;
        enum text_key key;
    } WHY[] = { { "permission", TEXT_REPORT_WHY_PERMISSION },
                { "pseudo-file-system", TEXT_REPORT_WHY_PSEUDO },
                { "network-file-system", TEXT_REPORT_WHY_NETWORK },
                { "other-file-system", TEXT_REPORT_WHY_OTHER },
                { "excluded", TEXT_REPORT_WHY_EXCLUDED } };
    for (size_t i = 0; i < HM_COUNT(WHY); i++)
        if (strcmp(why, WHY[i].why) == 0)
            return text_get(lang, WHY[i].key);
    return why;
}

static void send(report_pipe *o)
{
    o->no_memory = o->no_memory || o->b.bad;
    if (o->b.n && !o->failed && !o->no_memory && !o->sink(o->ctx, hm_buf_view(&o->b)))
        o->failed = true;
    hm_buf_reset(&o->b);
}

void report_flow(report_pipe *o)
{
    if (o->b.bad || o->b.n >= FLOW_BYTES)
        send(o);
}

hm_rc report_done(report_pipe *o, hm_err *err)
{
    send(o);
    hm_buf_clear(&o->b);
    if (o->no_memory)
        return hm_fail(err, HM_NOMEM, DEFECT_NOMEM, HM_PLACE_NONE, 0, 0);
    return o->failed ? hm_fail(err, HM_IO, DEFECT_WRITE, HM_PLACE_NONE, 0, 0) : HM_OK;
}
