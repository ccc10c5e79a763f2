// The inner loops, one table of function pointers per instruction set.
//
// Every function here guarantees that a row's result depends on that row alone. One call sums each output element in a
// fixed order. Callers may divide rows, panels of weights, elements and pages of attention between threads, but never
// the sum of one element.
#ifndef CTENSOR_KERNELS_H
#define CTENSOR_KERNELS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Every weight format: its name, its name in C functions, and the form of activations that its products read (see
/// CTK_ACTIVATIONS). Everything else about a format is in its file in `weights/`.
#define CTK_EACH_FORMAT(FORMAT)                                                                                      \
    FORMAT(F32, f32, f32)                                                                                            \
    FORMAT(F16, f16, f32)                                                                                            \
    FORMAT(BF16, bf16, f32)                                                                                          \
    FORMAT(Q8_0, q8_0, quantized)                                                                                    \
    FORMAT(Q4_0, q4_0, quantized)                                                                                    \
    FORMAT(Q4_1, q4_1, quantized)                                                                                    \
    FORMAT(Q5_0, q5_0, quantized)                                                                                    \
    FORMAT(Q5_1, q5_1, quantized)                                                                                    \
    FORMAT(Q6_K, q6_k, quantized_256)                                                                                \
    FORMAT(Q5_K, q5_k, quantized_256)                                                                                \
    FORMAT(Q4_K, q4_k, quantized_256)                                                                                \
    FORMAT(Q3_K, q3_k, quantized_256)                                                                                \
    FORMAT(Q2_K, q2_k, quantized_256)                                                                                \
    FORMAT(IQ4_NL, iq4_nl, quantized)                                                                                \
    FORMAT(IQ4_XS, iq4_xs, quantized_256)                                                                            \
    FORMAT(MXFP4, mxfp4, quantized)

#define CTK_FORMAT_NUMBER(NAME, name, ACTIVATIONS) CTK_##NAME,
/// The formats' numbers, which index the tables below: CTK_F32 and so on.
enum { CTK_EACH_FORMAT(CTK_FORMAT_NUMBER) CTK_FORMAT_COUNT };

/// A weight format: its facts and conversions; products are in ctk_format_kernels. Rows in files have GGUF's layout:
/// block after block, at any address.
typedef struct {
    /// GGUF's name of the format.
    const char *name;
    /// GGUF's numbers of the format: as the type of a tensor (`enum ggml_type` in ggml.h), and in `general.file_type`
    /// of files whose matrices mostly have it (`enum llama_ftype` in llama.h).
    uint32_t gguf_type;
    uint32_t gguf_file_type;
    /// The number of consecutive elements of a row in one block: 1 if the format is not quantized.
    size_t block_elements;
    size_t block_bytes;
    /// A block has `halves` adjacent F16 numbers from byte `halves_at` on: its scale and, in some formats, its minimum.
    /// No other bytes of a block can make an element infinite or NaN. If there are none, elements are F32 or BF16.
    size_t halves;
    size_t halves_at;
    /// The largest multiple of a half that elements are scaled by, in formats whose blocks have several scales;
    /// otherwise 0.
    size_t scale_steps;
    /// The largest magnitude of an element that `quantize` can store or, if blocks have a minimum, the largest range of
    /// a block.
    float largest;
    /// Naive conversions of one row of `columns` elements, the reference for all others.
    void (*dequantize)(const void *file, size_t columns, float *x);
    /// `importance` is NULL, or a weight for each column: the error to make small is the sum of importance * error^2.
    void (*quantize)(const float *x, const float *importance, size_t columns, void *file);
} ctk_weight_format;

/// Returns the format with a number, or NULL.
const ctk_weight_format *ctk_format(int format);

/// The pairing of a head's coordinates for RoPE.
enum {
    /// Coordinates 2i and 2i+1 (GGUF's `llama`).
    CTK_INTERLEAVED = 0,
    /// Coordinates i and i + head_dim/2 (Hugging Face's safetensors).
    CTK_HALF_SPLIT = 1,
};

