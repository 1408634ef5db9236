#pragma once
/* report - results for people and programs: terminal table, CSV, purl list, HTML page, and result-1 JSON
 * (docs/schema/result-1.json). Writes to a sink; same input, same bytes. */
#include "base/base.h"
#include "part/part.h"
#include "text/text.h"

/* directory left out or unreadable */
typedef struct report_skip {
    hm_str path;
    const char *why; /* "permission", "pseudo-file-system", "network-file-system", "other-file-system", "excluded" */
} report_skip;
typedef struct report_in {
    const part_pack *pack;
    hm_str command; /* "scan" */
    hm_str target;  /* as the user wrote it */
    hm_time when;
    const char *tool_version;
    uint64_t dirs, files, claimed, bytes, denied, excluded, skipped_fs; /* counts of the walk */
    const report_skip *skip;                                            /* may be fewer than were counted */
    size_t skip_n;
    const char *(*detector_name)(unsigned id); /* name of an evidence's or gap's detector; NULL: none is written */
    uint64_t time_us, peak_bytes;              /* printed only in the table's last line: they differ from run to run */
    bool interrupted;
    bool jail_seccomp, jail_landlock; /* what held */
    int exit_status;
} report_in;
/* Components as every report counts them: without projects, operating systems and what lies inside OS packages. */
uint64_t report_count(const part_pack *p);
typedef struct report_style {
    text_lang lang;
    bool colour;
    unsigned columns; /* of the terminal */
} report_style;
typedef hm_rc report_fn(const report_in *in, const report_style *style, part_sink *sink, void *ctx, hm_err *err);
/* table: summary for people: what the target is (operating systems found), components per ecosystem and source,
 * gaps with remedy, skipped places, next step. Fits 80 columns.
 * csv: UTF-8 with byte order mark (spreadsheet programs in Japan read it as Shift_JIS otherwise), one line and the same
 * columns for each component, whatever the language. purls: one a line, sorted, each once; what has none is left out.
 * html: one page without anything from outside. json: docs/schema/result-1.json; messages in style->lang. */
report_fn report_table, report_csv, report_purls, report_html, report_json;
