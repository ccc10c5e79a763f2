// Q2_K: 256 elements (d * s) * q - (e * m), with half-precision scales d and e, 4-bit s and m for each 16 elements, and
// 2-bit codes q (llama.cpp, "block_q2_K").
#ifndef CTK_Q2_K_H
#define CTK_Q2_K_H

#include "../quantize/quantizers.h"
#include "../super_blocks.h"

typedef FILE_BLOCK {
    uint8_t scales[SUB_BLOCKS];
    uint8_t codes[SUPER_BLOCK / 4];
    uint16_t scale;
    uint16_t minimum;
} q2_k_block;

_Static_assert(sizeof(q2_k_block) == 84, "Q2_K takes 84 bytes for 256 elements");

static inline void read_q2_k(const q2_k_block *block, super_block *parts) {
    parts->scale = f16_to_float(block->scale);
    parts->minimum = f16_to_float(block->minimum);
    for (int s = 0; s < SUB_BLOCKS; s++) {
        parts->scales[s] = block->scales[s] & 15;
        parts->minima[s] = block->scales[s] >> 4;
    }
    for (int j = 0; j < SUPER_BLOCK / 32; j++) {
        for (int i = 0; i < 32; i++) parts->codes[j * 32 + i] = block->codes[j / 4 * 32 + i] >> j % 4 * 2 & 3;
    }
}

DEFINE_SUPER_BLOCK_FORMAT(q2_k, true)

static const ctk_weight_format q2_k_format = {
    .name = "Q2_K",
    .gguf_type = 10,
    .gguf_file_type = 10,
    .halves = 2,
    .halves_at = 80,
    .scale_steps = 15,
    .largest = 15 * 3 * F16_LARGEST,
    .block_elements = SUPER_BLOCK,
    .block_bytes = sizeof(q2_k_block),
    .dequantize = dequantize_row_q2_k,
    .quantize = ctk_quantize_q2_k,
};

#ifdef CTK_PANELS_H
DEFINE_SUPER_PANELS(q2_k, .bits = 2, .scale_columns = 16)
#endif

#endif
