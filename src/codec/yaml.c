/* yaml - reader of YAML 1.1 and what 1.2 documents use of it, on libyaml's event parser; gives the same trees as JSON.
 *
 *   stream of documents -> [ document, document, ... ]
 *   plain true, false -> bool; plain null, ~ and nothing -> null; every other scalar -> its text, as written (a version
 *   1.10 is no number); mapping -> object, keys in order, doubles kept; sequence -> array; alias -> copy.
 * Tags have no meaning here, save that a tagged scalar is text. A merge key ("<<") is a member of that name.
 * Invariants:
 * 1. level[] says of each open mapping whether a key is due; its height is checked before it grows.
 * 2. an alias names a value that has ended: anchors are known by then, and a value within itself is refused.
 * 3. libyaml keeps at most 1024 characters of tokens ahead of an event, so depth is bounded before its heap grows.
 * Enemy: the author of the document (depth, aliases that multiply, keys that are mappings, bytes that are not UTF-8).
 * libyaml uses the heap: the bound on it is the worker's. */
#include "codec/tree.h"
#include <yaml.h>

enum { MOST_DIRECTIVES = 64 };

typedef struct anchor {
    size_t at, depth; /* first value in the tree; levels open around it */
    hm_str text;      /* of a scalar, to be a key */
    bool scalar, ended;
} anchor;
typedef struct level {
    size_t anchor; /* + 1; 0: none */
    bool object, key_due;
} level;
typedef struct reader {
    hm_arena *arena;
    codec_tree *tree;
    hm_map *names; /* of the document -> index in anchors */
    hm_vec anchors;
    level levels[CODEC_JSON_DEPTH];
    size_t depth, documents;
    yaml_parser_t parser;
} reader;

static hm_str text_of(const yaml_char_t *p, size_t n)
{
    return (hm_str){ (const char *)p, n };
}

static hm_rc bad(const yaml_event_t *e, hm_rc rc, hm_defect defect, uint64_t arg, hm_err *err)
{
    return hm_fail(err, rc, defect, HM_PLACE_LINE, (uint64_t)e->start_mark.line + 1, arg);
}

/* Names the value that comes next. *ret_index: index + 1, 0 where there is no name. */
static hm_rc note(reader *r, const yaml_char_t *name, size_t *ret_index, hm_err *err)
{
    *ret_index = 0;
    if (!name)
        return HM_OK;
    hm_str key;
    anchor *a = hm_vec_push(&r->anchors, r->arena);
    if (!a || !hm_arena_dup(r->arena, hm_str_c((const char *)name), &key))
        return hm_arena_fail(r->arena, err);
    a->at = codec_tree_at(r->tree);
    uint64_t *index = hm_map_put(r->names, key, 0);
    if (!index)
        return hm_fail(err, HM_NOMEM, DEFECT_NOMEM, HM_PLACE_NONE, 0, 0);
    *index = r->anchors.n - 1; /* a name given again has its new value */
    *ret_index = r->anchors.n;
    return HM_OK;
}

static bool *key_due(reader *r)
{
    level *l = r->depth ? &r->levels[r->depth - 1] : NULL;
    return l && l->object ? &l->key_due : NULL;
}

/* After a value: the mapping around it wants a key. */
static void value_done(reader *r)
{
    bool *due = key_due(r);
    if (due)
        *due = true;
}

static hm_rc begin(reader *r, const yaml_event_t *e, const yaml_char_t *name, bool object, hm_err *err)
{
    size_t named;
    bool *due = key_due(r);
    if (due && *due) /* a mapping or sequence as a key */
        return bad(e, HM_UNSUPPORTED, DEFECT_WRONG_TYPE, 0, err);
    if (r->depth == CODEC_JSON_DEPTH - 1) /* the array of documents is a level too */
        return bad(e, HM_LIMIT, DEFECT_TOO_DEEP, CODEC_JSON_DEPTH, err);
    hm_rc rc = note(r, name, &named, err);
    if (rc != HM_OK)
        return rc;
    if (object)
        codec_tree_obj(r->tree);
    else
        codec_tree_arr(r->tree);
    r->levels[r->depth++] = (level){ .anchor = named, .object = object, .key_due = object };
    return HM_OK;
}

