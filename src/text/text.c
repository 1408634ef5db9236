/* text - messages out of the compiled tables: language choice and the filling in of typed arguments.
 * A message is our own text (from lang/), its arguments are not: {n:str} is foreign and made printable, {n:raw} is ours.
 * Invariant: tools/make-lang has checked that both languages declare the same arguments for a key. */
#include "text/text_int.h"

static const char *const LANG_NAME[TEXT_LANG_COUNT] = { [TEXT_EN] = "en", [TEXT_JA] = "ja" };

const char *text_lang_name(text_lang lang)
{
    return (unsigned)lang < TEXT_LANG_COUNT ? LANG_NAME[lang] : LANG_NAME[TEXT_EN];
}

bool text_lang_parse(hm_str s, text_lang *ret)
{
    size_t n = 0;
    while (n < s.n && s.p[n] != '_' && s.p[n] != '.' && s.p[n] != '@' && s.p[n] != '-')
        n++;
    hm_str head = hm_str_sub(s, 0, n);
    if (hm_str_eq_nocase(head, HM_STR("C")) || hm_str_eq_nocase(head, HM_STR("POSIX"))) {
        *ret = TEXT_EN;
        return true;
    }
    for (unsigned i = 0; i < TEXT_LANG_COUNT; i++)
        if (hm_str_eq_nocase(head, hm_str_c(LANG_NAME[i]))) {
            *ret = (text_lang)i;
            return true;
        }
    return false;
}

text_lang text_lang_of_env(const char *lc_all, const char *lc_messages, const char *lang)
{
    const char *const from[] = { lc_all, lc_messages, lang };
    text_lang found = TEXT_EN;
    for (size_t i = 0; i < HM_COUNT(from); i++)
        if (from[i] && *from[i]) {
            (void)text_lang_parse(hm_str_c(from[i]), &found);
            break;
        }
    return found;
}

const char *text_get(text_lang lang, enum text_key key)
{
    if ((unsigned)key >= TEXT_KEY_COUNT || (unsigned)lang >= TEXT_LANG_COUNT)
        return "";
    return text_table[lang][key];
}

/* ---- filling in -------------------------------------------------------------------------------------------------- */

static const struct {
    const char *name;
    int type;
    bool foreign;
} TYPE[] = {
    { "str", TEXT_ARG_STR, true },      { "raw", TEXT_ARG_STR, false }, { "num", TEXT_ARG_NUM, false },
    { "bytes", TEXT_ARG_BYTES, false }, { "ms", TEXT_ARG_MS, false },   { "time", TEXT_ARG_TIME, false },
};

static void put_time(hm_buf *out, text_lang lang, hm_time t)
{
    char iso[HM_TIME_TEXT];
    hm_time_text(t, iso);
    hm_str date = hm_str_sub(hm_str_c(iso), 0, 10), clock = hm_str_sub(hm_str_c(iso), 11, 5);
    say_when(out, lang, hm_str_sub(date, 0, 4), hm_str_sub(date, 5, 2), hm_str_sub(date, 8, 2), clock);
}

/* One argument place "n:type" (without the braces). */
static void put_arg(hm_buf *out, text_lang lang, hm_str place, const text_arg *argv, size_t argc, bool strict)
{
    hm_str name;
    uint64_t no = 0;
    bool ok = hm_str_u64(hm_str_cut(place, ':', &name), &no);
    HM_BUG_ON(!ok || no == 0 || no > argc);
    const text_arg *a = &argv[no - 1];
    size_t t = 0;
    while (t < HM_COUNT(TYPE) && !hm_str_is(name, TYPE[t].name))
        t++;
    HM_BUG_ON(t == HM_COUNT(TYPE) || (strict && (int)a->type != TYPE[t].type));
    switch (TYPE[t].type) {
    case TEXT_ARG_STR:
        if (TYPE[t].foreign)
            hm_buf_printable(out, a->s, 0);
        else
            hm_buf_str(out, a->s);
        break;
    case TEXT_ARG_NUM:
        text_num(out, a->n);
        break;
    case TEXT_ARG_BYTES:
        text_bytes(out, a->n);
        break;
    case TEXT_ARG_MS:
        text_ms(out, lang, a->n);
        break;
    case TEXT_ARG_TIME:
        put_time(out, lang, (hm_time)a->n);
        break;
    default:
        break;
    }
}

void text_fill(hm_buf *out, text_lang lang, enum text_key key, const text_arg *argv, size_t argc, bool strict)
{
    hm_str rest = hm_str_c(text_get(lang, key));
    while (rest.n) {
        size_t open = hm_str_find(rest, '{');
        hm_buf_str(out, hm_str_sub(rest, 0, open));
        rest = hm_str_from(rest, open);
        if (rest.n == 0)
            return;
        hm_str place = hm_str_cut(hm_str_from(rest, 1), '}', &rest);
        put_arg(out, lang, place, argv, argc, strict);
    }
}

void text_say(hm_buf *out, text_lang lang, enum text_key key, const text_arg *argv, size_t argc)
{
    HM_BUG_ON((unsigned)key >= TEXT_KEY_COUNT || argc != text_argc[key]);
    text_fill(out, lang, key, argv, argc, true);
}
