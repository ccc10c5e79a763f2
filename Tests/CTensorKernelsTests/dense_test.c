#include "bf16_twin.h"
#include "check.h"
#include "compare.h"
#include "memory.h"
#include "samples.h"
#include "tables.h"
#include "tests.h"

typedef struct {
    size_t m, n, k;
} dense_shape;

/// Whether rows of a, and columns of b, are contiguous along the depth.
typedef struct {
    bool a_along, b_along;
} dense_form;

static const dense_form forms[] = {{true, true}, {true, false}, {false, false}, {false, true}};

/// Floats between one row of c and the next, which no product may touch.
enum { GAP = 3 };

/// Lays out `count` rows contiguous along the depth or, transposed, adjacent.
static float *laid(const float *x, size_t count, size_t depth, bool along) {
    float *out = guarded(count * depth * sizeof *out);
    for (size_t i = 0; i < count; i++) {
        for (size_t p = 0; p < depth; p++) out[along ? i * depth + p : p * count + i] = x[i * depth + p];
    }
    return out;
}

static size_t panels_bytes(const ctk_dense_kernels *kernels, size_t tile, size_t count, size_t depth) {
    size_t steps = (depth + kernels->depths_per_step - 1) / kernels->depths_per_step;
    return (count + tile - 1) / tile * tile * steps * kernels->step_bytes;
}

/// Computes c [m, n], added to or overwritten, from rows of a [m, k] and columns of b [n, k].
static float *product(
    const ctk_dense_kernels *kernels, const float *a, const float *b, const float *c, dense_shape s, dense_form form) {
    void *rows = guarded_lines(panels_bytes(kernels, kernels->tile_rows, s.m, s.k));
    void *columns = guarded_lines(panels_bytes(kernels, kernels->tile_columns, s.n, s.k));
    kernels->pack_rows(laid(a, s.m, s.k, form.a_along), form.a_along ? s.k : s.m, form.a_along, s.m, s.k, rows);
    kernels->pack_columns(laid(b, s.n, s.k, form.b_along), form.b_along ? s.k : s.n, form.b_along, s.n, s.k, columns);
    size_t stride = s.n + GAP;
    float *out = guarded(s.m * s.n > 0 ? ((s.m - 1) * stride + s.n) * sizeof *out : 0);
    size_t count = s.m * s.n > 0 ? (s.m - 1) * stride + s.n : 0;
    float *summand = c ? guarded(count * sizeof *summand) : NULL;
    for (size_t i = 0; c && i < s.m; i++) memcpy(summand + i * stride, c + i * s.n, s.n * sizeof *c);
    kernels->multiply(rows, columns, s.m, s.n, s.k, summand, out, stride);
    if (c) {
        kernels->multiply(rows, columns, s.m, s.n, s.k, summand, summand, stride);
        CHECK(first_difference(summand, out, count) == count, "%zu x %zu x %zu in place", s.m, s.n, s.k);
    }

    float *dense = guarded(s.m * s.n * sizeof *dense);
    for (size_t i = 0; i < s.m; i++) {
        memcpy(dense + i * s.n, out + i * stride, s.n * sizeof *out);
        const float *gap = out + i * stride + s.n;
        if (s.n == 0 || i + 1 == s.m) continue;
        CHECK(isnan(gap[0]) && isnan(gap[1]) && isnan(gap[2]), "%g %g %g after row %zu", gap[0], gap[1], gap[2], i);
    }
    return dense;
}

/// The expected result of `product`: the scalar table's or, for rounded operands, the instruction's by its definition.
static float *expected(
    const ctk_dense_kernels *kernels, const float *a, const float *b, const float *c, dense_shape s) {
    if (kernels->depths_per_step == 1) return product(&ctk_scalar_table.dense[CTK_DENSE_F32], a, b, c, s, forms[0]);
    uint16_t *rounded = guarded(s.n * s.k * sizeof *rounded);
    ctk_quantize_row(CTK_BF16, b, NULL, s.n * s.k, rounded);
    const product_shape shape = {.rows = s.n, .columns = s.k, .tokens = s.m};
    const bool in_pairs = kernels->depths_per_step == 2;
    float *out = in_pairs ? bf16_pair_product(rounded, a, shape) : bf16_tile_product(rounded, a, shape);
    for (size_t i = 0; c && i < s.m * s.n; i++) out[i] = c[i] + out[i];
    return out;
}

