/* html - one page without anything from outside, for a browser, a mail attachment, a printer.
 *
 * The enemy wrote every name in it. Invariants: 1. foreign bytes go through put_text alone, which makes them printable
 * and escapes & < > " and '. 2. The only script and the only style sheet are ours (page.js, page.css), allowed by their
 * digests in the Content-Security-Policy: nothing else runs or is fetched, whatever invariant 1 missed.
 * Rows are kept light (no attributes, no closing tags, which HTML makes optional): 100,000 components stay usable; the
 * script shows them in pages, without it the whole table is there. */
#include "report/page_gen.h"
#include "report/report_int.h"

typedef struct page {
    report_pipe o;
    const report_in *in;
    const part_pack *p;
    text_lang lang;
    hm_buf text, shown;
} page;

static hm_buf *fresh(page *g)
{
    g->o.no_memory = g->o.no_memory || g->text.bad || g->shown.bad;
    hm_buf_reset(&g->text);
    return &g->text;
}

static void put(page *g, const char *markup)
{
    hm_buf_c(&g->o.b, markup);
}

static void put_text(page *g, hm_str s)
{
    hm_buf_reset(&g->shown);
    hm_buf_printable(&g->shown, s, 0);
    hm_str t = hm_buf_view(&g->shown);
    size_t from = 0;
    for (size_t i = 0; i < t.n; i++) {
        const char *e;
        switch (t.p[i]) {
        case '&':
            e = "&amp;";
            break;
        case '<':
            e = "&lt;";
            break;
        case '>':
            e = "&gt;";
            break;
        case '"':
            e = "&quot;";
            break;
        case '\'':
            e = "&#39;";
            break;
        default:
            continue;
        }
        hm_buf_str(&g->o.b, hm_str_sub(t, from, i - from));
        put(g, e);
        from = i + 1;
    }
    hm_buf_str(&g->o.b, hm_str_from(t, from));
}

/* g->text, which say_... made. */
static void put_said(page *g)
{
    put_text(g, hm_buf_view(&g->text));
    (void)fresh(g);
}

static void put_key(page *g, enum text_key key)
{
    put_text(g, hm_str_c(text_get(g->lang, key)));
}

static void put_ref(page *g, part_ref r)
{
    put_text(g, part_text(g->p, r));
}

static void put_number(page *g, uint64_t n)
{
    text_num(&g->o.b, n);
}

/* "<open>words</close>" */
static void put_element(page *g, const char *open, enum text_key key, const char *close)
{
    put(g, open);
    put_key(g, key);
    put(g, close);
}

static void say_title(page *g)
{
    hm_buf name = { 0 };
    hm_buf_printable(&name, g->in->target, 300);
    say_report_html_title(fresh(g), g->lang, hm_buf_view(&name));
    g->o.no_memory = g->o.no_memory || name.bad;
    hm_buf_clear(&name);
}

static void put_head(page *g)
{
    put(g, "<!DOCTYPE html>\n<html lang=\"");
    put(g, text_lang_name(g->lang));
    put(g,
        "\">\n<head>\n<meta charset=\"utf-8\">\n"
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; base-uri 'none'; "
        "form-action 'none'; style-src 'sha256-" PAGE_CSS_SHA256 "'; script-src 'sha256-" PAGE_JS_SHA256 "'\">\n"
        "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
        "<meta name=\"referrer\" content=\"no-referrer\">\n<meta name=\"color-scheme\" content=\"light dark\">\n<title>");
    say_title(g);
    put_said(g);
    put(g, "</title>\n<style>");
    put(g, PAGE_CSS);
    put(g, "</style>\n</head>\n<body>\n<header>\n<h1>");
    say_title(g);
    put_said(g);
    put(g, "</h1>\n<p class=\"soft\">");
    say_report_html_when(fresh(g), g->lang, g->in->when);
    put_said(g);
    put(g, "</p>\n");
    if (g->in->interrupted)
        put_element(g, "<p class=\"stopped\">", TEXT_REPORT_INTERRUPTED, "</p>\n");
    if (!g->in->jail_seccomp)
        put_element(g, "<p class=\"warn\">", TEXT_REPORT_JAIL_NONE, "</p>\n");
    put_element(g, "<nav><a href=\"#gaps\">", TEXT_REPORT_HTML_GAPS, "</a> ");
    put_element(g, "<a href=\"#ecosystems\">", TEXT_REPORT_HTML_BY_ECOSYSTEM, "</a> ");
    put_element(g, "<a href=\"#components\">", TEXT_REPORT_HTML_LIST, "</a> ");
    put_element(g, "<a href=\"#skipped\">", TEXT_REPORT_HTML_SKIPPED, "</a></nav>\n</header>\n<main>\n");
}

