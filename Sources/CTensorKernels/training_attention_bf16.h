// Attention of training in BF16: the kernels of dense products, over panels of rounded operands. Scores, weights and sums
// are f32; weights and their gradients are rounded where they are multiplied, too. The mean that scores' gradients are taken
// from is dy . y in f32, as in the other precision.
#ifndef CTK_TRAINING_ATTENTION_BF16_H
#define CTK_TRAINING_ATTENTION_BF16_H

#include "dense_bf16.h"
#include "training_attention_rows.h"

enum { COLUMN_TILE = DENSE_VECTORS * LANES, QUERY_BLOCK_bf16 = 4 * DENSE_ROWS };

_Static_assert(QUERY_BLOCK_bf16 % 2 == 0, "a block of queries ends with a whole pair of positions");

/// Words of the panels of so many rows or columns, `tile` to a panel.
INLINE size_t panel_words(size_t count, size_t tile, size_t depth) {
    return (count + tile - 1) / tile * tile * words_bf16(depth);
}

INLINE size_t met_words(size_t length, size_t head_dim) { return panel_words(length, COLUMN_TILE, head_dim); }
INLINE size_t summed_words(size_t length, size_t head_dim) { return panel_words(head_dim, COLUMN_TILE, length); }

/// Of a block's queries, of its weights, and of its weights by position.
INLINE size_t row_panel_words(size_t length, size_t head_dim) {
    return larger(
        panel_words(QUERY_BLOCK_bf16, DENSE_ROWS, larger(length, head_dim)),
        panel_words(length, DENSE_ROWS, QUERY_BLOCK_bf16));
}

static size_t operands_size_bf16(size_t length, size_t head_dim) {
    return 2 * met_words(length, head_dim) + summed_words(length, head_dim) + row_panel_words(length, head_dim)
        + panel_words(head_dim, COLUMN_TILE, QUERY_BLOCK_bf16);
}

static attention_operands operands_bf16(const ctk_sequence_attention *a, bool backwards, float *scratch) {
    float *values = scratch + met_words(a->length, a->head_dim), *summed = values + met_words(a->length, a->head_dim);
    float *row_panels = summed + summed_words(a->length, a->head_dim);
    attention_operands o = {
        .keys_to_meet = scratch, .values_to_meet = values, .to_sum = summed,
        .row_panels = row_panels, .column_panels = row_panels + row_panel_words(a->length, a->head_dim)};
    pack_columns_bf16(a->keys, a->key_stride, true, a->length, a->head_dim, o.keys_to_meet);
    if (backwards) pack_columns_bf16(a->values, a->key_stride, true, a->length, a->head_dim, o.values_to_meet);
    pack_columns_bf16(backwards ? a->keys : a->values, a->key_stride, false, a->head_dim, a->length, summed);
    return o;
}

static void meet_bf16(
    const ctk_sequence_attention *a, const attention_operands *o, const void *met, const float *rows, size_t count,
    size_t seen, float *products) {
    pack_rows_bf16(rows, a->query_stride, true, count, a->head_dim, o->row_panels);
    multiply_bf16(
        o->row_panels, met, count, padded(seen), a->head_dim, NULL, products, scratch_stride(a->length));
}

static void sum_up_bf16(
    const ctk_sequence_attention *a, const attention_operands *o, const float *weights, size_t count, size_t seen,
    float *sums) {
    pack_rows_bf16(weights, scratch_stride(a->length), true, count, seen, o->row_panels);
    // Panel by panel, since each is as long as the sequence, and only its first words are seen.
    const uint32_t *panel = o->to_sum;
    for (size_t d = 0; d < a->head_dim; d += COLUMN_TILE, panel += COLUMN_TILE * words_bf16(a->length)) {
        size_t left = a->head_dim - d;
        multiply_bf16(
            o->row_panels, panel, count, smaller(left, COLUMN_TILE), seen, NULL, sums + d, a->query_stride);
    }
}

static void hand_out_bf16(
    const ctk_sequence_attention *a, const attention_operands *o, const float *rows, const float *weights,
    size_t count, size_t seen, float *gradients) {
    pack_rows_bf16(weights, scratch_stride(a->length), false, seen, count, o->row_panels);
    pack_columns_bf16(rows, a->query_stride, false, a->head_dim, count, o->column_panels);
    multiply_bf16(o->row_panels, o->column_panels, seen, a->head_dim, count, gradients, gradients, a->key_stride);
}

#define ATTENTION(NAME) NAME##_bf16
#include "training_attention.h"
#undef ATTENTION

#endif
