// IQ4_NL and IQ4_XS: codes of a table's values.
#pragma STDC FP_CONTRACT OFF
#include "../weights-inl.h"
#include "quantizers.h"
#include "scale_codes.h"
#include "table_search.h"

/// Writes the codes of LANES blocks with these scales, block after block.
static void write_table_codes(const block_lanes *blocks, lanes scales, const nearest_codes *table, int8_t *codes) {
    lanes inverse = inverse_lanes(scales);
    for (int i = 0; i < BLOCK; i++) {
        lane_masks found = table_codes(blocks->x[i], inverse, table);
        for (int lane = 0; lane < LANES; lane++) codes[lane * BLOCK + i] = (int8_t)found[lane];
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
        read_small_blocks(x + i, importance ? importance + i : NULL, count, &part, &blocks);
        uint16_t halves[LANES];
        lanes scales = search(&part, &blocks, 2 * mean_square(&blocks), &table);
        scales = round_scales(&part, scales, halves);
        int8_t codes[SUPER_BLOCK];
        write_table_codes(&blocks, scales, &table, codes);
        for (size_t b = 0; b < count / BLOCK; b++, block++) {
            block->scale = halves[b];
            write_nibbles(codes + b * BLOCK, BLOCK / 2, block->nibbles);
        }
    }
}

static void quantize_iq4_xs(const row_part *part, const nearest_codes *table, super_block *out) {
    block_lanes blocks;
    read_lanes(part, 0, BLOCK, &blocks);
    float scales[LANES];
    int8_t codes[LANES];
    store_lanes(search(part, &blocks, all_lanes(2 * part_mean_square(part)), table), scales);
    out->scale = f16_to_float(write_signed_scales(scales, LANES, 32, part->powers[0], codes, scales));
    for (int s = 0; s < SUB_BLOCKS; s++) out->scales[s] = codes[s / 2];
    write_table_codes(&blocks, load_lanes(scales), table, out->codes);
}

static void write_iq4_xs(const super_block *parts, iq4_xs_block *block) {
    block->scale = float_to_f16(parts->scale);
    for (int j = 0; j < SUPER_BLOCK / BLOCK; j++) {
        int scale = parts->scales[2 * j] + 32;
        block->scales_low[j / 2] |= (uint8_t)((scale & 15) << j % 2 * 4);
        block->scales_high |= (uint16_t)(scale >> 4 << 2 * j);
        write_nibbles(parts->codes + j * BLOCK, BLOCK / 2, block->nibbles + j * BLOCK / 2);
    }
}

DEFINE_SUPER_BLOCK_QUANTIZER(iq4_xs, quantize_iq4_xs, make_nearest_codes())
