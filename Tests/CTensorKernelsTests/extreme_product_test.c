#include "check.h"
#include "formats.h"
#include "memory.h"
#include "product.h"
#include "samples.h"
#include "tests.h"

enum { ROWS = 17, COLUMNS = 160, TOKENS = 5, PATTERNS = 4 };

/// All small, all large, in turn, and in fours: what the lanes of a dot product can meet at once.
static bool is_large(int pattern, size_t i) {
    switch (pattern) {
    case 0: return false;
    case 1: return true;
    case 2: return i % 2 == 0;
    default: return i / 4 % 2 == 0;
    }
}

static void fill_block(int format, int pattern, uint8_t *block) {
    const uint16_t one = 0x3c00, minus_three = 0xc200;
    memcpy(block, &one, 2);
    if (format == CTK_Q8_0) {
        for (size_t i = 0; i < BLOCK; i++) block[2 + i] = is_large(pattern, i) ? 127 : 128;
        return;
    }
    if (format == CTK_Q4_1) memcpy(block + 2, &minus_three, 2);
    uint8_t *nibbles = block + (format == CTK_Q4_1 ? 4 : 2);
    for (size_t i = 0; i < BLOCK / 2; i++) {
        nibbles[i] = (uint8_t)((is_large(pattern, i) ? 15 : 0) | (is_large(pattern, i + BLOCK / 2) ? 15 << 4 : 0));
    }
}

/// Every weight and activation is the largest or the smallest that there is, scales are 1: the exact sum fits into a
/// float, and any step that saturates or overflows misses it.
static void test_patterns(const ctk_table *table, int format, int weight_pattern, int activation_pattern) {
    size_t row_bytes = ctk_file_row_bytes(format, COLUMNS), block_bytes = ctk_file_row_bytes(format, BLOCK);
    uint8_t *file = guarded(ROWS * row_bytes);
    for (size_t at = 0; at < ROWS * row_bytes; at += block_bytes) fill_block(format, weight_pattern, file + at);
    float *x = guarded(TOKENS * COLUMNS * sizeof *x), row[COLUMNS], exact = 0;
    for (size_t i = 0; i < TOKENS * COLUMNS; i++) x[i] = is_large(activation_pattern, i % COLUMNS) ? 127 : -127;
    ctk_dequantize_row(format, file, COLUMNS, row);
    for (size_t c = 0; c < COLUMNS; c++) exact += row[c] * x[c];
    const float *y = multiply(table, format, file, x, (product_shape){ROWS, COLUMNS, TOKENS}, WHOLE);
    for (size_t i = 0; i < ROWS * TOKENS; i++) {
        CHECK(y[i] == exact, "%g, not %g, with patterns %d and %d", y[i], exact, weight_pattern, activation_pattern);
    }
    release_all();
}

void test_extreme_products(const ctk_table *table) {
    for (int format = CTK_Q8_0; format <= CTK_Q4_1; format++) {
        under_test(table, format);
        for (int w = 0; w < PATTERNS; w++) {
            for (int x = 0; x < PATTERNS; x++) test_patterns(table, format, w, x);
        }
    }
}
