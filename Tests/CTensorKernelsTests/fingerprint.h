// A hash of results. Vector tables add in one order, whatever the processor: they share one fingerprint, and the script
// that runs this program compares it between processors.
#ifndef FINGERPRINT_H
#define FINGERPRINT_H

#include <stddef.h>
#include <stdint.h>

void fingerprint_add(const float *x, size_t count);
/// The hash of what was added since the last call.
uint64_t fingerprint_taken(void);

#endif
