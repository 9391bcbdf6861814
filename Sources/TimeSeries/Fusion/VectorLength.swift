// SPDX-License-Identifier: Apache-2.0

/// The error of a vector's length, such as a speed.
public enum VectorLength {
  /// The standard deviation of the length, to first order in the errors of the components, which are taken as
  /// independent. A vector of length 0 points nowhere: the larger of the two is then given.
  ///
  /// Where the length is not well above the errors it is biased upwards as well, which no sigma tells.
  ///
  /// - Parameters:
  ///   - x, y: components, any unit.
  ///   - xSigma, ySigma: their standard deviations, of the same unit.
  /// - Returns: in that unit; NaN where anything is missing.
  public static func sigma(_ x: Double, _ y: Double, _ xSigma: Double, _ ySigma: Double) -> Double {
    let length = (x * x + y * y).squareRoot()
    guard length > 0 else { return length.isNaN || xSigma.isNaN || ySigma.isNaN ? .nan : max(xSigma, ySigma) }
    return ((x * xSigma) * (x * xSigma) + (y * ySigma) * (y * ySigma)).squareRoot() / length
  }
}
