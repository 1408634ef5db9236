#pragma once
/* pe_version - what a Windows program says of itself in its version resource (VERSIONINFO). */
#include "detect/image.h"

/* UTF-8, arena, trimmed; empty where the resource has none */
#define PE_TEXTS(X)                                                                                                    \
    X(CompanyName)                                                                                                     \
    X(FileDescription)                                                                                                 \
    X(FileVersion)                                                                                                     \
    X(InternalName)                                                                                                    \
    X(LegalCopyright)                                                                                                  \
    X(OriginalFilename)                                                                                                \
    X(ProductName)                                                                                                     \
    X(ProductVersion)                                                                                                  \
    X(Comments)
typedef struct detect_pe_version {
#define X(text) hm_str text;
    PE_TEXTS(X)
#undef X
    bool fixed; /* the numbers below are there */
    uint16_t file[4], product[4];
} detect_pe_version;
/* HM_NOTFOUND: no such resource. HM_FORMAT DEFECT_PE (place byte): resources that contradict themselves. */
hm_rc detect_pe_version_read(hm_arena *a, const detect_image *m, detect_pe_version *ret, hm_err *err) HM_MUST;
