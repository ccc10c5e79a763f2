#define _DEFAULT_SOURCE

#include "memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { MOST_MAPPINGS = 1024 };

static struct {
    void *start;
    size_t bytes;
} mappings[MOST_MAPPINGS];
static size_t mapping_count;

static size_t rounded_up(size_t bytes, size_t unit) { return (bytes + unit - 1) / unit * unit; }

void *guarded(size_t bytes) {
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    size_t usable = rounded_up(bytes, page);
    char *start = mmap(NULL, usable + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (start == MAP_FAILED || mprotect(start + usable, page, PROT_NONE) != 0 || mapping_count == MOST_MAPPINGS) {
        perror("guarded memory");
        exit(2);
    }
    mappings[mapping_count].start = start;
    mappings[mapping_count++].bytes = usable + page;
    memset(start, 0xff, usable);
    return start + usable - bytes;
}

void *guarded_lines(size_t bytes) { return guarded(rounded_up(bytes, 64)); }

float *guarded_copy(const float *x, size_t count) { return memcpy(guarded(count * sizeof *x), x, count * sizeof *x); }

void release_all(void) {
    while (mapping_count > 0) {
        mapping_count--;
        munmap(mappings[mapping_count].start, mappings[mapping_count].bytes);
    }
}
