// Attention over one page of the cache, for every vector table and cache format.
//
// Several query heads, of one row or of several, share each load of keys and values. The order of addition of each does
// not depend on the others: scores over head_dim, values position after position. So its bits do not depend on the tile
// that it is in.
//
// The including file defines TOKENS_AT_ONCE, which determines the size of tiles.
#ifndef CTK_ATTENTION_H
#define CTK_ATTENTION_H

#include "cache_elements-inl.h"
#include "vector-inl.h"

// Tiles that fit into 32 registers of sixteen lanes. A table with fewer registers computes the same sums in smaller
// tiles.
enum {
    QUERIES_AT_ONCE = TOKENS_AT_ONCE >= 8 ? 6 : 2,
    KEY_VECTORS_AT_ONCE = TOKENS_AT_ONCE >= 8 ? 4 : 2,
    VALUE_VECTORS_AT_ONCE = TOKENS_AT_ONCE >= 8 ? 4 : 2,
};

_Static_assert(64 % (KEY_VECTORS_AT_ONCE * LANES) == 0, "vectors of keys lie side by side in a run of 64 positions");

/// Sixteen elements as store_element rounds them.
INLINE vu16 f16_without_infinity(vf x) {
    _Float16 __attribute__((ext_vector_type(16))) rounded = __builtin_convertvector(x, __typeof__(rounded));
    vu16 halves = (vu16)rounded, infinity = (vu16)(0x7c00), nan = (halves & (vu16)(0x8000)) | (vu16)(0x7e00);
    return (halves & infinity) == infinity ? nan : halves;
}

/// Sixteen elements from `index` on.
INLINE vf load_elements(int format, const void *elements, size_t index) {
    return format == CTK_F32 ? load((const float *)elements + index)
        : format == CTK_F16  ? load_f16((const uint16_t *)elements + index)
                             : load_bf16((const uint16_t *)elements + index);
}

/// The first `count` <= 16 elements from `index` on, the others zero.
INLINE vf load_some_elements(int format, const void *elements, size_t index, size_t count) {
    if (count == LANES) return load_elements(format, elements, index);
    float room[LANES] = {0};
    memcpy(room, (const uint8_t *)elements + index * element_bytes(format), count * element_bytes(format));
    return load_elements(format, room, 0);
}

/// A long context is read from DRAM. A head's keys are followed by its values, and those by the next head's keys, so
/// the next data is always ahead in memory. But each run is too short for the hardware prefetcher to detect in time.
enum { PREFETCHED_BYTES = 4096, CACHE_LINE = 64 };

/// Prefetches PREFETCHED_BYTES ahead of `count` elements, each line once.
INLINE void prefetch_ahead(int format, const void *elements, size_t index, size_t count) {
    size_t ahead = index * element_bytes(format) + PREFETCHED_BYTES;
    for (size_t offset = 0; offset < count * element_bytes(format); offset += CACHE_LINE) {
        prefetch_l1(elements, ahead + offset);
    }
}

/// The state of one query head.
typedef struct {
    const float *query;
    /// It sees positions [hidden, visible) of the page.
    size_t hidden, visible;
    ctk_page_softmax *softmax;
    float *weighted;
    /// Scores at first, then weights.
    float scores[CTK_PAGE_POSITIONS];
} attention_task;

/// Computes the scores of 16 * `vectors` positions from `first` on.
INLINE void score_positions(
    int format, attention_task *tasks, int queries, const void *keys, size_t first, int vectors, size_t head_dim,
    float scale) {
    vf sums[QUERIES_AT_ONCE * KEY_VECTORS_AT_ONCE];
    UNROLL for (int i = 0; i < queries * vectors; i++) sums[i] = splat(0);
    for (size_t d = 0; d < head_dim; d++) {
        vf key[KEY_VECTORS_AT_ONCE];
        size_t index = ctk_key_offset(first, head_dim, d);
        prefetch_ahead(format, keys, index, LANES * vectors);
        UNROLL for (int v = 0; v < vectors; v++) key[v] = load_elements(format, keys, index + LANES * v);
        UNROLL for (int q = 0; q < queries; q++) {
            vf query = splat(tasks[q].query[d]);
            UNROLL for (int v = 0; v < vectors; v++) {
                sums[q * vectors + v] = fma16(query, key[v], sums[q * vectors + v]);
            }
        }
    }
    UNROLL for (int q = 0; q < queries; q++) {
        UNROLL for (int v = 0; v < vectors; v++) {
            store(tasks[q].scores + first + LANES * v, sums[q * vectors + v] * scale);
        }
    }
}

