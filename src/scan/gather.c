/* gather - all answered documents into one pack, in the order of their paths: the first half of the merge.
 * Each block is checked here (the worker that wrote it is not trusted) and freed once copied. What is filled in:
 * the distribution of OS packages (from the os-release of their root), the environment of subjects (their directory),
 * the root of owner answers. A failed document or a block that does not check becomes a gap. */
#include "base/limits.h"
#include "scan/image.h"

static int by_path(const void *a, const void *b, void *ctx)
{
    (void)ctx;
    const scan_doc *x = a, *y = b;
    int c = strcmp(x->path, y->path);
    if (c)
        return c;
    return (x->detector > y->detector) - (x->detector < y->detector);
}

/* "debian-12" of the operating system in `root`; empty when none was found there. */
typedef struct distro_row {
    hm_str root, distro;
    uint8_t confidence; /* of its evidence: os-release is surer than the files from before it */
} distro_row;
typedef struct distros {
    hm_arena *arena;
    hm_map *by_root; /* root -> index of row + 1 */
    hm_vec row;
    const scan_image *image; /* NULL: none */
    const scan_doc *doc;     /* that is copied */
} distros;

static uint8_t confidence_of(const part_pack *p, const part_comp *c)
{
    return c->evidence_count ? p->evidence[c->evidence_first].confidence : 0;
}

/* False: no memory. Texts that no os-release detector lets pass (a worker under foreign control) name nothing: they
 * would become part of every package's id. The root is that of the document, which is ours and outlives this. */
static bool note_distro(distros *d, const scan_doc *doc, const part_pack *p, const part_comp *c)
{
    hm_str name = part_text(p, c->name), version = part_text(p, c->version), distro = HM_NONE;
    hm_str root = hm_str_sub(hm_str_c(doc->path), 0, doc->root_n);
    if (c->kind != PART_OS || c->flags & PART_F_CLAIMED || name.n == 0 || name.n > LIMIT_OS_VALUE ||
        version.n > LIMIT_OS_VALUE)
        return true;
    hm_buf text = { 0 };
    hm_buf_str(&text, name);
    if (version.n) {
        hm_buf_byte(&text, '-');
        hm_buf_str(&text, version);
    }
    bool ok = !text.bad && hm_arena_dup(d->arena, hm_buf_view(&text), &distro);
    hm_buf_clear(&text);
    distro_row *row = ok ? hm_vec_push(&d->row, d->arena) : NULL;
    if (!row)
        return false;
    *row = (distro_row){ root, distro, confidence_of(p, c) };
    uint64_t *at = hm_map_put(d->by_root, root, d->row.n); /* etc/os-release comes before usr/lib/os-release */
    if (at && HM_VEC_AT(&d->row, distro_row, (size_t)*at - 1)->confidence < row->confidence)
        *at = d->row.n;
    return at != NULL;
}

/* An operating system that a surer file of its root names is not a second one. */
static bool outdone(const distros *d, const scan_doc *doc, const part_pack *p, const part_comp *c)
{
    uint64_t at;
    return c->kind == PART_OS && hm_map_get(d->by_root, hm_str_sub(hm_str_c(doc->path), 0, doc->root_n), &at) &&
           HM_VEC_AT(&d->row, distro_row, (size_t)at - 1)->confidence > confidence_of(p, c);
}

static hm_str distro_of(const distros *d, hm_str root)
{
    uint64_t at;
    return hm_map_get(d->by_root, root, &at) ? HM_VEC_AT(&d->row, distro_row, (size_t)at - 1)->distro : HM_NONE;
}

/* The operating system that a document lies in: the innermost root above it that has one. */
static hm_str distro_around(const distros *d, hm_str path, hm_str *ret_root)
{
    for (hm_str dir = path; dir.n;) {
        dir = hm_path_dir(dir);
        hm_str distro = distro_of(d, dir);
        *ret_root = dir;
        if (distro.n)
            return distro;
    }
    return HM_NONE;
}

/* An SBOM names the distribution in its own spelling ("debian-12.5", "3.18.4") or leaves it out. Where it is the one it
 * lies in, the package is that one's, and has no namespace of its own. */
