// The search for a scale of codes -steps...steps-1.
#ifndef CTK_SYMMETRIC_SEARCH_H
#define CTK_SYMMETRIC_SEARCH_H

#include "scale_search.h"

/// The codes are the values. `steps` points to an int.
LANE_FUNCTION lanes symmetric_values(lanes x, lanes inverse, const void *steps) {
    int count = *(const int *)steps;
    return code_lanes(x * inverse, (float)-count, (float)(count - 1));
}

/// Candidates for the scale are around the one that makes the element of largest magnitude -steps.
static inline lanes symmetric_scales(const block_lanes *blocks, int steps) {
    scale_candidates candidates = {.first = (float)-steps, .distance = -0.1f, .count = 19};
    return search_scales(blocks, candidates, symmetric_values, &steps);
}

#endif
