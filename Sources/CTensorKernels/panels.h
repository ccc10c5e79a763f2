// Panels of sixteen rows of weights, as all vector tables pack them.
//
// One load brings 4 columns (Q8_0) or 8 (Q4_0, Q4_1) of 16 rows, or one column (F32). The including file defines Q8_SIGN:
// 0x80 where dot products want unsigned weights, else 0.
#ifndef CTK_PANELS_H
#define CTK_PANELS_H

#include "vector.h"

enum { PANEL_ROWS = LANES };

// MARK: Layouts

// Quantized blocks go in pairs, so that scales and weights all begin at multiples of 64 bytes: a load that straddles two
// cache lines counts twice, and products do little else than load. A last block without a partner takes half a pair.

typedef struct {
    uint16_t scales[2][PANEL_ROWS];
    uint8_t weights[2][BLOCK / 4][PANEL_ROWS * 4];
} q8_0_panel_pair;

typedef struct {
    uint16_t scales[2][PANEL_ROWS];
    uint8_t nibbles[2][BLOCK / 8][PANEL_ROWS * 4];
} q4_0_panel_pair;

typedef struct {
    uint16_t scales[2][PANEL_ROWS];
    uint16_t minima[2][PANEL_ROWS];
    uint8_t nibbles[2][BLOCK / 8][PANEL_ROWS * 4];
} q4_1_panel_pair;

// Packing changes the order of bytes, not their number.
_Static_assert(sizeof(q8_0_panel_pair) == 2 * PANEL_ROWS * sizeof(q8_0_block), "Q8_0 pairs are as large as their rows");
_Static_assert(sizeof(q4_0_panel_pair) == 2 * PANEL_ROWS * sizeof(q4_0_block), "Q4_0 pairs are as large as their rows");
_Static_assert(sizeof(q4_1_panel_pair) == 2 * PANEL_ROWS * sizeof(q4_1_block), "Q4_1 pairs are as large as their rows");

/// Bytes of `blocks` blocks in pairs, of which each half holds `half_bytes` of weights.
INLINE size_t pairs_bytes(size_t blocks, size_t pair_bytes, size_t half_bytes) {
    return (blocks + 1) / 2 * pair_bytes - blocks % 2 * half_bytes;
}

static size_t panel_bytes_f32(size_t columns) { return columns * PANEL_ROWS * sizeof(float); }
static size_t panel_bytes_half(size_t columns) { return columns * PANEL_ROWS * sizeof(uint16_t); }
static size_t panel_bytes_q8_0(size_t columns) {
    return pairs_bytes(columns / BLOCK, sizeof(q8_0_panel_pair), PANEL_ROWS * BLOCK);
}
static size_t panel_bytes_q4_0(size_t columns) {
    return pairs_bytes(columns / BLOCK, sizeof(q4_0_panel_pair), PANEL_ROWS * BLOCK / 2);
}
static size_t panel_bytes_q4_1(size_t columns) {
    return pairs_bytes(columns / BLOCK, sizeof(q4_1_panel_pair), PANEL_ROWS * BLOCK / 2);
}

// MARK: Packing, from any address: a file promises no alignment.

static void pack_f32(const void *file, size_t rows, size_t columns, void *panel) {
    const uint8_t *in = file;
    float *out = panel;
    memset(panel, 0, panel_bytes_f32(columns));
    for (size_t r = 0; r < rows; r++) {
        for (size_t c = 0; c < columns; c++, in += 4) memcpy(out + c * PANEL_ROWS + r, in, 4);
    }
}

static void pack_half(const void *file, size_t rows, size_t columns, void *panel) {
    const uint8_t *in = file;
    uint16_t *out = panel;
    memset(panel, 0, panel_bytes_half(columns));
    for (size_t r = 0; r < rows; r++) {
        for (size_t c = 0; c < columns; c++, in += 2) memcpy(out + c * PANEL_ROWS + r, in, 2);
    }
}

static void pack_q8_0(const void *file, size_t rows, size_t columns, void *panel) {
    size_t blocks = columns / BLOCK;
    q8_0_panel_pair *out = panel;
    memset(panel, 0, panel_bytes_q8_0(columns));
    for (size_t b = 0; b < blocks; b++) {
        for (size_t r = 0; r < rows; r++) {
            const q8_0_block *in = (const q8_0_block *)file + r * blocks + b;
            out[b / 2].scales[b % 2][r] = in->scale;
            for (int g = 0; g < BLOCK / 4; g++) {
                uint32_t weights;
                memcpy(&weights, in->values + 4 * g, 4);
                weights ^= Q8_SIGN * 0x01010101u;
                memcpy(out[b / 2].weights[b % 2][g] + 4 * r, &weights, 4);
            }
        }
    }
}

