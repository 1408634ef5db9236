#pragma once
/* base - the vocabulary of the house: byte slices, the one decoder, the arena, growable buffers and maps, errors
 * as values, checked arithmetic, time and date values. Uses libc alone and does no I/O: no files, clock, locale.
 * Words in contracts: borrowed = the callee keeps no pointer past the call (or says for how long), owned = the
 * caller frees, arena = lives as long as the arena that was passed. `ret_*` is untouched on failure. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HM_MUST __attribute__((warn_unused_result))
#define HM_AUTO(fn) __attribute__((cleanup(fn)))
#if defined(__clang__)
#define HM_WRAPS __attribute__((no_sanitize("integer"))) /* arithmetic modulo 2^n by definition (hashes) */
#else
#define HM_WRAPS
#endif
#define HM_PRINTF(f, a) __attribute__((format(printf, f, a)))
#define HM_COUNT(a) (sizeof(a) / sizeof((a)[0]))
/* True when the result did NOT fit (the contract of C23 ckd_add, ckd_mul, ckd_sub). */
#define hm_ckd_add(r, a, b) __builtin_add_overflow((a), (b), (r))
#define hm_ckd_sub(r, a, b) __builtin_sub_overflow((a), (b), (r))
#define hm_ckd_mul(r, a, b) __builtin_mul_overflow((a), (b), (r))
/* Invariants of our own code; evaluated and fatal in every build. Never for what input can cause. */
#define HM_BUG_ON(x)                                                                                                   \
    do {                                                                                                               \
        if (__builtin_expect(!!(x), 0))                                                                                \
            hm_bug(__FILE__, __LINE__, #x);                                                                            \
    } while (0)
_Noreturn void hm_bug(const char *file, int line, const char *what);

/* ---- errors ------------------------------------------------------------------------------------------------ */

/* What a caller can act on; the detail is the defect. */
typedef enum hm_rc {
    HM_OK = 0,
    HM_NOMEM,       /* the system has no memory left */
    HM_LIMIT,       /* a stated limit of ours was reached (bytes, depth, entries, budget) */
    HM_TRUNC,       /* input ended early */
    HM_FORMAT,      /* input is not what it claims to be */
    HM_UNSUPPORTED, /* a form we know of and do not read */
    HM_NOTFOUND,
    HM_CONFLICT,
    HM_DENIED, /* permission */
    HM_IO,     /* the system said no: see `sys` */
    HM_TIMEOUT,
    HM_BUG, /* our own fault */
    HM_RC_COUNT
} hm_rc;

/* One id per malformed shape; names appear in JSON output, messages and tests. Table: defect.tbl.h. */
typedef enum hm_defect {
#define HM_DEFECT(id, name) id,
#include "base/defect.tbl.h"
#undef HM_DEFECT
    HM_DEFECT_COUNT
} hm_defect;
const char *hm_defect_name(unsigned defect); /* "json_syntax"; out of range: "unknown" */
const char *hm_rc_name(unsigned rc);         /* "limit"; out of range: "unknown" */

typedef enum hm_place {
    HM_PLACE_NONE = 0,
    HM_PLACE_BYTE,  /* offset from 0 */
    HM_PLACE_LINE,  /* line from 1 */
    HM_PLACE_ENTRY, /* n-th record, from 1 */
} hm_place;

enum { HM_ERR_AT = 96 };
/* Caller-owned, fixed size, without text of ours: `text` renders it at the edge. `at` holds foreign bytes (a key, a
 * JSON pointer, an entry's name), cut to fit and NUL-terminated, never trusted to be UTF-8. */
typedef struct hm_err {
    hm_rc rc;
    int sys; /* errno, or 0 */
    uint16_t defect;
    uint16_t place_kind; /* hm_place */
    uint64_t place;
    uint64_t arg[4]; /* meaning by defect, see lang/ */
    char at[HM_ERR_AT];
} hm_err;
/* Both fill *err (NULL is allowed) and return rc. */
hm_rc hm_fail(hm_err *err, hm_rc rc, hm_defect defect, hm_place kind, uint64_t place, uint64_t arg0);
hm_rc hm_fail_sys(hm_err *err, hm_defect defect, int sys); /* rc from errno: ENOENT NOTFOUND, EACCES/EPERM DENIED,
                                                            * ENOMEM NOMEM, ETIMEDOUT TIMEOUT, else IO */

/* ---- slices ------------------------------------------------------------------------------------------------ */

typedef struct hm_str {
    const char *p;
    size_t n;
} hm_str;
#define HM_STR(lit) ((hm_str){ "" lit, sizeof(lit) - 1 })
#define HM_NONE ((hm_str){ "", 0 })
hm_str hm_str_c(const char *s); /* NULL gives empty; borrowed */
bool hm_str_eq(hm_str a, hm_str b);
bool hm_str_eq_nocase(hm_str a, hm_str b); /* ASCII only */
bool hm_str_is(hm_str a, const char *s);
int hm_str_cmp(hm_str a, hm_str b); /* bytes, shorter first; <0, 0, >0 */
bool hm_str_starts(hm_str s, hm_str head);
bool hm_str_ends(hm_str s, hm_str tail);
hm_str hm_str_sub(hm_str s, size_t from, size_t n); /* clamped */
hm_str hm_str_from(hm_str s, size_t from);          /* clamped */
hm_str hm_str_trim(hm_str s);                       /* ASCII white space on both sides */
size_t hm_str_find(hm_str s, char c);               /* index, or s.n */
size_t hm_str_rfind(hm_str s, char c);              /* index of the last, or s.n */
size_t hm_str_search(hm_str s, hm_str needle);      /* index, or s.n; empty needle 0 */
/* Splits at the first `sep`: returns the part before, *rest is what follows. Without sep: all, and *rest empty. */
hm_str hm_str_cut(hm_str s, char sep, hm_str *rest);
/* Next line of *rest without its end ("\n" or "\r\n"); false at the end. A last line without an end counts. */
bool hm_str_line(hm_str *rest, hm_str *ret_line);
/* Decimal digits only, all of s, no sign; false if empty, not digits, or over UINT64_MAX. */
bool hm_str_u64(hm_str s, uint64_t *ret);
uint64_t hm_str_hash(hm_str s, const uint64_t key[2]); /* SipHash-1-3 */
/* Key for hm_str_hash from the kernel's random bytes of this process (AT_RANDOM): no system call, no state of ours. */
void hm_hash_key(uint64_t ret_key[2]);
bool hm_is_alpha(int c); /* these four: ASCII only, locale-free */
bool hm_is_digit(int c);
bool hm_is_alnum(int c);
bool hm_is_space(int c);
char hm_lower(char c);
hm_str hm_path_base(hm_str path); /* after the last '/' */
hm_str hm_path_dir(hm_str path);  /* before the last '/', empty if there is none */
/* Length of the valid UTF-8 sequence at s.p (RFC 3629: shortest form, no surrogates), 0 if there is none. */
size_t hm_utf8_len(hm_str s);
bool hm_utf8_ok(hm_str s);
/* Glob on one name: '*' any run of bytes, '?' one byte; no classes. Linear in n*stars, no recursion. */
bool hm_glob(hm_str pattern, hm_str name);

/* ---- cursor: the one decoder of binary input ----------------------------------------------------------------- */

/* Sticky failure: reads past the end give 0 or empty and set `bad`; check once per record. */
typedef struct hm_cur {
    const uint8_t *p;
    size_t n, at;
    bool bad;
} hm_cur;
hm_cur hm_cur_of(hm_str s);
size_t hm_cur_left(const hm_cur *c);
uint8_t hm_cur_u8(hm_cur *c);
uint16_t hm_cur_le16(hm_cur *c);
uint32_t hm_cur_le32(hm_cur *c);
uint64_t hm_cur_le64(hm_cur *c);
uint16_t hm_cur_be16(hm_cur *c);
uint32_t hm_cur_be32(hm_cur *c);
uint64_t hm_cur_be64(hm_cur *c);
uint64_t hm_cur_uleb(hm_cur *c); /* LEB128, at most 10 bytes, else bad */
hm_str hm_cur_take(hm_cur *c, size_t n);
void hm_cur_skip(hm_cur *c, size_t n);
void hm_cur_seek(hm_cur *c, size_t at); /* at > n: bad */

/* ---- arena ------------------------------------------------------------------------------------------------- */

/* One per request, scan or document; a byte budget bounds it. Out of budget or memory gives NULL; which of both:
 * hm_arena_rc(). Under address sanitizer each allocation stands alone, so overruns are seen. */
typedef struct hm_arena hm_arena;
hm_arena *hm_arena_new(size_t budget_bytes) HM_MUST;              /* NULL: no memory */
hm_arena *hm_arena_free(hm_arena *a);                             /* NULL-safe, returns NULL */
void hm_arena_freep(hm_arena **a);                                /* for HM_AUTO */
void hm_arena_reset(hm_arena *a, size_t budget_bytes);            /* all allocations end; keeps one block for reuse */
void *hm_arena_alloc(hm_arena *a, size_t n) HM_MUST;              /* zeroed, aligned to 16 */
void *hm_arena_array(hm_arena *a, size_t n, size_t size) HM_MUST; /* zeroed; NULL on overflow too */
/* Grows in place when p was the last allocation, else copies; bytes past `was` are zeroed. */
void *hm_arena_grow(hm_arena *a, void *p, size_t was, size_t n) HM_MUST;
bool hm_arena_dup(hm_arena *a, hm_str s, hm_str *ret) HM_MUST; /* copy, NUL behind it; false: out of budget/memory */
size_t hm_arena_used(const hm_arena *a);
/* The reason of the last NULL, as an error: HM_LIMIT with DEFECT_BUDGET, or HM_NOMEM. */
hm_rc hm_arena_fail(const hm_arena *a, hm_err *err);

/* ---- growable byte buffer (heap) ----------------------------------------------------------------------------- */

/* Sticky failure like the cursor: after `bad` nothing is added; check once at the end. Zero is a valid empty one
 * without limit. */
typedef struct hm_buf {
    char *p;
    size_t n, cap;
    size_t limit; /* 0: none */
    bool bad;
} hm_buf;
void hm_buf_clear(hm_buf *b);          /* frees, back to empty, keeps limit */
void hm_buf_reset(hm_buf *b);          /* n = 0, bad = false, keeps memory */
bool hm_buf_room(hm_buf *b, size_t n); /* room for n more bytes; false sets bad */
void hm_buf_add(hm_buf *b, const void *p, size_t n);
void hm_buf_str(hm_buf *b, hm_str s);
void hm_buf_c(hm_buf *b, const char *s);
void hm_buf_byte(hm_buf *b, char c);
void hm_buf_u64(hm_buf *b, uint64_t v);
void hm_buf_hex(hm_buf *b, hm_str bytes); /* lower case */
void hm_buf_le16(hm_buf *b, uint16_t v);
void hm_buf_le32(hm_buf *b, uint32_t v);
void hm_buf_le64(hm_buf *b, uint64_t v);
hm_str hm_buf_view(const hm_buf *b); /* borrowed until the next change */
/* Foreign bytes made printable: valid UTF-8 without C0/C1 controls stays, every other byte becomes \xNN; bidi control
 * characters are escaped as well. Cut after max bytes of input at a character border, with "…" (max 0: no cut). */
void hm_buf_printable(hm_buf *b, hm_str s, size_t max);

/* ---- growable array in an arena ------------------------------------------------------------------------------ */

typedef struct hm_vec {
    void *p;
    size_t n, cap, size; /* size of one element in bytes: set it first */
} hm_vec;
void *hm_vec_push(hm_vec *v, hm_arena *a) HM_MUST; /* zeroed element, NULL: out of budget/memory */
void *hm_vec_at(const hm_vec *v, size_t i);        /* HM_BUG_ON out of range */
#define HM_VEC_AT(v, type, i) ((type *)hm_vec_at((v), (i)))

/* ---- map from bytes to a number ------------------------------------------------------------------------------ */

/* Open addressing, keyed hash (the key comes from the kernel's random bytes of this process, no system call), keys
 * borrowed. Iteration order is not offered: output is sorted, never hash-ordered. Heap-backed. */
typedef struct hm_map hm_map;
hm_map *hm_map_new(void) HM_MUST;
void hm_map_reset(hm_map *m); /* empty, keeps memory */
hm_map *hm_map_free(hm_map *m);
void hm_map_freep(hm_map **m);
/* Finds or adds: *ret_value points at the value (a fresh one is `fresh`); valid until the next put. NULL: no memory. */
uint64_t *hm_map_put(hm_map *m, hm_str key, uint64_t fresh) HM_MUST;
bool hm_map_get(const hm_map *m, hm_str key, uint64_t *ret_value);
size_t hm_map_count(const hm_map *m);

/* ---- order --------------------------------------------------------------------------------------------------- */

typedef int hm_cmp_fn(const void *a, const void *b, void *ctx);
/* Stable merge sort, O(n log n) always. false: no memory for the scratch array (input unchanged). */
bool hm_sort(void *p, size_t n, size_t size, hm_cmp_fn *cmp, void *ctx) HM_MUST;

/* ---- time ---------------------------------------------------------------------------------------------------- */

typedef int64_t hm_time; /* microseconds since 1970-01-01T00:00:00Z */
typedef int32_t hm_date; /* days since 1970-01-01 */
/* RFC 3339, UTC, seconds: "2026-11-23T03:28:06Z" (20 bytes and NUL). Years 0001 to 9999, else clamped. */
enum { HM_TIME_TEXT = 21, HM_DATE_TEXT = 11 };
void hm_time_text(hm_time t, char out[HM_TIME_TEXT]);
void hm_date_text(hm_date d, char out[HM_DATE_TEXT]);
hm_date hm_date_of(hm_time t);
/* RFC 3339 with offset, fraction optional (kept to the microsecond). false: not such a text or no such day. */
bool hm_time_parse(hm_str s, hm_time *ret);
bool hm_date_parse(hm_str s, hm_date *ret); /* YYYY-MM-DD */
