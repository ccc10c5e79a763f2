// Counts how often a program asks the heap for memory between two points that it marks itself.
//
// Preloaded (LD_PRELOAD) into a program that finds `allocation_count_begin` and `allocation_count_end` by dlsym. It
// stands in front of glibc's heap, whose functions have second names for this purpose. With ALLOCATION_BACKTRACES=n in
// the environment the first n calls of each count say on standard error where they come from.
#define _GNU_SOURCE
#include <errno.h>
#include <execinfo.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *block, size_t size);
extern void *__libc_memalign(size_t alignment, size_t size);

static atomic_bool is_counting;
static atomic_long calls;
static atomic_long backtraces_left;
/// Whether this thread is printing a backtrace, for which the heap is needed too.
static _Thread_local bool is_printing;

static void print_backtrace(void) {
    void *frames[32];
    is_printing = true;
    int count = backtrace(frames, 32);
    backtrace_symbols_fd(frames, count, STDERR_FILENO);
    if (write(STDERR_FILENO, "\n", 1) < 0) abort();
    is_printing = false;
}

static void count_call(void) {
    if (is_printing || !atomic_load(&is_counting)) return;
    atomic_fetch_add(&calls, 1);
    if (atomic_fetch_sub(&backtraces_left, 1) > 0) print_backtrace();
}

void allocation_count_begin(void) {
    const char *wanted = getenv("ALLOCATION_BACKTRACES");
    atomic_store(&backtraces_left, wanted ? atol(wanted) : 0);
    atomic_store(&calls, 0);
    atomic_store(&is_counting, true);
}

/// Calls since the count began, by all threads.
long allocation_count_end(void) {
    atomic_store(&is_counting, false);
    return atomic_load(&calls);
}

void *malloc(size_t size) {
    count_call();
    return __libc_malloc(size);
}

void *calloc(size_t count, size_t size) {
    count_call();
    return __libc_calloc(count, size);
}

void *realloc(void *block, size_t size) {
    count_call();
    return __libc_realloc(block, size);
}

void *memalign(size_t alignment, size_t size) {
    count_call();
    return __libc_memalign(alignment, size);
}

void *aligned_alloc(size_t alignment, size_t size) { return memalign(alignment, size); }

int posix_memalign(void **block, size_t alignment, size_t size) {
    *block = memalign(alignment, size);
    return *block ? 0 : ENOMEM;
}
