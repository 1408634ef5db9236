#pragma once
/* test - thin over cmocka: TEST(name), CHECK*, and a second life of every test under failing allocations.
 * A CHECK that fails notes it and returns from the test, so cleanup attributes run: no longjmp, no false leaks.
 * Test programs only; the main is made by tools/gen-tests. */
#include "base/base.h"

typedef struct test_ctx test_ctx;
typedef struct test_row {
    const char *name;
    void (*fn)(test_ctx *t_);
} test_row;
#define TEST(name)                                                                                                     \
    void test_##name(test_ctx *t_);                                                                                    \
    void test_##name(test_ctx *t_)

/* In the fault run CHECKs only end the test early. */
bool test_check(test_ctx *t, bool ok, const char *file, int line, const char *label, const char *what);
bool test_check_u64(test_ctx *t, uint64_t got, uint64_t want, const char *file, int line, const char *label);
bool test_check_str(test_ctx *t, hm_str got, hm_str want, const char *file, int line, const char *label);
#define CHECK(label, x)                                                                                                \
    do {                                                                                                               \
        if (!test_check(t_, (x), __FILE__, __LINE__, (label), #x))                                                     \
            return;                                                                                                    \
    } while (0)
#define CHECK_EQ(label, got, want)                                                                                     \
    do {                                                                                                               \
        if (!test_check_u64(t_, (uint64_t)(got), (uint64_t)(want), __FILE__, __LINE__, (label)))                       \
            return;                                                                                                    \
    } while (0)
#define CHECK_STR(label, got, want)                                                                                    \
    do {                                                                                                               \
        if (!test_check_str(t_, (got), (want), __FILE__, __LINE__, (label)))                                           \
            return;                                                                                                    \
    } while (0)
/* In helpers that take `test_ctx *t_`: same macros. */

/* The shared data folder (../shared/data), or NULL: then the test calls TEST_SKIP and returns. Skips are counted. */
const char *test_shared(void);
#define TEST_SKIP(why)                                                                                                 \
    do {                                                                                                               \
        test_skip(t_, (why));                                                                                          \
        return;                                                                                                        \
    } while (0)
void test_skip(test_ctx *t, const char *why);
/* Whole file; false: cannot be read. Freed with hm_buf_clear. Outside of the failing allocations. */
bool test_read(const char *path, hm_buf *out);
/* A sink for writers: adds to the hm_buf that ctx is. */
bool test_sink(void *ctx, hm_str bytes);
bool test_holds(const hm_buf *b, const char *piece);
/* True in the fault run: expensive loops may shorten themselves. */
bool test_fault(void);
int test_main(const test_row *rows, size_t n);
static inline void test_buf_clear(hm_buf *b)
{
    hm_buf_clear(b);
}
#define TEST_BUF HM_AUTO(test_buf_clear) hm_buf
