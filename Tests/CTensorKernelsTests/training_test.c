#include "check.h"
#include "compare.h"
#include "fingerprint.h"
#include "memory.h"
#include "samples.h"
#include "tables.h"
#include "tests.h"

/// Lengths up to two vectors and one more.
enum { MOST = 33 };

static void expect_near(
    const char *operation, size_t size, const float *found, const float *expected, size_t count, float tolerance) {
    size_t i = first_far(found, expected, count, tolerance);
    bool equal = i == count;
    CHECK(
        equal, "%s of %zu: %.9g, not %.9g, at %zu", operation, size, equal ? 0 : found[i], equal ? 0 : expected[i], i);
}

static void compare(const char *operation, const float *found, const float *expected, size_t count) {
    fingerprint_add(found, count);
    expect_near(operation, count, found, expected, count, 1e-6f);
}

static void test_norm(const ctk_table *table, size_t count, bool adding) {
    const float *x = random_floats(count), *gain = random_floats(count), *dy = random_floats(count);
    float *dx = random_floats(count), *dgain = random_floats(count);
    float *expected_dx = guarded_copy(dx, count), *expected_dgain = guarded_copy(dgain, count);
    ctk_scalar_table.training.rms_norm_gradient(x, gain, dy, count, 0.1f, adding, expected_dx, expected_dgain);
    table->training.rms_norm_gradient(x, gain, dy, count, 0.1f, adding, dx, dgain);
    compare("rms_norm_gradient of x", dx, expected_dx, count);
    compare("rms_norm_gradient of the gain", dgain, expected_dgain, count);
    float *alone = guarded(count * sizeof *alone);
    table->training.rms_norm_gradient(x, gain, dy, count, 0.1f, false, alone, NULL);
    table->training.rms_norm_gradient(x, gain, dy, count, 0.1f, false, NULL, expected_dgain);
    if (!adding) CHECK(first_difference(alone, dx, count) == count, "rms_norm_gradient of x alone, %zu", count);
    release_all();
}

static void test_elements(const ctk_table *table, size_t count) {
    const ctk_training_kernels *twin = &ctk_scalar_table.training;
    const float *a = random_floats(count), *b = random_floats(count), *c = random_floats(count);
    float *x[3], *y[3];
    for (int i = 0; i < 3; i++) {
        x[i] = random_floats(count);
        for (size_t k = 0; k < count; k++) x[i][k] = fabsf(x[i][k]);  // second moments are
        y[i] = guarded_copy(x[i], count);
    }
    table->training.swiglu_gradient(a, b, c, count, x[0], x[1]);
    twin->swiglu_gradient(a, b, c, count, y[0], y[1]);
    compare("swiglu_gradient of the gate", x[0], y[0], count);
    compare("swiglu_gradient of up", x[1], y[1], count);

    table->training.weighted_exponentials(a, count, 1, 0.5f, x[0]);
    twin->weighted_exponentials(a, count, 1, 0.5f, y[0]);
    compare("weighted_exponentials", x[0], y[0], count);

    const ctk_adamw step = {
        .gradient_scale = 0.5f, .beta1 = 0.9f, .beta2 = 0.95f, .keep = 0.99f, .rate = 0.1f, .root_scale = 2,
        .epsilon = 1e-3f};
    table->training.adamw_step(&step, a, count, x[0], x[1], x[2]);
    twin->adamw_step(&step, a, count, y[0], y[1], y[2]);
    compare("weights after adamw_step", x[0], y[0], count);
    compare("first moments", x[1], y[1], count);
    compare("second moments", x[2], y[2], count);

    double squares = table->training.sum_of_squares(a, count), expected = twin->sum_of_squares(a, count);
    CHECK(fabs(squares - expected) <= 1e-13 * expected, "sum_of_squares of %zu: %g, not %g", count, squares, expected);
    release_all();
}

/// One result of attention: `used` elements of each row are compared, and the gaps between rows must be unchanged.
typedef struct {
    const char *operation;
    const float *found;
    const float *expected;
    size_t rows;
    size_t stride;
    size_t used;
    float tolerance;
} attention_result;

/// The root mean square of `count` differences or, without `y`, of the elements.
static double size_of(const float *x, const float *y, size_t count) {
    double sum = 0;
    for (size_t i = 0; i < count; i++) {
        double difference = (double)x[i] - (y ? y[i] : 0);
        sum += difference * difference;
    }
    return sqrt(sum / (double)count);
}

/// Sums of numbers rounded to bf16 have large relative errors if they nearly cancel. A row's error is therefore
/// compared with its own size plus the mean size of all rows, which counts as at least a tenth: gradients of a single
/// position cancel completely.
static void expect_close(attention_result r, size_t length, double tolerance) {
    double all = 0;
    for (size_t i = 0; i < r.rows; i++) all += size_of(r.expected + i * r.stride, NULL, r.used) / (double)r.rows;
    if (all < 0.1) all = 0.1;
    for (size_t i = 0; i < r.rows; i++) {
        const float *found = r.found + i * r.stride, *expected = r.expected + i * r.stride;
        double error = size_of(found, expected, r.used), size = size_of(expected, NULL, r.used);
        CHECK(
            error <= tolerance * (size + all), "%s of %zu, row %zu: error %.3g of %.3g", r.operation, length, i, error,
            size);
        for (size_t g = r.used; g < r.stride; g++) {
            CHECK(same(found[g], expected[g]), "%s of %zu: the gap after row %zu", r.operation, length, i);
        }
    }
}

