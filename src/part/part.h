#pragma once
/* part - what a component is: purl, licence expression, identity, the ecosystem map, and the SBOM model as one flat
 * block of bytes (part_pack) that is a worker's reply, a stored blob and a bench input alike; CycloneDX out of it.
 * Pure: bytes and values in, bytes and values out. Specs: purl = ECMA-427, licences = SPDX 2.3 annex D (and 3.0.1
 * annex B), CycloneDX 1.6 (ECMA-424). */
#include "base/base.h"
#include "version/version.h"

/* ---- ecosystem map (ecosystem.tbl.h): the only place that spells an ecosystem ------------------------------- */

typedef enum part_eco {
    PART_ECO_NONE = 0,
#define PART_ECO(id, purl_type, osv, order) id,
#include "part/ecosystem.tbl.h"
#undef PART_ECO
    PART_ECO_COUNT
} part_eco;
typedef struct part_eco_row {
    const char *purl_type; /* "npm" */
    const char *osv;       /* OSV ecosystem name "npm", NULL: none, or it depends on the distribution */
    version_order order;   /* how versions of it compare */
} part_eco_row;
const part_eco_row *part_eco_get(part_eco eco); /* out of range: the row of PART_ECO_NONE */
part_eco part_eco_of_purl_type(hm_str type);    /* lower-case type; unknown: PART_ECO_NONE */
/* Distribution (distro.tbl.h): os-release ID and VERSION_ID to the purl namespace and the OSV ecosystem.
 * Writes e.g. "Debian:12", "Ubuntu:22.04:LTS", "Alpine:v3.20", "Rocky Linux:9"; false when no feed is known. */
bool part_distro_osv(hm_str id, hm_str version_id, hm_buf *out);
/* purl namespace of a distribution: the os-release ID itself, save where the purl type definitions differ. */
hm_str part_distro_namespace(hm_str id);

/* ---- purl (ECMA-427) ---------------------------------------------------------------------------------------- */

typedef struct part_purl {
    hm_str type, ns, name, version, subpath; /* decoded and normalised for the type; absent = empty */
    hm_str quals; /* canonical: "k=v&k=v", keys lower case and sorted, values percent-encoded; empty values dropped */
} part_purl;
/* Parses and normalises by the rules of the type (all types of the purl-spec type definitions; unknown types keep
 * their case). Slices live in the arena. Errors: HM_FORMAT with DEFECT_PURL_*, place byte. */
hm_rc part_purl_parse(hm_arena *a, hm_str text, part_purl *ret_purl, hm_err *err) HM_MUST;
/* As part_purl_parse, but refuses what it would mend: a key of the type's definition in another case, an escaped slash
 * in namespace or subpath, the missing namespace of golang and huggingface, a yocto URL without scheme. */
hm_rc part_purl_parse_strict(hm_arena *a, hm_str text, part_purl *ret_purl, hm_err *err) HM_MUST;
/* Normalises decoded pieces (of a detector or a document) by the type's rules, as building a purl does. `quals` of
 * `in` may be in any order; values there are percent-encoded already (part_qual_add writes them so). */
hm_rc part_purl_make(hm_arena *a, const part_purl *in, part_purl *ret_purl, hm_err *err) HM_MUST;
void part_purl_text(const part_purl *p, hm_buf *out); /* canonical text */
/* Appends "key=value", value encoded, after "&" where there are others; an empty value adds nothing. */
void part_qual_add(hm_buf *quals, hm_str key, hm_str value);
bool part_qual_get(hm_arena *a, hm_str quals, hm_str key, hm_str *ret_value); /* decoded, in the arena; false: absent */

/* ---- licence expressions (SPDX) ------------------------------------------------------------------------------ */

/* Canonical SPDX expression of `text`: ids in their official case (matching is case-insensitive), deprecated GNU ids
 * mapped (GPL-2.0 -> GPL-2.0-only, GPL-2.0+ -> GPL-2.0-or-later), well-known other names mapped (licence_alias.tbl.h:
 * "Apache 2.0", "Apache License, Version 2.0", "MIT License", "BSD"-less-clauses stay unknown, Debian DEP-5 short names
 * such as GPL-2+, Expat, BSD-3-clause; Perl/Python names), operators upper case, superfluous parentheses gone.
 * Appends to out. HM_FORMAT DEFECT_LICENCE_SYNTAX (place byte) if it is no expression; an id that is not on the list
 * is HM_NOTFOUND with `at` = the id. In both cases nothing was appended: the caller keeps the literal text. */
