// Compares every table that this machine can run with the scalar one. The program has no Swift, so that it can be built
// for other processors and run in an emulator.
//
// Usage: kernel-tests [NAME...] NAMEs are the tables that must be able to run, in the order of ctk_table_at; any other
// set is a failure. Without names, all tables that can run are tested.

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "check.h"
#include "fingerprint.h"
#include "tests.h"

static void test(const ctk_table *table) {
    test_packing(table);
    test_products(table);
    test_extreme_products(table);
    test_bad_products(table);
    test_row_operations(table);
    test_bad_row_operations(table);
    test_scans(table);
    test_attention(table);
    test_training(table);
    test_dense_products(table);
}

/// Whether the tables that can run here are those with these names.
static bool tables_are(char **names, size_t count) {
    size_t found = 0;
    bool equal = true;
    for (size_t i = 0; i < ctk_table_count(); i++) {
        const ctk_table *table = ctk_table_at(i);
        if (!table) continue;
        equal = equal && found < count && strcmp(table->name, names[found]) == 0
            && strcmp(table->name, ctk_table_name(i)) == 0;
        found++;
    }
    return equal && found == count;
}

int main(int argc, char **argv) {
    report_faults();
    bool complete = argc < 2 || tables_are(argv + 1, (size_t)argc - 1);
    for (size_t i = 0; i < ctk_table_count(); i++) {
        const ctk_table *table = ctk_table_at(i);
        if (!table) {
            printf("%s: not on this processor\n", ctk_table_name(i));
            continue;
        }
        size_t made = checks_made(), failed = checks_failed();
        test(table);
        printf(
            "%s: %zu checks, %zu failed, bits %016" PRIx64 "\n", table->name, checks_made() - made,
            checks_failed() - failed, fingerprint_taken());
    }
    if (!complete) {
        fprintf(stderr, "expected the tables");
        for (int i = 1; i < argc; i++) fprintf(stderr, " %s", argv[i]);
        fprintf(stderr, ", found those above\n");
    }
    return complete && checks_failed() == 0 ? 0 : 1;
}
