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

/// Eight doubles; Swift sees SIMD8<Double>.
typedef double ogive_wide_lanes __attribute__((ext_vector_type(8)));

static inline __attribute__((always_inline)) ogive_wide_lanes
ogive_wide_multiply_add(ogive_wide_lanes a, ogive_wide_lanes b, ogive_wide_lanes c) {
  return OGIVE_MULTIPLY_ADD(a, b, c);
}

static inline __attribute__((always_inline)) ogive_wide_lanes ogive_widen(ogive_lanes a) {
  return __builtin_convertvector(a, ogive_wide_lanes);
}

static inline __attribute__((always_inline)) ogive_lanes ogive_narrow(ogive_wide_lanes a) {
  return __builtin_convertvector(a, ogive_lanes);
}

static inline __attribute__((always_inline)) double ogive_logarithm(double a) {
  return __builtin_log(a);
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

/// 32 small whole numbers; Swift sees SIMD32<UInt8>.
typedef unsigned char ogive_bytes __attribute__((ext_vector_type(32)));

static inline __attribute__((always_inline)) ogive_bytes ogive_least_bytes(ogive_bytes a, ogive_bytes b) {
  return __builtin_elementwise_min(a, b);
}

static inline __attribute__((always_inline)) unsigned char ogive_smallest_byte(ogive_bytes a) {
  return __builtin_reduce_min(a);
}

/// Half the sum, rounded up.
static inline __attribute__((always_inline)) ogive_bytes ogive_mean_bytes(ogive_bytes a, ogive_bytes b) {
  typedef unsigned short wide __attribute__((ext_vector_type(32)));
  wide sum = __builtin_convertvector(a, wide) + __builtin_convertvector(b, wide) + 1;
  return __builtin_convertvector(sum >> 1, ogive_bytes);
}



/// A 5 × 5 table in rows of six bytes, the sixth and the last two of the vector 255, after a step of dynamic programming:
/// costs + min over the places of the table before (before + step · distance along rows and columns, at most most), less
/// the least of before.
static inline __attribute__((always_inline)) ogive_bytes
ogive_advance_labels(ogive_bytes before, ogive_bytes costs, unsigned char step, unsigned char twice, unsigned char most) {
  const ogive_bytes full = 255;
  // clang-format off
  const ogive_bytes pads = {0, 0, 0, 0, 0, 255, 0, 0, 0, 0, 0, 255, 0, 0, 0, 0, 0, 255, 0, 0, 0, 0, 0, 255, 0, 0, 0, 0, 0, 255, 255, 255};
  const ogive_bytes firsts = {255, 0, 0, 0, 0, 0, 255, 0, 0, 0, 0, 0, 255, 0, 0, 0, 0, 0, 255, 0, 0, 0, 0, 0, 255, 0, 0, 0, 0, 0, 0, 0};
  const ogive_bytes lasts = {0, 0, 0, 0, 255, 0, 0, 0, 0, 0, 255, 0, 0, 0, 0, 0, 255, 0, 0, 0, 0, 0, 255, 0, 0, 0, 0, 0, 255, 0, 0, 0};
#define OGIVE_UP(v, n) __builtin_shufflevector(full, v, \
    32-n, 33-n, 34-n, 35-n, 36-n, 37-n, 38-n, 39-n, 40-n, 41-n, 42-n, 43-n, 44-n, 45-n, 46-n, 47-n, \
    48-n, 49-n, 50-n, 51-n, 52-n, 53-n, 54-n, 55-n, 56-n, 57-n, 58-n, 59-n, 60-n, 61-n, 62-n, 63-n)
#define OGIVE_DOWN(v, n) __builtin_shufflevector(v, full, \
    0+n, 1+n, 2+n, 3+n, 4+n, 5+n, 6+n, 7+n, 8+n, 9+n, 10+n, 11+n, 12+n, 13+n, 14+n, 15+n, \
    16+n, 17+n, 18+n, 19+n, 20+n, 21+n, 22+n, 23+n, 24+n, 25+n, 26+n, 27+n, 28+n, 29+n, 30+n, 31+n)
  // clang-format on
  ogive_bytes q = before;
  q = __builtin_elementwise_min(
      q, __builtin_elementwise_add_sat(__builtin_elementwise_min(OGIVE_UP(q, 6), OGIVE_DOWN(q, 6)), (ogive_bytes)step));
  q = __builtin_elementwise_min(
      q, __builtin_elementwise_add_sat(__builtin_elementwise_min(OGIVE_UP(q, 12), OGIVE_DOWN(q, 12)), (ogive_bytes)twice));
  q |= pads;
  q = __builtin_elementwise_min(
      q, __builtin_elementwise_add_sat(__builtin_elementwise_min(OGIVE_UP(q, 1), OGIVE_DOWN(q, 1)), (ogive_bytes)step));
  q |= pads;
  q = __builtin_elementwise_min(
      q, __builtin_elementwise_add_sat(
             __builtin_elementwise_min(OGIVE_UP(q, 2) | firsts, OGIVE_DOWN(q, 2) | lasts), (ogive_bytes)twice));
  const unsigned char lowest = __builtin_reduce_min(before);
  const ogive_bytes rise = __builtin_elementwise_sub_sat(q, (ogive_bytes)lowest);
  return __builtin_elementwise_add_sat(costs, __builtin_elementwise_min(rise, (ogive_bytes)most));
}