hm_rc part_licence(hm_str text, hm_buf *out, hm_err *err) HM_MUST;
bool part_licence_id(hm_str id, hm_str *ret_official); /* one listed id, any case */
const char *part_licence_list_version(void);           /* "3.27" or what the table was made from */

/* ---- the SBOM model: part_pack ------------------------------------------------------------------------------- */

enum { PART_NO = 0xffffffff, PART_LAYOUT = 1 };

/* CycloneDX component types we use */
typedef enum part_kind {
    PART_LIBRARY = 0,
    PART_APPLICATION,
    PART_FRAMEWORK,
    PART_OS,
    PART_CONTAINER,
    PART_FIRMWARE,
    PART_FILE,
    PART_DEVICE,
    PART_KIND_COUNT
} part_kind;
typedef enum part_scope {
    PART_SCOPE_UNKNOWN = 0,
    PART_SCOPE_RUNTIME,
    PART_SCOPE_OPTIONAL,
    PART_SCOPE_DEV, /* development or test only */
    PART_SCOPE_BUILD,
    PART_SCOPE_COUNT
} part_scope;
/* part_comp.flags */
enum {
    PART_F_SUBJECT = 1,     /* the project itself (root of a lock file, main module of a Go binary), not a part of it */
    PART_F_MANAGED = 2,     /* lies inside a file that an OS package owns: see `owner` */
    PART_F_DEPS_KNOWN = 4,  /* its dependencies were readable from the evidence */
    PART_F_DEPS_OPEN = 8,   /* some of them could not be resolved to a component (set by the merge) */
    PART_F_BUNDLED = 16,    /* shipped inside its parent's archive or directory (npm inBundle, vendored) */
    PART_F_LOCAL = 32,      /* from a path on disk, a link or a workspace: not from a registry */
    PART_F_NO_VERSION = 64, /* the evidence names no version */
    PART_F_CLAIMED = 128,   /* only an SBOM found in the target names it: nothing of it was seen (docs/adr/0005) */
};
/* CycloneDX evidence.identity.methods.technique */
typedef enum part_technique {
    PART_T_MANIFEST = 0, /* manifest-analysis: lock files, package databases */
    PART_T_BINARY,       /* binary-analysis */
    PART_T_FILENAME,     /* filename */
    PART_T_HASH,         /* hash-comparison */
    PART_T_SOURCE,       /* source-code-analysis */
    PART_T_OTHER,
    PART_T_COUNT
} part_technique;
typedef enum part_alg { PART_MD5 = 0, PART_SHA1, PART_SHA256, PART_SHA384, PART_SHA512, PART_ALG_COUNT } part_alg;

/* slice of the string heap */
typedef struct part_ref {
    uint32_t at, n;
} part_ref;

/* One component. All integers little-endian. Rows of the tables below that carry `comp` are sorted by it; first/count
 * pairs index them. */
#define PART_TEXTS(X)                                                                                                  \
    X(ns)      /* purl namespace, decoded: scope "@babel", Go host and path, maven group; empty for OS packages */     \
    X(name)    /* as the ecosystem writes it */                                                                        \
    X(version) /* normalised where the ecosystem has a normal form, else as found */                                   \
    X(literal) /* version as found, when it differs from `version` */                                                  \
    X(quals)   /* purl qualifiers "k=v&k=v" (arch, epoch, vcs_url ...), without distro */                              \
    X(subpath)                                                                                                         \
    X(cpe)      /* CPE 2.3 formatted string, if the evidence names one */                                              \
    X(supplier) /* who supplies it: distribution vendor or maintainer, "Name <mail>" as found */                       \
    X(author)                                                                                                          \
    X(licence)     /* SPDX expression (part_licence said so) */                                                        \
    X(licence_raw) /* declared licence that is no SPDX expression, as found */                                         \
    X(source_name) /* OS packages: source package */                                                                   \
    X(source_version)                                                                                                  \
    X(distro)   /* OS packages: "debian-12"; the merge fills it from os-release */                                     \
    X(url_dist) /* where it was or can be downloaded */                                                                \
    X(url_vcs)                                                                                                         \
    X(url_home)                                                                                                        \
    X(root) /* OS packages: prefix of the root they are installed in, "" for the target itself */                      \
    X(env)  /* environment of the document, see need */
