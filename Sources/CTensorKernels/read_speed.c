// Reads memory and does nothing else. Its speed is the reference for decoding, which reads every weight for every
// token.

#include <string.h>

#include "CTensorKernels.h"

/// A cache line.
typedef uint64_t line __attribute__((vector_size(64)));

/// Folds the bits of all lines into one number in four independent chains, so that loads limit the speed and not their
/// sum.
static inline __attribute__((always_inline)) uint64_t fold(const uint8_t *bytes, size_t count) {
    line sums[4] = {0};
    for (; count >= sizeof sums; count -= sizeof sums, bytes += sizeof sums) {
#pragma clang loop unroll(full)
        for (int i = 0; i < 4; i++) {
            line next;
            memcpy(&next, bytes + (size_t)i * sizeof next, sizeof next);
            sums[i] ^= next;
        }
    }
    line all = sums[0] ^ sums[1] ^ sums[2] ^ sums[3];
    uint64_t folded = 0;
    for (int i = 0; i < 8; i++) folded ^= all[i];
    return folded;
}

#if defined(__x86_64__)

// SSE2's 16 bytes per load are too few for a cache that delivers 64 per cycle.
__attribute__((target("avx2"))) static uint64_t fold_avx2(const uint8_t *bytes, size_t count) {
    return fold(bytes, count);
}

uint64_t ctk_read(const void *bytes, size_t count) {
    return __builtin_cpu_supports("avx2") ? fold_avx2(bytes, count) : fold(bytes, count);
}

#else

uint64_t ctk_read(const void *bytes, size_t count) { return fold(bytes, count); }

#endif
