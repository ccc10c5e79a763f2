// Chooses tables at run time, so that one binary runs anywhere.

#include "tables.h"

#if defined(__x86_64__)

static bool runs_avx2(void) {
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("f16c");
}

static bool runs_avx512(void) {
    return runs_avx2() && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw")
        && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq")
        && __builtin_cpu_supports("avx512vnni");
}

static const char *const names[] = {"scalar", "avx2", "avx512", "avx512bf16"};

const ctk_table *ctk_table_at(size_t index) {
    switch (index) {
    case 0: return &ctk_scalar_table;
    case 1: return runs_avx2() ? &ctk_avx2_table : NULL;
    case 2: return runs_avx512() ? &ctk_avx512_table : NULL;
    case 3: return runs_avx512() && __builtin_cpu_supports("avx512bf16") ? &ctk_avx512_bf16_table : NULL;
    default: return NULL;
    }
}

#else

static const char *const names[] = {"scalar"};

const ctk_table *ctk_table_at(size_t index) { return index == 0 ? &ctk_scalar_table : NULL; }

#endif

size_t ctk_table_count(void) { return sizeof names / sizeof names[0]; }

const char *ctk_table_name(size_t index) { return index < ctk_table_count() ? names[index] : NULL; }
