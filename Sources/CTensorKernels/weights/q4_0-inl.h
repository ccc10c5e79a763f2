// Q4_0: 32 elements d * (q - 8), with a half-precision scale d and unsigned nibbles q (GGUF
// specification, "block_q4_0").
#ifndef CTK_Q4_0_H
#define CTK_Q4_0_H

#include "../nibbles.h"
#include "../quantize/quantizers.h"

typedef FILE_BLOCK {
    uint16_t scale;
    uint8_t nibbles[BLOCK / 2];
} q4_0_block;

_Static_assert(sizeof(q4_0_block) == 18, "Q4_0 takes 18 bytes for 32 elements");

static inline void dequantize_q4_0(const q4_0_block *block, float *x) {
    dequantize_nibbles(block->nibbles, f16_to_float(block->scale), -0.0f, x, 8);
}

/// The value of largest magnitude becomes nibble 0, that is -8 * scale, so the scale takes its sign.
static inline void quantize_q4_0(const float *x, q4_0_block *block) {
    uint32_t largest = largest_magnitude(x, BLOCK);
    int extreme = 0;
    while ((float_to_bits(x[extreme]) & MAGNITUDE_BITS) != largest) extreme++;
    float scale = x[extreme] / -8;
    float inverse = inverse_of(scale);
    block->scale = float_to_f16(scale);
    for (int i = 0; i < BLOCK / 2; i++) {
        int low = nearest(x[i] * inverse + 8, 0, 15);
        int high = nearest(x[i + BLOCK / 2] * inverse + 8, 0, 15);
        block->nibbles[i] = (uint8_t)(low | high << 4);
    }
}

DEFINE_DEQUANTIZED_ROW(q4_0, BLOCK)

static const ctk_weight_format q4_0_format = {
    .name = "Q4_0",
    .gguf_type = 2,
    .gguf_file_type = 2,
    .block_elements = BLOCK,
    .block_bytes = sizeof(q4_0_block),
    .halves = 1,
    .largest = 8 * F16_LARGEST,
    .dequantize = dequantize_row_q4_0,
    .quantize = ctk_quantize_q4_0,
};

/// The naive product of a row with one token's activation blocks.
static inline float dot_q4_0(const void *row, size_t columns, const void *activations) {
    const q4_0_block *w = row;
    const activation_block *x = activations;
    float sum = 0;
    for (size_t b = 0; b < columns / BLOCK; b++) {
        int32_t dot = dot_nibbles(w[b].nibbles, x[b].values) + x[b].minus_8_sums;
        sum = fmaf((float)dot, f16_to_float(w[b].scale) * x[b].scale, sum);
    }
    return sum;
}

#ifdef CTK_PANELS_H

typedef struct {
    uint16_t scales[2][PANEL_ROWS];
    nibble_groups nibbles[2];
} q4_0_panel_pair;

_Static_assert(sizeof(q4_0_panel_pair) == 2 * PANEL_ROWS * sizeof(q4_0_block), "Q4_0 pairs are as large as their rows");

static size_t panel_bytes_q4_0(size_t columns) {
    return pairs_bytes(columns / BLOCK, sizeof(q4_0_panel_pair), PANEL_ROWS * BLOCK / 2);
}

static void pack_q4_0(const void *file, size_t rows, size_t columns, void *panel) {
    size_t blocks = columns / BLOCK;
    q4_0_panel_pair *out = panel;
    memset(panel, 0, panel_bytes_q4_0(columns));
    for (size_t b = 0; b < blocks; b++) {
        for (size_t r = 0; r < rows; r++) {
            const q4_0_block *in = (const q4_0_block *)file + r * blocks + b;
            out[b / 2].scales[b % 2][r] = in->scale;
            pack_nibbles(in->nibbles, r, out[b / 2].nibbles[b % 2]);
        }
    }
}

static void unpack_row_q4_0(const void *panel, size_t row, size_t columns, float *out) {
    const q4_0_panel_pair *in = panel;
    for (size_t b = 0; b < columns / BLOCK; b++) {
        q4_0_block block = {.scale = in[b / 2].scales[b % 2][row]};
        unpack_nibbles(in[b / 2].nibbles[b % 2], row, block.nibbles);
        dequantize_q4_0(&block, out + b * BLOCK);
    }
}

INLINE void q4_0_tile(const void *panel, size_t columns, const activation_block *x, int tokens, vf *sums) {
    const q4_0_panel_pair *pairs = panel;
    UNROLL for (int t = 0; t < tokens; t++) sums[t] = splat(0);
    for (size_t b = 0; b < columns / BLOCK; b++, x += tokens) {
        vi dots[TOKENS_AT_ONCE];
        UNROLL for (int t = 0; t < tokens; t++) dots[t] = (vi)(x[t].minus_8_sums);
        dot_nibble_groups(pairs[b / 2].nibbles[b % 2], x, tokens, dots);
        vf scales = load_f16(pairs[b / 2].scales[b % 2]);
        UNROLL for (int t = 0; t < tokens; t++) {
            sums[t] = fma16(__builtin_convertvector(dots[t], vf), scales * x[t].scale, sums[t]);
        }
    }
}

#endif
#endif
