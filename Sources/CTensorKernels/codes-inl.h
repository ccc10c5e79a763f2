// The codes of quantized weights in panels of sixteen rows, for all formats.
//
// A line, 64 bytes, has four bytes of each row, and 32 columns take as many lines as a code has bits. Columns are in
// groups of four, whose codes are in four adjacent bytes. Codes are whole wherever possible, because a mask is faster
// than a shift: a byte has as many as fit, one of five, six or eight bits, two of three or four, or four of two. Only
// the codes of the remaining groups (three of five bits, two of three or six) are in pieces, which fill the bits above
// whole codes. Groups are in the order in which they need new lines, so that reading is sequential.
#ifndef CTK_CODES_H
#define CTK_CODES_H

#include "panels-inl.h"

/// Describes the codes of a format. A code stores its value + offset or, if there is a table of `values`, an index.
typedef struct {
    const ctk_weight_format *facts;
    /// 2, 3, 4, 5, 6 or 8.
    int bits;
    int offset;
    const int8_t *values;
    /// Whether values need all bits of signed bytes. They are then multiplied by dot_q8, and `offset` is not used.
    bool is_wide;
    /// In super-blocks, 16 or 32: the number of columns that share an integer scale.
    int scale_columns;
} code_format;

enum { LINE_BYTES = PANEL_ROWS * 4, GROUPS = BLOCK / 4, HALF_GROUPS = GROUPS / 2 };

/// Bytes of the codes of 32 columns.
INLINE size_t code_bytes(code_format f) { return (size_t)f.bits * LINE_BYTES; }

/// The number that weights are too large by in a dot product.
INLINE int code_offset(code_format f) { return f.is_wide ? Q8_SIGN : f.offset; }

// MARK: Places

/// Bits of codes: those of `mask` after the bytes of a line have been shifted right.
typedef struct {
    int line;
    int shift;
    uint8_t mask;
} code_piece;

enum { PIECES = 3 };

/// The place of a group's codes. The pieces together are the codes times 2^position; unused ones have no bits.
typedef struct {
    int position;
    code_piece pieces[PIECES];
} code_place;

INLINE code_place whole_codes(int bits, int line, int position) {
    return (code_place){position, {{line, 0, (uint8_t)(((1 << bits) - 1) << position)}}};
}

/// Returns the place of columns 4 * group ... + 3 of 32. With two, three and six bits, 16 columns have a scale of their
/// own, so each half of the groups has its own lines or positions.
INLINE code_place group_place(int bits, int group) {
    int half = group / HALF_GROUPS, quarter = group % HALF_GROUPS;
    switch (bits) {
    case 2: return whole_codes(bits, quarter % 2, half * 4 + quarter / 2 * 2);
    case 3:
        if (quarter < 3) return whole_codes(bits, quarter, half * 3);
        if (half == 0) return (code_place){0, {{1, 5, 0x04}, {0, 6, 0x03}}};
        return (code_place){3, {{2, 2, 0x30}, {1, 3, 0x08}}};
    case 4: return whole_codes(bits, group / 2, group % 2 * 4);
    case 5:
        switch (group) {
        case 2: return (code_place){3, {{0, 0, 0xe0}, {1, 3, 0x18}}};
        case 5: return (code_place){3, {{2, 0, 0xe0}, {1, 1, 0x10}, {3, 2, 0x08}}};
        case 7: return (code_place){3, {{4, 0, 0xe0}, {3, 3, 0x18}}};
        default: return whole_codes(bits, group - group / 3, 0);
        }
    case 6:
        if (quarter < 3) return whole_codes(bits, half * 3 + quarter, 0);
        return (code_place){0, {{half * 3 + 2, 2, 0x30}, {half * 3 + 1, 4, 0x0c}, {half * 3, 6, 0x03}}};
    default: return whole_codes(bits, group, 0);
    }
}

/// The position at which codes of half a block are multiplied.
INLINE int half_position(int bits, int half) { return bits < 4 ? group_place(bits, half * HALF_GROUPS).position : 0; }

