#pragma once
/* report_int - what the reports share: counting a pack once, and a buffered way to the sink. */
#include "report/report.h"

enum { REPORT_SYSTEMS_SHOWN = 4 }; /* operating systems named at the top of a report */

/* components without projects, operating systems and what OS packages manage */
typedef struct report_eco_sum {
    uint64_t parts, runtime, dev, licensed, no_version; /* dev: development and build; licensed: expression or text */
    uint64_t managed;                                   /* inside a file of an OS package: beside, not among `parts` */
    uint64_t claimed;                                   /* only named by an SBOM in the target: beside as well */
} report_eco_sum;
typedef struct report_sum {
    uint64_t projects, systems, edges;
    uint64_t deps_known; /* of those counted in `all`: all their dependencies are known */
    report_eco_sum eco[PART_ECO_COUNT], all;
} report_sum;
void report_sum_of(const part_pack *p, report_sum *ret);
const char *report_eco_name(unsigned eco);                /* purl type; "generic" where there is none */
const char *report_why(text_lang lang, const char *why);  /* of a report_skip, for people */
hm_str report_detector(const report_in *in, unsigned id); /* empty: not to be written */
/* Name of an operating system as people write it: the pretty name, else name and version. */
void report_system_name(const part_pack *p, const part_comp *c, hm_buf *out);

/* Bytes on their way to the sink; goes on after a failure without effect, ends with report_done. */
typedef struct report_pipe {
    part_sink *sink;
    void *ctx;
    hm_buf b;    /* what was not yet sent */
    bool failed; /* the sink said no */
    bool no_memory;
} report_pipe;
/* To be called between rows: sends when enough came together. */
void report_flow(report_pipe *o);
/* Sends the rest, frees. HM_IO DEFECT_WRITE or HM_NOMEM. */
hm_rc report_done(report_pipe *o, hm_err *err) HM_MUST;
