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

/// Weights by importance * sqrt(variance + x^2); the row's mean square is in no block's units.
static void weigh_blocks(const row_part *part, float variance, block_lanes *blocks) {
    lanes in_units;
    for (int lane = 0; lane < LANES; lane++) {
        float root = sqrtf(variance) / part->powers[lane];
        in_units[lane] = isfinite(root) ? fminf(root * root, 0x1p100f) : 1;
    }
    weigh_by_importance(blocks, in_units);
}

/// The scales as halves, and their values in units of the blocks' powers.
static lanes round_scales(const row_part *part, lanes scales, uint16_t halves[LANES]) {
    for (int lane = 0; lane < LANES; lane++) {
        halves[lane] = float_to_f16(scales[lane] * part->powers[lane]);
        scales[lane] = in_units(halves[lane], part->powers[lane]);
    }
    return scales;
}

static void search_symmetric(const row_part *part, float variance, int steps, quantized_blocks *out) {
    block_lanes blocks;
    read_lanes(part, 0, BLOCK, &blocks);
    weigh_blocks(part, variance, &blocks);
    lanes scales = round_scales(part, symmetric_scales(&blocks, steps), out->scales);
    int8_t codes[LANES * BLOCK];
    write_codes(&blocks, inverse_lanes(scales), all_lanes(0), -steps, steps - 1, codes);
    for (int i = 0; i < LANES * BLOCK; i++) out->codes[i / BLOCK][i % BLOCK] = (uint8_t)(codes[i] + steps);
}

static void search_minimum(const row_part *part, float variance, int steps, quantized_blocks *out) {
    block_lanes blocks;
    read_lanes(part, 0, BLOCK, &blocks);
    weigh_blocks(part, variance, &blocks);
    lanes scales, minima;
    search_minima(&blocks, steps, (range_candidates){-0.9f, 0.05f, 37}, &scales, &minima);
    scales = round_scales(part, scales, out->scales);
    minima = round_scales(part, minima, out->minima);
    write_codes(&blocks, inverse_lanes(scales), minima, 0, steps, (int8_t *)out->codes);
}

static void write_small_nibbles(const uint8_t codes[BLOCK], uint8_t nibbles[BLOCK / 2]) {
    for (int i = 0; i < BLOCK / 2; i++) {
        nibbles[i] = (uint8_t)((codes[i] & 15) | (codes[i + BLOCK / 2] & 15) << 4);
    }
}

static uint32_t fifth_bits(const uint8_t codes[BLOCK]) {
    uint32_t bits = 0;
    for (int i = 0; i < BLOCK; i++) bits |= (uint32_t)(codes[i] >> 4) << i;
    return bits;
}

/// The element of largest magnitude becomes code 0, so the scale takes its sign.
static void quantize_block_q5_0(const float *x, q5_0_block *block) {
    uint32_t largest = largest_magnitude(x, BLOCK);
    int extreme = 0;
    while ((float_to_bits(x[extreme]) & MAGNITUDE_BITS) != largest) extreme++;
    float scale = x[extreme] / -16, inverse = inverse_of(scale);
    uint8_t codes[BLOCK];
    for (int i = 0; i < BLOCK; i++) codes[i] = (uint8_t)nearest(x[i] * inverse + 16, 0, 31);
    block->scale = float_to_f16(scale);
    block->fifth_bits = fifth_bits(codes);
    write_small_nibbles(codes, block->nibbles);
}

static void quantize_block_q5_1(const float *x, q5_1_block *block) {
    float smallest = x[0], largest = x[0];
    for (int i = 1; i < BLOCK; i++) {
        smallest = fminf(smallest, x[i]);
        largest = fmaxf(largest, x[i]);
    }
    float scale = largest_magnitude(x, BLOCK) < INFINITY_BITS ? (largest - smallest) / 31 : NAN;
    float inverse = inverse_of(scale);
    uint8_t codes[BLOCK];
    for (int i = 0; i < BLOCK; i++) codes[i] = (uint8_t)nearest((x[i] - smallest) * inverse, 0, 31);
    block->scale = float_to_f16(scale);
    block->minimum = float_to_f16(smallest);
    block->fifth_bits = fifth_bits(codes);
    write_small_nibbles(codes, block->nibbles);
}

/// Defines a format's quantizer from its search and the one for a block without importance.
#define DEFINE_QUANTIZER(NAME, SEARCH, STEPS, PLAIN, EXTRA)                                                          \
    void ctk_quantize_##NAME(const float *x, const float *importance, size_t columns, void *file) {                  \
        NAME##_block *block = file;                                                                                  \
        for (size_t i = 0; importance == NULL && i < columns; i += BLOCK) PLAIN(x + i, block++);                     \
        if (importance == NULL) return;                                                                              \
        float variance = row_mean_square(x, columns);                                                                \
        for (size_t i = 0; i < columns; i += SUPER_BLOCK) {                                                          \
            row_part part;                                                                                           \
            quantized_blocks out;                                                                                    \
            size_t count = columns - i < SUPER_BLOCK ? columns - i : SUPER_BLOCK;                                    \
            read_part(x + i, importance + i, count, BLOCK, &part);                                                   \
            SEARCH(&part, variance, STEPS, &out);                                                                    \
            for (size_t b = 0; b < count / BLOCK; b++, block++) {                                                    \
                block->scale = out.scales[b];                                                                        \
                write_small_nibbles(out.codes[b], block->nibbles);                                                   \
                EXTRA;                                                                                               \
            }                                                                                                        \
        }                                                                                                            \
    }

DEFINE_QUANTIZER(q4_0, search_symmetric, 8, quantize_q4_0, (void)0)
DEFINE_QUANTIZER(q5_0, search_symmetric, 16, quantize_block_q5_0, block->fifth_bits = fifth_bits(out.codes[b]))
DEFINE_QUANTIZER(q4_1, search_minimum, 15, quantize_q4_1, block->minimum = out.minima[b])
DEFINE_QUANTIZER(
    q5_1, search_minimum, 31, quantize_block_q5_1,
    (block->minimum = out.minima[b], block->fifth_bits = fifth_bits(out.codes[b])))
