#pragma once
/* codec - bytes to trees and back: JSON in (yyjson) and out (streaming writer), XML in (expat), YAML in (libyaml),
 * RFC 822-like records, deflate, base64, CSV. Pure over memory; foreign bytes may be anything. */
#include "base/base.h"

/* ---- JSON in (RFC 8259; yyjson, strict) --------------------------------------------------------------------- */

typedef struct codec_json codec_json; /* one value of a parsed document; lives in the arena */
typedef enum codec_type { CODEC_NULL = 0, CODEC_BOOL, CODEC_NUM, CODEC_STR, CODEC_ARR, CODEC_OBJ } codec_type;
enum { CODEC_JSON_DEPTH = 256 };
/* Strict JSON, UTF-8 checked, a leading byte order mark accepted, nesting at most CODEC_JSON_DEPTH (checked before
 * parsing), all memory from the arena. `in` is copied by the parser where it must be: it may go afterwards.
 * HM_FORMAT DEFECT_JSON_SYNTAX or DEFECT_UTF8, HM_TRUNC DEFECT_TRUNCATED or DEFECT_EMPTY, with place byte;
 * HM_LIMIT DEFECT_TOO_DEEP or _BUDGET. */
hm_rc codec_json_read(hm_arena *a, hm_str in, const codec_json **ret_root, hm_err *err) HM_MUST;
/* The same, and comments (//, slash star) as well as one comma before a closing bracket are allowed: "JSONC". */
hm_rc codec_json_read_lax(hm_arena *a, hm_str in, const codec_json **ret_root, hm_err *err) HM_MUST;
/* All accessors accept NULL and the wrong type: they give NULL, empty, 0. */
codec_type codec_json_type(const codec_json *v);
hm_str codec_json_str(const codec_json *v); /* string value; else empty */
bool codec_json_is_str(const codec_json *v);
bool codec_json_bool(const codec_json *v);               /* true only for true */
bool codec_json_u64(const codec_json *v, uint64_t *ret); /* non-negative integer */
/* A number as written, where it was kept as text: TOML's floats, JSON's numbers that fit nothing; else empty. */
hm_str codec_json_number(const codec_json *v);
size_t codec_json_count(const codec_json *v);                             /* elements or members */
const codec_json *codec_json_get(const codec_json *obj, const char *key); /* first member of that name; linear */
hm_str codec_json_get_str(const codec_json *obj, const char *key);
typedef struct codec_json_iter {
    const codec_json *next;
    size_t left;
    bool object;
} codec_json_iter;
codec_json_iter codec_json_each(const codec_json *arr_or_obj); /* another type: nothing */
/* false at the end. ret_key is set for objects (empty for arrays). */
bool codec_json_next(codec_json_iter *it, hm_str *ret_key, const codec_json **ret_value);

/* ---- YAML in (1.1; libyaml) ----------------------------------------------------------------------------------- */

/* An array of all documents of the stream, read by the accessors of JSON. Plain true and false are bool; plain null, ~
 * and nothing are null; all other scalars are strings as written. Aliases are copies, bounded by the arena; nesting at
 * most CODEC_JSON_DEPTH, the array included; doubled keys are kept; tags and merge keys mean nothing.
 * HM_FORMAT DEFECT_YAML_SYNTAX (place line) or DEFECT_UTF8 (byte); HM_TRUNC DEFECT_EMPTY where there is no document;
 * HM_UNSUPPORTED DEFECT_WRONG_TYPE for a key that is no scalar; HM_LIMIT DEFECT_TOO_DEEP or _BUDGET. */
hm_rc codec_yaml_read(hm_arena *a, hm_str in, const codec_json **ret_docs, hm_err *err) HM_MUST;

/* ---- TOML in (1.0, and what 1.1 adds to it) --------------------------------------------------------------------- */

/* The document as an object of the same kind; an empty one is an empty object. UTF-8 checked, a leading byte order mark
 * accepted, nesting at most CODEC_JSON_DEPTH, memory from the arena, `in` may go afterwards. Integers up to 64 bits
 * without sign are codec_json_u64, other numbers codec_json_number as written, dates and times strings as written.
 * HM_FORMAT DEFECT_TOML_SYNTAX, DEFECT_UTF8 or DEFECT_DUPLICATE (at: the key), HM_LIMIT DEFECT_TOO_DEEP, with place
 * byte; HM_LIMIT DEFECT_BUDGET or _TOO_LARGE. */
