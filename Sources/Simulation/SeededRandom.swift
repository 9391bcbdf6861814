// SPDX-License-Identifier: Apache-2.0

/// Repeatable random numbers: the same seed gives the same numbers on every machine.
///
/// Source: the SplitMix64 sequence of Steele, Lea & Flood 2014.
public struct SeededRandom: RandomNumberGenerator, Sendable {
  private var state: UInt64

  public init(seed: UInt64) { state = seed }

  /// A generator for one pixel, independent of the order in which pixels are visited.
  ///
  /// - Parameters:
  ///   - stream: which of several noise images of one seed.
  public init(seed: UInt64, stream: UInt64, row: Int, column: Int) {
    var key = Self.mixed(seed &+ 0x9E37_79B9_7F4A_7C15 &* (stream &+ 1))
    key = Self.mixed(key ^ UInt64(bitPattern: Int64(row)) &* 0xD6E8_FEB8_6659_FD93)
    state = Self.mixed(key ^ UInt64(bitPattern: Int64(column)) &* 0xA076_1D64_78BD_642F)
  }

  public mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    return Self.mixed(state)
  }

  private static func mixed(_ value: UInt64) -> UInt64 {
    var z = value
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// Uniform in 0..<1 with 53 random bits.
  public mutating func uniform() -> Double { Double(next() >> 11) * 0x1p-53 }

  /// Two independent numbers of the standard normal distribution.
  ///
  /// The polar method needs a logarithm and a square root only. The root is exact by the floating-point standard and
  /// the logarithm is our own, because mathematics libraries differ in its last bit.
  ///
  /// Source: Marsaglia & Bray 1964.
  public mutating func normalPair() -> (Double, Double) {
    while true {
      let u = 2 * uniform() - 1, v = 2 * uniform() - 1
      let square = u * u + v * v
      if square > 0, square < 1 {
        let factor = (-2 * Self.logarithm(square) / square).squareRoot()
        return (u * factor, v * factor)
      }
    }
  }

  /// Natural logarithm of a positive normal number from the series of the inverse hyperbolic tangent; relative error
  /// below 1e-14.
  static func logarithm(_ value: Double) -> Double {
    var exponent = Double(value.exponent), mantissa = value.significand
    if mantissa > 1.414_213_562_373_095_1 {
      mantissa /= 2
      exponent += 1
    }
    let s = (mantissa - 1) / (mantissa + 1), square = s * s
    var sum = 0.0
    for power in stride(from: 19, through: 1, by: -2) { sum = sum * square + 1 / Double(power) }
    return exponent * 0.693_147_180_559_945_3 + 2 * s * sum
  }
}
