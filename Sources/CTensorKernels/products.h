// Products of panels with tiles of tokens, for every vector table.
//
// A broadcast of one token's activations advances the 16 rows of a panel, and nothing is ever summed across lanes. Each
// row adds one fma per block of 32 (or per column) from left to right, so its result is the scalar twin's to the bit,
// however many tokens share the panel.
//
// The including file includes vector.h, then defines TOKENS_AT_ONCE (4 or 8: how many tokens' sums fit into its registers),
// EACH_GROUP (UNROLL, or ROLL where registers are few: the compiler would load a whole block's weights first, and spill
// them), WEIGHTS_AHEAD (bytes: how far ahead quantized and paired weights are asked for, 0 for not), Q8_SIGN (see panels.h) and
//     vi dot_u4(vi sums, vbytes weights, const activation_block *x, int group)    weights 0...15
//     vi dot_q8(vi sums, vbytes weights, const activation_block *x, int group)    weights as stored
// which multiply four columns of each row with activations 4 * group ... 4 * group + 3.
#ifndef CTK_PRODUCTS_H
#define CTK_PRODUCTS_H

#include "activations.h"
#include "attention.h"
#include "panels.h"
#include "scan.h"
#include "training_attention_f32.h"
#include "vector.h"

// MARK: Products of one panel with `tokens` tokens; `tokens` is a constant once inlined.

INLINE vbytes load_bytes(const uint8_t *x) {
    vbytes bytes;
    memcpy(&bytes, x, sizeof bytes);
    return bytes;
}

/// Asks for what a panel holds further on, WEIGHTS_AHEAD for the L1 cache: so the next panel does not begin with waiting. A tile
/// of many tokens keeps the core so busy that its own loads do not run far enough ahead of it, and the L1 cache alone cannot
/// wait for enough lines at once: for the L2 cache it asks 16 KiB ahead. With few tokens, asking twice only takes time.
INLINE void prefetch(const void *weights, int tokens) {
    if (WEIGHTS_AHEAD > 0) prefetch_l1(weights, WEIGHTS_AHEAD);
    if (tokens > 4) prefetch_l2(weights, 16 << 10);
}

/// `tokens` tokens by one panel of floats; `x` is [columns][tokens].
INLINE void float_tile(int format, const void *panel, size_t columns, const float *x, int tokens, vf *sums) {
    UNROLL for (int t = 0; t < tokens; t++) sums[t] = splat(0);
    for (size_t c = 0; c < columns; c++, x += tokens) {
        vf weights = format == CTK_F32 ? load((const float *)panel + c * PANEL_ROWS)
            : format == CTK_F16        ? load_f16((const uint16_t *)panel + c * PANEL_ROWS)
                                       : load_bf16((const uint16_t *)panel + c * PANEL_ROWS);
        UNROLL for (int t = 0; t < tokens; t++) sums[t] = fma16(weights, splat(x[t]), sums[t]);
    }
}

/// `x` is [blocks][tokens].
INLINE void q8_0_tile(const void *panel, size_t columns, const activation_block *x, int tokens, vf *sums) {
    const q8_0_panel_pair *pairs = panel;
    UNROLL for (int t = 0; t < tokens; t++) sums[t] = splat(0);
    for (size_t b = 0; b < columns / BLOCK; b++, x += tokens) {
        vi dots[TOKENS_AT_ONCE];
        // An unsigned weight is 128 too large: 128 times the activations' sum is taken off beforehand.
        UNROLL for (int t = 0; t < tokens; t++) dots[t] = (vi)(Q8_SIGN ? x[t].minus_128_sums : 0);
        EACH_GROUP for (int g = 0; g < BLOCK / 4; g++) {
            const uint8_t *group = pairs[b / 2].weights[b % 2][g];
            prefetch(group, tokens);
            vbytes weights = load_bytes(group);
            UNROLL for (int t = 0; t < tokens; t++) dots[t] = dot_q8(dots[t], weights, x + t, g);
        }
        vf scales = load_f16(pairs[b / 2].scales[b % 2]);
        UNROLL for (int t = 0; t < tokens; t++) {
            sums[t] = fma16(__builtin_convertvector(dots[t], vf), scales * x[t].scale, sums[t]);
        }
    }
}

INLINE void dot_nibble_groups(
    const uint8_t nibbles[BLOCK / 8][PANEL_ROWS * 4], const activation_block *x, int tokens, vi *dots) {
    EACH_GROUP for (int g = 0; g < BLOCK / 8; g++) {
        prefetch(nibbles[g], tokens);
        vbytes pair = load_bytes(nibbles[g]);
        vbytes low = pair & 15, high = pair >> 4;
        UNROLL for (int t = 0; t < tokens; t++) {
            dots[t] = dot_u4(dots[t], low, x + t, g);
            dots[t] = dot_u4(dots[t], high, x + t, g + BLOCK / 8);
        }
    }
}

