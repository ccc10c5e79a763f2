// Q4_1: 32 elements d * q + m, with a half-precision scale d and minimum m, and unsigned nibbles q (GGUF
// specification, "block_q4_1").
#ifndef CTK_Q4_1_H
#define CTK_Q4_1_H

#include "../nibbles.h"
#include "../quantize/quantizers.h"

typedef FILE_BLOCK {
    uint16_t scale;
    uint16_t minimum;
    uint8_t nibbles[BLOCK / 2];
} q4_1_block;

_Static_assert(sizeof(q4_1_block) == 20, "Q4_1 takes 20 bytes for 32 elements");

static inline void dequantize_q4_1(const q4_1_block *block, float *x) {
    dequantize_nibbles(block->nibbles, f16_to_float(block->scale), f16_to_float(block->minimum), x, 0);
}

static inline void quantize_q4_1(const float *x, q4_1_block *block) {
    float smallest = x[0], largest = x[0];
    for (int i = 1; i < BLOCK; i++) {
        smallest = fminf(smallest, x[i]);
        largest = fmaxf(largest, x[i]);
    }
    float scale = largest_magnitude(x, BLOCK) < INFINITY_BITS ? (largest - smallest) / 15 : NAN;
    float inverse = inverse_of(scale);
    block->scale = float_to_f16(scale);
    block->minimum = float_to_f16(smallest);
    for (int i = 0; i < BLOCK / 2; i++) {
        int low = nearest((x[i] - smallest) * inverse, 0, 15);
        int high = nearest((x[i + BLOCK / 2] - smallest) * inverse, 0, 15);
        block->nibbles[i] = (uint8_t)(low | high << 4);
    }
}

DEFINE_DEQUANTIZED_ROW(q4_1, BLOCK)

static const ctk_weight_format q4_1_format = {
    .name = "Q4_1",
    .gguf_type = 3,
    .gguf_file_type = 3,
    .block_elements = BLOCK,
    .block_bytes = sizeof(q4_1_block),
    .halves = 2,
    .largest = 15 * F16_LARGEST,
    .dequantize = dequantize_row_q4_1,
    .quantize = ctk_quantize_q4_1,
};

/// The naive product of a row with one token's activation blocks.
static inline float dot_q4_1(const void *row, size_t columns, const void *activations) {
    const q4_1_block *w = row;
    const activation_block *x = activations;
    float sum = 0;
    for (size_t b = 0; b < columns / BLOCK; b++) {
        int32_t dot = dot_nibbles(w[b].nibbles, x[b].values);
        sum = fmaf((float)dot, f16_to_float(w[b].scale) * x[b].scale, sum);
        sum = fmaf(f16_to_float(w[b].minimum), x[b].scaled_sum, sum);
    }
    return sum;
}

#ifdef CTK_PANELS_H

typedef struct {
    uint16_t scales[2][PANEL_ROWS];
    uint16_t minima[2][PANEL_ROWS];
    nibble_groups nibbles[2];
} q4_1_panel_pair;

_Static_assert(sizeof(q4_1_panel_pair) == 2 * PANEL_ROWS * sizeof(q4_1_block), "Q4_1 pairs are as large as their rows");

static size_t panel_bytes_q4_1(size_t columns) {
    return pairs_bytes(columns / BLOCK, sizeof(q4_1_panel_pair), PANEL_ROWS * BLOCK / 2);
}

static void pack_q4_1(const void *file, size_t rows, size_t columns, void *panel) {
    size_t blocks = columns / BLOCK;
    q4_1_panel_pair *out = panel;
    memset(panel, 0, panel_bytes_q4_1(columns));
    for (size_t b = 0; b < blocks; b++) {
        for (size_t r = 0; r < rows; r++) {
            const q4_1_block *in = (const q4_1_block *)file + r * blocks + b;
            out[b / 2].scales[b % 2][r] = in->scale;
            out[b / 2].minima[b % 2][r] = in->minimum;
            pack_nibbles(in->nibbles, r, out[b / 2].nibbles[b % 2]);
        }
    }
}

static void unpack_row_q4_1(const void *panel, size_t row, size_t columns, float *out) {
    const q4_1_panel_pair *in = panel;
    for (size_t b = 0; b < columns / BLOCK; b++) {
        q4_1_block block = {.scale = in[b / 2].scales[b % 2][row], .minimum = in[b / 2].minima[b % 2][row]};
        unpack_nibbles(in[b / 2].nibbles[b % 2], row, block.nibbles);
        dequantize_q4_1(&block, out + b * BLOCK);
    }
}

INLINE void q4_1_tile(const void *panel, size_t columns, const activation_block *x, int tokens, vf *sums) {
    const q4_1_panel_pair *pairs = panel;
    UNROLL for (int t = 0; t < tokens; t++) sums[t] = splat(0);
    for (size_t b = 0; b < columns / BLOCK; b++, x += tokens) {
        vi dots[TOKENS_AT_ONCE];
        UNROLL for (int t = 0; t < tokens; t++) dots[t] = (vi)(0);
        dot_nibble_groups(pairs[b / 2].nibbles[b % 2], x, tokens, dots);
        vf scales = load_f16(pairs[b / 2].scales[b % 2]), minima = load_f16(pairs[b / 2].minima[b % 2]);
        UNROLL for (int t = 0; t < tokens; t++) {
            sums[t] = fma16(__builtin_convertvector(dots[t], vf), scales * x[t].scale, sums[t]);
            sums[t] = fma16(minima, splat(x[t].scaled_sum), sums[t]);
        }
    }
}

#endif
#endif
