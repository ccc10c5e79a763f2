// The scalar table: each kernel in its plainest form. Every other table is tested against this one.
//
// Products add in the same order as the vector tables (one fma per column, or per block of 32), so they agree bit for
// bit. Exponentials and norms use libm and double precision, so they agree to a tolerance.

#pragma STDC FP_CONTRACT OFF

#define TOKENS_AT_ONCE 1

#include "activations-inl.h"
#include "cache_elements-inl.h"
#include "dense_scalar-inl.h"
#include "shared-inl.h"
#include "tables.h"
#include "training_scalar-inl.h"
#include "weights-inl.h"

// Defines a format's kernels: a panel is one row in its file format, and dot_NAME multiplies it with a token's
// activations.
#define DEFINE_FORMAT(NAME, name, FORM)                                                                              \
    static size_t panel_bytes_##name(size_t columns) { return ctk_file_row_bytes(CTK_##NAME, columns); }             \
    static void pack_##name(const void *file, size_t rows, size_t columns, void *panel) {                            \
        memcpy(panel, file, rows * panel_bytes_##name(columns));                                                     \
    }                                                                                                                \
    static void unpack_row_##name(const void *panel, size_t row, size_t columns, float *out) {                       \
        (void)row;                                                                                                   \
        dequantize_row_##name(panel, columns, out);                                                                  \
    }                                                                                                                \
    static void product_##name(                                                                                      \
        const void *panels, size_t first, size_t last, size_t rows, size_t columns, const void *prepared,            \
        size_t count, float *y, size_t y_stride) {                                                                   \
        (void)rows;                                                                                                  \
        for (size_t r = first; r < last; r++) {                                                                      \
            const void *row = (const uint8_t *)panels + r * panel_bytes_##name(columns);                             \
            for (size_t t = 0; t < count; t++) {                                                                     \
                const FORM##_activation *x = (const FORM##_activation *)prepared + t * activations_##FORM(columns);  \
                y[t * y_stride + r] = dot_##name(row, columns, x);                                                   \
            }                                                                                                        \
        }                                                                                                            \
    }

#define FORMAT_ENTRY(NAME, name, FORM)                                                                               \
    [CTK_##NAME] = {                                                                                                 \
        .panel_rows = 1,                                                                                             \
        .panel_bytes = panel_bytes_##name,                                                                           \
        .pack = pack_##name,                                                                                         \
        .unpack_row = unpack_row_##name,                                                                             \
        .activations = ACTIVATIONS_##FORM,                                                                           \
        .prepared_columns = COLUMNS_##FORM,                                                                          \
        .prepared_bytes = prepared_bytes_##FORM,                                                                     \
        .prepare = prepare_##FORM,                                                                                   \
        .product = product_##name,                                                                                   \
    },

CTK_EACH_FORMAT(DEFINE_FORMAT)

static void rms_norm(const float *x, const float *gain, size_t columns, float epsilon, float *y) {
    double sum = 0;
    for (size_t c = 0; c < columns; c++) sum += (double)x[c] * x[c];
    float scale = (float)(1 / sqrt(sum / (double)columns + epsilon));
    for (size_t c = 0; c < columns; c++) y[c] = x[c] * scale * gain[c];
}

static void swiglu(const float *gate, const float *up, size_t count, float *y) {
    for (size_t i = 0; i < count; i++) y[i] = gate[i] / (1 + expf(-gate[i])) * up[i];
}

static void geglu(const float *gate, const float *up, size_t count, float *y) {
    for (size_t i = 0; i < count; i++) y[i] = gate[i] / (1 + expf(-gelu_exponent(gate[i]))) * up[i];
}

static void softmax(float *x, size_t count) {
    float maximum = -INFINITY;
    for (size_t i = 0; i < count; i++) maximum = x[i] > maximum ? x[i] : maximum;
    double sum = 0;
    for (size_t i = 0; i < count; i++) sum += x[i] = expf(x[i] - maximum);
    for (size_t i = 0; i < count; i++) x[i] = (float)(x[i] / sum);
}

static void attend_page_alone(
    int format, const float *query, const void *keys, const void *values, size_t hidden, size_t visible,
    size_t head_dim, float scale, ctk_page_softmax *softmax, float *weighted) {
    float scores[CTK_PAGE_POSITIONS];
    float maximum = -INFINITY;
    for (size_t t = hidden; t < visible; t++) {
        float score = 0;
        for (size_t d = 0; d < head_dim; d++) {
            score = fmaf(query[d], ctk_cache_element(format, keys, ctk_key_offset(t, head_dim, d)), score);
        }
        scores[t] = score * scale;
        maximum = scores[t] > maximum ? scores[t] : maximum;
    }
    float sum = 0;
    for (size_t d = 0; d < head_dim; d++) weighted[d] = 0;
    for (size_t t = hidden; t < visible; t++) {
        float weight = expf(scores[t] - maximum);
        sum += weight;
        for (size_t d = 0; d < head_dim; d++) {
            weighted[d] = fmaf(weight, ctk_cache_element(format, values, t * head_dim + d), weighted[d]);
        }
    }
    *softmax = (ctk_page_softmax){maximum, sum};
}

