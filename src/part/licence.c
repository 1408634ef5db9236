/* licence - SPDX licence expressions (SPDX 2.3 annex D, 3.0.1 annex B) out of what people declare.
 *
 *   expression = term *(OR term)      term = factor *(AND factor)      factor = "(" expression ")" | operand
 *   operand    = licence [WITH exception]
 *   licence    = id | id"+" | [DocumentRef-x:]LicenseRef-y | another name (licence_alias.tbl.h, family)
 *   exception  = id | [DocumentRef-x:]AdditionRef-y | another name
 * Operators in any case, "|" is OR (CRAN, Cargo's "/" too); a comma before an operator makes it bind weaker than all
 * others at its level (Debian copyright format 1.0: "A or B, and C" is (A or B) and C). A name may have blanks: it goes
 * on to the next operator or parenthesis ("GPLv2 or later" holds no operator).
 *
 * The text becomes a row of tokens, the parentheses that say nothing are dropped, the rest is written out. No
 * recursion: a level is an entry of a stack of LIMIT_LICENCE_DEPTH. Linear in the text: every step of the scan moves
 * on, names longer than KEY_MAX are not looked up. A name with several meanings is not guessed: the caller keeps the
 * text. The enemy wrote the text; nothing is appended unless all of it was understood. */
#include "base/limits.h"
#include "part/part.h"

static const char *const IDS[] = {
#define LICENCE_ID(id) id,
#include "part/licence.tbl.h"
};
static const char *const EXCEPTIONS[] = {
#define LICENCE_EXCEPTION(id) id,
#include "part/licence.tbl.h"
};
static const char *const VERSION[] = {
#define LICENCE_LIST(version) version,
#include "part/licence.tbl.h"
};

typedef struct alias {
    const char *key, *to;
} alias;
static const alias ALIASES[] = {
#define LICENCE_ALIAS(key, to) { key, to },
#include "part/licence_alias.tbl.h"
};
static const alias EXCEPTION_ALIASES[] = {
#define LICENCE_EXCEPTION_ALIAS(key, to) { key, to },
#include "part/licence_alias.tbl.h"
};
typedef struct family {
    const char *key, *before, *behind;
} family;
static const family FAMILIES[] = {
#define LICENCE_FAMILY(key, before, behind) { key, before, behind },
#include "part/licence_alias.tbl.h"
};

enum { KEY_MAX = 96, RAW_MAX = 256, ARENA_BYTES = 8 << 20 };

/* ---- tables ------------------------------------------------------------------------------------------------------ */

static int compare_nocase(hm_str a, const char *b)
{
    for (size_t i = 0; i < a.n; i++) {
        int x = (unsigned char)hm_lower(a.p[i]), y = (unsigned char)hm_lower(b[i]);
        if (x != y || y == 0)
            return x == y ? 1 : x - y; /* a goes on with a NUL where b ends */
    }
    return b[a.n] ? -1 : 0;
}

static hm_str find_id(const char *const *ids, size_t n, hm_str id)
{
    size_t lo = 0;
    while (lo < n) {
        size_t mid = lo + (n - lo) / 2;
        int c = compare_nocase(id, ids[mid]);
        if (c == 0)
            return hm_str_c(ids[mid]);
        if (c < 0)
            n = mid;
        else
            lo = mid + 1;
    }
    return HM_NONE;
}

static const char *find_alias(const alias *rows, size_t n, hm_str key)
{
    size_t lo = 0;
    while (lo < n) {
        size_t mid = lo + (n - lo) / 2;
        int c = hm_str_cmp(key, hm_str_c(rows[mid].key));
        if (c == 0)
            return rows[mid].to;
        if (c < 0)
            n = mid;
        else
            lo = mid + 1;
    }
    return NULL;
}

bool part_licence_id(hm_str id, hm_str *ret_official)
{
    hm_str found = find_id(IDS, HM_COUNT(IDS), id);
    if (found.n)
        *ret_official = found;
    return found.n > 0;
}

const char *part_licence_list_version(void)
{
    return VERSION[0];
}

/* ---- names ------------------------------------------------------------------------------------------------------- */

