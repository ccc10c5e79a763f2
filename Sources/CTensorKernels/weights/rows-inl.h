// Panels of formats that have no vector kernels yet: rows as in the file, multiplied one by one.
#ifndef CTK_ROWS_H
#define CTK_ROWS_H

#include "../weights-inl.h"

#define DEFINE_ROW_PANELS(FORMAT, NAME, FORM)                                                                        \
    static size_t panel_bytes_##NAME(size_t columns) {                                                               \
        return (PANEL_ROWS * ctk_file_row_bytes(FORMAT, columns) + 63) / 64 * 64;                                    \
    }                                                                                                                \
    static void pack_##NAME(const void *file, size_t rows, size_t columns, void *panel) {                            \
        memset(panel, 0, panel_bytes_##NAME(columns));                                                               \
        memcpy(panel, file, rows * ctk_file_row_bytes(FORMAT, columns));                                             \
    }                                                                                                                \
    static void unpack_row_##NAME(const void *panel, size_t row, size_t columns, float *out) {                       \
        dequantize_row_##NAME((const uint8_t *)panel + row * ctk_file_row_bytes(FORMAT, columns), columns, out);     \
    }                                                                                                                \
    INLINE void NAME##_tile(const void *panel, size_t columns, const FORM##_activation *x, int tokens, vf *sums) {   \
        for (int r = 0; r < PANEL_ROWS; r++) {                                                                       \
            const uint8_t *row = (const uint8_t *)panel + (size_t)r * ctk_file_row_bytes(FORMAT, columns);           \
            for (int t = 0; t < tokens; t++) sums[t][r] = stepped_dot_##NAME(row, columns, x + t, (size_t)tokens);   \
        }                                                                                                            \
    }

DEFINE_ROW_PANELS(CTK_Q5_0, q5_0, quantized)
DEFINE_ROW_PANELS(CTK_Q5_1, q5_1, quantized)
DEFINE_ROW_PANELS(CTK_Q6_K, q6_k, quantized_256)
DEFINE_ROW_PANELS(CTK_Q5_K, q5_k, quantized_256)
DEFINE_ROW_PANELS(CTK_Q4_K, q4_k, quantized_256)
DEFINE_ROW_PANELS(CTK_Q3_K, q3_k, quantized_256)
DEFINE_ROW_PANELS(CTK_Q2_K, q2_k, quantized_256)
DEFINE_ROW_PANELS(CTK_IQ4_NL, iq4_nl, quantized)
DEFINE_ROW_PANELS(CTK_IQ4_XS, iq4_xs, quantized_256)
DEFINE_ROW_PANELS(CTK_MXFP4, mxfp4, quantized)

#endif
