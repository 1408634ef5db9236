/* yarn_lines - see yarn_lines.h. Each byte is looked at a fixed number of times; nothing recurses.
 * Enemy: the author of the lock (lines without end, quotes that do not close, half-merged files). */
#include "detect/yarn_lines.h"
#include "codec/codec.h"

yarn_lines detect_yarn_lines(hm_arena *a, hm_str text)
{
    yarn_lines y = { .arena = a, .rest = text };
    if (hm_str_starts(text, HM_STR("\xef\xbb\xbf")))
        y.rest = hm_str_from(text, 3);
    return y;
}

/* Text of a quoted string with its quotes; false: it is none. */
static bool unquote(yarn_lines *y, hm_str quoted, hm_str *ret)
{
    hm_str inner = hm_str_sub(quoted, 1, quoted.n - 2);
    if (hm_str_find(inner, '\\') == inner.n) {
        *ret = inner;
        return true;
    }
    const codec_json *v = NULL;
    hm_rc rc = codec_json_read(y->arena, quoted, &v, NULL);
    y->no_memory |= rc == HM_NOMEM || rc == HM_LIMIT;
    *ret = codec_json_str(v);
    return rc == HM_OK;
}

/* Takes a quoted or bare word from the head of *s; bare ones end before a space, and before one of `ends`. */
static bool take(yarn_lines *y, hm_str *s, const char *ends, hm_str *ret)
{
    size_t n = 0;
    if (s->n && s->p[0] == '"') {
        for (n = 1; n < s->n && s->p[n] != '"'; n++)
            if (s->p[n] == '\\')
                n++;
        if (n >= s->n || !unquote(y, hm_str_sub(*s, 0, n + 1), ret))
            return false;
        *s = hm_str_from(*s, n + 1);
        return true;
    }
    while (n < s->n && s->p[n] != ' ' && !strchr(ends, s->p[n]) && s->p[n] != '\0')
        n++;
    *ret = hm_str_sub(*s, 0, n);
    *s = hm_str_from(*s, n);
    return n > 0;
}

static hm_str skip_spaces(hm_str s)
{
    size_t n = 0;
    while (n < s.n && s.p[n] == ' ')
        n++;
    return hm_str_from(s, n);
}

static yarn_kind bad(yarn_item *it, hm_str line)
{
    it->value = line;
    return it->kind = YARN_BAD;
}

/* The next key in y->keys: KEY followed by "," or by ":" and nothing. */
static yarn_kind next_key(yarn_lines *y, yarn_item *it)
{
    hm_str s = y->keys;
    it->line = y->line;
    y->keys = HM_NONE;
    if (!take(y, &s, ":,", &it->name))
        return bad(it, s);
    s = skip_spaces(s);
    if (hm_str_starts(s, HM_STR(","))) {
        y->keys = skip_spaces(hm_str_from(s, 1));
        it->more = y->keys.n > 0;
    } else if (!hm_str_eq(hm_str_trim(s), HM_STR(":"))) {
        return bad(it, s);
    }
    return it->kind = YARN_KEY;
}

static yarn_kind field(yarn_lines *y, hm_str s, yarn_item *it)
{
    hm_str line = s;
    if (!take(y, &s, ":", &it->name))
        return bad(it, line);
    if (hm_str_starts(s, HM_STR(":"))) {
        s = hm_str_trim(hm_str_from(s, 1));
        if (s.n == 0)
            return it->kind = YARN_BLOCK;
    } else {
        s = hm_str_trim(s);
        if (s.n == 0)
            return bad(it, line);
    }
    it->value = s;
    if (s.p[0] == '"' && (!take(y, &s, "", &it->value) || s.n))
        return bad(it, line);
    return it->kind = YARN_FIELD;
}

yarn_kind detect_yarn_next(yarn_lines *y, yarn_item *ret)
{
    hm_str line;
    *ret = (yarn_item){ 0 };
    if (y->keys.n)
        return next_key(y, ret);
    while (hm_str_line(&y->rest, &line)) {
        ret->line = ++y->line;
        hm_str s = skip_spaces(line);
        size_t indent = line.n - s.n;
        if (hm_str_trim(s).n == 0 || s.p[0] == '#')
            continue;
        if (y->long_key && hm_str_is(hm_str_trim(line), ":")) {
            y->long_key = false;
            continue;
        }
        ret->depth = indent == 0 && s.p[0] != '\t' ? 0 : indent < 4 ? 1 : (unsigned)(indent / 2);
        if (indent % 2 || indent > 6 || s.p[0] == '\t')
            return bad(ret, line);
        if (indent)
            return field(y, s, ret);
        if (hm_str_starts(line, HM_STR("? "))) {
            hm_str key = hm_str_trim(hm_str_from(line, 2));
            y->long_key = true;
            if (!take(y, &key, "", &ret->name) || key.n)
                return bad(ret, line);
            return ret->kind = YARN_KEY;
        }
        y->keys = line;
        if (next_key(y, ret) == YARN_BAD)
            ret->value = line;
        return ret->kind;
    }
    return YARN_END;
}
