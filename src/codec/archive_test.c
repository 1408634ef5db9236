/* archive - what each format gives, in what order and under which names; and what a hostile one costs. */
#include "base/test.h"
#include "codec/codec.h"
#include <archive.h>
#include <archive_entry.h>

/* ---- archives made here ---- */

typedef struct item {
    const char *path;
    char type; /* f file, d directory, l symbolic link, h hard link */
    const char *text;
} item;

static la_ssize_t on_write(struct archive *a, void *ctx, const void *p, size_t n)
{
    (void)a;
    hm_buf_add(ctx, p, n);
    return (la_ssize_t)n;
}

static bool make(const char *format, const char *filter, const item *in, size_t n, hm_buf *out)
{
    struct archive *a = archive_write_new();
    bool ok = a && archive_write_set_format_by_name(a, format) == ARCHIVE_OK &&
              (!filter || archive_write_add_filter_by_name(a, filter) == ARCHIVE_OK);
    if (a)
        archive_write_set_bytes_per_block(a, 0);
    ok = ok && archive_write_open(a, out, NULL, on_write, NULL) == ARCHIVE_OK;
    for (size_t i = 0; ok && i < n; i++) {
        struct archive_entry *e = archive_entry_new();
        archive_entry_set_pathname(e, in[i].path);
        archive_entry_set_perm(e, in[i].type == 'd' ? 0755 : 0644);
        archive_entry_set_filetype(e, in[i].type == 'd' ? AE_IFDIR : in[i].type == 'l' ? AE_IFLNK : AE_IFREG);
        size_t size = in[i].type == 'f' ? strlen(in[i].text) : 0;
        if (in[i].type == 'l')
            archive_entry_set_symlink(e, in[i].text);
        if (in[i].type == 'h')
            archive_entry_set_hardlink(e, in[i].text);
        archive_entry_set_size(e, (la_int64_t)size);
        ok = archive_write_header(a, e) == ARCHIVE_OK &&
             (size == 0 || archive_write_data(a, in[i].text, size) == (la_ssize_t)size);
        archive_entry_free(e);
    }
    ok = a && archive_write_close(a) == ARCHIVE_OK && ok;
    if (a)
        archive_write_free(a);
    return ok && !out->bad;
}

typedef struct memory {
    hm_str s;
    uint64_t asked; /* bytes */
    bool fails;
} memory;

static int64_t pull(void *ctx, uint64_t at, void *to, size_t n)
{
    memory *m = ctx;
    if (m->fails)
        return -1;
    if (at >= m->s.n)
        return 0;
    n = n < m->s.n - (size_t)at ? n : m->s.n - (size_t)at;
    memcpy(to, m->s.p + at, n);
    m->asked += n;
    return (int64_t)n;
}

static const codec_archive_limits NONE = { 0 };

/* All entries as text: "TYPE PATH[ -> LINK][ =CONTENT]"; a failure as "! DEFECT PLACE". */
static hm_rc say(const codec_pull *src, const codec_archive_limits *l, uint64_t max, bool inner, hm_buf *out)
{
    HM_AUTO(codec_archive_closep) codec_archive *a = NULL;
    HM_AUTO(hm_arena_freep) hm_arena *arena = hm_arena_new(64 << 20);
    hm_err e = { 0 };
    codec_entry x;
    hm_str content;
    hm_rc rc = arena ? codec_archive_open(src, l, &a, &e) : HM_NOMEM;
    while (rc == HM_OK) {
        rc = codec_archive_next(a, &x, &e);
        if (rc == HM_UNSUPPORTED) {
            hm_buf_c(out, "! ");
            hm_buf_c(out, hm_defect_name(e.defect));
            hm_buf_c(out, " ");
            hm_buf_c(out, e.at);
            hm_buf_c(out, "\n");
            rc = HM_OK;
            continue;
        }
        if (rc != HM_OK)
            break;
        hm_buf_byte(out, "fdlho"[x.type]);
        hm_buf_byte(out, ' ');
        hm_buf_str(out, x.path);
        if (x.link.n) {
            hm_buf_c(out, " -> ");
            hm_buf_str(out, x.link);
        }
        if (inner && x.type == CODEC_ENTRY_FILE && hm_str_ends(x.path, HM_STR(".in"))) {
            codec_pull in = codec_archive_inner(a);
            hm_buf_c(out, "\n{\n");
            rc = say(&in, l, max, false, out);
            hm_buf_c(out, "}");
        } else if (x.type == CODEC_ENTRY_FILE && max) {
            rc = codec_archive_content(a, arena, max, &content, &e);
            hm_buf_c(out, " =");
            if (rc == HM_OK)
                hm_buf_str(out, hm_str_sub(content, 0, 20));
            else if (e.defect == DEFECT_TOO_LARGE || e.defect == DEFECT_ENCRYPTED) {
                hm_buf_c(out, hm_defect_name(e.defect));
                rc = HM_OK;
            }
        }
        hm_buf_byte(out, '\n');
    }
    if (rc != HM_NOTFOUND && e.rc) {
        hm_buf_c(out, "! ");
        hm_buf_c(out, hm_defect_name(e.defect));
        hm_buf_c(out, "\n");
    }
    if (a && rc != HM_NOTFOUND && rc != HM_NOMEM) { /* it does not go on */
        hm_err again = { 0 };
        if (codec_archive_next(a, &x, &again) != rc || again.defect != e.defect)
            hm_buf_c(out, "! goes on\n");
    }
    return rc == HM_NOTFOUND ? HM_OK : rc;
}

