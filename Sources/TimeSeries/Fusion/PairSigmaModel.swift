// SPDX-License-Identifier: Apache-2.0
import Grids

/// How large the errors of pairs really are, as their loops show: a matcher's sigma knows the noise of the images, but
/// hardly what changed on the ground between them.
///
/// The variance of one component is taken as base + decorrelation · (1 − ncc) + factor · σ², with σ what the matcher
/// states. Errors that all pairs with a scene share close around a loop and do not show here; the fusion allows for them.
public struct PairSigmaModel: Hashable, Sendable {
  /// Unit of the offsets, squared.
  public let base, decorrelation: Double
  /// On the stated variance.
  public let factor: Double

  public init(base: Double, decorrelation: Double, factor: Double) {
    (self.base, self.decorrelation, self.factor) = (base, decorrelation, factor)
  }

  /// The standard deviation of an offset; NaN where none was stated.
  public func sigma(stated: Float, ncc: Float) -> Float {
    let variance = base + decorrelation * Double(1 - ncc) + factor * Double(stated * stated)
    return stated.isNaN ? .nan : Float(variance.squareRoot())
  }

  /// Variance of a sum, from what multiplies the three numbers.
  fileprivate func variance(_ terms: SIMD4<Double>) -> Double {
    base * terms[0] + decorrelation * terms[1] + factor * terms[2]
  }
}

/// Fits `PairSigmaModel` to the loops of a network.
///
/// Closures of loops are put into classes of like correlation and like stated sigma. In each class their spread, by the
/// median of absolute values, is compared with what the model says of the sum of the pairs' variances; the three numbers,
/// none below zero, follow by least squares of the relative differences. Our own. Checked by: `PairSigmaModelTests`.
public struct PairSigmaFit: Sendable {
  /// What one pair says of one point.
  public struct Offset: Sendable {
    public let dx, dy, dxSigma, dySigma, ncc: Float

    public init(dx: Float, dy: Float, dxSigma: Float, dySigma: Float, ncc: Float) {
      (self.dx, self.dy, self.dxSigma, self.dySigma, self.ncc) = (dx, dy, dxSigma, dySigma, ncc)
    }
  }

  private struct Closure {
    let value: Double
    /// What multiplies base, decorrelation and factor in the variance of the closure.
    let terms: SIMD4<Double>
  }

  private let loops: [ClosureLoop]
  /// −1 for a backward pair, whose offsets run against time.
  private let directions: [Double]
  private var closures: [Closure] = []

  /// Fewest closures that anything is taken from, and most that are kept.
  private static let fewest = 2000, most = 2_000_000
  private static let correlationClasses = 12, sigmaClasses = 4

  public init(network: PairNetwork) {
    loops = network.closureLoops
    directions = network.pairs.map { $0.isBackward ? -1 : 1 }
  }

  /// Adds a point.
  ///
  /// - Parameter offsets: by the places of the pairs in the network, with their signs as they were measured; nil where a
  ///   pair measured nothing.
  public mutating func add(_ offsets: [Offset?]) {
    guard closures.count < Self.most else { return }
    for loop in loops {
      let values = loop.pairs.compactMap { offsets[$0] }
      guard values.count == loop.pairs.count else { continue }
      var x = 0.0, y = 0.0, decorrelation = 0.0, xs = 0.0, ys = 0.0
      for (index, value) in values.enumerated() {
        let sign = loop.signs[index] * directions[loop.pairs[index]]
        x += sign * Double(value.dx)
        y += sign * Double(value.dy)
        decorrelation += Double(1 - value.ncc)
        xs += Double(value.dxSigma * value.dxSigma)
        ys += Double(value.dySigma * value.dySigma)
      }
      let count = Double(values.count)
      for (value, sigma) in [(x, xs), (y, ys)] where value.isFinite && sigma.isFinite && decorrelation.isFinite {
        closures.append(Closure(value: value, terms: [count, decorrelation, sigma, 0]))
      }
    }
  }

