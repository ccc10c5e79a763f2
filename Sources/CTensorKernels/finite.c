// Finds elements that are not finite in rows in their file format.
#include "weights-inl.h"

/// 16-bit floats compare like integers: numbers < infinity < NaN.
enum { F16_MAGNITUDE = 0x7fff, F16_INFINITY = 0x7c00, BF16_INFINITY = 0x7f80 };

static uint32_t word_at(const uint8_t *bytes) {
    uint32_t word;
    memcpy(&word, bytes, sizeof word);
    return word & MAGNITUDE_BITS;
}

static uint32_t half_at(const uint8_t *bytes) {
    uint16_t half;
    memcpy(&half, bytes, sizeof half);
    return half & F16_MAGNITUDE;
}

/// Finds the first of `COUNT` items of `SIZE` bytes whose number, `READ` at offset `OFFSET`, reaches `LIMIT`. It first
/// computes the largest of all without a branch, so that the compiler vectorizes the loop.
#define FIRST_REACHING(COUNT, SIZE, OFFSET, READ, LIMIT)                                                              \
    do {                                                                                                              \
        uint32_t largest = 0;                                                                                         \
        for (size_t i = 0; i < (COUNT); i++) {                                                                        \
            uint32_t magnitude = READ(bytes + i * (SIZE) + (OFFSET));                                                 \
            largest = magnitude > largest ? magnitude : largest;                                                      \
        }                                                                                                             \
        if (largest >= (LIMIT)) {                                                                                     \
            for (size_t i = 0; i < first; i++) {                                                                      \
                if (READ(bytes + i * (SIZE) + (OFFSET)) >= (LIMIT)) first = i;                                        \
            }                                                                                                         \
        }                                                                                                             \
    } while (0)

/// The first non-finite element of a format without halves: F32 or BF16.
static size_t first_element(const uint8_t *bytes, size_t columns, size_t size) {
    size_t first = columns;
    if (size == 4) {
        FIRST_REACHING(columns, 4, 0, word_at, INFINITY_BITS);
    } else {
        FIRST_REACHING(columns, 2, 0, half_at, BF16_INFINITY);
    }
    return first;
}

/// The first block with a non-finite half.
static inline __attribute__((always_inline)) size_t first_block(
    const uint8_t *bytes, size_t columns, const ctk_weight_format *format) {
    size_t blocks = columns / format->block_elements, first = blocks;
    for (size_t h = 0; h < format->halves; h++) {
        FIRST_REACHING(blocks, format->block_bytes, format->halves_at + 2 * h, half_at, F16_INFINITY);
    }
    return first;
}

/// The first block of MXFP4 with a product beyond F32: only the three largest exponents have such products.
static size_t first_mxfp4_block(const uint8_t *bytes, size_t columns) {
    const mxfp4_block *block = (const mxfp4_block *)bytes;
    size_t first = columns / BLOCK;
    for (size_t b = columns / BLOCK; b-- > 0;) {
        if (block[b].exponent < 253) continue;
        float x[BLOCK];
        dequantize_mxfp4(block + b, x);
        if (largest_magnitude(x, BLOCK) >= INFINITY_BITS) first = b;
    }
    return first;
}

// A separate case for each format, so that its properties are constants.
#define FORMAT_CASE(NAME, name, ACTIVATIONS)                                                                         \
    case CTK_##NAME:                                                                                                 \
        return name##_format.halves ? first_block(file, columns, &name##_format)                                     \
                                    : first_element(file, columns, name##_format.block_bytes);

size_t ctk_first_not_finite(int format, const void *file, size_t columns) {
    if (format == CTK_MXFP4) return first_mxfp4_block(file, columns);
    switch (format) {
        CTK_EACH_FORMAT(FORMAT_CASE)
    default: return 0;
    }
}
