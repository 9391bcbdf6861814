// SPDX-License-Identifier: Apache-2.0

/// Weighted linear least squares with few terms, and how well they explain the values.
///
/// Modified Gram-Schmidt, twice for each column, so that terms that are all but the same (a logarithm far from its pole
/// and a line) stay apart as far as double precision goes. O(values × terms²).
///
/// Source: Björck 1996, Numerical Methods for Least Squares Problems, section 2.4.
struct WeightedFit {
  /// One for each column.
  let coefficients: [Double]
  /// Of the coefficients when the sigmas are true; rows × columns.
  let covariance: [[Double]]
  /// Residuals over their sigmas.
  let residuals: [Double]
  /// Sum of their squares.
  let chiSquared: Double
  /// Chi-squared of one value that is rounding alone.
  let rounding: Double
  /// Orthonormal columns that span the terms.
  let basis: [[Double]]

  var freedom: Int { residuals.count - coefficients.count }

  /// - Parameters:
  ///   - columns: one for each term, a number for each value.
  ///   - sigmas: of the values; 1 each when absent.
  /// - Returns: nil where the values do not determine the terms.
  init?(_ columns: [[Double]], values: [Double], sigmas: [Double]?) {
    let n = values.count, terms = columns.count
    guard n >= terms else { return nil }
    let weights = sigmas.map { $0.map { 1 / $0 } } ?? Array(repeating: 1, count: n)
    func weighted(_ column: [Double]) -> [Double] { column.indices.map { column[$0] * weights[$0] } }
    var basis: [[Double]] = [], upper = Array(repeating: Array(repeating: 0.0, count: terms), count: terms)
    for (term, column) in columns.enumerated() {
      var vector = weighted(column)
      let size = norm(vector)
      for _ in 0..<2 {
        for (row, other) in basis.enumerated() {
          let share = dot(other, vector)
          upper[row][term] += share
          subtract(other, share, from: &vector)
        }
      }
      let rest = norm(vector)
      guard rest > 1e-11 * size, rest > 0 else { return nil }
      upper[term][term] = rest
      basis.append(vector.map { $0 / rest })
    }
    var left = weighted(values)
    rounding = 1e-24 * dot(left, left) / Double(max(1, n))
    var right = Array(repeating: 0.0, count: terms)
    for (row, vector) in basis.enumerated() {
      right[row] = dot(vector, left)
      subtract(vector, right[row], from: &left)
    }
    residuals = left
    chiSquared = dot(left, left)
    self.basis = basis
    let inverse = Self.inverse(upper)
    coefficients = (0..<terms).map { row in (row..<terms).reduce(0) { $0 + inverse[row][$1] * right[$1] } }
    covariance = (0..<terms).map { i in
      (0..<terms).map { j in (max(i, j)..<terms).reduce(0) { $0 + inverse[i][$1] * inverse[j][$1] } }
    }
  }

  func sigma(_ term: Int) -> Double { covariance[term][term].squareRoot() }

  /// What is left of another weighted column when the terms are taken out, scaled to length 1; nil where nothing is.
  func direction(of column: [Double], sigmas: [Double]?) -> [Double]? {
    var vector = sigmas.map { sigmas in column.indices.map { column[$0] / sigmas[$0] } } ?? column
    let size = norm(vector)
    for _ in 0..<2 { for other in basis { subtract(other, dot(other, vector), from: &vector) } }
    let rest = norm(vector)
    guard rest > 1e-9 * size, rest > 0 else { return nil }
    return vector.map { $0 / rest }
  }

  private static func inverse(_ upper: [[Double]]) -> [[Double]] {
    let n = upper.count
    var out = Array(repeating: Array(repeating: 0.0, count: n), count: n)
    for column in 0..<n {
      out[column][column] = 1 / upper[column][column]
      for row in stride(from: column - 1, through: 0, by: -1) {
        let sum = (row + 1...column).reduce(0) { $0 + upper[row][$1] * out[$1][column] }
        out[row][column] = -sum / upper[row][row]
      }
    }
    return out
  }
}

// MARK: - Vectors

func dot(_ a: [Double], _ b: [Double]) -> Double {
  var sum = 0.0
  for index in a.indices { sum += a[index] * b[index] }
  return sum
}

func norm(_ a: [Double]) -> Double { dot(a, a).squareRoot() }

func subtract(_ a: [Double], _ factor: Double, from b: inout [Double]) {
  for index in a.indices { b[index] -= factor * a[index] }
}

// MARK: - What the residuals say of the sigmas

/// By how much the variances of a series have to grow, judged by the residuals of a model.
struct ErrorScale {
  /// Factor of the variances; never below 1 where sigmas were given.
  let factor: Double
  /// Degrees of freedom that the factor rests on; infinite where the stated sigmas hold.
  let freedom: Double

  /// - Parameters:
  ///   - fit: of the model with the most terms.
  ///   - isStated: whether the series came with sigmas.
  ///   - extraTerms: terms of the model that the fit does not count, as a day that was searched for.
  init(_ fit: WeightedFit, isStated: Bool, extraTerms: Int = 0) {
    let freedom = Double(max(1, fit.freedom - extraTerms))
    let scatter = fit.chiSquared / freedom, redness = Self.redness(fit.residuals)
    // A smooth series scatters less than its sigmas say, and yet its dates share their errors.
    factor = max(isStated ? max(1, scatter) : scatter, fit.rounding, .leastNormalMagnitude) * redness
    self.freedom = isStated && scatter <= 1 && redness == 1 ? .infinity : freedom
  }

  /// What errors that resemble their neighbours do to the variance of slow terms: (1 + r) / (1 - r) with the
  /// correlation r of neighbours, where that is more than chance. Series out of an inversion have such errors.
  static func redness(_ residuals: [Double]) -> Double {
    let n = residuals.count, power = dot(residuals, residuals)
    guard n > 4, power > 0 else { return 1 }
    let r = zip(residuals, residuals.dropFirst()).reduce(0) { $0 + $1.0 * $1.1 } / power
    let limited = min(r, 0.95)
    return limited > 2 / Double(n).squareRoot() ? (1 + limited) / (1 - limited) : 1
  }
}
