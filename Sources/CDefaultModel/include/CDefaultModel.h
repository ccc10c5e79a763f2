// The model that every program has in it: a GGUF file, compiled in.
#ifndef CDEFAULT_MODEL_H
#define CDEFAULT_MODEL_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/// The file's bytes, at a multiple of 64 as GGUF files want to be mapped.
const void *cdm_default_model(void);

/// How many there are.
size_t cdm_default_model_byte_count(void);

#ifdef __cplusplus
}
#endif

#endif
