#include "CUnicodeTables.h"

// #embed is C23's; clang has it in every C.
#pragma clang diagnostic ignored "-Wc23-extensions"

static const uint8_t decompositions[] = {
#embed "decompositions.txt"
};

static const uint8_t marks[] = {
#embed "marks.txt"
};

const uint8_t *cut_decompositions(void) { return decompositions; }

size_t cut_decompositions_byte_count(void) { return sizeof decompositions; }

const uint8_t *cut_marks(void) { return marks; }

size_t cut_marks_byte_count(void) { return sizeof marks; }
