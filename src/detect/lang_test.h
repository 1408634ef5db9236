#pragma once
/* Tests of language packages: what a detector emitted, as lines of text.
 *   SCOPE NS/NAME@VERSION [FLAGS] key=value ... >INDEX:SCOPE ... +ENV:NAME ?SCOPE:ENV:NAME#GROUP ...
 *   ! DEFECT PLACE AT
 * FLAGS: A application, S subject, K dependencies known, O open, B bundled, L local, N no version. */
#include "base/test.h"
#include "detect/detect.h"

static inline void say(hm_buf *out, const char *key, hm_str value)
{
    if (value.n == 0)
        return;
    hm_buf_c(out, key);
    hm_buf_str(out, value);
}

static inline void say_part(hm_buf *out, const part_pack *p, uint32_t i)
{
    static const char SCOPE[] = "-rodb";
    static const struct {
        uint32_t flag;
        char letter;
    } FLAG[] = { { PART_F_SUBJECT, 'S' },   { PART_F_MANAGED, 'M' }, { PART_F_DEPS_KNOWN, 'K' },
                 { PART_F_DEPS_OPEN, 'O' }, { PART_F_BUNDLED, 'B' }, { PART_F_LOCAL, 'L' },
                 { PART_F_NO_VERSION, 'N' } };
    const part_comp *c = &p->comp[i];
    hm_buf_byte(out, SCOPE[c->scope]);
    say(out, " ", part_text(p, c->ns));
    hm_buf_c(out, c->ns.n ? "/" : " ");
    hm_buf_str(out, part_text(p, c->name));
    say(out, "@", part_text(p, c->version));
    hm_buf_c(out, " [");
    if (c->kind == PART_APPLICATION)
        hm_buf_byte(out, 'A');
    for (size_t k = 0; k < HM_COUNT(FLAG); k++)
        if (c->flags & FLAG[k].flag)
            hm_buf_byte(out, FLAG[k].letter);
    hm_buf_c(out, "]");
    if (c->eco == PART_ECO_NONE)
        hm_buf_c(out, " no-eco");
    say(out, " literal=", part_text(p, c->literal));
    say(out, " quals=", part_text(p, c->quals));
    say(out, " author=", part_text(p, c->author));
    say(out, " supplier=", part_text(p, c->supplier));
    say(out, " licence=", part_text(p, c->licence));
    say(out, " raw=", part_text(p, c->licence_raw));
    say(out, " dist=", part_text(p, c->url_dist));
    say(out, " vcs=", part_text(p, c->url_vcs));
    say(out, " home=", part_text(p, c->url_home));
    for (uint32_t k = 0; k < c->digest_count; k++) {
        const part_digest *d = &p->digest[c->digest_first + k];
        say(out, " hash=", hm_str_sub(part_text(p, d->hex), 0, 8));
    }
    for (uint32_t k = 0; k < c->prop_count; k++) {
        say(out, " ", part_text(p, p->prop[c->prop_first + k].key));
        say(out, "=", part_text(p, p->prop[c->prop_first + k].value));
    }
    for (uint32_t k = 0; k < c->edge_count; k++) {
        const part_edge *e = &p->edge[c->edge_first + k];
        hm_buf_c(out, " >");
        hm_buf_u64(out, e->to);
        hm_buf_byte(out, SCOPE[e->scope]);
    }
    for (size_t k = 0; k < p->provide_n; k++)
        if (p->provide[k].comp == i) {
            hm_buf_c(out, " +");
            hm_buf_str(out, part_text(p, p->provide[k].env));
            say(out, ":", part_text(p, p->provide[k].name));
        }
    for (size_t k = 0; k < p->need_n; k++)
        if (p->need[k].comp == i) {
            hm_buf_c(out, p->need[k].how == PART_FIND_UP ? " ^" : " ?");
            hm_buf_byte(out, SCOPE[p->need[k].scope]);
            say(out, ":", part_text(p, p->need[k].env));
            say(out, ":", part_text(p, p->need[k].name));
            if (p->need[k].group) {
                hm_buf_byte(out, '#');
                hm_buf_u64(out, p->need[k].group);
            }
        }
    hm_buf_byte(out, '\n');
}

static inline void say_gap(hm_buf *out, unsigned defect, uint64_t place, uint64_t arg, hm_str at)
{
    hm_buf_c(out, "! ");
    hm_buf_c(out, hm_defect_name(defect));
    if (place || arg) {
        hm_buf_byte(out, ' ');
        hm_buf_u64(out, place);
    }
    if (arg) {
        hm_buf_byte(out, ' ');
        hm_buf_u64(out, arg);
    }
    say(out, " ", at);
    hm_buf_byte(out, '\n');
}

/* Runs fn on a view. false: no memory (fault run), or the block does not check. */
static inline bool detect_said(detect_fn *fn, const detect_view *file, hm_buf *out, hm_rc *ret_rc)
{
    HM_AUTO(hm_arena_freep) hm_arena *a = hm_arena_new(64 << 20);
    HM_AUTO(part_build_freep) part_build *b = part_build_new(64 << 20);
    detect_in in = { .file = file, .arena = a };
    hm_err err = { 0 };
    hm_str block;
    part_pack pack;
    if (!a || !b)
        return false;
    *ret_rc = fn(&in, b, &err);
    if (part_build_finish(b, &block, NULL) != HM_OK || part_pack_open(block, &pack, NULL) != HM_OK)
        return false;
    for (uint32_t i = 0; i < pack.comp_n; i++) {
        if (pack.comp[i].evidence_count != 1 ||
            !hm_str_eq(part_text(&pack, pack.evidence[pack.comp[i].evidence_first].path), file->path))
            return false;
        say_part(out, &pack, i);
    }
    for (size_t i = 0; i < pack.gap_n; i++)
        say_gap(out, pack.gap[i].defect, pack.gap[i].place, pack.gap[i].arg[0], part_text(&pack, pack.gap[i].at));
    if (*ret_rc != HM_OK)
        say_gap(out, err.defect, err.place, err.arg[0], hm_str_c(err.at));
    return !out->bad && *ret_rc != HM_NOMEM && *ret_rc == err.rc;
}

static inline bool detect_said_text(detect_fn *fn, const char *path, hm_str bytes, hm_buf *out)
{
    hm_rc rc = HM_BUG;
    detect_view file = { .path = hm_str_c(path), .bytes = bytes };
    return detect_said(fn, &file, out, &rc);
}

static inline bool fixture(const char *name, hm_buf *out)
{
    char path[4096];
    if (!test_shared())
        return false;
    snprintf(path, sizeof path, "%s/fixtures/%s", test_shared(), name);
    return test_read(path, out);
}
