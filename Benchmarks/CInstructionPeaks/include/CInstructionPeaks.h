// The peak rate of a core's multiplications: the instructions of the kernels' inner loops, with nothing else to do.
#ifndef CINSTRUCTION_PEAKS_H
#define CINSTRUCTION_PEAKS_H

#include <stddef.h>

/// The operands of training's dense products in BF16, in addition to the forms of activations (CTK_ACTIVATIONS_...).
enum { CTP_DENSE_BF16 = 100 };

/// Repeats the instructions with which the named table multiplies operands of one form, in registers and independent of
/// each other. Returns the number of multiply-adds, or 0 for a table that has no such instruction.
size_t ctp_multiply(const char *table, int operands, size_t rounds);

#endif
