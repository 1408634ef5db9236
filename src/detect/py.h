#pragma once
/* py - what the readers of Python's lock files, requirements and manifests share: requirements (PEP 508, as pip reads
 * them), names (PEP 503), addresses of repositories, declared components. */
#include "detect/doc.h"

enum { PY_NAME_MAX = 256, PY_PROP_MAX = 512 };

typedef struct py_requirement {
    hm_str name, extras, range, url, marker; /* as written, trimmed; absent = empty */
    hm_str path;                             /* a folder or file on disk instead of an url */
} py_requirement;
/* "name [extras] range ; marker" or "name [extras] @ url ; marker". false: not such a text. */
bool detect_py_requirement(hm_str text, py_requirement *ret);
hm_str detect_py_exact(hm_str range);        /* the version that "==V" or "===V" in it names; else empty */
hm_str detect_py_exact_poetry(hm_str range); /* there a version alone is exact, too */
bool detect_py_is_name(hm_str name);         /* letters, digits and - _ . between them */
void detect_py_normal(hm_buf *out, hm_str name);
hm_str detect_py_key(detect_doc *d, hm_str name); /* PEP 503, in the arena */
/* Words of a marker outside of its quoted strings. */
bool detect_py_marker_has(hm_str marker, const char *word);
/* Addresses and qualifiers of a repository: "git", its url, a commit, tag or branch (may be empty). */
void detect_py_repository(detect_doc *d, hm_str type, hm_str url, hm_str commit, part_desc *desc);
/* Any "url" of a requirement: repository, archive, file. A name of "#egg=" or of a wheel, and a version that the
 * archive's name says, go to desc where it has none. */
void detect_py_url(detect_doc *d, hm_str url, part_desc *desc);
/* Name and version that a file name says ("numpy-1.9.2-cp34-none-win32.whl", "x-1.0.tar.gz"); `name` known or empty. */
bool detect_py_archive(hm_str file, hm_str name, hm_str *ret_name, hm_str *ret_version);
/* A declared dependency as a component of the current file: an exact version, or none and its range. The same one again
 * is the same component, of the stronger scope. PART_NO: it has no name, and there is a gap. `version`: known from
 * elsewhere (constraints), or empty. */
uint32_t detect_py_declare(detect_doc *d, const py_requirement *r, hm_str version, part_scope scope, uint64_t line);
void detect_py_add_hash(detect_doc *d, uint32_t comp, hm_str hash); /* "sha256:HEX" */
void detect_py_prop(detect_doc *d, uint32_t comp, const char *key, hm_str value);

/* ---- projects: pyproject.toml and the locks beside it ---- */

typedef struct py_project {
    const detect_view *file;
    hm_str dir;
    const codec_json *doc;
    bool locked; /* some lock speaks for it */
} py_project;
/* Each reads one lock into `d` (open on its file). `p`: the pyproject.toml beside it, or NULL. */
typedef void py_lock_fn(detect_doc *d, const codec_json *lock, const py_project *p);
py_lock_fn detect_py_poetry, detect_py_pdm, detect_py_uv, detect_py_pylock, detect_py_pipfile;

/* Packages of a lock while it is read. */
typedef struct py_package {
    const codec_json *v;
    hm_str key;
    uint32_t comp;
    part_scope scope;
} py_package;
typedef struct py_lock {
    detect_doc *doc;
    hm_vec packages; /* of py_package */
    uint32_t first;  /* component of the first: they follow each other */
    hm_vec edges;    /* of py_edge, by package */
} py_lock;
typedef struct py_edge {
    uint32_t from, to; /* packages */
    part_scope scope;
} py_edge;
py_package *detect_py_package_at(const py_lock *l, size_t i);
/* Adds the component, its name, and the package. NULL: no memory. */
py_package *detect_py_package(py_lock *l, const codec_json *v, const part_desc *d);
/* Name and version of a package's table into d; false: no component (there is a gap). `normal` as in detect_version. */
bool detect_py_named(detect_doc *d, const codec_json *v, part_desc *desc);
/* An edge to all packages of a name; false: there are none. */
bool detect_py_edge(py_lock *l, uint32_t from, hm_str name, part_scope scope);
/* The project of `p`: its component, and edges to what it declares, in the lock or (missing there) declared. */
uint32_t detect_py_project(py_lock *l, const py_project *p);
/* Gives packages without a scope the strongest one in which a root reaches them; roots: edges from `subject`, and of
 * local packages. Then all edges go out. */
void detect_py_spread(py_lock *l, uint32_t subject, bool scopes);

/* Calls back for each dependency that a pyproject.toml declares. `range` is in Poetry's notation where `poetry`. */
typedef void py_each(void *ctx, const py_requirement *r, bool poetry, part_scope scope);
void detect_py_each(detect_doc *d, const codec_json *project, py_each *each, void *ctx);
/* The subject of a pyproject.toml; PART_NO: it names no project. */
uint32_t detect_py_subject(detect_doc *d, const py_project *p);
