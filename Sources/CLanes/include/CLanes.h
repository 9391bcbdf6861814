// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Eight floats; Swift sees SIMD8<Float>.
typedef float ogive_lanes __attribute__((ext_vector_type(8)));

/// a · b + c, rounded once where the CPU has the instruction; a call into the library would be 30 times slower.
///
/// Swift's own addingProduct is a loop over lanes that the optimiser joins again in an order of its own, which
/// spills registers in tight kernels (measured: 28 against 61 products per nanosecond).
#if defined(__FMA__) || defined(__ARM_FEATURE_FMA)
#define OGIVE_MULTIPLY_ADD(a, b, c) __builtin_elementwise_fma(a, b, c)
#else
#define OGIVE_MULTIPLY_ADD(a, b, c) ((a) * (b) + (c))
#endif

static inline __attribute__((always_inline)) ogive_lanes
ogive_multiply_add(ogive_lanes a, ogive_lanes b, ogive_lanes c) {
  return OGIVE_MULTIPLY_ADD(a, b, c);
}

/// The same for one value: rounds like a lane, so that a result does not depend on where in a vector it stood.
static inline __attribute__((always_inline)) float ogive_multiply_add_one(float a, float b, float c) {
  return OGIVE_MULTIPLY_ADD(a, b, c);
}

/// Larger value of each lane; Swift's pointwiseMax is a call into the library.
static inline __attribute__((always_inline)) ogive_lanes ogive_max(ogive_lanes a, ogive_lanes b) {
  return __builtin_elementwise_max(a, b);
}

/// Largest lane.
static inline __attribute__((always_inline)) float ogive_largest(ogive_lanes a) {
  return __builtin_reduce_max(a);
}

/// Smallest lane.
static inline __attribute__((always_inline)) float ogive_smallest(ogive_lanes a) {
  return __builtin_reduce_min(a);
}

/// Whether any lane of a is above the same lane of b.
static inline __attribute__((always_inline)) int ogive_any_above(ogive_lanes a, ogive_lanes b) {
  return __builtin_reduce_or(a > b) != 0;
}

/// Eight whole numbers; Swift sees SIMD8<Int32>.
typedef int ogive_whole_lanes __attribute__((ext_vector_type(8)));

/// sum + 1 where n is below c, - 1 where it is above; a comparison with NaN adds nothing.
static inline __attribute__((always_inline)) ogive_whole_lanes
ogive_balance(ogive_whole_lanes sum, ogive_lanes n, ogive_lanes c) {
  return sum + ((n > c) - (n < c));
}

/// sum + 1 where n is not NaN.
static inline __attribute__((always_inline)) ogive_whole_lanes
ogive_count_present(ogive_whole_lanes sum, ogive_lanes n) {
  return sum - (n == n);
}

static inline __attribute__((always_inline)) ogive_lanes ogive_to_lanes(ogive_whole_lanes a) {
  return __builtin_convertvector(a, ogive_lanes);
}
