#include "check.h"
#include "compare.h"
#include "formats.h"
#include "memory.h"
#include "product.h"
#include "samples.h"
#include "tests.h"

enum { ROWS = 17, COLUMNS = 96, TOKENS = 3 };

static const product_shape shape = {ROWS, COLUMNS, TOKENS};

/// A bad activation spoils all results of its own token, even where weights are zeros, and no other's.
static void test_bad_activation(const ctk_table *table, int format, const void *file, float bad, size_t position) {
    float *x = random_floats(TOKENS * COLUMNS);
    x[COLUMNS + position] = bad;
    const float *y = multiply(table, format, file, x, shape, WHOLE);
    for (size_t i = 0; i < ROWS * TOKENS; i++) {
        bool is_bad = i / ROWS == 1;
        CHECK(isfinite(y[i]) == !is_bad, "%g of token %zu with %g at %zu of token 1", y[i], i / ROWS, bad, position);
    }
}

/// So does a scale that is not finite, in its own row.
static void test_bad_scale(const ctk_table *table, int format, uint16_t scale) {
    uint8_t *file = random_weights(format, ROWS, COLUMNS);
    memcpy(file + 5 * ctk_file_row_bytes(format, COLUMNS) + ctk_file_row_bytes(format, BLOCK), &scale, sizeof scale);
    const float *y = multiply(table, format, file, random_floats(TOKENS * COLUMNS), shape, WHOLE);
    for (size_t i = 0; i < ROWS * TOKENS; i++) {
        CHECK(isfinite(y[i]) == (i % ROWS != 5), "%g in row %zu with scale %04x in row 5", y[i], i % ROWS, scale);
    }
    release_all();
}

/// Activations from the smallest subnormals to the largest numbers: the twin's bits.
static void test_range(const ctk_table *table, int format) {
    for (int exponent = -149; exponent <= 120; exponent += 3) {
        const void *file = random_weights(format, ROWS, COLUMNS);
        float *x = random_floats(TOKENS * COLUMNS);
        for (size_t i = 0; i < TOKENS * COLUMNS; i++) x[i] = ldexpf(x[i], exponent);
        const float *expected = expected_product(table, format, file, x, shape);
        size_t i = first_difference(multiply(table, format, file, x, shape, WHOLE), expected, ROWS * TOKENS);
        CHECK(i == ROWS * TOKENS, "result %zu differs with activations of 2^%d", i, exponent);
        release_all();
    }
}

void test_bad_products(const ctk_table *table) {
    for (int format = 0; format < CTK_FORMAT_COUNT; format++) {
        under_test(table, format);
        seed(3);
        for (size_t position = 0; position < COLUMNS; position += 19) {
            const float bad[] = {NAN, INFINITY, -INFINITY};
            for (size_t i = 0; i < 3; i++) {
                size_t bytes = ROWS * ctk_file_row_bytes(format, COLUMNS);
                test_bad_activation(table, format, random_weights(format, ROWS, COLUMNS), bad[i], position);
                test_bad_activation(table, format, memset(guarded(bytes), 0, bytes), bad[i], position);
                release_all();
            }
        }
        test_range(table, format);
        if (column_step(format) == 1) continue;
        const uint16_t infinity = 0x7c00, nan = 0x7c01, minus_infinity = 0xfc00;
        test_bad_scale(table, format, infinity);
        test_bad_scale(table, format, nan);
        test_bad_scale(table, format, minus_infinity);
    }
}
