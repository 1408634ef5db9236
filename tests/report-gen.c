/* report-gen FOLDER [SAMPLE [COUNT]]: writes the reports of the sample packs, SAMPLE-LANG.FORMAT, for tests/report-check
 * and for looking at them. SAMPLE large with COUNT makes one large pack. */
#include "report/report_sample.h"
#include "part/sample.h"

static bool take(void *ctx, hm_str bytes)
{
    return fwrite(bytes.p, 1, bytes.n, ctx) == bytes.n;
}

static const struct {
    const char *name;
    sample_fill *fill; /* NULL: sample_large */
} SAMPLE[] = {
    { "small", sample_small }, { "hostile", sample_hostile }, { "empty", sample_nothing }, { "large", NULL }
};

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
    HM_AUTO(sample_clear) sample s = { 0 };
    if (sample_new(&s) != HM_OK)
        return false;
    if (SAMPLE[i].fill)
        SAMPLE[i].fill(s.build);
    else
        sample_large(s.build, count);
    if (sample_open(&s) != HM_OK)
        return false;
    report_in in = report_sample_in(&s.pack);
    in.skip = SKIP;
    in.skip_n = HM_COUNT(SKIP);
    in.detector_name = detector;
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
