/* java - see java.h. Sources: JAR File Specification (manifest: "Name: value" lines, a line that begins with a space goes
 * on, sections end at blank lines), java.util.Properties, Maven's and OSGi's conventions for file names.
 *
 *   NAME-VERSION[-CLASSIFIER].jar     NAME_VERSION.jar (OSGi bundles)
 *
 * Where a version begins is not certain in a name such as log4j-1.2-api-2.17.1: it is the first "-" before a digit after
 * which every word is one of versions, else the last "-" before a digit, and what follows the words of versions there is
 * a classifier. Enemy: who named the file and wrote the manifest. */
#include "detect/java.h"

enum { ID_MAX = 256, WORD_MAX = 32 };

/* A word between "-" that belongs to a version: it begins with a digit, or is one of these with digits behind. */
static bool version_word(hm_str w)
{
    static const char *const WORDS[] = { "alpha",   "beta",       "rc",     "cr",      "m",    "ga",  "final",
                                         "release", "snapshot",   "sp",     "jre",     "jdk",  "b",   "build",
                                         "android", "incubating", "pre",    "preview", "ea",   "dev", "milestone",
                                         "r",       "rev",        "redhat", "hotfix",  "patch" };
    if (w.n && hm_is_digit(w.p[0]))
        return true;
    size_t n = 0;
    while (n < w.n && hm_is_alpha(w.p[n]))
        n++;
    for (size_t i = n; i < w.n; i++)
        if (!hm_is_digit(w.p[i]) && w.p[i] != '.')
            return false;
    for (size_t i = 0; i < HM_COUNT(WORDS) && n <= WORD_MAX; i++)
        if (hm_str_eq_nocase(hm_str_sub(w, 0, n), hm_str_c(WORDS[i])))
            return true;
    return false;
}

/* Length of the words of versions that `s` begins with. */
static size_t version_words(hm_str s)
{
    size_t at = 0, end = 0;
    while (at < s.n) {
        hm_str rest, word = hm_str_cut(hm_str_from(s, at), '-', &rest);
        if (!version_word(word))
            break;
        end = at + word.n;
        at = end + 1;
    }
    return end;
}

static void split_name(detect_java_name *n)
{
    hm_str s = n->stem;
    size_t last = s.n;
    n->name = s;
    for (size_t i = 1; i + 1 < s.n && i < ID_MAX; i++) {
        if (s.p[i] != '-' || !hm_is_digit(s.p[i + 1]))
            continue;
        last = i;
        if (version_words(hm_str_from(s, i + 1)) == s.n - i - 1)
            break;
    }
    if (last < s.n) {
        hm_str rest = hm_str_from(s, last + 1);
        size_t end = version_words(rest);
        n->name = hm_str_sub(s, 0, last);
        n->version = hm_str_sub(rest, 0, end);
        n->classifier = hm_str_from(rest, end + 1);
        return;
    }
    size_t under = hm_str_rfind(s, '_'), dots = 0;
    for (size_t i = under; i < s.n; i++)
        dots += s.p[i] == '.';
    if (under && under + 1 < s.n && hm_is_digit(s.p[under + 1]) && dots >= 2) { /* major.minor.micro of a bundle */
        n->name = hm_str_sub(s, 0, under);
        n->version = hm_str_from(s, under + 1);
    }
}

detect_java_name detect_java_file_name(hm_str base)
{
    static const char *const ENDINGS[] = {
        "jar", "war", "ear", "par", "sar", "nar", "jpi", "hpi", "kar", "aar", "lpkg"
    };
    detect_java_name n = { .stem = base, .name = base };
    size_t dot = hm_str_rfind(base, '.');
    for (size_t i = 0; i < HM_COUNT(ENDINGS) && dot && dot < base.n; i++)
        if (hm_str_eq_nocase(hm_str_from(base, dot + 1), hm_str_c(ENDINGS[i]))) {
            n.archive = true;
            n.type = hm_str_c(ENDINGS[i]);
            n.stem = hm_str_sub(base, 0, dot);
            split_name(&n);
        }
    return n;
}

bool detect_java_is_id(hm_str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (!hm_is_alnum(s.p[i]) && s.p[i] != '.' && s.p[i] != '_' && s.p[i] != '-')
            return false;
    return s.n && s.n <= ID_MAX && hm_is_alnum(s.p[0]);
}

hm_str detect_java_version(hm_str s)
{
    size_t n = 0;
    while (n < s.n && (unsigned char)s.p[n] > ' ' && s.p[n] != '$' && s.p[n] != '%' && s.p[n] != '(')
        n++;
    return n && n <= ID_MAX && hm_is_digit(s.p[0]) ? hm_str_sub(s, 0, n) : HM_NONE;
}

