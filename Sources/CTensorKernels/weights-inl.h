// All weight formats. Their parts for vector tables are defined if panels-inl.h was included before.
#ifndef CTK_WEIGHTS_H
#define CTK_WEIGHTS_H

#include "weights/floats-inl.h"
#include "weights/q4_0-inl.h"
#include "weights/q4_1-inl.h"
#include "weights/q8_0-inl.h"

#endif
