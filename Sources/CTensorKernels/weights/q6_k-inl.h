// Q6_K: 256 elements (d * s) * q, with a half-precision scale d, signed bytes s for each 16 elements, and codes q from
// -32 to 31, whose upper two bits are apart (llama.cpp, "block_q6_K").
#ifndef CTK_Q6_K_H
#define CTK_Q6_K_H

#include "../quantize/quantizers.h"
#include "../super_blocks.h"

typedef FILE_BLOCK {
    uint8_t nibbles[SUPER_BLOCK / 2];
    uint8_t upper_bits[SUPER_BLOCK / 4];
    int8_t scales[SUB_BLOCKS];
    uint16_t scale;
} q6_k_block;

_Static_assert(sizeof(q6_k_block) == 210, "Q6_K takes 210 bytes for 256 elements");

static inline void read_q6_k(const q6_k_block *block, super_block *parts) {
    parts->scale = f16_to_float(block->scale);
    memcpy(parts->scales, block->scales, sizeof parts->scales);
    for (int j = 0; j < SUPER_BLOCK / 32; j++) {
        for (int i = 0; i < 32; i++) {
            int low = block->nibbles[j / 4 * 64 + j % 2 * 32 + i] >> j % 4 / 2 * 4 & 15;
            int high = block->upper_bits[j / 4 * 32 + i] >> j % 4 * 2 & 3;
            parts->codes[j * 32 + i] = (int8_t)((low | high << 4) - 32);
        }
    }
}

DEFINE_SUPER_BLOCK_FORMAT(q6_k, false)

static const ctk_weight_format q6_k_format = {
    .name = "Q6_K",
    .gguf_type = 14,
    .gguf_file_type = 18,
    .halves = 1,
    .halves_at = 208,
    .scale_steps = 128,
    .largest = 128 * 32 * F16_LARGEST,
    .block_elements = SUPER_BLOCK,
    .block_bytes = sizeof(q6_k_block),
    .dequantize = dequantize_row_q6_k,
    .quantize = ctk_quantize_q6_k,
};

#ifdef CTK_PANELS_H
DEFINE_SUPER_PANELS(q6_k, .bits = 6, .offset = 32, .scale_columns = 16)
#endif

#endif
