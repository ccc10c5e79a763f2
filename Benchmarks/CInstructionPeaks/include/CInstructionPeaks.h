// The most products that a core can do: the instructions that the kernels stand on, with nothing else to do.
#ifndef CINSTRUCTION_PEAKS_H
#define CINSTRUCTION_PEAKS_H

#include <stddef.h>

/// Beside the forms of activations (CTK_ACTIVATIONS_...): the operands of training's dense products in BF16.
enum { CTP_DENSE_BF16 = 100 };

/// Repeats the instructions by which the table of that name multiplies operands of one form, all in registers and
/// independent of each other; returns how many multiply-adds that were, 0 for a table that has no such instruction.
size_t ctp_multiply(const char *table, int operands, size_t rounds);

#endif