/// Group g of four bytes holds columns 4g...4g+3 in its low nibbles and 16 more in its high ones, as in the file.
INLINE void pack_nibbles(const uint8_t *in, size_t row, uint8_t out[BLOCK / 8][PANEL_ROWS * 4]) {
    for (int g = 0; g < BLOCK / 8; g++) memcpy(out[g] + row * 4, in + 4 * g, 4);
}

static void pack_q4_0(const void *file, size_t rows, size_t columns, void *panel) {
    size_t blocks = columns / BLOCK;
    q4_0_panel_pair *out = panel;
    memset(panel, 0, panel_bytes_q4_0(columns));
    for (size_t b = 0; b < blocks; b++) {
        for (size_t r = 0; r < rows; r++) {
            const q4_0_block *in = (const q4_0_block *)file + r * blocks + b;
            out[b / 2].scales[b % 2][r] = in->scale;
            pack_nibbles(in->nibbles, r, out[b / 2].nibbles[b % 2]);
        }
    }
}

static void pack_q4_1(const void *file, size_t rows, size_t columns, void *panel) {
    size_t blocks = columns / BLOCK;
    q4_1_panel_pair *out = panel;
    memset(panel, 0, panel_bytes_q4_1(columns));
    for (size_t b = 0; b < blocks; b++) {
        for (size_t r = 0; r < rows; r++) {
            const q4_1_block *in = (const q4_1_block *)file + r * blocks + b;
            out[b / 2].scales[b % 2][r] = in->scale;
            out[b / 2].minima[b % 2][r] = in->minimum;
            pack_nibbles(in->nibbles, r, out[b / 2].nibbles[b % 2]);
        }
    }
}

// MARK: Unpacking: a row is put back into its file form, which the one naive dequantizer reads.

static void unpack_row_f32(const void *panel, size_t row, size_t columns, float *out) {
    for (size_t c = 0; c < columns; c++) out[c] = ((const float *)panel)[c * PANEL_ROWS + row];
}

static void unpack_row_f16(const void *panel, size_t row, size_t columns, float *out) {
    for (size_t c = 0; c < columns; c++) out[c] = f16_to_float(((const uint16_t *)panel)[c * PANEL_ROWS + row]);
}

static void unpack_row_bf16(const void *panel, size_t row, size_t columns, float *out) {
    for (size_t c = 0; c < columns; c++) out[c] = bf16_to_float(((const uint16_t *)panel)[c * PANEL_ROWS + row]);
}

static void unpack_row_q8_0(const void *panel, size_t row, size_t columns, float *out) {
    const q8_0_panel_pair *in = panel;
    for (size_t b = 0; b < columns / BLOCK; b++) {
        q8_0_block block = {.scale = in[b / 2].scales[b % 2][row]};
        for (int c = 0; c < BLOCK; c++) {
            block.values[c] = (int8_t)(in[b / 2].weights[b % 2][c / 4][row * 4 + c % 4] ^ Q8_SIGN);
        }
        ctk_dequantize_row(CTK_Q8_0, &block, BLOCK, out + b * BLOCK);
    }
}

INLINE void unpack_nibbles(const uint8_t in[BLOCK / 8][PANEL_ROWS * 4], size_t row, uint8_t *out) {
    for (int g = 0; g < BLOCK / 8; g++) memcpy(out + 4 * g, in[g] + row * 4, 4);
}

static void unpack_row_q4_0(const void *panel, size_t row, size_t columns, float *out) {
    const q4_0_panel_pair *in = panel;
    for (size_t b = 0; b < columns / BLOCK; b++) {
        q4_0_block block = {.scale = in[b / 2].scales[b % 2][row]};
        unpack_nibbles(in[b / 2].nibbles[b % 2], row, block.nibbles);
        ctk_dequantize_row(CTK_Q4_0, &block, BLOCK, out + b * BLOCK);
    }
}

static void unpack_row_q4_1(const void *panel, size_t row, size_t columns, float *out) {
    const q4_1_panel_pair *in = panel;
    for (size_t b = 0; b < columns / BLOCK; b++) {
        q4_1_block block = {.scale = in[b / 2].scales[b % 2][row], .minimum = in[b / 2].minima[b % 2][row]};
        unpack_nibbles(in[b / 2].nibbles[b % 2], row, block.nibbles);
        ctk_dequantize_row(CTK_Q4_1, &block, BLOCK, out + b * BLOCK);
    }
}

#endif