static void claimed_distro(part_desc *d, hm_str ours, hm_str root)
{
    hm_str id, version, their_id = HM_NONE, theirs = d->distro;
    part_distro_split(ours, &id, &version);
    if (!ours.n || (d->ns.n && !hm_str_eq(d->ns, id) && !hm_str_eq(d->ns, part_distro_namespace(id))))
        return;
    if (theirs.n && !hm_is_digit((unsigned char)theirs.p[0])) {
        part_distro_split(d->distro, &their_id, &theirs);
        if (!hm_str_eq(their_id, id))
            return;
    }
    size_t n = theirs.n < version.n ? theirs.n : version.n;
    hm_str longer = theirs.n < version.n ? version : theirs;
    if (n && (!hm_str_eq(hm_str_sub(theirs, 0, n), hm_str_sub(version, 0, n)) || (longer.n > n && longer.p[n] != '.')))
        return;
    d->ns = HM_NONE;
    d->distro = ours;
    d->root = root;
}

bool scan_installed(const part_pack *p, const part_comp *c)
{
    if (c->flags & PART_F_CLAIMED)
        return false;
    for (size_t i = 0; i < c->evidence_count; i++)
        if (part_is_os_package(c->eco) && p->evidence[c->evidence_first + i].technique != PART_T_BINARY)
            return true;
    return false;
}

void scan_desc_of(const part_pack *p, const part_comp *c, part_desc *ret)
{
    *ret = (part_desc){
        .kind = (part_kind)c->kind, .scope = (part_scope)c->scope, .eco = (part_eco)c->eco, .flags = c->flags
    };
#define X(field) ret->field = part_text(p, c->field);
    PART_TEXTS(X)
#undef X
}

/* The layer that we know of, whatever the worker says. */
static void copy_evidence(part_build *out, uint32_t to, const part_pack *p, const part_comp *c, size_t i,
                          const distros *d)
{
    const part_evidence *e = &p->evidence[c->evidence_first + i];
    hm_str layer = d->image ? scan_image_text(d->image, d->doc, (size_t)(c - p->comp), part_text(p, e->path)) : HM_NONE;
    part_copy_evidence_in(out, to, p, e, layer);
}

static void copy_comp(part_build *out, const part_pack *p, const part_comp *c, const distros *d,
                      const distro_row *around)
{
    part_desc desc;
    scan_desc_of(p, c, &desc);
    desc.flags &= ~(uint32_t)PART_F_MANAGED; /* for the ownership pass to say: what is managed is not counted */
    if (part_is_os_package(c->eco) && c->flags & PART_F_CLAIMED)
        claimed_distro(&desc, around->distro, around->root);
    else if (part_is_os_package(c->eco) && desc.distro.n == 0)
        desc.distro = distro_of(d, desc.root);
    if (c->flags & PART_F_SUBJECT && desc.env.n == 0 && c->evidence_count)
        desc.env = hm_path_dir(part_text(p, p->evidence[c->evidence_first].path));
    uint32_t to = part_add(out, &desc);
    for (size_t i = 0; i < c->evidence_count; i++)
        copy_evidence(out, to, p, c, i, d);
    for (size_t i = 0; i < c->digest_count; i++) {
        const part_digest *x = &p->digest[c->digest_first + i];
        part_add_digest(out, to, (part_alg)x->alg, part_text(p, x->hex));
    }
    for (size_t i = 0; i < c->prop_count; i++) {
        const part_prop *x = &p->prop[c->prop_first + i];
        part_add_prop(out, to, part_text(p, x->key), part_text(p, x->value));
    }
}

/* Path below a root, as seen from the target. */
static void full_path(hm_buf *b, hm_str root, hm_str path)
{
    hm_buf_reset(b);
    hm_buf_str(b, root);
    if (root.n)
        hm_buf_byte(b, '/');
    hm_buf_str(b, path);
}

