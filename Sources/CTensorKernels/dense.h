// Dense products of two f32 matrices, for every vector table and precision: panels, and tiles of sums in registers.
//
// A tile of c stays in registers while its two panels pass by: for each word of the depth, a few vectors of columns and
// a broadcast of each row. An element has one lane to itself, so its sum over a block runs from left to right.
//
// Included once per precision, by a file that defines
//     DENSE(NAME)        NAME with the precision's suffix
//     DEPTHS_PER_WORD    depths that a word of a panel holds
// and, with that suffix,
//     vu32 words_along(const float *x, size_t depths)
//                        the next sixteen words of one row, whose first depth lies at x; those beyond `depths` are zero
//     vu32 words_across(const float *x, size_t stride, size_t depths, size_t count)
//                        one word of sixteen rows, side by side at x, of which `count` exist; the next depth lies `stride`
//                        further on if `depths` > 1
//     vf multiply_words(vu32 a, vu32 b, vf sum)
// A table's own file defines DENSE_ROWS, at most 16, and DENSE_VECTORS: how large a tile its registers hold.

/// Packs up to `width` (a constant) rows or columns into one panel.
INLINE void DENSE(pack_panel)(
    const float *x, size_t stride, bool along_depth, size_t width, size_t count, size_t depth, uint32_t *panel) {
    size_t words = (depth + DEPTHS_PER_WORD - 1) / DEPTHS_PER_WORD;
    if (!along_depth) {
        for (size_t w = 0; w < words; w++) {
            const float *row = x + w * DEPTHS_PER_WORD * stride;
            UNROLL for (size_t i = 0; i < width; i += LANES) {
                size_t wanted = width - i < LANES ? width - i : LANES;
                size_t found = count < i ? 0 : count - i < wanted ? count - i : wanted;
                vu32 v = DENSE(words_across)(row + (found > 0 ? i : 0), stride, depth - w * DEPTHS_PER_WORD, found);
                memcpy(panel + w * width + i, &v, wanted * sizeof *panel);
            }
        }
        return;
    }
    for (size_t i = 0; i < width; i += LANES) {
        size_t wanted = width - i < LANES ? width - i : LANES;
        for (size_t w = 0; w < words; w += LANES) {
            vu32 block[LANES];
            size_t p = w * DEPTHS_PER_WORD;
            UNROLL for (size_t r = 0; r < LANES; r++) {
                bool exists = r < wanted && i + r < count;
                block[r] = exists ? DENSE(words_along)(x + (i + r) * stride + p, depth - p) : (vu32)(0);
            }
            transpose(block);
            UNROLL for (size_t r = 0; r < LANES; r++) {
                if (w + r < words) memcpy(panel + (w + r) * width + i, &block[r], wanted * sizeof *panel);
            }
        }
    }
}

/// Packs all panels of rows or columns.
INLINE void DENSE(pack_panels)(
    const float *x, size_t stride, bool along_depth, size_t width, size_t count, size_t depth, void *panels) {
    size_t panel_words = width * ((depth + DEPTHS_PER_WORD - 1) / DEPTHS_PER_WORD);
    for (size_t i = 0; i < count; i += width) {
        const float *first = x + i * (along_depth ? stride : 1);
        DENSE(pack_panel)(first, stride, along_depth, width, count - i, depth, (uint32_t *)panels + i / width * panel_words);
    }
}

static void DENSE(pack_rows)(
    const float *x, size_t stride, bool along_depth, size_t count, size_t depth, void *panels) {
    DENSE(pack_panels)(x, stride, along_depth, DENSE_ROWS, count, depth, panels);
}

static void DENSE(pack_columns)(
    const float *x, size_t stride, bool along_depth, size_t count, size_t depth, void *panels) {
    DENSE(pack_panels)(x, stride, along_depth, DENSE_VECTORS * LANES, count, depth, panels);
}

/// One tile of c, of which `rows` and `columns` exist.
static void DENSE(tile)(
    const uint32_t *a, const uint32_t *b, size_t words, float *c, size_t c_stride, size_t rows, size_t columns,
    bool adding) {
    // While the panels pass by, the tile of c comes near.
    UNROLL for (size_t r = 0; r < DENSE_ROWS; r++) {
        if (r < rows) {
            UNROLL for (size_t v = 0; v < DENSE_VECTORS; v++) __builtin_prefetch(c + r * c_stride + v * LANES, 1, 3);
        }
    }
    vf sums[DENSE_ROWS][DENSE_VECTORS];
    UNROLL for (int r = 0; r < DENSE_ROWS; r++) {
        UNROLL for (int v = 0; v < DENSE_VECTORS; v++) sums[r][v] = splat(0);
    }
    for (size_t w = 0; w < words; w++, a += DENSE_ROWS, b += DENSE_VECTORS * LANES) {
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
            float *out = c + r * c_stride + v * LANES;
            if (columns >= (v + 1) * LANES) {
                store(out, adding ? load(out) + sums[r][v] : sums[r][v]);
            } else if (columns > v * LANES) {
                size_t left = columns - v * LANES;
                store_tail(out, adding ? load_tail(out, left, 0) + sums[r][v] : sums[r][v], left);
            }
        }
    }
}

/// A panel of columns meets all panels of rows, which the L2 cache holds, before the next one does.
static void DENSE(multiply)(
    const void *row_panels, const void *column_panels, size_t rows, size_t columns, size_t depth, float *c,
    size_t c_stride, bool adding) {
    size_t words = (depth + DEPTHS_PER_WORD - 1) / DEPTHS_PER_WORD;
    for (size_t j = 0; j < columns; j += DENSE_VECTORS * LANES) {
        for (size_t i = 0; i < rows; i += DENSE_ROWS) {
            DENSE(tile)(
                (const uint32_t *)row_panels + i * words, (const uint32_t *)column_panels + j * words, words,
                c + i * c_stride + j, c_stride, rows - i, columns - j, adding);
        }
    }
}
