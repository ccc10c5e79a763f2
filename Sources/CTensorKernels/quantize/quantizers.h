// The quantizers that search for scales, one row at a time; ctk_weight_format's `quantize` explains the arguments.
#ifndef CTK_QUANTIZERS_H
#define CTK_QUANTIZERS_H

#include <stddef.h>

#define DECLARE_QUANTIZER(NAME)                                                                                      \
    void ctk_quantize_##NAME(const float *x, const float *importance, size_t columns, void *file);

DECLARE_QUANTIZER(q4_0)
DECLARE_QUANTIZER(q4_1)
DECLARE_QUANTIZER(q5_0)
DECLARE_QUANTIZER(q5_1)
DECLARE_QUANTIZER(q2_k)
DECLARE_QUANTIZER(q3_k)
DECLARE_QUANTIZER(q4_k)
DECLARE_QUANTIZER(q5_k)
DECLARE_QUANTIZER(q6_k)
DECLARE_QUANTIZER(iq4_nl)
DECLARE_QUANTIZER(iq4_xs)
DECLARE_QUANTIZER(mxfp4)

#endif
