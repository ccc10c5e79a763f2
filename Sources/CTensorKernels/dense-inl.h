// Dense products of two f32 matrices with vectors, for every vector table and precision.
//
// A tile of sums stays in registers while its two panels are read: for each word of the depth, a few vectors of columns
// and a broadcast of each row. Each element has its own lane, so its sum over a block runs from left to right.
//
// Included once per precision, by a file that defines the macros and functions of dense_panels-inl.h and
//     vf multiply_words(vu32 a, vu32 b, vf sum)      with the suffix
// A table's own file defines DENSE_ROWS, at most 16, and DENSE_VECTORS, the size of a tile that its registers hold.

#include "dense_panels-inl.h"

enum { DENSE(TILE_ROWS) = DENSE_ROWS };

static void DENSE(pack_rows)(
    const float *x, size_t stride, bool along_depth, size_t count, size_t depth, void *panels) {
    DENSE(pack_panels)(x, stride, along_depth, DENSE(TILE_ROWS), count, depth, panels);
}

/// Computes one tile of c, of which `rows` rows and `columns` columns exist.
static void DENSE(tile)(
    const uint32_t *a, const uint32_t *b, size_t words, const float *summand, float *c, size_t stride, size_t rows,
    size_t columns) {
    // Prefetches the tiles of c and of the summand while the panels are read.
    UNROLL for (size_t r = 0; r < DENSE_ROWS; r++) {
        if (r >= rows) continue;
        UNROLL for (size_t v = 0; v < DENSE_VECTORS; v++) {
            if (v * LANES >= columns) continue;
            __builtin_prefetch(c + r * stride + v * LANES, 1, 3);
            if (summand) __builtin_prefetch(summand + r * stride + v * LANES, 0, 3);
        }
    }
    vf sums[DENSE_ROWS][DENSE_VECTORS];
    UNROLL for (int r = 0; r < DENSE_ROWS; r++) {
        UNROLL for (int v = 0; v < DENSE_VECTORS; v++) sums[r][v] = splat(0);
    }
    for (size_t w = 0; w < words; w++, a += DENSE_ROWS, b += TILE_COLUMNS) {
        vu32 column_words[DENSE_VECTORS];
        memcpy(column_words, b, sizeof column_words);
        UNROLL for (int r = 0; r < DENSE_ROWS; r++) {
            vu32 row_word = (vu32)(a[r]);
            UNROLL for (int v = 0; v < DENSE_VECTORS; v++) {
                sums[r][v] = DENSE(multiply_words)(row_word, column_words[v], sums[r][v]);
            }
        }
    }
    UNROLL for (size_t r = 0; r < DENSE_ROWS; r++) {
        if (r >= rows) continue;
        UNROLL for (size_t v = 0; v < DENSE_VECTORS; v++) {
            size_t place = r * stride + v * LANES;
            if (columns >= (v + 1) * LANES) {
                store(c + place, summand ? load(summand + place) + sums[r][v] : sums[r][v]);
            } else if (columns > v * LANES) {
                size_t left = columns - v * LANES;
                store_tail(c + place, summand ? load_tail(summand + place, left, 0) + sums[r][v] : sums[r][v], left);
            }
        }
    }
}

/// Multiplies each panel of columns with all panels of rows, which stay in the L2 cache, before the next one.
static void DENSE(multiply)(
    const void *row_panels, const void *column_panels, size_t rows, size_t columns, size_t depth, const float *summand,
    float *c, size_t stride) {
    size_t words = DENSE(words)(depth);
    for (size_t j = 0; j < columns; j += TILE_COLUMNS) {
        for (size_t i = 0; i < rows; i += DENSE_ROWS) {
            size_t place = i * stride + j;
            DENSE(tile)(
                (const uint32_t *)row_panels + i * words, (const uint32_t *)column_panels + j * words, words,
                summand ? summand + place : NULL, c + place, stride, rows - i, columns - j);
        }
    }
}
