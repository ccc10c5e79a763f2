// A whole product by one table, from weights in file layout.
#ifndef PRODUCT_H
#define PRODUCT_H

#include "CTensorKernels.h"

typedef struct {
    size_t rows, columns, tokens;
} product_shape;

/// How the work is cut: by callers that share it between threads.
typedef enum { WHOLE, IN_PIECES } product_order;

/// [tokens, rows], ending at a forbidden page.
float *multiply(
    const ctk_table *table, int format, const void *file, const float *x, product_shape shape, product_order order);

/// What `multiply` should give: the scalar table's product, or, of tables whose products round activations to BF16,
/// those instructions' by the letter.
float *expected_product(
    const ctk_table *table, int format, const void *file, const float *x, product_shape shape);

/// Panels, packed, and their number.
void *packed(const ctk_format_kernels *kernels, int format, const void *file, product_shape shape, size_t *panels);

#endif
