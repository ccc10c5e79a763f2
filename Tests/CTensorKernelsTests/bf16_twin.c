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

float *bf16_pair_product(const void *file, const float *x, product_shape shape) {
    float *y = guarded(shape.tokens * shape.rows * sizeof *y);
    for (size_t t = 0; t < shape.tokens; t++) {
        for (size_t r = 0; r < shape.rows; r++) {
            const uint8_t *row = (const uint8_t *)file + r * shape.columns * 2;
            const float *in = x + t * shape.columns;
            float sum = 0;
            for (size_t c = 0; c < shape.columns; c += 2) {
                if (c + 1 < shape.columns) sum = step(row + 2 * (c + 1), in[c + 1], sum);
                sum = step(row + 2 * c, in[c], sum);
            }
            y[t * shape.rows + r] = sum;
        }
    }
    return y;
}
