#include "extreme_blocks.h"

#include <string.h>

#include "CTensorKernels.h"
#include "check.h"

/// Where a code is stored: its lower bits at `low`, and the others, if there are any, at `high`.
typedef struct {
    uint8_t *low;
    size_t low_shift, low_bits;
    uint8_t *high;
    size_t high_shift;
} code_place;

/// Where the code of element i is in blocks of 32: nibbles, and fifth bits.
static code_place place_in_32(uint8_t *nibbles, uint8_t *high, size_t i) {
    return (code_place){nibbles + i % 16, i / 16 * 4, 4, high ? high + i / 8 : NULL, i % 8};
}

static code_place place(int format, uint8_t *block, size_t i) {
    switch (format) {
    case CTK_Q8_0: return (code_place){block + 2 + i, 0, 8, NULL, 0};
    case CTK_Q4_0:
    case CTK_IQ4_NL: return place_in_32(block + 2, NULL, i);
    case CTK_Q4_1: return place_in_32(block + 4, NULL, i);
    case CTK_Q5_0: return place_in_32(block + 6, block + 2, i);
    case CTK_Q5_1: return place_in_32(block + 8, block + 4, i);
    case CTK_MXFP4: return place_in_32(block + 1, NULL, i);
    case CTK_IQ4_XS: return place_in_32(block + 8 + i / 32 * 16, NULL, i % 32);
    case CTK_Q2_K: return (code_place){block + 16 + i / 128 * 32 + i % 32, i % 128 / 32 * 2, 2, NULL, 0};
    case CTK_Q3_K:
        return (code_place){block + 32 + i / 128 * 32 + i % 32, i % 128 / 32 * 2, 2, block + i % 32, i / 32};
    case CTK_Q4_K: return (code_place){block + 16 + i / 64 * 32 + i % 32, i % 64 / 32 * 4, 4, NULL, 0};
    case CTK_Q5_K:
        return (code_place){block + 48 + i / 64 * 32 + i % 32, i % 64 / 32 * 4, 4, block + 16 + i % 32, i / 32};
    case CTK_Q6_K:
        return (code_place){
            block + i / 128 * 64 + i % 64, i % 128 / 64 * 4, 4, block + 128 + i / 128 * 32 + i % 32, i % 128 / 32 * 2};
    default:
        CHECK(false, "format %d, without the places of its codes in %s", format, __FILE__);
        return (code_place){block, 0, 0, NULL, 0};
    }
}

static unsigned extreme_code(int format, bool is_large) {
    switch (format) {
    case CTK_Q8_0: return is_large ? 127 : 128;
    case CTK_MXFP4: return is_large ? 7 : 15;
    default: return is_large ? ~0u : 0;
    }
}

static void fill_integer_scales(int format, bool is_negative, uint8_t *block) {
    switch (format) {
    case CTK_Q2_K: memset(block, 0xff, 16); break;
    case CTK_Q3_K: memset(block + 96, is_negative ? 0 : 0xff, 12); break;
    case CTK_Q4_K:
    case CTK_Q5_K: memset(block + 4, 0xff, 12); break;
    case CTK_Q6_K: memset(block + 192, is_negative ? 128 : 127, 16); break;
    case CTK_IQ4_XS: memset(block + 2, is_negative ? 0 : 0xff, 6); break;
    case CTK_MXFP4: *block = 128; break;
    }
}

void fill_extreme_block(int format, const bool *are_large, bool is_negative, uint8_t *block) {
    const ctk_weight_format *facts = ctk_format(format);
    const uint16_t halves[] = {0x3c00, 0xc200};  // 1 and -3
    memset(block, 0, facts->block_bytes);
    memcpy(block + facts->halves_at, halves, 2 * facts->halves);
    fill_integer_scales(format, is_negative, block);
    for (size_t i = 0; i < facts->block_elements; i++) {
        code_place to = place(format, block, i);
        unsigned code = extreme_code(format, are_large[i]), high_mask = format == CTK_Q6_K ? 3 : 1;
        *to.low |= (uint8_t)((code & ((1u << to.low_bits) - 1)) << to.low_shift);
        if (to.high) *to.high |= (uint8_t)((code >> to.low_bits & high_mask) << to.high_shift);
    }
}
