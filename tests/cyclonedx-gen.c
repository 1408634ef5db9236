/* cyclonedx-gen FOLDER: writes the sample packs as CycloneDX of every version, SAMPLE-VERSION.json, for
 * tests/cyclonedx-validate and for other tools to read. */
#include "part/sample.h"

static bool take(void *ctx, hm_str bytes)
{
    return fwrite(bytes.p, 1, bytes.n, ctx) == bytes.n;
}

static void fill_large(part_build *b)
{
    sample_large(b, 3000);
}

static const struct {
    const char *name;
    sample_fill *fill;
    bool subject;
} SAMPLE[] = { { "small", sample_small, true },
               { "hostile", sample_hostile, true },
               { "large", fill_large, true },
               { "empty", sample_nothing, false } };

static bool write_one(const char *folder, size_t i, unsigned version)
{
    static const part_doc DOC = { .when = 1710000000LL * 1000000,
                                  .subject_name = { "host<script>\xff", 13 },
                                  .subject_kind = PART_OS,
                                  .tool_version = { "0.1.0", 5 } };
    HM_AUTO(sample_clear) sample s = { 0 };
    part_doc doc = DOC;
    char path[4096];
    if (sample_make(&s, SAMPLE[i].fill) != HM_OK)
        return false;
    if (!SAMPLE[i].subject)
        doc.subject_name = HM_NONE;
    snprintf(path, sizeof path, "%s/%s-1.%u.json", folder, SAMPLE[i].name, version - 10);
    FILE *f = fopen(path, "wb");
    if (!f)
        return false;
    bool ok = part_write_cyclonedx(&s.pack, &doc, version, take, f, NULL) == HM_OK;
    return fclose(f) == 0 && ok;
}

int main(int argc, char **argv)
{
    if (argc != 2)
        return 2;
    for (size_t i = 0; i < HM_COUNT(SAMPLE); i++)
        for (unsigned v = 14; v <= 17; v++)
            if (!write_one(argv[1], i, v)) {
                fprintf(stderr, "cyclonedx-gen: %s 1.%u\n", SAMPLE[i].name, v - 10);
                return 1;
            }
    return 0;
}
