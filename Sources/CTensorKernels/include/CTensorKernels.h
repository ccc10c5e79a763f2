// The inner loops, one table of function pointers per instruction set.
//
// Promise kept by every function here: a row's result depends on that row alone. Each output element is summed in one
// fixed order by one call. Callers may divide rows, panels of weights, elements and pages of attention between threads,
// never the sum of one element.
#ifndef CTENSOR_KERNELS_H
#define CTENSOR_KERNELS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Every format of weights: its name, the same as it stands in the names of C functions, and the form of activations
/// that its products read (see CTK_ACTIVATIONS). What else there is to say of a format is in its file in `weights/`.
#define CTK_EACH_FORMAT(FORMAT)                                                                                      \
    FORMAT(F32, f32, f32)                                                                                            \
    FORMAT(F16, f16, f32)                                                                                            \
    FORMAT(BF16, bf16, f32)                                                                                          \
    FORMAT(Q8_0, q8_0, quantized)                                                                                    \
    FORMAT(Q4_0, q4_0, quantized)                                                                                    \
    FORMAT(Q4_1, q4_1, quantized)

#define CTK_FORMAT_NUMBER(NAME, name, ACTIVATIONS) CTK_##NAME,
/// The formats' numbers, which index the tables below: CTK_F32 and so on.
enum { CTK_EACH_FORMAT(CTK_FORMAT_NUMBER) CTK_FORMAT_COUNT };

/// What a format of weights is, and what can be done with it apart from products. Rows lie in files as GGUF has them:
/// block after block, at any address.
typedef struct {
    /// As GGUF spells it.
    const char *name;
    /// How GGUF files number it: as the type of a tensor (`enum ggml_type` in ggml.h), and in `general.file_type`
    /// (`enum llama_ftype` in llama.h) of files whose matrices mostly have it.
    uint32_t gguf_type;
    uint32_t gguf_file_type;
    /// Consecutive elements of a row that one block holds: 1 where the format is not quantized.
    size_t block_elements;
    size_t block_bytes;
    /// A block has so many half-precision numbers side by side, from this byte on: its scale and, where it has one, its
    /// minimum. No other bytes of it can make an element infinite or NaN. With none, elements are F32 or its upper half.
    size_t halves;
    size_t halves_at;
    /// The largest magnitude of an element that `quantize` can store; of a format with a minimum, the largest range of
    /// a block.
    float largest;
    /// Naive conversions of one row of `columns` elements, the reference for all others.
    void (*dequantize)(const void *file, size_t columns, float *x);
    /// NULL where the format is only read: then its rows can be multiplied and copied, and other formats cannot be
    /// converted to it.
    void (*quantize)(const float *x, size_t columns, void *file);
} ctk_weight_format;

/// The format of a number, or NULL.
const ctk_weight_format *ctk_format(int format);

/// How the coordinates of a head are paired for RoPE.
enum {
    /// Coordinates 2i and 2i+1 (GGUF's `llama`).
    CTK_INTERLEAVED = 0,
    /// Coordinates i and i + head_dim/2 (Hugging Face's safetensors).
    CTK_HALF_SPLIT = 1,
};

/// Positions per cache page; softmax is taken page by page, so that its order is fixed by absolute position.
enum { CTK_PAGE_POSITIONS = 256 };

/// The formats of a cache are CTK_F32, CTK_F16 and CTK_BF16.
enum { CTK_CACHE_FORMAT_COUNT = 3 };

/// Where coordinate `d` of a page's key at `position` lies: [position / 64][head_dim][64]. A load serves positions side
/// by side, each summed over head_dim in its own lane, and a page is read from front to back.
static inline size_t ctk_key_offset(size_t position, size_t head_dim, size_t d) {
    return (position / 64 * head_dim + d) * 64 + position % 64;
}