static void end(reader *r)
{
    level *l = &r->levels[--r->depth];
    if (l->anchor)
        HM_VEC_AT(&r->anchors, anchor, l->anchor - 1)->ended = true;
    codec_tree_end(r->tree);
    value_done(r);
}

static void add_scalar(reader *r, hm_str s, bool plain)
{
    if (plain && (hm_str_is(s, "true") || hm_str_is(s, "false")))
        codec_tree_bool(r->tree, s.p[0] == 't');
    else if (plain && (s.n == 0 || hm_str_is(s, "~") || hm_str_is(s, "null")))
        codec_tree_null(r->tree);
    else
        codec_tree_str(r->tree, s);
}

static hm_rc scalar(reader *r, const yaml_event_t *e, hm_err *err)
{
    hm_str s = text_of(e->data.scalar.value, e->data.scalar.length);
    bool plain = e->data.scalar.style == YAML_PLAIN_SCALAR_STYLE && e->data.scalar.plain_implicit, *due = key_due(r);
    size_t named;
    hm_rc rc = note(r, e->data.scalar.anchor, &named, err);
    if (rc != HM_OK)
        return rc;
    if (due && *due) {
        codec_tree_key(r->tree, s);
        *due = false;
    } else {
        add_scalar(r, s, plain);
        value_done(r);
    }
    if (named) {
        anchor *a = HM_VEC_AT(&r->anchors, anchor, named - 1);
        if (!hm_arena_dup(r->arena, s, &a->text))
            return hm_arena_fail(r->arena, err);
        a->scalar = a->ended = true;
    }
    return HM_OK;
}

static hm_rc alias(reader *r, const yaml_event_t *e, hm_err *err)
{
    uint64_t index;
    bool *due = key_due(r);
    if (!hm_map_get(r->names, hm_str_c((const char *)e->data.alias.anchor), &index))
        return bad(e, HM_FORMAT, DEFECT_YAML_SYNTAX, 0, err);
    const anchor *a = HM_VEC_AT(&r->anchors, anchor, (size_t)index);
    if (!a->ended)
        return bad(e, HM_FORMAT, DEFECT_YAML_SYNTAX, 0, err);
    if (due && *due) {
        if (!a->scalar)
            return bad(e, HM_UNSUPPORTED, DEFECT_WRONG_TYPE, 0, err);
        codec_tree_key(r->tree, a->text);
        *due = false;
        return HM_OK;
    }
    codec_tree_again(r->tree, a->at);
    value_done(r);
    return HM_OK;
}

static hm_rc one_event(reader *r, const yaml_event_t *e, hm_err *err)
{
    switch (e->type) {
    case YAML_DOCUMENT_START_EVENT:
        hm_map_reset(r->names);
        r->documents++;
        return HM_OK;
    case YAML_MAPPING_START_EVENT:
        return begin(r, e, e->data.mapping_start.anchor, true, err);
    case YAML_SEQUENCE_START_EVENT:
        return begin(r, e, e->data.sequence_start.anchor, false, err);
    case YAML_MAPPING_END_EVENT:
    case YAML_SEQUENCE_END_EVENT:
        end(r);
        return HM_OK;
    case YAML_SCALAR_EVENT:
        return scalar(r, e, err);
    case YAML_ALIAS_EVENT:
        return alias(r, e, err);
    case YAML_NO_EVENT:
    case YAML_STREAM_START_EVENT:
    case YAML_STREAM_END_EVENT:
    case YAML_DOCUMENT_END_EVENT:
    default:
        return HM_OK;
    }
}

