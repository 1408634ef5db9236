/* doc - see doc.h. Pure; memory from the arena of the file and the heap of maps and buffers, freed by the close. */
#include "detect/doc.h"
#include "base/limits.h"

enum { AUTHOR_MAX = 1024 };

typedef struct named {
    uint32_t comp, next; /* row + 1 of the next component of the name, 0: none */
} named;

void detect_doc_open(detect_doc *d, const detect_in *in, const detect_view *file, part_build *out)
{
    *d = (detect_doc){ .in = in,
                       .out = out,
                       .gaps = { .out = out, .path = file->path },
                       .names = hm_map_new(),
                       .named = { .size = sizeof(named) } };
    d->bad = !d->names;
}

hm_rc detect_doc_close(detect_doc *d, hm_rc rc, hm_err *err)
{
    bool full = d->bad && d->names,
         no_memory = !d->names || d->licence.bad || d->normal.bad || d->quals.bad || d->author.bad || d->key.bad;
    d->names = hm_map_free(d->names);
    hm_buf_clear(&d->licence);
    hm_buf_clear(&d->normal);
    hm_buf_clear(&d->quals);
    hm_buf_clear(&d->author);
    hm_buf_clear(&d->key);
    if (rc != HM_OK)
        return rc;
    if (full)
        return hm_arena_fail(d->in->arena, err);
    return no_memory ? detect_no_memory(err) : HM_OK;
}

void detect_doc_file(detect_doc *d, const detect_view *file)
{
    d->gaps = (detect_lang_gaps){ .out = d->out, .path = file->path };
}

void detect_doc_wrong_type(detect_doc *d, hm_str at)
{
    detect_lang_gap(&d->gaps, HM_FORMAT, DEFECT_WRONG_TYPE, HM_PLACE_NONE, 0, 0, at);
}

void detect_doc_gap(detect_doc *d, hm_rc rc, hm_defect defect, uint64_t line, hm_str at)
{
    detect_lang_gap(&d->gaps, rc, defect, line ? HM_PLACE_LINE : HM_PLACE_NONE, line, 0, at);
}

uint32_t detect_doc_add(detect_doc *d, const part_desc *desc, uint64_t line)
{
    uint32_t comp = part_add(d->out, desc);
    part_add_evidence(d->out, comp, d->gaps.path, PART_T_MANIFEST, 100, line);
    return comp;
}

hm_str detect_doc_lower(detect_doc *d, hm_str s)
{
    size_t i = 0;
    while (i < s.n && hm_lower(s.p[i]) == s.p[i])
        i++;
    if (i == s.n)
        return s;
    char *p = hm_arena_alloc(d->in->arena, s.n);
    if (!p) {
        d->bad = true;
        return s;
    }
    for (i = 0; i < s.n; i++)
        p[i] = hm_lower(s.p[i]);
    return (hm_str){ p, s.n };
}

void detect_doc_name(detect_doc *d, hm_str name, uint32_t comp)
{
    named *row = !d->bad && d->named.n < UINT32_MAX - 1 ? hm_vec_push(&d->named, d->in->arena) : NULL;
    uint64_t *first = row ? hm_map_put(d->names, name, d->named.n) : NULL;
    if (!first) {
        d->key.bad |= row != NULL; /* the map's own memory, not the arena's */
        d->bad |= row == NULL;
        return;
    }
    row->comp = comp;
    if (*first == d->named.n)
        return;
    named *head =
        HM_VEC_AT(&d->named, named, (size_t)*first - 1); /* new ones behind the first, which stays the first */
    row->next = head->next;
    head->next = (uint32_t)d->named.n;
}

bool detect_doc_each(const detect_doc *d, hm_str name, uint32_t *at, uint32_t *ret_comp)
{
    uint64_t first;
    uint32_t row = 0;
    if (*at == UINT32_MAX || d->bad)
        return false;
    if (*at)
        row = *at;
    else if (hm_map_get(d->names, name, &first))
        row = (uint32_t)first;
    if (!row || row > d->named.n)
        return false;
    const named *n = HM_VEC_AT(&d->named, named, row - 1);
    *at = n->next ? n->next : UINT32_MAX;
    *ret_comp = n->comp;
    return true;
}

uint32_t detect_doc_find(const detect_doc *d, hm_str name)
{
    uint32_t at = 0, comp;
    return detect_doc_each(d, name, &at, &comp) ? comp : PART_NO;
}

bool detect_doc_edge(detect_doc *d, uint32_t from, hm_str name, part_scope scope)
{
    uint32_t at = 0, comp;
    size_t n = 0;
    while (detect_doc_each(d, name, &at, &comp)) {
        if (n++ == LIMIT_PROVIDERS) {
            detect_doc_open_deps(d, from);
            break;
        }
        if (comp != from)
            part_add_edge(d->out, from, comp, scope);
    }
    return n > 0;
}

void detect_doc_open_deps(detect_doc *d, uint32_t comp)
{
    if (comp != PART_NO && !part_build_bad(d->out))
        part_build_comp(d->out, comp)->flags |= PART_F_DEPS_OPEN;
}

void detect_doc_person(detect_doc *d, hm_str name, hm_str mail)
{
    name = hm_str_trim(name);
    mail = hm_str_trim(mail);
    if (d->author.n + name.n + mail.n > AUTHOR_MAX || (name.n == 0 && mail.n == 0))
        return;
    if (d->author.n)
        hm_buf_c(&d->author, ", ");
    hm_buf_str(&d->author, name);
    if (mail.n) {
        hm_buf_c(&d->author, name.n ? " <" : "<");
        hm_buf_str(&d->author, mail);
        hm_buf_byte(&d->author, '>');
    }
}

bool detect_path_in(hm_str path, hm_str name, size_t below)
{
    size_t dirs = 0; /* between this one and the file */
    for (path = hm_path_dir(path); path.n; path = hm_path_dir(path), dirs++)
        if (dirs >= below && hm_str_eq(hm_path_base(path), name))
            return true;
    return false;
}

bool detect_doc_path(detect_doc *d, hm_str dir, hm_str path, hm_str *ret)
{
    hm_buf b = { 0 };
    bool inside = !hm_str_starts(path, HM_STR("/"));
    hm_buf_str(&b, dir);
    while (path.n && inside) {
        hm_str name = hm_str_cut(path, '/', &path);
        if (name.n == 0 || hm_str_is(name, "."))
            continue;
        if (hm_str_is(name, "..")) {
            inside = b.n > 0;
            b.n = hm_path_dir(hm_buf_view(&b)).n;
        } else {
            if (b.n)
                hm_buf_byte(&b, '/');
            hm_buf_str(&b, name);
        }
    }
    d->key.bad |= b.bad;
    if (inside && !b.bad && !hm_arena_dup(d->in->arena, hm_buf_view(&b), ret)) {
        d->bad = true;
        inside = false;
    }
    inside = inside && !b.bad;
    hm_buf_clear(&b);
    return inside;
}
