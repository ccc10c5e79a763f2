// Panels of formats with super-blocks of 256 elements.
//
// A panel's super-block has half-precision scales [row] and minima [row], 64 bytes together even without minima, then
// the integers that multiply them, a byte each, and then the codes, 32 columns at a time:
//
//     columns per scale    without minima       with minima
//     32                   scales [8][row]      scales [8][row], minima [4][row][2]
//     16                   scales [16][row]     [8][row][2], the scale in the low nibble, the minimum in the high one
//     16, up to 3 bits     scales [8][row][2]
//
// Pairs of minima are adjacent because dot_pairs multiplies them with two sums of activations. So are pairs of scales
// if dot products of 16 columns fit into 16 bits, because one instruction then multiplies two of each.
#ifndef CTK_SUPER_PANELS_H
#define CTK_SUPER_PANELS_H

#include "codes-inl.h"
#include "super_blocks.h"

enum { SUPER_HALVES_BYTES = 64, SUPER_SCALES = SUPER_HALVES_BYTES, SUPER_MINIMA = SUPER_SCALES + 8 * PANEL_ROWS };

INLINE bool has_minima(code_format f) { return f.facts->halves > 1; }

/// Whether the scales of 16 columns are multiplied in pairs: their dot products are at most 16 * 127 * 7.
INLINE bool has_scale_pairs(code_format f) { return f.scale_columns == 16 && f.bits <= 3; }

INLINE size_t super_header_bytes(code_format f) {
    if (f.scale_columns == 16) return SUPER_SCALES + 16 * PANEL_ROWS;
    return SUPER_MINIMA + (has_minima(f) ? 8 * PANEL_ROWS : 0);
}

INLINE size_t super_block_bytes(code_format f) {
    return super_header_bytes(f) + SUPER_BLOCK / BLOCK * code_bytes(f);
}

INLINE size_t super_panel_bytes(code_format f, size_t columns) {
    return columns / SUPER_BLOCK * super_block_bytes(f);
}

/// The offset of element i of pairs [i / 2][row][2].
INLINE size_t pair_offset(int i, size_t row) { return ((size_t)i / 2 * PANEL_ROWS + row) * 2 + (size_t)i % 2; }

/// Packs a super-block of one row, whose half-precision numbers are at `halves` in the file.
INLINE void pack_super_block(
    code_format f, const uint8_t *halves, const super_block *parts, size_t row, uint8_t *panel) {
    for (size_t h = 0; h < f.facts->halves; h++) memcpy(panel + (h * PANEL_ROWS + row) * 2, halves + 2 * h, 2);
    uint8_t *scales = panel + SUPER_SCALES, *minima = panel + SUPER_MINIMA;
    if (f.scale_columns == 32) {
        for (int j = 0; j < SUB_BLOCKS / 2; j++) {
            scales[(size_t)j * PANEL_ROWS + row] = (uint8_t)parts->scales[2 * j];
            if (has_minima(f)) minima[pair_offset(j, row)] = parts->minima[2 * j];
        }
    } else {
        for (int s = 0; s < SUB_BLOCKS; s++) {
            if (has_minima(f)) scales[pair_offset(s, row)] = (uint8_t)(parts->scales[s] | parts->minima[s] << 4);
            else if (has_scale_pairs(f)) scales[pair_offset(s, row)] = (uint8_t)parts->scales[s];
            else scales[(size_t)s * PANEL_ROWS + row] = (uint8_t)parts->scales[s];
        }
    }
    uint8_t *codes = panel + super_header_bytes(f);
    for (int j = 0; j < SUPER_BLOCK / BLOCK; j++, codes += code_bytes(f)) {
        pack_codes(f, parts->codes + j * BLOCK, row, codes);
    }
}