static void put_system(page *g, const part_comp *c)
{
    put(g, "<dd class=\"text\">");
    report_system_name(g->p, c, fresh(g));
    put_said(g);
    if (c->root.n) {
        put(g, " <small>");
        put_ref(g, c->root);
        put(g, "</small>");
    }
    put(g, "</dd>");
}

static void put_systems(page *g)
{
    size_t n = 0, more = 0;
    put_element(g, "<div class=\"wide\"><dt>", TEXT_REPORT_SYSTEM, "</dt>");
    for (int below = 0; below < 2; below++) /* the target's own system first, then those that lie below it */
        for (size_t i = 0; i < g->p->comp_n; i++) {
            const part_comp *c = &g->p->comp[i];
            if (c->kind != PART_OS || (c->root.n != 0) != below)
                continue;
            if (n++ < REPORT_SYSTEMS_SHOWN)
                put_system(g, c);
            else
                more++;
        }
    if (!n)
        put_element(g, "<dd class=\"text\">", TEXT_REPORT_NO_SYSTEM, "</dd>");
    if (more) {
        put(g, "<dd><small>");
        say_report_skipped_more(fresh(g), g->lang, more);
        put_said(g);
        put(g, "</small></dd>");
    }
    put(g, "</div>\n");
}

static void put_card(page *g, enum text_key key, uint64_t n, uint64_t of)
{
    put_element(g, "<div><dt>", key, "</dt><dd>");
    put_number(g, n);
    if (of) {
        put(g, " <small>/ ");
        put_number(g, of);
        put(g, "</small>");
    }
    put(g, "</dd></div>\n");
}

static void put_figures(page *g, const report_eco_sum *e)
{
    const uint64_t figure[] = { e->parts, e->runtime, e->dev, e->managed };
    for (size_t i = 0; i < HM_COUNT(figure); i++) {
        put(g, "<td class=\"n\">");
        put_number(g, figure[i]);
    }
    put(g, "\n");
}

static void put_ecosystems(page *g, const report_sum *s)
{
    static const enum text_key COLUMN[] = { TEXT_REPORT_COL_PARTS, TEXT_REPORT_COL_RUNTIME, TEXT_REPORT_COL_DEV,
                                            TEXT_REPORT_COL_MANAGED };
    size_t kinds = 0;
    put_element(g, "<h2 id=\"ecosystems\">", TEXT_REPORT_HTML_BY_ECOSYSTEM, "</h2>\n");
    if (!s->all.parts && !s->all.managed) {
        put_element(g, "<p>", TEXT_REPORT_NOTHING, "</p>\n");
        return;
    }
    put(g, "<table class=\"figures\">\n<thead><tr>");
    put_element(g, "<th scope=\"col\">", TEXT_REPORT_COL_ECOSYSTEM, "");
    for (size_t i = 0; i < HM_COUNT(COLUMN); i++)
        put_element(g, "<th scope=\"col\" class=\"n\">", COLUMN[i], "");
    put(g, "</thead>\n<tbody>\n");
    for (unsigned e = 0; e < PART_ECO_COUNT; e++) {
        if (!s->eco[e].parts && !s->eco[e].managed)
            continue;
        put(g, "<tr><th scope=\"row\">");
        put(g, report_eco_name(e));
        put_figures(g, &s->eco[e]);
        kinds++;
    }
    if (kinds > 1) {
        put_element(g, "</tbody>\n<tfoot><tr><th scope=\"row\">", TEXT_REPORT_COL_TOTAL, "");
        put_figures(g, &s->all);
        put(g, "</tfoot>\n</table>\n");
    } else
        put(g, "</tbody>\n</table>\n");
}

