/* table - a scan for people at a terminal: what the target is, what it holds, what was not understood and what to do.
 *
 *   LABEL         value, wrapped under itself
 *   ecosystem     components   runtime ...       (one line each, figures to the right)
 *   Not understood: 2
 *     path                                        (the first GAPS_SHOWN; the rest is counted)
 *       what is wrong
 *       To do: remedy
 *
 * Fits the given columns (80 when not known) in both languages; foreign bytes are made printable; colour is only ever
 * beside words that say the same. */
#include "report/report_int.h"

enum { LABEL_COLUMNS = 14, LEAST_COLUMNS = 40, MOST_COLUMNS = 120, GAPS_SHOWN = 20, SKIPS_SHOWN = 10 };

typedef struct table {
    report_pipe o;
    const report_in *in;
    text_lang lang;
    bool colour;
    size_t columns;
    hm_buf text, wrapped; /* one value in the making */
} table;

#define BOLD "\x1b[1m"
#define YELLOW "\x1b[33m"
#define PLAIN "\x1b[0m"

static hm_buf *fresh(table *t)
{
    t->o.no_memory = t->o.no_memory || t->text.bad || t->wrapped.bad;
    hm_buf_reset(&t->text);
    return &t->text;
}

static void blanks(table *t, size_t n)
{
    for (; n; n--)
        hm_buf_byte(&t->o.b, ' ');
}

static void on(table *t, const char *colour)
{
    if (t->colour)
        hm_buf_c(&t->o.b, colour);
}

static void label(table *t, enum text_key key)
{
    on(t, BOLD);
    text_fit(&t->o.b, hm_str_c(text_get(t->lang, key)), LABEL_COLUMNS - 1, true);
    on(t, PLAIN);
    hm_buf_byte(&t->o.b, ' ');
}

/* t->text wrapped under itself: the first line goes on where `at` columns are already written. */
static void put_wrapped(table *t, size_t at)
{
    hm_buf_reset(&t->wrapped);
    text_wrap(&t->wrapped, hm_buf_view(&t->text), t->columns, at);
    hm_str s = hm_str_from(hm_buf_view(&t->wrapped), at);
    hm_buf_str(&t->o.b, s.n ? s : HM_STR("\n"));
}

static void field(table *t, enum text_key key)
{
    label(t, key);
    put_wrapped(t, LABEL_COLUMNS);
}

static void put_system(table *t, const part_comp *c, bool first)
{
    report_system_name(t->in->pack, c, fresh(t));
    if (c->root.n) {
        hm_buf_c(&t->text, " (");
        hm_buf_printable(&t->text, part_text(t->in->pack, c->root), 200);
        hm_buf_byte(&t->text, ')');
    }
    if (first)
        label(t, TEXT_REPORT_SYSTEM);
    else
        blanks(t, LABEL_COLUMNS);
    put_wrapped(t, LABEL_COLUMNS);
}

static void put_systems(table *t)
{
    const part_pack *p = t->in->pack;
    size_t n = 0, more = 0;
    for (int below = 0; below < 2; below++) /* the target's own system first, then those that lie below it */
        for (size_t i = 0; i < p->comp_n; i++) {
            const part_comp *c = &p->comp[i];
            if (c->kind != PART_OS || (c->root.n != 0) != below)
                continue;
            if (n < REPORT_SYSTEMS_SHOWN)
                put_system(t, c, n++ == 0);
            else
                more++;
        }
    if (more) {
        say_report_systems_more(fresh(t), t->lang, more);
        blanks(t, LABEL_COLUMNS);
        put_wrapped(t, LABEL_COLUMNS);
    }
    if (n == 0) {
        hm_buf_c(fresh(t), text_get(t->lang, TEXT_REPORT_NO_SYSTEM));
        field(t, TEXT_REPORT_SYSTEM);
    }
}

/* A cell of figures or of their heading, at the right border of its column. */
static void cell(table *t, hm_str s, size_t columns)
{
    size_t width = text_width(s);
    blanks(t, width < columns ? columns - width : 1);
    hm_buf_str(&t->o.b, s);
}

