#pragma once
/* Tests of JavaScript's lock files: the shared fixtures of one tool, by counts that were checked against the files by
 * eye. Whole outputs are compared in the cases of each test. */
#include "detect/detect_test.h"

typedef struct lock_fixture {
    const char *file;
    size_t comps, edges, dev, optional, gaps;
    const char *defect; /* of the first gap */
} lock_fixture;

/* folder: below fixtures/javascript; path: what the detector is told that the file is called. */
static inline void check_locks(test_ctx *t_, detect_fn *fn, const char *folder, const char *path, const lock_fixture *f,
                               size_t n)
{
    if (!test_shared())
        TEST_SKIP("no shared data");
    for (size_t i = 0; i < n; i++) {
        char name[128];
        size_t scope[PART_SCOPE_COUNT] = { 0 };
        TEST_BUF in = { 0 };
        snprintf(name, sizeof name, "javascript/%s/%s", folder, f[i].file);
        CHECK(name, fixture(name, &in));
        DETECT_TRIED d = { 0 };
        CHECK(name, detect_try_run(&(detect_try){ .fn = fn, .path = path, .bytes = hm_buf_view(&in) }, &d));
        for (size_t k = 0; k < d.pack.comp_n; k++)
            scope[d.pack.comp[k].scope]++;
        CHECK_EQ(name, d.pack.comp_n, f[i].comps);
        CHECK_EQ(name, d.pack.edge_n, f[i].edges);
        CHECK_EQ(name, scope[PART_SCOPE_DEV], f[i].dev);
        CHECK_EQ(name, scope[PART_SCOPE_OPTIONAL], f[i].optional);
        CHECK_EQ(name, d.pack.gap_n + (d.rc != HM_OK), f[i].gaps);
        if (f[i].gaps)
            CHECK_STR(name, hm_str_c(hm_defect_name(d.rc != HM_OK ? d.err.defect : d.pack.gap[0].defect)),
                      hm_str_c(f[i].defect));
    }
}
