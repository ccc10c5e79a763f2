// Converts activations to the forms that products read. The including file defines TOKENS_AT_ONCE.
//
// The tokens of a batch are divided into tiles of at most TOKENS_AT_ONCE, as even as possible, and a tile's tokens are
// interleaved: [tile][block or column][token in tile]. So a product reads a tile from front to back. Separate rows, a
// power of two apart, would all map to the same few sets of the L1 cache.
#ifndef CTK_ACTIVATIONS_H
#define CTK_ACTIVATIONS_H

#include "formats.h"
#include "super_blocks.h"

// The forms of activations, by their names in CTK_EACH_FORMAT: the form's number, its element type, and the number of
// elements per token.
enum {
    ACTIVATIONS_f32 = CTK_ACTIVATIONS_F32,
    ACTIVATIONS_quantized = CTK_ACTIVATIONS_QUANTIZED,
    ACTIVATIONS_quantized_256 = CTK_ACTIVATIONS_QUANTIZED_256,
};
// The number of columns that are prepared together.
enum { COLUMNS_f32 = 1, COLUMNS_quantized = BLOCK, COLUMNS_quantized_256 = SUPER_BLOCK };
typedef float f32_activation;
typedef activation_block quantized_activation;
typedef activation_super_block quantized_256_activation;
static inline size_t activations_f32(size_t columns) { return columns; }
static inline size_t activations_quantized(size_t columns) { return columns / BLOCK; }
static inline size_t activations_quantized_256(size_t columns) { return columns / SUPER_BLOCK; }

/// Tokens per tile, except that the last may have fewer; at least one, even if `count` is 0.
static inline size_t tile_tokens(size_t count) {
    size_t tiles = (count + TOKENS_AT_ONCE - 1) / TOKENS_AT_ONCE;
    return tiles > 1 ? (count + tiles - 1) / tiles : count + (count == 0);
}

/// The place of a token's elements: element i is at `first + i * step`.
typedef struct {
    size_t first;
    size_t step;
} token_place;

static inline token_place place_of(size_t token, size_t count, size_t elements) {
    size_t size = tile_tokens(count), start = token / size * size;
    size_t step = count - start < size ? count - start : size;
    return (token_place){start * elements + (token - start), step};
}

/// Quantizes `count` activations to values of -127...127, rounded to nearest even; returns their scale, max|x| / 127.
///
/// A value that is not finite makes the scale, and therefore every product, not finite.
static inline float quantize_values(const float *x, int count, int8_t *values) {
    uint32_t largest = largest_magnitude(x, (size_t)count);
    float scale = bits_to_float(largest) / 127;
    // The inverse of a much smaller scale would overflow; below 2^-120 all values become zeros.
    bool usable = largest < INFINITY_BITS && scale > 0x1p-120f;
    float inverse = usable ? 1 / scale : 0;
    for (int i = 0; i < count; i++) {
        float scaled = usable ? x[i] * inverse : 0;
        values[i] = (int8_t)(int32_t)__builtin_rintf(scaled);
    }
    return scale;
}

static inline void quantize_activations(const float *x, activation_block *block) {
    block->scale = quantize_values(x, BLOCK, block->values);
    int32_t sum = 0;
    for (int i = 0; i < BLOCK; i++) sum += block->values[i];
    block->scaled_sum = block->scale * (float)sum;
    block->minus_128_sums = -128 * sum;
    block->minus_8_sums = -8 * sum;
}

static inline void quantize_activations_256(const float *x, activation_super_block *block) {
    block->scale = quantize_values(x, SUPER_BLOCK, block->values);
    for (int s = 0; s < SUB_BLOCKS; s++) {
        int32_t sum = 0;
        for (int i = 0; i < SUB_BLOCK; i++) sum += block->values[s * SUB_BLOCK + i];
        block->sums_16[s] = (int16_t)sum;
        block->minus_4_sums_16[s] = -4 * sum;
        block->minus_32_sums_16[s] = -32 * sum;
    }
    for (int j = 0; j < SUB_BLOCKS / 2; j++) {
        int32_t sum = block->sums_16[2 * j] + block->sums_16[2 * j + 1];
        block->sums_32[j] = (int16_t)sum;
        block->minus_128_sums_32[j] = -128 * sum;
    }
}

/// Defines how activations are prepared in a form of blocks of `ELEMENTS`, by QUANTIZE.
#define DEFINE_QUANTIZED_FORM(FORM, ELEMENTS, QUANTIZE)                                                              \
    static size_t prepared_bytes_##FORM(size_t columns, size_t count) {                                              \
        return columns / (ELEMENTS) * count * sizeof(FORM##_activation);                                             \
    }                                                                                                                \
    static void prepare_##FORM(                                                                                      \
        const float *x, size_t columns, size_t count, ctk_activation_part part, void *prepared) {                    \
        for (size_t t = part.first_token; t < part.last_token; t++) {                                                \
            token_place place = place_of(t, count, columns / (ELEMENTS));                                            \
            FORM##_activation *out = (FORM##_activation *)prepared + place.first;                                    \
            for (size_t b = part.first_column / (ELEMENTS); b < part.last_column / (ELEMENTS); b++) {                \
                QUANTIZE(x + t * columns + b * (ELEMENTS), out + b * place.step);                                    \
            }                                                                                                        \
        }                                                                                                            \
    }

DEFINE_QUANTIZED_FORM(quantized, BLOCK, quantize_activations)
DEFINE_QUANTIZED_FORM(quantized_256, SUPER_BLOCK, quantize_activations_256)

static size_t prepared_bytes_f32(size_t columns, size_t count) { return columns * count * sizeof(float); }

static void prepare_f32(
    const float *x, size_t columns, size_t count, ctk_activation_part part, void *prepared) {
    for (size_t t = part.first_token; t < part.last_token; t++) {
        token_place place = place_of(t, count, columns);
        float *out = (float *)prepared + place.first;
        for (size_t c = part.first_column; c < part.last_column; c++) out[c * place.step] = x[t * columns + c];
    }
}

#endif
