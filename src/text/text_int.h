#pragma once
/* text_int - the compiled tables (text_gen.c, made by tools/make-lang), and what the files of this room share. */
#include "text/text.h"
extern const char *const text_table[TEXT_LANG_COUNT][TEXT_KEY_COUNT];
extern const uint8_t text_argc[TEXT_KEY_COUNT];
extern const uint16_t text_defect_key[HM_DEFECT_COUNT][2]; /* what, remedy */

/* Fills in one message. `strict`: an argument of another type than the message says is our fault; else the message
 * decides how the number is shown (defects, whose arguments are four plain numbers). */
void text_fill(hm_buf *out, text_lang lang, enum text_key key, const text_arg *argv, size_t argc, bool strict);