/// The inverse of pack_super_block.
INLINE void unpack_super_block(code_format f, const uint8_t *panel, size_t row, super_block *parts) {
    uint16_t halves[2] = {0};
    for (size_t h = 0; h < f.facts->halves; h++) memcpy(halves + h, panel + (h * PANEL_ROWS + row) * 2, 2);
    parts->scale = f16_to_float(halves[0]);
    parts->minimum = f16_to_float(halves[1]);
    const uint8_t *scales = panel + SUPER_SCALES, *minima = panel + SUPER_MINIMA;
    for (int s = 0; s < SUB_BLOCKS; s++) {
        parts->minima[s] = 0;
        if (f.scale_columns == 32) {
            parts->scales[s] = (int8_t)scales[(size_t)s / 2 * PANEL_ROWS + row];
            if (has_minima(f)) parts->minima[s] = minima[pair_offset(s / 2, row)];
        } else if (has_minima(f)) {
            parts->scales[s] = scales[pair_offset(s, row)] & 15;
            parts->minima[s] = scales[pair_offset(s, row)] >> 4;
        } else if (has_scale_pairs(f)) {
            parts->scales[s] = (int8_t)scales[pair_offset(s, row)];
        } else {
            parts->scales[s] = (int8_t)scales[(size_t)s * PANEL_ROWS + row];
        }
    }
    const uint8_t *codes = panel + super_header_bytes(f);
    for (int j = 0; j < SUPER_BLOCK / BLOCK; j++, codes += code_bytes(f)) {
        unpack_codes(f, codes, row, parts->codes + j * BLOCK);
    }
}

// MARK: Products

/// Loads two unsigned bytes of each row, as 16-bit integers.
INLINE vwords load_row_pairs(const uint8_t *bytes) {
    uint8_t __attribute__((ext_vector_type(32))) v;
    memcpy(&v, bytes, sizeof v);
    return __builtin_convertvector(v, vwords);
}

/// Loads the two scales of 32 columns of block j, as 16-bit integers.
INLINE vi load_scale_pairs(code_format f, const uint8_t *panel, int j) {
    const uint8_t *bytes = panel + SUPER_SCALES + 2 * j * PANEL_ROWS;
    if (has_minima(f)) return (vi)(load_row_pairs(bytes) & 15);
    vbytes_32 v;
    memcpy(&v, bytes, sizeof v);
    return (vi)__builtin_convertvector(v, vshorts);
}

/// The value at which the dot product of half a block starts, so that an offset of all weights is subtracted.
INLINE vi first_half_dot(code_format f, const activation_super_block *x, int s) {
    switch (f.offset << half_position(f.bits, s % 2)) {
    case 4: return (vi)(x->minus_4_sums_16[s]);
    case 32: return (vi)(x->minus_32_sums_16[s]);
    default: return (vi)(0);
    }
}

/// Adds the products of 32 columns, multiplied with their integer scales, to `totals`.
INLINE void add_block(
    code_format f, const uint8_t *panel, int j, const activation_super_block *x, int tokens, vi *totals) {
    const uint8_t *codes = panel + super_header_bytes(f) + (size_t)j * code_bytes(f);
    const int8_t *values = x->values + j * BLOCK;
    vi dots[2][TOKENS_AT_ONCE];
    prefetch_lines(codes, code_bytes(f), tokens);
    if (f.scale_columns == 32) {
        UNROLL for (int t = 0; t < tokens; t++) {
            dots[0][t] = (vi)(code_offset(f) == 128 ? x[t].minus_128_sums_32[j] : 0);
        }
        dot_block(f, codes, values, sizeof *x, tokens, dots[0]);
        vi scales = load_row_bytes(panel + SUPER_SCALES + j * PANEL_ROWS);
        UNROLL for (int t = 0; t < tokens; t++) totals[t] += dots[0][t] * scales;
        return;
    }
    vbytes lines[GROUPS];
    UNROLL for (int half = 0; half < 2; half++) {
        UNROLL for (int t = 0; t < tokens; t++) dots[half][t] = first_half_dot(f, x + t, 2 * j + half);
        dot_half(f, codes, lines, half, values, sizeof *x, tokens, dots[half]);
        if (has_scale_pairs(f)) continue;
        vi scales = load_row_bytes(panel + SUPER_SCALES + (2 * j + half) * PANEL_ROWS);
        UNROLL for (int t = 0; t < tokens; t++) totals[t] += dots[half][t] * scales;
    }
    if (!has_scale_pairs(f)) return;
    vi scales = load_scale_pairs(f, panel, j);
    UNROLL for (int t = 0; t < tokens; t++) {
        totals[t] = add_scaled_pair(totals[t], dots[0][t], dots[1][t], half_position(f.bits, 1), scales);
    }
}

