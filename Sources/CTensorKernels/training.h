// Training's kernels in sixteen lanes, in one order of addition for every vector table.
#ifndef CTK_TRAINING_H
#define CTK_TRAINING_H

#include "vector.h"

/// Calls BODY(i, n) for sixteen elements at a time, n of which exist: all but in the last.
#define FOR_LANES(COUNT, BODY)                                                                                       \
    {                                                                                                                \
        size_t i = 0;                                                                                                \
        for (; i + LANES <= (COUNT); i += LANES) BODY(i, LANES);                                                     \
        if (i < (COUNT)) BODY(i, (COUNT)-i);                                                                         \
    }

INLINE vf load_some(const float *x, size_t count) { return count == LANES ? load(x) : load_tail(x, count, 0); }

INLINE void store_some(float *x, vf v, size_t count) {
    if (count == LANES) store(x, v);
    else store_tail(x, v, count);
}

INLINE double sum_of_lanes(vd v) {
    double sum = 0;
    UNROLL for (int i = 0; i < LANES; i++) sum += v[i];
    return sum;
}

static void rms_norm_gradient(
    const float *x, const float *gain, const float *dy, size_t columns, float epsilon, bool adding, float *dx,
    float *dgain) {
    vd squares = (vd)(0.0), dots = (vd)(0.0);
#define ADD(I, N)                                                                                                    \
    {                                                                                                                \
        vf values = load_some(x + (I), N);                                                                           \
        vf products = load_some(gain + (I), N) * load_some(dy + (I), N);                                             \
        squares = add_squares(squares, values);                                                                      \
        dots += __builtin_convertvector(products, vd) * __builtin_convertvector(values, vd);                         \
    }
    FOR_LANES(columns, ADD)
#undef ADD
    double scale = 1 / sqrt(sum_of_lanes(squares) / (double)columns + epsilon);
    vf scales = splat((float)scale);
    vf shares = splat((float)(scale * scale * scale * sum_of_lanes(dots) / (double)columns));
#define GRADIENT_OF_X(I, N)                                                                                          \
    {                                                                                                                \
        vf gradient = scales * load_some(gain + (I), N) * load_some(dy + (I), N) - shares * load_some(x + (I), N);   \
        store_some(dx + (I), adding ? load_some(dx + (I), N) + gradient : gradient, N);                              \
    }
    if (dx) FOR_LANES(columns, GRADIENT_OF_X)
#undef GRADIENT_OF_X
#define GRADIENT_OF_GAIN(I, N)                                                                                       \
    {                                                                                                                \
        vf gradient = scales * load_some(x + (I), N) * load_some(dy + (I), N);                                       \
        store_some(dgain + (I), load_some(dgain + (I), N) + gradient, N);                                            \
    }
    if (dgain) FOR_LANES(columns, GRADIENT_OF_GAIN)
#undef GRADIENT_OF_GAIN
}

static void swiglu_gradient(
    const float *gate, const float *up, const float *dy, size_t count, float *dgate, float *dup) {
#define GRADIENTS(I, N)                                                                                              \
    {                                                                                                                \
        vf g = load_some(gate + (I), N), gradient = load_some(dy + (I), N);                                          \
        vf share = 1 / (1 + exp16(-g));                                                                              \
        store_some(dup + (I), gradient * g * share, N);                                                              \
        store_some(dgate + (I), gradient * load_some(up + (I), N) * share * (1 + g * (1 - share)), N);               \
    }
    FOR_LANES(count, GRADIENTS)
#undef GRADIENTS
}

static void weighted_exponentials(const float *x, size_t count, float maximum, float weight, float *y) {
#define WEIGH(I, N) store_some(y + (I), exp16(load_some(x + (I), N) - maximum) * weight, N);
    FOR_LANES(count, WEIGH)
#undef WEIGH
}

static double sum_of_squares(const float *x, size_t count) {
    vd squares = (vd)(0.0);
#define ADD(I, N) squares = add_squares(squares, load_some(x + (I), N));
    FOR_LANES(count, ADD)
#undef ADD
    return sum_of_lanes(squares);
}

static void adamw_step(
    const ctk_adamw *step, const float *gradient, size_t count, float *weights, float *first, float *second) {
    vf beta1 = splat(step->beta1), beta2 = splat(step->beta2);
#define STEP(I, N)                                                                                                   \
    {                                                                                                                \
        vf g = load_some(gradient + (I), N) * step->gradient_scale, w = load_some(weights + (I), N);                 \
        vf m = fma16(beta1, load_some(first + (I), N) - g, g);                                                       \
        vf v = fma16(beta2, load_some(second + (I), N) - g * g, g * g);                                              \
        vf root = __builtin_elementwise_sqrt(v) * step->root_scale + step->epsilon;                                  \
        store_some(first + (I), m, N);                                                                               \
        store_some(second + (I), v, N);                                                                              \
        store_some(weights + (I), w * step->keep - step->rate * m / root, N);                                        \
    }
    FOR_LANES(count, STEP)
#undef STEP
}

#define TRAINING_KERNELS                                                                                             \
    {                                                                                                                \
        .rms_norm_gradient = rms_norm_gradient, .swiglu_gradient = swiglu_gradient,                                  \
        .weighted_exponentials = weighted_exponentials, .attention_scratch = attention_scratch,                      \
        .attend_sequence = attend_sequence, .attend_sequence_gradient = attend_sequence_gradient,                    \
        .sum_of_squares = sum_of_squares, .adamw_step = adamw_step,                                                  \
    }

#endif
