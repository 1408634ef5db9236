/* All writers over packs with hostile texts, numbers and links. The first byte says how the rest is read:
 *   even: a block (part.h), as it is
 *   odd:  one byte of style, then steps that build a pack; a step is an opcode, then its operands. A text is a length
 *         byte and as many bytes, or one of a list of those that broke other programs.
 * What is written must be UTF-8 without control characters, the JSON must parse, the page must hold no element that is
 * not ours, no CSV field may start a formula, and the same pack twice gives the same bytes. */
#include "codec/codec.h"
#include "report/report.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { BUDGET = 16 << 20, OUT_MAX = 64 << 20 };

static hm_str text(hm_cur *c)
{
    static const char *const WORD[] = { "",
                                        "=1+1",
                                        "+x",
                                        "-x",
                                        "@x",
                                        "\t=1",
                                        "</script><script>",
                                        "<img src=x onerror=y>",
                                        "a\"b,c;d\r\ne",
                                        "\x1b[31m\x1b]0;t\x07",
                                        "a\u202e",
                                        "\xff\xfe",
                                        "https://u:p@h/?a b#c#d",
                                        "git@h:p/q.git",
                                        "N <a@b.example>",
                                        "a=b&c=%00" };
    uint8_t n = hm_cur_u8(c);
    if (n >= 128)
        return hm_str_c(WORD[n % HM_COUNT(WORD)]);
    return hm_cur_take(c, n <= hm_cur_left(c) ? n : hm_cur_left(c));
}

static void component(part_build *b, hm_cur *c)
{
    part_desc d = { .kind = (part_kind)(hm_cur_u8(c) % PART_KIND_COUNT),
                    .scope = (part_scope)(hm_cur_u8(c) % PART_SCOPE_COUNT),
                    .eco = (part_eco)(hm_cur_u8(c) % PART_ECO_COUNT),
                    .flags = hm_cur_u8(c) };
    hm_str *const field[] = {
#define X(name) &d.name,
        PART_TEXTS(X)
#undef X
    };
    d.name = text(c);
    for (uint8_t n = hm_cur_u8(c) % 8; n; n--)
        *field[hm_cur_u8(c) % HM_COUNT(field)] = text(c);
    (void)part_add(b, &d);
}

static void gap(part_build *b, hm_cur *c)
{
    hm_err e = { .rc = (hm_rc)(hm_cur_u8(c) % HM_RC_COUNT),
                 .sys = (int)(int16_t)hm_cur_le16(c),
                 .defect = (uint16_t)(hm_cur_u8(c) % HM_DEFECT_COUNT),
                 .place_kind = hm_cur_u8(c) % (HM_PLACE_ENTRY + 1) };
    e.place = e.arg[0] = hm_cur_le64(c);
    e.arg[1] = ~e.place;
    hm_str at = text(c);
    memcpy(e.at, at.p, at.n < sizeof e.at ? at.n : sizeof e.at); /* without a NUL when it is long enough */
    part_add_gap(b, text(c), &e);
}

static void step(part_build *b, hm_cur *c)
{
    uint32_t n = (uint32_t)part_build_count(b);
    uint8_t op = hm_cur_u8(c) % 8;
    part_build_detector(b, hm_cur_u8(c));
    if (op == 0) {
        component(b, c);
        return;
    }
    if (op == 1 || n == 0) {
        gap(b, c);
        return;
    }
    uint32_t x = hm_cur_u8(c) % n, y = hm_cur_u8(c) % n;
    hm_str s = text(c);
    switch (op) {
    case 2:
        part_add_evidence(b, x, s, (part_technique)(y % PART_T_COUNT), y, hm_cur_le64(c));
        break;
    case 3:
        part_add_edge(b, x, y, (part_scope)(x % PART_SCOPE_COUNT));
        break;
    case 4:
        part_add_prop(b, x, y % 2 ? s : HM_STR("os:pretty_name"), text(c));
        break;
    case 5:
        part_build_comp(b, x)->owner = y;
        break;
    case 6:
        part_add_digest(b, x, PART_MD5, HM_STR("0123456789abcdef0123456789abcdef"));
        break;
    default:
        part_add_extra(b, x, PART_FMT_SPDX, s, s);
    }
}

static bool keep(void *ctx, hm_str bytes)
{
    hm_buf_str(ctx, bytes);
    return true;
}

/* Elements of that name that begin or end in a page. */
static size_t count(hm_str s, const char *what)
{
    size_t n = 0;
    for (const char *at; (at = memchr(s.p, '<', s.n)) != NULL;) {
        s = hm_str_from(s, (size_t)(at - s.p) + 1);
        n += hm_str_starts(s, hm_str_c(what));
    }
    return n;
}