static hm_rc refused(const yaml_parser_t *p, hm_err *err)
{
    if (p->error == YAML_MEMORY_ERROR)
        return hm_fail(err, HM_NOMEM, DEFECT_NOMEM, HM_PLACE_NONE, 0, 0);
    if (p->error == YAML_READER_ERROR)
        return hm_fail(err, HM_FORMAT, DEFECT_UTF8, HM_PLACE_BYTE, p->problem_offset, 0);
    return hm_fail(err, HM_FORMAT, DEFECT_YAML_SYNTAX, HM_PLACE_LINE, (uint64_t)p->problem_mark.line + 1, 0);
}

static hm_rc read_events(reader *r, hm_err *err)
{
    for (bool more = true; more;) {
        yaml_event_t e;
        if (!yaml_parser_parse(&r->parser, &e))
            return refused(&r->parser, err);
        more = e.type != YAML_STREAM_END_EVENT;
        hm_rc rc = one_event(r, &e, err);
        if (rc == HM_OK && codec_tree_bad(r->tree)) {
            const codec_json *none;
            rc = codec_tree_finish(r->tree, &none, err);
            if (rc == HM_LIMIT && err && err->defect == DEFECT_TOO_DEEP)
                (void)bad(&e, rc, DEFECT_TOO_DEEP, CODEC_JSON_DEPTH, err);
        }
        yaml_event_delete(&e);
        if (rc != HM_OK)
            return rc;
    }
    return HM_OK;
}

/* libyaml compares each %TAG directive with all before it. Lines end at LF, CR, NEL, LS, PS: by their last byte. */
static bool too_many_directives(hm_str in, uint64_t *ret_at)
{
    size_t n = 0;
    for (size_t at = hm_str_find(in, '%'); at < in.n; at += 1 + hm_str_find(hm_str_from(in, at + 1), '%')) {
        unsigned char before = at ? (unsigned char)in.p[at - 1] : '\n';
        bool starts = before == '\n' || before == '\r' || before == 0x85 || before == 0xa8 || before == 0xa9 || at == 3;
        if (starts && hm_str_starts(hm_str_from(in, at), HM_STR("%TAG")) && ++n > MOST_DIRECTIVES) {
            *ret_at = at;
            return true;
        }
    }
    return false;
}

hm_rc codec_yaml_read(hm_arena *a, hm_str in, const codec_json **ret_docs, hm_err *err)
{
    uint64_t at;
    if (too_many_directives(in, &at))
        return hm_fail(err, HM_LIMIT, DEFECT_TOO_MANY, HM_PLACE_BYTE, at, MOST_DIRECTIVES);
    reader *r = hm_arena_alloc(a, sizeof *r);
    if (!r)
        return hm_arena_fail(a, err);
    *r = (reader){ .arena = a, .anchors.size = sizeof(anchor), .tree = codec_tree_new(a, 0, true) };
    if (!r->tree)
        return hm_arena_fail(a, err);
    r->names = hm_map_new();
    if (!r->names || !yaml_parser_initialize(&r->parser)) {
        hm_map_freep(&r->names);
        return hm_fail(err, HM_NOMEM, DEFECT_NOMEM, HM_PLACE_NONE, 0, 0);
    }
    yaml_parser_set_encoding(&r->parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&r->parser, (const unsigned char *)in.p, in.n);
    codec_tree_arr(r->tree);
    hm_rc rc = read_events(r, err);
    if (rc == HM_OK && r->documents == 0)
        rc = hm_fail(err, HM_TRUNC, DEFECT_EMPTY, HM_PLACE_LINE, (uint64_t)r->parser.mark.line + 1, 0);
    codec_tree_end(r->tree);
    if (rc == HM_OK)
        rc = codec_tree_finish(r->tree, ret_docs, err);
    yaml_parser_delete(&r->parser);
    hm_map_freep(&r->names);
    return rc;
}