typedef struct token {
    enum { T_OPEN, T_CLOSE, T_AND, T_OR, T_OPERAND } kind;
    bool plus;           /* id+ */
    bool perl;           /* "Artistic" without a version: known only beside GPL-1+ */
    bool dropped;        /* a parenthesis that says nothing */
    hm_str doc, id;      /* doc: x of DocumentRef-x. id: listed, or y of LicenseRef-y when `ref` */
    hm_str exc_doc, exc; /* the same of the exception; exc empty: none */
    bool ref, exc_ref;
    uint64_t at; /* of the operand in the text */
    hm_str literal;
} token;

/* Lower case, one blank between words, no commas, no final dot: the form of the keys. false: empty or too long. */
static bool make_key(hm_str s, char to[KEY_MAX], hm_str *ret)
{
    size_t n = 0;
    bool blank = false;
    s = hm_str_trim(s);
    for (size_t i = 0; i < s.n; i++) {
        if (hm_is_space((unsigned char)s.p[i]) || s.p[i] == ',') {
            blank = true;
            continue;
        }
        if (n + 2 > KEY_MAX)
            return false;
        if (blank && n)
            to[n++] = ' ';
        blank = false;
        to[n++] = hm_lower(s.p[i]);
    }
    if (n && to[n - 1] == '.')
        n--;
    *ret = (hm_str){ to, n };
    return n > 0;
}

/* Before + middle + behind as a listed id; empty: there is none. */
static hm_str listed(hm_str before, hm_str middle, const char *behind)
{
    char id[KEY_MAX];
    hm_str tail = hm_str_c(behind);
    if (before.n > KEY_MAX || middle.n > KEY_MAX - before.n || tail.n > KEY_MAX - before.n - middle.n)
        return HM_NONE;
    memcpy(id, before.p, before.n);
    memcpy(id + before.n, middle.p, middle.n);
    memcpy(id + before.n + middle.n, tail.p, tail.n);
    return find_id(IDS, HM_COUNT(IDS), (hm_str){ id, before.n + middle.n + tail.n });
}

/* The id `name`, or for the licences of GNU name-only or name-or-later (their bare ids are deprecated). */
static bool by_id(hm_str name, bool later, bool only, token *t)
{
    hm_str gnu = listed(name, HM_NONE, "-only");
    t->plus = later && gnu.n == 0;
    if (gnu.n)
        t->id = later ? listed(name, HM_NONE, "-or-later") : gnu;
    else
        t->id = only ? HM_NONE : find_id(IDS, HM_COUNT(IDS), name);
    if (t->plus && (hm_str_ends(t->id, HM_STR("-only")) || hm_str_ends(t->id, HM_STR("-or-later"))))
        return false;
    return t->id.n > 0;
}

static size_t skip(hm_str s, size_t at, const char *set)
{
    while (at < s.n && s.p[at] && strchr(set, s.p[at]))
        at++;
    return at;
}

/* What stands behind the name of a family: a version and perhaps what it says of later ones. */
static bool read_version(hm_str s, hm_str *ret_version, bool *ret_later, bool *ret_only)
{
    static const char *const WORD[] = { "version", "ver.", "ver", "v.", "v" };
    static const char *const LATER[] = {
        "+",
        "or later",
        "or-later",
        "or later version",
        "or newer",
        "or any later version",
        "or any later",
        "or (at your option) any later version",
        "or greater",
    };
    bool at_least = false, bracket = false;
    size_t at = skip(s, 0, " -_");
    if (at < s.n && s.p[at] == '(') {
        bracket = true;
        at = skip(s, at + 1, " ");
    }
    if (hm_str_starts(hm_str_from(s, at), HM_STR(">="))) {
        at_least = true;
        at = skip(s, at + 2, " ");
    } else if (bracket)
        return false;
    for (size_t i = 0; i < HM_COUNT(WORD); i++)
        if (hm_str_starts(hm_str_from(s, at), hm_str_c(WORD[i]))) {
            at = skip(s, at + strlen(WORD[i]), " ");
            break;
        }
    size_t from = at;
    while (at < s.n && (hm_is_digit((unsigned char)s.p[at]) || (s.p[at] == '.' && at > from)))
        at++;
    *ret_version = hm_str_sub(s, from, at - from);
    if (at == from)
        return false;
    if (bracket && (at == s.n || s.p[at++] != ')'))
        return false;
    hm_str tail = hm_str_from(s, skip(s, at, " -"));
    *ret_later = at_least;
    *ret_only = hm_str_is(tail, "only");
    for (size_t i = 0; i < HM_COUNT(LATER); i++)
        *ret_later = *ret_later || hm_str_is(tail, LATER[i]);
    return tail.n == 0 || *ret_only || (*ret_later && !at_least);
}

