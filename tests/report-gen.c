/* report-gen FOLDER [SAMPLE [COUNT]]: writes the reports of the sample packs, SAMPLE-LANG.FORMAT, for tests/report-check
 * and for looking at them. SAMPLE large with COUNT makes one large pack. */
#include "report/report.h"
#include "part/sample.h"

static bool take(void *ctx, hm_str bytes)
{
    return fwrite(bytes.p, 1, bytes.n, ctx) == bytes.n;
}

static void fill_nothing(part_build *b)
{
    (void)b;
}

static const struct {
    const char *name;
    void (*fill)(part_build *b);
} SAMPLE[] = { { "small", sample_small }, { "hostile", sample_hostile }, { "empty", fill_nothing }, { "large", NULL } };

static const struct {
    const char *ending;
    report_fn *fn;
} FORMAT[] = { { "txt", report_table },
               { "csv", report_csv },
               { "purls", report_purls },
               { "html", report_html },
               { "json", report_json } };

static const char *detector(unsigned id)
{
    return id == 1 ? "dpkg-status" : id == 9 ? "npm-lock" : "other";
}

static bool write_one(const report_in *in, const report_style *style, const char *folder, const char *name, size_t f)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s-%s.%s", folder, name, text_lang_name(style->lang), FORMAT[f].ending);
    FILE *out = fopen(path, "wb");
    if (!out)
        return false;
    bool ok = FORMAT[f].fn(in, style, take, out, NULL) == HM_OK;
    return fclose(out) == 0 && ok;
}

static bool write_sample(const char *folder, size_t i, size_t count)
{
    static const report_skip SKIP[] = { { { "proc", 4 }, "pseudo-file-system" },
                                        { { "root/<img src=x>\xff", 17 }, "permission" },
                                        { { "mnt/nas", 7 }, "network-file-system" } };
    HM_AUTO(part_build_freep) part_build *b = part_build_new(SAMPLE_LIMIT);
    part_pack p;
    hm_str block;
    if (!b)
        return false;
    if (SAMPLE[i].fill)
        SAMPLE[i].fill(b);
    else
        sample_large(b, count);
    if (part_build_finish(b, &block, NULL) != HM_OK || part_pack_open(block, &p, NULL) != HM_OK)
        return false;
    report_in in = { .pack = &p,
                     .command = HM_STR("scan"),
                     .target = HM_STR("/srv/host"),
                     .when = 1710000000LL * 1000000,
                     .tool_version = "0.1.0",
                     .dirs = 1234,
                     .files = 56789,
                     .claimed = 812,
                     .bytes = 12345678,
                     .denied = 1,
                     .skipped_fs = 2,
                     .skip = SKIP,
                     .skip_n = HM_COUNT(SKIP),
                     .time_us = 1234567,
                     .peak_bytes = 42 << 20,
                     .jail_seccomp = true,
                     .exit_status = p.gap_n ? 3 : 0,
                     .detector_name = detector };
    if (SAMPLE[i].fill == sample_hostile)
        in.target = HM_STR(SAMPLE_SCRIPT SAMPLE_BYTES);
    for (text_lang lang = TEXT_EN; lang <= TEXT_JA; lang++)
        for (size_t f = 0; f < HM_COUNT(FORMAT); f++) {
            report_style style = { .lang = lang, .columns = 80 };
            if (!write_one(&in, &style, folder, SAMPLE[i].name, f))
                return false;
        }
    return true;
}

int main(int argc, char **argv)
{
    if (argc < 2 || argc > 4)
        return 2;
    size_t count = argc > 3 ? (size_t)strtoul(argv[3], NULL, 10) : 300;
    for (size_t i = 0; i < HM_COUNT(SAMPLE); i++)
        if ((argc < 3 || strcmp(argv[2], SAMPLE[i].name) == 0) && !write_sample(argv[1], i, count)) {
            fprintf(stderr, "report-gen: %s\n", SAMPLE[i].name);
            return 1;
        }
    return 0;
}