static void test_sequence(
    const ctk_table *table, int precision, size_t length, size_t window, size_t heads, size_t head_dim) {
    size_t query_stride = heads * head_dim + 3, key_stride = head_dim + 5;
    size_t query_count = length * query_stride, key_count = length * key_stride;
    float *queries = random_floats(query_count), *keys = random_floats(key_count), *values = random_floats(key_count);
    const float *gradient = random_floats(query_count), *gap = random_floats(query_count);
    bool rounds = table->dense[precision].depths_per_step > 1;
    ctk_sequence_attention runs[2];
    for (int i = 0; i < 2; i++) {
        const ctk_attention_kernels *kernels = &(i == 0 ? table : &ctk_scalar_table)->attention[precision];
        runs[i] = (ctk_sequence_attention){
            .length = length, .window = window, .heads = heads, .head_dim = head_dim, .query_stride = query_stride,
            .key_stride = key_stride, .scale = rounds ? 0.5f : 1.7f, .queries = queries, .keys = keys,
            .values = values, .output = guarded_copy(gap, query_count),
            .log_sums = guarded(heads * length * sizeof(float)), .output_gradient = gradient,
            .query_gradient = guarded_copy(gap, query_count), .key_gradient = guarded_copy(values, key_count),
            .value_gradient = guarded_copy(values, key_count),
            .scratch = guarded(kernels->scratch(length, head_dim) * sizeof(float))};
        kernels->attend(&runs[i]);
        kernels->attend_gradient(&runs[i]);
    }
    if (precision == CTK_DENSE_F32) fingerprint_add(runs[0].output, query_count);
    const ctk_sequence_attention *found = &runs[0], *expected = &runs[1];
    size_t used = heads * head_dim;
    // The backward pass starts from the C library's logarithm, which may differ between machines.
    const attention_result results[] = {
        {"attention", found->output, expected->output, length, query_stride, used, 2e-6f},
        {"its log_sums", found->log_sums, expected->log_sums, heads, length, length, 2e-6f},
        {"gradient of queries", found->query_gradient, expected->query_gradient, length, query_stride, used, 1e-5f},
        {"gradient of keys", found->key_gradient, expected->key_gradient, length, key_stride, head_dim, 1e-5f},
        {"gradient of values", found->value_gradient, expected->value_gradient, length, key_stride, head_dim, 1e-5f},
    };
    for (size_t i = 0; i < sizeof results / sizeof results[0]; i++) {
        attention_result r = results[i];
        if (rounds) {
            expect_close(r, length, 4e-2);
        } else {
            expect_near(r.operation, length, r.found, r.expected, r.rows * r.stride, r.tolerance);
        }
    }
    release_all();
}

/// A value that is not finite spoils all queries that see it, and none before their block of queries.
static void test_bad_value(const ctk_table *table, int precision) {
    enum { LENGTH = 130, HEAD = 4, PLACE = 120, FIRST_OF_BLOCK = 64 };
    float *values = random_floats(LENGTH * HEAD), *outputs[2];
    const float *queries = random_floats(LENGTH * HEAD), *keys = random_floats(LENGTH * HEAD);
    const ctk_attention_kernels *kernels = &table->attention[precision];
    for (int i = 0; i < 2; i++) {
        if (i == 1) values[PLACE * HEAD] = INFINITY;
        outputs[i] = guarded(LENGTH * HEAD * sizeof(float));
        const ctk_sequence_attention run = {
            .length = LENGTH, .window = LENGTH, .heads = 1, .head_dim = HEAD, .query_stride = HEAD, .key_stride = HEAD,
            .scale = 0.5f,
            .queries = queries, .keys = keys, .values = values, .output = outputs[i],
            .log_sums = guarded(LENGTH * sizeof(float)),
            .scratch = guarded(kernels->scratch(LENGTH, HEAD) * sizeof(float))};
        kernels->attend(&run);
    }
    size_t before = precision == CTK_DENSE_F32 ? PLACE : FIRST_OF_BLOCK;
    size_t i = first_difference(outputs[0], outputs[1], before * HEAD);
    CHECK(i == before * HEAD, "attention of query %zu changes by an infinity at %d", i / HEAD, PLACE);
    for (size_t q = PLACE; q < LENGTH; q++) CHECK(!isfinite(outputs[1][q * HEAD]), "attention of query %zu", q);
    release_all();
}

void test_training(const ctk_table *table) {
    under_test(table, -1);
    seed(6);
    for (size_t count = 0; count <= MOST; count++) {
        test_elements(table, count);
        if (count > 0) test_norm(table, count, count % 2 == 0);
    }
    const size_t widths[] = {1, 2, 15, 16, 17, 64, 80};
    for (int precision = 0; precision < CTK_DENSE_COUNT; precision++) {
        for (size_t length = 1; length <= 4 * MOST; length++) {
            test_sequence(table, precision, length, length, 1, 4);
            test_sequence(table, precision, length, 1 + length / 3, 1, 4);
        }
        for (size_t i = 0; i < sizeof widths / sizeof widths[0]; i++) {
            test_sequence(table, precision, 37, 37, 3, widths[i]);
            test_sequence(table, precision, 121, 121, 2, widths[i]);
            test_sequence(table, precision, 121, 30, 2, widths[i]);
        }
        test_bad_value(table, precision);
    }
}
