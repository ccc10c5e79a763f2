// Data of Unicode 9.0.0 for normalization, as text. Scripts/make-unicode-tables writes it.
#ifndef CUNICODE_TABLES_H
#define CUNICODE_TABLES_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// A line for each character with a decomposition, Hangul syllables excepted: the character, a sign, and its mapping,
/// with numbers in hexadecimal. The sign is = for a canonical decomposition, ! for a canonical one that is never
/// composed again, and ~ for a compatibility decomposition.
const uint8_t *cut_decompositions(void);
size_t cut_decompositions_byte_count(void);

/// A line for each range of combining marks of the same canonical combining class: the first, the last (both in
/// hexadecimal), and the class (in decimal). All characters whose class is not 0 are combining marks.
const uint8_t *cut_marks(void);
size_t cut_marks_byte_count(void);

#ifdef __cplusplus
}
#endif

#endif
