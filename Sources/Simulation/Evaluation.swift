// SPDX-License-Identifier: Apache-2.0
import Grids

/// One number of an evaluation, for tables and JSON.
public struct EvaluationRow: Hashable, Sendable, Codable {
  /// Stable name in snake case.
  public var name: String
  public var value: Double
  public var unit: String
}

/// Measured offsets and gradients against the truth.
///
/// The measures are those of the project's scoring script: a point is valid when both components are measured, and
/// the mean length of the error vector is what Debella-Gilo & Kääb 2012 print in Table 4 as MAD.
public struct Evaluation: Sendable {
  /// Points inside the margin, and the share of them that is measured, 0...1; NaN without points.
  public var points: Int
  public var valid: Double
  /// Errors of each component, and of both in one, px.
  public var dx, dy, both: ErrorSummary
  /// Mean length of the error vector, px.
  public var meanVector: Double
  /// Share of the valid points whose error vector is longer than 1 px.
  public var beyondOnePixel: Double
  /// Errors of other quantities, such as gradients or strain components, in the order in which they were given.
  public var others: [(name: String, unit: String, summary: ErrorSummary)] = []

  /// Compares offsets with the truth.
  ///
  /// - Parameters:
  ///   - dx, dy: offsets, px, with the truth sampled at the same points (`Lattice.sampled`); NaN where not measured.
  ///   - isInside: points that count (`Lattice.inside`).
  public init(dx: Comparison, dy: Comparison, isInside: Mask) {
    precondition(dx.measured.window == dy.measured.window && dx.measured.window == isInside.window, "shapes differ")
    var isValid = isInside
    var sum = 0.0, beyond = 0, count = 0
    for index in 0..<isInside.cells.count where isInside.cells[index] {
      let ex = Double(dx.measured.cells[index]) - Double(dx.truth.cells[index])
      let ey = Double(dy.measured.cells[index]) - Double(dy.truth.cells[index])
      guard ex.isFinite, ey.isFinite else {
        isValid.cells[index] = false
        continue
      }
      let length = (ex * ex + ey * ey).squareRoot()
      sum += length
      if length > 1 { beyond += 1 }
      count += 1
    }
    points = isInside.cells.count { $0 }
    valid = points > 0 ? Double(count) / Double(points) : .nan
    meanVector = count > 0 ? sum / Double(count) : .nan
    beyondOnePixel = count > 0 ? Double(beyond) / Double(count) : .nan
    self.dx = ErrorSummary([dx], isUsed: isValid)
    self.dy = ErrorSummary([dy], isUsed: isValid)
    both = ErrorSummary([dx, dy], isUsed: isValid)
  }

  /// Adds another quantity: one comparison, or several that are summed up in one (the four gradients, say).
  public mutating func add(_ name: String, unit: String, _ comparisons: [Comparison], isInside: Mask) {
    others.append((name, unit, ErrorSummary(comparisons, isUsed: isInside)))
  }

  /// All numbers in a fixed order; those that do not exist are left out.
  public var rows: [EvaluationRow] {
    var out = [
      EvaluationRow(name: "points", value: Double(points), unit: "1"),
      EvaluationRow(name: "valid", value: valid, unit: "1"),
      EvaluationRow(name: "mae", value: both.meanAbsolute, unit: "px"),
      EvaluationRow(name: "rmse", value: both.rootMeanSquare, unit: "px"),
      EvaluationRow(name: "vector_mean", value: meanVector, unit: "px"),
      EvaluationRow(name: "bias_dx", value: dx.bias, unit: "px"),
      EvaluationRow(name: "bias_dy", value: dy.bias, unit: "px"),
      EvaluationRow(name: "beyond_1px", value: beyondOnePixel, unit: "1"),
      EvaluationRow(name: "rms_error_over_sigma", value: both.ratio, unit: "1"),
      EvaluationRow(name: "coverage_68", value: both.coverage68, unit: "1"),
      EvaluationRow(name: "coverage_95", value: both.coverage95, unit: "1"),
    ]
    let components = [("dx", "px", dx), ("dy", "px", dy)]
    for (name, unit, s) in components + others.map({ ($0.name, $0.unit, $0.summary) }) {
      out += [
        EvaluationRow(name: name + "_mae", value: s.meanAbsolute, unit: unit),
        EvaluationRow(name: name + "_rmse", value: s.rootMeanSquare, unit: unit),
        EvaluationRow(name: name + "_median_error", value: s.median, unit: unit),
        EvaluationRow(name: name + "_nmad", value: s.nmad, unit: unit),
        EvaluationRow(name: name + "_rms_error_over_sigma", value: s.ratio, unit: "1"),
        EvaluationRow(name: name + "_coverage_68", value: s.coverage68, unit: "1"),
        EvaluationRow(name: name + "_coverage_95", value: s.coverage95, unit: "1"),
      ]
    }
    return out.filter { !$0.value.isNaN }
  }
}