/// Random numbers times 2^exponent. For numbers below 2^-126, the rounding instruction flushes to zero before rounding,
/// the twin after it.
static float *scaled_floats(size_t count, int exponent) {
    float *x = random_floats(count);
    for (size_t i = 0; i < count; i++) {
        x[i] = ldexpf(x[i], exponent);
        if (fabsf(x[i]) < 0x1p-126f) x[i] = 0;
    }
    return x;
}

static void test_shape(const ctk_dense_kernels *kernels, dense_shape s, int exponent) {
    const float *a = scaled_floats(s.m * s.k, exponent), *b = scaled_floats(s.n * s.k, 0);
    const float *starts[] = {NULL, random_floats(s.m * s.n)};
    for (size_t adding = 0; adding < 2; adding++) {
        const float *wanted = expected(kernels, a, b, starts[adding], s);
        for (size_t f = 0; f < sizeof forms / sizeof forms[0]; f++) {
            const float *found = product(kernels, a, b, starts[adding], s, forms[f]);
            size_t i = first_difference(found, wanted, s.m * s.n);
            CHECK(
                i == s.m * s.n, "[%zu, %zu] by [%zu, %zu] of 2^%d, form %zu, adding %zu: element %zu differs", s.m, s.k,
                s.k, s.n, exponent, f, adding, i);
        }
    }
    release_all();
}

/// A bad value spoils only its own row or column.
static void test_bad_value(const ctk_dense_kernels *kernels, float bad, dense_shape s, size_t depth) {
    size_t row = s.m - 2, column = s.n - 1;
    float *a = random_floats(s.m * s.k), *b = random_floats(s.n * s.k);
    a[row * s.k + depth] = bad;
    b[column * s.k + depth] = bad;
    for (size_t f = 0; f < sizeof forms / sizeof forms[0]; f++) {
        const float *c = product(kernels, a, b, NULL, s, forms[f]);
        for (size_t i = 0; i < s.m * s.n; i++) {
            bool is_bad = i / s.n == row || i % s.n == column;
            CHECK(isfinite(c[i]) == !is_bad, "%g at %zu with %g at depth %zu", c[i], i, bad, depth);
        }
    }
    release_all();
}

void test_dense_products(const ctk_table *table) {
    for (int precision = 0; precision < CTK_DENSE_COUNT; precision++) {
        const ctk_dense_kernels *kernels = &table->dense[precision];
        under_test(table, precision == CTK_DENSE_F32 ? CTK_F32 : CTK_BF16);
        seed(8);
        for (size_t m = 0; m <= 66; m++) test_shape(kernels, (dense_shape){m, 35, 19}, 0);
        for (size_t n = 0; n <= 66; n++) test_shape(kernels, (dense_shape){13, n, 19}, 0);
        for (size_t k = 0; k <= 66; k++) test_shape(kernels, (dense_shape){13, 35, k}, 0);
        for (size_t m = 15; m <= 33; m += 3) test_shape(kernels, (dense_shape){m, 67, 30 + 2 * m}, 0);
        test_shape(kernels, (dense_shape){100, 130, 512}, 0);
        for (int exponent = -128; exponent <= 120; exponent += 8) {
            test_shape(kernels, (dense_shape){3, 5, 40}, exponent);
        }
        const float bad[] = {NAN, INFINITY, -INFINITY};
        for (size_t i = 0; i < 3; i++) {
            test_bad_value(kernels, bad[i], (dense_shape){15, 35, 19}, 0);
            test_bad_value(kernels, bad[i], (dense_shape){15, 35, 19}, 18);
            test_bad_value(kernels, bad[i], (dense_shape){70, 70, 100}, 99);
        }
    }
}
