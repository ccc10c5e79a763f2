// A cache of one KV head with random contents, and attention over all of it.
#ifndef CACHE_H
#define CACHE_H

#include "CTensorKernels.h"

typedef struct {
    int format;
    size_t head_dim, length, page_count;
    /// Consecutive pages; everything after the last position is NaN.
    char *keys, *values;
} cache;

/// Some heads of consecutive rows, the first of which is at `position`. A row sees the last `window` positions up to
/// its own.
typedef struct {
    const float *x;
    size_t rows, heads, position, window;
} query_rows;

/// Creates a cache with the same numbers for every table, up to the table's rounding.
cache random_cache(const ctk_table *table, int format, size_t head_dim, size_t length);
/// Returns [rows][heads][head_dim], ending at a forbidden page. Each page is read once, for all rows that see it.
float *attended(const ctk_table *table, cache memory, query_rows queries);

#endif