typedef struct part_comp {
    uint8_t kind, scope;
    uint16_t eco;
    uint32_t flags;
    uint32_t owner; /* index of the OS package that owns its evidence, or PART_NO */
    uint32_t evidence_first, evidence_count, digest_first, digest_count, prop_first, prop_count, edge_first, edge_count;
#define X(field) part_ref field;
    PART_TEXTS(X)
#undef X
} part_comp;
typedef struct part_evidence {
    uint32_t comp;
    uint16_t detector;             /* id of the detector row */
    uint8_t technique, confidence; /* 0 to 100 */
    part_ref path;                 /* relative to the target, raw bytes, '/' separated; inside archives "a.jar!/b" */
    part_ref layer;                /* image layer digest, or empty */
    uint64_t line;                 /* 0: none */
} part_evidence;
typedef struct part_digest {
    uint32_t comp;
    uint32_t alg;
    part_ref hex; /* lower-case hex, length checked */
} part_digest;
/* facts worth keeping that have no field: "npm:bin" etc.; names see docs */
typedef struct part_prop {
    uint32_t comp, pad;
    part_ref key, value;
} part_prop;
/* `comp` depends on `to` */
typedef struct part_edge {
    uint32_t comp, to;
    uint32_t scope, pad;
} part_edge;
/* Dependencies across documents. A component offers `provide(env, name)`; a `need` looks for it: HERE in `env`, UP
 * (npm: env/node_modules, then the parents' node_modules). Needs with the same group > 0 of one component are
 * alternatives: one suffices. ALL: everything in `env` that provides it, and nothing is right too (what an archive
 * contains). Resolved and removed by the merge. */
typedef enum part_how { PART_FIND_HERE = 0, PART_FIND_UP, PART_FIND_ALL } part_how;
typedef struct part_need {
    uint32_t comp;
    uint16_t scope, how;
    uint32_t group, eco;
    part_ref env, name;
} part_need;
typedef struct part_provide {
    uint32_t comp, pad;
    part_ref env, name;
} part_provide;
/* A statement about a component that another document describes (copyright files): applied by the merge to components
 * of `eco` in `root` with that name. ALIAS: take the fields of the component named by value. */
typedef enum part_claim_field { PART_CLAIM_LICENCE = 0, PART_CLAIM_LICENCE_RAW, PART_CLAIM_ALIAS } part_claim_field;
typedef struct part_claim {
    uint16_t eco, field;
    uint32_t pad;
    part_ref root, name, value;
} part_claim;
/* answer of an owner query: `package` of `eco` in `root` owns the wanted file `path` */
typedef struct part_owned {
    uint32_t eco, pad;
    part_ref root, path, package; /* root: filled by the merge; path: relative to root, there to the target */
} part_owned;
/* what was not understood: a file (path) and why */
typedef struct part_gap {
    part_ref path, at; /* at: hm_err.at */
    uint16_t rc, defect, place_kind, detector;
    int32_t sys;
    uint32_t pad;
    uint64_t place, arg[4];
} part_gap;
/* what a document held that this model does not know: raw slice with format and place */
typedef struct part_extra {
    uint32_t comp;   /* or PART_NO: the document */
    uint32_t format; /* part_format */
    part_ref place, raw;
} part_extra;
typedef enum part_format {
    PART_FMT_NONE = 0,
    PART_FMT_CYCLONEDX_JSON,
    PART_FMT_CYCLONEDX_XML,
    PART_FMT_SPDX
} part_format;

/* Tables in their order in the block. X(member, row type, count limit) */
#define PART_TABLES(X)                                                                                                 \
    X(comp, part_comp)                                                                                                 \
    X(evidence, part_evidence)                                                                                         \
    X(digest, part_digest)                                                                                             \
    X(prop, part_prop)                                                                                                 \
    X(edge, part_edge)                                                                                                 \
    X(need, part_need)                                                                                                 \
    X(provide, part_provide)                                                                                           \
    X(claim, part_claim)                                                                                               \
    X(owned, part_owned)                                                                                               \
    X(gap, part_gap)                                                                                                   \
    X(extra, part_extra)
