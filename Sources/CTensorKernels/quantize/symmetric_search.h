// The search for a scale of codes -steps...steps-1.
#ifndef CTK_SYMMETRIC_SEARCH_H
#define CTK_SYMMETRIC_SEARCH_H

#include "part.h"

/// A candidate must be better by more than rounding errors, so that the first of equally good ones is taken.
#define CLEARLY_BETTER 1.000001f

/// Returns scales that make the weighted squared errors small.
///
/// Candidates for the codes come from scales around the one that makes the element of largest magnitude -steps. For
/// given codes, the best scale is S1 / S2 with S1 = sum of w x code and S2 = sum of w code^2, and reduces the error by
/// S1^2 / S2.
static inline lanes symmetric_scales(const block_lanes *blocks, int steps) {
    lanes extreme = all_lanes(0), scales = all_lanes(0), best = all_lanes(0);
    for (int i = 0; i < blocks->size; i++) {
        lane_masks larger = lane_magnitude(blocks->x[i]) > lane_magnitude(extreme);
        extreme = select_lanes(larger, blocks->x[i], extreme);
    }
    lanes unit = inverse_lanes(extreme);
    for (int candidate = 0; candidate < 19; candidate++) {
        // 0, 1, -1, 2, -2 and so on.
        int change = candidate % 2 ? (candidate + 1) / 2 : -candidate / 2;
        lanes inverse = unit * -((float)steps + 0.1f * (float)change);
        lanes first = all_lanes(0), second = all_lanes(0);
        for (int i = 0; i < blocks->size; i++) {
            lanes code = code_lanes(blocks->x[i] * inverse, (float)-steps, (float)(steps - 1));
            lanes weighted = blocks->weights[i] * code;
            first += weighted * blocks->x[i];
            second += weighted * code;
        }
        lanes scale = first * inverse_lanes(second), gain = first * scale;
        lane_masks better = gain > best * CLEARLY_BETTER;
        best = select_lanes(better, gain, best);
        scales = select_lanes(better, scale, scales);
    }
    return scales;
}

#endif
