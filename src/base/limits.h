#pragma once
/* limits - every named ceiling on what input can make us do, in one place. The manual states them, tests reach them.
 * Bytes unless the name says otherwise. */
#define LIMIT_FILE_BYTES (256ULL << 20) /* one parsed file */
#define LIMIT_ENTRIES 5000000ULL        /* directory entries looked at in one scan */
#define LIMIT_FILE_MS 600000ULL         /* time for one file: 10 minutes */
#define LIMIT_WALK_DEPTH 512            /* directories in directories */
#define LIMIT_PATH_BYTES 4095           /* path relative to the target */
#define LIMIT_BUDGET_BASE (64ULL << 20) /* memory for one file: base + factor x its size, at most max */
#define LIMIT_BUDGET_FACTOR 6ULL
#define LIMIT_BUDGET_MAX (2ULL << 30)
#define LIMIT_SMALL_BYTES (64ULL << 10)    /* files up to this go through the shared ring */
#define LIMIT_COPYRIGHT_BYTES (8ULL << 20) /* one Debian copyright file */
#define LIMIT_LIST_BYTES (32ULL << 20)     /* one list of the files of a package (.list, .md5sums, apk) */
#define LIMIT_FIELD_LINE (1ULL << 20)      /* one line of a "Field: value" record */
#define LIMIT_FILE_GAPS 1000ULL            /* gaps kept by name in one package database */
#define LIMIT_OS_VALUE 256ULL              /* ID, VERSION_ID of an os-release: part of the id of every package there */
#define LIMIT_GAPS 10000ULL                /* gaps kept by name in one scan; the rest are counted */
#define LIMIT_ELF_SECTIONS 65536ULL
#define LIMIT_GO_MODULES 100000ULL
#define LIMIT_NPM_NESTING 128U            /* node_modules in node_modules that a look-up climbs */
#define LIMIT_PROVIDERS 64U               /* packages of one virtual name that a dependency is linked to */
#define LIMIT_POM_PARENTS 32U             /* parents of parents of a pom */
#define LIMIT_POM_IMPORTS 256U            /* poms that manage versions for one pom */
#define LIMIT_POM_INHERITED 250000U       /* dependencies that the poms read together take from their parents */
#define LIMIT_KEPT_BYTES (512ULL << 20)   /* answers of workers and paths that one scan keeps until it merges them */
#define LIMIT_GATHERED_BYTES (1ULL << 30) /* all of them in one piece, with what they share written out */
#define LIMIT_NESTING 16U                 /* archives in archives */
#define LIMIT_ARCHIVE_BYTES (2ULL << 30)  /* read from one archive */
#define LIMIT_ARCHIVE_DEATHS 16U        /* files of one archive that may each cost a worker, before the rest is left */
#define LIMIT_GROUP_BYTES (64ULL << 20) /* files read together (poms, requirements) in one piece */
#define LIMIT_LINKS 4000000ULL          /* dependencies that the merge finds across documents, in one scan */
#define LIMIT_LICENCE_BYTES (16ULL << 10) /* one licence expression */
#define LIMIT_LICENCE_DEPTH 64            /* parentheses in parentheses in it */
#define LIMIT_RATIO 200ULL                /* what packed data may become, as a multiple of its size */
#define LIMIT_RATIO_FREE (1ULL << 20)     /* up to this it may always become: a short run of zeros shrinks to nothing */
#define LIMIT_SQLITE_VALUE (64 << 20)     /* one value of an SQLite database (an rpm header) */
#define LIMIT_AUDIT_BYTES (16ULL << 20)   /* list of crates in a Rust program, packed and unpacked */
#define LIMIT_ASSEMBLY_REFS 4096ULL       /* assemblies that one .NET assembly refers to */
