// SPDX-License-Identifier: Apache-2.0
import Grids

/// Linear regression that a minority of wrong values does not move.
///
/// Weights begin with 1/|r|, i.e. with least absolute deviations, which need no scale, and end with Tukey's biweight
/// at 4.685 NMADs, which leaves far values out altogether. O(values × terms² × iterations).
///
/// Source: Beaton & Tukey 1974; Holland & Welsch 1977 for the constant.
struct RobustRegression {
  let terms: Int
  private(set) var values: [Double] = []
  private var design: [Double] = [], weights: [Double] = []
  /// Added to the diagonal of the normal matrix as a share of its mean.
  var ridge = 0.0

  static let tukeyLimit = 4.685

  init(terms: Int) { self.terms = terms }

  /// Adds an equation; `row` holds the factors of the terms.
  mutating func add(_ row: [Double], equals value: Double, weight: Double = 1) {
    precondition(row.count == terms, "an equation needs a factor for every term")
    guard value.isFinite, weight > 0, row.allSatisfy(\.isFinite) else { return }
    design.append(contentsOf: row)
    values.append(value)
    weights.append(weight)
  }

  /// The terms; nil where the equations do not determine them.
  func solved() -> [Double]? {
    guard values.count > terms else { return nil }
    guard var solution = leastSquares(weights) else { return nil }
    for iteration in 0..<15 {
      let residuals = self.residuals(solution)
      let scale = 1.4826 * median(residuals.map(abs))
      // All but exact: what is left is rounding.
      guard scale > 1e-9 else { break }
      var factors = weights
      for index in factors.indices {
        let r = abs(residuals[index])
        if iteration < 5 {
          factors[index] /= max(r, 0.1 * scale)
        } else {
          let t = r / (Self.tukeyLimit * scale)
          factors[index] *= t < 1 ? (1 - t * t) * (1 - t * t) : 0
        }
      }
      guard let next = leastSquares(factors) else { return nil }
      let change = zip(next, solution).map { abs($0 - $1) / (abs($0) + 1e-12) }.max() ?? 0
      solution = next
      if iteration > 5, change < 1e-5 { break }
    }
    return solution
  }

  /// The terms with the weights as given; nil where the equations do not determine them.
  func leastSquaresSolution() -> [Double]? { leastSquares(weights) }

  private func residuals(_ solution: [Double]) -> [Double] {
    design.withUnsafeBufferPointer { design in
      values.indices.map { index in
        var sum = values[index]
        for term in 0..<terms { sum -= design[index &* terms &+ term] * solution[term] }
        return sum
      }
    }
  }

  private func leastSquares(_ weights: [Double]) -> [Double]? {
    var matrix = [Double](repeating: 0, count: terms * terms), right = [Double](repeating: 0, count: terms)
    design.withUnsafeBufferPointer { design in
      for index in values.indices where weights[index] > 0 {
        let row = index &* terms
        for i in 0..<terms {
          let factor = weights[index] * design[row &+ i]
          right[i] += factor * values[index]
          for j in 0...i { matrix[i &* terms &+ j] += factor * design[row &+ j] }
        }
      }
    }
    let mean = (0..<terms).reduce(0) { $0 + matrix[$1 * terms + $1] } / Double(terms)
    for i in 0..<terms { matrix[i * terms + i] += ridge * mean }
    return solvePositive(&matrix, right)
  }
}

/// Solution of a symmetric positive definite system given by its lower triangle, by Cholesky's decomposition; nil when
/// the matrix is singular to 12 digits.
func solvePositive(_ matrix: inout [Double], _ right: [Double]) -> [Double]? {
  let n = right.count
  var x = right
  for i in 0..<n {
    let own = matrix[i * n + i]
    for j in 0...i {
      var sum = matrix[i * n + j]
      for k in 0..<j { sum -= matrix[i * n + k] * matrix[j * n + k] }
      if i == j {
        guard sum > 1e-12 * own, sum > 0 else { return nil }
        matrix[i * n + i] = sum.squareRoot()
      } else {
        matrix[i * n + j] = sum / matrix[j * n + j]
      }
    }
    for k in 0..<i { x[i] -= matrix[i * n + k] * x[k] }
    x[i] /= matrix[i * n + i]
  }
  for i in stride(from: n - 1, through: 0, by: -1) {
    for k in i + 1..<max(n, i + 1) { x[i] -= matrix[k * n + i] * x[k] }
    x[i] /= matrix[i * n + i]
  }
  return x
}

/// Mean of values with Tukey's weights about itself: a minority of far values has no part in it. Not empty.
func robustMean(_ values: [Double]) -> Double {
  var mean = median(values)
  let scale = nmad(values)
  guard scale > 0 else { return mean }
  let limit = RobustRegression.tukeyLimit * scale
  for _ in 0..<8 {
    var sum = 0.0, total = 0.0
    for value in values {
      let t = (value - mean) / limit
      guard t * t < 1 else { continue }
      let weight = (1 - t * t) * (1 - t * t)
      sum += weight * value
      total += weight
    }
    guard total > 0 else { break }
    mean = sum / total
  }
  return mean
}
