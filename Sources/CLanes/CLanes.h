// SPDX-License-Identifier: Apache-2.0
// Vector operations that Swift's SIMD types spell as loops over their lanes: in large functions the optimiser
// puts those loops back together only in part, and the code becomes several times slower.
#pragma once

typedef float ogive_lanes __attribute__((ext_vector_type(8)));

/// a * b + c, fused where the CPU can.
static inline __attribute__((always_inline)) ogive_lanes ogive_fused(ogive_lanes a, ogive_lanes b, ogive_lanes c) {
#pragma clang fp contract(fast)
  return a * b + c;
}

static inline __attribute__((always_inline)) ogive_lanes ogive_floor(ogive_lanes a) {
  return __builtin_elementwise_floor(a);
}

static inline __attribute__((always_inline)) ogive_lanes ogive_square_root(ogive_lanes a) {
  return __builtin_elementwise_sqrt(a);
}
