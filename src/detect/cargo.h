#pragma once
/* cargo - what the readers of Cargo.lock and Cargo.toml share: the files of the group while they are put together. */
#include "detect/doc.h"

#define CARGO_NO UINT32_MAX

typedef struct cargo_lock {
    const detect_view *file;
    hm_str dir;
    const codec_json *doc;
    uint32_t first, n; /* its crates */
    bool published;    /* lies in a package of another lock, where Cargo does not look at it */
} cargo_lock;
/* one [[package]] of a lock */
typedef struct cargo_crate {
    const codec_json *v;
    hm_str name, version, source;
    uint32_t manifest; /* its Cargo.toml, if it is there */
    uint32_t comp;
    uint32_t first_edge, edges; /* in cargo.edges: complete, in order */
    part_scope scope;
    bool root, wanted; /* said to be the root; another crate depends on it */
} cargo_crate;
typedef struct cargo_edge {
    uint32_t to;
    part_scope scope;
} cargo_edge;
typedef struct cargo_manifest {
    const detect_view *file;
    hm_str dir;
    const codec_json *doc, *package;
    hm_str name, version;
    uint32_t workspace; /* manifest of the workspace, or CARGO_NO */
    uint32_t crate;     /* what it is in the lock, or CARGO_NO */
    uint32_t comp;
} cargo_manifest;
typedef struct cargo {
    detect_doc doc;
    hm_vec locks, manifests, crates, edges;
    hm_map *index; /* "m:DIR", "l:DIR", "w:DIR": manifest, lock, manifest with [workspace]; more see index() */
} cargo;

static inline cargo_manifest *cargo_manifest_at(const cargo *c, uint32_t i)
{
    return hm_vec_at(&c->manifests, i);
}

/* Remembers under KIND, NUMBER and key; the first one stays. */
void detect_cargo_index(cargo *c, char kind, uint32_t number, hm_str key, uint64_t value);
bool detect_cargo_find(cargo *c, char kind, uint32_t number, hm_str key, uint64_t *ret);
/* Is it a file of a crate that Cargo fetched, not of a project? */
bool detect_cargo_fetched(const detect_view *file);
/* Reads one manifest and its workspace's place. */
void detect_cargo_manifest(cargo *c, const detect_view *file, const codec_json *root);
/* After all are read: name and version, which may come from the workspace. */
void detect_cargo_manifest_names(cargo *c, uint32_t i);
/* Licence, people, addresses of [package] into d (borrows the buffers of the doc). */
void detect_cargo_describe(cargo *c, const cargo_manifest *m, part_desc *d);
/* Calls `each` for every dependency that a manifest declares, whatever the platform: its key, its table or text (the
 * workspace's where that is meant), its scope. */
typedef void cargo_each(cargo *c, uint32_t manifest, hm_str key, const codec_json *spec, part_scope scope);
void detect_cargo_each(cargo *c, uint32_t manifest, cargo_each *each);
hm_str detect_cargo_dependency_name(hm_str key, const codec_json *spec); /* renamed ones: what they are called */
/* A manifest that no lock knows: the project, or a crate of others, and what it declares. */
void detect_cargo_alone(cargo *c, uint32_t i);
void detect_cargo_declared(cargo *c, uint32_t i);
/* "git+URL?branch=b#COMMIT" or a registry: qualifiers and addresses. */
void detect_cargo_source(cargo *c, hm_str source, part_desc *d);