hm_rc codec_toml_read(hm_arena *a, hm_str in, const codec_json **ret_root, hm_err *err) HM_MUST;

/* ---- JSON out ------------------------------------------------------------------------------------------------- */

/* Streaming writer: two-space indentation, members in the order written, bytes that are not UTF-8 become "\\xNN" text
 * in the string (backslash, x, two hex digits), U+2028/2029 escaped. Nesting at most 32 (HM_BUG_ON). */
typedef bool codec_sink(void *ctx, hm_str bytes);
typedef struct codec_out codec_out;
codec_out *codec_out_new(codec_sink *sink, void *ctx, bool compact) HM_MUST;
codec_out *codec_out_free(codec_out *o);
void codec_out_freep(codec_out **o);
void codec_out_obj(codec_out *o, const char *key); /* key NULL inside arrays and at the top */
void codec_out_arr(codec_out *o, const char *key);
void codec_out_end(codec_out *o); /* ends the innermost object or array */
void codec_out_str(codec_out *o, const char *key, hm_str v);
void codec_out_str_if(codec_out *o, const char *key, hm_str v); /* nothing when v is empty */
void codec_out_c(codec_out *o, const char *key, const char *v);
void codec_out_u64(codec_out *o, const char *key, uint64_t v);
void codec_out_i64(codec_out *o, const char *key, int64_t v);
void codec_out_decimal(codec_out *o, const char *key, uint64_t v,
                       unsigned digits); /* v / 10^digits, e.g. 95,2 -> 0.95 */
void codec_out_bool(codec_out *o, const char *key, bool v);
void codec_out_null(codec_out *o, const char *key);
bool codec_out_finish(codec_out *o); /* newline, flush; false: the sink failed or memory ran out at some point */

/* ---- XML in (XML 1.0; expat) ------------------------------------------------------------------------------------ */

typedef struct codec_xml codec_xml; /* one element of a parsed document; lives in the arena */
enum { CODEC_XML_DEPTH = 256 };
/* Whole document to a tree, depth at most CODEC_XML_DEPTH, memory from the arena; `in` may go afterwards. Encodings:
 * UTF-8, UTF-16, ISO-8859-1, US-ASCII, windows-1252, ISO-8859-15; of other encodings that contain ASCII (Shift_JIS,
 * EUC-JP, KOI8-R ...) the ASCII part is read and every other byte becomes U+FFFD. Nothing outside of the document is
 * ever read; a DOCTYPE that brings declarations of its own is refused, and a reference to an entity that XML itself
 * does not know stays as the text "&name;". HM_FORMAT DEFECT_XML_SYNTAX, _UTF8, _XML_DOCTYPE, _XML_ENCODING (at: its
 * name), HM_TRUNC DEFECT_EMPTY, _TRUNCATED, HM_LIMIT DEFECT_TOO_DEEP, all with place line; HM_LIMIT DEFECT_BUDGET. */
hm_rc codec_xml_read(hm_arena *a, hm_str in, const codec_xml **ret_root, hm_err *err) HM_MUST;
/* All accessors accept NULL: they give NULL, empty, 0. Names are local names, without a prefix. */
hm_str codec_xml_name(const codec_xml *e);
hm_str codec_xml_ns(const codec_xml *e);     /* namespace URI; empty: none, or its prefix is bound nowhere */
uint64_t codec_xml_line(const codec_xml *e); /* of the start tag, from 1 */
hm_str codec_xml_text(const codec_xml *e);   /* its own text in one piece, trimmed; not that of its children */
const codec_xml *codec_xml_first(const codec_xml *e, const char *name); /* first child of that name; NULL: any name */
const codec_xml *codec_xml_next(const codec_xml *e, const char *name);  /* next sibling of that name; NULL: any name */
hm_str codec_xml_get_text(const codec_xml *e, const char *child);       /* text of the first child of that name */
hm_str codec_xml_attr(const codec_xml *e, const char *name); /* an attribute without prefix before one with a prefix */
bool codec_xml_has_attr(const codec_xml *e, const char *name);

