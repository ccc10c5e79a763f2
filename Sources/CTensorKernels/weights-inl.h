// All weight formats. Their parts for vector tables are defined if panels-inl.h was included before.
#ifndef CTK_WEIGHTS_H
#define CTK_WEIGHTS_H

#ifdef CTK_PANELS_H
#include "small_panels-inl.h"
#include "super_panels-inl.h"
#endif
#include "weights/floats-inl.h"
#include "weights/iq4_nl-inl.h"
#include "weights/iq4_xs-inl.h"
#include "weights/mxfp4-inl.h"
#include "weights/q2_k-inl.h"
#include "weights/q3_k-inl.h"
#include "weights/q4_0-inl.h"
#include "weights/q4_1-inl.h"
#include "weights/q4_k-inl.h"
#include "weights/q5_0-inl.h"
#include "weights/q5_1-inl.h"
#include "weights/q5_k-inl.h"
#include "weights/q6_k-inl.h"
#include "weights/q8_0-inl.h"

#endif
