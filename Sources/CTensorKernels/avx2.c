// AVX2 with FMA and F16C. Without vpdpbusd, vpmaddubsw multiplies bytes and adds pairs in 16 bits, saturating at 32767.
// Signed weights are therefore passed as |w| * (x with w's sign), at most 128 * 127 * 2 = 32512 per pair.

#if defined(__x86_64__)

#pragma STDC FP_CONTRACT OFF

#include <immintrin.h>
#include <math.h>
#include <string.h>

#include "tables.h"

#pragma clang attribute push(__attribute__((target("avx2,fma,f16c"))), apply_to = function)

#include "vector-inl.h"

// The dot products of four tokens take 8 of 16 registers; their sums stay in the L1 cache while a block is processed.
#define TOKENS_AT_ONCE 4
#define WEIGHTS_AHEAD (2 << 10)
#define FEW_TOKENS_AHEAD WEIGHTS_AHEAD
#define EACH_LINE ROLL
#define SHIFTED_SUMS 0
#define Q8_SIGN 0

/// The two 256-bit halves of 64 bytes.
typedef union {
    vbytes bytes;
    vi integers;
    __m256i halves[2];
} two_registers;

INLINE __m256i add_pairs(__m256i sums, __m256i pairs) {
    sums = _mm256_add_epi32(sums, _mm256_madd_epi16(pairs, _mm256_set1_epi16(1)));
    // Otherwise, the compiler would load and convert the weights of a whole block first, and spill them.
    __asm__ volatile("" : "+x"(sums));
    return sums;
}

INLINE vi dot_u7(vi sums, vbytes weights, const int8_t *values, int group) {
    two_registers s = {.integers = sums}, w = {.bytes = weights};
    __m256i broadcast = _mm256_set1_epi32(four(values, group));
    for (int i = 0; i < 2; i++) s.halves[i] = add_pairs(s.halves[i], _mm256_maddubs_epi16(w.halves[i], broadcast));
    return s.integers;
}

INLINE vi dot_q8(vi sums, vbytes weights, const int8_t *values, int group) {
    two_registers s = {.integers = sums}, w = {.bytes = weights};
    __m256i broadcast = _mm256_set1_epi32(four(values, group));
    for (int i = 0; i < 2; i++) {
        __m256i pairs = _mm256_maddubs_epi16(_mm256_abs_epi8(w.halves[i]), _mm256_sign_epi8(broadcast, w.halves[i]));
        s.halves[i] = add_pairs(s.halves[i], pairs);
    }
    return s.integers;
}

INLINE vi dot_pairs(vi sums, vi weights, int32_t pair) {
    two_registers s = {.integers = sums}, w = {.integers = weights};
    __m256i broadcast = _mm256_set1_epi32(pair);
    for (int i = 0; i < 2; i++) {
        s.halves[i] = _mm256_add_epi32(s.halves[i], _mm256_madd_epi16(w.halves[i], broadcast));
    }
    return s.integers;
}

INLINE vbytes lookup_16(vbytes_16 table, vbytes indices) {
    two_registers i = {.bytes = indices};
    __m256i both = _mm256_broadcastsi128_si256((__m128i)table);
    for (int h = 0; h < 2; h++) i.halves[h] = _mm256_shuffle_epi8(both, i.halves[h]);
    return i.bytes;
}

INLINE vf powers_of_two(vi exponents, int tokens) {
    (void)tokens;
    return integer_powers_of_two(exponents);
}

INLINE vi add_scaled_pair(vi totals, vi a, vi b, int shift, vi scales) {
    two_registers t = {.integers = totals}, x = {.integers = a}, y = {.integers = b << (16 - shift)};
    two_registers s = {.integers = scales};
    for (int i = 0; i < 2; i++) {
        __m256i pairs = _mm256_blend_epi16(x.halves[i], y.halves[i], 0xaa);
        t.halves[i] = _mm256_add_epi32(t.halves[i], _mm256_madd_epi16(pairs, s.halves[i]));
    }
    return t.integers;
}

INLINE vbytes merge_bits(vbytes a, vbytes b, uint8_t mask) { return (a & (uint8_t)~mask) | (b & mask); }

#include "products-inl.h"

#define DENSE_ROWS 6
#define DENSE_VECTORS 1
#include "dense_f32-inl.h"

const ctk_table ctk_avx2_table = VECTOR_TABLE("avx2", DENSE_KERNELS_F32, ATTENTION_KERNELS(f32));

#pragma clang attribute pop

#endif
