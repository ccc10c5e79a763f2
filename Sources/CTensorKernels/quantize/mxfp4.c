// MXFP4: the scale follows from the block's largest magnitude; nothing is searched.
#pragma STDC FP_CONTRACT OFF
#include "../weights-inl.h"
#include "quantizers.h"

/// The code nearest to a number in units of half the smallest positive value.
static int fp4_code(float x) {
    // The borders between 0, 1, 2, 3, 4, 6, 8 and 12.
    static const float borders[7] = {0.5f, 1.5f, 2.5f, 3.5f, 5, 7, 10};
    int code = 0;
    while (code < 7 && fabsf(x) > borders[code]) code++;
    return code > 0 && x < 0 ? code + 8 : code;
}

/// The exponent is that of the largest magnitude, which is thus 4 or more times the scale; numbers above 6 become 6.
static void quantize_block(const float *x, mxfp4_block *block) {
    uint32_t largest = largest_magnitude(x, BLOCK);
    bool is_finite = largest < INFINITY_BITS;
    int exponent = (int)(largest >> 23) - 2;
    block->exponent = is_finite ? (uint8_t)(exponent > 0 ? exponent : 0) : 255;
    // In two factors, because the inverse of the smallest scale is beyond F32.
    float factor = block->exponent > 0 ? 1 : 2, inverse = 1 / (factor * mxfp4_scale(block->exponent));
    for (int i = 0; i < BLOCK / 2; i++) {
        // With the largest exponent, 7 is infinite.
        int low = is_finite ? fp4_code(x[i] * factor * inverse) : 7;
        int high = is_finite ? fp4_code(x[i + BLOCK / 2] * factor * inverse) : 7;
        block->nibbles[i] = (uint8_t)(low | high << 4);
    }
}

void ctk_quantize_mxfp4(const float *x, const float *importance, size_t columns, void *file) {
    (void)importance;
    for (size_t i = 0; i < columns; i += BLOCK) quantize_block(x + i, (mxfp4_block *)file + i / BLOCK);
}
