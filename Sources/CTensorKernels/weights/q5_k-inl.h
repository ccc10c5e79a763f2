// Q5_K: 256 elements (d * s) * q - (e * m), with half-precision scales d and e, 6-bit s and m for each 32 elements, and
// 5-bit codes q, whose fifth bits are apart (llama.cpp, "block_q5_K").
#ifndef CTK_Q5_K_H
#define CTK_Q5_K_H

#include "../quantize/quantizers.h"
#include "../super_blocks.h"

typedef FILE_BLOCK {
    uint16_t scale;
    uint16_t minimum;
    uint8_t scales[12];
    uint8_t fifth_bits[SUPER_BLOCK / 8];
    uint8_t nibbles[SUPER_BLOCK / 2];
} q5_k_block;

_Static_assert(sizeof(q5_k_block) == 176, "Q5_K takes 176 bytes for 256 elements");

static inline void read_q5_k(const q5_k_block *block, super_block *parts) {
    parts->scale = f16_to_float(block->scale);
    parts->minimum = f16_to_float(block->minimum);
    read_packed_scales(block->scales, parts);
    for (int j = 0; j < SUPER_BLOCK / 32; j++) {
        for (int i = 0; i < 32; i++) {
            int low = block->nibbles[j / 2 * 32 + i] >> j % 2 * 4 & 15;
            parts->codes[j * 32 + i] = (int8_t)(low | (block->fifth_bits[i] >> j & 1) << 4);
        }
    }
}

DEFINE_SUPER_BLOCK_FORMAT(q5_k, true)

static const ctk_weight_format q5_k_format = {
    .name = "Q5_K",
    .gguf_type = 13,
    .gguf_file_type = 17,
    .halves = 2,
    .scale_steps = 63,
    .largest = 63 * 31 * F16_LARGEST,
    .block_elements = SUPER_BLOCK,
    .block_bytes = sizeof(q5_k_block),
    .dequantize = dequantize_row_q5_k,
    .quantize = ctk_quantize_q5_k,
};

#ifdef CTK_PANELS_H
DEFINE_SUPER_PANELS(q5_k, .bits = 5, .scale_columns = 32)
#endif

#endif
