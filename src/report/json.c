/* json - result-1 (docs/schema/result-1.json): everything a run found, for programs. Changes only add members. */
#include "codec/codec.h"
#include "report/report_int.h"

typedef struct writer {
    codec_out *o;
    const report_in *in;
    const part_pack *p;
    const part_refs *refs;
    text_lang lang;
    hm_arena *scratch;
    hm_buf text;
    bool no_memory;
} writer;

enum { SCRATCH_BYTES = 64 << 20 };

static hm_buf *fresh(writer *w)
{
    w->no_memory = w->no_memory || w->text.bad;
    hm_buf_reset(&w->text);
    return &w->text;
}

static void put_ref(writer *w, const char *key, part_ref r)
{
    codec_out_str_if(w->o, key, part_text(w->p, r));
}

static void put_head(writer *w)
{
    char when[HM_TIME_TEXT];
    hm_time_text(w->in->when, when);
    codec_out_c(w->o, "schema", "urn:hoshimori:result:1");
    codec_out_obj(w->o, "program");
    codec_out_c(w->o, "name", "hoshimori");
    codec_out_c(w->o, "version", w->in->tool_version);
    codec_out_end(w->o);
    codec_out_str(w->o, "command", w->in->command);
    codec_out_str(w->o, "target", w->in->target);
    codec_out_c(w->o, "time", when);
    codec_out_c(w->o, "language", text_lang_name(w->lang));
    codec_out_i64(w->o, "exit_status", w->in->exit_status);
    codec_out_bool(w->o, "interrupted", w->in->interrupted);
}

static void put_systems(writer *w)
{
    codec_out_arr(w->o, "operating_systems");
    for (size_t i = 0; i < w->p->comp_n; i++) {
        const part_comp *c = &w->p->comp[i];
        if (c->kind != PART_OS)
            continue;
        report_system_name(w->p, c, fresh(w));
        codec_out_obj(w->o, NULL);
        codec_out_str(w->o, "id", part_refs_get(w->refs, i));
        codec_out_str(w->o, "name", part_text(w->p, c->name));
        put_ref(w, "version", c->version);
        codec_out_str(w->o, "title", hm_buf_view(&w->text));
        put_ref(w, "root", c->root);
        codec_out_end(w->o);
    }
    codec_out_end(w->o);
}

static void put_summary(writer *w)
{
    const report_in *in = w->in;
    codec_out *o = w->o;
    report_sum s;
    report_sum_of(w->p, &s);
    codec_out_obj(o, "summary");
    codec_out_u64(o, "components", s.all.parts);
    codec_out_u64(o, "managed", s.all.managed);
    codec_out_u64(o, "claimed_by_sbom", s.all.claimed);
    codec_out_u64(o, "projects", s.projects);
    codec_out_arr(o, "by_ecosystem");
    for (unsigned e = 0; e < PART_ECO_COUNT; e++) {
        if (!s.eco[e].parts && !s.eco[e].managed)
            continue;
        codec_out_obj(o, NULL);
        codec_out_c(o, "ecosystem", report_eco_name(e));
        codec_out_u64(o, "components", s.eco[e].parts);
        codec_out_u64(o, "runtime", s.eco[e].runtime);
        codec_out_u64(o, "development", s.eco[e].dev);
        codec_out_u64(o, "managed", s.eco[e].managed);
        codec_out_end(o);
    }
    codec_out_end(o);
    put_systems(w);
    codec_out_u64(o, "licences_known", s.all.licensed);
    codec_out_u64(o, "dependencies", s.edges);
    codec_out_u64(o, "dependencies_complete", s.deps_known);
    codec_out_u64(o, "without_version", s.all.no_version);
    codec_out_obj(o, "files");
    codec_out_u64(o, "directories", in->dirs);
    codec_out_u64(o, "files", in->files);
    codec_out_u64(o, "claimed", in->claimed);
    codec_out_u64(o, "bytes", in->bytes);
    codec_out_end(o);
    codec_out_u64(o, "gaps", w->p->gap_n);
    codec_out_obj(o, "skipped");
    codec_out_u64(o, "permission", in->denied);
    codec_out_u64(o, "file_systems", in->skipped_fs);
    codec_out_u64(o, "excluded", in->excluded);
    codec_out_end(o);
    codec_out_end(o);
}