INLINE void q4_0_tile(const void *panel, size_t columns, const activation_block *x, int tokens, vf *sums) {
    const q4_0_panel_pair *pairs = panel;
    UNROLL for (int t = 0; t < tokens; t++) sums[t] = splat(0);
    for (size_t b = 0; b < columns / BLOCK; b++, x += tokens) {
        vi dots[TOKENS_AT_ONCE];
        UNROLL for (int t = 0; t < tokens; t++) dots[t] = (vi)(x[t].minus_8_sums);
        dot_nibble_groups(pairs[b / 2].nibbles[b % 2], x, tokens, dots);
        vf scales = load_f16(pairs[b / 2].scales[b % 2]);
        UNROLL for (int t = 0; t < tokens; t++) {
            sums[t] = fma16(__builtin_convertvector(dots[t], vf), scales * x[t].scale, sums[t]);
        }
    }
}

INLINE void q4_1_tile(const void *panel, size_t columns, const activation_block *x, int tokens, vf *sums) {
    const q4_1_panel_pair *pairs = panel;
    UNROLL for (int t = 0; t < tokens; t++) sums[t] = splat(0);
    for (size_t b = 0; b < columns / BLOCK; b++, x += tokens) {
        vi dots[TOKENS_AT_ONCE];
        UNROLL for (int t = 0; t < tokens; t++) dots[t] = (vi)(0);
        dot_nibble_groups(pairs[b / 2].nibbles[b % 2], x, tokens, dots);
        vf scales = load_f16(pairs[b / 2].scales[b % 2]), minima = load_f16(pairs[b / 2].minima[b % 2]);
        UNROLL for (int t = 0; t < tokens; t++) {
            sums[t] = fma16(__builtin_convertvector(dots[t], vf), scales * x[t].scale, sums[t]);
            sums[t] = fma16(minima, splat(x[t].scaled_sum), sums[t]);
        }
    }
}

// MARK: The walk over panels and tokens

INLINE void store_sums(const vf *sums, int tokens, size_t rows_left, float *y, size_t y_stride) {
    UNROLL for (int t = 0; t < tokens; t++) {
        if (rows_left >= PANEL_ROWS) {
            store(y + t * y_stride, sums[t]);
        } else {
            store_tail(y + t * y_stride, sums[t], rows_left);
        }
    }
}

/// Panels that a tile of tokens meets before the next tile does: they stay in the L2 cache, of which cores have at least
/// 512 KiB, and the tile's activations in the L1 cache.
enum { PANEL_GROUP_BYTES = 256 << 10 };

/// Defines product_NAME, which calls TILE(tokens), an expression in `panel`, `x` and `sums`, with a constant number of
/// tokens. ACTIVATION is the type that `prepared` points to, and ELEMENTS how many of them a token has.
#define DEFINE_PRODUCT(NAME, ACTIVATION, ELEMENTS, TILE)                                                             \
    static void product_##NAME(                                                                                      \
        const void *panels, size_t first, size_t last, size_t rows, size_t columns, const void *prepared,            \
        size_t count, float *y, size_t y_stride) {                                                                   \
        size_t panel_bytes = panel_bytes_##NAME(columns), group = 1 + PANEL_GROUP_BYTES / panel_bytes;               \
        size_t tile = tile_tokens(count);                                                                            \
        for (size_t g = first; g < last; g += group) {                                                               \
            for (size_t t = 0; t < count; t += tile) {                                                               \
                const ACTIVATION *x = (const ACTIVATION *)prepared + t * (ELEMENTS);                                 \
                for (size_t p = g; p < smaller(g + group, last); p++) {                                              \
                    const void *panel = (const uint8_t *)panels + p * panel_bytes;                                   \
                    float *out = y + t * y_stride + p * PANEL_ROWS;                                                  \
                    size_t rows_left = rows - p * PANEL_ROWS;                                                        \
                    vf sums[TOKENS_AT_ONCE];                                                                         \
                    switch (smaller(tile, count - t)) { TILE_CASES(TILE) }                                           \
                }                                                                                                    \
            }                                                                                                        \
        }                                                                                                            \
    }

#define TILE_CASE(TILE, TOKENS)                                                                                      \
    case TOKENS:                                                                                                     \
        TILE(TOKENS);                                                                                                \
        store_sums(sums, TOKENS, rows_left, out, y_stride);                                                          \
        break;

#define TILE_CASES_2(TILE)                                                                                           \
    TILE_CASE(TILE, 1)                                                                                               \
    TILE_CASE(TILE, 2)
