#pragma once
/* image - programs and libraries that are not in memory, whatever their format: ELF, PE and Mach-O of 32 and 64 bit and
 * both byte orders, and each slice of a universal (fat) Mach-O file. Sections by name, bytes by address, all bounded by
 * the file. Shared by the detectors that look into executables; elf.c, pe.c, macho.c read one format each. */
#include "detect/detect.h"

typedef enum detect_image_kind { DETECT_ELF = 0, DETECT_PE, DETECT_MACHO } detect_image_kind;
/* what is loaded into memory; of PE files the sections. file_bytes lie wholly in the file */
typedef struct detect_segment {
    uint64_t addr, offset, file_bytes;
    uint32_t flags; /* DETECT_SEG_ */
} detect_segment;
enum { DETECT_SEG_X = 1, DETECT_SEG_W = 2, DETECT_SEG_R = 4 };
typedef struct detect_section {
    hm_str name;                  /* arena; of Mach-O without its segment's name */
    uint64_t addr, offset, bytes; /* wholly in the file, unless `empty` */
    bool empty;                   /* has no bytes in the file (.bss; debug symbols split off) */
} detect_section;
typedef struct detect_image {
    const detect_src *src;
    detect_image_kind kind;
    bool is64, big;
    bool universal;   /* one slice of several */
    bool program;     /* can be started: has an interpreter or a fixed address (ELF), is no DLL (PE), MH_EXECUTE */
    uint64_t from;    /* offset of the image in the file; 0 but for slices of a universal file */
    uint64_t covered; /* offset behind the last byte that the headers speak of: what follows was appended */
    const detect_segment *segment, *note; /* note: ELF segments of notes */
    size_t segments, notes;
    const detect_section *section; /* none where the file has no table of them, or a damaged one */
    size_t sections;
    bool segments_damaged, sections_damaged; /* the header names them and they contradict the file */
    uint64_t base;                           /* PE: address that relative ones count from */
    uint32_t resource, resource_bytes;       /* PE: relative address of the resources, 0: none */
    uint32_t clr, clr_bytes;                 /* PE: relative address of the header of managed code, 0: none */
} detect_image;

/* Slice `which` (0: the first or only one) of an executable. HM_NOTFOUND: no executable, or no such slice. HM_FORMAT
 * DEFECT_ELF, _PE, _MACHO (place byte): headers that make no sense. HM_IO DEFECT_READ, HM_LIMIT, HM_NOMEM. Damaged
 * tables are no failure: see the flags. *ret_image keeps `src`. */
hm_rc detect_image_open(hm_arena *a, const detect_src *src, unsigned which, detect_image *ret_image, hm_err *err)
    HM_MUST;
/* One detector's work on one image. */
typedef hm_rc detect_image_fn(const detect_in *in, const detect_image *m, part_build *out, hm_err *err);
/* Opens every slice and runs fn on it. HM_NOTFOUND (also in err): no executable, or fn said so of all. A header that
 * makes no sense is HM_NOTFOUND as well: the file claimed nothing yet. The first failure ends it. */
hm_rc detect_image_run(const detect_in *in, part_build *out, detect_image_fn *fn, hm_err *err) HM_MUST;

const detect_section *detect_image_find(const detect_image *m, const char *name); /* the first; NULL: none */
/* Bytes of the file from this address to the end of its segment; 0: no segment holds it. */
uint64_t detect_image_left(const detect_image *m, uint64_t addr, uint64_t *ret_offset);
/* Exactly n bytes at an address: false if the segment holds fewer, or reading failed. */
bool detect_image_read(const detect_image *m, uint64_t addr, void *to, size_t n);
/* n bytes at an offset of the file, in the arena; more than `max`: HM_LIMIT DEFECT_TOO_LARGE, not all in the file:
 * HM_TRUNC DEFECT_TRUNCATED. */
hm_rc detect_image_bytes(hm_arena *a, const detect_src *src, uint64_t at, uint64_t n, uint64_t max, hm_str *ret_bytes,
                         hm_err *err) HM_MUST;
