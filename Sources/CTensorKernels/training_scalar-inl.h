// Training's kernels in their plainest form, the reference for training-inl.h.
#ifndef CTK_TRAINING_SCALAR_H
#define CTK_TRAINING_SCALAR_H

#include <math.h>

#include "shared-inl.h"

static void rms_norm_gradient(
    const float *x, const float *gain, const float *dy, size_t columns, float epsilon, bool adding, float *dx,
    float *dgain) {
    double squares = 0, dot = 0;
    for (size_t c = 0; c < columns; c++) {
        squares += (double)x[c] * x[c];
        dot += (double)gain[c] * dy[c] * x[c];
    }
    double scale = 1 / sqrt(squares / (double)columns + epsilon);
    double share = scale * scale * scale * dot / (double)columns;
    for (size_t c = 0; c < columns && dx; c++) {
        float gradient = (float)(scale * gain[c] * dy[c] - share * x[c]);
        dx[c] = adding ? dx[c] + gradient : gradient;
    }
    for (size_t c = 0; c < columns && dgain; c++) dgain[c] += (float)(scale * x[c] * dy[c]);
}

static void swiglu_gradient(
    const float *gate, const float *up, const float *dy, size_t count, float *dgate, float *dup) {
    for (size_t i = 0; i < count; i++) {
        float share = 1 / (1 + expf(-gate[i]));
        dup[i] = dy[i] * gate[i] * share;
        dgate[i] = dy[i] * up[i] * share * (1 + gate[i] * (1 - share));
    }
}

static void weighted_exponentials(const float *x, size_t count, float maximum, float weight, float *y) {
    for (size_t i = 0; i < count; i++) y[i] = weight * expf(x[i] - maximum);
}

static ctk_comparison compare(const float *p, const float *logits, const float *q, size_t count) {
    ctk_comparison sums = {0};
    for (size_t i = 0; i < count; i++) {
        sums.overlap += p[i] < q[i] ? p[i] : q[i];
        sums.lower += p[i] < q[i] ? p[i] : 0;
        sums.mean_logit += (double)q[i] * logits[i];
    }
    return sums;
}

static void comparison_gradient(
    const float *p, const float *q, size_t count, float p_factor, float q_factor, float lower_factor, float *y) {
    for (size_t i = 0; i < count; i++) {
        y[i] = (p[i] < q[i] ? p_factor + lower_factor : p_factor) * p[i] + q_factor * q[i];
    }
}

static float dot(const float *x, const float *y, size_t count) {
    float sum = 0;
    for (size_t i = 0; i < count; i++) sum = fmaf(x[i], y[i], sum);
    return sum;
}

/// y += factor * x
static void add_scaled(float factor, const float *x, size_t count, float *y) {
    for (size_t i = 0; i < count; i++) y[i] = fmaf(factor, x[i], y[i]);
}

static size_t attention_scratch_f32(size_t length, size_t head_dim) {
    (void)head_dim;
    return length;
}

static void attend_sequence_f32(const ctk_sequence_attention *a) {
    for (size_t h = 0; h < a->heads; h++) {
        for (size_t p = 0; p < a->length; p++) {
            const float *query = a->queries + p * a->query_stride + h * a->head_dim;
            float *output = a->output + p * a->query_stride + h * a->head_dim, *scores = a->scratch;
            float maximum = -INFINITY;
            const size_t hidden = hidden_before(a, p + 1);
            for (size_t t = hidden; t <= p; t++) {
                scores[t] = dot(query, a->keys + t * a->key_stride, a->head_dim) * a->scale;
                maximum = scores[t] > maximum ? scores[t] : maximum;
            }
            float sum = 0;
            for (size_t t = hidden; t <= p; t++) sum += expf(scores[t] - maximum);
            for (size_t d = 0; d < a->head_dim; d++) output[d] = 0;
            for (size_t t = hidden; t <= p; t++) {
                add_scaled(expf(scores[t] - maximum) / sum, a->values + t * a->key_stride, a->head_dim, output);
            }
            a->log_sums[h * a->length + p] = maximum + logf(sum);
        }
    }
}

/// With weights p = softmax(s): dv += p dy, and ds = p (dy . v - dy . y), which gives dq and dk.
static void attend_sequence_gradient_f32(const ctk_sequence_attention *a) {
    for (size_t t = 0; t < a->length; t++) {
        for (size_t d = 0; d < a->head_dim; d++) {
            a->key_gradient[t * a->key_stride + d] = a->value_gradient[t * a->key_stride + d] = 0;
        }
    }
    for (size_t h = 0; h < a->heads; h++) {
        for (size_t p = 0; p < a->length; p++) {
            size_t row = p * a->query_stride + h * a->head_dim;
            const float *query = a->queries + row, *gradient = a->output_gradient + row;
            float *query_gradient = a->query_gradient + row;
            float mean = dot(gradient, a->output + row, a->head_dim);
            for (size_t d = 0; d < a->head_dim; d++) query_gradient[d] = 0;
            for (size_t t = hidden_before(a, p + 1); t <= p; t++) {
                const float *key = a->keys + t * a->key_stride, *value = a->values + t * a->key_stride;
                float score = dot(query, key, a->head_dim) * a->scale;
                float weight = expf(score - a->log_sums[h * a->length + p]);
                float share = weight * (dot(gradient, value, a->head_dim) - mean) * a->scale;
                add_scaled(weight, gradient, a->head_dim, a->value_gradient + t * a->key_stride);
                add_scaled(share, query, a->head_dim, a->key_gradient + t * a->key_stride);
                add_scaled(share, key, a->head_dim, query_gradient);
            }
        }
    }
}

static double sum_of_squares(const float *x, size_t count) {
    double sum = 0;
    for (size_t i = 0; i < count; i++) sum += (double)x[i] * x[i];
    return sum;
}

static void adamw_step(
    const ctk_adamw *step, const float *gradient, size_t count, float *weights, float *first, float *second) {
    for (size_t i = 0; i < count; i++) {
        float g = gradient[i] * step->gradient_scale;
        first[i] = fmaf(step->beta1, first[i] - g, g);
        second[i] = fmaf(step->beta2, second[i] - g * g, g * g);
        float root = sqrtf(second[i]) * step->root_scale + step->epsilon;
        weights[i] = weights[i] * step->keep - step->rate * first[i] / root;
    }
}

#define TRAINING_KERNELS                                                                                             \
    {                                                                                                                \
        .rms_norm_gradient = rms_norm_gradient, .swiglu_gradient = swiglu_gradient,                                  \
        .weighted_exponentials = weighted_exponentials, .compare = compare,                                          \
        .comparison_gradient = comparison_gradient, .sum_of_squares = sum_of_squares,                                \
        .adamw_step = adamw_step,                                                                                    \
    }

#endif
