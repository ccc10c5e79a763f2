// Compiler options that Swift code cannot query.

#include "CTensorKernels.h"

#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define HAS_THREAD_SANITIZER true
#endif
#endif
#ifndef HAS_THREAD_SANITIZER
#define HAS_THREAD_SANITIZER false
#endif

bool ctk_has_thread_sanitizer(void) { return HAS_THREAD_SANITIZER; }
