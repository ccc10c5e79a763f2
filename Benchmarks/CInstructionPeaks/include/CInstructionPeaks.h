// The most products that a core can do: the instructions that the kernels stand on, with nothing else to do.
#ifndef CINSTRUCTION_PEAKS_H
#define CINSTRUCTION_PEAKS_H

#include <stddef.h>

/// Repeats the instructions by which the table of that name multiplies weights with activations of one form
/// (CTK_ACTIVATIONS_...), all in registers and independent of each other; returns how many multiply-adds that were, 0 for a
/// table that has no such instruction.
size_t ctp_multiply(const char *table, int activations, size_t rounds);

#endif
