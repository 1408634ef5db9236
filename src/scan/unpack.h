#pragma once
/* unpack - between the parent (archive.c) and the worker (unpack.c): how an archive is to be read, and the records in
 * which the worker says what it found. Both sides are fuzzed (unpack_fuzz.c); the parent holds every record for hostile.
 *
 * Settings (jail_in.extra): le32 flags, le32 nesting left, le64 each: file_bytes, archive_bytes, ratio, entries, resume.
 * A record: u8 type | le32 n | payload of n bytes. Records are sent ahead in parts (jail_send), so that they outlive
 * a file that kills the worker.
 *   DOC    le16 detector, le16 root_n, le32 path_n, path, part_pack block
 *   KEEP   le16 detector, le16 root_n, le32 path_n, path, content: a file of a group, or a package's file list
 *   AT     le64 number of the look, path: the file that is looked at now; sent before it is
 *   LINK   le32 path_n, path, target: a hard link whose path some detector claims
 *   COUNT  le64 x 6: entries, files, dirs, links, claimed, bytes
 *   LAYER  path: what follows is in this blob of an image, until the next one; empty: in none
 *   BLOB   le32 path_n, path, content: a small JSON file of an image
 *   PATHS  u8 set, le64 hashes: paths that a layer holds (0: not directories, 1: directories), removes (2: white-outs), or
 *          empties first (3: opaque directories)
 *   FAIL   an encoded error of the layer: its blob is no archive, or does not go on */
#include "scan/scan_int.h"

enum {
    UNPACK_TRANSPARENT = 1, /* paths inside are paths of the target: a root file system, an image's layer */
    UNPACK_ALL = 2,         /* every kind of archive inside is looked into */
    UNPACK_ITSELF = 4,      /* only what a package says of itself */
    UNPACK_IMAGE = 8,       /* blobs and layers of an image are looked for */
    UNPACK_LAYER = 16,      /* it is a layer: white-outs, sets of paths */
};
typedef struct unpack_settings {
    uint32_t flags, nesting;
    uint64_t file_bytes, archive_bytes, ratio, entries;
    uint64_t resume; /* looks before this one were done already */
} unpack_settings;
void scan_unpack_settings_put(hm_buf *out, const unpack_settings *s);
bool scan_unpack_settings_get(hm_str in, unpack_settings *ret);

typedef enum unpack_type {
    UNPACK_DOC = 1,
    UNPACK_KEEP,
    UNPACK_AT,
    UNPACK_LINK,
    UNPACK_COUNT,
    UNPACK_LAYER_OF,
    UNPACK_BLOB,
    UNPACK_PATHS,
    UNPACK_FAIL,
    UNPACK_TYPES
} unpack_type;
typedef struct unpack_record {
    unpack_type type;
    uint16_t detector, root_n;
    uint64_t index;
    uint64_t count[6];
    hm_str path;  /* or LAYER_OF's blob */
    hm_str bytes; /* block, content, target, hashes */
    uint8_t set;
    hm_err err;
} unpack_record;
void scan_unpack_put(hm_buf *out, const unpack_record *r);
/* Next whole record of `s` (what was received so far): HM_OK, *ret_n = its length; HM_NOTFOUND: not all there yet;
 * HM_FORMAT DEFECT_WORKER_REPLY: broken. */
hm_rc scan_unpack_get(hm_str s, unpack_record *ret, size_t *ret_n, hm_err *err) HM_MUST;
uint64_t scan_unpack_hash(hm_str path); /* of PATHS */
/* The same, byte by byte: FNV-1a of 64 bits, mixed at the end. */
#define UNPACK_HASH 0xcbf29ce484222325ULL
HM_WRAPS static inline uint64_t unpack_hash_byte(uint64_t h, char c)
{
    return (h ^ (uint8_t)c) * 0x100000001b3ULL;
}
HM_WRAPS static inline uint64_t unpack_hash_end(uint64_t h)
{
    h ^= h >> 32;
    h *= 0xd6e8feb86659fd93ULL;
    return h ^ h >> 32;
}
enum { UNPACK_SET_FILES = 0, UNPACK_SET_DIRS, UNPACK_SET_GONE, UNPACK_SET_OPAQUE, UNPACK_SETS };
enum { UNPACK_BLOB_BYTES = 4 << 20, UNPACK_RECORD_BYTES = 512 << 20 };