static void put_flags(writer *w, const part_comp *c)
{
    static const struct {
        uint32_t flag;
        const char *name;
    } FLAG[] = { { PART_F_SUBJECT, "project" }, { PART_F_MANAGED, "managed" },       { PART_F_BUNDLED, "bundled" },
                 { PART_F_LOCAL, "local" },     { PART_F_NO_VERSION, "no_version" }, { PART_F_CLAIMED, "claimed" } };
    codec_out_arr(w->o, "flags");
    for (size_t i = 0; i < HM_COUNT(FLAG); i++)
        if (c->flags & FLAG[i].flag)
            codec_out_c(w->o, NULL, FLAG[i].name);
    codec_out_end(w->o);
}

static void put_evidence(writer *w, const part_comp *c)
{
    codec_out_arr(w->o, "evidence");
    for (size_t i = 0; i < c->evidence_count; i++) {
        const part_evidence *e = &w->p->evidence[c->evidence_first + i];
        codec_out_obj(w->o, NULL);
        codec_out_str(w->o, "path", part_text(w->p, e->path));
        put_ref(w, "layer", e->layer);
        codec_out_str_if(w->o, "detector", report_detector(w->in, e->detector));
        codec_out_c(w->o, "technique", part_technique_name(e->technique));
        codec_out_u64(w->o, "confidence", e->confidence);
        if (e->line)
            codec_out_u64(w->o, "line", e->line);
        codec_out_end(w->o);
    }
    codec_out_end(w->o);
}

static void put_lists(writer *w, const part_comp *c)
{
    codec_out_arr(w->o, "hashes");
    for (size_t i = 0; i < c->digest_count; i++) {
        const part_digest *d = &w->p->digest[c->digest_first + i];
        codec_out_obj(w->o, NULL);
        codec_out_c(w->o, "algorithm", part_alg_name(d->alg));
        codec_out_str(w->o, "value", part_text(w->p, d->hex));
        codec_out_end(w->o);
    }
    codec_out_end(w->o);
    put_evidence(w, c);
    codec_out_c(w->o, "dependencies_known",
                c->flags & PART_F_DEPS_OPEN    ? "incomplete"
                : c->flags & PART_F_DEPS_KNOWN ? "complete"
                                               : "unknown");
    codec_out_arr(w->o, "depends_on");
    for (size_t i = 0; i < c->edge_count; i++) {
        const part_edge *e = &w->p->edge[c->edge_first + i];
        codec_out_obj(w->o, NULL);
        codec_out_str(w->o, "id", part_refs_get(w->refs, e->to));
        codec_out_c(w->o, "scope", part_scope_name(e->scope));
        codec_out_end(w->o);
    }
    codec_out_end(w->o);
    codec_out_arr(w->o, "properties");
    for (size_t i = 0; i < c->prop_count; i++) {
        const part_prop *f = &w->p->prop[c->prop_first + i];
        codec_out_obj(w->o, NULL);
        codec_out_str(w->o, "name", part_text(w->p, f->key));
        codec_out_str(w->o, "value", part_text(w->p, f->value));
        codec_out_end(w->o);
    }
    codec_out_end(w->o);
}

static void put_component(writer *w, size_t i)
{
    const part_comp *c = &w->p->comp[i];
    codec_out_obj(w->o, NULL);
    codec_out_str(w->o, "id", part_refs_get(w->refs, i));
    if (part_comp_purl(w->scratch, w->p, c, true, fresh(w)))
        codec_out_str(w->o, "purl", hm_buf_view(&w->text));
    w->no_memory = w->no_memory || hm_arena_fail(w->scratch, NULL) == HM_NOMEM;
    hm_arena_reset(w->scratch, SCRATCH_BYTES);
    put_ref(w, "cpe", c->cpe);
    codec_out_c(w->o, "kind", part_kind_name(c->kind));
    if (c->kind != PART_OS)
        codec_out_c(w->o, "ecosystem", report_eco_name(c->eco));
    put_ref(w, "group", c->ns);
    codec_out_str(w->o, "name", part_text(w->p, c->name));
    put_ref(w, "version", c->version);
    put_ref(w, "literal_version", c->literal);
    codec_out_c(w->o, "scope", part_scope_name(c->scope));
    put_ref(w, "licence", c->licence);
    put_ref(w, "licence_raw", c->licence_raw);
    put_ref(w, "supplier", c->supplier);
    put_ref(w, "author", c->author);
    if (c->source_name.n) {
        codec_out_obj(w->o, "source");
        put_ref(w, "name", c->source_name);
        put_ref(w, "version", c->source_version);
        codec_out_end(w->o);
    }
    put_ref(w, "distro", c->distro);
    put_ref(w, "root", c->root);
    if (c->flags & PART_F_MANAGED && c->owner != PART_NO)
        codec_out_str(w->o, "managed_by", part_refs_get(w->refs, c->owner));
    put_flags(w, c);
    put_lists(w, c);
    codec_out_end(w->o);
}

