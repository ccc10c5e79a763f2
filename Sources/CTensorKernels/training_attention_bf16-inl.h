// Training's attention in BF16: uses the kernels of dense products on panels of rounded operands. Scores, weights and
// sums are f32; weights and their gradients are also rounded when they are multiplied. The mean in the scores'
// gradients is dy . y in f32, as in the other precision.
//
// Included once per kind of dense product that rounds, by a file that has the kind's functions and constants
// (TILE_ROWS, STEP_DEPTHS, words, pack_rows, pack_columns and multiply, with its suffix) and defines
//     ATTENTION(NAME)    NAME with the suffix
//     QUERY_BLOCK        with the suffix; see training_attention-inl.h. A multiple of STEP_DEPTHS, so that a block's
//                        products do not include positions after it

#include "training_attention_rows-inl.h"

_Static_assert(
    ATTENTION(QUERY_BLOCK) % ATTENTION(STEP_DEPTHS) == 0, "a block of queries ends with a whole step of positions");

/// Words of the panels of `count` rows or columns, `tile` per panel.
INLINE size_t ATTENTION(panel_words)(size_t count, size_t tile, size_t depth) {
    return (count + tile - 1) / tile * tile * ATTENTION(words)(depth);
}

INLINE size_t ATTENTION(met_words)(size_t length, size_t head_dim) {
    return ATTENTION(panel_words)(length, TILE_COLUMNS, head_dim);
}

INLINE size_t ATTENTION(summed_words)(size_t length, size_t head_dim) {
    return ATTENTION(panel_words)(head_dim, TILE_COLUMNS, length);
}

/// Words of the row panels of a block's queries, of its weights, or of its transposed weights, whichever is largest.
INLINE size_t ATTENTION(row_panel_words)(size_t length, size_t head_dim) {
    return larger(
        ATTENTION(panel_words)(ATTENTION(QUERY_BLOCK), ATTENTION(TILE_ROWS), larger(length, head_dim)),
        ATTENTION(panel_words)(length, ATTENTION(TILE_ROWS), ATTENTION(QUERY_BLOCK)));
}

static size_t ATTENTION(operands_size)(size_t length, size_t head_dim) {
    return 2 * ATTENTION(met_words)(length, head_dim) + ATTENTION(summed_words)(length, head_dim)
        + ATTENTION(row_panel_words)(length, head_dim)
        + ATTENTION(panel_words)(head_dim, TILE_COLUMNS, ATTENTION(QUERY_BLOCK));
}

static attention_operands ATTENTION(operands)(const ctk_sequence_attention *a, bool backwards, float *scratch) {
    size_t met = ATTENTION(met_words)(a->length, a->head_dim);
    float *values = scratch + met, *summed = values + met;
    float *row_panels = summed + ATTENTION(summed_words)(a->length, a->head_dim);
    attention_operands o = {
        .keys_to_meet = scratch, .values_to_meet = values, .to_sum = summed,
        .row_panels = row_panels, .column_panels = row_panels + ATTENTION(row_panel_words)(a->length, a->head_dim)};
    ATTENTION(pack_columns)(a->keys, a->key_stride, true, a->length, a->head_dim, o.keys_to_meet);
    if (backwards) ATTENTION(pack_columns)(a->values, a->key_stride, true, a->length, a->head_dim, o.values_to_meet);
    ATTENTION(pack_columns)(backwards ? a->keys : a->values, a->key_stride, false, a->head_dim, a->length, summed);
    return o;
}

static void ATTENTION(meet)(
    const ctk_sequence_attention *a, const attention_operands *o, const void *met, const float *rows, size_t count,
    size_t seen, float *products) {
    ATTENTION(pack_rows)(rows, a->query_stride, true, count, a->head_dim, o->row_panels);
    ATTENTION(multiply)(
        o->row_panels, met, count, padded(seen), a->head_dim, NULL, products, scratch_stride(a->length));
}

static void ATTENTION(sum_up)(
    const ctk_sequence_attention *a, const attention_operands *o, const float *weights, size_t count, size_t seen,
    float *sums) {
    ATTENTION(pack_rows)(weights, scratch_stride(a->length), true, count, seen, o->row_panels);
    // Panel by panel, since each is as long as the sequence and only its first words are used.
    const uint32_t *panel = o->to_sum;
    for (size_t d = 0; d < a->head_dim; d += TILE_COLUMNS, panel += TILE_COLUMNS * ATTENTION(words)(a->length)) {
        size_t left = a->head_dim - d;
        ATTENTION(multiply)(
            o->row_panels, panel, count, smaller(left, TILE_COLUMNS), seen, NULL, sums + d, a->query_stride);
    }
}

static void ATTENTION(hand_out)(
    const ctk_sequence_attention *a, const attention_operands *o, const float *rows, const float *weights,
    size_t count, size_t seen, float *gradients) {
    ATTENTION(pack_rows)(weights, scratch_stride(a->length), false, seen, count, o->row_panels);
    ATTENTION(pack_columns)(rows, a->query_stride, false, a->head_dim, count, o->column_panels);
    ATTENTION(multiply)(o->row_panels, o->column_panels, seen, a->head_dim, count, gradients, gradients, a->key_stride);
}

#include "training_attention-inl.h"