/* Read view of a checked block; borrowed from it. */
typedef struct part_pack {
    hm_str block, heap;
#define X(member, type)                                                                                                \
    const type *member;                                                                                                \
    size_t member##_n;
    PART_TABLES(X)
#undef X
} part_pack;
/* Checks the whole block in one pass (magic, layout, table bounds, every slice, index, enum, grouping; digests are
 * hex of the right length) and gives the view. The block must be aligned to 8 and outlive the view. */
hm_rc part_pack_open(hm_str block, part_pack *ret_pack, hm_err *err) HM_MUST;
hm_str part_text(const part_pack *p, part_ref r);

/* Builder. Failure is sticky (out of memory or over the limit): add freely, check at finish. Strings are copied and
 * interned. Heap-backed, bounded by `limit_bytes` over all. */
typedef struct part_build part_build;
part_build *part_build_new(size_t limit_bytes) HM_MUST;
part_build *part_build_free(part_build *b);
void part_build_freep(part_build **b);
void part_build_reset(part_build *b, size_t limit_bytes);

/* what a detector says of one component; empty = not known */
typedef struct part_desc {
    part_kind kind;
    part_scope scope;
    part_eco eco;
    uint32_t flags;
#define X(field) hm_str field;
    PART_TEXTS(X)
#undef X
} part_desc;
uint32_t part_add(part_build *b, const part_desc *d); /* index, PART_NO after failure (later calls accept it) */
void part_add_evidence(part_build *b, uint32_t comp, hm_str path, part_technique t, unsigned confidence, uint64_t line);
void part_add_digest(part_build *b, uint32_t comp, part_alg alg, hm_str hex); /* wrong length or not hex: ignored */
void part_add_digest_bytes(part_build *b, uint32_t comp, part_alg alg, hm_str bytes);
/* Subresource Integrity text ("sha512-BASE64 sha1-..."): each digest of it that decodes. */
void part_add_integrity(part_build *b, uint32_t comp, hm_str sri);
void part_add_prop(part_build *b, uint32_t comp, hm_str key, hm_str value); /* empty value: nothing */
void part_add_edge(part_build *b, uint32_t from, uint32_t to, part_scope scope);
void part_add_need(part_build *b, uint32_t comp, part_scope scope, part_how how, uint32_t group, part_eco eco,
                   hm_str env, hm_str name);
void part_add_provide(part_build *b, uint32_t comp, hm_str env, hm_str name);
void part_add_claim(part_build *b, part_eco eco, hm_str root, hm_str name, part_claim_field f, hm_str value);
void part_add_owned(part_build *b, part_eco eco, hm_str path, hm_str package);
void part_add_owned_in(part_build *b, part_eco eco, hm_str root, hm_str path, hm_str package);
void part_add_gap(part_build *b, hm_str path, const hm_err *e);
void part_add_extra(part_build *b, uint32_t comp, part_format format, hm_str place, hm_str raw);
void part_copy_evidence(part_build *b, uint32_t comp, const part_pack *p,
                        const part_evidence *e); /* from another pack */
void part_copy_evidence_in(part_build *b, uint32_t comp, const part_pack *p, const part_evidence *e,
                           hm_str layer); /* the same, of that layer */
void part_copy_gap(part_build *b, const part_pack *p, const part_gap *g);
void part_gap_err(const part_pack *p, const part_gap *g, hm_err *ret); /* a gap as the error it was */
part_scope part_scope_stronger(part_scope a, part_scope b); /* runtime, optional, build, dev, unknown: the first wins */
/* Sets licence or licence_raw of desc from a declared text: an expression goes to `licence` (through scratch), any
 * other text to `licence_raw`, cut at 256 bytes. `scratch` must live until part_add. */
void part_desc_licence(part_desc *d, hm_str declared, hm_buf *scratch);
size_t part_build_count(const part_build *b);
part_comp *part_build_comp(part_build *b, uint32_t i); /* to change flags, scope, owner; valid until the next add */
void part_build_detector(part_build *b, uint16_t detector); /* stamped on evidence and gaps added from now on */
bool part_build_bad(const part_build *b);
/* Sorts the sub-tables by component, unites equal edges and writes the block; *ret_block is owned by the builder until
 * reset or free. The rows are gone from the builder afterwards: reset before it is used again. */
