#pragma once
/* tree - builds codec_json values by hand, for readers of other notations (YAML, TOML): the accessors of codec.h then
 * serve their documents too. Private to the room. */
#include "codec/codec.h"

/* Call in document order: an object is codec_tree_obj, then for each member codec_tree_key and one value, then
 * codec_tree_end. Failure is sticky (memory, budget, depth, a wrong order of calls): add freely, check at finish. */
typedef struct codec_tree codec_tree;
/* `values`: how many values and keys to expect, for one allocation in place of several; 0: unknown. `copies`: strings
 * are copied into the arena; else they are borrowed and must live as long as the tree. NULL: see hm_arena_fail. */
codec_tree *codec_tree_new(hm_arena *a, size_t values, bool copies) HM_MUST;
void codec_tree_obj(codec_tree *t);
void codec_tree_arr(codec_tree *t);
void codec_tree_end(codec_tree *t); /* ends the innermost object or array */
void codec_tree_key(codec_tree *t, hm_str key);
void codec_tree_str(codec_tree *t, hm_str s);
void codec_tree_bool(codec_tree *t, bool v);
void codec_tree_u64(codec_tree *t, uint64_t v);
void codec_tree_num(codec_tree *t, hm_str text); /* any other number, as text: type CODEC_NUM, codec_json_u64 says no */
void codec_tree_null(codec_tree *t);
/* Aliases (YAML): codec_tree_at names the value that is added next, codec_tree_again adds a copy of the value of that
 * name, once it is complete (costs as much as it is large: the budget bounds it). */
size_t codec_tree_at(const codec_tree *t);
void codec_tree_again(codec_tree *t, size_t at);
size_t codec_tree_depth(const codec_tree *t); /* objects and arrays open now */
bool codec_tree_bad(const codec_tree *t);     /* true: adding more is pointless */
/* Exactly one value must be there and nothing open. HM_LIMIT DEFECT_TOO_DEEP (more than CODEC_JSON_DEPTH levels, no
 * place: the caller sets it) or _BUDGET, HM_NOMEM, HM_BUG DEFECT_INTERNAL for a wrong order of calls. */
hm_rc codec_tree_finish(codec_tree *t, const codec_json **ret_root, hm_err *err) HM_MUST;
