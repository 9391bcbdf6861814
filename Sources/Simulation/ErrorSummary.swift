// SPDX-License-Identifier: Apache-2.0
import Grids

/// A measured quantity beside its truth, on the same grid.
public struct Comparison: Sendable {
  public var measured, truth: Grid<Float>
  /// Standard deviation that the measurement claims; nil where it claims none.
  public var sigma: Grid<Float>?

  public init(measured: Grid<Float>, truth: Grid<Float>, sigma: Grid<Float>? = nil) {
    precondition(measured.window == truth.window, "measurement and truth differ in shape")
    precondition(sigma.map { $0.window == truth.window } ?? true, "sigma and truth differ in shape")
    self.measured = measured
    self.truth = truth
    self.sigma = sigma
  }
}

/// How far measurements lie from the truth, in the unit of the quantity; NaN without points.
public struct ErrorSummary: Hashable, Sendable {
  /// Number of errors.
  public var count = 0
  /// Mean, median and normalised median absolute deviation of the errors.
  public var bias = Double.nan, median = Double.nan, nmad = Double.nan
  /// Mean absolute and root mean square error.
  public var meanAbsolute = Double.nan, rootMeanSquare = Double.nan
  /// Of the errors divided by their sigmas: root mean square, and shares within 1 and within 1.96. NaN without sigmas.
  public var ratio = Double.nan, coverage68 = Double.nan, coverage95 = Double.nan

  /// The summary of some errors and of the same errors divided by their sigmas.
  public init(errors: [Double], ratios: [Double]) {
    count = errors.count
    guard count > 0 else { return }
    let n = Double(count)
    bias = errors.reduce(0, +) / n
    median = Grids.median(errors)
    nmad = Grids.nmad(errors)
    meanAbsolute = errors.reduce(0) { $0 + abs($1) } / n
    rootMeanSquare = (errors.reduce(0) { $0 + $1 * $1 } / n).squareRoot()
    let finite = ratios.filter(\.isFinite)
    guard !finite.isEmpty else { return }
    let m = Double(finite.count)
    ratio = (finite.reduce(0) { $0 + $1 * $1 } / m).squareRoot()
    coverage68 = Double(finite.count { abs($0) <= 1 }) / m
    coverage95 = Double(finite.count { abs($0) <= 1.96 }) / m
  }

  /// The summary of several quantities in one, over the cells where `isUsed` holds and each pair is finite.
  public init(_ comparisons: [Comparison], isUsed: Mask) {
    var errors: [Double] = [], ratios: [Double] = []
    for comparison in comparisons {
      precondition(comparison.measured.window == isUsed.window, "mask and measurement differ in shape")
      for index in 0..<isUsed.cells.count where isUsed.cells[index] {
        let error = Double(comparison.measured.cells[index]) - Double(comparison.truth.cells[index])
        guard error.isFinite else { continue }
        errors.append(error)
        if let sigma = comparison.sigma { ratios.append(error / Double(sigma.cells[index])) }
      }
    }
    self.init(errors: errors, ratios: ratios)
  }
}
