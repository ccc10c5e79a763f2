#include "check.h"
#include "compare.h"
#include "fingerprint.h"
#include "memory.h"
#include "samples.h"
#include "tables.h"
#include "tests.h"

enum { PAGE = CTK_PAGE_POSITIONS };

/// One KV head's pages and a query.
typedef struct {
    size_t head_dim, length, pages;
    float *query, *keys, *values;
} head;

static head random_head(const ctk_table *table, size_t head_dim, size_t length) {
    head h = {.head_dim = head_dim, .length = length, .pages = (length + PAGE - 1) / PAGE};
    // Whatever lies beyond the last position is NaN.
    h.query = random_floats(head_dim);
    h.keys = guarded_lines(h.pages * PAGE * head_dim * sizeof(float));
    h.values = guarded_lines(h.pages * PAGE * head_dim * sizeof(float));
    float key[512];
    for (size_t t = 0; t < length; t++) {
        for (size_t d = 0; d < head_dim; d++) {
            key[d] = random_float();
            h.values[t * head_dim + d] = random_float();
        }
        table->store_key(key, head_dim, t % PAGE, h.keys + t / PAGE * PAGE * head_dim);
    }
    return h;
}

/// Attention as a whole, page after page.
static float *attended(const ctk_table *table, head h, float scale) {
    ctk_page_softmax *softmaxes = guarded(h.pages * sizeof *softmaxes);
    float *weighted = guarded(h.pages * h.head_dim * sizeof *weighted), *out = guarded(h.head_dim * sizeof *out);
    for (size_t p = 0; p < h.pages; p++) {
        size_t visible = h.length - p * PAGE < PAGE ? h.length - p * PAGE : PAGE;
        table->attend_page(
            h.query, h.keys + p * PAGE * h.head_dim, h.values + p * PAGE * h.head_dim, visible, h.head_dim, scale,
            &softmaxes[p], weighted + p * h.head_dim);
    }
    table->merge_pages(softmaxes, weighted, h.pages, h.head_dim, out);
    return out;
}

static void test_length(const ctk_table *table, size_t head_dim, size_t length) {
    head h = random_head(table, head_dim, length);
    const float scale = 1 / sqrtf((float)head_dim);
    const float *found = attended(table, h, scale), *expected = attended(&ctk_scalar_table, h, scale);
    // Several pages are merged with the C library's exponential, which need not be the same everywhere.
    if (h.pages == 1) fingerprint_add(found, head_dim);
    size_t d = first_far(found, expected, head_dim, 1e-6f);
    CHECK(d == head_dim, "head of %zu, %zu positions: %zu differs", head_dim, length, d);
    release_all();
}

/// A bad value among the visible ones reaches the result; behind them it does not.
static void test_bad_position(const ctk_table *table, size_t length, size_t bad) {
    head h = random_head(table, 20, length);
    for (size_t d = 0; d < 20; d++) h.values[bad * 20 + d] = NAN;
    for (size_t visible = 1; visible <= length; visible += 7) {
        h.length = visible;
        h.pages = (visible + PAGE - 1) / PAGE;
        const float *y = attended(table, h, 1);
        CHECK(isnan(y[0]) == (visible > bad), "%g with NaN at %zu and %zu positions", y[0], bad, visible);
    }
    release_all();
}

void test_attention(const ctk_table *table) {
    under_test(table, -1);
    seed(5);
    const size_t widths[] = {1, 2, 8, 15, 16, 17, 20, 64, 80, 128, 130};
    for (size_t i = 0; i < sizeof widths / sizeof widths[0]; i++) {
        for (size_t length = 1; length <= 33; length++) test_length(table, widths[i], length);
        for (size_t length = PAGE - 1; length <= PAGE + 1; length++) test_length(table, widths[i], length);
        test_length(table, widths[i], 2 * PAGE + 77);
    }
    test_bad_position(table, 100, 0);
    test_bad_position(table, 300, 40);
    test_bad_position(table, 300, 260);
}
