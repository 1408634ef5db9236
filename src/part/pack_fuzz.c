/* Any bytes as a block: opens or not, and what opened can be read throughout. */
#include "part/part.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *copy = aligned_alloc(8, (size + 8) & ~(size_t)7);
    if (!copy)
        return 0;
    memcpy(copy, data, size);
    part_pack p;
    volatile size_t sum = 0;
    if (part_pack_open((hm_str){ copy, size }, &p, NULL) == HM_OK) {
        for (size_t i = 0; i < p.comp_n; i++) {
            const part_comp *c = &p.comp[i];
#define X(field) sum = sum + (c->field.n ? (uint8_t)part_text(&p, c->field).p[c->field.n - 1] : 0U);
            PART_TEXTS(X)
#undef X
            for (size_t k = 0; k < c->edge_count; k++)
                sum = sum + p.edge[c->edge_first + k].to;
        }
        for (size_t i = 0; i < p.gap_n; i++) {
            hm_err e;
            part_gap_err(&p, &p.gap[i], &e);
            sum = sum + e.defect;
        }
    }
    free(copy);
    return 0;
}
