// Blocks of 32 elements of any format, unpacked.
#ifndef CTK_SMALL_BLOCKS_H
#define CTK_SMALL_BLOCKS_H

#include "formats.h"

/// Element i is scale * codes[i] + minimum; the minimum is -0 in formats without one, which keeps the sign of a zero.
typedef struct {
    float scale;
    float minimum;
    int8_t codes[BLOCK];
} small_block;

static inline void dequantize_small_block(const small_block *block, float *x) {
    for (int i = 0; i < BLOCK; i++) x[i] = block->scale * (float)block->codes[i] + block->minimum;
}

/// Defines dequantize_NAME and dot_NAME from read_NAME(const NAME_block *, small_block *).
#define DEFINE_SMALL_BLOCK_FORMAT(NAME, HAS_MINIMA)                                                                  \
    static inline void dequantize_##NAME(const NAME##_block *block, float *x) {                                      \
        small_block parts = {.minimum = -0.0f};                                                                      \
        read_##NAME(block, &parts);                                                                                  \
        dequantize_small_block(&parts, x);                                                                           \
    }                                                                                                                \
    DEFINE_DEQUANTIZED_ROW(NAME, BLOCK)                                                                              \
    static inline float dot_##NAME(const void *row, size_t columns, const void *activations) {                       \
        const NAME##_block *w = row;                                                                                 \
        const activation_block *x = activations;                                                                     \
        float sum = 0;                                                                                               \
        for (size_t b = 0; b < columns / BLOCK; b++, x++) {                                                          \
            small_block parts = {0};                                                                                 \
            read_##NAME(w + b, &parts);                                                                              \
            int32_t dot = 0;                                                                                         \
            for (int i = 0; i < BLOCK; i++) dot += parts.codes[i] * x->values[i];                                    \
            sum = fmaf((float)dot, parts.scale * x->scale, sum);                                                     \
            if (HAS_MINIMA) sum = fmaf(parts.minimum, x->scaled_sum, sum);                                           \
        }                                                                                                            \
        return sum;                                                                                                  \
    }

/// Reads 32 nibbles in 16 bytes: elements 0...15 are the low nibbles, 16...31 the high ones.
static inline void read_nibbles(const uint8_t *nibbles, int8_t *codes) {
    for (int i = 0; i < BLOCK / 2; i++) {
        codes[i] = nibbles[i] & 15;
        codes[i + BLOCK / 2] = (int8_t)(nibbles[i] >> 4);
    }
}

/// The scale of an MXFP4 block, 2^(exponent - 128); the two smallest are subnormal.
static inline float mxfp4_scale(uint8_t exponent) {
    return bits_to_float(exponent < 2 ? 0x00200000u << exponent : (uint32_t)(exponent - 1) << 23);
}

/// The values of IQ4_NL's and IQ4_XS's codes.
static const int8_t iq4_values[16] = {-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113};

#endif
