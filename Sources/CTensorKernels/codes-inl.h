// The codes of quantized weights in panels of sixteen rows, for all formats.
//
// A panel divides the bits of codes into planes, the lowest first: nibbles, pairs of bits and single bits, one of each
// kind at most (5 bits: nibbles and single bits; 3 bits: pairs and single bits). A group, 64 bytes, has four bytes of
// each row, and 32 columns take as many groups as a code has bits. With g = 0...7 for columns 4g ... 4g + 3:
//
//     bytes      group g
//     nibbles    group g % 4, its high nibbles if g >= 4
//     pairs      group g / 4, from bit g % 4 * 2 on
//     bits       one group, bit g
//
// So each half of a block, 16 columns, is unpacked by the same few shifts.
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

enum { GROUP_BYTES = PANEL_ROWS * 4, GROUPS = BLOCK / 4, HALF_GROUPS = GROUPS / 2 };

/// Bytes of the codes of 32 columns.
INLINE size_t code_bytes(code_format f) { return (size_t)f.bits * GROUP_BYTES; }

/// The number that weights are too large by in a dot product.
INLINE int code_offset(code_format f) { return f.is_wide ? Q8_SIGN : f.offset; }

// MARK: Packing

/// Joins the fields of `bits` bits that start at bit `from` of `count` codes, four bytes at a time.
INLINE void join_fields(const uint8_t *codes, int count, int from, int bits, uint8_t out[4]) {
    memset(out, 0, 4);
    for (int i = 0; i < count; i++) out[i % 4] |= (uint8_t)((codes[i] >> from & ((1 << bits) - 1)) << i / 4 * bits);
}

INLINE void split_fields(const uint8_t in[4], int count, int to, int bits, uint8_t *codes) {
    for (int i = 0; i < count; i++) codes[i] |= (uint8_t)((in[i % 4] >> i / 4 * bits & ((1 << bits) - 1)) << to);
}

/// Packs 32 values of one row.
INLINE void pack_codes(code_format f, const int8_t *values, size_t row, uint8_t *panel) {
    uint8_t codes[BLOCK] = {0}, groups[GROUPS][4], (*next)[4] = groups;
    if (f.values) {
        for (int v = 0; v < 16; v++) {
            for (int i = 0; i < BLOCK; i++) codes[i] = values[i] == f.values[v] ? (uint8_t)v : codes[i];
        }
    } else {
        for (int i = 0; i < BLOCK; i++) codes[i] = (uint8_t)(values[i] + code_offset(f));
    }
    if (f.bits == 8) memcpy(groups, codes, sizeof codes);
    if (f.bits & 4) {
        for (int i = 0; i < BLOCK / 2; i++) {
            groups[i / 4][i % 4] = (uint8_t)((codes[i] & 15) | codes[i + BLOCK / 2] << 4);
        }
        next += HALF_GROUPS;
    }
    if (f.bits & 2) {
        join_fields(codes, BLOCK / 2, f.bits & 4, 2, *next++);
        join_fields(codes + BLOCK / 2, BLOCK / 2, f.bits & 4, 2, *next++);
    }
    if (f.bits & 1) join_fields(codes, BLOCK, f.bits & 6, 1, *next);
    for (int g = 0; g < f.bits; g++) memcpy(panel + g * GROUP_BYTES + row * 4, groups[g], 4);
}

/// The inverse of pack_codes.
INLINE void unpack_codes(code_format f, const uint8_t *panel, size_t row, int8_t *values) {
    uint8_t codes[BLOCK] = {0}, groups[GROUPS][4], (*next)[4] = groups;
    for (int g = 0; g < f.bits; g++) memcpy(groups[g], panel + g * GROUP_BYTES + row * 4, 4);
    if (f.bits == 8) memcpy(codes, groups, sizeof codes);
    if (f.bits & 4) {
        for (int i = 0; i < BLOCK / 2; i++) {
            codes[i] = groups[i / 4][i % 4] & 15;
            codes[i + BLOCK / 2] = groups[i / 4][i % 4] >> 4;
        }
        next += HALF_GROUPS;
    }
    if (f.bits & 2) {
        split_fields(*next++, BLOCK / 2, f.bits & 4, 2, codes);
        split_fields(*next++, BLOCK / 2, f.bits & 4, 2, codes + BLOCK / 2);
    }
    if (f.bits & 1) split_fields(*next, BLOCK, f.bits & 6, 1, codes);
    for (int i = 0; i < BLOCK; i++) values[i] = f.values ? f.values[codes[i]] : (int8_t)(codes[i] - code_offset(f));
}

// MARK: Dot products

/// Returns the fields of `bits` bits that start at bit `from` of each byte, moved to bit `to`.
INLINE vbytes fields(vbytes bytes, int from, int to, int bits) {
    return (vbytes)((vwords)bytes >> (uint16_t)from << (uint16_t)to) & (uint8_t)(((1 << bits) - 1) << to);
}

/// Returns what dot_u7 or dot_q8 takes for columns 16 * half + 4 * quarter ... + 3 of a block.
INLINE vbytes group_weights(code_format f, const uint8_t *panel, int half, int quarter) {
    if (f.bits == 8) return load_bytes(panel + (half * HALF_GROUPS + quarter) * GROUP_BYTES);
    vbytes codes = (vbytes)(0);
    if (f.bits & 4) {
        vbytes nibbles = load_bytes(panel + quarter * GROUP_BYTES);
        codes = half ? nibbles >> 4 : nibbles & 15;
        panel += HALF_GROUPS * GROUP_BYTES;
    }
    if (f.bits & 2) {
        codes |= fields(load_bytes(panel + half * GROUP_BYTES), quarter * 2, f.bits & 4, 2);
        panel += 2 * GROUP_BYTES;
    }
    if (f.bits & 1) codes |= fields(load_bytes(panel), half * HALF_GROUPS + quarter, f.bits & 6, 1);
    if (!f.values) return codes;
    vbytes_16 table;
    memcpy(&table, f.values, sizeof table);
    return lookup_16(table ^ (int8_t)code_offset(f), codes);
}

/// Adds the dot products of four columns with `tokens` tokens, whose values are `stride` bytes apart.
INLINE void dot_group(
    code_format f, const uint8_t *panel, int half, int quarter, const int8_t *values, size_t stride, int tokens,
    vi *dots) {
    vbytes weights = group_weights(f, panel, half, quarter);
    int group = half * HALF_GROUPS + quarter;
    UNROLL for (int t = 0; t < tokens; t++, values += stride) {
        dots[t] = f.is_wide ? dot_q8(dots[t], weights, values, group) : dot_u7(dots[t], weights, values, group);
    }
}

/// Adds the dot products of half a block.
INLINE void dot_half(
    code_format f, const uint8_t *panel, int half, const int8_t *values, size_t stride, int tokens, vi *dots) {
    EACH_GROUP for (int q = 0; q < HALF_GROUPS; q++) dot_group(f, panel, half, q, values, stride, tokens, dots);
}

/// Adds the dot products of a block, both halves of nibbles at once.
INLINE void dot_block(
    code_format f, const uint8_t *panel, const int8_t *values, size_t stride, int tokens, vi *dots) {
    EACH_GROUP for (int q = 0; q < HALF_GROUPS; q++) {
        dot_group(f, panel, 0, q, values, stride, tokens, dots);
        dot_group(f, panel, 1, q, values, stride, tokens, dots);
    }
}

INLINE void prefetch_lines(const uint8_t *weights, size_t bytes, int tokens) {
    UNROLL for (size_t i = 0; i < bytes; i += 64) prefetch(weights + i, tokens);
}

#endif