static void put_gaps(page *g)
{
    put_element(g, "<h2 id=\"gaps\">", TEXT_REPORT_HTML_GAPS, "</h2>\n");
    if (g->p->gap_n == 0) {
        say_report_html_gaps_none(fresh(g), g->lang, g->in->claimed);
        put(g, "<p>");
        put_said(g);
        put(g, "</p>\n");
        return;
    }
    put(g, "<table class=\"stack\">\n<caption>");
    say_report_gaps_head(fresh(g), g->lang, g->p->gap_n);
    put_said(g);
    put_element(g, "</caption>\n<thead><tr><th scope=\"col\">", TEXT_REPORT_HTML_PATH, "");
    put_element(g, "<th scope=\"col\">", TEXT_REPORT_HTML_WHAT, "");
    put_element(g, "<th scope=\"col\">", TEXT_REPORT_HTML_REMEDY, "</thead>\n<tbody>\n");
    for (size_t i = 0; i < g->p->gap_n; i++) {
        hm_err e;
        part_gap_err(g->p, &g->p->gap[i], &e);
        put(g, "<tr><th scope=\"row\">");
        put_ref(g, g->p->gap[i].path);
        put(g, "<td>");
        text_error_what(fresh(g), g->lang, &e);
        put_said(g);
        put(g, "<td>");
        text_error_remedy(fresh(g), g->lang, &e);
        put_said(g);
        put(g, "\n");
        report_flow(&g->o);
    }
    put(g, "</tbody>\n</table>\n");
}

static enum text_key scope_key(unsigned scope)
{
    static const enum text_key KEY[PART_SCOPE_COUNT] = {
        [PART_SCOPE_UNKNOWN] = TEXT_REPORT_SCOPE_UNKNOWN,   [PART_SCOPE_RUNTIME] = TEXT_REPORT_SCOPE_RUNTIME,
        [PART_SCOPE_OPTIONAL] = TEXT_REPORT_SCOPE_OPTIONAL, [PART_SCOPE_DEV] = TEXT_REPORT_SCOPE_DEV,
        [PART_SCOPE_BUILD] = TEXT_REPORT_SCOPE_BUILD,
    };
    return scope < PART_SCOPE_COUNT ? KEY[scope] : TEXT_REPORT_SCOPE_UNKNOWN;
}

static void put_place(page *g, const part_comp *c)
{
    if (c->evidence_count)
        put_ref(g, g->p->evidence[c->evidence_first].path);
    if (c->evidence_count > 1) {
        put(g, "<br>");
        say_report_html_files_more(fresh(g), g->lang, c->evidence_count - 1);
        put_said(g);
    }
    if (c->flags & PART_F_CLAIMED) {
        put(g, "<br>");
        put_key(g, TEXT_REPORT_HTML_CLAIMED);
    }
    if (c->flags & PART_F_MANAGED && c->owner != PART_NO) {
        hm_buf owner = { 0 };
        hm_buf_printable(&owner, part_text(g->p, g->p->comp[c->owner].name), 200);
        put(g, "<br>");
        say_report_html_managed(fresh(g), g->lang, hm_buf_view(&owner));
        put_said(g);
        g->o.no_memory = g->o.no_memory || owner.bad;
        hm_buf_clear(&owner);
    }
}

static void put_row(page *g, const part_comp *c)
{
    put(g, "<tr><th scope=row>");
    if (c->ns.n) {
        put_ref(g, c->ns);
        put(g, "/");
    }
    put_ref(g, c->name);
    put(g, "<td>");
    put_ref(g, c->version);
    put(g, "<td>");
    put(g, c->kind == PART_OS ? "OS" : report_eco_name(c->eco));
    put(g, "<td>");
    if (c->flags & PART_F_SUBJECT)
        put_key(g, TEXT_REPORT_HTML_PROJECT);
    else if (c->kind != PART_OS)
        put_key(g, scope_key(c->scope));
    put(g, "<td>");
    if (c->licence.n || c->licence_raw.n)
        put_ref(g, c->licence.n ? c->licence : c->licence_raw);
    else if (c->kind != PART_OS && !(c->flags & PART_F_SUBJECT))
        put_key(g, TEXT_REPORT_HTML_UNKNOWN);
    put(g, "<td>");
    put_place(g, c);
    put(g, "\n");
}

static void put_attribute(page *g, const char *name, enum text_key key)
{
    put(g, name);
    put(g, "=\"");
    put_key(g, key);
    put(g, "\"");
}