  /// The model; nil where too few loops were complete to say anything.
  public func model() -> PairSigmaModel? {
    guard closures.count >= Self.fewest else { return nil }
    let classes = Self.split(closures, into: Self.correlationClasses, by: { $0.terms[1] / $0.terms[0] }).flatMap {
      Self.split($0, into: Self.sigmaClasses, by: { $0.terms[2] / $0.terms[0] })
    }.filter { $0.count >= 40 }
    var found: PairSigmaModel?
    // The median of a class in which variances differ is that of its quieter members: closures are made alike by the
    // model found so far.
    for _ in 0..<4 { found = Self.solved(classes.compactMap { Self.summary($0, by: found) }) ?? found }
    return found
  }

  /// Mean terms of a class, and its variance.
  private static func summary(
    _ own: [Closure], by model: PairSigmaModel?
  ) -> (terms: SIMD4<Double>, variance: Double)? {
    let expected = own.map { model?.variance($0.terms) ?? 1 }
    let spread = 1.4826 * median(zip(own, expected).map { abs($0.value) / max($1, 1e-30).squareRoot() })
    let mean = own.reduce(SIMD4<Double>.zero) { $0 + $1.terms } / Double(own.count)
    let variance = spread * spread * expected.reduce(0, +) / Double(own.count)
    return variance > 0 ? (mean, variance) : nil
  }

  private static func split(_ closures: [Closure], into count: Int, by order: (Closure) -> Double) -> [[Closure]] {
    let sorted = closures.map { (order($0), $0) }.sorted { $0.0 < $1.0 }
    return (0..<count).map { part in
      sorted[part * sorted.count / count..<(part + 1) * sorted.count / count].map(\.1)
    }
  }

  /// Least squares of relative differences with no number below zero: of all choices of terms the best that is allowed.
  private static func solved(_ classes: [(terms: SIMD4<Double>, variance: Double)]) -> PairSigmaModel? {
    var best: (loss: Double, numbers: [Double])?
    for choice in 1..<8 {
      let used = (0..<3).filter { choice >> $0 & 1 == 1 }
      var matrix = used.map { _ in used.map { _ in 0.0 } }, right = used.map { _ in 0.0 }
      for one in classes {
        let row = used.map { one.terms[$0] / one.variance }
        for i in used.indices {
          right[i] += row[i]
          for j in used.indices { matrix[i][j] += row[i] * row[j] }
        }
      }
      guard let solution = eliminated(matrix, right), solution.allSatisfy({ $0 >= 0 }) else { continue }
      var numbers = [0.0, 0.0, 0.0]
      for (place, value) in zip(used, solution) { numbers[place] = value }
      let loss = classes.reduce(0.0) { sum, one in
        let share = (0..<3).reduce(0.0) { $0 + numbers[$1] * one.terms[$1] } / one.variance
        return sum + (share - 1) * (share - 1)
      }
      if best.map({ loss < $0.loss }) ?? true { best = (loss, numbers) }
    }
    return best.map { PairSigmaModel(base: $0.numbers[0], decorrelation: $0.numbers[1], factor: $0.numbers[2]) }
  }

  /// Gauss elimination; nil for a matrix that determines nothing.
  private static func eliminated(_ matrix: [[Double]], _ right: [Double]) -> [Double]? {
    var a = matrix, b = right
    let count = b.count
    for column in 0..<count {
      let pivot = (column..<count).max { abs(a[$0][column]) < abs(a[$1][column]) } ?? column
      a.swapAt(column, pivot)
      b.swapAt(column, pivot)
      guard abs(a[column][column]) > 1e-12 * (abs(matrix[0][0]) + 1e-300) else { return nil }
      for row in column + 1..<max(column + 1, count) {
        let factor = a[row][column] / a[column][column]
        for other in column..<count { a[row][other] -= factor * a[column][other] }
        b[row] -= factor * b[column]
      }
    }
    var out = b
    for row in (0..<count).reversed() {
      for other in row + 1..<max(row + 1, count) { out[row] -= a[row][other] * out[other] }
      out[row] /= a[row][row]
    }
    return out
  }
}
