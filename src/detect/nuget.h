#pragma once
/* nuget - what the files of .NET share. NuGet's ids are compared without regard to case; what is written stays. */
#include "detect/doc.h"

/* One exact version of a range: "[1.0]", "[1.0, 1.0]"; and with `least` also "1.0", which NuGet takes for "at least" and
 * resolves to that very version where the feed has it. False: a range, or nothing. */
bool detect_nuget_exact(hm_str range, bool least, hm_str *ret_version);
/* Key of a component: id in lower case, '/', version in lower case; in the arena. */
hm_str detect_nuget_key(detect_doc *d, hm_str id, hm_str version);
/* A component with version or declared-range; `local`: a project, no package. */
typedef struct detect_nuget_part {
    hm_str id, version, range;
    part_scope scope;
    uint64_t line;
    uint32_t flags; /* further part_comp.flags */
    bool local;
} detect_nuget_part;
uint32_t detect_nuget_add(detect_doc *d, const detect_nuget_part *p);
