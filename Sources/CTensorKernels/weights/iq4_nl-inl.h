// IQ4_NL: 32 elements d * v[q], with a half-precision scale d, nibbles q and sixteen values v that are denser near 0
// (llama.cpp, "block_iq4_nl").
#ifndef CTK_IQ4_NL_H
#define CTK_IQ4_NL_H

#include "../quantize/quantizers.h"
#include "../small_blocks.h"

typedef FILE_BLOCK {
    uint16_t scale;
    uint8_t nibbles[BLOCK / 2];
} iq4_nl_block;

_Static_assert(sizeof(iq4_nl_block) == 18, "IQ4_NL takes 18 bytes for 32 elements");

static inline void read_iq4_nl(const iq4_nl_block *block, small_block *parts) {
    parts->scale = f16_to_float(block->scale);
    read_nibbles(block->nibbles, parts->codes);
    for (int i = 0; i < BLOCK; i++) parts->codes[i] = iq4_values[parts->codes[i]];
}

DEFINE_SMALL_BLOCK_FORMAT(iq4_nl, false)

static const ctk_weight_format iq4_nl_format = {
    .name = "IQ4_NL",
    .gguf_type = 20,
    .gguf_file_type = 25,
    .halves = 1,
    .largest = 127 * F16_LARGEST,
    .block_elements = BLOCK,
    .block_bytes = sizeof(iq4_nl_block),
    .dequantize = dequantize_row_iq4_nl,
    .quantize = ctk_quantize_iq4_nl,
};

#ifdef CTK_PANELS_H
DEFINE_SMALL_PANELS(iq4_nl, .bits = 4, .values = iq4_values, .is_wide = true)
#endif

#endif