/// weighted[d] += weight . value[:, d] over some positions, for up to 16 * `vectors` columns d, of which `columns`
/// exist.
INLINE void weigh_columns(
    int format, attention_task *tasks, int queries, const void *values, size_t first, size_t last, size_t head_dim,
    size_t d, int vectors, size_t columns) {
    vf sums[QUERIES_AT_ONCE * VALUE_VECTORS_AT_ONCE];
    UNROLL for (int q = 0; q < queries; q++) {
        UNROLL for (int v = 0; v < vectors; v++) {
            const float *sum = tasks[q].weighted + d + LANES * v;
            sums[q * vectors + v] = columns < LANES ? load_tail(sum, columns, 0) : load(sum);
        }
    }
    for (size_t t = first; t < last; t++) {
        vf value[VALUE_VECTORS_AT_ONCE];
        size_t index = t * head_dim + d;
        prefetch_ahead(format, values, index, columns);
        UNROLL for (int v = 0; v < vectors; v++) {
            value[v] = load_some_elements(format, values, index + LANES * v, columns < LANES ? columns : LANES);
        }
        UNROLL for (int q = 0; q < queries; q++) {
            vf weight = splat(tasks[q].scores[t]);
            UNROLL for (int v = 0; v < vectors; v++) {
                sums[q * vectors + v] = fma16(weight, value[v], sums[q * vectors + v]);
            }
        }
    }
    UNROLL for (int q = 0; q < queries; q++) {
        UNROLL for (int v = 0; v < vectors; v++) {
            float *sum = tasks[q].weighted + d + LANES * v;
            if (columns < LANES) store_tail(sum, sums[q * vectors + v], columns);
            else store(sum, sums[q * vectors + v]);
        }
    }
}

/// weighted += weights . values over positions [first, last).
INLINE void weigh_values(
    int format, attention_task *tasks, int queries, const void *values, size_t first, size_t last, size_t head_dim) {
    enum { WIDE = VALUE_VECTORS_AT_ONCE * LANES };
    size_t d = 0;
    for (; d + WIDE <= head_dim; d += WIDE) {
        weigh_columns(format, tasks, queries, values, first, last, head_dim, d, VALUE_VECTORS_AT_ONCE, WIDE);
    }
    for (; d + LANES <= head_dim; d += LANES) {
        weigh_columns(format, tasks, queries, values, first, last, head_dim, d, 1, LANES);
    }
    if (d < head_dim) weigh_columns(format, tasks, queries, values, first, last, head_dim, d, 1, head_dim - d);
}

/// Computes a page's part of some query heads. The tasks are in ascending order of `hidden` and of `visible`.
INLINE void attend_tile(
    int format, attention_task *tasks, int queries, const void *keys, const void *values, size_t head_dim,
    float scale) {
    enum { RUN = LANES * KEY_VECTORS_AT_ONCE };
    size_t all = tasks[queries - 1].visible, t = tasks[0].hidden / RUN * RUN;
    for (; t + LANES * (KEY_VECTORS_AT_ONCE - 1) < all; t += RUN) {
        score_positions(format, tasks, queries, keys, t, KEY_VECTORS_AT_ONCE, head_dim, scale);
    }
    for (; t < all; t += LANES) score_positions(format, tasks, queries, keys, t, 1, head_dim, scale);
    for (int q = 0; q < queries; q++) {
        attention_task *task = tasks + q;
        float *scores = task->scores + task->hidden;
        size_t count = task->visible - task->hidden;
        float maximum = maximum_of(scores, count);
        *task->softmax = (ctk_page_softmax){maximum, exponentials(scores, count, maximum)};
        memset(task->weighted, 0, head_dim * sizeof(float));
    }
    // All see the positions [first, last); each adds its own others before and after them, in order.
    size_t first = tasks[queries - 1].hidden, last = tasks[0].visible;
    if (first >= last) first = last = all;
    for (int q = 0; q < queries; q++) {
        size_t end = smaller(first, tasks[q].visible);
        if (tasks[q].hidden < end) weigh_values(format, tasks + q, 1, values, tasks[q].hidden, end, head_dim);
    }
    weigh_values(format, tasks, queries, values, first, last, head_dim);
    for (int q = 1; q < queries; q++) {
        if (last < tasks[q].visible) weigh_values(format, tasks + q, 1, values, last, tasks[q].visible, head_dim);
    }
}

