/* os_release - which operating system a root holds: etc/os-release or usr/lib/os-release, os-release(5).
 *
 *   line := blank | '#' any | NAME '=' value     value := word | '"' text '"' | "'" text "'"
 *
 * Shell assignments without expansion: a backslash takes the next character as it is (in double quotes only one of
 * $ " \ `), single quotes take all; strings standing side by side are not joined. The last assignment of a name counts.
 * A line of another form is a gap with its line; the others count. CPE names: NISTIR 7695 (URI 6.1, text 6.2).
 * The enemy is who wrote the tree that is scanned. */
#include "base/limits.h"
#include "detect/db_int.h"

typedef enum slot {
    ID = 0,
    ID_LIKE,
    VERSION_ID,
    CODENAME,
    PRETTY_NAME,
    VARIANT_ID,
    HOME_URL,
    CPE_NAME,
    SLOT_COUNT
} slot;
static const char *const SLOT_NAME[SLOT_COUNT] = {
    [ID] = "ID",
    [ID_LIKE] = "ID_LIKE",
    [VERSION_ID] = "VERSION_ID",
    [CODENAME] = "VERSION_CODENAME",
    [PRETTY_NAME] = "PRETTY_NAME",
    [VARIANT_ID] = "VARIANT_ID",
    [HOME_URL] = "HOME_URL",
    [CPE_NAME] = "CPE_NAME",
};

/* What may follow a value: blanks, then nothing or a comment. */
static bool is_tail(hm_str s)
{
    hm_str t = hm_str_trim(s);
    return t.n == 0 || (t.p[0] == '#' && t.p != s.p);
}

/* Value as the shell reads it, into `out` (as long as the text, at most). false: not one word or quoted string. */
static bool unquote(hm_str text, char *out, size_t *ret_n)
{
    size_t i = 0, n = 0;
    char quote = text.n && (text.p[0] == '"' || text.p[0] == '\'') ? text.p[i++] : 0;
    for (; i < text.n; i++) {
        char c = text.p[i];
        if (quote ? c == quote : hm_is_space(c))
            break;
        if (c == '\\' && quote != '\'') {
            if (++i >= text.n)
                return false;
            if (quote && hm_str_find(HM_STR("$\"\\`"), text.p[i]) == 4)
                out[n++] = '\\';
            c = text.p[i];
        } else if (quote != '\'' && (c == '$' || c == '`')) {
            return false; /* an expansion, which nobody makes here */
        } else if (!quote && hm_str_find(HM_STR("\"';&|<>()"), c) < 9) {
            return false;
        }
        if (c == 0)
            return false;
        out[n++] = c;
    }
    if (quote && i++ >= text.n)
        return false;
    *ret_n = n;
    return is_tail(hm_str_from(text, i));
}

static size_t name_length(hm_str line)
{
    size_t i = 0;
    while (i < line.n && (hm_is_alnum(line.p[i]) || line.p[i] == '_'))
        i++;
    return i < line.n && line.p[i] == '=' && i && !hm_is_digit(line.p[0]) ? i : 0;
}

typedef enum line_kind { LINE_BAD, LINE_EMPTY, LINE_OTHER, LINE_KNOWN, LINE_LONG, LINE_NOMEM } line_kind;
/* LINE_OTHER: a good assignment of a name that is not kept; LINE_LONG: of one that goes into the id of each package. */
static line_kind read_line(hm_arena *a, hm_str line, hm_str value[SLOT_COUNT])
{
    line = hm_str_trim(line);
    if (line.n == 0 || line.p[0] == '#')
        return LINE_EMPTY;
    size_t name = name_length(line), n = 0;
    if (name == 0)
        return LINE_BAD;
    hm_str text = hm_str_from(line, name + 1);
    char *to = hm_arena_alloc(a, text.n + 1);
    if (!to)
        return LINE_NOMEM;
    if (!unquote(text, to, &n))
        return LINE_BAD;
    for (slot i = ID; i < SLOT_COUNT; i++)
        if (hm_str_is(hm_str_sub(line, 0, name), SLOT_NAME[i])) {
            if ((i == ID || i == VERSION_ID) && n > LIMIT_OS_VALUE)
                return LINE_LONG;
            value[i] = (hm_str){ to, n };
            return LINE_KNOWN;
        }
    return LINE_OTHER;
}

/* ---- CPE -------------------------------------------------------------------------------------------------------- */

enum { CPE_PARTS = 11, CPE_URI_PARTS = 7, CPE_EXTENDED = 4 };

