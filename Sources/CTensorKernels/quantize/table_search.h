// The search for a scale of codes with the values of IQ4_NL.
#ifndef CTK_TABLE_SEARCH_H
#define CTK_TABLE_SEARCH_H

#include "../small_blocks.h"
#include "scale_search.h"

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

/// The values of a table's codes. `table` points to nearest_codes.
LANE_FUNCTION lanes table_values(lanes x, lanes inverse, const void *table) {
    lane_masks codes = table_codes(x, inverse, table);
    lanes values;
    for (int lane = 0; lane < LANES; lane++) values[lane] = iq4_values[codes[lane]];
    return values;
}

/// The element of largest magnitude becomes about -127, or 127, in the candidates.
static inline lanes table_scales(const block_lanes *blocks, const nearest_codes *table) {
    scale_candidates candidates = {.first = -127, .distance = 1, .count = 16, .ends_with_opposite = true};
    return search_scales(blocks, candidates, table_values, table);
}

#endif
