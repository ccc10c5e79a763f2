#include "cache.h"
#include "check.h"
#include "compare.h"
#include "fingerprint.h"
#include "memory.h"
#include "samples.h"
#include "tables.h"
#include "tests.h"

enum { PAGE = CTK_PAGE_POSITIONS };

/// Stored keys and values equal the naive conversion; values that are then not finite become NaN.
static void test_store(const ctk_table *table, int format) {
    enum { HEAD_DIM = 2 * 16 + 7 };
    // Includes ties between two neighbours in F16; the last two are subnormals.
    const float samples[] = {0, -0.0f, 65519, 65520, -65520, 1e-7f, 3e-8f, 1e-40f, NAN, INFINITY, -INFINITY, 1, 0.1f,
        3e38f, -3, 0x1.002p0f, -0x1.006p0f, 0x1p-25f, 0x1.8p-24f};
    uint16_t row[2 * HEAD_DIM];
    float x[2 * HEAD_DIM], expected[2 * HEAD_DIM];
    for (size_t i = 0; i < 2 * HEAD_DIM; i++) x[i] = samples[i % (sizeof samples / sizeof *samples)];
    ctk_quantize_row(format, x, NULL, 2 * HEAD_DIM, format == CTK_F32 ? (void *)expected : row);
    if (format != CTK_F32) ctk_dequantize_row(format, row, 2 * HEAD_DIM, expected);
    for (size_t i = 0; i < 2 * HEAD_DIM; i++) expected[i] = isfinite(expected[i]) ? expected[i] : NAN;
    size_t bytes = PAGE * ctk_file_row_bytes(format, HEAD_DIM);
    void *keys = guarded_lines(bytes), *values = guarded_lines(bytes);
    for (size_t t = 0; t < PAGE; t++) table->caches[format].store(x, x + HEAD_DIM, HEAD_DIM, t, keys, values);
    for (size_t t = 0; t < PAGE; t++) {
        for (size_t d = 0; d < HEAD_DIM; d++) {
            float key = ctk_cache_element(format, keys, ctk_key_offset(t, HEAD_DIM, d));
            float value = ctk_cache_element(format, values, t * HEAD_DIM + d);
            CHECK(same(key, expected[d]), "key %g, not %g, at %zu", key, expected[d], t);
            CHECK(same(value, expected[HEAD_DIM + d]), "value %g, not %g, at %zu", value, expected[HEAD_DIM + d], t);
        }
    }
    release_all();
}

/// Rows of heads are near the twin's, and each is bit for bit the same as alone.
static void test_window(
    const ctk_table *table, int format, size_t head_dim, size_t rows, size_t heads, size_t length, size_t window) {
    cache memory = random_cache(table, format, head_dim, length);
    query_rows all = {random_floats(rows * heads * head_dim), rows, heads, length - rows, window};
    size_t count = rows * heads * head_dim;
    const float *found = attended(table, memory, all), *expected = attended(&ctk_scalar_table, memory, all);
    // Several pages are merged with the C library's exponential, which may differ between machines.
    if (length <= PAGE) fingerprint_add(found, count);
    size_t i = first_far(found, expected, count, 1e-6f);
    CHECK(
        i == count, "head of %zu, %zu rows of %zu, length %zu, window %zu: %zu is far", head_dim, rows, heads, length,
        window, i);
    for (size_t part = 0; part < rows * heads; part++) {
        query_rows one = {all.x + part * head_dim, 1, 1, all.position + part / heads, window};
        size_t d = first_difference(attended(table, memory, one), found + part * head_dim, head_dim);
        CHECK(
            d == head_dim,
            "head of %zu, %zu rows of %zu, length %zu, window %zu: part %zu differs from what it is alone",
            head_dim, rows, heads, length, window, part);
    }
    release_all();
}

static void test_rows(const ctk_table *table, int format, size_t head_dim, size_t rows, size_t heads, size_t length) {
    test_window(table, format, head_dim, rows, heads, length, length);
}

/// A NaN among the values spoils the rows that see it, and no row before it.
static void test_bad_value(const ctk_table *table, int format, size_t length, size_t bad) {
    enum { HEAD_DIM = 20 };
    cache memory = random_cache(table, format, HEAD_DIM, length);
    size_t row_bytes = ctk_file_row_bytes(format, HEAD_DIM);
    memset(memory.values + bad * row_bytes, 0xff, row_bytes);
    const float *y = attended(table, memory, (query_rows){random_floats(length * HEAD_DIM), length, 1, 0, length});
    for (size_t t = 0; t < length; t++) {
        for (size_t d = 0; d < HEAD_DIM; d++) {
            float value = y[t * HEAD_DIM + d];
            CHECK(isnan(value) == (t >= bad), "%g at %zu with NaN at %zu", value, t, bad);
        }
    }
    release_all();
}

void test_attention(const ctk_table *table) {
    const size_t widths[] = {1, 2, 15, 16, 17, 64, 80, 130};
    for (int format = 0; format < CTK_CACHE_FORMAT_COUNT; format++) {
        under_test(table, format);
        seed(5);
        test_store(table, format);
        for (size_t length = 1; length <= 66; length++) test_rows(table, format, 20, 1, 1, length);
        for (size_t i = 0; i < sizeof widths / sizeof widths[0]; i++) {
            test_rows(table, format, widths[i], 2, 1, PAGE);
            test_rows(table, format, widths[i], 3, 2, PAGE + 1);
        }
        test_rows(table, format, 20, 5, 3, 2 * PAGE + 77);
        for (size_t rows = 1; rows <= 5; rows++) {
            for (size_t heads = 1; heads <= 5; heads++) test_rows(table, format, 20, rows, heads, 60 + rows);
        }
        for (size_t window = 1; window <= 66; window += 5) test_window(table, format, 20, 7, 3, 200, window);
        for (size_t window = PAGE - 5; window <= PAGE + 5; window++) {
            test_window(table, format, 20, 20, 2, 2 * PAGE + 10, window);
        }
        test_window(table, format, 20, PAGE + 40, 1, 2 * PAGE + 3, 17);
        test_bad_value(table, format, 100, 0);
        test_bad_value(table, format, 300, 260);
    }
}
