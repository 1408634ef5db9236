/* width - columns on a terminal, cutting to them and wrapping at them. Wide and full-width characters (UAX 11 W, F) take
 * 2, combining ones 0, ambiguous ones 1. Bytes that are no text, and characters that move or hide text (controls, bidi,
 * zero-width), count and are written as \xNN, 4 columns a byte.
 * Line breaks: at blanks; and beside a wide character, but not before closing marks and small kana nor after opening
 * marks (JIS X 4051, the usual subset). Every function is linear in its input. */
#include "text/text_int.h"
#include <utf8proc.h>

typedef struct piece {
    hm_str c;   /* its bytes */
    int32_t cp; /* code point; -1: escaped */
    size_t width;
} piece;

static piece next_piece(hm_str rest)
{
    size_t n = hm_utf8_len(rest);
    piece p = { .c = hm_str_sub(rest, 0, n ? n : 1), .cp = -1 };
    utf8proc_int32_t cp = -1;
    if (n && utf8proc_iterate((const utf8proc_uint8_t *)rest.p, (utf8proc_ssize_t)n, &cp) < 0)
        cp = -1;
    utf8proc_category_t cat = cp < 0 ? UTF8PROC_CATEGORY_CC : utf8proc_category(cp);
    if (cat == UTF8PROC_CATEGORY_CC || cat == UTF8PROC_CATEGORY_CF || cat == UTF8PROC_CATEGORY_ZL ||
        cat == UTF8PROC_CATEGORY_ZP) {
        p.width = 4 * p.c.n;
        return p;
    }
    p.cp = cp;
    int w = utf8proc_charwidth(cp);
    p.width = w > 0 ? (size_t)w : 0;
    return p;
}

static void put_piece(hm_buf *out, const piece *p)
{
    if (p->cp >= 0) {
        hm_buf_str(out, p->c);
        return;
    }
    for (size_t i = 0; i < p->c.n; i++) {
        hm_buf_c(out, "\\x");
        hm_buf_hex(out, hm_str_sub(p->c, i, 1));
    }
}

static void blanks(hm_buf *out, size_t n)
{
    static const char SPACE[] = "                                ";
    for (; n > sizeof SPACE - 1; n -= sizeof SPACE - 1)
        hm_buf_add(out, SPACE, sizeof SPACE - 1);
    hm_buf_add(out, SPACE, n);
}

size_t text_width(hm_str s)
{
    size_t width = 0;
    for (size_t at = 0; at < s.n;) {
        piece p = next_piece(hm_str_from(s, at));
        width += p.width;
        at += p.c.n;
    }
    return width;
}

void text_fit(hm_buf *out, hm_str s, size_t columns, bool pad)
{
    /* Where the text fits wholly, and where it must end to leave one column for the ellipsis. */
    size_t width = 0, keep = 0, keep_width = 0, at = 0;
    while (at < s.n && width <= columns) {
        piece p = next_piece(hm_str_from(s, at));
        width += p.width;
        at += p.c.n;
        if (width < columns || (width == columns && columns == 0)) {
            keep = at;
            keep_width = width;
        }
    }
    bool cut = width > columns;
    hm_str shown = hm_str_sub(s, 0, cut ? keep : s.n);
    for (size_t i = 0; i < shown.n;) {
        piece p = next_piece(hm_str_from(shown, i));
        put_piece(out, &p);
        i += p.c.n;
    }
    if (cut && columns) {
        hm_buf_c(out, "\xe2\x80\xa6");
        width = keep_width + 1;
    }
    if (pad && width < columns)
        blanks(out, columns - width);
}

/* ---- wrapping ---------------------------------------------------------------------------------------------------- */

static bool among(int32_t cp, const char *set)
{
    hm_str rest = hm_str_c(set);
    while (cp >= 0 && rest.n) {
        piece p = next_piece(rest);
        if (p.cp == cp)
            return true;
        rest = hm_str_from(rest, p.c.n);
    }
    return false;
}

static bool no_line_start(int32_t cp)
{
    return among(cp,
                 "、。，．・：；？！」』）］｝〉》】〕〟’”ー～…‥々ゝゞヽヾぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮヵヶ"
                 ",.:;?!)]}%");
}

static bool no_line_end(int32_t cp)
{
    return among(cp, "「『（［｛〈《【〔〝‘“([{");
}

/* May the line break between these two? */
static bool may_break(const piece *before, const piece *after)
{
    if (after->width == 0 || no_line_start(after->cp) || no_line_end(before->cp))
        return false;
    return (before->cp >= 0 && before->width == 2) || (after->cp >= 0 && after->width == 2);
}

/* Cuts the next line of at most `columns` off *rest (which holds no line end): a blank at the break is dropped. */
static hm_str wrap_line(hm_str *rest, size_t columns)
{
    hm_str s = *rest;
    size_t at = 0, width = 0, stop = 0, go = 0;
    piece before = { .cp = -1 };
    while (at < s.n) {
        piece p = next_piece(hm_str_from(s, at));
        if (p.cp == ' ') {
            size_t end = at;
            while (at < s.n && s.p[at] == ' ')
                at++;
            if (end && width <= columns) {
                stop = end;
                go = at;
            }
            width += at - end;
            before = p;
            continue;
        }
        if (at && before.cp != ' ' && may_break(&before, &p))
            stop = go = at;
        if (width + p.width > columns && at) {
            if (stop == 0)
                stop = go = at;
            break;
        }
        width += p.width;
        at += p.c.n;
        before = p;
    }
    if (at >= s.n) { /* all of it fits, trailing blanks aside */
        size_t n = s.n;
        while (n && s.p[n - 1] == ' ')
            n--;
        stop = n;
        go = s.n;
    }
    *rest = hm_str_from(s, go);
    return hm_str_sub(s, 0, stop);
}

void text_wrap(hm_buf *out, hm_str s, size_t columns, size_t indent)
{
    size_t room = columns > indent + 10 ? columns - indent : 10;
    hm_str para;
    while (hm_str_line(&s, &para)) {
        do {
            hm_str line = wrap_line(&para, room);
            if (line.n)
                blanks(out, indent);
            for (size_t i = 0; i < line.n;) {
                piece p = next_piece(hm_str_from(line, i));
                put_piece(out, &p);
                i += p.c.n;
            }
            hm_buf_byte(out, '\n');
        } while (para.n);
    }
}

void text_breaks(hm_buf *out, hm_str s, const char *mark)
{
    piece before = { .cp = ' ' };
    for (size_t at = 0; at < s.n;) {
        piece p = next_piece(hm_str_from(s, at));
        if (before.cp != ' ' && p.cp != ' ' && before.c.p[0] != '\n' && p.c.p[0] != '\n' && may_break(&before, &p))
            hm_buf_c(out, mark);
        hm_buf_str(out, p.c);
        at += p.c.n;
        before = p;
    }
}
