// Reports and counts of failures.
#ifndef CHECK_H
#define CHECK_H

#include <stdbool.h>
#include <stddef.h>

#include "CTensorKernels.h"

/// Sets the table under test and its format, if any, for messages.
void under_test(const ctk_table *table, int format);

/// Counts a failure unless `holds`, and prints the first few.
#define CHECK(holds, ...) check(holds, __FILE__, __LINE__, #holds, __VA_ARGS__)

void check(bool holds, const char *file, int line, const char *condition, const char *details, ...)
    __attribute__((format(printf, 5, 6)));

/// From this call on, touching forbidden memory ends the program with a message.
void report_faults(void);

size_t checks_made(void);
size_t checks_failed(void);

#endif
