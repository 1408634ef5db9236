/* replay - runs a fuzz target over every file of the folders named: each corpus and old crash, in the plain build. */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int one(const char *path)
{
    FILE *f = fopen(path, "rb");
    if (!f)
        return 0;
    size_t n = 0, cap = 1 << 16;
    uint8_t *p = malloc(cap);
    for (size_t got; p && (got = fread(p + n, 1, cap - n, f)) > 0;)
        if ((n += got) == cap) {
            uint8_t *q = realloc(p, cap *= 2);
            if (!q)
                free(p);
            p = q;
        }
    fclose(f);
    if (!p)
        return 0;
    uint8_t *exact = malloc(n ? n : 1); /* its own block: the sanitizer then sees a read past the end */
    if (!exact) {
        free(p);
        return 0;
    }
    for (size_t i = 0; i < n; i++)
        exact[i] = p[i];
    free(p);
    LLVMFuzzerTestOneInput(exact, n);
    free(exact);
    return 1;
}

int main(int argc, char **argv)
{
    int n = 0;
    for (int i = 1; i < argc; i++) {
        DIR *d = opendir(argv[i]);
        struct dirent *e;
        while (d && (e = readdir(d)) != NULL) {
            char path[4096];
            if (e->d_name[0] == '.')
                continue;
            snprintf(path, sizeof path, "%s/%s", argv[i], e->d_name);
            n += one(path);
        }
        if (d)
            closedir(d);
    }
    printf("%d inputs replayed\n", n);
    return n > 0 ? 0 : 1; /* an empty corpus proves nothing */
}
