/* table - which files each detector claims. A new kind of evidence is one new file beside this one and one row here. */
#include "base/limits.h"
#include "detect/detect.h"

#define PATTERNS(...)                                                                                                  \
    (const char *const[])                                                                                              \
    {                                                                                                                  \
        __VA_ARGS__, NULL                                                                                              \
    }

#define MAGIC(...)                                                                                                     \
    (const detect_magic[])                                                                                             \
    {                                                                                                                  \
        __VA_ARGS__,                                                                                                   \
        {                                                                                                              \
            NULL, 0                                                                                                    \
        }                                                                                                              \
    }

/* Executables without an execute bit are known by their names. */
#define PROGRAMS PATTERNS("*.so", "*.so.*", "*.node", "*.exe", "*.dll", "*.dylib")
#define ELF_MAGIC                                                                                                      \
    {                                                                                                                  \
        "\x7f"                                                                                                         \
        "ELF",                                                                                                         \
            4                                                                                                          \
    }
#define PE_MAGIC                                                                                                       \
    {                                                                                                                  \
        "MZ", 2                                                                                                        \
    }
#define MACHO_MAGIC                                                                                                    \
    { "\xfe\xed\xfa\xce", 4 }, { "\xfe\xed\xfa\xcf", 4 }, { "\xce\xfa\xed\xfe", 4 }, { "\xcf\xfa\xed\xfe", 4 },        \
        { "\xca\xfe\xba\xbe", 4 },                                                                                     \
    {                                                                                                                  \
        "\xca\xfe\xba\xbf", 4                                                                                          \
    }