static hm_rc say_bytes(hm_str s, bool seekable, const codec_archive_limits *l, uint64_t max, hm_buf *out)
{
    memory m = { .s = s };
    codec_pull src = { pull, &m, seekable ? s.n : UINT64_MAX, seekable };
    return say(&src, l, max, false, out);
}

static const item TREE[] = {
    { "./etc/", 'd', NULL },       { "./etc/os-release", 'f', "ID=debian\n" },
    { "/abs/x", 'f', "absolute" }, { "a//b/./c", 'f', "dots" },
    { "link", 'l', "etc/../x" },   { "hard", 'h', "./etc/os-release" },
    { "empty", 'f', "" },          { "\xe6\x98\x9f", 'f', "utf8" },
};

TEST(every_format_gives_the_same_tree)
{
    static const struct {
        const char *format, *filter;
        bool seekable;
    } T[] = {
        { "gnutar", NULL, true },    { "gnutar", NULL, false },   { "ustar", "gzip", true },
        { "gnutar", "gzip", false }, { "gnutar", "bzip2", true }, { "gnutar", "xz", true },
        { "gnutar", "lzma", true },  { "gnutar", "zstd", false }, { "v7tar", NULL, true },
    };
    for (size_t i = 0; i < HM_COUNT(T); i++) {
        TEST_BUF bytes = { 0 };
        TEST_BUF out = { 0 };
        if (!make(T[i].format, T[i].filter, TREE, HM_COUNT(TREE), &bytes))
            continue; /* the fault run */
        if (say_bytes(hm_buf_view(&bytes), T[i].seekable, &NONE, 100, &out) == HM_NOMEM)
            continue;
        CHECK_STR(T[i].format, hm_buf_view(&out),
                  HM_STR("d etc\nf etc/os-release =ID=debian\n\nf abs/x =absolute\nf a/b/c =dots\nl link -> etc/../x\n"
                         "h hard -> etc/os-release\nf empty =\nf \xe6\x98\x9f =utf8\n"));
    }
}

TEST(zip_cpio_and_ar_are_read)
{
    static const item FLAT[] = { { "one", 'f', "1" }, { "two", 'f', "22" } };
    static const struct {
        const char *format;
        bool seekable;
    } T[] = { { "zip", true },   { "zip", false },  { "cpio", true },
              { "newc", false }, { "arbsd", true }, { "arsvr4", true } };
    for (size_t i = 0; i < HM_COUNT(T); i++) {
        TEST_BUF bytes = { 0 };
        TEST_BUF out = { 0 };
        if (!make(T[i].format, NULL, FLAT, HM_COUNT(FLAT), &bytes) ||
            say_bytes(hm_buf_view(&bytes), T[i].seekable, &NONE, 100, &out) == HM_NOMEM)
            continue;
        CHECK_STR(T[i].format, hm_buf_view(&out), HM_STR("f one =1\nf two =22\n"));
    }
}

TEST(names_do_not_lead_out)
{
    static const item BAD[] = { { "../up", 'f', "1" },
                                { "a/../../up", 'f', "1" },
                                { "a/..", 'd', NULL },
                                { "hard", 'h', "../../etc/passwd" },
                                { "good", 'f', "g" } };
    TEST_BUF bytes = { 0 };
    TEST_BUF out = { 0 };
    if (!make("gnutar", NULL, BAD, HM_COUNT(BAD), &bytes) ||
        say_bytes(hm_buf_view(&bytes), true, &NONE, 100, &out) == HM_NOMEM)
        return;
    CHECK_STR("names", hm_buf_view(&out),
              HM_STR("! archive_path ../up\n! archive_path a/../../up\n! archive_path a/../\n"
                     "! archive_path ../../etc/passwd\nf good =g\n"));
}

static bool zeros(const char *format, const char *filter, size_t n, hm_buf *out)
{
    char *text = malloc(n + 1);
    if (!text)
        return false;
    memset(text, '0', n);
    text[n] = 0;
    item in[] = { { "META-INF/MANIFEST.MF", 'f', text }, { "after", 'f', "a" } };
    bool ok = make(format, filter, in, 2, out);
    free(text);
    return ok;
}

