// Scales of a super-block as multiples of one half-precision scale.
#ifndef CTK_SCALE_CODES_H
#define CTK_SCALE_CODES_H

#include "part.h"

/// Returns the half-precision scale by which `scale` (in units of `power`) is written, so that `highest` of it reach at
/// least as far as `highest * scale`. It is 0 if F16 is so coarse there that fewer than 16 steps would remain: with
/// subnormal halves, scales have fewer codes.
static inline uint16_t super_block_scale(float scale, int highest, float power) {
    float exact = scale * power;
    if (fabsf(exact) * (float)highest < 0x1p-20f) return 0;
    uint16_t half = float_to_f16(exact);
    bool is_subnormal = fabsf(exact) < 0x1p-14f;
    return is_subnormal && fabsf(f16_to_float(half)) < fabsf(exact) ? (uint16_t)(half + 1) : half;
}

/// Returns the scale d with codes 0...highest for which the weighted squared error of d * code is small.
static inline float best_scale(const float *values, const float *weights, int count, int highest) {
    float largest = 0, best = 0, scale = 0;
    for (int i = 0; i < count; i++) largest = fmaxf(largest, values[i]);
    if (largest == 0) return 0;
    for (int change = -4; change <= 4; change++) {
        float inverse = ((float)highest + 0.1f * (float)change) / largest;
        float first = 0, second = 0;
        for (int i = 0; i < count; i++) {
            float code = fminf(rintf(inverse * values[i]), (float)highest);
            first += weights[i] * values[i] * code;
            second += weights[i] * code * code;
        }
        if (second > 0 && first * first / second > best) {
            best = first * first / second;
            scale = first / second;
        }
    }
    return scale > 0 ? scale : largest / (float)highest;
}

/// Writes scales as d * code with codes -steps...steps-1: the one of largest magnitude has code -steps. Returns d, and
/// the written scales in units of `power`.
static inline uint16_t write_signed_scales(
    const float *scales, int count, int steps, float power, int8_t *codes, float *written) {
    float extreme = 0;
    for (int i = 0; i < count; i++) extreme = fabsf(scales[i]) > fabsf(extreme) ? scales[i] : extreme;
    uint16_t half = super_block_scale(extreme / (float)-steps, steps, power);
    float unit = in_units(half, power), inverse = inverse_of(unit);
    for (int i = 0; i < count; i++) {
        codes[i] = (int8_t)nearest(scales[i] * inverse, -steps, steps - 1);
        written[i] = unit * (float)codes[i];
    }
    return half;
}

/// The same for scales that are not negative, with codes 0...highest and weights of their errors.
static inline uint16_t write_unsigned_scales(
    const float *scales, const float *weights, int count, int highest, float power, int8_t *codes, float *written) {
    uint16_t half = super_block_scale(best_scale(scales, weights, count, highest), highest, power);
    float unit = in_units(half, power), inverse = inverse_of(unit);
    for (int i = 0; i < count; i++) {
        codes[i] = (int8_t)nearest(scales[i] * inverse, 0, highest);
        written[i] = unit * (float)codes[i];
    }
    return half;
}

#endif
