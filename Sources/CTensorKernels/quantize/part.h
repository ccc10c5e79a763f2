// The unit of all searches: 256 elements of a row with their importance.
#ifndef CTK_PART_H
#define CTK_PART_H

#include "../super_blocks.h"
#include "lanes.h"

/// 256 elements: a super-block, or blocks of 32; missing ones are zeros.
///
/// Each block is divided by a power of two, so that squares stay in range: its largest magnitude is at least 1 and
/// below 2. A block with an element that is not finite is all zeros, and its power is NaN.
typedef struct {
    float x[SUPER_BLOCK];
    /// 1 on average in each block, and positive; only relative values matter.
    float importance[SUPER_BLOCK];
    /// Whether importances were given.
    bool is_weighted;
    /// The power of two of each block.
    float powers[SUPER_BLOCK / BLOCK];
} row_part;

/// Reads up to 256 elements in blocks of `size`. `importance` may be NULL.
static inline void read_part(const float *x, const float *importance, size_t count, size_t size, row_part *part) {
    memset(part, 0, sizeof *part);
    part->is_weighted = importance != NULL;
    for (size_t b = 0; b < SUPER_BLOCK / size; b++) {
        float *values = part->x + b * size, *weights = part->importance + b * size;
        for (size_t i = 0; i < size; i++) weights[i] = 1;
        part->powers[b] = 1;
        if (b * size >= count) continue;
        uint32_t largest = largest_magnitude(x + b * size, size);
        // Elements below 2^-100 become zeros in every format.
        if (largest >= INFINITY_BITS) part->powers[b] = NAN;
        if (largest >= INFINITY_BITS || bits_to_float(largest) < 0x1p-100f) continue;
        float power = bits_to_float(largest & INFINITY_BITS);
        part->powers[b] = power;
        for (size_t i = 0; i < size; i++) values[i] = x[b * size + i] / power;
        if (importance == NULL) continue;
        double sum = 0;
        for (size_t i = 0; i < size; i++) sum += fmax((double)importance[b * size + i], 0);
        double mean = sum / (double)size;
        if (!(mean > 0) || !isfinite(mean)) continue;
        // A column that the calibration text never used still counts a little.
        for (size_t i = 0; i < size; i++) {
            weights[i] = (float)(fmax((double)importance[b * size + i], 0) / mean) + 1e-5f;
        }
    }
}

/// Defines the quantizer of a format of super-blocks. QUANTIZE(const row_part *, const FORMAT's type *, super_block *)
/// chooses the scales and codes, and write_NAME(const super_block *, NAME_block *) writes them to a block of zeros.
#define DEFINE_SUPER_BLOCK_QUANTIZER(NAME, QUANTIZE, FORMAT)                                                         \
    void ctk_quantize_##NAME(const float *x, const float *importance, size_t columns, void *file) {                  \
        const __typeof__(FORMAT) format = FORMAT;                                                                    \
        NAME##_block *block = file;                                                                                  \
        for (size_t i = 0; i < columns; i += SUPER_BLOCK, block++) {                                                 \
            row_part part;                                                                                           \
            super_block parts;                                                                                       \
            read_part(x + i, importance ? importance + i : NULL, SUPER_BLOCK, SUPER_BLOCK, &part);                   \
            QUANTIZE(&part, &format, &parts);                                                                        \
            memset(block, 0, sizeof *block);                                                                         \
            write_##NAME(&parts, block);                                                                             \
        }                                                                                                            \
    }

/// Up to 32 elements of LANES blocks: element i of all in x[i].
typedef struct {
    lanes x[BLOCK];
    lanes weights[BLOCK];
    int size;
} block_lanes;

/// Transposes LANES blocks of `size` elements; their weights are the importance.
static inline void read_lanes(const row_part *part, size_t first, int size, block_lanes *blocks) {
    blocks->size = size;
    for (int i = 0; i < size; i++) {
        for (int lane = 0; lane < LANES; lane++) {
            blocks->x[i][lane] = part->x[first + (size_t)(lane * size + i)];
            blocks->weights[i][lane] = part->importance[first + (size_t)(lane * size + i)];
        }
    }
}

LANE_FUNCTION lanes mean_square(const block_lanes *blocks) {
    lanes sum = all_lanes(0);
    for (int i = 0; i < blocks->size; i++) sum += blocks->x[i] * blocks->x[i];
    return sum / (float)blocks->size;
}

/// The mean square of all 256 elements.
static inline float part_mean_square(const row_part *part) {
    float sum = 0;
    for (int i = 0; i < SUPER_BLOCK; i++) sum += part->x[i] * part->x[i];
    return sum / (float)SUPER_BLOCK;
}

/// Weights the squared error of large elements more: by importance * sqrt(variance + x^2).
static inline void weigh_by_importance(block_lanes *blocks, lanes variance) {
    for (int i = 0; i < blocks->size; i++) {
        blocks->weights[i] *= __builtin_elementwise_sqrt(variance + blocks->x[i] * blocks->x[i]);
    }
}

/// Weights the squared error by x^2.
static inline void weigh_by_square(block_lanes *blocks) {
    for (int i = 0; i < blocks->size; i++) blocks->weights[i] = blocks->x[i] * blocks->x[i];
}

/// Weights the squared error by the block's root mean square + |x|.
static inline void weigh_by_magnitude(block_lanes *blocks) {
    lanes root = __builtin_elementwise_sqrt(mean_square(blocks));
    for (int i = 0; i < blocks->size; i++) blocks->weights[i] = root + lane_magnitude(blocks->x[i]);
}

LANE_FUNCTION lanes total_weight(const block_lanes *blocks) {
    lanes sum = all_lanes(0);
    for (int i = 0; i < blocks->size; i++) sum += blocks->weights[i];
    return sum;
}

/// Writes the codes nearest to (x - offset) * inverse, block after block.
static inline void write_codes(
    const block_lanes *blocks, lanes inverse, lanes offset, int lowest, int highest, int8_t *codes) {
    for (int i = 0; i < blocks->size; i++) {
        lane_masks code = __builtin_convertvector(
            code_lanes((blocks->x[i] - offset) * inverse, (float)lowest, (float)highest), lane_masks);
        for (int lane = 0; lane < LANES; lane++) codes[lane * blocks->size + i] = (int8_t)code[lane];
    }
}

/// Reads up to LANES blocks of BLOCK elements.
LANE_FUNCTION void read_small_blocks(
    const float *x, const float *importance, size_t count, row_part *part, block_lanes *blocks) {
    read_part(x, importance, count, BLOCK, part);
    read_lanes(part, 0, BLOCK, blocks);
}

/// Writes the low four bits of 2 * count codes: those of the first half into low nibbles, the others into high ones.
static inline void write_nibbles(const int8_t *codes, int count, uint8_t *nibbles) {
    for (int i = 0; i < count; i++) nibbles[i] = (uint8_t)((codes[i] & 15) | (codes[i + count] & 15) << 4);
}

/// A half-precision scale in units of the block's power; 0 if it is too large or a block is not finite.
static inline float in_units(uint16_t half, float power) {
    float scale = f16_to_float(half) / power;
    return isfinite(scale) ? scale : 0;
}

/// The scales of LANES blocks as halves, and their values in units of the blocks' powers.
static inline lanes round_scales(const row_part *part, lanes scales, uint16_t halves[LANES]) {
    for (int lane = 0; lane < LANES; lane++) {
        halves[lane] = float_to_f16(scales[lane] * part->powers[lane]);
        scales[lane] = in_units(halves[lane], part->powers[lane]);
    }
    return scales;
}

#endif