static void put_list(page *g)
{
    static const enum text_key COLUMN[] = { TEXT_REPORT_HTML_NAME,  TEXT_REPORT_HTML_VERSION, TEXT_REPORT_COL_ECOSYSTEM,
                                            TEXT_REPORT_HTML_SCOPE, TEXT_REPORT_HTML_LICENCE, TEXT_REPORT_HTML_PLACE };
    put_element(g, "<h2 id=\"components\">", TEXT_REPORT_HTML_LIST, "</h2>\n");
    if (!g->p->comp_n) {
        put_element(g, "<p>", TEXT_REPORT_NOTHING, "</p>\n");
        return;
    }
    put(g, "<table id=\"list\"");
    put_attribute(g, " data-filter", TEXT_REPORT_HTML_FILTER);
    put_attribute(g, " data-rows", TEXT_REPORT_HTML_ROWS);
    put_attribute(g, " data-of", TEXT_REPORT_HTML_OF);
    put_attribute(g, " data-previous", TEXT_REPORT_HTML_PREVIOUS);
    put_attribute(g, " data-following", TEXT_REPORT_HTML_FOLLOWING);
    put_attribute(g, " data-sort", TEXT_REPORT_HTML_SORT);
    put(g, ">\n<caption>");
    say_report_html_list_caption(fresh(g), g->lang, g->p->comp_n);
    put_said(g);
    put(g, "</caption>\n<thead><tr>");
    for (size_t i = 0; i < HM_COUNT(COLUMN); i++)
        put_element(g, "<th scope=\"col\">", COLUMN[i], "");
    put(g, "</thead>\n<tbody>\n");
    for (size_t i = 0; i < g->p->comp_n; i++) {
        put_row(g, &g->p->comp[i]);
        report_flow(&g->o);
    }
    put(g, "</tbody>\n</table>\n");
}

static void put_skipped(page *g)
{
    const report_in *in = g->in;
    put_element(g, "<h2 id=\"skipped\">", TEXT_REPORT_HTML_SKIPPED, "</h2>\n<p>");
    say_report_html_skipped_n(fresh(g), g->lang, in->denied, in->skipped_fs, in->excluded);
    put_said(g);
    put(g, "</p>\n");
    if (!in->skip_n)
        return;
    put_element(g, "<table class=\"stack\">\n<thead><tr><th scope=\"col\">", TEXT_REPORT_HTML_WHERE, "");
    put_element(g, "<th scope=\"col\">", TEXT_REPORT_HTML_WHY, "</thead>\n<tbody>\n");
    for (size_t i = 0; i < in->skip_n; i++) {
        put(g, "<tr><th scope=\"row\">");
        put_text(g, in->skip[i].path);
        put(g, "<td>");
        put_text(g, hm_str_c(report_why(g->lang, in->skip[i].why)));
        put(g, "\n");
        report_flow(&g->o);
    }
    put(g, "</tbody>\n</table>\n");
}

static void put_all(page *g)
{
    report_sum s;
    report_sum_of(g->p, &s);
    put_head(g);
    put(g, "<dl>\n");
    put_systems(g);
    put_card(g, TEXT_REPORT_COMPONENTS, s.all.parts, 0);
    put_card(g, TEXT_REPORT_LICENCES, s.all.licensed, s.all.parts);
    put_card(g, TEXT_REPORT_DEPENDENCIES, s.edges, 0);
    put_card(g, TEXT_REPORT_HTML_GAPS, g->p->gap_n, 0);
    put(g, "</dl>\n");
    put_gaps(g);
    put_ecosystems(g, &s);
    put_list(g);
    put_skipped(g);
    put(g, "</main>\n<footer><p>");
    say_report_html_made(fresh(g), g->lang, hm_str_c(g->in->tool_version));
    put_said(g);
    put(g, "</p></footer>\n<script>");
    put(g, PAGE_JS);
    put(g, "</script>\n</body>\n</html>\n");
}

hm_rc report_html(const report_in *in, const report_style *style, part_sink *sink, void *ctx, hm_err *err)
{
    page g = { .o = { .sink = sink, .ctx = ctx }, .in = in, .p = in->pack, .lang = style->lang };
    put_all(&g);
    (void)fresh(&g);
    hm_buf_clear(&g.text);
    hm_buf_clear(&g.shown);
    return report_done(&g.o, err);
}
