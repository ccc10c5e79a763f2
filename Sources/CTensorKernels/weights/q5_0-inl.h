// Q5_0: 32 elements d * (q - 16), with a half-precision scale d and 5-bit codes q, whose fifth bits are in one word
// (GGUF specification, "block_q5_0").
#ifndef CTK_Q5_0_H
#define CTK_Q5_0_H

#include "../quantize/quantizers.h"
#include "../small_blocks.h"

typedef FILE_BLOCK {
    uint16_t scale;
    uint32_t fifth_bits;
    uint8_t nibbles[BLOCK / 2];
} q5_0_block;

_Static_assert(sizeof(q5_0_block) == 22, "Q5_0 takes 22 bytes for 32 elements");

static inline void read_q5_0(const q5_0_block *block, small_block *parts) {
    parts->scale = f16_to_float(block->scale);
    read_nibbles(block->nibbles, parts->codes);
    for (int i = 0; i < BLOCK; i++) parts->codes[i] += (int8_t)((block->fifth_bits >> i & 1) * 16) - 16;
}

DEFINE_SMALL_BLOCK_FORMAT(q5_0, false)

static const ctk_weight_format q5_0_format = {
    .name = "Q5_0",
    .gguf_type = 6,
    .gguf_file_type = 8,
    .halves = 1,
    .largest = 16 * F16_LARGEST,
    .block_elements = BLOCK,
    .block_bytes = sizeof(q5_0_block),
    .dequantize = dequantize_row_q5_0,
    .quantize = ctk_quantize_q5_0,
};

#ifdef CTK_PANELS_H
DEFINE_SMALL_PANELS(q5_0, .bits = 5, .offset = 16)
#endif

#endif
