/* test - see test.h. In the fault build (TEST_FAULT) malloc, calloc, realloc and free are wrapped by the linker: each
 * test is run once to count its allocations, then again with the k-th failing, for k = 1 to the count (evenly thinned
 * above 400); it must neither crash nor leave memory allocated. */
#include "base/test.h"
#ifndef TEST_FAULT
#define TEST_FAULT 0
#endif
#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

struct test_ctx {
    bool failed, skipped;
};

#if TEST_FAULT
void *__real_malloc(size_t n);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *p, size_t n);
void __real_free(void *p);
void *__wrap_malloc(size_t n);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *p, size_t n);
void __wrap_free(void *p);

static struct { /* atomic: some rooms have threads */
    _Atomic bool on;
    _Atomic uint64_t calls, fail_at; /* 0: none fails */
    _Atomic int64_t live;
} fault;

static bool refuse(void)
{
    return fault.on && ++fault.calls == fault.fail_at;
}

void *__wrap_malloc(size_t n)
{
    void *p = refuse() ? NULL : __real_malloc(n);
    if (fault.on && p)
        fault.live++;
    return p;
}

void *__wrap_calloc(size_t n, size_t size)
{
    void *p = refuse() ? NULL : __real_calloc(n, size);
    if (fault.on && p)
        fault.live++;
    return p;
}

void *__wrap_realloc(void *old, size_t n)
{
    void *p = refuse() ? NULL : __real_realloc(old, n);
    if (fault.on && p && !old)
        fault.live++;
    return p;
}

void __wrap_free(void *p)
{
    if (fault.on && p)
        fault.live--;
    __real_free(p);
}

bool test_fault(void)
{
    return true;
}

static void fault_pause(bool on)
{
    fault.on = on;
}
#else
bool test_fault(void)
{
    return false;
}

static void fault_pause(bool on)
{
    (void)on;
}
#endif

static void note(test_ctx *t, const char *file, int line, const char *label)
{
    t->failed = true;
    if (!test_fault())
        fprintf(stderr, "%s:%d: [%s] ", file, line, label);
}

bool test_check(test_ctx *t, bool ok, const char *file, int line, const char *label, const char *what)
{
    if (!ok) {
        note(t, file, line, label);
        if (!test_fault())
            fprintf(stderr, "not true: %s\n", what);
    }
    return ok;
}

bool test_check_u64(test_ctx *t, uint64_t got, uint64_t want, const char *file, int line, const char *label)
{
    if (got != want) {
        note(t, file, line, label);
        if (!test_fault())
            fprintf(stderr, "got %llu, want %llu\n", (unsigned long long)got, (unsigned long long)want);
    }
    return got == want;
}

bool test_check_str(test_ctx *t, hm_str got, hm_str want, const char *file, int line, const char *label)
{
    bool ok = hm_str_eq(got, want);
    if (!ok) {
        note(t, file, line, label);
        if (!test_fault())
            fprintf(stderr, "got \"%.*s\" (%zu), want \"%.*s\" (%zu)\n", (int)got.n, got.p, got.n, (int)want.n, want.p,
                    want.n);
    }
    return ok;
}

const char *test_shared(void)
{
    const char *dir = getenv("HM_SHARED");
    FILE *f = NULL;
    if (dir) {
        char path[4096];
        snprintf(path, sizeof path, "%s/purl/types/npm-definition.json", dir);
        fault_pause(false);
        f = fopen(path, "rb");
        if (f)
            fclose(f);
        fault_pause(test_fault());
    }
    return f ? dir : NULL;
}

void test_skip(test_ctx *t, const char *why)
{
    t->skipped = true;
    if (!test_fault())
        fprintf(stderr, "skipped: %s\n", why);
}

bool test_read(const char *path, hm_buf *out)
{
    fault_pause(false);
    FILE *f = fopen(path, "rb");
    bool ok = f != NULL;
    char *p = NULL;
    size_t n = 0;
    if (f) {
        ok = fseek(f, 0, SEEK_END) == 0;
        long size = ok ? ftell(f) : -1;
        ok = ok && size >= 0 && fseek(f, 0, SEEK_SET) == 0;
        n = ok ? (size_t)size : 0;
        p = malloc(n + 1);
        ok = ok && p && fread(p, 1, n, f) == n;
        fclose(f);
    }
    fault_pause(test_fault());
    if (ok)
        hm_buf_add(out, p, n);
    fault_pause(false);
    free(p);
    fault_pause(test_fault());
    return ok && !out->bad;
}

bool test_sink(void *ctx, hm_str bytes)
{
    hm_buf *b = ctx;
    hm_buf_str(b, bytes);
    return !b->bad;
}

bool test_holds(const hm_buf *b, const char *piece)
{
    hm_str s = hm_buf_view(b);
    return hm_str_search(s, hm_str_c(piece)) < s.n;
}

#if TEST_FAULT
static void run(void **state)
{
    const test_row *row = *state;
    test_ctx t = { 0 };
    fault.on = true;
    fault.calls = fault.fail_at = 0;
    fault.live = 0;
    row->fn(&t);
    fault.on = false;
    uint64_t n = fault.calls, step = n > 400 ? n / 400 : 1;
    if (fault.live != 0)
        fail_msg("%s: %lld allocations live at the end", row->name, (long long)fault.live);
    for (uint64_t k = 1; k <= n; k += step) {
        t = (test_ctx){ 0 };
        fault.on = true;
        fault.calls = 0;
        fault.fail_at = k;
        fault.live = 0;
        row->fn(&t);
        fault.on = false;
        if (fault.live != 0)
            fail_msg("%s: %lld allocations live after failing number %llu of %llu", row->name, (long long)fault.live,
                     (unsigned long long)k, (unsigned long long)n);
    }
    if (t.skipped)
        skip();
}
#else
static void run(void **state)
{
    const test_row *row = *state;
    test_ctx t = { 0 };
    row->fn(&t);
    if (t.failed)
        fail_msg("%s failed", row->name);
    if (t.skipped)
        skip();
}
#endif

int test_main(const test_row *rows, size_t n)
{
    struct CMUnitTest table[512] = { 0 };
    if (n > HM_COUNT(table))
        return 1;
    test_row copy[512];
    for (size_t i = 0; i < n; i++) {
        copy[i] = rows[i];
        table[i] = (struct CMUnitTest){ .name = rows[i].name, .test_func = run, .initial_state = &copy[i] };
    }
    return _cmocka_run_group_tests("tests", table, n, NULL, NULL);
}