static void cell_number(table *t, uint64_t n, size_t columns)
{
    text_num(fresh(t), n);
    cell(t, hm_buf_view(&t->text), columns);
}

static const struct {
    enum text_key key;
    size_t columns;
} COLUMN[] = { { TEXT_REPORT_COL_PARTS, 12 },
               { TEXT_REPORT_COL_RUNTIME, 10 },
               { TEXT_REPORT_COL_DEV, 13 },
               { TEXT_REPORT_COL_MANAGED, 16 } };

static void eco_row(table *t, const char *name, const report_eco_sum *e)
{
    const uint64_t figure[HM_COUNT(COLUMN)] = { e->parts, e->runtime, e->dev, e->managed };
    blanks(t, 2);
    text_fit(&t->o.b, hm_str_c(name), LABEL_COLUMNS - 2, true);
    for (size_t i = 0; i < HM_COUNT(COLUMN); i++)
        cell_number(t, figure[i], COLUMN[i].columns);
    hm_buf_byte(&t->o.b, '\n');
}

/* Too narrow for the four columns: name and number of components. */
static void eco_row_narrow(table *t, const char *name, const report_eco_sum *e)
{
    blanks(t, 2);
    text_fit(&t->o.b, hm_str_c(name), LABEL_COLUMNS - 2, true);
    cell_number(t, e->parts + e->managed, COLUMN[0].columns);
    hm_buf_byte(&t->o.b, '\n');
}

static void put_ecosystems(table *t, const report_sum *s)
{
    size_t kinds = 0, width = LABEL_COLUMNS;
    for (size_t i = 0; i < HM_COUNT(COLUMN); i++)
        width += COLUMN[i].columns;
    void (*row)(table *, const char *, const report_eco_sum *) = width <= t->columns ? eco_row : eco_row_narrow;
    hm_buf_byte(&t->o.b, '\n');
    blanks(t, 2);
    on(t, BOLD);
    text_fit(&t->o.b, hm_str_c(text_get(t->lang, TEXT_REPORT_COL_ECOSYSTEM)), LABEL_COLUMNS - 2, true);
    for (size_t i = 0; i < (row == eco_row ? HM_COUNT(COLUMN) : 1); i++)
        cell(t, hm_str_c(text_get(t->lang, COLUMN[i].key)), COLUMN[i].columns);
    on(t, PLAIN);
    hm_buf_byte(&t->o.b, '\n');
    for (unsigned e = 0; e < PART_ECO_COUNT; e++)
        if (s->eco[e].parts || s->eco[e].managed) {
            row(t, report_eco_name(e), &s->eco[e]);
            kinds++;
        }
    if (kinds > 1)
        row(t, text_get(t->lang, TEXT_REPORT_COL_TOTAL), &s->all);
    hm_buf_byte(&t->o.b, '\n');
}

static void put_components(table *t, const report_sum *s)
{
    bool any = s->all.parts || s->all.managed;
    if (any)
        say_report_parts(fresh(t), t->lang, s->all.parts);
    else
        hm_buf_c(fresh(t), text_get(t->lang, TEXT_REPORT_NOTHING));
    if (s->all.managed)
        say_report_parts_managed(&t->text, t->lang, s->all.managed);
    if (s->all.claimed)
        say_report_parts_claimed(&t->text, t->lang, s->all.claimed);
    if (s->projects)
        say_report_parts_projects(&t->text, t->lang, s->projects);
    field(t, TEXT_REPORT_COMPONENTS);
    if (!any)
        return;
    put_ecosystems(t, s);
    say_report_known_of(fresh(t), t->lang, s->all.licensed, s->all.parts);
    field(t, TEXT_REPORT_LICENCES);
    say_report_edges(fresh(t), t->lang, s->edges, s->deps_known);
    field(t, TEXT_REPORT_DEPENDENCIES);
    if (s->all.no_version) {
        say_report_no_version_n(fresh(t), t->lang, s->all.no_version);
        field(t, TEXT_REPORT_NO_VERSION);
    }
}

