// BF16 products with vdpbf16ps: two columns of sixteen rows at a time, with activations rounded to BF16.
//
// The instruction's order is defined: sum = fma(w0, x0, fma(w1, x1, sum)). Every step rounds to nearest, ties to even,
// and inputs and results below 2^-126 count as zero.
#ifndef CTK_BF16_PAIRS_H
#define CTK_BF16_PAIRS_H

#include "products-inl.h"

/// An odd last column is paired with zeros.
static size_t column_pairs(size_t columns) { return (columns + 1) / 2; }

static size_t panel_bytes_bf16_pairs(size_t columns) {
    return column_pairs(columns) * PANEL_ROWS * 2 * sizeof(uint16_t);
}

static void pack_bf16_pairs(const void *file, size_t rows, size_t columns, void *panel) {
    const uint8_t *in = file;
    uint16_t *out = panel;
    memset(panel, 0, panel_bytes_bf16_pairs(columns));
    for (size_t r = 0; r < rows; r++) {
        for (size_t c = 0; c < columns; c++, in += 2) memcpy(out + (c / 2 * PANEL_ROWS + r) * 2 + c % 2, in, 2);
    }
}

static void unpack_row_bf16_pairs(const void *panel, size_t row, size_t columns, float *out) {
    const uint16_t *in = panel;
    for (size_t c = 0; c < columns; c++) out[c] = bf16_to_float(in[(c / 2 * PANEL_ROWS + row) * 2 + c % 2]);
}

enum { ACTIVATIONS_bf16_pairs = CTK_ACTIVATIONS_BF16_PAIRS, COLUMNS_bf16_pairs = 2 };
typedef uint32_t bf16_pairs_activation;
static size_t activations_bf16_pairs(size_t columns) { return column_pairs(columns); }

static size_t prepared_bytes_bf16_pairs(size_t columns, size_t count) {
    return column_pairs(columns) * count * sizeof(uint32_t);
}

static void prepare_bf16_pairs(
    const float *x, size_t columns, size_t count, ctk_activation_part part, void *prepared) {
    for (size_t t = part.first_token; t < part.last_token; t++) {
        token_place place = place_of(t, count, column_pairs(columns));
        uint32_t *out = (uint32_t *)prepared + place.first;
        for (size_t p = part.first_column / 2; p < column_pairs(part.last_column); p++) {
            uint32_t even = float_to_bf16(x[t * columns + 2 * p]);
            uint32_t odd = 2 * p + 1 < columns ? float_to_bf16(x[t * columns + 2 * p + 1]) : 0;
            out[p * place.step] = even | odd << 16;
        }
    }
}

INLINE void bf16_pairs_tile(const void *panel, size_t columns, const uint32_t *x, int tokens, vf *sums) {
    UNROLL for (int t = 0; t < tokens; t++) sums[t] = splat(0);
    for (size_t p = 0; p < column_pairs(columns); p++, x += tokens) {
        const uint8_t *pair = (const uint8_t *)panel + p * PANEL_ROWS * 4;
        prefetch(pair, tokens);
        __m512i weights = _mm512_load_si512(pair);
        UNROLL for (int t = 0; t < tokens; t++) {
            sums[t] = _mm512_dpbf16_ps(sums[t], (__m512bh)weights, (__m512bh)_mm512_set1_epi32((int32_t)x[t]));
        }
    }
}

DEFINE_PRODUCT(bf16_pairs, bf16_pairs)

#endif
