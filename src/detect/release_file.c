/* release_file - which operating system a root holds, by the files from before os-release: etc/debian_version,
 * etc/alpine-release, etc/redhat-release and its kin, etc/SuSE-release, etc/lsb-release and others. Where an os-release
 * stands beside them the merge prefers that one: the confidence here is lower.
 *
 *   etc/debian_version   12.5 | trixie/sid            etc/alpine-release   3.19.1
 *   etc/redhat-release   NAME [Linux] [release] VERSION [(codename)]
 *   etc/lsb-release      DISTRIB_ID=Ubuntu and so on, as shell assignments without expansion
 *
 * Names and versions become those that os-release(5) of the same system gives. A text that names no system is a gap in
 * the files that are always about one; others called X-release, and an lsb-release without DISTRIB_ID, may be about
 * anything.
 * The enemy is who wrote the tree that is scanned. */
#include "base/limits.h"
#include "detect/db_int.h"

enum { SURE = 80, LESS_SURE = 60, GUESSED = 50 };

typedef struct os_name {
    hm_str id, version, codename, pretty, full;
    unsigned confidence;
} os_name;

/* how much of the version os-release would give */
typedef enum part { WHOLE, MAJOR, MINOR } part;
/* Beginnings of the first line, the longer ones first. */
static const struct {
    const char *head, *id;
    part part;
} NAME[] = {
    { "Red Hat Enterprise Linux", "rhel", WHOLE },
    { "CentOS", "centos", MAJOR },
    { "Rocky Linux", "rocky", WHOLE },
    { "AlmaLinux", "almalinux", WHOLE },
    { "Oracle Linux", "ol", WHOLE },
    { "Enterprise Linux Enterprise Linux", "ol", WHOLE },
    { "Scientific Linux", "scientific", WHOLE },
    { "Fedora", "fedora", MAJOR },
    { "Amazon Linux", "amzn", WHOLE },
    { "VMware Photon", "photon", WHOLE },
    { "Photon", "photon", WHOLE },
    { "CBL-Mariner", "mariner", MINOR },
    { "Common Base Linux Mariner", "mariner", MINOR },
    { "Microsoft Azure Linux", "azurelinux", MINOR },
    { "openEuler", "openEuler", WHOLE },
    { "Mageia", "mageia", WHOLE },
    { "SUSE Linux Enterprise Desktop", "sled", WHOLE },
    { "SUSE Linux Enterprise", "sles", WHOLE },
    { "openSUSE Tumbleweed", "opensuse-tumbleweed", WHOLE },
    { "openSUSE Leap", "opensuse-leap", WHOLE },
    { "openSUSE", "opensuse", WHOLE },
    { "Gentoo", "gentoo", WHOLE },
    { "Slackware", "slackware", WHOLE },
    { "Arch Linux", "arch", WHOLE },
};

static hm_str first_line(hm_str text)
{
    hm_str line = HM_NONE;
    while (line.n == 0 && hm_str_line(&text, &line))
        line = hm_str_trim(line);
    return line;
}

/* "9", "7.9.2009", "3.20_alpha1": from the first word that begins with a digit, up to its end. */
static hm_str version_in(hm_str line)
{
    while (line.n) {
        hm_str rest, word = hm_str_cut(line, ' ', &rest);
        if (word.n && hm_is_digit(word.p[0]))
            return word;
        line = rest;
    }
    return HM_NONE;
}

static hm_str cut_version(hm_str v, part p)
{
    size_t dots = p == MAJOR ? 1 : p == MINOR ? 2 : SIZE_MAX;
    for (size_t i = 0; i < v.n; i++)
        if (v.p[i] == '.' && --dots == 0)
            return hm_str_sub(v, 0, i);
    return v;
}

/* "NAME release 1.2 (Codename)". */
static bool by_sentence(hm_arena *a, hm_str line, os_name *s)
{
    size_t open = hm_str_find(line, '('), release = hm_str_search(line, HM_STR(" release "));
    s->pretty = line;
    s->full = version_in(line);
    s->codename = hm_str_sub(hm_str_from(line, open + 1), 0, hm_str_find(hm_str_from(line, open + 1), ')'));
    if (s->codename.n && hm_str_find(HM_STR("(x"), s->codename.p[0]) < 2)
        s->codename = HM_NONE; /* SUSE's "(x86_64)" */
    s->confidence = SURE;
    for (size_t i = 0; i < HM_COUNT(NAME); i++)
        if (hm_str_starts(line, hm_str_c(NAME[i].head))) {
            s->id = hm_str_c(NAME[i].id);
            s->version = cut_version(s->full, NAME[i].part);
            return true;
        }
    if (release == 0 || release == line.n || release > LIMIT_OS_VALUE)
        return false;
    char *id = hm_arena_alloc(a, release); /* a name that we do not know: "Foo Linux release 1" is foo-linux */
    if (!id)
        return false;
    for (size_t i = 0; i < release; i++)
        id[i] = line.p[i] == ' ' ? '-' : hm_lower(line.p[i]);
    s->id = (hm_str){ id, release };
    s->version = s->full;
    s->confidence = GUESSED;
    return true;
}

static hm_str unquoted(hm_str s)
{
    s = hm_str_trim(s);
    bool quoted = s.n >= 2 && (s.p[0] == '"' || s.p[0] == '\'') && s.p[s.n - 1] == s.p[0];
    return quoted ? hm_str_sub(s, 1, s.n - 2) : s;
}

