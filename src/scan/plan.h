#pragma once
/* plan - which image an image archive or an OCI layout holds, and of which layers it is made: from the small JSON blobs
 * that describe it to a plan. Made in a worker (SCAN_JOB_PLAN), as every one of these blobs is foreign; the parent holds
 * the plan for hostile and decodes it as such (plan_wire.c, both directions fuzzed by plan_fuzz.c).
 * Formats: OCI image-spec 1.1 (image-layout.md, image-index.md, manifest.md, config.md, descriptor.md), Docker image
 * manifest version 2 schema 2 and manifest lists, the archive of `docker save` (manifest.json), of skopeo, podman and
 * crane likewise, BuildKit's attestation manifests.
 *
 * The question (jail_in.extra): u8 final, then frames of le32 n, bytes: the wanted platform, this machine's, and for
 * each blob its path and its content.
 * The answer: rows of u8 type | le32 n | payload of n bytes, texts in it as le32 n, bytes (plan_wire.c). */
#include "base/base.h"
#include "jail/jail.h"
#include "scan/scan.h"

enum {
    PLAN_DEPTH = 8,          /* index in index */
    PLAN_LAYERS = 1024,      /* of one image */
    PLAN_ROWS = 4096,        /* images, names, labels, notes: of each */
    PLAN_TEXT = 4096,        /* bytes of one text; longer ones are cut */
    PLAN_BYTES = 64 << 20,   /* a whole plan */
    PLAN_VISITS = 100 * 1000 /* descriptors looked at */
};

typedef struct plan_layer {
    hm_str path;       /* of its blob: "blobs/sha256/HEX", "HEX/layer.tar" */
    hm_str digest;     /* of the blob as stored; empty: not known */
    hm_str diff_id;    /* of the tar in it; empty: not known */
    hm_str media_type; /* empty: not known */
    hm_str created_by; /* of its history entry */
    uint64_t size;     /* of the blob, as the manifest says; 0: it does not */
    bool foreign;      /* may be left out of archives by its licence */
} plan_layer;
/* an image, or one platform of it, that is there or is named */
typedef struct plan_image {
    hm_str digest; /* of its manifest; empty: docker-archive */
    hm_str os, arch, variant;
    hm_str name; /* first of its names */
    bool present, chosen;
} plan_image;
typedef struct plan_label {
    hm_str key, value;
} plan_label;
typedef enum plan_note_kind {
    PLAN_NEED = 0, /* a description that was not given: `path`, `text` = its digest */
    PLAN_GAP,      /* err, of `path` */
    PLAN_ATTEST,   /* something said about the chosen image: `path` of the statement, `text` = its predicate type */
    PLAN_OTHER,    /* no image (an artifact, a referrer, a signature): `path` of the manifest, `text` = what it is */
    PLAN_NOTE_KINDS
} plan_note_kind;
typedef struct plan_note {
    plan_note_kind kind;
    hm_str path, text;
    hm_err err;
} plan_note;
typedef enum plan_choice { PLAN_NONE = 0, PLAN_ASKED, PLAN_MACHINE, PLAN_ONLY, PLAN_FIRST, PLAN_CHOICES } plan_choice;

#define PLAN_TEXTS(X)                                                                                                  \
    X(digest) /* of the manifest */                                                                                    \
    X(id)     /* of the configuration: docker's image id */                                                            \
    X(media_type)                                                                                                      \
    X(os)                                                                                                              \
    X(arch)                                                                                                            \
    X(variant)                                                                                                         \
    X(os_version)                                                                                                      \
    X(created)                                                                                                         \
    X(author)
typedef struct plan {
    plan_choice choice; /* PLAN_NONE: no image was chosen, and no layers follow */
#define X(field) hm_str field;
    PLAN_TEXTS(X)
#undef X
    const plan_layer *layer; /* lowest first */
    size_t layers;
    const hm_str *name; /* RepoTags, names of annotations; sorted, each once */
    size_t names;
    const plan_label *label;
    size_t labels;
    const plan_image *image; /* in the order they are named */
    size_t images;
    const plan_note *note;
    size_t notes;
} plan;

typedef struct plan_blob {
    hm_str path, bytes;
} plan_blob;
/* The question, by the parent. Platforms are "os/arch" or "os/arch/variant"; wanted empty: see plan_choice. `final`: what
 * is not among the blobs is not there; else what is missing is asked for by PLAN_NEED notes alone. */
void scan_plan_ask(hm_buf *out, bool final, hm_str wanted, hm_str machine);
void scan_plan_ask_blob(hm_buf *out, hm_str path, hm_str bytes);

typedef struct plan_question {
    bool final;
    hm_str wanted, machine;
    const plan_blob *blob;
    size_t blobs;
} plan_question;
/* All texts of the plan lie in the arena or the blobs. *ret is written also beside a failure: with what is known (images,
 * notes) and without layers. HM_NOTFOUND DEFECT_IMAGE_NONE: these blobs describe no image; DEFECT_IMAGE_PLATFORM: not
 * that platform (at: those there); DEFECT_IMAGE_BLOB: see the needs (at: the first). HM_UNSUPPORTED DEFECT_IMAGE_OLD. */
hm_rc scan_plan_make(hm_arena *a, const plan_question *q, plan *ret, hm_err *err) HM_MUST;

void scan_plan_put(hm_buf *out, const plan *p);
/* Everything checked: counts, paths (relative, without ".."), digests, kinds. Texts borrow from `in`.
 * HM_FORMAT DEFECT_WORKER_REPLY, HM_LIMIT or HM_NOMEM of the arena. */
hm_rc scan_plan_get(hm_arena *a, hm_str in, plan *ret, hm_err *err) HM_MUST;

/* shared by the files of the plan */
bool scan_plan_path_ok(hm_str path);   /* relative, no empty, "." or ".." segment, no NUL, at most JAIL_NAME_MAX */
bool scan_plan_digest_ok(hm_str text); /* OCI image-spec, descriptor.md: algorithm:encoded */
