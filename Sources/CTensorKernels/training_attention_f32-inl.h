// Training's attention in f32: tiles of sums in registers, over operands in their own layout or transposed.
#ifndef CTK_TRAINING_ATTENTION_F32_H
#define CTK_TRAINING_ATTENTION_F32_H

#include "training_attention_rows-inl.h"

// The size of a tile of sums that fits into the registers together with its input vectors.
enum { QUERY_ROWS = TOKENS_AT_ONCE >= 8 ? 4 : 6, QUERY_VECTORS = TOKENS_AT_ONCE >= 8 ? 4 : 1 };

/// Computes one tile of up to 16 * `vectors` columns, of which `last` exist in the last vector.
INLINE void multiply_tile(
    const float *a, size_t a_row, size_t a_step, const float *b, size_t b_stride, int rows, int vectors, size_t last,
    size_t depth, bool adding, float *c, size_t c_stride) {
    vf sums[QUERY_ROWS * QUERY_VECTORS];
    UNROLL for (int i = 0; i < rows; i++) {
        UNROLL for (int v = 0; v < vectors; v++) {
            const float *sum = c + (size_t)i * c_stride + LANES * v;
            sums[i * vectors + v] = adding ? load_first(sum, v == vectors - 1 ? last : LANES) : splat(0);
        }
    }
    for (size_t k = 0; k < depth; k++) {
        vf row[QUERY_VECTORS];
        UNROLL for (int v = 0; v < vectors; v++) {
            row[v] = load_first(b + k * b_stride + LANES * v, v == vectors - 1 ? last : LANES);
        }
        UNROLL for (int i = 0; i < rows; i++) {
            vf factor = splat(a[(size_t)i * a_row + k * a_step]);
            UNROLL for (int v = 0; v < vectors; v++) {
                sums[i * vectors + v] = fma16(factor, row[v], sums[i * vectors + v]);
            }
        }
    }
    UNROLL for (int i = 0; i < rows; i++) {
        UNROLL for (int v = 0; v < vectors; v++) {
            store_first(c + (size_t)i * c_stride + LANES * v, sums[i * vectors + v], v == vectors - 1 ? last : LANES);
        }
    }
}

/// Computes some columns of all rows.
INLINE void multiply_columns(
    const float *a, size_t a_row, size_t a_step, const float *b, size_t b_stride, size_t rows, int vectors, size_t last,
    size_t depth, bool adding, float *c, size_t c_stride) {
    size_t i = 0;
    for (; i + QUERY_ROWS <= rows; i += QUERY_ROWS) {
        multiply_tile(
            a + i * a_row, a_row, a_step, b, b_stride, QUERY_ROWS, vectors, last, depth, adding, c + i * c_stride,
            c_stride);
    }
    for (; i < rows; i++) {
        multiply_tile(
            a + i * a_row, a_row, a_step, b, b_stride, 1, vectors, last, depth, adding, c + i * c_stride, c_stride);
    }
}

static void multiply(
    const float *a, size_t a_row, size_t a_step, const float *b, size_t b_stride, size_t rows, size_t columns,
    size_t depth, bool adding, float *c, size_t c_stride) {
    size_t j = 0;
    for (; j + QUERY_VECTORS * LANES <= columns; j += QUERY_VECTORS * LANES) {
        multiply_columns(
            a, a_row, a_step, b + j, b_stride, rows, QUERY_VECTORS, LANES, depth, adding, c + j, c_stride);
    }
    for (; j + LANES <= columns; j += LANES) {
        multiply_columns(a, a_row, a_step, b + j, b_stride, rows, 1, LANES, depth, adding, c + j, c_stride);
    }
    if (j < columns) {
        multiply_columns(a, a_row, a_step, b + j, b_stride, rows, 1, columns - j, depth, adding, c + j, c_stride);
    }
}

enum { QUERY_BLOCK_f32 = 24 };

_Static_assert(QUERY_BLOCK_f32 % QUERY_ROWS == 0, "blocks of queries are whole tiles");

static size_t operands_size_f32(size_t length, size_t head_dim) { return 2 * head_dim * scratch_stride(length); }

/// Transposes [length][head_dim] to [head_dim][scratch stride], with zeros after the last position in its vector.
static void transpose_positions(const ctk_sequence_attention *a, const float *x, float *out) {
    size_t width = scratch_stride(a->length);
    for (size_t p = 0; p < padded(a->length); p++) {
        for (size_t d = 0; d < a->head_dim; d++) out[d * width + p] = p < a->length ? x[p * a->key_stride + d] : 0;
    }
}

static attention_operands operands_f32(const ctk_sequence_attention *a, bool backwards, float *scratch) {
    attention_operands o = {
        .keys_to_meet = scratch, .values_to_meet = scratch + a->head_dim * scratch_stride(a->length),
        .to_sum = backwards ? a->keys : a->values};
    transpose_positions(a, a->keys, o.keys_to_meet);
    if (backwards) transpose_positions(a, a->values, o.values_to_meet);
    return o;
}

INLINE void meet_f32(
    const ctk_sequence_attention *a, const attention_operands *o, const void *met, const float *rows, size_t count,
    size_t seen, float *products) {
    (void)o;
    size_t width = scratch_stride(a->length);
    multiply(
        rows, a->query_stride, 1, met, width, count, padded(seen), a->head_dim, false, products, width);
}

INLINE void sum_up_f32(
    const ctk_sequence_attention *a, const attention_operands *o, const float *weights, size_t count, size_t seen,
    float *sums) {
    multiply(
        weights, scratch_stride(a->length), 1, o->to_sum, a->key_stride, count, a->head_dim, seen, false, sums,
        a->query_stride);
}

INLINE void hand_out_f32(
    const ctk_sequence_attention *a, const attention_operands *o, const float *rows, const float *weights,
    size_t count, size_t seen, float *gradients) {
    (void)o;
    multiply(
        weights, 1, scratch_stride(a->length), rows, a->query_stride, seen, a->head_dim, count, true, gradients,
        a->key_stride);
}

#define ATTENTION(NAME) NAME##_f32
#include "training_attention-inl.h"
#undef ATTENTION

#endif
