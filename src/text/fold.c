/* fold - text to the form in which it is searched: NFKC with case folding, ignorable characters dropped (UAX 15,
 * NFKC_Casefold), so that ＡＢＣ, abc and ABC, or half-width and full-width katakana, are the same.
 * The enemy writes long runs of combining marks: canonical ordering is quadratic in such a run, so a run has a limit. */
#include "text/text_int.h"
#include <utf8proc.h>

enum { MARKS_MAX = 128 }; /* combining marks in a row; UAX 15's stream-safe text has at most 30 */

/* Checks UTF-8 and the runs of marks. */
static hm_rc check(hm_str s, hm_err *err)
{
    size_t run = 0;
    for (size_t at = 0; at < s.n;) {
        hm_str rest = hm_str_from(s, at);
        size_t n = hm_utf8_len(rest);
        if (n == 0)
            return hm_fail(err, HM_FORMAT, DEFECT_UTF8, HM_PLACE_BYTE, at, 0);
        utf8proc_int32_t cp = 0;
        if (utf8proc_iterate((const utf8proc_uint8_t *)rest.p, (utf8proc_ssize_t)n, &cp) < 0)
            return hm_fail(err, HM_FORMAT, DEFECT_UTF8, HM_PLACE_BYTE, at, 0);
        utf8proc_category_t cat = utf8proc_category(cp);
        bool mark = cat == UTF8PROC_CATEGORY_MN || cat == UTF8PROC_CATEGORY_MC || cat == UTF8PROC_CATEGORY_ME ||
                    cat == UTF8PROC_CATEGORY_CF || utf8proc_get_property(cp)->combining_class != 0;
        run = mark ? run + 1 : 0;
        if (run > MARKS_MAX)
            return hm_fail(err, HM_LIMIT, DEFECT_TOO_MANY, HM_PLACE_BYTE, at, MARKS_MAX);
        at += n;
    }
    return HM_OK;
}

hm_rc text_fold(hm_arena *a, hm_str s, hm_str *ret, hm_err *err)
{
    /* A set of flags in the library's enum type; as an int, no compiler complains that the sum is no member of it. */
    const int flags = UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_COMPAT | UTF8PROC_CASEFOLD | UTF8PROC_IGNORE;
    const utf8proc_option_t how = (utf8proc_option_t)flags;
    hm_rc rc = check(s, err);
    if (rc != HM_OK)
        return rc;
    if (s.n == 0) {
        *ret = HM_NONE;
        return HM_OK;
    }
    const utf8proc_uint8_t *in = (const utf8proc_uint8_t *)s.p;
    utf8proc_ssize_t n = utf8proc_decompose(in, (utf8proc_ssize_t)s.n, NULL, 0, how);
    if (n < 0)
        return hm_fail(err, HM_FORMAT, DEFECT_UTF8, HM_PLACE_NONE, 0, 0);
    /* One code point more than asked for: reencode writes a NUL behind the text. */
    utf8proc_int32_t *cp = hm_arena_array(a, (size_t)n + 1, sizeof *cp);
    if (!cp)
        return hm_arena_fail(a, err);
    n = utf8proc_decompose(in, (utf8proc_ssize_t)s.n, cp, n, how);
    utf8proc_ssize_t bytes = n < 0 ? n : utf8proc_reencode(cp, n, how);
    if (bytes < 0)
        return hm_fail(err, HM_FORMAT, DEFECT_UTF8, HM_PLACE_NONE, 0, 0);
    *ret = (hm_str){ (const char *)cp, (size_t)bytes };
    return HM_OK;
}
