#include "check.h"
#include "compare.h"
#include "memory.h"
#include "product.h"
#include "samples.h"
#include "tests.h"

enum { ROWS = 17, TOKENS = 3 };

/// The columns of three blocks; in formats without blocks, 96.
static size_t columns_of(int format) { return column_step(format) == 1 ? 96 : 3 * column_step(format); }

static product_shape shape_of(int format) { return (product_shape){ROWS, columns_of(format), TOKENS}; }

/// A bad activation spoils all results of its own token, even with zero weights, and those of no other.
static void test_bad_activation(const ctk_table *table, int format, const void *file, float bad, size_t position) {
    float *x = random_floats(TOKENS * columns_of(format));
    x[columns_of(format) + position] = bad;
    const float *y = multiply(table, format, file, x, shape_of(format), WHOLE);
    for (size_t i = 0; i < ROWS * TOKENS; i++) {
        bool is_bad = i / ROWS == 1;
        CHECK(isfinite(y[i]) == !is_bad, "%g of token %zu with %g at %zu of token 1", y[i], i / ROWS, bad, position);
    }
}

/// A scale or a minimum that is not finite spoils its own row.
static void test_bad_scale(const ctk_table *table, int format, size_t half, uint16_t scale) {
    const ctk_weight_format *facts = ctk_format(format);
    uint8_t *file = random_weights(format, ROWS, columns_of(format));
    uint8_t *block = file + 5 * ctk_file_row_bytes(format, columns_of(format)) + facts->block_bytes;
    memcpy(block + facts->halves_at + 2 * half, &scale, sizeof scale);
    const float *x = random_floats(TOKENS * columns_of(format));
    const float *y = multiply(table, format, file, x, shape_of(format), WHOLE);
    for (size_t i = 0; i < ROWS * TOKENS; i++) {
        CHECK(isfinite(y[i]) == (i % ROWS != 5), "%g in row %zu with scale %04x in row 5", y[i], i % ROWS, scale);
    }
    release_all();
}

/// Activations from the smallest subnormals to the largest numbers give the twin's bits.
static void test_range(const ctk_table *table, int format) {
    for (int exponent = -149; exponent <= 120; exponent += 3) {
        const void *file = random_weights(format, ROWS, columns_of(format));
        float *x = random_floats(TOKENS * columns_of(format));
        for (size_t i = 0; i < TOKENS * columns_of(format); i++) x[i] = ldexpf(x[i], exponent);
        const float *expected = expected_product(table, format, file, x, shape_of(format));
        size_t i = first_difference(multiply(table, format, file, x, shape_of(format), WHOLE), expected, ROWS * TOKENS);
        CHECK(i == ROWS * TOKENS, "result %zu differs with activations of 2^%d", i, exponent);
        release_all();
    }
}

void test_bad_products(const ctk_table *table) {
    for (int format = 0; format < CTK_FORMAT_COUNT; format++) {
        under_test(table, format);
        seed(3);
        for (size_t position = 0; position < columns_of(format); position += 19) {
            const float bad[] = {NAN, INFINITY, -INFINITY};
            for (size_t i = 0; i < 3; i++) {
                size_t bytes = ROWS * ctk_file_row_bytes(format, columns_of(format));
                test_bad_activation(table, format, random_weights(format, ROWS, columns_of(format)), bad[i], position);
                test_bad_activation(table, format, memset(guarded(bytes), 0, bytes), bad[i], position);
                release_all();
            }
        }
        test_range(table, format);
        if (column_step(format) == 1) continue;
        const uint16_t infinity = 0x7c00, nan = 0x7c01, minus_infinity = 0xfc00;
        for (size_t half = 0; half < ctk_format(format)->halves; half++) {
            test_bad_scale(table, format, half, infinity);
            test_bad_scale(table, format, half, nan);
            test_bad_scale(table, format, half, minus_infinity);
        }
    }
}
