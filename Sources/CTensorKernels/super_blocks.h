// Super-blocks of 256 elements, which GGUF's K formats and IQ4_XS have: one F16 scale, in some formats a second one for
// minima, and small integers that multiply them for each 16 or 32 elements. Products are integers throughout a
// super-block.
#ifndef CTK_SUPER_BLOCKS_H
#define CTK_SUPER_BLOCKS_H

#include "formats.h"

enum { SUPER_BLOCK = 256, SUB_BLOCK = 16, SUB_BLOCKS = SUPER_BLOCK / SUB_BLOCK };

/// A super-block of any format, unpacked. Element i is
/// (scale * scales[i / 16]) * codes[i] - (minimum * minima[i / 16]).
///
/// Formats with 32 elements per scale repeat each scale and minimum.
typedef struct {
    float scale;
    float minimum;
    int8_t codes[SUPER_BLOCK];
    int8_t scales[SUB_BLOCKS];
    uint8_t minima[SUB_BLOCKS];
} super_block;

/// Rounds after each operation, as GGUF's reference does; the products of scales are exact.
static inline void dequantize_super_block(const super_block *block, float *x) {
    for (int i = 0; i < SUPER_BLOCK; i++) {
        float scale = block->scale * (float)block->scales[i / SUB_BLOCK];
        float minimum = block->minimum * (float)block->minima[i / SUB_BLOCK];
        x[i] = scale * (float)block->codes[i] - minimum;
    }
}

/// SUPER_BLOCK activations of one token as signed bytes: x = scale * values. All tables quantize to this form.
///
/// The sums of each 16 and 32 values, and the multiples that products use, are stored for the same reason as in
/// activation_block. Sums that are multiplied with minima are 16-bit, so that one instruction takes two of them.
typedef struct {
    int8_t values[SUPER_BLOCK];
    float scale;
    int32_t unused[3];
    int16_t sums_32[SUPER_BLOCK / 32];
    int16_t sums_16[SUPER_BLOCK / 16];
    int32_t minus_4_sums_16[SUPER_BLOCK / 16];
    int32_t minus_32_sums_16[SUPER_BLOCK / 16];
    int32_t minus_128_sums_32[SUPER_BLOCK / 32];
} activation_super_block;

_Static_assert(sizeof(activation_super_block) % 16 == 0, "activations stay aligned to 16 bytes");

/// Adds a block's part of a naive product to `sum`: an fma of the codes' integer sum, then one of the minima's, which
/// is 0 in formats without minima.
static inline float add_super_block(
    const super_block *w, const activation_super_block *x, bool has_minima, float sum) {
    int32_t dots = 0, offsets = 0;
    for (int i = 0; i < SUPER_BLOCK; i++) {
        dots += w->scales[i / SUB_BLOCK] * (w->codes[i] * x->values[i]);
        offsets += w->minima[i / SUB_BLOCK] * x->values[i];
    }
    sum = fmaf((float)dots, w->scale * x->scale, sum);
    return has_minima ? fmaf((float)offsets, -(w->minimum * x->scale), sum) : sum;
}

/// Defines dequantize_NAME and dot_NAME from read_NAME(const NAME_block *, super_block *).
#define DEFINE_SUPER_BLOCK_FORMAT(NAME, HAS_MINIMA)                                                                  \
    static inline void dequantize_##NAME(const NAME##_block *block, float *x) {                                      \
        super_block parts = {0};                                                                                     \
        read_##NAME(block, &parts);                                                                                  \
        dequantize_super_block(&parts, x);                                                                           \
    }                                                                                                                \
    DEFINE_DEQUANTIZED_ROW(NAME, SUPER_BLOCK)                                                                        \
    static inline float dot_##NAME(const void *row, size_t columns, const void *activations) {                       \
        const NAME##_block *w = row;                                                                                 \
        const activation_super_block *x = activations;                                                               \
        float sum = 0;                                                                                               \
        for (size_t b = 0; b < columns / SUPER_BLOCK; b++) {                                                         \
            super_block parts = {0};                                                                                 \
            read_##NAME(w + b, &parts);                                                                              \
            sum = add_super_block(&parts, x + b, HAS_MINIMA, sum);                                                   \
        }                                                                                                            \
        return sum;                                                                                                  \
    }

/// Reads the 6-bit scales and minima of Q4_K and Q5_K, eight pairs in twelve bytes: the low four bits of pairs 4...7
/// are in the last four bytes, their high two bits above those of pairs 0...3.
static inline void read_packed_scales(const uint8_t packed[12], super_block *parts) {
    for (int j = 0; j < 8; j++) {
        int scale = j < 4 ? packed[j] & 63 : (packed[j + 4] & 15) | packed[j - 4] >> 6 << 4;
        int minimum = j < 4 ? packed[j + 4] & 63 : packed[j + 4] >> 4 | packed[j] >> 6 << 4;
        for (int half = 0; half < 2; half++) {
            parts->scales[2 * j + half] = (int8_t)scale;
            parts->minima[2 * j + half] = (uint8_t)minimum;
        }
    }
}

#endif