/// Positions per cache page. Softmax is computed page by page, so that absolute positions alone fix its order.
enum { CTK_PAGE_POSITIONS = 256 };

/// The formats of a cache are CTK_F32, CTK_F16 and CTK_BF16.
enum { CTK_CACHE_FORMAT_COUNT = 3 };

/// Returns the index of coordinate `d` of a page's key at `position`: [position / 64][head_dim][64]. A load brings
/// adjacent positions, each summed over head_dim in its own lane, and a page is read from front to back.
static inline size_t ctk_key_offset(size_t position, size_t head_dim, size_t d) {
    return (position / 64 * head_dim + d) * 64 + position % 64;
}

/// The forms in which products read activations.
enum {
    CTK_ACTIVATIONS_F32 = 0,
    CTK_ACTIVATIONS_QUANTIZED = 1,
    /// BF16, adjacent columns in pairs.
    CTK_ACTIVATIONS_BF16_PAIRS = 2,
    /// Quantized, adjacent tokens in pairs.
    CTK_ACTIVATIONS_TOKEN_PAIRS = 3,
    /// Quantized, with one scale for 256 columns.
    CTK_ACTIVATIONS_QUANTIZED_256 = 4,
    CTK_ACTIVATIONS_COUNT = 5,
};

/// Tokens [first_token, last_token) and columns [first_column, last_column) of activations.
///
/// Columns begin and end at multiples of a form's `prepared_columns`, or end with the last one.
typedef struct {
    size_t first_token;
    size_t last_token;
    size_t first_column;
    size_t last_column;
} ctk_activation_part;

/// The product of weights in one format with f32 activations.
///
/// Weights are divided into panels of `panel_rows` rows, packed so that one load serves all tokens of a batch. The
/// packed layout is private to the table. `columns` is a multiple of the format's block, and at least 1.
typedef struct {
    size_t panel_rows;
    /// Bytes of one packed panel.
    size_t (*panel_bytes)(size_t columns);
    /// Packs `rows` (1...panel_rows) rows in file layout, contiguous at `file`; missing rows become zeros.
    void (*pack)(const void *file, size_t rows, size_t columns, void *panel);
    /// Writes row `row` of a panel as `columns` floats: the inverse of `pack`, dequantized.
    void (*unpack_row)(const void *panel, size_t row, size_t columns, float *out);
    /// The form of activations that `product` reads; weights of different formats may share prepared activations.
    int activations;
    /// Columns of activations that are prepared together.
    size_t prepared_columns;
    /// Bytes that `prepare` needs for `count` tokens.
    size_t (*prepared_bytes)(size_t columns, size_t count);
    /// Converts a part of `count` tokens ([count, columns] f32) to the form that `product` reads.
    void (*prepare)(const float *x, size_t columns, size_t count, ctk_activation_part part, void *prepared);
    /// Computes y[t * y_stride + r] for all tokens t and all rows r of panels [first, last). `rows` is the number of
    /// rows of all panels.
    void (*product)(
        const void *panels, size_t first, size_t last, size_t rows, size_t columns, const void *prepared, size_t count,
        float *y, size_t y_stride);
} ctk_format_kernels;

/// The numbers with which one page's softmax is merged with those of other pages.
typedef struct {
    /// The page's largest score.
    float maximum;
    /// The sum of e^(score - maximum).
    float sum;
} ctk_page_softmax;

/// Some query heads of some rows that attend to one page of one KV head.
///
/// Their results, the parts, are merged later. Head h of row r has part r * row_parts + h * head_parts.
typedef struct {
    /// Row r's head h lies at queries + r * row_stride + h * head_dim.
    const float *queries;
    size_t rows;
    size_t row_stride;
    size_t heads;
    size_t head_dim;
    /// Positions from the page's start up to the first row's last one, at least one; each further row has one more, up
    /// to all.
    size_t visible;
    /// Positions at the page's start that a sliding window hides from the first row, and one more for each further row;
    /// negative numbers hide none. Each row sees at least one position.
    ptrdiff_t hidden;
    /// Scores are query . key * scale.
    float scale;
    ctk_page_softmax *softmaxes;
    /// [parts][head_dim]: sums of values with weights e^(score - maximum), not yet divided by the sum of the weights.
    float *weighted;
    size_t row_parts;
    size_t head_parts;
} ctk_page_queries;

