#include "check.h"
#include "compare.h"
#include "memory.h"
#include "product.h"
#include "samples.h"
#include "tests.h"

/// Rows unpacked from a panel equal those that the naive dequantizer reads from the file; missing rows are zeros.
static void test_panel(const ctk_format_kernels *kernels, int format, size_t rows, size_t columns) {
    const char *file = random_weights(format, rows, columns);
    size_t panels;
    const char *panel = packed(kernels, format, file, (product_shape){rows, columns, 0}, &panels);
    float *found = guarded(columns * sizeof *found), *expected = guarded(columns * sizeof *expected);
    for (size_t r = 0; r < panels * kernels->panel_rows; r++) {
        const char *at = panel + r / kernels->panel_rows * kernels->panel_bytes(columns);
        kernels->unpack_row(at, r % kernels->panel_rows, columns, found);
        if (r < rows) {
            ctk_dequantize_row(format, file + r * ctk_file_row_bytes(format, columns), columns, expected);
            size_t c = first_difference(found, expected, columns);
            CHECK(c == columns, "%zu rows, %zu columns: row %zu differs at %zu", rows, columns, r, c);
        } else {
            for (size_t c = 0; c < columns; c++) CHECK(found[c] == 0, "%g in missing row %zu", found[c], r);
        }
    }
    release_all();
}

void test_packing(const ctk_table *table) {
    for (int format = 0; format < CTK_FORMAT_COUNT; format++) {
        under_test(table, format);
        seed(1);
        const ctk_format_kernels *kernels = &table->formats[format];
        size_t step = column_step(format);
        for (size_t rows = 1; rows <= 2 * kernels->panel_rows + 1; rows++) test_panel(kernels, format, rows, 3 * step);
        for (size_t count = 1; count <= 33; count++) test_panel(kernels, format, 3, count * step);
    }
}
