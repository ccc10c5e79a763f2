// The search for a scale of codes without a minimum.
#ifndef CTK_SCALE_SEARCH_H
#define CTK_SCALE_SEARCH_H

#include "part.h"

/// A candidate must be better by more than rounding errors, so that the first of equally good ones is taken.
#define CLEARLY_BETTER 1.000001f

/// The candidates: the element of largest magnitude is first times the scale, then first + distance times,
/// first - distance, first + 2 * distance and so on; the last one may be the opposite of the first.
typedef struct {
    float first;
    float distance;
    int count;
    bool ends_with_opposite;
} scale_candidates;

/// Returns the values, in units of the scale, of the codes nearest to x * inverse. What `codes` is depends on the
/// format.
typedef lanes rounding(lanes x, lanes inverse, const void *codes);

/// Returns scales that make the weighted squared errors small.
///
/// For the codes of a candidate, the best scale is S1 / S2 with S1 = sum of w x value and S2 = sum of w value^2, and
/// reduces the error by S1^2 / S2.
LANE_FUNCTION lanes search_scales(
    const block_lanes *blocks, scale_candidates candidates, rounding *round, const void *codes) {
    lanes extreme = all_lanes(0), scales = all_lanes(0), best = all_lanes(0);
    for (int i = 0; i < blocks->size; i++) {
        lane_masks larger = lane_magnitude(blocks->x[i]) > lane_magnitude(extreme);
        extreme = select_lanes(larger, blocks->x[i], extreme);
    }
    lanes unit = inverse_lanes(extreme);
    for (int candidate = 0; candidate < candidates.count; candidate++) {
        // 0, 1, -1, 2, -2 and so on.
        int change = candidate % 2 ? (candidate + 1) / 2 : -candidate / 2;
        float multiple = candidates.first + candidates.distance * (float)change;
        if (candidates.ends_with_opposite && candidate == candidates.count - 1) multiple = -candidates.first;
        lanes inverse = unit * multiple;
        lanes first = all_lanes(0), second = all_lanes(0);
        for (int i = 0; i < blocks->size; i++) {
            lanes value = round(blocks->x[i], inverse, codes);
            lanes weighted = blocks->weights[i] * value;
            first += weighted * blocks->x[i];
            second += weighted * value;
        }
        lanes scale = first * inverse_lanes(second), gain = first * scale;
        lane_masks better = gain > best * CLEARLY_BETTER;
        best = select_lanes(better, gain, best);
        scales = select_lanes(better, scale, scales);
    }
    return scales;
}

#endif
