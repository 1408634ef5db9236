#pragma once
/* toml_scalar - kinds of bare values of TOML, for its reader. Private to the room. */
#include "base/base.h"

typedef enum codec_toml_kind {
    CODEC_TOML_NONE = 0, /* none of these */
    CODEC_TOML_BOOL,
    CODEC_TOML_INT,    /* from 0 to 2^64 - 1 */
    CODEC_TOML_NUMBER, /* any other integer, floats */
    CODEC_TOML_TIME,   /* dates and times */
} codec_toml_kind;
codec_toml_kind codec_toml_scalar(hm_str s, uint64_t *ret_number); /* BOOL: 0 or 1, INT: the value; else untouched */
bool codec_toml_is_date(hm_str s);                                 /* begins with a date */
int codec_toml_hex(int c);                                         /* value of a hex digit, -1: none */
