#include <math.h>

#include "check.h"
#include "memory.h"
#include "samples.h"
#include "tests.h"

enum { MOST = 35 };

static float *filled(size_t count, float value) {
    float *x = guarded(count * sizeof *x);
    for (size_t i = 0; i < count; i++) x[i] = value;
    return x;
}

/// Argmax finds the first of the largest values; none if any value is not finite.
static void test_argmax(const ctk_table *table, size_t count) {
    float *x = filled(count, -1e30f);
    CHECK(table->argmax(x, count) == 0, "%zu of %zu equal ones", table->argmax(x, count), count);
    for (size_t i = 0; i < count; i++) {
        float *tied = filled(count, -1e30f);
        tied[i] = tied[count - 1] = 7;
        size_t found = table->argmax(tied, count);
        CHECK(found == i, "argmax %zu of %zu, not %zu", found, count, i);
        const float bad[] = {NAN, -NAN, INFINITY, -INFINITY};
        for (size_t b = 0; b < 4; b++) {
            tied[i] = bad[b];
            CHECK(table->argmax(tied, count) == SIZE_MAX, "an argmax with %g at %zu of %zu", bad[b], i, count);
        }
        release_all();
    }
}

/// A bad value makes the result bad at every index.
static void test_bad_value(const ctk_table *table, size_t count, size_t index, float bad) {
    float *x = filled(count, 1), *ones = filled(count, 1), *y = filled(count, 0);
    x[index] = bad;
    table->rms_norm(x, ones, count, 1e-5f, y);
    CHECK(!isfinite(y[index]), "%g from the norm with %g at %zu", y[index], bad, index);
    table->swiglu(x, ones, count, y);
    CHECK(!isfinite(y[index]), "%g from SwiGLU's gate %g at %zu", y[index], bad, index);
    table->swiglu(ones, x, count, y);
    CHECK(!isfinite(y[index]), "%g from SwiGLU with %g at %zu", y[index], bad, index);
    table->geglu(x, ones, count, y);
    CHECK(!isfinite(y[index]), "%g from GeGLU's gate %g at %zu", y[index], bad, index);
    table->geglu(ones, x, count, y);
    CHECK(!isfinite(y[index]), "%g from GeGLU with %g at %zu", y[index], bad, index);
    if (bad != -INFINITY) {
        table->softmax(x, count);
        for (size_t i = 0; i < count; i++) CHECK(isnan(x[i]), "%g from softmax with %g at %zu", x[i], bad, index);
    }
    release_all();
}

/// The square of the value overflows f32, but the norm does not.
static void test_large_value(const ctk_table *table, size_t count, size_t index) {
    float *x = filled(count, 1), *ones = filled(count, 1), *y = filled(count, 0);
    x[index] = 1e30f;
    table->rms_norm(x, ones, count, 1e-5f, y);
    CHECK(fabsf(y[index] - sqrtf((float)count)) < 1e-5f, "a norm of %g with 1e30 at %zu", y[index], index);
    release_all();
}

void test_bad_row_operations(const ctk_table *table) {
    under_test(table, -1);
    CHECK(table->argmax(NULL, 0) == SIZE_MAX, "an argmax of nothing");
    for (size_t count = 1; count <= MOST; count++) {
        test_argmax(table, count);
        for (size_t index = 0; index < count; index += 5) {
            test_bad_value(table, count, index, NAN);
            test_bad_value(table, count, index, INFINITY);
            test_bad_value(table, count, index, -INFINITY);
            test_large_value(table, count, index);
        }
    }
}
