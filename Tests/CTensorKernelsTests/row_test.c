#include "check.h"
#include "compare.h"
#include "fingerprint.h"
#include "memory.h"
#include "samples.h"
#include "tables.h"
#include "tests.h"

/// Lengths up to two vectors and one more, and the offsets of floats in a vector.
enum { MOST = 33, OFFSETS = 4 };

// Tables add in different orders and have different exponentials: about four units in the last place.
static const float tolerance = 5e-7f;

/// Returns a copy of `count` floats at an address with this offset; the memory before it is left alone.
static float *copy_at(size_t offset, const float *x, size_t count) {
    float *copy = (float *)guarded_lines((offset + count) * sizeof *copy) + offset;
    memcpy(copy, x, count * sizeof *copy);
    return copy;
}

static void compare(const char *operation, size_t offset, const float *found, const float *expected, size_t count) {
    fingerprint_add(found, count);
    size_t i = first_far(found, expected, count, tolerance);
    bool equal = i == count;
    CHECK(
        equal, "%s of %zu at offset %zu: %.9g, not %.9g, at %zu", operation, count, offset, equal ? 0 : found[i],
        equal ? 0 : expected[i], i);
}

static void test_length(const ctk_table *table, size_t count, size_t offset) {
    const ctk_table *twin = &ctk_scalar_table;
    const float *a = random_floats(count), *b = random_floats(count);
    float *expected = guarded(count * sizeof *expected);
    float *y = copy_at(offset, b, count);

    if (count > 0) {
        twin->rms_norm(a, b, count, 1e-5f, expected);
        table->rms_norm(a, b, count, 1e-5f, y);
        compare("rms_norm", offset, y, expected, count);

        memcpy(expected, a, count * sizeof *a);
        twin->softmax(expected, count);
        table->softmax(memcpy(y, a, count * sizeof *a), count);
        compare("softmax", offset, y, expected, count);
    }
    twin->swiglu(a, b, count, expected);
    table->swiglu(copy_at(offset, a, count), b, count, y);
    compare("swiglu", offset, y, expected, count);
    twin->geglu(a, b, count, expected);
    table->geglu(copy_at(offset, a, count), b, count, y);
    compare("geglu", offset, y, expected, count);

    memcpy(expected, b, count * sizeof *b);
    twin->add(a, count, expected);
    table->add(a, count, memcpy(y, b, count * sizeof *b));
    compare("add", offset, y, expected, count);

    memcpy(expected, b, count * sizeof *b);
    twin->scale(0.3f, count, expected);
    table->scale(0.3f, count, memcpy(y, b, count * sizeof *b));
    compare("scale", offset, y, expected, count);

    CHECK(table->argmax(copy_at(offset, a, count), count) == twin->argmax(a, count), "argmax of %zu", count);
    release_all();
}

static void test_rotate(const ctk_table *table, size_t head_dim, size_t rotated, int pairing) {
    enum { HEADS = 3 };
    const float *cosines = random_floats(rotated / 2), *sines = random_floats(rotated / 2);
    float *found = random_floats(HEADS * head_dim), *expected = guarded_copy(found, HEADS * head_dim);
    table->rotate(found, HEADS, head_dim, rotated, cosines, sines, pairing);
    ctk_scalar_table.rotate(expected, HEADS, head_dim, rotated, cosines, sines, pairing);
    compare("rotate", head_dim, found, expected, HEADS * head_dim);
    release_all();
}

/// Tests e^x through SwiGLU and GeGLU, from underflow to overflow.
static void test_exponential(const ctk_table *table) {
    enum { COUNT = 2001 };
    float *gate = guarded(COUNT * sizeof *gate), *up = guarded(COUNT * sizeof *up);
    float *found = guarded(COUNT * sizeof *found), *expected = guarded(COUNT * sizeof *expected);
    for (int i = 0; i < COUNT; i++) {
        gate[i] = (float)(i - COUNT / 2) * 0.13f;
        up[i] = 1;
    }
    table->swiglu(gate, up, COUNT, found);
    ctk_scalar_table.swiglu(gate, up, COUNT, expected);
    compare("exponential", 0, found, expected, COUNT);
    table->geglu(gate, up, COUNT, found);
    ctk_scalar_table.geglu(gate, up, COUNT, expected);
    compare("exponential of geglu", 0, found, expected, COUNT);
    release_all();
}

void test_row_operations(const ctk_table *table) {
    under_test(table, -1);
    seed(4);
    for (size_t count = 0; count <= MOST; count++) {
        for (size_t offset = 0; offset < OFFSETS; offset++) test_length(table, count, offset);
    }
    for (size_t head_dim = 2; head_dim <= 70; head_dim += 2) {
        for (int pairing = CTK_HALF_SPLIT; pairing <= CTK_INTERLEAVED; pairing++) {
            test_rotate(table, head_dim, head_dim, pairing);
            test_rotate(table, head_dim, (head_dim / 2 + 1) / 2 * 2, pairing);
        }
    }
    test_exponential(table);
}
