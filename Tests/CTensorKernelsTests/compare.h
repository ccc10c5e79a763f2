// Comparison of results with the naive twin's.
#ifndef COMPARE_H
#define COMPARE_H

#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

/// Whether two numbers have the same bits. All NaN count as equal, since their sign and payload depend on the order of
/// a commutative operation's operands, which compilers choose.
static inline bool same(float a, float b) { return (isnan(a) && isnan(b)) || memcmp(&a, &b, sizeof a) == 0; }

/// Returns the first element that differs, or `count`.
static inline size_t first_difference(const float *a, const float *b, size_t count) {
    size_t i = 0;
    while (i < count && same(a[i], b[i])) i++;
    return i;
}

/// Returns the first element whose error exceeds `tolerance` times its expected magnitude plus `tolerance`, or `count`.
static inline size_t first_far(const float *found, const float *expected, size_t count, float tolerance) {
    size_t i = 0;
    while (i < count && (same(found[i], expected[i])
        || fabsf(found[i] - expected[i]) <= tolerance * (fabsf(expected[i]) + 1))) i++;
    return i;
}

#endif
