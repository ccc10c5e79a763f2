// Kernels that all tables share: plain loops without a choice of order, compiled once for each instruction set.
#ifndef CTK_SHARED_H
#define CTK_SHARED_H

#include <math.h>

#include "formats.h"

static void rotate(
    float *x, size_t heads, size_t head_dim, size_t rotated, const float *cosines, const float *sines, int pairing) {
    size_t pairs = rotated / 2;
    for (size_t h = 0; h < heads; h++, x += head_dim) {
        for (size_t i = 0; i < pairs; i++) {
            size_t first = pairing == CTK_INTERLEAVED ? 2 * i : i;
            size_t second = pairing == CTK_INTERLEAVED ? 2 * i + 1 : i + pairs;
            float a = x[first], b = x[second];
            x[first] = a * cosines[i] - b * sines[i];
            x[second] = b * cosines[i] + a * sines[i];
        }
    }
}

/// Positions of the page up to the last one that a row sees.
static inline size_t visible_positions(const ctk_page_queries *q, size_t row) {
    return q->visible + row < CTK_PAGE_POSITIONS ? q->visible + row : CTK_PAGE_POSITIONS;
}

/// Positions at the page's start that a row does not see.
static inline size_t hidden_positions(const ctk_page_queries *q, size_t row) {
    ptrdiff_t hidden = q->hidden + (ptrdiff_t)row;
    return hidden > 0 ? (size_t)hidden : 0;
}

/// Positions that the query of position visible - 1 does not see, before the `visible` ones up to its own.
static inline size_t hidden_before(const ctk_sequence_attention *a, size_t visible) {
    return visible > a->window ? visible - a->window : 0;
}

/// gelu(x) is about x / (1 + e^-y) with this y: 2 sqrt(2 / pi) (x + 0.044715 x^3).
/// For 1 + tanh(y / 2) = 2 / (1 + e^-y).
#define gelu_exponent(X) ((X) * (1.5957691216057308f + 0.07135481627159668f * (X) * (X)))

static void add(const float *x, size_t count, float *y) {
    for (size_t i = 0; i < count; i++) y[i] += x[i];
}

static void scale(float factor, size_t count, float *x) {
    for (size_t i = 0; i < count; i++) x[i] *= factor;
}

/// Adds the pages' parts, rescaled to the largest maximum of all pages.
static void merge_pages(
    const ctk_page_softmax *softmaxes, const float *weighted, size_t count, size_t head_dim, float *out) {
    float maximum = softmaxes[0].maximum;
    for (size_t p = 1; p < count; p++) {
        maximum = softmaxes[p].maximum > maximum ? softmaxes[p].maximum : maximum;
    }
    float sum = 0;
    for (size_t d = 0; d < head_dim; d++) out[d] = 0;
    for (size_t p = 0; p < count; p++, weighted += head_dim) {
        float share = expf(softmaxes[p].maximum - maximum);
        sum += share * softmaxes[p].sum;
        for (size_t d = 0; d < head_dim; d++) out[d] += share * weighted[d];
    }
    for (size_t d = 0; d < head_dim; d++) out[d] /= sum;
}

#endif
