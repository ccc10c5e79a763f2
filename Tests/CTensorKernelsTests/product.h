// A whole product of one table, from weights in file layout.
#ifndef PRODUCT_H
#define PRODUCT_H

#include "CTensorKernels.h"

typedef struct {
    size_t rows, columns, tokens;
} product_shape;

/// The division of the work, as by callers that share it between threads.
typedef enum { WHOLE, IN_PIECES } product_order;

/// Returns [tokens, rows], ending at a forbidden page.
float *multiply(
    const ctk_table *table, int format, const void *file, const float *x, product_shape shape, product_order order);

/// The expected result of `multiply`: the scalar table's product or, for tables that round activations to BF16, the
/// product by the definition of their instructions.
float *expected_product(
    const ctk_table *table, int format, const void *file, const float *x, product_shape shape);

/// Returns packed panels, and their number.
void *packed(const ctk_format_kernels *kernels, int format, const void *file, product_shape shape, size_t *panels);

#endif
