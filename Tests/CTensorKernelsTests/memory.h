// Memory that ends where a page begins that may not be touched: a kernel that reads or writes beyond its end stops the
// program, under an emulator too, where no sanitizer runs.
#ifndef MEMORY_H
#define MEMORY_H

#include <stddef.h>

/// `bytes` bytes of 0xff (floats are NaN) that end at the forbidden page, so at any alignment; until `release_all`.
void *guarded(size_t bytes);
/// The same, beginning at a cache line, as the library allots it: up to 63 bytes are left before the forbidden page.
void *guarded_lines(size_t bytes);
/// Copies that end at the forbidden page.
float *guarded_copy(const float *x, size_t count);
void release_all(void);

#endif