/// The forms in which products read activations.
enum {
    CTK_ACTIVATIONS_F32 = 0,
    CTK_ACTIVATIONS_QUANTIZED = 1,
    /// BF16, two columns side by side.
    CTK_ACTIVATIONS_BF16_PAIRS = 2,
    /// Quantized, two tokens side by side.
    CTK_ACTIVATIONS_TOKEN_PAIRS = 3,
    CTK_ACTIVATIONS_COUNT = 4,
};

/// The product of weights in one format with f32 activations.
///
/// Weights are cut into panels of `panel_rows` rows, packed so that one load serves all tokens of a batch. The packed
/// layout is private to the table; `columns` is a multiple of the format's block, and at least 1.
typedef struct {
    size_t panel_rows;
    /// Bytes of one packed panel.
    size_t (*panel_bytes)(size_t columns);
    /// Packs `rows` (1...panel_rows) rows in file layout, contiguous at `file`; missing rows become zeros.
    void (*pack)(const void *file, size_t rows, size_t columns, void *panel);
    /// Writes row `row` of a panel as `columns` floats: the inverse of `pack`, dequantized.
    void (*unpack_row)(const void *panel, size_t row, size_t columns, float *out);
    /// The form of activations that `product` reads: weights of different formats may share one preparation.
    int activations;
    /// Bytes that `prepare` needs for `count` tokens.
    size_t (*prepared_bytes)(size_t columns, size_t count);
    /// Turns tokens [first, last) of `count` ([count, columns] f32) into the form that `product` reads.
    void (*prepare)(const float *x, size_t columns, size_t count, size_t first, size_t last, void *prepared);
    /// y[t * y_stride + r] for all rows r of panels [first, last), where `rows` rows exist in all.
    void (*product)(
        const void *panels, size_t first, size_t last, size_t rows, size_t columns, const void *prepared, size_t count,
        float *y, size_t y_stride);
} ctk_format_kernels;

/// What one page's softmax needs to be put together with those of other pages.
typedef struct {
    /// The page's largest score.
    float maximum;
    /// The sum of e^(score - maximum).
    float sum;
} ctk_page_softmax;

/// Some query heads of some rows that look at one page of one KV head.
///
/// Parts, which are merged later, are numbered: head h of row r has part r * row_parts + h * head_parts.
typedef struct {
    /// Row r's head h lies at queries + r * row_stride + h * head_dim.
    const float *queries;
    size_t rows;
    size_t row_stride;
    size_t heads;
    size_t head_dim;
    /// Positions of the page that the first row sees, at least one; each further row sees one more, up to all.
    size_t visible;
    /// Scores are query . key * scale.
    float scale;
    ctk_page_softmax *softmaxes;
    /// [parts][head_dim]: the values' sums with weights e^(score - maximum), not yet divided by the weights' sum.
    float *weighted;
    size_t row_parts;
    size_t head_parts;
} ctk_page_queries;

/// Attention over a cache in one format.
typedef struct {
    /// Stores one position (0..<CTK_PAGE_POSITIONS) of one KV head in its page, rounded to nearest even.
    void (*store)(const float *key, const float *value, size_t head_dim, size_t position, void *keys, void *values);
    /// One page's part of attention for some query heads, which share its reading; each is as if it were alone.
    void (*attend_page)(const ctk_page_queries *queries, const void *keys, const void *values);
} ctk_cache_kernels;

/// The precisions in which the operands of a dense product, or of training's attention, meet; sums are always f32.
enum {
    CTK_DENSE_F32 = 0,
    /// Rounded to nearest even while they are packed. A table without an instruction for it multiplies f32 instead.
    CTK_DENSE_BF16 = 1,
    CTK_DENSE_COUNT = 2,
};