static const char *place_name(unsigned kind)
{
    static const char *const NAME[] = {
        [HM_PLACE_BYTE] = "byte", [HM_PLACE_LINE] = "line", [HM_PLACE_ENTRY] = "record"
    };
    return kind < HM_COUNT(NAME) ? NAME[kind] : NULL;
}

static void put_gap(writer *w, const part_gap *g)
{
    hm_err e;
    size_t args = HM_COUNT(g->arg);
    part_gap_err(w->p, g, &e);
    codec_out_obj(w->o, NULL);
    codec_out_str(w->o, "path", part_text(w->p, g->path));
    codec_out_c(w->o, "code", hm_rc_name(g->rc));
    codec_out_c(w->o, "defect", hm_defect_name(g->defect));
    if (place_name(g->place_kind)) {
        codec_out_obj(w->o, "place");
        codec_out_c(w->o, "kind", place_name(g->place_kind));
        codec_out_u64(w->o, "at", g->place);
        codec_out_end(w->o);
    }
    put_ref(w, "at", g->at);
    if (g->sys)
        codec_out_i64(w->o, "errno", g->sys);
    codec_out_str_if(w->o, "detector", report_detector(w->in, g->detector));
    while (args && !g->arg[args - 1])
        args--;
    codec_out_arr(w->o, "args");
    for (size_t i = 0; i < args; i++) { /* as text: they may be larger than a double holds */
        hm_buf_u64(fresh(w), g->arg[i]);
        codec_out_str(w->o, NULL, hm_buf_view(&w->text));
    }
    codec_out_end(w->o);
    text_error_what(fresh(w), w->lang, &e);
    codec_out_str(w->o, "message", hm_buf_view(&w->text));
    text_error_remedy(fresh(w), w->lang, &e);
    codec_out_str(w->o, "remedy", hm_buf_view(&w->text));
    codec_out_end(w->o);
}

static void put_all(writer *w)
{
    codec_out_obj(w->o, NULL);
    put_head(w);
    put_summary(w);
    codec_out_arr(w->o, "components");
    for (size_t i = 0; i < w->p->comp_n; i++)
        put_component(w, i);
    codec_out_end(w->o);
    codec_out_arr(w->o, "gaps");
    for (size_t i = 0; i < w->p->gap_n; i++)
        put_gap(w, &w->p->gap[i]);
    codec_out_end(w->o);
    codec_out_arr(w->o, "skipped");
    for (size_t i = 0; i < w->in->skip_n; i++) {
        codec_out_obj(w->o, NULL);
        codec_out_str(w->o, "path", w->in->skip[i].path);
        codec_out_c(w->o, "why", w->in->skip[i].why);
        codec_out_end(w->o);
    }
    codec_out_end(w->o);
    codec_out_obj(w->o, "jail");
    codec_out_bool(w->o, "seccomp", w->in->jail_seccomp);
    codec_out_bool(w->o, "landlock", w->in->jail_landlock);
    codec_out_end(w->o);
    codec_out_end(w->o);
}

hm_rc report_json(const report_in *in, const report_style *style, part_sink *sink, void *ctx, hm_err *err)
{
    HM_AUTO(part_refs_freep) part_refs *refs = part_refs_new(in->pack);
    HM_AUTO(hm_arena_freep) hm_arena *scratch = hm_arena_new(SCRATCH_BYTES);
    HM_AUTO(codec_out_freep) codec_out *o = codec_out_new(sink, ctx, false);
    if (!refs || !scratch || !o)
        return hm_fail(err, HM_NOMEM, DEFECT_NOMEM, HM_PLACE_NONE, 0, 0);
    writer w = { .o = o, .in = in, .p = in->pack, .refs = refs, .lang = style->lang, .scratch = scratch };
    put_all(&w);
    bool sent = codec_out_finish(o), no_memory = w.no_memory || w.text.bad;
    hm_buf_clear(&w.text);
    if (no_memory)
        return hm_fail(err, HM_NOMEM, DEFECT_NOMEM, HM_PLACE_NONE, 0, 0);
    return sent ? HM_OK : hm_fail(err, HM_IO, DEFECT_WRITE, HM_PLACE_NONE, 0, 0);
}
