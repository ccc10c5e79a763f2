// The tables of this processor family; dispatch.c checks which of them the CPU can run.
#ifndef CTK_TABLES_H
#define CTK_TABLES_H

#include "CTensorKernels.h"

extern const ctk_table ctk_scalar_table;

/// The attention kernels of one kind of products.
#define ATTENTION_KERNELS(KIND)                                                                                      \
    {                                                                                                                \
        .scratch = attention_scratch_##KIND, .attend = attend_sequence_##KIND,                                       \
        .attend_gradient = attend_sequence_gradient_##KIND,                                                          \
    }

#if defined(__x86_64__)
extern const ctk_table ctk_avx2_table;
extern const ctk_table ctk_avx512_table;
/// The AVX-512 table whose BF16 products use vdpbf16ps, which rounds activations to BF16.
extern const ctk_table ctk_avx512_bf16_table;
/// The AVX-512 table whose BF16 products of training use AMX, which adds in another order than vdpbf16ps.
extern const ctk_table ctk_amx_table;
#elif defined(__aarch64__)
extern const ctk_table ctk_neon_table;
/// The NEON table whose quantized products use smmla, with the same bits.
extern const ctk_table ctk_neon_i8mm_table;
#endif

#endif
