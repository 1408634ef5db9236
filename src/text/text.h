#pragma once
/* text - what people read: messages in Japanese and English, errors rendered, display widths, NFKC.
 * The files of lang/en and lang/ja hold the same keys with the same typed arguments; tools/make-lang makes them const
 * tables (text_gen.h, text_gen.c) and fails the build on a missing or unused key or an argument that differs.
 * Language is a parameter, never the locale. */
#include "base/base.h"
#include "text_gen.h" /* enum text_key { TEXT_..., TEXT_KEY_COUNT }, and say_KEY(buf, lang, args...) for each key with
                       * arguments: typed functions */

typedef enum text_lang { TEXT_EN = 0, TEXT_JA, TEXT_LANG_COUNT } text_lang;
bool text_lang_parse(hm_str s, text_lang *ret); /* "ja", "ja_JP.UTF-8", "en", "C" ... false: neither */
/* From LC_ALL, LC_MESSAGES, LANG values in this order (each may be NULL): the first non-empty decides; else English. */
text_lang text_lang_of_env(const char *lc_all, const char *lc_messages, const char *lang);
const char *text_lang_name(text_lang lang); /* "en", "ja" */

/* one argument, by the type letter of its place in the message */
typedef struct text_arg {
    enum { TEXT_ARG_STR, TEXT_ARG_NUM, TEXT_ARG_BYTES, TEXT_ARG_MS, TEXT_ARG_TIME } type;
    hm_str s;   /* {1:str}: foreign bytes are made printable; {1:raw}: our own text, as it is */
    uint64_t n; /* {1:num} grouped digits; {1:bytes} "1.5 MiB"; {1:ms} "1.2 s"; {1:time} RFC 3339 to people's form */
} text_arg;
const char *text_get(text_lang lang, enum text_key key); /* message without arguments; never NULL */
/* Used by say_KEY; argc must be what the key declares (HM_BUG_ON). */
void text_say(hm_buf *out, text_lang lang, enum text_key key, const text_arg *argv, size_t argc);
/* 'PATH: line 3: what is wrong; what was expected: "at" (EIO: why). What to do.' Path empty: left out. No line end. */
void text_error(hm_buf *out, text_lang lang, hm_str path, const hm_err *err);
/* The two halves, for tables: what (with place and arguments) and remedy. */
void text_error_what(hm_buf *out, text_lang lang, const hm_err *err);
void text_error_remedy(hm_buf *out, text_lang lang, const hm_err *err);

/* Columns on a terminal (wide and full-width 2, combining 0, invalid bytes 4 as \xNN). */
size_t text_width(hm_str s);
/* Cuts to at most `columns` (with "…" when cut) and pads with blanks; pad false: only cut. */
void text_fit(hm_buf *out, hm_str s, size_t columns, bool pad);
/* Wraps to columns at blanks (Japanese: between characters, not before 、。）」 nor after （「), each line indented. */
void text_wrap(hm_buf *out, hm_str s, size_t columns, size_t indent);
/* Copies s with `mark` at every place that is no blank and where a line may break (beside wide characters). */
void text_breaks(hm_buf *out, hm_str s, const char *mark);
/* NFKC (UAX 15) with case folding for search; invalid UTF-8: HM_FORMAT. */
hm_rc text_fold(hm_arena *a, hm_str s, hm_str *ret, hm_err *err) HM_MUST;
void text_num(hm_buf *out, uint64_t n);                 /* 1,234,567 */
void text_bytes(hm_buf *out, uint64_t n);               /* 512 B, 1.5 KiB, 20.0 MiB */
void text_ms(hm_buf *out, text_lang lang, uint64_t ms); /* 35 ms, 1.2 s, 3 min 5 s; 35ミリ秒, 1.2秒, 3分5秒 */