/// The number of lines that the first groups need.
INLINE int lines_of(int bits, int groups) {
    int lines = 0;
    UNROLL for (int g = 0; g < groups; g++) {
        code_place place = group_place(bits, g);
        UNROLL for (int i = 0; i < PIECES; i++) {
            if (place.pieces[i].mask && place.pieces[i].line >= lines) lines = place.pieces[i].line + 1;
        }
    }
    return lines;
}

// MARK: Packing

INLINE uint32_t four_bytes(uint8_t byte) { return byte * 0x01010101u; }

/// Packs 32 values of one row. Shifts of words are shifts of their bytes, because no piece crosses a byte.
INLINE void pack_codes(code_format f, const int8_t *values, size_t row, uint8_t *panel) {
    vbytes_32 x, indices = (vbytes_32)(0);
    memcpy(&x, values, sizeof x);
    if (f.values) {
        // Of two codes of MXFP4's zero, either will do.
        UNROLL for (int v = 0; v < 16; v++) indices |= (x == f.values[v]) & (int8_t)v;
    }
    vbytes_32 codes = f.values ? indices : x + (int8_t)code_offset(f);
    uint32_t groups[GROUPS], lines[GROUPS] = {0};
    memcpy(groups, &codes, sizeof groups);
    UNROLL for (int g = 0; g < GROUPS; g++) {
        code_place place = group_place(f.bits, g);
        UNROLL for (int i = 0; i < PIECES; i++) {
            code_piece piece = place.pieces[i];
            lines[piece.line] |= (groups[g] << place.position & four_bytes(piece.mask)) << piece.shift;
        }
    }
    UNROLL for (int l = 0; l < f.bits; l++) memcpy(panel + l * LINE_BYTES + row * 4, lines + l, 4);
}

/// The inverse of pack_codes.
INLINE void unpack_codes(code_format f, const uint8_t *panel, size_t row, int8_t *values) {
    uint32_t groups[GROUPS] = {0}, lines[GROUPS];
    UNROLL for (int l = 0; l < f.bits; l++) memcpy(lines + l, panel + l * LINE_BYTES + row * 4, 4);
    UNROLL for (int g = 0; g < GROUPS; g++) {
        code_place place = group_place(f.bits, g);
        UNROLL for (int i = 0; i < PIECES; i++) {
            code_piece piece = place.pieces[i];
            groups[g] |= (lines[piece.line] >> piece.shift & four_bytes(piece.mask)) >> place.position;
        }
    }
    uint8_t codes[BLOCK];
    memcpy(codes, groups, sizeof codes);
    for (int i = 0; i < BLOCK; i++) values[i] = f.values ? f.values[codes[i]] : (int8_t)(codes[i] - code_offset(f));
}

// MARK: Dot products

/// Loads one signed byte of each row.
INLINE vi load_row_bytes(const uint8_t *bytes) {
    vbytes_16 v;
    memcpy(&v, bytes, sizeof v);
    return __builtin_convertvector(v, vi);
}

/// A shift of 16-bit integers moves bits into the neighbouring byte; each use masks them.
INLINE vbytes shifted_right(vbytes x, int bits) { return (vbytes)((vwords)x >> (uint16_t)bits); }

/// Returns the codes of a group, times 2^position.
INLINE vbytes group_codes(int bits, const vbytes *lines, int group, int position) {
    if (bits == 8) return lines[group];
    code_place place = group_place(bits, group);
    int lower = place.position - position;
    vbytes codes = (vbytes)(0);
    uint8_t mask = 0;
    UNROLL for (int i = 0; i < PIECES; i++) {
        code_piece piece = place.pieces[i];
        uint8_t part = (uint8_t)(piece.mask >> lower);
        if (part == 0) break;
        vbytes bytes = shifted_right(lines[piece.line], piece.shift + lower);
        // The bits below are replaced by the next piece, or are not in the mask.
        codes = i == 0 ? bytes : merge_bits(codes, bytes, part | (part - 1));
        mask |= part;
    }
    return codes & mask;
}

