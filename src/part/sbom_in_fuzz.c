/* sbom_in - any bytes as an SBOM document. The first byte says: a claim or not, a name of YAML or not. */
#include "part/part.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 1)
        return 0;
    hm_arena *a = hm_arena_new((1 << 20) + 64 * size);
    part_build *b = part_build_new((1 << 20) + 1024 * size);
    part_doc_in in = { .arena = a,
                       .path = data[0] & 2 ? HM_STR("a/x.spdx.yml") : HM_STR("a/x.spdx"),
                       .claimed = (data[0] & 1) == 1 };
    hm_str block;
    part_pack pack;
    hm_err err = { 0 };
    if (a && b) {
        hm_rc rc = part_read_sbom(&in, (hm_str){ (const char *)data + 1, size - 1 }, b, &err);
        HM_BUG_ON(rc != err.rc || rc == HM_BUG || rc == HM_NOMEM);
        HM_BUG_ON(part_build_finish(b, &block, NULL) != HM_OK);
        HM_BUG_ON(part_pack_open(block, &pack, NULL) != HM_OK);
        for (size_t i = 0; i < pack.comp_n; i++)
            HM_BUG_ON(pack.comp[i].name.n == 0 || pack.comp[i].evidence_count < 1 || pack.comp[i].kind == PART_OS ||
                      ((pack.comp[i].flags & PART_F_CLAIMED) != 0) != in.claimed ||
                      !!(pack.comp[i].flags & PART_F_NO_VERSION) != (pack.comp[i].version.n == 0));
    }
    part_build_free(b);
    hm_arena_free(a);
    return 0;
}
