// Products over panels of sixteen rows, for every vector table.
//
// One load brings 4 columns of 16 rows (quantized) or one column of 16 rows (floats); a broadcast of one token's
// activations advances all 16 rows, and nothing is ever summed across lanes. Each row adds one fma per block of 32 (or
// per column) from left to right, so its result is the scalar twin's to the bit, however many tokens share the panel.
//
// The including file includes vector.h, then defines TOKENS_AT_ONCE (how many tokens' sums fit into its registers),
// Q8_SIGN (0x80 where dot products want unsigned weights, else 0) and
//     vi dot_u4(vi sums, vbytes weights, int32_t four)    weights 0...15, four signed activations
//     vi dot_q8(vi sums, vbytes weights, int32_t four)    weights as stored
#ifndef CTK_PANELS_H
#define CTK_PANELS_H

#include "vector.h"

enum { PANEL_ROWS = LANES };

// MARK: Layouts

typedef struct {
    uint16_t scales[PANEL_ROWS];
    uint8_t weights[BLOCK / 4][PANEL_ROWS * 4];
} q8_0_panel_block;

typedef struct {
    uint16_t scales[PANEL_ROWS];
    uint8_t nibbles[BLOCK / 8][PANEL_ROWS * 4];
} q4_0_panel_block;

typedef struct {
    uint16_t scales[PANEL_ROWS];
    uint16_t minima[PANEL_ROWS];
    uint8_t nibbles[BLOCK / 8][PANEL_ROWS * 4];
} q4_1_panel_block;

// Packing changes the order of bytes, never their number: packed weights are as large as the file.
_Static_assert(sizeof(q8_0_panel_block) == PANEL_ROWS * sizeof(q8_0_block), "Q8_0 panels are as large as their rows");
_Static_assert(sizeof(q4_0_panel_block) == PANEL_ROWS * sizeof(q4_0_block), "Q4_0 panels are as large as their rows");
_Static_assert(sizeof(q4_1_panel_block) == PANEL_ROWS * sizeof(q4_1_block), "Q4_1 panels are as large as their rows");