/// The product of two f32 matrices, c[m,n] = a[m,k] b[k,n], over one block of the depth k.
///
/// Both operands are cut into panels, `tile_rows` rows of a or `tile_columns` columns of b, in which what meets in one
/// step of the depth lies together; missing rows and columns are zeros. Each element of c is summed over the block in
/// one order from zero, and the block's sum is then added to the summand.
typedef struct {
    size_t tile_rows;
    size_t tile_columns;
    /// Depths that lie together in a panel, and their bytes in one row or column: a panel has
    /// tile * ceil(depth / depths_per_step) * step_bytes bytes.
    size_t depths_per_step;
    size_t step_bytes;
    /// The largest depth of a block, a multiple of a step's: the caches hold a block's panels. Deeper products are best
    /// cut into blocks.
    size_t depths_per_block;
    /// Packs `count` rows of a into panels one after the other. Element (row i, depth p) lies at x[i * stride + p]
    /// where `along_depth`, else at x[p * stride + i].
    void (*pack_rows)(const float *x, size_t stride, bool along_depth, size_t count, size_t depth, void *panels);
    /// The same for columns of b.
    void (*pack_columns)(const float *x, size_t stride, bool along_depth, size_t count, size_t depth, void *panels);
    /// c[i * stride + j] = (summand ? summand[i * stride + j] : 0) + sum of a[i,p] b[p,j], for rows x columns elements.
    /// The summand may be c.
    void (*multiply)(
        const void *row_panels, const void *column_panels, size_t rows, size_t columns, size_t depth,
        const float *summand, float *c, size_t stride);
} ctk_dense_kernels;

/// Causal attention of one sequence, of the query heads that share one KV head.
///
/// Position p's head h lies at queries + p * query_stride + h * head_dim, and so do the output and its gradient; the
/// key at keys + p * key_stride, and so do values and both their gradients. Queries and keys are rotated already.
typedef struct {
    size_t length;
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
    /// [heads][length]: ln of the sum of e^score over all that a position sees; likewise.
    float *log_sums;
    /// Only for the way back; the last three are written.
    const float *output_gradient;
    float *query_gradient;
    float *key_gradient;
    float *value_gradient;
    /// As many floats as the kernels' `scratch` says.
    float *scratch;
} ctk_sequence_attention;

/// Attention of training, with the operands of its products in one precision. One exception to the promise above: in
/// BF16, a value that is not finite spoils queries that do not see it where they share a block of at most 64 with one
/// that does.
typedef struct {
    size_t (*scratch)(size_t length, size_t head_dim);
    void (*attend)(const ctk_sequence_attention *attention);
    void (*attend_gradient)(const ctk_sequence_attention *attention);
} ctk_attention_kernels;

/// One step of AdamW (Loshchilov and Hutter, arXiv 1711.05101, algorithm 2), all numbers that are the same for all
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

/// What only training needs. Gradients of rows are the rows' own; sums over rows are the caller's to order.
typedef struct {
    /// The gradients of x and of the gain, one row. dx is added to if `adding`, else written; dgain always added to.
    /// Either may be NULL.
    void (*rms_norm_gradient)(
        const float *x, const float *gain, const float *dy, size_t columns, float epsilon, bool adding, float *dx,
        float *dgain);
    void (*swiglu_gradient)(
        const float *gate, const float *up, const float *dy, size_t count, float *dgate, float *dup);
    /// y = weight * e^(x - maximum).
    void (*weighted_exponentials)(const float *x, size_t count, float maximum, float weight, float *y);
    /// In f64.
    double (*sum_of_squares)(const float *x, size_t count);
    /// Changes weights and moments in place.
    void (*adamw_step)(
        const ctk_adamw *step, const float *gradient, size_t count, float *weights, float *first, float *second);
} ctk_training_kernels;

