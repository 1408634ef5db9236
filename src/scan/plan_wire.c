/* plan_wire - the question for a plan and the plan itself as bytes, there and back (plan.h). Pure. Enemy of scan_plan_get: a
 * worker that a file took over. Invariants of what it lets pass: one HEAD, first; layers only with a choice; paths that
 * stay below where they are looked for; digests of the right form; no row, text or count over its limit.
 *   HEAD  u8 choice, texts of PLAN_TEXTS
 *   LAYER u8 foreign, le64 size, texts path, digest, diff_id, media_type, created_by
 *   NAME  text          LABEL texts key, value
 *   IMAGE u8 present | chosen << 1, texts digest, os, arch, variant, name
 *   NOTE  u8 kind, texts path, text; a gap: le32 rc, defect, sys, place_kind, le64 place, 4 x le64, text at */
#include "scan/plan.h"

enum { ROW_HEAD = 1, ROW_LAYER, ROW_NAME, ROW_LABEL, ROW_IMAGE, ROW_NOTE };

bool scan_plan_path_ok(hm_str path)
{
    if (path.n == 0 || path.n > JAIL_NAME_MAX - 1 || memchr(path.p, 0, path.n))
        return false;
    for (hm_str rest = path;;) {
        size_t n = hm_str_find(rest, '/');
        hm_str s = hm_str_sub(rest, 0, n);
        if (s.n == 0 || hm_str_is(s, ".") || hm_str_is(s, ".."))
            return false;
        if (n == rest.n)
            return true;
        rest = hm_str_from(rest, n + 1);
    }
}

static bool lower_hex(hm_str s, size_t n)
{
    for (size_t i = 0; i < s.n; i++)
        if (!hm_is_digit((uint8_t)s.p[i]) && !(s.p[i] >= 'a' && s.p[i] <= 'f'))
            return false;
    return s.n == n;
}

bool scan_plan_digest_ok(hm_str text)
{
    hm_str enc, alg = hm_str_cut(text, ':', &enc);
    bool word = false;
    if (alg.n == 0 || enc.n == 0 || text.n > 255)
        return false;
    for (size_t i = 0; i < alg.n; i++) { /* words of [a-z0-9]+ with one of +._- between them */
        char c = alg.p[i];
        bool letter = hm_is_digit((uint8_t)c) || (c >= 'a' && c <= 'z');
        if (!letter && !(word && (c == '+' || c == '.' || c == '_' || c == '-')))
            return false;
        word = letter;
    }
    for (size_t i = 0; i < enc.n; i++)
        if (!hm_is_alnum((uint8_t)enc.p[i]) && enc.p[i] != '=' && enc.p[i] != '_' && enc.p[i] != '-')
            return false;
    if (hm_str_is(alg, "sha256") || hm_str_is(alg, "blake3"))
        return lower_hex(enc, 64);
    return word && (!hm_str_is(alg, "sha512") || lower_hex(enc, 128));
}

/* ---- question ---- */

static void put_text(hm_buf *b, hm_str s)
{
    hm_buf_le32(b, (uint32_t)s.n);
    hm_buf_str(b, s);
}

void scan_plan_ask(hm_buf *out, bool final, hm_str wanted, hm_str machine)
{
    hm_buf_byte(out, (char) final);
    put_text(out, wanted);
    put_text(out, machine);
}

void scan_plan_ask_blob(hm_buf *out, hm_str path, hm_str bytes)
{
    put_text(out, path);
    put_text(out, bytes);
}

static hm_str get_text(hm_cur *c)
{
    return hm_cur_take(c, hm_cur_le32(c));
}

hm_rc scan_job_plan(const jail_in *in, hm_buf *out, hm_err *err)
{
    hm_cur c = hm_cur_of(in->extra);
    plan_question q = { .final = hm_cur_u8(&c) != 0 };
    q.wanted = get_text(&c);
    q.machine = get_text(&c);
    hm_vec blobs = { .size = sizeof(plan_blob) };
    while (hm_cur_left(&c) && !c.bad) {
        plan_blob *b = hm_vec_push(&blobs, in->arena);
        if (!b)
            return hm_arena_fail(in->arena, err);
        b->path = get_text(&c);
        b->bytes = get_text(&c);
    }
    if (c.bad)
        return hm_fail(err, HM_BUG, DEFECT_JOB_UNKNOWN, HM_PLACE_NONE, 0, in->param);
    q.blob = blobs.p;
    q.blobs = blobs.n;
    plan p = { 0 };
    hm_rc rc = scan_plan_make(in->arena, &q, &p, err);
    scan_plan_put(out, &p);
    if (rc == HM_OK && out->bad)
        return hm_fail(err, HM_LIMIT, DEFECT_BUDGET, HM_PLACE_NONE, 0, out->limit);
    return rc;
}