/// Adds the products of all minima with the sums of their activations to `totals`.
INLINE void add_minima(
    code_format f, const uint8_t *panel, const activation_super_block *x, int tokens, vi *totals) {
    int pairs = SUPER_BLOCK / f.scale_columns / 2;
    UNROLL for (int p = 0; p < pairs; p++) {
        vi minima = f.scale_columns == 32
            ? (vi)load_row_pairs(panel + SUPER_MINIMA + 2 * p * PANEL_ROWS)
            : (vi)(load_row_pairs(panel + SUPER_SCALES + 2 * p * PANEL_ROWS) >> 4);
        UNROLL for (int t = 0; t < tokens; t++) {
            const int16_t *sums = f.scale_columns == 32 ? x[t].sums_32 : x[t].sums_16;
            totals[t] = dot_pairs(totals[t], minima, four((const int8_t *)sums, p));
        }
    }
}

INLINE void super_tile(
    code_format f, const uint8_t *panel, size_t columns, const activation_super_block *x, int tokens, vf *sums) {
    UNROLL for (int t = 0; t < tokens; t++) sums[t] = splat(0);
    for (size_t b = 0; b < columns / SUPER_BLOCK; b++, panel += super_block_bytes(f), x += tokens) {
        vi totals[TOKENS_AT_ONCE];
        UNROLL for (int t = 0; t < tokens; t++) totals[t] = (vi)(0);
        touch_lines(panel, super_header_bytes(f));
        prefetch_lines(panel, super_header_bytes(f), tokens);
        ROLL for (int j = 0; j < SUPER_BLOCK / BLOCK; j++) add_block(f, panel, j, x, tokens, totals);
        vf scales = load_f16((const uint16_t *)panel);
        UNROLL for (int t = 0; t < tokens; t++) {
            sums[t] = fma16(__builtin_convertvector(totals[t], vf), scales * x[t].scale, sums[t]);
        }
        if (!has_minima(f)) continue;
        UNROLL for (int t = 0; t < tokens; t++) totals[t] = (vi)(0);
        add_minima(f, panel, x, tokens, totals);
        vf minima = load_f16((const uint16_t *)panel + PANEL_ROWS);
        UNROLL for (int t = 0; t < tokens; t++) {
            sums[t] = fma16(__builtin_convertvector(totals[t], vf), -(minima * x[t].scale), sums[t]);
        }
    }
}

/// Defines a format's panels from its codes and read_NAME.
#define DEFINE_SUPER_PANELS(NAME, ...)                                                                               \
    static const code_format NAME##_codes = {.facts = &NAME##_format, __VA_ARGS__};                                  \
    static size_t panel_bytes_##NAME(size_t columns) { return super_panel_bytes(NAME##_codes, columns); }            \
    static void pack_##NAME(const void *file, size_t rows, size_t columns, void *panel) {                            \
        const NAME##_block *in = file;                                                                               \
        size_t blocks = columns / SUPER_BLOCK;                                                                       \
        memset(panel, 0, panel_bytes_##NAME(columns));                                                               \
        for (size_t r = 0; r < rows; r++) {                                                                          \
            for (size_t b = 0; b < blocks; b++, in++) {                                                              \
                super_block parts;                                                                                   \
                read_##NAME(in, &parts);                                                                             \
                const uint8_t *halves = (const uint8_t *)in + NAME##_format.halves_at;                               \
                uint8_t *out = (uint8_t *)panel + b * super_block_bytes(NAME##_codes);                               \
                pack_super_block(NAME##_codes, halves, &parts, r, out);                                              \
            }                                                                                                        \
        }                                                                                                            \
    }                                                                                                                \
    static void unpack_row_##NAME(const void *panel, size_t row, size_t columns, float *out) {                       \
        for (size_t b = 0; b < columns / SUPER_BLOCK; b++) {                                                         \
            const uint8_t *in = (const uint8_t *)panel + b * super_block_bytes(NAME##_codes);                        \
            super_block parts;                                                                                       \
            unpack_super_block(NAME##_codes, in, row, &parts);                                                       \
            dequantize_super_block(&parts, out + b * SUPER_BLOCK);                                                   \
        }                                                                                                            \
    }                                                                                                                \
    INLINE void NAME##_tile(                                                                                         \
        const void *panel, size_t columns, const activation_super_block *x, int tokens, vf *sums) {                  \
        super_tile(NAME##_codes, panel, columns, x, tokens, sums);                                                   \
    }

#endif