TEST(bombs_are_stopped)
{
    static const struct {
        const char *name, *format, *filter;
        bool seekable;
        uint64_t max; /* 0: entries are skipped */
        codec_archive_limits limit;
        const char *want;
    } T[] = {
        { "skipped gzip", "gnutar", "gzip", true, 0, { 0, 200, 0 }, "f META-INF/MANIFEST.MF\n! ratio\n" },
        { "read gzip", "gnutar", "gzip", false, 1 << 30, { 0, 200, 0 }, "f META-INF/MANIFEST.MF =\n! ratio\n" },
        { "read zip", "zip", NULL, true, 1 << 30, { 0, 200, 0 }, "f META-INF/MANIFEST.MF =\n! ratio\n" },
        { "all bytes", "gnutar", "gzip", true, 0, { 5 << 20, 0, 0 }, "f META-INF/MANIFEST.MF\n! archive_bytes\n" },
        { "all bytes of a pipe",
          "gnutar",
          NULL,
          false,
          0,
          { 5 << 20, 0, 0 },
          "f META-INF/MANIFEST.MF\n! archive_bytes\n" },
        { "a plain file is sought past",
          "gnutar",
          NULL,
          true,
          0,
          { 5 << 20, 200, 0 },
          "f META-INF/MANIFEST.MF\nf after\n" },
        { "one file", "gnutar", "gzip", true, 100, { 0, 0, 0 }, "f META-INF/MANIFEST.MF =too_large\nf after =a\n" },
        { "entries", "gnutar", NULL, true, 0, { 0, 0, 1 }, "f META-INF/MANIFEST.MF\n! too_many\n" },
        { "within", "gnutar", "gzip", true, 0, { 1 << 30, 100000, 100 }, "f META-INF/MANIFEST.MF\nf after\n" },
    };
    for (size_t i = 0; i < HM_COUNT(T); i++) {
        TEST_BUF bytes = { 0 };
        TEST_BUF out = { 0 };
        if (!zeros(T[i].format, T[i].filter, 6 << 20, &bytes) ||
            say_bytes(hm_buf_view(&bytes), T[i].seekable, &T[i].limit, T[i].max, &out) == HM_NOMEM)
            continue;
        CHECK_STR(T[i].name, hm_buf_view(&out), hm_str_c(T[i].want));
    }
}

TEST(an_archive_inside_is_read_through)
{
    TEST_BUF inside = { 0 };
    TEST_BUF bytes = { 0 };
    TEST_BUF out = { 0 };
    static const item IN[] = { { "x", 'f', "inner" } };
    if (!make("gnutar", NULL, IN, 1, &inside))
        return;
    struct archive *a = archive_write_new();
    struct archive_entry *e = archive_entry_new();
    bool ok = a && e && archive_write_set_format_gnutar(a) == ARCHIVE_OK &&
              archive_write_add_filter_gzip(a) == ARCHIVE_OK &&
              archive_write_open(a, &bytes, NULL, on_write, NULL) == ARCHIVE_OK;
    for (int i = 0; ok && i < 2; i++) {
        archive_entry_clear(e);
        archive_entry_set_pathname(e, i ? "b" : "layer.in");
        archive_entry_set_filetype(e, AE_IFREG);
        archive_entry_set_size(e, (la_int64_t)(i ? 0 : inside.n));
        ok = archive_write_header(a, e) == ARCHIVE_OK &&
             (i || archive_write_data(a, inside.p, inside.n) == (la_ssize_t)inside.n);
    }
    ok = a && archive_write_close(a) == ARCHIVE_OK && ok;
    archive_entry_free(e);
    archive_write_free(a);
    memory m = { .s = hm_buf_view(&bytes) };
    codec_pull src = { pull, &m, bytes.n, true };
    if (!ok || say(&src, &NONE, 100, true, &out) == HM_NOMEM)
        return;
    CHECK_STR("both", hm_buf_view(&out), HM_STR("f layer.in\n{\nf x =inner\n}\nf b =\n"));
}

TEST(what_is_no_archive_or_ends_early_is_said)
{
    TEST_BUF bytes = { 0 };
    if (!make("gnutar", "gzip", TREE, HM_COUNT(TREE), &bytes))
        return;
    for (size_t n = 0; n < bytes.n; n += 7) { /* cut at every place: an end or a failure, never a crash */
        TEST_BUF out = { 0 };
        hm_rc rc = say_bytes(hm_str_sub(hm_buf_view(&bytes), 0, n), true, &NONE, 100, &out);
        CHECK_EQ("goes on", hm_str_search(hm_buf_view(&out), HM_STR("goes on")), out.n);
        CHECK("cut", rc != HM_OK || n == 0);
    }
    TEST_BUF out = { 0 };
    CHECK("text", say_bytes(HM_STR("just some text, long enough to be looked at"), true, &NONE, 100, &out) != HM_OK);
    memory m = { .s = hm_buf_view(&bytes), .fails = true };
    codec_pull src = { pull, &m, bytes.n, true };
    TEST_BUF read = { 0 };
    hm_rc rc = say(&src, &NONE, 100, false, &read);
    CHECK("read", rc == HM_IO || rc == HM_NOMEM);
}
