// Definitions that weight formats share: 16-bit floats, blocks of quantized activations, and rows of blocks. The
// formats themselves are in weights/.
#ifndef CTK_FORMATS_H
#define CTK_FORMATS_H

#include <math.h>
#include <string.h>

#include "CTensorKernels.h"

/// The number of activations that are quantized together. Blocks of quantized formats have as many elements, or a
/// multiple.
enum { BLOCK = 32 };

// Packed, because a block in a file may be at any address.
#define FILE_BLOCK struct __attribute__((packed))

/// BLOCK activations of one token as signed bytes: x = scale * values. All tables quantize to this form.
///
/// A constant offset of all 32 weights contributes a multiple of the activations' sum. The multiples that products use
/// are stored, so that a dot product starts with a broadcast load and no arithmetic.
typedef struct {
    int8_t values[BLOCK];
    float scale;
    float scaled_sum;
    int32_t minus_128_sums;
    int32_t minus_8_sums;
} activation_block;

_Static_assert(sizeof(activation_block) == 48, "activation blocks stay aligned to 16 bytes");

/// Returns the bits of values 4 * group ... 4 * group + 3.
static inline int32_t four(const int8_t *values, int group) {
    int32_t bits;
    memcpy(&bits, values + 4 * group, sizeof bits);
    return bits;
}

/// The mask of a float's bits without the sign, and the bits of infinity; those of NaN are larger.
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

/// Returns the bits of the largest magnitude. As bit patterns, NaN > infinity > numbers, so a bad value always wins.
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

/// Uses integer arithmetic, because on a CPU without F16C a conversion would call a compiler runtime that Swift does
/// not link.
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
        // Below 2^-14: adding 0.5 aligns the subnormal's last bit with the float's, so that the FPU rounds.
        float aligned = bits_to_float(magnitude) + 0.5f;
        return sign | (uint16_t)(float_to_bits(aligned) - 0x3f000000);
    }
    uint32_t rounded = magnitude + 0xfff + (magnitude >> 13 & 1);
    return sign | (uint16_t)((rounded - 0x38000000) >> 13);
}

/// The largest finite numbers.
#define F16_LARGEST 65504.0f
#define BF16_LARGEST 0x1.fep127f
#define F32_LARGEST 0x1.fffffep127f

// MARK: Rows of blocks

/// Defines dequantize_row_NAME from a function for one block, dequantize_NAME(const NAME_block *, float *).
#define DEFINE_DEQUANTIZED_ROW(NAME, ELEMENTS)                                                                       \
    static inline void dequantize_row_##NAME(const void *file, size_t columns, float *x) {                           \
        for (size_t b = 0; b < columns / (ELEMENTS); b++) {                                                          \
            dequantize_##NAME((const NAME##_block *)file + b, x + b * (ELEMENTS));                                   \
        }                                                                                                            \
    }

/// Defines quantize_row_NAME from a function for one block, quantize_NAME(const float *, NAME_block *).
#define DEFINE_QUANTIZED_ROW(NAME, ELEMENTS)                                                                         \
    static inline void quantize_row_##NAME(const float *x, const float *importance, size_t columns, void *file) {    \
        (void)importance;                                                                                            \
        for (size_t b = 0; b < columns / (ELEMENTS); b++) {                                                          \
            quantize_##NAME(x + b * (ELEMENTS), (NAME##_block *)file + b);                                           \
        }                                                                                                            \
    }

/// Rounds to the nearest integer in a range; NaN becomes the lowest.
static inline int nearest(float value, int lowest, int highest) {
    float rounded = nearbyintf(value);
    return rounded > (float)lowest ? rounded < (float)highest ? (int)rounded : highest : lowest;
}

/// 1 / scale, or 0 if that overflows: elements that no scale can represent become zeros.
///
/// When quantizing, an element that is not finite makes the scale, and thus the whole block, not finite.
static inline float inverse_of(float scale) {
    float inverse = 1 / scale;
    return isfinite(inverse) ? inverse : 0;
}

#endif