/* KEY=value of the lines; empty: none. */
static hm_str assigned(hm_str text, const char *key)
{
    hm_str line, value;
    while (hm_str_line(&text, &line))
        if (hm_str_find(line, '=') < line.n && hm_str_is(hm_str_trim(hm_str_cut(line, '=', &value)), key))
            return unquoted(value);
    return HM_NONE;
}

/* lsb-release and openwrt_release. */
static bool by_assignments(hm_arena *a, hm_str text, os_name *s)
{
    hm_str id = assigned(text, "DISTRIB_ID");
    char *lower = id.n && id.n <= LIMIT_OS_VALUE ? hm_arena_alloc(a, id.n) : NULL;
    if (!lower)
        return false;
    for (size_t i = 0; i < id.n; i++)
        lower[i] = id.p[i] == ' ' ? '-' : hm_lower(id.p[i]);
    *s = (os_name){ .id = { lower, id.n },
                    .version = assigned(text, "DISTRIB_RELEASE"),
                    .codename = assigned(text, "DISTRIB_CODENAME"),
                    .pretty = assigned(text, "DISTRIB_DESCRIPTION"),
                    .confidence = SURE + 1 }; /* Ubuntu has a debian_version too, Mint an Ubuntu's name nowhere else */
    if (hm_str_is(s->version, "rolling"))
        s->version = HM_NONE;
    return true;
}

static bool by_debian_version(hm_str line, os_name *s)
{
    if (line.n == 0)
        return false;
    *s = (os_name){ .id = HM_STR("debian"), .full = line, .confidence = LESS_SURE };
    if (hm_is_digit(line.p[0]))
        s->version = cut_version(line, MAJOR);
    else /* "trixie/sid": testing or unstable, which are no release */
        s->codename = line;
    return true;
}

/* SuSE-release gives the service pack on a line of its own. */
static bool by_suse(hm_arena *a, hm_str text, os_name *s)
{
    hm_str patch = assigned(text, "PATCHLEVEL"), version = assigned(text, "VERSION");
    if (!by_sentence(a, first_line(text), s))
        return false;
    if (version.n)
        s->version = s->full = version;
    if (patch.n && !hm_str_is(patch, "0") && hm_str_find(version, '.') == version.n && version.n + patch.n < 64) {
        size_t n = version.n + 1 + patch.n;
        char *both = hm_arena_alloc(a, n);
        if (!both)
            return false;
        memcpy(both, version.p, version.n);
        both[version.n] = '.';
        memcpy(both + version.n + 1, patch.p, patch.n);
        s->version = (hm_str){ both, n };
    }
    return true;
}

static bool system_of(const detect_in *in, os_name *s)
{
    hm_str name = hm_path_base(in->file->path), text = in->file->bytes, line = first_line(text);
    if (hm_str_is(name, "debian_version"))
        return by_debian_version(line, s);
    if (hm_str_is(name, "lsb-release") || hm_str_is(name, "openwrt_release"))
        return by_assignments(in->arena, text, s);
    if (hm_str_is(name, "SuSE-release"))
        return by_suse(in->arena, text, s);
    *s = (os_name){ .confidence = SURE };
    if (hm_str_is(name, "arch-release")) { /* an empty file */
        s->id = HM_STR("arch");
        return true;
    }
    if (hm_str_is(name, "alpine-release")) {
        s->id = HM_STR("alpine");
        s->version = line;
        if (line.n && hm_is_digit(line.p[0]))
            return true;
        *s = (os_name){ 0 };
        return false;
    }
    return line.n && by_sentence(in->arena, line, s);
}

/* Files that say nothing but which system this is. */
static bool must_say(hm_str name)
{
    static const char *const MUST[] = { "alpine-release", "centos-release", "debian_version",
                                        "redhat-release", "SuSE-release",   "system-release" };
    for (size_t i = 0; i < HM_COUNT(MUST); i++)
        if (hm_str_is(name, MUST[i]))
            return true;
    return false;
}

hm_rc detect_release_file(const detect_in *in, part_build *out, hm_err *err)
{
    os_name s = { 0 };
    hm_str name = hm_path_base(in->file->path);
    if (!system_of(in, &s) && !must_say(name))
        return HM_OK;
    if (s.id.n == 0)
        return hm_fail(err, HM_FORMAT, DEFECT_OS_RELEASE, HM_PLACE_LINE, 1, 0);
    if (s.version.n > LIMIT_OS_VALUE)
        return hm_fail(err, HM_LIMIT, DEFECT_BAD_VALUE, HM_PLACE_LINE, 1, 0);
    const part_desc d = {
        .kind = PART_OS,
        .scope = PART_SCOPE_RUNTIME,
        .eco = PART_ECO_NONE,
        .flags = s.version.n ? 0 : PART_F_NO_VERSION,
        .name = s.id,
        .version = s.version,
        .root = in->root,
        .env = in->root,
    };
    uint32_t comp = part_add(out, &d);
    part_add_evidence(out, comp, in->file->path, PART_T_MANIFEST, s.confidence, 1);
    part_add_prop(out, comp, HM_STR("os:pretty_name"), hm_str_sub(s.pretty, 0, LIMIT_OS_VALUE));
    part_add_prop(out, comp, HM_STR("os:codename"), hm_str_sub(s.codename, 0, LIMIT_OS_VALUE));
    if (!hm_str_eq(s.full, s.version))
        part_add_prop(out, comp, HM_STR("os:full_version"), hm_str_sub(s.full, 0, LIMIT_OS_VALUE));
    return HM_OK;
}