/* ---- records of "Field: value" lines (deb822, RFC 822 headers, PEP 566 METADATA, MANIFEST) ------------------------ */

/* reader state; init with codec_fields_of */
typedef struct codec_fields {
    hm_str rest;
    uint64_t line; /* line number of the next line, from 1 */
} codec_fields;
typedef struct codec_field {
    hm_str name;  /* as written */
    hm_str value; /* first line trimmed; continuation lines follow after "\n", each as written without the line end */
    uint64_t line;
} codec_field;
typedef enum codec_step { CODEC_FIELD, CODEC_RECORD_END, CODEC_END, CODEC_BAD_LINE } codec_step;
codec_fields codec_fields_of(hm_str text);
/* Next field of the record; blank line(s): RECORD_END once; BAD_LINE: a line that is neither (ret->line, ret->value =
 * the line), reading goes on behind it. `value` borrows from the text (continuations are contiguous in it). */
codec_step codec_fields_next(codec_fields *f, codec_field *ret);
/* Walks a value line by line (the continuation's leading white space removed, a lone "." is an empty line: deb822). */
bool codec_value_line(hm_str *rest, hm_str *ret_line);

/* ---- deflate (zlib) ----------------------------------------------------------------------------------------------- */

typedef enum codec_zip { CODEC_ZLIB = 0, CODEC_GZIP, CODEC_RAW } codec_zip; /* RFC 1950; 1952, members in a row; 1951 */
/* All of `in`, unpacked into the arena. At most `max` bytes: HM_LIMIT DEFECT_TOO_LARGE; past LIMIT_RATIO_FREE at most
 * LIMIT_RATIO times the input: HM_LIMIT DEFECT_RATIO. HM_FORMAT DEFECT_COMPRESSED (place byte): not such data, a wrong
 * check sum, or other bytes than zeros behind its end; HM_TRUNC DEFECT_TRUNCATED (place byte) or DEFECT_EMPTY. */
hm_rc codec_inflate(hm_arena *a, codec_zip kind, hm_str in, size_t max, hm_str *ret_out, hm_err *err) HM_MUST;

/* ---- Zstandard --------------------------------------------------------------------------------------------------- */

/* As codec_inflate, for frames in a row; HM_LIMIT DEFECT_BUDGET: one that wants a window of more than 8 MiB. */
hm_rc codec_unzstd(hm_arena *a, hm_str in, size_t max, hm_str *ret_out, hm_err *err) HM_MUST;

/* ---- archives (libarchive) --------------------------------------------------------------------------------------- */

/* tar (all dialects), cpio, zip and ar, and the payload of an rpm; each also compressed as a whole by gzip, bzip2, xz,
 * lzma or zstd. Entries come in the order of the archive (zip: of its directory), each name as raw bytes without "./"
 * and slashes before it. Nothing is written anywhere. */
typedef struct codec_archive codec_archive;
/* Where an archive's bytes come from. pull: at most n bytes from `at` on; 0 at the end, -1 when that failed. */
typedef struct codec_pull {
    int64_t (*pull)(void *ctx, uint64_t at, void *to, size_t n);
    void *ctx;
    uint64_t size;
    bool seekable; /* else asked in order, and size may be UINT64_MAX (not known) */
} codec_pull;
/* 0: no limit */
typedef struct codec_archive_limits {
    uint64_t out_bytes; /* read from all its entries together, skipped compressed ones included */
    uint64_t ratio;     /* of these to the compressed bytes, from 1 MiB on */
    uint64_t entries;
} codec_archive_limits;
typedef enum codec_entry_type {
    CODEC_ENTRY_FILE = 0,
    CODEC_ENTRY_DIR,
    CODEC_ENTRY_SYMLINK,
    CODEC_ENTRY_HARDLINK,
    CODEC_ENTRY_OTHER /* devices, sockets */
} codec_entry_type;
typedef struct codec_entry {
    codec_entry_type type;
    uint64_t index; /* from 0 */
    hm_str path;    /* borrowed until the next entry */
    hm_str link;    /* target of a symbolic link as stored; of a hard link a path as `path` */
    uint64_t size;  /* as the archive says; UINT64_MAX: it does not */
    bool executable, encrypted;
} codec_entry;
/* Borrows `src` (its ctx) for the life of the archive. Errors: HM_FORMAT DEFECT_NOT_ARCHIVE (also by the first next),
 * HM_NOMEM, HM_IO DEFECT_READ. */
