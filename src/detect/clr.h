#pragma once
/* clr - names of a managed assembly and of those it refers to, from the metadata of a PE file. */
#include "detect/image.h"

typedef struct detect_assembly {
    hm_str name, culture; /* arena */
    uint16_t version[4];
} detect_assembly;
typedef struct detect_clr {
    detect_assembly self; /* name empty: a module that belongs to another file's assembly */
    const detect_assembly *ref;
    size_t refs;
    uint64_t refs_all; /* as the table says: more than `refs` where LIMIT_ASSEMBLY_REFS was passed */
} detect_clr;
/* HM_NOTFOUND: no managed code. HM_FORMAT DEFECT_CLR (place byte; arg0: which check) where its metadata contradict
 * themselves; HM_IO, HM_LIMIT, HM_NOMEM. */
hm_rc detect_clr_read(hm_arena *a, const detect_image *m, detect_clr *ret, hm_err *err) HM_MUST;
