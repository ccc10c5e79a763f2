// Products by the definition of vdpbf16ps: activations rounded to BF16, two fused steps per pair of columns, the odd
// one first, inputs and results below 2^-126 taken as zero.
#ifndef BF16_TWIN_H
#define BF16_TWIN_H

#include "product.h"

float *bf16_pair_product(const void *file, const float *x, product_shape shape);

// Products by the definition of AMX's tdpbf16ps: of 32 columns at a time, the even and the odd ones are each summed
// from zero, then added to each other, then to the sum.
float *bf16_tile_product(const void *file, const float *x, product_shape shape);

#endif
