#include "product.h"

#include <math.h>
#include <string.h>

#include "bf16_twin.h"
#include "check.h"
#include "memory.h"
#include "tables.h"

void *packed(const ctk_format_kernels *kernels, int format, const void *file, product_shape shape, size_t *panels) {
    size_t panel_rows = kernels->panel_rows, panel_bytes = kernels->panel_bytes(shape.columns);
    *panels = (shape.rows + panel_rows - 1) / panel_rows;
    char *out = guarded_lines(*panels * panel_bytes);
    for (size_t p = 0; p < *panels; p++) {
        size_t first = p * panel_rows, left = shape.rows - first;
        const char *in = (const char *)file + first * ctk_file_row_bytes(format, shape.columns);
        kernels->pack(in, left < panel_rows ? left : panel_rows, shape.columns, out + p * panel_bytes);
    }
    return out;
}

/// Floats between one token's results and the next's, which no product may touch.
enum { GAP = 3 };

static float *without_gaps(const float *y, product_shape shape) {
    float *out = guarded(shape.tokens * shape.rows * sizeof *out);
    for (size_t t = 0; t < shape.tokens; t++, y += shape.rows + GAP) {
        memcpy(out + t * shape.rows, y, shape.rows * sizeof *y);
        const float *gap = y + shape.rows;
        CHECK(isnan(gap[0]) && isnan(gap[1]) && isnan(gap[2]), "%g %g %g", gap[0], gap[1], gap[2]);
    }
    return out;
}

float *multiply(
    const ctk_table *table, int format, const void *file, const float *x, product_shape shape, product_order order) {
    const ctk_format_kernels *kernels = &table->formats[format];
    size_t panels, piece = order == WHOLE ? SIZE_MAX : 1;
    const void *weights = packed(kernels, format, file, shape, &panels);
    void *prepared = guarded_lines(kernels->prepared_bytes(shape.columns, shape.tokens));
    for (size_t first = 0, last; first < shape.tokens; first = last) {
        last = shape.tokens - first < piece ? shape.tokens : first + piece;
        size_t columns = order == WHOLE ? shape.columns : kernels->prepared_columns;
        for (size_t column = 0, end; column < shape.columns; column = end) {
            end = shape.columns - column < columns ? shape.columns : column + columns;
            ctk_activation_part part = {first, last, column, end};
            kernels->prepare(x, shape.columns, shape.tokens, part, prepared);
        }
    }
    size_t stride = order == WHOLE ? shape.rows : shape.rows + GAP;
    float *y = guarded(shape.tokens * stride * sizeof *y);
    for (size_t first = 0, last; first < panels; first = last) {
        last = panels - first < piece ? panels : first + piece;
        kernels->product(weights, first, last, shape.rows, shape.columns, prepared, shape.tokens, y, stride);
    }
    return order == WHOLE ? y : without_gaps(y, shape);
}

float *expected_product(
    const ctk_table *table, int format, const void *file, const float *x, product_shape shape) {
    if (table->formats[format].activations == CTK_ACTIVATIONS_BF16_PAIRS) return bf16_pair_product(file, x, shape);
    return multiply(&ctk_scalar_table, format, file, x, shape, WHOLE);
}
