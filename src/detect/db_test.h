#pragma once
/* Tests of package databases: what a detector emitted as lines of text, to be compared with what must be there. */
#include "base/test.h"
#include "detect/detect.h"

static inline void say(hm_buf *out, const char *key, hm_str value)
{
    if (value.n == 0)
        return;
    hm_buf_c(out, key);
    hm_buf_str(out, value);
}

static inline void say_component(hm_buf *out, const part_pack *p, uint32_t i)
{
    const part_comp *c = &p->comp[i];
    hm_buf_str(out, part_text(p, c->name));
    say(out, " ", part_text(p, c->version));
    say(out, " ", part_text(p, c->quals));
    if (!hm_str_eq(part_text(p, c->source_name), part_text(p, c->name)) ||
        !hm_str_eq(part_text(p, c->source_version), part_text(p, c->version))) {
        say(out, " from ", part_text(p, c->source_name));
        say(out, "/", part_text(p, c->source_version));
    }
    say(out, " by ", part_text(p, c->supplier));
    say(out, " at ", part_text(p, c->url_home));
    say(out, " licence ", part_text(p, c->licence));
    say(out, " raw ", part_text(p, c->licence_raw));
    say(out, " cpe ", part_text(p, c->cpe));
    say(out, " root ", part_text(p, c->root));
    for (uint32_t k = 0; k < c->evidence_count; k++) {
        hm_buf_c(out, " line ");
        hm_buf_u64(out, p->evidence[c->evidence_first + k].line);
    }
    for (uint32_t k = 0; k < c->prop_count; k++) {
        say(out, " ", part_text(p, p->prop[c->prop_first + k].key));
        say(out, "=", part_text(p, p->prop[c->prop_first + k].value));
    }
    for (size_t k = 0; k < p->provide_n; k++)
        if (p->provide[k].comp == i && !hm_str_eq(part_text(p, p->provide[k].name), part_text(p, c->name)))
            say(out, " +", part_text(p, p->provide[k].name));
    for (size_t k = 0; k < p->need_n; k++)
        if (p->need[k].comp == i) {
            say(out, " >", part_text(p, p->need[k].name));
            if (p->need[k].group) {
                hm_buf_byte(out, '#');
                hm_buf_u64(out, p->need[k].group);
            }
        }
    hm_buf_byte(out, '\n');
}

static inline void say_gap(hm_buf *out, unsigned defect, uint64_t place, hm_str at)
{
    hm_buf_c(out, "! ");
    hm_buf_c(out, hm_defect_name(defect));
    if (place) {
        hm_buf_byte(out, ' ');
        hm_buf_u64(out, place);
    }
    say(out, " ", at);
    hm_buf_byte(out, '\n');
}

static inline void say_pack(hm_buf *out, const part_pack *p)
{
    static const char *const CLAIM[] = { "licence", "raw", "alias" };
    for (uint32_t i = 0; i < p->comp_n; i++)
        say_component(out, p, i);
    for (size_t i = 0; i < p->claim_n; i++) {
        say(out, "", part_text(p, p->claim[i].name));
        say(out, " ", hm_str_c(CLAIM[p->claim[i].field]));
        say(out, " ", part_text(p, p->claim[i].value));
        hm_buf_byte(out, '\n');
    }
    for (size_t i = 0; i < p->owned_n; i++) {
        say(out, "", part_text(p, p->owned[i].path));
        say(out, " < ", part_text(p, p->owned[i].package));
        hm_buf_byte(out, '\n');
    }
    for (size_t i = 0; i < p->gap_n; i++)
        say_gap(out, p->gap[i].defect, p->gap[i].place, part_text(p, p->gap[i].at));
}

/* false: no memory (fault run), or the block does not check. */
static inline bool detected(detect_fn *fn, const char *path, const char *root, hm_str bytes, hm_str wanted, hm_buf *out)
{
    HM_AUTO(hm_arena_freep) hm_arena *a = hm_arena_new(64 << 20);
    HM_AUTO(part_build_freep) part_build *b = part_build_new(64 << 20);
    detect_view file = { .path = hm_str_c(path), .bytes = bytes };
    detect_in in = { .file = &file, .root = hm_str_c(root), .wanted = wanted, .arena = a };
    hm_err err = { 0 };
    hm_str block;
    part_pack pack;
    if (!a || !b)
        return false;
    hm_rc rc = fn(&in, b, &err);
    if (part_build_finish(b, &block, NULL) != HM_OK || part_pack_open(block, &pack, NULL) != HM_OK)
        return false;
    say_pack(out, &pack);
    if (rc != HM_OK)
        say_gap(out, err.defect, err.place, hm_str_c(err.at));
    return !out->bad && rc != HM_NOMEM;
}

/* A file of the shared fixtures. false: not there. */
static inline bool fixture(const char *name, hm_buf *out)
{
    char path[4096];
    if (!test_shared())
        return false;
    snprintf(path, sizeof path, "%s/fixtures/%s", test_shared(), name);
    return test_read(path, out);
}
