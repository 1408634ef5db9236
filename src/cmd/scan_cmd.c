/* scan_cmd - `hoshimori scan TARGET`: options to scan_run, its result to every -o, words to standard error.
 * Nothing is written before the scan has ended; an interrupted one writes nothing (exit status 128 + signal). A signal
 * while results are written ends that, too: a file is there whole or not at all. */
#include "cmd/cmd_int.h"
#include "detect/detect.h"
#include "report/report.h"
#include "scan/scan.h"
#include <limits.h>

typedef struct ticker {
    const cmd_ctx *c;
    os_progress *progress;
    uint64_t start_us;
    unsigned columns;
} ticker;

static bool tick(void *ctx, const scan_count *now)
{
    ticker *t = ctx;
    if (os_caught_signal())
        return false;
    if (!os_progress_due(t->progress))
        return true;
    HM_AUTO(hm_buf_clear) hm_buf all = { 0 }, line = { 0 };
    say_progress_scan(&all, t->c->lang, now->files, now->parsed, now->claimed,
                      (os_monotonic_us() - t->start_us) / 1000);
    text_fit(&line, hm_buf_view(&all), t->columns > 1 ? t->columns - 1 : 1, false);
    if (!all.bad && !line.bad)
        os_progress_show(t->progress, hm_buf_view(&line));
    return true;
}

/* ---- what the document is about ------------------------------------------------------------------------------------ */

/* Is there an operating system in the target itself (not in some root inside it)? */
static bool holds_os(const part_pack *p)
{
    for (size_t i = 0; i < p->comp_n; i++)
        if (p->comp[i].kind == PART_OS && p->comp[i].root.n == 0)
            return true;
    return false;
}

/* Without --subject: the last name in the target's real path; "host" for /. */
static hm_str subject_of(const cmd_ctx *c, const char *target)
{
    const char *given = cmd_value(c->args, CMD_O_SUBJECT);
    if (given)
        return hm_str_c(given);
    char path[PATH_MAX];
    hm_str name = hm_path_base(hm_str_c(realpath(target, path) ? path : target)), kept;
    if (name.n == 0)
        return HM_STR("host");
    return hm_arena_dup(c->arena, name, &kept) ? kept : HM_NONE;
}

typedef struct result {
    const cmd_ctx *c;
    const scan_result *scan;
    report_in report;
    part_doc doc;
} result;

/* A result may be gigabytes: whoever asks for the end gets it at the next piece. */
static bool put_unless_stopped(void *writer, hm_str bytes)
{
    return !os_caught_signal() && os_writer_put(writer, bytes);
}

static hm_rc write_one(const result *r, const cmd_output *o, os_writer *w, hm_err *err)
{
    static report_fn *const FN[CMD_F_COUNT] = {
        [CMD_F_TABLE] = report_table, [CMD_F_HTML] = report_html,   [CMD_F_JSON] = report_json,
        [CMD_F_CSV] = report_csv,     [CMD_F_PURLS] = report_purls,
    };
    if (o->format == CMD_F_CYCLONEDX)
        return part_write_cyclonedx(scan_pack(r->scan), &r->doc, o->version, put_unless_stopped, w, err);
    const report_style style = { .lang = r->c->lang,
                                 .colour = !o->file && r->c->colour,
                                 .columns = o->file ? 80 : r->c->columns };
    return FN[o->format](&r->report, &style, put_unless_stopped, w, err);
}

static int write_result(const result *r, const cmd_output *o)
{
    os_writer *w = NULL;
    hm_err err = { 0 }, close_err = { 0 };
    if (os_writer_open(o->file, &w, &err) != HM_OK)
        return cmd_written(r->c, o->file, &err);
    hm_rc rc = write_one(r, o, w, &err);
    if (rc == HM_IO && os_caught_signal()) {
        os_writer_abandon(w);
        return CMD_OK; /* cmd_scan says why it ends */
    }
    if (rc != HM_OK && rc != HM_IO) {
        os_writer_abandon(w);
        cmd_complain(r->c, o->file ? hm_str_c(o->file) : HM_NONE, &err, NULL);
        return CMD_FAULT;
    }
    rc = os_writer_close(w, &close_err); /* knows why a sink failed */
    const cmd_kv kv[] = { { "format", hm_str_c(cmd_format_of(o->format)->name), 0 },
                          { "file", hm_str_c(o->file ? o->file : "-"), 0 } };
    if (rc == HM_OK)
        cmd_log(r->c, CMD_LOG_INFO, "written", kv, HM_COUNT(kv));
    return cmd_written(r->c, o->file, &close_err);
}