static bool by_family(hm_str key, token *t)
{
    for (size_t i = 0; i < HM_COUNT(FAMILIES); i++) {
        const family *f = &FAMILIES[i];
        hm_str version;
        bool later, only;
        size_t n = strlen(f->key);
        if (key.n <= n || !hm_str_starts(key, hm_str_c(f->key)) ||
            !read_version(hm_str_from(key, n), &version, &later, &only))
            continue;
        char name[KEY_MAX];
        hm_str minor = hm_str_find(version, '.') < version.n ? HM_NONE : HM_STR(".0");
        hm_str pieces[] = { hm_str_c(f->before), version, minor, hm_str_c(f->behind) };
        size_t at = 0;
        for (size_t k = 0; k < HM_COUNT(pieces); k++) {
            if (pieces[k].n > KEY_MAX - at)
                return false;
            memcpy(name + at, pieces[k].p, pieces[k].n);
            at += pieces[k].n;
        }
        if (by_id((hm_str){ name, at }, later, only, t))
            return true;
    }
    return false;
}

static bool id_string(hm_str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (!hm_is_alnum((unsigned char)s.p[i]) && s.p[i] != '-' && s.p[i] != '.')
            return false;
    return s.n > 0;
}

static bool cut_nocase(hm_str *s, hm_str head)
{
    if (!hm_str_eq_nocase(hm_str_sub(*s, 0, head.n), head))
        return false;
    *s = hm_str_from(*s, head.n);
    return true;
}

/* [DocumentRef-x:]KIND-y with y of letters, digits, "-" and "." */
static bool by_ref(hm_str s, hm_str kind, hm_str *ret_doc, hm_str *ret_id)
{
    hm_str doc = HM_NONE;
    if (cut_nocase(&s, HM_STR("DocumentRef-"))) {
        doc = hm_str_cut(s, ':', &s);
        if (!id_string(doc))
            return false;
    }
    if (!cut_nocase(&s, kind) || !id_string(s))
        return false;
    *ret_doc = doc;
    *ret_id = s;
    return true;
}

typedef struct expression {
    hm_arena *a;
    hm_err *err;
    hm_str text;
    hm_vec tokens;
} expression;

static hm_rc push(expression *x, token t)
{
    token *p = hm_vec_push(&x->tokens, x->a);
    if (!p)
        return hm_arena_fail(x->a, x->err);
    *p = t;
    return HM_OK;
}

/* Words of the right side of an alias, official and well-formed (the test holds the table to that). */
static hm_rc push_alias(expression *x, const char *to, const token *base)
{
    hm_rc rc = push(x, (token){ .kind = T_OPEN });
    token t = *base;
    for (hm_str rest = hm_str_c(to); rest.n && rc == HM_OK;) {
        hm_str word = hm_str_cut(rest, ' ', &rest);
        if (hm_str_is(word, "WITH")) {
            t.exc = hm_str_cut(rest, ' ', &rest);
        } else if (hm_str_is(word, "OR") || hm_str_is(word, "AND")) {
            rc = push(x, t);
            t = *base;
            if (rc == HM_OK)
                rc = push(x, (token){ .kind = hm_str_is(word, "OR") ? T_OR : T_AND });
        } else
            t.id = word;
    }
    if (rc == HM_OK)
        rc = push(x, t);
    return rc == HM_OK ? push(x, (token){ .kind = T_CLOSE }) : rc;
}