#define TILE_CASES_4(TILE)                                                                                           \
    TILE_CASES_2(TILE)                                                                                               \
    TILE_CASE(TILE, 3)                                                                                               \
    TILE_CASE(TILE, 4)
#define TILE_CASES_8(TILE)                                                                                           \
    TILE_CASES_4(TILE)                                                                                               \
    TILE_CASE(TILE, 5)                                                                                               \
    TILE_CASE(TILE, 6)                                                                                               \
    TILE_CASE(TILE, 7)                                                                                               \
    TILE_CASE(TILE, 8)

// The cases up to TOKENS_AT_ONCE: in two steps, so that its number is put in before the names are joined.
#define TILE_CASES_UP_TO(TOKENS, TILE) TILE_CASES_##TOKENS(TILE)
#define TILE_CASES_OF(TOKENS, TILE) TILE_CASES_UP_TO(TOKENS, TILE)
#define TILE_CASES(TILE) TILE_CASES_OF(TOKENS_AT_ONCE, TILE)

#define F32_TILE(TOKENS) float_tile(CTK_F32, panel, columns, x, TOKENS, sums)
#define F16_TILE(TOKENS) float_tile(CTK_F16, panel, columns, x, TOKENS, sums)
#define BF16_TILE(TOKENS) float_tile(CTK_BF16, panel, columns, x, TOKENS, sums)
#define Q8_0_TILE(TOKENS) q8_0_tile(panel, columns, x, TOKENS, sums)
#define Q4_0_TILE(TOKENS) q4_0_tile(panel, columns, x, TOKENS, sums)
#define Q4_1_TILE(TOKENS) q4_1_tile(panel, columns, x, TOKENS, sums)

#define panel_bytes_f16 panel_bytes_half
#define panel_bytes_bf16 panel_bytes_half

DEFINE_PRODUCT(f32, float, columns, F32_TILE)
DEFINE_PRODUCT(f16, float, columns, F16_TILE)
DEFINE_PRODUCT(bf16, float, columns, BF16_TILE)
DEFINE_PRODUCT(q8_0, activation_block, columns / BLOCK, Q8_0_TILE)
DEFINE_PRODUCT(q4_0, activation_block, columns / BLOCK, Q4_0_TILE)
DEFINE_PRODUCT(q4_1, activation_block, columns / BLOCK, Q4_1_TILE)

#define PANEL_FORMAT(NAME, PACK, PREPARED)                                                                           \
    {                                                                                                                \
        .panel_rows = PANEL_ROWS, .panel_bytes = panel_bytes_##NAME, .pack = pack_##PACK,                            \
        .unpack_row = unpack_row_##NAME, .activations = ACTIVATIONS_##PREPARED,                                      \
        .prepared_bytes = prepared_bytes_##PREPARED,                                                                 \
        .prepare = prepare_##PREPARED, .product = product_##NAME,                                                    \
    }

#define F32_AND_F16_PANELS                                                                                           \
    [CTK_F32] = PANEL_FORMAT(f32, f32, f32), [CTK_F16] = PANEL_FORMAT(f16, half, f32)
#define BF16_PANELS [CTK_BF16] = PANEL_FORMAT(bf16, half, f32)
#define QUANTIZED_PANELS                                                                                             \
    [CTK_Q8_0] = PANEL_FORMAT(q8_0, q8_0, quantized), [CTK_Q4_0] = PANEL_FORMAT(q4_0, q4_0, quantized),              \
    [CTK_Q4_1] = PANEL_FORMAT(q4_1, q4_1, quantized)

/// A table with these kernels of training for bf16, and these entries for the formats, by number.
#define VECTOR_TABLE(NAME, DENSE_BF16, ATTENTION_BF16, ...)                                                          \
    {                                                                                                                \
        .name = NAME, .formats = {__VA_ARGS__},                                                                      \
        .rms_norm = rms_norm, .rotate = rotate, .swiglu = swiglu, .add = add, .softmax = softmax,                    \
        .argmax = argmax, .maximum = maximum, .exponential_sum = exponential_sum, .at_least = at_least,              \
        .gumbel_contenders = gumbel_contenders,                                                                      \
        .caches =                                                                                                    \
            {[CTK_F32] = {store_f32, attend_page_f32},                                                               \
             [CTK_F16] = {store_f16, attend_page_f16},                                                               \
             [CTK_BF16] = {store_bf16, attend_page_bf16}},                                                           \
        .merge_pages = merge_pages,                                                                                  \
        .dense = {[CTK_DENSE_F32] = DENSE_KERNELS_F32, [CTK_DENSE_BF16] = DENSE_BF16},                               \
        .attention = {[CTK_DENSE_F32] = ATTENTION_KERNELS(f32), [CTK_DENSE_BF16] = ATTENTION_BF16},                  \
        .training = TRAINING_KERNELS,                                                                                \
    }

#endif