/* ---- manifest --------------------------------------------------------------------------------------------------- */

/* The value of an attribute and its continuation lines in one piece; *rest goes behind them. */
static hm_str join_lines(detect_doc *d, hm_str first, hm_str *rest, uint64_t *line_no)
{
    hm_str look = *rest, line;
    if (look.n == 0 || look.p[0] != ' ')
        return first;
    hm_buf_reset(&d->key);
    hm_buf_str(&d->key, first);
    while (look.n && look.p[0] == ' ' && hm_str_line(&look, &line)) {
        hm_buf_str(&d->key, hm_str_from(line, 1));
        *rest = look;
        ++*line_no;
    }
    hm_str out = HM_NONE;
    if (!d->key.bad && !hm_arena_dup(d->in->arena, hm_buf_view(&d->key), &out))
        d->bad = true;
    return out;
}

void detect_java_read_manifest(detect_doc *d, hm_str bytes, detect_java_manifest *ret)
{
    hm_str rest = bytes, line;
    bool main = true, begun = false;
    *ret = (detect_java_manifest){ 0 };
    for (uint64_t at = 1; hm_str_line(&rest, &line); at++) {
        hm_str value, name = hm_str_cut(line, ':', &value);
        if (hm_str_trim(line).n == 0) {
            main = main && !begun; /* a blank line ends the section */
            continue;
        }
        if (name.n == line.n || name.n == 0 || name.n > ID_MAX) {
            detect_doc_gap(d, HM_FORMAT, DEFECT_FIELDS_SYNTAX, at, HM_NONE);
            continue;
        }
        uint64_t more = 0;
        begun = true;
        value = hm_str_trim(join_lines(d, value, &rest, &more));
        if (hm_str_eq_nocase(name, HM_STR("Name")))
            main = false;
        if (main) {
#define X(field, text)                                                                                                 \
    if (ret->field.n == 0 && hm_str_eq_nocase(name, HM_STR(text)))                                                     \
        ret->field = value;
            DETECT_JAVA_FIELDS(X)
#undef X
        } else if (ret->entry_version.n == 0 && hm_str_eq_nocase(name, HM_STR("Implementation-Version"))) {
            ret->entry_version = value;
        }
        at += more;
    }
}

/* ---- well-known artifacts ---------------------------------------------------------------------------------------- */

static bool begins_or_is(hm_str s, hm_str want, const char *open)
{
    return strchr(open, want.p[want.n - 1]) ? s.n > want.n && hm_str_starts(s, want) : hm_str_eq(s, want);
}

hm_str detect_java_group(const detect_java_manifest *m, hm_str name)
{
    static const struct {
        const char *said, *artifact, *group;
    } KNOWN[] = {
#define JAVA_GROUP(said, artifact, group) { said, artifact, group },
#include "detect/java_group.tbl.h"
#undef JAVA_GROUP
    };
    const hm_str says[] = { m->module, hm_str_trim(hm_str_sub(m->bundle, 0, hm_str_find(m->bundle, ';'))), m->title };
    for (size_t i = 0; i < HM_COUNT(KNOWN); i++) {
        if (!begins_or_is(name, hm_str_c(KNOWN[i].artifact), "-"))
            continue;
        for (size_t k = 0; k < HM_COUNT(says); k++)
            if (begins_or_is(says[k], hm_str_c(KNOWN[i].said), ".-"))
                return hm_str_c(KNOWN[i].group);
    }
    return HM_NONE;
}

/* ---- pom.properties --------------------------------------------------------------------------------------------- */

detect_java_pom detect_java_properties(hm_str bytes)
{
    detect_java_pom p = { 0 };
    hm_str line;
    while (hm_str_line(&bytes, &line)) {
        line = hm_str_trim(line);
        size_t cut = 0;
        while (cut < line.n && line.p[cut] != '=' && line.p[cut] != ':' && !hm_is_space(line.p[cut]))
            cut++;
        hm_str name = hm_str_sub(line, 0, cut), value = hm_str_trim(hm_str_from(line, cut));
        if (value.n && (value.p[0] == '=' || value.p[0] == ':'))
            value = hm_str_trim(hm_str_from(value, 1));
        if (hm_str_search(value, HM_STR("${")) < value.n || value.n > ID_MAX)
            value = HM_NONE;
        if (hm_str_is(name, "groupId"))
            p.group = value;
        else if (hm_str_is(name, "artifactId"))
            p.artifact = value;
        else if (hm_str_is(name, "version"))
            p.version = value;
    }
    return p;
}
