// Panels of sixteen rows for smmla, which multiplies two rows by two tokens over eight columns. One 16-byte load brings
// eight columns of one row and the same columns of the next.
//
// A block of a panel holds scales, minima if the format has them, then [row pair][group of eight][row of the pair].
#ifndef CTK_ROW_PAIRS_H
#define CTK_ROW_PAIRS_H

#include "panels-inl.h"
#include "weights-inl.h"

enum { ROW_PAIRS = PANEL_ROWS / 2, DEPTH = 8 };

/// The quantized formats that are packed like this. All others use the panels of all vector tables, and sdot.
#define EACH_ROW_PAIR_FORMAT(FORMAT)                                                                                 \
    FORMAT(Q8_0, q8_0)                                                                                               \
    FORMAT(Q4_0, q4_0)                                                                                               \
    FORMAT(Q4_1, q4_1)

/// Describes a block of such a format in a file: `halves` F16 numbers (scale, minimum), then `groups` of eight bytes.
typedef struct {
    int format;
    size_t halves;
    size_t groups;
} quantized_format;

// Nibbles: byte i holds columns i and i + 16, so two groups of bytes make four of columns.
static const quantized_format q8_0 = {CTK_Q8_0, 1, 4}, q4_0 = {CTK_Q4_0, 1, 2}, q4_1 = {CTK_Q4_1, 2, 2};

INLINE size_t file_block_bytes(quantized_format f) { return 2 * f.halves + f.groups * DEPTH; }

INLINE size_t row_pairs_bytes(quantized_format f, size_t columns) {
    return columns / BLOCK * PANEL_ROWS * file_block_bytes(f);
}

/// The offset of half `half` of row `row` in a panel's block.
INLINE size_t half_offset(size_t half, size_t row) { return (half * PANEL_ROWS + row) * 2; }

/// The offset of eight bytes of weights of row `row` in a panel's block.
INLINE size_t group_offset(quantized_format f, size_t row, size_t group) {
    return half_offset(f.halves, 0) + ((row / 2 * f.groups + group) * 2 + row % 2) * DEPTH;
}

INLINE void pack_row_pairs(quantized_format f, const void *file, size_t rows, size_t columns, void *panel) {
    const uint8_t *in = file;
    memset(panel, 0, row_pairs_bytes(f, columns));
    for (size_t r = 0; r < rows; r++) {
        uint8_t *out = panel;
        for (size_t b = 0; b < columns / BLOCK; b++, out += PANEL_ROWS * file_block_bytes(f)) {
            for (size_t h = 0; h < f.halves; h++, in += 2) memcpy(out + half_offset(h, r), in, 2);
            for (size_t g = 0; g < f.groups; g++, in += DEPTH) memcpy(out + group_offset(f, r, g), in, DEPTH);
        }
    }
}

/// Restores each block's file layout, which the format's only dequantizer reads.
INLINE void unpack_row_pairs(quantized_format f, const void *panel, size_t row, size_t columns, float *out) {
    const uint8_t *in = panel;
    for (size_t b = 0; b < columns / BLOCK; b++, in += PANEL_ROWS * file_block_bytes(f)) {
        uint8_t block[sizeof(q8_0_block)], *at = block;
        for (size_t h = 0; h < f.halves; h++, at += 2) memcpy(at, in + half_offset(h, row), 2);
        for (size_t g = 0; g < f.groups; g++, at += DEPTH) memcpy(at, in + group_offset(f, row, g), DEPTH);
        ctk_dequantize_row(f.format, block, BLOCK, out + b * BLOCK);
    }
}

#endif
