/* dpkg_owner - which wanted files a Debian package owns. dpkg's info/PACKAGE[:ARCH].list names each path of the
 * package, absolute, one a line, directories too ("/." is the root); images without dpkg have status.d/PACKAGE.md5sums:
 * 32 hexadecimal digits, two blanks (or blank and '*'), the path without its first slash.
 *
 * Diversions are not followed.
 * A line of another form is one gap for the file; the lines after it are read. */
#include "base/limits.h"
#include "detect/db_int.h"

typedef struct query {
    detect_gaps gaps;
    detect_wanted wanted;
    hm_str package;
    part_eco eco;
} query;

/* path: relative to the root */
static void look_up(query *q, hm_str path)
{
    detect_wanted_dir(&q->wanted, hm_path_dir(path));
    hm_str found = detect_wanted_find(&q->wanted, hm_path_base(path));
    if (found.n)
        part_add_owned(q->gaps.out, q->eco, found, q->package);
}

/* Path of a line relative to the root, false: a line of another form. */
typedef bool line_fn(hm_str line, hm_str *ret_path);

static bool list_line(hm_str line, hm_str *ret_path)
{
    if (line.n == 0 || line.p[0] != '/')
        return false;
    *ret_path = hm_str_from(line, 1);
    return true;
}

/* opkg adds the mode, and where a link leads, after tabs. */
static bool opkg_line(hm_str line, hm_str *ret_path)
{
    return list_line(hm_str_sub(line, 0, hm_str_find(line, '\t')), ret_path);
}

static bool md5sums_line(hm_str line, hm_str *ret_path)
{
    if (line.n < 35 || line.p[32] != ' ' || (line.p[33] != ' ' && line.p[33] != '*'))
        return false;
    for (size_t i = 0; i < 32; i++)
        if (!hm_is_digit(line.p[i]) && (hm_lower(line.p[i]) < 'a' || hm_lower(line.p[i]) > 'f'))
            return false;
    hm_str path = hm_str_from(line, 34);
    if (hm_str_starts(path, HM_STR("./")))
        path = hm_str_from(path, 2);
    *ret_path = path;
    return path.n > 0;
}

static hm_rc answer(const detect_in *in, part_build *out, part_eco eco, hm_str suffix, line_fn *parse, hm_err *err)
{
    query q = { .gaps = { .in = in, .out = out }, .wanted = { .all = in->wanted }, .eco = eco };
    hm_str rest = in->file->bytes, line, base = hm_path_base(in->file->path), path = HM_NONE;
    if (!hm_str_ends(base, suffix))
        return HM_OK;
    base = hm_str_sub(base, 0, base.n - suffix.n);
    q.package = hm_str_sub(base, 0, hm_str_find(base, ':'));
    for (uint64_t n = 1; in->wanted.n && hm_str_line(&rest, &line); n++) {
        if (parse(line, &path))
            look_up(&q, path);
        else if (q.gaps.n == 0)
            detect_gap(&q.gaps, HM_FORMAT, DEFECT_DPKG_RECORD, n, HM_NONE);
    }
    hm_rc rc = detect_gaps_end(&q.gaps, q.wanted.key.bad, err);
    detect_wanted_clear(&q.wanted);
    return rc;
}

hm_rc detect_dpkg_list(const detect_in *in, part_build *out, hm_err *err)
{
    return answer(in, out, PART_ECO_DEB, HM_STR(".list"), list_line, err);
}

hm_rc detect_dpkg_md5sums(const detect_in *in, part_build *out, hm_err *err)
{
    return answer(in, out, PART_ECO_DEB, HM_STR(".md5sums"), md5sums_line, err);
}

hm_rc detect_opkg_list(const detect_in *in, part_build *out, hm_err *err)
{
    return answer(in, out, PART_ECO_OPKG, HM_STR(".list"), opkg_line, err);
}
