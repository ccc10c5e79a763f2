// Products as vdpbf16ps takes them, by the letter: activations rounded to BF16, two fused steps a pair of columns, the
// odd one first, values below 2^-126 taken and given as zero.
#ifndef BF16_TWIN_H
#define BF16_TWIN_H

#include "product.h"

float *bf16_pair_product(const void *file, const float *x, product_shape shape);

// Products as AMX's tdpbf16ps takes them: 32 columns at a time, whose even and odd ones are summed from zero, then added to each
// other, then to the sum.
float *bf16_tile_product(const void *file, const float *x, product_shape shape);

#endif