/* One gap that stands for `same` more of its kind in its file. */
static void put_gap(table *t, const part_gap *g, size_t same)
{
    hm_err e;
    part_gap_err(t->in->pack, g, &e);
    hm_buf_printable(fresh(t), part_text(t->in->pack, g->path), 0);
    blanks(t, 2);
    put_wrapped(t, 2);
    text_error_what(fresh(t), t->lang, &e);
    if (same) {
        hm_buf_byte(&t->text, ' ');
        say_report_gaps_same(&t->text, t->lang, same);
    }
    blanks(t, 4);
    put_wrapped(t, 4);
    hm_buf remedy = { 0 };
    text_error_remedy(&remedy, t->lang, &e);
    if (remedy.n) {
        say_report_remedy(fresh(t), t->lang, hm_buf_view(&remedy));
        blanks(t, 4);
        put_wrapped(t, 4);
    }
    t->o.no_memory = t->o.no_memory || remedy.bad;
    hm_buf_clear(&remedy);
}

static size_t same_kind(const part_pack *p, size_t i)
{
    size_t n = 1;
    while (i + n < p->gap_n && p->gap[i + n].defect == p->gap[i].defect &&
           hm_str_eq(part_text(p, p->gap[i + n].path), part_text(p, p->gap[i].path)))
        n++;
    return n;
}

/* A heading of t->text over a block of lines. */
static void heading(table *t, const char *colour)
{
    hm_buf_byte(&t->o.b, '\n');
    on(t, colour);
    hm_buf_reset(&t->wrapped);
    text_wrap(&t->wrapped, hm_buf_view(&t->text), t->columns, 0);
    hm_str s = hm_buf_view(&t->wrapped);
    hm_buf_str(&t->o.b, hm_str_sub(s, 0, s.n ? s.n - 1 : 0)); /* colour ends before the line does */
    on(t, PLAIN);
    hm_buf_byte(&t->o.b, '\n');
}

static void put_gaps(table *t)
{
    const part_pack *p = t->in->pack;
    if (p->gap_n == 0)
        return;
    say_report_gaps_head(fresh(t), t->lang, p->gap_n);
    heading(t, BOLD YELLOW);
    size_t at = 0;
    for (size_t shown = 0; at < p->gap_n && shown < GAPS_SHOWN; shown++) {
        size_t n = same_kind(p, at);
        put_gap(t, &p->gap[at], n - 1);
        at += n;
        report_flow(&t->o);
    }
    if (at < p->gap_n) {
        say_report_gaps_more(fresh(t), t->lang, p->gap_n - at);
        blanks(t, 2);
        put_wrapped(t, 2);
    }
}

static void put_skipped(table *t)
{
    const report_in *in = t->in;
    uint64_t all = in->denied + in->skipped_fs + in->excluded, shown = 0;
    if (all == 0)
        return;
    say_report_skipped_head(fresh(t), t->lang, in->denied, in->skipped_fs, in->excluded);
    heading(t, BOLD);
    for (; shown < in->skip_n && shown < SKIPS_SHOWN; shown++) {
        hm_buf_printable(fresh(t), in->skip[shown].path, 0);
        hm_buf_c(&t->text, " (");
        hm_buf_c(&t->text, report_why(t->lang, in->skip[shown].why));
        hm_buf_byte(&t->text, ')');
        blanks(t, 2);
        put_wrapped(t, 2);
    }
    if (all > shown && shown) {
        say_report_skipped_more(fresh(t), t->lang, all - shown);
        blanks(t, 2);
        put_wrapped(t, 2);
    }
}

static void put_jail(table *t)
{
    if (t->in->jail_seccomp && t->in->jail_landlock)
        return;
    hm_buf_c(fresh(t), text_get(t->lang, t->in->jail_seccomp ? TEXT_REPORT_JAIL_NO_LANDLOCK : TEXT_REPORT_JAIL_NONE));
    label(t, TEXT_REPORT_JAIL);
    on(t, t->in->jail_seccomp ? "" : YELLOW);
    put_wrapped(t, LABEL_COLUMNS);
    on(t, PLAIN);
}