static size_t panel_bytes_f32(size_t columns) { return columns * PANEL_ROWS * sizeof(float); }
static size_t panel_bytes_half(size_t columns) { return columns * PANEL_ROWS * sizeof(uint16_t); }
static size_t panel_bytes_q8_0(size_t columns) { return columns / BLOCK * sizeof(q8_0_panel_block); }
static size_t panel_bytes_q4_0(size_t columns) { return columns / BLOCK * sizeof(q4_0_panel_block); }
static size_t panel_bytes_q4_1(size_t columns) { return columns / BLOCK * sizeof(q4_1_panel_block); }

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
    q8_0_panel_block *out = panel;
    memset(panel, 0, panel_bytes_q8_0(columns));
    for (size_t b = 0; b < blocks; b++) {
        for (size_t r = 0; r < rows; r++) {
            const q8_0_block *in = (const q8_0_block *)file + r * blocks + b;
            out[b].scales[r] = in->scale;
            for (int c = 0; c < BLOCK; c++) {
                out[b].weights[c / 4][r * 4 + c % 4] = (uint8_t)in->values[c] ^ Q8_SIGN;
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
    q4_0_panel_block *out = panel;
    memset(panel, 0, panel_bytes_q4_0(columns));
    for (size_t b = 0; b < blocks; b++) {
        for (size_t r = 0; r < rows; r++) {
            const q4_0_block *in = (const q4_0_block *)file + r * blocks + b;
            out[b].scales[r] = in->scale;
            pack_nibbles(in->nibbles, r, out[b].nibbles);
        }
    }
}

static void pack_q4_1(const void *file, size_t rows, size_t columns, void *panel) {
    size_t blocks = columns / BLOCK;
    q4_1_panel_block *out = panel;
    memset(panel, 0, panel_bytes_q4_1(columns));
    for (size_t b = 0; b < blocks; b++) {
        for (size_t r = 0; r < rows; r++) {
            const q4_1_block *in = (const q4_1_block *)file + r * blocks + b;
            out[b].scales[r] = in->scale;
            out[b].minima[r] = in->minimum;
            pack_nibbles(in->nibbles, r, out[b].nibbles);
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
    const q8_0_panel_block *in = panel;
    for (size_t b = 0; b < columns / BLOCK; b++) {
        q8_0_block block = {.scale = in[b].scales[row]};
        for (int c = 0; c < BLOCK; c++) block.values[c] = (int8_t)(in[b].weights[c / 4][row * 4 + c % 4] ^ Q8_SIGN);
        ctk_dequantize_row(CTK_Q8_0, &block, BLOCK, out + b * BLOCK);
    }
}

INLINE void unpack_nibbles(const uint8_t in[BLOCK / 8][PANEL_ROWS * 4], size_t row, uint8_t *out) {
    for (int g = 0; g < BLOCK / 8; g++) memcpy(out + 4 * g, in[g] + row * 4, 4);
}

static void unpack_row_q4_0(const void *panel, size_t row, size_t columns, float *out) {
    const q4_0_panel_block *in = panel;
    for (size_t b = 0; b < columns / BLOCK; b++) {
        q4_0_block block = {.scale = in[b].scales[row]};
        unpack_nibbles(in[b].nibbles, row, block.nibbles);
        ctk_dequantize_row(CTK_Q4_0, &block, BLOCK, out + b * BLOCK);
    }
}

static void unpack_row_q4_1(const void *panel, size_t row, size_t columns, float *out) {
    const q4_1_panel_block *in = panel;
    for (size_t b = 0; b < columns / BLOCK; b++) {
        q4_1_block block = {.scale = in[b].scales[row], .minimum = in[b].minima[row]};
        unpack_nibbles(in[b].nibbles, row, block.nibbles);
        ctk_dequantize_row(CTK_Q4_1, &block, BLOCK, out + b * BLOCK);
    }
}

// MARK: Products of one panel with `tokens` tokens; `tokens` is a constant once inlined.

INLINE vf load_f16(const uint16_t *x) {
    _Float16 __attribute__((ext_vector_type(16))) halves;
    memcpy(&halves, x, sizeof halves);
    return __builtin_convertvector(halves, vf);
}

INLINE vf load_bf16(const uint16_t *x) {
    vu16 halves;
    memcpy(&halves, x, sizeof halves);
    return (vf)(__builtin_convertvector(halves, vu32) << 16);
}

INLINE vbytes load_bytes(const uint8_t *x) {
    vbytes bytes;
    memcpy(&bytes, x, sizeof bytes);
    return bytes;
}

/// Activations 4 * group ... 4 * group + 3 of a block, as the four bytes of one integer.
INLINE int32_t four(const activation_block *x, int group) {
    int32_t value;
    memcpy(&value, x->values + 4 * group, sizeof value);
    return value;
}

/// `tokens` tokens by one panel of floats; `x` is [tokens, columns].
INLINE void float_tile(int format, const void *panel, size_t columns, const float *x, int tokens, vf *sums) {
    UNROLL for (int t = 0; t < tokens; t++) sums[t] = splat(0);
    for (size_t c = 0; c < columns; c++) {
        vf weights = format == CTK_F32 ? load((const float *)panel + c * PANEL_ROWS)
            : format == CTK_F16        ? load_f16((const uint16_t *)panel + c * PANEL_ROWS)
                                       : load_bf16((const uint16_t *)panel + c * PANEL_ROWS);
        UNROLL for (int t = 0; t < tokens; t++) sums[t] = fma16(weights, splat(x[t * columns + c]), sums[t]);
    }
}

/// `x` is [blocks][count], of which `tokens` are advanced.
INLINE void q8_0_tile(
    const void *panel, size_t columns, const activation_block *x, size_t count, int tokens, vf *sums) {
    const q8_0_panel_block *blocks = panel;
    UNROLL for (int t = 0; t < tokens; t++) sums[t] = splat(0);
    for (size_t b = 0; b < columns / BLOCK; b++, x += count) {
        vi dots[TOKENS_AT_ONCE];
        // An unsigned weight is 128 too large: 128 times the activations' sum is taken off beforehand.
        UNROLL for (int t = 0; t < tokens; t++) dots[t] = (vi)(Q8_SIGN ? -128 * x[t].sum : 0);
        UNROLL for (int g = 0; g < BLOCK / 4; g++) {
            vbytes weights = load_bytes(blocks[b].weights[g]);
            UNROLL for (int t = 0; t < tokens; t++) dots[t] = dot_q8(dots[t], weights, four(x + t, g));
        }
        vf scales = load_f16(blocks[b].scales);
        UNROLL for (int t = 0; t < tokens; t++) {
            sums[t] = fma16(__builtin_convertvector(dots[t], vf), scales * x[t].scale, sums[t]);
        }
    }
}

INLINE void dot_nibble_panel(
    const uint8_t nibbles[BLOCK / 8][PANEL_ROWS * 4], const activation_block *x, int tokens, vi *dots) {
    UNROLL for (int g = 0; g < BLOCK / 8; g++) {
        vbytes pair = load_bytes(nibbles[g]);
        vbytes low = pair & 15, high = pair >> 4;
        UNROLL for (int t = 0; t < tokens; t++) {
            dots[t] = dot_u4(dots[t], low, four(x + t, g));
            dots[t] = dot_u4(dots[t], high, four(x + t, g + BLOCK / 8));
        }
    }
}

INLINE void q4_0_tile(
    const void *panel, size_t columns, const activation_block *x, size_t count, int tokens, vf *sums) {
    const q4_0_panel_block *blocks = panel;
    UNROLL for (int t = 0; t < tokens; t++) sums[t] = splat(0);
    for (size_t b = 0; b < columns / BLOCK; b++, x += count) {
        vi dots[TOKENS_AT_ONCE];
        UNROLL for (int t = 0; t < tokens; t++) dots[t] = (vi)(-8 * x[t].sum);
        dot_nibble_panel(blocks[b].nibbles, x, tokens, dots);
        vf scales = load_f16(blocks[b].scales);
        UNROLL for (int t = 0; t < tokens; t++) {
            sums[t] = fma16(__builtin_convertvector(dots[t], vf), scales * x[t].scale, sums[t]);
        }
    }
}

INLINE void q4_1_tile(
    const void *panel, size_t columns, const activation_block *x, size_t count, int tokens, vf *sums) {
    const q4_1_panel_block *blocks = panel;
    UNROLL for (int t = 0; t < tokens; t++) sums[t] = splat(0);
    for (size_t b = 0; b < columns / BLOCK; b++, x += count) {
        vi dots[TOKENS_AT_ONCE];
        UNROLL for (int t = 0; t < tokens; t++) dots[t] = (vi)(0);
        dot_nibble_panel(blocks[b].nibbles, x, tokens, dots);
        vf scales = load_f16(blocks[b].scales), minima = load_f16(blocks[b].minima);
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

/// Defines product_NAME, which calls TILE(tokens), an expression in `panel`, `x` and `sums`, with a constant number of
/// tokens. ACTIVATION is the type that `prepared` points to, and STEP how far one token is from the next there.
#define DEFINE_PRODUCT(NAME, ACTIVATION, STEP, TILE)                                                                 \
    static void product_##NAME(                                                                                      \
        const void *panels, size_t first, size_t last, size_t rows, size_t columns, const void *prepared,            \
        size_t count, float *y, size_t y_stride) {                                                                   \
        for (size_t p = first; p < last; p++) {                                                                      \
            const void *panel = (const uint8_t *)panels + p * panel_bytes_##NAME(columns);                           \
            size_t rows_left = rows - p * PANEL_ROWS;                                                                \
            for (size_t t = 0; t < count; t += TOKENS_AT_ONCE) {                                                     \
                const ACTIVATION *x = (const ACTIVATION *)prepared + t * (STEP);                                     \
                float *out = y + t * y_stride + p * PANEL_ROWS;                                                      \
                vf sums[TOKENS_AT_ONCE];                                                                             \
                switch (count - t) {                                                                                 \
                    TILE_CASES(TILE)                                                                                 \
                default: TILE_CASE(TILE, TOKENS_AT_ONCE)                                                             \
                }                                                                                                    \
            }                                                                                                        \
        }                                                                                                            \
    }

#define TILE_CASE(TILE, TOKENS)                                                                                      \
    TILE(TOKENS);                                                                                                    \
    store_sums(sums, TOKENS, rows_left, out, y_stride);                                                              \
    break;

#if TOKENS_AT_ONCE == 8
#define TILE_CASES(TILE)                                                                                             \
    case 1: TILE_CASE(TILE, 1)                                                                                       \
    case 2: TILE_CASE(TILE, 2)                                                                                       \
    case 3: TILE_CASE(TILE, 3)                                                                                       \
    case 4: TILE_CASE(TILE, 4)                                                                                       \
    case 5: TILE_CASE(TILE, 5)                                                                                       \
    case 6: TILE_CASE(TILE, 6)                                                                                       \
    case 7: TILE_CASE(TILE, 7)
#elif TOKENS_AT_ONCE == 4
#define TILE_CASES(TILE)                                                                                             \
    case 1: TILE_CASE(TILE, 1)                                                                                       \
    case 2: TILE_CASE(TILE, 2)                                                                                       \
    case 3: TILE_CASE(TILE, 3)
#elif TOKENS_AT_ONCE == 2
#define TILE_CASES(TILE)                                                                                             \
    case 1: TILE_CASE(TILE, 1)
#else
#error "list the tile sizes below TOKENS_AT_ONCE"
#endif

#define F32_TILE(TOKENS) float_tile(CTK_F32, panel, columns, x, TOKENS, sums)
#define F16_TILE(TOKENS) float_tile(CTK_F16, panel, columns, x, TOKENS, sums)
#define BF16_TILE(TOKENS) float_tile(CTK_BF16, panel, columns, x, TOKENS, sums)
#define Q8_0_TILE(TOKENS) q8_0_tile(panel, columns, x, count, TOKENS, sums)
#define Q4_0_TILE(TOKENS) q4_0_tile(panel, columns, x, count, TOKENS, sums)
#define Q4_1_TILE(TOKENS) q4_1_tile(panel, columns, x, count, TOKENS, sums)

#define panel_bytes_f16 panel_bytes_half
#define panel_bytes_bf16 panel_bytes_half

DEFINE_PRODUCT(f32, float, columns, F32_TILE)
DEFINE_PRODUCT(f16, float, columns, F16_TILE)
DEFINE_PRODUCT(bf16, float, columns, BF16_TILE)
DEFINE_PRODUCT(q8_0, activation_block, 1, Q8_0_TILE)
DEFINE_PRODUCT(q4_0, activation_block, 1, Q4_0_TILE)
DEFINE_PRODUCT(q4_1, activation_block, 1, Q4_1_TILE)

#define PANEL_FORMAT(NAME, PACK, PREPARED)                                                                           \
    {                                                                                                                \
        .panel_rows = PANEL_ROWS, .panel_bytes = panel_bytes_##NAME, .pack = pack_##PACK,                            \
        .unpack_row = unpack_row_##NAME, .activations = ACTIVATIONS_##PREPARED,                                      \
        .prepared_bytes = prepared_bytes_##PREPARED,                                                                 \
        .prepare = prepare_##PREPARED, .product = product_##NAME,                                                    \
    }

/// A table whose BF16 entry is `BF16_FORMAT` and whose every other entry is made here.
#define VECTOR_TABLE(NAME, BF16_FORMAT)                                                                              \
    {                                                                                                                \
        .name = NAME,                                                                                                \
        .formats =                                                                                                   \
            {[CTK_F32] = PANEL_FORMAT(f32, f32, f32),                                                                \
             [CTK_F16] = PANEL_FORMAT(f16, half, f32),                                                               \
             [CTK_BF16] = BF16_FORMAT,                                                                               \
             [CTK_Q8_0] = PANEL_FORMAT(q8_0, q8_0, quantized),                                                       \
             [CTK_Q4_0] = PANEL_FORMAT(q4_0, q4_0, quantized),                                                       \
             [CTK_Q4_1] = PANEL_FORMAT(q4_1, q4_1, quantized)},                                                      \
        .rms_norm = rms_norm, .rotate = rotate, .swiglu = swiglu, .add = add, .softmax = softmax,                    \
        .argmax = argmax, .store_key = store_key, .attend_page = attend_page,                                        \
        .merge_pages = merge_pages,                                                                                  \
    }

#endif
