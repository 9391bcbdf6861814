// SPDX-License-Identifier: Apache-2.0
import CLanes

/// The library's version of `addProduct` is a loop over the lanes, which the optimiser turns back into vector
/// instructions in small functions only (the warp of dense matching ran twice as long with it).
extension SIMD8 where Scalar == Float {
  /// Adds `a × b`, fused where the CPU can.
  @inline(__always)
  mutating func addProduct(_ a: Self, _ b: Self) { self = ogive_multiply_add(a, b, self) }

  @inline(__always)
  mutating func addProduct(_ a: Float, _ b: Self) { self = ogive_multiply_add(Self(repeating: a), b, self) }

  /// The sum with `a × b`, fused where the CPU can.
  @inline(__always)
  func adding(_ a: Self, times b: Self) -> Self { ogive_multiply_add(a, b, self) }

  @inline(__always)
  func lesser(_ other: Self) -> Self { replacing(with: other, where: other .< self) }

  @inline(__always)
  func greater(_ other: Self) -> Self { replacing(with: other, where: other .> self) }
}
