// The codes of quantized weights in panels of sixteen rows, for all formats.
//
// A group, 64 bytes, has four bytes of each row, and 32 columns take as many groups as a code has bits. Codes of eight
// bits are stored as they are. Others are divided into fields of four, two and one bits, the lowest bits first: five
// bits are four and one, three bits are two and one. Each field has its own groups. The low nibbles of a group's bytes
// belong to columns 0...15 of 32, the high ones to columns 16...31, and with fields of w bits, columns 4q ... 4q + 3 of
// either half are in the field's group q * w / 4, at bit q * w % 4 of a nibble. So one shift and one mask bring the
// same four columns of both halves. Groups are in the order in which products need them, so that reading is sequential.
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

enum { HALF = BLOCK / 2, GROUP_BYTES = PANEL_ROWS * 4, GROUPS = BLOCK / 4, HALF_GROUPS = GROUPS / 2 };

/// Bytes of the codes of 32 columns.
INLINE size_t code_bytes(code_format f) { return (size_t)f.bits * GROUP_BYTES; }

/// The number that weights are too large by in a dot product.
INLINE int code_offset(code_format f) { return f.is_wide ? Q8_SIGN : f.offset; }

// MARK: Packing

/// Returns the place of group `index` of the fields of `width` bits: after the groups that earlier columns need, and
/// those of narrower fields that the same columns need.
INLINE int group_place(int bits, int width, int index) {
    int quarter = index * 4 / width, place = index;
    UNROLL for (int other = 1; other <= 4; other *= 2) {
        if (other == width || !(bits & other)) continue;
        place += other < width ? quarter * other / 4 + 1 : (quarter * other + 3) / 4;
    }
    return place;
}

/// Packs the `width` bits from bit `from` on of 32 codes into a row's words of groups. Shifts of words are shifts of
/// their bytes, because no field crosses a byte.
INLINE void pack_fields(int bits, const uint8_t *codes, int from, int width, uint32_t *groups) {
    uint8_t nibbles[HALF], mask = (uint8_t)((1 << width) - 1);
    for (int i = 0; i < HALF; i++) {
        nibbles[i] = (uint8_t)((codes[i] >> from & mask) | (codes[i + HALF] >> from & mask) << 4);
    }
    uint32_t words[HALF_GROUPS];
    memcpy(words, nibbles, sizeof words);
    UNROLL for (int q = 0; q < HALF_GROUPS; q++) {
        groups[group_place(bits, width, q * width / 4)] |= words[q] << q * width % 4;
    }
}

/// The inverse of pack_fields.
INLINE void unpack_fields(int bits, const uint32_t *groups, int to, int width, uint8_t *codes) {
    uint32_t words[HALF_GROUPS];
    UNROLL for (int q = 0; q < HALF_GROUPS; q++) {
        words[q] = groups[group_place(bits, width, q * width / 4)] >> q * width % 4;
    }
    uint8_t nibbles[HALF], mask = (uint8_t)((1 << width) - 1);
    memcpy(nibbles, words, sizeof nibbles);
    for (int i = 0; i < HALF; i++) {
        codes[i] |= (uint8_t)((nibbles[i] & mask) << to);
        codes[i + HALF] |= (uint8_t)((nibbles[i] >> 4 & mask) << to);
    }
}

/// Packs 32 values of one row.
INLINE void pack_codes(code_format f, const int8_t *values, size_t row, uint8_t *panel) {
    vbytes_32 x, indices = (vbytes_32)(0);
    memcpy(&x, values, sizeof x);
    if (f.values) {
        // Of two codes of MXFP4's zero, either will do.
        UNROLL for (int v = 0; v < 16; v++) indices |= (x == f.values[v]) & (int8_t)v;
    }
    vbytes_32 numbers = f.values ? indices : x + (int8_t)code_offset(f);
    uint8_t codes[BLOCK];
    memcpy(codes, &numbers, sizeof codes);
    uint32_t groups[GROUPS] = {0};
    if (f.bits == 8) memcpy(groups, codes, sizeof codes);
    if (f.bits & 4) pack_fields(f.bits, codes, 0, 4, groups);
    if (f.bits & 2) pack_fields(f.bits, codes, f.bits & 4, 2, groups);
    if (f.bits & 1) pack_fields(f.bits, codes, f.bits & 6, 1, groups);
    UNROLL for (int g = 0; g < f.bits; g++) memcpy(panel + g * GROUP_BYTES + row * 4, groups + g, 4);
}

