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

/// Quantizes a super-block to codes -steps...steps-1 and scales -scale_steps...scale_steps-1; returns the scale of
/// scales.
static uint16_t quantize_signed(const row_part *part, int steps, int scale_steps, weighting *weigh, super_block *out) {
    block_lanes blocks[2];
    float scales[SUB_BLOCKS];
    for (int g = 0; g < 2; g++) {
        read_lanes(part, (size_t)(g * LANES * SUB_BLOCK), SUB_BLOCK, blocks + g);
        weigh(part, blocks + g);
        lanes found = symmetric_scales(blocks + g, steps);
        memcpy(scales + g * LANES, &found, sizeof found);
    }
    uint16_t half = write_signed_scales(scales, SUB_BLOCKS, scale_steps, part->powers[0], out->scales, scales);
    for (int g = 0; g < 2; g++) {
        lanes scale;
        memcpy(&scale, scales + g * LANES, sizeof scale);
        write_codes(
            blocks + g, inverse_lanes(scale), all_lanes(0), -steps, steps - 1, out->codes + g * LANES * SUB_BLOCK);
    }
    return half;
}

void ctk_quantize_q6_k(const float *x, const float *importance, size_t columns, void *file) {
    q6_k_block *block = file;
    for (size_t i = 0; i < columns; i += SUPER_BLOCK, block++) {
        row_part part;
        super_block parts;
        read_part(x + i, importance ? importance + i : NULL, SUPER_BLOCK, SUPER_BLOCK, &part);
        memset(block, 0, sizeof *block);
        block->scale = quantize_signed(&part, 32, 128, weigh_q6_k, &parts);
        memcpy(block->scales, parts.scales, sizeof parts.scales);
        for (int c = 0; c < SUPER_BLOCK; c++) {
            int code = parts.codes[c] + 32, half = c / 128, place = c % 128;
            block->nibbles[half * 64 + place % 64] |= (uint8_t)((code & 15) << place / 64 * 4);
            block->upper_bits[half * 32 + place % 32] |= (uint8_t)(code >> 4 << place / 32 * 2);
        }
    }
}

void ctk_quantize_q3_k(const float *x, const float *importance, size_t columns, void *file) {
    q3_k_block *block = file;
    for (size_t i = 0; i < columns; i += SUPER_BLOCK, block++) {
        row_part part;
        super_block parts;
        read_part(x + i, importance ? importance + i : NULL, SUPER_BLOCK, SUPER_BLOCK, &part);
        memset(block, 0, sizeof *block);
        block->scale = quantize_signed(&part, 4, 32, weigh_q3_k, &parts);
        for (int s = 0; s < SUB_BLOCKS; s++) {
            int scale = parts.scales[s] + 32;
            block->scales[s % 8] |= (uint8_t)((scale & 15) << s / 8 * 4);
            block->scales[8 + s % 4] |= (uint8_t)(scale >> 4 << s / 4 * 2);
        }
        for (int c = 0; c < SUPER_BLOCK; c++) {
            int code = parts.codes[c] + 4;
            block->codes[c / 128 * 32 + c % 32] |= (uint8_t)((code & 3) << c % 128 / 32 * 2);
            block->third_bits[c % 32] |= (uint8_t)(code >> 2 << c / 32);
        }
    }
}
