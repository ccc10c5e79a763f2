// Panels of sixteen rows of weights, as all vector tables pack them. The code of each format is in weights/.
//
// One load brings 4 columns (Q8_0) or 8 (Q4_0) of 16 rows, or one column (F32).
#ifndef CTK_PANELS_H
#define CTK_PANELS_H

#include "activations-inl.h"
#include "vector-inl.h"

enum { PANEL_ROWS = LANES };

INLINE vbytes load_bytes(const uint8_t *x) {
    vbytes bytes;
    memcpy(&bytes, x, sizeof bytes);
    return bytes;
}

/// Prefetches weights further on in a panel into the L1 cache, so that the next panel does not start with a stall. A
/// tile of many tokens keeps the core so busy that its own loads do not run far enough ahead, and the L1 cache cannot
/// track enough outstanding lines. Such a tile also prefetches 16 KiB ahead into the L2 cache. With few tokens, a
/// second prefetch only costs time.
INLINE void prefetch(const void *weights, int tokens) {
    size_t ahead = tokens > 3 ? WEIGHTS_AHEAD : FEW_TOKENS_AHEAD;
    if (ahead > 0) prefetch_l1(weights, ahead);
    if (tokens > 3 && TOKENS_AT_ONCE > 4) prefetch_l2(weights, 16 << 10);
}

#endif
