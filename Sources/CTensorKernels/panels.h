// What panels of sixteen rows of weights share, as all vector tables pack them. Each format's own are in weights/.
//
// One load brings 4 columns (Q8_0) or 8 (Q4_0, Q4_1) of 16 rows, or one column (F32). Packing changes the order of
// bytes, not their number.
#ifndef CTK_PANELS_H
#define CTK_PANELS_H

#include "activations.h"
#include "vector.h"

enum { PANEL_ROWS = LANES };

// Quantized blocks go in pairs, so that scales and weights all begin at multiples of 64 bytes: a load that straddles two
// cache lines counts twice, and products do little else than load. A last block without a partner takes half a pair.

/// Bytes of `blocks` blocks in pairs, of which each half holds `half_bytes` of weights.
INLINE size_t pairs_bytes(size_t blocks, size_t pair_bytes, size_t half_bytes) {
    return (blocks + 1) / 2 * pair_bytes - blocks % 2 * half_bytes;
}

INLINE vbytes load_bytes(const uint8_t *x) {
    vbytes bytes;
    memcpy(&bytes, x, sizeof bytes);
    return bytes;
}

/// Asks for what a panel holds further on, WEIGHTS_AHEAD for the L1 cache: so the next panel does not begin with
/// waiting. A tile of many tokens keeps the core so busy that its own loads do not run far enough ahead of it, and the
/// L1 cache alone cannot wait for enough lines at once: for the L2 cache it asks 16 KiB ahead. With few tokens, asking
/// twice only takes time.
INLINE void prefetch(const void *weights, int tokens) {
    if (WEIGHTS_AHEAD > 0) prefetch_l1(weights, WEIGHTS_AHEAD);
    if (tokens > 4) prefetch_l2(weights, 16 << 10);
}

#endif
