// Q6_K and Q3_K: sub-blocks of 16 with a signed scale.
#pragma STDC FP_CONTRACT OFF
#include "../weights-inl.h"
#include "quantizers.h"
#include "scale_codes.h"
#include "symmetric_search.h"

/// Chooses the weights of errors, which are the importances before.
typedef void weighting(const row_part *part, block_lanes *blocks);

/// With 64 codes, the weights hardly matter.
static void weigh_q6_k(const row_part *part, block_lanes *blocks) {
    if (!part->is_weighted) weigh_by_square(blocks);
}

static void weigh_q3_k(const row_part *part, block_lanes *blocks) {
    if (part->is_weighted) {
        weigh_by_importance(blocks, all_lanes(2 * part_mean_square(part)));
    } else {
        weigh_by_magnitude(blocks);
    }
}

typedef struct {
    /// Codes are -steps...steps-1, and so are the scales' codes with `scale_steps`.
    int steps;
    int scale_steps;
    weighting *weigh;
} signed_format;

static void quantize_signed(const row_part *part, const signed_format *format, super_block *out) {
    block_lanes blocks[2];
    float scales[SUB_BLOCKS];
    int steps = format->steps;
    for (int g = 0; g < 2; g++) {
        read_lanes(part, (size_t)(g * LANES * SUB_BLOCK), SUB_BLOCK, blocks + g);
        format->weigh(part, blocks + g);
        store_lanes(symmetric_scales(blocks + g, steps), scales + g * LANES);
    }
    uint16_t half = write_signed_scales(scales, SUB_BLOCKS, format->scale_steps, part->powers[0], out->scales, scales);
    out->scale = f16_to_float(half);
    for (int g = 0; g < 2; g++) {
        lanes inverse = inverse_lanes(load_lanes(scales + g * LANES));
        write_codes(blocks + g, inverse, all_lanes(0), -steps, steps - 1, out->codes + g * LANES * SUB_BLOCK);
    }
}

static void write_q6_k(const super_block *parts, q6_k_block *block) {
    block->scale = float_to_f16(parts->scale);
    memcpy(block->scales, parts->scales, sizeof parts->scales);
    for (int c = 0; c < SUPER_BLOCK; c++) {
        int code = parts->codes[c] + 32, half = c / 128, place = c % 128;
        block->nibbles[half * 64 + place % 64] |= (uint8_t)((code & 15) << place / 64 * 4);
        block->upper_bits[half * 32 + place % 32] |= (uint8_t)(code >> 4 << place / 32 * 2);
    }
}

static void write_q3_k(const super_block *parts, q3_k_block *block) {
    block->scale = float_to_f16(parts->scale);
    for (int s = 0; s < SUB_BLOCKS; s++) {
        int scale = parts->scales[s] + 32;
        block->scales[s % 8] |= (uint8_t)((scale & 15) << s / 8 * 4);
        block->scales[8 + s % 4] |= (uint8_t)(scale >> 4 << s / 4 * 2);
    }
    for (int c = 0; c < SUPER_BLOCK; c++) {
        int code = parts->codes[c] + 4;
        block->codes[c / 128 * 32 + c % 32] |= (uint8_t)((code & 3) << c % 128 / 32 * 2);
        block->third_bits[c % 32] |= (uint8_t)(code >> 2 << c / 32);
    }
}

DEFINE_SUPER_BLOCK_QUANTIZER(q6_k, quantize_signed, ((signed_format){32, 128, weigh_q6_k}))
DEFINE_SUPER_BLOCK_QUANTIZER(q3_k, quantize_signed, ((signed_format){4, 32, weigh_q3_k}))