static float maximum(const float *x, size_t count) {
    float largest = x[0];
    for (size_t i = 1; i < count; i++) largest = x[i] > largest ? x[i] : largest;
    return largest;
}

static size_t argmax(const float *x, size_t count) {
    if (count == 0 || largest_magnitude(x, count) >= INFINITY_BITS) return SIZE_MAX;
    float largest = maximum(x, count);
    size_t index = 0;
    while (x[index] != largest) index++;
    return index;
}

static double exponential_sum(const float *x, size_t count, float maximum, float temperature) {
    double sum = 0;
    for (size_t i = 0; i < count; i++) sum += exp(((double)x[i] - maximum) / temperature);
    return sum;
}

static uint64_t at_least(const float *x, size_t count, float floor) {
    uint64_t bits = 0;
    for (size_t i = 0; i < count; i++) bits |= (uint64_t)(x[i] >= floor) << i;
    return bits;
}

/// The same function as Swift's `CounterRandom`.
static uint64_t random_bits(uint64_t key, uint64_t counter) {
    uint64_t z = key + counter * 0x9e3779b97f4a7c15;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
    z = (z ^ z >> 27) * 0x94d049bb133111eb;
    return z ^ z >> 31;
}

/// Noise is -ln(-ln(1 - v)), where v is the random bits times 2^-64. Since -ln(1 - v) >= v, noise reaches z only if v
/// <= e^-z. Only 24 bits of v are used, which float represents exactly.
static uint64_t gumbel_contenders(
    const float *x, size_t count, float maximum, float temperature, float floor, uint64_t key, uint64_t first) {
    uint64_t bits = 0;
    for (size_t i = 0; i < count; i++) {
        float v = (float)(random_bits(key, first + i) >> 40) * 0x1p-24f;
        bits |= (uint64_t)(v <= expf((x[i] - maximum) / temperature - floor)) << i;
    }
    return bits;
}

static void attend_page(int format, const ctk_page_queries *q, const void *keys, const void *values) {
    for (size_t r = 0; r < q->rows; r++) {
        size_t visible = visible_positions(q, r), hidden = hidden_positions(q, r);
        for (size_t h = 0; h < q->heads; h++) {
            size_t part = r * q->row_parts + h * q->head_parts;
            attend_page_alone(
                format, q->queries + r * q->row_stride + h * q->head_dim, keys, values, hidden, visible, q->head_dim,
                q->scale, q->softmaxes + part, q->weighted + part * q->head_dim);
        }
    }
}

#define SCALAR_CACHE(FORMAT)                                                                                         \
    static void store_##FORMAT(                                                                                      \
        const float *key, const float *value, size_t head_dim, size_t position, void *keys, void *values) {          \
        store_position(CTK_##FORMAT, key, value, head_dim, 0, position, keys, values);                               \
    }                                                                                                                \
    static void attend_page_##FORMAT(const ctk_page_queries *queries, const void *keys, const void *values) {        \
        attend_page(CTK_##FORMAT, queries, keys, values);                                                            \
    }

SCALAR_CACHE(F32)
SCALAR_CACHE(F16)
SCALAR_CACHE(BF16)

const ctk_table ctk_scalar_table = {
    .name = "scalar",
    .formats = {CTK_EACH_FORMAT(FORMAT_ENTRY)},
    .rms_norm = rms_norm,
    .rotate = rotate,
    .swiglu = swiglu,
    .geglu = geglu,
    .add = add,
    .scale = scale,
    .softmax = softmax,
    .argmax = argmax,
    .maximum = maximum,
    .exponential_sum = exponential_sum,
    .at_least = at_least,
    .gumbel_contenders = gumbel_contenders,
    .caches =
        {[CTK_F32] = {store_F32, attend_page_F32},
         [CTK_F16] = {store_F16, attend_page_F16},
         [CTK_BF16] = {store_BF16, attend_page_BF16}},
    .merge_pages = merge_pages,
    .dense = {[CTK_DENSE_F32] = DENSE_SCALAR, [CTK_DENSE_BF16] = DENSE_SCALAR},
    .attention = {[CTK_DENSE_F32] = ATTENTION_KERNELS(f32), [CTK_DENSE_BF16] = ATTENTION_KERNELS(f32)},
    .training = TRAINING_KERNELS,
};
