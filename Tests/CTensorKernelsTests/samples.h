// Numbers to test with: the same in every run and on every machine.
#ifndef SAMPLES_H
#define SAMPLES_H

#include <stddef.h>
#include <stdint.h>

void seed(uint64_t value);
/// Uniform in [-1, 1).
float random_float(void);
/// `count` of them, ending at a forbidden page.
float *random_floats(size_t count);
/// Rows in file layout at an address of no alignment, ending at a forbidden page: every byte that a file may hold, but
/// for scales and floats, which are numbers.
void *random_weights(int format, size_t rows, size_t columns);
/// A row has a multiple of so many columns: the elements of a block.
size_t column_step(int format);

#endif
