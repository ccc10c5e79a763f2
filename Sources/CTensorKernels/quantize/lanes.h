// Several blocks at once, one in each lane of a vector. Sums stay in their lane, so their order, and with it every bit
// of the result, is the same whatever the compiler makes of the vectors.
#ifndef CTK_LANES_H
#define CTK_LANES_H

#include "../formats.h"

// All functions on vectors are local to a file, so how they are passed does not matter.
#pragma clang diagnostic ignored "-Wpsabi"

enum { LANES = 8 };

typedef float lanes __attribute__((vector_size(LANES * sizeof(float))));
typedef int32_t lane_masks __attribute__((vector_size(LANES * sizeof(int32_t))));

#define LANE_FUNCTION static inline __attribute__((always_inline))

LANE_FUNCTION lanes all_lanes(float value) { return (lanes){0} + value; }

LANE_FUNCTION lanes load_lanes(const float values[LANES]) {
    lanes result;
    memcpy(&result, values, sizeof result);
    return result;
}

LANE_FUNCTION void store_lanes(lanes a, float values[LANES]) { memcpy(values, &a, sizeof a); }

LANE_FUNCTION lanes select_lanes(lane_masks mask, lanes yes, lanes no) {
    return (lanes)(((lane_masks)yes & mask) | ((lane_masks)no & ~mask));
}

LANE_FUNCTION lanes lane_minimum(lanes a, lanes b) { return select_lanes(a < b, a, b); }
LANE_FUNCTION lanes lane_maximum(lanes a, lanes b) { return select_lanes(a > b, a, b); }
LANE_FUNCTION lanes lane_magnitude(lanes a) { return (lanes)((lane_masks)a & MAGNITUDE_BITS); }

/// Rounds to nearest, ties to even. The results are numbers below 2^22 in magnitude.
LANE_FUNCTION lanes round_lanes(lanes a) { return (a + 0x1.8p23f) - 0x1.8p23f; }

/// Rounds to the nearest integer in a range.
LANE_FUNCTION lanes code_lanes(lanes a, float lowest, float highest) {
    return lane_minimum(lane_maximum(round_lanes(lane_minimum(a, all_lanes(0x1p22f))), all_lanes(lowest)),
        all_lanes(highest));
}

/// 1 / a, or 0 where a is so small that its inverse may be infinite.
LANE_FUNCTION lanes inverse_lanes(lanes a) {
    return select_lanes(lane_magnitude(a) > 0x1p-120f, 1 / a, all_lanes(0));
}

#endif
