/* image_subject - what a document says of the image as a whole: its name, digest and purl, and properties (named in
 * docs/cyclonedx.md). Pure. Enemy: the author of the image, who wrote every text. */
#include "scan/image.h"

static const char *const CHOICE[PLAN_CHOICES] = { "", "asked for", "this machine's", "the only one", "the first" };

typedef struct maker {
    hm_arena *arena;
    hm_vec prop;
    bool bad;
} maker;

static void add(maker *m, hm_str name, hm_str value)
{
    if (value.n == 0 || m->bad)
        return;
    part_doc_prop *p = hm_vec_push(&m->prop, m->arena);
    m->bad |= !p;
    if (p)
        *p = (part_doc_prop){ name, value };
}

/* A text of the buffer, which is empty again. */
static hm_str take(maker *m, hm_buf *b)
{
    hm_str s = HM_NONE;
    m->bad |= b->bad || !hm_arena_dup(m->arena, hm_buf_view(b), &s);
    hm_buf_reset(b);
    return s;
}

static void platform(hm_buf *b, hm_str os, hm_str arch, hm_str variant)
{
    hm_buf_str(b, os);
    hm_buf_byte(b, '/');
    hm_buf_str(b, arch);
    if (variant.n) {
        hm_buf_byte(b, '/');
        hm_buf_str(b, variant);
    }
}

/* "registry.example/team/app:1.2@sha256:..." to repository and tag; false: no name of a repository ("latest"). */
static bool split_name(hm_str s, hm_str *ret_repository, hm_str *ret_tag)
{
    s = hm_str_sub(s, 0, hm_str_find(s, '@'));
    size_t slash = hm_str_rfind(s, '/'), colon = hm_str_rfind(s, ':');
    bool tagged = colon < s.n && (slash == s.n || colon > slash);
    if (!tagged && slash == s.n)
        return false;
    *ret_repository = hm_str_sub(s, 0, tagged ? colon : s.n);
    *ret_tag = tagged ? hm_str_from(s, colon + 1) : HM_NONE;
    return ret_repository->n > 0;
}

/* pkg:oci (purl type definition): named after the last part of the repository, its version is the manifest's digest. */
static void purl(maker *m, const plan *p, hm_buf *b, hm_str *ret)
{
    hm_str repository = HM_NONE, tag = HM_NONE;
    size_t i = 0;
    while (i < p->names && !split_name(p->name[i], &repository, &tag))
        i++;
    if (i == p->names || p->digest.n == 0)
        return;
    part_qual_add(b, HM_STR("arch"), p->arch);
    part_qual_add(b, HM_STR("repository_url"), repository);
    part_qual_add(b, HM_STR("tag"), tag);
    part_purl raw = { .type = HM_STR("oci"), .name = hm_path_base(repository), .version = p->digest }, made;
    raw.quals = take(m, b);
    hm_err e;
    if (m->bad || part_purl_make(m->arena, &raw, &made, &e) != HM_OK)
        return;
    part_purl_text(&made, b);
    *ret = take(m, b);
}

static void layers(maker *m, const plan *p, hm_buf *b)
{
    for (size_t i = 0; i < p->layers && !m->bad; i++) {
        const plan_layer *l = &p->layer[i];
        hm_buf_c(b, "hoshimori:image:layer:");
        hm_buf_u64(b, i + 1);
        hm_str name = take(m, b);
        add(m, name, l->diff_id.n ? l->diff_id : l->digest.n ? l->digest : l->path);
        if (l->diff_id.n && l->digest.n) {
            hm_buf_str(b, name);
            hm_buf_c(b, ":digest");
            add(m, take(m, b), l->digest);
        }
        if (l->created_by.n) {
            hm_buf_str(b, name);
            hm_buf_c(b, ":created-by");
            add(m, take(m, b), l->created_by);
        }
    }
}

bool scan_image_describe(hm_arena *a, const plan *p, scan_subject *ret)
{
    HM_AUTO(hm_buf_clear) hm_buf b = { 0 };
    maker m = { .arena = a, .prop = { .size = sizeof(part_doc_prop) } };
    scan_subject s = { .name = p->names ? p->name[0] : HM_NONE, .version = p->digest.n ? p->digest : p->id };
    add(&m, HM_STR("hoshimori:image:id"), p->id);
    add(&m, HM_STR("hoshimori:image:manifest"), p->digest);
    for (size_t i = 0; i < p->names; i++)
        add(&m, HM_STR("hoshimori:image:name"), p->name[i]);
    if (p->os.n) {
        platform(&b, p->os, p->arch, p->variant);
        add(&m, HM_STR("hoshimori:image:platform"), take(&m, &b));
    }
    add(&m, HM_STR("hoshimori:image:os-version"), p->os_version);
    add(&m, HM_STR("hoshimori:image:chosen"), hm_str_c(CHOICE[p->choice]));
    for (size_t i = 0; i < p->images && !m.bad; i++) { /* the others that were there */
        const plan_image *x = &p->image[i];
        if (x->chosen)
            continue;
        if (x->os.n)
            platform(&b, x->os, x->arch, x->variant);
        const hm_str more[] = { x->name, x->digest };
        for (size_t k = 0; k < HM_COUNT(more); k++)
            if (more[k].n) {
                hm_buf_c(&b, b.n ? " " : "");
                hm_buf_str(&b, more[k]);
            }
        add(&m, HM_STR("hoshimori:image:other"), take(&m, &b));
    }
    add(&m, HM_STR("hoshimori:image:created"), p->created);
    add(&m, HM_STR("hoshimori:image:author"), p->author);
    layers(&m, p, &b);
    for (size_t i = 0; i < p->labels && !m.bad; i++) {
        hm_buf_c(&b, "hoshimori:image:label:");
        hm_buf_str(&b, p->label[i].key);
        add(&m, take(&m, &b), p->label[i].value);
    }
    for (size_t i = 0; i < p->notes && !m.bad; i++) {
        const plan_note *n = &p->note[i];
        if (n->kind != PLAN_ATTEST && n->kind != PLAN_OTHER)
            continue;
        hm_buf_str(&b, n->text);
        hm_buf_c(&b, n->text.n ? " " : "");
        hm_buf_str(&b, n->path);
        add(&m, n->kind == PLAN_ATTEST ? HM_STR("hoshimori:image:attestation") : HM_STR("hoshimori:image:artifact"),
            take(&m, &b));
    }
    purl(&m, p, &b, &s.purl);
    if (m.bad)
        return false;
    s.prop = m.prop.p;
    s.props = m.prop.n;
    *ret = s;
    return true;
}
