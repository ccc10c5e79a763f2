// Kernels that all tables share: plain loops without a choice of order, compiled once for each instruction set.
#ifndef CTK_SHARED_H
#define CTK_SHARED_H

#include <math.h>

#include "formats.h"

static void rotate(
    float *x, size_t heads, size_t head_dim, const float *cosines, const float *sines, int pairing) {
    size_t pairs = head_dim / 2;
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
