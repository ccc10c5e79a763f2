// Chooses tables at run time, so that one binary runs anywhere.

#if defined(__linux__)
#define _GNU_SOURCE  // for syscall
#endif

#include "cpu_features.h"
#include "tables.h"

static bool always(void) { return true; }

static const struct {
    const ctk_table *table;
    bool (*runs)(void);
} choices[] = {
    {&ctk_scalar_table, always},
#if defined(__x86_64__)
    {&ctk_avx2_table, cpu_runs_avx2},
    {&ctk_avx512_table, cpu_runs_avx512},
    {&ctk_avx512_bf16_table, cpu_runs_avx512_bf16},
    {&ctk_amx_table, cpu_runs_amx},
#elif defined(__aarch64__)
    {&ctk_neon_table, cpu_runs_neon},
    {&ctk_neon_i8mm_table, cpu_runs_neon_i8mm},
#endif
};

size_t ctk_table_count(void) { return sizeof choices / sizeof choices[0]; }

const ctk_table *ctk_table_at(size_t index) {
    return index < ctk_table_count() && choices[index].runs() ? choices[index].table : NULL;
}

const char *ctk_table_name(size_t index) { return index < ctk_table_count() ? choices[index].table->name : NULL; }
