#include <stdint.h>
#include <string.h>

#include "CInstructionPeaks.h"
#include "CTensorKernels.h"

#if defined(__x86_64__)

#include <immintrin.h>

/// Enough chains for two units with a latency of five cycles each, and few enough for sixteen registers.
enum { CHAINS = 12 };

/// A loop of CHAINS independent STEPs from sums `s`, weights `w` and activations `x`. The empty assembly keeps the
/// compiler from removing the loop.
#define DEFINE_LOOP(NAME, TARGET, SUM, FACTOR, STEP)                                                                 \
    __attribute__((target(TARGET))) static void NAME(size_t rounds) {                                                \
        SUM sums[CHAINS];                                                                                            \
        FACTOR w, x;                                                                                                 \
        memset(sums, 0, sizeof sums);                                                                                \
        memset(&w, 1, sizeof w);                                                                                     \
        memset(&x, 1, sizeof x);                                                                                     \
        for (size_t i = 0; i < rounds; i++) {                                                                        \
            _Pragma("clang loop unroll(full)") for (int c = 0; c < CHAINS; c++) {                                    \
                SUM s = sums[c];                                                                                     \
                s = STEP;                                                                                            \
                __asm__ volatile("" : "+v"(s));                                                                      \
                sums[c] = s;                                                                                         \
            }                                                                                                        \
        }                                                                                                            \
    }

DEFINE_LOOP(f32_avx2, "avx2,fma", __m256, __m256, _mm256_fmadd_ps(w, x, s))
DEFINE_LOOP(
    bytes_avx2, "avx2", __m256i, __m256i,
    _mm256_add_epi32(s, _mm256_madd_epi16(_mm256_maddubs_epi16(_mm256_xor_si256(w, s), x), x)))
DEFINE_LOOP(f32_avx512, "avx512f", __m512, __m512, _mm512_fmadd_ps(w, x, s))
DEFINE_LOOP(bytes_avx512, "avx512f,avx512vnni", __m512i, __m512i, _mm512_dpbusd_epi32(s, w, x))
DEFINE_LOOP(bf16_avx512, "avx512f,avx512bf16", __m512, __m512bh, _mm512_dpbf16_ps(s, w, x))

/// Uses the four sums of a product of two by two tiles, with CHAINS products per round as in the other loops. Finding
/// the table has already requested the tiles from Linux.
__attribute__((target("amx-tile,amx-bf16"))) static void bf16_amx(size_t rounds) {
    uint8_t configuration[64] = {1};
    for (int t = 0; t < 8; t++) {
        configuration[16 + 2 * t] = 64;
        configuration[48 + t] = 16;
    }
    _tile_loadconfig(configuration);
    for (size_t i = 0; i < rounds * CHAINS / 4; i++) {
        _tile_dpbf16ps(0, 4, 6);
        _tile_dpbf16ps(1, 4, 7);
        _tile_dpbf16ps(2, 5, 6);
        _tile_dpbf16ps(3, 5, 7);
    }
    _tile_release();
}

typedef struct {
    const char *table;
    int operands;
    void (*run)(size_t rounds);
    size_t multiply_adds;
} loop;

static const loop loops[] = {
    {"avx2", CTK_ACTIVATIONS_F32, f32_avx2, 8},
    {"avx2", CTK_ACTIVATIONS_QUANTIZED, bytes_avx2, 32},
    {"avx512", CTK_ACTIVATIONS_F32, f32_avx512, 16},
    {"avx512", CTK_ACTIVATIONS_QUANTIZED, bytes_avx512, 64},
    {"avx512bf16", CTK_ACTIVATIONS_F32, f32_avx512, 16},
    {"avx512bf16", CTK_ACTIVATIONS_QUANTIZED, bytes_avx512, 64},
    {"avx512bf16", CTK_ACTIVATIONS_BF16_PAIRS, bf16_avx512, 32},
    {"avx512bf16", CTP_DENSE_BF16, bf16_avx512, 32},
    {"amx", CTK_ACTIVATIONS_F32, f32_avx512, 16},
    {"amx", CTK_ACTIVATIONS_QUANTIZED, bytes_avx512, 64},
    {"amx", CTP_DENSE_BF16, bf16_amx, 16 * 16 * 32},
};

size_t ctp_multiply(const char *table, int operands, size_t rounds) {
    // The same instructions.
    if (operands == CTK_ACTIVATIONS_QUANTIZED_256) operands = CTK_ACTIVATIONS_QUANTIZED;
    for (size_t i = 0; i < sizeof loops / sizeof loops[0]; i++) {
        if (strcmp(loops[i].table, table) != 0 || loops[i].operands != operands) continue;
        loops[i].run(rounds);
        return rounds * CHAINS * loops[i].multiply_adds;
    }
    return 0;
}

#else

size_t ctp_multiply(const char *table, int operands, size_t rounds) {
    (void)table;
    (void)operands;
    (void)rounds;
    return 0;
}

#endif