static void copy_pack(part_build *out, const part_pack *p, const scan_doc *doc, const distros *d)
{
    uint32_t base = (uint32_t)part_build_count(out);
    hm_str root = hm_str_sub(hm_str_c(doc->path), 0, doc->root_n);
    if (p->comp_n == 1 && outdone(d, doc, p, &p->comp[0])) {
        for (size_t i = 0; i < p->gap_n; i++)
            part_copy_gap(out, p, &p->gap[i]);
        return;
    }
    distro_row around = { 0 };
    around.distro = distro_around(d, hm_str_c(doc->path), &around.root);
    for (size_t i = 0; i < p->comp_n; i++)
        copy_comp(out, p, &p->comp[i], d, &around);
    if (part_build_bad(out))
        return;
    for (size_t i = 0; i < p->edge_n; i++)
        part_add_edge(out, base + p->edge[i].comp, base + p->edge[i].to, (part_scope)p->edge[i].scope);
    for (size_t i = 0; i < p->need_n; i++) {
        const part_need *n = &p->need[i];
        part_add_need(out, base + n->comp, (part_scope)n->scope, (part_how)n->how, n->group, (part_eco)n->eco,
                      part_text(p, n->env), part_text(p, n->name));
    }
    for (size_t i = 0; i < p->provide_n; i++)
        part_add_provide(out, base + p->provide[i].comp, part_text(p, p->provide[i].env),
                         part_text(p, p->provide[i].name));
    for (size_t i = 0; i < p->claim_n; i++) {
        const part_claim *c = &p->claim[i];
        part_add_claim(out, (part_eco)c->eco, part_text(p, c->root), part_text(p, c->name), (part_claim_field)c->field,
                       part_text(p, c->value));
    }
    hm_buf path = { 0 };
    for (size_t i = 0; i < p->owned_n; i++) {
        const part_owned *o = &p->owned[i];
        full_path(&path, root, part_text(p, o->path));
        part_add_owned_in(out, (part_eco)o->eco, root, hm_buf_view(&path), part_text(p, o->package));
    }
    hm_buf_clear(&path);
    for (size_t i = 0; i < p->gap_n; i++)
        part_copy_gap(out, p, &p->gap[i]);
    for (size_t i = 0; i < p->extra_n; i++) {
        const part_extra *x = &p->extra[i];
        part_add_extra(out, x->comp == PART_NO ? PART_NO : base + x->comp, (part_format)x->format,
                       part_text(p, x->place), part_text(p, x->raw));
    }
}

/* Opens the block of a document; false: there is none, or it does not check (which becomes the document's error, and
 * the block is gone). */
bool scan_doc_open(scan_doc *doc, part_pack *ret)
{
    hm_err e;
    if (!doc->block)
        return false;
    if (part_pack_open((hm_str){ doc->block, doc->block_n }, ret, &e) == HM_OK)
        return true;
    if (!doc->err)
        doc->err = malloc(sizeof *doc->err);
    if (!doc->err)
        return false; /* the block stays: gather() sees that nobody could note what is wrong with it */
    hm_fail(doc->err, HM_FORMAT, DEFECT_WORKER_REPLY, HM_PLACE_NONE, 0, e.arg[0]);
    free(doc->block);
    doc->block = NULL;
    return false;
}

/* Upper bound of what a document's rows and texts take when copied: a block may name one long text many times, and each
 * place in a shorter one than a path is stored once (pack.c). */
static uint64_t text_cost(part_ref r)
{
    return r.n > LIMIT_PATH_BYTES ? r.n : 0;
}

static uint64_t cost_of(const scan_doc *doc, const part_pack *p)
{
    uint64_t n = p->block.n + (uint64_t)p->owned_n * doc->root_n;
    for (size_t i = 0; i < p->comp_n; i++) {
#define X(field) n += text_cost(p->comp[i].field);
        PART_TEXTS(X)
#undef X
    }
    for (size_t i = 0; i < p->evidence_n; i++)
        n += text_cost(p->evidence[i].path) + text_cost(p->evidence[i].layer);
    for (size_t i = 0; i < p->prop_n; i++)
        n += text_cost(p->prop[i].key) + text_cost(p->prop[i].value);
    for (size_t i = 0; i < p->need_n; i++)
        n += text_cost(p->need[i].env) + text_cost(p->need[i].name);
    for (size_t i = 0; i < p->provide_n; i++)
        n += text_cost(p->provide[i].env) + text_cost(p->provide[i].name);
    for (size_t i = 0; i < p->claim_n; i++)
        n += text_cost(p->claim[i].root) + text_cost(p->claim[i].name) + text_cost(p->claim[i].value);
    for (size_t i = 0; i < p->owned_n; i++)
        n += p->owned[i].path.n + text_cost(p->owned[i].package);
    for (size_t i = 0; i < p->gap_n; i++)
        n += text_cost(p->gap[i].path) + text_cost(p->gap[i].at);
    for (size_t i = 0; i < p->extra_n; i++)
        n += text_cost(p->extra[i].place) + text_cost(p->extra[i].raw);
    return n;
}

