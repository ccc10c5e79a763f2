// How many parallel regions the calling thread is in: Swift has no variables of a thread.
#include "CTensorKernels.h"

static _Thread_local int depth;

void ctk_enter_region(void) { depth++; }

void ctk_leave_region(void) { depth--; }

bool ctk_is_in_region(void) { return depth > 0; }
