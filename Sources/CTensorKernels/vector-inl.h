// Row operations in sixteen lanes on every machine: the compiler splits a vector into two AVX2 or four NEON registers.
// So every vector table adds in the same order and gives the same bits, and a new table needs no new code.
#ifndef CTK_VECTOR_H
#define CTK_VECTOR_H

#include "shared-inl.h"

// Passing wide vectors by value changes a function's ABI; all functions that do so are inlined.
#pragma clang diagnostic ignored "-Wpsabi"

enum { LANES = 16 };

typedef float vf __attribute__((ext_vector_type(16)));
typedef double vd __attribute__((ext_vector_type(16)));
typedef int32_t vi __attribute__((ext_vector_type(16)));
typedef uint16_t vu16 __attribute__((ext_vector_type(16)));
typedef uint32_t vu32 __attribute__((ext_vector_type(16)));
typedef uint8_t vbytes __attribute__((ext_vector_type(64)));
typedef uint16_t vwords __attribute__((ext_vector_type(32)));
typedef int16_t vshorts __attribute__((ext_vector_type(32)));
typedef int8_t vbytes_16 __attribute__((ext_vector_type(16)));
typedef int8_t vbytes_32 __attribute__((ext_vector_type(32)));

#define INLINE static inline __attribute__((always_inline))
#define UNROLL _Pragma("clang loop unroll(full)")
#define ROLL _Pragma("clang loop unroll(disable)")

INLINE size_t smaller(size_t a, size_t b) { return a < b ? a : b; }
INLINE size_t larger(size_t a, size_t b) { return a > b ? a : b; }

/// Prefetches the cache line `bytes_ahead` bytes after an address. The line may be beyond the end of the memory, where
/// a pointer may not point.
INLINE void prefetch_l1(const void *address, size_t bytes_ahead) {
    __builtin_prefetch((const void *)((uintptr_t)address + bytes_ahead), 0, 3);
}

/// The same, but only into the L2 cache.
INLINE void prefetch_l2(const void *address, size_t bytes_ahead) {
    __builtin_prefetch((const void *)((uintptr_t)address + bytes_ahead), 0, 2);
}

INLINE vf splat(float value) { return (vf)(value); }

INLINE vf load(const float *x) {
    vf v;
    memcpy(&v, x, sizeof v);
    return v;
}

INLINE vf load_f16(const uint16_t *x) {
    _Float16 __attribute__((ext_vector_type(16))) halves;
    memcpy(&halves, x, sizeof halves);
    return __builtin_convertvector(halves, vf);
}

INLINE vf load_bf16(const uint16_t *x) {
    vu16 halves;
    memcpy(&halves, x, sizeof halves);
    return (vf)(__builtin_convertvector(halves, vu32) << 16);
}

INLINE void store(float *x, vf v) { memcpy(x, &v, sizeof v); }

/// Loads the first `count` < 16 elements and sets the others to `fill`.
INLINE vf load_tail(const float *x, size_t count, float fill) {
    vf v = splat(fill);
    memcpy(&v, x, count * sizeof(float));
    return v;
}

INLINE void store_tail(float *x, vf v, size_t count) { memcpy(x, &v, count * sizeof(float)); }

/// Loads sixteen elements, or only the first `count` and zeros if there are fewer.
INLINE vf load_first(const float *x, size_t count) { return count >= LANES ? load(x) : load_tail(x, count, 0); }

INLINE void store_first(float *x, vf v, size_t count) {
    if (count >= LANES) store(x, v);
    else store_tail(x, v, count);
}

INLINE vf fma16(vf a, vf b, vf c) { return __builtin_elementwise_fma(a, b, c); }

/// Returns 2^exponents for exponents of -128...127. The two smallest are subnormal; they have a second formula, whose
/// results are the smaller ones otherwise.
INLINE vf integer_powers_of_two(vi exponents) {
    return (vf)__builtin_elementwise_max((exponents + 127) << 23, (exponents + 129) << 21);
}

/// sums + v * v, in f64: the square of 2^64 would overflow f32, and an infinite norm would silently give zeros.
INLINE vd add_squares(vd sums, vf v) {
    vd wide = __builtin_convertvector(v, vd);
    return sums + wide * wide;
}

/// Adds the lanes as a tree, in the same order for every table.
INLINE float sum_lanes(vf v) {
    float lanes[LANES];
    store(lanes, v);
    for (int width = LANES / 2; width > 0; width /= 2) {
        for (int i = 0; i < width; i++) lanes[i] += lanes[i + width];
    }
    return lanes[0];
}