/* One line for whoever asked for files only: what was found, what was not understood, where it is. */
static void summary(const result *r, const cmd_output *o, size_t n)
{
    size_t files = 0;
    for (size_t i = 0; i < n; i++)
        files += o[i].file != NULL;
    if (r->c->quiet || files < n)
        return;
    const part_pack *p = scan_pack(r->scan);
    HM_AUTO(hm_buf_clear) hm_buf b = { 0 };
    say_scan_summary(&b, r->c->lang, report_count(p), p->gap_n, scan_time_us(r->scan) / 1000);
    for (size_t i = 0; i < n; i++) {
        hm_buf_byte(&b, '\n');
        say_wrote(&b, r->c->lang, hm_str_c(o[i].file));
    }
    cmd_words(hm_buf_view(&b));
}

/* ---- the run ----------------------------------------------------------------------------------------------------------- */

static const char *why_name(const scan_skip *s)
{
    switch (s->why) {
    case SCAN_DENIED:
        return "permission";
    case SCAN_PSEUDO_FS:
        return "pseudo-file-system";
    case SCAN_NETWORK_FS:
        return "network-file-system";
    case SCAN_OTHER_FS:
        return "other-file-system";
    case SCAN_EXCLUDED:
    default:
        return "excluded";
    }
}

static hm_rc skips(const result *r, const report_skip **ret, size_t *ret_n, hm_err *err)
{
    const scan_skip *s = NULL;
    size_t n = scan_skips(r->scan, &s);
    report_skip *out = hm_arena_array(r->c->arena, n + 1, sizeof *out);
    if (!out)
        return hm_arena_fail(r->c->arena, err);
    for (size_t i = 0; i < n; i++)
        out[i] = (report_skip){ .path = s[i].path, .why = why_name(&s[i]) };
    *ret = out;
    *ret_n = n;
    return HM_OK;
}

/* Paths that are matched begin at the target and end without a slash. What people write: "./x", "x/", "/x" for a scan of
 * /, "/srv/app/x" for one of /srv/app. */
static hm_rc exclude_glob(hm_arena *a, const char *target, const char *glob, const char **ret, hm_err *err)
{
    hm_str g = hm_str_c(glob), t = hm_str_c(target), kept;
    while (t.n && t.p[t.n - 1] == '/')
        t.n--;
    if (t.n && hm_str_starts(g, t) && g.n > t.n && g.p[t.n] == '/')
        g = hm_str_from(g, t.n);
    while (hm_str_starts(g, HM_STR("./")))
        g = hm_str_from(g, 2);
    while (g.n && g.p[0] == '/')
        g = hm_str_from(g, 1);
    while (g.n && g.p[g.n - 1] == '/')
        g.n--;
    if (!hm_arena_dup(a, g, &kept))
        return hm_arena_fail(a, err);
    *ret = kept.p;
    return HM_OK;
}

static hm_rc excludes(const cmd_ctx *c, const char *const **ret, hm_err *err)
{
    const char **v = hm_arena_array(c->arena, c->args->given_n + 1, sizeof *v);
    if (!v)
        return hm_arena_fail(c->arena, err);
    size_t n = 0;
    hm_rc rc = HM_OK;
    for (size_t i = 0; i < c->args->given_n && rc == HM_OK; i++)
        if (c->args->given[i].opt == CMD_O_EXCLUDE)
            rc = exclude_glob(c->arena, c->args->operand[0], c->args->given[i].value, &v[n++], err);
    if (rc == HM_OK)
        *ret = v;
    return rc;
}

/* That every asked file can be made is known before minutes are spent on the scan. */
static int try_outputs(const cmd_ctx *c, const cmd_output *o, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        os_writer *w = NULL;
        hm_err err = { 0 };
        if (o[i].file && os_writer_open(o[i].file, &w, &err) != HM_OK)
            return cmd_written(c, o[i].file, &err);
        os_writer_abandon(w);
    }
    return CMD_OK;
}