/* ---- plan to bytes ---- */

static size_t begin(hm_buf *b, char type)
{
    hm_buf_byte(b, type);
    hm_buf_le32(b, 0);
    return b->n;
}

static void end(hm_buf *b, size_t from)
{
    uint64_t n = b->n - from;
    for (size_t i = 0; i < 4 && !b->bad; i++)
        b->p[from - 4 + i] = (char)(n >> (8 * i) & 0xff);
}

static void put_err(hm_buf *b, const hm_err *e)
{
    hm_buf_le32(b, (uint32_t)e->rc);
    hm_buf_le32(b, e->defect);
    hm_buf_le32(b, (uint32_t)e->sys);
    hm_buf_le32(b, e->place_kind);
    hm_buf_le64(b, e->place);
    for (size_t i = 0; i < HM_COUNT(e->arg); i++)
        hm_buf_le64(b, e->arg[i]);
    put_text(b, hm_str_c(e->at));
}

void scan_plan_put(hm_buf *out, const plan *p)
{
    size_t at = begin(out, ROW_HEAD);
    hm_buf_byte(out, (char)p->choice);
#define X(field) put_text(out, p->field);
    PLAN_TEXTS(X)
#undef X
    end(out, at);
    for (size_t i = 0; i < p->layers; i++) {
        const plan_layer *l = &p->layer[i];
        at = begin(out, ROW_LAYER);
        hm_buf_byte(out, (char)l->foreign);
        hm_buf_le64(out, l->size);
        put_text(out, l->path);
        put_text(out, l->digest);
        put_text(out, l->diff_id);
        put_text(out, l->media_type);
        put_text(out, l->created_by);
        end(out, at);
    }
    for (size_t i = 0; i < p->names; i++) {
        at = begin(out, ROW_NAME);
        put_text(out, p->name[i]);
        end(out, at);
    }
    for (size_t i = 0; i < p->labels; i++) {
        at = begin(out, ROW_LABEL);
        put_text(out, p->label[i].key);
        put_text(out, p->label[i].value);
        end(out, at);
    }
    for (size_t i = 0; i < p->images; i++) {
        const plan_image *m = &p->image[i];
        at = begin(out, ROW_IMAGE);
        hm_buf_byte(out, (char)((m->present ? 1 : 0) | (m->chosen ? 2 : 0)));
        put_text(out, m->digest);
        put_text(out, m->os);
        put_text(out, m->arch);
        put_text(out, m->variant);
        put_text(out, m->name);
        end(out, at);
    }
    for (size_t i = 0; i < p->notes; i++) {
        const plan_note *n = &p->note[i];
        at = begin(out, ROW_NOTE);
        hm_buf_byte(out, (char)n->kind);
        put_text(out, n->path);
        put_text(out, n->text);
        if (n->kind == PLAN_GAP)
            put_err(out, &n->err);
        end(out, at);
    }
}

/* ---- and back ---- */

static bool get_err(hm_cur *c, hm_err *ret)
{
    uint32_t rc = hm_cur_le32(c), defect = hm_cur_le32(c), sys = hm_cur_le32(c), kind = hm_cur_le32(c);
    *ret = (hm_err){ .place = hm_cur_le64(c) };
    for (size_t i = 0; i < HM_COUNT(ret->arg); i++)
        ret->arg[i] = hm_cur_le64(c);
    hm_str at = get_text(c);
    if (c->bad || rc == 0 || rc >= HM_RC_COUNT || defect >= HM_DEFECT_COUNT || sys > 4095 || kind > HM_PLACE_ENTRY ||
        at.n >= sizeof ret->at || (at.n && memchr(at.p, 0, at.n)))
        return false;
    ret->rc = (hm_rc)rc;
    ret->defect = (uint16_t)defect;
    ret->sys = (int)sys;
    ret->place_kind = (uint16_t)kind;
    if (at.n)
        memcpy(ret->at, at.p, at.n);
    return true;
}

static bool short_text(hm_str s)
{
    return s.n <= PLAN_TEXT;
}

static bool digest_or_none(hm_str s)
{
    return s.n == 0 || scan_plan_digest_ok(s);
}

typedef struct decoder {
    hm_arena *arena;
    hm_vec layer, name, label, image, note;
    bool bad;
    bool no_memory;
} decoder;

/* A new row; NULL: too many, or no memory. */
static void *row(decoder *d, hm_vec *v, size_t most)
{
    if (v->n >= most) {
        d->bad = true;
        return NULL;
    }
    void *p = hm_vec_push(v, d->arena);
    d->no_memory |= !p;
    return p;
}

