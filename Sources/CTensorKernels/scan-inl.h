// Scans of a row of logits, as long as a vocabulary, in sixteen lanes. Sampling uses them.
#ifndef CTK_SCAN_H
#define CTK_SCAN_H

#include "vector-inl.h"

typedef uint64_t vu64 __attribute__((ext_vector_type(16)));
typedef bool vbool __attribute__((ext_vector_type(16)));

/// One bit per lane.
INLINE uint64_t lane_bits(vi condition) {
    vbool lanes = __builtin_convertvector(condition, vbool);
    uint16_t bits;
    _Static_assert(sizeof lanes == sizeof bits, "a bit for each lane");
    memcpy(&bits, &lanes, sizeof bits);
    return bits;
}

/// Whether all values are finite: among bit patterns NaN > infinity > numbers.
INLINE bool all_finite(const float *x, size_t count) {
    vu32 largest = (vu32)(0);
    size_t i = 0;
    for (; i + LANES <= count; i += LANES) {
        largest = __builtin_elementwise_max(largest, (vu32)load(x + i) & MAGNITUDE_BITS);
    }
    if (i < count) largest = __builtin_elementwise_max(largest, (vu32)load_tail(x + i, count - i, 0) & MAGNITUDE_BITS);
    return __builtin_reduce_max(largest) < INFINITY_BITS;
}

static float maximum(const float *x, size_t count) { return maximum_of(x, count); }

static size_t argmax(const float *x, size_t count) {
    if (count == 0 || !all_finite(x, count)) return SIZE_MAX;
    float largest = maximum_of(x, count);
    size_t i = 0;
    for (; i + LANES <= count; i += LANES) {
        uint64_t bits = lane_bits(load(x + i) == largest);
        if (bits) return i + (size_t)__builtin_ctzll(bits);
    }
    while (x[i] != largest) i++;
    return i;
}

/// Calls `TEST(values, first)` for every sixteen values; returns a bit for each value, set if the test holds.
#define SCAN_64(X, COUNT, TEST)                                                                                       \
    uint64_t bits = 0;                                                                                                \
    size_t i = 0;                                                                                                     \
    for (; i + LANES <= (COUNT); i += LANES) bits |= lane_bits(TEST(load((X) + i), i)) << i;                          \
    if (i == (COUNT)) return bits;                                                                                    \
    uint64_t tail = lane_bits(TEST(load_tail((X) + i, (COUNT)-i, -INFINITY), i));                                     \
    return bits | (tail & (((uint64_t)1 << ((COUNT)-i)) - 1)) << i;

static uint64_t at_least(const float *x, size_t count, float floor) {
#define IS_AT_LEAST(VALUES, FIRST) ((VALUES) >= splat(floor))
    SCAN_64(x, count, IS_AT_LEAST)
#undef IS_AT_LEAST
}

static double exponential_sum(const float *x, size_t count, float maximum, float temperature) {
    vd sums = (vd)(0.0);
    size_t i = 0;
    for (; i + LANES <= count; i += LANES) {
        sums += __builtin_convertvector(exp16((load(x + i) - maximum) / temperature), vd);
    }
    if (i < count) {
        vf rest = exp16((load_tail(x + i, count - i, -INFINITY) - maximum) / temperature);
        sums += __builtin_convertvector(rest, vd);
    }
    double sum = 0;
    UNROLL for (int lane = 0; lane < LANES; lane++) sum += sums[lane];
    return sum;
}

/// Floats of 24 random bits each, whose counters begin at `first`.
INLINE vf random24(uint64_t key, uint64_t first) {
    const vu64 lanes = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
    vu64 z = key + (lanes + first) * 0x9e3779b97f4a7c15;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
    z = (z ^ z >> 27) * 0x94d049bb133111eb;
    return __builtin_convertvector(__builtin_convertvector((z ^ z >> 31) >> 40, vi), vf);
}

static uint64_t gumbel_contenders(
    const float *x, size_t count, float maximum, float temperature, float floor, uint64_t key, uint64_t first) {
#define IS_CONTENDER(VALUES, FIRST)                                                                                   \
    (random24(key, first + (FIRST)) <= 0x1p24f * exp16(((VALUES)-maximum) / temperature - floor))
    SCAN_64(x, count, IS_CONTENDER)
#undef IS_CONTENDER
}

#endif