static void log_end(const result *r)
{
    const part_pack *p = scan_pack(r->scan);
    const cmd_kv kv[] = {
        { "components", { NULL, 0 }, report_count(p) },      { "gaps", { NULL, 0 }, p->gap_n },
        { "files", { NULL, 0 }, r->report.files },           { "claimed", { NULL, 0 }, r->report.claimed },
        { "denied", { NULL, 0 }, r->report.denied },         { "ms", { NULL, 0 }, r->report.time_us / 1000 },
        { "peak_bytes", { NULL, 0 }, r->report.peak_bytes }, { "seccomp", { NULL, 0 }, r->report.jail_seccomp },
        { "landlock", { NULL, 0 }, r->report.jail_landlock }
    };
    cmd_log(r->c, CMD_LOG_INFO, "scan_end", kv, HM_COUNT(kv));
}

static const char *detector_name(unsigned id)
{
    const detect_row *row = detect_get(id);
    return row ? row->name : NULL;
}

/* All that follows a finished scan. */
static int deliver(result *r, const cmd_output *o, size_t n)
{
    const cmd_ctx *c = r->c;
    const part_pack *p = scan_pack(r->scan);
    const scan_count count = scan_count_of(r->scan);
    const jail_state jail = scan_jail(r->scan);
    hm_err err = { 0 };
    int status = p->gap_n && !cmd_is(c->args, CMD_O_GAPS, "ok") ? CMD_GAPS : CMD_OK;
    bool fixed = false;
    hm_time when = os_now_or_epoch(&fixed);
    const char *target = c->args->operand[0];
    r->report = (report_in){ .pack = p,
                             .command = HM_STR("scan"),
                             .target = hm_str_c(target),
                             .when = when,
                             .tool_version = HM_VERSION,
                             .dirs = count.dirs,
                             .files = count.files,
                             .claimed = count.claimed,
                             .bytes = count.bytes,
                             .denied = count.denied,
                             .skipped_fs = count.skipped_fs,
                             .detector_name = detector_name,
                             .excluded = count.excluded,
                             .time_us = scan_time_us(r->scan),
                             .peak_bytes = scan_peak_bytes(r->scan),
                             .jail_seccomp = jail.seccomp,
                             .jail_landlock = jail.landlock,
                             .exit_status = status };
    r->doc = (part_doc){ .when = when,
                         .subject_name = subject_of(c, target),
                         .subject_version = hm_str_c(cmd_value(c->args, CMD_O_SUBJECT_VERSION)),
                         .subject_kind = holds_os(p) ? PART_DEVICE : PART_APPLICATION,
                         .tool_version = HM_STR(HM_VERSION),
                         .serial_random = cmd_is(c->args, CMD_O_SERIAL, "random") };
    const scan_subject *s = scan_subject_of(r->scan);
    if (s) {
        const char *name = cmd_value(c->args, CMD_O_SUBJECT), *version = cmd_value(c->args, CMD_O_SUBJECT_VERSION);
        r->doc.subject_kind = PART_CONTAINER;
        r->doc.subject_name = name || s->name.n == 0 ? r->doc.subject_name : s->name;
        r->doc.subject_version = version ? r->doc.subject_version : s->version;
        r->doc.subject_purl = s->purl;
        r->doc.prop = s->prop;
        r->doc.props = s->props;
    }
    if (skips(r, &r->report.skip, &r->report.skip_n, &err) != HM_OK ||
        (r->doc.serial_random && !os_random(r->doc.random, sizeof r->doc.random))) {
        cmd_complain(c, HM_NONE, &err, NULL);
        return CMD_FAULT;
    }
    log_end(r);
    for (size_t i = 0; i < n && !os_caught_signal(); i++)
        status = cmd_worse(status, write_result(r, &o[i]));
    if (!os_caught_signal())
        summary(r, o, n);
    return status;
}

static int interrupted(const cmd_ctx *c, const char *target, hm_defect why)
{
    hm_err err = { 0 };
    int signal = os_caught_signal();
    (void)hm_fail(&err, HM_IO, why, HM_PLACE_NONE, 0, 0);
    cmd_complain(c, hm_str_c(target), &err, NULL);
    return 128 + (signal ? signal : 2);
}

