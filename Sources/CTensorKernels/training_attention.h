// Causal attention of whole sequences and its gradient, in blocks of queries, for every vector table.
//
// No matrix of all positions by all is kept: forward leaves the logarithm of each query's sum of exponentials, from which
// the way back computes the weights of a block anew (Dao, "FlashAttention-2", arXiv 2307.08691, algorithms 1 and 2).
// All five products are one kernel's.
#ifndef CTK_TRAINING_ATTENTION_H
#define CTK_TRAINING_ATTENTION_H

#include "training.h"

// A tile of sums that fits into the registers, beside the vectors it is made from.
enum { TILE_ROWS = TOKENS_AT_ONCE >= 8 ? 4 : 6, TILE_VECTORS = TOKENS_AT_ONCE >= 8 ? 4 : 1 };

/// Up to 16 * `vectors` columns, of which `last` exist in the last vector.
INLINE void multiply_tile(
    const float *a, size_t a_row, size_t a_step, const float *b, size_t b_stride, int rows, int vectors, size_t last,
    size_t depth, bool adding, float *c, size_t c_stride) {
    vf sums[TILE_ROWS * TILE_VECTORS];
    UNROLL for (int i = 0; i < rows; i++) {
        UNROLL for (int v = 0; v < vectors; v++) {
            const float *sum = c + (size_t)i * c_stride + LANES * v;
            sums[i * vectors + v] = adding ? load_first(sum, v == vectors - 1 ? last : LANES) : splat(0);
        }
    }
    for (size_t k = 0; k < depth; k++) {
        vf row[TILE_VECTORS];
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

/// Some columns of all rows.
INLINE void multiply_columns(
    const float *a, size_t a_row, size_t a_step, const float *b, size_t b_stride, size_t rows, int vectors, size_t last,
    size_t depth, bool adding, float *c, size_t c_stride) {
    size_t i = 0;
    for (; i + TILE_ROWS <= rows; i += TILE_ROWS) {
        multiply_tile(
            a + i * a_row, a_row, a_step, b, b_stride, TILE_ROWS, vectors, last, depth, adding, c + i * c_stride,
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
    for (; j + TILE_VECTORS * LANES <= columns; j += TILE_VECTORS * LANES) {
        multiply_columns(
            a, a_row, a_step, b + j, b_stride, rows, TILE_VECTORS, LANES, depth, adding, c + j, c_stride);
    }
    for (; j + LANES <= columns; j += LANES) {
        multiply_columns(a, a_row, a_step, b + j, b_stride, rows, 1, LANES, depth, adding, c + j, c_stride);
    }
    if (j < columns) {
        multiply_columns(a, a_row, a_step, b + j, b_stride, rows, 1, columns - j, depth, adding, c + j, c_stride);
    }
}

/// Queries that are attended to together: each vector of keys that is loaded serves them all.
enum { QUERY_BLOCK = 24 };

_Static_assert(QUERY_BLOCK % TILE_ROWS == 0, "blocks of queries are whole tiles");

/// Positions in whole vectors.
INLINE size_t padded(size_t length) { return (length + LANES - 1) / LANES * LANES; }

/// How far rows of scratch are apart: an odd number of vectors. Powers of two would all fall onto a few sets of a cache.
INLINE size_t scratch_stride(size_t length) { return padded(length) / LANES % 2 ? padded(length) : padded(length) + LANES; }

/// Keys and values, transposed, then two blocks of scores.
static size_t attention_scratch(size_t length, size_t head_dim) {
    return (2 * head_dim + 2 * QUERY_BLOCK) * scratch_stride(length);
}

/// [length][columns] -> [columns][scratch stride], zeros where the last vector has no positions.
INLINE void transpose_rows(const float *x, size_t stride, size_t length, size_t columns, float *out) {
    size_t stride_out = scratch_stride(length);
    for (size_t p = 0; p < padded(length); p++) {
        for (size_t d = 0; d < columns; d++) out[d * stride_out + p] = p < length ? x[p * stride + d] : 0;
    }
}

/// Row i: the products of row `first` + i with all keys, or values, that the last of the block sees.
INLINE void block_products(
    const ctk_sequence_attention *a, const float *rows, const float *transposed, size_t first, size_t count,
    float *products) {
    size_t width = scratch_stride(a->length);
    multiply(
        rows + first * a->query_stride, a->query_stride, 1, transposed, width, count, padded(first + count),
        a->head_dim, false, products, width);
}

static void attend_block(const ctk_sequence_attention *a, size_t head, size_t first, size_t count) {
    size_t width = scratch_stride(a->length), seen = first + count;
    float *keys = a->scratch, *scores = keys + 2 * a->head_dim * width, scales[QUERY_BLOCK];
    float *output = a->output + first * a->query_stride + head * a->head_dim;
    block_products(a, a->queries + head * a->head_dim, keys, first, count, scores);
    for (size_t i = 0; i < count; i++) {
        float *row = scores + i * width;
        size_t visible = first + i + 1;
        for (size_t t = 0; t < visible; t++) row[t] *= a->scale;
        float maximum = maximum_of(row, visible);
        float sum = exponentials(row, visible, maximum);
        for (size_t t = visible; t < seen; t++) row[t] = 0;
        scales[i] = 1 / sum;
        a->log_sums[head * a->length + first + i] = maximum + logf(sum);
    }
    multiply(
        scores, width, 1, a->values, a->key_stride, count, a->head_dim, seen, false, output, a->query_stride);
    for (size_t i = 0; i < count; i++) {
        for (size_t d = 0; d < a->head_dim; d++) output[i * a->query_stride + d] *= scales[i];
    }
}

static void attend_sequence(const ctk_sequence_attention *a) {
    transpose_rows(a->keys, a->key_stride, a->length, a->head_dim, a->scratch);
    for (size_t head = 0; head < a->heads; head++) {
        for (size_t first = 0; first < a->length; first += QUERY_BLOCK) {
            size_t left = a->length - first;
            attend_block(a, head, first, left < QUERY_BLOCK ? left : QUERY_BLOCK);
        }
    }
}

/// dy . y, in the order of the columns by lanes.
INLINE float row_product(const float *x, const float *y, size_t count) {
    vf sums = splat(0);
#define ADD(I, N) sums = fma16(load_first(x + (I), N), load_first(y + (I), N), sums);
    FOR_LANES(count, ADD)
#undef ADD
    return sum_lanes(sums);
}

/// Scores become weights e^(score - log_sum), products dy . v become (dy . v - mean) * weight * scale.
INLINE void weights_and_shares(
    float *weights, float *shares, size_t visible, size_t seen, float scale, float log_sum, float mean) {
#define SHARE(I, N)                                                                                                  \
    {                                                                                                                \
        vf weight = exp16(load_first(weights + (I), N) * scale - log_sum);                                            \
        store_first(weights + (I), weight, N);                                                                        \
        store_first(shares + (I), (load_first(shares + (I), N) - mean) * weight * scale, N);                           \
    }
    FOR_LANES(visible, SHARE)
#undef SHARE
    for (size_t t = visible; t < seen; t++) weights[t] = shares[t] = 0;
}

static void attend_block_gradient(const ctk_sequence_attention *a, size_t head, size_t first, size_t count) {
    size_t width = scratch_stride(a->length), seen = first + count;
    const float *keys = a->scratch, *values = keys + a->head_dim * width;
    float *weights = a->scratch + 2 * a->head_dim * width, *shares = weights + QUERY_BLOCK * width;
    size_t start = first * a->query_stride + head * a->head_dim;
    const float *gradient = a->output_gradient + start;
    block_products(a, a->queries + head * a->head_dim, keys, first, count, weights);
    block_products(a, a->output_gradient + head * a->head_dim, values, first, count, shares);
    for (size_t i = 0; i < count; i++) {
        size_t row = i * a->query_stride;
        float mean = row_product(gradient + row, a->output + start + row, a->head_dim);
        weights_and_shares(
            weights + i * width, shares + i * width, first + i + 1, seen, a->scale,
            a->log_sums[head * a->length + first + i], mean);
    }
    multiply(
        shares, width, 1, a->keys, a->key_stride, count, a->head_dim, seen, false, a->query_gradient + start,
        a->query_stride);
    multiply(
        weights, 1, width, gradient, a->query_stride, seen, a->head_dim, count, true, a->value_gradient,
        a->key_stride);
    multiply(
        shares, 1, width, a->queries + start, a->query_stride, seen, a->head_dim, count, true, a->key_gradient,
        a->key_stride);
}

static void attend_sequence_gradient(const ctk_sequence_attention *a) {
    transpose_rows(a->keys, a->key_stride, a->length, a->head_dim, a->scratch);
    transpose_rows(a->values, a->key_stride, a->length, a->head_dim, a->scratch + a->head_dim * scratch_stride(a->length));
    for (size_t p = 0; p < a->length; p++) {
        memset(a->key_gradient + p * a->key_stride, 0, a->head_dim * sizeof(float));
        memset(a->value_gradient + p * a->key_stride, 0, a->head_dim * sizeof(float));
    }
    for (size_t head = 0; head < a->heads; head++) {
        for (size_t first = 0; first < a->length; first += QUERY_BLOCK) {
            size_t left = a->length - first;
            attend_block_gradient(a, head, first, left < QUERY_BLOCK ? left : QUERY_BLOCK);
        }
    }
}

#endif