/* One spelling of a name: pushes its tokens. HM_NOTFOUND (err untouched): not known so. */
static hm_rc by_key(expression *x, hm_str key, token t)
{
    const char *to = find_alias(ALIASES, HM_COUNT(ALIASES), key);
    if (to)
        return *to ? push_alias(x, to, &t) : HM_CONFLICT;
    if (hm_str_is(key, "artistic")) {
        t.id = HM_STR("Artistic-1.0-Perl");
        t.perl = true;
        return push(x, t);
    }
    bool later = hm_str_ends(key, HM_STR("+"));
    if (by_id(later ? hm_str_sub(key, 0, key.n - 1) : key, later, false, &t) || by_family(key, &t))
        return push(x, t);
    return HM_NOTFOUND;
}

/* The name as it is, then without its article and without "license". */
static hm_rc by_name(expression *x, hm_str name, token t)
{
    static const char *const HEAD[] = { "", "the " };
    static const char *const TAIL[] = { "", " license", " licence" };
    char room[KEY_MAX];
    hm_str key;
    if (by_ref(name, HM_STR("LicenseRef-"), &t.doc, &t.id)) {
        t.ref = true;
        return push(x, t);
    }
    if (!make_key(name, room, &key))
        return HM_NOTFOUND;
    for (size_t h = 0; h < HM_COUNT(HEAD); h++)
        for (size_t e = 0; e < HM_COUNT(TAIL); e++) {
            hm_str head = hm_str_c(HEAD[h]), tail = hm_str_c(TAIL[e]);
            if (!hm_str_starts(key, head) || !hm_str_ends(key, tail) || key.n <= head.n + tail.n)
                continue;
            hm_rc rc = by_key(x, hm_str_sub(key, head.n, key.n - head.n - tail.n), t);
            if (rc != HM_NOTFOUND)
                return rc;
        }
    return HM_NOTFOUND;
}

/* "MIT/Apache-2.0", each part known (Cargo's older form): OR. */
static hm_rc by_slashes(expression *x, hm_str name, token t)
{
    size_t was = x->tokens.n;
    hm_rc rc = hm_str_find(name, '/') < name.n ? push(x, (token){ .kind = T_OPEN }) : HM_NOTFOUND;
    for (hm_str rest = name; rest.n && rc == HM_OK;) {
        bool last = hm_str_find(rest, '/') == rest.n;
        rc = by_name(x, hm_str_trim(hm_str_cut(rest, '/', &rest)), t);
        if (rc == HM_OK && !last)
            rc = rest.n ? push(x, (token){ .kind = T_OR }) : HM_NOTFOUND;
    }
    if (rc == HM_OK)
        rc = push(x, (token){ .kind = T_CLOSE });
    if (rc != HM_OK)
        x->tokens.n = was;
    return rc;
}

static hm_rc unknown(expression *x, hm_str name, uint64_t at)
{
    hm_rc rc = hm_fail(x->err, HM_NOTFOUND, DEFECT_LICENCE_SYNTAX, HM_PLACE_BYTE, at, 0);
    for (size_t i = 0; x->err && i < name.n && i < HM_ERR_AT - 1; i++)
        x->err->at[i] = name.p[i];
    return rc;
}

static hm_rc licence(expression *x, hm_str name, uint64_t at)
{
    token t = { .kind = T_OPERAND, .at = at, .literal = name };
    hm_rc rc = by_name(x, name, t);
    if (rc == HM_NOTFOUND)
        rc = by_slashes(x, name, t);
    return rc == HM_NOTFOUND || rc == HM_CONFLICT ? unknown(x, name, at) : rc;
}

