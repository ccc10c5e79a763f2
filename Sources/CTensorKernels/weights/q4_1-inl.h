// Q4_1: 32 elements d * q + m, with a half-precision scale d and minimum m, and unsigned nibbles q (GGUF
// specification, "block_q4_1").
#ifndef CTK_Q4_1_H
#define CTK_Q4_1_H

#include "../quantize/quantizers.h"
#include "../small_blocks.h"

typedef FILE_BLOCK {
    uint16_t scale;
    uint16_t minimum;
    uint8_t nibbles[BLOCK / 2];
} q4_1_block;

_Static_assert(sizeof(q4_1_block) == 20, "Q4_1 takes 20 bytes for 32 elements");

static inline void read_q4_1(const q4_1_block *block, small_block *parts) {
    parts->scale = f16_to_float(block->scale);
    parts->minimum = f16_to_float(block->minimum);
    read_nibbles(block->nibbles, parts->codes);
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

DEFINE_SMALL_BLOCK_FORMAT(q4_1, true)

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

#ifdef CTK_PANELS_H
DEFINE_SMALL_PANELS(q4_1, .bits = 4)
#endif

#endif
