// Q8_0: 32 elements d * q, with a half-precision scale d and signed bytes q (GGUF specification, "block_q8_0").
#ifndef CTK_Q8_0_H
#define CTK_Q8_0_H

#include "../small_blocks.h"

typedef FILE_BLOCK {
    uint16_t scale;
    int8_t values[BLOCK];
} q8_0_block;

_Static_assert(sizeof(q8_0_block) == 34, "Q8_0 takes 34 bytes for 32 elements");

static inline void read_q8_0(const q8_0_block *block, small_block *parts) {
    parts->scale = f16_to_float(block->scale);
    memcpy(parts->codes, block->values, sizeof parts->codes);
}

static inline void quantize_q8_0(const float *x, q8_0_block *block) {
    float scale = bits_to_float(largest_magnitude(x, BLOCK)) / 127;
    float inverse = inverse_of(scale);
    block->scale = float_to_f16(scale);
    for (int i = 0; i < BLOCK; i++) block->values[i] = (int8_t)nearest(x[i] * inverse, -127, 127);
}

DEFINE_SMALL_BLOCK_FORMAT(q8_0, false)
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

#ifdef CTK_PANELS_H
DEFINE_SMALL_PANELS(q8_0, .bits = 8, .is_wide = true)
#endif

#endif