/* What finds no more place is left out, said, and costs the others nothing. */
static void left_out(part_build *out, hm_str path, uint64_t limit)
{
    hm_err e;
    hm_fail(&e, HM_LIMIT, DEFECT_SCAN_BUDGET, HM_PLACE_NONE, 0, limit);
    part_add_gap(out, path, &e);
}

static hm_rc gather(scan_collect *c, distros *d, part_build *out, hm_err *err)
{
    part_pack p;
    uint64_t left = LIMIT_GATHERED_BYTES;
    for (size_t i = 0; i < c->docs; i++)
        if (scan_doc_open(&c->doc[i], &p))
            for (size_t k = 0; k < p.comp_n; k++)
                if (!note_distro(d, &c->doc[i], &p, &p.comp[k]))
                    return hm_arena_fail(d->arena, err);
    for (size_t i = 0; i < c->docs; i++) {
        scan_doc *doc = &c->doc[i];
        bool opened = scan_doc_open(doc, &p);
        if (!opened && doc->block)
            return hm_fail(err, HM_NOMEM, DEFECT_NOMEM, HM_PLACE_NONE, 0, 0);
        uint64_t cost = opened ? cost_of(doc, &p) : 0;
        bool fits = cost <= left;
        left -= fits ? cost : 0;
        d->doc = doc;
        if (opened && fits)
            copy_pack(out, &p, doc, d);
        free(doc->block);
        doc->block = NULL;
        part_build_detector(out, doc->detector);
        if (!fits)
            left_out(out, hm_str_c(doc->path), LIMIT_GATHERED_BYTES);
        if (doc->err)
            part_add_gap(out, hm_str_c(doc->path), doc->err);
    }
    part_build_detector(out, UINT16_MAX);
    if (c->full)
        left_out(out, HM_NONE, LIMIT_KEPT_BYTES);
    return HM_OK;
}

hm_rc scan_gather(scan_collect *c, part_build *out, hm_err *err)
{
    HM_AUTO(hm_arena_freep) hm_arena *arena = hm_arena_new(LIMIT_BUDGET_MAX);
    HM_AUTO(hm_map_freep) hm_map *by_root = hm_map_new();
    if (!arena || !by_root || c->nomem || !hm_sort(c->doc, c->docs, sizeof *c->doc, by_path, NULL))
        return hm_fail(err, HM_NOMEM, DEFECT_NOMEM, HM_PLACE_NONE, 0, 0);
    distros d = { .arena = arena, .by_root = by_root, .row = { .size = sizeof(distro_row) }, .image = c->image };
    return gather(c, &d, out, err);
}

/* ---- what the ownership pass asks about ------------------------------------------------------------------------------ */

void scan_paths_clear(scan_paths *l)
{
    hm_buf_clear(&l->text);
    hm_buf_clear(&l->refs);
}

static size_t paths_n(const scan_paths *l)
{
    return l->refs.n / sizeof(part_ref);
}

static hm_str path_at(const scan_paths *l, size_t i)
{
    part_ref r;
    memcpy(&r, l->refs.p + i * sizeof r, sizeof r);
    return hm_str_sub(hm_buf_view(&l->text), r.at, r.n);
}

static int by_text(const void *a, const void *b, void *ctx)
{
    const part_ref *x = a, *y = b;
    const hm_buf *text = ctx;
    return hm_str_cmp(hm_str_sub(hm_buf_view(text), x->at, x->n), hm_str_sub(hm_buf_view(text), y->at, y->n));
}

