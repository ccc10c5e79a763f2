#include <math.h>

#include "check.h"
#include "memory.h"
#include "samples.h"
#include "tables.h"
#include "tests.h"

/// Scans read 64 values at a time.
enum { MOST = 64 };

/// Values, many of them equal, with every fifth removed.
static float *random_logits(size_t count) {
    float *x = random_floats(count);
    for (size_t i = 0; i < count; i++) x[i] = i % 5 == 2 ? -INFINITY : rintf(x[i] * 8) / 4;
    return x;
}

static void test_floors(const ctk_table *table, const float *x, size_t count) {
    const float floors[] = {-INFINITY, -1.5f, -0.0f, 0.25f, 1.9f, INFINITY};
    for (size_t f = 0; f < sizeof floors / sizeof *floors; f++) {
        CHECK(
            table->at_least(x, count, floors[f]) == ctk_scalar_table.at_least(x, count, floors[f]), "%zu at least %g",
            count, floors[f]);
    }
}

/// A vector table may find a few more or fewer contenders than the twin, but only around the floor.
static void test_contenders(const ctk_table *table, const float *x, size_t count) {
    for (int i = 0; i < 100; i++) {
        float temperature = 0.1f + fabsf(random_float()), floor = 8 * random_float();
        uint64_t key = (uint64_t)i * 0x9e3779b97f4a7c15, first = 64 * (uint64_t)i;
        uint64_t found = table->gumbel_contenders(x, count, 2, temperature, floor, key, first);
        uint64_t most = ctk_scalar_table.gumbel_contenders(x, count, 2, temperature, floor - 1e-3f, key, first);
        uint64_t least = ctk_scalar_table.gumbel_contenders(x, count, 2, temperature, floor + 1e-3f, key, first);
        CHECK((found & ~most) == 0 && (least & ~found) == 0, "contenders among %zu for %g", count, floor);
    }
}

void test_scans(const ctk_table *table) {
    under_test(table, -1);
    seed(6);
    for (size_t count = 0; count <= MOST; count++) {
        const float *x = random_logits(count);
        test_floors(table, x, count);
        test_contenders(table, x, count);
        if (count > 0) CHECK(table->maximum(x, count) == ctk_scalar_table.maximum(x, count), "maximum of %zu", count);
        double found = table->exponential_sum(x, count, 2, 0.7f);
        double expected = ctk_scalar_table.exponential_sum(x, count, 2, 0.7f);
        CHECK(fabs(found - expected) <= 1e-6 * expected, "exponentials of %zu: %g, not %g", count, found, expected);
        release_all();
    }
}
