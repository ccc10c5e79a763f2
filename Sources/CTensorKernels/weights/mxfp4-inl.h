// MXFP4: 32 elements of FP4 (E2M1) with one power of two as their scale (OCP Microscaling Formats 1.0; llama.cpp,
// "block_mxfp4"). Codes are twice the numbers' values, and scales half as large.
#ifndef CTK_MXFP4_H
#define CTK_MXFP4_H

#include "../quantize/quantizers.h"
#include "../small_blocks.h"

typedef FILE_BLOCK {
    uint8_t exponent;
    uint8_t nibbles[BLOCK / 2];
} mxfp4_block;

_Static_assert(sizeof(mxfp4_block) == 17, "MXFP4 takes 17 bytes for 32 elements");

/// Twice the values of the codes.
static const int8_t mxfp4_values[16] = {0, 1, 2, 3, 4, 6, 8, 12, 0, -1, -2, -3, -4, -6, -8, -12};

static inline void read_mxfp4(const mxfp4_block *block, small_block *parts) {
    parts->scale = mxfp4_scale(block->exponent);
    read_nibbles(block->nibbles, parts->codes);
    for (int i = 0; i < BLOCK; i++) parts->codes[i] = mxfp4_values[parts->codes[i]];
}

DEFINE_SMALL_BLOCK_FORMAT(mxfp4, false)

static const ctk_weight_format mxfp4_format = {
    .name = "MXFP4",
    .gguf_type = 39,
    .gguf_file_type = 38,
    .largest = 12 * 0x1p124f,
    .block_elements = BLOCK,
    .block_bytes = sizeof(mxfp4_block),
    .dequantize = dequantize_row_mxfp4,
    .quantize = ctk_quantize_mxfp4,
};

#ifdef CTK_PANELS_H
DEFINE_SMALL_PANELS(mxfp4, .bits = 4, .values = mxfp4_values, .is_wide = true)
#endif

#endif
