// Definitions that dense products of all precisions share. A word is four bytes: one f32, or the bf16 values of two
// depths.
#ifndef CTK_DENSE_WORDS_H
#define CTK_DENSE_WORDS_H

#include "vector-inl.h"

/// Columns of a panel.
enum { TILE_COLUMNS = DENSE_VECTORS * LANES };

/// Transposes sixteen rows of sixteen words. Each of four rounds exchanges one bit of the row's number with one of the
/// depth's.
INLINE void transpose(vu32 words[LANES]) {
    vu32 t[LANES];
    UNROLL for (int i = 0; i < LANES; i++) t[i] = words[i];
#define EXCHANGE(BIT, LOW, HIGH)                                                                                     \
    UNROLL for (int i = 0; i < LANES; i++) {                                                                         \
        if (i & BIT) continue;                                                                                       \
        vu32 low = t[i], high = t[i | BIT];                                                                          \
        t[i] = LOW(low, high);                                                                                       \
        t[i | BIT] = HIGH(low, high);                                                                                \
    }
#define LOW_1(a, b) __builtin_shufflevector(a, b, 0, 16, 2, 18, 4, 20, 6, 22, 8, 24, 10, 26, 12, 28, 14, 30)
#define HIGH_1(a, b) __builtin_shufflevector(a, b, 1, 17, 3, 19, 5, 21, 7, 23, 9, 25, 11, 27, 13, 29, 15, 31)
#define LOW_2(a, b) __builtin_shufflevector(a, b, 0, 1, 16, 17, 4, 5, 20, 21, 8, 9, 24, 25, 12, 13, 28, 29)
#define HIGH_2(a, b) __builtin_shufflevector(a, b, 2, 3, 18, 19, 6, 7, 22, 23, 10, 11, 26, 27, 14, 15, 30, 31)
#define LOW_4(a, b) __builtin_shufflevector(a, b, 0, 1, 2, 3, 16, 17, 18, 19, 8, 9, 10, 11, 24, 25, 26, 27)
#define HIGH_4(a, b) __builtin_shufflevector(a, b, 4, 5, 6, 7, 20, 21, 22, 23, 12, 13, 14, 15, 28, 29, 30, 31)
#define LOW_8(a, b) __builtin_shufflevector(a, b, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23)
#define HIGH_8(a, b) __builtin_shufflevector(a, b, 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31)
    EXCHANGE(1, LOW_1, HIGH_1)
    EXCHANGE(2, LOW_2, HIGH_2)
    EXCHANGE(4, LOW_4, HIGH_4)
    EXCHANGE(8, LOW_8, HIGH_8)
#undef EXCHANGE
    UNROLL for (int i = 0; i < LANES; i++) words[i] = t[i];
}

/// The kernels of one kind of product, with BYTES per step, and BLOCK depths summed before sums go to memory.
#define DENSE_KERNELS(KIND, BYTES, BLOCK)                                                                            \
    {                                                                                                                \
        .tile_rows = TILE_ROWS_##KIND, .tile_columns = TILE_COLUMNS, .depths_per_step = STEP_DEPTHS_##KIND,          \
        .step_bytes = BYTES, .depths_per_block = BLOCK, .pack_rows = pack_rows_##KIND,                               \
        .pack_columns = pack_columns_##KIND, .multiply = multiply_##KIND,                                            \
    }

// For a panel of 32 columns, these are 64 KiB.
#define DENSE_KERNELS_F32 DENSE_KERNELS(f32, 4, 512)

#endif
