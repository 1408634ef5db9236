#pragma once
/* yarn_lines - the notation of yarn.lock, line by line: that of Yarn 1, and the subset of YAML that Yarn 2 and later
 * write (which their own reader takes in place of YAML).
 *
 *   # comment
 *   "a@npm:1, a@^1", b@2:          an entry: keys, at column 0      ? KEY
 *     version "1.0.0"              Yarn 1: name, space, value       :            (Yarn 2: keys of over 1024 bytes)
 *     version: 1.0.0               Yarn 2: name, colon, value
 *     dependencies:                a block of pairs
 *       c "^1"
 *     dependenciesMeta:            a block of blocks
 *       c:
 *         optional: true
 *
 * Names and values are bare or quoted as JSON strings. A line is two spaces deeper than what holds it. */
#include "base/base.h"

typedef enum yarn_kind {
    YARN_END = 0,
    YARN_KEY,   /* one key of an entry; `more`: another one of the same entry follows */
    YARN_FIELD, /* name and value */
    YARN_BLOCK, /* name alone */
    YARN_BAD,   /* no such line: `value` is it */
} yarn_kind;
typedef struct yarn_item {
    yarn_kind kind;
    unsigned depth; /* 0 for keys, 1 for their fields, 2, 3 */
    bool more;
    hm_str name, value; /* borrowed from the text, or in the arena */
    uint64_t line;
} yarn_item;
typedef struct yarn_lines {
    hm_arena *arena;
    hm_str rest, keys; /* keys: of this line, still to be given */
    uint64_t line;
    bool long_key; /* "? KEY" was given, ":" is due */
    bool no_memory;
} yarn_lines;

yarn_lines detect_yarn_lines(hm_arena *a, hm_str text);
yarn_kind detect_yarn_next(yarn_lines *y, yarn_item *ret);
