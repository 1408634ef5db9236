/* fields - records of "Field: value" lines: deb822 (Debian policy 5.1), RFC 822 headers, Python METADATA, manifests.
 *
 *   record := field+            field := name ':' value EOL { (' ' | '\t') text EOL }
 *   file   := { blank } record { blank+ record } { blank }     EOL := "\n" | "\r\n" | end of file
 *
 * 1. Every byte of the text is given out as part of a field, a record's end or a bad line, or is a byte order mark.
 * 2. Slices borrow from the text; nothing is allocated; one pass, each byte is looked at a bounded number of times.
 * 3. A line of white space is a continuation inside a field (setuptools writes such Descriptions), else a blank line.
 * 4. A line longer than LIMIT_FIELD_LINE is a bad line: the caller tells it from others by its length.
 * 5. Continuations of a bad line belong to it and are passed over with it.
 * The enemy is the author of the text: any bytes, any length. */
#include "base/limits.h"
#include "codec/codec.h"

codec_fields codec_fields_of(hm_str text)
{
    if (hm_str_starts(text, HM_STR("\xef\xbb\xbf")))
        text = hm_str_from(text, 3);
    return (codec_fields){ .rest = text, .line = 1 };
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static bool all_blank(hm_str line)
{
    for (size_t i = 0; i < line.n; i++)
        if (!is_blank(line.p[i]))
            return false;
    return true;
}

/* Length of the field name before ':', 0 if the line is no field. Policy 5.1: printable ASCII but blank and colon, not
 * starting with '#' or '-'. */
static size_t name_length(hm_str line)
{
    size_t i = 0;
    if (line.n == 0 || line.p[0] == '#' || line.p[0] == '-')
        return 0;
    while (i < line.n && line.p[i] > ' ' && line.p[i] < 0x7f && line.p[i] != ':')
        i++;
    return i < line.n && line.p[i] == ':' ? i : 0;
}

/* Takes the continuation lines at the start of f->rest; the end of the last one, or `end`. */
static const char *continuations(codec_fields *f, const char *end)
{
    while (f->rest.n && is_blank(f->rest.p[0])) {
        size_t n = hm_str_find(f->rest, '\n');
        hm_str rest = f->rest, line;
        if (n > LIMIT_FIELD_LINE || !hm_str_line(&rest, &line))
            break;
        end = line.p + line.n;
        f->rest = rest;
        f->line++;
    }
    return end;
}

codec_step codec_fields_next(codec_fields *f, codec_field *ret)
{
    hm_str rest = f->rest, line;
    bool blank = false;
    while (hm_str_line(&rest, &line) && all_blank(line)) {
        blank = true;
        f->rest = rest;
        f->line++;
    }
    if (blank)
        return CODEC_RECORD_END;
    if (!hm_str_line(&f->rest, &line))
        return CODEC_END;
    *ret = (codec_field){ .name = HM_NONE, .value = line, .line = f->line++ };
    size_t name = line.n <= LIMIT_FIELD_LINE ? name_length(line) : 0;
    if (name == 0) {
        (void)continuations(f, NULL);
        return CODEC_BAD_LINE;
    }
    ret->name = hm_str_sub(line, 0, name);
    const char *end = continuations(f, line.p + line.n), *start = line.p + name + 1;
    while (start < line.p + line.n && hm_is_space(*start))
        start++;
    if (end == line.p + line.n)
        while (end > start && hm_is_space(end[-1]))
            end--;
    ret->value = (hm_str){ start, (size_t)(end - start) };
    return CODEC_FIELD;
}

bool codec_value_line(hm_str *rest, hm_str *ret_line)
{
    hm_str line;
    if (!hm_str_line(rest, &line))
        return false;
    while (line.n && is_blank(line.p[0]))
        line = hm_str_from(line, 1);
    while (line.n && is_blank(line.p[line.n - 1]))
        line.n--;
    *ret_line = hm_str_is(line, ".") ? HM_NONE : line;
    return true;
}
