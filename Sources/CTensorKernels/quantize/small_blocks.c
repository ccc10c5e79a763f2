// Q4_0, Q5_0, Q4_1 and Q5_1. Without importance, a block's extremes determine its scale, and nothing is searched.
#pragma STDC FP_CONTRACT OFF
#include "../weights-inl.h"
#include "minimum_search.h"
#include "quantizers.h"
#include "symmetric_search.h"

/// LANES blocks, ready to be written: codes from 0 on, and scales and minima as halves.
typedef struct {
    uint8_t codes[LANES][BLOCK];
    uint16_t scales[LANES];
    uint16_t minima[LANES];
} quantized_blocks;

static float row_mean_square(const float *x, size_t columns) {
    double sum = 0;
    for (size_t i = 0; i < columns; i++) sum += (double)x[i] * (double)x[i];
    return (float)(sum / (double)columns);
}

/// Reads blocks, and weights their errors by importance * sqrt(variance + x^2); the row's mean square is in no block's
/// units.
LANE_FUNCTION void read_weighted(
    const float *x, const float *importance, size_t count, float variance, row_part *part, block_lanes *blocks) {
    read_small_blocks(x, importance, count, part, blocks);
    lanes in_units;
    for (int lane = 0; lane < LANES; lane++) {
        float root = sqrtf(variance) / part->powers[lane];
        in_units[lane] = isfinite(root) ? fminf(root * root, 0x1p100f) : 1;
    }
    weigh_by_importance(blocks, in_units);
}

/// The code that `value` is rounded to, halves upwards.
static uint8_t round_up(float value, int highest) { return (uint8_t)nearest(floorf(value + 0.5f), 0, highest); }

/// The element of largest magnitude becomes code 0, so the scale takes its sign.
static uint16_t extreme_scale(const float *x, int steps, uint8_t codes[BLOCK]) {
    uint32_t largest = largest_magnitude(x, BLOCK);
    int extreme = 0;
    while ((float_to_bits(x[extreme]) & MAGNITUDE_BITS) != largest) extreme++;
    float scale = x[extreme] / (float)-steps, inverse = inverse_of(scale);
    for (int i = 0; i < BLOCK; i++) codes[i] = round_up(x[i] * inverse + (float)steps, 2 * steps - 1);
    return float_to_f16(scale);
}

static uint16_t range_scale(const float *x, int steps, uint8_t codes[BLOCK], uint16_t *minimum) {
    float smallest = x[0], largest = x[0];
    for (int i = 1; i < BLOCK; i++) {
        smallest = fminf(smallest, x[i]);
        largest = fmaxf(largest, x[i]);
    }
    float scale = largest_magnitude(x, BLOCK) < INFINITY_BITS ? (largest - smallest) / (float)steps : NAN;
    float inverse = inverse_of(scale);
    for (int i = 0; i < BLOCK; i++) codes[i] = round_up((x[i] - smallest) * inverse, steps);
    *minimum = float_to_f16(smallest);
    return float_to_f16(scale);
}

/// Quantizes up to LANES blocks to codes -steps...steps-1, which are written from 0 on.
static void quantize_symmetric(
    const float *x, const float *importance, size_t count, float variance, int steps, quantized_blocks *out) {
    if (importance == NULL) {
        for (size_t b = 0; b < count / BLOCK; b++) out->scales[b] = extreme_scale(x + b * BLOCK, steps, out->codes[b]);
        return;
    }
    row_part part;
    block_lanes blocks;
    read_weighted(x, importance, count, variance, &part, &blocks);
    lanes scales = round_scales(&part, symmetric_scales(&blocks, steps), out->scales);
    int8_t codes[LANES * BLOCK];
    write_codes(&blocks, inverse_lanes(scales), all_lanes(0), -steps, steps - 1, codes);
    for (int i = 0; i < LANES * BLOCK; i++) out->codes[i / BLOCK][i % BLOCK] = (uint8_t)(codes[i] + steps);
}

/// The same with codes 0...steps and minima.
static void quantize_with_minima(
    const float *x, const float *importance, size_t count, float variance, int steps, quantized_blocks *out) {
    if (importance == NULL) {
        for (size_t b = 0; b < count / BLOCK; b++) {
            out->scales[b] = range_scale(x + b * BLOCK, steps, out->codes[b], out->minima + b);
        }
        return;
    }
    row_part part;
    block_lanes blocks;
    read_weighted(x, importance, count, variance, &part, &blocks);
    lanes scales, minima;
    search_minima(&blocks, steps, weighted_candidates, &scales, &minima);
    scales = round_scales(&part, scales, out->scales);
    minima = round_scales(&part, minima, out->minima);
    write_codes(&blocks, inverse_lanes(scales), minima, 0, steps, (int8_t *)out->codes);
}

static uint32_t fifth_bits(const uint8_t codes[BLOCK]) {
    uint32_t bits = 0;
    for (int i = 0; i < BLOCK; i++) bits |= (uint32_t)(codes[i] >> 4) << i;
    return bits;
}

/// Defines a format's quantizer from the one of its blocks.
#define DEFINE_QUANTIZER(NAME, QUANTIZE, STEPS, OTHER_FIELDS)                                                        \
    void ctk_quantize_##NAME(const float *x, const float *importance, size_t columns, void *file) {                  \
        NAME##_block *block = file;                                                                                  \
        float variance = importance ? row_mean_square(x, columns) : 0;                                               \
        for (size_t i = 0; i < columns; i += SUPER_BLOCK) {                                                          \
            quantized_blocks out;                                                                                    \
            size_t count = columns - i < SUPER_BLOCK ? columns - i : SUPER_BLOCK;                                    \
            QUANTIZE(x + i, importance ? importance + i : NULL, count, variance, STEPS, &out);                       \
            for (size_t b = 0; b < count / BLOCK; b++, block++) {                                                    \
                block->scale = out.scales[b];                                                                        \
                write_nibbles((const int8_t *)out.codes[b], BLOCK / 2, block->nibbles);                              \
                OTHER_FIELDS;                                                                                        \
            }                                                                                                        \
        }                                                                                                            \
    }

DEFINE_QUANTIZER(q4_0, quantize_symmetric, 8, (void)0)
DEFINE_QUANTIZER(q5_0, quantize_symmetric, 16, block->fifth_bits = fifth_bits(out.codes[b]))
DEFINE_QUANTIZER(q4_1, quantize_with_minima, 15, block->minimum = out.minima[b])
DEFINE_QUANTIZER(
    q5_1, quantize_with_minima, 31,
    (block->minimum = out.minima[b], block->fifth_bits = fifth_bits(out.codes[b])))
