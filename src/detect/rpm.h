#pragma once
/* rpm - what the readers of rpm headers share: databases (rpm_db.c), package files (rpm_file.c). Everything borrows from
 * the header's bytes.
 *
 *   header := entries:be32 bytes:be32  entries x { tag:be32 type:be32 offset:be32 count:be32 }  data[bytes]
 *
 * Big-endian throughout; offsets count from the start of the data. A region (tags 61 to 63, the part that was signed) is
 * an entry like others, its trailer lies in the data; what the installation added follows it and overrides. */
#include "codec/codec.h"
#include "detect/lang.h"

/* X(slot, tag, kind of its value) */
#define RPM_SLOTS(X)                                                                                                   \
    X(RPM_NAME, 1000, RPM_TEXT)                                                                                        \
    X(RPM_VERSION, 1001, RPM_TEXT)                                                                                     \
    X(RPM_RELEASE, 1002, RPM_TEXT)                                                                                     \
    X(RPM_EPOCH, 1003, RPM_NUMBERS)                                                                                    \
    X(RPM_ARCH, 1022, RPM_TEXT)                                                                                        \
    X(RPM_SOURCERPM, 1044, RPM_TEXT)                                                                                   \
    X(RPM_SOURCEPACKAGE, 1106, RPM_NUMBERS)                                                                            \
    X(RPM_VENDOR, 1011, RPM_TEXT)                                                                                      \
    X(RPM_PACKAGER, 1015, RPM_TEXT)                                                                                    \
    X(RPM_LICENSE, 1014, RPM_TEXT)                                                                                     \
    X(RPM_URL, 1020, RPM_TEXT)                                                                                         \
    X(RPM_MODULARITYLABEL, 5096, RPM_TEXT)                                                                             \
    X(RPM_SHA256HEADER, 273, RPM_TEXT)                                                                                 \
    X(RPM_DSAHEADER, 267, RPM_BYTES)                                                                                   \
    X(RPM_RSAHEADER, 268, RPM_BYTES)                                                                                   \
    X(RPM_OPENPGP, 278, RPM_TEXTS)                                                                                     \
    X(RPM_PROVIDENAME, 1047, RPM_TEXTS)                                                                                \
    X(RPM_REQUIRENAME, 1049, RPM_TEXTS)                                                                                \
    X(RPM_REQUIREFLAGS, 1048, RPM_NUMBERS)                                                                             \
    X(RPM_OLDFILENAMES, 1027, RPM_TEXTS)                                                                               \
    X(RPM_BASENAMES, 1117, RPM_TEXTS)                                                                                  \
    X(RPM_DIRNAMES, 1118, RPM_TEXTS)                                                                                   \
    X(RPM_DIRINDEXES, 1116, RPM_NUMBERS)
typedef enum rpm_kind { RPM_TEXT, RPM_TEXTS, RPM_NUMBERS, RPM_BYTES } rpm_kind;
typedef enum rpm_slot {
#define X(slot, tag, kind) slot,
    RPM_SLOTS(X)
#undef X
        RPM_SLOT_COUNT
} rpm_slot;

typedef struct rpm_value {
    hm_str bytes; /* RPM_TEXT: without its NUL; RPM_TEXTS: from the first text to the end of the data; else the array */
    uint32_t count;
} rpm_value;
typedef struct rpm_header {
    rpm_value value[RPM_SLOT_COUNT]; /* count 0: absent */
    uint32_t bad, bad_tag;           /* entries that do not hold together, and the tag of the first */
} rpm_header;
/* Reads a header at the start of `blob` (in a database; in a file behind its magic). *ret_used: its length. HM_FORMAT
 * or HM_TRUNC DEFECT_RPM_HEADER, place byte; single entries that do not hold together are counted in `bad`. */
hm_rc detect_rpm_header(hm_str blob, rpm_header *ret, size_t *ret_used, hm_err *err) HM_MUST;
/* Its length, from the first eight bytes; 0: impossible. */
uint64_t detect_rpm_header_size(hm_str head);
bool detect_rpm_number(const rpm_value *v, uint32_t i, uint32_t *ret); /* i-th of RPM_NUMBERS, be32 */
/* Takes the next text of RPM_TEXTS; false at the end, or where the data ends before the count. */
bool detect_rpm_text(rpm_value *v, hm_str *ret);

/* one of them, and the component (+ 1) that offered it last: each offers it once */
typedef struct rpm_path {
    hm_str text;
    uint32_t by;
} rpm_path;
/* Paths that some package requires: of all files those are provided by name. */
typedef struct rpm_paths {
    hm_map *dir;  /* "/usr/bin/" -> its number, from 1 */
    hm_map *name; /* number:le32 name -> index of `text` */
    hm_vec text;  /* of rpm_path */
} rpm_paths;
/* One database, or one package file. */
typedef struct rpm_reader {
    const detect_in *in;
    part_build *out;
    detect_lang_gaps gaps;
    hm_buf version, quals, scratch;
    hm_str root;        /* of the packages: where they are installed, or the package file */
    bool file;          /* a package file: nothing says that it is installed */
    uint64_t keys;      /* gpg-pubkey: signing keys that rpm keeps as packages */
    rpm_paths required; /* maps NULL: none are asked for */
} rpm_reader;
void detect_rpm_clear(rpm_reader *r);
/* The package of a header as a component, PART_NO when it is none. `entry`: number of the record, for gaps; 0: none. */
uint32_t detect_rpm_package(rpm_reader *r, const rpm_header *h, uint64_t entry);
/* Name, version-release of "name-version-release.src.rpm"; false: another form. */
bool detect_rpm_source(hm_str file, hm_str *ret_name, hm_str *ret_version);
hm_rc detect_rpm_end(const rpm_reader *r, hm_err *err);
