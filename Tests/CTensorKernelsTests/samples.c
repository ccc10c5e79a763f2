#include "samples.h"

#include "CTensorKernels.h"
#include "memory.h"

static uint64_t state;

void seed(uint64_t value) { state = value; }

/// SplitMix64.
static uint64_t random_bits(void) {
    uint64_t z = state += 0x9e3779b97f4a7c15;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
    z = (z ^ z >> 27) * 0x94d049bb133111eb;
    return z ^ z >> 31;
}

float random_float(void) { return (float)(random_bits() >> 40) * 0x1p-23f - 1; }

float *random_floats(size_t count) {
    float *x = guarded(count * sizeof *x);
    for (size_t i = 0; i < count; i++) x[i] = random_float();
    return x;
}

size_t column_step(int format) { return ctk_format(format)->block_elements; }

/// Fills one block, or one float.
static void random_element(int format, uint8_t *element, size_t bytes) {
    float x = random_float();
    if (column_step(format) == 1) {
        ctk_quantize_row(format, &x, NULL, 1, element);
        return;
    }
    for (size_t i = 0; i < bytes; i++) element[i] = (uint8_t)random_bits();
    for (size_t i = 0; i < ctk_format(format)->halves; i++) {
        ctk_quantize_row(CTK_F16, &x, NULL, 1, element + ctk_format(format)->halves_at + 2 * i);
        x = random_float();
    }
    // MXFP4's exponent: scales from 2^-32 to 2^7, and the smallest, subnormal ones.
    if (format == CTK_MXFP4) element[0] = element[0] % 8 == 0 ? element[0] / 8 % 4 : 96 + element[0] % 40;
}

void *random_weights(int format, size_t rows, size_t columns) {
    size_t element_bytes = ctk_file_row_bytes(format, column_step(format));
    size_t elements = rows * columns / column_step(format);
    // Most blocks have even sizes, so one more byte makes the address odd.
    uint8_t *file = guarded(elements * element_bytes + 1);
    for (size_t i = 0; i < elements; i++) random_element(format, file + i * element_bytes, element_bytes);
    return file;
}
