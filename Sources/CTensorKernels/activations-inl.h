// Converts activations to the forms that products read. The including file defines TOKENS_AT_ONCE.
//
// The tokens of a batch are divided into tiles of at most TOKENS_AT_ONCE, as even as possible, and a tile's tokens are
// interleaved: [tile][block or column][token in tile]. So a product reads a tile from front to back. Separate rows, a
// power of two apart, would all map to the same few sets of the L1 cache.
#ifndef CTK_ACTIVATIONS_H
#define CTK_ACTIVATIONS_H

#include "formats.h"

// The forms of activations, by their names in CTK_EACH_FORMAT: the form's number, its element type, and the number of
// elements per token.
enum { ACTIVATIONS_f32 = CTK_ACTIVATIONS_F32, ACTIVATIONS_quantized = CTK_ACTIVATIONS_QUANTIZED };
typedef float f32_activation;
typedef activation_block quantized_activation;
static inline size_t activations_f32(size_t columns) { return columns; }
static inline size_t activations_quantized(size_t columns) { return columns / BLOCK; }

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

/// Quantizes BLOCK activations: scale = max|x| / 127, values rounded to nearest even.
///
/// A value that is not finite makes the scale, and therefore every product, not finite.
static inline void quantize_activations(const float *x, activation_block *block) {
    uint32_t largest = largest_magnitude(x, BLOCK);
    float scale = bits_to_float(largest) / 127;
    // The inverse of a much smaller scale would overflow; below 2^-120 a block becomes zeros.
    bool usable = largest < INFINITY_BITS && scale > 0x1p-120f;
    float inverse = usable ? 1 / scale : 0;
    int32_t sum = 0;
    for (int i = 0; i < BLOCK; i++) {
        float scaled = usable ? x[i] * inverse : 0;
        int32_t value = (int32_t)__builtin_rintf(scaled);
        block->values[i] = (int8_t)value;
        sum += value;
    }
    block->scale = scale;
    block->scaled_sum = scale * (float)sum;
    block->minus_128_sums = -128 * sum;
    block->minus_8_sums = -8 * sum;
}

static size_t prepared_bytes_quantized(size_t columns, size_t count) {
    return columns / BLOCK * count * sizeof(activation_block);
}

static void prepare_quantized(
    const float *x, size_t columns, size_t count, size_t first, size_t last, void *prepared) {
    size_t blocks = columns / BLOCK;
    for (size_t t = first; t < last; t++) {
        token_place place = place_of(t, count, blocks);
        activation_block *out = (activation_block *)prepared + place.first;
        for (size_t b = 0; b < blocks; b++) quantize_activations(x + t * columns + b * BLOCK, out + b * place.step);
    }
}

static size_t prepared_bytes_f32(size_t columns, size_t count) { return columns * count * sizeof(float); }

static void prepare_f32(const float *x, size_t columns, size_t count, size_t first, size_t last, void *prepared) {
    for (size_t t = first; t < last; t++) {
        token_place place = place_of(t, count, columns);
        float *out = (float *)prepared + place.first;
        for (size_t c = 0; c < columns; c++) out[c * place.step] = x[t * columns + c];
    }
}

#endif
