/* image_view - layers on top of each other (OCI image-spec, layer.md): a path in a higher layer hides the same one in
 * lower ones; a file also all that lies below a directory of that name; a white-out the path and all below it; an opaque
 * white-out all below its directory. Only hashes are known, of every path of every layer: 8 bytes each. Pure.
 * Enemy: the author of the image. Two paths of his with one hash hide a file of his own, which a white-out does, too. */
#include "scan/image.h"

#define POSITION 0xfffULL

bool scan_view_add(scan_view *v, unsigned set, uint32_t position, const uint64_t *hash, size_t n)
{
    HM_BUG_ON(set >= UNPACK_SETS || position == 0 || position > SCAN_VIEW_POSITIONS);
    if (n > SIZE_MAX / 16 - v->n[set])
        return false;
    if (v->n[set] + n > v->cap[set]) {
        size_t cap = v->cap[set] ? v->cap[set] * 2 : 64;
        cap = cap > v->n[set] + n ? cap : v->n[set] + n;
        uint64_t *p = realloc(v->row[set], cap * sizeof *p);
        if (!p)
            return false;
        v->row[set] = p;
        v->cap[set] = cap;
    }
    for (size_t i = 0; i < n; i++)
        v->row[set][v->n[set]++] = (hash[i] & ~POSITION) | position;
    return true;
}

static int by_row(const void *a, const void *b, void *ctx)
{
    (void)ctx;
    const uint64_t *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

bool scan_view_sort(scan_view *v)
{
    for (unsigned s = 0; s < UNPACK_SETS; s++)
        if (!hm_sort(v->row[s], v->n[s], sizeof(uint64_t), by_row, NULL))
            return false;
    return true;
}

void scan_view_clear(scan_view *v)
{
    for (unsigned s = 0; s < UNPACK_SETS; s++)
        free(v->row[s]);
    *v = (scan_view){ 0 };
}

/* Is it in the set, in a layer after `position` up to `last`? */
static bool has(const scan_view *v, unsigned set, uint64_t hash, uint32_t position, uint32_t last)
{
    uint64_t low = (hash & ~POSITION) | (position + 1), high = (hash & ~POSITION) | last;
    size_t from = 0, to = v->n[set];
    if (position >= last)
        return false;
    while (from < to) {
        size_t mid = from + (to - from) / 2;
        if (v->row[set][mid] < low)
            from = mid + 1;
        else
            to = mid;
    }
    return from < v->n[set] && v->row[set][from] <= high;
}

static scan_seen leaf(const scan_view *v, uint64_t hash, uint32_t position, uint32_t last)
{
    if (has(v, UNPACK_SET_GONE, hash, position, last))
        return SCAN_GONE;
    return has(v, UNPACK_SET_FILES, hash, position, last) || has(v, UNPACK_SET_DIRS, hash, position, last)
               ? SCAN_REPLACED
               : SCAN_STAYS;
}

static bool is_file(const scan_view *v, uint64_t hash)
{
    return has(v, UNPACK_SET_FILES, hash, 0, SCAN_VIEW_POSITIONS);
}

bool scan_view_has_file(const scan_view *v, hm_str path)
{
    return is_file(v, scan_unpack_hash(path));
}

scan_seen scan_view_of(const scan_view *v, hm_str path, uint32_t position, uint32_t last)
{
    uint64_t h = UNPACK_HASH, before = h; /* of what was read; of that without its last byte */
    size_t depth = 0;
    if (has(v, UNPACK_SET_OPAQUE, unpack_hash_end(h), position, last))
        return SCAN_GONE;
    for (size_t i = 0; i < path.n; i++) {
        if (path.p[i] == '/') {
            uint64_t dir = unpack_hash_end(h), file = unpack_hash_end(before);
            if (i && path.p[i - 1] == '!' && is_file(v, file))
                return leaf(v, file, position, last);
            if (depth++ < SCAN_VIEW_DEPTH &&
                (has(v, UNPACK_SET_OPAQUE, dir, position, last) || has(v, UNPACK_SET_GONE, dir, position, last) ||
                 has(v, UNPACK_SET_FILES, dir, position, last)))
                return SCAN_GONE;
        }
        before = h;
        h = unpack_hash_byte(h, path.p[i]);
    }
    if (path.n && path.p[path.n - 1] == '!' && is_file(v, unpack_hash_end(before)))
        h = before;
    return leaf(v, unpack_hash_end(h), position, last);
}
