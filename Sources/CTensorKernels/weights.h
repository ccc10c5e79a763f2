// All weight formats. Their parts for vector tables are defined if panels.h was included before.
#ifndef CTK_WEIGHTS_H
#define CTK_WEIGHTS_H

#include "weights/floats.h"
#include "weights/q4_0.h"
#include "weights/q4_1.h"
#include "weights/q8_0.h"

#endif
