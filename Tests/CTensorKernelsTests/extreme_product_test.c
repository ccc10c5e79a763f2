#include <math.h>

#include "check.h"
#include "compare.h"
#include "extreme_blocks.h"
#include "memory.h"
#include "product.h"
#include "samples.h"
#include "tests.h"

enum { ROWS = 17, BLOCKS = 5, TOKENS = 5, PATTERNS = 4, LARGEST_BLOCK = 256 };

/// All small, all large, alternating, and alternating in fours: the combinations that a dot product's lanes can add at
/// once.
static bool is_large(int pattern, size_t i) {
    switch (pattern) {
    case 0: return false;
    case 1: return true;
    case 2: return i % 2 == 0;
    default: return i / 4 % 2 == 0;
    }
}

static uint8_t *extreme_weights(int format, int pattern, bool is_negative) {
    size_t block_bytes = ctk_format(format)->block_bytes;
    uint8_t *file = guarded(ROWS * BLOCKS * block_bytes);
    bool are_large[LARGEST_BLOCK];
    for (size_t i = 0; i < LARGEST_BLOCK; i++) are_large[i] = is_large(pattern, i);
    for (size_t b = 0; b < ROWS * BLOCKS; b++) {
        fill_extreme_block(format, are_large, is_negative, file + b * block_bytes);
    }
    return file;
}

/// Every weight and activation is the largest or the smallest possible, and scales are 1. The result has the twin's
/// bits. It is the exact sum in blocks of 32, where the sum fits into a float, and otherwise close to it; any step that
/// saturates or overflows gives a different one.
static void test_patterns(const ctk_table *table, int format, int weights, bool is_negative, int activations) {
    size_t columns = BLOCKS * column_step(format);
    const product_shape shape = {ROWS, columns, TOKENS};
    const uint8_t *file = extreme_weights(format, weights, is_negative);
    float *x = guarded(TOKENS * columns * sizeof *x), *row = guarded(columns * sizeof *row);
    for (size_t i = 0; i < TOKENS * columns; i++) x[i] = is_large(activations, i % columns) ? 127 : -127;
    ctk_dequantize_row(format, file, columns, row);
    double exact = 0, magnitudes = 0;
    for (size_t c = 0; c < columns; c++) {
        exact += (double)row[c] * x[c];
        magnitudes += fabs((double)row[c] * x[c]);
    }
    double tolerance = column_step(format) == 32 ? 0 : magnitudes * 0x1p-21;
    const float *y = multiply(table, format, file, x, shape, WHOLE);
    const float *twin = expected_product(table, format, file, x, shape);
    for (size_t i = 0; i < ROWS * TOKENS; i++) {
        CHECK(
            fabs((double)y[i] - exact) <= tolerance && same(y[i], twin[i]), "%g, not %g or %g, with patterns %d and %d",
            y[i], exact, twin[i], weights, activations);
    }
    release_all();
}

void test_extreme_products(const ctk_table *table) {
    for (int format = 0; format < CTK_FORMAT_COUNT; format++) {
        if (column_step(format) == 1) continue;
        under_test(table, format);
        for (int w = 0; w < 2 * PATTERNS; w++) {
            for (int x = 0; x < PATTERNS; x++) test_patterns(table, format, w / 2, w % 2, x);
        }
    }
}
