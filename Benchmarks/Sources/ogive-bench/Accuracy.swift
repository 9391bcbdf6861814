// SPDX-License-Identifier: Apache-2.0
import Foundation
import OgiveKit

/// Errors of every method on pairs of known motion, and the bias over sub-pixel shifts, as Markdown.
enum Accuracy {
  private struct Method: Sendable {
    let name: String
    let run: @Sendable (BenchPair) -> FoundPoints
  }

  private static let methods = [
    Method(name: "dense 51") { DenseRun($0, window: 51, spacing: 8).oneBlock() },
    Method(name: "dense, automatic window") { DenseRun($0, window: nil, spacing: 8).oneBlock() },
    Method(name: "dense 51, Gaussian") { DenseRun($0, window: 51, weights: .gaussian, spacing: 8).oneBlock() },
    Method(name: "dense, automatic window, Gaussian") {
      DenseRun($0, window: nil, weights: .gaussian, spacing: 8).oneBlock()
    },
    Method(name: "least squares 51") { Matchers.leastSquares($0, spacing: 16, threads: 1) },
    Method(name: "least squares 51, curvature out") {
      Matchers.leastSquares($0, spacing: 16, correctsCurvature: true, threads: 1)
    },
    Method(name: "least squares 51, lone points") { Matchers.lonePoints($0, spacing: 64, threads: 1) },
    Method(name: "search 51, upsampled") {
      Matchers.search($0, method: .crossCorrelation, peak: .upsampled, threads: 1)
    },
    Method(name: "search 51, whole pixels") {
      Matchers.search($0, method: .crossCorrelation, peak: .none, threads: 1)
    },
  ]

  /// One row a pair and method; of the methods those whose name begins with `prefix`.
  static func table(_ pairs: [BenchPair], only prefix: String) -> String {
    let methods = methods.filter { $0.name.hasPrefix(prefix) }
    let header = [
      "pair", "method", "valid", "MAE px", "RMSE px", "mean vector px", "error/sigma", "in 1 sigma", "strain MAE",
      "strain error/sigma", "in 1 sigma",
    ]
    var lines = [row(header), row(["---", "---"] + header.dropFirst(2).map { _ in "---:" })]
    for pair in pairs {
      for method in methods {
        FileHandle.standardError.write(Data("\(pair.name) \(method.name) …\n".utf8))
        let score = Score(method.run(pair), pair)
        lines.append(row([pair.name, method.name] + cells(score)))
      }
    }
    return lines.joined(separator: "\n")
  }

  private static func cells(_ score: Score) -> [String] {
    let both = score.offsets.both, strain = score.strain
    func number(_ format: String, _ value: Double?) -> String {
      value.flatMap { $0.isFinite ? String(format: format, $0) : nil } ?? "–"
    }
    return [
      number("%.2f %%", 100 * score.offsets.valid), number("%.4f", both.meanAbsolute),
      number("%.4f", both.rootMeanSquare), number("%.4f", score.offsets.meanVector), number("%.2f", both.ratio),
      number("%.1f %%", 100 * both.coverage68), number("%.2e", strain?.meanAbsolute), number("%.2f", strain?.ratio),
      number("%.1f %%", strain.map { 100 * $0.coverage68 }),
    ]
  }

  /// Largest mean error over shifts of 0 to 1 px in steps of 0.1, windows of 31 × 31, without noise.
  static func biasTable() -> String {
    let size = 384, waves = PlaneWaves(seed: 7)
    let still = waves.image(size: size)
    let methods = [
      Method(name: "dense") { DenseRun($0, window: 31, spacing: 8).oneBlock() },
      Method(name: "least squares") { Matchers.leastSquares($0, window: 31, spacing: 8, threads: 1) },
      Method(name: "search, upsampled") {
        Matchers.search($0, window: 31, spacing: 8, method: .crossCorrelation, peak: .upsampled, threads: 1)
      },
      Method(name: "search, quadratic") {
        Matchers.search($0, window: 31, spacing: 8, method: .crossCorrelation, peak: .quadratic, threads: 1)
      },
      Method(name: "search, parabola") {
        Matchers.search($0, window: 31, spacing: 8, method: .crossCorrelation, peak: .parabola, threads: 1)
      },
      Method(name: "phase") {
        Matchers.search($0, window: 31, spacing: 8, method: .phase, peak: .upsampled, threads: 1)
      },
    ]
    var bias = methods.map { _ in 0.0 }, spread = methods.map { _ in 0.0 }
    for tenth in 0...10 {
      let shift = Double(tenth) / 10
      let pair = BenchPair(
        name: "shift", reference: still, secondary: waves.image(size: size, dx: shift, dy: 1 - shift), dx: shift,
        dy: 1 - shift)
      for (index, method) in methods.enumerated() {
        let offsets = Score(method.run(pair), pair).offsets
        bias[index] = max(bias[index], abs(offsets.dx.bias), abs(offsets.dy.bias))
        for component in [offsets.dx, offsets.dy] {
          let variance = component.rootMeanSquare * component.rootMeanSquare - component.bias * component.bias
          spread[index] = max(spread[index], max(0, variance).squareRoot())
        }
      }
    }
    var lines = [row(["method", "largest bias px", "largest standard deviation px"]), row(["---", "---:", "---:"])]
    for (index, method) in methods.enumerated() {
      lines.append(row([method.name, String(format: "%.4f", bias[index]), String(format: "%.4f", spread[index])]))
    }
    return lines.joined(separator: "\n")
  }

  private static func row(_ cells: [String]) -> String { "| " + cells.joined(separator: " | ") + " |" }
}