INLINE void attend_page(int format, const ctk_page_queries *q, const void *keys, const void *values) {
    attention_task tasks[QUERIES_AT_ONCE];
    int count = 0;
    for (size_t r = 0; r < q->rows; r++) {
        for (size_t h = 0; h < q->heads; h++) {
            attention_task *task = tasks + count++;
            size_t part = r * q->row_parts + h * q->head_parts;
            task->query = q->queries + r * q->row_stride + h * q->head_dim;
            task->hidden = hidden_positions(q, r);
            task->visible = visible_positions(q, r);
            task->softmax = q->softmaxes + part;
            task->weighted = q->weighted + part * q->head_dim;
            bool isLast = r == q->rows - 1 && h == q->heads - 1;
            if (count < QUERIES_AT_ONCE && !isLast) continue;
            switch (count) {
            case 1: attend_tile(format, tasks, 1, keys, values, q->head_dim, q->scale); break;
            case 2: attend_tile(format, tasks, 2, keys, values, q->head_dim, q->scale); break;
#if TOKENS_AT_ONCE >= 8
            case 3: attend_tile(format, tasks, 3, keys, values, q->head_dim, q->scale); break;
            case 4: attend_tile(format, tasks, 4, keys, values, q->head_dim, q->scale); break;
            case 5: attend_tile(format, tasks, 5, keys, values, q->head_dim, q->scale); break;
            case 6: attend_tile(format, tasks, 6, keys, values, q->head_dim, q->scale); break;
#endif
            }
            count = 0;
        }
    }
}

static void store_f32(
    const float *key, const float *value, size_t head_dim, size_t position, void *keys, void *values) {
    store_position(CTK_F32, key, value, head_dim, 0, position, keys, values);
}

static void store_bf16(
    const float *key, const float *value, size_t head_dim, size_t position, void *keys, void *values) {
    store_position(CTK_BF16, key, value, head_dim, 0, position, keys, values);
}

/// Rounds sixteen elements at once with the processor's conversion, and the rest with integer arithmetic.
static void store_f16(
    const float *key, const float *value, size_t head_dim, size_t position, void *keys, void *values) {
    size_t d = 0;
    for (; d + LANES <= head_dim; d += LANES) {
        vu16 rounded_key = f16_without_infinity(load(key + d)), rounded_value = f16_without_infinity(load(value + d));
        for (size_t i = 0; i < LANES; i++) {
            ((uint16_t *)keys)[ctk_key_offset(position, head_dim, d + i)] = rounded_key[i];
        }
        memcpy((uint16_t *)values + position * head_dim + d, &rounded_value, sizeof rounded_value);
    }
    store_position(CTK_F16, key, value, head_dim, d, position, keys, values);
}

#define DEFINE_ATTENTION(NAME, FORMAT)                                                                               \
    static void attend_page_##NAME(const ctk_page_queries *queries, const void *keys, const void *values) {          \
        attend_page(FORMAT, queries, keys, values);                                                                  \
    }

DEFINE_ATTENTION(f32, CTK_F32)
DEFINE_ATTENTION(f16, CTK_F16)
DEFINE_ATTENTION(bf16, CTK_BF16)

#endif
