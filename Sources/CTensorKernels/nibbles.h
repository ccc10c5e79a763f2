// 32 unsigned nibbles in 16 bytes: elements 0...15 are the low nibbles, 16...31 the high ones.
#ifndef CTK_NIBBLES_H
#define CTK_NIBBLES_H

#include "formats.h"

/// Pass -0 for no offset: adding it keeps the sign of a zero.
static inline void dequantize_nibbles(const uint8_t *nibbles, float scale, float offset, float *x, int bias) {
    for (int i = 0; i < BLOCK / 2; i++) {
        x[i] = scale * (float)((nibbles[i] & 15) - bias) + offset;
        x[i + BLOCK / 2] = scale * (float)((nibbles[i] >> 4) - bias) + offset;
    }
}

/// The naive dot product with bytes.
static inline int32_t dot_nibbles(const uint8_t *nibbles, const int8_t *x) {
    int32_t dot = 0;
    for (int i = 0; i < BLOCK / 2; i++) dot += (nibbles[i] & 15) * x[i] + (nibbles[i] >> 4) * x[i + BLOCK / 2];
    return dot;
}

#ifdef CTK_PANELS_H

/// Group g of four bytes holds columns 4g...4g+3 in its low nibbles and columns 4g+16...4g+19 in its high ones, as in
/// the file.
typedef uint8_t nibble_groups[BLOCK / 8][PANEL_ROWS * 4];

INLINE void pack_nibbles(const uint8_t *in, size_t row, nibble_groups out) {
    for (int g = 0; g < BLOCK / 8; g++) memcpy(out[g] + row * 4, in + 4 * g, 4);
}

INLINE void unpack_nibbles(const nibble_groups in, size_t row, uint8_t *out) {
    for (int g = 0; g < BLOCK / 8; g++) memcpy(out + 4 * g, in[g] + row * 4, 4);
}

INLINE void dot_nibble_groups(const nibble_groups nibbles, const activation_block *x, int tokens, vi *dots) {
    EACH_GROUP for (int g = 0; g < BLOCK / 8; g++) {
        prefetch(nibbles[g], tokens);
        vbytes pair = load_bytes(nibbles[g]);
        vbytes low = pair & 15, high = pair >> 4;
        UNROLL for (int t = 0; t < tokens; t++) {
            dots[t] = dot_u7(dots[t], low, x[t].values, g);
            dots[t] = dot_u7(dots[t], high, x[t].values, g + BLOCK / 8);
        }
    }
}

#endif
#endif