/// Attention over a cache in one format.
typedef struct {
    /// Stores one position (0..<CTK_PAGE_POSITIONS) of one KV head in its page, rounded to nearest, ties to even.
    void (*store)(const float *key, const float *value, size_t head_dim, size_t position, void *keys, void *values);
    /// Computes one page's part of attention for some query heads, which share the loads; each result is independent of
    /// the other heads.
    void (*attend_page)(const ctk_page_queries *queries, const void *keys, const void *values);
} ctk_cache_kernels;

/// The operand precisions of dense products and of training's attention; sums are always f32.
enum {
    CTK_DENSE_F32 = 0,
    /// Operands rounded to nearest, ties to even, when they are packed. A table without bf16 instructions multiplies in
    /// f32 instead.
    CTK_DENSE_BF16 = 1,
    CTK_DENSE_COUNT = 2,
};

/// The product of two f32 matrices, c[m,n] = a[m,k] b[k,n], over one block of the depth k.
///
/// Both operands are divided into panels: `tile_rows` rows of a, or `tile_columns` columns of b. In a panel, the
/// elements of one step of the depth are adjacent; missing rows and columns are zeros. Each element of c is summed over
/// the block in a fixed order from zero, and the block's sum is then added to the summand.
typedef struct {
    size_t tile_rows;
    size_t tile_columns;
    /// The depths of one step in a panel, and their bytes in one row or column. A panel has tile * ceil(depth /
    /// depths_per_step) * step_bytes bytes.
    size_t depths_per_step;
    size_t step_bytes;
    /// The recommended limit of a block's depth, a multiple of depths_per_step: the caches hold a block's panels.
    /// Deeper products should be divided into blocks.
    size_t depths_per_block;
    /// Packs `count` rows of a into consecutive panels. Element (row i, depth p) is x[i * stride + p] if `along_depth`,
    /// otherwise x[p * stride + i].
    void (*pack_rows)(const float *x, size_t stride, bool along_depth, size_t count, size_t depth, void *panels);
    /// The same for columns of b.
    void (*pack_columns)(const float *x, size_t stride, bool along_depth, size_t count, size_t depth, void *panels);
    /// c[i * stride + j] = (summand ? summand[i * stride + j] : 0) + sum of a[i,p] b[p,j], for rows x columns elements.
    /// The summand may be c.
    void (*multiply)(
        const void *row_panels, const void *column_panels, size_t rows, size_t columns, size_t depth,
        const float *summand, float *c, size_t stride);
} ctk_dense_kernels;

/// Causal attention over one sequence for the query heads that share one KV head.
///
/// Head h of position p is at queries + p * query_stride + h * head_dim; the output and the gradients of queries and
/// output have the same layout. The key of position p is at keys + p * key_stride; values and the gradients of keys and
/// values have the same layout. Queries and keys are already rotated.
typedef struct {
    size_t length;
    /// The last positions that each query sees, its own included; at least 1. The length for all.
    size_t window;
    size_t heads;
    size_t head_dim;
    size_t query_stride;
    size_t key_stride;
    /// Scores are query . key * scale.
    float scale;
    const float *queries;
    const float *keys;
    const float *values;
    /// Written by the forward pass, read by the backward pass.
    float *output;
    /// [heads][length]: ln of the sum of e^score over the positions visible to each query. Written by the forward pass,
    /// read by the backward pass.
    float *log_sums;
    /// Only for the backward pass, which writes the last three.
    const float *output_gradient;
    float *query_gradient;
    float *key_gradient;
    float *value_gradient;
    /// Scratch memory of as many floats as the kernels' `scratch` returns.
    float *scratch;
} ctk_sequence_attention;

