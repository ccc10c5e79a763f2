#include "check.h"

#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

static const char *table_name = "", *format_name = "";
static size_t made, failed;

void under_test(const ctk_table *table, int format) {
    table_name = table->name;
    format_name = ctk_format(format) ? ctk_format(format)->name : "";
}

void check(bool holds, const char *file, int line, const char *condition, const char *details, ...) {
    made++;
    if (holds) return;
    if (failed++ >= 20) return;
    fprintf(stderr, "%s:%d: %s %s: expected %s, found ", file, line, table_name, format_name, condition);
    va_list arguments;
    va_start(arguments, details);
    vfprintf(stderr, details, arguments);
    va_end(arguments);
    fputc('\n', stderr);
}

static void fault(int signal) {
    (void)signal;
    fprintf(stderr, "%s %s: touched memory beyond a buffer's end\n", table_name, format_name);
    _exit(1);
}

void report_faults(void) {
    signal(SIGSEGV, fault);
    signal(SIGBUS, fault);
}

size_t checks_made(void) { return made; }

size_t checks_failed(void) { return failed; }