hm_rc codec_archive_open(const codec_pull *src, const codec_archive_limits *l, codec_archive **ret_a, hm_err *err)
    HM_MUST;
codec_archive *codec_archive_close(codec_archive *a);
void codec_archive_closep(codec_archive **a);
/* HM_NOTFOUND: no more. HM_UNSUPPORTED DEFECT_ARCHIVE_PATH: this entry's name leads out of the archive or is too long;
 * reading goes on. HM_FORMAT DEFECT_ARCHIVE (place entry), HM_LIMIT DEFECT_RATIO, DEFECT_ARCHIVE_BYTES or
 * DEFECT_TOO_MANY (entries), HM_IO: it does not go on. */
hm_rc codec_archive_next(codec_archive *a, codec_entry *ret, hm_err *err) HM_MUST;
/* The whole content of the entry, which must not be larger than max (HM_LIMIT DEFECT_TOO_LARGE), into the arena. An
 * encrypted one is HM_UNSUPPORTED DEFECT_ENCRYPTED. After any failure but these two and those of the arena the archive
 * does not go on. */
hm_rc codec_archive_content(codec_archive *a, hm_arena *arena, uint64_t max, hm_str *ret, hm_err *err) HM_MUST;
/* The content of the entry as the source of an archive inside it: in order, counted by that archive. */
codec_pull codec_archive_inner(codec_archive *a);
/* ---- SQLite databases (sqlite3), read-only, without opening a file ------------------------------------------------- */

typedef struct codec_sqlite_src {
    uint64_t size;
    bool (*read)(void *ctx, uint64_t at, void *to, size_t n); /* n bytes wholly, or false */
    void *ctx;
    hm_str log; /* write-ahead log left beside it ("-wal"), or empty; borrowed while the database is open */
} codec_sqlite_src;
typedef struct codec_sqlite codec_sqlite;
/* HM_TRUNC DEFECT_EMPTY: no page at all; HM_FORMAT DEFECT_SQLITE (arg0: SQLite's result code): no such database. While
 * it is open the library's heap has a limit and its default VFS is ours: no other SQLite work in this process. */
hm_rc codec_sqlite_open(const codec_sqlite_src *src, codec_sqlite **ret_db, hm_err *err) HM_MUST;
codec_sqlite *codec_sqlite_close(codec_sqlite *s); /* NULL-safe */
void codec_sqlite_closep(codec_sqlite **s);
/* One row: its value, borrowed during the call, or why it cannot be read (`bad`, then value is empty). Not HM_OK ends the
 * walk with that result, and *err is the visitor's. */
typedef hm_rc codec_sqlite_visit(void *ctx, uint64_t row, hm_str value, const hm_err *bad, hm_err *err);
/* All rows of a table, by rowid, each with the bytes of one column; table and column are ours, not input. HM_NOTFOUND
 * DEFECT_SQLITE: no such table; HM_FORMAT DEFECT_SQLITE: damaged, the rows before were visited; HM_LIMIT. */
hm_rc codec_sqlite_blobs(codec_sqlite *s, const char *table, const char *column, codec_sqlite_visit *visit, void *ctx,
                         hm_err *err) HM_MUST;

/* ---- small codecs ----------------------------------------------------------------------------------------------- */

/* RFC 4648 base64, both alphabets, padding optional, white space not accepted; false: not such text. Appends. */
bool codec_base64(hm_str text, hm_buf *out);
/* RFC 4180 field: quoted when needed; a leading = + - @ tab or CR gets an apostrophe before it (spreadsheet formulas). */
void codec_csv_field(hm_buf *out, hm_str value, bool last);