static void no_controls(hm_str s, bool csv)
{
    HM_BUG_ON(!hm_utf8_ok(s));
    for (size_t i = 0; i < s.n; i++)
        HM_BUG_ON(((uint8_t)s.p[i] < ' ' && s.p[i] != '\n' && !(csv && s.p[i] == '\r')) || s.p[i] == 0x7f);
}

static void no_formulas(hm_str s)
{
    bool quoted = false, start = true;
    for (size_t i = 3; i < s.n; i++) { /* behind the byte order mark */
        char c = s.p[i];
        if (start && !quoted && c == '"') {
            quoted = true;
            continue; /* what follows begins the field */
        }
        HM_BUG_ON(start && (c == '=' || c == '+' || c == '-' || c == '@' || c == '\t'));
        start = false;
        if (quoted) {
            quoted = c != '"' || (i + 1 < s.n && s.p[i + 1] == '"');
            i += quoted && c == '"';
        } else
            start = c == ',' || c == '\n';
    }
}

static void is_json(hm_str s)
{
    HM_AUTO(hm_arena_freep) hm_arena *a = hm_arena_new(SIZE_MAX / 4);
    const codec_json *root;
    HM_BUG_ON(a && codec_json_read(a, s, &root, NULL) != HM_OK);
}

typedef struct job {
    report_in in;
    report_style style;
    part_doc doc;
} job;

/* Writer number `which`; false: there is none. */
static bool write_one(const job *j, unsigned which, hm_buf *out)
{
    static report_fn *const FN[] = { report_table, report_html, report_json, report_csv, report_purls };
    if (which < HM_COUNT(FN)) {
        HM_BUG_ON(FN[which](&j->in, &j->style, keep, out, NULL) != HM_OK);
        return true;
    }
    unsigned version = 14 + which - (unsigned)HM_COUNT(FN);
    if (version > 17)
        return false;
    HM_BUG_ON(part_write_cyclonedx(j->in.pack, &j->doc, version, keep, out, NULL) != HM_OK);
    return true;
}

static void judge(const job *j, unsigned which, hm_str s)
{
    if (which == 0 && j->style.colour)
        HM_BUG_ON(!hm_utf8_ok(s));
    else
        no_controls(s, which == 3);
    if (which == 1)
        HM_BUG_ON(count(s, "script") != 1 || count(s, "img") != 0 || count(s, "/script") != 1);
    else if (which == 3)
        no_formulas(s);
    else if (which != 0 && which != 4)
        is_json(s);
}

static void write_all(const part_pack *p, uint8_t style, hm_str name)
{
    const report_skip skip = { .path = name, .why = "permission" };
    const job j = { .in = { .pack = p,
                            .command = HM_STR("scan"),
                            .target = name,
                            .tool_version = "0",
                            .denied = style,
                            .skip = &skip,
                            .skip_n = 1,
                            .interrupted = style & 8,
                            .jail_seccomp = style & 16,
                            .exit_status = 3 },
                    .style = { .lang = style & 1 ? TEXT_JA : TEXT_EN, .colour = style & 2, .columns = style },
                    .doc = { .subject_name = name, .subject_version = name, .tool_version = HM_STR("0") } };
    for (unsigned which = 0;; which++) {
        HM_AUTO(hm_buf_clear) hm_buf a = { .limit = OUT_MAX };
        HM_AUTO(hm_buf_clear) hm_buf b = { .limit = OUT_MAX };
        if (!write_one(&j, which, &a) || a.bad)
            return;
        judge(&j, which, hm_buf_view(&a));
        HM_BUG_ON(!write_one(&j, which, &b) || !hm_str_eq(hm_buf_view(&a), hm_buf_view(&b)));
    }
}

static void from_block(hm_str bytes)
{
    char *copy = aligned_alloc(8, (bytes.n + 8) & ~(size_t)7);
    part_pack p;
    if (!copy)
        return;
    memcpy(copy, bytes.p, bytes.n);
    if (part_pack_open((hm_str){ copy, bytes.n }, &p, NULL) == HM_OK)
        write_all(&p, 0, HM_STR("t"));
    free(copy);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    hm_cur c = hm_cur_of((hm_str){ (const char *)data, size });
    if (hm_cur_u8(&c) % 2 == 0) {
        from_block(hm_cur_take(&c, hm_cur_left(&c)));
        return 0;
    }
    uint8_t style = hm_cur_u8(&c);
    hm_str name = text(&c), block;
    HM_AUTO(part_build_freep) part_build *b = part_build_new(BUDGET);
    part_pack p;
    while (b && hm_cur_left(&c))
        step(b, &c);
    if (b && part_build_finish(b, &block, NULL) == HM_OK) {
        HM_BUG_ON(part_pack_open(block, &p, NULL) != HM_OK);
        write_all(&p, style, name);
    }
    return 0;
}