/// Returns what dot_u7 or dot_q8 takes for the same columns.
INLINE vbytes group_weights(code_format f, const vbytes *lines, int group, int position) {
    vbytes codes = group_codes(f.bits, lines, group, position);
    if (!f.values) return codes;
    vbytes_16 table;
    memcpy(&table, f.values, sizeof table);
    return lookup_16(table ^ (int8_t)code_offset(f), codes);
}

/// The same, of groups in order: loads the lines that a group is the first to need.
INLINE vbytes next_weights(code_format f, const uint8_t *panel, vbytes *lines, int group, int position) {
    UNROLL for (int l = lines_of(f.bits, group); l < lines_of(f.bits, group + 1); l++) {
        lines[l] = load_bytes(panel + l * LINE_BYTES);
    }
    return group_weights(f, lines, group, position);
}

/// Adds the dot products of a group with `tokens` tokens, whose values are `stride` bytes apart.
INLINE void dot_group(
    code_format f, vbytes weights, int group, const int8_t *values, size_t stride, int tokens, vi *dots) {
    UNROLL for (int t = 0; t < tokens; t++, values += stride) {
        dots[t] = f.is_wide ? dot_q8(dots[t], weights, values, group) : dot_u7(dots[t], weights, values, group);
    }
}

/// Adds the dot products of 16 columns, times 2^half_position. The second half reads lines that the first has loaded.
INLINE void dot_half(
    code_format f, const uint8_t *panel, vbytes *lines, int half, const int8_t *values, size_t stride, int tokens,
    vi *dots) {
    int position = half_position(f.bits, half);
    UNROLL for (int g = half * HALF_GROUPS; g < (half + 1) * HALF_GROUPS; g++) {
        dot_group(f, next_weights(f, panel, lines, g, position), g, values, stride, tokens, dots);
    }
}

/// The number of bits by which dot_block shifts its first sums to the right. With few tokens, the sums of groups whose
/// codes are at the upper end of bytes are shifted, instead of the codes of each group.
INLINE int sum_shift(code_format f, int tokens) { return tokens <= SHIFTED_SUMS && !f.values ? 8 - f.bits : 0; }

/// Adds the dot products of 32 columns to `dots`, which are times 2^sum_shift before.
INLINE void dot_block(
    code_format f, const uint8_t *panel, const int8_t *values, size_t stride, int tokens, vi *dots) {
    vbytes lines[GROUPS];
    int shift = sum_shift(f, tokens), groups_per_line = 8 / f.bits;
    if (shift > 0) {
        vi others[TOKENS_AT_ONCE];
        UNROLL for (int t = 0; t < tokens; t++) others[t] = (vi)(0);
        UNROLL for (int g = 0; g < GROUPS; g++) {
            int position = group_place(f.bits, g).position;
            vbytes weights = next_weights(f, panel, lines, g, position);
            dot_group(f, weights, g, values, stride, tokens, position > 0 ? dots : others);
        }
        UNROLL for (int t = 0; t < tokens; t++) dots[t] = (dots[t] >> shift) + others[t];
    } else if (groups_per_line * f.bits == GROUPS) {
        EACH_LINE for (int l = 0; l < f.bits; l++) {
            lines[0] = load_bytes(panel + l * LINE_BYTES);
            UNROLL for (int i = 0; i < groups_per_line; i++) {
                vbytes weights = group_weights(f, lines, i, 0);
                dot_group(f, weights, l * groups_per_line + i, values, stride, tokens, dots);
            }
        }
    } else {
        UNROLL for (int g = 0; g < GROUPS; g++) {
            dot_group(f, next_weights(f, panel, lines, g, 0), g, values, stride, tokens, dots);
        }
    }
}

/// Starts to load lines that the code needs in another order. Hardware prefetches only sequential reads.
INLINE void touch_lines(const uint8_t *lines, size_t bytes) {
    UNROLL for (size_t i = 0; i < bytes; i += 64) prefetch_l1(lines + i, 0);
}

INLINE void prefetch_lines(const uint8_t *weights, size_t bytes, int tokens) {
    UNROLL for (size_t i = 0; i < bytes; i += 64) prefetch(weights + i, tokens);
}

#endif