hm_rc part_build_finish(part_build *b, hm_str *ret_block, hm_err *err) HM_MUST;

/* ---- identity ------------------------------------------------------------------------------------------------ */

/* purl of a component of a pack: fields normalised by part_purl_make; OS packages get the namespace and `distro=` of
 * their distribution, `upstream=` is added when `with_upstream` and the source differs. No ecosystem: pkg:generic.
 * Appends nothing and returns false where the fields make no purl (no name). */
bool part_comp_purl(hm_arena *scratch, const part_pack *p, const part_comp *c, bool with_upstream, hm_buf *out);
bool part_is_os_package(unsigned eco);                                      /* deb, apk, rpm, alpm, opkg */
void part_distro_split(hm_str distro, hm_str *ret_id, hm_str *ret_version); /* "debian-12" -> "debian", "12" */
/* part_key: canonical purl without version, qualifiers, subpath, plus distribution for OS packages.
 * part_id: adds version and the qualifiers that identify. Both append UTF-8 text usable as a map key and bom-ref. */
void part_key(hm_arena *scratch, const part_pack *p, const part_comp *c, hm_buf *out);
void part_id(hm_arena *scratch, const part_pack *p, const part_comp *c, hm_buf *out);

/* Identity of every component of a pack, each one only one time ("ID#2" where a pack names an id twice): bom-ref of
 * documents, id of reports. NULL: no memory. Borrows nothing. */
typedef struct part_refs part_refs;
part_refs *part_refs_new(const part_pack *p) HM_MUST;
part_refs *part_refs_free(part_refs *r);
void part_refs_freep(part_refs **r);
hm_str part_refs_get(const part_refs *r, size_t comp); /* out of range: empty */

/* ---- documents ----------------------------------------------------------------------------------------------- */

typedef struct part_doc_prop {
    hm_str name, value;
} part_doc_prop;
/* what goes around the components */
typedef struct part_doc {
    hm_time when;
    hm_str subject_name, subject_version; /* metadata.component; name empty: none */
    hm_str subject_purl;                  /* empty: none */
    part_kind subject_kind;
    const part_doc_prop *prop; /* of the subject */
    size_t props;
    hm_str tool_version;
    bool serial_random; /* else derived from the content (SHA-256, UUID version 8, RFC 9562) */
    uint8_t random[16]; /* used when serial_random */
} part_doc;
/* Receives output in pieces; false stops the writer with HM_IO. */
typedef bool part_sink(void *ctx, hm_str bytes);
/* CycloneDX JSON, spec_version 14, 15, 16 or 17. Components in pack order (the merge sorts), the
 * target's own operating system before them. Same pack and doc, same
 * bytes. Gaps are written as metadata properties hoshimori:gap and turn the composition to incomplete. */
hm_rc part_write_cyclonedx(const part_pack *p, const part_doc *doc, unsigned spec_version, part_sink *sink, void *ctx,
                           hm_err *err) HM_MUST;
/* What an SBOM document of another tool says: CycloneDX 1.x (JSON, XML), SPDX 2.x (JSON, YAML by its name, tag:value).
 * With `claimed` each component gets PART_F_CLAIMED, evidence of PART_T_OTHER and properties that name the document
 * (claimed-by-sbom, sbom-tool, sbom-author, sbom-subject). What has no field stays as extra, bounded. Gaps of single
 * components are added to out. HM_NOTFOUND DEFECT_SBOM: it is no such document; HM_UNSUPPORTED DEFECT_SBOM_FORM or
 * DEFECT_UNSUPPORTED_VERSION; errors of the codecs. */
typedef struct part_doc_in {
    hm_arena *arena; /* scratch */
    hm_str path;     /* of the document: evidence, places, gaps */
    bool claimed;
} part_doc_in;
hm_rc part_read_sbom(const part_doc_in *in, hm_str bytes, part_build *out, hm_err *err) HM_MUST;
const char *part_kind_name(unsigned kind);   /* CycloneDX spelling: "operating-system" */
const char *part_scope_name(unsigned scope); /* "runtime", "optional", "dev", "build", "unknown" */
const char *part_technique_name(unsigned t); /* "manifest-analysis" */
const char *part_alg_name(unsigned alg);     /* "SHA-256" */
