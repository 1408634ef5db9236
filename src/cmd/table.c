/* table - commands.tbl.h as const rows, and looking things up in them. */
#include "cmd/cmd_int.h"

static const cmd_verb VERB[CMD_V_COUNT] = {
#define CMD_VERB(id, name_, operands_, needs_, least_, most_, help_, about_, fn)                                       \
    [CMD_V_##id] = { .name = name_,                                                                                    \
                     .operands = operands_,                                                                            \
                     .needs = needs_,                                                                                  \
                     .least = least_,                                                                                  \
                     .most = most_,                                                                                    \
                     .help = help_,                                                                                    \
                     .about = about_ },
#include "cmd/commands.tbl.h"
};

static const cmd_opt OPT[CMD_O_COUNT] = {
#define CMD_OPT(id, verb_, name_, letter_, kind_, values_, lowest_, highest_, var_, help_, repeat_)                    \
    [CMD_O_##id] = { .verb = CMD_V_##verb_,                                                                            \
                     .name = name_,                                                                                    \
                     .letter = letter_,                                                                                \
                     .kind = CMD_##kind_,                                                                              \
                     .values = values_,                                                                                \
                     .lowest = lowest_,                                                                                \
                     .highest = highest_,                                                                              \
                     .var = var_,                                                                                      \
                     .help = help_,                                                                                    \
                     .repeat = repeat_ },
#include "cmd/commands.tbl.h"
};

static const cmd_format FORMAT[CMD_F_COUNT] = {
#define CMD_FORMAT(id, name_, lowest_, highest_, help_)                                                                \
    [CMD_F_##id] = { .name = name_, .lowest = lowest_, .highest = highest_, .help = help_ },
#include "cmd/commands.tbl.h"
};

static const cmd_exit EXIT[] = {
#define CMD_EXIT(status_, help_) { .status = status_, .help = help_ },
#include "cmd/commands.tbl.h"
};

static const cmd_example EXAMPLE[] = {
#define CMD_EXAMPLE(verb_, command_, help_) { .verb = CMD_V_##verb_, .command = command_, .help = help_ },
#include "cmd/commands.tbl.h"
};

const cmd_verb *cmd_verb_of(cmd_verb_id id)
{
    return id > CMD_V_ANY && id < CMD_V_COUNT ? &VERB[id] : NULL;
}

cmd_verb_id cmd_verb_find(hm_str name)
{
    for (unsigned i = CMD_V_ANY + 1; i < CMD_V_COUNT; i++)
        if (hm_str_is(name, VERB[i].name))
            return (cmd_verb_id)i;
    return CMD_V_ANY;
}

const cmd_opt *cmd_opt_of(cmd_opt_id id)
{
    HM_BUG_ON((unsigned)id >= CMD_O_COUNT);
    return &OPT[id];
}

const cmd_format *cmd_format_of(cmd_format_id id)
{
    HM_BUG_ON((unsigned)id >= CMD_F_COUNT);
    return &FORMAT[id];
}

size_t cmd_exits(const cmd_exit **ret)
{
    *ret = EXIT;
    return HM_COUNT(EXIT);
}

size_t cmd_examples(const cmd_example **ret)
{
    *ret = EXAMPLE;
    return HM_COUNT(EXAMPLE);
}

bool cmd_opt_in(const cmd_opt *o, cmd_verb_id verb)
{
    return o->verb == CMD_V_ANY || o->verb == verb;
}

/* ---- what may have been meant -------------------------------------------------------------------------------------- */

enum { NEAR_MAX = 32 }; /* longer words are not compared */

static size_t least(size_t a, size_t b, size_t c)
{
    size_t m = a < b ? a : b;
    return m < c ? m : c;
}

/* Letters to change, add, drop or swap with their neighbour (Damerau, optimal string alignment). */
static size_t distance(hm_str a, hm_str b)
{
    size_t row[3][NEAR_MAX + 1];
    for (size_t j = 0; j <= b.n; j++)
        row[0][j] = j;
    for (size_t i = 1; i <= a.n; i++) {
        size_t *now = row[i % 3], *last = row[(i + 2) % 3], *older = row[(i + 1) % 3];
        now[0] = i;
        for (size_t j = 1; j <= b.n; j++) {
            now[j] = least(last[j] + 1, now[j - 1] + 1, last[j - 1] + (a.p[i - 1] != b.p[j - 1]));
            if (i > 1 && j > 1 && a.p[i - 1] == b.p[j - 2] && a.p[i - 2] == b.p[j - 1] && older[j - 2] + 1 < now[j])
                now[j] = older[j - 2] + 1;
        }
    }
    return row[a.n % 3][b.n];
}

typedef struct nearest {
    const char *name;
    size_t wrong;
} nearest;

static void consider(nearest *best, hm_str word, const char *name)
{
    hm_str n = hm_str_c(name);
    if (word.n < 2 || word.n > NEAR_MAX || n.n > NEAR_MAX)
        return;
    size_t wrong = distance(word, n);
    if (hm_str_starts(n, word) && word.n >= 3)
        wrong = 1; /* cut short */
    size_t most = n.n < 6 ? 1 + (n.n > 3) : n.n / 3;
    if (wrong <= most && (!best->name || wrong < best->wrong))
        *best = (nearest){ name, wrong };
}

const char *cmd_near_verb(hm_str word)
{
    nearest best = { NULL, 0 };
    for (unsigned i = CMD_V_ANY + 1; i < CMD_V_COUNT; i++)
        consider(&best, word, VERB[i].name);
    return best.name;
}

const char *cmd_near_opt(hm_str name, cmd_verb_id verb)
{
    nearest best = { NULL, 0 };
    for (unsigned i = 0; i < CMD_O_COUNT; i++)
        if (cmd_opt_in(&OPT[i], verb))
            consider(&best, name, OPT[i].name);
    return best.name;
}
