// AVX-512 with VNNI: vpdpbusd adds four products of unsigned weights and signed activations to each of 16 rows. BF16
// uses vdpbf16ps and, in training, AMX.

#if defined(__x86_64__)

#pragma STDC FP_CONTRACT OFF

#include <immintrin.h>
#include <math.h>
#include <string.h>

#include "tables.h"

#pragma clang attribute push(                                                                                        \
    __attribute__((target("avx2,fma,f16c,avx512f,avx512bw,avx512vl,avx512dq,avx512vnni"))), apply_to = function)

#include "vector-inl.h"

#define TOKENS_AT_ONCE 8
#define WEIGHTS_AHEAD (4 << 10)
// Zen 4 prefetches sequential reads better itself: with one token, products of matrices in DRAM are 1.3 times as fast.
#define FEW_TOKENS_AHEAD (__builtin_cpu_is("intel") ? WEIGHTS_AHEAD : 0)
#define EACH_LINE UNROLL
#define SHIFTED_SUMS 2
#define Q8_SIGN 0x80

INLINE vi dot_bytes(vi sums, vbytes weights, const int8_t *values, int group) {
    return (vi)_mm512_dpbusd_epi32((__m512i)sums, (__m512i)weights, _mm512_set1_epi32(four(values, group)));
}

#define dot_u7 dot_bytes
#define dot_q8 dot_bytes

INLINE vi dot_pairs(vi sums, vi weights, int32_t pair) {
    return (vi)_mm512_dpwssd_epi32((__m512i)sums, (__m512i)weights, _mm512_set1_epi32(pair));
}

INLINE vbytes lookup_16(vbytes_16 table, vbytes indices) {
    return (vbytes)_mm512_shuffle_epi8(_mm512_broadcast_i32x4((__m128i)table), (__m512i)indices);
}

INLINE vi add_scaled_pair(vi totals, vi a, vi b, int shift, vi scales) {
    __m512i upper = (__m512i)(b << (16 - shift));
    // The bits of `a` where the mask has ones, otherwise of `upper`.
    __m512i pairs = _mm512_ternarylogic_epi32(_mm512_set1_epi32(0xffff), (__m512i)a, upper, 0xca);
    return (vi)_mm512_dpwssd_epi32((__m512i)totals, pairs, (__m512i)scales);
}

INLINE vf powers_of_two(vi exponents, int tokens) {
    // With many tokens, dot products keep the ports of vscalefps busy.
    if (tokens > 4) return integer_powers_of_two(exponents);
    return (vf)_mm512_scalef_ps(_mm512_set1_ps(1), _mm512_cvtepi32_ps((__m512i)exponents));
}

/// Returns the bits of `b` where `mask` has ones, and of `a` elsewhere.
INLINE vbytes merge_bits(vbytes a, vbytes b, uint8_t mask) {
    return (vbytes)_mm512_ternarylogic_epi64(_mm512_set1_epi8((char)mask), (__m512i)b, (__m512i)a, 0xca);
}

#include "products-inl.h"

#define DENSE_ROWS 12
#define DENSE_VECTORS 2
#include "dense_f32-inl.h"

#pragma clang attribute pop

#pragma clang attribute push(                                                                                        \
    __attribute__((target("avx2,fma,f16c,avx512f,avx512bw,avx512vl,avx512dq,avx512vnni,avx512bf16"))),               \
    apply_to = function)

#include "bf16_pairs-inl.h"
#include "dense_bf16-inl.h"

enum { QUERY_BLOCK_bf16 = 4 * TILE_ROWS_bf16 };
#define ATTENTION(NAME) NAME##_bf16
#include "training_attention_bf16-inl.h"
#undef ATTENTION

#pragma clang attribute pop

#pragma clang attribute push(                                                                                        \
    __attribute__((                                                                                                  \
        target("avx2,fma,f16c,avx512f,avx512bw,avx512vl,avx512dq,avx512vnni,avx512bf16,amx-tile,amx-bf16"))),        \
    apply_to = function)

#include "dense_amx-inl.h"

enum { QUERY_BLOCK_amx = 2 * TILE_ROWS_amx };
#define ATTENTION(NAME) NAME##_amx
#include "training_attention_bf16-inl.h"
#undef ATTENTION

#pragma clang attribute pop

const ctk_table ctk_avx512_table = VECTOR_TABLE("avx512", DENSE_KERNELS_F32, ATTENTION_KERNELS(f32));
const ctk_table ctk_avx512_bf16_table = VECTOR_TABLE(
    "avx512bf16", DENSE_KERNELS(bf16, 4, 1024), ATTENTION_KERNELS(bf16),
    [CTK_BF16] = PANEL_FORMAT(bf16_pairs, bf16_pairs));
// Cores with AMX start a vdpbf16ps only every other cycle, so an f32 fma does more work, and BF16 weights use the
// kernels of the first table.
const ctk_table ctk_amx_table = VECTOR_TABLE("amx", DENSE_KERNELS(amx, 64, 1024), ATTENTION_KERNELS(amx));

#endif
