// Quantized activations for smmla: tokens in pairs, [pair][block].
#ifndef CTK_TOKEN_PAIRS_H
#define CTK_TOKEN_PAIRS_H

#include "activations-inl.h"
#include "row_pairs-inl.h"

enum { ACTIVATIONS_token_pairs = CTK_ACTIVATIONS_TOKEN_PAIRS, COLUMNS_token_pairs = BLOCK };

/// BLOCK activations of two tokens. Scales and sums of a token are stored twice, for both rows of a 2 by 2 result.
typedef struct {
    int8_t values[BLOCK / DEPTH][2][DEPTH];
    float scales[2][2];
    float scaled_sums[2][2];
    int32_t minus_8_sums[2][2];
} activation_pair;

_Static_assert(sizeof(activation_pair) == 112, "activation pairs stay aligned to 16 bytes");

/// An odd last token is its own partner.
INLINE size_t token_pairs(size_t count) { return (count + 1) / 2; }

static size_t prepared_bytes_token_pairs(size_t columns, size_t count) {
    return columns / BLOCK * token_pairs(count) * sizeof(activation_pair);
}

INLINE void set_token(activation_pair *pair, size_t token, const activation_block *block) {
    for (size_t g = 0; g < BLOCK / DEPTH; g++) memcpy(pair->values[g][token], block->values + g * DEPTH, DEPTH);
    for (size_t row = 0; row < 2; row++) {
        pair->scales[row][token] = block->scale;
        pair->scaled_sums[row][token] = block->scaled_sum;
        pair->minus_8_sums[row][token] = block->minus_8_sums;
    }
}

static void prepare_token_pairs(
    const float *x, size_t columns, size_t count, ctk_activation_part part, void *prepared) {
    for (size_t t = part.first_token; t < part.last_token; t++) {
        activation_pair *pair = (activation_pair *)prepared + t / 2 * (columns / BLOCK);
        bool is_alone = t % 2 == 0 && t + 1 == count;
        for (size_t b = part.first_column / BLOCK; b < part.last_column / BLOCK; b++) {
            activation_block block;
            quantize_activations(x + t * columns + b * BLOCK, &block);
            set_token(pair + b, t % 2, &block);
            if (is_alone) set_token(pair + b, 1, &block);
        }
    }
}

#endif
