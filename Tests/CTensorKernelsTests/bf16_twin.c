#include "bf16_twin.h"

#include <math.h>

#include "formats.h"
#include "memory.h"

static float flushed(float value) { return fabsf(value) < 0x1p-126f ? copysignf(0, value) : value; }

static float step(const uint8_t *weight, float x, float sum) {
    uint16_t half;
    memcpy(&half, weight, sizeof half);
    return flushed(fmaf(flushed(bf16_to_float(half)), flushed(bf16_to_float(float_to_bf16(x))), sum));
}

/// One row's product with one token's activations.
typedef float row_product(const uint8_t *row, const float *x, size_t columns);

static float *all_products(const void *file, const float *x, product_shape shape, row_product *product) {
    float *y = guarded(shape.tokens * shape.rows * sizeof *y);
    for (size_t t = 0; t < shape.tokens; t++) {
        for (size_t r = 0; r < shape.rows; r++) {
            const uint8_t *row = (const uint8_t *)file + r * shape.columns * 2;
            y[t * shape.rows + r] = product(row, x + t * shape.columns, shape.columns);
        }
    }
    return y;
}

static float in_pairs(const uint8_t *row, const float *x, size_t columns) {
    float sum = 0;
    for (size_t c = 0; c < columns; c += 2) {
        if (c + 1 < columns) sum = step(row + 2 * (c + 1), x[c + 1], sum);
        sum = step(row + 2 * c, x[c], sum);
    }
    return sum;
}

static float in_tiles(const uint8_t *row, const float *x, size_t columns) {
    float sum = 0;
    for (size_t start = 0; start < columns; start += 32) {
        float halves[2] = {0, 0};
        for (size_t c = start; c < start + 32 && c < columns; c++) {
            halves[c % 2] = step(row + 2 * c, x[c], halves[c % 2]);
        }
        sum = flushed(sum + flushed(halves[0] + halves[1]));
    }
    return sum;
}

float *bf16_pair_product(const void *file, const float *x, product_shape shape) {
    return all_products(file, x, shape, in_pairs);
}

float *bf16_tile_product(const void *file, const float *x, product_shape shape) {
    return all_products(file, x, shape, in_tiles);
}
