// What all tables do alike: plain loops without a choice of order, compiled once for each instruction set.
#ifndef CTK_SHARED_H
#define CTK_SHARED_H

#include <math.h>

#include "formats.h"

/// Quantizes 32 activations: scale = max|x| / 127, values rounded to nearest even.
///
/// A value that is not finite ends up in the scale, and from there in every product.
static inline void quantize_activations(const float *x, activation_block *block) {
    uint32_t largest = largest_magnitude(x, BLOCK);
    float scale = bits_to_float(largest) / 127;
    // Below 2^-120 the inverse would overflow; such a block counts as zeros.
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
    block->sum = sum;
    block->padding = 0;
}

// How the formats' rows name the three forms of activations.
enum {
    ACTIVATIONS_f32 = CTK_ACTIVATIONS_F32,
    ACTIVATIONS_quantized = CTK_ACTIVATIONS_QUANTIZED,
    ACTIVATIONS_bf16_pairs = CTK_ACTIVATIONS_BF16_PAIRS,
};

static size_t prepared_bytes_quantized(size_t columns, size_t count) {
    return columns / BLOCK * count * sizeof(activation_block);
}

static void prepare_quantized(
    const float *x, size_t columns, size_t count, size_t first, size_t last, void *prepared) {
    activation_block *blocks = prepared;
    for (size_t t = first; t < last; t++) {
        for (size_t b = 0; b < columns / BLOCK; b++) {
            quantize_activations(x + t * columns + b * BLOCK, blocks + b * count + t);
        }
    }
}

static size_t prepared_bytes_f32(size_t columns, size_t count) { return columns * count * sizeof(float); }

static void prepare_f32(const float *x, size_t columns, size_t count, size_t first, size_t last, void *prepared) {
    (void)count;
    memcpy((float *)prepared + first * columns, x + first * columns, (last - first) * columns * sizeof(float));
}

static void rotate(
    float *x, size_t heads, size_t head_dim, const float *cosines, const float *sines, int pairing) {
    size_t pairs = head_dim / 2;
    for (size_t h = 0; h < heads; h++, x += head_dim) {
        for (size_t i = 0; i < pairs; i++) {
            size_t first = pairing == CTK_INTERLEAVED ? 2 * i : i;
            size_t second = pairing == CTK_INTERLEAVED ? 2 * i + 1 : i + pairs;
            float a = x[first], b = x[second];
            x[first] = a * cosines[i] - b * sines[i];
            x[second] = b * cosines[i] + a * sines[i];
        }
    }
}

static void add(const float *x, size_t count, float *y) {
    for (size_t i = 0; i < count; i++) y[i] += x[i];
}

static size_t argmax(const float *x, size_t count) {
    if (count == 0 || largest_magnitude(x, count) >= INFINITY_BITS) return SIZE_MAX;
    float largest = x[0];
    for (size_t i = 1; i < count; i++) largest = x[i] > largest ? x[i] : largest;
    size_t index = 0;
    while (x[index] != largest) index++;
    return index;
}

/// Each page's part, brought to the largest maximum of all.
static void merge_pages(
    const ctk_page_softmax *softmaxes, const float *weighted, size_t count, size_t head_dim, float *out) {
    float maximum = softmaxes[0].maximum;
    for (size_t p = 1; p < count; p++) {
        maximum = softmaxes[p].maximum > maximum ? softmaxes[p].maximum : maximum;
    }
    float sum = 0;
    for (size_t d = 0; d < head_dim; d++) out[d] = 0;
    for (size_t p = 0; p < count; p++, weighted += head_dim) {
        float share = expf(softmaxes[p].maximum - maximum);
        sum += share * softmaxes[p].sum;
        for (size_t d = 0; d < head_dim; d++) out[d] += share * weighted[d];
    }
    for (size_t d = 0; d < head_dim; d++) out[d] /= sum;
}

static void store_key(const float *key, size_t head_dim, size_t position, float *keys) {
    for (size_t d = 0; d < head_dim; d++) keys[ctk_key_offset(position, head_dim, d)] = key[d];
}

#endif