/// Training's attention, with the operands of its products in one precision. There is one exception to the guarantee
/// above: in BF16, a non-finite value also spoils queries that do not see it if they share a block of at most 64
/// queries with one that does.
typedef struct {
    size_t (*scratch)(size_t length, size_t head_dim);
    void (*attend)(const ctk_sequence_attention *attention);
    void (*attend_gradient)(const ctk_sequence_attention *attention);
} ctk_attention_kernels;

/// The constants of one AdamW step (Loshchilov and Hutter, arXiv 1711.05101, algorithm 2), which are the same for all
/// elements.
typedef struct {
    float gradient_scale;
    float beta1;
    float beta2;
    /// 1 - learning rate * weight decay.
    float keep;
    /// learning rate / (1 - beta1^t).
    float rate;
    /// 1 / sqrt(1 - beta2^t).
    float root_scale;
    float epsilon;
} ctk_adamw;

/// What a distribution p has in common with a distribution q.
typedef struct {
    /// The sum of min(p, q): the probability that a token drafted from p is accepted by q.
    double overlap;
    /// The sum of p where p < q.
    double lower;
    /// The sum of q * logits.
    double mean_logit;
} ctk_comparison;

/// Kernels that only training uses. A row's gradient depends on that row alone; the caller fixes the order of sums over
/// rows.
typedef struct {
    /// The gradients of x and of the gain for one row. dx is added to if `adding`, otherwise overwritten; dgain is
    /// always added to. Either may be NULL.
    void (*rms_norm_gradient)(
        const float *x, const float *gain, const float *dy, size_t columns, float epsilon, bool adding, float *dx,
        float *dgain);
    void (*swiglu_gradient)(
        const float *gate, const float *up, const float *dy, size_t count, float *dgate, float *dup);
    /// y = weight * e^(x - maximum).
    void (*weighted_exponentials)(const float *x, size_t count, float maximum, float weight, float *y);
    /// Compares the distribution p, with its logits, with the distribution q.
    ctk_comparison (*compare)(const float *p, const float *logits, const float *q, size_t count);
    /// y = p_factor * p + q_factor * q, and also lower_factor * p where p < q. `y` may be `p`.
    void (*comparison_gradient)(
        const float *p, const float *q, size_t count, float p_factor, float q_factor, float lower_factor, float *y);
    /// The sum of squares in f64.
    double (*sum_of_squares)(const float *x, size_t count);
    /// Updates weights and moments in place.
    void (*adamw_step)(
        const ctk_adamw *step, const float *gradient, size_t count, float *weights, float *first, float *second);
} ctk_training_kernels;

