// Dense products in BF16 with vdpbf16ps. A word is a pair of depths, the even one in the lower half; bf16_pairs-inl.h
// describes the instruction's order. Operands are rounded to nearest, ties to even, when they are packed; those below
// 2^-126 become zero.
#ifndef CTK_DENSE_BF16_H
#define CTK_DENSE_BF16_H

#include "dense_words-inl.h"

INLINE vu32 words_along_bf16(const float *x, size_t depths) {
    vf low = load_first(x, depths), high = depths > LANES ? load_first(x + LANES, depths - LANES) : splat(0);
    return (vu32)_mm512_cvtne2ps_pbh((__m512)high, (__m512)low);
}

INLINE vu32 words_across_bf16(const float *x, size_t stride, size_t depths, size_t count) {
    vf even = load_first(x, count), odd = depths > 1 ? load_first(x + stride, count) : splat(0);
    typedef uint16_t halves __attribute__((ext_vector_type(32)));
    halves both = (halves)_mm512_cvtne2ps_pbh((__m512)odd, (__m512)even);
    return (vu32)__builtin_shufflevector(
        both, both, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13,
        29, 14, 30, 15, 31);
}

INLINE vf multiply_words_bf16(vu32 a, vu32 b, vf sum) {
    return (vf)_mm512_dpbf16_ps((__m512)sum, (__m512bh)a, (__m512bh)b);
}

enum { STEP_DEPTHS_bf16 = 2 };

#define DENSE(NAME) NAME##_bf16
#define DEPTHS_PER_WORD 2
#include "dense-inl.h"
#undef DENSE
#undef DEPTHS_PER_WORD

#endif
