// SPDX-License-Identifier: Apache-2.0
import CLanes

/// Eight pixels at once in double precision, for solvers.
public typealias WideLanes = SIMD8<Double>

extension SIMD8 where Scalar == Double {
  /// Adds `a × b`, fused where the CPU can.
  @inline(__always)
  mutating func addProduct(_ a: Self, _ b: Self) { self = ogive_wide_multiply_add(a, b, self) }

  @inline(__always)
  mutating func addProduct(_ a: Double, _ b: Self) { self = ogive_wide_multiply_add(Self(repeating: a), b, self) }

  /// Takes `a × b` off, fused where the CPU can.
  @inline(__always)
  mutating func subtractProduct(_ a: Self, _ b: Self) { self = ogive_wide_multiply_add(-a, b, self) }

  @inline(__always)
  func lesser(_ other: Self) -> Self { replacing(with: other, where: other .< self) }

  @inline(__always)
  func greater(_ other: Self) -> Self { replacing(with: other, where: other .> self) }

  /// e to the power of each lane, to 1e-9 of its value; arguments beyond ± 700 are taken as ± 700.
  @inline(__always)
  var exponential: Self {
    let limited = greater(Self(repeating: -700)).lesser(Self(repeating: 700))
    // Adding 1.5 · 2^52 rounds to a whole number, which then stands in the lowest bits.
    let magic = Self(repeating: 6_755_399_441_055_744)
    let shifted = limited * 1.442_695_040_888_963_4 + magic
    let whole = shifted - magic
    var rest = limited
    rest.subtractProduct(whole, Self(repeating: 0.693_147_180_559_945_3))
    var sum = Self(repeating: 1 / 362_880.0)
    for factor in [1 / 40_320.0, 1 / 5_040.0, 1 / 720.0, 1 / 120.0, 1 / 24.0, 1 / 6.0, 0.5, 1, 1] {
      sum = Self(repeating: factor) + sum * rest
    }
    let bits = unsafeBitCast(shifted, to: SIMD8<Int64>.self) &<< 52
    return unsafeBitCast(unsafeBitCast(sum, to: SIMD8<Int64>.self) &+ bits, to: Self.self)
  }

  /// Natural logarithm of each lane.
  var logarithm: Self {
    var out = self
    for lane in 0..<8 { out[lane] = ogive_logarithm(self[lane]) }
    return out
  }
}
