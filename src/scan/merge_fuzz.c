/* What workers under foreign control may answer, gathered and merged. The first byte says how the rest is read:
 *   even: a block (part.h), as it is
 *   odd:  steps that build documents; a step is an opcode, then its operands, one byte each. Texts come from a short
 *         list, so that names, folders and owners meet.
 * Whatever opens must merge into a block that opens, and the same documents twice into the same bytes. */
#include "scan/scan_int.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { DOCS = 3, BUDGET = 16 << 20 };

static hm_str word(hm_cur *c)
{
    static const char *const WORD[] = { "",
                                        "a",
                                        "@s/a",
                                        "node_modules",
                                        "a/node_modules",
                                        "usr/lib/x",
                                        "lib/x",
                                        "srv",
                                        "srv/usr/lib/x",
                                        "usr/share/nodejs",
                                        "1.0",
                                        "debian",
                                        "srv/a/node_modules/a",
                                        "\xff\x01",
                                        "arch=amd64",
                                        "MIT" };
    return hm_str_c(WORD[hm_cur_u8(c) % HM_COUNT(WORD)]);
}

static void step(part_build *b, hm_cur *c)
{
    static const part_eco ECO[] = { PART_ECO_NONE, PART_ECO_DEB, PART_ECO_NPM, PART_ECO_PYPI, PART_ECO_APK };
    uint32_t n = (uint32_t)part_build_count(b), op = hm_cur_u8(c) % 8;
    part_eco eco = ECO[hm_cur_u8(c) % HM_COUNT(ECO)];
    if (op == 0 || n == 0) {
        part_desc d = { .kind = (part_kind)(hm_cur_u8(c) % PART_KIND_COUNT),
                        .scope = (part_scope)(hm_cur_u8(c) % PART_SCOPE_COUNT),
                        .eco = eco,
                        .flags = hm_cur_u8(c) };
        d.name = word(c);
        d.version = word(c);
        d.root = word(c);
        d.quals = word(c);
        part_add_evidence(b, part_add(b, &d), word(c), PART_T_MANIFEST, 100, 0);
        return;
    }
    uint32_t x = hm_cur_u8(c) % n, y = hm_cur_u8(c) % n;
    part_scope scope = (part_scope)(y % PART_SCOPE_COUNT);
    hm_str s = word(c), t = word(c);
    switch (op) {
    case 1:
        part_add_need(b, x, scope, (part_how)(y / 3 % 3), y % 3, eco, s, t);
        break;
    case 2:
        part_add_provide(b, x, s, t);
        break;
    case 3:
        part_add_edge(b, x, y, scope);
        break;
    case 4:
        part_add_claim(b, eco, s, t, (part_claim_field)(y % (PART_CLAIM_ALIAS + 1)), word(c));
        break;
    case 5:
        part_add_owned(b, eco, s, t);
        break;
    case 6:
        part_add_extra(b, y ? x : PART_NO, PART_FMT_SPDX, s, t);
        break;
    default:
        part_add_evidence(b, x, s, PART_T_BINARY, y, x);
    }
}

static bool answer(scan_collect *c, hm_str path, uint16_t root_n, hm_str block)
{
    scan_hit hit = { .detector = 0, .root_n = root_n };
    size_t doc = scan_collect_doc(c, path, &hit);
    if (doc == SIZE_MAX)
        return false;
    jail_reply r = { .tag = doc, .bytes = block };
    scan_collect_done(c, &r);
    return true;
}

static void fill(scan_collect *c, hm_cur in)
{
    static const char *const PATH[DOCS] = { "srv/etc/os-release", "b", "a/node_modules/a/package.json" };
    bool raw = hm_cur_u8(&in) % 2 == 0;
    if (raw) {
        hm_str block = hm_cur_take(&in, hm_cur_left(&in));
        answer(c, HM_STR("srv/x"), 3, block);
        answer(c, HM_STR("y"), 0, block);
        return;
    }
    for (size_t i = 0; i < DOCS; i++) {
        HM_AUTO(part_build_freep) part_build *b = part_build_new(BUDGET);
        hm_str block;
        for (unsigned n = hm_cur_u8(&in); b && n && hm_cur_left(&in); n--)
            step(b, &in);
        if (b && part_build_finish(b, &block, NULL) == HM_OK)
            answer(c, hm_str_c(PATH[i]), i == 0 ? 3 : 0, block);
    }
}

static void merged(hm_cur in, hm_buf *out)
{
    scan_collect c = { 0 };
    HM_AUTO(part_build_freep) part_build *gathered = part_build_new(BUDGET), *b = part_build_new(BUDGET);
    hm_str block;
    part_pack p;
    pthread_mutex_init(&c.mu, NULL);
    fill(&c, in);
    HM_AUTO(scan_paths_clear) scan_paths found = { 0 };
    HM_AUTO(hm_buf_clear) hm_buf wanted = { 0 };
    if (scan_paths_of(&c, &found, NULL) == HM_OK && scan_wanted(&found, HM_STR("srv"), true, &wanted, NULL) != HM_OK)
        abort();
    if (gathered && b && scan_gather(&c, gathered, NULL) == HM_OK &&
        part_build_finish(gathered, &block, NULL) == HM_OK) {
        HM_BUG_ON(part_pack_open(block, &p, NULL) != HM_OK);
        if (scan_merge_pack(&p, b, NULL) == HM_OK && part_build_finish(b, &block, NULL) == HM_OK) {
            HM_BUG_ON(part_pack_open(block, &p, NULL) != HM_OK);
            hm_buf_str(out, block);
        }
    }
    scan_collect_clear(&c);
    pthread_mutex_destroy(&c.mu);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    hm_cur in = hm_cur_of((hm_str){ (const char *)data, size });
    HM_AUTO(hm_buf_clear) hm_buf a = { 0 };
    HM_AUTO(hm_buf_clear) hm_buf b = { 0 };
    merged(in, &a);
    merged(in, &b);
    HM_BUG_ON(!hm_str_eq(hm_buf_view(&a), hm_buf_view(&b)));
    return 0;
}
