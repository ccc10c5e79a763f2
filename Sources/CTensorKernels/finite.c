// Looks for what is not finite in rows as they lie in a file.
#include "formats.h"

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

/// Finds the first of `COUNT` items of `SIZE` bytes of which a number, `READ` at `OFFSET` bytes, reaches `LIMIT`. The
/// largest of all is found first, without a branch, so that the loop is one of vectors.
#define FIRST_REACHING(COUNT, SIZE, OFFSET, READ, LIMIT, LARGEST)                                                     \
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
        (LARGEST) = largest;                                                                                          \
    } while (0)

size_t ctk_first_not_finite(int format, const void *file, size_t columns, float *largest_scale) {
    const uint8_t *bytes = file;
    size_t blocks = columns / BLOCK, first;
    uint32_t scale = 0, minimum;
    switch (format) {
    case CTK_F32:
        first = columns;
        FIRST_REACHING(columns, 4, 0, word_at, INFINITY_BITS, scale);
        break;
    case CTK_BF16:
        first = columns;
        FIRST_REACHING(columns, 2, 0, half_at, BF16_INFINITY, scale);
        scale <<= 16;
        break;
    case CTK_F16:
        first = columns;
        FIRST_REACHING(columns, 2, 0, half_at, F16_INFINITY, scale);
        scale = float_to_bits(f16_to_float((uint16_t)scale));
        break;
    case CTK_Q4_1:
        first = blocks;
        FIRST_REACHING(blocks, sizeof(q4_1_block), 2, half_at, F16_INFINITY, minimum);
        FIRST_REACHING(blocks, sizeof(q4_1_block), 0, half_at, F16_INFINITY, scale);
        scale = float_to_bits(f16_to_float((uint16_t)(minimum > scale ? minimum : scale)));
        break;
    default:
        first = blocks;
        FIRST_REACHING(
            blocks, format == CTK_Q8_0 ? sizeof(q8_0_block) : sizeof(q4_0_block), 0, half_at, F16_INFINITY, scale);
        scale = float_to_bits(f16_to_float((uint16_t)scale));
        break;
    }
    if (bits_to_float(scale) > *largest_scale) *largest_scale = bits_to_float(scale);
    return first;
}
