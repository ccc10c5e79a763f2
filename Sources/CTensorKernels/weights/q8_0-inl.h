// Q8_0: 32 elements d * q, with a half-precision scale d and signed bytes q (GGUF specification, "block_q8_0").
#ifndef CTK_Q8_0_H
#define CTK_Q8_0_H

#include "../formats.h"

typedef FILE_BLOCK {
    uint16_t scale;
    int8_t values[BLOCK];
} q8_0_block;

_Static_assert(sizeof(q8_0_block) == 34, "Q8_0 takes 34 bytes for 32 elements");

static inline void dequantize_q8_0(const q8_0_block *block, float *x) {
    float scale = f16_to_float(block->scale);
    for (int i = 0; i < BLOCK; i++) x[i] = scale * (float)block->values[i];
}

static inline void quantize_q8_0(const float *x, q8_0_block *block) {
    float scale = bits_to_float(largest_magnitude(x, BLOCK)) / 127;
    float inverse = inverse_of(scale);
    block->scale = float_to_f16(scale);
    for (int i = 0; i < BLOCK; i++) block->values[i] = (int8_t)nearest(x[i] * inverse, -127, 127);
}

DEFINE_DEQUANTIZED_ROW(q8_0, BLOCK)
DEFINE_QUANTIZED_ROW(q8_0, BLOCK)

static const ctk_weight_format q8_0_format = {
    .name = "Q8_0",
    .gguf_type = 8,
    .gguf_file_type = 7,
    .block_elements = BLOCK,
    .block_bytes = sizeof(q8_0_block),
    .halves = 1,
    .largest = 127 * F16_LARGEST,
    .dequantize = dequantize_row_q8_0,
    .quantize = quantize_row_q8_0,
};

/// The naive product of a row with one token's activation blocks.
static inline float dot_q8_0(const void *row, size_t columns, const void *activations) {
    const q8_0_block *w = row;
    const activation_block *x = activations;
    float sum = 0;
    for (size_t b = 0; b < columns / BLOCK; b++) {
        int32_t dot = 0;
        for (int i = 0; i < BLOCK; i++) dot += w[b].values[i] * x[b].values[i];
        sum = fmaf((float)dot, f16_to_float(w[b].scale) * x[b].scale, sum);
    }
    return sum;
}

#ifdef CTK_PANELS_H

typedef struct {
    uint16_t scales[2][PANEL_ROWS];
    uint8_t weights[2][BLOCK / 4][PANEL_ROWS * 4];
} q8_0_panel_pair;

_Static_assert(sizeof(q8_0_panel_pair) == 2 * PANEL_ROWS * sizeof(q8_0_block), "Q8_0 pairs are as large as their rows");

static size_t panel_bytes_q8_0(size_t columns) {
    return pairs_bytes(columns / BLOCK, sizeof(q8_0_panel_pair), PANEL_ROWS * BLOCK);
}

static void pack_q8_0(const void *file, size_t rows, size_t columns, void *panel) {
    size_t blocks = columns / BLOCK;
    q8_0_panel_pair *out = panel;
    memset(panel, 0, panel_bytes_q8_0(columns));
    for (size_t b = 0; b < blocks; b++) {
        for (size_t r = 0; r < rows; r++) {
            const q8_0_block *in = (const q8_0_block *)file + r * blocks + b;
            out[b / 2].scales[b % 2][r] = in->scale;
            for (int g = 0; g < BLOCK / 4; g++) {
                uint32_t weights;
                memcpy(&weights, in->values + 4 * g, 4);
                weights ^= Q8_SIGN * 0x01010101u;
                memcpy(out[b / 2].weights[b % 2][g] + 4 * r, &weights, 4);
            }
        }
    }
}

static void unpack_row_q8_0(const void *panel, size_t row, size_t columns, float *out) {
    const q8_0_panel_pair *in = panel;
    for (size_t b = 0; b < columns / BLOCK; b++) {
        q8_0_block block = {.scale = in[b / 2].scales[b % 2][row]};
        for (int c = 0; c < BLOCK; c++) {
            block.values[c] = (int8_t)(in[b / 2].weights[b % 2][c / 4][row * 4 + c % 4] ^ Q8_SIGN);
        }
        dequantize_q8_0(&block, out + b * BLOCK);
    }
}

INLINE void q8_0_tile(const void *panel, size_t columns, const activation_block *x, int tokens, vf *sums) {
    const q8_0_panel_pair *pairs = panel;
    UNROLL for (int t = 0; t < tokens; t++) sums[t] = splat(0);
    for (size_t b = 0; b < columns / BLOCK; b++, x += tokens) {
        vi dots[TOKENS_AT_ONCE];
        // An unsigned weight is 128 too large, so the sum starts at -128 times the activations' sum.
        UNROLL for (int t = 0; t < tokens; t++) dots[t] = (vi)(Q8_SIGN ? x[t].minus_128_sums : 0);
        EACH_GROUP for (int g = 0; g < BLOCK / 4; g++) {
            const uint8_t *group = pairs[b / 2].weights[b % 2][g];
            prefetch(group, tokens);
            vbytes weights = load_bytes(group);
            UNROLL for (int t = 0; t < tokens; t++) dots[t] = dot_q8(dots[t], weights, x[t].values, g);
        }
        vf scales = load_f16(pairs[b / 2].scales[b % 2]);
        UNROLL for (int t = 0; t < tokens; t++) {
            sums[t] = fma16(__builtin_convertvector(dots[t], vf), scales * x[t].scale, sums[t]);
        }
    }
}

#endif
#endif
