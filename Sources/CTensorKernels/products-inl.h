// Products of panels with tiles of tokens, for every vector table.
//
// A broadcast of one token's activations is multiplied with the 16 rows of a panel, and nothing is summed across lanes.
// Each row adds one fma per block of 32 (or per column) from left to right. So its result is bit for bit that of the
// scalar table, however many tokens share the panel.
//
// The including file includes vector-inl.h, then defines
//
//     TOKENS_AT_ONCE      4 or 8: the number of tokens whose sums fit into registers
//     EACH_LINE           UNROLL, or ROLL if registers are few: the loop over lines of whole codes
//     SHIFTED_SUMS        up to how many tokens sums are shifted instead of weights, which then have up to eight bits;
//                         0 if dot_u7 cannot take them
//     WEIGHTS_AHEAD       how many bytes ahead quantized and paired weights are prefetched; 0 for no prefetch
//     FEW_TOKENS_AHEAD    the same for tiles of up to three tokens
//     Q8_SIGN             0x80 if dot_q8 takes unsigned weights, otherwise 0
//
// and functions, of which the first two multiply four columns of each row with activations 4 * group ... 4 * group + 3:
//
//     vi dot_u7(vi sums, vbytes weights, const int8_t *values, int group)    weights 0...127
//     vi dot_q8(vi sums, vbytes weights, const int8_t *values, int group)    signed weights ^ Q8_SIGN
//     vi dot_pairs(vi sums, vi weights, int32_t pair)       two 16-bit weights of each row times two 16-bit integers
//     vbytes lookup_16(vbytes_16 table, vbytes indices)     table[i] for indices 0...15
//     vbytes merge_bits(vbytes a, vbytes b, uint8_t mask)   the bits of b where the mask has ones, otherwise of a
//     vf powers_of_two(vi exponents, int tokens)            2^exponents for -128...127, as a tile of `tokens` needs it
//     vi add_scaled_pair(vi totals, vi a, vi b, int shift, vi scales)
//         totals + a * first scale + (b >> shift) * second scale; a, b >> shift and the pairs of scales have 16 bits
#ifndef CTK_PRODUCTS_H
#define CTK_PRODUCTS_H

#include "attention-inl.h"
#include "panels-inl.h"
#include "scan-inl.h"
#include "training_attention_f32-inl.h"
#include "weights-inl.h"

INLINE void store_sums(const vf *sums, int tokens, size_t rows_left, float *y, size_t y_stride) {
    UNROLL for (int t = 0; t < tokens; t++) {
        if (rows_left >= PANEL_ROWS) {
            store(y + t * y_stride, sums[t]);
        } else {
            store_tail(y + t * y_stride, sums[t], rows_left);
        }
    }
}

/// Bytes of the panels that one tile of tokens is multiplied with before the next tile. They stay in the L2 cache, of
/// which cores have at least 512 KiB, and the tile's activations in the L1 cache.
enum { PANEL_GROUP_BYTES = 256 << 10 };

/// Defines product_NAME from NAME_tile(panel, columns, x, tokens, sums), which multiplies one panel with a constant
/// number of tokens, whose activations in the form FORM are interleaved at `x`.
#define DEFINE_PRODUCT(NAME, FORM)                                                                                   \
    static void product_##NAME(                                                                                      \
        const void *panels, size_t first, size_t last, size_t rows, size_t columns, const void *prepared,            \
        size_t count, float *y, size_t y_stride) {                                                                   \
        size_t panel_bytes = panel_bytes_##NAME(columns), group = 1 + PANEL_GROUP_BYTES / panel_bytes;               \
        size_t tile = tile_tokens(count);                                                                            \
        for (size_t g = first; g < last; g += group) {                                                               \
            for (size_t t = 0; t < count; t += tile) {                                                               \
                const FORM##_activation *x = (const FORM##_activation *)prepared + t * activations_##FORM(columns);  \
                for (size_t p = g; p < smaller(g + group, last); p++) {                                              \
                    const void *panel = (const uint8_t *)panels + p * panel_bytes;                                   \
                    float *out = y + t * y_stride + p * PANEL_ROWS;                                                  \
                    size_t rows_left = rows - p * PANEL_ROWS;                                                        \
                    vf sums[TOKENS_AT_ONCE];                                                                         \
                    switch (smaller(tile, count - t)) { TILE_CASES(NAME) }                                           \
                }                                                                                                    \
            }                                                                                                        \
        }                                                                                                            \
    }

#define TILE_CASE(NAME, TOKENS)                                                                                      \
    case TOKENS:                                                                                                     \
        NAME##_tile(panel, columns, x, TOKENS, sums);                                                                \
        store_sums(sums, TOKENS, rows_left, out, y_stride);                                                          \
        break;

#define TILE_CASES_2(NAME)                                                                                           \
    TILE_CASE(NAME, 1)                                                                                               \
    TILE_CASE(NAME, 2)
#define TILE_CASES_4(NAME)                                                                                           \
    TILE_CASES_2(NAME)                                                                                               \
    TILE_CASE(NAME, 3)                                                                                               \
    TILE_CASE(NAME, 4)
#define TILE_CASES_8(NAME)                                                                                           \
    TILE_CASES_4(NAME)                                                                                               \
    TILE_CASE(NAME, 5)                                                                                               \
    TILE_CASE(NAME, 6)                                                                                               \
    TILE_CASE(NAME, 7)                                                                                               \
    TILE_CASE(NAME, 8)

// The cases up to TOKENS_AT_ONCE, in two macros so that its number is expanded before the names are joined.
#define TILE_CASES_UP_TO(TOKENS, NAME) TILE_CASES_##TOKENS(NAME)
#define TILE_CASES_OF(TOKENS, NAME) TILE_CASES_UP_TO(TOKENS, NAME)
#define TILE_CASES(NAME) TILE_CASES_OF(TOKENS_AT_ONCE, NAME)

#define DEFINE_FORMAT_PRODUCT(NAME, name, FORM) DEFINE_PRODUCT(name, FORM)
CTK_EACH_FORMAT(DEFINE_FORMAT_PRODUCT)

#define PANEL_FORMAT(NAME, FORM)                                                                                     \
    {                                                                                                                \
        .panel_rows = PANEL_ROWS, .panel_bytes = panel_bytes_##NAME, .pack = pack_##NAME,                            \
        .unpack_row = unpack_row_##NAME, .activations = ACTIVATIONS_##FORM, .prepared_columns = COLUMNS_##FORM,      \
        .prepared_bytes = prepared_bytes_##FORM, .prepare = prepare_##FORM, .product = product_##NAME,               \
    }
#define PANEL_ENTRY(NAME, name, FORM) [CTK_##NAME] = PANEL_FORMAT(name, FORM),

// A table's own entries for some formats follow those for all formats and override them.
#pragma clang diagnostic ignored "-Winitializer-overrides"

/// A table with the given bf16 kernels for training, and with the given entries for some formats.
#define VECTOR_TABLE(NAME, DENSE_BF16, ATTENTION_BF16, ...)                                                          \
    {                                                                                                                \
        .name = NAME, .formats = {CTK_EACH_FORMAT(PANEL_ENTRY) __VA_ARGS__},                                         \
        .rms_norm = rms_norm, .rotate = rotate, .swiglu = swiglu, .geglu = geglu, .add = add,  \
        .scale = scale, .softmax = softmax,    \
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
