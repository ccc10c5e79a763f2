// The weight formats by their numbers.

#pragma STDC FP_CONTRACT OFF

#include "weights-inl.h"

#define FORMAT_ENTRY(NAME, name, ACTIVATIONS) [CTK_##NAME] = &name##_format,
static const ctk_weight_format *const formats[CTK_FORMAT_COUNT] = {CTK_EACH_FORMAT(FORMAT_ENTRY)};

const ctk_weight_format *ctk_format(int format) {
    return format >= 0 && format < CTK_FORMAT_COUNT ? formats[format] : NULL;
}

size_t ctk_file_row_bytes(int format, size_t columns) {
    const ctk_weight_format *found = ctk_format(format);
    return found ? columns / found->block_elements * found->block_bytes : 0;
}

void ctk_quantize_row(int format, const float *x, const float *importance, size_t columns, void *file) {
    formats[format]->quantize(x, importance, columns, file);
}

void ctk_dequantize_row(int format, const void *file, size_t columns, float *x) {
    formats[format]->dequantize(file, columns, x);
}

float ctk_cache_element(int format, const void *elements, size_t index) {
    switch (format) {
    case CTK_F16: return f16_to_float(((const uint16_t *)elements)[index]);
    case CTK_BF16: return bf16_to_float(((const uint16_t *)elements)[index]);
    default: return ((const float *)elements)[index];
    }
}
