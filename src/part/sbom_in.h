#pragma once
/* sbom_in - inside of the readers of SBOM documents (sbom_in.c, cyclonedx_in.c, spdx_in.c, spdx_tag.c): what they share.
 * A reader fills one sbom_item per component and calls part_sbom_add; references between components go by text. */
#include "codec/codec.h"
#include "part/part.h"

enum { SBOM_PROP_MAX = 256, SBOM_EXTRA_MAX = 4096, SBOM_EXTRA_DOC = 16384, SBOM_EXTRA_ALL = 8 << 20 };

typedef struct sbom_pair {
    hm_str key, value;
} sbom_pair;
/* one component, while its fields are read */
typedef struct sbom_item {
    part_desc d; /* name and version as the document says them; the rest comes from the purl */
    hm_str ref, purl, licence;
    uint64_t line;
    hm_vec sums, props; /* of sbom_pair: algorithm and hex; key and value */
} sbom_item;
typedef struct sbom_in {
    const part_doc_in *in;
    part_build *out;
    part_format format;
    hm_map *refs;  /* reference -> component */
    hm_vec labels; /* of hm_str, by component from `first` on: its purl or name as written */
    uint32_t first;
    hm_str tool, author, subject;
    sbom_item item;
    hm_buf normal, licence, text, quals;
    uint64_t gaps;
    size_t extras;   /* bytes of them so far */
    bool nomem, bad; /* bad: the arena gave nothing more */
} sbom_in;

void part_sbom_gap(sbom_in *s, hm_rc rc, hm_defect defect, uint64_t line, hm_str at);
sbom_item *part_sbom_fresh(sbom_in *s); /* the item, empty */
void part_sbom_sum(sbom_in *s, hm_str alg, hm_str hex);
void part_sbom_prop(sbom_in *s, hm_str key, hm_str value);
hm_str part_sbom_join(sbom_in *s, hm_str x, hm_str y, hm_str z); /* in the arena */
void part_sbom_set_tool(sbom_in *s, hm_str name, hm_str version);
void part_sbom_set_author(sbom_in *s, hm_str name);
void part_sbom_set_subject(sbom_in *s, hm_str ns, hm_str name, hm_str version);
hm_str part_sbom_url(sbom_in *s, hm_str url); /* without user and password; empty for what is no address */
uint32_t part_sbom_add(sbom_in *s);           /* PART_NO: it has no name, which became a gap */
hm_str part_sbom_label(const sbom_in *s, uint32_t comp);
uint32_t part_sbom_find(const sbom_in *s, hm_str ref);
void part_sbom_edge(sbom_in *s, uint32_t from, uint32_t to, part_scope scope); /* `to` PART_NO: open */
void part_sbom_flag(sbom_in *s, uint32_t comp, uint32_t flag);

/* Raw JSON that a parser has accepted: members or elements one by one, and one member. Empty: not there. */
bool part_sbom_raw_next(hm_str *rest, bool object, hm_str *ret_key, hm_str *ret_value);
hm_str part_sbom_raw_inside(hm_str value); /* what stands between its brackets */
hm_str part_sbom_raw_get(hm_str object, const char *key);
/* Members of `object` that are not in `known` (NULL-terminated), kept as extra. */
void part_sbom_extra_rest(sbom_in *s, uint32_t comp, hm_str object, const char *const *known, hm_str place);
void part_sbom_extra(sbom_in *s, uint32_t comp, hm_str place, hm_str raw);

hm_rc part_sbom_cyclonedx_json(sbom_in *s, const codec_json *root, hm_str raw, hm_err *err);
hm_rc part_sbom_cyclonedx_xml(sbom_in *s, const codec_xml *root, hm_err *err);
hm_rc part_sbom_spdx_json(sbom_in *s, const codec_json *root, hm_str raw, hm_err *err);
hm_rc part_sbom_spdx_tag(sbom_in *s, hm_str text, hm_err *err);

/* What both forms of SPDX share (spdx_in.c). */
bool part_sbom_spdx_said(hm_str value); /* neither empty nor NOASSERTION nor NONE */
void part_sbom_spdx_creator(sbom_in *s, hm_str creator);
hm_str part_sbom_spdx_agent(sbom_in *s, hm_str agent); /* "Organization: X (mail)": "X <mail>" */
void part_sbom_spdx_reference(sbom_in *s, hm_str category, hm_str type, hm_str locator);
void part_sbom_spdx_download(sbom_in *s, hm_str location);
void part_sbom_spdx_licence(sbom_in *s, hm_str declared, hm_str concluded);
void part_sbom_spdx_purpose(sbom_in *s, hm_str purpose);
void part_sbom_spdx_relation(sbom_in *s, hm_str from, hm_str type, hm_str to);
hm_rc part_sbom_spdx_version(hm_str version, hm_err *err); /* "SPDX-2.3" */
