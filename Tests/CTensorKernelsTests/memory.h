// Memory that ends at a forbidden page: a kernel that reads or writes beyond its end stops the program, even in an
// emulator, where no sanitizer runs.
#ifndef MEMORY_H
#define MEMORY_H

#include <stddef.h>

/// Returns `bytes` bytes of 0xff (floats are NaN) that end at a forbidden page, so the start may be unaligned. Valid
/// until `release_all`.
void *guarded(size_t bytes);
/// The same, starting at a cache line as the library's memory does; up to 63 bytes remain before the forbidden page.
void *guarded_lines(size_t bytes);
/// Returns a copy that ends at a forbidden page.
float *guarded_copy(const float *x, size_t count);
void release_all(void);

#endif