typedef struct {
    const char *name;
    ctk_format_kernels formats[CTK_FORMAT_COUNT];

    /// y = x / sqrt(mean(x^2) + epsilon) * gain for one row.
    void (*rms_norm)(const float *x, const float *gain, size_t columns, float epsilon, float *y);
    /// Rotates the first `rotated` coordinates of each of `heads` heads of one row in place. `cosines` and `sines` hold
    /// rotated/2 values for the row's position.
    void (*rotate)(
        float *x, size_t heads, size_t head_dim, size_t rotated, const float *cosines, const float *sines, int pairing);
    /// y = silu(gate) * up.
    void (*swiglu)(const float *gate, const float *up, size_t count, float *y);
    /// y = gelu(gate) * up, with the approximation of GELU by tanh (Hendrycks and Gimpel, arXiv 1606.08415, section 2).
    void (*geglu)(const float *gate, const float *up, size_t count, float *y);
    /// y += x.
    void (*add)(const float *x, size_t count, float *y);
    /// x *= factor.
    void (*scale)(float factor, size_t count, float *x);
    /// x = exp(x - max) / sum, in place.
    void (*softmax)(float *x, size_t count);
    /// The index of the largest value, ties to the lowest; SIZE_MAX if any value is NaN or infinite.
    size_t (*argmax)(const float *x, size_t count);

    /// The largest of at least one value, none of which is NaN.
    float (*maximum)(const float *x, size_t count);
    /// The sum of e^((x - maximum) / temperature).
    double (*exponential_sum)(const float *x, size_t count, float maximum, float temperature);
    /// Bit i is set if x[i] >= floor, for at most 64 values.
    uint64_t (*at_least)(const float *x, size_t count, float floor);
    /// Bit i is set if (x[i] - maximum) / temperature + noise may reach `floor`, for at most 64 values; -infinity is
    /// allowed.
    ///
    /// The noise follows Gumbel's distribution and is a function of 64 random bits, which `key` and the counter `first`
    /// + i determine. Arithmetic is f32, so pass a slightly lower floor to miss no value.
    uint64_t (*gumbel_contenders)(
        const float *x, size_t count, float maximum, float temperature, float floor, uint64_t key, uint64_t first);

    ctk_cache_kernels caches[CTK_CACHE_FORMAT_COUNT];
    /// Computes the whole attention, [head_dim], from the parts of `count` pages, added in page order.
    void (*merge_pages)(
        const ctk_page_softmax *softmaxes, const float *weighted, size_t count, size_t head_dim, float *out);

    ctk_dense_kernels dense[CTK_DENSE_COUNT];
    /// Also indexed by CTK_DENSE_F32 and CTK_DENSE_BF16.
    ctk_attention_kernels attention[CTK_DENSE_COUNT];
    ctk_training_kernels training;
} ctk_table;

/// The number of tables, which are in ascending order of speed. The scalar table always exists and is the reference
/// against which the others are tested.
size_t ctk_table_count(void);
/// Returns the table at `index`, or NULL if this CPU cannot run it. Requesting `amx` requests permission to use its
/// tiles from Linux, which the process then keeps: from then on, alternate signal stacks must have room for them (8 KiB
/// more).
const ctk_table *ctk_table_at(size_t index);
/// Returns a table's name, even if the table cannot run here.
const char *ctk_table_name(size_t index);

/// Returns element `index` of a page's keys or values in f32; for tests and tools.
float ctk_cache_element(int format, const void *elements, size_t index);

/// Returns the bytes of a file row of `columns` elements in `format`; 0 if there is no such format.
size_t ctk_file_row_bytes(int format, size_t columns);
/// Convert one row with the naive functions of `ctk_format(format)`, which must have them.
void ctk_quantize_row(int format, const float *x, const float *importance, size_t columns, void *file);
void ctk_dequantize_row(int format, const void *file, size_t columns, float *x);
/// Returns the first block of a file row with an element that is not finite, or the number of blocks if there is none.
size_t ctk_first_not_finite(int format, const void *file, size_t columns);

/// Reads all bytes, in steps of 256 (a remainder is skipped), as fast as this CPU can; returns a value that depends on
/// all of them.
uint64_t ctk_read(const void *bytes, size_t count);

/// Whether this process may run on the processor with this number (Linux's affinity mask).
bool ctk_may_run_on(int processor);

/// Whether this code was built with the thread sanitizer.
bool ctk_has_thread_sanitizer(void);

/// Record that the calling thread starts, or has finished, working on a parallel region.
void ctk_enter_region(void);
void ctk_leave_region(void);
/// Whether the calling thread is working on a parallel region.
bool ctk_is_in_region(void);

/// Starts to load bytes into the L2 cache.
static inline void ctk_prefetch(const void *bytes, size_t count) {
    for (size_t i = 0; i < count; i += 64) __builtin_prefetch((const char *)bytes + i, 0, 2);
}

/// Tells the core that this thread is spinning.
static inline void ctk_spin_hint(void) {
#if defined(__x86_64__) || defined(__i386__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("yield");
#endif
}

#ifdef __cplusplus
}
#endif
#endif
