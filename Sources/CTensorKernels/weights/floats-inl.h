// F32, F16 and BF16: blocks of one element.
#ifndef CTK_FLOATS_H
#define CTK_FLOATS_H

#include "../formats.h"

typedef FILE_BLOCK {
    float value;
} f32_block;

typedef FILE_BLOCK {
    uint16_t value;
} f16_block;

typedef f16_block bf16_block;

static inline void dequantize_f32(const f32_block *block, float *x) { *x = block->value; }
static inline void dequantize_f16(const f16_block *block, float *x) { *x = f16_to_float(block->value); }
static inline void dequantize_bf16(const bf16_block *block, float *x) { *x = bf16_to_float(block->value); }
static inline void quantize_f16(const float *x, f16_block *block) { block->value = float_to_f16(*x); }
static inline void quantize_bf16(const float *x, bf16_block *block) { block->value = float_to_bf16(*x); }

static inline void dequantize_row_f32(const void *file, size_t columns, float *x) {
    memcpy(x, file, columns * sizeof *x);
}
static inline void quantize_row_f32(const float *x, const float *importance, size_t columns, void *file) {
    (void)importance;
    memcpy(file, x, columns * sizeof *x);
}

DEFINE_DEQUANTIZED_ROW(f16, 1)
DEFINE_DEQUANTIZED_ROW(bf16, 1)
DEFINE_QUANTIZED_ROW(f16, 1)
DEFINE_QUANTIZED_ROW(bf16, 1)

/// A format's naive product, one fma per column.
#define DEFINE_FLOAT_DOT(NAME)                                                                                       \
    static inline float dot_##NAME(const void *row, size_t columns, const void *x) {                                 \
        float sum = 0;                                                                                               \
        for (size_t c = 0; c < columns; c++) {                                                                       \
            float weight;                                                                                            \
            dequantize_##NAME((const NAME##_block *)row + c, &weight);                                               \
            sum = fmaf(weight, ((const float *)x)[c], sum);                                                          \
        }                                                                                                            \
        return sum;                                                                                                  \
    }

DEFINE_FLOAT_DOT(f32)
DEFINE_FLOAT_DOT(f16)
DEFINE_FLOAT_DOT(bf16)

static const ctk_weight_format f32_format = {
    .name = "F32",
    .gguf_type = 0,
    .gguf_file_type = 0,
    .block_elements = 1,
    .block_bytes = sizeof(f32_block),
    .largest = F32_LARGEST,
    .dequantize = dequantize_row_f32,
    .quantize = quantize_row_f32,
};

static const ctk_weight_format f16_format = {
    .name = "F16",
    .gguf_type = 1,
    .gguf_file_type = 1,
    .block_elements = 1,
    .block_bytes = sizeof(f16_block),
    .halves = 1,
    .largest = F16_LARGEST,
    .dequantize = dequantize_row_f16,
    .quantize = quantize_row_f16,
};

static const ctk_weight_format bf16_format = {
    .name = "BF16",
    .gguf_type = 30,
    .gguf_file_type = 32,
    .block_elements = 1,
    .block_bytes = sizeof(bf16_block),
    .largest = BF16_LARGEST,
    .dequantize = dequantize_row_bf16,
    .quantize = quantize_row_bf16,
};

#ifdef CTK_PANELS_H

/// Multiplies one panel with `tokens` tokens; `x` is [columns][tokens].
INLINE void float_tile(int format, const void *panel, size_t columns, const float *x, int tokens, vf *sums) {
    UNROLL for (int t = 0; t < tokens; t++) sums[t] = splat(0);
    for (size_t c = 0; c < columns; c++, x += tokens) {
        vf weights = format == CTK_F32 ? load((const float *)panel + c * PANEL_ROWS)
            : format == CTK_F16        ? load_f16((const uint16_t *)panel + c * PANEL_ROWS)
                                       : load_bf16((const uint16_t *)panel + c * PANEL_ROWS);
        UNROLL for (int t = 0; t < tokens; t++) sums[t] = fma16(weights, splat(x[t]), sums[t]);
    }
}

/// Defines a format's panels, which are [column][row].
#define DEFINE_FLOAT_PANELS(FORMAT, NAME)                                                                            \
    static size_t panel_bytes_##NAME(size_t columns) { return columns * PANEL_ROWS * sizeof(NAME##_block); }         \
    static void pack_##NAME(const void *file, size_t rows, size_t columns, void *panel) {                            \
        const NAME##_block *in = file;                                                                               \
        NAME##_block *out = panel;                                                                                   \
        memset(panel, 0, panel_bytes_##NAME(columns));                                                               \
        for (size_t r = 0; r < rows; r++) {                                                                          \
            for (size_t c = 0; c < columns; c++, in++) out[c * PANEL_ROWS + r] = *in;                                \
        }                                                                                                            \
    }                                                                                                                \
    static void unpack_row_##NAME(const void *panel, size_t row, size_t columns, float *out) {                       \
        for (size_t c = 0; c < columns; c++) {                                                                       \
            dequantize_##NAME((const NAME##_block *)panel + c * PANEL_ROWS + row, out + c);                          \
        }                                                                                                            \
    }                                                                                                                \
    INLINE void NAME##_tile(const void *panel, size_t columns, const float *x, int tokens, vf *sums) {               \
        float_tile(FORMAT, panel, columns, x, tokens, sums);                                                         \
    }

DEFINE_FLOAT_PANELS(CTK_F32, f32)
DEFINE_FLOAT_PANELS(CTK_F16, f16)
DEFINE_FLOAT_PANELS(CTK_BF16, bf16)

#endif
#endif
