/* detectors - `hoshimori detectors`: what is detected, from which files, with which limits, as Markdown, from the tables
 * themselves: docs/detectors.md and docs/detectors.ja.md are its output. */
#include "cmd/cmd_int.h"
#include "base/limits.h"
#include "detect/detect.h"
#include "scan/scan.h"

static const struct {
    const char *name;
    enum text_key what;
} WHAT[] = {
#define CMD_DETECTOR(name, what) { name, what },
#include "cmd/detectors.tbl.h"
};

const char *cmd_detector_text(text_lang lang, const char *name)
{
    for (size_t i = 0; i < HM_COUNT(WHAT); i++)
        if (strcmp(WHAT[i].name, name) == 0)
            return text_get(lang, WHAT[i].what);
    return NULL;
}

static void say(hm_buf *out, const cmd_ctx *c, enum text_key key)
{
    hm_buf_c(out, text_get(c->lang, key));
}

static void how(hm_buf *out, const cmd_ctx *c, uint32_t flags)
{
    static const struct {
        uint32_t flag;
        enum text_key key;
    } HOW[] = { { DETECT_ROOTED, TEXT_DETECTORS_IN_ROOT },
                { DETECT_GROUP, TEXT_DETECTORS_TOGETHER },
                { DETECT_INSIDE, TEXT_DETECTORS_INSIDE },
                { DETECT_OUTSIDE, TEXT_DETECTORS_OUTSIDE } };
    bool first = true;
    for (size_t i = 0; i < HM_COUNT(HOW); i++)
        if (flags & HOW[i].flag) {
            hm_buf_c(out, first ? "" : ", ");
            say(out, c, HOW[i].key);
            first = false;
        }
}

static void row(hm_buf *out, const cmd_ctx *c, const detect_row *r)
{
    const char *what = cmd_detector_text(c->lang, r->name);
    hm_buf_c(out, "| ");
    hm_buf_c(out, r->name);
    hm_buf_c(out, " | ");
    if (r->flags & DETECT_EXEC)
        say(out, c, TEXT_DETECTORS_BY_MAGIC);
    for (const char *const *p = r->patterns; *p && !(r->flags & DETECT_EXEC); p++) {
        hm_buf_c(out, p == r->patterns ? "`" : " `");
        hm_buf_c(out, *p);
        hm_buf_byte(out, '`');
    }
    hm_buf_c(out, " | ");
    hm_buf_c(out, what ? what : "");
    hm_buf_c(out, " | ");
    if (r->max_bytes == UINT64_MAX)
        say(out, c, TEXT_DETECTORS_ANY_SIZE);
    else
        text_bytes(out, r->max_bytes);
    hm_buf_c(out, " | ");
    how(out, c, r->flags);
    hm_buf_c(out, " |\n");
}

static void archives(hm_buf *out, const cmd_ctx *c)
{
    static const enum text_key WHEN[] = { [SCAN_ALWAYS] = TEXT_DETECTORS_ALWAYS,
                                          [SCAN_ITSELF] = TEXT_DETECTORS_ITSELF,
                                          [SCAN_ASKED] = TEXT_DETECTORS_ASKED };
    for (size_t w = 0; w < HM_COUNT(WHEN); w++) {
        scan_when when;
        const char *pattern;
        hm_buf_c(out, "- ");
        say(out, c, WHEN[w]);
        hm_buf_c(out, ":");
        for (size_t i = 0; (pattern = scan_archive_pattern(i, &when)) != NULL; i++)
            if (when == w) {
                hm_buf_c(out, " `");
                hm_buf_c(out, pattern);
                hm_buf_byte(out, '`');
            }
        hm_buf_byte(out, '\n');
    }
}

int cmd_detectors(const cmd_ctx *c)
{
    HM_AUTO(hm_buf_clear) hm_buf out = { 0 };
    hm_buf_c(&out, "# ");
    say(&out, c, TEXT_DETECTORS_TITLE);
    hm_buf_c(&out, "\n\n");
    say(&out, c, TEXT_DETECTORS_INTRO);
    hm_buf_c(&out, "\n\n");
    say(&out, c, TEXT_DETECTORS_HEAD);
    hm_buf_c(&out, "\n|---|---|---|---|---|\n");
    for (size_t i = 0; i < detect_count(); i++)
        row(&out, c, detect_get(i));
    hm_buf_c(&out, "\n## ");
    say(&out, c, TEXT_DETECTORS_ARCHIVES);
    hm_buf_c(&out, "\n\n");
    say(&out, c, TEXT_DETECTORS_ARCHIVES_INTRO);
    hm_buf_c(&out, "\n\n");
    archives(&out, c);
    return cmd_print(c, &out);
}
