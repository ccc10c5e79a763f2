// The search for a scale of codes with the values of IQ4_NL.
#ifndef CTK_TABLE_SEARCH_H
#define CTK_TABLE_SEARCH_H

#include "../small_blocks.h"
#include "part.h"
#include "symmetric_search.h"

/// The code of the value nearest to each of -128...127.
typedef struct {
    uint8_t codes[256];
} nearest_codes;

static inline nearest_codes make_nearest_codes(void) {
    nearest_codes table;
    for (int i = 0, code = 0; i < 256; i++) {
        while (code < 15 && 2 * (i - 128) > iq4_values[code] + iq4_values[code + 1]) code++;
        table.codes[i] = (uint8_t)code;
    }
    return table;
}

/// Returns the codes of the values nearest to x * inverse.
LANE_FUNCTION lane_masks table_codes(lanes x, lanes inverse, const nearest_codes *table) {
    lane_masks place = __builtin_convertvector(code_lanes(x * inverse, -128, 127), lane_masks) + 128;
    lane_masks codes;
    for (int lane = 0; lane < LANES; lane++) codes[lane] = table->codes[place[lane]];
    return codes;
}

/// Returns scales that make the weighted squared errors small.
///
/// The element of largest magnitude becomes about -127 or 127 in the candidates; see symmetric_scales.
static inline lanes table_scales(const block_lanes *blocks, const nearest_codes *table) {
    lanes extreme = all_lanes(0), scales = all_lanes(0), best = all_lanes(0);
    for (int i = 0; i < blocks->size; i++) {
        lane_masks larger = lane_magnitude(blocks->x[i]) > lane_magnitude(extreme);
        extreme = select_lanes(larger, blocks->x[i], extreme);
    }
    lanes unit = inverse_lanes(extreme);
    for (int candidate = 0; candidate < 16; candidate++) {
        // -127, -126, -128 and so on; then 127.
        int change = candidate % 2 ? (candidate + 1) / 2 : -candidate / 2;
        lanes inverse = unit * (candidate < 15 ? (float)(change - 127) : 127);
        lanes first = all_lanes(0), second = all_lanes(0);
        for (int i = 0; i < blocks->size; i++) {
            lane_masks codes = table_codes(blocks->x[i], inverse, table);
            lanes value;
            for (int lane = 0; lane < LANES; lane++) value[lane] = iq4_values[codes[lane]];
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
