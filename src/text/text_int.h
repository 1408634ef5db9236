#pragma once
/* text_int - the compiled tables (text_gen.c, made by tools/make-lang). */
#include "text/text.h"
extern const char *const text_table[TEXT_LANG_COUNT][TEXT_KEY_COUNT];
extern const uint8_t text_argc[TEXT_KEY_COUNT];
extern const uint16_t text_defect_key[HM_DEFECT_COUNT][2]; /* what, remedy */
