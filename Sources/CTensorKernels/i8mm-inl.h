// Products with smmla, which multiplies two rows with two tokens over eight columns and needs half the instructions of
// sdot. A token without a partner would gain nothing from it and uses sdot.
//
// Integer sums are exact, and each result adds the same fma per block as in other tables, so the bits are those of the
// scalar table.
#ifndef CTK_I8MM_H
#define CTK_I8MM_H

#include "products-inl.h"
#include "token_pairs-inl.h"

// Of 32 registers, the sums of two token pairs take 16, their activations 8, and the weights of a row pair 4.
enum { PAIRS_AT_ONCE = 2 };

/// Loads one half of each of four rows of a panel's block.
INLINE float32x4_t load_halves(const uint8_t *block, size_t half, size_t row) {
    return vcvt_f32_f16(vreinterpret_f16_u8(vld1_u8(block + half_offset(half, row))));
}

/// Loads one half of each row, for each row pair as {first, first, second, second}.
INLINE void load_half_pairs(const uint8_t *block, size_t half, float32x4_t pairs[ROW_PAIRS]) {
    UNROLL for (size_t i = 0; i < ROW_PAIRS; i += 2) {
        float32x4_t rows = load_halves(block, half, 2 * i);
        pairs[i] = vzip1q_f32(rows, rows);
        pairs[i + 1] = vzip2q_f32(rows, rows);
    }
}

/// Loads 32 columns of a row and of the next, eight columns per register.
INLINE void load_row_pair(quantized_format f, const uint8_t *block, size_t row, int8x16_t groups[BLOCK / DEPTH]) {
    UNROLL for (size_t g = 0; g < f.groups; g++) {
        uint8x16_t bytes = vld1q_u8(block + group_offset(f, row, g));
        if (f.groups == BLOCK / DEPTH) {
            groups[g] = vreinterpretq_s8_u8(bytes);
        } else {
            groups[g] = vreinterpretq_s8_u8(vandq_u8(bytes, vdupq_n_u8(15)));
            groups[g + f.groups] = vreinterpretq_s8_u8(vshrq_n_u8(bytes, 4));
        }
    }
}

/// Multiplies one panel with `pairs` token pairs; sums are {row 0 token 0, row 0 token 1, row 1 token 0, row 1 token
/// 1}.
INLINE void row_pairs_tile(
    quantized_format f, const uint8_t *panel, size_t blocks, const activation_pair *x, int pairs,
    float32x4_t sums[ROW_PAIRS][PAIRS_AT_ONCE]) {
    UNROLL for (int r = 0; r < ROW_PAIRS; r++) {
        UNROLL for (int p = 0; p < pairs; p++) sums[r][p] = vdupq_n_f32(0);
    }
    for (size_t b = 0; b < blocks; b++, panel += PANEL_ROWS * file_block_bytes(f), x++) {
        float32x4_t scales[ROW_PAIRS], minima[ROW_PAIRS];
        load_half_pairs(panel, 0, scales);
        if (f.format == CTK_Q4_1) load_half_pairs(panel, 1, minima);
        UNROLL for (int r = 0; r < ROW_PAIRS; r++) {
            int8x16_t weights[BLOCK / DEPTH];
            load_row_pair(f, panel, (size_t)r * 2, weights);
            UNROLL for (int p = 0; p < pairs; p++) {
                const activation_pair *pair = x + (size_t)p * blocks;
                int32x4_t dots = f.format == CTK_Q4_0 ? vld1q_s32(&pair->minus_8_sums[0][0]) : vdupq_n_s32(0);
                UNROLL for (int g = 0; g < BLOCK / DEPTH; g++) {
                    dots = vmmlaq_s32(dots, weights[g], vld1q_s8(&pair->values[g][0][0]));
                }
                float32x4_t scale = vmulq_f32(scales[r], vld1q_f32(&pair->scales[0][0]));
                sums[r][p] = vfmaq_f32(sums[r][p], vcvtq_f32_s32(dots), scale);
                if (f.format == CTK_Q4_1) {
                    sums[r][p] = vfmaq_f32(sums[r][p], minima[r], vld1q_f32(&pair->scaled_sums[0][0]));
                }
            }
        }
    }
}

/// Multiplies a row and the next with a token that is its own partner; returns halves of sums: {row 0, row 0, row 1,
/// row 1}.
INLINE int32x4_t dot_row_pair(quantized_format f, const uint8_t *block, size_t row, const activation_pair *x) {
    int8x16_t weights[BLOCK / DEPTH];
    load_row_pair(f, block, row, weights);
    int32x4_t dots = vdupq_n_s32(0);
    UNROLL for (int g = 0; g < BLOCK / DEPTH; g++) dots = vdotq_s32(dots, weights[g], vld1q_s8(&x->values[g][0][0]));
    return dots;
}

