/* map - bytes to number, open addressing with linear probing at a load of at most 1/2, SipHash-1-3 under a key taken
 * from the kernel's per-process random bytes (AT_RANDOM), so that input cannot choose its collisions. */
#include "base/base.h"
#include <sys/auxv.h>

typedef struct slot {
    const char *p; /* NULL: free */
    size_t n;
    uint64_t hash, value;
} slot;

struct hm_map {
    slot *slot;
    size_t cap, n; /* cap: power of two */
    uint64_t key[2];
};

HM_WRAPS static uint64_t rotl(uint64_t v, unsigned n)
{
    return v << n | v >> (64 - n);
}

HM_WRAPS static void sip_round(uint64_t v[4])
{
    v[0] += v[1];
    v[2] += v[3];
    v[1] = rotl(v[1], 13) ^ v[0];
    v[3] = rotl(v[3], 16) ^ v[2];
    v[0] = rotl(v[0], 32);
    v[2] += v[1];
    v[0] += v[3];
    v[1] = rotl(v[1], 17) ^ v[2];
    v[3] = rotl(v[3], 21) ^ v[0];
    v[2] = rotl(v[2], 32);
}

HM_WRAPS uint64_t hm_str_hash(hm_str s, const uint64_t key[2])
{
    uint64_t v[4] = { key[0] ^ 0x736f6d6570736575ULL, key[1] ^ 0x646f72616e646f6dULL, key[0] ^ 0x6c7967656e657261ULL,
                      key[1] ^ 0x7465646279746573ULL };
    size_t at = 0;
    for (; s.n - at >= 8; at += 8) {
        uint64_t m;
        memcpy(&m, s.p + at, 8);
        v[3] ^= m;
        sip_round(v);
        v[0] ^= m;
    }
    uint64_t last = (uint64_t)s.n << 56;
    for (size_t i = 0; at + i < s.n; i++)
        last |= (uint64_t)(uint8_t)s.p[at + i] << (8 * i);
    v[3] ^= last;
    sip_round(v);
    v[0] ^= last;
    v[2] ^= 0xff;
    sip_round(v);
    sip_round(v);
    sip_round(v);
    return v[0] ^ v[1] ^ v[2] ^ v[3];
}

void hm_hash_key(uint64_t ret_key[2])
{
    const char *seed = (const char *)getauxval(AT_RANDOM); // NOLINT(performance-no-int-to-ptr): the interface is so
    ret_key[0] = ret_key[1] = 0;
    if (seed)
        memcpy(ret_key, seed, 2 * sizeof ret_key[0]);
}

hm_map *hm_map_new(void)
{
    hm_map *m = calloc(1, sizeof *m);
    if (!m)
        return NULL;
    hm_hash_key(m->key);
    m->cap = 16;
    m->slot = calloc(m->cap, sizeof *m->slot);
    if (!m->slot) {
        free(m);
        return NULL;
    }
    return m;
}

hm_map *hm_map_free(hm_map *m)
{
    if (m) {
        free(m->slot);
        free(m);
    }
    return NULL;
}

void hm_map_reset(hm_map *m)
{
    memset(m->slot, 0, m->cap * sizeof *m->slot);
    m->n = 0;
}

void hm_map_freep(hm_map **m)
{
    *m = hm_map_free(*m);
}

static slot *probe(const hm_map *m, hm_str key, uint64_t hash)
{
    size_t i = (size_t)hash & (m->cap - 1);
    while (m->slot[i].p && !(m->slot[i].hash == hash && hm_str_eq((hm_str){ m->slot[i].p, m->slot[i].n }, key)))
        i = (i + 1) & (m->cap - 1);
    return &m->slot[i];
}

static bool grow(hm_map *m)
{
    size_t cap;
    if (hm_ckd_mul(&cap, m->cap, (size_t)2))
        return false;
    slot *was = m->slot;
    slot *now = calloc(cap, sizeof *now);
    if (!now)
        return false;
    size_t n = m->cap;
    m->slot = now;
    m->cap = cap;
    for (size_t i = 0; i < n; i++)
        if (was[i].p)
            *probe(m, (hm_str){ was[i].p, was[i].n }, was[i].hash) = was[i];
    free(was);
    return true;
}

uint64_t *hm_map_put(hm_map *m, hm_str key, uint64_t fresh)
{
    uint64_t hash = hm_str_hash(key, m->key);
    slot *s = probe(m, key, hash);
    if (s->p)
        return &s->value;
    if (m->n >= m->cap / 2) {
        if (!grow(m))
            return NULL;
        s = probe(m, key, hash);
    }
    *s = (slot){ .p = key.p ? key.p : "", .n = key.n, .hash = hash, .value = fresh };
    m->n++;
    return &s->value;
}

bool hm_map_get(const hm_map *m, hm_str key, uint64_t *ret_value)
{
    const slot *s = probe(m, key, hm_str_hash(key, m->key));
    if (!s->p)
        return false;
    *ret_value = s->value;
    return true;
}

size_t hm_map_count(const hm_map *m)
{
    return m->n;
}

/* ---- order ---- */

bool hm_sort(void *p, size_t n, size_t size, hm_cmp_fn *cmp, void *ctx)
{
    if (n < 2)
        return true;
    size_t bytes;
    if (hm_ckd_mul(&bytes, n, size))
        return false;
    char *scratch = malloc(bytes);
    if (!scratch)
        return false;
    char *from = p, *to = scratch;
    for (size_t width = 1; width<n; width = width> n / 2 ? n : width * 2) {
        for (size_t lo = 0; lo < n;) {
            size_t mid = width < n - lo ? lo + width : n;
            size_t hi = width < n - mid ? mid + width : n;
            size_t i = lo, j = mid;
            for (size_t k = lo; k < hi; k++) {
                bool left = i < mid && (j >= hi || cmp(from + i * size, from + j * size, ctx) <= 0);
                memcpy(to + k * size, from + (left ? i++ : j++) * size, size);
            }
            lo = hi;
        }
        char *t = from;
        from = to;
        to = t;
    }
    if (from != p)
        memcpy(p, from, bytes);
    free(scratch);
    return true;
}