typedef struct {
    const char *name;
    ctk_format_kernels formats[CTK_FORMAT_COUNT];

    /// y = x / sqrt(mean(x^2) + epsilon) * gain, one row.
    void (*rms_norm)(const float *x, const float *gain, size_t columns, float epsilon, float *y);
    /// Rotates `heads` heads of one row in place. `cosines` and `sines` hold head_dim/2 values of the row's position.
    void (*rotate)(float *x, size_t heads, size_t head_dim, const float *cosines, const float *sines, int pairing);
    /// y = silu(gate) * up.
    void (*swiglu)(const float *gate, const float *up, size_t count, float *y);
    /// y += x.
    void (*add)(const float *x, size_t count, float *y);
    /// x = exp(x - max) / sum, in place.
    void (*softmax)(float *x, size_t count);
    /// Index of the largest value, ties to the lowest; SIZE_MAX if any value is NaN or infinite.
    size_t (*argmax)(const float *x, size_t count);

    /// The largest of at least one value, none of which is NaN.
    float (*maximum)(const float *x, size_t count);
    /// The sum of e^((x - maximum) / temperature).
    double (*exponential_sum)(const float *x, size_t count, float maximum, float temperature);
    /// Bit i says whether x[i] >= floor, for at most 64 values.
    uint64_t (*at_least)(const float *x, size_t count, float floor);
    /// Bit i says whether (x[i] - maximum) / temperature + noise may reach `floor`, for at most 64 values; -infinity
    /// may be among them.
    ///
    /// The noise is that of Gumbel's distribution for 64 random bits, a function of `key` and the counter `first` + i.
    /// The result is rounded as f32 rounds: whoever wants to miss none asks for a floor that is a little too low.
    uint64_t (*gumbel_contenders)(
        const float *x, size_t count, float maximum, float temperature, float floor, uint64_t key, uint64_t first);

    ctk_cache_kernels caches[CTK_CACHE_FORMAT_COUNT];
    /// Attention as a whole, [head_dim], from its `count` pages' parts, added in the order of the pages.
    void (*merge_pages)(
        const ctk_page_softmax *softmaxes, const float *weighted, size_t count, size_t head_dim, float *out);

    ctk_dense_kernels dense[CTK_DENSE_COUNT];
    /// Indexed by CTK_DENSE_F32 and CTK_DENSE_BF16, too.
    ctk_attention_kernels attention[CTK_DENSE_COUNT];
    ctk_training_kernels training;
} ctk_table;

/// Tables in ascending order of speed; the scalar one, always there, is the naive twin that the others are tested by.
size_t ctk_table_count(void);
/// The table at `index`, or NULL where this CPU cannot run it. To ask for `amx` is to ask Linux for its tiles, which
/// this process then has for good: alternate signal stacks must from then on have room for them (8 KiB more).
const ctk_table *ctk_table_at(size_t index);
/// Its name, also where it cannot run.
const char *ctk_table_name(size_t index);

/// Element `index` of a page's keys or values in f32; for tests and tools.
float ctk_cache_element(int format, const void *elements, size_t index);

/// Bytes of a file row of `columns` elements in `format`; 0 for a format that there is not.
size_t ctk_file_row_bytes(int format, size_t columns);
/// The naive conversions of `ctk_format(format)`, which must have them.
void ctk_quantize_row(int format, const float *x, size_t columns, void *file);
void ctk_dequantize_row(int format, const void *file, size_t columns, float *x);
/// The first block of a file row of which not all elements are finite, or the number of blocks. `*largest_scale`
/// becomes the largest magnitude of a half (of an element, where there are none), if that is larger.
size_t ctk_first_not_finite(int format, const void *file, size_t columns, float *largest_scale);

/// Reads every byte, in steps of 256 (a rest is left out), as fast as this CPU can; returns something made of them all.
uint64_t ctk_read(const void *bytes, size_t count);

/// Whether this process may run on the processor of that number (Linux's affinity mask).
bool ctk_may_run_on(int processor);

/// Whether this code was built with the thread sanitizer.
bool ctk_has_thread_sanitizer(void);

/// Notes that the calling thread begins to work on a parallel region, or has ended its work on one.
void ctk_enter_region(void);
void ctk_leave_region(void);
/// Whether the calling thread works on a parallel region.
bool ctk_is_in_region(void);

/// Tells the core that this thread waits in a loop.
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
