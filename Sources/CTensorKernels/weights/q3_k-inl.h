// Q3_K: 256 elements (d * s) * q, with a half-precision scale d, 6-bit signed s for each 16 elements, and codes q from
// -4 to 3, whose third bits are apart (llama.cpp, "block_q3_K").
#ifndef CTK_Q3_K_H
#define CTK_Q3_K_H

#include "../quantize/quantizers.h"
#include "../super_blocks.h"

typedef FILE_BLOCK {
    uint8_t third_bits[SUPER_BLOCK / 8];
    uint8_t codes[SUPER_BLOCK / 4];
    uint8_t scales[12];
    uint16_t scale;
} q3_k_block;

_Static_assert(sizeof(q3_k_block) == 110, "Q3_K takes 110 bytes for 256 elements");

static inline void read_q3_k(const q3_k_block *block, super_block *parts) {
    parts->scale = f16_to_float(block->scale);
    for (int s = 0; s < SUB_BLOCKS; s++) {
        int low = s < 8 ? block->scales[s] & 15 : block->scales[s - 8] >> 4;
        int high = block->scales[8 + s % 4] >> s / 4 * 2 & 3;
        parts->scales[s] = (int8_t)((low | high << 4) - 32);
    }
    for (int j = 0; j < SUPER_BLOCK / 32; j++) {
        for (int i = 0; i < 32; i++) {
            int low = block->codes[j / 4 * 32 + i] >> j % 4 * 2 & 3, high = block->third_bits[i] >> j & 1;
            parts->codes[j * 32 + i] = (int8_t)((low | high << 2) - 4);
        }
    }
}

DEFINE_SUPER_BLOCK_FORMAT(q3_k, false)

static const ctk_weight_format q3_k_format = {
    .name = "Q3_K",
    .gguf_type = 11,
    .gguf_file_type = 12,
    .halves = 1,
    .halves_at = 108,
    .scale_steps = 32,
    .largest = 32 * 4 * F16_LARGEST,
    .block_elements = SUPER_BLOCK,
    .block_bytes = sizeof(q3_k_block),
    .dequantize = dequantize_row_q3_k,
    .quantize = ctk_quantize_q3_k,
};

#ifdef CTK_PANELS_H
DEFINE_SUPER_PANELS(q3_k, .bits = 3, .offset = 4, .scale_columns = 16)
#endif

#endif
