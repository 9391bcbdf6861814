// SPDX-License-Identifier: Apache-2.0
internal import CLanes

/// The library's versions of these are loops over the lanes, which the optimiser turns back into vector
/// instructions in small functions only (the warp of dense matching ran three times slower with them).
extension SIMD8 where Scalar == Float {
  /// Adds `a × b`, fused where the CPU can.
  @inline(__always)
  mutating func addProduct(_ a: Self, _ b: Self) { self = ogive_fused(a, b, self) }

  @inline(__always)
  mutating func addProduct(_ a: Float, _ b: Self) { self = ogive_fused(Self(repeating: a), b, self) }

  /// The largest whole number not above each lane.
  @inline(__always)
  var floor: Self { ogive_floor(self) }

  @inline(__always)
  func squareRoot() -> Self { ogive_square_root(self) }

  @inline(__always)
  func lesser(_ other: Self) -> Self { replacing(with: other, where: other .< self) }

  @inline(__always)
  func greater(_ other: Self) -> Self { replacing(with: other, where: other .> self) }
}
