// Q4_0: 32 elements d * (q - 8), with a half-precision scale d and unsigned nibbles q (GGUF
// specification, "block_q4_0").
#ifndef CTK_Q4_0_H
#define CTK_Q4_0_H

#include "../quantize/quantizers.h"
#include "../small_blocks.h"

typedef FILE_BLOCK {
    uint16_t scale;
    uint8_t nibbles[BLOCK / 2];
} q4_0_block;

_Static_assert(sizeof(q4_0_block) == 18, "Q4_0 takes 18 bytes for 32 elements");

static inline void read_q4_0(const q4_0_block *block, small_block *parts) {
    parts->scale = f16_to_float(block->scale);
    read_nibbles(block->nibbles, parts->codes);
    for (int i = 0; i < BLOCK; i++) parts->codes[i] -= 8;
}

DEFINE_SMALL_BLOCK_FORMAT(q4_0, false)

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

#ifdef CTK_PANELS_H
DEFINE_SMALL_PANELS(q4_0, .bits = 4, .offset = 8)
#endif

#endif
