// A hash of results. Vector tables add in the same order on every processor, so they share one fingerprint. The script
// that runs this program compares it between processors.
#ifndef FINGERPRINT_H
#define FINGERPRINT_H

#include <stddef.h>
#include <stdint.h>

void fingerprint_add(const float *x, size_t count);
/// Returns the hash of everything added since the last call.
uint64_t fingerprint_taken(void);

#endif
