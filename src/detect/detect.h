#pragma once
/* detect - one file per kind of evidence. Detectors are pure functions over named views: bytes in, components out;
 * no I/O, clock, locale, logging. They run in the jail; the enemy is the author of every byte they see. */
#include "base/base.h"
#include "part/part.h"

/* A file that is not in memory: read(at, n) fills `to` wholly or returns false (past the end, I/O error). */
typedef struct detect_src {
    uint64_t size;
    bool (*read)(void *ctx, uint64_t at, void *to, size_t n);
    void *ctx;
} detect_src;
typedef struct detect_view {
    hm_str path;           /* relative to the target, raw bytes, '/' separated */
    hm_str bytes;          /* whole content (rows without DETECT_SEEK); for DETECT_LINK the link's text */
    const detect_src *src; /* rows with DETECT_SEEK */
} detect_view;
typedef struct detect_in {
    const detect_view *file; /* what matched */
    hm_str root;     /* rows with a root pattern: the path before it ("" or "srv/chroot"), no slash at the end */
    hm_str wanted;   /* owner queries: paths relative to `root`, NUL-separated, sorted; else empty */
    hm_arena *arena; /* scratch, budget of this file */
    const detect_view *files;     /* rows with DETECT_GROUP: all files of the group, by path; `file` is the first */
    size_t file_n;                /* else 0 */
    const detect_view *companion; /* rows with `companion`: that file's content, NULL where there is none */
    hm_str
        archive; /* inside an archive: its path without the "!" at its end ("lib/app.war", "a.war!/b.jar"); else empty */
    void **kept; /* rows by magic, all run on one file: what one of them found out about it, for the next; or NULL */
} detect_in;
/* What was emitted before a failure stays; the failure becomes a gap of the file. Further gaps by part_add_gap. */
typedef hm_rc detect_fn(const detect_in *in, part_build *out, hm_err *err);

/* detect_row.flags */
enum {
    DETECT_WHOLE = 1, /* wants the whole file in `bytes` */
    DETECT_SEEK = 2,  /* wants `src` */
    DETECT_LINK = 4,  /* matches symbolic links, wants the link's text */
    DETECT_OWNER = 8, /* not run in the walk but in the ownership pass, with `wanted`; with DETECT_SEEK: a file alone */
    DETECT_EXEC = 16, /* matches by magic: files with an execute bit, whatever the name, and those of the patterns */
    DETECT_QUIET = 32,  /* a file that turns out to be of another kind is no gap (HM_NOTFOUND from the function) */
    DETECT_ROOTED = 64, /* patterns are paths below a root (host, chroot, image): `root` is set */
    /* Not run file by file: all files that the row claims in the target (inside an archive: in that archive) are kept
     * and given together, in `files`, as what one says depends on the others (poms and their parents, requirements and
     * what they include). Evidence and gaps name the file that they come from; a failure returned is one of the group. */
    DETECT_GROUP = 128,
    DETECT_INSIDE = 256,  /* claims files inside archives alone */
    DETECT_OUTSIDE = 512, /* never inside archives: another row reads them there */
};
/* first bytes of a file */
typedef struct detect_magic {
    const char *bytes;
    uint32_t n;
} detect_magic;
typedef struct detect_row {
    const char *name;            /* "dpkg-status"; stable, appears in output */
    const char *const *patterns; /* NULL-terminated globs over the last segments of the path, '*' within one segment:
                                  * "var/lib/dpkg/status", "*.dist-info/METADATA", "package-lock.json" */
    const detect_magic *magic;   /* rows with DETECT_EXEC: any of these, the last one with n = 0; else NULL */
    const char *companion;       /* end of the name of a file beside it that is read with it ("-wal"), "/" and its
                                  * whole name ("/package.json"), or NULL */
    uint32_t flags;
    uint64_t min_bytes, max_bytes; /* larger: a gap (DEFECT_TOO_LARGE); smaller than min: not looked at */
    detect_fn *fn;
} detect_row;
/* The table, in order of ids (id = index). Rows: detect.tbl.h. */
size_t detect_count(void);
const detect_row *detect_get(size_t id); /* out of range: NULL */

/* Shared by detectors. */
/* Distribution package databases. */
detect_fn detect_os_release, detect_release_file, detect_dpkg_status, detect_dpkg_status_d, detect_dpkg_list,
    detect_dpkg_copyright, detect_dpkg_copyright_link, detect_dpkg_md5sums, detect_apk_installed, detect_apk_owner,
    detect_rpm_db, detect_rpm_owner, detect_rpm_db_other, detect_rpm_file, detect_rpm_manifest, detect_rpm_content_sets,
    detect_cos_packages, detect_opkg_status, detect_opkg_control, detect_opkg_list, detect_chisel, detect_chisel_owner,
    detect_deb_control, detect_pkginfo, detect_gem_metadata;
/* Languages. */
detect_fn detect_npm_lock, detect_npm_installed, detect_python_dist_info, detect_python_egg_info, detect_go_binary;
detect_fn detect_composer_lock, detect_composer_installed, detect_composer_json, detect_gem_lock, detect_gemspec,
    detect_gem_project;
detect_fn detect_go_mod, detect_go_vendor;
detect_fn detect_msbuild, detect_dotnet_deps, detect_nuget_assets, detect_nuget_lock, detect_nuget_config,
    detect_nuspec, detect_paket;
detect_fn detect_cargo;
detect_fn detect_python_project, detect_python_requirements;
detect_fn detect_conda_meta, detect_python_direct_url, detect_python_requires, detect_python_setup;
detect_fn detect_bun_binary, detect_bun_lock, detect_deno_lock, detect_pnpm_lock, detect_yarn_lock;
detect_fn detect_gradle_catalog, detect_gradle_lock, detect_gradle_verification, detect_sbt_lock;
detect_fn detect_java_archive, detect_java_release, detect_java_unpacked, detect_maven_pom;
/* Documents of other tools. */
detect_fn detect_sbom, detect_sbom_other;
/* Executables (rows by magic): what each says of itself. */
detect_fn detect_dotnet_bundle;
detect_fn detect_elf_note;
detect_fn detect_rust_audit;
detect_fn detect_pe_file;
