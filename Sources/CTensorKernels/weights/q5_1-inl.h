// Q5_1: 32 elements d * q + m, with a half-precision scale d and minimum m, and 5-bit codes q, whose fifth bits are in
// one word (GGUF specification, "block_q5_1").
#ifndef CTK_Q5_1_H
#define CTK_Q5_1_H

#include "../quantize/quantizers.h"
#include "../small_blocks.h"

typedef FILE_BLOCK {
    uint16_t scale;
    uint16_t minimum;
    uint32_t fifth_bits;
    uint8_t nibbles[BLOCK / 2];
} q5_1_block;

_Static_assert(sizeof(q5_1_block) == 24, "Q5_1 takes 24 bytes for 32 elements");

static inline void read_q5_1(const q5_1_block *block, small_block *parts) {
    parts->scale = f16_to_float(block->scale);
    parts->minimum = f16_to_float(block->minimum);
    read_nibbles(block->nibbles, parts->codes);
    for (int i = 0; i < BLOCK; i++) parts->codes[i] += (int8_t)((block->fifth_bits >> i & 1) * 16);
}

DEFINE_SMALL_BLOCK_FORMAT(q5_1, true)

static const ctk_weight_format q5_1_format = {
    .name = "Q5_1",
    .gguf_type = 7,
    .gguf_file_type = 9,
    .halves = 2,
    .largest = 31 * F16_LARGEST,
    .block_elements = BLOCK,
    .block_bytes = sizeof(q5_1_block),
    .dequantize = dequantize_row_q5_1,
    .quantize = ctk_quantize_q5_1,
};

#ifdef CTK_PANELS_H
DEFINE_SMALL_PANELS(q5_1, .bits = 5)
#endif

#endif
