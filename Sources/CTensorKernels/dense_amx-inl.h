// Dense products in BF16 with AMX: tdpbf16ps multiplies 16 rows with 16 columns over 32 depths, in tile registers.
//
// The instruction's order is defined. Of 32 depths, the even ones and the odd ones are each summed by consecutive fmas
// from zero, then the odd sum is added to the even one, and the total to the element. Every step rounds to nearest,
// ties to even, and inputs and results below 2^-126 count as zero. Operands are rounded to nearest, ties to even, when
// they are packed.
//
// Columns have the layout of dense_panels-inl.h, 32 per panel. Rows, also 32 per panel, have that of the tiles: step
// by step, each row's 32 depths one after the other. Both are padded with zeros to a multiple of 32 depths.
#ifndef CTK_DENSE_AMX_H
#define CTK_DENSE_AMX_H

#include "dense_bf16-inl.h"

enum { AMX_TILE = 16, AMX_TILE_BYTES = 1024, TILE_ROWS_amx = 2 * AMX_TILE, STEP_DEPTHS_amx = 32 };

_Static_assert(TILE_COLUMNS == 2 * AMX_TILE, "panels of columns are as wide as two tiles");

#define words_along_amx words_along_bf16
#define words_across_amx words_across_bf16
#define DENSE(NAME) NAME##_amx
#define DEPTHS_PER_WORD 2
#include "dense_panels-inl.h"
#undef DENSE
#undef DEPTHS_PER_WORD
#undef words_along_amx
#undef words_across_amx

/// Packs one step of sixteen rows that are contiguous along the depth: one vector per row.
INLINE void pack_tile_along(const float *x, size_t stride, size_t count, size_t depths, uint8_t *tile) {
    UNROLL for (size_t r = 0; r < AMX_TILE; r++) {
        vu32 words = r < count ? words_along_bf16(x + r * stride, depths) : (vu32)(0);
        memcpy(tile + r * sizeof words, &words, sizeof words);
    }
}

/// Packs one step of sixteen rows that are adjacent in memory at each depth.
INLINE void pack_tile_across(const float *x, size_t stride, size_t count, size_t depths, uint8_t *tile) {
    vu32 words[LANES];
    UNROLL for (size_t w = 0; w < LANES; w++) {
        size_t p = 2 * w;
        words[w] = p < depths && count > 0 ? words_across_bf16(x + p * stride, stride, depths - p, count) : (vu32)(0);
    }
    transpose(words);
    memcpy(tile, words, sizeof words);
}

INLINE void pack_tile(
    const float *x, size_t stride, bool along_depth, size_t count, size_t depths, uint8_t *tile) {
    if (along_depth) {
        pack_tile_along(x, stride, count, depths, tile);
    } else {
        pack_tile_across(x, stride, count, depths, tile);
    }
}

INLINE void pack_row_panels(
    const float *x, size_t stride, bool along_depth, size_t count, size_t depth, uint8_t *tile) {
    for (size_t i = 0; i < count; i += TILE_ROWS_amx) {
        for (size_t p = 0; p < depth; p += STEP_DEPTHS_amx) {
            for (size_t r = i; r < i + TILE_ROWS_amx; r += AMX_TILE, tile += AMX_TILE_BYTES) {
                size_t rows = r < count ? count - r : 0, depths = depth - p;
                const float *first = x + (along_depth ? r * stride + p : p * stride + r);
                // Sixteen rows, or 32 depths, of one or two cache lines each are more streams than the hardware
                // prefetches.
                size_t next = along_depth ? 2 * STEP_DEPTHS_amx : STEP_DEPTHS_amx * stride;
                UNROLL for (size_t l = 0; l < STEP_DEPTHS_amx; l++) {
                    size_t line = next + (along_depth ? l / 2 * stride + l % 2 * LANES : l * stride);
                    prefetch_l1(first, line * sizeof *first);
                }
                // Full tiles, which nearly all are, are packed by code with constant sizes.
                if (rows >= AMX_TILE && depths >= STEP_DEPTHS_amx) {
                    pack_tile(first, stride, along_depth, AMX_TILE, STEP_DEPTHS_amx, tile);
                } else {
                    pack_tile(first, stride, along_depth, rows, depths, tile);
                }
            }
        }
    }
}

static void pack_rows_amx(const float *x, size_t stride, bool along_depth, size_t count, size_t depth, void *panels) {
    if (along_depth) {
        pack_row_panels(x, stride, true, count, depth, panels);
    } else {
        pack_row_panels(x, stride, false, count, depth, panels);
    }
}

/// Configures all eight tiles for sixteen rows of 64 bytes. The caller must release them, because otherwise the system
/// saves them at every thread switch.
INLINE void configure_tiles(void) {
    struct {
        uint8_t palette, start_row, reserved[14];
        uint16_t row_bytes[16];
        uint8_t rows[16];
    } configuration = {.palette = 1};
    _Static_assert(sizeof configuration == 64, "as ldtilecfg reads it");
    for (int t = 0; t < 8; t++) {
        configuration.row_bytes[t] = 64;
        configuration.rows[t] = AMX_TILE;
    }
    _tile_loadconfig(&configuration);
}

