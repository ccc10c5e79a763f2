// Training's kernels in sixteen lanes, with the same order of addition in every vector table.
#ifndef CTK_TRAINING_H
#define CTK_TRAINING_H

#include "vector-inl.h"

/// Calls BODY(i, n) for every sixteen elements, where n elements exist: fewer than sixteen only in the last call.
#define FOR_LANES(COUNT, BODY)                                                                                       \
    {                                                                                                                \
        size_t i = 0;                                                                                                \
        for (; i + LANES <= (COUNT); i += LANES) BODY(i, LANES);                                                     \
        if (i < (COUNT)) BODY(i, (COUNT)-i);                                                                         \
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
        vf values = load_first(x + (I), N);                                                                           \
        vf products = load_first(gain + (I), N) * load_first(dy + (I), N);                                             \
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
        vf scaled = scales * load_first(gain + (I), N) * load_first(dy + (I), N);                                    \
        vf gradient = scaled - shares * load_first(x + (I), N);                                                      \
        store_first(dx + (I), adding ? load_first(dx + (I), N) + gradient : gradient, N);                              \
    }
    if (dx) FOR_LANES(columns, GRADIENT_OF_X)
#undef GRADIENT_OF_X
#define GRADIENT_OF_GAIN(I, N)                                                                                       \
    {                                                                                                                \
        vf gradient = scales * load_first(x + (I), N) * load_first(dy + (I), N);                                       \
        store_first(dgain + (I), load_first(dgain + (I), N) + gradient, N);                                            \
    }
    if (dgain) FOR_LANES(columns, GRADIENT_OF_GAIN)
#undef GRADIENT_OF_GAIN
}

static void swiglu_gradient(
    const float *gate, const float *up, const float *dy, size_t count, float *dgate, float *dup) {
#define GRADIENTS(I, N)                                                                                              \
    {                                                                                                                \
        vf g = load_first(gate + (I), N), gradient = load_first(dy + (I), N);                                          \
        vf share = 1 / (1 + exp16(-g));                                                                              \
        store_first(dup + (I), gradient * g * share, N);                                                              \
        store_first(dgate + (I), gradient * load_first(up + (I), N) * share * (1 + g * (1 - share)), N);               \
    }
    FOR_LANES(count, GRADIENTS)
#undef GRADIENTS
}

static void weighted_exponentials(const float *x, size_t count, float maximum, float weight, float *y) {
#define WEIGH(I, N) store_first(y + (I), exp16(load_first(x + (I), N) - maximum) * weight, N);
    FOR_LANES(count, WEIGH)
#undef WEIGH
}

static ctk_comparison compare(const float *p, const float *logits, const float *q, size_t count) {
    vd overlaps = (vd)(0.0), lowers = (vd)(0.0), means = (vd)(0.0);
#define ADD(I, N)                                                                                                    \
    {                                                                                                                \
        vf ours = load_first(p + (I), N), theirs = load_first(q + (I), N);                                            \
        vf lower = ours < theirs ? ours : splat(0);                                                                  \
        overlaps += __builtin_convertvector(ours < theirs ? ours : theirs, vd);                                      \
        lowers += __builtin_convertvector(lower, vd);                                                                \
        means += __builtin_convertvector(theirs, vd) * __builtin_convertvector(load_first(logits + (I), N), vd);      \
    }
    FOR_LANES(count, ADD)
#undef ADD
    return (ctk_comparison){
        .overlap = sum_of_lanes(overlaps), .lower = sum_of_lanes(lowers), .mean_logit = sum_of_lanes(means)};
}

static void comparison_gradient(
    const float *p, const float *q, size_t count, float p_factor, float q_factor, float lower_factor, float *y) {
#define GRADIENT(I, N)                                                                                               \
    {                                                                                                                \
        vf ours = load_first(p + (I), N), theirs = load_first(q + (I), N);                                            \
        vf factors = ours < theirs ? splat(p_factor + lower_factor) : splat(p_factor);                               \
        store_first(y + (I), fma16(factors, ours, q_factor * theirs), N);                                             \
    }
    FOR_LANES(count, GRADIENT)
#undef GRADIENT
}

static double sum_of_squares(const float *x, size_t count) {
    vd squares = (vd)(0.0);
#define ADD(I, N) squares = add_squares(squares, load_first(x + (I), N));
    FOR_LANES(count, ADD)
#undef ADD
    return sum_of_lanes(squares);
}

static void adamw_step(
    const ctk_adamw *step, const float *gradient, size_t count, float *weights, float *first, float *second) {
    vf beta1 = splat(step->beta1), beta2 = splat(step->beta2);
#define STEP(I, N)                                                                                                   \
    {                                                                                                                \
        vf g = load_first(gradient + (I), N) * step->gradient_scale, w = load_first(weights + (I), N);                 \
        vf m = fma16(beta1, load_first(first + (I), N) - g, g);                                                       \
        vf v = fma16(beta2, load_first(second + (I), N) - g * g, g * g);                                              \
        vf root = __builtin_elementwise_sqrt(v) * step->root_scale + step->epsilon;                                  \
        store_first(first + (I), m, N);                                                                               \
        store_first(second + (I), v, N);                                                                              \
        store_first(weights + (I), w * step->keep - step->rate * m / root, N);                                        \
    }
    FOR_LANES(count, STEP)
#undef STEP
}

#define TRAINING_KERNELS                                                                                             \
    {                                                                                                                \
        .rms_norm_gradient = rms_norm_gradient, .swiglu_gradient = swiglu_gradient,                                  \
        .weighted_exponentials = weighted_exponentials, .compare = compare,                                          \
        .comparison_gradient = comparison_gradient, .sum_of_squares = sum_of_squares, .adamw_step = adamw_step,       \
    }

#endif
