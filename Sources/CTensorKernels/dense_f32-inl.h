// Dense products in f32. A word is one depth, and each depth adds one fma, so all tables give the bits of the scalar
// one.
#ifndef CTK_DENSE_F32_H
#define CTK_DENSE_F32_H

#include "dense_words-inl.h"

INLINE vu32 words_along_f32(const float *x, size_t depths) {
    return (vu32)(depths >= LANES ? load(x) : load_tail(x, depths, 0));
}

INLINE vu32 words_across_f32(const float *x, size_t stride, size_t depths, size_t count) {
    (void)stride;
    (void)depths;
    return (vu32)(count >= LANES ? load(x) : load_tail(x, count, 0));
}

INLINE vf multiply_words_f32(vu32 a, vu32 b, vf sum) { return fma16((vf)a, (vf)b, sum); }

enum { STEP_DEPTHS_f32 = 1 };

#define DENSE(NAME) NAME##_f32
#define DEPTHS_PER_WORD 1
#include "dense-inl.h"
#undef DENSE
#undef DEPTHS_PER_WORD

#endif