/// Multiplies one panel with a token that is its own partner; each vector of sums has those of four rows.
INLINE void lone_token_tile(
    quantized_format f, const uint8_t *panel, size_t blocks, const activation_pair *x,
    float32x4_t sums[PANEL_ROWS / 4]) {
    UNROLL for (int i = 0; i < PANEL_ROWS / 4; i++) sums[i] = vdupq_n_f32(0);
    for (size_t b = 0; b < blocks; b++, panel += PANEL_ROWS * file_block_bytes(f), x++) {
        UNROLL for (int i = 0; i < PANEL_ROWS / 4; i++) {
            size_t row = (size_t)i * 4;
            int32x4_t dots = vpaddq_s32(dot_row_pair(f, panel, row, x), dot_row_pair(f, panel, row + 2, x));
            if (f.format == CTK_Q4_0) dots = vaddq_s32(dots, vld1q_s32(&x->minus_8_sums[0][0]));
            float32x4_t scale = vmulq_f32(load_halves(panel, 0, row), vld1q_f32(&x->scales[0][0]));
            sums[i] = vfmaq_f32(sums[i], vcvtq_f32_s32(dots), scale);
            if (f.format == CTK_Q4_1) {
                sums[i] = vfmaq_f32(sums[i], load_halves(panel, 1, row), vld1q_f32(&x->scaled_sums[0][0]));
            }
        }
    }
}

/// Writes `rows` rows of the results of one pair's `tokens` tokens (1 or 2).
INLINE void store_token_pair(
    float32x4_t sums[ROW_PAIRS][PAIRS_AT_ONCE], int pair, size_t tokens, size_t rows, float *y, size_t y_stride) {
    float results[2][PANEL_ROWS];
    UNROLL for (int r = 0; r < ROW_PAIRS; r += 2) {
        vst1q_f32(results[0] + r * 2, vuzp1q_f32(sums[r][pair], sums[r + 1][pair]));
        vst1q_f32(results[1] + r * 2, vuzp2q_f32(sums[r][pair], sums[r + 1][pair]));
    }
    for (size_t t = 0; t < tokens; t++) memcpy(y + t * y_stride, results[t], rows * sizeof *y);
}

INLINE void row_pairs_product(
    quantized_format f, const void *panels, size_t first, size_t last, size_t rows, size_t columns,
    const void *prepared, size_t count, float *y, size_t y_stride) {
    size_t blocks = columns / BLOCK, panel_bytes = row_pairs_bytes(f, columns);
    size_t group = 1 + PANEL_GROUP_BYTES / panel_bytes;
    for (size_t g = first; g < last; g += group) {
        for (size_t t = 0; t < count; t += 2 * PAIRS_AT_ONCE) {
            const activation_pair *x = (const activation_pair *)prepared + t / 2 * blocks;
            for (size_t p = g; p < smaller(g + group, last); p++) {
                const uint8_t *panel = (const uint8_t *)panels + p * panel_bytes;
                float *out = y + t * y_stride + p * PANEL_ROWS;
                size_t rows_left = smaller(PANEL_ROWS, rows - p * PANEL_ROWS);
                float32x4_t sums[ROW_PAIRS][PAIRS_AT_ONCE], lone_sums[PANEL_ROWS / 4];
                switch (count - t) {
                case 1:
                    lone_token_tile(f, panel, blocks, x, lone_sums);
                    memcpy(out, lone_sums, rows_left * sizeof *out);
                    break;
                case 2:
                    row_pairs_tile(f, panel, blocks, x, 1, sums);
                    store_token_pair(sums, 0, 2, rows_left, out, y_stride);
                    break;
                default:
                    row_pairs_tile(f, panel, blocks, x, 2, sums);
                    store_token_pair(sums, 0, 2, rows_left, out, y_stride);
                    store_token_pair(sums, 1, smaller(2, count - t - 2), rows_left, out + 2 * y_stride, y_stride);
                }
            }
        }
    }
}

#define DEFINE_ROW_PAIRS(FORMAT, NAME)                                                                               \
    static size_t panel_bytes_##NAME##_pairs(size_t columns) { return row_pairs_bytes(NAME, columns); }              \
    static void pack_##NAME##_pairs(const void *file, size_t rows, size_t columns, void *panel) {                    \
        pack_row_pairs(NAME, file, rows, columns, panel);                                                            \
    }                                                                                                                \
    static void unpack_row_##NAME##_pairs(const void *panel, size_t row, size_t columns, float *out) {               \
        unpack_row_pairs(NAME, panel, row, columns, out);                                                            \
    }                                                                                                                \
    static void product_##NAME##_pairs(                                                                              \
        const void *panels, size_t first, size_t last, size_t rows, size_t columns, const void *prepared,            \
        size_t count, float *y, size_t y_stride) {                                                                   \
        row_pairs_product(NAME, panels, first, last, rows, columns, prepared, count, y, y_stride);                   \
    }

EACH_ROW_PAIR_FORMAT(DEFINE_ROW_PAIRS)

#define ROW_PAIR_ENTRY(FORMAT, NAME) [CTK_##FORMAT] = PANEL_FORMAT(NAME##_pairs, token_pairs),

#endif
