// A cache of one KV head, filled at random, and attention over it as a whole.
#ifndef CACHE_H
#define CACHE_H

#include "CTensorKernels.h"

typedef struct {
    int format;
    size_t head_dim, length, page_count;
    /// Pages one after the other; what lies behind the last position is NaN.
    char *keys, *values;
} cache;

/// Some heads of consecutive rows, of which the first stands at `position`.
typedef struct {
    const float *x;
    size_t rows, heads, position;
} query_rows;

/// The same for every table but for what the table's rounding makes of it.
cache random_cache(const ctk_table *table, int format, size_t head_dim, size_t length);
/// [rows][heads][head_dim], ending at a forbidden page. Each page is read once, for all rows that see it.
float *attended(const ctk_table *table, cache memory, query_rows queries);

#endif
