// Blocks of every quantized format with the largest and smallest weights, by the formats' specifications.
#ifndef EXTREME_BLOCKS_H
#define EXTREME_BLOCKS_H

#include <stdbool.h>
#include <stdint.h>

/// Fills a block: weight i is the largest if are_large[i], otherwise the smallest, for a scale of 1. A minimum is -3.
/// Integer scales have the largest magnitude: as positive or, in formats with signed ones, as negative numbers.
void fill_extreme_block(int format, const bool *are_large, bool is_negative, uint8_t *block);

#endif
