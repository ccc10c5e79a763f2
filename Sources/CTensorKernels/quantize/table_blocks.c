// IQ4_NL and IQ4_XS: codes of a table's values.
#pragma STDC FP_CONTRACT OFF
#include "../weights-inl.h"
#include "quantizers.h"
#include "scale_codes.h"
#include "table_search.h"

/// Writes the nibbles of LANES blocks with these scales.
static void write_table_codes(
    const block_lanes *blocks, lanes scales, const nearest_codes *table, uint8_t nibbles[LANES][BLOCK / 2]) {
    lanes inverse = inverse_lanes(scales);
    for (int i = 0; i < BLOCK / 2; i++) {
        lane_masks low = table_codes(blocks->x[i], inverse, table);
        lane_masks high = table_codes(blocks->x[i + BLOCK / 2], inverse, table);
        for (int lane = 0; lane < LANES; lane++) nibbles[lane][i] = (uint8_t)(low[lane] | high[lane] << 4);
    }
}

static lanes search(const row_part *part, block_lanes *blocks, lanes variance, const nearest_codes *table) {
    if (part->is_weighted) {
        weigh_by_importance(blocks, variance);
    } else {
        weigh_by_square(blocks);
    }
    return table_scales(blocks, table);
}

void ctk_quantize_iq4_nl(const float *x, const float *importance, size_t columns, void *file) {
    nearest_codes table = make_nearest_codes();
    iq4_nl_block *block = file;
    for (size_t i = 0; i < columns; i += SUPER_BLOCK) {
        row_part part;
        block_lanes blocks;
        size_t count = columns - i < SUPER_BLOCK ? columns - i : SUPER_BLOCK;
        read_part(x + i, importance ? importance + i : NULL, count, BLOCK, &part);
        read_lanes(&part, 0, BLOCK, &blocks);
        lanes scales = search(&part, &blocks, 2 * mean_square(&blocks), &table);
        uint16_t halves[LANES];
        for (int lane = 0; lane < LANES; lane++) {
            halves[lane] = float_to_f16(scales[lane] * part.powers[lane]);
            scales[lane] = in_units(halves[lane], part.powers[lane]);
        }
        uint8_t nibbles[LANES][BLOCK / 2];
        write_table_codes(&blocks, scales, &table, nibbles);
        for (size_t b = 0; b < count / BLOCK; b++, block++) {
            block->scale = halves[b];
            memcpy(block->nibbles, nibbles[b], sizeof block->nibbles);
        }
    }
}

void ctk_quantize_iq4_xs(const float *x, const float *importance, size_t columns, void *file) {
    nearest_codes table = make_nearest_codes();
    iq4_xs_block *block = file;
    for (size_t i = 0; i < columns; i += SUPER_BLOCK, block++) {
        row_part part;
        block_lanes blocks;
        read_part(x + i, importance ? importance + i : NULL, SUPER_BLOCK, SUPER_BLOCK, &part);
        read_lanes(&part, 0, BLOCK, &blocks);
        lanes found = search(&part, &blocks, all_lanes(2 * part_mean_square(&part)), &table);
        float scales[LANES];
        int8_t codes[LANES];
        memcpy(scales, &found, sizeof scales);
        memset(block, 0, sizeof *block);
        block->scale = write_signed_scales(scales, LANES, 32, part.powers[0], codes, scales);
        memcpy(&found, scales, sizeof scales);
        for (int j = 0; j < LANES; j++) {
            int scale = codes[j] + 32;
            block->scales_low[j / 2] |= (uint8_t)((scale & 15) << j % 2 * 4);
            block->scales_high |= (uint16_t)(scale >> 4 << 2 * j);
        }
        uint8_t nibbles[LANES][BLOCK / 2];
        write_table_codes(&blocks, found, &table, nibbles);
        memcpy(block->nibbles, nibbles, sizeof block->nibbles);
    }
}
