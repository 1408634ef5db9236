#pragma once
/* sample - packs made by hand for the tests of writers: a small one that shows every field, a hostile one, a large one.
 *   HM_AUTO(sample_clear) sample s = { 0 };
 *   if (sample_make(&s, sample_small) == HM_OK) ... s.pack */
#include "base/limits.h"
#include "part/part.h"

enum { SAMPLE_LIMIT = 512 << 20 };
typedef void sample_fill(part_build *b);
/* A pack and the builder that holds its bytes. */
typedef struct sample {
    part_build *build;
    part_pack pack;
} sample;

static inline void sample_clear(sample *s)
{
    part_build_free(s->build);
    *s = (sample){ 0 };
}

/* For fillings with a parameter: sample_new, filling s->build, sample_open. */
static inline hm_rc sample_new(sample *s)
{
    s->build = part_build_new(SAMPLE_LIMIT);
    return s->build ? HM_OK : HM_NOMEM;
}

static inline hm_rc sample_open(sample *s)
{
    hm_str block;
    hm_rc rc = part_build_finish(s->build, &block, NULL);
    return rc == HM_OK ? part_pack_open(block, &s->pack, NULL) : rc;
}

static inline hm_rc sample_make(sample *s, sample_fill *fill)
{
    hm_rc rc = sample_new(s);
    if (rc != HM_OK)
        return rc;
    fill(s->build);
    return sample_open(s);
}

/* The hostile texts: markup, quotes, bytes that are no UTF-8, bidirectional controls, formulas, line ends. */
#define SAMPLE_SCRIPT "</script><script>alert('x')</script><img src=x onerror=alert(1)>\"'&"
#define SAMPLE_BIDI "a\u202egnp.exe\u2066\u200b"
#define SAMPLE_BYTES "caf\xe9\xff\xfe\x80 \x01\x1b[31m"
#define SAMPLE_FORMULA "=HYPERLINK(\"http://x\",\"y\")"

static inline uint32_t sample_os(part_build *b)
{
    uint32_t os = part_add(b, &(part_desc){ .kind = PART_OS,
                                            .name = HM_STR("debian"),
                                            .version = HM_STR("12.5"),
                                            .cpe = HM_STR("cpe:2.3:o:debian:debian_linux:12:*:*:*:*:*:*:*"),
                                            .url_home = HM_STR("https://www.debian.org/") });
    part_add_evidence(b, os, HM_STR("etc/os-release"), PART_T_MANIFEST, 100, 0);
    part_add_prop(b, os, HM_STR("os:pretty_name"), HM_STR("Debian GNU/Linux 12 (bookworm)"));
    return os;
}

static inline void sample_deb(part_build *b)
{
    part_build_detector(b, 1);
    uint32_t ssl = part_add(b, &(part_desc){ .scope = PART_SCOPE_RUNTIME,
                                             .eco = PART_ECO_DEB,
                                             .flags = PART_F_DEPS_KNOWN,
                                             .name = HM_STR("libssl3"),
                                             .version = HM_STR("3.0.13-1~deb12u1"),
                                             .quals = HM_STR("arch=amd64"),
                                             .supplier = HM_STR("Debian OpenSSL Team <pkg-openssl@lists.example.org>"),
                                             .licence = HM_STR("Apache-2.0 AND (BSD-3-Clause OR GPL-2.0-only)"),
                                             .source_name = HM_STR("openssl"),
                                             .source_version = HM_STR("3.0.13-1~deb12u1"),
                                             .distro = HM_STR("debian-12"),
                                             .url_home = HM_STR("https://www.openssl.org/") });
    uint32_t py = part_add(b, &(part_desc){ .scope = PART_SCOPE_RUNTIME,
                                            .eco = PART_ECO_DEB,
                                            .flags = PART_F_DEPS_KNOWN | PART_F_DEPS_OPEN,
                                            .name = HM_STR("python3-requests"),
                                            .version = HM_STR("2.28.1+dfsg-1"),
                                            .quals = HM_STR("arch=all"),
                                            .licence_raw = HM_STR("see the copyright file"),
                                            .distro = HM_STR("debian-12") });
    uint32_t req = part_add(b, &(part_desc){ .eco = PART_ECO_PYPI,
                                             .flags = PART_F_MANAGED,
                                             .name = HM_STR("requests"),
                                             .version = HM_STR("2.28.1"),
                                             .literal = HM_STR("2.28.1.0"),
                                             .author = HM_STR("Kenneth Reitz <me@kenneth.example>") });
    part_add_edge(b, py, ssl, PART_SCOPE_RUNTIME);
    part_add_evidence(b, ssl, HM_STR("var/lib/dpkg/status"), PART_T_MANIFEST, 100, 10);
    part_add_evidence(b, py, HM_STR("var/lib/dpkg/status"), PART_T_MANIFEST, 100, 30);
    part_add_evidence(b, req, HM_STR("usr/lib/python3/dist-packages/requests.egg-info"), PART_T_MANIFEST, 90, 0);
    part_comp *c = part_build_bad(b) ? NULL : part_build_comp(b, req);
    if (c)
        c->owner = py;
}

