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

static void quantize_minima(const row_part *part, const minimum_format *format, super_block *out) {
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
        store_lanes(scale, scales + g * LANES);
        store_lanes(-minimum, minima + g * LANES);
        store_lanes(weight, weights + g * LANES);
    }
    int8_t scale_codes[SUB_BLOCKS], minimum_codes[SUB_BLOCKS];
    float power = part->powers[0];
    int highest = format->highest;
    out->scale = f16_to_float(write_unsigned_scales(scales, weights, count, highest, power, scale_codes, scales));
    out->minimum = f16_to_float(write_unsigned_scales(minima, weights, count, highest, power, minimum_codes, minima));
    for (int g = 0; g < groups; g++) {
        lanes inverse = inverse_lanes(load_lanes(scales + g * LANES)), minimum = load_lanes(minima + g * LANES);
        write_codes(blocks + g, inverse, -minimum, 0, format->steps, out->codes + g * per_group);
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

static void write_q4_k(const super_block *parts, q4_k_block *block) {
    block->scale = float_to_f16(parts->scale);
    block->minimum = float_to_f16(parts->minimum);
    write_packed_scales(parts, block->scales);
    for (int c = 0; c < SUPER_BLOCK; c += 64) write_nibbles(parts->codes + c, 32, block->nibbles + c / 2);
}

static void write_q5_k(const super_block *parts, q5_k_block *block) {
    block->scale = float_to_f16(parts->scale);
    block->minimum = float_to_f16(parts->minimum);
    write_packed_scales(parts, block->scales);
    for (int c = 0; c < SUPER_BLOCK; c += 64) write_nibbles(parts->codes + c, 32, block->nibbles + c / 2);
    for (int c = 0; c < SUPER_BLOCK; c++) block->fifth_bits[c % 32] |= (uint8_t)(parts->codes[c] >> 4 << c / 32);
}

static void write_q2_k(const super_block *parts, q2_k_block *block) {
    block->scale = float_to_f16(parts->scale);
    block->minimum = float_to_f16(parts->minimum);
    for (int s = 0; s < SUB_BLOCKS; s++) block->scales[s] = (uint8_t)(parts->scales[s] | parts->minima[s] << 4);
    for (int c = 0; c < SUPER_BLOCK; c++) {
        block->codes[c / 128 * 32 + c % 32] |= (uint8_t)(parts->codes[c] << c % 128 / 32 * 2);
    }
}

DEFINE_SUPER_BLOCK_QUANTIZER(q4_k, quantize_minima, ((minimum_format){32, 15, 63, {-1, 0.1f, 21}, 2}))
DEFINE_SUPER_BLOCK_QUANTIZER(q5_k, quantize_minima, ((minimum_format){32, 31, 63, {-0.5f, 0.1f, 16}, 2}))
DEFINE_SUPER_BLOCK_QUANTIZER(q2_k, quantize_minima, ((minimum_format){16, 3, 15, {-0.5f, 0.1f, 16}, 1}))