static hm_rc exception(expression *x, hm_str name, uint64_t at)
{
    token *t = HM_VEC_AT(&x->tokens, token, x->tokens.n - 1);
    if (t->kind == T_CLOSE && x->tokens.n >= 3 && HM_VEC_AT(&x->tokens, token, x->tokens.n - 3)->kind == T_OPEN)
        t--; /* an alias of one operand */
    if (t->kind != T_OPERAND || t->exc.n)
        return hm_fail(x->err, HM_FORMAT, DEFECT_LICENCE_SYNTAX, HM_PLACE_BYTE, at, 0);
    if (by_ref(name, HM_STR("AdditionRef-"), &t->exc_doc, &t->exc)) {
        t->exc_ref = true;
        return HM_OK;
    }
    char room[KEY_MAX];
    hm_str key;
    if (!make_key(name, room, &key))
        return unknown(x, name, at);
    const char *to = find_alias(EXCEPTION_ALIASES, HM_COUNT(EXCEPTION_ALIASES), key);
    t->exc = to ? hm_str_c(to) : find_id(EXCEPTIONS, HM_COUNT(EXCEPTIONS), key);
    if (t->exc.n == 0) { /* "Libtool exception" */
        for (size_t i = 0; i < key.n; i++)
            if (room[i] == ' ')
                room[i] = '-';
        t->exc = find_id(EXCEPTIONS, HM_COUNT(EXCEPTIONS), key);
    }
    return t->exc.n ? HM_OK : unknown(x, name, at);
}

/* ---- the scan ------------------------------------------------------------------------------------------------------ */

typedef enum licence_op { OP_NONE, OP_AND, OP_OR, OP_WITH } licence_op;

static size_t word_end(hm_str s, size_t at)
{
    while (at < s.n && !hm_is_space((unsigned char)s.p[at]) && s.p[at] != '(' && s.p[at] != ')' && s.p[at] != '|' &&
           s.p[at] != ',')
        at++;
    return at;
}

static size_t skip_space(hm_str s, size_t at)
{
    while (at < s.n && hm_is_space((unsigned char)s.p[at]))
        at++;
    return at;
}

/* The operator at `at`, and where it ends. "or" before "later" and the like is none. */
static licence_op operator_at(hm_str s, size_t at, size_t *ret_end)
{
    static const char *const MORE[] = { "later", "newer", "any", "greater" };
    if (at < s.n && s.p[at] == '|') {
        *ret_end = at + 1;
        return OP_OR;
    }
    size_t end = word_end(s, at);
    hm_str word = hm_str_sub(s, at, end - at);
    *ret_end = end;
    if (hm_str_eq_nocase(word, HM_STR("and")))
        return OP_AND;
    if (hm_str_eq_nocase(word, HM_STR("with")))
        return OP_WITH;
    if (!hm_str_eq_nocase(word, HM_STR("or")))
        return OP_NONE;
    size_t next = skip_space(s, end), next_end = word_end(s, next);
    for (size_t i = 0; i < HM_COUNT(MORE); i++)
        if (hm_str_eq_nocase(hm_str_sub(s, next, next_end - next), hm_str_c(MORE[i])))
            return OP_NONE;
    return OP_OR;
}

/* A name from `at` to the next operator, parenthesis, comma before an operator, or the end. */
static hm_str name_at(hm_str s, size_t at)
{
    size_t end = at, next = at, op_end;
    while (next < s.n && s.p[next] != '(' && s.p[next] != ')') {
        size_t look = s.p[next] == ',' ? skip_space(s, next + 1) : next;
        if (next > at && operator_at(s, look, &op_end) != OP_NONE)
            break;
        end = s.p[next] == ',' || s.p[next] == '|' ? next + 1 : word_end(s, next);
        next = skip_space(s, end);
    }
    return hm_str_sub(s, at, end - at);
}

static hm_rc syntax(const expression *x, size_t at)
{
    return hm_fail(x->err, HM_FORMAT, DEFECT_LICENCE_SYNTAX, HM_PLACE_BYTE, at, 0);
}

/* Every level opens twice: the inner pair is closed and opened again around an operator behind a comma. */
static hm_rc push_pair(expression *x, bool open)
{
    hm_rc rc = push(x, (token){ .kind = open ? T_OPEN : T_CLOSE });
    return rc == HM_OK ? push(x, (token){ .kind = open ? T_OPEN : T_CLOSE }) : rc;
}

