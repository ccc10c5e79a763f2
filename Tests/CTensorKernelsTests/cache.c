#include "cache.h"

#include <math.h>
#include <string.h>

#include "memory.h"
#include "samples.h"

enum { PAGE = CTK_PAGE_POSITIONS };

static size_t page_bytes(cache memory) { return PAGE * ctk_file_row_bytes(memory.format, memory.head_dim); }

cache random_cache(const ctk_table *table, int format, size_t head_dim, size_t length) {
    cache memory = {.format = format, .head_dim = head_dim, .length = length, .page_count = (length + PAGE - 1) / PAGE};
    size_t bytes = page_bytes(memory);
    memory.keys = guarded_lines(memory.page_count * bytes);
    memory.values = guarded_lines(memory.page_count * bytes);
    const float *x = random_floats(2 * length * head_dim);
    for (size_t t = 0; t < length; t++, x += 2 * head_dim) {
        size_t page = t / PAGE * bytes;
        table->caches[format].store(x, x + head_dim, head_dim, t % PAGE, memory.keys + page, memory.values + page);
    }
    return memory;
}

float *attended(const ctk_table *table, cache memory, query_rows q) {
    size_t head_dim = memory.head_dim, width = q.heads * head_dim, pages = (q.position + q.rows + PAGE - 1) / PAGE;
    size_t parts = q.rows * q.heads * pages;
    ctk_page_softmax *softmaxes = guarded(parts * sizeof *softmaxes);
    float *weighted = guarded(parts * head_dim * sizeof *weighted), *out = guarded(q.rows * width * sizeof *out);
    for (size_t p = 0; p < pages; p++) {
        size_t skipped = p * PAGE > q.position ? p * PAGE - q.position : 0;
        size_t visible = q.position + skipped + 1 - p * PAGE, part = skipped * q.heads * pages + p;
        // Rows after the last one whose window begins on this page.
        size_t end = (p + 1) * PAGE + q.window - 1 - q.position;
        if (q.position + skipped >= (p + 1) * PAGE + q.window - 1) continue;
        ctk_page_queries queries = {
            .queries = q.x + skipped * width,
            .rows = (q.rows < end ? q.rows : end) - skipped,
            .row_stride = width,
            .heads = q.heads,
            .head_dim = head_dim,
            .visible = visible < PAGE ? visible : PAGE,
            .hidden = (ptrdiff_t)visible - (ptrdiff_t)q.window,
            .scale = 1 / sqrtf((float)head_dim),
            .softmaxes = softmaxes + part,
            .weighted = weighted + part * head_dim,
            .row_parts = q.heads * pages,
            .head_parts = pages,
        };
        size_t page = p * page_bytes(memory);
        table->caches[memory.format].attend_page(&queries, memory.keys + page, memory.values + page);
    }
    for (size_t i = 0; i < q.rows * q.heads; i++) {
        size_t last = q.position + i / q.heads, first = last + 1 > q.window ? last + 1 - q.window : 0;
        size_t part = i * pages + first / PAGE;
        table->merge_pages(
            softmaxes + part, weighted + part * head_dim, last / PAGE + 1 - first / PAGE, head_dim, out + i * head_dim);
    }
    return out;
}
