// Storing keys and values in a cache, element by element, in F32, F16 or BF16.
#ifndef CTK_CACHE_ELEMENTS_H
#define CTK_CACHE_ELEMENTS_H

#include "formats.h"

_Static_assert(
    CTK_F32 < CTK_CACHE_FORMAT_COUNT && CTK_F16 < CTK_CACHE_FORMAT_COUNT && CTK_BF16 < CTK_CACHE_FORMAT_COUNT,
    "a cache's formats are the first of weights");

static inline size_t element_bytes(int format) { return format == CTK_F32 ? sizeof(float) : sizeof(uint16_t); }

/// Infinity becomes NaN; NaN stays NaN.
static inline uint32_t infinity_to_nan(uint32_t bits, uint32_t infinity) {
    uint32_t quiet = (infinity & -infinity) >> 1;
    return (bits & infinity) == infinity ? bits | quiet : bits;
}

/// Rounds to nearest, ties to even. Values beyond the format's range become NaN. An infinite key could give a score of
/// -infinity with weight zero, and the error would go unnoticed.
static inline void store_element(int format, void *elements, size_t index, float value) {
    uint16_t *halves = elements;
    switch (format) {
    case CTK_F16: halves[index] = (uint16_t)infinity_to_nan(float_to_f16(value), 0x7c00); break;
    case CTK_BF16: halves[index] = (uint16_t)infinity_to_nan(float_to_bf16(value), 0x7f80); break;
    default: ((float *)elements)[index] = bits_to_float(infinity_to_nan(float_to_bits(value), INFINITY_BITS));
    }
}

/// Stores one position's key and value of one head, from element `first` on.
static inline void store_position(
    int format, const float *key, const float *value, size_t head_dim, size_t first, size_t position, void *keys,
    void *values) {
    for (size_t d = first; d < head_dim; d++) {
        store_element(format, keys, ctk_key_offset(position, head_dim, d), key[d]);
    }
    for (size_t d = first; d < head_dim; d++) store_element(format, values, position * head_dim + d, value[d]);
}

#endif