static inline void sample_npm(part_build *b)
{
    part_build_detector(b, 9);
    uint32_t app = part_add(b, &(part_desc){ .kind = PART_APPLICATION,
                                             .eco = PART_ECO_NPM,
                                             .flags = PART_F_SUBJECT | PART_F_DEPS_KNOWN,
                                             .name = HM_STR("shop"),
                                             .version = HM_STR("1.0.0"),
                                             .env = HM_STR("srv/shop") });
    uint32_t lib = part_add(b, &(part_desc){ .scope = PART_SCOPE_RUNTIME,
                                             .eco = PART_ECO_NPM,
                                             .flags = PART_F_DEPS_KNOWN,
                                             .ns = HM_STR("@babel"),
                                             .name = HM_STR("core"),
                                             .version = HM_STR("7.24.0"),
                                             .licence = HM_STR("MIT"),
                                             .author = HM_STR("The Babel Team (https://babel.dev/team)"),
                                             .url_dist = HM_STR("https://registry.example/@babel/core/-/core 7.tgz"),
                                             .url_vcs = HM_STR("git@git.example:babel/babel.git"),
                                             .url_home = HM_STR("https://u:secret@babel.dev/x#a#b") });
    uint32_t dev = part_add(b, &(part_desc){ .scope = PART_SCOPE_DEV,
                                             .eco = PART_ECO_NPM,
                                             .flags = PART_F_BUNDLED,
                                             .name = HM_STR("left-pad"),
                                             .version = HM_STR("1.3.0"),
                                             .url_home = HM_STR("no url: at all") });
    part_add_edge(b, app, lib, PART_SCOPE_RUNTIME);
    part_add_edge(b, app, dev, PART_SCOPE_DEV);
    part_add_integrity(b, lib, HM_STR("sha1-qUqP5cyxm6YcTAhz05Hph5gvu9M="));
    part_add_evidence(b, app, HM_STR("srv/shop/package-lock.json"), PART_T_MANIFEST, 100, 0);
    part_add_evidence(b, lib, HM_STR("srv/shop/package-lock.json"), PART_T_MANIFEST, 90, 0);
    part_add_evidence(b, lib, HM_STR("srv/shop/node_modules/@babel/core/package.json"), PART_T_MANIFEST, 95, 0);
    part_add_evidence(b, lib, HM_STR("srv/shop/core.js"), PART_T_FILENAME, 5, 12);
    part_add_evidence(b, dev, HM_STR("srv/shop/package-lock.json"), PART_T_MANIFEST, 100, 0);
    part_add_prop(b, dev, HM_STR("npm:bin"), HM_STR("left-pad"));
}

static inline void sample_gap(part_build *b, hm_str path, hm_rc rc, hm_defect defect, hm_place kind, uint64_t place,
                              const char *at)
{
    hm_err e;
    hm_fail(&e, rc, defect, kind, place, 4096);
    snprintf(e.at, sizeof e.at, "%s", at);
    part_add_gap(b, path, &e);
}

