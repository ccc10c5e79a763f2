// Q4_K: 256 elements (d * s) * q - (e * m), with half-precision scales d and e, 6-bit s and m for each 32 elements, and
// nibbles q (llama.cpp, "block_q4_K").
#ifndef CTK_Q4_K_H
#define CTK_Q4_K_H

#include "../quantize/quantizers.h"
#include "../super_blocks.h"

typedef FILE_BLOCK {
    uint16_t scale;
    uint16_t minimum;
    uint8_t scales[12];
    uint8_t nibbles[SUPER_BLOCK / 2];
} q4_k_block;

_Static_assert(sizeof(q4_k_block) == 144, "Q4_K takes 144 bytes for 256 elements");

static inline void read_q4_k(const q4_k_block *block, super_block *parts) {
    parts->scale = f16_to_float(block->scale);
    parts->minimum = f16_to_float(block->minimum);
    read_packed_scales(block->scales, parts);
    for (int j = 0; j < SUPER_BLOCK / 32; j++) {
        for (int i = 0; i < 32; i++) parts->codes[j * 32 + i] = block->nibbles[j / 2 * 32 + i] >> j % 2 * 4 & 15;
    }
}

DEFINE_SUPER_BLOCK_FORMAT(q4_k, true)

static const ctk_weight_format q4_k_format = {
    .name = "Q4_K",
    .gguf_type = 12,
    .gguf_file_type = 15,
    .halves = 2,
    .scale_steps = 63,
    .largest = 63 * 15 * F16_LARGEST,
    .block_elements = SUPER_BLOCK,
    .block_bytes = sizeof(q4_k_block),
    .dequantize = dequantize_row_q4_k,
    .quantize = ctk_quantize_q4_k,
};

#ifdef CTK_PANELS_H
DEFINE_SUPER_PANELS(q4_k, .bits = 4, .scale_columns = 32)
#endif

#endif
