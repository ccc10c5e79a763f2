// Checks whether the processor and the system support each table.
#ifndef CTK_CPU_FEATURES_H
#define CTK_CPU_FEATURES_H

#include <stdbool.h>

#if defined(__x86_64__)

static inline bool cpu_runs_avx2(void) {
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("f16c");
}

static inline bool cpu_runs_avx512(void) {
    return cpu_runs_avx2() && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw")
        && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq")
        && __builtin_cpu_supports("avx512vnni");
}

static inline bool cpu_runs_avx512_bf16(void) { return cpu_runs_avx512() && __builtin_cpu_supports("avx512bf16"); }

#if defined(__linux__)

#include <cpuid.h>
#include <sys/syscall.h>
#include <unistd.h>

/// Linux gives the tiles' 8 KiB of state only to processes that request it with arch_prctl(ARCH_REQ_XCOMP_PERM,
/// XFEATURE_XTILEDATA); see its Documentation/arch/x86/xstate.rst. The permission holds for all threads. Linux refuses
/// it if a thread has a signal stack too small for the tiles; once granted, it refuses such stacks. The request is made
/// only once, because the answer could change.
static inline bool cpu_runs_amx(void) {
    enum { UNASKED, REFUSED, GRANTED };
    static _Atomic int answer = UNASKED;
    if (answer == UNASKED) {
        unsigned a, b, c, d = 0;
        bool has_tiles = __get_cpuid_count(7, 0, &a, &b, &c, &d) && (d >> 24 & 1) && (d >> 22 & 1);
        bool granted = has_tiles && cpu_runs_avx512_bf16() && syscall(SYS_arch_prctl, 0x1023, 18) == 0;
        answer = granted ? GRANTED : REFUSED;
    }
    return answer == GRANTED;
}

#else

static inline bool cpu_runs_amx(void) { return false; }

#endif

#elif defined(__aarch64__)

// Queries the system, because __builtin_cpu_supports calls a compiler runtime that Swift does not link.
#if defined(__linux__)

#include <sys/auxv.h>

// Bits of the kernel's arch/arm64/include/uapi/asm/hwcap.h, by number: older headers lack the second.
static inline bool cpu_has_dotprod(void) { return getauxval(AT_HWCAP) >> 20 & 1; }
static inline bool cpu_has_i8mm(void) { return getauxval(AT_HWCAP2) >> 13 & 1; }

#elif defined(__APPLE__)

#include <sys/sysctl.h>

static inline bool cpu_has(const char *feature) {
    int found = 0;
    size_t size = sizeof found;
    return sysctlbyname(feature, &found, &size, NULL, 0) == 0 && found != 0;
}

static inline bool cpu_has_dotprod(void) { return cpu_has("hw.optional.arm.FEAT_DotProd"); }
static inline bool cpu_has_i8mm(void) { return cpu_has("hw.optional.arm.FEAT_I8MM"); }

#else

static inline bool cpu_has_dotprod(void) { return false; }
static inline bool cpu_has_i8mm(void) { return false; }

#endif

static inline bool cpu_runs_neon(void) { return cpu_has_dotprod(); }
static inline bool cpu_runs_neon_i8mm(void) { return cpu_has_dotprod() && cpu_has_i8mm(); }

#endif

#endif