static inline void sample_nothing(part_build *b)
{
    (void)b;
}

/* Every field of the model once; sorted as a merge leaves it? No: the order of a file, to show that writers keep it. */
static inline void sample_small(part_build *b)
{
    sample_os(b);
    sample_deb(b);
    sample_npm(b);
    sample_gap(b, HM_STR("srv/broken/package-lock.json"), HM_FORMAT, DEFECT_JSON_SYNTAX, HM_PLACE_BYTE, 42, "");
    sample_gap(b, HM_STR("srv/cut/METADATA"), HM_TRUNC, DEFECT_TRUNCATED, HM_PLACE_LINE, 3, "Version");
}

/* The same id twice, ids that look like the numbered ones, and every text hostile. */
static inline void sample_hostile(part_build *b)
{
    static const hm_str BAD[] = { { SAMPLE_SCRIPT, sizeof SAMPLE_SCRIPT - 1 },
                                  { SAMPLE_BIDI, sizeof SAMPLE_BIDI - 1 },
                                  { SAMPLE_BYTES, sizeof SAMPLE_BYTES - 1 },
                                  { SAMPLE_FORMULA, sizeof SAMPLE_FORMULA - 1 },
                                  { "a,b\r\nc\td\0e", 10 } };
    for (size_t i = 0; i < HM_COUNT(BAD) * 2; i++) {
        hm_str s = BAD[i / 2];
        uint32_t c = part_add(b, &(part_desc){ .kind = i & 1 ? PART_APPLICATION : PART_OS,
                                               .eco = PART_ECO_NPM,
                                               .flags = PART_F_SUBJECT,
                                               .ns = s,
                                               .name = s,
                                               .version = s,
                                               .literal = s,
                                               .subpath = s,
                                               .cpe = s,
                                               .supplier = s,
                                               .author = s,
                                               .licence_raw = s,
                                               .source_name = s,
                                               .source_version = s,
                                               .distro = s,
                                               .url_dist = s,
                                               .url_vcs = s,
                                               .url_home = s,
                                               .root = s,
                                               .env = s });
        part_add_evidence(b, c, s, PART_T_OTHER, 50, 1);
        part_add_prop(b, c, s, s);
        sample_gap(b, s, HM_FORMAT, DEFECT_BAD_VALUE, HM_PLACE_ENTRY, 7, "<b>\xff\x1b");
    }
    for (size_t i = 0; i < 4; i++) { /* x, x, x#2, x: the third must not take x#2 */
        uint32_t c = part_add(b, &(part_desc){ .flags = PART_F_SUBJECT, .name = i == 2 ? HM_STR("x#2") : HM_STR("x") });
        if (c && c != PART_NO)
            part_add_edge(b, c, c - 1, PART_SCOPE_RUNTIME);
    }
    char v[2000];
    memset(v, '9', sizeof v);
    part_add(b, &(part_desc){ .name = HM_STR("long"), .version = { v, sizeof v } });
    part_add(b, &(part_desc){ .name = HM_NONE });
}

/* n npm packages, each with a dependency on the one before. */
static inline void sample_large(part_build *b, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        char name[32], version[32];
        int a = snprintf(name, sizeof name, "package-%07zu", i),
            v = snprintf(version, sizeof version, "1.%zu.0", i % 50);
        uint32_t c = part_add(b, &(part_desc){ .scope = i % 7 ? PART_SCOPE_RUNTIME : PART_SCOPE_DEV,
                                               .eco = PART_ECO_NPM,
                                               .flags = PART_F_DEPS_KNOWN,
                                               .name = { name, (size_t)a },
                                               .version = { version, (size_t)v },
                                               .licence = i % 3 ? HM_STR("MIT") : HM_NONE });
        part_add_evidence(b, c, HM_STR("package-lock.json"), PART_T_MANIFEST, 90, 0);
        if (i)
            part_add_edge(b, c, c - 1, PART_SCOPE_RUNTIME);
    }
}
