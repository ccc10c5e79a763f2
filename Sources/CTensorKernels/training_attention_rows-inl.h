// Definitions that causal attention over whole sequences shares between precisions.
#ifndef CTK_TRAINING_ATTENTION_ROWS_H
#define CTK_TRAINING_ATTENTION_ROWS_H

#include "training-inl.h"

/// Keys and values of a sequence in the form that a precision's products read, and scratch memory.
typedef struct {
    /// For products of a row with each key or value.
    void *keys_to_meet;
    void *values_to_meet;
    /// For weighted sums: values in the forward pass, keys in the backward pass.
    const void *to_sum;
    /// Memory for the panels of a block of queries.
    void *row_panels;
    void *column_panels;
} attention_operands;

/// Rounds a number of positions up to whole vectors.
INLINE size_t padded(size_t length) { return (length + LANES - 1) / LANES * LANES; }

/// The distance between rows of scratch: an odd number of vectors. Powers of two would all map to a few sets of a
/// cache.
INLINE size_t scratch_stride(size_t length) {
    const size_t vectors = padded(length) / LANES;
    return (vectors % 2 ? vectors : vectors + 1) * LANES;
}

/// x . y, summed lane by lane in the order of the columns.
INLINE float row_product(const float *x, const float *y, size_t count) {
    vf sums = splat(0);
#define ADD(I, N) sums = fma16(load_first(x + (I), N), load_first(y + (I), N), sums);
    FOR_LANES(count, ADD)
#undef ADD
    return sum_lanes(sums);
}

/// Replaces the scores of positions [hidden, visible) by weights e^(score - log_sum), and products dy . v by
/// (dy . v - mean) * weight * scale; those of other positions by 0.
INLINE void weights_and_shares(
    float *weights, float *shares, size_t hidden, size_t visible, size_t seen, float scale, float log_sum,
    float mean) {
    for (size_t t = 0; t < hidden; t++) weights[t] = shares[t] = 0;
    for (size_t t = visible; t < seen; t++) weights[t] = shares[t] = 0;
    weights += hidden, shares += hidden;
#define SHARE(I, N)                                                                                                  \
    {                                                                                                                \
        vf weight = exp16(load_first(weights + (I), N) * scale - log_sum);                                            \
        store_first(weights + (I), weight, N);                                                                        \
        store_first(shares + (I), (load_first(shares + (I), N) - mean) * weight * scale, N);                           \
    }
    FOR_LANES(visible - hidden, SHARE)
#undef SHARE
}

#endif