/* States: an operand is wanted (at the start, behind "(" and an operator) or an operator (behind an operand and ")"). */
static hm_rc scan(expression *x)
{
    hm_str s = x->text;
    size_t at = skip_space(s, 0), depth = 0;
    bool want_operand = true;
    hm_rc rc = push_pair(x, true);
    for (; at < s.n && rc == HM_OK; at = skip_space(s, at)) {
        if (want_operand && s.p[at] == '(') {
            if (++depth > LIMIT_LICENCE_DEPTH)
                return hm_fail(x->err, HM_LIMIT, DEFECT_TOO_DEEP, HM_PLACE_BYTE, at, LIMIT_LICENCE_DEPTH);
            rc = push_pair(x, true);
            at++;
        } else if (want_operand) {
            size_t end;
            hm_str name = name_at(s, at);
            if (name.n == 0 || operator_at(s, at, &end) != OP_NONE)
                return syntax(x, at);
            rc = licence(x, name, at);
            at = skip_space(s, at + name.n);
            if (rc == HM_OK && operator_at(s, at, &end) == OP_WITH) {
                at = skip_space(s, end);
                name = name_at(s, at);
                rc = name.n ? exception(x, name, at) : syntax(x, at);
                at += name.n;
            }
            want_operand = false;
        } else if (s.p[at] == ')') {
            if (depth == 0)
                return syntax(x, at);
            depth--;
            rc = push_pair(x, false);
            at++;
        } else {
            bool weak = s.p[at] == ',';
            size_t end, from = weak ? skip_space(s, at + 1) : at;
            licence_op op = operator_at(s, from, &end);
            if (op == OP_NONE || op == OP_WITH)
                return syntax(x, at);
            if (weak)
                rc = push(x, (token){ .kind = T_CLOSE });
            if (rc == HM_OK)
                rc = push(x, (token){ .kind = op == OP_AND ? T_AND : T_OR });
            if (rc == HM_OK && weak)
                rc = push(x, (token){ .kind = T_OPEN });
            want_operand = true;
            at = end;
        }
    }
    if (rc != HM_OK)
        return rc;
    return want_operand || depth ? syntax(x, s.n) : push_pair(x, false);
}

/* ---- the result ---------------------------------------------------------------------------------------------------- */

/* A pair stays only when it holds an OR that is not in a pair of its own, and stands beside an AND. Dropped pairs hand
 * their OR to the level around them. Levels: two per "(", one for an alias, one for slashes. */
static void drop_parentheses(expression *x)
{
    struct {
        token *open;
        bool has_or;
    } level[2 * LIMIT_LICENCE_DEPTH + 6];
    size_t n = 0;
    token *t = x->tokens.p, *end = t + x->tokens.n;
    for (token *i = t; i < end; i++) {
        if (i->kind == T_OPEN) {
            HM_BUG_ON(n == HM_COUNT(level));
            level[n].open = i;
            level[n++].has_or = false;
        } else if (i->kind == T_OR) {
            HM_BUG_ON(n == 0);
            level[n - 1].has_or = true;
        } else if (i->kind == T_CLOSE) {
            HM_BUG_ON(n == 0); /* the parser leaves the pairs balanced */
            n--;
            token *open = level[n].open;
            bool beside_and = (open > t && open[-1].kind == T_AND) || (i + 1 < end && i[1].kind == T_AND);
            if (!(level[n].has_or && beside_and)) {
                open->dropped = i->dropped = true;
                if (n)
                    level[n - 1].has_or |= level[n].has_or;
            }
        }
    }
}

/* "Artistic" means Perl's own only in the licence of Perl, which offers GPL-1+ as well. */
static hm_rc check_perl(expression *x)
{
    const token *t = x->tokens.p, *artistic = NULL;
    bool gpl = false;
    for (size_t i = 0; i < x->tokens.n; i++) {
        gpl = gpl || hm_str_is(t[i].id, "GPL-1.0-or-later");
        if (t[i].perl)
            artistic = &t[i];
    }
    return !artistic || gpl ? HM_OK : unknown(x, artistic->literal, artistic->at);
}

static void put_ref(hm_buf *out, hm_str doc, const char *kind, hm_str id)
{
    if (doc.n) {
        hm_buf_c(out, "DocumentRef-");
        hm_buf_str(out, doc);
        hm_buf_byte(out, ':');
    }
    hm_buf_c(out, kind);
    hm_buf_str(out, id);
}

