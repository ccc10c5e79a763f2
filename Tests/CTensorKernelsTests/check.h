// What a test says when it fails, and how many have.
#ifndef CHECK_H
#define CHECK_H

#include <stdbool.h>
#include <stddef.h>

#include "CTensorKernels.h"

/// Where the program is, for messages: the table under test, and its format where there is one.
void under_test(const ctk_table *table, int format);

/// Counts a failure unless `holds`, and prints the first few.
#define CHECK(holds, ...) check(holds, __FILE__, __LINE__, #holds, __VA_ARGS__)

void check(bool holds, const char *file, int line, const char *condition, const char *details, ...)
    __attribute__((format(printf, 5, 6)));

/// From here on, touching forbidden memory ends the program with a message.
void report_faults(void);

size_t checks_made(void);
size_t checks_failed(void);

#endif