static const detect_row TABLE[] = {
    { .name = "os-release",
      .patterns = PATTERNS("etc/os-release", "usr/lib/os-release"),
      .flags = DETECT_WHOLE | DETECT_ROOTED,
      .max_bytes = 1 << 20,
      .fn = detect_os_release },
    { .name = "dpkg-status",
      .patterns = PATTERNS("var/lib/dpkg/status"),
      .flags = DETECT_WHOLE | DETECT_ROOTED,
      .max_bytes = LIMIT_FILE_BYTES,
      .fn = detect_dpkg_status },
    { .name = "dpkg-status-d",
      .patterns = PATTERNS("var/lib/dpkg/status.d/*"),
      .flags = DETECT_WHOLE | DETECT_ROOTED,
      .max_bytes = 16 << 20,
      .fn = detect_dpkg_status_d },
    { .name = "dpkg-list",
      .patterns = PATTERNS("var/lib/dpkg/info/*.list"),
      .flags = DETECT_WHOLE | DETECT_ROOTED | DETECT_OWNER,
      .max_bytes = LIMIT_LIST_BYTES,
      .fn = detect_dpkg_list },
    { .name = "dpkg-md5sums",
      .patterns = PATTERNS("var/lib/dpkg/status.d/*.md5sums"),
      .flags = DETECT_WHOLE | DETECT_ROOTED | DETECT_OWNER,
      .max_bytes = LIMIT_LIST_BYTES,
      .fn = detect_dpkg_md5sums },
    { .name = "debian-copyright",
      .patterns = PATTERNS("usr/share/doc/*/copyright"),
      .flags = DETECT_WHOLE | DETECT_ROOTED,
      .max_bytes = LIMIT_COPYRIGHT_BYTES,
      .fn = detect_dpkg_copyright },
    { .name = "debian-copyright-link",
      .patterns = PATTERNS("usr/share/doc/*", "usr/share/doc/*/copyright"),
      .flags = DETECT_LINK | DETECT_ROOTED,
      .max_bytes = 4096,
      .fn = detect_dpkg_copyright_link },
    { .name = "apk-installed",
      .patterns = PATTERNS("lib/apk/db/installed", "usr/lib/apk/db/installed", "var/lib/apk/db/installed"),
      .flags = DETECT_WHOLE | DETECT_ROOTED,
      .max_bytes = LIMIT_FILE_BYTES,
      .fn = detect_apk_installed },
    { .name = "apk-owner",
      .patterns = PATTERNS("lib/apk/db/installed", "usr/lib/apk/db/installed", "var/lib/apk/db/installed"),
      .flags = DETECT_WHOLE | DETECT_ROOTED | DETECT_OWNER,
      .max_bytes = LIMIT_LIST_BYTES,
      .fn = detect_apk_owner },
    { .name = "rpm-db",
      .patterns =
          PATTERNS("var/lib/rpm/rpmdb.sqlite", "usr/lib/sysimage/rpm/rpmdb.sqlite", "usr/share/rpm/rpmdb.sqlite"),
      .companion = "-wal",
      .flags = DETECT_SEEK | DETECT_ROOTED,
      .max_bytes = LIMIT_FILE_BYTES,
      .fn = detect_rpm_db },
    { .name = "rpm-owner",
      .patterns =
          PATTERNS("var/lib/rpm/rpmdb.sqlite", "usr/lib/sysimage/rpm/rpmdb.sqlite", "usr/share/rpm/rpmdb.sqlite"),
      .companion = "-wal",
      .flags = DETECT_SEEK | DETECT_ROOTED | DETECT_OWNER,
      .max_bytes = LIMIT_FILE_BYTES,
      .fn = detect_rpm_owner },
    { .name = "rpm-db-other",
      .patterns = PATTERNS("var/lib/rpm/Packages", "var/lib/rpm/Packages.db", "usr/lib/sysimage/rpm/Packages",
                           "usr/lib/sysimage/rpm/Packages.db", "usr/share/rpm/Packages", "usr/share/rpm/Packages.db"),
      .flags = DETECT_SEEK | DETECT_ROOTED,
      .max_bytes = UINT64_MAX,
      .fn = detect_rpm_db_other },
    { .name = "rpm-file",
      .patterns = PATTERNS("*.rpm"),
      .flags = DETECT_SEEK,
      .max_bytes = UINT64_MAX,
      .fn = detect_rpm_file },
    { .name = "npm-lock",
      .patterns = PATTERNS("package-lock.json", "npm-shrinkwrap.json"),
      .flags = DETECT_WHOLE,
      .max_bytes = LIMIT_FILE_BYTES,
      .fn = detect_npm_lock },
    { .name = "npm-installed",
      .patterns = PATTERNS("node_modules/*/package.json", "node_modules/@*/*/package.json",
                           "share/nodejs/*/package.json", "share/nodejs/@*/*/package.json"),
      .flags = DETECT_WHOLE,
      .max_bytes = 16 << 20,
      .fn = detect_npm_installed },
    { .name = "bun-lock",
      .patterns = PATTERNS("bun.lock"),
      .companion = "/package.json",
      .flags = DETECT_WHOLE,
      .max_bytes = LIMIT_FILE_BYTES,
      .fn = detect_bun_lock },
    { .name = "bun-lock-binary",
      .patterns = PATTERNS("bun.lockb"),
      .flags = DETECT_SEEK,
      .max_bytes = UINT64_MAX,
      .fn = detect_bun_binary },
    { .name = "pnpm-lock",
      .patterns = PATTERNS("pnpm-lock.yaml"),
      .companion = "/package.json",
      .flags = DETECT_WHOLE,
      .max_bytes = LIMIT_FILE_BYTES,
      .fn = detect_pnpm_lock },
    { .name = "yarn-lock",
      .patterns = PATTERNS("yarn.lock"),
      .companion = "/package.json",
      .flags = DETECT_WHOLE,
      .max_bytes = LIMIT_FILE_BYTES,
      .fn = detect_yarn_lock },
    { .name = "python-dist-info",
      .patterns = PATTERNS("*.dist-info/METADATA"),
      .flags = DETECT_WHOLE,
      .max_bytes = 16 << 20,
      .fn = detect_python_dist_info },
    { .name = "python-egg-info",
      .patterns = PATTERNS("*.egg-info/PKG-INFO", "*.egg-info", "EGG-INFO/PKG-INFO"),
      .flags = DETECT_WHOLE,
      .max_bytes = 16 << 20,
      .fn = detect_python_egg_info },
    { .name = "go-mod",
      .patterns = PATTERNS("go.mod", "go.sum", "go.work"),
      .flags = DETECT_WHOLE | DETECT_GROUP,
      .max_bytes = 16 << 20,
      .fn = detect_go_mod },
    { .name = "go-vendor",
      .patterns = PATTERNS("vendor/modules.txt"),
      .flags = DETECT_WHOLE,
      .max_bytes = 16 << 20,
      .fn = detect_go_vendor },
    { .name = "gem-lock",
      .patterns = PATTERNS("Gemfile.lock", "gems.locked", "*.gemfile.lock"),
      .flags = DETECT_WHOLE,
      .max_bytes = LIMIT_FILE_BYTES,
      .fn = detect_gem_lock },
    { .name = "gemspec",
      .patterns = PATTERNS("*.gemspec"),
      .flags = DETECT_WHOLE,
      .max_bytes = 4 << 20,
      .fn = detect_gemspec },
    { .name = "composer-lock",
      .patterns = PATTERNS("composer.lock"),
      .flags = DETECT_WHOLE,
      .max_bytes = LIMIT_FILE_BYTES,
      .fn = detect_composer_lock },
    { .name = "composer-installed",
      .patterns = PATTERNS("composer/installed.json"),
      .flags = DETECT_WHOLE,
      .max_bytes = LIMIT_FILE_BYTES,
      .fn = detect_composer_installed },
    { .name = "composer-json",
      .patterns = PATTERNS("composer.json"),
      .flags = DETECT_WHOLE,
      .max_bytes = 16 << 20,
      .fn = detect_composer_json },
    { .name = "python-requirements",
      .patterns = PATTERNS("*requirements*.txt", "*requirements*.in", "requirements/*.txt", "requirements/*.in",
                           "constraints*.txt"),
      .flags = DETECT_WHOLE | DETECT_GROUP,
      .max_bytes = 4 << 20,
      .fn = detect_python_requirements },
    { .name = "cargo",
      .patterns = PATTERNS("Cargo.lock", "Cargo.toml"),
      .flags = DETECT_WHOLE | DETECT_GROUP,
      .max_bytes = 32 << 20,
      .fn = detect_cargo },
    { .name = "java-archive",
      .patterns = PATTERNS("META-INF/MANIFEST.MF", "pom.properties", "META-INF/maven/*/*/pom.xml"),
      .flags = DETECT_WHOLE | DETECT_GROUP | DETECT_INSIDE,
      .max_bytes = 16 << 20,
      .fn = detect_java_archive },
    { .name = "java-unpacked",
      .patterns = PATTERNS("META-INF/maven/*/*/pom.properties"),
      .flags = DETECT_WHOLE,
      .max_bytes = 1 << 20,
      .fn = detect_java_unpacked },
    { .name = "maven-pom",
      .patterns = PATTERNS("pom.xml"),
      .flags = DETECT_WHOLE | DETECT_GROUP,
      .max_bytes = 16 << 20,
      .fn = detect_maven_pom },
    { .name = "go-binary",
      .patterns = PROGRAMS,
      .magic = MAGIC(ELF_MAGIC, PE_MAGIC, MACHO_MAGIC),
      .flags = DETECT_SEEK | DETECT_EXEC | DETECT_QUIET,
      .min_bytes = 4096,
      .max_bytes = UINT64_MAX,
      .fn = detect_go_binary },
    { .name = "rust-binary",
      .patterns = PROGRAMS,
      .magic = MAGIC(ELF_MAGIC, PE_MAGIC, MACHO_MAGIC),
      .flags = DETECT_SEEK | DETECT_EXEC | DETECT_QUIET,
      .min_bytes = 4096,
      .max_bytes = UINT64_MAX,
      .fn = detect_rust_audit },
    { .name = "elf-package-note",
      .patterns = PROGRAMS,
      .magic = MAGIC(ELF_MAGIC),
      .flags = DETECT_SEEK | DETECT_EXEC | DETECT_QUIET,
      .min_bytes = 4096,
      .max_bytes = UINT64_MAX,
      .fn = detect_elf_note },
};

size_t detect_count(void)
{
    return HM_COUNT(TABLE);
}

const detect_row *detect_get(size_t id)
{
    return id < HM_COUNT(TABLE) ? &TABLE[id] : NULL;
}
