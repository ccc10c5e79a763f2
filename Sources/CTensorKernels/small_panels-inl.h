// Panels of formats with blocks of 32 elements.
//
// Blocks are packed together, as many as have 64 bytes of scales: two with half-precision scales, four with the
// exponents of MXFP4. First come the scales [block][row], then minima if the format has them, then each block's codes.
#ifndef CTK_SMALL_PANELS_H
#define CTK_SMALL_PANELS_H

#include "codes-inl.h"
#include "small_blocks.h"

/// Exponents are stored without their bias of 128, as signed bytes.
enum { EXPONENT_SIGN = 0x80 };

/// Bytes of the scale of one row's block: a half or, in MXFP4, an exponent.
INLINE size_t scale_bytes(code_format f) { return f.facts->halves > 0 ? 2 : 1; }

/// Bytes of the scales and minima of blocks that are packed together.
INLINE size_t small_header_bytes(code_format f) { return f.facts->halves > 1 ? 128 : 64; }

INLINE size_t blocks_together(code_format f) { return 64 / PANEL_ROWS / scale_bytes(f); }

INLINE size_t small_panel_bytes(code_format f, size_t columns) {
    size_t blocks = columns / BLOCK, headers = (blocks + blocks_together(f) - 1) / blocks_together(f);
    return headers * small_header_bytes(f) + blocks * code_bytes(f);
}

/// The offset of the scales of block b; minima are 64 bytes behind.
INLINE size_t scales_offset(code_format f, size_t b) {
    size_t together = blocks_together(f), bytes = small_header_bytes(f) + together * code_bytes(f);
    return b / together * bytes + b % together * PANEL_ROWS * scale_bytes(f);
}

INLINE size_t codes_offset(code_format f, size_t b) {
    return (b / blocks_together(f) + 1) * small_header_bytes(f) + b * code_bytes(f);
}

/// Packs a block of one row, whose half-precision numbers or exponent are at `scales` in the file.
INLINE void pack_small_block(
    code_format f, const uint8_t *scales, const small_block *parts, size_t row, size_t b, uint8_t *panel) {
    uint8_t *to = panel + scales_offset(f, b) + row * scale_bytes(f);
    memcpy(to, scales, scale_bytes(f));
    if (f.facts->halves == 0) *to ^= EXPONENT_SIGN;
    if (f.facts->halves > 1) memcpy(to + 64, scales + 2, 2);
    pack_codes(f, parts->codes, row, panel + codes_offset(f, b));
}

INLINE void unpack_small_row(code_format f, const uint8_t *panel, size_t row, size_t columns, float *out) {
    for (size_t b = 0; b < columns / BLOCK; b++) {
        const uint8_t *from = panel + scales_offset(f, b) + row * scale_bytes(f);
        small_block parts = {.minimum = -0.0f};
        uint16_t halves[2];
        memcpy(halves, from, scale_bytes(f));
        parts.scale = f.facts->halves > 0 ? f16_to_float(halves[0]) : mxfp4_scale(*from ^ EXPONENT_SIGN);
        if (f.facts->halves > 1) {
            memcpy(halves + 1, from + 64, 2);
            parts.minimum = f16_to_float(halves[1]);
        }
        unpack_codes(f, panel + codes_offset(f, b), row, parts.codes);
        dequantize_small_block(&parts, out + b * BLOCK);
    }
}

/// Loads a block's scales.
INLINE vf load_scales(code_format f, const uint8_t *scales, int tokens) {
    return f.facts->halves > 0 ? load_f16((const uint16_t *)scales) : powers_of_two(load_row_bytes(scales), tokens);
}

/// The value at which a dot product starts, so that an offset of all weights is subtracted.
INLINE vi first_dot(code_format f, const activation_block *x, int tokens) {
    switch (code_offset(f) << sum_shift(f, tokens)) {
    case 8: return (vi)(x->minus_8_sums);
    case 16: return (vi)(x->minus_8_sums) * 2;
    case 128: return (vi)(x->minus_128_sums);
    default: return (vi)(0);
    }
}

INLINE void small_tile(
    code_format f, const uint8_t *panel, size_t columns, const activation_block *x, int tokens, vf *sums) {
    UNROLL for (int t = 0; t < tokens; t++) sums[t] = splat(0);
    for (size_t b = 0; b < columns / BLOCK; b++, x += tokens) {
        const uint8_t *header = panel + scales_offset(f, b), *codes = panel + codes_offset(f, b);
        vi dots[TOKENS_AT_ONCE];
        UNROLL for (int t = 0; t < tokens; t++) dots[t] = first_dot(f, x + t, tokens);
        prefetch_lines(codes, code_bytes(f), tokens);
        dot_block(f, codes, x->values, sizeof *x, tokens, dots);
        vf scales = load_scales(f, header, tokens);
        UNROLL for (int t = 0; t < tokens; t++) {
            sums[t] = fma16(__builtin_convertvector(dots[t], vf), scales * x[t].scale, sums[t]);
        }
        if (f.facts->halves < 2) continue;
        vf minima = load_f16((const uint16_t *)(header + 64));
        UNROLL for (int t = 0; t < tokens; t++) sums[t] = fma16(minima, splat(x[t].scaled_sum), sums[t]);
    }
}

/// Defines a format's panels from its codes and read_NAME.
#define DEFINE_SMALL_PANELS(NAME, ...)                                                                               \
    static const code_format NAME##_codes = {.facts = &NAME##_format, __VA_ARGS__};                                  \
    static size_t panel_bytes_##NAME(size_t columns) { return small_panel_bytes(NAME##_codes, columns); }            \
    static void pack_##NAME(const void *file, size_t rows, size_t columns, void *panel) {                            \
        const NAME##_block *in = file;                                                                               \
        memset(panel, 0, panel_bytes_##NAME(columns));                                                               \
        for (size_t r = 0; r < rows; r++) {                                                                          \
            for (size_t b = 0; b < columns / BLOCK; b++, in++) {                                                     \
                small_block parts;                                                                                   \
                read_##NAME(in, &parts);                                                                             \
                const uint8_t *scales = (const uint8_t *)in + NAME##_format.halves_at;                               \
                pack_small_block(NAME##_codes, scales, &parts, r, b, panel);                                         \
            }                                                                                                        \
        }                                                                                                            \
    }                                                                                                                \
    static void unpack_row_##NAME(const void *panel, size_t row, size_t columns, float *out) {                       \
        unpack_small_row(NAME##_codes, panel, row, columns, out);                                                    \
    }                                                                                                                \
    INLINE void NAME##_tile(const void *panel, size_t columns, const activation_block *x, int tokens, vf *sums) {    \
        small_tile(NAME##_codes, panel, columns, x, tokens, sums);                                                   \
    }

#endif