static void put(const token *t, hm_buf *out)
{
    if (t->kind == T_OPEN || t->kind == T_CLOSE) {
        hm_buf_byte(out, t->kind == T_OPEN ? '(' : ')');
    } else if (t->kind == T_OPERAND) {
        put_ref(out, t->doc, t->ref ? "LicenseRef-" : "", t->id);
        if (t->plus)
            hm_buf_byte(out, '+');
        if (t->exc.n) {
            hm_buf_c(out, " WITH ");
            put_ref(out, t->exc_doc, t->exc_ref ? "AdditionRef-" : "", t->exc);
        }
    } else
        hm_buf_c(out, t->kind == T_AND ? " AND " : " OR ");
}

/* Whole texts that hold no operator though they look so ("GPLv2 or (at your option) any later version", "MIT (Expat)"),
 * PyPI's classifiers and CRAN's " + file LICENSE". */
static hm_rc whole(expression *x)
{
    hm_str s = hm_str_trim(x->text), file = HM_STR(" + file license");
    if (hm_str_starts(s, HM_STR("License :: "))) {
        size_t last = s.n;
        while (last > 0 && !(s.p[last - 1] == ' ' && hm_str_ends(hm_str_sub(s, 0, last), HM_STR(":: "))))
            last--;
        s = hm_str_from(s, last);
        if (hm_str_ends(s, HM_STR(")")) && hm_str_rfind(s, '(') < s.n)
            s = hm_str_trim(hm_str_sub(s, 0, hm_str_rfind(s, '(')));
    }
    if (s.n > file.n && (hm_str_eq_nocase(hm_str_from(s, s.n - file.n), file) ||
                         hm_str_eq_nocase(hm_str_from(s, s.n - file.n), HM_STR(" + file licence"))))
        s = hm_str_trim(hm_str_sub(s, 0, s.n - file.n));
    return by_name(x, s, (token){ .kind = T_OPERAND, .literal = s });
}

hm_rc part_licence(hm_str text, hm_buf *out, hm_err *err)
{
    if (text.n > LIMIT_LICENCE_BYTES) {
        hm_rc rc = hm_fail(err, HM_LIMIT, DEFECT_TOO_LARGE, HM_PLACE_NONE, 0, LIMIT_LICENCE_BYTES);
        if (err)
            err->arg[1] = text.n;
        return rc;
    }
    HM_AUTO(hm_arena_freep) hm_arena *a = hm_arena_new(ARENA_BYTES);
    if (!a)
        return hm_fail(err, HM_NOMEM, DEFECT_NOMEM, HM_PLACE_NONE, 0, 0);
    expression x = { .a = a, .err = err, .text = text, .tokens = { .size = sizeof(token) } };
    hm_rc rc = whole(&x);
    if (rc == HM_CONFLICT)
        return unknown(&x, text, 0);
    if (rc == HM_NOTFOUND)
        rc = scan(&x);
    if (rc == HM_OK)
        rc = check_perl(&x);
    if (rc != HM_OK)
        return rc;
    drop_parentheses(&x);
    size_t was = out->n;
    const token *t = x.tokens.p;
    for (size_t i = 0; i < x.tokens.n; i++)
        if (!t[i].dropped)
            put(&t[i], out);
    if (!out->bad)
        return HM_OK;
    out->n = was;
    return hm_fail(err, HM_NOMEM, DEFECT_NOMEM, HM_PLACE_NONE, 0, 0);
}

void part_desc_licence(part_desc *d, hm_str declared, hm_buf *scratch)
{
    size_t was = scratch->n;
    declared = hm_str_trim(declared);
    if (declared.n == 0 || hm_str_is(declared, "UNKNOWN") || hm_str_is(declared, "NOASSERTION"))
        return; /* fillers of tools, not a declaration */
    if (part_licence(declared, scratch, NULL) == HM_OK) {
        d->licence = hm_str_from(hm_buf_view(scratch), was);
        return;
    }
    if (declared.n > RAW_MAX) {
        size_t n = RAW_MAX;
        while (n > RAW_MAX - 3 && ((unsigned char)declared.p[n] & 0xc0) == 0x80)
            n--; /* not inside a character */
        declared.n = n;
    }
    d->licence_raw = declared;
}
