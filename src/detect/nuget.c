/* nuget - see nuget.h. Ranges: NuGet documentation, "Package versioning". */
#include "detect/nuget.h"

enum { PROP_MAX = 256 };

static bool is_version(hm_str v)
{
    return v.n && hm_is_digit(v.p[0]) && hm_str_find(v, '*') == v.n && hm_str_find(v, ',') == v.n &&
           hm_str_find(v, '$') == v.n && hm_str_find(v, ' ') == v.n;
}

bool detect_nuget_exact(hm_str range, bool least, hm_str *ret_version)
{
    hm_str v = hm_str_trim(range), high;
    if (v.n > 2 && v.p[0] == '[' && v.p[v.n - 1] == ']') {
        hm_str low = hm_str_trim(hm_str_cut(hm_str_sub(v, 1, v.n - 2), ',', &high));
        high = hm_str_trim(high);
        if (!is_version(low) || (high.n && !hm_str_eq_nocase(low, high)) ||
            (high.n == 0 && hm_str_find(v, ',') < v.n)) /* "[1.0,]" */
            return false;
        *ret_version = low;
        return true;
    }
    if (!least || !is_version(v))
        return false;
    *ret_version = v;
    return true;
}

hm_str detect_nuget_key(detect_doc *d, hm_str id, hm_str version)
{
    hm_str key = detect_join(d->in->arena, id, HM_STR("/"), version);
    d->bad |= key.n == 0;
    return detect_doc_lower(d, key);
}

uint32_t detect_nuget_add(detect_doc *d, const detect_nuget_part *p)
{
    part_desc desc = { .kind = p->local ? PART_APPLICATION : PART_LIBRARY,
                       .scope = p->scope,
                       .eco = PART_ECO_NUGET,
                       .name = p->id,
                       .flags = p->flags | (p->local ? PART_F_LOCAL | PART_F_SUBJECT : 0u) };
    detect_version(&desc, p->version, &d->normal);
    uint32_t comp = detect_doc_add(d, &desc, p->line);
    if (p->version.n == 0)
        part_add_prop(d->out, comp, HM_STR("declared-range"), detect_cut(p->range, PROP_MAX));
    return comp;
}
