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
