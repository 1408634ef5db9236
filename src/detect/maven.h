#pragma once
/* maven - poms of one target or archive as Maven reads them (Maven model 4.0.0): parents, properties, managed versions.
 * Shared by the detectors of poms and of Java archives. */
#include "detect/doc.h"

enum { DETECT_NO_POM = 0xffffffff };

typedef struct detect_pom {
    const detect_view *file;
    const codec_xml *root;
    hm_str group, artifact, version; /* as written: its own, else those it names for its parent */
    uint32_t parent;                 /* DETECT_NO_POM: none, or not among the files */
    bool has_parent, module;         /* module: another pom of the set lists it */
} detect_pom;
typedef struct detect_poms {
    detect_doc *doc;
    hm_vec poms;                             /* detect_pom */
    hm_map *by_path, *by_name, *by_artifact; /* path; "group:artifact:version"; "group:artifact" -> pom + 1 */
    hm_map *values; /* number of the pom, name of a property or key of a managed one -> element */
    hm_vec imports; /* import rows of all poms */
    hm_vec scopes;  /* scratch of detect_poms_scope */
    hm_buf text;    /* scratch of expansion */
    hm_str missing; /* of the pom in scope: the first parent or import that is not there */
    bool crowded;   /* more than LIMIT_POM_IMPORTS manage versions for it */
} detect_poms;
/* A dependency with its variables replaced. */
typedef struct detect_maven_dep {
    hm_str group, artifact, type, classifier, version,
        scope;      /* type and classifier: empty where they are the default */
    hm_str raw;     /* version as written; empty: none */
    hm_str unknown; /* variable that is not known, or empty */
    bool optional, has_version;
} detect_maven_dep;

void detect_poms_open(detect_poms *p, detect_doc *doc);
void detect_poms_close(detect_poms *p);
/* Reads one; what is no pom is a gap of its file. */
void detect_poms_add(detect_poms *p, const detect_view *file);
void detect_poms_link(detect_poms *p); /* after the last one: names, parents, modules, managed versions */
size_t detect_poms_count(const detect_poms *p);
const detect_pom *detect_poms_get(const detect_poms *p, uint32_t i);
/* version empty: the first of that name. */
uint32_t detect_poms_find(detect_poms *p, hm_str group, hm_str artifact, hm_str version);
/* i, its parent, its parent's parent; DETECT_NO_POM at the end or after LIMIT_POM_PARENTS: start with *steps = 0. */
uint32_t detect_poms_up(const detect_poms *p, uint32_t i, unsigned *steps);
/* `text` with its ${variables} replaced, as pom i sees them; in the arena or borrowed. false: *ret_unknown is not known
 * (or its value does not end), *ret is the text as written. */
bool detect_poms_expand(detect_poms *p, uint32_t i, hm_str text, hm_str *ret, hm_str *ret_unknown);
hm_str detect_poms_text(detect_poms *p, uint32_t i, hm_str text); /* expanded, or as written */
/* Prepares detect_poms_dep for pom i: which poms manage versions for it. */
void detect_poms_scope(detect_poms *p, uint32_t i);
/* A <dependency> as pom i (in scope) sees it; false: without group or artifact. */
bool detect_poms_dep(detect_poms *p, uint32_t i, const codec_xml *dependency, detect_maven_dep *ret);
part_scope detect_maven_scope(hm_str scope, bool optional);
/* Version that a text names exactly: "1.0" and "[1.0]"; empty: a range, or a word that stands for the newest one. */
hm_str detect_maven_exact(hm_str text);
/* Licence, organization, developers, addresses that pom i states or inherits. */
void detect_poms_describe(detect_poms *p, uint32_t i, part_desc *d);
/* As part_desc_licence; the address of a well-known licence's text stands for the licence. */
void detect_licence_text(part_desc *d, hm_str text, hm_buf *scratch);
/* purl qualifiers of an artifact, through doc->quals. */
hm_str detect_maven_quals(detect_doc *doc, hm_str classifier, hm_str type);
