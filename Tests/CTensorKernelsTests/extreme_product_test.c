#include "check.h"
#include "formats.h"
#include "memory.h"
#include "product.h"
#include "samples.h"
#include "tests.h"

enum { ROWS = 17, BLOCKS = 5, TOKENS = 5, PATTERNS = 4 };

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

static void fill_nibbles(int pattern, uint8_t *nibbles) {
    for (size_t i = 0; i < BLOCK / 2; i++) {
        nibbles[i] = (uint8_t)((is_large(pattern, i) ? 15 : 0) | (is_large(pattern, i + BLOCK / 2) ? 15 << 4 : 0));
    }
}

static void fill_block(int format, int pattern, uint8_t *block) {
    const uint16_t one = 0x3c00, minus_three = 0xc200;
    memcpy(block + ctk_format(format)->halves_at, &one, 2);
    switch (format) {
    case CTK_Q8_0:
        for (size_t i = 0; i < BLOCK; i++) block[2 + i] = is_large(pattern, i) ? 127 : 128;
        break;
    case CTK_Q4_0: fill_nibbles(pattern, block + 2); break;
    case CTK_Q4_1:
        memcpy(block + 2, &minus_three, 2);
        fill_nibbles(pattern, block + 4);
        break;
    default: CHECK(false, "a quantized format without largest and smallest weights in %s", __FILE__);
    }
}

/// Every weight and activation is the largest or the smallest possible, and scales are 1. The exact sum fits into a
/// float, and any step that saturates or overflows gives a different one.
static void test_patterns(const ctk_table *table, int format, int weight_pattern, int activation_pattern) {
    size_t block_bytes = ctk_format(format)->block_bytes, columns = BLOCKS * column_step(format);
    uint8_t *file = guarded(ROWS * BLOCKS * block_bytes);
    for (size_t b = 0; b < ROWS * BLOCKS; b++) fill_block(format, weight_pattern, file + b * block_bytes);
    float *x = guarded(TOKENS * columns * sizeof *x), *row = guarded(columns * sizeof *row), exact = 0;
    for (size_t i = 0; i < TOKENS * columns; i++) x[i] = is_large(activation_pattern, i % columns) ? 127 : -127;
    ctk_dequantize_row(format, file, columns, row);
    for (size_t c = 0; c < columns; c++) exact += row[c] * x[c];
    const float *y = multiply(table, format, file, x, (product_shape){ROWS, columns, TOKENS}, WHOLE);
    for (size_t i = 0; i < ROWS * TOKENS; i++) {
        CHECK(y[i] == exact, "%g, not %g, with patterns %d and %d", y[i], exact, weight_pattern, activation_pattern);
    }
    release_all();
}

void test_extreme_products(const ctk_table *table) {
    for (int format = 0; format < CTK_FORMAT_COUNT; format++) {
        if (column_step(format) == 1) continue;
        under_test(table, format);
        for (int w = 0; w < PATTERNS; w++) {
            for (int x = 0; x < PATTERNS; x++) test_patterns(table, format, w, x);
        }
    }
}
