// NEON with dot products (Armv8.2): sdot adds four products of signed bytes to each of four rows.

#if defined(__aarch64__)

#pragma STDC FP_CONTRACT OFF

#include <arm_neon.h>
#include <math.h>
#include <string.h>

#include "tables.h"

#pragma clang attribute push(__attribute__((target("dotprod"))), apply_to = function)

#include "vector-inl.h"

// The dot products of four tokens take 16 of 32 registers; their sums stay in the L1 cache while a block is processed.
#define TOKENS_AT_ONCE 4
#define WEIGHTS_AHEAD 0
#define FEW_TOKENS_AHEAD 0
#define EACH_LINE UNROLL
#define SHIFTED_SUMS 0
#define Q8_SIGN 0

/// The four 128-bit quarters of 64 bytes.
typedef union {
    vbytes bytes;
    vi integers;
    int8x16_t weights[4];
    int32x4_t sums[4];
} four_registers;

/// Weights 0...127 are valid signed bytes too. Four groups of activations fill one register, and sdot selects one of
/// its lanes, which saves the instruction of a broadcast.
INLINE vi dot_bytes(vi sums, vbytes weights, const int8_t *values, int group) {
    four_registers s = {.integers = sums}, w = {.bytes = weights};
    int8x16_t groups = vld1q_s8(values + group / 4 * 16);
    UNROLL for (int i = 0; i < 4; i++) {
        // The lane must be a literal; `group` is a constant once the surrounding loops are unrolled.
        switch (group % 4) {
        case 0: s.sums[i] = vdotq_laneq_s32(s.sums[i], w.weights[i], groups, 0); break;
        case 1: s.sums[i] = vdotq_laneq_s32(s.sums[i], w.weights[i], groups, 1); break;
        case 2: s.sums[i] = vdotq_laneq_s32(s.sums[i], w.weights[i], groups, 2); break;
        case 3: s.sums[i] = vdotq_laneq_s32(s.sums[i], w.weights[i], groups, 3); break;
        }
    }
    return s.integers;
}

#define dot_u7 dot_bytes
#define dot_q8 dot_bytes

INLINE vi dot_pairs(vi sums, vi weights, int32_t pair) {
    return sums + (weights << 16 >> 16) * (int16_t)pair + (weights >> 16) * (pair >> 16);
}

INLINE vbytes lookup_16(vbytes_16 table, vbytes indices) {
    four_registers i = {.bytes = indices};
    UNROLL for (int q = 0; q < 4; q++) i.weights[q] = vqtbl1q_s8((int8x16_t)table, (uint8x16_t)i.weights[q]);
    return i.bytes;
}

INLINE vf powers_of_two(vi exponents, int tokens) {
    (void)tokens;
    return integer_powers_of_two(exponents);
}

INLINE vi add_scaled_pair(vi totals, vi a, vi b, int shift, vi scales) {
    return totals + a * (scales << 16 >> 16) + (b >> shift) * (scales >> 16);
}

INLINE vbytes merge_bits(vbytes a, vbytes b, uint8_t mask) { return (a & (uint8_t)~mask) | (b & mask); }

#include "products-inl.h"

#define DENSE_ROWS 6
#define DENSE_VECTORS 1
#include "dense_f32-inl.h"

#pragma clang attribute pop

#pragma clang attribute push(__attribute__((target("dotprod,i8mm"))), apply_to = function)

#include "i8mm-inl.h"

#pragma clang attribute pop

const ctk_table ctk_neon_table = VECTOR_TABLE("neon", DENSE_KERNELS_F32, ATTENTION_KERNELS(f32));
const ctk_table ctk_neon_i8mm_table = VECTOR_TABLE(
    "neoni8mm", DENSE_KERNELS_F32, ATTENTION_KERNELS(f32), EACH_ROW_PAIR_FORMAT(ROW_PAIR_ENTRY));

#endif
