// The naive reference for dense products: panels of one row or column, and one fma per depth from left to right.
#ifndef CTK_DENSE_SCALAR_H
#define CTK_DENSE_SCALAR_H

#include <math.h>

#include "CTensorKernels.h"

static void pack_dense(const float *x, size_t stride, bool along_depth, size_t count, size_t depth, void *panels) {
    float *out = panels;
    for (size_t i = 0; i < count; i++) {
        for (size_t p = 0; p < depth; p++) out[i * depth + p] = along_depth ? x[i * stride + p] : x[p * stride + i];
    }
}

static void multiply_dense(
    const void *row_panels, const void *column_panels, size_t rows, size_t columns, size_t depth, const float *summand,
    float *c, size_t stride) {
    for (size_t i = 0; i < rows; i++) {
        for (size_t j = 0; j < columns; j++) {
            const float *a = (const float *)row_panels + i * depth, *b = (const float *)column_panels + j * depth;
            float sum = 0;
            for (size_t p = 0; p < depth; p++) sum = fmaf(a[p], b[p], sum);
            size_t place = i * stride + j;
            c[place] = summand ? summand[place] + sum : sum;
        }
    }
}

#define DENSE_SCALAR                                                                                                   \
    {                                                                                                                \
        .tile_rows = 1, .tile_columns = 1, .depths_per_step = 1, .step_bytes = 4, .depths_per_block = 512,           \
        .pack_rows = pack_dense, .pack_columns = pack_dense, .multiply = multiply_dense,                             \
    }

#endif