/// The inverse of pack_codes.
INLINE void unpack_codes(code_format f, const uint8_t *panel, size_t row, int8_t *values) {
    uint8_t codes[BLOCK] = {0};
    uint32_t groups[GROUPS];
    UNROLL for (int g = 0; g < f.bits; g++) memcpy(groups + g, panel + g * GROUP_BYTES + row * 4, 4);
    if (f.bits == 8) memcpy(codes, groups, sizeof codes);
    if (f.bits & 4) unpack_fields(f.bits, groups, 0, 4, codes);
    if (f.bits & 2) unpack_fields(f.bits, groups, f.bits & 4, 2, codes);
    if (f.bits & 1) unpack_fields(f.bits, groups, f.bits & 6, 1, codes);
    for (int i = 0; i < BLOCK; i++) values[i] = f.values ? f.values[codes[i]] : (int8_t)(codes[i] - code_offset(f));
}

// MARK: Dot products

/// Loads one signed byte of each row.
INLINE vi load_row_bytes(const uint8_t *bytes) {
    vbytes_16 v;
    memcpy(&v, bytes, sizeof v);
    return __builtin_convertvector(v, vi);
}

// A shift of 16-bit integers moves bits into the neighbouring byte; each use masks them.
INLINE vbytes shifted_left(vbytes x, int bits) { return (vbytes)((vwords)x << (uint16_t)bits); }
INLINE vbytes shifted_right(vbytes x, int bits) { return (vbytes)((vwords)x >> (uint16_t)bits); }

/// Returns fields of columns 4 * quarter ... + 3 of both halves of a block, in the lowest bits of nibbles. The other
/// bits of nibbles can have any value.
INLINE vbytes load_fields(int bits, const uint8_t *panel, int width, int quarter) {
    int at = quarter * width;
    return shifted_right(load_bytes(panel + group_place(bits, width, at / 4) * GROUP_BYTES), at % 4);
}

/// Returns the codes of columns 16 * half + 4 * quarter ... + 3 of a block.
INLINE vbytes group_codes(int bits, const uint8_t *panel, int half, int quarter) {
    if (bits == 8) return load_bytes(panel + (half * HALF_GROUPS + quarter) * GROUP_BYTES);
    if (bits <= 4) {
        vbytes codes = load_fields(bits, panel, bits & 6, quarter);
        if (bits == 3) codes = merge_bits(codes, shifted_left(load_fields(bits, panel, 1, quarter), 2), 0x44);
        return (half ? shifted_right(codes, 4) : codes) & (uint8_t)((1 << bits) - 1);
    }
    vbytes low = load_fields(bits, panel, 4, quarter), high = load_fields(bits, panel, bits & 3, quarter);
    // Not `high & 0x11`: the compiler would then move and mask each half's bits separately, with more instructions.
    high = merge_bits((vbytes)(0), high, bits == 5 ? 0x11 : 0x33);
    return half ? merge_bits(shifted_right(low, 4), high, 0xf0) : merge_bits(low, shifted_left(high, 4), 0xf0);
}

/// Returns what dot_u7 or dot_q8 takes for the same columns.
INLINE vbytes group_weights(code_format f, const uint8_t *panel, int half, int quarter) {
    vbytes codes = group_codes(f.bits, panel, half, quarter);
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
    if (f.bits == 8) {
        dot_half(f, panel, 0, values, stride, tokens, dots);
        dot_half(f, panel, 1, values, stride, tokens, dots);
        return;
    }
    EACH_GROUP for (int q = 0; q < HALF_GROUPS; q++) {
        dot_group(f, panel, 0, q, values, stride, tokens, dots);
        dot_group(f, panel, 1, q, values, stride, tokens, dots);
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