/// Prefetches cache lines [first, first + count) of the next part of c, or of its summand, which has `rows` rows.
INLINE void come_near(const float *part, size_t stride, size_t rows, size_t first, size_t count) {
    for (size_t l = first; l < first + count && l < 2 * smaller(rows, TILE_ROWS_amx); l++) {
        prefetch_l1(part, (l / 2 * stride + l % 2 * LANES) * sizeof *part);
    }
}

/// The place of a part of c and, if the summand is not c, of the summand's part.
typedef struct {
    const float *c;
    const float *summand;
    size_t stride;
    size_t rows;
} amx_part;

/// Computes four tiles of sums, two by two, over `steps` steps of two panels, and stores them in `sums`. Meanwhile it
/// prefetches the next part, some lines per step: c is most of the memory traffic of a product of few depths, and a
/// core can wait for only a few lines at a time.
INLINE void sum_tiles(
    const uint8_t *a, const uint8_t *b, size_t steps, amx_part next, float *sums, size_t stride) {
    size_t lines_per_step = steps > 0 ? (2 * TILE_ROWS_amx + steps - 1) / steps : 0;
    _tile_zero(0);
    _tile_zero(1);
    _tile_zero(2);
    _tile_zero(3);
    for (size_t s = 0; s < steps; s++, a += 2 * AMX_TILE_BYTES, b += 2 * AMX_TILE_BYTES) {
        _tile_loadd(6, b, 4 * TILE_COLUMNS);
        _tile_loadd(4, a, 64);
        _tile_dpbf16ps(0, 4, 6);
        _tile_loadd(7, b + 64, 4 * TILE_COLUMNS);
        _tile_dpbf16ps(1, 4, 7);
        come_near(next.c, next.stride, next.rows, s * lines_per_step, lines_per_step);
        if (next.summand) come_near(next.summand, next.stride, next.rows, s * lines_per_step, lines_per_step);
        _tile_loadd(5, a + AMX_TILE_BYTES, 64);
        _tile_dpbf16ps(2, 5, 6);
        _tile_dpbf16ps(3, 5, 7);
    }
    _tile_stored(0, sums, stride * sizeof *sums);
    _tile_stored(1, sums + AMX_TILE, stride * sizeof *sums);
    _tile_stored(2, sums + AMX_TILE * stride, stride * sizeof *sums);
    _tile_stored(3, sums + AMX_TILE * stride + AMX_TILE, stride * sizeof *sums);
}

/// c = sums, or summand + sums, for the `rows` and `columns` that exist.
INLINE void add_sums(
    const float *sums, const float *summand, float *c, size_t stride, size_t rows, size_t columns) {
    for (size_t r = 0; r < smaller(rows, TILE_ROWS_amx); r++) {
        UNROLL for (size_t v = 0; v < TILE_COLUMNS; v += LANES) {
            if (columns <= v) continue;
            size_t place = r * stride + v;
            vf sum = load(sums + r * TILE_COLUMNS + v);
            if (summand) sum = load_first(summand + place, columns - v) + sum;
            store_first(c + place, sum, columns - v);
        }
    }
}

/// Multiplies each panel of columns with all panels of rows, which stay in the L2 cache, before the next one.
static void multiply_amx(
    const void *row_panels, const void *column_panels, size_t rows, size_t columns, size_t depth, const float *summand,
    float *c, size_t stride) {
    size_t steps = (depth + STEP_DEPTHS_amx - 1) / STEP_DEPTHS_amx, panel_bytes = steps * 2 * AMX_TILE_BYTES;
    const float *other = summand == c ? NULL : summand;
    _Alignas(64) float sums[TILE_ROWS_amx * TILE_COLUMNS];
    configure_tiles();
    for (size_t j = 0; j < columns; j += TILE_COLUMNS) {
        const uint8_t *b = (const uint8_t *)column_panels + j / TILE_COLUMNS * panel_bytes;
        for (size_t i = 0; i < rows; i += TILE_ROWS_amx) {
            const uint8_t *a = (const uint8_t *)row_panels + i / TILE_ROWS_amx * panel_bytes;
            size_t place = i * stride + j, left = rows - i;
            bool is_last = left <= TILE_ROWS_amx;
            size_t next_place = is_last ? j + TILE_COLUMNS : place + TILE_ROWS_amx * stride;
            amx_part next = {
                c + next_place, other ? other + next_place : NULL, stride, is_last ? rows : left - TILE_ROWS_amx};
            if (is_last && j + TILE_COLUMNS >= columns) next.rows = 0;
            if (!summand && left >= TILE_ROWS_amx && columns - j >= TILE_COLUMNS) {
                sum_tiles(a, b, steps, next, c + place, stride);
            } else {
                sum_tiles(a, b, steps, next, sums, TILE_COLUMNS);
                add_sums(sums, summand ? summand + place : NULL, c + place, stride, left, columns - j);
            }
        }
    }
    _tile_release();
}

#endif