static void get_head(decoder *d, hm_cur *c, plan *p)
{
    unsigned choice = hm_cur_u8(c);
#define X(field)                                                                                                       \
    p->field = get_text(c);                                                                                            \
    d->bad |= !short_text(p->field);
    PLAN_TEXTS(X)
#undef X
    d->bad |= choice >= PLAN_CHOICES || !digest_or_none(p->digest) || !digest_or_none(p->id);
    p->choice = choice < PLAN_CHOICES ? (plan_choice)choice : PLAN_NONE;
}

static void get_layer(decoder *d, hm_cur *c)
{
    plan_layer *l = row(d, &d->layer, PLAN_LAYERS);
    if (!l)
        return;
    l->foreign = hm_cur_u8(c) != 0;
    l->size = hm_cur_le64(c);
    l->path = get_text(c);
    l->digest = get_text(c);
    l->diff_id = get_text(c);
    l->media_type = get_text(c);
    l->created_by = get_text(c);
    d->bad |= !scan_plan_path_ok(l->path) || !digest_or_none(l->digest) || !digest_or_none(l->diff_id) ||
              !short_text(l->media_type) || !short_text(l->created_by);
}

static void get_image(decoder *d, hm_cur *c)
{
    plan_image *m = row(d, &d->image, PLAN_ROWS);
    if (!m)
        return;
    unsigned flags = hm_cur_u8(c);
    m->present = flags & 1;
    m->chosen = flags & 2;
    m->digest = get_text(c);
    m->os = get_text(c);
    m->arch = get_text(c);
    m->variant = get_text(c);
    m->name = get_text(c);
    d->bad |= flags > 3 || !digest_or_none(m->digest) || !short_text(m->os) || !short_text(m->arch) ||
              !short_text(m->variant) || !short_text(m->name);
}

static void get_note(decoder *d, hm_cur *c)
{
    plan_note *n = row(d, &d->note, PLAN_ROWS);
    if (!n)
        return;
    unsigned kind = hm_cur_u8(c);
    n->path = get_text(c);
    n->text = get_text(c);
    d->bad |= kind >= PLAN_NOTE_KINDS || (n->path.n && !scan_plan_path_ok(n->path)) || !short_text(n->text);
    n->kind = kind < PLAN_NOTE_KINDS ? (plan_note_kind)kind : PLAN_GAP;
    d->bad |= n->kind == PLAN_NEED && n->path.n == 0;
    if (!d->bad && n->kind == PLAN_GAP)
        d->bad = !get_err(c, &n->err);
}

hm_rc scan_plan_get(hm_arena *a, hm_str in, plan *ret, hm_err *err)
{
    decoder d = { .arena = a,
                  .layer = { .size = sizeof(plan_layer) },
                  .name = { .size = sizeof(hm_str) },
                  .label = { .size = sizeof(plan_label) },
                  .image = { .size = sizeof(plan_image) },
                  .note = { .size = sizeof(plan_note) } };
    plan p = { 0 };
    hm_cur all = hm_cur_of(in);
    bool first = true;
    d.bad = in.n > PLAN_BYTES || in.n == 0;
    while (hm_cur_left(&all) && !d.bad && !d.no_memory) {
        unsigned type = hm_cur_u8(&all);
        hm_cur c = hm_cur_of(get_text(&all));
        if (all.bad || first != (type == ROW_HEAD)) {
            d.bad = true;
            break;
        }
        first = false;
        if (type == ROW_HEAD)
            get_head(&d, &c, &p);
        else if (type == ROW_LAYER)
            get_layer(&d, &c);
        else if (type == ROW_NAME) {
            hm_str *s = row(&d, &d.name, PLAN_ROWS);
            if (s)
                d.bad |= !short_text(*s = get_text(&c));
        } else if (type == ROW_LABEL) {
            plan_label *l = row(&d, &d.label, PLAN_ROWS);
            if (l) {
                l->key = get_text(&c);
                l->value = get_text(&c);
                d.bad |= !short_text(l->key) || !short_text(l->value);
            }
        } else if (type == ROW_IMAGE)
            get_image(&d, &c);
        else if (type == ROW_NOTE)
            get_note(&d, &c);
        else
            d.bad = true;
        d.bad |= c.bad || hm_cur_left(&c);
    }
    if (d.no_memory)
        return hm_arena_fail(a, err);
    if (d.bad || (p.choice == PLAN_NONE && d.layer.n))
        return hm_fail(err, HM_FORMAT, DEFECT_WORKER_REPLY, HM_PLACE_NONE, 0, 40);
    p.layer = d.layer.p;
    p.layers = d.layer.n;
    p.name = d.name.p;
    p.names = d.name.n;
    p.label = d.label.p;
    p.labels = d.label.n;
    p.image = d.image.p;
    p.images = d.image.n;
    p.note = d.note.p;
    p.notes = d.note.n;
    *ret = p;
    return HM_OK;
}