/* The target as it may stand in a command; anything a shell would take for its own: a word to fill in. */
static hm_str target_word(hm_str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (!hm_is_alnum((uint8_t)s.p[i]) && !strchr("/._-+", s.p[i] ? s.p[i] : ' '))
            return HM_STR("TARGET");
    return s.n ? s : HM_STR("TARGET");
}

static void next_line(table *t, bool *first)
{
    if (*first)
        field(t, TEXT_REPORT_NEXT);
    else {
        blanks(t, LABEL_COLUMNS);
        put_wrapped(t, LABEL_COLUMNS);
    }
    *first = false;
}

/* A command on one line, so that it can be copied: a target too long for that is left to be filled in. */
static void next_command(table *t, void (*say)(hm_buf *out, unsigned lang, hm_str target), bool *first)
{
    say(fresh(t), t->lang, target_word(t->in->target));
    if (text_width(hm_buf_view(&t->text)) > t->columns - LABEL_COLUMNS)
        say(fresh(t), t->lang, HM_STR("TARGET"));
    next_line(t, first);
}

static void put_next(table *t, const report_sum *s)
{
    bool first = true;
    hm_buf_byte(&t->o.b, '\n');
    if (t->in->pack->gap_n) {
        hm_buf_c(fresh(t), text_get(t->lang, TEXT_REPORT_NEXT_GAPS));
        next_line(t, &first);
        if (t->in->exit_status == 3) {
            hm_buf_c(fresh(t), text_get(t->lang, TEXT_REPORT_NEXT_STATUS));
            next_line(t, &first);
        }
    }
    if (t->in->denied) {
        hm_buf_c(fresh(t), text_get(t->lang, TEXT_REPORT_NEXT_ROOT));
        next_line(t, &first);
    }
    if (!s->all.parts && !s->all.managed && !s->systems) {
        hm_buf_c(fresh(t), text_get(t->lang, TEXT_REPORT_NEXT_EMPTY));
        next_line(t, &first);
        return;
    }
    next_command(t, say_report_next_page, &first);
    next_command(t, say_report_next_sbom, &first);
}

static void put_all(table *t)
{
    const report_in *in = t->in;
    report_sum s;
    report_sum_of(in->pack, &s);
    if (in->interrupted) {
        on(t, BOLD YELLOW);
        hm_buf_c(&t->o.b, text_get(t->lang, TEXT_REPORT_INTERRUPTED));
        on(t, PLAIN);
        hm_buf_c(&t->o.b, "\n\n");
    }
    hm_buf_printable(fresh(t), in->target, 0);
    field(t, TEXT_REPORT_TARGET);
    put_systems(t);
    put_components(t, &s);
    say_report_files_n(fresh(t), t->lang, in->files, in->dirs, in->claimed, in->bytes);
    field(t, TEXT_REPORT_FILES);
    if (in->pack->gap_n == 0) {
        hm_buf_c(fresh(t), text_get(t->lang, TEXT_REPORT_GAPS_NONE_N));
        field(t, TEXT_REPORT_GAPS_NONE);
    }
    put_gaps(t);
    put_skipped(t);
    if (in->pack->gap_n || in->denied + in->skipped_fs + in->excluded)
        hm_buf_byte(&t->o.b, '\n');
    put_jail(t);
    say_report_cost_n(fresh(t), t->lang, in->time_us / 1000, in->peak_bytes);
    field(t, TEXT_REPORT_COST);
    put_next(t, &s);
}

hm_rc report_table(const report_in *in, const report_style *style, part_sink *sink, void *ctx, hm_err *err)
{
    size_t columns = style->columns ? style->columns : 80;
    columns = columns < LEAST_COLUMNS ? LEAST_COLUMNS : columns > MOST_COLUMNS ? MOST_COLUMNS : columns;
    table t = {
        .o = { .sink = sink, .ctx = ctx }, .in = in, .lang = style->lang, .colour = style->colour, .columns = columns
    };
    put_all(&t);
    (void)fresh(&t);
    hm_buf_clear(&t.text);
    hm_buf_clear(&t.wrapped);
    return report_done(&t.o, err);
}
