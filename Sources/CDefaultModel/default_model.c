#include "CDefaultModel.h"

// #embed is C23's; clang has it in every C.
#pragma clang diagnostic ignored "-Wc23-extensions"

_Alignas(64) static const unsigned char bytes[] = {
#embed "default-model.gguf"
};

const void *cdm_default_model(void) { return bytes; }

size_t cdm_default_model_byte_count(void) { return sizeof bytes; }
