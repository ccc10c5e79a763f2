#include "check.h"
#include "compare.h"
#include "memory.h"
#include "product.h"
#include "samples.h"
#include "tests.h"

/// The result has the twin's bits, also if tokens are prepared, and panels multiplied, one by one.
static void test_shape(const ctk_table *table, int format, product_shape shape) {
    const void *file = random_weights(format, shape.rows, shape.columns);
    const float *x = random_floats(shape.tokens * shape.columns);
    const float *expected = expected_product(table, format, file, x, shape);
    for (product_order order = WHOLE; order <= IN_PIECES; order++) {
        size_t count = shape.tokens * shape.rows;
        size_t i = first_difference(multiply(table, format, file, x, shape, order), expected, count);
        CHECK(
            i == count, "%zu rows, %zu columns, %zu tokens, order %d: row %zu of token %zu differs", shape.rows,
            shape.columns, shape.tokens, order, i % shape.rows, i / shape.rows);
    }
    release_all();
}

/// A token's result together with others is the same as alone.
static void test_company(const ctk_table *table, int format, product_shape shape) {
    const void *file = random_weights(format, shape.rows, shape.columns);
    const float *x = random_floats(shape.tokens * shape.columns);
    const float *together = multiply(table, format, file, x, shape, WHOLE);
    const product_shape one = {shape.rows, shape.columns, 1};
    for (size_t t = 0; t < shape.tokens; t++) {
        const float *alone = multiply(table, format, file, x + t * shape.columns, one, WHOLE);
        size_t r = first_difference(together + t * shape.rows, alone, shape.rows);
        CHECK(r == shape.rows, "token %zu of %zu: row %zu differs from what it is alone", t, shape.tokens, r);
    }
    release_all();
}

void test_products(const ctk_table *table) {
    for (int format = 0; format < CTK_FORMAT_COUNT; format++) {
        under_test(table, format);
        seed(2);
        size_t step = column_step(format), some = step == 1 ? 37 : 2 * step;
        for (size_t rows = 1; rows <= 33; rows++) test_shape(table, format, (product_shape){rows, some, 3});
        for (size_t count = 1; count <= 33; count++) test_shape(table, format, (product_shape){17, count * step, 3});
        // More panels than fit into a cache together.
        test_shape(table, format, (product_shape){150, 4096, 9});
        for (size_t tokens = 1; tokens <= 17; tokens++) {
            test_shape(table, format, (product_shape){33, some, tokens});
            test_company(table, format, (product_shape){17, some, tokens});
        }
    }
}
