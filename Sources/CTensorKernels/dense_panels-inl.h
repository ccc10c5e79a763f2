// Panels for dense products of two f32 matrices, for every vector table and precision: the elements of one word of the
// depth are adjacent. All kinds of products use such panels for columns, which this file also packs.
//
// Included once per kind of product, by a file that defines
//     DENSE(NAME)        NAME with the kind's suffix
//     DEPTHS_PER_WORD    the number of depths in a word of a panel
// and, with that suffix,
//     STEP_DEPTHS        depths are padded with zeros to a multiple of this, which is a multiple of DEPTHS_PER_WORD
//     vu32 words_along(const float *x, size_t depths)
//                        the next sixteen words of one row, whose first depth is at x; those beyond `depths` are zero
//     vu32 words_across(const float *x, size_t stride, size_t depths, size_t count)
//                        one word of sixteen adjacent rows at x, of which `count` exist; the next depth is
//                        `stride` further on if `depths` > 1
// A table's own file defines DENSE_VECTORS, the number of vectors of columns in a panel.

/// The number of words of one row or column.
INLINE size_t DENSE(words)(size_t depth) {
    return (depth + DENSE(STEP_DEPTHS) - 1) / DENSE(STEP_DEPTHS) * (DENSE(STEP_DEPTHS) / DEPTHS_PER_WORD);
}

/// Packs one word of up to `width` (a constant) rows or columns that are adjacent in memory.
INLINE void DENSE(pack_across)(
    const float *x, size_t stride, size_t width, size_t count, size_t depths, uint32_t *panel) {
    UNROLL for (size_t i = 0; i < width; i += LANES) {
        size_t wanted = width - i < LANES ? width - i : LANES;
        // A constant number of elements compiles to one or two loads, a variable number to a call.
        vu32 words = count >= i + wanted ? DENSE(words_across)(x + i, stride, depths, wanted)
            : count > i                  ? DENSE(words_across)(x + i, stride, depths, count - i)
                                         : (vu32)(0);
        memcpy(panel + i, &words, wanted * sizeof *panel);
    }
}

/// Packs up to sixteen words of up to `width` (a constant) rows or columns that are contiguous along the depth.
INLINE void DENSE(pack_along)(
    const float *x, size_t stride, size_t width, size_t count, size_t depths, uint32_t *panel) {
    size_t words = DENSE(words)(depths);
    UNROLL for (size_t i = 0; i < width; i += LANES) {
        size_t wanted = width - i < LANES ? width - i : LANES;
        vu32 block[LANES];
        UNROLL for (size_t r = 0; r < LANES; r++) {
            bool exists = r < wanted && i + r < count;
            block[r] = exists ? DENSE(words_along)(x + (i + r) * stride, depths) : (vu32)(0);
        }
        transpose(block);
        UNROLL for (size_t w = 0; w < LANES; w++) {
            if (w < words) memcpy(panel + w * width + i, &block[w], wanted * sizeof *panel);
        }
    }
}

/// Packs rows or columns that are contiguous along the depth into panels of `width` (a constant), one panel after the
/// other.
INLINE void DENSE(pack_panels_along)(
    const float *x, size_t stride, size_t width, size_t count, size_t depth, uint32_t *panels) {
    size_t words = DENSE(words)(depth);
    for (size_t i = 0; i < count; i += width) {
        for (size_t w = 0; w < words; w += LANES) {
            const float *first = x + i * stride + w * DEPTHS_PER_WORD;
            // Prefetches the next panel's rows: they are more short streams than the hardware prefetches.
            UNROLL for (size_t r = 0; r < width * DEPTHS_PER_WORD; r++) {
                size_t line = (width + r / DEPTHS_PER_WORD) * stride + r % DEPTHS_PER_WORD * LANES;
                prefetch_l2(first, line * sizeof *first);
            }
            DENSE(pack_along)(
                first, stride, width, count - i, depth - w * DEPTHS_PER_WORD, panels + i * words + w * width);
        }
    }
}

/// Packs rows or columns that are adjacent in memory. It packs a few words of all panels before the next ones, so that
/// the elements of a cache line are read together. Lines a power of two apart map to the same sets, and the L1 cache
/// holds only a few of them.
INLINE void DENSE(pack_panels_across)(
    const float *x, size_t stride, size_t width, size_t count, size_t depth, uint32_t *panels) {
    enum { WORDS = 4 };
    size_t words = DENSE(words)(depth);
    for (size_t w = 0; w < words; w += WORDS) {
        for (size_t i = 0; i < count; i += width) {
            for (size_t v = w; v < w + WORDS && v < words; v++) {
                size_t p = v * DEPTHS_PER_WORD;
                size_t next = (p + WORDS * DEPTHS_PER_WORD) * stride + i;
                UNROLL for (size_t d = 0; d < DEPTHS_PER_WORD; d++) {
                    UNROLL for (size_t l = 0; l < width; l += LANES) {
                        prefetch_l1(x, (next + d * stride + l) * sizeof *x);
                    }
                }
                DENSE(pack_across)(
                    x + p * stride + i, stride, width, p < depth ? count - i : 0, depth - p,
                    panels + i * words + v * width);
            }
        }
    }
}

INLINE void DENSE(pack_panels)(
    const float *x, size_t stride, bool along_depth, size_t width, size_t count, size_t depth, uint32_t *panels) {
    if (along_depth) {
        DENSE(pack_panels_along)(x, stride, width, count, depth, panels);
    } else {
        DENSE(pack_panels_across)(x, stride, width, count, depth, panels);
    }
}

static void DENSE(pack_columns)(
    const float *x, size_t stride, bool along_depth, size_t count, size_t depth, void *panels) {
    DENSE(pack_panels)(x, stride, along_depth, TILE_COLUMNS, count, depth, panels);
}