static void warn_jail(const cmd_ctx *c, const scan_result *r)
{
    if (scan_jail(r).seccomp)
        return;
    cmd_words(hm_str_c(text_get(c->lang, TEXT_WARN_JAIL)));
    cmd_log(c, CMD_LOG_ERROR, "jail_weak", NULL, 0);
}

/* "os/arch" or "os/arch/variant" */
static bool is_platform(hm_str s)
{
    size_t n = 0;
    for (hm_str word; s.n && n < 4; n++) {
        bool more = hm_str_find(s, '/') < s.n;
        word = hm_str_cut(s, '/', &s);
        if (word.n == 0 || (more && s.n == 0))
            return false;
    }
    return n == 2 || n == 3;
}

int cmd_scan(const cmd_ctx *c)
{
    hm_err err = { 0 };
    cmd_output *o = NULL;
    size_t n = 0;
    const char *target = c->args->operand[0];
    HM_AUTO(hm_buf_clear) hm_buf worker = { 0 };
    scan_opts opts = {
        .target = target,
        .workers = (unsigned)cmd_number(c->args, CMD_O_JOBS, 0),
        .best_effort_jail = cmd_is(c->args, CMD_O_JAIL, "best-effort"),
        .platform = cmd_value(c->args, CMD_O_PLATFORM),
        .one_file_system = cmd_flag(c->args, CMD_O_ONE_FS),
        .all_archives = cmd_is(c->args, CMD_O_ARCHIVES, "all"),
        .limits = { .file_bytes = cmd_number(c->args, CMD_O_MAX_FILE_BYTES, 0),
                    .entries = cmd_number(c->args, CMD_O_MAX_ENTRIES, 0),
                    .archive_bytes = cmd_number(c->args, CMD_O_MAX_ARCHIVE_BYTES, 0),
                    .ratio = cmd_number(c->args, CMD_O_MAX_RATIO, 0),
                    .nesting = (uint32_t)cmd_number(c->args, CMD_O_MAX_NESTING, 0),
                    .time_ms = cmd_number(c->args, CMD_O_MAX_TIME, 0) * 1000 },
        .tick = tick,
    };
    hm_str about = HM_NONE;
    hm_rc rc = cmd_outputs(c->arena, c->args, &o, &n, &err);
    if (rc == HM_OK)
        rc = excludes(c, &opts.exclude, &err);
    if (rc == HM_OK && opts.platform && !is_platform(hm_str_c(opts.platform)))
        rc = cmd_bad_value(CMD_O_PLATFORM, opts.platform, DEFECT_USAGE_VALUE, &err);
    if (rc == HM_OK) {
        about = HM_STR("worker");
        rc = os_helper_path("worker", &worker, &err);
        if (rc != HM_OK && err.defect == DEFECT_NOT_FOUND)
            err.defect = DEFECT_SPAWN; /* what is not found is a part of the program, not what the user named */
        hm_buf_byte(&worker, '\0');
    }
    if (rc != HM_OK) {
        cmd_complain(c, about, &err, NULL);
        return cmd_status_of(&err);
    }
    int status = try_outputs(c, o, n);
    if (status != CMD_OK)
        return status;
    opts.worker_path = worker.p;
    ticker t = { .c = c, .start_us = os_monotonic_us(), .columns = os_columns(2) };
    t.progress = os_progress_new(!c->quiet);
    opts.ctx = &t;
    os_catch_signals();
    cmd_log(c, CMD_LOG_INFO, "scan_begin", &(cmd_kv){ "target", hm_str_c(target), 0 }, 1);
    HM_AUTO(scan_freep) scan_result *scan = NULL;
    rc = scan_run(&opts, &scan, &err);
    os_progress_free(t.progress);
    if (os_caught_signal() || (rc == HM_OK && scan_interrupted(scan)))
        return interrupted(c, target, DEFECT_INTERRUPTED);
    if (rc != HM_OK) {
        cmd_complain(c, hm_str_c(target), &err, NULL);
        return cmd_status_of(&err);
    }
    warn_jail(c, scan);
    result r = { .c = c, .scan = scan };
    status = deliver(&r, o, n);
    return os_caught_signal() ? interrupted(c, target, DEFECT_WRITE_INTERRUPTED) : status;
}
