// The affinity mask in C, because Swift cannot import it: CPU_ISSET is a macro, and sched_getaffinity requires
// _GNU_SOURCE.

#if defined(__linux__)
#define _GNU_SOURCE
#include <sched.h>
#endif

#include "CTensorKernels.h"

bool ctk_may_run_on(int processor) {
#if defined(__linux__)
    cpu_set_t mask;
    if (processor < 0 || processor >= CPU_SETSIZE || sched_getaffinity(0, sizeof mask, &mask) != 0) return false;
    return CPU_ISSET(processor, &mask);
#else
    return processor == 0;
#endif
}
