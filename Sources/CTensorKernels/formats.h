// Blocks as they lie in a file (GGUF specification, "block_q8_0", "block_q4_0", "block_q4_1"), 16-bit floats, and the block that activations
// are quantized to.
#ifndef CTK_FORMATS_H
#define CTK_FORMATS_H

#include <string.h>

#include "CTensorKernels.h"

enum { BLOCK = 32 };

// Packed: a file promises no alignment, so that a block may lie at an odd address.
#define FILE_BLOCK struct __attribute__((packed))

typedef FILE_BLOCK {
    uint16_t scale;
    int8_t values[BLOCK];
} q8_0_block;

typedef FILE_BLOCK {
    uint16_t scale;
    uint8_t nibbles[BLOCK / 2];
} q4_0_block;

typedef FILE_BLOCK {
    uint16_t scale;
    uint16_t minimum;
    uint8_t nibbles[BLOCK / 2];
} q4_1_block;

_Static_assert(sizeof(q8_0_block) == 34, "Q8_0 takes 34 bytes for 32 elements");
_Static_assert(sizeof(q4_0_block) == 18, "Q4_0 takes 18 bytes for 32 elements");
_Static_assert(sizeof(q4_1_block) == 20, "Q4_1 takes 20 bytes for 32 elements");

/// 32 activations of one token as signed bytes: x = scale * values. All tables quantize to this form.
///
/// A constant offset of all 32 weights contributes a multiple of the activations' sum; the multiples that products need
/// are kept ready, so that a dot product starts with a broadcast load of one and no arithmetic.
typedef struct {
    int8_t values[BLOCK];
    float scale;
    float scaled_sum;
    int32_t minus_128_sums;
    int32_t minus_8_sums;
} activation_block;

_Static_assert(sizeof(activation_block) == 48, "activation blocks stay aligned to 16 bytes");

/// Activations 4 * group ... 4 * group + 3 of a block, as the four bytes of one integer.
static inline int32_t four(const activation_block *x, int group) {
    int32_t value;
    memcpy(&value, x->values + 4 * group, sizeof value);
    return value;
}

/// A float's bits without its sign, and those of infinity; NaN lies above.
enum { MAGNITUDE_BITS = 0x7fffffff, INFINITY_BITS = 0x7f800000 };

static inline float bits_to_float(uint32_t bits) {
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

static inline uint32_t float_to_bits(float value) {
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

/// The largest magnitude's bits. Among bit patterns NaN > infinity > numbers, so that no bad value is lost.
static inline uint32_t largest_magnitude(const float *x, size_t count) {
    uint32_t largest = 0;
    for (size_t i = 0; i < count; i++) {
        uint32_t magnitude = float_to_bits(x[i]) & MAGNITUDE_BITS;
        largest = magnitude > largest ? magnitude : largest;
    }
    return largest;
}

static inline float bf16_to_float(uint16_t half) { return bits_to_float((uint32_t)half << 16); }

/// Rounds to nearest, ties to even; NaN stays NaN.
static inline uint16_t float_to_bf16(float value) {
    uint32_t bits = float_to_bits(value);
    if ((bits & MAGNITUDE_BITS) > INFINITY_BITS) return (uint16_t)(bits >> 16 | 0x40);
    return (uint16_t)((bits + 0x7fff + (bits >> 16 & 1)) >> 16);
}

/// By integer arithmetic, since a CPU without F16C would need a compiler runtime that Swift does not link.
static inline float f16_to_float(uint16_t half) {
    uint32_t sign = (uint32_t)(half & 0x8000) << 16;
    uint32_t exponent = half >> 10 & 0x1f;
    uint32_t fraction = half & 0x3ff;
    if (exponent == 0x1f) return bits_to_float(sign | INFINITY_BITS | fraction << 13);
    if (exponent != 0) return bits_to_float(sign | (exponent + 112) << 23 | fraction << 13);
    float magnitude = (float)fraction * 0x1p-24f;
    return sign ? -magnitude : magnitude;
}

/// Rounds to nearest, ties to even; overflow becomes infinity.
static inline uint16_t float_to_f16(float value) {
    uint32_t bits = float_to_bits(value);
    uint16_t sign = (uint16_t)(bits >> 16 & 0x8000);
    uint32_t magnitude = bits & MAGNITUDE_BITS;
    if (magnitude > INFINITY_BITS) return sign | 0x7e00;
    if (magnitude >= 0x477ff000) return sign | 0x7c00;  // 65520 and more round to infinity
    if (magnitude < 0x38800000) {
        // Below 2^-14: adding 0.5 lines the subnormal's last bit up with the float's, and rounds as the FPU rounds.
        float aligned = bits_to_float(magnitude) + 0.5f;
        return sign | (uint16_t)(float_to_bits(aligned) - 0x3f000000);
    }
    uint32_t rounded = magnitude + 0xfff + (magnitude >> 13 & 1);
    return sign | (uint16_t)((rounded - 0x38000000) >> 13);
}

#endif
