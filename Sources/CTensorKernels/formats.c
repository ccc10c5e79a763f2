// Naive conversions between f32 and file blocks.

#pragma STDC FP_CONTRACT OFF

#include "formats.h"

#include <math.h>

size_t ctk_file_row_bytes(int format, size_t columns) {
    switch (format) {
    case CTK_F32: return columns * 4;
    case CTK_F16:
    case CTK_BF16: return columns * 2;
    case CTK_Q8_0: return columns / BLOCK * sizeof(q8_0_block);
    case CTK_Q4_0: return columns / BLOCK * sizeof(q4_0_block);
    case CTK_Q4_1: return columns / BLOCK * sizeof(q4_1_block);
    default: return 0;
    }
}

float ctk_cache_element(int format, const void *elements, size_t index) {
    switch (format) {
    case CTK_F16: return f16_to_float(((const uint16_t *)elements)[index]);
    case CTK_BF16: return bf16_to_float(((const uint16_t *)elements)[index]);
    default: return ((const float *)elements)[index];
    }
}

static void dequantize_q8_0(const q8_0_block *block, float *x) {
    float scale = f16_to_float(block->scale);
    for (int i = 0; i < BLOCK; i++) x[i] = scale * (float)block->values[i];
}

/// An offset of -0 is none: adding it keeps the sign of a zero.
static void dequantize_q4(const uint8_t *nibbles, float scale, float offset, float *x, int bias) {
    for (int i = 0; i < BLOCK / 2; i++) {
        x[i] = scale * (float)((nibbles[i] & 15) - bias) + offset;
        x[i + BLOCK / 2] = scale * (float)((nibbles[i] >> 4) - bias) + offset;
    }
}

void ctk_dequantize_row(int format, const void *file, size_t columns, float *x) {
    size_t blocks = columns / BLOCK;
    switch (format) {
    case CTK_F32: memcpy(x, file, columns * sizeof(float)); break;
    case CTK_F16:
        for (size_t c = 0; c < columns; c++) {
            uint16_t half;
            memcpy(&half, (const uint8_t *)file + 2 * c, 2);
            x[c] = f16_to_float(half);
        }
        break;
    case CTK_BF16:
        for (size_t c = 0; c < columns; c++) {
            uint16_t half;
            memcpy(&half, (const uint8_t *)file + 2 * c, 2);
            x[c] = bf16_to_float(half);
        }
        break;
    case CTK_Q8_0:
        for (size_t b = 0; b < blocks; b++) dequantize_q8_0((const q8_0_block *)file + b, x + b * BLOCK);
        break;
    case CTK_Q4_0:
        for (size_t b = 0; b < blocks; b++) {
            const q4_0_block *block = (const q4_0_block *)file + b;
            dequantize_q4(block->nibbles, f16_to_float(block->scale), -0.0f, x + b * BLOCK, 8);
        }
        break;
    case CTK_Q4_1:
        for (size_t b = 0; b < blocks; b++) {
            const q4_1_block *block = (const q4_1_block *)file + b;
            dequantize_q4(
                block->nibbles, f16_to_float(block->scale), f16_to_float(block->minimum), x + b * BLOCK, 0);
        }
        break;
    }
}

/// NaN becomes the lowest.
static int nearest(float value, int lowest, int highest) {
    float rounded = nearbyintf(value);
    return rounded > (float)lowest ? rounded < (float)highest ? (int)rounded : highest : lowest;
}

/// 1 / scale, or 0 where that overflows: elements which no scale can hold become zeros.
///
/// In what follows an element that is not finite makes the scale so, and by it the whole block when it is read.
static float inverse_of(float scale) {
    float inverse = 1 / scale;
    return isfinite(inverse) ? inverse : 0;
}

static void quantize_q8_0(const float *x, q8_0_block *block) {
    float scale = bits_to_float(largest_magnitude(x, BLOCK)) / 127;
    float inverse = inverse_of(scale);
    block->scale = float_to_f16(scale);
    for (int i = 0; i < BLOCK; i++) block->values[i] = (int8_t)nearest(x[i] * inverse, -127, 127);
}

/// The value of largest magnitude becomes nibble 0, that is -8 * scale: its sign goes to the scale.
static void quantize_q4_0(const float *x, q4_0_block *block) {
    uint32_t largest = largest_magnitude(x, BLOCK);
    int extreme = 0;
    while ((float_to_bits(x[extreme]) & MAGNITUDE_BITS) != largest) extreme++;
    float scale = x[extreme] / -8;
    float inverse = inverse_of(scale);
    block->scale = float_to_f16(scale);
    for (int i = 0; i < BLOCK / 2; i++) {
        int low = nearest(x[i] * inverse + 8, 0, 15);
        int high = nearest(x[i + BLOCK / 2] * inverse + 8, 0, 15);
        block->nibbles[i] = (uint8_t)(low | high << 4);
    }
}

static void quantize_q4_1(const float *x, q4_1_block *block) {
    float smallest = x[0], largest = x[0];
    for (int i = 1; i < BLOCK; i++) {
        smallest = fminf(smallest, x[i]);
        largest = fmaxf(largest, x[i]);
    }
    float scale = largest_magnitude(x, BLOCK) < INFINITY_BITS ? (largest - smallest) / 15 : NAN;
    float inverse = inverse_of(scale);
    block->scale = float_to_f16(scale);
    block->minimum = float_to_f16(smallest);
    for (int i = 0; i < BLOCK / 2; i++) {
        int low = nearest((x[i] - smallest) * inverse, 0, 15);
        int high = nearest((x[i + BLOCK / 2] - smallest) * inverse, 0, 15);
        block->nibbles[i] = (uint8_t)(low | high << 4);
    }
}

void ctk_quantize_row(int format, const float *x, size_t columns, void *file) {
    size_t blocks = columns / BLOCK;
    switch (format) {
    case CTK_F32: memcpy(file, x, columns * sizeof(float)); break;
    case CTK_F16:
        for (size_t c = 0; c < columns; c++) {
            uint16_t half = float_to_f16(x[c]);
            memcpy((uint8_t *)file + 2 * c, &half, 2);
        }
        break;
    case CTK_BF16:
        for (size_t c = 0; c < columns; c++) {
            uint16_t half = float_to_bf16(x[c]);
            memcpy((uint8_t *)file + 2 * c, &half, 2);
        }
        break;
    case CTK_Q8_0:
        for (size_t b = 0; b < blocks; b++) quantize_q8_0(x + b * BLOCK, (q8_0_block *)file + b);
        break;
    case CTK_Q4_0:
        for (size_t b = 0; b < blocks; b++) quantize_q4_0(x + b * BLOCK, (q4_0_block *)file + b);
        break;
    case CTK_Q4_1:
        for (size_t b = 0; b < blocks; b++) quantize_q4_1(x + b * BLOCK, (q4_1_block *)file + b);
        break;
    }
}