INLINE float max_lanes(vf v) {
    float lanes[LANES];
    store(lanes, v);
    float maximum = lanes[0];
    for (int i = 1; i < LANES; i++) maximum = lanes[i] > maximum ? lanes[i] : maximum;
    return maximum;
}

/// e^x: 2^n times the Taylor polynomial of degree 7 on [-ln2/2, ln2/2], whose remainder is below 6e-9.
/// Below -87.3 (the smallest normal float) it is 0, above 88.3 infinity; NaN stays NaN.
INLINE vf exp16(vf x) {
    const float ln2_high = 0x1.62e4p-1f, ln2_low = 0x1.7f7d1cp-20f;  // the high part has few bits: n * high is exact
    vf n = __builtin_elementwise_roundeven(x * 0x1.715476p+0f);
    vf r = fma16(n, splat(-ln2_high), x);
    r = fma16(n, splat(-ln2_low), r);
    vf p = splat(1.0f / 5040);
    p = fma16(p, r, splat(1.0f / 720));
    p = fma16(p, r, splat(1.0f / 120));
    p = fma16(p, r, splat(1.0f / 24));
    p = fma16(p, r, splat(1.0f / 6));
    p = fma16(p, r, splat(0.5f));
    p = fma16(p, r, splat(1));
    p = fma16(p, r, splat(1));
    // Clamped for the conversion only (a comparison with NaN is false, which lands in range); the ends are set below.
    vf bounded = n > -127.0f ? n : splat(-127);
    bounded = bounded < 127.0f ? bounded : splat(127);
    vi exponent = (__builtin_convertvector(bounded, vi) + 127) << 23;
    vf result = p * (vf)exponent;
    result = x < -87.3f ? splat(0) : result;
    return x > 88.3f ? splat(INFINITY) : result;
}

static void rms_norm(const float *x, const float *gain, size_t columns, float epsilon, float *y) {
    vd squares = (vd)(0.0);
    size_t c = 0;
    for (; c + LANES <= columns; c += LANES) squares = add_squares(squares, load(x + c));
    if (c < columns) squares = add_squares(squares, load_tail(x + c, columns - c, 0));
    double sum = 0;
    UNROLL for (int i = 0; i < LANES; i++) sum += squares[i];
    float scale = (float)(1 / sqrt(sum / (double)columns + epsilon));
    for (c = 0; c < columns; c++) y[c] = x[c] * scale * gain[c];
}

INLINE vf swiglu16(vf gate, vf up) { return gate / (1 + exp16(-gate)) * up; }

static void swiglu(const float *gate, const float *up, size_t count, float *y) {
    size_t i = 0;
    for (; i + LANES <= count; i += LANES) store(y + i, swiglu16(load(gate + i), load(up + i)));
    if (i == count) return;
    store_tail(y + i, swiglu16(load_tail(gate + i, count - i, 0), load_tail(up + i, count - i, 0)), count - i);
}

INLINE vf geglu16(vf gate, vf up) { return gate / (1 + exp16(-gelu_exponent(gate))) * up; }

static void geglu(const float *gate, const float *up, size_t count, float *y) {
    size_t i = 0;
    for (; i + LANES <= count; i += LANES) store(y + i, geglu16(load(gate + i), load(up + i)));
    if (i == count) return;
    store_tail(y + i, geglu16(load_tail(gate + i, count - i, 0), load_tail(up + i, count - i, 0)), count - i);
}

/// x = e^(x - maximum) for `count` elements; returns their sum.
INLINE float exponentials(float *x, size_t count, float maximum) {
    vf sum = splat(0);
    size_t i = 0;
    for (; i + LANES <= count; i += LANES) {
        vf e = exp16(load(x + i) - maximum);
        sum += e;
        store(x + i, e);
    }
    if (i < count) {
        vf e = exp16(load_tail(x + i, count - i, -INFINITY) - maximum);
        sum += e;
        store_tail(x + i, e, count - i);
    }
    return sum_lanes(sum);
}

INLINE float maximum_of(const float *x, size_t count) {
    vf maximum = splat(-INFINITY);
    size_t i = 0;
    for (; i + LANES <= count; i += LANES) {
        vf v = load(x + i);
        maximum = v > maximum ? v : maximum;
    }
    if (i < count) {
        vf v = load_tail(x + i, count - i, -INFINITY);
        maximum = v > maximum ? v : maximum;
    }
    return max_lanes(maximum);
}

static void softmax(float *x, size_t count) {
    float scale = 1 / exponentials(x, count, maximum_of(x, count));
    for (size_t i = 0; i < count; i++) x[i] *= scale;
}

#endif
