/* npm - see npm.h. Forms: package.json (npm documentation, v10), lock files 1 to 3. */
#include "detect/npm.h"

bool detect_npm_name(hm_str full, hm_str *ret_ns, hm_str *ret_name)
{
    hm_str name = full, ns = HM_NONE;
    if (full.n && full.p[0] == '@') {
        ns = hm_str_cut(full, '/', &name);
        if (ns.n < 2)
            return false;
    }
    if (name.n == 0 || hm_str_find(name, '/') != name.n)
        return false;
    *ret_ns = ns;
    *ret_name = name;
    return true;
}

static const struct {
    hm_str head, base, tail;
} SHORT[] = {
    { HM_STR("github:"), HM_STR("git+https://github.com/"), HM_STR(".git") },
    { HM_STR("gitlab:"), HM_STR("git+https://gitlab.com/"), HM_STR(".git") },
    { HM_STR("bitbucket:"), HM_STR("git+https://bitbucket.org/"), HM_STR(".git") },
    { HM_STR("gist:"), HM_STR("git+https://gist.github.com/"), HM_STR(".git") },
};

/* Repository address, written out; empty: none. */
static hm_str vcs_url(hm_arena *a, hm_str address)
{
    hm_str commit, repo = hm_str_cut(address, '#', &commit);
    hm_str tail = hm_str_from(address, repo.n); /* with its '#' */
    for (size_t i = 0; i < HM_COUNT(SHORT); i++)
        if (hm_str_starts(repo, SHORT[i].head)) {
            repo = hm_str_from(repo, SHORT[i].head.n);
            hm_str whole = hm_str_ends(repo, HM_STR(".git")) ? tail : detect_join(a, SHORT[i].tail, tail, HM_NONE);
            return detect_join(a, SHORT[i].base, repo, whole);
        }
    bool web = hm_str_starts(repo, HM_STR("http://")) || hm_str_starts(repo, HM_STR("https://"));
    if (web && hm_str_ends(repo, HM_STR(".git")))
        return detect_url(a, detect_join(a, HM_STR("git+"), address, HM_NONE));
    if (hm_str_starts(repo, HM_STR("git+")) || hm_str_starts(repo, HM_STR("git:")) ||
        hm_str_starts(repo, HM_STR("git@")) || hm_str_starts(repo, HM_STR("ssh:")))
        return detect_url(a, address);
    return HM_NONE;
}

/* The repository and commit whose archive hosts make on request: HEAD, OWNER/REPO, MIDDLE, COMMIT, TAIL. */
static const struct {
    hm_str head, base, middle, tail;
} MADE[] = {
    { HM_STR("https://codeload.github.com/"), HM_STR("git+https://github.com/"), HM_STR("/tar.gz/"), HM_STR("") },
    { HM_STR("https://gitlab.com/"), HM_STR("git+https://gitlab.com/"), HM_STR("/repository/archive.tar.gz?ref="),
      HM_STR("") },
    { HM_STR("https://bitbucket.org/"), HM_STR("git+https://bitbucket.org/"), HM_STR("/get/"), HM_STR(".tar.gz") },
};

/* Empty: no such address. */
static hm_str made_from(hm_arena *a, hm_str address)
{
    for (size_t i = 0; i < HM_COUNT(MADE); i++) {
        hm_str rest = hm_str_from(address, MADE[i].head.n);
        size_t at = hm_str_search(rest, MADE[i].middle);
        if (!hm_str_starts(address, MADE[i].head) || !hm_str_ends(rest, MADE[i].tail) || at == rest.n)
            continue;
        hm_str commit = hm_str_from(hm_str_sub(rest, 0, rest.n - MADE[i].tail.n), at + MADE[i].middle.n);
        hm_str repo = detect_join(a, MADE[i].base, hm_str_sub(rest, 0, at), HM_STR(".git#"));
        return commit.n ? detect_join(a, repo, commit, HM_NONE) : HM_NONE;
    }
    return HM_NONE;
}

static void set_vcs(hm_arena *a, hm_str vcs, bool qualify, part_desc *d, hm_buf *quals)
{
    d->url_vcs = vcs;
    if (!qualify)
        return;
    hm_str commit,
        repo = hm_str_cut(vcs, '#', &commit); /* SPDX writes the commit behind '@', and purl takes its form */
    hm_str value = commit.n ? detect_join(a, repo, HM_STR("@"), commit) : repo;
    hm_buf_reset(quals);
    part_qual_add(quals, HM_STR("vcs_url"), value);
    d->quals = hm_buf_view(quals);
}

detect_npm_from detect_npm_source(hm_arena *a, hm_str address, bool qualify, part_desc *d, hm_buf *quals)
{
    if (hm_str_starts(address, HM_STR("file:")) || hm_str_starts(address, HM_STR("link:")) ||
        hm_str_starts(address, HM_STR("workspace:"))) {
        d->flags |= PART_F_LOCAL;
        return NPM_FROM_PATH;
    }
    hm_str vcs = vcs_url(a, address);
    if (vcs.n) {
        set_vcs(a, vcs, qualify, d, quals);
        return NPM_FROM_VCS;
    }
    if (hm_str_starts(address, HM_STR("http://")) || hm_str_starts(address, HM_STR("https://"))) {
        d->url_dist = detect_url(a, address);
        vcs = made_from(a, d->url_dist);
        if (vcs.n)
            set_vcs(a, vcs, qualify, d, quals);
        return NPM_FROM_WEB;
    }
    return NPM_FROM_NONE;
}

const codec_json *detect_npm_beside(detect_doc *d, const char *name)
{
    const codec_json *v = NULL;
    hm_err e = { 0 };
    if (!d->in->companion)
        return NULL;
    hm_rc rc = codec_json_read_lax(d->in->arena, d->in->companion->bytes, &v, &e);
    if (rc == HM_NOMEM || e.defect == DEFECT_BUDGET)
        d->bad = true;
    else if (rc != HM_OK)
        detect_lang_gap(&d->gaps, rc, (hm_defect)e.defect, (hm_place)e.place_kind, e.place, e.arg[0], hm_str_c(name));
    else if (codec_json_type(v) != CODEC_OBJ)
        detect_doc_wrong_type(d, hm_str_c(name));
    return codec_json_type(v) == CODEC_OBJ ? v : NULL;
}

static hm_str licence_text(const codec_json *v)
{
    return codec_json_is_str(v) ? codec_json_str(v) : codec_json_get_str(v, "type");
}

void detect_npm_licence(hm_arena *a, const codec_json *package, part_desc *d, hm_buf *scratch)
{
    enum { MOST = 16 };
    const codec_json *v = codec_json_get(package, "license"), *x;
    hm_str key, all = HM_NONE;
    if (!v)
        v = codec_json_get(package, "licenses");
    if (codec_json_type(v) != CODEC_ARR) {
        all = licence_text(v);
    } else { /* the old list names licences to choose from */
        size_t n = 0;
        hm_buf_reset(scratch);
        for (codec_json_iter it = codec_json_each(v); n < MOST && codec_json_next(&it, &key, &x);) {
            hm_str one = hm_str_trim(licence_text(x));
            if (one.n == 0)
                continue;
            if (n++)
                hm_buf_c(scratch, " OR ");
            if (part_licence(one, scratch, NULL) != HM_OK)
                hm_buf_str(scratch, detect_cut(one, 256)); /* then the whole is no expression, and kept as text */
        }
        if (!hm_arena_dup(a, hm_buf_view(scratch), &all))
            all = HM_NONE;
    }
    hm_buf_reset(scratch);
    if (hm_str_trim(all).n)
        part_desc_licence(d, all, scratch);
}
