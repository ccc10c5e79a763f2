// Q4_K, Q5_K and Q2_K: sub-blocks with a scale and a minimum.
#pragma STDC FP_CONTRACT OFF
#include "../weights-inl.h"
#include "minimum_search.h"
#include "quantizers.h"
#include "scale_codes.h"

typedef struct {
    /// The elements of a sub-block.
    int size;
    /// The largest code of an element, and of a scale.
    int steps;
    int highest;
    range_candidates plain;
    /// The factor of the super-block's mean square in the weights, if importances were given.
    float variance;
} minimum_format;

static const range_candidates weighted_candidates = {-0.9f, 0.05f, 37};

/// Quantizes a super-block; its scale and minimum go to `halves`.
static void quantize_minima(
    const row_part *part, const minimum_format *format, super_block *out, uint16_t halves[2]) {
    int per_group = LANES * format->size, groups = SUPER_BLOCK / per_group, count = SUPER_BLOCK / format->size;
    block_lanes blocks[2];
    float scales[SUB_BLOCKS], minima[SUB_BLOCKS], weights[SUB_BLOCKS];
    for (int g = 0; g < groups; g++) {
        read_lanes(part, (size_t)(g * per_group), format->size, blocks + g);
        if (part->is_weighted) {
            weigh_by_importance(blocks + g, all_lanes(format->variance * part_mean_square(part)));
        } else {
            weigh_by_magnitude(blocks + g);
        }
        lanes scale, minimum, weight = total_weight(blocks + g);
        search_minima(
            blocks + g, format->steps, part->is_weighted ? weighted_candidates : format->plain, &scale, &minimum);
        minimum = -minimum;
        memcpy(scales + g * LANES, &scale, sizeof scale);
        memcpy(minima + g * LANES, &minimum, sizeof minimum);
        memcpy(weights + g * LANES, &weight, sizeof weight);
    }
    int8_t scale_codes[SUB_BLOCKS], minimum_codes[SUB_BLOCKS];
    float power = part->powers[0];
    halves[0] = write_unsigned_scales(scales, weights, count, format->highest, power, scale_codes, scales);
    halves[1] = write_unsigned_scales(minima, weights, count, format->highest, power, minimum_codes, minima);
    for (int g = 0; g < groups; g++) {
        lanes scale, minimum;
        memcpy(&scale, scales + g * LANES, sizeof scale);
        memcpy(&minimum, minima + g * LANES, sizeof minimum);
        write_codes(blocks + g, inverse_lanes(scale), -minimum, 0, format->steps, out->codes + g * per_group);
    }
    for (int s = 0; s < SUB_BLOCKS; s++) {
        out->scales[s] = scale_codes[s * SUB_BLOCK / format->size];
        out->minima[s] = (uint8_t)minimum_codes[s * SUB_BLOCK / format->size];
    }
}

/// The inverse of read_packed_scales.
static void write_packed_scales(const super_block *parts, uint8_t packed[12]) {
    for (int j = 0; j < 4; j++) {
        int scale = parts->scales[2 * j], minimum = parts->minima[2 * j];
        int later_scale = parts->scales[2 * j + 8], later_minimum = parts->minima[2 * j + 8];
        packed[j] = (uint8_t)(scale | later_scale >> 4 << 6);
        packed[j + 4] = (uint8_t)(minimum | later_minimum >> 4 << 6);
        packed[j + 8] = (uint8_t)((later_scale & 15) | (later_minimum & 15) << 4);
    }
}

/// Writes the low four bits of codes.
static void write_nibbles(const int8_t *codes, uint8_t *nibbles) {
    for (int i = 0; i < SUPER_BLOCK / 2; i++) {
        int low = i / 32 * 64 + i % 32;
        nibbles[i] = (uint8_t)((codes[low] & 15) | (codes[low + 32] & 15) << 4);
    }
}

void ctk_quantize_q4_k(const float *x, const float *importance, size_t columns, void *file) {
    static const minimum_format format = {32, 15, 63, {-1, 0.1f, 21}, 2};
    q4_k_block *block = file;
    for (size_t i = 0; i < columns; i += SUPER_BLOCK, block++) {
        row_part part;
        super_block parts;
        uint16_t halves[2];
        read_part(x + i, importance ? importance + i : NULL, SUPER_BLOCK, SUPER_BLOCK, &part);
        quantize_minima(&part, &format, &parts, halves);
        block->scale = halves[0];
        block->minimum = halves[1];
        write_packed_scales(&parts, block->scales);
        write_nibbles(parts.codes, block->nibbles);
    }
}

void ctk_quantize_q5_k(const float *x, const float *importance, size_t columns, void *file) {
    static const minimum_format format = {32, 31, 63, {-0.5f, 0.1f, 16}, 2};
    q5_k_block *block = file;
    for (size_t i = 0; i < columns; i += SUPER_BLOCK, block++) {
        row_part part;
        super_block parts;
        uint16_t halves[2];
        read_part(x + i, importance ? importance + i : NULL, SUPER_BLOCK, SUPER_BLOCK, &part);
        quantize_minima(&part, &format, &parts, halves);
        block->scale = halves[0];
        block->minimum = halves[1];
        write_packed_scales(&parts, block->scales);
        write_nibbles(parts.codes, block->nibbles);
        memset(block->fifth_bits, 0, sizeof block->fifth_bits);
        for (int c = 0; c < SUPER_BLOCK; c++) block->fifth_bits[c % 32] |= (uint8_t)(parts.codes[c] >> 4 << c / 32);
    }
}

void ctk_quantize_q2_k(const float *x, const float *importance, size_t columns, void *file) {
    static const minimum_format format = {16, 3, 15, {-0.5f, 0.1f, 16}, 1};
    q2_k_block *block = file;
    for (size_t i = 0; i < columns; i += SUPER_BLOCK, block++) {
        row_part part;
        super_block parts;
        uint16_t halves[2];
        read_part(x + i, importance ? importance + i : NULL, SUPER_BLOCK, SUPER_BLOCK, &part);
        quantize_minima(&part, &format, &parts, halves);
        block->scale = halves[0];
        block->minimum = halves[1];
        for (int s = 0; s < SUB_BLOCKS; s++) block->scales[s] = (uint8_t)(parts.scales[s] | parts.minima[s] << 4);
        memset(block->codes, 0, sizeof block->codes);
        for (int c = 0; c < SUPER_BLOCK; c++) {
            block->codes[c / 128 * 32 + c % 32] |= (uint8_t)(parts.codes[c] << c % 128 / 32 * 2);
        }
    }
}
