// IQ4_XS: 256 elements (d * s) * v[q], with a half-precision scale d, 6-bit signed s for each 32 elements, nibbles q
// and IQ4_NL's values v (llama.cpp, "block_iq4_xs").
#ifndef CTK_IQ4_XS_H
#define CTK_IQ4_XS_H

#include "../small_blocks.h"
#include "../quantize/quantizers.h"
#include "../super_blocks.h"

typedef FILE_BLOCK {
    uint16_t scale;
    uint16_t scales_high;
    uint8_t scales_low[4];
    uint8_t nibbles[SUPER_BLOCK / 2];
} iq4_xs_block;

_Static_assert(sizeof(iq4_xs_block) == 136, "IQ4_XS takes 136 bytes for 256 elements");

static inline void read_iq4_xs(const iq4_xs_block *block, super_block *parts) {
    parts->scale = f16_to_float(block->scale);
    for (int s = 0; s < SUB_BLOCKS; s++) {
        int j = s / 2;
        int low = block->scales_low[j / 2] >> j % 2 * 4 & 15, high = block->scales_high >> 2 * j & 3;
        parts->scales[s] = (int8_t)((low | high << 4) - 32);
    }
    for (int j = 0; j < SUPER_BLOCK / BLOCK; j++) {
        read_nibbles(block->nibbles + j * BLOCK / 2, parts->codes + j * BLOCK);
    }
    for (int i = 0; i < SUPER_BLOCK; i++) parts->codes[i] = iq4_values[parts->codes[i]];
}

DEFINE_SUPER_BLOCK_FORMAT(iq4_xs, false)

static const ctk_weight_format iq4_xs_format = {
    .name = "IQ4_XS",
    .gguf_type = 23,
    .gguf_file_type = 30,
    .halves = 1,
    .scale_steps = 32,
    .largest = 32 * 127 * F16_LARGEST,
    .block_elements = SUPER_BLOCK,
    .block_bytes = sizeof(iq4_xs_block),
    .dequantize = dequantize_row_iq4_xs,
    .quantize = ctk_quantize_iq4_xs,
};

#ifdef CTK_PANELS_H
DEFINE_SUPER_PANELS(iq4_xs, .bits = 4, .values = iq4_values, .is_wide = true, .scale_columns = 32)
#endif

#endif
