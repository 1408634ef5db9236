#pragma once
/* plan_int - what plan_find.c (which images are there) hands to plan.c (the choice, and what it is made of). */
#include "codec/codec.h"
#include "scan/plan.h"

/* an image or one platform of it */
typedef struct plan_cand {
    hm_str path, digest;        /* of its manifest; docker-archive: empty */
    const codec_json *manifest; /* NULL: not given, or broken */
    const codec_json *docker;   /* its element of manifest.json instead */
    hm_str config_path;         /* empty: not known */
    hm_str os, arch, variant;
    hm_str name;
    hm_str attests; /* of an attestation manifest: digest of what it is about */
    bool other;     /* no image: said in a note; only chosen when nothing else is there */
} plan_cand;

typedef enum plan_state { PLAN_UNREAD = 0, PLAN_READ, PLAN_BROKEN } plan_state;
typedef struct plan_file {
    hm_str path, bytes;
    plan_state state;
    const codec_json *json;
    bool visited; /* an index: its manifests were taken */
} plan_file;
typedef struct plan_find {
    hm_arena *arena;
    const plan_question *q;
    hm_map *by_path, *by_manifest; /* -> index + 1 of file, of cand */
    plan_file *file;
    hm_vec cand, attest, name, note; /* plan_cand, plan_cand, plan_named, plan_note */
    size_t visits;
    bool needs;     /* a PLAN_NEED was noted */
    bool described; /* something here is meant as an image */
    bool old;       /* and of a form before all those that are read */
    bool no_memory;
} plan_find;
typedef struct plan_named {
    size_t cand;
    hm_str name;
} plan_named;
/* Fills the vectors; HM_NOMEM, HM_LIMIT of the arena. */
hm_rc scan_plan_find(plan_find *f, hm_err *err) HM_MUST;
/* A description as JSON; NULL: not given (needed: then noted) or broken (noted). */
const codec_json *scan_plan_load(plan_find *f, hm_str path, hm_str digest);
bool scan_plan_given(const plan_find *f, hm_str path);
void scan_plan_manifest(plan_find *f, plan_cand *c);     /* what the manifest of a candidate says of it, once */
hm_str scan_plan_blob_path(plan_find *f, hm_str digest); /* "blobs/sha256/HEX"; empty: no such digest */
hm_str scan_plan_cut(hm_str s);                          /* at PLAN_TEXT, on a character's border */
void scan_plan_note(plan_find *f, plan_note_kind kind, hm_str path, hm_str text);
void scan_plan_gap(plan_find *f, hm_str path, hm_rc rc, hm_defect defect, hm_str at);
void scan_plan_err(plan_find *f, hm_str path, const hm_err *e);
/* "os/arch/variant" with the names that others use for the same made alike. */
void scan_plan_platform(hm_str text, hm_str *ret_os, hm_str *ret_arch, hm_str *ret_variant);
void scan_plan_alike(hm_str *arch, hm_str *variant);