static int hex_digit(char c)
{
    c = hm_lower(c);
    if (hm_is_digit(c))
        return c - '0';
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* One component of a URI as an attribute of the formatted string. */
static bool cpe_part(hm_str s, hm_buf *out)
{
    hm_buf_byte(out, ':');
    if (s.n == 0)
        hm_buf_byte(out, '*'); /* any */
    for (size_t i = 0; i < s.n; i++) {
        char c = hm_lower(s.p[i]);
        if (c == '%') {
            if (s.n - i < 3)
                return false;
            int hi = hex_digit(s.p[i + 1]), lo = hex_digit(s.p[i + 2]), v = hi * 16 + lo;
            i += 2;
            if (hi < 0 || lo < 0 || v >= 0x7f || (v <= ' ' && v != 1 && v != 2))
                return false;
            if (v == 1 || v == 2) { /* wild cards */
                hm_buf_byte(out, v == 1 ? '?' : '*');
                continue;
            }
            c = hm_lower((char)v);
        } else if (!hm_is_alnum(c) && hm_str_find(HM_STR("._-~"), c) == 4) {
            return false;
        }
        if (!hm_is_alnum(c) && hm_str_find(HM_STR("._-"), c) == 3)
            hm_buf_byte(out, '\\');
        hm_buf_byte(out, c);
    }
    return true;
}

/* cpe:/part:vendor:product:version:update:edition:language, the edition perhaps packed as
 * ~edition~software edition~target software~target hardware~other. */
static bool cpe_from_uri(hm_str uri, hm_buf *out)
{
    hm_str part[CPE_URI_PARTS] = { 0 }, extended[CPE_EXTENDED] = { 0 }, rest = uri;
    size_t n = 0;
    do {
        if (n == CPE_URI_PARTS)
            return false;
        part[n++] = hm_str_cut(rest, ':', &rest);
    } while (rest.n);
    if (part[0].n != 1 || hm_str_find(HM_STR("aho"), hm_lower(part[0].p[0])) == 3 || part[1].n == 0)
        return false;
    if (part[5].n && part[5].p[0] == '~') {
        rest = hm_str_from(part[5], 1);
        part[5] = hm_str_cut(rest, '~', &rest);
        for (size_t i = 0; i < CPE_EXTENDED; i++)
            extended[i] = hm_str_cut(rest, '~', &rest);
        if (rest.n)
            return false;
    }
    hm_buf_c(out, "cpe:2.3");
    bool ok = true;
    for (size_t i = 0; i < CPE_URI_PARTS; i++)
        ok = ok && cpe_part(part[i], out);
    for (size_t i = 0; i < CPE_EXTENDED; i++)
        ok = ok && cpe_part(extended[i], out);
    return ok;
}

/* A formatted string as it must be: 2.3, eleven attributes, printable. */
static bool is_cpe23(hm_str s)
{
    size_t colons = 0;
    if (!hm_str_starts(s, HM_STR("cpe:2.3:")))
        return false;
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] <= ' ' || s.p[i] >= 0x7f)
            return false;
        if (s.p[i] == '\\')
            i++;
        else if (s.p[i] == ':')
            colons += s.n - i > 1 && s.p[i + 1] != ':';
    }
    return colons == CPE_PARTS + 1;
}

static bool cpe_name(hm_str s, hm_buf *out)
{
    size_t was = out->n;
    if (is_cpe23(s)) {
        hm_buf_str(out, s);
        return true;
    }
    if (hm_str_starts(s, HM_STR("cpe:/")) && cpe_from_uri(hm_str_from(s, 5), out))
        return true;
    out->n = was;
    return false;
}

/* ---- the component ------------------------------------------------------------------------------------------------ */

static hm_rc emit(const detect_in *in, part_build *out, const hm_str value[SLOT_COUNT], uint64_t line, hm_err *err)
{
    hm_buf cpe = { 0 };
    bool has_cpe = cpe_name(value[CPE_NAME], &cpe);
    part_desc d = {
        .kind = PART_OS,
        .scope = PART_SCOPE_RUNTIME,
        .eco = PART_ECO_NONE,
        .flags = value[VERSION_ID].n ? 0 : PART_F_NO_VERSION,
        .name = value[ID].n ? value[ID] : HM_STR("linux"),
        .version = value[VERSION_ID],
        .url_home = value[HOME_URL],
        .cpe = has_cpe ? hm_buf_view(&cpe) : HM_NONE,
        .root = in->root,
        .env = in->root,
    };
    uint32_t comp = part_add(out, &d);
    part_add_evidence(out, comp, in->file->path, PART_T_MANIFEST, 100, line);
    part_add_prop(out, comp, HM_STR("os:pretty_name"), value[PRETTY_NAME]);
    part_add_prop(out, comp, HM_STR("os:id_like"), value[ID_LIKE]);
    part_add_prop(out, comp, HM_STR("os:codename"), value[CODENAME]);
    part_add_prop(out, comp, HM_STR("os:variant_id"), value[VARIANT_ID]);
    if (!has_cpe)
        part_add_prop(out, comp, HM_STR("os:cpe_name"), value[CPE_NAME]);
    bool bad = cpe.bad;
    hm_buf_clear(&cpe);
    return bad ? hm_fail(err, HM_NOMEM, DEFECT_NOMEM, HM_PLACE_NONE, 0, 0) : HM_OK;
}

hm_rc detect_os_release(const detect_in *in, part_build *out, hm_err *err)
{
    detect_gaps gaps = { .in = in, .out = out };
    hm_str value[SLOT_COUNT] = { 0 }, rest = in->file->bytes, line;
    uint64_t first = 0, n = 0;
    while (hm_str_line(&rest, &line)) {
        n++;
        line_kind kind = read_line(in->arena, line, value);
        if (kind == LINE_NOMEM)
            return hm_arena_fail(in->arena, err);
        if (kind == LINE_BAD)
            detect_gap(&gaps, HM_FORMAT, DEFECT_OS_RELEASE, n, HM_NONE);
        if (kind == LINE_LONG)
            detect_gap(&gaps, HM_LIMIT, DEFECT_BAD_VALUE, n, hm_str_sub(line, 0, hm_str_find(line, '=')));
        if (kind != LINE_BAD && kind != LINE_EMPTY && first == 0)
            first = n;
    }
    if (first == 0 && gaps.n == 0)
        return hm_fail(err, HM_FORMAT, DEFECT_EMPTY, HM_PLACE_NONE, 0, 0);
    if (first) {
        hm_rc rc = emit(in, out, value, first, err);
        if (rc != HM_OK)
            return rc;
    }
    return detect_gaps_end(&gaps, false, err);
}
