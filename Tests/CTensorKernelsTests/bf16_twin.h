// Products as vdpbf16ps takes them, by the letter: activations rounded to BF16, two fused steps a pair of columns, the
// odd one first, values below 2^-126 taken and given as zero.
#ifndef BF16_TWIN_H
#define BF16_TWIN_H

#include "product.h"

float *bf16_pair_product(const void *file, const float *x, product_shape shape);

#endif