/* A file with many components (a lock file, a Go program) comes once. */
static void add_path(scan_collect *c, scan_paths *l, hm_str s)
{
    if (l->refs.n && hm_str_eq(path_at(l, paths_n(l) - 1), s))
        return;
    if (s.n > LIMIT_PATH_BYTES || l->text.n > LIMIT_KEPT_BYTES - s.n) { /* no owner is asked for it */
        c->full = true;
        return;
    }
    part_ref r = { (uint32_t)l->text.n, (uint32_t)s.n };
    hm_buf_str(&l->text, s);
    hm_buf_add(&l->refs, &r, sizeof r);
}

hm_rc scan_paths_of(scan_collect *c, scan_paths *ret, hm_err *err)
{
    scan_paths l = { 0 };
    for (size_t i = 0; i < c->docs; i++) {
        part_pack p;
        if (!scan_doc_open(&c->doc[i], &p))
            continue;
        for (size_t k = 0; k < p.comp_n; k++) {
            const part_comp *comp = &p.comp[k];
            if (scan_installed(&p, comp) || comp->kind == PART_OS)
                continue;
            for (size_t e = 0; e < comp->evidence_count; e++)
                add_path(c, &l, part_text(&p, p.evidence[comp->evidence_first + e].path));
        }
    }
    if (l.text.bad || l.refs.bad || !hm_sort(l.refs.p, paths_n(&l), sizeof(part_ref), by_text, &l.text)) {
        scan_paths_clear(&l);
        return hm_fail(err, HM_NOMEM, DEFECT_NOMEM, HM_PLACE_NONE, 0, 0);
    }
    *ret = l;
    return HM_OK;
}

/* The first path from `from` on that is not before `s`. */
static size_t first_from(const scan_paths *l, size_t from, hm_str s)
{
    size_t to = paths_n(l);
    while (from < to) {
        size_t mid = from + (to - from) / 2;
        if (hm_str_cmp(path_at(l, mid), s) < 0)
            from = mid + 1;
        else
            to = mid;
    }
    return from;
}

/* One of two sorted rows of paths below a root: those after `head`, without it. */
typedef struct path_row {
    const scan_paths *list;
    hm_str head;
    size_t next;
} path_row;

static path_row row_below(const scan_paths *l, hm_str head)
{
    return (path_row){ l, head, first_from(l, 0, head) };
}

static bool row_get(const path_row *r, hm_str *ret)
{
    if (r->next >= paths_n(r->list) || !hm_str_starts(path_at(r->list, r->next), r->head))
        return false;
    *ret = hm_str_from(path_at(r->list, r->next), r->head.n);
    return true;
}

/* On a merged /usr packages may still list the old places, lib/x for usr/lib/x: both are asked for. Both rows are
 * sorted, so the answer is made by merging them. */
hm_rc scan_wanted(const scan_paths *l, hm_str root, bool usr_merged, hm_buf *out, hm_err *err)
{
    HM_AUTO(hm_buf_clear) hm_buf head = { 0 };
    hm_buf_str(&head, root);
    if (root.n)
        hm_buf_byte(&head, '/');
    size_t root_n = head.n;
    hm_buf_c(&head, "usr/");
    if (!head.bad) {
        path_row all = row_below(l, hm_str_sub(hm_buf_view(&head), 0, root_n)), old = row_below(l, hm_buf_view(&head));
        hm_str a = HM_NONE, b = HM_NONE, last = HM_NONE;
        for (;;) {
            bool more = row_get(&all, &a), more_old = usr_merged && row_get(&old, &b);
            if (!more && !more_old)
                break;
            bool first = more && (!more_old || hm_str_cmp(a, b) <= 0);
            hm_str path = first ? a : b;
            (first ? &all : &old)->next++;
            if (path.n == 0 || hm_str_eq(path, last))
                continue;
            hm_buf_str(out, path);
            hm_buf_byte(out, 0);
            last = path;
        }
    }
    return head.bad || out->bad ? hm_fail(err, HM_NOMEM, DEFECT_NOMEM, HM_PLACE_NONE, 0, 0) : HM_OK;
}
