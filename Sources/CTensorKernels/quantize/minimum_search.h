// The search for a scale and a minimum of codes 0...steps.
#ifndef CTK_MINIMUM_SEARCH_H
#define CTK_MINIMUM_SEARCH_H

#include "part.h"

/// The candidates: a block's range is divided into steps + first, steps + first + distance, and so on.
typedef struct {
    float first;
    float distance;
    int count;
} range_candidates;

/// The candidates if importances were given.
static const range_candidates weighted_candidates = {-0.9f, 0.05f, 37};

/// Finds x = scale * code + minimum, minimum <= 0, with a small weighted squared error.
///
/// For given codes, scale and minimum are those of weighted least squares.
static inline void search_minima(
    const block_lanes *blocks, int steps, range_candidates candidates, lanes *scales, lanes *minima) {
    lanes lowest = all_lanes(0), highest = blocks->x[0], weight = all_lanes(0), sum = all_lanes(0);
    for (int i = 0; i < blocks->size; i++) {
        lowest = lane_minimum(lowest, blocks->x[i]);
        highest = lane_maximum(highest, blocks->x[i]);
        weight += blocks->weights[i];
        sum += blocks->weights[i] * blocks->x[i];
    }
    lanes best = all_lanes(-1);
    *scales = (highest - lowest) / (float)steps;
    *minima = lowest;
    for (int candidate = -1; candidate < candidates.count; candidate++) {
        float change = candidate < 0 ? 0 : candidates.first + candidates.distance * (float)candidate;
        lanes inverse = inverse_lanes(highest - *minima) * ((float)steps + change);
        lanes start = *minima;
        lanes codes = all_lanes(0), squares = all_lanes(0), products = all_lanes(0);
        for (int i = 0; i < blocks->size; i++) {
            lanes code = code_lanes((blocks->x[i] - start) * inverse, 0, (float)steps);
            lanes weighted = blocks->weights[i] * code;
            codes += weighted;
            squares += weighted * code;
            products += weighted * blocks->x[i];
        }
        lanes divisor = inverse_lanes(weight * squares - codes * codes);
        lanes scale = (weight * products - sum * codes) * divisor;
        lanes minimum = (squares * sum - codes * products) * divisor;
        lane_masks positive = minimum > 0;
        scale = select_lanes(positive, products * inverse_lanes(squares), scale);
        minimum = select_lanes(positive, all_lanes(0), minimum);
        // The reduction of the squared error.
        lanes gain = scale * products + minimum * sum;
        lane_masks better = (gain > best) & (divisor > 0);
        best = select_lanes(better, gain, best);
        *scales = select_lanes(better, scale, *scales);
        *minima = select_lanes(better, minimum, *minima);
    }
}

#endif
