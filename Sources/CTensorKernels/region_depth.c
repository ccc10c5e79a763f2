// The number of parallel regions that the calling thread is in. It is in C because Swift has no thread-local variables.
#include "CTensorKernels.h"

static _Thread_local int depth;

void ctk_enter_region(void) { depth++; }

void ctk_leave_region(void) { depth--; }

bool ctk_is_in_region(void) { return depth > 0; }
