#pragma once
/* elf - bounded reader of ELF headers, segments and sections over a file that is not in memory (System V ABI, chapters
 * 4 and 5), 32 and 64 bit, both byte orders. Shared by the detectors that look into programs. */
#include "detect/detect.h"

/* PT_LOAD only */
typedef struct detect_elf_segment {
    uint64_t addr, offset, file_bytes, mem_bytes; /* file_bytes lie wholly in the file */
    uint32_t flags;                               /* 1 execute, 2 write, 4 read */
} detect_elf_segment;
typedef struct detect_elf_section {
    hm_str name;                  /* arena */
    uint64_t addr, offset, bytes; /* in the file, unless `type` is DETECT_ELF_NOBITS */
    uint32_t type;
} detect_elf_section;
enum { DETECT_ELF_NOBITS = 8 };
typedef struct detect_elf {
    const detect_src *src;
    bool is64, big;
    uint16_t machine;
    const detect_elf_segment *segment;
    size_t segments;
    const detect_elf_section *section; /* none where the file has no table of them, or a damaged one */
    size_t sections;
    bool segments_damaged, sections_damaged; /* the header names them and they contradict the file */
} detect_elf;
/* HM_NOTFOUND: no ELF file. HM_FORMAT DEFECT_ELF (place byte): a header of no known class. HM_IO DEFECT_READ, HM_LIMIT,
 * HM_NOMEM. Damaged tables are no failure: see the flags. */
hm_rc detect_elf_open(hm_arena *a, const detect_src *src, detect_elf *ret_elf, hm_err *err) HM_MUST;
const detect_elf_section *detect_elf_find(const detect_elf *e, const char *name); /* NULL: none */
/* Bytes of the file from this address to the end of its segment; 0: no segment holds it. */
uint64_t detect_elf_left(const detect_elf *e, uint64_t addr, uint64_t *ret_offset);
/* Exactly n bytes at an address: false if the segment holds fewer, or reading failed. */
bool detect_elf_read(const detect_elf *e, uint64_t addr, void *to, size_t n);
