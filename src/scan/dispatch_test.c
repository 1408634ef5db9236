/* dispatch - which detector claims which path, and with which root. */
#include "base/test.h"
#include "scan/scan_int.h"

static const char *names(const scan_dispatch *d, const char *path, bool link, char out[200])
{
    scan_hit hit[SCAN_HITS];
    size_t n = scan_dispatch_find(d, hm_str_c(path), link, false, hit);
    out[0] = 0;
    for (size_t i = 0; i < n; i++) {
        size_t at = strlen(out);
        snprintf(out + at, 200 - at, "%s%s:%.*s", i ? " " : "", detect_get(hit[i].detector)->name, (int)hit[i].root_n,
                 path);
    }
    return out;
}

TEST(dispatch_finds_rows)
{
    static const struct {
        const char *path;
        bool link;
        const char *want;
    } T[] = {
        { "var/lib/dpkg/status", false, "dpkg-status:" },
        { "srv/chroot/var/lib/dpkg/status", false, "dpkg-status:srv/chroot" },
        { "xvar/lib/dpkg/status", false, "" },
        { "status", false, "" },
        { "lib/dpkg/status", false, "" },
        { "a/etc/os-release", false, "os-release:a" },
        { "package-lock.json", false, "npm-lock:" },
        { "deep/er/package-lock.json", false, "npm-lock:" },
        { "node_modules/x/package.json", false, "npm-installed:" },
        { "a/node_modules/@s/x/package.json", false, "npm-installed:" },
        { "a/node_modules/x/lib/package.json", false, "" },
        { "package.json", false, "" },
        { "lib/x-1.dist-info/METADATA", false, "python-dist-info:" },
        { "lib/x-1.dist-info/RECORD", false, "" },
        { "lib/x.egg-info", false, "python-egg-info:" },
        { "lib/x.egg-info/PKG-INFO", false, "python-egg-info:" },
        { "var/lib/dpkg/info/bash.list", false, "dpkg-list:" },
        { "var/lib/dpkg/info/bash.postinst", false, "" },
        { "usr/share/doc/bash/copyright", false, "debian-copyright:" },
        { "usr/share/doc/libx-dev", true, "debian-copyright-link:" },
        { "usr/share/doc/libx-dev", false, "" },
        { "r/usr/share/doc/libx/copyright", true, "debian-copyright-link:r" },
        { "package-lock.json", true, "" },
    };
    scan_dispatch *d = scan_dispatch_new();
    CHECK("new", d != NULL);
    char got[200];
    bool ok = true;
    for (size_t i = 0; i < HM_COUNT(T); i++)
        ok &= test_check_str(t_, hm_str_c(names(d, T[i].path, T[i].link, got)), hm_str_c(T[i].want), __FILE__, __LINE__,
                             T[i].path);
    size_t magic = scan_magic_next(0, HM_STR("\x7f"
                                             "ELF\2\1\1"));
    size_t none = scan_magic_next(0, HM_STR("#!/bin/sh"));
    scan_hit inside[SCAN_HITS], outside[SCAN_HITS];
    hm_str manifest = HM_STR("a.jar!/META-INF/MANIFEST.MF"), properties = HM_STR("a/META-INF/maven/g/a/pom.properties");
    size_t in = scan_dispatch_find(d, manifest, false, true, inside),
           out = scan_dispatch_find(d, manifest, false, false, outside);
    in += scan_dispatch_find(d, properties, false, true, inside) * 10;
    out += scan_dispatch_find(d, properties, false, false, outside) * 10;
    bool look = scan_dispatch_look(d, HM_STR("usr/bin/x"), true, 1 << 20) &&
                scan_dispatch_look(d, HM_STR("lib/x.so"), false, 1 << 20) &&
                !scan_dispatch_look(d, HM_STR("usr/share/x.txt"), false, 1 << 20) &&
                !scan_dispatch_look(d, HM_STR("usr/bin/x"), true, 100);
    d = scan_dispatch_free(d);
    CHECK("rows", ok);
    CHECK_EQ("inside archives", in, 11);
    CHECK_EQ("outside", out, 10);
    CHECK("look", look);
    CHECK("magic", magic < detect_count() && strcmp(detect_get(magic)->name, "go-binary") == 0);
    CHECK_EQ("no magic", none, SIZE_MAX);
}

/* Every row: has a name of its own, patterns, a function, and no more rows than SCAN_HITS can meet in one path. */
TEST(table_is_sound)
{
    for (size_t i = 0; i < detect_count(); i++) {
        const detect_row *r = detect_get(i);
        CHECK("row", r->name && r->patterns && r->patterns[0] && r->fn && r->max_bytes);
        CHECK(r->name,
              ((r->flags & DETECT_WHOLE) != 0) + ((r->flags & DETECT_SEEK) != 0) + ((r->flags & DETECT_LINK) != 0) ==
                  1);
        CHECK(r->name, !(r->flags & DETECT_EXEC) == !r->magic &&
                           (!r->companion || !(r->flags & (DETECT_GROUP | DETECT_LINK | DETECT_EXEC))) &&
                           (!(r->flags & DETECT_GROUP) || r->flags & DETECT_WHOLE) &&
                           (!(r->flags & DETECT_OWNER) || r->flags & (DETECT_WHOLE | DETECT_SEEK)));
        for (size_t k = 0; k < i; k++)
            CHECK(r->name, strcmp(r->name, detect_get(k)->name) != 0);
    }
    CHECK("past the end", detect_get(detect_count()) == NULL);
}
