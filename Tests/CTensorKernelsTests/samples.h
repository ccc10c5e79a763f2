// Test numbers, the same in every run and on every machine.
#ifndef SAMPLES_H
#define SAMPLES_H

#include <stddef.h>
#include <stdint.h>

void seed(uint64_t value);
/// A random number, uniform in [-1, 1).
float random_float(void);
/// Returns `count` random numbers, ending at a forbidden page.
float *random_floats(size_t count);
/// Returns rows in file layout at an unaligned address, ending at a forbidden page. Bytes are random, except that
/// scales and floats are finite.
void *random_weights(int format, size_t rows, size_t columns);
/// The number of elements in a block, of which a row's columns are a multiple.
size_t column_step(int format);

#endif
